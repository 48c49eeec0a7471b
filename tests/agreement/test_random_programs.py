"""Random programs on both engines: rows in order, accumulators, world, queues and errors are equal.

Three layers: many source programs on the kernel as plain Python, thousands as tables read by one compiled process, a
few compiled whole. Mutants of the order rule show that the programs would notice. More with NARVARD_PROGRAMS=1000.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from sim.engine.compiled_engine import CompiledSimulation
from sim.engine.modules import PlainModules
from sim.engine.simpy_engine import SimpySimulation
from tests.agreement.programs import RandomProgram, random_program
from tests.agreement.running import Answer, answer
from tests.agreement.tables import random_table, table_answer

PROGRAMS = int(os.environ.get("NARVARD_PROGRAMS", "250"))
TABLES = 6 * PROGRAMS
COMPILED = 4
PLAIN = PlainModules()
KERNEL = Path(__file__).parents[2] / "sim" / "engine" / "kernel.py"


def plain(modules: PlainModules, slice_events: int = 10**9):
    return partial(CompiledSimulation, modules=modules, slice_events=slice_events)


def both(program: RandomProgram, make) -> tuple[Answer, Answer]:
    processes = program.processes()
    return answer(program, processes, SimpySimulation), answer(program, processes, make)


def test_source_programs_agree() -> None:
    rows = ties = faults = 0
    for seed in range(PROGRAMS):
        program = random_program(seed, faults=seed % 3 == 0)
        # A kernel left after every event, or every seventh, must go on as if nothing had happened.
        reference, lowered = both(program, plain(PLAIN, [10**9, 7, 1][seed % 3]))
        assert not reference.differs(lowered), f"seed {seed}: {reference.differs(lowered)}"
        rows += len(reference.rows)
        ties += len(reference.rows) - len({row[4] for row in reference.rows})
        faults += bool(reference.error)
    # The programs are worth something: events collide nearly always, and some faults are met.
    assert ties > 0.85 * rows
    assert faults > PROGRAMS / 30


def test_table_programs_agree_compiled() -> None:
    for seed in range(TABLES):
        table = random_table(seed)
        reference = table_answer(table, SimpySimulation)
        compiled = table_answer(table, partial(CompiledSimulation, slice_events=[10**9, 5, 1][seed % 3]))
        assert not reference.differs(compiled), f"seed {seed}: {reference.differs(compiled)}"


@pytest.mark.parametrize("seed", range(5000, 5000 + COMPILED))
def test_source_programs_agree_compiled(seed: int) -> None:
    reference, compiled = both(random_program(seed, faults=seed % 2 == 0), CompiledSimulation)
    assert not reference.differs(compiled)


MUTANTS = {
    "deadlines before what is resumed": (
        "if scalars[RESUMED_HEAD] < scalars[RESUMED_TAIL]:\n        frame",
        "if scalars[RESUMED_HEAD] < scalars[RESUMED_TAIL] and not on_time:\n        frame",
    ),
    "starts after what is resumed": (
        "if scalars[STARTS_HEAD] < scalars[STARTS_TAIL]:\n        frame",
        "if scalars[STARTS_HEAD] < scalars[STARTS_TAIL] and scalars[RESUMED_HEAD] == scalars[RESUMED_TAIL]:\n        frame",
    ),
    "what is resumed before ends of holds": (
        "if on_time and heap[1] < DEADLINE:",
        "if on_time and heap[1] < DEADLINE and scalars[RESUMED_HEAD] == scalars[RESUMED_TAIL]:",
    ),
    "release does not serve": (
        "    serve(r, ints, resources, state.totals, state.rings, scalars)\n    return 1",
        "    return 1",
    ),
    "a rise of capacity does not serve": (
        "scalars[CHANGE] += 1\n        serve(r, ints, resources, totals, rings, scalars)",
        "scalars[CHANGE] += 1",
    ),
    "priorities are ignored": ("ints[at + PRIORITY] = command[2]", "command[2] = 0\n    ints[at + PRIORITY] = 0"),
    "hold(0) does not wait": (
        "    if seconds == 0:\n        resume(",
        "    if seconds == 0:\n        return 1\n        resume(",
    ),
    "patience 0 gives up at once": (
        "    if command[3] >= 0:\n",
        "    if command[3] == 0:\n        leave(at, True, ints, resources, totals, scalars)\n        return first - 1\n"
        "    if command[3] >= 0:\n",
    ),
    "changes at the beginning of a run come late": (
        "code = DONE\n    apply_changes(state.changes, state.ints, state.resources, state.totals, state.rings, scalars)",
        "code = DONE",
    ),
    "seize_first takes the last that is free": (
        "for place in range(command[1]):\n        r = command[ARGUMENTS + place]\n        if resources",
        "for place in range(command[1] - 1, -1, -1):\n        r = command[ARGUMENTS + place]\n        if resources",
    ),
    "ends of holds in the order of processes, not of planning": (
        "scalars[NOW] + seconds, scalars[NUMBER] << FRAME_BITS | frame)",
        "scalars[NOW] + seconds, frame)",
    ),
    "last come, first served": (
        "    tail = r * RESOURCE + TAILS + priority\n    last = resources[tail]\n",
        "    tail = r * RESOURCE + TAILS + priority\n    last = -1\n",
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_mutants_of_the_order_rule_are_caught(mutant: str) -> None:
    text = KERNEL.read_text()
    before, after = MUTANTS[mutant]
    assert text.count(before) == 1, "the kernel has changed: adapt the mutant"
    make = plain(PlainModules(text.replace(before, after)))
    assert any(noticed(seed, make) for seed in range(40))


def noticed(seed: int, make) -> bool:
    """Whether a program shows the mutant; a crash of the mutated kernel shows it too."""
    try:
        reference, mutated = both(random_program(seed), make)
    except (IndexError, OverflowError, ValueError):
        return True
    return bool(reference.differs(mutated))
