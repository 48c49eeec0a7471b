"""The baseline targets (måltal): what Swedish statistics say about care as it is, with their sources.

They stand in ``sim/data/targets.csv``, one row each. A row of role ``target`` is judged and may be calibrated to; a
row of role ``reported`` is shown beside what is published, if anything is; a row of role ``check`` holds two figures of
the model against each other, and is judged by itself. What pilots claim and trials found is none of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from sim.scenario.evidence import source_ids
from sim.scenario.region import Region
from sim.vocabulary import AgeBand

TARGET, REPORTED, CHECK = "target", "reported", "check"

AROUND = 0.1
"""A published figure without a range is met within this share of it."""
NEAR = 0.25
"""Beyond its range a figure is near within this share of the closest edge."""

SOURCE_ROLES = ("target", "parameter", "check")
"""Roles in the evidence that may stand behind a target; the results of pilots and trials may not."""

PUBLISHED_PEOPLE: Mapping[str, int] = MappingProxyType({"people": 162_899, "older": 30_978, "younger": 131_921})
"""Whom absolute numbers are published for (P01, P02); smaller regions get their share of them."""


@dataclass(frozen=True)
class Target:
    """One figure of the baseline.

    Attributes
    ----------
    id
        Short name.
    group
        Of the twelve groups of targets; ``also`` or ``check`` beside them.
    text, unit
        What it is.
    source
        Ids of the evidence table, ``;`` between.
    low, value, high
        As published, or derived from what is published; None where not given.
    judged
        Whether it is a target; otherwise it is only shown, or checked.
    scales
        For absolute numbers the people they are in proportion to, a key of ``PUBLISHED_PEOPLE``; else empty.
    measure
        How it is measured: a name in ``measures.MEASURES`` and its arguments.
    note
        Scope, and how it was derived.
    check
        Whether it holds two figures of the model against each other.
    """

    id: str
    group: str
    text: str
    source: str
    low: float | None
    value: float | None
    high: float | None
    unit: str
    judged: bool
    scales: str
    measure: tuple[str, ...]
    note: str
    check: bool = False

    @property
    def sources(self) -> list[str]:
        """Ids of the evidence table."""
        return source_ids(self.source) if self.source else []

    @property
    def published(self) -> tuple[float | None, float | None]:
        """The range as published; both ends the value where only a value is."""
        if self.low is None and self.high is None:
            return self.value, self.value
        return self.low, self.high

    @property
    def band(self) -> tuple[float | None, float | None]:
        """Within what it is met: the range as published, or around the value."""
        low, high = self.published
        if low is None or low != high:
            return low, high
        return low * (1 - AROUND), low * (1 + AROUND)

    def judge(self, simulated: float, factor: float = 1.0) -> str:
        """``inside``, ``near`` or ``off``.

        Parameters
        ----------
        simulated
            Mean over replications.
        factor
            Of the published figures, for a region of another size.
        """
        if self.agrees(simulated, factor):
            return "inside"
        return "near" if self._between(self.published, NEAR, simulated, factor) else "off"

    def agrees(self, simulated: float, factor: float = 1.0) -> bool:
        """Whether a value lies within the band; parameters as ``judge``."""
        return self._between(self.band, 0.0, simulated, factor)

    @staticmethod
    def _between(edges: tuple[float | None, float | None], more: float, simulated: float, factor: float) -> bool:
        low, high = edges
        above = low is None or simulated >= low * factor * (1 - more)
        return above and (high is None or simulated <= high * factor * (1 + more))

    def factor(self, region: Region) -> float:
        """Of the published figures, for the size of a region."""
        return people_of(region)[self.scales] / PUBLISHED_PEOPLE[self.scales] if self.scales else 1.0

    def concerns(self, region: Region) -> bool:
        """Whether the region has the municipality that the figure is of, if it is of one."""
        return self.measure[0] != "team_need" or self.measure[1] in {m.name for m in region.municipalities}


def people_of(region: Region) -> dict[str, int]:
    """Residents by the words in which targets scale."""
    older = int(region.population[:, AgeBand.AGE_65_69 :].sum())
    return {"people": region.people, "older": older, "younger": region.people - older}


@cache
def all_targets() -> tuple[Target, ...]:
    """Every row of the table, in its order."""
    text = files("sim").joinpath("data", "targets.csv").read_text(encoding="utf-8")
    return tuple(_targets(csv.DictReader(text.splitlines())))


def targets_of(region: Region) -> tuple[Target, ...]:
    """The rows that concern a region."""
    return tuple(target for target in all_targets() if target.concerns(region))


def _targets(rows: Iterable[Mapping[str, str]]) -> Iterable[Target]:
    for row in rows:
        low, value, high = (float(row[name]) if row[name] else None for name in ("low", "value", "high"))
        yield Target(
            row["id"],
            row["group"],
            row["target"],
            row["source"],
            low,
            value,
            high,
            row["unit"],
            row["role"] == TARGET,
            row["scales"],
            tuple(row["measure"].split()),
            row["note"],
            row["role"] == CHECK,
        )
