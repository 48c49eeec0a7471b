"""Runs of a plan on disk (planens körningar): some designs in one replication, one durable file.

What was observed depends on the scenario, the seed and the changes of a design, not on how one selects. So a plan with
another zone, budget or other levels goes on with the runs that are there.
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

from sim.planning.plan import Plan
from sim.planning.staffing import Rows
from sim.runs.identity import SHORT, Identity, data_digest, versions
from sim.runs.packing import Arrays, Damaged
from sim.runs.store import Codec, RunStore, open_store
from sim.scenario import Scenario
from sim.sweeps.sweep_plan import SWEPT

BY_PLACE = ("cost_municipality_net_sek", "hospital_days", "labelled_days")
"""Outcomes that are kept by municipality."""
PLAN = "plan"
Floats = NDArray[np.float64]
ArmKey = tuple[str, str]
"""Governance, and the identity of what is changed."""
PartKey = tuple[int, str]
"""The number of a replication, and a digest of which arms were run together."""


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


def _of(part: Part) -> PartKey:
    return part.number, data_digest(part.arms)[:SHORT]


def _key(name: str) -> PartKey | None:
    found = re.fullmatch(rf"(\d{{4,}})-part-([0-9a-f]{{{SHORT}}})", name)
    return None if found is None else (int(found[1]), found[2])


def _plain(part: Part) -> tuple[dict[str, Any], Arrays]:
    return {"arms": part.arms}, {"totals": part.totals, "places": part.places}


def _whole(key: PartKey, about: Mapping[str, Any], arrays: Arrays, folder: Path) -> Part:
    totals, places = arrays["totals"], arrays["places"]
    arms = tuple((str(governance), str(changes)) for governance, changes in about["arms"])
    if not len(arms) == len(totals) == len(places):
        raise Damaged(f"{len(totals)} rows for {len(arms)} arms")
    return Part(key[0], arms, totals, places)


PART: Codec[PartKey, Part] = Codec(
    job="sim.planning.running",
    name=lambda key: f"{key[0]:04d}-part-{key[1]}",
    key=_key,
    of=_of,
    plain=_plain,
    whole=_whole,
)


def runs_in(store: RunStore[PartKey, Part]) -> int:
    """How many runs are kept."""
    return sum(len(part.arms) for part in store.parts())


def open_plan(
    folder: Path, plan: Plan, scenario: Scenario, engine: str, *, replace: bool = False
) -> AbstractContextManager[RunStore[PartKey, Part]]:
    """The runs of a plan in a folder; errors as ``open_store``."""
    identity = PlanIdentity.of(plan, scenario, engine)
    return open_store(folder, identity, identity.asked, PART, replace=replace)
