"""The only source of randomness: draws keyed by (seed, replication, person, purpose, need, n).

One draw is one call with a key. There is no hidden state, so a flow or a person more changes nobody else's draws,
and two arms of a comparison draw the same number for the same question. The generator is Philox4x32-10 of Random123
(Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"), checked against its known-answer
vectors. The functions are compiled; flows call them from Python and from compiled code and get the same bits.

The key of a draw
    key : from :func:`stream_key`, one per seed and replication;
    person : 0 to 2**32 - 1;
    purpose : what the draw is for, 0-4095;
    need : the candidate need (64 bits), or any other identity;
    n : which draw of this purpose for this need, 0-1,048,575.

What lies outside would be another key's number, so it is an error, and so is a parameter that a distribution cannot
have: ``OutsideDraw`` in Python; in a run of an engine with the place of the flow before it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.code_cache import kept
from sim.draw_limits import OutsideDraw, see, see_all, see_key
from sim.quantiles import (
    gamma_quantile,
    normal_quantile,
    pick,
    poisson_quantile,
    triangular_quantile,
    truncated_normal_quantile,
    weibull_quantile,
)

LOW = 0xFFFFFFFF
MULTIPLIER_0, MULTIPLIER_1 = 0xD2511F53, 0xCD9E8D57
WEYL_0, WEYL_1 = 0x9E3779B9, 0xBB67AE85
PURPOSES = 1 << 12
DRAWS = 1 << 20
"""Numbers of purposes, and of draws per purpose and need, that a key tells apart."""
_STEP = 1.0 / (1 << 52)
_TOP52 = (1 << 52) - 1
_STREAM = 0x4E617276  # marks the blocks from which stream keys are made

_compiled = kept(nogil=True, error_model="numpy")
_inlined = kept(nogil=True, error_model="numpy", forceinline=True)

# Masks after every product keep the arithmetic the same for Python's unbounded and the machine's wrapping integers.


@_inlined
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Ten rounds of Philox4x32 on a counter of four and a key of two 32-bit words."""
    for _ in range(10):
        p0 = c0 * MULTIPLIER_0
        p1 = c2 * MULTIPLIER_1
        c0 = ((p1 >> 32) & LOW) ^ c1 ^ k0
        c2 = ((p0 >> 32) & LOW) ^ c3 ^ k1
        c1 = p1 & LOW
        c3 = p0 & LOW
        k0 = (k0 + WEYL_0) & LOW
        k1 = (k1 + WEYL_1) & LOW
    return c0, c1, c2, c3


@_compiled
def _stream_key(seed: int, replication: int) -> int:
    c0, c1, _, _ = philox(
        seed & LOW, (seed >> 32) & LOW, replication & LOW, (replication >> 32) & LOW, _STREAM, _STREAM
    )
    return (c0 & 0x7FFFFFFF) << 32 | c1


def stream_key(seed: int, replication: int) -> int:
    """The key of all draws of one replication.

    Parameters
    ----------
    seed, replication : int
        Any 64-bit whole numbers.

    Returns
    -------
    int
        63 bits, never negative.
    """
    return int(_stream_key(seed, replication))


@_compiled
def _uniform(key: int, person: int, purpose: int, need: int, n: int) -> float:
    c0, c1, _, _ = philox(
        need & LOW,
        (need >> 32) & LOW,
        person & LOW,
        ((purpose & 0xFFF) << 20) | (n & 0xFFFFF),
        key & LOW,
        (key >> 32) & LOW,
    )
    return (float(((c0 << 20) | (c1 >> 12)) & _TOP52) + 0.5) * _STEP


@_inlined
def _bernoulli(key: int, person: int, purpose: int, need: int, n: int, p: float) -> int:
    return 1 if _uniform(key, person, purpose, need, n) < p else 0


@_inlined
def _exponential(key: int, person: int, purpose: int, need: int, n: int, mean: float) -> float:
    return -math.log(_uniform(key, person, purpose, need, n)) * mean


@_inlined
def _normal(key: int, person: int, purpose: int, need: int, n: int) -> float:
    return normal_quantile(_uniform(key, person, purpose, need, n))


@_inlined
def _lognormal(key: int, person: int, purpose: int, need: int, n: int, median: float, sigma: float) -> float:
    return median * math.exp(sigma * normal_quantile(_uniform(key, person, purpose, need, n)))


@_compiled
def _poisson_count(key: int, person: int, purpose: int, need: int, n: int, mean: float) -> int:
    return poisson_quantile(_uniform(key, person, purpose, need, n), mean)


@_inlined
def _lognormal_mean(key: int, person: int, purpose: int, need: int, n: int, mean: float, sd: float) -> float:
    if mean == 0.0:
        return 0.0
    variance = math.log1p((sd / mean) * (sd / mean))
    z = normal_quantile(_uniform(key, person, purpose, need, n))
    return mean * math.exp(math.sqrt(variance) * z - 0.5 * variance)


@_inlined
def _uniform_between(key: int, person: int, purpose: int, need: int, n: int, low: float, high: float) -> float:
    u = _uniform(key, person, purpose, need, n)
    return low * (1.0 - u) + high * u


@_inlined
def _integer(key: int, person: int, purpose: int, need: int, n: int, least: int, most: int) -> int:
    return least + min(int(_uniform(key, person, purpose, need, n) * (most - least + 1)), most - least)


@_compiled
def _triangular(key: int, person: int, purpose: int, need: int, n: int, low: float, mode: float, high: float) -> float:
    return triangular_quantile(_uniform(key, person, purpose, need, n), low, mode, high)


@_compiled
def _truncated_normal(
    key: int, person: int, purpose: int, need: int, n: int, mean: float, sd: float, low: float, high: float
) -> float:
    if sd == 0.0:
        return min(max(mean, low), high)
    u = _uniform(key, person, purpose, need, n)
    return mean + sd * truncated_normal_quantile(u, (low - mean) / sd, (high - mean) / sd)


@_compiled
def _gamma(key: int, person: int, purpose: int, need: int, n: int, mean: float, sd: float) -> float:
    if mean == 0.0 or sd == 0.0:
        return mean
    shape = (mean / sd) * (mean / sd)
    return gamma_quantile(_uniform(key, person, purpose, need, n), shape) * (mean / shape)


@_compiled
def _erlang(key: int, person: int, purpose: int, need: int, n: int, stages: int, mean: float) -> float:
    return gamma_quantile(_uniform(key, person, purpose, need, n), float(stages)) * (mean / stages)


@_inlined
def _weibull(key: int, person: int, purpose: int, need: int, n: int, shape: float, scale: float) -> float:
    return weibull_quantile(_uniform(key, person, purpose, need, n), shape, scale)


@_inlined
def _empirical(key: int, person: int, purpose: int, need: int, n: int, values: Any, cumulative: Any) -> float:
    return pick(_uniform(key, person, purpose, need, n), values, cumulative)


# --- single draws ----------------------------------------------------------------------------------------
# Plain functions around the compiled ones: compiled code gets plain ints. A member of an enumeration would be compiled
# for anew, and numba's cache would then hold its class, which a process without that module cannot load. Adding 0 makes
# an int of it, in a fifth of the time that int() takes; the reference engine draws millions of times.
# ``drawn`` says which compiled function the compiled engine calls, and which limits its parameters have there.


def _drawn(compiled: Any, **limits: str) -> Callable[[Any], Any]:
    """Mark a draw: its compiled function, and the names in ``LIMITS`` of parameters called otherwise."""

    def marked(function: Any) -> Any:
        function.compiled = compiled
        function.limits = limits
        return function

    return marked


@_drawn(_uniform)
def uniform(key: int, person: int, purpose: int, need: int, n: int) -> float:
    """A uniform draw in the open interval (0, 1), on a grid of 2**-52."""
    see_key(key, person, purpose, need, n)
    result: float = _uniform(key, person + 0, purpose + 0, need + 0, n + 0)
    return result


@_drawn(_bernoulli)
def bernoulli(key: int, person: int, purpose: int, need: int, n: int, p: float) -> int:
    """1 with probability p, else 0."""
    see_key(key, person, purpose, need, n)
    see("p", p)
    result: int = _bernoulli(key, person + 0, purpose + 0, need + 0, n + 0, p)
    return result


@_drawn(_exponential)
def exponential(key: int, person: int, purpose: int, need: int, n: int, mean: float) -> float:
    """An exponential draw with the given mean."""
    see_key(key, person, purpose, need, n)
    see("mean", mean)
    result: float = _exponential(key, person + 0, purpose + 0, need + 0, n + 0, mean)
    return result


@_drawn(_normal)
def normal(key: int, person: int, purpose: int, need: int, n: int) -> float:
    """A standard normal draw, by inversion of one uniform."""
    see_key(key, person, purpose, need, n)
    result: float = _normal(key, person + 0, purpose + 0, need + 0, n + 0)
    return result


@_drawn(_lognormal)
def lognormal(key: int, person: int, purpose: int, need: int, n: int, median: float, sigma: float) -> float:
    """A lognormal draw with the given median and standard deviation of the logarithm."""
    see_key(key, person, purpose, need, n)
    see("median", median)
    see("sigma", sigma)
    result: float = _lognormal(key, person + 0, purpose + 0, need + 0, n + 0, median, sigma)
    return result


@_drawn(_poisson_count, mean="poisson mean")
def poisson_count(key: int, person: int, purpose: int, need: int, n: int, mean: float) -> int:
    """A Poisson draw with a mean up to 10**9, by inversion of one uniform."""
    see_key(key, person, purpose, need, n)
    see("poisson mean", mean)
    result: int = _poisson_count(key, person + 0, purpose + 0, need + 0, n + 0, mean)
    return result


@_drawn(_lognormal_mean)
def lognormal_mean(key: int, person: int, purpose: int, need: int, n: int, mean: float, sd: float) -> float:
    """A lognormal draw with the given mean and standard deviation of itself."""
    see_key(key, person, purpose, need, n)
    see("mean", mean)
    see("sd", sd)
    result: float = _lognormal_mean(key, person + 0, purpose + 0, need + 0, n + 0, mean, sd)
    return result


@_drawn(_uniform_between)
def uniform_between(key: int, person: int, purpose: int, need: int, n: int, low: float, high: float) -> float:
    """A uniform draw between two ends."""
    see_key(key, person, purpose, need, n)
    see("low", low)
    see("high", high, low)
    result: float = _uniform_between(key, person + 0, purpose + 0, need + 0, n + 0, low, high)
    return result


@_drawn(_integer)
def integer(key: int, person: int, purpose: int, need: int, n: int, least: int, most: int) -> int:
    """A whole number from the least to the most, both among them, all equally likely."""
    see_key(key, person, purpose, need, n)
    see("least", least)
    see("most", most, least)
    result: int = _integer(key, person + 0, purpose + 0, need + 0, n + 0, least + 0, most + 0)
    return result


@_drawn(_triangular, high="top")
def triangular(key: int, person: int, purpose: int, need: int, n: int, low: float, mode: float, high: float) -> float:
    """A triangular draw: its lowest value, the likeliest and the highest."""
    see_key(key, person, purpose, need, n)
    see("low", low)
    see("mode", mode, low)
    see("top", high, mode)
    result: float = _triangular(key, person + 0, purpose + 0, need + 0, n + 0, low, mode, high)
    return result


@_drawn(_truncated_normal, mean="centre")
def truncated_normal(
    key: int, person: int, purpose: int, need: int, n: int, mean: float, sd: float, low: float, high: float
) -> float:
    """A normal draw of which only what lies between two ends is left; mean and sd are of the whole normal.

    An end that lies more than 37 standard deviations beyond the mean leaves nothing that a float could tell apart:
    the draw is then that end.
    """
    see_key(key, person, purpose, need, n)
    see("centre", mean)
    see("sd", sd)
    see("low", low)
    see("high", high, low)
    result: float = _truncated_normal(key, person + 0, purpose + 0, need + 0, n + 0, mean, sd, low, high)
    return result


@_drawn(_gamma)
def gamma(key: int, person: int, purpose: int, need: int, n: int, mean: float, sd: float) -> float:
    """A gamma draw with the given mean and standard deviation."""
    see_key(key, person, purpose, need, n)
    see("mean", mean)
    see("sd", sd)
    result: float = _gamma(key, person + 0, purpose + 0, need + 0, n + 0, mean, sd)
    return result


@_drawn(_erlang)
def erlang(key: int, person: int, purpose: int, need: int, n: int, stages: int, mean: float) -> float:
    """An Erlang draw: the sum of so many exponential stages, with the given mean of the sum."""
    see_key(key, person, purpose, need, n)
    see("stages", stages)
    see("mean", mean)
    result: float = _erlang(key, person + 0, purpose + 0, need + 0, n + 0, stages + 0, mean)
    return result


@_drawn(_weibull)
def weibull(key: int, person: int, purpose: int, need: int, n: int, shape: float, scale: float) -> float:
    """A Weibull draw with the given shape and scale."""
    see_key(key, person, purpose, need, n)
    see("shape", shape)
    see("scale", scale)
    result: float = _weibull(key, person + 0, purpose + 0, need + 0, n + 0, shape, scale)
    return result


@_drawn(_empirical)
def empirical(
    key: int, person: int, purpose: int, need: int, n: int, values: Sequence[float], weights: Sequence[float]
) -> float:
    """One of some values, each as likely as its weight says; both are tuples of numbers, of one length."""
    see_key(key, person, purpose, need, n)
    result: float = _empirical(key, person + 0, purpose + 0, need + 0, n + 0, *empirical_shares(values, weights))
    return result


def empirical_shares(values: Sequence[float], weights: Sequence[float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Values as floats, and the shares to which their weights have come up.

    Raises
    ------
    OutsideDraw
        If they are not of one length, or a weight is negative, or none is more.
    """
    if len(values) != len(weights) or not values:
        raise OutsideDraw(f"{len(values)} values with {len(weights)} weights: as many of each are needed, one at least")
    whole = math.fsum(weights)
    bad = next((weight for weight in weights if not weight >= 0.0), None)
    if bad is not None or not 0.0 < whole < math.inf:
        raise OutsideDraw(f"weights {tuple(weights)}: must be 0 or more, and one of them more than 0")
    up_to = tuple(math.fsum(weights[: place + 1]) / whole for place in range(len(weights)))
    return tuple(float(value) for value in values), up_to


# --- many draws at once, equal to the single ones -----------------------------------------------------------

Integers = int | npt.NDArray[np.int64]


@_compiled
def _fill_uniform(
    out: npt.NDArray[np.float64],
    key: int,
    person: npt.NDArray[np.int64],
    purpose: npt.NDArray[np.int64],
    need: npt.NDArray[np.int64],
    n: npt.NDArray[np.int64],
) -> None:
    for i in range(out.shape[0]):
        out[i] = _uniform(key, person[i], purpose[i], need[i], n[i])


@_compiled
def _fill_normal(out: npt.NDArray[np.float64], u: npt.NDArray[np.float64]) -> None:
    for i in range(out.shape[0]):
        out[i] = normal_quantile(u[i])


@_compiled
def _fill_exponential(out: npt.NDArray[np.float64], u: npt.NDArray[np.float64]) -> None:
    for i in range(out.shape[0]):
        out[i] = -math.log(u[i])


@_compiled
def _fill_poisson(out: npt.NDArray[np.int64], u: npt.NDArray[np.float64], mean: npt.NDArray[np.float64]) -> None:
    for i in range(out.shape[0]):
        out[i] = poisson_quantile(u[i], mean[i])


def uniform_array(
    key: int, person: Integers, purpose: Integers, need: Integers, n: Integers
) -> npt.NDArray[np.float64]:
    """Uniform draws for keys that broadcast against each other; element for element equal to :func:`uniform`."""
    for name, part in (("person", person), ("purpose", purpose), ("n", n)):
        see_all(name, part)
    keys = np.broadcast_arrays(*(np.asarray(part, np.int64) for part in (person, purpose, need, n)))
    out = np.empty(keys[0].shape)
    _fill_uniform(out.reshape(-1), key, *(np.ascontiguousarray(part).reshape(-1) for part in keys))
    return out


def normal_array(key: int, person: Integers, purpose: Integers, need: Integers, n: Integers) -> npt.NDArray[np.float64]:
    """Standard normal draws, equal to :func:`normal`."""
    return _each(_fill_normal, uniform_array(key, person, purpose, need, n))


def exponential_array(
    key: int,
    person: Integers,
    purpose: Integers,
    need: Integers,
    n: Integers,
    mean: float | npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Exponential draws, equal to :func:`exponential`."""
    see_all("mean", mean)
    return _each(_fill_exponential, uniform_array(key, person, purpose, need, n)) * mean


def bernoulli_array(
    key: int,
    person: Integers,
    purpose: Integers,
    need: Integers,
    n: Integers,
    p: float | npt.NDArray[np.float64],
) -> npt.NDArray[np.int64]:
    """Draws of 0 and 1, equal to :func:`bernoulli`."""
    see_all("p", p)
    return (uniform_array(key, person, purpose, need, n) < p).astype(np.int64)


def poisson_array(
    key: int,
    person: Integers,
    purpose: Integers,
    need: Integers,
    n: Integers,
    mean: float | npt.NDArray[np.float64],
) -> npt.NDArray[np.int64]:
    """Poisson draws, equal to :func:`poisson_count`."""
    see_all("poisson mean", mean)
    u = uniform_array(key, person, purpose, need, n)
    means = np.ascontiguousarray(np.broadcast_to(np.asarray(mean, np.float64), u.shape))
    out = np.empty(u.shape, np.int64)
    _fill_poisson(out.reshape(-1), u.reshape(-1), means.reshape(-1))
    return out


def _each(fill: Callable[..., Any], u: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    out = np.empty(u.shape)
    fill(out.reshape(-1), u.reshape(-1))
    return out
