"""Results of every kind are shown again from their folder: sweeps, evaluations, calibrations, pilots and the rest."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from sim.cli import INVALID, main
from sim.report import other_results
from sim.report.other_results import KINDS, Column

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Every table that the shipped results have, in one folder."""
    for folder in ("baseline", "pilots"):
        for path in (ROOT / "results" / folder).glob("*.csv"):
            shutil.copy(path, tmp_path)
    return tmp_path


def test_every_table_of_the_shipped_results_is_shown(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(copy)]) == 0
    told = capsys.readouterr().out
    for kind in other_results.kinds_in(copy):
        assert kind.titles[0] in told
        assert all(column.heads[0] in told for column in kind.columns)
    assert len(other_results.kinds_in(copy)) == 6
    assert main(["show", str(copy), "--language", "sv"]) == 0
    told = capsys.readouterr().out
    for kind in other_results.kinds_in(copy):
        assert kind.titles[1] in told
        assert kind.titles[0] not in told


def test_what_is_shown_is_what_the_table_has(copy: Path) -> None:
    with (copy / "untouched.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    (table,) = (one for one in other_results.show(copy) if one.title.startswith("Nothing done: what falls"))
    assert [row[0] for row in table.rows] == [row["rule"] for row in rows]
    shown = table.rows[1][table.heads.index("change, %")].replace("\N{MINUS SIGN}", "-")
    change, low, high = (100 * float(rows[1][name]) for name in ("change", "change_low", "change_high"))
    assert shown == f"{change:.1f} ({low:.1f} to {high:.1f})"


def test_columns_that_are_shown_are_in_the_files(copy: Path) -> None:
    for kind in KINDS[1:]:  # evaluations have a test of their own
        with (copy / kind.file).open(encoding="utf-8", newline="") as file:
            heads = next(csv.reader(file))
        assert {name for column in kind.columns for name in column.names} <= set(heads), kind.file


def test_a_cell_without_a_number_is_as_it_stands() -> None:
    column = Column(("a", "a_low", "a_high"), ("a", "a"), 100.0, True)
    assert column.cell({"a": "0.5", "a_low": "", "a_high": ""}) == "+50.0"
    assert column.cell({"a": "", "a_low": "", "a_high": ""}) == "–"
    assert column.cell({"a": "none", "a_low": "0", "a_high": "1"}) == "none"


def test_a_page_is_written_of_what_has_none(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(copy), "--report"]) == 0
    told = capsys.readouterr().out
    assert f"{copy / 'validation.html'}: narvard validate SCENARIO --out DIR writes it" in told
    assert not (copy / "report.html").exists()
    for name in ("validation.csv", "pilots.csv", "reach.csv"):
        (copy / name).unlink()
    for language, title in (("en", "Parameters: prior and ensemble"), ("sv", "Parametrar: före och efter")):
        assert main(["show", str(copy), "--report", "--language", language]) == 0
        page = (copy / "report.html").read_text(encoding="utf-8")
        assert f'<html lang="{language}">' in page
        assert title in page
        assert "needs.deterioration_per_year.risk" in page


def test_what_a_table_says_cannot_leave_its_cell(copy: Path) -> None:
    text = (copy / "untouched.csv").read_text(encoding="utf-8")
    (copy / "untouched.csv").write_text(text.replace("admissions>=1", "<script>1</script>"), encoding="utf-8")
    for name in ("validation.csv", "pilots.csv", "reach.csv"):
        (copy / name).unlink()
    assert main(["show", str(copy), "--report"]) == 0
    assert "<script>" not in (copy / "report.html").read_text(encoding="utf-8")


def test_a_table_that_is_none_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "untouched.csv").write_bytes(b"\xff\xfe")
    assert main(["show", str(tmp_path)]) == INVALID
    assert len(capsys.readouterr().err.splitlines()) == 1
