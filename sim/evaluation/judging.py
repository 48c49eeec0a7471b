"""The verdict on a pilot from its replications (omdöme): claimed, shown, true, and what the claim is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.evaluation.access import ACCESS
from sim.evaluation.piloting import Figures, PilotRun, run_once
from sim.evaluation.pilots import COMPARED, COST, Claim, Pilot, load_pilot
from sim.evaluation.verdict import (
    PARTS,
    Range,
    Trial,
    interval,
    ratio_interval,
    spread,
    studies,
)
from sim.runs.executors import place
from sim.runs.executors import spread as spread_over
from sim.runs.progress import Tick

SHOWN = ("admissions", "emergency_visits", "hospital_days")
"""Outcomes in the table of every pilot, claimed or not."""
COUNTS = ("admissions", "emergency_visits", "doctor_visits")
"""Outcomes that are counts of events."""
KINDS = {"spill_over": "spill-over"}
"""Parts that are neither a lever nor without the pilot."""
RELATIVE = "relative"
ALPHA = 0.05
UNKNOWN = Range(math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Judged:
    """One outcome of a pilot, over its replications.

    Attributes
    ----------
    outcome, scale
        Name; ``relative`` change, or difference in ``thousand SEK a year``.
    before, after, twin, pilot
        Mean rates per person-year: as the evaluation reads them, and after T0 without and with the pilot.
    before_after, unchanged, randomised
        What such a study shows: on average, and where 95 % of single studies lie. ``unchanged`` is the before-after
        study without the pilot.
    truth
        Effect on the treated, with its 95 % interval (chance of the simulation).
    significant, false_alarms
        Share of the before-after studies with p < 0.05, with the pilot and without.
    power, smallest
        Chance of a randomised study of this size to find the truth; the fall that it finds with a chance of 80 %.
    trial
        How sure such a study is; None where there is none.
    parts
        Parts of the change per person-year, with 95 % intervals, in order.
    others
        Change of the use of everybody else a year.
    null
        Largest difference between the twin and a pilot that does nothing: 0.
    """

    outcome: str
    scale: str
    before: float
    after: float
    twin: float
    pilot: float
    before_after: Range
    unchanged: Range
    randomised: Range
    truth: Range
    significant: float
    false_alarms: float
    power: float
    smallest: float
    trial: Trial | None
    parts: dict[str, Range]
    others: Range
    null: float

    def power_of(self, effect: float | None) -> float:
        """Chance of a randomised study of this size to find another effect."""
        if effect is None or self.scale != RELATIVE or self.trial is None:
            return math.nan
        return self.trial.power(effect)


@dataclass(frozen=True, eq=False)
class Verdict:
    """What is to be said of a pilot.

    Attributes
    ----------
    pilot
        The pilot.
    replications, simulated, dead, enrolled
        How many; mean numbers of people on the list, of those who died in the follow-up, and of those enrolled.
    outcomes
        By name.
    """

    pilot: Pilot
    replications: int
    simulated: float
    dead: float
    enrolled: float
    outcomes: dict[str, Judged]

    def rows(self) -> list[tuple[str, Claim | None]]:
        """Outcomes of the table with the claim about each; a claim that no outcome answers to has none."""
        found: list[tuple[str, Claim | None]] = [(claim.outcome, claim) for claim in self.pilot.claims]
        claimed = {claim.outcome for claim in self.pilot.claims}
        return found + [(name, None) for name in SHOWN if name not in claimed]

    def frame(self) -> pd.DataFrame:
        """Claims and outcomes in rows, as in ``pilots.csv``."""
        return table([self])

    def parts(self, outcome: str) -> pd.DataFrame:
        """What the before-after change of an outcome is made of, per person-year, in order.

        Raises
        ------
        KeyError
            If there is no such outcome of people.
        """
        if outcome not in COMPARED:
            raise KeyError(f"no outcome {outcome!r}; there are: {', '.join(COMPARED)}")
        found = self.outcomes[outcome].parts
        rows = [{"part": name, "mean": one.mean, "low": one.low, "high": one.high} for name, one in found.items()]
        return pd.DataFrame(rows).set_index("part")


def try_pilot(pilot: Pilot | str, replications: int = 10, seed: int = 1, workers: int | None = None) -> Verdict:
    """Put a pilot to the test (pröva en pilot).

    Parameters
    ----------
    pilot
        From :func:`sim.load_pilot`, or its name or file.
    replications, seed
        How many, and the key of all draws.
    workers
        Replications at a time; as many as this machine has cores and memory for if None.

    Raises
    ------
    ScenarioError
        If the file has problems.
    TooFew
        If the region has hardly anybody whom the pilot could choose.
    """
    chosen = load_pilot(pilot) if isinstance(pilot, str) else pilot

    def one(number: int, tick: Tick | None) -> PilotRun:
        return run_once(chosen, seed, number, tick)

    where = place(chosen.scenario, replications, "compiled", workers)
    with closing(spread_over(one, range(replications), where)) as finished:
        return judge(chosen, [run for _, run in finished])


def judge(pilot: Pilot, runs: Sequence[PilotRun]) -> Verdict:
    """Put the replications of a pilot together.

    Raises
    ------
    ValueError
        If there are none.
    """
    if not runs:
        raise ValueError(f"{pilot.name}: no replications, at least 1 needed")
    ordered = sorted(runs, key=lambda run: run.number)
    return Verdict(
        pilot,
        len(ordered),
        float(np.mean([run.listed for run in ordered])),
        float(np.mean([run.dead for run in ordered])),
        float(np.mean([run.enrolled for run in ordered])),
        {name: _judged(pilot, name, [run.figures[name] for run in ordered]) for name in COMPARED}
        | {name: _share_of(name, [run.access[name] for run in ordered]) for name in ACCESS},
    )


def _judged(pilot: Pilot, name: str, figures: Sequence[Figures]) -> Judged:
    def over(field: str) -> list[float]:
        return [getattr(one, field) for one in figures]

    truth, trial = ratio_interval(over("pilot"), over("twin")), _trial(pilot, name, figures)
    judged = Judged(
        outcome=name,
        scale=RELATIVE,
        before=_mean(over("before")),
        after=_mean(over("after")),
        twin=_mean(over("twin")),
        pilot=_mean(over("pilot")),
        before_after=_studies(figures, "after", "before", "log", "error"),
        unchanged=_studies(figures, "still_after", "still_before", "still_log", "still_error"),
        randomised=_studies(figures, "drawn", "undrawn", "drawn_log", "drawn_error"),
        truth=truth,
        significant=_share(over("p")),
        false_alarms=_share(over("still_p")),
        power=trial.power(truth.mean),
        smallest=trial.smallest(),
        trial=trial,
        parts=_parts(pilot, figures),
        others=interval(over("others")),
        null=_largest([one.null - one.twin for one in figures if math.isfinite(one.null)]),
    )
    return in_money(judged, figures) if name == COST else judged


def in_money(judged: Judged, figures: Sequence[Figures]) -> Judged:
    """The same on the scale of thousand SEK per person-year."""
    return replace(
        judged,
        scale="thousand SEK a year",
        before_after=_differences(figures, "after", "before", "gap_error"),
        unchanged=_differences(figures, "still_after", "still_before", "still_gap_error"),
        randomised=_differences(figures, "drawn", "undrawn", "drawn_gap_error"),
        truth=interval([one.pilot - one.twin for one in figures]),
        smallest=math.nan,
    )


def _share_of(name: str, found: Sequence[Sequence[float]]) -> Judged:
    """A share where the pilot takes place: before, and after without the pilot and with it; no study of people."""
    before, twin, pilot = (_mean(column) for column in zip(*found, strict=True))
    return Judged(
        outcome=name,
        scale="share",
        before=before,
        after=pilot,
        twin=twin,
        pilot=pilot,
        before_after=spread([one[2] - one[0] for one in found]),
        unchanged=spread([one[1] - one[0] for one in found]),
        randomised=UNKNOWN,
        truth=interval([one[2] - one[1] for one in found]),
        significant=math.nan,
        false_alarms=math.nan,
        power=math.nan,
        smallest=math.nan,
        trial=None,
        parts={},
        others=UNKNOWN,
        null=math.nan,
    )


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _largest(values: Sequence[float]) -> float:
    return max((abs(value) for value in values), default=math.nan)


def _share(p_values: Sequence[float]) -> float:
    known = [p for p in p_values if math.isfinite(p)]
    return sum(p < ALPHA for p in known) / len(known) if known else math.nan


def _studies(figures: Sequence[Figures], upper: str, lower: str, log: str, error: str) -> Range:
    """What studies show: the ratio of the sums, and where 95 % of single studies lie, on the scale of logarithms."""

    def over(field: str) -> list[float]:
        return [getattr(one, field) for one in figures]

    above, below = float(np.sum(over(upper))), float(np.sum(over(lower)))
    if below <= 0 or not math.isfinite(above):
        return UNKNOWN
    mean = above / below
    if mean <= 0:
        return Range(mean - 1.0, math.nan, math.nan)
    low, high = studies(math.log(mean), over(log), over(error))
    return Range(mean - 1.0, math.expm1(low), math.expm1(high))


def _differences(figures: Sequence[Figures], upper: str, lower: str, error: str) -> Range:
    """The same of differences of rates."""
    found = [getattr(one, upper) - getattr(one, lower) for one in figures]
    mean = interval(found).mean
    return Range(mean, *studies(mean, found, [getattr(one, error) for one in figures]))


def _trial(pilot: Pilot, name: str, figures: Sequence[Figures]) -> Trial:
    """A randomised study of the size of a pilot."""
    mean = _mean([one.person_mean for one in figures])
    variance = _mean([one.person_variance for one in figures])
    # Days and money come in stays: all that is uneven beyond chance is put down to them, which is on the safe side.
    event = 1.0 if name in COUNTS else (variance / mean if mean > 0 else math.nan)
    if not pilot.clusters:
        return Trial(pilot.n, mean, variance, event)
    errors = [one.drawn_error for one in figures if math.isfinite(one.drawn_error)]
    error = math.sqrt(_mean([value**2 for value in errors])) if errors else math.nan
    return Trial(pilot.n, mean, variance, event, error, len(pilot.municipalities) - 2)


def _parts(pilot: Pilot, figures: Sequence[Figures]) -> dict[str, Range]:
    found = {name: interval([getattr(one, name) for one in figures]) for name in PARTS}
    return found | {lever: interval([one.levers[lever] for one in figures]) for lever in pilot.levers}


# --- tables ------------------------------------------------------------------------------------------------------


def table(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """One row for each pilot and claim, and for the outcomes that nobody made a claim about: ``pilots.csv``."""
    return pd.DataFrame([_row(verdict, name, claim) for verdict in verdicts for name, claim in verdict.rows()])


def _row(verdict: Verdict, name: str, claim: Claim | None) -> dict[str, object]:
    pilot, judged = verdict.pilot, verdict.outcomes.get(name)
    row: dict[str, object] = {
        "pilot": pilot.name,
        "metric": claim.metric if claim else name.replace("_", " "),
        "outcome": name,
        "scale": claim.scale if claim else (judged.scale if judged else ""),
        "claimed": claim.effect if claim else None,
        "claimed_low": claim.low if claim else None,
        "claimed_high": claim.high if claim else None,
    }
    ranges = ("before_after", "unchanged", "randomised", "truth")
    for key in ranges:
        found = getattr(judged, key) if judged else UNKNOWN
        row |= {key: found.mean, f"{key}_low": found.low, f"{key}_high": found.high}
    effect = claim.effect if claim else None
    row |= {
        "n": pilot.n,
        "simulated": verdict.simulated,
        "power": judged.power if judged else math.nan,
        "power_for_claim": judged.power_of(effect) if judged else math.nan,
        "smallest_detectable": judged.smallest if judged else math.nan,
        "significant": judged.significant if judged else math.nan,
        "significant_unchanged": judged.false_alarms if judged else math.nan,
        "null": judged.null if judged else math.nan,
        "replications": verdict.replications,
        "design": pilot.design,
        "source": claim.source if claim else "",
    }
    return row


def decompositions(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """What each before-after change is made of: ``decomposition.csv``."""
    rows = []
    for verdict in verdicts:
        for name in COMPARED:
            judged = verdict.outcomes[name]
            for order, (part, found) in enumerate(judged.parts.items()):
                rows.append(
                    {
                        "pilot": verdict.pilot.name,
                        "outcome": name,
                        "order": order,
                        "part": part,
                        "kind": KINDS.get(part, "lever" if part in verdict.pilot.levers else "not the pilot"),
                        "per_person_year": found.mean,
                        "low": found.low,
                        "high": found.high,
                        "before": judged.before,
                        "share_of_before": found.mean / judged.before if judged.before > 0 else math.nan,
                    }
                )
    return pd.DataFrame(rows)
