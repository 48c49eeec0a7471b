"""The files of a log (filer): XES, CSV or Parquet; written part by part, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from gzip import GzipFile
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from sim.eventlog.log import COLUMNS, EventLog
from sim.eventlog.xes import XesWriter
from sim.texts import for_cells

if TYPE_CHECKING:
    import pandas as pd

Append = Callable[["pd.DataFrame"], None]


@dataclass(frozen=True)
class Written:
    """What a file holds."""

    path: Path
    cases: int
    events: int


def write(log: EventLog, path: Path, form: str) -> Written:
    """Write a log; the file is replaced when all of it is there.

    Parameters
    ----------
    log
        The events.
    path
        The file; its folder must be there. XES and CSV are compressed if it ends in ``.gz``.
    form
        ``xes``, ``csv`` or ``parquet``.

    Raises
    ------
    OSError
        If it cannot be written; a file of that name stays as it was.
    """
    cases = events = 0
    part = path.with_name(path.name + ".part")
    try:
        with FORMATS[form](part, log.name) as append:
            for table in log.blocks():
                append(table)
                cases += table["case:concept:name"].nunique()
                events += len(table)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return Written(path, cases, events)


@contextmanager
def _text(path: Path) -> Iterator[TextIO]:
    """A file for text; compressed if its name says so, with the same bytes each time."""
    with path.open("wb") as file:
        if ".gz" not in path.suffixes:
            with TextIOWrapper(file, encoding="utf-8", newline="") as text:
                yield text
            return
        with (
            GzipFile("", "wb", 6, file, mtime=0) as packed,
            TextIOWrapper(packed, encoding="utf-8", newline="") as text,
        ):
            yield text


@contextmanager
def _xes(path: Path, name: str) -> Iterator[Append]:
    with _text(path) as file:
        writer = XesWriter(file, name)
        yield writer.append
        writer.close()


@contextmanager
def _csv(path: Path, name: str) -> Iterator[Append]:
    with _text(path) as file:
        file.write(",".join(COLUMNS) + "\n")

        def append(table: pd.DataFrame) -> None:
            for_cells(table).to_csv(
                file, header=False, index=False, lineterminator="\n", date_format="%Y-%m-%dT%H:%M:%S+00:00"
            )

        yield append


@contextmanager
def _parquet(path: Path, name: str) -> Iterator[Append]:
    import pyarrow.parquet as pq

    schema = _schema(name)
    with pq.ParquetWriter(path, schema) as writer:

        def append(table: pd.DataFrame) -> None:
            if len(table):
                writer.write_table(_arrow(table, schema))

        yield append


def _schema(name: str) -> Any:
    """Types of the columns in Parquet; the name of the log stands beside them."""
    import pyarrow as pa

    kinds = dict.fromkeys(COLUMNS, pa.string())
    kinds |= dict.fromkeys(("time:timestamp", "start_timestamp", "asked", "since"), pa.timestamp("ms", "UTC"))
    kinds |= dict.fromkeys(("enrolled", "home_nursing"), pa.bool_())
    kinds |= dict.fromkeys(("need", "case:person"), pa.int64())
    return pa.schema(list(kinds.items()), metadata={"concept:name": name})


def _arrow(table: pd.DataFrame, schema: Any) -> Any:
    import pyarrow as pa

    arrays = [pa.Array.from_pandas(table[field.name]).cast(field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


FORMATS = {"xes": _xes, "csv": _csv, "parquet": _parquet}
"""What a log can be written as."""
