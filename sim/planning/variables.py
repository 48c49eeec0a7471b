"""What a plan may choose (planens variabler): staffing by key, at some levels; and designs, which choose one of each.

A variable is a key or a pattern. Keys are levers of the planned governance (``mobile_team.doctors.umea``), beds
(``beds.medicine``), ``staffing.factor.SERVICE`` and cells of the resource table (``resources.SERVICE.PLACE.COLUMN``).
A pattern is a name with options, each of several keys together or a table of staffing. All of it holds from T0 on, so
every design of a plan shares the years before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sim.planning.staffing import RESOURCES, Rows, cell_problem, cells_of, rows_of, value_of, with_rows
from sim.scenario import Scenario, ScenarioError
from sim.scenario.keys import LEVER_OF, resolve
from sim.scenario.schema import Scalar, value_problem

FROM_SWITCH = ("beds", "staffing")
"""Groups of ordinary parameters that say nothing but how much there is to serve with."""
TABLE = "staffing"
"""Key of a table of staffing among the changes of an option."""

Changes = tuple[tuple[str, Scalar], ...]
"""Values by full key, in order; a table of staffing by the key ``staffing``."""


@dataclass(frozen=True)
class Level:
    """One value of a variable: as it is shown, and what it changes."""

    value: Scalar
    changes: Changes


@dataclass(frozen=True)
class Variable:
    """What may be chosen.

    Attributes
    ----------
    name
        As the scenario has it.
    unit
        Of its values; empty for patterns.
    levels
        In order.
    step
        One more unit, for marginal values; 0 where the next level, or the other of a flag, is meant.
    key
        The full key; empty for a pattern.
    """

    name: str
    unit: str
    levels: tuple[Level, ...]
    step: float = 0.0
    key: str = ""


@dataclass(frozen=True)
class Design:
    """One way to staff.

    Attributes
    ----------
    values
        Of each variable.
    changes
        What is changed under the planned governance from T0.
    """

    values: tuple[Scalar, ...]
    changes: Changes

    @property
    def id(self) -> str:
        """The same text for the same changes."""
        return identity(self.changes)


def identity(changes: Changes) -> str:
    """The same text for the same changes."""
    return json.dumps(sorted(changes), separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, eq=False)
class Staffed:
    """How changes become a scenario.

    Attributes
    ----------
    governance
        Whose levers are changed.
    tables
        Tables of staffing by name; that named ``""`` holds for every design.
    """

    governance: str
    tables: Mapping[str, Rows] = field(default_factory=dict)

    def apply(self, scenario: Scenario, changes: Changes) -> Scenario:
        """The scenario with a design from T0 on, under ``governance``.

        Raises
        ------
        ScenarioError, ValueError
            If a rule between values does not hold.
        """
        keys = {k: v for k, v in changes if k != TABLE and not k.startswith(f"{RESOURCES}.")}
        names = [str(value) for key, value in changes if key == TABLE]
        cells = [(key, value) for key, value in changes if key.startswith(f"{RESOURCES}.")]
        staffed = scenario.with_keys(keys) if keys else scenario
        tables = [self.tables[name] for name in ("", *names) if name in self.tables]
        if cells:
            tables.append(rows_of(scenario.region, cells))
        return with_rows(staffed, tables) if tables else staffed


def full_key(scenario: Scenario, governance: str, name: str) -> str:
    """The key as the scenario knows it: levers may be named without their governance."""
    first, *_ = name.split(".")
    if first in (LEVER_OF, RESOURCES, *FROM_SWITCH):
        return name
    levers = {path.split(".")[0] for path in scenario.schema.levers}
    return f"{LEVER_OF}.{governance}.{name}" if first in levers else name


def key_problem(scenario: Scenario, governance: str, key: str) -> str:
    """Why a key cannot be planned; empty if it can."""
    if key.startswith(f"{RESOURCES}."):
        try:
            cells_of(scenario.region, key)
        except ValueError as error:
            return str(error)
        return ""
    try:
        found = resolve(scenario, key)
    except ScenarioError as error:
        return error.problems[0].says
    if found.governance is None and found.path.split(".")[0] not in FROM_SWITCH:
        return "holds before T0 as well, so it is nothing a plan can choose; narvard sweep varies it"
    if found.governance not in (None, governance):
        return f"a lever of {found.governance!r}, of {governance!r} needed"
    return ""


def level_problem(scenario: Scenario, key: str, value: Scalar) -> str:
    """What is wrong with a value of a key; empty if nothing."""
    if key.startswith(f"{RESOURCES}."):
        return cell_problem(key, value)
    return value_problem(resolve(scenario, key).parameter, value) or ""


def own_value(scenario: Scenario, key: str) -> Scalar | None:
    """The scenario's own value of a key; None if it stands for different ones."""
    return value_of(scenario.region, key) if key.startswith(f"{RESOURCES}.") else resolve(scenario, key).value


def unit_of(scenario: Scenario, key: str) -> str:
    """Unit of a key."""
    return "units" if key.startswith(f"{RESOURCES}.") else resolve(scenario, key).parameter.unit


def is_whole(scenario: Scenario, key: str) -> bool:
    """Whether a key takes whole numbers only."""
    return not key.startswith(f"{RESOURCES}.") and resolve(scenario, key).parameter.integer


def design_of(variables: Sequence[Variable], values: Sequence[Scalar]) -> Design:
    """The design with a value of each variable; a value that is no level is taken as that of the key.

    Raises
    ------
    ValueError
        If a pattern has no such option.
    """
    changes: list[tuple[str, Scalar]] = []
    for variable, value in zip(variables, values, strict=True):
        level = next((level for level in variable.levels if level.value == value), None)
        if level is None and not variable.key:
            known = ", ".join(str(level.value) for level in variable.levels)
            raise ValueError(f"{variable.name}: {value!r} given, one of {known} needed")
        changes += level.changes if level is not None else ((variable.key, value),)
    return Design(tuple(values), tuple(changes))
