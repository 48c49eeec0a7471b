"""Planned care (planerad vård): the complicated episode over several units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import chance
from sim.flows.episode import offspring
from sim.flows.hours import SATURDAY, wait_for_office
from sim.flows.inpatient import planned_stay
from sim.flows.needs import need_detail
from sim.flows.person import alive, at_home, dying, tag, time_left
from sim.flows.primary_care import simple_visit
from sim.language import Process, amend, hold, record, release, seconds, seize, spawn
from sim.vocabulary import DAY, HOUR, MINUTE, Kind, Level, Outcome, Purpose

if TYPE_CHECKING:
    from sim.model.typed import World


RETURN = 32
"""Generation of a planned return: its draws are its own."""

TRIES = 3
"""Times that a first visit is asked for, and that a time at a clinic is booked, before it is given up."""

CLINIC_OPENS = 8 * HOUR
BOOKED_HOURS = 7 * HOUR
"""Times at a clinic are booked on weekdays within these hours from when it opens."""


def complicated_need(w: World, person: int, need: int) -> Process[int]:
    """Referral, investigation, treatment or surgery, rehabilitation; then over (komplicerat behov)."""
    onset: int = w.clock[0]
    w.people.complicated[person] += 1
    note: int = tag(w, person) + need_detail(w, person, need, Level.SELF_CARE)
    row: int = yield record(person, need, Kind.NEED, -1, onset, -1, -1, Outcome.OPEN, note)
    outcome: int = Outcome.GAVE_UP
    referred: int = yield from referral(w, person, need)
    if referred:
        outcome = yield from investigation(w, person, need)
    yield amend(row, onset, w.clock[0], outcome, note)
    w.people.complicated[person] -= 1
    return 0


def referral(w: World, person: int, need: int) -> Process[int]:
    """The health centre's visit, or its advice, that leads to a referral (remiss); 1 if there was one.

    Who got no visit asks again some time later, or gives up.
    """
    tries: int = 0
    referred: int = 0
    while not referred and tries < TRIES:
        if tries > 0:
            if not chance.bernoulli(w.run.key, person, Purpose.ELECTIVE, need, 6 + tries, w.planned.asks_again_share):
                return 0
            yield hold(time_left(w, person, drawn_days(w, person, need, 8 + tries, w.planned.asks_again_days)))
            yield hold(time_left(w, person, wait_for_office(w.clock[0])))
        if not alive(w, person) or dying(w, person):
            return 0
        referred = yield from simple_visit(w, person, need, tries)
        tries += 1
    return referred


def drawn_days(w: World, person: int, need: int, n: int, median: float) -> int:
    """Seconds of a wait in planned care, drawn about its median in days."""
    return seconds(chance.lognormal(w.run.key, person, Purpose.ELECTIVE, need, n, median * DAY, w.planned.wait_sigma))


def investigation(w: World, person: int, need: int) -> Process[int]:
    """Specialist visits and what they decide."""
    specialist: int = w.units.specialist[0]
    wait: float = w.planned.specialist_wait_days
    seen: int = yield from clinic_visit(w, person, need, Kind.SPECIALIST_VISIT, specialist, 0, wait)
    u: float = chance.uniform(w.run.key, person, Purpose.ELECTIVE, need, 0)
    if not seen or not alive(w, person):
        return int(Outcome.GAVE_UP)
    if u < w.planned.admission_share:
        outcome: int = yield from operation(w, person, need)
        return outcome
    if u < w.planned.admission_share + w.planned.day_treatment_share:
        wait = w.planned.day_treatment_wait_days
        treated: int = yield from clinic_visit(w, person, need, Kind.DAY_TREATMENT, w.units.day_unit[0], 1, wait)
        if not treated:
            return int(Outcome.GAVE_UP)
        yield from rehabilitation_course(w, person, need)
        return int(Outcome.DONE)
    yield hold(time_left(w, person, seconds(w.planned.follow_up_days * DAY)))
    yield from clinic_visit(w, person, need, Kind.SPECIALIST_VISIT, specialist, 2, 0.0)
    return int(Outcome.DONE)


def operation(w: World, person: int, need: int) -> Process[int]:
    """The wait for a planned stay, the stay, what may follow from it, and rehabilitation."""
    return_needed: int = chance.bernoulli(w.run.key, person, Purpose.ELECTIVE, need, 2, w.planned.return_share)
    yield hold(time_left(w, person, drawn_days(w, person, need, 12, w.planned.operation_wait_days)))
    stayed: int = yield from planned_stay(w, person, need, 0)
    if stayed == Outcome.CANCELLED or not alive(w, person):
        return int(Outcome.CANCELLED)
    yield from complication(w, person, need)
    if return_needed:
        yield hold(time_left(w, person, seconds(w.planned.return_days * DAY)))
        yield from planned_stay(w, person, need + RETURN, 1)
    yield from rehabilitation_course(w, person, need)
    return int(Outcome.ADMITTED)


def clinic_visit(w: World, person: int, need: int, kind: int, unit: int, n: int, wait: float) -> Process[int]:
    """One visit or day treatment, from referral to its end; 1 if it took place.

    The time is booked ahead, about ``wait`` days; who is in hospital when it comes gets a new one.
    """
    tries: int = 0
    outcome: int = Outcome.CANCELLED
    while outcome == Outcome.CANCELLED and tries < TRIES:
        if not alive(w, person) or dying(w, person):
            return 0
        outcome = yield from booked_visit(w, person, need, kind, unit, n, 4 * n + tries, wait)
        tries += 1
        wait = w.planned.postponed_days
    return 1 if outcome == Outcome.DONE else 0


def booked_visit(
    w: World, person: int, need: int, kind: int, unit: int, n: int, booking: int, wait: float
) -> Process[int]:
    """One booked time, asked for when it is booked: its outcome."""
    detail: int = tag(w, person)
    row: int = yield record(person, need, kind, unit, w.clock[0], -1, -1, Outcome.OPEN, detail)
    if wait > 0.0:
        yield hold(time_left(w, person, until_booked(w, person, need, booking, wait)))
    if not at_home(w, person):
        yield amend(row, -1, w.clock[0], Outcome.CANCELLED, detail)
        return int(Outcome.CANCELLED)
    got: int = yield seize(unit, 5, time_left(w, person, 365 * DAY))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return int(Outcome.GAVE_UP)
    started: int = w.clock[0]
    if not at_home(w, person):
        yield release(unit)
        yield amend(row, -1, started, Outcome.CANCELLED, detail)
        return int(Outcome.CANCELLED)
    minutes: float = w.planned.visit_minutes
    if kind == Kind.DAY_TREATMENT:
        minutes = w.planned.day_treatment_minutes
    median: float = minutes * MINUTE
    yield amend(row, started, -1, Outcome.OPEN, detail)
    yield hold(
        time_left(
            w,
            person,
            1 + seconds(chance.lognormal(w.run.key, person, Purpose.SERVICE, need, 60 + n, median, 0.4)),
        )
    )
    yield release(unit)
    yield amend(row, started, w.clock[0], Outcome.DONE, detail)
    return int(Outcome.DONE)


def until_booked(w: World, person: int, need: int, booking: int, wait: float) -> int:
    """Seconds to a time booked about ``wait`` days ahead, on a weekday while the clinic is open."""
    now = w.clock[0]
    day = (now + drawn_days(w, person, need, 16 + booking, wait)) // DAY
    while day % 7 >= SATURDAY:
        day += 1
    hour = int(BOOKED_HOURS * chance.uniform(w.run.key, person, Purpose.ELECTIVE, need, 32 + booking))
    return max(0, day * DAY + CLINIC_OPENS + hour - now)


def complication(w: World, person: int, need: int) -> Process[int]:
    """An unplanned need after a planned stay (komplikation); the hospital's own share of vulnerability."""
    segment: int = w.people.segment[person]
    share: float = w.planned.complication_share * (1.0 + w.needs.offspring_share[segment])
    if not chance.bernoulli(w.run.key, person, Purpose.COMPLICATION, need, 1, share):
        return 0
    mean: float = w.needs.offspring_mean_days * DAY
    delay: int = 1 + seconds(chance.exponential(w.run.key, person, Purpose.OFFSPRING_DELAY, need, 0, mean))
    yield spawn(offspring(w, person, need + 1, delay))
    return 1


def rehabilitation_course(w: World, person: int, need: int) -> Process[int]:
    """Rehabilitation after treatment, for those who need it."""
    if not chance.bernoulli(w.run.key, person, Purpose.REHABILITATION, need, 0, w.planned.rehabilitation_share):
        return 0
    unit: int = w.units.rehabilitation[w.people.municipality[person]]
    yield from clinic_visit(w, person, need, Kind.REHABILITATION, unit, 3, 0.0)
    yield hold(time_left(w, person, seconds(w.planned.rehabilitation_days * DAY)))
    return 1
