"""The warm-up (uppvärmning): what was judged, in a figure after Welch, a table and words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.outcomes.transient import BATCH, COVERED, DAYS_A_WEEK, DRIFTS, UNCERTAIN, VERDICTS, welch
from sim.report import html
from sim.report.canvas import clean, save, sheet, styled, thousands
from sim.report.language import words
from sim.report.numbers import between, decimals, number, per_cent, plain
from sim.report.series import WarmUpFound, read_warm_up
from sim.statistics.warmup import GROUPS

COLUMNS = 2
ROW = 0.98
"""Inches for a row of panels."""
AVERAGE, SCENARIO, POINT = "#0072B2", "#D55E00", "#009E73"


def warm_up(
    folder: Path, title: str, about: Mapping[str, Any]
) -> tuple[Sequence[str], list[tuple[str, ...]], list[str], list[Path]]:
    """Draw the warm-up of a scenario beside its ``warmup.csv``, and say what was found (visa uppvärmning).

    Parameters
    ----------
    folder
        With ``warmup.csv``.
    title
        Of the scenario.
    about
        What ``experiment.warmup.WarmUp.report`` gives.

    Returns
    -------
    tuple
        Columns and rows of a table as plain text, sentences, and the files of the figure.

    Raises
    ------
    OSError
        If a file cannot be read or written.
    """
    found = read_warm_up(folder, title, about)
    assert found is not None
    with styled():
        figure = welch_plot(found)
    drawings = folder / "figures"
    drawings.mkdir(exist_ok=True)
    rows = [tuple(map(plain, row)) for row in table_rows(found)]
    return words.WARM_UP_HEADS, rows, [plain(text) for text in told(found)], save(figure, drawings, "warm-up")


# --- the figure ---------------------------------------------------------------------------------------------


def welch_plot(found: WarmUpFound) -> Figure:
    """Every series: means of weeks, Welch's moving average, the scenario's warm-up and the point of MSER-5."""
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
    whole = values[: len(values) // DAYS_A_WEEK * DAYS_A_WEEK].reshape(-1, DAYS_A_WEEK).mean(axis=1)
    middle = (np.arange(len(whole)) + 0.5) * DAYS_A_WEEK
    axes.plot(middle, whole, color="#9A9A9A", lw=0.6, zorder=2)
    average = welch(values)
    day = np.arange(0, len(average), BATCH)
    axes.plot(day, average[day], color=AVERAGE, lw=1.3, zorder=3)
    axes.axvline(found.warm_up_days, color=SCENARIO, lw=1.0, ls=(0, (4, 2)), zorder=4)
    if one["point"] is not None:
        axes.axvline(one["point"], color=POINT, lw=1.2, ls=":", zorder=5)
    if one["point_low"] is not None:
        axes.axvspan(one["point_low"], one["point_high"], color=POINT, alpha=0.13, lw=0, zorder=1)
    axes.set_title(words.SERIES[one["name"]].text, size=7.5, pad=3)
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
    """What may be said of the warm-up, in sentences, the worst first."""
    season = words.WARM_UP_SEASON if found.about["season_removed"] else words.WARM_UP_RAW
    return [*_verdicts(found, VERDICTS), *_weak(found), *_against_t0(found), season, *_steady(found)]


def summary(found: WarmUpFound) -> list[str]:
    """The least that has to be said: every series that the warm-up does not cover; or that it covers all."""
    doubts = _verdicts(found, [verdict for verdict in VERDICTS if verdict != COVERED])
    if not doubts:
        return [*_verdicts(found, [COVERED]), *_weak(found)]
    return [*doubts, *_weak(found), *_against_t0(found)]


def _verdicts(found: WarmUpFound, verdicts: Sequence[str]) -> list[str]:
    """A sentence for each of these verdicts that some series has."""
    lines = []
    for verdict in verdicts:
        series = [one for one in found.series if one["verdict"] == verdict]
        if not series:
            continue
        latest = _latest(series)
        lines.append(
            words.WARM_UPS[verdict].format(
                days=number(found.warm_up_days, 0),
                all_days=number(found.days, 0),
                starts=_t0(found),
                names=_names(series, verdict),
                last=_day(latest["point"]),
                latest=_name(latest),
                count=len(series),
                all=len(found.series),
                left_out=words.WARM_UP_LEFT_OUT[found.replications > GROUPS].format(groups=GROUPS),
            )
        )
    return lines


def _weak(found: WarmUpFound) -> list[str]:
    count = words.replications(found.replications)
    return [words.WARM_UP_WEAK.format(replications=count)] if found.about["weak"] else []


def _against_t0(found: WarmUpFound) -> list[str]:
    """Whether the points lie before T0, from which outcomes are measured."""
    pointed = [one for one in found.series if one["point"] is not None]
    beyond = [one for one in pointed if one["point"] > found.about["measured_from_day"]]
    if beyond:
        names = ", ".join(f"{_name(one)} ({words.DAY_TOLD.format(day=_day(one['point']))})" for one in beyond)
        return [words.WARM_UP_BEYOND.format(starts=_t0(found), names=names)]
    if not pointed:
        return []
    latest = _latest(pointed)
    return [words.WARM_UP_BEFORE.format(starts=_t0(found), last=_day(latest["point"]), latest=_name(latest))]


def _steady(found: WarmUpFound) -> list[str]:
    """What cannot be said of the drift of the series that are not said to drift."""
    known = [one for one in found.series if one["drift_low"] is not None]
    rest = [one for one in known if not _drifts(one)]
    if not rest:
        return []
    widest = max(rest, key=lambda one: float(one["drift_high"] - one["drift_low"]))
    which = words.WARM_UP_STEADY_IN[len(rest) < len(known)]
    return [words.WARM_UP_STEADY.format(which=which, interval=_drift_interval(widest), widest=_name(widest))]


def _drifts(one: Mapping[str, Any]) -> bool:
    return one["drift_low"] is not None and (one["drift_low"] > 0 or one["drift_high"] < 0)


def _latest(series: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return max(series, key=lambda one: int(one["point"] or 0))


def _t0(found: WarmUpFound) -> str:
    return number(int(found.about["measured_from_day"]), 0)


def _day(point: int | None) -> str:
    return words.NONE if point is None else number(point, 0)


def _days(one: Mapping[str, Any]) -> str:
    """The point, and between which it lies when a replication is left out."""
    point = _day(one["point"])
    return point if one["point_low"] is None else f"{point} ({between(one['point_low'], one['point_high'], 0)})"


def _name(one: Mapping[str, Any]) -> str:
    return words.SERIES[one["name"]].text.lower()


def _names(series: Sequence[Mapping[str, Any]], verdict: str) -> str:
    """Their names, with the number that the verdict is of."""

    def name(one: Mapping[str, Any]) -> str:
        if verdict == DRIFTS:
            return f"{_name(one)} ({per_cent(one['drift'], sign=True)}, {_drift_interval(one)})"
        day = words.DAY_TOLD.format(day=_days(one))
        return f"{_name(one)} ({day})" if verdict == UNCERTAIN else _name(one)

    return ", ".join(map(name, series))


def table_rows(found: WarmUpFound) -> list[tuple[str, ...]]:
    """A row for each series: name, mean a day, points with and without the season, verdict, drift."""
    return [
        (
            words.SERIES[one["name"]].text,
            words.NONE if one["mean"] is None else number(one["mean"], decimals(one["mean"])),
            _days(one),
            _day(one["raw"]),
            words.WARM_UP_VERDICTS[one["verdict"]],
            _drift(one),
        )
        for one in found.series
    ]


def _drift(one: Mapping[str, Any]) -> str:
    if one["drift_low"] is None:
        return words.NONE
    return f"{number(100 * one['drift'], 1, sign=True)} ({_drift_interval(one)})"


def _drift_interval(one: Mapping[str, Any]) -> str:
    return between(100 * one["drift_low"], 100 * one["drift_high"], 1, sign=True)


def section(found: WarmUpFound) -> str:
    """The part of the page."""
    rows = [
        f"<tr>{html.row_head(words.SERIES[one['name']])}{''.join(html.cell(text) for text in cells)}</tr>"
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
        f"{words.SERIES[one['name']].text}: "
        + (days.format(days=one["point"]) if one["point"] is not None else words.WARM_UP_VERDICTS[one["verdict"]])
        for one in found.series
    ]
    return "; ".join(parts) + "."
