"""Runs of a plan on disk (planens körningar): some designs in one replication, one durable file.

What was observed depends on the scenario, the seed and the changes of a design, not on how one selects. So a plan with
another zone, budget or other levels goes on with the runs that are there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.experiment.archive import FORMAT, NOT_READ, REPLICATIONS, Damaged, json_bytes, open_archive, packed, unpacked
from sim.files import RESULT_BYTES, read_bytes
from sim.planning.plan import Plan
from sim.planning.staffing import Rows
from sim.runs.closure import code_of
from sim.runs.durable import put
from sim.runs.identity import Identity, data_digest, versions
from sim.scenario import Scenario
from sim.sweeps.sweep_plan import SWEPT

JOB = "sim.planning.running"
"""The module that makes what is kept here."""

BY_PLACE = ("cost_municipality_net_sek", "hospital_days", "labelled_days")
"""Outcomes that are kept by municipality."""
PLAN = "plan"
Floats = NDArray[np.float64]
ArmKey = tuple[str, str]
"""Governance, and the identity of what is changed."""


@dataclass(frozen=True, eq=False)
class Part:
    """Some arms in one replication.

    Attributes
    ----------
    number
        Of the replication.
    arms
        Which they are.
    totals
        Outcomes of everybody, shape (arms, outcomes), in the order of ``SWEPT``; nan where not given.
    places
        Those of ``BY_PLACE`` by municipality, shape (arms, outcomes, municipalities).
    """

    number: int
    arms: tuple[ArmKey, ...]
    totals: Floats
    places: Floats


class Store(Protocol):
    """Where runs are kept."""

    def put(self, part: Part) -> None:
        """Keep what was run."""
        ...

    def parts(self) -> Iterator[Part]:
        """All that is kept."""
        ...


class InMemory:
    """Runs that nobody needs afterwards."""

    def __init__(self) -> None:
        self._parts: list[Part] = []

    def put(self, part: Part) -> None:
        """Keep what was run."""
        self._parts.append(part)

    def parts(self) -> Iterator[Part]:
        """All that is kept."""
        return iter(self._parts)


@dataclass(frozen=True, eq=False)
class PlanIdentity(Identity):
    """What the runs of a plan depend on."""

    tables: tuple[tuple[str, Rows], ...] = field(kw_only=True, default=())
    asked_for: tuple[tuple[str, Any], ...] = field(kw_only=True, default=())

    @classmethod
    def of(cls, plan: Plan, scenario: Scenario, engine: str) -> PlanIdentity:
        """The identity of a plan for a scenario, which may have an ensemble."""
        settings = plan.settings
        arms = (settings.baseline, settings.governance)
        tables = tuple(sorted(plan.staffed.tables.items()))
        asked = (("designs", len(plan.designs)), ("variables", list(plan.names)), ("objective", settings.objective))
        return cls(scenario, arms, settings.seed, engine, tables=tables, asked_for=asked)

    @property
    def kind(self) -> str:
        """``plan``."""
        return PLAN

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked for, for ``experiment.json``."""
        return {PLAN: dict(self.asked_for)}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that the runs depend on, as hex digits."""
        tables = [
            [name, sorted([*place, sorted(row.items())] for place, row in rows.items())] for name, rows in self.tables
        ]
        whole = {
            "scenario": self.scenario.counted(),
            "governances": self.governances,
            "tables": tables,
            "seed": self.seed,
            "engine": self.engine,
            "outcomes": [*SWEPT, *BY_PLACE],
            "versions": versions(),
        }
        return data_digest(whole)


@dataclass(frozen=True, eq=False)
class PlanArchive:
    """A folder with the runs of a plan; made by :func:`open_plan`."""

    folder: Path
    digest: str

    def put(self, part: Part) -> None:
        """Keep what was run.

        Raises
        ------
        OSError
            If it cannot be written; nothing is left of it then.
        """
        about = {
            "format": FORMAT,
            "experiment": self.digest,
            "code": code_of(JOB),
            "number": part.number,
            "arms": part.arms,
        }
        content = packed({"about": json_bytes(about), "totals": part.totals, "places": part.places})
        put(self._free(part.number), content)

    def _free(self, number: int) -> Path:
        folder, taken = self.folder / REPLICATIONS, 0
        while (path := folder / f"{number:04d}-part-{taken:04d}.npz").exists():
            taken += 1
        return path

    def parts(self) -> Iterator[Part]:
        """All that is kept and good; what is damaged, or was made by other code, is taken away and run again."""
        for path in sorted((self.folder / REPLICATIONS).glob("*-part-*.npz")):
            try:
                yield self._read(path)
            except NOT_READ:  # Damaged is among them
                path.unlink(missing_ok=True)

    @property
    def runs(self) -> int:
        """How many runs are kept."""
        return sum(len(part.arms) for part in self.parts())

    def _read(self, path: Path) -> Part:
        with unpacked(read_bytes(path, RESULT_BYTES)) as arrays:
            about = json.loads(arrays["about"].tobytes())
            totals, places = arrays["totals"], arrays["places"]
        for name, value in {"format": FORMAT, "experiment": self.digest, "code": code_of(JOB)}.items():
            if about[name] != value:
                raise Damaged(f"{path}: {name} {about[name]} given, {value} needed")
        arms = tuple((str(governance), str(key)) for governance, key in about["arms"])
        if not len(arms) == len(totals) == len(places):
            raise Damaged(f"{path}: {len(totals)} rows for {len(arms)} arms")
        return Part(int(about["number"]), arms, totals, places)


@contextmanager
def open_plan(
    folder: Path, plan: Plan, scenario: Scenario, engine: str, *, replace: bool = False
) -> Iterator[PlanArchive]:
    """The archive in a folder, for the runs of one plan and one process at a time; made if need be.

    Raises
    ------
    OtherExperiment
        If the folder holds another experiment, or another process is at work in it.
    OSError
        If it cannot be written to.
    """
    identity = PlanIdentity.of(plan, scenario, engine)
    with open_archive(folder, identity, identity.asked, replace=replace) as archive:
        yield PlanArchive(archive.folder, identity.digest)
