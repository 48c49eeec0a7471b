"""The official population table (befolkningstabell): people by region, year of age and sex, as statistics hand it out.

A title may stand before the head and footnotes after the rows; a region is a code and a name in one cell; totals over
regions, ages and sexes stand among the rows. What is read adds up to every total that is there, or it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim.tables.cells import EMPTY, Cell, shortened
from sim.tables.files import Unreadable, content_of
from sim.tables.names import folded, word
from sim.tables.reading import tell
from sim.tables.sheet import Line, Sheet
from sim.tables.table import MOST_WHOLE, Table
from sim.tables.text import read_text
from sim.tables.words import of_columns, of_totals
from sim.tables.workbook import OLE, WORKBOOKS, ZIP, read_workbook

REGION, AGE, SEX, YEAR = "region", "age", "sex", "year"
"""Columns; every other one holds people."""
HEAD_WITHIN = 30
"""Lines within which the head is looked for."""
OLDEST = 130
"""Years of age, of which nobody has more."""
BETWEEN = (";", "\t", ",")
_CODE = re.compile(r"(\d{2,4})\s+(\S.*)")
_AGE = re.compile(r"(\d{1,3})(?:\s*-\s*(\d{1,3}))?\s*(\+)?\s*(?:år|year|years)?(\s+och\s+äldre|\s+or\s+older)?")
_PEOPLE = re.compile(r"\d+|\d{1,3}(?:[ .,]\d{3})+", re.ASCII)
_YEAR = re.compile(r"(?<!\d)((?:18|19|20)\d\d)(?!\d)")

Ages = tuple[int, int]
"""From and to, both included; `OLDEST` for no end."""


@dataclass(frozen=True)
class Place:
    """A region of the table: its code, empty if there is none, and its name."""

    code: str
    name: str


@dataclass(frozen=True)
class Official:
    """People of a year.

    Attributes
    ----------
    year
        The column that was read, as it is called.
    people
        By place and ages.
    passed_over
        Lines before and after the table, in words; empty if there are none.
    """

    year: str
    people: Mapping[Place, Mapping[Ages, int]]
    passed_over: str = ""


@dataclass(frozen=True)
class _Found:
    """Where the table begins: its sheet, its head, and the places of its columns."""

    sheet: Sheet
    head: Line
    columns: Mapping[str, int]
    values: Mapping[str, int]
    after: Sequence[Line]
    before: Sequence[Line] = field(default_factory=list)


def found_in(path: Path) -> str:
    """What the official table in a file is like, in words; empty if none is there."""
    try:
        found = _found(path)
    except Unreadable:
        return ""
    if found is None:
        return ""
    parts = [f"a title on line {found.before[0].number}"] if found.before else []
    parts += [{";": "semicolons", "\t": "tabs", ",": "commas", "": "a workbook"}[found.sheet.between]]
    parts += [note.removeprefix("not UTF-8; read as ") for note in found.sheet.notes]
    heads = ", ".join(cell.text for cell in found.head.cells if cell.text)
    where = f"columns {heads} on line {found.head.number}"
    return f"the official population table as it is handed out ({'; '.join([*parts, where])})"


def _sheets(path: Path) -> list[Sheet]:
    """The table in each way that it might be meant, if it is text."""
    content = content_of(path)
    if content.startswith((ZIP, OLE)) or path.suffix.lower() in WORKBOOKS:
        return read_workbook(content)
    sheets, refused = [], None
    for between in BETWEEN:
        try:
            sheets.append(read_text(content, between))
        except Unreadable as error:
            refused = refused or error
    if not sheets and refused is not None:
        raise refused
    return sheets


def _found(path: Path) -> _Found | None:
    for sheet in _sheets(path):
        for number, line in enumerate(sheet.lines[:HEAD_WITHIN]):
            columns, values = _columns(line)
            if REGION in columns and AGE in columns and values:
                return _Found(sheet, line, columns, values, sheet.lines[number + 1 :], sheet.lines[:number])
    return None


def _columns(line: Line) -> tuple[dict[str, int], dict[str, int]]:
    """Places of the columns that are known, and of all others by what they are called."""
    known = {word(text): name for name, words in of_columns("official").items() for text in (name, *words)}
    columns: dict[str, int] = {}
    values: dict[str, int] = {}
    for place, cell in enumerate(line.cells):
        name = known.get(word(cell.text))
        if name is not None:
            columns.setdefault(name, place)
        elif cell.text:
            values[cell.text] = place
    return columns, values


def read_official(path: Path, year: str = "", only: Collection[str] = ()) -> tuple[Official, Table]:
    """Read an official population table.

    Parameters
    ----------
    path
        The table, CSV or .xlsx.
    year
        Which year; the latest if empty.
    only
        Names of the municipalities that matter; empty for all that have a code of four digits, or no code.

    Returns
    -------
    official, table
        Problems stand in the table.
    """
    table = Table(str(path))
    try:
        found = _found(path)
    except Unreadable as error:
        table.refuse(error.line, "", str(error))
        return Official("", {}), table
    if found is None:
        says = (
            "no head among the first lines: columns region, age (ålder), perhaps sex (kön), and people by year needed"
        )
        table.refuse(0, "", says)
        return Official("", {}), table
    for note in found.sheet.notes:
        tell(table.shown, note)
    column, chosen = _chosen(found, year, table)
    if table.problems:
        return Official("", {}), table
    reading = _Reading(table, found, column, chosen, {folded(name) for name in only})
    people = reading.people()
    return Official(chosen or column, people, reading.passed_over), table


def _chosen(found: _Found, year: str, table: Table) -> tuple[str, str]:
    """The column of people and, if years stand in the rows, which of them."""
    line = found.head.number
    if YEAR in found.columns:
        if len(found.values) != 1:
            table.refuse(line, "", f"{', '.join(found.values)} given, one column of people needed beside the year")
        years = {line.cells[found.columns[YEAR]].text for line in found.after if found.columns[YEAR] < len(line.cells)}
        years = {text for text in years if _YEAR.fullmatch(text)}
        if year and year not in years:
            table.refuse(line, "", f"year {year} needed; there is {', '.join(sorted(years)) or 'none'}")
        return next(iter(found.values)), year or max(years, default="")
    years_of = {name: _YEAR.findall(name) for name in found.values}
    others = [name for name, years in years_of.items() if len(years) != 1]
    if others and len(found.values) > 1:
        says = f"unknown column '{shortened(others[0])}'; region, age, sex and one column for each year needed"
        table.refuse(line, "", says)
        return "", ""
    by_year = {years[0]: name for name, years in years_of.items() if years}
    if len(by_year) < len(found.values) and by_year:
        table.refuse(line, "", f"{', '.join(found.values)} given, one column for each year needed")
    if year and year not in by_year:
        table.refuse(line, "", f"year {year} needed; there is {', '.join(sorted(by_year)) or 'none'}")
        return "", ""
    return (by_year[year or max(by_year)] if by_year else next(iter(found.values))), ""


class _Reading:
    """Rows of the table, put together."""

    def __init__(self, table: Table, found: _Found, column: str, year: str, only: Collection[str]) -> None:
        self.table, self.found, self.year, self.only = table, found, year, only
        self.value = found.values[column]
        self.passed_over = ""
        self.totals = {folded(text) for text in of_totals()}
        self.cells: dict[tuple[Place, Ages | None], dict[str, tuple[int, int]]] = {}
        self.coded = any(len(_place(self._at(line, REGION)).code) == 4 for line in found.after)

    def people(self) -> dict[Place, dict[Ages, int]]:
        """Ages of each place, checked against every total."""
        lines = self._without_footnotes()
        for line in lines:
            self._row(line)
        sums: dict[Place, dict[Ages | None, int]] = {}
        for (place, ages), sexes in self.cells.items():
            count = self._over_sexes(place, ages, sexes)
            sums.setdefault(place, {})[ages] = count
        if self.table.problems:
            return {}
        if not sums:
            self.table.refuse(0, "", "no municipality that is needed has a row")
        return {place: self._checked(place, counts) for place, counts in sums.items()}

    def _without_footnotes(self) -> Sequence[Line]:
        """The rows up to the last with people; around them stand titles and footnotes."""
        lines = list(self.found.after)
        last = max((n for n, line in enumerate(lines) if self._is_data(line)), default=-1)
        told = [f"line {line.number}" for line in (*self.found.before, *lines[last + 1 :])]
        self.passed_over = ", ".join(told[:6]) + (", ..." if told[6:] else "")
        return lines[: last + 1]

    def _is_data(self, line: Line) -> bool:
        return bool(self._at(line, AGE)) and self._cell(line, self.value).filled

    def _cell(self, line: Line, place: int) -> Cell:
        return line.cells[place] if place < len(line.cells) else EMPTY

    def _at(self, line: Line, column: str) -> str:
        place = self.found.columns.get(column)
        return "" if place is None else self._cell(line, place).text

    def _row(self, line: Line) -> None:
        place = self._place(self._at(line, REGION))
        if place is None or (self.year and self._at(line, YEAR) != self.year):
            return None
        width = max(n for n, cell in enumerate(self.found.head.cells, 1) if cell.filled)
        given = max((n for n, cell in enumerate(line.cells, 1) if cell.filled), default=0)
        if given > width:
            return self.table.refuse(line.number, "", f"{given} cells given, {width} needed")
        ages = self._ages(line)
        sex = folded(self._at(line, SEX)) if SEX in self.found.columns else ""
        sex = "" if sex in self.totals else sex
        count = self._count(line)
        if count is None or ages == (-1, -1):
            return None
        sexes = self.cells.setdefault((place, ages), {})
        if sex in sexes:
            what = ", ".join(filter(None, (place.name, self._at(line, AGE), self._at(line, SEX))))
            return self.table.refuse(line.number, "", f"'{what}' stands on line {sexes[sex][1]} already")
        sexes[sex] = count, line.number
        return None

    def _place(self, text: str) -> Place | None:
        """A municipality that is needed, or None."""
        place = _place(text)
        if len(place.code) != (4 if self.coded else 0) or not place.name:
            return None
        if self.only:
            return place if folded(place.name) in self.only else None
        whole = folded(place.name).endswith((" län", " county")) or folded(place.name) in self.totals
        return None if whole and not self.coded else place

    def _ages(self, line: Line) -> Ages | None:
        """Ages of a row; None for all of them, (-1, -1) if it has none."""
        text = self._at(line, AGE)
        if folded(text) in self.totals:
            return None
        found = _AGE.fullmatch(re.sub("[\u2010-\u2015]", "-", folded(text)))
        if found is None:
            self.table.refuse(line.number, "age", f"'{shortened(text)}' given, years of age needed")
            return (-1, -1)
        low = int(found[1])
        high = OLDEST if found[3] or found[4] else int(found[2] or low)
        return low, high

    def _count(self, line: Line) -> int | None:
        cell = self._cell(line, self.value)
        text = cell.text if not cell.fault else ""
        if cell.fault or not _PEOPLE.fullmatch(text) or len(text) > 13:
            none = ", which is no value" if text and not text.strip(".-: ") else ""
            says = cell.fault or f"'{shortened(text)}' given{none}; a number of people needed"
            self.table.refuse(line.number, "people", says)
            return None
        count = int(re.sub(r"\D", "", text))
        if count > MOST_WHOLE:
            self.table.refuse(line.number, "people", f"{text} given, at most {MOST_WHOLE} allowed")
            return None
        return count

    def _over_sexes(self, place: Place, ages: Ages | None, sexes: Mapping[str, tuple[int, int]]) -> int:
        """Men and women together; of the total, and of the two, whatever is there must agree."""
        parts = {sex: cell for sex, cell in sexes.items() if sex}
        if "" in sexes:
            total, line = sexes[""]
            summed = sum(count for count, _ in parts.values())
            if len(parts) > 1 and summed != total:
                says = f"{place.name}, {_told(ages)}: {' and '.join(parts)} sum to {summed}, the total is {total}"
                self.table.refuse(line, "people", says)
            return total
        if len(parts) != 2:
            line = next(iter(parts.values()))[1]
            says = f"{place.name}, {_told(ages)}: {' and '.join(parts)} given, both sexes or their total needed"
            self.table.refuse(line, "sex", says)
        return sum(count for count, _ in parts.values())

    def _checked(self, place: Place, counts: Mapping[Ages | None, int]) -> dict[Ages, int]:
        """Ages without a gap or an overlap, which sum to the total."""
        found: dict[Ages, int] = {}
        nexts, missing = 0, []
        for ages in sorted((ages for ages in counts if ages is not None), key=lambda ages: (ages[0], -ages[1])):
            if ages[0] < nexts:
                self.table.refuse(0, "age", f"{place.name}: {_told(ages)} given beside others that hold them")
                return {}
            if ages[0] > nexts:
                missing.append(_told((nexts, ages[0] - 1)))
            found[ages] = counts[ages]
            nexts = ages[1] + 1
        if nexts <= OLDEST:
            missing.append(_told((nexts, OLDEST)))
        summed = sum(found.values())
        if missing:
            shown = ", ".join(missing[:8]) + (", ..." if missing[8:] else "")
            self.table.refuse(0, "age", f"{place.name} lacks {shown}")
        elif None in counts and counts[None] != summed:
            self.table.refuse(0, "people", f"{place.name}: the ages sum to {summed}, the total is {counts[None]}")
        return found


def _place(text: str) -> Place:
    coded = _CODE.fullmatch(text)
    return Place(coded[1], coded[2]) if coded else Place("", text)


def _told(ages: Ages | None) -> str:
    """Ages in words."""
    if ages is None:
        return "all ages"
    low, high = ages
    return f"{low} and older" if high == OLDEST else f"{low}-{high} years" if high > low else f"{low} years"
