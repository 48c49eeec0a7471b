"""docs/report.md: its Python runs, and its figures, columns and options are those there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.cli import COMMANDS
from sim.outcomes.occupancy import PLACES
from sim.outcomes.pathways import End, First, Furthest
from sim.report.payers import GROSS_COST, GROSS_SAVING, NET, OWN
from sim.report.pictures import PICTURES
from sim.statistics.pattern_means import FLOW_COLUMNS, OCCUPANCY_COLUMNS

TEXT = (Path(__file__).parents[2] / "docs" / "report.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([\w -]+)`", TEXT))


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL))
def test_its_python_runs(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "report.md", "exec"), {})


def test_its_figures_and_columns_are_those_there_are() -> None:
    assert {picture.name for picture in PICTURES} <= NAMED
    assert {*FLOW_COLUMNS, *OCCUPANCY_COLUMNS} <= NAMED
    assert {one.name.lower() for kind in (First, Furthest, End) for one in kind} <= NAMED
    assert {one.name for one in PLACES} | {GROSS_COST, GROSS_SAVING, OWN, NET} <= NAMED


def test_its_options_exist() -> None:
    for command in ("run", "compare", "plan", "show"):
        known = {name for argument in COMMANDS[command].arguments for name in argument.names}
        assert {"--language", "--pdf", "--xlsx"} <= known, command
    assert {name for one in COMMANDS["show"].arguments for name in one.names} >= {"--report"}
