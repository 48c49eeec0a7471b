"""Runs a random program on one engine and keeps all that can be compared."""

from __future__ import annotations

from collections.abc import Callable
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


def answer(program: RandomProgram, processes: list[Any], make: Maker) -> Answer:
    """Run to the pause, switch, and run to the horizon."""
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
        world.set("levers.gain", program.gain)
        if program.later_changes is not None:
            simulation.set_changes(program.later_changes)
        for root in range(3):
            simulation.start(processes[0], 50 + root)
        simulation.run(program.horizon)
    except EngineError as found:
        error = str(found)
    records = simulation.records()
    rows = list(zip(*(column.tolist() for _, column in records.columns()), strict=True))
    state = [*world.array("people.seen").tolist(), *world.array("people.share").tolist(), world.clock[0]]
    if error:
        return Answer(rows, None, 0, [], [], [], error)
    return Answer(
        rows,
        simulation.accumulators(),
        simulation.events,
        list(simulation.in_queue),
        list(simulation.in_use),
        state,
        error,
    )
