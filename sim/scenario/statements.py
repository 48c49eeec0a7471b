"""What the layers of a scenario state, before it is known to be whole."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.problems import Problem
from sim.scenario.layers import Layer
from sim.scenario.lines import Key
from sim.scenario.region import Region
from sim.scenario.scenario import (
    Index,
    Leaf,
    Value,
    as_kind,
    combinations_of,
    dtype_of,
    frozen,
    members_of,
)
from sim.scenario.schema import Parameter, Scalar, Schema

Address = tuple[str | None, str, Index]
"""Governance (None for ordinary parameters), path of the parameter, members of its index sets."""


@dataclass(frozen=True)
class Statement:
    """A leaf, and the place in a layer that stated it last."""

    leaf: Leaf
    layer: Layer
    key: Key

    @property
    def strict(self) -> bool:
        """Whether it needs a source and a range."""
        return is_strict(self.layer)


@dataclass
class Statements:
    """Everything stated, and everything wrong so far.

    Attributes
    ----------
    stated
        Last statement for each address.
    broken
        Addresses that are stated but wrong: no need to call them missing too.
    inherits
        Parent of every governance, or None.
    governance_at
        Where the parent (or the governance) is stated.
    region
        The region in force; None if it could not be read or is not stated.
    """

    schema: Schema
    layers: Sequence[Layer]
    own_sources: Mapping[str, str] = field(default_factory=dict)
    stated: dict[Address, Statement] = field(default_factory=dict)
    broken: set[Address] = field(default_factory=set)
    inherits: dict[str, str | None] = field(default_factory=dict)
    governance_at: dict[str, tuple[Layer, Key]] = field(default_factory=dict)
    region: Region | None = None
    region_stated: bool = False
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, layer: Layer, key: Key, says: str, where: str | None = None) -> None:
        """Note a problem."""
        self.problems.append(layer.problem(key, says, where))

    def sorted_problems(self) -> list[Problem]:
        """Problems by file, base first, then by line."""
        names = [layer.name for layer in self.layers]

        def place(problem: Problem) -> tuple[int, str, int]:
            return (names.index(problem.file) if problem.file in names else -1, problem.file, problem.line)

        return sorted(self.problems, key=place)

    def known(self, governance: str | None) -> Mapping[str, Parameter]:
        """Parameters that can stand in a governance, or outside."""
        return self.schema.ordinary if governance is None else self.schema.levers

    def lineage(self, governance: str | None) -> list[str | None]:
        """A governance and those it inherits from, nearest first."""
        found: list[str | None] = [governance]
        while governance is not None:
            governance = self.inherits[governance]
            if governance is not None:
                found.append(governance)
        return found

    def has_lineage(self, governance: str | None) -> bool:
        """Whether the parents of a governance exist and come to an end."""
        seen = set()
        while governance is not None:
            if governance in seen or governance not in self.inherits:
                return False
            seen.add(governance)
            governance = self.inherits[governance]
        return True

    def value(self, path: str, governance: str | None) -> Value | None:
        """Value of a parameter, a lever's under a governance; None if any of it is missing or wrong."""
        lever = path in self.schema.levers
        parameter = self.schema.levers[path] if lever else self.schema.ordinary[path]
        lineage = self.lineage(governance) if lever else [None]
        indexes = combinations_of(parameter, self.region)
        if any((name, path, index) in self.broken for name in lineage for index in indexes):
            return None
        cells = [self._nearest(path, index, lineage) for index in indexes]
        if not lever and None in cells:
            return None
        filled = [parameter.neutral if cell is None else cell for cell in cells]
        if not parameter.by:
            return as_kind(parameter, filled[0])
        shape = tuple(len(members_of(name, self.region)) for name in parameter.by)
        return frozen(np.array(filled, dtype_of(parameter)).reshape(shape))

    def values(self, governance: str | None) -> dict[str, Value]:
        """Ordinary values (None), or the levers' under a governance, leaving out what is not whole."""
        found = {path: self.value(path, governance) for path in self.known(governance)}
        return {path: value for path, value in found.items() if value is not None}

    def leaves(self) -> list[Leaf]:
        """Stated leaves in the order of the schema; one that covers several members comes once."""
        order = {path: at for at, path in enumerate([*self.schema.ordinary, *self.schema.levers])}
        names: list[str | None] = [None, *self.inherits]
        groups: dict[tuple[Any, ...], list[Leaf]] = {}
        for (governance, path, members), statement in self.stated.items():
            if members in self._combinations(governance, path):
                leaf = statement.leaf
                same = (governance, path, leaf.index, leaf.file, leaf.line, leaf.value, leaf.low, leaf.high)
                groups.setdefault(same, []).append(dataclasses.replace(leaf, covers=(members,)))
        merged = [
            dataclasses.replace(group[0], covers=tuple(members for leaf in group for members in leaf.covers))
            for group in groups.values()
        ]
        return sorted(merged, key=lambda leaf: (names.index(leaf.governance), order[leaf.path]))

    def _combinations(self, governance: str | None, path: str) -> list[Index]:
        return combinations_of(self.known(governance)[path], self.region)

    def _nearest(self, path: str, index: Index, lineage: Sequence[str | None]) -> Scalar | None:
        for name in lineage:
            statement = self.stated.get((name, path, index))
            if statement is not None:
                return statement.leaf.value
        return None


def is_strict(layer: Layer) -> bool:
    """Whether a file asks that each of its values has a source and a range."""
    return layer.data.get("strict") is True
