"""Over the years (över åren): who comes back, how often, and when; for comparison with published cohorts.

These need more than one window: the records of a whole run, from time 0 to its horizon.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.outcomes.inputs import PeopleTable, Unit, Window
from sim.outcomes.people import death_times
from sim.outcomes.spells import Spells, find_spells
from sim.outcomes.tally import Mask, RowBook, Times
from sim.vocabulary import DAY, NEVER, YEAR

if TYPE_CHECKING:
    from sim.engine.records import Records


@dataclass(frozen=True)
class History:
    """Spells and deaths of a whole run.

    Attributes
    ----------
    spells
        All hospital spells, in order of person and time.
    deaths
        When each person dies, NEVER if not in the records; shape (persons,).
    """

    spells: Spells
    deaths: Times


def history(records: Records, people: PeopleTable, units: Sequence[Unit]) -> History:
    """Join all stays of the records into spells."""
    book = RowBook(records, people, units, Window(0, NEVER))
    return History(find_spells(book), death_times(book))


def frequent_share(past: History, of: Mask, first: Window, later: Sequence[Window] = ()) -> list[float]:
    """Share of emergency admissions made by the people who had at least two in the first window.

    Parameters
    ----------
    past
        Of the whole run.
    of
        Only admissions of these persons count, shape (persons,); for instance
        ``people.at_least(AgeClass.OLDER)``.
    first
        The year in which at least two unplanned spells make a person frequent.
    later
        Windows in which their share is asked too; deaths and entrants are included as they come.

    Returns
    -------
    list of float
        The share in the first window and in each later one; nan where nobody is admitted.
    """
    frequent = of & (unplanned_by_person(past, first, len(of)) >= 2)
    shares = []
    for window in (first, *later):
        number = unplanned_by_person(past, window, len(of))
        total = int(number[of].sum())
        shares.append(float(number[frequent].sum() / total) if total else float("nan"))
    return shares


def unplanned_by_person(past: History, window: Window, persons: int) -> npt.NDArray[np.int64]:
    """Unplanned spells started in the window, by person; shape (persons,)."""
    spells = past.spells
    inside = ~spells.planned & (spells.start >= window.start) & (spells.start < window.end)
    return np.bincount(spells.person[inside], minlength=persons)


@dataclass(frozen=True)
class AfterFirst:
    """What follows the first emergency spell of a year, discharged alive, within 365 days of the discharge.

    Attributes
    ----------
    people
        How many are followed.
    two_more
        Of them with at least two more unplanned spells.
    died
        Of them dead.
    """

    people: int
    two_more: int
    died: int

    @property
    def two_more_share(self) -> float:
        """Share with at least two more unplanned spells."""
        return self.two_more / self.people if self.people else float("nan")

    @property
    def died_share(self) -> float:
        """Share dead within 365 days."""
        return self.died / self.people if self.people else float("nan")


def after_first_spell(past: History, of: Mask, window: Window) -> AfterFirst:
    """Follow everybody's first unplanned spell of the window, if discharged alive, for 365 days.

    Parameters
    ----------
    past
        Of the whole run; it should reach 365 days beyond the last discharge.
    of
        Only these persons, shape (persons,).
    window
        Where the first spells start.
    """
    first, two_more, died = first_spells(past, of, window)
    return AfterFirst(len(first), int(two_more.sum()), int(died.sum()))


def first_spells(past: History, of: Mask, window: Window) -> tuple[npt.NDArray[np.int64], Mask, Mask]:
    """The spells that :func:`after_first_spell` follows, one by one.

    Returns
    -------
    tuple
        Numbers of the spells; whether at least two more unplanned ones start within 365 days of the discharge; whether
        the person dies within them.
    """
    spells = past.spells
    unplanned = np.flatnonzero(~spells.planned & of[spells.person] & (spells.start >= window.start))
    person, start = spells.person[unplanned], spells.start[unplanned]
    first = np.flatnonzero(np.diff(person, prepend=-1))  # the first after the window began, of each person
    first = first[(start[first] < window.end) & spells.alive[unplanned[first]]]
    discharged = spells.end[unplanned[first]]
    limit = discharged + YEAR
    second = np.minimum(first + 2, len(unplanned) - 1)
    two_more = (first + 2 < len(unplanned)) & (person[second] == person[first]) & (start[second] < limit)
    return unplanned[first], two_more, past.deaths[person[first]] < limit


@dataclass(frozen=True)
class Returns:
    """Unplanned returns after a live discharge.

    Attributes
    ----------
    discharges
        Live discharges followed.
    by_day
        Of them with a next spell that is unplanned and starts on each day after the discharge; shape (days,).
        Day 1 holds none: a return within 24 h belongs to the same spell.
    """

    discharges: int
    by_day: npt.NDArray[np.int64]

    def within(self, first: int, last: int) -> float:
        """Share of the discharges followed by a return on days first to last (days begun, from 1)."""
        return float(self.by_day[first - 1 : last].sum() / self.discharges) if self.discharges else float("nan")


def returns_by_day(past: History, of: Mask, window: Window, days: int = 365) -> Returns:
    """Next unplanned spell by day after the live discharges of the window; planned returns excluded.

    The run should reach ``days`` beyond the window.
    """
    spells = past.spells
    index = np.flatnonzero(spells.alive & of[spells.person] & (spells.end >= window.start) & (spells.end < window.end))
    following = np.minimum(index + 1, len(spells) - 1)
    same = (index + 1 < len(spells)) & (spells.person[following] == spells.person[index])
    returns = same & spells.unplanned_return[following]
    day = (spells.start[following] - spells.end[index])[returns] // DAY
    return Returns(len(index), np.bincount(day[day < days], minlength=days))
