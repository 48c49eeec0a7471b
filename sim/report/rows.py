"""Parts that several figures share: labelled rows, dots with whiskers, stacked bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sim.report.canvas import PALE, PENS
from sim.report.language import words
from sim.report.numbers import number
from sim.report.result import Estimate, Result
from sim.report.words import Term


def label_rows(axes: Axes, labels: Sequence[Term], places: Sequence[float]) -> None:
    """Write labels left of the axes, the Swedish term small beneath."""
    axes.set_yticks([])
    for label, y in zip(labels, places, strict=True):
        up = 4 if label.swedish else 0
        _beside(axes, label.text, y, up, {})
        if label.swedish:
            _beside(axes, label.swedish, y, -5, {"size": 6.5, "style": "italic", "color": PALE})


def _beside(axes: Axes, text: str, y: float, up: float, looks: dict[str, Any]) -> None:
    axes.annotate(
        text,
        (0, y),
        xycoords=axes.get_yaxis_transform(),
        xytext=(-6, up),
        textcoords="offset points",
        ha="right",
        va="center",
        annotation_clip=False,
        **looks,
    )


def dot(axes: Axes, estimate: Estimate, y: float, pen: dict[str, Any], size: float = 5) -> None:
    """A dot with its interval, if it has one."""
    if estimate.bounded:
        axes.plot([estimate.low, estimate.high], [y, y], color=pen["color"], lw=1.2, zorder=3)
    if estimate.known:
        axes.plot([estimate.value], [y], linestyle="none", markersize=size, zorder=4, **pen)


def pair(axes: Axes, estimates: Sequence[Estimate], y: float, apart: float = 0.3) -> None:
    """The governances of one row, the first above, joined by a thin line."""
    offsets = [0.0] if len(estimates) == 1 else [-apart / 2, apart / 2]
    known = [(e.value, y + o) for e, o in zip(estimates, offsets, strict=True) if e.known]
    if len(known) == 2:
        axes.plot(*zip(*known, strict=True), color="#BBBBBB", lw=0.8, zorder=2)
    for estimate, offset, pen in zip(estimates, offsets, pens(len(estimates)), strict=True):
        dot(axes, estimate, y + offset, pen, 4.5)


def pens(governances: int) -> Sequence[dict[str, Any]]:
    """How each governance is drawn."""
    return PENS[:governances]


def governance_handles(result: Result, line: bool = False) -> list[Line2D]:
    """What a legend of governances shows."""
    style: Literal["-", "none"] = "-" if line else "none"
    return [
        Line2D([], [], linestyle=style, label=words.governance(name), **pen)
        for name, pen in zip(result.governances, pens(len(result.governances)), strict=True)
    ]


def within(estimate: Estimate, low: float, high: float = math.inf) -> Estimate:
    """The interval cut at the least and the largest value there can be."""
    if not estimate.bounded:
        return estimate
    return Estimate(estimate.value, max(estimate.low, low), min(estimate.high, high))


def in_figures(
    axes: Axes, levels: Sequence[Sequence[Estimate]], result: Result, head: bool = True, places: int | None = 1
) -> None:
    """The values of each row as numbers, a column for each governance, right of the axes."""
    looks: dict[str, Any] = {
        "textcoords": "offset points",
        "ha": "right",
        "annotation_clip": False,
        "size": 7,
    }
    for column, (name, pen) in enumerate(zip(result.governances, PENS, strict=False)):
        across = 38.0 + 54.0 * column
        for y, estimates in enumerate(levels):
            value = estimates[column].value
            axes.annotate(
                number(value, places),
                (1, y),
                xycoords=axes.get_yaxis_transform(),
                xytext=(across, 0),
                va="center",
                color=pen["color"],
                **looks,
            )
        if head:
            axes.annotate(
                words.governance(name).lower(),
                (1, 1),
                xycoords="axes fraction",
                xytext=(across, 2),
                va="bottom",
                color=pen["color"],
                **{**looks, "size": 6.5},
            )


def from_top(axes: Axes, count: float) -> None:
    """First row on top."""
    axes.set_ylim(count - 0.4, -0.6)


def room(axes: Axes, estimates: Sequence[Estimate], *, zero: bool = True, share: float = 0.06) -> None:
    """Limits of the x axis around all values and intervals."""
    found = [v for e in estimates for v in ((e.low, e.value, e.high) if e.bounded else (e.value,)) if e.known]
    found += [0.0] if zero else []
    low, high = (min(found), max(found)) if found else (0.0, 1.0)
    if low == high:  # one value, or nothing but zeros
        low, high = low - 0.5, high + 0.5
    wide = high - low
    axes.set_xlim(low - share * wide * (low < 0 or not zero), high + share * wide * (high > 0 or not zero))
