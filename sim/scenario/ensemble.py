"""Ensembles (ensemble): parameter sets that are all consistent with what is known, for one scenario.

A scenario with an ensemble gives replication i the set i modulo their number, under every governance, so that results
vary between replications by what is not known as well as by chance. The sets are part of what the scenario is.
"""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.keys import resolve
from sim.scenario.layers import locate
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Scalar

ENSEMBLE = "ensemble"
"""Under this word in ``Scenario.reserved``: ``{"keys": [...], "sets": [[...], ...]}``."""
SUFFIX = ".ensemble.csv"
BESIDE = ("set", "implausibility", "checked")
"""Columns that are no keys: number of the set, worst implausibility, and ``run`` or ``emulator``: who says so."""


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
    return {name for name in names if resolve(scenario, name).value != resolve(base, name).value}


def keys_of(path: Path) -> list[str]:
    """The keys of a table.

    Raises
    ------
    ScenarioError
        If it is no table of text.
    OSError
        If the table cannot be read.
    """
    return [name for name in next(iter(_rows(path)), []) if name not in BESIDE]


def with_ensemble(scenario: Scenario, path: Path, but: Collection[str] = ()) -> Scenario:
    """The scenario with the parameter sets of a table (med ensemble).

    Parameters
    ----------
    path
        A CSV table with a column for each dotted key and a row for each set.
    but
        Keys that keep the scenario's value.

    Raises
    ------
    ScenarioError
        With every cell, key and set that the scenario cannot take.
    OSError
        If the table cannot be read.
    """
    rows = _rows(path)
    if len(rows) < 2:
        raise ScenarioError(
            [Problem(str(path), 0, "", "no sets given, a row of keys and at least one of values needed")]
        )
    twice = sorted({name for name in rows[0] if rows[0].count(name) > 1})
    if twice:
        raise ScenarioError([Problem(str(path), 1, name, "two columns given, one needed") for name in twice])
    places = [place for place, name in enumerate(rows[0]) if name not in BESIDE and name not in but]
    names = [rows[0][place] for place in places]
    integer = [resolve(scenario, name).parameter.integer for name in names]
    problems: list[Problem] = []
    sets: list[list[Scalar]] = []
    for line, row in enumerate(rows[1:], 2):
        try:
            if len(row) != len(rows[0]):
                raise ValueError(f"{len(row)} cells given, {len(rows[0])} needed")
            values = [_number(row[place], whole) for place, whole in zip(places, integer, strict=True)]
            scenario.with_keys(dict(zip(names, values, strict=True)))
        except ValueError as error:
            problems.append(Problem(str(path), line, "", str(error)))
        except ScenarioError as error:
            problems += [Problem(str(path), line, problem.where, problem.says) for problem in error.problems]
        else:
            sets.append(values)
    if problems:
        raise ScenarioError(problems)
    return dataclasses.replace(scenario, reserved={**scenario.reserved, ENSEMBLE: {"keys": names, "sets": sets}})


def _rows(path: Path) -> list[list[str]]:
    """The rows of a table that are not empty, the names of columns first."""
    try:
        return [row for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ScenarioError([Problem(str(path), 0, "", f"not a CSV table in UTF-8: {error}")]) from None


def _number(text: str, whole: bool) -> Scalar:
    try:
        return int(text) if whole else float(text)
    except ValueError:
        raise ValueError(f"{text!r} given, a {'whole ' if whole else ''}number needed") from None


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
