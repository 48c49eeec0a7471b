"""From record rows to events (rader till händelser): what, when, where, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sim.engine.records import Records
from sim.eventlog.activities import (
    ADMISSION,
    CANCELLED,
    CODES,
    CONTACTS,
    DIRECT_ADMISSION,
    DISCHARGES,
    LEFT_OUT,
    MOMENTS,
    NEED_OVER,
    NEEDS,
    NOT_MADE,
    PLANNED_ADMISSION,
    SPELLS,
    TRANSFER,
    WAITING,
)
from sim.vocabulary import NEED_GENERATIONS, NEED_TYPE, NEVER, STAY_DIRECT, STAY_PLANNED, Kind, NeedType, Outcome

Ints = NDArray[np.int64]
Codes = NDArray[np.int64] | NDArray[np.int16] | int
Mask = NDArray[np.bool_]

UNKNOWN_YET = int(min(Outcome)) - 1
NO_NEED = -1
"""The need of an event that belongs to none."""
WITHOUT_NEED = (Kind.REVIEW, Kind.ENROLMENT, Kind.PROACTIVE_VISIT, Kind.DEATH, Kind.SPECIAL_HOUSING_MOVE)
"""Kinds that always stand in the records with need 0, which is also the name of a need of the first four weeks."""
NEED_BITS = 28
"""A need is smaller than this power of two."""
PLANNED_RETURN = 32
"""Generation under which the planned return of a need is recorded; it belongs to the same need."""


class Transition(IntEnum):
    """Where in its life an activity is, in the terms of XES (lifecycle:transition)."""

    SCHEDULE = 0  # asked for and not begun, at the horizon
    START = 1  # begun and not over, at the horizon
    COMPLETE = 2
    WITHDRAW = 3  # asked for and never begun


class Rank(IntEnum):
    """Order of events of one case that end in the same second."""

    NEED = 0
    CONTACT = 1
    READY = 2
    ADMISSION = 3  # after the emergency visit that it ends
    DISCHARGE = 4
    BEGINS = 5  # the place that somebody was discharged to
    ENDS = 6
    NEED_OVER = 7
    DEATH = 8


@dataclass(frozen=True)
class Events:
    """Columns of equal length; times in seconds of the model, -1 for none.

    Attributes
    ----------
    row
        Row of the records that the event comes from; who, where, outcome and detail stand there.
    activity
        Place in ``activities.NAMES``.
    transition, rank
        Codes.
    asked, start, complete
        When the activity was asked for, began and was over; the last is the time of the event, and is when it began
        or was asked for if it is not over.
    since
        For the end of what lasts: when that began.
    outcome
        How it ended, one of ``Outcome``; ``UNKNOWN_YET`` where something begins: no event knows what comes.
    need
        The need that the event belongs to, or ``NO_NEED``.
    """

    row: Ints
    activity: Ints
    transition: Ints
    rank: Ints
    asked: Ints
    start: Ints
    complete: Ints
    since: Ints
    outcome: Ints
    need: Ints

    def __len__(self) -> int:
        return len(self.row)

    def take(self, which: Ints | Mask) -> Events:
        """Some events, in the order given."""
        return Events(*(column[which] for column in self.columns()))

    def columns(self) -> Iterator[Ints]:
        """The arrays, in the order of the attributes."""
        return (getattr(self, name) for name in self.__dataclass_fields__)

    @classmethod
    def joined(cls, parts: Sequence[Events]) -> Events:
        """All of them, one after another."""
        return cls(*(np.concatenate(columns) for columns in zip(*(part.columns() for part in parts), strict=True)))


def events_of(rows: Records, needs: bool) -> Events:
    """Every event of some people, in no order.

    Parameters
    ----------
    rows
        All records of these people.
    needs
        Whether the beginning and the end of a need are events.
    """
    need = needs_of(rows)
    parts = [_contacts(rows, need), _moments(rows, need), _spells(rows, need), _stays(rows, need)]
    if needs:
        parts += [_needs(rows, need), _deaths_in_need(rows, need)]
    return until_death(Events.joined(parts), rows)


def needs_of(rows: Records) -> Ints:
    """The need of each row, a planned return with the stay before it; ``NO_NEED`` where there is none."""
    need = rows.need.copy()
    need[need % NEED_GENERATIONS == PLANNED_RETURN] -= PLANNED_RETURN
    arises = np.flatnonzero(rows.kind == Kind.NEED)
    # A visit after a false alarm has the number of a need that nobody has.
    known = np.unique(_cases(rows.person[arises], need[arises]))
    need[~np.isin(_cases(rows.person, need), known)] = NO_NEED
    # What has no need has 0, which is also a need of the first four weeks: of that are the rows while it is open.
    person = rows.person[arises[need[arises] == 0]]
    onset, over = (np.full(1 + int(rows.person.max(initial=0)), end) for end in (NEVER, -1))
    onset[person] = rows.asked[arises[need[arises] == 0]]
    ended = rows.ended[arises[need[arises] == 0]]
    over[person] = np.where(ended < 0, NEVER, ended)
    outside = (rows.asked < onset[rows.person]) | (rows.asked > over[rows.person])
    need[(need == 0) & (outside | np.isin(rows.kind, WITHOUT_NEED))] = NO_NEED
    return need


def _cases(person: NDArray[np.int32], need: Ints) -> Ints:
    """One number for a person and a need."""
    return person.astype(np.int64) << NEED_BITS | need


def until_death(events: Events, rows: Records) -> Events:
    """Nothing is later than the death of its person: who has died waits no longer."""
    at = _death(rows)[events.row]
    times = {name: np.minimum(getattr(events, name), at) for name in ("asked", "start", "complete", "since")}
    return replace(events, **times)


# --- the parts ---------------------------------------------------------------------------------------------------

CODE_ROOM = 1 + max(Kind)
"""Kinds of contact are smaller than this."""


def _table(names: Mapping[Kind, str]) -> Ints:
    """Code of the activity by kind of contact; -1 for others."""
    found = np.full(CODE_ROOM, -1)
    for kind, name in names.items():
        found[kind] = CODES[name]
    return found


WHOLE = {**CONTACTS, **{kind: spell.whole for kind, spell in SPELLS.items()}, Kind.STAY: ADMISSION}
MADE = _table(CONTACTS)
MOMENT = _table(MOMENTS)
BEGINS = _table({kind: spell.begins for kind, spell in SPELLS.items()})
ENDS = _table({kind: spell.ends for kind, spell in SPELLS.items()})
UNMADE = np.array(
    [
        _table(
            {
                kind: name + (WAITING if end == Outcome.OPEN else NOT_MADE.get(end, CANCELLED))
                for kind, name in WHOLE.items()
            }
        )
        for end in Outcome
    ]
)
"""Code by outcome (its place in Outcome) and kind of contact, for what was asked for and not made."""


def _events(
    rows: Records, need: Ints, which: Ints, activity: Ints | int, rank: Rank, when: Ints, **others: Codes
) -> Events:
    """Events without a length at some rows; ``others`` says what else is known."""
    columns: dict[str, Codes] = {
        "transition": int(Transition.COMPLETE),
        "asked": -1,
        "start": when,
        "complete": when,
        "since": -1,
        "outcome": UNKNOWN_YET,
        **others,
    }
    filled = {name: np.broadcast_to(np.asarray(column, np.int64), which.shape) for name, column in columns.items()}
    code = np.broadcast_to(np.asarray(activity, np.int64), which.shape)
    return Events(row=which, activity=code, rank=np.full(which.shape, int(rank)), need=need[which], **filled)


def _ends(rows: Records, need: Ints, which: Ints, activity: Ints | int, rank: Rank, **others: Codes) -> Events:
    """Events without a length when some rows end."""
    return _events(rows, need, which, activity, rank, rows.ended[which], outcome=rows.outcome[which], **others)


def _contacts(rows: Records, need: Ints) -> Events:
    """Contacts, over or under way, and what was asked for and has not been made."""
    made = (MADE[rows.kind] >= 0) & (rows.started >= 0)
    unmade = np.isin(rows.kind, list(WHOLE)) & (rows.started < 0) & ~_boarded(rows)
    which = np.flatnonzero(made | unmade)
    asked, started, ended = rows.asked[which], rows.started[which], rows.ended[which]
    begun, over = started >= 0, ended >= 0
    end = rows.outcome[which].astype(np.int64) - int(min(Outcome))
    activity = np.where(begun, MADE[rows.kind[which]], UNMADE[end, rows.kind[which]])
    transition = np.where(
        begun,
        np.where(over, int(Transition.COMPLETE), int(Transition.START)),
        np.where(over, int(Transition.WITHDRAW), int(Transition.SCHEDULE)),
    )
    complete = np.where(over, ended, np.where(begun, started, asked))
    start = np.where(begun, started, complete)
    return _events(
        rows,
        need,
        which,
        activity,
        Rank.CONTACT,
        complete,
        transition=transition,
        asked=asked,
        start=start,
        outcome=rows.outcome[which],
    )


def _moments(rows: Records, need: Ints) -> Events:
    """What has no length."""
    which = np.flatnonzero(MOMENT[rows.kind] >= 0)
    found = _ends(rows, need, which, MOMENT[rows.kind[which]], Rank.CONTACT)
    found.rank[rows.kind[which] == Kind.DEATH] = int(Rank.DEATH)
    return found


def _spells(rows: Records, need: Ints) -> Events:
    """The beginning and the end of what lasts, hospital stays apart."""
    begun = (BEGINS[rows.kind] >= 0) & (rows.started >= 0)
    over = begun & (rows.ended >= 0) & (rows.outcome != Outcome.DIED)
    over &= (rows.kind != Kind.READY) | (rows.outcome == Outcome.RELAPSED)
    first, last = np.flatnonzero(begun), np.flatnonzero(over)
    ready = np.where(rows.kind[first] == Kind.READY, int(Rank.READY), int(Rank.BEGINS))
    begins = _events(
        rows, need, first, BEGINS[rows.kind[first]], Rank.BEGINS, rows.started[first], asked=rows.asked[first]
    )
    begins.rank[:] = ready
    ends = _ends(rows, need, last, ENDS[rows.kind[last]], Rank.ENDS, since=rows.started[last])
    return Events.joined([begins, ends])


def _stay_order(rows: Records) -> tuple[Ints, Mask, Mask]:
    """Rows of stays by person, need and time; which follow the wait for their bed; which a bed in another ward."""
    which = np.flatnonzero(rows.kind == Kind.STAY)
    which = which[np.lexsort((which, rows.asked[which], rows.need[which], rows.person[which]))]
    before, now = which[:-1], which[1:]
    follows = (rows.person[before] == rows.person[now]) & (rows.need[before] == rows.need[now])
    follows &= (rows.unit[now] >= 0) & (rows.outcome[before] == Outcome.TRANSFERRED)
    follows &= rows.ended[before] == rows.started[now]
    waited = rows.unit[before] < 0
    first = np.zeros(min(1, len(which)), bool)
    return which, np.concatenate([first, follows & waited]), np.concatenate([first, follows & ~waited])


def _boarded(rows: Records) -> Mask:
    """Which rows are the wait for a bed that was got: told by the admission."""
    which, after_wait, _ = _stay_order(rows)
    found = np.zeros(len(rows), bool)
    found[which[:-1][after_wait[1:]]] = True
    return found


def _stays(rows: Records, need: Ints) -> Events:
    """Admission, transfer, discharge; the wait for the bed is how long the admission was asked for before it."""
    which, after_wait, moved = _stay_order(rows)
    asked = rows.asked[which]
    asked[1:] = np.where(after_wait[1:], asked[:-1], asked[1:])
    bed = rows.unit[which] >= 0
    which, asked, moved = which[bed], asked[bed], moved[bed]
    started, detail = rows.started[which], rows.detail[which]
    activity = np.where(detail & STAY_DIRECT, CODES[DIRECT_ADMISSION], CODES[ADMISSION])
    activity = np.where(detail & STAY_PLANNED, CODES[PLANNED_ADMISSION], activity)
    activity = np.where(moved, CODES[TRANSFER], activity)
    admissions = _events(rows, need, which, activity, Rank.ADMISSION, started, asked=asked)
    since = started[np.maximum.accumulate(np.where(moved, 0, np.arange(len(which))))]
    parts = [admissions]
    for outcome, name in DISCHARGES.items():
        left = (rows.outcome[which] == outcome) & (rows.ended[which] >= 0)
        parts.append(_ends(rows, need, which[left], CODES[name], Rank.DISCHARGE, since=since[left]))
    return Events.joined(parts)


def _needs(rows: Records, need: Ints) -> Events:
    """The onset of a need and when it is over; one that a review prevented never was."""
    real = (rows.kind == Kind.NEED) & (rows.outcome != Outcome.PREVENTED)
    first = np.flatnonzero(real)
    names = np.array([CODES[NEEDS[kind]] for kind in NeedType])
    kind = rows.detail[first] // NEED_TYPE % len(NeedType)
    begins = _events(rows, need, first, names[kind], Rank.NEED, rows.asked[first])
    last = np.flatnonzero(real & (rows.ended >= 0) & (rows.outcome != Outcome.DIED) & (rows.ended < _death(rows)))
    ends = _ends(rows, need, last, CODES[NEED_OVER], Rank.NEED_OVER, since=rows.asked[last])
    return Events.joined([begins, ends])


def _deaths_in_need(rows: Records, need: Ints) -> Events:
    """Death once more, in the case of every need in which something was going on."""
    died = _death(rows)
    going_on = (need != NO_NEED) & ~np.isin(rows.kind, list(LEFT_OUT)) & (died < NEVER)
    going_on &= (rows.ended < 0) | (rows.ended >= died)
    cases = np.unique(np.stack([rows.person[going_on].astype(np.int64), need[going_on]]), axis=1)
    deaths = np.flatnonzero(rows.kind == Kind.DEATH)
    of_person = np.zeros(1 + int(rows.person.max(initial=0)), np.int64)
    of_person[rows.person[deaths]] = deaths
    found = _ends(rows, need, of_person[cases[0]], CODES[MOMENTS[Kind.DEATH]], Rank.DEATH)
    return replace(found, need=cases[1])


def _death(rows: Records) -> Ints:
    """When the person of each row dies; ``NEVER`` for who lives."""
    when = np.full(1 + int(rows.person.max(initial=0)), NEVER)
    deaths = rows.kind == Kind.DEATH
    when[rows.person[deaths]] = rows.ended[deaths]
    return when[rows.person]
