"""A sweep in figures (svep i figurer): main effects, two keys together, and points with rank correlations.

Drawn from ``sweep.json`` and ``sweep.csv``. Of a comparison the difference stands above the levels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from textwrap import wrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.report import tornado
from sim.report.canvas import GREY, PALE, PENS, discard, save, sheet, styled, thousands
from sim.report.language import LANGUAGES, spoken, sweep_words, words
from sim.report.numbers import between, decimals, number, scale
from sim.report.result import UNKNOWN, Estimate
from sim.report.swept import DIFFERENCE, Swept, Value, estimate_of, lower, read, shown, titles, value_of
from sim.report.words import Term

FIGURES = "figures"
ABREAST = 3
"""Keys side by side."""
LABEL = 40
"""Letters in a line below an axis."""
APART = 0.018
BESIDE = 0.2
"""Between the two governances at a value: as shares of the axis and of the step to the next value, at most."""
ROOM = 5
MOST_COLUMNS, MOST_ROWS = 10, 16
"""Cells abreast with room for an interval each; and at most, with room for a number."""
LINE = 100
"""Letters in a line at the bottom."""
ONE_COLOUR: dict[str, Any] = {**PENS[1], "marker": "s"}
PARTIAL_PEN: dict[str, Any] = {"color": "#D55E00", "marker": "D", "markerfacecolor": "#D55E00", "markersize": 4}
KINDS = ("effects", "map", "scatter", "ranks", "tornado")
"""Beginnings of the names of the figures; the outcome follows."""


def write(folder: Path, *, language: str = LANGUAGES[0]) -> list[Path]:
    """Draw the figures of a sweep into its folder, in a language; returns the files."""
    with spoken(language):
        return _write(folder)


def _write(folder: Path) -> list[Path]:
    files: list[Path] = []
    (folder / FIGURES).mkdir(parents=True, exist_ok=True)
    for swept in read(folder):
        found = figures(swept)
        for kind in KINDS:
            name = f"{kind}-{swept.outcome}"
            if kind in found:
                files += save(found[kind], folder / FIGURES, name)
            else:
                discard(folder / FIGURES, name)
    return files


def figures(swept: Swept) -> dict[str, Figure]:
    """The figures that a sweep allows, by kind."""
    found: dict[str, Figure] = {}
    if not swept.known:
        return found
    with styled():
        if swept.effects:
            found["effects"] = effects(swept)
        if swept.about["design"] == "grid" and len(swept.keys) == 2:
            found["map"] = both(swept)
        if swept.without_effects:
            found["scatter"] = scatter(swept)
        if sum(swept.rho(key["key"], swept.shown) is not None for key in swept.keys) > 1:
            found["ranks"] = ranks(swept)
        if len(bars := _bars(swept)) > 1:
            found["tornado"] = what_matters(swept, bars)
    return found


# --- figures -----------------------------------------------------------------------------------------------------


def effects(swept: Swept) -> Figure:
    """Main effect of each key: the difference above, levels below."""
    keys = [key for key in swept.keys if key["key"] in swept.effects]
    rows = [(DIFFERENCE,), swept.result.governances] if swept.result.compared else [swept.result.governances]
    blocks = -(-len(keys) // ABREAST)
    across = min(len(keys), ABREAST)
    heights = [1.9, 1.5][: len(rows)]
    figure = _sheet(swept, sweep_words.EFFECTS, blocks * (sum(heights) + 0.45), *_effect_words(swept))
    panels = figure.subplots(blocks * len(rows), across, sharey=False, squeeze=False, height_ratios=heights * blocks)
    for row, governances in enumerate(rows):
        axes_of_row = panels[row :: len(rows)].ravel()
        for place, axes in enumerate(axes_of_row):
            if place >= len(keys):
                axes.axis("off")
                continue
            key = keys[place]
            for governance in governances:
                _line(axes, swept, key, governance)
            _scenario_line(axes, swept, key)
            if governances == (DIFFERENCE,):
                _zero(axes)
            last = row == len(rows) - 1
            _key_axis(axes, swept, key, told=last)
            if place % ABREAST == 0:
                axes.set_ylabel(swept.axis(governances == (DIFFERENCE,)))
        _same_y(list(axes_of_row[: len(keys)]))
    return figure


def both(swept: Swept) -> Figure:
    """Two keys together: a map of the difference, and a line for each value of the second key."""
    first, second = swept.keys
    figure = _sheet(swept, sweep_words.MAP, 3.3, words.FIGURE_INTERVALS, [sweep_words.OF_POINTS], handles=[])
    left, right = figure.subplots(1, 2, width_ratios=(1.1, 1))
    _map(left, swept, first, second)
    _family(right, swept, first, second)
    return figure


def scatter(swept: Swept) -> Figure:
    """Each point, by each key that has no repeated values, with the rank correlation."""
    keys = swept.without_effects
    blocks, across = -(-len(keys) // ABREAST), min(len(keys), ABREAST)
    lines = [sweep_words.RHO_OVER_POINTS, sweep_words.OF_POINTS, *_together(swept)]
    figure = _sheet(swept, sweep_words.SCATTER, 2.35 * blocks, words.FIGURE_INTERVALS, lines, handles=[])
    panels = figure.subplots(blocks, across, sharey=True, squeeze=False).ravel()
    for place, axes in enumerate(panels):
        if place >= len(keys):
            axes.axis("off")
            continue
        key = keys[place]
        _dots(axes, swept, key)
        _scenario_line(axes, swept, key)
        if swept.shown == DIFFERENCE:
            _zero(axes)
        _key_axis(axes, swept, key)
        axes.set_title(_rho_words(swept.rho(key["key"], swept.shown)), size=7.5, weight="normal", loc="right")
        if place % ABREAST == 0:
            axes.set_ylabel(swept.axis(swept.result.compared))
    return figure


def ranks(swept: Swept) -> Figure:
    """Rank correlations of all keys, the strongest first."""
    found = [(key, swept.rho(key["key"], swept.shown)) for key in swept.keys]
    known = sorted(((k, rho) for k, rho in found if rho is not None), key=lambda one: -abs(one[1]["rho"]))
    beside = any(estimate_of(rho, "partial", "partial_").known for _, rho in known)
    handles = [
        Line2D([], [], ls="none", label=label, **pen)
        for label, pen in ((sweep_words.SPEARMAN, ONE_COLOUR), (sweep_words.PARTIAL, PARTIAL_PEN))
    ]
    lines = [sweep_words.RANKS_OVER_POINTS, sweep_words.FILLED, *_together(swept)]
    height = 0.55 + (0.4 if beside else 0.3) * len(known)
    figure = _sheet(swept, sweep_words.RANKS, height, "", lines, handles if beside else [])
    axes = figure.subplots()
    for y, (_, rho) in enumerate(known):
        partial = estimate_of(rho, "partial", "partial_")
        shift = 0.18 * partial.known
        _rank(axes, y - shift, estimate_of(rho, "rho"), ONE_COLOUR)
        _rank(axes, y + shift, partial, PARTIAL_PEN)
        text = _rho_words(rho).removeprefix("ρ = ")
        if partial.known:
            told = _interval_words(partial)
            text = sweep_words.RHO_PARTIAL.format(rho=text, partial=told)
        axes.annotate(
            text,
            (1, y),
            xycoords=axes.get_yaxis_transform(),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            size=7,
            annotation_clip=False,
        )
    axes.axvline(0, color=GREY, lw=0.8, zorder=2)
    axes.set_yticks(range(len(known)), [_name(key) for key, _ in known], size=7.5)
    axes.set_ylim(len(known) - 0.5, -0.5)
    axes.set_xlim(-1.05, 1.05)
    axes.set_xticks([-1, -0.5, 0, 0.5, 1])
    thousands(axes.xaxis)
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    of = sweep_words.DIFFERENCE_ALONE if swept.shown == DIFFERENCE else lower(swept.outcome)
    axes.set_xlabel(sweep_words.RANK_AXIS.format(of=of))
    return figure


def what_matters(swept: Swept, bars: Sequence[tornado.Bar]) -> Figure:
    """Main effects of all keys from the least to the largest value, the widest first."""
    handles = [
        Line2D([], [], ls="none", marker="s", ms=7, color=colour, label=label)
        for label, colour in zip(sweep_words.TORNADO_ENDS, (tornado.LOW, tornado.HIGH), strict=True)
    ]
    note, lines = _effect_words(swept)
    own = swept.about["reference"]["own"]
    lines = [*lines[:1], sweep_words.TORNADO_OWN if own else sweep_words.TORNADO_MEAN, *_together(swept)]
    figure = _sheet(swept, sweep_words.TORNADO, 0.6 + tornado.ROW * len(bars), note, lines, handles)
    axes = figure.subplots()
    factor = scale(swept.unit)[0]
    everywhere = [point.estimate(swept.shown).times(factor) for point in swept.points]
    middle = everywhere[swept.reference].value if own else tornado.reference(everywhere)
    tornado.draw(axes, bars, middle)
    axes.set_xlabel(swept.axis(swept.result.compared))
    return figure


def _bars(swept: Swept) -> list[tornado.Bar]:
    """A bar for each key with main effects at two values or more, the widest first."""
    factor, bars = scale(swept.unit)[0], []
    for key in swept.keys:
        mine = [effect for effect in swept.effects.get(key["key"], ()) if effect["governance"] == swept.shown]
        places = _places(swept, key)
        mine.sort(key=lambda effect: places[value_of(effect["value"])])
        if len(mine) > 1:
            low, high = (estimate_of(effect, "mean").times(factor) for effect in (mine[0], mine[-1]))
            least, largest = (shown(value_of(effect["value"]), 3) for effect in (mine[0], mine[-1]))
            bars.append(tornado.Bar(_label(key), low, high, least, largest))
    return tornado.ordered(bars)


# --- parts of figures --------------------------------------------------------------------------------------------


def _sheet(
    swept: Swept,
    kind: Term,
    height: float,
    note: str,
    lines: Sequence[str],
    handles: Sequence[Line2D] | None = None,
) -> Figure:
    """An empty figure; with the number of points before the lines, and governances in the legend if none is given."""
    if handles is None:
        names = swept.result.governances if swept.result.compared else ()
        pens = zip(names, PENS[: len(names)], strict=True)
        handles = [Line2D([], [], linestyle="-", lw=1, label=words.governance(name), **pen) for name, pen in pens]
        if any(_is_number(key["scenario"]) for key in swept.keys):
            handles.append(Line2D([], [], color=PALE, lw=0.8, ls=":", label=sweep_words.SCENARIO))
    points = sweep_words.POINTS.format(points=number(len(swept.points), 0))
    below = [" ".join([points, *lines[:1]]), *lines[1:]]
    return sheet("", swept.result, height, note, handles, 3, titles=titles(kind, swept.outcome), lines=below)


def _effect_words(swept: Swept) -> tuple[str, list[str]]:
    """What is said of the whiskers of main effects: after the replications, and below."""
    over = swept.about["effect_intervals"]
    note = "" if over is None else words.FIGURE_INTERVALS
    lines = [sweep_words.WHISKERS[over]] if over is None or swept.result.replications > 1 else []
    filled = [sweep_words.FILLED_DIFFERENCE] if swept.result.compared else []
    return note, [*lines, *filled, *_together(swept)]


def _together(swept: Swept) -> list[str]:
    return wrap(f"{swept.together}.", LINE) if swept.together else []


def _rank(axes: Axes, y: float, estimate: Estimate, pen: Mapping[str, Any]) -> None:
    """One rank correlation: a bar, a whisker, and a marker that is filled if the interval leaves out zero."""
    if not estimate.known:
        return
    axes.plot([0, estimate.value], [y, y], color="#D9D9D9", lw=4, solid_capstyle="butt", zorder=1)
    if estimate.bounded:
        axes.plot([estimate.low, estimate.high], [y, y], color=pen["color"], lw=1.2, zorder=3)
    face = pen["color"] if estimate.clear else "white"
    axes.plot([estimate.value], [y], ls="none", zorder=4, **{**pen, "markerfacecolor": face})


def _line(axes: Axes, swept: Swept, key: Mapping[str, Any], governance: str) -> None:
    """Main effect of a key under one governance, with whiskers."""
    mine = [effect for effect in swept.effects[key["key"]] if effect["governance"] == governance]
    places = _places(swept, key)
    beside = 0.0 if governance == DIFFERENCE else swept.result.governances.index(governance) - 0.5
    span = list(places.values())
    shift = beside * min(APART * _width(span), BESIDE * _step(span)) * swept.result.compared
    x = [places[value_of(effect["value"])] + shift for effect in mine]
    estimates = [estimate_of(effect, "mean").times(scale(swept.unit)[0]) for effect in mine]
    pen = ONE_COLOUR if governance == DIFFERENCE else PENS[swept.result.governances.index(governance)]
    ordered = key["kind"] in ("number", "integer")
    axes.plot(x, [e.value for e in estimates], color=pen["color"], lw=1.0 if ordered else 0.0, zorder=2)
    for at, estimate in zip(x, estimates, strict=True):
        if estimate.bounded:
            axes.plot([at, at], [estimate.low, estimate.high], color=pen["color"], lw=1.2, zorder=3)
        hollow = governance == DIFFERENCE and not estimate.clear
        looks = {**pen, "markerfacecolor": "white"} if hollow else pen
        axes.plot([at], [estimate.value], ls="none", markersize=4.5, zorder=4, **looks)


def _map(axes: Axes, swept: Swept, first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    """Cells coloured and labelled by the outcome."""
    columns, rows = _places(swept, first), _places(swept, second)
    order_x, order_y = sorted(columns, key=lambda v: columns[v]), sorted(rows, key=lambda v: rows[v])
    table = {(p.values[first["key"]], p.values[second["key"]]): p.estimate(swept.shown) for p in swept.points}
    factor = scale(swept.unit)[0]
    cells = [[table.get((x, y), UNKNOWN).times(factor) for x in order_x] for y in order_y]
    values = np.array([[cell.value for cell in row] for row in cells])
    if swept.shown == DIFFERENCE:  # white is no difference
        most = float(np.nanmax(np.abs(values))) or 1.0
        low, high, colours = -most, most, "RdBu_r"
    else:
        low, high, colours = float(np.nanmin(values)), float(np.nanmax(values)), "cividis"
    image = axes.imshow(values, cmap=colours, vmin=low, vmax=high, aspect="auto", origin="lower", alpha=0.75)
    if len(order_x) > MOST_COLUMNS or len(order_y) > MOST_ROWS:
        axes.figure.colorbar(image, ax=axes, orientation="horizontal", shrink=0.8, aspect=30).outline.set_visible(False)
    else:
        _numbers(axes, cells, swept.shown == DIFFERENCE, (low, high))
    for axis, order, most_ticks in ((axes.xaxis, order_x, 8), (axes.yaxis, order_y, 20)):
        every = -(-len(order) // most_ticks)
        axis.set_ticks(range(0, len(order), every), [shown(value, 3) for value in order[::every]])
    axes.set_xlabel(_label(first))
    axes.set_ylabel(_label(second))
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_title(swept.axis(swept.result.compared).replace("\n", " "), size=7.5, weight="normal")


def _numbers(axes: Axes, cells: Sequence[Sequence[Estimate]], sign: bool, limits: tuple[float, float]) -> None:
    """The value of each cell; its interval where there is room."""
    digits = decimals(*(cell.value for row in cells for cell in row))
    columns = len(cells[0])
    bounded = columns <= ROOM and len(cells) <= 2 * ROOM
    for y, row in enumerate(cells):
        for x, cell in enumerate(row):
            share = (cell.value - limits[0]) / ((limits[1] - limits[0]) or 1.0)
            white = abs(share - 0.5) > 0.38 if sign else share < 0.4
            looks: dict[str, Any] = {"ha": "center", "color": "white" if white else "#111111"}
            above = bounded and cell.bounded
            size = 8 if columns <= ROOM else 6
            text = number(cell.value, digits, sign=sign)
            axes.text(x, y, text, va="bottom" if above else "center", size=size, **looks)
            if above:
                told = between(cell.low, cell.high, digits)
                axes.text(x, y, f"\n{told}", va="top", size=5.5, linespacing=0.3, **looks)


def _family(axes: Axes, swept: Swept, first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    """A line over the first key for each value of the second."""
    places, rows = _places(swept, first), _places(swept, second)
    order = sorted(rows, key=lambda v: rows[v])
    factor, width = scale(swept.unit)[0], _step(list(places.values()))
    pale = 1.0 if len(order) <= ROOM else 0.35
    for n, value in enumerate(order):
        shade = 0.35 + 0.65 * (n / max(1, len(order) - 1))
        colour = (*np.array([0.85, 0.92, 0.97]) * (1 - shade) + np.array([0.0, 0.27, 0.5]) * shade,)
        shift = 0.12 * width * (n - (len(order) - 1) / 2) / max(1, len(order) - 1)
        mine = [p for p in swept.points if p.values[second["key"]] == value]
        mine.sort(key=lambda p: places[p.values[first["key"]]])
        x = [places[p.values[first["key"]]] + shift for p in mine]
        estimates = [p.estimate(swept.shown).times(factor) for p in mine]
        axes.plot(
            x,
            [e.value for e in estimates],
            color=colour,
            marker="o",
            ms=4,
            lw=1.2,
            label=shown(value, 3) if n % -(-len(order) // 8) == 0 else None,
            zorder=3,
        )
        for at, e in zip(x, estimates, strict=True):
            if e.bounded:
                axes.plot([at, at], [e.low, e.high], color=colour, lw=1.0, alpha=pale, zorder=2)
    if swept.shown == DIFFERENCE:
        _zero(axes)
    _key_axis(axes, swept, first)
    looks: dict[str, Any] = {"title": _label(second), "title_fontsize": 7, "fontsize": 7, "ncols": min(len(order), 4)}
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, alignment="left", handlelength=1, **looks)
    axes.set_ylabel(swept.axis(swept.result.compared))


def _dots(axes: Axes, swept: Swept, key: Mapping[str, Any]) -> None:
    """One dot for each point, with a pale whisker."""
    places, factor = _places(swept, key), scale(swept.unit)[0]
    colour = ONE_COLOUR["color"] if swept.shown == DIFFERENCE else GREY
    for point in swept.points:
        estimate, x = point.estimate(swept.shown).times(factor), places[point.values[key["key"]]]
        if estimate.bounded:
            axes.plot([x, x], [estimate.low, estimate.high], color=colour, alpha=0.25, lw=0.8, zorder=2)
        if estimate.known:
            axes.plot([x], [estimate.value], ls="none", marker="o", ms=3, color=colour, zorder=3)


def _key_axis(axes: Axes, swept: Swept, key: Mapping[str, Any], told: bool = True) -> None:
    """The axis of a key below a panel."""
    places = _places(swept, key)
    values = sorted(places.values())
    if key["kind"] not in ("number", "integer") or (len(values) <= 6 and _apart(values)):
        order = sorted(places, key=lambda v: places[v])
        axes.set_xticks([places[v] for v in order], [shown(v, 3) for v in order])
    else:
        axes.locator_params(axis="x", nbins=10 if len(swept.keys) == 1 else 5)
        thousands(axes.xaxis)
    margin = 0.08 * (values[-1] - values[0]) or 0.5
    axes.set_xlim(values[0] - margin, values[-1] + margin)
    axes.grid(visible=True, axis="y")
    thousands(axes.yaxis)
    if told:
        axes.set_xlabel(_label(key), size=7.5)
    else:
        axes.tick_params(labelbottom=False)


def _scenario_line(axes: Axes, swept: Swept, key: Mapping[str, Any]) -> None:
    """Where the value of the scenario lies, if it is among the values."""
    value, places = key["scenario"], list(_places(swept, key).values())
    if _is_number(value) and min(places) <= value <= max(places):
        axes.axvline(value, color=PALE, lw=0.8, ls=":", zorder=1)


def _zero(axes: Axes) -> None:
    axes.axhline(0, color=GREY, lw=0.8, zorder=1)


def _same_y(panels: Sequence[Axes]) -> None:
    """The same limits in all panels of a row, so that effects can be compared."""
    limits = [axes.get_ylim() for axes in panels]
    low, high = min(low for low, _ in limits), max(high for _, high in limits)
    for place, axes in enumerate(panels):
        axes.set_ylim(low, high)
        if place % ABREAST:
            axes.tick_params(labelleft=False)


# --- words of keys and values --------------------------------------------------------------------------------------


def _label(key: Mapping[str, Any]) -> str:
    """A key below an axis: its name, in lines that begin with a dot, and its unit."""
    unit = (
        ""
        if key["unit"] in ("1", "") or key["kind"] in ("flag", "choice")
        else f" [{words.UNITS.get(key['unit'], key['unit'])}]"
    )
    lines = [""]
    for piece in (*re.split(r"(?=\.)", _name(key)), unit):
        if len(lines[-1]) + len(piece) > LABEL:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.strip() for line in lines)


def _name(key: Mapping[str, Any]) -> str:
    """The key without what is said anyway."""
    name, governance = str(key["key"]), key["governance"]
    return name if governance is None else f"{governance}: {name.removeprefix(f'governance.{governance}.')}"


def _places(swept: Swept, key: Mapping[str, Any]) -> dict[Value, float]:
    """Where each value of a key stands: at itself if it is a number, else in order."""
    values = {point.values[key["key"]] for point in swept.points}
    if key["kind"] in ("number", "integer"):
        return {value: float(value) for value in values}
    return {value: float(place) for place, value in enumerate(sorted(values, key=str))}


def _step(places: Sequence[float]) -> float:
    """The least distance of two places."""
    ordered = sorted(places)
    return min((b - a for a, b in pairwise(ordered)), default=1.0)


def _width(places: Sequence[float]) -> float:
    """From the first place to the last."""
    return max(places) - min(places) or 1.0


def _apart(values: Sequence[float]) -> bool:
    """Whether there is room for a label at each value."""
    return len(values) < 2 or _step(values) > 0.11 * (values[-1] - values[0])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _rho_words(rho: Mapping[str, Any] | None) -> str:
    if rho is None:
        return sweep_words.NO_RHO
    return sweep_words.RHO.format(rho=_interval_words(estimate_of(rho, "rho")))


def _interval_words(estimate: Estimate) -> str:
    """A correlation, with its interval if it has one."""
    told = number(estimate.value, 2)
    return f"{told} ({between(estimate.low, estimate.high, 2)})" if estimate.bounded else told
