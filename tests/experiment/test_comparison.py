"""Paired comparison of two governances: the t interval, missing values, a single replication."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from sim.outcomes import Margin, OutcomeTable
from sim.statistics.comparison import Difference, Paired, compare_tables, interval

NAN = float("nan")
EMPTY = np.zeros((0, 4, 4, 1, 1), np.int64)


def table(*lines: tuple[float, ...]) -> OutcomeTable:
    """A table of hospital days and deaths, for everybody and for the multi-ill."""
    names = ("hospital_days", "deaths")[: len(lines)]
    margins = (Margin(), Margin(group="multi_ill"))
    return OutcomeTable(names, margins, np.array(lines), ("Vännäs",), EMPTY, np.zeros((0, 4, 2), np.int64))


def test_the_interval_is_that_of_students_t() -> None:
    values = np.array([3.1, -0.4, 2.2, 5.0, 1.7])
    expected = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert interval(values) == pytest.approx((expected.low, expected.high), rel=1e-12)


def test_the_interval_of_known_numbers() -> None:
    # Mean 2, standard deviation 1, n = 3: half width 4.302653 / sqrt(3).
    low, high = interval(np.array([1.0, 2.0, 3.0]))
    assert (low, high) == pytest.approx((2 - 2.4841377, 2 + 2.4841377), rel=1e-6)


def test_equal_values_have_an_interval_of_no_width() -> None:
    assert interval(np.array([4.0, 4.0])) == (4.0, 4.0)


def test_missing_values_do_not_count() -> None:
    assert interval(np.array([1.0, NAN, 2.0, 3.0])) == interval(np.array([1.0, 2.0, 3.0]))


@pytest.mark.parametrize("values", [[], [1.0], [1.0, NAN], [NAN, NAN]])
def test_fewer_than_two_values_have_no_interval(values: list[float]) -> None:
    assert all(math.isnan(end) for end in interval(np.array(values)))


def test_differences_are_paired_by_replication() -> None:
    # The arms move together: the difference is certain though each arm is not.
    first = [table((100.0, 10.0)), table((200.0, 30.0)), table((300.0, 20.0))]
    second = [table((90.0, 10.0)), table((190.0, 30.0)), table((290.0, 20.0))]
    total, multi_ill = compare_tables(first, second)
    assert (total.outcome, total.margin, total.unit) == ("hospital_days", Margin(), "days")
    assert (total.first, total.second, total.difference, total.low, total.high) == (200, 190, -10, -10, -10)
    assert total.relative == pytest.approx(-0.05)
    assert (multi_ill.margin.group, multi_ill.difference, multi_ill.low, multi_ill.high) == ("multi_ill", 0, 0, 0)


def test_the_difference_is_that_of_the_paired_t_test() -> None:
    generator = np.random.default_rng(20)
    before, after = generator.normal(50, 9, 12), generator.normal(47, 9, 12)
    found = next(compare_tables([table((x, 0)) for x in before], [table((x, 0)) for x in after]))
    test = stats.ttest_rel(after, before)
    interval_95 = test.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval_95.low, interval_95.high), rel=1e-9)
    assert found.difference == pytest.approx((after - before).mean())


def test_the_variance_ratio_is_that_of_independent_runs_to_paired_ones() -> None:
    before, after = np.array([10.0, 20.0, 30.0, NAN]), np.array([12.0, 19.0, 32.0, 9.0])
    found = next(compare_tables([table((x, 0)) for x in before], [table((x, 0)) for x in after]))
    assert found.replications == 3
    # Variances 100 and 103, that of the differences 2, -1 and 2 is 3.
    assert found.variance_ratio == pytest.approx(203 / 3)


def test_a_difference_that_does_not_vary_has_no_variance_ratio() -> None:
    found = next(compare_tables([table((1.0, 0)), table((2.0, 0))], [table((3.0, 0)), table((4.0, 0))]))
    assert math.isnan(found.variance_ratio)


def test_a_ratio_of_variances_too_large_to_mean_anything_is_left_out() -> None:
    before = np.array([1.0, 2.0, 3.0])
    for shake, known in ((0.1, True), (0.001, False)):  # ratios of some hundred, and of some million
        after = before + shake * np.array([1.0, -1.0, 1.0])
        found = next(compare_tables([table((x, 0)) for x in before], [table((x, 0)) for x in after]))
        numbers = (found.variance_ratio, found.variance_ratio_low, found.variance_ratio_high)
        assert [math.isfinite(number) for number in numbers] == [known] * 3


def test_two_replications_have_a_ratio_of_variances_but_no_interval_of_it() -> None:
    found = next(compare_tables([table((1.0, 0)), table((5.0, 0))], [table((2.0, 0)), table((7.0, 0))]))
    assert found.variance_ratio == pytest.approx((8 + 12.5) / 0.5)
    assert math.isnan(found.variance_ratio_low)
    assert math.isnan(found.variance_ratio_high)


def test_equal_variances_have_the_ratio_interval_of_fishers_f() -> None:
    # Sum and difference do not go together then; the interval has one degree of freedom less than independent ones.
    before, after = np.array([1.0, 2.0, 3.0, 4.0, 9.0]), np.array([2.0, 1.0, 3.0, 4.0, 9.0])
    found = next(compare_tables([table((x, 0)) for x in before], [table((x, 0)) for x in after]))
    quotient = (after + before).var(ddof=1) / (after - before).var(ddof=1)
    factor = stats.f.ppf(0.975, 3, 3)
    assert found.variance_ratio == pytest.approx((quotient + 1) / 2)
    expected = ((quotient / factor + 1) / 2, (quotient * factor + 1) / 2)
    assert (found.variance_ratio_low, found.variance_ratio_high) == pytest.approx(expected)


REPEATS = 20_000


def many(before: NDArray[np.float64], after: NDArray[np.float64]) -> list[Difference]:
    """As many comparisons at a time as there are columns; a replication in each row."""
    paired = Paired((1, before.shape[1]))
    for first, second in zip(before, after, strict=True):
        paired.add(first[None], second[None])
    return list(paired.differences(("hospital_days",), [Margin()] * before.shape[1]))


@pytest.mark.parametrize("spread", [0.4, 1.0, 1.7])
def test_the_interval_of_the_variance_ratio_holds_the_truth_95_times_in_a_hundred(spread: float) -> None:
    generator = np.random.default_rng(11)
    before = generator.normal(0.0, 1.0, (10, REPEATS))
    after = spread * (0.9 * before + math.sqrt(1 - 0.9**2) * generator.normal(0.0, 1.0, (10, REPEATS)))
    truth = (1 + spread**2) / (1 + spread**2 - 2 * 0.9 * spread)
    share = np.mean([d.variance_ratio_low <= truth <= d.variance_ratio_high for d in many(before, after)])
    assert 0.945 < share < 0.955


@pytest.mark.parametrize(("slope", "apart"), [(0.0, 0.05), (-0.3, 0.05), (0.3, 0.1)])
def test_the_interval_of_a_relative_difference_holds_the_truth_95_times_in_a_hundred(
    slope: float, apart: float
) -> None:
    # The difference goes with the first value, as rates do, or not at all.
    generator = np.random.default_rng(12)
    before = generator.normal(1.0, 0.3, (10, REPEATS))
    difference = -0.3 + slope * (before - 1.0) + generator.normal(0.0, apart, (10, REPEATS))
    found = many(before, before + difference)
    share = np.mean([d.relative_low <= -0.3 <= d.relative_high for d in found])
    assert 0.93 < share < 0.96
    # Whoever takes the first mean for a constant is wrong, to one side or the other.
    plain = np.mean([d.low / d.first <= -0.3 <= d.high / d.first for d in found])
    assert not 0.93 < plain < 0.96


def test_the_interval_of_a_relative_difference_is_that_of_what_the_first_leaves_unexplained() -> None:
    before, after = np.array([10.0, 20.0, 33.0, 41.0]), np.array([9.0, 17.0, 30.0, 36.0])
    found = next(compare_tables([table((x, 0)) for x in before], [table((x, 0)) for x in after]))
    share = (after - before).mean() / before.mean()
    rest = stats.sem(after - before - share * before) * stats.t.ppf(0.975, 3) / before.mean()
    expected = (share, share - rest, share + rest)
    assert (found.relative, found.relative_low, found.relative_high) == pytest.approx(expected, rel=1e-9)


def test_one_replication_has_a_difference_but_no_interval() -> None:
    found = next(compare_tables([table((100.0, 1.0))], [table((80.0, 1.0))]))
    assert (found.difference, found.relative) == (-20, -0.2)
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert math.isnan(found.relative_low)
    assert math.isnan(found.relative_high)


def test_an_outcome_that_is_given_nowhere_is_left_out() -> None:
    first, second = [table((NAN, 1.0), (2.0, NAN))], [table((NAN, 1.0), (3.0, NAN))]
    found = [(d.outcome, d.margin.group) for d in compare_tables(first, second)]
    assert found == [("hospital_days", "multi_ill"), ("deaths", "all")]


def test_a_replication_with_a_value_in_one_arm_only_has_no_difference() -> None:
    first = [table((10.0, 1.0)), table((NAN, 1.0)), table((14.0, 1.0))]
    second = [table((11.0, 1.0)), table((50.0, 1.0)), table((17.0, 1.0))]
    found = next(compare_tables(first, second))
    assert found.difference == 2.0
    # Means are of the same replications as the difference, so that the three agree.
    assert (found.first, found.second) == (12.0, 14.0)


def test_nothing_is_relative_to_nothing() -> None:
    found = next(compare_tables([table((0.0, 1.0))], [table((5.0, 1.0))]))
    assert found.difference == 5.0
    assert math.isnan(found.relative)


def test_what_exists_under_one_governance_only_keeps_its_mean() -> None:
    found = next(compare_tables([table((NAN, 1.0))] * 2, [table((3.0, 1.0)), table((5.0, 1.0))]))
    assert math.isnan(found.first)
    assert found.second == 4.0
    assert math.isnan(found.difference)
