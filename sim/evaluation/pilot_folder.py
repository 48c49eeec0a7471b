"""Replications of pilots on the disk, so that an interrupted run goes on where it stopped (pilotarkiv)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from sim.evaluation.piloting import PilotRun, run_once
from sim.evaluation.pilots import Pilot
from sim.evaluation.reach import Reach, asked_of, reach
from sim.model.period import CURRENT
from sim.runs.durable import put
from sim.runs.executors import Where, spread
from sim.runs.identity import Identity, data_digest, versions
from sim.runs.store import Codec, RunStore, open_store
from sim.scenario.ensemble import sets_of

ORIGIN = "pilots.json"
"""What the tables of a folder come from."""
RUNS = "runs"
"""Folder of the pilots within that of the result; each has a folder with its own runs."""
PILOT = "pilot"
"""The governance under which a pilot works, and the kind of its runs."""
WHAT = ("name", "municipalities", "selection", "n", "levers", "months", "index", "deaths", "drop_out", "unit", "age")
"""What the figures of a pilot depend on, beside its scenario."""
Told = Callable[[Pilot, int, float], None]
"""Told of a pilot, its replication and the share that is done."""
Question = tuple[str, float]
"""An outcome, and the fall that is to be reached."""


@dataclass(frozen=True, eq=False)
class PilotIdentity(Identity):
    """What the runs of a pilot are."""

    pilot: Pilot = field(kw_only=True)

    @classmethod
    def of(cls, pilot: Pilot, seed: int, engine: str) -> PilotIdentity:
        """The identity of a pilot."""
        return cls(pilot.scenario, (CURRENT, PILOT), seed, engine, pilot=pilot)

    @property
    def kind(self) -> str:
        """``pilot``."""
        return PILOT

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked for, for ``experiment.json``."""
        return {PILOT: {name: getattr(self.pilot, name) for name in WHAT}}

    @property
    def asked_of_points(self) -> Mapping[str, Any]:
        """All that the pilot file says which figures depend on."""
        return {f"{PILOT}.{name}": value for name, value in self.asked[PILOT].items()}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that the figures of the pilot depend on, as hex digits."""
        whole = {
            "scenario": self.scenario.counted(),
            **self.asked,
            "seed": self.seed,
            "engine": self.engine,
            "versions": versions(),
        }
        return data_digest(whole)


RUN: Codec[int, PilotRun] = Codec(
    job="sim.evaluation.piloting",
    name="{:04d}".format,
    key=lambda name: int(name) if name.isdecimal() else None,
    of=lambda run: run.number,
    plain=lambda run: ({"run": run.plain()}, {}),
    whole=lambda number, about, arrays, folder: PilotRun.restored(about["run"]),
)


def _question(name: str) -> Question | None:
    found = re.fullmatch(r"reach-(\w+?)-(-[\d.e-]+)", name)
    return None if found is None else (found[1], float(found[2]))


REACH: Codec[Question, Reach] = Codec(
    job="sim.evaluation.reach",
    name=lambda question: f"reach-{question[0]}-{question[1]!r}",
    key=_question,
    of=lambda reach: (reach.outcome, reach.goal),
    plain=lambda reach: ({"reach": asdict(reach)}, {}),
    whole=lambda question, about, arrays, folder: Reach(**about["reach"]),
)


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
    OtherExperiment
        If the folder holds replications of something else and `again` is false.
    """
    one = partial(_one, pilot, seed, where.engine)
    progress = None if tell is None else (lambda number, share: tell(pilot, number, share))
    with open_pilot(folder, pilot, seed, where.engine, replace=again) as store:
        there = store.sound(range(replications))
        missing = [number for number in range(replications) if number not in there]
        with closing(spread(one, missing, where, progress)) as finished:
            for _, run in finished:
                store.put(run)
        return [store.get(number) for number in range(replications)]


def open_pilot(
    folder: Path, pilot: Pilot, seed: int, engine: str, *, replace: bool = False
) -> AbstractContextManager[RunStore[int, PilotRun]]:
    """The runs of a pilot in the folder of a result; errors as ``open_store``."""
    identity = PilotIdentity.of(pilot, seed, engine)
    return open_store(folder / RUNS / pilot.name, identity, identity.asked, RUN, replace=replace)


def _one(pilot: Pilot, seed: int, engine: str, number: int, tick: Callable[[float], None] | None) -> PilotRun:
    return run_once(pilot, seed, number, tick, engine)


def reached(pilot: Pilot, seed: int, folder: Path, where: Where) -> list[Reach]:
    """What it would take to reach the first fall that a pilot claims, kept as its replications are; empty if none."""
    goal = asked_of(pilot)
    if goal is None:
        return []
    with open_pilot(folder, pilot, seed, where.engine) as runs:
        store = runs.also(REACH)
        if not store.sound([goal]):
            store.put(reach(pilot, *goal, seed=seed, where=where))
        return [store.get(goal)]


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
