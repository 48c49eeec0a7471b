"""Replications: both engines, checks, kept records, progress, workers; errors in what is asked for."""

from __future__ import annotations

import gc
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.compiled_engine import CompiledSimulation
from sim.model.period import Period
from sim.outcomes import OUTCOMES, Measurement, measure
from sim.outcomes.names import DIRECT_SUFFIXES, TOTALS
from sim.replication import arm as arm_module
from sim.replication.arm import enrolled
from sim.replication.beginning import begin, period_starts, window_of
from sim.replication.replication import Replication, replicate
from sim.runs.executors import Stopped, Where, spread
from sim.scenario import Scenario
from sim.vocabulary import DAY, YEAR, Kind
from tests.model.small import small_scenario

DAYS = {"time.warm_up_days": 15, "time.pre_period_days": 10, "time.follow_up_days": 35}


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """Sixty days in the small region."""
    return small_scenario(tmp_path_factory.mktemp("replication"), DAYS)


def digests(replication: Replication) -> list[str]:
    return [arm.digest for arm in replication.arms]


def test_arms_come_in_the_order_asked_for_and_do_not_depend_on_it(scenario: Scenario) -> None:
    one = replicate(scenario, ("current", "coordinated"), 1, 0)
    other = replicate(scenario, ("coordinated", "current"), 1, 0)
    assert [arm.governance for arm in other.arms] == ["coordinated", "current"]
    assert digests(one) == digests(other)[::-1]
    assert digests(replicate(scenario, ("coordinated",), 1, 0)) == digests(one)[1:]


def test_replications_have_their_own_draws(scenario: Scenario) -> None:
    found = {digests(replicate(scenario, ("current",), seed, number))[0] for seed in (1, 2) for number in (0, 1)}
    assert len(found) == 4


def test_simpy_gives_the_same_replication(scenario: Scenario) -> None:
    arms = ("current", "coordinated")
    compiled, reference = (replicate(scenario, arms, 3, 1, engine) for engine in ("compiled", "simpy"))
    assert digests(compiled) == digests(reference)
    for one, other in zip(compiled.arms, reference.arms, strict=True):
        assert np.array_equal(one.table.values, other.table.values, equal_nan=True)
        assert (one.rows, one.events) == (other.rows, other.events)


def test_records_are_kept_on_request_only(scenario: Scenario) -> None:
    kept = replicate(scenario, ("current",), 1, 0, keep_records=True).arms[0]
    assert kept.records is not None
    assert (len(kept.records), kept.records.digest()) == (kept.rows, kept.digest)
    assert replicate(scenario, ("current",), 1, 0).arms[0].records is None


def test_checks_are_made_on_request(scenario: Scenario) -> None:
    experiment = sim.compare(scenario, replications=2, checks=True)
    assert experiment.violations == []


def test_progress_ascends_to_the_end(scenario: Scenario) -> None:
    told: list[float] = []
    replicate(scenario, ("current", "coordinated"), 1, 0, tick=told.append)
    assert told == sorted(told)
    assert all(0 <= share <= 1 for share in told)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_workers_change_nothing(scenario: Scenario, workers: int) -> None:
    experiment = sim.compare(scenario, replications=3, workers=workers)
    assert [replication.number for replication in experiment.replications] == [0, 1, 2]
    expected = [digests(replicate(scenario, ("current", "coordinated"), 1, number)) for number in range(3)]
    assert [digests(replication) for replication in experiment.replications] == expected


def test_simpy_in_several_processes(scenario: Scenario) -> None:
    experiment = sim.run(scenario, replications=2, engine="simpy", workers=2)
    assert experiment.digests("current") == sim.run(scenario, replications=2).digests("current")


def test_tables_and_digests_by_governance(scenario: Scenario) -> None:
    experiment = sim.compare(scenario, replications=2)
    assert experiment.governances == ("current", "coordinated")
    for governance in experiment.governances:
        assert len(experiment.tables(governance)) == len(experiment.digests(governance)) == 2
    days = next(d for d in experiment.differences() if d.outcome == "hospital_days" and set(d.margin) == {"all"})
    values = [[t.value("hospital_days") for t in experiment.tables(g)] for g in experiment.governances]
    assert days.difference == pytest.approx(np.mean(values[1]) - np.mean(values[0]))


def test_who_was_enrolled_in_any_arm_is_the_same_for_all(scenario: Scenario) -> None:
    longer = scenario.with_values({"time.follow_up_days": 90})
    arms = replicate(longer, ("current", "coordinated"), 1, 0, keep_records=True).arms
    records = [arm.records for arm in arms if arm.records is not None]
    masks = [enrolled(r, int(max(r.person.max() for r in records)) + 1) for r in records]
    rows = records[1].kind == Kind.ENROLMENT
    assert masks[1].sum() == len(set(records[1].person[rows & (records[1].started >= 0)]))
    assert not masks[0].any()
    # Direct and spill-over of the arm without a team are of the same people.
    for arm in arms:
        total = arm.table.stratum("hospital_days")
        parts = arm.table.stratum("hospital_days", direct=True) + arm.table.stratum("hospital_days", direct=False)
        assert total == pytest.approx(parts)
    assert arms[0].table.stratum("person_years", direct=True) > 0
    with pytest.raises(KeyError, match="gp_visits is not told apart by enrolment"):
        arms[0].table.stratum("gp_visits", direct=True)


def test_the_split_is_that_of_each_arm_measured_when_all_are_known(scenario: Scenario) -> None:
    longer = scenario.with_values({"time.follow_up_days": 90})
    names = ("coordinated", "current", "coordinated")
    prepared = begin(longer, 1, 0, "compiled").setting
    people, units = arm_module.people_table(prepared), arm_module.measured_units(prepared)
    prices, window = arm_module.prices_of(longer), window_of(prepared.period)
    arms = replicate(longer, names, 1, 0, keep_records=True).arms
    direct = np.any([enrolled(arm.records, len(people)) for arm in arms if arm.records is not None], axis=0)
    assert 0 < direct.sum() < len(people)
    for arm in arms:
        assert arm.records is not None
        whole = measure(arm.records, people, units, None, window, prices, direct=direct)
        found = {o: arm.table.value(o) for o, info in OUTCOMES.items() if info.stratum in DIRECT_SUFFIXES}
        assert len(found) == 22
        assert found == {o: whole.value(o) for o in found}
        for name in arm.table.split:
            place = TOTALS.index(name)
            assert np.array_equal(arm.table.strata[place], whole.strata[place]), name


def test_an_arm_is_dropped_before_the_next_begins(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    alive: list[int] = []
    really = arm_module.measure_arm

    def measuring(*arguments: Any, **options: Any) -> Measurement:
        alive.append(sum(isinstance(thing, CompiledSimulation) for thing in gc.get_objects()))
        return really(*arguments, **options)

    gc.collect()
    before = sum(isinstance(thing, CompiledSimulation) for thing in gc.get_objects())
    monkeypatch.setattr(arm_module, "measure_arm", measuring)
    replicate(scenario, ["current", "coordinated"] * 3, 1, 0)
    # While an arm is measured only the state at T0 is there; it becomes the last arm, and goes too.
    assert [number - before for number in alive] == [1, 1, 1, 1, 1, 0]


# --- window --------------------------------------------------------------------------------------------------


def test_the_window_is_a_year_from_the_switch_or_to_the_horizon() -> None:
    short = window_of(Period(10 * DAY, 20 * DAY, 80 * DAY))
    assert (short.start, short.end) == (20 * DAY, 80 * DAY)
    long = window_of(Period(10 * DAY, 20 * DAY, 20 * DAY + 2 * YEAR))
    assert (long.start, long.end) == (20 * DAY, 20 * DAY + YEAR)


def test_accumulators_have_periods_at_the_switch_and_at_months() -> None:
    starts = period_starts(Period(10 * DAY, 20 * DAY, 20 * DAY + 2 * YEAR))
    assert starts[:3] == [0, 10 * DAY, 20 * DAY]
    assert starts == sorted(set(starts))
    assert len(starts) == 2 + 12 + 1
    assert starts[-1] == 20 * DAY + YEAR
    assert period_starts(Period(0, 0, 30 * DAY)) == [0]


# --- errors --------------------------------------------------------------------------------------------------


def test_an_unknown_governance_is_named_with_those_there_are(scenario: Scenario) -> None:
    with pytest.raises(KeyError, match=r"no governance 'coordinate' .* current, coordinated"):
        sim.run(scenario, "coordinate")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"replications": 0}, "replications: 0 given"),
        ({"governances": ("current",)}, "governances: 1 given, 2 needed"),
        ({"governances": ("current", "current")}, "given twice"),
    ],
)
def test_what_makes_no_comparison_is_refused(scenario: Scenario, arguments: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        sim.compare(scenario, **arguments)  # type: ignore[arg-type]


def test_an_unknown_engine_is_refused(scenario: Scenario) -> None:
    with pytest.raises(ValueError, match="compiled or simpy"):
        sim.run(scenario, engine="fortran")


def test_an_error_in_one_replication_stops_the_others() -> None:
    begun = threading.Event()

    def one(number: int, tick: object) -> int:
        if number == 0:
            begun.wait(5)
            raise OSError("no room")
        begun.set()
        try:
            for _ in range(10_000):
                tick(0.5)  # type: ignore[operator]
                threading.Event().wait(0.001)
        except Stopped:
            return -1
        return number

    with pytest.raises(OSError, match="no room"):
        list(spread(one, range(2), Where("compiled", 2)))


def test_an_interrupt_is_passed_on(scenario: Scenario) -> None:
    def progress(number: int, share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sim.run(scenario, replications=1, progress=progress)


def test_shipped_scenarios_can_be_run_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scenario = sim.load("shipped:vannas").with_values(DAYS)
    assert len(sim.run(scenario).digests("current")[0]) == 64
