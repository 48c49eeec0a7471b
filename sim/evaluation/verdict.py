"""What a claim is made of (nedbrytning av ett påstående): plain arithmetic on what the people of a list used.

A before-after change is taken apart in a fixed order. With rates per person-year,

* ``base``: everybody on the list in the time before;
* ``twin``: the same people after T0 without the pilot, per year alive;
* ``stages``: the same with the pilot's levers added one after another, for them alone;
* ``pilot``: the same with the pilot as it was, for everybody whom it reached;
* ``change``: what the evaluation reads, with its own way of treating deaths and drop-out,

the parts are

1. secular and seasonal change: the base times the relative change of everybody of the same ages without the pilot,
2. regression to the mean, and the ageing and dying that work against it: the rest of twin - base,
3. deaths and drop-out: change - (pilot - base),
4. spill-over: pilot - the last stage, the effect on them of others being treated,
5. the effect of each lever: a stage - the one before, the first less the twin.

They add up to ``change`` exactly, and 4 and 5 to pilot - twin, the truth, which is exactly 0 when nothing is done.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEVEL = 0.95
Z = float(stats.norm.ppf(0.5 + LEVEL / 2))
PARTS = ("regression", "deaths", "secular", "spill_over")
"""Parts beside the levers, in the order in which they are shown."""
ALMOST = 0.01
"""Days by which a month may be short in single precision."""
DAYS_A_MONTH = 365.0 / 12.0


@dataclass(frozen=True, eq=False)
class Followed:
    """One outcome of the people on a list, by month.

    Attributes
    ----------
    before, after
        Counts, shape (persons, months).
    before_years, after_years
        Years alive, shape (persons, months).
    stays
        Whole months until each leaves the study, shape (persons,).
    """

    before: Floats
    before_years: Floats
    after: Floats
    after_years: Floats
    stays: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Periods:
    """Counts and person-years of those who are analysed, before and after; shape (persons analysed,)."""

    before: Floats
    before_years: Floats
    after: Floats
    after_years: Floats

    @property
    def rates(self) -> tuple[float, float]:
        """Per person-year."""
        return rate(self.before, self.before_years), rate(self.after, self.after_years)

    @property
    def change(self) -> float:
        """After - before, per person-year."""
        first, second = self.rates
        return second - first


def rate(counts: Floats, years: Floats) -> float:
    """Counts per year; nan where there is no time."""
    total = float(np.sum(years))
    return float(np.sum(counts)) / total if total > 0 else math.nan


def read(followed: Followed, deaths: str) -> Periods:
    """What an evaluation reads.

    Parameters
    ----------
    deaths
        ``survivors``: only who lives and stays to the end; ``raw``: counts per person, as if nobody died or left;
        ``person_time``: per year alive and in the study.
    """
    months = followed.after.shape[1]
    if deaths == "survivors":
        kept = followed.after_years[:, -1] * 365.0 >= DAYS_A_MONTH - ALMOST
        kept &= followed.stays >= months
    else:
        kept = np.ones(len(followed.stays), np.bool_)
    seen = np.arange(months) < followed.stays[:, None]
    whole = np.full(followed.after.shape, 1.0 / 12.0)
    years = followed.after_years * seen if deaths == "person_time" else whole
    before_whole = np.full(followed.before.shape, 1.0 / 12.0)
    return Periods(
        followed.before.sum(axis=1)[kept],
        (followed.before_years if deaths == "person_time" else before_whole).sum(axis=1)[kept],
        (followed.after * seen).sum(axis=1)[kept],
        years.sum(axis=1)[kept],
    )


def all_of(followed: Followed) -> Periods:
    """Everybody on the list, per year alive, whoever dies or leaves: what the truth is told by."""
    return Periods(
        followed.before.sum(axis=1),
        followed.before_years.sum(axis=1),
        followed.after.sum(axis=1),
        followed.after_years.sum(axis=1),
    )


@dataclass(frozen=True)
class Decomposition:
    """A before-after change and its parts, per person-year.

    Attributes
    ----------
    before, after
        As the evaluation reads them.
    regression, deaths, secular, spill_over
        See the module.
    levers
        Effect of each lever, in the order of the pilot.
    twin, pilot
        Rates after T0 per year alive without and with the pilot.
    """

    before: float
    after: float
    regression: float
    deaths: float
    secular: float
    spill_over: float
    levers: Mapping[str, float]
    twin: float
    pilot: float

    @property
    def change(self) -> float:
        """What the evaluation reads."""
        return self.after - self.before

    @property
    def truth(self) -> float:
        """Effect on the treated."""
        return self.pilot - self.twin

    @property
    def parts(self) -> dict[str, float]:
        """All parts in order; they add up to the change."""
        return {name: getattr(self, name) for name in PARTS} | dict(self.levers)


def decompose(
    base: float,
    twin: float,
    stages: Sequence[float],
    pilot: float,
    read_before: float,
    read_after: float,
    drift: float,
    levers: Sequence[str],
) -> Decomposition:
    """Take a before-after change apart.

    Parameters
    ----------
    base, twin, pilot
        Rates per year alive of everybody on the list: before; after without the pilot; after with it.
    stages
        After T0 with the levers added one after another for the people on the list alone, shape (levers,).
    read_before, read_after
        What the evaluation reads.
    drift
        Relative change of everybody of the same ages from before to after, without the pilot.
    levers
        Names.

    Raises
    ------
    ValueError
        If there are not as many stages as levers.
    """
    if len(stages) != len(levers):
        raise ValueError(f"stages: {len(stages)} given, one for each of {len(levers)} levers needed")
    steps = np.diff(np.array([twin, *stages])).tolist()
    secular = base * drift
    return Decomposition(
        before=read_before,
        after=read_after,
        regression=(twin - base) - secular,
        deaths=(read_after - read_before) - (pilot - base),
        secular=secular,
        spill_over=pilot - stages[-1],
        levers=dict(zip(levers, steps, strict=True)),
        twin=twin,
        pilot=pilot,
    )


@dataclass(frozen=True)
class Range:
    """A mean over replications with an interval."""

    mean: float
    low: float
    high: float


def interval(values: Sequence[float]) -> Range:
    """Mean and its 95 % interval by Student's t; the interval is nan for a single value."""
    return _range(values, 0.0)


def spread(values: Sequence[float], lowest: float = -math.inf) -> Range:
    """Mean, and where 95 % of single studies would lie: Student's t with the spread of one study (prediction)."""
    found = _range(values, 1.0)
    return Range(found.mean, max(found.low, lowest), found.high)


def _range(values: Sequence[float], single: float) -> Range:
    known = np.asarray([value for value in values if math.isfinite(value)], np.float64)
    if not len(known):
        return Range(math.nan, math.nan, math.nan)
    mean = float(known.mean())
    if len(known) < 2:
        return Range(mean, math.nan, math.nan)
    half = float(stats.t.ppf(0.5 + LEVEL / 2, len(known) - 1))
    half *= float(known.std(ddof=1)) * math.sqrt(single + 1.0 / len(known))
    return Range(mean, mean - half, mean + half)


def ratio_interval(upper: Sequence[float], lower: Sequence[float]) -> Range:
    """Relative change of sums over replications, upper / lower - 1, with the 95 % interval of the jackknife."""

    def change(sums: Floats) -> float:
        return float(sums[0] / sums[1]) - 1.0 if sums[1] > 0 else math.nan

    return jackknife(change, np.column_stack([upper, lower]).astype(np.float64))


def jackknife(figure: Callable[[Floats], float], sums: Floats) -> Range:
    """A figure of sums over replications, with the 95 % interval of the jackknife (Student's t).

    Parameters
    ----------
    figure
        Of the sums over all replications, shape (columns,); nan where it is not defined.
    sums
        Shape (replications, columns).

    Returns
    -------
    Range
        The interval is nan of a single replication, and where the figure is not defined without one of them.
    """
    count, total = len(sums), sums.sum(axis=0)
    mean = figure(total)
    without = np.array([figure(total - one) for one in sums]) if count > 1 else np.array([math.nan])
    if not np.isfinite(without).all():
        return Range(mean, math.nan, math.nan)
    error = math.sqrt((count - 1) / count * float(((without - without.mean()) ** 2).sum()))
    half = float(stats.t.ppf(0.5 + LEVEL / 2, count - 1)) * error
    return Range(mean, mean - half, mean + half)


def studies(middle: float, found: Sequence[float], errors: Sequence[float]) -> tuple[float, float]:
    """Where 95 % of single studies lie around their middle (prediction).

    What scatters them is the larger of what each reckons as its own standard error and of what their findings differ
    by: of few replications the latter alone is hardly known.

    Parameters
    ----------
    middle
        Of all replications.
    found, errors
        What the study of each replication found, and its standard error; nan where there is none.
    """
    known = np.asarray([value for value in found if math.isfinite(value)], np.float64)
    own = np.asarray([value for value in errors if math.isfinite(value)], np.float64)
    if not len(known) or (not len(own) and len(known) < 2):
        return math.nan, math.nan
    within = float((own**2).mean()) if len(own) else 0.0
    between = float(known.var(ddof=1)) if len(known) > 1 else 0.0
    half = Z * math.sqrt(max(within, between) * (1.0 + 1.0 / len(known)))
    return middle - half, middle + half


@dataclass(frozen=True)
class Trial:
    """How sure a randomised study is: of people in two halves, or of municipalities in two halves.

    Attributes
    ----------
    n
        People in it.
    mean, variance
        Of the use of a person over the follow-up, without the pilot.
    event
        Use in one event: 1 of counts. A study of people loses a share of the events when the pilot takes it away, and
        what is left is the more uneven.
    error
        Of municipalities: standard error of the relative change; nan for people.
    freedom
        Of municipalities: degrees of freedom of the t test of their means.
    """

    n: int
    mean: float
    variance: float
    event: float = 1.0
    error: float = math.nan
    freedom: float = math.inf

    def power(self, effect: float) -> float:
        """Chance to find a relative change at 5 %; nan where it cannot be told."""
        if math.isfinite(self.freedom):
            return power(effect, self.error, self.freedom)
        left = max(1.0 + effect, self._least)
        error = error_of_ratio(self.mean, self.variance, self.n, left - 1.0, self.event)
        return power(math.log(left), error)

    @property
    def _least(self) -> float:
        """The smallest ratio that a study can find: half an event is left."""
        return 0.5 * self.event / (self.mean * (self.n // 2)) if self.mean > 0 and self.n > 1 else math.nan

    def smallest(self, wanted: float = 0.8) -> float:
        """The smallest relative fall that is found with a chance of 80 %; nan where none is."""
        falls = -np.linspace(0.0, 1.0, 1001)
        for fall in falls[1:]:
            if self.power(float(fall)) >= wanted:
                return float(fall)
        return math.nan


def error_of_ratio(mean: float, variance: float, n: int, effect: float = 0.0, event: float = 1.0) -> float:
    """Standard error of the logarithm of a rate ratio between two halves of n people.

    Parameters
    ----------
    mean, variance
        Of the use of a person over the follow-up, without the pilot.
    n
        People, half of them treated.
    effect
        Relative change of the treated: each of their events stays with the chance 1 + effect.
    event
        Use in one event.

    Returns
    -------
    float
        By the delta method; nan where nothing happens or a half has nobody.
    """
    left = 1.0 + effect
    if mean <= 0 or n < 2 or left <= 0:
        return math.nan
    between = max(0.0, variance - event * mean)  # of people; the rest is of events, and grows as they become few
    treated = between + (variance - between) / left
    return math.sqrt((treated / (n // 2) + variance / (n - n // 2)) / mean**2)


def power(effect: float, error: float, freedom: float = math.inf) -> float:
    """Chance that a two-sided test at 5 % finds an effect.

    Parameters
    ----------
    effect, error
        Effect and standard error, on the same scale (of people the logarithm of the ratio).
    freedom
        Degrees of freedom of the t test (noncentral t); the normal approximation if infinite.
    """
    if not (math.isfinite(error) and math.isfinite(effect)) or error <= 0:
        return math.nan
    shift = abs(effect) / error
    if math.isinf(freedom):
        return float(stats.norm.cdf(shift - Z) + stats.norm.cdf(-shift - Z))
    critical = float(stats.t.ppf(0.5 + LEVEL / 2, freedom))
    found = float(stats.nct.sf(critical, freedom, shift) + stats.nct.cdf(-critical, freedom, shift))
    return 1.0 if math.isnan(found) else min(1.0, found)  # far from zero the series of scipy ends in nan
