"""The same names as :mod:`sim.engine.backend` without a compiler: kernel and steps run as plain Python.

Slow, but every line can be stepped through, and a mutated kernel can be tried without waiting for a compiler.
"""

from __future__ import annotations

from typing import Any, TypeVar

Function = TypeVar("Function")


def jit(function: Function) -> Function:
    """Leave the function as it is."""
    return function


inner = rule = process = jit


def call_step(
    steps: Any,
    number: int,
    pc: int,
    sent: int,
    ints: Any,
    ints_at: int,
    floats: Any,
    floats_at: int,
    *others: Any,
) -> int:
    """Call a step with views of the frame."""
    result: int = steps[number](pc, sent, ints[ints_at:], floats[floats_at:], *others)
    return result


def opaque(value: float) -> float:
    """Give the float back."""
    return value


def prefetch(array: Any, position: int) -> None:
    """Do nothing."""
