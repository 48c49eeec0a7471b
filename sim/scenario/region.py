"""A region as data: municipalities, health-centre areas, population and resources, from four tables.

The tables are CSV files in one folder. Every row names its source.

``municipalities.csv``
    name, population, population_65, team_need, team_area, travel_minutes, ambulance_minutes, sjukstuga_beds,
    source, note
``areas.csv``
    name, municipality, population_share, continuity, source, note
``population.csv``
    municipality, age_band, count, source, note
``resources.csv``
    service, place, day, evening, night, weekend_day, weekend_evening, day_start, day_end, evening_end,
    summer_factor, absence, low, high, source, note
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.scenario.errors import Problem, nearest
from sim.scenario.evidence import source_ids, source_problems
from sim.vocabulary import AgeBand, Service

REGION = "region"
"""Place of a resource that serves the whole region."""

AGE_BANDS = tuple(band.name.lower() for band in AgeBand)
SERVICES = tuple(service.name.lower() for service in Service)

TABLES: Mapping[str, tuple[str, ...]] = {
    "municipalities.csv": (
        "name",
        "population",
        "population_65",
        "team_need",
        "team_area",
        "travel_minutes",
        "ambulance_minutes",
        "sjukstuga_beds",
        "source",
        "note",
    ),
    "areas.csv": ("name", "municipality", "population_share", "continuity", "source", "note"),
    "population.csv": ("municipality", "age_band", "count", "source", "note"),
    "resources.csv": (
        "service",
        "place",
        "day",
        "evening",
        "night",
        "weekend_day",
        "weekend_evening",
        "day_start",
        "day_end",
        "evening_end",
        "summer_factor",
        "absence",
        "low",
        "high",
        "source",
        "note",
    ),
}
"""Columns of each table."""

SHARE_TOLERANCE = 1e-6
MOST_PEOPLE = (1 << 31) - 1
"""People of a region: the records have 32 bits for the number of a person."""


@dataclass(frozen=True)
class Municipality:
    """A municipality (kommun).

    Attributes
    ----------
    key
        The name in plain letters, as index member in scenario files (Vännäs is ``vannas``).
    team_need
        People who need the mobile team, as counted in the source.
    team_area
        Name of the mobile-team area it belongs to.
    travel_minutes
        Mean travel of a home visit there and back.
    ambulance_minutes
        From call to arrival at the person, without queue.
    """

    name: str
    key: str
    population: int
    population_65: int
    team_need: int
    team_area: str
    travel_minutes: float
    ambulance_minutes: float
    sjukstuga_beds: int
    source: str
    note: str


@dataclass(frozen=True)
class Area:
    """A health-centre area (hälsocentralsområde).

    Attributes
    ----------
    municipality
        Index into ``Region.municipalities``.
    population_share
        Share of the municipality's people who are listed here.
    continuity
        Share of frequent visitors who meet the same doctor at more than half of their visits.
    """

    name: str
    key: str
    municipality: int
    population_share: float
    continuity: float
    source: str
    note: str


@dataclass(frozen=True)
class Staffing:
    """Units of one service at one place over the day and the week.

    Attributes
    ----------
    service
        Lower-case name of ``vocabulary.Service``.
    place
        Name of a municipality, an area or a team area, or ``region``.
    day, evening, night, weekend_day, weekend_evening
        Units at work; nights are alike all week.
    day_start, day_end, evening_end
        Hours of the clock.
    summer_factor
        Factor on the units in summer.
    absence
        Share of the units absent on average.
    low, high
        Range of the day's units; NaN where the row gives none.
    """

    service: str
    place: str
    day: float
    evening: float
    night: float
    weekend_day: float
    weekend_evening: float
    day_start: float
    day_end: float
    evening_end: float
    summer_factor: float
    absence: float
    low: float
    high: float
    source: str
    note: str


@dataclass(frozen=True, eq=False)
class Region:
    """A region: who lives where, and what there is to serve them.

    Attributes
    ----------
    folder
        Where the tables are.
    population
        People by municipality and age band, int64, shape (municipalities, age bands).
    team_areas
        Names of the mobile-team areas, in order of first mention.
    digest
        SHA-256 of the tables.
    """

    folder: Path
    municipalities: tuple[Municipality, ...]
    areas: tuple[Area, ...]
    population: NDArray[np.int64]
    resources: tuple[Staffing, ...]
    team_areas: tuple[str, ...]
    digest: str

    @property
    def people(self) -> int:
        """Number of residents."""
        return int(self.population.sum())

    def members(self) -> dict[str, tuple[str, ...]]:
        """Members of the index sets that come with a region, in array order."""
        return {
            "municipality": tuple(m.key for m in self.municipalities),
            "area": tuple(a.key for a in self.areas),
            "team_area": tuple(plain(name) for name in self.team_areas),
        }


def plain(name: str) -> str:
    """A name in plain lower-case letters: ``Umeå 1`` gives ``umea_1``."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")


def read_region(
    folder: Path, shown: str, *, own_sources: Mapping[str, str], strict: bool
) -> tuple[Region | None, list[Problem]]:
    """Read the tables of a region.

    Parameters
    ----------
    folder
        Folder of the four tables.
    shown
        The folder as shown in messages.
    own_sources
        Source ids the scenario declares itself.
    strict
        Whether every row needs a source, and every resource a range.

    Returns
    -------
    region, problems
        No region if there are problems.
    """
    if not folder.is_dir():
        return None, [Problem(shown, 0, "", "no such folder of region data")]
    tables = {name: _Table(folder / name, os.path.join(shown, name)) for name in TABLES}
    problems = [problem for table in tables.values() for problem in table.problems]
    if problems:
        return None, problems
    for table in tables.values():
        table.check_sources(own_sources, strict)
    region = _region(folder, tables, strict)
    problems = [problem for table in tables.values() for problem in table.problems]
    return (None, problems) if problems else (region, [])


def _region(folder: Path, tables: Mapping[str, _Table], strict: bool) -> Region:
    municipalities = _municipalities(tables["municipalities.csv"])
    problems = tables["municipalities.csv"].problems
    areas = _areas(tables["areas.csv"], municipalities)
    team_areas = tuple(dict.fromkeys(m.team_area for m in municipalities))
    places = [REGION, *(m.name for m in municipalities), *(a.name for a in areas), *team_areas]
    content = hashlib.sha256()
    for name in TABLES:
        content.update(tables[name].text.encode())
    return Region(
        folder=folder,
        municipalities=municipalities,
        areas=areas,
        population=_population(tables["population.csv"], municipalities, not problems),
        resources=_resources(tables["resources.csv"], list(dict.fromkeys(places)), strict),
        team_areas=team_areas,
        digest=content.hexdigest(),
    )


class _Table:
    """One CSV file: its rows, and the problems found in it."""

    def __init__(self, path: Path, shown: str) -> None:
        self.shown = shown
        self.problems: list[Problem] = []
        self.text = ""
        self.rows: list[_Row] = []
        self._read(path, TABLES[path.name])

    def _read(self, path: Path, columns: tuple[str, ...]) -> None:
        try:
            self.text = path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            return self.refuse(0, "", "no such file")
        except UnicodeDecodeError:
            return self.refuse(0, "", "not UTF-8 text")
        except OSError as error:
            return self.refuse(0, "", f"cannot be read ({error.strerror})")
        reader = csv.reader(io.StringIO(self.text), strict=True)
        try:
            self._rows(reader, columns)
        except csv.Error as error:
            self.refuse(reader.line_num, "", f"not a CSV table ({error})")

    def _rows(self, reader: Iterable[list[str]], columns: tuple[str, ...]) -> None:
        lines = iter(reader)
        header = [name.strip() for name in next(lines, [])]
        for name in columns:
            if name not in header:
                self.refuse(1, "", f"column '{name}' is missing")
        for name in header:
            if name not in columns:
                self.refuse(1, "", f"unknown column '{name}'{nearest(name, columns)}")
        if self.problems:
            return
        for number, fields in enumerate(lines, start=2):
            line = getattr(reader, "line_num", number)
            if not any(fields):
                continue
            if len(fields) != len(header):
                self.refuse(line, "", f"{len(fields)} fields, {len(header)} needed")
                continue
            cells = {name: field.strip() for name, field in zip(header, fields, strict=True)}
            self.rows.append(_Row(self, line, cells))
        if not self.rows and not self.problems:
            self.refuse(0, "", "no rows")

    def refuse(self, line: int, where: str, says: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.shown, line, where, says))

    def check_sources(self, own: Mapping[str, str], strict: bool) -> None:
        """Note rows whose sources are missing or unknown."""
        for row in self.rows:
            source = row.cells["source"]
            if strict and not source_ids(source):
                row.refuse("source", "missing")
            for says in source_problems(source, own):
                row.refuse("source", says)

    def refuse_repeated(self, columns: tuple[str, ...]) -> None:
        """Note rows which repeat another's key."""
        seen: dict[tuple[str, ...], int] = {}
        for row in self.rows:
            key = tuple(plain(row.cells[column]) for column in columns)
            if key in seen:
                what = ", ".join(row.cells[column] for column in columns)
                row.refuse(columns[0], f"'{what}' stands on line {seen[key]} already")
            seen.setdefault(key, row.line)


@dataclass(frozen=True)
class _Row:
    table: _Table
    line: int
    cells: Mapping[str, str]

    def refuse(self, column: str, says: str) -> None:
        self.table.refuse(self.line, column, says)

    def text(self, column: str) -> str:
        if not self.cells[column]:
            self.refuse(column, "missing")
        return self.cells[column]

    def number(self, column: str, highest: float = math.inf, *, optional: bool = False) -> float:
        """A number from 0 to `highest`; NaN if it is not one, which is noted."""
        cell = self.cells[column]
        if optional and not cell:
            return math.nan
        try:
            value = float(cell)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.refuse(column, f"'{cell}' given, a number needed")
            return math.nan
        if value < 0:
            self.refuse(column, f"{cell} given, at least 0 needed")
        if value > highest:
            self.refuse(column, f"{cell} given, at most {highest:.12g} allowed")
        return value

    def whole(self, column: str) -> int:
        """A whole number from 0 to `MOST_PEOPLE`."""
        value = self.number(column, MOST_PEOPLE)
        if math.isfinite(value) and value != int(value):
            self.refuse(column, f"{self.cells[column]} given, a whole number needed")
        return int(value) if value <= MOST_PEOPLE else 0

    def one_of(self, column: str, known: list[str] | tuple[str, ...]) -> int:
        """Index of the cell among `known` names; 0 if unknown, which is noted."""
        cell = self.cells[column]
        if cell in known:
            return known.index(cell)
        suggestion = nearest(cell, known) or f"; there are {', '.join(known[:8])}"
        self.refuse(column, f"unknown {column.replace('_', ' ')} '{cell}'{suggestion}")
        return 0


def _municipalities(table: _Table) -> tuple[Municipality, ...]:
    table.refuse_repeated(("name",))
    found = []
    for row in table.rows:
        people, older = row.whole("population"), row.whole("population_65")
        if older > people:
            row.refuse("population_65", f"{older} given, more than the population {people}")
        found.append(
            Municipality(
                name=row.text("name"),
                key=plain(row.cells["name"]),
                population=people,
                population_65=older,
                team_need=row.whole("team_need"),
                team_area=row.text("team_area"),
                travel_minutes=row.number("travel_minutes", 24 * 60),
                ambulance_minutes=row.number("ambulance_minutes", 24 * 60),
                sjukstuga_beds=row.whole("sjukstuga_beds"),
                source=row.cells["source"],
                note=row.cells["note"],
            )
        )
    return tuple(found)


def _areas(table: _Table, municipalities: tuple[Municipality, ...]) -> tuple[Area, ...]:
    table.refuse_repeated(("name",))
    names = [m.name for m in municipalities]
    areas = tuple(
        Area(
            name=row.text("name"),
            key=plain(row.cells["name"]),
            municipality=row.one_of("municipality", names),
            population_share=row.number("population_share", 1),
            continuity=row.number("continuity", 1),
            source=row.cells["source"],
            note=row.cells["note"],
        )
        for row in table.rows
    )
    if not table.problems:
        for index, name in enumerate(names):
            total = sum(a.population_share for a in areas if a.municipality == index)
            if abs(total - 1) > SHARE_TOLERANCE:
                table.refuse(0, "population_share", f"the areas of {name} sum to {total:.6g}, 1 needed")
    return areas


def _population(table: _Table, municipalities: tuple[Municipality, ...], totals_right: bool) -> NDArray[np.int64]:
    table.refuse_repeated(("municipality", "age_band"))
    names = [m.name for m in municipalities]
    counts = np.full((len(names), len(AGE_BANDS)), -1, np.int64)
    for row in table.rows:
        place, band = row.one_of("municipality", names), row.one_of("age_band", AGE_BANDS)
        counts[place, band] = row.whole("count")
    if totals_right and not table.problems:
        _check_population(table, counts, municipalities)
    counts.flags.writeable = False
    return counts


def _check_population(table: _Table, counts: NDArray[np.int64], municipalities: tuple[Municipality, ...]) -> None:
    for m, row in zip(municipalities, counts, strict=True):
        missing = [band for band, count in zip(AGE_BANDS, row, strict=True) if count < 0]
        if missing:
            table.refuse(0, "age_band", f"{m.name} lacks {', '.join(missing)}")
            continue
        for what, stated, summed in (
            ("population", m.population, int(row.sum())),
            ("population_65", m.population_65, int(row[AgeBand.AGE_65_69 :].sum())),
        ):
            if stated != summed:
                says = f"{m.name} sums to {summed}, {what} in municipalities.csv is {stated}"
                table.refuse(0, "count", says)
    if counts.sum() > MOST_PEOPLE:
        table.refuse(0, "count", f"{counts.sum()} people in all, at most {MOST_PEOPLE} allowed")


def _resources(table: _Table, places: list[str], strict: bool) -> tuple[Staffing, ...]:
    table.refuse_repeated(("service", "place"))
    found = []
    for row in table.rows:
        row.one_of("service", SERVICES)
        row.one_of("place", places)
        found.append(_staffing(row))
        _check_staffing(row, found[-1], strict)
    return tuple(found)


def _staffing(row: _Row) -> Staffing:
    return Staffing(
        service=row.cells["service"],
        place=row.cells["place"],
        day=row.number("day"),
        evening=row.number("evening"),
        night=row.number("night"),
        weekend_day=row.number("weekend_day"),
        weekend_evening=row.number("weekend_evening"),
        day_start=row.number("day_start", 24),
        day_end=row.number("day_end", 24),
        evening_end=row.number("evening_end", 24),
        summer_factor=row.number("summer_factor", 2),
        absence=row.number("absence", 1),
        low=row.number("low", optional=True),
        high=row.number("high", optional=True),
        source=row.cells["source"],
        note=row.cells["note"],
    )


def _check_staffing(row: _Row, staffing: Staffing, strict: bool) -> None:
    if staffing.day_start > staffing.day_end:
        row.refuse("day_end", f"{staffing.day_end:g} given, before day_start {staffing.day_start:g}")
    if staffing.day_end > staffing.evening_end:
        row.refuse("evening_end", f"{staffing.evening_end:g} given, before day_end {staffing.day_end:g}")
    if staffing.low > staffing.high:
        row.refuse("low", f"{staffing.low:g} given, above high {staffing.high:g}")
    elif staffing.day < staffing.low or staffing.day > staffing.high:
        row.refuse("day", f"{staffing.day:g} given, outside its range {staffing.low:g} to {staffing.high:g}")
    if strict and (math.isnan(staffing.low) or math.isnan(staffing.high)):
        missing = "low" if math.isnan(staffing.low) else "high"
        row.refuse(missing, "missing")
