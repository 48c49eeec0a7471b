"""The table of residents and what stands in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int8]
Floats = NDArray[np.float64]

SENIOR = 4
"""First age band of people aged 65 and over."""
CHANGES = 3
"""Segment changes kept per person; a path that would have more stays in the last one."""


@dataclass(frozen=True)
class Population:
    """Everybody who ever lives in the region during a run: one row per person (befolkningen).

    Rows 0 to `initial` - 1 live there at time 0, ordered by municipality and age band; the rows after them
    are the scheduled entrants (births, people ageing in, in-migration), ordered by `entry`. A row never
    changes: what happens to people is state of the world. Nobody changes age band; entrants stand for those
    who age in.

    Parameters
    ----------
    entry
        Time of entry in seconds, 0 for initial residents. All arrays have n rows.
    municipality, area
        Indexes of the region's municipalities and health-centre areas.
    age_band, age_years
        ``AgeBand``, and the age within it at entry.
    segment
        ``Segment`` at entry. Under 65 always ``OTHER``.
    segment_time, segment_value
        The exogenous path after entry, shape (n, 3): times of change in seconds and the segment from then on.
        Unused entries are ``NEVER`` (and repeat the last segment).
    chronic
        ``Chronic``, the leading lasting condition. Whoever is in a segment above ``OTHER`` has one.
    special_housing
        1 if the person lives in special housing (särskilt boende) at time 0.
    relative
        1 if the person lives with a relative or has daily support of one (anhörig).
    home_help_hours
        Hours of home help (hemtjänst) a week at entry.
    home_nursing_rank, target_rank, palliative_rank, registered_rank, spell_rank
        Uniform ranks in (0, 1): the person has the property where the rank is below the share that applies.
        Among each municipality's initial periodically failing the target ranks are evenly spaced, so that any
        share of them is met exactly up to rounding.
    frailty
        Gamma with mean 1 and the shape of the person's segment (skörhet).
    attendance
        Gamma with mean 1: the lasting habit of going straight to the emergency department (mångsökande).
    death_threshold
        Exp(1): the person dies when the cumulative `hazard` reaches it.
    hazard
        Yearly death rates, shape (age band, segment).
    initial
        Number of initial residents.
    horizon
        Time in seconds up to which entrants and segment changes are drawn.
    """

    entry: Ints
    municipality: NDArray[np.int16]
    area: NDArray[np.int16]
    age_band: Codes
    age_years: Floats
    segment: Codes
    segment_time: Ints
    segment_value: Codes
    chronic: Codes
    special_housing: Codes
    relative: Codes
    home_help_hours: Floats
    home_nursing_rank: Floats
    target_rank: Floats
    palliative_rank: Floats
    registered_rank: Floats
    spell_rank: Floats
    frailty: Floats
    attendance: Floats
    death_threshold: Floats
    hazard: Floats
    initial: int
    horizon: int

    def __len__(self) -> int:
        """Rows: everybody who ever lives here."""
        return len(self.entry)

    def segment_at(self, time: int) -> Codes:
        """Segment of every row at `time`, whether or not the person is there."""
        current = self.segment.copy()
        for change in range(CHANGES):
            passed = self.segment_time[:, change] <= time
            current[passed] = self.segment_value[passed, change]
        return current
