"""The plan that is kept, results/plans/umea-teams: of the shipped plan, whole, and coming out again."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path

import pytest

import sim
from sim.planning.archive import PlanIdentity
from sim.planning.plan import planned
from sim.runs.identity import versions

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "results" / "plans" / "umea-teams"
FILE = ROOT / "scenarios" / "plans" / "umea-teams.toml"
AGAIN = "the model, the plan or a package has changed since: make plan, and tell what moved"
ZONE_SHARE = 0.15
"""The zone is at most this share of what the selected design avoids, or the selection would say nothing."""


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.regression
def test_it_is_of_the_shipped_plan() -> None:
    scenario = sim.load(FILE)
    kept = json.loads((FOLDER / "experiment.json").read_text("utf-8"))
    now = PlanIdentity.of(planned(scenario), scenario, "compiled")
    assert kept["scenario"]["values"] == json.loads(json.dumps(scenario.resolved()["values"])), AGAIN
    if kept["versions"] == versions():
        assert kept["digest"] == json.loads((FOLDER / "plan.json").read_text("utf-8"))["digest"] == now.digest, AGAIN


@pytest.mark.regression
def test_it_has_at_least_200_designs_one_of_them_selected() -> None:
    rows = _rows("plan.csv")
    assert len(rows) >= 200
    assert sum(bool(row["avoidable_days"]) for row in rows) >= 200, "simulated"
    (chosen,) = (row for row in rows if row["selected"] == "true")
    assert chosen["on_frontier"] == "true"
    assert float(chosen["probability_of_correct_selection"]) >= 0.95
    assert float(chosen["days_avoided_low"]) <= float(chosen["days_avoided"]) <= float(chosen["days_avoided_high"])
    stated = json.loads((FOLDER / "plan.json").read_text("utf-8"))
    assert stated["rule"]["zone_days"] <= ZONE_SHARE * float(chosen["days_avoided"])


@pytest.mark.regression
def test_no_design_is_before_one_that_costs_less_on_the_frontier() -> None:
    frontier = sorted(
        (float(row["cost_sek"]), float(row["days_avoided"]))
        for row in _rows("plan.csv")
        if row["on_frontier"] == "true"
    )
    assert len(frontier) > 3
    assert all(before < after for (_, before), (_, after) in pairwise(frontier))


@pytest.mark.regression
def test_it_has_its_tables_figures_and_report() -> None:
    names = ("marginal.csv", "bottlenecks.csv", "budget.csv", "sources.csv", "report.html")
    assert all((FOLDER / name).stat().st_size for name in names)
    assert {path.stem for path in (FOLDER / "figures").glob("*.png")} >= {"frontier", "marginal", "budget"}
