"""What is kept of every resource without writing a row: areas and counts per period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from sim import memory
from sim.engine.errors import EngineError, OutOfMemory

Integers = npt.NDArray[np.int64]
NAMES = ("queue_area", "used_area", "capacity_area", "asked", "granted", "gave_up", "released")


@dataclass(frozen=True, eq=False)
class Accumulators:
    """Per period and resource; every array has the shape (periods, resources), int64.

    Areas are in unit-seconds: the integral over time of the number waiting, used and present. A request of
    ``seize_first`` that is granted at once is asked and granted where it is granted; one that waits is asked in
    every queue it joins, granted in one, and gave up in all if it gave up. Means and Little's law follow.

    Attributes
    ----------
    starts : array of shape (periods,)
        When each period begins; the last is open.
    queue_area, used_area, capacity_area : array
    asked, granted, gave_up, released : array
    """

    starts: Integers
    queue_area: Integers
    used_area: Integers
    capacity_area: Integers
    asked: Integers
    granted: Integers
    gave_up: Integers
    released: Integers

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Accumulators):
            return NotImplemented
        return all(np.array_equal(getattr(self, f.name), getattr(other, f.name)) for f in fields(self))


def check_periods(periods: Sequence[int], resources: int) -> Integers:
    """The starts of the periods as an array: the first is 0, then ascending; there is memory for so many resources."""
    starts = np.asarray(periods)
    if starts.ndim != 1 or (starts.size and starts.dtype.kind != "i"):
        raise EngineError(f"periods are whole numbers of seconds, got {starts.dtype} {starts.shape}")
    if len(starts) == 0 or starts[0] != 0 or np.any(np.diff(starts) <= 0):
        raise EngineError("periods begin at 0 and ascend")
    if says := memory.shortage(8 * len(NAMES) * len(starts) * resources):
        raise OutOfMemory(f"{len(starts):,} periods of {resources:,} resources: {says}")
    return starts.astype(np.int64)
