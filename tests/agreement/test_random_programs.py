"""Random programs on both engines: rows in order, accumulators, world, queues and errors are equal.

Three layers: many source programs on the kernel as plain Python, thousands as tables read by one compiled process, a
few compiled whole. Each runs to a pause, where inputs, state and capacities are switched, and on; most are forked there,
and the half that is compared goes on after the other half has gone astray. The kernel is left after every event, every
seventh, or never, and must go on as if nothing had happened. Fewer or more with NARVARD_PROGRAMS.

`pytest -rP tests/agreement/test_random_programs.py` shows what the programs used.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from sim.engine.compiled_engine import CompiledSimulation
from sim.engine.modules import PlainModules
from sim.engine.simpy_engine import SimpySimulation
from tests.agreement.features import Tally, error_feature, watched
from tests.agreement.programs import random_program
from tests.agreement.running import Answer, Maker, answer
from tests.agreement.tables import random_table, table_answer

PROGRAMS = int(os.environ.get("NARVARD_PROGRAMS", "40"))
ENOUGH = 1000
"""Programs in which everything that is rare has happened."""
TABLES = 3 * PROGRAMS
COMPILED = 10 if PROGRAMS >= ENOUGH else 2
FIRST_COMPILED = 5000
SLICES = (10**9, 7, 1)
FORKS = ("", "copy", "original")
PLAIN = PlainModules()

OFTEN = {
    "taken at once": 0.5,
    "waits in a queue": 0.7,
    "waits behind its own priority": 0.7,
    "waits beside another priority": 0.7,
    "a release serves": 0.7,
    "hold(0)": 0.7,
    "patience 0": 0.7,
    "gives up": 0.7,
    "a unit at the deadline": 0.6,
    "a deadline after the grant": 0.6,
    "waits in several queues": 0.25,
    "seize_first has a choice": 0.15,
    "seize_first takes the first": 0.4,
    "seize_first takes another than the first": 0.2,
    "seize_first is served by the first queue": 0.2,
    "seize_first is served by another queue": 0.2,
    "gives up in several queues": 0.2,
    "amend": 0.25,
    "amend of an earlier row": 0.15,
    "spawn": 0.6,
    "spawned by a subprocess": 0.3,
    "spawned while holding": 0.2,
    "nested once": 0.6,
    "nested twice or deeper": 0.15,
    "waits in a subprocess": 0.5,
    "two units held by one process": 0.4,
    "capacity changes at time 0": 0.4,
    "capacity rises": 0.6,
    "a rise of capacity serves": 0.4,
    "capacity falls": 0.6,
    "capacity falls below use": 0.25,
    "a release into a shortage": 0.2,
    "closed with a queue": 0.15,
    "set_changes between two runs": 0.2,
    "set state between two runs": 0.3,
    "set a lever between two runs": 0.7,
    "fork between two runs": 0.4,
}
"""The least share of source programs that has to use each feature."""
ERRORS = (
    *("negative hold", "bad patience", "bad priority", "unknown resource", "named twice", "not held", "still held"),
    *("unknown row", "out of range", "bad index", "division", "bad argument"),
)
"""Errors that some source program has to end in; the others, which take long, are in tests/engine/test_faults.py."""


def plain(modules: PlainModules, slice_events: int = 10**9) -> Maker:
    """The lowered code as plain Python."""
    return partial(CompiledSimulation, modules=modules, slice_events=slice_events)


def compare(run: Callable[[Maker, str], Answer], make: Maker, seed: int, tally: Tally) -> str:
    """The first difference between the reference and an engine, or an empty string."""
    features: set[str] = set()
    with watched(features):
        reference = run(SimpySimulation, "")
        other = run(make, FORKS[seed // len(SLICES) % len(FORKS)])
    if reference.error:
        features.add(error_feature(reference.error))
    tally.add(features, reference.rows)
    return reference.differs(other)


def compare_program(seed: int, make: Maker, tally: Tally, faults: bool) -> None:
    program = random_program(seed, faults=faults)
    run = partial(answer, program, program.processes())
    difference = compare(run, make, seed, tally)
    assert not difference, f"seed {seed}, faults={faults}: {difference}\n{program}\n{program.text}"


def test_source_programs_agree() -> None:
    tally = Tally()
    for seed in range(PROGRAMS):
        compare_program(seed, plain(PLAIN, SLICES[seed % len(SLICES)]), tally, faults=seed % 4 == 0)
    print(tally)
    # The programs are worth something: nearly all rows have company at their time, and everything is used.
    assert tally.share > 0.95
    if PROGRAMS >= ENOUGH:
        assert not tally.lacking(OFTEN | {f"error: {kind}": 0.002 for kind in ERRORS})


def test_table_programs_agree_compiled() -> None:
    tally = Tally()
    for seed in range(TABLES):
        table = random_table(seed)
        make = partial(CompiledSimulation, slice_events=SLICES[seed % len(SLICES)])
        difference = compare(partial(_table_answer, table), make, seed, tally)
        assert not difference, f"seed {seed}: {difference}\n{table}"
    print(tally)
    assert tally.share > 0.95
    assert not tally.lacking({"set an input column between two runs": 0.5})
    if PROGRAMS >= ENOUGH:
        assert not tally.lacking(OFTEN)
        assert not tally.lacking({f"error: {kind}": 0.01 for kind in ("bad index", "not held", "unknown resource")})


def _table_answer(table: Any, make: Maker, fork: str) -> Answer:
    return table_answer(table, make, fork)


@pytest.mark.parametrize("seed", range(FIRST_COMPILED, FIRST_COMPILED + COMPILED))
def test_source_programs_agree_compiled(seed: int) -> None:
    tally = Tally()
    compare_program(seed, CompiledSimulation, tally, faults=seed % 3 == 0)
    print(tally)
