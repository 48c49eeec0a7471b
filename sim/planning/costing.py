"""What staffing costs a year (bemanningens kostnad): hours on duty at their prices, beside what they are before.

Hours come from the calendar of the model, vacancies, summer and absence included, so the cost is known before anything
is simulated. Teams that exist through a lever have prices an hour in the scenario; beds and places have prices a day;
a plan states those of other services. What care then costs less, or more, is the net budget effect, which is simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import chance
from sim.model.period import Period
from sim.model.services import BY_TEAM_AREA, DAY_PRICES, HOUR_PRICES, MUNICIPAL
from sim.model.staffing import capacity_changes, pattern_of, team_posts
from sim.model.units import Unit, unit_table
from sim.scenario import Scenario
from sim.vocabulary import DAY, HOUR, YEAR, Service

Floats = NDArray[np.float64]

DRAWS = 20
"""Years of vacancies and absence over which hours are means."""
MEMBERS_COME_AND_GO = ("ramp_up_days", "leaves_per_year", "vacant_days", "vacancy_share")


@dataclass(frozen=True)
class Cost:
    """SEK a year more than under the baseline.

    Attributes
    ----------
    region
        What the region pays.
    municipalities
        What each municipality pays, in the order of the region.
    """

    region: float
    municipalities: tuple[float, ...]

    @property
    def municipal(self) -> float:
        """What all municipalities pay."""
        return sum(self.municipalities)

    @property
    def total(self) -> float:
        """What all pay."""
        return self.region + self.municipal


@dataclass(eq=False)
class Costing:
    """Costs of ways to staff, beside the baseline.

    Parameters
    ----------
    scenario
        As it is, with the baseline among its governances.
    baseline
        The governance that costs are beside.
    governance
        The one that is planned.
    seed
        Of vacancies and absence.
    own_prices
        SEK an hour by service, over those of the scenario.
    """

    scenario: Scenario
    baseline: str
    governance: str
    seed: int = 1
    own_prices: Mapping[Service, float] = field(default_factory=dict)
    _hours: dict[Any, float] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        values = self.scenario.values
        self.prices: dict[Service, float] = {
            **{service: float(values[f"prices.{key}"]) for service, key in HOUR_PRICES.items()},
            **{service: float(values[f"prices.{key}"]) / 24.0 for service, key in DAY_PRICES.items()},
            **dict(self.own_prices),
        }
        self._units = unit_table(self.scenario.region)
        self._before = self._signatures(self.scenario, self.baseline)

    def cost(self, staffed: Scenario) -> Cost:
        """What a way to staff costs more than the baseline; services without a price are not in it."""
        after = self._signatures(staffed, self.governance)
        region, municipal = 0.0, np.zeros(len(self.scenario.region.municipalities))
        for number, unit in enumerate(self._units):
            price = self.prices.get(unit.service)
            if price is None or after[number] == self._before[number]:
                continue
            more = self._mean_hours(staffed, self.governance, number, after[number])
            more -= self._mean_hours(self.scenario, self.baseline, number, self._before[number])
            if unit.service in MUNICIPAL:
                municipal[unit.municipality] += price * more
            else:
                region += price * more
        return Cost(region, tuple(municipal.tolist()))

    def changed(self, one: Scenario, other: Scenario) -> set[Service]:
        """Services with other staffing in one scenario than in another, under the planned governance."""
        pair = zip(self._signatures(one, self.governance), self._signatures(other, self.governance), strict=True)
        return {unit.service for unit, (a, b) in zip(self._units, pair, strict=True) if a != b}

    def without_price(self, staffed: Scenario) -> set[Service]:
        """Services that a way to staff changes from the baseline, and nobody has stated a price an hour for."""
        pair = zip(self._signatures(staffed, self.governance), self._before, strict=True)
        changed = {unit.service for unit, (a, b) in zip(self._units, pair, strict=True) if a != b}
        return changed - set(self.prices)

    def _signatures(self, scenario: Scenario, governance: str) -> list[Any]:
        """All that the capacity of each unit depends on."""
        levers = scenario.governance(governance)
        rows = {(row.service, row.place): row for row in scenario.region.resources}
        come_and_go = tuple(float(levers[f"mobile_team.{name}"]) for name in MEMBERS_COME_AND_GO)
        return [
            (pattern_of(scenario, levers, unit, rows), *self._team(levers, unit, come_and_go)) for unit in self._units
        ]

    @staticmethod
    def _team(levers: Mapping[str, Any], unit: Unit, come_and_go: tuple[float, ...]) -> tuple[float, ...]:
        return (team_posts(levers, unit), *come_and_go) if unit.service in BY_TEAM_AREA else ()

    def _mean_hours(self, scenario: Scenario, governance: str, number: int, signature: Any) -> float:
        """Hours on duty of a unit in the year after T0, the mean over draws."""
        key = (number, signature)
        if key not in self._hours:
            period, levers = Period.of(scenario), scenario.governance(governance)
            until = min(period.horizon, period.starts + YEAR)
            hours = []
            for draw in range(DRAWS):
                (table,) = capacity_changes(
                    scenario,
                    levers,
                    [self._units[number]],
                    chance.stream_key(self.seed, draw),
                    period.first_day,
                    until // DAY,
                    period.first_day,
                )
                edges = np.append(table[:, 0], until)
                hours.append(float((np.diff(edges) * table[:, 1]).sum()) / HOUR)
            self._hours[key] = float(np.mean(hours)) * YEAR / (until - period.starts)
        return self._hours[key]
