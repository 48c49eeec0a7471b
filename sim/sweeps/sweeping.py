"""Sweeps (svep): one scenario at many points, with the same people and chance at each.

Every point takes the same seed and replication numbers: the same luck, as far as the same people meet it. So points are
compared replication by replication, each with one that is the reference. Of each replication only totals are kept
(margin ``all``). A sweep of levers simulates the past once for each replication.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.outcomes import OUTCOMES
from sim.replication.replication import each_arm
from sim.runs.executors import Where, place, spread
from sim.runs.progress import Progress, Tick
from sim.runs.store import Memory, Store
from sim.scenario import Scenario
from sim.scenario.schema import Scalar
from sim.statistics.design import GRID, LATIN_HYPERCUBE, LISTED
from sim.statistics.moments import Moments, half_width
from sim.statistics.over_points import (
    Rho,
    coded,
    complete,
    crossed_half_width,
    partial_rank_correlation,
    rank_correlation,
)
from sim.sweeps.sweep_archive import PART, Part, PartKey, open_sweep
from sim.sweeps.sweep_plan import SWEPT, Plan, planned

if TYPE_CHECKING:
    import pandas as pd

DIFFERENCE = "difference"
"""In place of a governance: second minus first."""
Floats = NDArray[np.float64]
_COLUMNS = np.array([list(OUTCOMES).index(name) for name in SWEPT])


EFFECT_INTERVALS = {GRID: "replications", LATIN_HYPERCUBE: "points and replications", LISTED: None}
"""What the intervals of main effects are over. Points of a table are no draw, so theirs have none."""


@dataclass(frozen=True)
class Cell:
    """One outcome at one point (or, of an effect, at one value of one key), under one governance or as difference.

    Attributes
    ----------
    mean, low, high, sd
        Over replications, with the 95 % t interval of the mean; that of an effect is over ``EFFECT_INTERVALS``.
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
    """The main effect of a key at one of its values: the mean over points that have it (huvudeffekt).

    Attributes
    ----------
    points
        How many have the value of the key, and one of the outcome in every replication.
    """

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
        With its 95 % interval, as :func:`sim.statistics.over_points.rank_correlation` gives it.
    points
        How many have a value.
    partial, partial_low, partial_high
        The same without what the other keys explain; nan where no other key varies.
    """

    key: str
    governance: str
    outcome: str
    rho: float
    low: float
    high: float
    points: int
    partial: float
    partial_low: float
    partial_high: float


class _Summary:
    """Statistics of every outcome at every point, arrays of shape (points, governances and difference, outcomes)."""

    def __init__(self, shape: tuple[int, int, int]) -> None:
        self.mean, self.low, self.high, self.sd = (np.full(shape, np.nan) for _ in range(4))
        self.count = np.zeros(shape, np.int64)

    def put(self, points: Sequence[int], moments: Moments) -> None:
        """Statistics of some points."""
        self.mean[points], self.sd[points], self.count[points] = moments.mean, np.sqrt(moments.variance), moments.count
        self.low[points], self.high[points] = moments.interval()

    def cell(self, place: tuple[int, int, int], governance: str, outcome: str) -> Cell:
        """Those of one outcome at one point."""
        mean, low, high, sd = (float(table[place]) for table in (self.mean, self.low, self.high, self.sd))
        return Cell(governance, outcome, mean, low, high, sd, int(self.count[place]))


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
    parts: Callable[[int, int], Part]
    where: Where

    @property
    def governances(self) -> tuple[str, ...]:
        """Those of every point, and the difference if there are two."""
        return (*self.plan.governances, DIFFERENCE) if self.plan.compared else self.plan.governances

    def cells(self, point: int) -> Iterator[Cell]:
        """Outcomes given at any point, and those asked for: by governance, in the order of the registry; or nan."""
        asked = [SWEPT.index(name) for name in self.plan.on]
        somewhere = np.union1d(np.flatnonzero(self._levels.count.sum(axis=(0, 1))), asked).astype(np.int64)
        for governance in self.governances:
            for o in somewhere:
                yield self.cell(point, governance, SWEPT[o])

    def cell(self, point: int, governance: str, outcome: str) -> Cell:
        """One outcome at a point, under a governance or as ``difference``; nan where it is not given."""
        return self._levels.cell(self._place(point, governance, outcome), governance, outcome)

    def change(self, point: int, governance: str, outcome: str) -> Cell:
        """What a point has more than the reference (``plan.reference``): a paired contrast, over replications.

        Of ``difference`` it is a difference of differences. Nan at the reference itself.
        """
        return self._changes.cell(self._place(point, governance, outcome), governance, outcome)

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

        Of every key of a grid; otherwise of keys whose values come again, twice on average. Intervals are over what
        ``EFFECT_INTERVALS`` says.
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
                known = complete(values[chosen])
                for g, governance in enumerate(self.governances):
                    found.append(Effect(key, value, len(known), _mean(governance, outcome, known[:, g], design.kind)))
        return found

    def correlations(self, outcome: str) -> list[Correlation]:
        """Rank correlation of every key that has an order with the mean of an outcome; the partial one beside it."""
        o, found, columns_ = SWEPT.index(outcome), [], coded(self.plan.design)
        for k, key in enumerate(self.plan.design.keys):
            if any(isinstance(point[k], str) for point in self.plan.design.points):
                continue
            for g, governance in enumerate(self.governances):
                mean = self._levels.mean[:, g, o]
                rho, points = rank_correlation(columns_[k][:, 0], mean)
                partial_ = Rho() if np.isnan(rho.value) else partial_rank_correlation(columns_, k, mean)
                whole = (rho.value, rho.low, rho.high, points)
                found.append(
                    Correlation(key.name, governance, outcome, *whole, partial_.value, partial_.low, partial_.high)
                )
        return found

    @cached_property
    def _points(self) -> list[list[tuple[int, tuple[int, ...]]]]:
        """Points of each group, with the arm of each governance."""
        found: list[list[tuple[int, tuple[int, ...]]]] = [[] for _ in self.plan.groups]
        for point, (group, arms) in enumerate(self.plan.places):
            found[group].append((point, arms))
        return found

    @property
    def _levels(self) -> _Summary:
        return self._statistics[0]

    @property
    def _changes(self) -> _Summary:
        return self._statistics[1]

    @cached_property
    def _statistics(self) -> tuple[_Summary, _Summary]:
        """Of every point by itself, and less the reference."""
        shape = (len(self.plan.places), len(self.governances), len(SWEPT))
        levels, changes = _Summary(shape), _Summary(shape)
        at = self.plan.reference.point
        group_, arms_ = self.plan.places[at]
        numbers = range(self.plan.replications)  # in order, so that the sums are the same bits every time
        reference = [_with_difference(self.parts(group_, number).totals[list(arms_)]) for number in numbers]
        for group, points in enumerate(self._points):
            level, change = Moments((len(points), *shape[1:])), Moments((len(points), *shape[1:]))
            arms = np.array([arms for _, arms in points])
            for number in numbers:
                values = _with_difference(self.parts(group, number).totals[arms], axis=1)
                level.add(values)
                change.add(values - reference[number])
            mine = [point for point, _ in points]
            levels.put(mine, level)
            changes.put(mine, change)
        changes.put([at], Moments((1, *shape[1:])))  # nothing to compare with itself
        return levels, changes

    def _place(self, point: int, governance: str, outcome: str) -> tuple[int, int, int]:
        return point, self.governances.index(governance), SWEPT.index(outcome)


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
    archive: Path | str | None = None,
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
    with open_sweep(Path(archive), plan, engine) if archive is not None else nullcontext(Memory(PART.of)) as store:
        return run_plan(plan, engine, store, workers=workers, cluster=cluster, progress=progress)


def run_plan(
    plan: Plan,
    engine: str,
    store: Store[PartKey, Part],
    *,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Run what a store lacks of a sweep; parameters as :func:`sweep`."""
    done, whole = finished_parts(plan, store), plan.replications * len(plan.groups)
    missing = (job for job in range(whole) if job_of(plan, job) not in done)
    where = place(plan.scenario, max(1, whole - len(done)), engine, workers, cluster)
    with closing(spread(partial(_one, plan, engine), missing, where, progress)) as finished:
        for _, part in finished:
            store.put(part)
    return Sweep(plan, engine, lambda group, number: store.get((group, number)), where)


def finished_parts(plan: Plan, store: Store[PartKey, Part]) -> set[PartKey]:
    """Parts of a sweep that need not be run again, by group and number of the replication."""
    return {key for key in store.sound() if key[0] < len(plan.groups) and key[1] < plan.replications}


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


def columns(plan: Plan) -> tuple[str, ...]:
    """Columns of the tidy table."""
    return (
        "point",
        *plan.design.names,
        *("governance", "outcome", "mean", "low", "high", "sd", "replications"),
        *("change", "change_low", "change_high", "unit"),
    )


def rows(sweep: Sweep) -> Iterator[tuple[Any, ...]]:
    """Rows of the tidy table."""
    for point, values in enumerate(sweep.plan.design.points):
        for cell in sweep.cells(point):
            change = sweep.change(point, cell.governance, cell.outcome)
            yield (
                *(point, *values, cell.governance, cell.outcome),
                *(cell.mean, cell.low, cell.high, cell.sd, cell.replications),
                *(change.mean, change.low, change.high, OUTCOMES[cell.outcome].unit),
            )


def _mean(governance: str, outcome: str, values: Floats, kind: str) -> Cell:
    """The mean over points and replications, with the interval that a kind of design allows."""
    moments = Moments()
    for mean in values.mean(axis=0) if len(values) else ():
        moments.add(mean)
    half = float("nan")
    if kind == GRID:
        half = float(half_width(moments.count, moments.variance))
    elif kind == LATIN_HYPERCUBE:
        half = crossed_half_width(values)
    mean, sd = float(moments.mean), float(np.sqrt(moments.variance))
    return Cell(governance, outcome, mean, mean - half, mean + half, sd, int(moments.count))


def _with_difference(levels: Floats, axis: int = 0) -> Floats:
    """Values by governance along an axis, with second minus first after them if there are two."""
    if levels.shape[axis] == 1:
        return levels
    return np.concatenate([levels, np.diff(levels, axis=axis)], axis=axis)
