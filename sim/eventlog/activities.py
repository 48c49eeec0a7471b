"""What happens, in words (aktiviteter): the activity of each kind of record row.

A short contact is one event, when it is over. What lasts for days is two: when it begins and when it ends, so that
what happens meanwhile stands between them. Marks of the model that nobody in health care would note are left out.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.vocabulary import Kind, NeedType, Outcome

CONTACTS = {
    Kind.PHONE_1177: "Call to 1177",
    Kind.PHONE_CENTRE: "Call to health centre",
    Kind.DIGITAL_VISIT: "Digital visit",
    Kind.NURSE_VISIT: "Nurse visit",
    Kind.GP_VISIT: "GP visit",
    Kind.GP_HOME_VISIT: "GP home visit",
    Kind.HOME_NURSE_VISIT: "Home nurse visit",
    Kind.TEAM_NURSE_VISIT: "Mobile team nurse visit",
    Kind.TEAM_DOCTOR_VISIT: "Mobile team doctor visit",
    Kind.PROACTIVE_VISIT: "Proactive visit",
    Kind.REVIEW: "Planned review",
    Kind.CONSULT: "Specialist support",
    Kind.ALARM: "Monitoring alarm",
    Kind.AMBULANCE: "Ambulance",
    Kind.EMERGENCY_VISIT: "Emergency visit",
    Kind.PLANNING: "Discharge planning",
    Kind.HOME_HELP_START: "Home help starts",
    Kind.SPECIALIST_VISIT: "Specialist visit",
    Kind.DAY_TREATMENT: "Day treatment",
    Kind.REHABILITATION: "Rehabilitation",
    Kind.FREQUENT_ATTENDER: "Frequent attender contact",
    Kind.ROUND: "Doctor's round",
    Kind.PALLIATIVE_VISIT: "Palliative visit",
}
"""One event, when the contact is over."""

MOMENTS = {
    Kind.DEATH: "Death",
    Kind.SPECIAL_HOUSING_MOVE: "Move to special housing",
    Kind.POSTPONED: "Planned admission postponed",
}
"""One event, without a length."""


class Spell(NamedTuple):
    """What lasts: the name of the whole, of its beginning and of its end."""

    whole: str
    begins: str
    ends: str


SPELLS = {
    Kind.HOME_TREATMENT: Spell("Home treatment", "Home treatment begins", "Home treatment ends"),
    Kind.SHORT_TERM_STAY: Spell("Short-term stay", "Short-term stay begins", "Short-term stay ends"),
    Kind.HOMECOMING: Spell("Safe homecoming", "Safe homecoming begins", "Safe homecoming ends"),
    Kind.ENROLMENT: Spell("Enrolment in mobile team", "Enrolled in mobile team", "Left mobile team"),
    Kind.READY: Spell("Ready for discharge", "Ready for discharge", "Relapse while waiting"),
}
"""Two events; death ends them all without one of their own, and of what ends being ready only a relapse is one."""

LEFT_OUT = frozenset({Kind.SUPPRESSED, Kind.SEGMENT_CHANGE, Kind.OUTSIDE_STAY})
"""No event: marks of the model, and patients from outside the population, who have one stay each."""

ADMISSION, DIRECT_ADMISSION = "Admission", "Direct admission"
PLANNED_ADMISSION, TRANSFER = "Planned admission", "Transfer to another ward"
DISCHARGES = {
    Outcome.DISCHARGED_HOME: "Discharge home",
    Outcome.DISCHARGED_SHORT_TERM: "Discharge to short-term place",
    Outcome.DISCHARGED_SPECIAL_HOUSING: "Discharge to special housing",
}
"""The end of a stay in hospital."""

NEEDS = {
    NeedType.SIMPLE: "Simple need",
    NeedType.COMPLICATED: "Complicated need",
    NeedType.EXACERBATION: "Exacerbation",
    NeedType.DETERIORATION: "Deterioration",
}
"""The beginning of a case of one need: its onset."""
NEED_OVER = "Need over"

CANCELLED = ", cancelled"
NOT_MADE = {Outcome.GAVE_UP: ", given up", Outcome.CRISIS: ", given up in crisis", Outcome.DIED: ", died waiting"}
"""Asked for and never begun: what follows the name, by outcome; for all others it is ``CANCELLED``."""
WAITING = ", waiting"
"""Asked for, and neither begun nor given up at the horizon."""


def _names() -> tuple[str, ...]:
    wholes = [*CONTACTS.values(), *(spell.whole for spell in SPELLS.values()), ADMISSION]
    found = [
        *CONTACTS.values(),
        *MOMENTS.values(),
        *(name for spell in SPELLS.values() for name in spell[1:]),
        *(ADMISSION, DIRECT_ADMISSION, PLANNED_ADMISSION, TRANSFER),
        *DISCHARGES.values(),
        *NEEDS.values(),
        NEED_OVER,
        *(whole + words for whole in wholes for words in dict.fromkeys((*NOT_MADE.values(), CANCELLED, WAITING))),
    ]
    return tuple(dict.fromkeys(found))


NAMES = _names()
"""Every activity; an event holds its place in here."""
CODES = {name: code for code, name in enumerate(NAMES)}
