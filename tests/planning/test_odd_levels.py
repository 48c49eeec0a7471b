"""Plans whose levels switch a lever off, or leave an outcome without a value, run to their end and their report."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.cli import main
from tests.planning.tiny import PLAN, scenario_of

pytestmark = pytest.mark.unit
HEAD = PLAN.partition("[plan.vary]")[0]
ODD = {
    "nobody in the teams": "mobile_team.doctors.surrounding = [0, 2]\nmobile_team.nurses.surrounding = [0, 2]\n",
    "a lever that is true or false": "homecoming.active = [true, false]\n",
    "no homecoming team": "homecoming.staff.vannas = [0, 3]\n",
}


@pytest.mark.parametrize("vary", ODD.values(), ids=ODD)
def test_it_runs_to_its_report(vary: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario_of(tmp_path, f"{HEAD}[plan.vary]\n{vary}", "odd.toml")
    out = tmp_path / "out"
    assert main(["plan", str(tmp_path / "odd.toml"), "--workers", "2", "--out", str(out)]) == 0
    table = pd.read_csv(out / "plan.csv")
    assert table.selected.sum() == 1
    assert len(pd.read_csv(out / "marginal.csv"))
    assert (out / "report.html").stat().st_size > 1000
    assert main(["show", str(out), "--language", "sv"]) == 0
    assert "Traceback" not in capsys.readouterr().err
