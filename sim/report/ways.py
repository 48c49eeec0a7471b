"""The ways of worsenings through care, as a flow diagram (vårdkedjor, Sankeydiagram), under each governance."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from sim.outcomes.pathways import ADMITTED, End, First, Furthest
from sim.report.canvas import PALE, sheet
from sim.report.language import words
from sim.report.numbers import number
from sim.report.patterns import Floats
from sim.report.result import Result

HEIGHT = 3.35
"""Inches of the diagram of one governance."""
SLOT = 0.215
GAP = 0.05
"""Inches that a node takes at least, for its label, and between two nodes."""
NODE = 0.016
"""Width of a node, as a share of the diagram."""
COLOURS = {"home": "#8CC5E8", "admitted": "#C4500A"}
"""Without admission light, admitted dark: told apart in grey too."""
STAGES = ("noticed", "first", "furthest", "admission", "end")
ADMISSION = {
    **dict.fromkeys(ADMITTED, "admitted"),
    End.AT_HOME: "at_home",
    End.DIED_OUTSIDE: "died_outside",
    End.UNDER_WAY: "under_way",
}
ORDER: dict[str, tuple[str, ...]] = {
    "noticed": ("noticed",),
    "first": tuple(one.name.lower() for one in (First.NOBODY, *list(First)[:-1])),
    "furthest": tuple(one.name.lower() for one in Furthest),
    "admission": ("at_home", "under_way", "died_outside", "admitted"),
    "end": tuple(one.name.lower() for one in ADMITTED),
}
"""Nodes of each stage from top to bottom."""
HALO = [withStroke(linewidth=2.2, foreground="white")]


class Ribbon(NamedTuple):
    """What goes from one node to another in the next stage, of those who are admitted or of the others."""

    stage: int
    source: str
    target: str
    colour: str
    many: float


def ribbons(ways: Floats) -> list[Ribbon]:
    """All flows between consecutive stages of worsenings by way; shape as in ``outcomes.pathways``."""
    found: dict[tuple[int, str, str, str], float] = {}
    for way in map(tuple, np.argwhere(ways > 0).tolist()):
        end = End(way[2])
        colour = "admitted" if end in ADMITTED else "home"
        stops = ["noticed", First(way[0]).name.lower(), Furthest(way[1]).name.lower(), ADMISSION[end]]
        if end in ADMITTED:
            stops.append(end.name.lower())
        for stage, (source, target) in enumerate(pairwise(stops)):
            key = (stage, source, target, colour)
            found[key] = found.get(key, 0.0) + float(ways[way])
    return [Ribbon(*key, count) for key, count in found.items()]


def sizes(flows: Sequence[Ribbon]) -> dict[tuple[int, str], float]:
    """Size of each node, by stage and name."""
    found: dict[tuple[int, str], float] = {}
    for one in flows:
        if one.stage == 0:
            found[0, one.source] = found.get((0, one.source), 0.0) + one.many
        found[one.stage + 1, one.target] = found.get((one.stage + 1, one.target), 0.0) + one.many
    return found


def pathways(result: Result) -> Figure:
    """A diagram for each governance, the first above, in one scale."""
    flows = [ribbons(result.flows[name]) for name in result.governances]
    nodes = [sizes(one) for one in flows]
    handles = [Patch(color=COLOURS[key], label=text) for key, text in words.WAY_COLOURS.items()]
    unit = words.WAYS_UNIT.format(window=words.window(result.days))
    figure = sheet("pathways", result, (HEIGHT + 0.1) * len(flows), handles=handles, lines=[unit])
    panels = figure.subplots(len(flows), 1, squeeze=False)[:, 0]
    scale = min(_scale(one) for one in nodes)
    for place, (axes, name) in enumerate(zip(panels, result.governances, strict=True)):
        before = nodes[0] if place else None
        _diagram(axes, flows[place], nodes[place], scale, before)
        axes.set_title(words.governance(name), pad=14)
    return figure


def _in_stage(nodes: dict[tuple[int, str], float], stage: int) -> list[tuple[str, float]]:
    """Nodes of a stage that there are, from top to bottom."""
    return [(name, nodes[stage, name]) for name in ORDER[STAGES[stage]] if (stage, name) in nodes]


def _scale(nodes: dict[tuple[int, str], float]) -> float:
    """Inches for one worsening, so that every stage fits with room for labels."""
    low, high = 0.0, HEIGHT / max(nodes.values())
    for _ in range(50):
        middle = (low + high) / 2
        fits = all(_height(nodes, stage, middle) <= HEIGHT for stage in range(len(STAGES)))
        low, high = (middle, high) if fits else (low, middle)
    return low


def _height(nodes: dict[tuple[int, str], float], stage: int, scale: float) -> float:
    inside = [max(SLOT, size * scale) for _, size in _in_stage(nodes, stage)]
    return sum(inside) + GAP * max(len(inside) - 1, 0)


def _diagram(
    axes: Axes,
    flows: Sequence[Ribbon],
    nodes: dict[tuple[int, str], float],
    scale: float,
    before: dict[tuple[int, str], float] | None,
) -> None:
    """Nodes with their labels, ribbons between them."""
    tops = _tops(nodes, scale)
    _draw_ribbons(axes, flows, tops, scale)
    for stage, name in tops:
        _node(axes, stage, name, tops[stage, name], nodes, scale, before)
    for stage, key in enumerate(STAGES):
        axes.text(_across(stage), HEIGHT + 0.04, words.WAYS[key][0], size=6.5, color=PALE, va="bottom")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, HEIGHT)
    axes.axis("off")


def _across(stage: int) -> float:
    """Left edge of the nodes of a stage."""
    return 0.005 + 0.21 * stage


def _tops(nodes: dict[tuple[int, str], float], scale: float) -> dict[tuple[int, str], float]:
    """Upper edge of each node, in inches from below; stages hang from the top, the last stands at the bottom."""
    found: dict[tuple[int, str], float] = {}
    for stage in range(len(STAGES)):
        last = stage == len(STAGES) - 1
        y = _height(nodes, stage, scale) if last else HEIGHT
        for name, size in _in_stage(nodes, stage):
            slot = max(SLOT, size * scale)
            found[stage, name] = y - (slot - size * scale) / 2
            y -= slot + GAP
    return found


def _draw_ribbons(axes: Axes, flows: Sequence[Ribbon], tops: dict[tuple[int, str], float], scale: float) -> None:
    """Ribbons from the top of a node down, in the order of where they go, those without admission first."""
    leaving, coming = dict(tops), dict(tops)
    rank = {(s, name): n for s, key in enumerate(STAGES) for n, name in enumerate(ORDER[key])}
    kinds = list(COLOURS)

    def ways_out(one: Ribbon) -> tuple[int, ...]:
        return (one.stage, rank[one.stage, one.source], kinds.index(one.colour), rank[one.stage + 1, one.target])

    def ways_in(one: Ribbon) -> tuple[int, ...]:
        return (one.stage, rank[one.stage + 1, one.target], kinds.index(one.colour), rank[one.stage, one.source])

    starts: dict[Ribbon, float] = {}
    for one in sorted(flows, key=ways_out):
        starts[one] = leaving[one.stage, one.source]
        leaving[one.stage, one.source] -= one.many * scale
    for one in sorted(flows, key=ways_in):
        to = coming[one.stage + 1, one.target]
        coming[one.stage + 1, one.target] -= one.many * scale
        _ribbon(axes, _across(one.stage) + NODE, _across(one.stage + 1), starts[one], to, one.many * scale, one.colour)


def _ribbon(axes: Axes, x0: float, x1: float, top0: float, top1: float, thick: float, colour: str) -> None:
    """A band that leaves and arrives level."""
    half = (x0 + x1) / 2
    points = [(x0, top0), (half, top0), (half, top1), (x1, top1)]
    back = [(x1, top1 - thick), (half, top1 - thick), (half, top0 - thick), (x0, top0 - thick), (x0, top0)]
    curve = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    looks: dict[str, Any] = {"facecolor": COLOURS[colour], "edgecolor": "none", "alpha": 0.55, "zorder": 1}
    axes.add_patch(PathPatch(Path([*points, *back], curve), **looks))


def _node(
    axes: Axes,
    stage: int,
    name: str,
    top: float,
    nodes: dict[tuple[int, str], float],
    scale: float,
    before: dict[tuple[int, str], float] | None,
) -> None:
    """A bar, its name, how many, and how many more than under the first governance."""
    size = nodes[stage, name]
    axes.add_patch(Rectangle((_across(stage), top - size * scale), NODE, size * scale, color="#333333", zorder=3))
    count = number(size, 0)
    if before is not None:
        count += f" ({number(size - before.get((stage, name), 0.0), 0, sign=True)})"
    label = words.WAYS[STAGES[stage]][1][name]
    x, y = _across(stage) + NODE + 0.006, top - size * scale / 2
    looks: dict[str, Any] = {"size": 6.6, "zorder": 5, "path_effects": HALO, "linespacing": 1.05}
    axes.text(x, y, f"{label}\n{count}", va="center", **looks)


def told(result: Result) -> list[str]:
    """The figure in words: each node under each governance."""
    nodes = [sizes(ribbons(result.flows[name])) for name in result.governances]
    lines = []
    for stage, key in enumerate(STAGES):
        for name in ORDER[key]:
            counts = [one.get((stage, name), 0.0) for one in nodes]
            if any(counts):
                values = ", ".join(
                    f"{words.governance(g).lower()} {number(count, 0)}"
                    for g, count in zip(result.governances, counts, strict=True)
                )
                title, names = words.WAYS[key]
                lines.append(f"{title}, {names[name]}: {values}".replace("\n", " "))
    return lines
