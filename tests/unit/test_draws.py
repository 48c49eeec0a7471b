"""Draws by the moments that people have: each against its exact moments, SciPy, and what its parameters may be."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from sim import chance, quantiles
from sim.draw_limits import LIMITS, OutsideDraw

KEY = chance.stream_key(2026, 1)
MANY = 20_000
LEAST_P = 1e-4
"""A sound draw fails a test of fit so seldom; seeds are fixed, so a draw that passes passes always."""


def drawn(draw: Callable[..., float], *parameters: Any, many: int = MANY) -> np.ndarray:
    return np.array([draw(KEY, person, 17, 0, 0, *parameters) for person in range(many)])


CONTINUOUS = [
    (chance.uniform_between, (-3.0, 5.0), stats.uniform(-3.0, 8.0)),
    (chance.exponential, (7.0,), stats.expon(scale=7.0)),
    (chance.lognormal_mean, (6.0, 9.0), stats.lognorm(math.sqrt(math.log1p(2.25)), scale=6.0 / math.sqrt(3.25))),
    (chance.triangular, (1.0, 2.0, 7.0), stats.triang(1.0 / 6.0, 1.0, 6.0)),
    (chance.triangular, (1.0, 1.0, 7.0), stats.triang(0.0, 1.0, 6.0)),
    (chance.triangular, (1.0, 7.0, 7.0), stats.triang(1.0, 1.0, 6.0)),
    (chance.truncated_normal, (10.0, 4.0, 2.0, 30.0), stats.truncnorm(-2.0, 5.0, 10.0, 4.0)),
    (chance.truncated_normal, (0.0, 1.0, 8.0, 9.0), stats.truncnorm(8.0, 9.0)),
    (chance.truncated_normal, (0.0, 1.0, -30.0, -20.0), stats.truncnorm(-30.0, -20.0)),
    (chance.gamma, (5.0, 2.0), stats.gamma(6.25, scale=0.8)),
    (chance.gamma, (5.0, 12.0), stats.gamma(25.0 / 144.0, scale=28.8)),
    (chance.gamma, (1e6, 1e3), stats.gamma(1e6, scale=1.0)),
    (chance.erlang, (3, 12.0), stats.gamma(3.0, scale=4.0)),
    (chance.weibull, (1.7, 30.0), stats.weibull_min(1.7, scale=30.0)),
    (chance.weibull, (0.6, 30.0), stats.weibull_min(0.6, scale=30.0)),
]


@pytest.mark.parametrize(("draw", "parameters", "exact"), CONTINUOUS, ids=lambda one: getattr(one, "__name__", ""))
def test_a_draw_has_the_moments_and_the_shape_it_is_asked_for(draw: Any, parameters: Any, exact: Any) -> None:
    values = drawn(draw, *parameters)
    mean, variance, _, kurtosis = (float(moment) for moment in exact.stats("mvsk"))
    assert values.mean() == pytest.approx(mean, abs=4 * math.sqrt(variance / MANY))
    if kurtosis < 30:  # else the variance of so many is no test
        assert values.var() == pytest.approx(variance, rel=4 * math.sqrt((kurtosis + 2) / MANY))
    assert stats.kstest(values, exact.cdf).pvalue > LEAST_P


MOMENTS = [
    (chance.lognormal_mean, (6.0, 9.0), 6.0, 9.0),
    (chance.gamma, (5.0, 2.0), 5.0, 2.0),
    (chance.erlang, (4, 10.0), 10.0, 5.0),
    (chance.uniform_between, (2.0, 8.0), 5.0, math.sqrt(3.0)),
    (chance.integer, (1, 6), 3.5, math.sqrt(35.0 / 12.0)),
    (chance.empirical, ((1.0, 5.0, 9.0), (2, 1, 1)), 4.0, math.sqrt(11.0)),
]


@pytest.mark.parametrize(("draw", "parameters", "mean", "sd"), MOMENTS, ids=lambda one: getattr(one, "__name__", ""))
def test_the_moments_are_those_that_were_asked_for(draw: Any, parameters: Any, mean: float, sd: float) -> None:
    values = drawn(draw, *parameters)
    assert values.mean() == pytest.approx(mean, abs=4 * sd / math.sqrt(MANY))
    kurtosis = 110.0 if draw is chance.lognormal_mean else 6.0
    assert values.std() == pytest.approx(sd, rel=2 * math.sqrt((kurtosis + 2) / MANY))


@pytest.mark.parametrize("mean", [20.0, 49.9, 50.0, 60.0, 300.0, 740.0, 745.0, 800.0, 5000.0, 1e6])
def test_poisson_counts_of_any_mean(mean: float) -> None:
    counts = chance.poisson_array(KEY, np.arange(MANY), 9, 0, 0, mean)
    assert counts.mean() == pytest.approx(mean, abs=4 * math.sqrt(mean / MANY))
    assert counts.var() == pytest.approx(mean, abs=4 * math.sqrt((mean + 2 * mean**2) / MANY))
    u = chance.uniform_array(KEY, np.arange(2_000), 9, 0, 0)
    assert (counts[:2_000] == stats.poisson.ppf(u, mean)).all()
    assert [chance.poisson_count(KEY, p, 9, 0, 0, mean) for p in range(50)] == counts[:50].tolist()


@pytest.mark.parametrize("mean", [60.0, 745.0, 1e6])
def test_the_ends_of_the_interval_have_a_count_too(mean: float) -> None:
    for u in (0.5 * 2.0**-52, 1.0 - 0.5 * 2.0**-52):
        count = quantiles.poisson_quantile(u, mean)
        assert abs(count - mean) < 10 * math.sqrt(mean)
        assert abs(count - stats.poisson.ppf(u, mean)) <= 2  # SciPy's own share is rounded there


def test_die_throws_are_fair() -> None:
    values = drawn(chance.integer, 1, 6)
    counts = np.bincount(values, minlength=7)
    assert counts[0] == 0
    assert stats.chisquare(counts[1:]).pvalue > LEAST_P
    assert set(drawn(chance.integer, 4, 4, many=50)) == {4}
    assert set(drawn(chance.integer, -2, -1, many=50)) == {-2, -1}


def test_an_empirical_draw_has_its_weights() -> None:
    values = drawn(chance.empirical, (10.0, 20.0, 40.0), (0.5, 0.0, 1.5))
    assert set(values) == {10.0, 40.0}
    assert (values == 10.0).mean() == pytest.approx(0.25, abs=4 * math.sqrt(0.25 * 0.75 / MANY))


def test_a_larger_uniform_never_gives_a_smaller_draw() -> None:
    u = np.linspace(2.0**-52, 1 - 2.0**-52, 4_001)
    for quantile in (
        lambda p: quantiles.gamma_quantile(p, 0.3),
        lambda p: quantiles.gamma_quantile(p, 40.0),
        lambda p: quantiles.poisson_quantile(p, 300.0),
        lambda p: quantiles.truncated_normal_quantile(p, -0.5, 6.0),
        lambda p: quantiles.triangular_quantile(p, 0.0, 1.0, 2.0),
        lambda p: quantiles.weibull_quantile(p, 0.6, 3.0),
    ):
        values = np.array([quantile(p) for p in u])
        assert (np.diff(values) >= -1e-13 * np.abs(values[1:])).all()


@pytest.mark.parametrize("a", [0.001, 0.05, 0.3, 0.5, 1.0, 2.0, 9.9, 10.0, 100.0, 1e5])
def test_gamma_quantiles_are_exact(a: float) -> None:
    tails = 10.0 ** -np.arange(1, 16)
    for p in (*tails, *(1.0 - tails), *np.linspace(0.05, 0.95, 19)):
        exact = special.gammaincinv(a, p) if p < 0.5 else special.gammainccinv(a, 1.0 - p)
        assert quantiles.gamma_quantile(p, a) == pytest.approx(exact, rel=2e-12, abs=1e-290)


def test_nothing_varies_without_a_standard_deviation() -> None:
    assert set(drawn(chance.gamma, 3.0, 0.0, many=20)) == {3.0}
    assert set(drawn(chance.truncated_normal, 3.0, 0.0, 0.0, 2.0, many=20)) == {2.0}
    assert set(drawn(chance.lognormal_mean, 0.0, 1.0, many=20)) == {0.0}
    assert drawn(chance.lognormal_mean, 3.0, 0.0, many=20) == pytest.approx(3.0)


# --- what they may be ------------------------------------------------------------------------------------------------

REFUSED = [
    (chance.bernoulli, (-0.1,), "p -0.1: a probability is 0 to 1"),
    (chance.bernoulli, (1.5,), "p 1.5: a probability is 0 to 1"),
    (chance.bernoulli, (math.nan,), "p nan: a probability is 0 to 1"),
    (chance.exponential, (-1.0,), "mean -1.0: must be 0 or more, and finite"),
    (chance.exponential, (math.nan,), "mean nan: must be 0 or more, and finite"),
    (chance.exponential, (math.inf,), "mean inf: must be 0 or more, and finite"),
    (chance.poisson_count, (-1.0,), "mean -1.0: must be 0 to 1,000,000,000 for a Poisson count"),
    (chance.poisson_count, (2e9,), "mean 2000000000.0: must be 0 to 1,000,000,000 for a Poisson count"),
    (chance.lognormal, (1.0, -0.5), "sigma -0.5: must be 0 or more, and finite"),
    (chance.gamma, (1.0, math.nan), "sd nan: must be 0 or more, and finite"),
    (chance.weibull, (0.0, 1.0), "shape 0.0: must be more than 0, and finite"),
    (chance.erlang, (0, 1.0), "stages 0: must be 1 to 1,000,000"),
    (chance.uniform_between, (2.0, 1.0), "high 1.0: must be finite, and not below low"),
    (chance.triangular, (0.0, -1.0, 1.0), "mode -1.0: must be finite, and not below low"),
    (chance.triangular, (0.0, 2.0, 1.0), "high 1.0: must be finite, and not below mode"),
    (chance.integer, (3, 2), "most 2: must be within 2**50 of 0, and not below least"),
    (chance.empirical, ((1.0, 2.0), (1.0,)), "2 values with 1 weights: as many of each are needed, one at least"),
    (chance.empirical, ((1.0,), (0.0,)), "weights (0.0,): must be 0 or more, and one of them more than 0"),
    (chance.empirical, ((1.0, 2.0), (1.0, -1.0)), "weights (1.0, -1.0): must be 0 or more"),
]


@pytest.mark.parametrize(("draw", "parameters", "says"), REFUSED)
def test_what_a_distribution_cannot_have_is_refused(draw: Any, parameters: Any, says: str) -> None:
    with pytest.raises(OutsideDraw) as found:
        draw(KEY, 1, 2, 3, 4, *parameters)
    assert str(found.value).startswith(says)


@pytest.mark.parametrize("name", ["person", "purpose", "n"])
def test_a_key_beyond_its_limits_is_refused_and_its_ends_are_not(name: str) -> None:
    key = {"person": 1, "purpose": 2, "need": 3, "n": 4}
    limit = LIMITS[name]
    for value in (int(limit.low), int(limit.high)):
        assert 0.0 < chance.uniform(KEY, **key | {name: value}) < 1.0
    for value in (int(limit.low) - 1, int(limit.high) + 1):
        for draw in (chance.uniform, chance.uniform_array):
            with pytest.raises(OutsideDraw, match=f"{name} {value}: a key has 0 to {int(limit.high):,}"):
                draw(KEY, **key | {name: value})


def test_arrays_are_held_to_the_same_limits() -> None:
    person = np.arange(3)
    with pytest.raises(OutsideDraw, match=r"p 1\.5: a probability is 0 to 1"):
        chance.bernoulli_array(KEY, person, 1, 0, 0, np.array([0.5, 1.5, 0.2]))
    with pytest.raises(OutsideDraw, match="mean nan: must be 0 or more"):
        chance.exponential_array(KEY, person, 1, 0, 0, np.array([1.0, math.nan, 2.0]))
    with pytest.raises(OutsideDraw, match="mean -1: must be 0 to"):
        chance.poisson_array(KEY, person, 1, 0, 0, -1)
    assert len(chance.bernoulli_array(KEY, person[:0], 1, 0, 0, np.empty(0))) == 0
