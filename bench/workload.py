"""Workload W: four classes of patients through four stations of a small health system.

Primary care, then by probability the emergency department, then by probability a ward; by probability the patient
keeps the bed while waiting for a discharge server; by probability the patient is back in primary care after a delay.
Every contestant reads its parameters here. Times are in seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

PRIMARY, EMERGENCY, WARD, DISCHARGE = range(4)
STATIONS = ("primary care", "emergency", "ward", "discharge")
CLASSES = 4
HOUR, DAY = 3600, 86_400


def median_and_sigma(mean: float, variation: float) -> tuple[float, float]:
    """Median, and standard deviation of the logarithm, of a lognormal with this mean and coefficient of variation."""
    variance = math.log(1 + variation**2)
    return mean / math.exp(variance / 2), math.sqrt(variance)


@dataclass(frozen=True)
class Workload:
    """The parameters of W; shares, arrivals and priorities are by class.

    Attributes
    ----------
    days
        Horizon; 604 days give about a million events.
    warm_up_days, run_out_days
        Contacts asked for in the first and the last days are left out of the statistics: the first because the system
        begins empty, the last because a contact has a row only once it has ended.
    exponential_primary
        Exponential instead of lognormal primary care, which has a theory.
    """

    days: int = 604
    warm_up_days: int = 60
    run_out_days: int = 40
    capacities: tuple[int, ...] = (5, 26, 240, 20)
    arrivals_per_day: tuple[float, ...] = (180.0, 120.0, 60.0, 40.0)
    priorities: tuple[int, ...] = (3, 2, 1, 0)
    to_emergency: tuple[float, ...] = (0.20, 0.30, 0.45, 0.60)
    to_ward: tuple[float, ...] = (0.25, 0.35, 0.45, 0.55)
    to_discharge: tuple[float, ...] = (0.20, 0.40, 0.50, 0.60)
    to_return: tuple[float, ...] = (0.20, 0.30, 0.35, 0.40)
    primary_mean: float = 0.25 * HOUR
    primary_variation: float = 0.7
    emergency_mean: float = 4.0 * HOUR
    ward_mean: float = 4.0 * DAY
    ward_variation: float = 1.0
    discharge_mean: float = 0.75 * DAY
    return_mean: float = 20.0 * DAY
    exponential_primary: bool = False

    @property
    def primary(self) -> tuple[float, float]:
        """Median and sigma of primary care."""
        return median_and_sigma(self.primary_mean, self.primary_variation)

    @property
    def ward(self) -> tuple[float, float]:
        """Median and sigma of a ward stay."""
        return median_and_sigma(self.ward_mean, self.ward_variation)

    @property
    def means(self) -> tuple[float, ...]:
        """Mean service by station."""
        return self.primary_mean, self.emergency_mean, self.ward_mean, self.discharge_mean

    def contacts_per_day(self) -> list[list[float]]:
        """Contacts a day by station and class: the traffic equations."""
        by_class = []
        for k, arrivals in enumerate(self.arrivals_per_day):
            again = self.to_emergency[k] * self.to_ward[k] * self.to_return[k]
            primary = arrivals / (1 - again)
            emergency = primary * self.to_emergency[k]
            ward = emergency * self.to_ward[k]
            by_class.append([primary, emergency, ward, ward * self.to_discharge[k]])
        return [list(station) for station in zip(*by_class, strict=True)]

    def loads(self) -> list[float]:
        """Share of each station that is busy, beds kept while waiting for discharge not counted."""
        visits = [sum(station) for station in self.contacts_per_day()]
        return [v * mean / DAY / c for v, mean, c in zip(visits, self.means, self.capacities, strict=True)]

    def events(self) -> float:
        """Expected events: arrivals, beginnings and ends of contacts, returns."""
        contacts = self.contacts_per_day()
        # Every contact in primary care is preceded by an arrival or a return.
        return self.days * (2 * sum(map(sum, contacts)) + sum(contacts[PRIMARY]))
