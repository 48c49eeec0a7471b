"""Estimates of designs with few replications: what they are, and how often their intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from sim.planning.coupling import Coupling, Estimate
from sim.planning.ranking import pooled_variance

Floats = NDArray[np.float64]
REPEATS = 400
COUNTS = np.r_[8, 8, np.full(8, 4), np.full(30, 2)]
"""As a plan has them: some stay, some are left out early."""


def cut(values: Floats, counts: NDArray[np.int64]) -> Floats:
    """With nan from where each design was left out."""
    return np.where(np.arange(len(values))[:, None] < counts, values, np.nan)


def problem(draw: np.random.Generator, spread: Floats, luck: float = 3.0) -> tuple[Floats, Floats]:
    """True means, and observations with common luck and a spread of each design."""
    means = draw.normal(size=len(COUNTS))
    values = means + luck * draw.normal(size=(8, 1)) + spread * draw.normal(size=(8, len(COUNTS)))
    return means, cut(values, COUNTS)


@pytest.mark.theory
@pytest.mark.parametrize("kind", ["alike", "unequal"])
def test_intervals_hold_the_truth_as_often_as_they_say(kind: str) -> None:
    draw = np.random.default_rng(3)
    spread = np.ones(len(COUNTS)) if kind == "alike" else np.linspace(0.7, 1.3, len(COUNTS))
    levels, differences, widths, alone = np.zeros(4), np.zeros(4), [], []
    designs = [1, 5, 20, 39]
    for _ in range(REPEATS):
        means, values = problem(draw, draw.permutation(spread))
        coupled = Coupling(values, 0)
        for at, design in enumerate(designs):
            level, difference = coupled.level(design), coupled.difference(design)
            levels[at] += level.low <= means[design] <= level.high
            differences[at] += difference.low <= means[design] - means[0] <= difference.high
        widths.append(level.high - level.low)
        own = Estimate.of(values[:2, 39])
        alone.append(own.high - own.low)
    least = binom.ppf(0.001, REPEATS, 0.95)
    assert (levels >= least).all(), levels
    assert (differences >= least).all(), differences
    assert 3.0 * np.median(widths) < np.median(alone)


@pytest.mark.theory
def test_the_variance_is_that_of_the_design_and_of_the_difference_where_it_is_missing() -> None:
    # V_i / N + S_i (1/n - 1/N): of what two replications give, coupled with eight of the selected design.
    draw, found = np.random.default_rng(5), []
    for _ in range(4_000):
        values = 3.0 * draw.normal(size=(8, 1)) + draw.normal(size=(8, 2))
        found.append(Coupling(cut(values, np.array([8, 2])), 0).level(1).mean)
    assert np.var(found) == pytest.approx(10.0 / 8 + 2.0 * (1 / 2 - 1 / 8), rel=0.08)


@pytest.mark.unit
def test_a_lucky_design_of_two_replications_does_not_stand_above_the_selected_one() -> None:
    luck = np.array([5.0, 4.0, -6.0, -3.0])[:, None]
    values = cut(np.array([0.0, -1.0]) + luck, np.array([4, 2]))
    coupled = Coupling(values, 0)
    assert np.nanmean(values[:, 1]) > np.nanmean(values[:, 0])
    assert coupled.level(1).mean == pytest.approx(coupled.level(0).mean - 1.0)
    assert coupled.difference(1).mean == pytest.approx(-1.0)
    assert coupled.level(1).replications == 2


@pytest.mark.unit
def test_who_ran_as_long_as_the_selected_one_stands_by_its_own_values() -> None:
    values = np.random.default_rng(1).normal(size=(6, 3))
    coupled = Coupling(values, 2)
    for design in range(3):
        assert coupled.level(design) == Estimate.of(values[:, design])
    assert coupled.difference(2) == Estimate(0.0, 0.0, 0.0, 6)


@pytest.mark.unit
def test_what_ran_longer_is_compared_in_the_replications_in_common() -> None:
    values = cut(np.random.default_rng(1).normal(size=(6, 3)), np.array([6, 4, 6]))
    coupled = Coupling(values, 1)
    assert coupled.common.tolist() == [4, 4, 4]
    assert coupled.level(0).mean == pytest.approx(values[:4, 0].mean())


@pytest.mark.unit
def test_the_variance_of_two_designs_is_that_of_their_difference() -> None:
    values = np.random.default_rng(2).normal(size=(5, 2))
    assert pooled_variance(values) == pytest.approx((values[:, 0] - values[:, 1]).var(ddof=1))


@pytest.mark.theory
def test_draws_vary_as_estimates_do() -> None:
    draw, counts = np.random.default_rng(9), np.array([8, 8, 4, 2, 2])
    found = []
    for _ in range(4_000):
        values = cut(draw.normal(size=(8, 1)) + draw.normal(size=(8, 5)), counts)
        coupled = Coupling(values, 0)
        level = np.array([coupled.level(design).mean for design in range(5)])
        found.append(level - level[0])
    coupled = Coupling(cut(np.random.default_rng(1).normal(size=(8, 5)), counts), 0)
    drawn = coupled.draws(np.random.default_rng(2), 20_000) / np.sqrt(coupled.pooled[2][0] / 2.0)
    drawn -= drawn[:, [0]]
    assert np.cov(drawn.T) == pytest.approx(np.cov(np.array(found).T), abs=0.08)
