"""A plan, run (planering): designs are screened, one is selected, and what lies around it is looked at.

Every replication has the baseline and the reference beside its designs, with the same people and the same luck, so all
that is told is a paired difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.planning.archive import PART, Part, PartKey
from sim.planning.costing import Cost
from sim.planning.coupling import UNKNOWN, Coupling, Estimate
from sim.planning.plan import Plan
from sim.planning.ranking import OCBA, Floats, Selection, Wanted, select
from sim.planning.running import Arm, Runs, Stage, quiet
from sim.planning.variables import Design, Variable, design_of
from sim.runs.executors import place
from sim.runs.store import Memory, Store
from sim.scenario import ScenarioError
from sim.scenario.schema import Scalar

Told = Callable[[str], None]
FRONTIER_DRAWS = 2_000


@dataclass(frozen=True)
class Outlook:
    """One design of a plan, as it came out, by its paired differences from the selected one (``Coupling``).

    Attributes
    ----------
    number
        From 0; None for the reference if it is none of the designs.
    design, cost
        What it is, and what its staff costs more a year than the baseline.
    within
        Whether it keeps to the budget; the others were not run.
    level
        The objective under it.
    avoided, hospital
        Days of the objective, and hospital days, that it has fewer than the baseline.
    net_region, net_municipalities
        Net budget effect: what each pays more than under the baseline, all care counted.
    behind
        Days that it avoids less than the selected one, in the replications that they have in common: by as much its
        days avoided are fewer.
    selected, on_frontier
        Whether it was selected; whether no design that costs as much or less avoids as many days.
    frontier_share
        How surely the latter holds.
    left
        After how many replications it was left out; -1 if it was not.
    """

    number: int | None
    design: Design
    cost: Cost
    within: bool
    level: Estimate = UNKNOWN
    avoided: Estimate = UNKNOWN
    hospital: Estimate = UNKNOWN
    net_region: Estimate = UNKNOWN
    net_municipalities: Estimate = UNKNOWN
    behind: Estimate = UNKNOWN
    selected: bool = False
    on_frontier: bool = False
    frontier_share: float = np.nan
    left: int = -1


@dataclass(frozen=True)
class Marginal:
    """What one more unit of a resource buys around a design (marginalvärde).

    Attributes
    ----------
    around
        ``selected`` or ``reference``.
    variable, unit, value, other
        What is changed, from which value to which.
    days
        Days avoided more (the objective), a year.
    cost
        SEK a year more, for staff.
    """

    around: str
    variable: str
    unit: str
    value: Scalar
    other: Scalar
    days: Estimate
    cost: float

    @property
    def sek_per_day(self) -> float:
        """SEK for each day avoided; nan where days are not known to differ, or nothing is paid or gained."""
        return self.cost / self.days.mean if self.days.known else float("nan")

    @property
    def sek_per_day_between(self) -> tuple[float, float]:
        """SEK for each day at the ends of the interval of the days."""
        if not self.days.known:
            return float("nan"), float("nan")
        ends = sorted((self.cost / self.days.low, self.cost / self.days.high))
        return ends[0], ends[1]


@dataclass(frozen=True, eq=False)
class Planned:
    """A finished plan.

    Attributes
    ----------
    plan
        What was asked for.
    runs
        All that was observed.
    selection
        Of the designs within the budget; its numbers are places in ``candidates``.
    candidates
        Numbers of the designs that keep to the budget.
    """

    plan: Plan
    runs: Runs
    selection: Selection
    candidates: tuple[int, ...]

    @property
    def best(self) -> int:
        """Number of the selected design."""
        return self.candidates[self.selection.best]

    @property
    def selected(self) -> Outlook:
        """The selected design."""
        return self.outlooks[self.best]

    def arm(self, design: Design) -> Arm:
        """The arm of a design."""
        return Arm(self.plan.settings.governance, design.changes)

    @property
    def baseline(self) -> Arm:
        """What designs are beside."""
        return Arm(self.plan.settings.baseline)

    @cached_property
    def replications(self) -> range:
        """All replications of the selected design that counted."""
        return range(int(self.selection.counts[self.selection.best]))

    @cached_property
    def outlooks(self) -> tuple[Outlook, ...]:
        """All designs, in their order."""
        found = [Outlook(n, design, self.plan.costs[n], False) for n, design in enumerate(self.plan.designs)]
        objective = self._coupled(self.plan.settings.objective)
        level = self._coupled(self.plan.settings.objective, beside=False)
        hospital = self._coupled("hospital_days")
        region, municipal = (self._coupled(f"cost_{payer}_net_sek") for payer in ("region", "municipality"))
        for at, number in enumerate(self.candidates):
            found[number] = replace(
                found[number],
                within=True,
                level=level.level(at),
                avoided=-objective.level(at),
                behind=objective.difference(at),
                hospital=-hospital.level(at),
                net_region=region.level(at),
                net_municipalities=municipal.level(at),
                selected=number == self.best,
                left=int(self.selection.left[at]),
            )
        return self._with_frontier(found)

    def _coupled(self, outcome: str, *, beside: bool = True) -> Coupling:
        """The candidates in an outcome, less that of the baseline by default."""
        values = np.full(self.selection.values.shape, np.nan)
        for at, number in enumerate(self.candidates):
            numbers, arm = range(int(self.selection.counts[at])), self.arm(self.plan.designs[number])
            values[: len(numbers), at] = (
                self.more(arm, outcome, numbers) if beside else self.runs.series(arm, outcome, numbers)
            )
        return Coupling(values, self.selection.best)

    @property
    def cheapest(self) -> Outlook:
        """The design with the least cost of those whose mean is within the zone of the selected one's."""
        return self._cheapest([one for one in self._run if one.behind.mean <= self.plan.settings.rule.zone])

    @property
    def cheapest_sure(self) -> Outlook:
        """The design with the least cost of those whose whole interval is within the zone of the selected one's."""
        return self._cheapest([one for one in self._run if one.behind.high <= self.plan.settings.rule.zone])

    @property
    def _run(self) -> list[Outlook]:
        return [one for one in self.outlooks if one.avoided.replications]

    @staticmethod
    def _cheapest(near: Sequence[Outlook]) -> Outlook:
        return min(near, key=lambda one: (one.cost.total, -one.avoided.mean))

    @cached_property
    def reference(self) -> Outlook:
        """The reference, which has run in every replication."""
        plan, numbers = self.plan, self.replications
        place = next((n for n, design in enumerate(plan.designs) if design.id == plan.reference.id), None)
        best = self.arm(plan.designs[self.best])
        behind = Estimate.of(self.more(self.arm(plan.reference), plan.settings.objective, numbers, best))
        return replace(self._outlook(place, plan.reference, plan.costs[-1], numbers), behind=behind)

    def _outlook(self, number: int | None, design: Design, cost: Cost, numbers: range) -> Outlook:
        arm, objective = self.arm(design), self.plan.settings.objective
        return Outlook(
            number,
            design,
            cost,
            True,
            Estimate.of(self.runs.series(arm, objective, numbers)),
            Estimate.of(-self.more(arm, objective, numbers)),
            Estimate.of(-self.more(arm, "hospital_days", numbers)),
            Estimate.of(self.more(arm, "cost_region_net_sek", numbers)),
            Estimate.of(self.more(arm, "cost_municipality_net_sek", numbers)),
        )

    def more(self, arm: Arm, outcome: str, numbers: Sequence[int], than: Arm | None = None) -> Floats:
        """An outcome in each replication, less that of another arm: the baseline by default."""
        other = than or self.baseline
        return np.asarray(self.runs.series(arm, outcome, numbers) - self.runs.series(other, outcome, numbers))

    def steps(self, centre: Arm, others: Sequence[Arm]) -> list[Estimate]:
        """Of each of some arms around a centre the objective less that of the centre, with pooled variances."""
        numbers = range(self.plan.settings.around)
        columns = [self.runs.series(arm, self.plan.settings.objective, numbers) for arm in (centre, *others)]
        around = Coupling(np.array(columns).T, 0)
        return [around.difference(at) for at in range(1, len(columns))]

    # --- the frontier -----------------------------------------------------------------------------------------

    def _with_frontier(self, outlooks: Sequence[Outlook]) -> tuple[Outlook, ...]:
        run = [n for n, one in enumerate(outlooks) if one.avoided.replications]
        cost = np.array([outlooks[n].cost.total for n in run])
        avoided = np.array([outlooks[n].avoided.mean for n in run])
        on = frontier(cost, avoided)
        share = self._frontier_share(cost, avoided)
        found = list(outlooks)
        for at, n in enumerate(run):
            found[n] = replace(found[n], on_frontier=bool(on[at]), frontier_share=float(share[at]))
        return tuple(found)

    def _frontier_share(self, cost: Floats, avoided: Floats) -> Floats:
        """In which share of draws of all estimates each design is on the frontier."""
        coupled = Coupling(self.selection.values, self.selection.best)
        if int(coupled.common.min()) not in coupled.pooled:
            return np.full(len(cost), np.nan)
        draw = np.random.default_rng([self.plan.settings.seed, len(cost)])
        return np.asarray(
            np.mean([frontier(cost, avoided + one) for one in coupled.draws(draw, FRONTIER_DRAWS)], axis=0)
        )


def frontier(cost: Floats, avoided: Floats) -> NDArray[np.bool_]:
    """Which designs no other beats: that costs no more and avoids as much, one of the two strictly better."""
    order = np.lexsort((-avoided, cost))
    best, on = -np.inf, np.zeros(len(cost), bool)
    for one in order:
        on[one] = avoided[one] > best
        best = max(best, float(avoided[one]))
    return on


# --- running -----------------------------------------------------------------------------------------------------


def run_plan(
    plan: Plan,
    engine: str = "compiled",
    store: Store[PartKey, Part] | None = None,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    stage: Stage = quiet,
    told: Told = print,
) -> Planned:
    """Select one of the designs of a plan (planera).

    Parameters
    ----------
    plan
        From ``planned``.
    engine, workers, cluster
        As for ``sim.run``.
    store
        Where runs are kept; memory by default.
    stage, told
        Show the work, and take a line about every step.

    Returns
    -------
    Planned
        The same whatever the workers and interruptions.
    """
    where = place(plan.scenario, plan.settings.rule.first, engine, workers, cluster)
    runs = Runs(plan, plan.scenario, where, store or Memory(PART.of), stage)
    candidates = tuple(number for number, within in enumerate(plan.within) if within)
    found = select(_Observing(plan, runs, candidates, told), len(candidates), plan.settings.rule)
    told(_selected(plan, found, candidates))
    return Planned(plan, runs, found, candidates)


@dataclass(frozen=True, eq=False)
class _Observing:
    """Observes what a selection wants: the objective, less that of the baseline."""

    plan: Plan
    runs: Runs
    candidates: tuple[int, ...]
    told: Told

    def __call__(self, wanted: Wanted) -> list[Floats]:
        plan, settings = self.plan, self.plan.settings
        baseline = Arm(settings.baseline)
        always = (baseline, Arm(settings.governance, plan.reference.changes))
        arms = {number: [self._arm(one) for one in designs] for number, designs in wanted}
        lacking = {n: any(not self.runs.has(n, arm) for arm in (*always, *mine)) for n, mine in arms.items()}
        if any(lacking.values()):
            self.runs.ensure({n: (*always, *mine) for n, mine in self._ahead(arms).items()}, self._title(wanted))
        return [
            np.array([self.runs.value(number, arm, settings.objective) for arm in arms[number]])
            - self.runs.value(number, baseline, settings.objective)
            for number, _ in wanted
        ]

    def _arm(self, place: int) -> Arm:
        return Arm(self.plan.settings.governance, self.plan.designs[self.candidates[place]].changes)

    def _ahead(self, arms: dict[int, list[Arm]]) -> dict[int, list[Arm]]:
        """One replication at a time would keep one worker busy: the next ones run beside, wanted or not."""
        if len(arms) > 1 or self.plan.settings.rule.method == OCBA:
            return arms
        ((number, mine),) = arms.items()
        last = min(number + (self.runs.where.workers or 1), self.plan.settings.rule.most)
        return dict.fromkeys(range(number, last), mine)

    def _title(self, wanted: Wanted) -> str:
        designs = max(len(designs) for _, designs in wanted)
        numbers = [number for number, _ in wanted]
        span = f"{min(numbers)} to {max(numbers)}" if len(numbers) > 1 else str(numbers[0])
        return f"replication{'s' * (len(numbers) > 1)} {span} of {designs} design{'s' * (designs != 1)}"


def _selected(plan: Plan, found: Selection, candidates: tuple[int, ...]) -> str:
    told = f"{len(candidates)} designs, {len(found.survivors)} after screening, {found.runs} runs that counted"
    if plan.settings.rule.method == OCBA:
        return told
    stayed = int((found.left < 0).sum())
    return told if found.guaranteed else f"{told}; {stayed} not told apart after {plan.settings.rule.most} replications"


# --- around a design ---------------------------------------------------------------------------------------------


def marginals(planned: Planned) -> list[Marginal]:
    """One more unit of each variable around the selected design and the reference; runs what is missing."""
    plan, runs = planned.plan, planned.runs
    numbers = range(plan.settings.around)
    centres = [("selected", planned.selected.design)]
    if plan.reference.id != planned.selected.design.id:
        centres.append(("reference", plan.reference))
    steps = [
        (around, centre, variable, other)
        for around, centre in centres
        for place, variable in enumerate(plan.variables)
        if (other := _next(plan, variable, centre, place)) is not None
    ]
    arms = [planned.arm(one) for _, centre, _, other in steps for one in (centre, other)]
    runs.ensure(dict.fromkeys(numbers, (planned.baseline, *arms)), f"one more unit of each, {len(steps)} steps")
    more = [
        days
        for around, centre in centres
        for days in planned.steps(
            planned.arm(centre), [planned.arm(one) for name, _, _, one in steps if name == around]
        )
    ]
    found = []
    for (around, centre, variable, other), days in zip(steps, more, strict=True):
        place = plan.variables.index(variable)
        cost = plan.costing.cost(plan.apply(other.changes)).total - plan.costing.cost(plan.apply(centre.changes)).total
        values = centre.values[place], other.values[place]
        found.append(Marginal(around, variable.name, variable.unit, *values, -days, cost))
    return found


def _next(plan: Plan, variable: Variable, centre: Design, place: int) -> Design | None:
    """The design one unit of a variable further; one unit back where there is none, or None."""
    value = centre.values[place]
    options: list[Scalar] = []
    if not variable.key:
        levels = [level.value for level in variable.levels]
        at = levels.index(value)
        options = [*levels[at + 1 : at + 2], *levels[max(0, at - 1) : at]]
    elif isinstance(value, bool):
        options = [not value]
    elif not isinstance(value, str):
        whole = isinstance(value, int) and variable.step == int(variable.step)
        options = [value + (int(variable.step) if whole else variable.step) * sign for sign in (1, -1)]
    for option in options:
        values = (*centre.values[:place], option, *centre.values[place + 1 :])
        try:
            design = design_of(plan.variables, values)
            plan.apply(design.changes)
        except (ScenarioError, ValueError):
            continue
        return design
    return None
