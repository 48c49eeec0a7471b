"""The first start of a model: many functions are compiled at once, by worker processes that fill the cache.

Most of the time of a compilation is spent by numba in Python, so threads do not help. Each worker reads tasks from
its standard input, compiles, and answers; the modules it leaves in the cache are loaded by the process that asked.
If a worker fails, nothing is lost: what is missing is compiled where it is needed.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from numba import types

FEW = 6
"""Up to so many functions are compiled without workers."""
MOST_WORKERS = 8
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
    """

    module: str
    function: str
    takes: tuple[str, ...] | None
    needs: frozenset[str]


def compiled_already(directory: Path) -> set[str]:
    """The functions in the cache, as ``module.function``."""
    kept = directory / "__pycache__"
    names = os.listdir(kept) if kept.exists() else []
    return {name.rpartition("-")[0] for name in names if name.endswith(".nbi")}


def compile_all(tasks: Sequence[Task], directory: Path) -> None:
    """Compile what is not in the cache; returns when it is, or when no worker is left."""
    kept = compiled_already(directory)
    missing = [task for task in tasks if f"{task.module}.{task.function}" not in kept]
    if len(missing) <= FEW:
        return
    workers = min(MOST_WORKERS, _processors(), len(missing))
    log.warning("compiling %d functions of the model with %d workers, once and for all", len(missing), workers)
    queue = _Queue(missing)
    threads = [threading.Thread(target=_serve, args=(queue, directory), daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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


def _serve(queue: _Queue, directory: Path) -> None:
    """Hand tasks to one worker."""
    command = [sys.executable, "-m", "sim.engine.compiling", str(directory)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        alive = True
        while (task := queue.next()) is not None:
            if alive:
                alive = _ask(worker, task)
            queue.done(task)
        if alive:
            worker.stdin.close()


def _ask(worker: subprocess.Popen[str], task: Task) -> bool:
    """Let a worker compile; False if it has died."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        worker.stdin.write(json.dumps([task.module, task.function, task.takes]) + "\n")
        worker.stdin.flush()
        answer = worker.stdout.readline()
    except OSError:
        return False
    if answer and answer != "done\n":
        log.warning("%s: %s", task.module, answer.strip())
    return bool(answer)


def work(directory: str) -> None:
    """Compile what standard input asks for."""
    sys.path.append(directory)
    answers = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        module, function, takes = json.loads(line)
        try:
            _compile(module, function, takes)
            answer = "done"
        except Exception as error:  # the answer tells; the process that asked will meet the same error
            answer = f"{type(error).__name__}: {error}".replace("\n", " ")
        answers.write(answer + "\n")
        answers.flush()


def _compile(module: str, function: str, takes: list[str] | None) -> None:
    from sim.engine.backend import WORLD

    compiled = getattr(importlib.import_module(module), function)
    if takes is not None:
        compiled.compile((*(KINDS[kind] for kind in takes), *WORLD))


if __name__ == "__main__":
    work(sys.argv[1])
