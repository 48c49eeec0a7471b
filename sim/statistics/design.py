"""Designs of a sweep (försöksplan): which values its keys take together, point by point.

A grid crosses all values of all keys. A Latin hypercube cuts the range of every key into as many slices as there are
points and takes one value from each slice (McKay, Beckman and Conover 1979), in random order; a key with a list of
values takes each of them equally often. A list of points comes from a table, one column for each key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import isnan, prod
from pathlib import Path
from typing import Any

import numpy as np

from sim.problems import nearest
from sim.scenario import Problem, Scenario, ScenarioError
from sim.scenario.key_table import KeyTable
from sim.scenario.keys import Key, plain, resolve
from sim.scenario.schema import Scalar, shown, value_problem
from sim.tables.table import Form

GRID, LATIN_HYPERCUBE, LISTED = "grid", "latin hypercube", "points"
"""Kinds of designs."""
RANGE = "range"
"""In place of values: the range stated in the scenario."""
POINT = "point"
"""Column of a table of points that numbers them, and is not a key."""
FORM = Form("points", (POINT,), needed=(), others=True)
"""What a table of points looks like."""
MOST_POINTS = 100_000
DIGITS = 10
"""Significant digits of values between bounds, so that a table of them gives the same points again."""
BOUNDS = ("low", "high", "levels")
NUMERIC = ("number", "integer")


@dataclass(frozen=True)
class Design:
    """Points in the space of some keys.

    Attributes
    ----------
    kind
        ``grid``, ``latin hypercube`` or ``points``.
    keys
        What varies.
    points
        Values in the order of the keys.
    """

    kind: str
    keys: tuple[Key, ...]
    points: tuple[tuple[Scalar, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The keys as written."""
        return tuple(key.name for key in self.keys)

    def changes(self, point: int) -> dict[str, Scalar]:
        """Values of a point by key."""
        return dict(zip(self.names, self.points[point], strict=True))


@dataclass(frozen=True)
class Axis:
    """How one key varies: some values, or anything between two bounds."""

    key: Key
    values: tuple[Scalar, ...] = ()
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True)
class Asked:
    """Where values are asked for, for the words of problems.

    Attributes
    ----------
    file
        A file or an option.
    before
        What stands before the key in it.
    lines
        Of a file, the line of each key, dots between.
    """

    file: str
    before: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    def problem(self, key: str, says: str) -> Problem:
        """A problem of a key, at its line or that of the nearest table around it."""
        where = at = f"{self.before}{key}"
        while at and at not in self.lines:
            at = at.rpartition(".")[0]
        return Problem(self.file, self.lines.get(at, 0), where, says)


class Refusals(list[Problem]):
    """Problems found so far."""

    def check(self) -> None:
        """Raise what was found.

        Raises
        ------
        ScenarioError
            With every problem, if there is any.
        """
        if self:
            raise ScenarioError(self)


# --- reading what is to vary -----------------------------------------------------------------------------------


def parse(text: str) -> tuple[str, Any]:
    """The key and the plain form of its values: ``KEY=a,b,c``, ``KEY=low:high``, ``KEY=low:high:n`` or ``KEY``."""
    name, equals, values = (part.strip() for part in text.partition("="))
    if not equals:
        return name, RANGE
    if ":" in values:
        parts = [scalar(part) for part in values.split(":")]
        return name, dict(zip(BOUNDS, parts, strict=False)) if len(parts) in (2, 3) else values
    return name, [scalar(part) for part in values.split(",")]


def scalar(text: str) -> Scalar:
    """A value from text: a whole number, a number, true or false, or else a word."""
    text = text.strip()
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(text.lower(), text)


def flat(table: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """What varies by dotted key, from a table whose keys may be dotted in quotes or without."""
    found: dict[str, Any] = {}
    for name, given in table.items():
        key = f"{before}{name}"
        if isinstance(given, Mapping) and not set(given) & set(BOUNDS):
            found |= flat(given, f"{key}.")
        else:
            found[key] = given
    return found


def axes_of(
    scenario: Scenario, vary: Mapping[str, Any], hypercube: bool, asked: Asked, refusals: Refusals
) -> list[Axis]:
    """What is to vary, checked against the scenario.

    Parameters
    ----------
    scenario
        Knows keys, limits and ranges.
    vary
        By key: a list of values, a table of ``low``, ``high`` and perhaps ``levels``, or ``"range"``.
    hypercube
        Whether values between bounds may be drawn.
    asked, refusals
        Where problems are, and where they are noted.
    """
    axes = []
    for name, given in vary.items():
        try:
            key = resolve(scenario, name)
        except ScenarioError as error:
            refusals += [asked.problem(name, problem.says) for problem in error.problems]
            continue
        says, axis = _axis(key, given, hypercube)
        refusals += [asked.problem(name, one) for one in says]
        axes.append(axis)
    return axes


def _axis(key: Key, given: Any, hypercube: bool) -> tuple[list[str], Axis]:
    """How a key varies, and what is wrong with that."""
    if given is None or given == RANGE:
        return _own_range(key, hypercube)
    if isinstance(given, Mapping):
        return _between(key, given, hypercube)
    if isinstance(given, str) or not isinstance(given, Iterable):
        return [f"{shown(given)} given, values a,b,c or bounds low:high needed"], Axis(key)
    values = [plain(value) for value in given]
    says = [problem for value in values if (problem := value_problem(key.parameter, value))]
    says += [f"{shown(value)} given twice" for n, value in enumerate(values) if value in values[:n]]
    return says if values else ["no values given, at least one needed"], Axis(key, _kinds(key, values))


def _own_range(key: Key, hypercube: bool) -> tuple[list[str], Axis]:
    """The range that the scenario states."""
    if not hypercube:
        return ["no values given, KEY=a,b,c or KEY=low:high:n needed; a key alone goes with a Latin hypercube"], Axis(
            key
        )
    if key.low is None or key.high is None or key.low == key.high:
        return ["no range stated in the scenario, KEY=low:high needed"], Axis(key)
    return _between(key, {"low": key.low, "high": key.high}, hypercube)


def _between(key: Key, given: Mapping[str, Any], hypercube: bool) -> tuple[list[str], Axis]:
    """Two bounds, and perhaps a number of levels between them."""
    says = [f"unknown key '{name}'{nearest(str(name), BOUNDS)}" for name in given if name not in BOUNDS]
    says += [f"{name} missing" for name in BOUNDS[:2] if name not in given]
    if key.parameter.kind not in NUMERIC:
        says.append(f"bounds given, values needed: it is a {key.parameter.kind}")
    says = says or [p for name in BOUNDS[:2] if (p := value_problem(key.parameter, plain(given[name])))]
    if says:
        return says, Axis(key)
    low, high, levels = plain(given["low"]), plain(given["high"]), plain(given.get("levels"))
    if low >= high:
        return [f"{shown(low)}:{shown(high)} given, low below high needed"], Axis(key)
    if levels is None:
        return [] if hypercube else [f"{shown(low)}:{shown(high)} given, low:high:n needed on a grid"], Axis(
            key, (), low, high
        )
    return _levels(key, low, high, levels)


def _levels(key: Key, low: float, high: float, levels: Any) -> tuple[list[str], Axis]:
    """Evenly spaced values, both bounds among them."""
    if isinstance(levels, bool) or not isinstance(levels, int) or not 2 <= levels <= MOST_POINTS:
        return [f"{shown(levels)} levels given, a whole number from 2 to {MOST_POINTS:,} needed"], Axis(key)
    values = [rounded(low + (high - low) * n / (levels - 1)) for n in range(levels)]
    if key.parameter.integer:
        if any(value != round(value) for value in values):
            return [f"{levels} levels from {low} to {high} given, but only whole numbers are allowed"], Axis(key)
        values = [round(value) for value in values]
    return [], Axis(key, _kinds(key, values))


def rounded(value: float) -> float:
    """With so many digits as tables hold."""
    return float(f"{value:.{DIGITS}g}")


def cleaned(data: Any) -> Any:
    """Plain data with ten digits, and null where a number is nan."""
    if isinstance(data, dict):
        return {name: cleaned(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [cleaned(value) for value in data]
    if isinstance(data, float):
        return None if isnan(data) else rounded(data)
    return data


def _kinds(key: Key, values: Sequence[Scalar]) -> tuple[Scalar, ...]:
    """Values in the parameter's own type."""
    if key.parameter.kind != "number":
        return tuple(values)
    return tuple(float(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in values)


# --- points ----------------------------------------------------------------------------------------------------


def grid(axes: Sequence[Axis]) -> Design:
    """Every combination of the values; the last key varies fastest."""
    keys = tuple(axis.key for axis in axes)
    return Design(GRID, keys, tuple(product(*(axis.values for axis in axes))))


def grid_size(axes: Sequence[Axis]) -> int:
    """How many points a grid has."""
    return prod(len(axis.values) for axis in axes)


def latin_hypercube(axes: Sequence[Axis], points: int, seed: int) -> Design:
    """Points that spread evenly over each key.

    Parameters
    ----------
    axes
        What varies.
    points
        How many.
    seed
        Of the order and the places within slices.
    """
    from scipy.stats import qmc  # takes long to import

    shares = qmc.LatinHypercube(len(axes), rng=np.random.default_rng(seed)).random(points)
    columns = [[_at(axis, float(share)) for share in shares[:, n]] for n, axis in enumerate(axes)]
    return Design(LATIN_HYPERCUBE, tuple(axis.key for axis in axes), tuple(zip(*columns, strict=True)))


def _at(axis: Axis, share: float) -> Scalar:
    """The value at a share of the way, from 0 to below 1."""
    if axis.values:
        return axis.values[int(share * len(axis.values))]
    if axis.key.parameter.integer:
        return int(axis.low) + int(share * (axis.high - axis.low + 1))
    return min(max(rounded(axis.low + share * (axis.high - axis.low)), axis.low), axis.high)


def listed(scenario: Scenario, path: Path, refusals: Refusals) -> Design:
    """Points from a table: one column for each key, one row for each point; a column ``point`` is passed over."""
    found = KeyTable(scenario, path, FORM)
    points = [
        tuple(_kinds(key, [value])[0] for key, value in zip(found.keys.values(), values, strict=True))
        for _, values in found.rows()
    ]
    refusals += found.table.told()
    return Design(LISTED, tuple(found.keys.values()), tuple(points))
