"""Each lever, switched on alone where capacity suffices, moves what its mechanism is about.

The sign of any effect on admissions or days is nowhere tested: it is what the model is asked. A lever that works on
enrolled people is compared with a mobile team without it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.flows.emergency import stay_home_level
from sim.flows.hours import month_number
from sim.flows.mobile_team import hand_over
from sim.scenario import Scenario
from sim.vocabulary import (
    CONTACT_TRAVEL,
    DAY,
    HOUR,
    MINUTE,
    NEVER,
    TAG_PALLIATIVE,
    TAG_SPECIAL_HOUSING,
    Detection,
    Kind,
    Level,
    NeedType,
    Outcome,
    Place,
)
from tests.model.arms import ArmRun, all_off, run_arms

pytestmark = pytest.mark.unit

TEAM: dict[str, Any] = {
    "mobile_team.active": True,
    "mobile_team.enrols": True,
    "mobile_team.doctors": [6, 3],
    "mobile_team.nurses": [8, 4],
    "mobile_team.weekends": True,
    "mobile_team.closes_hour": 20,
    "mobile_team.ramp_up_days": 1,
}
"""A team with room for everybody in its target group."""
DIRECT = TEAM | {"direct_contact.active": True, "direct_contact.nurse_line": True}
ALONE: dict[str, dict[str, Any]] = {
    "team": TEAM,
    "direct contact": DIRECT,
    "care plan": DIRECT | {"care_plan.active": True},
    "proactive visits": TEAM | {"proactive_visits.active": True},
    "named doctor": {"named_doctor.share": 0.9, "named_doctor.share_multi_ill": 0.9},
    "discharge planning": {"discharge_planning.active": True, "discharge_planning.early_share": 1.0},
    "homecoming": {"homecoming.active": True, "homecoming.staff": [6, 3], "homecoming.first_time": True},
    "joint workflow": {"joint_workflow.active": True, "joint_workflow.freed_share": 0.1},
    "attender team": {"attender_team.active": True, "attender_team.staff": 2, "attender_team.contacts_in_month": 2},
    "monitoring": {"monitoring.active": True, "monitoring.share": 1.0, "monitoring.nurses": 4},
    "specialist support": {
        "specialist_support.active": True,
        "specialist_support.serves": True,
        "specialist_support.specialists": 3,
    },
    "rounds": {"rounds.active": True, "rounds.interval_days": 1},
    "pooled": DIRECT | {"organisation.pooled": True, "mobile_team.open_to_referral": True},
    "local": DIRECT | {"mobile_team.open_to_referral": True},
    "rehabilitation": {
        "rehabilitation.active": True,
        "rehabilitation.home_nursing": True,
        "rehabilitation.staff": [6, 3],
        "rehabilitation.lengthens_share": 1.0,
    },
    "palliative team": {"palliative_team.active": True, "palliative_team.staff": 2},
    "digital visits": {"digital_visit.active": True, "digital_visit.share": 0.6},
}
"""Levers by arm; all others are off."""
ENOUGH = 1.5
"""Factor on the staff of the small region."""


def governed(scenario: Scenario, arms: dict[str, dict[str, Any]]) -> Scenario:
    """A scenario in which everything is off under `current`, with these governances beside it; posts are people on duty."""
    scenario = all_off(scenario.with_values({"staffing.hours_per_post_per_year": 8760}))
    for name, levers in arms.items():
        scenario = scenario.with_levers(name, levers, base="off")
    return scenario


@pytest.fixture(scope="module")
def arms(small_year: Scenario) -> dict[str, ArmRun]:
    """Every lever alone, forked from the same past."""
    scenario = small_year.with_values({"staffing.factor": ENOUGH})
    return run_arms(governed(scenario, ALONE), ["off", *ALONE], seed=21)


@pytest.fixture(scope="module")
def discharges(small_year: Scenario) -> dict[str, ArmRun]:
    """The levers about discharge, where most of the old need the municipality to go home."""
    much = {"staffing.factor": 4.0, "discharge.support_share": 0.8, "discharge.short_term_share": 0.4}
    names = ("discharge planning", "homecoming", "rounds")
    return run_arms(governed(small_year.with_values(much), {n: ALONE[n] for n in names}), ["off", *names], seed=22)


CONTACTS = (
    Kind.PHONE_1177,
    Kind.PHONE_CENTRE,
    Kind.NURSE_VISIT,
    Kind.GP_VISIT,
    Kind.GP_HOME_VISIT,
    Kind.HOME_NURSE_VISIT,
    Kind.TEAM_NURSE_VISIT,
    Kind.TEAM_DOCTOR_VISIT,
    Kind.CONSULT,
    Kind.AMBULANCE,
    Kind.EMERGENCY_VISIT,
    Kind.FREQUENT_ATTENDER,
    Kind.PALLIATIVE_VISIT,
    Kind.ROUND,
)
PHONES = (Kind.PHONE_1177, Kind.PHONE_CENTRE)


def acute(arm: ArmRun) -> pd.DataFrame:
    """Worsenings that began after T0."""
    needs = arm.rows(Kind.NEED)
    return needs[needs.type.isin((NeedType.EXACERBATION, NeedType.DETERIORATION))]


def of_enrolled(arm: ArmRun) -> pd.DataFrame:
    """Worsenings of enrolled people that somebody noticed before the crisis."""
    needs = acute(arm)
    return needs[(needs.enrolled == 1) & (needs.started >= 0) & (needs.outcome != Outcome.PREVENTED)]


def hours_to_contact(arm: ArmRun) -> float:
    """Mean time from noticing to the beginning of the first contact, enrolled people."""
    contacts = arm.rows(*CONTACTS)
    first = contacts[contacts.started >= 0].groupby(["person", "need"]).started.min()
    needs = of_enrolled(arm).set_index(["person", "need"])
    wait = (first.reindex(needs.index) - needs.started).dropna()
    assert len(wait) > 100
    return float(wait.mean()) / HOUR


def calls_per_need(arm: ArmRun) -> float:
    """Phone calls to the health centre and 1177 for each worsening of the enrolled."""
    needs = of_enrolled(arm)
    calls = arm.rows(*PHONES).set_index(["person", "need"]).index
    return float(calls.isin(needs.set_index(["person", "need"]).index).sum() / len(needs))


# --- the mobile team -----------------------------------------------------------------------------------------


def test_without_levers_nobody_coordinates(arms: dict[str, ArmRun]) -> None:
    kinds = (
        *(Kind.TEAM_NURSE_VISIT, Kind.TEAM_DOCTOR_VISIT, Kind.HOME_TREATMENT, Kind.PROACTIVE_VISIT, Kind.CONSULT),
        *(Kind.ALARM, Kind.HOMECOMING, Kind.ENROLMENT, Kind.FREQUENT_ATTENDER, Kind.ROUND, Kind.PALLIATIVE_VISIT),
    )
    assert len(arms["off"].table[arms["off"].table.kind.isin(kinds)]) == 0


def test_mobile_team_visits_and_treats_at_home(arms: dict[str, ArmRun]) -> None:
    arm = arms["team"]
    assert len(arm.rows(Kind.TEAM_NURSE_VISIT)) > 20
    assert len(arm.rows(Kind.TEAM_DOCTOR_VISIT)) > 20
    treated = arm.rows(Kind.HOME_TREATMENT)
    treated = treated[treated.outcome == Outcome.DONE].set_index(["person", "need"]).index
    needs = of_enrolled(arm)
    needs = needs[(needs.level == Level.TEAM) & (needs.outcome == Outcome.DONE)]
    assert needs.set_index(["person", "need"]).index.isin(treated).sum() >= 5


def test_mobile_team_enrols_its_target_group_first_come_first_served(arms: dict[str, ArmRun]) -> None:
    rows = arms["team"].table[arms["team"].table.kind == Kind.ENROLMENT]
    assert (rows.started >= 0).mean() > 0.8
    most_ill = rows[rows.asked == arms["team"].start]
    assert len(most_ill) > 100


def test_direct_contact_shortens_the_time_to_first_contact(arms: dict[str, ArmRun]) -> None:
    assert hours_to_contact(arms["direct contact"]) < 0.95 * hours_to_contact(arms["team"])


def test_direct_contact_leaves_the_phone_queue(arms: dict[str, ArmRun]) -> None:
    assert calls_per_need(arms["direct contact"]) < 0.6 * calls_per_need(arms["team"])


def test_the_home_nurses_line_goes_past_the_phone_queue(arms: dict[str, ArmRun]) -> None:
    def calls_after_home_nurse(arm: ArmRun) -> int:
        visits = arm.rows(Kind.HOME_NURSE_VISIT)
        referred = visits[visits.outcome == Outcome.REFERRED]
        calls = set(arm.rows(*PHONES)[["person", "need", "asked"]].itertuples(index=False, name=None))
        return sum((row.person, row.need, row.ended) in calls for row in referred.itertuples())

    assert calls_after_home_nurse(arms["team"]) > 10
    assert calls_after_home_nurse(arms["direct contact"]) == 0


def test_care_plan_is_acted_on_out_of_hours(arms: dict[str, ArmRun]) -> None:
    visits = (Kind.HOME_NURSE_VISIT, Kind.AMBULANCE)
    assert arms["direct contact"].rows(*visits).on_plan.sum() == 0
    acted = arms["care plan"].rows(*visits)
    acted = acted[acted.on_plan == 1]
    assert (acted.kind == Kind.HOME_NURSE_VISIT).sum() > 5
    crews = acted[acted.kind == Kind.AMBULANCE]
    assert (crews.outcome == Outcome.LEFT_AT_HOME).sum() >= 1
    # The plan of home nursing is for the hours in which the team does not work.
    nurses = acted[acted.kind == Kind.HOME_NURSE_VISIT]
    hour = nurses.ended % (24 * HOUR) // HOUR
    assert ((hour < 8) | (hour >= 20)).all()


def test_care_plan_lets_the_home_nurse_settle_more_out_of_hours(arms: dict[str, ArmRun]) -> None:
    def settled(arm: ArmRun) -> float:
        visits = arm.rows(Kind.HOME_NURSE_VISIT)
        hour = visits.ended % (24 * HOUR) // HOUR
        visits = visits[(visits.enrolled == 1) & (visits.length > 0) & ((hour < 8) | (hour >= 20))]
        assert len(visits) >= 15
        return float((visits.outcome != Outcome.REFERRED).mean())

    assert settled(arms["care plan"]) > settled(arms["direct contact"]) + 0.1


def test_the_crew_may_leave_more_at_home_on_the_plan(arms: dict[str, ArmRun]) -> None:
    world = arms["care plan"].world
    planned, other = (int(np.flatnonzero(world.array("people.care_plan") == flag)[0]) for flag in (1, 0))
    assert stay_home_level(world, planned) == stay_home_level(world, other) + 1.0


def test_proactive_visits_review_and_prevent(arms: dict[str, ArmRun]) -> None:
    def reviewed(arm: ArmRun) -> int:
        visits = arm.rows(Kind.PROACTIVE_VISIT)
        return int(visits.outcome.isin((Outcome.DONE, Outcome.FOUND_NEED)).sum())

    def prevented(arm: ArmRun) -> int:
        needs = acute(arm)
        return int(((needs.outcome == Outcome.PREVENTED) & (needs.enrolled == 1)).sum())

    assert reviewed(arms["proactive visits"]) > 3 * reviewed(arms["team"])  # a first visit is made either way
    assert prevented(arms["proactive visits"]) > prevented(arms["team"])


def test_only_preventable_needs_are_prevented(arms: dict[str, ArmRun]) -> None:
    needs = acute(arms["proactive visits"])
    prevented = needs[needs.outcome == Outcome.PREVENTED]
    assert len(prevented) > 5
    assert (prevented.detail // 128 % 2 == 1).all()
    assert (prevented.level < Level.HOSPITAL).all()


# --- others --------------------------------------------------------------------------------------------------


def test_named_doctor_knows_the_patient_more_often(arms: dict[str, ArmRun]) -> None:
    visits = (Kind.GP_VISIT, Kind.NURSE_VISIT, Kind.REVIEW)
    off, on = (arms[name].rows(*visits).known.mean() for name in ("off", "named doctor"))
    assert on > off + 0.1


def test_discharge_planning_begins_at_admission(discharges: dict[str, ArmRun]) -> None:
    def asked_before_ready(arm: ArmRun) -> float:
        ready = first_ready(arm)
        plans = arm.rows(Kind.PLANNING).groupby(["person", "need"]).asked.min()
        both = pd.concat([ready.asked.rename("ready"), plans.rename("planning")], axis=1).dropna()
        assert len(both) > 100
        return float((both.planning < both.ready).mean())

    assert asked_before_ready(discharges["off"]) == 0.0
    assert asked_before_ready(discharges["discharge planning"]) > 0.95


def test_discharge_planning_shortens_the_wait_from_ready_to_planned(discharges: dict[str, ArmRun]) -> None:
    def hours(arm: ArmRun) -> float:
        plans = arm.rows(Kind.PLANNING)
        planned = plans[plans.outcome == Outcome.DONE].groupby(["person", "need"]).ended.min()
        both = pd.concat([first_ready(arm).asked.rename("ready"), planned.rename("planned")], axis=1).dropna()
        return float((both.planned - both.ready).clip(lower=0).mean()) / HOUR

    assert hours(discharges["discharge planning"]) < 0.5 * hours(discharges["off"])


def first_ready(arm: ArmRun) -> pd.DataFrame:
    """The first time that each patient was clinically ready."""
    return arm.rows(Kind.READY).sort_values("asked").groupby(["person", "need"]).first()


def test_homecoming_brings_people_home_the_same_day(discharges: dict[str, ArmRun]) -> None:
    def same_day(arm: ArmRun) -> float:
        ready = first_ready(arm)
        helped = arm.rows(Kind.PLANNING, Kind.HOMECOMING).set_index(["person", "need"]).index.unique()
        ready = ready[ready.index.isin(helped) & (ready.ended >= 0)]
        assert len(ready) > 100
        return float((ready.ended - ready.asked < 12 * HOUR).mean())

    assert same_day(discharges["homecoming"]) > same_day(discharges["off"]) + 0.5


def test_homecoming_lasts_two_weeks_or_until_home_help_has_taken_over(discharges: dict[str, ArmRun]) -> None:
    arm = discharges["homecoming"]
    rows = arm.rows(Kind.HOMECOMING)
    stays = rows[rows.outcome == Outcome.DONE]
    assert len(stays) > 100
    assert stays.length.median() == 14 * 24 * HOUR
    assert stays.length.max() <= 61 * 24 * HOUR
    planned = arm.rows(Kind.PLANNING).set_index(["person", "need"]).index
    assert stays.set_index(["person", "need"]).index.isin(planned).all()  # the municipality plans meanwhile


def test_rounds_see_people_at_short_term_places(discharges: dict[str, ArmRun]) -> None:
    arm = discharges["rounds"]
    rounds = arm.rows(Kind.ROUND)
    assert len(rounds) >= 5
    assert len(discharges["off"].rows(Kind.ROUND)) == 0
    stays = arm.table[(arm.table.kind == Kind.SHORT_TERM_STAY) & (arm.table.started >= 0)]
    onset = arm.table[arm.table.kind == Kind.NEED].set_index(["person", "need"]).started
    for row in rounds.itertuples():
        noticed = onset.loc[(row.person, row.need)]
        mine = stays[stays.person == row.person]
        assert ((mine.started <= noticed) & ((mine.ended < 0) | (mine.ended >= noticed))).any()


def by_day(times: pd.Series) -> pd.Series:
    """Whether each moment lies between 9 and 18."""
    return (times % DAY // HOUR).between(9, 17)


def test_people_are_moved_and_sent_home_by_day(discharges: dict[str, ArmRun]) -> None:
    for arm in discharges.values():
        stays = arm.rows(Kind.STAY)
        stays = stays[(stays.started >= 0) & (stays.ended >= 0) & (stays.outcome != Outcome.DIED)]
        assert by_day(stays.ended).all()
        short = arm.rows(Kind.SHORT_TERM_STAY)
        assert by_day(short.started[short.started >= 0]).all()
        assert by_day(short.ended[short.outcome == Outcome.DISCHARGED_HOME]).all()
        assert by_day(arm.rows(Kind.SPECIAL_HOUSING_MOVE).started).all()
        for of in (Outcome.DISCHARGED_HOME, Outcome.DISCHARGED_SHORT_TERM):
            assert (stays.outcome == of).sum() > 10
        assert (short.outcome == Outcome.DISCHARGED_HOME).sum() > 5


def test_home_help_ordered_at_admission_begins_at_the_discharge(discharges: dict[str, ArmRun]) -> None:
    arm = discharges["discharge planning"]
    started = arm.rows(Kind.HOME_HELP_START)
    started = started[started.outcome == Outcome.DONE]
    stays = arm.table[(arm.table.kind == Kind.STAY) & (arm.table.started >= 0)]
    both = started.merge(stays, on="person", suffixes=("", "_stay"))
    inside = (both.started_stay < both.ended) & ((both.ended_stay > both.ended) | (both.ended_stay < 0))
    assert not (inside & (both.need == both.need_stay)).any()
    at_discharge = both[(both.need == both.need_stay) & (both.ended == both.ended_stay)]
    assert len(at_discharge) > 20
    assert (at_discharge.outcome_stay == Outcome.DISCHARGED_HOME).all()


def test_a_crew_conveys_whom_a_doctor_has_examined_and_sent(arms: dict[str, ArmRun]) -> None:
    sent = 0
    for arm in arms.values():
        doctors = arm.rows(Kind.GP_VISIT, Kind.GP_HOME_VISIT, Kind.TEAM_DOCTOR_VISIT, Kind.PALLIATIVE_VISIT)
        doctors = doctors[doctors.outcome == Outcome.REFERRED]
        rides = arm.rows(Kind.AMBULANCE)
        after = rides.merge(doctors, left_on=["person", "need", "asked"], right_on=["person", "need", "ended"])
        assert (after.outcome_x != Outcome.LEFT_AT_HOME).all()
        sent += len(after)
        assert (rides.outcome == Outcome.LEFT_AT_HOME).sum() > 5
    assert sent > 50


def test_special_housing_turns_to_its_nurse_before_1177(arms: dict[str, ArmRun]) -> None:
    arm = arms["off"]
    rows = arm.rows(*CONTACTS)
    rows = rows[rows.detail // TAG_SPECIAL_HOUSING % 2 == 1].sort_values(["asked"], kind="stable")
    first = rows.groupby(["person", "need"]).kind.first()
    assert (first == Kind.HOME_NURSE_VISIT).sum() > 50
    assert (first == Kind.PHONE_1177).sum() == 0


def test_visits_at_home_begin_after_the_way_there(arms: dict[str, ArmRun]) -> None:
    for arm, kinds in (
        ("off", (Kind.HOME_NURSE_VISIT,)),
        ("team", (Kind.TEAM_NURSE_VISIT, Kind.TEAM_DOCTOR_VISIT)),
    ):
        for kind in kinds:
            visits = arms[arm].rows(kind)
            visits = visits[visits.length > 0]
            assert len(visits) > 10
            way = 2 * MINUTE * (visits.detail // CONTACT_TRAVEL % 32)
            assert float(way.mean()) > 6 * MINUTE
            assert (visits.wait >= way - MINUTE).all()


def test_joint_workflow_shortens_home_nurse_visits_by_the_time_freed(arms: dict[str, ArmRun]) -> None:
    def first_visits(arm: ArmRun) -> pd.Series:
        visits = arm.rows(Kind.HOME_NURSE_VISIT)
        return visits[visits.length > 0].groupby(["person", "need"]).length.first()

    both = pd.concat([first_visits(arms["off"]), first_visits(arms["joint workflow"])], axis=1).dropna()
    ratio = both.iloc[:, 1] / both.iloc[:, 0]
    assert len(ratio) > 50
    lost = float(arms["off"].setting.scenario.values["home_nursing.lost_time_share"])  # type: ignore[arg-type]
    assert float(ratio.median()) == pytest.approx((1 - lost) / (1 - lost + 0.1), abs=0.01)


def test_an_ambulance_and_the_visit_it_leads_to_are_one_emergency_contact(arms: dict[str, ArmRun]) -> None:
    arm = arms["attender team"]
    contacts = arm.table[arm.table.kind.isin((Kind.AMBULANCE, Kind.EMERGENCY_VISIT))]
    rides = contacts[contacts.kind == Kind.AMBULANCE]
    conveyed = pd.MultiIndex.from_frame(rides[["person", "need", "ended"]])
    arrivals = pd.MultiIndex.from_frame(contacts[["person", "need", "asked"]])
    counted = contacts[(contacts.kind == Kind.AMBULANCE) | ~arrivals.isin(conveyed)]
    assert 0.1 < 1 - len(counted) / len(contacts) < 0.5
    referrals = arm.rows(Kind.FREQUENT_ATTENDER)
    referrals = referrals[referrals.need == 0]
    assert len(referrals) > 20
    for person, asked in zip(referrals.person, referrals.asked, strict=True):
        mine = counted[(counted.person == person) & (counted.asked <= asked)].asked
        assert sum(month_number(int(time)) == month_number(int(asked)) for time in mine) >= 2


def test_attender_team_meets_frequent_attenders_and_takes_their_next_needs(arms: dict[str, ArmRun]) -> None:
    rows = arms["attender team"].rows(Kind.FREQUENT_ATTENDER)
    meetings = rows[(rows.need == 0) & (rows.outcome == Outcome.DONE)]
    contacts = rows[(rows.need != 0) & (rows.started >= 0)]
    assert len(meetings) > 10
    assert len(contacts) > 10
    met = meetings.groupby("person").started.min()
    assert (contacts.asked > met.reindex(contacts.person).to_numpy()).all()


def test_monitoring_notices_sooner_and_raises_false_alarms(arms: dict[str, ArmRun]) -> None:
    on, off = acute(arms["monitoring"]), acute(arms["off"])
    watched = on[(on.detected_by == Detection.MONITORING) & (on.wait >= 0)].set_index(["person", "need"])
    before = off[off.wait >= 0].set_index(["person", "need"]).wait
    pairs = pd.concat([watched.wait, before.rename("before")], axis=1).dropna()
    assert len(pairs) > 30
    assert float(pairs.wait.mean()) < 0.8 * float(pairs.before.mean())
    # An alarm at night waits for its nurse; nobody notices later than without monitoring, but for her quarter of an hour.
    assert ((pairs.wait <= pairs.before + 15 * 60 + 1) | (pairs.before == 0)).mean() > 0.95
    alarms = arms["monitoring"].rows(Kind.ALARM)
    assert (alarms.outcome == Outcome.FALSE_ALARM).sum() > 50
    assert (alarms.outcome == Outcome.DONE).sum() > 20


def test_specialist_support_lets_home_nursing_treat_at_home(arms: dict[str, ArmRun]) -> None:
    arm = arms["specialist support"]
    consults = arm.rows(Kind.CONSULT)
    assert len(consults) >= 5
    treatments = arm.rows(Kind.HOME_TREATMENT)
    assert len(treatments) >= 3
    assert set(treatments.unit) <= set(arm.units("home_nurse"))


def test_access_reaches_more_callers_and_sees_them_sooner(small_year: Scenario) -> None:
    lean = small_year.with_values({"staffing.factor": 0.55})
    scenario = governed(lean, {"access": {"access.phone_staff_factor": 3, "access.gp_staff_factor": 3}})
    off, on = run_arms(scenario, ["off", "access"], seed=23).values()

    def reached(arm: ArmRun) -> float:
        return float((arm.rows(Kind.PHONE_CENTRE).started >= 0).mean())

    def in_three_days(arm: ArmRun) -> float:
        visits = arm.rows(Kind.GP_VISIT)
        visits = visits[(visits.started >= 0) | (visits.outcome == Outcome.GAVE_UP)]
        return float(((visits.wait >= 0) & (visits.wait <= 72 * HOUR)).mean())

    assert reached(on) > reached(off) + 0.05
    assert in_three_days(on) > in_three_days(off) + 0.05


def test_one_county_team_has_longer_travel_and_hand_over(arms: dict[str, ArmRun]) -> None:
    visits = (Kind.TEAM_NURSE_VISIT, Kind.TEAM_DOCTOR_VISIT, Kind.PROACTIVE_VISIT)
    pooled, local = arms["pooled"].rows(*visits), arms["local"].rows(*visits)
    assert pooled.unit.nunique() == 2
    assert local.unit.nunique() == 4
    assert float(pooled[pooled.length > 0].length.mean()) > float(local[local.length > 0].length.mean())
    # The same staff, in one place.
    for service in ("team_nurse", "team_doctor"):
        assert arms["pooled"].capacity(service) == pytest.approx(arms["local"].capacity(service), rel=0.01)
    levers = arms["local"].setting.scenario.governance("local")
    stranger = int(np.flatnonzero(arms["local"].world.array("people.enrolled") == 0)[0])
    for name, hours in (("pooled", "pooled_hand_over_hours"), ("local", "hand_over_hours")):
        world = arms[name].world.fork()
        world.people.handed_over[stranger] = 0
        world.people.enrolled[stranger] = 0
        assert hand_over(world, stranger) == float(levers[f"organisation.{hours}"]) * HOUR
        assert hand_over(world, stranger) == 0  # once in an episode


def test_rehabilitation_lengthens_the_stable_spells_of_those_who_had_it(arms: dict[str, ArmRun]) -> None:
    on, off = arms["rehabilitation"], arms["off"]
    courses = on.rows(Kind.REHABILITATION)
    courses = courses[(courses.need == 0) & (courses.outcome == Outcome.DONE)]
    assert len(courses) > 30
    state = {name: {key: arm.world.array(f"people.{key}") for key in SPELL} for name, arm in (("on", on), ("off", off))}
    alike = np.flatnonzero(
        (state["on"]["spell_number"] == state["off"]["spell_number"])
        & (state["on"]["changes"] == state["off"]["changes"])
        & (on.world.array("people.at") < 6)
        & (off.world.array("people.at") < 6)
        & (state["off"]["spell_ends"] < NEVER)
    )
    longer = state["on"]["spell_ends"][alike] > state["off"]["spell_ends"][alike]
    treated = np.isin(alike, courses.person)
    assert longer[treated].sum() > 5
    assert not longer[~treated].any()
    assert (state["on"]["spell_ends"][alike] >= state["off"]["spell_ends"][alike]).all()


def test_a_change_of_segment_begins_the_same_spells_in_every_arm(arms: dict[str, ArmRun]) -> None:
    on, off = arms["rehabilitation"], arms["off"]
    courses = on.rows(Kind.REHABILITATION)
    courses = courses[(courses.need == 0) & (courses.outcome == Outcome.DONE)]
    last = courses.groupby("person").ended.max()
    changes = on.rows(Kind.SEGMENT_CHANGE).groupby("person").asked.max()
    met = 0
    for person, changed in changes.items():
        both_alive = on.world.people.at[person] < Place.DEAD and off.world.people.at[person] < Place.DEAD
        if both_alive and last.get(person, 0) < changed:
            for name in (*SPELL, "failing"):
                assert getattr(on.world.people, name)[person] == getattr(off.world.people, name)[person], (person, name)
            met += person in last.index
    assert met > 0  # some of them had their spells lengthened before


SPELL = ("spell_number", "spell_ends", "changes")


def test_palliative_team_visits_people_near_death(small_year: Scenario) -> None:
    scenario = small_year.with_values(
        {"population.palliative_recognised_share": 1.0, "population.palliative_days": 180}
    )
    scenario = governed(scenario, {"palliative team": ALONE["palliative team"]})
    off, on = run_arms(scenario, ["off", "palliative team"], seed=26).values()
    visits = on.rows(Kind.PALLIATIVE_VISIT)
    assert len(off.rows(Kind.PALLIATIVE_VISIT)) == 0
    assert (visits.outcome == Outcome.DONE).sum() >= 15
    assert (visits.detail // TAG_PALLIATIVE % 2 == 1).all()


def test_digital_visits_replace_calls(arms: dict[str, ArmRun]) -> None:
    off, on = arms["off"], arms["digital visits"]
    assert len(on.rows(Kind.DIGITAL_VISIT)) > 3 * len(off.rows(Kind.DIGITAL_VISIT))
    assert len(on.rows(Kind.PHONE_CENTRE)) < 0.8 * len(off.rows(Kind.PHONE_CENTRE))


# --- sizes ---------------------------------------------------------------------------------------------------

EVERYBODY = DIRECT | {
    "mobile_team.caseload_most_ill": 1000,
    "mobile_team.caseload_failing": 1000,
    "proactive_visits.active": True,
    "organisation.pooled": True,
}
"""One team for the whole region, which refuses nobody."""


def staff(doctors: float, nurses: float) -> dict[str, Any]:
    return {"mobile_team.doctors": [doctors, 0], "mobile_team.nurses": [nurses, 0]}


@pytest.fixture(scope="module")
def sizes(small_year: Scenario) -> dict[str, ArmRun]:
    """One team for all: tiny, twice that, and ample; and one that keeps to its caseload."""
    governances = {
        "tiny": EVERYBODY | staff(0.15, 0.2),
        "twice": EVERYBODY | staff(0.3, 0.4),
        "ample": EVERYBODY | staff(9, 12),
        "limited": EVERYBODY
        | staff(0.6, 0.8)
        | {"mobile_team.caseload_most_ill": 30, "mobile_team.caseload_failing": 100},
    }
    return run_arms(governed(small_year, governances), list(governances), seed=24)


def team_wait(arm: ArmRun) -> float:
    """Mean hours from the request to the team's visit, or to giving up."""
    visits = arm.rows(Kind.TEAM_NURSE_VISIT)
    until = visits.started.where(visits.started >= 0, visits.ended)
    return float((until - visits.asked)[until >= 0].mean()) / HOUR


def gave_up(arm: ArmRun) -> float:
    """Share of requests to the team that nobody answered in time."""
    visits = arm.rows(Kind.TEAM_NURSE_VISIT, Kind.TEAM_DOCTOR_VISIT)
    return float((visits.outcome == Outcome.GAVE_UP).mean())


def test_one_small_team_for_the_whole_region_is_overloaded(sizes: dict[str, ArmRun]) -> None:
    assert gave_up(sizes["tiny"]) > 0.1
    assert gave_up(sizes["ample"]) < 0.05
    assert team_wait(sizes["tiny"]) > 3 * team_wait(sizes["ample"])
    proactive = sizes["tiny"].rows(Kind.PROACTIVE_VISIT)
    assert (proactive.outcome == Outcome.GAVE_UP).mean() > 0.2


def test_more_staff_shortens_the_waits_of_an_overloaded_team(sizes: dict[str, ArmRun]) -> None:
    assert team_wait(sizes["tiny"]) > team_wait(sizes["twice"]) > team_wait(sizes["ample"])
    assert gave_up(sizes["tiny"]) > gave_up(sizes["twice"]) > gave_up(sizes["ample"])


def test_a_team_that_keeps_to_its_caseload_has_a_waiting_list(sizes: dict[str, ArmRun]) -> None:
    def waiting(name: str) -> int:
        return int(sizes[name].world.array("people.queued").sum())

    assert waiting("limited") > 60
    assert waiting("ample") <= 2  # who came today


def test_staff_on_duty_follow_the_lever(sizes: dict[str, ArmRun]) -> None:
    for service in ("team_doctor", "team_nurse"):
        assert sizes["twice"].capacity(service) == pytest.approx(2 * sizes["tiny"].capacity(service), rel=0.01)


def test_vacancies_take_staff_and_places(small: Scenario) -> None:
    scenario = governed(small, {"full": TEAM, "half": TEAM | {"mobile_team.vacancy_share": 0.5}})
    full, half = run_arms(scenario, ["full", "half"]).values()
    assert half.capacity("team_doctor") == pytest.approx(0.5 * full.capacity("team_doctor"), rel=0.01)


def test_a_team_with_nobody_in_it_is_asked_for_nothing(small: Scenario) -> None:
    empty = TEAM | staff(0, 0) | {"mobile_team.open_to_referral": True, "direct_contact.active": True}
    arms = run_arms(governed(small, {"empty": empty}), ["off", "empty"])
    assert arms["off"].records == arms["empty"].records


def test_a_nurse_level_team_takes_referrals_by_phone(small_year: Scenario) -> None:
    nurses = {"mobile_team.active": True, "mobile_team.open_to_referral": True, "mobile_team.nurses": [2, 2]}
    arms = run_arms(governed(small_year, {"nurses": nurses}), ["off", "nurses"], seed=25)
    assert (arms["nurses"].rows(Kind.TEAM_NURSE_VISIT).started >= 0).sum() > 10
    assert len(arms["nurses"].rows(Kind.TEAM_DOCTOR_VISIT, Kind.HOME_TREATMENT, Kind.ENROLMENT)) == 0
