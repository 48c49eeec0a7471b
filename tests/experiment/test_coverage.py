"""95 % intervals hold the truth 95 times in a hundred: 2,000 experiments whose truth is known, run by the engine."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.outcomes import Margin
from sim.statistics.comparison import Paired
from sim.statistics.precision import Target
from tests.experiment.coverage import EVEN, Coverage, made, of_experiments, of_stopped

pytestmark = [pytest.mark.theory, pytest.mark.verify]

REPEATS, REPLICATIONS = 2_000, 5


@pytest.fixture(scope="module")
def days() -> NDArray[np.float64]:
    """Days under both ways of caring; shape (replications, 2)."""
    return EVEN.paired(range(REPEATS * REPLICATIONS), seed=20)


def test_the_model_has_the_mean_that_theory_says(days: NDArray[np.float64]) -> None:
    for values, truth in ((days[:, 0], EVEN.days), (days[:, 1] - days[:, 0], EVEN.difference)):
        error = values.std(ddof=1) / np.sqrt(len(values))
        assert abs(values.mean() - truth) < 3 * error


def test_intervals_of_the_paired_difference_hold_the_truth(days: NDArray[np.float64]) -> None:
    experiments = days.reshape(REPEATS, REPLICATIONS, 2)
    paired = Paired((1, REPEATS))  # every repeat a margin, as the real comparison has them
    for replication in range(REPLICATIONS):
        paired.add(experiments[None, :, replication, 0], experiments[None, :, replication, 1])
    found = list(paired.differences(("hospital_days",), [Margin()] * REPEATS))
    coverage = Coverage(sum(d.low <= EVEN.difference <= d.high for d in found), len(found))
    assert coverage.repeats == REPEATS
    assert coverage.p_value > 0.05, str(coverage)


def test_intervals_of_a_level_hold_the_truth(days: NDArray[np.float64]) -> None:
    coverage = of_experiments(days[:, 0], REPLICATIONS, EVEN.days)
    assert coverage.repeats == REPEATS
    assert coverage.p_value > 0.05, str(coverage)


def test_an_interval_that_forgets_the_pairs_covers_too_much(days: NDArray[np.float64]) -> None:
    # Were the arms independent, the variances would add up: the test above can tell.
    experiments = days.reshape(REPEATS, REPLICATIONS, 2)
    first, second = experiments[..., 0], experiments[..., 1]
    apart = second - np.roll(first, 1, axis=0)  # with the patients of another experiment
    coverage = Coverage(
        int(np.sum(np.abs((second - first).mean(axis=1) - EVEN.difference) <= half_width(apart))), REPEATS
    )
    assert coverage.p_value < 0.001
    assert coverage.share > 0.97


def test_the_ratio_of_variances_is_what_independent_runs_would_cost(days: NDArray[np.float64]) -> None:
    paired = Paired((1, 1))
    for before, after in days:
        paired.add(np.array([[before]]), np.array([[after]]))
    (difference,) = paired.differences(("hospital_days",), [Margin()])
    apart = days[:, 1] - np.roll(days[:, 0], 1)  # the same ward, with other patients under each way of caring
    measured = apart.var(ddof=1) / (days[:, 1] - days[:, 0]).var(ddof=1)
    assert difference.variance_ratio == pytest.approx(measured, rel=0.05)
    # By theory, of compound Poisson sums: 4/3 of a squared mean stay times 1, 1/2 + 1/8, and 1/8.
    assert difference.variance_ratio == pytest.approx((1 + 0.5 + 0.125) / 0.125, rel=0.05)


def half_width(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the 95 % t interval of each row."""
    from scipy.stats import t

    n = values.shape[1]
    return np.asarray(t.ppf(0.975, n - 1) * values.std(axis=1, ddof=1) / np.sqrt(n))


def test_the_stopping_rule_costs_little_coverage(days: NDArray[np.float64]) -> None:
    # Who stops when the interval is narrow stops more often when chance made it too narrow.
    difference = days[:, 1] - days[:, 0]
    coverage, replications = of_stopped(difference, Target(0.1), EVEN.difference)
    assert coverage.repeats > 400
    assert 8 < replications < 25
    assert 0.925 < coverage.share < 0.965, str(coverage)


@pytest.mark.parametrize(("skewness", "low", "high"), [(0.0, 0.92, 0.95), (1.2, 0.895, 0.93)])
def test_what_the_rule_costs_by_default_is_what_the_report_says(skewness: float, low: float, high: float) -> None:
    # Where it costs most: 5 %, and values that need some 20 replications.
    values = made(np.random.default_rng(3), 40_000, 0.1, skewness)
    coverage, replications = of_stopped(values, Target(), 1.0)
    assert coverage.repeats > 1500
    assert 20 < replications < 25
    assert low < coverage.share < high, str(coverage)
