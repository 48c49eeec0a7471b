"""Calibrating a scenario (kalibrering): its baseline, run at many points, each finished run one durable file."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.calibration.matching import InMemory, Job, Matched, Step, Store, Told, match
from sim.calibration.plan import CalibrationIdentity, Plan
from sim.engine import EngineError, OutOfMemory
from sim.experiment.archive import FORMAT, REPLICATIONS, open_archive
from sim.files import read_json
from sim.replication.beginning import begin
from sim.runs.closure import code_of
from sim.runs.durable import put
from sim.runs.executors import Where, place, spread
from sim.runs.progress import Progress, Tick
from sim.scenario import Scenario
from sim.scenario.schema import Scalar
from sim.validation.measures import simulated
from sim.validation.targets import Target
from sim.validation.validation import baseline

JOB = "sim.calibration.calibrating"
"""The module that makes what is kept here."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CalibrationArchive:
    """A folder with the runs and the steps of one calibration; made by :func:`open_calibration`."""

    folder: Path
    digest: str

    def run(self, job: Job) -> Floats | None:
        """Values of a run, if its file is there and good."""
        about = self._read(self._run_path(job.number), {"point": _plain(job.point)})
        return None if about is None else np.array([np.nan if v is None else v for v in about["values"]], np.float64)

    def put_run(self, job: Job, values: Floats) -> None:
        """Keep one.

        Raises
        ------
        OSError
            If it cannot be written; nothing is left of it then.
        """
        self._write(self._run_path(job.number), {"point": _plain(job.point), "values": _known(values)})

    def step(self, number: int) -> Step | None:
        """A step, if its file is there and good."""
        about = self._read(self._step_path(number), {"step": number})
        if about is None:
            return None
        emulated = np.array([np.nan if v is None else v for v in about["emulated"]], np.float64)
        points = np.array(about["points"], np.float64).reshape(len(emulated), -1 if len(emulated) else 0)
        return Step(about["kind"], points, emulated, np.nan if about["volume"] is None else about["volume"])

    def put_step(self, number: int, step: Step) -> None:
        """Keep one; errors as for a run."""
        about = {
            "step": number,
            "kind": step.kind,
            "volume": None if np.isnan(step.volume) else step.volume,
            "emulated": _known(step.emulated),
            "points": step.points.tolist(),
        }
        self._write(self._step_path(number), about)

    @property
    def runs(self) -> int:
        """How many runs have a file."""
        return len(list((self.folder / REPLICATIONS).glob("run-*.json")))

    def _run_path(self, number: int) -> Path:
        return self.folder / REPLICATIONS / f"run-{number:04d}.json"

    def _step_path(self, number: int) -> Path:
        return self.folder / REPLICATIONS / f"step-{number:02d}.json"

    def _write(self, path: Path, about: Mapping[str, Any]) -> None:
        put(path, json.dumps({"format": FORMAT, "experiment": self.digest, "code": code_of(JOB), **about}))

    def _read(self, path: Path, expected: Mapping[str, Any]) -> dict[str, Any] | None:
        """A file, unless it is missing, damaged or another: then it is written again."""
        try:
            about = read_json(path)
        except (OSError, ValueError):
            return None
        wanted = {"format": FORMAT, "experiment": self.digest, "code": code_of(JOB), **expected}
        good = isinstance(about, dict) and all(about.get(word) == value for word, value in wanted.items())
        return about if good else None


def _plain(point: tuple[float, ...] | None) -> list[float] | None:
    return None if point is None else list(point)


def _known(values: Floats) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values.tolist()]


@contextmanager
def open_calibration(folder: Path, plan: Plan, engine: str, *, replace: bool = False) -> Iterator[CalibrationArchive]:
    """The archive in a folder, for one calibration and one process at a time; made if need be.

    Raises
    ------
    OtherExperiment
        If the folder holds another experiment, or another process is at work in it.
    OSError
        If it cannot be written to.
    """
    identity = CalibrationIdentity.of(plan, engine)
    with open_archive(folder, identity, identity.asked, replace=replace) as archive:
        yield CalibrationArchive(archive.folder, identity.digest)


def calibrate(
    plan: Plan,
    engine: str = "compiled",
    store: Store | None = None,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
    told: Told = print,
) -> Matched:
    """Fit the uncertain parameters of a scenario to its targets (kalibrera).

    Parameters
    ----------
    plan
        From ``planned``.
    store
        What is done already, and where to keep what is done; memory by default.
    engine, workers, cluster, progress
        As for ``sim.run``; a run has a replication of its own.
    told
        Takes a line about every step.
    """
    where = place(plan.scenario, plan.settings.wave, engine, workers, cluster)
    simulate = partial(_simulate, plan, where, progress)
    return match(plan.space, plan.goals, simulate, plan.settings, store or InMemory(), told)


def _simulate(
    plan: Plan, where: Where, progress: Progress | None, jobs: Sequence[Job]
) -> Generator[tuple[int, Floats], None, None]:
    changes = {job.number: {} if job.point is None else plan.space.values(job.point) for job in jobs}
    one = partial(_one, plan.scenario, plan.targets, plan.settings.seed, where.engine, changes)
    with closing(spread(one, changes, where, progress)) as done:
        yield from done


def _one(
    scenario: Scenario,
    targets: Sequence[Target],
    seed: int,
    engine: str,
    changes: Mapping[int, Mapping[str, Scalar]],
    number: int,
    tick: Tick | None,
) -> Floats:
    """Every target in one run; all nan if the model cannot be run with these values, though it can with its own."""
    at = scenario.with_keys(changes[number]) if changes[number] else scenario
    try:
        base = baseline(begin(at, seed, number, engine), tick)
    except EngineError as error:
        if isinstance(error, OutOfMemory) or not changes[number]:  # that says nothing about the values
            raise
        return np.full(len(targets), np.nan)
    return np.array([simulated(base, target.measure) for target in targets])
