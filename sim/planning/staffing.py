"""Staffing from T0 on (bemanning): rows of the resource table that a plan puts in place of the region's.

A row says how many units of a service are at work at a place over the day and the week, how much of it is open in the
summer weeks, and how many are absent. Rows come from a table: CSV, or the first sheet of an .xlsx workbook.

Single cells have keys ``resources.SERVICE.PLACE.COLUMN``, such as ``resources.home_nurse.vannas.evening``; ``all``
stands for every place of the service.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.problems import nearest
from sim.scenario import Scenario
from sim.scenario.region import SERVICES, Region, Staffing, place_names, service_names
from sim.scenario.schema import EVERY, Scalar
from sim.tables.names import Names
from sim.tables.reading import read_table
from sim.tables.table import Form

RESOURCES = "resources"
"""First word of the keys of cells of the resource table."""
UNITS = ("day", "evening", "night", "weekend_day", "weekend_evening")
HOURS = ("day_start", "day_end", "evening_end")
LIMITS: Mapping[str, float] = {
    **dict.fromkeys(UNITS, math.inf),
    **dict.fromkeys(HOURS, 24.0),
    "summer_factor": 2.0,
    "absence": 1.0,
}
"""Columns that can be changed, with the largest value of each."""
IGNORED = ("low", "high", "source", "note")
"""Columns of the region's own table that say nothing about who is at work."""
NEW = {"day_start": 8.0, "day_end": 17.0, "evening_end": 21.0, "summer_factor": 1.0}
"""Of a service where there was none; all else 0."""
FORM = Form(
    "staffing",
    ("service", "place", *LIMITS, *IGNORED),
    needed=("service", "place"),
    short_rows=True,
    words="resources",
)
"""What a table of staffing looks like."""

Place = tuple[str, str]
"""Service, and the name of its place."""
Rows = Mapping[Place, Mapping[str, float]]
"""Values by column, of those that are stated."""


def read_staffing(path: Path, region: Region) -> Rows:
    """A table of staffing: columns ``service`` and ``place``, and any of those of the resource table.

    Cells that are empty, rows that end early, and columns that are missing leave what the region has.

    Raises
    ------
    ScenarioError
        With every problem of the table.
    """
    table = read_table(path, FORM)
    services, places = service_names(), _places(region)
    table.refuse_repeated({"service": services, "place": places})
    found: dict[Place, dict[str, float]] = {}
    for row in table.rows:
        service, place = row.one_of("service", services), row.one_of("place", places)
        values = {column: row.number(column, limit) for column, limit in LIMITS.items() if row[column]}
        found[SERVICES[service], places.known[place]] = values
    table.check()
    return found


def _places(region: Region) -> Names:
    return place_names(region.municipalities, region.areas, (), region.place_keys)


def _refused(column: str, given: Any, value: float) -> str:
    if not math.isfinite(value):
        return f"{given!r} given, a number needed"
    if not 0.0 <= value <= LIMITS[column]:
        limit = LIMITS[column]
        return f"{given} given, {'at least 0' if math.isinf(limit) else f'0 to {limit:g}'} needed"
    return ""


# --- cells by key ------------------------------------------------------------------------------------------------


def cells_of(region: Region, key: str) -> list[tuple[Place, str]]:
    """The cells that a key ``resources.SERVICE.PLACE.COLUMN`` names.

    Raises
    ------
    ValueError
        If there are none; the text says why.
    """
    words = key.split(".")
    if len(words) != 4:
        raise ValueError(f"{RESOURCES}.SERVICE.PLACE.COLUMN needed")
    _, service, place, column = words
    if service not in SERVICES:
        raise ValueError(f"unknown service '{service}'{nearest(service, SERVICES)}")
    if column not in LIMITS:
        raise ValueError(f"unknown column '{column}'{nearest(column, LIMITS)}")
    there = [row.place for row in region.resources if row.service == service]
    if not there:
        raise ValueError(f"no {service} in the resource table of the region")
    keys = [region.place_keys[name] for name in there]
    chosen = [name for name, key in zip(there, keys, strict=True) if place in (EVERY, key)]
    if not chosen:
        raise ValueError(f"no {service} at '{place}'{nearest(place, keys)}; there is {', '.join(keys[:8])}")
    return [((service, name), column) for name in chosen]


def cell_problem(key: str, value: Scalar) -> str:
    """What is wrong with a value of a cell; empty if nothing."""
    if isinstance(value, bool | str):
        return f"{value!r} given, a number needed"
    return _refused(key.rpartition(".")[2], value, float(value))


def value_of(region: Region, key: str) -> float | None:
    """The region's own value of a cell; None if the key stands for different ones."""
    rows = {(row.service, row.place): row for row in region.resources}
    values = {float(getattr(rows[place], column)) for place, column in cells_of(region, key)}
    return values.pop() if len(values) == 1 else None


# --- a scenario with other staffing -------------------------------------------------------------------------------


def with_rows(scenario: Scenario, tables: Iterable[Rows]) -> Scenario:
    """The same scenario with other values in its resource table; of one cell the last counts.

    Raises
    ------
    ValueError
        If a row ends its day before it begins.
    """
    region = scenario.region
    rows = {(row.service, row.place): row for row in region.resources}
    for table in tables:
        for place, values in table.items():
            numbers: dict[str, Any] = dict(values)
            rows[place] = dataclasses.replace(rows[place] if place in rows else _empty(place), **numbers)
    for (service, name), row in rows.items():
        if not row.day_start <= row.day_end <= row.evening_end:
            given = f"{row.day_start:g}, {row.day_end:g}, {row.evening_end:g}"
            raise ValueError(f"{service}, {name}: {given} given, day_start <= day_end <= evening_end needed")
    changed = dataclasses.replace(region, resources=tuple(rows.values()))
    return dataclasses.replace(scenario, _region=changed)


def rows_of(region: Region, cells: Sequence[tuple[str, Scalar]]) -> Rows:
    """Rows from keys of cells and their values."""
    found: dict[Place, dict[str, float]] = {}
    for key, value in sorted(cells, key=lambda cell: f".{EVERY}." not in cell[0]):
        for place, column in cells_of(region, key):
            found.setdefault(place, {})[column] = float(value)
    return found


def _empty(place: Place) -> Staffing:
    numbers: dict[str, Any] = {**dict.fromkeys(LIMITS, 0.0), **NEW}
    return Staffing(*place, **numbers, low=math.nan, high=math.nan, source="plan", note="")
