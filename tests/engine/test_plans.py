"""What lowering found is used again as long as nothing it looked at has changed."""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sim.buffers import Column, World
from sim.engine import Program
from sim.engine.compiling import Task
from sim.engine.machine import Machine, machine_for
from sim.engine.modules import hashed_name

FLOWS = """
import plan_numbers
from plan_numbers import PATIENCE
from sim.language import Process, hold, seize, seize_first
FACTOR = 3
SHIFTS = (7, 15, 22)

def rule(w, x: int, y: int = PATIENCE) -> int:
    return x * FACTOR + SHIFTS[x] + w.lever.on + y + plan_numbers.EXTRA

def other(w, x: int, y: float = 0.5) -> Process[None]:
    got: int = yield seize_first(0, 1, 2)
    yield hold(x + got)

def process(w, x: int) -> Process[None]:
    yield hold(rule(w, x))
    yield from other(w, x)
"""
NUMBERS = "PATIENCE = 60\nEXTRA = 1\n"
Start = Callable[..., tuple[Machine, bool]]


class Pretended:
    """Modules whose code is there as soon as it has been asked for; notes whether anything was lowered."""

    compiled = True

    def __init__(self) -> None:
        self.lowered = False
        self.lost = False

    def name(self, short: str, text: str) -> str:
        return hashed_name(short, text)

    def prepare(self, texts: Mapping[str, str], tasks: Sequence[Task]) -> None:
        self.lowered = True

    def ready(self, names: Sequence[str]) -> bool:
        return not self.lost

    def steps(self, names: Sequence[str]) -> Any:
        return list(names)

    def kernel(self) -> types.ModuleType:
        return sys


def imported(folder: Path, name: str, text: str) -> types.ModuleType:
    """A module with this text, as a new start of Python would import it."""
    (folder / f"{name}.py").write_text(text)
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts the model anew: the machine, and whether it had to be lowered."""
    monkeypatch.setenv("NARVARD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def begin(
        flows: str = FLOWS,
        numbers: str = NUMBERS,
        columns: int = 0,
        changed: Callable[[types.ModuleType], None] = lambda module: None,
        lost: bool = False,
    ) -> tuple[Machine, bool]:
        imported(tmp_path, "plan_numbers", numbers)
        module = imported(tmp_path, "plan_flows", flows)
        changed(module)
        more = [Column(f"more.c{i}", 0) for i in range(columns)]
        modules = Pretended()
        modules.lost = lost
        world = World.build([Column("lever.on", 1), *more])
        return machine_for(Program([module.process]), world, modules), modules.lowered

    assert begin()[1]
    yield begin
    del sys.modules["plan_flows"], sys.modules["plan_numbers"]


def test_a_second_start_lowers_nothing_and_knows_the_same(start: Start) -> None:
    first, lowered = start(lost=True)
    assert lowered
    second, lowered = start()
    assert not lowered
    for one, two in zip(first.processes, second.processes, strict=True):
        assert one.function.__qualname__ == two.function.__qualname__
        assert one.function is not two.function
        assert [getattr(one, name) for name in ("module", "origin", "parameters", "takes", "ints", "floats")] == [
            getattr(two, name) for name in ("module", "origin", "parameters", "takes", "ints", "floats")
        ]
        assert (one.lines, one.callees, one.defaults) == (two.lines, two.callees, two.defaults)
    assert first.origins == second.origins
    assert first.callees.tolist() == second.callees.tolist() == [[1], [0]]
    assert first.alternatives == second.alternatives == 3
    assert second.processes[1].defaults == {"y": 0.5}


@pytest.mark.parametrize(
    "edit",
    [
        {"flows": "# one line more\n" + FLOWS},
        {"flows": FLOWS.replace("FACTOR = 3", "FACTOR = 4")},
        {"numbers": NUMBERS.replace("EXTRA = 1", "EXTRA = 20")},
        {"numbers": NUMBERS.replace("PATIENCE = 60", "PATIENCE = 600")},
        {"numbers": NUMBERS.replace("EXTRA = 1", "EXTRA = True")},
        {"columns": 1},
        {"changed": lambda module: setattr(module, "FACTOR", 4)},
        {"changed": lambda module: setattr(module, "SHIFTS", (7, 15, 23))},
        {"changed": lambda module: setattr(module.rule, "__defaults__", (61,))},
        {"lost": True},
    ],
    ids=lambda edit: next(iter(edit)),
)
def test_whatever_changes_is_noticed(start: Start, edit: dict[str, Any]) -> None:
    assert not start()[1]
    _, lowered = start(**edit)
    assert lowered


def test_lines_of_errors_follow_a_file_that_has_moved(start: Start) -> None:
    before, _ = start()
    after, _ = start("# one line more\n" + FLOWS)
    assert [s.module for s in before.processes] == [s.module for s in after.processes]  # the code is the same
    assert [s.origin.first_line + 1 for s in before.processes] == [s.origin.first_line for s in after.processes]
    assert [line + 1 for s in before.processes for line in s.lines] == [
        line for s in after.processes for line in s.lines
    ]


def test_another_function_in_place_of_a_rule_is_noticed(start: Start, tmp_path: Path) -> None:
    other = imported(tmp_path, "plan_rules", "def rule(w, x: int, y: int = 60) -> int:\n    return x + y\n")
    other.rule.__module__, other.rule.__qualname__ = "plan_flows", "rule"  # as functools.wraps would have it
    _, lowered = start(changed=lambda module: setattr(module, "rule", other.rule))
    assert lowered


def test_a_broken_plan_is_made_again(start: Start, tmp_path: Path) -> None:
    (plan,) = (tmp_path / "cache").glob("narvard_plan_*.json")
    for broken in ("", "{", "[]", "{}", '{"meanings": {"gone": {"x": "int 1"}}}'):
        plan.write_text(broken)
        assert start()[1]
        assert not start()[1]


def test_functions_inside_functions_are_lowered_at_every_start(start: Start, tmp_path: Path) -> None:
    inside = FLOWS.replace("def other", "def make():\n  def other").replace("    got: int", "      got: int")
    inside = inside.replace("    yield hold(x + got)", "      yield hold(x + got)\n  return other\nother = make()")
    assert start(inside)[1]
    assert start(inside)[1]
