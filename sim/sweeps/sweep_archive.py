"""The parts of a sweep (svepets delar): one replication of one group of points, one durable file.

A sweep that was stopped, by whatever means, goes on where it was; more replications continue it. Another sweep in the
same folder is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
from sim.runs.packing import Arrays
from sim.runs.store import Codec, RunStore, open_store
from sim.scenario import ScenarioError
from sim.scenario.keys import resolve
from sim.scenario.restored import NotRestored, restored
from sim.statistics.design import Design
from sim.sweeps.sweep_plan import MOST_ARMS, SWEPT, Plan

PartKey = tuple[int, int]
"""A group of points, and the number of a replication."""


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


def _key(name: str) -> PartKey | None:
    found = re.fullmatch(r"(\d{4,})-group-(\d{5,})", name)
    return None if found is None else (int(found[2]), int(found[1]))


def _plain(part: Part) -> tuple[dict[str, Any], Arrays]:
    return {"digests": part.digests}, {"totals": part.totals}


def _whole(key: PartKey, about: Mapping[str, Any], arrays: Arrays, folder: Path) -> Part:
    return Part(*key, arrays["totals"], tuple(about["digests"]))


PART: Codec[PartKey, Part] = Codec(
    job="sim.sweeps.sweeping",
    name=lambda key: f"{key[1]:04d}-group-{key[0]:05d}",
    key=_key,
    of=lambda part: (part.group, part.number),
    plain=_plain,
    whole=_whole,
)


def open_sweep(
    folder: Path, plan: Plan, engine: str, *, replace: bool = False
) -> AbstractContextManager[RunStore[PartKey, Part]]:
    """The parts of a sweep in a folder; errors as ``open_store``."""
    identity = SweepIdentity.of(plan, engine)
    return open_store(folder, identity, identity.asked, PART, replace=replace)
