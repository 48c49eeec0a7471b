"""The inverse question (omvänd fråga): what it would take to reach a claim.

A pilot is made stronger in three rungs, each within the plausible ranges that the scenario states:

1. more staff, up to the upper end of the range of each team;
2. besides, every other lever of the pilot at the end of its range that favours it;
3. besides, what nobody knows and the pilot lives by (``MECHANISMS``) at its favourable end, in the twin too.

The first rung on which the claim is reached is gone through by eighths for the least that suffices. What shares its
mechanisms shares people, years before T0 and twin. Over an ensemble each replication starts from the values of its own
parameter set. An effect is a mean over replications, with the 95 % interval of its Monte Carlo error: where that holds
the goal, whether it is reached is not sure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from sim.evaluation.claims import reported
from sim.evaluation.piloting import followed_rates
from sim.evaluation.pilots import Pilot
from sim.evaluation.use import OUTCOMES
from sim.evaluation.verdict import Range, ratio_interval
from sim.runs.executors import Where, spread
from sim.runs.progress import Tick
from sim.scenario import Scenario
from sim.scenario.ensemble import ENSEMBLE, of_replication
from sim.scenario.scenario import Leaf

STAFF = (
    "mobile_team.doctors",
    "mobile_team.nurses",
    "homecoming.staff",
    "attender_team.staff",
    "specialist_support.specialists",
    "palliative_team.staff",
    "rehabilitation.staff",
    "monitoring.nurses",
)
"""Levers that are people at work."""
LESS_IS_BETTER = (
    *("vacancy_share", "leaves_per_year", "vacant_days", "ramp_up_days", "visit_minutes", "answer_hours"),
    *(
        "treatment_failure_share",
        "interval_most_ill_days",
        "interval_failing_days",
        "found_need_share",
        "interval_days",
    ),
    *("consult_minutes", "start_hours", "notice_hours", "contact_minutes", "meeting_minutes", "hand_over_hours"),
    *("pooled_hand_over_hours", "pooled_travel_factor", "contacts_in_month", "minutes", "false_alarms_per_year"),
    *("alarm_minutes", "alarm_visit_share", "course_minutes"),
)
"""Levers, by the last part of their name, of which the lower end favours a pilot; of all others the upper end does."""
NEITHER = ("opens_hour", "treatment_days", "most_ill_doctor_share", "direct_admission_share")
"""Levers of which neither end is the better one."""
MECHANISMS: Mapping[str, bool] = {
    "needs.level_share.other.hospital": False,
    "needs.level_share.risk.hospital": False,
    "needs.level_share.failing.hospital": False,
    "needs.level_share.most_ill.hospital": False,
    "needs.preventable_share": True,
    "needs.review_protects_days": True,
    "needs.vulnerability_of_illness": False,
    "assessment.known_ratio": False,
}
"""What nobody knows: keys, and whether the upper end favours a pilot. Fewer needs that only a hospital can meet, more
that a review prevents, for longer; a vulnerability that comes more from the stay; a known patient seen more clearly."""
RUNGS = ("staffing", "levers", "mechanisms")
REPLICATIONS = 4
"""Behind each effect that is tried, unless asked otherwise."""
PARTS = 8
"""Into which a rung is divided to find the least that suffices."""
Steps = tuple[float, float, float]
"""Share of the way for staffing, levers and mechanisms."""


@dataclass(frozen=True)
class Reach:
    """An answer.

    Attributes
    ----------
    pilot, outcome, goal
        What was asked: the relative change.
    as_is, as_is_low, as_is_high
        Effect of the pilot as it is, with the 95 % interval of its Monte Carlo error.
    rung, share
        The rung on which the goal was reached, and how far along it; empty and nan if it was not.
    best, best_low, best_high
        The greatest effect found: of the step that reached the goal, or at the top of the last rung.
    staff
        Staff of the pilot there, by lever and place.
    replications
        Behind each effect.
    """

    pilot: str
    outcome: str
    goal: float
    as_is: float
    as_is_low: float
    as_is_high: float
    rung: str
    share: float
    best: float
    best_low: float
    best_high: float
    staff: dict[str, float]
    replications: int

    @property
    def reached(self) -> bool:
        """Whether it can be reached within the plausible ranges."""
        return bool(self.rung)

    @property
    def sure(self) -> bool:
        """Whether the Monte Carlo error leaves no doubt of that: the interval of ``best`` does not hold the goal."""
        return self.best_high < self.goal or self.best_low > self.goal

    def row(self) -> dict[str, object]:
        """A row of ``reach.csv``."""
        staff = "; ".join(f"{name} {value:g}" for name, value in self.staff.items())
        return {
            "pilot": self.pilot,
            "outcome": self.outcome,
            "goal": self.goal,
            "as_is": self.as_is,
            "as_is_low": self.as_is_low,
            "as_is_high": self.as_is_high,
            "reached": self.reached,
            "sure": self.sure,
            "rung": self.rung,
            "share_of_rung": self.share,
            "best": self.best,
            "best_low": self.best_low,
            "best_high": self.best_high,
            "staff": staff,
            "replications": self.replications,
        }

    def told(self) -> str:
        """In plain words."""
        goal = f"{100 * self.goal:+.0f} % {self.outcome.replace('_', ' ')}"
        staff = ", ".join(f"{name} {value:g}" for name, value in self.staff.items()) or "no staff of its own"
        if not self.reached and self.best >= self.as_is:
            return (
                f"{goal}: not reachable within the plausible ranges: nothing in them lowers it beyond the pilot as it "
                f"is, {100 * self.as_is:+.0f} %{self._sure}."
            )
        if not self.reached:
            return (
                f"{goal}: not reachable within the plausible ranges: at most {100 * self.best:+.0f} %, with {staff}, "
                f"and each lever and unknown mechanism at the end that favours it{self._sure}."
            )
        beside = {
            "staffing": "",
            "levers": f" and its other levers {100 * self.share:.0f} % of the way to their favourable ends",
            "mechanisms": " and all levers at their favourable ends, and the unknown mechanisms "
            f"{100 * self.share:.0f} % of the way to theirs",
        }[self.rung]
        return f"{goal}: reached ({100 * self.best:+.0f} %) with {staff}{beside}{self._sure}."

    @property
    def _sure(self) -> str:
        """How much stands behind it."""
        behind = f"mean of {self.replications} replication{'s' if self.replications > 1 else ''}"
        if not (math.isfinite(self.best_low) and math.isfinite(self.best_high)):
            return f" ({behind}, without an interval)"
        told = f" ({behind}, {100 * max(self.best_low, -1):+.0f} to {100 * self.best_high:+.0f} % by their chance"
        return told + (")" if self.sure else ", so this is not sure)")


def reach(
    pilot: Pilot, outcome: str, goal: float, seed: int = 1, replications: int = REPLICATIONS, where: Where | None = None
) -> Reach:
    """What it would take to reach a relative change of an outcome of the people on a pilot's list.

    Parameters
    ----------
    pilot, outcome
        Of the library or one's own; one of ``OUTCOMES``.
    goal
        Relative change, below 0.
    seed, replications
        Behind each effect that is tried.
    where
        The workers; one if None.

    Raises
    ------
    ValueError
        If the goal is no fall.
    """
    if not -1.0 <= goal < 0.0:
        raise ValueError(f"goal: {goal} given, a fall from -1 to less than 0 needed")
    asked = _Asked(pilot, outcome, seed, replications, where or Where())
    tops = [_along(place, 1.0) for place in range(len(RUNGS))]
    nothing = (0.0, 0.0, 0.0)
    as_is, *found = asked.effects([nothing, *tops[:2]])  # of one twin
    best, steps = min(zip((as_is, *found), (nothing, *tops[:2]), strict=True), key=lambda one: one[0].mean)
    for place, rung in enumerate(RUNGS):
        at_top = found[place] if place < len(found) else asked.effects([tops[place]])[0]
        if at_top.mean <= goal:
            share, best = _least(asked, place, goal, at_top)
            return asked.answer(goal, as_is, rung, share, best, _along(place, share))
        if at_top.mean < best.mean:
            best, steps = at_top, tops[place]
    return asked.answer(goal, as_is, "", math.nan, best, steps)


def _along(place: int, share: float) -> Steps:
    """So far along a rung, with those below it at their top."""
    values = [1.0 if at < place else share if at == place else 0.0 for at in range(len(RUNGS))]
    return values[0], values[1], values[2]


def _least(asked: _Asked, place: int, goal: float, at_top: Range) -> tuple[float, Range]:
    """The least part of a rung, in eighths, from which on the goal is reached, and the effect there.

    Staffing and levers are tried at all parts at once, from one twin; mechanisms, which need a twin each, by halves.
    """
    known = {PARTS: at_top}
    if RUNGS[place] != "mechanisms":
        parts = range(1, PARTS)
        effects = asked.effects([_along(place, part / PARTS) for part in parts])
        known |= dict(zip(parts, effects, strict=True))
        least = next(part for part in range(PARTS, 0, -1) if part == 1 or not known[part - 1].mean <= goal)
        return least / PARTS, known[least]
    low, high = 0, PARTS
    while high - low > 1:
        middle = (low + high) // 2
        (known[middle],) = asked.effects([_along(place, middle / PARTS)])
        low, high = (low, middle) if known[middle].mean <= goal else (middle, high)
    return high / PARTS, known[high]


@dataclass(frozen=True)
class _Asked:
    """Effects of a pilot made stronger."""

    pilot: Pilot
    outcome: str
    seed: int
    replications: int
    where: Where

    def effects(self, steps: Sequence[Steps]) -> list[Range]:
        """Relative effect on the treated with each of these shares of the rungs."""
        groups = sorted({one[2] for one in steps})
        found: dict[Steps, Range] = {}
        for mechanisms in groups:
            alike = [one for one in steps if one[2] == mechanisms]
            one = partial(_rates, self.pilot, self.outcome, self.seed, alike)
            with closing(spread(one, range(self.replications), self.where)) as finished:
                rates = np.array([rates for _, rates in sorted(finished)])
            twin, *others = rates.T.tolist()
            found |= {step: ratio_interval(other, twin) for step, other in zip(alike, others, strict=True)}
        return [found[one] for one in steps]

    def answer(self, goal: float, as_is: Range, rung: str, share: float, best: Range, steps: Steps) -> Reach:
        """Put together."""
        scenario = strengthened(self.pilot.scenario, steps)
        staff = {key.removeprefix("governance.pilot."): value for key, value in staff_of(scenario).items()}
        return Reach(
            pilot=self.pilot.name,
            outcome=self.outcome,
            goal=goal,
            as_is=as_is.mean,
            as_is_low=as_is.low,
            as_is_high=as_is.high,
            rung=rung,
            share=share,
            best=best.mean,
            best_low=best.low,
            best_high=best.high,
            staff=staff,
            replications=self.replications,
        )


def _rates(
    pilot: Pilot, outcome: str, seed: int, steps: Sequence[Steps], number: int, tick: Tick | None
) -> tuple[float, ...]:
    """Rates of one replication without the pilot, and with each of its stronger kinds, which share their mechanisms."""
    scenario = of_replication(pilot.scenario, number)
    reserved = {word: value for word, value in scenario.reserved.items() if word != ENSEMBLE}
    own = replace(scenario, reserved=reserved)  # or the set would undo what is made stronger
    shared = strengthened(own, (0.0, 0.0, steps[0][2]))
    names = [f"pilot {place}" for place in range(len(steps))]
    for name, one in zip(names, steps, strict=True):
        shared = shared.with_levers(name, strengthened(own, one).governance("pilot"))
    return followed_rates(replace(pilot, scenario=shared), outcome, seed, number, names)


def strengthened(scenario: Scenario, steps: Sequence[float]) -> Scenario:
    """The scenario with the pilot's staff, its other levers and the mechanisms moved towards their favourable ends.

    Parameters
    ----------
    scenario
        Of a pilot.
    steps
        Share of the way for staffing, levers and mechanisms, each from 0 to 1.
    """
    changes: dict[str, float] = {}
    for leaf in scenario.leaves():
        way = _way(leaf)
        if way is None or leaf.low is None or leaf.high is None or isinstance(leaf.value, str | bool):
            continue
        kind, upper = way
        share = steps[kind]
        if share > 0:
            end = leaf.high if upper else leaf.low
            value = float(leaf.value) + share * (end - float(leaf.value))
            changes[leaf.name] = round(value) if isinstance(leaf.value, int) else value
    return scenario.with_keys(changes) if changes else scenario


def _way(leaf: Leaf) -> tuple[int, bool] | None:
    """The rung that a value belongs to, and whether its upper end favours the pilot; None for what stays."""
    if leaf.governance is None:
        key = leaf.name
        return (2, MECHANISMS[key]) if key in MECHANISMS else None
    if leaf.governance != "pilot":
        return None
    if leaf.path in STAFF:
        return 0, True
    last = leaf.path.rpartition(".")[2]
    if last in NEITHER:
        return None
    return 1, last not in LESS_IS_BETTER


def staff_of(scenario: Scenario) -> dict[str, float]:
    """Posts of the pilot's teams by lever and place, those above 0."""
    levers = scenario.governance("pilot")
    found: dict[str, float] = {}
    for path in STAFF:
        parameter = scenario.schema.levers[path]
        if not parameter.by:
            found[path] = float(levers[path])
            continue
        for member, value in zip(scenario.members(parameter.by[0]), np.asarray(levers[path]), strict=True):
            found[f"{path}.{member}"] = float(value)
    usual = scenario.governance("current")
    active = {path.split(".")[0] for path in levers if path.endswith(".active") and levers[path]}
    changed = {path.split(".")[0] for path in levers if np.any(levers[path] != usual[path])}
    return {name: value for name, value in found.items() if value > 0 and name.split(".")[0] in active & changed}


def asked_of(pilot: Pilot) -> tuple[str, float] | None:
    """The outcome and goal of the inverse question for a pilot: its first claimed fall; None if it claims none.

    What trials found is no goal.
    """
    for claim in pilot.claims:
        if claim.source in reported() and reported()[claim.source].role != "claim":
            continue
        if (
            claim.outcome in OUTCOMES
            and claim.scale == "relative"
            and claim.effect is not None
            and -1 < claim.effect < 0
        ):
            return claim.outcome, claim.effect
    return None
