"""Tables in workbooks (arbetsböcker): the cells that are there, whatever the file says of itself."""

from __future__ import annotations

import datetime
import functools
import html
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.tables.cells import DATE, EMPTY, NUMBER, TRUTH, Cell, shortened
from sim.tables.files import Unreadable
from sim.tables.names import clean
from sim.tables.sheet import MOST_CELLS, Line, Sheet, letter

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

WORKBOOKS = (".xlsx", ".xlsm")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""First bytes of a workbook, and of one that is older than .xlsx or has a password."""
MOST_UNPACKED = 16 << 20
"""Bytes of all parts of a workbook together: 16 MB."""
MOST_PARTS = 2000
_SHEET = re.compile(r"<(?:[\w.-]+:)?worksheet\b")
_CELL = re.compile(r"<(?:[\w.-]+:)?c(?=[\s>])[^>]*(?<!/)>(.*?)</(?:[\w.-]+:)?c>", re.DOTALL)
_FILLED = re.compile(r"<(?:[\w.-]+:)?(?:(?:v|t)(?=[\s>])[^>]*(?<!/)>(?!\s*</)|f[\s>/])")
"""What fills a cell: a value or a text that is not empty, or a formula."""
_AREA = re.compile(r"""(mergeCell|hyperlink)\s[^>]*?\bref\s*=\s*["']([^"']*)["']""")
_CORNER = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
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
    stated = _check_parts(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
        book = _loaded(content, values=False)
        values = _loaded(content, values=True) if _has_formulas(book) else book
    _check_cells(book, stated)
    later = bool(book.calculation is not None and book.calculation.fullCalcOnLoad)
    seen = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    sheets = [_sheet(sheet, values[sheet.title], later) for sheet in seen]
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible" and _filled(sheet)]
    found = [sheet for sheet in sheets if sheet.lines]
    if not found:
        only = f"; what is hidden ({', '.join(hidden)}) is not read" if hidden else ""
        raise Unreadable(f"a workbook without a sheet that has something in it{only}")
    return found


def _check_parts(content: bytes) -> int:
    """See, before it is loaded, that it is a workbook of bounded size; returns how many of its cells are filled."""
    if content.startswith(OLE):
        raise Unreadable("an old .xls workbook, or one with a password; save it as .xlsx without a password")
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
        parts = packed.infolist()
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
    return sum(_check_part(packed, name) for name in sorted(names) if name.lower().endswith(".xml"))


def _check_part(packed: zipfile.ZipFile, name: str) -> int:
    """Cells of a part that are filled; an area that is too large is refused."""
    try:
        text = packed.read(name).replace(b"\0", b"").decode("utf-8", errors="replace")
    except Exception as error:  # whatever a damaged part raises
        raise Unreadable(f"not an .xlsx workbook, or a damaged one ({name}: {error})") from None
    _check_areas(text)
    if _SHEET.search(text[:4000]) is None:
        return 0
    return sum(_FILLED.search(cell[1]) is not None for cell in _CELL.finditer(text))


def _check_cells(book: Workbook, stated: int) -> None:
    """Refuse a workbook of which a filled cell was lost: one that stands there twice, or has its value out of place."""
    found = sum(1 for sheet in book.worksheets for _ in _cells(sheet))
    if found < stated and not any(sheet.merged_cells.ranges for sheet in book.worksheets):
        raise Unreadable(f"a damaged workbook: of {stated:,} filled cells {found:,} can be read; {SAVE_AGAIN}")


def _check_areas(text: str) -> None:
    """Refuse an area of merged cells or of a link that is larger than any table: each of its cells would be made."""
    for found in _AREA.finditer(text):
        first, _, last = html.unescape(found[2]).replace("$", "").upper().partition(":")
        begins, ends = _CORNER.fullmatch(first.strip()), _CORNER.fullmatch((last or first).strip())
        if begins is None or ends is None or _size(begins, ends) > MOST_CELLS:
            where = f"{found[1]} over {shortened(found[2])}"
            raise Unreadable(f"{where}: more than {MOST_CELLS:,} cells, at most that allowed")


def _size(first: re.Match[str], last: re.Match[str]) -> int:
    """Cells of an area."""
    left, right = (functools.reduce(lambda n, sign: 26 * n + ord(sign) - 64, corner[1], 0) for corner in (first, last))
    return (abs(right - left) + 1) * (abs(int(last[2]) - int(first[2])) + 1)


def _loaded(content: bytes, *, values: bool) -> Workbook:
    from openpyxl import load_workbook

    try:
        return load_workbook(io.BytesIO(content), data_only=values)
    except Exception as error:  # the library lets through whatever a damaged part raises
        says = str(error).partition("\n")[0] or type(error).__name__
        raise Unreadable(f"not an .xlsx workbook, or a damaged one ({says[:120]})") from None


def _cells(sheet: Worksheet) -> Iterator[tuple[int, int, Any]]:
    """Cells with something in them: row and column from 1, cell."""
    for (row, column), cell in sorted(sheet._cells.items()):  # not by size: one cell far away makes a million rows
        if cell.value is not None:
            yield row, column, cell


def _filled(sheet: Worksheet) -> bool:
    return any(True for _ in _cells(sheet))


def _has_formulas(book: Workbook) -> bool:
    return any(cell.data_type == "f" for sheet in book.worksheets for _, _, cell in _cells(sheet))


def _sheet(sheet: Worksheet, values: Worksheet, later: bool) -> Sheet:
    """What stands in a sheet; `values` is the same one with stored values in place of formulas."""
    rows: dict[int, dict[int, Cell]] = {}
    for row, column, cell in _cells(sheet):
        found = _formula(values.cell(row, column), later) if cell.data_type == "f" else _cell(cell)
        if found.filled:
            rows.setdefault(row, {})[column] = found
    _refuse_merged(sheet, rows)
    if sum(max(cells) for cells in rows.values()) > MOST_CELLS:
        raise Unreadable(f"sheet '{sheet.title}': more than {MOST_CELLS:,} cells given, at most so many allowed")
    lines = [
        Line(row, [cells.get(column, EMPTY) for column in range(1, max(cells) + 1)])
        for row, cells in sorted(rows.items())
    ]
    return Sheet(lines=lines, name=sheet.title, notes=_hidden(sheet, rows))


def _cell(cell: Any) -> Cell:
    """A cell without a formula."""
    value = cell.value
    if cell.data_type == "e":
        return Cell(str(value), fault=f"an error value given ({value})")
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


def _formula(stored: Any, later: bool) -> Cell:
    """A cell with a formula, by the value that was stored with it."""
    if stored.value is None:
        return Cell("", fault=NO_VALUE)
    found = _cell(stored)
    if later and found == Cell("0", NUMBER):  # what programs store that do not calculate
        return Cell("0", fault=NOT_CALCULATED)
    return found


def _refuse_merged(sheet: Worksheet, rows: dict[int, dict[int, Cell]]) -> None:
    """Mark merged cells with something in them: for a reader they stand in several rows or columns, for us in one."""
    for area in sheet.merged_cells.ranges:
        first = rows.get(area.min_row, {}).get(area.min_col)
        if first is not None:
            says = f"merged cells ({area.coord}); split them, and fill each"
            rows[area.min_row][area.min_col] = Cell(first.text, fault=says)


def _hidden(sheet: Worksheet, rows: dict[int, dict[int, Cell]]) -> list[str]:
    """What is hidden and read all the same."""
    notes = []
    hidden = [row for row in sorted(rows) if row in sheet.row_dimensions and sheet.row_dimensions[row].hidden]
    if hidden:
        notes.append(f"hidden rows are read too ({', '.join(map(str, hidden[:8]))}{', ...' if hidden[8:] else ''})")
    used = sorted({column for cells in rows.values() for column in cells})
    spans = [(d.min or 1, d.max or 1) for d in sheet.column_dimensions.values() if d.hidden]
    columns = [letter(column - 1) for column in used if any(low <= column <= high for low, high in spans)]
    if columns:
        notes.append(f"hidden columns are read too ({', '.join(columns[:8])}{', ...' if columns[8:] else ''})")
    return notes
