"""All targets of a validation at a glance (alla måltal): simulated over published, by group."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, NullLocator

from sim.report.canvas import PALE
from sim.report.numbers import number
from sim.report.validation_parts import BLUE, EDGE, ORANGE, RANGE, RED, Drawing, paper
from sim.report.validation_words import GROUPS, PUBLISHED, SHORT
from sim.validation.validation import Validation, Verdict
from sim.validation.validation import number as short

ROW, HEAD_ROW = 0.15, 1.45
"""Inches of a row; height of a group's name, in rows."""
LEAST, MOST = 0.5, 2.0
"""Of simulated over published; what lies beyond is drawn at the edge, as an arrow."""
MARKS: dict[str, dict[str, Any]] = {
    "inside": {"color": BLUE, "marker": "o", "markerfacecolor": BLUE, "ms": 4.2},
    "near": {"color": ORANGE, "marker": "D", "markerfacecolor": "white", "ms": 4.2, "markeredgewidth": 1.3},
    "off": {"color": RED, "marker": "X", "markerfacecolor": RED, "ms": 5.4},
}
TELLS = {"inside": "inside the range, or within 10 %", "near": "within 25 % of it", "off": "further off"}


def _rows(found: Validation) -> Iterator[tuple[str, list[Verdict]]]:
    for group in GROUPS:
        verdicts = [v for v in found.verdicts if v.target.group == group and v.verdict in MARKS]
        if verdicts:
            yield group, verdicts


def reference(verdict: Verdict) -> float:
    """The published figure that the others are shown over: the value, else the middle of the range, else its edge."""
    target = verdict.target
    if target.value is not None:
        return target.value * verdict.factor
    known = [edge for edge in (target.low, target.high) if edge is not None]
    return sum(known) / len(known) * verdict.factor


def draw(found: Validation) -> Figure:
    """A row for each target, with its group above."""
    groups = list(_rows(found))
    height = sum(HEAD_ROW + len(verdicts) for _, verdicts in groups) * ROW + 0.55
    handles: list[Artist] = [Line2D([], [], ls="none", label=f"{word}: {TELLS[word]}", **MARKS[word]) for word in MARKS]
    handles.append(Patch(color=RANGE, label=f"{PUBLISHED} range, ±10 % where none"))
    figure = paper(found, "validation-targets", height, handles=handles, columns=2, note=" Whiskers: 95 % interval.")
    axes = figure.subplots()
    ticks, labels, y = [], [], 0.0
    for group, verdicts in groups:
        _head(axes, y, group)
        y += 1
        for verdict in verdicts:
            _row(axes, y, verdict)
            ticks.append(y)
            labels.append(_label(verdict))
            y += 1
        y += HEAD_ROW - 1
    _axes(axes, ticks, labels, y)
    return figure


def _head(axes: Axes, y: float, group: str) -> None:
    title = GROUPS[group]
    name = title.text if group == "also" else f"{group}  {title.text}"
    beside: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center"}
    axes.text(-0.015, y, name, size=7, weight="bold", ha="right", **beside)
    axes.text(1.01, y, title.swedish, size=6.2, style="italic", color=PALE, ha="left", **beside)


def _label(verdict: Verdict) -> str:
    return SHORT.get(verdict.target.id, verdict.target.text)


def _row(axes: Axes, y: float, verdict: Verdict) -> None:
    base = reference(verdict)
    low, high = (edge / base for edge in (verdict.low, verdict.high))
    low, high = (LEAST if math.isnan(low) else low), (MOST if math.isnan(high) else high)
    axes.fill_betweenx([y - 0.36, y + 0.36], low, high, color=RANGE, lw=0, zorder=1)
    if verdict.target.value is not None:
        axes.plot([1, 1], [y - 0.36, y + 0.36], color=EDGE, lw=1.2, zorder=2)
    value = verdict.simulated / base
    mark = MARKS[verdict.verdict]
    ends = (verdict.simulated_low / base, verdict.simulated_high / base)
    if not any(map(math.isnan, ends)):
        axes.plot([max(ends[0], LEAST), min(ends[1], MOST)], [y, y], color=mark["color"], lw=1.1, zorder=3)
    axes.plot([min(max(value, LEAST), MOST)], [y], ls="none", zorder=4, clip_on=False, **mark)
    axes.text(1.01, y, _told(verdict), transform=axes.get_yaxis_transform(), size=6.2, va="center", ha="left")


def _told(verdict: Verdict) -> str:
    """Simulated, and published."""
    published = verdict.published
    value = published.startswith("[")
    return (
        f"{short(verdict.simulated)}  ({published.strip('[]') if value else published.replace(' [', '; ').rstrip(']')})"
    )


def _axes(axes: Axes, ticks: list[float], labels: list[str], bottom: float) -> None:
    axes.set_xscale("log")
    axes.set_xlim(LEAST, MOST)
    axes.set_ylim(bottom - 0.3, -0.9)
    marks = [0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0]
    axes.xaxis.set_major_locator(FixedLocator(marks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([number(mark, 2 if mark in (0.67, 1.25) else 1) for mark in marks])
    axes.set_xlabel("Simulated / published")
    axes.text(1.01, -0.9, "simulated (published)", transform=axes.get_yaxis_transform(), size=6.2, va="bottom")
    axes.set_yticks(ticks, labels, size=6.6)
    axes.axvline(1, color=EDGE, lw=0.5, zorder=0)
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def tell(found: Validation) -> str:
    """How many are where, and which are not inside."""
    judged = [v for v in found.verdicts if v.verdict in MARKS]
    inside = sum(v.verdict == "inside" for v in judged)
    told = f"Of {len(judged)} targets {inside} lie inside what is published. "
    for word, says in (("near", "Near, within 25 % of it"), ("off", "Further off")):
        names = [
            f"{v.target.text} ({short(v.simulated)}, published {v.published})" for v in judged if v.verdict == word
        ]
        told += f"{says}: {'; '.join(names)}. " if names else ""
    if not any(v.verdict == "off" for v in judged):
        told += "None is further off."
    return told.strip()


TARGETS = Drawing("validation-targets", (), draw, tell)
