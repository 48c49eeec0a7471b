"""The page on files says the bounds that hold."""

from pathlib import Path

from sim import files, names
from sim.scenario import layers
from sim.tables import sheet

PAGE = " ".join((Path(__file__).parents[2] / "docs" / "files.md").read_text(encoding="utf-8").split())


def test_the_bounds_are_those_that_hold() -> None:
    for text in (
        f"{files.SCENARIO_BYTES / 1e6:.0f} MB, {layers.MOST_KEYS:,} keys, {layers.LONGEST_LINE:,} characters a line, "
        f"{layers.DEEPEST} tables within each other, {layers.LAYERS} files",
        f"{files.TABLE_BYTES / 1e6:.0f} MB, {sheet.MOST_CELLS:,} cells, {sheet.MOST_COLUMNS:,} columns",
        f"{files.RESULT_BYTES / 1e6:.0f} MB; packed ones unpack to {files.UNPACKED_BYTES / 1e6:.0f} MB",
        f"1 to {names.LONGEST} letters",
    ):
        assert text in PAGE


def test_the_signs_of_places_are_those_that_are_allowed() -> None:
    told = PAGE.partition("may have spaces and `")[2].partition("`")[0]
    assert {*told.split()} == {*names.PLACE_SIGNS} - {*" -_’"}
