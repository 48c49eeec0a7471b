"""The rows of the past (det förflutna), shared by forks.

Forks have the same rows up to the moment at which they part, and change hardly any of them: only what was still open.
So these rows are written once to a nameless file, and each fork maps it privately into its memory: it sees what the
file holds, and the operating system copies a page (some hundred rows of a column) when the fork first writes to it.
Memory for the past is taken once, however many forks there are.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import threading
from collections.abc import Mapping
from typing import IO, Any

import numpy as np
import numpy.typing as npt

Columns = dict[str, npt.NDArray[Any]]

LEAST_BYTES = 1 << 22
"""Rows that take less are copied: that is quicker, and costs nothing."""
ON_DISK = "/var/tmp"
"""Where files may lie that are too large for a folder kept in memory, as the usual one often is."""


class Past:
    """Columns in a nameless file, which goes with the last that uses it.

    Parameters
    ----------
    columns
        Arrays of one dimension and of equal length.
    rows
        How many of the elements are written; the rest is room.
    room
        Elements of each column of a fork.

    Raises
    ------
    OSError
        If there is no place for the file.
    """

    def __init__(self, columns: Mapping[str, npt.NDArray[Any]], rows: int, room: int) -> None:
        self._room = room
        self._places: dict[str, tuple[np.dtype[Any], int]] = {}
        self._length = 0
        for name, column in columns.items():
            self._places[name] = (column.dtype, self._length)
            self._length += -(-room * column.itemsize // mmap.PAGESIZE) * mmap.PAGESIZE
        # Open for as long as there may be another fork.
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="narvard-", dir=_folder())  # noqa: SIM115
        try:
            for name, column in columns.items():
                self._file.seek(self._places[name][1])
                self._file.write(column[:rows].data)
            self._file.truncate(self._length)  # room that nobody has written to takes no place on the disk
            self._file.flush()
        except BaseException:
            self._file.close()
            raise

    def columns(self) -> Columns:
        """The columns of one fork, to be written to: nobody else sees what is changed."""
        memory = mmap.mmap(self._file.fileno(), self._length, access=mmap.ACCESS_COPY)
        return {name: np.frombuffer(memory, kind, self._room, at) for name, (kind, at) in self._places.items()}


class Common:
    """The rows of one moment for all forks of it: shared once, by the first that asks, from whatever thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._past: Past | None = None
        self._asked = False

    def columns(self, columns: Mapping[str, npt.NDArray[Any]], rows: int) -> Columns | None:
        """The columns of one more fork; None where copies serve as well. Parameters as for :func:`shared`."""
        with self._lock:
            if not self._asked:
                self._past, self._asked = shared(columns, rows), True
            return None if self._past is None else self._past.columns()


def shared(columns: Mapping[str, npt.NDArray[Any]], rows: int) -> Past | None:
    """The columns for forks to share, with room for as many rows again; None where copies serve as well.

    Parameters
    ----------
    columns, rows
        As for :class:`Past`.
    """
    if rows * sum(column.itemsize for column in columns.values()) < LEAST_BYTES:
        return None
    try:
        return Past(columns, rows, max(2 * rows, *(len(column) for column in columns.values())))
    except OSError:  # no disk, or a full one
        return None


def _folder() -> str | None:
    """Where the file lies: where the user wants temporary files, else on a disk."""
    return None if "TMPDIR" in os.environ or not os.access(ON_DISK, os.W_OK) else ON_DISK
