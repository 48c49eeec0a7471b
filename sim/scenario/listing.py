"""Every value of a scenario with its range, unit and source, as rows of text."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from sim.scenario.evidence import ASSUMPTION, shipped_evidence, source_ids
from sim.scenario.region import Area, Municipality, Region, Staffing
from sim.scenario.scenario import Leaf, Scenario
from sim.scenario.schema import shown
from sim.texts import for_cell

COLUMNS = ("parameter", "value", "low", "high", "unit", "source", "reference", "note", "file", "line")


@dataclass(frozen=True)
class Row:
    """One value; all as text, in the order of `COLUMNS`."""

    parameter: str
    value: str
    low: str
    high: str
    unit: str
    source: str
    reference: str
    note: str
    file: str
    line: str


def source_rows(scenario: Scenario) -> list[Row]:
    """Rows for every stated parameter and lever, then for the tables of the region."""
    rows = [_leaf_row(leaf, scenario) for leaf in scenario.leaves()]
    if scenario.has_region:
        rows += _region_rows(scenario.region, scenario)
    return rows


def write_rows(rows: list[Row], path: Path) -> None:
    """Write the rows as a CSV table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(map(for_cell, astuple(row)) for row in rows)


def assumptions(scenario: Scenario) -> int:
    """Number of stated values that rest on an assumption alone."""
    return sum(leaf.changed or source_ids(leaf.source) == [ASSUMPTION] for leaf in scenario.leaves())


def summary(scenario: Scenario) -> list[tuple[str, str]]:
    """What a scenario holds, in a few lines of (word, text)."""
    leaves = scenario.leaves()
    levers = sum(leaf.governance is not None for leaf in leaves)
    lines = [("name", scenario.name), ("title", scenario.title)]
    if scenario.has_region:
        region = scenario.region
        towns, areas = len(region.municipalities), len(region.areas)
        where = f"{towns} {'municipality' if towns == 1 else 'municipalities'}, "
        where += f"{areas} health-centre {'area' if areas == 1 else 'areas'}"
        lines.append(("people", f"{region.people:,} in {where}"))
    lines += [
        ("governances", ", ".join(scenario.governances) or "none"),
        ("parameters", f"{len(scenario.values)} with {len(leaves) - levers} values; {levers} lever values"),
        ("assumptions", f"{assumptions(scenario)} of {len(leaves)} values"),
    ]
    return lines


def _leaf_row(leaf: Leaf, scenario: Scenario) -> Row:
    # A value of one's own has no source of its own: what it was stated over with is that of the range alone.
    source = ASSUMPTION if leaf.changed else leaf.source
    changed = f"changed by this file; the range is of {leaf.source}" if leaf.changed else ""
    note = "; ".join(part for part in (leaf.note, changed) if part)
    return Row(
        parameter=leaf.name,
        value=_text(leaf.value),
        low=_bound(leaf.low),
        high=_bound(leaf.high),
        unit=leaf.unit,
        source=source,
        reference=_reference(source, scenario),
        note=note,
        file=leaf.file,
        line=str(leaf.line),
    )


def _region_rows(region: Region, scenario: Scenario) -> Iterator[Row]:
    for m in region.municipalities:
        for column, unit in (
            ("population", "persons"),
            ("population_65", "persons"),
            ("team_need", "persons"),
            ("travel_minutes", "minutes"),
            ("ambulance_minutes", "minutes"),
            ("sjukstuga_beds", "beds"),
        ):
            yield _region_row(f"municipalities.{m.key}.{column}", getattr(m, column), unit, m, scenario)
    for a in region.areas:
        yield _region_row(f"areas.{a.key}.population_share", a.population_share, "share", a, scenario)
        yield _region_row(f"areas.{a.key}.continuity", a.continuity, "share", a, scenario)
    for r in region.resources:
        yield _region_row(f"resources.{r.service}.{r.place}.day", r.day, "units", r, scenario)


def _region_row(name: str, value: float, unit: str, row: Municipality | Area | Staffing, scenario: Scenario) -> Row:
    low, high = (row.low, row.high) if isinstance(row, Staffing) else (None, None)
    return Row(
        parameter=f"region.{name}",
        value=_text(value),
        low=_bound(low),
        high=_bound(high),
        unit=unit,
        source=row.source,
        reference=_reference(row.source, scenario),
        note=row.note,
        file=f"{name.split('.')[0]}.csv",
        line="",
    )


def _reference(source: str, scenario: Scenario) -> str:
    known = shipped_evidence()
    names = []
    for id_ in source_ids(source):
        if id_ in scenario.sources:
            names.append(scenario.sources[id_])
        elif id_ in known:
            names.append(f"{known[id_].name} ({known[id_].source})")
    return "; ".join(names)


def _text(value: object) -> str:
    return value if isinstance(value, str) else shown(value)


def _bound(bound: float | None) -> str:
    return "" if bound is None or math.isnan(bound) else shown(bound)
