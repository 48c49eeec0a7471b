"""What a scenario file may say: parameters, index sets, rules between parameters.

The list of parameters itself is data (``sim.scenario.parameters``); this module gives it its form and checks
the list for slips, so that a wrong entry fails when the list is read and not in the middle of a run.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Any

import numpy as np

from sim import vocabulary

Scalar = float | int | bool | str
"""What a single leaf of a scenario can hold."""

RESERVED = (
    "name",
    "title",
    "note",
    "extends",
    "strict",
    "region",
    "sources",
    "governance",
    "sweep",
    "plan",
    "pilot",
    "calibrate",
)
"""Top-level keys of a scenario file that are not groups of parameters."""

EVERY = "all"
"""Member name that stands for every member not stated in the same file."""

TIME_WORDS = ("seconds", "minutes", "hours", "days", "weeks", "months", "years")

_PATH = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _vocabulary_sets() -> dict[str, tuple[str, ...]]:
    enums = [x for x in vars(vocabulary).values() if isinstance(x, type) and issubclass(x, IntEnum)]
    return {
        _snake(enum.__name__): tuple(member.name.lower() for member in enum) for enum in enums if enum is not IntEnum
    }


INDEX_SETS: Mapping[str, tuple[str, ...]] = {
    **_vocabulary_sets(),
    "month": (
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ),
    "weekday": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    "shift": ("day", "evening", "night"),
    "sex": ("woman", "man"),
}
"""Index sets with fixed members, in array order: the enumerations of the vocabulary, and the calendar."""

REGION_SETS = ("municipality", "area", "team_area")
"""Index sets whose members come with the region; keys are plain letters (Vännäs is ``vannas``)."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of the model: its place in the scenario file, unit, limits and meaning.

    Parameters
    ----------
    path
        Dotted place in the file. ``"needs.deterioration_per_year"`` stands under ``[needs]``; a lever
        ``"mobile_team.doctors"`` under ``[governance.NAME.mobile_team]``.
    unit
        Unit of the value. Time, money and rates must show in the last part of the path as well
        (``_minutes``, ``_days``, ``_sek``, ``_per_year``).
    minimum, maximum
        Hard limits of the value, both allowed. They say what the model can compute, not what is plausible;
        plausible is the range in the file.
    doc
        One sentence: what it is; with the Swedish term where the field has one.
    by
        Names of index sets, outermost first. The value is then an array with one axis for each.
    integer, flag, choices
        The kind of value: a whole number, true/false, or one of these words. Otherwise a number.
    lever
        Belongs to a governance. Needs a `default`, which switches it off.
    default
        Value of a lever which a governance does not mention (for every member).
    sums_to_one_over
        The last name in `by`: along this axis the values are probabilities which add up to one.
    """

    path: str
    unit: str = "1"
    minimum: float = 0.0
    maximum: float = 1.0
    doc: str = ""
    by: tuple[str, ...] = ()
    integer: bool = False
    flag: bool = False
    lever: bool = False
    choices: tuple[str, ...] = ()
    default: Scalar | None = None
    sums_to_one_over: str = ""

    def __post_init__(self) -> None:
        problem = self._problem()
        if problem:
            raise ValueError(f"parameter {self.path!r}: {problem}")

    @property
    def neutral(self) -> Scalar:
        """Value of a lever that is off; only levers have one."""
        if self.default is None:
            if not (self.lever and self.flag):
                raise ValueError(f"parameter {self.path!r} has no default")
            return False
        return self.default

    @property
    def kind(self) -> str:
        """Kind of value: ``"flag"``, ``"choice"``, ``"integer"`` or ``"number"``."""
        if self.flag:
            return "flag"
        if self.choices:
            return "choice"
        return "integer" if self.integer else "number"

    def _problem(self) -> str:
        if not _PATH.fullmatch(self.path):
            return "the path must be lower-case words with at least one dot"
        if not self.lever and self.path.split(".")[0] in RESERVED:
            return f"{self.path.split('.')[0]!r} is a reserved key"
        unknown = [name for name in self.by if name not in INDEX_SETS and name not in REGION_SETS]
        if unknown:
            return f"unknown index set {unknown[0]!r}"
        if self.minimum > self.maximum:
            return "minimum above maximum"
        if bool(self.integer) + bool(self.flag) + bool(self.choices) > 1:
            return "only one of integer, flag and choices"
        if self.choices and self.by:
            return "a choice cannot be indexed"
        if self.sums_to_one_over and (not self.by or self.by[-1] != self.sums_to_one_over):
            return "sums_to_one_over must be the last index"
        return self._unit_problem() or self._default_problem()

    def _unit_problem(self) -> str:
        words = self.path.split(".")[-1].split("_")
        first = self.unit.split(" ")[0]
        if first in TIME_WORDS and first not in words:
            return f"unit {self.unit!r} must show in the key as _{first}"
        if first == "SEK" and "sek" not in words:
            return "unit SEK must show in the key as _sek"
        if first == "per" and "per" not in words:
            return f"unit {self.unit!r} must show in the key as _per_..."
        return ""

    def _default_problem(self) -> str:
        if not self.lever:
            return "" if self.default is None else "only levers have a default"
        if self.default is None:
            return "" if self.flag else "a lever needs a default that switches it off"
        return "the default is not a valid value" if value_problem(self, self.default) else ""


def value_problem(parameter: Parameter, value: object) -> str:
    """What is wrong with `value` for `parameter` by itself; empty if nothing.

    Returns
    -------
    str
        In the form "0 given, at least 1 needed".
    """
    kind = parameter.kind
    if kind == "flag":
        return "" if isinstance(value, bool) else f"{shown(value)} given, true or false needed"
    if kind == "choice":
        if isinstance(value, str) and value in parameter.choices:
            return ""
        return f"{shown(value)} given, one of {', '.join(parameter.choices)} needed"
    if isinstance(value, bool) or not isinstance(value, int | float):
        needed = "a whole number" if kind == "integer" else "a number"
        return f"{shown(value)} given, {needed} needed"
    if isinstance(value, float) and not math.isfinite(value):
        return f"{shown(value)} given, a finite number needed"
    if kind == "integer" and not isinstance(value, int):
        return f"{value!r} given, a whole number needed"
    if value < parameter.minimum:
        return f"{shown(value)} given, at least {shown(parameter.minimum)} needed"
    if value > parameter.maximum:
        return f"{shown(value)} given, at most {shown(parameter.maximum)} allowed"
    return ""


def shown(value: object) -> str:
    """A value as it would stand in a scenario file, shortened."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= 40 else f"'{value[:37]}...'"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


@dataclass(frozen=True)
class Rule:
    """A rule between several parameters.

    Parameters
    ----------
    paths
        Parameters it looks at. If one is a lever, the rule is checked for every governance.
    says
        What must hold, as words ("the median is at most the 90th percentile").
    holds
        Takes the values (numbers or arrays) in the order of `paths`; true where it holds.
    """

    paths: tuple[str, ...]
    says: str
    holds: Callable[..., Any]


def ordered(*paths: str) -> Rule:
    """The rule that these parameters do not fall, in the order given (elementwise for arrays)."""

    def rising(*values: Any) -> Any:
        pairs = [a <= b for a, b in pairwise(values)]
        holds = pairs[0]
        for pair in pairs[1:]:
            holds = holds & pair
        return holds

    return Rule(paths, " <= ".join(path.split(".")[-1] for path in paths), rising)


@dataclass(frozen=True)
class Size:
    """What says how large a lever is (storlek): of size 0 it is switched off.

    Attributes
    ----------
    lever
        Its group; ``LEVER.active`` is its switch.
    keys
        Names of its sizes in the group. A lever that is on has them stated.
    together
        Whether it is off only where all of them are 0, as a team is with neither doctors nor nurses.
    """

    lever: str
    keys: tuple[str, ...]
    together: bool = False

    @property
    def switch(self) -> str:
        """Path of the switch."""
        return f"{self.lever}.active"

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the sizes."""
        return tuple(f"{self.lever}.{key}" for key in self.keys)

    def off(self, levers: Mapping[str, Any]) -> bool:
        """Whether the lever is on and of size 0."""
        nothing = [not np.any(levers[path]) for path in self.paths]
        return bool(levers[self.switch]) and (all(nothing) if self.together else any(nothing))


class Schema:
    """A checked list of parameters with the rules between them, and the sizes of levers.

    Raises
    ------
    ValueError
        If two parameters share a path, one is part of another's path, or a rule names an unknown one.
    """

    def __init__(self, parameters: Iterable[Parameter], rules: Sequence[Rule] = (), sizes: Sequence[Size] = ()) -> None:
        self.parameters = tuple(parameters)
        self.sizes = tuple(sizes)
        self.size_paths = frozenset(path for size in self.sizes for path in size.paths)
        self.rules = tuple(rules)
        self.ordinary = {p.path: p for p in self.parameters if not p.lever}
        self.levers = {p.path: p for p in self.parameters if p.lever}
        for table in (self.ordinary, self.levers):
            _refuse_overlap(list(table))
        if len(self.ordinary) + len(self.levers) != len(self.parameters):
            raise ValueError("two parameters with the same path")
        for rule in self.rules:
            for path in rule.paths:
                if path not in self.ordinary and path not in self.levers:
                    raise ValueError(f"rule {rule.says!r} names the unknown parameter {path!r}")

    def __reduce__(self) -> tuple[type[Schema], tuple[tuple[Parameter, ...], tuple[Rule, ...], tuple[Size, ...]]]:
        """Rules are functions and do not travel between processes; only reading files needs them."""
        return type(self), (self.parameters, (), self.sizes)

    def off(self, levers: Mapping[str, Any]) -> dict[str, Any]:
        """Switches to turn off: of levers that are on and of size 0."""
        return {size.switch: False for size in self.sizes if size.off(levers)}


def _refuse_overlap(paths: list[str]) -> None:
    known = set(paths)
    for path in paths:
        parts = path.split(".")
        for length in range(1, len(parts)):
            parent = ".".join(parts[:length])
            if parent in known:
                raise ValueError(f"parameter {path!r} lies inside parameter {parent!r}")
