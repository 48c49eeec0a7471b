"""Is the warm-up long enough (uppvärmning): a verdict on each series day by day, and on how it drifts.

MSER-5 (``outcomes.transient``) is applied to the mean over the replications. The yearly season and the pattern of the
week, estimated from the whole years after the warm-up, are removed first where there is one. How far chance moves the
point is told by the jackknife: the same with each replication left out in turn. A drift too slow for MSER is looked
for by itself: the last year against the year before, replication by replication.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.outcomes.daily import SERIES
from sim.outcomes.transient import (
    COVERED,
    DAYS_A_YEAR,
    DRIFTS,
    LATER,
    LONGER,
    NONE,
    UNCERTAIN,
    UNSETTLED,
    VERDICTS,
    Floats,
    in_first_half,
    mser5,
    without_season,
)
from sim.statistics.moments import LEVEL, Moments, half_width

GROUPS = 20
"""Groups of replications of which the jackknife leaves out one at a time: so many sums are kept, whatever the number
of replications. Up to so many replications each is a group of its own."""
FEW = 5
"""Replications below which a verdict is weak."""
DRIFT_LEVEL = 1.0 - (1.0 - LEVEL) / len(SERIES)
"""Of the interval of one drift, so that those of all series hold together with 95 % (Bonferroni)."""


@dataclass(frozen=True)
class Judged:
    """One series and the warm-up.

    Attributes
    ----------
    name
        As in ``outcomes.daily.SERIES``.
    mean
        A day, after the warm-up; nan if nothing is after it.
    point
        Days that MSER-5 leaves out, season removed where that can be; None if it finds no point.
    point_low, point_high
        The earliest and the latest point with a replication left out; None with one replication, or without a point.
    raw
        The point with the season in the series.
    verdict
        One of ``outcomes.transient.VERDICTS``: the worst that holds.
    drift, drift_low, drift_high
        Last year against the year before, over the latter, with its interval over replications, such that those of all
        series hold together with 95 %; nan where two years after the warm-up are not there.
    """

    name: str
    mean: float
    point: int | None
    point_low: int | None
    point_high: int | None
    raw: int | None
    verdict: str
    drift: float
    drift_low: float
    drift_high: float


class WarmUp:
    """The warm-up of a scenario, judged by replications.

    Parameters
    ----------
    days
        Of warm-up that the scenario has.
    starts
        Day of T0, from which outcomes are measured.

    Attributes
    ----------
    replications
        Added so far.
    """

    def __init__(self, days: int, starts: int) -> None:
        self.days, self.starts = days, starts
        self.replications = 0
        self._sums = np.zeros((0, len(SERIES), 0), np.int64)  # by group, for the jackknife
        self._years = Moments((2, len(SERIES)))
        self._changes = Moments((len(SERIES),))

    def add(self, daily: NDArray[np.int32]) -> None:
        """Add the series of a replication, in order of their numbers.

        Parameters
        ----------
        daily
            ``Replication.daily``, shape (series, days).

        Raises
        ------
        ValueError
            If it has another shape than the one before.
        """
        if not self.replications:
            self._sums = np.zeros((0, *daily.shape), np.int64)
        if daily.shape != self._sums.shape[1:]:
            raise ValueError(f"daily: shape {daily.shape} given, {self._sums.shape[1:]} needed")
        if self.replications < GROUPS:
            self._sums = np.concatenate([self._sums, daily[None].astype(np.int64)])
        else:
            self._sums[self.replications % GROUPS] += daily
        self.replications += 1
        if self._drift_known:
            before, last = daily[:, -2 * DAYS_A_YEAR :].reshape(len(daily), 2, DAYS_A_YEAR).mean(axis=2).T
            self._years.add(np.stack([before, last]))
            self._changes.add(last - before)

    @property
    def _drift_known(self) -> bool:
        return self._sums.shape[2] >= self.days + 2 * DAYS_A_YEAR

    @property
    def means(self) -> Floats:
        """Mean over the replications, shape (series, days)."""
        return np.asarray(self._sums.sum(axis=0) / max(self.replications, 1))

    @property
    def season_removed(self) -> bool:
        """Whether there are days enough to remove the season."""
        return self._sums.shape[2] >= self.days + DAYS_A_YEAR

    def judged(self) -> list[Judged]:
        """A verdict for each series, in their order."""
        means, drifts = self.means, self._drifts()
        points, others = self._points(means), [self._points(rest) for rest in self._left_out()]
        found = []
        for place, (series, values) in enumerate(zip(SERIES, means, strict=True)):
            after = values[self.days :]
            mean = float(after.mean()) if len(after) else math.nan
            among = [one[place] for one in others]
            known = [point for point in among if point is not None]
            low, high = (min(known), max(known)) if known else (None, None)
            drift = drifts[:, place].tolist()
            verdict = self._verdict(points[place], among, drift[1:])
            found.append(Judged(series.name, mean, points[place], low, high, mser5(values), verdict, *drift))
        return found

    def _left_out(self) -> list[Floats]:
        """Means over the replications without one group of them, for each group; nothing with one replication."""
        if self.replications < 2:
            return []
        total, groups = self._sums.sum(axis=0), len(self._sums)
        sizes = [len(range(group, self.replications, GROUPS)) for group in range(groups)]
        return [(total - one) / (self.replications - size) for one, size in zip(self._sums, sizes, strict=True)]

    def _points(self, means: Floats) -> list[int | None]:
        """Of every series the day that MSER-5 finds, season removed where that can be."""
        adjusted = without_season(means, self.days)
        if adjusted is None:
            return [mser5(values) for values in means]
        # Of a constant, removing the season would leave rounding errors to be judged.
        return [mser5(values if np.ptp(values) == 0.0 else flat) for values, flat in zip(means, adjusted, strict=True)]

    def _verdict(self, point: int | None, others: list[int | None], drift: list[float]) -> str:
        """The worst that holds of a point, of the points with a replication left out, and of an interval of drift."""
        found = {self._place(point), *map(self._place, others)}
        settled = self._place(point) if len(found) == 1 else UNCERTAIN
        low, high = drift
        return overall([settled, DRIFTS] if low > 0 or high < 0 else [settled])

    def _place(self, point: int | None) -> str:
        """What a point alone says."""
        if point is None:
            return NONE
        if not in_first_half(point, self._sums.shape[2]):
            return UNSETTLED
        if point <= self.days:
            return COVERED
        return LATER if point <= self.starts else LONGER

    def _drifts(self) -> Floats:
        """Relative change over the last year with its interval, shape (3, series); nan where unknown."""
        before, last = self._years.mean
        spread_before, spread_last = self._years.variance
        together = (spread_before + spread_last - self._changes.variance) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = last / before
            # The year before varies between replications too: the delta method for a ratio of means.
            variance = (spread_last + ratio**2 * spread_before - 2 * ratio * together) / before**2
            half = half_width(self._changes.count, np.maximum(variance, 0.0), DRIFT_LEVEL)
            drifts = np.stack([ratio - 1, ratio - 1 - half, ratio - 1 + half])
        return np.where(np.isfinite(drifts), drifts, np.nan)

    def report(self) -> dict[str, Any]:
        """All that was found, as plain data; None where there is no number."""
        judged = self.judged()
        return {
            "warm_up_days": self.days,
            "measured_from_day": self.starts,
            "days": self._sums.shape[2],
            "replications": self.replications,
            "weak": self.replications < FEW,
            "season_removed": self.season_removed,
            "verdict": overall([one.verdict for one in judged]),
            "series": [{name: _plain(value) for name, value in vars(one).items()} for one in judged],
        }

    def rows(self) -> list[tuple[float, ...]]:
        """The mean over replications, a row for each day: the day and every series."""
        return [(day, *map(float, values)) for day, values in enumerate(self.means.T)]


COLUMNS = ("day", *(series.name for series in SERIES))
"""Columns of ``warmup.csv``."""


def overall(verdicts: list[str]) -> str:
    """One verdict of many: the worst of those that there are."""
    return next((verdict for verdict in VERDICTS if verdict in verdicts), NONE)


def _plain(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return float(f"{value:.10g}") if math.isfinite(value) else None
