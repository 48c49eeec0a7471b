"""What is usual in a whole run (det vanliga): how often each contact is made, and how long people wait for it.

Ten stories show no rate and no usual wait; a clinician who finds a wait odd looks here whether it is an odd one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.records import Records
from sim.eventlog.activities import CONTACTS
from sim.eventlog.stories import Told
from sim.vocabulary import DAY, HOUR, Kind, Outcome, Place

NIGHT = (22, 7)
"""From this hour to that one."""
TOLD_WHEN_OVER = (Kind.PLANNING, Kind.HOME_HELP_START)
"""Kinds that are waited for to the end."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Usual:
    """One kind of contact in the followed time.

    Attributes
    ----------
    kind
        Of contact; ``STAY`` is the wait of unplanned patients for a bed, ``READY`` that of ready patients who wait to
        leave.
    number
        How many took place.
    median, ninth
        Half of the waits were at most so long, nine tenths at most so long; in seconds.
    unmade
        Share of what was asked for, and over, that did not come about.
    night
        Share that began from 22 to 7.
    """

    kind: Kind
    number: int
    median: int
    ninth: int
    unmade: float
    night: float


def usual(records: Records, told: Told) -> list[Usual]:
    """Every kind of contact that took place in the followed time, by when it began; in the order of ``Kind``.

    Parameters
    ----------
    records
        All rows of one arm.
    told
        The followed time is from ``starts`` to ``ends``.
    """
    inside = records.person >= 0
    found = [_of(records, inside & (records.kind == kind), told, kind) for kind in CONTACTS]
    left = np.isin(records.outcome, DISCHARGED) & (records.kind == Kind.READY) & (records.ended > records.asked)
    boards = inside & (records.kind == Kind.STAY) & (records.unit < 0)
    found += [_of(records, boards, told, Kind.STAY), _of(records, left, told, Kind.READY)]
    return sorted((one for one in found if one.number), key=lambda one: one.kind)


DISCHARGED = (
    Outcome.DISCHARGED_HOME,
    Outcome.DISCHARGED_SHORT_TERM,
    Outcome.DISCHARGED_SPECIAL_HOUSING,
)


def _of(records: Records, which: Mask, told: Told, kind: Kind) -> Usual:
    """Some rows of one kind."""
    to_end = kind in TOLD_WHEN_OVER or kind in (Kind.STAY, Kind.READY)
    moment = records.ended if to_end else records.started
    made = which & (moment >= 0) & ((records.started >= 0) | (kind == Kind.STAY))
    if kind is Kind.STAY:
        made &= records.outcome == Outcome.TRANSFERRED
    over = which & (records.ended >= 0) & (records.asked >= told.starts) & (records.asked < told.ends)
    made &= (moment >= told.starts) & (moment < told.ends)
    if not made.any():
        return Usual(kind, 0, 0, 0, 0.0, 0.0)
    wait = moment[made] - records.asked[made]
    median, ninth = np.quantile(wait, (0.5, 0.9), method="inverted_cdf").tolist()
    hour = moment[made] % DAY // HOUR
    night = float(((hour >= NIGHT[0]) | (hour < NIGHT[1])).mean())
    unmade = float((records.started[over] < 0).mean()) if over.any() and kind is not Kind.STAY else 0.0
    return Usual(kind, int(made.sum()), median, ninth, unmade, night)


def death_places(records: Records, told: Told) -> dict[Place, int]:
    """Where people died in the followed time, the commonest place first; a sjukstuga counts as hospital."""
    died = (records.kind == Kind.DEATH) & (records.ended >= told.starts) & (records.ended < told.ends)
    place = records.detail[died] % (1 << 16)
    place = np.where(place == Place.SJUKSTUGA, Place.WARD, place)
    counts = {one: int((place == one).sum()) for one in DEATH_PLACES}
    return dict(sorted(((one, n) for one, n in counts.items() if n), key=lambda pair: -pair[1]))


DEATH_PLACES: Sequence[Place] = (Place.HOME, Place.SPECIAL_HOUSING, Place.SHORT_TERM, Place.EMERGENCY, Place.WARD)
