"""Paper, pens and colours of the figures, and how they become the same bytes every time.

Colours are those of Okabe and Ito (2008), which people with the common forms of colour blindness can tell
apart; governances also differ in marker and lightness, so that a figure survives a grey print.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Protocol

import matplotlib.style
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.report.language import language, spoken, words
from sim.report.numbers import MINUS, number

WIDTH = 7.2
"""Inches: the width of two columns of a journal."""
DPI = 150
GREY = "#555555"
PALE = "#767676"
LINE = "#D9D9D9"
CLASS_COLOURS = MappingProxyType(
    {
        "ready_days": "#D55E00",
        "readmission_days": "#E69F00",
        "acs_days": "#CC79A7",
        "short_stay_days": "#56B4E9",
        "other_days": "#D4D4D4",
    }
)
QUANTITY_COLOURS = MappingProxyType({"labelled": "#E69F00", "preventable": "#56B4E9", "avoided": "#0072B2"})
PENS: tuple[dict[str, Any], ...] = (
    {"color": GREY, "marker": "o", "markerfacecolor": "white"},
    {"color": "#0072B2", "marker": "D", "markerfacecolor": "#0072B2"},
)
"""First governance open and grey, second filled and blue."""

STYLE = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same outlines on every machine
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": "#999999",
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 8,
    "xtick.color": "#999999",
    "ytick.color": "#999999",
    "xtick.labelcolor": "#222222",
    "ytick.labelcolor": "#222222",
    "text.color": "#111111",
    "axes.labelcolor": "#222222",
    "grid.color": LINE,
    "grid.linewidth": 0.5,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.markersize": 5,
    "svg.hashsalt": "narvard",
    "text.parse_math": False,  # a $ in a name is a $
    "svg.fonttype": "path",
    "figure.constrained_layout.h_pad": 0.05,
    "figure.constrained_layout.w_pad": 0.05,
}
METADATA: dict[str, dict[str, str | None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": "Narvard"},
}
KINDS = tuple(METADATA)
"""Formats of each figure."""
_LOCK = threading.RLock()
HEAD, UNDER, LEGEND_ROW, FOOT, FOOT_ROW = 0.5, 0.17, 0.18, 0.26, 0.13
"""Inches kept for the title, of these for what stands under it, for a row of the legend, for the line at the bottom,
and for each further line there."""


@contextmanager
def styled() -> Iterator[None]:
    """Our settings instead of the user's; one thread at a time, since matplotlib keeps them globally."""
    with _LOCK, matplotlib.style.context(["default", STYLE]):
        yield


class Shown(Protocol):
    """What a figure says of itself: a result, or part of one."""

    @property
    def title(self) -> str:
        """Title of the scenario."""
        ...

    @property
    def replications(self) -> int:
        """How many."""
        ...

    @property
    def days(self) -> int:
        """Length of what is shown."""
        ...

    @property
    def compared(self) -> bool:
        """Whether two governances were compared."""
        ...


def sheet(
    name: str,
    result: Shown,
    height: float,
    note: str = "",
    handles: Sequence[Artist] = (),
    columns: int = 2,
    titles: tuple[str, str] | None = None,
    lines: Sequence[str] = (),
) -> Figure:
    """An empty figure with title, in English the Swedish one under it, legend, and a line that says what was run.

    Parameters
    ----------
    name
        Key of ``words.FIGURES``.
    result
        Names scenario, replications and window.
    height
        Of the drawing without title, legend and bottom line, in inches.
    note
        Added to the line at the bottom, if there are intervals.
    handles, columns
        Of the legend, if there is one.
    titles
        The title and what stands under it, in place of those of ``words.FIGURES``.
    lines
        Further lines at the bottom.
    """
    foot = FOOT + FOOT_ROW * len(lines)
    title, below_title = titles or words.figure(name, result.compared)[:2]
    above = HEAD if below_title else HEAD - UNDER
    head = above + LEGEND_ROW * -(-len(handles) // columns)
    height += head + foot
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout="constrained")
    rect = (0, foot / height, 1, 1 - (head + foot) / height)
    figure.set_layout_engine("constrained", rect=rect, h_pad=0.05, w_pad=0.05)
    if handles:
        figure.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(0.012, 1 - above / height),
            borderpad=0,
            borderaxespad=0,
            ncols=columns,
            labelspacing=0.35,
            handletextpad=0.5,
            columnspacing=1.6,
            handlelength=1.3,
            handleheight=0.9,
        )
    figure.text(0.012, 1 - 0.07 / height, title, size=10.5, weight="bold", va="top")
    figure.text(0.012, 1 - 0.28 / height, below_title, size=7.5, style="italic", color=PALE, va="top")
    below = words.FIGURE_NOTE.format(
        scenario=words.told(result.title),
        replications=words.replications(result.replications),
        window=words.window(result.days),
    )
    below += note if result.replications > 1 else words.FIGURE_ONE * bool(note)
    figure.text(0.012, 0.07 / height, "\n".join([below, *lines]), size=7, color=PALE, va="bottom")
    return figure


def thousands(axis: Any) -> None:
    """Tick labels with thousands apart, in the language spoken now, whenever they are drawn."""
    code = language()

    def label(value: float, position: int | None) -> str:
        with spoken(code):
            if value and abs(value) < 10:
                return f"{value:g}".replace("-", MINUS).replace(".", words.DECIMAL)
            return number(value, 0 if abs(value - round(value)) < 1e-9 else 1)

    axis.set_major_formatter(FuncFormatter(label))


def clean(axes: Axes, grid: Literal["x", "y"] = "x") -> None:
    """Light lines along one axis only."""
    axes.grid(visible=True, axis=grid)
    axes.tick_params(axis="y", length=0)
    if grid == "x":
        axes.spines["left"].set_visible(False)


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write PNG and SVG, each whole or not at all; the same bytes for the same figure."""
    written = []
    with styled():
        engine = figure.get_layout_engine()
        assert engine is not None
        engine.execute(figure)
        figure.set_layout_engine(None)  # found once and kept in both files, without a look before each
        for kind, metadata in METADATA.items():
            path = folder / f"{name}.{kind}"
            part = path.with_name(path.name + ".part")
            try:
                figure.savefig(part, format=kind, dpi=DPI, metadata=metadata, facecolor="white")
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
            written.append(path)
    return written


def discard(folder: Path, name: str) -> None:
    """Remove the figure of an earlier result, which the present one does not have."""
    for kind in KINDS:
        (folder / f"{name}.{kind}").unlink(missing_ok=True)
