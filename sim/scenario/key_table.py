"""Tables with a column for each dotted key (tabeller över nycklar): points of a sweep, parameter sets, one a row."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from pathlib import Path

from sim.problems import ScenarioError
from sim.scenario.keys import Key, resolve
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Parameter, Scalar, value_problem
from sim.tables.cells import EMPTY, number_of
from sim.tables.reading import read_table
from sim.tables.table import MOST_TOLD, Form, Row, Table

YES_NO = {"true": True, "false": False, "sant": True, "falskt": False}
"""Of flags, in English and in Swedish."""


class KeyTable:
    """A table of keys, checked against a scenario.

    Parameters
    ----------
    scenario
        Knows the keys and their limits.
    path
        The table, CSV or .xlsx.
    form
        Its columns that are no keys.
    but
        Keys that are passed over.

    Attributes
    ----------
    table
        With every problem so far.
    keys
        By column.
    """

    def __init__(self, scenario: Scenario, path: Path, form: Form, but: Collection[str] = ()) -> None:
        self.table: Table = read_table(path, form)
        self.keys: dict[str, Key] = {}
        for name in self.table.columns:
            if name not in form.columns and name not in but and len(self.table.problems) <= MOST_TOLD:
                try:
                    self.keys[name] = key_of(scenario, name)
                except ScenarioError as error:
                    for problem in error.problems:
                        self.table.refuse(self.table.head_line, name, problem.says)
        if not self.keys and not self.table.problems:
            self.table.refuse(self.table.head_line, "", "no column with a key given, at least one needed")

    def rows(self) -> Iterator[tuple[Row, tuple[Scalar, ...]]]:
        """Each row with its values in the order of the keys; what is wrong is noted."""
        for row in self.table.rows:
            yield row, tuple(_value(row, name, key.parameter) for name, key in self.keys.items())


def key_of(scenario: Scenario, heading: str) -> Key:
    """The key of a heading; its letters may be capital.

    Raises
    ------
    ScenarioError
        If there is no such key.
    """
    try:
        return resolve(scenario, heading)
    except ScenarioError:
        if heading == heading.lower():
            raise
        return resolve(scenario, heading.lower())


def _value(row: Row, column: str, parameter: Parameter) -> Scalar:
    """A cell as a value of a parameter; what is wrong with it is noted."""
    value, wrong = _given(row, column, parameter)
    wrong = wrong or value_problem(parameter, value)
    if wrong:
        row.refuse(column, wrong)
    return value


def _given(row: Row, column: str, parameter: Parameter) -> tuple[Scalar, str]:
    text = row[column]
    if parameter.kind == "choice":
        return text.lower() if text.lower() in parameter.choices else text, ""
    if parameter.kind == "flag":
        return YES_NO.get(text.lower(), text), ""
    value, wrong = number_of(row.cells.get(column, EMPTY), row.table.decimal_comma)
    if wrong or parameter.kind != "integer" or not math.isfinite(value):
        return value, wrong
    return (int(value) if value.is_integer() else value), ""
