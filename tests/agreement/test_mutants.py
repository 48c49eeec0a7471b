"""The agreement tests would notice: every broken rule, and every fork that shares what it should copy, is caught."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import pytest

from sim.engine import kernel
from sim.engine.compiled_engine import CompiledSimulation
from sim.engine.modules import PlainModules
from sim.engine.simpy_engine import SimpySimulation
from tests.agreement.mutants import MUTANTS, mutated
from tests.agreement.programs import RandomProgram, random_program
from tests.agreement.running import Answer, Maker, answer
from tests.agreement.tables import RandomTable, random_table, table_answer

SEEDS = range(40)
"""Programs tried; most mutants are caught by the first few."""
CRASHES = (AttributeError, IndexError, OverflowError, ValueError)
"""What a broken kernel may do as plain Python; it shows the mutant too."""


@cache
def program(seed: int) -> tuple[RandomProgram, list[Any], Answer]:
    """A source program, its processes, and what the reference says."""
    made = random_program(seed)
    processes = made.processes()
    return made, processes, answer(made, processes, SimpySimulation)


@cache
def table(seed: int) -> tuple[RandomTable, Answer]:
    """A table, and what the reference says."""
    made = random_table(seed)
    return made, table_answer(made, SimpySimulation)


def program_notices(seed: int, make: Maker, fork: str = "") -> bool:
    made, processes, reference = program(seed)
    try:
        return bool(reference.differs(answer(made, processes, make, fork)))
    except CRASHES:
        return True


def table_notices(seed: int, make: Maker, fork: str = "") -> bool:
    made, reference = table(seed)
    try:
        return bool(reference.differs(table_answer(made, make, fork)))
    except CRASHES:
        return True


@pytest.mark.parametrize("mutant", MUTANTS)
def test_mutants_of_the_order_rule_are_caught(mutant: str) -> None:
    make = partial(CompiledSimulation, modules=mutated(mutant))
    assert any(program_notices(seed, make) for seed in SEEDS), "by the source programs"
    assert any(table_notices(seed, make) for seed in SEEDS), "by the tables"


PLAIN = PlainModules()
CONSTANT = {"ahead", "periods", "changes", "callees", "command", "arguments"}
"""Arrays of the kernel that never change, or hold nothing between two runs."""


class Sharing(CompiledSimulation):
    """A simulation whose forks share one thing with it."""

    shared = ""

    def fork(self) -> CompiledSimulation:
        other = super().fork()
        if self.shared in kernel.State._fields:
            other._state = other._state._replace(**{self.shared: getattr(self._state, self.shared)})
        else:
            setattr(other, self.shared, getattr(self, self.shared))
        return other


@pytest.mark.parametrize("shared", [*sorted(set(kernel.State._fields) - CONSTANT), "_rows", "world"])
def test_forks_that_share_are_caught(shared: str) -> None:
    make: Maker = type("Sharing", (Sharing,), {"shared": shared})
    make = partial(make, modules=PLAIN)
    assert any(program_notices(seed, make, "copy") for seed in SEEDS), "by the source programs"
    assert any(table_notices(seed, make, "copy") for seed in SEEDS), "by the tables"


def test_unbroken_engines_are_not_caught() -> None:
    make = partial(CompiledSimulation, modules=PLAIN)
    assert not any(program_notices(seed, make, "copy") or table_notices(seed, make, "copy") for seed in SEEDS)
