"""A scenario that takes a tenth of a second, and waiting for what happens in other processes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

TINY = """
extends = "shipped:vannas"
name = "tiny"
title = "A tiny one"

[time]
warm_up_days = { value = 30, low = 30, high = 730, source = "assumption" }
pre_period_days = { value = 30, low = 30, high = 730, source = "assumption" }
follow_up_days = { value = 30, low = 30, high = 730, source = "assumption" }
"""
PATIENCE = 300.0
"""Seconds after which something that has not happened never will."""


def until(happened: Callable[[], Any]) -> None:
    """Wait for something; fail if it does not happen."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)
