"""On what the values of the scenario rest (källor och antaganden)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

from sim.report import html
from sim.report.language import words
from sim.report.numbers import number, per_cent
from sim.report.words import Term
from sim.scenario.evidence import ASSUMPTION, shipped_evidence, source_ids

SHOWN = 4
"""Parameters named for a source; of more, the number is told."""


class Source(NamedTuple):
    """A source and what it is used for.

    Attributes
    ----------
    id, name
        As in the table of evidence.
    values
        How many values rest on it, alone or with others.
    used_for
        Names of parameters.
    """

    id: str
    name: str
    values: int
    used_for: str


def assumptions(rows: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Values that rest on an assumption alone."""
    return [row for row in rows if source_ids(row["source"]) == [ASSUMPTION]]


def sources(rows: Sequence[Mapping[str, str]]) -> list[Source]:
    """Sources in the order of their ids, assumptions left out."""
    used: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        for id_ in source_ids(row["source"]):
            if id_ != ASSUMPTION:
                used.setdefault(id_, []).append(row)
    return [Source(id_, _name(id_, used[id_]), len(used[id_]), _parameters(used[id_])) for id_ in sorted(used)]


def section(rows: Sequence[Mapping[str, str]], name: str) -> str:
    """The part of a page on assumptions and sources.

    Parameters
    ----------
    rows
        Of the table of sources; none if the result does not carry it.
    name
        Of the scenario.
    """
    if not rows:
        command = words.SOURCES_COMMAND.format(name=name)
        return html.paragraph(words.SOURCES_MISSING) + f"<pre><code>{escape(command)}</code></pre>"
    guessed = assumptions(rows)
    told = words.SOURCES_LEAD.format(
        assumptions=number(len(guessed), 0), values=number(len(rows), 0), share=per_cent(len(guessed) / len(rows))
    )
    known = [
        f"<tr>{html.row_head(Term(s.id))}{html.cell(s.name, 'words', 'en')}{html.cell(str(s.values))}"
        f"{html.cell(s.used_for, 'words')}</tr>"
        for s in sources(rows)
    ]
    folded = [
        f"<tr>{html.row_head(Term(row['parameter']))}"
        + "".join(html.cell(row[key].replace(".", words.DECIMAL)) for key in ("value", "low", "high"))
        + f"{html.cell(row['unit'], lang='en')}</tr>"
        for row in guessed
    ]
    return (
        html.paragraph(told)
        + html.table(words.SOURCES_HEADS[0], words.SOURCES_HEADS, known, words_in=(1, 3))
        + html.folded(
            words.ASSUMPTION_SUMMARY.format(count=number(len(guessed), 0)),
            html.table(words.HEADINGS["assumptions"], words.ASSUMPTION_HEADS, folded),
        )
    )


def _name(id_: str, rows: Sequence[Mapping[str, str]]) -> str:
    """What a source is; of one the scenario declares itself, what stands beside its values."""
    known = shipped_evidence().get(id_)
    if known is not None:
        return f"{known.name} ({known.source})"
    alone = (row.get("reference", "") for row in rows if source_ids(row["source"]) == [id_])
    return next(alone, "") or words.NO_REFERENCE


def _parameters(rows: Sequence[Mapping[str, str]]) -> str:
    names = list(dict.fromkeys(row["parameter"] for row in rows))
    shown = ", ".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else words.AND_MORE.format(names=shown, count=len(names) - SHOWN)
