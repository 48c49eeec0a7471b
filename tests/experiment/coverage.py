"""How often 95 % intervals hold the truth, measured: ``python -m tests.experiment.coverage`` (some minutes)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from sim.statistics.comparison import interval
from sim.statistics.precision import Target, Watch
from tests.experiment.wards import EXPONENTIAL, Ward

EVEN = Ward(patients=100, chosen=0.5)
SKEWED = Ward(patients=12, chosen=0.25, form=EXPONENTIAL)
"""Three stays shortened in a year, of exponential length: skewness 1.2."""


@dataclass(frozen=True)
class Coverage:
    """How many of so many intervals held the truth."""

    hits: int
    repeats: int

    @property
    def share(self) -> float:
        """Of all repeats."""
        return self.hits / self.repeats

    @property
    def p_value(self) -> float:
        """Two-sided binomial test of 95 %."""
        return float(binomtest(self.hits, self.repeats, 0.95).pvalue)

    def __str__(self) -> str:
        low, high = binomtest(self.hits, self.repeats).proportion_ci(0.95)
        return f"{self.hits} of {self.repeats}: {self.share:.1%} ({low:.1%} to {high:.1%})"


def of_experiments(values: NDArray[np.float64], replications: int, truth: float) -> Coverage:
    """Cut values, one a replication, into experiments of the same size, each with its interval."""
    experiments = values[: len(values) // replications * replications].reshape(-1, replications)
    hits = sum(low <= truth <= high for low, high in map(interval, experiments))
    return Coverage(hits, len(experiments))


def stopped(values: NDArray[np.float64], target: Target) -> Iterator[NDArray[np.float64]]:
    """Cut values into experiments that end when the rule says so; the unfinished end is left out."""
    start = 0
    watch = Watch(target)
    for place, value in enumerate(values):
        watch.add(float(value))
        if watch.reached:
            yield values[start : place + 1]
            start, watch = place + 1, Watch(target)


def of_stopped(values: NDArray[np.float64], target: Target, truth: float) -> tuple[Coverage, float]:
    """Coverage of experiments that end by the rule, and their mean number of replications."""
    experiments = list(stopped(values, target))
    hits = sum(low <= truth <= high for low, high in map(interval, experiments))
    return Coverage(hits, len(experiments)), float(np.mean([len(one) for one in experiments]))


def made(generator: np.random.Generator, length: int, spread: float, skewness: float = 0.0) -> NDArray[np.float64]:
    """Values of mean 1 and this standard deviation: normal, or gamma of this skewness."""
    if not skewness:
        return generator.normal(1.0, spread, length)
    shape = 4 / skewness**2
    return 1.0 + spread * (generator.gamma(shape, 1.0, length) - shape) / shape**0.5


def main() -> None:
    """Measure and print."""
    even, skewed = (np.diff(ward.paired(range(40_000)), axis=1)[:, 0] for ward in (EVEN, SKEWED))
    for replications in (5, 10, 20):
        print(f"fixed, {replications} replications: {of_experiments(even, replications, EVEN.difference)}")
    for replications in (3, 5, 10, 20, 40):
        print(f"skewed, {replications} replications: {of_experiments(skewed, replications, SKEWED.difference)}")
    for relative, look_ahead in ((0.1, 5), (0.1, 0), (0.2, 5), (0.2, 0)):
        target = Target(relative, look_ahead=look_ahead)
        found, mean = of_stopped(even, target, EVEN.difference)
        print(f"stopped at {relative:.0%}, look-ahead {look_ahead}: {found}, mean {mean:.1f} replications")
    found, mean = of_stopped(skewed, Target(0.2), SKEWED.difference)
    print(f"skewed, stopped at 20%, look-ahead 5: {found}, mean {mean:.1f} replications")
    generator = np.random.default_rng(9)
    for skewness in (0.0, 1.2):
        for spread in (0.05, 0.1, 0.15, 0.2, 0.3):
            found, mean = of_stopped(made(generator, 80_000, spread, skewness), Target(), 1.0)
            print(f"made, skewness {skewness}, sd {spread:.0%} of the mean: {found}, mean {mean:.1f} replications")


if __name__ == "__main__":
    main()
