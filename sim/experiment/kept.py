"""Records kept on disk (sparade rader): one Parquet file for each arm, written when the arm ends."""

from __future__ import annotations

import os
from pathlib import Path

from sim.engine import Records


def records_file(folder: Path, governance: str, replication: int) -> Path:
    """Where the records of an arm are kept."""
    return folder / f"records-{governance}-{replication:04d}.parquet"


def write_records(records: Records, path: Path) -> Path:
    """Write beside and rename: the file is there whole, or not; its folder is made if need be.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    try:
        records.to_parquet(beside)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return path
