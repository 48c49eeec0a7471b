"""The timeline of a story (tidslinje): places as a band, contacts as marks, beside what nobody saw."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import PlaceHolderLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.eventlog.stories import Story
from sim.report.canvas import DPI, GREY, LINE, PALE, WIDTH, styled
from sim.report.story_words import FIGURE, LANES, PAGE, PLACES, Language
from sim.vocabulary import DAY, Level, NeedType, Place

PLACE_COLOURS = MappingProxyType(
    {
        Place.HOME: "#E6E6E6",
        Place.SPECIAL_HOUSING: "#009E73",
        Place.SHORT_TERM: "#56B4E9",
        Place.EMERGENCY: "#0072B2",
        Place.WARD: "#D55E00",
    }
)
"""Of the palette of Okabe and Ito; a place at a sjukstuga counts as hospital."""
FAILING = "#FBE3C8"
NEED = "#CC79A7"
LEGEND, FOOT, LANE, NAME = 0.16, 0.36, 0.2, 0.24
"""Inches for a row of the legend, the axis of time, each row, and the name of a governance above its panel."""
COLUMNS = 3
"""Of the legend."""
LEAST = 2.5 * DAY
"""Shortest stretch that can be seen: whatever is shorter is drawn so long."""
LEVELS = (Level.NURSE, Level.GP, Level.TEAM, Level.HOSPITAL)


def timeline(stories: Sequence[Story], language: Language, governances: Sequence[str]) -> Figure:
    """Draw the story of one person, under one governance or several above each other.

    Parameters
    ----------
    stories
        Of the same person, in the order of the governances.
    language
        Of the words.
    governances
        What they are called.
    """
    with styled():
        shown = [name for name, (_, kinds) in LANES.items() if _used(stories, kinds)]
        rows = len(shown) + 2
        name = NAME if len(stories) > 1 else 0.0
        panel = LANE * rows + name
        handles = _handles(stories, language)
        head = LEGEND * (-(-len(handles) // COLUMNS)) + 0.06
        height = head + FOOT + panel * len(stories)
        # Every place is given here; an engine of layout that does nothing says so.
        still = PlaceHolderLayoutEngine(adjust_compatible=True, colorbar_gridspec=True)
        figure = Figure(figsize=(WIDTH, height), dpi=DPI, layout=still)
        for place, story in enumerate(stories):
            top = 1 - (head + panel * place + name) / height
            axes = figure.add_axes((0.2, top - LANE * rows / height, 0.785, LANE * rows / height))
            _panel(axes, story, shown, language)
            if len(stories) > 1:
                axes.set_title(governances[place], pad=3)
            _months(axes, story, language, last=place == len(stories) - 1)
        figure.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(0.005, 1 - 0.02 / height),
            ncols=COLUMNS,
            fontsize=6.8,
            columnspacing=1.2,
            handletextpad=0.5,
            handlelength=1.2,
            labelspacing=0.3,
            borderpad=0,
            borderaxespad=0,
        )
        return figure


def _used(stories: Sequence[Story], kinds: Sequence[object]) -> bool:
    return any(mark.kind in kinds for story in stories for mark in story.marks)


def _panel(axes: Axes, story: Story, lanes: Sequence[str], language: Language) -> None:
    """Place on top, a row for each kind of contact, hidden needs at the bottom."""
    told, rows = story.told, len(lanes) + 2
    for begin, end in story.failing:
        axes.axvspan(begin, end, color=FAILING, linewidth=0, zorder=0)
    for stretch in story.places:
        place = Place.WARD if stretch.place is Place.SJUKSTUGA else stretch.place
        length = float(stretch.end - stretch.begin)
        if stretch.place is not Place.HOME:
            length = max(length, LEAST)
        over = 2 + (stretch.place not in (Place.HOME, Place.SPECIAL_HOUSING)) + (place is Place.WARD)
        axes.broken_barh([(stretch.begin, length)], (-0.36, 0.72), facecolor=PLACE_COLOURS[place], zorder=over)
    for row, name in enumerate(lanes, start=1):
        marks = [mark for mark in story.marks if mark.kind in LANES[name][1]]
        axes.axhline(row, color=LINE, linewidth=0.5, zorder=1)
        for made in (True, False):
            times = [mark.time for mark in marks if mark.made is made]
            axes.plot(times, [row] * len(times), **_pen(made), zorder=4)
    _needs(axes, story, rows - 1)
    if story.died is not None:
        axes.axvline(story.died, color="#111111", linewidth=1.2, zorder=5)
    axes.axvline(told.starts, color=GREY, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
    names = [language.of(LANES[name][0]) for name in lanes]
    names = [language.of(FIGURE["place"]), *names, language.of(FIGURE["hidden"])]
    axes.set_yticks(range(rows), names, fontsize=7)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)


def _pen(made: bool) -> dict[str, Any]:
    """A filled dot for what took place, an open one for what did not."""
    face = "#222222" if made else "white"
    return {"linestyle": "", "marker": "o", "markersize": 3.2, "color": "#222222", "markerfacecolor": face}


def _needs(axes: Axes, story: Story, row: int) -> None:
    """A stroke for each worsening, the taller the higher its level; a dot for other needs."""
    for onset in story.onsets:
        if onset.type in (NeedType.SIMPLE, NeedType.COMPLICATED) and onset.level not in LEVELS:
            axes.plot([onset.time], [row + 0.36], ".", color=PALE, markersize=2.2, zorder=3)
        else:
            tall = 0.2 * (1 + LEVELS.index(onset.level)) if onset.level in LEVELS else 0.2
            style = ":" if onset.prevented else "-"
            axes.plot([onset.time] * 2, [row + 0.42, row + 0.42 - tall], style, color=NEED, linewidth=1.7, zorder=3)


def _months(axes: Axes, story: Story, language: Language, last: bool) -> None:
    """Months of the model's calendar; beneath them the year before and the followed year."""
    told = story.told
    firsts = [day * DAY for day in range(told.begins // DAY, told.ends // DAY + 1) if language.day(day * DAY).day == 1]
    few = len(firsts) <= 6
    named = [time for time in firsts if few or language.day(time).month % 3 == 1]
    axes.set_xlim(told.begins, told.ends)
    axes.set_xticks(named, [language.month(time)[:3] for time in named])
    axes.set_xticks(firsts, minor=True)
    axes.spines["left"].set_visible(False)
    if not last:
        axes.tick_params(axis="x", labelbottom=False)
        return
    for key, begin, end in (("before", told.begins, told.starts), ("after", told.starts, told.ends)):
        if end > begin:
            label = language.of(PAGE[key])
            place = ((begin + end) / 2, -0.24 / (LANE * axes.get_ylim()[0] + LANE / 2))
            axes.text(*place, label, size=7, ha="center", va="top", transform=axes.get_xaxis_transform())


def _handles(stories: Sequence[Story], language: Language) -> list[Artist]:
    """What is in the figure, and nothing else."""
    here = {Place.WARD if one.place is Place.SJUKSTUGA else one.place for story in stories for one in story.places}
    handles: list[Artist] = [
        Patch(facecolor=PLACE_COLOURS[place], label=language.of(name))
        for place, name in PLACES.items()
        if place in here
    ]

    def line(key: str, **pen: Any) -> None:
        handles.append(Line2D([], [], label=language.of(FIGURE[key]), **pen))

    marks = [mark for story in stories for mark in story.marks]
    if any(mark.made for mark in marks):
        line("made", **_pen(True))
    if any(not mark.made for mark in marks):
        line("unmade", **_pen(False))
    onsets = [onset for story in stories for onset in story.onsets]
    if any(onset.level in LEVELS for onset in onsets):
        line("need", color=NEED, linewidth=1.7)
    if any(onset.level not in LEVELS for onset in onsets):
        line("small_need", color=PALE, marker=".", markersize=3, linestyle="")
    if any(story.failing for story in stories):
        handles.append(Patch(facecolor=FAILING, label=language.of(FIGURE["failing"])))
    if any(story.died is not None for story in stories):
        line("died", color="#111111", linewidth=1.2)
    return handles
