"""Primary care (primärvård): phone queues, nurses, doctors, simple needs and planned reviews."""

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
    to_crisis,
    to_hospital,
    treated,
    urgency_now,
)
from sim.flows.emergency import minor_emergency_visit
from sim.flows.hours import office_hours, rest_of_office_day, wait_for_hour, wait_for_office
from sim.flows.needs import need_detail, simple_factor
from sim.flows.person import (
    alive,
    at_home,
    contact_detail,
    dying,
    home_nursing,
    knows,
    managed,
    special_housing,
    tag,
    time_left,
    until_morning,
)
from sim.language import Process, amend, hold, record, release, seconds, seize
from sim.vocabulary import (
    CONTACT_KNOWN,
    CONTACT_NEED_TYPE,
    CONTACT_URGENCY,
    DAY,
    HOUR,
    MINUTE,
    YEAR,
    AgeBand,
    Kind,
    Level,
    NeedType,
    Outcome,
    Purpose,
    Step,
)

if TYPE_CHECKING:
    from sim.model.typed import World

CENTRE_NURSE = int(Step.HOSPITAL)
"""Kind of the nurse's visit among the contacts of an episode (a stay is none)."""
PRIORITY_SIMPLE = 6
PRIORITY_PLANNED = 6
SETS_OUT = DAY
"""Who gave up on the health centre goes to the emergency department within this time, and not by night."""


def service(w: World, person: int, need: int, n: int, minutes: float) -> int:
    """Seconds of a service with this mean in minutes; lognormal, sigma ``primary_care.service_sigma``."""
    sigma = w.primary_care.service_sigma
    median = minutes * MINUTE * math.exp(-0.5 * sigma * sigma)
    return 1 + seconds(chance.lognormal(w.run.key, person, Purpose.SERVICE, need, n, median, sigma))


def centre_step(w: World, person: int, need: int) -> Process[int]:
    """Acute contact with the health centre: phone queue, then nurse or a doctor's time."""
    n: int = next_contact(w, person, Step.HEALTH_CENTRE)
    yield hold(min(wait_for_office(w.clock[0]), to_crisis(w, person)))
    if to_crisis(w, person) == 0:
        return int(Step.WORSENS)
    level: int = w.people.level[person]
    urgent: int = urgency_now(w, person, need)
    unit: int = w.units.centre_phone[w.people.area[person]]
    detail: int = contact_detail(w, person, need, level, urgent, 0)
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.PHONE_CENTRE, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, PRIORITY_SIMPLE, min(rest_of_office_day(asked), to_crisis(w, person)))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        w.people.failed_contact[person] = 1
        after: int = after_failed_call(w, person, need, n)
        if after == Step.EMERGENCY and urgency_now(w, person, need) > 2:
            yield hold(min(until_set_out(w, person, need, n), to_crisis(w, person)))
        return after if to_crisis(w, person) > 0 else int(Step.WORSENS)
    started: int = w.clock[0]
    yield amend(row, started, -1, Outcome.OPEN, detail)
    yield hold(time_left(w, person, service(w, person, need, n, w.primary_care.phone_minutes)))
    yield release(unit)
    seen: float = perceived_level(w, person, need, 0, w.assessment.phone_noise)
    if seen <= Level.NURSE + 0.5 and not home_nursing(w, person):
        yield amend(row, started, w.clock[0], Outcome.BOOKED, detail)
        step: int = yield from centre_nurse_step(w, person, need)
        return step
    yield amend(row, started, w.clock[0], Outcome.REFERRED, detail)
    return refer(w, person, need, seen, Level.SELF_CARE)


def after_failed_call(w: World, person: int, need: int, n: int) -> int:
    """What somebody does who did not get through (E08)."""
    if to_crisis(w, person) == 0:
        return int(Step.WORSENS)
    u = chance.uniform(w.run.key, person, Purpose.RETRY, need, n)
    if urgency_now(w, person, need) <= 2 or u < w.primary_care.emergency_after_failure_share:
        return int(Step.EMERGENCY)
    if u < w.primary_care.emergency_after_failure_share + w.primary_care.phone_1177_after_failure_share:
        return int(Step.PHONE_1177)
    return int(Step.HEALTH_CENTRE)


def until_set_out(w: World, person: int, need: int, n: int) -> int:
    """Seconds until somebody whom the health centre had no time for sets out: some at once, most in the next day."""
    later = seconds(chance.uniform(w.run.key, person, Purpose.PATIENCE, need, 100 + n) * SETS_OUT)
    at = w.clock[0] + later
    if 7 <= at % DAY // HOUR < 22:
        return later
    return (
        later
        + wait_for_hour(at, 7)
        + seconds(3 * HOUR * chance.uniform(w.run.key, person, Purpose.MORNING, need, 100 + n))
    )


def centre_nurse_step(w: World, person: int, need: int) -> Process[int]:
    """Nurse visit at the health centre for a worsening."""
    n: int = next_contact(w, person, CENTRE_NURSE)
    unit: int = w.units.centre_nurse[w.people.area[person]]
    urgent: int = urgency_now(w, person, need)
    known: int = knows(w, person, need, n)
    detail: int = contact_detail(w, person, need, w.people.level[person], urgent, known)
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.NURSE_VISIT, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, urgent, to_crisis(w, person))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.CRISIS, detail)
        return int(Step.WORSENS)
    started: int = w.clock[0]
    yield amend(row, started, -1, Outcome.OPEN, detail)
    yield hold(time_left(w, person, service(w, person, need, n, w.primary_care.nurse_minutes)))
    yield release(unit)
    seen: float = perceived_level(w, person, need, known, 1.0)
    step: int = refer(w, person, need, seen, Level.NURSE)
    if seen <= Level.NURSE + 0.5:
        step = treated(w, person, Level.NURSE)
    yield amend(row, started, w.clock[0], contact_outcome(step), detail)
    return step


def gp_step(w: World, person: int, need: int) -> Process[int]:
    """A doctor's time at the health centre, or at home for people with home nursing."""
    n: int = next_contact(w, person, Step.GP)
    area: int = w.people.area[person]
    unit: int = w.units.gp[area]
    home: int = home_nursing(w, person) or special_housing(w, person)
    kind: int = Kind.GP_VISIT
    minutes: float = w.primary_care.gp_minutes
    if home and chance.bernoulli(w.run.key, person, Purpose.TRAVEL, need, n, w.primary_care.home_visit_share):
        kind = Kind.GP_HOME_VISIT
        minutes = w.primary_care.gp_home_minutes + w.municipalities.travel_minutes[w.people.municipality[person]]
    urgent: int = urgency_now(w, person, need)
    known: int = knows(w, person, need, n)
    detail: int = contact_detail(w, person, need, w.people.level[person], urgent, known)
    asked: int = w.clock[0]
    row: int = yield record(person, need, kind, unit, asked, -1, -1, Outcome.OPEN, detail)
    own: int = 1 + seconds(w.primary_care.acute_patience_days * DAY)
    got: int = yield seize(unit, urgent, min(own, to_crisis(w, person)))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        w.people.failed_contact[person] = 1
        return int(Step.WORSENS) if to_crisis(w, person) == 0 else int(Step.EMERGENCY)
    started: int = w.clock[0]
    yield amend(row, started, -1, Outcome.OPEN, detail)
    yield hold(time_left(w, person, service(w, person, need, n, minutes)))
    yield release(unit)
    seen: float = perceived_level(w, person, need, known, 1.0)
    step: int = refer(w, person, need, seen, Level.GP)
    if seen <= Level.GP + 0.5:
        step = treated(w, person, Level.GP)
    elif step == Step.EMERGENCY or step == Step.AMBULANCE:
        if chance.bernoulli(w.run.key, person, Purpose.DIRECT, need, n, w.inpatient.direct_admission_share):
            step = Step.HOSPITAL
    yield amend(row, started, w.clock[0], contact_outcome(step), detail)
    return sent_by_doctor(w, person, step)


def phone_1177_step(w: World, person: int, need: int) -> Process[int]:
    """Call to 1177: advice, or the way on; they can treat nothing."""
    n: int = next_contact(w, person, Step.PHONE_1177)
    unit: int = w.units.phone_1177[0]
    urgent: int = urgency_now(w, person, need)
    detail: int = contact_detail(w, person, need, w.people.level[person], urgent, 0)
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.PHONE_1177, unit, asked, -1, -1, Outcome.OPEN, detail)
    own: int = 1 + seconds(w.contact.phone_1177_patience_minutes * MINUTE)
    got: int = yield seize(unit, PRIORITY_SIMPLE, min(own, to_crisis(w, person)))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return int(Step.WORSENS) if to_crisis(w, person) == 0 else int(Step.EMERGENCY)
    started: int = w.clock[0]
    yield amend(row, started, -1, Outcome.OPEN, detail)
    yield hold(time_left(w, person, service(w, person, need, n, w.contact.phone_1177_minutes)))
    yield release(unit)
    seen: float = perceived_level(w, person, need, 0, w.assessment.phone_noise)
    step: int = advice_1177(w, person, need, seen)
    yield amend(row, started, w.clock[0], contact_outcome(step), detail)
    return step


def advice_1177(w: World, person: int, need: int, seen: float) -> int:
    """Where 1177 sends the caller."""
    if seen > Level.GP + 0.5:
        return to_hospital(w, person, need)
    if home_nursing(w, person) and seen <= Level.NURSE + 0.5:
        return int(Step.HOME_NURSE)
    if seen <= Level.NURSE + 0.5 or office_hours(w.clock[0]):
        return int(Step.HEALTH_CENTRE)
    waits = chance.bernoulli(
        w.run.key, person, Purpose.PATIENCE, need, w.people.contacts[person], w.contact.wait_for_opening_share
    )
    return int(Step.HEALTH_CENTRE) if waits else int(Step.EMERGENCY)


# --- simple needs --------------------------------------------------------------------------------------------


def simple_need(w: World, person: int, need: int) -> Process[int]:
    """A self-limiting or one-visit need of anybody (enkelt behov)."""
    onset: int = w.clock[0]
    note: int = tag(w, person) + need_detail(w, person, need, Level.SELF_CARE)
    row: int = yield record(person, need, Kind.NEED, -1, onset, -1, -1, Outcome.OPEN, note)
    outcome: int = Outcome.DONE
    yield hold(time_left(w, person, until_morning(w, person, need)))
    if not alive(w, person) or dying(w, person):
        yield amend(row, onset, w.clock[0], Outcome.CANCELLED, note)
        return 0
    u: float = chance.uniform(w.run.key, person, Purpose.CHANNEL, need, 0) * simple_factor(w, person)
    straight: float = w.primary_care.minor_emergency_share[w.people.age_band[person]] * w.people.attendance[person]
    if u < w.primary_care.self_care_share:
        outcome = Outcome.DONE
    elif u < w.primary_care.self_care_share + straight:
        yield from minor_emergency_visit(w, person, need, 0)
    elif digital(w, person, need):
        yield from digital_visit(w, person, need)
    elif w.attender_team.active[w.people.arm[person]] and managed(w, person) and office_hours(onset):
        yield from named_contact_call(w, person, need)
    else:
        outcome = yield from simple_call_first(w, person, need)
    yield amend(row, onset, w.clock[0], outcome, note)
    return 0


def digital(w: World, person: int, need: int) -> int:
    """1 when the need is taken as a digital visit."""
    share = w.primary_care.digital_share
    arm = w.people.arm[person]
    if w.digital_visit.active[arm]:
        share = w.digital_visit.share[arm]
    if w.people.age_band[person] >= AgeBand.AGE_75_79:
        share *= w.primary_care.digital_older_ratio
    return chance.bernoulli(w.run.key, person, Purpose.DISPOSITION, need, 1, share)


def short_contact(
    w: World,
    person: int,
    need: int,
    kind: int,
    unit: int,
    detail: int,
    priority: int,
    patience: int,
    n: int,
    minutes: float,
) -> Process[int]:
    """A contact that needs no meeting: wait for somebody, talk, done; 1 if it took place."""
    asked: int = w.clock[0]
    row: int = yield record(person, need, kind, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, priority, time_left(w, person, patience))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return 0
    if not alive(w, person):
        yield release(unit)
        yield amend(row, -1, w.clock[0], Outcome.CANCELLED, detail)
        return 0
    started: int = w.clock[0]
    yield amend(row, started, -1, Outcome.OPEN, detail)
    yield hold(time_left(w, person, service(w, person, need, n, minutes)))
    yield release(unit)
    yield amend(row, started, w.clock[0], Outcome.DONE, detail)
    return 1


def digital_visit(w: World, person: int, need: int) -> Process[int]:
    """Digital visit (digitalt besök): a nurse's or doctor's time without a room."""
    unit: int = w.units.centre_nurse[w.people.area[person]]
    minutes: float = w.primary_care.digital_minutes
    took_place: int = yield from short_contact(
        w, person, need, Kind.DIGITAL_VISIT, unit, tag(w, person), PRIORITY_SIMPLE, 7 * DAY, 40, minutes
    )
    return took_place


def named_contact_call(w: World, person: int, need: int) -> Process[int]:
    """A frequent attender calls the named contact instead of the queue."""
    unit: int = w.units.attender_team[0]
    detail: int = tag(w, person) + CONTACT_KNOWN
    minutes: float = w.attender_team.contact_minutes[w.people.arm[person]]
    took_place: int = yield from short_contact(
        w, person, need, Kind.FREQUENT_ATTENDER, unit, detail, PRIORITY_SIMPLE, 3 * DAY, 41, minutes
    )
    return took_place


def simple_call_first(w: World, person: int, need: int) -> Process[int]:
    """Some ask 1177 first, whose advice may be enough; special housing has a nurse of its own for that."""
    u: float = chance.uniform(w.run.key, person, Purpose.CHANNEL, need, 1)
    if u < w.contact.simple_1177_share and not special_housing(w, person):
        answered: int = yield from simple_1177(w, person, need)
        if answered and chance.bernoulli(
            w.run.key, person, Purpose.DISPOSITION, need, 2, w.contact.simple_1177_resolved_share
        ):
            return int(Outcome.DONE)
    outcome: int = yield from simple_calls(w, person, need)
    return outcome


def simple_1177(w: World, person: int, need: int) -> Process[int]:
    """Advice from 1177 for a simple need; 1 if somebody answered."""
    unit: int = w.units.phone_1177[0]
    detail: int = tag(w, person) + 4 * CONTACT_URGENCY
    patience: int = seconds(w.contact.phone_1177_patience_minutes * MINUTE)
    minutes: float = w.contact.phone_1177_minutes
    answered: int = yield from short_contact(
        w, person, need, Kind.PHONE_1177, unit, detail, PRIORITY_SIMPLE + 1, patience, 42, minutes
    )
    return answered


def simple_calls(w: World, person: int, need: int) -> Process[int]:
    """Call the health centre until somebody answers, or give up, or go to the emergency department (E08)."""
    area: int = w.people.area[person]
    unit: int = w.units.centre_phone[area]
    tries: int = 0
    got: int = 0
    asked: int = 0
    row: int = 0
    detail: int = 0
    u: float = 0.0
    while tries < 3:
        tries += 1
        yield hold(wait_for_office(w.clock[0]))
        if not alive(w, person):
            return int(Outcome.CANCELLED)
        detail = tag(w, person) + 4 * CONTACT_URGENCY
        asked = w.clock[0]
        row = yield record(person, need, Kind.PHONE_CENTRE, unit, asked, -1, -1, Outcome.OPEN, detail)
        got = yield seize(unit, PRIORITY_SIMPLE + 1, time_left(w, person, rest_of_office_day(asked)))
        if got:
            asked = w.clock[0]
            yield amend(row, asked, -1, Outcome.OPEN, detail)
            yield hold(time_left(w, person, service(w, person, need, tries, w.primary_care.phone_minutes)))
            yield release(unit)
            yield amend(row, asked, w.clock[0], Outcome.DONE, detail)
            yield from simple_visit(w, person, need, 0)
            return int(Outcome.DONE)
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        if not alive(w, person):
            return int(Outcome.CANCELLED)
        u = chance.uniform(w.run.key, person, Purpose.RETRY, need, tries)
        if u < w.primary_care.simple_emergency_after_failure_share:
            yield hold(time_left(w, person, until_set_out(w, person, need, tries)))
            yield from minor_emergency_visit(w, person, need, 1)
            return int(Outcome.DONE)
        if u > 1.0 - w.primary_care.simple_give_up_share:
            return int(Outcome.GAVE_UP)
    return int(Outcome.GAVE_UP)


def simple_visit(w: World, person: int, need: int, n: int) -> Process[int]:
    """What the answered call leads to: advice, a nurse's visit or a doctor's; 1 if it was given.

    ``n`` is how many times before the person has asked for the same.
    """
    if not alive(w, person):
        return 0
    u: float = chance.uniform(w.run.key, person, Purpose.DISPOSITION, need, 0)
    kind: int = Kind.GP_VISIT
    unit: int = w.units.gp[w.people.area[person]]
    minutes: float = w.primary_care.gp_minutes
    if u < w.primary_care.advice_share:
        return 1
    if u < w.primary_care.advice_share + w.primary_care.nurse_visit_share:
        kind = Kind.NURSE_VISIT
        unit = w.units.centre_nurse[w.people.area[person]]
        minutes = w.primary_care.nurse_minutes
    known: int = knows(w, person, need, 1)
    detail: int = tag(w, person) + known * CONTACT_KNOWN + 4 * CONTACT_URGENCY
    asked: int = w.clock[0]
    row: int = yield record(person, need, kind, unit, asked, -1, -1, Outcome.OPEN, detail)
    mean: float = w.primary_care.simple_patience_days * DAY
    patience: int = DAY + seconds(chance.exponential(w.run.key, person, Purpose.PATIENCE, need, n, mean))
    got: int = yield seize(unit, PRIORITY_SIMPLE, time_left(w, person, patience))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        if chance.bernoulli(
            w.run.key, person, Purpose.RETRY, need, 9 + n, w.primary_care.emergency_after_no_visit_share
        ):
            yield hold(time_left(w, person, until_set_out(w, person, need, 9 + n)))
            yield from minor_emergency_visit(w, person, need, 1)
        return 0
    started: int = w.clock[0]
    if at_home(w, person):
        yield amend(row, started, -1, Outcome.OPEN, detail)
        yield hold(time_left(w, person, service(w, person, need, 20, minutes)))
        yield release(unit)
        yield amend(row, started, w.clock[0], Outcome.DONE, detail)
        return 1
    yield release(unit)
    yield amend(row, -1, w.clock[0], Outcome.CANCELLED, detail)
    return 0


# --- planned reviews -----------------------------------------------------------------------------------------


def reviews(w: World, person: int) -> Process[int]:
    """Planned reviews of a chronic condition, year after year (årskontroll); home visits with home nursing."""
    n: int = 0
    rate: float = 0.0
    while alive(w, person):
        rate = max(0.01, review_rate(w, person))
        yield hold(1 + seconds(YEAR / rate * (0.5 + chance.uniform(w.run.key, person, Purpose.REVIEW, 0, n))))
        n += 1
        if alive(w, person) and at_home(w, person) and w.people.episode[person] == 0:
            yield from review_visit(w, person, n)
    return 0


def review_rate(w: World, person: int) -> float:
    """Planned reviews a year for this person."""
    if home_nursing(w, person) or special_housing(w, person):
        return w.primary_care.reviews_home_nursing_per_year
    return w.primary_care.reviews_per_year[w.people.chronic[person]]


def review_visit(w: World, person: int, n: int) -> Process[int]:
    """One planned review, by doctor or nurse."""
    area: int = w.people.area[person]
    by_doctor: int = chance.bernoulli(w.run.key, person, Purpose.REVIEW, 1, n, w.primary_care.review_doctor_share)
    home: int = home_nursing(w, person) or special_housing(w, person)
    unit: int = w.units.centre_nurse[area]
    minutes: float = w.primary_care.nurse_minutes
    kind: int = Kind.REVIEW
    if by_doctor or home:
        unit = w.units.gp[area]
        minutes = w.primary_care.gp_minutes
    if home:
        kind = Kind.GP_HOME_VISIT
        minutes = w.primary_care.gp_home_minutes + w.municipalities.travel_minutes[w.people.municipality[person]]
    known: int = knows(w, person, n, 2)
    detail: int = tag(w, person) + known * CONTACT_KNOWN + NeedType.EXACERBATION * CONTACT_NEED_TYPE
    asked: int = w.clock[0]
    row: int = yield record(person, 0, kind, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, PRIORITY_PLANNED, time_left(w, person, 90 * DAY))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return 0
    started: int = w.clock[0]
    if not at_home(w, person):
        yield release(unit)
        yield amend(row, -1, started, Outcome.CANCELLED, detail)
        return 0
    yield amend(row, started, -1, Outcome.OPEN, detail)
    yield hold(time_left(w, person, service(w, person, 1, n, minutes)))
    yield release(unit)
    yield amend(row, started, w.clock[0], Outcome.DONE, detail)
    w.people.last_review[person] = w.clock[0]
    return 1
