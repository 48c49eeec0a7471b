"""What a plan shows beside its selection (planens svar): bottlenecks, who pays and who saves, and how robust it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.model.services import ROWS
from sim.planning.archive import PART, Part, PartKey
from sim.planning.coupling import UNKNOWN, Estimate
from sim.planning.planning import Planned
from sim.planning.ranking import Floats
from sim.planning.running import Arm, Runs, Stage, quiet
from sim.planning.variables import Changes, own_value
from sim.runs.executors import Where
from sim.runs.store import Memory, Store
from sim.scenario import Scenario
from sim.scenario.ensemble import sets_of
from sim.scenario.keys import LEVER_OF
from sim.scenario.schema import Scalar
from sim.sweeps.sweep_plan import SWEPT
from sim.vocabulary import Service

MOST_RELIEVED = 6
"""Services with the longest queues, which are relieved to see what that buys."""
REGION = "region"
ALL = "all"


@dataclass(frozen=True)
class Bottleneck:
    """One service under the selected design (flaskhals).

    Attributes
    ----------
    service
        Its name.
    utilisation
        Share of its hours on duty that are used.
    queue_hours
        Hours that people wait for it, a year, all together.
    wait_hours
        Hours of waiting for each request.
    relieved
        By how much more it was staffed; 0 where that was not tried.
    days
        Days avoided more (the objective) a year, if relieved.
    cost
        SEK a year for that, nan where an hour has no price.
    """

    service: str
    utilisation: Estimate
    queue_hours: Estimate
    wait_hours: Estimate
    relieved: float
    days: Estimate
    cost: float

    @property
    def sek_per_day(self) -> float:
        """SEK for each day avoided; nan where days are not known to differ."""
        return self.cost / self.days.mean if self.days.known else math.nan


def bottlenecks(planned: Planned, most: int = MOST_RELIEVED) -> list[Bottleneck]:
    """Services by what relieving them buys, then by the hours that people wait; runs what is missing."""
    plan, runs, design = planned.plan, planned.runs, planned.selected.design
    numbers, arm = range(plan.settings.around), planned.arm(design)
    runs.ensure(dict.fromkeys(numbers, (planned.baseline, arm)), "the selected design")
    names = [name.removeprefix("queue_hours_") for name in SWEPT if name.startswith("queue_hours_")]
    queue = {name: runs.series(arm, f"queue_hours_{name}", numbers) for name in names}
    waited_for = sorted((name for name in names if queue[name].mean() > 0.0), key=lambda name: -queue[name].mean())
    staffed = plan.apply(design.changes)
    reliefs: dict[str, Changes] = {}
    for name in waited_for:
        changes = relief(staffed, plan.settings.governance, name, plan.settings.relief_share)
        if changes and len(reliefs) < most:
            reliefs[name] = _over(design.changes, changes)
    arms = {name: Arm(plan.settings.governance, changes) for name, changes in reliefs.items()}
    runs.ensure({n: (planned.baseline, *arms.values()) for n in numbers}, f"{len(arms)} bottlenecks relieved")
    days = dict(zip(arms, planned.steps(arm, list(arms.values())), strict=True))
    found = [_bottleneck(planned, name, queue[name], arms.get(name), -days.get(name, UNKNOWN)) for name in waited_for]
    return sorted(found, key=lambda one: (-one.days.mean if one.days.known else 0.0, -one.queue_hours.mean))


def _bottleneck(planned: Planned, name: str, queue: Floats, relieved: Arm | None, days: Estimate) -> Bottleneck:
    plan, runs, design = planned.plan, planned.runs, planned.selected.design
    numbers, arm = range(plan.settings.around), planned.arm(design)
    requests = runs.series(arm, f"requests_{name}", numbers)
    cost = math.nan
    if relieved is not None and relieved.changes is not None and Service[name.upper()] in plan.costing.prices:
        after, before = plan.apply(relieved.changes), plan.apply(design.changes)
        cost = plan.costing.cost(after).total - plan.costing.cost(before).total
    return Bottleneck(
        name,
        Estimate.of(runs.series(arm, f"utilisation_{name}", numbers)),
        Estimate.of(queue),
        Estimate.of(queue / np.maximum(requests, 1.0)),
        plan.settings.relief_share if relieved is not None else 0.0,
        days,
        cost,
    )


def relief(scenario: Scenario, governance: str, name: str, share: float) -> Changes:
    """What makes a service larger by a share, everywhere; empty if nothing a plan can choose does."""
    row = next((row for row in ROWS if row.service.name.lower() == name), None)
    if row is None or (row.sized_by and not (row.hour_price or row.day_price)):
        return ()
    if row.sized_by.startswith("beds."):
        own = own_value(scenario, row.sized_by)
        return ((row.sized_by, math.ceil(float(own or 0) * (1.0 + share))),)
    if row.sized_by:
        ends = [f".{member}" for member in scenario.members(row.members)] if row.members else [""]
        keys = [f"{LEVER_OF}.{governance}.{row.sized_by}{end}" for end in ends]
        values = [float(own_value(scenario, key) or 0.0) * (1.0 + share) for key in keys]
        return tuple(zip(keys, values, strict=True)) if any(values) else ()
    if any(row.service == name for row in scenario.region.resources):
        key = f"staffing.factor.{name}"
        return ((key, float(own_value(scenario, key) or 0.0) * (1.0 + share)),)
    return ()


def _over(changes: Changes, more: Changes) -> Changes:
    """Changes with others laid over them."""
    return tuple({**dict(changes), **dict(more)}.items())


# --- who pays and who saves --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Payer:
    """What the selected design means to one budget, SEK a year more than the baseline.

    Attributes
    ----------
    payer
        ``region``, a municipality, or ``all``.
    staff
        For staff, beds and places, whether they are used or not.
    net
        All care counted, at the prices of the scenario: below 0 is saved.
    """

    payer: str
    staff: float
    net: Estimate


def payers(planned: Planned) -> list[Payer]:
    """The region, each municipality, and all together."""
    plan, one = planned.plan, planned.selected
    numbers, arm = planned.replications, planned.arm(one.design)
    outcome = "cost_municipality_net_sek"
    places = planned.runs.by_place(arm, outcome, numbers) - planned.runs.by_place(planned.baseline, outcome, numbers)
    region = planned.more(arm, "cost_region_net_sek", numbers)
    municipal = planned.more(arm, outcome, numbers)
    found = [Payer(REGION, one.cost.region, Estimate.of(region))]
    for place, municipality in enumerate(plan.scenario.region.municipalities):
        found.append(Payer(municipality.name, one.cost.municipalities[place], Estimate.of(places[:, place])))
    return [*found, Payer(ALL, one.cost.total, Estimate.of(region + municipal))]


# --- over the ensemble -------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Robustness:
    """The selected design under every parameter set that agrees with what is known (robusthet).

    Attributes
    ----------
    designs
        Numbers of those that ran: the selected one, its rivals, and None for a reference that is none of them.
    avoided
        Days avoided against the baseline, shape (sets, designs); one replication for each set, so chance is in it.
    """

    designs: tuple[int | None, ...]
    avoided: Floats

    @property
    def best(self) -> Floats:
        """Of each set whether the selected design avoids most."""
        return np.asarray(self.avoided[:, 0] >= self.avoided.max(axis=1))

    def within(self, zone: float) -> Floats:
        """Of each set whether no other avoids more than the zone beyond the selected one."""
        return np.asarray(self.avoided[:, 0] >= self.avoided.max(axis=1) - zone)


def robustness(
    planned: Planned, scenario: Scenario, where: Where, store: Store[PartKey, Part] | None = None, stage: Stage = quiet
) -> Robustness:
    """Run the selected design and its rivals under every parameter set.

    Parameters
    ----------
    planned
        A finished plan.
    scenario
        That of the plan, with an ensemble.
    where, store, stage
        As for ``run_plan``.
    """
    plan = planned.plan
    chosen = [planned.best, *_rivals(planned)]
    designs: list[int | None] = [*chosen]
    arms = [planned.arm(plan.designs[number]) for number in chosen]
    reference = planned.arm(plan.reference)
    if reference.key not in [arm.key for arm in arms]:
        designs.append(planned.reference.number)
        arms.append(reference)
    runs = Runs(plan, scenario, where, store or Memory(PART.of), stage)
    sets = range(sets_of(scenario))
    runs.ensure(dict.fromkeys(sets, (planned.baseline, *arms)), f"{len(sets)} parameter sets")
    before = runs.series(planned.baseline, plan.settings.objective, sets)
    avoided = np.array([before - runs.series(arm, plan.settings.objective, sets) for arm in arms]).T
    return Robustness(tuple(designs), avoided)


def _rivals(planned: Planned) -> list[int]:
    """Designs that were left out last, the best of them first."""
    found = [one for one in planned.outlooks if one.avoided.replications and not one.selected]
    found.sort(key=lambda one: (-one.avoided.replications, -one.avoided.mean))
    return [one.number for one in found[: planned.plan.settings.rivals] if one.number is not None]


def value_words(value: Scalar) -> str:
    """A value as tables have it."""
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
