"""Levers of size 0, values beyond their range, and what a region of one's own must state."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from sim.cli import main
from sim.model.services import ROWS, Where
from sim.replication.replication import replicate
from sim.scenario import ScenarioError, load
from sim.scenario.keys import beyond_range, resolve
from sim.scenario.listing import assumptions, source_rows
from sim.scenario.parameters import SIZES
from sim.scenario.region import NEEDED
from sim.scenario.schema import Size

SHORT = """
extends = "shipped:vannas"
name = "short"
[time]
warm_up_days = 20
pre_period_days = 10
follow_up_days = 40
"""


def written(folder: Path, text: str, name: str = "own") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.lever)
def test_a_lever_of_size_0_is_the_governance_without_it(size: Size, tmp_path: Path) -> None:
    scenario = load(written(tmp_path, SHORT))
    levers = scenario.schema.levers
    nothing = {path: False if levers[path].flag else 0.0 for path in size.paths}
    whole = scenario.with_levers("nothing", nothing, base="coordinated").with_levers(
        "without", {size.switch: False}, base="coordinated"
    )
    assert scenario.governance("coordinated")[size.switch], "the shipped package holds it"
    assert not whole.governance("nothing")[size.switch]
    assert levers[size.switch].flag
    arms = replicate(whole, ("nothing", "without"), 1, 0).arms
    assert arms[0].digest == arms[1].digest


def test_a_dose_response_may_begin_at_none(tmp_path: Path) -> None:
    scenario = load("shipped:vannas")
    for key in (
        "monitoring.share",
        "homecoming.staff.vannas",
        "palliative_team.staff",
        "mobile_team.doctors.surrounding",
    ):
        changed = scenario.with_keys({f"governance.coordinated.{key}": 0 if "share" not in key else 0.0})
        lever = key.partition(".")[0]
        assert bool(changed.governance("coordinated")[f"{lever}.active"]) == (lever == "mobile_team")  # nurses remain


def test_a_lever_that_is_on_says_how_large_it_is(tmp_path: Path) -> None:
    text = SHORT + "[governance.mine]\n[governance.mine.palliative_team]\nactive = true\n"
    with pytest.raises(ScenarioError, match="palliative_team is on and says nothing of its staff; 0 switches it off"):
        load(written(tmp_path, text))
    assert load(written(tmp_path, text + "staff = 0\n")).governance("mine")["palliative_team.active"] is False


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[beds]\nmedicine = 400\n", "beds.medicine: 400 given, outside its range 12 to 18"),
        ("[prices]\nhospital_day_sek = 10\n", "prices.hospital_day_sek: 10 given, outside its range 7500 to 13000"),
        (
            "[governance.coordinated.mobile_team]\ndoctors.surrounding = 500\n",
            "governance.coordinated.mobile_team.doctors.surrounding: 500 given, outside its range 1 to 20",
        ),
    ],
)
def test_a_value_beyond_its_range_is_refused_with_the_way_to_state_it(text: str, where: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as error:
        load(written(tmp_path, SHORT + text))
    assert where in str(error.value)
    assert 'low = ..., high = ..., source = "..."' in str(error.value)


@pytest.mark.parametrize("table", ["plan", "sweep", "calibrate", "pilot"])
@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
def test_no_table_of_questions_takes_what_is_no_number(table: str, number: str, tmp_path: Path) -> None:
    path = written(tmp_path, f"{SHORT}[{table}]\nbudget = [1, {{ a = {number} }}]\n")
    with pytest.raises(ScenarioError, match=rf"{table}\.budget\.a: {number} given, a finite number needed"):
        load(path)


def test_a_renamed_municipality_is_told_in_the_file_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "own", "--region"]) == 0
    for table in (tmp_path / "own").glob("*.csv"):
        table.write_text(table.read_text(encoding="utf-8").replace("Vännäs", "Habo"), encoding="utf-8")
    capsys.readouterr()
    assert main(["check", "own.toml"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("own.toml, line ") for line in lines)
    for line, lever in zip(lines, ("homecoming", "rehabilitation"), strict=True):
        assert f"add governance.coordinated.{lever}.staff.habo = ..." in line
    own = (tmp_path / "own.toml").read_text(encoding="utf-8")
    own += "\n[governance.coordinated.homecoming]\nstaff.habo = 0\n[governance.coordinated.rehabilitation]\nstaff.habo = 0.5\n"
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    assert main(["check", "own.toml"]) == 0


@pytest.mark.parametrize("service", sorted({name for names in NEEDED.values() for name in names}))
def test_a_region_that_lacks_somebody_is_told(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "own", "--region"]) == 0
    table = tmp_path / "own" / "resources.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    table.write_text("".join(line for line in lines if not line.startswith(f"{service},")), encoding="utf-8")
    capsys.readouterr()
    assert main(["check", "own.toml"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"own/resources.csv: {service}: no row for ")


def test_needed_are_all_services_that_the_table_staffs() -> None:
    where = {Where.REGION: "region", Where.AREA: "area", Where.MUNICIPALITY: "municipality"}
    found = {name: {row.service.name.lower() for row in ROWS if where.get(row.where) == name} for name in NEEDED}
    by_lever = {row.service.name.lower() for row in ROWS if row.sized_by}
    assert {name: set(services) for name, services in NEEDED.items()} == {
        name: services - by_lever for name, services in found.items()
    }


def test_a_workbook_that_lacks_somebody_is_told_by_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "own", "--region", "--xlsx"]) == 0
    book = openpyxl.load_workbook("own.xlsx")
    sheet = book["resources"]
    services = [cell.value for cell in sheet["A"]]
    sheet.delete_rows(services.index("gp") + 1)
    book.save("own.xlsx")
    capsys.readouterr()
    assert main(["check", "own.toml"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("own.xlsx: gp: no row for ")


def test_a_value_of_one_s_own_rests_on_nobody_s_figure(tmp_path: Path) -> None:
    scenario = load(written(tmp_path, SHORT + "[needs]\npreventable_share = 0.1\n"))
    (leaf,) = (leaf for leaf in scenario.leaves() if leaf.path == "needs.preventable_share")
    (row,) = (row for row in source_rows(scenario) if row.parameter == "needs.preventable_share")
    (before,) = (row for row in source_rows(load("shipped:vannas")) if row.parameter == "needs.preventable_share")
    assert leaf.changed
    assert (row.value, row.source) == ("0.1", "assumption")
    assert row.note.endswith(f"changed by this file; the range is of {before.source}")
    assert (row.low, row.high) == (before.low, before.high)
    assert assumptions(scenario) >= 1 + assumptions(load("shipped:vannas")) - (before.source == "assumption")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("[sweep.vary]\n'beds.medicine' = [5, 16]\n", "beds.medicine: 5 lies outside the plausible range"),
        (
            "[plan]\nzone_days = 5\n[plan.vary]\nmobile_team.closes_hour = [17, 24]\n",
            "mobile_team.closes_hour: 24 lies outside the plausible range",
        ),
    ],
)
def test_levels_beyond_what_is_plausible_are_told_and_run(
    table: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, SHORT + table)
    assert main(["check", str(path)]) == 0
    assert says in capsys.readouterr().out


def test_levels_within_the_range_and_a_lever_of_size_0_are_not_told() -> None:
    scenario = load("shipped:vannas")
    key = resolve(scenario, "governance.coordinated.mobile_team.doctors.surrounding")
    assert beyond_range(key, [0, key.low, key.high]) == ""
    assert beyond_range(key, [0, 99, 100, 99]).startswith(f"{key.name}: 99, 100 lie outside the plausible range ")
    assert beyond_range(resolve(scenario, "governance.coordinated.homecoming.active"), [True, False]) == ""
