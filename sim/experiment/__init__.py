"""Experiments (experiment): replications of a scenario under one or several governances, compared person by person."""
