"""Capacity over time (bemanning över tid): from a staffing pattern to changes of capacity.

A pattern states units by shift, weekday and weekend, with a summer factor and absence. Units are whole: a part of a
unit becomes one unit for that part of the shift, at its beginning. Absence varies from week to week, keyed by unit and
week, equal in every arm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import chance
from sim.vocabulary import DAY, HOUR, Purpose

SUMMER_FIRST_WEEK, SUMMER_LAST_WEEK = 26, 32
"""Weeks of the year with summer staffing (semesterperiod)."""
DAYS_A_YEAR = 365
Changes = NDArray[np.int64]
Factor = Callable[[NDArray[np.int64]], NDArray[np.float64]]


@dataclass(frozen=True)
class Pattern:
    """Units on duty over the week.

    Attributes
    ----------
    day, evening, night, weekend_day, weekend_evening
        Units; nights are alike all week.
    day_start, day_end, evening_end
        Hours of the clock, fractions allowed.
    summer_factor
        Factor on the units in weeks 26-32.
    absence
        Mean share absent.
    """

    day: float
    evening: float = 0.0
    night: float = 0.0
    weekend_day: float = 0.0
    weekend_evening: float = 0.0
    day_start: float = 8.0
    day_end: float = 17.0
    evening_end: float = 21.0
    summer_factor: float = 1.0
    absence: float = 0.0

    @classmethod
    def constant(cls, units: float, summer_factor: float = 1.0) -> Pattern:
        """The same units around the clock: beds and places."""
        return cls(units, units, units, units, units, summer_factor=summer_factor)


def summer(day: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each day (number since 1 January of the first year) lies in the summer weeks."""
    week = day % DAYS_A_YEAR // 7 + 1
    return (week >= SUMMER_FIRST_WEEK) & (week <= SUMMER_LAST_WEEK)


def changes(
    pattern: Pattern, unit: int, key: int, first_day: int, last_day: int, factor: Factor | None = None
) -> Changes:
    """Changes of capacity from the beginning of ``first_day`` to the end of ``last_day`` - 1.

    Parameters
    ----------
    pattern
        Units on duty.
    unit
        Number of the resource: key of its absence.
    key
        Key of the replication (``chance.stream_key``).
    first_day, last_day
        Days since time 0.
    factor
        Further factor by day, such as a ramp-up.

    Returns
    -------
    array of shape (n, 2)
        Time in seconds and capacity from then on, in order of time, without repeats.
    """
    days = np.arange(first_day, last_day, dtype=np.int64)
    scale = np.where(summer(days), pattern.summer_factor, 1.0) * _present(pattern.absence, unit, key, days)
    if factor is not None:
        scale = scale * factor(days)
    weekend = days % 7 >= 5
    levels = (
        (pattern.night, pattern.night, 0.0, pattern.day_start),
        (pattern.day, pattern.weekend_day, pattern.day_start, pattern.day_end),
        (pattern.evening, pattern.weekend_evening, pattern.day_end, pattern.evening_end),
        (pattern.night, pattern.night, pattern.evening_end, 24.0),
    )
    parts = [
        _shift(days, np.where(weekend, rest, week) * scale, begins, ends)
        for week, rest, begins, ends in levels
        if ends > begins
    ]
    table = np.concatenate(parts)
    table = table[np.argsort(table[:, 0], kind="stable")]
    return _without_repeats(table)


def _shift(days: NDArray[np.int64], units: NDArray[np.float64], begins: float, ends: float) -> Changes:
    """Changes at the beginning of the shift and when the part of a unit ends."""
    whole = np.floor(units + 1e-9).astype(np.int64)
    part = units - whole
    start = days * DAY + round(begins * HOUR)
    length = (ends - begins) * HOUR
    until = start + np.round(part * length).astype(np.int64)
    has_part = (until > start) & (part > 1e-6)
    first = np.column_stack([start, whole + has_part])
    second = np.column_stack([until, whole])[has_part & (until < start + round(length))]
    return np.concatenate([first, second])


def _present(absence: float, unit: int, key: int, days: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share present by day: one draw a week, from half to one and a half times the mean absence."""
    if absence <= 0.0:
        return np.ones(len(days))
    weeks = days // 7
    unique, place = np.unique(weeks, return_inverse=True)
    draws = chance.uniform_array(key, unique, Purpose.ABSENCE, unit, 0)
    return np.asarray(1.0 - absence * (0.5 + draws))[place]


def _without_repeats(table: Changes) -> Changes:
    """Of changes at one time the last; and only where the capacity really changes."""
    last = np.append(table[1:, 0] != table[:-1, 0], True)
    table = table[last]
    moves = np.append(True, table[1:, 1] != table[:-1, 1])
    return np.asarray(table[moves])
