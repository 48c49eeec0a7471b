"""What an evaluator leaves to chance (lottning): draws of their own, beside those of the model."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sim import chance


class Draw(IntEnum):
    """Purposes of draws, above all those of ``sim.vocabulary.Purpose``; numbers are never reused."""

    SELECT = 4001
    CLINICIAN = 4002
    ALLOCATE = 4003
    COMPARE = 4004
    DROP_OUT = 4005
    CLUSTER = 4006


def shuffled(key: int, draw: Draw, persons: NDArray[np.int64]) -> NDArray[np.int64]:
    """These persons, or places, in random order; each has a draw of its own, whoever the others are."""
    order: NDArray[np.int64] = persons[np.argsort(chance.uniform_array(key, persons, int(draw), 0, 0), kind="stable")]
    return order
