"""A region as a workbook to fill in: made in either language, read back as the same region."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from sim import cli
from sim.planning.staffing import read_staffing
from sim.scenario import ScenarioError, load
from sim.scenario.region import AGE_BANDS, FORMS, SERVICES, TABLES
from sim.scenario.region_workbook import NUMBERS, about, write_region_workbook
from sim.scenario.restored import region_copies
from tests.scenario.small import SCHEMA, write_base
from tests.tables.kinds import vannas

pytestmark = pytest.mark.unit
TEXT = 'extends = "base.toml"\n[region]\nworkbook = "mine.xlsx"\n'


@pytest.fixture(params=["en", "sv"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    region = load(write_base(tmp_path), SCHEMA).region
    (tmp_path / "over.toml").write_text(TEXT, encoding="utf-8")
    return write_region_workbook(region, tmp_path / "mine.xlsx", request.param)


def test_it_is_read_back_as_the_same_region(book: Path) -> None:
    usual = load(book.parent / "base.toml", SCHEMA).region
    found = load(book.parent / "over.toml", SCHEMA).region
    assert found.digest == usual.digest
    assert found.members() == usual.members()
    assert region_copies(found) == region_copies(usual), "sources and notes too"
    (book.parent / "over.toml").write_text(TEXT.replace("workbook =", "folder ="), encoding="utf-8")
    assert load(book.parent / "over.toml", SCHEMA).region.digest == usual.digest


def test_every_heading_has_a_comment_and_every_column_of_values_its_limits(book: Path) -> None:
    made = openpyxl.load_workbook(book)
    for (table, columns), sheet in zip(TABLES.items(), made.worksheets, strict=False):
        head = sheet[1]
        assert len(head) == len(columns)
        assert all(cell.comment is not None and cell.comment.text for cell in head)
        limited = {str(rule.sqref).partition(":")[0][:-1] for rule in sheet.data_validations.dataValidation}
        needed = {
            cell.column_letter
            for cell, column in zip(head, columns, strict=True)
            if column in NUMBERS or column in ("service", "place", "age_band")
            if (table, column) != ("areas.csv", "name")
        }
        assert needed <= limited
    lists = [rule.formula1 for sheet in made for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    legend = made.worksheets[-1]
    for formula, length in ((f"$H$2:$H${len(SERVICES) + 1}", "H"), (f"$I$2:$I${len(AGE_BANDS) + 1}", "I")):
        assert any(formula in one and legend.title in one for one in lists)
        assert all(cell.value for cell in legend[length][1 : int(formula.rpartition("$")[2])])


def test_limits_of_the_workbook_are_those_of_the_reader(tmp_path: Path) -> None:
    usual = load(write_base(tmp_path), SCHEMA).region
    for file, form in FORMS.items():
        row = usual.rows(file)[0]
        for column in (column for column in form.columns if column in NUMBERS):
            high = about(form.name, column).get("high")
            for value, wrong in ((high, False), (None if high is None else high + 1, True), (-1, True)):
                if value is None:
                    continue
                cells = [str(value) if name == column else row[name] for name in form.columns]
                rest = [",".join(one.values()) for one in usual.rows(file)[1:]]
                text = "\n".join([",".join(form.columns), ",".join(cells), *rest, ""])
                path = write_base(tmp_path, **{form.name: text})
                try:
                    load(path, SCHEMA)
                    told = ""
                except ScenarioError as error:
                    told = str(error)
                refused = any(f"line 2: {column}: {value} given, at {most}" in told for most in ("least 0", "most"))
                assert refused == wrong, (file, column, value, told)


def test_whatever_is_wrong_is_told_with_its_sheet(book: Path) -> None:
    made = openpyxl.load_workbook(book)
    areas = made.worksheets[1]
    areas["D2"] = 1.5
    areas["B3"] = "=A1"
    del made[made.worksheets[3].title]
    made.save(book)
    with pytest.raises(ScenarioError) as error:
        load(book.parent / "over.toml", SCHEMA)
    assert f"{book}, sheet '{areas.title}', line 3: municipality: a formula without a value" in str(error.value)
    assert f"{book}, sheet 'resources': no such sheet; there is '{made.worksheets[0].title}'" in str(error.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (TEXT.replace("mine.xlsx", "none.xlsx"), "line 3: region.workbook: 'none.xlsx': no such workbook"),
        (TEXT + 'folder = "region"\n', "region.workbook: folder and workbook given, one of them needed"),
        (TEXT.replace("workbook", "book"), "line 3: region: unknown key 'book'"),
        (TEXT.replace("mine.xlsx", "base.toml"), "base.toml, sheet 'areas': no such sheet; there is no workbook"),
    ],
)
def test_a_workbook_that_is_not_there(text: str, says: str, book: Path) -> None:
    (book.parent / "over.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        load(book.parent / "over.toml", SCHEMA)
    assert says in str(error.value)


def test_tables_of_a_folder_may_be_workbooks_of_their_own(tmp_path: Path) -> None:
    path = write_base(tmp_path)
    usual = load(path, SCHEMA).region.digest
    table = tmp_path / "region" / "areas.csv"
    made = openpyxl.Workbook()
    for line in table.read_text(encoding="utf-8").splitlines():
        made.active.append(line.split(","))
    made.save(table.with_suffix(".xlsx"))
    with pytest.raises(ScenarioError, match=r"areas\.csv: areas\.xlsx is there too; one of them needed"):
        load(path, SCHEMA)
    table.unlink()
    assert load(path, SCHEMA).region.digest == usual


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_command_writes_a_scenario_that_is_valid(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["new", "mine", "--region", "--xlsx", "--language", language]) == 0
    assert cli.main(["check", "mine.toml"]) == 0
    assert load("mine.toml").region.digest == vannas().region.digest
    assert cli.main(["new", "mine", "--region", "--xlsx"]) == cli.INVALID
    assert cli.main(["new", "other", "--xlsx"]) == cli.INVALID
    assert "--xlsx goes with --region" in capsys.readouterr().err
    # The sheet for a plan's staffing, filled in.
    made = openpyxl.load_workbook("mine.xlsx")
    sheet = made["Bemanning" if language == "sv" else "staffing"]
    sheet.append(["hemsjukvård" if language == "sv" else "home_nurse", "Vännäs", 2])
    made.save("mine.xlsx")
    assert read_staffing(Path("mine.xlsx"), vannas().region) == {("home_nurse", "Vännäs"): {"day": 2.0}}
    assert load("mine.toml").region.digest == vannas().region.digest
