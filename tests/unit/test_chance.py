"""Keyed draws: the published generator, its distributions, the same bits from everywhere."""

from __future__ import annotations

import math
from enum import IntEnum

import numpy as np
import pytest
from numba import njit
from scipy.special import ndtri

from sim import chance

ONES = 0xFFFFFFFF
# Known-answer vectors of Random123 for philox4x32-10: counter, key, block.
VECTORS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES, ONES), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
KEY = chance.stream_key(2024, 3)


@pytest.mark.parametrize(("counter", "key", "block"), VECTORS)
def test_philox_gives_the_known_answers(counter, key, block) -> None:
    assert chance.philox(*counter, *key) == block
    assert chance.philox.py_func(*counter, *key) == block


def test_stream_keys_differ_and_are_whole_numbers() -> None:
    keys = {chance.stream_key(seed, replication) for seed in range(100) for replication in range(100)}
    assert len(keys) == 10_000
    assert min(keys) >= 0
    assert max(keys) < 1 << 63


def test_every_part_of_the_key_counts() -> None:
    first = chance.uniform(KEY, 1, 2, 3, 4)
    others = [(KEY + 1, 1, 2, 3, 4), (KEY + (1 << 40), 1, 2, 3, 4), (KEY, 0, 2, 3, 4), (KEY, 1, 1, 3, 4),
              (KEY, 1, 2, 3 + (1 << 35), 4), (KEY, 1, 2, 2, 4), (KEY, 1, 2, 3, 5)]  # fmt: skip
    assert first not in {chance.uniform(*other) for other in others}


def test_plain_python_and_compiled_code_give_the_same_bits() -> None:
    dice = np.random.default_rng(1)
    for person, purpose, need, n in dice.integers(0, [1 << 31, 4096, 1 << 62, 1 << 20], (300, 4)).tolist():
        words = (need & ONES, need >> 32, person, purpose << 20 | n, KEY & ONES, KEY >> 32)
        c0, c1, *_ = chance.philox.py_func(*words)
        u = ((c0 << 20 | c1 >> 12) + 0.5) / 2.0**52
        assert chance.uniform(KEY, person, purpose, need, n) == u
        assert chance.normal(KEY, person, purpose, need, n) == chance.normal_quantile.py_func(u)
        assert chance.exponential(KEY, person, purpose, need, n, 7.5) == -math.log(u) * 7.5
        assert chance.poisson_count(KEY, person, purpose, need, n, 3.5) == chance.poisson_quantile.py_func(u, 3.5)
        assert chance.bernoulli(KEY, person, purpose, need, n, 0.3) == (u < 0.3)
        z = chance.normal_quantile.py_func(u)
        assert chance.lognormal(KEY, person, purpose, need, n, 4.0, 0.8) == 4.0 * math.exp(0.8 * z)


def test_many_draws_at_once_equal_single_draws() -> None:
    person = np.arange(200)
    need = np.arange(200)[::-1] * (1 << 33)
    single = [chance.uniform(KEY, p, 7, d, 2) for p, d in zip(person.tolist(), need.tolist(), strict=True)]
    assert chance.uniform_array(KEY, person, 7, need, 2).tolist() == single
    assert chance.uniform_array(KEY, person[:, None], 7, need, 2).shape == (200, 200)
    normals = [chance.normal(KEY, p, 7, 0, 2) for p in range(200)]
    assert chance.normal_array(KEY, person, 7, 0, 2).tolist() == normals
    times = [chance.exponential(KEY, p, 7, 0, 2, 3.0) for p in range(200)]
    assert chance.exponential_array(KEY, person, 7, 0, 2, 3.0).tolist() == times
    counts = [chance.poisson_count(KEY, p, 7, 0, 2, 3.0) for p in range(200)]
    assert chance.poisson_array(KEY, person, 7, 0, 2, 3.0).tolist() == counts
    coins = [chance.bernoulli(KEY, p, 7, 0, 2, 0.25) for p in range(200)]
    assert chance.bernoulli_array(KEY, person, 7, 0, 2, 0.25).tolist() == coins


@pytest.mark.parametrize("axis", range(4))
def test_draws_are_uniform_and_uncorrelated_along_every_part_of_the_key(axis: int) -> None:
    # 100,000 draws: chi-squared over 100 cells within 4 sd (99 +- 56), neighbours' correlation within 4 sd (0.0126).
    parts = [np.zeros(100_000, np.int64) for _ in range(4)]
    parts[axis] = np.arange(100_000) % 4096 if axis == 1 else np.arange(100_000)
    if axis == 1:
        parts[0] = np.arange(100_000) // 4096
    u = chance.uniform_array(KEY, *parts)
    counts = np.histogram(u, 100, (0, 1))[0]
    assert 43 < ((counts - 1000) ** 2 / 1000).sum() < 155
    assert abs(np.corrcoef(u[1:], u[:-1])[0, 1]) < 0.0126
    assert u.min() > 0
    assert u.max() < 1


def test_the_ends_of_the_interval_are_never_reached() -> None:
    top = (((1 << 52) - 1) + 0.5) * 2.0**-52
    assert top < 1.0
    assert -math.log(top) > 0.0
    assert 8.1 < -chance.normal_quantile(0.5 * 2.0**-52) < 8.3


def test_the_normal_quantile_is_exact_to_fifteen_digits() -> None:
    for p in [1e-300, 1e-20, 1e-9, 0.01, 0.0749, 0.0751, 0.3, 0.5, 0.77, 0.9999]:
        assert chance.normal_quantile(p) == pytest.approx(ndtri(p), rel=2e-15, abs=1e-15)


@pytest.mark.parametrize("mean", [0.05, 1.0, 12.0, 49.0])
def test_poisson_counts_have_their_mean_and_variance(mean: float) -> None:
    # 100,000 draws; 4 standard errors.
    counts = chance.poisson_array(KEY, np.arange(100_000), 9, 0, 0, mean)
    assert counts.mean() == pytest.approx(mean, abs=4 * math.sqrt(mean / 100_000))
    error = math.sqrt((mean + 2 * mean**2) / 100_000)
    assert counts.var() == pytest.approx(mean, abs=4 * error)


def test_lognormal_median() -> None:
    draws = np.array([chance.lognormal(KEY, p, 11, 0, 0, 20.0, 0.7) for p in range(20_000)])
    assert (draws < 20.0).mean() == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(20_000))


@njit
def _compiled_caller(key: int, person: int) -> float:
    return chance._exponential(key, person, 1, 2, 3, 10.0) + chance._normal(key, person, 1, 2, 3)


def test_compiled_callers_get_the_same_bits() -> None:
    for person in range(1000):
        plain = chance.exponential(KEY, person, 1, 2, 3, 10.0) + chance.normal(KEY, person, 1, 2, 3)
        assert _compiled_caller(KEY, person) == plain


class Draw(IntEnum):
    GAP = 3


def test_members_of_enumerations_leave_no_trace_in_compiled_code() -> None:
    # Compiled code made for them would be kept with their class, and could not be loaded where the class is not known.
    kinds = (chance.uniform, chance.normal)
    for draw in kinds:
        assert draw(5, Draw.GAP, Draw.GAP, Draw.GAP, Draw.GAP) == draw(5, 3, 3, 3, 3)
    assert chance.lognormal(5, Draw.GAP, Draw.GAP, Draw.GAP, Draw.GAP, 2.0, 0.5) > 0.0
    for compiled in (chance._uniform, chance._normal, chance._lognormal):
        assert not any("Enum" in str(signature) for signature in compiled.signatures)
