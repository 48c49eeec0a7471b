"""Estimates of designs with few replications by the luck they share (kopplade skattningar), with pooled variances.

Designs end with different numbers of replications. By its own only, one that ran in two lucky ones would stand above
the selected design although it is behind in these very two. So each is estimated as the mean of the selected design
over all its replications plus the mean paired difference in those that both have: a control variate whose mean is
estimated from the larger sample, with coefficient 1 (in survey sampling the difference estimator of double sampling,
Cochran 1977, chapter 12). With n replications in common of N, its variance is exactly
``V_i / N + S_i (1 / n - 1 / N)``, with V_i the variance of the design and S_i that of the difference. V_i is taken as
that of the selected design, S_i as the larger of its own and that of all pairs that ran as long (two-way layout, with
``(n - 1) (k - 1)`` degrees of freedom; Nelson and Matejcik 1995); both are combined by Satterthwaite (1946).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.planning.ranking import Floats, pooled_variance
from sim.statistics.moments import half_width, quantile


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % t interval over replications; nan where there are fewer than two."""

    mean: float
    low: float
    high: float
    replications: int

    @classmethod
    def of(cls, values: Floats) -> Estimate:
        """From one value a replication."""
        values = np.asarray(values, np.float64)
        if not len(values):
            return UNKNOWN
        half = float(half_width(len(values), values.var(ddof=1))) if len(values) > 1 else np.nan
        return cls.around(float(values.mean()), half, len(values))

    @classmethod
    def around(cls, mean: float, half: float, replications: int) -> Estimate:
        """From half the width of its interval."""
        return cls(mean, mean - half, mean + half, replications)

    def __neg__(self) -> Estimate:
        """With the other sign: fewer in place of more."""
        return Estimate(-self.mean, -self.high, -self.low, self.replications)

    @property
    def known(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0.0 or self.high < 0.0


UNKNOWN = Estimate(np.nan, np.nan, np.nan, 0)


@dataclass(frozen=True, eq=False)
class Coupling:
    """Designs beside a selected one that ran in at least as many replications, or is cut to those it has.

    Attributes
    ----------
    values
        One outcome, shape (replications, designs); nan from where a design was left out.
    best
        Place of the selected design.
    """

    values: Floats
    best: int

    @cached_property
    def common(self) -> NDArray[np.int64]:
        """Replications that each design has in common with the selected one, shape (designs,)."""
        counts = (~np.isnan(self.values)).sum(axis=0)
        return np.asarray(np.minimum(counts, counts[self.best]))

    @cached_property
    def pooled(self) -> dict[int, tuple[float, int]]:
        """By number of replications the variance of a difference over all pairs that ran as long, and its freedom."""
        found = {}
        for n in {int(n) for n in self.common if n > 1}:
            block = self.values[:n, self.common >= n]
            if block.shape[1] > 1:
                found[n] = pooled_variance(block), (n - 1) * (block.shape[1] - 1)
        return found

    def difference(self, design: int) -> Estimate:
        """A design less the selected one, by their paired differences."""
        mean, variance, freedom, n = self._difference(design)
        if not n:
            return UNKNOWN
        half = float(quantile(freedom) * np.sqrt(variance / n)) if n > 1 else np.nan
        return Estimate.around(mean, half, n)

    def level(self, design: int) -> Estimate:
        """A design: the selected one over all its replications, and the paired difference."""
        whole = int(self.common[self.best])
        mean, variance, freedom, n = self._difference(design)
        if n == whole:
            return Estimate.of(self.values[:whole, design])
        if not n:
            return UNKNOWN
        own = self.values[:whole, self.best]
        parts = np.array([own.var(ddof=1) / whole, variance * (1.0 / n - 1.0 / whole)])
        error = float(parts.sum())
        together = error**2 / float((parts**2 / [whole - 1, freedom]).sum()) if error > 0.0 else freedom
        half = float(quantile(together) * np.sqrt(error)) if n > 1 else np.nan
        return Estimate.around(float(own.mean()) + mean, half, n)

    def _difference(self, design: int) -> tuple[float, float, float, int]:
        """Mean, variance and its freedom of the paired differences, and how many there are."""
        n = int(self.common[design])
        if not n:
            return np.nan, np.nan, np.nan, 0
        paired = self.values[:n, design] - self.values[:n, self.best]
        if design == self.best or n < 2:
            return float(paired.mean()), 0.0, 1.0, n
        pooled, freedom = self.pooled[n]
        return float(paired.mean()), max(float(paired.var(ddof=1)), pooled), float(freedom), n

    def draws(self, draw: np.random.Generator, times: int) -> Floats:
        """Chance in the estimates of designs that ran beside each other, shape (times, designs).

        The luck that all share is left out. What is left of each design has one variance, that of the replications
        which all have (two-way layout); that of the selected design is in every difference from it.
        """
        first = int(self.common.min())
        scale = np.sqrt(self.pooled[first][0] / 2.0)
        steps, place = np.unique(self.common, return_inverse=True)
        lengths = np.diff(steps, prepend=0)
        walk = np.cumsum(draw.standard_normal((times, len(steps))) * np.sqrt(lengths), axis=1) / steps
        own = draw.standard_normal((times, len(self.common))) / np.sqrt(self.common)
        found = own + walk[:, [-1]] - walk[:, place]
        found[:, self.best] = walk[:, -1]
        return np.asarray(scale * found)
