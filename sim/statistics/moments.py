"""Mean and variance in one pass (löpande medelvärde och varians): memory does not grow with what is added.

Welford's recurrence, for arrays, where nan counts as not given. Whoever adds the same values in the same order gets
the same bits, so replications are added in the order of their numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

LEVEL = 0.95
"""Coverage of the intervals."""
Floats = NDArray[np.float64]


class Moments:
    """Count, mean and variance of arrays of one shape, element by element.

    Parameters
    ----------
    shape
        Of the arrays; a single number by default.
    """

    def __init__(self, shape: tuple[int, ...] = ()) -> None:
        self._count = np.zeros(shape, np.int64)
        self._mean = np.zeros(shape)
        self._squares = np.zeros(shape)

    def add(self, values: ArrayLike) -> None:
        """Add one array; its nan do not count.

        Raises
        ------
        ValueError
            If it has another shape.
        """
        new = np.asarray(values, np.float64)
        if new.shape != self._count.shape:
            raise ValueError(f"shape {new.shape} given, {self._count.shape} needed")
        known = ~np.isnan(new)
        self._count = self._count + known
        deviation = np.where(known, new - self._mean, 0.0)
        self._mean = self._mean + deviation / np.maximum(self._count, 1)
        self._squares = self._squares + np.where(known, deviation * (new - self._mean), 0.0)

    @property
    def count(self) -> NDArray[np.int64]:
        """How many values were given."""
        return self._count

    @property
    def mean(self) -> Floats:
        """Their mean; nan where none was given."""
        return np.where(self._count > 0, self._mean, np.nan)

    @property
    def variance(self) -> Floats:
        """Their variance with divisor count - 1; nan where fewer than two were given."""
        return np.where(self._count > 1, self._squares / np.maximum(self._count - 1, 1), np.nan)

    def interval(self) -> tuple[Floats, Floats]:
        """The 95 % t interval of the mean; nan where fewer than two were given."""
        half = half_width(self.count, self.variance)
        return self.mean - half, self.mean + half


def half_width(count: ArrayLike, variance: ArrayLike, level: float = LEVEL) -> Floats:
    """Half the width of the t interval of a mean, 95 % by default; nan where there are fewer than two values."""
    number = np.asarray(count)
    factor = quantile(np.maximum(number - 1, 1), level)
    return np.where(number > 1, factor * np.sqrt(np.asarray(variance) / np.maximum(number, 1)), np.nan)


def quantile(freedom: ArrayLike, level: float = LEVEL) -> Floats:
    """The quantile of Student's t that bounds the middle, 95 % by default; nan for nan degrees of freedom."""
    return np.asarray(stdtrit(freedom, 0.5 + level / 2))
