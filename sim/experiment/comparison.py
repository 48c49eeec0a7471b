"""Paired comparison (parvis jämförelse): the same people under two governances, replication by replication."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sim.outcomes import OUTCOMES, Margin, OutcomeTable

LEVEL = 0.95
"""Coverage of the intervals."""


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


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """The 95 % t interval of the mean of independent values, shape (replications,); nan for fewer than two."""
    known = values[~np.isnan(values)]
    if len(known) < 2:
        return float("nan"), float("nan")
    half = float(stdtrit(len(known) - 1, 0.5 + LEVEL / 2) * known.std(ddof=1) / np.sqrt(len(known)))
    mean = float(known.mean())
    return mean - half, mean + half


def compare_tables(first: Sequence[OutcomeTable], second: Sequence[OutcomeTable]) -> Iterator[Difference]:
    """Paired differences of every outcome and margin.

    Parameters
    ----------
    first, second
        Tables of the two governances, in the order of the replications.
    """
    before = np.stack([table.values for table in first])
    after = np.stack([table.values for table in second])
    table = first[0]
    for o, outcome in enumerate(table.outcomes):
        unit = OUTCOMES[outcome].unit
        for m, margin in enumerate(table.margins):
            if np.isnan(before[:, o, m]).all() and np.isnan(after[:, o, m]).all():
                continue
            yield _difference(outcome, margin, unit, before[:, o, m], after[:, o, m])


def _difference(
    outcome: str, margin: Margin, unit: str, before: NDArray[np.float64], after: NDArray[np.float64]
) -> Difference:
    paired = after - before
    both = ~np.isnan(paired)
    if both.any():  # means of the same replications, so that they agree with their difference
        before, after = before[both], after[both]
    low, high = interval(paired)
    mean_before, mean_after, mean = mean_of(before), mean_of(after), mean_of(paired)
    relative = mean / mean_before if mean_before else float("nan")
    return Difference(outcome, margin, mean_before, mean_after, mean, low, high, relative, unit)


def mean_of(values: NDArray[np.float64]) -> float:
    """The mean of the values that are known; nan if none is."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
