"""Statistics over the points of a sweep: those of the books, and no precision that is not there."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm, qmc, spearmanr, t

from sim.scenario import Scenario, load
from sim.scenario.keys import resolve
from sim.statistics.design import LISTED, Design
from sim.statistics.moments import half_width
from sim.statistics.over_points import (
    complete,
    crossed_half_width,
    partial_rank_correlation,
    rank_correlation,
    strongest,
)

KEYS = ("needs.preventable_share", "beds.medicine", "needs.deterioration_per_year.most_ill")
# The example of Spearman's coefficient in many textbooks: IQ and hours of television a week.
IQ = np.array([86, 97, 99, 100, 101, 103, 106, 110, 112, 113.0])
HOURS = np.array([2, 20, 28, 27, 50, 29, 7, 17, 6, 12.0])


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("shipped:vannas")


def test_rank_correlation_is_that_of_the_book() -> None:
    rho, points = rank_correlation(IQ, HOURS)
    assert (rho.value, points) == (pytest.approx(-29 / 165), 10)
    assert rho.low < rho.value < rho.high
    assert rank_correlation(IQ, 2 * IQ)[0].value == pytest.approx(1.0)
    assert math.isnan(rank_correlation(IQ, np.ones(10))[0].value)
    assert rank_correlation(IQ, np.where(IQ > 90, HOURS, np.nan))[1] == 9


@pytest.mark.parametrize(("points", "bounded"), [(4, False), (7, False), (8, True)])
def test_a_rank_correlation_has_an_interval_from_eight_points(points: int, bounded: bool) -> None:
    rho, count = rank_correlation(IQ[:points], HOURS[:points])
    assert count == points
    assert math.isfinite(rho.value)
    assert (math.isfinite(rho.low), math.isfinite(rho.high)) == (bounded, bounded)


def test_the_same_order_has_no_interval() -> None:
    rho, _ = rank_correlation(IQ, -IQ)
    assert rho.value == -1
    assert math.isnan(rho.low)


def test_a_partial_correlation_is_that_of_the_formula() -> None:
    rng = np.random.default_rng(4)
    one, other = rng.random((2, 30))
    values = one + 2 * other + 0.3 * rng.random(30)
    xy, xz, yz = (spearmanr(a, b).statistic for a, b in ((one, values), (one, other), (other, values)))
    expected = (xy - xz * yz) / math.sqrt((1 - xz**2) * (1 - yz**2))
    partial = partial_rank_correlation([one[:, None], other[:, None]], 0, values)
    assert partial.value == pytest.approx(expected)
    assert partial.low < expected < partial.high
    assert partial.value > xy  # what the other key does is not in the way any longer


def test_a_key_that_only_goes_with_another_has_no_partial_correlation() -> None:
    rng = np.random.default_rng(1)
    works = rng.random(200)
    inert = works + 0.5 * rng.random(200)
    values = works + 0.2 * rng.random(200)
    assert rank_correlation(inert, values)[0].low > 0.7
    partial = partial_rank_correlation([works[:, None], inert[:, None]], 1, values)
    assert partial.low < 0 < partial.high


def test_a_partial_correlation_needs_points_beyond_those_for_the_other_keys() -> None:
    rng = np.random.default_rng(2)
    columns, values = [rng.random((11, 1)) for _ in range(5)], rng.random(11)
    assert math.isnan(partial_rank_correlation(columns, 0, values).low)  # eleven less four
    assert math.isfinite(partial_rank_correlation(columns[:4], 0, values).low)
    assert math.isnan(partial_rank_correlation(columns, 0, np.where(np.arange(11) < 7, values, np.nan)).value)
    assert math.isnan(partial_rank_correlation(columns[:1], 0, values).value)  # no other key
    assert math.isnan(partial_rank_correlation([columns[0], 3 * columns[0]], 0, values).value)  # not told apart
    assert math.isnan(partial_rank_correlation(columns[:2], 1, columns[0][:, 0]).value)  # all is the other key's


def test_points_without_a_value_somewhere_are_left_out() -> None:
    values = np.array([[[1.0, 2], [3, 4]], [[1, math.nan], [3, 4]], [[5, 6], [7, 8]]])
    assert complete(values).tolist() == [values[0].tolist(), values[2].tolist()]


@pytest.mark.theory
def test_an_effect_of_a_hypercube_is_no_surer_than_its_points() -> None:
    """Coverage of the mean at one value, over designs and replications, where another key does much more."""
    rng, held, too_sure, times = np.random.default_rng(3), 0, 0, 400
    for _ in range(times):
        shares = qmc.LatinHypercube(3, rng=rng).random(20)
        chosen = shares[:, 0] < 0.25  # one value of four
        points = 10 * norm.ppf(shares[chosen, 1]) + 5 * shares[chosen, 2]  # on average 2.5
        chance = rng.normal(size=8) + rng.normal(size=(chosen.sum(), 8))  # the same people, and what is left
        values = points[:, None] + chance
        mean = values.mean()
        held += abs(mean - 2.5) < crossed_half_width(values)
        over = values.mean(axis=0)
        too_sure += abs(mean - 2.5) < half_width(8, over.var(ddof=1))
    assert held / times > 0.92
    assert too_sure / times < 0.4


def test_both_spreads_count_in_an_effect() -> None:
    values = np.array([[1.0, 2], [3, 6]])  # of points 1.5 and 4.5, of replications 2 and 4
    over_points, over_replications = 4.5 / 2, 2.0 / 2
    freedom = (over_points + over_replications) ** 2 / (over_points**2 + over_replications**2)
    expected = t.ppf(0.975, freedom) * math.sqrt(3.25)
    assert crossed_half_width(values) == pytest.approx(expected)


def test_an_effect_needs_two_points_and_two_replications() -> None:
    assert math.isnan(crossed_half_width(np.ones((1, 5))))
    assert math.isnan(crossed_half_width(np.ones((5, 1))))
    assert crossed_half_width(np.ones((5, 5))) == 0
    same = np.tile(np.array([1.0, 2, 4, 4]), (3, 1))  # points that do not differ: chance of replications alone
    assert crossed_half_width(same) == pytest.approx(float(half_width(4, same[0].var(ddof=1))))


def test_the_strongest_correlation_of_columns_names_both_keys(scenario: Scenario) -> None:
    keys = tuple(resolve(scenario, name) for name in KEYS)
    points = ((0.1, 10, 1.0), (0.2, 11, 3.0), (0.3, 13, 2.0), (0.4, 19, 4.0))
    found = strongest(Design(LISTED, keys, points))
    assert found is not None
    assert (found.correlation, found.first, found.second) == (pytest.approx(1.0), KEYS[0], KEYS[1])
    falling = tuple((a, -b, c) for a, b, c in points)
    assert strongest(Design(LISTED, keys, falling)) == found
    assert strongest(Design(LISTED, keys[:1], tuple(point[:1] for point in points))) is None
    assert strongest(Design(LISTED, keys, tuple((0.1, 10, point[2]) for point in points))) is None


def test_words_count_one_by_one(scenario: Scenario) -> None:
    keys = tuple(resolve(scenario, name) for name in KEYS[:2])
    points = (("a", 1), ("a", 2), ("b", 3), ("c", 4))
    found = strongest(Design(LISTED, keys, points))
    assert found is not None
    assert found.correlation == pytest.approx(2 / math.sqrt(5))  # of being `a`
