"""A watch over the reference engine: a Python loop without end cannot be interrupted from inside."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable
from types import TracebackType

CHECKS = 4
"""Looks at the count within the time allowed."""


class EndlessLoop(Exception):
    """Raised inside flow code that has run too long without a command."""


class Watchdog:
    """Raises :class:`EndlessLoop` in the present thread when a count stands still for too long.

    Parameters
    ----------
    count : callable
        What goes up as long as all is well.
    seconds : float
        How long it may stand still, by the clock on the wall. Under a debugger it may stand still for ever.
    """

    def __init__(self, count: Callable[[], int], seconds: float) -> None:
        self._count = count
        self._seconds = seconds
        self._watched = threading.get_ident()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watchdog:
        if sys.gettrace() is None:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        seen, still = self._count(), 0
        while not self._over.wait(self._seconds / CHECKS):
            count = self._count()
            still = still + 1 if count == seen else 0
            seen = count
            if still == CHECKS:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._watched), ctypes.py_object(EndlessLoop))
                return
