"""Paired comparison (parvis jämförelse): the same people under two governances, replication by replication."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.experiment.moments import LEVEL, Moments
from sim.outcomes import OUTCOMES, Margin, OutcomeTable

__all__ = ["LEVEL", "Difference", "Paired", "compare_tables", "interval", "mean_of"]


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
    relative
        Difference over the first mean; nan if that is 0.
    replications
        How many have both.
    variance_ratio
        Variance of the first plus that of the second, over the variance of the difference: how many times as many
        replications two independent groups of runs would need for the same interval. nan if the difference does not
        vary, or with one replication.
    """

    outcome: str
    margin: Margin
    first: float
    second: float
    difference: float
    low: float
    high: float
    relative: float
    unit: str
    replications: int
    variance_ratio: float


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

    def differences(self, outcomes: Sequence[str], margins: Sequence[Margin]) -> Iterator[Difference]:
        """Of every outcome and margin that some replication has, in their order."""
        paired = self._difference
        # Means of the same replications as the difference, so that the three agree.
        first, second = (
            np.where(paired.count > 0, both.mean, alone.mean)
            for alone, both in zip(self._alone, self._both, strict=True)
        )
        mean, ratio = paired.mean, self._variance_ratio()
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = np.where(first != 0, mean / first, np.nan)
        numbers = np.stack([first, second, mean, *paired.interval(), relative], axis=2)
        given = (self._alone[0].count + self._alone[1].count) > 0
        for o, m in np.argwhere(given).tolist():
            a, b, difference, low, high, share = numbers[o, m].tolist()
            both, times, unit = int(paired.count[o, m]), float(ratio[o, m]), OUTCOMES[outcomes[o]].unit
            yield Difference(outcomes[o], margins[m], a, b, difference, low, high, share, unit, both, times)

    def _variance_ratio(self) -> NDArray[np.float64]:
        together = self._both[0].variance + self._both[1].variance
        apart = self._difference.variance
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(apart > 0, together / apart, np.nan)


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
