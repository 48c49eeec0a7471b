"""A table that is known (tabell): its columns, its rows, and all that is wrong with it at once."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from sim.problems import Problem, ScenarioError, nearest
from sim.tables import words
from sim.tables.cells import EMPTY, Cell, number_of, shortened
from sim.tables.files import Unreadable, content_of
from sim.tables.names import Names, folded, word
from sim.tables.sheet import MOST_COLUMNS, Line, Sheet, letter
from sim.tables.text import read_text
from sim.tables.workbook import OLE, ZIP, read_workbook

NOTES = logging.getLogger("narvard.tables")
"""Says what was assumed of a table; on standard error, unless a program sends it elsewhere."""
MOST_WHOLE = (1 << 31) - 1
"""Of whole numbers: the records have 32 bits for the number of a person."""
MOST_TOLD = 50
"""Problems of a table, before the rest are only counted."""
WORKBOOKS = (".xlsx", ".xlsm")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([.,]\d{3})+", re.ASCII)
"""What may be a whole number of thousands, or one with decimals: not for us to say."""


@dataclass(frozen=True)
class Form:
    """What a kind of table looks like.

    Attributes
    ----------
    name
        Of the kind, as ``staffing``; also of its sheet in a workbook.
    columns
        Headings that are known.
    needed
        Those that must be there; all if None.
    short_rows
        Whether a row of text may end early: then its last cells are empty.
    others
        Whether further headings are allowed, as keys of parameters are; whoever reads the table looks at them.
    words
        Kind whose other headings count, if not this one.
    """

    name: str
    columns: tuple[str, ...]
    needed: tuple[str, ...] | None = None
    short_rows: bool = False
    others: bool = False
    words: str = ""

    def heading(self, text: str) -> str | None:
        """The column of a heading, in whichever words it is written; None if it is unknown."""
        place = _headings(self).find(text)
        return None if place is None else self.columns[place]


@lru_cache(maxsize=32)
def _headings(form: Form) -> Names:
    """The headings that a form knows."""
    also = {name: said for name, said in words.of_columns(form.words or form.name).items() if name in form.columns}
    return Names(form.columns, also, fixed=True)


@dataclass(eq=False)
class Table:
    """A table: its rows, and the problems found in it so far.

    Attributes
    ----------
    shown
        The file, and the sheet if there are several, as messages have it.
    columns
        Of the head: place of each column.
    decimal_comma
        Whether decimals may have a comma.
    """

    shown: str
    columns: Mapping[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    decimal_comma: bool = False
    head_line: int = 1

    def refuse(self, line: int, where: str, says: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.shown, line, where, says))

    def told(self) -> list[Problem]:
        """The problems by line, of very many the first; those of the whole table last."""
        found = sorted(dict.fromkeys(self.problems), key=lambda problem: problem.line or math.inf)
        if len(found) <= MOST_TOLD:
            return found
        return [*found[:MOST_TOLD], Problem(self.shown, 0, "", f"{len(found) - MOST_TOLD:,} more problems")]

    def check(self) -> None:
        """Raise what was found.

        Raises
        ------
        ScenarioError
            With every problem, if there is any.
        """
        if self.problems:
            raise ScenarioError(self.told())

    def refuse_repeated(self, columns: Mapping[str, Names | None]) -> None:
        """Note rows that are about the same as another, however it is written there.

        Parameters
        ----------
        columns
            Those that say what a row is about, with the names they may have.
        """
        seen: dict[tuple[object, ...], int] = {}
        for row in self.rows:
            key = tuple(_meant(row[column], known) for column, known in columns.items())
            if key in seen:
                what = ", ".join(row[column] for column in columns)
                row.refuse(next(iter(columns)), f"'{what}' stands on line {seen[key]} already")
            seen.setdefault(key, row.line)


def _meant(text: str, known: Names | None) -> object:
    """What a text means: the place of a known name, or else the text."""
    found = known.find(text) if known is not None else None
    return folded(text) if found is None else found


@dataclass(frozen=True, eq=False)
class Row:
    """A row of a table.

    Attributes
    ----------
    line
        Number in the file or sheet.
    cells
        By column.
    """

    table: Table
    line: int
    cells: Mapping[str, Cell]

    def __getitem__(self, column: str) -> str:
        """The text of a cell; empty if nothing is there."""
        return self.cells.get(column, EMPTY).text

    def refuse(self, column: str, says: str) -> None:
        """Note a problem of a cell."""
        self.table.refuse(self.line, column, says)

    def text(self, column: str) -> str:
        """A text; that there is none is noted."""
        if not self[column]:
            self.refuse(column, "missing")
        return self[column]

    def number(self, column: str, highest: float = math.inf, *, optional: bool = False) -> float:
        """A number from 0 to `highest`; NaN if it is not one, which is noted."""
        if optional and not self[column]:
            return math.nan
        value, wrong = number_of(self.cells.get(column, EMPTY), self.table.decimal_comma)
        if wrong:
            self.refuse(column, wrong)
            return math.nan
        if value < 0:
            self.refuse(column, f"{self[column]} given, at least 0 needed")
        if value > highest:
            self.refuse(column, f"{self[column]} given, at most {highest:.12g} allowed")
        return value

    def whole(self, column: str) -> int:
        """A whole number from 0 to `MOST_WHOLE`; another one is noted."""
        value = self.number(column, MOST_WHOLE)
        if math.isfinite(value) and (value != int(value) or _THOUSANDS.fullmatch(self[column])):
            hint = ", without a sign between thousands" if _THOUSANDS.fullmatch(self[column]) else ""
            self.refuse(column, f"{self[column]} given, a whole number needed{hint}")
        return int(value) if value <= MOST_WHOLE else 0

    def one_of(self, column: str, known: Names) -> int:
        """Place of the cell among known names; 0 if it is none of them, which is noted."""
        found = known.find(self[column]) if self[column] else None
        if found is None:
            what = column.replace("_", " ")
            self.refuse(column, known.says(shortened(self[column]), what) if self[column] else "missing")
        return found or 0


# --- reading -----------------------------------------------------------------------------------------------------


def read_table(path: Path, form: Form, shown: str | None = None, *, quiet: bool = False) -> Table:
    """Read a table, CSV or .xlsx; whatever is wrong with it stands in its ``problems``.

    Of a workbook the sheet that is called as the kind of table is read; without one, the first that can be seen and
    has something in it. What was assumed, and other sheets, are told through the log ``narvard.tables``.

    Parameters
    ----------
    shown
        The file as messages have it.
    quiet
        Not to tell what was assumed.
    """
    told = str(path) if shown is None else shown
    table = Table(told)
    try:
        sheets = sheets_of(path)
    except Unreadable as error:
        table.refuse(error.line, "", str(error))
        return table
    sheet = _chosen(sheets, form)
    others = [f"'{one.name}'" for one in sheets if one is not sheet]
    if others:
        if not quiet:
            tell(told, f"sheet '{sheet.name}' is read; there is also {', '.join(others)}")
        table.shown = in_sheet(told, sheet)
    fit(table, sheet, form)
    for note in () if quiet else sheet.notes:
        tell(table.shown, note)
    return table


def sheets_of(path: Path) -> list[Sheet]:
    """The sheets of a workbook, or the one of a table of text: what it is shows in the file, not in its name.

    Raises
    ------
    Unreadable
        If it cannot be read.
    """
    content = content_of(path)
    if content.startswith((ZIP, OLE)) or path.suffix.lower() in WORKBOOKS:
        return read_workbook(content)
    return [read_text(content)]


def in_sheet(shown: str, sheet: Sheet) -> str:
    """A sheet of a workbook, as messages have it."""
    return f"{shown}, sheet '{sheet.name}'"


def sheet_named(sheets: Sequence[Sheet], name: str) -> Sheet | None:
    """The sheet of a name, in whichever words it is written."""
    known = Names([name], {name: words.of_sheets().get(name, ())}, fixed=True)
    return next((sheet for sheet in sheets if known.find(sheet.name) is not None), None)


def _chosen(sheets: Sequence[Sheet], form: Form) -> Sheet:
    return sheet_named(sheets, form.name) or sheets[0]


def tell(shown: str, says: str) -> None:
    """Tell the user what was assumed of a file."""
    NOTES.warning("%s: %s", shown, says)


def fit(table: Table, sheet: Sheet, form: Form) -> None:
    """Fit the lines of a sheet to the form of a table, one to one; what does not fit is noted."""
    table.decimal_comma = sheet.decimal_comma
    if not sheet.lines:
        needed = form.columns if form.needed is None else form.needed
        return table.refuse(0, "", f"no rows, and no headings; needed are {', '.join(needed) or 'keys'}")
    head, *lines = sheet.lines
    if _width(head) > MOST_COLUMNS:
        return table.refuse(head.number, "", f"{_width(head):,} columns given, at most {MOST_COLUMNS:,} read")
    table.head_line = head.number
    table.columns = _head(table, head, form)
    needed = form.columns if form.needed is None else form.needed
    if any(name not in table.columns for name in needed):
        return None  # of the rows nothing could be said that helps
    for line in lines:
        row = _row(table, line, head, sheet, form)
        if row is not None:
            table.rows.append(row)
    if not table.rows and not table.problems:
        table.refuse(0, "", "no rows")
    return None


def _width(line: Line) -> int:
    """Cells up to the last that is filled."""
    cells = line.cells
    return next((place for place in range(len(cells), 0, -1) if cells[place - 1].filled), 0)


def _head(table: Table, head: Line, form: Form) -> dict[str, int]:
    """Columns of a head, by their place."""
    found: dict[str, int] = {}
    unknown: list[str] = []
    written: dict[str, str] = {}
    for place, cell in enumerate(head.cells):
        if cell.fault:
            table.refuse(head.number, f"column {letter(place)}", cell.fault)
        elif cell.text:
            name = form.heading(cell.text)
            if name is None:
                unknown.append(cell.text)
                name = cell.text.lower() if form.others else None
            if name is not None and name in found:
                same = "" if written[name] == cell.text else f", as '{written[name]}' and '{cell.text}'"
                columns = f"columns {letter(found[name])} and {letter(place)}"
                table.refuse(head.number, name, f"two columns given{same}, one needed ({columns})")
            elif name is not None:
                found[name], written[name] = place, cell.text
    needed = form.columns if form.needed is None else form.needed
    if not form.others and not any(name in found for name in form.columns) and unknown:
        first = ", ".join(f"'{shortened(text)}'" for text in unknown[:4])
        says = f"{first} given, a row of headings needed ({', '.join(needed)})"
        table.refuse(head.number, "", says)
        return found
    for name in needed:
        if name not in found and not any(cell.fault for cell in head.cells):
            table.refuse(head.number, "", f"column '{name}' is missing")
    for text in () if form.others else unknown:
        near = nearest(word(text), form.columns)
        table.refuse(head.number, "", f"unknown column '{shortened(text)}'{near}; there are {', '.join(form.columns)}")
    return found


def _row(table: Table, line: Line, head: Line, sheet: Sheet, form: Form) -> Row | None:
    """A line as a row, or None if it does not fit."""
    given, width = _width(line), _width(head)
    if given > width:
        hint = "; decimals take a point where commas stand between cells" if sheet.between == "," else ""
        table.refuse(line.number, "", f"{given} cells given, {width} needed{hint}")
        return None
    if sheet.between and len(line.cells) < width and not form.short_rows:
        table.refuse(line.number, "", f"{len(line.cells)} cells given, {width} needed")
        return None
    wrong = [(place, says) for place, cell in enumerate(line.cells[:given]) if (says := _misplaced(cell, head, place))]
    names = {place: name for name, place in table.columns.items()} if wrong else {}
    for place, says in wrong:
        table.refuse(line.number, names.get(place, f"column {letter(place)}"), says)
    if wrong:
        return None
    cells = line.cells
    return Row(table, line.number, {name: cells[at] for name, at in table.columns.items() if at < len(cells)})


def _misplaced(cell: Cell, head: Line, place: int) -> str:
    """Why a cell does not fit; empty if it does."""
    if cell.fault or not cell.text or head.cells[place].text or head.cells[place].fault:
        return cell.fault
    return f"'{shortened(cell.text)}' given under no heading"
