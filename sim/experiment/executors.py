"""Something done for each replication, side by side, wherever the workers are (utförare)."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from itertools import chain, islice

from sim.experiment.local import Crew, Done, One, Processes, Progress, Stopped, Threads, WorkerLost
from sim.experiment.replication import Tick

__all__ = ["Progress", "Stopped", "Tick", "Where", "WorkerLost", "in_processes", "spread"]

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
        Replications at a time.
    """

    engine: str = "compiled"
    workers: int = 1

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise ValueError(f"workers: {self.workers} given, at least 1 needed")


def spread(
    one: One[Done], numbers: Iterable[int], where: Where, progress: Progress | None = None
) -> Generator[tuple[int, Done], None, None]:
    """Do something for each replication, side by side.

    What is under way is stopped, and the rest cancelled, when the generator is closed, so whoever may leave it early
    holds it in ``contextlib.closing``.

    Parameters
    ----------
    one
        Takes the number of the replication and its progress; for SimPy it must be possible to send it to another
        process.
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
        If the system ended a worker. What was yielded before stays good.
    """
    tell = progress or (lambda number, share: None)
    waiting = iter(numbers)
    first = list(islice(waiting, where.workers))
    if not first:
        return
    waiting = chain(first, waiting)
    with _crew(where, len(first)) as crew:
        jobs: dict[Future[Done], int] = {}
        while True:
            for number in islice(waiting, AHEAD * crew.size - len(jobs)):
                jobs[crew.submit(one, number, tell)] = number
            if not jobs:
                return
            finished, _ = wait(jobs, return_when=FIRST_COMPLETED)
            for job in finished:
                done = crew.result(job, list(jobs.values()))
                number = jobs.pop(job)
                tell(number, 1.0)
                yield number, done


def _crew(where: Where, size: int) -> Crew:
    return Processes(size) if in_processes(where.engine, where.workers) else Threads(size)


def in_processes(engine: str, workers: int) -> bool:
    """Whether replications get processes of their own."""
    return engine == "simpy" and workers > 1
