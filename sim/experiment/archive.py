"""The archive of an experiment (arkiv): one finished replication, one durable file.

A replication that is done stays done: a stop at any moment, by whatever means, loses what was under way and nothing
else. The same experiment goes on where it stopped, on the same machine or another; files that were damaged meanwhile
are recognised, told and run again.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from sim.files import RESULT_BYTES, arrays_of, opened_zip, read_bytes
from sim.outcomes import Margin, OutcomeTable
from sim.replication.arm import Arm
from sim.replication.patterns import NAMES, Patterns
from sim.replication.replication import Replication
from sim.runs import identity as identities
from sim.runs.closure import code_of
from sim.runs.durable import PART, put, records_file
from sim.runs.identity import SHORT, Identity, NoExperiment, read_about, write_identity, written
from sim.scenario.region import TABLES

JOB = "sim.replication.replication"
"""The module that makes what is kept here."""
REPLICATIONS = "replications"
"""Folder of the files of the replications."""
RESULT = "result.json"
SWEPT = ("sweep.json", "sweep.csv", "design.csv")
"""Files of a sweep; the first in place of ``result.json``."""
CALIBRATED = ("calibration.json", "ensemble.csv", "parameters.csv", "targets.csv", "runs.csv", "uncertainty.csv")
"""Files of a calibration, and of a comparison over its ensemble."""
PLANNED = ("plan.json", "plan.csv", "marginal.csv", "bottlenecks.csv", "budget.csv", "robustness.csv")
"""Files of a plan; the first in place of ``result.json``."""
LOCK = ".lock"
OWN = (
    *(identities.FILE, RESULT, "outcomes.csv", "comparison.csv", "replications.csv", "sources.csv", "warmup.csv"),
    *("costs.csv", "flows.csv", "occupancy.csv", "result.xlsx", "report.pdf"),
    *("provenance.json", "ro-crate-metadata.json", "report.html", LOCK, *SWEPT, *CALIBRATED, *PLANNED),
)
"""Files of a result; beside them there are the folders, and the records."""
FOLDERS = {
    REPLICATIONS: ("*.npz", "*.json", f"*{PART}"),
    identities.REGION: (*TABLES, f"*{PART}"),
    "figures": ("*.svg", "*.png", "*.pdf", f"*{PART}"),
}
"""Folders of a result, and which files in them are its own."""
RECORDS = "records-*.parquet"
LOGS = "eventlog-*"
"""Event logs, of ``narvard records``."""
FORMAT = 1
NOT_READ = (
    *(OSError, EOFError, zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError, IndexError),
    *(AttributeError, NotImplementedError, RuntimeError, MemoryError),
)
"""What reading a damaged file may end in."""


class OtherExperiment(ValueError):
    """A folder holds another experiment, or somebody else is at work in it; the text says which."""


class Damaged(ValueError):
    """The file of a replication is not what was written; the text names it and says what is wrong."""


class OtherCode(Damaged):
    """The file of a replication is good, but was made before the model was changed."""


@dataclass(frozen=True, eq=False)
class Archive:
    """A folder with the finished replications of one experiment.

    Made by :func:`open_archive`.

    Attributes
    ----------
    folder
        Of the result.
    digest
        Of the experiment.
    """

    folder: Path
    digest: str
    _good: dict[int, bool] = field(default_factory=dict, repr=False)

    def path(self, number: int) -> Path:
        """The file of a replication."""
        return self.folder / REPLICATIONS / f"{number:04d}.npz"

    def numbers(self) -> list[int]:
        """Replications with a file, in order; whether the files are good is not looked at."""
        names = (path.stem for path in (self.folder / REPLICATIONS).glob("*.npz"))
        return sorted(int(name) for name in names if name.isdecimal())

    @property
    def empty(self) -> bool:
        """Whether there is neither a finished replication nor a result."""
        return not self.numbers() and not (self.folder / RESULT).exists()

    def put(self, replication: Replication, checked: bool = False) -> None:
        """Keep a finished replication.

        Parameters
        ----------
        checked
            Whether conservation was checked.

        Raises
        ------
        OSError
            If it cannot be written; nothing is left of it then.
        """
        put(self.path(replication.number), encoded(replication, self.digest, checked))
        self._good[replication.number] = checked

    def get(self, number: int) -> Replication:
        """A replication that was kept, without its records; ``Arm.file`` names their file if it is there.

        Raises
        ------
        Damaged
            If its file is not what was written.
        """
        return self._read(number)[0]

    def _read(self, number: int) -> tuple[Replication, bool]:
        path = self.path(number)
        try:
            return decoded(read_bytes(path, RESULT_BYTES), number, self.digest, self.folder)
        except Damaged as error:
            raise type(error)(f"{path}: {error}") from error
        except NOT_READ as error:
            raise Damaged(f"{path}: damaged ({error or type(error).__name__})") from error

    def finished(self, numbers: range, checks: bool = False, records: Path | None = None) -> Finished:
        """Which of some replications need not be run again; every file is read whole once, and goes if it is damaged.

        Parameters
        ----------
        numbers
            The replications that are wanted.
        checks
            Whether conservation should have been checked.
        records
            The folder in which their records should be.
        """
        damaged, old = [], 0
        for number in self.numbers():
            if number in numbers and number not in self._good:
                try:
                    self._good[number] = self._read(number)[1]
                except OtherCode:
                    old += 1
                    self.path(number).unlink(missing_ok=True)
                except Damaged as error:
                    damaged.append(f"{error}; it is run again")
                    self.path(number).unlink(missing_ok=True)
        if old:
            what = f"{old} replication{' was' if old == 1 else 's were'} made by other code of the same version"
            damaged.append(f"{self.folder}: {what}; {'it is' if old == 1 else 'they are'} run again")
        good = (number for number, checked in self._good.items() if number in numbers and (checked or not checks))
        names = read_about(self.folder)["governances"] if records is not None else ()
        return Finished(
            frozenset(
                n for n in good if all(records_file(records or self.folder, name, n).is_file() for name in names)
            ),
            tuple(damaged),
        )


@dataclass(frozen=True)
class Finished:
    """What an archive has.

    Attributes
    ----------
    numbers
        Replications that need not be run again.
    damaged
        Files that are not what was written, and what becomes of them, in words.
    """

    numbers: frozenset[int]
    damaged: tuple[str, ...] = ()


class Replications(Sequence[Replication]):
    """The first replications of an archive, read when they are asked for and not held.

    Parameters
    ----------
    archive
        Has them all.
    count
        How many.
    """

    def __init__(self, archive: Archive, count: int) -> None:
        self._archive = archive
        self._numbers = range(count)

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[Replication]:
        return map(self._archive.get, self._numbers)

    @overload
    def __getitem__(self, place: int) -> Replication: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Replication]: ...

    def __getitem__(self, place: int | slice) -> Replication | Sequence[Replication]:
        if isinstance(place, slice):
            return [self._archive.get(number) for number in self._numbers[place]]
        return self._archive.get(self._numbers[place])


# --- the folder --------------------------------------------------------------------------------------------------


@contextmanager
def open_archive(
    folder: Path, identity: Identity, asked: Mapping[str, Any], *, replace: bool = False
) -> Iterator[Archive]:
    """The archive in a folder, for one experiment and one process at a time.

    The folder is made if need be, what a killed process left half-written is taken away, and ``experiment.json`` and
    the region's tables are written, unless they are there: what was asked for stays that of the result until the next
    one is finished.

    Parameters
    ----------
    folder
        Of the result.
    identity
        The experiment.
    asked
        For ``experiment.json``: ``{"replications": n}``, or ``{"precision": {...}}``.
    replace
        Whether another experiment that is there goes.

    Raises
    ------
    OtherExperiment
        If the folder holds another experiment, or another process is at work in it.
    OSError
        If it cannot be written to.
    """
    settle(folder, identity, replace=replace)
    (folder / REPLICATIONS).mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        for name in (".", *FOLDERS):
            for part in (folder / name).glob(f"*{PART}"):
                part.unlink(missing_ok=True)
        if not all((folder / name).is_file() for name in written(identity)):
            write_identity(identity, asked, folder)
        yield Archive(folder, identity.digest)


def settle(folder: Path, identity: Identity, *, replace: bool) -> None:
    """See that a folder is free for an experiment, or holds it already.

    Raises
    ------
    OtherExperiment
        If it holds another, which is not to be replaced.
    """
    if not _taken(folder):
        return
    says = "holds a result without a readable experiment.json"
    with suppress(NoExperiment):
        about = read_about(folder)
        digest = about["digest"]
        if digest == identity.digest:
            return
        digests = f"digest {digest[:SHORT]}, not {identity.digest[:SHORT]}"
        says = f"holds another experiment ({identity.differs(about, folder)}; {digests})"
    if not replace:
        raise OtherExperiment(f"{folder}: {says}; another --out, or --replace")
    with _locked(folder):
        remove(folder)


def _taken(folder: Path) -> bool:
    """Whether there is something of an experiment: more than what one leaves that is killed at its very beginning."""
    if any((folder / name).exists() for name in (identities.FILE, RESULT, SWEPT[0], PLANNED[0])):
        return True
    return any((folder / REPLICATIONS).glob("*.npz"))


def remove(folder: Path) -> None:
    """Take the files of a result away; whatever else is in its folder stays."""
    # The replications first: without them, nothing is left that could be taken for those of the next experiment.
    for name, kinds in FOLDERS.items():
        for path in (path for kind in kinds for path in (folder / name).glob(kind)):
            path.unlink(missing_ok=True)
        with suppress(OSError):  # somebody else's files are in it
            (folder / name).rmdir()
    for path in (*(folder / name for name in OWN), *folder.glob(RECORDS), *folder.glob(LOGS)):
        path.unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other processes out of a folder; the lock goes with this process, however it ends."""
    path = folder / LOCK
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o644)  # a link would lead elsewhere
    with open(handle, "w") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            raise OtherExperiment(f"{folder}: another narvard is at work there") from None
        except OSError:
            pass  # a file system without locks
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def newest(folder: Path) -> Path | None:
    """The folder itself if it holds a result, else the newest result among the folders in it; None if there is none."""
    names = (RESULT, SWEPT[0], PLANNED[0])
    if any((folder / name).is_file() for name in names):
        return folder
    found = [(path.stat().st_mtime, path.parent) for name in names for path in folder.glob(f"*/{name}")]
    return max(found)[1] if found else None


# --- the file of a replication -----------------------------------------------------------------------------------


def encoded(replication: Replication, digest: str, checked: bool = False) -> bytes:
    """A replication as the bytes of an ``.npz`` file, the same for the same replication; without its records.

    Parameters
    ----------
    digest
        Of its experiment.
    checked
        Whether conservation was checked.
    """
    first = replication.arms[0].table
    layout = {"outcomes": first.outcomes, "margins": first.margins, "municipalities": first.municipalities}
    about = {
        "format": FORMAT,
        "experiment": digest,
        "code": code_of(JOB),
        "number": replication.number,
        "checked": checked,
        "arms": [
            {
                "governance": arm.governance,
                "digest": arm.digest,
                "rows": arm.rows,
                "events": arm.events,
                "violations": arm.violations,
                "split": arm.table.split,
            }
            for arm in replication.arms
        ],
    }
    tables = [arm.table for arm in replication.arms]
    arrays: dict[str, Any] = {
        "about": json_bytes(about),
        "layout": json_bytes(layout),
        "values": np.stack([table.values for table in tables]),
        "cross": np.stack([table.cross for table in tables]),
        "strata": np.stack([table.strata for table in tables]),
    }
    if replication.daily is not None:
        arrays["daily"] = replication.daily
    patterns = [arm.patterns.arrays for arm in replication.arms if arm.patterns is not None]
    if len(patterns) == len(replication.arms):
        arrays |= {name: np.stack([one[name] for one in patterns]) for name in NAMES}
    return packed(arrays)


def packed(arrays: Mapping[str, Any]) -> bytes:
    """The bytes of an ``.npz`` file of arrays; what is said of them stands in ``about``, as ``json_bytes``."""
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    return content.getvalue()


@contextmanager
def unpacked(content: bytes) -> Iterator[Mapping[str, NDArray[Any]]]:
    """The arrays in the bytes of an ``.npz`` file, by name; no more of them than a bound, and no objects.

    Raises
    ------
    Damaged
        If a check sum is wrong.
    Exception
        One of ``NOT_READ`` if the bytes are damaged otherwise.
    """
    with opened_zip(content, "replication") as whole:
        bad = whole.testzip()  # before a damaged header makes us ask for all the memory there is
        if bad is not None:
            raise Damaged(f"damaged (check sum of {bad})")
    yield arrays_of(content, "replication")


def decoded(content: bytes, number: int, digest: str, folder: Path) -> tuple[Replication, bool]:
    """The replication in the bytes of a file, and whether conservation was checked.

    Parameters
    ----------
    number, digest
        The replication, and the experiment, that it should be.
    folder
        Where the files of its records may be.

    Raises
    ------
    Damaged
        If it is another replication, or of another experiment.
    Exception
        One of ``NOT_READ`` if the bytes are damaged.
    """
    with unpacked(content) as arrays:
        about = json.loads(arrays["about"].tobytes())
        if about["format"] != FORMAT:
            raise Damaged(f"format {about['format']} given, {FORMAT} needed")
        if about["experiment"] != digest:
            raise Damaged(f"of another experiment (digest {about['experiment'][:SHORT]}, not {digest[:SHORT]})")
        if about["code"] != code_of(JOB):
            raise OtherCode("made by other code of the same version")
        if about["number"] != number:
            raise Damaged(f"replication {about['number']} is in it")
        layout = _layout(arrays["layout"].tobytes())
        tables = zip(arrays["values"], arrays["cross"], arrays["strata"], strict=True)
        arms = tuple(
            _arm(arm, layout, table, records_file(folder, arm["governance"], number), patterns)
            for arm, table, patterns in zip(about["arms"], tables, _patterns(arrays, len(about["arms"])), strict=True)
        )
        daily = arrays.get("daily")
    return Replication(number, arms, daily), bool(about["checked"])


Layout = tuple[tuple[str, ...], tuple[Margin, ...], tuple[str, ...]]
Arrays = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]


def _patterns(arrays: Any, arms: int) -> list[Patterns | None]:
    """Patterns of each arm, if the file has them."""
    if not set(NAMES) <= set(arrays):
        return [None] * arms
    return [Patterns.of(dict(zip(NAMES, one, strict=True))) for one in zip(*(arrays[n] for n in NAMES), strict=True)]


def _arm(
    about: Mapping[str, Any], layout: Layout, arrays: Arrays, records: Path, patterns: Patterns | None = None
) -> Arm:
    outcomes, margins, municipalities = layout
    values, cross, strata = arrays
    if values.shape != (len(outcomes), len(margins)):
        raise Damaged(f"values of shape {values.shape}, {(len(outcomes), len(margins))} needed")
    return Arm(
        about["governance"],
        OutcomeTable(outcomes, margins, values, municipalities, cross, strata, tuple(about["split"])),
        about["digest"],
        about["rows"],
        about["events"],
        tuple(about["violations"]),
        file=records if records.is_file() else None,
        patterns=patterns,
    )


@lru_cache(maxsize=4)
def _layout(content: bytes) -> Layout:
    """Names of outcomes, margins and municipalities; one object for all replications that have the same."""
    found = json.loads(content)
    return (
        tuple(found["outcomes"]),
        tuple(Margin(*margin) for margin in found["margins"]),
        tuple(found["municipalities"]),
    )


def json_bytes(data: Any) -> NDArray[np.uint8]:
    """Plain data as an array of the bytes of its JSON, for :func:`packed`."""
    return np.frombuffer(json.dumps(data, ensure_ascii=False).encode(), np.uint8)
