"""How far work has come (förlopp): told as it goes, by whoever does it."""

from __future__ import annotations

from collections.abc import Callable

Tick = Callable[[float], None]
"""Told now and then which share of one replication is done; may raise where the work is no longer wanted."""
Progress = Callable[[int, float], None]
"""Told (replication, share done) now and then, from any thread."""


class Stopped(Exception):
    """What runs is no longer wanted: it ends at its next slice."""
