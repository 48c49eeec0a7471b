"""Random programs as tables, read by one process: compiled once, thousands of programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.buffers import Column, World
from sim.engine import EngineError, Limits, Program, Resource
from sim.language import Process, amend, hold, record, release, seize, seize_first, spawn
from tests.agreement.running import Answer

STEPS = 12
LIMITS = Limits(instant=1_500, commands=1_500)


def spread(w, p: int, a: int) -> int:
    """A rule with state: how much a cell has been used, folded."""
    w.cells.used[(p + a) % 7] += a % 3
    total: float = 0.0
    for i in range(7):
        total += w.cells.used[i] / (1 + i)
    return int(total * 8) % 50


def table(w, p: int, q: int, d: int = 0) -> Process[int]:
    """Interpret row q of the table."""
    i: int = 0
    got: int = 1
    row: int = -1
    unit: int = 0
    while i < STEPS:
        o: int = w.tab.operation[q, i]
        a: int = w.tab.first[q, i]
        b: int = w.tab.second[q, i]
        i += 1
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
            yield amend(row, w.clock[0], a, got, b)
        if b == 59 and p % 7 == 0:
            if a % 3 == 0:
                yield release(a % 4)
            elif a % 3 == 1:
                w.cells.used[a] = 1
            else:
                yield hold(10 // (a % 4) - 4)
        yield record(p % 1000, i * 100 + o, 0, got, w.clock[0], 0, 0, 0, 0)
        if w.clock[0] > 80:
            break
    return got + a_of(p)


def a_of(p):
    """A scalar rule."""
    return p % 3 if p > 4 else min(p, 2)


PROGRAM = Program([table])


@dataclass
class RandomTable:
    """Four programs, and the scenario they run in."""

    cells: npt.NDArray[np.int64]
    capacities: list[int]
    changes: list[tuple[int, int, int]]
    pause: int


def random_table(seed: int) -> RandomTable:
    """A table whose programs collide at most instants."""
    dice = np.random.default_rng(seed)
    operations = dice.choice(6, (4, STEPS), p=[0.28, 0.36, 0.06, 0.06, 0.16, 0.08])
    cells = np.stack([operations, *dice.integers(0, 60, (2, 4, STEPS))])
    times = dice.integers(0, 40, 10).tolist()
    changes = [(t, int(dice.integers(0, 3)), int(dice.integers(0, 4))) for t in times]
    return RandomTable(cells, dice.integers(0, 4, 3).tolist(), changes + [(50, r, 2) for r in range(3)], times[0] + 1)


def table_answer(random: RandomTable, make: Callable[..., Any]) -> Answer:
    """Run the table on one engine."""
    names = ("operation", "first", "second")
    columns = [Column(f"tab.{name}", cells) for name, cells in zip(names, random.cells, strict=True)]
    world = World.build([*columns, Column("cells.used", np.zeros(7, np.int64), state=True)])
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
        simulation.run(90)
    except EngineError as found:
        error = str(found)
    rows = list(zip(*(column.tolist() for _, column in simulation.records().columns()), strict=True))
    if error:
        return Answer(rows, None, 0, [], [], [], error)
    used = world.array("cells.used").tolist()
    return Answer(rows, simulation.accumulators(), simulation.events, simulation.in_queue, simulation.in_use, used, "")
