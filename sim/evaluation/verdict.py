"""What a claim is made of (nedbrytning av ett påstående): plain arithmetic on what the people of a list used.

A before-after change is taken apart in a fixed order. With rates per person-year,

* ``base``: everybody on the list in the time before;
* ``twin``: the same people after T0 without the pilot, per year alive;
* ``stages``: the same with the pilot's levers added one after another, for them alone;
* ``pilot``: the same with the pilot as it was, for everybody whom it reached;
* ``change``: what the evaluation reads, with its own way of treating deaths and drop-out,

the parts are

1. secular and seasonal change: the base times the relative change of the whole population without the pilot,
2. regression to the mean: the rest of twin - base,
3. deaths and drop-out: change - (pilot - base),
4. spill-over: pilot - the last stage, the effect on them of others being treated,
5. the effect of each lever: a stage - the one before, the first less the twin.

They add up to ``change`` exactly, and 4 and 5 to pilot - twin, the truth, which is exactly 0 when nothing is done.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEVEL = 0.95
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
        Relative change of the whole population from before to after, without the pilot.
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
    above, below = np.asarray(upper, np.float64), np.asarray(lower, np.float64)
    if below.sum() <= 0:
        return Range(math.nan, math.nan, math.nan)
    mean = float(above.sum() / below.sum()) - 1.0
    count = len(above)
    if count < 2:
        return Range(mean, math.nan, math.nan)
    left = below.sum() - below
    if (left <= 0).any():
        return Range(mean, math.nan, math.nan)
    without = (above.sum() - above) / left - 1.0
    error = math.sqrt((count - 1) / count * float(((without - without.mean()) ** 2).sum()))
    half = float(stats.t.ppf(0.5 + LEVEL / 2, count - 1)) * error
    return Range(mean, mean - half, mean + half)


def error_of_ratio(mean: float, variance: float, n: int) -> float:
    """Standard error of the logarithm of a rate ratio between two halves of n people.

    Parameters
    ----------
    mean, variance
        Of the counts of a person over the follow-up.

    Returns
    -------
    float
        By the delta method; nan where nothing happens or a half has nobody.
    """
    if mean <= 0 or n < 2:
        return math.nan
    return math.sqrt(variance / mean**2 * (1.0 / (n // 2) + 1.0 / (n - n // 2)))


def power(effect: float, error: float) -> float:
    """Chance that a two-sided test at 5 % finds a relative effect, by the normal approximation.

    Parameters
    ----------
    effect
        Relative change; -1 and less have no finite logarithm and are found if anything is.
    error
        Standard error of the logarithm of the ratio.
    """
    if not (math.isfinite(error) and math.isfinite(effect)) or error <= 0:
        return math.nan
    shift = math.inf if effect <= -1 else abs(math.log1p(effect)) / error
    z = float(stats.norm.ppf(0.5 + LEVEL / 2))
    return float(stats.norm.cdf(shift - z) + stats.norm.cdf(-shift - z))


def detectable(error: float, wanted: float = 0.8) -> float:
    """The smallest relative fall that is found with a chance of 80 %; nan where nothing can be said."""
    if not math.isfinite(error):
        return math.nan
    z = float(stats.norm.ppf(0.5 + LEVEL / 2) + stats.norm.ppf(wanted))
    return math.expm1(-z * error)
