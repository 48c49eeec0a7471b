"""Runs (körningar): what is run, where, and where what came of it is kept; nothing of care, nothing of statistics."""
