"""The report on pilots (rapport om piloter): figures, tables, and one page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

import pandas as pd

from sim.evaluation.judging import Verdict, decompositions, table
from sim.evaluation.pilots import Claim
from sim.evaluation.reach import Reach
from sim.report import html, pilot_words
from sim.report.canvas import save
from sim.report.numbers import number, per_cent, plain
from sim.report.pilot_pictures import forest, main_outcome, waterfall
from sim.texts import for_cells
from sim.version import __version__

FIGURES = "figures"
SUMMARY = "pilots"
"""Name of the figure of all pilots."""
HEADS = ("Pilot", "Outcome", "Claimed", "Without the pilot", "Before-after", "Randomised", "Truth", "n", "Power")


def write(
    verdicts: Sequence[Verdict], folder: Path, reaches: Mapping[str, Sequence[Reach]] | None = None
) -> list[Path]:
    """Write tables, figures and the report on pilots into a folder.

    Parameters
    ----------
    verdicts
        In the order in which they are shown.
    folder
        Made if needed.
    reaches
        Answers to the inverse question, by pilot.

    Returns
    -------
    list of Path
        ``pilots.csv``, ``decomposition.csv``, ``reach.csv``, ``figures/*.png`` and ``.svg``, ``report.html``.
    """
    drawings = folder / FIGURES
    drawings.mkdir(parents=True, exist_ok=True)
    written = [
        _csv(table(verdicts), folder / "pilots.csv"),
        _csv(decompositions(verdicts), folder / "decomposition.csv"),
    ]
    reaches = reaches or {}
    rows = [reach.row() for found in reaches.values() for reach in found]
    if rows:
        written.append(_csv(pd.DataFrame(rows), folder / "reach.csv"))
    written += save(forest(verdicts), drawings, SUMMARY)
    for verdict in verdicts:
        written += save(waterfall(verdict), drawings, verdict.pilot.name)
    report = folder / "report.html"
    report.write_text(page(verdicts, drawings, reaches), encoding="utf-8", newline="\n")
    return [*written, report]


def _csv(data: pd.DataFrame, path: Path) -> Path:
    for_cells(data).to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
    return path


def page(verdicts: Sequence[Verdict], drawings: Path, reaches: Mapping[str, Sequence[Reach]]) -> str:
    """The page; figures are read from the folder."""
    css = files("sim.report").joinpath("page.css").read_text(encoding="utf-8")
    body = [_section("question", "What is asked", f"<p>{escape(pilot_words.HOW)}</p>")]
    body.append(_section("all", "All pilots", _summary(verdicts, drawings)))
    body += [_section(v.pilot.name, v.pilot.title, _one(v, drawings, reaches.get(v.pilot.name, ()))) for v in verdicts]
    body.append(_section("limits", "What the verdicts rest on", f"<p>{escape(pilot_words.LIMITS)}</p>"))
    links = "".join(f'<li><a href="#{v.pilot.name}">{escape(v.pilot.title)}</a></li>' for v in verdicts)
    inside = f"""<header>
<h1>{escape(pilot_words.TITLE)}</h1>
<nav><ul>{links}</ul></nav>
</header>
<main>
{chr(10).join(body)}
</main>
<footer>Narvard {escape(__version__)}</footer>"""
    return html.document(escape(pilot_words.TITLE), css, inside, "en")


def _section(key: str, title: str, inside: str) -> str:
    return f'<section><h2 id="{escape(key)}">{escape(title)}</h2>\n{inside}</section>'


def _figure(drawings: Path, name: str, alt: str) -> str:
    svg = (drawings / f"{name}.svg").read_bytes()
    return f'<figure><div class="scroll">{html.image(svg, alt)}</div></figure>'


def _summary(verdicts: Sequence[Verdict], drawings: Path) -> str:
    rows = [_cells(verdict, *row) for verdict in verdicts for row in verdict.rows()]
    return _figure(
        drawings, SUMMARY, "Claims, studies and truth of every pilot; the table holds the same"
    ) + html.table("All pilots", HEADS, rows, pilot_words.TRUTH_NOTE, (0, 1))


def _cells(verdict: Verdict, name: str, claim: Claim | None) -> str:
    texts = cells(verdict, name, claim)
    rest = "".join(html.cell(text, "words" if place == 0 else "") for place, text in enumerate(texts[1:]))
    return f'<tr><th scope="row"><a href="#{verdict.pilot.name}">{escape(texts[0])}</a></th>{rest}</tr>'


def cells(verdict: Verdict, name: str, claim: Claim | None) -> list[str]:
    """A row of the table as text: one for each of ``HEADS``."""
    pilot = verdict.pilot
    what = claim.metric if claim else pilot_words.outcome(name)
    judged = verdict.outcomes.get(name)
    if judged is None:
        return [pilot.title, what, pilot_words.claimed(claim), *["–"] * 4, str(pilot.n), "–"]
    shown = [
        pilot_words.amount(found.mean, judged.scale) + _in_brackets(pilot_words.span(found, judged.scale))
        for found in (judged.unchanged, judged.before_after, judged.randomised, judged.truth)
    ]
    return [pilot.title, what, pilot_words.claimed(claim), *shown, str(pilot.n), per_cent(judged.power)]


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""


def _one(verdict: Verdict, drawings: Path, reaches: Sequence[Reach]) -> str:
    pilot = verdict.pilot
    name, claim = main_outcome(verdict)
    parts = [html.listed(f"{escape(what)}: <b>{escape(value)}</b>" for what, value in _facts(verdict))]
    parts.append(html.listed(escape(f"{one.says}. ({one.source})") for one in pilot.claims) if pilot.claims else "")
    if not any(one.effect is not None and one.outcome for one in pilot.claims):
        parts.append(f"<p>{escape(pilot_words.NO_CLAIM)}</p>")
    first, second = pilot_words.may(verdict, name)
    parts.append(f'<div class="answer"><p>{escape(first)}</p><p>{escape(second)}</p></div>')
    parts.append(_figure(drawings, pilot.name, _told(verdict, name)))
    parts.append(html.listed(escape(text) for text in pilot_words.concluded(verdict, name, claim)))
    parts += [f"<p>{escape(reach.told())}</p>" for reach in reaches]
    parts.append(f"<p>{escape(_others(verdict))}</p>")
    return "\n".join(part for part in parts if part)


def _facts(verdict: Verdict) -> Iterator[tuple[str, str]]:
    pilot = verdict.pilot
    yield "Where", pilot.place
    yield "Document", pilot.document + (f", {pilot.year}" if pilot.year else "")
    yield "For whom", pilot.target
    yield "Chosen by", pilot_words.SELECTIONS.get(pilot.selection, pilot.selection)
    yield "People", f"{pilot.n} ({pilot.n_note or 'as stated'}); {number(verdict.simulated, 0)} simulated"
    yield "Follow-up", f"{pilot.months} months, index stay {pilot.index}; {pilot_words.DEATHS[pilot.deaths]}"
    yield "Died in the follow-up", number(verdict.dead, 0)
    yield "Design behind the claim", pilot.design
    dense = f", {number(pilot.people_per_km2, 0)} per km²" if pilot.people_per_km2 else ""
    yield "Region", f"{number(pilot.scenario.region.people, 0)} people{dense}"


def _told(verdict: Verdict, name: str) -> str:
    """The figure in words."""
    judged = verdict.outcomes[name]
    share = 100.0 / judged.before if judged.before > 0 else 0.0
    steps = ", ".join(
        f"{pilot_words.part(part)} {number(found.mean * share, 1, sign=True)}" for part, found in judged.parts.items()
    )
    return f"Before 100; {steps}; after {number(judged.after * share, 0)}."


def _others(verdict: Verdict) -> str:
    found = verdict.outcomes["hospital_days"].others
    told = f"Everybody else in the region: {number(found.mean, 0, sign=True)} hospital days a year"
    interval = pilot_words.span(found, "days")
    return told + (f" ({interval})." if interval else ".")


def terminal_rows(verdicts: Sequence[Verdict]) -> list[list[str]]:
    """The table for a terminal; the outcomes that were claimed, or the first of a pilot without a claim."""
    rows = []
    for verdict in verdicts:
        shown = [row for row in verdict.rows() if row[1] is not None and row[0]] or [("admissions", None)]
        for name, claim in shown:
            texts = cells(verdict, name, claim)
            rows.append([plain(text) for text in (verdict.pilot.name, *texts[1:])])
    return rows
