"""What becomes of people when nothing is done for them (regression mot medelvärdet).

People are chosen at T0 by each rule of :mod:`sim.evaluation.selection`, and followed for a year under usual care.
Whatever falls then falls by itself: they were chosen in a bad year. Published figures of the same kind stand beside it.
They are a check of the model and never its parameters; those of trials are no targets of its calibration either.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.evaluation.designs import Allocation
from sim.evaluation.region import Simulated
from sim.evaluation.selection import AGE_STARTS, SELECTIONS, SENIOR, Selection, Start, pool
from sim.evaluation.use import MONTHS, Before, Floats, Mask, Use
from sim.evaluation.verdict import Range, jackknife
from sim.model.period import CURRENT
from sim.runs.durable import put
from sim.runs.executors import Where, spread
from sim.runs.progress import Progress, Tick
from sim.scenario import Scenario
from sim.scenario.evidence import shipped_evidence
from sim.texts import for_cells
from sim.validation.targets import Target, all_targets

RULES = tuple(rule for rule in SELECTIONS.values() if rule.score is None)
"""Rules that take whoever they fit; a clinician takes as many as are asked for."""
RISK = "risk"
"""Rules that begin so need two years before T0."""
SUMS = ("people", "before", "before_years", "after", "after_years", "outside", "outside_years")
"""What is kept of a rule in a replication."""
HEAVY = ("twice", "thrice", "everybody")
"""Of people of 65 and over, the dead too: those with two and three admissions in the year before, and all."""
MOE = "pilot:frequent-ed-users-interventions:1"
"""Moe 2017: emergency visits of frequent visitors after 25 interventions over those before; a check only."""
UNTOUCHED, PUBLISHED = "untouched.csv", "untouched-published.csv"
NONE = Range(math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Rule:
    """People whom a rule takes, in the year before T0 and in the next, when nothing is done.

    Attributes
    ----------
    name, outcome
        Of the rule, and what is counted: emergency visits where the rule looks at them, else unplanned admissions.
    people
        Mean number.
    before, after
        Per year alive.
    change
        Relative change of these rates.
    outside
        The same where the time before ends with the index stay; nan of rules without one.
    raw
        Relative change of the counts, the dead included.
    """

    name: str
    outcome: str
    people: float
    before: float
    after: float
    change: Range
    outside: Range
    raw: Range


@dataclass(frozen=True)
class Figure:
    """A figure that is published, or none, and the same in the model.

    Attributes
    ----------
    text, source
        What it is, and the id of the evidence; empty where nothing is published.
    low, value, high
        As published, None where not given.
    found
        In the model.
    """

    text: str
    source: str
    low: float | None
    value: float | None
    high: float | None
    found: Range


@dataclass(frozen=True, eq=False)
class Untouched:
    """What becomes of people for whom nothing is done.

    Attributes
    ----------
    rules, figures
        By rule, and beside published figures.
    replications
        Behind each; intervals are of the jackknife over them.
    """

    rules: tuple[Rule, ...]
    figures: tuple[Figure, ...]
    replications: int

    def figure(self, text: str) -> Figure:
        """The figure whose text begins so.

        Raises
        ------
        KeyError
            If there is none.
        """
        found = next((one for one in self.figures if one.text.startswith(text)), None)
        if found is None:
            raise KeyError(f"no figure {text!r}; there are: {', '.join(one.text for one in self.figures)}")
        return found

    def frames(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The tables ``untouched.csv`` and ``untouched-published.csv``."""
        rules = [
            {"rule": one.name, "outcome": one.outcome, "people": one.people, "before": one.before, "after": one.after}
            | _columns("change", one.change)
            | _columns("outside", one.outside)
            | _columns("raw", one.raw)
            | {"replications": self.replications}
            for one in self.rules
        ]
        figures = [
            {"figure": one.text, "published_low": one.low, "published": one.value, "published_high": one.high}
            | _columns("simulated", one.found)
            | {"source": one.source, "replications": self.replications}
            for one in self.figures
        ]
        return pd.DataFrame(rules), pd.DataFrame(figures)


def _columns(name: str, found: Range) -> dict[str, float]:
    return {name: found.mean, f"{name}_low": found.low, f"{name}_high": found.high}


def untouched(
    scenario: Scenario, replications: int = 10, seed: int = 1, where: Where | None = None, tell: Progress | None = None
) -> Untouched:
    """Follow people chosen by every rule for a year in which nothing is done for them.

    Parameters
    ----------
    scenario
        With at least a year before T0 and one after; rules of predicted risk need two before, and are left out else.
    replications, seed
        How many regions, and the key of all draws.
    where
        The workers; one if None.
    tell
        Progress.

    Raises
    ------
    ValueError
        If the scenario is too short.
    """
    place = where or Where()
    world = Simulated(scenario, CURRENT, seed, engine=place.engine, by_list=None)
    world.check_follow_up(MONTHS)
    with closing(spread(partial(_counted, world), range(replications), place, tell)) as finished:
        seen = [sums for _, sums in sorted(finished, key=lambda one: one[0])]
    known = [rule for rule in RULES if all(rule.name in one for one in seen)]
    rules = tuple(_rule(rule, _column(seen, rule.name)) for rule in known)
    return Untouched(rules, _figures(seen), len(seen))


Sums = dict[str, list[float]]
"""Of a replication, by rule or name in ``HEAVY``."""


def counted_outcome(rule: Selection) -> str:
    """What is counted of people whom a rule takes."""
    return "emergency_visits" if rule.name.startswith(("emergency", "frequent")) else "admissions"


def _counted(world: Simulated, number: int, tick: Tick | None) -> Sums:
    """One replication."""
    seen: list[tuple[Start, Before]] = []

    def nobody(start: Start, before: Before) -> Sequence[Allocation]:
        seen.append((start, before))
        return [Allocation(np.zeros(len(start.people), np.bool_))]

    (after,) = world.follow(number, nobody, MONTHS, tick)
    ((start, before),) = seen
    rules = [rule for rule in RULES if before.earlier is not None or not rule.name.startswith(RISK)]
    found = {rule.name: _sums(counted_outcome(rule), pool(rule.name, start, before), before, after) for rule in rules}
    old = start.people.age_band >= AGE_STARTS[SENIOR]
    admissions = before.use.total("admissions")
    heavy: dict[str, Mask] = dict(zip(HEAVY, (old & (admissions >= 2), old & (admissions >= 3), old), strict=True))
    return found | {name: _sums("admissions", np.flatnonzero(who), before, after) for name, who in heavy.items()}


def _sums(outcome: str, people: NDArray[np.intp], before: Before, after: Use) -> list[float]:
    """As in ``SUMS``."""
    parts = (before.use, after, before.outside)
    sums = [float(sums[people].sum()) for use in parts for sums in (use.total(outcome), use.years())]
    return [float(len(people)), *sums]


def _column(seen: Sequence[Sums], name: str) -> Floats:
    """Sums over replications; shape (replications, SUMS)."""
    return np.array([one[name] for one in seen])


def _rule(rule: Selection, sums: Floats) -> Rule:
    people, before, before_years, after, after_years, _, _ = sums.sum(axis=0)
    return Rule(
        rule.name,
        counted_outcome(rule),
        float(people / len(sums)),
        _over(before, before_years),
        _over(after, after_years),
        _change(lambda s: _over(s[3] * s[2], s[4] * s[1]), sums),
        _change(lambda s: _over(s[3] * s[6], s[4] * s[5]), sums) if rule.index else NONE,
        _raw(sums),
    )


def _over(above: float, below: float) -> float:
    return float(above / below) if below > 0 else math.nan


def _figures(seen: Sequence[Sums]) -> tuple[Figure, ...]:
    """Published figures without intervention, or mostly so, and the same here, counted as they were."""
    twice, thrice, everybody = (_column(seen, name) for name in HEAVY)
    both = np.hstack([twice, everybody])
    same, following = (_target(name) for name in ("frequent_same_year", "frequent_next_year"))
    most = None if not same.value or following.high is None else following.high / same.value - 1.0
    moe = shipped_evidence()[MOE]
    low, high = (float(edge) if edge else None for edge in (moe.low, moe.high))
    who = "65 and over with at least"
    return (
        Figure(
            f"share of this year's admissions by people of {who} two",
            *(same.source, same.low, same.value, same.high),
            jackknife(lambda s: _over(s[1], s[1 + len(SUMS)]), both),
        ),
        Figure(
            "share of next year's admissions by the same people",
            *(following.source, following.low, following.value, following.high),
            jackknife(lambda s: _over(s[3], s[3 + len(SUMS)]), both),
        ),
        Figure(f"change of admissions of people of {who} two", same.source, None, None, most, _raw(twice)),
        Figure(f"change of admissions of people of {who} three", "", None, None, None, _raw(thrice)),
        Figure(
            "frequent emergency visitors, visits next year over visits this year",
            *(MOE, low, float(moe.value), high),
            jackknife(lambda s: _over(s[3], s[1]), _column(seen, "emergency>=4")),
        ),
    )


def _raw(sums: Floats) -> Range:
    """Relative change of counts, the dead included."""
    return _change(lambda s: _over(s[3], s[1]), sums)


def _change(ratio: Callable[[Floats], float], sums: Floats) -> Range:
    """A ratio of sums as a relative change; nothing falls by more than all of it."""
    found = jackknife(ratio, sums)
    return Range(found.mean - 1.0, max(found.low, 0.0) - 1.0, found.high - 1.0)


def _target(name: str) -> Target:
    return next(target for target in all_targets() if target.id == name)


def write_untouched(found: Untouched, folder: Path) -> list[Path]:
    """Write both tables.

    Raises
    ------
    OSError
        If one cannot be written; it is never left half-written.
    """
    paths = [folder / UNTOUCHED, folder / PUBLISHED]
    for path, frame in zip(paths, found.frames(), strict=True):
        put(path, for_cells(frame).to_csv(index=False, lineterminator="\n", float_format="%.6g"))
    return paths
