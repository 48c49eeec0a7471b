"""The shipped region tables: their totals agree with the sources, and they can be derived again."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.scenario.region import Region
from sim.vocabulary import AgeBand

pytestmark = pytest.mark.unit

REGIONS = Path(__file__).parents[2] / "scenarios" / "regions"
TABLES = ("municipalities.csv", "areas.csv", "population.csv")

# P03 and P04, 2022-12-31.
TOTALS = {
    "Umeå": (132_235, 22_928),
    "Nordmaling": (7_066, 2_026),
    "Vännäs": (8_963, 1_928),
    "Robertsfors": (6_759, 1_855),
    "Vindeln": (5_504, 1_547),
    "Bjurholm": (2_372, 694),
}
UNDER_65 = (29_293, 20_542, 46_103, 35_983)  # P06a-P06d

# Starting shares of people under 65 in per cent (assumption): 0-15, 16-24, 25-44, 45-64.
START = (
    (21.4, 16.3, 36.4, 25.9),
    (24.5, 12.5, 27.0, 36.0),
    (28.5, 12.0, 29.5, 30.0),
    (26.0, 11.5, 28.0, 34.5),
    (25.0, 12.5, 26.5, 36.0),
    (25.0, 12.0, 26.0, 37.0),
)


def rows(region: str, table: str) -> list[dict[str, str]]:
    with (REGIONS / region / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_totals_by_municipality(region: Region) -> None:
    for municipality, counts in zip(region.municipalities, region.population, strict=True):
        assert (counts.sum(), counts[AgeBand.AGE_65_69 :].sum()) == TOTALS[municipality.name]
        assert (municipality.population, municipality.population_65) == TOTALS[municipality.name]


def test_totals_of_the_region(region: Region) -> None:
    counts = region.population.sum(axis=0)
    assert counts.sum() == 162_899  # P01
    assert tuple(counts[:4]) == UNDER_65
    assert counts[4:].sum() == 30_978  # P02, P06e
    assert counts[AgeBand.AGE_80_84 :].sum() == 8_150  # P08
    umea = region.population[0]
    assert umea[AgeBand.AGE_80_84] == 3_075  # P07
    assert umea[AgeBand.AGE_85_89 :].sum() == 2_821  # P07


def test_continuity_between_health_centres(region: Region) -> None:
    listed = [a.population_share * region.municipalities[a.municipality].population for a in region.areas]
    continuity = [a.continuity for a in region.areas]
    assert np.average(continuity, weights=listed) == pytest.approx(0.72, abs=0.001)  # T13
    assert (min(continuity), max(continuity)) == (0.50, 0.93)
    shares: dict[int, float] = defaultdict(float)
    for area in region.areas:
        shares[area.municipality] += area.population_share
    assert list(shares.values()) == pytest.approx([1.0] * len(region.municipalities))


@pytest.mark.parametrize("name", ["umea-lansdel", "vannas"])
@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_a_source(name: str, table: str) -> None:
    assert all(row["source"] and row["note"] for row in rows(name, table))


@pytest.mark.parametrize("table", TABLES)
def test_small_region_is_a_part_of_the_large_one(table: str) -> None:
    large = rows("umea-lansdel", table)
    assert rows("vannas", table)
    assert all(row in large for row in rows("vannas", table))


def test_the_table_can_be_derived_again(region: Region) -> None:
    """The recipe of docs/population.md gives the shipped numbers."""
    totals = np.array(list(TOTALS.values()))
    under = fitted(np.array(START), totals[:, 0] - totals[:, 1], np.array(UNDER_65))
    assert np.array_equal(region.population[:, :4], under)
    old = np.append(5_896, largest_remainder(0.28 * totals[1:, 1], 8_150 - 5_896))
    for place, (seniors, aged_80) in enumerate(zip(totals[:, 1], old, strict=True)):
        assert np.array_equal(region.population[place, 4:], split_seniors(place, seniors - aged_80, aged_80))


def split_seniors(place: int, aged_65_79: int, aged_80: int) -> NDArray[np.int64]:
    """Six age bands; Umeå (place 0) has counts of its own for 80-84 and 85 and over."""
    if place == 0:
        younger = largest_remainder(np.array([0.352, 0.335, 0.313]) * aged_65_79, aged_65_79)
        return np.concatenate((younger, [3_075], largest_remainder(np.array([0.63, 0.37]) * 2_821, 2_821)))
    younger = largest_remainder(np.array([0.345, 0.340, 0.315]) * aged_65_79, aged_65_79)
    return np.concatenate((younger, largest_remainder(np.array([0.525, 0.295, 0.180]) * aged_80, aged_80)))


def largest_remainder(wanted: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    floor: NDArray[np.int64] = np.floor(wanted).astype(np.int64)
    floor[np.argsort(floor - wanted, kind="stable")[: total - floor.sum()]] += 1
    return floor


def fitted(start: NDArray[np.float64], down: NDArray[np.int64], across: NDArray[np.int64]) -> NDArray[np.int64]:
    """Proportional fitting to both margins, then the largest remainders that both margins allow."""
    table = start.astype(float)
    for _ in range(200):
        table *= (down / table.sum(axis=1))[:, None]
        table *= (across / table.sum(axis=0))[None, :]
    whole: NDArray[np.int64] = np.floor(table).astype(np.int64)
    left, over = down - whole.sum(axis=1), across - whole.sum(axis=0)
    for cell in np.argsort(whole - table, axis=None, kind="stable"):
        i, j = np.unravel_index(cell, table.shape)
        add = min(left[i], over[j], 1)
        whole[i, j] += add
        left[i] -= add
        over[j] -= add
    for i, j in zip(np.flatnonzero(left), np.flatnonzero(over), strict=True):
        whole[i, j] += left[i]
    return whole
