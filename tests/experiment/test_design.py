"""Designs and plans of a sweep: which points are run, and what is refused before anything runs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from sim.cli import main
from sim.scenario import Scenario, ScenarioError, load
from sim.statistics.design import LATIN_HYPERCUBE, Refusals, latin_hypercube, listed, parse
from sim.sweeps.sweep_plan import Plan, check_table, planned

DOCTORS = "governance.coordinated.mobile_team.doctors.surrounding"
WEEKENDS = "governance.coordinated.mobile_team.weekends"
RATE = "needs.deterioration_per_year.most_ill"
BEDS = "beds.medicine"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("shipped:vannas")


def vary(*texts: str) -> dict[str, object]:
    return dict(parse(text) for text in texts)


def plan(scenario: Scenario, *texts: str, **options: object) -> Plan:
    return planned(scenario, {"vary": vary(*texts), **options})


def problems(scenario: Scenario, **options: object) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        planned(scenario, options)
    return [str(problem) for problem in error.value.problems]


def test_a_grid_crosses_all_values(scenario: Scenario) -> None:
    found = plan(scenario, f"{DOCTORS}=1,2.5", f"{BEDS}=12:18:3", f"{WEEKENDS}=true,false").design
    assert found.names == (DOCTORS, BEDS, WEEKENDS)
    assert len(found.points) == len(set(found.points)) == 12
    assert found.points[:3] == ((1.0, 12, True), (1.0, 12, False), (1.0, 15, True))
    assert found.changes(11) == {DOCTORS: 2.5, BEDS: 18, WEEKENDS: False}


def test_a_latin_hypercube_has_one_point_in_each_slice_of_every_key(scenario: Scenario) -> None:
    found = plan(scenario, RATE, f"{DOCTORS}=2:10", f"{WEEKENDS}=true,false", BEDS, latin_hypercube=14)
    assert found.design.kind == LATIN_HYPERCUBE
    rate, doctors, weekends, beds = zip(*found.design.points, strict=True)
    assert sorted(int((value - 2.0) / 3.0 * 14) for value in rate) == list(range(14))  # its own range is 2 to 5
    assert sorted(int((value - 2.0) / 8.0 * 14) for value in doctors) == list(range(14))
    assert weekends.count(True) == weekends.count(False) == 7
    assert {beds.count(number) for number in range(12, 19)} == {2}  # whole numbers, both ends among them
    assert all(isinstance(number, int) for number in beds)


def test_a_latin_hypercube_is_the_same_for_the_same_seed(scenario: Scenario) -> None:
    points = [plan(scenario, RATE, latin_hypercube=9, seed=seed).design.points for seed in (3, 3, 4)]
    assert points[0] == points[1] != points[2]


def test_a_table_of_its_points_gives_the_same_design(scenario: Scenario, tmp_path: Path) -> None:
    from sim.experiment.folder import csv_text

    drawn = plan(scenario, RATE, BEDS, WEEKENDS + "=true,false", latin_hypercube=20).design
    text = csv_text(("point", *drawn.names), [(n, *map(_written, p)) for n, p in enumerate(drawn.points)])
    (tmp_path / "design.csv").write_text(text, encoding="utf-8")
    again = planned(scenario, {"points": tmp_path / "design.csv"}).design
    assert (again.names, again.points) == (drawn.names, drawn.points)


def _written(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def test_a_table_may_have_semicolons_and_decimal_commas(scenario: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(f"\ufeff{RATE};{BEDS}\r\n2,5;13\r\n\r\n3;14\r\n", encoding="utf-8")
    refusals = Refusals()
    assert listed(scenario, path, refusals).points == ((2.5, 13), (3.0, 14))
    assert not refusals


def test_every_problem_of_a_table_is_told_with_its_line(scenario: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text(f"{RATE},{BEDS},bed.medicine,{RATE}\n2.5,0,1,2\n\n3,14.5,1\n", encoding="utf-8")
    assert problems(scenario, points=path) == [
        f"{path}, line 1: {RATE}: two columns given, one needed (columns A and D)",
        f"{path}, line 1: bed.medicine: unknown key, did you mean 'beds.medicine'?",
        f"{path}, line 2: {BEDS}: 0 given, at least 1 needed",
        f"{path}, line 4: 3 cells given, 4 needed",
    ]
    assert problems(scenario, points=tmp_path / "none.csv") == [f"{tmp_path / 'none.csv'}: no such file"]


def test_points_that_differ_in_levers_share_their_past(scenario: Scenario) -> None:
    found = plan(scenario, f"{DOCTORS}=1,2,4", f"{WEEKENDS}=true,false")
    assert len(found.groups) == 1
    assert len(found.groups[0].arms) == 1 + 6  # `current` once
    assert [place[0] for place in found.places] == [0] * 6
    assert {place[1][0] for place in found.places} == {0}
    assert len({place[1][1] for place in found.places}) == 6


def test_points_that_differ_in_parameters_do_not(scenario: Scenario) -> None:
    found = plan(scenario, f"{DOCTORS}=1,2", f"{RATE}=2,3,4")
    assert [group.past for group in found.groups] == [((RATE, value),) for value in (2.0, 3.0, 4.0)]
    assert [len(group.arms) for group in found.groups] == [3, 3, 3]


def test_levers_of_current_hold_before_the_switch(scenario: Scenario) -> None:
    key = "governance.current.access.phone_staff_factor"
    found = plan(scenario, f"{key}=1,1.5", f"{DOCTORS}=1,2")
    assert [group.past for group in found.groups] == [((key, 1.0),), ((key, 1.5),)]
    assert all(len(group.arms) == 3 for group in found.groups)


def test_the_scenario_of_a_group_has_a_governance_for_each_arm(scenario: Scenario) -> None:
    found = plan(scenario, f"{DOCTORS}=1,3", f"{RATE}=4")
    changed, names = found.arms(0)
    assert changed.values["needs.deterioration_per_year"][-1] == 4.0
    before = float(scenario.governance("current")["mobile_team.doctors"][0])
    assert [float(changed.governance(name)["mobile_team.doctors"][0]) for name in names] == [before, 1.0, 3.0]


def test_every_problem_of_options_is_told_at_once(scenario: Scenario) -> None:
    found = problems(
        scenario,
        vary=vary(f"{DOCTORS}=1,-2,x", "needs.preventable_shar=0.1", f"{BEDS}=1:10:3", f"{WEEKENDS}=1:3", RATE),
        replications=0,
        seed=-1,
        on=("foo", "hospital_days_direct"),
    )
    assert found == [
        "--replications: 0 given, a whole number of at least 1 needed",
        "--seed: -1 given, a whole number of at least 0 needed",
        "--on: unknown outcome 'foo'",
        "--on: 'hospital_days_direct' depends on who else is compared; not in a sweep",
        f"--vary: {DOCTORS}: -2 given, at least 0 needed",
        f"--vary: {DOCTORS}: 'x' given, a number needed",
        "--vary: needs.preventable_shar: unknown key, did you mean 'needs.preventable_share'?",
        f"--vary: {BEDS}: 3 levels from 1 to 10 given, but only whole numbers are allowed",
        f"--vary: {WEEKENDS}: bounds given, values needed: it is a flag",
        f"--vary: {RATE}: no values given, KEY=a,b,c or KEY=low:high:n needed; a key alone goes with a Latin hypercube",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{RATE}=2:4", "2:4 given, low:high:n needed on a grid"),
        (f"{RATE}=4:2:3", "4:2 given, low below high needed"),
        (f"{RATE}=2:4:1", "1 levels given, a whole number from 2 to 100,000 needed"),
        (f"{RATE}=2:4:3:1", "'2:4:3:1' given, values a,b,c or bounds low:high needed"),
        (f"{RATE}=2,3,2", "2 given twice"),
        (f"{RATE}=", "'' given, a number needed"),
        (f"{RATE}=:4:2", "'' given, a number needed"),
    ],
)
def test_values_that_say_nothing_are_told(scenario: Scenario, text: str, says: str) -> None:
    assert problems(scenario, vary=vary(text)) == [f"--vary: {RATE}: {says}"]


def test_nothing_to_vary_is_told(scenario: Scenario) -> None:
    assert problems(scenario) == ["--vary: missing: what is to vary? KEY=a,b,c, or a table [sweep]"]


def test_too_many_points_are_told(scenario: Scenario) -> None:
    axes = vary(f"{RATE}=2:4:1000", f"{DOCTORS}=2:4:1000")
    assert problems(scenario, vary=axes) == ["--vary: 1,000,000 points given, at most 100,000 allowed"]


def test_levers_of_a_governance_that_is_not_run_are_told(scenario: Scenario) -> None:
    assert problems(scenario, vary=vary(f"{DOCTORS}=1,2"), governance="current") == [
        f"--vary: {DOCTORS}: a lever of 'coordinated', which is not run; of current only"
    ]


def test_points_that_break_a_rule_are_told(scenario: Scenario) -> None:
    opens = "governance.coordinated.mobile_team.opens_hour"
    assert problems(scenario, vary=vary(f"{opens}=8,21,22")) == [
        f"--vary: {opens}: 21, 20 given, opens_hour <= closes_hour needed (point 1: {opens}=21)",
        f"--vary: {opens}: 22, 20 given, opens_hour <= closes_hour needed (point 2: {opens}=22)",
    ]


TABLE = """
extends = "shipped:vannas"

[sweep]
replications = 3
latin_hypercube = 6
on = ["hospital_days", "emergency_visits"]

[sweep.vary]
beds.medicine = [13, 14]
"needs.deterioration_per_year.most_ill" = { low = 2, high = 4 }
governance.coordinated.mobile_team.doctors.surrounding = "range"
"""


def written(tmp_path: Path, text: str) -> Scenario:
    path = tmp_path / "swept.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_the_table_of_a_scenario_says_all_that_options_do(tmp_path: Path) -> None:
    found = planned(written(tmp_path, TABLE), {})
    assert found.design.names == (BEDS, RATE, DOCTORS)
    assert (found.design.kind, len(found.design.points)) == (LATIN_HYPERCUBE, 6)
    assert (found.replications, found.seed, found.on) == (3, 1, ("hospital_days", "emergency_visits"))
    assert found.governances == ("current", "coordinated")


def test_options_win_over_the_table(tmp_path: Path) -> None:
    scenario = written(tmp_path, TABLE)
    found = planned(scenario, {"vary": vary(f"{BEDS}=12,15"), "replications": 2})
    assert found.design.points == ((12,), (15,))  # a grid: the design is the option's
    assert (found.replications, found.on) == (2, ("hospital_days", "emergency_visits"))
    assert len(planned(scenario, {"latin_hypercube": 8}).design.points) == 8


def test_problems_of_the_table_name_the_file_and_the_key(tmp_path: Path) -> None:
    text = TABLE.replace("replications = 3", 'replication = 3\nseed = "a"').replace("[13, 14]", "[13, 0]")
    with pytest.raises(ScenarioError) as error:
        check_table(written(tmp_path, text))
    assert str(error.value).splitlines() == [
        "swept.toml, line 5: sweep.replication: unknown key, did you mean 'replications'?",
        "swept.toml, line 6: sweep.seed: 'a' given, a whole number of at least 0 needed",
        "swept.toml, line 11: sweep.vary.beds.medicine: 0 given, at least 1 needed",
    ]


def test_points_of_the_table_lie_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(f"{BEDS}\n13\n15\n", encoding="utf-8")
    scenario = written(tmp_path, 'extends = "shipped:vannas"\n[sweep]\npoints = "mine.csv"\n')
    assert planned(scenario, {}).design.points == ((13,), (15,))


def test_a_hypercube_spreads_evenly_over_pairs_of_halves(scenario: Scenario) -> None:
    from sim.statistics.design import Asked, axes_of

    axes = axes_of(scenario, vary(RATE, DOCTORS), True, Asked("--vary"), Refusals())
    points = np.array(latin_hypercube(axes, 400, 1).points)
    halves = points > np.array([3.5, 10.5])
    share = np.mean(halves[:, 0] & halves[:, 1])
    assert 0.2 < share < 0.3  # order in one key says nothing of the other


def test_the_examples_are_valid(scenario: Scenario) -> None:
    root = Path(__file__).parents[2]
    for path in (root / "scenarios" / "examples").glob("*.toml"):
        check_table(load(path))
    text = (root / "docs" / "experiments.md").read_text(encoding="utf-8")
    tables = [block for block in text.split("```toml\n")[1:] if block.startswith("[sweep]")]
    assert tables
    for block in tables:
        data = tomllib.loads(block.partition("```")[0])
        assert planned(scenario, data["sweep"]).design.points


def test_a_past_with_many_arms_is_run_in_parts(scenario: Scenario) -> None:
    found = plan(scenario, f"{DOCTORS}=1:50:50")
    assert [len(group.arms) for group in found.groups] == [21, 21, 11]  # `current` in each
    assert {group.past for group in found.groups} == {()}
    assert [place[0] for place in found.places] == [0] * 20 + [1] * 20 + [2] * 10
    for (group, arms), (value,) in zip(found.places, found.design.points, strict=True):
        named = [found.groups[group].arms[arm] for arm in arms]
        assert named == [("current", ()), ("coordinated", ((DOCTORS, value),))]


def test_a_table_may_leave_what_varies_to_options(tmp_path: Path) -> None:
    scenario = written(tmp_path, 'extends = "shipped:vannas"\n[sweep]\nreplications = 4\n')
    assert check_table(scenario) == "what varies is for options to say"
    assert planned(scenario, {"vary": vary(f"{BEDS}=13,15")}).replications == 4
    with pytest.raises(ScenarioError, match=r"line 3: sweep\.replications: 0 given"):
        check_table(written(tmp_path, 'extends = "shipped:vannas"\n[sweep]\nreplications = 0\n'))


def test_check_looks_at_the_table_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, TABLE)
    assert main(["check", str(tmp_path / "swept.toml")]) == 0
    assert "  sweep        6 points (latin hypercube) of 3 keys, 3 replications" in capsys.readouterr().out
    written(tmp_path, TABLE.replace("beds.medicine", "beds.medicin"))
    assert main(["check", str(tmp_path / "swept.toml")]) == 2
    assert "line 10: sweep.vary.beds.medicin: unknown key, did you mean 'beds.medicine'?" in capsys.readouterr().err


def test_the_schema_for_editors_knows_every_word_of_the_table() -> None:
    from sim.scenario.editor import json_schema
    from sim.scenario.reader import default_schema
    from sim.sweeps.sweep_plan import WORDS

    assert set(json_schema(default_schema())["properties"]["sweep"]["properties"]) == set(WORDS)
