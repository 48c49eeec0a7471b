"""Memory (minne): how much there is, how much is free, how much was used.

A system may promise more memory than it has and end a process that uses it. So whoever lays out something large asks
first.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

MEMINFO = Path("/proc/meminfo")
STATUS = Path("/proc/self/status")
CONTAINER = Path("/sys/fs/cgroup")
CONTAINER_FILES = (
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat", "total_inactive_file"),
)
"""Where Linux says what a container may have and has: in its second version of control groups, and in its first."""
RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""macOS counts bytes, Linux kibibytes."""
LITTLE = 64 << 20
"""So few bytes are not asked for."""


def shortage(needed: int) -> str:
    """Why so many bytes more are not to be had, in a few words; empty if they are."""
    if needed <= LITTLE:
        return ""
    free = available()
    return "" if free is None or needed <= free else f"{words(needed)} of memory needed, {words(free)} free"


def total() -> int | None:
    """Bytes that this process can have at most: the machine's, or its container's; None if that is not known."""
    known = [size for size in (_physical(), *(limit for limit, _ in _limits())) if size is not None]
    return min(known) if known else None


def available() -> int | None:
    """Bytes that are free now, or can be freed; half of the machine's where that is not told; None if unknown."""
    free = _line(MEMINFO, "MemAvailable:", 1024)
    if free is None:
        physical = _physical()
        free = None if physical is None else physical // 2
    rests = [max(0, limit - used) for limit, used in _limits()]
    return min(rests if free is None else [free, *rests], default=None)


def peak() -> int:
    """The most bytes that this process has held in memory so far.

    Linux also tells it as ``ru_maxrss``, but there it is never less than what the parent held when it began this one.
    """
    most = _line(STATUS, "VmHWM:", 1024)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT if most is None else most


def peak_of_children() -> int:
    """The most bytes that any process started by this one, and ended, has held; 0 if there was none."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * RSS_UNIT


def words(size: int) -> str:
    """Bytes for people: ``640 MB``, ``1.3 GB``."""
    return f"{size / 1e6:.0f} MB" if size < 995e6 else f"{size / 1e9:.1f} GB"


def _physical() -> int | None:
    try:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return None
    return pages * size if pages > 0 and size > 0 else None


def _limits() -> list[tuple[int, int]]:
    """Limit of the container and how much of it is taken, as far as it could not be freed at once."""
    found = []
    for limit, used, statistics, cached in CONTAINER_FILES:
        most, taken = _number(CONTAINER / limit), _number(CONTAINER / used)
        if most is not None and taken is not None:
            found.append((most, taken - (_line(CONTAINER / statistics, cached, 1) or 0)))
    return found


def _number(path: Path) -> int | None:
    """The number in a file; None if there is none, as where no limit is set."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _line(path: Path, name: str, unit: int) -> int | None:
    """The number after a name in a file of such lines, times its unit."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith(name):
            return int(line.split()[1]) * unit
    return None
