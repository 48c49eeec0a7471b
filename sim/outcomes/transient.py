"""Where a series has left its empty beginning behind (insvängning): MSER-5 and Welch's moving average.

MSER-5 (White 1997; White, Cobb and Spratt 2000) finds the day from which a series is best cut: the one that makes the
interval of the mean of the rest narrowest, on means of five days each. A point in the second half of a series says
that the series has not settled, or is too short to tell. MSER takes a season for a transient, so a season has to be
removed before; but what is fitted to noise and removed is a pattern put into the days before, which MSER takes for a
transient too. So as little as possible is fitted, to as much as possible.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.vocabulary import DAY, WEEK, YEAR

BATCH = 5
"""Days in a batch: the 5 of MSER-5."""
FEWEST = 10
"""Batches without which MSER says nothing."""
LAST, LAST_PART = 5, 10
"""Batches at the end that MSER does not cut into, at least these and one in so many: of a few in a row, some agree by
chance, and in a series that changes slowly most do."""
HALF_WINDOW = 17
"""Days on either side in Welch's moving average: five whole weeks, so that no pattern of the week is left."""
HARMONICS = 3
"""Of the year, in its season: enough for most of a summer of two months; more would be fitted to noise."""
UNSETTLED, DRIFTS, LONGER, UNCERTAIN, LATER, COVERED, NONE = (
    *("unsettled", "drifts", "longer", "uncertain"),
    *("pre-period", "covered", "no verdict"),
)
"""Verdicts on a warm-up, the worst first: the point lies in the second half of the series; the series drifts by more
than chance; the point lies beyond T0, from which outcomes are measured; leaving out a replication changes the verdict;
the point lies in the pre-period, before T0; the warm-up reaches it; nothing happens, or for too short a time."""
VERDICTS = (UNSETTLED, DRIFTS, LONGER, UNCERTAIN, LATER, COVERED, NONE)
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
        Days to leave out, a multiple of 5; None if the series is too short or constant. One that is not
        :func:`in_first_half` says that the series has not settled.
    """
    batches = len(values) // BATCH
    if batches < FEWEST or np.ptp(values) == 0.0:
        return None
    means = values[: batches * BATCH].reshape(batches, BATCH).mean(axis=1)
    means = means - means.mean()
    left = np.arange(
        batches, max(LAST, batches // LAST_PART), -1
    )  # batches left after a cut, from none cut to all but the last few
    sums = np.cumsum(means[::-1])[::-1][: len(left)]
    squares = np.cumsum(means[::-1] ** 2)[::-1][: len(left)]
    return BATCH * int(np.argmin((squares - sums**2 / left) / left**2))


def in_first_half(point: int, days: int) -> bool:
    """Whether a point of MSER-5 lies in the first half of a series of so many days."""
    return point <= days // BATCH // 2 * BATCH


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


def without_season(values: Floats, skip: int) -> Floats | None:
    """Series without their yearly season and their pattern of the week; level and trend stay.

    Both are fitted together to all whole years at the end that do not reach into the days to skip: three harmonics of
    the year, and the days of the week. No line is fitted beside them: over a year it can hardly be told from a
    harmonic. A trend bends the season a little instead.

    Parameters
    ----------
    values
        Day by day, shape (..., days).
    skip
        Days at the beginning that are not fitted to: the warm-up.

    Returns
    -------
    array or None
        Shape (..., days); None if there is no whole year after the days to skip.
    """
    days = values.shape[-1]
    fitted_to = max(days - skip, 0) // DAYS_A_YEAR * DAYS_A_YEAR
    if not fitted_to:
        return None
    pattern = _pattern(np.arange(days))
    design = np.column_stack([np.ones(fitted_to), pattern[-fitted_to:]])
    end = values[..., -fitted_to:].reshape(-1, fitted_to).T
    fitted = np.linalg.lstsq(design, end, rcond=None)[0][1:]
    return np.asarray(values - (pattern @ fitted).T.reshape(values.shape))


def _pattern(day: NDArray[np.int64]) -> Floats:
    """Columns that sum to nothing over a year, or over a week; shape (days, columns)."""
    angles = 2.0 * np.pi * np.outer(day, np.arange(1, HARMONICS + 1)) / DAYS_A_YEAR
    weekday = day % DAYS_A_WEEK
    week = [(weekday == i).astype(float) - (weekday == DAYS_A_WEEK - 1) for i in range(DAYS_A_WEEK - 1)]
    return np.column_stack([np.cos(angles), np.sin(angles), *week])
