"""Resources and the calendar of their capacity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.engine.errors import EngineError

Integers = npt.NDArray[np.int64]
MOST_UNITS = 10**9
"""Largest capacity of a resource."""


@dataclass(frozen=True)
class Resource:
    """Interchangeable units with one queue: staff, beds, places.

    Parameters
    ----------
    name : str
        For messages and tables.
    capacity : int
        Units from time 0 until the first change, 0 to 10**9; a change at time 0 overrides it.
    changes : sequence of (time, capacity), or array of shape (n, 2)
        When the capacity changes and to what, in whole seconds. A fall takes nothing from anybody.
    """

    name: str
    capacity: int
    changes: Sequence[tuple[int, int]] | npt.NDArray[Any] = field(default=())


@dataclass(frozen=True)
class Calendar:
    """Capacity changes of all resources in the order in which they happen: by time, then by resource."""

    times: Integers
    resources: Integers
    capacities: Integers

    def __len__(self) -> int:
        return len(self.times)

    @classmethod
    def of(cls, resources: Sequence[Resource]) -> Calendar:
        """Collect the changes of the resources themselves."""
        parts = [np.zeros((0, 3), np.int64)]
        for number, resource in enumerate(resources):
            if len(resource.changes):
                changes = _whole(resource.changes, 2)
                parts.append(np.insert(changes, 1, number, axis=1))
        return cls.build(np.concatenate(parts), resources, 0)

    @classmethod
    def build(cls, changes: Any, resources: Sequence[Resource], now: int) -> Calendar:
        """Order changes given as (time, resource, capacity); of two at the same moment the later given counts.

        Raises
        ------
        EngineError
            For a change before ``now``, an unknown resource, a negative or too large capacity.
        """
        table = _whole(changes, 3) if len(changes) else np.zeros((0, 3), np.int64)
        for row in table[(table[:, 1] < 0) | (table[:, 1] >= len(resources))][:1]:
            raise EngineError(f"a capacity change names resource {row[1]}: there is no such resource")
        for row in table[(table[:, 0] < now) | (table[:, 2] < 0)][:1]:
            rule = "lies before the present" if row[0] < now else "is negative"
            raise EngineError(f"{resources[row[1]].name}: the change at {row[0]} s to {row[2]} {rule}")
        for row in table[table[:, 2] > MOST_UNITS][:1]:
            name = resources[row[1]].name
            raise EngineError(f"{name}: the change at {row[0]} s to {row[2]}: capacity is at most {MOST_UNITS}")
        order = np.lexsort((table[:, 1], table[:, 0]))
        table = table[order]
        same = np.all(table[1:, :2] == table[:-1, :2], axis=1)
        table = table[np.append(~same, True)[: len(table)]]
        return cls(*(np.ascontiguousarray(table[:, i]) for i in range(3)))


def most_units(resources: Sequence[Resource], calendar: Calendar) -> int:
    """The largest capacity of any resource, from the beginning or by a change."""
    return max([0, *(resource.capacity for resource in resources), *calendar.capacities.tolist()])


def check_resources(resources: Sequence[Resource]) -> None:
    """Refuse capacities that are no whole numbers, negative or too large, and names that stand twice."""
    names: set[str] = set()
    for resource in resources:
        if not isinstance(resource.capacity, (int, np.integer)):
            raise EngineError(f"{resource.name}: capacity {resource.capacity!r} is no whole number (int)")
        if resource.capacity < 0:
            raise EngineError(f"{resource.name}: capacity {resource.capacity} is negative")
        if resource.capacity > MOST_UNITS:
            raise EngineError(f"{resource.name}: capacity {resource.capacity}: at most {MOST_UNITS}")
        if resource.name in names:
            raise EngineError(f"{resource.name}: two resources have this name")
        names.add(resource.name)


def _whole(changes: Any, width: int) -> Integers:
    table = np.asarray(changes)
    if table.ndim != 2 or table.shape[1] != width or table.dtype.kind not in "iu":
        raise EngineError(f"capacity changes are rows of {width} whole numbers, got {table.dtype} {table.shape}")
    if table.size and int(table.max()) >= 1 << 63:
        raise EngineError(f"capacity changes: {table.max()} does not fit 64 bits")
    return table.astype(np.int64)
