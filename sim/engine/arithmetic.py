"""Arithmetic of lowered code where Python would raise: it notes the error in the command vector and goes on.

The kernel sees the note when the step returns and stops there. ``site`` says where in the source it happened.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from sim.draw_limits import LIMITS
from sim.engine.backend import bits, ints_at, opaque, rule

Ints = npt.NDArray[np.int64]
BAD_INDEX, DIVISION, BAD_ARGUMENT, ENDLESS_LOOP, UNKNOWN_RESOURCE = 1, 2, 3, 4, 5
"""Errors of a flow; the first one of a step counts."""
OUTSIDE = 16
"""The first of the errors of draws: one for each of ``LIMITS`` in their order."""
LIMIT_NAMES = tuple(LIMITS)
WHOLE_LIMITS = frozenset({"person", "purpose", "n", "stages", "least", "most"})
"""Those of whole numbers: the value noted is the number itself; of others, the bits of a float."""
ERROR, SITE, VALUE = 14, 15, 39  # positions in the command vector, as in the kernel
RESOURCES_AT, SCALARS_AT, COUNT = 18, 23, 27  # addresses in it; the number of resources among the scalars
RESOURCE, USED, CAPACITY, WAITING = 43, 0, 1, 2  # numbers of a resource, and places among them
MOST_ROUNDS = 100_000_000
"""Rounds of loops within one step or rule before it is judged endless."""
_WHOLE = 9.2e18
_LARGEST = 709.782712893384  # the logarithm of the largest float


@rule
def flag(kind: int, command: Ints, site: int) -> None:
    """Note the first error of a step."""
    if command[ERROR] == 0:
        command[ERROR] = kind
        command[SITE] = site


@rule
def at(i: int, extent: int, command: Ints, site: int) -> int:
    """Check an index as Python does: negative ones count from the end."""
    if i < 0:
        i += extent
    if i < 0 or i >= extent:
        flag(BAD_INDEX, command, site)
        return 0
    return i


@rule
def position(i: int, layout: int, int_state: Ints, command: Ints, site: int) -> int:
    """Where an element of a column lies in its buffer."""
    return int_state[layout] + at(i, int_state[layout + 1], command, site) * int_state[layout + 3]


@rule
def position2(i: int, j: int, layout: int, int_state: Ints, command: Ints, site: int) -> int:
    """Where an element of a column of two dimensions lies in its buffer."""
    row = int_state[layout] + at(i, int_state[layout + 1], command, site) * int_state[layout + 3]
    return row + at(j, int_state[layout + 2], command, site)


@rule
def divide(a: float, b: float, command: Ints, site: int) -> float:
    """The quotient ``a / b``."""
    if b == 0:
        flag(DIVISION, command, site)
        return 0.0
    return a / b


@rule
def floor_divide(a: float, b: float, command: Ints, site: int) -> float:
    """The quotient ``a // b``, rounded down."""
    if b == 0:
        flag(DIVISION, command, site)
        return a
    return a // b


@rule
def modulo(a: float, b: float, command: Ints, site: int) -> float:
    """The remainder ``a % b``, with the sign of b."""
    if b == 0:
        flag(DIVISION, command, site)
        return a
    return a % b


@rule
def power(a: float, b: float, command: Ints, site: int) -> float:
    """The power ``a ** b`` of floats."""
    if a == 0.0 and b < 0.0:
        flag(DIVISION, command, site)
        return 0.0
    if a < 0.0 and b != math.floor(b):
        flag(BAD_ARGUMENT, command, site)
        return 0.0
    result = math.pow(opaque(a), opaque(b))
    if math.isinf(result) and not (math.isinf(a) or math.isinf(b)):
        flag(BAD_ARGUMENT, command, site)
    return result


@rule
def log(x: float, command: Ints, site: int) -> float:
    """The natural logarithm."""
    if x <= 0.0:
        flag(BAD_ARGUMENT, command, site)
        return 0.0
    return math.log(x)


@rule
def log1p(x: float, command: Ints, site: int) -> float:
    """The natural logarithm of 1 + x."""
    if x <= -1.0:
        flag(BAD_ARGUMENT, command, site)
        return 0.0
    return math.log1p(x)


@rule
def sqrt(x: float, command: Ints, site: int) -> float:
    """The square root."""
    if x < 0.0:
        flag(BAD_ARGUMENT, command, site)
        return 0.0
    return math.sqrt(x)


@rule
def exp(x: float, command: Ints, site: int) -> float:
    """The exponential."""
    if x > _LARGEST and not math.isinf(x):
        flag(BAD_ARGUMENT, command, site)
        return 0.0
    return math.exp(x)


@rule
def expm1(x: float, command: Ints, site: int) -> float:
    """The exponential less 1."""
    if x > _LARGEST and not math.isinf(x):
        flag(BAD_ARGUMENT, command, site)
        return 0.0
    return math.expm1(x)


@rule
def resource_at(r: int, command: Ints, site: int) -> int:
    """Where a resource lies among all; the first if there is no such one, which is noted."""
    if r < 0 or r >= ints_at(command[SCALARS_AT])[COUNT]:
        if command[ERROR] == 0:
            command[VALUE] = r
        flag(UNKNOWN_RESOURCE, command, site)
        return 0
    return r * RESOURCE


@rule
def free_units(r: int, command: Ints, site: int) -> int:
    """Units of a resource that nobody has."""
    at = resource_at(r, command, site)
    if command[ERROR] != 0:
        return 0
    resources = ints_at(command[RESOURCES_AT])
    return max(0, resources[at + CAPACITY] - resources[at + USED])


@rule
def in_queue(r: int, command: Ints, site: int) -> int:
    """Requests that wait for a resource."""
    at = resource_at(r, command, site)
    if command[ERROR] != 0:
        return 0
    return int(ints_at(command[RESOURCES_AT])[at + WAITING])


@rule
def whole_within(x: int, low: int, high: int, kind: int, command: Ints, site: int) -> int:
    """A whole parameter of a draw; what is outside its limits is noted, with its value."""
    if x < low or x > high:
        if command[ERROR] == 0:
            command[VALUE] = x
        flag(kind, command, site)
        return low
    return x


@rule
def within(x: float, low: float, high: float, kind: int, command: Ints, site: int) -> float:
    """A parameter of a draw; what is outside its limits, nan among others, is noted, with its value."""
    if not low <= x <= high:
        if command[ERROR] == 0:
            command[VALUE] = bits(x)
        flag(kind, command, site)
        return low
    return x


@rule
def truncate(x: float, command: Ints, site: int) -> int:
    """The whole number towards zero, ``int(x)``."""
    if not -_WHOLE < x < _WHOLE:
        flag(BAD_ARGUMENT, command, site)
        return 0
    return int(x)


@rule
def floor(x: float, command: Ints, site: int) -> int:
    """The whole number below."""
    if not -_WHOLE < x < _WHOLE:
        flag(BAD_ARGUMENT, command, site)
        return 0
    return math.floor(x)


@rule
def ceil(x: float, command: Ints, site: int) -> int:
    """The whole number above."""
    if not -_WHOLE < x < _WHOLE:
        flag(BAD_ARGUMENT, command, site)
        return 0
    return math.ceil(x)
