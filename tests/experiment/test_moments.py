"""Moments in one pass: those of all values at once, whatever is missing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.statistics.moments import Moments, half_width

NAN = float("nan")


def filled(values: np.ndarray) -> Moments:
    found = Moments(values.shape[1:])
    for one in values:
        found.add(one)
    return found


def test_they_are_those_of_all_values_at_once() -> None:
    values = np.random.default_rng(3).normal(1e6, 3.0, (40, 2, 3))
    found = filled(values)
    assert found.mean == pytest.approx(values.mean(axis=0), rel=1e-14)
    assert found.variance == pytest.approx(values.var(axis=0, ddof=1), rel=1e-9)
    expected = stats.ttest_1samp(values, 0.0, axis=0).confidence_interval(0.95)
    low, high = found.interval()
    assert low == pytest.approx(expected.low, rel=1e-12)
    assert high == pytest.approx(expected.high, rel=1e-12)


def test_what_is_missing_does_not_count() -> None:
    found = filled(np.array([[1.0, NAN, NAN, NAN], [NAN, 2.0, NAN, NAN], [3.0, 5.0, 4.0, NAN]]))
    assert found.count.tolist() == [2, 2, 1, 0]
    assert found.mean[:3].tolist() == [2.0, 3.5, 4.0]
    assert math.isnan(found.mean[3])
    assert found.variance[:2].tolist() == [2.0, 4.5]
    assert np.isnan(found.variance[2:]).all()
    assert np.isnan(found.interval()[0]).tolist() == [False, False, True, True]


def test_equal_values_have_no_width() -> None:
    found = filled(np.full(1000, 0.1))
    assert (found.mean, found.variance) == (0.1, 0.0)
    assert found.interval() == (0.1, 0.1)


def test_a_small_spread_at_a_great_height_is_kept() -> None:
    # Sums of squares would lose all of it: 1e9 squared leaves no digit for the spread.
    found = filled(1e9 + np.array([4.0, 7.0, 13.0, 16.0]))
    assert found.variance == 30.0


def test_nothing_has_no_moments() -> None:
    assert math.isnan(Moments().mean)
    assert math.isnan(half_width(0, NAN))


def test_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(2,\) given, \(3,\) needed"):
        Moments((3,)).add(np.zeros(2))
