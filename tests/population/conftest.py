"""The shipped regions and a set of plausible parameter values."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.population import Population, build
from sim.scenario.region import Area, Municipality, Region
from sim.tables.names import plain
from sim.vocabulary import YEAR, AgeBand, Segment

REGIONS = Path(__file__).parents[2] / "scenarios" / "regions"
HORIZON = 4 * YEAR
KEY = 20_221_231

# Relative chance of being drawn into a segment, by age band 65-69 ... 90+ (assumption; chosen so that death
# rates by segment and by age need little adjustment, and frailty rises threefold from 75 to 85 as in D08).
AGE_WEIGHT = {
    Segment.RISK: (1.0, 1.5, 2.3, 3.8, 6.5, 11.0),
    Segment.FAILING: (1.0, 1.6, 2.7, 5.2, 9.5, 15.0),
    Segment.MOST_ILL: (1.0, 1.9, 3.8, 8.0, 18.0, 40.0),
}

# Heart failure, COPD, other, among people of an age band who have a lasting condition (assumption; together
# 2.1 % of everybody with heart failure, D05, and 4.7 % of people from 16 with COPD, D07).
CHRONIC_MIX = (
    (0.002, 0.000, 0.998),
    (0.003, 0.005, 0.992),
    (0.010, 0.040, 0.950),
    (0.030, 0.150, 0.820),
    (0.055, 0.190, 0.755),
    (0.085, 0.190, 0.725),
    (0.125, 0.175, 0.700),
    (0.175, 0.145, 0.680),
    (0.225, 0.110, 0.665),
    (0.270, 0.080, 0.650),
)


def _age_weight() -> np.ndarray:
    weight = np.zeros((len(Segment), len(AgeBand)))
    for segment, row in AGE_WEIGHT.items():
        weight[segment, AgeBand.AGE_65_69 :] = row
    return weight


# Index arrays in the order of the enumerations: other, risk, failing, most ill; 0-15 ... 90+.
EXAMPLE_VALUES: Mapping[str, Any] = {
    # Assumption; the four rates reproduce P10 (range +-20 %).
    "population.death_rate_per_year": np.array([0.010, 0.06, 0.11, 0.25]),
    # From 65: P10a-P10f. Below: assumption, Swedish levels (range +-25 %).
    "population.mortality_per_1000": np.array([0.2, 0.5, 0.8, 3.5, 9.0, 15.5, 27.0, 50.0, 100.0, 225.0]),
    # S01-S03 (exclusive); the first is not used.
    "population.segment_share": np.array([0.75, 0.10, 0.10, 0.05]),
    "population.segment_age_weight": _age_weight(),
    # Assumption: the rates that keep the stocks, given the death rates and the two recoveries.
    "population.risk_to_failing_per_year": 0.319,
    "population.failing_to_most_ill_per_year": 0.127,
    # Assumption (0.03-0.20 and 0.02-0.15).
    "population.failing_to_risk_per_year": 0.08,
    "population.risk_to_other_per_year": 0.05,
    # Assumption, above the multimorbidity of D01 (two or more) and near D02 at 77+.
    "population.chronic_share": np.array([0.08, 0.12, 0.20, 0.40, 0.62, 0.70, 0.76, 0.83, 0.90, 0.95]),
    "population.chronic_mix": np.column_stack([np.zeros(len(AgeBand)), CHRONIC_MIX]),
    # S10 (0.11-0.14); the share of most ill among them is an assumption (0.4-0.8).
    "population.special_housing_share_80": 0.13,
    "population.special_housing_most_ill": 0.6,
    # Assumption (0.4-0.7).
    "population.relative_share": 0.55,
    # Assumption; with special housing 16 % of 65+ have municipal support (S09), 33 % of 80+ (S11).
    "population.home_help_hours": np.array([0.15, 2.0, 6.0, 12.0]),
    # Assumption (0.5-5).
    "population.frailty_shape": np.array([1.0, 1.5, 2.0, 2.0]),
    # Assumption (0.05-0.5).
    "population.attendance_shape": 0.12,
    # Assumption (0.1-2).
    "population.frailty_shape_younger": 0.4,
    # Half of the periodically failing (P05 = 10 % of 65+).
    "population.target_share_failing": 0.5,
    "population.growth_65_per_year": 0.0,
    # Assumption, giving 10 % of 65+ at a moment (S07).
    "population.home_nursing_share": np.array([0.01, 0.10, 0.60, 0.95]),
}


def rows(region: str, table: str) -> list[dict[str, str]]:
    """Rows of a table of a shipped region."""
    with (REGIONS / region / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(name: str) -> Region:
    """A shipped region without its resources."""
    municipalities = tuple(_municipality(row) for row in rows(name, "municipalities.csv"))
    names = [m.name for m in municipalities]
    counts = np.zeros((len(names), len(AgeBand)), dtype=np.int64)
    for row in rows(name, "population.csv"):
        counts[names.index(row["municipality"]), AgeBand[row["age_band"].upper()]] = int(row["count"])
    areas = tuple(_area(row, names) for row in rows(name, "areas.csv"))
    team_areas = tuple(dict.fromkeys(m.team_area for m in municipalities))
    return Region(REGIONS / name, municipalities, areas, counts, (), team_areas)


def _municipality(row: dict[str, str]) -> Municipality:
    return Municipality(
        name=row["name"],
        key=plain(row["name"]),
        population=int(row["population"]),
        population_65=int(row["population_65"]),
        team_need=int(row["team_need"]),
        team_area=row["team_area"],
        travel_minutes=float(row["travel_minutes"]),
        ambulance_minutes=float(row["ambulance_minutes"]),
        sjukstuga_beds=int(row["sjukstuga_beds"]),
        source=row["source"],
        note=row["note"],
    )


def _area(row: dict[str, str], names: list[str]) -> Area:
    return Area(
        name=row["name"],
        key=plain(row["name"]),
        municipality=names.index(row["municipality"]),
        population_share=float(row["population_share"]),
        continuity=float(row["continuity"]),
        source=row["source"],
        note=row["note"],
    )


@pytest.fixture(scope="session")
def region() -> Region:
    """Umeå länsdel."""
    return read("umea-lansdel")


@pytest.fixture(scope="session")
def small() -> Region:
    """Vännäs."""
    return read("vannas")


@pytest.fixture(scope="session")
def values() -> Mapping[str, Any]:
    """Plausible parameters."""
    return EXAMPLE_VALUES


@pytest.fixture(scope="session")
def key() -> int:
    """Key of the draws of `people`."""
    return KEY


@pytest.fixture(scope="session")
def people(region: Region, values: Mapping[str, Any]) -> Population:
    """The population of Umeå länsdel for four years."""
    return build(region, values, KEY, HORIZON)


@pytest.fixture
def change(small: Region, values: Mapping[str, Any]) -> Callable[..., Population]:
    """Vännäs with some parameters changed: ``change(relative_share=0.7)``."""

    def built(key: int = KEY, **changed: Any) -> Population:
        new = {f"population.{name}": value for name, value in changed.items()}
        return build(small, {**values, **new}, key, HORIZON)

    return built
