"""Hidden states by month (dolda tillstånd): what makes old people fall ill, for validation only.

Frailty is a person's own and stays; a failing spell passes. Neither is in the records, but for the moment at which
somebody is admitted, so the time spent in each is read off the world in the middle of each month.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.outcomes import AgeClass, PeopleTable, Window
from sim.outcomes.inputs import MONTH
from sim.vocabulary import YEAR, Place, Segment

if TYPE_CHECKING:
    from sim.buffers import World

FRAILTIES = 10
"""Tenths of frailty within a segment, the least frail first."""
STATES = 2 * len(Segment)
"""Segments, each stable and failing."""
AWAY = 255
"""Not alive."""

Floats = NDArray[np.float64]


class States:
    """Segment and spell of everybody of 65 and over, month by month.

    Parameters
    ----------
    people
        Everybody ever.
    years
        In which to look.

    Attributes
    ----------
    times
        When to look: the middle of each month, in seconds.
    persons
        Who is looked at, shape (old people,).
    tenth
        Of frailty among those who enter in the same segment, shape (persons,); 0 to 9, -1 for the young.
    """

    def __init__(self, people: PeopleTable, years: Sequence[Window]) -> None:
        self.times = [edge + MONTH // 2 for year in years for edge in year.month_edges()[:-1]]
        self.persons = np.flatnonzero(people.at_least(AgeClass.OLDER))
        self.tenth = np.full(len(people), -1, np.int64)
        self._segment = people.segment
        self._looks: dict[int, NDArray[np.uint8]] = {}

    def look(self, world: World, now: int) -> None:
        """Note the world as it is at this time, in seconds."""
        if not self._looks:
            self._rank(world.array("people.frailty"))
        who = self.persons
        here = world.array("people.at")[who] < Place.DEAD
        state = world.array("people.segment")[who] * 2 + world.array("people.failing")[who]
        self._looks[now] = np.where(here, state, AWAY).astype(np.uint8)

    def _rank(self, frailty: Floats) -> None:
        for segment in Segment:
            mine = self.persons[self._segment[self.persons] == segment]
            rank = np.empty(len(mine), np.int64)
            rank[np.argsort(frailty[mine], kind="stable")] = np.arange(len(mine))
            self.tenth[mine] = rank * FRAILTIES // max(len(mine), 1)

    def time(self, window: Window, of: NDArray[np.bool_] | None = None) -> Floats:
        """Person-years in a window by segment, tenth of frailty, and spell.

        Parameters
        ----------
        of
            Only these persons, shape (persons,).

        Returns
        -------
        array
            Shape (segments, tenths, 2); the last axis is stable, failing.
        """
        years = np.zeros((len(Segment), FRAILTIES, 2))
        for code in self._within(window):
            counted = code != AWAY
            if of is not None:
                counted = counted & of[self.persons]
            state, tenth = code[counted].astype(np.int64), self.tenth[self.persons[counted]]
            found = np.bincount((state // 2 * FRAILTIES + tenth) * 2 + state % 2, minlength=years.size)
            years += found.reshape(years.shape) * (MONTH / YEAR)
        return years

    def _within(self, window: Window) -> list[NDArray[np.uint8]]:
        return [code for time, code in self._looks.items() if window.start <= time < window.end]
