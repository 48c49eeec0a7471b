"""Dotted keys (nycklar): one value of a scenario by its name, and the same scenario with other values there.

A key is what ``narvard sources`` lists: ``needs.preventable_share``, ``needs.deterioration_per_year.most_ill`` for one
member of an indexed parameter, ``governance.coordinated.mobile_team.doctors.umea`` for a lever under one governance.
``all`` in place of a member stands for every member. A change of a governance leaves those alone that inherit from it.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.problems import Problem, ScenarioError, nearest
from sim.scenario.scenario import Index, Leaf, Scenario, Value, as_kind, combinations_of, frozen
from sim.scenario.schema import EVERY, Parameter, Rule, Scalar, shown, value_problem

LEVER_OF = "governance"
"""First word of the keys of levers."""
SUM_TOLERANCE = 1e-6
NEAR = 0.65
"""Likeness from which a key may have been meant."""
Places = tuple[NDArray[np.intp], ...]


@dataclass(frozen=True)
class Key:
    """One value of a scenario, or all members of an indexed one.

    Attributes
    ----------
    path
        Of the parameter.
    index
        Members of its index sets, ``all`` for every one; empty for a single value.
    governance
        The governance whose lever it is; None for an ordinary parameter.
    parameter
        Unit, kind and limits.
    value
        As it stands in the scenario; None if ``all`` stands for different ones.
    low, high
        Its range, where the files state one.
    """

    path: str
    index: Index
    governance: str | None
    parameter: Parameter
    value: Scalar | None
    low: Scalar | None
    high: Scalar | None

    @property
    def name(self) -> str:
        """The key as written."""
        before = () if self.governance is None else (LEVER_OF, self.governance)
        return ".".join((*before, self.path, *self.index))


def beyond_range(key: Key, values: Iterable[Any]) -> str:
    """Values of a key that lie outside its plausible range, in words; empty if none does.

    They are allowed: to go beyond what is plausible may be the question. Size 0 is a lever that is off.
    """
    if key.low is None or key.high is None:
        return ""
    numbers = [value for value in dict.fromkeys(values) if not isinstance(value, str | bool)]
    odd = [value for value in numbers if not key.low <= value <= key.high and (value or key.governance is None)]
    if not odd:
        return ""
    told = f"{', '.join(map(shown, odd))} {'lies' if len(odd) == 1 else 'lie'}"
    return f"{key.name}: {told} outside the plausible range {shown(key.low)} to {shown(key.high)}"


def resolve(scenario: Scenario, name: str) -> Key:
    """The value that a dotted key names.

    Raises
    ------
    ScenarioError
        If there is no such key; with the nearest that there is.
    """
    governance, rest, known = _room(scenario, name)
    parts = rest.split(".") if len(rest) <= LONGEST else [rest]
    path = next((p for n in range(len(parts), 0, -1) if (p := ".".join(parts[:n])) in known), None)
    if path is None:
        raise _refusal(scenario, name, _unknown(scenario, name, rest, governance))
    parameter, index = known[path], tuple(parts[path.count(".") + 1 :])
    says = _index_problem(scenario, parameter, index)
    if says:
        raise _refusal(scenario, name, says)
    low, high = _range(scenario, governance, path, index)
    cells = np.unique(np.asarray(_value_of(scenario, governance, path))[_places(scenario, parameter, index)])
    value = cells[0].item() if len(cells) == 1 else None
    return Key(path, index, governance, parameter, value, low, high)


def key_names(scenario: Scenario) -> Iterator[str]:
    """Every key of a scenario: parameters first, then the levers of each governance."""
    for path, parameter in scenario.schema.ordinary.items():
        yield from _names(scenario, path, parameter)
    for governance in scenario.governances:
        for path, parameter in scenario.schema.levers.items():
            yield from _names(scenario, f"{LEVER_OF}.{governance}.{path}", parameter)


def with_keys(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """The same scenario with other values for some keys; see :meth:`Scenario.with_keys`."""
    problems: list[Problem] = []
    tables: dict[tuple[str | None, str], list[tuple[Key, Scalar]]] = {}
    for name, value in changes.items():
        try:
            key = resolve(scenario, name)
        except ScenarioError as error:
            problems += error.problems
            continue
        value = plain(value)
        says = value_problem(key.parameter, value)
        if says:
            problems.append(Problem(scenario.path.name, 0, name, says))
        tables.setdefault((key.governance, key.path), []).append((key, value))
    if problems:
        raise ScenarioError(problems)
    values, governances = dict(scenario.values), {n: dict(scenario.governance(n)) for n in scenario.governances}
    for (governance, path), cells in tables.items():
        table = values if governance is None else governances[governance]
        try:
            table[path] = _filled(scenario, table[path], cells)
        except ValueError as error:
            problems.append(Problem(scenario.path.name, 0, cells[-1][0].name, str(error)))
    changed = dataclasses.replace(scenario, _values=values, _governances=governances)
    problems += _broken_rules(changed, tables)
    if problems:
        raise ScenarioError(problems)
    return changed


def plain(value: Any) -> Any:
    """A value of NumPy as one of Python's own."""
    return value.item() if isinstance(value, np.generic) else value


# --- finding a key ---------------------------------------------------------------------------------------------


def _room(scenario: Scenario, name: str) -> tuple[str | None, str, Mapping[str, Parameter]]:
    """The governance, the rest of the key, and the parameters that may stand there."""
    first, _, rest = name.partition(".")
    if first != LEVER_OF:
        return None, name, scenario.schema.ordinary
    governance, _, rest = rest.partition(".")
    if governance not in scenario.governances:
        known = ", ".join(scenario.governances) or "none"
        raise _refusal(scenario, name, f"governance {shown(governance)} given, one of {known} needed")
    return governance, rest, scenario.schema.levers


def _unknown(scenario: Scenario, name: str, rest: str, governance: str | None) -> str:
    """Why a key is unknown, with the nearest known one."""
    schema = scenario.schema
    other = schema.levers if governance is None else schema.ordinary
    if any(rest == path or rest.startswith(f"{path}.") for path in other):
        if governance is None:
            return f"unknown key; it is a lever: {LEVER_OF}.NAME.{rest}"
        return f"unknown key; it is no lever: {rest}"
    before = "" if governance is None else f"{LEVER_OF}.{governance}."
    near = _nearest_path(rest, schema.ordinary if governance is None else schema.levers)
    hint = f", did you mean '{before}{near}'?" if near else "; narvard sources lists those there are"
    return f"unknown key{hint}"


LONGEST = 200
"""Characters of a text that may be a key."""


def _nearest_path(rest: str, known: Iterable[str]) -> str:
    """The path most like the beginning of a key, or one with the same last words; empty if none is."""
    parts = rest.split(".")

    def likeness(path: str) -> float:
        return difflib.SequenceMatcher(None, ".".join(parts[: path.count(".") + 1]), path).ratio()

    if len(rest) > LONGEST:
        return ""
    best = max(known, key=likeness, default="")
    if best and likeness(best) >= NEAR:
        return best
    forgotten = (path for path in known for word in parts if path.endswith(f".{word}"))  # the group is missing
    return next(forgotten, "")


def _index_problem(scenario: Scenario, parameter: Parameter, index: Index) -> str:
    """What is wrong with the members of a key; empty if nothing."""
    for index_set, member in zip(parameter.by, index, strict=False):
        members = scenario.members(index_set)
        if member not in (*members, EVERY):
            return f"unknown {index_set} '{member}'{nearest(member, members) or f'; there are {_some(members)}'}"
    if len(index) > len(parameter.by):
        return f"nothing stands under {parameter.path}{'.' * bool(parameter.by)}{'.'.join(index[: len(parameter.by)])}"
    if len(index) < len(parameter.by):
        index_set = parameter.by[len(index)]
        return f"a {index_set} needed after it: {_some(scenario.members(index_set))} or {EVERY}"
    return ""


def _range(scenario: Scenario, governance: str | None, path: str, index: Index) -> tuple[Scalar | None, Scalar | None]:
    """The range stated for a value, under a governance or the nearest that it inherits from."""
    wanted = set(
        _combinations(scenario, index, scenario.schema.levers if governance else scenario.schema.ordinary, path)
    )
    while True:
        found = [leaf for leaf in _leaves_of(scenario, path) if leaf.governance == governance]
        found = [leaf for leaf in found if wanted & set(leaf.covers)]
        if found or governance is None:
            break
        governance = scenario.parents.get(governance)
        if governance is None:
            return None, None
    ranges = {(leaf.low, leaf.high) for leaf in found}
    return ranges.pop() if len(ranges) == 1 else (None, None)


def _leaves_of(scenario: Scenario, path: str) -> Iterable[Leaf]:
    return (leaf for leaf in scenario.leaves() if leaf.path == path)


def _combinations(scenario: Scenario, index: Index, known: Mapping[str, Parameter], path: str) -> Iterable[Index]:
    """The combinations of members that an index stands for."""
    sets = [scenario.members(name) for name in known[path].by]
    return product(*(members if m == EVERY else (m,) for m, members in zip(index, sets, strict=True)))


def _names(scenario: Scenario, path: str, parameter: Parameter) -> Iterator[str]:
    region = scenario.region if scenario.has_region else None
    return (".".join((path, *index)) for index in combinations_of(parameter, region))


def _value_of(scenario: Scenario, governance: str | None, path: str) -> Value:
    return scenario.values[path] if governance is None else scenario.governance(governance)[path]


def _some(members: tuple[str, ...]) -> str:
    return ", ".join(members[:6]) + (", ..." if len(members) > 6 else "")


def _refusal(scenario: Scenario, name: str, says: str) -> ScenarioError:
    return ScenarioError([Problem(scenario.path.name, 0, name, says)])


# --- changing values -------------------------------------------------------------------------------------------


def _places(scenario: Scenario, parameter: Parameter, index: Index) -> Places:
    """Where the members stand in the array of the parameter, for each of its axes."""
    axes = []
    for name, member in zip(parameter.by, index, strict=True):
        members = scenario.members(name)
        axes.append(np.arange(len(members)) if member == EVERY else np.array([members.index(member)]))
    return np.ix_(*axes)


def _filled(scenario: Scenario, value: Value, cells: list[tuple[Key, Scalar]]) -> Value:
    """The value of a parameter with some members changed; ``all`` first, so that members stand over it."""
    parameter = cells[0][0].parameter
    if not parameter.by:
        return as_kind(parameter, cells[-1][1])
    array = np.array(value)
    given = np.zeros(array.shape, np.bool_)
    for key, one in sorted(cells, key=lambda cell: -cell[0].index.count(EVERY)):
        places = _places(scenario, parameter, key.index)
        array[places], given[places] = one, True
    return frozen(_summing_to_one(array, given) if parameter.sums_to_one_over else array)


def _summing_to_one(array: NDArray[Any], given: NDArray[np.bool_]) -> NDArray[Any]:
    """Probabilities over the last axis: those not given keep their proportions and share what is left."""
    for place in np.ndindex(array.shape[:-1]):
        row, known = array[place], given[place]
        if not known.any():
            continue
        stated, rest = float(row[known].sum()), float(row[~known].sum())
        left = 1.0 - stated
        if left < -SUM_TOLERANCE or (rest == 0.0 and left > SUM_TOLERANCE):
            raise ValueError(f"sums to {stated:.6g} with the others beside it, 1 needed")
        if rest > 0.0:
            row[~known] *= max(left, 0.0) / rest
    return array


def _broken_rules(scenario: Scenario, changed: Iterable[tuple[str | None, str]]) -> list[Problem]:
    """Rules between parameters that do not hold, of those that look at what has changed."""
    found = []
    for rule in scenario.schema.rules:
        touched = [governance for governance, path in changed if path in rule.paths]
        of_levers = any(path in scenario.schema.levers for path in rule.paths)
        # A rule between levers and ordinary parameters concerns every governance when one of the latter changes.
        everywhere = of_levers and None in touched
        for governance in scenario.governances if everywhere else dict.fromkeys(touched):
            if not _holds(scenario, rule, governance):
                where = rule.paths[0] if governance is None else f"{LEVER_OF}.{governance}.{rule.paths[0]}"
                given = ", ".join(_short(v) for v in _values_of(scenario, rule, governance))
                found.append(Problem(scenario.path.name, 0, where, f"{given} given, {rule.says} needed"))
    return found


def _holds(scenario: Scenario, rule: Rule, governance: str | None) -> bool:
    return bool(np.all(rule.holds(*_values_of(scenario, rule, governance))))


def _values_of(scenario: Scenario, rule: Rule, governance: str | None) -> list[Value]:
    levers = scenario.schema.levers
    return [_value_of(scenario, governance if path in levers else None, path) for path in rule.paths]


def _short(value: Value) -> str:
    if isinstance(value, np.ndarray):
        cells = [shown(cell) for cell in value.ravel()[:4].tolist()]
        return f"({', '.join(cells)}{', ...' if value.size > 4 else ''})"
    return shown(value)
