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

from sim.experiment.executors import place
from sim.experiment.moments import half_width
from sim.planning.archive import InMemory, Store
from sim.planning.costing import Cost
from sim.planning.plan import Plan
from sim.planning.ranking import OCBA, Floats, Selection, Wanted, select
from sim.planning.running import Arm, Runs, Stage, quiet
from sim.planning.variables import Design, Variable, design_of
from sim.scenario import ScenarioError
from sim.scenario.schema import Scalar

Told = Callable[[str], None]
FRONTIER_DRAWS = 2_000


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % t interval over replications; nan where there are fewer than two."""

    mean: float
    low: float
    high: float
    replications: int

    @classmethod
    def of(cls, values: Floats) -> Estimate:
        """From one value a replication."""
        values = np.asarray(values, np.float64)
        if not len(values):
            return cls(np.nan, np.nan, np.nan, 0)
        mean = float(values.mean())
        half = float(half_width(len(values), values.var(ddof=1))) if len(values) > 1 else np.nan
        return cls(mean, mean - half, mean + half, len(values))

    @property
    def known(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0.0 or self.high < 0.0


UNKNOWN = Estimate(np.nan, np.nan, np.nan, 0)


@dataclass(frozen=True)
class Outlook:
    """One design of a plan, as it came out.

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
        Days that it avoids less than the selected one, in the replications that they have in common.
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
    level: Estimate
    avoided: Estimate
    hospital: Estimate
    net_region: Estimate
    net_municipalities: Estimate
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
        plan, found = self.plan, []
        counts = dict(zip(self.candidates, self.selection.counts.tolist(), strict=True))
        left = dict(zip(self.candidates, self.selection.left.tolist(), strict=True))
        for number, design in enumerate(plan.designs):
            one = self._outlook(number, design, plan.costs[number], range(counts.get(number, 0)))
            behind = self._behind(design, counts.get(number, 0))
            out = left.get(number, -1)
            found.append(replace(one, within=number in counts, behind=behind, selected=number == self.best, left=out))
        return self._with_frontier(found)

    @property
    def cheapest(self) -> Outlook:
        """The design with the least cost of those whose mean is within the zone of the selected one's."""
        zone = self.plan.settings.rule.zone
        near = [one for one in self.outlooks if one.avoided.replications and one.behind.mean <= zone]
        return min(near, key=lambda one: (one.cost.total, -one.avoided.mean))

    def _behind(self, design: Design, replications: int) -> Estimate:
        numbers = range(min(replications, len(self.replications)))
        best = self.arm(self.plan.designs[self.best])
        return Estimate.of(self.more(self.arm(design), self.plan.settings.objective, numbers, best))

    @cached_property
    def reference(self) -> Outlook:
        """The reference."""
        plan = self.plan
        place = next((n for n, design in enumerate(plan.designs) if design.id == plan.reference.id), None)
        one = self._outlook(place, plan.reference, plan.costs[-1], self.replications)
        return replace(one, behind=self._behind(plan.reference, len(self.replications)))

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

    # --- the frontier -----------------------------------------------------------------------------------------

    def _with_frontier(self, outlooks: Sequence[Outlook]) -> tuple[Outlook, ...]:
        run = [n for n, one in enumerate(outlooks) if one.avoided.replications]
        cost = np.array([outlooks[n].cost.total for n in run])
        # Some have run in more replications than others, and of better luck: each is placed by its paired difference.
        avoided = outlooks[self.best].avoided.mean - np.array([outlooks[n].behind.mean for n in run])
        on = frontier(cost, avoided)
        share = self._frontier_share(cost, avoided)
        found = list(outlooks)
        for at, n in enumerate(run):
            found[n] = replace(found[n], on_frontier=bool(on[at]), frontier_share=float(share[at]))
        return tuple(found)

    def _frontier_share(self, cost: Floats, avoided: Floats) -> Floats:
        """In which share of draws of all means each design is on the frontier.

        Means vary by what is left of each design in a replication when the mean of both is taken out, with the same
        variance for all designs (two-way layout), independent between designs.
        """
        values = self.selection.values
        counts = self.selection.counts
        first = int(counts.min())
        if first < 2 or values.shape[1] < 2:
            return np.full(len(cost), np.nan)
        whole = values[:first]
        rest = whole - whole.mean(axis=0) - whole.mean(axis=1, keepdims=True) + whole.mean()
        variance = float((rest**2).sum()) / ((first - 1) * (whole.shape[1] - 1))
        draw = np.random.default_rng([self.plan.settings.seed, len(cost)])
        means = avoided + draw.standard_normal((FRONTIER_DRAWS, len(cost))) * np.sqrt(variance / counts)
        return np.asarray(np.mean([frontier(cost, one) for one in means], axis=0))


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
    store: Store | None = None,
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
    runs = Runs(plan, plan.scenario, where, store or InMemory(), stage)
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
    found = []
    for around, centre, variable, other in steps:
        place = plan.variables.index(variable)
        fewer = -planned.more(planned.arm(other), plan.settings.objective, numbers, planned.arm(centre))
        cost = plan.costing.cost(plan.apply(other.changes)).total - plan.costing.cost(plan.apply(centre.changes)).total
        values = centre.values[place], other.values[place]
        found.append(Marginal(around, variable.name, variable.unit, *values, Estimate.of(fewer), cost))
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
