"""The workers of this machine: threads, or processes (arbetare på den egna maskinen).

Compiled code lets the interpreter go, so threads do; SimPy does not, so its replications get processes of their own.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from functools import partial
from multiprocessing.synchronize import Event
from types import TracebackType
from typing import Protocol, TypeVar

from sim.engine import on_compiling
from sim.runs.progress import Progress, Stopped, Tick

Done = TypeVar("Done")
One = Callable[[int, Tick | None], Done]
"""What is done for a replication: takes its number and its progress."""
PARENT_EVERY = 1.0
"""Seconds between two looks of a worker process whether the process that began it is still there."""


class WorkerLost(ChildProcessError):
    """A worker ended from outside with replications under way, and nobody could take them over."""


class Crew(Protocol):
    """Workers behind ``concurrent.futures``; leaving the context stops what is under way and cancels the rest.

    Attributes
    ----------
    size
        How many replications they run at a time.
    """

    size: int

    def __enter__(self) -> Crew: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def submit(self, one: One[Done], number: int, tell: Progress) -> Future[Done]:
        """Hand over one replication."""
        ...

    def result(self, job: Future[Done], number: int, under_way: Sequence[int]) -> Done:
        """What came of a finished job; an error of the workers is told in words, with the replications under way."""
        ...

    def look(self) -> float | None:
        """See whether the workers are well; returns the seconds to the next look, None if that is not needed."""
        ...


class Threads:
    """Threads of this process."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._stop = threading.Event()
        self._leaving = ExitStack()

    def __enter__(self) -> Threads:
        self._leaving.enter_context(on_compiling(self._compiling, shown=False))
        self._pool = ThreadPoolExecutor(self.size)
        self._leaving.callback(self._pool.shutdown, wait=True, cancel_futures=True)
        self._leaving.callback(self._stop.set)  # the last is done first
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.close()

    def submit(self, one: One[Done], number: int, tell: Progress) -> Future[Done]:
        """Hand one replication to a thread; it can be stopped wherever it tells of its progress."""
        return self._pool.submit(one, number, partial(self._tick, tell, number))

    def result(self, job: Future[Done], number: int, under_way: Sequence[int]) -> Done:
        """What came of a finished job."""
        return job.result()

    def look(self) -> None:
        """Threads are well as long as their process is."""

    def _tick(self, tell: Progress, number: int, share: float) -> None:
        if self._stop.is_set():
            raise Stopped
        tell(number, share)

    def _compiling(self, done: int, whole: int, name: str) -> None:
        """A compilation can be stopped after every function."""
        if self._stop.is_set():
            raise Stopped


class Processes:
    """Processes of this machine; they end when this process does, however it ends."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __enter__(self) -> Processes:
        context = multiprocessing.get_context()
        self._stop = context.Event()
        self._pool = ProcessPoolExecutor(
            self.size, mp_context=context, initializer=_begin, initargs=(self._stop, os.getpid())
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def submit(self, one: One[Done], number: int, tell: Progress) -> Future[Done]:
        """Hand one replication to a process; nothing is told of it before it is done."""
        try:
            return self._pool.submit(_in_process, one, number)
        except BrokenProcessPool as error:  # since the last job was handed over
            broken: Future[Done] = Future()
            broken.set_exception(error)
            return broken

    def result(self, job: Future[Done], number: int, under_way: Sequence[int]) -> Done:
        """What came of a finished job.

        Raises
        ------
        WorkerLost
            If the system ended a process.
        """
        try:
            return job.result()
        except BrokenProcessPool as error:
            raise WorkerLost(
                f"the system ended a worker process, most often for lack of memory, with {listed(under_way)} under "
                f"way or next ({self.size} at a time); fewer workers need less"
            ) from error

    def look(self) -> None:
        """A process that is gone is told by its jobs."""


def listed(numbers: Sequence[int]) -> str:
    """Replications in words: ``replication 3``, ``replications 3, 4 and 7``."""
    *first, last = [str(number) for number in sorted(numbers)]
    return f"replications {', '.join(first)} and {last}" if first else f"replication {last}"


_stopping: Event | None = None
"""In a worker process: set when what is under way is no longer wanted."""


def _begin(stop: Event, parent: int) -> None:
    """A worker process begins: an interrupt by the keyboard is for its parent, without which it does not go on."""
    global _stopping
    _stopping = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """A process that was killed cannot tell its workers, which would wait for ever."""
    while os.getppid() == parent:
        time.sleep(PARENT_EVERY)
    os._exit(1)


def _in_process(one: One[Done], number: int) -> Done:
    return one(number, _tick)


def _tick(share: float) -> None:
    """Progress in a worker process is where it can be stopped."""
    if _stopping is not None and _stopping.is_set():
        raise Stopped
