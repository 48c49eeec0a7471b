"""What can go wrong in a run, said in the same words by both engines.

A message begins with where it happened: file and line of the flow, the process, the simulated time.
"""

from __future__ import annotations

from typing import NoReturn


class EngineError(Exception):
    """A fault of the model, found while it ran or while it was lowered."""


class OutOfMemory(EngineError, MemoryError):
    """More is needed for a run than there is memory for; what has been simulated so far is whole."""


class LoweringError(EngineError):
    """Something the compiled engine cannot express; the message names file, line and construct."""


def where(file: str, line: int, process: str, time: int, rule: str = "") -> str:
    """The beginning of every message of a run: the place in a process, or in a rule that a process called."""
    return f"{file}:{line}: {f'rule {rule} of ' if rule else ''}process {process} at {time} s"


NEGATIVE_HOLD = "hold({value}): a duration is 0 s to 2**61 s"
BAD_PATIENCE = "patience {value}: must be 0 s to 2**61 s, or NEVER_GIVE_UP"
BAD_PRIORITY = "priority {value}: must be 0 to 15"
UNKNOWN_RESOURCE = "resource {value}: there is no such resource"
NAMED_TWICE = "seize_first names {resource!r} twice"
NOT_HELD = "releases {resource!r}, which it does not hold"
STILL_HELD = "ended while holding {resource!r}"
UNKNOWN_ROW = "amend: there is no row {value}"
OUT_OF_RANGE = "record: {value} does not fit the column {column!r}"
FLOAT = "{construct} needs a whole number (int), not a float"
NO_NUMBER = "{construct} needs a whole number (int), not a {given}"
BAD_INDEX = "index outside a column of the world"
DIVISION = "division by zero"
BAD_ARGUMENT = "mathematical function outside its domain or range"
ENDLESS_INSTANT = "more than {value} events at one instant: some processes never let time pass"
ENDLESS_COMMANDS = "more than {value} commands without waiting: an endless loop"
ENDLESS_LOOP = "a loop without end"
TOO_DEEP = "processes call each other more than {value} deep"
INTERRUPTED = "the run was interrupted within an event and cannot go on: start it anew"
OVER = "the simulation is over: its records have been handed over"


def fail(place: str, message: str, **values: object) -> NoReturn:
    """Raise an EngineError for a place of :func:`where`."""
    raise EngineError(f"{place}: {message.format(**values)}")
