"""What a calibration found (kalibreringens resultat): tables, and the ensemble beside the scenario."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.calibration.goals import worst
from sim.calibration.matching import BEYOND, WAVE, Matched
from sim.calibration.plan import CalibrationIdentity, Plan
from sim.calibration.space import Axis, at
from sim.experiment.folder import csv_text
from sim.runs.durable import put
from sim.scenario.ensemble import BESIDE
from sim.scenario.schema import Scalar

RESULT = "calibration.json"
ENSEMBLE = "ensemble.csv"
PARAMETERS = "parameters.csv"
TARGETS = "targets.csv"
RUNS = "runs.csv"
FILES = (RESULT, ENSEMBLE, PARAMETERS, TARGETS, RUNS)
FORMAT = 1
NARROWED, UNCHANGED = 0.5, 0.8
"""Interquartile range in the ensemble over that of the prior: identified below the first, not beyond the second."""
QUARTILES = (0.25, 0.5, 0.75)
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Found:
    """A finished calibration of a plan.

    Attributes
    ----------
    plan, matched
        What was asked for, and what came of it.
    """

    plan: Plan
    matched: Matched

    @cached_property
    def members(self) -> tuple[Floats, Floats, list[str]]:
        """Points, implausibility and who says so, of every parameter set, in an order without meaning."""
        matched = self.matched
        points, at_worst = matched.points[matched.good], self._worst[matched.good]
        said = ["run"] * len(points)
        for step in matched.steps:
            if step.kind == BEYOND:
                points, at_worst = np.concatenate([points, step.points]), np.concatenate([at_worst, step.emulated])
                said += ["emulator"] * len(step.points)
        order = np.random.default_rng([matched.settings.seed, len(points)]).permutation(len(points))
        return points[order], at_worst[order], [said[place] for place in order]

    @cached_property
    def _worst(self) -> Floats:
        return worst(self.matched.implausibility, self.matched.settings.exceptions)

    def ensemble(self) -> str:
        """The table of the parameter sets: a column for each dotted key."""
        names = [key.name for key in self.plan.space.keys]
        rows = (
            (number, *self.plan.space.values(point).values(), implausibility, said)
            for number, (point, implausibility, said) in enumerate(zip(*self.members, strict=True))
        )
        return csv_text((BESIDE[0], *names, *BESIDE[1:]), rows)

    def parameters(self) -> list[Fitted]:
        """Prior and ensemble of every value that moves."""
        points = self.members[0]
        return [
            Fitted.of(axis, place, points[:, a])
            for a, axis in enumerate(self.plan.space.axes)
            for place in range(len(axis.keys))
        ]

    def targets(self) -> Iterator[tuple[Any, ...]]:
        """A row for each target: what is published, by what it is uncertain, and what the ensemble's runs give."""
        matched, goals = self.matched, self.plan.goals
        chosen = matched.values[matched.good]
        missed = matched.implausibility[matched.settings.replications :] > matched.settings.cutoff
        base = matched.values[: matched.settings.replications]
        for g, target in enumerate(self.plan.targets):
            known = chosen[:, g][~np.isnan(chosen[:, g])]
            own = matched.near.get(g, matched.emulators.get(g))
            yield (
                *(target.id, target.group, target.text, target.unit, _edge(goals.low[g]), _edge(goals.high[g])),
                *(goals.observation[g], goals.discrepancy[g], math.sqrt(matched.chance[g])),
                float(base[:, g].mean()),
                *((math.nan,) * 4 if not len(known) else (known.mean(), known.min(), known.max(), self._inside(g))),
                float(missed[:, g].mean()),
                *((math.nan, math.nan) if own is None else (own.explained, own.sureness)),
            )

    def _inside(self, goal: int) -> float:
        values = self.matched.values[self.matched.good]
        return float(self.plan.goals.inside(values)[:, goal].mean())

    def runs(self) -> Iterator[tuple[Any, ...]]:
        """A row for each run: its point, its values and its implausibility."""
        matched = self.matched
        for number, ((kind, step), point) in enumerate(zip(matched.kinds, matched.points, strict=True)):
            yield number, kind, step, self._worst[number], *point, *matched.values[number]

    def result(self) -> dict[str, Any]:
        """What was done, as plain data."""
        matched = self.matched
        said = self.members[2]
        return {
            "format": FORMAT,
            "kind": "calibrate",
            "name": self.plan.scenario.name,
            "settings": asdict(matched.settings),
            "parameters": len(self.plan.space.axes),
            "values": len(self.plan.space.keys),
            "targets": len(self.plan.targets),
            "runs": len(matched.values),
            "stopped": matched.stopped,
            "steps": [
                {"kind": s.kind, "points": len(s.points), "volume": None if math.isnan(s.volume) else s.volume}
                for s in matched.steps
            ],
            "sets": len(said),
            "sets_by_runs": said.count("run"),
            "sets_by_emulators": said.count("emulator"),
            "not_identified": [f.key for f in self.parameters() if f.verdict == "not identified"],
        }

    @property
    def waves(self) -> int:
        """How many there were."""
        return sum(step.kind == WAVE for step in self.matched.steps)


@dataclass(frozen=True)
class Fitted:
    """Prior and ensemble of one value.

    Attributes
    ----------
    key, parameter, unit
        The value, and the parameter of the calibration with which it moves.
    low, value, high
        As in the scenario.
    prior, ensemble
        Quartiles; nan of an ensemble without sets.
    ratio
        Interquartile range of the ensemble over that of the prior, in shares; nan likewise.
    verdict
        ``prior`` for one that keeps it, else ``identified``, ``narrowed`` or ``not identified``; empty without sets.
    """

    key: str
    parameter: str
    unit: str
    low: float
    value: float
    high: float
    prior: tuple[Scalar, ...]
    ensemble: tuple[Scalar, ...]
    ratio: float
    verdict: str

    @classmethod
    def of(cls, axis: Axis, place: int, shares: Floats) -> Fitted:
        """Of one of the values of an axis, from its shares in the ensemble, shape (sets,)."""
        key = axis.keys[place]
        quartiles = np.quantile(shares, QUARTILES).tolist() if len(shares) else []
        ratio = (quartiles[2] - quartiles[0]) / (QUARTILES[2] - QUARTILES[0]) if quartiles else math.nan
        if axis.keep or math.isnan(ratio):
            verdict = "prior" if axis.keep else ""
        else:
            verdict = "identified" if ratio < NARROWED else "narrowed" if ratio < UNCHANGED else "not identified"
        return cls(
            *(key.name, axis.name, key.parameter.unit, key.low, key.value, key.high),  # type: ignore[arg-type]
            tuple(at(key, share) for share in QUARTILES),
            tuple(at(key, share) for share in quartiles) or (math.nan,) * 3,
            ratio,
            verdict,
        )

    def row(self) -> tuple[Any, ...]:
        """Cells of ``parameters.csv``."""
        return (
            *(self.key, self.parameter, self.unit, self.low, self.value, self.high),
            *(*self.prior, *self.ensemble, self.ratio, self.verdict),
        )


PARAMETER_COLUMNS = (
    *("key", "parameter", "unit", "low", "value", "high", "prior_25", "prior_50", "prior_75"),
    *("ensemble_25", "ensemble_50", "ensemble_75", "ratio", "verdict"),
)
TARGET_COLUMNS = (
    *("id", "group", "target", "unit", "low", "high", "sd_observation", "sd_discrepancy", "sd_chance", "scenario"),
    *("ensemble_mean", "ensemble_least", "ensemble_most", "ensemble_inside", "runs_missed"),
    *("emulator_explained", "emulator_sureness"),
)


def _edge(value: float) -> float:
    return math.nan if math.isinf(value) else value


def write_calibration(found: Found, folder: Path, engine: str) -> list[Path]:
    """Write a finished calibration; returns the files.

    Raises
    ------
    OSError
        If a file cannot be written; no file is left half-written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    about = {"digest": CalibrationIdentity.of(found.plan, engine).digest, **found.result()}
    run_columns = ("run", "kind", "step", "implausibility", *found.plan.space.names, *found.plan.goals.names)
    return [
        put(folder / ENSEMBLE, found.ensemble()),
        put(folder / PARAMETERS, csv_text(PARAMETER_COLUMNS, (one.row() for one in found.parameters()))),
        put(folder / TARGETS, csv_text(TARGET_COLUMNS, found.targets())),
        put(folder / RUNS, csv_text(run_columns, found.runs())),
        put(folder / RESULT, json.dumps(about, indent=1, ensure_ascii=False) + "\n"),
    ]
