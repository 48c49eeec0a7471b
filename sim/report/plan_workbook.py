"""The tables of a plan as one workbook (planens arbetsbok): a sheet per table, and what each column is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sim.report.language import LANGUAGES, plan_words, spoken, words
from sim.report.numbers import number
from sim.report.plan_answer import sentences
from sim.report.planned import TABLES, PlanResult, read, service_name
from sim.report.workbook import FILE, read_table, write_workbook

if TYPE_CHECKING:
    import pandas as pd


def write_plan_workbook(folder: Path, path: Path | None = None, *, language: str = LANGUAGES[0]) -> Path:
    """Write the tables of a plan as a workbook, by default ``result.xlsx`` in its folder; returns the file.

    Parameters
    ----------
    folder
        Of a plan.
    path
        Another file.
    language
        Of labels, sheets and explanations, one of ``language.LANGUAGES``; names of columns stay as in the files.

    Raises
    ------
    OSError
        If a file of the folder cannot be read, or the workbook cannot be written.
    """
    with spoken(language):
        return write_workbook(plan_tables(read(folder), folder), path or folder / FILE)


def plan_tables(plan: PlanResult, folder: Path) -> dict[str, pd.DataFrame]:
    """The sheets of a plan by name: what the columns are, the answer, and the tables of the folder."""
    import pandas as pd

    found = {"answer": pd.DataFrame({plan_words.ANSWER_COLUMN: sentences(plan)})}
    found |= {
        name: _labelled(read_table(folder / f"{name}.csv"), plan)
        for name in TABLES
        if (folder / f"{name}.csv").exists()
    }
    facts = ((words.ABOUT_RESULT, "", text) for text in _facts(plan))
    rows = [*facts, *(row for name, table in found.items() for row in _columns(name, table, plan))]
    about = pd.DataFrame(rows, columns=list(words.ABOUT_COLUMNS))
    return {plan_words.SHEETS[name][0]: table for name, table in {"readme": about, **found}.items()}


def _labelled(table: pd.DataFrame, plan: PlanResult) -> pd.DataFrame:
    """With what variables and services are called beside their names."""
    for column, label in (("variable", plan.label), ("service", service_name)):
        if column in table.columns:
            place = list(table.columns).index(column) + 1
            table.insert(place, words.LABEL_COLUMN, [label(name) for name in table[column]])
    return table


def _facts(plan: PlanResult) -> Iterator[str]:
    yield plan.title
    yield plan_words.WORKBOOK_FACTS.format(
        designs=number(plan.about["designs"], 0),
        window=words.window(plan.days),
        people=plan.about["people"],
        seed=plan.about["seed"],
    )
    yield plan_words.WORKBOOK_NOTE


def _columns(name: str, table: pd.DataFrame, plan: PlanResult) -> Iterator[tuple[str, str, str]]:
    """A row for the sheet, and one for each of its columns that is explained."""
    title, told = plan_words.SHEETS[name]
    yield title, "", told
    for column in table.columns:
        if meaning := _meaning(name, str(column), plan):
            yield title, str(column), meaning


def _meaning(table: str, column: str, plan: PlanResult) -> str:
    """What a column is; empty where it explains itself."""
    meanings: Mapping[str, str] = words.COLUMNS if table == "sources" else {**words.COLUMNS, **plan_words.COLUMNS}
    if column in plan.variables:
        return plan_words.COLUMN_VARIABLE.format(label=plan.label(column))
    if table == "robustness" and column != "set":
        return plan_words.COLUMN_DESIGN
    for end, form in plan_words.EITHER_END.items():
        if column.endswith(end) and column not in meanings:
            return form.format(name=column.removesuffix(end))
    return meanings.get(column, "")
