"""docs/evaluation.md says what is true: its code runs, its designs and rules are those there are, its options exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.cli import parser
from sim.evaluation.designs import DESIGNS
from sim.evaluation.selection import SELECTIONS
from sim.evaluation.untouched import untouched, write_untouched
from tests.docs.untouched import tables, within

pytestmark = pytest.mark.docs

PAGE = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_python_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    exec(compile(code, "evaluation.md", "exec"), {})


def test_designs_are_those_there_are() -> None:
    assert re.findall(r"^\| `(\w+)` \|", section("Designs"), flags=re.MULTILINE) == list(DESIGNS)


def test_rules_are_those_there_are() -> None:
    told = set(re.findall(r"`([\w>=]+)`", section("Choosing people"))) | {"admissions>=2", "admissions>=3"}
    assert set(SELECTIONS) <= told


def test_options_exist() -> None:
    options = " ".join(
        name for command in ("evaluate", "untouched") for name in parser().parse_args([command, "x.toml"]).__dict__
    )
    for option in set(re.findall(r"--([a-z-]+)", PAGE)):
        assert option.replace("-", "_") in options, option


def test_untouched_tables_have_a_place_on_the_page(tmp_path: Path) -> None:
    found = untouched(sim.load("shipped:vannas"), 2)
    write_untouched(found, tmp_path)
    for name, table in tables(tmp_path).items():
        assert within(PAGE, name).count("\n") == table.count("\n"), name
        assert within(PAGE, name).splitlines()[0] == table.splitlines()[0]
