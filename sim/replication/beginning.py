"""How a replication begins (början): everybody's life at time 0 under `current`, and a governance from T0 on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine import Program, Resource, Simulation, simulation_for
from sim.flows.enrolment import joining, registrar
from sim.flows.frequent_attender import attender_list
from sim.flows.life import everybody
from sim.flows.outside import outside
from sim.flows.support import monitoring_begins
from sim.model.period import Period
from sim.model.staffing import capacity_changes
from sim.model.world import Setting, setting, switch
from sim.outcomes import Window
from sim.scenario import Scenario
from sim.scenario.ensemble import of_replication
from sim.vocabulary import YEAR, Ward

PROCESSES = (everybody, registrar, monitoring_begins, outside, joining, attender_list)
"""Root processes of the model; all others are spawned or called by them."""


@dataclass(frozen=True, eq=False)
class Started:
    """A simulation, and what it was made of."""

    setting: Setting
    simulation: Simulation


def begin(scenario: Scenario, seed: int, number: int, engine: str) -> Started:
    """A simulation with everybody's life begun, at time 0, under `current`."""
    if not isinstance(seed, int) or not 0 <= seed < 1 << 63:
        raise ValueError(f"seed: {seed} given, a whole number from 0 to 2**63 - 1 needed")
    prepared = setting(of_replication(scenario, number), seed, number)
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
    simulation.start(attender_list)
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


def govern(prepared: Setting, simulation: Simulation, governance: str) -> tuple[NDArray[np.int64], ...]:
    """At T0: write the levers of a governance into the world, and its capacity into the calendar.

    Returns
    -------
    tuple of arrays
        By unit, rows of time and capacity from then on.
    """
    period = prepared.period
    levers = prepared.scenario.governance(governance)
    first = period.first_day
    changes = capacity_changes(prepared.scenario, levers, prepared.units, prepared.key, first, period.days, first)
    switch(simulation.world, levers)
    simulation.set_changes(calendar(changes))  # type: ignore[arg-type]
    return changes


def calendar(changes: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Changes of all units as rows of time, unit, capacity."""
    return np.concatenate([np.insert(table, 1, number, axis=1) for number, table in enumerate(changes)])
