"""A plan in figures (plan i figurer): the frontier, marginal values, bottlenecks, who pays and who saves, robustness.

Drawn from the tables in the folder of a plan, in the language spoken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten, wrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.report.canvas import GREY, PALE, clean, discard, save, sheet, styled, thousands
from sim.report.language import plan_words, words
from sim.report.numbers import between, number, per_cent
from sim.report.planned import MILLION, PlanResult, Row, estimate_in, service_name
from sim.report.result import Estimate, Floats

BLUE, ORANGE, SKY, DOT = "#0072B2", "#D55E00", "#56B4E9", "#BBBBBB"
FIGURES = "figures"
MOST_BARS = 12
NAME_WIDTH = 60
LETTERS = 132
"""Of a line below a figure."""
ROW = 0.3
"""Inches for a line of a figure of lines."""
ROBUST_ROW = 0.5
MIDDLE = (10.0, 50.0, 90.0)
"""Percentiles of parameter sets that are shown."""


@dataclass(frozen=True)
class Bar:
    """A line of a figure: what it is, its number, and what stands beside it."""

    label: str
    estimate: Estimate
    beside: str = ""


def write(drawn: PlanResult, folder: Path) -> list[Path]:
    """Draw the figures of a plan into its folder; returns the files."""
    files: list[Path] = []
    (folder / FIGURES).mkdir(exist_ok=True)
    found = figures(drawn)
    for name in PICTURES:
        if name in found:
            files += save(found[name], folder / FIGURES, name)
        else:
            discard(folder / FIGURES, name)
    return files


def figures(drawn: PlanResult) -> dict[str, Figure]:
    """The figures that a plan allows, by name."""
    with styled():
        return {name: draw(drawn) for name, (possible, draw) in PICTURES.items() if possible(drawn)}


# --- the frontier ------------------------------------------------------------------------------------------------


def frontier(drawn: PlanResult) -> Figure:
    """Every design by what its staff costs and the days it avoids; the frontier, the selected one and the reference."""
    others, line, star, square = plan_words.LEGEND_FRONTIER
    handles = [
        Line2D([], [], ls="none", marker="o", color=DOT, markersize=3.5, label=others),
        Line2D([], [], marker="D", color=BLUE, lw=1.0, markersize=4.5, label=line),
        Line2D([], [], ls="none", marker="*", color=ORANGE, markersize=11, label=star),
        Line2D([], [], ls="none", marker="s", color=GREY, markerfacecolor="white", markersize=6, label=square),
    ]
    lines = [
        plan_words.PLACED.format(baseline=drawn.baseline, counts=_counts(drawn.run)),
        plan_words.WHISKERS.format(zone=number(drawn.zone, 0)),
    ]
    figure = _sheet(drawn, "frontier", 3.9, handles, lines)
    axes = figure.subplots()
    on, best = drawn.frontier, [row for row in drawn.run if row["selected"] == "true"]
    _dots(axes, [row for row in drawn.run if row not in on], color=DOT, marker="o", markersize=3.5, zorder=1)
    _whiskers(axes, [row for row in on if row not in best], BLUE)
    axes.plot(*_places(on), color=BLUE, lw=1.0, drawstyle="steps-post", zorder=2)
    _dots(axes, on, color=BLUE, marker="D", markersize=4.5, zorder=3)
    _whiskers(axes, [row for row in drawn.reference if row not in best], GREY)
    _dots(axes, drawn.reference, color=GREY, marker="s", markersize=6, markerfacecolor="white", zorder=4)
    days = _places(best)[1][0]
    axes.axhspan(days - drawn.zone, days, color=SKY, alpha=0.15, lw=0, zorder=0)
    own = estimate_in(best[0], "days_avoided")
    if own.bounded:
        axes.plot([_places(best)[0][0]] * 2, [own.low, own.high], color=ORANGE, lw=1.6, zorder=4)
    _dots(axes, best, color=ORANGE, marker="*", markersize=11, zorder=5)
    _limits(axes, drawn, own)
    axes.set_xlabel(plan_words.STAFF_AXIS.format(baseline=drawn.baseline))
    axes.set_ylabel(_first_large(plan_words.FEWER_AXIS.format(objective=drawn.objective)))
    thousands(axes.xaxis)
    thousands(axes.yaxis)
    axes.grid(visible=True)
    return figure


def _limits(axes: Axes, drawn: PlanResult, own: Estimate) -> None:
    """Room for all dots, the band and the interval of the selected design; few replications may have longer ones."""
    known = [*_places(drawn.run)[1], own.value - drawn.zone, *((own.low, own.high) if own.bounded else ())]
    spare = 0.35 * (max(known) - min(known))
    axes.set_ylim(min(known) - spare, max(known) + spare)


def _counts(rows: Sequence[Row]) -> str:
    counts = sorted({int(row["replications"]) for row in rows})
    if len(counts) == 1:
        return words.replications(counts[0])
    return plan_words.COUNTS.format(least=counts[0], most=counts[-1])


def _places(rows: Sequence[Row]) -> tuple[list[float], list[float]]:
    """Cost in millions, and days avoided, placed by the paired difference from the selected design."""
    return [float(row["cost_sek"]) / MILLION for row in rows], [float(row["days_placed"]) for row in rows]


def _dots(axes: Axes, rows: Sequence[Row], **looks: Any) -> None:
    axes.plot(*_places(rows), ls="none", **looks)


def _whiskers(axes: Axes, rows: Sequence[Row], colour: str) -> None:
    """Intervals of the paired difference from the selected design."""
    for row, cost, days in zip(rows, *_places(rows), strict=True):
        behind = estimate_in(row, "days_behind_selected")
        if behind.bounded:
            ends = [days + behind.value - behind.high, days + behind.value - behind.low]
            axes.plot([cost] * 2, ends, color=colour, lw=0.8, alpha=0.6, zorder=2)


# --- marginal values and bottlenecks -----------------------------------------------------------------------------


def marginal(drawn: PlanResult) -> Figure:
    """Days and SEK of one more unit of each resource, around the selected design and the reference."""
    around = [name for name in plan_words.AROUND if any(row["around"] == name for row in drawn.marginal)]
    rows = {name: [_step(drawn, row) for row in drawn.marginal if row["around"] == name] for name in around}
    height = ROW * sum(map(len, rows.values())) + 0.75 * len(around)
    lines = [plan_words.PAIRED.format(filled=plan_words.FILLED), plan_words.BESIDE_BARS]
    figure = _sheet(drawn, "marginal", height, (), lines, int(drawn.marginal[0]["replications"]))
    heights = [len(rows[name]) for name in around]
    panels = figure.subplots(len(around), 1, squeeze=False, height_ratios=heights, sharex=True).ravel()
    for axes, name in zip(panels, around, strict=True):
        _bars(axes, rows[name])
        axes.set_title(plan_words.AROUND[name])
    panels[-1].set_xlabel(plan_words.MORE_FEWER_AXIS.format(objective=drawn.objective))
    return figure


def _step(drawn: PlanResult, row: Row) -> Bar:
    return Bar(drawn.step(row), estimate_in(row, "days_avoided"), money(row))


def money(row: Row) -> str:
    """Cost in SEK million, and SEK for each day where that is known."""
    if not row["cost_sek"]:
        return plan_words.NO_PRICE
    told = number(float(row["cost_sek"]) / MILLION, 2, sign=True)
    each = row["sek_per_day"]
    return f"{told};  {plan_words.EACH_DAY.format(sek=number(float(each), 0))}" if each else told


def bottlenecks(drawn: PlanResult) -> Figure:
    """Use and waits of the services with the longest queues, and the days that more of them buys."""
    rows = list(drawn.bottlenecks)[:MOST_BARS]
    share = per_cent(max(float(row["relieved_share"]) for row in rows))
    lines = [plan_words.RELIEF.format(share=share, filled=plan_words.FILLED), plan_words.BESIDE_BARS]
    figure = _sheet(drawn, "bottlenecks", ROW * len(rows) + 0.75, (), lines, int(rows[0]["replications"]))
    left, middle, right = figure.subplots(1, 3, sharey=True, width_ratios=[1.0, 1.0, 1.5])
    for axes, name, factor, label in (
        (left, "utilisation", 100.0, plan_words.USED_AXIS),
        (middle, "queue_hours", 1e-3, plan_words.WAITED_AXIS),
    ):
        for y, row in enumerate(rows):
            value = float(row[name]) * factor
            axes.plot([0.0, value], [y, y], color="#D9D9D9", lw=5, solid_capstyle="butt", zorder=1)
            axes.plot([value], [y], marker="o", ls="none", color=GREY, markersize=4, zorder=2, clip_on=False)
        axes.set_xlim(left=0)
        axes.set_xlabel(label)
        axes.locator_params(axis="x", nbins=4)
        thousands(axes.xaxis)
        clean(axes)
    _bars(right, [Bar(service_name(row["service"]), estimate_in(row, "days_avoided"), _relief(row)) for row in rows])
    left.set_yticks(range(len(rows)), [service_name(row["service"]) for row in rows], size=7.5)
    right.tick_params(axis="y", labelleft=False)
    right.set_xlabel(plan_words.RELIEVED_AXIS.format(objective=drawn.objective))
    return figure


def _relief(row: Row) -> str:
    return money(row) if row["days_avoided"] else plan_words.NOT_TRIED


# --- payers ------------------------------------------------------------------------------------------------------


def budget(drawn: PlanResult) -> Figure:
    """Net budget effect of the selected design for the region, each municipality, and all."""
    rows = [
        Bar(drawn.payer(row["payer"]), estimate_in(row, "net_sek", 1 / MILLION), _staff(row)) for row in drawn.budget
    ]
    lines = [
        plan_words.COUNTED.format(baseline=drawn.baseline, filled=plan_words.FILLED),
        plan_words.BESIDE_BUDGET,
    ]
    figure = _sheet(drawn, "budget", ROW * len(rows) + 0.5, (), lines)
    axes = figure.subplots()
    _bars(axes, rows)
    axes.set_xlabel(plan_words.NET_AXIS)
    return figure


def _staff(row: Row) -> str:
    return number(float(row["staff_sek"]) / MILLION, 1, sign=True)


# --- over the ensemble -------------------------------------------------------------------------------------------


def avoided_by_set(drawn: PlanResult) -> dict[str, Floats]:
    """Days avoided under every parameter set by column of the table of robustness, the selected design first."""
    columns = [name for name in drawn.robustness[0] if name != "set"]
    return {name: np.array([float(row[name]) for row in drawn.robustness]) for name in columns}


def robustness(drawn: PlanResult) -> Figure:
    """Days avoided by the selected design and its rivals under every set, and how far they differ."""
    avoided = avoided_by_set(drawn)
    first = next(iter(avoided.values()))
    lines = [
        plan_words.SETS.format(sets=number(len(first), 0)),
        plan_words.BAND_ZONE.format(zone=number(drawn.zone, 0)),
    ]
    figure = _sheet(drawn, "robustness", ROBUST_ROW * len(avoided) + 0.6, (), lines, len(first))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[1.2, 1.0])
    right.axvspan(-drawn.zone, drawn.zone, color=SKY, alpha=0.15, lw=0, zorder=0)
    for y, (name, days) in enumerate(avoided.items()):
        colour = ORANGE if y == 0 else GREY if name == "reference" else BLUE
        _spread(left, days, y, colour)
        if y:
            _spread(right, days - first, y, colour)
    for axes in (left, right):
        axes.axvline(0, color=GREY, lw=0.8, zorder=2)
        axes.locator_params(axis="x", nbins=5)
        thousands(axes.xaxis)
        clean(axes)
    left.set_yticks(range(len(avoided)), [drawn.design(name) for name in avoided], size=7.5)
    left.set_ylim(len(avoided) - 0.5, -0.5)
    left.set_xlabel(_first_large(plan_words.FEWER_AXIS.format(objective=drawn.objective)))
    right.set_xlabel(plan_words.DIFFERENCE_AXIS)
    return figure


def _spread(axes: Axes, values: Floats, y: float, colour: str) -> None:
    """A dot for each set, with the middle of them."""
    low, middle, high = np.percentile(values, MIDDLE)
    axes.plot([low, high], [y, y], color=colour, alpha=0.25, lw=7, solid_capstyle="butt", zorder=1)
    axes.plot([middle] * 2, [y - 0.28, y + 0.28], color=colour, lw=1.8, zorder=4)
    # Dots lie in the order of the sets, so that those of a set can be found at the same height in each line.
    heights = y + 0.22 * np.linspace(-1.0, 1.0, len(values)) if len(values) > 1 else np.array([y])
    axes.plot(values, heights, marker="o", ls="none", color=colour, markersize=2.2, alpha=0.7, zorder=3)


# --- parts of figures --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Shown:
    """What a figure says of itself; replications are those that it is of."""

    title: str
    replications: int
    days: int
    compared: bool = True


def _sheet(
    drawn: PlanResult,
    name: str,
    height: float,
    handles: Sequence[Line2D],
    lines: Sequence[str],
    replications: int | None = None,
) -> Figure:
    """An empty figure; of the replications of the selected design unless others are given."""
    title, below, _ = plan_words.FIGURES[name]
    return sheet(
        "",
        _Shown(drawn.title, replications or drawn.replications, drawn.days),
        height,
        "",
        handles,
        4,
        titles=(title, below),
        lines=[part for line in lines for part in wrap(line, LETTERS)],
    )


def _first_large(text: str) -> str:
    return text[:1].upper() + text[1:]


def _bars(axes: Axes, rows: Sequence[Bar]) -> None:
    """A line for each row: value with whisker, and what stands beside it."""
    for y, row in enumerate(rows):
        one = row.estimate
        if one.known:
            axes.plot([0.0, one.value], [y, y], color="#D9D9D9", lw=5, solid_capstyle="butt", zorder=1)
            if one.bounded:
                axes.plot([one.low, one.high], [y, y], color=BLUE, lw=1.2, zorder=3)
            face = BLUE if one.clear else "white"
            axes.plot([one.value], [y], marker="D", ls="none", color=BLUE, markerfacecolor=face, zorder=4)
        axes.annotate(
            row.beside or (between(one.low, one.high) if one.bounded else ""),
            (1, y),
            xycoords=axes.get_yaxis_transform(),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            size=7,
            color=PALE,
            annotation_clip=False,
        )
    axes.axvline(0, color=GREY, lw=0.8, zorder=2)
    axes.set_yticks(range(len(rows)), [shorten(row.label, NAME_WIDTH, placeholder="…") for row in rows], size=7.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    thousands(axes.xaxis)
    clean(axes)


PICTURES: Mapping[str, tuple[Callable[[PlanResult], bool], Callable[[PlanResult], Figure]]] = {
    "frontier": (lambda drawn: True, frontier),
    "marginal": (lambda drawn: bool(drawn.marginal), marginal),
    "bottlenecks": (lambda drawn: bool(drawn.bottlenecks), bottlenecks),
    "budget": (lambda drawn: True, budget),
    "robustness": (lambda drawn: bool(drawn.robustness), robustness),
}
"""Figures by name: whether a plan allows it, and what draws it."""
