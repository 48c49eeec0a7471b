"""Every kind of table that users write, with a small one that is right, and what is read of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from sim.planning.staffing import read_staffing
from sim.scenario import Scenario, ScenarioError, load
from sim.scenario.ensemble import ENSEMBLE, with_ensemble
from sim.scenario.region import TABLES, read_region
from sim.scenario.scaling import read_places
from sim.statistics.design import Refusals, listed
from tests.scenario.small import TABLES as SMALL

Cells = list[list[str]]


@dataclass(frozen=True)
class Kind:
    """A kind of table.

    Attributes
    ----------
    name
        Its file, without the end.
    cells
        The head and the rows.
    number
        Column of a number that may have decimals.
    read
        Something that is equal if the same is read; raises with what is wrong.
    short
        Whether a row may end early.
    keys
        Whether headings are keys, which nobody knows beforehand.
    """

    name: str
    cells: Cells
    number: str
    read: Callable[[Path], Any]
    short: bool = False
    keys: bool = False


@cache
def vannas() -> Scenario:
    return load("shipped:vannas")


def _region(path: Path) -> str:
    for name, text in SMALL.items():
        if Path(name).stem != path.stem:
            (path.parent / name).write_text(text, encoding="utf-8")
    region, problems = read_region(path.parent, str(path.parent), own_sources={}, strict=False)
    if region is None:
        raise ScenarioError(problems)
    return region.digest


def _points(path: Path) -> Any:
    refusals = Refusals()
    design = listed(vannas(), path, refusals)
    refusals.check()
    return design.names, design.points


def _sets(path: Path) -> Any:
    return with_ensemble(vannas(), path).reserved[ENSEMBLE]


def _cells(text: str) -> Cells:
    return [line.split(",") for line in text.splitlines()]


NUMBERS = {
    "municipalities": "travel_minutes",
    "areas": "continuity",
    "population": "count",
    "resources": "summer_factor",
}
RATE, BEDS = "needs.deterioration_per_year.most_ill", "beds.medicine"
KINDS = (
    *(Kind(Path(name).stem, _cells(SMALL[name]), NUMBERS[Path(name).stem], _region) for name in TABLES),
    Kind(
        "staffing",
        _cells("service,place,day,evening\nhome_nurse,Vännäs,2,1.5\nhome_help,Vännäs,3,0.5"),
        "evening",
        lambda path: read_staffing(path, vannas().region),
        short=True,
    ),
    Kind("points", _cells(f"point,{RATE},{BEDS}\n0,2.5,13\n1,3.5,14"), RATE, _points, keys=True),
    Kind(
        "ensemble",
        _cells(f"set,{RATE},{BEDS},implausibility,checked\n0,2.5,13,1,run\n1,3.5,14,2,run"),
        RATE,
        _sets,
        keys=True,
    ),
    Kind(
        "places",
        _cells(
            "region,municipality,population,population_65,like,centres,team_area,travel_minutes,ambulance_minutes,"
            "sjukstuga_beds,note\nNorr,Älvdal,5000,1200,Vännäs,1,Norr,30.5,15,0,a\nNorr,Ås,6000,1300,Vännäs,1,Norr,20,14,2,b"
        ),
        "travel_minutes",
        read_places,
    ),
)


def csv(cells: Cells, between: str = ",", end: str = "\n") -> str:
    def written(cell: str) -> str:
        return f'"{cell}"' if between in cell else cell

    return "".join(between.join(map(written, row)) + end for row in cells)


def decimal_comma(cells: Cells) -> Cells:
    def cell(text: str) -> str:
        return text.replace(".", ",") if text.replace(".", "", 1).isdigit() else text

    return [cells[0], *([cell(text) for text in row] for row in cells[1:])]


def decomposed(cells: Cells) -> Cells:
    return [[unicodedata.normalize("NFD", cell) for cell in row] for row in cells]


def book(cells: Cells, *, text: bool = False) -> Workbook:
    """A workbook with the cells; numbers as numbers, or as text."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in cells:
        sheet.append([cell if text else _value(cell) for cell in row])
    return made


def _value(cell: str) -> Any:
    if not cell:
        return None
    try:
        return int(cell) if cell.isdigit() else float(cell)
    except ValueError:
        return cell
