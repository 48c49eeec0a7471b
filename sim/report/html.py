"""Small pieces of HTML."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape
from importlib.resources import files

from sim.report.language import language, spoken, words
from sim.report.words import Term
from sim.version import __version__


@lru_cache
def _links(code: str) -> re.Pattern[str]:
    """What finds the terms in a text of this language."""
    with spoken(code):
        phrases = "|".join(re.escape(phrase) for phrase in words.LINKS)
        return re.compile(rf"\b({phrases}){words.LINK_END}\b", re.IGNORECASE)


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph whose terms lead to their meaning."""
    return f"<p{_class(kind)}>{linked(text)}</p>"


def linked(text: str) -> str:
    """Escaped text; the first mention of a term leads to its meaning."""
    seen: set[str] = set()

    def link(match: re.Match[str]) -> str:
        key = words.LINKS[match.group(1).lower()]
        if key in seen:
            return match.group()
        seen.add(key)
        return f'<a class="term" href="#term-{key}">{match.group()}</a>'

    return _links(language()).sub(link, escape(text, quote=False))


def report(title: str, facts: str, parts: Mapping[str, str], headings: Mapping[str, str]) -> str:
    """The frame of a report: title, facts, contents, and its parts under their headings.

    Parameters
    ----------
    title
        Plain text.
    facts, parts
        Ready-made; parts by the key of their heading.
    headings
        Plain text by key; ``answer`` is among them.
    """
    css = files("sim.report").joinpath("page.css").read_text(encoding="utf-8")
    links = listed(f'<a href="#{key}">{escape(headings[key])}</a>' for key in parts)
    inside = "\n".join(
        f'<section><h2 id="{key}">{escape(headings[key])}</h2>\n{text}</section>' for key, text in parts.items()
    )
    body = f"""<a class="skip" href="#answer">{escape(headings["answer"])}</a>
<header>
<h1>{escape(title)}</h1>
{facts}
<nav aria-label="{words.CONTENTS}">{links}</nav>
</header>
<main>
{inside}
</main>
<footer>{escape(words.PRINTED.format(version=__version__))}</footer>"""
    return document(escape(title), css, body, words.LANGUAGE)


def definitions(terms: Mapping[str, Term], meanings: Mapping[str, str]) -> str:
    """Terms with their meanings, to which texts lead."""
    items = "".join(
        f'<dt id="term-{key}">{term(label)}</dt><dd>{escape(meanings[key])}</dd>' for key, label in terms.items()
    )
    return f"{paragraph(words.TERMS_LEAD)}<dl>{items}</dl>"


def term(label: Term) -> str:
    """A word with its Swedish term."""
    return escape(label.text) + (f' <span class="sv" lang="sv">{escape(label.swedish)}</span>' if label.swedish else "")


def cell(text: str, kind: str = "", lang: str = "") -> str:
    """A cell; plain text, and its language if it may be another than that of the page."""
    other = f' lang="{lang}"' if lang not in ("", language()) else ""
    return f"<td{_class(kind)}{other}>{escape(text)}</td>"


def row_head(label: Term) -> str:
    """The first cell of a row."""
    return f'<th scope="row">{term(label)}</th>'


def section_row(label: Term, columns: int) -> str:
    """A row that heads a body of its own."""
    return f'</tbody>\n<tbody>\n<tr class="head"><th scope="rowgroup" colspan="{columns}">{term(label)}</th></tr>'


def table(name: str, heads: Sequence[str], rows: Iterable[str], caption: str = "", words_in: Sequence[int] = ()) -> str:
    """A table that scrolls sideways on a small screen; rows are ready-made, heads plain text."""
    cells = "".join(
        f'<th scope="col"{_class("words" if i in words_in else "")}>{escape(head)}</th>' for i, head in enumerate(heads)
    )
    above = f"<caption>{linked(caption)}</caption>" if caption else ""
    label = escape(name, quote=True)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table>{above}'
        f"<thead><tr>{cells}</tr></thead>\n<tbody>\n" + "\n".join(rows) + "\n</tbody></table></div>"
    )


def image(svg: bytes, alt: str) -> str:
    """A drawing inside the page."""
    data = base64.b64encode(svg).decode("ascii")
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(alt, quote=True)}">'


def document(title: str, css: str, body: str, language: str) -> str:
    """A page that needs nothing beside it; title and body are ready-made."""
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{css}</style>
</head>
<body>
{body}
</body>
</html>
"""


def listed(items: Iterable[str]) -> str:
    """A list of ready-made items."""
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"


def folded(summary: str, inside: str) -> str:
    """Something that opens at a click."""
    return f"<details><summary>{escape(summary)}</summary>{inside}</details>"


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
