"""What a sweep is to run (svepets upplägg): options and the table ``[sweep]`` of a scenario, checked beforehand.

Options win over the table. What varies is one thing: if keys or a table of points are given as options, the table's
keys, points and Latin hypercube do not count.

Points that differ in levers alone have their past in common: they are arms of one group, which run from one state at
T0. Points that differ in an ordinary parameter, or in a lever of ``current``, which holds before T0, are in groups of
their own.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.files import SCENARIO_BYTES, read_text
from sim.model.period import CURRENT
from sim.outcomes import OUTCOMES
from sim.outcomes.names import DIRECT_SUFFIXES
from sim.problems import nearest
from sim.scenario import Problem, Scenario, ScenarioError
from sim.scenario.keys import Key, beyond_range
from sim.scenario.lines import key_lines
from sim.scenario.schema import Scalar, shown
from sim.statistics.design import (
    MOST_POINTS,
    Asked,
    Axis,
    Design,
    Refusals,
    axes_of,
    flat,
    grid,
    grid_size,
    latin_hypercube,
    listed,
)

WORDS = ("vary", "latin_hypercube", "points", "governance", "replications", "seed", "on")
"""Of the table ``[sweep]``, and of the options."""
DESIGN_WORDS = WORDS[:3]
DEFAULTS: Mapping[str, Any] = {"replications": 10, "seed": 1, "on": ("hospital_days",)}
COORDINATED = "coordinated"
MOST_ARMS = 21
"""Of one simulated past, as twenty points and `current`: a stop loses no more, and more workers have work."""
MOST_SHOWN = 5
"""Points whose rules do not hold, of each rule, before the rest are only counted."""

SWEPT = tuple(name for name, info in OUTCOMES.items() if info.stratum not in DIRECT_SUFFIXES)
"""Outcomes of a sweep. Who counts as enrolled depends on all arms that ran beside, so nothing told apart by that."""

Changes = tuple[tuple[str, Scalar], ...]
"""Values by key."""


@dataclass(frozen=True)
class Group:
    """Points with the same past.

    Attributes
    ----------
    past
        Values of ordinary parameters, and of levers of ``current``.
    arms
        Governances with the values of their levers, each once, in the order in which the points name them.
    """

    past: Changes
    arms: tuple[tuple[str, Changes], ...]


@dataclass(frozen=True)
class Reference:
    """The point that others are compared with.

    Attributes
    ----------
    point
        Its number.
    own
        Whether it has the scenario's own values; otherwise it is the first.
    """

    point: int
    own: bool


@dataclass(frozen=True)
class Plan:
    """A sweep that can be run.

    Attributes
    ----------
    scenario
        What the points are changes of.
    design
        The points.
    governances
        One, or two whose difference is taken, second minus first.
    replications, seed
        The same for every point: common random numbers.
    on
        Outcomes of the figures.
    """

    scenario: Scenario
    design: Design
    governances: tuple[str, ...]
    replications: int
    seed: int
    on: tuple[str, ...]
    groups: tuple[Group, ...] = field(init=False)
    places: tuple[tuple[int, tuple[int, ...]], ...] = field(init=False)
    """Of each point its group, and the arm of each governance there."""

    def __post_init__(self) -> None:
        groups, places = grouped(self.design, self.governances)
        object.__setattr__(self, "groups", groups)
        object.__setattr__(self, "places", places)

    @property
    def beyond(self) -> list[str]:
        """Levels outside the plausible range of their key, in words, a line for each key."""
        columns = zip(*self.design.points, strict=True)
        told = (beyond_range(key, values) for key, values in zip(self.design.keys, columns, strict=True))
        return [line for line in told if line]

    @property
    def compared(self) -> bool:
        """Whether two governances are compared at every point."""
        return len(self.governances) == 2

    @property
    def reference(self) -> Reference:
        """The first point with the scenario's own values, if there is one; otherwise the first of all."""
        own = [key.value for key in self.design.keys]
        for number, point in enumerate(self.design.points):
            if all(_same(*pair) for pair in zip(own, point, strict=True)):
                return Reference(number, True)
        return Reference(0, False)

    def arms(self, group: int) -> tuple[Scenario, tuple[str, ...]]:
        """The scenario of a group, with a governance for each of its arms, and their names in it."""
        past, arms = self.groups[group].past, self.groups[group].arms
        scenario = base = self.scenario.with_keys(dict(past)) if past else self.scenario
        names = []
        for number, (governance, changes) in enumerate(arms):
            name = governance
            if changes:
                while name in scenario.governances:
                    name += f" {number}"
                levers = base.with_keys(dict(changes)).governance(governance)
                scenario = scenario.with_levers(name, levers)
            names.append(name)
        return scenario, tuple(names)


def grouped(
    design: Design, governances: Sequence[str]
) -> tuple[tuple[Group, ...], tuple[tuple[int, tuple[int, ...]], ...]]:
    """Points by their past: the groups, and for each point its group and the arm of each governance.

    A past with many arms is run anew for every ``MOST_ARMS`` of them, so that parts stay short.
    """
    last: dict[Changes, int] = {}
    groups: list[tuple[Changes, dict[tuple[str, Changes], int]]] = []
    places = []
    for point in design.points:
        values = tuple(zip(design.keys, point, strict=True))
        past = _changes(values, None) + _changes(values, CURRENT)
        arms = [(g, () if g == CURRENT else _changes(values, g)) for g in governances]
        number = last.get(past)
        if number is None or len(groups[number][1].keys() | set(arms)) > MOST_ARMS:
            number = last[past] = len(groups)
            groups.append((past, {}))
        own = groups[number][1]
        places.append((number, tuple(own.setdefault(arm, len(own)) for arm in arms)))
    return tuple(Group(past, tuple(own)) for past, own in groups), tuple(places)


def _same(own: Scalar | None, value: Scalar) -> bool:
    """Whether a value is the scenario's own, but for digits that a table of points does not hold."""
    if own is None or isinstance(own, bool | str) or isinstance(value, bool | str):
        return own == value
    return math.isclose(own, value, rel_tol=1e-9)


def _changes(values: Sequence[tuple[Key, Scalar]], governance: str | None) -> Changes:
    return tuple((key.name, value) for key, value in values if key.governance == governance)


# --- from options and table to a plan --------------------------------------------------------------------------


def planned(scenario: Scenario, options: Mapping[str, Any], told: str = "--") -> Plan:
    """A sweep as asked for.

    Parameters
    ----------
    scenario
        May have a table ``[sweep]``.
    options
        Of ``WORDS``, what is given; ``vary`` in the form of the table.
    told
        What stands before the name of an option in problems.

    Raises
    ------
    ScenarioError
        With every problem.
    """
    refusals = Refusals()
    request = _Request(scenario, options, told, refusals)
    governances = request.governances()
    found = {word: request.number(word) for word in ("replications", "seed")}
    on = request.outcomes()
    design = request.design(found["seed"])
    if all(name in scenario.governances for name in governances):
        refusals += _unused(design, governances, request)
    refusals.check()
    refusals += _impossible(scenario, design, request)
    refusals.check()
    return Plan(scenario, design, governances, found["replications"], found["seed"], on)


def check_table(scenario: Scenario) -> str:
    """Check the table ``[sweep]`` of a scenario, and say in words what it asks for; empty if there is none.

    Raises
    ------
    ScenarioError
        With every problem.
    """
    table = scenario.reserved.get("sweep")
    if table is None:
        return ""
    if not {"vary", "points"} & set(table):  # what varies is then said by options
        refusals = Refusals()
        request = _Request(scenario, {}, "--", refusals)
        request.governances(), request.outcomes(), request.number("replications"), request.number("seed")
        refusals.check()
        return "what varies is for options to say"
    plan = planned(scenario, {})
    points, keys = len(plan.design.points), len(plan.design.keys)
    told = f"{points:,} point{'s' * (points != 1)} ({plan.design.kind}) of {keys} key{'s' * (keys != 1)}"
    told = f"{told}, {plan.replications} replication{'s' * (plan.replications != 1)}"
    return "; ".join([told, *plan.beyond])


def lines_of(scenario: Scenario) -> Mapping[str, int]:
    """Line of every key of a scenario's own file; none if its table is another file's."""
    try:
        text = read_text(scenario.path, SCENARIO_BYTES)
        tomllib.loads(text)
    except (OSError, ValueError):
        return {}
    found = {".".join(key): line for key, line in key_lines(text).items()}
    return found if "sweep" in found else {}


class _Request:
    """Options laid over the table of a scenario."""

    def __init__(self, scenario: Scenario, options: Mapping[str, Any], told: str, refusals: Refusals) -> None:
        self.scenario = scenario
        self.refusals = refusals
        self.told = told
        self.given = {word: value for word, value in options.items() if value is not None}
        table = dict(scenario.reserved.get("sweep", {}))
        self.lines = lines_of(scenario) if table else {}
        for word in table:
            if word not in WORDS:
                refusals.append(self.table_asked(word).problem("", f"unknown key{nearest(word, WORDS)}"))
        if {"vary", "points"} & set(self.given):
            table = {word: value for word, value in table.items() if word not in DESIGN_WORDS}
        self.table = table

    def table_asked(self, word: str) -> Asked:
        """Where a word of the table stands."""
        return Asked(self.scenario.path.name, f"sweep.{word}", self.lines)

    def get(self, word: str) -> Any:
        """What is asked for; None if nothing is."""
        return self.given.get(word, self.table.get(word))

    def asked(self, word: str) -> Asked:
        """Where it is asked for."""
        if word in self.given or word not in self.table:
            return Asked(f"{self.told}{word.replace('_', '-') if self.told else word}")
        return self.table_asked(word)

    def refuse(self, word: str, says: str) -> None:
        """Note a problem of one word."""
        self.refusals.append(self.asked(word).problem("", says))

    def within(self, word: str) -> Asked:
        """Where keys of a word are asked for."""
        asked = self.asked(word)
        return replace(asked, before=f"{asked.before}." if asked.before else "")

    def number(self, word: str) -> int:
        """A whole number."""
        value, least = self.get(word), 0 if word == "seed" else 1
        if value is None:
            return int(DEFAULTS.get(word, 0))
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 1 << 63:
            self.refuse(word, f"{shown(value)} given, a whole number of at least {least} needed")
            return int(DEFAULTS.get(word, 1))
        return value

    def words(self, word: str) -> tuple[str, ...] | None:
        """One word or several; None if none is asked for, or something else is."""
        value = self.get(word)
        value = [value] if isinstance(value, str) else value
        if value is not None and not (isinstance(value, Sequence) and all(isinstance(one, str) for one in value)):
            self.refuse(word, f"{shown(value)} given, names needed")
            return None
        return None if value is None else tuple(value)

    def governances(self) -> tuple[str, ...]:
        """One or two, which the scenario has."""
        known = self.scenario.governances
        if CURRENT not in known:
            self.refuse("governance", f"the scenario has no governance {CURRENT!r}, which holds before T0")
        wanted = self.words("governance")
        if wanted is None:
            return tuple(name for name in (CURRENT, COORDINATED) if name in known) or known[:1]
        for name in wanted:
            if name not in known:
                self.refuse("governance", f"{shown(name)} given, one of {', '.join(known)} needed")
        if not 1 <= len(wanted) <= 2 or len(set(wanted)) < len(wanted):
            self.refuse("governance", f"{' '.join(wanted) or 'nothing'} given, one or two different ones needed")
        return wanted

    def outcomes(self) -> tuple[str, ...]:
        """Outcomes of the figures."""
        wanted = self.words("on") or DEFAULTS["on"]
        for name in wanted:
            if name in OUTCOMES and name not in SWEPT:
                self.refuse("on", f"{shown(name)} depends on who else is compared; not in a sweep")
            elif name not in OUTCOMES:
                self.refuse("on", f"unknown outcome {shown(name)}{nearest(name, SWEPT)}")
        return tuple(dict.fromkeys(wanted))

    def design(self, seed: int) -> Design:
        """The points."""
        if self.get("points") is not None:
            return self._listed()
        vary = self.get("vary")
        if not isinstance(vary, Mapping) or not vary:
            says = "a table of keys needed" if vary else "missing: what is to vary? KEY=a,b,c, or a table [sweep]"
            self.refuse("vary", says)
            return Design("", (), ())
        hypercube = self.get("latin_hypercube") is not None
        before = len(self.refusals)
        axes = axes_of(self.scenario, flat(vary), hypercube, self.within("vary"), self.refusals)
        points = self._points(axes, hypercube)
        if len(self.refusals) > before:
            return Design("", tuple(axis.key for axis in axes), ())
        return latin_hypercube(axes, points, seed) if hypercube else grid(axes)

    def _points(self, axes: Sequence[Axis], hypercube: bool) -> int:
        word = "latin_hypercube" if hypercube else "vary"
        points = self.number(word) if hypercube else grid_size(axes)
        if points > MOST_POINTS:
            self.refuse(word, f"{points:,} points given, at most {MOST_POINTS:,} allowed")
        return points

    def _listed(self) -> Design:
        path = self.get("points")
        for word in ("vary", "latin_hypercube"):
            if self.get(word) is not None:
                self.refuse(word, "given beside points, which say all; one of them needed")
        if not isinstance(path, str | Path):
            self.refuse("points", f"{shown(path)} given, the name of a CSV file needed")
            return Design("", (), ())
        path = Path(path) if "points" in self.given else self.scenario.path.parent / path
        return listed(self.scenario, path, self.refusals)


def _unused(design: Design, governances: Sequence[str], request: _Request) -> list[Problem]:
    """Levers of governances that are not run."""
    word = "points" if request.get("points") is not None else "vary"
    used = ", ".join(dict.fromkeys((*governances, CURRENT)))
    return [
        request.within(word).problem(key.name, f"a lever of {key.governance!r}, which is not run; of {used} only")
        for key in design.keys
        if key.governance not in (None, CURRENT, *governances)
    ]


def _impossible(scenario: Scenario, design: Design, request: _Request) -> list[Problem]:
    """Points that break a rule between parameters, such as probabilities that do not add up to one."""
    word = "points" if request.get("points") is not None else "vary"
    found: dict[str, list[tuple[int, str]]] = {}
    for number in range(len(design.points)):
        try:
            scenario.with_keys(design.changes(number))
        except ScenarioError as error:
            for problem in error.problems:
                found.setdefault(problem.where, []).append((number, problem.says))
    problems = []
    for where, points in found.items():
        for number, says in points[:MOST_SHOWN]:
            told = ", ".join(f"{name}={shown(value)}" for name, value in design.changes(number).items())
            problems.append(request.within(word).problem(where, f"{says} (point {number}: {told})"))
        if len(points) > MOST_SHOWN:
            problems.append(request.within(word).problem(where, f"and at {len(points) - MOST_SHOWN} more points"))
    return problems
