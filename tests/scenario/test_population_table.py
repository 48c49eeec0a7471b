"""The official population table: refused in place of population.csv with what to do, and made into it."""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path

import openpyxl
import pytest

from sim import cli
from sim.scenario import ScenarioError, load
from sim.scenario.population_table import of_region, of_table
from sim.tables.official import read_official
from tests.scenario.small import SCHEMA, TABLES, write_base

pytestmark = pytest.mark.unit
PLACES = {"00 Riket": 1000, "24 Åbys län": 100, "2401 Åby": 1, "2402 Öby": 2}
AGES = range(101)


def people(place: str, age: int, year: int) -> int:
    return PLACES[place] * (10 + age % 7 + year - 2024)


def official(
    *, lacks: Collection[int] = (), total: int | None = None, sexes: Collection[str] = ("män", "kvinnor", "totalt")
) -> str:
    """A table as it is handed out: a title, totals among the rows, a footnote."""
    lines = ['"Folkmängd efter region, ålder, kön och år"', "", '"region";"ålder";"kön";"2024";"2025"']
    for place in PLACES:
        sums = [0, 0]
        for age in AGES:
            if age in lacks:
                continue
            label = f"{age}+ år" if age == 100 else f"{age} år"
            counts = [people(place, age, year) for year in (2024, 2025)]
            sums = [a + b for a, b in zip(sums, counts, strict=True)]
            parts = {"män": [n // 2 for n in counts], "kvinnor": [n - n // 2 for n in counts], "totalt": counts}
            lines += [f'"{place}";"{label}";"{sex}";' + ";".join(map(str, parts[sex])) for sex in sexes]
        lines.append(f'"{place}";"totalt";"totalt";{sums[0]};{sums[1] if total is None else total}')
    return "\r\n".join([*lines, "", "Fotnot:", "Uppgifterna avser den 31 december; källa: officiell statistik", ""])


def put(folder: Path, text: str, encoding: str = "latin-1") -> Path:
    path = folder / "folkmangd.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(("encoding", "said"), [("latin-1", "Windows-1252 (Latin-1) text; "), ("utf-8-sig", "")])
def test_in_place_of_population_csv_it_is_told_with_the_command(tmp_path: Path, encoding: str, said: str) -> None:
    path = write_base(tmp_path)
    (tmp_path / "region" / "population.csv").write_bytes(official().encode(encoding))
    with pytest.raises(ScenarioError) as error:
        load(path, SCHEMA)
    table = tmp_path / "region" / "population.csv"
    assert str(error.value) == (
        f"{table}: the official population table as it is handed out (a title on line 1; semicolons; {said}columns "
        "region, ålder, kön, 2024, 2025 on line 3); the columns municipality, age_band, count, source, note needed: "
        f"narvard population {table} --region {tmp_path / 'region'}"
    )


def test_as_a_workbook_of_a_folder_of_workbooks(tmp_path: Path) -> None:
    path = write_base(tmp_path)
    region = tmp_path / "region"
    for name, rows in (
        ("population", [line.replace('"', "").split(";") for line in official().splitlines()]),
        ("municipalities", [line.split(",") for line in TABLES["municipalities.csv"].splitlines()]),
    ):
        made = openpyxl.Workbook()
        for row in rows:
            made.active.append(
                [int(cell) if cell.isdigit() and len(row) == 5 and row[0][0] == "2" else cell for cell in row]
            )
        made.save(region / f"{name}.xlsx")
        (region / f"{name}.csv").unlink()
    with pytest.raises(ScenarioError, match=r"a workbook; columns .*narvard population .*population\.xlsx --region"):
        load(path, SCHEMA)
    of_region(region / "population.xlsx", region)
    assert load(path, SCHEMA).region.municipalities[0].population == sum(people("2401 Åby", age, 2025) for age in AGES)
    assert (region / "population.before.xlsx").exists()


@pytest.mark.parametrize(
    "text",
    [
        official(),
        official(sexes=["totalt"]),
        official(sexes=["män", "kvinnor"]),
        official().replace(";", "\t"),
        official().replace('"', ""),
        official().partition("\r\n\r\n")[2],  # no title
    ],
)
def test_the_tables_of_a_region_are_made_of_it(text: str, tmp_path: Path) -> None:
    path = write_base(tmp_path)
    made = of_region(put(tmp_path, text), tmp_path / "region")
    region = load(path, SCHEMA).region
    ages = [
        sum(people("2402 Öby", age, 2025) for age in AGES if low <= age < high) for low, high in ((0, 16), (16, 25))
    ]
    assert region.population[1, :2].tolist() == ages
    assert region.municipalities[1].population == sum(people("2402 Öby", age, 2025) for age in AGES)
    assert region.municipalities[1].population_65 == sum(people("2402 Öby", age, 2025) for age in range(65, 101))
    assert region.municipalities[1].travel_minutes == 40, "all else stays"
    assert made.before["Öby"] == ("500", "150")
    assert (tmp_path / "region" / "population.before.csv").read_text(encoding="utf-8") == TABLES["population.csv"]


def test_another_year_and_a_folder_of_its_own(tmp_path: Path) -> None:
    table = put(tmp_path, official())
    of_table(table, tmp_path / "out", "2024")
    with (tmp_path / "out" / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["Åby", "Öby"], "no county, no country"
    assert rows[0]["population"] == str(sum(people("2401 Åby", age, 2024) for age in AGES))
    with pytest.raises(ScenarioError, match="exists already; nothing written"):
        of_table(table, tmp_path / "out")


def test_signs_between_thousands(tmp_path: Path) -> None:
    text = official(sexes=["totalt"])
    spaced = "\r\n".join(
        ";".join([*line.split(";")[:3], *(f"{int(n):,}".replace(",", "\u00a0") for n in line.split(";")[3:])])
        if line.startswith('"24') or line.startswith('"00')
        else line
        for line in text.split("\r\n")
    )
    assert "1\u00a0" in spaced
    assert read_official(put(tmp_path, spaced))[0].people == read_official(put(tmp_path, text))[0].people


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (official(lacks=[5, 6, 50]), "age: Åby lacks 5-6 years, 50 years"),
        (official(lacks=[100]), "age: Åby lacks 100 and older"),
        (official(total=77), "people: Åby: the ages sum to"),
        (official(sexes=["kvinnor"]), "sex: Åby, 0 years: kvinnor given, both sexes or their total needed"),
        (
            official().replace('"2401 Åby";"7 år";"män";5;5', '"2401 Åby";"7 år";"män";5;6'),
            "7 years: män and kvinnor sum to 12, the total is 11",
        ),
        (
            official().replace('"2401 Åby";"7 år";"män";5;5', '"2401 Åby";"7 år";"män";5;..'),
            "people: '..' given, which is no value",
        ),
        (
            official().replace('"2401 Åby";"7 år";"män";5;5', '"2401 Åby";"7 år";"män";5;5,5'),
            "people: '5,5' given; a number of people",
        ),
        (official().replace('"2401 Åby";"7 år";"män"', '"2401 Åby";"6 år";"män"'), "'Åby, 6 år, män' stands on line"),
        (official().replace("2402 Öby", "2402 Yby"), "municipalities.csv, line 3: name: 'Öby' does not stand in"),
        (official().replace('"2025"', '"civilstånd"'), "line 3: unknown column 'civilstånd'"),
        ("a;b\n1;2\n", "no head among the first lines"),
    ],
)
def test_what_does_not_add_up_is_refused_and_nothing_is_written(text: str, says: str, tmp_path: Path) -> None:
    write_base(tmp_path)
    with pytest.raises(ScenarioError) as error:
        of_region(put(tmp_path, text), tmp_path / "region")
    assert says in str(error.value)
    assert (tmp_path / "region" / "population.csv").read_text(encoding="utf-8") == TABLES["population.csv"]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_base(tmp_path)
    table = str(put(tmp_path, official()))
    assert cli.main(["population", table, "--region", str(tmp_path / "region")]) == 0
    assert "Öby" in capsys.readouterr().out
    assert cli.main(["population", table]) == cli.INVALID
    assert cli.main(["population", table, "--region", str(tmp_path / "none")]) == cli.INVALID
    assert cli.main(["population", table, "--out", str(tmp_path / "o"), "--year", "1999"]) == cli.INVALID
    assert "year 1999 needed; there is 2024, 2025" in capsys.readouterr().err
