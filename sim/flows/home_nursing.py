"""Municipal home nursing (hemsjukvård): unplanned visits, and daily treatment at home with specialist support."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim import chance
from sim.flows.assessment import (
    contact_outcome,
    next_contact,
    perceived_level,
    refer,
    team_open,
    team_works,
    to_crisis,
    treated,
    urgency_now,
)
from sim.flows.hours import office_hours
from sim.flows.person import contact_detail, time_left
from sim.flows.travel import set_out, travel_bits
from sim.language import Process, amend, hold, record, release, seconds, seize
from sim.vocabulary import DAY, HOUR, MINUTE, Kind, Level, Outcome, Purpose, Step

if TYPE_CHECKING:
    from sim.model.typed import World


def visit_seconds(w: World, person: int, need: int, n: int) -> int:
    """Seconds of a nurse's visit, with travel and with the time lost to contacts and waiting around it.

    The time study gives 19 % lost (strulfaktorer); a joint workflow returns part of it to visits.
    """
    lost = w.home_nursing.lost_time_share
    arm = w.people.arm[person]
    if w.joint_workflow.active[arm]:
        lost = max(0.0, lost - w.joint_workflow.freed_share[arm])
    median = w.home_nursing.visit_minutes * MINUTE / (1.0 - lost) * math.exp(-0.5 * 0.35 * 0.35)
    return 1 + seconds(chance.lognormal(w.run.key, person, Purpose.SERVICE, need, n, median, 0.35))


def nurse_noise(w: World) -> float:
    """Home nurses know their patients."""
    return w.assessment.home_nurse_noise


def home_nurse_step(w: World, person: int, need: int) -> Process[int]:
    """An unplanned visit by the home nurse: treat, act on the care plan, or ask a doctor.

    Without a direct path the doctor is asked through the health centre's phone queue, like everybody else.
    """
    n: int = next_contact(w, person, Step.HOME_NURSE)
    unit: int = w.units.home_nurse[w.people.municipality[person]]
    urgent: int = urgency_now(w, person, need)
    detail: int = contact_detail(w, person, need, w.people.level[person], urgent, 1)
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.HOME_NURSE_VISIT, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, urgent, to_crisis(w, person))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.CRISIS, detail)
        return int(Step.WORSENS)
    whole: int = visit_seconds(w, person, need, n)
    way: int = seconds(whole * w.home_nursing.travel_share)
    detail = yield from set_out(w, person, row, detail, way)
    started: int = w.clock[0]
    yield hold(time_left(w, person, whole - way))
    yield release(unit)
    seen: float = perceived_level(w, person, need, 1, nurse_noise(w))
    step: int = home_nurse_decision(w, person, need, seen)
    if w.people.on_plan[person]:
        detail = contact_detail(w, person, need, w.people.level[person], urgent, 1) + travel_bits(way)
    yield amend(row, started, w.clock[0], contact_outcome(step), detail)
    return step


def home_nurse_decision(w: World, person: int, need: int, seen: float) -> int:
    """What the home nurse does with what she sees."""
    if seen <= Level.NURSE + 0.5:
        return treated(w, person, Level.NURSE)
    now = w.clock[0]
    arm = w.people.arm[person]
    if w.care_plan.active[arm] and w.people.care_plan[person] and not team_open(w, person, now):
        capability = Level.NURSE + w.care_plan.nurse_levels[arm]
        if seen <= capability + 0.5:
            w.people.on_plan[person] = 1
            return treated(w, person, Level.GP) if capability >= Level.GP else treated(w, person, Level.NURSE)
    step = refer(w, person, need, seen, Level.NURSE)
    if by_phone(w, person, step):
        return int(Step.HEALTH_CENTRE) if office_hours(now) else int(Step.PHONE_1177)
    return step


def by_phone(w: World, person: int, step: int) -> int:
    """1 when the nurse must ask through the phone queue: without direct paths to the doctor or the team."""
    arm = w.people.arm[person]
    if step == Step.GP:
        return 0 if w.direct_contact.active[arm] and w.direct_contact.nurse_line[arm] else 1
    if step == Step.TEAM_NURSE or step == Step.TEAM_DOCTOR:
        return 0 if w.direct_contact.active[arm] else 1
    return 0


def consult_step(w: World, person: int, need: int) -> Process[int]:
    """Specialist support at a distance: helps only if the answer comes before progression."""
    n: int = next_contact(w, person, Step.CONSULT)
    unit: int = w.units.consult[0]
    urgent: int = urgency_now(w, person, need)
    detail: int = contact_detail(w, person, need, w.people.level[person], urgent, 0)
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.CONSULT, unit, asked, -1, -1, Outcome.OPEN, detail)
    w.people.consulted[person] = 1
    got: int = yield seize(unit, urgent, min(8 * HOUR, to_crisis(w, person)))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return int(Step.WORSENS) if to_crisis(w, person) == 0 else int(Step.AMBULANCE)
    started: int = w.clock[0]
    yield amend(row, started, -1, Outcome.OPEN, detail)
    minutes: float = w.specialist_support.consult_minutes[w.people.arm[person]] * MINUTE
    yield hold(
        time_left(
            w,
            person,
            1 + seconds(chance.lognormal(w.run.key, person, Purpose.CONSULT, need, n, minutes, 0.4)),
        )
    )
    yield release(unit)
    seen: float = perceived_level(w, person, need, 1, w.assessment.emergency_noise)
    if seen > Level.TEAM + 0.5:
        yield amend(row, started, w.clock[0], Outcome.REFERRED, detail)
        return int(Step.AMBULANCE)
    yield amend(row, started, w.clock[0], begins_treatment(w, person), detail)
    step: int = yield from treatment_at_home(w, person, need, w.units.home_nurse[w.people.municipality[person]])
    return step


def begins_treatment(w: World, person: int) -> int:
    """Outcome of a contact that leads to treatment at home: missed where only a hospital would do."""
    return int(Outcome.MISSED) if w.people.level[person] > Level.TEAM else int(Outcome.DONE)


def treatment_at_home(w: World, person: int, need: int, unit: int) -> Process[int]:
    """Daily visits at home instead of hospital, until well, worse, or nobody comes (sjukhusvård i hemmet).

    Three ways to fail: the need was hospital-only all along; the treatment fails; visits are not made because the
    nurses are busy elsewhere.
    """
    if w.people.level[person] > Level.TEAM:
        return treated(w, person, Level.TEAM)
    asked: int = w.clock[0]
    detail: int = contact_detail(w, person, need, w.people.level[person], 2, 1)
    row: int = yield record(person, need, Kind.HOME_TREATMENT, unit, asked, asked, -1, Outcome.OPEN, detail)
    median: float = w.mobile_team.treatment_days[w.people.arm[person]]
    days: int = 1 + seconds(chance.lognormal(w.run.key, person, Purpose.TREATMENT, need, 1, median, 0.4))
    fails_on: int = failing_day(w, person, need, days)
    day: int = 0
    missed: int = 0
    while day < days and missed < 2 and day != fails_on:
        yield hold(time_left(w, person, DAY - w.clock[0] % DAY + 8 * HOUR))
        if w.clock[0] >= w.people.death_at[person]:
            yield amend(row, asked, w.clock[0], Outcome.DIED, detail)
            return int(Step.OVER)
        day += 1
        missed = yield from daily_visit(w, person, need, daily_unit(w, person, unit), day, missed)
    if missed >= 2 or day == fails_on:
        yield amend(row, asked, w.clock[0], Outcome.MISSED, detail)
        w.people.level[person] = Level.HOSPITAL
        w.people.late[person] = 1
        w.people.crisis_at[person] = min(w.people.crisis_at[person], w.clock[0])
        return int(Step.WORSENS)
    yield amend(row, asked, w.clock[0], Outcome.DONE, detail)
    return int(Step.OVER)


def daily_unit(w: World, person: int, unit: int) -> int:
    """Who makes today's visit: home nursing, every day of the week, when the mobile team does not work."""
    return unit if team_works(w, person, w.clock[0]) else w.units.home_nurse[w.people.municipality[person]]


def failing_day(w: World, person: int, need: int, days: int) -> int:
    """Day on which treatment at home fails, or -1."""
    u = chance.uniform(w.run.key, person, Purpose.COMPLICATION, need, 0)
    share = w.mobile_team.treatment_failure_share[w.people.arm[person]]
    return 1 + int(u / share * days) if u < share else -1


def daily_visit(w: World, person: int, need: int, unit: int, day: int, missed: int) -> Process[int]:
    """One of the daily visits; counts the days in a row on which nobody came."""
    got: int = yield seize(unit, 2, time_left(w, person, 10 * HOUR))
    if not got:
        return missed + 1
    yield hold(time_left(w, person, visit_seconds(w, person, need, 1000 + day)))
    yield release(unit)
    return 0
