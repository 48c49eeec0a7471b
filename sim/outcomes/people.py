"""People: time alive, at home and in special housing; home help; deaths."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.outcomes import passes
from sim.outcomes.inputs import MONTH
from sim.outcomes.spells import Spells
from sim.outcomes.tally import RowBook, Tally, Times
from sim.vocabulary import NEED_TYPE, NEVER, Group, Kind, NeedType, Place, Segment

PERSON_TIME = ("person_years", "days_alive_at_home", "special_housing_days", "home_help_hours")
"""Sums of the pass over people, in its order."""


def _group_table() -> npt.NDArray[np.int64]:
    """The most demanding LHC group; shape (segment, chronic or not, complicated episode open or not)."""
    table = np.zeros((len(Segment), 2, 2), np.int64)
    table[:, 0, 1] = Group.COMPLICATED
    table[:, 1, :] = Group.CHRONIC
    table[Segment.FAILING :] = Group.MULTI_ILL
    return table


GROUP_OF = _group_table()


class Spans(NamedTuple):
    """Spans of time of each person, sorted; those of person p lie in [first[p], first[p + 1])."""

    first: npt.NDArray[np.int64]
    begin: Times
    stop: Times


def death_times(book: RowBook) -> Times:
    """When each person dies; NEVER if not in the records; shape (persons,)."""
    deaths = np.full(len(book.people), NEVER, np.int64)
    rows = book.of(Kind.DEATH)
    deaths[rows.person] = rows.asked
    return deaths


def special_housing_from(book: RowBook) -> Times:
    """Since when each person lives in special housing; NEVER if not."""
    since = np.where(book.people.special_housing, book.people.entry, np.int64(NEVER))
    moves = book.of(Kind.SPECIAL_HOUSING_MOVE)
    np.minimum.at(since, moves.person, moves.asked)
    return since


def _spans(persons: int, person: npt.NDArray[np.int32], begin: Times, stop: Times) -> Spans:
    order = np.lexsort((begin, person))
    return Spans(passes.bounds_of_persons(person[order], persons), begin[order], stop[order])


def _away(book: RowBook, spells: Spells) -> Spans:
    """In hospital or at a short-term place."""
    short = book.of(Kind.SHORT_TERM_STAY)
    short = short.where(short.begun)
    person = np.concatenate([spells.stays.person, short.person])
    begin = np.concatenate([spells.begin, short.started])
    return _spans(len(book.people), person, begin, np.concatenate([spells.stop, short.ended_or(NEVER)]))


def tally_people(tally: Tally, book: RowBook, spells: Spells, deaths: Times) -> None:
    """Add time alive, by the group and segment of the person at that time, and deaths."""
    people, window = book.people, book.window
    changes = book.of(Kind.SEGMENT_CHANGE)
    changed = _spans(len(people), changes.person, changes.asked, changes.bits(1, 2).astype(np.int64))
    needs = book.of(Kind.NEED)
    complicated = needs.where(needs.bits(NEED_TYPE, 2) == NeedType.COMPLICATED)
    ill = _spans(len(people), complicated.person, complicated.asked, complicated.ended_or(NEVER))
    away = _away(book, spells)
    assert people.home_help_hours is not None
    sums = [tally.index[name] for name in PERSON_TIME]
    cross = np.zeros((len(sums), *tally.cross.shape[1:]), np.int64)
    strata = np.zeros((len(sums), tally.strata.shape[1]), np.int64)
    by_person = np.zeros((len(sums), len(people)), np.int64)
    passes.person_time(
        cross,
        strata,
        by_person,
        tally.person_cost,
        np.array([tally.prices.get(name, 0.0) for name in PERSON_TIME]),
        people.entry,
        deaths,
        special_housing_from(book),
        np.rint(people.home_help_hours * 60.0).astype(np.int64),
        people.municipality,
        book.stratum,
        people.segment,
        people.chronic,
        GROUP_OF,
        *changed,
        *ill,
        *away,
        book.persons,
        window.start,
        window.end,
        MONTH,
    )
    tally.cross[sums] += cross
    tally.strata[sums] += strata
    for name, amount in zip(PERSON_TIME, by_person, strict=True):
        if name in tally.by_person:
            tally.by_person[name] += amount
    tally.add("person_days", "person_years")
    _tally_deaths(tally, book)


def _tally_deaths(tally: Tally, book: RowBook) -> None:
    rows = book.of(Kind.DEATH)
    tally.moments("deaths", rows, rows.asked)
    place = rows.bits(1, 3)
    hospital = rows.where(np.isin(place, (Place.WARD, Place.SJUKSTUGA, Place.EMERGENCY)))
    tally.moments("deaths_hospital", hospital, hospital.asked)
