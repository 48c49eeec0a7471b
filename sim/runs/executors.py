"""Something done for each replication, side by side, wherever the workers are (utförare)."""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any

from sim.runs.local import Crew, Done, One, Processes, Threads, WorkerLost
from sim.runs.progress import Progress, Stopped
from sim.runs.sizing import workers_for
from sim.scenario import Scenario

__all__ = ["Stopped", "Where", "WorkerLost", "place", "spread"]

AHEAD = 2
"""Replications handed over and not finished, for each worker: the next is there when one is done."""


@dataclass(frozen=True)
class Where:
    """Where replications are run.

    Attributes
    ----------
    engine
        ``compiled`` or ``simpy``.
    workers
        Replications at a time; None for as many as a cluster has threads, and one without a cluster.
    cluster
        Address of the scheduler of a Dask cluster, as ``tcp://host:8786``; None for this machine.
    """

    engine: str = "compiled"
    workers: int | None = None
    cluster: str | None = None

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise ValueError(f"workers: {self.workers} given, at least 1 needed")

    @property
    def processes(self) -> bool:
        """Whether replications get processes of their own on this machine."""
        return self.cluster is None and self.engine == "simpy" and (self.workers or 1) > 1


def spread(
    one: One[Done], numbers: Iterable[int], where: Where, progress: Progress | None = None
) -> Generator[tuple[int, Done], None, None]:
    """Do something for each replication, side by side.

    What is under way is stopped, and the rest cancelled, when the generator is closed, so whoever may leave it early
    holds it in ``contextlib.closing``. What was yielded before an error stays good.

    Parameters
    ----------
    one
        Takes the number of the replication and its progress; for SimPy, and on a cluster, it must be possible to send
        it to another process.
    numbers
        Of the replications; taken as they are needed, so they may be endless.
    where
        The workers.
    progress
        Told about the work as it goes.

    Yields
    ------
    tuple
        The number of a replication and what came of it, as they finish, in any order.

    Raises
    ------
    WorkerLost
        If the system ended a worker, or on a cluster several with the same replication.
    ClusterError
        If the cluster is not there, not fit for the work, or lost.
    """
    tell = progress or (lambda number, share: None)
    waiting = iter(numbers)
    if where.cluster is None:  # no more workers than there is work
        first = list(islice(waiting, where.workers or 1))
        where = replace(where, workers=len(first) or 1)
        waiting = chain(first, waiting)
    with _crew(where) as crew:
        jobs: dict[Future[Done], int] = {}
        while True:
            room = 0 if any(map(_failed, jobs)) else max(0, AHEAD * crew.size - len(jobs))
            for number in islice(waiting, room):
                jobs[crew.submit(one, number, tell)] = number
            if not jobs:
                return
            wait(jobs, crew.look(), FIRST_COMPLETED)
            # What is done comes before what has failed: an error loses nothing.
            job = min((job for job in jobs if job.done()), key=_failed, default=None)
            if job is not None:
                number = jobs[job]
                done = crew.result(job, number, list(jobs.values()))
                del jobs[job]
                tell(number, 1.0)
                yield number, done


def _failed(job: Future[Any]) -> bool:
    return job.done() and (job.cancelled() or job.exception() is not None)


def _crew(where: Where) -> Crew:
    """Whoever works there."""
    if where.cluster is not None:
        from sim.runs.cluster import Cluster

        return Cluster(where.cluster, where.workers)
    return (Processes if where.processes else Threads)(where.workers or 1)


def place(scenario: Scenario, replications: int, engine: str, workers: int | None, cluster: str | None = None) -> Where:
    """Where to run: with the workers asked for, with all of a cluster, or with as many as there is memory for here.

    Parameters
    ----------
    scenario, replications, engine
        What is to be run; ``replications`` at most, if it is not known how many.
    workers
        Replications at a time; None to find it, with a ``RuntimeWarning`` where memory is what there is too little of.
    cluster
        Address of the scheduler of a Dask cluster; None for this machine.

    Raises
    ------
    TooLarge
        If this machine has no memory for one replication; not raised if ``workers`` or ``cluster`` is given.
    """
    if workers is not None or cluster is not None:
        return Where(engine, workers, cluster)
    found = workers_for(scenario, replications, engine)
    if found.why:
        warnings.warn(found.why, RuntimeWarning, stacklevel=4)
    return Where(engine, found.number)
