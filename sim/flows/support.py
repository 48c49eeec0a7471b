"""Support between worsenings (stöd mellan försämringar): rehabilitation of the failing, remote monitoring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import chance
from sim.flows.needs import identity
from sim.flows.person import alive, at_home, home_nursing, tag, time_left
from sim.flows.primary_care import simple_visit
from sim.language import Process, amend, hold, record, release, seconds, seize, spawn
from sim.vocabulary import (
    DAY,
    MINUTE,
    NEED_GENERATIONS,
    NEED_INDEXES,
    WINDOW,
    YEAR,
    Chronic,
    Kind,
    NeedType,
    Outcome,
    Purpose,
    Segment,
)

if TYPE_CHECKING:
    from sim.model.typed import World


PRIORITY_ALARM = 5
"""Nobody knows beforehand which alarm is false."""


def rehabilitation_wanted(w: World, person: int) -> int:
    """1 when a stable spell that begins now is to be lengthened by rehabilitation."""
    arm = w.people.arm[person]
    if not w.rehabilitation.active[arm] or w.people.segment[person] == Segment.OTHER:
        return 0
    return 1 if w.people.enrolled[person] or (w.rehabilitation.home_nursing[arm] and home_nursing(w, person)) else 0


def rehabilitation(w: World, person: int) -> Process[int]:
    """A course in a stable spell; the rest of the spell becomes longer (declared channel on the spell path)."""
    unit: int = w.units.rehabilitation[w.people.municipality[person]]
    spell: int = w.people.spell_number[person]
    detail: int = tag(w, person)
    asked: int = w.clock[0]
    row: int = yield record(person, 0, Kind.REHABILITATION, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, 6, time_left(w, person, 60 * DAY))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return 0
    if not at_home(w, person):
        yield release(unit)
        yield amend(row, -1, w.clock[0], Outcome.CANCELLED, detail)
        return 0
    started: int = w.clock[0]
    yield amend(row, started, -1, Outcome.OPEN, detail)
    yield hold(time_left(w, person, seconds(w.rehabilitation.course_minutes[w.people.arm[person]] * MINUTE)))
    yield release(unit)
    yield amend(row, started, w.clock[0], Outcome.DONE, detail)
    if alive(w, person) and w.people.spell_number[person] == spell and w.people.failing[person] == 0:
        left: int = max(0, w.people.spell_ends[person] - w.clock[0])
        w.people.spell_ends[person] += seconds(w.rehabilitation.lengthens_share[w.people.arm[person]] * left)
    return 1


def monitoring_begins(w: World) -> Process[int]:
    """Monitoring begins with coordination, for those who then have it; entrants after that begin at entry."""
    yield hold(max(0, w.run.coordination_starts - w.clock[0]))
    person: int = 0
    while person < w.run.people and (w.monitoring.active[0] or w.monitoring.active[1]):
        if alive(w, person) and monitored(w, person) and not w.people.monitoring[person]:
            yield spawn(monitoring(w, person))
        person += 1
    return person


def monitored(w: World, person: int) -> int:
    """1 for an enrolled chronic patient with remote monitoring (egenmonitorering)."""
    arm = w.people.arm[person]
    if not w.monitoring.active[arm]:
        return 0
    chronic = w.people.chronic[person]
    if chronic != Chronic.HEART_FAILURE and chronic != Chronic.COPD:
        return 0
    return 1 if w.people.monitoring_rank[person] < w.monitoring.share[arm] else 0


def alarm(w: World, person: int, need: int, patience: int) -> Process[int]:
    """A true alarm: it helps if a monitoring nurse looks at it before the person would have noticed anyway."""
    if patience <= 0:
        return 0
    unit: int = w.units.monitoring[0]
    detail: int = tag(w, person)
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.ALARM, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, PRIORITY_ALARM, patience)
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return 0
    started: int = w.clock[0]
    yield amend(row, started, -1, Outcome.OPEN, detail)
    yield hold(time_left(w, person, seconds(w.monitoring.alarm_minutes[w.people.arm[person]] * MINUTE)))
    yield release(unit)
    yield amend(row, started, w.clock[0], Outcome.DONE, detail)
    return 1


def alarm_identity(w: World, n: int) -> int:
    """Identity of a visit after a false alarm: no candidate has it."""
    return identity(NeedType.EXACERBATION, w.clock[0] // WINDOW, NEED_INDEXES - 1) + n % NEED_GENERATIONS


def monitoring(w: World, person: int) -> Process[int]:
    """False alarms of remote monitoring: each takes a nurse's time, some a visit (falsklarm; harm channel)."""
    n: int = 0
    mean: float = 0.0
    unit: int = 0
    asked: int = 0
    row: int = 0
    got: int = 0
    detail: int = 0
    share: float = 0.0
    w.people.monitoring[person] = 1
    while alive(w, person) and monitored(w, person):
        mean = YEAR / max(0.01, w.monitoring.false_alarms_per_year[w.people.arm[person]])
        yield hold(1 + seconds(chance.exponential(w.run.key, person, Purpose.ALARM, n, 0, mean)))
        n += 1
        if alive(w, person) and at_home(w, person) and w.people.episode[person] == 0:
            unit = w.units.monitoring[0]
            detail = tag(w, person)
            asked = w.clock[0]
            row = yield record(person, 0, Kind.ALARM, unit, asked, -1, -1, Outcome.OPEN, detail)
            got = yield seize(unit, PRIORITY_ALARM, time_left(w, person, DAY))
            if got:
                asked = w.clock[0]
                yield amend(row, asked, -1, Outcome.OPEN, detail)
                yield hold(time_left(w, person, seconds(w.monitoring.alarm_minutes[w.people.arm[person]] * MINUTE)))
                yield release(unit)
                yield amend(row, asked, w.clock[0], Outcome.FALSE_ALARM, detail)
                share = w.monitoring.alarm_visit_share[w.people.arm[person]]
                if chance.bernoulli(w.run.key, person, Purpose.ALARM, n, 1, share):
                    yield from simple_visit(w, person, alarm_identity(w, n), 0)
            else:
                yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
    w.people.monitoring[person] = 0
    return 0
