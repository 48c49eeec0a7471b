"""Capacity (resurser): use, queues, occupancy, from the accumulators of the units."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.outcomes.inputs import Unit, Window
from sim.vocabulary import Service

if TYPE_CHECKING:
    from sim.engine.accumulators import Accumulators

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

WARDS = {
    "medicine": (Service.WARD_MEDICINE, Service.EXTRA_MEDICINE),
    "surgery": (Service.WARD_SURGERY, Service.EXTRA_SURGERY),
}
"""Staffed beds and extra beds of each ward group."""


def months_of(accumulators: Accumulators, window: Window) -> list[slice] | None:
    """Periods of the accumulators that make up each month; None if the months are not kept apart.

    The last period is open, so a window may end where the run ended.
    """
    starts = [int(s) for s in accumulators.starts]
    edges = window.month_edges()
    if any(edge not in starts for edge in edges[:-1]):
        return None
    places = [starts.index(edge) for edge in edges[:-1]] + [_end(starts, window)]
    return [slice(a, b) for a, b in pairwise(places)]


def periods_of(accumulators: Accumulators, window: Window) -> slice:
    """Periods of the accumulators that make up the window.

    Raises
    ------
    ValueError
        If no period starts where the window does, or the window ends within a period.
    """
    starts = [int(s) for s in accumulators.starts]
    if window.start not in starts:
        raise ValueError(f"accumulators: no period starts at {window.start}, where the window does")
    return slice(starts.index(window.start), _end(starts, window))


def _end(starts: list[int], window: Window) -> int:
    if window.end > starts[-1]:
        return len(starts)
    if window.end not in starts:
        raise ValueError(f"accumulators: the window ends at {window.end}, within a period")
    return starts.index(window.end)


def capacity_values(
    accumulators: Accumulators, units: Sequence[Unit], window: Window, municipalities: int
) -> dict[str, Floats]:
    """Sums of areas and counts by service.

    Returns
    -------
    dict
        By outcome name, an array of shape (1 + municipalities + months,): total, by municipality (units that
        serve everybody are in none), by month (nan if the accumulators do not keep the months of the window
        apart). Outcomes of services without units are left out.
    """
    columns = {
        name: _columns(getattr(accumulators, area), accumulators, units, window, municipalities)
        for name, area in (
            ("used_hours", "used_area"),
            ("capacity_hours", "capacity_area"),
            ("queue_hours", "queue_area"),
            ("requests", "asked"),
        )
    }
    services = np.array([unit.service for unit in units], np.int64)
    values: dict[str, Floats] = {}
    for service in Service:
        of_service = np.flatnonzero(services == service)
        if len(of_service):
            for name, table in columns.items():
                values[f"{name}_{service.name.lower()}"] = table[:, of_service].sum(axis=1)
    values.update(_beds(columns, services))
    return values


def _beds(columns: dict[str, Floats], services: Integers) -> dict[str, Floats]:
    """Bed-time of the wards."""

    def area(name: str, *wanted: Service) -> Floats:
        result: Floats = columns[name][:, np.isin(services, wanted)].sum(axis=1)
        return result

    values: dict[str, Floats] = {}
    for ward, (staffed, extra) in WARDS.items():
        values[f"staffed_bed_days_{ward}"] = area("capacity_hours", staffed)
        values[f"occupied_bed_days_{ward}"] = area("used_hours", staffed, extra)
    for name in ("staffed_bed_days", "occupied_bed_days"):
        values[name] = np.sum([values[f"{name}_{ward}"] for ward in WARDS], axis=0)
    values["extra_bed_days"] = area("used_hours", *(extra for _, extra in WARDS.values()))
    return values


def _columns(
    area: Integers, accumulators: Accumulators, units: Sequence[Unit], window: Window, municipalities: int
) -> Floats:
    """Total, municipalities and months of each unit; shape (1 + municipalities + months, units)."""
    total = area[periods_of(accumulators, window)].sum(axis=0).astype(np.float64)
    place = np.array([unit.municipality for unit in units], np.int64)
    by_place = np.where(place[None, :] == np.arange(municipalities)[:, None], total[None, :], 0.0)
    months = months_of(accumulators, window)
    if months is None:
        by_month = np.full((window.months, len(units)), np.nan)
    else:
        by_month = np.array([area[m].sum(axis=0) for m in months], np.float64).reshape(window.months, len(units))
    return np.concatenate([total[None, :], by_place, by_month])
