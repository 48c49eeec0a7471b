"""The table in the terminal, and as plain text."""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console

from sim.report import show
from sim.report.numbers import number, plain
from sim.report.result import read
from tests.report.synthetic import write_folder


def printed(folder: Path, *, width: int = 200, terminal: bool = False) -> str:
    file = io.StringIO()
    show(folder, Console(file=file, width=width, force_terminal=terminal, color_system=None))
    return re.sub(r"\x1b\[[0-9;]*m", "", file.getvalue())


def line_of(text: str, label: str) -> list[str]:
    (found,) = [line for line in text.splitlines() if line.strip().startswith(label + "  ")]
    return re.split(r"\s{2,}", found.strip())


def test_the_numbers_are_those_of_the_tables(folder: Path) -> None:
    text = printed(folder)
    result = read(folder)
    cells = line_of(text, "Hospital days")
    change = result.change("hospital_days")
    assert cells[1:4] == [
        number(result.level("current", "hospital_days").value, 0),
        number(result.level("coordinated", "hospital_days").value, 0),
        plain(number(change.value, 0, sign=True)),
    ]
    assert cells[4] == plain(f"{number(change.low, 0, sign=True)} to {number(change.high, 0, sign=True)}")
    assert cells[5] == plain(f"{number(100 * result.relative('hospital_days').value, 1, sign=True)} %")
    assert cells[6] == "lower"


def test_the_three_quantities_stand_apart_from_the_table(folder: Path) -> None:
    text = printed(folder)
    result = read(folder)
    before, after = text.split("Hospital days by exclusive class")
    for label in ("Labelled avoidable", "Preventable in principle", "Truly avoided"):
        assert line_of(before, label)
        assert label not in after
    assert line_of(before, "Truly avoided")[1] == number(-result.change("hospital_days").value, 0)
    assert line_of(before, "Labelled avoidable")[1] == number(result.level("current", "labelled_days").value, 0)


def test_money_is_in_millions_and_shares_in_per_cent(folder: Path) -> None:
    text = printed(folder)
    assert line_of(text, "Region, SEK million")[1].startswith("20")
    share = float(line_of(text, "Discharges followed by a readmission, %")[1])
    assert 55 < share < 65


def test_plain_text_has_neither_colour_nor_cut_lines(folder: Path) -> None:
    file = io.StringIO()
    show(folder, Console(file=file, width=40))
    text = file.getvalue()
    assert "\x1b" not in text
    assert "−" not in text
    assert text == printed(folder)
    assert text.startswith("Synthetic & invented\n160,000 inhabitants, 4 replications, seed 7.\nNote: Synthetic")


def test_a_terminal_gets_every_line_at_every_width(folder: Path) -> None:
    wide = printed(folder, width=140, terminal=True)
    narrow = printed(folder, width=80, terminal=True)
    assert "relative" in wide
    assert "relative" not in narrow
    for text in (wide, narrow):
        assert "Truly avoided" in text
        assert "…" not in text
        assert line_of(text, "Multi-ill")[0] == "Multi-ill"


def test_an_old_encoding_gets_question_marks_rather_than_an_error(folder: Path) -> None:
    class Old(io.StringIO):
        encoding = "ascii"  # type: ignore[assignment]

    show(write_folder(folder.parent / "old", only=("hospital_days",), notes=("Åby",)), Console(file=(file := Old())))
    assert "Note: ?by" in file.getvalue()


def test_a_run_shows_values_with_intervals(tmp_path: Path) -> None:
    text = printed(write_folder(tmp_path, governances=("current",)))
    assert "Truly avoided" not in text
    assert "difference" not in text
    cells = line_of(text, "Hospital days")
    assert len(cells) == 3
    assert " to " in cells[2]


def test_one_replication_has_no_intervals(tmp_path: Path) -> None:
    text = printed(write_folder(tmp_path, replications=1))
    assert line_of(text, "Hospital days")[4] == "–"
    assert "One replication gives no interval" in text


def test_little_is_enough(tmp_path: Path) -> None:
    text = printed(write_folder(tmp_path, only=("hospital_days",), sources=False))
    assert line_of(text, "Hospital days")
    assert "Cost" not in text.split("Hospital days by exclusive class")[1]


def test_the_table_says_that_its_intervals_are_for_one_line_at_a_time(folder: Path) -> None:
    console = Console(record=True, width=400)
    show(folder, console)
    assert "Intervals are for one line at a time: of twenty lines" in " ".join(console.export_text().split())
