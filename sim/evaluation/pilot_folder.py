"""Replications of pilots on the disk, so that an interrupted run goes on where it stopped (pilotarkiv)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path

from sim.evaluation.piloting import PilotRun, run_once
from sim.evaluation.pilots import Pilot
from sim.evaluation.reach import Reach, asked_of, reach
from sim.files import read_json
from sim.runs.closure import code_of
from sim.runs.durable import put
from sim.runs.executors import Where, spread
from sim.runs.identity import data_digest, versions
from sim.scenario.ensemble import sets_of

ORIGIN = "pilots.json"
"""What the tables of a folder come from."""
RUNS = "runs"
"""Folder of the replications within that of the result."""
JOB, REACHED = "sim.evaluation.piloting", "sim.evaluation.reach"
"""The modules that make what is kept here."""
Told = Callable[[Pilot, int, float], None]
"""Told of a pilot, its replication and the share that is done."""


class OtherRuns(ValueError):
    """A folder holds replications of another pilot file, seed or version; the text says which."""


def identity(pilot: Pilot, seed: int, engine: str) -> str:
    """Digest of all that the figures of a pilot depend on."""
    told = {
        "scenario": pilot.scenario.counted(),
        "pilot": {
            key: getattr(pilot, key)
            for key in (
                *("name", "municipalities", "selection", "n", "levers", "months", "index"),
                *("deaths", "drop_out", "unit", "age"),
            )
        },
        "seed": seed,
        "engine": engine,
        "versions": versions(),
        "code": code_of(JOB),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def run_pilot(
    pilot: Pilot,
    replications: int,
    seed: int,
    folder: Path,
    where: Where,
    *,
    again: bool = False,
    tell: Told | None = None,
) -> list[PilotRun]:
    """Run the replications of a pilot that are not in the folder yet.

    Parameters
    ----------
    pilot, replications, seed
        What is run.
    folder
        Of the result; each replication is written when it is done.
    where
        The workers.
    again
        Throw away what other versions or another pilot file left there.
    tell
        Progress.

    Raises
    ------
    OtherRuns
        If the folder holds replications of something else and `again` is false.
    """
    file = folder / RUNS / f"{pilot.name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    mark = identity(pilot, seed, where.engine)
    runs = _kept(file, mark, again)
    missing = [number for number in range(replications) if number not in runs]
    one = partial(_one, pilot, seed, where.engine)
    progress = None if tell is None else (lambda number, share: tell(pilot, number, share))
    with closing(spread(one, missing, where, progress)) as finished:
        for number, run in finished:
            runs[number] = run
            _keep(file, mark, runs)
    return [runs[number] for number in range(replications)]


def _one(pilot: Pilot, seed: int, engine: str, number: int, tick: Callable[[float], None] | None) -> PilotRun:
    return run_once(pilot, seed, number, tick, engine)


def _kept(file: Path, mark: str, again: bool) -> dict[int, PilotRun]:
    if not file.exists():
        return {}
    try:
        data = read_json(file)
        runs = {run["number"]: PilotRun.restored(run) for run in data["runs"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}  # damaged: what is lost is run again
    if data["identity"] == mark:
        return runs
    if not again:
        raise OtherRuns(
            f"{file}: replications of another pilot file, seed or version; --replace throws them away, or another --out"
        )
    return {}


def _keep(file: Path, mark: str, runs: dict[int, PilotRun]) -> None:
    data = {"identity": mark, "runs": [runs[number].plain() for number in sorted(runs)]}
    put(file, json.dumps(data, indent=1))


def reached(pilot: Pilot, seed: int, folder: Path, where: Where) -> list[Reach]:
    """What it would take to reach the first fall that a pilot claims, kept as its replications are; empty if none."""
    goal = asked_of(pilot)
    if goal is None:
        return []
    file = folder / RUNS / f"{pilot.name}.reach.json"
    mark = data_digest([identity(pilot, seed, "compiled"), code_of(REACHED)])
    try:
        data = read_json(file)
        if data["identity"] == mark:
            return [Reach(**data["reach"])]
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not there, or damaged: found again
    answer = reach(pilot, *goal, seed=seed, where=where)
    put(file, json.dumps({"identity": mark, "reach": asdict(answer)}, indent=1))
    return [answer]


def write_origin(folder: Path, pilots: Mapping[str, tuple[Pilot, Sequence[PilotRun]]], seed: int) -> Path:
    """Write ``pilots.json``: what the tables of a folder come from, and what a first replication found.

    For each pilot the digest of its scenario, how many parameter sets and replications it had, how many people its
    first replication had on the list, and their admissions a year without the pilot and with it.

    Raises
    ------
    OSError
        If it cannot be written; it is never left half-written.
    """
    told = {
        name: {
            "scenario": data_digest(pilot.scenario.counted()),
            "parameter_sets": sets_of(pilot.scenario),
            "replications": len(runs),
            "first": first_of(runs[0]),
        }
        for name, (pilot, runs) in pilots.items()
    }
    path = folder / ORIGIN
    text = json.dumps({"seed": seed, "versions": versions(), "pilots": told}, indent=1, ensure_ascii=False)
    put(path, text + "\n")
    return path


def first_of(run: PilotRun) -> dict[str, float]:
    """What ``pilots.json`` tells of a replication."""
    admissions = run.figures["admissions"]
    return {"listed": run.listed, "twin": admissions.twin, "pilot": admissions.pilot}
