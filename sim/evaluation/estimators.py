"""Estimators as an evaluator would use them (skattningar): plain functions of arrays.

Each takes counts and person-years and gives a relative change (rate ratio - 1) and a difference per person-year, with
95 % intervals and a two-sided p value of no change. Regressions are those of statsmodels.

Where an outcome did not happen at all in one of the compared sets, a half is added to each of the sums for the interval
and the p value (Haldane's correction); the estimate stays what it is. A relative change from nothing is nan.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from statsmodels.discrete.discrete_model import NegativeBinomial
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.regression.linear_model import OLS

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEVEL = 0.05
"""Intervals hold 1 - LEVEL; a result is called significant below it."""
Z = float(stats.norm.ppf(1.0 - LEVEL / 2.0))
NEWEY_WEST_LAGS = 3
"""Months over which the errors of a series may be correlated; about the fourth root of 24 points, rounded up."""
MOST_ORDERS = 1000
"""Orders that a permutation test looks at; all of them if they are no more, as for six municipalities (720)."""
CALIPER = 0.2
"""Standard deviations of the logit of the propensity score within which people match (Austin 2011)."""
CERTAIN = 1e-6
"""A standard error below this is what rounding leaves of none at all."""
NAN = math.nan


@dataclass(frozen=True)
class Estimate:
    """What an evaluator would report of an outcome.

    Attributes
    ----------
    estimate, low, high
        Relative change: rate ratio - 1.
    p
        Two-sided p value of no change.
    difference, difference_low, difference_high
        Change per person-year.
    """

    estimate: float = NAN
    low: float = NAN
    high: float = NAN
    p: float = NAN
    difference: float = NAN
    difference_low: float = NAN
    difference_high: float = NAN

    @property
    def significant(self) -> bool:
        """Whether p is below 0.05."""
        return self.p < LEVEL


NOTHING = Estimate()
"""Of a design that cannot tell."""


def before_after(before: Floats, before_years: Floats, after: Floats, after_years: Floats) -> Estimate:
    """Compare people with themselves (före-efter-jämförelse).

    Poisson regression of both periods with the logarithm of person-years as offset, standard errors robust to the
    dependence within a person; the difference by the paired t test.

    Parameters
    ----------
    before, before_years, after, after_years
        Counts and person-years, shape (persons,).
    """
    first, second = _rate(before, before_years), _rate(after, after_years)
    y, years = np.concatenate([before, after]), np.concatenate([before_years, after_years])
    later = np.repeat([0.0, 1.0], len(before))
    relative = _log_rate(y, years, [later], np.tile(np.arange(len(before)), 2), ((before, after),))
    change = _rates(after, after_years) - _rates(before, before_years)
    return _reported(second / first - 1.0 if first > 0 else NAN, relative, _mean(change))


def two_groups(
    y: Floats, years: Floats, treated: Mask, pairs: NDArray[np.int64] | None = None, counts: bool = True
) -> Estimate:
    """Compare two groups of people after T0 (jämförelse av grupper).

    Negative binomial regression with offset for counts; where that does not fit (no overdispersion), for days, and
    for matched pairs, Poisson regression with robust standard errors. The difference by Welch's t test.

    Parameters
    ----------
    y, years
        Counts and person-years, shape (persons,).
    treated
        Who had the intervention.
    pairs
        Number of the pair of each person, if they were matched.
    counts
        Whether ``y`` are counts, and not days.
    """
    base = _rate(y[~treated], years[~treated])
    estimate = _rate(y[treated], years[treated]) / base - 1.0 if base > 0 else NAN
    relative = None
    if counts and pairs is None:
        relative = _negative_binomial(y, years, treated)
    if relative is None:
        clusters = np.arange(len(y)) if pairs is None else pairs
        relative = _log_rate(y, years, [treated.astype(np.float64)], clusters, ((y[~treated], y[treated]),))
    else:
        estimate = math.exp(relative[0]) - 1.0
    sets = ((y[mask], years[mask]) for mask in (treated, ~treated))
    return _reported(estimate, relative, _welch(*(_rates(*part) for part in sets)))


def difference_in_differences(
    before: Floats, before_years: Floats, after: Floats, after_years: Floats, treated: Mask
) -> Estimate:
    """Compare the changes of two groups (skillnad i skillnader).

    Poisson regression with group, period and their product, whose coefficient is the ratio of the two rate ratios;
    standard errors robust to the dependence within a person (Bertrand and others 2004). The difference by Welch's t
    test of changes.
    """
    persons = len(before)
    y, years = np.concatenate([before, after]), np.concatenate([before_years, after_years])
    later, group = np.repeat([0.0, 1.0], persons), np.tile(treated.astype(np.float64), 2)
    sets = tuple((before[mask], after[mask]) for mask in (~treated, treated))
    found = _log_rate(y, years, [later * group, later, group], np.tile(np.arange(persons), 2), sets)
    rates = [
        _rate(count[mask], time[mask])
        for mask in (treated, ~treated)
        for count, time in ((after, after_years), (before, before_years))
    ]
    lost = min(rates[1], rates[2], rates[3]) <= 0
    estimate = NAN if lost else rates[0] / rates[1] / (rates[2] / rates[3]) - 1.0
    changes = (
        _rates(after[mask], after_years[mask]) - _rates(before[mask], before_years[mask])
        for mask in (treated, ~treated)
    )
    return _reported(estimate, found, _welch(*changes))


def interrupted(y: Floats, years: Floats, after: int) -> Estimate:
    """Extrapolate the months before, and compare the months after with that (avbruten tidsserie).

    Segmented regression of the monthly rate on time, a step and a change of slope, by least squares with standard
    errors of Newey and West; the effect is the mean over the months after, and the relative one is of the extrapolated
    rate, taken as known.

    Parameters
    ----------
    y, years
        Counts and person-years by month, shape (months,).
    after
        How many of the months, the last ones, are after the start.
    """
    months = len(y)
    if (years <= 0).any() or not y.any():
        return NOTHING
    time = np.arange(months) - (months - after)
    step = (time >= 0).astype(np.float64)
    design = np.column_stack([np.ones(months), time, step, step * time])
    fitted = OLS(y / years, design).fit(
        cov_type="HAC", cov_kwds={"maxlags": NEWEY_WEST_LAGS, "use_correction": True}, use_t=True
    )
    weights = np.array([0.0, 0.0, 1.0, (after - 1) / 2.0])
    effect = float(weights @ fitted.params)
    error = math.sqrt(max(0.0, float(weights @ fitted.cov_params() @ weights)))
    expected = float((design[time >= 0][:, :2] @ fitted.params[:2]).mean())
    return _linear(effect, error, months - 4, expected)


def cluster_means(before: Floats, before_years: Floats, after: Floats, after_years: Floats, treated: Mask) -> Estimate:
    """Compare the changes of few clusters (klusterrandomiserad).

    The t test of the change of each cluster's rate with clusters - 2 degrees of freedom, which is the small-sample
    correction (Hayes and Moulton): each cluster is one observation. The relative change is of the mean rate of the
    others after T0, taken as known.

    Parameters
    ----------
    before, before_years, after, after_years
        Sums by cluster, shape (clusters,).
    treated
        Clusters with the intervention.
    """
    if (before_years <= 0).any() or (after_years <= 0).any() or min(treated.sum(), (~treated).sum()) < 2:
        return NOTHING
    change = after / after_years - before / before_years
    new, usual = change[treated], change[~treated]
    freedom = len(change) - 2
    effect = float(new.mean() - usual.mean())
    pooled = (((new - new.mean()) ** 2).sum() + ((usual - usual.mean()) ** 2).sum()) / freedom
    error = math.sqrt(pooled * (1 / len(new) + 1 / len(usual)))
    expected = float((after[~treated] / after_years[~treated]).mean())
    return _linear(effect, error, freedom, expected)


def stepped_wedge(y: Floats, years: Floats, starts: NDArray[np.int64], key: int = 0) -> Estimate:
    """Compare clusters before and after their turn, month by month (stegvis införande).

    Weighted least squares of the rate with effects of cluster and month (Hussey and Hughes 2007). p value and interval
    are those of randomisation inference: the turns are dealt again in all orders (or ``MOST_ORDERS`` drawn ones), and
    the interval holds every effect that such a test does not reject at 5 %. The relative change is of the mean rate of
    the months without the intervention, taken as known.

    Parameters
    ----------
    y, years
        Sums by cluster and month, shape (clusters, months).
    starts
        First month of each cluster with the intervention.
    key
        Of the drawn orders.
    """
    clusters, months = y.shape
    if (years <= 0).any() or not y.any():
        return NOTHING
    rate = y / years
    orders = _orders(clusters, key)
    month = np.arange(months)
    on = (month >= starts[orders][:, :, None]).astype(np.float64).reshape(len(orders), -1)
    within = _residuals(on, years)  # of each order, beside the effects of cluster and month
    weight = years.ravel()
    norm = (within * weight * on).sum(axis=1)
    if (norm <= 1e-12).any():
        return NOTHING
    slopes = (within * weight) @ rate.ravel() / norm
    shares = (within * weight) @ on[0] / norm  # what the true order would give of an effect of 1
    effect = float(slopes[0])
    p = _permutation_p(slopes, shares, 0.0)
    low, high = _inverted(slopes, shares)
    untreated = on[0] == 0
    expected = float(y.ravel()[untreated].sum() / weight[untreated].sum())
    scale = 1.0 / expected if expected > 0 else NAN
    return Estimate(effect * scale, low * scale, high * scale, p, effect, low, high)


def matched_pairs(
    scores: Floats, treated: Mask, caliper: float = CALIPER, order: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Match people one to one, without replacement, to the nearest within a caliper (matchning).

    Parameters
    ----------
    scores
        Logit of the propensity score, shape (persons,).
    treated
        Who is to be matched; all others are candidates.
    caliper
        In standard deviations of the score, pooled over both groups (Austin 2011).
    order
        In which the treated choose, their positions; as they stand if None.

    Returns
    -------
    tuple
        Positions of the matched treated and of their controls. Who finds nobody within the caliper is left out.
    """
    width = caliper * math.sqrt((_variance(scores[treated]) + _variance(scores[~treated])) / 2.0)
    candidates = np.flatnonzero(~treated)
    candidates = candidates[np.argsort(scores[candidates], kind="stable")]
    values = scores[candidates]
    free = np.ones(len(values), np.bool_)
    pairs = []
    for person in np.flatnonzero(treated) if order is None else order:
        place = _nearest(values, free, float(scores[person]))
        if place >= 0 and abs(values[place] - scores[person]) <= width:
            free[place] = False
            pairs.append((person, candidates[place]))
    found = np.array(pairs, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _nearest(values: Floats, free: Mask, score: float) -> int:
    """The nearest free candidate of sorted ones; -1 if there is none."""
    high = int(np.searchsorted(values, score))
    low = high - 1
    while low >= 0 and not free[low]:
        low -= 1
    while high < len(values) and not free[high]:
        high += 1
    if low < 0 and high >= len(values):
        return -1
    if low < 0 or (high < len(values) and values[high] - score < score - values[low]):
        return high
    return low


def standardised_differences(fields: Floats, treated: Mask) -> Floats:
    """Difference of the means of each field in standard deviations; shape (fields,); below 0.1 is called balanced."""
    spread = np.sqrt((fields[treated].var(axis=0) + fields[~treated].var(axis=0)) / 2.0)
    difference = fields[treated].mean(axis=0) - fields[~treated].mean(axis=0)
    found: Floats = np.divide(difference, spread, out=np.zeros(fields.shape[1]), where=spread > 0)
    return found


# --- parts ---------------------------------------------------------------------------------------------------------

LogRate = tuple[float, float]
"""Coefficient and standard error on the logarithmic scale."""


def _rate(y: Floats, years: Floats) -> float:
    total = float(years.sum())
    return float(y.sum()) / total if total > 0 else NAN


def _rates(y: Floats, years: Floats) -> Floats:
    """One value per person, with the rate of all as mean, and its standard error from their spread (linearised ratio).

    With equal person-years they are the persons' own rates; a person who soon died does not count as a whole one.
    """
    rate = _rate(y, years)
    return rate + (y - rate * years) / float(years.mean()) if math.isfinite(rate) else np.zeros(0)


def _variance(values: Floats) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def _log_rate(
    y: Floats,
    years: Floats,
    columns: list[Floats],
    clusters: NDArray[np.int64],
    sets: tuple[tuple[Floats, Floats], ...],
) -> LogRate | None:
    """First coefficient of a Poisson regression with offset, robust error; from corrected sums if a set is empty."""
    sums = [float(part.sum()) for pair in sets for part in pair]
    seen = years > 0
    if not any(sums) or not seen.any():
        return None
    if min(sums) <= 0:
        signs = (-1.0, 1.0) if len(sums) == 2 else (1.0, -1.0, -1.0, 1.0)
        return _corrected(y, years, columns, sums, signs)
    design = np.column_stack([*columns, np.ones(len(y))])[seen]
    with np.errstate(all="ignore"):
        model = GLM(y[seen], design, family=Poisson(), offset=np.log(years[seen]))
        fitted = model.fit(cov_type="cluster", cov_kwds={"groups": clusters[seen], "use_correction": True})
    return float(fitted.params[0]), float(fitted.bse[0])


def _corrected(y: Floats, years: Floats, columns: list[Floats], sums: list[float], signs: tuple[float, ...]) -> LogRate:
    """Log rate ratio with a half added to each sum; the variance of Poisson sums, times their overdispersion."""
    group = np.zeros(len(y)) if len(sums) == 2 else columns[2]
    later = columns[0] if len(sums) == 2 else columns[1]
    times = [float(years[(group == g) & (later == t)].sum()) for g in sorted(set(group)) for t in (0.0, 1.0)]
    over = max(1.0, _variance(y) / max(float(y.mean()), 1e-12))
    logs = [math.log((count + 0.5) / time) if time > 0 else 0.0 for count, time in zip(sums, times, strict=True)]
    value = sum(sign * log for sign, log in zip(signs, logs, strict=True))
    return value, math.sqrt(over * sum(1.0 / (count + 0.5) for count in sums))


def _negative_binomial(y: Floats, years: Floats, treated: Mask) -> LogRate | None:
    """Coefficient of the treatment; None where the regression cannot be fitted."""
    seen = years > 0
    sums = (float(y[seen & treated].sum()), float(y[seen & ~treated].sum()))
    if min(sums) <= 0:
        return None
    design = np.column_stack([treated.astype(np.float64), np.ones(len(y))])[seen]
    first = _by_moments(y[seen], years[seen], treated[seen])
    with np.errstate(all="ignore"):  # of a search that fails; warnings are switched for all threads, this is not
        try:
            model = NegativeBinomial(y[seen], design, exposure=years[seen])
            fitted = model.fit(first, disp=0, method="newton", maxiter=200, warn_convergence=False)
        except (np.linalg.LinAlgError, ValueError):
            return None
    value, error, dispersion = float(fitted.params[0]), float(fitted.bse[0]), float(fitted.params[-1])
    good = fitted.mle_retvals["converged"] and math.isfinite(error) and dispersion > 1e-4
    return (value, error) if good else None


def _by_moments(y: Floats, years: Floats, treated: Mask) -> list[float]:
    """Where the search for the best fit begins: log rate ratio, log rate, overdispersion; near enough for few steps."""
    new, usual = _rate(y[treated], years[treated]), _rate(y[~treated], years[~treated])
    expected = np.where(treated, new, usual) * years
    over = float(((y - expected) ** 2 - expected).sum() / (expected**2).sum())
    return [math.log(new / usual), math.log(usual), max(0.05, over)]


def _mean(values: Floats) -> tuple[float, float, float]:
    """Mean with a t interval."""
    if len(values) < 2:
        return NAN, NAN, NAN
    middle, error = float(values.mean()), float(values.std(ddof=1)) / math.sqrt(len(values))
    half = float(stats.t.ppf(1.0 - LEVEL / 2.0, len(values) - 1)) * error
    return middle, middle - half, middle + half


def _welch(new: Floats, usual: Floats) -> tuple[float, float, float]:
    """Difference of means with Welch's interval."""
    if min(len(new), len(usual)) < 2:
        return NAN, NAN, NAN
    difference = float(new.mean() - usual.mean())
    a, b = float(new.var(ddof=1)) / len(new), float(usual.var(ddof=1)) / len(usual)
    if a + b <= 0:
        return difference, difference, difference
    freedom = (a + b) ** 2 / (a * a / (len(new) - 1) + b * b / (len(usual) - 1))
    half = float(stats.t.ppf(1.0 - LEVEL / 2.0, freedom)) * math.sqrt(a + b)
    return difference, difference - half, difference + half


def _reported(estimate: float, relative: LogRate | None, difference: tuple[float, float, float]) -> Estimate:
    """An estimate from its parts; without any standard error nothing differs, and that is certain."""
    if relative is None:
        return Estimate(NAN, NAN, NAN, NAN, *difference)
    value, error = relative
    if error < CERTAIN or not math.isfinite(error):
        same = abs(value) < CERTAIN
        return Estimate(estimate, *((0.0, 0.0, 1.0) if same else (NAN, NAN, NAN)), *difference)
    p = float(2.0 * stats.norm.sf(abs(value) / error))
    return Estimate(estimate, math.exp(value - Z * error) - 1.0, math.exp(value + Z * error) - 1.0, p, *difference)


def _linear(effect: float, error: float, freedom: int, expected: float) -> Estimate:
    """An estimate on the scale of rates; the relative one is of an expected rate, taken as known."""
    scale = 1.0 / expected if expected > 0 else NAN
    if error <= 0:
        p = 1.0 if effect == 0 else 0.0
        return Estimate(effect * scale, effect * scale, effect * scale, p, effect, effect, effect)
    half = float(stats.t.ppf(1.0 - LEVEL / 2.0, freedom)) * error
    p = float(2.0 * stats.t.sf(abs(effect) / error, freedom))
    low, high = effect - half, effect + half
    return Estimate(effect * scale, low * scale, high * scale, p, effect, low, high)


def _orders(clusters: int, key: int) -> NDArray[np.int64]:
    """Orders of the turns, shape (orders, clusters); the true one first."""
    if math.factorial(clusters) <= MOST_ORDERS:
        return np.array(list(itertools.permutations(range(clusters))), np.int64)
    chance = np.random.default_rng(key)
    drawn = [chance.permutation(clusters) for _ in range(MOST_ORDERS - 1)]
    return np.array([np.arange(clusters), *drawn], np.int64)


def _residuals(on: Floats, years: Floats) -> Floats:
    """What the effects of cluster and month leave of each order's indicator, by weighted least squares."""
    clusters, months = years.shape
    effects = np.zeros((clusters * months, clusters + months - 1))
    cell = np.arange(clusters * months)
    effects[cell, cell // months] = 1.0
    later = cell % months > 0
    effects[cell[later], clusters + cell[later] % months - 1] = 1.0
    root = np.sqrt(years.ravel())[:, None]
    basis, _ = np.linalg.qr(effects * root)
    scaled = on.T * root
    left: Floats = ((scaled - basis @ (basis.T @ scaled)) / root).T
    return left


def _permutation_p(slopes: Floats, shares: Floats, effect: float) -> float:
    """Share of the orders that would show as much as the true one, if the effect were this."""
    left = np.abs(slopes - effect * shares)
    return float(np.mean(left >= left[0] - 1e-9 * (1.0 + left[0])))


def _inverted(slopes: Floats, shares: Floats) -> tuple[float, float]:
    """Lowest and highest effect that the test does not reject; infinite where it rejects none."""
    # What an order shows equals what the true one does, |s - e a| = |s0 - e|, at e = (s -+ s0) / (a -+ 1): the p value
    # is constant between these limits.
    with np.errstate(divide="ignore", invalid="ignore"):
        limits = np.concatenate(
            [(slopes[1:] - slopes[0]) / (shares[1:] - 1.0), (slopes[1:] + slopes[0]) / (shares[1:] + 1.0)]
        )
    limits = np.unique(limits[np.isfinite(limits)])
    middles = np.concatenate([[limits[0] - 1.0], (limits[1:] + limits[:-1]) / 2.0, [limits[-1] + 1.0]])
    kept = np.array([_permutation_p(slopes, shares, value) > LEVEL for value in middles])
    inside = np.flatnonzero(kept)
    edges = np.concatenate([[-math.inf], limits, [math.inf]])
    return float(edges[inside[0]]), float(edges[inside[-1] + 1])


def proportion(times: int, of: int) -> tuple[float, float]:
    """95 % interval of a share, by Clopper and Pearson."""
    if of == 0:
        return NAN, NAN
    from statsmodels.stats.proportion import proportion_confint

    found: Any = proportion_confint(times, of, alpha=LEVEL, method="beta")
    return float(found[0]), float(found[1])
