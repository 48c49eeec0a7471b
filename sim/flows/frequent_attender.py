"""Coordination team for frequent attenders at the emergency department (samordningsteam för mångbesökare)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import chance
from sim.flows.assessment import contact_outcome, next_contact, perceived_level, refer, to_crisis, treated, urgency_now
from sim.flows.person import alive, contact_detail, managed, tag, time_left
from sim.language import Process, amend, hold, record, release, seconds, seize, spawn
from sim.vocabulary import DAY, MINUTE, Kind, Level, Outcome, Purpose, Step

if TYPE_CHECKING:
    from sim.model.typed import World


def attends_often(w: World, person: int, contacts: int) -> int:
    """1 when so many emergency contacts in a calendar month bring the person to the team; a list takes their place."""
    arm = w.people.arm[person]
    if not w.attender_team.active[arm] or w.attender_team.by_list[arm]:
        return 0
    return 1 if contacts >= w.attender_team.contacts_in_month[arm] else 0


def attender_list(w: World) -> Process[int]:
    """From the start of coordination: whoever is on the list, if the team has one, is asked to a first meeting."""
    yield hold(max(0, w.run.coordination_starts - w.clock[0]))
    place: int = 0
    person: int = 0
    while place < w.run.people and (w.attender_team.by_list[0] or w.attender_team.by_list[1]):
        person = w.people.enrolment_order[place]
        if alive(w, person) and on_attender_list(w, person):
            yield spawn(attender_referral(w, person))
        place += 1
    return place


def on_attender_list(w: World, person: int) -> int:
    """1 for the chosen where the team goes by list."""
    arm = w.people.arm[person]
    return w.people.chosen[person] if w.attender_team.active[arm] and w.attender_team.by_list[arm] else 0


def attender_referral(w: World, person: int) -> Process[int]:
    """Triggered by several emergency contacts within a calendar month: a first meeting, then a named contact."""
    if managed(w, person) or w.people.managed_until[person] < 0:
        return 0
    w.people.managed_until[person] = -1  # asked for; not yet met
    unit: int = w.units.attender_team[0]
    detail: int = tag(w, person)
    asked: int = w.clock[0]
    row: int = yield record(person, 0, Kind.FREQUENT_ATTENDER, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, 8, time_left(w, person, 60 * DAY))
    if not got:
        w.people.managed_until[person] = 0
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return 0
    if not alive(w, person):
        yield release(unit)
        yield amend(row, -1, w.clock[0], Outcome.CANCELLED, detail)
        return 0
    started: int = w.clock[0]
    yield amend(row, started, -1, Outcome.OPEN, detail)
    yield hold(time_left(w, person, seconds(w.attender_team.meeting_minutes[w.people.arm[person]] * MINUTE)))
    yield release(unit)
    yield amend(row, started, w.clock[0], Outcome.DONE, detail)
    w.people.managed_until[person] = w.clock[0] + seconds(w.attender_team.follows_days[w.people.arm[person]] * DAY)
    return 1


def named_contact_step(w: World, person: int, need: int) -> Process[int]:
    """The named contact takes a worsening in office hours, and knows the patient."""
    n: int = next_contact(w, person, Step.NAMED_CONTACT)
    unit: int = w.units.attender_team[0]
    urgent: int = urgency_now(w, person, need)
    detail: int = contact_detail(w, person, need, w.people.level[person], urgent, 1)
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.FREQUENT_ATTENDER, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, urgent, min(4 * 3600, to_crisis(w, person)))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return int(Step.WORSENS) if to_crisis(w, person) == 0 else int(Step.HEALTH_CENTRE)
    started: int = w.clock[0]
    yield amend(row, started, -1, Outcome.OPEN, detail)
    minutes: float = w.attender_team.contact_minutes[w.people.arm[person]] * MINUTE
    yield hold(
        time_left(
            w,
            person,
            1 + seconds(chance.lognormal(w.run.key, person, Purpose.SERVICE, need, n, minutes, 0.4)),
        )
    )
    yield release(unit)
    seen: float = perceived_level(w, person, need, 1, 1.0)
    step: int = refer(w, person, need, seen, Level.NURSE)
    if seen <= Level.NURSE + 0.5:
        step = treated(w, person, Level.NURSE)
    yield amend(row, started, w.clock[0], contact_outcome(step), detail)
    return step
