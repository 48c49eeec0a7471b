"""An arm from T0 to its outcomes (arm): what is measured of it, and what is kept when its simulation is dropped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.engine import Accumulators, Records, Simulation
from sim.engine.program import Progress
from sim.model.period import CURRENT, Period
from sim.model.world import Setting
from sim.outcomes import Measurement, OutcomeTable, PeopleTable, measure, measure_arm
from sim.outcomes import Unit as MeasuredUnit
from sim.outcomes.checks import check_conservation
from sim.outcomes.daily import daily_counts
from sim.replication.beginning import govern, window_of
from sim.replication.patterns import Patterns, patterns_of
from sim.runs.durable import records_file, write_records
from sim.scenario import Scenario
from sim.vocabulary import DAY, Kind, Service

ACCESS_STEPS = (0.0, 0.1, 0.2)
"""Steps of pay for access above the first (70, 80 and 90 %)."""


@dataclass(frozen=True, eq=False)
class Arm:
    """One governance in one replication.

    Attributes
    ----------
    governance
        Its name.
    table
        Outcomes in the first 365 days from T0, or to the horizon if that is earlier.
    digest
        SHA-256 of the records.
    rows, events
        Size of the run.
    violations
        Conservation checks that failed; empty if none did or none were asked for.
    records
        The rows, if kept in memory.
    file
        Where the rows are, if written.
    patterns
        Ways through care, and places over time, if they were counted.
    """

    governance: str
    table: OutcomeTable
    digest: str
    rows: int
    events: int
    violations: tuple[str, ...] = ()
    records: Records | None = None
    file: Path | None = None
    patterns: Patterns | None = None


@dataclass(frozen=True)
class Kept:
    """What is kept of an arm beside its outcomes.

    Attributes
    ----------
    where
        Its rows: in memory, in a folder as Parquet, or not at all.
    replication
        Number, for the name of the file.
    checks
        Check conservation at its end.
    patterns, daily
        Ways through care and places over time; counts a day.
    """

    where: bool | Path = False
    replication: int = 0
    checks: bool = False
    patterns: bool = True
    daily: bool = False

    def in_memory(self, records: Records) -> Records | None:
        """A copy, which takes no more memory than it has rows."""
        return records.copy() if self.where is True else None

    def on_disk(self, records: Records, governance: str) -> Path | None:
        """The file written."""
        if isinstance(self.where, bool):
            return None
        return write_records(records, records_file(self.where, governance, self.replication))


@dataclass(frozen=True, eq=False)
class Reduced:
    """What is left of an arm when its simulation has been dropped; ``enrolled`` of shape (persons,)."""

    governance: str
    outcomes: Measurement
    enrolled: NDArray[np.bool_]
    digest: str
    rows: int
    events: int
    violations: tuple[str, ...]
    records: Records | None
    file: Path | None
    patterns: Patterns | None
    daily: NDArray[np.int32] | None

    def arm(self, direct: NDArray[np.bool_] | None = None) -> Arm:
        """With outcomes of some and of everybody else, shape (persons,), or with nobody told apart."""
        return Arm(
            self.governance,
            self.outcomes.table if direct is None else self.outcomes.split(direct),
            self.digest,
            self.rows,
            self.events,
            self.violations,
            self.records,
            self.file,
            self.patterns,
        )


@dataclass(frozen=True, eq=False)
class Ended:
    """What measuring needs of a simulation.

    ``at`` is where everybody is at the horizon, shape (persons,); ``changes`` the capacity from T0 on, by unit.
    """

    records: Records
    accumulators: Accumulators
    events: int
    at: NDArray[np.int64]
    changes: tuple[NDArray[np.int64], ...]


def reduced(prepared: Setting, ended: Ended, governance: str, keep: Kept) -> Reduced:
    """What is left of an arm that was run under a governance: outcomes, and what is to be kept."""
    records, people, window = ended.records, people_table(prepared), window_of(prepared.period)
    units = measured_units(prepared)
    return Reduced(
        governance,
        measure_arm(
            records,
            people,
            units,
            ended.accumulators,
            window,
            prices_of(prepared.scenario),
            access_payment=access_payment(prepared, governance, records),
        ),
        enrolled(records, len(people)),
        records.digest(),
        len(records),
        ended.events,
        _violations(prepared, ended, people) if keep.checks else (),
        keep.in_memory(records),
        keep.on_disk(records, governance),
        patterns_of(records, units, ended.changes, window) if keep.patterns else None,
        daily_counts(records, days_of_current(prepared.period, governance)) if keep.daily else None,
    )


def days_of_current(period: Period, governance: str) -> int:
    """For how many days from time 0 an arm is under `current`."""
    return (period.horizon if governance == CURRENT else period.starts) // DAY


def ended_at_horizon(prepared: Setting, simulation: Simulation, governance: str, progress: Progress) -> Ended:
    """Run an arm from T0 to the horizon."""
    period = prepared.period
    changes = govern(prepared, simulation, governance)
    simulation.run(period.horizon, progress)
    at = np.array(simulation.world.array("people.at"))
    return Ended(simulation.hand_over(), simulation.accumulators(), simulation.events, at, changes)


def outcome_table(
    prepared: Setting, governance: str, records: Records, accumulators: Accumulators, people: PeopleTable
) -> OutcomeTable:
    """Outcomes of a finished run in its window, with nobody told apart by enrolment."""
    return measure(
        records,
        people,
        measured_units(prepared),
        accumulators,
        window_of(prepared.period),
        prices_of(prepared.scenario),
        access_payment=access_payment(prepared, governance, records),
    )


def prices_of(scenario: Scenario) -> dict[str, float]:
    """Prices in SEK by key, as measuring wants them."""
    prices = {path: value for path, value in scenario.values.items() if path.startswith("prices.")}
    return {path.removeprefix("prices."): float(value) for path, value in prices.items()}


def access_payment(prepared: Setting, governance: str, records: Records) -> NDArray[np.float64]:
    """What the region pays health centres for access, SEK a year by municipality (ersättning för tillgänglighet).

    A third of the full amount for each step that the share of calls answered the same day reaches.
    """
    levers = prepared.scenario.governance(governance)
    window = window_of(prepared.period)
    rows = np.flatnonzero(records.kind == Kind.PHONE_CENTRE)
    rows = rows[(records.asked[rows] >= window.start) & (records.asked[rows] < window.end)]
    calls, reached = records.unit[rows], records.started[rows] >= 0
    listed = np.bincount(prepared.population.area[: prepared.population.initial])
    paid = np.zeros(len(prepared.scenario.region.municipalities))
    for number, unit in enumerate(prepared.units):
        if unit.service == Service.CENTRE_PHONE:
            mine = calls == number
            answered = float(reached[mine].mean()) if mine.any() else 0.0
            steps = sum(answered >= float(levers["access.bonus_share"]) + step for step in ACCESS_STEPS)
            full = float(levers["access.bonus_sek"]) * int(listed[unit.area]) * window.years
            paid[unit.municipality] += full * steps / len(ACCESS_STEPS)
    return paid


def _violations(prepared: Setting, ended: Ended, people: PeopleTable) -> tuple[str, ...]:
    units, horizon = measured_units(prepared), prepared.period.horizon
    return tuple(check_conservation(ended.records, people, units, ended.accumulators, horizon, ended.at))


def people_table(prepared: Setting) -> PeopleTable:
    """What measuring needs to know of everybody."""
    population = prepared.population
    return PeopleTable(
        population.entry,
        population.municipality.astype(np.int64),
        population.age_band.astype(np.int64),
        population.segment.astype(np.int64),
        population.chronic.astype(np.int64),
        population.special_housing.astype(bool),
        tuple(m.name for m in prepared.scenario.region.municipalities),
        population.home_help_hours,
    )


def measured_units(prepared: Setting) -> list[MeasuredUnit]:
    """Units in the order of their resource ids."""
    return [MeasuredUnit(unit.name, unit.service, unit.municipality, unit.area) for unit in prepared.units]


def enrolled(records: Records, people: int) -> NDArray[np.bool_]:
    """Who was ever enrolled in a mobile team; shape (people,)."""
    mask = np.zeros(people, dtype=bool)
    mask[records.person[(records.kind == Kind.ENROLMENT) & (records.started >= 0)]] = True
    return mask
