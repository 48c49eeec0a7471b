"""Regions of other sizes made from Umeå länsdel: one of its municipalities alone, or all of them several times.

Tables and a scenario are written to a folder. What serves the whole region (hospital, ambulances, phone line) is
multiplied with the number of people; of a small share, units are left over, as small units need (square-root rule).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import sim
from sim.scenario.region import REGION, TABLES

BASE = "shipped:umea-lansdel"
UNITS = ("day", "evening", "night", "weekend_day", "weekend_evening")
BEDS = ("medicine", "surgery", "extra_medicine", "extra_surgery")
Row = dict[str, str]


@dataclass(frozen=True)
class Size:
    """A size to simulate.

    Attributes
    ----------
    title
        For tables.
    times
        How many copies of every municipality.
    only
        The one municipality there is; empty for all.
    """

    title: str
    times: int = 1
    only: str = ""


def write(size: Size, folder: Path) -> Path:
    """Write the region and a scenario for it; returns the scenario's file."""
    base = sim.load(BASE)
    tables = {name: _read(base.region.folder / name) for name in TABLES}
    everybody = base.region.people
    kept = [row for row in tables["municipalities.csv"] if size.only in ("", row["name"])]
    if not kept:
        raise ValueError(f"{size.only}: no such municipality in {BASE}")
    share = size.times * sum(int(row["population"]) for row in kept) / everybody
    (folder / "region").mkdir(parents=True)
    for name, rows in tables.items():
        _write(folder / "region" / name, TABLES[name], _rows(name, rows, tables, size, share))
    stays = np.asarray(base.values["outside.stays_per_year"]) * share
    beds = {name: _units(float(base.values[f"beds.{name}"]), share) for name in BEDS}
    path = folder / "scenario.toml"
    path.write_text(_scenario(size, beds, dict(zip(("medicine", "surgery"), stays, strict=True))))
    return path


def _rows(name: str, rows: Sequence[Row], tables: Mapping[str, Sequence[Row]], size: Size, share: float) -> list[Row]:
    """The rows of a table that belong to the municipalities kept, once for each copy."""
    home = {row["name"]: row["municipality"] for row in tables["areas.csv"]}
    home |= {row["name"]: row["name"] for row in tables["municipalities.csv"]}
    column = {"municipalities.csv": "name", "resources.csv": "place"}.get(name, "municipality")
    written = []
    for copy in range(1, size.times + 1):
        for row in rows:
            place = row[column]
            if place == REGION:
                if copy == 1:
                    written.append(row | _scaled(row, share))
            elif size.only in ("", home[place]):
                written.append(row | {key: _copy(row[key], copy) for key in ("name", "municipality") if key in row})
                if name == "resources.csv":
                    written[-1]["place"] = _copy(place, copy)
    return written


def _copy(name: str, number: int) -> str:
    """The name of a copy; the first keeps its own."""
    return name if number == 1 else f"{name} copy {number}"


def _units(units: float, share: float) -> float:
    """Units for a share of the people; less than all of them need more than their share."""
    if share >= 1:
        return units * share
    return math.ceil(units * share + 1.5 * math.sqrt(units * share) * (1 - math.sqrt(share)))


def _scaled(row: Row, share: float) -> Row:
    units = {name: f"{_units(float(row[name]), share):g}" for name in UNITS}
    return units | {"low": units["day"], "high": units["day"]}


def _scenario(size: Size, beds: Mapping[str, float], stays: Mapping[str, float]) -> str:
    def lines(values: Mapping[str, float]) -> str:
        text = '{name} = {{ value = {value}, low = {value}, high = {value}, source = "assumption" }}'
        return "\n".join(text.format(name=name, value=round(value)) for name, value in values.items())

    return f"""extends = "{BASE}"
name = "bench"
title = "{size.title}"

[region]
folder = "region"

[beds]
{lines(beds)}

[outside.stays_per_year]
{lines(stays)}
"""


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
