"""A baseline year measured from a few rows written by hand."""

from __future__ import annotations

from sim.outcomes import Window, measure
from sim.outcomes.tally import RowBook
from sim.outcomes.turnover import history
from sim.validation.census import Census
from sim.validation.measures import Baseline
from sim.vocabulary import DAY, YEAR
from tests.outcomes.builder import NO_PRICES, UNITS, Diary, people

T0 = 2 * YEAR


def base_of(diary: Diary, persons=None, *, days: int = 365, warm_up: int = YEAR, horizon: int = 0) -> Baseline:
    """A baseline year from T0, measured from a few rows."""
    persons = persons or people(1)
    records = diary.records()
    year = Window(T0, T0 + days * DAY)
    return Baseline(
        measure(records, persons, UNITS, None, year, NO_PRICES),
        measure(records, persons, UNITS, None, year, NO_PRICES | {"hospital_day_sek": 1.0}),
        persons,
        RowBook(records, persons, UNITS, year),
        history(records, persons, UNITS),
        Census(persons),
        warm_up,
        year,
        horizon or year.end,
    )


def at(day: float) -> int:
    """Seconds of a day after T0."""
    return T0 + round(day * DAY)
