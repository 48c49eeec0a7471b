"""Studies in the simulated region: allocations become assignments, records become use (den simulerade regionen)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.evaluation.designs import Allocation, design_named
from sim.evaluation.study import Choose, Study
from sim.evaluation.use import Use, before_of, use_of
from sim.model.period import CURRENT, Period
from sim.outcomes.inputs import MONTH
from sim.replication.assigned import Assignment, AtStart, Followed, follow
from sim.runs.progress import Tick
from sim.scenario import Scenario
from sim.vocabulary import DAY, YEAR

BY_LIST = "mobile_team.by_list"
"""The lever with which a team takes the people on a list, instead of its own target group."""


@dataclass(frozen=True)
class Simulated:
    """A scenario in which studies take place.

    Attributes
    ----------
    scenario
        Checked, with a region.
    governance
        What people with the intervention have.
    seed
        Of all draws.
    usual
        What everybody else has from T0.
    engine
        ``compiled`` or ``simpy``.
    by_list
        Whether the governance's team takes the people on the list, whatever its target group; as the scenario has it
        if None.

    Raises
    ------
    KeyError
        If the scenario has no such governance.
    ValueError
        If less than a year is simulated before T0.
    """

    scenario: Scenario
    governance: str
    seed: int = 1
    usual: str = CURRENT
    engine: str = "compiled"
    by_list: bool | None = True

    def __post_init__(self) -> None:
        self.scenario.governance(self.usual)
        self.scenario.governance(self.governance)
        period = Period.of(self.scenario)
        if period.starts < YEAR:
            raise ValueError(
                f"{self.scenario.path.name}: time.warm_up_days + time.pre_period_days: {period.starts // DAY} given, "
                f"at least {YEAR // DAY} needed for the year before that studies look at"
            )

    def check(self, studies: Sequence[Study]) -> None:
        """See, before anything is simulated, that studies can take place here.

        Raises
        ------
        ValueError
            If municipalities are unknown or too few for a design, or the follow-up is too short.
        """
        known = [m.name for m in self.scenario.region.municipalities]
        for study in studies:
            where = known if study.municipalities is None else list(study.municipalities)
            for name in where:
                if name not in known:
                    raise ValueError(f"municipalities: {name!r} given, one of {', '.join(known)} needed")
            needed = design_named(study.design).places
            if len(where) < needed:
                raise ValueError(
                    f"design: {study.design} needs at least {needed} municipalities with the intervention, "
                    f"{len(where)} given"
                )
            if design_named(study.design).elsewhere and len(where) == len(known):
                raise ValueError(
                    f"design: {study.design} compares with municipalities without the intervention, and all "
                    f"{len(known)} have it; --municipalities NAME ... says where it takes place"
                )
        self.check_follow_up(max(study.months for study in studies))

    def check_follow_up(self, months: int) -> None:
        """See that so many months are simulated after T0.

        Raises
        ------
        ValueError
            If not.
        """
        period = Period.of(self.scenario)
        if period.horizon - period.starts < months * MONTH:
            raise ValueError(
                f"{self.scenario.path.name}: time.follow_up_days: {(period.horizon - period.starts) // DAY} given, "
                f"at least {-(-months * MONTH // DAY)} needed for {months} months of follow-up"
            )

    def follow(self, number: int, choose: Choose, months: int, tick: Tick | None = None) -> Iterator[Use]:
        """Use of everybody in the months after T0 under each allocation; see ``study.World``.

        Raises
        ------
        ValueError
            If the follow-up of the scenario is shorter.
        """
        self.check_follow_up(months)
        period = Period.of(self.scenario)
        scenario, governance = self.arms()

        def assignments(start: AtStart) -> Sequence[Assignment]:
            chosen = choose(start, before_of(start.records, start.people, start.period))
            return [self.assignment(allocation, governance, period) for allocation in chosen]

        for seen in follow(scenario, self.seed, number, assignments, self.engine, tick):
            if isinstance(seen, Followed):
                yield use_of(seen.records, seen.people, period, (0, months))

    def arms(self) -> tuple[Scenario, str]:
        """The scenario with the governance as the study has it, and its name there."""
        if self.by_list is None:
            return self.scenario, self.governance
        levers = {**self.scenario.governance(self.governance), BY_LIST: self.by_list}
        name = f"{self.governance} by list"
        return self.scenario.with_levers(name, levers), name

    def assignment(self, allocation: Allocation, governance: str, period: Period) -> Assignment:
        """Who gets what, in seconds; steps are at the midnight nearest to the beginning of a month."""
        starts = None
        if allocation.start_months is not None:
            days = np.rint(allocation.start_months * MONTH / DAY).astype(np.int64)
            starts = period.starts + days * DAY
        chosen = allocation.people if allocation.people.any() else None
        return Assignment(governance, allocation.people, chosen, None, starts, self.usual)
