"""The records: one row per contact, in the order in which the processes wrote them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

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
    """Columns of equal length, as attributes; see :data:`COLUMNS`.

    Attributes
    ----------
    person, need, kind, unit, asked, started, ended, outcome, detail : array of shape (rows,)
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

    def row(self, number: int) -> dict[str, int]:
        """One row as plain numbers, for messages and tests."""
        return {name: int(column[number]) for name, column in self.columns()}

    def digest(self) -> str:
        """64 hexadecimal digits of SHA-256 over the columns in order, little-endian."""
        sha = hashlib.sha256()
        for name, column in self.columns():
            sha.update(name.encode())
            sha.update(column.astype(column.dtype.newbyteorder("<"), copy=False).tobytes())
        return sha.hexdigest()

    def to_parquet(self, path: str | Path) -> None:
        """Write one Parquet file, columns as in the schema."""
        import pyarrow
        import pyarrow.parquet

        pyarrow.parquet.write_table(pyarrow.table(dict(self.columns())), str(path))
