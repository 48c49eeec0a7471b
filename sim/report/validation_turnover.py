"""Turnover of frequent users (omsättning): who is admitted often this year, what becomes of them, and why.

Two causes are told apart by what no register shows: frailty, which stays, and failing spells, which pass.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.report.canvas import clean
from sim.report.numbers import number, per_cent
from sim.report.validation_parts import (
    BLUE,
    EDGE,
    ORANGE,
    PINK,
    RANGE,
    RED,
    SKY,
    Drawing,
    dots,
    edges,
    fit,
    paper,
    part,
    said,
    times,
)
from sim.report.validation_words import SEGMENTS
from sim.validation.validation import Band, Validation, Verdict
from sim.validation.views import CLASSES, ORIGINS

TIMES = ("none", "one", "two", "three or more")
CLASS_COLOURS = ("#D9D9D9", SKY, ORANGE, RED)
STATES = ("dead in\nyear 1", "0", "1", "2", "3+", "dead in\nyear 2")
STABLE, FAILING = BLUE, RED
FIFTHS = 5
_SHORT_SEGMENTS = ("others", "risk group", "failing", "most ill")
NEEDS = (
    "class_sizes",
    "class_shares",
    "transitions",
    "spells_by_state",
    "frequent_rates",
    "frequent_origins",
    "after_first_by_state",
)


def draw(found: Validation) -> Figure:
    """Shares, transitions, causes, and what follows a first emergency spell."""
    sources = ("Roland 2005 (pilot:rtm-england-65)", "Bottle 2006 (pilot:rtm-england-index-emergency)")
    handles: list[Artist] = [Patch(color=c, label=f"{t} in year 1") for c, t in zip(CLASS_COLOURS, TIMES, strict=True)]
    handles += [
        Line2D([], [], color=STABLE, marker="o", ms=4, ls="none", label="stable"),
        Line2D([], [], color=FAILING, marker="D", ms=4, ls="none", label="in a failing spell"),
        Patch(color=RANGE, label="Published range, ±10 % where none"),
        Line2D([], [], color=EDGE, lw=1.6, label="Published, value"),
    ]
    figure = paper(found, "validation-turnover", 7.6, sources, handles, 4)
    panels = figure.subplots(3, 2, height_ratios=(1, 1.15, 0.95), width_ratios=(1.1, 1))
    _shares(panels[0, 0], found)
    _transitions(panels[0, 1], found)
    _causes(panels[1, 0], found)
    _rates(panels[1, 1], found)
    _origins(panels[2, 0], found)
    _after(panels[2, 1], found)
    return figure


def _shares(axes: Axes, found: Validation) -> None:
    """Bars of people and admissions by class of the first year."""
    sizes, shares = found.views["class_sizes"], found.views["class_shares"]
    rows = (sizes.mean, shares.mean[0], shares.mean[1])
    names = ("people,\nyear 1", "admissions,\nyear 1", "admissions,\nyear 2")
    for y, row in enumerate(rows):
        # The frequent stand first, so that their share is read from the axis.
        left = 0.0
        for class_ in (2, 3, 1, 0):
            width = 100 * row[class_]
            axes.barh(y, width, left=left, height=0.55, color=CLASS_COLOURS[class_], zorder=2)
            left += width
        axes.text(
            100 * (row[2] + row[3]) + 1.5, y - 0.3, per_cent(row[2] + row[3]), size=7.5, weight="bold", va="bottom"
        )
    for y, id_ in ((1, "frequent_same_year"), (2, "frequent_next_year")):
        _published(axes, y, found.verdict(id_))
    axes.set_yticks(range(3), names, size=7)
    axes.set_ylim(2.6, -0.65)
    axes.set_xlim(0, 100)
    axes.set_xlabel("% (bold: two or more in year 1)")
    axes.set_title("A  People and their admissions")
    clean(axes, "x")


def _published(axes: Axes, y: float, verdict: Verdict | None) -> None:
    if verdict is None:
        return
    low, _, high = edges(verdict, 100)
    mark = high if np.isnan(low) else (low + high) / 2
    at_most = verdict.target.low is None and verdict.target.value is None
    axes.plot([mark, mark], [y - 0.27, y + 0.42], color="black", lw=1.6, zorder=4)
    text = f"published{' at most' if at_most else ''} {mark:.0f} %"
    axes.text(mark + 1.2, y + 0.42, text, size=6.5, color="black", va="center")


def _transitions(axes: Axes, found: Validation) -> None:
    """A table in colours: rows are classes of the first year."""
    table = 100 * found.views["transitions"].mean
    axes.imshow(np.sqrt(table), cmap="Blues", vmin=0, vmax=11, aspect="auto")
    for (y, x), value in np.ndenumerate(table):
        colour = "white" if value > 60 else "#111111"
        axes.text(x, y, number(value, 0 if value >= 9.95 else 1), ha="center", va="center", size=7.5, color=colour)
    axes.set_xticks(range(len(STATES)), STATES, size=6.5)
    axes.set_yticks(range(CLASSES), ("0", "1", "2", "3+"), size=7.5)
    axes.set_ylabel("admissions in year 1")
    axes.set_xlabel("admissions in year 2, if alive at its end")
    axes.set_title("B  From year to year, % of row")
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _causes(axes: Axes, found: Validation) -> None:
    """Admission rates by segment, fifth of frailty, and spell."""
    view = found.views["spells_by_state"]
    for segment in range(len(SEGMENTS)):
        x = segment * (FIFTHS + 1.2) + np.arange(FIFTHS)
        for spell, (colour, marker) in enumerate(((STABLE, "o"), (FAILING, "D"))):
            band = part(view, segment, slice(None), spell)
            axes.plot(x, band.mean, color=colour, lw=1.0, zorder=3)
            dots(axes, x, Band(band.mean, np.maximum(band.low, 0.012), band.high), colour, marker=marker, ms=3.5)
        axes.text(x.mean(), 9, SEGMENTS[segment].replace(" ", "\n"), size=6.8, ha="center", va="center")
    axes.set_yscale("log")
    axes.set_ylim(0.012, 14)
    axes.set_yticks([0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5], ["0.02", "0.05", "0.1", "0.2", "0.5", "1", "2", "5"])
    axes.minorticks_off()
    axes.set_xticks([])
    axes.set_xlabel("fifths of frailty within the segment, frailest last")
    axes.set_ylabel("per person-year (log scale)")
    axes.set_title("C  Admissions by frailty and spell")
    clean(axes, "y")


def _rates(axes: Axes, found: Validation) -> None:
    """Rates of frequent users, and what explains them."""
    view = found.views["frequent_rates"]
    names = ("all\n65+", "by\nfrailty", "and\nspells", "and\nfollow-on", "observed")
    x = np.arange(len(names))
    for year, (shift, face) in enumerate(((-0.21, EDGE), (0.21, "white"))):
        band = part(view, slice(None), year)
        axes.bar(x + shift, band.mean, width=0.38, color=face, edgecolor=EDGE, lw=0.8, zorder=2)
        axes.vlines(x + shift, band.low, band.high, color="black", lw=1.0, zorder=4)
        for at, value, high in zip(x + shift, band.mean, band.high, strict=True):
            axes.text(at, max(value, np.nan_to_num(high)) + 0.05, number(float(value), 2), **_above())
    handles = [Patch(facecolor=EDGE, label="year 1"), Patch(facecolor="white", edgecolor=EDGE, label="year 2")]
    axes.legend(handles=handles, loc="upper left", fontsize=7, handlelength=1.2)
    axes.set_xticks(x, names, size=6.8)
    fit(axes, view)
    axes.set_ylim(0, 1.08 * axes.get_ylim()[1])  # room for numbers
    axes.set_ylabel("per person-year")
    axes.set_title("D  Frequent users: expected, observed")
    clean(axes, "y")


def _above() -> dict[str, Any]:
    return {"size": 6, "ha": "center", "va": "bottom", "zorder": 5}


def _origins(axes: Axes, found: Validation) -> None:
    """Bars of where admissions come from."""
    view = found.views["frequent_origins"]
    names = ("frequent users,\nyear 1", "everybody else,\nyear 1", "frequent users,\nyear 2")
    told = ("follow-on of\nearlier illness", "else in a\nfailing spell", "else\nstable")
    colours = (PINK, RED, BLUE)
    for y in range(len(names)):
        left = 0.0
        for origin in range(len(ORIGINS)):
            width = 100 * view.mean[y, origin]
            axes.barh(y, width, left=left, height=0.55, color=colours[origin], zorder=2)
            if width >= 7:
                text = number(float(width), 0)
                axes.text(left + width / 2, y, text, size=7.5, ha="center", va="center", color="white", weight="bold")
            left += width
    starts = 100 * np.cumsum([0.0, *view.mean[0, :-1]])
    for start, text, colour in zip(starts, told, colours, strict=True):
        axes.text(start, -0.33, text, size=6.8, color=colour, weight="bold", va="bottom", ha="left")
    axes.set_yticks(range(len(names)), names, size=7)
    axes.set_ylim(2.5, -0.95)
    axes.set_xlim(0, 100)
    axes.set_xlabel("% of emergency admissions")
    axes.set_title("E  What admissions come from")
    clean(axes, "x")


def _after(axes: Axes, found: Validation) -> None:
    """Within a year of the first emergency spell of adults: what is published, and who comes back twice or more."""
    view = times(found.views["after_first_by_state"], 100)
    places = np.arange(len(SEGMENTS)) + 2.0
    for spell, (colour, marker) in enumerate(((STABLE, "o"), (FAILING, "D"))):
        dots(axes, places + (spell - 0.5) * 0.24, part(view, slice(None), spell), colour, marker=marker, ms=4)
    shown, most = [view], 0.0
    for x, verdict in enumerate(map(found.verdict, ("after_first_died", "after_first_two_more"))):
        if verdict is None:
            continue
        low, high, value = 100 * verdict.low, 100 * verdict.high, edges(verdict, 100)[1]
        axes.fill_between([x - 0.36, x + 0.36], low, high, color=RANGE, lw=0, zorder=1)
        axes.plot([x - 0.36, x + 0.36], [value, value], color=EDGE, lw=1.6, solid_capstyle="butt", zorder=3)
        numbers = (verdict.simulated, verdict.simulated_low, verdict.simulated_high)
        shown.append(Band(*(np.array([100 * one]) for one in numbers)))
        most = max(most, high)
        dots(axes, [x], shown[-1], "black", ms=5)
    fit(axes, *shown, published=most)
    axes.axvline(1.5, color="#999999", lw=0.6)
    beside: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "size": 6.8, "va": "top"}
    axes.text(0.5, 0.98, "everybody", ha="center", **beside)
    axes.text(1.6, 0.98, "two or more, by segment\nand spell at the first", ha="left", **beside)
    names = ("dead", "two or\nmore", *(name.replace(" ", "\n") for name in _SHORT_SEGMENTS))
    axes.set_xticks(range(len(names)), names, size=6.5)
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylabel("% of adults")
    axes.set_title("F  Within 365 days of the first one")
    clean(axes, "y")


def tell(found: Validation) -> str:
    """What the panels show together."""
    get, views = found.verdict, found.views
    sizes, (year, after) = views["class_sizes"].mean, views["frequent_rates"].mean.T
    origins, often = views["frequent_origins"].mean, float(sizes[2] + sizes[3])
    again = views["transitions"].mean[2:, 3:5].sum(axis=1) @ (sizes[2:] / often)
    rates = views["spells_by_state"].mean[1:]
    frail, failing = rates[:, -1] / rates[:, 0], rates[:, :, 1] / rates[:, :, 0]
    after_first = views["after_first_by_state"].mean
    return (
        f"A: {per_cent(often)} of people of 65 and over have two or more emergency admissions in year 1; they make "
        f"{said(get('frequent_same_year'), share=True)} of that year's and "
        f"{said(get('frequent_next_year'), share=True)} of the next year's, deaths and entrants included. B: of "
        f"these people {per_cent(float(again))} are alive with two or more in year 2 too. C: within a segment the "
        f"frailest fifth is admitted {_times(frail)} as often as the least frail, and people are admitted "
        f"{_times(failing)} as often in a failing spell as in a stable one (medians). D, admissions per person-year: "
        f"everybody {_n(year[0])}; people as frail as the frequent users {_n(year[1])}; in the spells that they had "
        f"{_n(year[2])}; with the follow-on illness that they had {_n(year[3])}; observed {_n(year[4])}. What is "
        f"beyond is the chance by which they were chosen. In year 2 they have {_n(after[4])}, and their frailty "
        f"alone would give {_n(after[1])}: frailty stays, while spells, follow-on illness and chance pass. E: of "
        f"their admissions {per_cent(float(origins[0, 0]))} follow an earlier illness and "
        f"{per_cent(float(origins[0, 1]))} arise in a failing spell, of everybody else's "
        f"{per_cent(float(origins[1, 0]))} and {per_cent(float(origins[1, 1]))}. F: within 365 days of the first "
        f"emergency spell of a year {said(get('after_first_two_more'), share=True)} of adults have two or more "
        f"others, and {said(get('after_first_died'), share=True)} die; two or more others come to "
        f"{per_cent(float(after_first[0, 0]))} of those in no need segment, and to "
        f"{per_cent(float(after_first[3, 1]))} of the most ill who were in a failing spell. Expected rates are those "
        "of all people of the same segment, tenth of frailty and spell. Published figures are of England."
    )


def _n(value: np.floating) -> str:
    return number(float(value), 2)


def _times(ratios: np.ndarray) -> str:
    known = ratios[np.isfinite(ratios)]
    return f"{number(float(np.median(known)), 1)} times" if len(known) else "an unknown number of times"


TURNOVER = Drawing("validation-turnover", NEEDS, draw, tell)
