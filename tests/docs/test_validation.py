"""docs/validation.md says what is true: its code runs, and its columns, words and figures are those of the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.cli import parser
from sim.report.validation_words import CHECKS, FIGURES
from sim.validation.validation import COLUMNS, VERDICTS

PAGE = (Path(__file__).parents[2] / "docs" / "validation.md").read_text(encoding="utf-8")


def test_the_code_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    exec(compile(code, "validation.md", "exec"), {})
    assert capsys.readouterr().out.split(",")[0].strip() in VERDICTS


def test_columns_verdicts_figures_and_checks_are_told() -> None:
    for word in (*COLUMNS, *VERDICTS):
        assert f"`{word}`" in PAGE, word
    for title in FIGURES.values():
        assert f"**{title.text}.**" in PAGE, title.text
    for kind in CHECKS:
        assert kind in PAGE, kind


def test_the_commands_can_be_given() -> None:
    for command in re.findall(r"^\$ narvard (.*)$", PAGE, flags=re.MULTILINE):
        parser().parse_args(command.split())
