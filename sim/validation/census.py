"""A count of people month by month (månadsräkning), for what the records do not say: who has home nursing.

The rule of home nursing is that of ``flows/person.py``, for everybody at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.outcomes import AgeClass, PeopleTable
from sim.vocabulary import Place, Segment

if TYPE_CHECKING:
    from sim.buffers import World

Mask = NDArray[np.bool_]


def has_home_nursing(world: World, older: Mask, since: int) -> Mask:
    """Who has municipal home nursing, or had it after ``since`` (``flows.person.home_nursing``).

    Parameters
    ----------
    world
        At the present time.
    older
        Who is 65 or over, shape (persons,).
    since
        The present time, or an earlier one: home nursing for a time after a stay counts if it ended later.

    Returns
    -------
    array
        Shape (persons,); the dead, and those who have not entered, count as their columns stand.
    """
    share = world.array("population.home_nursing_share")[world.array("people.segment")]
    lasting = older & (world.array("people.home_nursing_rank") < share)
    for_a_time = world.array("people.home_nursing_until") > since
    return np.asarray((lasting | for_a_time) & ~in_special_housing(world))


def in_special_housing(world: World) -> Mask:
    """Who lives in special housing; shape (persons,)."""
    return np.asarray(world.array("people.home") == Place.SPECIAL_HOUSING)


def in_team_need(world: World) -> Mask:
    """Who needs a mobile team (P05): most ill, and half of the periodically failing; shape (persons,)."""
    segment = world.array("people.segment")
    share = float(world.array("population.target_share_failing"))
    half = (segment == Segment.FAILING) & (world.array("people.target_rank") < share)
    return np.asarray((segment == Segment.MOST_ILL) | half)


class Census:
    """Counts at the edges of months.

    Parameters
    ----------
    people
        Everybody ever.

    Attributes
    ----------
    older
        People of 65 and over alive, at each look.
    home_nursing
        Of them with home nursing, at each look.
    team_need
        People who need a mobile team, by municipality, at each look.
    served
        People of 65 and over who had home nursing or lived in special housing at some time between the first
        look and the last, shape (persons,). Exact, but for changes of segment undone within the same month.
    """

    def __init__(self, people: PeopleTable) -> None:
        self._people = people
        self._old = people.at_least(AgeClass.OLDER)
        self._seen = -1
        self._dead = np.zeros(len(people), np.bool_)
        self.older: list[int] = []
        self.home_nursing: list[int] = []
        self.team_need: list[NDArray[np.int64]] = []
        self.served = np.zeros(len(people), np.bool_)

    def look(self, world: World, now: int) -> None:
        """Count the world as it is at this time, in seconds."""
        place = world.array("people.at")
        here = place < Place.DEAD
        nursed = has_home_nursing(world, self._old, now)
        self.older.append(int((here & self._old).sum()))
        self.home_nursing.append(int((here & self._old & nursed).sum()))
        self.team_need.append(self._by_municipality(here & in_team_need(world)))
        # Who died since the last look was alive for a part of the time in between.
        lately = (place != Place.NOT_YET) & ~self._dead if self._seen >= 0 else here
        since = self._seen if self._seen >= 0 else now
        self.served |= lately & self._old & (has_home_nursing(world, self._old, since) | in_special_housing(world))
        self._seen, self._dead = now, np.asarray(place == Place.DEAD)

    def _by_municipality(self, who: Mask) -> NDArray[Any]:
        return np.bincount(self._people.municipality[who], minlength=len(self._people.municipalities))
