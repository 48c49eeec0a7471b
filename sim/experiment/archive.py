"""The replications of an experiment in its folder (arkiv): one replication, one file of the store of runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from sim.outcomes import Margin, OutcomeTable
from sim.replication.arm import Arm
from sim.replication.patterns import NAMES, Patterns
from sim.replication.replication import Replication
from sim.runs.durable import records_file
from sim.runs.identity import Identity, read_about
from sim.runs.packing import Arrays, Damaged, json_bytes
from sim.runs.result_folder import occupied
from sim.runs.store import Codec, RunStore

Layout = tuple[tuple[str, ...], tuple[Margin, ...], tuple[str, ...]]


class Archive(RunStore[int, Replication]):
    """The finished replications of one experiment, by number, without their records.

    Made by :func:`open_archive`.

    Parameters
    ----------
    folder
        Of the result.
    digest
        Of the experiment.
    """

    def __init__(self, folder: Path, digest: str) -> None:
        super().__init__(folder, digest, REPLICATION)

    def finished(self, numbers: range, checks: bool = False, records: Path | None = None) -> frozenset[int]:
        """Which of some replications need not be run again; warns as ``sound`` does.

        Parameters
        ----------
        numbers
            The replications that are wanted.
        checks
            Whether conservation should have been checked.
        records
            The folder in which their records should be.
        """
        good = self.sound([number for number in self.there() if number in numbers])
        if checks:
            good = {number for number in good if self.get(number).checked}
        names = read_about(self.folder)["governances"] if records is not None else ()
        return frozenset(n for n in good if all(records_file(records or self.folder, x, n).is_file() for x in names))


@contextmanager
def open_archive(
    folder: Path, identity: Identity, asked: Mapping[str, Any], *, replace: bool = False
) -> Iterator[Archive]:
    """The archive in a folder, for one experiment and one process at a time; parameters and errors as ``occupied``.

    Parameters
    ----------
    asked
        For ``experiment.json``: ``{"replications": n}``, or ``{"precision": {...}}``.
    """
    with occupied(folder, identity, asked, replace=replace):
        yield Archive(folder, identity.digest)


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


# --- a replication as a file -----------------------------------------------------------------------------------------


def _plain(replication: Replication) -> tuple[dict[str, Any], Arrays]:
    """What is said of a replication, and its arrays; without its records."""
    arms = [
        {
            "governance": arm.governance,
            "digest": arm.digest,
            "rows": arm.rows,
            "events": arm.events,
            "violations": arm.violations,
            "split": arm.table.split,
        }
        for arm in replication.arms
    ]
    first = replication.arms[0].table
    layout = {"outcomes": first.outcomes, "margins": first.margins, "municipalities": first.municipalities}
    tables = [arm.table for arm in replication.arms]
    arrays: dict[str, Any] = {
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
    return {"number": replication.number, "checked": replication.checked, "arms": arms}, arrays


def _whole(number: int, about: Mapping[str, Any], arrays: Arrays, folder: Path) -> Replication:
    """The replication again; ``Arm.file`` names the file of its records if it is there."""
    layout = _layout(arrays["layout"].tobytes())
    tables = zip(arrays["values"], arrays["cross"], arrays["strata"], strict=True)
    arms = tuple(
        _arm(arm, layout, table, records_file(folder, arm["governance"], number), patterns)
        for arm, table, patterns in zip(about["arms"], tables, _patterns(arrays, len(about["arms"])), strict=True)
    )
    return Replication(number, arms, arrays.get("daily"), bool(about["checked"]))


def _number(name: str) -> int | None:
    return int(name) if name.isdecimal() else None


REPLICATION: Codec[int, Replication] = Codec(
    job="sim.replication.replication",
    name="{:04d}".format,
    key=_number,
    of=lambda replication: replication.number,
    plain=_plain,
    whole=_whole,
)


def _patterns(arrays: Arrays, arms: int) -> list[Patterns | None]:
    """Patterns of each arm, if the file has them."""
    if not set(NAMES) <= set(arrays):
        return [None] * arms
    return [Patterns.of(dict(zip(NAMES, one, strict=True))) for one in zip(*(arrays[n] for n in NAMES), strict=True)]


def _arm(
    about: Mapping[str, Any],
    layout: Layout,
    arrays: tuple[NDArray[Any], NDArray[Any], NDArray[Any]],
    records: Path,
    patterns: Patterns | None,
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
