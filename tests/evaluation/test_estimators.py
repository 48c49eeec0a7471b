"""Estimators on made numbers: against statsmodels, against what is known on paper, and at the edges."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from sim.evaluation import estimators
from sim.evaluation.estimators import (
    Estimate,
    before_after,
    cluster_means,
    difference_in_differences,
    interrupted,
    matched_pairs,
    standardised_differences,
    stepped_wedge,
    two_groups,
)

pytestmark = pytest.mark.unit


def ones(n: int) -> np.ndarray:
    return np.ones(n)


def test_before_after_is_the_rate_ratio_and_the_paired_t_test() -> None:
    draw = np.random.default_rng(3)
    before, after = draw.poisson(2.0, 80).astype(float), draw.poisson(1.2, 80).astype(float)
    found = before_after(before, ones(80), after, ones(80))
    assert found.estimate == pytest.approx(after.sum() / before.sum() - 1.0)
    paired = stats.ttest_rel(after, before).confidence_interval(0.95)
    assert (found.difference_low, found.difference_high) == pytest.approx((paired.low, paired.high))
    assert found.low < found.estimate < found.high
    assert found.p < 0.01


def test_person_years_weigh() -> None:
    # One person with a tenth of a year must not count as much as a whole one.
    y, years = np.array([1.0, 0.0, 0.0, 0.0]), np.array([0.1, 1.0, 1.0, 0.9])
    found = two_groups(np.tile(y, 2), np.tile(years, 2), np.repeat([True, False], 4), counts=False)
    assert found.estimate == pytest.approx(0.0)
    assert found.difference == pytest.approx(0.0)
    again = before_after(y, years, 2.0 * y, years)
    assert again.difference == pytest.approx(1.0 / 3.0)


def test_twins_that_do_not_differ_differ_by_exactly_nothing() -> None:
    y = np.random.default_rng(1).poisson(1.0, 50).astype(float)
    years = np.linspace(0.2, 1.0, 50)
    found = before_after(y, years, y, years)
    assert (found.estimate, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)
    assert (found.difference, found.difference_low, found.difference_high) == (0.0, 0.0, 0.0)


def test_negative_binomial_finds_the_ratio_it_was_drawn_with() -> None:
    draw = np.random.default_rng(5)
    treated = np.arange(20_000) % 2 == 0
    years = draw.uniform(0.3, 1.0, len(treated))
    y = draw.poisson(draw.gamma(0.8, 1.0 / 0.8, len(treated)) * np.where(treated, 0.7, 1.0) * years).astype(float)
    found = two_groups(y, years, treated)
    assert found.low < -0.3 < found.high
    assert found.high - found.low < 0.15
    assert found.estimate == pytest.approx(-0.3, abs=0.06)


def test_without_overdispersion_the_robust_poisson_stands_in() -> None:
    treated = np.arange(60) % 2 == 0
    y = np.tile([1.0, 1.0, 2.0], 20)  # less spread than Poisson: no negative binomial fits
    assert estimators._negative_binomial(y, ones(60), treated) is None
    found = two_groups(y, ones(60), treated)
    assert found.low < found.estimate < found.high


def test_difference_in_differences_is_a_ratio_of_ratios() -> None:
    treated = np.repeat([True, False], 100)
    before = np.tile([1.0, 3.0], 100)
    after = np.where(treated, before * 0.5, before * 0.8) + np.tile([0.1, -0.1, -0.1, 0.1], 50)
    found = difference_in_differences(before, ones(200), after, ones(200), treated)
    assert found.estimate == pytest.approx(0.5 / 0.8 - 1.0)
    assert found.difference == pytest.approx(-1.0 - -0.4)
    assert found.low < found.estimate < found.high


def test_an_interrupted_series_without_noise_is_found_exactly() -> None:
    time = np.arange(-12, 12)
    rate = 0.2 + 0.005 * time + (time >= 0) * (-0.05 + 0.002 * time)
    found = interrupted(rate * 10.0, np.full(24, 10.0), 12)
    assert found.difference == pytest.approx((-0.05 + 0.002 * np.arange(12)).mean())
    assert found.estimate == pytest.approx(found.difference / (0.2 + 0.005 * np.arange(12)).mean())
    assert found.p < 1e-6


def test_newey_west_errors_of_two_years_are_too_small() -> None:
    draw = np.random.default_rng(3)
    rejected = sum(
        interrupted(y.astype(float), np.full(24, 10.0), 12).significant for y in draw.poisson(10.0, (500, 24))
    )
    assert 0.12 < rejected / 500 < 0.28  # as docs/evaluation.md says: the field's own error, not 5 %


def test_cluster_means_are_the_t_test_of_changes() -> None:
    before, after = np.array([10.0, 12, 9, 11, 10, 8]), np.array([7.0, 8, 7, 11, 9, 8])
    treated = np.array([True, True, True, False, False, False])
    found = cluster_means(before, ones(6), after, ones(6), treated)
    change = after - before
    usual = stats.ttest_ind(change[treated], change[~treated])
    assert found.p == pytest.approx(usual.pvalue)
    interval = usual.confidence_interval(0.95)
    assert (found.difference_low, found.difference_high) == pytest.approx((interval.low, interval.high))


def test_stepped_wedge_without_noise_is_found_exactly() -> None:
    starts = np.array([2, 3, 5, 7, 9, 10])
    month = np.arange(12)
    rate = 0.5 + 0.1 * np.arange(6)[:, None] + 0.02 * month - 0.3 * (month >= starts[:, None])
    years = np.linspace(5.0, 50.0, 6)[:, None] * np.ones(12)
    found = stepped_wedge(rate * years, years, starts)
    assert found.difference == pytest.approx(-0.3)
    assert found.p == pytest.approx(1 / 720)
    assert found.difference_low <= -0.3 <= found.difference_high


def test_the_permutation_interval_holds_what_the_test_does_not_reject() -> None:
    draw = np.random.default_rng(11)
    starts = np.array([2, 4, 6, 8, 10])
    rate = 0.5 + draw.normal(0.0, 0.1, (5, 12)) - 0.1 * (np.arange(12) >= starts[:, None])
    years = np.full((5, 12), 20.0)
    found = stepped_wedge(rate * years, years, starts)
    inside = [found.difference_low + 1e-6, found.difference, found.difference_high - 1e-6]
    outside = [found.difference_low - 0.02, found.difference_high + 0.02]
    on = (np.arange(12) >= starts[:, None]).astype(float)
    ps = [stepped_wedge((rate - effect * on) * years, years, starts).p for effect in inside + outside]
    assert min(ps[:3]) > 0.05 >= max(ps[3:])


def test_the_permutation_test_looks_at_every_order() -> None:
    starts = np.array([1, 2, 3, 4])
    y = np.random.default_rng(2).poisson(5.0, (4, 6)).astype(float)
    found = stepped_wedge(y, np.ones((4, 6)), starts)
    others = [
        abs(stepped_wedge(y, np.ones((4, 6)), starts[list(order)]).difference)
        for order in itertools.permutations(range(4))
    ]
    assert found.p == pytest.approx(np.mean(np.array(others) >= abs(found.difference) - 1e-12))


def test_pairs_are_the_nearest_within_the_caliper_and_nobody_twice() -> None:
    scores = np.array([0.0, 1.0, 5.0, 0.1, 0.9, 1.2, -3.0])
    treated = np.array([True, True, True, False, False, False, False])
    first, second = matched_pairs(scores, treated, caliper=0.2)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == [(0, 3), (1, 4)]
    same, others = matched_pairs(np.zeros(10), np.arange(10) < 6)
    assert len(same) == len(set(others.tolist())) == 4


def test_standardised_differences() -> None:
    fields = np.array([[0.0, 1.0], [2.0, 1.0], [1.0, 1.0], [3.0, 1.0]])
    treated = np.array([False, False, True, True])
    assert standardised_differences(fields, treated) == pytest.approx([1.0, 0.0])


@pytest.mark.parametrize("empty", ["after", "before", "both"])
def test_nothing_at_all_is_told_honestly(empty: str) -> None:
    y = np.tile([1.0, 0.0, 2.0], 10)
    nothing = np.zeros(30)
    before = nothing if empty in ("before", "both") else y
    after = nothing if empty in ("after", "both") else y
    found = before_after(before, ones(30), after, ones(30))
    if empty == "after":
        assert found.estimate == -1.0
        assert -1.0 < found.low < found.high < 0.0
        assert found.p < 0.01
    else:
        assert math.isnan(found.estimate)
        assert not found.significant or empty == "before"


def test_without_an_event_the_interval_of_changes_lies_where_the_change_is() -> None:
    treated = np.repeat([True, False], 100)
    before = ones(200)
    fallen = difference_in_differences(before, ones(200), np.where(treated, 0.0, 1.0), ones(200), treated)
    assert fallen.estimate == -1.0
    assert -1.0 < fallen.low < fallen.high < -0.9
    risen = difference_in_differences(before, ones(200), np.where(treated, 1.0, 0.0), ones(200), treated)
    assert risen.low > 1.0
    assert risen.p == pytest.approx(fallen.p)


def test_no_event_among_the_treated_has_an_interval_that_grows_when_people_are_few() -> None:
    few, many = (
        two_groups(np.concatenate([np.zeros(n), np.ones(n)]), ones(2 * n), np.arange(2 * n) < n) for n in (5, 200)
    )
    assert few.estimate == many.estimate == -1.0
    assert few.high > many.high
    assert few.p > many.p


def test_what_cannot_be_told_is_not_told() -> None:
    assert stepped_wedge(np.zeros((4, 6)), np.ones((4, 6)), np.array([1, 2, 3, 4])) == Estimate()
    assert math.isnan(interrupted(np.zeros(24), np.ones(24), 12).p)
    one = np.array([True, False, False])
    assert math.isnan(cluster_means(ones(3), ones(3), ones(3), ones(3), one).p)


def test_before_after_holds_its_level_when_nobody_is_selected() -> None:
    draw = np.random.default_rng(8)
    rejected = 0
    for _ in range(600):
        frailty = draw.gamma(0.7, 1 / 0.7, 150)
        rejected += before_after(
            draw.poisson(frailty).astype(float), ones(150), draw.poisson(frailty).astype(float), ones(150)
        ).significant
    assert 12 <= rejected <= 56  # 5 % of 600 is 30; a one-sided or unpaired test lies far outside
