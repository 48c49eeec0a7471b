"""Doctor's rounds at short-term places (läkarmedverkan vid korttidsboende)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.flows.assessment import next_contact, perceived_level, refer, sent_by_doctor, to_crisis, treated, urgency_now
from sim.flows.home_nursing import begins_treatment, treatment_at_home
from sim.flows.hours import wait_for_office
from sim.flows.person import contact_detail, time_left
from sim.language import Process, amend, hold, record, release, seconds, seize
from sim.vocabulary import DAY, MINUTE, Kind, Level, Outcome, Step

if TYPE_CHECKING:
    from sim.model.typed import World


def next_round(w: World, person: int, time: int) -> int:
    """Seconds to the next round: every ``interval_days`` on a weekday at 8."""
    step = max(1, int(w.rounds.interval_days[w.people.arm[person]] + 0.5))
    day = time // DAY + 1
    while day % step != 0:
        day += 1
    at = day * DAY
    return at + wait_for_office(at) - time


def round_step(w: World, person: int, need: int) -> Process[int]:
    """A worsening at a short-term place is seen at the next round, up to what a team can treat."""
    next_contact(w, person, Step.ROUND)
    yield hold(min(next_round(w, person, w.clock[0]), to_crisis(w, person)))
    if to_crisis(w, person) == 0:
        return int(Step.WORSENS)
    unit: int = w.units.gp[w.people.area[person]]
    urgent: int = urgency_now(w, person, need)
    detail: int = contact_detail(w, person, need, w.people.level[person], urgent, 1)
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.ROUND, unit, asked, -1, -1, Outcome.OPEN, detail)
    got: int = yield seize(unit, 0, to_crisis(w, person))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.CRISIS, detail)
        return int(Step.WORSENS)
    started: int = w.clock[0]
    yield amend(row, started, -1, Outcome.OPEN, detail)
    yield hold(time_left(w, person, seconds(w.rounds.minutes[w.people.arm[person]] * MINUTE)))
    yield release(unit)
    seen: float = perceived_level(w, person, need, 1, 1.0)
    if seen > Level.TEAM + 0.5:
        yield amend(row, started, w.clock[0], Outcome.REFERRED, detail)
        return sent_by_doctor(w, person, refer(w, person, need, seen, Level.TEAM))
    if seen <= Level.GP + 0.5:
        after: int = treated(w, person, Level.GP)
        yield amend(row, started, w.clock[0], Outcome.DONE if after == Step.OVER else Outcome.MISSED, detail)
        return after
    yield amend(row, started, w.clock[0], begins_treatment(w, person), detail)
    step: int = yield from treatment_at_home(w, person, need, w.units.home_nurse[w.people.municipality[person]])
    return step
