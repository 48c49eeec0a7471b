"""What is damaged (frön): the shipped scenarios, and a small one of every kind of file that a scenario names."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.scenario.layers import shipped_folder
from tests.model.small import SCENARIO, write_region

OWN = (
    SCENARIO
    + """
[sources]
R1 = "Annual report of the region, table 3"

[time]
warm_up_days = { value = 30, low = 30, high = 730, source = "assumption" }
pre_period_days = { value = 30, low = 30, high = 730, source = "assumption" }
follow_up_days = { value = 30, low = 30, high = 730, source = "assumption" }

[governance.mine]
inherits = "coordinated"
title = "Mine"

[governance.mine.mobile_team]
doctors = { umea = 1, surrounding = 1 }
closes_hour = 20
"""
)
SWEEP = """
[sweep]
replications = 2
governance = ["current", "mine"]
on = ["hospital_days"]
points = "points.csv"
"""
VARIED = """
[sweep]
replications = 2
governance = ["current", "mine"]
on = ["hospital_days"]

[sweep.vary]
governance.mine.mobile_team.doctors.surrounding = [1, 2, 4, 8]
governance.mine.mobile_team.treatment_failure_share = { low = 0.05, high = 0.2, levels = 3 }
"""
PLAN = """
[plan]
governance = "mine"
zone_days = 5
screen = 2
screening = "pooled"
first = 4
most = 6
around = 2

[plan.vary]
mobile_team.doctors.surrounding = [1, 2, 4]

[plan.patterns.rota]
usual = "usual"
longer = "rota.csv"

[plan.prices]
gp = 900
home_nurse = 500

[plan.budget]
total_sek = 31_000_000
"""
CALIBRATE = """
[calibrate]
fit = ["needs.deterioration_per_year.most_ill", "beds.medicine"]
prior = ["outside.stays_per_year.medicine"]
runs = 200
cutoff = 3.0
discrepancy = 0.05
"""
POINTS = """\
point;governance.mine.mobile_team.doctors.surrounding;governance.mine.mobile_team.treatment_failure_share;beds.medicine
1;1;0,05;10
2;2;0,1;9
3;4;0,2;12
"""
ROTA = """\
service,place,day,evening,night,weekend_day,weekend_evening,day_start,day_end,evening_end,summer_factor,absence
gp,Umeå 1,1.5,0.5,0,0,0,8,16.5,21,0.8,0.04
home_nurse,Vännäs,2,1,1,1,1,8,17,22,1,0
"""


@dataclass(frozen=True)
class Seed:
    """A file to damage, and the command that reads it.

    Attributes
    ----------
    file
        Name of the file, in the folder of all.
    command
        What reads it; ``{}`` for the scenario.
    beside
        Files that are otherwise than in the folder of all while it is read; None for one that is not there.
    small
        Whether its mutants that are accepted can be run in a second.
    """

    file: str
    command: tuple[str, ...] = ("check", "own.toml")
    beside: Mapping[str, bytes | None] = field(default_factory=dict)
    small: bool = False


def write_all(folder: Path) -> None:
    """Write what the seeds are, and what they need."""
    write_region(folder / "region")
    files = {"own.toml": OWN, "sweep.toml": OWN + SWEEP, "varied.toml": OWN + VARIED, "plan.toml": OWN + PLAN}
    files |= {"calibrate.toml": OWN + CALIBRATE}
    files |= {"points.csv": POINTS, "rota.csv": ROTA, "sets.csv": _ensemble()}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    _write_book(folder / "points.xlsx", {"points": POINTS.replace(",", ".")})
    _write_book(folder / "rota.xlsx", {"rota": ROTA})
    tables = {path.stem: path.read_text(encoding="utf-8") for path in sorted((folder / "region").glob("*.csv"))}
    for name, text in tables.items():
        _write_book(folder / f"{name}.xlsx", {name: text})
    _write_book(folder / "region.xlsx", tables)
    shutil.copytree(shipped_folder() / "regions", folder / "regions", dirs_exist_ok=True)
    for name, path in _shipped().items():
        (folder / name).write_text(_from_anywhere(path.read_text(encoding="utf-8")), encoding="utf-8")


def _from_anywhere(text: str) -> str:
    """A shipped file that extends shipped ones by name."""
    text = re.sub(r'^extends = "(\.\./)?umea-lansdel\.toml"', 'extends = "shipped:umea-lansdel"', text, flags=re.M)
    return re.sub(r'^extends = "regions/(.*)\.toml"', r'extends = "shipped:pilots/regions/\1"', text, flags=re.M)


def _shipped() -> dict[str, Path]:
    """The shipped scenarios and pilots by name of their copy; their plan takes seconds to check."""
    room = shipped_folder()
    files = [path for path in sorted(room.rglob("*.toml")) if not {"regions", "plans"} & set(path.parts)]
    return {f"{path.parent.name}-{path.name}": path for path in files}


def _ensemble() -> str:
    table = next(shipped_folder().glob("*.ensemble.csv")).read_text(encoding="utf-8")
    return "\n".join(table.splitlines()[:4]) + "\n"


def _write_book(path: Path, tables: Mapping[str, str]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, text in tables.items():
        sheet = book.create_sheet(name)
        for row in csv.reader(io.StringIO(text), delimiter=";" if ";" in text else ","):
            sheet.append([_number(cell) for cell in row])
    book.save(path)


def _number(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell


def seeds() -> list[Seed]:
    """All seeds, the more often the more there is in them."""
    regions = [f"region/{name}.csv" for name in ("municipalities", "areas", "population", "resources")]
    found = [Seed("own.toml", small=True)] * 6
    found += [Seed(name, small=True) for name in regions] * 2
    found += [Seed(f"{name}.toml", ("check", f"{name}.toml")) for name in ("sweep", "varied", "plan", "calibrate")] * 2
    found += [Seed("points.csv", ("check", "sweep.toml"))] * 2
    found += [Seed("rota.csv", ("check", "plan.toml"))] * 2
    found += [Seed("sets.csv", ("compare", "own.toml", "--ensemble", "sets.csv", "--workers", "1", "--out", "out"))] * 2
    for path in regions:
        stem = Path(path).stem
        found.append(Seed(f"region/{stem}.xlsx", beside={path: None}, small=True))
    found.append(Seed("region.xlsx", beside={"own.toml": OWN.replace('"region"', '"region.xlsx"').encode()}))
    found.append(
        Seed("points.xlsx", ("check", "sweep.toml"), {"sweep.toml": (OWN + SWEEP.replace(".csv", ".xlsx")).encode()})
    )
    found.append(
        Seed("rota.xlsx", ("check", "plan.toml"), {"plan.toml": (OWN + PLAN.replace(".csv", ".xlsx")).encode()})
    )
    return found + [Seed(name, ("check", name)) for name in _shipped()]
