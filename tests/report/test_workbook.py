"""The workbook holds the tables as they are: numbers as numbers, and what each column is."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from sim.report import words, words_sv
from sim.report.result import read
from sim.report.workbook import MOST_ROWS, read_table, write_result, write_workbook
from tests.report.synthetic import MUNICIPALITIES, write_folder


@pytest.fixture(scope="module")
def book(folder: Path, written: list[Path], tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    assert folder / "costs.csv" in written
    return openpyxl.load_workbook(write_result(folder, tmp_path_factory.mktemp("book") / "result.xlsx"))


def rows(sheet: openpyxl.worksheet.worksheet.Worksheet) -> list[dict[str, object]]:
    head, *found = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in found]


def test_there_is_a_sheet_for_each_table(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == [
        "readme",
        "headline",
        "outcomes",
        "comparison",
        "replications",
        "costs",
        "flows",
        "occupancy",
        "sources",
    ]
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
        assert all(8 <= one.width <= 61 for one in sheet.column_dimensions.values())


@pytest.mark.parametrize("name", ["outcomes", "comparison", "replications"])
def test_cells_are_those_of_the_files(book: openpyxl.Workbook, folder: Path, name: str) -> None:
    table, found = read_table(folder / f"{name}.csv"), rows(book[name])
    assert len(found) == len(table)
    for column in table.columns:
        wanted, got = table[column].tolist(), [row[column] for row in found]
        for one, other in zip(wanted, got, strict=True):
            if isinstance(one, float) and math.isnan(one):
                assert other is None
            else:
                assert other == one
                assert isinstance(other, str) == isinstance(one, str)


def test_a_municipality_called_na_stays_a_word(book: openpyxl.Workbook) -> None:
    assert set(MUNICIPALITIES) <= {row["municipality"] for row in rows(book["outcomes"])}


def test_the_headline_is_the_table_of_the_report(book: openpyxl.Workbook, folder: Path) -> None:
    result = read(folder)
    (days,) = [row for row in rows(book["headline"]) if row["outcome"] == "Hospital days"]
    change = result.change("hospital_days")
    assert [days["difference"], days["low"], days["high"]] == [change.value, change.low, change.high]
    assert (days["unit"], days["verdict"]) == ("days", "lower")
    (share,) = [row for row in rows(book["headline"]) if row["outcome"] == words.LABELS["readmission_share"]]
    assert share["Current"] == pytest.approx(100 * result.level("current", "readmission_share").value)


def test_every_column_is_explained(book: openpyxl.Workbook) -> None:
    told = {(row["sheet"], row["column"]) for row in rows(book["readme"])}
    for name in ("outcomes", "comparison", "sources"):
        for (cell,) in zip(*[book[name][1]], strict=True):
            assert (name, cell.value) in told, (name, cell.value)


def test_swedish_sheets_and_labels(folder: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_result(folder, tmp_path / "a.xlsx", language="sv"))
    assert book.sheetnames[:3] == ["läs mig", "sammanfattning", "utfall"]
    labels = {row[words_sv.LABEL_COLUMN] for row in rows(book["utfall"])}
    assert "Vårddygn på sjukhus" in labels
    assert {row["utslag"] for row in rows(book["sammanfattning"])} <= {"lägre", "högre", "osäkert", "lika"}


def test_the_same_tables_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = pd.DataFrame({"a": [1, 2], "b": [0.5, np.nan]})
    first = write_workbook({"one": table}, tmp_path / "1.xlsx").read_bytes()
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert write_workbook({"one": table}, tmp_path / "2.xlsx").read_bytes() == first


def test_text_is_never_a_formula_nor_a_link(tmp_path: Path) -> None:
    table = pd.DataFrame({"a": ["=1+1", "http://example.org", "+3", ""], "b": [True, None, math.inf, 1e-12]})
    sheet = openpyxl.load_workbook(write_workbook({"t": table}, tmp_path / "t.xlsx"))["t"]
    assert [sheet.cell(row, 1).value for row in range(2, 6)] == ["=1+1", "http://example.org", "+3", None]
    assert [sheet.cell(row, 1).data_type for row in range(2, 5)] == ["s", "s", "s"]
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)
    assert [sheet.cell(row, 2).value for row in range(2, 6)] == ["True", None, None, 1e-12]


@pytest.mark.parametrize(
    ("name", "length", "says"),
    [
        ("a" * 32, 1, "1 to 31 letters"),
        ("a/b", 1, "without"),
        ("", 1, "1 to 31 letters"),
        ("long", MOST_ROWS, f"at most {MOST_ROWS - 1} fit"),
    ],
)
def test_what_the_format_cannot_hold_is_refused(tmp_path: Path, name: str, length: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        write_workbook({name: pd.DataFrame({"a": np.zeros(length)})}, tmp_path / "x.xlsx")
    assert not list(tmp_path.iterdir())


def test_a_run_has_no_comparison(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, governances=("current",), only=("hospital_days",), sources=False)
    book = openpyxl.load_workbook(write_result(folder))
    assert book.sheetnames == ["readme", "headline", "outcomes", "replications"]
    (row,) = [row for row in rows(book["headline"]) if row["outcome"] == "Hospital days"]
    assert row["low"] < row["Current"] < row["high"]
