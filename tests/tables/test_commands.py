"""Tables by way of the commands: one clear error and exit code 2; what was assumed on standard error."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sim import cli
from sim.scenario.region import TABLES
from tests.tables.kinds import BEDS, KINDS, RATE, csv, vannas

pytestmark = pytest.mark.unit
STAFFING = next(kind for kind in KINDS if kind.name == "staffing")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    text = 'extends = "shipped:vannas"\n'
    plan = '[plan]\nzone_days = 50\nstaffing = "table.csv"\n[plan.vary]\nmobile_team.doctors.surrounding = [1, 2]\n'
    Path("plan.toml").write_text(text + plan)
    Path("sweep.toml").write_text(text + '[sweep]\npoints = "table.csv"\n')
    Path("region.toml").write_text(text + '[region]\nfolder = "region"\n')
    Path("region").mkdir()
    for name in TABLES:
        shutil.copy(vannas().region.folder / name, "region")
    return tmp_path


@pytest.mark.parametrize(
    ("scenario", "table", "says"),
    [
        ("plan", "service,place,day,evening\nhome_nurse,Vännäs,1,5,1\n", "table.csv, line 2: 5 cells given, 4 needed"),
        (
            "plan",
            "service,place,day,Dag\nhome_nurse,Vännäs,1,5\n",
            "line 1: day: two columns given, as 'day' and 'Dag'",
        ),
        ("sweep", f"{RATE},{BEDS}\n2,5,13\n", "table.csv, line 2: 3 cells given, 2 needed"),
    ],
)
def test_what_does_not_fit_is_one_line(
    scenario: str, table: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("table.csv").write_text(table, encoding="utf-8")
    assert cli.main(["check", f"{scenario}.toml"]) == cli.INVALID
    told = capsys.readouterr()
    assert told.out == ""
    assert says in told.err
    assert len(told.err.splitlines()) == 1


def test_swedish_tables_of_a_spreadsheet_program_are_valid(capsys: pytest.CaptureFixture[str]) -> None:
    text = "Verksamhet;Plats;Dag;Kväll;Frånvaro\nHemsjukvård;VÄNNÄS;2;1,5;\nKorttidsplatser;Vännäs;9\n;;;;\n"
    Path("table.csv").write_bytes(text.replace("\n", "\r\n").encode("cp1252"))
    assert cli.main(["check", "plan.toml"]) == 0
    told = capsys.readouterr()
    assert "plan.toml: valid" in told.out


def test_parameter_sets_with_a_row_too_wide(capsys: pytest.CaptureFixture[str]) -> None:
    Path("sets.csv").write_text(f"set,{RATE}\n0,2,5\n")
    assert cli.main(["compare", "sweep.toml", "--ensemble", "sets.csv", "--replications", "1"]) == cli.INVALID
    assert capsys.readouterr().err.startswith("sets.csv, line 2: 3 cells given, 2 needed")


def test_a_region_from_a_spreadsheet_program_is_the_same(caplog: pytest.LogCaptureFixture) -> None:
    path = Path("region") / "areas.csv"
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [[*row[:5], "Anmärkning" if not at else "Å"] for at, row in enumerate(rows)]
    path.write_bytes(csv(rows, ";", "\r\n").encode("cp1252"))
    assert cli.main(["check", "region.toml"]) == 0
    assert caplog.messages == [f"{path}: not UTF-8; read as Windows-1252 (Latin-1) text"]
