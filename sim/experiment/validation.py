"""Validation (validering): `current` against Swedish statistics, figure by figure.

The baseline year is the 365 days from T0 under `current`; figures of two years take the pre-period year before it too
(or, if the pre-period is shorter, the first two years of the follow-up). Each figure is measured in every replication;
what is shown is the mean with a 95 % t interval over replications, which says how well the run knows the model, not
how well the model knows Sweden. The verdict is on the mean:

``inside``
    within the published range, or within 10 % of the published value where no range is published;
``near``
    within 25 % of the range;
``off``
    neither;
``reported``
    not a target, shown only; and so is a target that the time axis does not allow to be measured.

Absolute numbers are published for Umeå länsdel and scale with the people of the region.

What is counted as registers count it: patients ready for discharge as midnights of episodes of at least one day
(exact time is reported beside it); the concentration of cost over health care alone, as in its source (with social
care it is reported beside it); hospital spells against clinic discharges divided by 1.15 [1.05-1.25], since a spell
joins transfers. Psychiatry and obstetrics are inside spells and beds, as days and not as flows.

Left out, since they cannot be had: what heavy users take in the fifth year after (3-6 % of emergency admissions), which
needs runs of six years; and the single figures of what section 7 of the specification calls not identified, for which
no register has a number. Who is followed for 365 days after a discharge just beyond the first of two years is followed
for some days less.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.experiment.census import Census
from sim.experiment.comparison import interval
from sim.experiment.executors import Progress, place, spread
from sim.experiment.folder import csv_text
from sim.experiment.kept import put
from sim.experiment.measures import Baseline, simulated
from sim.experiment.replication import (
    Started,
    Tick,
    begin,
    govern,
    measured_units,
    outcome_table,
    people_table,
    prices_of,
    window_of,
)
from sim.experiment.targets import Target, targets_of
from sim.outcomes import measure
from sim.outcomes.tally import RowBook
from sim.outcomes.turnover import history
from sim.scenario import Scenario
from sim.world import CURRENT

FILE = "validation.csv"
COLUMNS = (
    *("target", "source", "low", "high", "simulated", "simulated_low", "simulated_high", "verdict"),
    *("unit", "group"),
)
"""Columns of ``validation.csv``; low and high are what the verdict is judged by."""

SOCIAL_CARE = ("home_help_hour_sek", "short_term_day_sek", "special_housing_day_sek", "homecoming_day_sek")
"""Prices of what is no health care (socialtjänst); published concentrations of cost are of health care."""


@dataclass(frozen=True)
class Verdict:
    """A target and what came of it.

    Attributes
    ----------
    target
        What is published.
    factor
        Of the published figures, for the size of the region.
    simulated, simulated_low, simulated_high
        Mean over replications with its 95 % interval; nan where not measured, or from one replication.
    verdict
        ``inside``, ``near``, ``off`` or ``reported``.
    """

    target: Target
    factor: float
    simulated: float
    simulated_low: float
    simulated_high: float
    verdict: str

    @property
    def low(self) -> float:
        """Lower edge of what is met, or of what is published if it is only shown; nan if there is none."""
        return self._edge(0)

    @property
    def high(self) -> float:
        """Upper edge, as ``low``."""
        return self._edge(1)

    def _edge(self, side: int) -> float:
        edge = (self.target.band if self.target.judged else self.target.published)[side]
        return math.nan if edge is None else edge * self.factor

    def row(self) -> tuple[str | float, ...]:
        """Cells of ``validation.csv``."""
        target = self.target
        return (
            *(target.text, target.source, self.low, self.high),
            *(self.simulated, self.simulated_low, self.simulated_high, self.verdict),
            *(target.unit, target.group),
        )

    def words(self) -> tuple[str, str, str, str, str, str, str]:
        """Target, source, published, simulated, interval, unit and verdict, for people."""
        known = not math.isnan(self.simulated_low)
        between = f"{number(self.simulated_low)} to {number(self.simulated_high)}" if known else ""
        measured = "not measured" if math.isnan(self.simulated) else number(self.simulated)
        target = self.target
        return target.text, target.source, self._published(), measured, between, target.unit, self.verdict

    def _published(self) -> str:
        low, value, high = (
            "" if x is None else number(x * self.factor) for x in (self.target.low, self.target.value, self.target.high)
        )
        if not low and not high:
            return value
        if not low:
            return f"at most {high}"
        return f"{value} [{low} to {high}]".strip()


def number(value: float) -> str:
    """Three digits that count, and all of a whole number."""
    if abs(value) >= 100.0:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def validate(
    scenario: Scenario,
    replications: int = 3,
    seed: int = 1,
    engine: str = "compiled",
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> list[Verdict]:
    """Hold `current` against the baseline targets (validera).

    Parameters
    ----------
    scenario
        From ``sim.load``; best with a pre-period of a year, and a follow-up of one.
    replications, seed, engine, workers, cluster, progress
        As for ``sim.run``; with the same seed the records are those of ``sim.run`` under `current`.

    Returns
    -------
    list of Verdict
        One for each target that concerns the region, in the order of the table.
    """
    if replications < 1:
        raise ValueError(f"replications: {replications} given, at least 1 needed")
    targets = targets_of(scenario.region)
    one = partial(_measured, scenario, targets, seed, engine)
    where = place(scenario, replications, engine, workers, cluster)
    done = dict(spread(one, range(replications), where, progress))
    values = np.array([done[number] for number in range(replications)])
    return [judged(target, values[:, i], target.factor(scenario.region)) for i, target in enumerate(targets)]


def judged(target: Target, values: NDArray[np.float64], factor: float) -> Verdict:
    """The verdict on a target from its values, shape (replications,)."""
    known = values[~np.isnan(values)]
    mean = float(known.mean()) if len(known) else math.nan
    verdict = target.judge(mean, factor) if target.judged and len(known) else "reported"
    return Verdict(target, factor, mean, *interval(values), verdict)


def write_validation(verdicts: Sequence[Verdict], folder: Path) -> Path:
    """Write ``validation.csv``; returns the file.

    Raises
    ------
    OSError
        If it cannot be written; it is never left half-written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return put(folder / FILE, csv_text(COLUMNS, (verdict.row() for verdict in verdicts)))


def _measured(
    scenario: Scenario, targets: Sequence[Target], seed: int, engine: str, number: int, tick: Tick | None
) -> list[float]:
    """Every figure in one replication."""
    base = baseline(begin(scenario, seed, number, engine), tick)
    return [simulated(base, target.measure) for target in targets]


def baseline(started: Started, tick: Tick | None = None) -> Baseline:
    """Run a replication of `current` to its horizon, with a census at the edges of months, and prepare to measure.

    Parameters
    ----------
    started
        At time 0.
    tick
        Progress, from 0 to 1.
    """
    prepared, simulation = started.setting, started.simulation
    period = prepared.period
    people, units, year = people_table(prepared), measured_units(prepared), window_of(period)
    census = Census(people)

    def told(now: int) -> None:
        if tick is not None:
            tick(now / period.horizon)

    simulation.run(period.starts, told)
    govern(prepared, simulation, CURRENT)
    for edge in year.month_edges():
        simulation.run(edge, told)
        told(edge)
        census.look(simulation.world, edge)
    simulation.run(period.horizon, told)
    records = simulation.hand_over()
    health_prices = prices_of(prepared.scenario) | dict.fromkeys(SOCIAL_CARE, 0.0)
    return Baseline(
        outcome_table(prepared, CURRENT, records, simulation.accumulators(), people),
        measure(records, people, units, None, year, health_prices),
        people,
        RowBook(records, people, units, year),
        history(records, people, units),
        census,
        period.warm_up_ends,
        year,
        period.horizon,
    )
