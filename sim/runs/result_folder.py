"""The folder of a result (resultatmapp): which files in it are its own, one process at a time, one experiment.

Whatever else lies in the folder stays, also when a result is replaced.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sim.runs import identity as identities
from sim.runs.durable import PART
from sim.runs.identity import SHORT, Identity, NoExperiment, read_about, write_identity, written
from sim.scenario.region import TABLES

REPLICATIONS = "replications"
"""Folder of the files of finished work: replications, parts of a sweep, runs of a plan."""
RESULT = "result.json"
SWEPT = ("sweep.json", "sweep.csv", "design.csv")
"""Files of a sweep; the first in place of ``result.json``."""
CALIBRATED = ("calibration.json", "ensemble.csv", "parameters.csv", "targets.csv", "runs.csv", "uncertainty.csv")
"""Files of a calibration, and of a comparison over its ensemble; the first in place of ``result.json``."""
PLANNED = ("plan.json", "plan.csv", "marginal.csv", "bottlenecks.csv", "budget.csv", "robustness.csv")
"""Files of a plan; the first in place of ``result.json``."""
EVALUATED = ("evaluation.json", "evaluation.csv")
"""Files of an evaluation; the first in place of ``result.json``."""
HEADS = (RESULT, SWEPT[0], PLANNED[0], CALIBRATED[0], EVALUATED[0])
"""The file that is there once an experiment of a kind is finished."""
OLDER = (f"{REPLICATIONS}/run-*.json", f"{REPLICATIONS}/step-*.json", "repeats/[0-9][0-9][0-9][0-9].json")
"""Files in which earlier versions kept finished work; they are not read."""
LOCK = ".lock"
OWN = (
    *(identities.FILE, RESULT, "outcomes.csv", "comparison.csv", "replications.csv", "sources.csv", "warmup.csv"),
    *("costs.csv", "flows.csv", "occupancy.csv", "result.xlsx", "report.pdf"),
    *("provenance.json", "ro-crate-metadata.json", "report.html", LOCK, *SWEPT, *CALIBRATED, *PLANNED, *EVALUATED),
)
"""Files of a result; beside them there are the folders, and the records."""
FOLDERS = {
    REPLICATIONS: ("*.npz", f"*{PART}"),
    identities.REGION: (*TABLES, f"*{PART}"),
    "figures": ("*.svg", "*.png", "*.pdf", f"*{PART}"),
}
"""Folders of a result, and which files in them are its own."""
RECORDS = "records-*.parquet"
LOGS = "eventlog-*"
"""Event logs, of ``narvard records``."""


class OtherExperiment(ValueError):
    """A folder holds another experiment, or somebody else is at work in it; the text says which."""


@contextmanager
def occupied(folder: Path, identity: Identity, asked: Mapping[str, Any], *, replace: bool = False) -> Iterator[None]:
    """Have a folder for one experiment and one process at a time.

    The folder is made if need be, what a killed process left half-written is taken away, and ``experiment.json`` and
    the region's tables are written, unless they are there: what was asked for stays that of the result until the next
    one is finished. An experiment that ends without anything finished leaves nothing.

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
        try:
            yield
        finally:
            if _nothing_finished(folder):
                remove(folder)


def _nothing_finished(folder: Path) -> bool:
    """Whether an experiment left nothing but what says which it was to be."""
    return not any((folder / name).exists() for name in HEADS) and not any((folder / REPLICATIONS).glob("*.npz"))


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
    if any(_older(folder)):
        says = "holds finished work of an older narvard, which this one does not read"
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
    if any((folder / name).exists() for name in (identities.FILE, *HEADS)):
        return True
    return any((folder / REPLICATIONS).glob("*.npz")) or any(_older(folder))


def _older(folder: Path) -> Iterator[Path]:
    """Finished work that an earlier version kept."""
    return (path for kind in OLDER for path in folder.glob(kind))


def remove(folder: Path) -> None:
    """Take the files of a result away; whatever else is in its folder stays."""
    # The replications first: without them, nothing is left that could be taken for those of the next experiment.
    for name, kinds in FOLDERS.items():
        for path in (path for kind in kinds for path in (folder / name).glob(kind)):
            path.unlink(missing_ok=True)
        with suppress(OSError):  # somebody else's files are in it
            (folder / name).rmdir()
    for path in (*(folder / name for name in OWN), *_older(folder), *folder.glob(RECORDS), *folder.glob(LOGS)):
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
    if any((folder / name).is_file() for name in HEADS):
        return folder
    found = [(path.stat().st_mtime, path.parent) for name in HEADS for path in folder.glob(f"*/{name}")]
    return max(found)[1] if found else None
