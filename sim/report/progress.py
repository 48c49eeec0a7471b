"""Progress of replications in the terminal: a bar with the time left, or a line now and then (förlopp)."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import ExitStack
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from sim.engine.announcing import counted, on_compiling
from sim.texts import say

BAR = 24
"""Width of the bar; what is said beside it is longer while the model is compiled."""
STEP = 0.1
"""Share of the work between two lines where there is no terminal."""


class Work:
    """Progress of a number of replications; told from any thread.

    Parameters
    ----------
    title
        What is under way.
    replications
        How many there are.
    """

    def __init__(self, title: str, replications: int) -> None:
        self.title = title
        self.replications = replications
        self.shares: dict[int, float] = {}
        self.began = time.monotonic()
        self.told = 0.0
        self.lock = threading.Lock()
        self.bar: Progress | None = None
        self.listening = ExitStack()
        self.compiled: TaskID | None = None

    def __enter__(self) -> Work:
        """Show the bar on a terminal."""
        if sys.stderr.isatty():
            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(BAR),
                TaskProgressColumn(),
                TimeElapsedColumn(),
            )
            remaining = (TextColumn("left"), TimeRemainingColumn())
            self.bar = Progress(*columns, *remaining, console=Console(stderr=True), transient=True)
            self.task = self.bar.add_task(self.title, total=float(self.replications))
            self.bar.start()
        else:
            say(f"{self.title} ...")
        self.listening.enter_context(on_compiling(self.compiling))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        self.listening.close()
        if self.bar is not None:
            self.bar.stop()

    def compiling(self, done: int, whole: int, name: str) -> None:
        """So many of the functions of the model are compiled, which is done once; the last one was this."""
        title = f"Compiling {counted(whole)}, once"
        with self.lock:
            if self.bar is None:
                if done == 0:
                    say(f"  {title} ...")
                return
            if done == 0:
                self.compiled = self.bar.add_task(title, total=float(whole))
            elif self.compiled is not None:
                self.bar.update(self.compiled, completed=done, description=f"{title}: {done}/{whole} {name}")
                if done == whole:
                    self.bar.remove_task(self.compiled)

    def tell(self, number: int, share: float) -> None:
        """Replication ``number`` is done to this share."""
        with self.lock:
            self.shares[number] = share
            done = sum(self.shares.values())
            if self.bar is not None:
                self.bar.update(self.task, completed=done)
            elif done / self.replications >= self.told + STEP:
                self.told = done / self.replications
                self._line(self.told)

    def _line(self, share: float) -> None:
        spent = time.monotonic() - self.began
        left = spent / share * (1.0 - share)
        say(f"  {100 * share:3.0f} %, {spent:.0f} s, about {left:.0f} s left")

    @property
    def seconds(self) -> float:
        """Wall time so far."""
        return time.monotonic() - self.began
