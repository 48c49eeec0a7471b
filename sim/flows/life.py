"""A person's life (livslopp): entry, segments, spells, needs as they arise, and death."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import chance
from sim.flows.enrolment import follow_segment
from sim.flows.episode import deterioration, passing
from sim.flows.hours import wait_for_daytime
from sim.flows.needs import accepted, begin_candidates, failing_share, next_candidate
from sim.flows.person import alive, death_time, dying, free, tag, time_left
from sim.flows.planned_care import complicated_need
from sim.flows.primary_care import reviews, simple_need
from sim.flows.respite import respite, respite_wanted
from sim.flows.support import monitored, monitoring, rehabilitation, rehabilitation_wanted
from sim.language import Process, hold, record, seconds, spawn
from sim.vocabulary import (
    DAY,
    NEVER,
    Chronic,
    Kind,
    NeedType,
    Outcome,
    Place,
    Purpose,
    Segment,
)

if TYPE_CHECKING:
    from sim.model.typed import World

NEED_TYPES = 4
SPELLS = 1 << 20
"""Room for numbered spells in each segment of a life."""


def enter(w: World, person: int) -> int:
    """Begin: where the person lives, when they will die as things stand, and the first candidates."""
    w.people.segment[person] = w.people.first_segment[person]
    w.people.home[person] = Place.SPECIAL_HOUSING if w.people.special_housing[person] else Place.HOME
    w.people.at[person] = w.people.home[person]
    w.people.death_at[person] = death_time(w, person)
    w.people.last_review[person] = -NEVER
    for kind in range(NEED_TYPES):
        begin_candidates(w, person, kind)
    if w.people.spell_rank[person] < failing_share(w, w.people.segment[person]):
        w.people.failing[person] = 1 if w.people.segment[person] > Segment.OTHER else 0
    return begin_spell(w, person)


def begin_spell(w: World, person: int) -> int:
    """Length of the spell that begins now (stable or failing); exogenous, keyed by its number."""
    segment = w.people.segment[person]
    if segment == Segment.OTHER:
        w.people.failing[person] = 0
        w.people.spell_ends[person] = NEVER
        return 0
    n = w.people.spell_number[person]
    mean = w.needs.failing_spell_days[segment] if w.people.failing[person] else w.needs.stable_spell_days[segment]
    length = chance.exponential(w.run.key, person, Purpose.SPELL, n, 0, mean * DAY)
    w.people.spell_ends[person] = w.clock[0] + 1 + seconds(length)
    return 1


def next_spell(w: World, person: int) -> int:
    """Turn from stable to failing or back."""
    w.people.failing[person] = 1 - w.people.failing[person]
    w.people.spell_number[person] += 1
    return begin_spell(w, person)


def segment_change(w: World, person: int) -> int:
    """Time of the next exogenous change of segment."""
    k = w.people.changes[person]
    return NEVER if k >= 3 else w.people.segment_time[person, k]


def change_segment(w: World, person: int) -> int:
    """Make the change that is due; 1 for those who become most ill and are to move to special housing."""
    k = w.people.changes[person]
    segment = w.people.segment_value[person, k]
    w.people.segment[person] = segment
    w.people.changes[person] = k + 1
    # Spells count anew, so that arms in which spells were lengthened meet again.
    w.people.spell_number[person] = SPELLS * (k + 1)
    u = chance.uniform(w.run.key, person, Purpose.SPELL, w.people.spell_number[person], 1)
    w.people.failing[person] = 1 if segment > Segment.OTHER and u < failing_share(w, segment) else 0
    begin_spell(w, person)
    if segment == Segment.MOST_ILL and w.people.home[person] == Place.HOME:
        if chance.bernoulli(w.run.key, person, Purpose.SHORT_TERM, k, 2, w.short_term.housing_when_most_ill_share):
            return 1
    return 0


def move_to_special_housing(w: World, person: int) -> Process[int]:
    """The move, by day; whoever is elsewhere then moves on the way back."""
    yield hold(time_left(w, person, wait_for_daytime(w.clock[0])))
    if not alive(w, person) or dying(w, person) or w.people.home[person] != Place.HOME:
        return 0
    now: int = w.clock[0]
    w.people.home[person] = Place.SPECIAL_HOUSING
    if w.people.at[person] == Place.HOME:
        w.people.at[person] = Place.SPECIAL_HOUSING
    yield record(person, 0, Kind.SPECIAL_HOUSING_MOVE, -1, now, now, now, Outcome.DONE, tag(w, person))
    return 1


def next_moment(w: World, person: int) -> int:
    """When something next happens in this life."""
    moment = min(w.people.death_at[person], min(segment_change(w, person), w.people.spell_ends[person]))
    for kind in range(NEED_TYPES):
        moment = min(moment, w.people.next_time[person, kind])
    return min(moment, w.run.horizon)


def life(w: World, person: int) -> Process[int]:
    """From entry to death or the horizon: one spawned episode for each accepted need."""
    yield hold(w.people.entry[person])
    enter(w, person)
    if w.people.death_at[person] < w.run.horizon:
        yield spawn(passing(w, person))
    if respite_wanted(w, person):
        w.people.respite[person] = 1
        yield spawn(respite(w, person))
    if w.people.chronic[person] > Chronic.NONE:
        yield spawn(reviews(w, person))
        if w.clock[0] >= w.run.coordination_starts and monitored(w, person) and not w.people.monitoring[person]:
            yield spawn(monitoring(w, person))  # the others begin with coordination
    kind: int = 0
    while alive(w, person) and w.clock[0] < w.run.horizon:
        yield hold(next_moment(w, person) - w.clock[0])
        if alive(w, person) and w.clock[0] < w.people.death_at[person]:
            if w.people.spell_ends[person] <= w.clock[0]:
                next_spell(w, person)
                if w.people.failing[person] == 0 and rehabilitation_wanted(w, person):
                    yield spawn(rehabilitation(w, person))
            if segment_change(w, person) <= w.clock[0]:
                yield from new_segment(w, person)
            kind = 0
            while kind < NEED_TYPES:
                if w.people.next_time[person, kind] <= w.clock[0]:
                    yield from candidate(w, person, kind)
                kind += 1
    return 0


def new_segment(w: World, person: int) -> Process[int]:
    """An exogenous change of segment, recorded; the team's waiting list and caseload follow it."""
    now: int = w.clock[0]
    detail: int = tag(w, person) + w.people.segment_value[person, w.people.changes[person]]
    yield record(person, 0, Kind.SEGMENT_CHANGE, -1, now, now, now, Outcome.DONE, detail)
    if change_segment(w, person):
        yield spawn(move_to_special_housing(w, person))
    elif respite_wanted(w, person) and not w.people.respite[person]:
        w.people.respite[person] = 1
        yield spawn(respite(w, person))
    if now >= w.run.coordination_starts and w.mobile_team.enrols[w.people.arm[person]]:
        follow_segment(w, person)
    return 0


def candidate(w: World, person: int, kind: int) -> Process[int]:
    """A candidate need: accepted or not, suppressed during an open episode or stay, else an episode begins."""
    need: int = w.people.next_need[person, kind]
    now: int = w.clock[0]
    happens: int = accepted(w, person, kind, need)
    next_candidate(w, person, kind)
    if not happens:
        return 0
    if not free(w, person):
        yield record(person, need, Kind.SUPPRESSED, -1, now, now, now, Outcome.CANCELLED, tag(w, person))
        return 0
    if kind == NeedType.SIMPLE:
        yield spawn(simple_need(w, person, need))
    elif kind == NeedType.COMPLICATED:
        yield spawn(complicated_need(w, person, need))
    else:
        w.people.episode[person] = need + 1
        yield spawn(deterioration(w, person, need))
    return 1


def everybody(w: World) -> Process[int]:
    """Begin everybody's life; those who come later wait for their entry."""
    person: int = 0
    while person < w.run.people:
        yield spawn(life(w, person))
        person += 1
    return person
