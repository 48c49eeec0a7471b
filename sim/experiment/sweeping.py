"""Sweeps (svep): one scenario at many points, with the same people and chance at each.

Every point takes the same seed and replication numbers, so that points differ by what was varied and not by luck. Of
each replication only totals are kept (margin ``all``). A sweep of levers simulates the past once for each replication.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.experiment.design import GRID
from sim.experiment.executors import Progress, Where, place, spread
from sim.experiment.moments import Moments, half_width
from sim.experiment.replication import Tick, each_arm
from sim.experiment.sweep_archive import InMemory, Part, Parts, Store, open_sweep
from sim.experiment.sweep_plan import SWEPT, Plan, planned
from sim.outcomes import OUTCOMES
from sim.scenario import Scenario
from sim.scenario.schema import Scalar

if TYPE_CHECKING:
    import pandas as pd

DIFFERENCE = "difference"
"""In place of a governance: second minus first."""
NORMAL = 1.959963984540054
"""97.5 % point of the normal distribution."""
TINY = 1e-9
Floats = NDArray[np.float64]
_COLUMNS = np.array([list(OUTCOMES).index(name) for name in SWEPT])


@dataclass(frozen=True)
class Cell:
    """One outcome at one point (or, of an effect, at one value of one key), under one governance or as difference.

    Attributes
    ----------
    mean, low, high, sd
        Over replications, with the 95 % t interval of the mean.
    replications
        How many have a value.
    """

    governance: str
    outcome: str
    mean: float
    low: float
    high: float
    sd: float
    replications: int


@dataclass(frozen=True)
class Effect:
    """The main effect of a key at one of its values: the mean over all points that have it (huvudeffekt)."""

    key: str
    value: Scalar
    points: int
    cell: Cell


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation of a key with the mean of an outcome, over points (rangkorrelation).

    Attributes
    ----------
    rho, low, high
        With its 95 % interval (Bonett and Wright 2000); nan where all values are equal, or points are too few. The
        same order, or the opposite one, has no interval.
    """

    key: str
    governance: str
    outcome: str
    rho: float
    low: float
    high: float
    points: int


@dataclass(frozen=True, eq=False)
class Sweep:
    """A finished sweep.

    Attributes
    ----------
    plan
        What was run.
    engine
        ``compiled`` or ``simpy``.
    parts
        One replication of one group of points each.
    where
        The workers that ran what was missing.
    """

    plan: Plan
    engine: str
    parts: Parts
    where: Where

    @property
    def governances(self) -> tuple[str, ...]:
        """Those of every point, and the difference if there are two."""
        return (*self.plan.governances, DIFFERENCE) if self.plan.compared else self.plan.governances

    def cells(self, point: int) -> Iterator[Cell]:
        """Every outcome at a point that is given: by governance, then in the order of the registry."""
        for g, governance in enumerate(self.governances):
            for o in np.flatnonzero(self._statistics[-1][point, g]):
                yield self.cell(point, governance, SWEPT[o])

    def cell(self, point: int, governance: str, outcome: str) -> Cell:
        """One outcome at a point, under a governance or as ``difference``; nan where it is not given."""
        g, o = self.governances.index(governance), SWEPT.index(outcome)
        mean, low, high, sd, count = (table[point, g, o] for table in self._statistics)
        return Cell(governance, outcome, float(mean), float(low), float(high), float(sd), int(count))

    def frame(self) -> pd.DataFrame:
        """The tidy table: a row for each point, governance (or ``difference``) and outcome; as ``sweep.csv``."""
        import pandas as pd

        return pd.DataFrame.from_records(list(rows(self)), columns=columns(self.plan))

    def values(self, outcome: str) -> Floats:
        """One outcome in every replication, shape (points, governances and difference, replications)."""
        if outcome not in SWEPT:
            raise KeyError(f"no outcome {outcome!r} in a sweep")
        found = np.empty((len(self.plan.places), len(self.governances), self.plan.replications))
        for number in range(self.plan.replications):
            for group in range(len(self.plan.groups)):
                column = self.parts(group, number).totals[:, SWEPT.index(outcome)]
                for point, arms in self._points[group]:
                    found[point, :, number] = _with_difference(column[list(arms)])
        return found

    def effects(self, outcome: str) -> list[Effect]:
        """Main effects: means over the points of each value, replication by replication.

        Of every key of a grid; otherwise of keys whose values come again, twice on average.
        """
        design = self.plan.design
        taken = {key: [point[k] for point in design.points] for k, key in enumerate(design.names)}
        if design.kind != GRID:
            taken = {key: column for key, column in taken.items() if 2 * len(set(column)) <= len(column)}
        if not taken:
            return []
        values, found = self.values(outcome), []
        for key, column in taken.items():
            for value in sorted(set(column)):
                chosen = [n for n, one in enumerate(column) if one == value]
                for g, governance in enumerate(self.governances):
                    moments = Moments()
                    for mean in _mean_over_points(values[chosen, g]):
                        moments.add(mean)
                    found.append(Effect(key, value, len(chosen), _cell(governance, outcome, moments)))
        return found

    def correlations(self, outcome: str) -> list[Correlation]:
        """Rank correlation of every key that has an order with the mean of an outcome."""
        o, found = SWEPT.index(outcome), []
        for k, key in enumerate(self.plan.design.keys):
            column = [point[k] for point in self.plan.design.points]
            if any(isinstance(value, str) for value in column):
                continue
            for g, governance in enumerate(self.governances):
                mean = self._statistics[0][:, g, o]
                rho, low, high, points = rank_correlation(np.array(column, np.float64), mean)
                found.append(Correlation(key.name, governance, outcome, rho, low, high, points))
        return found

    @cached_property
    def _points(self) -> list[list[tuple[int, tuple[int, ...]]]]:
        """Points of each group, with the arm of each governance."""
        found: list[list[tuple[int, tuple[int, ...]]]] = [[] for _ in self.plan.groups]
        for point, (group, arms) in enumerate(self.plan.places):
            found[group].append((point, arms))
        return found

    @cached_property
    def _statistics(self) -> tuple[Floats, Floats, Floats, Floats, NDArray[np.int64]]:
        """Mean, low, high, sd and count, each of shape (points, governances and difference, outcomes)."""
        shape = (len(self.plan.places), len(self.governances), len(SWEPT))
        mean, low, high, sd = (np.full(shape, np.nan) for _ in range(4))
        count = np.zeros(shape, np.int64)
        for group in range(len(self.plan.groups)):
            points = self._points[group]
            moments = Moments((len(points), *shape[1:]))
            arms = np.array([arms for _, arms in points])
            for number in range(self.plan.replications):  # in order, so that the sums are the same bits every time
                moments.add(_with_difference(self.parts(group, number).totals[arms], axis=1))
            mine = [point for point, _ in points]
            mean[mine], sd[mine], count[mine] = moments.mean, np.sqrt(moments.variance), moments.count
            low[mine], high[mine] = moments.interval()
        return mean, low, high, sd, count


def sweep(
    scenario: Scenario,
    vary: Mapping[str, Any] | None = None,
    *,
    latin_hypercube: int | None = None,
    points: Path | str | None = None,
    governances: Sequence[str] | None = None,
    replications: int | None = None,
    seed: int | None = None,
    on: Sequence[str] | None = None,
    engine: str = "compiled",
    archive: Path | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Run a scenario at many points (svep).

    Parameters
    ----------
    scenario
        From ``sim.load``; what is not given here is taken from its table ``[sweep]``.
    vary
        By dotted key: a list of values, a table of ``low``, ``high`` and perhaps ``levels``, or ``"range"`` for the
        range stated in the scenario.
    latin_hypercube
        How many points of a Latin hypercube; without it, all combinations of the values.
    points
        A CSV table of points in place of both, one column for each key.
    governances
        One, or two to compare at every point (by default `current` and `coordinated`).
    replications, seed
        The same for every point (by default 10 and 1).
    on
        Outcomes of the figures (by default hospital days).
    engine, workers, cluster, progress
        As for ``sim.compare``; the parts of a sweep are numbered replication by replication, group by group.
    archive
        Folder in which finished parts are kept; a sweep that was interrupted goes on from there.

    Raises
    ------
    ScenarioError
        With every problem of what is asked for, before anything runs.
    """
    options = {
        "vary": vary,
        "latin_hypercube": latin_hypercube,
        "points": points,
        "governance": governances,
        "replications": replications,
        "seed": seed,
        "on": on,
    }
    plan = planned(scenario, options, told="")
    with open_sweep(archive, plan, engine) if archive is not None else nullcontext(InMemory()) as store:
        return run_plan(plan, engine, store, workers=workers, cluster=cluster, progress=progress)


def run_plan(
    plan: Plan,
    engine: str,
    store: Store,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Run what a store lacks of a sweep; parameters as :func:`sweep`."""
    missing = missing_jobs(plan, store)
    where = place(plan.scenario, max(1, len(missing)), engine, workers, cluster)
    one = partial(_one, plan, engine)
    with closing(spread(one, missing, where, progress)) as done:
        for _, part in done:
            store.put(part)
    return Sweep(plan, engine, store.get, where)


def missing_jobs(plan: Plan, store: Store) -> list[int]:
    """Numbers of the parts that are still to be run."""
    jobs = range(plan.replications * len(plan.groups))
    return [job for job in jobs if not store.has(*job_of(plan, job))]


def job_of(plan: Plan, job: int) -> tuple[int, int]:
    """Group and replication of a job: all groups of a replication, then the next."""
    number, group = divmod(job, len(plan.groups))
    return group, number


def _one(plan: Plan, engine: str, job: int, tick: Tick | None) -> Part:
    """One replication of all arms of a group, reduced to totals."""
    group, number = job_of(plan, job)
    scenario, names = plan.arms(group)
    totals, digests = [], []
    for arm in each_arm(scenario, names, plan.seed, number, engine, tick):
        totals.append(arm.table.values[_COLUMNS, 0])  # the first margin is everybody
        digests.append(arm.digest)
    return Part(group, number, np.array(totals), tuple(digests))


def rank_correlation(keys: Floats, values: Floats) -> tuple[float, float, float, int]:
    """Spearman's rank correlation with its 95 % interval, and the number of points that have a value."""
    from scipy.stats import spearmanr  # takes long to import

    known = ~np.isnan(values)
    keys, values = keys[known], values[known]
    points = len(keys)
    if points < 4 or len(np.unique(keys)) < 2 or len(np.unique(values)) < 2:
        return float("nan"), float("nan"), float("nan"), points
    rho = float(spearmanr(keys, values).statistic)
    if abs(rho) > 1.0 - TINY:  # the same order, point by point
        return rho, float("nan"), float("nan"), points
    half = NORMAL * np.sqrt((1.0 + rho**2 / 2.0) / (points - 3))
    middle = np.arctanh(rho)
    return rho, float(np.tanh(middle - half)), float(np.tanh(middle + half)), points


def columns(plan: Plan) -> tuple[str, ...]:
    """Columns of the tidy table."""
    return (
        "point",
        *plan.design.names,
        *("governance", "outcome", "mean", "low", "high", "sd", "replications", "unit"),
    )


def rows(sweep: Sweep) -> Iterator[tuple[Any, ...]]:
    """Rows of the tidy table."""
    for point, values in enumerate(sweep.plan.design.points):
        for cell in sweep.cells(point):
            yield (
                *(point, *values, cell.governance, cell.outcome),
                *(cell.mean, cell.low, cell.high, cell.sd, cell.replications, OUTCOMES[cell.outcome].unit),
            )


def _cell(governance: str, outcome: str, moments: Moments) -> Cell:
    half = float(half_width(moments.count, moments.variance))
    mean = float(moments.mean)
    sd = float(np.sqrt(moments.variance))
    return Cell(governance, outcome, mean, mean - half, mean + half, sd, int(moments.count))


def _with_difference(levels: Floats, axis: int = 0) -> Floats:
    """Values by governance along an axis, with second minus first after them if there are two."""
    if levels.shape[axis] == 1:
        return levels
    return np.concatenate([levels, np.diff(levels, axis=axis)], axis=axis)


def _mean_over_points(values: Floats) -> Floats:
    """Means over the points that have a value, shape (points, replications); nan where none has."""
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.divide(total, count, out=np.full(values.shape[1], np.nan), where=count > 0)
