"""Memory (minne): how much a replication needs, how much there is, how much was used.

An estimate errs on the safe side. Replications of Umeå länsdel (162,899 people, three years, two arms) take 790 MB one
at a time and 1.4 GB two at a time, so the second takes 610 MB; 680 MB are reckoned with. Its past was 2.6 million rows
of 46 bytes at T0, and 3.8 million at the end: 8 a year for each resident. SimPy takes less than twice as much.
"""

from __future__ import annotations

import os
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

from sim.scenario import Scenario
from sim.vocabulary import YEAR
from sim.world import Period

MB = 1 << 20
PROCESS = 350 * MB
"""What a process takes before it simulates anybody: interpreter, libraries, compiled code."""
PERSON = 3000
PERSON_YEAR = 400
"""Bytes of a replication for each resident, and for each year of a resident's records: arms at T0 and after."""
SIMPY = 2
"""How much more the reference takes: its processes and rows are Python objects."""

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


class TooLarge(MemoryError):
    """A replication that this machine has no memory for."""


@dataclass(frozen=True)
class Workers:
    """How many replications to run at a time.

    Attributes
    ----------
    number
        At least 1.
    why
        Why they are fewer than the cores, in a sentence; empty if they are not.
    """

    number: int
    why: str = ""


def workers_for(scenario: Scenario, replications: int, engine: str = "compiled") -> Workers:
    """As many workers as there are cores, if there is memory for so many replications at a time.

    Parameters
    ----------
    scenario, replications, engine
        What is to be run.

    Raises
    ------
    TooLarge
        If the machine could not hold one replication even with nothing else running.
    """
    wanted = max(1, min(replications, cores()))
    each, there, free = needed(scenario, engine), total(), available()
    if there is not None and PROCESS + each > there:
        years = Period.of(scenario).horizon / YEAR
        raise TooLarge(
            f"{scenario.name}: a replication of {scenario.region.people:,} people over {years:.1f} years takes about "
            f"{words(PROCESS + each)}, and this machine has {words(there)}"
        )
    if free is None:
        return Workers(wanted)
    # SimPy runs each replication in a process of its own.
    rest, one = (free, each + PROCESS) if engine == "simpy" else (free - PROCESS, each)
    number = max(1, min(wanted, rest // one))
    why = f"a replication takes about {words(one)}, and {words(free)} of memory are free"
    if rest < one:
        return Workers(1, f"{why}: this may be slow, or fail")
    if number < wanted:
        return Workers(number, f"{number} of {wanted} replications at a time: {why}")
    return Workers(number)


def needed(scenario: Scenario, engine: str = "compiled") -> int:
    """Estimated bytes of one replication, whatever the number of its arms, beside what a process takes anyway."""
    years = Period.of(scenario).horizon / YEAR
    size = int(scenario.region.people * (PERSON + PERSON_YEAR * years))
    return size * (SIMPY if engine == "simpy" else 1)


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
