"""Figures of hospital days: by exclusive class, and the three quantities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.outcomes.table import Margin
from sim.report.canvas import CLASS_COLOURS, PALE, QUANTITY_COLOURS, clean, sheet, thousands
from sim.report.language import words
from sim.report.numbers import between, number, per_cent
from sim.report.result import TOTAL, Estimate, Result
from sim.report.rows import dot, label_rows
from sim.report.words import Term


class Bar(NamedTuple):
    """One stacked bar."""

    label: Term
    governance: str
    margin: Margin
    y: float


def by_class(result: Result) -> Figure:
    """Hospital days of everybody, a stacked bar for each governance."""
    figure = sheet("days-by-class", result, 0.55 + 0.62 * len(result.governances), handles=_class_handles(), columns=3)
    axes = figure.subplots()
    bars = [Bar(Term(words.governance(name)), name, TOTAL, float(y)) for y, name in enumerate(result.governances)]
    _stacks(axes, result, bars, 0.5)
    for bar in bars:
        _bracket(axes, result, bar)
    axes.set_ylim(len(bars) - 0.6, -0.75)
    _finish(axes, result)
    return figure


def by_group(result: Result) -> Figure:
    """Hospital days of each LHC group, a stacked bar for each governance."""
    many = len(result.governances)
    height = 0.5 + 4 * (0.2 + 0.22 * many)
    figure = sheet("days-by-group", result, height, handles=_class_handles(), columns=3)
    axes = figure.subplots()
    bars, middles = [], []
    step = many + 0.7
    for place, (group, term) in enumerate(words.GROUPS.items()):
        bars += [
            Bar(Term(words.governance(name)), name, Margin(group=group), place * step + i)
            for i, name in enumerate(result.governances)
        ]
        middles.append((term, place * step + (many - 1) / 2))
    _stacks(axes, result, bars, 0.8)
    axes.set_ylim(4 * step - 0.9, -0.8)
    axes.tick_params(axis="y", labelsize=6.5, labelcolor=PALE)
    longest = max(len(words.governance(name)) for name in result.governances)
    for term, y in middles:
        _group_name(axes, term, y, 14 + 4.2 * longest)
    _finish(axes, result)
    return figure


def three(result: Result) -> Figure:
    """Labelled avoidable, preventable in principle, truly avoided: never in one sum."""
    quantities = three_quantities(result)
    figure = sheet("three-quantities", result, 0.45 + 0.52 * len(quantities), words.FIGURE_INTERVALS)
    axes = figure.subplots()
    known = [q for q in quantities if q.days.known]
    for y, quantity in enumerate(known):
        colour = QUANTITY_COLOURS[quantity.key]
        axes.barh(y, quantity.days.value, 0.5, color=colour, zorder=2)
        dot(axes, quantity.days, y, {"color": "#111111", "marker": "|"}, 0)
        _amount(axes, quantity, y)
    label_rows(axes, [words.QUANTITIES[q.key] for q in known], range(len(known)))
    axes.set_ylim(len(known) - 0.5, -0.5)
    reach = max((max(q.days.value, _high(q.days)) for q in known), default=0.0) or 1.0
    lowest = min((min(q.days.value, q.days.low if q.days.bounded else 0.0, 0.0) for q in known), default=0.0)
    axes.set_xlim(lowest * 1.05, reach * 1.5)
    axes.set_xticks([tick for tick in axes.get_xticks() if lowest * 1.05 <= tick <= reach * 1.05])
    axes.axvline(0, color="#555555", lw=0.8, zorder=3)
    clean(axes)
    thousands(axes.xaxis)
    axes.set_xlabel(words.DAYS_AXIS.format(window=words.window(result.days)))
    return figure


class Quantity(NamedTuple):
    """One of the three quantities."""

    key: str
    days: Estimate
    share: float


def three_quantities(result: Result) -> tuple[Quantity, ...]:
    """Labelled and preventable under the first governance; truly avoided if two were compared."""
    everything = result.level(result.first, "hospital_days").value
    found = [
        ("labelled", result.level(result.first, "labelled_days")),
        ("preventable", result.level(result.first, "preventable_days")),
    ]
    if result.compared:
        found.append(("avoided", result.change("hospital_days").times(-1)))
    return tuple(Quantity(key, days, days.value / everything if everything else float("nan")) for key, days in found)


def _stacks(axes: Axes, result: Result, bars: Sequence[Bar], height: float) -> None:
    longest = max(_sum(result, bar) for bar in bars) or 1.0
    for bar in bars:
        left = 0.0
        for name, colour in CLASS_COLOURS.items():
            width = result.level(bar.governance, name, bar.margin).value
            if not width > 0:
                continue
            axes.barh(bar.y, width, height, left=left, color=colour, edgecolor="white", linewidth=0.8, zorder=2)
            text = number(width, 0)
            if width > (0.012 * len(text) + 0.012) * longest:  # it fits
                axes.text(left + width / 2, bar.y, text, ha="center", va="center", size=7)
            left += width
        axes.text(left + 0.008 * longest, bar.y, number(left, 0), va="center", size=7.5, weight="bold")
    axes.set_yticks([bar.y for bar in bars], [bar.label.text for bar in bars])
    axes.set_xlim(0, longest * 1.08)


def _sum(result: Result, bar: Bar) -> float:
    values = (result.level(bar.governance, name, bar.margin).value for name in CLASS_COLOURS)
    return sum(value for value in values if value > 0)


def _bracket(axes: Axes, result: Result, bar: Bar) -> None:
    """A line over the classes that are labelled avoidable, with their sum."""
    labelled = result.level(bar.governance, "labelled_days").value
    share = result.level(bar.governance, "labelled_share").value
    if not labelled > 0:
        return
    y = bar.y - 0.33
    axes.plot([0, 0, labelled, labelled], [y + 0.05, y, y, y + 0.05], color="#333333", lw=0.8)
    text = f"{words.LABELLED}: {number(labelled, 0)} ({per_cent(share)})"
    axes.annotate(text, (0, y), xytext=(0, 2.5), textcoords="offset points", size=7, va="bottom")


def _group_name(axes: Axes, term: Term, y: float, left: float) -> None:
    """Name of a group, left of the names of the governances."""
    parts: tuple[tuple[str, float, dict[str, Any]], ...] = (
        (term.text, 4 if term.swedish else 0, {"size": 8}),
        (term.swedish, -5, {"size": 6.5, "style": "italic", "color": PALE}),
    )
    for text, up, looks in parts:
        axes.annotate(
            text,
            (0, y),
            xycoords=axes.get_yaxis_transform(),
            xytext=(-left, up),
            textcoords="offset points",
            ha="right",
            va="center",
            annotation_clip=False,
            **looks,
        )


def _finish(axes: Axes, result: Result) -> None:
    clean(axes)
    thousands(axes.xaxis)
    axes.set_xlabel(words.DAYS_AXIS.format(window=words.window(result.days)))


def _class_handles() -> list[Patch]:
    """The legend of the classes."""
    return [
        Patch(color=CLASS_COLOURS[name], label=f"{i}  {term.text}")
        for i, (name, term) in enumerate(words.CLASSES.items(), 1)
    ]


def _high(estimate: Estimate) -> float:
    return estimate.high if estimate.bounded else estimate.value


def _amount(axes: Axes, quantity: Quantity, y: float) -> None:
    """Number, interval and share of all days, right of the bar."""
    days = quantity.days
    places = 0 if abs(days.value) >= 10 else 1
    text = number(days.value, places)
    if days.bounded:
        text += f"  ({between(days.low, days.high, places)})"
    right = max(days.value, _high(days), 0.0)
    share = words.OF_DAYS.format(share=per_cent(quantity.share))
    lines: tuple[tuple[str, float, dict[str, Any]], ...] = (
        (text, 4.5, {"size": 8, "weight": "bold"}),
        (share, -5, {"size": 7, "color": PALE}),
    )
    for line, up, looks in lines:
        axes.annotate(line, (right, y), xytext=(6, up), textcoords="offset points", va="center", **looks)
