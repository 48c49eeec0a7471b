"""A region as data: municipalities, health-centre areas, population and resources, from four tables.

The tables are files in one folder, CSV or .xlsx, or sheets of one workbook. Every row names its source.

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
import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.names import name_problem
from sim.problems import Problem
from sim.scenario.evidence import source_ids, source_problems
from sim.tables.files import Unreadable
from sim.tables.names import Names, folded, keys_of
from sim.tables.reading import fit, in_sheet, read_table, sheet_named, sheets_of, tell
from sim.tables.table import MOST_WHOLE, Form, Row, Table
from sim.tables.words import between_services, of_age_bands, of_places, of_services
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
UNCOUNTED = ("source", "note")
"""Columns for people, of no account to any figure."""

FORMS = {name: Form(Path(name).stem, columns) for name, columns in TABLES.items()}
"""What each table looks like."""

SHARE_TOLERANCE = 1e-6
MOST_PEOPLE = MOST_WHOLE
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
        Where the tables are: a folder, or a workbook.
    population
        People by municipality and age band, int64, shape (municipalities, age bands).
    team_areas
        Names of the mobile-team areas, in order of first mention.
    population_notes
        Source and note of a row of the population, by key of the municipality and age band.
    """

    folder: Path
    municipalities: tuple[Municipality, ...]
    areas: tuple[Area, ...]
    population: NDArray[np.int64]
    resources: tuple[Staffing, ...]
    team_areas: tuple[str, ...]
    population_notes: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the values of the tables, as hex digits; sources, notes and how it is written do not count."""
        rows = {name: [dict(row) for row in self.rows(name)] for name in TABLES}
        for row in (row for table in rows.values() for row in table):
            for column in UNCOUNTED:
                del row[column]
        return hashlib.sha256(json.dumps(rows, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def rows(self, table: str) -> list[dict[str, str]]:
        """The rows of one of the tables, as CSV has them."""
        if table == "population.csv":
            return self._people()
        of = {"municipalities.csv": self.municipalities, "areas.csv": self.areas, "resources.csv": self.resources}
        return [self._row(entry, TABLES[table]) for entry in of[table]]

    def _row(self, entry: Any, columns: Iterable[str]) -> dict[str, str]:
        row = {name: _written(getattr(entry, name)) for name in columns}
        if isinstance(entry, Area):
            row["municipality"] = self.municipalities[entry.municipality].name
        return row

    def _people(self) -> list[dict[str, str]]:
        return [
            {
                "municipality": m.name,
                "age_band": band,
                "count": str(count),
                **dict(zip(("source", "note"), self.population_notes.get((m.key, band), ("", "")), strict=True)),
            }
            for m, counts in zip(self.municipalities, self.population.tolist(), strict=True)
            for band, count in zip(AGE_BANDS, counts, strict=True)
        ]

    @cached_property
    def place_keys(self) -> Mapping[str, str]:
        """Keys of municipalities, areas and team areas by name, and of the region."""
        names = [m.name for m in self.municipalities], [a.name for a in self.areas], self.team_areas
        return {REGION: REGION, **keys_of_places(*names)}

    @property
    def people(self) -> int:
        """Number of residents."""
        return int(self.population.sum())

    def members(self) -> dict[str, tuple[str, ...]]:
        """Members of the index sets that come with a region, in array order."""
        return {
            "municipality": tuple(m.key for m in self.municipalities),
            "area": tuple(a.key for a in self.areas),
            "team_area": tuple(self.place_keys[name] for name in self.team_areas),
        }


def read_region(
    folder: Path, shown: str, *, own_sources: Mapping[str, str], strict: bool
) -> tuple[Region | None, list[Problem]]:
    """Read the tables of a region.

    Parameters
    ----------
    folder
        Folder of the four tables, each CSV or .xlsx, or a workbook with a sheet for each.
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
    if folder.is_dir():
        tables = {name: table_of(folder, shown, name) for name in TABLES}
    elif folder.exists():
        tables = _of_workbook(folder, shown)
    else:
        return None, [Problem(shown, 0, "", "no such folder of region data")]
    if folder.is_dir() and tables["population.csv"].problems:
        _tell_official(tables["population.csv"], folder, shown)
    problems = [problem for table in tables.values() for problem in table.told()]
    if problems:
        return None, list(dict.fromkeys(problems))
    for table in tables.values():
        _check_sources(table, own_sources, strict)
    region = _region(folder, tables, strict)
    problems = [problem for table in tables.values() for problem in table.told()]
    return (None, problems) if problems else (region, [])


def table_of(folder: Path, shown: str, name: str) -> Table:
    """One table of a folder: as CSV, or as a workbook of its own."""
    book = f"{Path(name).stem}.xlsx"
    if not (folder / book).exists():
        return read_table(folder / name, FORMS[name], os.path.join(shown, name))
    if (folder / name).exists():
        table = Table(os.path.join(shown, name))
        table.refuse(0, "", f"{book} is there too; one of them needed")
        return table
    return read_table(folder / book, FORMS[name], os.path.join(shown, book))


def _tell_official(table: Table, folder: Path, shown: str) -> None:
    """Say what to do with the table of official statistics, if that is what stands there instead."""
    from sim.tables.official import found_in  # seldom needed

    path = next((path for end in (".csv", ".xlsx") if (path := folder / f"population{end}").exists()), folder)
    there = found_in(path)
    if there:
        columns = ", ".join(TABLES["population.csv"])
        command = f"narvard population {os.path.join(shown, path.name)} --region {shown}"
        table.problems.clear()
        table.refuse(0, "", f"{there}; the columns {columns} needed: {command}")


def _of_workbook(path: Path, shown: str) -> dict[str, Table]:
    """The four tables of a workbook, by name of the file that each would be."""
    try:
        sheets = sheets_of(path)
    except Unreadable as error:
        table = Table(shown)
        table.refuse(error.line, "", str(error))
        return dict.fromkeys(TABLES, table)
    tables = {}
    for name, form in FORMS.items():
        tables[name] = Table(f"{shown}, sheet '{form.name}'")
        sheet = sheet_named(sheets, form.name)
        if sheet is None:
            there = ", ".join(f"'{one.name}'" for one in sheets if one.name) or "no workbook"
            tables[name].refuse(0, "", f"no such sheet; there is {there}")
        else:
            tables[name].shown = in_sheet(shown, sheet)
            fit(tables[name], sheet, form)
            for note in sheet.notes:
                tell(tables[name].shown, note)
    return tables


def _check_sources(table: Table, own: Mapping[str, str], strict: bool) -> None:
    """Note rows whose sources are missing or unknown."""
    for row in table.rows:
        if strict and not source_ids(row["source"]):
            row.refuse("source", "missing")
        for says in source_problems(row["source"], own):
            row.refuse("source", says)


def _region(folder: Path, tables: Mapping[str, Table], strict: bool) -> Region:
    municipalities = _municipalities(tables["municipalities.csv"])
    problems = tables["municipalities.csv"].problems
    areas = _areas(tables["areas.csv"], municipalities)
    team_areas = distinct(m.team_area for m in municipalities)
    teams = {folded(name): name for name in team_areas}
    keys = keys_of_places([m.name for m in municipalities], [a.name for a in areas], team_areas)
    municipalities = tuple(replace(m, key=keys[m.name], team_area=teams[folded(m.team_area)]) for m in municipalities)
    areas = tuple(replace(a, key=keys[a.name]) for a in areas)
    population, notes = _population(tables["population.csv"], municipalities, not problems)
    return Region(
        folder=folder,
        municipalities=municipalities,
        areas=areas,
        population=population,
        population_notes=notes,
        resources=_resources(tables["resources.csv"], place_names(municipalities, areas, team_areas, keys), strict),
        team_areas=team_areas,
    )


NEEDED: Mapping[str, tuple[str, ...]] = {
    REGION: ("phone_1177", "ambulance", "emergency_place", "emergency_doctor", "specialist", "day_unit"),
    "area": ("centre_phone", "centre_nurse", "gp"),
    "municipality": ("home_nurse", "home_help", "planner", "short_term", "rehabilitation"),
}
"""Services that every region, area or municipality has a row for: without one, nobody would be asked, and none told."""


def without_rows(region: Region) -> dict[str, list[str]]:
    """Services that lack a row in the resource table, with the places that lack it."""
    places = {
        REGION: [REGION],
        "area": [area.name for area in region.areas],
        "municipality": [municipality.name for municipality in region.municipalities],
    }
    there = {(row.service, row.place) for row in region.resources}
    found = {
        service: [place for place in places[where] if (service, place) not in there]
        for where, services in NEEDED.items()
        for service in services
    }
    return {service: lacking for service, lacking in found.items() if lacking}


def csv_of(region: Region, table: str) -> str:
    """One of the tables of a region as CSV, which is read as the same region again."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, TABLES[table], lineterminator="\n")
    writer.writeheader()
    writer.writerows(region.rows(table))
    return text.getvalue()


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, as it is first written."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(folded(name), name)
    return tuple(found.values())


def keys_of_places(*kinds: Sequence[str]) -> dict[str, str]:
    """Keys of the names of places, the same for a name that stands for places of several kinds."""
    names = distinct(name for kind in kinds for name in kind)
    found = dict(zip(map(folded, names), keys_of(names), strict=True))
    return {name: found[folded(name)] for kind in kinds for name in kind}


def place_names(
    municipalities: Iterable[Municipality], areas: Iterable[Area], team_areas: Iterable[str], keys: Mapping[str, str]
) -> Names:
    """The places that a service may be at, found by name or key."""
    known = distinct([REGION, *(m.name for m in municipalities), *(a.name for a in areas), *team_areas])
    return Names(known, of_places(), [keys.get(name, name) for name in known])


def _municipalities(table: Table) -> tuple[Municipality, ...]:
    table.refuse_repeated({"name": None})
    found = []
    for row in table.rows:
        people, older = row.whole("population"), row.whole("population_65")
        if older > people:
            row.refuse("population_65", f"{older} given, more than the population {people}")
        found.append(
            Municipality(
                name=_name(row, "name"),
                key="",
                population=people,
                population_65=older,
                team_need=row.whole("team_need"),
                team_area=_name(row, "team_area"),
                travel_minutes=row.number("travel_minutes", 24 * 60),
                ambulance_minutes=row.number("ambulance_minutes", 24 * 60),
                sjukstuga_beds=row.whole("sjukstuga_beds"),
                source=row["source"],
                note=row["note"],
            )
        )
    return tuple(found)


def _name(row: Row, column: str) -> str:
    """The name of a place; one that cannot be is noted."""
    name = row.text(column)
    wrong = name_problem(name, place=True) if name else ""
    if wrong:
        row.refuse(column, wrong)
    return name


def _areas(table: Table, municipalities: tuple[Municipality, ...]) -> tuple[Area, ...]:
    table.refuse_repeated({"name": None})
    names = _named(municipalities)
    areas = tuple(
        Area(
            name=_name(row, "name"),
            key="",
            municipality=row.one_of("municipality", names),
            population_share=row.number("population_share", 1),
            continuity=row.number("continuity", 1),
            source=row["source"],
            note=row["note"],
        )
        for row in table.rows
    )
    if not table.problems:
        for index, name in enumerate(names.known):
            total = sum(a.population_share for a in areas if a.municipality == index)
            if abs(total - 1) > SHARE_TOLERANCE:
                table.refuse(0, "population_share", f"the areas of {name} sum to {total:.6g}, 1 needed")
    return areas


Notes = Mapping[tuple[str, str], tuple[str, str]]
"""Source and note by municipality and age band."""


def _population(
    table: Table, municipalities: tuple[Municipality, ...], totals_right: bool
) -> tuple[NDArray[np.int64], Notes]:
    names, bands = _named(municipalities), Names(AGE_BANDS, of_age_bands(), fixed=True)
    counts = np.full((len(municipalities), len(AGE_BANDS)), -1, np.int64)
    table.refuse_repeated({"municipality": names, "age_band": bands})
    notes = {}
    for row in table.rows:
        place, band = row.one_of("municipality", names), row.one_of("age_band", bands)
        counts[place, band] = row.whole("count")
        if municipalities:
            notes[municipalities[place].key, AGE_BANDS[band]] = row["source"], row["note"]
    if totals_right and not table.problems:
        _check_population(table, counts, municipalities)
    counts.flags.writeable = False
    return counts, notes


def _check_population(table: Table, counts: NDArray[np.int64], municipalities: tuple[Municipality, ...]) -> None:
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


def _named(municipalities: Sequence[Municipality]) -> Names:
    """Municipalities, found by name or key."""
    names = [m.name for m in municipalities]
    return Names(names, keys=keys_of(names))


def _written(value: object) -> str:
    """A value as CSV has it, so that it is read as the same again."""
    if isinstance(value, float):
        return "" if math.isnan(value) else str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def service_names() -> Names:
    """The services, found by the model's name or by another word for them."""
    return Names(SERVICES, of_services(), between=between_services(), fixed=True)


def _resources(table: Table, places: Names, strict: bool) -> tuple[Staffing, ...]:
    services = service_names()
    table.refuse_repeated({"service": services, "place": places})
    found = []
    for row in table.rows:
        service, place = row.one_of("service", services), row.one_of("place", places)
        found.append(_staffing(row, SERVICES[service], places.known[place]))
        _check_staffing(row, found[-1], strict)
    return tuple(found)


def _staffing(row: Row, service: str, place: str) -> Staffing:
    return Staffing(
        service=service,
        place=place,
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
        source=row["source"],
        note=row["note"],
    )


def _check_staffing(row: Row, staffing: Staffing, strict: bool) -> None:
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
