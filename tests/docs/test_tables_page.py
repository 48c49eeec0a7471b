"""docs/tables.md: its lists of headings and limits are those of the reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.files import TABLE_BYTES
from sim.scenario.region import TABLES
from sim.tables import words
from sim.tables.sheet import MOST_CELLS, MOST_LINES
from sim.tables.workbook import MOST_UNPACKED, NO_VALUE

pytestmark = pytest.mark.docs
PAGE = (Path(__file__).parents[2] / "docs" / "tables.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", TABLES)
def test_every_heading_stands_there(table: str) -> None:
    said = words.of_columns(Path(table).stem)
    rows = [f"| `{column}` | {', '.join(said.get(column, ()))} |" for column in TABLES[table]]
    assert f"**{table}**\n\n| heading | Swedish, and others |\n|---|---|\n" + "\n".join(rows) in PAGE


def test_every_service_stands_there() -> None:
    assert "\n".join(f"| `{name}` | {', '.join(said)} |" for name, said in words.of_services().items()) in PAGE


def test_limits_and_texts_are_those_of_the_reader() -> None:
    flat = " ".join(PAGE.split())
    assert f"up to {TABLE_BYTES // 10**6} MB, {MOST_CELLS:,} cells and {MOST_LINES:,} lines" in flat
    assert f"up to {MOST_UNPACKED >> 20} MB unpacked" in flat
    assert f"`{NO_VALUE}`" in flat
