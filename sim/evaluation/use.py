"""What people used, by person and month (vårdkonsumtion per person och månad).

An evaluator sees registers: unplanned admissions, emergency visits, hospital days, doctor visits, deaths. Months are
twelfths of the model's year of 365 days, counted from T0 (month 0 begins there) or from a moment of each person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine import Records
from sim.model.period import Period
from sim.outcomes import PeopleTable, Window
from sim.outcomes.inputs import MONTH
from sim.outcomes.people import death_times
from sim.outcomes.spells import Spells, find_spells
from sim.outcomes.tally import RowBook, Rows
from sim.vocabulary import DAY, NEVER, YEAR, Kind

OUTCOMES = ("admissions", "emergency_visits", "hospital_days", "doctor_visits", "deaths")
"""Unplanned hospital spells begun (transfers joined); emergency visits; days in hospital; visits to a doctor in primary
care or the mobile team, reviews of chronic conditions not among them; deaths."""
MONTHS = 12
"""Months of a year."""
DAYS_A_YEAR = YEAR / DAY
LED_WITHIN = DAY
"""An emergency visit begun within this time before an admission led to it."""

Times = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Use:
    """Use of everybody, month by month.

    Attributes
    ----------
    values
        float32, shape (outcomes, persons, months): counts, and days in hospital.
    alive
        Days alive (and in the region), float32, shape (persons, months).
    first
        Number of the first month; -12 for a year before.
    """

    values: NDArray[np.float32]
    alive: NDArray[np.float32]
    first: int

    @property
    def months(self) -> int:
        """How many."""
        return int(self.alive.shape[1])

    def __len__(self) -> int:
        return int(self.alive.shape[0])

    def outcome(self, name: str) -> Floats:
        """One outcome; shape (persons, months)."""
        return np.asarray(self.values[OUTCOMES.index(name)], np.float64)

    def of(self, persons: NDArray[np.int64]) -> Use:
        """Only these persons, in this order."""
        return Use(self.values[:, persons], self.alive[persons], self.first)

    def between(self, first: int, end: int) -> Use:
        """Only months ``first`` to ``end`` - 1.

        Raises
        ------
        ValueError
            If some of them are not there.
        """
        if not self.first <= first <= end <= self.first + self.months:
            raise ValueError(f"months {first} to {end} asked for, {self.first} to {self.first + self.months} are there")
        span = slice(first - self.first, end - self.first)
        return Use(self.values[:, :, span], self.alive[:, span], first)

    def total(self, name: str) -> Floats:
        """An outcome over all months; shape (persons,)."""
        return np.asarray(self.outcome(name).sum(axis=1))

    def years(self) -> Floats:
        """Years alive over all months; shape (persons,)."""
        return np.asarray(self.alive.sum(axis=1, dtype=np.float64) / DAYS_A_YEAR)


@dataclass(frozen=True, eq=False)
class Before:
    """What the registers know of everybody at T0.

    Attributes
    ----------
    use
        The twelve months before T0.
    outside
        The twelve months before the index stay of each person, and before the emergency visit that led to it; before T0
        where there was none.
    earlier
        The twelve months before those of ``use``; None if the scenario does not reach so far back.
    admitted, discharged
        The index stay (indexvårdtillfälle): the last unplanned spell begun in the twelve months before T0, seconds;
        -1 where there was none, and where it is not over.
    special_housing
        Living in special housing (särskilt boende) at T0.
    """

    use: Use
    outside: Use
    earlier: Use | None
    admitted: Times
    discharged: Times
    special_housing: Mask


def use_of(
    records: Records,
    people: PeopleTable,
    period: Period,
    months: tuple[int, int] = (-MONTHS, MONTHS),
    origin: Times | None = None,
) -> Use:
    """Count what everybody used, month by month.

    Parameters
    ----------
    records
        From time 0, at least to the end of the months.
    people
        Everybody.
    period
        Time axis of the scenario.
    months
        First month, and the one after the last.
    origin
        Where month 0 of each person begins, seconds, shape (persons,); T0 if not given.

    Returns
    -------
    Use
        Time before the simulation, before the entry of a person and after the horizon is no time alive.
    """
    start = np.full(len(people), period.starts, np.int64) if origin is None else origin
    grid = _Grid(start + months[0] * MONTH, months[1] - months[0])
    book = _book(records, people, period)
    return _counted(grid, book, find_spells(book), period.horizon, months[0])


def before_of(records: Records, people: PeopleTable, period: Period) -> Before:
    """What the registers know at T0.

    Parameters
    ----------
    records
        From time 0 to T0; rows that are open then may have an end or not.

    Raises
    ------
    ValueError
        If less than a year is simulated before T0.
    """
    if period.starts < YEAR:
        raise ValueError(
            f"time.warm_up_days + time.pre_period_days: {period.starts // DAY} given, at least {YEAR // DAY} needed "
            "for the year before that studies look at"
        )
    book = _book(records, people, period)
    spells = find_spells(book)
    admitted, discharged = _index_stay(spells, len(people), period.starts)
    t0 = np.full(len(people), period.starts, np.int64)

    def year_before(end: Times) -> Use:
        return _counted(_Grid(end - YEAR, MONTHS), book, spells, period.starts, -MONTHS)

    earlier = year_before(t0 - YEAR) if period.starts >= 2 * YEAR else None
    return Before(
        year_before(t0),
        year_before(np.where(admitted >= 0, _arrived(book, admitted), t0)),
        earlier,
        admitted,
        discharged,
        _special_housing(book, period.starts),
    )


@dataclass(frozen=True, eq=False)
class _Grid:
    """Months of each person from a start of their own."""

    start: Times
    months: int

    def moments(self, person: NDArray[np.int32], time: Times) -> NDArray[np.float32]:
        """How many of these times lie in each month; shape (persons, months)."""
        table = np.zeros((len(self.start), self.months), np.float32)
        month = (time - self.start[person]) // MONTH
        inside = (month >= 0) & (month < self.months)
        np.add.at(table, (person[inside], month[inside]), 1.0)
        return table

    def spans(self, person: NDArray[np.int32] | NDArray[np.int64], begin: Times, stop: Times) -> NDArray[np.float32]:
        """Days of these intervals in each month; shape (persons, months)."""
        table = np.zeros((len(self.start), self.months), np.float32)
        for month in range(self.months):
            low = self.start[person] + month * MONTH
            seconds = np.minimum(stop, low + MONTH) - np.maximum(begin, low)
            table[:, month] = np.bincount(person, np.maximum(seconds, 0), minlength=len(self.start)) / DAY
        return table


def _counted(grid: _Grid, book: RowBook, spells: Spells, end: int, first: int) -> Use:
    """All outcomes on a grid; nothing counts from ``end`` on."""
    unplanned = ~spells.planned
    visits = _asked(book.of(Kind.EMERGENCY_VISIT), end)
    doctor = book.of(Kind.GP_VISIT, Kind.GP_HOME_VISIT, Kind.TEAM_DOCTOR_VISIT)
    doctor = doctor.where(doctor.begun & (doctor.started < end))
    deaths = _asked(book.of(Kind.DEATH), end)
    who = np.arange(len(book.people))
    values = np.stack(
        [
            grid.moments(spells.person[unplanned], spells.start[unplanned]),
            grid.moments(visits.person, visits.asked),
            grid.spans(spells.stays.person, spells.begin, np.minimum(spells.stop, end)),
            grid.moments(doctor.person, doctor.started),
            grid.moments(deaths.person, deaths.asked),
        ]
    )
    return Use(values, grid.spans(who, book.people.entry, np.minimum(death_times(book), end)), first)


def _asked(rows: Rows, end: int) -> Rows:
    return rows.where(rows.asked < end)


def _book(records: Records, people: PeopleTable, period: Period) -> RowBook:
    return RowBook(records, people, (), Window(0, period.horizon))


def _index_stay(spells: Spells, persons: int, t0: int) -> tuple[Times, Times]:
    """Admission and discharge of the last unplanned spell begun in the year before T0; spells are in order of time."""
    admitted, discharged = np.full(persons, -1, np.int64), np.full(persons, -1, np.int64)
    last = np.flatnonzero(~spells.planned & (spells.start < t0) & (spells.start >= t0 - YEAR))
    admitted[spells.person[last]] = spells.start[last]
    discharged[spells.person[last]] = np.where(spells.end[last] < min(t0, NEVER), spells.end[last], -1)
    return admitted, discharged


def _arrived(book: RowBook, admitted: Times) -> Times:
    """When the emergency visit before each index stay began; the admission where there was none."""
    visits = book.of(Kind.EMERGENCY_VISIT)
    stay = admitted[visits.person]
    led = (stay >= 0) & (visits.asked <= stay) & (visits.asked > stay - LED_WITHIN)
    arrived = np.full(len(admitted), -1, np.int64)
    np.maximum.at(arrived, visits.person[led], visits.asked[led])
    return np.where(arrived >= 0, arrived, admitted)


def _special_housing(book: RowBook, t0: int) -> Mask:
    moves = book.of(Kind.SPECIAL_HOUSING_MOVE)
    living: Mask = book.people.special_housing.copy()
    living[moves.person[moves.asked < t0]] = True
    return living
