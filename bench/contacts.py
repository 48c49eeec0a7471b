"""What every contestant leaves behind: a row per contact, and the statistics of W from these rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.workload import CLASSES, STATIONS, Workload

Statistics = dict[tuple[str, ...], float]
"""By what is measured: ("wait", station, class) in days, ("contacts", station, class) a day, ("use", station)."""


@dataclass(frozen=True, eq=False)
class Contacts:
    """Finished contacts; times in days.

    Attributes
    ----------
    group, station, asked, started, ended : array of shape (contacts,)
    """

    group: npt.NDArray[Any]
    station: npt.NDArray[Any]
    asked: npt.NDArray[np.float64]
    started: npt.NDArray[np.float64]
    ended: npt.NDArray[np.float64]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, float, float, float]]) -> Contacts:
        """From rows of class, station, asked, started, ended."""
        table = np.array(list(rows), np.float64).reshape(-1, 5)
        return cls(table[:, 0].astype(int), table[:, 1].astype(int), *np.ascontiguousarray(table[:, 2:].T))

    def __len__(self) -> int:
        return len(self.group)

    @property
    def events(self) -> int:
        """Arrivals and returns, beginnings and ends of contacts, counted by the contacts that have ended."""
        return 2 * len(self) + int((self.station == 0).sum())


def statistics(contacts: Contacts, workload: Workload) -> Statistics:
    """Mean waits and contacts a day by station and class, and the share of each station in use.

    In use counts from the beginning to the end of a contact; in the ward with the wait for discharge.
    """
    begin, end = workload.warm_up_days, workload.days - workload.run_out_days
    inside = (contacts.asked >= begin) & (contacts.asked < end)
    found: Statistics = {}
    for s, station in enumerate(STATIONS):
        here = contacts.station == s
        for k in range(CLASSES):
            mine = inside & here & (contacts.group == k)
            waits = (contacts.started - contacts.asked)[mine]
            found["wait", station, str(k)] = float(waits.mean()) if len(waits) else 0.0
            found["contacts", station, str(k)] = len(waits) / (end - begin)
        busy = np.clip(contacts.ended[here], begin, end) - np.clip(contacts.started[here], begin, end)
        found["use", station] = float(busy.sum()) / (end - begin) / workload.capacities[s]
    return found
