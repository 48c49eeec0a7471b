"""Day by day from time 0 (dygnsserier): what shows how long a model that begins empty takes to fill.

Outcome tables begin at T0; these series begin at the beginning, so that the warm-up can be judged by what it is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sim.vocabulary import DAY, NEVER, Kind

if TYPE_CHECKING:
    from sim.engine.records import Records

Times = npt.NDArray[np.int64]

BEGUN, ASKED, WAITING, HELD, OPEN = "begun", "asked", "waiting", "held", "open"
"""What is counted of the rows: those begun, or asked for, in the day; just before midnight, those that wait to begin,
those that have begun and not ended, or those that have been asked for and not ended."""


@dataclass(frozen=True)
class Series:
    """One series.

    Attributes
    ----------
    name
        In tables.
    label, swedish
        For people.
    count
        What is counted: ``begun``, ``asked``, ``waiting``, ``held`` or ``open``.
    kinds
        Of which rows.
    """

    name: str
    label: str
    swedish: str
    count: str
    kinds: tuple[Kind, ...]


SERIES = (
    Series("beds", "Hospital beds in use", "belagda vårdplatser", HELD, (Kind.STAY, Kind.OUTSIDE_STAY)),
    Series("ward_queue", "Waiting for a ward bed", "väntar på vårdplats", WAITING, (Kind.STAY,)),
    Series("ready", "Ready for discharge, in a bed", "utskrivningsklara", HELD, (Kind.READY,)),
    Series("ward_stays", "Ward stays begun", "vårdtillfällen på enhet", BEGUN, (Kind.STAY,)),
    Series("emergency_visits", "Emergency visits", "akutbesök", ASKED, (Kind.EMERGENCY_VISIT,)),
    Series("ambulances", "Ambulances", "ambulansuppdrag", ASKED, (Kind.AMBULANCE,)),
    Series("calls", "Calls to health centres", "samtal till hälsocentral", ASKED, (Kind.PHONE_CENTRE,)),
    Series("gp_visits", "Doctor visits at health centres", "läkarbesök", BEGUN, (Kind.GP_VISIT,)),
    Series("gp_queue", "Waiting for a doctor visit", "väntar på läkarbesök", WAITING, (Kind.GP_VISIT,)),
    Series("reviews", "Reviews of chronic conditions", "årskontroller", BEGUN, (Kind.REVIEW,)),
    Series("specialist_queue", "Waiting for a specialist", "väntar på specialist", WAITING, (Kind.SPECIALIST_VISIT,)),
    Series("short_term", "At short-term places", "på korttidsplats", HELD, (Kind.SHORT_TERM_STAY,)),
    Series("needs", "Needs under way", "pågående behov", OPEN, (Kind.NEED,)),
    Series("deaths", "Deaths", "dödsfall", ASKED, (Kind.DEATH,)),
)
"""In the order of the rows of :func:`daily_counts`."""


def daily_counts(records: Records, days: int) -> npt.NDArray[np.int32]:
    """Count the rows of a run day by day (räkna per dygn).

    Parameters
    ----------
    records
        From time 0.
    days
        How many days from time 0; the records must reach so far.

    Returns
    -------
    array
        int32, shape (series, days): rows begun or asked for in the day, or waiting, held or open at its end.
    """
    counts = np.zeros((len(SERIES), days), np.int32)
    for line, series in zip(counts, SERIES, strict=True):
        rows = np.concatenate([np.flatnonzero(records.kind == kind) for kind in series.kinds])
        line[:] = _counted(series.count, records, rows, days)
    return counts


def _counted(count: str, records: Records, rows: npt.NDArray[np.int64], days: int) -> npt.NDArray[np.int64]:
    asked, started, ended = (getattr(records, name)[rows] for name in ("asked", "started", "ended"))
    if count == ASKED:
        return _per_day(asked, days)
    if count == BEGUN:
        return _per_day(started[started >= 0], days)
    over = np.where(ended >= 0, ended, np.int64(NEVER))
    if count == HELD:
        begun = started >= 0
        return _at_midnight(started[begun], over[begun], days)
    return _at_midnight(asked, np.where(started >= 0, started, over) if count == WAITING else over, days)


def _per_day(times: Times, days: int) -> npt.NDArray[np.int64]:
    """How many of these times, none of them negative, are in each day."""
    day = times // DAY
    return np.bincount(day[day < days], minlength=days)


def _at_midnight(begin: Times, stop: Times, days: int) -> npt.NDArray[np.int64]:
    """How many intervals [begin, stop) are under way just before the end of each day."""
    # In and out on the same day cancel; who leaves at midnight itself leaves on the day that begins then.
    return np.cumsum(_per_day(begin, days) - _per_day(stop, days))
