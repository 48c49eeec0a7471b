"""Running the designs of a plan (körningar): many arms from one past, side by side, each kept when it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.model.period import Period
from sim.outcomes import OUTCOMES, Margin
from sim.planning.archive import BY_PLACE, ArmKey, Part, PartKey
from sim.planning.plan import Plan
from sim.planning.variables import Changes, identity
from sim.replication.beginning import window_of
from sim.replication.replication import each_arm
from sim.runs.executors import Where, spread
from sim.runs.progress import Progress, Tick
from sim.runs.store import Store
from sim.scenario import Scenario
from sim.sweeps.sweep_plan import SWEPT
from sim.vocabulary import YEAR

AS_IT_IS = "as it is"
MOST_ARMS = 40
"""Of one simulated past in one part: a stop loses no more."""
Floats = NDArray[np.float64]
Stage = Callable[[str, int], AbstractContextManager[Progress | None]]
"""Shows work in hand: what it is, and of how many parts."""
AMOUNTS = ("days", "hours", "SEK", "requests")
"""Units of outcomes that grow with the window."""
_COLUMNS = np.array([list(OUTCOMES).index(name) for name in SWEPT])
_PLACES = np.array([list(OUTCOMES).index(name) for name in BY_PLACE])


@dataclass(frozen=True)
class Arm:
    """A governance, with what is changed of it from T0; None as it is, without the plan's own table of staffing."""

    governance: str
    changes: Changes | None = None

    @property
    def key(self) -> ArmKey:
        """The same for the same arm."""
        return self.governance, AS_IT_IS if self.changes is None else identity(self.changes)


def quiet(title: str, parts: int) -> AbstractContextManager[Progress | None]:
    """A stage that shows nothing."""
    return nullcontext()


@dataclass(eq=False)
class Runs:
    """Everything observed of a plan, run when it is asked for.

    Parameters
    ----------
    plan
        What is run.
    scenario
        That of the plan, perhaps with an ensemble.
    where
        The workers.
    store
        Where runs are kept; what is there already is not run again.
    stage
        Shows the work.
    """

    plan: Plan
    scenario: Scenario
    where: Where
    store: Store[PartKey, Part]
    stage: Stage = quiet
    _totals: dict[tuple[int, ArmKey], Floats] = field(default_factory=dict, repr=False)
    _places: dict[tuple[int, ArmKey], Floats] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for part in self.store.parts():
            self._take(part)

    def _take(self, part: Part) -> None:
        for place, arm in enumerate(part.arms):
            self._totals[part.number, arm] = part.totals[place]
            self._places[part.number, arm] = part.places[place]

    def has(self, number: int, arm: Arm) -> bool:
        """Whether an arm was run in a replication."""
        return (number, arm.key) in self._totals

    def totals(self, number: int, arm: Arm) -> Floats:
        """Outcomes of everybody, in the order of ``SWEPT``."""
        return self._totals[number, arm.key]

    def value(self, number: int, arm: Arm, outcome: str) -> float:
        """One outcome of everybody; of amounts what a year has, however long the window is."""
        return float(self.totals(number, arm)[SWEPT.index(outcome)]) * self._to_year(outcome)

    def series(self, arm: Arm, outcome: str, numbers: Sequence[int]) -> Floats:
        """One outcome of everybody in some replications."""
        return np.array([self.value(number, arm, outcome) for number in numbers])

    def by_place(self, arm: Arm, outcome: str, numbers: Sequence[int]) -> Floats:
        """One outcome of ``BY_PLACE``, shape (replications, municipalities)."""
        found = np.array([self._places[number, arm.key][BY_PLACE.index(outcome)] for number in numbers])
        return np.asarray(found * self._to_year(outcome))

    def _to_year(self, outcome: str) -> float:
        """Factor from the window to a year."""
        window = window_of(Period.of(self.scenario))
        return YEAR / (window.end - window.start) if OUTCOMES[outcome].unit in AMOUNTS else 1.0

    def ensure(self, wanted: Mapping[int, Sequence[Arm]], title: str) -> None:
        """Run what is missing of some arms by replication."""
        jobs = self._jobs(wanted)
        if not jobs:
            return
        one = partial(_one, self.scenario, self.plan.staffed.apply, self.plan.settings.seed, self.where.engine, jobs)
        with (
            self.stage(title, len(jobs)) as progress,
            closing(spread(one, range(len(jobs)), self.where, progress)) as done,
        ):
            for _, part in done:
                self.store.put(part)
                self._take(part)

    def _jobs(self, wanted: Mapping[int, Sequence[Arm]]) -> list[tuple[int, tuple[Arm, ...]]]:
        """What is missing, cut so that parts are short and every worker has one."""
        missing: dict[int, list[Arm]] = {}
        for number, arms in sorted(wanted.items()):
            lacking = {arm.key: arm for arm in arms if not self.has(number, arm)}
            if lacking:
                missing[number] = list(lacking.values())
        least = -(-(self.where.workers or 1) // max(1, len(missing)))
        jobs = []
        for number, arms in missing.items():
            pieces = min(len(arms), max(-(-len(arms) // MOST_ARMS), least))
            for piece in range(pieces):
                jobs.append((number, tuple(arms[piece * len(arms) // pieces : (piece + 1) * len(arms) // pieces])))
        return jobs


def _one(
    scenario: Scenario,
    apply: Callable[[Scenario, Changes], Scenario],
    seed: int,
    engine: str,
    jobs: Sequence[tuple[int, tuple[Arm, ...]]],
    job: int,
    tick: Tick | None,
) -> Part:
    """Some arms of one replication, reduced to totals."""
    number, arms = jobs[job]
    staffed = [partial(_staffed, apply, arm.changes) for arm in arms]
    totals, places = [], []
    names = [arm.governance for arm in arms]
    for run in each_arm(scenario, names, seed, number, engine, tick, staffed):
        whole = run.table
        chosen = np.array([whole.margins.index(Margin(municipality=name)) for name in whole.municipalities])
        totals.append(whole.values[_COLUMNS, 0])  # the first margin is everybody
        places.append(whole.values[np.ix_(_PLACES, chosen)])
    return Part(number, tuple(arm.key for arm in arms), np.array(totals), np.array(places))


def _staffed(apply: Callable[[Scenario, Changes], Scenario], changes: Changes | None, scenario: Scenario) -> Scenario:
    return scenario if changes is None else apply(scenario, changes)
