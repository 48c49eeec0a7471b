"""The tables of docs/evaluation.md on people for whom nothing is done (python -m tests.docs.untouched [FOLDER])."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sim.evaluation.untouched import PUBLISHED, UNTOUCHED

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "results" / "pilots"
PAGE = ROOT / "docs" / "evaluation.md"
BETWEEN = {name: (f"<!-- {name} -->\n", "<!-- end -->\n") for name in (UNTOUCHED, PUBLISHED)}
"""Comments around each table of the page."""


def tables(folder: Path) -> Mapping[str, str]:
    """Both tables in Markdown, by the file that they are of."""
    rules, figures = (pd.read_csv(folder / name, keep_default_na=True) for name in BETWEEN)
    by_rule = [
        f"| `{row.rule}` | {row.people:,.0f} | {row.before:.2f} | {row.after:.2f} | {_changes(row, 'change')} "
        f"| {_changes(row, 'outside')} | {_changes(row, 'raw')} |".replace(",", " ")
        for row in rules.itertuples()
    ]
    published = [
        f"| {row.figure} | {_published(row)} | {row.simulated:.2f} ({row.simulated_low:.2f} to {row.simulated_high:.2f}) |"
        for row in figures.itertuples()
    ]
    heads = "| rule | people | before | after | change, % | index stay outside, % | counts, % |\n" + "|---" * 7 + "|\n"
    return {
        UNTOUCHED: heads + "\n".join(by_rule) + "\n",
        PUBLISHED: "| | published | here |\n|---|---|---|\n" + "\n".join(published) + "\n",
    }


def _changes(row: object, name: str) -> str:
    value, low, high = (100 * float(getattr(row, name + end)) for end in ("", "_low", "_high"))
    return "" if value != value else f"{value:+.0f} ({low:+.0f} to {high:+.0f})"


def _published(row: object) -> str:
    low, value, high = (float(getattr(row, f"published{end}")) for end in ("_low", "", "_high"))
    if value == value:
        return f"{value:g}" + (f" ({low:g} to {high:g})" if low == low and high == high else "")
    return f"at most {high:.2g}" if high == high else ""


def within(page: str, name: str) -> str:
    """A table as the page has it."""
    first, last = BETWEEN[name]
    return page.split(first)[1].split(last)[0]


def main() -> None:
    """Put the tables of a folder (results/pilots) into the page."""
    page = PAGE.read_text(encoding="utf-8")
    for name, table in tables(Path(sys.argv[1]) if len(sys.argv) > 1 else KEPT).items():
        first, last = map(re.escape, BETWEEN[name])
        page = re.sub(f"({first}).*?({last})", lambda found, table=table: found[1] + table + found[2], page, flags=re.S)  # type: ignore[misc]
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
