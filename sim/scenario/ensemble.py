"""Ensembles (ensemble): parameter sets that are all consistent with what is known, for one scenario.

A scenario with an ensemble gives replication i the set i modulo their number, under every governance, so that results
vary between replications by what is not known as well as by chance. The sets are part of what the scenario is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from sim.problems import ScenarioError
from sim.scenario.key_table import KeyTable, key_of
from sim.scenario.layers import locate
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Scalar
from sim.tables.reading import read_table
from sim.tables.table import MOST_TOLD, Form

ENSEMBLE = "ensemble"
"""Under this word in ``Scenario.reserved``: ``{"keys": [...], "sets": [[...], ...]}``."""
SUFFIX = ".ensemble.csv"
BESIDE = ("set", "implausibility", "checked")
"""Columns that are no keys: number of the set, worst implausibility, and ``run`` or ``emulator``: who says so."""

FORM = Form("ensemble", BESIDE, needed=(), others=True)
"""What a table of parameter sets looks like."""


def table_of(scenario: Scenario) -> Path:
    """The table beside a scenario's file: ``NAME.ensemble.csv``."""
    return scenario.path.with_suffix(SUFFIX)


def nearest_table(scenario: Scenario) -> tuple[Path, str]:
    """The table beside a scenario's file, or else beside the nearest of the files that it extends.

    Returns
    -------
    tuple
        The table, and the file beside which it stands; the scenario's own, and no such table, if there is none.
    """
    for name in reversed(scenario.files):
        file, _ = locate(name)
        if file.with_suffix(SUFFIX).is_file():
            return file.with_suffix(SUFFIX), name
    return table_of(scenario), scenario.files[-1]


def restated(scenario: Scenario, base: Scenario, names: Iterable[str]) -> set[str]:
    """Which keys have another value than in the scenario that is extended: a region's own beds, say."""
    return {name for name in names if key_of(scenario, name).value != key_of(base, name).value}


def keys_of(path: Path) -> list[str]:
    """The keys of a table.

    Raises
    ------
    ScenarioError
        If it cannot be read.
    """
    table = read_table(path, FORM, quiet=True)
    table.check()
    return [name for name in table.columns if name not in BESIDE]


def with_ensemble(scenario: Scenario, path: Path, but: Collection[str] = ()) -> Scenario:
    """The scenario with the parameter sets of a table (med ensemble).

    Parameters
    ----------
    path
        A table with a column for each dotted key and a row for each set.
    but
        Keys that keep the scenario's value.

    Raises
    ------
    ScenarioError
        With every cell, key and set that the scenario cannot take.
    """
    found = KeyTable(scenario, path, FORM, but)
    found.table.check()
    names = [key.name for key in found.keys.values()]
    sets: list[list[Scalar]] = []
    noted, problems = 0, found.table.problems
    for row, values in found.rows():
        if noted == len(problems) <= MOST_TOLD:  # the row has none of its own, and more would not be told
            try:
                scenario.with_keys(dict(zip(names, values, strict=True)))
            except ScenarioError as error:
                for problem in error.problems:
                    row.refuse(problem.where, problem.says)
        sets.append(list(values))
        noted = len(problems)
    found.table.check()
    return dataclasses.replace(scenario, reserved={**scenario.reserved, ENSEMBLE: {"keys": names, "sets": sets}})


def sets_of(scenario: Scenario) -> int:
    """How many parameter sets a scenario has; 0 without an ensemble."""
    found: Mapping[str, Any] = scenario.reserved.get(ENSEMBLE, {})
    return len(found.get("sets", ()))


def of_replication(scenario: Scenario, number: int) -> Scenario:
    """The scenario of one replication: that of its parameter set, or as it is without an ensemble."""
    if not sets_of(scenario):
        return scenario
    found = scenario.reserved[ENSEMBLE]
    return scenario.with_keys(dict(zip(found["keys"], found["sets"][number % len(found["sets"])], strict=True)))
