"""Which of many designs is best (rangordning och urval): screening, KN, KN++ and OCBA under common random numbers.

A *design* is one way to staff; an observation is its outcome in one replication, less is better. All designs of a
replication live through the same luck, so designs are compared by the differences within replications. *Correct
selection* means that the design which is selected is at most the indifference zone worse than the best.

Screening leaves out what is clearly worse after a few replications of all designs: design i goes if some other l is
better by more than ``t S_il / sqrt(n) - zone``, with S_il the standard deviation of the paired differences (Nelson,
Swann, Goldsman and Song 2001, with paired variances and Bonferroni's inequality in place of independence). Then KN (Kim
and Nelson 2001) goes on one replication at a time with what is left, until one design remains. It needs normal
differences and no independence between designs. KN++ (Kim and Nelson 2006) takes the variances anew at each step; its
probability holds as the zone becomes small. Both count errors with Bonferroni's inequality over all designs that there
were, so screening and selection may use the same replications: ``alpha`` is divided between them.

OCBA (Chen, Lin, Yücesan and Chick 2000) divides a fixed number of runs so that an approximate probability of correct
selection becomes large. It takes designs to be independent; its probability is Bonferroni's bound of normal ones.

sim-tools 1.3.0 has KN, KN++ and OCBA; tests hold these ones to it. It is not used: its KN takes the variance of the
wrong pair where the second design has the lower number, its KN++ the sum of the variances, as if designs were
independent, and its models run one design at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtr, stdtrit

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]
Wanted = Sequence[tuple[int, Numbers]]
"""Replications, each with the designs to observe in it."""
Observe = Callable[[Wanted], Sequence[Floats]]
"""Observations of what is wanted, in that order."""

KN, KN_UPDATED, OCBA = "kn", "kn++", "ocba"
METHODS = (KN, KN_UPDATED, OCBA)
PAIRED, POOLED = "paired", "pooled"
SCREENINGS = (PAIRED, POOLED)
FEWEST = 3
"""Replications of the first stage, at least; of OCBA 5."""
FEWEST_OCBA = 5
NEVER = -1


@dataclass(frozen=True)
class Rule:
    """How to select.

    Attributes
    ----------
    zone
        The indifference zone: a difference that does not matter, in the unit of the observations.
    probability
        Of correct selection.
    method
        ``kn``, ``kn++`` or ``ocba``.
    screening
        ``paired``: each pair by its own variance, which assumes nothing. ``pooled``: by the larger of its own and that
        of all pairs together, which many designs tell well after few replications; its probability holds where
        all differences vary alike (sphericity, as Nelson and Matejcik 1995 have it).
    screen
        After how many replications designs are screened, in rising order; empty for no screening.
    first
        Replications of the first stage: of KN those that give the variances.
    most
        Replications of a design at most; for OCBA also.
    runs
        Of OCBA: runs of all designs together.
    screening_share
        Part of the probability of error that the screening may use.
    """

    zone: float
    probability: float = 0.95
    method: str = KN
    screening: str = PAIRED
    screen: tuple[int, ...] = ()
    first: int = 10
    most: int = 100
    runs: int = 0
    screening_share: float = 0.5

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method: {self.method!r} given, one of {', '.join(METHODS)} needed")
        if self.screening not in SCREENINGS:
            raise ValueError(f"screening: {self.screening!r} given, one of {', '.join(SCREENINGS)} needed")
        if not self.zone > 0.0:
            raise ValueError(f"zone: {self.zone:g} given, above 0 needed")
        if not 0.0 < self.probability < 1.0:
            raise ValueError(f"probability: {self.probability:g} given, between 0 and 1 needed")
        if not 0.0 < self.screening_share < 1.0:
            raise ValueError(f"screening_share: {self.screening_share:g} given, between 0 and 1 needed")
        fewest = FEWEST_OCBA if self.method == OCBA else FEWEST
        if self.first < fewest:
            raise ValueError(f"first: {self.first} given, at least {fewest} needed")
        if any(after < 2 for after in self.screen) or list(self.screen) != sorted(set(self.screen)):
            raise ValueError(f"screen: {list(self.screen)} given, rising numbers from 2 on needed")
        if self.screen and self.screen[-1] > self.first:
            raise ValueError(f"screen: {self.screen[-1]} given, at most first ({self.first}) allowed")
        if self.most < self.first:
            raise ValueError(f"most: {self.most} given, at least first ({self.first}) needed")

    @property
    def alphas(self) -> tuple[float, float]:
        """Probability of error that each screening, and the selection, may use."""
        alpha = 1.0 - self.probability
        if not self.screen or self.method == OCBA:
            return 0.0, alpha
        return alpha * self.screening_share / len(self.screen), alpha * (1.0 - self.screening_share)


@dataclass(frozen=True, eq=False)
class Selection:
    """What came of it.

    Attributes
    ----------
    best
        Number of the selected design.
    probability
        Of correct selection: that of the rule if it came to an end; else, and for OCBA, the approximate one.
    guaranteed
        Whether the rule states it; otherwise it is an estimate.
    paired
        The approximate probability by the paired differences in the replications that designs have in common; with
        pooled variances where the screening has them.
    values
        Observations that counted, shape (replications, designs); nan where there is none.
    left
        After how many replications each design was left out, shape (designs,); ``NEVER`` for those that stayed.
    survivors
        Designs that the screening left; all if there was none.
    """

    best: int
    probability: float
    guaranteed: bool
    paired: float
    values: Floats
    left: NDArray[np.int64]
    survivors: Numbers

    @property
    def counts(self) -> NDArray[np.int64]:
        """Replications of each design, shape (designs,)."""
        return np.asarray((~np.isnan(self.values)).sum(axis=0))

    @property
    def runs(self) -> int:
        """Of all designs together."""
        return int(self.counts.sum())


class _Table:
    """Observations so far, shape (replications, designs)."""

    def __init__(self, observe: Observe, designs: int) -> None:
        self._observe = observe
        self.values = np.full((0, designs), np.nan)

    def add(self, wanted: Wanted) -> None:
        """Observe what is wanted."""
        wanted = [(number, designs) for number, designs in wanted if len(designs)]
        rows = max((number + 1 for number, _ in wanted), default=0)
        if rows > len(self.values):
            more = np.full((rows - len(self.values), self.values.shape[1]), np.nan)
            self.values = np.concatenate([self.values, more])
        for (number, designs), found in zip(wanted, self._observe(wanted), strict=True):
            self.values[number, designs] = found


def select(observe: Observe, designs: int, rule: Rule) -> Selection:
    """Select one of some designs.

    Parameters
    ----------
    observe
        Gives observations by replication and design; those of one replication share their luck.
    designs
        How many there are.
    rule
        How.

    Returns
    -------
    Selection
        The same for the same observations, whatever else was observed beside.
    """
    if designs < 1:
        raise ValueError("no designs given, at least one needed")
    table = _Table(observe, designs)
    if designs == 1:
        table.add([(number, np.arange(1)) for number in range(rule.first)])
        return Selection(0, 1.0, True, 1.0, table.values, np.full(1, NEVER), np.arange(1))
    if rule.method == OCBA:
        return _by_ocba(table, designs, rule)
    left = np.full(designs, NEVER)
    survivors = np.arange(designs)
    for after in rule.screen:
        table.add([(number, survivors) for number in range(len(table.values), after)])
        kept = screened(table.values[:after, survivors], rule.zone, rule.alphas[0], rule.screening, designs)
        left[np.setdiff1d(survivors, survivors[kept])] = after
        survivors = survivors[kept]
    best, ended = _sequential(table, survivors, rule, left)
    paired = paired_probability(table.values, best, rule.zone, rule.screening)
    return Selection(best, rule.probability if ended else paired, ended, paired, table.values, left, survivors)


# --- screening -------------------------------------------------------------------------------------------------


def screened(values: Floats, zone: float, alpha: float, variances: str = PAIRED, among: int = 0) -> Numbers:
    """Designs that may still be the best, or within the zone of it.

    Parameters
    ----------
    values
        Shape (replications, designs), all given.
    zone, alpha
        Indifference zone, and the probability of leaving out the best that is allowed.
    variances
        ``paired`` or ``pooled``.
    among
        How many designs there were at first, all of which could have beaten the best; at least those that are given.
    """
    replications, designs = values.shape
    if designs < 2:
        return np.arange(designs)
    variance, freedom = difference_variances(values), replications - 1
    if variances == POOLED:
        variance, freedom = np.maximum(variance, pooled_variance(values)), freedom * (designs - 1)
    t = float(stdtrit(freedom, 1.0 - alpha / (max(among, designs) - 1)))
    reach = np.maximum(t * np.sqrt(variance / replications) - zone, 0.0)
    mean = values.mean(axis=0)
    out = (mean[:, None] > mean[None, :] + reach).any(axis=1)
    return np.flatnonzero(~out)


def difference_variances(values: Floats) -> Floats:
    """Sample variances of the paired differences, shape (designs, designs), from (replications, designs)."""
    centred = values - values.mean(axis=0)
    products = centred.T @ centred / (len(values) - 1)
    own = np.diag(products)
    return np.asarray(np.maximum(own[:, None] + own[None, :] - 2.0 * products, 0.0))


def pooled_variance(values: Floats) -> float:
    """Variance of a paired difference, the mean over all pairs, from (replications, designs).

    Twice the mean square of what is left when replications and designs are taken out (two-way layout); it has
    (replications - 1) (designs - 1) degrees of freedom where all differences vary alike.
    """
    left = values - values.mean(axis=0) - values.mean(axis=1, keepdims=True) + values.mean()
    replications, designs = values.shape
    return float(2.0 * (left**2).sum() / ((replications - 1) * (designs - 1)))


# --- KN and KN++ -------------------------------------------------------------------------------------------------


def h_squared(alpha: float, designs: int, replications: int) -> float:
    """The constant of KN for variances from so many replications: ``2 eta (n - 1)``, c = 1.

    Error is divided by Bonferroni's inequality over the other designs, which need not be independent.
    """
    share = 2.0 * alpha / (designs - 1)
    eta = 0.5 * (float(share ** (-2.0 / (replications - 1))) - 1.0)
    return 2.0 * eta * (replications - 1)


def _sequential(table: _Table, contenders: Numbers, rule: Rule, left: NDArray[np.int64]) -> tuple[int, bool]:
    """KN or KN++ on what the screening left; the best, and whether it came to an end."""
    designs, alpha = len(left), rule.alphas[1]
    table.add([(number, contenders) for number in range(len(table.values), rule.first)])
    variance = _spread(table.values[: rule.first], contenders)
    h2, n = h_squared(alpha, designs, rule.first), rule.first
    while True:
        if rule.method == KN_UPDATED:
            variance, h2 = _spread(table.values[:n], contenders), h_squared(alpha, designs, n)
        mean = table.values[:n, contenders].mean(axis=0)
        out = left_out(mean, variance, h2, n, rule.zone)
        left[contenders[out]] = n
        contenders, mean, variance = contenders[~out], mean[~out], variance[np.ix_(~out, ~out)]
        done = len(contenders) == 1 or n > h2 * float(variance.max()) / rule.zone**2
        if done or n >= rule.most:
            return int(contenders[mean.argmin()]), done
        table.add([(n, contenders)])
        n += 1


def _spread(values: Floats, designs: Numbers) -> Floats:
    return difference_variances(values[:, designs])


def left_out(mean: Floats, variance: Floats, h2: float, replications: int, zone: float) -> NDArray[np.bool_]:
    """Which contenders some other beats by more than the continuation region allows; never all.

    Parameters
    ----------
    mean
        Of each contender over the replications, shape (n,).
    variance
        Of the paired differences, shape (n, n).
    h2, replications, zone
        Constant of KN, replications so far, indifference zone.
    """
    reach = np.maximum(zone / (2.0 * replications) * (h2 * variance / zone**2 - replications), 0.0)
    return np.asarray((mean[:, None] > mean[None, :] + reach).any(axis=1))


# --- OCBA --------------------------------------------------------------------------------------------------------


def _by_ocba(table: _Table, designs: int, rule: Rule) -> Selection:
    """Divide the runs that there are, a tenth of what is left after the first stage at a time."""
    everyone = np.arange(designs)
    table.add([(number, everyone) for number in range(rule.first)])
    runs = max(rule.runs, designs * rule.first)
    step = max(1, (runs - designs * rule.first) // 10)
    while True:
        counts = (~np.isnan(table.values)).sum(axis=0)
        total = min(runs, int(counts.sum()) + step)
        mean, variance = np.nanmean(table.values, axis=0), np.nanvar(table.values, axis=0, ddof=1)
        more = np.minimum(allocation(mean, variance, counts, total), rule.most) - counts
        if not (more > 0).any():
            break
        table.add(_grouped(counts, np.maximum(more, 0)))
    best = int(mean.argmin())
    approximate = approximate_probability(mean, variance, counts)
    paired = paired_probability(table.values, best, rule.zone)
    return Selection(best, approximate, False, paired, table.values, np.full(designs, NEVER), everyone)


def _grouped(counts: NDArray[np.int64], more: NDArray[np.int64]) -> list[tuple[int, Numbers]]:
    """The next replications of each design, by replication."""
    last = int((counts + more).max())
    grouped = ((n, np.flatnonzero((counts <= n) & (n < counts + more))) for n in range(int(counts.min()), last))
    return [(number, chosen) for number, chosen in grouped if len(chosen)]


def allocation(mean: Floats, variance: Floats, counts: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """How many replications each design should have of a total, at least those it has (Chen and others 2000).

    The best design b and any others i, j: ``N_i / N_j = (s_i / d_i)^2 / (s_j / d_j)^2`` with d the difference from the
    best, and ``N_b = s_b sqrt(sum N_i^2 / s_i^2)``. Whole numbers by largest remainder.
    """
    best = int(mean.argmin())
    others = np.arange(len(mean)) != best
    scale = float(np.abs(mean - mean[best]).max()) or 1.0
    distance = np.maximum(mean - mean[best], 1e-9 * scale)
    spread = np.maximum(variance, 1e-18 * scale**2)
    ratio = np.zeros(len(mean))
    ratio[others] = spread[others] / distance[others] ** 2
    ratio /= ratio.max()
    ratio[best] = np.sqrt(spread[best] * float((ratio[others] ** 2 / spread[others]).sum()))
    free, wanted = np.ones(len(mean), bool), counts.astype(float)
    while True:  # whoever has more than its share keeps it, and the others divide the rest
        rest = total - float(counts[~free].sum())
        wanted = np.where(free, rest * ratio / max(float(ratio[free].sum()), 1e-300), counts)
        over = free & (wanted < counts)
        if not over.any():
            break
        free &= ~over
        if not free.any():
            return counts
    return _whole(wanted, counts, total)


def _whole(wanted: Floats, counts: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    floor = np.maximum(np.floor(wanted).astype(np.int64), counts)
    missing = total - int(floor.sum())
    for place in np.argsort(-(wanted - floor), kind="stable")[: max(0, missing)]:
        floor[place] += 1
    return floor


# --- probability of correct selection ------------------------------------------------------------------------------


def approximate_probability(mean: Floats, variance: Floats, counts: NDArray[np.int64]) -> float:
    """The approximate probability of correct selection of OCBA (APCS): independent designs, known variances.

    Bonferroni's bound: one less the sum over the others of the probability that they are better.
    """
    best = int(mean.argmin())
    others = np.arange(len(mean)) != best
    error = np.sqrt(variance / counts + variance[best] / counts[best])[others]
    distance = (mean - mean[best])[others]
    wrong = np.where(error > 0.0, ndtr(-distance / np.where(error > 0.0, error, 1.0)), 0.5 * (distance <= 0.0))
    return float(max(0.0, 1.0 - wrong.sum()))


def paired_probability(values: Floats, best: int, zone: float, variances: str = PAIRED) -> float:
    """About how surely no other design is better than the selected one by more than the zone.

    Bonferroni's bound of Student's t over the paired differences in the replications in common. Designs were left out
    and numbers of replications chosen by the same observations, so this is an approximation.
    """
    return float(max(0.0, 1.0 - paired_doubts(values, best, zone, variances).sum()))


def paired_doubts(values: Floats, best: int, zone: float, variances: str = PAIRED) -> Floats:
    """Of each design how likely it is better than a given one by more than the zone, shape (designs,); 0 for itself.

    By Student's t over the replications in common; one half where there are fewer than two. Variances are those of each
    pair, or ``pooled`` over all designs that ran as long.
    """
    difference = values - values[:, [best]]
    known = ~np.isnan(difference)
    count = known.sum(axis=0)
    mean = np.where(known, difference, 0.0).sum(axis=0) / np.maximum(count, 1)
    squares = np.where(known, (difference - mean) ** 2, 0.0).sum(axis=0)
    freedom = np.maximum(count - 1, 1)
    variance = squares / freedom
    if variances == POOLED:
        for n in {int(n) for n in count if n > 1}:
            among, at = count >= n, count == n
            if among.sum() > 1:
                variance[at] = np.maximum(variance[at], pooled_variance(values[:n, among]))
                freedom[at] = (n - 1) * (int(among.sum()) - 1)
    error = np.sqrt(variance / np.maximum(count, 1))
    reach = mean + zone
    doubt = np.where(error > 0.0, stdtr(freedom, -reach / np.where(error > 0.0, error, 1.0)), 1.0 * (reach < 0.0))
    doubt = np.where(count > 1, doubt, 0.5)
    doubt[best] = 0.0
    return doubt
