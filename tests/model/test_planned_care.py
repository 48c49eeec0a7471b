"""Planned care: who gets no visit gets no referral, and times at a clinic are booked ahead."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.flows.planned_care import BOOKED_HOURS, CLINIC_OPENS, TRIES, until_booked
from sim.scenario import Scenario
from sim.vocabulary import DAY, HOUR, NEED_TYPE, Kind, NeedType, Outcome
from tests.model.arms import ArmRun, run_arm

pytestmark = pytest.mark.unit

FIRST = (Kind.GP_VISIT, Kind.NURSE_VISIT)
CLINIC = (Kind.SPECIALIST_VISIT, Kind.DAY_TREATMENT)
NEED = ["person", "need"]
WAITS = {"planned.specialist_wait_days": 20.0, "planned.day_treatment_wait_days": 10.0, "planned.wait_sigma": 0.5}


@pytest.fixture(scope="module")
def impatient(small_year: Scenario) -> ArmRun:
    """Nobody waits more than a day or two for the health centre, which has few doctors; all who fail ask again."""
    hard = {
        "primary_care.simple_patience_days": 0.1,
        "primary_care.gp_minutes": 120.0,
        "primary_care.nurse_minutes": 90,
    }
    again = {"planned.asks_again_share": 1.0, "planned.asks_again_days": 3.0, "primary_care.advice_share": 0.0001}
    return run_arm(small_year.with_values(WAITS | hard | again), "current", seed=3)


def complicated(arm: ArmRun, *kinds: Kind) -> pd.DataFrame:
    """Rows of these kinds in complicated needs that are over."""
    table = arm.table
    needs = table[(table.kind == Kind.NEED) & (table.type == NeedType.COMPLICATED) & (table.outcome != Outcome.OPEN)]
    return table[table.kind.isin(kinds)].merge(needs[NEED].drop_duplicates(), on=NEED)


def test_without_a_visit_no_referral(impatient: ArmRun) -> None:
    visits = complicated(impatient, *FIRST)
    seen = visits.assign(made=visits.started >= 0).groupby(NEED).made.agg(["any", "size"])
    unseen = seen[~seen["any"]]
    assert len(unseen) > 10
    clinic = pd.MultiIndex.from_frame(complicated(impatient, *CLINIC)[NEED])
    assert not unseen.index.isin(clinic).any()
    assert seen["any"].sum() > 10
    assert seen[seen["any"]].index.isin(clinic).mean() > 0.8


def test_asks_again_and_at_most_three_times(impatient: ArmRun) -> None:
    asked = complicated(impatient, *FIRST).groupby(NEED).size()
    assert asked.max() == TRIES
    assert (asked > 1).sum() > 10


def test_first_visits_are_weeks_ahead(impatient: ArmRun) -> None:
    for kind, median in ((Kind.SPECIALIST_VISIT, 20), (Kind.DAY_TREATMENT, 10)):
        first = complicated(impatient, kind).sort_values("asked").drop_duplicates(NEED)
        first = first[first.started >= 0]
        assert len(first) > 10
        assert 0.7 * median < float(np.median(first.wait)) / DAY < 1.7 * median


def test_booked_times_are_in_the_opening_hours_of_weekdays(small: Scenario) -> None:
    arm = run_arm(small, "current", seed=3)
    w = arm.world
    need = int(NeedType.COMPLICATED * NEED_TYPE)
    for booking in range(12):
        for person in range(50):
            ahead = until_booked(w, person, need, booking, 36.0)
            at = w.clock[0] + ahead
            assert ahead >= 0
            assert at // DAY % 7 < 5
            assert CLINIC_OPENS <= at % DAY < CLINIC_OPENS + BOOKED_HOURS or ahead == 0
    assert until_booked(w, 1, need, 0, 0.0001) <= 4 * DAY + 24 * HOUR
