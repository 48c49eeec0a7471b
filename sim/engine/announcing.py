"""What is being compiled, told to those who want to know; a start that finds everything compiled is quiet."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

Tell = Callable[[int, int, str], None]
"""Told (done, whole, name): first (0, whole, ""), then each flow or rule, ``module.function``, and ``kernel``."""
log = logging.getLogger("narvard.engine")
_listeners: list[tuple[Tell, bool]] = []
_lock = threading.Lock()


@contextmanager
def on_compiling(tell: Tell, shown: bool = True) -> Iterator[None]:
    """While this lasts, tell of what is compiled, from whatever thread.

    Parameters
    ----------
    tell : callable
        Takes how many functions have been compiled, how many there are, and the one just done. If it raises, the
        compilation ends with its exception; what has been compiled is kept.
    shown : bool
        Whether somebody sees it. If nobody does, a compilation writes one line to the log ``narvard.engine``.

    Examples
    --------
    >>> from sim.engine import on_compiling
    >>> with on_compiling(lambda done, whole, name: print(f"{done}/{whole} {name}")):
    ...     pass  # run(...)
    """
    listener = (tell, shown)
    with _lock:
        _listeners.append(listener)
    try:
        yield
    finally:
        with _lock:
            _listeners.remove(listener)


class Announcement:
    """One compilation of several functions, told from its beginning on; unseen, it is one line of the log.

    Parameters
    ----------
    names : sequence of str
        What is going to be compiled.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._whole = len(names)
        self._done = 0
        with _lock:
            seen = any(shown for _, shown in _listeners)
        if not seen:
            log.warning("compiling %s of the model, once", counted(self._whole))
        self._tell("")

    def done(self, name: str) -> None:
        """One more has been compiled."""
        self._done += 1
        self._tell(name)

    def _tell(self, name: str) -> None:
        with _lock:
            listeners = list(_listeners)
        for tell, _ in listeners:
            tell(self._done, self._whole, name)


def counted(functions: int) -> str:
    """Their number in words."""
    return f"{functions} functions" if functions > 1 else "a function"
