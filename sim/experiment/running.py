"""Many replications, side by side on the cores of this machine (körning)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sim.experiment.comparison import Difference, compare_tables
from sim.experiment.executors import Progress, Where, in_processes, spread
from sim.experiment.memory import workers_for
from sim.experiment.replication import Replication, Tick, replicate
from sim.outcomes import OutcomeTable
from sim.scenario import Scenario
from sim.world import CURRENT

COORDINATED = "coordinated"


@dataclass(frozen=True, eq=False)
class Experiment:
    """Finished replications of a scenario.

    Attributes
    ----------
    scenario, governances, seed, engine
        What was run; governances in the order of the arms.
    replications
        In order of their numbers.
    workers
        How many were run at a time.
    """

    scenario: Scenario
    governances: tuple[str, ...]
    seed: int
    engine: str
    replications: tuple[Replication, ...]
    workers: int = 1

    @property
    def processes(self) -> bool:
        """Whether the replications had processes of their own."""
        return in_processes(self.engine, self.workers)

    def tables(self, governance: str) -> list[OutcomeTable]:
        """Outcome tables of one governance, by replication."""
        place = self.governances.index(governance)
        return [replication.arms[place].table for replication in self.replications]

    def digests(self, governance: str) -> list[str]:
        """Digests of the records of one governance, by replication."""
        place = self.governances.index(governance)
        return [replication.arms[place].digest for replication in self.replications]

    def differences(self) -> list[Difference]:
        """Paired differences, second governance minus first."""
        first, second = self.governances
        return list(compare_tables(self.tables(first), self.tables(second)))

    @property
    def violations(self) -> list[str]:
        """Conservation checks that failed, with replication and governance."""
        return [
            f"replication {replication.number}, {arm.governance}: {text}"
            for replication in self.replications
            for arm in replication.arms
            for text in arm.violations
        ]


def run(
    scenario: Scenario,
    governance: str = CURRENT,
    replications: int = 1,
    seed: int = 1,
    engine: str = "compiled",
    *,
    records: bool | Path = False,
    checks: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Experiment:
    """Run one governance (kör).

    Parameters
    ----------
    scenario
        From ``sim.load``.
    governance
        Its name; before T0 ``current`` applies.
    replications
        How many, numbered from 0.
    seed
        Any whole number; the same seed, scenario and versions give the same records.
    engine
        ``compiled`` or ``simpy`` (the reference).
    records
        Keep the rows: ``True`` in memory; a folder to write them there as Parquet, one file for each arm, as soon
        as the arm ends.
    checks
        Check conservation after every arm.
    workers
        Replications at a time; by default as many as there are cores and memory for (``memory.workers_for``),
        with a ``RuntimeWarning`` where memory is what there is too little of.
    progress
        Told about the work as it goes.

    Raises
    ------
    TooLarge
        If this machine has no memory for one replication; not raised if ``workers`` is given.
    """
    return _experiment(scenario, (governance,), replications, seed, engine, records, checks, workers, progress)


def compare(
    scenario: Scenario,
    governances: Sequence[str] = (CURRENT, COORDINATED),
    replications: int = 10,
    seed: int = 1,
    engine: str = "compiled",
    *,
    records: bool | Path = False,
    checks: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Experiment:
    """Run two governances on the same people and pair them (jämför); parameters as :func:`run`."""
    if len(governances) != 2:
        raise ValueError(f"governances: {len(governances)} given, 2 needed")
    if governances[0] == governances[1]:
        raise ValueError(f"governances: {governances[0]!r} given twice, two different ones needed")
    return _experiment(scenario, tuple(governances), replications, seed, engine, records, checks, workers, progress)


def _experiment(
    scenario: Scenario,
    governances: tuple[str, ...],
    replications: int,
    seed: int,
    engine: str,
    records: bool | Path,
    checks: bool,
    workers: int | None,
    progress: Progress | None,
) -> Experiment:
    if replications < 1:
        raise ValueError(f"replications: {replications} given, at least 1 needed")
    for name in (CURRENT, *governances):
        scenario.governance(name)  # a KeyError names what there is
    one = partial(_one, scenario, governances, seed, engine, records, checks)
    at_a_time = fitting(scenario, replications, engine, workers)
    done = dict(spread(one, range(replications), Where(engine, at_a_time), progress))
    return Experiment(
        scenario, governances, seed, engine, tuple(done[number] for number in range(replications)), at_a_time
    )


def fitting(scenario: Scenario, replications: int, engine: str, workers: int | None) -> int:
    """The workers asked for, or as many as there are cores and memory for; parameters as :func:`run`."""
    if workers is not None:
        return workers
    found = workers_for(scenario, replications, engine)
    if found.why:
        warnings.warn(found.why, RuntimeWarning, stacklevel=4)
    return found.number


def _one(
    scenario: Scenario,
    governances: tuple[str, ...],
    seed: int,
    engine: str,
    records: bool | Path,
    checks: bool,
    number: int,
    tick: Tick | None,
) -> Replication:
    return replicate(scenario, governances, seed, number, engine, keep_records=records, checks=checks, tick=tick)
