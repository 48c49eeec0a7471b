"""Enrolment in the mobile team (inskrivning): waiting list, caseload, proactive visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import chance
from sim.flows.assessment import team_area
from sim.flows.episode import found_episode
from sim.flows.mobile_team import give_up_place, visit_length, way_there
from sim.flows.needs import identity
from sim.flows.person import alive, at_home, contact_detail, enrolment_target, free, tag, time_left
from sim.flows.travel import set_out
from sim.language import Process, amend, hold, record, release, seconds, seize, spawn
from sim.vocabulary import (
    DAY,
    HOUR,
    NEED_INDEXES,
    WINDOW,
    Kind,
    NeedType,
    Outcome,
    Purpose,
    Segment,
)

if TYPE_CHECKING:
    from sim.model.typed import World

PLACES_MOST_ILL = 0
PLACES_FAILING = 1


def places_kind(w: World, person: int) -> int:
    """Which caseload the person counts in."""
    return PLACES_MOST_ILL if w.people.segment[person] == Segment.MOST_ILL else PLACES_FAILING


def places(w: World, area: int, kind: int) -> int:
    """Caseload places of a team area now, under the governance of its team; no fewer than before it changed."""
    arm = w.teams.arm[area]
    now = places_of(w, area, kind, arm, w.clock[0] - w.teams.since[area])
    if arm == 0 or w.teams.since[area] == w.run.coordination_starts:
        return now
    return max(now, places_of(w, area, kind, 0, w.clock[0] - w.run.coordination_starts))


def places_of(w: World, area: int, kind: int, arm: int, since: int) -> int:
    """Caseload places under one governance: by doctors, their division, vacancies and the ramp-up after the start."""
    if not enrols(w, arm):
        return 0
    doctors = w.teams.doctors[arm, area] * (1.0 - w.mobile_team.vacancy_share[arm])
    if kind == PLACES_MOST_ILL:
        full = doctors * w.mobile_team.most_ill_doctor_share[arm] * w.mobile_team.caseload_most_ill[arm]
    else:
        full = doctors * (1.0 - w.mobile_team.most_ill_doctor_share[arm]) * w.mobile_team.caseload_failing[arm]
    ramp = max(1.0, w.mobile_team.ramp_up_days[arm] * DAY)
    return int(full * min(1.0, max(0.0, since / ramp)) + 0.5)


def enrols(w: World, arm: int) -> int:
    """1 when the governance has a team that enrols."""
    return 1 if w.mobile_team.active[arm] and w.mobile_team.enrols[arm] else 0


def queue_for_team(w: World, person: int) -> int:
    """Join the waiting list of the person's team and caseload; first come, first served."""
    if w.people.queued[person] or w.people.has_place[person]:
        return 0
    area = team_area(w, person)
    kind = places_kind(w, person)
    w.people.place_area[person] = area
    w.people.place_kind[person] = kind
    w.people.queued[person] = 1
    w.people.queued_at[person] = w.clock[0]
    w.people.queue_next[person] = -1
    if w.teams.queue_tail[area, kind] >= 0:
        w.people.queue_next[w.teams.queue_tail[area, kind]] = person
    else:
        w.teams.queue_head[area, kind] = person
    w.teams.queue_tail[area, kind] = person
    return 1


def leave_queue(w: World, person: int) -> int:
    """Leave the waiting list, wherever in it the person is."""
    area = w.people.place_area[person]
    kind = w.people.place_kind[person]
    before = -1
    at = w.teams.queue_head[area, kind]
    while at >= 0 and at != person:
        before = at
        at = w.people.queue_next[at]
    if at < 0:
        return 0
    after = w.people.queue_next[person]
    if before < 0:
        w.teams.queue_head[area, kind] = after
    else:
        w.people.queue_next[before] = after
    if after < 0:
        w.teams.queue_tail[area, kind] = before
    w.people.queued[person] = 0
    return 1


def follow_segment(w: World, person: int) -> int:
    """After a change of segment: join, change or leave the waiting list; or count in the other caseload.

    Who becomes most ill moves to that list or caseload at once, even above its limit; who leaves the target group
    loses the place in the queue, and a caseload place at the next planned visit.
    """
    target = enrolment_target(w, person)
    if w.people.queued[person]:
        if target and places_kind(w, person) == w.people.place_kind[person]:
            return 0
        leave_queue(w, person)
    if not target:
        return 0
    if not w.people.has_place[person]:
        return queue_for_team(w, person)
    area = w.people.place_area[person]
    w.teams.enrolled[area, w.people.place_kind[person]] -= 1
    w.people.place_kind[person] = places_kind(w, person)
    w.teams.enrolled[area, w.people.place_kind[person]] += 1
    return 1


def next_in_queue(w: World, area: int, kind: int) -> int:
    """Take the first from the waiting list who still wants and can be enrolled, or -1."""
    person = w.teams.queue_head[area, kind]
    while person >= 0:
        after = w.people.queue_next[person]
        w.teams.queue_head[area, kind] = after
        if after < 0:
            w.teams.queue_tail[area, kind] = -1
        w.people.queued[person] = 0
        if alive(w, person) and enrolment_target(w, person) and places_kind(w, person) == kind:
            return person
        person = after
    return -1


def queue_everybody(w: World) -> int:
    """All who are now to be enrolled join the waiting lists; how many did."""
    joined = 0
    for place in range(w.run.people):
        person = w.people.enrolment_order[place]  # in random order: no age and no municipality comes first
        if enrols(w, w.people.arm[person]) and alive(w, person) and enrolment_target(w, person):
            joined += queue_for_team(w, person)
    return joined


def joining(w: World) -> Process[int]:
    """Where coordination starts later than elsewhere, its people join the waiting lists on that day."""
    yield hold(0)
    return queue_everybody(w)


def registrar(w: World) -> Process[int]:
    """Keeps the teams' lists from the start of coordination: who is to be enrolled, day by day."""
    yield hold(max(0, w.run.coordination_starts - w.clock[0]))
    if not enrols(w, 0) and not enrols(w, 1):
        return 0
    queue_everybody(w)
    area: int = 0
    kind: int = 0
    chosen: int = 0
    while w.clock[0] < w.run.horizon:
        area = 0
        while area < w.run.team_areas:
            kind = 0
            while kind < 2:
                chosen = 0
                while chosen >= 0 and w.teams.enrolled[area, kind] < places(w, area, kind):
                    chosen = next_in_queue(w, area, kind)
                    if chosen >= 0:
                        enrol(w, chosen, area, kind)
                        yield spawn(enrolment(w, chosen, area, kind))
                kind += 1
            area += 1
        yield hold(DAY)
    return 0


def enrol(w: World, person: int, area: int, kind: int) -> int:
    """Give the person a caseload place."""
    w.teams.enrolled[area, kind] += 1
    w.people.place_area[person] = area
    w.people.place_kind[person] = kind
    w.people.has_place[person] = 1
    return 1


def enrolment(w: World, person: int, area: int, kind: int) -> Process[int]:
    """Enrolled: a first visit with a care plan, then proactive visits as long as the person belongs to the target."""
    queued_at: int = w.people.queued_at[person]
    detail: int = tag(w, person)
    unit: int = w.units.team_doctor[area]
    row: int = yield record(person, 0, Kind.ENROLMENT, unit, queued_at, -1, -1, Outcome.OPEN, detail)
    w.people.enrolment_row[person] = row
    w.people.enrolment_detail[person] = detail
    w.people.enrolment_started[person] = -1
    n: int = 0
    visited: int = 0
    started: int = -1
    while alive(w, person) and enrolment_target(w, person) and not visited:
        if at_home(w, person):
            visited = yield from proactive_visit(w, person, unit, n)
            n += 1
        if not visited:  # in hospital, or the doctor had no time
            yield hold(time_left(w, person, DAY))
    if alive(w, person) and visited:
        started = w.clock[0]
        w.people.enrolment_started[person] = started
        w.people.enrolled[person] = 1
        w.people.care_plan[person] = 1
        yield amend(row, started, -1, Outcome.OPEN, detail)
    while alive(w, person) and enrolment_target(w, person) and w.people.has_place[person]:
        yield hold(time_left(w, person, proactive_gap(w, person, n)))
        n += 1
        if visited_now(w, person):
            unit = w.units.team_nurse[area]
            if n % 4 == 0:
                unit = w.units.team_doctor[area]
            yield from proactive_visit(w, person, unit, n)
    if alive(w, person):  # the moment of death has closed the row of the dead
        give_up_place(w, person)
        yield amend(row, started, w.clock[0], Outcome.LEFT_GROUP, detail)
    return 0


def visited_now(w: World, person: int) -> int:
    """1 for the enrolled whom a proactive visit that is due reaches: at home, with no episode open."""
    if not w.proactive_visits.active[w.people.arm[person]]:
        return 0
    return 1 if alive(w, person) and free(w, person) else 0


def proactive_gap(w: World, person: int, n: int) -> int:
    """Seconds to the next proactive visit."""
    days = w.proactive_visits.interval_most_ill_days[w.people.arm[person]]
    if w.people.segment[person] < Segment.MOST_ILL:
        days = w.proactive_visits.interval_failing_days[w.people.arm[person]]
    jitter = 0.8 + 0.4 * chance.uniform(w.run.key, person, Purpose.REVIEW, 3, n)
    return 1 + seconds(days * jitter * DAY)


def proactive_visit(w: World, person: int, unit: int, n: int) -> Process[int]:
    """A planned visit before anything happens; counts as a review, and may find an unmet need; 1 if it was made."""
    detail: int = contact_detail(w, person, 0, 0, 4, 1)
    asked: int = w.clock[0]
    row: int = yield record(person, 0, Kind.PROACTIVE_VISIT, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, 9, time_left(w, person, 30 * DAY))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return 0
    started: int = w.clock[0]
    if not at_home(w, person):
        yield release(unit)
        yield amend(row, -1, started, Outcome.CANCELLED, detail)
        return 0
    way: int = way_there(w, person, 2, n)
    detail = yield from set_out(w, person, row, detail, way)
    started = w.clock[0]
    yield hold(time_left(w, person, visit_length(w, person, 2, n) - way))
    yield release(unit)
    w.people.last_review[person] = w.clock[0]
    found: int = finds_need(w, person)
    yield amend(row, started, w.clock[0], Outcome.FOUND_NEED if found else Outcome.DONE, detail)
    if found:
        yield spawn(found_need(w, person, n))
    return 1


def finds_need(w: World, person: int) -> int:
    """1 when the visit uncovers an unmet need (harm channel): at most one in a 28-day window."""
    window = w.clock[0] // WINDOW + 1
    share = w.proactive_visits.found_need_share[w.people.arm[person]]
    if w.people.found_window[person] == window:
        return 0
    if not chance.bernoulli(w.run.key, person, Purpose.FOUND_NEED, need_of_window(w), 0, share):
        return 0
    w.people.found_window[person] = window
    return 1


def need_of_window(w: World) -> int:
    """Identity of what a visit may find in this 28-day window; no candidate has it."""
    return identity(NeedType.DETERIORATION, w.clock[0] // WINDOW, NEED_INDEXES - 1)


def found_need(w: World, person: int, n: int) -> Process[int]:
    """An unmet need that a proactive visit uncovered; it now takes care (harm channel)."""
    need: int = need_of_window(w)
    yield hold(time_left(w, person, 8 * HOUR))
    now: int = w.clock[0]
    if free(w, person):
        yield from found_episode(w, person, need)
    elif alive(w, person):
        yield record(person, need, Kind.SUPPRESSED, -1, now, now, now, Outcome.CANCELLED, tag(w, person))
    return 0
