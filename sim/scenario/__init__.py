"""Scenario files: from TOML layers to a validated, frozen scenario."""
