"""A shipped scenario in the small: all its places, services, levers and parameters, with few people and little staff."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import sim
from sim.scenario import Scenario
from sim.scenario.region import AGE_BANDS

OLD = 4
"""The first age band of those 65 and over."""
OLDER = 4.0
"""Of the old, so many times as many are kept: most needs are theirs."""
UNITS = ("day", "evening", "night", "weekend_day", "weekend_evening")
SCENARIO = """\
extends = "shipped:{name}"
name = "{name}-cut"
title = "{name} with few people"

[region]
folder = "region"

[beds]
medicine = {{ value = {medicine}, low = {medicine}, high = {medicine}, source = "assumption" }}
surgery = {{ value = {surgery}, low = {surgery}, high = {surgery}, source = "assumption" }}
extra_medicine = {{ value = {extra_medicine}, low = {extra_medicine}, high = {extra_medicine}, source = "assumption" }}
extra_surgery = {{ value = {extra_surgery}, low = {extra_surgery}, high = {extra_surgery}, source = "assumption" }}

[outside.stays_per_year]
medicine = {{ value = {outside_medicine}, low = {outside_medicine}, high = {outside_medicine}, source = "assumption" }}
surgery = {{ value = {outside_surgery}, low = {outside_surgery}, high = {outside_surgery}, source = "assumption" }}
"""


def cut(name: str, folder: Path, share: float, staff: float, days: Mapping[str, int]) -> Scenario:
    """A shipped scenario with a share of its people, and of its beds and staff, for so many days."""
    whole = sim.load(f"shipped:{name}")
    region = whole.region
    assert region is not None
    tables = {path.name: _read(path) for path in region.folder.glob("*.csv")}
    older = AGE_BANDS[OLD:]
    for row in tables["population.csv"]:
        kept = share * OLDER if row["age_band"] in older else share
        row["count"] = str(max(1, round(int(row["count"]) * kept)))
    for place in tables["municipalities.csv"]:
        mine = [row for row in tables["population.csv"] if row["municipality"] == place["name"]]
        place["population"] = str(sum(int(row["count"]) for row in mine))
        place["population_65"] = str(sum(int(row["count"]) for row in mine if row["age_band"] in older))
        place["team_need"] = str(int(place["population_65"]) // 10)
    for row in tables["resources.csv"]:
        row.update({column: f"{float(row[column]) * staff:.3f}" for column in UNITS})
        row["low"] = row["high"] = ""
    (folder / "region").mkdir(parents=True)
    for table, rows in tables.items():
        _write(folder / "region" / table, rows)
    beds = {ward: max(1, round(float(whole.values[f"beds.{ward}"]) * staff)) for ward in BEDS}
    outside = {f"outside_{ward}": float(stays) * staff for ward, stays in _outside(whole).items()}
    (folder / "cut.toml").write_text(SCENARIO.format(name=name, **beds, **outside), encoding="utf-8")
    return sim.load(folder / "cut.toml").with_values(dict(days))


BEDS = ("medicine", "surgery", "extra_medicine", "extra_surgery")


def _outside(scenario: Scenario) -> dict[str, float]:
    return dict(zip(("medicine", "surgery"), scenario.values["outside.stays_per_year"], strict=True))


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
