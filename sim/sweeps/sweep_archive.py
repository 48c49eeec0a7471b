"""The parts of a sweep (svepets delar): one replication of one group of points, one durable file.

A sweep that was stopped, by whatever means, goes on where it was; more replications continue it. Another sweep in the
same folder is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.experiment.archive import FORMAT, NOT_READ, REPLICATIONS, Damaged, json_bytes, open_archive, packed, unpacked
from sim.files import RESULT_BYTES, read_bytes
from sim.runs.closure import code_of
from sim.runs.durable import put
from sim.runs.identity import (
    FILE,
    REGION,
    SHORT,
    SWEEP,
    Identity,
    NoExperiment,
    Stored,
    data_digest,
    read_about,
    versions,
)
from sim.scenario import ScenarioError
from sim.scenario.keys import resolve
from sim.scenario.restored import NotRestored, restored
from sim.statistics.design import Design
from sim.sweeps.sweep_plan import MOST_ARMS, SWEPT, Plan

JOB = "sim.sweeps.sweeping"
"""The module that makes what is kept here."""


@dataclass(frozen=True, eq=False)
class Part:
    """One replication of one group of points.

    Attributes
    ----------
    group, number
        Of the group and of the replication.
    totals
        Outcomes of everybody, shape (arms, outcomes), in the order of ``SWEPT``; nan where not given.
    digests
        SHA-256 of the records of each arm.
    """

    group: int
    number: int
    totals: NDArray[np.float64]
    digests: tuple[str, ...]


Parts = Callable[[int, int], Part]
"""Gives the part of a group and a replication."""


def digest_of(plan: Plan, engine: str, used: Mapping[str, str] | None = None) -> str:
    """SHA-256 of all that the figures of a sweep depend on, but for the number of replications.

    Parameters
    ----------
    used
        Versions; by default those installed here.
    """
    resolved = plan.scenario.counted()
    del resolved["reserved"]  # what was asked for is said by the plan
    whole = {
        "scenario": resolved,
        "keys": plan.design.names,
        "points": plan.design.points,
        "governances": plan.governances,
        "seed": plan.seed,
        "engine": engine,
        "outcomes": SWEPT,
        "most_arms": MOST_ARMS,
        "versions": dict(used or versions()),
    }
    return data_digest(whole)


@dataclass(frozen=True, eq=False)
class SweepIdentity(Identity):
    """What a sweep is; the plan is all of it."""

    plan: Plan = field(kw_only=True)

    @classmethod
    def of(cls, plan: Plan, engine: str) -> SweepIdentity:
        """The identity of a plan."""
        return cls(plan.scenario, plan.governances, plan.seed, engine, plan=plan)

    @property
    def kind(self) -> str:
        """``sweep``."""
        return SWEEP

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that the figures depend on, but for the number of replications, as hex digits."""
        return digest_of(self.plan, self.engine)

    @property
    def asked_of_points(self) -> dict[str, Any]:
        """Keys and points."""
        design = self.plan.design
        return {"sweep.keys": list(design.names), "sweep.points": [list(point) for point in design.points]}

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked for, for ``experiment.json``."""
        design = self.plan.design
        return {
            "replications": self.plan.replications,
            "sweep": {
                "kind": design.kind,
                "on": list(self.plan.on),
                "keys": list(design.names),
                "points": [list(point) for point in design.points],
            },
        }


def read_sweep(folder: Path) -> tuple[Plan, Stored]:
    """The sweep of a folder: its plan, and how it was run.

    Raises
    ------
    NoExperiment
        If there is none, it is damaged, or it was written by a version whose scenarios are others.
    """
    about, path = read_about(folder), folder / FILE
    try:
        asked = about["asked"]["sweep"]
        scenario = restored(about["scenario"], folder / REGION, path)
        keys = tuple(resolve(scenario, name) for name in asked["keys"])
        design = Design(asked["kind"], keys, tuple(tuple(point) for point in asked["points"]))
        governances, on = tuple(about["governances"]), tuple(asked["on"])
        plan = Plan(scenario, design, governances, about["asked"]["replications"], about["seed"], on)
        digest = digest_of(plan, about["engine"], about["versions"])
    except (NotRestored, ScenarioError) as error:
        raise NoExperiment(str(error)) from error
    except (KeyError, TypeError, ValueError) as error:
        raise NoExperiment(f"{path}: not as narvard writes it ({error})") from error
    if digest != about["digest"]:
        raise NoExperiment(
            f"{path}: digest {about['digest'][:SHORT]} stated, {digest[:SHORT]} found; it was changed by hand"
        )
    return plan, Stored(SweepIdentity.of(plan, about["engine"]), digest, about["versions"], about["asked"])


class Store(Protocol):
    """Where the parts of a sweep are kept."""

    def has(self, group: int, number: int) -> bool:
        """Whether a part is there, and good."""
        ...

    def put(self, part: Part) -> None:
        """Keep a part."""
        ...

    def get(self, group: int, number: int) -> Part:
        """A part that was kept."""
        ...


class InMemory:
    """Parts of a sweep that nobody needs afterwards."""

    def __init__(self) -> None:
        self._parts: dict[tuple[int, int], Part] = {}

    def has(self, group: int, number: int) -> bool:
        """Whether a part is there."""
        return (group, number) in self._parts

    def put(self, part: Part) -> None:
        """Keep a part."""
        self._parts[part.group, part.number] = part

    def get(self, group: int, number: int) -> Part:
        """A part that was kept."""
        return self._parts[group, number]


@dataclass(frozen=True, eq=False)
class SweepArchive:
    """A folder with the parts of one sweep.

    Made by :func:`open_sweep`.

    Attributes
    ----------
    folder
        Of the result.
    digest
        Of the sweep.
    """

    folder: Path
    digest: str
    _good: set[tuple[int, int]] = field(default_factory=set, repr=False)
    """Parts that were read, or written, by this object."""

    def path(self, group: int, number: int) -> Path:
        """The file of a part."""
        return self.folder / REPLICATIONS / f"{number:04d}-group-{group:05d}.npz"

    def has(self, group: int, number: int) -> bool:
        """Whether a part is there, and good; damaged files count as missing, and are written again."""
        if (group, number) not in self._good:
            try:
                self.get(group, number)
            except Damaged:
                return False
            self._good.add((group, number))
        return True

    def put(self, part: Part) -> None:
        """Keep a part.

        Raises
        ------
        OSError
            If it cannot be written; nothing is left of it then.
        """
        about = {
            "format": FORMAT,
            "experiment": self.digest,
            "code": code_of(JOB),
            "group": part.group,
            "number": part.number,
            "digests": part.digests,
        }
        content = packed({"about": json_bytes(about), "totals": part.totals})
        put(self.path(part.group, part.number), content)
        self._good.add((part.group, part.number))

    def get(self, group: int, number: int) -> Part:
        """A part that was kept.

        Raises
        ------
        Damaged
            If its file is missing, or is not what was written.
        """
        path = self.path(group, number)
        try:
            with unpacked(read_bytes(path, RESULT_BYTES)) as arrays:
                about = json.loads(arrays["about"].tobytes())
                totals = arrays["totals"]
            place = {"group": group, "number": number}
            expected = {"format": FORMAT, "experiment": self.digest, "code": code_of(JOB), **place}
            wrong = next((name for name, value in expected.items() if about[name] != value), None)
            if wrong is not None:
                raise Damaged(f"{wrong} {about[wrong]} given, {expected[wrong]} needed")
            return Part(group, number, totals, tuple(about["digests"]))
        except Damaged as error:
            raise Damaged(f"{path}: {error}") from error
        except NOT_READ as error:
            raise Damaged(f"{path}: damaged ({error or type(error).__name__})") from error


@contextmanager
def open_sweep(folder: Path, plan: Plan, engine: str, *, replace: bool = False) -> Iterator[SweepArchive]:
    """The archive in a folder, for one sweep and one process at a time; made if need be.

    Raises
    ------
    OtherExperiment
        If the folder holds another experiment, or another process is at work in it.
    OSError
        If it cannot be written to.
    """
    identity = SweepIdentity.of(plan, engine)
    with open_archive(folder, identity, identity.asked, replace=replace) as archive:
        yield SweepArchive(archive.folder, identity.digest)
