"""What a calibration aims at (mål): published figures with all that they are uncertain by, and the implausibility.

The implausibility of a value is its distance from the published figure in standard deviations of all that may lie
between the two (Craig, Goldstein, Seheult and Smith 1997; Vernon, Goldstein and Bower 2010): observation, chance of a
run, model discrepancy and, of an emulated value, the emulator.

A published range is taken as mean plus and minus two standard deviations of the observation; where none is published,
so is the published value plus and minus 10 %. Of a figure with one edge only what lies beyond the edge counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
AROUND = 0.1
"""Half the width of the range of a figure without one, as a share of it."""
DEVIATIONS = 2.0
"""Standard deviations of the observation from the middle of a range to its edge."""


LARGE = 8.0
"""Standard deviations, of observation and discrepancy, from which a distance is large."""


@dataclass(frozen=True, eq=False)
class Goals:
    """Figures to be met.

    Attributes
    ----------
    names
        Short names.
    low, high
        Edges, shape (goals,); -inf or inf where there is none.
    middle
        What the distance is taken from: the middle of the range; the edge of a figure with one.
    observation, discrepancy
        Standard deviations: of the published figure, and of the model from it at its best parameters.
    """

    names: tuple[str, ...]
    low: Floats
    high: Floats
    middle: Floats
    observation: Floats
    discrepancy: Floats

    @classmethod
    def of(
        cls,
        names: Iterable[str],
        edges: Sequence[tuple[float | None, float | None]],
        discrepancy: ArrayLike,
    ) -> Goals:
        """Goals from edges, and discrepancies as shares of the figures.

        Parameters
        ----------
        edges
            Low and high of each; None where there is none, and the same where only a value is published.
        discrepancy
            Standard deviation as a share of the figure, one for all or one for each.
        """
        low = np.array([-np.inf if edge[0] is None else edge[0] for edge in edges])
        high = np.array([np.inf if edge[1] is None else edge[1] for edge in edges])
        open_low, open_high = np.isinf(low), np.isinf(high)
        middle = np.where(open_low, high, np.where(open_high, low, (low + high) / 2))
        around = AROUND * np.abs(middle)
        alone = open_low | open_high | (low == high)
        low, high = (
            np.where(alone & ~open_low, middle - around * ~open_high, low),
            np.where(alone & ~open_high, middle + around * ~open_low, high),
        )
        half = np.where(alone, around, (high - low) / 2)
        return cls(tuple(names), low, high, middle, half / DEVIATIONS, np.abs(middle) * np.asarray(discrepancy))

    def subset(self, places: NDArray[np.intp]) -> Goals:
        """Some of them."""
        return Goals(
            tuple(self.names[place] for place in places),
            *(column[places] for column in (self.low, self.high, self.middle, self.observation, self.discrepancy)),
        )

    def implausibility(self, values: Floats, variance: Floats) -> Floats:
        """Of values, goal by goal; 0 where a value is nan.

        Parameters
        ----------
        values
            Shape (..., goals).
        variance
            Of the values beside observation and discrepancy: chance, and the emulator.
        """
        off = values - self.middle
        off = np.where(np.isinf(self.low), np.maximum(off, 0.0), np.where(np.isinf(self.high), np.minimum(off, 0), off))
        return np.nan_to_num(np.abs(off) / np.sqrt(self.observation**2 + self.discrepancy**2 + variance))

    def squashed(self, values: Floats) -> Floats:
        """Values whose distance from the goal grows with its logarithm once it is large; nearly as they are near it.

        A queue that is overrun makes some figures hundreds of standard deviations too large. How many does not matter,
        but an emulator would spend itself on it.
        """
        reach = LARGE * np.sqrt(self.observation**2 + self.discrepancy**2)
        return self.middle + reach * np.arcsinh((values - self.middle) / reach)

    def inside(self, values: Floats) -> NDArray[np.bool_]:
        """Whether values lie within the ranges, shape (..., goals)."""
        return (values >= self.low) & (values <= self.high)


def worst(implausibility: Floats, exceptions: int = 0) -> Floats:
    """The largest implausibility over goals, or the next after some exceptions; shape (...).

    Parameters
    ----------
    exceptions
        How many goals may be missed: 0 takes the largest, 1 the second.
    """
    goals = implausibility.shape[-1]
    if goals <= exceptions:
        return np.zeros(implausibility.shape[:-1])
    place = goals - 1 - exceptions
    found: Floats = np.partition(implausibility, place, axis=-1)[..., place]
    return found
