"""The same names as :mod:`sim.engine.backend` without a compiler: kernel and steps run as plain Python.

Slow, but every line can be stepped through, and a mutated kernel can be tried without waiting for a compiler.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakValueDictionary

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


def bits(value: float) -> int:
    """The bits of a float, as a whole number."""
    found: int = struct.unpack("q", struct.pack("d", value))[0]
    return found


def prefetch(array: Any, position: int) -> None:
    """Do nothing."""


_arrays: WeakValueDictionary[int, Any] = WeakValueDictionary()
_functions: list[Callable[[Any], int]] = []


def pointer(array: Any) -> Any:
    """Leave the array as it is."""
    return array


def address(array: Any) -> int:
    """A number by which the array is found again."""
    _arrays[id(array)] = array
    return id(array)


def ints_at(number: int) -> Any:
    """The array with this number."""
    return _arrays[int(number)]


floats_at = ints16_at = ints32_at = ints_at


class Quick:
    """A quick function with its number."""

    def __init__(self, function: Callable[[Any], int]) -> None:
        self.address = len(_functions)
        _functions.append(function)


quick = Quick


def quick_command(place: int, command: Any) -> int:
    """Let a quick function carry out the command in the vector."""
    return _functions[command[place]](command)
