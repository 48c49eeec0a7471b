"""Random programs as tables, read by one process: compiled once, thousands of programs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.buffers import Column, World
from sim.engine import EngineError, Limits, Program, Resource
from sim.language import Process, amend, hold, record, release, seize, seize_first, spawn
from tests.agreement.running import Answer, kept

STEPS = 12
LIMITS = Limits(instant=1_500, commands=1_500)


def spread(w, p: int, a: int) -> int:
    """A rule with state: how much a cell has been used, folded."""
    w.cells.used[(p + a) % 7] += a % 3
    total: float = 0.0
    for i in range(7):
        total += w.cells.used[i] / (1 + i)
    return int(total * w.lever.scale) % 50


def table(w, p: int, q: int, d: int = 0) -> Process[int]:
    """Interpret row q of the table."""
    i: int = 0
    got: int = 1
    row: int = -1
    unit: int = 0
    share: float = 0.0
    while i < STEPS:
        o: int = w.tab.operation[q, i]
        a: int = w.tab.first[q, i]
        b: int = w.tab.second[q, i]
        i += 1
        share = share / 2 + (a + p) / 7
        if o == 0:
            yield hold((a + p) % 4)
        elif o == 1:
            got = yield seize(a % 3, b % 4, (p + b) % 5 - 1)
            row = yield record(p, i, got, o, w.clock[0], -1, -1, -1, spread(w, p, a))
            if got:
                yield hold((b + p) % 3)
                if d < 3 and b % 5 == 0:
                    got = yield from table(w, p * 2 + 1, b % 4, d + 1)
                yield release(a % 3)
        elif o == 2 and d < 3:
            yield spawn(table(w, p * 3 + i, a % 4, d=d + 1))
        elif o == 3 and d < 3:
            got = yield from table(w, p * 5 + i, b % 4, d + 1)
        elif o == 4:
            unit = a % 3
            got = yield seize_first(unit, (unit + 1) % 3, priority=b % 2, patience=(p + a) % 4 - 1)
            if got < 0:
                continue
            unit = (unit + got) % 3
            yield hold(b % 4)
            yield release(unit)
        elif row >= 0:
            yield amend(max(0, row - b % 4), w.clock[0], a, got, b)
        if b == 59 and p % 7 == 0:
            if a % 3 == 0:
                yield release(a % 4)
            elif a % 3 == 1:
                w.cells.used[a] = 1
            else:
                yield hold(10 // (a % 4) - 4)
        yield record(p % 1000, i * 100 + o, 0, got, w.clock[0], int(share * 100), 0, 0, 0)
        if w.clock[0] > 80:
            break
    return got + a_of(p)


def a_of(p):
    """A scalar rule."""
    return p % 3 if p > 4 else min(p, 2)


PROGRAM = Program([table])
CELLS = ("operation", "first", "second")


@dataclass
class RandomTable:
    """Four programs, those they become at the pause, and the scenario they run in."""

    seed: int
    cells: npt.NDArray[np.int64]
    later_cells: npt.NDArray[np.int64]
    capacities: list[int]
    changes: list[tuple[int, int, int]]
    later_changes: list[tuple[int, int, int]] | None
    pause: int


def random_table(seed: int) -> RandomTable:
    """A table whose programs collide at most instants."""
    dice = np.random.default_rng(seed)
    cells, later_cells = (_cells(dice) for _ in range(2))
    times = [0, *dice.integers(0, 40, 9).tolist()]
    changes = [(t, int(dice.integers(0, 3)), int(dice.integers(0, 4))) for t in times]
    pause = times[1] + 1
    later = [(pause + t, int(dice.integers(0, 3)), int(dice.integers(0, 4))) for t in (0, 0, 1, 5, 12)]
    end = [(60, r, 2) for r in range(3)]
    return RandomTable(
        seed,
        cells,
        later_cells if seed % 2 else cells,
        dice.integers(0, 4, 3).tolist(),
        changes + end,
        later + end if dice.random() < 0.5 else None,
        pause,
    )


def _cells(dice: np.random.Generator) -> npt.NDArray[np.int64]:
    operations = dice.choice(6, (4, STEPS), p=[0.28, 0.34, 0.06, 0.06, 0.16, 0.10])
    return np.stack([operations, *dice.integers(0, 60, (2, 4, STEPS))])


def table_answer(random: RandomTable, make: Callable[..., Any], fork: str = "") -> Answer:
    """Run the table on one engine; for `fork` see :func:`tests.agreement.running.answer`."""
    columns = [Column(f"tab.{name}", cells) for name, cells in zip(CELLS, random.cells, strict=True)]
    used = Column("cells.used", np.zeros(7, np.int64), state=True)
    world = World.build([*columns, used, Column("lever.scale", 8)])
    resources = [
        Resource(f"r{i}", c, [(t, to) for t, r, to in random.changes if r == i])
        for i, c in enumerate(random.capacities)
    ]
    simulation = make(PROGRAM, world, resources, (0, random.pause, 60), LIMITS)
    error = ""
    try:
        for root in range(8):
            simulation.start(table, root, root % 4)
        simulation.run(random.pause)
        if fork:
            copy = simulation.fork()
            simulation, other = (copy, simulation) if fork == "copy" else (simulation, copy)
            _go_astray(random, other)
        _go_on(random, simulation)
    except EngineError as found:
        error = str(found)
    return kept(simulation, ("cells.used",), error)


def _go_on(random: RandomTable, simulation: Any) -> None:
    for name, cells in zip(CELLS, random.later_cells, strict=True):
        simulation.world.set(f"tab.{name}", cells)
    simulation.world.set("lever.scale", 9)
    simulation.world.set("cells.used", np.arange(7))
    if random.later_changes is not None:
        simulation.set_changes(random.later_changes)
    for root in range(3):
        simulation.start(table, 20 + root, root)
    simulation.run(90)


def _go_astray(random: RandomTable, simulation: Any) -> None:
    simulation.world.set("tab.first", 7)
    simulation.world.set("lever.scale", 1)
    simulation.world.set("cells.used", 5)
    simulation.set_changes([(random.pause, r, 5) for r in range(3)])
    for root in range(5):
        simulation.start(table, root, root % 4)
    with contextlib.suppress(EngineError):
        simulation.run(random.pause + 5)
