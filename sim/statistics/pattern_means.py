"""Means of patterns over replications (medelvärden av mönster): the rows of ``flows.csv`` and ``occupancy.csv``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from sim.outcomes.inputs import Window
from sim.outcomes.occupancy import MEASURES, PLACES, hours_of_week
from sim.outcomes.pathways import End, First, Furthest
from sim.replication.patterns import Patterns
from sim.statistics.moments import Moments
from sim.vocabulary import DAY

FLOWS, OCCUPANCY = "flows.csv", "occupancy.csv"
FLOW_COLUMNS = ("governance", "first_contact", "furthest_care", "end", "needs", "low", "high", "replications")
"""Columns of ``flows.csv``: worsenings noticed in the window by their way, mean with 95 % interval."""
OCCUPANCY_COLUMNS = ("governance", "places", "scale", "at", *MEASURES, "occupied_sd", "replications")
"""Columns of ``occupancy.csv``: means over the hours and replications, and the spread of use between replications."""
BY_DAY, BY_HOUR = "day", "hour of the week"
DIGITS = 6
"""Significant digits of ``occupancy.csv``."""


class PatternMeans:
    """Means over replications, one after the other; memory does not grow.

    Parameters
    ----------
    governances
        The arms.
    window
        What is measured.
    """

    def __init__(self, governances: Sequence[str], window: Window) -> None:
        self.governances = tuple(governances)
        self._hours = hours_of_week(window).astype(np.float64)
        days = np.full(-(-(window.end - window.start) // DAY), float(DAY))
        days[-1] = window.end - window.start - DAY * (len(days) - 1)
        self._days = days
        self._pathways = [Moments((len(First), len(Furthest), len(End))) for _ in governances]
        shape = (len(PLACES), len(MEASURES))
        self._by_day = [Moments((*shape, len(days))) for _ in governances]
        self._by_hour = [Moments((*shape, len(self._hours))) for _ in governances]

    @property
    def known(self) -> bool:
        """Whether any replication had them."""
        return bool(self._pathways[0].count.max() > 0)

    def add(self, arms: Sequence[Patterns | None]) -> None:
        """Add the arms of a replication, in the order of the governances; nothing if some have no patterns."""
        for number, arm in enumerate(arms):
            if arm is None or None in arms:
                return
            self._pathways[number].add(arm.pathways)
            self._by_day[number].add(arm.occupancy.days / self._days)
            with np.errstate(divide="ignore", invalid="ignore"):  # a short window misses hours of the week
                self._by_hour[number].add(arm.occupancy.week / self._hours)

    def flow_rows(self) -> Iterator[tuple[Any, ...]]:
        """Rows of ``flows.csv``: ways that occur under any governance."""
        seen = np.logical_or.reduce([found.mean > 0 for found in self._pathways])
        for governance, found in zip(self.governances, self._pathways, strict=True):
            low, high = found.interval()
            for way in map(tuple, np.argwhere(seen).tolist()):
                names = (kind(code).name.lower() for kind, code in zip((First, Furthest, End), way, strict=True))
                numbers = (float(array[way]) for array in (found.mean, low, high))
                yield (governance, *names, *numbers, int(found.count[way]))

    def occupancy_rows(self) -> Iterator[tuple[Any, ...]]:
        """Rows of ``occupancy.csv``: kinds of places that are open or used under any governance."""
        seen = np.logical_or.reduce([np.nan_to_num(found.mean[:, :2]).sum(axis=(1, 2)) > 0 for found in self._by_day])
        for number, governance in enumerate(self.governances):
            for scale, found in ((BY_DAY, self._by_day[number]), (BY_HOUR, self._by_hour[number])):
                mean, spread = found.mean, np.sqrt(found.variance)
                for place in np.flatnonzero(seen):
                    for at in range(mean.shape[2]):
                        numbers = (*mean[place, :, at], spread[place, 0, at])
                        told = (float(f"{value:.{DIGITS}g}") for value in numbers)
                        count = int(found.count[place, 0, at])
                        yield (governance, PLACES[place].name, scale, at, *told, count)
