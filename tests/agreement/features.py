"""Which features of the engines a program has really used: watched on the reference engine while it runs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from inspect import isgenerator
from typing import Any
from unittest.mock import patch

from sim.buffers import World
from sim.engine import errors, simpy_engine
from sim.engine.compiled_engine import CompiledSimulation
from sim.engine.simpy_engine import Activity, SimpySimulation
from sim.engine.staffed import Staffed, Waiting

Features = set[str]

ERRORS: Mapping[str, str] = {
    name: "error: " + name.lower().replace("_", " ")
    for name, text in vars(errors).items()
    if name.isupper() and isinstance(text, str)
}
"""A feature for every message of a run."""


def error_feature(message: str) -> str:
    """The feature that stands for a message."""
    for name, feature in ERRORS.items():
        pattern = re.sub(r"\\{.*?\\}", ".*", re.escape(getattr(errors, name)))
        if re.search(f": {pattern}$", message):
            return feature
    raise AssertionError(f"not one of the messages of a run: {message}")


@contextmanager
def watched(seen: Features) -> Iterator[None]:
    """Note every feature that simulations use meanwhile; what happens inside a run, only on the reference engine."""
    with ExitStack() as stack:
        for owner, name, watch in WATCHES:
            stack.enter_context(patch.object(owner, name, _watching(getattr(owner, name), watch, seen)))
        yield


def _watching(original: Callable[..., Any], watch: Callable[..., Iterator[str]], seen: Features) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        before = watch(*arguments)
        seen.update(feature for feature in before if feature)
        return original(*arguments)

    return call


# --- what to look at, before it is carried out -----------------------------------------------------------------


def _seize(activity: Activity, command: Any) -> Iterator[str]:
    resource = activity.engine.resources[command[1] : command[1] + 1] if command[1] >= 0 else []
    for place in resource:
        yield "taken at once" if place.used < place.capacity else "patience 0" if command[3] == 0 else ""
        yield "two units held by one process" if activity.held else ""


def _join(waiting: Waiting, place: Staffed, answer: int) -> Iterator[str]:
    yield "waits in several queues" if waiting.places else "waits in a queue"
    others = (queue for priority, queue in enumerate(place.queues) if priority != waiting.priority)
    yield "waits beside another priority" if any(others) else ""
    yield "waits behind its own priority" if place.queues[waiting.priority] else ""
    assert waiting.callbacks is not None
    activity = waiting.callbacks[0].__self__  # type: ignore[attr-defined]
    yield "waits in a subprocess" if isgenerator(activity.process.gi_yieldfrom) else ""


def _seize_first(activity: Activity, command: Any) -> Iterator[str]:
    number = len(activity.engine.resources)
    if all(0 <= r < number for r in command[1]):
        free = [place.used < place.capacity for place in (activity.engine.resources[r] for r in command[1])]
        yield "seize_first takes the first" if free and free[0] else ""
        yield "seize_first takes another than the first" if any(free) and not free[0] else ""
        yield "seize_first has a choice" if sum(free) > 1 else ""


def _granted(activity: Activity, waiting: Any) -> Iterator[str]:
    waiting.granted_at = activity.engine.env.now
    if len(waiting.places) > 1:
        yield f"seize_first is served by {'the first queue' if waiting.value == 0 else 'another queue'}"


def _expire(activity: Activity, deadline: Any) -> Iterator[str]:
    waiting = deadline._value
    if not waiting.triggered:
        yield "gives up in several queues" if len(waiting.places) > 1 else "gives up"
    elif getattr(waiting, "granted_at", None) == activity.engine.env.now:
        yield "a unit at the deadline"
    else:
        yield "a deadline after the grant"


def _release(activity: Activity, number: int) -> Iterator[str]:
    if number in activity.held:
        place = activity.engine.resources[number]
        yield "a release serves" if place.waiting and place.used <= place.capacity else ""
        yield "a release into a shortage" if place.used > place.capacity else ""


def _amend(activity: Activity, command: Any) -> Iterator[str]:
    yield "amend" if 0 <= command[1] < activity.engine.row_count else ""
    yield "amend of an earlier row" if 0 <= command[1] < activity.engine.row_count - 1 else ""


def _record(activity: Activity, command: Any) -> Iterator[str]:
    depth, process = 0, activity.process
    while isgenerator(process.gi_yieldfrom):
        depth, process = depth + 1, process.gi_yieldfrom
    yield ("", "nested once", "nested twice or deeper")[min(depth, 2)]


def _spawned(activity: Activity, process: Any) -> Iterator[str]:
    yield "spawn"
    yield "spawned by a subprocess" if isgenerator(activity.process.gi_yieldfrom) else ""
    yield "spawned while holding" if activity.held else ""


def _timeout(env: Any, seconds: int) -> Iterator[str]:
    yield "hold(0)" if seconds == 0 else "hold"


def _set_capacity(place: Staffed, capacity: int) -> Iterator[str]:
    now = place.env.now
    if capacity != place.capacity:
        yield "capacity rises" if capacity > place.capacity else "capacity falls"
        yield "capacity changes at time 0" if now == 0 else ""
    yield "a rise of capacity serves" if capacity > place.used and place.waiting else ""
    yield "capacity falls below use" if capacity < place.used and capacity < place.capacity else ""
    yield "closed with a queue" if capacity == 0 and place.waiting else ""


def _set_changes(simulation: SimpySimulation, changes: Any) -> Iterator[str]:
    yield "set_changes between two runs"


def _set(world: World, path: str, values: Any) -> Iterator[str]:
    place = world.place(path)
    yield f"set {'state' if place.state else 'a lever' if place.scalar else 'an input column'} between two runs"


def _fork(simulation: CompiledSimulation) -> Iterator[str]:
    yield "fork between two runs"


WATCHES: tuple[tuple[Any, str, Callable[..., Iterator[str]]], ...] = (
    (Activity, "seize", _seize),
    (Waiting, "join", _join),
    (Activity, "seize_first", _seize_first),
    (Activity, "granted", _granted),
    (Activity, "expire", _expire),
    (Activity, "release", _release),
    (Activity, "amend", _amend),
    (Activity, "record", _record),
    (Activity, "spawned", _spawned),
    (simpy_engine, "Timeout", _timeout),
    (Staffed, "set_capacity", _set_capacity),
    (SimpySimulation, "set_changes", _set_changes),
    (World, "set", _set),
    (CompiledSimulation, "fork", _fork),
)


# --- what a number of programs have used together --------------------------------------------------------------


class Tally:
    """How many programs used each feature, and how many of their rows were written at a shared time."""

    def __init__(self) -> None:
        self.programs = 0
        self.rows = 0
        self.shared = 0
        self.features: Counter[str] = Counter()

    def add(self, features: Features, rows: list[tuple[int, ...]]) -> None:
        """Count one program; a row has company if another person has a row at its time."""
        self.programs += 1
        self.features.update(features)
        self.rows += len(rows)
        people: dict[int, set[int]] = {}
        for row in rows:
            people.setdefault(row[4], set()).add(row[0])
        self.shared += sum(len(people[row[4]]) > 1 for row in rows)

    @property
    def share(self) -> float:
        """Share of rows at shared times."""
        return self.shared / max(1, self.rows)

    def lacking(self, least: Mapping[str, float]) -> dict[str, int]:
        """Features that fewer than the given share of the programs used, with how many did."""
        return {
            name: self.features[name]
            for name, share in least.items()
            if self.features[name] < int(share * self.programs)
        }

    def __str__(self) -> str:
        head = f"{self.programs} programs, {self.rows} rows, {100 * self.share:.1f} % of them at shared times"
        return "\n".join([head, *(f"{n:7d}  {name}" for name, n in sorted(self.features.items()))])
