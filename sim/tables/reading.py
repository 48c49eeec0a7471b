"""Reading a table (läsning): from a file, whatever it is, to rows that fit its form one to one."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from pathlib import Path

from sim.problems import nearest
from sim.tables import words
from sim.tables.cells import Cell, shortened
from sim.tables.files import Unreadable, content_of
from sim.tables.names import Names, folded, word
from sim.tables.sheet import MOST_COLUMNS, Line, Sheet, letter
from sim.tables.table import Form, Row, Table
from sim.tables.text import read_text
from sim.tables.workbook import OLE, WORKBOOKS, ZIP, read_workbook

NOTES = logging.getLogger("narvard.tables")
"""Says what was assumed of a table; on standard error, unless a program sends it elsewhere."""


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
        return table.refuse(0, "", f"no rows, and no headings; needed are {', '.join(form.must) or 'keys'}")
    head, *lines = sheet.lines
    if _width(head) > MOST_COLUMNS:
        return table.refuse(head.number, "", f"{_width(head):,} columns given, at most {MOST_COLUMNS:,} read")
    table.head_line = head.number
    table.columns = _head(table, head, form)
    if any(name not in table.columns for name in form.must):
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
    """Columns of a head, by their place; what is wrong with it is noted."""
    found: dict[str, int] = {}
    written: dict[str, str] = {}
    unknown: list[str] = []
    for place, cell in enumerate(head.cells):
        if cell.fault:
            table.refuse(head.number, f"column {letter(place)}", cell.fault)
        elif cell.text:
            name = form.heading(cell.text) or next((name for name in found if folded(name) == folded(cell.text)), None)
            unknown += [cell.text] * (name is None)
            name = cell.text if name is None and form.others else name
            if name is not None and name in found:
                same = "" if written[name] == cell.text else f", as '{written[name]}' and '{cell.text}'"
                columns = f"columns {letter(found[name])} and {letter(place)}"
                table.refuse(head.number, name, f"two columns given{same}, one needed ({columns})")
            elif name is not None:
                found[name], written[name] = place, cell.text
    if not form.others:
        _refuse_head(table, head, form, found, unknown)
    return found


def _refuse_head(table: Table, head: Line, form: Form, found: Collection[str], unknown: Sequence[str]) -> None:
    """Note columns that are missing or unknown; a line without any that is known is no head."""
    if unknown and not any(name in found for name in form.columns):
        first = ", ".join(f"'{shortened(text)}'" for text in unknown[:4])
        return table.refuse(head.number, "", f"{first} given, a row of headings needed ({', '.join(form.must)})")
    if not any(cell.fault for cell in head.cells):
        for name in form.must:
            if name not in found:
                table.refuse(head.number, "", f"column '{name}' is missing")
    for text in unknown:
        near = nearest(word(text), form.columns)
        table.refuse(head.number, "", f"unknown column '{shortened(text)}'{near}; there are {', '.join(form.columns)}")
    return None


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
