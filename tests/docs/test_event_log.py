"""docs/event-log.md: its tables are those of the code, its Python runs, its options exist."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pandas as pd

from sim.cli import parser
from sim.eventlog import COLUMNS
from sim.eventlog.activities import (
    ADMISSION,
    CONTACTS,
    DIRECT_ADMISSION,
    DISCHARGES,
    MOMENTS,
    NEED_OVER,
    NEEDS,
    PLANNED_ADMISSION,
    SPELLS,
    TRANSFER,
)

WAYS = 8
"""Of the commonest ways, so many are told."""
TEXT = (Path(__file__).parents[2] / "docs" / "event-log.md").read_text(encoding="utf-8")


def table_after(mark: str) -> list[list[str]]:
    """Rows of the table after a mark, without its head."""
    lines = TEXT.split(f"<!-- {mark} -->\n\n")[1].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_columns_are_those_of_the_code() -> None:
    assert table_after("columns") == [[f"`{name}`", words] for name, words in COLUMNS.items()]


def test_activities_are_those_of_the_code() -> None:
    """The table gives every name once, by what it is."""
    hospital = (ADMISSION, DIRECT_ADMISSION, PLANNED_ADMISSION, TRANSFER, *DISCHARGES.values())
    expected = {
        "contact": tuple(CONTACTS.values()),
        "without a length": tuple(MOMENTS.values()),
        "beginning and end": tuple(f"{spell.begins} – {spell.ends}" for spell in SPELLS.values()),
        "hospital": hospital,
        "need (only in a log of needs)": (*NEEDS.values(), NEED_OVER),
    }
    assert {kind: tuple(names.split("; ")) for kind, names in table_after("activities")} == expected


def test_python_runs_and_gives_the_ways_that_are_told() -> None:
    (code,) = [code for code in re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL) if "EventLog" in code]
    names: dict[str, pd.DataFrame] = {}
    exec(compile(code, "event-log.md", "exec"), names)
    cases = names["table"].astype({"concept:name": str}).groupby("case:concept:name", sort=False)["concept:name"]
    ways = Counter(tuple(way) for way in cases.agg(list))
    worsenings = [way for way in ways if way[0] in ("Deterioration", "Exacerbation") and way[-1] == "Need over"]
    found = sorted(worsenings, key=lambda way: (-ways[way], way))[:WAYS]
    assert table_after("ways") == [[str(ways[way]), " → ".join(way)] for way in found]


def test_options_exist() -> None:
    told = set(re.findall(r"`(--[a-z-]+)", TEXT)) - {"--records"}
    asked = ["records", "DIR", "--to", "xes", "--governance", "g", "--replication", "1", "--case", "need"]
    asked += ["--days", "0", "7", "--all", "--people", "9", "--start-date", "2029-01-01", "--out", "f"]
    parser().parse_args(asked)
    assert told <= set(asked)
