"""A plan, run: what is selected, what lies around it, and what is written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.cli import INVALID, main
from sim.planning.archive import PART, Part, PartKey
from sim.planning.findings import bottlenecks, payers, relief
from sim.planning.planning import Estimate, Planned, frontier, marginals, run_plan
from sim.planning.running import Arm
from sim.replication.replication import each_arm, replicate
from sim.runs.store import Memory
from tests.planning.tiny import PLAN, plan_of, scenario_of

pytestmark = pytest.mark.unit


def silent(text: str) -> None:
    """Nobody listens."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Planned:
    return run_plan(plan_of(tmp_path_factory.mktemp("plan")), workers=1, told=silent)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    scenario_of(folder)
    assert main(["plan", str(folder / "tiny.toml"), "--workers", "1", "--out", str(folder / "out")]) == 0
    return folder


def test_a_design_is_an_arm_of_its_own_governance(made: Planned) -> None:
    plan = made.plan
    changed = plan.apply(plan.designs[4].changes)
    alone = replicate(changed, ["coordinated"], plan.settings.seed, 1).arms[0].table
    # Amounts are those of a year, and the window has 30 days.
    assert made.runs.value(1, made.arm(plan.designs[4]), "hospital_days") == alone.value("hospital_days") * (365 / 30)
    assert made.runs.value(1, made.arm(plan.designs[4]), "utilisation_gp") == alone.value("utilisation_gp")
    today = replicate(plan.scenario, ["current"], plan.settings.seed, 1).arms[0].table
    assert made.runs.value(1, made.baseline, "labelled_days") == today.value("labelled_days") * (365 / 30)


def test_staffing_of_an_arm_holds_from_the_switch_on(made: Planned) -> None:
    scenario, plan = made.plan.scenario, made.plan
    staffed = [lambda one: one, lambda one: one.with_keys({"beds.medicine": 4, "staffing.factor.gp": 0.5})]
    same, fewer = each_arm(scenario, ["coordinated"] * 2, plan.settings.seed, 0, staffed=staffed)
    usual = replicate(scenario, ["coordinated"], plan.settings.seed, 0).arms[0]
    assert same.digest == usual.digest
    assert fewer.digest != usual.digest
    assert fewer.table.value("staffed_bed_days_medicine") < 0.5 * same.table.value("staffed_bed_days_medicine")
    assert fewer.table.value("capacity_hours_gp") < 0.7 * same.table.value("capacity_hours_gp")


def test_days_avoided_are_those_of_the_selected_design_less_the_paired_difference(made: Planned) -> None:
    best = made.arm(made.selected.design)
    few = next(one for one in made.outlooks if one.avoided.replications < len(made.replications))
    for one in (few, made.selected):
        numbers = range(one.avoided.replications)
        under = made.runs.series(made.arm(one.design), "labelled_days", numbers)
        behind = (under - made.runs.series(best, "labelled_days", numbers)).mean()
        today = made.runs.series(made.baseline, "labelled_days", made.replications)
        chosen = made.runs.series(best, "labelled_days", made.replications)
        assert one.behind.mean == pytest.approx(behind)
        assert one.avoided.mean == pytest.approx((today - chosen).mean() - behind)
        assert one.level.mean == pytest.approx(chosen.mean() + behind)
        assert one.avoided.low < one.avoided.mean < one.avoided.high


def test_no_design_stands_above_the_selected_one_by_more_than_its_paired_difference(made: Planned) -> None:
    for one in made.outlooks:
        assert one.avoided.mean - made.selected.avoided.mean == pytest.approx(-one.behind.mean)
    assert made.cheapest.cost.total <= made.cheapest_sure.cost.total <= made.selected.cost.total
    assert made.cheapest_sure.behind.high <= made.plan.settings.rule.zone


def test_the_selected_design_has_the_fewest_days_of_what_was_left(made: Planned) -> None:
    last = [one for one in made.outlooks if one.avoided.replications == made.selected.avoided.replications]
    assert made.selected.avoided.mean == max(one.avoided.mean for one in last)
    assert [one.selected for one in made.outlooks].count(True) == 1


def test_staff_costs_are_those_of_the_simulation(made: Planned) -> None:
    one, numbers = made.outlooks[-1], range(2)
    hours = made.more(made.arm(one.design), "staff_cost_sek", numbers).mean()
    # Homecoming is priced by its places here, used or not, and by use there.
    places = made.more(made.arm(one.design), "capacity_hours_homecoming", numbers).mean() / 24 * 1_500
    assert one.cost.total == pytest.approx(hours + places, rel=0.03)


def test_the_frontier_is_what_nothing_beats() -> None:
    cost, avoided = np.array([1.0, 2.0, 2.0, 3.0, 4.0, 0.5]), np.array([10.0, 12.0, 13.0, 13.0, 20.0, -1.0])
    assert frontier(cost, avoided).tolist() == [True, False, True, False, True, True]


def test_marginals_are_one_step_from_the_centre(made: Planned) -> None:
    found = marginals(made)
    mine = [one for one in found if one.around == "selected"]
    assert [one.variable for one in mine] == list(made.plan.names)
    doctors = mine[0]
    assert abs(float(doctors.other) - float(doctors.value)) == 1.0
    centre = made.selected.design
    other = (("governance.coordinated.mobile_team.doctors.surrounding", doctors.other), centre.changes[1])
    numbers = range(made.plan.settings.around)
    under = made.runs.series(made.arm(centre), "labelled_days", numbers)
    one_more = made.runs.series(Arm("coordinated", other), "labelled_days", numbers)
    assert doctors.days.mean == pytest.approx((under - one_more).mean())
    assert np.sign(doctors.cost) == np.sign(float(doctors.other) - float(doctors.value))


def test_sek_per_day_is_told_only_where_days_are_known_to_differ() -> None:
    assert Estimate.of(np.array([1.0, 2.0, 3.0])).known is False
    assert Estimate.of(np.array([5.0, 5.1, 5.2])).known is True


def test_bottlenecks_are_ranked_and_some_relieved(made: Planned) -> None:
    found = bottlenecks(made, most=2)
    assert sum(one.relieved > 0 for one in found) == 2
    assert all(one.queue_hours.mean > 0 for one in found)
    relieved = [one for one in found if one.relieved]
    assert all(one.days.replications == made.plan.settings.around for one in relieved)


def test_relief_makes_a_service_larger(made: Planned) -> None:
    scenario = made.plan.scenario
    assert relief(scenario, "coordinated", "ward_medicine", 0.2) == (("beds.medicine", 17),)
    assert relief(scenario, "coordinated", "gp", 0.5) == (("staffing.factor.gp", 1.5),)
    ((key, value),) = relief(scenario, "coordinated", "team_doctor", 0.5)
    assert (key, value) == ("governance.coordinated.mobile_team.doctors.surrounding", 3.0)
    assert relief(scenario, "coordinated", "place_most_ill", 0.5) == ()


def test_payers_add_up(made: Planned) -> None:
    region, *municipalities, whole = payers(made)
    assert (region.payer, whole.payer) == ("region", "all")
    assert region.net.mean + sum(one.net.mean for one in municipalities) == pytest.approx(whole.net.mean)
    assert region.staff + sum(one.staff for one in municipalities) == pytest.approx(whole.staff)


def test_what_was_run_is_not_run_again(tmp_path: Path) -> None:
    store: Memory[PartKey, Part] = Memory(PART.of)
    plan = plan_of(tmp_path)
    first = run_plan(plan, store=store, workers=1, told=silent)
    kept = list(store.parts())

    class Kept(Memory[PartKey, Part]):
        """Refuses more."""

        def put(self, part: Part) -> None:
            raise AssertionError("run again")

    full = Kept(PART.of)
    for part in kept:
        Memory.put(full, part)
    again = run_plan(plan, store=full, workers=1, told=silent)
    assert again.best == first.best
    assert again.outlooks == first.outlooks


def test_the_command_writes_its_tables(written: Path) -> None:
    table = pd.read_csv(written / "out" / "plan.csv")
    assert len(table) == 6
    assert table.selected.sum() == 1
    chosen = table[table.selected].iloc[0]
    result = json.loads((written / "out" / "plan.json").read_text(encoding="utf-8"))
    assert result["selection"]["design"] == int(chosen.design)
    assert result["selection"]["probability"] == pytest.approx(chosen.probability_of_correct_selection)
    assert (table.days_avoided_low < table.days_avoided).all()
    assert table[table.on_frontier].sort_values("cost_sek").days_behind_selected.is_monotonic_decreasing
    assert chosen.days_behind_selected == 0.0
    assert table.frontier_share.between(0, 1).all()
    for name in ("marginal.csv", "bottlenecks.csv", "budget.csv"):
        assert len(pd.read_csv(written / "out" / name))


def test_an_interrupted_plan_goes_on_and_writes_the_same(
    written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["plan", str(written / "tiny.toml"), "--workers", "2", "--out", str(tmp_path)]
    files = sorted((written / "out" / "replications").glob("*.npz"))
    (tmp_path / "replications").mkdir()
    for path in files[::2]:
        (tmp_path / "replications" / path.name).write_bytes(path.read_bytes())
    (tmp_path / "replications" / files[1].name).write_bytes(b"damaged")
    for name in ("experiment.json",):
        (tmp_path / name).write_bytes((written / "out" / name).read_bytes())
    assert main(arguments) == 0
    assert "are there already" in capsys.readouterr().err
    for name in ("plan.csv", "plan.json", "marginal.csv", "bottlenecks.csv", "budget.csv"):
        assert (tmp_path / name).read_bytes() == (written / "out" / name).read_bytes(), name


def test_another_question_goes_on_with_the_same_runs(
    written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(written / "out", tmp_path / "out")
    arguments = ["plan", str(written / "tiny.toml"), "--workers", "1", "--out", str(tmp_path / "out")]
    assert main([*arguments, "--zone-days", "1000", "--method", "kn++"]) == 0
    out = capsys.readouterr()
    assert "runs are there already" in out.err
    assert "no other is more than 1,000 days better" in out.out


def test_the_ensemble_says_how_robust_the_choice_is(written: Path, tmp_path: Path) -> None:
    sets = tmp_path / "sets.csv"
    sets.write_text("set,needs.preventable_share\n0,0.05\n1,0.1\n2,0.12\n", encoding="utf-8")
    out = tmp_path / "out"
    shutil.copytree(written / "out", out)
    arguments = ["plan", str(written / "tiny.toml"), "--workers", "1", "--out", str(out)]
    assert main([*arguments, "--ensemble", str(sets)]) == 0
    table = pd.read_csv(out / "robustness.csv")
    assert len(table) == 3
    found = json.loads((out / "plan.json").read_text(encoding="utf-8"))["robustness"]
    others = table.drop(columns="set").to_numpy()
    assert found["best"] == pytest.approx((others[:, 0] >= others.max(axis=1)).mean())
    assert found["within_zone"] >= found["best"]
    assert main([*arguments, "--ensemble", str(tmp_path / "none.csv")]) == INVALID


def test_ocba_keeps_to_its_runs(tmp_path: Path) -> None:
    text = PLAN.replace("first = 4\nmost = 6", 'method = "ocba"\nfirst = 5\nmost = 10\nruns = 36')
    made = run_plan(plan_of(tmp_path, text), workers=1, told=silent)
    assert made.selection.runs <= 36
    assert not made.selection.guaranteed
    assert 0.0 <= made.selection.probability <= 1.0
