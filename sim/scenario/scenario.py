"""A scenario: everything the model needs to know before it runs, checked and frozen."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.region import Region
from sim.scenario.schema import INDEX_SETS, Parameter, Scalar, Schema, value_problem

UNCOUNTED = ("title", "files")
"""Of ``Scenario.resolved``: for people, and of no account to any figure."""
Index = tuple[str, ...]
Value = Scalar | NDArray[Any]


@dataclass(frozen=True)
class Leaf:
    """One value as stated in a scenario file.

    Attributes
    ----------
    path
        Path of the parameter.
    index
        Members of its index sets; empty if it has none. ``all`` stands for every member not stated apart.
    governance
        Name of the governance a lever belongs to; None for ordinary parameters.
    value
        The value.
    low, high
        Its range; None where none is stated.
    unit, source, note
        Unit by the schema; source id(s) and remark by the file.
    file, line
        Where the value is stated.
    changed
        Stated bare over another file's value, whose range and source it keeps.
    covers
        The members it stands for, more than one if `index` holds ``all``.
    """

    path: str
    index: Index
    governance: str | None
    value: Scalar
    low: float | None
    high: float | None
    unit: str
    source: str
    note: str
    file: str
    line: int
    changed: bool = False
    covers: tuple[Index, ...] = ()

    @property
    def name(self) -> str:
        """Dotted name of the value, as in the file."""
        before = ("governance", self.governance) if self.governance is not None else ()
        return ".".join((*before, self.path, *self.index))


@dataclass(frozen=True, eq=False)
class Scenario:
    """A checked scenario; `sim.load` makes it.

    Attributes
    ----------
    name
        Short name, used for the folder of results.
    title, note
        For people.
    path
        The file it was read from.
    region
        Who lives there, and what serves them.
    reserved
        The tables ``sweep``, ``plan``, ``pilot`` and ``calibrate`` as they stand in the file; ``ensemble``, if it has
        been given parameter sets.
    schema
        The parameters it was checked against.
    files
        Names of the files it is layered from, the base first.
    parents
        The governance that each inherits from, or None.
    """

    name: str
    title: str
    note: str
    path: Path
    schema: Schema = field(repr=False)
    reserved: Mapping[str, Any] = field(repr=False)
    files: tuple[str, ...]
    sources: Mapping[str, str] = field(repr=False)
    _region: Region | None = field(repr=False)
    _values: dict[str, Value] = field(repr=False)
    _governances: dict[str, dict[str, Value]] = field(repr=False)
    _leaves: tuple[Leaf, ...] = field(repr=False)
    parents: Mapping[str, str | None] = field(default_factory=dict, repr=False)

    @property
    def region(self) -> Region:
        """The region; every scenario but the smallest has one."""
        if self._region is None:
            raise ValueError(f"scenario {self.name!r} states no region")
        return self._region

    @property
    def has_region(self) -> bool:
        """Whether the scenario states a region."""
        return self._region is not None

    @property
    def values(self) -> Mapping[str, Value]:
        """Value of every parameter that is not a lever, by path.

        Numbers are float, int or bool; an indexed parameter is a read-only array with one axis for each index
        set (float64, int64 or bool).
        """
        return MappingProxyType(self._values)

    @property
    def governances(self) -> tuple[str, ...]:
        """Names of the governances, in the order of the file."""
        return tuple(self._governances)

    @property
    def time(self) -> Any:
        """Parameters under ``[time]`` as attributes."""
        return self.section("time")

    def governance(self, name: str) -> Mapping[str, Value]:
        """Value of every lever under a governance, by path; levers it does not mention, and those of size 0, are off.

        Raises
        ------
        KeyError
            If the scenario has no such governance.
        """
        if name not in self._governances:
            known = ", ".join(self._governances) or "none"
            raise KeyError(f"no governance {name!r} in scenario {self.name!r}; there are: {known}")
        levers = self._governances[name]
        off = self.schema.off(levers)
        return MappingProxyType(levers | off if off else levers)

    def section(self, name: str) -> Any:
        """Parameters directly under one group, as attributes without the group's name."""
        start = name + "."
        inside = {k.removeprefix(start): v for k, v in self._values.items() if k.startswith(start)}
        return SimpleNamespace(**{key: value for key, value in inside.items() if "." not in key})

    def leaves(self) -> list[Leaf]:
        """Every value stated in the files, parameters first, then levers by governance."""
        return list(self._leaves)

    def members(self, index_set: str) -> tuple[str, ...]:
        """Members of an index set, in array order."""
        return members_of(index_set, self._region)

    def with_values(self, changes: Mapping[str, Any]) -> Scenario:
        """The same scenario with other values for some parameters (whole arrays for indexed ones).

        Raises
        ------
        KeyError, ValueError
            If there is no such parameter, or its limits do not allow the value.
        """
        values = self._values | self._changed(changes, self.schema.ordinary)
        return dataclasses.replace(self, _values=values)

    def with_levers(self, governance: str, changes: Mapping[str, Any], base: str | None = None) -> Scenario:
        """The same scenario with one governance changed or added.

        Parameters
        ----------
        governance
            Name of the governance to change or add.
        changes
            Lever values by path; one number for an indexed lever means every member.
        base
            Governance to start from; by default `governance` itself, or all levers off if it is new.
        """
        start = base if base is not None else governance
        levers = dict(self._governances.get(start) or self.all_off())
        if base is not None and base not in self._governances:
            self.governance(base)
        levers |= self._changed(changes, self.schema.levers)
        parents = {governance: base, **self.parents} if governance not in self._governances else self.parents
        return dataclasses.replace(self, _governances=self._governances | {governance: levers}, parents=parents)

    def with_keys(self, changes: Mapping[str, Any]) -> Scenario:
        """The same scenario with other values for some dotted keys (med andra värden).

        Parameters
        ----------
        changes
            Values by key: ``needs.deterioration_per_year.most_ill`` for one member of an indexed parameter, ``all``
            in place of a member for every one, ``governance.coordinated.mobile_team.doctors.umea`` for a lever. Where
            probabilities add up to one, members that are not given keep their proportions and share what is left.

        Raises
        ------
        ScenarioError
            If there is no such key, its limits do not allow the value, or a rule between parameters does not hold;
            all problems at once.
        """
        from sim.scenario.keys import with_keys  # which is made of what stands here

        return with_keys(self, changes)

    def all_off(self) -> dict[str, Value]:
        """Lever values with every lever off."""
        return {path: neutral_value(p, self._region) for path, p in self.schema.levers.items()}

    def resolved(self) -> dict[str, Any]:
        """The scenario as plain data: the same for the same files, wherever they lie."""
        region = self._region
        return {
            "name": self.name,
            "title": self.title,
            "files": [Path(name.removeprefix("shipped:")).stem for name in self.files],
            "region": None if region is None else {"people": region.people, "digest": region.digest},
            "values": {path: _plain_value(value) for path, value in sorted(self._values.items())},
            "governances": {
                name: {path: _plain_value(value) for path, value in sorted(levers.items())}
                for name, levers in self._governances.items()
            },
            # What is asked of a scenario does not change what it is; parameter sets do.
            "reserved": {word: table for word, table in self.reserved.items() if word == "ensemble"},
        }

    def counted(self) -> dict[str, Any]:
        """What figures depend on, as plain data: ``resolved`` without title and files, for digests."""
        return {name: value for name, value in self.resolved().items() if name not in UNCOUNTED}

    def _changed(self, changes: Mapping[str, Any], known: Mapping[str, Parameter]) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for path, value in changes.items():
            if path not in known:
                raise KeyError(f"no such parameter: {path}")
            parameter = known[path]
            members = np.asarray(value).ravel().tolist() if parameter.by else [value]
            problems = [says for says in (value_problem(parameter, member) for member in members) if says]
            if problems:
                raise ValueError(f"{path}: {problems[0]}")
            if parameter.by:
                shape = tuple(len(self.members(name)) for name in parameter.by)
                found[path] = frozen(np.broadcast_to(np.asarray(value, dtype_of(parameter)), shape))
            else:
                found[path] = as_kind(parameter, value)
        return found


def members_of(index_set: str, region: Region | None) -> tuple[str, ...]:
    """Members of an index set; empty if they come with a region and there is none."""
    if index_set in INDEX_SETS:
        return INDEX_SETS[index_set]
    return region.members()[index_set] if region is not None else ()


def combinations_of(parameter: Parameter, region: Region | None) -> list[Index]:
    """Every combination of members, in array order; one empty tuple for a scalar."""
    return list(product(*(members_of(name, region) for name in parameter.by)))


def as_kind(parameter: Parameter, value: Scalar) -> Scalar:
    """The value in the parameter's own type (a whole number written for a fraction becomes float)."""
    return float(value) if parameter.kind == "number" else value


def dtype_of(parameter: Parameter) -> type[np.generic]:
    """Array type of an indexed parameter."""
    return {"flag": np.bool_, "integer": np.int64}.get(parameter.kind, np.float64)


def neutral_value(parameter: Parameter, region: Region | None) -> Value:
    """Value of a lever that is off."""
    if not parameter.by:
        return as_kind(parameter, parameter.neutral)
    shape = tuple(len(members_of(name, region)) for name in parameter.by)
    return frozen(np.full(shape, parameter.neutral, dtype_of(parameter)))


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """A read-only copy."""
    copy = np.array(array)
    copy.flags.writeable = False
    return copy


def _plain_value(value: Value) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value
