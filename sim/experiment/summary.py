"""What an experiment found (sammanfattning), from one replication after the other; memory hardly grows with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from sim.model.period import Period
from sim.outcomes import OUTCOMES, Margin
from sim.replication.beginning import window_of
from sim.replication.replication import Replication
from sim.statistics.comparison import Difference, Paired
from sim.statistics.moments import Moments
from sim.statistics.pattern_means import PatternMeans
from sim.statistics.warmup import WarmUp
from sim.vocabulary import DAY


@dataclass(frozen=True)
class Level:
    """One outcome in one margin, under one governance.

    Attributes
    ----------
    governance, outcome, margin, unit
        What, for whom.
    mean, low, high
        Over the replications that have it, with the 95 % t interval; nan with one replication.
    sd
        Standard deviation between replications; nan with one.
    replications
        How many have it.
    """

    governance: str
    outcome: str
    margin: Margin
    mean: float
    low: float
    high: float
    sd: float
    replications: int
    unit: str


class Summary:
    """Levels, paired differences, digests and violations of an experiment.

    Parameters
    ----------
    replications
        At least one, in the order of their numbers.
    period
        The time axis of the scenario.

    Attributes
    ----------
    digests
        Of the records, by governance and replication.
    violations
        Conservation checks that failed, with replication and governance.
    warm_up
        The series day by day from time 0.
    patterns
        Ways through care, and places over time.
    """

    def __init__(self, replications: Iterable[Replication], period: Period) -> None:
        waiting = iter(replications)
        first = next(waiting)
        table = first.arms[0].table
        self.outcomes, self.margins = table.outcomes, table.margins
        self._levels = [Moments(table.values.shape) for _ in first.arms]
        self._paired = Paired(table.values.shape)
        self.governances = tuple(arm.governance for arm in first.arms)
        self.digests: dict[str, list[str]] = {name: [] for name in self.governances}
        self.violations: list[str] = []
        self.warm_up = WarmUp(period.warm_up_ends // DAY, period.first_day)
        self.patterns = PatternMeans(self.governances, window_of(period))
        self._add(first)
        for replication in waiting:
            self._add(replication)

    def _add(self, replication: Replication) -> None:
        for arm, level in zip(replication.arms, self._levels, strict=True):
            level.add(arm.table.values)
            self.digests[arm.governance].append(arm.digest)
            self.violations += [
                f"replication {replication.number}, {arm.governance}: {text}" for text in arm.violations
            ]
        if replication.daily is not None:
            self.warm_up.add(replication.daily)
        self.patterns.add([arm.patterns for arm in replication.arms])
        if len(replication.arms) == 2:
            self._paired.add(*(arm.table.values for arm in replication.arms))

    def levels(self) -> Iterator[Level]:
        """Of every governance, outcome and margin that some replication has, in their order."""
        for governance, moments in zip(self.governances, self._levels, strict=True):
            numbers = np.stack([moments.mean, *moments.interval(), moments.variance**0.5], axis=2)
            for o, m in np.argwhere(moments.count > 0).tolist():
                mean, low, high, sd = numbers[o, m].tolist()
                outcome, count = self.outcomes[o], int(moments.count[o, m])
                yield Level(governance, outcome, self.margins[m], mean, low, high, sd, count, OUTCOMES[outcome].unit)

    def differences(self) -> Iterator[Difference]:
        """Paired differences, second governance minus first.

        Raises
        ------
        ValueError
            If there are not two governances.
        """
        if len(self.governances) != 2:
            raise ValueError(f"governances: {len(self.governances)} given, 2 needed for differences")
        return self._paired.differences(self.outcomes, self.margins)
