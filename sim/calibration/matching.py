"""History matching (historiematchning): parameters are ruled out, wave by wave, until what is left agrees.

Each wave runs the simulation at points of what is left, fits emulators to all runs so far, and rules out where even
an unsure emulator says that some figure is missed by far (Vernon, Goldstein and Bower 2010; for stochastic models of
care Andrianakis and others 2015). Waves end when the space hardly shrinks any more, or with the runs that may be used.
Then more points of what is left are run, until there are enough whose own run is not implausible: the ensemble.

Every run has a chance of its own (the number of its replication), so an emulator sees the model and not one seed; how
large chance is, replications at the scenario's own values tell beforehand.

This module knows nothing about scenarios: points are shares of the way through the ranges of the parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from sim.calibration.emulator import Emulator, TooFewRuns, emulator
from sim.calibration.goals import LARGE, Goals, worst
from sim.calibration.narrowing import Narrowed, latin_hypercube, narrowed
from sim.workers import processors

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
DIGITS = 10
"""Of a point, so that a table of them gives the same points again."""
STILL = 0.8
"""The space has stopped shrinking when a wave leaves more than this share of it."""
SUCCESS = 0.25
"""Points that were not run fill an ensemble up only if at least this share of the last runs confirmed the emulators."""
NEAR_RUNS = 16
"""Runs that an emulator of those near the goal needs at least."""
AT_ISSUE = 0.5
"""Goals of which no run so far was more implausible than this share of the cutoff rule nothing out."""
BASE, WAVE, SETTLED, CHECK, BEYOND = "base", "wave", "settled", "check", "emulated"
"""Steps: replications at the scenario's own values, waves, the end of shrinking (without points), more runs for the
ensemble, points that were not run."""


@dataclass(frozen=True)
class Settings:
    """How a calibration goes about it.

    Attributes
    ----------
    runs
        At most.
    replications
        Of them at the scenario's own values, to tell chance; at least 2.
    wave, waves
        Runs of a wave, and at most how many waves.
    ensemble
        How many parameter sets are wanted.
    cutoff
        Beyond which a goal is missed: 3 standard deviations (Pukelsheim 1994).
    exceptions
        How many goals may be missed.
    seed
        Of points and runs.
    """

    runs: int = 180
    replications: int = 6
    wave: int = 40
    waves: int = 3
    ensemble: int = 50
    cutoff: float = 3.0
    exceptions: int = 0
    seed: int = 1


@dataclass(frozen=True)
class Job:
    """A run that is to be done: its number, also of its replication, and its point; None for the scenario's own."""

    number: int
    point: tuple[float, ...] | None


@dataclass(frozen=True, eq=False)
class Step:
    """Points of one step of a calibration.

    Attributes
    ----------
    kind
        ``base``, ``wave``, ``settled``, ``check`` or ``emulated``.
    points
        Shape (points, parameters).
    emulated
        Their implausibility as emulated before they were run, shape (points,); nan of a first wave.
    volume
        Share of the space of the priors that was left when they were drawn; nan if that was not estimated.
    """

    kind: str
    points: Floats
    emulated: Floats
    volume: float


class Space(Protocol):
    """Where parameters may be."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the parameters."""
        ...

    @property
    def keep(self) -> Bools:
        """Which of them keep their prior, shape (parameters,)."""
        ...

    @property
    def base(self) -> Floats:
        """The scenario's own values as shares, shape (parameters,)."""
        ...

    def possible(self, point: Floats) -> bool:
        """Whether the scenario can take these values together."""
        ...


class Store(Protocol):
    """What has been done, for when a calibration goes on."""

    def run(self, job: Job) -> Floats | None:
        """Values of a run that is kept."""
        ...

    def put_run(self, job: Job, values: Floats) -> None:
        """Keep one."""
        ...

    def step(self, number: int) -> Step | None:
        """A step that is kept."""
        ...

    def put_step(self, number: int, step: Step) -> None:
        """Keep one."""
        ...


class InMemory:
    """Nobody needs it afterwards."""

    def run(self, job: Job) -> Floats | None:
        """Nothing."""
        return None

    def put_run(self, job: Job, values: Floats) -> None:
        """Nothing."""

    def step(self, number: int) -> Step | None:
        """Nothing."""
        return None

    def put_step(self, number: int, step: Step) -> None:
        """Nothing."""


Simulate = Callable[[Sequence[Job]], Generator[tuple[int, Floats], None, None]]
"""Runs jobs and yields (number, values of the goals; nan where not measured), in any order."""
Told = Callable[[str], None]


@dataclass(eq=False)
class Matched:
    """A calibration, as far as it is.

    Attributes
    ----------
    space, goals, settings
        What was asked for.
    steps
        In their order; runs are numbered through them.
    values
        Of all runs, shape (runs, goals).
    emulators
        Of the last fit by place of the goal; goals that rule nothing out have none.
    near
        Beside them, of goals that some runs missed by very far, those of the other runs alone. The first say where a
        queue is overrun, these what happens where it is not; a point must please both.
    """

    space: Space
    goals: Goals
    settings: Settings
    steps: list[Step] = field(default_factory=list)
    values: Floats = field(default_factory=lambda: np.empty((0, 0)))
    emulators: dict[int, Emulator] = field(default_factory=dict)
    near: dict[int, Emulator] = field(default_factory=dict)
    stopped: str = ""

    @property
    def points(self) -> Floats:
        """Of all runs, shape (runs, parameters)."""
        return np.concatenate([step.points for step in self.steps if step.kind != BEYOND and len(step.points)])

    @property
    def kinds(self) -> list[tuple[str, int]]:
        """Of every run, the kind and number of its step."""
        return [(s.kind, n) for n, s in enumerate(self.steps) if s.kind != BEYOND for _ in s.points]

    @property
    def chance(self) -> Floats:
        """Variance of one run by chance, shape (goals,); nan of a goal that is not measured."""
        with np.errstate(invalid="ignore"):
            found: Floats = self.values[: self.settings.replications].var(axis=0, ddof=1)
        return found

    @property
    def measured(self) -> Bools:
        """Goals that are measured, shape (goals,)."""
        return ~np.isnan(self.chance)

    @property
    def implausibility(self) -> Floats:
        """Of every run by itself, shape (runs, goals); 0 of goals that are not measured."""
        return self.goals.implausibility(self.values, np.nan_to_num(self.chance))

    @property
    def good(self) -> NDArray[np.intp]:
        """Runs at drawn points that are not implausible themselves."""
        fits = worst(self.implausibility, self.settings.exceptions) <= self.settings.cutoff
        fits &= ~np.isnan(self.values[:, self.measured]).any(axis=1)  # what is not known agrees with nothing
        fits[: self.settings.replications] = False  # nobody drew those from a prior
        return np.flatnonzero(fits)

    @property
    def left(self) -> int:
        """Runs that may still be used."""
        return self.settings.runs - len(self.values)

    def emulated(self, points: Floats, own: bool = True) -> Floats:
        """Worst implausibility of points as the emulators say, shape (points,); without their own variance if told."""
        if not self.emulators:
            return np.zeros(len(points))
        asked = [*self.emulators.items(), *self.near.items()]
        places = np.array([place for place, _ in asked])
        with ThreadPoolExecutor(processors()) as pool:  # numpy lets the interpreter go
            predicted = list(pool.map(lambda one: one[1].predict(points), asked))
        mean = np.stack([mean for mean, _ in predicted], axis=1)
        variance = np.stack([variance for _, variance in predicted], axis=1)
        if not own:  # but where two emulators share the work, the rough one keeps its doubts
            rough = np.array([n < len(self.emulators) and place in self.near for n, place in enumerate(places)])
            variance *= rough
        found = self.goals.subset(places).implausibility(mean, variance + self.chance[places])
        goals = list(self.emulators)
        for n, place in enumerate(self.near, len(goals)):
            first = goals.index(place)
            found[:, first] = np.maximum(found[:, first], found[:, n])
        return worst(found[:, : len(goals)], min(self.settings.exceptions, len(goals) - 1))


def match(
    space: Space, goals: Goals, simulate: Simulate, settings: Settings, store: Store | None = None, told: Told = print
) -> Matched:
    """Calibrate.

    Parameters
    ----------
    space, goals, settings
        What is asked for.
    simulate
        Runs the model.
    store
        What is done already, and where to keep what is done.
    told
        Takes a line about every step.
    """
    found = Matched(space, goals, settings)
    work = _Work(found, simulate, store or InMemory(), told)
    with threadpool_limits(1):  # the same sums whatever the number of cores
        work.base()
        work.waves()
        work.checks()
        work.beyond()
    return found


class _Work:
    """The steps, one after the other."""

    def __init__(self, found: Matched, simulate: Simulate, store: Store, told: Told) -> None:
        self.found, self.simulate, self.store, self.told = found, simulate, store, told

    @property
    def _rng(self) -> np.random.Generator:
        """Of the next step: it does not depend on the steps before, which may have been kept."""
        return np.random.default_rng([self.found.settings.seed, len(self.found.steps)])

    def base(self) -> None:
        """Replications at the scenario's own values."""
        number = self.found.settings.replications
        points = np.tile(self.found.space.base, (number, 1))
        self._take(Step(BASE, points, np.full(number, np.nan), np.nan))
        missing = [name for name, known in zip(self.found.goals.names, self.found.measured, strict=True) if not known]
        if missing:
            self.told(f"not measured, and left out: {', '.join(missing)}")
        if len(missing) == len(self.found.goals.names):
            raise ValueError("no target can be measured; is the follow-up shorter than a year?")

    def waves(self) -> None:
        """Waves, until the space has stopped shrinking."""
        found, settings = self.found, self.found.settings
        first = self._kept() or self._drawn_evenly(min(settings.wave, found.left))
        self._take(first)
        for _ in range(settings.waves - 1):
            before = found.steps[-1].volume
            if found.left <= 0:
                found.stopped = "no runs left"
                return
            step = self._kept() or self._drawn(WAVE, min(settings.wave, found.left))
            if step.kind == WAVE and step.volume > STILL * before and self._sure(step.points):
                step = Step(SETTLED, np.empty((0, len(found.space.names))), np.empty(0), step.volume)
            if step.kind == SETTLED:
                found.stopped = "the space has stopped shrinking"
                self._note(step)
                return
            self._take(step)
        found.stopped = f"{settings.waves} waves"

    def checks(self) -> None:
        """Runs at what is left, until there are enough that are not implausible; half a wave, then better emulators."""
        found, settings = self.found, self.found.settings
        while len(found.good) < settings.ensemble and found.left > 0:
            step = self._kept() or self._drawn(CHECK, min(-(-settings.wave // 2), found.left))
            if not len(step.points):
                return
            self._take(step)

    def beyond(self) -> None:
        """Points that only emulators vouch for, where there are not enough others."""
        found, settings = self.found, self.found.settings
        lacking = settings.ensemble - len(found.good)
        step = self._kept()
        if lacking <= 0 or step is not None:
            self._fit()  # to all runs, for what is told about emulators
        if lacking <= 0:
            return
        if step is None and self._confirmed < SUCCESS:
            says = f"runs confirmed {self._confirmed:.0%} of what they said last"
            self.told(
                f"{len(found.good)} of {settings.ensemble} parameter sets found; "
                f"emulators alone vouch for no more, since {says}"
            )
            return
        if step is None:
            step = self._drawn(BEYOND, lacking)
            fits = step.emulated <= settings.cutoff
            step = Step(BEYOND, step.points[fits], step.emulated[fits], step.volume)
        self._note(step)
        self.told(f"{len(step.points)} parameter sets by emulators alone: of their runs, some would be implausible")

    def _sure(self, points: Floats) -> bool:
        """Whether emulators add less than all other variances there, so that better ones would not rule out more."""
        found = self.found
        for place, one in {**found.emulators, **found.near}.items():
            others = found.goals.observation[place] ** 2 + found.goals.discrepancy[place] ** 2 + found.chance[place]
            if float(np.median(one.predict(points)[1])) > others:
                return False
        return True

    def _note(self, step: Step) -> None:
        """A step without runs."""
        if self._kept() is None:
            self.store.put_step(len(self.found.steps), step)
        self.found.steps.append(step)

    @property
    def _confirmed(self) -> float:
        """Share of the runs of the last step that are not implausible, as emulators said."""
        found = self.found
        last = next(len(step.points) for step in reversed(found.steps) if len(step.points))
        return float((found.good >= len(found.values) - last).sum() / last)

    # --- points --------------------------------------------------------------------------------------------------

    def _kept(self) -> Step | None:
        return self.store.step(len(self.found.steps))

    def _drawn_evenly(self, number: int) -> Step:
        """The first wave, over all the space; points that cannot be are drawn again."""
        space, rng = self.found.space, self._rng
        points = _rounded(latin_hypercube(number, len(space.names), rng))
        for place, point in enumerate(points):
            for _ in range(1000):
                if space.possible(point):
                    break
                point = _rounded(rng.random(len(space.names)))
            points[place] = point
        return Step(WAVE, points, np.full(number, np.nan), 1.0)

    def _drawn(self, kind: str, number: int) -> Step:
        """Points of what emulators of all runs so far leave."""
        found = self.found
        self._fit()
        own = kind == WAVE

        def asked(points: Floats) -> Floats:
            return found.emulated(points, own)

        drawn: Narrowed = narrowed(
            asked, len(found.space.names), found.space.keep, number, found.settings.cutoff, self._rng
        )
        points = _rounded(drawn.points)
        can = np.array([found.space.possible(point) for point in points], np.bool_)
        return Step(kind, points[can], drawn.worst[can], drawn.volume)

    def _fit(self) -> None:
        """Emulators of the goals that rule something out."""
        found = self.found
        most, values = found.implausibility.max(axis=0), found.goals.squashed(found.values)
        found.emulators, found.near = {}, {}
        for place in np.flatnonzero(found.measured & (most > AT_ISSUE * found.settings.cutoff)).tolist():
            of_goal, chance = values[:, place], found.chance[place]
            with suppress(TooFewRuns):
                found.emulators[place] = emulator(found.points, of_goal, chance)
            far = found.implausibility[:, place] > LARGE
            if place in found.emulators and far.any() and (~far).sum() >= NEAR_RUNS:
                with suppress(TooFewRuns):
                    found.near[place] = emulator(found.points, np.where(far, np.nan, of_goal), chance)

    # --- runs ----------------------------------------------------------------------------------------------------

    def _take(self, step: Step) -> None:
        """Run what is not there yet of a step, and tell about it."""
        found, before = self.found, len(self.found.values)
        if self._kept() is None:
            self.store.put_step(len(found.steps), step)
        if step.volume == 0.0:
            self.told("emulators leave nothing of the space; the least implausible points are run")
        jobs = [
            Job(before + n, None if step.kind == BASE else tuple(point.tolist())) for n, point in enumerate(step.points)
        ]
        values = np.full((len(jobs), len(found.goals.names)), np.nan)
        missing = []
        for job in jobs:
            kept = self.store.run(job)
            if kept is None:
                missing.append(job)
            else:
                values[job.number - before] = kept
        for number, one in self._run(missing):
            values[number - before] = one
        found.steps.append(step)
        found.values = np.concatenate([found.values.reshape(-1, values.shape[1]), values])
        if step.kind != BASE:
            self._tell(step)

    def _run(self, jobs: list[Job]) -> Iterator[tuple[int, Floats]]:
        if not jobs:
            return
        by_number = {job.number: job for job in jobs}
        with closing(self.simulate(jobs)) as done:
            for number, values in done:
                self.store.put_run(by_number[number], values)
                yield number, values

    def _tell(self, step: Step) -> None:
        found = self.found
        last = np.arange(len(found.values) - len(step.points), len(found.values))
        fits = np.isin(last, found.good).sum()
        failed = int(np.isnan(found.values[last]).all(axis=1).sum())
        if failed:
            self.told(f"{failed} of {len(last)} runs failed: the model cannot be run with their values, which are out")
        if step.kind == WAVE:
            wave = sum(one.kind == WAVE for one in found.steps)
            left = "" if np.isnan(step.volume) else f", {step.volume:.2g} of the space left before it"
            self.told(f"wave {wave}: {len(last)} runs{left}; {fits} of them are not implausible")
        else:
            self.told(f"check: {len(last)} more runs of what is left; {fits} of them are not implausible")


def _rounded(points: Floats) -> Floats:
    """With so many digits as a table of them holds."""
    return np.round(points, DIGITS)
