"""Quantiles of the distributions that draws have (kvantiler): each draw is the quantile of one uniform number.

So a larger uniform never gives a smaller draw, and two arms of a comparison that ask the same question differ by their
parameters alone. Compiled; Python and compiled code get the same bits. Regularised incomplete gamma functions: series
and continued fraction (Press et al. 2007, 6.2), with the factor in front kept exact for large shapes (Temme 1987).
"""

from __future__ import annotations

import math
from typing import Any

from sim.code_cache import kept

_compiled = kept(nogil=True, error_model="numpy")

MOST_MEAN = 1e9
"""The largest mean of a Poisson count: its quantile is searched in about the square root of it."""
FEW = 50.0
"""Below this mean a Poisson count is found by counting up."""
_SQRT_2 = math.sqrt(2.0)
_SQRT_2PI = math.sqrt(2.0 * math.pi)
_STOP = 1e-16
_TINY = 1e-300
_STIRLING = 10.0
"""From this shape on the remainder of Stirling's series is below 1e-13."""


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


@_compiled
def _remainder(a: float) -> float:
    """The remainder of Stirling's formula for the logarithm of the gamma function of a, from ``_STIRLING`` on."""
    b = 1.0 / (a * a)
    inner = 1.0 / 1260.0 - b * (1.0 / 1680.0 - b * (1.0 / 1188.0 - b * 691.0 / 360360.0))
    return (1.0 / 12.0 - b * (1.0 / 360.0 - b * inner)) / a


@_compiled
def _gamma_front(a: float, x: float) -> float:
    """X to the a times e to the -x over the gamma function of a + 1."""
    if a < _STIRLING:
        return math.exp(a * math.log(x) - x - math.lgamma(a + 1.0))
    mu = (x - a) / a
    exponent = -a * (mu - math.log1p(mu)) if abs(mu) < 0.5 else a * math.log(x / a) + a - x
    return math.exp(exponent - _remainder(a)) / (_SQRT_2PI * math.sqrt(a))


@_compiled
def gamma_lower(a: float, x: float) -> float:
    """The regularised lower incomplete gamma function P(a, x): the share of a gamma with shape a below x."""
    if x <= 0.0:
        return 0.0
    if x >= a + 1.0:
        return 1.0 - _gamma_fraction(a, x)
    return _gamma_series(a, x)


@_compiled
def gamma_upper(a: float, x: float) -> float:
    """The regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x), exact where it is small."""
    if x <= 0.0:
        return 1.0
    if x >= a + 1.0:
        return _gamma_fraction(a, x)
    return 1.0 - _gamma_series(a, x)


@_compiled
def _gamma_series(a: float, x: float) -> float:
    term, total, n = 1.0, 1.0, a
    while term > total * _STOP:
        n += 1.0
        term *= x / n
        total += term
    return _gamma_front(a, x) * total


@_compiled
def _gamma_fraction(a: float, x: float) -> float:
    """Lentz's method; a factor of the fraction is 1 to the last digit in the end."""
    b = x + 1.0 - a
    c = 1.0 / _TINY
    d = 1.0 / b
    h = d
    i = 1
    while i < 1_000_000:
        an = -i * (i - a)
        b += 2.0
        d = an * d + b
        d = 1.0 / (d if abs(d) > _TINY else _TINY)
        c = b + an / c
        c = c if abs(c) > _TINY else _TINY
        factor = d * c
        h *= factor
        if abs(factor - 1.0) < 3.0 * _STOP:
            break
        i += 1
    return _gamma_front(a, x) * a * h


@_compiled
def _gamma_guess(p: float, a: float) -> float:
    """Where the search for a gamma quantile begins: Wilson and Hilferty, or the lower tail, whichever is nearer."""
    low = math.exp((math.log(p) + math.lgamma(a + 1.0)) / a)
    if a < 0.5 or low < 0.1 * a:
        return low
    z = normal_quantile(p)
    ninth = 1.0 / (9.0 * a)
    cube = 1.0 - ninth + z * math.sqrt(ninth)
    guess = a * cube * cube * cube
    return guess if guess > 0.0 else low


@_compiled
def gamma_quantile(p: float, a: float) -> float:
    """The quantile of a gamma with shape a and scale 1: Newton's steps in the logarithm, held between two bounds."""
    x = _gamma_guess(p, a)
    if x <= 0.0:
        return 0.0  # below the smallest float
    low, high = 0.0, math.inf
    for _ in range(200):
        miss = gamma_lower(a, x) - p if p < 0.5 else (1.0 - p) - gamma_upper(a, x)
        if miss > 0.0:
            high = x
        else:
            low = x
        slope = _gamma_front(a, x) * a  # of P in log x
        step = -miss / slope if slope > 0.0 else (1.0 if miss < 0.0 else -1.0)
        then = x * math.exp(min(max(step, -1.0), 1.0))
        if not low < then < high:
            then = 0.5 * (low + high) if high < math.inf else 2.0 * x
        if abs(then - x) <= 4e-16 * x:
            return then
        x = then
    return x


@_compiled
def poisson_quantile(u: float, mean: float) -> int:
    """The least count to which at least the share u of a Poisson distribution comes up; means up to ``MOST_MEAN``."""
    if mean < FEW:
        term = math.exp(-mean)
        below = term
        count = 0
        while u > below and count < 1000:
            count += 1
            term *= mean / count
            below += term
        return count
    # A guess by Cornish and Fisher, its share by the incomplete gamma function, and from there step by step.
    z = normal_quantile(u)
    root = math.sqrt(mean)
    count = int(mean + root * z + (z * z - 1.0) / 6.0)
    count = count if count > 0 else 0
    upper = u > 0.5
    beyond = gamma_lower(count + 1.0, mean) if upper else gamma_upper(count + 1.0, mean)  # above, or up to, the count
    term = _gamma_front(float(count), mean) if count > 0 else math.exp(-mean)
    if upper:
        rest = 1.0 - u
        while beyond > rest:  # too few: less than u lies up to the count
            count += 1
            term *= mean / count
            beyond -= term
        while count > 0 and beyond + term <= rest:
            beyond += term
            term *= count / mean
            count -= 1
        return count
    while beyond < u:
        count += 1
        term *= mean / count
        beyond += term
    while count > 0 and beyond - term >= u:
        beyond -= term
        term *= count / mean
        count -= 1
    return count


@_compiled
def _normal_upper(z: float) -> float:
    return 0.5 * math.erfc(z / _SQRT_2)


@_compiled
def truncated_normal_quantile(p: float, low: float, high: float) -> float:
    """The quantile of a standard normal of which only what lies between two ends is left.

    Reckoned in the tail that lies nearer, so that it is exact far out: 37 standard deviations, where nothing of a
    normal is left in a float, is as far as it goes.
    """
    flipped = low + high < 0.0
    a = -high if flipped else low
    b = -low if flipped else high
    share = 1.0 - p if flipped else p
    if a > 0.0:
        top, bottom = _normal_upper(a), _normal_upper(b)
        x = -normal_quantile(top - share * (top - bottom))
    else:
        bottom, top = _normal_upper(-a), 1.0 - _normal_upper(b)
        at = bottom + share * (top - bottom)
        rest = _normal_upper(b) + (1.0 - share) * (top - bottom)
        x = normal_quantile(at) if at < 0.5 else -normal_quantile(rest)
    x = min(max(x, a), b)
    return -x if flipped else x


@_compiled
def triangular_quantile(p: float, low: float, mode: float, high: float) -> float:
    """The quantile of a triangle from low to high with its top at the mode."""
    width = high - low
    if p * width < mode - low:
        return low + math.sqrt(p * width * (mode - low))
    return high - math.sqrt((1.0 - p) * width * (high - mode))


@_compiled
def weibull_quantile(p: float, shape: float, scale: float) -> float:
    """The quantile of a Weibull distribution."""
    return scale * math.pow(-math.log1p(-p), 1.0 / shape)


@_compiled
def pick(u: float, values: Any, cumulative: Any) -> float:
    """The value at which cumulative shares reach u; two tuples of the same length, the last share 1."""
    for place in range(len(values)):
        if u < cumulative[place]:
            return float(values[place])
    return float(values[len(values) - 1])
