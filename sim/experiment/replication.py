"""One replication: warm-up and pre-period once, then every arm from T0 (replikering).

The arms share people, candidate needs, hidden truths and everything before T0. The compiled engine copies its state at
T0; SimPy cannot copy generators, so there each arm runs from the start, with the same records.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine import Accumulators, Program, Records, Resource, Simulation, simulation_for
from sim.flows.enrolment import registrar
from sim.flows.life import everybody
from sim.flows.outside import outside
from sim.flows.support import monitoring_begins
from sim.outcomes import OutcomeTable, PeopleTable, Window, measure
from sim.outcomes import Unit as MeasuredUnit
from sim.outcomes.checks import check_conservation
from sim.scenario import Scenario
from sim.vocabulary import YEAR, Kind, Service, Ward
from sim.world import Period, Setting, capacity_changes, setting, switch

PROCESSES = (everybody, registrar, monitoring_begins, outside)
"""Root processes of the model; all others are spawned or called by them."""

ACCESS_STEPS = (0.0, 0.1, 0.2)
"""Steps of pay for access above the first (70, 80 and 90 %)."""

Tick = Callable[[float], None]
"""Told now and then which share of the replication is done."""


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
        The rows, if kept.
    """

    governance: str
    table: OutcomeTable
    digest: str
    rows: int
    events: int
    violations: tuple[str, ...] = ()
    records: Records | None = None


@dataclass(frozen=True, eq=False)
class Replication:
    """The arms of one replication, in the order asked for."""

    number: int
    arms: tuple[Arm, ...]


def replicate(
    scenario: Scenario,
    governances: Sequence[str],
    seed: int,
    number: int,
    engine: str = "compiled",
    *,
    keep_records: bool = False,
    checks: bool = False,
    tick: Tick | None = None,
) -> Replication:
    """Run one replication of all arms.

    Parameters
    ----------
    scenario
        A checked scenario with a region and a governance ``current``.
    governances
        Arms; each starts from the same state at T0.
    seed, number
        Key of all draws.
    engine
        ``compiled`` or ``simpy``.
    keep_records
        Keep the rows of every arm.
    checks
        Check conservation at the end of every arm.
    tick
        Progress, from 0 to 1.
    """
    told = tick or (lambda share: None)
    base = begin(scenario, seed, number, engine)
    period = base.setting.period
    work = period.starts + len(governances) * (period.horizon - period.starts)
    done = 0

    def progress(now: int) -> None:
        told((done + now) / work)

    if engine == "compiled":
        base.simulation.run(period.starts, progress)
        ended = []
        for position, name in enumerate(governances):
            last = position == len(governances) - 1
            # The last arm may use up the state at T0; the others continue from a copy.
            simulation = base.simulation if last else base.simulation.fork()  # type: ignore[attr-defined]
            ended.append(_finish(base.setting, simulation, name, progress))
            done += period.horizon - period.starts
    else:
        ended = []
        for name in governances:
            arm = begin(scenario, seed, number, engine)
            arm.simulation.run(period.starts, progress)
            ended.append(_finish(arm.setting, arm.simulation, name, progress))
            done += period.horizon - period.starts
    return _measured(base.setting, governances, number, ended, keep_records, checks)


@dataclass(frozen=True, eq=False)
class Started:
    """A simulation, and what it was made of."""

    setting: Setting
    simulation: Simulation


def begin(scenario: Scenario, seed: int, number: int, engine: str) -> Started:
    """A simulation with everybody's life begun, at time 0, under `current`."""
    if not isinstance(seed, int) or not 0 <= seed < 1 << 63:
        raise ValueError(f"seed: {seed} given, a whole number from 0 to 2**63 - 1 needed")
    prepared = setting(scenario, seed, number)
    resources = [
        Resource(unit.name, int(changes[0, 1]), changes)
        for unit, changes in zip(prepared.units, prepared.changes, strict=True)
    ]
    simulation = simulation_for(
        engine,
        Program(PROCESSES),
        prepared.world,
        resources,
        prepared.period.horizon,
        period_starts(prepared.period),
    )
    simulation.start(registrar)
    simulation.start(monitoring_begins)
    for ward in Ward:
        simulation.start(outside, int(ward))
    simulation.start(everybody)
    return Started(prepared, simulation)


def period_starts(period: Period) -> list[int]:
    """Starts of the accumulators' periods: time 0, the pre-period, then the months of the window, then the rest."""
    edges = window_of(period).month_edges()
    return sorted({0, period.warm_up_ends, *(edge for edge in edges if edge < period.horizon)})


def window_of(period: Period) -> Window:
    """The measured window: 365 days from T0, or to the horizon."""
    return Window(period.starts, min(period.horizon, period.starts + YEAR))


def _finish(prepared: Setting, simulation: Simulation, governance: str, progress: Callable[[int], None]) -> Simulation:
    """From T0 to the horizon under a governance."""
    period = prepared.period
    govern(prepared, simulation, governance)
    simulation.run(period.horizon, lambda now: progress(now - period.starts))
    return simulation


def govern(prepared: Setting, simulation: Simulation, governance: str) -> None:
    """At T0: write the levers of a governance into the world, and its capacity into the calendar."""
    period = prepared.period
    levers = prepared.scenario.governance(governance)
    first = period.first_day
    changes = capacity_changes(prepared.scenario, levers, prepared.units, prepared.key, first, period.days, first)
    switch(simulation.world, levers)
    simulation.set_changes(_calendar(changes))  # type: ignore[arg-type]


def _calendar(changes: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Changes of all units as rows of time, unit, capacity."""
    return np.concatenate([np.insert(table, 1, number, axis=1) for number, table in enumerate(changes)])


def _measured(
    prepared: Setting,
    governances: Sequence[str],
    number: int,
    ended: Sequence[Simulation],
    keep_records: bool,
    checks: bool,
) -> Replication:
    rows = [simulation.records() for simulation in ended]
    people = people_table(prepared)
    enrolled = enrolled_ever(rows, len(people.entry)) if len(ended) > 1 else None
    arms = []
    for name, simulation, records in zip(governances, ended, rows, strict=True):
        accumulators = simulation.accumulators()
        violations = _violations(prepared, simulation, records, accumulators, people) if checks else ()
        arms.append(
            Arm(
                name,
                outcome_table(prepared, name, records, accumulators, people, enrolled),
                records.digest(),
                len(records),
                simulation.events,
                violations,
                records if keep_records else None,
            )
        )
    return Replication(number, tuple(arms))


def outcome_table(
    prepared: Setting,
    governance: str,
    records: Records,
    accumulators: Accumulators,
    people: PeopleTable,
    enrolled: NDArray[np.bool_] | None,
) -> OutcomeTable:
    """Outcomes of a finished run in its window; ``enrolled`` as from :func:`enrolled_ever`."""
    return measure(
        records,
        people,
        measured_units(prepared),
        accumulators,
        window_of(prepared.period),
        prices_of(prepared.scenario),
        direct=enrolled,
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
    calls = (records.kind == Kind.PHONE_CENTRE) & (records.asked >= window.start) & (records.asked < window.end)
    listed = np.bincount(prepared.population.area[: prepared.population.initial])
    paid = np.zeros(len(prepared.scenario.region.municipalities))
    for number, unit in enumerate(prepared.units):
        if unit.service == Service.CENTRE_PHONE:
            mine = calls & (records.unit == number)
            answered = float((records.started[mine] >= 0).mean()) if mine.any() else 0.0
            steps = sum(answered >= float(levers["access.bonus_share"]) + step for step in ACCESS_STEPS)
            full = float(levers["access.bonus_sek"]) * int(listed[unit.area]) * window.years
            paid[unit.municipality] += full * steps / len(ACCESS_STEPS)
    return paid


def _violations(
    prepared: Setting,
    simulation: Simulation,
    records: Records,
    accumulators: Accumulators,
    people: PeopleTable,
) -> tuple[str, ...]:
    at = np.asarray(simulation.world.array("people.at"))
    found = check_conservation(records, people, measured_units(prepared), accumulators, prepared.period.horizon, at)
    return tuple(found)


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


def enrolled_ever(rows: Sequence[Records], people: int) -> NDArray[np.bool_]:
    """Who was enrolled in a mobile team in any arm; the same mask serves all arms (direct effect)."""
    mask = np.zeros(people, dtype=bool)
    for records in rows:
        enrolled = (records.kind == Kind.ENROLMENT) & (records.started >= 0)
        mask[records.person[enrolled]] = True
    return mask
