"""The arithmetic of a verdict, on cases worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.evaluation.estimators import two_groups
from sim.evaluation.verdict import (
    Followed,
    Trial,
    all_of,
    decompose,
    error_of_ratio,
    interval,
    power,
    rate,
    ratio_interval,
    read,
    spread,
    studies,
)

pytestmark = pytest.mark.unit
MONTH = 1.0 / 12.0


def followed(before: list[float], after: list[list[float]], alive: list[list[float]], stays: list[int]) -> Followed:
    """People with all they used before in one month, and two months after T0."""
    first = np.array(before)[:, None]
    return Followed(
        first,
        np.full(first.shape, MONTH),
        np.array(after, float),
        np.array(alive, float) * MONTH,
        np.array(stays),
    )


@pytest.fixture
def three() -> Followed:
    """One who lives, one who dies after a month, one who leaves the study after a month."""
    after = [[1, 1], [2, 0], [0, 3]]
    return followed([4, 8, 2], after, [[1, 1], [1, 0], [1, 1]], [100, 100, 1])


def test_survivors_are_those_who_live_and_stay(three: Followed) -> None:
    found = read(three, "survivors")
    assert found.rates == (pytest.approx(4 * 12), pytest.approx(2 * 6))
    assert len(found.before) == 1


def test_raw_counts_the_dead_as_if_they_lived(three: Followed) -> None:
    found = read(three, "raw")
    # What the third used after leaving is not seen; the time is that of everybody.
    assert found.rates == (pytest.approx(14 / 3 * 12), pytest.approx(4 / 3 * 6))


def test_person_time_counts_the_months_lived_and_seen(three: Followed) -> None:
    found = read(three, "person_time")
    assert found.rates[1] == pytest.approx(4 / (4 * MONTH))


def test_the_truth_looks_at_everybody_alive(three: Followed) -> None:
    everybody = all_of(three)
    assert everybody.rates[1] == pytest.approx(7 / (5 * MONTH))


def test_parts_by_hand() -> None:
    found = decompose(
        base=2.0,
        twin=1.2,
        stages=[1.1, 0.9],
        pilot=1.0,
        read_before=2.2,
        read_after=0.7,
        drift=0.05,
        levers=("mobile_team", "care_plan"),
    )
    assert found.secular == pytest.approx(0.1)  # 5 % of 2.0
    assert found.regression == pytest.approx(-0.9)  # 1.2 - 2.0, less the year's rise of 0.1
    assert found.deaths == pytest.approx(-0.5)  # read -1.5, everybody -1.0
    assert found.spill_over == pytest.approx(0.1)
    assert found.levers == {"mobile_team": pytest.approx(-0.1), "care_plan": pytest.approx(-0.2)}
    assert found.truth == pytest.approx(-0.2)


def test_parts_add_up_whatever_the_numbers() -> None:
    draw = np.random.default_rng(11)
    for _ in range(200):
        levers = [f"lever {k}" for k in range(draw.integers(1, 6))]
        base, twin, pilot, first, second, drift = draw.normal(1.0, 2.0, 6)
        found = decompose(base, twin, draw.normal(1.0, 2.0, len(levers)), pilot, first, second, drift, levers)
        assert sum(found.parts.values()) == pytest.approx(found.change, abs=1e-12)
        own = found.spill_over + sum(found.levers.values())
        assert own == pytest.approx(found.truth, abs=1e-12)


def test_a_pilot_that_does_nothing_has_no_effect_exactly() -> None:
    found = decompose(1.7, 0.3, [0.3, 0.3, 0.3], 0.3, 1.9, 0.2, 0.01, ("a", "b", "c"))
    assert found.truth == 0.0
    assert found.spill_over == 0.0
    assert set(found.levers.values()) == {0.0}


def test_as_many_stages_as_levers_are_needed() -> None:
    with pytest.raises(ValueError, match="2 given, one for each of 1 levers needed"):
        decompose(1, 1, [1, 1], 1, 1, 1, 0, ("a",))


def test_intervals_are_those_of_student() -> None:
    values = [1.0, 2.0, 3.0, 4.0]
    found = interval(values)
    half = 3.182446 * np.std(values, ddof=1) / 2
    assert (found.low, found.high) == (pytest.approx(2.5 - half, rel=1e-5), pytest.approx(2.5 + half, rel=1e-5))
    single = spread(values, lowest=-1.0)
    assert single.high - single.mean == pytest.approx(half * math.sqrt(5), rel=1e-5)
    assert single.low == -1.0
    assert math.isnan(interval([2.0]).low)


def test_the_interval_of_a_ratio_holds_it_as_often_as_it_says() -> None:
    draw = np.random.default_rng(2)
    below = draw.gamma(40.0, 1.0, (2000, 12))
    above = 0.7 * below * draw.normal(1.0, 0.1, below.shape)
    inside = [found.low <= -0.3 <= found.high for found in map(ratio_interval, above, below)]
    assert 0.93 < np.mean(inside) < 0.97
    assert ratio_interval([3.0], [4.0]).mean == pytest.approx(-0.25)


@pytest.mark.verify
@pytest.mark.parametrize(("mean", "n", "effect"), [(1.0, 400, -0.35), (0.6, 90, -0.6), (0.3, 60, -0.8)])
def test_power_is_how_often_a_study_finds_the_effect(mean: float, n: int, effect: float) -> None:
    draw = np.random.default_rng(4)
    frailty, found, studied = 0.8, 0, 300
    treated = np.arange(n) < n // 2
    people = draw.gamma(frailty, mean / frailty, (studied, n))
    for counts in draw.poisson(people * np.where(treated, 1.0 + effect, 1.0)).astype(float):
        found += two_groups(counts, np.ones(n), treated).significant
    trial = Trial(n, mean, mean + mean**2 / frailty)
    assert trial.power(effect) == pytest.approx(found / studied, abs=0.14)
    # What the uneven rest of few events costs; without it the last would be 83 %.
    assert error_of_ratio(mean, mean + mean**2 / frailty, n, effect) > error_of_ratio(mean, trial.variance, n)


def test_power_without_effect_is_the_level_and_grows_with_it() -> None:
    assert power(0.0, 0.2) == pytest.approx(0.05)
    assert power(-2.8016 * 0.2, 0.2) == pytest.approx(0.8, abs=1e-3)
    trial = Trial(400, 1.0, 2.2)
    assert trial.power(0.0) == pytest.approx(0.05)
    assert trial.power(trial.smallest()) == pytest.approx(0.8, abs=0.01)
    assert math.isnan(Trial(20, 0.3, 0.4).smallest())  # three events without the pilot: nothing can be told
    assert math.isnan(power(-0.5, math.nan))
    assert math.isnan(Trial(90, 0.0, 0.0).power(-0.5))
    assert math.isnan(rate(np.zeros(2), np.zeros(2)))


def test_power_of_few_municipalities_is_that_of_their_t_test() -> None:
    draw = np.random.default_rng(9)
    clusters, effect, scatter = 6, -0.5, 0.25
    treated = np.arange(clusters) < 3
    changes = draw.normal(np.where(treated, effect, 0.0), scatter, (4000, clusters))
    found = np.mean(stats.ttest_ind(changes[:, treated], changes[:, ~treated], axis=1).pvalue < 0.05)
    error = scatter * math.sqrt(2 / 3)
    trial = Trial(5000, 1.0, 1.0, error=error, freedom=clusters - 2)
    assert trial.power(effect) == pytest.approx(found, abs=0.03)
    assert power(effect, error) > found + 0.15  # the normal approximation does not see how few they are
    assert trial.power(0.0) == pytest.approx(0.05)
    assert trial.power(-1000.0) == 1.0


def test_single_studies_lie_where_they_are_said_to() -> None:
    draw = np.random.default_rng(6)
    for replications in (2, 10):
        inside = 0
        for _ in range(1500):
            found = draw.normal(-0.3, 0.5, replications + 1)
            low, high = studies(float(found[1:].mean()), found[1:].tolist(), [0.5] * replications)
            inside += low <= found[0] <= high
            assert high - low < 10.0  # however few, not without bounds
        assert 0.94 < inside / 1500 < 1.0
    assert studies(0.0, [0.1], [0.5])[1] == pytest.approx(1.96 * 0.5 * math.sqrt(2), rel=1e-3)
    assert all(math.isnan(end) for end in studies(0.0, [0.1], [math.nan]))
