"""The scenarios that come with the model: whole, strict, and every value with a source and a range."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from sim import cli
from sim.scenario import ScenarioError, load
from sim.scenario.evidence import ASSUMPTION, USABLE, shipped_evidence, source_ids
from sim.scenario.layers import shipped_folder, shipped_scenarios
from sim.scenario.starting import write_starting


@pytest.mark.parametrize("name", shipped_scenarios())
def test_shipped_scenarios_are_strict_and_valid(name: str) -> None:
    data = tomllib.loads((shipped_folder() / f"{name}.toml").read_text(encoding="utf-8"))
    assert data["strict"] is True
    scenario = load(f"shipped:{name}")
    assert {"current", "coordinated"} <= set(scenario.governances)


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_value_has_a_source_and_a_range(name: str) -> None:
    for leaf in load(f"shipped:{name}").leaves():
        for id_ in source_ids(leaf.source) or [""]:
            assert id_ == ASSUMPTION or shipped_evidence()[id_].role in USABLE, leaf.name
        if not isinstance(leaf.value, bool | str):
            assert leaf.low is not None, leaf.name
            assert leaf.high is not None, leaf.name
            assert leaf.low <= leaf.value <= leaf.high, leaf.name


@pytest.mark.parametrize("field", ["source", "low", "high"])
def test_one_value_without_is_refused(field: str, tmp_path: Path) -> None:
    shutil.copytree(shipped_folder() / "regions", tmp_path / "regions")
    text = (shipped_folder() / "umea-lansdel.toml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "low = " in line and not line.startswith("#"))
    without = re.sub(rf',\s*{field} = ("[^"]*"|[^,}} ]+)', "", line)
    assert without != line
    path = tmp_path / "copy.toml"
    path.write_text(text.replace(line, without, 1), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert [p.says for p in caught.value.problems] == [f"{field} missing (the file is strict)"]


def test_a_new_scenario_starts_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["new", "my-region"]) == 0
    assert cli.main(["check", "my-region.toml"]) == 0
    assert "my-region.toml: valid" in capsys.readouterr().out
    base, mine = load("shipped:vannas").resolved(), load("my-region.toml").resolved()
    assert mine["values"] == base["values"]
    assert mine["governances"].pop("mine") == base["governances"][list(base["governances"])[-1]]
    assert mine["governances"] == base["governances"]


def test_a_new_scenario_can_have_a_region_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["new", "mine", "--region"]) == 0
    scenario = load("mine.toml")
    assert scenario.region.folder == Path("mine")
    assert scenario.region.digest == load("shipped:vannas").region.digest
    Path("mine.toml").unlink()
    assert cli.main(["new", "mine", "--region"]) == cli.INVALID
    assert not Path("mine.toml").exists()


def test_a_new_scenario_lists_every_value_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_starting("mine", "shipped:vannas")
    text = path.read_text(encoding="utf-8")
    base = load("shipped:vannas")
    for path in base.schema.ordinary | base.schema.levers:
        assert re.search(rf"^# {path.rpartition('.')[2]}(\.\w+)* = ", text, re.MULTILINE), path
