"""Calibrating a scenario (kalibrering): its baseline, run at many points, each finished run one durable file."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.calibration.matching import InMemory, Job, Matched, Step, Store, Told, match
from sim.calibration.plan import CalibrationIdentity, Plan
from sim.engine import EngineError, OutOfMemory
from sim.replication.beginning import begin
from sim.runs.executors import Where, place, spread
from sim.runs.packing import Arrays
from sim.runs.progress import Progress, Tick
from sim.runs.store import Codec, RunStore, open_store
from sim.scenario import Scenario
from sim.scenario.schema import Scalar
from sim.validation.measures import simulated
from sim.validation.targets import Target
from sim.validation.validation import baseline

MADE_BY = "sim.calibration.calibrating"
"""The module that makes what is kept here."""

Floats = NDArray[np.float64]


Run = tuple[Job, Floats]
"""A run, and the values of its targets; nan where not measured."""


class CalibrationArchive:
    """The runs and the steps of one calibration in its folder; made by :func:`open_calibration`.

    Parameters
    ----------
    store
        Of the runs.
    """

    def __init__(self, store: RunStore[int, Run]) -> None:
        self.folder = store.folder
        self._runs = store
        self._steps = store.also(STEP)

    def run(self, job: Job) -> Floats | None:
        """Values of a run, if its file is there and good, and of the same point."""
        if not self._runs.sound([job.number]):
            return None
        kept, values = self._runs.get(job.number)
        return values if kept == job else None

    def put_run(self, job: Job, values: Floats) -> None:
        """Keep one.

        Raises
        ------
        OSError
            If it cannot be written; nothing is left of it then.
        """
        self._runs.put((job, values))

    def step(self, number: int) -> Step | None:
        """A step, if its file is there and good."""
        return self._steps.get(number)[1] if self._steps.sound([number]) else None

    def put_step(self, number: int, step: Step) -> None:
        """Keep one; errors as for a run."""
        self._steps.put((number, step))

    @property
    def runs(self) -> int:
        """How many runs have a file."""
        return len(self._runs.there())


def _number(name: str, kind: str) -> int | None:
    found = re.fullmatch(rf"{kind}-(\d+)", name)
    return None if found is None else int(found[1])


def _run_plain(run: Run) -> tuple[dict[str, Any], Arrays]:
    job, values = run
    return {"point": job.point}, {"values": values}


def _run_whole(number: int, about: Mapping[str, Any], arrays: Arrays, folder: Path) -> Run:
    point = about["point"]
    return Job(number, None if point is None else tuple(point)), arrays["values"]


def _step_plain(numbered: tuple[int, Step]) -> tuple[dict[str, Any], Arrays]:
    step = numbered[1]
    arrays = {"points": step.points, "emulated": step.emulated, "volume": np.float64(step.volume).reshape(1)}
    return {"kind": step.kind}, arrays


def _step_whole(number: int, about: Mapping[str, Any], arrays: Arrays, folder: Path) -> tuple[int, Step]:
    return number, Step(about["kind"], arrays["points"], arrays["emulated"], float(arrays["volume"][0]))


RUN: Codec[int, Run] = Codec(
    job=MADE_BY,
    name="run-{:04d}".format,
    key=lambda name: _number(name, "run"),
    of=lambda run: run[0].number,
    plain=_run_plain,
    whole=_run_whole,
)
STEP: Codec[int, tuple[int, Step]] = Codec(
    job=MADE_BY,
    name="step-{:02d}".format,
    key=lambda name: _number(name, "step"),
    of=lambda numbered: numbered[0],
    plain=_step_plain,
    whole=_step_whole,
)


@contextmanager
def open_calibration(folder: Path, plan: Plan, engine: str, *, replace: bool = False) -> Iterator[CalibrationArchive]:
    """The runs and steps of a calibration in a folder; errors as ``open_store``."""
    identity = CalibrationIdentity.of(plan, engine)
    with open_store(folder, identity, identity.asked, RUN, replace=replace) as store:
        yield CalibrationArchive(store)


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
