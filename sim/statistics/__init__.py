"""Statistics over replications (statistik): means, paired differences, precision, warm-up, designs of points."""
