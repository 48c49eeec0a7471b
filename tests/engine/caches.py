"""Caches of their own for tests that look at what is compiled."""

from __future__ import annotations

import shutil
from pathlib import Path

from sim.code_cache import cache_directory
from sim.engine import run
from sim.language import Process, hold


def trivial(w) -> Process[None]:
    yield hold(1)


def cache_with_kernel(folder: Path) -> Path:
    """A new cache in a folder; it holds the kernel, which takes longest to compile, and nothing else."""
    run([trivial], {}, [], 10)  # so that there is a kernel to copy
    cache = folder / "cache"
    cache.mkdir()
    for path in cache_directory().glob("narvard_kernel_*"):
        shutil.copy2(path, cache)
    return cache
