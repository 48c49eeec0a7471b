"""Runs a random program on one engine and keeps all that can be compared."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.buffers import Column, World
from sim.engine import EngineError, Limits, Program, Resource
from tests.agreement.programs import RandomProgram

MOST_EVENTS = 4_000
LIMITS = Limits(instant=MOST_EVENTS, commands=2_000)


@dataclass
class Answer:
    """What a run left behind."""

    rows: list[tuple[int, ...]]
    accumulators: Any
    events: int
    queues: list[int]
    used: list[int]
    world: list[float]
    error: str

    def differs(self, other: Answer) -> str:
        """The first thing that differs, or an empty string."""
        for number, (mine, theirs) in enumerate(zip(self.rows, other.rows, strict=False)):
            if mine != theirs:
                return f"row {number}: {mine} and {theirs}"
        for name in ("error", "events", "queues", "used", "world", "accumulators"):
            if getattr(self, name) != getattr(other, name):
                return f"{name}: {getattr(self, name)} and {getattr(other, name)}"
        return "" if len(self.rows) == len(other.rows) else f"rows: {len(self.rows)} and {len(other.rows)}"


def small_world() -> World:
    """Eight people and one lever."""
    seen = Column("people.seen", np.zeros(8, np.int64), state=True)
    share = Column("people.share", np.zeros(8), state=True)
    return World.build([seen, share, Column("levers.gain", 0)])


Maker = Callable[..., Any]


def answer(program: RandomProgram, processes: list[Any], make: Maker, fork: str = "") -> Answer:
    """Run to the pause, switch, and run to the horizon.

    With `fork`, a copy is made at the pause; the one named ("copy" or "original") goes on as usual after the other
    has gone on differently, and must not have noticed.
    """
    world = small_world()
    resources = [
        Resource(f"r{i}", c, [(t, to) for t, r, to in program.changes if r == i])
        for i, c in enumerate(program.capacities)
    ]
    simulation = make(Program(processes), world, resources, (0, 4, program.pause, 33), LIMITS)
    error = ""
    try:
        for root in range(program.roots):
            simulation.start(processes[root % len(processes)], root, 0)
        simulation.run(program.pause)
        if fork:
            copy = simulation.fork()
            simulation, other = (copy, simulation) if fork == "copy" else (simulation, copy)
            go_astray(program, processes, other)
        go_on(program, processes, simulation)
    except EngineError as found:
        error = str(found)
    return kept(simulation, ("people.seen", "people.share"), error)


def kept(simulation: Any, columns: Sequence[str], error: str) -> Answer:
    """What a simulation has left; after an error only rows and message, as the step that failed is unfinished."""
    rows = list(zip(*(column.tolist() for _, column in simulation.records().columns()), strict=True))
    if error:
        return Answer(rows, None, 0, [], [], [], error)
    world = simulation.world
    return Answer(
        rows,
        simulation.accumulators(),
        simulation.events,
        list(simulation.in_queue),
        list(simulation.in_use),
        [world.clock[0], *(value for path in columns for value in world.array(path).tolist())],
        error,
    )


def go_on(program: RandomProgram, processes: list[Any], simulation: Any) -> None:
    """The second half: other inputs, state and capacities, more processes."""
    simulation.world.set("levers.gain", program.gain)
    if program.shares is not None:
        simulation.world.set("people.share", np.array(program.shares))
    if program.later_changes is not None:
        simulation.set_changes(program.later_changes)
    for root in range(3):
        simulation.start(processes[0], 50 + root)
    simulation.run(program.horizon)


def go_astray(program: RandomProgram, processes: list[Any], simulation: Any) -> None:
    """Another second half, which changes everything that can be changed."""
    simulation.world.set("levers.gain", 17)
    simulation.world.set("people.seen", 3)
    simulation.set_changes([(program.pause, r, 9) for r in range(len(program.capacities))])
    for root in range(8):
        simulation.start(processes[-1], root)
    with contextlib.suppress(EngineError):
        simulation.run(program.pause + 7)
