"""Figures of what happens under each governance: months, waits, utilisation, contacts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.outcomes.names import OUTCOMES
from sim.outcomes.table import Margin
from sim.report.canvas import PALE, PENS, clean, sheet, thousands
from sim.report.language import words
from sim.report.result import Estimate, Result
from sim.report.rows import from_top, governance_handles, in_figures, label_rows, pair, room, within
from sim.report.words import Term

MONTHLY = "labelled_days_per_person_year"
MONTH = 1000 / 12
"""From a person and year to 1,000 persons and a month."""
ROW = 0.225
"""Inches for a row."""


def monthly(result: Result) -> Figure:
    """Days labelled avoidable per 1,000 inhabitants, month by month; below, the paired difference."""
    handles = governance_handles(result, line=True)
    many = 2 if result.compared else 1
    figure = sheet("labelled-by-month", result, 1.2 + 1.1 * many, words.FIGURE_BANDS, handles)
    panels = figure.subplots(many, 1, sharex=True, squeeze=False, height_ratios=(1.7, 1)[:many])[:, 0]
    margins = [Margin(period=month) for month in result.months]
    for governance, pen in zip(result.governances, PENS, strict=False):
        _band(panels[0], [result.level(governance, MONTHLY, margin).times(MONTH) for margin in margins], pen)
    panels[0].set_ylim(bottom=0)
    panels[0].set_ylabel(words.LABELLED_AXIS)
    if result.compared:
        pen = {**PENS[1], "marker": "s", "markerfacecolor": "white"}
        _band(panels[1], [result.change(MONTHLY, margin).times(MONTH) for margin in margins], pen)
        panels[1].axhline(0, color="#555555", lw=0.8, zorder=1)
        panels[1].set_ylabel(words.CHANGE_AXIS)
    for axes in panels:
        clean(axes, "y")
        thousands(axes.yaxis)
    panels[-1].set_xticks(range(1, len(margins) + 1))
    panels[-1].set_xlabel(words.MONTH_AXIS)
    figure.align_ylabels(panels)
    return figure


def _band(axes: Axes, line: Sequence[Estimate], pen: dict[str, Any]) -> None:
    """A line through the months with its band."""
    months = range(1, len(line) + 1)
    low, high = [e.low for e in line], [e.high for e in line]
    axes.plot(months, [e.value for e in line], lw=1.6, zorder=3, **{"markersize": 4.5, **pen})
    axes.fill_between(months, low, high, color=pen["color"], alpha=0.18, linewidth=0, zorder=1)


def wait_panels(result: Result) -> dict[str, list[str]]:
    """Outcomes that are given, by the panel they belong to."""
    panels: dict[str, list[str]] = {}
    for name in words.WAITS:
        unit = OUTCOMES[name].unit
        if result.has(name):
            panels.setdefault("shares" if unit == "share" else unit, []).append(name)
    return {panel: panels[panel] for panel in words.WAIT_PANELS if panel in panels}


def waits(result: Result) -> Figure:
    """Waits and access before and after, one panel for each unit."""
    panels = wait_panels(result)
    rows = sum(len(names) for names in panels.values())
    height = ROW * rows + 0.5 * len(panels)
    figure = sheet("waits", result, height, words.FIGURE_INTERVALS, governance_handles(result))
    heights = [len(names) + 0.2 for names in panels.values()]
    drawn = figure.subplots(len(panels), 1, squeeze=False, height_ratios=heights)[:, 0]
    for axes, (panel, names) in zip(drawn, panels.items(), strict=True):
        factor = 100.0 if panel == "shares" else 1.0
        top = 100.0 if panel == "shares" else math.inf
        levels = [[within(result.level(g, name).times(factor), 0, top) for g in result.governances] for name in names]
        _pairs(axes, levels, [Term(words.WAITS[name]) for name in names])
        room(axes, [e for estimates in levels for e in estimates], share=0.04)
        axes.set_xlim(left=-0.015 * axes.get_xlim()[1])
        if panel == "shares":
            axes.set_xlim(-1.5, 103)
        in_figures(axes, levels, result, head=axes is drawn[0])
        axes.set_xlabel(words.WAIT_PANELS[panel], labelpad=1)
        thousands(axes.xaxis)
    return figure


def open_services(result: Result) -> list[str]:
    """Services that have capacity under some governance."""
    return [name for name in words.SERVICES if result.has(f"utilisation_{name}")]


def utilisation(result: Result) -> Figure:
    """Use of the open capacity of each service."""
    names = open_services(result)
    height = 0.5 + ROW * len(names)
    figure = sheet("utilisation", result, height, words.FIGURE_INTERVALS, governance_handles(result))
    axes = figure.subplots()
    levels = [
        [within(result.level(g, f"utilisation_{name}").times(100), 0) for g in result.governances] for name in names
    ]
    _pairs(axes, levels, [Term(words.SERVICES[name]) for name in names])
    room(axes, [*(e for estimates in levels for e in estimates), Estimate(100.0)], share=0.03)
    axes.set_xlim(left=-2)
    axes.axvline(100, color="#555555", lw=0.8, ls="--", zorder=1)
    in_figures(axes, levels, result)
    axes.set_xlabel(words.UTILISATION_AXIS)
    return figure


def seen_visits(result: Result) -> list[str]:
    """Contacts that occur under some governance."""
    return [name for name in words.VISITS if any(result.level(g, name).value > 0 for g in result.governances)]


def visits(result: Result) -> Figure:
    """Contacts of each kind per 1,000 person-years, on a logarithmic scale."""
    names = seen_visits(result)
    height = 0.5 + ROW * len(names)
    figure = sheet("visits", result, height, words.FIGURE_INTERVALS, governance_handles(result))
    axes = figure.subplots()
    levels = [[result.rate(g, name, "person_years", 1000) for g in result.governances] for name in names]
    smallest = min(e.value for estimates in levels for e in estimates if e.value > 0)
    floor = smallest / 4
    _pairs(axes, [[_at_least(e, floor) for e in row] for row in levels], [Term(words.VISITS[n]) for n in names])
    axes.set_xscale("log")
    axes.set_xlim(floor * 0.75, None)
    axes.annotate(
        words.NO_VISITS,
        (floor, 1),
        xycoords=axes.get_xaxis_transform(),
        xytext=(0, 2),
        textcoords="offset points",
        ha="center",
        size=6.5,
        color=PALE,
    )
    axes.axvline(floor * 1.6, color="#999999", lw=0.6, ls=":", zorder=1)
    thousands(axes.xaxis)
    in_figures(axes, levels, result, places=None)
    axes.set_xlabel(words.VISITS_AXIS)
    return figure


def _at_least(estimate: Estimate, floor: float) -> Estimate:
    """None at all stands at the edge; an interval that reaches zero ends there."""
    if not estimate.known:
        return estimate
    if estimate.value <= 0:
        return Estimate(floor)
    return Estimate(estimate.value, max(estimate.low, floor), estimate.high)


def _pairs(axes: Axes, levels: Sequence[Sequence[Estimate]], labels: Sequence[Term]) -> None:
    for y, estimates in enumerate(levels):
        pair(axes, estimates, y)
    label_rows(axes, labels, range(len(labels)))
    from_top(axes, len(levels))
    clean(axes)
    for y in range(len(levels) - 1):
        axes.axhline(y + 0.5, color="#EEEEEE", lw=0.5, zorder=0)
