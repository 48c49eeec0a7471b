"""narvard calibrate and compare --ensemble, as somebody types them, on a scenario of 8,963 people and 40 days."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.calibration import calibrating
from sim.calibration.plan import planned
from sim.cli import INVALID, main
from sim.engine import EngineError
from sim.replication.beginning import Started, begin

TINY = """
extends = "shipped:vannas"
name = "tiny"
title = "A tiny one"

[time]
warm_up_days = 5
pre_period_days = 5
follow_up_days = 30

[calibrate]
fit = ["needs.deterioration_per_year", "emergency.admission_level"]
prior = ["detection.mean_hours"]
targets = ["emergency_visits_65", "emergency_admitted_65", "beds"]
replications = 3
wave = 8
waves = 2
runs = 22
ensemble = 4
discrepancy = 0.3
"""
TABLES = ("ensemble.csv", "parameters.csv", "targets.csv", "runs.csv", "calibration.json", "experiment.json")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scenario") / "tiny.toml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calibrated")
    assert main(["calibrate", str(scenario), "--seed", "3", "--out", str(folder)]) == 0
    return folder


def test_the_ensemble_stands_beside_the_scenario(scenario: Path, folder: Path) -> None:
    table = scenario.with_suffix(".ensemble.csv")
    assert table.read_bytes() == (folder / "ensemble.csv").read_bytes()
    sets = pd.read_csv(table)
    assert len(sets) >= 4
    assert set(sets.checked) <= {"run", "emulator"}
    assert (sets.implausibility <= 3.0).all()
    assert sets["emergency.admission_level"].between(2.6, 3.2).all()
    assert sets["detection.mean_hours.self"].between(18, 72).all()
    runs = pd.read_csv(folder / "runs.csv")
    mine = runs[(runs.kind != "base") & (runs.implausibility <= 3.0)]
    assert len(mine) == (sets.checked == "run").sum()


def test_tables_say_what_was_done(folder: Path) -> None:
    about = json.loads((folder / "calibration.json").read_text(encoding="utf-8"))
    runs, parameters = pd.read_csv(folder / "runs.csv"), pd.read_csv(folder / "parameters.csv")
    assert about["runs"] == len(runs) <= 22
    assert about["sets"] == about["sets_by_runs"] + about["sets_by_emulators"]
    assert (runs.kind == "base").sum() == 3
    kept = parameters[parameters.parameter == "detection.mean_hours"]
    assert (kept.verdict == "prior").all()
    assert set(parameters[parameters.parameter != "detection.mean_hours"].verdict) <= {
        *("identified", "narrowed", "not identified"),
    }
    level = parameters[parameters.key == "emergency.admission_level"].iloc[0]
    assert level.prior_50 == pytest.approx(2.9)
    assert level.prior_25 < level.prior_50 < level.prior_75
    targets = pd.read_csv(folder / "targets.csv").set_index("id")
    base = runs[runs.kind == "base"]
    for name in targets.index:
        assert targets.scenario[name] == pytest.approx(base[name].mean())
        assert targets.sd_chance[name] == pytest.approx(base[name].std())


def test_the_base_is_the_scenario_itself(scenario: Path, folder: Path) -> None:
    verdicts = sim.validate(sim.load(scenario), replications=3, seed=3, workers=1).verdicts
    targets = pd.read_csv(folder / "targets.csv").set_index("id")
    for verdict in verdicts:
        if verdict.target.id in targets.index:
            assert targets.scenario[verdict.target.id] == pytest.approx(verdict.simulated)


def test_same_seed_same_bytes_whatever_the_workers(scenario: Path, folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "sets.csv"
    arguments = ["--seed", "3", "--out", str(tmp_path / "again"), "--workers", "1", "--ensemble", str(table)]
    assert main(["calibrate", str(scenario), *arguments]) == 0
    for name in TABLES:
        assert (tmp_path / "again" / name).read_bytes() == (folder / name).read_bytes(), name


def test_a_killed_calibration_goes_on(scenario: Path, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "killed"
    command = [sys.executable, "-m", "sim.cli", "calibrate", str(scenario), "--seed", "3", "--out", str(out)]
    command += ["--workers", "1", "--ensemble", str(tmp_path / "sets.csv")]
    root = str(Path(__file__).parents[2])
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": root}, stderr=subprocess.PIPE)
    while not (out / "replications" / "run-0004.npz").is_file() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = {path: path.stat().st_mtime_ns for path in (out / "replications").glob("run-*.npz")}
    assert 5 <= len(before) < 22
    damaged = max(before)
    damaged.write_text("{", encoding="utf-8")
    arguments = ["--seed", "3", "--out", str(out), "--ensemble", str(tmp_path / "sets.csv")]
    assert main(["calibrate", str(scenario), *arguments]) == 0
    for path, changed in before.items():
        assert (path.stat().st_mtime_ns == changed) == (path != damaged)
    for name in TABLES:
        assert (out / name).read_bytes() == (folder / name).read_bytes(), name


@pytest.mark.verify
def test_compare_over_the_ensemble(
    scenario: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sets = pd.read_csv(scenario.with_suffix(".ensemble.csv"))
    number = len(sets) + 2
    out = tmp_path / "compared"
    assert main(["compare", str(scenario), "--ensemble", "--replications", str(number), "--out", str(out)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"over {len(sets)} of {len(sets)} parameter sets" in shown
    assert f"an ensemble of {len(sets)} parameter sets: intervals are of the mean" in shown
    assert "chance only" not in shown
    table = pd.read_csv(out / "uncertainty.csv").set_index(["governance", "outcome"])
    row = table.loc["difference", "hospital_days"]
    assert (row.replications, row.sets) == (number, len(sets))
    comparison = pd.read_csv(out / "comparison.csv")
    total = (comparison[["group", "segment", "municipality", "period"]] == "all").all(axis=1)
    mean = comparison[total & (comparison.outcome == "hospital_days")].iloc[0]
    assert (row["mean"], row.low, row.high) == pytest.approx((mean.difference, mean.low, mean.high), rel=1e-6)
    assert main(["reproduce", str(out)]) == 0
    # Replication 1 is the scenario with the values of set 1, arm by arm.
    keys = [name for name in sets.columns if name not in ("set", "implausibility", "checked")]
    one = sim.load(scenario).with_keys({key: sets[key][1].item() for key in keys})
    alone = sim.compare(one, replications=2, workers=1)
    digests = json.loads((out / "result.json").read_text(encoding="utf-8"))["digests"]
    for name in alone.governances:
        assert alone.digests(name)[1] == digests[name][1]
        assert alone.digests(name)[0] != digests[name][0]


def test_an_ensemble_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "other.toml"
    path.write_text(TINY, encoding="utf-8")
    assert main(["compare", str(path), "--ensemble", str(tmp_path / "other.csv")]) == INVALID
    assert "other.csv: no such file; narvard calibrate writes one" in capsys.readouterr().err


def test_a_scenario_that_does_not_say_what_to_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "other.toml"
    path.write_text(TINY.replace("fit = ", "fits = "), encoding="utf-8")
    assert main(["calibrate", str(path)]) == INVALID
    error = capsys.readouterr().err
    assert "other.toml: calibrate.fits: unknown key, did you mean 'fit'?" in error
    assert "other.toml: calibrate.fit: nothing given" in error


def test_figures_do_not_depend_on_how_it_is_calibrated(scenario: Path, tmp_path: Path) -> None:
    path = tmp_path / "tiny.toml"
    path.write_text(TINY.replace("wave = 8", "wave = 12"), encoding="utf-8")
    assert sim.load(path).resolved() == sim.load(scenario).resolved()


def test_a_run_that_ends_with_an_error_is_out_and_told(scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned(sim.load(scenario))
    told: list[str] = []

    def failing(at: sim.Scenario, seed: int, number: int, engine: str) -> Started:
        if number in (4, 6):
            raise EngineError("needs.py:148: a mathematical function outside its domain")
        return begin(at, seed, number, engine)

    monkeypatch.setattr(calibrating, "begin", failing)
    found = calibrating.calibrate(plan, workers=1, told=told.append)
    assert np.isnan(found.values[[4, 6]]).all()
    assert not np.isnan(found.values[[3, 5, 7]]).any()
    assert not {4, 6} & set(found.good.tolist())
    assert told[0].startswith("2 of 8 runs failed")
    monkeypatch.setattr(calibrating, "begin", lambda *given: failing(*given[:2], 4, given[3]))
    with pytest.raises(EngineError):  # of the scenario's own values
        calibrating.calibrate(plan, workers=1, told=told.append)
