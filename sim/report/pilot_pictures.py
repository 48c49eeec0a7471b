"""Figures of pilots (figurer om piloter): what each claim is made of, and all verdicts in one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from sim.evaluation.judging import RELATIVE, Judged, Verdict
from sim.evaluation.pilots import COMPARED, Claim
from sim.evaluation.verdict import PARTS, Range
from sim.report import pilot_words
from sim.report.canvas import GREY, LINE, PALE, clean, sheet, styled
from sim.report.numbers import number

BEFORE, NATURAL, LEVER, SPILL, CLAIMED = "#767676", "#E69F00", "#0072B2", "#56B4E9", "#D55E00"
"""Totals, what is not the pilot, the pilot's levers, spill-over, claims: colours of Okabe and Ito."""
LEAST, MOST = -1.05, 1.0
"""Relative changes that the summary shows; what lies beyond is cut at its edge, with an arrow."""
ROW = 0.24
"""Inches for a row."""


@dataclass(frozen=True)
class _Told:
    """What a figure says of itself."""

    title: str
    replications: int
    days: int
    compared: bool = True


def main_outcome(verdict: Verdict) -> tuple[str, Claim | None]:
    """The outcome of a pilot's figure: of its first claim with a figure, else of its first with an outcome."""
    claims = [claim for claim in verdict.pilot.claims if claim.outcome in COMPARED]
    if verdict.pilot.main:
        claims = [claim for claim in claims if claim.outcome == verdict.pilot.main]
    figured = [claim for claim in claims if claim.effect is not None]
    for claim in (*figured, *claims):
        return claim.outcome, claim
    return verdict.pilot.main or "admissions", None


def waterfall(verdict: Verdict) -> Figure:
    """From the use before through each part to the use after, with the claim marked; in per cent of before."""
    name, claim = main_outcome(verdict)
    judged = verdict.outcomes[name]
    parts = list(judged.parts.items())
    handles: list[Artist] = [
        Patch(color=BEFORE, label="as the evaluation reads it"),
        Patch(color=NATURAL, label="not the pilot"),
        Patch(color=LEVER, label="the pilot's levers"),
        Patch(color=SPILL, label="spill-over"),
    ]
    if claim is not None and _on_scale(judged, claim) is not None:
        handles.append(Line2D([], [], color=CLAIMED, marker="v", linestyle="none", label="after, as claimed"))
    what = pilot_words.outcome(name)
    swedish = "Vad förändringen från före till efter består av"
    with styled():
        figure = sheet(
            "",
            _Told(verdict.pilot.title, verdict.replications, round(verdict.pilot.months * 365 / 12)),
            ROW * (len(parts) + 2) + 0.5,
            " Whiskers: 95 % interval.",
            handles,
            5,
            (f"{verdict.pilot.title}: {what}", swedish),
        )
        axes = figure.add_subplot()
        _bars(axes, judged, parts)
        if claim is not None:
            _mark(axes, judged, claim, len(parts) + 1)
        axes.set_xlabel(f"{what[:1].upper()}{what[1:]} per person-year, % of the time before ({_rate(judged)})")
    return figure


def _rate(judged: Judged) -> str:
    unit = " thousand SEK" if judged.scale != RELATIVE else ""
    return f"{number(judged.before)}{unit}"


def _bars(axes: Axes, judged: Judged, parts: Sequence[tuple[str, Range]]) -> None:
    scale = 100.0 / judged.before if judged.before > 0 else math.nan
    rows = ["Before", *(pilot_words.part(name) for name, _ in parts), "After"]
    axes.barh(0, 100.0, color=BEFORE, height=0.6)
    level = 100.0
    for row, (name, found) in enumerate(parts, start=1):
        colour = SPILL if name == "spill_over" else NATURAL if name in PARTS else LEVER
        step = found.mean * scale
        axes.barh(row, step, left=level, color=colour, height=0.6)
        axes.plot([level, level], [row - 1.3, row + 0.3], color=PALE, linewidth=0.6)
        if math.isfinite(found.low):
            ends = [level + bound * scale for bound in (found.low, found.high)]
            axes.plot(ends, [row, row], color="#222222", linewidth=0.9)
        level += step
        text = f"{number(step, 0 if abs(step) >= 9.95 else 1, sign=True)}"
        axes.text(1.005, row, text, transform=axes.get_yaxis_transform(), va="center", size=7.5)
    last = len(rows) - 1
    axes.plot([level, level], [last - 1.3, last + 0.3], color=PALE, linewidth=0.6)
    axes.barh(last, level, color=BEFORE, height=0.6)
    for row, value in ((0, 100.0), (last, level)):
        axes.text(1.005, row, number(value, 0), transform=axes.get_yaxis_transform(), va="center", size=7.5)
    axes.set_yticks(range(len(rows)), rows)
    axes.set_ylim(last + 0.75, -0.6)
    axes.axvline(0, color="#999999", linewidth=0.6)
    clean(axes)


def _on_scale(judged: Judged, claim: Claim) -> float | None:
    """The use after that a claim means, in per cent of before."""
    if claim.effect is None or claim.scale != judged.scale or judged.before <= 0:
        return None
    if claim.scale == RELATIVE:
        return 100.0 * (1.0 + claim.effect)
    return 100.0 * (1.0 + claim.effect / judged.before)


def _mark(axes: Axes, judged: Judged, claim: Claim, row: int) -> None:
    where = _on_scale(judged, claim)
    if where is None:
        return
    axes.plot([where], [row - 0.42], marker="v", color=CLAIMED, markersize=7, clip_on=False, zorder=5)
    axes.axvline(where, color=CLAIMED, linewidth=0.8, linestyle=(0, (3, 2)), zorder=0)


def forest(verdicts: Sequence[Verdict]) -> Figure:
    """All pilots: claimed, what two designs would show, and the truth, as relative changes."""
    rows = [(verdict, *main_outcome(verdict)) for verdict in verdicts]
    rows = [row for row in rows if row[0].outcomes[row[1]].scale == RELATIVE or row[1] == "hospital_cost"]
    handles = [
        Line2D([], [], color=CLAIMED, marker="v", linestyle="none", label="claimed"),
        Line2D([], [], color=NATURAL, marker="o", linewidth=2, label="before-after study, without the pilot"),
        Line2D([], [], color=GREY, marker="o", markerfacecolor="white", linewidth=2, label="the same with the pilot"),
        Line2D([], [], color=SPILL, marker="s", linewidth=2, label="randomised study"),
        Line2D([], [], color=LEVER, marker="D", linewidth=2, label="truth"),
    ]
    replications = min((verdict.replications for verdict in verdicts), default=0)
    with styled():
        figure = sheet(
            "",
            _Told(f"{len(rows)} pilots", replications, 365),
            0.5 * len(rows) + 0.6,
            "",
            handles,
            3,
            (
                "What was claimed, what studies would show, and what is true",
                "Påstått, vad studier skulle visa, och sant",
            ),
            ("Studies: where 95 % of single studies lie. Truth: 95 % interval. Beyond the edges: arrow.",),
        )
        axes = figure.add_subplot()
        for place, (verdict, name, claim) in enumerate(rows):
            _row(axes, place, verdict.outcomes[name], claim)
        labels = [f"{verdict.pilot.title}\n{pilot_words.outcome(name)}" for verdict, name, _ in rows]
        axes.set_yticks(range(len(rows)), labels)
        axes.set_ylim(len(rows) - 0.45, -0.55)
        axes.set_xlim(LEAST, MOST)
        axes.axvline(0, color="#999999", linewidth=0.8)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(100 * value, 0, sign=True)))
        axes.set_xlabel("Change, %")
        clean(axes)
        for place in range(len(rows) - 1):
            axes.axhline(place + 0.5, color=LINE, linewidth=0.5)
    return figure


def relative(judged: Judged, found: Range) -> Range:
    """A change as a share of the use before; of the cost, which is told in money otherwise."""
    if judged.scale == RELATIVE:
        return found
    if judged.before <= 0:
        return Range(math.nan, math.nan, math.nan)
    return Range(found.mean / judged.before, found.low / judged.before, found.high / judged.before)


def _row(axes: Axes, place: int, judged: Judged, claim: Claim | None) -> None:
    bands = (
        (-0.24, judged.unchanged, NATURAL, "o", NATURAL),
        (-0.08, judged.before_after, GREY, "o", "white"),
        (0.08, judged.randomised, SPILL, "s", SPILL),
        (0.24, judged.truth, LEVER, "D", LEVER),
    )
    for offset, found, colour, marker, face in bands:
        _band(axes, place + offset, relative(judged, found), colour, marker, face)
    if claim is not None and claim.effect is not None and claim.scale == judged.scale:
        low = claim.effect if claim.low is None else claim.low
        high = claim.effect if claim.high is None else claim.high
        found = relative(judged, Range(claim.effect, low, high))
        axes.plot([found.low, found.high], [place - 0.4] * 2, color=CLAIMED, linewidth=1.2)
        axes.plot([found.mean], [place - 0.4], marker="v", color=CLAIMED, markersize=5.5, zorder=5)


def _band(axes: Axes, y: float, found: Range, colour: str, marker: str, face: str) -> None:
    if math.isfinite(found.low) and math.isfinite(found.high):
        axes.plot([max(found.low, LEAST), min(found.high, MOST)], [y, y], color=colour, linewidth=1.5)
        if found.high > MOST:
            axes.plot([MOST], [y], marker=">", color=colour, markersize=3.5, clip_on=False)
    if math.isfinite(found.mean) and found.mean <= MOST:
        axes.plot([found.mean], [y], marker=marker, color=colour, markerfacecolor=face, markersize=3.8, zorder=4)
    elif math.isfinite(found.mean):
        axes.plot([MOST], [y], marker=">", color=colour, markersize=5, clip_on=False, zorder=4)
