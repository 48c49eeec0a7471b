"""narvard warmup, and experiments to a precision, as somebody types them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from sim.cli import INVALID, main
from sim.outcomes.daily import SERIES
from sim.statistics.warmup import COLUMNS
from tests.experiment.test_commands import SHORT


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "short.toml"
    path.write_text(SHORT, encoding="utf-8")
    return path


def test_warmup_writes_table_and_figure_and_says_what_it_found(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["warmup", str(scenario), "--replications", "2", "--out", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert all(series.label in shown for series in SERIES)
    assert "the season could not be removed" in shown
    with (tmp_path / "warmup.csv").open(encoding="utf-8", newline="") as stream:
        head, *rows = csv.reader(stream)
    assert tuple(head) == COLUMNS
    assert len(rows) == 120
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {"warm-up.png", "warm-up.svg"}


@pytest.mark.verify
def test_warmup_looks_at_the_days_that_a_comparison_looks_at(scenario: Path, tmp_path: Path) -> None:
    assert main(["warmup", str(scenario), "--replications", "2", "--out", str(tmp_path / "alone")]) == 0
    assert main(["compare", str(scenario), "--replications", "2", "--out", str(tmp_path / "compared")]) == 0
    alone, compared = ((tmp_path / name / "warmup.csv").read_bytes() for name in ("alone", "compared"))
    assert alone == compared


@pytest.mark.verify
def test_a_comparison_to_a_precision_stops_by_itself_and_says_why(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--precision", "30%", "--on", "emergency_visits", "--most", "40", "--out", str(tmp_path)]
    assert main(["compare", str(scenario), *options]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    found = result["precision"]
    (outcome,) = found["outcomes"].values()
    assert found["reason"] == "reached"
    assert found["replications"] == result["replications"] == outcome["reached"] + 5
    assert outcome["relative"] <= 0.3
    assert "at most 30 % of the difference in emergency department visits, and stayed so" in shown
    assert "time to precision, with these workers: about " in shown
    assert "slightly less often than 95 times" in shown
    provenance = json.loads((tmp_path / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["time_to_precision"]["outcome"] == "hospital_days"
    assert provenance["replications_run"] >= result["replications"]
    assert "time_to_precision" not in json.dumps(result)


def test_an_unknown_outcome_is_told_with_its_nearest_name_before_anything_runs(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    options = ["--precision", "5%", "--on", "hospital_day", "--out", str(folder)]
    assert main(["compare", str(scenario), *options]) == INVALID
    assert "--on: 'hospital_day' is no outcome; did you mean hospital_days" in capsys.readouterr().err
    assert not folder.exists()


def test_a_precision_too_wide_for_differences_is_told_before_anything_runs(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    assert main(["compare", str(scenario), "--precision", "90%", "--out", str(folder)]) == INVALID
    assert "--precision: 0.9 given, at most 0.5 (50%) in a comparison: an interval so wide" in capsys.readouterr().err
    assert not folder.exists()
