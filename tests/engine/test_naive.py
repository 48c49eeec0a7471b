"""What somebody who knows Python would write first, and what the compiled engine says instead of a traceback."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sim.buffers import Column
from sim.engine import LoweringError, Resource
from tests.engine.engines import plain, simulate

HEAD = """
import functools
import math
import random
from enum import IntEnum

import numpy as np

from sim import chance
from sim.language import Process, hold, record, release, seconds, seize, seize_first, spawn

TABLE = {"a": 1}
LIST = [1, 2]
COUNT = 0
Kind = IntEnum("Kind", ["A"])

def rule(w, x: int) -> int:
    return x + 1

def worldless(x):
    return x

def called(w, n: int = 1) -> Process[int]:
    yield hold(n)
    return n

async def asynchronous(w):
    return 1

shortened = functools.partial(rule, x=1)
short = lambda w: 1

@functools.cache
def kept(w):
    return 1

def unchanged(function):
    return function

class Ward:
    def free(self):
        return 1

ward = Ward()

"""
CASES = {
    # statements
    "with open('x') as f:\n    yield hold(1)": "with cannot be lowered; take with seize, give back with release",
    "try:\n    yield hold(1)\nexcept ValueError:\n    pass": "try cannot be lowered; ask beforehand with if",
    "raise ValueError('no')": "raise cannot be lowered; check before the run, or record an outcome",
    "assert w.clock[0] > 0": "assert cannot be lowered; check before the run, or record an outcome",
    "match w.clock[0]:\n    case 1:\n        yield hold(1)": "match cannot be lowered; write if and elif",
    "global COUNT": "global cannot be lowered; what changes is kept in a state column of the world",
    "import random": "import cannot be lowered; import at the top of the module",
    "def inner(x):\n    return x": "a function inside a function cannot be lowered; write a function of the module; it may take w",
    "class Local:\n    pass": "a class inside a function cannot be lowered; what changes is kept in a state column of the world",
    "while w.clock[0] < 5:\n    yield hold(1)\nelse:\n    yield hold(2)": "else after a loop cannot be lowered",
    "for i in range(3):\n    yield hold(1)\nelse:\n    yield hold(2)": "only `for name in range(...)` without else can be lowered",
    "for age in w.people.age:\n    yield hold(age)": "only `for name in range(...)` without else can be lowered; for i in range(len(w.people.age))",
    "for i, x in enumerate(LIST):\n    yield hold(i)": "only `for name in range(...)` without else can be lowered",
    "a = b = 1": "one target at a time",
    "a, b = divmod(7, 2)": "as many values as targets, written out",
    "x: int": "give it a value",
    "name: str = 'ward'": "variables of processes are int or float",
    "name = 'ward'": "a value of type str cannot be lowered, only numbers; names are members of an IntEnum",
    "x: int = None": "a value of type NoneType cannot be lowered, only numbers; -1 can stand for nothing",
    "x: int = 1\ndel x": "del cannot be lowered; variables live as long as the process",
    "w = 5": "w is the world",
    "w.clock[0] = 5": "only the engine sets the clock",
    "w.lever.on += 1": "scalars are inputs; flows write state columns, w.lever.on[0] = ...",
    # expressions
    "x: int = (lambda y: y)(3)": "lambda cannot be lowered; write a function of the module; it may take w",
    "xs = [i for i in range(3)]": "a list comprehension cannot be lowered; write a loop over range(...)",
    "xs = {i: i for i in range(3)}": "a dict comprehension cannot be lowered; write a loop over range(...)",
    "xs = []": "a list cannot be lowered; many values are kept in a column of the world, or in a tuple of the module",
    "x: int = TABLE['a']": "only columns of the world and global tuples of numbers can be indexed",
    "if (n := w.clock[0]) > 0:\n    yield hold(n)": ":= cannot be lowered; assign in a line of its own",
    "xs = f'{w.clock[0]}'": "text cannot be lowered; numbers only; names are members of an IntEnum",
    "x: int = 10 ** 30": "does not fit 64 bits",
    "yield hold(w.people.age[1:3])": "a slice cannot be lowered; one element at a time, in a loop over range(...)",
    "yield hold(w.people.ages[1])": "the world has no such column; did you mean w.people.age?",
    "yield hold(w.clock)": "the present time is w.clock[0]",
    "yield hold(Kind.B)": "there is no such name here",
    # yields
    "if (yield seize(0)):\n    yield release(0)": "a yield stands alone or on the right of an assignment to a variable",
    "yield hold((yield seize(0)))": "a yield stands alone or on the right of an assignment to a variable",
    "got: int = 1 - (yield seize(0))": "a yield stands alone or on the right of an assignment to a variable",
    "hold(5)": "write `yield hold(...)`",
    "yield from hold(5)": "this is not the call of a process; write `yield hold(5)`",
    "yield called(w)": "only the commands of sim.language can be yielded; write `yield from called(w)`, or `yield spawn(called(w))` to go on beside it",
    "x: int = yield from rule(w, 1)": "this is not the call of a process; a rule is called without yield: `rule(w, 1)`",
    "called(w)": "a process is called with `yield from` or `yield spawn(...)`",
    "yield [hold(1), hold(2)]": "write `yield` with the call of a command",
    "yield w.timeout(5)": "only the commands of sim.language can be yielded",
    "p: int = yield spawn(called(w))": "this gives no value",
    "x: float = yield seize(0)": "the answer of a command is a whole number (int)",
    # calls
    "print('now')": "print cannot be lowered; it works on the SimPy engine only; record what matters",
    "yield hold(round(3.5))": "round cannot be lowered; use seconds(x), or math.floor(x + 0.5)",
    "yield hold(random.randint(1, 5))": "draws come from sim.chance, by key",
    "yield hold(int(np.random.exponential(3.0)))": "draws come from sim.chance, by key",
    "yield hold(int(np.sqrt(3.0)))": "numpy prepares the world before the run; flows use math",
    "yield hold(math.comb(5, 2))": "this function cannot be lowered; of math there are floor, ceil, sqrt, exp, expm1, log, log1p, pow, fabs, sin, cos, tan, atan, atan2, tanh",
    "yield hold(short(w))": "lambda cannot be lowered; write a function of the module; it may take w",
    "yield hold(kept(w))": "this function cannot be lowered, only those written with def, without decorators",
    "yield hold(shortened(w))": "this function cannot be lowered, only those written with def, without decorators",
    "yield hold(asynchronous(w))": "async cannot be lowered; processes yield commands",
    "yield hold(ward.free())": "a method cannot be lowered; write a function of the module; it may take w",
    "yield hold(Kind(1))": "a class cannot be lowered; numbers only",
    "yield from called(w, *LIST)": "write the arguments out, without * and **",
    "yield from called(w, **TABLE)": "write the arguments out, without * and **",
    "yield hold(rule(w, 1, 2))": "takes x: the arguments do not fit",
    "yield hold(rule(1, 2))": "the world, w, is the first argument",
    "yield hold(worldless(w))": "worldless does not take the world: its first parameter has to be w",
    "yield hold(seconds=60, unit=1)": "there is no place for the argument unit",
}  # fmt: skip


def module(folder: Path, text: str) -> ModuleType:
    """The text as a module in a file of its own."""
    path = folder / "naive.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("naive", path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def refusal(folder: Path, text: str) -> str:
    """What is said about the function ``process`` of this text."""
    columns = [Column("people.age", np.arange(5)), Column("lever.on", 1)]
    with pytest.raises(LoweringError) as found:
        simulate(plain, [module(folder, text).process], [Resource("bed", 1)], columns=columns)
    return str(found.value)


@pytest.mark.parametrize("body", CASES)
def test_constructs_outside_the_language_are_refused_with_a_hint(body: str, tmp_path: Path) -> None:
    lines = [*body.split("\n"), "yield hold(1)"]
    said = refusal(tmp_path, HEAD + "def process(w):\n" + "\n".join(f"    {line}" for line in lines) + "\n")
    place, _, rest = said.partition(": process: `")
    assert rest.endswith(f"`: {CASES[body]}"), said
    file, line = place.split(":")
    first = HEAD.count("\n") + 2
    assert file == "naive.py"
    assert first <= int(line) < first + len(lines), said


FORMS = {
    "def process(world):\n    yield hold(1)\n": "the first parameter of a process is the world, w",
    "def process():\n    yield hold(1)\n": "the first parameter of a process is the world, w",
    "def process(w, *, n: int = 1):\n    yield hold(n)\n": "only ordinary parameters can be lowered",
    "def process(w, *ns):\n    yield hold(1)\n": "only ordinary parameters can be lowered",
    "def process(w, n: int = 1.5):\n    yield hold(n)\n": "parameter n is a whole number (int), its default is a float",
    "def process(w, name: str = 'a'):\n    yield hold(1)\n": "parameter name needs the annotation int or float",
    "@unchanged\ndef process(w):\n    yield hold(1)\n": "decorators cannot be lowered",
    "process = lambda w: (yield hold(1))\n": "its source cannot be read; only plain functions in files can be lowered",
}


@pytest.mark.parametrize("text", FORMS)
def test_forms_of_processes_outside_the_language_are_refused(text: str, tmp_path: Path) -> None:
    said = refusal(tmp_path, HEAD + text)
    line = HEAD.count("\n") + 1
    assert said.startswith(f"naive.py:{line}: ")
    assert said.endswith(FORMS[text])


def test_what_fails_inside_another_file_names_the_call(tmp_path: Path) -> None:
    said = refusal(tmp_path, HEAD + "def process(w):\n    yield hold(int(chance.uniform_array(1, 2, 3, 4, 5)))\n")
    assert said.startswith("chance.py:")
    assert said.endswith(f" (called from naive.py:{HEAD.count(chr(10)) + 2}: process)")
