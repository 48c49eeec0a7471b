"""Many repeats of studies: how wrong a design is, how sure, and how often it would have seen the truth (utvärdering).

Each repeat is another replication of the region. Bias, coverage and the rest are estimates from so many repeats, and
each has a 95 % interval for that (Monte Carlo error; Morris, White and Crowther 2019).
"""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, fields
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from statsmodels.tools.sm_exceptions import HessianInversionWarning

from sim.evaluation.archive import REPEATS, EvaluationIdentity, Repeats, open_evaluation
from sim.evaluation.estimators import LEVEL, proportion
from sim.evaluation.region import Simulated
from sim.evaluation.selection import TooFew
from sim.evaluation.study import Finding, Repeat, Study, World, repeats
from sim.experiment.folder import csv_text
from sim.files import read_json
from sim.model.period import CURRENT
from sim.runs.durable import put
from sim.runs.executors import Where, place, spread
from sim.runs.progress import Progress, Tick
from sim.runs.store import Memory, Store
from sim.scenario import Scenario

TABLE, SUMMARY = "evaluation.csv", "evaluation.json"
COLUMNS = (
    *("design", "repeat", "outcome", "estimate", "low", "high", "truth", "p"),
    *("null_estimate", "null_low", "null_high", "null_p"),
    *("difference", "difference_low", "difference_high", "truth_difference", "base", "placebo_p"),
    *("listed", "treated", "compared", "balance"),
)
"""Columns of ``evaluation.csv``: relative changes, then differences per person-year."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % Monte Carlo interval; nan where it cannot be had."""

    value: float = math.nan
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class Performance:
    """How a design does for an outcome.

    Attributes
    ----------
    design, outcome
        Which.
    repeats, usable
        How many, and in how many there was an estimate.
    people
        Treated people, on average.
    truth, truth_difference
        Mean effect on the treated: relative, and per person-year.
    estimate, null
        Mean estimate, and mean estimate in the null world, relative.
    bias
        Mean of estimate - truth of the same repeat.
    bias_difference
        The same of differences per person-year.
    coverage
        Share of intervals that hold the truth of their repeat.
    type_one
        Share significant in the null world: should be 5 %.
    power
        Share significant with the intervention.
    exaggeration
        Mean size of the significant estimates over the size of the true effect (type M; Gelman and Carlin 2014).
    wrong_sign
        Share of the significant estimates on the wrong side of zero (type S).
    placebo
        Of difference in differences: share of repeats in which the trends before T0 differ significantly.
    """

    design: str
    outcome: str
    repeats: int
    usable: int
    people: float
    truth: Interval
    truth_difference: Interval
    estimate: Interval
    null: Interval
    bias: Interval
    bias_difference: Interval
    coverage: Interval
    type_one: Interval
    power: Interval
    exaggeration: Interval
    wrong_sign: Interval
    placebo: Interval


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Finished repeats of studies.

    Attributes
    ----------
    studies
        One for each design.
    repeats
        By number, each with a repeat of every study.
    """

    studies: tuple[Study, ...]
    repeats: tuple[tuple[Repeat, ...], ...]

    def findings(self, study: int, outcome: str) -> list[Finding]:
        """What a study found of an outcome, by repeat."""
        return [one[study].findings[outcome] for one in self.repeats]

    @cached_property
    def performance(self) -> tuple[Performance, ...]:
        """By study and outcome."""
        return tuple(
            performance(study.design, outcome, self.findings(k, outcome), [one[k].treated for one in self.repeats])
            for k, study in enumerate(self.studies)
            for outcome in study.outcomes
        )

    def of(self, design: str, outcome: str) -> Performance:
        """How a design does for an outcome.

        Raises
        ------
        KeyError
            If it is not among them.
        """
        for found in self.performance:
            if (found.design, found.outcome) == (design, outcome):
                return found
        raise KeyError(f"{design}, {outcome}: not evaluated")

    def rows(self) -> list[tuple[Any, ...]]:
        """Cells of ``evaluation.csv``."""
        return [
            row(repeat, outcome)
            for k in range(len(self.studies))
            for repeat in (one[k] for one in self.repeats)
            for outcome in repeat.study.outcomes
        ]


def row(repeat: Repeat, outcome: str) -> tuple[Any, ...]:
    """A row of ``evaluation.csv``."""
    found = repeat.findings[outcome]
    real, null = found.real, found.null
    return (
        *(repeat.study.design, repeat.number, outcome, real.estimate, real.low, real.high, found.truth, real.p),
        *(null.estimate, null.low, null.high, null.p),
        *(real.difference, real.difference_low, real.difference_high, found.truth_difference),
        *(found.base, found.placebo_p, repeat.listed, repeat.treated, repeat.compared, repeat.balance),
    )


# --- performance -----------------------------------------------------------------------------------------------------


def performance(design: str, outcome: str, findings: Sequence[Finding], people: Sequence[int]) -> Performance:
    """How a design does, from its findings.

    Parameters
    ----------
    design, outcome
        Which.
    findings
        By repeat.
    people
        Treated people, by repeat.
    """
    real, null = [found.real for found in findings], [found.null for found in findings]
    truth = np.array([found.truth for found in findings])
    difference = np.array([found.truth_difference for found in findings])
    estimate = np.array([found.estimate for found in real])
    held = [
        found.low <= true <= found.high
        for found, true in zip(real, truth, strict=True)
        if not math.isnan(found.low + found.high + true) or math.isinf(found.low)
    ]
    significant = np.array([found.significant for found in real], np.bool_)
    return Performance(
        design,
        outcome,
        len(findings),
        int(np.isfinite(estimate).sum()),
        float(np.mean(people)),
        _mean(truth),
        _mean(difference),
        _mean(estimate),
        _mean(np.array([found.estimate for found in null])),
        _mean(estimate - truth),
        _mean(np.array([found.difference for found in real]) - difference),
        _share(held),
        _share([found.significant for found in null if not math.isnan(found.p)]),
        _share([found.significant for found in real if not math.isnan(found.p)]),
        exaggeration(estimate, significant, truth),
        _share(list(np.sign(estimate[significant]) != np.sign(np.nanmean(truth)))) if significant.any() else Interval(),
        _share([found.placebo_p < LEVEL for found in findings if not math.isnan(found.placebo_p)]),
    )


def exaggeration(estimate: Floats, significant: NDArray[np.bool_], truth: Floats) -> Interval:
    """Mean size of significant estimates over that of the mean true effect, with a jackknife interval.

    nan without a significant estimate, or if the mean true effect is not told from nothing by the repeats.
    """
    usable = np.isfinite(estimate) & np.isfinite(truth)
    size, chosen, true = np.abs(estimate[usable]), significant[usable], truth[usable]
    mean = _mean(true)
    if not chosen.any() or not (mean.low > 0 or mean.high < 0):
        return Interval()
    value = float(size[chosen].mean()) / abs(mean.value)
    count = len(size)
    if chosen.sum() < 2:
        return Interval(value)
    sums, number = np.where(chosen, size, 0.0), chosen.astype(np.float64)
    left = (sums.sum() - sums) / (number.sum() - number) / np.abs((true.sum() - true) / (count - 1))
    error = math.sqrt((count - 1) / count * float(((left - left.mean()) ** 2).sum()))
    half = float(stats.t.ppf(1.0 - LEVEL / 2.0, count - 1)) * error
    return Interval(value, value - half, value + half)


def _mean(values: Floats) -> Interval:
    """Mean with a t interval, of what is there."""
    values = values[np.isfinite(values)]
    if not len(values):
        return Interval()
    mean = float(values.mean())
    if len(values) < 2:
        return Interval(mean)
    half = float(stats.t.ppf(1.0 - LEVEL / 2.0, len(values) - 1)) * float(values.std(ddof=1)) / math.sqrt(len(values))
    return Interval(mean, mean - half, mean + half)


def _share(flags: Sequence[bool]) -> Interval:
    if not flags:
        return Interval()
    times = int(sum(flags))
    return Interval(times / len(flags), *proportion(times, len(flags)))


# --- repeats ---------------------------------------------------------------------------------------------------------


def evaluate(
    studies: Study | Sequence[Study],
    scenario: Scenario,
    governance: str,
    repeats: int,
    seed: int = 1,
    *,
    usual: str = CURRENT,
    by_list: bool | None = True,
    engine: str = "compiled",
    folder: Path | None = None,
    replace: bool = False,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Repeat studies in a simulated region (utvärdera).

    Parameters
    ----------
    studies
        One, or several that share the region and the repeats.
    scenario, governance, usual, by_list, seed, engine
        As for ``region.Simulated``.
    repeats
        How many, numbered from 0.
    folder
        Every finished repeat becomes a file there, and those it has are not run again.
    replace
        Take away the repeats of another evaluation that are there.
    workers, cluster, progress
        As for ``sim.run``.

    Raises
    ------
    TooFew
        If the region has not as many people, or municipalities, as a study needs.
    OtherExperiment
        If the folder holds another evaluation.
    ValueError
        If studies and scenario do not go together; the text says why.
    """
    world = Simulated(scenario, governance, seed, usual, engine, by_list)
    asked = (studies,) if isinstance(studies, Study) else tuple(studies)
    where = place(scenario, repeats, engine, workers, cluster)
    if folder is None:
        return evaluate_in(world, asked, repeats, None, where, progress)
    with open_evaluation(folder, EvaluationIdentity.of(asked, world), replace=replace) as store:
        return evaluate_in(world, asked, repeats, store, where, progress)


def evaluate_in(
    world: World,
    studies: Sequence[Study],
    number: int,
    store: Store[int, Repeats] | None = None,
    where: Where | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Repeat studies in any world, as :func:`evaluate` does in a region.

    Parameters
    ----------
    world
        Where they take place.
    studies
        Which.
    number
        How many repeats.
    store
        Where finished repeats are kept, and found; memory by default.
    where
        The workers; one if not given.
    """
    if number < 1:
        raise ValueError(f"repeats: {number} given, at least 1 needed")
    store = Memory(REPEATS.of) if store is None else store
    there = store.sound(range(number))
    missing = (n for n in range(number) if n not in there)
    one = partial(_one, tuple(studies), world)
    with warnings.catch_warnings(), closing(spread(one, missing, where or Where(), progress)) as finished:
        warnings.simplefilter("ignore", HessianInversionWarning)  # such a fit is not used
        for _, done in finished:
            store.put(tuple(done))
    return Evaluation(tuple(studies), tuple(store.get(n) for n in range(number)))


def _one(studies: tuple[Study, ...], world: World, number: int, tick: Tick | None) -> list[Repeat]:
    try:
        return repeats(studies, world, number, tick)
    except TooFew as error:
        raise TooFew(f"repeat {number}: {error}") from error


def write_evaluation(evaluation: Evaluation, identity: EvaluationIdentity, folder: Path) -> tuple[Path, Path]:
    """Write ``evaluation.csv`` and ``evaluation.json``; the same bytes for the same evaluation.

    Raises
    ------
    OSError
        If they cannot be written.
    """
    summary = {
        "identity": identity.about,
        "repeats": len(evaluation.repeats),
        "performance": [asdict(found) for found in evaluation.performance],
    }
    text = json.dumps(_without_nan(summary), indent=1, sort_keys=True, ensure_ascii=False, default=str) + "\n"
    return put(folder / TABLE, csv_text(COLUMNS, evaluation.rows())), put(folder / SUMMARY, text)


def read_performance(folder: Path) -> list[Performance]:
    """How each design does, of ``evaluation.json``.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError, KeyError, TypeError
        If it is not what is written here.
    """
    found = read_json(folder / SUMMARY)["performance"]
    intervals = {one.name for one in fields(Performance) if one.type == "Interval"}
    return [_performance(one, intervals) for one in found]


def _performance(plain: Mapping[str, Any], intervals: set[str]) -> Performance:
    whole: dict[str, Any] = {name: _interval(value) if name in intervals else value for name, value in plain.items()}
    return Performance(**whole)


def _interval(plain: Mapping[str, float | None]) -> Interval:
    return Interval(**{name: math.nan if value is None else value for name, value in plain.items()})


def _without_nan(value: Any) -> Any:
    """What JSON has no number for becomes null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: _without_nan(part) for name, part in value.items()}
    return [_without_nan(part) for part in value] if isinstance(value, list | tuple) else value
