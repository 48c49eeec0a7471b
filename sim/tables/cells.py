"""What stands in a cell (cell): its text, what kind of value a workbook has there, and numbers as people write them."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from sim.tables.names import clean

TEXT, NUMBER, DATE, TRUTH = "text", "number", "date", "truth"
"""Kinds of values."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}( \d{3})+([.,]\d*)?", re.ASCII)
MOST_DIGITS = 40
"""Signs of a number; longer ones are no number that somebody wrote."""


class Cell(NamedTuple):
    """A cell.

    Attributes
    ----------
    text
        As CSV would have it; empty if nothing is there.
    kind
        ``text``, which may be a number too, or what a workbook says: ``number``, ``date``, ``truth``.
    fault
        Why the cell cannot be used, whatever is asked of it; such a cell is not empty.
    """

    text: str
    kind: str = TEXT
    fault: str = ""

    @property
    def filled(self) -> bool:
        """Whether something stands there."""
        return bool(self.text or self.fault)


EMPTY = Cell("")


def number_of(cell: Cell, decimal_comma: bool) -> tuple[float, str]:
    """A cell as a number, and what is wrong with it.

    Spaces may stand between thousands, and a comma before decimals where it does not stand between cells.

    Returns
    -------
    float, str
        Not a number if it is none; then the text says so.
    """
    if cell.kind in (DATE, TRUTH):
        what = "a date" if cell.kind == DATE else "true or false"
        return math.nan, f"'{cell.text}' given, which is {what}; a number needed"
    text = clean(cell.text).replace("\u2212", "-")
    if _GROUPED.fullmatch(text):
        text = text.replace(" ", "")
    if decimal_comma and "." not in text:
        text = text.replace(",", ".", 1)
    if len(text) > MOST_DIGITS or not _NUMBER.fullmatch(text):
        hint = "; decimals take a point where commas stand between cells" if re.search(r"\d,\d", text) else ""
        return math.nan, f"'{shortened(cell.text)}' given, a number needed{hint if not decimal_comma else ''}"
    value = float(text)
    return (value, "") if math.isfinite(value) else (math.nan, f"'{cell.text}' given, a number needed")


def shortened(text: str, most: int = 60) -> str:
    """A text for a message, cut if it is long."""
    return text if len(text) <= most else f"{text[:most]}..."
