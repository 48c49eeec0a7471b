"""Texts made to hurt, in a page, a workbook, a table and a list of sources: they are shown, and nothing else happens."""

from __future__ import annotations

import csv
import dataclasses
import json
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from sim.experiment.folder import csv_text
from sim.report.page import page
from sim.report.result import Result, read
from sim.report.workbook import write_workbook
from sim.scenario.listing import Row, write_rows
from sim.texts import for_cells
from tests.report.synthetic import MUNICIPALITIES
from tests.report.test_page import Reader

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;{{7*7}}$x^$"
FORMULA = '=HYPERLINK("http://x";"y")'


@pytest.fixture(scope="module")
def hostile(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The synthetic result with another title, note, source and municipality."""
    copy = tmp_path_factory.mktemp("hostile") / "result"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("figures", "*.html"))
    for path in copy.glob("*.csv"):
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        changed = [[EVIL if cell == MUNICIPALITIES[0] else cell for cell in row] for row in rows]
        if path.name == "sources.csv":
            changed = [changed[0], *([EVIL for _ in row] for row in changed[1:])]
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(changed)
    about = json.loads((copy / "result.json").read_text(encoding="utf-8"))
    about["municipalities"][0] = EVIL
    about |= {"title": EVIL, "notes": [EVIL], "name": EVIL}
    (copy / "result.json").write_text(json.dumps(about), encoding="utf-8")
    return read(copy)


def test_a_page_shows_texts_and_runs_none(hostile: Result) -> None:
    text = page(hostile, {})
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    assert not [tag for tag, _ in reader.tags if tag in ("script", "img", "iframe", "link", "object")]
    assert not [name for _, attributes in reader.tags for name in attributes if name.startswith("on")]
    assert "<script>" not in text
    assert reader.text.count("<script>alert(1)</script>") > 3


def test_tables_hold_no_formulas(tmp_path: Path) -> None:
    row = dict.fromkeys((field.name for field in dataclasses.fields(Row)), FORMULA) | {"value": "-5", "low": "-1e-3"}
    write_rows([Row(**row)], tmp_path / "sources.csv")
    _, cells = csv.reader((tmp_path / "sources.csv").read_text(encoding="utf-8").splitlines())
    assert set(cells) == {f"'{FORMULA}", "-5", "-1e-3"}
    text = csv_text(("@a", "b"), [("+x", -2.5), (-3, "-4")])
    assert text == "'@a,b\n'+x,-2.5\n-3,-4\n"
    frame = pd.DataFrame({"=a": ["=1", "Umeå"], "b": [-1.0, 2.0], "c": [True, False]})
    assert for_cells(frame).to_csv(index=False) == "'=a,b,c\n'=1,-1.0,True\nUmeå,2.0,False\n"


def test_a_workbook_holds_texts_as_texts(tmp_path: Path) -> None:
    frame = pd.DataFrame({"=a": [FORMULA, "-5", "{=1}", "http://x"], "n": [1.0, -2.0, 3.0, 4.0]})
    path = write_workbook({"sheet": frame}, tmp_path / "x.xlsx")
    cells = [cell for row in openpyxl.load_workbook(path)["sheet"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert [cell.value for cell in cells][2::2] == [FORMULA, "-5", "{=1}", "http://x"]
    assert not [cell for cell in cells if cell.hyperlink]
