"""What the compiled engine cannot express is refused, naming file, line and construct."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.buffers import Column
from sim.engine import EngineError, LoweringError, Resource
from sim.language import Process, amend, hold, record, release, seize, seize_first, spawn
from tests.engine.engines import ALL, plain, simulate

COLUMNS = [
    Column("people.age", np.arange(5)),
    Column("people.left", np.zeros(5, int), state=True),
    Column("lever.on", 1),
]
LIST = [1, 2]


def comprehension(w) -> Process[None]:
    yield hold(sum([x * x for x in range(3)]))


def yield_inside(w) -> Process[None]:
    if not (yield seize(0)):
        yield hold(1)


def yield_in_expression(w) -> Process[None]:
    x: int = 1 + (yield seize(0))
    yield hold(x)


def trying(w) -> Process[None]:
    try:
        yield hold(1)
    finally:
        pass


def untyped(w) -> Process[None]:
    x = 5
    yield hold(x)


def retyped(w) -> Process[None]:
    x: int = 5
    yield hold(x)
    x: float = 2.0


def float_into_int(w) -> Process[None]:
    x: int = 5
    x = x / 2
    yield hold(x)


def float_added(w) -> Process[None]:
    x: int = 5
    x += 0.5
    yield hold(x)


def float_into_column(w) -> Process[None]:
    w.people.left[0] = 1.5
    yield hold(1)


def write_input(w) -> Process[None]:
    w.people.age[0] = 1
    yield hold(1)


def write_scalar(w) -> Process[None]:
    w.lever.on = 1
    yield hold(1)


def unknown_column(w) -> Process[None]:
    yield hold(w.people.height[0])


def two_indices(w) -> Process[None]:
    yield hold(w.people.age[0, 1])


def unknown_name(w) -> Process[None]:
    yield hold(lenght)  # noqa: F821


def maybe_unassigned(w) -> Process[None]:
    if w.lever.on:
        x: int = 1
    yield hold(x)


def half_returning(w) -> Process[int]:
    yield hold(1)
    if w.lever.on:
        return 1


def bare_return(w) -> Process[int]:
    yield hold(1)
    if w.lever.on:
        return
    return 1


def answer_of_hold(w) -> Process[None]:
    x: int = yield hold(1)
    yield hold(x)


def float_argument(w) -> Process[None]:
    yield from takes_int(w, 1.5)


def takes_int(w, n: int) -> Process[None]:
    yield hold(n)


def missing_argument(w) -> Process[None]:
    yield from takes_int(w)


def called_plainly(w) -> Process[None]:
    takes_int(w, 1)
    yield hold(1)


def without_annotation(w, n) -> Process[None]:
    yield hold(n)


def list_index(w) -> Process[None]:
    yield hold(LIST[0])


def recursive(w, n: int) -> int:
    return recursive(w, n - 1)


def calls_recursive(w) -> Process[None]:
    yield hold(recursive(w, 3))


def string(w) -> Process[None]:
    yield hold(len("long"))


def power_of_ints(w) -> Process[None]:
    yield hold(2 ** w.people.age[1])


def not_a_command(w) -> Process[None]:
    yield 5


def loop_over_list(w) -> Process[None]:
    for x in LIST:
        yield hold(x)


def no_value(w) -> None:
    w.people.left[0] = 1


def uses_no_value(w) -> Process[None]:
    yield hold(no_value(w))


def float_result(w) -> Process[float]:
    yield hold(1)
    return 0.5


def wrong_math(w) -> Process[None]:
    yield hold(math.gcd(4, 6))


def whole_world(w) -> Process[None]:
    people = w.people
    yield hold(people.age[0])


REFUSED = {
    comprehension: (1, "sum cannot be lowered; write a loop over range(...)"),
    yield_inside: (1, "a yield stands alone or on the right of an assignment to a variable"),
    yield_in_expression: (1, "a yield stands alone or on the right of an assignment"),
    trying: (1, "try cannot be lowered; ask beforehand with if"),
    untyped: (1, "give the variable its type: `x: int = ...`"),
    retyped: (3, "x has two types"),
    float_into_int: (2, "x is a whole number (int) and would get a float"),
    float_added: (2, "x is a whole number (int) and would get a float"),
    float_into_column: (1, "people.left is a whole number (int) and would get a float"),
    write_input: (1, "people.age is an input; flows write state columns only"),
    write_scalar: (1, "scalars are inputs; flows write state columns, w.lever.on[0] = ..."),
    unknown_column: (1, "the world has no such column"),
    two_indices: (1, "people.age has 1 dimensions"),
    unknown_name: (1, "there is no such name here"),
    maybe_unassigned: (3, "may be read before it has a value"),
    half_returning: (0, "returns a value in some places, but can also end without one"),
    bare_return: (3, "other places return a value"),
    answer_of_hold: (1, "this gives no value"),
    float_argument: (1, "parameter n is a whole number (int) and would get a float"),
    missing_argument: (1, "the argument n is missing"),
    called_plainly: (1, "a process is called with `yield from` or `yield spawn(...)`"),
    without_annotation: (0, "parameter n needs the annotation int or float"),
    list_index: (1, "only columns of the world and global tuples of numbers can be indexed"),
    string: (1, "only columns of the world have a length here"),
    power_of_ints: (1, "a power of whole numbers needs a literal exponent"),
    not_a_command: (1, "write `yield` with the call of a command"),
    loop_over_list: (1, "only `for name in range(...)` without else can be lowered"),
    uses_no_value: (1, "this rule returns nothing"),
    float_result: (2, "the result of a process needs a whole number (int), not a float"),
    wrong_math: (1, "this function cannot be lowered; of math there are floor, ceil, sqrt"),
    whole_world: (1, "the world is used as w.group.column"),
}


@pytest.mark.parametrize("process", REFUSED, ids=lambda process: process.__name__)
def test_refusals_name_file_line_and_construct(process) -> None:
    arguments = [0] * (process.__code__.co_argcount - 1)
    with pytest.raises(LoweringError) as found:
        simulate(plain, [(process, *arguments)], columns=COLUMNS)
    line, reason = REFUSED[process]
    assert str(found.value).startswith(f"test_refusals.py:{process.__code__.co_firstlineno + line}: ")
    assert reason in str(found.value)


def test_rules_that_call_each_other_in_a_circle_are_refused() -> None:
    with pytest.raises(LoweringError, match="rules that call each other in a circle"):
        simulate(plain, [calls_recursive], columns=COLUMNS)


def test_closures_are_refused() -> None:
    length = 5

    def enclosed(w) -> Process[None]:
        yield hold(length)

    with pytest.raises(LoweringError, match="it refers to length of an enclosing function"):
        simulate(plain, [enclosed])


# --- floats in commands: refused in the same words, when lowered or when carried out ---------------------------


def float_hold(w, x: float) -> Process[None]:
    yield hold(x)


def float_patience(w, x: float) -> Process[None]:
    yield seize(0, patience=x)


def float_priority(w, x: float) -> Process[None]:
    yield seize_first(0, 1, priority=x)


def float_release(w, x: float) -> Process[None]:
    yield release(x)


def float_record(w, x: float) -> Process[None]:
    yield record(1, 2, 3, 4, 5, 6, x, 8, 9)


def float_amend(w, x: float) -> Process[None]:
    yield record(1, 2, 3, 4, 5, 6, 7, 8, 9)
    yield amend(0, 5, 6, 7, x)


def float_spawned(w, x: float) -> Process[None]:
    yield spawn(float_hold(w, x))


FLOATS = {
    float_hold: "float_hold: hold: seconds",
    float_patience: "float_patience: seize: patience",
    float_priority: "float_priority: seize_first: priority",
    float_release: "float_release: release: resource",
    float_record: "float_record: record: ended",
    float_amend: "float_amend: amend: detail",
    float_spawned: "float_hold: hold: seconds",
}


@pytest.mark.parametrize("engine", ["simpy", "plain"])
@pytest.mark.parametrize("process", FLOATS, ids=lambda process: process.__name__)
def test_floats_are_refused_in_the_same_words(engine: str, process) -> None:
    with pytest.raises(EngineError) as found:
        simulate(ALL[engine], [(process, 1.0)], [Resource("a", 1), Resource("b", 1)])
    text = str(found.value)
    assert text.endswith(f": process {FLOATS[process]} needs a whole number (int), not a float"), text
    assert text.startswith("test_refusals.py:")
