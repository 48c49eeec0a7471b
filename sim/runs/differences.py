"""In what two scenarios differ (skillnader): by key, old value and new, for the refusal to go on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim.files import read_bytes
from sim.scenario import Scenario
from sim.scenario.region import TABLES, UNCOUNTED
from sim.scenario.scenario import combinations_of
from sim.scenario.schema import Parameter, shown

KEYS = {
    "municipalities.csv": ("name",),
    "areas.csv": ("name",),
    "population.csv": ("municipality", "age_band"),
    "resources.csv": ("service", "place"),
}
"""Columns that say which row of a table of the region is meant."""


def differences(then: Any, now: Scenario, region: Path) -> list[str]:
    """What is otherwise in a scenario that was written before.

    Parameters
    ----------
    then
        As ``scenario.restored.plain`` wrote it.
    now
        The scenario of today.
    region
        Folder with the tables of the region then.
    """
    if not isinstance(then, Mapping):
        return []
    today = now.resolved()
    found = [] if then.get("name") == now.name else [f"name {then.get('name')}, not {now.name}"]
    found += _of_values(then.get("values"), today["values"], now.schema.ordinary, now, "")
    for name, levers in today["governances"].items():
        old = then.get("governances", {}).get(name)
        if old is None:
            found.append(f"no governance {name} there")
        else:
            found += _of_values(old, levers, now.schema.levers, now, f"governance.{name}.")
    found += [f"governance {name} there" for name in then.get("governances", {}) if name not in today["governances"]]
    if now.has_region and (then.get("region") or {}).get("digest") != now.region.digest:
        found += _of_region(now, region)
    if then.get("reserved", {}).get("ensemble") != today["reserved"].get("ensemble"):
        found.append("other parameter sets")
    return found


def _of_values(
    then: Any, now: Mapping[str, Any], known: Mapping[str, Parameter], scenario: Scenario, before: str
) -> Iterator[str]:
    """Values of parameters: each member of an indexed one by itself."""
    region = scenario.region if scenario.has_region else None
    for path, value in now.items():
        old = then.get(path) if isinstance(then, Mapping) else None
        if old == value:
            continue
        if isinstance(value, list) and isinstance(old, list) and np.shape(old) == np.shape(value):
            members = combinations_of(known[path], region)
            for index, a, b in zip(members, np.ravel(old).tolist(), np.ravel(value).tolist(), strict=True):
                if a != b:
                    yield f"{before}{'.'.join((path, *index))} {shown(a)}, not {shown(b)}"
        else:
            yield f"{before}{path} {'missing' if old is None else shown(old)}, not {shown(value)}"


def _of_region(now: Scenario, folder: Path) -> Iterator[str]:
    """Cells of the tables of the region."""
    for table in TABLES:
        try:
            text = read_bytes(folder / table).decode("utf-8")
            then = list(csv.DictReader(io.StringIO(text, newline="")))
        except (OSError, UnicodeDecodeError, csv.Error):
            yield f"{table} cannot be read there"
            continue
        today = {_key(table, row): row for row in now.region.rows(table)}
        before = {_key(table, row): row for row in then}
        yield from (f"{table}: {key} is new" for key in today if key not in before)
        yield from (f"{table}: {key} is gone" for key in before if key not in today)
        for key, row in today.items():
            for column, value in row.items() if key in before else ():
                old = before[key].get(column)
                if column not in UNCOUNTED and not _same(old, value):
                    yield f"{table}: {key}: {column} {old}, not {value}"


def _key(table: str, row: Mapping[str, Any]) -> str:
    return ", ".join(str(row.get(column)) for column in KEYS[table])


def _same(old: Any, new: Any) -> bool:
    try:
        return float(old) == float(new)
    except (TypeError, ValueError):
        return str(old) == str(new)
