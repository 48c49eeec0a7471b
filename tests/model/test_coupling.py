"""Arms are the same up to T0, and to the end when nothing differs; what is switched off does nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.scenario import Scenario
from sim.vocabulary import Kind
from tests.model.arms import ArmRun, all_off, run_arm, run_arms

pytestmark = pytest.mark.unit

WHO = ("person", "need", "kind", "asked")
TOLD_LATER = ("unit", "started", "ended", "outcome", "detail")


@pytest.fixture(scope="module")
def arms(small: Scenario) -> dict[str, ArmRun]:
    """Both governances, and a run that ends at T0."""
    return run_arms(small, ("current", "coordinated")) | {"at T0": run_arm(small, "current", until=0)}


@pytest.mark.parametrize("governance", ["current", "coordinated"])
def test_rows_up_to_the_switch_are_equal_bit_for_bit(arms: dict[str, ArmRun], governance: str) -> None:
    before, after = arms["at T0"].records, arms[governance].records
    rows = len(before)
    assert rows > 3_000
    assert int(before.asked.max()) < arms[governance].start
    for name in WHO:
        assert np.array_equal(getattr(before, name), getattr(after, name)[:rows]), name
    over = before.ended >= 0
    assert over.mean() > 0.5
    for name in TOLD_LATER:
        assert np.array_equal(getattr(before, name)[over], getattr(after, name)[:rows][over]), name
    begun = before.started >= 0
    assert np.array_equal(before.started[begun], after.started[:rows][begun])


def test_rows_after_the_switch_differ(arms: dict[str, ArmRun]) -> None:
    assert arms["current"].records.digest() != arms["coordinated"].records.digest()


def test_what_was_open_at_the_switch_goes_on_from_the_same_state(arms: dict[str, ArmRun]) -> None:
    before = arms["at T0"].records
    open_stays = np.flatnonzero((before.kind == Kind.STAY) & (before.ended < 0))
    assert len(open_stays) > 0
    for name in ("current", "coordinated"):
        after = arms[name].records
        assert np.array_equal(before.started[open_stays], after.started[open_stays])
        ended = after.ended[open_stays]
        assert ((ended < 0) | (ended >= arms[name].start)).all()


def test_with_all_levers_off_in_both_governances_the_arms_are_equal_to_the_end(small: Scenario) -> None:
    scenario = all_off(small)
    for seed in (1, 2):
        arms = run_arms(scenario, ("current", "off"), seed)
        assert arms["current"].records == arms["off"].records
        assert arms["current"].simulation.accumulators() == arms["off"].simulation.accumulators()


def test_the_same_governance_twice_is_the_same_arm(small: Scenario) -> None:
    twin = small.with_levers("twin", {}, base="coordinated")
    arms = run_arms(twin, ("coordinated", "twin"))
    assert arms["coordinated"].records == arms["twin"].records


def test_a_lever_that_is_sized_but_not_switched_on_does_nothing(small: Scenario) -> None:
    scenario = all_off(small)
    sized: dict[str, Any] = dict(small.governance("coordinated"))
    groups = {path.split(".")[0] for path in sized if path.endswith(".active")}
    sized = {path: value for path, value in sized.items() if path.split(".")[0] in groups}
    sized |= {path: False for path in sized if path.endswith(".active")}
    assert len(groups) == 14
    arms = run_arms(scenario.with_levers("sized", sized, base="off"), ("off", "sized"))
    assert arms["off"].records == arms["sized"].records


def test_another_seed_is_another_year(small: Scenario) -> None:
    assert run_arm(small, "current", 1).records.digest() != run_arm(small, "current", 2).records.digest()
