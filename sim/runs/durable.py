"""Files kept on disk (sparade filer): there whole or not, and still there after a loss of power.

Records have one Parquet file for each arm, written when the arm ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.engine import Records
from sim.names import name_problem

PART = ".part"
"""Ends the name of a file that is not yet whole."""


def records_file(folder: Path, governance: str, replication: int) -> Path:
    """Where the records of an arm are kept.

    Raises
    ------
    ValueError
        If the name of the governance is none, so that the file could lie elsewhere.
    """
    if name_problem(governance):
        raise ValueError(f"governance: {name_problem(governance)}")
    return folder / f"records-{governance}-{replication:04d}.parquet"


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A file to write in place of another, which it replaces at the end: that is there whole, or not.

    Raises
    ------
    OSError
        If it cannot be written; it names the file.
    """
    part = path.with_name(path.name + PART)
    part.unlink(missing_ok=True)  # of a run that was killed; were it a link, what is written would go elsewhere
    try:
        yield part
        _to_disk(part)
        os.replace(part, path)
        _to_disk(path.parent)  # the name is durable too
    except OSError as error:
        if error.filename is None or error.filename == str(part):
            raise OSError(error.errno, error.strerror or str(error), str(path)) from error
        raise
    finally:
        part.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put(path: Path, content: str | bytes) -> Path:
    """Write a file whole, or not; text as UTF-8.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with beside(path) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def write_records(records: Records, path: Path) -> Path:
    """Write them whole, or not; the folder is made if need be.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with beside(path) as part:
        records.to_parquet(part)
    return path
