"""The result in the terminal: what may be concluded, the three quantities, one table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.report import precise, warming
from sim.report.conclusions import sentences
from sim.report.days import three_quantities
from sim.report.language import LANGUAGES, spoken, words
from sim.report.numbers import between, number, per_cent, plain
from sim.report.result import Result, read
from sim.report.summary import Line, sections

NARROW = 116
"""Columns of a terminal below which the second level and the relative difference are left out."""
TEXT_WIDTH = 110
"""Width of plain sentences."""
Cells = Sequence[str]


def show(folder: Path, console: Console | None = None, *, language: str = LANGUAGES[0]) -> None:
    """Print a result (visa resultat).

    Parameters
    ----------
    folder
        A result folder.
    console
        Where to; by default standard output. Plain aligned text if it is not a terminal.
    language
        One of ``language.LANGUAGES``.

    Raises
    ------
    OSError
        If a file of the folder cannot be read.
    """
    result = read(folder)
    with spoken(language):
        _show(result, console or Console())


def _show(result: Result, console: Console) -> None:
    if console.is_terminal:
        _print_rich(result, console)
    else:
        text = "\n".join(_plain_lines(result))
        encoding = console.encoding or "utf-8"
        # A file in an old encoding gets question marks rather than an error.
        console.out(text.encode(encoding, "replace").decode(encoding), highlight=False)


def _quantity_rows(result: Result) -> list[Cells]:
    names = {
        "first": words.governance(result.first).lower(),
        "last": words.governance(result.last).lower(),
    }
    return [
        (
            words.QUANTITIES[q.key].text,
            number(q.days.value, 0),
            between(q.days.low, q.days.high, 0),
            per_cent(q.share),
            words.QUANTITY_IS[q.key].format(**names),
        )
        for q in three_quantities(result)
    ]


def _heads(result: Result, wide: bool) -> Cells:
    names = [words.governance(name).lower() for name in result.governances]
    if not result.compared:
        return ("", *names, words.INTERVAL)
    if not wide:
        return ("", names[0], words.DIFFERENCE, words.INTERVAL, words.VERDICT)
    return ("", *names, words.DIFFERENCE, words.INTERVAL, words.RELATIVE, words.VERDICT)


def _cells(line: Line, compared: bool, wide: bool) -> Cells:
    told = {words.UNITS.get(unit, unit) for unit in words.UNITS_IN_LABELS}
    label = f"{line.label.text}, {line.unit}" if line.unit in told else line.label.text
    if not compared:
        return (label, *line.values, line.interval)
    if not wide:
        return (label, line.values[0], line.difference, line.interval, line.verdict)
    return (label, *line.values, line.difference, line.interval, line.share, line.verdict)


def _facts(result: Result) -> list[str]:
    """What was run, and what the scenario warns of."""
    facts = words.FACTS_LINE.format(
        people=number(result.people, 0),
        replications=words.replications(result.replications),
        seed=result.about["seed"],
    )
    return [facts, *(words.NOTE.format(note=note) for note in result.notes)]


def _note(result: Result) -> str:
    told = {"replications": words.replications(result.replications), "window": words.window(result.days)}
    if result.replications == 1:
        return words.TABLE_ONE.format(**told)
    return (words.TABLE_NOTE if result.compared else words.VALUE_NOTE).format(**told)


def _trust(result: Result) -> list[str]:
    """How precise the result is, and whether the warm-up is long enough."""
    told = [] if result.replications == 1 else [" ".join(precise.told(result))]
    return [*told, *(warming.summary(result.warm_up) if result.warm_up else [])]


# --- plain --------------------------------------------------------------------------------------------------


def _plain_lines(result: Result) -> list[str]:
    told = [fill(text, TEXT_WIDTH) for text in (*_facts(result), "", *sentences(result))]
    lines = [result.title, *told, "", words.QUANTITIES_TITLE]
    lines += _aligned([words.QUANTITIES_HEADS, *_quantity_rows(result)], left=(0, 4))
    heads = _heads(result, wide=True)
    rows: list[Cells] = [heads]
    titles: dict[int, str] = {}
    for section in sections(result):
        titles[len(rows)] = section.title.text
        rows += [
            ("  " + label, *cells)
            for label, *cells in (_cells(line, result.compared, wide=True) for line in section.lines)
        ]
    table = _aligned(rows, left=(0, 6))
    lines += ["", table[0]]
    for place, text in enumerate(table[1:], 1):
        if place in titles:
            lines += ["", titles[place]]
        lines.append(text)
    trust = [part for text in _trust(result) for part in ("", fill(text, TEXT_WIDTH))]
    return [plain(text) for text in [*lines, "", fill(_note(result), TEXT_WIDTH), *trust]]


def _aligned(rows: Sequence[Cells], left: Sequence[int]) -> list[str]:
    """Cells under each other; columns of words to the left, of numbers to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


# --- rich ---------------------------------------------------------------------------------------------------


def _print_rich(result: Result, console: Console) -> None:
    wide = console.width >= NARROW
    first, *others = sentences(result)
    console.print(_text(result.title, "bold"))
    console.print(_text("\n".join(_facts(result)), "dim"))
    console.print()
    console.print(_text(first, "bold"))
    for sentence in others:
        console.print(_text(sentence))
    console.print()
    console.print(_text(words.QUANTITIES_TITLE, "bold"))
    console.print(_rich_quantities(result, wide))
    console.print(_rich_table(result, wide))
    console.print(_text(_note(result), "dim"))
    for text in _trust(result):
        console.print(_text(text, "dim"))


def _text(text: str, style: str = "") -> Text:
    return Text(plain(text), style=style)


def _rich_quantities(result: Result, wide: bool) -> Table:
    shown = 5 if wide else 4
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for place, head in enumerate(words.QUANTITIES_HEADS[:shown]):
        table.add_column(head, justify="left" if place in (0, 4) else "right", no_wrap=place != 4)
    for row in _quantity_rows(result):
        table.add_row(*(_text(cell) for cell in row[:shown]))
    return table


def _rich_table(result: Result, wide: bool) -> Table:
    heads = _heads(result, wide)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1) if wide else (0, 1, 0, 0))
    for place, head in enumerate(heads):
        last = result.compared and place == len(heads) - 1
        table.add_column(head, justify="left" if place == 0 or last else "right", no_wrap=place > 0)
    for section in sections(result):
        table.add_row(_text(section.title.text, "bold"))
        for line in section.lines:
            style = "dim" if line.verdict == words.UNCLEAR else ""
            label, *cells = _cells(line, result.compared, wide)
            table.add_row(Padding(_text(label), (0, 0, 0, 2)), *(_text(cell) for cell in cells), style=style)
        table.add_section()
    return table
