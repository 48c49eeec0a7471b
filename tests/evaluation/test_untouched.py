"""Nothing is done for people chosen by a rule: what is counted, its intervals, the command."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import sim
from sim.cli import main
from sim.evaluation.selection import SELECTIONS
from sim.evaluation.untouched import MOE, RULES, Untouched, _figures, _rule, untouched
from sim.evaluation.verdict import jackknife
from sim.runs.executors import Where
from sim.scenario.evidence import shipped_evidence

pytestmark = pytest.mark.unit

VANNAS = Path(__file__).parents[2] / "scenarios" / "vannas.toml"
TWO = SELECTIONS["admissions>=2"]
#                 people, before, years, after, years, outside, years
TWICE = [[10.0, 24.0, 10.0, 6.0, 9.0, 14.0, 10.0], [20.0, 46.0, 20.0, 14.0, 16.0, 24.0, 20.0]]
EVERYBODY = [[100.0, 70.0, 100.0, 60.0, 95.0, 0.0, 1.0], [100.0, 80.0, 100.0, 90.0, 98.0, 0.0, 1.0]]


@pytest.fixture(scope="module")
def seen() -> Untouched:
    return untouched(sim.load(VANNAS), 3, seed=3)


def test_the_jackknife_of_a_mean_is_its_t_interval() -> None:
    values = np.array([3.0, 5.0, 4.0, 9.0])
    found = jackknife(lambda sums: float(sums[0] / sums[1]), np.column_stack([values, np.ones(4)]))
    half = stats.t.ppf(0.975, 3) * values.std(ddof=1) / 2.0
    assert (found.mean, found.low, found.high) == pytest.approx((5.25, 5.25 - half, 5.25 + half))


def test_one_replication_and_what_is_not_defined_have_no_interval() -> None:
    one = jackknife(lambda sums: float(sums[0]), np.array([[2.0]]))
    assert one.mean == 2.0
    assert math.isnan(one.low)
    gone = jackknife(lambda s: float(s[0] / s[1]) if s[1] else math.nan, np.array([[1.0, 2.0], [1.0, 0.0]]))
    assert gone.mean == 1.0
    assert math.isnan(gone.high)


def test_a_rule_by_hand() -> None:
    found = _rule(TWO, np.array(TWICE))
    assert (found.people, found.before, found.after) == pytest.approx((15.0, 70 / 30, 20 / 25))
    assert found.change.mean == pytest.approx((20 / 25) / (70 / 30) - 1)
    assert found.outside.mean == pytest.approx((20 / 25) / (38 / 30) - 1)
    assert found.raw.mean == pytest.approx(20 / 70 - 1)
    assert found.raw.low >= -1.0
    assert math.isnan(_rule(SELECTIONS["home_nursing"], np.array(TWICE)).outside.mean)


def test_published_figures_by_hand() -> None:
    names = ("twice", "thrice", "everybody", "emergency>=4")
    both = [dict(zip(names, (a, a, b, a), strict=True)) for a, b in zip(TWICE, EVERYBODY, strict=True)]
    same, following, twice, thrice, frequent = _figures(both)
    assert (same.value, same.found.mean) == pytest.approx((0.38, 70 / 150))
    assert (following.high, following.found.mean) == pytest.approx((0.1, 20 / 150))
    assert (twice.high, twice.found.mean) == pytest.approx((0.1 / 0.38 - 1, 20 / 70 - 1))
    assert thrice.source == ""
    assert thrice.found == twice.found
    assert (frequent.low, frequent.value, frequent.high) == (0.41, 0.63, 0.71)
    assert frequent.found.mean == pytest.approx(20 / 70)


def test_what_trials_found_is_only_held_beside() -> None:
    # No target either: tests/experiment/test_validation.py refuses that role.
    assert shipped_evidence()[MOE].role == "trial"


@pytest.mark.published
def test_what_falls_by_itself_in_the_simulated_region(seen: Untouched) -> None:
    rules = {one.name: one for one in seen.rules}
    assert list(rules) == [rule.name for rule in RULES]
    for name in ("admissions>=2", "admissions>=3"):
        assert rules[name].raw.mean < -0.55
        assert rules[name].before >= 2.0
    for name in ("admissions>=1", "discharge"):
        assert rules[name].outside.mean > rules[name].change.mean + 0.2  # one stay put them on the list
    assert rules["home_nursing"].change.mean > -0.2  # chosen by no use
    assert seen.figure("change of admissions of people of 65 and over with at least two").found.mean < -0.66
    assert 0.35 < seen.figure("frequent emergency visitors").found.mean < 0.85


def test_a_figure_that_there_is_not(seen: Untouched) -> None:
    with pytest.raises(KeyError, match="no figure 'x'"):
        seen.figure("x")


def test_workers_change_nothing(seen: Untouched) -> None:
    again = untouched(sim.load(VANNAS), 3, seed=3, where=Where("compiled", 2))
    assert all(a.equals(b) for a, b in zip(again.frames(), seen.frames(), strict=True))


def test_the_command_writes_what_it_shows(seen: Untouched, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["untouched", str(VANNAS), "--replications", "3", "--seed", "3", "--out", str(tmp_path / "out")]
    assert main(command) == 0
    shown = capsys.readouterr().out
    for name, frame in zip(("untouched.csv", "untouched-published.csv"), seen.frames(), strict=True):
        kept = pd.read_csv(tmp_path / "out" / name)
        assert list(kept.columns) == list(frame.columns)
        assert len(kept) == len(frame)
        assert name in shown
    assert f"{100 * seen.rules[1].raw.mean:+.0f} (" in shown
    assert "0.63 (0.41 to 0.71)" in shown


def test_without_two_years_before_there_is_no_predicted_risk(tmp_path: Path) -> None:
    short = sim.load(VANNAS).with_keys({"time.warm_up_days": 200, "time.pre_period_days": 200})
    found = untouched(short, 1)
    assert {rule.name for rule in RULES} - {one.name for one in found.rules} == {"risk_top_2", "risk_top_5"}


def test_a_short_follow_up_is_one_clear_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "short.toml"
    path.write_text('extends = "shipped:vannas"\nname = "short"\n[time]\nfollow_up_days = 100\n', encoding="utf-8")
    assert main(["untouched", str(path), "--replications", "1"]) == 2
    assert "short.toml: time.follow_up_days: 100 given, at least 365 needed" in capsys.readouterr().err
