"""The story of one person (en patients berättelse): where they were, whom they met, what nobody saw.

A story is made of the rows of one person and of nothing else, but for the failing spells, which have no rows
(``eventlog.failing``). It is for the eyes of a clinician, who says whether it is believable (face validity).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.engine.records import Records
from sim.eventlog.activities import CONTACTS
from sim.eventlog.failing import Spans, failing_spells
from sim.eventlog.moments import Case, Moment, admissions, moments
from sim.model.period import CURRENT, Period
from sim.model.world import Setting
from sim.outcomes.inputs import PeopleTable
from sim.scenario import Scenario
from sim.vocabulary import (
    NEED_LEVEL,
    NEED_TYPE,
    TAG_ENROLLED,
    TAG_GROUP,
    TAG_HOME_NURSING,
    TAG_SEGMENT,
    TAG_SPECIAL_HOUSING,
    YEAR,
    AgeBand,
    Chronic,
    Group,
    Kind,
    Level,
    NeedType,
    Outcome,
    Place,
    Segment,
)


@dataclass(frozen=True)
class Told:
    """The time that is told, in seconds: at most a year before T0 and a year after it."""

    begins: int
    starts: int
    ends: int

    @classmethod
    def of(cls, period: Period) -> Told:
        """From the time axis of a scenario; nothing of the warm-up."""
        begins = max(period.warm_up_ends, period.starts - YEAR)
        return cls(begins, period.starts, min(period.horizon, period.starts + YEAR))


@dataclass(frozen=True)
class Who:
    """What the model knows of a person, as far as care would know it too.

    Attributes
    ----------
    number
        Of the person in the replication.
    age_band, municipality, chronic, home_help_hours, relative
        At entry; the municipality by name, hours of home help a week.
    group, segment
        The most demanding in the followed time, by the rows.
    entry, began_in_special_housing
        When the person entered, in seconds, and whether into special housing.
    home_nursing, special_housing, enrolled
        Share of the rows of the followed time in which it is so, 0 to 1.
    """

    number: int
    age_band: AgeBand
    municipality: str
    chronic: Chronic
    home_help_hours: float
    relative: bool
    group: Group
    segment: Segment
    entry: int
    began_in_special_housing: bool
    home_nursing: float
    special_housing: float
    enrolled: float


@dataclass(frozen=True)
class Stretch:
    """Where somebody was, from when to when in seconds."""

    place: Place
    begin: int
    end: int


@dataclass(frozen=True)
class Mark:
    """A contact, when it began or was given up."""

    time: int
    kind: Kind
    made: bool


@dataclass(frozen=True)
class Onset:
    """A hidden need: when it arose, of what type and level (``SELF_CARE`` for simple and complicated ones)."""

    time: int
    type: NeedType
    level: Level
    prevented: bool


@dataclass(frozen=True)
class Count:
    """Use of care in one part of the story."""

    days: int
    phone: int
    visits: int
    emergency: int
    admissions: int
    hospital_days: float


@dataclass(frozen=True)
class Story:
    """One person under one governance; times in seconds of the model."""

    who: Who
    governance: str
    told: Told
    moments: tuple[Moment, ...]
    places: tuple[Stretch, ...]
    marks: tuple[Mark, ...]
    onsets: tuple[Onset, ...]
    failing: Spans
    before: Count
    after: Count
    died: int | None


# --- making it -----------------------------------------------------------------------------------------------


def rows_of(records: Records, person: int) -> Records:
    """All rows of one person."""
    return Records({name: column[records.person == person] for name, column in records.columns()})


def few(records: Records, people: Iterable[int]) -> Records:
    """All rows of some people: to look at one after another."""
    which = np.isin(records.person, np.fromiter(people, np.int64))
    return Records({name: column[which] for name, column in records.columns()})


def story_of(rows: Records, who: Who, governance: str, told: Told, failing: Spans) -> Story:
    """Tell a story from the rows of one person.

    Parameters
    ----------
    rows
        All records of the person under one governance.
    who
        The person.
    governance
        Its name.
    told
        The time that is told.
    failing
        Hidden spells.
    """
    case = Case(rows)
    ends = told.ends if case.died is None else min(case.died, told.ends)

    def within(time: int) -> bool:
        return told.begins <= time < told.ends

    enters = [Moment(who.entry, "enters")] if who.entry > told.begins else []
    sentences = sorted([*enters, *moments(case, told.ends), *_turns(failing, ends)], key=lambda moment: moment.time)
    return Story(
        who,
        governance,
        told,
        tuple(moment for moment in sentences if within(moment.time)),
        places(case, who.began_in_special_housing, max(told.begins, who.entry), ends),
        tuple(mark for mark in _marks(case) if within(mark.time)),
        tuple(onset for onset in _onsets(case) if within(onset.time)),
        tuple((max(a, told.begins), min(b, ends)) for a, b in failing if b > told.begins and a < ends),
        count(case, told.begins, told.starts),
        count(case, told.starts, ends),
        case.died if case.died is not None and within(case.died) else None,
    )


def _turns(failing: Spans, end: int) -> list[Moment]:
    """Beginnings and ends of failing spells; death or the end of the story is no end of one."""
    begins = [Moment(begin, "failing_begins", hidden=True) for begin, _ in failing]
    return begins + [Moment(over, "failing_ends", hidden=True) for _, over in failing if over < end]


def places(case: Case, special_housing: bool, begin: int, end: int) -> tuple[Stretch, ...]:
    """Where the person was, without gap or overlap, from ``begin`` to ``end``."""
    moved = min((row.asked for row in case.of(Kind.SPECIAL_HOUSING_MOVE)), default=end)
    home = [Stretch(Place.SPECIAL_HOUSING, begin, end)]
    if not special_housing:
        home = [Stretch(Place.HOME, begin, max(begin, moved)), Stretch(Place.SPECIAL_HOUSING, moved, end)]
    layers = [home, _spent(case, Kind.SHORT_TERM_STAY, Place.SHORT_TERM, end)]
    stays = _spent(case, Kind.STAY, Place.WARD, end)
    boarding = {row.asked for row in case.of(Kind.STAY) if row.boarding}
    layers += [
        [stretch for stretch in stays if stretch.begin in boarding],
        _spent(case, Kind.EMERGENCY_VISIT, Place.EMERGENCY, end),
        [stretch for stretch in stays if stretch.begin not in boarding],
    ]
    return _painted(layers, begin, end)


def _spent(case: Case, kind: Kind, place: Place, end: int) -> list[Stretch]:
    """Time at a place, by the rows of one kind; a place that was asked for and not had is none."""
    found = []
    for row in case.of(kind):
        begin = row.started if kind is Kind.SHORT_TERM_STAY else row.asked
        if begin >= 0 and row.outcome != Outcome.CANCELLED:
            found.append(Stretch(place, begin, row.ended if row.over else end))
    return found


def _painted(layers: list[list[Stretch]], begin: int, end: int) -> tuple[Stretch, ...]:
    """Layers one over another, the last on top."""
    edges = {begin, end}
    edges |= {time for layer in layers for one in layer for time in (one.begin, one.end) if begin < time < end}
    found: list[Stretch] = []
    order = sorted(edges)
    for first, last in pairwise(order):
        top = [one.place for layer in layers for one in layer if one.begin <= first and one.end >= last]
        if found and found[-1].place == top[-1]:
            found[-1] = Stretch(top[-1], found[-1].begin, last)
        else:
            found.append(Stretch(top[-1], first, last))
    return tuple(found)


MARKED = tuple(kind for kind in CONTACTS if kind not in (Kind.PLANNING, Kind.HOME_HELP_START))
"""Contacts with the person, each a mark of the figure."""


def _marks(case: Case) -> list[Mark]:
    found = []
    for row in case.of(*MARKED):
        if row.made or row.over:
            found.append(Mark(row.started if row.made else row.ended, Kind(row.kind), row.made))
    return found


def _onsets(case: Case) -> list[Onset]:
    found = []
    for row in case.of(Kind.NEED):
        level = Level(row.bits(NEED_LEVEL, 8))
        prevented = row.outcome == Outcome.PREVENTED
        found.append(Onset(row.asked, NeedType(row.bits(NEED_TYPE, len(NeedType))), level, prevented))
    return found


PHONED = (Kind.PHONE_1177, Kind.PHONE_CENTRE, Kind.DIGITAL_VISIT)


def count(case: Case, begin: int, end: int) -> Count:
    """Use of care from ``begin`` to ``end``: what took place, by when it began; days in hospital by when they were."""

    def made(kinds: Iterable[Kind]) -> int:
        return sum(row.made and begin <= row.started < end for row in case.of(*kinds))

    seconds = 0
    for row in case.of(Kind.STAY):
        over = row.ended if row.over else end
        seconds += max(0, min(over, end) - max(row.asked, begin))
    return Count(
        (end - begin) // 86_400,
        made(PHONED),
        made(kind for kind in MARKED if kind not in (*PHONED, Kind.EMERGENCY_VISIT)),
        sum(begin <= row.asked < end for row in case.of(Kind.EMERGENCY_VISIT)),
        sum(begin <= stays[0].asked < end for stays in admissions(case)),
        seconds / 86_400,
    )


# --- from a replication ----------------------------------------------------------------------------------------


def who_is(rows: Records, people: PeopleTable, relative: bool, person: int, told: Told) -> Who:
    """What is known of a person, from the table of people and the tags of the rows in the followed time."""
    tags = [row.detail for row in Case(rows).rows if told.starts <= row.asked < told.ends and row.kind in TAGGED]
    first = int(people.segment[person])

    def share(bit: int) -> float:
        return sum(bool(tag & bit) for tag in tags) / max(1, len(tags))

    return Who(
        person,
        AgeBand(int(people.age_band[person])),
        people.municipalities[int(people.municipality[person])],
        Chronic(int(people.chronic[person])),
        0.0 if people.home_help_hours is None else float(people.home_help_hours[person]),
        relative,
        Group(max((tag // TAG_GROUP % len(Group) for tag in tags), default=0)),
        Segment(max((tag // TAG_SEGMENT % len(Segment) for tag in tags), default=first)),
        int(people.entry[person]),
        bool(people.special_housing[person]),
        share(TAG_HOME_NURSING),
        share(TAG_SPECIAL_HOUSING),
        share(TAG_ENROLLED),
    )


TAGGED = (*MARKED, Kind.STAY, Kind.NEED)
"""Rows that say who the person was then."""


def stories(
    setting: Setting, people: PeopleTable, records: Records, governance: str, chosen: Iterable[int]
) -> list[Story]:
    """Tell the stories of some people under one governance.

    Parameters
    ----------
    setting
        Of the replication; the people's state in its world is written over.
    people
        Everybody, as measuring knows them.
    records
        All rows of the arm.
    governance
        The arm.
    chosen
        Numbers of the people, in the order in which they are told.
    """
    numbers = list(chosen)
    told, rows = Told.of(setting.period), few(records, numbers)
    lengthens = _lengthens(setting.scenario, governance, told.starts)
    found = []
    for person in numbers:
        own = rows_of(rows, person)
        died = Case(own).died
        until = told.ends if died is None else min(died, told.ends)
        spells = failing_spells(setting.world, person, own, until, lengthens)
        who = who_is(own, people, bool(setting.population.relative[person]), person, told)
        found.append(story_of(own, who, governance, told, spells))
    return found


def _lengthens(scenario: Scenario, governance: str, starts: int) -> Callable[[int], float]:
    """Share by which rehabilitation lengthens a stable spell: as today before T0, as the governance says after it."""
    key = "rehabilitation.lengthens_share"
    before, after = float(scenario.governance(CURRENT)[key]), float(scenario.governance(governance)[key])
    return lambda time: after if time >= starts else before
