"""Goals and implausibility."""

from __future__ import annotations

import numpy as np
import pytest

from sim.calibration.goals import Goals, worst

pytestmark = pytest.mark.unit

GOALS = Goals.of(("range", "value", "most", "least"), [(1.0, 3.0), (10.0, 10.0), (None, 0.1), (5.0, None)], 0.05)


def test_a_range_is_two_deviations_each_way() -> None:
    assert GOALS.middle.tolist() == [2.0, 10.0, 0.1, 5.0]
    assert GOALS.observation == pytest.approx([0.5, 0.5, 0.005, 0.25])
    assert GOALS.discrepancy == pytest.approx([0.1, 0.5, 0.005, 0.25])


def test_a_value_without_range_has_ten_percent() -> None:
    assert (GOALS.low[1], GOALS.high[1]) == pytest.approx((9.0, 11.0))


def test_implausibility_is_a_distance_in_standard_deviations() -> None:
    found = GOALS.implausibility(np.array([[2.0 + 0.51, 10.0, 0.05, 9.0], [0.0, 12.0, 0.2, 4.0]]), np.zeros(4))
    assert found[0] == pytest.approx([0.51 / np.hypot(0.5, 0.1), 0.0, 0.0, 0.0])
    assert found[1] == pytest.approx([2 / np.hypot(0.5, 0.1), 2 / np.hypot(0.5, 0.5), 10 * 2**0.5, 4 / 2**0.5])


def test_more_variance_is_less_implausible() -> None:
    values = np.array([5.0, 20.0, 0.3, 1.0])
    known, unsure = (GOALS.implausibility(values, np.full(4, variance)) for variance in (0.0, 1.0))
    assert (unsure < known).all()


def test_what_is_not_known_is_not_implausible() -> None:
    assert GOALS.implausibility(np.full(4, np.nan), np.zeros(4)).tolist() == [0.0] * 4


def test_worst_with_exceptions() -> None:
    found = np.array([[1.0, 4.0, 2.0], [0.5, 0.1, 0.2]])
    assert worst(found).tolist() == [4.0, 0.5]
    assert worst(found, 1).tolist() == [2.0, 0.2]
    assert worst(found, 3).tolist() == [0.0, 0.0]


def test_inside_has_open_sides() -> None:
    assert GOALS.inside(np.array([1.0, 10.9, -5.0, 100.0])).tolist() == [True] * 4
    assert GOALS.inside(np.array([0.9, 11.1, 0.11, 4.9])).tolist() == [False] * 4


def test_far_away_counts_by_its_logarithm_and_near_by_itself() -> None:
    two = GOALS.subset(np.array([0, 1]))
    deviation = np.hypot(two.observation, two.discrepancy)
    near, far, further = (two.squashed(two.middle + n * deviation) - two.middle for n in (3.0, -500.0, -5000.0))
    assert near == pytest.approx(3.0 * deviation, rel=0.03)
    assert far / deviation == pytest.approx(np.full(2, -8.0 * np.log(2 * 500 / 8)), rel=0.01)
    assert (further < far).all()
    assert np.isnan(two.squashed(np.array([np.nan, 1.0]))).tolist() == [True, False]
