"""The page of a validation (valideringsrapport): verdict, table with sources, figures, checks, what is not tested."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from pathlib import Path

from sim.report import html, validation_words
from sim.report.canvas import KINDS, discard, save
from sim.report.drawing import FIGURES
from sim.report.numbers import number
from sim.report.validation_care import BY_AGE, EMERGENCY, OVER_THE_YEAR, READMISSION, STAYS
from sim.report.validation_parts import Drawing, named
from sim.report.validation_targets import TARGETS
from sim.report.validation_turnover import TURNOVER
from sim.report.words import Term
from sim.runs.durable import put
from sim.scenario.ensemble import sets_of
from sim.scenario.evidence import shipped_evidence
from sim.validation.validation import Validation, Verdict
from sim.validation.validation import number as short
from sim.version import __version__

DRAWINGS = (TARGETS, EMERGENCY, STAYS, READMISSION, BY_AGE, TURNOVER, OVER_THE_YEAR)
"""In the order of the page."""
PAGE = "validation.html"
OK = ("inside", "agrees")


def write(found: Validation, folder: Path) -> list[Path]:
    """Draw the figures of a validation and write its page (skriv valideringsrapport).

    Parameters
    ----------
    found
        From ``sim.experiment.validate``.
    folder
        Made if need be.

    Returns
    -------
    list of Path
        ``figures/validation-*.png`` and ``.svg``, and at last ``validation.html``; the same bytes for the same
        scenario, seed and versions.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    drawings = folder / FIGURES
    drawings.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for drawing in DRAWINGS:
        if drawing.possible(found):
            written += save(drawing.drawn(found), drawings, drawing.name)
        else:
            discard(drawings, drawing.name)
    shown = {path.stem: path.read_bytes() for path in written if path.suffix == f".{KINDS[1]}"}
    return [*written, put(folder / PAGE, page(found, shown))]


def page(found: Validation, drawings: dict[str, bytes]) -> str:
    """The page.

    Parameters
    ----------
    drawings
        SVG by name of the figure; a figure without one is said to be left out.
    """
    css = files("sim.report").joinpath("page.css").read_text(encoding="utf-8")
    title = escape(validation_words.TITLE.format(region=named(found)))
    parts = {
        "verdict": _verdict(found),
        "table": _table(found),
        "figures": _figures(found, drawings),
        "checks": _checks(found),
        "not-tested": html.listed(escape(text) for text in validation_words.NOT_TESTED)
        + html.paragraph(validation_words.FACES.format(name=found.scenario.path.name)),
        "again": _again(found),
    }
    headings = validation_words.HEADINGS
    links = html.listed(f'<a href="#{key}">{escape(headings[key])}</a>' for key in parts)
    inside = "\n".join(
        f'<section><h2 id="{key}">{escape(headings[key])}</h2>\n{text}</section>' for key, text in parts.items()
    )
    body = f"""<a class="skip" href="#verdict">{escape(headings["verdict"])}</a>
<header>
<h1>{title} <span class="sv" lang="sv">{validation_words.SWEDISH_TITLE}</span></h1>
{_facts(found)}
<nav aria-label="Contents">{links}</nav>
</header>
<main>
{inside}
</main>
<footer>{escape(f"Narvard {__version__}")}</footer>"""
    return html.document(title, f"{css}{validation_words.STYLE}\n", body, "en")


def _facts(found: Validation) -> str:
    counts = [(found.scenario.region.people, "inhabitants"), (found.replications, "replications")]
    counts += [(found.sets, "parameter sets")] if found.sets else []
    items = [f"<li><b>{number(count, 0)}</b> {word}</li>" for count, word in counts]
    return f'<ul class="facts">{"".join(items)}<li>seed <b>{found.seed}</b></li></ul>'


# --- the verdict -------------------------------------------------------------------------------------------------


def conclusion(found: Validation) -> list[str]:
    """The verdict in a sentence, and what qualifies it."""
    judged = [v for v in found.verdicts if v.target.judged]
    counts = {word: sum(v.verdict == word for v in judged) for word in ("inside", "near", "off", "reported")}
    measured = len(judged) - counts["reported"]
    told = [
        f"Current care of {named(found)} in the model agrees with {counts['inside']} of {measured} published figures; "
        f"{counts['near']} are off by less than 25 %, and {counts['off'] or 'none'} by more."
    ]
    if counts["reported"]:
        told.append(f"{counts['reported']} cannot be measured on the time axis of the scenario.")
    unsure = sum(v.verdict != "reported" and not v.sure for v in judged)
    if found.replications == 1:
        told.append("One replication has no interval: how sure the verdicts are is not known.")
    elif unsure:
        told.append(f"{unsure} of these verdicts are not sure: an end of their interval would get another one.")
    if found.sets:
        told.append(_of_sets(judged, found.sets))
    checks = [v for v in found.verdicts if v.target.check and v.verdict != "reported"]
    differ = [v.target.text.lower() for v in checks if v.verdict == "differs"]
    told.append(
        f"Of {len(checks)} internal checks {len(checks) - len(differ)} agree"
        + (f"; these differ: {'; '.join(differ)}." if differ else ".")
    )
    return told


def _of_sets(judged: list[Verdict], sets: int) -> str:
    """How the single parameter sets do."""
    shares = sorted(((v.sets_inside / v.sets, v) for v in judged if v.sets), key=lambda one: one[0])
    if not shares:
        return ""
    mean = sum(share for share, _ in shares) / len(shares)
    worst = ", ".join(f"{v.target.text.lower()} ({v.sets_inside})" for _, v in shares[:3])
    return f"Of {sets} parameter sets on average {mean * sets:.1f} are inside a published range; fewest for {worst}."


def _verdict(found: Validation) -> str:
    first, *others = conclusion(found)
    rules = (
        "Inside: within the published range, or within 10 % of the published value where no range is published. "
        "Near: within 25 % of it. Off: neither. The verdict is on the mean over replications; it is not sure if an "
        "end of the interval would get another one. Reported figures are shown and not judged."
    )
    return f'<div class="answer"><p>{escape(first)}</p><p>{escape(" ".join(others))}</p></div><p>{escape(rules)}</p>'


# --- tables ------------------------------------------------------------------------------------------------------


def _table(found: Validation) -> str:
    heads = _heads(found, validation_words.TABLE_HEADS)
    rows: list[str] = []
    for group, title in validation_words.GROUPS.items():
        verdicts = [v for v in found.verdicts if v.target.group == group]
        if verdicts:
            name = title if group == "also" else Term(f"{group}. {title.text}", title.swedish)
            rows.append(html.section_row(name, len(heads)))
            rows += [_row(v, _sources(v)) for v in verdicts]
    return html.table(validation_words.HEADINGS["table"], heads, rows, words_in=(4, 5, 6)) + _legend(found)


def _row(verdict: Verdict, last: str) -> str:
    text, _, published, simulated, interval, unit, told = verdict.words()
    note = f"<small>{escape(verdict.target.note)}</small>" if verdict.target.note and not verdict.target.check else ""
    kind = "" if verdict.verdict in OK else ' class="unclear"' if verdict.verdict == "reported" else ""
    bold = f"<b>{escape(told)}</b>" if verdict.verdict in ("near", "off", "differs") else escape(told)
    cells = "".join(html.cell(cell) for cell in (published, simulated, interval))
    return (
        f'<tr><th scope="row">{escape(text)}{note}</th>{cells}{html.cell(unit, "unit words")}'
        f'<td class="words"><span{kind}>{bold}</span></td><td class="words">{last}</td></tr>'
    )


def _heads(found: Validation, heads: tuple[str, ...]) -> list[str]:
    interval = validation_words.OVER_SETS if found.sets else validation_words.INTERVAL
    return [head.format(interval=interval) for head in heads]


def _sources(verdict: Verdict) -> str:
    return ", ".join(f'<a href="#source-{escape(id_)}">{escape(id_)}</a>' for id_ in verdict.target.sources)


def _legend(found: Validation) -> str:
    """What the ids stand for."""
    ids = dict.fromkeys(id_ for verdict in found.verdicts for id_ in verdict.target.sources)
    known = shipped_evidence()
    told = "".join(
        f'<dt id="source-{escape(id_)}">{escape(id_)}: {escape(known[id_].name)}</dt>'
        f"<dd>{escape(_published(id_))}. {escape(known[id_].source)}</dd>"
        for id_ in sorted(ids)
    )
    return f"<h3>Sources</h3><dl>{told}</dl>"


def _published(id_: str) -> str:
    row = shipped_evidence()[id_]
    between = f" [{row.low} to {row.high}]" if row.low and row.high else ""
    return f"{row.value}{between} {row.unit}"


def _checks(found: Validation) -> str:
    lead = (
        "Figures of the model held against each other: what must follow from other figures, and does or does not. They "
        "do not count among the targets."
    )
    heads = _heads(found, validation_words.CHECK_HEADS)
    rows: list[str] = []
    for kind, title in validation_words.CHECKS.items():
        verdicts = [v for v in found.verdicts if v.target.note.startswith(f"{kind}: ") and v.target.group == "check"]
        rows.append(html.section_row(title, len(heads)))
        rows += [_row(v, escape(v.target.note.removeprefix(f"{kind}: "))) for v in verdicts]
    return html.paragraph(lead) + html.table(validation_words.HEADINGS["checks"], heads, rows, words_in=(4, 5, 6))


# --- figures -----------------------------------------------------------------------------------------------------


def _figures(found: Validation, drawings: dict[str, bytes]) -> str:
    told: list[str] = []
    left_out: list[str] = []
    for drawing in DRAWINGS:
        if drawing.name in drawings:
            told.append(_figure(found, drawing, drawings[drawing.name], len(told) + 1))
        else:
            text = validation_words.LEFT_OUT.format(title=drawing.title.text.lower())
            left_out.append(f'<p class="left-out">{escape(text)}</p>')
    return "\n".join([*told, *left_out])


def _figure(found: Validation, drawing: Drawing, svg: bytes, place: int) -> str:
    caption = f"<b>Figure {place}. {html.term(drawing.title)}.</b> {escape(drawing.tell(found))}"
    label = escape(drawing.title.text, quote=True)
    alt = f"{drawing.title.text}. The numbers stand in the text below the figure."
    return (
        f'<figure id="{drawing.name}"><div class="scroll" role="group" tabindex="0" aria-label="{label}">'
        f"{html.image(svg, alt)}</div><figcaption>{caption}</figcaption></figure>"
    )


def _again(found: Validation) -> str:
    ensemble = " --ensemble" if sets_of(found.scenario) else ""
    name = found.scenario.path.name
    command = f"narvard validate {name}{ensemble} --replications {found.replications} --seed {found.seed} --out DIR"
    text = (
        "The same command gives the same bytes, whatever the number of workers. The figures stand beside this page "
        f"as PNG and SVG, and the table as validation.csv. Verdicts in short: {_short(found)}."
    )
    return f"<pre><code>{escape(command)}</code></pre>{html.paragraph(text)}"


def _short(found: Validation) -> str:
    near = [v for v in found.verdicts if v.verdict in ("near", "off")]
    return ", ".join(f"{v.target.id} {v.verdict} at {short(v.simulated)}" for v in near) or "all targets inside"
