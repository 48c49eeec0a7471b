"""Tables of text (CSV): which signs the bytes are, and what stands between the cells."""

from __future__ import annotations

import codecs
import csv
import io

from sim.tables.cells import Cell
from sim.tables.files import Unreadable
from sim.tables.names import clean
from sim.tables.sheet import MOST_CELLS, MOST_LINES, Line, Sheet

_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_ODD = "a table as text in UTF-8 or Windows-1252, or an .xlsx workbook, needed"


def read_text(content: bytes, between: str = "") -> Sheet:
    """The cells of a table of text.

    Semicolons, tabs or commas stand between the cells, whichever the first row has; a row ``sep=;`` before it says so
    too. Rows end with CR, LF or both.

    Parameters
    ----------
    between
        What stands between the cells, if that is known.

    Raises
    ------
    Unreadable
        If it is no such table.
    """
    text, notes = decoded(content)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    skipped = 0
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first) == 5:
        text, skipped, between = rest, 1, between or first[4]
    between = between or _between(text)
    lines = _lines(text, between, skipped)
    return Sheet(lines=lines, decimal_comma=between != ",", between=between, notes=notes)


def decoded(content: bytes) -> tuple[str, list[str]]:
    """Text of bytes, and what was assumed of them."""
    for mark, name in _UTF_16.items():
        if content.startswith(mark):
            try:
                return content.decode(name), ["read as UTF-16 text"]
            except UnicodeDecodeError:
                raise Unreadable(f"damaged UTF-16 text; {_ODD}") from None
    if b"\0" in content:
        raise Unreadable(f"not a table of text: it has NUL bytes (UTF-16 without a mark, or no text); {_ODD}")
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
    lenient = content.decode("utf-8", errors="replace")
    damaged = lenient.count("\ufffd")
    if sum(not sign.isascii() for sign in lenient) > 2 * damaged:
        raise Unreadable("UTF-8 text with a damaged sign; save it again as UTF-8", line)
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable(f"neither UTF-8 nor Windows-1252 text; {_ODD}", line) from None
    return text, ["not UTF-8; read as Windows-1252 (Latin-1) text"]


def _between(text: str) -> str:
    """What stands between the cells of the first row that is not empty, quoted ones left out."""
    row = next((line for line in text.split("\n", 1000) if line.strip(" ;,\t")), "")
    bare = "".join(row.split('"')[::2])
    return ";" if ";" in bare else "\t" if "\t" in bare else ","


def _lines(text: str, between: str, skipped: int) -> list[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True, skipinitialspace=True)
    found, begins, cells = [], 1 + skipped, 0
    try:
        for row in reader:
            cells += len(row)
            if cells > MOST_CELLS or begins > MOST_LINES:
                raise Unreadable(f"more than {MOST_CELLS:,} cells or {MOST_LINES:,} lines given, at most that allowed")
            if any(row):
                found.append(Line(begins, [Cell(clean(cell)) for cell in row]))
            begins = reader.line_num + 1 + skipped
    except csv.Error as error:
        raise Unreadable(f"not a CSV table ({error})", begins) from None
    return [line for line in found if any(cell.text for cell in line.cells)]
