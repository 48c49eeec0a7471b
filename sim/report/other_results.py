"""Results that have no report of their own kind (övriga resultat): their tables, as rows for a terminal and a page.

Sweeps, evaluations, calibrations, baselines held against published figures, pilots, and what falls by itself. What is
shown is read from the tables in the folder alone.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from sim.evaluation.evaluating import read_performance
from sim.files import RESULT_BYTES, read_bytes
from sim.report import evaluations, html, swept
from sim.report.language import LANGUAGES, language, spoken, sweep_words
from sim.report.numbers import between, number
from sim.report.swept import outcome
from sim.runs.durable import put
from sim.runs.result_folder import CALIBRATED, EVALUATED, SWEPT

PAGE = "report.html"
MOST_ROWS = 500
"""Rows of a table that are shown; the file has them all."""
Row = Mapping[str, str]


@dataclass(frozen=True)
class Column:
    """A column as it is shown.

    Attributes
    ----------
    names
        Columns of the file: one; or a figure and the two ends of its interval.
    heads
        In English and Swedish.
    factor
        Of numbers.
    sign
        Whether a number has its sign always.
    """

    names: tuple[str, ...]
    heads: tuple[str, str]
    factor: float = 1.0
    sign: bool = False

    def cell(self, row: Row) -> str:
        """What is shown of a row."""
        values = [row.get(name, "") for name in self.names]
        try:
            numbers = [self.factor * float(value or math.nan) for value in values]
        except ValueError:
            return values[0]
        mean = number(numbers[0], sign=self.sign)
        if len(numbers) == 1 or not math.isfinite(sum(numbers[1:])):
            return mean
        return f"{mean} ({between(numbers[1], numbers[2], sign=self.sign)})"


@dataclass(frozen=True)
class Kind:
    """A kind of table.

    Attributes
    ----------
    file
        Its name.
    titles
        In English and Swedish.
    columns
        What is shown, in order.
    page
        Of a kind that has a page of its own: its name, and the command that writes it.
    """

    file: str
    titles: tuple[str, str]
    columns: tuple[Column, ...]
    page: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Table:
    """A table as it is shown: plain text.

    Attributes
    ----------
    title, heads, rows
        What stands over it, its columns and its cells.
    below
        Sentences below it.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    below: tuple[str, ...] = ()


def _interval(name: str, english: str, swedish: str, factor: float = 1.0, sign: bool = False) -> Column:
    return Column((name, f"{name}_low", f"{name}_high"), (english, swedish), factor, sign)


def _plain(name: str, english: str, swedish: str) -> Column:
    return Column((name,), (english, swedish))


_PER_CENT = {"factor": 100.0, "sign": True}
KINDS = (
    Kind(
        EVALUATED[1],
        ("What each design found in each repeat, and what was true", "Vad varje design fann i varje upprepning"),
        (
            _plain("design", "design", "design"),
            _plain("repeat", "repeat", "upprepning"),
            _plain("outcome", "outcome", "utfall"),
            Column(("estimate", "low", "high"), ("estimate, %", "skattning, %"), 100.0, True),
            Column(("truth",), ("truth, %", "sanning, %"), 100.0, True),
            _plain("p", "p", "p"),
            Column(("null_estimate", "null_low", "null_high"), ("nothing done, %", "inget gjort, %"), 100.0, True),
            _plain("null_p", "p, nothing done", "p, inget gjort"),
            _plain("treated", "treated", "behandlade"),
        ),
    ),
    Kind(
        CALIBRATED[2],
        ("Parameters: prior and ensemble", "Parametrar: före och efter kalibreringen"),
        (
            _plain("key", "parameter", "parameter"),
            _plain("unit", "unit", "enhet"),
            Column(("value", "low", "high"), ("scenario, plausible range", "scenario, rimligt intervall")),
            Column(("prior_50", "prior_25", "prior_75"), ("prior, quartiles", "före, kvartiler")),
            Column(("ensemble_50", "ensemble_25", "ensemble_75"), ("ensemble, quartiles", "ensemble, kvartiler")),
            _plain("ratio", "ratio", "kvot"),
            _plain("verdict", "verdict", "utslag"),
        ),
    ),
    Kind(
        "validation.csv",
        ("The baseline held against published figures", "Nuläget hållet mot publicerade tal"),
        (
            _plain("target", "target", "mål"),
            _plain("source", "source", "källa"),
            _plain("low", "published, lowest", "publicerat, lägst"),
            _plain("high", "published, highest", "publicerat, högst"),
            _interval("simulated", "simulated", "simulerat"),
            _plain("unit", "unit", "enhet"),
            _plain("verdict", "verdict", "utslag"),
        ),
        ("validation.html", "narvard validate SCENARIO --out DIR"),
    ),
    Kind(
        "pilots.csv",
        (
            "Pilots: claimed, what a study would show, and what is true, %",
            "Piloter: påstått, vad studier visar, sant",
        ),
        (
            _plain("pilot", "pilot", "pilot"),
            _plain("metric", "metric", "mått"),
            _interval("claimed", "claimed", "påstått", 100.0, True),
            _interval("before_after", "before-after", "före-efter", 100.0, True),
            _interval("unchanged", "nothing done", "inget gjort", 100.0, True),
            _interval("randomised", "randomised", "randomiserat", 100.0, True),
            _interval("truth", "true", "sant", 100.0, True),
            _plain("n", "people", "personer"),
        ),
        ("report.html", "narvard pilots"),
    ),
    Kind(
        "reach.csv",
        ("What it would take to reach each claim", "Vad som krävs för att nå varje påstående"),
        (
            _plain("pilot", "pilot", "pilot"),
            _plain("outcome", "outcome", "utfall"),
            Column(("goal",), ("goal, %", "mål, %"), 100.0, True),
            _interval("as_is", "as it is, %", "som den är, %", 100.0, True),
            _plain("reached", "reached", "nått"),
            _interval("best", "at best, %", "som bäst, %", 100.0, True),
            _plain("staff", "staff", "personal"),
        ),
        ("report.html", "narvard pilots"),
    ),
    Kind(
        "untouched.csv",
        ("Nothing done: what falls by itself", "Inget gjort: vad som faller av sig självt"),
        (
            _plain("rule", "chosen by", "valda med"),
            _plain("outcome", "outcome", "utfall"),
            _plain("people", "people", "personer"),
            _plain("before", "a year before", "per år före"),
            _plain("after", "a year after", "per år efter"),
            _interval("change", "change, %", "förändring, %", 100.0, True),
            _interval("outside", "index stay apart, %", "utan indexvistelse, %", 100.0, True),
        ),
    ),
    Kind(
        "untouched-published.csv",
        ("Nothing done: simulated and published", "Inget gjort: simulerat och publicerat"),
        (
            _plain("figure", "figure", "tal"),
            Column(("published", "published_low", "published_high"), ("published", "publicerat")),
            _interval("simulated", "simulated", "simulerat"),
            _plain("source", "source", "källa"),
        ),
    ),
)
WORDS = {
    "facts": ("Read from the tables in this folder.", "Läst ur tabellerna i denna mapp."),
    "tables": ("Tables", "Tabeller"),
    "figures": ("Figures", "Figurer"),
    "more": ("{more} more rows are in {file}.", "{more} rader till finns i {file}."),
    "note": (
        "In brackets: 95 % intervals, or the range that the head names.",
        "Inom parentes: 95-procentiga intervall, eller det som rubriken säger.",
    ),
    "evaluation": ("How each design does", "Hur varje design klarar sig"),
}


def kinds_in(folder: Path) -> list[Kind]:
    """The kinds whose table is there."""
    return [kind for kind in KINDS if (folder / kind.file).is_file()]


def tables(folder: Path) -> list[Table]:
    """All that is shown of a folder, in the language that is spoken."""
    found = [_table(kind, folder) for kind in kinds_in(folder)]
    return [
        *(_swept(folder) if (folder / SWEPT[0]).is_file() else ()),
        *(_evaluated(folder) if (folder / EVALUATED[0]).is_file() else ()),
        *found,
    ]


def show(folder: Path, *, language: str = LANGUAGES[0]) -> list[Table]:
    """As ``tables``, in a language."""
    with spoken(language):
        return tables(folder)


def write(folder: Path, *, language: str = LANGUAGES[0]) -> Path:
    """Write ``report.html`` from the tables and figures of a folder, in a language; returns the file.

    Raises
    ------
    OSError
        If a file cannot be read or written.
    """
    with spoken(language):
        return put(folder / PAGE, page(tables(folder), sorted(_drawings(folder))))


def page(found: Sequence[Table], drawings: Sequence[Path]) -> str:
    """The page as a text, in the language that is spoken."""
    title = found[0].title if len(found) == 1 else " · ".join(dict.fromkeys(table.title for table in found))
    parts = {"answer": "\n".join(_html(table) for table in found) + html.paragraph(_said("note"))}
    if drawings:
        parts["figures"] = "\n".join(
            f'<figure><div class="scroll">{html.image(path.read_bytes(), path.stem)}</div></figure>'
            for path in drawings
        )
    facts = html.paragraph(_said("facts"))
    return html.report(title, facts, parts, {"answer": _said("tables"), "figures": _said("figures")})


def _html(table: Table) -> str:
    rows = [
        f"<tr>{''.join(html.cell(text, 'words' if place == 0 else '') for place, text in enumerate(row))}</tr>"
        for row in table.rows
    ]
    below = "".join(html.paragraph(text) for text in table.below)
    return f"<h3>{escape(table.title)}</h3>\n{html.table(table.title, table.heads, rows, '', (0,))}{below}"


def _drawings(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*.svg")
    yield from (folder / "figures").glob("*.svg")


def _said(key: str) -> str:
    return WORDS[key][LANGUAGES.index(language())]


def _table(kind: Kind, folder: Path) -> Table:
    place = LANGUAGES.index(language())
    text = read_bytes(folder / kind.file, RESULT_BYTES).decode("utf-8")
    rows = [tuple(column.cell(row) for column in kind.columns) for row in csv.DictReader(io.StringIO(text, newline=""))]
    more = len(rows) - MOST_ROWS
    below = (_said("more").format(more=number(more, 0), file=kind.file),) if more > 0 else ()
    heads = tuple(column.heads[place] for column in kind.columns)
    return Table(kind.titles[place], heads, tuple(rows[:MOST_ROWS]), below)


def _evaluated(folder: Path) -> Iterator[Table]:
    heads = (evaluations.COLUMNS, evaluations.SWEDISH_COLUMNS)[LANGUAGES.index(language())]
    yield Table(_said("evaluation"), heads, tuple(evaluations.rows(read_performance(folder))))


def _swept(folder: Path) -> Iterator[Table]:
    for one in swept.read(folder):
        of = f", {sweep_words.DIFFERENCE_ALONE}" if one.result.compared else ""
        rows = tuple(tuple(row) for row in one.rows(MOST_ROWS))
        yield Table(outcome(one.outcome) + of, tuple(one.heads()), rows, tuple(one.below(MOST_ROWS)))
