"""The world of one replication: people, parameters, levers and units as plain columns, and their capacity over time.

A parameter's path is its name in the world. Levers are columns too, of two rows: at T0 the governance of the arm is
written over `current`, and the capacity that depends on levers changes with it; before T0 every arm is the same, bit
for bit. Ordinary runs have the same governance in both rows. Where two apply at once, ``people.arm`` says which row
applies to a person, ``teams.arm`` to the mobile team of an area, and the capacity of units follows their municipality.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from sim import chance
from sim.buffers import Column, World
from sim.model import typed
from sim.model.calendar import Changes
from sim.model.period import CURRENT, Period
from sim.model.staffing import TEAM_STAFF, capacity_changes, has_team, team_staff
from sim.model.state import (
    AREAS,
    MUNICIPALITIES_INPUT,
    MUNICIPALITIES_STATE,
    NOT_IN_WORLD,
    PEOPLE_DRAWN,
    PEOPLE_INPUT,
    PEOPLE_STATE,
    RUN,
    TEAMS_LEVERS,
    TEAMS_STATE,
    WARDS,
    Field,
)
from sim.model.units import Unit, unit_table
from sim.population import Population, build
from sim.scenario import Scenario
from sim.scenario.region import Region
from sim.vocabulary import Purpose, Service

USUAL, NEW = 0, 1
"""Rows of the levers."""


@dataclass(frozen=True, eq=False)
class Setting:
    """Everything a replication needs before it runs: world, people, units and their capacity under `current`."""

    scenario: Scenario
    period: Period
    key: int
    population: Population
    units: tuple[Unit, ...]
    world: World
    changes: tuple[Changes, ...]


def setting(scenario: Scenario, seed: int, replication: int) -> Setting:
    """Build the world of one replication, under `current`.

    Parameters
    ----------
    scenario
        A checked scenario with a region.
    seed
        Any whole number of 64 bits.
    replication
        Number of the replication from 0.
    """
    period = Period.of(scenario)
    key = chance.stream_key(seed, replication)
    population = build(scenario.region, scenario.values, key, period.horizon)
    units = unit_table(scenario.region)
    levers = scenario.governance(CURRENT)
    columns = [
        *_run_columns(scenario, period, key, population),
        *_people_columns(population, key),
        *_parameter_columns(scenario, population),
        *_lever_columns(levers),
        *_place_columns(scenario.region, units),
        *_team_columns(scenario.region, levers, period.starts),
    ]
    changes = capacity_changes(scenario, levers, units, key, 0, period.days, period.first_day)
    return Setting(scenario, period, key, population, units, World.build(columns), changes)


def seen(world: World) -> typed.World:
    """The world as the flows see it, for whoever calls their rules from outside."""
    return cast(typed.World, world)


def switch(world: World, levers: Mapping[str, Any], new: Mapping[str, Any] | None = None) -> None:
    """Write the levers of a governance into the world (at T0, between two runs); or of two, for the two rows.

    Set ``teams.arm`` before: where a team area's own governance has no team, nobody is sent to it under the other.
    """
    new = levers if new is None else new
    for path, value in levers.items():
        world.set(path, _two_rows(value, new[path]))
    there = np.where(world.array("teams.arm") == NEW, has_team(new), has_team(levers))
    for name in TEAM_STAFF:
        staff = np.stack([team_staff(levers, name), team_staff(new, name)])
        world.set(f"teams.{name}", staff * there if new is not levers else staff)


# --- columns -------------------------------------------------------------------------------------------------


def _given(group: str, fields: Sequence[Field], values: Mapping[str, Any]) -> list[Column]:
    """Inputs of a group, filled in by name."""
    return [Column(f"{group}.{field.name}", values[field.name]) for field in fields]


def _state(group: str, fields: Sequence[Field], rows: int) -> list[Column]:
    """Columns that the flows write, at their first values; without an array for each of them."""

    def first(field: Field) -> NDArray[Any]:
        value = np.array(field.initial, dtype=np.float64 if field.decimal else np.int64)
        return np.broadcast_to(value, (rows, field.width) if field.width > 1 else (rows,))

    return [Column(f"{group}.{field.name}", first(field), state=True) for field in fields]


def _run_columns(scenario: Scenario, period: Period, key: int, population: Population) -> list[Column]:
    values = {
        "key": key,
        "horizon": period.horizon,
        "coordination_starts": period.starts,
        "people": len(population),
        "team_areas": len(scenario.region.team_areas),
    }
    return _given("run", RUN, values)


def _people_columns(population: Population, key: int) -> list[Column]:
    everybody = np.arange(len(population), dtype=np.int64)
    order = np.argsort(chance.uniform_array(key, everybody, Purpose.QUEUE, 0, 0), kind="stable")
    drawn = {
        "first_segment": population.segment,
        "monitoring_rank": chance.uniform_array(key, everybody, Purpose.MONITORING_RANK, 0, 0),
        "enrolment_order": order.astype(np.int64),
    }
    known = {field.name: np.asarray(getattr(population, field.name)) for field in PEOPLE_INPUT}
    return [
        *_given("people", PEOPLE_INPUT, known),
        *_given("people", PEOPLE_DRAWN, drawn),
        *_state("people", PEOPLE_STATE, len(population)),
    ]


def _parameter_columns(scenario: Scenario, population: Population) -> list[Column]:
    columns = [
        Column(path, _plain(value))
        for path, value in scenario.values.items()
        if path.split(".")[0] not in NOT_IN_WORLD and np.ndim(value) <= 2
    ]
    return [*columns, Column("population.hazard", population.hazard)]


def _lever_columns(levers: Mapping[str, Any]) -> list[Column]:
    # Arms change levers at T0: they stand with the state, so that inputs stay shared.
    return [Column(path, _two_rows(value, value), state=True) for path, value in levers.items()]


def _two_rows(usual: Any, new: Any) -> NDArray[Any]:
    """A lever under two governances, shape (2,) or (2, members)."""
    return np.stack([np.asarray(_plain(usual)), np.asarray(_plain(new))])


def _plain(value: Any) -> Any:
    """Numbers as the flows read them: a flag is 0 or 1."""
    if isinstance(value, np.ndarray):
        return value.astype(np.int64) if value.dtype == bool else value
    return int(value) if isinstance(value, bool) else value


def _place_columns(region: Region, units: Sequence[Unit]) -> list[Column]:
    places = region.municipalities
    numbers = {
        "team_area": np.array([region.team_areas.index(m.team_area) for m in places], dtype=np.int64),
        "travel_minutes": np.array([m.travel_minutes for m in places]),
        "ambulance_minutes": np.array([m.ambulance_minutes for m in places]),
        "sjukstuga_beds": np.array([m.sjukstuga_beds for m in places]),
    }
    return [
        *_given("areas", AREAS, {"continuity": np.array([a.continuity for a in region.areas])}),
        *_given("municipalities", MUNICIPALITIES_INPUT, numbers),
        *_state("municipalities", MUNICIPALITIES_STATE, len(places)),
        *(_numbers(service.name.lower(), (service,), units) for service in Service),
        *(_numbers(name, services, units) for name, services in WARDS.items()),
    ]


def _numbers(name: str, services: Sequence[Service], units: Sequence[Unit]) -> Column:
    """Numbers of the units of services."""
    numbers = [number for service in services for number, unit in enumerate(units) if unit.service == service]
    return Column(f"units.{name}", np.array(numbers, dtype=np.int64))


def _team_columns(region: Region, levers: Mapping[str, Any], starts: int) -> list[Column]:
    staff = {field.name: team_staff(levers, field.name) for field in TEAMS_LEVERS}
    columns = _state("teams", TEAMS_STATE, len(region.team_areas))
    return [
        *(Column(f"teams.{name}", _two_rows(posts, posts), state=True) for name, posts in staff.items()),
        *(replace(c, values=np.full_like(c.values, starts)) if c.path == "teams.since" else c for c in columns),
    ]
