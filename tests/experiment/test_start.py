"""The state at T0, kept: arms in any order and from several threads, pairs, and how soon a run stops."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sim.buffers import FLOAT_INPUT
from sim.engine.compiled_engine import CompiledSimulation
from sim.replication.replication import Replication, each_arm, replicate
from sim.replication.start import Start
from sim.runs.progress import Stopped
from sim.scenario import Scenario
from tests.model.small import small_scenario

DAYS = {"time.warm_up_days": 15, "time.pre_period_days": 10, "time.follow_up_days": 60}
ARMS = ("current", "coordinated")
stopping = [False]


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """Eighty-five days in the small region."""
    return small_scenario(tmp_path_factory.mktemp("start"), DAYS)


@pytest.fixture(scope="module")
def together(scenario: Scenario) -> Replication:
    """Both arms, as they are run without a kept state."""
    return replicate(scenario, ARMS, 4, 2)


@pytest.fixture(scope="module")
def start(scenario: Scenario) -> Start:
    """Kept, and asked by all tests."""
    return Start(scenario, 4, 2)


def fewer_beds(scenario: Scenario) -> Scenario:
    return scenario.with_values({"beds.medicine": scenario.values["beds.medicine"] - 1})


def test_arms_in_any_order_are_those_of_a_replication(start: Start, scenario: Scenario) -> None:
    wanted = {arm.governance: arm for arm in each_arm(scenario, ARMS, 4, 2)}
    for governance in ("coordinated", "current", "coordinated"):
        arm = start.arm(governance)
        assert arm.digest == wanted[governance].digest
        assert (arm.rows, arm.events) == (wanted[governance].rows, wanted[governance].events)
        assert np.array_equal(arm.table.values, wanted[governance].table.values, equal_nan=True)


def test_two_threads_ask_at_once(start: Start, together: Replication) -> None:
    wanted = {arm.governance: arm.digest for arm in together.arms}
    asked = ARMS * 3
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda governance: start.arm(governance).digest, asked))
    assert found == [wanted[governance] for governance in asked]


def test_a_pair_is_a_replication_and_runs_current_once(
    start: Start, together: Replication, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[object] = []
    really = start.at_switch
    monkeypatch.setattr(start, "at_switch", lambda *given, **named: runs.append(1) or really(*given, **named))
    for _ in range(2):
        pair = start.pair("coordinated")
        for arm, wanted in zip(pair.arms, together.arms, strict=True):
            assert arm.digest == wanted.digest
            assert np.array_equal(arm.table.values, wanted.table.values, equal_nan=True)
            assert arm.table.stratum("person_years", direct=True) == wanted.table.stratum("person_years", direct=True)
        assert pair.daily is not None
        assert np.array_equal(pair.daily, together.daily)  # type: ignore[arg-type]
    assert len(runs) == 3


def test_staffing_is_that_of_one_arm(start: Start, scenario: Scenario, together: Replication) -> None:
    (wanted,) = each_arm(scenario, ["current"], 4, 2, staffed=[fewer_beds])
    assert start.arm("current", fewer_beds).digest == wanted.digest
    assert start.arm("current").digest == together.arms[0].digest != wanted.digest


def test_the_reference_engine_gives_the_same_arms(scenario: Scenario, together: Replication) -> None:
    start = Start(scenario, 4, 2, "simpy")
    assert [start.arm(governance).digest for governance in ARMS[::-1]] == [arm.digest for arm in together.arms[::-1]]


def test_forks_do_not_change_what_they_come_from(start: Start) -> None:
    kept = start.state().simulation
    assert isinstance(kept, CompiledSimulation)
    before = {name: id(value) for name, value in vars(kept).items()}
    world = {name: id(value) for name, value in vars(kept.world).items()}
    records, inputs = kept.records(), [buffer.copy() for buffer in kept.world.buffers]
    fork = kept.fork()
    paths = [path for path, place in fork.world.places.items() if place.buffer <= FLOAT_INPUT and place.shape]
    fork.world.set(paths[0], 0)
    fork.run(kept.now + 86_400)
    assert {name: id(value) for name, value in vars(kept).items()} == before
    assert {name: id(value) for name, value in vars(kept.world).items()} == world
    assert kept.records() == records
    assert all(map(np.array_equal, kept.world.buffers, inputs))


@pytest.mark.parametrize("make", [threading.Event, lambda: lambda: stopping[0]])
def test_a_run_stops_at_its_next_slice(start: Start, make: Callable[[], object]) -> None:
    stopping[0] = False
    stop = make()
    slices: list[int] = []

    def progress(now: int) -> None:
        slices.append(now)
        stopping[0] = True
        if isinstance(stop, threading.Event):
            stop.set()

    with pytest.raises(Stopped):
        start.arm("current", stop=stop, slice_events=2_000, progress=progress)  # type: ignore[arg-type]
    assert len(slices) == 1


def test_building_stops_too(scenario: Scenario) -> None:
    with pytest.raises(Stopped):
        Start(scenario, 4, 2, stop=lambda: True, slice_events=2_000)


def test_after_the_last_arm_nothing_is_left(scenario: Scenario, together: Replication) -> None:
    start = Start(scenario, 4, 2)
    assert start.arm("coordinated", last=True).digest == together.arms[1].digest
    with pytest.raises(RuntimeError, match="the last arm has used up the state"):
        start.arm("current")
