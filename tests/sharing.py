"""Folders that several test processes use, made by the first that needs them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PATIENCE = 600.0
"""Seconds after which another process that makes a folder is taken for dead, and it is made here."""


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder of the whole test run; tests leave it as it is.

    The process that first takes the name makes the folder beside its place and renames it when it is whole; the others
    wait for it, or make one of their own if it failed.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return _made(factory.mktemp(name), make)
    base = factory.getbasetemp().parent  # of all workers
    place, failed = base / f"{name}-shared", base / f"{name}-failed"
    try:
        (base / f"{name}-taken").mkdir()
    except FileExistsError:
        end = time.monotonic() + PATIENCE
        while not place.exists() and not failed.exists() and time.monotonic() < end:
            time.sleep(0.1)
        return place if place.exists() else _made(factory.mktemp(name), make)
    try:
        part = _made(factory.mktemp(name), make)
        part.rename(place)
    except BaseException:
        failed.mkdir()
        raise
    return place


def _made(folder: Path, make: Callable[[Path], None]) -> Path:
    make(folder)
    return folder
