"""The inverse question (omvänd fråga): what it would take to reach a claim.

A pilot is made stronger in three rungs, each within the plausible ranges that the scenario states:

1. more staff, up to the upper end of the range of each team;
2. besides, every other lever of the pilot at the end of its range that favours it;
3. besides, what nobody knows and the pilot lives by (``MECHANISMS``) at its favourable end, in the twin too.

The first rung on which the claim is reached is gone through by halves for the least that suffices.
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
from sim.experiment.executors import Tick, Where, spread
from sim.scenario import Scenario
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
REPLICATIONS = 2
"""Behind each effect that is tried, unless asked otherwise."""
HALVINGS = 3
"""How often a rung is halved: to an eighth of it."""


@dataclass(frozen=True)
class Reach:
    """An answer.

    Attributes
    ----------
    pilot, outcome, goal
        What was asked: the relative change.
    as_is
        Effect of the pilot as it is.
    rung, share
        The rung on which the goal was reached, and how far along it; empty and nan if it was not.
    best
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
    rung: str
    share: float
    best: float
    staff: dict[str, float]
    replications: int

    @property
    def reached(self) -> bool:
        """Whether it can be reached within the plausible ranges."""
        return bool(self.rung)

    def row(self) -> dict[str, object]:
        """A row of ``reach.csv``."""
        staff = "; ".join(f"{name} {value:g}" for name, value in self.staff.items())
        return {
            "pilot": self.pilot,
            "outcome": self.outcome,
            "goal": self.goal,
            "as_is": self.as_is,
            "reached": self.reached,
            "rung": self.rung,
            "share_of_rung": self.share,
            "best": self.best,
            "staff": staff,
            "replications": self.replications,
        }

    def told(self) -> str:
        """In plain words."""
        goal = f"{100 * self.goal:+.0f} % {self.outcome.replace('_', ' ')}"
        staff = ", ".join(f"{name} {value:g}" for name, value in self.staff.items()) or "no staff of its own"
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
        return f" (means of {self.replications} replications, without an interval)"


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
    as_is = asked.effect((0.0, 0.0, 0.0))
    best = as_is
    steps = (0.0, 0.0, 0.0)
    for place, rung in enumerate(RUNGS):
        top = _along(place, 1.0)
        found = asked.effect(top)
        if found <= goal:
            share, best = _least(asked, place, goal, found)
            steps = _along(place, share)
            return asked.answer(goal, as_is, rung, share, best, steps)
        best, steps = min((best, steps), (found, top))
    return asked.answer(goal, as_is, "", math.nan, best, steps)


def _along(place: int, share: float) -> tuple[float, float, float]:
    """So far along a rung, with those below it at their top."""
    values = [1.0 if at < place else share if at == place else 0.0 for at in range(len(RUNGS))]
    return values[0], values[1], values[2]


def _least(asked: _Asked, place: int, goal: float, at_top: float) -> tuple[float, float]:
    """The least share of a rung that reaches the goal, and the effect there."""
    low, high, best = 0.0, 1.0, at_top
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        found = asked.effect(_along(place, middle))
        if found <= goal:
            high, best = middle, found
        else:
            low = middle
    return high, best


class _Asked:
    """Effects of a pilot made stronger, each simulated once."""

    def __init__(self, pilot: Pilot, outcome: str, seed: int, replications: int, where: Where) -> None:
        self.pilot, self.outcome, self.seed, self.replications = pilot, outcome, seed, replications
        self.where = where
        self.known: dict[tuple[float, ...], float] = {}

    def effect(self, steps: Sequence[float]) -> float:
        """Relative effect on the treated with these shares of the rungs."""
        key = tuple(steps)
        if key not in self.known:
            pilot = replace(self.pilot, scenario=strengthened(self.pilot.scenario, steps))
            one = partial(_rates, pilot, self.outcome, self.seed)
            with closing(spread(one, range(self.replications), self.where)) as finished:
                rates = dict(finished)
            without, with_it = np.sum([rates[number] for number in sorted(rates)], axis=0)
            self.known[key] = float(with_it / without) - 1.0 if without > 0 else math.nan
        return self.known[key]

    def answer(self, goal: float, as_is: float, rung: str, share: float, best: float, steps: Sequence[float]) -> Reach:
        """Put together."""
        scenario = strengthened(self.pilot.scenario, steps)
        staff = {key.removeprefix("governance.pilot."): value for key, value in staff_of(scenario).items()}
        return Reach(self.pilot.name, self.outcome, goal, as_is, rung, share, best, staff, self.replications)


def _rates(pilot: Pilot, outcome: str, seed: int, number: int, tick: Tick | None) -> tuple[float, float]:
    return followed_rates(pilot, outcome, seed, number)


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
