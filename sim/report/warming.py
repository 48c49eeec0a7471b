"""The warm-up (uppvärmning): what was judged, in a figure after Welch, a table and words."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.outcomes.daily import SERIES
from sim.outcomes.transient import BATCH, COVERED, LONGER, NONE, welch
from sim.report import html, words
from sim.report.canvas import clean, sheet, thousands
from sim.report.numbers import between, decimals, number, per_cent
from sim.report.words import Term

FILE = "warmup.csv"
COLUMNS = 2
ROW = 0.98
"""Inches for a row of panels."""
AVERAGE, SCENARIO, POINT = "#0072B2", "#D55E00", "#009E73"
TERMS = {series.name: Term(series.label, series.swedish) for series in SERIES}
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class WarmUpFound:
    """A warm-up that was judged.

    Attributes
    ----------
    title
        Of the scenario.
    about
        What ``experiment.warmup.WarmUp.report`` gives.
    daily
        Mean over replications by series, shape (days,) each.
    """

    title: str
    about: Mapping[str, Any]
    daily: Mapping[str, Floats]
    compared: bool = False

    @property
    def replications(self) -> int:
        """Over which the series are means."""
        return int(self.about["replications"])

    @property
    def days(self) -> int:
        """Length of the series."""
        return int(self.about["days"])

    @property
    def warm_up_days(self) -> int:
        """Days of warm-up that the scenario has."""
        return int(self.about["warm_up_days"])

    @property
    def series(self) -> Sequence[Mapping[str, Any]]:
        """What was found of each series."""
        return [one for one in self.about["series"] if one["name"] in self.daily]


def read_warm_up(folder: Path, title: str, about: Mapping[str, Any] | None) -> WarmUpFound | None:
    """What a result folder says of the warm-up; None if it does not.

    Raises
    ------
    OSError, ValueError, KeyError
        If the file is there and cannot be read, or is not what narvard writes.
    """
    path = folder / FILE
    if about is None or not path.exists():
        return None
    with path.open(encoding="utf-8", newline="") as stream:
        names, *rows = filter(None, csv.reader(stream))
    columns = np.array(rows, np.float64).T
    return WarmUpFound(title, about, dict(zip(names[1:], columns[1:], strict=True)))


# --- the figure ---------------------------------------------------------------------------------------------


def welch_plot(found: WarmUpFound) -> Figure:
    """Every series: means of five days, Welch's moving average, the scenario's warm-up and the point of MSER-5."""
    rows = math.ceil(len(found.series) / COLUMNS)
    figure = sheet("warm-up", found, ROW * rows + 0.2, handles=_handles())
    panels = figure.subplots(rows, COLUMNS, sharex=True, squeeze=False)
    for axes, one in zip(panels.flat, found.series, strict=False):
        _panel(axes, found, one)
    for axes in panels.flat[len(found.series) :]:
        axes.set_visible(False)
    for axes in panels[-1]:
        axes.set_xlabel(words.WARM_UP_AXIS)
    return figure


def _panel(axes: Axes, found: WarmUpFound, one: Mapping[str, Any]) -> None:
    values = found.daily[one["name"]]
    whole = values[: len(values) // BATCH * BATCH].reshape(-1, BATCH).mean(axis=1)
    middle = (np.arange(len(whole)) + 0.5) * BATCH
    axes.plot(middle, whole, color="#9A9A9A", lw=0.6, zorder=2)
    average = welch(values)
    day = np.arange(0, len(average), BATCH)
    axes.plot(day, average[day], color=AVERAGE, lw=1.3, zorder=3)
    axes.axvline(found.warm_up_days, color=SCENARIO, lw=1.0, ls=(0, (4, 2)), zorder=4)
    if one["point"] is not None:
        axes.axvline(one["point"], color=POINT, lw=1.2, ls=":", zorder=5)
    axes.set_title(TERMS[one["name"]].text, size=7.5, pad=3)
    axes.set_xlim(0, found.days)
    top = max(float(whole.max(initial=0.0)), float(average.max(initial=0.0)))
    axes.set_ylim(0, top * 1.1 or 1.0)
    axes.tick_params(labelsize=6.5)
    axes.locator_params(axis="y", nbins=3)
    clean(axes, "y")
    thousands(axes.xaxis)
    thousands(axes.yaxis)


def _handles() -> list[Line2D]:
    """The legend."""
    lines: tuple[tuple[str, str, Any, float], ...] = (
        (words.WARM_UP_LEGEND[0], "#9A9A9A", "-", 0.8),
        (words.WARM_UP_LEGEND[1], AVERAGE, "-", 1.3),
        (words.WARM_UP_LEGEND[2], SCENARIO, (0, (4, 2)), 1.0),
        (words.WARM_UP_LEGEND[3], POINT, ":", 1.2),
    )
    return [Line2D([], [], color=colour, ls=style, lw=width, label=label) for label, colour, style, width in lines]


# --- words and table ----------------------------------------------------------------------------------------


def told(found: WarmUpFound) -> list[str]:
    """What may be said of the warm-up, in sentences."""
    by_verdict = {verdict: [one for one in found.series if one["verdict"] == verdict] for verdict in words.WARM_UPS}
    lines = [_verdict(found, by_verdict)]
    if by_verdict[NONE] and len(by_verdict[NONE]) < len(found.series):
        lines.append(words.WARM_UP_UNKNOWN.format(names=_names(by_verdict[NONE])))
    lines.append(words.WARM_UP_SEASON if found.about["season_removed"] else words.WARM_UP_RAW)
    drifting = [one for one in found.series if _drifts(one)]
    if drifting:
        lines.append(words.WARM_UP_DRIFT.format(names=_names(drifting)))
    elif any(one["drift_low"] is not None for one in found.series):
        lines.append(words.WARM_UP_STEADY)
    return lines


def _verdict(found: WarmUpFound, by_verdict: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    days = {"days": number(found.warm_up_days, 0)}
    if by_verdict[LONGER]:
        last = max(one["point"] for one in by_verdict[LONGER])
        return words.WARM_UPS[LONGER].format(names=_names(by_verdict[LONGER]), last=number(last, 0), **days)
    if by_verdict[COVERED]:
        latest = max(by_verdict[COVERED], key=lambda one: int(one["point"]))
        name = TERMS[latest["name"]].text.lower()
        return words.WARM_UPS[COVERED].format(
            count=len(by_verdict[COVERED]), last=number(latest["point"], 0), name=name, **days
        )
    return words.WARM_UPS[NONE].format(**days)


def _drifts(one: Mapping[str, Any]) -> bool:
    return one["drift_low"] is not None and (one["drift_low"] > 0 or one["drift_high"] < 0)


def _names(series: Sequence[Mapping[str, Any]]) -> str:
    def name(one: Mapping[str, Any]) -> str:
        text = TERMS[one["name"]].text.lower()
        return f"{text} ({per_cent(one['drift'], sign=True)})" if _drifts(one) else text

    return ", ".join(name(one) for one in series)


def table_rows(found: WarmUpFound) -> list[tuple[str, ...]]:
    """A row for each series: name, mean a day, points with and without the season, verdict, drift."""
    return [
        (
            TERMS[one["name"]].text,
            words.NONE if one["mean"] is None else number(one["mean"], decimals(one["mean"])),
            *(words.NONE if one[key] is None else number(one[key], 0) for key in ("point", "raw")),
            one["verdict"],
            _drift(one),
        )
        for one in found.series
    ]


def _drift(one: Mapping[str, Any]) -> str:
    if one["drift_low"] is None:
        return words.NONE
    interval = between(100 * one["drift_low"], 100 * one["drift_high"], 1, sign=True)
    return f"{number(100 * one['drift'], 1, sign=True)} ({interval})"


def section(found: WarmUpFound) -> str:
    """The part of the page."""
    rows = [
        f"<tr>{html.row_head(TERMS[one['name']])}{''.join(html.cell(text) for text in cells)}</tr>"
        for one, (_, *cells) in zip(found.series, table_rows(found), strict=True)
    ]
    link = f'<p><a href="#warm-up">{escape(words.FIGURES["warm-up"].title)}</a></p>'
    return (
        html.paragraph(" ".join(told(found)))
        + link
        + html.folded(words.WARM_UP_TABLE, html.table(words.HEADINGS["warm_up"], words.WARM_UP_HEADS, rows))
    )


def alt(found: WarmUpFound) -> str:
    """The figure in words."""
    days = words.WARM_UP_POINT
    parts = [
        f"{TERMS[one['name']].text}: {days.format(days=one['point']) if one['point'] is not None else one['verdict']}"
        for one in found.series
    ]
    return "; ".join(parts) + "."
