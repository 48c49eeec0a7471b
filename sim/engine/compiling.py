"""The first start of a model: many functions are compiled at once, by worker processes that fill the cache.

Most of the time of a compilation is spent by numba in Python, so threads do not help. Each worker reads tasks from
its standard input, compiles, and answers; the modules it leaves in the cache are loaded by the process that asked.
If a worker fails, nothing is lost: what is missing is compiled where it is needed. After an edit a few functions are
missing; the process that asks compiles these itself.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from numba import types

from sim.code_cache import functions_kept
from sim.engine.announcing import Announcement
from sim.engine.objects import SUFFIX, object_path, write_object
from sim.workers import processors, start_worker

FEW = 6
"""Up to so many functions are compiled without workers."""
MOST_WORKERS = 8
KERNEL = "kernel"
"""The title of the kernel among the tasks."""
KINDS = {"int": types.int64, "float": types.float64}
log = logging.getLogger("narvard.engine")


@dataclass(frozen=True)
class Task:
    """A function to compile.

    Attributes
    ----------
    module, function : str
        Where it is.
    takes : tuple of str, or None
        Types of a rule's arguments; None for a process, which is compiled when it is imported.
    needs : frozenset of str
        Modules that are better compiled before.
    title : str
        What it is to the reader: ``primary_care.visit``.
    """

    module: str
    function: str
    takes: tuple[str, ...] | None
    needs: frozenset[str]
    title: str


def compiled_already(directory: Path) -> set[str]:
    """The functions in the cache, as ``module.function``."""
    return functions_kept(directory) | {f"{path.stem}.step" for path in directory.glob(f"*{SUFFIX}")}


def compile_all(tasks: Sequence[Task], directory: Path, here: Callable[[Task], None], workers: bool = True) -> None:
    """Compile what is not in the cache; returns when it is, or when no worker is left.

    Any exception meanwhile, such as an interrupt by the keyboard, ends the workers; what is compiled is kept.

    Parameters
    ----------
    tasks : sequence of Task
        Each after those it needs.
    directory : Path
        The cache.
    here : callable
        Compiles a function in this process.
    workers : bool
        Whether there may be workers.
    """
    kept = compiled_already(directory)
    missing = [task for task in tasks if f"{task.module}.{task.function}" not in kept]
    if not missing:
        return
    announcement = Announcement([task.title for task in missing])
    if not workers or (len(missing) <= FEW and not any(task.title == KERNEL for task in missing)):
        for task in missing:
            here(task)
            announcement.done(task.title)
        return
    crew = _Crew(missing, directory, min(MOST_WORKERS, processors(), len(missing)))
    try:
        for task in crew.finished():
            announcement.done(task.title)
    finally:
        crew.end()


class _Queue:
    """Tasks, handed out when what they need has been compiled."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._waiting = list(tasks)
        self._open = {task.module for task in tasks}
        self._changed = threading.Condition()

    def next(self) -> Task | None:
        """A task that is ready; None when all have been handed out."""
        with self._changed:
            while self._waiting:
                for task in self._waiting:
                    if not task.needs & self._open:
                        self._waiting.remove(task)
                        return task
                self._changed.wait()
            return None

    def done(self, task: Task) -> None:
        """A task is over, well or not."""
        with self._changed:
            self._open.discard(task.module)
            self._changed.notify_all()

    def drop(self) -> None:
        """Hand out no more."""
        with self._changed:
            self._waiting.clear()
            self._changed.notify_all()


class _Crew:
    """Worker processes, each served by a thread."""

    def __init__(self, tasks: Sequence[Task], directory: Path, workers: int) -> None:
        self._queue = _Queue(tasks)
        self._over: SimpleQueue[Task] = SimpleQueue()
        self._workers = list(_started(directory, workers))
        self._left = len(tasks) if self._workers else 0
        self._threads = [threading.Thread(target=self._serve, args=(w,), daemon=True) for w in self._workers]
        for thread in self._threads:
            thread.start()

    def finished(self) -> Iterator[Task]:
        """Each task when it is over."""
        for _ in range(self._left):
            yield self._over.get()

    def end(self) -> None:
        """Let the workers go; those that are still at work are ended."""
        self._queue.drop()
        for worker in self._workers:
            worker.terminate()
        for thread in self._threads:
            thread.join()
        for worker in self._workers:
            with worker:
                pass

    def _serve(self, worker: subprocess.Popen[str]) -> None:
        """Hand tasks to one worker; those of a worker that has died are left to the process that asked."""
        alive = True
        while (task := self._queue.next()) is not None:
            if alive:
                alive = _ask(worker, task)
            self._queue.done(task)
            self._over.put(task)


def _started(directory: Path, workers: int) -> Iterator[subprocess.Popen[str]]:
    """Start workers."""
    for _ in range(workers):
        try:
            yield start_worker("from sim.engine.compiling import work; work()", str(directory))
        except OSError as error:  # where processes may not be started, the process that asked compiles alone
            log.warning("no worker: %s", error)
            return


def _ask(worker: subprocess.Popen[str], task: Task) -> bool:
    """Let a worker compile; False if it has died."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        worker.stdin.write(json.dumps([task.module, task.function, task.takes, task.title]) + "\n")
        worker.stdin.flush()
        answer = worker.stdout.readline()
    except OSError:
        return False
    if answer and answer != "done\n":
        log.warning("%s: %s", task.module, answer.strip())
    return bool(answer)


def work() -> None:
    """Compile what standard input asks for, in the cache named on the command line."""
    directory = os.environ["NARVARD_CACHE"] = sys.argv[1]
    sys.path.append(directory)
    answers = sys.stdout
    sys.stdout = sys.stderr
    log.setLevel(logging.ERROR)  # the process that asked tells what is compiled
    for line in sys.stdin:
        module, function, takes, title = json.loads(line)
        try:
            if title == KERNEL:
                importlib.import_module("sim.engine.warming").warm()
            else:
                compiled = getattr(importlib.import_module(module), function)
                compile_function(compiled, takes, object_path(Path(directory), module))
            answer = "done"
        except Exception as error:  # the answer tells; the process that asked will meet the same error
            answer = f"{type(error).__name__}: {error}".replace("\n", " ")
        answers.write(answer + "\n")
        answers.flush()


def compile_function(function: Any, takes: Sequence[str] | None, path: Path) -> None:
    """Compile a rule for these types, or keep a process as an object file of this path."""
    from sim.engine.backend import WORLD

    if takes is None:
        write_object(path, function)
    else:
        function.compile((*(KINDS[kind] for kind in takes), *WORLD))
