"""Tables and cells of staffing."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from sim.planning.staffing import cells_of, read_staffing, rows_of, value_of, with_rows
from sim.scenario import Scenario, ScenarioError, load

pytestmark = pytest.mark.unit
HEAD = "service,place,day,evening,weekend_day,summer_factor"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("shipped:vannas")


def written(folder: Path, text: str, name: str = "staffing.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_changes_what_it_states_and_nothing_else(scenario: Scenario, tmp_path: Path) -> None:
    rows = read_staffing(written(tmp_path, f"{HEAD}\nhome_nurse,Vännäs,2,1.5,,0.8\n"), scenario.region)
    assert rows == {("home_nurse", "Vännäs"): {"day": 2.0, "evening": 1.5, "summer_factor": 0.8}}
    before = {(r.service, r.place): r for r in scenario.region.resources}
    after = {(r.service, r.place): r for r in with_rows(scenario, [rows]).region.resources}
    assert list(after) == list(before)
    changed = after["home_nurse", "Vännäs"]
    assert (changed.day, changed.evening, changed.summer_factor) == (2.0, 1.5, 0.8)
    assert changed.night == before["home_nurse", "Vännäs"].night
    assert all(after[place] == before[place] for place in before if place != ("home_nurse", "Vännäs"))


def test_a_workbook_says_the_same_as_a_table(scenario: Scenario, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Service", "Place", "Day", "Evening", "Weekend_day", "Summer_factor"])
    sheet.append(["home_nurse", "vannas", 2, 1.5, None, 0.8])
    sheet.append([None] * 6)
    book.save(tmp_path / "staffing.xlsx")
    comma = written(tmp_path, "service;place;day;evening;summer_factor\nhome_nurse;Vännäs;2;1,5;0,8\n")
    assert read_staffing(tmp_path / "staffing.xlsx", scenario.region) == read_staffing(comma, scenario.region)


def test_a_service_that_was_not_there_begins(scenario: Scenario, tmp_path: Path) -> None:
    rows = read_staffing(written(tmp_path, "service,place,day\nsjukstuga,Vännäs,3\n"), scenario.region)
    new = with_rows(scenario, [rows]).region.resources[-1]
    assert (new.service, new.place, new.day, new.night, new.day_start, new.summer_factor) == (
        *("sjukstuga", "Vännäs", 3.0, 0.0, 8.0, 1.0),
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("place,day\nVännäs,1\n", "line 1: column 'service' is missing"),
        ("service,place,dya\ngp,Vännäs,1\n", "line 1: unknown column 'dya', did you mean 'day'?"),
        ("service,place,day\nnurse,Vännäs,1\n", "line 2: service: unknown service 'nurse'"),
        ("service,place,day\ngp,Vannasby,1\n", "line 2: place: unknown place 'Vannasby'"),
        ("service,place,day\ngp,Vännäs,many\n", "line 2: day: 'many' given, a number needed"),
        ("service,place,day\ngp,Vännäs,-1\n", "line 2: day: -1 given, at least 0 needed"),
        ("service,place,absence\ngp,Vännäs,2\n", "line 2: absence: 2 given, at most 1 allowed"),
        ("service,place,day\ngp,Vännäs,1\ngp,Vännäs,2\n", "line 3: service: 'gp, Vännäs' stands on line 2 already"),
        ("service,place,day\n", "no rows"),
        ("", "no rows"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(scenario: Scenario, tmp_path: Path, text: str, says: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ScenarioError) as error:
        read_staffing(path, scenario.region)
    assert str(error.value).startswith(str(path))
    assert says in str(error.value)


@pytest.mark.parametrize("name", ["none.xlsx", "none.csv"])
def test_a_file_that_is_not_there_is_one_error(scenario: Scenario, tmp_path: Path, name: str) -> None:
    with pytest.raises(ScenarioError, match="no such file"):
        read_staffing(tmp_path / name, scenario.region)


def test_a_workbook_that_is_none_is_one_error(scenario: Scenario, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"not an \.xlsx workbook"):
        read_staffing(written(tmp_path, "service,place\n", "staffing.xlsx"), scenario.region)


def test_a_day_that_ends_before_it_begins_is_refused(scenario: Scenario) -> None:
    with pytest.raises(ValueError, match=r"gp, Vännäs: 19, .* day_start <= day_end <= evening_end needed"):
        with_rows(scenario, [{("gp", "Vännäs"): {"day_start": 19.0}}])


def test_keys_name_cells(scenario: Scenario) -> None:
    assert cells_of(scenario.region, "resources.gp.vannas.day") == [(("gp", "Vännäs"), "day")]
    rows = rows_of(scenario.region, [("resources.gp.vannas.day", 3), ("resources.gp.all.day", 2)])
    assert rows == {("gp", "Vännäs"): {"day": 3.0}}
    own = next(row for row in scenario.region.resources if row.service == "gp")
    assert value_of(scenario.region, "resources.gp.all.absence") == own.absence


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("resources.gp.day", "resources.SERVICE.PLACE.COLUMN needed"),
        ("resources.doctor.vannas.day", "unknown service 'doctor'"),
        ("resources.gp.vannas.noon", "unknown column 'noon'"),
        ("resources.gp.umea.day", "no gp at 'umea'"),
        ("resources.sjukstuga.vannas.day", "no sjukstuga in the resource table"),
    ],
)
def test_keys_that_name_nothing_are_refused(scenario: Scenario, key: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        cells_of(scenario.region, key)
