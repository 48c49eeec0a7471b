"""From record rows to what can be told of them, moment by moment (ögonblick); words are given elsewhere.

A moment has a key, which names its sentence, and facts, which fill its gaps. What nobody in health care would know,
onset and level of a need above all, is marked as hidden. Nothing is told that is not in the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from sim.engine.records import Records
from sim.eventlog.activities import CONTACTS
from sim.eventlog.events import NO_NEED, needs_of
from sim.vocabulary import (
    CONTACT_AFTER_FAILURE,
    CONTACT_KNOWN,
    CONTACT_NEED_TYPE,
    CONTACT_PLAN,
    NEED_DETECTED_BY,
    NEED_DIAGNOSIS,
    NEED_LEVEL,
    NEED_OFFSPRING,
    NEED_TYPE,
    NEVER,
    STAY_DIRECT,
    STAY_OUTLYING,
    STAY_OVERCROWDED,
    STAY_PLANNED,
    STAY_PROCEDURE,
    STAY_SJUKSTUGA,
    STAY_WARD,
    Detection,
    Diagnosis,
    Kind,
    Level,
    NeedType,
    Outcome,
    Place,
    Segment,
    Ward,
)


class Length(int):
    """A duration in seconds, for a sentence."""


Fact = Length | IntEnum


@dataclass(frozen=True)
class Moment:
    """One sentence of a story.

    Attributes
    ----------
    time
        Seconds of the model.
    key
        Of the sentence.
    facts
        What stands in its gaps: lengths and codes.
    tails
        Keys of what is added to the sentence, in order.
    hidden
        Whether it is the model's own knowledge, which nobody in health care has.
    """

    time: int
    key: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    tails: tuple[str, ...] = ()
    hidden: bool = False


class Row(NamedTuple):
    """One row of the records, as plain numbers; the need is ``NO_NEED`` where there is none."""

    number: int
    need: int
    kind: int
    asked: int
    started: int
    ended: int
    outcome: int
    detail: int
    boarding: bool

    @property
    def made(self) -> bool:
        """Whether what was asked for began."""
        return self.started >= 0

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.ended >= 0

    def bits(self, first: int, codes: int) -> int:
        """Bits of the detail, as a code."""
        return self.detail // first % codes


class Case:
    """All rows of one person, in order, with what follows what.

    Parameters
    ----------
    records
        All records of the person and of nobody else.
    """

    def __init__(self, records: Records) -> None:
        need = needs_of(records)
        died = [int(t) for t, kind in zip(records.ended, records.kind, strict=True) if kind == Kind.DEATH]
        self.died: int | None = died[0] if died else None
        """When the person dies, in seconds."""
        latest = NEVER if self.died is None else self.died
        found = [
            Row(
                number,
                int(need[number]),
                int(records.kind[number]),
                int(records.asked[number]),
                int(records.started[number]),
                min(int(records.ended[number]), latest),
                int(records.outcome[number]),
                int(records.detail[number]),
                int(records.unit[number]) < 0,
            )
            for number in range(len(records))
            if records.asked[number] <= latest
        ]
        self.rows: Sequence[Row] = sorted(found, key=lambda row: (row.asked, row.number))
        """Rows by when they were asked for; nothing is later than death."""

    def of(self, *kinds: Kind) -> list[Row]:
        """Rows of some kinds."""
        return [row for row in self.rows if row.kind in kinds]

    def next_step(self, row: Row) -> Kind | None:
        """Who is asked next in the same need, if anybody is."""
        if row.need == NO_NEED or not row.over:
            return None
        for other in self.rows:
            if other.need == row.need and other.asked >= row.ended and other.number > row.number:
                if other.kind in STEPS:
                    return Kind(other.kind)
                return None
        return None


STEPS = (
    *(kind for kind in CONTACTS if kind not in (Kind.PLANNING, Kind.HOME_HELP_START)),
    Kind.STAY,
    Kind.HOME_TREATMENT,
)
"""What one contact may lead to."""
PHONE = (Kind.PHONE_1177, Kind.PHONE_CENTRE, Kind.DIGITAL_VISIT, Kind.CONSULT, Kind.ALARM)
"""Contacts without a meeting."""
PLAIN = tuple(kind for kind in CONTACTS if kind is not Kind.EMERGENCY_VISIT)
"""Contacts that one sentence tells."""
RANKS = {
    **dict.fromkeys(("discharged_home", "discharged_short_term", "discharged_special_housing"), 1),
    **dict.fromkeys(("short_term_stay", "special_housing_move"), 2),
    "death": 3,
}
"""Order of what happens in the same second; all else is first."""


def moments(case: Case, horizon: int) -> list[Moment]:
    """Everything that can be told of a person, in the order in which it happened.

    Parameters
    ----------
    case
        All rows of the person.
    horizon
        End of the records, in seconds.
    """
    found: list[Moment] = []
    for row in case.rows:
        if row.kind in PLAIN:
            found += _contact(case, row)
        elif row.kind in ROOMS:
            found += ROOMS[Kind(row.kind)](case, row)
    for admission in admissions(case):
        found += _stay(case, admission, horizon)
    # Stable: in one second as in the records, but for what follows from the rest of it.
    return sorted(found, key=lambda moment: (moment.time, RANKS.get(moment.key, 0)))


# --- needs: hidden ---------------------------------------------------------------------------------------------


def _need(case: Case, row: Row) -> Iterator[Moment]:
    """Onset and end of a need; the onset of a simple one is told by the contact that it leads to."""
    kind = NeedType(row.bits(NEED_TYPE, len(NeedType)))
    facts: dict[str, Fact] = {"need": kind}
    if kind == NeedType.SIMPLE:
        if not any(other.need == row.need and other.number != row.number for other in case.rows):
            yield Moment(row.asked, "self_care", hidden=True)
        return
    if kind == NeedType.COMPLICATED and not row.detail & NEED_OFFSPRING:
        yield Moment(row.asked, "complicated", hidden=True)
        return
    facts |= {
        "level": Level(row.bits(NEED_LEVEL, 8)),
        "diagnosis": Diagnosis(row.bits(NEED_DIAGNOSIS, len(Diagnosis))),
        "by": Detection(row.bits(NEED_DETECTED_BY, len(Detection))),
    }
    after = ("follow_on",) if row.detail & NEED_OFFSPRING else ()
    if row.outcome == Outcome.PREVENTED:
        yield Moment(row.asked, "prevented", facts, hidden=True)
        return
    if row.made:
        facts["delay"] = Length(row.started - row.asked)
        yield Moment(row.asked, "worsening", facts, (*after, "noticed"), hidden=True)
    else:
        yield Moment(row.asked, "worsening", facts, after, hidden=True)
    if row.over and row.outcome == Outcome.GAVE_UP:
        yield Moment(row.ended, "passes", facts, hidden=True)


def _suppressed(case: Case, row: Row) -> Iterator[Moment]:
    yield Moment(row.asked, "suppressed", hidden=True)


def _segment(case: Case, row: Row) -> Iterator[Moment]:
    yield Moment(row.asked, "segment", {"segment": Segment(row.detail % len(Segment))}, hidden=True)


# --- contacts ----------------------------------------------------------------------------------------------------


def _contact(case: Case, row: Row) -> Iterator[Moment]:
    """A contact that is told when it begins, or when nothing came of it."""
    name = _name(row)
    facts: dict[str, Fact] = {}
    if not row.made:
        if row.over:
            facts["wait"] = Length(row.ended - row.asked)
            end = "cancelled" if row.outcome in (Outcome.CANCELLED, Outcome.DIED) else "not_made"
            # A call in vain is told when it is made, an appointment that does not come about when it is given up.
            yield Moment(row.asked if row.kind in PHONE else row.ended, f"{name}.{end}", facts)
        else:
            yield Moment(row.asked, f"{name}.waiting", facts)
        return
    facts["wait"] = Length(row.started - row.asked)
    if row.over:
        facts["length"] = Length(row.ended - row.started)
    step = case.next_step(row)
    if step is not None:
        facts["step"] = step
    told_at_end = row.kind in (Kind.PLANNING, Kind.HOME_HELP_START) and row.over
    if told_at_end:
        facts["wait"] = Length(row.ended - row.asked)
    yield Moment(row.ended if told_at_end else row.started, name, facts, _tails(row, step))
    if row.over and row.outcome == Outcome.MISSED:
        yield Moment(row.ended, "too_low", hidden=True)


def _name(row: Row) -> str:
    """Key of a contact's sentence."""
    planned = row.need == NO_NEED and row.bits(CONTACT_NEED_TYPE, len(NeedType)) == NeedType.EXACERBATION
    if row.kind == Kind.GP_HOME_VISIT and planned:
        return "review_at_home"
    if row.kind == Kind.REHABILITATION and row.need == NO_NEED:
        return "rehabilitation_between"
    return Kind(row.kind).name.lower()


ASSESSING = (
    Kind.NURSE_VISIT,
    Kind.GP_VISIT,
    Kind.GP_HOME_VISIT,
    Kind.HOME_NURSE_VISIT,
    Kind.TEAM_NURSE_VISIT,
    Kind.TEAM_DOCTOR_VISIT,
    Kind.FREQUENT_ATTENDER,
    Kind.ROUND,
    Kind.PALLIATIVE_VISIT,
)
APPOINTMENTS = (Kind.NURSE_VISIT, Kind.GP_VISIT)
BOOKED = (Outcome.DONE, Outcome.BOOKED)
"""Outcomes of a call that leads to one of these."""


def _tails(row: Row, step: Kind | None) -> tuple[str, ...]:
    """What is said of a contact besides that it took place."""
    found = []
    if row.kind in (Kind.GP_VISIT, Kind.NURSE_VISIT) and row.detail & CONTACT_KNOWN:
        found.append("known")
    if row.kind in (Kind.HOME_NURSE_VISIT, Kind.AMBULANCE) and row.detail & CONTACT_PLAN:
        found.append("on_plan")
    if not row.over:
        return (*found, "open")
    if row.kind == Kind.PHONE_CENTRE and step in APPOINTMENTS and row.outcome in BOOKED:
        return (*found, "booked")
    referred = row.outcome in (Outcome.REFERRED, Outcome.BOOKED)
    if referred or (step is Kind.SPECIALIST_VISIT and row.kind in ASSESSING):
        found.append("on_to" if step is not None else "sent_on")
    elif row.kind in ASSESSING and row.need != NO_NEED and row.outcome in (Outcome.DONE, Outcome.MISSED):
        found.append("treated")
    elif row.kind in (Kind.PHONE_1177, Kind.PHONE_CENTRE) and row.outcome == Outcome.DONE and step is None:
        found.append("advised")
    elif row.outcome in (Outcome.LEFT_AT_HOME, Outcome.CONVEYED, Outcome.FOUND_NEED, Outcome.FALSE_ALARM):
        found.append(Outcome(row.outcome).name.lower())
    return tuple(found)


def _emergency(case: Case, row: Row) -> Iterator[Moment]:
    """A visit to the emergency department, told when the person comes."""
    facts: dict[str, Fact] = {}
    tails = ["after_failure"] if row.detail & CONTACT_AFTER_FAILURE else []
    if row.made:
        facts["wait"] = Length(row.started - row.asked)
        tails.append("seen")
    if row.over:
        facts["length"] = Length(row.ended - row.asked)
        ends = {Outcome.DONE: "sent_home", Outcome.ADMITTED: "to_ward", Outcome.GAVE_UP: "left_unseen"}
        if Outcome(row.outcome) in ends:
            tails.append(ends[Outcome(row.outcome)])
    yield Moment(row.asked, "emergency_visit", facts, tuple(tails))


# --- what lasts --------------------------------------------------------------------------------------------------


def _treatment(case: Case, row: Row) -> Iterator[Moment]:
    yield Moment(row.started, "home_treatment")
    if row.over and row.outcome in (Outcome.DONE, Outcome.MISSED):
        key = "home_treatment.well" if row.outcome == Outcome.DONE else "home_treatment.failed"
        yield Moment(row.ended, key, {"length": Length(row.ended - row.started)})


def _short_term(case: Case, row: Row) -> Iterator[Moment]:
    """A stay at a short-term place; one that was never moved into is told by the wait in hospital."""
    respite = row.need == NO_NEED
    if not row.made:
        if respite and row.over and row.outcome == Outcome.GAVE_UP:
            yield Moment(row.ended, "respite.not_made")
        return
    yield Moment(row.started, "respite" if respite else "short_term_stay")
    if not row.over or row.outcome == Outcome.DIED:
        return
    facts: dict[str, Fact] = {"length": Length(row.ended - row.started)}
    moves = any(other.asked == row.ended for other in case.of(Kind.SPECIAL_HOUSING_MOVE))
    if row.outcome == Outcome.TRANSFERRED:
        yield Moment(row.ended, "short_term_stay.hospital", facts)
    elif not moves:
        yield Moment(row.ended, "respite.over" if respite else "short_term_stay.home", facts)


def _housing(case: Case, row: Row) -> Iterator[Moment]:
    yield Moment(row.asked, "special_housing_move")


def _homecoming(case: Case, row: Row) -> Iterator[Moment]:
    if row.made:
        yield Moment(row.started, "homecoming")
        if row.over and row.outcome == Outcome.DONE:
            yield Moment(row.ended, "homecoming.over", {"length": Length(row.ended - row.started)})


def _enrolment(case: Case, row: Row) -> Iterator[Moment]:
    if row.made:
        yield Moment(row.started, "enrolment", {"wait": Length(row.started - row.asked)})
        if row.over and row.outcome != Outcome.DIED:
            yield Moment(row.ended, "enrolment.over", {"length": Length(row.ended - row.started)})


def _postponed(case: Case, row: Row) -> Iterator[Moment]:
    yield Moment(row.ended, "postponed")


def _death(case: Case, row: Row) -> Iterator[Moment]:
    yield Moment(row.ended, "death", {"place": Place(row.detail % (1 << 16))})


ROOMS = {
    Kind.NEED: _need,
    Kind.SUPPRESSED: _suppressed,
    Kind.SEGMENT_CHANGE: _segment,
    Kind.EMERGENCY_VISIT: _emergency,
    Kind.HOME_TREATMENT: _treatment,
    Kind.SHORT_TERM_STAY: _short_term,
    Kind.SPECIAL_HOUSING_MOVE: _housing,
    Kind.HOMECOMING: _homecoming,
    Kind.ENROLMENT: _enrolment,
    Kind.POSTPONED: _postponed,
    Kind.DEATH: _death,
}
"""What tells a row, by kind; contacts and stays apart."""


# --- hospital ----------------------------------------------------------------------------------------------------


def admissions(case: Case) -> list[list[Row]]:
    """Stays of one admission together: the wait for a bed, the bed, beds in other wards."""
    found: list[list[Row]] = []
    for row in case.of(Kind.STAY):
        before = found[-1][-1] if found else None
        if before is not None and before.outcome == Outcome.TRANSFERRED and before.ended == row.asked:
            found[-1].append(row)
        elif row.outcome != Outcome.CANCELLED:
            found.append([row])
    return found


def _stay(case: Case, stays: list[Row], horizon: int) -> Iterator[Moment]:
    """From the bed to leaving the hospital."""
    decided, last = stays[0].asked, stays[-1]
    beds = [row for row in stays if not row.boarding]
    end = last.ended if last.over else horizon
    for place, bed in enumerate(beds):
        facts: dict[str, Fact] = {"ward": Ward(bed.bits(STAY_WARD, len(Ward)))}
        if place:
            yield Moment(bed.started, "moved_ward", {"ward": Ward.MEDICINE})
            continue
        facts["wait"] = Length(bed.started - decided)
        yield Moment(bed.started, _admitted(bed), facts, _bed_tails(bed, bed.started - decided))
    causes: list[str] = []
    for ready in case.of(Kind.READY):
        if not (ready.need == stays[0].need and decided <= ready.asked <= end):
            continue
        until = ready.ended if ready.over else horizon
        if until > ready.asked:
            yield Moment(ready.asked, "ready", {"length": Length(ready.asked - decided)})
        if ready.outcome == Outcome.RELAPSED:
            yield Moment(until, "relapse", {"wait": Length(until - ready.asked)})
        elif until > ready.asked:
            causes = [_cause(case, ready, until)]
    if last.over and last.outcome in TO:
        yield _discharge(case, stays, causes)


TO = {
    Outcome.DISCHARGED_HOME: "discharged_home",
    Outcome.DISCHARGED_SHORT_TERM: "discharged_short_term",
    Outcome.DISCHARGED_SPECIAL_HOUSING: "discharged_special_housing",
}


def _discharge(case: Case, stays: list[Row], causes: list[str]) -> Moment:
    """Leaving the hospital, with the wait before it."""
    last = stays[-1]
    facts: dict[str, Fact] = {"length": Length(last.ended - stays[0].asked)}
    if causes:
        begun = max(row.asked for row in case.of(Kind.READY) if row.asked <= last.ended)
        facts["wait"] = Length(last.ended - begun)
    return Moment(last.ended, TO[Outcome(last.outcome)], facts, tuple(causes))


def _admitted(bed: Row) -> str:
    """Key of the sentence of an admission."""
    if bed.detail & STAY_SJUKSTUGA:
        return "admitted_sjukstuga"
    if bed.detail & STAY_PLANNED:
        return "admitted_planned"
    return "admitted_direct" if bed.detail & STAY_DIRECT else "admitted"


def _bed_tails(bed: Row, wait: int) -> tuple[str, ...]:
    """What is said of an admission besides the ward."""
    bits = {STAY_OUTLYING: "outlying", STAY_OVERCROWDED: "overcrowded", STAY_PROCEDURE: "procedure"}
    found = ["boarded"] if wait > 0 else []
    return (*found, *(key for bit, key in bits.items() if bed.detail & bit))


def _cause(case: Case, ready: Row, until: int) -> str:
    """What somebody who was ready waited for, by what was under way then."""

    def under_way(kind: Kind) -> bool:
        return any(
            row.need == ready.need and row.asked <= until and (not row.over or row.ended >= ready.asked)
            for row in case.of(kind)
        )

    if any(row.made and row.need == ready.need and row.asked >= ready.asked for row in case.of(Kind.HOMECOMING)):
        return "waited_homecoming"
    if ready.outcome == Outcome.DISCHARGED_SHORT_TERM:
        return "waited_short_term"
    return "waited_home_help" if under_way(Kind.HOME_HELP_START) else "waited_planning"
