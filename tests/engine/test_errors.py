"""Faults of a model end in an error that says where, the same in every engine; never in a crash or a hang."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.buffers import Column
from sim.engine import EngineError, Limits, Resource
from sim.language import Process, amend, hold, record, release, seize, seize_first, spawn
from tests.engine.engines import ALL, Maker, simulate

COLUMNS = [
    Column("people.age", np.arange(5)),
    Column("people.left", np.zeros(5), state=True),
    Column("empty.x", np.zeros(0)),
]
BEDS = [Resource("medicine", 1), Resource("surgery", 1)]


def reciprocal(w, x: int) -> float:
    return 10 / x


def age(w, person: int) -> int:
    return w.people.age[person]


def faulty(w, case: int, n: int) -> Process[None]:
    yield hold(7)
    if case == 0:
        yield hold(-n)
    elif case == 1:
        yield release(0)
    elif case == 2:
        yield release(n + 8)
    elif case == 3:
        yield seize(-1)
    elif case == 4:
        yield seize(0, 15 + n)
    elif case == 5:
        yield seize(0, 0, -2)
    elif case == 6:
        yield seize(1)
        yield seize(0)
        yield hold(n)
    elif case == 7:
        yield seize_first(0, n)
        yield release(0)
        yield seize_first(0, n - 1)
    elif case == 8:
        yield amend(n, 0, 0, 0, 0)
    elif case == 9:
        yield record(1, 1, 1, 1 << (15 * n), 0, 0, 0, 0, 0)
    elif case == 10:
        yield record(-1 - (1 << (31 * n)), 1, 1, 1, 0, 0, 0, 0, 0)
    elif case == 11:
        yield hold(n // (n - 1))
    elif case == 12:
        yield hold(n % (n - 1))
    elif case == 13:
        w.people.left[0] = reciprocal(w, n - 1)
    elif case == 14:
        w.people.left[n + 4] = 1.0
    elif case == 15:
        yield hold(age(w, n + 9))
    elif case == 16:
        w.people.left[0] = w.empty.x[0]
    elif case == 17:
        w.people.left[0] = math.log(n - 1)
    elif case == 18:
        yield hold(int(math.exp(999.0 * n)))
    elif case == 19:
        w.people.left[0] = math.sqrt(-1.0 * n)
    elif case == 20:
        yield from helper(w, n)
    elif case == 21:
        yield hold((1 << 61) + n)
    yield hold(n)


def helper(w, n: int) -> Process[int]:
    yield hold(n)
    yield release(1)
    return 1


LINE = faulty.__code__.co_firstlineno
EXPECTED = {
    0: (3, "faulty at 7 s: hold(-1): a duration is 0 s to 2**61 s"),
    1: (5, "faulty at 7 s: releases 'medicine', which it does not hold"),
    2: (7, "faulty at 7 s: resource 9: there is no such resource"),
    3: (9, "faulty at 7 s: resource -1: there is no such resource"),
    4: (11, "faulty at 7 s: priority 16: must be 0 to 15"),
    5: (13, "faulty at 7 s: patience -2: must be 0 s to 2**61 s, or NEVER_GIVE_UP"),
    6: (0, "faulty at 9 s: ended while holding 'medicine'"),
    7: (21, "faulty at 7 s: seize_first names 'medicine' twice"),
    8: (23, "faulty at 7 s: amend: there is no row 1"),
    9: (25, "faulty at 7 s: record: 32768 does not fit the column 'unit'"),
    10: (27, "faulty at 7 s: record: -2147483649 does not fit the column 'person'"),
    11: (29, "faulty at 7 s: division by zero"),
    12: (31, "faulty at 7 s: division by zero"),
    13: (-7, "rule reciprocal of process faulty at 7 s: division by zero"),
    14: (35, "faulty at 7 s: index outside a column of the world"),
    15: (-3, "rule age of process faulty at 7 s: index outside a column of the world"),
    16: (39, "faulty at 7 s: index outside a column of the world"),
    17: (41, "faulty at 7 s: mathematical function outside its domain or range"),
    18: (43, "faulty at 7 s: mathematical function outside its domain or range"),
    19: (45, "faulty at 7 s: mathematical function outside its domain or range"),
    20: (55, "helper at 8 s: releases 'surgery', which it does not hold"),
    21: (49, "faulty at 7 s: hold(2305843009213693953): a duration is 0 s to 2**61 s"),
}


@pytest.mark.parametrize("engine", ALL)
def test_faults_are_told_in_the_same_words(engine: str) -> None:
    for case, (line, text) in EXPECTED.items():
        with pytest.raises(EngineError) as found:
            simulate(ALL[engine], [(faulty, case, 1)], BEDS, columns=COLUMNS)
        assert (
            str(found.value) == f"test_errors.py:{LINE + line}: {'' if text.startswith('rule') else 'process '}{text}"
        ), case


def test_negative_indices_count_from_the_end(make: Maker) -> None:
    simulation = simulate(make, [(last, -2)], columns=COLUMNS)
    assert simulation.world.array("people.left").tolist() == [0, 0, 0, 3.0, 0]


def last(w, i: int) -> Process[None]:
    yield hold(1)
    w.people.left[i] = w.people.age[i]


# --- runs that would never end ---------------------------------------------------------------------------------


def standing_still(w) -> Process[None]:
    while True:
        yield hold(0)


def begetting(w) -> Process[None]:
    yield spawn(begetting(w))


def busy(w) -> Process[None]:
    while True:
        yield record(0, 0, 0, 0, 0, 0, 0, 0, 0)


def descending(w, n: int) -> Process[int]:
    yield hold(0)
    below: int = yield from descending(w, n + 1)
    return below


LIMITS = Limits(instant=2000, commands=3000, seconds=0.3)


@pytest.mark.parametrize(
    ("process", "arguments", "text"),
    [
        (standing_still, (), "at 0 s: more than 2000 events at one instant: some processes never let time pass"),
        (begetting, (), "at 0 s: more than 2000 events at one instant: some processes never let time pass"),
        (busy, (), "busy at 0 s: more than 3000 commands without waiting: an endless loop"),
        (descending, (0,), "descending at 0 s: processes call each other more than 200 deep"),
    ],
)
def test_runs_without_end_are_errors(make: Maker, process, arguments, text: str) -> None:
    with pytest.raises(EngineError) as found:
        simulate(make, [(process, *arguments)], limits=LIMITS)
    assert str(found.value).endswith(text)


def turning(w) -> Process[None]:
    x: int = 1
    while x > 0:
        x = x % 7 + 1
    yield hold(x)


def spinning(w, x: int) -> int:
    while x >= 0:
        x += 1
        if x > 100:
            x = 0
    return x


def calling(w) -> Process[None]:
    yield hold(spinning(w, 5))


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
@pytest.mark.parametrize(("process", "named"), [(turning, turning), (calling, spinning)])
def test_loops_without_end_are_errors(engine: str, process, named) -> None:
    with pytest.raises(EngineError) as found:
        simulate(ALL[engine], [process], limits=LIMITS)
    line = named.__code__.co_firstlineno
    rule = "" if named is process else f"rule {named.__name__} of "
    assert str(found.value) == f"test_errors.py:{line}: {rule}process {process.__name__} at 0 s: a loop without end"


def crowd(w) -> Process[None]:
    for _ in range(10_000):
        yield spawn(patient(w))


def patient(w) -> Process[None]:
    yield seize(0)
    yield hold(1)
    yield release(0)


def test_many_simultaneous_events_and_a_long_queue_are_no_error(make: Maker) -> None:
    simulation = simulate(make, [crowd], [Resource("bed", 10)], until=100_000)
    assert simulation.accumulators().released.tolist() == [[10_000]]
    assert simulation.accumulators().queue_area.tolist() == [[10 * sum(range(1000))]]


# --- what cannot be set up ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resources", "text"),
    [
        ([Resource("bed", -1)], "bed: capacity -1 is negative"),
        ([Resource("bed", 1), Resource("bed", 1)], "bed: two resources have this name"),
        ([Resource("bed", 1, [(5, -2)])], "bed: the change at 5 s to -2 is negative"),
        ([Resource("bed", 1, [(-5, 2)])], "bed: the change at -5 s to 2 lies before the present"),
        ([Resource("bed", 1, [(5, 1.5)])], "capacity changes are rows of 2 whole numbers, got float64 (1, 2)"),
    ],
)
def test_impossible_resources_are_refused(make: Maker, resources, text: str) -> None:
    with pytest.raises(EngineError) as found:
        simulate(make, [patient], resources)
    assert str(found.value) == text


def test_impossible_calendars_and_periods_are_refused(make: Maker) -> None:
    simulation = simulate(make, [patient], [Resource("bed", 1)], until=10)
    with pytest.raises(EngineError, match="the change at 9 s to 1 lies before the present"):
        simulation.set_changes([(9, 0, 1)])
    with pytest.raises(EngineError, match="names resource 1: there is no such resource"):
        simulation.set_changes([(19, 1, 1)])
    with pytest.raises(EngineError, match="periods begin at 0 and ascend"):
        simulate(make, [patient], [Resource("bed", 1)], periods=(5, 10))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [((1,), "faulty takes 2 arguments, got 1"), ((1, 2.5), "faulty: n is a whole number (int), got 2.5")],
)
def test_the_compiled_engine_checks_arguments_of_roots(arguments, text: str) -> None:
    with pytest.raises(EngineError) as found:
        simulate(ALL["plain"], [(faulty, *arguments)], BEDS, columns=COLUMNS)
    assert str(found.value) == text
