"""What tables of outcomes do not hold (mönster): ways through care, and places over the year and the week.

Counts of one arm, of fixed size whatever the region.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.outcomes.inputs import Unit, Window
from sim.outcomes.occupancy import Occupancy, occupancy_of
from sim.outcomes.pathways import pathways_of

if TYPE_CHECKING:
    from sim.engine import Records


@dataclass(frozen=True, eq=False)
class Patterns:
    """Of one arm in its window.

    Attributes
    ----------
    pathways
        Worsenings by way, see ``outcomes.pathways``.
    occupancy
        Places over time, see ``outcomes.occupancy``.
    """

    pathways: NDArray[np.int32]
    occupancy: Occupancy

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """By name, as an archive keeps them."""
        return {"pathways": self.pathways, "days": self.occupancy.days, "week": self.occupancy.week}

    @classmethod
    def of(cls, arrays: dict[str, NDArray[Any]]) -> Patterns:
        """From arrays by name."""
        return cls(arrays["pathways"], Occupancy(arrays["days"], arrays["week"]))


NAMES = ("pathways", "days", "week")
"""Of the arrays."""


def patterns_of(
    records: Records, units: Sequence[Unit], changes: Sequence[NDArray[np.int64]], window: Window
) -> Patterns:
    """Patterns of an arm, from all its records and the capacity it had from T0 on, by unit."""
    return Patterns(pathways_of(records, window), occupancy_of(records, units, changes, window))
