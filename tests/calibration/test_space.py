"""Parameters of a calibration, the table that names them, ensembles and what they make uncertain."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.calibration.plan import CalibrationIdentity, planned
from sim.calibration.space import expanded, space_of
from sim.calibration.uncertainty import parts
from sim.scenario.ensemble import of_replication, sets_of, with_ensemble

pytestmark = pytest.mark.unit

RATE = "needs.deterioration_per_year"


@pytest.fixture(scope="module")
def scenario() -> sim.Scenario:
    return sim.load("shipped:vannas")


def test_members_move_together_each_in_its_own_range(scenario: sim.Scenario) -> None:
    axis = space_of(scenario, {"fit": [RATE]}).axes[0]
    low, middle, high = (axis.values(share) for share in (0.0, 0.5, 1.0))
    assert low == pytest.approx(dict(zip(low, (0.08, 0.3, 1.0, 2.0), strict=True)))
    assert high == pytest.approx(dict(zip(high, (0.3, 1.0, 2.5, 5.0), strict=True)))
    assert [round(value, 6) for value in middle.values()] == [0.134, 0.6, 1.4, 2.8]
    assert axis.base == pytest.approx(0.5)


def test_a_whole_number_stays_one(scenario: sim.Scenario) -> None:
    axis = space_of(scenario, {"fit": ["beds.medicine"]}).axes[0]
    values = [axis.values(share)["beds.medicine"] for share in np.linspace(0, 1, 9)]
    assert values == sorted(values)
    assert all(isinstance(value, int) for value in values)
    assert (values[0], values[4], values[-1]) == (12, 14, 18)


def test_braces_name_some_members(scenario: sim.Scenario) -> None:
    assert expanded("a.{b, c}.{d,e}") == ["a.b.d", "a.b.e", "a.c.d", "a.c.e"]
    axis = space_of(scenario, {"prior": ["needs.level_share.{risk,most_ill}.hospital"]}).axes[0]
    assert [key.name for key in axis.keys] == ["needs.level_share.risk.hospital", "needs.level_share.most_ill.hospital"]
    assert axis.keep


def test_a_point_that_breaks_a_rule_is_not_possible(scenario: sim.Scenario) -> None:
    names = [f"needs.level_share.other.{level}" for level in ("nurse", "gp", "team", "hospital")]
    space = space_of(scenario, {"fit": names})
    assert space.possible(np.full(4, 0.25)) is False  # the four are all there are, and do not add up to one
    assert space_of(scenario, {"fit": names[:2]}).possible(np.full(2, 0.25))


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"fit": ["needs.deteriorations_per_year"]}, "did you mean"),
        ({"fit": ["governance.current.mobile_team.visit_minutes"]}, "a lever of a governance"),
        ({"fit": ["time.follow_up_days"]}, "the time axis is the same for all"),
        ({"fit": ["needs.level_share.risk"]}, "members that add up to one cannot move together"),
        ({"fit": [RATE, f"{RATE}.risk"]}, f"calibrate.fit: {RATE}.risk: {RATE}.risk is in it, and in {RATE} too"),
        ({"fit": ["needs.self_limiting_share.hospital"]}, "no range stated in the scenario"),
        ({"fit": [RATE], "targets": ["spels"]}, "calibrate.targets: unknown target 'spels', did you mean 'spells'?"),
        ({"fit": [RATE], "targets": ["emergency_share_65"]}, "unknown target 'emergency_share_65'"),
        ({"fit": [RATE], "wave": 2}, "calibrate.wave: 2 given, a whole number of at least 5 needed"),
        ({"fit": [RATE], "cutoff": 0}, "calibrate.cutoff: 0 given, a number above 0 needed"),
        ({"fit": [RATE], "runs": 20, "wave": 48}, "at least replications and one wave needed: 54"),
        ({"fit": [RATE], "discrepancy": {"spels": 0.1}}, "calibrate.discrepancy: unknown target 'spels'"),
        ({"fit": [RATE], "discrepancy": 5}, "calibrate.discrepancy: all: 5 given, a share from 0 to below 1 needed"),
        ({"fit": RATE}, "a list of names needed"),
        ({"fit": [RATE], "prior": 3}, "calibrate.prior: 3 given, a list of names needed"),
        ({"fit": [RATE], "targets": True}, "calibrate.targets: true given, a list of names needed"),
        ({"fit": []}, "calibrate.fit: nothing given"),
        ({"fit": [RATE], "iterations": 3}, "calibrate.iterations: unknown key"),
    ],
)
def test_what_cannot_be_used_is_told(scenario: sim.Scenario, table: dict[str, object], says: str) -> None:
    blank = {"fit": [], "prior": [], "targets": [], "discrepancy": 0.05}
    with pytest.raises(sim.ScenarioError) as error:
        planned(scenario, {**blank, **table})
    assert says in str(error.value)


def test_all_problems_at_once(scenario: sim.Scenario) -> None:
    with pytest.raises(sim.ScenarioError) as error:
        planned(scenario, {"fit": ["needs.nothing"], "targets": ["nothing"], "waves": 0})
    assert len(error.value.problems) == 3


def test_goals_are_for_the_size_of_the_region(scenario: sim.Scenario) -> None:
    table = {"fit": [RATE], "targets": ["beds", "ready_mean"], "discrepancy": {"beds": 0.2}}
    goals = planned(scenario, table).goals
    assert goals.middle == pytest.approx([290 * 8963 / 162899, 3.1])
    assert goals.discrepancy == pytest.approx([0.2 * goals.middle[0], 0.05 * 3.1])


def test_the_digest_is_of_what_is_asked(scenario: sim.Scenario) -> None:
    first = CalibrationIdentity.of(planned(scenario, {"fit": [RATE]}), "compiled")
    same = CalibrationIdentity.of(planned(scenario, {"fit": [RATE]}), "compiled")
    other = CalibrationIdentity.of(planned(scenario, {"fit": [RATE], "seed": 2}), "compiled")
    assert first.digest == same.digest != other.digest


# --- ensembles -----------------------------------------------------------------------------------------------------


def table(folder: Path, text: str) -> Path:
    path = folder / "sets.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_replications_take_the_sets_in_turn(scenario: sim.Scenario, tmp_path: Path) -> None:
    path = table(tmp_path, f"set,{RATE}.risk,beds.medicine,implausibility,checked\n0,0.5,13,1.2,run\n1,0.7,15,2,run\n")
    with_sets = with_ensemble(scenario, path)
    assert sets_of(scenario) == 0
    assert sets_of(with_sets) == 2
    assert of_replication(scenario, 3) is scenario
    for number, (rate, beds) in enumerate([(0.5, 13), (0.7, 15), (0.5, 13)]):
        one = of_replication(with_sets, number)
        assert one.values["needs.deterioration_per_year"][1] == rate
        assert one.values["beds.medicine"] == beds
    assert with_sets.resolved() != scenario.resolved()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("set,beds.medicine\n", "no rows"),
        ("set,beds.medicin\n0,12\n", "did you mean"),
        ("set,beds.medicine\n0,12.5\n", "line 2: beds.medicine: 12.5 given, a whole number needed"),
        ("set,beds.medicine\n0,12\n1\n", "line 3: 1 cells given, 2 needed"),
        ("set,beds.medicine\n0,-3\n", "line 2: beds.medicine: -3 given"),
    ],
)
def test_a_table_that_cannot_be_used(scenario: sim.Scenario, tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(sim.ScenarioError) as error:
        with_ensemble(scenario, table(tmp_path, text))
    assert says in str(error.value)


# --- uncertainty ---------------------------------------------------------------------------------------------------


def test_variance_is_taken_apart() -> None:
    """100 sets with standard deviation 2 between them, each run four times with chance of standard deviation 1."""
    rng = np.random.default_rng(3)
    sets = np.tile(np.arange(100), 4)
    values = 10 + 2 * rng.standard_normal(100)[sets] + rng.standard_normal(400)
    found = parts(values, sets)
    assert found.sd_parameters == pytest.approx(2.0, rel=0.2)
    assert found.sd_chance == pytest.approx(1.0, rel=0.1)
    assert found.share == pytest.approx(0.8, abs=0.07)
    assert (found.replications, found.sets) == (400, 100)
    assert found.range_high - found.range_low == pytest.approx(2 * 1.984 * 2.0, rel=0.2)
    assert found.high - found.low < 0.2 * (found.range_high - found.range_low)


def test_groups_of_unequal_size() -> None:
    found = parts(np.array([1.0, 3.0, 7.0, np.nan]), np.array([0, 0, 1, 1]))
    # Within: (1 + 1) / 1 = 2. Across: 2 (2 - 11/3)^2 + (7 - 11/3)^2 = 50/3, size (3 - 5/3) / 1 = 4/3.
    assert found.sd_chance == pytest.approx(2**0.5)
    assert found.sd_parameters == pytest.approx(((50 / 3 - 2) / (4 / 3)) ** 0.5)


def test_no_set_run_twice_gives_no_parts() -> None:
    found = parts(np.array([1.0, 2.0, 4.0]), np.arange(3))
    assert math.isnan(found.sd_parameters)
    assert math.isnan(found.share)
    assert found.range_low < found.low < found.mean < found.high < found.range_high


def test_chance_alone_leaves_nothing_for_parameters() -> None:
    found = parts(np.array([1.0, 3.0, 1.0, 3.0]), np.array([0, 0, 1, 1]))
    assert found.sd_parameters == 0.0
    assert parts(np.array([5.0]), np.array([0])).mean == 5.0
