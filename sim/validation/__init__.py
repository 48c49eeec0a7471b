"""Validation (validering): care as it is against Swedish statistics, figure by figure."""
