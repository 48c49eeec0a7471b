"""The report of a result folder: figures, and one page that needs nothing else."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from sim.outcomes.table import Margin
from sim.report import costs, html, payers, precise, sources, warming
from sim.report.canvas import KINDS, QUANTITY_COLOURS, discard
from sim.report.conclusions import sentences
from sim.report.days import three_quantities
from sim.report.drawing import FIGURES, Assistant, draw_all
from sim.report.language import LANGUAGES, spoken, words
from sim.report.numbers import between, decimals, number, per_cent
from sim.report.pictures import PICTURES, Picture
from sim.report.result import TOTAL, Result, read
from sim.report.summary import Line, sections
from sim.report.summary import line as one_line
from sim.report.words import Term

LONG = 300
"""Characters from which the numbers of a figure are not part of its alternative text."""


def write(folder: Path, helper: Assistant | None = None, *, language: str = LANGUAGES[0]) -> list[Path]:
    """Write figures and the report into a result folder (skriv rapport).

    Parameters
    ----------
    folder
        With ``result.json``, ``outcomes.csv``, for two governances ``comparison.csv``, and ``sources.csv`` if the
        sources of the values are to be listed.
    helper
        Draws some of the figures at the same time; from :func:`sim.report.drawing.assistant`.
    language
        Of the report and its figures, one of ``language.LANGUAGES``.

    Returns
    -------
    list of Path
        ``figures/*.png``, ``figures/*.svg``, ``costs.csv`` and ``report.html``; the same bytes for the same files and
        versions.

    Raises
    ------
    OSError
        If a file cannot be read or written.
    """
    with spoken(language):
        return _write(read(folder), folder, helper)


def write_pdf(folder: Path, *, language: str = LANGUAGES[0]) -> Path:
    """Write ``report.pdf`` into a result folder: what the page says, with the figures as vectors; returns the file.

    Raises
    ------
    OSError
        If a file cannot be read or written.
    """
    from sim.report import pdf

    with spoken(language):
        result = read(folder)
        pictures = [picture for picture in PICTURES if picture.possible(result)]
        figures = {picture.name: pdf.drawn(picture.drawn(result)) for picture in pictures}
        return pdf.write_pdf(page(result, dict.fromkeys(figures, b"")), figures, folder / "report.pdf")


def _write(result: Result, folder: Path, helper: Assistant | None) -> list[Path]:
    """Figures and report in the language spoken."""
    drawings = folder / FIGURES
    drawings.mkdir(exist_ok=True)
    pictures = [picture for picture in PICTURES if picture.possible(result)]
    for picture in PICTURES:
        if picture not in pictures:
            discard(drawings, picture.name)
    draw_all(result, folder, pictures, helper)
    shown = {picture.name: (drawings / f"{picture.name}.svg").read_bytes() for picture in pictures}
    tables = payers.write_costs(result, folder)
    report = folder / "report.html"
    part = report.with_name(report.name + ".part")
    try:
        part.write_text(page(result, shown), encoding="utf-8", newline="\n")
        part.replace(report)
    finally:
        part.unlink(missing_ok=True)
    return [*(drawings / f"{picture.name}.{kind}" for picture in pictures for kind in KINDS), *tables, report]


def page(result: Result, drawings: dict[str, bytes]) -> str:
    """The page.

    Parameters
    ----------
    result
        What is told.
    drawings
        SVG by name of the figure; a figure without one is said to be left out.
    """
    parts = {
        "question": _question(result),
        "answer": _answer(result),
        "table": _headline(result),
        "figures": _figures(result, drawings),
        "groups": _groups(result),
        **({"costs": costs.section(result)} if result.compared and payers.has_costs(result) else {}),
        "precision": precise.section(result),
        **({"warm_up": warming.section(result.warm_up)} if result.warm_up else {}),
        "assumptions": sources.section(result.sources, str(result.about.get("name", ""))),
        "limits": _limits(result),
        "scope": html.paragraph(words.SCOPE),
        "again": _again(result),
        "terms": html.definitions(words.TERMS, words.MEANINGS),
    }
    return html.report(_title(result), _facts(result), parts, words.HEADINGS)


def _names(result: Result) -> dict[str, str]:
    return {
        "first": words.governance(result.first).lower(),
        "last": words.governance(result.last).lower(),
    }


def _title(result: Result) -> str:
    form = words.PAGE_TITLE if result.compared else words.PAGE_TITLE_ONE
    return form.format(title=result.title, **_names(result))


def _facts(result: Result) -> str:
    counts = {
        "people": result.people,
        "municipalities": len(result.municipalities),
        "replications": result.replications,
        "window": result.days,
    }
    items = [
        f"<li><b>{number(count, 0)}</b> {escape(words.FACTS[key].one if count == 1 else words.FACTS[key].many)}</li>"
        for key, count in counts.items()
    ]
    items.append(f"<li>{escape(words.SEED)} <b>{escape(str(result.about['seed']))}</b></li>")
    return f'<ul class="facts">{"".join(items)}</ul>'


def _question(result: Result) -> str:
    today = words.TODAY_ONE
    if result.compared:
        usual = result.governances == tuple(words.GOVERNANCES)
        today = words.TODAY if usual else words.TODAY_OTHER
    question = words.QUESTION.format(today=today.format(first=result.first, last=result.last))
    estimand = words.ESTIMAND if result.compared else words.ESTIMAND_ONE
    return html.paragraph(question) + html.paragraph(estimand.format(days=result.days))


def _answer(result: Result) -> str:
    first, *others = sentences(result)
    inside = html.paragraph(first) + (html.paragraph(" ".join(others)) if others else "")
    told = f'<div class="answer">{inside}</div>'
    notes = [html.linked(note) for note in result.notes]
    if notes:
        told += f"<h3>{escape(words.NOTES)}</h3>{html.listed(notes)}"
    return told


# --- tables -------------------------------------------------------------------------------------------------


def _headline(result: Result) -> str:
    names = [words.governance(name).lower() for name in result.governances]
    compared = (
        [words.DIFFERENCE, words.INTERVAL, words.RELATIVE, words.VERDICT] if result.compared else [words.INTERVAL]
    )
    heads = [words.OUTCOME, words.UNIT, *names, *compared]
    rows: list[str] = []
    for section in sections(result):
        rows.append(html.section_row(section.title, len(heads)))
        rows += [_row(line, result.compared) for line in section.lines]
    return _quantities(result) + html.table(words.HEADINGS["table"], heads, rows, _table_note(result), words_in=(1,))


def _row(line: Line, compared: bool) -> str:
    cells = line.values
    cells += [line.difference, line.interval, line.share] if compared else [line.interval]
    kind = "unclear" if line.verdict == words.UNCLEAR else ""
    tail = html.cell(line.verdict, kind) if compared else ""
    numbers = "".join(html.cell(text) for text in cells)
    return f"<tr>{html.row_head(line.label)}{html.cell(line.unit, 'unit')}{numbers}{tail}</tr>"


def _table_note(result: Result) -> str:
    told = {"replications": words.replications(result.replications), "window": words.window(result.days)}
    if result.replications == 1:
        return words.TABLE_ONE.format(**told)
    return (words.TABLE_NOTE if result.compared else words.VALUE_NOTE).format(**told)


def _quantities(result: Result) -> str:
    """The three quantities, each in a box of its own."""
    boxes = []
    for q in three_quantities(result):
        interval = between(q.days.low, q.days.high, 0)
        note = words.QUANTITY_IS[q.key].format(**_names(result))
        boxes.append(
            f'<div style="--tone: {QUANTITY_COLOURS[q.key]}"><p class="name">{html.term(words.QUANTITIES[q.key])}</p>'
            f'<p class="number">{number(q.days.value, 0)}</p>'
            f"<p>{escape(words.INTERVAL)}: {interval}; {escape(words.OF_DAYS.format(share=per_cent(q.share)))}</p>"
            f"<p>{escape(note)}</p></div>"
        )
    told = f'<h3>{escape(words.QUANTITIES_TITLE)}</h3><div class="quantities">{"".join(boxes)}</div>'
    bound = result.level(result.first, "preventable_or_ready_days")
    if bound.known:
        told += html.paragraph(words.BOUND.format(number=number(bound.value, 0), **_names(result)))
    return told


def _groups(result: Result) -> str:
    """Some outcomes for some people, the difference beneath the level."""
    outcomes = [name for name in words.BY_GROUP_HEADS if result.has(name)]
    heads = [words.PEOPLE, *(words.BY_GROUP_HEADS[name] for name in outcomes)]
    rows = []
    for title, people in _blocks(result):
        found = [
            (label, cells) for label, margin, suffix in people if (cells := _for(result, outcomes, margin, suffix))
        ]
        if found:
            rows.append(html.section_row(title, len(heads)))
            rows += [f"<tr>{html.row_head(label)}{cells}</tr>" for label, cells in found]
    lead = words.BY_GROUP_LEAD if result.compared else words.BY_GROUP_LEAD_ONE
    return html.paragraph(lead.format(**_names(result))) + html.table(words.HEADINGS["groups"], heads, rows)


def _blocks(result: Result) -> Iterator[tuple[Term, list[tuple[Term, Margin, str]]]]:
    """Kinds of people: label, margin, suffix of the outcomes."""
    yield words.MARGINS["all"], [(Term(words.ALL), TOTAL, "")]
    yield words.MARGINS["group"], [(term, Margin(group=name), "") for name, term in words.GROUPS.items()]
    yield words.MARGINS["segment"], [(term, Margin(segment=name), "") for name, term in words.SEGMENTS.items()]
    yield words.STRATA_HEAD, [(term, TOTAL, suffix) for suffix, term in words.STRATA.items()]
    if len(result.municipalities) > 1:
        yield (
            words.MARGINS["municipality"],
            [(Term(name), Margin(municipality=name), "") for name in result.municipalities],
        )


def _for(result: Result, outcomes: Sequence[str], margin: Margin, suffix: str) -> str:
    """The cells of a row; nothing if nothing is known."""
    cells, known = "", False
    for name in outcomes:
        line = one_line(result, name + suffix, Term("")) if suffix else one_line(result, name, Term(""), margin)
        level = line.levels[0]
        known = known or level.known
        text = number(level.value, decimals(level.value))
        if result.compared:
            interval = f" ({line.interval})" if line.change.bounded else ""
            cells += f"<td>{text}<small>{line.difference}{interval}</small></td>"
        else:
            cells += html.cell(text)
    return cells if known else ""


# --- figures ------------------------------------------------------------------------------------------------


def _figures(result: Result, drawings: dict[str, bytes]) -> str:
    told: list[str] = []
    for picture in PICTURES:
        if picture.name in drawings:
            told.append(_figure(result, picture, drawings[picture.name], 1 + len(told)))
    left_out = [
        html.paragraph(words.SKIPPED.format(title=picture.words(result).title.lower()), "left-out")
        for picture in PICTURES
        if picture.name not in drawings
    ]
    return "\n".join([*told, *left_out])


def _figure(result: Result, picture: Picture, svg: bytes, place: int) -> str:
    numbers = picture.tell(result)
    short = picture.alt(result)
    alt = short if len(short) < LONG else f"{picture.words(result).title}. {words.ALT_LONG}"
    items = html.listed(escape(item) for item in numbers.rstrip(".").split("; "))
    caption = f"<b>{words.FIGURE.format(number=place)}</b> {html.linked(picture.words(result).caption)}"
    label = escape(picture.words(result).title, quote=True)
    return (
        f'<figure id="{picture.name}"><div class="scroll" role="group" tabindex="0" aria-label="{label}">'
        f"{html.image(svg, alt)}</div>"
        f"<figcaption>{caption}{html.folded(words.IN_NUMBERS, items)}</figcaption></figure>"
    )


# --- where it stands ----------------------------------------------------------------------------------------


def _limits(result: Result) -> str:
    told = []
    for title, text in words.LIMITS:
        inside = text.format(harm=_harm(result)) if "{harm}" in text else text
        told.append(f"<h3>{escape(title)}</h3>{html.paragraph(inside)}")
    return "".join(told)


def _harm(result: Result) -> str:
    """How often the channels of harm were at work here."""
    change = result.change("admissions_harmed")
    late = result.level(result.last, "admissions_harmed")
    if not (change.known and late.known):
        return ""
    return words.HARM.format(
        late=number(late.value, 0),
        change=number(change.value, 0, sign=True),
        alarms=number(result.level(result.last, "false_alarms").value, 0),
        **_names(result),
    )


def _again(result: Result) -> str:
    command = words.COMMAND.format(
        verb="compare" if result.compared else "run",
        name=shlex.quote(str(result.about.get("name", ""))),
        names=" ".join(shlex.quote(name) for name in result.governances),
        count=result.replications,
        seed=result.about["seed"],
    )
    told = html.paragraph(words.AGAIN) + f"<pre><code>{escape(command)}</code></pre>"
    digests = result.about.get("digests") or {}
    firsts = [f"{name}  {values[0]}" for name, values in digests.items() if values]
    if firsts:
        told += html.paragraph(words.DIGESTS) + f"<pre><code>{escape(chr(10).join(firsts))}</code></pre>"
    return told
