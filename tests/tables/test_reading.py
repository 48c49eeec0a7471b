"""One behaviour for every kind of table: what is the same table, and what is none."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook

from sim.scenario import ScenarioError
from sim.tables.workbook import NO_VALUE
from tests.tables.kinds import KINDS, Cells, Kind, book, csv, decimal_comma, decomposed

pytestmark = pytest.mark.unit
EACH = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is read of each table as commas and UTF-8 write it."""
    found = {}
    for kind in KINDS:
        path = tmp_path_factory.mktemp(kind.name) / f"{kind.name}.csv"
        path.write_text(csv(kind.cells), encoding="utf-8")
        found[kind.name] = kind.read(path)
    return found


def padded(cells: Cells) -> Cells:
    width = len(cells[0])
    return [*([*row, "", ""] for row in cells), [""] * width, [" "] * (width + 5), []]


WAYS: dict[str, Callable[[Cells], bytes]] = {
    "semicolons": lambda cells: csv(decimal_comma(cells), ";").encode(),
    "semicolons and points": lambda cells: csv(cells, ";").encode(),
    "tabs": lambda cells: csv(decimal_comma(cells), "\t").encode(),
    "a mark at the beginning": lambda cells: b"\xef\xbb\xbf" + csv(cells).encode(),
    "Windows' ends of lines": lambda cells: csv(cells, end="\r\n").encode(),
    "old ends of lines": lambda cells: csv(cells, end="\r").encode(),
    "Windows-1252": lambda cells: csv(decimal_comma(cells), ";", "\r\n").encode("cp1252"),
    "UTF-16": lambda cells: csv(decimal_comma(cells), "\t", "\r\n").encode("utf-16"),
    "accents apart": lambda cells: csv(decomposed(cells)).encode(),
    "no-break spaces": lambda cells: csv(
        [[f" {c}\u00a0".replace(" ", "\u00a0") for c in row] for row in cells]
    ).encode(),
    "capitals in the head": lambda cells: csv([[c.upper() for c in cells[0]], *cells[1:]]).encode(),
    "empty rows and cells": lambda cells: csv(padded(cells)).encode(),
    "empty rows between": lambda cells: csv(cells, end="\n\n ,,\n").encode(),
    "all in quotes": lambda cells: csv([[f'"{c}"' for c in row] for row in cells]).encode(),
    "quotes after spaces": lambda cells: "".join(", ".join(f'"{c}"' for c in row) + "\n" for row in cells).encode(),
    "sep=": lambda cells: b"sep=;\r\n" + csv(decimal_comma(cells), ";", "\r\n").encode(),
    "no end of the last line": lambda cells: csv(cells).rstrip("\n").encode(),
}


@EACH
@pytest.mark.parametrize("way", WAYS)
def test_the_same_table_in_another_way_of_text(kind: Kind, way: str, usual: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / f"{kind.name}.csv"
    path.write_bytes(WAYS[way](kind.cells))
    assert kind.read(path) == usual[kind.name]


def test_what_was_assumed_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    kind = KINDS[4]
    path = tmp_path / "staffing.csv"
    path.write_bytes(WAYS["Windows-1252"](kind.cells))
    kind.read(path)
    assert caplog.messages == [f"{path}: not UTF-8; read as Windows-1252 (Latin-1) text"]


def saved(kind: Kind, folder: Path, made: Workbook) -> Path:
    path = folder / f"{kind.name}.xlsx"
    made.save(path)
    return path


@EACH
@pytest.mark.parametrize("text", [False, True])
def test_the_same_table_as_a_workbook(kind: Kind, text: bool, usual: dict[str, Any], tmp_path: Path) -> None:
    made = book(padded(decimal_comma(kind.cells) if text else kind.cells), text=text)
    assert kind.read(saved(kind, tmp_path, made)) == usual[kind.name]


def changed(path: Path, part: str, *changes: tuple[str, str]) -> Path:
    """A workbook with other text in one of its parts."""
    whole = path.with_suffix(".part")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(whole, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            for pattern, text in changes if name == part else ():
                assert re.search(pattern, content), pattern
                content = re.sub(pattern, text, content)
            new.writestr(name, content)
    shutil.move(whole, path)
    return path


SHEET = "xl/worksheets/sheet1.xml"


@EACH
def test_a_workbook_that_says_it_is_smaller_is_read_whole(kind: Kind, usual: dict[str, Any], tmp_path: Path) -> None:
    path = saved(kind, tmp_path, book(kind.cells))
    changed(path, SHEET, (r'<dimension ref="[^"]*"', '<dimension ref="A1:A1"'))
    assert kind.read(path) == usual[kind.name]


@EACH
def test_formulas_with_stored_values_are_read_as_those(kind: Kind, usual: dict[str, Any], tmp_path: Path) -> None:
    made = book(kind.cells)
    column = kind.cells[0].index(kind.number) + 1
    made.active.cell(2, column).value = "=1+1"
    path = saved(kind, tmp_path, made)
    changed(path, SHEET, (r"<f>1\+1</f><v */?>(</v>)?", f"<f>1+1</f><v>{kind.cells[1][column - 1]}</v>"))
    assert kind.read(path) == usual[kind.name]


def test_a_value_that_nobody_calculated_is_no_value(tmp_path: Path) -> None:
    path = tmp_path / "staffing.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        for row, cells in enumerate(KINDS[4].cells):
            sheet.write_row(row, 0, cells)
        sheet.write_formula("C2", "=1+1")  # which stores 0
    assert "line 2: day: a formula whose value 0 was never calculated; open and save" in refusal(KINDS[4], path)


# --- what is refused ---------------------------------------------------------------------------------------------


def refusal(kind: Kind, path: Path) -> str:
    with pytest.raises(ScenarioError) as error:
        kind.read(path)
    for problem in error.value.problems:
        assert problem.file.startswith(str(path)), problem
    return str(error.value)


@pytest.fixture(params=["csv", "xlsx"])
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Kind, Cells], Path]:
    """Writes cells as the table of a kind, as text or as a workbook."""

    def written(kind: Kind, cells: Cells) -> Path:
        if request.param == "xlsx":
            return saved(kind, tmp_path, book(cells))
        path = tmp_path / f"{kind.name}.csv"
        path.write_text(csv(cells), encoding="utf-8")
        return path

    return written


Write = Callable[[Kind, Cells], Path]


@EACH
def test_a_row_too_wide_is_refused(kind: Kind, write: Write) -> None:
    head, first, *rest = kind.cells
    path = write(kind, [head, [*first[:-1], first[-1] or "x", "1"], *rest])
    assert f"line 2: {len(head) + 1} cells given, {len(head)} needed" in refusal(kind, path)


@EACH
def test_a_row_too_short_is_refused_where_it_does_not_mean_something(kind: Kind, tmp_path: Path) -> None:
    head, first, *rest = kind.cells
    path = tmp_path / f"{kind.name}.csv"
    path.write_text(csv([head, first[:-1], *rest]), encoding="utf-8")
    if kind.short:
        kind.read(path)
    else:
        assert f"line 2: {len(head) - 1} cells given, {len(head)} needed" in refusal(kind, path)


@EACH
def test_a_column_named_twice_is_refused(kind: Kind, write: Write) -> None:
    place = kind.cells[0].index(kind.number)
    cells = [[*row, row[place]] for row in kind.cells]
    says = refusal(kind, write(kind, cells))
    assert f"line 1: {kind.number}: two columns given, one needed" in says


@EACH
def test_an_unknown_column_is_refused_with_the_nearest_and_those_there_are(kind: Kind, write: Write) -> None:
    head, *rows = kind.cells
    wrong = kind.number[:-1] + "x"
    says = refusal(kind, write(kind, [[*head, wrong], *([*row, "1"] for row in rows)]))
    if kind.keys:
        assert f"line 1: {wrong}: " in says
        assert "did you mean" in says
    else:
        assert f"line 1: unknown column '{wrong}', did you mean '{kind.number}'?; there are {head[0]}" in says


@EACH
def test_a_cell_under_no_heading_is_refused(kind: Kind, write: Write) -> None:
    head, *rows = kind.cells
    says = refusal(kind, write(kind, [["", *head], *(["x", *row] for row in rows)]))
    assert "line 2: column A: 'x' given under no heading" in says


@EACH
@pytest.mark.parametrize("given", ["many", "1,5", "1_000", "nan", "inf", "--1", "1.2.3"])
def test_what_is_no_number_is_refused(kind: Kind, given: str, tmp_path: Path) -> None:
    place = kind.cells[0].index(kind.number)
    cells = [list(row) for row in kind.cells]
    cells[1][place] = f'"{given}"'
    path = tmp_path / f"{kind.name}.csv"
    path.write_text("".join(",".join(row) + "\n" for row in cells), encoding="utf-8")
    assert f"line 2: {kind.number}: '{given}' given, a number needed" in refusal(kind, path)


def odd(kind: Kind, folder: Path, value: Any, row: int = 2) -> str:
    """What is said of a workbook with an odd value in the column of numbers."""
    made = book(kind.cells)
    made.active.cell(row, kind.cells[0].index(kind.number) + 1).value = value
    return refusal(kind, saved(kind, folder, made))


@EACH
def test_a_formula_without_a_value_is_no_empty_cell(kind: Kind, tmp_path: Path) -> None:
    assert f"line 2: {kind.number}: {NO_VALUE}" in odd(kind, tmp_path, "=1+1")
    letter = "ABCDEFGHIJKLMNOP"[kind.cells[0].index(kind.number)]
    assert f"line 1: column {letter}: {NO_VALUE}" in odd(kind, tmp_path, '="day"', row=1)


@EACH
def test_values_of_a_workbook_that_are_no_numbers_are_told_as_what_they_are(kind: Kind, tmp_path: Path) -> None:
    assert f"line 2: {kind.number}: an error value given (#DIV/0!)" in odd(kind, tmp_path, "#DIV/0!")
    assert "'2024-01-02' given, which is a date; a number needed" in odd(kind, tmp_path, datetime.date(2024, 1, 2))
    assert "'08:00:00' given, which is a date; a number" in odd(kind, tmp_path, datetime.time(8))
    assert "'true' given, which is true or false; a number needed" in odd(kind, tmp_path, True)


@EACH
def test_merged_cells_are_refused(kind: Kind, tmp_path: Path) -> None:
    made = book(kind.cells)
    made.active.merge_cells("A2:A3")
    assert "line 2: " in refusal(kind, saved(kind, tmp_path, made))
    assert "merged cells (A2:A3); split them" in refusal(kind, tmp_path / f"{kind.name}.xlsx")


@EACH
def test_a_title_in_place_of_the_head_is_one_problem(kind: Kind, write: Write) -> None:
    says = refusal(kind, write(kind, [["A title of the table"], *kind.cells]))
    assert "A title of the table".lower() in says.lower()
    assert len([line for line in says.splitlines() if "line 1" in line]) == 1


@EACH
@pytest.mark.parametrize(("content", "says"), [(b"", "no rows"), (b"\n\n,,\n", "no rows")])
def test_an_empty_table_is_told(kind: Kind, content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / f"{kind.name}.csv"
    path.write_bytes(content)
    assert says in refusal(kind, path)
    path.write_bytes(csv(kind.cells[:1]).encode())
    assert says in refusal(kind, path)


BROKEN = {
    "no zip": (b"PK\x03\x04 and no more", "not an .xlsx workbook, or a damaged one"),
    "text": (b"service,place\n", "not an .xlsx workbook, or a damaged one"),
    "a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "save it as .xlsx without a password"),
}


@EACH
@pytest.mark.parametrize("what", BROKEN)
def test_a_workbook_that_is_none_is_one_problem(kind: Kind, what: str, tmp_path: Path) -> None:
    content, says = BROKEN[what]
    path = tmp_path / f"{kind.name}.xlsx"
    path.write_bytes(content)
    told = refusal(kind, path)
    assert says in told
    assert len(told.splitlines()) == 1


@EACH
def test_a_damaged_workbook_is_one_problem(kind: Kind, tmp_path: Path) -> None:
    path = saved(kind, tmp_path, book(kind.cells))
    changed(path, SHEET, ("</sheetData>", "</sheetDat>"))
    told = refusal(kind, path)
    assert "a damaged one" in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("what", ["folder", "pipe", "loop", "large", "bomb"])
def test_only_regular_files_of_bounded_size_are_read(what: str, tmp_path: Path) -> None:
    kind, path = KINDS[4], tmp_path / "staffing.xlsx"
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "loop":
        path.symlink_to(path)
    elif what == "large":
        with path.open("wb") as file:
            file.truncate(1 << 30)
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("[Content_Types].xml", "")
            made.writestr("xl/worksheets/sheet1.xml", b"0" * (100 << 20))
    told = refusal(kind, path)
    assert len(told.splitlines()) == 1
    assert {"folder": "folder", "pipe": "pipe", "loop": "symbolic links", "large": "MB", "bomb": "unpacks to"}[
        what
    ] in told


# --- sheets ------------------------------------------------------------------------------------------------------


@EACH
def test_the_sheet_that_is_called_as_the_table_is_read_and_others_are_told(
    kind: Kind, usual: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = book(kind.cells)
    made.active.title = kind.name.capitalize()
    made.create_sheet("Notes", 0).append(["something else"])
    made.create_sheet("Empty", 0)
    hidden = made.create_sheet("Old", 0)
    hidden.append(["x"])
    hidden.sheet_state = "hidden"
    path = saved(kind, tmp_path, made)
    assert kind.read(path) == usual[kind.name]
    assert f"{path}: sheet '{kind.name.capitalize()}' is read; there is also 'Notes'" in caplog.messages


def test_hidden_rows_and_columns_are_read_and_told(
    usual: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kind = KINDS[4]
    made = book(kind.cells)
    made.active.row_dimensions[3].hidden = True
    made.active.column_dimensions["D"].hidden = True
    path = saved(kind, tmp_path, made)
    assert kind.read(path) == usual[kind.name]
    assert caplog.messages == [f"{path}: hidden rows are read too (3)", f"{path}: hidden columns are read too (D)"]


def test_a_cell_far_away_takes_no_time_and_is_told(tmp_path: Path) -> None:
    kind = KINDS[4]
    made = book(kind.cells)
    made.active.cell(1_000_000, 16_000).value = "x"
    assert "line 1000000: 16000 cells given, 4 needed" in refusal(kind, saved(kind, tmp_path, made))


@pytest.mark.parametrize(
    "part",
    [
        '<mergeCells count="1"><mergeCell ref="A5:XFD1048576"/></mergeCells>',
        '<hyperlinks><hyperlink ref="A5:XFD1048576" location="x"/></hyperlinks>',
    ],
)
def test_an_area_larger_than_any_table_takes_no_time(part: str, usual: dict[str, Any], tmp_path: Path) -> None:
    path = changed(saved(KINDS[4], tmp_path, book(KINDS[4].cells)), SHEET, ("</sheetData>", "</sheetData>" + part))
    assert KINDS[4].read(path) == usual["staffing"]


def test_of_very_many_problems_the_first_are_told(tmp_path: Path) -> None:
    path = tmp_path / "staffing.csv"
    path.write_text("service,place,day\n" + "gpx,Vännäs,many\n" * 500, encoding="utf-8")
    lines = refusal(KINDS[4], path).splitlines()
    assert lines[0].startswith(f"{path}, line 2: service: unknown service 'gpx', did you mean 'gp'?")
    assert lines[-1] == f"{path}: 1,449 more problems"


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="C2"><is><t>2</t></is></c>',  # a text that is not said to be one
        '<c r="C2" t="inlineStr"><v>2</v></c>',
        '<c r="C2"><v>1</v></c><c r="C2"><v>2</v></c>',
        '<c r="C2" t="s"><v>99</v></c>',
        '<c r="C2"><v>2</v></c><c r="B2"><v>2</v></c>',
    ],
)
def test_a_filled_cell_is_never_lost(cell: str, tmp_path: Path) -> None:
    path = saved(KINDS[4], tmp_path, book(KINDS[4].cells))
    changed(path, SHEET, (r'<c r="C2"[^>]*><v>2</v></c>', cell))
    assert "damaged" in refusal(KINDS[4], path)
