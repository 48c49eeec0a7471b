"""Ways through care (vårdkedjor): of every worsening, first contact, how far it went, and where it ended.

Counted are deteriorations and exacerbations that are noticed within the window, each once, by three steps. What is not
over when the records end is counted as under way.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.outcomes.inputs import Window
from sim.vocabulary import NEED_TYPE, Kind, NeedType, Outcome

if TYPE_CHECKING:
    from sim.engine.records import Records

Codes = npt.NDArray[np.int64]


class First(IntEnum):
    """Who is met first (första kontakt)."""

    PHONE_1177 = 0
    HEALTH_CENTRE = 1
    HOME_NURSING = 2
    TEAM = 3
    OTHER = 4  # coordination team, round, specialist support, palliative team
    AMBULANCE = 5
    EMERGENCY = 6
    NOBODY = 7


class Furthest(IntEnum):
    """The furthest that care outside a ward goes (längst nådd vård utanför avdelning), least first."""

    NOTHING = 0
    ADVICE = 1  # phone, or an ambulance that leaves
    PRIMARY_CARE = 2  # health centre, home nursing
    TEAM = 3  # mobile team, palliative team, treatment at home
    EMERGENCY = 4


class End(IntEnum):
    """Where it ends (slut): without admission, or admitted and discharged to."""

    AT_HOME = 0
    DIED_OUTSIDE = 1
    UNDER_WAY = 2
    HOME = 3
    SHORT_TERM = 4
    SPECIAL_HOUSING = 5
    DIED = 6
    IN_HOSPITAL = 7


SHAPE = (len(First), len(Furthest), len(End))
ADMITTED = (End.HOME, End.SHORT_TERM, End.SPECIAL_HOUSING, End.DIED, End.IN_HOSPITAL)

CONTACTS = {
    Kind.PHONE_1177: (First.PHONE_1177, Furthest.ADVICE),
    Kind.PHONE_CENTRE: (First.HEALTH_CENTRE, Furthest.ADVICE),
    Kind.DIGITAL_VISIT: (First.HEALTH_CENTRE, Furthest.PRIMARY_CARE),
    Kind.NURSE_VISIT: (First.HEALTH_CENTRE, Furthest.PRIMARY_CARE),
    Kind.GP_VISIT: (First.HEALTH_CENTRE, Furthest.PRIMARY_CARE),
    Kind.GP_HOME_VISIT: (First.HEALTH_CENTRE, Furthest.PRIMARY_CARE),
    Kind.HOME_NURSE_VISIT: (First.HOME_NURSING, Furthest.PRIMARY_CARE),
    Kind.TEAM_NURSE_VISIT: (First.TEAM, Furthest.TEAM),
    Kind.TEAM_DOCTOR_VISIT: (First.TEAM, Furthest.TEAM),
    Kind.HOME_TREATMENT: (First.TEAM, Furthest.TEAM),
    Kind.CONSULT: (First.OTHER, Furthest.PRIMARY_CARE),
    Kind.ROUND: (First.OTHER, Furthest.PRIMARY_CARE),
    Kind.FREQUENT_ATTENDER: (First.OTHER, Furthest.PRIMARY_CARE),
    Kind.PALLIATIVE_VISIT: (First.OTHER, Furthest.TEAM),
    Kind.AMBULANCE: (First.AMBULANCE, Furthest.ADVICE),
    Kind.EMERGENCY_VISIT: (First.EMERGENCY, Furthest.EMERGENCY),
}
"""What a contact counts as: as the first, and as the furthest. Visits count when they are asked for and take place."""
DESTINATIONS = {
    Outcome.DISCHARGED_HOME: End.HOME,
    Outcome.DISCHARGED_SHORT_TERM: End.SHORT_TERM,
    Outcome.DISCHARGED_SPECIAL_HOUSING: End.SPECIAL_HOUSING,
    Outcome.DIED: End.DIED,
}
"""How the last stay of an admission ends; any other way is still in hospital."""


def pathways_of(records: Records, window: Window) -> npt.NDArray[np.int32]:
    """Count worsenings by their way through care (räkna vårdkedjor).

    Parameters
    ----------
    records
        All records of the run, from time 0.
    window
        Worsenings noticed in it.

    Returns
    -------
    array
        int32 of shape (first contact, furthest care, end), see :class:`First`, :class:`Furthest` and :class:`End`.
    """
    needs = np.flatnonzero(records.kind == Kind.NEED)
    kind = records.detail[needs] // NEED_TYPE % 4
    noticed = records.started[needs]
    counted = (kind == NeedType.EXACERBATION) | (kind == NeedType.DETERIORATION)
    counted &= (noticed >= window.start) & (noticed < window.end) & (records.outcome[needs] != Outcome.PREVENTED)
    needs = needs[counted]
    key = _key(records, needs)
    order = np.argsort(key)
    needs, key = needs[order], key[order]
    first, furthest = _contacts(records, key)
    end = _ends(records, needs, key)
    counts = np.bincount((first * SHAPE[1] + furthest) * SHAPE[2] + end, minlength=int(np.prod(SHAPE)))
    return counts.reshape(SHAPE).astype(np.int32)


def _key(records: Records, rows: npt.NDArray[Any]) -> Codes:
    """Person and need in one number; a need is unique within a person, and has 28 bits."""
    return (records.person[rows].astype(np.int64) << 32) + records.need[rows]


def _of_needs(records: Records, kinds: Codes, key: Codes) -> tuple[npt.NDArray[np.int64], Codes]:
    """Rows of these kinds that belong to a need that is counted, in order, and which need that is."""
    wanted = np.zeros(max(Kind) + 1, np.bool_)
    wanted[kinds] = True
    rows = np.flatnonzero(wanted[records.kind])
    mine = _key(records, rows)
    place = np.minimum(np.searchsorted(key, mine), max(len(key) - 1, 0))
    known = key[place] == mine if len(key) else np.zeros(len(rows), np.bool_)
    return rows[known], place[known]


def _contacts(records: Records, key: Codes) -> tuple[Codes, Codes]:
    """First contact and furthest care of each need."""
    as_first, as_furthest = np.zeros((2, max(Kind) + 1), np.int64)
    for kind, (one, other) in CONTACTS.items():
        as_first[kind], as_furthest[kind] = one, other
    rows, need = _of_needs(records, np.array(list(CONTACTS)), key)
    kinds = records.kind[rows]
    first = np.full(len(key), int(First.NOBODY), np.int64)
    first[need[::-1]] = as_first[kinds][::-1]  # of several values for one place, the last written stays: the first row
    took_place = (records.started[rows] >= 0) | (kinds == Kind.EMERGENCY_VISIT)
    reached = np.where(took_place, as_furthest[kinds], int(Furthest.ADVICE))
    furthest = np.zeros(len(key), np.int64)
    np.maximum.at(furthest, need, reached)
    return first, furthest


def _ends(records: Records, needs: npt.NDArray[np.int64], key: Codes) -> Codes:
    """Where each need ends."""
    end = np.full(len(key), int(End.AT_HOME), np.int64)
    end[records.outcome[needs] == Outcome.DIED] = End.DIED_OUTSIDE
    end[records.ended[needs] < 0] = End.UNDER_WAY
    rows, need = _of_needs(records, np.array([Kind.STAY]), key)
    destination = np.full(max(Outcome) + 2, int(End.IN_HOSPITAL), np.int64)  # the last place is that of -1, open
    for outcome, place in DESTINATIONS.items():
        destination[outcome] = place
    end[need] = destination[records.outcome[rows]]  # of several stays the last
    return end
