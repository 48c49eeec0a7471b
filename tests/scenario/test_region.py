from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load
from sim.tables.names import plain
from tests.scenario.small import SCHEMA, TABLES, write_base


def problems(folder: Path, **tables: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load(write_base(folder, **tables), SCHEMA)
    return [str(problem).replace(str(folder) + "/", "") for problem in caught.value.problems]


def changed(table: str, *changes: tuple[str, str]) -> dict[str, str]:
    text = TABLES[f"{table}.csv"]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return {table: text}


def test_a_region_is_read(tmp_path: Path) -> None:
    region = load(write_base(tmp_path), SCHEMA).region
    assert region.people == 1500
    assert [m.key for m in region.municipalities] == ["aby", "oby"]
    assert region.team_areas == ("North", "South")
    assert region.members()["area"] == ("aby_east", "aby_west", "oby")
    assert region.areas[2].municipality == 1
    assert region.population.shape == (2, 10)
    assert not region.population.flags.writeable
    ambulance = region.resources[1]
    assert (ambulance.service, ambulance.place, ambulance.night) == ("ambulance", "region", 2)
    assert len(region.digest) == 64


def test_names_in_plain_letters() -> None:
    assert [plain(name) for name in ("Umeå 1", "Vännäs", "Öster-Ås")] == ["umea_1", "vannas", "oster_as"]


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        (
            changed("areas", ("continuity,", "continuitet,")),
            [
                "areas.csv, line 1: column 'continuity' is missing",
                "areas.csv, line 1: unknown column 'continuitet', did you mean 'continuity'?; there are name, municipality, "
                "population_share, continuity, source, note",
            ],
        ),
        (
            changed("areas", ("Öby,Öby", "Öby,Obby")),
            ["areas.csv, line 4: municipality: unknown municipality 'Obby'; there are Åby, Öby"],
        ),
        (
            changed("areas", ("0.6,0.7", "0.5,1.7")),
            ["areas.csv, line 2: continuity: 1.7 given, at most 1 allowed"],
        ),
        (
            changed("areas", ("0.6,", "0.5,")),
            ["areas.csv: population_share: the areas of Åby sum to 0.9, 1 needed"],
        ),
        (
            changed("municipalities", ("1000,200", "1000,abc"), ("500,150", "-5,150")),
            [
                "municipalities.csv, line 2: population_65: 'abc' given, a number needed",
                "municipalities.csv, line 3: population: -5 given, at least 0 needed",
                "municipalities.csv, line 3: population_65: 150 given, more than the population -5",
            ],
        ),
        (
            changed("municipalities", ("Öby,", "Åby,")),
            ["municipalities.csv, line 3: name: 'Åby' stands on line 2 already"],
        ),
        (
            changed("population", ("Åby,age_0_15,200", "Åby,age_0_15,200.5")),
            ["population.csv, line 2: count: 200.5 given, a whole number needed"],
        ),
        (
            changed("population", ("Åby,age_0_15,200", f"Åby,age_0_15,{10**30}")),
            [f"population.csv, line 2: count: {10**30} given, at most 2147483647 allowed"],
        ),
        (
            changed("population", ("Åby,age_0_15,200", f"Åby,age_0_15,{(1 << 31) - 1}"))
            | changed("municipalities", ("Åby,1000", f"Åby,{(1 << 31) - 1}")),
            [
                "population.csv: count: Åby sums to 2147484447, population in municipalities.csv is 2147483647",
                "population.csv: count: 2147484947 people in all, at most 2147483647 allowed",
            ],
        ),
        (
            changed("population", ("Åby,age_0_15,200", "Åby,age_0_15,201")),
            ["population.csv: count: Åby sums to 1001, population in municipalities.csv is 1000"],
        ),
        (
            changed("population", ("Åby,age_0_15,200,assumption,\n", "")),
            ["population.csv: age_band: Åby lacks age_0_15"],
        ),
        (
            changed("population", ("age_0_15", "age_0_16")),
            [
                "population.csv, line 2: age_band: unknown age band 'age_0_16', did you mean 'age_0_15'?; there are age_0_15, "
                "age_16_24, age_25_44, age_45_64, age_65_69, age_70_74, age_75_79, age_80_84, age_85_89, age_90"
            ],
        ),
        (
            changed("population", ("Åby,age_16_24", "Åby,age_0_15")),
            ["population.csv, line 3: municipality: 'Åby, age_0_15' stands on line 2 already"],
        ),
        (
            changed("resources", ("gp,Åby east,4", "gp,Åby,9"), ("ambulance,region", "ambulanse,regoin")),
            [
                "resources.csv, line 2: day: 9 given, outside its range 3 to 5",
                "resources.csv, line 3: service: unknown service 'ambulanse', did you mean 'ambulance'?; there are phone_1177, "
                "centre_phone, centre_nurse, gp, home_nurse, home_help, planner, short_term, homecoming, team_nurse, "
                "team_doctor, place_most_ill, ...",
                "resources.csv, line 3: place: unknown place 'regoin', did you mean 'region'?; there are region, Åby, Öby, "
                "Åby east, Åby west, North, South",
            ],
        ),
        (
            changed("resources", ("8,17,21", "17,8,7"), ("3,5,T05", "5,3,T5")),
            [
                "resources.csv, line 2: source: unknown source 'T5', did you mean 'T05'?",
                "resources.csv, line 2: day_end: 8 given, before day_start 17",
                "resources.csv, line 2: evening_end: 7 given, before day_end 8",
                "resources.csv, line 2: low: 5 given, above high 3",
            ],
        ),
        (
            changed("resources", ("3,5,T05", ",5,")),
            ["resources.csv, line 2: source: missing", "resources.csv, line 2: low: missing"],
        ),
        (
            changed("resources", ("T05,", "T05,a note,4")),
            [
                "resources.csv, line 2: 17 cells given, 16 needed; decimals take a point where commas stand between cells"
            ],
        ),
        (
            changed("resources", (",21,0.7,0.1,3,5,T05,", ",21,0.7,0.1")),
            ["resources.csv, line 2: 12 cells given, 16 needed"],
        ),
        (
            {"areas": ""},
            [
                "areas.csv: no rows, and no headings; needed are name, municipality, population_share, continuity, "
                "source, note"
            ],
        ),
        ({"areas": TABLES["areas.csv"].split("\n")[0]}, ["areas.csv: no rows"]),
    ],
)
def test_each_slip_in_a_table_is_told_with_its_line(tmp_path: Path, tables: dict[str, str], says: list[str]) -> None:
    files = {line.partition(",")[0].partition(":")[0] for line in says}
    told = problems(tmp_path, **tables)
    found = [line for line in told if line.removeprefix("region/").partition(".csv")[0] + ".csv" in files]
    assert found == [f"region/{line}" for line in says]


def test_tables_that_cannot_be_read(tmp_path: Path) -> None:
    path = write_base(tmp_path)
    (tmp_path / "region" / "areas.csv").unlink()
    (tmp_path / "region" / "population.csv").write_bytes(b"municipality,\x81\x00")
    (tmp_path / "region" / "resources.csv").write_text('service,"place\n')
    with pytest.raises(ScenarioError) as caught:
        load(path, SCHEMA)
    names = [str(problem).rpartition("region/")[2] for problem in caught.value.problems]
    assert names[0] == "areas.csv: no such file"
    assert names[1].startswith("population.csv: not a table of text: it has NUL bytes")
    assert names[2].startswith("resources.csv, line ")
    assert "not a CSV table" in names[2]
