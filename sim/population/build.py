"""From a region and parameters to the table of residents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim import memory
from sim.population import people
from sim.population.draws import Attribute, Draws
from sim.population.paths import segment_path
from sim.population.steady import steady_state
from sim.population.table import Floats, Population
from sim.scenario.region import Region

PERSON = 200
"""Bytes of a resident in the table, at the least."""


def build(region: Region, values: Mapping[str, Any], key: int, horizon: int) -> Population:
    """Residents of a region, and everybody who will enter before the horizon.

    All draws are keyed by person and attribute: another attribute, or another value of a parameter, leaves
    the draws of the rest as they are.

    Parameters
    ----------
    region
        The region's tables.
    values
        Parameters by path; those under ``population`` are used.
    key
        ``chance.stream_key(seed, replication)``.
    horizon
        Seconds up to which entrants and segment changes are drawn.

    Raises
    ------
    ValueError
        If a quota cannot be filled from people with weight.
    MemoryError
        If there are more people than there is memory for.
    """
    if says := memory.shortage(PERSON * region.people):
        raise MemoryError(f"{region.people:,} people: {says}")
    draws = Draws(key)
    steady = steady_state(region.population, values)
    growth = float(values["population.growth_65_per_year"])
    cells = people.everybody(region.population, steady, draws, growth, horizon)
    segment = people.first_segments(cells, steady, _floats(values, "segment_age_weight"), draws)
    chronic = people.has_chronic(cells, segment, steady, draws)
    times, segments = segment_path(cells, segment, chronic, steady, draws)
    housing = people.special_housing(cells, segment, values, draws)
    shares = np.array([area.population_share for area in region.areas])
    places = np.array([area.municipality for area in region.areas], dtype=np.int64)
    relative = draws.uniform(cells.person, Attribute.RELATIVE) < float(values["population.relative_share"])
    return Population(
        entry=cells.entry,
        municipality=cells.municipality,
        area=people.areas(cells, places, shares, draws),
        age_band=cells.age_band,
        age_years=people.ages(cells, draws),
        segment=segment,
        segment_time=times,
        segment_value=segments,
        chronic=people.chronic_kinds(cells, chronic, _floats(values, "chronic_mix"), draws),
        special_housing=housing,
        relative=relative.astype(np.int8),
        home_help_hours=people.home_help(cells, segment, housing, _floats(values, "home_help_hours"), draws),
        home_nursing_rank=draws.uniform(cells.person, Attribute.HOME_NURSING),
        target_rank=people.target_ranks(cells, segment, draws),
        palliative_rank=draws.uniform(cells.person, Attribute.PALLIATIVE),
        registered_rank=draws.uniform(cells.person, Attribute.REGISTERED),
        spell_rank=draws.uniform(cells.person, Attribute.SPELL),
        frailty=people.frailties(
            cells, segment, _floats(values, "frailty_shape"), float(values["population.frailty_shape_younger"]), draws
        ),
        attendance=people.attendances(cells, float(values["population.attendance_shape"]), draws),
        death_threshold=draws.exponential(cells.person, Attribute.DEATH),
        hazard=steady.hazard,
        initial=cells.initial,
        horizon=horizon,
    )


def _floats(values: Mapping[str, Any], name: str) -> Floats:
    return np.asarray(values[f"population.{name}"], dtype=np.float64)
