"""What the figures of a validation share: what they say of themselves, published ranges, lines with bands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import ArrayLike, NDArray

from sim.model.period import Period
from sim.replication.beginning import window_of
from sim.report.canvas import sheet, styled
from sim.report.numbers import per_cent
from sim.report.validation_words import FIGURES, PUBLISHED, SETS_LINE, SIMULATED, SOURCES_LINE
from sim.report.words import Term
from sim.validation.validation import Band, Validation, Verdict
from sim.validation.validation import number as short
from sim.vocabulary import DAY

BLUE, ORANGE, RED, GREEN, PINK, SKY = "#0072B2", "#E69F00", "#D55E00", "#009E73", "#CC79A7", "#56B4E9"
RANGE, EDGE = "#C9C9C9", "#4D4D4D"
"""Of published ranges, and of published values."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Drawing:
    """One figure of a validation.

    Attributes
    ----------
    name
        Of its files, and key of its title.
    needs
        Views that it shows; it is left out if one of them is not known.
    draw
        Draws it.
    tell
        What is seen, in a few sentences with the numbers.
    """

    name: str
    needs: tuple[str, ...]
    draw: Callable[[Validation], Figure]
    tell: Callable[[Validation], str]

    @property
    def title(self) -> Term:
        """With the Swedish term."""
        return FIGURES[self.name]

    def possible(self, found: Validation) -> bool:
        """Whether what it shows is known."""
        return all(found.views[name].known for name in self.needs)

    def drawn(self, found: Validation) -> Figure:
        """The figure, in our style whatever the settings of the user."""
        with styled():
            return self.draw(found)


@dataclass(frozen=True)
class Face:
    """What a sheet says was run."""

    title: str
    replications: int
    days: int
    compared: bool = False

    @classmethod
    def of(cls, found: Validation) -> Face:
        """Of a validation."""
        year = window_of(Period.of(found.scenario))
        return cls(named(found), found.replications, (year.end - year.start) // DAY)


def named(found: Validation) -> str:
    """The region: the title of the scenario, up to what it says of governances."""
    return found.scenario.title.split(":")[0]


def paper(
    found: Validation,
    name: str,
    height: float,
    sources: Sequence[str] = (),
    handles: Sequence[Artist] = (),
    columns: int = 4,
    note: str = " Whiskers and pale bands: 95 % interval.",
) -> Figure:
    """An empty figure; below it what was run, and the ids of the published sources."""
    title = FIGURES[name]
    lines = [SOURCES_LINE.format(sources=", ".join(sources))] if sources else []
    if found.sets:
        lines.append(SETS_LINE.format(sets=found.sets))
        note = ""
    return sheet("", Face.of(found), height, note, handles, columns, (title.text, title.swedish), lines)


def legend(*more: Artist) -> list[Artist]:
    """Simulated and published, and more."""
    return [
        Line2D([], [], color=BLUE, marker="o", ms=4, lw=1.2, label=SIMULATED),
        Patch(color=RANGE, label=f"{PUBLISHED}, range"),
        Line2D([], [], color=EDGE, lw=1.6, label=f"{PUBLISHED}, value"),
        *more,
    ]


def line(axes: Axes, x: ArrayLike, band: Band, colour: str, **looks: Any) -> None:
    """A line with its interval as a pale band."""
    axes.plot(x, band.mean, color=colour, **{"lw": 1.3, "zorder": 4, **looks})
    axes.fill_between(x, band.low, band.high, color=colour, alpha=0.2, lw=0, zorder=2)


def dots(axes: Axes, x: ArrayLike, band: Band, colour: str, **looks: Any) -> None:
    """Dots with whiskers."""
    axes.plot(x, band.mean, **{"color": colour, "marker": "o", "ms": 4, "ls": "none", "zorder": 5, **looks})
    axes.vlines(x, band.low, band.high, color=colour, lw=1.1, zorder=4)


def across(
    axes: Axes, verdict: Verdict | None, first: float, last: float, factor: float = 1.0, value: float | None = None
) -> None:
    """A published range, as a grey band from one x to another, and its value as a line.

    Parameters
    ----------
    factor
        From the unit of the target to that of the axis.
    """
    if verdict is None:
        return
    low, middle, high = edges(verdict, factor)
    axes.fill_between([first, last], [low] * 2, [high] * 2, color=RANGE, lw=0, zorder=1)
    if np.isfinite(middle):
        axes.plot([first, last], [middle] * 2, color=EDGE, lw=1.6, solid_capstyle="butt", zorder=3)


def fit(axes: Axes, *bands: Band, published: float = 0.0) -> None:
    """From 0 to what is shown; long whiskers of few replications end at the edge."""
    means = [float(np.nanmax(band.mean)) for band in bands]
    highest = [float(np.nanmax(np.fmax(band.high, band.mean))) for band in bands]
    most = max(*means, published) if means else published
    axes.set_ylim(0, max(min(max(highest), 1.6 * most), most) * 1.06)


def edges(verdict: Verdict, factor: float = 1.0) -> tuple[float, float, float]:
    """Low, value and high as published, for the size of the region; nan for a value that is not."""
    target = verdict.target
    value = np.nan if target.value is None else target.value * verdict.factor * factor
    low, high = ((value if edge is None else edge * verdict.factor * factor) for edge in (target.low, target.high))
    return low, value, high


def part(band: Band, *place: Any) -> Band:
    """Some entries of a view."""
    return Band(band.mean[place], band.low[place], band.high[place])


def times(band: Band, factor: float) -> Band:
    """In another unit."""
    return Band(band.mean * factor, band.low * factor, band.high * factor)


def said(verdict: Verdict | None, *, share: bool = False) -> str:
    """A simulated figure and what is published, in words."""
    if verdict is None:
        return ""
    show = per_cent if share else short
    low, value, high = edges(verdict)
    if verdict.target.low is None and verdict.target.high is None:
        published = f"published {show(value)}" if np.isfinite(value) else "nothing published"
    elif verdict.target.low is None:
        published = f"published at most {show(high)}"
    else:
        published = f"published {show(low)} to {show(high)}"
    return f"{show(verdict.simulated)} ({published})"
