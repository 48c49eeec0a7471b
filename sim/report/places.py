"""Places over the year and the week (beläggning över tid): in use against open, and who waits, by governance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.outcomes.occupancy import HOURS_A_WEEK, PLACES
from sim.report.canvas import clean, sheet, thousands
from sim.report.language import words
from sim.report.numbers import number
from sim.report.patterns import Floats, Series
from sim.report.result import Result
from sim.statistics.pattern_means import BY_DAY, BY_HOUR

ROW = 1.25
"""Inches for a kind of place."""
LINES: tuple[dict[str, Any], ...] = ({"color": "#9A9A9A", "lw": 2.2}, {"color": "#0072B2", "lw": 1.3})
"""First governance pale and broad, second dark and thin: told apart in grey too."""
OPEN: dict[str, Any] = {"color": "#111111", "lw": 0.9, "ls": (0, (5, 2))}
READY = ":"
SMOOTH = 7
"""Days of the moving average."""
RANGE = 1.96
"""Standard deviations on either side that hold 95 of 100 years."""
MONTH = 365 / 12


def kinds(result: Result) -> list[str]:
    """Kinds of places that the result tells of."""
    told = {series.places for series in result.occupancy}
    return [one.name for one in PLACES if one.name in told]


def year(result: Result) -> Figure:
    """Day by day from the switch, as moving averages of a week."""
    figure, rows = _sheet(result, "occupancy-year", band=True)
    for axes, name in zip(rows, kinds(result), strict=True):
        _panels(axes, result, name, BY_DAY, _smoothed, band=True)
    days = max(len(one["occupied"]) for one in result.occupancy.values())
    for axes in rows[-1]:
        step = 1 if days < 200 else 2 if axes is rows[-1][0] else 4
        months = range(0, round(days / MONTH) + 1, step)
        axes.set_xticks([month * MONTH for month in months], [str(month) for month in months])
        axes.set_xlabel(words.OCCUPANCY_MONTH)
    return figure


def week(result: Result) -> Figure:
    """Hour by hour from Monday to Sunday."""
    figure, rows = _sheet(result, "occupancy-week", band=False)
    for axes, name in zip(rows, kinds(result), strict=True):
        _panels(axes, result, name, BY_HOUR, lambda values: values, band=False)
    for axes in rows[-1]:
        axes.set_xticks(range(12, HOURS_A_WEEK, 24), words.WEEKDAYS)
        axes.tick_params(axis="x", length=0)
        axes.set_xlabel(words.OCCUPANCY_WEEK)
    for axes in rows.flat:
        for midnight in range(24, HOURS_A_WEEK, 24):
            axes.axvline(midnight, color="#E4E4E4", lw=0.6, zorder=0)
    return figure


def _sheet(result: Result, name: str, *, band: bool) -> tuple[Figure, Any]:
    """The figure, and its panels by kind: use to the left, who waits to the right."""
    rows = len(kinds(result))
    figure = sheet(name, result, 0.35 + ROW * rows, handles=_handles(result, band=band), columns=3)
    return figure, figure.subplots(rows, 2, sharex="col", squeeze=False, width_ratios=(1.9, 1))


def _handles(result: Result, *, band: bool) -> list[Any]:
    """The legend."""
    shown: list[Any] = [
        Line2D([], [], label=words.OCCUPIED.format(governance=words.governance(name)), **pen)
        for name, pen in zip(result.governances, LINES, strict=False)
    ]
    last = shown[-1].get_color()
    shown.append(Line2D([], [], label=words.OPEN_PLACES, **OPEN))
    if band and result.replications > 1:
        shown.append(Patch(color=last, alpha=0.18, label=words.OCCUPANCY_BAND))
    grey: dict[str, Any] = {"color": "#444444", "lw": 1.3}
    return [
        *shown,
        Line2D([], [], label=words.WAITING, **grey),
        Line2D([], [], label=words.READY_IN_BED, ls=READY, **grey),
    ]


def _panels(
    axes: Sequence[Axes],
    result: Result,
    name: str,
    scale: str,
    smooth: Callable[[Floats], Floats],
    *,
    band: bool,
) -> None:
    """Both panels of a kind of place."""
    lines = [result.occupancy[Series(g, name, scale)] for g in result.governances]
    left, right = axes
    opened = [smooth(one["open"]) for one in lines]
    same = len(opened) == 1 or np.allclose(opened[0], opened[1], equal_nan=True)
    at = np.arange(len(opened[0])) + 0.5
    for place, (one, pen) in enumerate(zip(lines, LINES, strict=False)):
        use = smooth(one["occupied"])
        left.plot(at, use, zorder=3 + place, **pen)
        if band and place == len(lines) - 1:
            spread = RANGE * smooth(one["occupied_sd"])
            left.fill_between(at, np.maximum(use - spread, 0), use + spread, color=pen["color"], alpha=0.18, lw=0)
        if place == 0 or not same:
            left.plot(at, opened[place], zorder=2, **(OPEN if same else {**OPEN, "color": pen["color"]}))
        right.plot(at, smooth(one["waiting"]), zorder=3 + place, **pen)
        if np.nansum(one["ready"]) > 0:
            right.plot(at, smooth(one["ready"]), zorder=3 + place, **{**pen, "ls": READY})
    for panel in axes:
        panel.set_ylim(bottom=0)
        panel.set_xlim(0, len(at))
        panel.locator_params(axis="y", nbins=4)
        clean(panel, "y")
        thousands(panel.yaxis)
    left.set_title(words.PLACE_KINDS[name].text, size=8, pad=3)
    left.set_ylabel(words.PLACES_AXIS)
    right.set_ylabel(words.PEOPLE_AXIS)


def _smoothed(values: Floats) -> Floats:
    """Moving average of a week, of as many days as there are at the ends."""
    weights = np.ones(min(SMOOTH, len(values)))
    return np.asarray(np.convolve(values, weights, "same") / np.convolve(np.ones(len(values)), weights, "same"))


def told(result: Result, scale: str) -> list[str]:
    """The figure in words: mean, largest and smallest of what is drawn."""
    smooth: Callable[[Floats], Floats] = _smoothed if scale == BY_DAY else lambda values: values
    lines = []
    for name in kinds(result):
        for governance in result.governances:
            one = result.occupancy[Series(governance, name, scale)]
            use = smooth(one["occupied"])
            lines.append(
                words.OCCUPANCY_TOLD.format(
                    place=words.PLACE_KINDS[name].text,
                    governance=words.governance(governance).lower(),
                    mean=number(float(np.nanmean(use)), 1),
                    least=number(float(np.nanmin(use)), 1),
                    most=number(float(np.nanmax(use)), 1),
                    open=number(float(np.nanmean(one["open"])), 1),
                    waiting=number(float(np.nanmean(one["waiting"])), 1),
                )
            )
    return lines
