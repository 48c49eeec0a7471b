"""The steady state: who is expected where, and the yearly flows that keep it so.

Nothing here is random. From the region's table and the parameters follow the expected numbers by
municipality, age band and segment, the death rates that agree with both the age table and the segments, and
the rates of segment changes and entries at which every one of these numbers stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.population.table import SENIOR, Floats, Ints
from sim.vocabulary import Segment

QUOTA_ORDER = (Segment.MOST_ILL, Segment.FAILING, Segment.RISK)
"""Segments are filled in this order, each from those whom the earlier ones left."""
LEAST_CHRONIC = 0.1
"""Onset of risk comes from people with a lasting condition, so some of the others must have one."""


@dataclass(frozen=True)
class Steady:
    """Expected stocks and the yearly rates which keep them.

    Parameters
    ----------
    stocks
        Expected people, shape (municipality, age band, segment).
    quotas
        People of 65 and over by segment, whole numbers, shape (municipality, segment).
    hazard
        Deaths per person-year, shape (age band, segment).
    change
        Segment changes per person-year, shape (municipality, age band, from, to). Onset (from ``OTHER``)
        counts all of the stock; see `chronic_other`.
    entries
        Entrants a year at time 0, shape (municipality, age band), without growth.
    chronic_other, chronic_entrant
        Share with a lasting condition among initial residents in segment ``OTHER``, and among entrants; shape
        (age band,).
    """

    stocks: Floats
    quotas: Ints
    hazard: Floats
    change: Floats
    entries: Floats
    chronic_other: Floats
    chronic_entrant: Floats


def steady_state(counts: Ints, values: Mapping[str, Any]) -> Steady:
    """Expected stocks and flows of a region.

    Parameters
    ----------
    counts
        Residents, shape (municipality, age band).
    values
        Parameters by path.
    """
    quotas = segment_quotas(counts, np.asarray(values["population.segment_share"], float))
    stocks = expected_stocks(counts, quotas, np.asarray(values["population.segment_age_weight"], float))
    hazard = death_rates(
        stocks.sum(axis=0),
        np.asarray(values["population.mortality_per_1000"], float) / 1000,
        np.asarray(values["population.death_rate_per_year"], float),
    )
    change = segment_changes(stocks, hazard, values)
    entries = (stocks * hazard).sum(axis=2)
    other, entrant = chronic_shares(stocks, hazard, entries, np.asarray(values["population.chronic_share"], float))
    return Steady(stocks, quotas, hazard, change, entries, other, entrant)


def whole_numbers(wanted: Floats, total: int) -> Ints:
    """Round to whole numbers with a given sum, by the largest remainder (ties: the earlier)."""
    floor = np.floor(wanted).astype(np.int64)
    order = np.argsort(floor - wanted, kind="stable")
    floor[order[: total - int(floor.sum())]] += 1
    return floor


def segment_quotas(counts: Ints, share: Floats) -> Ints:
    """People aged 65 and over by municipality and segment; ``OTHER`` is the rest."""
    seniors = counts[:, SENIOR:].sum(axis=1)
    full = share.copy()
    full[Segment.OTHER] = 1.0 - share[Segment.RISK :].sum()
    return np.stack([whole_numbers(full * n, int(n)) for n in seniors])


def expected_stocks(counts: Ints, quotas: Ints, weight: Floats) -> Floats:
    """Expected people by municipality, age band and segment.

    The limit, for many people, of the draw without replacement by weight that assigns the segments.
    """
    stocks = np.zeros((*counts.shape, len(Segment)))
    stocks[:, :, Segment.OTHER] = counts
    for place, quota in enumerate(quotas):
        rest = stocks[place, SENIOR:, Segment.OTHER]
        for segment in QUOTA_ORDER:
            taken = _drawn(rest, weight[segment, SENIOR:], float(quota[segment]))
            stocks[place, SENIOR:, segment] = taken
            rest -= taken
    return stocks


def _drawn(people: Floats, weight: Floats, quota: float) -> Floats:
    def excess(log_time: float) -> float:
        return float((people * -np.expm1(-weight * np.exp(log_time))).sum()) - quota

    if quota <= 0:
        return np.zeros_like(people)
    available = float(people[weight > 0].sum())
    if quota >= available:
        raise ValueError(f"population.segment_age_weight: {available:.0f} people to draw {quota:.0f} from")
    log_time = _root(excess, -60.0, 60.0)
    return np.asarray(people * -np.expm1(-weight * np.exp(log_time)))


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a growing function crosses zero, to the last bit, by halving.

    SciPy's solvers would do, but importing them takes longer than building the population of a municipality.
    """
    while low < (middle := (low + high) / 2) < high:
        if function(middle) < 0:
            low = middle
        else:
            high = middle
    return high


def death_rates(stocks: Floats, by_age: Floats, by_segment: Floats) -> Floats:
    """Death rates whose means agree with the age table, and with the segments as far as that allows.

    Iterative proportional fitting of (age factor) x (segment factor); the last step is by age, so that the
    age table is met exactly where the two disagree.

    Parameters
    ----------
    stocks
        People, shape (age band, segment).
    by_age, by_segment
        Deaths per person-year. Under 65 the age table alone counts.
    """
    hazard = np.repeat(by_age[:, None], len(by_segment), axis=1)
    people = stocks[SENIOR:]
    fitted = np.repeat(by_segment[None, :], len(people), axis=0)
    for _ in range(100):
        fitted = fitted * (by_segment / _mean(fitted, people, 0))[None, :]
        fitted = fitted * (by_age[SENIOR:] / _mean(fitted, people, 1))[:, None]
    hazard[SENIOR:] = fitted
    return hazard


def _mean(rate: Floats, people: Floats, axis: int) -> Floats:
    return per(np.asarray((rate * people).sum(axis=axis)), np.asarray(people.sum(axis=axis)), empty=1.0)


def per(amount: Floats, people: Floats, empty: float = 0.0) -> Floats:
    """Amount per person; `empty` where there is nobody."""
    return np.divide(amount, people, out=np.full_like(amount, empty), where=people > 0)


def segment_changes(stocks: Floats, hazard: Floats, values: Mapping[str, Any]) -> Floats:
    """Yearly rates of segment change which keep every stock, shape (municipality, age band, from, to).

    The two worsening rates are stated for the region as a whole; how they differ between ages and
    municipalities follows from the stocks. The region's stocks stay steady when the stated rates agree with
    the death rates: failing -> most ill replaces those who die, risk -> failing replaces those who worsen,
    recover or die. Onset then follows from what leaves the risk group.
    """
    seniors = stocks[:, SENIOR:]
    risk, failing, most_ill = (seniors[:, :, s] for s in (Segment.RISK, Segment.FAILING, Segment.MOST_ILL))
    die = hazard[SENIOR:]
    better_failing = float(values["population.failing_to_risk_per_year"])
    better_risk = float(values["population.risk_to_other_per_year"])
    needed = most_ill * die[:, Segment.MOST_ILL]
    worse_failing = _levelled(needed, failing, float(values["population.failing_to_most_ill_per_year"]))
    needed = needed + failing * (better_failing + die[:, Segment.FAILING])
    worse_risk = _levelled(needed, risk, float(values["population.risk_to_failing_per_year"]))
    leave_risk = risk * (worse_risk + better_risk + die[:, Segment.RISK])
    onset = np.maximum(leave_risk - failing * better_failing, 0.0)

    change = np.zeros((*stocks.shape, len(Segment)))
    change[:, SENIOR:, Segment.OTHER, Segment.RISK] = per(onset, seniors[:, :, Segment.OTHER])
    change[:, SENIOR:, Segment.RISK, Segment.FAILING] = worse_risk
    change[:, SENIOR:, Segment.RISK, Segment.OTHER] = better_risk
    change[:, SENIOR:, Segment.FAILING, Segment.MOST_ILL] = worse_failing
    change[:, SENIOR:, Segment.FAILING, Segment.RISK] = better_failing
    return change


def _levelled(needed: Floats, stock: Floats, level: float) -> Floats:
    """Rates in proportion to `needed` / `stock` whose mean over everybody is `level`."""
    total = float(needed.sum())
    return per(needed, stock) * (level * float(stock.sum()) / total if total > 0 else 0.0)


def chronic_shares(stocks: Floats, hazard: Floats, entries: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Shares with a lasting condition in segment ``OTHER`` and among entrants, by age band.

    Everybody above ``OTHER`` has one, which leaves the rest of `share` to the others. Since onset of risk
    draws on those who have one, entrants must bring more of them than the others have.
    """
    people = stocks.sum(axis=0)
    above = 1.0 - per(people[:, Segment.OTHER], people.sum(axis=1), empty=1.0)
    other = np.clip((share - above) / (1.0 - above), LEAST_CHRONIC, 1.0)
    other[:SENIOR] = share[:SENIOR]
    without = (1.0 - other) * people[:, Segment.OTHER] * hazard[:, Segment.OTHER]
    entrant = 1.0 - per(without, entries.sum(axis=0))
    entrant[:SENIOR] = share[:SENIOR]
    return other, entrant
