"""What of a result is uncertain because of parameters, and what because of chance (osäkerhetens delar).

With an ensemble, replications differ in their parameter set and in their chance. Where sets have been run more than
once, the variance within a set is chance, and what the means of the sets vary beyond it is parameters (analysis of
variance with random effects and groups of unequal size). The range is where the value for a further parameter set
would lie, 95 % of the time: unlike the interval of the mean it does not vanish as replications are added.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sim.experiment.folder import csv_text
from sim.outcomes import OUTCOMES
from sim.replication.replication import Replication
from sim.runs.durable import put

FILE = "uncertainty.csv"
DIFFERENCE = "difference"
COLUMNS = (
    *("governance", "outcome", "mean", "low", "high", "sd", "sd_parameters", "sd_chance", "share_parameters"),
    *("range_low", "range_high", "replications", "sets", "unit"),
)
LEVEL = 0.975
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Parts:
    """Where a value's uncertainty comes from.

    Attributes
    ----------
    mean, low, high
        With the 95 % t interval of the mean over the ensemble.
    sd
        Between replications.
    sd_parameters, sd_chance
        Between parameter sets, and between replications of the same; nan unless some set was run twice.
    range_low, range_high
        Where the value for one more parameter set would lie, 95 % of the time. Without a decomposition it includes
        the chance of one replication, so it is too wide rather than too narrow.
    replications, sets
        How many have the value.
    """

    mean: float
    low: float
    high: float
    sd: float
    sd_parameters: float
    sd_chance: float
    range_low: float
    range_high: float
    replications: int
    sets: int

    @property
    def share(self) -> float:
        """Of the variance of a replication, the part that is of parameters; nan if that is not known."""
        whole = self.sd_parameters**2 + self.sd_chance**2
        return self.sd_parameters**2 / whole if whole > 0 else math.nan


def parts(values: Floats, sets: NDArray[np.intp]) -> Parts:
    """Take the variance of a value apart.

    Parameters
    ----------
    values
        By replication; nan does not count.
    sets
        The parameter set of each replication.
    """
    known = ~np.isnan(values)
    values, sets = values[known], sets[known]
    number = len(values)
    if number < 2:
        mean = float(values[0]) if number else math.nan
        return Parts(mean, *(math.nan,) * 7, number, len(set(sets.tolist())))
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    between, within, groups = _variances(values, sets)
    half = float(stdtrit(number - 1, LEVEL)) * sd / math.sqrt(number)
    spread = sd**2 if math.isnan(between) else between
    freedom = max((number if math.isnan(between) else groups) - 1, 1)
    reach = float(stdtrit(freedom, LEVEL)) * math.sqrt(spread + sd**2 / number)
    return Parts(
        *(mean, mean - half, mean + half, sd, math.sqrt(between), math.sqrt(within)),
        *(mean - reach, mean + reach, number, groups),
    )


def _variances(values: Floats, sets: NDArray[np.intp]) -> tuple[float, float, int]:
    """Variance between sets and within them, and the number of sets; nan if no set was run twice or there is one."""
    _, place, counts = np.unique(sets, return_inverse=True, return_counts=True)
    groups, number = len(counts), len(values)
    if groups == number or groups < 2:
        return math.nan, math.nan, groups
    means = np.bincount(place, values) / counts
    within = float(((values - means[place]) ** 2).sum()) / (number - groups)
    across = float((counts * (means - values.mean()) ** 2).sum()) / (groups - 1)
    size = (number - float((counts**2).sum()) / number) / (groups - 1)
    return max((across - within) / size, 0.0), within, groups


def of_replications(
    replications: Iterable[Replication], governances: Sequence[str], sets: int
) -> Iterator[tuple[str, str, Parts]]:
    """Every outcome of everybody: governance (or ``difference``, second minus first), outcome, and its parts.

    Parameters
    ----------
    sets
        Size of the ensemble; replication i has the set i modulo that.
    """
    names: tuple[str, ...] = ()
    rows, numbers = [], []
    for one in replications:
        names = one.arms[0].table.outcomes
        rows.append([arm.table.values[:, 0] for arm in one.arms])  # the first margin is everybody
        numbers.append(one.number % sets)
    values = np.array(rows)
    told = list(governances)
    if len(told) == 2:
        values = np.concatenate([values, np.diff(values, axis=1)], axis=1)
        told.append(DIFFERENCE)
    for g, governance in enumerate(told):
        for o, outcome in enumerate(names):
            if not np.isnan(values[:, g, o]).all():
                yield governance, outcome, parts(values[:, g, o], np.array(numbers))


def write_uncertainty(found: Iterable[tuple[str, str, Parts]], folder: Path) -> Path:
    """Write ``uncertainty.csv``; returns the file.

    Raises
    ------
    OSError
        If it cannot be written; it is never left half-written.
    """
    rows = (
        (
            *(governance, outcome, p.mean, p.low, p.high, p.sd, p.sd_parameters, p.sd_chance, p.share),
            *(p.range_low, p.range_high, p.replications, p.sets, OUTCOMES[outcome].unit),
        )
        for governance, outcome, p in found
    )
    return put(folder / FILE, csv_text(COLUMNS, rows))
