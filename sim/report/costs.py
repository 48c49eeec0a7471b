"""Costs by payer in figure, table and words (kostnader per betalare): who pays and who saves."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any, NamedTuple

from matplotlib.figure import Figure

from sim.report import html, payers
from sim.report.canvas import PALE, clean, sheet, thousands
from sim.report.language import words
from sim.report.numbers import between, decimals, number, scale
from sim.report.payers import GROSS_COST, GROSS_SAVING, NET, OWN, PAYERS, Item
from sim.report.result import Estimate, Result
from sim.report.rows import dot, label_rows, room
from sim.report.words import Term

SMALL = 0.01
"""Items that differ by less than this share of the largest stand together."""
ROW = 0.2
"""Inches for a row."""
RISING, FALLING, SUM = "#D55E00", "#56B4E9", "#111111"
OTHER = "other"


class Row(NamedTuple):
    """A line of the figure: in SEK million."""

    item: Item
    change: Estimate
    y: float

    @property
    def sum(self) -> bool:
        """Whether it is a sum, not an item."""
        return self.item.price is None and self.item.outcome != OTHER


def by_item(result: Result) -> Figure:
    """Differences of items as bars, sums as dots, payer by payer."""
    rows, heads, height = _rows(result)
    figure = sheet("costs-by-item", result, 0.6 + ROW * height, words.FIGURE_INTERVALS)
    axes = figure.subplots()
    for row in rows:
        _draw(axes, row)
    label_rows(axes, [Term(words.COST_ITEMS[row.item.outcome]) for row in rows], [row.y for row in rows])
    for payer, y in heads:
        _head(axes, words.COST_PAYERS[payer].text, y)
    axes.axvline(0, color="#555555", lw=0.8, zorder=3)
    axes.set_ylim(height - 0.3, -0.9)
    room(axes, [row.change for row in rows], share=0.05)
    clean(axes)
    thousands(axes.xaxis)
    _numbers(axes, rows)
    axes.set_xlabel(words.COST_ITEM_AXIS.format(window=words.window(result.days), **_names(result)))
    return figure


def _names(result: Result) -> dict[str, str]:
    return {
        "first": words.governance(result.first).lower(),
        "last": words.governance(result.last).lower(),
    }


def _rows(result: Result) -> tuple[list[Row], list[tuple[str, float]], float]:
    """Rows, headings with their places, and the height of everything in rows."""
    factor, _ = scale("SEK")
    rows: list[Row] = []
    heads: list[tuple[str, float]] = []
    y = 0.0
    for payer in PAYERS:
        heads.append((payer, y))
        for item in (*_shown(result, payer), *payers.sums(result, payer)):
            y += 1.35 if item.outcome == GROSS_COST else 1.0
            rows.append(Row(item, item.change.times(factor), y))
        y += 1.6
    return rows, heads, y - 0.6


def _shown(result: Result, payer: str) -> list[Item]:
    """Items that differ, the largest first; small ones as one."""
    found = sorted(payers.items(result, payer), key=lambda one: -abs(one.change.value))
    largest = abs(found[0].change.value)
    large = [one for one in found if abs(one.change.value) >= SMALL * largest and one.change.value]
    small = [one for one in found if one not in large]
    return [*large, payers.together(result, payer, OTHER, small)] if small else large


def _draw(axes: Any, row: Row) -> None:
    if row.sum:
        marker = "D" if row.item.outcome == NET else "o"
        face = SUM if row.change.clear else "white"
        dot(axes, row.change, row.y, {"color": SUM, "marker": marker, "markerfacecolor": face}, 4.5)
        return
    colour = RISING if row.change.value > 0 else FALLING
    axes.barh(row.y, row.change.value, 0.62, color=colour, zorder=2)
    dot(axes, row.change, row.y, {"color": SUM, "marker": "|"}, 0)


def _head(axes: Any, text: str, y: float) -> None:
    axes.annotate(
        text,
        (0, y),
        xycoords=axes.get_yaxis_transform(),
        xytext=(-6, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        weight="bold",
        annotation_clip=False,
    )


def _numbers(axes: Any, rows: list[Row]) -> None:
    """Differences and intervals, right of the axes."""
    looks: dict[str, Any] = {
        "xycoords": axes.get_yaxis_transform(),
        "textcoords": "offset points",
        "va": "center",
        "annotation_clip": False,
        "size": 7,
    }
    for row in rows:
        weight = "bold" if row.item.outcome == NET else "normal"
        axes.annotate(_told(row.change), (1, row.y), xytext=(8, 0), weight=weight, **looks)
    axes.annotate(words.INTERVAL_HEAD, (1, 0.0), xytext=(8, 0), **{**looks, "color": PALE, "size": 6.5})


def _told(change: Estimate) -> str:
    """A difference in SEK million with its interval, in one rounding."""
    digits = min(decimals(change.value, change.low, change.high), 1) if abs(change.value) >= 1 else 2
    text = number(change.value, digits, sign=True)
    return text + (f"  ({between(change.low, change.high, digits, sign=True)})" if change.bounded else "")


def told(result: Result) -> list[str]:
    """The figure in words: every row."""
    factor, unit = scale("SEK")
    return [
        f"{words.COST_PAYERS[payer].text}, {words.COST_ITEMS[one.outcome]}: {_told(one.change.times(factor))} {unit}"
        for payer in PAYERS
        for one in (*payers.items(result, payer), *payers.sums(result, payer))
    ]


# --- the part of the page ----------------------------------------------------------------------------------------


def sentences(result: Result) -> list[str]:
    """Who pays and who saves."""
    return [_says(result, payer) for payer in PAYERS]


def _says(result: Result, payer: str) -> str:
    factor, _ = scale("SEK")
    known = {one.outcome: one.change.times(factor) for one in payers.sums(result, payer)}
    net = known[NET]
    digits = min(decimals(net.value, net.low, net.high), 1)
    verdict = "unclear" if not net.clear else "lower" if net.value < 0 else "higher"
    return words.COST_SAYS[payer].format(
        more=number(known[GROSS_COST].value, 1),
        less=number(abs(known[GROSS_SAVING].value), 1),
        net=number(net.value, digits, sign=True),
        interval=between(net.low, net.high, digits, sign=True),
        window=words.window(result.days),
        verdict=words.COST_VERDICTS[verdict],
    )


def section(result: Result) -> str:
    """The part of the page: who pays, and the table of items with prices and sources."""
    lead = words.COST_LEAD.format(window=words.window(result.days), **_names(result))
    said = html.paragraph(" ".join(sentences(result))) if result.replications > 1 else ""
    names = [words.governance(name).lower() for name in result.governances]
    heads = [*words.COST_HEADS, *names, words.DIFFERENCE, words.INTERVAL]
    rows: list[str] = []
    for payer in PAYERS:
        rows.append(html.section_row(words.COST_PAYERS[payer], len(heads)))
        rows += [_row(one) for one in (*payers.items(result, payer), *payers.sums(result, payer))]
    return said + html.paragraph(lead) + html.table(escape(words.HEADINGS["costs"]), heads, rows, words_in=(2,))


def _row(one: Item) -> str:
    kind = ' class="sum"' if one.outcome in (OWN, NET, GROSS_COST, GROSS_SAVING) else ""
    return f"<tr{kind}>{html.row_head(Term(words.COST_ITEMS[one.outcome]))}{''.join(_cells(one))}</tr>"


def _cells(one: Item) -> Iterator[str]:
    factor, _ = scale("SEK")
    price = one.price
    yield html.cell(number(price.value, 0) if price else "")
    yield html.cell(price.reference or price.source if price else "", "words", "en")
    yield html.cell(price.year if price else "")
    alone = one.outcome in (GROSS_COST, GROSS_SAVING)
    for level in one.levels:
        yield html.cell("" if alone else number(factor * level.value, 1))
    change = one.change.times(factor)
    digits = 1 if abs(change.value) >= 1 else 2
    yield html.cell(number(change.value, digits, sign=True))
    yield html.cell(between(change.low, change.high, digits, sign=True))
