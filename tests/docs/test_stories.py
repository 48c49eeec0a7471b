"""docs/stories.md says what is true: its code runs, its options exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.cli import COMMANDS

TEXT = (Path(__file__).parents[2] / "docs" / "stories.md").read_text(encoding="utf-8")


def test_code_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
    exec(compile(code, "stories.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert all(re.fullmatch(r"\d+ \d+ \d+", line) for line in lines)


def test_options_exist() -> None:
    known = {name for argument in COMMANDS["stories"].arguments for name in argument.names}
    assert set(re.findall(r"(?<!`)--[a-z]+", TEXT)) <= known | {"--records"}
