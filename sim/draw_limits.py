"""What keys and parameters of draws may be (gränser för dragningar): in the same words in Python and compiled."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from sim.quantiles import MOST_MEAN

LARGEST = sys.float_info.max
LEAST = sys.float_info.min
MOST_PERSON, MOST_PURPOSE, MOST_NUMBER = (1 << 32) - 1, (1 << 12) - 1, (1 << 20) - 1
WRONG_TYPE = "an argument of a draw is not a number of the type it needs"
WHOLE = 1 << 50
"""Beyond it not every whole number is a float that a draw can tell apart."""


class OutsideDraw(ValueError):
    """A key or a parameter that a draw cannot have; the text names it, its value, and what it may be."""


@dataclass(frozen=True)
class Limit:
    """What a parameter of a draw may be.

    Attributes
    ----------
    called
        The parameter.
    low, high
        Ends; both may be.
    says
        What is needed, in words.
    above
        Name of the parameter below which it may not be; empty if there is none.
    """

    called: str
    low: float
    high: float
    says: str
    above: str = ""

    def words(self, value: float) -> str:
        """The error for a value."""
        return f"{self.called} {value!r}: {self.says}"


_AMOUNT = "must be 0 or more, and finite"
_MORE = "must be more than 0, and finite"
LIMITS: dict[str, Limit] = {
    "person": Limit("person", 0, MOST_PERSON, "a key has 0 to 4,294,967,295"),
    "purpose": Limit("purpose", 0, MOST_PURPOSE, "a key has 0 to 4,095"),
    "n": Limit("n", 0, MOST_NUMBER, "a key has 0 to 1,048,575"),
    "p": Limit("p", 0.0, 1.0, "a probability is 0 to 1"),
    "mean": Limit("mean", 0.0, LARGEST, _AMOUNT),
    "poisson mean": Limit("mean", 0.0, MOST_MEAN, "must be 0 to 1,000,000,000 for a Poisson count"),
    "centre": Limit("mean", -LARGEST, LARGEST, "must be finite"),
    "sd": Limit("sd", 0.0, LARGEST, _AMOUNT),
    "median": Limit("median", 0.0, LARGEST, _AMOUNT),
    "sigma": Limit("sigma", 0.0, LARGEST, _AMOUNT),
    "shape": Limit("shape", LEAST, LARGEST, _MORE),
    "scale": Limit("scale", 0.0, LARGEST, _AMOUNT),
    "stages": Limit("stages", 1, 1_000_000, "must be 1 to 1,000,000"),
    "low": Limit("low", -LARGEST, LARGEST, "must be finite"),
    "mode": Limit("mode", -LARGEST, LARGEST, "must be finite, and not below low", "low"),
    "high": Limit("high", -LARGEST, LARGEST, "must be finite, and not below low", "low"),
    "top": Limit("high", -LARGEST, LARGEST, "must be finite, and not below mode", "mode"),
    "least": Limit("least", -WHOLE, WHOLE, "must be within 2**50 of 0"),
    "most": Limit("most", -WHOLE, WHOLE, "must be within 2**50 of 0, and not below least", "least"),
}
"""By parameter; where a distribution has another limit for one of the same name, under a name of its own."""


def see(name: str, value: float, above: float | None = None) -> None:
    """See that a parameter of a draw is one that it can have.

    Parameters
    ----------
    name
        In ``LIMITS``.
    above
        What it may not be below, beside its limit.

    Raises
    ------
    OutsideDraw
        If it is not, nan among others.
    """
    limit = LIMITS[name]
    try:
        outside = not limit.low <= value <= limit.high or (above is not None and value < above)
    except TypeError:
        raise OutsideDraw(WRONG_TYPE) from None
    if outside:
        raise OutsideDraw(limit.words(value + 0))


def see_all(name: str, values: object) -> None:
    """As ``see``, for each member of an array, or for a number."""
    limit, array = LIMITS[name], np.asarray(values)
    if array.size and not (limit.low <= array.min() and array.max() <= limit.high):
        inside = (array >= limit.low) & (array <= limit.high)
        see(name, array[~inside].flat[0].item())


Watcher = Callable[[int, int, int, int, int], None]
"""Told of every single draw in Python: key, person, purpose, need, n."""
_watchers: list[Watcher] = []


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Tell a watcher of every single draw in Python, for as long as the context lasts."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def see_key(key: int, person: int, purpose: int, need: int, n: int) -> None:
    """See that a key is within its limits, and tell who watches.

    Raises
    ------
    OutsideDraw
        If it is not: its draw would be that of another key.
    """
    try:
        inside = 0 <= person <= MOST_PERSON and 0 <= purpose <= MOST_PURPOSE and 0 <= n <= MOST_NUMBER
    except TypeError:
        raise OutsideDraw(WRONG_TYPE) from None
    if not inside:
        _refuse_key(person, purpose, n)
    for watcher in _watchers:
        watcher(key, person, purpose, need, n)


def _refuse_key(person: int, purpose: int, n: int) -> NoReturn:
    for name, value in (("person", person), ("purpose", purpose), ("n", n)):
        see(name, value)
    raise AssertionError((person, purpose, n))
