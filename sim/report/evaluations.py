"""What came of study designs: the table of the terminal, and estimates against the truth (utvärderingsdesigner)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.evaluation.designs import DESIGNS
from sim.evaluation.evaluating import Evaluation, Interval, Performance
from sim.evaluation.selection import SELECTIONS
from sim.report.canvas import GREY, PENS, clean, save, sheet, styled
from sim.report.numbers import between, number, plain
from sim.report.words import NONE

NAME = "evaluation"
MOST_PANELS = 3
"""Outcomes that stand side by side in the figure."""
ROW = 0.46
"""Inches for a design."""
WIDEST = 1.5
"""The largest relative increase that is drawn."""
LABELS = {
    "admissions": ("unplanned admissions", "oplanerade inläggningar"),
    "emergency_visits": ("emergency visits", "akutbesök"),
    "hospital_days": ("hospital days", "vårddygn"),
    "doctor_visits": ("doctor visits", "läkarbesök"),
    "deaths": ("deaths", "dödsfall"),
}
SWEDISH = {
    "before_after": "före-efter",
    "concurrent": "före-efter, med annan kommun",
    "matched_waiting": "matchad, väntelista",
    "matched_eligible": "matchad, samma åldrar",
    "matched_other": "matchad, annan kommun",
    "did": "skillnad i skillnader",
    "its": "avbruten tidsserie",
    "randomised": "randomiserad",
    "cluster": "kommuner randomiserade",
    "stepped_wedge": "stegvis införande",
    "twin": "tvillingen: sanningen",
}
COLUMNS = (
    *("outcome", "design", "treated", "truth", "estimate", "bias", "coverage", "type I", "power", "exaggeration"),
)
SWEDISH_COLUMNS = (
    *("utfall", "design", "behandlade", "sanning", "skattning", "bias", "täckning", "typ I", "styrka", "överdrift"),
)


def table(evaluation: Evaluation) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows for the terminal: a row for each outcome and design; in brackets 95 % Monte Carlo intervals."""
    return COLUMNS, rows(evaluation.performance)


def rows(performances: Sequence[Performance]) -> list[tuple[str, ...]]:
    """The rows of ``table``, by outcome."""
    order = {outcome: place for place, outcome in enumerate(LABELS)}
    return [_row(one) for one in sorted(performances, key=lambda one: order[one.outcome])]  # designs stay in order


def _row(one: Performance) -> tuple[str, ...]:
    cells = (
        *(LABELS[one.outcome][0], one.design, number(one.people, 0), _change(one.truth.value)),
        *(_change(one.estimate.value), _points(one.bias), _percent(one.coverage), _percent(one.type_one)),
        *(_percent(one.power), _times(one.exaggeration)),
    )
    return tuple(plain(cell) for cell in cells)


def _change(value: float) -> str:
    return f"{number(100 * value, 0, sign=True)} %" if math.isfinite(value) else NONE


def _points(found: Interval) -> str:
    if not math.isfinite(found.value):
        return NONE
    whole = between(100 * found.low, 100 * found.high, 0, sign=True)
    return f"{number(100 * found.value, 0, sign=True)} ({whole})"


def _percent(found: Interval) -> str:
    if not math.isfinite(found.value):
        return NONE
    return f"{number(100 * found.value, 0)} % ({between(100 * found.low, 100 * found.high, 0)})"


def _times(found: Interval) -> str:
    if not math.isfinite(found.value):
        return NONE
    return f"{number(found.value, 1)} ({between(found.low, found.high, 1)})"


def sentences(evaluation: Evaluation) -> list[str]:
    """What the table says, and what it cannot say."""
    study, count = evaluation.studies[0], len(evaluation.repeats)
    lines = [
        f"{count} repeats; chosen: {SELECTIONS[study.select].words}; {study.months} months of follow-up, index stay "
        f"{study.index} the time before, deaths as {study.deaths.replace('_', '-')}"
        + (f", {100 * study.drop_out:g} % a year drop out" if study.drop_out else ""),
        "truth, estimate, bias: relative change of the use of the treated, bias in percentage points; type I: "
        "significant although nothing was done; exaggeration: significant estimates over the true effect",
    ]
    placebo = [one for one in evaluation.performance if one.design == "did" and math.isfinite(one.placebo.value)]
    lines += [
        plain(f"did, {LABELS[one.outcome][0]}: the trends before differed significantly in {_percent(one.placebo)}")
        for one in placebo
    ]
    lines += [
        f"{one.design}, {LABELS[one.outcome][0]}: no relative estimate in {one.repeats - one.usable} of {count} repeats"
        for one in evaluation.performance
        if one.usable < one.repeats and one.outcome != "deaths"
    ]
    return lines


@dataclass(frozen=True)
class _About:
    """What the line at the bottom of the figure says."""

    title: str
    replications: int
    days: int
    compared: bool = True


def draw(evaluation: Evaluation, title: str, folder: Path) -> list[Path]:
    """Draw every estimate beside the truth of its repeat.

    Parameters
    ----------
    evaluation
        Finished.
    title
        Of the scenario.
    folder
        Where PNG and SVG go.
    """
    outcomes = [
        outcome
        for outcome in evaluation.studies[0].outcomes
        if any(one.outcome == outcome and one.usable for one in evaluation.performance)
    ][:MOST_PANELS]
    study = evaluation.studies[0]
    about = _About(title, len(evaluation.repeats), round(study.months * 365 / 12))
    handles = [
        Line2D([], [], linestyle="", markersize=4, alpha=0.7, label="estimate, with the intervention", **PENS[1]),
        Line2D([], [], linestyle="", markersize=4, alpha=0.7, label="estimate, nothing was done", **PENS[0]),
        Line2D([], [], color="#D55E00", linewidth=2.2, label="truth (mean), and of each repeat"),
        Line2D([], [], color="#111111", linewidth=1.4, label="mean of the estimates"),
    ]
    with styled():
        figure = sheet(
            NAME,
            about,
            ROW * len(evaluation.studies) + 0.55,
            handles=handles,
            titles=("What each design found, and what was true", "Vad varje design fann, och vad som var sant"),
            lines=[f"Chosen: {SELECTIONS[study.select].words}. Each dot is a study of one repeat."],
        )
        panels = figure.subplots(1, max(1, len(outcomes)), sharex=True, sharey=True, squeeze=False)[0]
        for panel, outcome in zip(panels, outcomes, strict=False):
            _panel(panel, evaluation, outcome)
        places = range(len(evaluation.studies))
        names = [f"{DESIGNS[study.design].name.replace('_', ' ')}\n" for study in evaluation.studies]
        panels[0].set_yticks(
            places, [name + SWEDISH[s.design] for name, s in zip(names, evaluation.studies, strict=True)]
        )
        panels[0].tick_params(axis="y", labelsize=7)
        panels[0].set_ylim(len(evaluation.studies) - 0.45, -0.55)
        return save(figure, folder, NAME)


def _panel(axes: Axes, evaluation: Evaluation, outcome: str) -> None:
    beyond = 0
    for place, _ in enumerate(evaluation.studies):
        findings = evaluation.findings(place, outcome)
        truths = [found.truth for found in findings]
        worlds = (([found.real.estimate for found in findings], truths, -0.16, PENS[1]),)
        nothing = ([found.null.estimate for found in findings], [0.0] * len(findings), 0.18, PENS[0])
        for values, true, shift, pen in (*worlds, nothing):
            beyond += _dots(axes, values, true, place + shift, pen)
    axes.axvline(0.0, color=GREY, linewidth=0.6, zorder=0)
    english, swedish = LABELS[outcome]
    axes.set_title(english.capitalize())
    axes.set_xlabel(f"Change, % ({swedish})" + (f"\n{beyond} estimates lie further right" if beyond else ""))
    clean(axes)


def _dots(axes: Axes, values: Sequence[float], truths: Sequence[float], place: float, pen: dict[str, object]) -> int:
    """A row of dots, the truth of each, and both means; returns how many lie beyond what is drawn."""
    known = np.array(values, np.float64)
    seen = known[np.isfinite(known)]
    true = np.array(truths, np.float64)
    true = true[np.isfinite(true) & (true <= WIDEST)]
    spread = 0.1 * (np.arange(len(seen)) % 5 - 2.0) / 2.0  # side by side, the same every time
    drawn = seen <= WIDEST
    axes.plot(100 * seen[drawn], place + spread[drawn], linestyle="", markersize=2.6, alpha=0.55, **pen)  # type: ignore[arg-type]
    if len(true):
        axes.vlines(100 * true, place - 0.13, place + 0.13, color="#D55E00", linewidth=0.4, alpha=0.5)
        axes.vlines(100 * true.mean(), place - 0.17, place + 0.17, color="#D55E00", linewidth=2.2, zorder=4)
    if len(seen) and seen.mean() <= WIDEST:
        axes.vlines(100 * seen.mean(), place - 0.17, place + 0.17, color="#111111", linewidth=1.4, zorder=5)
    return int((~drawn).sum())
