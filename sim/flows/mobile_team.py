"""Mobile team (mobilt team): visits, and worsenings taken at home."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim import chance
from sim.flows.assessment import (
    contact_outcome,
    next_contact,
    perceived_level,
    refer,
    sent_by_doctor,
    team_area,
    team_doctors,
    to_crisis,
    to_hospital,
    treated,
    urgency_now,
)
from sim.flows.home_nursing import begins_treatment, treatment_at_home
from sim.flows.person import contact_detail, time_left
from sim.flows.travel import set_out
from sim.language import Process, amend, hold, record, release, seconds, seize
from sim.vocabulary import HOUR, MINUTE, Kind, Level, Outcome, Purpose, Step

if TYPE_CHECKING:
    from sim.model.typed import World

# --- visits --------------------------------------------------------------------------------------------------


def travel(w: World, person: int, need: int, n: int) -> float:
    """Seconds of travel there and back (T10); longer when one team covers the county."""
    minutes = w.municipalities.travel_minutes[w.people.municipality[person]]
    arm = w.people.arm[person]
    if w.organisation.pooled[arm]:
        minutes *= w.organisation.pooled_travel_factor[arm]
    return chance.lognormal(w.run.key, person, Purpose.TRAVEL, need, n, minutes * MINUTE, 0.3)


def visit_length(w: World, person: int, need: int, n: int) -> int:
    """Seconds of working time that a team visit takes, with travel (T07, T10).

    The visit itself is only part of the work it makes: notes, calls and planning follow from the share of working
    time that is direct patient work (T04).
    """
    arm = w.people.arm[person]
    minutes = w.mobile_team.visit_minutes[arm]
    median = minutes * MINUTE / w.mobile_team.direct_time_share[arm] * math.exp(-0.5 * 0.35 * 0.35)
    visit = chance.lognormal(w.run.key, person, Purpose.SERVICE, need, n, median, 0.35)
    return 1 + seconds(visit + travel(w, person, need, n))


def way_there(w: World, person: int, need: int, n: int) -> int:
    """Seconds from setting out to the door: half of the travel that the visit's time holds."""
    return seconds(0.5 * travel(w, person, need, n))


def hand_over(w: World, person: int) -> int:
    """Seconds before a referral reaches the team; once in an episode, and none for the enrolled."""
    if w.people.enrolled[person] or w.people.handed_over[person]:
        return 0
    w.people.handed_over[person] = 1
    arm = w.people.arm[person]
    hours = w.organisation.hand_over_hours[arm]
    if w.organisation.pooled[arm]:
        hours = w.organisation.pooled_hand_over_hours[arm]
    return seconds(hours * HOUR)


def team_nurse_step(w: World, person: int, need: int) -> Process[int]:
    """The team's nurse visits, backed by the team's doctor where there is one."""
    n: int = next_contact(w, person, Step.TEAM_NURSE)
    area: int = team_area(w, person)
    unit: int = w.units.team_nurse[area]
    urgent: int = urgency_now(w, person, need)
    detail: int = contact_detail(w, person, need, w.people.level[person], urgent, w.people.enrolled[person])
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.TEAM_NURSE_VISIT, unit, asked, -1, -1, Outcome.OPEN, detail)
    yield hold(min(hand_over(w, person), to_crisis(w, person)))
    patience: int = seconds(w.mobile_team.answer_hours[w.people.arm[person]] * HOUR)
    got: int = yield seize(unit, urgent, min(patience, to_crisis(w, person)))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return without_team(w, person)
    way: int = way_there(w, person, need, n)
    detail = yield from set_out(w, person, row, detail, way)
    started: int = w.clock[0]
    yield hold(time_left(w, person, visit_length(w, person, need, n) - way))
    yield release(unit)
    capability: int = Level.GP if team_doctors(w, person) > 0.0 else Level.NURSE
    seen: float = perceived_level(w, person, need, w.people.enrolled[person], 1.0)
    step: int = team_decision(w, person, need, seen, capability)
    yield amend(row, started, w.clock[0], contact_outcome(step), detail)
    return step


def without_team(w: World, person: int) -> int:
    """The team did not come in time: back to the ordinary ways."""
    return int(Step.WORSENS) if to_crisis(w, person) == 0 else int(Step.HEALTH_CENTRE)


def team_decision(w: World, person: int, need: int, seen: float, capability: int) -> int:
    """Treat, ask the team's doctor, or refer."""
    if seen <= capability + 0.5:
        return treated(w, person, capability)
    if seen <= Level.TEAM + 0.5 and team_doctors(w, person) > 0.0:
        return int(Step.TEAM_DOCTOR)
    return refer(w, person, need, seen, capability)


def team_doctor_step(w: World, person: int, need: int) -> Process[int]:
    """The team's doctor at home: examination, treatment, daily visits after it."""
    n: int = next_contact(w, person, Step.TEAM_DOCTOR)
    area: int = team_area(w, person)
    unit: int = w.units.team_doctor[area]
    urgent: int = urgency_now(w, person, need)
    detail: int = contact_detail(w, person, need, w.people.level[person], urgent, w.people.enrolled[person])
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.TEAM_DOCTOR_VISIT, unit, asked, -1, -1, Outcome.OPEN, detail)
    yield hold(min(hand_over(w, person), to_crisis(w, person)))
    patience: int = seconds(w.mobile_team.answer_hours[w.people.arm[person]] * HOUR)
    got: int = yield seize(unit, urgent, min(patience, to_crisis(w, person)))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return int(Step.WORSENS) if to_crisis(w, person) == 0 else to_hospital(w, person, need)
    way: int = way_there(w, person, need, n)
    detail = yield from set_out(w, person, row, detail, way)
    started: int = w.clock[0]
    yield hold(time_left(w, person, visit_length(w, person, need, n) - way))
    yield release(unit)
    seen: float = perceived_level(w, person, need, w.people.enrolled[person], w.assessment.team_doctor_noise)
    if seen > Level.TEAM + 0.5:
        yield amend(row, started, w.clock[0], Outcome.REFERRED, detail)
        direct: float = w.mobile_team.direct_admission_share[w.people.arm[person]]
        if chance.bernoulli(w.run.key, person, Purpose.DIRECT, need, n, direct):
            return int(Step.HOSPITAL)
        return sent_by_doctor(w, person, to_hospital(w, person, need))
    if seen <= Level.GP + 0.5:
        step: int = treated(w, person, Level.GP)
        yield amend(row, started, w.clock[0], contact_outcome(step), detail)
        return step
    yield amend(row, started, w.clock[0], begins_treatment(w, person), detail)
    after: int = yield from treatment_at_home(w, person, need, w.units.team_nurse[area])
    return after


def give_up_place(w: World, person: int) -> int:
    """Leave the caseload: at death, or when no longer in the target group."""
    if not w.people.has_place[person]:
        return 0
    w.teams.enrolled[w.people.place_area[person], w.people.place_kind[person]] -= 1
    w.people.has_place[person] = 0
    w.people.enrolled[person] = 0
    w.people.care_plan[person] = 0
    return 1
