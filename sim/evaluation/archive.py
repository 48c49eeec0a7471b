"""Finished repeats of an evaluation in its folder (utvärderingsarkiv): one repeat of all its studies, one file."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.evaluation.estimators import Estimate
from sim.evaluation.region import Simulated
from sim.evaluation.study import Finding, Repeat, Study
from sim.runs.identity import Identity, data_digest, versions
from sim.runs.packing import Arrays
from sim.runs.store import Codec, RunStore, open_store

EVALUATE = "evaluate"
Repeats = tuple[Repeat, ...]
"""One repeat of every study, in the order of the studies."""


@dataclass(frozen=True, eq=False)
class EvaluationIdentity(Identity):
    """What an evaluation is."""

    studies: tuple[Study, ...] = field(kw_only=True)
    by_list: bool | None = field(kw_only=True)

    @classmethod
    def of(cls, studies: tuple[Study, ...], world: Simulated) -> EvaluationIdentity:
        """The identity of studies in a simulated region."""
        arms = (world.usual, world.governance)
        return cls(world.scenario, arms, world.seed, world.engine, studies=studies, by_list=world.by_list)

    @property
    def kind(self) -> str:
        """``evaluate``."""
        return EVALUATE

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked for, for ``experiment.json``."""
        return {EVALUATE: {"studies": [asdict(study) for study in self.studies], "by_list": self.by_list}}

    @property
    def asked_of_points(self) -> Mapping[str, Any]:
        """The studies, and whose list it is."""
        return {f"{EVALUATE}.{name}": value for name, value in self.asked[EVALUATE].items()}

    @property
    def about(self) -> dict[str, Any]:
        """All that the figures depend on, as plain data."""
        return {
            **self.asked[EVALUATE],
            "scenario": self.scenario.counted(),
            "governance": self.governances[1],
            "usual": self.governances[0],
            "seed": self.seed,
            "engine": self.engine,
            "versions": versions(),
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that the figures depend on, as hex digits."""
        return data_digest(self.about, default=str)


def _plain(repeats: Repeats) -> tuple[dict[str, Any], Arrays]:
    return {"repeats": [_plain_repeat(repeat) for repeat in repeats]}, {}


def _plain_repeat(repeat: Repeat) -> dict[str, Any]:
    own = {f.name: getattr(repeat, f.name) for f in fields(repeat) if f.name not in ("number", "findings")}
    findings = {name: asdict(found) for name, found in repeat.findings.items()}
    return {**own, "study": asdict(repeat.study), "findings": findings}


def _whole(number: int, about: Mapping[str, Any], arrays: Arrays, folder: Path) -> Repeats:
    return tuple(_restored(number, one) for one in about["repeats"])


def _restored(number: int, plain: Mapping[str, Any]) -> Repeat:
    own = {name: value for name, value in plain.items() if name not in ("study", "findings")}
    findings = {
        name: Finding(**{**found, "real": Estimate(**found["real"]), "null": Estimate(**found["null"])})
        for name, found in plain["findings"].items()
    }
    return Repeat(study=study_of(plain["study"]), number=number, findings=findings, **own)


def study_of(plain: Mapping[str, Any]) -> Study:
    """A study again, from its plain data."""
    whole: dict[str, Any] = {name: tuple(x) if isinstance(x, list) else x for name, x in plain.items()}
    return Study(**whole)


REPEATS: Codec[int, Repeats] = Codec(
    job="sim.evaluation.evaluating",
    name="{:04d}".format,
    key=lambda name: int(name) if name.isdecimal() else None,
    of=lambda repeats: repeats[0].number,
    plain=_plain,
    whole=_whole,
)


def open_evaluation(
    folder: Path, identity: EvaluationIdentity, *, replace: bool = False
) -> AbstractContextManager[RunStore[int, Repeats]]:
    """The repeats of an evaluation in a folder; errors as ``open_store``."""
    return open_store(folder, identity, identity.asked, REPEATS, replace=replace)
