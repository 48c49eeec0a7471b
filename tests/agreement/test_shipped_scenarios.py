"""Both engines tell the same of the whole model: every row in order, every area, every column of state.

Every shipped scenario, in the small, under its governances and one more, with twenty seeds. The compiled engine runs
to T0 once and forks; the reference runs every arm from the start.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from sim.scenario import Scenario
from sim.scenario.layers import shipped_scenarios
from sim.vocabulary import Kind
from tests.agreement.cut import cut
from tests.model.arms import ArmRun, run_arm, run_arms

SEEDS = range(20)
DAYS = {"time.warm_up_days": 20, "time.pre_period_days": 10, "time.follow_up_days": 45}
SIZES = {"umea-lansdel": (1 / 110, 1 / 50), "vannas": (1 / 9, 1 / 4)}
"""Share of the people, and of beds and staff, that is kept: two thousand people, queues everywhere."""
OTHER_VARIANT: dict[str, Any] = {
    "organisation.pooled": True,
    "mobile_team.special_housing": True,
    "mobile_team.weekends": False,
    "mobile_team.ramp_up_days": 5,
    "access.phone_staff_factor": 1.5,
    "access.gp_staff_factor": 1.2,
    "proactive_visits.found_need_share": 0.4,
    "mobile_team.treatment_failure_share": 0.5,
    "monitoring.share": 0.9,
    "attender_team.contacts_in_month": 1,
    "palliative_team.relief_share": 0.2,
    "specialist_support.serves": True,
    "rounds.interval_days": 1,
}
"""Levers that the shipped governances leave alone, or seldom let happen."""


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scenario]:
    """The shipped scenarios with few people and short runs, and one governance more."""
    folder = tmp_path_factory.mktemp("agreement")
    return {
        name: cut(name, folder / name, *SIZES[name], DAYS).with_levers("other", OTHER_VARIANT, base="coordinated")
        for name in shipped_scenarios()
    }


@pytest.mark.verify
@pytest.mark.parametrize("name", shipped_scenarios())
def test_both_engines_agree(scenarios: dict[str, Scenario], name: str) -> None:
    scenario = scenarios[name]
    assert {"current", "coordinated", "other"} <= set(scenario.governances)
    kinds: Counter[int] = Counter()
    for seed in SEEDS:
        for governance, forked in run_arms(scenario, scenario.governances, seed).items():
            assert_equal(forked, run_arm(scenario, governance, seed, "simpy"), f"{name}, {governance}, seed {seed}")
            kinds.update(forked.records.kind.tolist())
    print(f"{name}: {kinds.total()} rows;", ", ".join(f"{kind.name} {kinds[kind]}" for kind in Kind))
    assert not [kind.name for kind in Kind if not kinds[kind]]


def test_a_forked_arm_is_the_compiled_arm_run_from_the_start(scenarios: dict[str, Scenario]) -> None:
    scenario = scenarios["umea-lansdel"]
    for governance, forked in run_arms(scenario, scenario.governances, seed=5).items():
        assert_equal(forked, run_arm(scenario, governance, 5), governance)


def assert_equal(one: ArmRun, other: ArmRun, where: str) -> None:
    """Rows, areas and counts, queues and state."""
    assert one.records == other.records, f"{where}: {first_difference(one, other)}"
    assert one.simulation.accumulators() == other.simulation.accumulators(), where
    assert one.simulation.events == other.simulation.events, where
    assert list(one.simulation.in_queue) == list(other.simulation.in_queue), where
    assert list(one.simulation.in_use) == list(other.simulation.in_use), where
    for path, place in one.world.places.items():
        if place.state:
            assert np.array_equal(one.world.array(path), other.world.array(path)), f"{where}: {path}"


def first_difference(one: ArmRun, other: ArmRun) -> str:
    """The first row that differs, in words."""
    for number in range(min(len(one.records), len(other.records))):
        if one.records.row(number) != other.records.row(number):
            return f"row {number}: {one.records.row(number)} and {other.records.row(number)}"
    return f"{len(one.records)} and {len(other.records)} rows"
