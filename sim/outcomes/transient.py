"""Where a series has left its empty beginning behind (insvängning): MSER-5 and Welch's moving average.

MSER-5 (White 1997; White, Cobb and Spratt 2000) finds the day from which a series is best cut: the one that makes the
interval of the mean of the rest narrowest, on means of five days each. A point in the second half of a series says
that the series is too short to tell. MSER takes a season for a transient, so a season has to be removed before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.vocabulary import DAY, WEEK, YEAR

BATCH = 5
"""Days in a batch: the 5 of MSER-5."""
FEWEST = 10
"""Batches without which MSER says nothing."""
LAST = 5
"""Batches at the end that MSER does not cut into: of a few, some agree by chance."""
HALF_WINDOW = 17
"""Days on either side in Welch's moving average: five whole weeks, so that no pattern of the week is left."""
HARMONICS = 6
"""Of the year, in its season: enough for a summer of two months."""
COVERED, LATER, LONGER, NONE = "covered", "pre-period", "longer", "no verdict"
"""Verdicts on a warm-up: it reaches the point found; the point lies in the pre-period, before T0, from which outcomes
are measured; it lies beyond T0; or no point could be found."""
DAYS_A_WEEK, DAYS_A_YEAR = WEEK // DAY, YEAR // DAY

Floats = NDArray[np.float64]


def mser5(values: Floats) -> int | None:
    """The day from which a series is best cut (MSER-5).

    Parameters
    ----------
    values
        Day by day, shape (days,).

    Returns
    -------
    int or None
        Days to leave out, a multiple of 5; None if the series is too short or constant, or if the point lies in its
        second half.
    """
    batches = len(values) // BATCH
    if batches < FEWEST or np.ptp(values) == 0.0:
        return None
    means = values[: batches * BATCH].reshape(batches, BATCH).mean(axis=1)
    means = means - means.mean()
    left = np.arange(batches, LAST, -1)  # batches left after a cut, from none cut to all but the last few
    sums = np.cumsum(means[::-1])[::-1][: len(left)]
    squares = np.cumsum(means[::-1] ** 2)[::-1][: len(left)]
    cut = int(np.argmin((squares - sums**2 / left) / left**2))
    return cut * BATCH if cut <= batches // 2 else None


def welch(values: Floats, half: int = HALF_WINDOW) -> Floats:
    """Moving average of Welch (1983): over 2 x ``half`` + 1 days, over fewer near the beginning.

    Returns
    -------
    array
        Shape (days - half,): the end, where the window does not fit, is left out.
    """
    sums = np.concatenate([[0.0], np.cumsum(values)])
    day = np.arange(max(len(values) - half, 0))
    reach = np.minimum(day, half)
    return np.asarray((sums[day + reach + 1] - sums[day - reach]) / (2 * reach + 1))


def without_season(values: Floats) -> Floats | None:
    """A series without its yearly season and its pattern of the week; its level and trend stay.

    Both are fitted to the last whole year, which is farthest from the empty beginning, beside a straight line: six
    harmonics of the year, and the days of the week.

    Parameters
    ----------
    values
        Day by day, shape (days,).

    Returns
    -------
    array or None
        Shape (days,); None if there are fewer than two years.
    """
    if len(values) < 2 * DAYS_A_YEAR:
        return None
    day = np.arange(len(values))
    line = np.column_stack([np.ones(len(day)), day / DAYS_A_YEAR])
    pattern = _pattern(day)
    last = slice(len(day) - DAYS_A_YEAR, None)
    fitted = np.linalg.lstsq(np.hstack([line, pattern])[last], values[last], rcond=None)[0]
    return np.asarray(values - pattern @ fitted[line.shape[1] :])


def _pattern(day: NDArray[np.int64]) -> Floats:
    """Columns that sum to nothing over a year, or over a week; shape (days, columns)."""
    angles = 2.0 * np.pi * np.outer(day, np.arange(1, HARMONICS + 1)) / DAYS_A_YEAR
    weekday = day % DAYS_A_WEEK
    week = [(weekday == i).astype(float) - (weekday == DAYS_A_WEEK - 1) for i in range(DAYS_A_WEEK - 1)]
    return np.column_stack([np.cos(angles), np.sin(angles), *week])
