"""The records: one row per contact, in the order in which the processes wrote them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.buffers import World
from sim.engine.accumulators import Accumulators

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, type[np.signedinteger[Any]]] = {
    "person": np.int32,
    "need": np.int64,
    "kind": np.int16,
    "unit": np.int16,
    "asked": np.int64,
    "started": np.int64,
    "ended": np.int64,
    "outcome": np.int16,
    "detail": np.int32,
}
"""Names and types of the columns; times are whole seconds, -1 for what has not happened."""


class Records:
    """Columns of equal length, as attributes; see :data:`COLUMNS`. Two are equal if their columns are.

    Attributes
    ----------
    person, need, kind, unit, asked, started, ended, outcome, detail : array of shape (rows,)
    accumulators : Accumulators, or None
        Areas and counts of the resources; here and below None unless :func:`sim.engine.run` made the records.
    world : World, or None
        The world at the end of the run.
    resources : tuple of str, or None
        Names of the resources, by their numbers.
    """

    person: npt.NDArray[np.int32]
    need: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int16]
    unit: npt.NDArray[np.int16]
    asked: npt.NDArray[np.int64]
    started: npt.NDArray[np.int64]
    ended: npt.NDArray[np.int64]
    outcome: npt.NDArray[np.int16]
    detail: npt.NDArray[np.int32]
    accumulators: Accumulators | None = None
    world: World | None = None
    resources: tuple[str, ...] | None = None

    def __init__(self, columns: Mapping[str, npt.NDArray[Any]]) -> None:
        for name, kind in COLUMNS.items():
            setattr(self, name, np.ascontiguousarray(columns[name], kind))

    def __len__(self) -> int:
        return len(self.person)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Records):
            return NotImplemented
        return all(np.array_equal(a, b) for (_, a), (_, b) in zip(self.columns(), other.columns(), strict=True))

    __hash__ = None  # type: ignore[assignment]

    def columns(self) -> Iterator[tuple[str, npt.NDArray[Any]]]:
        """Names and arrays, in the order of the schema."""
        return ((name, getattr(self, name)) for name in COLUMNS)

    def part(self, first: int, end: int) -> Records:
        """Rows ``first`` to ``end`` - 1, over the same memory."""
        return Records({name: column[first:end] for name, column in self.columns()})

    def since(self, time: int) -> Records:
        """The rows asked for at this second or later; what is known beside them is that of the whole run."""
        chosen = self.asked >= time
        later = Records({name: column[chosen] for name, column in self.columns()})
        later.accumulators, later.world, later.resources = self.accumulators, self.world, self.resources
        return later

    def copy(self) -> Records:
        """The same rows in memory of their own."""
        return Records({name: column.copy() for name, column in self.columns()})

    def row(self, number: int) -> dict[str, int]:
        """One row as plain numbers, for messages and tests."""
        return {name: int(column[number]) for name, column in self.columns()}

    def digest(self) -> str:
        """64 hexadecimal digits of SHA-256 over the columns in order, little-endian."""
        sha = hashlib.sha256()
        for name, column in self.columns():
            sha.update(name.encode())
            little = column.astype(column.dtype.newbyteorder("<"), copy=False)
            sha.update(little.view(np.uint8).data)  # as it lies in memory, not copied
        return sha.hexdigest()

    def frame(
        self,
        kinds: type[IntEnum] | None = None,
        units: bool = True,
        outcomes: type[IntEnum] | None = None,
    ) -> pd.DataFrame:
        """A table of the rows, with names instead of codes.

        Parameters
        ----------
        kinds, outcomes : IntEnum, optional
            The model's own codes of the columns ``kind`` and ``outcome``; without them the numbers stay.
        units : bool
            Whether ``unit`` is the number of a resource and becomes its name, if the records know the names;
            -1 becomes a missing value.

        Returns
        -------
        DataFrame
            One row per record, columns as in the schema, those with names categorical; times in seconds.

        Raises
        ------
        ValueError
            For a code that has no name.
        """
        import pandas as pd

        table: dict[str, Any] = dict(self.columns())
        for column, codes in (("kind", kinds), ("outcome", outcomes)):
            if codes is not None:
                if not (isinstance(codes, type) and issubclass(codes, IntEnum)):
                    raise ValueError(f"{column}s: {codes!r} given, an IntEnum needed")
                names = {int(member): member.name for member in codes}
                table[column] = _categories(column, table[column], names, codes.__name__)
        if units and self.resources is not None:
            table["unit"] = _categories("unit", table["unit"], dict(enumerate(self.resources)), "the resources", -1)
        return pd.DataFrame(table)

    def resource_frame(self) -> pd.DataFrame:
        """What became of each resource in each period of the accumulators.

        Returns
        -------
        DataFrame
            One row per period and resource: ``begins`` (s) and ``resource``; the means over time ``capacity``,
            ``used`` and ``queue`` (units, units, requests); ``utilisation``, which is used by capacity, missing
            without any and above 1 where a fall of capacity left more in use; ``mean_wait``, the seconds in the queue
            per request, whether it had to wait, was served or gave up (by Little's law: what waits over from a period
            into the next has its wait in both and was asked for in the first); the counts ``asked``, ``granted``,
            ``gave_up`` and ``released``. Periods that had not begun are left out.

        Raises
        ------
        ValueError
            If these records were not made by :func:`sim.engine.run`.
        """
        import pandas as pd

        totals, world, names = self.accumulators, self.world, self.resources
        if totals is None or world is None or names is None:
            raise ValueError("resource_frame: only records that sim.engine.run returned know their resources")
        end = world.clock[0]
        lengths = np.minimum(np.append(totals.starts[1:], end), end) - totals.starts
        begun = lengths > 0
        means = {
            name: (getattr(totals, f"{name}_area")[begun] / lengths[begun, None]).ravel()
            for name in ("capacity", "used", "queue")
        }
        counts = {name: getattr(totals, name)[begun].ravel() for name in ("asked", "granted", "gave_up", "released")}
        waited = totals.queue_area[begun].ravel()
        present = np.where(means["capacity"] > 0.0, means["capacity"], np.nan)
        return pd.DataFrame(
            {
                "begins": np.repeat(totals.starts[begun], len(names)),
                "resource": pd.Categorical(list(names) * int(begun.sum()), list(names)),
                **means,
                "utilisation": means["used"] / present,
                "mean_wait": waited / np.where(counts["asked"] > 0, counts["asked"], np.nan),
                **counts,
            }
        )

    def to_parquet(self, path: str | Path) -> None:
        """Write one Parquet file, columns as in the schema."""
        import pyarrow
        import pyarrow.parquet

        pyarrow.parquet.write_table(pyarrow.table(dict(self.columns())), str(path))


def _categories(
    column: str, codes: npt.NDArray[Any], names: Mapping[int, str], known_as: str, missing: int | None = None
) -> pd.Categorical:
    """Codes as categories in the order of the names."""
    import pandas as pd

    numbers = np.array(list(names), np.int64)
    if missing is not None:
        numbers = np.append(numbers, missing)
    unknown = codes[~np.isin(codes, numbers)]
    if len(unknown):
        hint = "; units=False keeps the numbers" if column == "unit" else ""
        raise ValueError(f"{column}: {unknown[0]} stands in the records and not in {known_as}{hint}")
    order = np.argsort(numbers, kind="stable")
    places = order[np.searchsorted(numbers, codes, sorter=order)]
    places[places == len(names)] = -1
    return pd.Categorical.from_codes(places, list(names.values()))
