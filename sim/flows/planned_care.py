"""Planned care (planerad vård): the complicated episode over several units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import chance
from sim.flows.episode import offspring
from sim.flows.inpatient import planned_stay
from sim.flows.needs import need_detail
from sim.flows.person import alive, at_home, tag, time_left
from sim.flows.primary_care import simple_visit
from sim.language import Process, amend, hold, record, release, seconds, seize, spawn
from sim.vocabulary import DAY, MINUTE, Kind, Level, Outcome, Purpose

if TYPE_CHECKING:
    from sim.buffers import World


RETURN = 32
"""Generation of a planned return: its draws are its own."""


def complicated_need(w: World, person: int, need: int) -> Process[int]:
    """Referral, investigation, treatment or surgery, rehabilitation; then over (komplicerat behov)."""
    onset: int = w.clock[0]
    w.people.complicated[person] += 1
    note: int = tag(w, person) + need_detail(w, person, need, Level.SELF_CARE)
    row: int = yield record(person, need, Kind.NEED, -1, onset, -1, -1, Outcome.OPEN, note)
    yield from simple_visit(w, person, need)
    outcome: int = yield from investigation(w, person, need)
    yield amend(row, onset, w.clock[0], outcome, note)
    w.people.complicated[person] -= 1
    return 0


def investigation(w: World, person: int, need: int) -> Process[int]:
    """Specialist visits and what they decide."""
    seen: int = yield from clinic_visit(w, person, need, Kind.SPECIALIST_VISIT, w.units.specialist[0], 0)
    u: float = chance.uniform(w.run.key, person, Purpose.ELECTIVE, need, 0)
    if not seen or not alive(w, person):
        return int(Outcome.GAVE_UP)
    if u < w.planned.admission_share:
        return_needed: int = chance.bernoulli(w.run.key, person, Purpose.ELECTIVE, need, 2, w.planned.return_share)
        yield hold(time_left(w, person, seconds(w.planned.operation_wait_days * DAY)))
        stayed: int = yield from planned_stay(w, person, need, 0)
        if stayed == Outcome.CANCELLED or not alive(w, person):
            return int(Outcome.CANCELLED)
        yield from complication(w, person, need)
        if return_needed:
            yield hold(time_left(w, person, seconds(w.planned.return_days * DAY)))
            yield from planned_stay(w, person, need + RETURN, 1)
        yield from rehabilitation_course(w, person, need)
        return int(Outcome.ADMITTED)
    if u < w.planned.admission_share + w.planned.day_treatment_share:
        yield from clinic_visit(w, person, need, Kind.DAY_TREATMENT, w.units.day_unit[0], 1)
        yield from rehabilitation_course(w, person, need)
        return int(Outcome.DONE)
    yield hold(time_left(w, person, seconds(w.planned.follow_up_days * DAY)))
    yield from clinic_visit(w, person, need, Kind.SPECIALIST_VISIT, w.units.specialist[0], 2)
    return int(Outcome.DONE)


def clinic_visit(w: World, person: int, need: int, kind: int, unit: int, n: int) -> Process[int]:
    """One visit or day treatment, from referral to its end; 1 if it took place."""
    if not alive(w, person):
        return 0
    detail: int = tag(w, person)
    asked: int = w.clock[0]
    row: int = yield record(person, need, kind, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, 5, time_left(w, person, 365 * DAY))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return 0
    started: int = w.clock[0]
    if not at_home(w, person):
        yield release(unit)
        yield amend(row, -1, started, Outcome.CANCELLED, detail)
        return 1 if alive(w, person) else 0
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
    return 1


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
    yield from clinic_visit(w, person, need, Kind.REHABILITATION, unit, 3)
    yield hold(time_left(w, person, seconds(w.planned.rehabilitation_days * DAY)))
    return 1
