"""An experiment again from its folder alone; one replication again, with its records; a description for machines."""

from __future__ import annotations

import json
import os
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import scipy
from rocrate.rocrate import ROCrate

import sim
from sim.cli import INVALID, main
from sim.experiment.crate import write_crate
from sim.experiment.folder import write
from sim.experiment.rerun import Differs
from sim.runs.identity import Identity, NoExperiment, versions, write_identity
from sim.scenario import Scenario
from tests.model.small import small_scenario

DAYS = {"time.warm_up_days": 5, "time.pre_period_days": 5, "time.follow_up_days": 30}
NEEDED = (
    "warmup.csv",
    "experiment.json",
    "region",
    "result.json",
    "outcomes.csv",
    "comparison.csv",
    "replications.csv",
    "sources.csv",
)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small_scenario(tmp_path_factory.mktemp("reproduce"), DAYS)


@pytest.fixture(scope="module")
def three(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three replications of both governances; tests leave them as they are."""
    folder = tmp_path_factory.mktemp("three")
    write(sim.compare(scenario, replications=3, archive=folder), folder)
    return folder


@pytest.fixture
def copy(three: Path, tmp_path: Path) -> Path:
    """What somebody else gets of it: no replications, no scenario."""
    for name in NEEDED:
        if (three / name).is_dir():
            shutil.copytree(three / name, tmp_path / "copy" / name)
        else:
            (tmp_path / "copy").mkdir(exist_ok=True)
            shutil.copy(three / name, tmp_path / "copy")
    return tmp_path / "copy"


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# --- reproduce -----------------------------------------------------------------------------------------------


def test_a_copy_without_replications_is_reproduced(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    assert main(["reproduce", str(copy)]) == 0
    told = capsys.readouterr().out
    assert f"{copy}: 3 replications run again, equal: 3 digests of the records of current, " in told
    assert told.strip().endswith("outcomes.csv, comparison.csv, replications.csv, sources.csv, warmup.csv")
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


def test_the_first_replications_can_be_reproduced_alone(copy: Path) -> None:
    found = sim.reproduce(copy, 1, workers=1)
    assert found.equal
    assert found.replications == 1
    assert found.compared[0] == "1 digest of the records of current"
    assert "outcomes.csv" not in found.compared


def test_more_replications_than_there_were_compare_what_there_is(copy: Path) -> None:
    found = sim.reproduce(copy, 4)
    assert found.equal
    assert (found.replications, found.compared[0]) == (4, "3 digests of the records of current")


def test_another_digest_is_told_with_its_replication(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digest = json.loads((copy / "result.json").read_text(encoding="utf-8"))["digests"]["coordinated"][1]
    edited(copy / "result.json", digest, "0" * 64)
    assert main(["reproduce", str(copy)]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == f"differs: replication 1, coordinated: records {'0' * 12} then, {digest[:12]} now"
    assert len(told) == 2
    assert "3 replications run again, not equal: " in told[1]


def test_another_row_is_told_with_both_values(copy: Path) -> None:
    path = copy / "outcomes.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    cells = lines[1].split(",")
    was, cells[6] = cells[6], "12345"
    lines[1] = ",".join(cells)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    found = sim.reproduce(copy).differences
    assert found[0] == f"outcomes.csv, line 2 ({cells[0]}, {cells[1]}): mean 12345 then, {was} now"
    assert found[1].startswith(f"outcomes.csv, line {len(lines)} (")
    assert found[1].endswith(": missing")
    assert len(found) == 2


def test_many_rows_are_counted(copy: Path) -> None:
    path = copy / "sources.csv"
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([head, *(f"x{line}" for line in lines)]) + "\n", encoding="utf-8")
    found = sim.reproduce(copy).differences
    assert len(found) == 6
    assert found[-1] == f"and {len(lines) - 5:,} more rows of sources.csv"


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("outcomes.csv", None, "outcomes.csv: not there"),
        ("warmup.csv", "a,b\n", "warmup.csv: columns "),
        ("comparison.csv", "a,b\n1,2\n", "comparison.csv: columns "),
        ("result.json", ("\n", "\n\n"), "result.json: how it is written"),
        ("result.json", ('"people": ', '"people": 1'), "result.json: people"),
        ("replications.csv", ("\n", "\r\n"), "replications.csv: how it is written"),
    ],
)
def test_every_difference_is_named(copy: Path, name: str, change: Any, says: str) -> None:
    path = copy / name
    if change is None:
        path.unlink()
    elif isinstance(change, str):
        path.write_text(change, encoding="utf-8")
    else:
        edited(path, *change)
    (found,) = sim.reproduce(copy).differences
    assert found.startswith(says)


def test_a_table_that_the_experiment_has_not_is_told(scenario: Scenario, tmp_path: Path) -> None:
    write(sim.run(scenario), tmp_path)
    (tmp_path / "comparison.csv").write_text("of another")
    assert sim.reproduce(tmp_path).differences == ("comparison.csv: there, but this experiment has none",)


def test_other_versions_are_told(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sim.runs.identity.__version__", "9.9")
    assert main(["reproduce", str(copy), "--replications", "1"]) == 0
    assert "version: narvard 0.1.0 then, 9.9 now" in capsys.readouterr().out


def test_another_scipy_makes_another_experiment(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    # It has the quantiles of the intervals, so figures may differ.
    assert versions()["scipy"] == scipy.__version__
    before = Identity(scenario, ("current",), 1).digest
    monkeypatch.setattr("sim.runs.identity._version", lambda name: "0.1" if name == "scipy" else version(name))
    assert Identity(scenario, ("current",), 1).digest != before


def test_a_precision_is_reproduced_as_one(scenario: Scenario, tmp_path: Path) -> None:
    target = sim.Target(0.9, ("hospital_days", "deaths"), most=8)
    write(sim.run(scenario, "coordinated", archive=tmp_path, precision=target), tmp_path)
    assert "precision" in json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    found = sim.reproduce(tmp_path)
    assert found.equal
    assert "result.json" in found.compared


def test_the_reference_engine_reproduces_its_own(scenario: Scenario, tmp_path: Path) -> None:
    write(sim.run(scenario, engine="simpy", workers=1), tmp_path)
    assert sim.reproduce(tmp_path, workers=1).equal


def test_without_a_result_there_is_nothing_to_compare_with(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "result.json").unlink()
    with pytest.raises(NoExperiment, match=r"no result\.json there to compare with"):
        sim.reproduce(copy)
    assert main(["reproduce", str(copy)]) == INVALID
    assert "no result there" in capsys.readouterr().err


def test_a_folder_of_several_results_means_the_newest(
    three: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = copy.parent / "other"
    other.mkdir()
    (other / "result.json").write_text("{}")
    os.utime(other / "result.json", (1, 1))
    assert main(["reproduce", str(copy.parent), "--replications", "1"]) == 0
    assert capsys.readouterr().out.startswith(f"{copy}: 1 replication run again, equal")


# --- rerun ---------------------------------------------------------------------------------------------------


def test_one_replication_alone_with_its_records(copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "records"
    assert main(["rerun", str(copy), "--replication", "2", "--records", "--out", str(out)]) == 0
    told = capsys.readouterr().out.splitlines()
    digests = json.loads((copy / "result.json").read_text(encoding="utf-8"))["digests"]
    for line, name in zip(told, ("current", "coordinated"), strict=False):
        rows = len(pd.read_parquet(out / f"records-{name}-0002.parquet"))
        assert line == f"records {digests[name][2]} {name}, {rows:,} rows in {out}/records-{name}-0002.parquet"
    assert told[-1] == f"{copy}: replication 2: equal to those kept"


def test_records_in_memory(copy: Path) -> None:
    found = sim.rerun(copy, 0, records=True)
    assert all(arm.records is not None and arm.records.digest() == arm.digest for arm in found.arms)


def test_another_digest_is_an_error_and_leaves_no_records_in_the_result(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = json.loads((copy / "result.json").read_text(encoding="utf-8"))["digests"]["current"][0]
    edited(copy / "result.json", digest, "0" * 64)
    with pytest.raises(Differs, match=f"replication 0 differs: records of current: digest 0+ kept, {digest[:12]} now"):
        sim.rerun(copy, 0)
    assert main(["rerun", str(copy), "--replication", "0", "--records"]) == 1
    assert "replication 0 differs" in capsys.readouterr().out
    assert not list(copy.glob("*.parquet"))


def test_the_archive_knows_what_the_result_does_not(
    three: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rerun", str(copy), "--replication", "3"]) == 0
    assert "replication 3: not among those kept" in capsys.readouterr().out
    (copy / "result.json").unlink()  # as after an interrupt
    shutil.copytree(three / "replications", copy / "replications")
    assert main(["rerun", str(copy), "--replication", "1"]) == 0
    assert "replication 1: equal to those kept" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--replication", "0", "--out", "x"], "--out: only with --records"),
        (["--replication", "0"], "no experiment.json there"),
    ],
)
def test_what_cannot_be_rerun_is_told(
    three: Path, tmp_path: Path, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "result.json").write_text("{}")
    folder = three if "--out" in arguments else tmp_path
    assert main(["rerun", str(folder), *arguments]) == INVALID
    assert says in capsys.readouterr().err


def test_a_number_below_zero_is_refused(three: Path) -> None:
    with pytest.raises(ValueError, match="replication: -1 given, at least 0 needed"):
        sim.rerun(three, -1)
    with pytest.raises(SystemExit):
        main(["rerun", str(three), "--replication", "-1"])


# --- the description -----------------------------------------------------------------------------------------


def test_the_description_is_one_that_machines_read(copy: Path, scenario: Scenario) -> None:
    write_identity(Identity(scenario, ("current", "coordinated"), 1), {"replications": 3}, copy)
    (copy / "provenance.json").write_text(json.dumps({"finished": "2026-01-02T03:04:05+00:00"}))
    (copy / "figures").mkdir()
    (copy / "figures" / "cost.svg").write_text("<svg/>")
    before = {path for path in copy.rglob("*") if path.is_file()}
    path = write_crate(copy)
    assert {path for path in copy.rglob("*") if path.is_file()} == before | {path}
    crate = ROCrate(copy)
    assert crate.root_dataset["name"] == scenario.title
    assert crate.root_dataset["license"].id == "https://spdx.org/licenses/MIT"
    files = {entity.id for entity in crate.data_entities}
    assert files == {str(path.relative_to(copy)) for path in before}
    made = crate.get("#made")
    assert made["instrument"]["softwareVersion"] == versions()["narvard"]
    assert {entity.id for entity in made["object"]} >= {"experiment.json", "region/population.csv"}
    assert {entity.id for entity in made["result"]} >= {"outcomes.csv", "figures/cost.svg"}
    assert crate.get("outcomes.csv")["contentSize"] == str((copy / "outcomes.csv").stat().st_size)
