"""One replication (replikering): a past, its arms, and what they leave behind."""
