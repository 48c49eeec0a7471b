from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from sim import cli
from sim.scenario import evidence, reader
from sim.scenario.editor import json_schema
from tests.scenario.small import SCHEMA, write_base, write_over

ROOT = Path(cli.__file__).parent.parent


@pytest.fixture(autouse=True)
def _small_schema(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(reader, "default_schema", lambda: SCHEMA)
    monkeypatch.chdir(tmp_path)


def test_check_says_what_a_scenario_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_base(tmp_path)
    assert cli.main(["check", "base.toml"]) == 0
    assert capsys.readouterr().out == (
        "base.toml: valid\n"
        "  name         base\n"
        "  title        base\n"
        "  people       1,500 in 2 municipalities, 3 health-centre areas\n"
        "  governances  current, coordinated\n"
        "  parameters   7 with 9 values; 3 lever values\n"
        "  assumptions  7 of 12 values\n"
    )


def test_errors_go_to_standard_error_with_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_over(tmp_path, "[ed]\nmedian_minutes = 0\np90_minutes = 0\n")
    assert cli.main(["check", "over.toml"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == (
        "over.toml, line 3: ed.median_minutes: 0 given, at least 1 needed\n"
        "over.toml, line 4: ed.p90_minutes: 0 given, at least 1 needed\n"
    )


def test_sources_as_text_and_as_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_base(tmp_path)
    assert cli.main(["sources", "base.toml"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["parameter", "value", "low", "high", "unit", "source"]
    assert any(line.split() == ["ed.median_minutes", "257", "240", "280", "minutes", "U15"] for line in lines)
    assert any(line.startswith("governance.coordinated.team.doctors.north ") for line in lines)
    assert any(line.startswith("region.resources.gp.Åby east.day ") for line in lines)
    assert cli.main(["sources", "base.toml", "--csv", "out.csv"]) == 0
    with open("out.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(lines) - 1
    found = next(row for row in rows if row["parameter"] == "ed.median_minutes")
    assert found["reference"] == "ED total time, median, all (Socialstyrelsen)"
    assert (found["file"], found["line"]) == ("base.toml", "19")


def test_nothing_is_written_for_a_broken_scenario(tmp_path: Path) -> None:
    write_over(tmp_path, "[ed]\nmedian_minutes = 0\n")
    assert cli.main(["sources", "over.toml", "--csv", "out.csv"]) == 2
    assert cli.main(["new", "mine", "--from", "over.toml"]) == 2
    assert not Path("out.csv").exists()
    assert not Path("mine.toml").exists()


def test_new_writes_a_scenario_that_is_valid_and_can_be_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_base(tmp_path)
    Path("sub").mkdir()
    assert cli.main(["new", "sub/my-region", "--from", "base.toml"]) == 0
    path = Path("sub/my-region.toml")
    text = path.read_text(encoding="utf-8")
    assert 'extends = "../base.toml"' in text
    assert cli.main(["check", str(path)]) == 0
    assert "current, coordinated, mine" in capsys.readouterr().out
    # Taking away every comment sign before a table or a value gives a valid file again.
    opened = []
    for line in text.splitlines():
        bare = line.removeprefix("# ")
        is_toml = line.startswith("# [") or (" = " in bare and "#" in bare)
        opened.append(bare if is_toml and "folder" not in line and "[region]" not in line else line)
    path.write_text("\n".join(opened), encoding="utf-8")
    assert cli.main(["check", str(path)]) == 0
    assert cli.main(["new", "sub/my-region", "--from", "base.toml"]) == 2
    assert "exists already" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "\n".join(opened)


@pytest.mark.parametrize("name", ["My Region", "", ".a", "con", "none/my-region"])
def test_new_refuses_names_that_cannot_be(name: str, tmp_path: Path) -> None:
    write_base(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert cli.main(["new", name, "--from", "base.toml"]) == 2
    assert sorted(tmp_path.rglob("*")) == before


def test_json_schema_knows_every_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == json_schema(SCHEMA)
    ed = found["properties"]["ed"]["properties"]
    assert ed["median_minutes"]["anyOf"][0] == {"type": "number", "minimum": 1, "maximum": 1440}
    rate = found["properties"]["needs"]["properties"]["deterioration_per_year"]
    assert set(rate["properties"]) == {"other", "risk", "failing", "most_ill", "all"}
    levers = found["properties"]["governance"]["additionalProperties"]["properties"]
    assert set(levers["team"]["properties"]) == {"doctors", "visits_start", "visits_end", "active"}


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in cli.COMMANDS)


def test_evidence_is_whole() -> None:
    known = evidence.shipped_evidence()
    assert len(known) > 200
    assert {row.role for row in known.values()} == {"parameter", "target", "audit", "check", "claim", "trial"}
    assert all(row.name and row.source for row in known.values())
    assert evidence.source_problems("pilot:ronneby-trygg-hemgang:1", {}) == [
        "source 'pilot:ronneby-trygg-hemgang:1' is a claim; only parameter, target, audit may be used"
    ]


def test_checking_does_not_load_the_compiler() -> None:
    code = "import sys, sim.cli, sim; sim.load; print('numba' in sys.modules, 'pandas' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert shown.stdout == "False False\n"
