"""The exogenous path: changes of segment, and death by the table's hazard alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.population.draws import Attribute, Draws
from sim.population.people import Cells
from sim.population.steady import Steady
from sim.population.table import CHANGES, SENIOR, Codes, Floats, Ints, Population
from sim.vocabulary import NEVER, YEAR, Segment


def segment_path(
    cells: Cells, segment: Codes, chronic: NDArray[np.bool_], steady: Steady, draws: Draws
) -> tuple[Ints, Codes]:
    """Draw the segment changes before the horizon: times and values, each of shape (n, 3).

    From each segment a worsening and a recovery compete; the earlier happens.
    """
    times = np.full((len(segment), CHANGES), NEVER, dtype=np.int64)
    values = np.repeat(segment[:, None], CHANGES, axis=1)
    rows = np.flatnonzero(cells.age_band >= SENIOR)
    since, now = cells.entry[rows].copy(), segment[rows].copy()
    for change in range(CHANGES):
        worse, better = _rates(cells, rows, now, chronic, steady)
        worsening = _after(worse, draws.exponential(cells.person[rows], Attribute.WORSENING, change))
        recovery = _after(better, draws.exponential(cells.person[rows], Attribute.RECOVERY, change))
        when = since + np.minimum(worsening, recovery)
        now = np.where(worsening <= recovery, now + 1, now - 1).astype(np.int8)
        happens = when < cells.horizon
        rows, since, now = rows[happens], when[happens], now[happens]
        times[rows, change] = since
        values[rows, change:] = now[:, None]
    return times, values


def _rates(
    cells: Cells, rows: Ints, segment: Codes, chronic: NDArray[np.bool_], steady: Steady
) -> tuple[Floats, Floats]:
    """Yearly rates to the next segment up and down; only people with a lasting condition leave ``OTHER``."""
    place, band = cells.municipality[rows], cells.age_band[rows]
    up = np.minimum(segment + 1, Segment.MOST_ILL)
    down = np.maximum(segment - 1, Segment.OTHER)
    worse = np.where(segment < Segment.MOST_ILL, steady.change[place, band, segment, up], 0.0)
    better = np.where(segment > Segment.OTHER, steady.change[place, band, segment, down], 0.0)
    onset = np.where(chronic[rows], worse / steady.chronic_other[band], 0.0)
    return np.where(segment == Segment.OTHER, onset, worse), better


def _after(rate: Floats, exponential: Floats) -> Ints:
    """Whole seconds, at least one, until an event of a yearly `rate`; ``NEVER`` if the rate is 0."""
    seconds = np.full(len(rate), float(NEVER))
    np.divide(exponential * YEAR, rate, out=seconds, where=rate > 0)
    return np.clip(np.floor(seconds + 0.5), 1.0, float(NEVER // 2)).astype(np.int64)


def exogenous_death_time(population: Population) -> Ints:
    """Time of death in seconds if nothing but `Population.hazard` acted; ``NEVER`` if after the horizon."""
    time = population.entry.copy()
    left = population.death_threshold.copy()
    death = np.full(len(time), NEVER, dtype=np.int64)
    segment = population.segment.copy()
    for change in range(CHANGES + 1):
        last = change == CHANGES
        until = population.horizon if last else np.minimum(population.segment_time[:, change], population.horizon)
        rate = population.hazard[population.age_band, segment] / YEAR
        needed = np.floor(left / rate)
        dies = (death == NEVER) & (needed < until - time)
        death[dies] = time[dies] + needed[dies].astype(np.int64)
        left = left - rate * (until - time)
        time = np.maximum(time, until)
        if not last:
            segment = population.segment_value[:, change]
    return death
