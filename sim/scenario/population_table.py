"""The population of a region from the official table (befolkning): by age band, with the two totals."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.problems import Problem, ScenarioError
from sim.scenario.region import AGE_BANDS, TABLES, table_of
from sim.tables.names import folded
from sim.tables.official import OLDEST, Ages, Official, read_official
from sim.tables.reading import tell
from sim.tables.table import Table
from sim.vocabulary import AgeBand

POPULATION, MUNICIPALITIES = "population.csv", "municipalities.csv"
SOURCE = "P00"
"""Of the evidence that ships: the official population table."""
STARTS = tuple(int(band.name.split("_")[1]) for band in AgeBand)
"""Lowest age of each band."""


@dataclass(frozen=True)
class Made:
    """What was made of an official table.

    Attributes
    ----------
    files
        Written.
    people, older
        By municipality: all, and those of 65 and over.
    before
        The two figures that ``municipalities.csv`` had, where there was one.
    year
        Of the figures, as the table calls it.
    """

    files: tuple[Path, ...]
    people: Mapping[str, int]
    older: Mapping[str, int]
    before: Mapping[str, tuple[str, str]]
    year: str


def of_region(official: Path, folder: Path, year: str = "") -> Made:
    """Put the population of the municipalities of a region into its tables.

    ``population.csv`` is written anew; in ``municipalities.csv`` the two totals change and all else stays. What stood
    in the two files first is kept as ``*.before.csv``.

    Raises
    ------
    ScenarioError
        If a table cannot be read, or a municipality of the region does not stand in the official one.
    OSError
        If a file cannot be written.
    """
    if not folder.is_dir():
        raise ScenarioError(
            [Problem(str(folder), 0, "", "no such folder; the folder of a region's tables as CSV needed")]
        )
    table = table_of(folder, str(folder), MUNICIPALITIES)
    table.check()
    names = [row["name"] for row in table.rows]
    found, problems = read_official(official, year, names)
    by_name = {folded(place.name): counts for place, counts in found.people.items()}
    for row in table.rows:
        if not problems.problems and folded(row["name"]) not in by_name:
            row.refuse("name", f"'{row['name']}' does not stand in {official}")
    problems.check()
    table.check()
    bands = {name: _bands(by_name[folded(name)], name, problems) for name in names}
    problems.check()
    before = {row["name"]: (row["population"], row["population_65"]) for row in table.rows}
    rows = [{column: row[column] for column in TABLES[MUNICIPALITIES]} for row in table.rows]
    return _written(str(official), folder, found, bands, rows, before)


def of_table(official: Path, folder: Path, year: str = "") -> Made:
    """Write ``population.csv``, and ``municipalities.csv`` with the two totals, of every municipality of the table.

    Raises
    ------
    ScenarioError
        If the table cannot be read, or one of the files is there already.
    OSError
        If a file cannot be written.
    """
    there = [folder / name for name in (POPULATION, MUNICIPALITIES) if (folder / name).exists()]
    if there:
        raise ScenarioError([Problem(str(path), 0, "", "exists already; nothing written") for path in there])
    found, problems = read_official(official, year)
    problems.check()
    bands = {place.name: _bands(counts, place.name, problems) for place, counts in found.people.items()}
    problems.check()
    folder.mkdir(parents=True, exist_ok=True)
    rows = [dict.fromkeys(TABLES[MUNICIPALITIES], "") | {"name": name} for name in bands]
    return _written(str(official), folder, found, bands, rows, {})


def _bands(people: Mapping[Ages, int], name: str, problems: Table) -> list[int]:
    """People by age band; ages that lie in two of them are noted."""
    counts = [0] * len(STARTS)
    ends = [*(start - 1 for start in STARTS[1:]), OLDEST]
    for (low, high), count in people.items():
        band = max(n for n, start in enumerate(STARTS) if start <= low)
        if high > ends[band]:
            problems.refuse(
                0, "age", f"{name}: {low}-{high} years given, which lie in two age bands; single years needed"
            )
        counts[band] += count
    return counts


def _written(
    shown: str,
    folder: Path,
    found: Official,
    bands: Mapping[str, list[int]],
    rows: list[dict[str, str]],
    before: Mapping[str, tuple[str, str]],
) -> Made:
    if found.passed_over:
        tell(shown, f"no rows of the table, passed over: {found.passed_over}")
    people = {name: sum(counts) for name, counts in bands.items()}
    older = {name: sum(counts[AgeBand.AGE_65_69 :]) for name, counts in bands.items()}
    for row in rows:
        row["population"], row["population_65"] = str(people[row["name"]]), str(older[row["name"]])
    note = f"official population table, {found.year}"
    population = (
        {"municipality": name, "age_band": band, "count": str(count), "source": SOURCE, "note": note}
        for name, counts in bands.items()
        for band, count in zip(AGE_BANDS, counts, strict=True)
    )
    files = (
        _put(folder / POPULATION, _csv(POPULATION, population)),
        _put(folder / MUNICIPALITIES, _csv(MUNICIPALITIES, rows)),
    )
    return Made(files, people, older, before, found.year)


def _put(path: Path, text: str) -> Path:
    """Write a table whole, or not; what stood there first is kept beside it."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="")
        for there in (path, path.with_suffix(".xlsx")):
            before = there.with_suffix(f".before{there.suffix}")
            if there.exists() and (there != path or not before.exists()):
                os.replace(there, before)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _csv(table: str, rows: Iterable[Mapping[str, str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, TABLES[table], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
