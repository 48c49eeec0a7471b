"""Tables as one workbook (arbetsbok) for spreadsheets: a sheet per table, numbers as numbers.

The workbook of a result has what its files have: the table of the report, every outcome with its label, differences,
replications, costs and sources, and first a sheet that says what each column is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from math import isfinite
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.files import opened_table
from sim.report.language import LANGUAGES, spoken, words
from sim.report.numbers import decimals
from sim.report.result import Result, read
from sim.report.summary import sections
from sim.runs.durable import beside

if TYPE_CHECKING:
    import pandas as pd

FILE = "result.xlsx"
MOST_ROWS = 1_048_576
"""Rows of a sheet, its head included; what the format can hold."""
LONGEST_NAME = 31
NOT_IN_NAMES = frozenset("[]:*?/\\")
NARROWEST, WIDEST = 8, 60
"""Width of a column in letters."""
LOOKED_AT = 500
"""Rows from which the width of a column is found."""
MADE = datetime(1980, 1, 1)
TABLES = ("outcomes", "comparison", "replications", "costs", "flows", "occupancy", "sources")
"""Tables of a result folder that become sheets, if they are there."""
WORDS = frozenset(
    {
        *("governance", "outcome", "group", "segment", "municipality", "period", "unit", "payer", "item", "price_of"),
        *("parameter", "source", "reference", "note", "file", "from", "to", "service", "stage", "value_of"),
    }
)
"""Columns that hold words, also where each of them looks like a number."""


def write_workbook(tables: Mapping[str, pd.DataFrame], path: Path) -> Path:
    """Write tables as one ``.xlsx`` workbook (skriv arbetsbok), the same bytes for the same tables.

    Parameters
    ----------
    tables
        By the name of their sheet, in order. Numbers stay numbers, nan is an empty cell, anything else is text; the
        index is left out.
    path
        The file, written whole or not at all.

    Raises
    ------
    ValueError
        If the name of a sheet or the number of rows is more than the format can hold.
    OSError
        If the file cannot be written.
    """
    import xlsxwriter

    for name, table in tables.items():
        _check(name, table)
    with beside(path) as part, xlsxwriter.Workbook(str(part)) as book:
        book.set_properties({"created": MADE, "author": "Narvard"})
        formats = _Formats(book)
        for name, table in tables.items():
            _fill(book.add_worksheet(name), table, formats)
    return path


def _check(name: str, table: pd.DataFrame) -> None:
    if not 0 < len(name) <= LONGEST_NAME or NOT_IN_NAMES & set(name):
        raise ValueError(f"sheet: {name!r} given, 1 to {LONGEST_NAME} letters without []:*?/\\ needed")
    if len(table) + 1 > MOST_ROWS:
        raise ValueError(f"sheet {name}: {len(table)} rows given, at most {MOST_ROWS - 1} fit")


class _Formats:
    """How cells look: heads, and numbers with so many decimals."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.whole = book.add_format({"num_format": "0", "valign": "top"})
        self._numbers = [
            book.add_format({"num_format": f"#,##0{'.' * (places > 0)}{'0' * places}", "valign": "top"})
            for places in range(5)
        ]

    def number(self, value: float) -> Any:
        """About three digits shown; the cell has them all."""
        small = 0 < abs(value) < 0.1
        return self._numbers[4 if small else decimals(value)]


def _fill(sheet: Any, table: pd.DataFrame, formats: _Formats) -> None:
    """Head, rows, widths; the head stays when rows are scrolled, and filters them."""
    for column, name in enumerate(table.columns):
        values = table[name].tolist()
        sheet.set_column(column, column, _width(str(name), values))
        sheet.write_string(0, column, str(name), formats.head)
        for row, value in enumerate(values, 1):
            _put(sheet, row, column, value, formats)
    sheet.freeze_panes(1, 0)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)


def _put(sheet: Any, row: int, column: int, value: Any, formats: _Formats) -> None:
    if isinstance(value, bool) or not isinstance(value, Real):
        if value is not None and str(value):
            sheet.write_string(row, column, str(value), formats.text)  # never a formula, whatever it begins with
    elif isfinite(number := float(value)):
        whole = number.is_integer() and abs(number) < 1000
        sheet.write_number(row, column, number, formats.whole if whole else formats.number(number))


def _width(name: str, values: Sequence[Any]) -> float:
    """Wide enough for the longest of the first texts, within bounds."""
    texts = (str(value) for value in values[:LOOKED_AT] if isinstance(value, str))
    longest = max((len(text) for text in texts), default=0)
    return min(max(NARROWEST, longest + 2, min(len(name), 14) + 3), WIDEST)


# --- the workbook of a result ------------------------------------------------------------------------------------


def write_result(folder: Path, path: Path | None = None, *, language: str = LANGUAGES[0]) -> Path:
    """Write the tables of a result folder as a workbook, by default ``result.xlsx`` in it; returns the file.

    Parameters
    ----------
    folder
        Of a run or a comparison.
    path
        Another file.
    language
        Of labels, sheets and explanations, one of ``language.LANGUAGES``; names of outcomes and columns stay as in
        the files.

    Raises
    ------
    OSError
        If a file of the folder cannot be read, or the workbook cannot be written.
    """
    with spoken(language):
        return write_workbook(result_tables(read(folder), folder), path or folder / FILE)


def result_tables(result: Result, folder: Path) -> dict[str, pd.DataFrame]:
    """The sheets of a result by name: what the columns are, the table of the report, and the tables of the folder."""
    found = {"headline": headline_table(result)}
    found |= {
        name: _labelled(read_table(folder / f"{name}.csv")) for name in TABLES if (folder / f"{name}.csv").exists()
    }
    about = _about(result, found)
    return {words.SHEETS[name][0]: table for name, table in {"readme": about, **found}.items()}


def headline_table(result: Result) -> pd.DataFrame:
    """The table of the report: means under each governance, difference with its interval, in the units shown."""
    import pandas as pd

    rows = []
    for section in sections(result):
        for one in section.lines:
            levels = [level.value for level in one.levels]
            told = [section.title.text, one.label.text, one.unit, *levels]
            if result.compared:
                change = one.change
                told += [change.value, change.low, change.high, 100 * one.relative, one.verdict]
            else:
                told += [one.levels[0].low, one.levels[0].high]
            rows.append(told)
    names = [words.governance(name) for name in result.governances]
    tail = words.HEADLINE_COLUMNS if result.compared else words.HEADLINE_COLUMNS[1:3]
    return pd.DataFrame(rows, columns=[*words.HEADLINE_FIRST, *names, *tail])


def read_table(path: Path) -> pd.DataFrame:
    """A table of a result: numbers as numbers, also among words; words as they are, also where they say NA."""
    import pandas as pd

    table = pd.read_csv(opened_table(path), dtype=str, keep_default_na=False)
    for name in table.columns:
        if name not in WORDS:
            numbers = pd.to_numeric(table[name].replace("", "nan"), errors="coerce")
            bare = numbers.notna() | (table[name] == "")
            table[name] = numbers if bare.all() else table[name].astype(object).where(numbers.isna(), numbers)
    return table


def _labelled(table: pd.DataFrame) -> pd.DataFrame:
    """With what outcomes are called beside their names, if the table has any."""
    from sim.outcomes.names import OUTCOMES

    if "outcome" in table.columns:
        labels = {name: words.outcome(name).text for name in OUTCOMES}
        told = [labels.get(name, "") for name in table["outcome"]]
        table.insert(list(table.columns).index("outcome") + 1, words.LABEL_COLUMN, told)
    return table


def _about(result: Result, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What each sheet and each of its columns is."""
    import pandas as pd

    facts = [(words.ABOUT_RESULT, "", text) for text in _facts(result)]
    rows = [*facts, *(row for name, table in tables.items() for row in _columns(name, table, result))]
    return pd.DataFrame(rows, columns=list(words.ABOUT_COLUMNS))


def _facts(result: Result) -> Iterator[str]:
    yield result.title
    yield words.WORKBOOK_FACTS.format(
        governances=", ".join(map(words.governance, result.governances)),
        replications=words.replications(result.replications),
        window=words.window(result.days),
        people=result.people,
        seed=result.about["seed"],
    )
    yield words.WORKBOOK_NOTE
    yield from result.notes


def _columns(name: str, table: pd.DataFrame, result: Result) -> Iterator[tuple[str, str, str]]:
    """A row for the sheet, and one for each of its columns that is explained."""
    title, told = words.SHEETS[name]
    yield title, "", told
    shared = dict(zip(words.HEADLINE_COLUMNS, words.HEADLINE_MEANINGS, strict=True)) if name == "headline" else {}
    for column in table.columns:
        meaning = shared.get(column) or words.COLUMNS.get(column)
        if meaning is None and column in result.governances:
            meaning = words.COLUMN_GOVERNANCE.format(governance=words.governance(column))
        if meaning is not None:
            yield title, column, meaning
    if name == "replications":
        yield title, words.OTHER_COLUMNS, words.REPLICATIONS_COLUMNS


__all__ = ["FILE", "headline_table", "read_table", "result_tables", "write_result", "write_workbook"]
