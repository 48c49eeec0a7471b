"""The records of one arm of a result (rader): those that were kept, or the replication run again."""

from __future__ import annotations

from pathlib import Path

from sim.engine.records import COLUMNS, Records
from sim.experiment.rerun import kept_digests, rerun
from sim.runs.durable import records_file
from sim.runs.identity import Stored
from sim.runs.progress import Tick


class OtherRecords(ValueError):
    """A file of records is not that of the result; the text names it."""


def records_of(folder: Path, stored: Stored, governance: str, number: int, tick: Tick | None = None) -> Records:
    """All rows of one governance in one replication.

    Parameters
    ----------
    folder
        Of the result.
    stored
        The experiment that it holds.
    governance, number
        The arm; a number that the result does not have is run now.
    tick
        Told which share is done, where the replication is run again.

    Raises
    ------
    OtherRecords
        If the rows that were kept are not those that the result was made of.
    Differs
        If the replication, run again, does not come out as it had.
    """
    path = records_file(folder, governance, number)
    place = stored.identity.governances.index(governance)
    if not path.is_file():
        found = rerun(folder, number, records=True, tick=tick).arms[place].records
        assert found is not None  # kept in memory
        return found
    records = read_records(path)
    digests = kept_digests(folder, stored, number)
    if digests is not None and records.digest() != digests[place]:
        raise OtherRecords(f"{path}: not the records of this result; take the file away, and they are made again")
    return records


def read_records(path: Path) -> Records:
    """A file that ``--records`` wrote.

    Raises
    ------
    OtherRecords
        If it is something else, or damaged.
    """
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(path, columns=list(COLUMNS))
        return Records({name: table[name].to_numpy() for name in COLUMNS})
    except (OSError, pyarrow.ArrowException, KeyError) as error:
        raise OtherRecords(f"{path}: cannot be read ({str(error).splitlines()[0]})") from error
