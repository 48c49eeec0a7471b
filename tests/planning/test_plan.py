"""The table [plan]: what may be chosen, what it costs, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import INVALID, main
from sim.planning.plan import check_table, planned
from sim.scenario import ScenarioError, load
from sim.vocabulary import Service
from tests.planning.tiny import PLAN, plan_of, scenario_of

pytestmark = pytest.mark.unit


def test_designs_are_every_combination_of_the_levels(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    assert [design.values for design in plan.designs] == [(1, 17), (1, 20), (2, 17), (2, 20), (4, 17), (4, 20)]
    assert plan.names == ("mobile_team.doctors.surrounding", "mobile_team.closes_hour")
    assert plan.designs[0].changes == (
        ("governance.coordinated.mobile_team.doctors.surrounding", 1),
        ("governance.coordinated.mobile_team.closes_hour", 17),
    )
    assert plan.reference.values == (2.0, 20)
    assert [variable.step for variable in plan.variables] == [1.0, 3.0]
    assert check_table(plan.scenario) == "6 designs of 2 variables"


def test_a_design_is_the_scenario_with_its_values(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    levers = plan.apply(plan.designs[-1].changes).governance("coordinated")
    assert levers["mobile_team.doctors"].tolist() == [4.0]  # type: ignore[union-attr]
    assert levers["mobile_team.closes_hour"] == 20
    before = plan.scenario.governance("coordinated")
    assert plan.apply(plan.designs[-1].changes).governance("current") == plan.scenario.governance("current")
    assert before["mobile_team.doctors"].tolist() == [2.0]  # type: ignore[union-attr]


def test_a_doctor_more_costs_the_hours_of_a_post(tmp_path: Path) -> None:
    steady = """
[governance.coordinated.mobile_team]
leaves_per_year = 0.0
ramp_up_days = { value = 0, low = 0, high = 180, source = "assumption" }
vacancy_share = 0.0
"""
    path = tmp_path / "year.toml"
    head = 'extends = "shipped:vannas"\nname = "year"\ntitle = "A year"\n'
    path.write_text(head + PLAN + steady, encoding="utf-8")
    plan = planned(load(path))
    more = plan.costs[5].total - plan.costs[3].total  # four doctors instead of two, open till 20
    hours = float(plan.scenario.values["staffing.hours_per_post_per_year"])  # type: ignore[arg-type]
    assert more == pytest.approx(2 * hours * float(plan.scenario.values["prices.team_doctor_hour_sek"]), rel=0.01)  # type: ignore[arg-type]
    assert plan.costs[5].municipal == plan.costs[3].municipal


@pytest.mark.parametrize(
    ("column", "level"),
    [("day", 3), ("evening", 2), ("night", 2), ("weekend_day", 2), ("weekend_evening", 2)],
)
def test_a_week_is_chosen_for_one_municipality(tmp_path: Path, column: str, level: int) -> None:
    text = f"[plan]\nzone_days = 5\n[plan.vary]\nresources.home_nurse.vannas.{column} = [{level}, {level + 1}]\n"
    plan = plan_of(tmp_path, text + "[plan.prices]\nhome_nurse = 450\n")
    staffed = plan.apply(plan.designs[0].changes)
    usual, changed = (
        {(row.service, row.place): row for row in one.region.resources} for one in (plan.scenario, staffed)
    )
    assert {place for place in usual if usual[place] != changed[place]} == {("home_nurse", "Vännäs")}
    assert getattr(changed["home_nurse", "Vännäs"], column) == level
    less, more = plan.costs[:2]
    assert more.municipal > less.municipal
    assert more.region == less.region


def test_a_summer_closure_and_limits_of_the_caseload_are_chosen(tmp_path: Path) -> None:
    vary = "mobile_team.caseload_most_ill = [20, 45]\nmobile_team.caseload_failing = [80]\n"
    vary += "resources.short_term.vannas.summer_factor = [0]\nbeds.summer_factor = [0.8]\n"
    plan = plan_of(tmp_path, f"[plan]\nzone_days = 5\n[plan.vary]\n{vary}")
    staffed = plan.apply(plan.designs[1].changes)
    levers = staffed.governance("coordinated")
    closed = next(row for row in staffed.region.resources if (row.service, row.place) == ("short_term", "Vännäs"))
    assert (closed.summer_factor, staffed.values["beds.summer_factor"]) == (0, 0.8)
    assert (levers["mobile_team.caseload_most_ill"], levers["mobile_team.caseload_failing"]) == (45, 80)


def test_beds_and_places_cost_their_days_and_the_right_payer(tmp_path: Path) -> None:
    text = PLAN + "beds.medicine = [14, 15]\nresources.short_term.vannas.day = [2, 3]\n"
    plan = plan_of(tmp_path, text)
    costs = {design.values: cost for design, cost in zip(plan.designs, plan.costs, strict=False)}
    bed = costs[1, 17, 15, 2].region - costs[1, 17, 14, 2].region
    assert bed == pytest.approx(365 * 10_000, rel=0.02)
    place = costs[1, 17, 14, 3].municipal - costs[1, 17, 14, 2].municipal
    weekdays = sum(day % 7 < 5 for day in range(60, 90)) / 30 * 365
    assert place == pytest.approx(weekdays * 2_800 * 9 / 24, rel=0.02)  # from 8 to 17
    assert costs[1, 17, 14, 3].region == costs[1, 17, 14, 2].region


def test_designs_over_the_budget_are_known_beforehand(tmp_path: Path) -> None:
    costs = [cost.total for cost in plan_of(tmp_path).costs[:-1]]
    limit = round((min(costs) + max(costs)) / 2)
    plan = plan_of(tmp_path, f"{PLAN}\n[plan.budget]\ntotal_sek = {limit}\n")
    assert [cost <= limit for cost in costs] == list(plan.within)
    assert 0 < sum(plan.within) < len(plan.within)
    assert "over the budget" in check_table(plan.scenario)


def test_patterns_change_several_keys_and_read_tables(tmp_path: Path) -> None:
    (tmp_path / "evenings.csv").write_text("service,place,evening\nhome_nurse,Vännäs,2\n", encoding="utf-8")
    text = """
[plan]
zone_days = 5
first = 3

[plan.patterns.hours]
office = { mobile_team.closes_hour = 17, mobile_team.weekends = false }
always = { mobile_team.closes_hour = 20, mobile_team.weekends = true }

[plan.patterns.evenings]
as_now = "usual"
more = "evenings.csv"

[plan.prices]
home_nurse = 450
"""
    plan = plan_of(tmp_path, text)
    assert [design.values for design in plan.designs][:2] == [("office", "as_now"), ("office", "more")]
    more = plan.apply(plan.designs[1].changes)
    row = next(row for row in more.region.resources if (row.service, row.place) == ("home_nurse", "Vännäs"))
    assert row.evening == 2.0
    assert more.governance("coordinated")["mobile_team.weekends"] is False
    assert plan.costs[1].municipal > plan.costs[0].municipal
    assert plan.costing.prices[Service.HOME_NURSE] == 450.0


def test_a_table_of_staffing_holds_for_every_design(tmp_path: Path) -> None:
    (tmp_path / "all.csv").write_text("service,place,day\nshort_term,Vännäs,4\n", encoding="utf-8")
    plan = plan_of(tmp_path, PLAN.replace("[plan]", '[plan]\nstaffing = "all.csv"'))
    for design in plan.designs:
        rows = plan.apply(design.changes).region.resources
        assert next(row.day for row in rows if row.service == "short_term") == 4.0


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("zone_days = 5\n", "", "plan.zone_days: missing"),
        ("zone_days = 5", "zone_day = 5", "plan.zone_day: unknown key, did you mean 'zone_days'?"),
        ("first = 4", "first = 1", "plan.first: 1 given, a whole number of at least 3 needed"),
        ("screen = 2", "screen = 1", "plan.screen: [1] given, rising numbers from 2 on needed"),
        ("first = 4", 'method = "best"', "plan.method: 'best' given, one of kn, kn++, ocba needed"),
        ("first = 4", 'objective = "deaths"', "plan.objective: 'deaths' given, an outcome in days needed"),
        ("first = 4", 'baseline = "none"', "plan.baseline: 'none' given, one of current, coordinated needed"),
        ("[1, 2, 4]", "[1, 1]", "plan.vary.mobile_team.doctors.surrounding: 1 given twice"),
        ("[1, 2, 4]", "4", "4 given, a list of values or { low, high, step } needed"),
        ("doctors.surrounding", "doctors.umea", "unknown team_area 'umea'"),
        ("step = 3", "step = 0", "17, 20, 0 given, low <= high and a step above 0 needed"),
        ("step = 3", "step = 1e-7", "17 to 20 in steps of 1e-07 given, at most 10,000 levels allowed"),
        ("step = 3", "levels = 3", "closes_hour.levels: unknown key"),
        (
            "mobile_team.doctors.surrounding",
            "needs.preventable_share",
            "needs.preventable_share: holds before T0 as well, so it is nothing a plan can choose",
        ),
        (
            "mobile_team.doctors.surrounding = [1, 2, 4]",
            "resources.home_nurse.vannas.evening = [1, 2]",
            "home_nurse.vannas.evening: changes what has no price an hour; plan.prices.home_nurse needed",
        ),
        ("first = 4", "first = 4\nbudget = { total_sek = 1 }", "plan.budget: every design costs more; the least "),
        ("first = 4", "first = 4\nunits = { beds = 1 }", "plan.units.beds: no such variable"),
        ("first = 4", "first = 4\nprices = { nurse = 1 }", "plan.prices.nurse: unknown service"),
        ("first = 4", 'first = 4\nstaffing = "none.xlsx"', "none.xlsx: no such file"),
    ],
)
def test_what_is_wrong_is_told_with_its_key(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in PLAN
    scenario = scenario_of(tmp_path, PLAN.replace(old, new))
    with pytest.raises(ScenarioError) as error:
        planned(scenario)
    assert says in str(error.value)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, PLAN.replace("zone_days = 5", "zone_days = -1\nseed = -1\nspeed = 2"))
    with pytest.raises(ScenarioError) as error:
        planned(scenario)
    assert len(error.value.problems) == 3
    assert all(problem.line for problem in error.value.problems)


def test_check_tells_of_the_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenario_of(tmp_path)
    assert main(["check", str(tmp_path / "tiny.toml")]) == 0
    assert "6 designs of 2 variables" in capsys.readouterr().out
    scenario_of(tmp_path, "")
    assert main(["plan", str(tmp_path / "tiny.toml")]) == INVALID
    assert "no table [plan]" in capsys.readouterr().err
