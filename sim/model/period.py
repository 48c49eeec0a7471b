"""The time axis of a run (tidsaxeln): warm-up, pre-period, T0, follow-up."""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario import Scenario
from sim.vocabulary import DAY

CURRENT = "current"
"""The governance before T0, in every arm."""


@dataclass(frozen=True)
class Period:
    """The time axis in seconds: warm-up, pre-period, T0, follow-up."""

    warm_up_ends: int
    starts: int
    horizon: int

    @classmethod
    def of(cls, scenario: Scenario) -> Period:
        """From the ``[time]`` of a scenario."""
        warm_up = int(scenario.time.warm_up_days)
        starts = warm_up + int(scenario.time.pre_period_days)
        return cls(warm_up * DAY, starts * DAY, (starts + int(scenario.time.follow_up_days)) * DAY)

    @property
    def first_day(self) -> int:
        """Day of T0."""
        return self.starts // DAY

    @property
    def days(self) -> int:
        """Days until the horizon."""
        return self.horizon // DAY
