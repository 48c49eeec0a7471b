"""The model room (modellen): what the flows read and write, which services there are, and who is on duty."""
