"""Staffing from T0 on (bemanning): rows of the resource table that a plan puts in place of the region's.

A row says how many units of a service are at work at a place over the day and the week, how much of it is open in the
summer weeks, and how many are absent. Rows come from a table: CSV, or the first sheet of an .xlsx workbook.

Single cells have keys ``resources.SERVICE.PLACE.COLUMN``, such as ``resources.home_nurse.vannas.evening``; ``all``
stands for every place of the service.
"""

from __future__ import annotations

import csv
import dataclasses
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.scenario import Problem, Scenario, ScenarioError
from sim.scenario.errors import nearest
from sim.scenario.region import REGION, SERVICES, Region, Staffing, plain
from sim.scenario.schema import EVERY, Scalar

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
WORKBOOKS = (".xlsx", ".xlsm")

Place = tuple[str, str]
"""Service, and the name of its place."""
Rows = Mapping[Place, Mapping[str, float]]
"""Values by column, of those that are stated."""


def read_staffing(path: Path, region: Region) -> Rows:
    """A table of staffing: columns ``service`` and ``place``, and any of those of the resource table.

    Cells that are empty, and columns that are missing, leave what the region has. In CSV commas or semicolons stand
    between the cells; with semicolons, decimals may have a comma.

    Raises
    ------
    ScenarioError
        With every problem of the table.
    """
    head, rows = _workbook(path) if path.suffix.lower() in WORKBOOKS else _csv(path)
    problems: list[Problem] = []

    def refuse(line: int, where: str, says: str) -> None:
        problems.append(Problem(str(path), line, where, says))

    for column in ("service", "place"):
        if column not in head:
            refuse(1, "", f"column '{column}' is missing")
    for column in head:
        if column and column not in ("service", "place", *LIMITS, *IGNORED):
            refuse(1, "", f"unknown column '{column}'{nearest(column, LIMITS)}")
    if problems:
        raise ScenarioError(problems)
    found: dict[Place, dict[str, float]] = {}
    for line, cells in rows:
        row = dict(zip(head, cells, strict=False))
        place, says = _place(region, str(row.get("service") or ""), str(row.get("place") or ""))
        if says:
            refuse(line, *says)
            continue
        if place in found:
            refuse(line, "service", f"'{place[0]}, {place[1]}' stands there already")
        values = {}
        for column in LIMITS:
            if row.get(column) not in (None, ""):
                number, wrong = _number(column, row[column])
                values[column] = number
                if wrong:
                    refuse(line, column, wrong)
        found[place] = values
    if not rows:
        refuse(0, "", "no rows")
    if problems:
        raise ScenarioError(problems)
    return found


def _workbook(path: Path) -> tuple[list[str], list[tuple[int, list[Any]]]]:
    """Head and rows of the first sheet."""
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except OSError as error:
        raise _unreadable(path, f"cannot be read ({error.strerror or error})") from error
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise _unreadable(path, f"not an .xlsx workbook ({error})") from error
    lines = [
        (n, [_text(c) for c in cells]) for n, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1)
    ]
    book.close()
    return _headed([(number, cells) for number, cells in lines if any(cell != "" for cell in cells)], path)


def _text(cell: Any) -> Any:
    return "" if cell is None else cell.strip() if isinstance(cell, str) else cell


def _csv(path: Path) -> tuple[list[str], list[tuple[int, list[Any]]]]:
    """Head and rows of a text table."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _unreadable(path, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, "not UTF-8 text") from error
    semicolons = ";" in text.partition("\n")[0]
    reader = csv.reader(text.splitlines(), delimiter=";" if semicolons else ",")
    try:
        lines: list[tuple[int, list[Any]]] = [
            (reader.line_num, [cell.strip().replace(",", ".") if semicolons else cell.strip() for cell in cells])
            for cells in reader
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error as error:
        raise _unreadable(path, f"not a table ({error})") from error
    return _headed(lines, path)


def _headed(lines: list[tuple[int, list[Any]]], path: Path) -> tuple[list[str], list[tuple[int, list[Any]]]]:
    if not lines:
        raise _unreadable(path, "no rows")
    return [str(cell).strip().lower() for cell in lines[0][1]], lines[1:]


def _unreadable(path: Path, says: str) -> ScenarioError:
    return ScenarioError([Problem(str(path), 0, "", says)])


def _place(region: Region, service: str, place: str) -> tuple[Place, tuple[str, str] | None]:
    """A service and the name of its place, or the column that is wrong and what it says."""
    if service not in SERVICES:
        return ("", ""), ("service", f"unknown service '{service}'{nearest(service, SERVICES)}")
    names = {plain(name): name for name in _places(region)}
    if plain(place) not in names:
        return ("", ""), ("place", f"unknown place '{place}'{nearest(place, names.values())}")
    return (service, names[plain(place)]), None


def _places(region: Region) -> list[str]:
    return [REGION, *(m.name for m in region.municipalities), *(a.name for a in region.areas)]


def _number(column: str, cell: Any) -> tuple[float, str]:
    """A cell as a number, and what is wrong with it."""
    try:
        value = math.nan if isinstance(cell, bool) else float(cell)
    except (TypeError, ValueError):
        value = math.nan
    return value, _refused(column, cell, value)


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
    chosen = [name for name in there if place in (EVERY, plain(name))]
    if not chosen:
        names = ", ".join(plain(name) for name in there[:8])
        raise ValueError(f"no {service} at '{place}'{nearest(place, map(plain, there))}; there is {names}")
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
