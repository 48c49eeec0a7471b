"""Shares that are nobody's use (tillgänglighet, kontinuitet): calls reached, the three-day rule, a known doctor."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.engine import Records
from sim.model.period import Period
from sim.outcomes import PeopleTable, Window
from sim.outcomes.contacts import THREE_DAYS
from sim.outcomes.tally import RowBook, Rows
from sim.vocabulary import CONTACT_KNOWN, Kind, Outcome

ACCESS = ("phone", "three_day", "known_doctor")
"""Calls to health centres answered the same day; visits to nurse or doctor within three days of asking; visits to a
doctor in primary care who knows the patient."""


def shares(
    records: Records, people: PeopleTable, period: Period, places: NDArray[np.int64], begin: int, end: int
) -> Mapping[str, float]:
    """Access of the people of some municipalities.

    Parameters
    ----------
    places
        Codes of the municipalities.
    begin, end
        Seconds: what was asked for between them counts.

    Returns
    -------
    mapping
        By name of ``ACCESS``; nan where nobody asked.
    """
    book = RowBook(records, people, (), Window(0, period.horizon))
    here = np.isin(people.municipality, places)

    def asked(*kinds: Kind) -> Rows:
        rows = book.of(*kinds)
        return rows.where(here[rows.person] & (rows.asked >= begin) & (rows.asked < end))

    calls = asked(Kind.PHONE_CENTRE)
    calls = calls.where(calls.begun | (calls.outcome != Outcome.OPEN))
    visits = asked(Kind.NURSE_VISIT, Kind.GP_VISIT)
    visits = visits.where(visits.begun | (visits.outcome == Outcome.GAVE_UP))
    in_time = visits.begun & (visits.started - visits.asked <= THREE_DAYS)
    doctor = asked(Kind.GP_VISIT, Kind.GP_HOME_VISIT)
    doctor = doctor.where(doctor.begun)
    found = (calls.begun, in_time, doctor.bit(CONTACT_KNOWN))
    return {name: _share(mask) for name, mask in zip(ACCESS, found, strict=True)}


def _share(mask: NDArray[np.bool_]) -> float:
    return float(mask.mean()) if len(mask) else math.nan
