"""Respite care (växelvård): planned weeks at a short-term place, so that relatives can go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import chance
from sim.flows.hours import wait_for_daytime
from sim.flows.person import alive, dying, free, stays_since, tag, time_left
from sim.language import Process, amend, hold, record, release, seconds, seize
from sim.vocabulary import DAY, Kind, Outcome, Place, Purpose, Segment

if TYPE_CHECKING:
    from sim.model.typed import World


def respite_wanted(w: World, person: int) -> int:
    """1 for multi-ill people at home whose relatives have been granted respite care, while that is so."""
    if w.people.segment[person] < Segment.FAILING or w.people.home[person] != Place.HOME:
        return 0
    if not w.people.relative[person]:
        return 0
    return chance.bernoulli(w.run.key, person, Purpose.RESPITE, 0, 0, w.short_term.respite_share)


def respite(w: World, person: int) -> Process[int]:
    """A week away, some weeks at home, and again, as long as somebody is cared for at home."""
    n: int = 0
    gap: float = 0.0
    wait: int = 0
    while alive(w, person) and respite_wanted(w, person):
        gap = w.short_term.respite_interval_days * DAY
        wait = 1 + seconds(gap * (0.5 + chance.uniform(w.run.key, person, Purpose.RESPITE, 1, n)))
        yield hold(time_left(w, person, wait + wait_for_daytime(w.clock[0] + wait)))
        n += 1
        if alive(w, person) and free(w, person) and w.people.at[person] == Place.HOME:
            yield from week_away(w, person)
    w.people.respite[person] = 0
    return 0


def week_away(w: World, person: int) -> Process[int]:
    """One stay at a short-term place; not taken if none is free within two days."""
    unit: int = w.units.short_term[w.people.municipality[person]]
    detail: int = tag(w, person)
    asked: int = w.clock[0]
    row: int = yield record(person, 0, Kind.SHORT_TERM_STAY, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, 7, time_left(w, person, 2 * DAY))
    if got:
        yield hold(time_left(w, person, wait_for_daytime(w.clock[0])))
    started: int = w.clock[0]
    closed: int = min(started, w.people.death_at[person])  # who has died meanwhile waits no longer
    if not got:
        yield amend(row, -1, closed, Outcome.GAVE_UP, detail)
        return 0
    if not alive(w, person) or not free(w, person) or w.people.at[person] != Place.HOME:
        yield release(unit)
        yield amend(row, -1, closed, Outcome.CANCELLED, detail)
        return 0
    yield amend(row, started, -1, Outcome.OPEN, detail)
    w.people.at[person] = Place.SHORT_TERM
    w.people.short_term[person] = 1
    w.people.short_term_since[person] = started
    w.people.short_term_row[person] = row
    w.people.short_term_detail[person] = detail
    ends: int = started + seconds(w.short_term.respite_days * DAY)
    ends += wait_for_daytime(ends)
    while w.clock[0] < ends and not dying(w, person) and stays_since(w, person, started):
        yield hold(time_left(w, person, min(DAY, ends - w.clock[0])))
    yield release(unit)
    if stays_since(w, person, started):  # whoever was admitted has left already
        w.people.short_term[person] = 0
        if dying(w, person):
            yield amend(row, started, w.clock[0], Outcome.DIED, detail)
            return 1
        if w.people.at[person] == Place.SHORT_TERM:
            w.people.at[person] = w.people.home[person]
        yield amend(row, started, w.clock[0], Outcome.DISCHARGED_HOME, detail)
    return 1
