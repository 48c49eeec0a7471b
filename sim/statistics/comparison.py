"""Paired comparison (parvis jämförelse): the same people under two governances, replication by replication."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.outcomes import OUTCOMES, Margin, OutcomeTable
from sim.statistics.moments import LEVEL, Moments, half_width, quantile

__all__ = ["LEVEL", "NUMBERS", "Difference", "Paired", "compare_tables", "interval", "mean_of", "variance_ratio"]

NUMBERS = (
    *("difference", "low", "high", "relative", "relative_low", "relative_high", "replications"),
    *("variance_ratio", "variance_ratio_low", "variance_ratio_high"),
)
"""Columns of a table of differences, after the means of the two governances."""
LARGEST_RATIO = 1e4
"""A ratio of variances above this says that the difference hardly varies, not how much pairing spares."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Difference:
    """One outcome in one margin, under two governances.

    Attributes
    ----------
    outcome, margin, unit
        What, for whom.
    first, second
        Means over the replications that have both; over those that have it where no replication has both.
    difference, low, high
        Mean of the paired differences (second - first) with its 95 % t interval; nan with one replication.
    relative, relative_low, relative_high
        Difference over the first mean, nan if that is 0, with its 95 % interval by the delta method: the first mean
        is an estimate too, and of the same replications. No interval with one replication.
    replications
        How many have both.
    variance_ratio, variance_ratio_low, variance_ratio_high
        Variance of the first plus that of the second, over the variance of the difference: about how many times as
        many replications two independent groups of runs would need for as much precision; with its 95 % interval,
        from three replications on (:func:`variance_ratio`). nan if the difference does not vary, or the ratio is
        above 10,000.
    """

    outcome: str
    margin: Margin
    first: float
    second: float
    difference: float
    low: float
    high: float
    relative: float
    relative_low: float
    relative_high: float
    unit: str
    replications: int
    variance_ratio: float
    variance_ratio_low: float
    variance_ratio_high: float

    @property
    def numbers(self) -> tuple[float, ...]:
        """Both means, then as ``NUMBERS``."""
        return (self.first, self.second, *(getattr(self, name) for name in NUMBERS))


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """The 95 % t interval of the mean of independent values, shape (replications,); nan for fewer than two."""
    low, high = _moments(values).interval()
    return float(low), float(high)


def mean_of(values: NDArray[np.float64]) -> float:
    """The mean of the values that are known; nan if none is."""
    return float(_moments(values).mean)


def _moments(values: NDArray[np.float64]) -> Moments:
    found = Moments()
    for value in values:
        found.add(value)
    return found


class Paired:
    """Differences of two governances, one replication after the other; memory does not grow.

    Parameters
    ----------
    shape
        Of the values of a replication: outcomes, margins.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._alone = Moments(shape), Moments(shape)
        self._both = Moments(shape), Moments(shape)
        self._difference = Moments(shape)

    def add(self, before: NDArray[np.float64], after: NDArray[np.float64]) -> None:
        """Add a replication: values under the first and the second governance; nan where an outcome is not given."""
        difference = after - before
        known = ~np.isnan(difference)
        self._difference.add(difference)
        for alone, both, values in zip(self._alone, self._both, (before, after), strict=True):
            alone.add(values)
            both.add(np.where(known, values, np.nan))

    def numbers(self) -> tuple[NDArray[np.bool_], Floats, NDArray[np.int64]]:
        """All numbers of the differences.

        Returns
        -------
        given : array of shape ``shape``
            Whether some replication has a value.
        numbers : array of shape (*shape, 11)
            Both means, then as ``NUMBERS`` but for the count.
        count : array of shape ``shape``
            Replications that have both.
        """
        paired = self._difference
        # Means of the same replications as the difference, so that the three agree.
        first, second = (
            np.where(paired.count > 0, both.mean, alone.mean)
            for alone, both in zip(self._alone, self._both, strict=True)
        )
        spread = (self._both[0].variance, self._both[1].variance, paired.variance)
        relative = _relative(paired.count, first, paired.mean, *spread)
        ratio = variance_ratio(paired.count, *spread)
        numbers = np.stack([first, second, paired.mean, *paired.interval(), *relative, *ratio], axis=-1)
        return (self._alone[0].count + self._alone[1].count) > 0, numbers, paired.count

    def differences(self, outcomes: Sequence[str], margins: Sequence[Margin]) -> Iterator[Difference]:
        """Of every outcome and margin that some replication has, in their order."""
        given, numbers, count = self.numbers()
        for o, m in np.argwhere(given).tolist():
            a, b, difference, low, high, share, share_low, share_high, *times = numbers[o, m].tolist()
            both, unit = int(count[o, m]), OUTCOMES[outcomes[o]].unit
            yield Difference(
                outcomes[o], margins[m], a, b, difference, low, high, share, share_low, share_high, unit, both, *times
            )


def _relative(
    count: NDArray[np.int64], first: Floats, mean: Floats, before: Floats, after: Floats, apart: Floats
) -> tuple[Floats, Floats, Floats]:
    """Difference over the first mean, with its interval by the delta method.

    To first order the error of the quotient R is the mean of (difference - R x first) over the first mean.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(first != 0, mean / first, np.nan)
        covariance = (after - before - apart) / 2  # of first and difference
        variance = np.maximum(apart - 2 * relative * covariance + relative**2 * before, 0.0)
        half = half_width(count, variance) / np.abs(first)
    return relative, relative - half, relative + half


def variance_ratio(
    count: NDArray[np.int64], before: Floats, after: Floats, apart: Floats
) -> tuple[Floats, Floats, Floats]:
    """What pairing gives: the variance of both over that of their difference, with its 95 % interval.

    The ratio is (q + 1) / 2, where q is the variance of the sum over that of the difference of the pairs. Sum and
    difference are correlated where the two variances differ, so the interval is that of Pitman and Morgan for the
    variances of pairs: exact for normal values.

    Parameters
    ----------
    count
        Pairs.
    before, after, apart
        Variances of the first, the second and their difference.

    Returns
    -------
    tuple of arrays
        Ratio, low, high. nan where the difference does not vary, or the ratio is above 10,000; low and high also for
        fewer than three pairs.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (before + after) / apart
        ratio = np.where((apart > 0) & (ratio <= LARGEST_RATIO), ratio, np.nan)
        quotient = np.maximum(2 * ratio - 1, 0.0)
        # Squared correlation of sum and difference, whose covariance is after - before.
        shared = np.clip((after - before) ** 2 / (quotient * apart**2), 0.0, 1.0)
        freedom = np.where(count > 2, count - 2, np.nan)
        widening = 1 + 2 * (1 - shared) * quantile(freedom) ** 2 / freedom
        factor = widening + np.sqrt(widening**2 - 1)
    return ratio, (quotient / factor + 1) / 2, (quotient * factor + 1) / 2


def compare_tables(first: Sequence[OutcomeTable], second: Sequence[OutcomeTable]) -> Iterator[Difference]:
    """Paired differences of every outcome and margin.

    Parameters
    ----------
    first, second
        Tables of the two governances, in the order of the replications.
    """
    table = first[0]
    paired = Paired(table.values.shape)
    for before, after in zip(first, second, strict=True):
        paired.add(before.values, after.values)
    yield from paired.differences(table.outcomes, table.margins)
