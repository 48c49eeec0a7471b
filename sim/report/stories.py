"""The page of patient stories (sida för bedömning av trovärdighet): figures, text, and a sheet for the clinician.

Face validity is judged by people who know the care that is modelled: each story has the questions that they answer,
on the screen or on paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path

from sim.eventlog.lots import Lot
from sim.eventlog.stories import Story
from sim.experiment.telling import Common
from sim.report import html
from sim.report.canvas import KINDS, save
from sim.report.story_figure import timeline
from sim.report.story_text import Day, Part, deaths, governance_name, parts, use, usual, who_is
from sim.report.story_words import ANSWERS, OVERALL, PAGE, QUESTIONS, Language
from sim.report.story_words import Two as Both
from sim.runs.durable import put

FIGURES = "figures"


@dataclass(frozen=True)
class Told:
    """What a page tells.

    Attributes
    ----------
    title
        Of the scenario.
    seed, replication
        Of the simulation.
    lot
        Who was drawn.
    older
        Whether only people aged 65 and over were.
    stories
        For each person, the story under each governance.
    common
        What is usual under the first of them.
    command
        That makes the page again.
    """

    title: str
    seed: int
    replication: int
    lot: Lot
    older: bool
    stories: Sequence[Sequence[Story]]
    common: Common
    command: str


def write(told: Told, folder: Path, language: Language) -> list[Path]:
    """Write figures, page and text into a folder; figures of an earlier page there are taken away.

    Returns
    -------
    list of Path
        ``figures/story-NN.png`` and ``.svg``, ``stories.html`` and ``stories.md``; the same bytes for the same stories.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    drawings = folder / FIGURES
    drawings.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        for old in drawings.glob(f"story-*.{kind}"):
            old.unlink()
    written, shown = [], []
    for place, stories in enumerate(told.stories, start=1):
        names = [governance_name(story.governance, language) for story in stories]
        written += save(timeline(stories, language, names), drawings, _file(place))
        shown.append((drawings / f"{_file(place)}.svg").read_bytes())
    written.append(put(folder / "stories.html", page(told, shown, language)))
    written.append(put(folder / "stories.md", text(told, language)))
    return written


def _file(place: int) -> str:
    return f"story-{place:02d}"


# --- the page -------------------------------------------------------------------------------------------------


def page(told: Told, drawings: Sequence[bytes], language: Language) -> str:
    """The page, which needs nothing else.

    Parameters
    ----------
    told
        What is told.
    drawings
        SVG of each story.
    language
        Of the words.
    """
    room = files("sim.report")
    css = "".join(room.joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "stories.css"))
    title = escape(_title(told, language))
    articles = "\n".join(
        _article(place, stories, svg, language)
        for place, (stories, svg) in enumerate(zip(told.stories, drawings, strict=True), start=1)
    )
    lead = "".join(f"<p>{escape(line)}</p>" for line in _lead(told, language))
    body = f"""<header>
<h1>{title}</h1>
{lead}
<nav>{_contents(told, language)}</nav>
</header>
<input type="checkbox" id="truth" class="truth" checked>
<label class="switch" for="truth">{escape(language.of(PAGE["show"]))}</label>
<main>
{articles}
<article>
<h2 id="usual">{escape(language.of(PAGE["usual"]))}</h2>
{_usual(told, language)}
<h2 id="overall">{escape(language.of(PAGE["overall"]))}</h2>
{_sheet("all", OVERALL, language, reader=True)}
</article>
</main>
<footer>{escape(language.of(PAGE["again"]))}: <code>{escape(told.command)}</code></footer>"""
    return html.document(title, css, body, language.name)


def _title(told: Told, language: Language) -> str:
    return language.of(PAGE["title"]).format(scenario=told.title)


def _lead(told: Told, language: Language) -> list[str]:
    """What these stories are, how they were drawn, and from which run."""
    lot = told.lot
    drawn = [
        language.of(PAGE["drawn"]).format(drawn=lot.strata.count(own), size=size, stratum=language.code(own))
        for own, size in lot.sizes.items()
    ]
    who = language.of(PAGE["older"]) if told.older else ""
    names = ", ".join(governance_name(story.governance, language) for story in told.stories[0])
    return [
        language.of(PAGE["lead"]).format(number=len(told.stories)),
        language.of(PAGE["hidden"]),
        language.of(PAGE["known"]),
        language.of(PAGE["strata_lot" if lot.stratified else "plain_lot"]).format(who=who, sizes="; ".join(drawn)),
        language.of(PAGE["run"]).format(seed=told.seed, replication=told.replication, lot=lot.seed, governances=names),
    ]


def _contents(told: Told, language: Language) -> str:
    return html.listed(
        f'<a href="#story-{place}">{escape(_heading(place, stories, language))}</a>'
        for place, stories in enumerate(told.stories, start=1)
    )


def _heading(place: int, stories: Sequence[Story], language: Language) -> str:
    return language.of(PAGE["story"]).format(place=place, number=stories[0].who.number)


def _article(place: int, stories: Sequence[Story], svg: bytes, language: Language) -> str:
    """One story: who, how much care, figure, text, questions."""
    first = stories[0]
    days = (first.told.ends - first.told.begins) // 86_400
    alt = language.of(PAGE["alt"]).format(number=first.who.number, days=days)
    heads, rows = use(stories, language)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(html.cell(value) for value in row[1:])}</tr>'
        for row in rows
    )
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    text = "".join(_part(part, language) for part in parts(stories, language))
    return f"""<article>
<h2 id="story-{place}">{escape(_heading(place, stories, language))}</h2>
<p class="who">{escape(_sentence(who_is(first.who, language)))}</p>
<div class="scroll"><table class="use"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>
<figure><div class="scroll" tabindex="0">{html.image(svg, alt)}</div></figure>
{text}
{_sheet(str(place), QUESTIONS, language)}
</article>"""


def _usual(told: Told, language: Language) -> str:
    """What is usual in the whole region."""
    heads, rows = usual(told.common, language)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(html.cell(value) for value in row[1:])}</tr>'
        for row in rows
    )
    lines = "".join(f"<p>{escape(line)}</p>" for line in usual_words(told, language))
    return f'{lines}<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def usual_words(told: Told, language: Language) -> list[str]:
    """What the table of the usual shows, and where people died."""
    name = governance_name(told.stories[0][0].governance, language)
    lines = [language.of(PAGE["usual_lead"]).format(governance=name)]
    return [*lines, *([deaths(told.common, language)] if told.common.deaths else [])]


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _part(part: Part, language: Language) -> str:
    """A part of the story, its governances side by side."""
    title = f"<h3>{escape(part.title)}</h3>"
    orders = sorted({day.order for _, days in part.columns for day in days})
    if not orders:
        return f"{title}<p>{escape(language.of(PAGE['nothing']))}</p>"
    named = any(name for name, _ in part.columns)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name, _ in part.columns)
    rows = []
    for order in orders:
        cells = [next((day for day in days if day.order == order), None) for _, days in part.columns]
        name = next(day.name for day in cells if day is not None)
        inside = "".join(f"<td>{_told(day)}</td>" for day in cells)
        rows.append(f'<tr{_all_hidden(cells)}><th scope="row">{escape(name)}</th>{inside}</tr>')
    above = f"<thead><tr><th></th>{head}</tr></thead>" if named else ""
    return f'{title}<div class="scroll"><table class="days">{above}<tbody>{"".join(rows)}</tbody></table></div>'


def _all_hidden(cells: Sequence[Day | None]) -> str:
    """A day of which care sees nothing goes with what care does not see."""
    seen = any(not sentence.hidden for day in cells if day is not None for sentence in day.sentences)
    return "" if seen else ' class="hidden"'


def _told(day: Day | None) -> str:
    if day is None:
        return ""
    return "".join(
        f"<p{' class=hidden' if one.hidden else ''}><time>{one.clock}</time>{'◇ ' * one.hidden}{escape(one.text)}</p>"
        for one in day.sentences
    )


def _sheet(name: str, questions: Sequence[Both], language: Language, *, reader: bool = False) -> str:
    """Questions to tick, on the screen or on paper."""
    head = "".join(f'<th scope="col">{escape(language.of(answer))}</th>' for answer in ANSWERS)
    rows = []
    for place, question in enumerate(questions):
        boxes = "".join(
            f'<td><input type="radio" name="story-{name}-{place}" aria-label="{escape(language.of(answer))}"></td>'
            for answer in ANSWERS
        )
        rows.append(f'<tr><th scope="row">{escape(language.of(question))}</th>{boxes}</tr>')
    asked = [PAGE["why"], *([PAGE["reader"]] if reader else [])]
    notes = "".join(f"<label>{escape(language.of(one))}<textarea></textarea></label>" for one in asked)
    return (
        f'<form class="sheet"><h3>{escape(language.of(PAGE["sheet"]))}</h3>'
        f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{notes}</form>"
    )


# --- plain text -----------------------------------------------------------------------------------------------


def text(told: Told, language: Language) -> str:
    """The same as Markdown."""
    lines = [f"# {_title(told, language)}", ""]
    for line in _lead(told, language):
        lines += [line, ""]
    for place, stories in enumerate(told.stories, start=1):
        lines += _story(place, stories, language)
    heads, rows = usual(told.common, language)
    lines += [f"## {language.of(PAGE['usual'])}", ""]
    for line in usual_words(told, language):
        lines += [line, ""]
    lines += [_cells(heads), _cells(["---", *("---:" for _ in heads[1:])]), *(_cells(row) for row in rows), ""]
    lines += [f"## {language.of(PAGE['overall'])}", "", *_boxes(OVERALL, language)]
    lines += [f"{language.of(PAGE['reader'])}: ____", "", f"{language.of(PAGE['again'])}: `{told.command}`", ""]
    return "\n".join(lines)


def _story(place: int, stories: Sequence[Story], language: Language) -> list[str]:
    heading = _heading(place, stories, language)
    lines = [f"## {heading}", "", _sentence(who_is(stories[0].who, language)), ""]
    heads, rows = use(stories, language)
    lines += [_cells(heads), _cells(["---", *("---:" for _ in heads[1:])]), *(_cells(row) for row in rows), ""]
    lines += [f"![{heading}]({FIGURES}/{_file(place)}.svg)", ""]
    for part in parts(stories, language):
        lines += [f"### {part.title}", ""]
        for name, days in part.columns:
            lines += [f"**{name}**", ""] if name else []
            lines += [f"- **{day.name}**: {_joined(day)}" for day in days] or [language.of(PAGE["nothing"])]
            lines.append("")
    return [*lines, f"### {language.of(PAGE['sheet'])}", "", *_boxes(QUESTIONS, language)]


def _cells(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _joined(day: Day) -> str:
    return " ".join(f"*◇ {one.clock} {one.text}*" if one.hidden else f"{one.clock} {one.text}" for one in day.sentences)


def _boxes(questions: Sequence[Both], language: Language) -> list[str]:
    answers = "  ".join(f"☐ {language.of(answer)}" for answer in ANSWERS)
    lines = [f"- {language.of(question)}  {answers}" for question in questions]
    return [*lines, "", f"{language.of(PAGE['why'])} ____", ""]
