"""A table that is known (tabell): its form, its rows, and all that is wrong with it at once."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sim.problems import Problem, ScenarioError
from sim.tables import words
from sim.tables.cells import EMPTY, Cell, number_of, shortened
from sim.tables.names import Names, folded

MOST_WHOLE = (1 << 31) - 1
"""Of whole numbers: the records have 32 bits for the number of a person."""
MOST_TOLD = 50
"""Problems of a table, before the rest are only counted."""
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

    @property
    def must(self) -> tuple[str, ...]:
        """Columns that must be there."""
        return self.columns if self.needed is None else self.needed

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
    head_line
        Number of the head in the file or sheet.
    unknown
        Cells so far with a name that is unknown.
    """

    shown: str
    columns: Mapping[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    decimal_comma: bool = False
    head_line: int = 1
    unknown: int = 0

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
            self.refuse(column, self._unknown(column, known) if self[column] else "missing")
        return found or 0

    def _unknown(self, column: str, known: Names) -> str:
        what, text = column.replace("_", " "), shortened(self[column])
        self.table.unknown += 1
        if self.table.unknown > MOST_TOLD:  # which is not told, so nothing near is looked for
            return f"unknown {what} '{text}'"
        return known.says(text, what)
