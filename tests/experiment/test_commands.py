"""The commands that run, compare and show, as somebody types them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import INVALID, main

SHORT = """
extends = "shipped:vannas"
name = "short"
title = "A short one"

[time]
warm_up_days = { value = 30, low = 30, high = 730, source = "assumption" }
pre_period_days = { value = 30, low = 30, high = 730, source = "assumption" }
follow_up_days = { value = 60, low = 30, high = 730, source = "assumption" }
"""
FILES = {
    *("experiment.json", "region", "replications", "outcomes.csv", "replications.csv", "result.json"),
    *("provenance.json", "sources.csv", "warmup.csv", "report.html", "figures", "ro-crate-metadata.json"),
    *("flows.csv", "occupancy.csv", "costs.csv"),
}


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "short.toml"
    path.write_text(SHORT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def compared(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compared")
    assert main(["compare", str(scenario), "--replications", "3", "--seed", "7", "--out", str(folder), "--checks"]) == 0
    return folder


def test_compare_writes_the_whole_folder(compared: Path) -> None:
    assert {path.name for path in compared.iterdir()} == FILES | {"comparison.csv"}
    assert not list(compared.rglob("*.part"))
    assert {path.suffix for path in (compared / "figures").iterdir()} == {".png", ".svg"}


def test_tables_agree(compared: Path) -> None:
    runs = pd.read_csv(compared / "replications.csv")
    days = runs.pivot(index="replication", columns="governance", values="hospital_days")
    comparison = pd.read_csv(compared / "comparison.csv")
    total = (comparison[["group", "segment", "municipality", "period"]] == "all").all(axis=1)
    row = comparison[total & (comparison.outcome == "hospital_days")].iloc[0]
    assert row.current == pytest.approx(days.current.mean(), rel=1e-8)
    assert row.difference == pytest.approx((days.coordinated - days.current).mean(), rel=1e-6)
    assert row.low <= row.difference <= row.high
    assert row.replications == 3
    split = ["ready_days", "readmission_days", "acs_days", "short_stay_days", "other_days"]
    assert runs[split].sum(axis=1).to_numpy() == pytest.approx(runs.hospital_days.to_numpy(), rel=1e-8)


def test_result_says_how_to_repeat_it(compared: Path) -> None:
    result = json.loads((compared / "result.json").read_text(encoding="utf-8"))
    assert (result["seed"], result["replications"], result["governances"]) == (7, 3, ["current", "coordinated"])
    assert all(len(result["digests"][name]) == 3 for name in result["governances"])
    assert result["scenario"]


def test_same_seed_gives_the_same_bytes(scenario: Path, compared: Path, tmp_path: Path) -> None:
    arguments = ["--replications", "3", "--seed", "7", "--workers", "1"]
    assert main(["compare", str(scenario), *arguments, "--out", str(tmp_path)]) == 0
    for name in (
        *("experiment.json", "result.json", "outcomes.csv", "comparison.csv", "replications.csv", "sources.csv"),
        *("warmup.csv", "flows.csv", "occupancy.csv"),
        "report.html",
    ):
        assert (tmp_path / name).read_bytes() == (compared / name).read_bytes(), name


def test_run_prints_the_digest_and_keeps_records(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "comparison.csv").write_text("of an earlier result", encoding="utf-8")
    arguments = ["run", str(scenario), "--governance", "coordinated", "--replications", "1", "--records"]
    assert main([*arguments, "--out", str(tmp_path)]) == 0
    (digest,) = re.findall(r"^records ([0-9a-f]{16,}) coordinated$", capsys.readouterr().out, flags=re.MULTILINE)
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert result["digests"] == {"coordinated": [digest]}
    records = pd.read_parquet(tmp_path / "records-coordinated-0000.parquet")
    assert list(records.columns[:3]) == ["person", "need", "kind"]
    assert len(records) > 1000
    assert not (tmp_path / "comparison.csv").exists()


def test_show_shows_it_again(compared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(compared)]) == 0
    shown = capsys.readouterr().out
    assert "Labelled avoidable" in shown
    assert "Preventable in principle" in shown
    assert "Truly avoided" in shown


def test_without_a_folder_results_lie_side_by_side(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for seed in ("1", "2"):
        assert main(["run", str(scenario), "--seed", seed]) == 0
    found = {json.loads(path.read_text())["seed"]: path.parent for path in Path("results").rglob("experiment.json")}
    for folder in found.values():
        digest = json.loads((folder / "experiment.json").read_text())["digest"]
        assert folder == Path("results") / "short" / digest[:12]
    capsys.readouterr()
    for last in (1, 2):
        times = {seed: 10 + (seed == last) for seed in found}
        for seed, folder in found.items():
            os.utime(folder / "result.json", (times[seed], times[seed]))
        assert main(["show", "results/short"]) == 0
        assert f"seed {last}." in capsys.readouterr().out


def test_what_is_there_and_what_is_damaged_is_told(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["run", str(scenario), "--out", str(tmp_path)]
    assert main([*arguments, "--replications", "2"]) == 0
    assert "there already" not in capsys.readouterr().err
    (tmp_path / "replications" / "0000.npz").write_bytes(b"PK")
    assert main([*arguments, "--replications", "3"]) == 0
    told = capsys.readouterr().err
    assert "0000.npz: damaged (" in told
    assert f"{tmp_path}: 1 of 3 replications are there already" in told
    assert main([*arguments, "--seed", "2"]) == INVALID
    assert f"{tmp_path}: holds another experiment (seed 1, not 2; digest" in capsys.readouterr().err
    assert main([*arguments, "--seed", "2", "--replace"]) == 0
    assert json.loads((tmp_path / "result.json").read_text())["seed"] == 2
    assert [path.name for path in (tmp_path / "replications").iterdir()] == ["0000.npz"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--governance", "current", "better"], "governance: 'better' given, one of current, coordinated needed"),
        (["--governance", "current", "current"], "'current' given twice, two different ones needed"),
    ],
)
def test_wrong_governances_are_told(
    scenario: Path, tmp_path: Path, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    assert main(["compare", str(scenario), *arguments, "--out", str(folder)]) == INVALID
    assert says in capsys.readouterr().err
    assert not folder.exists()


def test_an_out_that_is_a_file_is_told(scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "out"
    file.write_text("mine", encoding="utf-8")
    assert main(["run", str(scenario), "--out", str(file)]) == INVALID
    assert "a folder is needed" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_repeat_that_runs_nothing_leaves_the_provenance(
    scenario: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["run", str(scenario), "--out", str(tmp_path)]
    assert main(arguments) == 0
    before = (tmp_path / "provenance.json").read_bytes()
    assert main(arguments) == 0
    assert (tmp_path / "provenance.json").read_bytes() == before
    (tmp_path / "result.json").unlink()
    assert main(["show", str(tmp_path)]) == INVALID
    assert "finished replications, and no result yet" in capsys.readouterr().err
    (tmp_path / "replications" / "0000.npz").write_bytes(b"PK")
    assert main(["rerun", str(tmp_path), "--replication", "0"]) == 1
    assert "nothing good to compare with" in capsys.readouterr().out


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(tmp_path / "nope")]) == INVALID
    assert "nope: no such folder" in capsys.readouterr().err


def test_show_of_an_empty_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(tmp_path)]) == INVALID
    assert "no result there" in capsys.readouterr().err


@pytest.mark.parametrize("number", ["0", "-3", "many"])
def test_replications_must_be_a_number_of_at_least_one(scenario: Path, number: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["run", str(scenario), "--replications", number])
    assert stopped.value.code == INVALID
