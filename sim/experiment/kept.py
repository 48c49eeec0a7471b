"""Records kept on disk (sparade rader): one Parquet file for each arm, written when the arm ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.engine import Records


def records_file(folder: Path, governance: str, replication: int) -> Path:
    """Where the records of an arm are kept."""
    return folder / f"records-{governance}-{replication:04d}.parquet"


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A file to write in place of another, which it replaces at the end: that is there whole, or not."""
    part = path.with_name(path.name + ".part")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


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
