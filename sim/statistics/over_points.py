"""Statistics over the points of a sweep (statistik över punkter): means at a value, and rank correlations.

Rank correlations are Spearman's, with the interval of Bonett and Wright (2000), which is a poor one for few points and
is not given below ``BOUNDED_FROM``. Where several keys vary, the partial rank correlation (PRCC, partiell
rangkorrelation; Marino and others 2008) leaves out what the other keys explain. Where columns of a design go together,
no statistic tells their keys apart well, so the strongest correlation between columns is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sim.statistics.design import Design
from sim.statistics.moments import LEVEL

FEWEST = 4
"""Points of a rank correlation."""
BOUNDED_FROM = 8
"""Points from which it has an interval; of a partial one, points beyond one for each other column."""
HIGH = 0.3
"""Correlation between columns above which their keys are said to be hard to tell apart."""
NORMAL = 1.959963984540054
"""97.5 % point of the normal distribution."""
TINY = 1e-9
NAN = float("nan")
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rho:
    """A rank correlation with its 95 % interval; nan where there is none."""

    value: float = NAN
    low: float = NAN
    high: float = NAN


@dataclass(frozen=True)
class Together:
    """The two keys of a design whose columns go together most: the absolute rank correlation of the columns."""

    correlation: float
    first: str
    second: str


# --- means -----------------------------------------------------------------------------------------------------


def complete(values: Floats) -> Floats:
    """Points that have a value in every replication and under every governance; points along the first axis.

    A mean over other points in every replication would differ from one to the next by its points.
    """
    return values[~np.isnan(values).any(axis=tuple(range(1, values.ndim)))]


def crossed_half_width(values: Floats) -> float:
    """Half the width of a 95 % interval of a mean over points and replications, where both are chance.

    Points are a draw from the ranges of the other keys, and every replication meets the same points: both spreads
    count, with the degrees of freedom of Satterthwaite. What is between the two counts twice, on the wide side.

    Parameters
    ----------
    values
        Of shape (points, replications), without nan; nan comes out of fewer than two of either.
    """
    if min(values.shape) < 2:
        return NAN
    points, replications = values.shape
    over_points = float(values.mean(axis=1).var(ddof=1)) / points
    over_replications = float(values.mean(axis=0).var(ddof=1)) / replications
    variance = over_points + over_replications
    if variance == 0.0:
        return 0.0
    freedom = variance**2 / (over_points**2 / (points - 1) + over_replications**2 / (replications - 1))
    return float(stdtrit(freedom, 0.5 + LEVEL / 2) * np.sqrt(variance))


# --- rank correlations -----------------------------------------------------------------------------------------


def rank_correlation(keys: Floats, values: Floats) -> tuple[Rho, int]:
    """Spearman's rank correlation over points that have a value, and how many these are.

    Nan where all values are equal or points are fewer than ``FEWEST``; without an interval where points are fewer than
    ``BOUNDED_FROM``, or in the same or the opposite order one by one.
    """
    known = ~np.isnan(values)
    keys, values = keys[known], values[known]
    points = len(keys)
    if points < FEWEST or len(np.unique(keys)) < 2 or len(np.unique(values)) < 2:
        return Rho(), points
    return _bounded(_pearson(_ranks(keys), _ranks(values)), points), points


def partial_rank_correlation(columns: Sequence[Floats], place: int, values: Floats) -> Rho:
    """Rank correlation of one key with values, both without what the ranks of all other keys explain (PRCC).

    Parameters
    ----------
    columns
        From :func:`coded`: of each key an array of shape (points, columns).
    place
        Of the key, which has one column.
    values
        Of shape (points,); nan where a point has none.
    """
    known = ~np.isnan(values)
    others = [column[known] for n, column in enumerate(columns) if n != place]
    ranks = [_ranks(one) for column in others for one in column.T if len(np.unique(one)) > 1]
    points = int(known.sum())
    if not ranks or points - len(ranks) < FEWEST:
        return Rho()
    given = np.column_stack([np.ones(points), *ranks])
    key, value = (_rest(given, _ranks(one)) for one in (columns[place][known, 0], values[known]))
    if key is None or value is None:
        return Rho()
    return _bounded(_pearson(key, value), points - len(ranks))


def coded(design: Design) -> list[Floats]:
    """Columns of each key, of shape (points, columns): one of numbers, or one for each word."""
    found = []
    for k in range(len(design.keys)):
        column = [point[k] for point in design.points]
        if any(isinstance(value, str) for value in column):
            words = sorted({str(value) for value in column})
            found.append(np.array([[value == word for word in words] for value in column], np.float64))
        else:
            found.append(np.array(column, np.float64)[:, None])
    return found


def strongest(design: Design) -> Together | None:
    """The two keys whose columns go together most; None if fewer than two vary."""
    columns = [
        (key.name, _ranks(one))
        for key, column in zip(design.keys, coded(design), strict=True)
        for one in column.T
        if len(np.unique(one)) > 1
    ]
    found = [
        Together(abs(_pearson(one, other)), first, second)
        for n, (first, one) in enumerate(columns)
        for second, other in columns[n + 1 :]
        if first != second
    ]
    return max(found, key=lambda one: one.correlation, default=None)


def _ranks(values: Floats) -> Floats:
    """Ranks from one, the mean of them where values are equal."""
    from scipy.stats import rankdata  # takes long to import

    return np.asarray(rankdata(values), np.float64)


def _rest(given: Floats, ranks: Floats) -> Floats | None:
    """What a least-squares fit leaves of ranks; None if that is nothing."""
    rest = ranks - given @ np.linalg.lstsq(given, ranks, rcond=None)[0]
    whole = ranks - ranks.mean()
    return rest if rest @ rest > TINY * max(1.0, float(whole @ whole)) else None


def _pearson(one: Floats, other: Floats) -> float:
    """Pearson's correlation."""
    a, b = one - one.mean(), other - other.mean()
    return float(np.clip(a @ b / np.sqrt((a @ a) * (b @ b)), -1.0, 1.0))


def _bounded(rho: float, points: int) -> Rho:
    """A rank correlation with its interval, if it can have one."""
    if points < BOUNDED_FROM or abs(rho) > 1.0 - TINY:
        return Rho(rho)
    half = NORMAL * np.sqrt((1.0 + rho**2 / 2.0) / (points - 3))
    middle = np.arctanh(rho)
    return Rho(rho, float(np.tanh(middle - half)), float(np.tanh(middle + half)))
