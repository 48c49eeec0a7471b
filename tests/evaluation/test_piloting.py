"""Pilots run on simulated people: what must be exact, what is kept, and the command."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import sim
from sim.cli import INVALID, main
from sim.evaluation import pilot_folder, reach
from sim.evaluation.judging import decompositions, judge
from sim.evaluation.pilot_folder import run_pilot
from sim.evaluation.piloting import Figures, PilotRun, followed_rates, lowest_age, run_once
from sim.evaluation.pilots import COMPARED, Pilot, load_pilot
from sim.evaluation.reach import Reach, asked_of, staff_of, strengthened
from sim.evaluation.verdict import PARTS, Range
from sim.problems import RunAgain
from sim.report.pilot_words import concluded, may, too_few
from sim.runs.executors import Where
from sim.runs.identity import data_digest
from sim.runs.result_folder import OtherExperiment
from sim.scenario import ScenarioError
from sim.scenario.ensemble import sets_of, with_ensemble
from sim.scenario.region import TABLES
from tests.experiment.test_cluster import machines

pytestmark = pytest.mark.unit
SHORT = """
extends = "shipped:vannas"
name = "short-pilot"

[time]
warm_up_days = { value = 185, low = 30, high = 730, source = "assumption" }
pre_period_days = { value = 185, low = 30, high = 730, source = "assumption" }
follow_up_days = { value = 190, low = 30, high = 730, source = "assumption" }

[governance.pilot]
inherits = "current"

[governance.pilot.access]
bonus_sek = { value = 1, low = 0, high = 5, source = "assumption" }
LEVERS
[pilot]
title = "A short one"
place = "Vännäs"
municipalities = ["vannas"]
document = "invented"
target = "people admitted twice"
selection = "admissions>=2"
n = 60
months = 6
unit = "people"
design = "uncontrolled before-after"
levers = ["access"]

[[pilot.claim]]
metric = "admissions"
outcome = "admissions"
effect = -0.7
says = "70 % fewer"
source = "nobody"

[sources]
nobody = "invented"
"""
TEAM = """
[governance.pilot.mobile_team]
active = true
enrols = true
by_list = true
doctors.surrounding = { value = 2, low = 1, high = 6, source = "assumption" }
nurses.surrounding = { value = 4, low = 2, high = 8, source = "assumption" }
answer_hours = { value = 24, low = 8, high = 48, source = "assumption" }
ramp_up_days = { value = 10, low = 0, high = 90, source = "assumption" }

[governance.pilot.direct_contact]
active = true
"""


def written(folder: Path, name: str, *changes: tuple[str, str]) -> str:
    text = SHORT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / f"{name}.toml"
    path.write_text(text.replace("LEVERS", ""), encoding="utf-8")
    return str(path)


WITH_TEAM = (("LEVERS", TEAM), ('levers = ["access"]', 'levers = ["mobile_team", "direct_contact", "access"]'))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pilots")


@pytest.fixture(scope="module")
def nothing(folder: Path) -> Pilot:
    """Pay that changes nobody's care."""
    return load_pilot(written(folder, "nothing"))


@pytest.fixture(scope="module")
def team(folder: Path) -> Pilot:
    return load_pilot(written(folder, "team", *WITH_TEAM))


@pytest.fixture(scope="module")
def runs(team: Pilot) -> list[PilotRun]:
    return [run_once(team, 1, number) for number in range(2)]


def every(runs: list[PilotRun]) -> Iterator[Figures]:
    return (run.figures[name] for run in runs for name in COMPARED)


def test_a_pilot_that_does_nothing_shows_a_fall_and_has_no_effect_exactly(nothing: Pilot) -> None:
    run = run_once(nothing, 1, 1)
    for found in run.figures.values():
        assert found.pilot == found.twin
        assert found.spill_over == 0.0
        assert set(found.levers.values()) == {0.0}
    admissions = run.figures["admissions"]
    assert admissions.after < 0.7 * admissions.before
    assert (admissions.after, admissions.before) == (admissions.still_after, admissions.still_before)


def test_year_and_season_are_those_of_the_ages_on_the_list(team: Pilot) -> None:
    assert lowest_age(team) == 65
    assert lowest_age(replace(team, selection="emergency>=4")) == 16
    assert lowest_age(replace(team, selection="everybody", age=65)) == 65
    old, younger = (run_once(replace(team, age=age), 1, 1).figures["admissions"] for age in (65, 16))
    assert old.secular / old.before != pytest.approx(younger.secular / younger.before)


def test_levers_off_after_enrolment_give_the_twin_exactly(runs: list[PilotRun]) -> None:
    for found in runs[0].figures.values():
        assert found.null == found.twin
    assert all(math.isnan(found.null) for found in runs[1].figures.values())


def test_parts_add_up_to_what_is_read(runs: list[PilotRun]) -> None:
    for found in every(runs):
        parts = sum(getattr(found, name) for name in PARTS) + sum(found.levers.values())
        assert parts == pytest.approx(found.after - found.before, abs=1e-9)
        assert found.spill_over == 0.0  # nobody but the list is treated
        assert sum(found.levers.values()) == pytest.approx(found.pilot - found.twin, abs=1e-9)
        assert found.levers["access"] == 0.0


def test_the_team_reaches_the_list_and_changes_care(runs: list[PilotRun]) -> None:
    assert all(20 < run.listed <= 60 and run.enrolled > 0.7 * run.listed for run in runs)
    assert all(any(found.pilot != found.twin for found in run.figures.values()) for run in runs)
    assert all(0.0 < value <= 1.0 for run in runs for values in run.access.values() for value in values)


def test_a_pilot_of_a_whole_municipality_may_spill_over(folder: Path) -> None:
    changes = (*WITH_TEAM, ('unit = "people"', 'unit = "municipality"'), ("by_list = true", "by_list = false"))
    text = "".join(change[1] for change in changes)
    assert "by_list = false" in text
    run = run_once(load_pilot(written(folder, "whole", *changes)), 1, 1)
    for found in run.figures.values():
        parts = sum(getattr(found, name) for name in PARTS) + sum(found.levers.values())
        assert parts == pytest.approx(found.after - found.before, abs=1e-9)
    assert any(found.spill_over != 0.0 for found in run.figures.values())


def test_a_replication_comes_back_from_its_file(runs: list[PilotRun]) -> None:
    back = PilotRun.restored(json.loads(json.dumps(runs[1].plain())))
    assert back.listed == runs[1].listed
    assert back.figures["admissions"].before == runs[1].figures["admissions"].before
    assert back.access == runs[1].access


def test_an_effect_larger_than_the_change_is_no_share_of_it(team: Pilot, runs: list[PilotRun]) -> None:
    verdict = judge(team, runs)
    judged = verdict.outcomes["admissions"]
    nothing = {name: Range(0.0, 0.0, 0.0) for name in judged.parts}
    parts = {**nothing, "regression": Range(0.9, 0.9, 0.9), team.levers[0]: Range(-1.0, -1.0, -1.0)}
    sure = Range(-0.5, -0.6, -0.4)
    odd = dataclasses.replace(judged, before=1.0, after=0.9, truth=sure, parts=parts)
    told = " ".join(concluded(dataclasses.replace(verdict, outcomes={"admissions": odd}), "admissions", None))
    assert "All of that fall and more is the pilot's doing" in told
    assert "Of that change" not in told


def test_a_list_much_shorter_than_stated_is_told(team: Pilot, runs: list[PilotRun]) -> None:
    verdict = judge(team, runs)
    enough = dataclasses.replace(verdict, pilot=dataclasses.replace(team, n=int(verdict.simulated)))
    assert too_few(enough) == ""
    many = dataclasses.replace(verdict, pilot=dataclasses.replace(team, n=40_000))
    assert f"40,000 people stated, {verdict.simulated:.0f} on the list" in too_few(many)


def test_a_verdict_says_what_may_be_concluded(team: Pilot, runs: list[PilotRun]) -> None:
    verdict = judge(team, runs)
    judged = verdict.outcomes["admissions"]
    assert judged.null == 0.0
    assert judged.unchanged.mean < -0.4  # the same study without the pilot
    assert sum(part.mean for part in judged.parts.values()) == pytest.approx(judged.after - judged.before, abs=1e-9)
    assert verdict.parts("admissions")["mean"].sum() == pytest.approx(judged.after - judged.before, abs=1e-9)
    kinds = decompositions([verdict]).query("outcome == 'admissions'").groupby("kind")["per_person_year"].sum()
    assert kinds["lever"] + kinds["spill-over"] == pytest.approx(judged.pilot - judged.twin, abs=1e-9)
    first, second = may(verdict, "admissions")
    assert first.startswith("May be concluded: that")
    assert second.startswith("May not be concluded: that the change from before to after is the pilot's")
    told = " ".join(concluded(verdict, "admissions", team.claims[0]))
    assert "The claim, −70" in told
    with pytest.raises(KeyError, match="no outcome 'days'"):
        verdict.parts("days")
    with pytest.raises(ValueError, match="no replications"):
        judge(team, [])


def test_what_is_not_told_is_not_said(team: Pilot, runs: list[PilotRun]) -> None:
    """An unclear effect has no share of the change and no power; what lies in its interval may be the effect."""
    verdict = judge(team, runs)
    judged = verdict.outcomes["admissions"]

    def told(truth: Range, **changes: object) -> str:
        changed = replace(judged, truth=truth, **changes)  # type: ignore[arg-type]
        other = replace(verdict, outcomes={**verdict.outcomes, "admissions": changed})
        return " ".join((*concluded(other, "admissions", team.claims[0]), *may(other, "admissions")))

    unclear = told(Range(-0.1, -0.4, 0.2))
    assert "not to be told with these replications" in unclear
    assert "find the true effect" not in unclear
    assert "if there is one, lies in the range" in unclear
    clear = told(Range(-0.2, -0.3, -0.1))
    assert "% is the pilot's doing" in clear or "None of that fall" in clear
    assert "true effect with a chance of" in clear
    assert "is not the true effect there" in clear
    alone = told(Range(-0.2, math.nan, math.nan), before_after=Range(-0.6, math.nan, math.nan))
    assert "cannot be held against" in alone
    assert "is not the true effect" not in alone
    assert "nothing about an effect" in alone
    assert "to over +300" in told(Range(-0.1, -0.4, 0.2), unchanged=Range(-0.5, -0.95, 9.5))


# --- kept ----------------------------------------------------------------------------------------------------


def test_what_is_finished_is_not_run_again(
    team: Pilot, runs: list[PilotRun], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    def quick(pilot: Pilot, seed: int, number: int, tick: object = None, engine: str = "compiled") -> PilotRun:
        done.append(number)
        return PilotRun(number, 50, 5, 40, runs[0].figures, runs[0].access)

    monkeypatch.setattr(pilot_folder, "run_once", quick)
    where = Where("compiled", 1)
    run_pilot(team, 2, 1, tmp_path, where)
    found = run_pilot(team, 4, 1, tmp_path, where)
    assert done == [0, 1, 2, 3]
    assert [run.number for run in found] == [0, 1, 2, 3]
    with pytest.raises(OtherExperiment, match="holds another experiment \\(seed 1, not 2"):
        run_pilot(team, 2, 2, tmp_path, where)
    run_pilot(team, 2, 2, tmp_path, where, again=True)
    assert done[4:] == [0, 1]
    (tmp_path / "runs" / "short-pilot" / "replications" / "0000.npz").write_bytes(b"{")
    with pytest.warns(RunAgain, match=r"0000\.npz: damaged"):
        run_pilot(team, 1, 2, tmp_path, where)
    assert done[6:] == [0]


@pytest.mark.verify
def test_a_cluster_finds_the_same(team: Pilot, runs: list[PilotRun], tmp_path: Path) -> None:
    with machines(tmp_path, 1) as found:
        done = run_pilot(team, 2, 1, tmp_path, Where("compiled", cluster=found.address))
    assert [json.dumps(run.plain()) for run in done] == [json.dumps(run.plain()) for run in runs]


# --- the inverse question ------------------------------------------------------------------------------------


def test_rungs_go_to_the_ends_that_favour_a_pilot(team: Pilot) -> None:
    scenario = team.scenario
    assert strengthened(scenario, (0.0, 0.0, 0.0)) is scenario
    more = strengthened(scenario, (0.5, 0.0, 0.0)).governance("pilot")
    assert more["mobile_team.doctors"][0] == pytest.approx(4.0)
    assert more["mobile_team.answer_hours"] == 24.0
    best = strengthened(scenario, (1.0, 1.0, 1.0))
    levers = best.governance("pilot")
    assert (levers["mobile_team.nurses"][0], levers["mobile_team.answer_hours"]) == (8.0, 8.0)
    assert levers["mobile_team.ramp_up_days"] == 0.0
    assert best.values["needs.preventable_share"] > scenario.values["needs.preventable_share"]
    shares = np.asarray(best.values["needs.level_share"])
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(shares)))
    assert (shares[:, -1] < np.asarray(scenario.values["needs.level_share"])[:, -1]).all()
    assert best.governance("current") == scenario.governance("current")
    assert staff_of(scenario) == {"mobile_team.doctors.surrounding": 2.0, "mobile_team.nurses.surrounding": 4.0}


def test_every_unknown_mechanism_is_stated_with_a_range(team: Pilot) -> None:
    stated = {leaf.name: leaf for leaf in team.scenario.leaves()}
    for key in reach.MECHANISMS:
        assert stated[key].low < stated[key].high, key


@pytest.mark.parametrize(
    ("goal", "rung", "share"),
    [
        (-0.049, "staffing", 0.25),
        (-0.149, "staffing", 0.75),
        (-0.249, "levers", 0.5),
        (-0.35, "mechanisms", 0.25),
        (-0.45, "", math.nan),
    ],
)
def test_the_least_that_reaches_a_goal_is_found(
    team: Pilot, monkeypatch: pytest.MonkeyPatch, goal: float, rung: str, share: float
) -> None:
    """A made world: 20 % fewer with all the staff, 10 points more with the levers, and 10 more with the mechanisms."""

    def made(pilot: Pilot, outcome: str, seed: int, number: int, governances: Sequence[str]) -> tuple[float, ...]:
        known = float(pilot.scenario.values["needs.preventable_share"]) - 0.08

        def effect(levers: Mapping[str, Any]) -> float:
            doctors, hours = float(levers["mobile_team.doctors"][0]), float(levers["mobile_team.answer_hours"])
            more = 0.1 if known > 0.01 else 0.0
            return 0.2 * (doctors - 2) / 4 + 0.1 * (24 - hours) / 16 + more + 0.04 * (number - 1.5)

        return 1.0, *(1.0 - effect(pilot.scenario.governance(name)) for name in governances)

    monkeypatch.setattr(reach, "followed_rates", made)
    found = reach.reach(team, "admissions", goal)
    assert found.rung == rung
    assert found.share == pytest.approx(share, nan_ok=True)
    assert found.as_is == pytest.approx(0.0)
    half = stats.t.ppf(0.975, 3) * 0.04 * math.sqrt(5 / 3) / 2  # of four replications 0.04 apart
    assert (found.as_is_low, found.as_is_high) == pytest.approx((-half, half))
    assert (found.best_low, found.best_high) == pytest.approx((found.best - half, found.best + half))
    assert not found.sure
    assert "mean of 4 replications" in found.told()
    assert "so this is not sure" in found.told()
    assert replace(found, goal=-0.9).sure
    if rung:
        assert found.best <= goal
        assert found.told().startswith(f"{100 * goal:+.0f} % admissions: reached")
    else:
        assert found.best == pytest.approx(-0.4)
        assert "not reachable within the plausible ranges: at most -40 %" in found.told()
        assert "mobile_team.doctors.surrounding 6" in found.told()


def test_kinds_of_a_pilot_from_one_twin_are_those_followed_alone(team: Pilot) -> None:
    steps = [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0)]
    both = reach._rates(team, "admissions", 1, steps, 1, None)
    for place, one in enumerate(steps):
        stronger = replace(team, scenario=strengthened(team.scenario, one))
        assert followed_rates(stronger, "admissions", 1, 1) == (both[0], both[1 + place])
    run = run_once(team, 1, 1).figures["admissions"]
    assert both[:2] == pytest.approx((run.twin, run.pilot))


def test_over_an_ensemble_a_replication_starts_from_its_own_set(
    team: Pilot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "sets.csv"
    table.write_text("set,needs.preventable_share,needs.review_protects_days\n1,0.03,50\n2,0.05,60\n", encoding="utf-8")
    over = replace(team, scenario=with_ensemble(team.scenario, table))
    asked: list[tuple[int, float]] = []

    def told(pilot: Pilot, outcome: str, seed: int, number: int, governances: Sequence[str]) -> tuple[float, ...]:
        assert sets_of(pilot.scenario) == 0  # or it would be put over what is made stronger
        asked.append((number, float(pilot.scenario.values["needs.preventable_share"])))
        return 1.0, *(1.0 for _ in governances)

    monkeypatch.setattr(reach, "followed_rates", told)
    found = reach.reach(over, "admissions", -0.5, replications=2)
    assert not found.reached
    assert "nothing in them lowers it beyond the pilot as it is, +0 %" in found.told()
    top = next(leaf.high for leaf in team.scenario.leaves() if leaf.name == "needs.preventable_share")
    assert asked == [(0, 0.03), (1, 0.05), (0, top), (1, top)]


def test_a_goal_is_a_fall(team: Pilot) -> None:
    with pytest.raises(ValueError, match="a fall from -1 to less than 0 needed"):
        reach.reach(team, "admissions", 0.2)
    assert asked_of(team) == ("admissions", -0.7)


# --- the command ---------------------------------------------------------------------------------------------


def test_the_command_writes_the_whole_folder(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(folder, "commanded", *WITH_TEAM)
    effects = (-0.1, -0.2, 0.0, "", math.nan, -0.2, -0.3, -0.1)
    answer = Reach("short-pilot", "admissions", -0.7, *effects, {"mobile_team.doctors": 6.0}, 2)
    monkeypatch.setattr(pilot_folder, "reach", lambda *given, **more: answer)
    command = ["pilots", path, "--replications", "2", "--workers", "1", "--out", str(tmp_path)]
    assert main(command) == 0
    names = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    figures = {f"figures/{name}.{kind}" for name in ("pilots", "short-pilot") for kind in ("png", "svg")}
    runs = ("0000.npz", "0001.npz", "reach-admissions--0.7.npz")
    kept = {"runs/short-pilot/experiment.json", *(f"runs/short-pilot/replications/{name}" for name in runs)}
    kept |= {f"runs/short-pilot/region/{name}" for name in TABLES}
    assert names == {"pilots.csv", "decomposition.csv", "reach.csv", "report.html", "pilots.json"} | figures | kept
    origin = json.loads((tmp_path / "pilots.json").read_text(encoding="utf-8"))
    mine = load_pilot(path)
    told = origin["pilots"]["short-pilot"]
    assert (origin["seed"], told["replications"], told["parameter_sets"]) == (1, 2, 0)
    assert told["scenario"] == data_digest(mine.scenario.counted())
    assert told["first"] == pilot_folder.first_of(run_once(mine, 1, 0))
    table = pd.read_csv(tmp_path / "pilots.csv")
    assert list(table.columns[:7]) == ["pilot", "metric", "outcome", "scale", "claimed", "claimed_low", "claimed_high"]
    assert {"before_after", "before_after_low", "randomised_high", "truth", "truth_low", "n", "power"} <= set(table)
    assert table.claimed.iloc[0] == -0.7
    assert (table["null"] == 0.0).all()
    parts = pd.read_csv(tmp_path / "decomposition.csv").query("outcome == 'admissions'")
    assert list(parts.part) == [*PARTS, "mobile_team", "direct_contact", "access"]
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "May not be concluded" in report
    assert "not reachable within the plausible ranges" in report
    before = {name: (tmp_path / name).read_bytes() for name in ("pilots.csv", "report.html", *figures)}
    capsys.readouterr()
    assert main(command) == 0  # from what is kept
    assert "short-pilot" in capsys.readouterr().out
    assert {name: (tmp_path / name).read_bytes() for name in before} == before


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("months = 6", "months = 12"), "pilot.months: 12 given, time.follow_up_days is 190"),
        (('"admissions>=2"', '"admissions>=9"'), "pilot.selection: 'admissions>=9' given, one of everybody"),
    ],
)
def test_what_cannot_be_run_is_refused(
    folder: Path, tmp_path: Path, change: tuple[str, str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(folder, "refused", change)
    assert main(["pilots", path, "--replications", "1", "--out", str(tmp_path / "out")]) == INVALID
    assert says in capsys.readouterr().err


def test_a_scenario_without_a_pilot_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"pilot: missing; a pilot is a scenario with a table \[pilot\]"):
        sim.load_pilot("shipped:vannas")
