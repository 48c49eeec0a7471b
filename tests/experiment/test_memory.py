"""Memory: workers that fit, machines that are too small, what is reported; rows kept on disk as arms end."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.cli import INVALID, main
from sim.experiment.folder import write
from sim.memory import peak
from sim.replication import start as start_module
from sim.replication.replication import replicate
from sim.runs import sizing as memory
from sim.runs.executors import Where
from sim.runs.sizing import PROCESS, TooLarge, Workers, needed, workers_for
from sim.scenario import Scenario
from tests.model.small import small_scenario

DAYS = {"time.warm_up_days": 5, "time.pre_period_days": 5, "time.follow_up_days": 30}
GB = 1_000_000_000


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """Forty days in the small region."""
    return small_scenario(tmp_path_factory.mktemp("memory"), DAYS)


def machine(monkeypatch: pytest.MonkeyPatch, cores: int, total: int | None, free: int | None) -> None:
    monkeypatch.setattr(memory, "processors", lambda: cores)
    monkeypatch.setattr(memory, "total", lambda: total)
    monkeypatch.setattr(memory, "available", lambda: free)


# --- how many workers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cores", "free", "replications", "number"),
    [
        (8, 64 * GB, 20, 8),
        (8, 64 * GB, 3, 3),
        (8, 3 * GB, 20, 3),
        (8, 3 * GB, 2, 2),
        (2, 3 * GB, 20, 2),
        (8, None, 20, 8),
        (8, GB // 2, 20, 1),
    ],
)
def test_as_many_workers_as_cores_and_memory_allow(
    monkeypatch: pytest.MonkeyPatch, cores: int, free: int | None, replications: int, number: int
) -> None:
    machine(monkeypatch, cores, 64 * GB, free)
    found = workers_for(sim.load("shipped:umea-lansdel"), replications)
    assert found.number == number
    assert bool(found.why) == (number < min(cores, replications) or free == GB // 2)


def test_fewer_workers_are_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, 8, 64 * GB, 3 * GB)
    umea = sim.load("shipped:umea-lansdel")
    assert workers_for(umea, 20) == Workers(
        3, "3 of 8 replications at a time: a replication takes about 684 MB, and 3.0 GB of memory are free"
    )
    machine(monkeypatch, 8, 64 * GB, GB // 2)
    assert workers_for(umea, 1).why.endswith("500 MB of memory are free: this may be slow, or fail")


def test_each_process_of_the_reference_has_its_own_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    umea = sim.load("shipped:umea-lansdel")
    machine(monkeypatch, 8, 64 * GB, PROCESS + 4 * needed(umea, "simpy"))
    assert workers_for(umea, 20, "simpy").number == 3


def test_need_grows_with_people_and_years(scenario: Scenario) -> None:
    longer = scenario.with_values({"time.follow_up_days": 30 + 365})
    people = scenario.region.people
    assert needed(longer) - needed(scenario) == pytest.approx(people * memory.PERSON_YEAR, abs=2)
    assert needed(scenario) > people * memory.PERSON


def test_a_replication_that_no_memory_can_hold_is_refused(monkeypatch: pytest.MonkeyPatch, scenario: Scenario) -> None:
    machine(monkeypatch, 8, PROCESS, PROCESS)
    with pytest.raises(TooLarge, match=r"2,755 people over 0\.1 years takes about 375 MB, and this machine has 367 MB"):
        sim.run(scenario)
    assert sim.run(scenario, workers=1).workers == 1  # whoever says how many is believed


def test_the_library_warns_and_the_command_says_so(
    monkeypatch: pytest.MonkeyPatch, scenario: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine(monkeypatch, 2, 64 * GB, PROCESS + needed(scenario) + 1)
    with pytest.warns(RuntimeWarning, match="1 of 2 replications at a time") as found:
        assert sim.run(scenario, replications=2).workers == 1
    assert Path(found[0].filename).name == "test_memory.py"
    lines = [
        f'{key.removeprefix("time.")} = {{ value = {value}, source = "assumption" }}' for key, value in DAYS.items()
    ]
    file = tmp_path / "short.toml"
    file.write_text("\n".join(['extends = "shipped:vannas"', "[time]", *lines]), encoding="utf-8")
    path = str(file)
    machine(monkeypatch, 2, 64 * GB, PROCESS + needed(sim.load(file)) + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert main(["run", path, "--replications", "2", "--out", str(tmp_path / "a")]) == 0
    shown = capsys.readouterr()
    assert "1 of 2 replications at a time" in shown.err
    assert "--workers N says otherwise" in shown.err
    machine(monkeypatch, 2, PROCESS, PROCESS)
    assert main(["run", path, "--out", str(tmp_path / "b")]) == INVALID
    assert "not enough memory: " in capsys.readouterr().err
    assert not (tmp_path / "b").exists()


# --- what is reported ----------------------------------------------------------------------------------------


def test_the_provenance_says_how_much_memory_was_held(scenario: Scenario, tmp_path: Path) -> None:
    experiment = sim.run(scenario, replications=2, workers=2)
    write(experiment, tmp_path)
    provenance = json.loads((tmp_path / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["workers"] == 2
    assert 50 < provenance["peak_memory_mb"] <= peak() / 1e6 + 1
    assert "peak_memory_of_a_worker_mb" not in provenance
    write(replace(experiment, where=Where("simpy", 2)), tmp_path)
    assert "peak_memory_of_a_worker_mb" in json.loads((tmp_path / "provenance.json").read_text(encoding="utf-8"))


# --- rows kept -----------------------------------------------------------------------------------------------


def test_rows_are_on_disk_when_the_next_arm_begins(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there: list[list[str]] = []
    really = start_module.ended_at_horizon

    def ended(*arguments: Any) -> Any:
        there.append(sorted(path.name for path in tmp_path.iterdir()))
        return really(*arguments)

    monkeypatch.setattr(start_module, "ended_at_horizon", ended)
    found = replicate(scenario, ("current", "coordinated"), 1, 3, keep_records=tmp_path)
    assert there == [[], ["records-current-0003.parquet"]]
    names = [f"records-{name}-0003.parquet" for name in ("current", "coordinated")]
    assert [arm.file for arm in found.arms] == [tmp_path / name for name in names]
    assert all(arm.records is None for arm in found.arms)
    held = replicate(scenario, ("current", "coordinated"), 1, 3, keep_records=True)
    for one, other in zip(found.arms, held.arms, strict=True):
        assert other.records is not None
        assert one.file is not None
        assert one.digest == other.records.digest()
        table = pd.read_parquet(one.file)
        assert all(np.array_equal(table[name].to_numpy(), column) for name, column in other.records.columns())


def test_rows_in_a_folder_are_the_bytes_of_rows_in_memory(scenario: Scenario, tmp_path: Path) -> None:
    write(sim.compare(scenario, replications=1, records=True), tmp_path / "memory")
    files = write(sim.compare(scenario, replications=1, records=tmp_path / "disk"), tmp_path / "disk")
    records = sorted(path.name for path in (tmp_path / "memory").glob("*.parquet"))
    assert records == sorted(path.name for path in files if path.suffix == ".parquet")
    assert len(records) == 2
    for name in records:
        assert (tmp_path / "memory" / name).read_bytes() == (tmp_path / "disk" / name).read_bytes()


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_ends_the_run_and_leaves_nothing_half(scenario: Scenario, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left"):
        sim.compare(scenario, replications=2, records=tmp_path)
    assert not list(tmp_path.iterdir())


def test_kept_rows_have_memory_of_their_own(scenario: Scenario) -> None:
    kept = replicate(scenario, ("current",), 1, 0, keep_records=True).arms[0].records
    assert kept is not None
    assert all(column.base is None for _, column in kept.columns())
