"""Tables in workbooks (arbetsböcker): the cells that are there, whatever the file says of itself."""

from __future__ import annotations

import datetime
import io
import warnings
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.tables.cells import DATE, EMPTY, NUMBER, TRUTH, Cell
from sim.tables.files import Unreadable
from sim.tables.names import clean
from sim.tables.sheet import MOST_CELLS, Line, Sheet, letter

if TYPE_CHECKING:
    from sim.tables.spreadsheet import Raw, RawBook, RawSheet

WORKBOOKS = (".xlsx", ".xlsm")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""First bytes of a workbook, and of one that is older than .xlsx or has a password."""
MOST_UNPACKED = 16 << 20
"""Bytes of all parts of a workbook together: 16 MB."""
MOST_PARTS = 2000
SAVE_AGAIN = "open and save the workbook in a spreadsheet program"
NO_VALUE = f"a formula without a value; {SAVE_AGAIN}"
NOT_CALCULATED = f"a formula whose value 0 was never calculated; {SAVE_AGAIN}"


def read_workbook(content: bytes) -> list[Sheet]:
    """The sheets of a workbook that can be seen and have something in them, in their order.

    Hidden rows and columns are read, and told; hidden sheets are not.

    Raises
    ------
    Unreadable
        If it is no .xlsx workbook, is damaged, or unpacks to more than is allowed.
    """
    _check_parts(content)
    book = _opened(content)
    sheets = [_sheet(sheet, book.later) for sheet in book.sheets if sheet.visible]
    found = [sheet for sheet in sheets if sheet.lines]
    if not found:
        hidden = ", ".join(sheet.name for sheet in book.sheets if not sheet.visible and sheet.cells)
        only = f"; what is hidden ({hidden}) is not read" if hidden else ""
        raise Unreadable(f"a workbook without a sheet that has something in it{only}")
    return found


def _opened(content: bytes) -> RawBook:
    from sim.tables.spreadsheet import opened  # takes long to import

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
            return opened(content)
    except Exception as error:  # the library lets through whatever a damaged part raises
        says = str(error).partition("\n")[0] or type(error).__name__
        raise Unreadable(f"not an .xlsx workbook, or a damaged one ({says[:120]})") from None


def _check_parts(content: bytes) -> None:
    """See, before anything is unpacked, that it is a workbook of bounded size."""
    if content.startswith(OLE):
        raise Unreadable("an old .xls workbook, or one with a password; save it as .xlsx without a password")
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable(f"not an .xlsx workbook, or a damaged one ({error})") from None
    names = {part.filename for part in parts}
    if "content.xml" in names:
        raise Unreadable("an OpenDocument workbook; save it as .xlsx")
    if "[Content_Types].xml" not in names:
        raise Unreadable("not an .xlsx workbook, or a damaged one (no [Content_Types].xml in it)")
    size = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or size > MOST_UNPACKED:
        raise Unreadable(
            f"unpacks to {size / (1 << 20):,.0f} MB in {len(parts):,} parts, "
            f"at most {MOST_UNPACKED >> 20} MB in {MOST_PARTS:,} allowed"
        )


def _sheet(sheet: RawSheet, later: bool) -> Sheet:
    """The lines of a sheet."""
    rows: dict[int, dict[int, Cell]] = {}
    for raw in sheet.cells:
        cell = _formula(raw, later) if raw.formula else _cell(raw)
        cells = rows.setdefault(raw.row, {})
        if raw.column in cells:
            cell = Cell("", fault=f"a cell that stands twice in a damaged workbook; {SAVE_AGAIN}")
        cells[raw.column] = cell
    for row, column, area in sheet.merged:
        first = rows.get(row, {}).get(column)
        if first is not None:  # for a reader it stands in several rows or columns, for us in one
            rows[row][column] = Cell(first.text, fault=f"merged cells ({area}); split them, and fill each")
    if sum(max(cells) for cells in rows.values()) > MOST_CELLS:
        raise Unreadable(f"sheet '{sheet.name}': more than {MOST_CELLS:,} cells given, at most so many allowed")
    lines = [
        Line(row, [cells.get(column, EMPTY) for column in range(1, max(cells) + 1)])
        for row, cells in sorted(rows.items())
    ]
    filled = [line for line in lines if any(cell.filled for cell in line.cells)]
    return Sheet(lines=filled, name=sheet.name, notes=_hidden(sheet, rows))


def _cell(raw: Raw) -> Cell:
    """A cell with the value that stands there."""
    value = raw.value
    if raw.error:
        return Cell(str(value), fault=f"an error value given ({value})")
    if value is None:
        return Cell("", fault=f"a value out of its place in a damaged workbook; {SAVE_AGAIN}")
    if isinstance(value, bool):
        return Cell("true" if value else "false", TRUTH)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return Cell((value.date() if midnight else value).isoformat(), DATE)
    if isinstance(value, datetime.date | datetime.time):
        return Cell(value.isoformat(), DATE)
    if isinstance(value, datetime.timedelta):
        return Cell(str(value), DATE)
    if isinstance(value, int | float):
        whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
        return Cell(str(int(value)) if whole else repr(value), NUMBER)
    return Cell(clean(str(value)))


def _formula(raw: Raw, later: bool) -> Cell:
    """A cell with a formula, by the value that was stored with it."""
    if raw.value is None:
        return Cell("", fault=NO_VALUE)
    found = _cell(raw)
    if later and found == Cell("0", NUMBER):  # what programs store that do not calculate
        return Cell("0", fault=NOT_CALCULATED)
    return found


def _hidden(sheet: RawSheet, rows: Mapping[int, Mapping[int, Cell]]) -> list[str]:
    """What is hidden and read all the same."""
    notes = []
    hidden = sorted(sheet.hidden_rows & set(rows))
    if hidden:
        notes.append(f"hidden rows are read too ({', '.join(map(str, hidden[:8]))}{', ...' if hidden[8:] else ''})")
    used = sorted({column for cells in rows.values() for column in cells})
    spans = sheet.hidden_columns
    columns = [letter(column - 1) for column in used if any(low <= column <= high for low, high in spans)]
    if columns:
        notes.append(f"hidden columns are read too ({', '.join(columns[:8])}{', ...' if columns[8:] else ''})")
    return notes
