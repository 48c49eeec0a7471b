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
    not a target, shown only; and so is a target that the time axis does not allow to be measured;
``agrees``, ``differs``
    of internal checks, which hold two figures of the model against each other: within their band or not.

It is sure if both ends of the interval would get the same verdict. Over an ensemble each replication has a parameter
set of its own, and the interval is where the value for one more set would lie, 95 % of the time: it holds what is not
known of the parameters and the chance of a run, and does not shrink as sets are added. It is told how many sets are
inside by themselves.

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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sim.experiment.folder import csv_text
from sim.model.period import CURRENT
from sim.outcomes import measure
from sim.outcomes.tally import RowBook
from sim.outcomes.turnover import history
from sim.replication.arm import measured_units, outcome_table, people_table, prices_of
from sim.replication.beginning import Started, begin, govern, window_of
from sim.runs.durable import put
from sim.runs.executors import place, spread
from sim.runs.progress import Progress, Tick
from sim.scenario import Scenario
from sim.scenario.ensemble import sets_of
from sim.validation.census import Census
from sim.validation.measures import Baseline, simulated
from sim.validation.states import States
from sim.validation.targets import CHECK, REPORTED, TARGET, Target, targets_of
from sim.validation.views import states_of, views

FILE = "validation.csv"
COLUMNS = (
    *("target", "source", "low", "high", "simulated", "simulated_low", "simulated_high", "verdict"),
    *("unit", "group", "role", "sure", "sets", "sets_inside"),
)
"""Columns of ``validation.csv``; low and high are what the verdict is judged by; sets only over an ensemble."""
VERDICTS = ("inside", "near", "off", "reported", "agrees", "differs")
WIDTH = 0.95
"""Of intervals."""

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
        One of ``VERDICTS``.
    sets, sets_inside
        Over an ensemble: parameter sets, and how many of them are inside (or agree) by themselves; else 0.
    """

    target: Target
    factor: float
    simulated: float
    simulated_low: float
    simulated_high: float
    verdict: str
    sets: int = 0
    sets_inside: int = 0

    @property
    def sure(self) -> bool:
        """Whether both ends of the interval get the same verdict; False without an interval or a verdict."""
        ends = (self.simulated_low, self.simulated_high)
        if self.verdict == "reported" or any(map(math.isnan, ends)):
            return False
        return all(_word(self.target, end, self.factor) == self.verdict for end in ends)

    @property
    def role(self) -> str:
        """As in the table of targets."""
        return TARGET if self.target.judged else CHECK if self.target.check else REPORTED

    @property
    def low(self) -> float:
        """Lower edge of what is met, or of what is published if it is only shown; nan if there is none."""
        return self._edge(0)

    @property
    def high(self) -> float:
        """Upper edge, as ``low``."""
        return self._edge(1)

    def _edge(self, side: int) -> float:
        judged = self.target.judged or self.target.check
        edge = (self.target.band if judged else self.target.published)[side]
        return math.nan if edge is None else edge * self.factor

    def row(self) -> tuple[str | float, ...]:
        """Cells of ``validation.csv``."""
        target = self.target
        return (
            *(target.text, target.source, self.low, self.high),
            *(self.simulated, self.simulated_low, self.simulated_high, self.verdict),
            *(target.unit, target.group, self.role, self._sure()),
            *((self.sets, self.sets_inside) if self.sets else ("", "")),
        )

    def words(self) -> tuple[str, str, str, str, str, str, str]:
        """Target, source, published, simulated, interval, unit and verdict, for people."""
        known = not math.isnan(self.simulated_low)
        between = f"{number(self.simulated_low)} to {number(self.simulated_high)}" if known else ""
        measured = "not measured" if math.isnan(self.simulated) else number(self.simulated)
        target = self.target
        return target.text, target.source, self.published, measured, between, target.unit, self.told

    @property
    def told(self) -> str:
        """The verdict in words: what is not sure about it, and how many parameter sets are inside."""
        told = self.verdict
        if self._sure() == "no":
            told += ", not sure"
        return told + (f", {self.sets_inside} of {self.sets} sets" if self.sets and told != "reported" else "")

    def _sure(self) -> str:
        if self.verdict == "reported" or math.isnan(self.simulated_low):
            return ""
        return "yes" if self.sure else "no"

    @property
    def published(self) -> str:
        """What is published, for the size of the region, in words."""
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


@dataclass(frozen=True, eq=False)
class Band:
    """A view over replications.

    Attributes
    ----------
    mean, low, high
        Mean and 95 % interval of each entry, of the shape of the view; nan where not known.
    """

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @property
    def known(self) -> bool:
        """Whether anything is known."""
        return bool(np.isfinite(self.mean).any())


@dataclass(frozen=True, eq=False)
class Validation:
    """What came of holding `current` against the baseline targets.

    Attributes
    ----------
    scenario, seed, replications
        What was run.
    verdicts
        One for each row of the table of targets that concerns the region.
    views
        What figures show, by name; see ``validation_views``.
    """

    scenario: Scenario
    seed: int
    replications: int
    verdicts: tuple[Verdict, ...]
    views: Mapping[str, Band]

    @property
    def sets(self) -> int:
        """Parameter sets that were run; 0 without an ensemble."""
        return min(sets_of(self.scenario), self.replications)

    def verdict(self, id_: str) -> Verdict | None:
        """The verdict on a target, by its id; None if it does not concern the region."""
        return next((found for found in self.verdicts if found.target.id == id_), None)


def validate(
    scenario: Scenario,
    replications: int = 3,
    seed: int = 1,
    engine: str = "compiled",
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Validation:
    """Hold `current` against the baseline targets (validera).

    Parameters
    ----------
    scenario
        From ``sim.load``; best with a pre-period of a year, and a follow-up of one. With an ensemble, replication i
        gets the parameter set i modulo their number.
    replications, seed, engine, workers, cluster, progress
        As for ``sim.run``; with the same seed the records are those of ``sim.run`` under `current`.

    Returns
    -------
    Validation
        A verdict for each target that concerns the region, in the order of the table, and what figures show.
    """
    if replications < 1:
        raise ValueError(f"replications: {replications} given, at least 1 needed")
    targets = targets_of(scenario.region)
    one = partial(_measured, scenario, targets, seed, engine)
    where = place(scenario, replications, engine, workers, cluster)
    done = dict(spread(one, range(replications), where, progress))
    values = np.array([done[number][0] for number in range(replications)])
    sets = sets_of(scenario)
    verdicts = (judged(target, values[:, i], target.factor(scenario.region), sets) for i, target in enumerate(targets))
    seen = [done[number][1] for number in range(replications)]
    bands = {name: band(np.array([one_seen[name] for one_seen in seen]), sets) for name in seen[0]}
    return Validation(scenario, seed, replications, tuple(verdicts), bands)


def judged(target: Target, values: NDArray[np.float64], factor: float, sets: int = 0) -> Verdict:
    """The verdict on a target from its values.

    Parameters
    ----------
    values
        Shape (replications,).
    factor
        Of the published figures, for the size of the region.
    sets
        Parameter sets of the ensemble, 0 without one.
    """
    means = by_set(values, sets)
    known = means[~np.isnan(means)]
    found = band(values, sets)
    mean = float(found.mean)
    word = _word(target, mean, factor) if len(known) else "reported"
    inside = sum(_word(target, float(value), factor) in ("inside", "agrees") for value in known)
    numbers = (len(known), inside) if sets and word != "reported" else (0, 0)
    return Verdict(target, factor, mean, float(found.low), float(found.high), word, *numbers)


def _word(target: Target, value: float, factor: float) -> str:
    if target.judged:
        return target.judge(value, factor)
    if target.check:
        return "agrees" if target.agrees(value, factor) else "differs"
    return "reported"


def by_set(values: NDArray[np.float64], sets: int) -> NDArray[np.float64]:
    """Means of the replications of each parameter set, along the first axis; the values without an ensemble."""
    if not sets:
        return values
    return np.array([_mean(values[start::sets]) for start in range(min(sets, len(values)))])


def band(values: NDArray[np.float64], sets: int = 0) -> Band:
    """Mean and 95 % t interval over the first axis: of the mean, or over an ensemble of one more parameter set."""
    values = by_set(values, sets)
    mean, count = _mean(values), (~np.isnan(values)).sum(axis=0)
    several = count > 1
    apart = np.where(np.isnan(values), 0.0, values - mean)
    sd = np.sqrt((apart**2).sum(axis=0) / np.maximum(count - 1, 1))
    times = stdtrit(np.maximum(count - 1, 1), (1 + WIDTH) / 2)
    half = np.where(several, times * sd * np.sqrt(1 / np.maximum(count, 1) + bool(sets)), np.nan)
    return Band(mean, mean - half, mean + half)


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Over the first axis, of what is known; nan where nothing is."""
    count = (~np.isnan(values)).sum(axis=0)
    return np.where(count > 0, np.nansum(values, axis=0) / np.maximum(count, 1), np.nan)


def write_validation(verdicts: Iterable[Verdict], folder: Path) -> Path:
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
) -> tuple[list[float], dict[str, NDArray[np.float64]]]:
    """Every figure in one replication, and what figures show."""
    started = begin(scenario, seed, number, engine)
    period = started.setting.period
    states = states_of(people_table(started.setting), period.warm_up_ends, window_of(period), period.horizon)
    base = baseline(started, tick, states)
    return [simulated(base, target.measure) for target in targets], views(base, states)


def baseline(started: Started, tick: Tick | None = None, states: States | None = None) -> Baseline:
    """Run a replication of `current` to its horizon, with a census at the edges of months, and prepare to measure.

    Parameters
    ----------
    started
        At time 0.
    tick
        Progress, from 0 to 1.
    states
        Hidden states to be looked at too.
    """
    prepared, simulation = started.setting, started.simulation
    period = prepared.period
    people, units, year = people_table(prepared), measured_units(prepared), window_of(period)
    census = Census(people)
    looks = [(edge, census.look) for edge in year.month_edges()]
    looks += [(time, states.look) for time in states.times] if states is not None else []

    def told(now: int) -> None:
        if tick is not None:
            tick(now / period.horizon)

    def look(first: int, last: int) -> None:
        for time, seen in sorted(looks, key=lambda one: one[0]):
            if first <= time < last:
                simulation.run(time, told)
                told(time)
                seen(simulation.world, time)

    look(0, period.starts)
    simulation.run(period.starts, told)
    govern(prepared, simulation, CURRENT)
    look(period.starts, period.horizon + 1)
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
