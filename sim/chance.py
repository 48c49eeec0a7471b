"""The only source of randomness: draws keyed by (seed, replication, person, purpose, need, n).

One draw is one call with a key. There is no hidden state, so a flow or a person more changes nobody else's draws,
and two arms of a comparison draw the same number for the same question. The generator is Philox4x32-10 of Random123
(Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"), checked against its known-answer
vectors. The functions are compiled; flows call them from Python and from compiled code and get the same bits.

The key of a draw
    key : from :func:`stream_key`, one per seed and replication;
    person : 32 bits are used;
    purpose : what the draw is for, 0-4095;
    need : the candidate need (64 bits), or any other identity;
    n : which draw of this purpose for this need, 0-1,048,575.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.code_cache import kept

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


@_compiled
def normal_quantile(p: float) -> float:
    """The standard normal quantile, Wichura's algorithm AS 241 (PPND16), about 16 digits."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = 2.5090809287301226727e3
        top = top * r + 3.3430575583588128105e4
        top = top * r + 6.7265770927008700853e4
        top = top * r + 4.5921953931549871457e4
        top = top * r + 1.3731693765509461125e4
        top = top * r + 1.9715909503065514427e3
        top = top * r + 1.3314166789178437745e2
        top = top * r + 3.3871328727963666080e0
        bottom = 5.2264952788528545610e3
        bottom = bottom * r + 2.8729085735721942674e4
        bottom = bottom * r + 3.9307895800092710610e4
        bottom = bottom * r + 2.1213794301586595867e4
        bottom = bottom * r + 5.3941960214247511077e3
        bottom = bottom * r + 6.8718700749205790830e2
        bottom = bottom * r + 4.2313330701600911252e1
        bottom = bottom * r + 1.0
        return q * top / bottom
    r = p if q < 0.0 else 1.0 - p
    r = math.sqrt(-math.log(r))
    if r <= 5.0:
        r -= 1.6
        top = 7.74545014278341407640e-4
        top = top * r + 2.27238449892691845833e-2
        top = top * r + 2.41780725177450611770e-1
        top = top * r + 1.27045825245236838258e0
        top = top * r + 3.64784832476320460504e0
        top = top * r + 5.76949722146069140550e0
        top = top * r + 4.63033784615654529590e0
        top = top * r + 1.42343711074968357734e0
        bottom = 1.05075007164441684324e-9
        bottom = bottom * r + 5.47593808499534494600e-4
        bottom = bottom * r + 1.51986665636164571966e-2
        bottom = bottom * r + 1.48103976427480074590e-1
        bottom = bottom * r + 6.89767334985100004550e-1
        bottom = bottom * r + 1.67638483018380384940e0
        bottom = bottom * r + 2.05319162663775882187e0
        bottom = bottom * r + 1.0
    else:
        r -= 5.0
        top = 2.01033439929228813265e-7
        top = top * r + 2.71155556874348757815e-5
        top = top * r + 1.24266094738807843860e-3
        top = top * r + 2.65321895265761230930e-2
        top = top * r + 2.96560571828504891230e-1
        top = top * r + 1.78482653991729133580e0
        top = top * r + 5.46378491116411436990e0
        top = top * r + 6.65790464350110377720e0
        bottom = 2.04426310338993978564e-15
        bottom = bottom * r + 1.42151175831644588870e-7
        bottom = bottom * r + 1.84631831751005468180e-5
        bottom = bottom * r + 7.86869131145613259100e-4
        bottom = bottom * r + 1.48753612908506148525e-2
        bottom = bottom * r + 1.36929880922735805310e-1
        bottom = bottom * r + 5.99832206555887937690e-1
        bottom = bottom * r + 1.0
    return -top / bottom if q < 0.0 else top / bottom


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
def poisson_quantile(u: float, mean: float) -> int:
    """The Poisson quantile by counting up; for means below 50 (the count stops at 1,000)."""
    term = math.exp(-mean)
    below = term
    count = 0
    while u > below and count < 1000:
        count += 1
        term *= mean / count
        below += term
    return count


@_compiled
def _poisson_count(key: int, person: int, purpose: int, need: int, n: int, mean: float) -> int:
    return poisson_quantile(_uniform(key, person, purpose, need, n), mean)


# --- single draws ----------------------------------------------------------------------------------------
# Plain functions around the compiled ones: compiled code gets plain ints. A member of an enumeration would be compiled
# for anew, and numba's cache would then hold its class, which a process without that module cannot load. Adding 0 makes
# an int of it, in a fifth of the time that int() takes; the reference engine draws millions of times.


def uniform(key: int, person: int, purpose: int, need: int, n: int) -> float:
    """A uniform draw in the open interval (0, 1), on a grid of 2**-52."""
    result: float = _uniform(key, person + 0, purpose + 0, need + 0, n + 0)
    return result


def bernoulli(key: int, person: int, purpose: int, need: int, n: int, p: float) -> int:
    """1 with probability p, else 0."""
    result: int = _bernoulli(key, person + 0, purpose + 0, need + 0, n + 0, p)
    return result


def exponential(key: int, person: int, purpose: int, need: int, n: int, mean: float) -> float:
    """An exponential draw with the given mean."""
    result: float = _exponential(key, person + 0, purpose + 0, need + 0, n + 0, mean)
    return result


def normal(key: int, person: int, purpose: int, need: int, n: int) -> float:
    """A standard normal draw, by inversion of one uniform."""
    result: float = _normal(key, person + 0, purpose + 0, need + 0, n + 0)
    return result


def lognormal(key: int, person: int, purpose: int, need: int, n: int, median: float, sigma: float) -> float:
    """A lognormal draw with the given median and standard deviation of the logarithm."""
    result: float = _lognormal(key, person + 0, purpose + 0, need + 0, n + 0, median, sigma)
    return result


def poisson_count(key: int, person: int, purpose: int, need: int, n: int, mean: float) -> int:
    """A Poisson draw with a mean below 50, by inversion of one uniform."""
    result: int = _poisson_count(key, person + 0, purpose + 0, need + 0, n + 0, mean)
    return result


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
    u = uniform_array(key, person, purpose, need, n)
    means = np.ascontiguousarray(np.broadcast_to(np.asarray(mean, np.float64), u.shape))
    out = np.empty(u.shape, np.int64)
    _fill_poisson(out.reshape(-1), u.reshape(-1), means.reshape(-1))
    return out


def _each(fill: Callable[..., Any], u: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    out = np.empty(u.shape)
    fill(out.reshape(-1), u.reshape(-1))
    return out
