"""Residents and entrants: who they are at entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from sim.population.draws import Attribute, Draws
from sim.population.steady import QUOTA_ORDER, Steady, whole_numbers
from sim.population.table import SENIOR, Codes, Floats, Ints
from sim.vocabulary import YEAR, AgeBand, Chronic, Segment

AGE_START: Floats = np.array([0, 16, 25, 45, 65, 70, 75, 80, 85, 90, 105], dtype=float)
YEARS_LEFT_AT_90 = 3.0
"""Mean of the exponential by which ages above 90 are spread (assumption)."""
LEAST_HOME_HELP_HOURS = 1.0
"""Less home help a week than this is none (assumption)."""
CELL_ENTRANTS = 1 << 20
"""Room for numbered entrants in each cell of municipality and age band."""
QUOTA_ATTRIBUTE = {
    Segment.RISK: Attribute.QUOTA_RISK,
    Segment.FAILING: Attribute.QUOTA_FAILING,
    Segment.MOST_ILL: Attribute.QUOTA_MOST_ILL,
}


@dataclass(frozen=True)
class Cells:
    """Row, entry time and cell of everybody before the horizon, residents first."""

    person: Ints
    entry: Ints
    municipality: NDArray[np.int16]
    age_band: Codes
    initial: int
    horizon: int


def everybody(counts: Ints, steady: Steady, draws: Draws, growth: float, horizon: int) -> Cells:
    """Residents of the region's table and the entrants before the horizon.

    Parameters
    ----------
    counts
        Residents, shape (municipality, age band).
    growth
        Yearly growth of the population aged 65 and over, a share.
    horizon
        Seconds.
    """
    places, bands = np.indices(counts.shape)
    residents = counts.ravel()
    place = [np.repeat(places.ravel(), residents)]
    band = [np.repeat(bands.ravel(), residents)]
    entry = [np.zeros(int(residents.sum()), dtype=np.int64)]
    for number, (m, b) in enumerate(np.ndindex(counts.shape)):
        log_growth = float(np.log1p(growth)) if b >= SENIOR else 0.0
        rate = float(steady.entries[m, b] + log_growth * counts[m, b])
        times = entry_times(draws, number, rate, log_growth, horizon)
        entry.append(times)
        place.append(np.full(len(times), m))
        band.append(np.full(len(times), b))
    when = np.concatenate(entry)
    order = np.argsort(when, kind="stable")
    return Cells(
        np.arange(len(when), dtype=np.int64),
        when[order],
        np.concatenate(place)[order].astype(np.int16),
        np.concatenate(band)[order].astype(np.int8),
        int(residents.sum()),
        horizon,
    )


def entry_times(draws: Draws, cell: int, rate: float, log_growth: float, horizon: int) -> Ints:
    """Entry times of one cell before the horizon: a Poisson process.

    Parameters
    ----------
    cell
        Number of the cell, part of the key.
    rate
        Entrants a year at time 0.
    log_growth
        The rate grows by ``exp(log_growth)`` a year.
    horizon
        Seconds.
    """
    years = horizon / YEAR
    if rate <= 0 or years <= 0:
        return np.empty(0, dtype=np.int64)
    # Unit-rate arrivals, turned into entry times by the inverse of the number expected before a time.
    expected = rate * (np.expm1(log_growth * years) / log_growth if log_growth else years)
    number = np.arange(int(expected + 10.0 * np.sqrt(expected) + 30.0), dtype=np.int64)
    reached = np.cumsum(draws.exponential(cell * CELL_ENTRANTS + number, Attribute.ENTRY)) / rate
    when = np.log1p(reached * log_growth) / log_growth if log_growth else reached
    times = np.maximum(np.floor(when * YEAR + 0.5).astype(np.int64), 1)
    return times[times < horizon]


def first_segments(cells: Cells, steady: Steady, weight: Floats, draws: Draws) -> Codes:
    """Segments at entry: exact quotas among the residents of each municipality, ``OTHER`` for entrants.

    Within a municipality the most ill are drawn without replacement with the weights of their age bands (an
    exponential race), then the periodically failing among the rest, then the risk group.
    """
    segment = np.zeros(len(cells.person), dtype=np.int8)
    senior = np.flatnonzero((cells.age_band >= SENIOR) & (cells.entry == 0))
    place = cells.municipality[senior]
    for target in QUOTA_ORDER:
        drawn = weight[target, cells.age_band[senior]]
        race = draws.exponential(cells.person[senior], QUOTA_ATTRIBUTE[target])
        race = np.divide(race, drawn, out=np.full_like(race, np.inf), where=drawn > 0)
        race[segment[senior] != Segment.OTHER] = np.inf
        chosen = senior[rank_within(place, race) < steady.quotas[place, target]]
        segment[chosen] = target
    return segment


def rank_within(group: NDArray[Any], value: Floats) -> Ints:
    """Place of each row by `value` within its group, from 0."""
    order = np.lexsort((value, group))
    ranks = np.empty(len(group), dtype=np.int64)
    sizes = np.bincount(group) if len(group) else np.zeros(1, dtype=np.int64)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    ranks[order] = np.arange(len(group)) - starts[group[order]]
    return ranks


def areas(cells: Cells, area_municipality: Ints, area_share: Floats, draws: Draws) -> NDArray[np.int16]:
    """Health-centre area of everybody, by the areas' shares of their municipality."""
    area = np.empty(len(cells.person), dtype=np.int16)
    rank = draws.uniform(cells.person, Attribute.AREA)
    for place in np.unique(cells.municipality):
        here = cells.municipality == place
        choices = np.flatnonzero(area_municipality == place)
        bounds = np.cumsum(area_share[choices])
        area[here] = choices[np.searchsorted(bounds[:-1] / bounds[-1], rank[here], side="right")]
    return area


def ages(cells: Cells, draws: Draws) -> Floats:
    """Age in years at entry: even within the band, exponential above 90."""
    rank = draws.uniform(cells.person, Attribute.AGE)
    start = AGE_START[cells.age_band]
    width = AGE_START[cells.age_band + 1] - start
    years: Floats = start + rank * width
    oldest = cells.age_band == AgeBand.AGE_90
    reach = -np.expm1(-width[oldest] / YEARS_LEFT_AT_90)
    years[oldest] = start[oldest] - YEARS_LEFT_AT_90 * np.log1p(-rank[oldest] * reach)
    return years


def has_chronic(cells: Cells, segment: Codes, steady: Steady, draws: Draws) -> NDArray[np.bool_]:
    """Who has a lasting condition at entry."""
    share = np.where(cells.entry > 0, steady.chronic_entrant[cells.age_band], steady.chronic_other[cells.age_band])
    return np.asarray((segment > Segment.OTHER) | (draws.uniform(cells.person, Attribute.CHRONIC) < share))


def chronic_kinds(cells: Cells, chronic: NDArray[np.bool_], mix: Floats, draws: Draws) -> Codes:
    """Leading condition of those who have one.

    Parameters
    ----------
    mix
        Shares of the conditions among those who have one, shape (chronic,) or (age band, chronic).
        The entry for ``NONE`` is not used.
    """
    by_band = np.broadcast_to(np.atleast_2d(mix), (len(AgeBand), len(Chronic)))[:, 1:]
    sums = np.cumsum(by_band, axis=1)
    bounds = sums[:, :-1] / sums[:, -1:]
    rank = draws.uniform(cells.person, Attribute.CHRONIC_KIND)
    kind = 1 + (rank[:, None] >= bounds[cells.age_band]).sum(axis=1)
    return np.where(chronic, kind, Chronic.NONE).astype(np.int8)


def special_housing(cells: Cells, segment: Codes, values: Mapping[str, Any], draws: Draws) -> Codes:
    """Who lives in special housing at time 0: an exact share of those aged 80 and over, all multi-ill.

    The quota of a municipality is divided between most ill and periodically failing; if one of them
    has too few people of that age, the other fills up.
    """
    old = np.flatnonzero((cells.age_band >= AgeBand.AGE_80_84) & (cells.entry == 0))
    place = cells.municipality[old]
    people = np.bincount(place, minlength=int(cells.municipality.max()) + 1)
    wanted = np.multiply(people, float(values["population.special_housing_share_80"]), dtype=np.float64)
    quota = whole_numbers(wanted, round(float(wanted.sum())))
    most_ill = np.bincount(place[segment[old] == Segment.MOST_ILL], minlength=len(people))
    failing = np.bincount(place[segment[old] == Segment.FAILING], minlength=len(people))
    share = float(values["population.special_housing_most_ill"])
    from_most_ill = np.minimum(np.maximum(np.rint(share * quota).astype(np.int64), quota - failing), most_ill)
    quotas = {Segment.MOST_ILL: from_most_ill, Segment.FAILING: np.minimum(quota - from_most_ill, failing)}
    rank = draws.uniform(cells.person[old], Attribute.SPECIAL_HOUSING)
    lives = np.zeros(len(cells.person), dtype=np.int8)
    for target, number in quotas.items():
        members = segment[old] == target
        order = rank_within(place[members], rank[members])
        lives[old[members][order < number[place[members]]]] = 1
    return lives


def home_help(cells: Cells, segment: Codes, at_special_housing: Codes, mean_hours: Floats, draws: Draws) -> Floats:
    """Hours of home help a week: Weibull of shape 1/2 around the segment's mean, from one hour upwards.

    The long tail lets few take most of the hours and leaves many with none, from one figure per segment.
    Nobody under 65 or in special housing has any.
    """
    long_tail = draws.exponential(cells.person, Attribute.HOME_HELP) ** 2 / 2.0
    hours = mean_hours[segment] * long_tail
    none = (hours < LEAST_HOME_HELP_HOURS) | (cells.age_band < SENIOR) | (at_special_housing == 1)
    return np.where(none, 0.0, hours)


def target_ranks(cells: Cells, segment: Codes, draws: Draws) -> Floats:
    """Uniform ranks, evenly spaced among each municipality's initial periodically failing."""
    rank = draws.uniform(cells.person, Attribute.TARGET)
    failing = np.flatnonzero((segment == Segment.FAILING) & (cells.entry == 0))
    if not len(failing):
        return rank
    place = cells.municipality[failing]
    size = np.bincount(place)[place]
    rank[failing] = (rank_within(place, rank[failing]) + 0.5) / size
    return rank


def frailties(cells: Cells, segment: Codes, shape: Floats, younger_shape: float, draws: Draws) -> Floats:
    """Gamma with mean 1, by its inverse distribution function; shape of the segment, below 65 one of its own.

    From 65 on the segments tell the often ill from the others; below, frailty alone does.
    """
    shapes = np.where(cells.age_band < SENIOR, younger_shape, shape[segment])
    return _gamma(draws.uniform(cells.person, Attribute.FRAILTY), shapes)


def attendances(cells: Cells, shape: float, draws: Draws) -> Floats:
    """Gamma with mean 1 and this shape; few have most of it where the shape is small.

    By the rank of frailty: who is often ill goes often, so that the same people come for slight things and for grave.
    """
    return _gamma(draws.uniform(cells.person, Attribute.FRAILTY), np.full(len(cells.person), shape))


def _gamma(rank: Floats, shape: Floats) -> Floats:
    """Gamma with mean 1 and this shape at this rank."""
    return np.asarray(gammaincinv(shape, rank) / shape, dtype=np.float64)
