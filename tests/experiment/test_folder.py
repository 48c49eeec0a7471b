"""The result folder: the same bytes for the same experiment, every file whole or not there."""

from __future__ import annotations

import csv
import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.experiment.folder import csv_text, write
from sim.experiment.running import Experiment
from sim.runs.durable import put
from sim.scenario import Scenario
from tests.model.small import small_scenario

DAYS = {"time.warm_up_days": 15, "time.pre_period_days": 10, "time.follow_up_days": 35}
TABLES = (
    "outcomes.csv",
    "comparison.csv",
    "replications.csv",
    "sources.csv",
    "warmup.csv",
    "result.json",
    "flows.csv",
    "occupancy.csv",
)
COPIES = {"municipalities.csv", "areas.csv", "population.csv", "resources.csv"}


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """Sixty days in the small region."""
    return small_scenario(tmp_path_factory.mktemp("folder"), DAYS)


@pytest.fixture(scope="module")
def experiment(scenario: Scenario) -> Experiment:
    """Two replications of both governances, with their records."""
    return sim.compare(scenario, replications=2, records=True, workers=2)


def test_the_files_of_a_comparison(experiment: Experiment, tmp_path: Path) -> None:
    files = write(experiment, tmp_path / "a" / "b", seconds=1.25)
    assert set(files) == {path for path in (tmp_path / "a" / "b").rglob("*") if path.is_file()}
    records = {f"records-{g}-{n:04d}.parquet" for g in ("current", "coordinated") for n in (0, 1)}
    assert {path.name for path in files} == {*TABLES, *COPIES, "experiment.json", "provenance.json", *records}


def test_the_same_experiment_gives_the_same_bytes_twice_and_for_any_workers(
    scenario: Scenario, experiment: Experiment, tmp_path: Path
) -> None:
    again = sim.compare(scenario, replications=2, records=True, workers=1)
    write(experiment, tmp_path / "one")
    write(again, tmp_path / "two")
    for path in sorted((tmp_path / "one").rglob("*.*")):
        if path.name != "provenance.json":
            assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), path.name


def test_simpy_gives_the_same_bytes(scenario: Scenario, tmp_path: Path) -> None:
    for engine in ("compiled", "simpy"):
        write(sim.compare(scenario, replications=1, engine=engine, workers=1), tmp_path / engine)
    for name in TABLES:
        assert (tmp_path / "compiled" / name).read_bytes() == (tmp_path / "simpy" / name).read_bytes(), name


def test_the_result_says_what_was_run(experiment: Experiment, tmp_path: Path) -> None:
    write(experiment, tmp_path)
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert (result["seed"], result["replications"]) == (1, 2)
    assert result["governances"] == ["current", "coordinated"]
    assert (result["window_days"], result["people"]) == (35, 2755)
    assert result["scenario"]["values"]["time.follow_up_days"] == 35
    assert result["digests"] == {name: experiment.digests(name) for name in experiment.governances}
    days = next(line for line in result["headline"] if line["outcome"] == "hospital_days")
    assert days["difference"] == pytest.approx(days["coordinated"] - days["current"])
    assert days["low"] <= days["difference"] <= days["high"]


def test_nothing_of_time_and_machine_stands_in_the_deterministic_files(experiment: Experiment, tmp_path: Path) -> None:
    write(experiment, tmp_path, seconds=12.34)
    provenance = json.loads((tmp_path / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["seconds"] == 12.3
    assert provenance["packages"]["numpy"] == np.__version__
    for name in TABLES:
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert provenance["finished"][:10] not in text
        assert str(tmp_path) not in text


def test_tables_are_tidy_and_agree_with_each_other(experiment: Experiment, tmp_path: Path) -> None:
    write(experiment, tmp_path)
    margins = ["group", "segment", "municipality", "period"]
    outcomes = pd.read_csv(tmp_path / "outcomes.csv")
    numbers = ("mean", "low", "high", "sd", "replications")
    assert list(outcomes.columns) == ["governance", "outcome", *margins, *numbers, "unit"]
    keys = ["governance", "outcome", *margins]
    assert not outcomes.duplicated(keys).any()
    assert ((outcomes[margins] != "all").sum(axis=1) <= 1).all()
    comparison = pd.read_csv(tmp_path / "comparison.csv")
    more = ("difference", "low", "high", "relative", "relative_low", "relative_high", "replications")
    ratio = ("variance_ratio", "variance_ratio_low", "variance_ratio_high", "unit")
    assert list(comparison.columns) == ["outcome", *margins, *experiment.governances, *more, *ratio]
    total = ("hospital_days", "all", "all", "all", "all")
    row, levels = comparison.set_index(["outcome", *margins]).loc[total], outcomes.set_index(keys)
    runs = pd.read_csv(tmp_path / "replications.csv")
    assert list(runs.columns[:2]) == ["replication", "governance"]
    assert list(zip(runs.replication, runs.governance, strict=True)) == [
        (n, g) for n in (0, 1) for g in experiment.governances
    ]
    days = {g: runs[runs.governance == g].hospital_days.to_numpy() for g in experiment.governances}
    for governance, values in days.items():
        level = levels.loc[(governance, *total)]
        assert level["mean"] == pytest.approx(values.mean())
        assert level.sd == pytest.approx(values.std(ddof=1))
        assert level.replications == 2
        assert row[governance] == pytest.approx(values.mean())
    difference = days["coordinated"] - days["current"]
    assert row.difference == pytest.approx(difference.mean())
    apart = sum(values.var(ddof=1) for values in days.values())
    assert row.variance_ratio == pytest.approx(apart / difference.var(ddof=1), rel=1e-6)


def test_records_come_back_as_they_were(experiment: Experiment, tmp_path: Path) -> None:
    write(experiment, tmp_path)
    arm = experiment.replications[1].arms[0]
    table = pd.read_parquet(tmp_path / "records-current-0001.parquet")
    assert arm.records is not None
    for name, column in arm.records.columns():
        assert np.array_equal(table[name].to_numpy(), column)


def test_one_governance_has_values_with_intervals_and_no_comparison(scenario: Scenario, tmp_path: Path) -> None:
    (tmp_path / "comparison.csv").write_text("of an earlier result")
    write(sim.run(scenario, "coordinated", replications=2), tmp_path)
    assert not (tmp_path / "comparison.csv").exists()
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    days = next(line for line in result["headline"] if line["outcome"] == "hospital_days")
    assert days["low"] < days["value"] < days["high"]
    single = tmp_path / "single"
    write(sim.run(scenario, replications=1), single)
    result = json.loads((single / "result.json").read_text(encoding="utf-8"))
    assert all(line["low"] is None for line in result["headline"])


# --- whole or not at all -------------------------------------------------------------------------------------


@pytest.mark.parametrize("failing", [*TABLES, "provenance.json"])
def test_a_file_that_cannot_be_written_leaves_nothing_half(
    experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    really = os.replace

    def replace(source: Any, target: Any) -> None:
        if Path(target).name == failing:
            raise OSError(28, "No space left on device")
        really(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(OSError, match="No space left"):
        write(experiment, tmp_path)
    assert not (tmp_path / failing).exists()
    assert not list(tmp_path.glob("*.part"))


def test_a_disk_that_fills_while_writing_leaves_the_earlier_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "table.csv", "old")

    def write_some(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_some)
    with pytest.raises(OSError, match="No space left"):
        put(tmp_path / "table.csv", "new text")
    assert (tmp_path / "table.csv").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


@pytest.mark.usefixtures("full_disk")
def test_records_that_cannot_be_written_leave_nothing_half(experiment: Experiment, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left"):
        write(experiment, tmp_path)
    assert not list(tmp_path.glob("records*"))
    assert not list(tmp_path.glob("*.part"))


def test_a_result_replaces_an_earlier_one(experiment: Experiment, tmp_path: Path) -> None:
    write(experiment, tmp_path)
    before = (tmp_path / "result.json").read_bytes()
    (tmp_path / "result.json").write_text("something else")
    write(experiment, tmp_path)
    assert (tmp_path / "result.json").read_bytes() == before


def test_numbers_have_ten_digits_and_nan_is_nothing() -> None:
    text = csv_text(("a", "b"), [(1 / 3, 5), (math.nan, "x, y"), (1e-20, 123456789012.5)])
    assert text == 'a,b\n0.3333333333,5\n,"x, y"\n1e-20,1.23456789e+11\n'
    assert next(csv.reader([text.splitlines()[2]])) == ["", "x, y"]
