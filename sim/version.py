"""The version of Narvard (version), apart from the public names, so that any room may state it."""

__version__ = "0.1.0"
