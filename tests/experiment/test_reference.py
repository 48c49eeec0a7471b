"""The result that is kept, results/umea-lansdel: of the shipped scenario, whole, and coming out again."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import sim
from sim.cli.ensemble import with_sets
from sim.experiment.headline import HEADLINE
from sim.experiment.reproduce import TABLES, other_arithmetic
from sim.runs.arithmetic import arithmetic
from sim.runs.identity import read_identity

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "results" / "umea-lansdel"
AGAIN = "the model, the scenario or a package has changed since: make reference, and tell what moved"


@pytest.mark.regression
def test_it_is_of_the_shipped_scenario() -> None:
    shipped = with_sets(sim.load("shipped:umea-lansdel"), "")
    assert read_identity(FOLDER).identity.scenario.resolved() == shipped.resolved(), AGAIN


@pytest.mark.regression
def test_it_has_its_tables_figures_and_report() -> None:
    assert all((FOLDER / name).stat().st_size for name in (*TABLES, "result.json", "provenance.json", "report.html"))
    assert len(list((FOLDER / "figures").glob("*.png"))) >= 10
    headline = {row["outcome"]: row for row in json.loads((FOLDER / "result.json").read_text("utf-8"))["headline"]}
    days = headline["hospital_days"]
    assert days["low"] <= days["difference"] <= days["high"] < 0
    # The precision that was asked for: half the interval at most 5 % of the difference.
    assert days["high"] - days["low"] <= 0.1 * abs(days["difference"])


@pytest.mark.verify
@pytest.mark.regression
def test_its_first_replication_comes_out_again() -> None:
    stored = read_identity(FOLDER)
    first = {row["governance"]: row for row in _rows("replications.csv") if row["replication"] == "0"}
    done = sim.compare(stored.identity.scenario, replications=1, seed=stored.identity.seed, workers=1)
    for governance, row in first.items():
        (table,) = done.tables(governance)
        for outcome, _ in HEADLINE:
            # Elsewhere a last digit may differ, and with it which way somebody goes: chance, not another model.
            assert table.value(outcome) == pytest.approx(float(row[outcome]), rel=0.1), (outcome, AGAIN)
    if not other_arithmetic(FOLDER) and not stored.other_versions:
        digests = json.loads((FOLDER / "result.json").read_text("utf-8"))["digests"]
        assert {name: done.digests(name) for name in first} == {name: digests[name][:1] for name in first}, AGAIN


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.unit
def test_another_arithmetic_is_told(tmp_path: Path) -> None:
    for text, told in (
        (json.dumps({"arithmetic": arithmetic()}), 0),
        (json.dumps({"arithmetic": "0123"}), 1),
        ("{}", 0),
        ("broken", 0),
    ):
        (tmp_path / "provenance.json").write_text(text, encoding="utf-8")
        assert len(other_arithmetic(tmp_path)) == told
    (tmp_path / "provenance.json").unlink()
    assert other_arithmetic(tmp_path) == []
