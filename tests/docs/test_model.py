"""docs/model.md: its Python runs, and every lever has its line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import sim
from sim.replication.assigned import Followed

TEXT = (Path(__file__).parents[2] / "docs" / "model.md").read_text(encoding="utf-8")


def test_the_example_of_two_governances_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "model.md", "exec"), names)
    trial, twin = names["trial_arm"], names["twin"]
    assert isinstance(trial, Followed)
    assert (trial.assignment.label, twin.assignment.label) == ("trial", "twin")
    assert trial.enrolled.any()
    assert not twin.enrolled.any()


def test_every_lever_has_its_line() -> None:
    levers = {path.split(".")[0] for path in sim.load("shipped:vannas").governance("coordinated")}
    table = TEXT.split("## Levers")[1].split("## Two governances")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == levers
    assert "`mobile_team.by_list`" in table
    assert "`attender_team.by_list`" in table
