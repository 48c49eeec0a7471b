"""docs/evaluation.md says what is true: its code runs, its designs and rules are those there are, its options exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.cli import parser
from sim.evaluation.designs import DESIGNS
from sim.evaluation.selection import SELECTIONS

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
    options = " ".join(parser().parse_args(["evaluate", "x.toml"]).__dict__)
    for option in set(re.findall(r"--([a-z-]+)", PAGE)):
        assert option.replace("-", "_") in options, option
