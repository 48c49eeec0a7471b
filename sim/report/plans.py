"""A plan in figures (plan i figurer): the frontier, marginal values, bottlenecks, and who pays and who saves.

Drawn from the tables in the folder of a plan.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from textwrap import shorten, wrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.report.canvas import GREY, PALE, clean, discard, save, sheet, styled, thousands
from sim.report.numbers import between, number

TITLES = {
    "frontier": ("Days avoided and what the staff costs", "Undvikna vårddygn och vad bemanningen kostar"),
    "marginal": ("What one more unit buys", "Vad en enhet till ger"),
    "bottlenecks": ("Bottlenecks, and what relieving them buys", "Flaskhalsar, och vad det ger att lätta på dem"),
    "budget": ("Who pays and who saves", "Vem betalar och vem sparar"),
}
BLUE, ORANGE, SKY = "#0072B2", "#D55E00", "#56B4E9"
FIGURES = "figures"
MILLION = 1e6
MOST_BARS = 12
NAME_WIDTH = 34
ROW = 0.3
"""Inches for a line of a figure of lines."""


@dataclass(frozen=True)
class Row:
    """One number with its interval, as a table has it."""

    label: str
    value: float
    low: float = math.nan
    high: float = math.nan
    beside: str = ""

    @property
    def bounded(self) -> bool:
        """Whether it has an interval."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.bounded and (self.low > 0.0 or self.high < 0.0)


@dataclass(frozen=True, eq=False)
class Drawn:
    """A plan, read from its folder; it also says what a figure is of."""

    about: Mapping[str, Any]
    designs: Sequence[Mapping[str, str]]
    marginal: Sequence[Mapping[str, str]]
    bottlenecks: Sequence[Mapping[str, str]]
    budget: Sequence[Mapping[str, str]]

    @property
    def title(self) -> str:
        """Title of the scenario."""
        return str(self.about["title"])

    @property
    def replications(self) -> int:
        """Of the selected design."""
        return int(self.about["selection"]["replications"])

    @property
    def days(self) -> int:
        """Length of the window."""
        return int(self.about["window_days"])

    @property
    def compared(self) -> bool:
        """A plan is beside its baseline."""
        return True

    @cached_property
    def run(self) -> list[Mapping[str, str]]:
        """Designs that were run, with the days that each is placed at."""
        best = float(next(row["days_avoided"] for row in self.designs if row["selected"] == "true"))
        known = (row for row in self.designs if row["days_behind_selected"])
        return [{**row, "days_placed": str(best - float(row["days_behind_selected"]))} for row in known]


def read(folder: Path) -> Drawn:
    """The plan in a folder."""
    about = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    names = ("plan", "marginal", "bottlenecks", "budget")
    return Drawn(about, *(_table(folder / f"{name}.csv") for name in names))


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write(folder: Path) -> list[Path]:
    """Draw the figures of a plan into its folder; returns the files."""
    drawn, files = read(folder), []
    (folder / FIGURES).mkdir(exist_ok=True)
    found = figures(drawn)
    for name in TITLES:
        if name in found:
            files += save(found[name], folder / FIGURES, name)
        else:
            discard(folder / FIGURES, name)
    return files


def figures(drawn: Drawn) -> dict[str, Figure]:
    """The figures that a plan allows, by name."""
    with styled():
        found = {"frontier": frontier(drawn), "budget": budget(drawn)}
        if drawn.marginal:
            found["marginal"] = marginal(drawn)
        if drawn.bottlenecks:
            found["bottlenecks"] = bottlenecks(drawn)
        return found


# --- figures -----------------------------------------------------------------------------------------------------


def frontier(drawn: Drawn) -> Figure:
    """Every design by what its staff costs and the days it avoids; the frontier, the selected one and the reference."""
    on = [row for row in drawn.run if row["on_frontier"] == "true"]
    beaten = [row for row in drawn.run if row["on_frontier"] != "true" and row["design"] != "reference"]
    handles = [
        Line2D([], [], ls="none", marker="o", color="#BBBBBB", markersize=3.5, label="other designs"),
        Line2D([], [], marker="D", color=BLUE, lw=1.0, markersize=4.5, label="the frontier"),
        Line2D([], [], ls="none", marker="*", color=ORANGE, markersize=11, label="selected"),
        Line2D([], [], ls="none", marker="s", color=GREY, markerfacecolor="white", markersize=6, label="reference"),
    ]
    zone = drawn.about["rule"]["zone_days"]
    lines = [
        f"Beside {drawn.about['baseline']}: paired differences, {_counts(drawn.run)}.",
        f"Whiskers: 95 % interval, of the frontier, the selected design and the reference. Band: within {zone:g} days "
        "of the selected one.",
    ]
    figure = _sheet(drawn, "frontier", 3.9, handles, lines)
    axes = figure.subplots()
    _dots(axes, beaten, color="#BBBBBB", marker="o", markersize=3.5, zorder=1)
    _whiskers(axes, on, BLUE)
    ordered = sorted(on, key=lambda row: float(row["cost_sek"]))
    xs, ys = [_x(row) for row in ordered], [_y(row) for row in ordered]
    axes.plot(xs, ys, color=BLUE, lw=1.0, drawstyle="steps-post", zorder=2)
    _dots(axes, ordered, color=BLUE, marker="D", markersize=4.5, zorder=3)
    best = next(row for row in drawn.run if row["selected"] == "true")
    axes.axhspan(_y(best) - zone, _y(best), color=SKY, alpha=0.15, lw=0, zorder=0)
    _whiskers(axes, [best], ORANGE)
    _dots(axes, [best], color=ORANGE, marker="*", markersize=11, zorder=5)
    _reference(axes, drawn)
    axes.set_xlabel(f"Staff, beside {drawn.about['baseline']}, million SEK a year")
    axes.set_ylabel("Avoidable days avoided a year")
    thousands(axes.xaxis)
    thousands(axes.yaxis)
    axes.grid(visible=True)
    return figure


def _reference(axes: Axes, drawn: Drawn) -> None:
    """The reference, which may be one of the designs."""
    own = {v["name"]: v["value"] for v in drawn.about["reference"]["values"]}
    rows = [row for row in drawn.run if row["design"] == "reference"] or [
        row for row in drawn.run if all(row[name] == value for name, value in own.items())
    ]
    _whiskers(axes, rows, GREY)
    _dots(axes, rows, color=GREY, marker="s", markersize=6, markerfacecolor="white", zorder=4)


def _counts(rows: Sequence[Mapping[str, str]]) -> str:
    counts = sorted({int(row["replications"]) for row in rows})
    told = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    return f"{told} replications of each design"


def _x(row: Mapping[str, str]) -> float:
    return float(row["cost_sek"]) / MILLION


def _y(row: Mapping[str, str]) -> float:
    """Days avoided, placed by the paired difference from the selected design."""
    return float(row["days_placed"])


def _dots(axes: Axes, rows: Sequence[Mapping[str, str]], **looks: Any) -> None:
    axes.plot([_x(row) for row in rows], [_y(row) for row in rows], ls="none", **looks)


def _whiskers(axes: Axes, rows: Sequence[Mapping[str, str]], colour: str) -> None:
    for row in rows:
        if row["days_avoided_low"]:
            half = (float(row["days_avoided_high"]) - float(row["days_avoided_low"])) / 2.0
            ends = _y(row) - half, _y(row) + half
            axes.plot([_x(row)] * 2, ends, color=colour, lw=1.1, zorder=2)


def marginal(drawn: Drawn) -> Figure:
    """Days and SEK of one more unit of each resource, around the selected design and the reference."""
    around = [name for name in ("selected", "reference") if any(row["around"] == name for row in drawn.marginal)]
    rows = {name: [_marginal_row(row) for row in drawn.marginal if row["around"] == name] for name in around}
    height = ROW * sum(map(len, rows.values())) + 0.75 * len(around)
    count = drawn.marginal[0]["replications"]
    lines = [f"Paired differences over {count} replications. {FILLED}", SEK_WORDS]
    figure = _sheet(drawn, "marginal", height, (), lines)
    panels = figure.subplots(len(around), 1, squeeze=False, height_ratios=[len(rows[name]) for name in around]).ravel()
    heads = {"selected": "Around the selected design", "reference": "Around the reference"}
    for axes, name in zip(panels, around, strict=True):
        _bars(axes, rows[name], "#0072B2")
        axes.set_title(heads[name])
        axes.set_xlabel("Avoidable days avoided more a year")
    return figure


FILLED = "Whiskers: 95 % interval. Filled: the interval leaves out zero."
SEK_WORDS = "To the right: SEK million a year for staff, and SEK for each day where days are known to differ."


def _marginal_row(row: Mapping[str, str]) -> Row:
    parts = row["variable"].split(".")
    name = ", ".join(parts[1:] if parts[0] == "resources" else parts[-2:]).replace("_", " ")
    label = f"{name}: {row['value']} to {row['other']}"
    return Row(label, *_numbers(row, "days_avoided"), beside=_money(row))


def _numbers(row: Mapping[str, str], name: str) -> tuple[float, float, float]:
    cells = (row[name], row[f"{name}_low"], row[f"{name}_high"])
    value, low, high = (float(cell) if cell else math.nan for cell in cells)
    return value, low, high


def _money(row: Mapping[str, str]) -> str:
    """Cost, and cost a day."""
    if not row["cost_sek"]:
        return "no price"
    told = number(float(row["cost_sek"]) / MILLION, 2, sign=True)
    return f"{told};  {number(float(row['sek_per_day']), 0)}/day" if row["sek_per_day"] else told


def bottlenecks(drawn: Drawn) -> Figure:
    """Use and waits of the services with the longest queues, and the days that more of them buys."""
    rows = list(drawn.bottlenecks)[:MOST_BARS]
    share = max(float(row["relieved_share"]) for row in rows)
    relieved = f"Relief: {share:.0%} more of the service, everywhere. {FILLED}"
    figure = _sheet(drawn, "bottlenecks", ROW * len(rows) + 0.75, (), [relieved, SEK_WORDS])
    left, middle, right = figure.subplots(1, 3, sharey=True, width_ratios=[1.0, 1.0, 1.5])
    for axes, name, factor, label in (
        (left, "utilisation", 100.0, "Hours used, % of hours\non duty"),
        (middle, "queue_hours", 1e-3, "Hours waited a year,\nthousands"),
    ):
        for y, row in enumerate(rows):
            value = float(row[name]) * factor
            axes.plot([0.0, value], [y, y], color="#D9D9D9", lw=5, solid_capstyle="butt", zorder=1)
            axes.plot([value], [y], marker="o", ls="none", color=GREY, markersize=4, zorder=2)
        axes.set_xlim(left=0)
        axes.set_xlabel(label)
        thousands(axes.xaxis)
        clean(axes)
    _bars(right, [Row(row["service"], *_numbers(row, "days_avoided"), beside=_relief(row)) for row in rows], BLUE)
    left.set_yticks(range(len(rows)), [row["service"].replace("_", " ") for row in rows])
    right.tick_params(axis="y", labelleft=False)
    right.set_xlabel("Avoidable days avoided more a year,\nif relieved")
    return figure


def _relief(row: Mapping[str, str]) -> str:
    return _money(row) if row["days_avoided"] else "not tried"


def budget(drawn: Drawn) -> Figure:
    """Net budget effect of the selected design for the region, each municipality, and all."""
    rows = [_budget_row(row) for row in drawn.budget]
    lines = [
        f"All care counted at the prices of the scenario, beside {drawn.about['baseline']}. {FILLED}",
        "To the right: of this, staff, beds and places, used or not, million SEK a year.",
    ]
    figure = _sheet(drawn, "budget", ROW * len(rows) + 0.5, (), lines)
    axes = figure.subplots()
    _bars(axes, rows, BLUE)
    axes.set_xlabel("Net budget effect, million SEK a year: saved to the left, paid to the right")
    return figure


def _budget_row(row: Mapping[str, str]) -> Row:
    names = {"region": "Region", "all": "All together"}
    net, low, high = (value / MILLION for value in _numbers(row, "net_sek"))
    staff = number(float(row["staff_sek"]) / MILLION, 1, sign=True)
    return Row(names.get(row["payer"], row["payer"]), net, low, high, staff)


# --- parts of figures --------------------------------------------------------------------------------------------


def _sheet(drawn: Drawn, name: str, height: float, handles: Sequence[Line2D], lines: Sequence[str]) -> Figure:
    return sheet(
        "",
        drawn,
        height,
        "",
        handles,
        4,
        titles=TITLES[name],
        lines=[part for line in lines for part in wrap(line, 112)],
    )


def _bars(axes: Axes, rows: Sequence[Row], colour: str) -> None:
    """A line for each row: value with whisker, and what stands beside it."""
    for y, row in enumerate(rows):
        if math.isfinite(row.value):
            axes.plot([0.0, row.value], [y, y], color="#D9D9D9", lw=5, solid_capstyle="butt", zorder=1)
            if row.bounded:
                axes.plot([row.low, row.high], [y, y], color=colour, lw=1.2, zorder=3)
            face = colour if row.clear else "white"
            axes.plot([row.value], [y], marker="D", ls="none", color=colour, markerfacecolor=face, zorder=4)
        told = row.beside
        if row.bounded and not told:
            told = between(row.low, row.high)
        axes.annotate(
            told,
            (1, y),
            xycoords=axes.get_yaxis_transform(),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            size=7,
            color=PALE,
            annotation_clip=False,
        )
    axes.axvline(0, color=GREY, lw=0.8, zorder=2)
    axes.set_yticks(range(len(rows)), [shorten(row.label, 2 * NAME_WIDTH, placeholder="…") for row in rows], size=7.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    thousands(axes.xaxis)
    clean(axes)
