"""The README says what is true: its code runs, its scenarios are valid, its commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.cli import COMMANDS, parser

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_python_runs_and_gives_an_interval(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks("python")
    exec(compile(code, "README.md", "exec"), {})
    assert re.fullmatch(r"-?\d+ days \(-?\d+ to -?\d+\)\n", capsys.readouterr().out)


@pytest.mark.parametrize("text", blocks("toml"))
def test_scenarios_are_valid(text: str, tmp_path: Path) -> None:
    path = tmp_path / "example.toml"
    path.write_text(text, encoding="utf-8")
    scenario = sim.load(path)
    assert scenario.region.people == 162_899
    assert {"current", "coordinated"} <= set(scenario.governances)


def test_commands_exist_with_their_options() -> None:
    named = set(re.findall(r"`narvard (\w+)", README)) | set(re.findall(r"bin/narvard (\w+)", README))
    assert named == set(COMMANDS)
    given = parser().parse_args(["run", "x.toml", "--engine", "simpy", "--workers", "2", "--records", "--checks"])
    assert (given.engine, given.workers, given.records, given.checks) == ("simpy", 2, True, True)


def test_linked_files_are_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert all((ROOT / link).is_file() for link in links)


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(re.search(rf"^{target}:", makefile, flags=re.MULTILINE) for target in re.findall(r"make (\w+)", README))
