"""Wall-clock and processor time of what is measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass
class Span:
    """Seconds by the clock, and seconds of processor time of this process."""

    seconds: float = 0.0
    cpu: float = 0.0


@contextmanager
def timed() -> Iterator[Span]:
    """Time what stands under ``with``."""
    span = Span()
    begun, cpu = time.perf_counter(), time.process_time()
    try:
        yield span
    finally:
        span.seconds, span.cpu = time.perf_counter() - begun, time.process_time() - cpu


@contextmanager
def calls_of(owner: Any, name: str) -> Iterator[list[Span]]:
    """Time every call of a function while ``with`` lasts, wherever it is called from."""
    original: Callable[..., Any] = getattr(owner, name)
    spans: list[Span] = []

    def in_between(*arguments: Any, **named: Any) -> Any:
        with timed() as span:
            result = original(*arguments, **named)
        spans.append(span)
        return result

    setattr(owner, name, in_between)
    try:
        yield spans
    finally:
        setattr(owner, name, original)
    if not spans:
        raise RuntimeError(f"{name} was never called: there is nothing to measure")
