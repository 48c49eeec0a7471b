"""The report (rapport): figures, tables and words."""
