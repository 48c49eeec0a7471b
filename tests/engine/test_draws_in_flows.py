"""Draws in flows: the same numbers in every engine, and the same words where one cannot be had."""

from __future__ import annotations

import math
import re
import warnings
from enum import IntEnum

import numpy as np
import pytest

from sim import chance
from sim.buffers import Column
from sim.engine import EngineError, LoweringError, run
from sim.engine.repeats import DrawnTwice
from sim.language import Process, hold
from tests.engine.engines import ALL, simulate

KEY = chance.stream_key(5, 2)
LENGTHS, SHARES = (1.0, 2.5, 40.0), (3, 0, 1)
COLUMNS = [
    Column("run.key", KEY),
    Column("odd.value", np.array([1.5, -1.0, math.nan, 0.0])),
    Column("odd.number", np.array([-1, 1 << 20, 1 << 32, 4096])),
    Column("drawn.value", np.zeros((40, 14)), state=True),
]


class Why(IntEnum):
    """Purposes as models name them."""

    STAY = 7


def everything(w, person: int) -> Process[None]:
    yield hold(person)
    k: int = w.run.key
    w.drawn.value[person, 0] = chance.uniform(k, person, Why.STAY, 0, 0)
    w.drawn.value[person, 1] = chance.bernoulli(k, person, Why.STAY, 0, 1, 0.4)
    w.drawn.value[person, 2] = chance.exponential(k, person, Why.STAY, 0, 2, mean=30.0)
    w.drawn.value[person, 3] = chance.normal(k, person, Why.STAY, 0, 3)
    w.drawn.value[person, 4] = chance.lognormal(k, person, Why.STAY, 0, 4, 3.0, 0.5)
    w.drawn.value[person, 5] = chance.poisson_count(k, person, Why.STAY, 0, 5, 20.0 * person)
    w.drawn.value[person, 6] = chance.lognormal_mean(k, person, Why.STAY, 0, 6, 3.0, 0.1 * person)
    w.drawn.value[person, 7] = chance.uniform_between(k, person, Why.STAY, 0, 7, -1.0, person)
    w.drawn.value[person, 8] = chance.integer(k, person, Why.STAY, 0, 8, -3, person)
    w.drawn.value[person, 9] = chance.triangular(k, person, Why.STAY, 0, 9, 0.0, 0.5 * person, person)
    w.drawn.value[person, 10] = chance.truncated_normal(k, person, Why.STAY, 0, 10, 5.0, 2.0, 0.0, high=6.0 + person)
    w.drawn.value[person, 11] = chance.gamma(k, person, Why.STAY, 0, 11, 3.0, 1.0 + person)
    w.drawn.value[person, 12] = chance.erlang(k, person, Why.STAY, 0, 12, 1 + person, 9.0)
    w.drawn.value[person, 13] = chance.weibull(k, person, Why.STAY, 0, 13, 0.8, 2.0) + chance.empirical(
        k, person, Why.STAY, 0, 14, LENGTHS, SHARES
    )


def test_every_draw_is_the_same_in_every_engine() -> None:
    values = {}
    for name, make in ALL.items():
        done = simulate(make, [(everything, person) for person in range(40)], columns=COLUMNS)
        values[name] = done.world.array("drawn.value").copy()
    assert np.isfinite(values["simpy"]).all()
    assert all(len(set(column)) > 1 for column in values["simpy"].T)
    for name in ("plain", "compiled"):
        assert np.array_equal(values[name], values["simpy"]), name
    assert values["compiled"][3, 11] == chance.gamma(KEY, 3, Why.STAY, 0, 11, 3.0, 4.0)


def likely(w, case: int) -> float:
    return chance.exponential(w.run.key, 0, 1, 0, 0, w.odd.value[case])


def outside(w, case: int) -> Process[None]:
    yield hold(7)
    if case == 0:
        yield hold(chance.bernoulli(w.run.key, 0, 1, 0, 0, w.odd.value[0]))
    elif case == 1:
        yield hold(chance.bernoulli(w.run.key, 0, 1, 0, 0, w.odd.value[2]))
    elif case == 2:
        yield hold(int(likely(w, 1)))
    elif case == 3:
        yield hold(int(likely(w, 2)))
    elif case == 4:
        yield hold(chance.bernoulli(w.run.key, w.odd.number[0], 1, 0, 0, 0.5))
    elif case == 5:
        yield hold(chance.bernoulli(w.run.key, w.odd.number[2], 1, 0, 0, 0.5))
    elif case == 6:
        yield hold(chance.bernoulli(w.run.key, 0, w.odd.number[3], 0, 0, 0.5))
    elif case == 7:
        yield hold(chance.bernoulli(w.run.key, 0, 1, 0, w.odd.number[1], 0.5))
    elif case == 8:
        yield hold(int(chance.triangular(w.run.key, 0, 1, 0, 0, 0.0, 2.0, w.odd.value[0])))
    elif case == 9:
        yield hold(chance.integer(w.run.key, 0, 1, 0, 0, 0, w.odd.number[0]))
    elif case == 10:
        yield hold(chance.poisson_count(w.run.key, 0, 1, 0, 0, w.odd.value[1]))
    yield hold(1)


EXPECTED = [
    "p 1.5: a probability is 0 to 1",
    "p nan: a probability is 0 to 1",
    "mean -1.0: must be 0 or more, and finite",
    "mean nan: must be 0 or more, and finite",
    "person -1: a key has 0 to 4,294,967,295",
    "person 4294967296: a key has 0 to 4,294,967,295",
    "purpose 4096: a key has 0 to 4,095",
    "n 1048576: a key has 0 to 1,048,575",
    "high 1.5: must be finite, and not below mode",
    "most -1: must be within 2**50 of 0, and not below least",
    "mean -1.0: must be 0 to 1,000,000,000 for a Poisson count",
]


@pytest.mark.parametrize("engine", ALL)
def test_what_cannot_be_drawn_is_told_with_its_place(engine: str) -> None:
    first, rule = outside.__code__.co_firstlineno, likely.__code__.co_firstlineno
    for case, says in enumerate(EXPECTED):
        with pytest.raises(EngineError) as found:
            simulate(ALL[engine], [(outside, case)], columns=COLUMNS)
        in_rule = case in (2, 3)
        place = f"test_draws_in_flows.py:{rule + 1 if in_rule else first + 3 + 2 * case}: "
        place += f"{'rule likely of ' if in_rule else ''}process outside at 7 s: "
        assert str(found.value) == place + says, case


def certain(w) -> Process[None]:
    yield hold(chance.bernoulli(w.run.key, 0, 1, 0, 0, 1.2))


def beyond(w) -> Process[None]:
    yield hold(chance.bernoulli(w.run.key, 0, 5000, 0, 0, 0.2))


def uneven(w) -> Process[None]:
    yield hold(int(chance.empirical(w.run.key, 0, 1, 0, 0, (1.0, 2.0), (1.0,))))


def unknown(w) -> Process[None]:
    values: int = 3
    yield hold(int(chance.empirical(w.run.key, 0, 1, 0, 0, values, (1.0,))))


@pytest.mark.parametrize(
    ("process", "says"),
    [
        (certain, "p 1.2: a probability is 0 to 1"),
        (beyond, "purpose 5000: a key has 0 to 4,095"),
        (uneven, "2 values with 1 weights"),
        (unknown, "values: a tuple of numbers is needed, written here or in the module"),
    ],
)
def test_what_is_written_out_is_refused_before_the_run(process, says: str) -> None:
    with pytest.raises(LoweringError) as found:
        simulate(ALL["compiled"], [process], columns=COLUMNS)
    assert f"test_draws_in_flows.py:{process.__code__.co_firstlineno + 1 + (process is unknown)}: " in str(found.value)
    assert says in str(found.value)


# --- on the reference engine -----------------------------------------------------------------------------------------


def forgetful(w, person: int) -> Process[None]:
    yield hold(1 + int(chance.exponential(w.run.key, person, 1, 0, 0, 5.0)))
    yield hold(1 + int(chance.exponential(w.run.key, person, 1, 0, 0, 9.0)))


def careful(w, person: int) -> Process[None]:
    yield hold(1 + int(chance.exponential(w.run.key, person, 1, 0, 0, 5.0)))
    yield hold(1 + int(chance.exponential(w.run.key, person, 1, 0, 1, 9.0)))


def test_a_key_that_is_drawn_twice_is_told_once_for_each_pair_of_lines() -> None:
    line = forgetful.__code__.co_firstlineno + 1
    with pytest.warns(DrawnTwice) as told:
        run([(forgetful, person) for person in range(5)], {}, [], 1000, engine="simpy")
    (one,) = told
    place = r"test_draws_in_flows\.py"
    says = rf"{place}:{line + 1}: draws with person \d, purpose 1, need 0, n 0, as {place}:{line} did before: both are the same"
    assert re.match(says, str(one.message))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run([(careful, person) for person in range(5)], {}, [], 1000, engine="simpy")
        run([(forgetful, person) for person in range(5)], {}, [], 1000)  # nobody watches compiled code
        chance.uniform(KEY, 0, 1, 0, 0), chance.uniform(KEY, 0, 1, 0, 0)


def refusing(w) -> Process[None]:
    yield hold(3)
    raise ValueError("no beds in this model")


def refused_by_a_rule(w) -> Process[None]:
    yield hold(limited(7))


def limited(x: int) -> int:
    if x > 5:
        raise OverflowError("more than five")
    return x


@pytest.mark.parametrize(
    ("process", "says"),
    [
        (refusing, "process refusing at 3 s: ValueError: no beds in this model"),
        (refused_by_a_rule, "rule limited of process refused_by_a_rule at 0 s: OverflowError: more than five"),
    ],
)
def test_an_exception_of_the_model_s_own_is_told_as_it_is(process, says: str) -> None:
    with pytest.raises(EngineError) as found:
        run([process], {}, [], 1000, engine="simpy")
    assert str(found.value).partition(": ")[2] == says
