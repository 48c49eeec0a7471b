"""Tables of users are read in one room; whoever else reads CSV reads what narvard wrote itself, or ships."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit
SIM = Path(__file__).parents[2] / "sim"
READS = re.compile(r"csv\.(?:reader|DictReader)|read_csv|read_excel|load_workbook|(?:from|import) openpyxl")
SHIPPED = {"evaluation/claims.py", "scenario/evidence.py", "validation/targets.py"}
OWN = {
    f"report/{name}.py" for name in ("patterns", "workbook", "series", "result", "swept", "planned", "other_results")
}
OWN |= {"experiment/reproduce.py", "runs/differences.py"}


def test_there_is_one_reader_of_tables() -> None:
    found = {path.relative_to(SIM).as_posix() for path in SIM.rglob("*.py") if READS.search(path.read_text("utf-8"))}
    others = {name for name in found if not name.startswith("tables/")}
    assert others <= SHIPPED | OWN, "tables of users are read by sim.tables.reading"
    assert "tables/text.py" in found
    for name in SHIPPED:
        assert 'files("sim").joinpath("data"' in (SIM / name).read_text("utf-8"), f"{name}: a table that ships"
