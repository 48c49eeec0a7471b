"""The last days of life in hospital: who is dying stays, unless somebody cares for them where they live."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.scenario import Scenario
from sim.vocabulary import DAY, TAG_PALLIATIVE, TAG_SPECIAL_HOUSING, Kind, Place
from tests.model.arms import ArmRun, run_arms
from tests.model.test_levers import ALONE, governed

pytestmark = pytest.mark.unit

TEAM = "palliative team"
HOSPITAL = (Place.WARD, Place.SJUKSTUGA, Place.EMERGENCY)
FOUND = {"population.palliative_recognised_share": 1.0, "population.palliative_days": 180}


@pytest.fixture(scope="module")
def near(small_year: Scenario) -> dict[str, ArmRun]:
    """Nobody is found ready in their last 60 days; with and without a palliative team."""
    return last_days(small_year, 60.0)


def last_days(scenario: Scenario, days: float) -> dict[str, ArmRun]:
    """No illness moves the moment of death, so that it stands when somebody is found ready."""
    exogenous = {"needs.crisis_hazard": np.zeros(4), "population.acute_death_share": 0.0}
    values = FOUND | exogenous | {"inpatient.last_days": days}
    return run_arms(governed(scenario.with_values(values), {TEAM: ALONE[TEAM]}), ["off", TEAM], seed=8)


def ready_before_death(arm: ArmRun, days: float) -> pd.DataFrame:
    """Times at which somebody was found ready for discharge within so many days of their death."""
    deaths = arm.rows(Kind.DEATH).set_index("person").asked
    ready = arm.rows(Kind.READY)
    left = ready.person.map(deaths) - ready.asked
    ready = ready[left < days * DAY]
    return ready.assign(housing=ready.detail // TAG_SPECIAL_HOUSING % 2, palliative=ready.detail // TAG_PALLIATIVE % 2)


def in_hospital(arm: ArmRun) -> float:
    """Share of deaths that take place in hospital."""
    deaths = arm.rows(Kind.DEATH)
    assert len(deaths) > 50
    return float((deaths.detail % 8).isin(HOSPITAL).mean())


def test_nobody_is_sent_home_in_the_last_days_but_to_care(near: dict[str, ArmRun], small_year: Scenario) -> None:
    off = ready_before_death(near["off"], 60)
    assert (off.housing == 1).all()
    on = ready_before_death(near[TEAM], 60)
    assert ((on.housing == 1) | (on.palliative == 1)).all()
    assert (on.housing == 0).sum() > 2
    never = last_days(small_year, 0.0)
    assert (ready_before_death(never["off"], 60).housing == 0).sum() > 5
    assert in_hospital(near["off"]) > 1.2 * in_hospital(never["off"])


def test_more_die_at_home_with_a_palliative_team(near: dict[str, ArmRun]) -> None:
    assert in_hospital(near[TEAM]) < 0.9 * in_hospital(near["off"])
