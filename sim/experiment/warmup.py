"""Is the warm-up long enough (uppvärmning): MSER-5, Welch's moving average, and drift, on series day by day.

A model begins empty. MSER-5 (White 1997; White, Cobb and Spratt 2000) finds the day from which a series is best cut:
the one that makes the interval of the mean of the rest narrowest, on means of five days each. It is applied to the mean
over the replications; a point in the second half of a series says that the series is too short for a verdict. MSER
takes a season for a transient, so the yearly season and the pattern of the week, estimated from the last whole year,
are removed first where there are two years or more.

A drift too slow for MSER is looked for by itself: the last year against the year before, replication by replication.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.executors import Progress, Tick, Where, spread
from sim.experiment.moments import Moments
from sim.experiment.replication import replicate
from sim.experiment.running import fitting
from sim.outcomes.daily import SERIES
from sim.scenario import Scenario
from sim.vocabulary import DAY, WEEK, YEAR
from sim.world import CURRENT

BATCH = 5
"""Days in a batch: the 5 of MSER-5."""
FEWEST = 10
"""Batches without which MSER says nothing."""
LAST = 5
"""Batches at the end that MSER does not cut into: of a few, some agree by chance."""
HALF_WINDOW = 15
"""Days on either side in Welch's moving average."""
COVERED, LONGER, NONE = "covered", "longer", "no verdict"
"""Verdicts: the warm-up reaches the point found, it does not, or no point could be found."""
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

    Both are fitted to the last whole year, which is farthest from the empty beginning, beside a straight line: two
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
    angle = 2.0 * np.pi * day / DAYS_A_YEAR
    weekday = day % DAYS_A_WEEK
    week = [(weekday == i).astype(float) - (weekday == DAYS_A_WEEK - 1) for i in range(DAYS_A_WEEK - 1)]
    return np.column_stack([np.cos(angle), np.sin(angle), np.cos(2 * angle), np.sin(2 * angle), *week])


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
        ``covered``, ``longer`` or ``no verdict``.
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

    Attributes
    ----------
    replications
        Added so far.
    """

    def __init__(self, days: int) -> None:
        self.days = days
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
        return COVERED if point <= self.days else LONGER

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
            "days": self._sums.shape[1],
            "replications": self.replications,
            "season_removed": self.season_removed,
            "verdict": overall([one.verdict for one in judged]),
            "series": [{name: _plain(value) for name, value in vars(one).items()} for one in judged],
        }

    def rows(self) -> list[tuple[float, ...]]:
        """The mean over replications, a row for each day: the day and every series."""
        return [(day, *map(float, values)) for day, values in enumerate(self.means.T)]


def warm_up(
    scenario: Scenario,
    replications: int = 5,
    seed: int = 1,
    engine: str = "compiled",
    workers: int | None = None,
    progress: Progress | None = None,
) -> WarmUp:
    """Judge the warm-up of a scenario by replications of `current`, from time 0 to the horizon (pröva uppvärmningen).

    Parameters
    ----------
    scenario
        From ``sim.load``; three years in all allow every check.
    replications, seed, engine, workers, progress
        As for ``sim.run``; with the same seed these are the replications of ``sim.run`` under `current`.
    """
    if replications < 1:
        raise ValueError(f"replications: {replications} given, at least 1 needed")
    where = Where(engine, fitting(scenario, replications, engine, workers))
    done = dict(spread(partial(_daily, scenario, seed, engine), range(replications), where, progress))
    found = WarmUp(int(scenario.time.warm_up_days))
    for number in range(replications):
        found.add(done[number])
    return found


def _daily(scenario: Scenario, seed: int, engine: str, number: int, tick: Tick | None) -> NDArray[np.int32]:
    daily = replicate(scenario, (CURRENT,), seed, number, engine, tick=tick).daily
    assert daily is not None
    return daily


COLUMNS = ("day", *(series.name for series in SERIES))
"""Columns of ``warmup.csv``."""


def overall(verdicts: list[str]) -> str:
    """One verdict of many: ``longer`` if any is, ``no verdict`` if none has one, else ``covered``."""
    if LONGER in verdicts:
        return LONGER
    return COVERED if COVERED in verdicts else NONE


def _plain(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return float(f"{value:.10g}") if math.isfinite(value) else None
