"""The commands a process may yield: the only thing flows and engines share.

A process is a generator function whose first parameter is the world. It yields the commands below; both engines
interpret them by the same order rule. Time is counted in whole seconds, and every number of a command is an
``int``: floats are refused, because rounding belongs to one place, :func:`seconds`.

>>> from sim.language import Process, hold, release, seize
>>> def visit(w, nurse: int, minutes: int) -> Process[None]:
...     got: int = yield seize(nurse, priority=1, patience=3600)
...     if got:
...         yield hold(60 * minutes)
...         yield release(nurse)

Commands are plain tuples, operation first, so that the reference engine spends its time in the model and not in
taking objects apart.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any, TypeAlias, TypeVar

Command: TypeAlias = tuple[Any, ...]
Result = TypeVar("Result")
Process: TypeAlias = Generator[Command, int, Result]
"""What a process returns to its caller: ``Process[int]`` or ``Process[None]``."""

HOLD, SEIZE, RELEASE, RECORD, SPAWN, SEIZE_FIRST, AMEND = range(7)
"""Operations, the first element of every command."""

PRIORITIES = 16
"""Priorities run from 0, served first, to 15."""
NEVER_GIVE_UP = -1
"""A patience without limit."""
LONGEST = 1 << 61
"""Longest hold or patience in seconds; the clock cannot overflow."""


def hold(seconds: int) -> Command:
    """Let time pass.

    Parameters
    ----------
    seconds : int
        Whole seconds, zero or more. ``hold(0)`` lets everything already due at this instant go first.
    """
    return (HOLD, seconds)


def seize(resource: int, priority: int = 0, patience: int = NEVER_GIVE_UP) -> Command:
    """Take one unit of a resource, waiting for it if need be.

    Parameters
    ----------
    resource : int
        Index into the list of resources of the simulation.
    priority : int
        0 (served first) to 15; first come, first served within a priority.
    patience : int
        Seconds to wait before giving up; 0 waits to the end of the instant.

    Returns
    -------
    Command
        ``yield`` gives 1 if a unit was taken and 0 if the process gave up.
    """
    return (SEIZE, resource, priority, patience)


def seize_first(*resources: int, priority: int = 0, patience: int = NEVER_GIVE_UP) -> Command:
    """Take one unit of whichever of several resources is free first.

    The first with a free unit, in the order given, is taken at once. Otherwise the process waits in all the
    queues and leaves the others when one serves it, or when it gives up.

    Returns
    -------
    Command
        ``yield`` gives the position of the resource in the list given, or -1 if the process gave up.
    """
    return (SEIZE_FIRST, resources, priority, patience)


def release(resource: int) -> Command:
    """Give back one unit of a resource; the head of its queue gets it at once."""
    return (RELEASE, resource)


def spawn(process: Process[Any]) -> Command:
    """Start another process at this instant; the present one goes on first."""
    return (SPAWN, process)


def record(
    person: int,
    need: int,
    kind: int,
    unit: int,
    asked: int,
    started: int,
    ended: int,
    outcome: int,
    detail: int,
) -> Command:
    """Write one row of the records.

    Contacts that may still be open at the horizon are recorded when they open, with -1 for what has not
    happened yet, and amended later.

    Returns
    -------
    Command
        ``yield`` gives the number of the row, for :func:`amend`.
    """
    return (RECORD, person, need, kind, unit, asked, started, ended, outcome, detail)


def amend(row: int, started: int, ended: int, outcome: int, detail: int) -> Command:
    """Rewrite the four columns of an earlier row that can change while a contact is open."""
    return (AMEND, row, started, ended, outcome, detail)


def free(w: Any, resource: int) -> int:
    """Units of a resource that nobody has at this moment, 0 or more; read, not yielded: ``if free(w, BED):``."""
    found: int = w.resource_now(resource).free
    return found


def waiting(w: Any, resource: int) -> int:
    """Requests that wait for a resource at this moment; one for several resources waits for each of them."""
    found: int = w.resource_now(resource).waiting
    return found


def seconds(x: float) -> int:
    """Round a duration to whole seconds, halves upwards: the one place where durations are rounded."""
    return math.floor(x + 0.5)
