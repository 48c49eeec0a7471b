"""``narvard records``, as somebody types it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pm4py
import pytest

from sim.cli import INVALID, main
from sim.eventlog import COLUMNS
from tests.eventlog.conftest import SHORT

pytestmark = pytest.mark.filterwarnings("ignore:Install the optional requirement")  # of pm4py: a faster reader


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("result")
    scenario = folder / "short.toml"
    scenario.write_text(SHORT, encoding="utf-8")
    arguments = ["compare", str(scenario), "--replications", "2", "--seed", "5", "--records"]
    assert main([*arguments, "--out", str(folder / "short")]) == 0
    return folder / "short"


def test_kept_records_and_a_replication_run_again_give_the_same_log(
    result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["records", str(result), "--to", "csv", "--governance", "coordinated", "--replication", "1"]
    assert main(arguments) == 0
    kept = result / "eventlog-coordinated-0001.csv"
    assert "again" not in capsys.readouterr().err
    alone = tmp_path / "alone"
    shutil.copytree(result, alone)
    (alone / "records-coordinated-0001.parquet").unlink()
    again = tmp_path / "again.csv"
    assert main(["records", str(alone), *arguments[2:], "--out", str(again)]) == 0
    said = capsys.readouterr()
    assert "replication 1 again" in said.err
    assert again.read_bytes() == kept.read_bytes()
    table = pd.read_csv(kept)
    cases = table["case:concept:name"].nunique()
    assert f"{len(table):,} events in {cases:,} cases, short, coordinated, seed 5, replication 1" in said.out


@pytest.mark.parametrize("form", ["xes", "csv", "parquet"])
def test_each_form_opens_in_pm4py(result: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"log.{form}"
    asked = ["--to", form, "--case", "need", "--all", "--people", "300", "--out", str(out)]
    assert main(["records", str(result), *asked]) == 0
    if form == "xes":
        table = pm4py.read_xes(str(out))
    else:
        table = pm4py.format_dataframe(pd.read_csv(out) if form == "csv" else pd.read_parquet(out))
    assert set(COLUMNS) <= set(table.columns)
    starts = pm4py.get_start_activities(table)
    assert set(starts) <= {"Simple need", "Complicated need", "Exacerbation", "Deterioration"}
    assert sum(starts.values()) > 50
    assert table["case:person"].nunique() < 300


def test_days_and_start_date_say_which_events_and_when(result: Path, tmp_path: Path) -> None:
    out = tmp_path / "log.parquet"
    asked = ["--days", "-3", "4", "--start-date", "2024-01-01", "--to", "parquet", "--out", str(out)]
    assert main(["records", str(result), *asked]) == 0
    when = pd.read_parquet(out)["time:timestamp"]
    first = pd.Timestamp("2024-01-01", tz="UTC") + pd.Timedelta(days=60 - 3)
    assert first <= when.min() < first + pd.Timedelta(days=1)
    assert first + pd.Timedelta(days=6) <= when.max() < first + pd.Timedelta(days=7)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["--governance", "better"], "governance: 'better' given, one of current, coordinated needed"),
        (["--days", "5", "2"], "window: day 5 to 2 given, at least one day needed"),
        (["--days", "1", "2", "--all"], "--days and --all: one of them at most"),
        (["--start-date", "2025-01-01"], "start date: 2025-01-01 given, a Monday needed"),
        (["--out", "."], "--out .: a folder, a file is needed"),
        (["--out", "nowhere/log.csv"], "--out nowhere/log.csv: there is no folder nowhere"),
    ],
)
def test_what_cannot_be_is_told(result: Path, asked: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["records", str(result), "--to", "csv", *asked]) == INVALID
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("option", [["--start-date", "soon"], ["--replication", "-1"], ["--people", "0"]])
def test_options_that_cannot_be_read_are_told(result: Path, option: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["records", str(result), "--to", "csv", *option])
    assert stopped.value.code == INVALID


def test_a_folder_without_an_experiment_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["records", str(tmp_path), "--to", "csv"]) == INVALID
    assert f"{tmp_path}: no result there" in capsys.readouterr().err


def test_a_folder_of_results_means_the_newest(result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(result, tmp_path / "results" / "one")
    out = tmp_path / "log.csv"
    assert main(["records", str(tmp_path / "results"), "--to", "csv", "--out", str(out)]) == 0
    assert "seed 5" in capsys.readouterr().out
    assert out.stat().st_size > 100_000


def test_a_sweep_has_no_records(result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, vary = tmp_path / "sweep", ["--vary", "governance.coordinated.homecoming.active=true,false"]
    scenario = tmp_path / "short.toml"
    scenario.write_text(SHORT, encoding="utf-8")
    assert main(["sweep", str(scenario), "--replications", "1", *vary, "--out", str(folder)]) == 0
    assert main(["records", str(folder), "--to", "csv"]) == INVALID
    assert "holds a sweep, whose records are not kept" in capsys.readouterr().err


def test_records_of_something_else_are_not_taken(
    result: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    shutil.copytree(result, other)
    first, second = (other / f"records-current-{number:04d}.parquet" for number in (0, 1))
    shutil.copyfile(second, first)
    assert main(["records", str(other), "--to", "csv"]) == INVALID
    assert f"{first}: not the records of this result" in capsys.readouterr().err
    first.write_bytes(b"PAR1 and no more")
    assert main(["records", str(other), "--to", "csv"]) == INVALID
    assert f"{first}: cannot be read" in capsys.readouterr().err
    assert not list(other.glob("eventlog-current-*"))


def test_another_experiment_in_the_folder_takes_the_logs_of_the_first_away(result: Path, tmp_path: Path) -> None:
    folder = tmp_path / "short"
    shutil.copytree(result, folder)
    assert main(["records", str(folder), "--to", "csv"]) == 0
    assert len(list(folder.glob("eventlog-*"))) >= 1
    scenario = tmp_path / "short.toml"
    scenario.write_text(SHORT, encoding="utf-8")
    assert main(["run", str(scenario), "--seed", "6", "--out", str(folder), "--replace"]) == 0
    assert not list(folder.glob("eventlog-*"))
    assert json.loads((folder / "experiment.json").read_text(encoding="utf-8"))["seed"] == 6
