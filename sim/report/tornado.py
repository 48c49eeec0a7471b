"""What matters most (tornadodiagram): main effects of all keys of a sweep, the widest first.

Each bar reaches from the outcome at the least value of a key to that at its largest, over the points that have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from sim.report.canvas import clean, thousands
from sim.report.result import Estimate
from sim.report.rows import room

LOW, HIGH = "#9CCBEA", "#00497A"
"""At the least value pale, at the largest dark: told apart in grey too."""
HALO = [withStroke(linewidth=2, foreground="white")]
ROW = 0.34
"""Inches for a bar."""


class Bar(NamedTuple):
    """One key.

    Attributes
    ----------
    name
        As it is called.
    low, high
        The outcome at the least and at the largest value.
    at_low, at_high
        These values, as text.
    """

    name: str
    low: Estimate
    high: Estimate
    at_low: str
    at_high: str

    @property
    def width(self) -> float:
        """How far the outcome moves."""
        return abs(self.high.value - self.low.value)


def ordered(bars: Sequence[Bar]) -> list[Bar]:
    """The widest first; those that are not known left out."""
    return sorted((bar for bar in bars if bar.low.known and bar.high.known), key=lambda bar: -bar.width)


def draw(axes: Axes, bars: Sequence[Bar], middle: float) -> None:
    """Draw bars from the widest down, on both sides of a line.

    Parameters
    ----------
    bars
        In the order in which they are to stand.
    middle
        Where the line stands: the outcome at the reference.
    """
    for y, bar in enumerate(bars):
        ends = ((bar.low, LOW, bar.at_low), (bar.high, HIGH, bar.at_high))
        # The longer beneath: on one side of the line both can be seen.
        for estimate, colour, text in sorted(ends, key=lambda end: -abs(end[0].value - middle)):
            axes.barh(y, estimate.value - middle, 0.56, left=middle, color=colour, zorder=2)
            _end(axes, estimate, middle, y, text)
    axes.axvline(middle, color="#555555", lw=0.8, zorder=4)
    axes.set_yticks(range(len(bars)), [bar.name for bar in bars], size=7)
    axes.set_ylim(len(bars) - 0.4, -0.6)
    found = [estimate for bar in bars for estimate in (bar.low, bar.high)]
    room(axes, [*found, Estimate(middle)], zero=False, share=0.14)
    clean(axes)
    thousands(axes.xaxis)


def _end(axes: Axes, estimate: Estimate, middle: float, y: float, text: str) -> None:
    """The whisker at the end of a bar, and the value of the key beyond it."""
    if estimate.bounded:
        axes.plot([estimate.low, estimate.high], [y, y], color="#111111", lw=1.0, zorder=5)
    left = estimate.value < middle
    reach = (estimate.low if left else estimate.high) if estimate.bounded else estimate.value
    looks: dict[str, Any] = {
        "textcoords": "offset points",
        "va": "center",
        "size": 6.5,
        "path_effects": HALO,
        "zorder": 6,
    }
    axes.annotate(text, (reach, y), xytext=(-3 if left else 3, 0), ha="right" if left else "left", **looks)


def reference(estimates: Sequence[Estimate]) -> float:
    """The mean of what is known, for where there is no point of reference."""
    known = [one.value for one in estimates if one.known]
    return float(np.mean(known)) if known else 0.0
