"""A result run again from its folder (återskapande), and a sweep held against what the folder has, byte for byte."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.experiment.reproduce import SHOWN, Reproduction, reproduce_experiment, table_differences
from sim.files import RESULT_BYTES, read_bytes
from sim.runs.identity import SWEEP, read_about
from sim.runs.packing import Damaged
from sim.runs.progress import Progress
from sim.runs.result_folder import SWEPT
from sim.runs.store import Memory, RunStore
from sim.sweeps.sweep_archive import PART, Part, PartKey, read_sweep
from sim.sweeps.sweep_folder import write_sweep
from sim.sweeps.sweeping import Sweep, run_plan


def reproduce(
    folder: Path | str,
    replications: int | None = None,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Reproduction:
    """Run an experiment or a sweep again, and compare; parameters and errors as ``reproduce_experiment``."""
    again = reproduce_sweep if read_about(Path(folder)).get("kind") == SWEEP else reproduce_experiment
    return again(Path(folder), replications, workers=workers, cluster=cluster, progress=progress)


def reproduce_sweep(
    folder: Path,
    replications: int | None = None,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Reproduction:
    """Run a sweep again and compare; parameters as :func:`sim.experiment.reproduce.reproduce`.

    With fewer replications than the sweep had, their parts are compared; with all, every file too.

    Raises
    ------
    NoExperiment
        If the folder has no sweep that can be read.
    """
    plan, stored = read_sweep(folder)
    count = replications or plan.replications
    again = replace(plan, replications=count)
    memory: Memory[PartKey, Part] = Memory(PART.of)
    done = run_plan(again, stored.identity.engine, memory, workers=workers, cluster=cluster, progress=progress)
    archive = RunStore(folder, stored.digest, PART)
    jobs = [(group, number) for number in range(count) for group in range(len(plan.groups))]
    kept = [job for job in jobs if archive.path(job).exists()]
    found = list(_parts(archive, done, kept))
    compared = [f"{len(kept)} of {len(jobs)} parts"]
    if count == plan.replications:
        compared += SWEPT
        found += _files(folder, done)
    return Reproduction(folder, count, tuple(compared), tuple(stored.other_versions), tuple(found))


def _parts(archive: RunStore[PartKey, Part], done: Sweep, kept: list[tuple[int, int]]) -> Iterator[str]:
    """Parts that differ, in words."""
    odd = [says for job in kept if (says := _part(archive, done.parts(*job)))]
    yield from odd[:SHOWN]
    if len(odd) > SHOWN:
        yield f"and {len(odd) - SHOWN:,} more parts"


def _part(archive: RunStore[PartKey, Part], now: Part) -> str:
    try:
        then = archive.get((now.group, now.number))
    except Damaged as error:
        return str(error)
    name = archive.path((now.group, now.number)).name
    if then.digests != now.digests:
        arm = next(n for n, (a, b) in enumerate(zip(then.digests, now.digests, strict=False)) if a != b)
        return f"{name}: arm {arm}: records {then.digests[arm][:12]} then, {now.digests[arm][:12]} now"
    return "" if np.array_equal(then.totals, now.totals, equal_nan=True) else f"{name}: outcomes of the same records"


def _files(folder: Path, done: Sweep) -> Iterator[str]:
    """Files that differ, in words."""
    with tempfile.TemporaryDirectory(prefix="narvard-") as name:
        again = Path(name)
        write_sweep(done, again)
        for file in SWEPT:
            if not (folder / file).exists():
                yield f"{file}: not there"
            elif read_bytes(folder / file, RESULT_BYTES) != read_bytes(again / file, RESULT_BYTES):
                if file.endswith(".csv"):
                    yield from table_differences(folder, again, file)
                else:
                    yield f"{file}: other bytes"
