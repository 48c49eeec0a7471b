"""Patterns of a result in memory (mönster): ways through care, and places over the year and the week."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.files import opened_table
from sim.outcomes.occupancy import MEASURES
from sim.outcomes.pathways import SHAPE, End, First, Furthest
from sim.statistics.pattern_means import FLOWS, OCCUPANCY

Floats = npt.NDArray[np.float64]


class Series(NamedTuple):
    """Which line of occupancy: governance, kind of places, and whether by day or by hour of the week."""

    governance: str
    places: str
    scale: str


Occupancy = Mapping[Series, Mapping[str, Floats]]
"""By measure, and ``occupied_sd``, a value for each day or hour; nan where there is none."""


def read_flows(folder: Path) -> dict[str, Floats]:
    """Worsenings by governance, shape (first contact, furthest care, end); nothing if the folder does not say.

    Raises
    ------
    OSError, LookupError, ValueError
        If the file is there and cannot be read, or is not what narvard writes.
    """
    found: dict[str, Floats] = {}
    for row in _rows(folder / FLOWS):
        way = First[row["first_contact"].upper()], Furthest[row["furthest_care"].upper()], End[row["end"].upper()]
        found.setdefault(row["governance"], np.zeros(SHAPE))[way] = float(row["needs"])
    return found


def read_occupancy(folder: Path) -> dict[Series, dict[str, Floats]]:
    """Places over time; nothing if the folder does not say.

    Raises
    ------
    OSError, LookupError, ValueError
        If the file is there and cannot be read, or is not what narvard writes.
    """
    names = (*MEASURES, "occupied_sd")
    lines: dict[Series, list[list[float]]] = {}
    for row in _rows(folder / OCCUPANCY):
        series = Series(row["governance"], row["places"], row["scale"])
        lines.setdefault(series, []).append([float(row[name] or "nan") for name in names])
    return {series: dict(zip(names, np.array(values).T, strict=True)) for series, values in lines.items()}


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with opened_table(path) as stream:
        return list(csv.DictReader(stream))
