"""Emergency care (akutsjukvård): ambulance and emergency department."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim import chance
from sim.flows.assessment import (
    CONTACT_KINDS,
    home_alternative,
    next_contact,
    palliative_care,
    perceived_level,
    treated,
    urgency_now,
)
from sim.flows.frequent_attender import attender_referral, attends_often
from sim.flows.person import (
    contact_detail,
    dying,
    free,
    go,
    home_nursing,
    note_emergency,
    old,
    tag,
    time_left,
)
from sim.language import Process, amend, hold, record, release, seconds, seize, spawn
from sim.vocabulary import (
    CONTACT_AFTER_FAILURE,
    CONTACT_URGENCY,
    HOUR,
    MINUTE,
    Kind,
    Level,
    Outcome,
    Place,
    Purpose,
    Segment,
    Step,
)

if TYPE_CHECKING:
    from sim.model.typed import World


def ambulance_step(w: World, person: int, need: int) -> Process[int]:
    """Ambulance: may leave the patient at home (E06), by assessment or on the care plan; not whom a doctor sends."""
    n: int = next_contact(w, person, Step.AMBULANCE)
    unit: int = w.units.ambulance[0]
    urgent: int = urgency_now(w, person, need)
    if attends_often(w, person, note_emergency(w, person)):
        yield spawn(attender_referral(w, person))
    detail: int = contact_detail(w, person, need, w.people.level[person], urgent, 0)
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.AMBULANCE, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, urgent, time_left(w, person, 24 * HOUR))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return int(Step.EMERGENCY)
    minutes: float = w.municipalities.ambulance_minutes[w.people.municipality[person]]
    minutes *= chance.lognormal(w.run.key, person, Purpose.TRAVEL, need, n, 1.0, 0.35)
    yield hold(time_left(w, person, 1 + seconds(minutes * MINUTE)))
    started: int = w.clock[0]
    yield amend(row, started, -1, Outcome.OPEN, detail)
    yield hold(time_left(w, person, seconds(w.ambulance.scene_minutes * MINUTE)))
    seen: float = perceived_level(w, person, need, w.people.on_plan[person], w.assessment.ambulance_noise)
    sent: int = w.people.sent[person]
    w.people.sent[person] = 0
    if not sent and not dying(w, person) and seen <= stay_home_level(w, person):
        yield release(unit)
        capability: int = Level.NURSE
        if seen > w.ambulance.leave_level:
            w.people.on_plan[person] = 1
            detail = contact_detail(w, person, need, w.people.level[person], urgent, 0)
            capability = plan_capability(w, person)
        yield amend(row, started, w.clock[0], Outcome.LEFT_AT_HOME, detail)
        return left_at_home(w, person, capability)
    yield hold(time_left(w, person, seconds(minutes * MINUTE)))
    yield release(unit)
    yield amend(row, started, w.clock[0], Outcome.CONVEYED, detail)
    if seen > Level.TEAM + 0.5 and not dying(w, person):
        if chance.bernoulli(w.run.key, person, Purpose.DIRECT, need, n, w.emergency.fast_track_share):
            return int(Step.HOSPITAL)
    return int(Step.EMERGENCY)


def stay_home_level(w: World, person: int) -> float:
    """Highest perceived level that the crew leaves at home; the care plan lets them act on what was decided."""
    arm = w.people.arm[person]
    if w.care_plan.active[arm] and w.people.care_plan[person]:
        return w.ambulance.leave_level + w.care_plan.ambulance_levels[arm]
    return w.ambulance.leave_level


def plan_capability(w: World, person: int) -> int:
    """What the measures prepared in the care plan treat at home, begun by the crew (åtgärder i beredskap)."""
    levels = w.care_plan.ambulance_levels[w.people.arm[person]]
    return int(Level.GP) if Level.NURSE + levels >= Level.GP else int(Level.NURSE)


def left_at_home(w: World, person: int, capability: int) -> int:
    """After a visit without conveyance: over if that was right, otherwise it goes on (E07)."""
    if w.clock[0] >= w.people.crisis_at[person]:
        w.people.crisis_at[person] = w.clock[0] + seconds(w.ambulance.repeat_hours * HOUR)
    return treated(w, person, capability)


def emergency_step(w: World, person: int, need: int) -> Process[int]:
    """Emergency department: place, doctor by urgency, work-up, decision (akutmottagning).

    On admission the place stays held: the ward stay gives it up when a bed is found (boarding).
    """
    by_ambulance: int = came_by_ambulance(w, person)
    n: int = next_contact(w, person, Step.EMERGENCY)
    if not by_ambulance and attends_often(w, person, note_emergency(w, person)):
        yield spawn(attender_referral(w, person))
    place: int = w.units.emergency_place[0]
    doctor: int = w.units.emergency_doctor[0]
    urgent: int = urgency_now(w, person, need)
    detail: int = contact_detail(w, person, need, w.people.level[person], urgent, 0)
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.EMERGENCY_VISIT, place, asked, -1, -1, Outcome.OPEN, detail)
    go(w, person, Place.EMERGENCY)
    w.people.emergency_row[person] = row
    w.people.emergency_detail[person] = detail
    got: int = yield seize(place, urgent, time_left(w, person, emergency_patience(w, urgent)))
    if not got:
        yield amend(row, -1, w.clock[0], unseen(w, person), detail)
        return leave_emergency(w, person, Step.WORSENS)
    yield hold(time_left(w, person, triage(w, person, need, n, urgent)))
    got = yield seize(doctor, urgent, time_left(w, person, emergency_patience(w, urgent)))
    if not got:
        yield release(place)
        yield amend(row, -1, w.clock[0], unseen(w, person), detail)
        return leave_emergency(w, person, Step.WORSENS)
    started: int = w.clock[0]
    w.people.emergency_started[person] = started
    yield hold(time_left(w, person, examination(w, person, need, n)))
    yield release(doctor)
    yield amend(row, started, -1, Outcome.OPEN, detail)
    yield hold(time_left(w, person, work_up(w, person, need, n)))
    step: int = disposition(w, person, need, n)
    if step == Step.HOSPITAL and not dying(w, person):
        return step
    yield release(place)
    outcome: int = Outcome.DIED if dying(w, person) else Outcome.DONE
    yield amend(row, started, w.clock[0], outcome, detail)
    return leave_emergency(w, person, step)


def came_by_ambulance(w: World, person: int) -> int:
    """1 when the contact before was the ambulance: both are one emergency contact, and it has been counted."""
    return 1 if w.people.contact_key[person] // CONTACT_KINDS == Step.AMBULANCE else 0


def emergency_patience(w: World, urgent: int) -> int:
    """How long somebody waits before leaving unseen."""
    if urgent <= 2:
        return 72 * HOUR
    return seconds(w.emergency.patience_hours * HOUR)


def leave_emergency(w: World, person: int, step: int) -> int:
    """Back to where the person lives, or to the short-term place."""
    if w.people.at[person] == Place.EMERGENCY:
        w.people.at[person] = Place.SHORT_TERM if w.people.short_term[person] else w.people.home[person]
    return step


def unseen(w: World, person: int) -> int:
    """Outcome of a visit that ended before the doctor came."""
    return int(Outcome.DIED) if dying(w, person) else int(Outcome.GAVE_UP)


def triage(w: World, person: int, need: int, n: int, urgent: int) -> int:
    """Seconds of registration and triage before a doctor is asked for; nobody of the highest urgency waits for it."""
    if urgent == 0:
        return 0
    median = w.emergency.triage_minutes * MINUTE
    return seconds(chance.lognormal(w.run.key, person, Purpose.TRIAGE, need, 1000 + n, median, 0.5))


def examination(w: World, person: int, need: int, n: int) -> int:
    """Seconds of a doctor's time in the emergency department."""
    median = w.emergency.doctor_minutes * MINUTE * math.exp(-0.5 * 0.5 * 0.5)
    return 1 + seconds(chance.lognormal(w.run.key, person, Purpose.SERVICE, need, n, median, 0.5))


def work_up(w: World, person: int, need: int, n: int) -> int:
    """Seconds of tests, imaging and observation; longer for the old."""
    median = w.emergency.work_up_minutes * MINUTE
    if old(w, person):
        median *= w.emergency.work_up_older_factor
    return 1 + seconds(chance.lognormal(w.run.key, person, Purpose.WORKUP, need, n, median, w.emergency.work_up_sigma))


def disposition(w: World, person: int, need: int, n: int) -> int:
    """Admit, hand over to care at home, or send home; what was judged too lightly goes on at home."""
    seen = perceived_level(w, person, need, 0, w.assessment.emergency_noise)
    limit = w.emergency.admission_level
    if w.people.segment[person] >= Segment.FAILING or home_nursing(w, person):
        if not w.people.relative[person]:
            limit -= w.emergency.social_levels
    if home_alternative(w, person):
        limit += w.emergency.home_alternative_levels
    if seen > limit:
        return int(Step.HOSPITAL)
    if seen > Level.GP + 0.5 and palliative_care(w, person):
        return int(Step.PALLIATIVE)
    if seen > Level.GP + 0.5 and home_alternative(w, person):
        return int(Step.TEAM_DOCTOR)
    if w.people.level[person] <= Level.GP:
        return int(Step.OVER)
    if w.people.level[person] == Level.TEAM:
        stabilised = chance.bernoulli(w.run.key, person, Purpose.TREATMENT, need, n, w.emergency.stabilised_share)
        if stabilised:
            return int(Step.OVER)
    w.people.crisis_at[person] = max(w.people.crisis_at[person], w.clock[0] + seconds(w.emergency.return_hours * HOUR))
    w.people.late[person] = 1
    return int(Step.WORSENS)


def minor_emergency_visit(w: World, person: int, need: int, after_failure: int) -> Process[int]:
    """A visit for a simple need: seen and sent home; those who wait too long leave."""
    if not free(w, person):
        return 0
    if attends_often(w, person, note_emergency(w, person)):
        yield spawn(attender_referral(w, person))
    place: int = w.units.emergency_place[0]
    doctor: int = w.units.emergency_doctor[0]
    detail: int = tag(w, person) + 4 * CONTACT_URGENCY + after_failure * CONTACT_AFTER_FAILURE
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.EMERGENCY_VISIT, place, asked, -1, -1, Outcome.OPEN, detail)
    go(w, person, Place.EMERGENCY)
    got: int = yield seize(place, 4, time_left(w, person, emergency_patience(w, 4)))
    if got:
        yield hold(time_left(w, person, triage(w, person, need, 50, 4)))
        got = yield seize(doctor, 4, time_left(w, person, emergency_patience(w, 4)))
        if not got:
            yield release(place)
    if not got:
        yield amend(row, -1, w.clock[0], unseen(w, person), detail)
        leave_emergency(w, person, 0)
        return 0
    started: int = w.clock[0]
    yield amend(row, started, -1, Outcome.OPEN, detail)
    yield hold(time_left(w, person, examination(w, person, need, 50)))
    yield release(doctor)
    yield amend(row, started, -1, Outcome.OPEN, detail)
    yield hold(time_left(w, person, seconds(w.emergency.minor_work_up_ratio * work_up(w, person, need, 50))))
    yield release(place)
    yield amend(row, started, w.clock[0], Outcome.DONE, detail)
    leave_emergency(w, person, 0)
    return 1
