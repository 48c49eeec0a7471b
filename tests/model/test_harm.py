"""Coordination can do harm: the channels exist, and lead where they should.

Shown by what happens to the needs concerned; whether coordination harms or helps on the whole is not tested.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.flows.episode import strike
from sim.flows.inpatient import acute_length
from sim.flows.needs import progression, stay_length
from sim.scenario import Scenario
from sim.vocabulary import (
    DAY,
    NEED_INDEXES,
    STAY_DIRECT,
    STAY_HARMED,
    STAY_LEVEL,
    STAY_OUTLYING,
    STAY_OVERCROWDED,
    STAY_PLANNED,
    Kind,
    Level,
    NeedType,
    Outcome,
    Place,
    Segment,
)
from tests.model.arms import ArmRun, generation_of, index_of, run_arms
from tests.model.test_levers import ALONE, DIRECT, governed, staff

pytestmark = pytest.mark.unit

NEED = ["person", "need"]
TREATS = DIRECT | {"mobile_team.open_to_referral": True}
ARMS: dict[str, dict[str, Any]] = {
    "never fails": TREATS | {"mobile_team.treatment_failure_share": 0.0001},
    "half fail": TREATS | {"mobile_team.treatment_failure_share": 0.5},
    "all fail": TREATS | {"mobile_team.treatment_failure_share": 1.0},
    "nobody to visit": TREATS | {"mobile_team.nurses": [0.01, 0.01], "mobile_team.treatment_failure_share": 0.0001},
    "finds much": DIRECT | {"proactive_visits.active": True, "proactive_visits.found_need_share": 0.5},
    "finds nothing": DIRECT | {"proactive_visits.active": True, "proactive_visits.found_need_share": 0.0},
    "alarms": ALONE["monitoring"] | {"monitoring.false_alarms_per_year": 12, "monitoring.alarm_visit_share": 1.0},
    "no false alarms": ALONE["monitoring"] | {"monitoring.false_alarms_per_year": 0.0},
}


@pytest.fixture(scope="module")
def arms(small_year: Scenario) -> dict[str, ArmRun]:
    """Home care at its worst and best; many needs at team level, so that much is treated at home."""
    levels = np.array(small_year.values["needs.level_share"])
    for segment in (Segment.FAILING, Segment.MOST_ILL):
        levels[segment] = (0.0, 0.15, 0.2, 0.4, 0.25)
    scenario = small_year.with_values({"needs.level_share": levels, "staffing.factor": 1.5})
    return run_arms(governed(scenario, ARMS), ["off", *ARMS], seed=31)


def treatments(arm: ArmRun) -> pd.DataFrame:
    """Treatments at home that are over, but for deaths."""
    rows = arm.rows(Kind.HOME_TREATMENT)
    return rows[rows.outcome.isin((Outcome.DONE, Outcome.MISSED))]


def failures(arm: ArmRun) -> pd.DataFrame:
    rows = treatments(arm)
    return rows[rows.outcome == Outcome.MISSED]


def test_treatment_at_home_can_fail(arms: dict[str, ArmRun]) -> None:
    shares = []
    for name in ("never fails", "half fail", "all fail"):
        assert len(treatments(arms[name])) > 30
        shares.append(len(failures(arms[name])) / len(treatments(arms[name])))
    assert shares[0] < 0.15
    assert shares[0] < shares[1] < shares[2] == 1.0
    assert 0.3 < shares[1] < 0.75


def test_failed_treatment_goes_to_hospital_harmed(arms: dict[str, ArmRun]) -> None:
    arm = arms["all fail"]
    failed = failures(arm).set_index(NEED)
    stays = arm.rows(Kind.STAY).groupby(NEED).detail.first()
    calls = arm.rows(Kind.AMBULANCE).set_index(NEED).index
    horizon = arm.setting.period.horizon
    for index, row in failed.iterrows():
        if row.ended > horizon - 2 * DAY:
            continue
        assert index in calls
        if index in stays.index:
            assert stays[index] & STAY_HARMED
    assert stays.index.isin(failed.index).sum() > 15


def test_daily_visits_that_nobody_makes_end_the_treatment(arms: dict[str, ArmRun]) -> None:
    def missed(name: str) -> float:
        rows = treatments(arms[name])
        assert len(rows) > 20
        return float((rows.outcome == Outcome.MISSED).mean())

    assert missed("nobody to visit") > missed("never fails") + 0.1


def test_hospital_needs_kept_at_home_are_missed_and_arrive_harmed(arms: dict[str, ArmRun]) -> None:
    # With assessors who see little, so that many are kept at home.
    scenario = arms["off"].setting.scenario.with_values({"assessment.noise": 3.0})
    arm = run_arms(governed(scenario, {"team": TREATS}), ["team"], seed=33)["team"]
    needs = arm.rows(Kind.NEED)
    needs = needs[needs.type.isin((NeedType.EXACERBATION, NeedType.DETERIORATION)) & (needs.level == Level.HOSPITAL)]
    contacts = arm.rows(Kind.HOME_NURSE_VISIT, Kind.TEAM_NURSE_VISIT, Kind.TEAM_DOCTOR_VISIT, Kind.GP_VISIT)
    kept = contacts[contacts.outcome == Outcome.MISSED].set_index(NEED).index
    missed = needs.set_index(NEED)
    missed = missed[missed.index.isin(kept)]
    assert len(missed) > 4
    stays = arm.rows(Kind.STAY).sort_values("asked").groupby(NEED).detail.first()
    admitted = stays[stays.index.isin(missed.index)]
    assert len(admitted) > 1
    assert (admitted & STAY_HARMED != 0).all()
    # Nobody at hospital level is cured anywhere else.
    over = missed[missed.ended >= 0]
    assert over.outcome.isin((Outcome.ADMITTED, Outcome.DIED)).all()


def test_stays_are_the_hidden_length_and_longer_when_harmed(arms: dict[str, ArmRun]) -> None:
    arm = arms["half fail"]
    values = arm.setting.scenario.values
    extra = 1.0 + float(values["inpatient.late_stay_extra"])  # type: ignore[arg-type]
    beds = arm.table[(arm.table.kind == Kind.STAY) & (arm.table.started >= 0)].sort_values("started")
    moved = beds[beds.outcome == Outcome.TRANSFERRED].set_index(NEED).index
    stays = beds.groupby(NEED).first()
    ready = arm.table[arm.table.kind == Kind.READY].sort_values("asked").groupby(NEED).asked.first()
    needs = arm.table[arm.table.kind == Kind.NEED].set_index(NEED)
    seen = {"harmed": 0, "delayed": 0, "in time": 0}
    world = arm.world.fork()
    changes = set(arm.table[arm.table.kind == Kind.SEGMENT_CHANGE].person)
    other = STAY_PLANNED | STAY_OUTLYING | STAY_OVERCROWDED
    for (person, need), row in stays.iterrows():
        level = row.detail // STAY_LEVEL % 8
        unknown = row.detail & other or (person, need) not in ready.index or (person, need) not in needs.index
        if unknown or person in changes or (person, need) in moved or level < Level.HOSPITAL:
            continue
        crisis = needs.asked[(person, need)] + progression(world, person, need, int(level))
        delayed = decided(arm, person, need) > crisis
        harmed = bool(row.detail & STAY_HARMED)
        factor = extra if harmed or delayed else 1.0
        waited = ready[(person, need)] - row.started - stay_length(world, person, need) * factor
        # Until the morning round, some hours of leaving, or half a day for a bed in geriatrics in vain.
        assert -1 <= waited <= 1.75 * DAY
        seen["harmed" if harmed else "delayed" if delayed else "in time"] += 1
    assert seen["delayed"] > 5
    assert seen["in time"] > 30


def decided(arm: ArmRun, person: int, need: int) -> int:
    """When it was decided to admit: the row of waiting for a bed."""
    rows = arm.table[(arm.table.kind == Kind.STAY) & (arm.table.person == person) & (arm.table.need == need)]
    return int(rows.asked.min())


def test_the_length_of_a_stay_by_rule(arms: dict[str, ArmRun]) -> None:
    world = arms["off"].world.fork()
    rows = arms["off"].rows(Kind.NEED)
    row = rows[(rows.type == NeedType.DETERIORATION) & (rows.level == Level.HOSPITAL)].iloc[0]
    person, need = int(row.person), int(row.need)

    def length(level: Level, late: int, overdue: int, detail: int = 0) -> float:
        world.people.level[person] = level
        world.people.late[person] = late
        world.people.overdue[person] = overdue
        return acute_length(world, person, need, detail) / stay_length(world, person, need)

    inpatient = arms["off"].setting.scenario.section("inpatient")
    assert length(Level.HOSPITAL, 0, 0) == 1.0
    assert length(Level.TEAM, 0, 0) == pytest.approx(inpatient.lower_level_stay_factor, abs=1e-5)
    for late, overdue in ((1, 0), (0, 1), (1, 1)):
        assert length(Level.HOSPITAL, late, overdue) == pytest.approx(1 + inpatient.late_stay_extra, abs=1e-5)
    for bits in (STAY_OUTLYING, STAY_OVERCROWDED):
        assert length(Level.HOSPITAL, 0, 0, bits) == pytest.approx(1 + inpatient.outlying_stay_extra, abs=1e-5)


def test_what_came_too_late_to_hospital_kills_more(arms: dict[str, ArmRun]) -> None:
    arm = arms["off"]
    world = arm.world.fork()
    alive = np.flatnonzero((world.array("people.at") == Place.HOME) & (world.array("people.segment") == 3))
    added, sooner = [], 0
    for person in (int(p) for p in alive):
        toll, deaths = [], []
        before, death_at = world.people.hazard_extra[person], world.people.death_at[person]
        for late, overdue in ((0, 0), (1, 0), (0, 1)):
            world.people.late[person], world.people.overdue[person] = late, overdue
            world.people.hazard_extra[person], world.people.death_at[person] = before, death_at
            strike(world, person, 1)
            toll.append(world.people.hazard_extra[person] - before)
            deaths.append(world.people.death_at[person])
        added.append(toll)
        assert deaths[1] == deaths[2] <= deaths[0] <= death_at
        assert min(deaths) == death_at or min(deaths) >= world.clock[0] + DAY
        sooner += deaths[1] < deaths[0]
    values = arm.setting.scenario.values
    hazard = float(np.asarray(values["needs.crisis_hazard"])[3])
    ratio = 1.0 + float(values["needs.late_hazard_extra"])  # type: ignore[arg-type]
    assert np.allclose(added, [hazard, ratio * hazard, ratio * hazard])
    assert sooner > 0


def test_proactive_visits_find_needs_that_take_care(arms: dict[str, ArmRun]) -> None:
    much, nothing = arms["finds much"], arms["finds nothing"]

    def found(arm: ArmRun) -> pd.DataFrame:
        needs = arm.rows(Kind.NEED)
        return needs[(index_of(needs.need) == NEED_INDEXES - 1) & (generation_of(needs.need) == 0)]

    assert len(found(nothing)) == 0
    assert (nothing.rows(Kind.PROACTIVE_VISIT).outcome == Outcome.FOUND_NEED).sum() == 0
    visits = much.rows(Kind.PROACTIVE_VISIT)
    made = visits[visits.outcome.isin((Outcome.DONE, Outcome.FOUND_NEED))]
    assert 0.4 < (made.outcome == Outcome.FOUND_NEED).mean() < 0.6
    needs = found(much).set_index(NEED)
    assert len(needs) > 100
    contacts = much.rows(Kind.TEAM_DOCTOR_VISIT).set_index(NEED).index
    assert needs.index.isin(contacts).mean() > 0.9
    stays = much.rows(Kind.STAY).set_index(NEED).index
    assert needs.index.isin(stays).sum() > 5  # some of what is found ends in hospital


def test_false_alarms_take_time_and_visits(arms: dict[str, ArmRun]) -> None:
    loud, quiet = arms["alarms"].rows(Kind.ALARM), arms["no false alarms"].rows(Kind.ALARM)
    assert (loud.outcome == Outcome.FALSE_ALARM).sum() > 300
    assert (quiet.outcome == Outcome.FALSE_ALARM).sum() < 20
    visits = (Kind.NURSE_VISIT, Kind.GP_VISIT)
    assert len(arms["alarms"].rows(*visits)) > len(arms["no false alarms"].rows(*visits)) + 100


def test_overworked_monitoring_helps_nobody(small: Scenario) -> None:
    # Ten thousand false alarms hide the true ones: whoever is ill notices no sooner than without monitoring.
    levers = ALONE["monitoring"] | {"monitoring.nurses": 0.02, "monitoring.false_alarms_per_year": 60}
    arms = run_arms(governed(small, {"drowned": levers}), ["off", "drowned"], seed=32)
    alarms = arms["drowned"].rows(Kind.ALARM)
    true = alarms[alarms.need != 0]
    assert len(true) > 5
    assert (true.outcome == Outcome.GAVE_UP).mean() > 0.5


def test_a_team_that_comes_late_lets_needs_progress(arms: dict[str, ArmRun], small_year: Scenario) -> None:
    few = TREATS | staff(0.1, 0.1) | {"mobile_team.caseload_most_ill": 1000, "mobile_team.caseload_failing": 1000}
    scenario = governed(arms["off"].setting.scenario, {"few": few, "enough": TREATS})
    late, soon = run_arms(scenario, ["few", "enough"], seed=31).values()

    def reached_crisis(arm: ArmRun) -> float:
        needs = arm.rows(Kind.NEED)
        team = needs[(needs.level == Level.TEAM) & (needs.type == NeedType.DETERIORATION) & (needs.enrolled == 1)]
        assert len(team) > 10
        stays = arm.rows(Kind.STAY)
        harmed = stays[stays.detail & STAY_HARMED != 0].set_index(NEED).index
        return float(team.set_index(NEED).index.isin(harmed).mean())

    assert reached_crisis(late) > reached_crisis(soon)


def test_direct_admissions_carry_their_bit(arms: dict[str, ArmRun]) -> None:
    stays = arms["never fails"].rows(Kind.STAY)
    direct = stays[stays.detail & STAY_DIRECT != 0]
    assert len(direct) > 5
    visits = arms["never fails"].rows(Kind.EMERGENCY_VISIT)
    decided = set(zip(visits.person, visits.ended, strict=True))
    assert not any((row.person, row.asked) in decided for row in direct.itertuples())
