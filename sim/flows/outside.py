"""Patients from outside the region's population, who share the wards (utomlänspatienter)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import chance
from sim.language import Process, amend, hold, record, release, seconds, seize_first, spawn
from sim.vocabulary import DAY, HOUR, YEAR, Kind, Outcome, Purpose

if TYPE_CHECKING:
    from sim.model.typed import World


def outside(w: World, ward: int) -> Process[int]:
    """Poisson arrivals of outside patients to a ward group."""
    n: int = 0
    if w.outside.stays_per_year[ward] <= 0.0:
        return 0
    while w.clock[0] < w.run.horizon:
        yield hold(
            1
            + seconds(chance.exponential(w.run.key, ward, Purpose.OUTSIDE, n, 0, YEAR / w.outside.stays_per_year[ward]))
        )
        n += 1
        yield spawn(outside_stay(w, ward, n))
    return 0


def outside_stay(w: World, ward: int, n: int) -> Process[int]:
    """One stay of an outside patient."""
    own: int = w.units.ward[ward]
    extra: int = w.units.extra[ward]
    asked: int = w.clock[0]
    got: int = yield seize_first(own, extra, priority=1, patience=24 * HOUR)
    if got < 0:
        return 0
    unit: int = own if got == 0 else extra
    started: int = w.clock[0]
    row: int = yield record(-1, n, Kind.OUTSIDE_STAY, unit, asked, started, -1, Outcome.OPEN, ward)
    days: float = chance.lognormal(w.run.key, ward, Purpose.OUTSIDE, n, 1, w.outside.stay_median_days[ward], 0.8)
    yield hold(1 + seconds(days * DAY))
    yield release(unit)
    yield amend(row, started, w.clock[0], Outcome.DISCHARGED_HOME, ward)
    return 0
