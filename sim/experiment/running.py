"""Many replications, side by side on the cores of this machine (körning)."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sim.engine import on_compiling
from sim.experiment.comparison import Difference, compare_tables
from sim.experiment.memory import workers_for
from sim.experiment.replication import Replication, Tick, replicate
from sim.outcomes import OutcomeTable
from sim.scenario import Scenario
from sim.workers import processors
from sim.world import CURRENT

COORDINATED = "coordinated"
Progress = Callable[[int, float], None]
"""Told (replication, share done) now and then, from any thread."""
Done = TypeVar("Done")


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
    for name in (CURRENT, *governances):
        scenario.governance(name)  # a KeyError names what there is
    one = partial(_one, scenario, governances, seed, engine, records, checks)
    at_a_time = fitting(scenario, replications, engine, workers)
    done = spread(one, replications, engine, at_a_time, progress)
    return Experiment(scenario, governances, seed, engine, done, at_a_time)


def fitting(scenario: Scenario, replications: int, engine: str, workers: int | None) -> int:
    """The workers asked for, or as many as there are cores and memory for; parameters as :func:`run`."""
    if workers is not None or replications < 1:
        return workers or 1
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


def spread(
    one: Callable[[int, Tick | None], Done],
    replications: int,
    engine: str,
    workers: int | None,
    progress: Progress | None,
) -> tuple[Done, ...]:
    """Do something for each replication, side by side.

    Parameters
    ----------
    one
        Takes the number of the replication and its progress; for SimPy it must be possible to send it to another
        process.
    replications, engine, workers, progress
        As for :func:`run`.

    Returns
    -------
    tuple
        What came of each replication, in order of their numbers.

    Raises
    ------
    ValueError
        If no replication is asked for.
    """
    if replications < 1:
        raise ValueError(f"replications: {replications} given, at least 1 needed")
    if workers is not None and workers < 1:
        raise ValueError(f"workers: {workers} given, at least 1 needed")
    tell = progress or (lambda number, share: None)
    size = min(replications, workers or processors())
    stop = threading.Event()
    done: dict[int, Done] = {}
    with on_compiling(partial(_stop_compiling, stop), shown=False), _executor(engine, size) as pool:
        try:
            waiting = iter(range(replications))
            jobs = {_submit(pool, one, engine, tell, stop, number): number for number in islice(waiting, 2 * size)}
            while jobs:
                finished, _ = wait(jobs, return_when=FIRST_COMPLETED)
                for job in finished:
                    number = jobs.pop(job)
                    done[number] = job.result()
                    tell(number, 1.0)
                for number in islice(waiting, len(finished)):
                    jobs[_submit(pool, one, engine, tell, stop, number)] = number
        except BaseException:
            stop.set()  # replications under way end at their next slice, a compilation with its next function
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return tuple(done[number] for number in range(replications))


def _submit(
    pool: Executor,
    one: Callable[[int, Tick | None], Done],
    engine: str,
    tell: Progress,
    stop: threading.Event,
    number: int,
) -> Future[Done]:
    """Hand one replication to the pool; only a few wait there at a time."""
    return pool.submit(one, number, _teller(engine, tell, number, stop))


def _executor(engine: str, size: int) -> Executor:
    """Threads for compiled code, which lets the interpreter go; processes for SimPy, which does not."""
    return ProcessPoolExecutor(size) if in_processes(engine, size) else ThreadPoolExecutor(size)


def in_processes(engine: str, workers: int) -> bool:
    """Whether replications get processes of their own."""
    return engine == "simpy" and workers > 1


class Stopped(Exception):
    """The experiment was interrupted; running replications end at their next slice."""


def _stop_compiling(stop: threading.Event, done: int, whole: int, name: str) -> None:
    """A compilation can be stopped after every function."""
    if stop.is_set():
        raise Stopped


def _teller(engine: str, tell: Progress, number: int, stop: threading.Event) -> Tick | None:
    """Progress of one replication, which is also where it can be stopped; not across processes."""
    if engine == "simpy":
        return None

    def tick(share: float) -> None:
        if stop.is_set():
            raise Stopped
        tell(number, share)

    return tick
