from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.outcomes.table import Margin
from sim.report.result import Estimate, estimate, read
from tests.report.synthetic import MUNICIPALITIES, write_folder

NAN = float("nan")


def test_levels_are_means_with_t_intervals() -> None:
    values = np.array([[3.0, 5.0, 10.0], [2.0, NAN, 4.0], [7.0, NAN, NAN], [NAN, NAN, NAN]])
    found = [estimate(row) for row in values]
    low, high = stats.t.interval(0.95, 2, loc=6, scale=stats.sem(values[0]))
    assert (found[0].value, found[0].low, found[0].high) == pytest.approx((6, low, high))
    low, high = stats.t.interval(0.95, 1, loc=3, scale=1)
    assert (found[1].value, found[1].low, found[1].high) == pytest.approx((3, low, high))
    assert found[2].known
    assert not found[2].bounded
    assert not found[3].known


def test_an_estimate_turns_round_with_its_sign() -> None:
    assert Estimate(-2, -3, -1).times(-1) == Estimate(2, 1, 3)
    assert Estimate(2, -1, 3).times(10) == Estimate(20, -10, 30)
    assert not Estimate(2, -1, 3).clear
    assert Estimate(-2, -3, -1).clear
    assert not Estimate(2).clear


def test_a_folder_is_read_as_it_was_written(folder: Path) -> None:
    result = read(folder)
    table = pd.read_csv(folder / "outcomes.csv", keep_default_na=False)
    place = Margin(municipality="NA")
    rows = table[(table.governance == "coordinated") & (table.outcome == "admissions") & (table.municipality == "NA")]
    assert len(rows) == 1
    level = result.level("coordinated", "admissions", place)
    assert (level.value, level.low, level.high) == tuple(float(rows[name].iloc[0]) for name in ("mean", "low", "high"))
    table = pd.read_csv(folder / "comparison.csv", keep_default_na=False)
    row = table[(table.outcome == "admissions") & (table.municipality == "NA")].iloc[0]
    change = result.change("admissions", place)
    assert (change.value, change.low, change.high) == (float(row.difference), float(row.low), float(row.high))
    relative = result.relative("admissions", place)
    shares = (float(row.relative), float(row.relative_low), float(row.relative_high))
    assert (relative.value, relative.low, relative.high) == shares
    assert not result.ratio("admissions", place).known  # 4 replications do not tell it
    assert result.municipalities == MUNICIPALITIES
    assert len(result.months) == 12


def test_what_is_not_there_is_unknown(folder: Path) -> None:
    result = read(folder)
    assert not result.level("current", "no such outcome").known
    assert not result.change("hospital_days", Margin(group="no such group")).known
    assert not result.has("hospital_days", "no such outcome")


def test_rates_are_made_replication_by_replication(folder: Path) -> None:
    table = pd.read_csv(folder / "replications.csv").query("governance == 'current'")
    assert len(table) == 4
    rates = (1000 * table.gp_visits / table.person_years).to_numpy()
    low, high = stats.t.interval(0.95, 3, loc=rates.mean(), scale=stats.sem(rates))
    found = read(folder).rate("current", "gp_visits", "person_years", 1000)
    assert (found.value, found.low, found.high) == pytest.approx((rates.mean(), low, high))


def test_a_run_has_no_differences_even_beside_an_older_comparison(tmp_path: Path) -> None:
    write_folder(tmp_path, only=("hospital_days",))
    write_folder(tmp_path, only=("hospital_days",), governances=("current",))
    result = read(tmp_path)
    assert not result.compared
    assert result.changes == {}
    assert result.first == result.last == "current"


def test_a_folder_without_a_result_is_an_error_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"result\.json"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("result.json", "{"),
        ("result.json", "[]"),
        ("result.json", '{"governances": []}'),
        ("outcomes.csv", ""),
        ("outcomes.csv", "a,b\n1,2\n"),
        (
            "outcomes.csv",
            "governance,outcome,group,segment,municipality,period,mean,low,high\ncurrent,x,a,a,a,a,one,,\n",
        ),
        ("replications.csv", ""),
        ("replications.csv", "replication,governance,person_years\n0,another,1\n"),
        ("comparison.csv", "a,b\n1,2\n"),
    ],
)
def test_broken_files_are_an_error_of_the_folder(tmp_path: Path, name: str, text: str) -> None:
    write_folder(tmp_path, only=("hospital_days",))
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(OSError, match=r"not those of a result|line 1: not JSON") as caught:
        read(tmp_path)
    assert str(caught.value.filename).startswith(str(tmp_path))
