"""Figures of paired differences: for whom, direct and spill-over, and by payer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.outcomes.table import Margin
from sim.report.canvas import PALE, PENS, clean, sheet, thousands
from sim.report.language import words
from sim.report.numbers import between, decimals, number, scale
from sim.report.result import TOTAL, Estimate, Result
from sim.report.rows import dot, governance_handles, label_rows, pair, room
from sim.report.words import Term

PEN = {**PENS[1], "marker": "s"}


class Place(NamedTuple):
    """A row of the forest: people, where it stands, and what heads it."""

    term: Term
    margin: Margin
    y: float


def forest(result: Result) -> Figure:
    """Differences in hospital days by LHC group, segment and municipality."""
    places, heads, height = forest_rows(result)
    figure = sheet("difference-by-group", result, 0.55 + 0.22 * height, words.FIGURE_INTERVALS)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1.25, 1))
    differences = [result.change("hospital_days", place.margin) for place in places]
    shares = [_relative(result, place.margin) for place in places]
    _dots(left, places, differences)
    _dots(right, places, shares)
    label_rows(left, [place.term for place in places], [place.y for place in places])
    for head, y in heads:
        _heading(left, head, y)
    left.set_ylim(height - 0.4, -0.9)
    left.locator_params(axis="x", nbins=5)
    right.locator_params(axis="x", nbins=5)
    _signs(left, result)
    left.set_xlabel(_difference_label(result, words.DIFFERENCES["hospital_days"]))
    right.set_xlabel(words.RELATIVE_AXIS)
    _column(right, places, differences)
    return figure


def forest_rows(result: Result) -> tuple[list[Place], list[tuple[Term, float]], float]:
    """Rows with a difference, headings with their places, and the height of everything."""
    places = [Place(Term(words.MARGINS["all"].text), TOTAL, 0.0)]
    heads: list[tuple[Term, float]] = []
    y = 1.0
    blocks: dict[str, list[tuple[Term, Margin]]] = {
        "group": [(term, Margin(group=name)) for name, term in words.GROUPS.items()],
        "segment": [(term, Margin(segment=name)) for name, term in words.SEGMENTS.items()],
        "municipality": [(Term(name), Margin(municipality=name)) for name in result.municipalities],
    }
    for kind, members in blocks.items():
        known = [(t, m) for t, m in members if result.change("hospital_days", m).known]
        if len(known) < 2:
            continue  # a single member is everybody
        heads.append((words.MARGINS[kind], y + 0.25))
        y += 1.25
        for term, margin in known:
            places.append(Place(Term(term.text), margin, y))
            y += 1.0
    return places, heads, y


def direct(result: Result) -> Figure:
    """Total = direct + spill-over, for days, admissions and visits."""
    known = {n: w for n, w in words.SPLIT_OUTCOMES.items() if result.change(f"{n}_direct").known}
    figure = sheet("direct-and-spillover", result, 1.85, words.FIGURE_INTERVALS)
    panels = figure.subplots(1, len(known), sharey=True, squeeze=False)[0]
    for axes, (name, what) in zip(panels, known.items(), strict=True):
        _waterfall(axes, [result.change(name + suffix) for suffix in words.PARTS])
        axes.set_xlabel(_difference_label(result, what))
    label_rows(panels[0], list(words.PARTS.values()), range(3))
    return figure


def cost(result: Result) -> Figure:
    """Cost by payer under each governance, and the difference."""
    rows = [name for name in words.COST_ROWS if result.has(name)]
    figure = sheet("cost", result, 0.6 + 0.36 * len(rows), words.FIGURE_INTERVALS, governance_handles(result))
    panels = figure.subplots(1, 2 if result.compared else 1, sharey=True, squeeze=False)[0]
    factor, _ = scale("SEK")
    levels = [[result.level(g, name).times(factor) for g in result.governances] for name in rows]
    for y, estimates in enumerate(levels):
        pair(panels[0], estimates, y)
    room(panels[0], [e for estimates in levels for e in estimates], share=0.05)
    panels[0].set_xlabel(words.COST_AXIS.format(window=words.window(result.days)))
    label_rows(panels[0], [words.COST_ROWS[name] for name in rows], range(len(rows)))
    panels[0].set_ylim(len(rows) - 0.5, -0.5)
    if result.compared:
        changes = [result.change(name).times(factor) for name in rows]
        _dots(panels[1], [Place(Term(""), TOTAL, float(y)) for y in range(len(rows))], changes)
        panels[1].set_xlabel(_difference_label(result, words.DIFFERENCES["cost"]))
        _column(panels[1], [Place(Term(""), TOTAL, float(y)) for y in range(len(rows))], changes)
    for axes in panels:
        clean(axes)
        thousands(axes.xaxis)
    return figure


def _relative(result: Result, margin: Margin) -> Estimate:
    """Difference over the first mean, in per cent; its interval holds the chance in both."""
    return result.relative("hospital_days", margin).times(100)


def _dots(axes: Axes, places: Sequence[Place], estimates: Sequence[Estimate]) -> None:
    """Differences as squares with whiskers around a line at zero; hollow where the interval holds zero."""
    axes.axvline(0, color="#555555", lw=0.8, zorder=1)
    for place, estimate in zip(places, estimates, strict=True):
        face = PEN["color"] if estimate.clear else "white"
        dot(axes, estimate, place.y, {**PEN, "markerfacecolor": face}, 6 if place.margin == TOTAL else 5)
    room(axes, estimates)
    clean(axes)
    thousands(axes.xaxis)


def _waterfall(axes: Axes, parts: Sequence[Estimate]) -> None:
    """Direct from zero, spill-over from where direct ends, then the total from zero."""
    first, second, total = parts
    starts = (0.0, first.value, 0.0)
    drawn = []
    for y, (start, part) in enumerate(zip(starts, parts, strict=True)):
        colour = PENS[1]["color"] if y == 2 else "#56B4E9"
        axes.barh(y, part.value, 0.5, left=start, color=colour, zorder=2)
        moved = Estimate(part.value + start, part.low + start, part.high + start)
        dot(axes, moved, y, {"color": "#111111", "marker": "|"}, 0)
        drawn += [moved, Estimate(start)]
        _above(axes, part, start, y)
    axes.plot([first.value] * 2, [0.25, 0.75], color="#999999", lw=0.6, ls=":")
    axes.plot([first.value + second.value] * 2, [1.25, 1.75], color="#999999", lw=0.6, ls=":")
    axes.axvline(0, color="#555555", lw=0.8, zorder=3)
    axes.set_ylim(2.5, -0.62)
    room(axes, [*drawn, total], share=0.08)
    clean(axes)
    axes.locator_params(axis="x", nbins=4)
    thousands(axes.xaxis)


def _above(axes: Axes, part: Estimate, start: float, y: float) -> None:
    """The number of a bar, over the end at which it starts, so that it stays on the paper."""
    axes.annotate(
        number(part.value, decimals(part.value), sign=True),
        (start, y - 0.25),
        xytext=(-2 if part.value <= 0 else 2, 1.5),
        textcoords="offset points",
        ha="right" if part.value <= 0 else "left",
        va="bottom",
        size=7.5,
    )


def _difference_label(result: Result, what: str) -> str:
    return words.DIFFERENCE_AXIS.format(
        what=what,
        first=words.governance(result.first).lower(),
        last=words.governance(result.last).lower(),
    )


def _heading(axes: Axes, term: Term, y: float) -> None:
    """Name of a block of rows, with the Swedish term beside it."""
    axes.annotate(
        term.text,
        (0, y),
        xycoords=axes.get_yaxis_transform(),
        xytext=(-6, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        weight="bold",
        annotation_clip=False,
    )


def _signs(axes: Axes, result: Result) -> None:
    """Which side is which."""
    last = words.governance(result.last).lower()
    low, high = axes.get_xlim()
    for text, x, side, reach in (
        (f"← {words.FEWER_UNDER.format(last=last)}", -3, "right", -low),
        (f"{words.MORE_UNDER.format(last=last)} →", 3, "left", high),
    ):
        if reach > 0.3 * (high - low):  # else there is no room, and nothing to point at
            axes.annotate(
                text,
                (0, 1),
                xycoords=axes.get_xaxis_transform(),
                xytext=(x, 2),
                textcoords="offset points",
                ha=side,
                va="bottom",
                size=6.5,
                color=PALE,
            )


def _column(axes: Axes, places: Sequence[Place], estimates: Sequence[Estimate]) -> None:
    """Differences and intervals in figures, right of the axes."""
    top = min(place.y for place in places)
    looks: dict[str, Any] = {
        "xycoords": axes.get_yaxis_transform(),
        "textcoords": "offset points",
        "va": "center",
        "annotation_clip": False,
        "size": 7,
    }
    digits = decimals(*(bound for e in estimates for bound in (e.value, e.low, e.high)))
    for place, e in zip(places, estimates, strict=True):
        text = number(e.value, digits, sign=True)
        if e.bounded:
            text += f"  ({between(e.low, e.high, digits, sign=True)})"
        axes.annotate(text, (1, place.y), xytext=(8, 0), **looks)
    axes.annotate(words.INTERVAL_HEAD, (1, top), xytext=(8, 13), **{**looks, "color": PALE, "size": 6.5})
