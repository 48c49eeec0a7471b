"""The tables of a region as one workbook to fill in (arbetsbok): a sheet each, with choices, units and limits.

It is read back as the same region: by ``[region] workbook = "NAME.xlsx"`` in a scenario.
"""

from __future__ import annotations

import datetime
import io
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from sim.scenario.region import AGE_BANDS, FORMS, REGION, SERVICES, Region, distinct
from sim.tables import words

LANGUAGES = ("en", "sv")
MADE = datetime.datetime(2000, 1, 1)
"""Stated as the time of making, so that equal regions give equal files."""
STAFFING = "staffing"
STAFFING_COLUMNS = ("service", "place", "day", "evening", "night", "weekend_day", "weekend_evening")
STAFFING_MORE = ("day_start", "day_end", "evening_end", "summer_factor", "absence", "note")
ROWS = 2000
"""Rows below the head that have choices and limits."""
NUMBERS = frozenset(
    {
        *("population", "population_65", "team_need", "travel_minutes", "ambulance_minutes", "sjukstuga_beds"),
        *("population_share", "continuity", "count", "day", "evening", "night", "weekend_day", "weekend_evening"),
        *("day_start", "day_end", "evening_end", "summer_factor", "absence", "low", "high"),
    }
)
_LEGEND = {
    "en": ("table", "column", "meaning", "unit", "lowest", "highest"),
    "sv": ("tabell", "kolumn", "betydelse", "enhet", "lägst", "högst"),
}
_SIGNS = {
    "en": {
        "from": "{low} to {high}",
        "least": "at least {low}",
        "whole": "whole number",
        "choose": "choose from the list",
        "staffing": "For a plan: [plan] staffing = this workbook. Empty cells leave what the region has.",
    },
    "sv": {
        "from": "{low} till {high}",
        "least": "minst {low}",
        "whole": "heltal",
        "choose": "välj i listan",
        "staffing": "För en plan: [plan] staffing = den här arbetsboken. Tomma celler lämnar det regionen har.",
    },
}


@cache
def _columns() -> Mapping[str, Any]:
    return tomllib.loads(files("sim").joinpath("data", "table_columns.toml").read_text(encoding="utf-8"))


def about(table: str, column: str) -> Mapping[str, Any]:
    """What stands in a column of a table: ``unit``, ``high``, ``whole`` and the meaning by language."""
    kind = "resources" if table == STAFFING else table
    found: Mapping[str, Any] = _columns()[kind].get(column) or _columns()["all"][column]
    return found


def write_region_workbook(region: Region, path: Path, language: str = "en") -> Path:
    """Write the tables of a region as a workbook, with an empty sheet for the staffing of a plan and a legend.

    Parameters
    ----------
    region
        What stands in the rows.
    path
        The file.
    language
        ``en`` or ``sv``: of headings, services, age bands and explanations. Names of places stay.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    import xlsxwriter

    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": MADE, "author": "Narvard"})
        _Writing(book, region, language).write()
    path.write_bytes(whole.getvalue())
    return path


class _Writing:
    """A workbook under way."""

    def __init__(self, book: Any, region: Region, language: str) -> None:
        self.book, self.region, self.language = book, region, language
        self.signs = _SIGNS[language]
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.lists: dict[str, str] = {}

    def write(self) -> None:
        """Write every sheet."""
        tables = {form.name: form.columns for form in FORMS.values()}
        tables[STAFFING] = (*STAFFING_COLUMNS, *STAFFING_MORE)
        sheets = {name: self.book.add_worksheet(self.sheet(name)) for name in tables}
        self.legend(self.book.add_worksheet(self.sheet("legend")), tables)
        for name, columns in tables.items():
            self.table(sheets[name], name, columns)

    def sheet(self, name: str) -> str:
        """What a sheet is called."""
        return words.of_sheets()[name][0].capitalize() if self.language == "sv" else name

    def heading(self, table: str, column: str) -> str:
        """What a column is called."""
        kind = "resources" if table == STAFFING else table
        return (
            words.of_columns(kind)[column][0] if self.language == "sv" and column in words.of_columns(kind) else column
        )

    def cell(self, column: str, text: str) -> str:
        """A service, an age band or the region in the language."""
        said: words.Words = {}
        if self.language == "sv":
            said = {
                "service": words.of_services(),
                "age_band": words.of_age_bands(),
                "place": words.of_places(),
            }.get(column, {})
        return said[text][0] if text in said else text

    def legend(self, sheet: Any, tables: Mapping[str, Sequence[str]]) -> None:
        """Meaning, unit and limits of every column, and beside them the lists to choose from."""
        for place, text in enumerate(_LEGEND[self.language]):
            sheet.write_string(0, place, text, self.head)
        row = 0
        for table, columns in tables.items():
            for column in columns:
                row += 1
                found = about(table, column)
                texts = (self.sheet(table), self.heading(table, column), found[self.language], self.unit(found))
                for place, text in enumerate(texts):
                    sheet.write_string(row, place, text, self.text)
                if column in NUMBERS:
                    sheet.write_number(row, 4, 0)
                    if "high" in found:
                        sheet.write_number(row, 5, found["high"])
        sheet.set_column(0, 1, 24)
        sheet.set_column(2, 2, 80)
        sheet.freeze_panes(1, 0)
        region = self.region
        names = (m.name for m in region.municipalities), (a.name for a in region.areas), region.team_areas
        self.list_of(sheet, 7, "service", SERVICES)
        self.list_of(sheet, 8, "age_band", AGE_BANDS)
        self.list_of(sheet, 9, "place", distinct([REGION, *(name for kind in names for name in kind)]))

    def list_of(self, sheet: Any, place: int, column: str, known: Sequence[str]) -> None:
        """Write a list to choose from, and note where it stands."""
        table = "population" if column == "age_band" else "resources"
        sheet.write_string(0, place, self.heading(table, column), self.head)
        for row, text in enumerate(known, 1):
            sheet.write_string(row, place, self.cell(column, text))
        sheet.set_column(place, place, 28)
        letter = "ABCDEFGHIJ"[place]
        self.lists[column] = f"='{self.sheet('legend')}'!${letter}$2:${letter}${len(known) + 1}"

    def unit(self, found: Mapping[str, Any]) -> str:
        """The unit of a column."""
        return str(found["unit"][LANGUAGES.index(self.language)]) if "unit" in found else ""

    def table(self, sheet: Any, table: str, columns: Sequence[str]) -> None:
        """Head with comments, rows, choices and limits of one table."""
        for place, column in enumerate(columns):
            sheet.write_string(0, place, self.heading(table, column), self.head)
            sheet.write_comment(0, place, self.comment(table, column), {"x_scale": 2})
            self.limit(sheet, place, table, column)
            sheet.set_column(place, place, 40 if column in ("note", "source") else 22)
        for row, cells in enumerate(self.region.rows(f"{table}.csv") if table != STAFFING else (), 1):
            for place, column in enumerate(columns):
                text = cells[column]
                if column in NUMBERS and text:
                    sheet.write_number(row, place, float(text))
                elif text:
                    sheet.write_string(row, place, self.cell(column, text))
        sheet.freeze_panes(1, 0)

    def comment(self, table: str, column: str) -> str:
        """Meaning, unit and limits."""
        found = about(table, column)
        parts = [found[self.language], self.unit(found)]
        if column in NUMBERS:
            limits = self.signs["from"] if "high" in found else self.signs["least"]
            parts.append(limits.format(low=0, high=found.get("high", "")))
        if found.get("whole"):
            parts.append(self.signs["whole"])
        if column in self.lists or column == "municipality":
            parts.append(self.signs["choose"])
        if table == STAFFING and column == "service":
            parts.append(self.signs["staffing"])
        return "\n".join(filter(None, parts))

    def limit(self, sheet: Any, place: int, table: str, column: str) -> None:
        """Choices or limits of the cells below a heading."""
        found = about(table, column)
        rule: dict[str, Any] = {"ignore_blank": True}
        if column == "municipality":
            rule |= {"validate": "list", "source": f"='{self.sheet('municipalities')}'!$A$2:$A${ROWS}"}
        elif column in self.lists:
            # Of places there may come more while the workbook is filled in.
            kind = "warning" if column == "place" else "stop"
            rule |= {"validate": "list", "source": self.lists[column], "error_type": kind}
        elif column in NUMBERS:
            rule |= {"validate": "integer" if found.get("whole") else "decimal"}
            if "high" in found:
                rule |= {"criteria": "between", "minimum": 0, "maximum": found["high"]}
            else:
                rule |= {"criteria": ">=", "value": 0}
        else:
            return
        rule |= {"input_title": self.heading(table, column)[:32], "input_message": self.comment(table, column)[:255]}
        sheet.data_validation(1, place, ROWS, place, rule)
