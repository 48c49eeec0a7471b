"""One replication of an archived experiment, run again alone (omkörning), with its records if they are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.experiment.archive import Archive
from sim.files import read_json
from sim.replication.replication import Replication, replicate
from sim.runs.identity import Stored, read_identity
from sim.runs.packing import Damaged
from sim.runs.progress import Tick
from sim.runs.result_folder import RESULT


class Differs(ValueError):
    """A replication did not come out as it had; the text says how."""


def rerun(
    folder: Path | str,
    number: int,
    records: bool | Path = False,
    *,
    checks: bool = False,
    tick: Tick | None = None,
) -> Replication:
    """Run one replication again, from ``experiment.json`` and the region's tables beside it alone.

    Parameters
    ----------
    folder
        Of the result.
    number
        Of the replication, from 0; also one that the result does not have.
    records
        Keep the rows: ``True`` in memory; a folder to write them there as Parquet.
    checks
        Check conservation after every arm.
    tick
        Told which share is done.

    Raises
    ------
    NoExperiment
        If the folder holds none that can be read.
    ValueError
        If the number is below 0.
    Differs
        If the digests of its records are not those that the folder has. Records written into that folder are taken
        away again; elsewhere they stay.
    """
    if number < 0:
        raise ValueError(f"replication: {number} given, at least 0 needed")
    folder = Path(folder)
    stored = read_identity(folder)
    before = kept_digests(folder, stored, number)
    who = stored.identity
    found = replicate(
        who.scenario, who.governances, who.seed, number, who.engine, keep_records=records, checks=checks, tick=tick
    )
    if before is not None:
        try:
            _compare(found, before, stored)
        except Differs:
            for arm in found.arms:
                if arm.file is not None and arm.file.parent.samefile(folder):
                    arm.file.unlink()
            raise
    return found


def kept_digests(folder: Path, stored: Stored, number: int) -> list[str] | None:
    """Digests of the records of a replication by governance, of ``result.json`` or the archive; None if not there.

    Raises
    ------
    Differs
        If its file is there, but damaged.
    """
    names = stored.identity.governances
    try:
        digests = read_json(folder / RESULT)["digests"]
        return [str(digests[name][number]) for name in names]
    except (OSError, ValueError, LookupError, TypeError):
        pass  # no result yet, or not with so many replications
    archive = Archive(folder, stored.digest)
    if not archive.path(number).exists():
        return None
    try:
        return [arm.digest for arm in archive.get(number).arms]
    except Damaged as error:
        raise Differs(f"there is nothing good to compare with: {error}") from error


def _compare(found: Replication, before: Sequence[str], stored: Stored) -> None:
    odd = [
        f"records of {arm.governance}: digest {digest[:12]} kept, {arm.digest[:12]} now"
        for arm, digest in zip(found.arms, before, strict=True)
        if arm.digest != digest
    ]
    if odd:
        raise Differs("; ".join([f"replication {found.number} differs: {odd[0]}", *odd[1:], *stored.other_versions]))
