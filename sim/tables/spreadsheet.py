"""What stands in the sheets of a workbook (kalkylblad), one pass over each: values, formulas, what is hidden or merged.

openpyxl reads strings, styles and cells. Drawings, charts, comments and pivots are left alone: nothing of them is a
cell, and what is odd in one of them is no reason to refuse the cells.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._reader import FORMULA_TAG, INLINE_STRING, VALUE_TAG, WorkSheetParser

VISIBLE = "visible"
TRUE = ("1", "true")


class Raw(NamedTuple):
    """A cell that is not empty.

    Attributes
    ----------
    value
        As openpyxl has it; None if there is none that can be read.
    error
        Whether it is an error value.
    formula
        Whether a formula stands there.
    """

    row: int
    column: int
    value: Any
    error: bool
    formula: bool


@dataclass
class RawSheet:
    """A sheet.

    Attributes
    ----------
    visible
        Whether a person sees it.
    cells
        Those that are not empty, as they stand in the file.
    merged
        Areas: first row and column, and all of it in words.
    hidden_rows, hidden_columns
        Rows, and from which column to which.
    """

    name: str
    visible: bool
    cells: list[Raw] = field(default_factory=list)
    merged: list[tuple[int, int, str]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class RawBook:
    """A workbook.

    Attributes
    ----------
    later
        Whether formulas are to be calculated when it is opened.
    """

    sheets: list[RawSheet]
    later: bool


def opened(content: bytes) -> RawBook:
    """The sheets of a workbook; a damaged one raises whatever openpyxl comes upon."""
    reader = _Reader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    reader.read()
    with reader.archive:
        calculation = reader.wb.calculation
        return RawBook(
            [_sheet(reader, *found) for found in reader.found],
            later=bool(calculation is not None and calculation.fullCalcOnLoad),
        )


class _Reader(ExcelReader):  # type: ignore[misc]
    """All of a workbook but its sheets, which it only names."""

    found: list[tuple[str, str, str]]

    def read_worksheets(self) -> None:
        """Note name, state and part of each sheet with cells."""
        self.found = [
            (sheet.name, sheet.state, rel.target)
            for sheet, rel in self.parser.find_sheets()
            if rel.target in self.valid_files and "chartsheet" not in rel.Type
        ]


class _Parser(WorkSheetParser):  # type: ignore[misc]
    """Cells with their stored values, and whether there is a formula or anything else."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """A cell, with what openpyxl does not tell of it."""
        cell: dict[str, Any] = super().parse_cell(element)
        cell["formula"] = element.find(FORMULA_TAG) is not None
        cell["filled"] = cell["formula"] or cell["value"] not in (None, "") or any(_texts(element))
        return cell


def _texts(element: Any) -> Iterator[str]:
    """Texts within a cell."""
    for tag in (VALUE_TAG, INLINE_STRING):
        for part in element.iter(tag):
            yield from ("".join(part.itertext()).strip(),)


def _sheet(reader: _Reader, name: str, state: str, part: str) -> RawSheet:
    found = RawSheet(name, state == VISIBLE)
    book = reader.wb
    with reader.archive.open(part) as source:
        parser = _Parser(
            source,
            reader.shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for _, cells in parser.parse():
            for cell in cells:
                if cell["filled"]:
                    error = cell["data_type"] == "e" and cell["value"] is not None
                    found.cells.append(Raw(cell["row"], cell["column"], cell["value"], error, cell["formula"]))
    for area in parser.merged_cells.mergeCell if parser.merged_cells is not None else ():
        found.merged.append((area.min_row, area.min_col, area.coord))
    found.hidden_rows = {int(row) for row, of in parser.row_dimensions.items() if of.get("hidden") in TRUE}
    for of in parser.column_dimensions.values():
        if of.get("hidden") in TRUE:
            found.hidden_columns.append((int(of["min"]), int(of["max"])))
    return found
