"""Dotted keys: one value of a scenario by name, and the same scenario with other values there."""

from __future__ import annotations

import numpy as np
import pytest

from sim.scenario import Scenario, ScenarioError, load
from sim.scenario.keys import key_names, resolve

TEAM = "governance.coordinated.mobile_team"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("shipped:umea-lansdel")


def test_a_key_knows_its_parameter_value_and_range(scenario: Scenario) -> None:
    key = resolve(scenario, "needs.deterioration_per_year.most_ill")
    assert (key.path, key.index, key.governance) == ("needs.deterioration_per_year", ("most_ill",), None)
    assert (key.value, key.low, key.high) == (2.8, 2.0, 5.0)
    assert key.parameter.unit == "per person-year"
    assert key.name == "needs.deterioration_per_year.most_ill"


def test_a_lever_is_named_with_its_governance(scenario: Scenario) -> None:
    key = resolve(scenario, f"{TEAM}.doctors.umea")
    assert (key.governance, key.path, key.index) == ("coordinated", "mobile_team.doctors", ("umea",))
    assert (key.value, key.low, key.high) == (4.0, 1.0, 20.0)


def test_a_lever_takes_its_range_from_the_governance_it_inherits_from(scenario: Scenario) -> None:
    own = scenario.with_levers("mine", {}, base="coordinated")
    key = resolve(own, "governance.mine.mobile_team.doctors.umea")
    assert (key.value, key.low, key.high) == (4.0, 1.0, 20.0)


def test_all_stands_for_every_member(scenario: Scenario) -> None:
    key = resolve(scenario, f"{TEAM}.doctors.all")
    assert key.value is None  # 4 in one area, 2 in the other
    changed = scenario.with_keys({f"{TEAM}.doctors.all": 6, f"{TEAM}.doctors.umea": 3})
    doctors = dict(
        zip(scenario.members("team_area"), changed.governance("coordinated")["mobile_team.doctors"], strict=True)
    )
    assert doctors == {"umea": 3.0, "surrounding": 6.0}


def test_every_key_there_is_resolves(scenario: Scenario) -> None:
    names = list(key_names(scenario))
    assert len(set(names)) == len(names) > 500
    assert all(resolve(scenario, name).name == name for name in names[::7])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("needs.preventable_shar", "unknown key, did you mean 'needs.preventable_share'?"),
        ("preventable_share", "unknown key, did you mean 'needs.preventable_share'?"),
        (f"{TEAM}.docters.umea", f"unknown key, did you mean '{TEAM}.doctors'?"),
        ("mobile_team.doctors.umea", "unknown key; it is a lever: governance.NAME.mobile_team.doctors.umea"),
        ("governance.coordinated.needs.preventable_share", "unknown key; it is no lever: needs.preventable_share"),
        ("governance.better.access.bonus_share", "governance 'better' given, one of current, coordinated needed"),
        ("needs.deterioration_per_year", "a segment needed after it: other, risk, failing, most_ill or all"),
        ("needs.deterioration_per_year.most", "unknown segment 'most', did you mean 'most_ill'?"),
        ("needs.preventable_share.umea", "nothing stands under needs.preventable_share"),
        ("qqqq", "unknown key; narvard sources lists those there are"),
    ],
)
def test_unknown_keys_are_told_with_the_nearest(scenario: Scenario, name: str, says: str) -> None:
    with pytest.raises(ScenarioError) as error:
        resolve(scenario, name)
    assert str(error.value) == f"umea-lansdel.toml: {name}: {says}"


def test_with_keys_changes_these_values_and_no_others(scenario: Scenario) -> None:
    changed = scenario.with_keys({"needs.deterioration_per_year.most_ill": 3.5, f"{TEAM}.doctors.umea": 6})
    place = scenario.members("segment").index("most_ill")
    before, after = (s.values["needs.deterioration_per_year"] for s in (scenario, changed))
    assert after[place] == 3.5
    assert np.array_equal(np.delete(after, place), np.delete(before, place))
    assert changed.governance("current") == {
        path: pytest.approx(value) for path, value in scenario.governance("current").items()
    }
    changed_levers = {
        path
        for path, value in changed.governance("coordinated").items()
        if not np.array_equal(value, scenario.governance("coordinated")[path])
    }
    assert changed_levers == {"mobile_team.doctors"}
    assert scenario.with_keys({}).resolved() == scenario.resolved()


def test_probabilities_beside_a_changed_one_keep_their_proportions(scenario: Scenario) -> None:
    changed = scenario.with_keys({"needs.level_share.most_ill.hospital": 0.5})
    row = scenario.members("segment").index("most_ill")
    column = scenario.members("level").index("hospital")
    before, after = (s.values["needs.level_share"][row] for s in (scenario, changed))
    assert after[column] == 0.5
    assert after.sum() == pytest.approx(1.0)
    assert np.delete(after, column) == pytest.approx(np.delete(before, column) * 0.5 / (1 - before[column]))


def test_every_problem_of_changes_is_told_at_once(scenario: Scenario) -> None:
    with pytest.raises(ScenarioError) as error:
        scenario.with_keys({"needs.preventable_share": 3, "needs.preventible": 1, f"{TEAM}.weekends": 2})
    assert len(error.value.problems) == 3


def test_rules_between_parameters_hold_for_changes_too(scenario: Scenario) -> None:
    with pytest.raises(ScenarioError, match="22, 20 given, opens_hour <= closes_hour needed"):
        scenario.with_keys({f"{TEAM}.opens_hour": 22})
    with pytest.raises(ScenarioError, match=r"sums to 1\.2 with the others beside it, 1 needed"):
        scenario.with_keys({"needs.level_share.most_ill.hospital": 0.6, "needs.level_share.most_ill.self_care": 0.6})
