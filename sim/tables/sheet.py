"""A table before anybody knows what it is (blad): lines of cells, and how they were read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sim.tables.cells import Cell

MOST_CELLS = 500_000
MOST_LINES = 1 << 20
"""Of a table; a sheet of a spreadsheet program has no more lines."""
MOST_COLUMNS = 1_000
"""Of a table: the names of columns that are unknown are held against all that are known."""


class Line(NamedTuple):
    """A line that is not empty: its number in the file or sheet, from 1, and its cells."""

    number: int
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Sheet:
    """Lines of cells.

    Attributes
    ----------
    lines
        Those with something in them, in order.
    decimal_comma
        Whether decimals may have a comma.
    between
        What stands between cells of text; empty in a workbook, where rows have no length of their own.
    name
        Of the sheet of a workbook.
    notes
        What was assumed, for the user.
    """

    lines: Sequence[Line]
    decimal_comma: bool = True
    between: str = ""
    name: str = ""
    notes: Sequence[str] = field(default_factory=list)


def letter(place: int) -> str:
    """The letter of a column, counted from 0: A, B, ..., Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
