"""Places over time (beläggning): in use, open, queued for, day by day and hour by hour of the week.

Areas (person-seconds) are exact, so that the use of a ward adds up to what the engine's accumulators have. A patient in
an extra bed uses the ward; extra beds are not open ones, so use can exceed them (överbeläggning).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.outcomes.inputs import Unit, Window
from sim.vocabulary import DAY, HOUR, NEVER, STAY_WARD, WEEK, Kind, Service, Ward

if TYPE_CHECKING:
    from sim.engine.records import Records

Times = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
HOURS_A_WEEK = WEEK // HOUR


@dataclass(frozen=True)
class Places:
    """A kind of place.

    Attributes
    ----------
    name
        In tables.
    open
        Services whose capacity is what is open.
    used
        Services whose places are used; with those open, and with extra beds.
    kinds
        Rows that use a place of these services.
    from_arrival
        Whether a place is used from when it is asked for: in the emergency department, where the wait is for a doctor.
    ward
        Of a hospital ward, whose patients wait without a unit; else -1.
    """

    name: str
    open: tuple[Service, ...]
    used: tuple[Service, ...]
    kinds: tuple[Kind, ...]
    from_arrival: bool = False
    ward: int = -1


PLACES = (
    Places(
        "ward_medicine",
        (Service.WARD_MEDICINE,),
        (Service.WARD_MEDICINE, Service.EXTRA_MEDICINE),
        (Kind.STAY, Kind.OUTSIDE_STAY),
        ward=Ward.MEDICINE,
    ),
    Places(
        "ward_surgery",
        (Service.WARD_SURGERY,),
        (Service.WARD_SURGERY, Service.EXTRA_SURGERY),
        (Kind.STAY, Kind.OUTSIDE_STAY),
        ward=Ward.SURGERY,
    ),
    Places("sjukstuga", (Service.SJUKSTUGA,), (Service.SJUKSTUGA,), (Kind.STAY,)),
    Places(
        "emergency",
        (Service.EMERGENCY_PLACE,),
        (Service.EMERGENCY_PLACE,),
        (Kind.EMERGENCY_VISIT,),
        from_arrival=True,
    ),
    Places("short_term", (Service.SHORT_TERM,), (Service.SHORT_TERM,), (Kind.SHORT_TERM_STAY,)),
)
"""Kinds of places, in the order of the arrays."""
MEASURES = ("occupied", "open", "waiting", "ready")
"""People at places, open places, people waiting for one (in the emergency department: for a doctor), and people in a
bed who are ready for discharge; in the order of the arrays."""


@dataclass(frozen=True, eq=False)
class Occupancy:
    """Areas of one arm in its window, in person-seconds (or place-seconds).

    Attributes
    ----------
    days
        By day of the window, int64 of shape (places, measures, days); the last day may be a part of one.
    week
        By hour of the week from Monday 00, int64 of shape (places, measures, 168): sums over the window.
    """

    days: npt.NDArray[np.int64]
    week: npt.NDArray[np.int64]


def occupancy_of(
    records: Records, units: Sequence[Unit], changes: Sequence[npt.NDArray[np.int64]], window: Window
) -> Occupancy:
    """Measure how places are used over time (mät beläggning).

    Parameters
    ----------
    records
        All records of the run, from time 0.
    units
        In the order of the resource ids.
    changes
        By unit, rows of time and capacity from then on, in order of time; the first not after the window begins.
    window
        What is measured; its hours are whole.
    """
    edges = np.arange(window.start, window.end + HOUR, HOUR, dtype=np.int64)
    edges[-1] = window.end
    areas = np.zeros((len(PLACES), len(MEASURES), len(edges) - 1), np.int64)
    services = np.array([unit.service for unit in units], np.int64)
    for line, places in zip(areas, PLACES, strict=True):
        line[0] = np.diff(_area(*_used(records, services, places), edges))
        for number in np.flatnonzero(np.isin(services, places.open)).tolist():
            line[1] += np.diff(_capacity(changes[number], edges))
        line[2] = np.diff(_area(*_waiting(records, services, places), edges))
        line[3] = np.diff(_area(*_ready(records, places), edges))
    return Occupancy(_by_day(areas), _by_hour_of_week(areas, window.start))


def _area(begin: Times, stop: Times, edges: Times) -> Times:
    """Person-seconds of intervals [begin, stop) up to each edge, exactly."""
    return _since(begin, edges) - _since(stop, edges)


def _since(times: Times, edges: Times) -> Times:
    """Seconds since each of these times that has come, summed; at each edge."""
    times = np.sort(times[times < edges[-1]])
    sums = np.concatenate([[0], np.cumsum(times)])
    come = np.searchsorted(times, edges)
    return np.asarray(come * edges - sums[come], np.int64)


def _capacity(changes: npt.NDArray[np.int64], edges: Times) -> Times:
    """Place-seconds of a step function of time, from its first step up to each edge."""
    times, levels = changes[:, 0], changes[:, 1]
    sums = np.concatenate([[0], np.cumsum(levels[:-1] * np.diff(times))])
    step = np.searchsorted(times, edges, side="right") - 1
    return np.asarray(sums[step] + levels[step] * (edges - times[step]), np.int64)


def _rows(records: Records, kinds: Sequence[Kind]) -> npt.NDArray[np.int64]:
    return np.concatenate([np.flatnonzero(records.kind == kind) for kind in kinds])


def _at(records: Records, rows: npt.NDArray[np.int64], services: Times, wanted: Sequence[Service]) -> Mask:
    """Rows at a unit of these services."""
    unit = records.unit[rows]
    found: Mask = (unit >= 0) & np.isin(services[unit], wanted)
    return found


def _over(records: Records, rows: npt.NDArray[np.int64]) -> Times:
    """When rows end; NEVER while open."""
    ended = records.ended[rows]
    return np.where(ended >= 0, ended, np.int64(NEVER))


def _used(records: Records, services: Times, places: Places) -> tuple[Times, Times]:
    """From when to when places are used."""
    rows = _rows(records, places.kinds)
    rows = rows[_at(records, rows, services, places.used)]
    begin = records.asked[rows] if places.from_arrival else records.started[rows]
    begun = begin >= 0
    return begin[begun], _over(records, rows)[begun]


def _waiting(records: Records, services: Times, places: Places) -> tuple[Times, Times]:
    """From when to when people wait for a place; those for a ward have a row without a unit (boarding)."""
    rows = _rows(records, places.kinds if places.ward < 0 else (Kind.STAY,))
    if places.ward < 0:
        rows = rows[_at(records, rows, services, places.used) & (records.asked[rows] >= 0)]
    else:
        rows = rows[(records.unit[rows] < 0) & (records.detail[rows] // STAY_WARD % 4 == places.ward)]
    started = records.started[rows]
    return records.asked[rows], np.where(started >= 0, started, _over(records, rows))


def _ready(records: Records, places: Places) -> tuple[Times, Times]:
    """From when to when patients of a ward are ready for discharge and still there; nobody elsewhere."""
    rows = np.flatnonzero(records.kind == Kind.READY)
    rows = rows[(records.started[rows] >= 0) & (records.detail[rows] // STAY_WARD % 4 == places.ward)]
    return records.started[rows], _over(records, rows)


def _by_day(areas: Times) -> Times:
    hours = DAY // HOUR
    lacking = -areas.shape[2] % hours
    whole = np.pad(areas, ((0, 0), (0, 0), (0, lacking)))
    return np.asarray(whole.reshape(*areas.shape[:2], -1, hours).sum(axis=3), np.int64)


def _by_hour_of_week(areas: Times, start: int) -> Times:
    hour = (start // HOUR + np.arange(areas.shape[2])) % HOURS_A_WEEK
    week = np.zeros((*areas.shape[:2], HOURS_A_WEEK), np.int64)
    for place, measure in np.ndindex(*areas.shape[:2]):
        np.add.at(week[place, measure], hour, areas[place, measure])
    return week


def hours_of_week(window: Window) -> Times:
    """Seconds of the window in each hour of the week, shape (168,): what the sums by hour are to be divided by."""
    edges = np.arange(window.start, window.end + HOUR, HOUR, dtype=np.int64)
    edges[-1] = window.end
    return np.bincount((edges[:-1] // HOUR) % HOURS_A_WEEK, weights=np.diff(edges), minlength=HOURS_A_WEEK).astype(
        np.int64
    )
