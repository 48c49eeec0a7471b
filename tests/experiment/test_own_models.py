"""Replications of a model of one's own: intervals, pairing, precision, warm-up, workers; what is refused."""

from __future__ import annotations

import pickle
import threading
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import sim.engine
from sim.engine import EngineError, Resource, replicate, run
from sim.engine import Precision as Wanted
from sim.experiment.own_models import Replicated
from sim.language import Process, hold
from tests.experiment.clinic import arrivals, by_hour, clinic, measures, without_engine

TWO = {"one doctor": {}, "two doctors": {"doctors": 2}}


@pytest.fixture(scope="module")
def two() -> Replicated:
    return replicate(clinic, 6, measure=measures, variants=TWO, seed=3, workers=1)


def test_each_value_is_that_of_a_run_by_itself(two: Replicated) -> None:
    alone = measures(clinic(4, doctors=2, seed=3))
    frame = two.frame()
    row = frame[(frame.replication == 4) & (frame.variant == "two doctors")].set_index("measure").value
    assert dict(row) == alone
    assert list(frame) == ["replication", "variant", "measure", "value"]
    assert len(frame) == 6 * 2 * 3


def test_intervals_are_those_of_the_t_distribution(two: Replicated) -> None:
    means = two.means().set_index(["variant", "measure"])
    waits = two.values[:, 0, 0]
    row = means.loc["one doctor", "wait"]
    low, high = stats.t.interval(0.95, 5, waits.mean(), stats.sem(waits))
    assert row[["mean", "low", "high", "sd"]].tolist() == pytest.approx([waits.mean(), low, high, waits.std(ddof=1)])
    assert row.replications == 6


def test_variants_are_paired_by_the_same_draws(two: Replicated) -> None:
    frame = two.differences().set_index("measure")
    waits = two.values[:, :, 0]
    paired = stats.ttest_rel(waits[:, 1], waits[:, 0]).confidence_interval()
    row = frame.loc["wait"]
    assert row.difference == pytest.approx(waits[:, 1].mean() - waits[:, 0].mean())
    assert (row.low, row.high) == pytest.approx((paired.low, paired.high))
    assert row.high < 0
    # The same people come, at the same moments, whoever is there to see them.
    assert frame.loc["first", ["difference", "low", "high"]].tolist() == [0, 0, 0]
    other = two.differences("two doctors").set_index("measure")
    assert other.loc["wait"].difference == pytest.approx(-row.difference)


@pytest.mark.parametrize(("engine", "workers"), [("compiled", 2), ("simpy", 2), ("simpy", 1)])
def test_threads_and_processes_give_the_same(two: Replicated, engine: str, workers: int) -> None:
    found = replicate(clinic, 3, measure=measures, variants=TWO, seed=3, engine=engine, workers=workers)
    assert np.array_equal(found.values, two.values[:3])


def test_up_to_a_precision_whatever_the_workers() -> None:
    wanted = Wanted(0.05, ("level",), least=4, look_ahead=2)
    found = [replicate(without_engine, precision=wanted, workers=workers) for workers in (1, 3)]
    assert np.array_equal(found[0].values, found[1].values, equal_nan=True)
    report = found[0].precision
    assert report is not None
    assert report["model"]["reason"] == "reached"
    reached = report["model"]["outcomes"]["level"]["reached"]
    assert found[0].replications == reached + 2
    levels = found[0].values[:reached, 0, 0]
    half = stats.t.ppf(0.975, reached - 1) * stats.sem(levels)
    assert half / levels.mean() <= 0.05


def test_precision_is_of_differences_where_there_are_variants() -> None:
    variants = {"as now": {}, "more": {"shift": 5.0}, "less": {"shift": -1.0}}
    found = replicate(without_engine, variants=variants, precision=Wanted(0.01, ("level",), most=20), workers=1)
    assert found.precision is not None
    assert list(found.precision) == ["more", "less"]
    assert found.replications == 3 + 5  # differences do not vary here
    assert found.precision["more"]["outcomes"]["level"]["mean"] == pytest.approx(5.0)


def test_what_some_replications_have_not_is_missing_there() -> None:
    means = replicate(without_engine, 5, workers=1).means().set_index("measure")
    assert means.replications.tolist() == [5, 3]


def test_the_warm_up_is_cut_and_judged() -> None:
    cut = replicate(clinic, 2, measure=measures, warm_up=50_000, workers=1)
    records = clinic(1)
    later = records.asked >= 50_000
    assert cut.values[1, 0, 0] == (records.started - records.asked)[later].mean()
    assert cut.values[1, 0, 1] == later.sum()
    series = replicate(clinic, 2, measure=by_hour, workers=1)
    assert series.series["asked"].sum() == pytest.approx(series.values[:, 0, 1].mean(), abs=5)
    table = series.warm_up()
    assert table[["variant", "series"]].to_numpy().tolist() == [["model", "asked"]]
    assert table.settled[0]


def test_progress_and_the_first_error_of_a_model() -> None:
    told: list[tuple[int, float]] = []
    replicate(without_engine, 3, workers=2, progress=lambda number, share: told.append((number, share)))
    assert {number for number, share in told if share == 1.0} == {0, 1, 2}

    def broken(number: int) -> dict[str, float]:
        return {"x": 1 / (number - 1)}

    with pytest.raises(ZeroDivisionError):
        replicate(broken, 3, workers=1)


def returns(value: Any) -> Any:
    return lambda number: value


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"model": 3}, "model: 3 given, a function"),
        ({"replications": 0}, "replications: 0 given"),
        ({"model": clinic}, "Records returned, and no measure"),
        ({"measure": measures}, "replication 0: without_engine returned dict; measure needs Records"),
        ({"variants": {"a": {"shifts": 1}}}, "variant a: got an unexpected keyword argument 'shifts'"),
        ({"variants": {}}, "variants: {} given"),
        ({"variants": {"a": 1}}, "variants: a: 1 given"),
        ({"seed": 2}, "seed: 2 given, and without_engine has no parameter"),
        ({"engine": "fortran"}, "engine: 'fortran' given"),
        ({"warm_up": 5}, "warm_up: 5 given without measure"),
        ({"precision": 0.05}, r"precision: 0.05 given, Precision"),
        ({"precision": Wanted(0.05, ("lvel",))}, "precision: 'lvel' is no measure; did you mean level"),
        ({"model": returns({})}, "replication 0: {} measured, numbers by name"),
        ({"model": returns({"x": "3"})}, "replication 0: x: '3' measured, a number or a series"),
        ({"model": returns({"x": float("inf")})}, "x: inf measured, a finite number"),
        ({"model": lambda number: {"x": [1.0] * (number + 1)}}, "x: a series of replication 1: shape"),
        ({"model": returns({"x": 1}), "engine": "simpy", "workers": 2}, "model: cannot be sent to another process"),
    ],
)
def test_what_cannot_be_replicated_is_refused(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        replicate(**({"model": without_engine, "replications": 2, "workers": 1} | asked))


@pytest.mark.parametrize("wanted", [{"relative": 0.0}, {"least": 1}, {"outcomes": "wait"}, {"least": 5, "most": 4}])
def test_a_precision_that_is_none_is_refused(wanted: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="given"):
        Wanted(**wanted)


def test_one_variant_has_no_differences(two: Replicated) -> None:
    with pytest.raises(ValueError, match="one variant"):
        replicate(without_engine, 2, workers=1).differences()
    with pytest.raises(ValueError, match="first: 'three' given, one of one doctor, two doctors needed"):
        two.differences("three")


def test_the_names_stand_beside_run() -> None:
    assert {"replicate", "Precision", "run"} <= set(dir(sim.engine))
    with pytest.raises(AttributeError, match="no attribute 'replicated'"):
        sim.engine.replicated  # noqa: B018


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_records_can_be_sent_elsewhere(engine: str) -> None:
    records = run([arrivals], {"group.table": [[1, 2], [3, 4]]}, [Resource("doctor", 1)], 5_000, engine=engine)
    again = pickle.loads(pickle.dumps(records))
    assert again == records
    assert again.accumulators == records.accumulators
    assert again.resources == ("doctor",)
    assert again.world.group.table[1, 0] == 3
    assert again.world.clock[0] == 5_000
    pd.testing.assert_frame_equal(again.resource_frame(), records.resource_frame())


def test_periods_without_length() -> None:
    records = run([arrivals], {}, [Resource("doctor", 1)], 5_000, periods=(0, 0))
    assert records.resource_frame().begins.tolist() == [0]


def endless(w) -> Process[None]:
    while True:
        yield hold(0)


def test_an_instant_without_end_is_told_soon_on_the_reference_engine() -> None:
    """Within 10 s, where the usual limit, made for compiled code, would take minutes."""
    said: list[str] = []

    def running() -> None:
        try:
            run([endless], {}, [], 10, engine="simpy")
        except EngineError as error:
            said.append(str(error))

    thread = threading.Thread(target=running, daemon=True)
    thread.start()
    thread.join(30)
    assert said == ["at 0 s: more than 500010 events at one instant: some processes never let time pass"]
