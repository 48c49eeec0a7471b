"""Is the warm-up long enough (uppvärmning): a verdict on each series day by day, and on how it drifts.

MSER-5 (``outcomes.transient``) is applied to the mean over the replications. The yearly season and the pattern of the
week, estimated from the last whole year, are removed first where there are two years or more. A drift too slow for
MSER is looked for by itself: the last year against the year before, replication by replication.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.moments import Moments
from sim.outcomes.daily import SERIES
from sim.outcomes.transient import COVERED, DAYS_A_YEAR, LATER, LONGER, NONE, Floats, mser5, without_season


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
    raw
        The same with the season in it.
    verdict
        ``covered``, ``pre-period``, ``longer`` or ``no verdict``.
    drift, drift_low, drift_high
        Last year against the year before, over the latter, with its 95 % interval over replications; nan where two
        years after the warm-up are not there.
    """

    name: str
    mean: float
    point: int | None
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
        self._sums = np.zeros((len(SERIES), 0), np.int64)
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
            self._sums = np.zeros(daily.shape, np.int64)
        if daily.shape != self._sums.shape:
            raise ValueError(f"daily: shape {daily.shape} given, {self._sums.shape} needed")
        self.replications += 1
        self._sums += daily
        if self._drift_known:
            before, last = daily[:, -2 * DAYS_A_YEAR :].reshape(len(daily), 2, DAYS_A_YEAR).mean(axis=2).T
            self._years.add(np.stack([before, last]))
            self._changes.add(last - before)

    @property
    def _drift_known(self) -> bool:
        return self._sums.shape[1] >= self.days + 2 * DAYS_A_YEAR

    @property
    def means(self) -> Floats:
        """Mean over the replications, shape (series, days)."""
        return np.asarray(self._sums / max(self.replications, 1))

    @property
    def season_removed(self) -> bool:
        """Whether there are days enough to remove the season."""
        return self._sums.shape[1] >= 2 * DAYS_A_YEAR

    def judged(self) -> list[Judged]:
        """A verdict for each series, in their order."""
        drifts = self._drifts()
        found = []
        for place, (series, values) in enumerate(zip(SERIES, self.means, strict=True)):
            raw, adjusted = mser5(values), without_season(values)
            # Of a constant, removing the season would leave rounding errors to be judged.
            point = raw if adjusted is None or np.ptp(values) == 0.0 else mser5(adjusted)
            after = values[self.days :]
            mean = float(after.mean()) if len(after) else math.nan
            found.append(Judged(series.name, mean, point, raw, self._verdict(point), *drifts[:, place]))
        return found

    def _verdict(self, point: int | None) -> str:
        if point is None:
            return NONE
        if point <= self.days:
            return COVERED
        return LATER if point <= self.starts else LONGER

    def _drifts(self) -> Floats:
        """Relative change over the last year with its interval, shape (3, series); nan where unknown."""
        low, high = self._changes.interval()
        with np.errstate(divide="ignore", invalid="ignore"):
            drifts = np.stack([self._changes.mean, low, high]) / self._years.mean[0]
        return np.where(np.isfinite(drifts), drifts, np.nan)

    def report(self) -> dict[str, Any]:
        """All that was found, as plain data; None where there is no number."""
        judged = self.judged()
        return {
            "warm_up_days": self.days,
            "measured_from_day": self.starts,
            "days": self._sums.shape[1],
            "replications": self.replications,
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
    return next((verdict for verdict in (LONGER, LATER, COVERED) if verdict in verdicts), NONE)


def _plain(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return float(f"{value:.10g}") if math.isfinite(value) else None
