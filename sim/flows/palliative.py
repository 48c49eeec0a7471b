"""Mobile palliative team (mobilt palliativt team): care at home when little life remains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import chance
from sim.flows.assessment import (
    next_contact,
    perceived_level,
    sent_by_doctor,
    to_crisis,
    to_hospital,
    treated,
    urgency_now,
)
from sim.flows.person import contact_detail, time_left
from sim.language import Process, amend, hold, record, release, seconds, seize
from sim.vocabulary import HOUR, MINUTE, Kind, Level, Outcome, Purpose, Step

if TYPE_CHECKING:
    from sim.model.typed import World


def palliative_step(w: World, person: int, need: int) -> Process[int]:
    """A visit by the palliative team, who can do at home what the team can, and symptom relief beyond it."""
    n: int = next_contact(w, person, Step.PALLIATIVE)
    unit: int = w.units.palliative[0]
    urgent: int = urgency_now(w, person, need)
    detail: int = contact_detail(w, person, need, w.people.level[person], urgent, 1)
    asked: int = w.clock[0]
    row: int = yield record(person, need, Kind.PALLIATIVE_VISIT, unit, asked, -1, -1, Outcome.OPEN, detail)
    patience: int = seconds(w.palliative_team.answer_hours[w.people.arm[person]] * HOUR)
    got: int = yield seize(unit, urgent, min(patience, to_crisis(w, person)))
    if not got:
        yield amend(row, -1, w.clock[0], Outcome.GAVE_UP, detail)
        return int(Step.WORSENS) if to_crisis(w, person) == 0 else to_hospital(w, person, need)
    started: int = w.clock[0]
    yield amend(row, started, -1, Outcome.OPEN, detail)
    travel: float = w.municipalities.travel_minutes[w.people.municipality[person]]
    minutes: float = (w.palliative_team.visit_minutes[w.people.arm[person]] + travel) * MINUTE
    yield hold(
        time_left(
            w,
            person,
            1 + seconds(chance.lognormal(w.run.key, person, Purpose.SERVICE, need, n, minutes, 0.3)),
        )
    )
    yield release(unit)
    seen: float = perceived_level(w, person, need, 1, 1.0)
    if seen > Level.TEAM + 0.5 + w.palliative_team.relief_levels[w.people.arm[person]]:
        yield amend(row, started, w.clock[0], Outcome.REFERRED, detail)
        return sent_by_doctor(w, person, to_hospital(w, person, need))
    yield amend(row, started, w.clock[0], Outcome.DONE, detail)
    share: float = w.palliative_team.relief_share[w.people.arm[person]]
    relieved: int = chance.bernoulli(w.run.key, person, Purpose.TREATMENT, need, n, share)
    if relieved:
        return int(Step.OVER)
    return treated(w, person, Level.TEAM)
