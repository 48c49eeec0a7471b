"""Both engines tell the same of the whole model: every row in order, every area, every column of state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.scenario import Scenario
from tests.model.arms import ArmRun, run_arm, run_arms
from tests.model.small import SHORT, small_scenario

ARMS = ("current", "coordinated")
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
}
"""Levers that the shipped governances leave alone, or seldom let happen."""


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Scenario]:
    """The shipped scenarios with few people and short runs."""
    small = small_scenario(tmp_path_factory.mktemp("agreement"), SHORT)
    return {
        "umea-lansdel": small.with_levers("other", OTHER_VARIANT, base="coordinated"),
        "vannas": sim.load(_shipped("vannas")).with_values(SHORT),
    }


def _shipped(name: str) -> Path:
    return Path(__file__).parents[2] / "scenarios" / f"{name}.toml"


@pytest.mark.parametrize(
    ("name", "governance", "seed"),
    [
        *(("umea-lansdel", governance, seed) for governance in ARMS for seed in (1, 2)),
        *(("vannas", governance, 3) for governance in ARMS),
        ("umea-lansdel", "other", 4),
    ],
)
def test_both_engines_agree(scenarios: dict[str, Scenario], name: str, governance: str, seed: int) -> None:
    compiled, reference = (run_arm(scenarios[name], governance, seed, engine) for engine in ("compiled", "simpy"))
    assert len(compiled.records) > 5_000
    assert_equal(compiled, reference)


@pytest.mark.parametrize("governance", [*ARMS, "other"])
def test_a_forked_arm_is_the_arm_run_from_the_start(scenarios: dict[str, Scenario], governance: str) -> None:
    scenario = scenarios["umea-lansdel"]
    assert_equal(run_arms(scenario, ("coordinated", governance), seed=5)[governance], run_arm(scenario, governance, 5))


def assert_equal(one: ArmRun, other: ArmRun) -> None:
    """Rows, areas and counts, queues and state."""
    assert one.records == other.records, first_difference(one, other)
    assert one.simulation.accumulators() == other.simulation.accumulators()
    assert one.simulation.events == other.simulation.events
    assert list(one.simulation.in_queue) == list(other.simulation.in_queue)
    assert list(one.simulation.in_use) == list(other.simulation.in_use)
    for path, place in one.world.places.items():
        if place.state:
            assert np.array_equal(one.world.array(path), other.world.array(path)), path


def first_difference(one: ArmRun, other: ArmRun) -> str:
    """The first row that differs, in words."""
    for number in range(min(len(one.records), len(other.records))):
        if one.records.row(number) != other.records.row(number):
            return f"row {number}: {one.records.row(number)} and {other.records.row(number)}"
    return "" if len(one.records) == len(other.records) else f"{len(one.records)} and {len(other.records)} rows"
