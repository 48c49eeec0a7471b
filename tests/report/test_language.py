"""A Swedish report is Swedish throughout, and says the same numbers."""

from __future__ import annotations

import ast
import inspect
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from matplotlib.text import Text
from rich.console import Console

from sim.outcomes.names import OUTCOMES
from sim.report import show, words, words_sv, write
from sim.report.language import LANGUAGES, language, spoken
from sim.report.language import words as spoken_words
from sim.report.numbers import between, number, per_cent, plain
from sim.report.pictures import PICTURES
from sim.report.result import read
from sim.version import __version__
from tests.report.synthetic import MUNICIPALITIES, write_folder
from tests.report.test_page import reading
from tests.undrawn import leave_undrawn

NAMES = {name for name in vars(words) if name.isupper()} - {"VERDICTS", "OUTCOMES", "DAILY_SERIES"}
SAME = {
    *("", "–", "%", "Region", "Precision", "Narvard", "1177", "LHC", "T0", "Total"),
    *("MSER-5", "current", "coordinated", "Synthetic & invented", "Synthetic: not a result."),
    *MUNICIPALITIES,
}
"""Texts that may be alike in both languages: names, and words that are spelt the same."""
ENGLISH = re.compile(
    r"\b(the|of|and|with|without|under|which|days?|hours?|visits?|people|hospital|difference|"
    r"care|beds?|needs?|nurse|doctor|mean|interval|out of|by|from|that|is|are|cost|share|year)\b"
)
"""Words of English that are no words of Swedish; "under" is one, and left out below."""


def strings(value: Any) -> Iterator[str]:
    """All texts in a table of words, without the Swedish terms that stand beside English ones."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, words.Term):
        yield value.text
    elif isinstance(value, words.FigureWords):
        yield from (value.title, value.caption)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings(one)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def shape(value: Any) -> Any:
    """Keys, lengths and places to fill in: what has to be the same in both languages."""
    if isinstance(value, str):
        return fields(value)
    if isinstance(value, Mapping):
        return {key: shape(one) for key, one in value.items()}
    return [shape(one) for one in value] if isinstance(value, list | tuple) else value


OWN_KEYS = {"LINKS", "UNITS", "COLUMNS", "LINK_END", "SHIPPED"}
"""Tables whose keys are words of the language, or only what differs from the names of the registry."""


@pytest.mark.parametrize("name", sorted(NAMES - OWN_KEYS))
def test_both_languages_have_every_word_with_the_same_places_to_fill_in(name: str) -> None:
    assert shape(getattr(words_sv, name)) == shape(getattr(words, name))


def test_functions_of_words_are_the_same_too() -> None:
    mine, theirs = (
        {n: inspect.signature(one) for n, one in vars(table).items() if n.islower() and inspect.isfunction(one)}
        for table in (words, words_sv)
    )
    assert mine == theirs


def test_every_unit_of_the_registry_is_swedish() -> None:
    assert {one.unit for one in OUTCOMES.values()} <= set(words_sv.UNITS)


def test_every_column_explained_in_one_language_is_in_the_other() -> None:
    assert set(words.COLUMNS) - {words.LABEL_COLUMN} == set(words_sv.COLUMNS) - {words_sv.LABEL_COLUMN}
    for table in (words, words_sv):
        assert table.LABEL_COLUMN in table.COLUMNS


@pytest.mark.parametrize("name", sorted(NAMES - {"COMMAND", "SOURCES_COMMAND", "PRINTED", "UNITS_IN_LABELS"}))
def test_no_word_was_left_in_english(name: str) -> None:
    english = {text for text in strings(getattr(words, name)) if " " in text}
    assert not english & set(strings(getattr(words_sv, name)))


def test_swedish_has_the_terms_that_english_has_beside_its_own() -> None:
    for name in ("GROUPS", "SEGMENTS", "QUANTITIES", "SECTIONS", "TERMS"):
        for key, term in getattr(words, name).items():
            stem = term.swedish.split()[-1][:5].lower()
            assert stem in getattr(words_sv, name)[key].text.lower(), (name, key)


def test_every_word_that_a_room_asks_for_is_there() -> None:
    """``words`` is found while running, so that a name misspelt would not be seen otherwise."""
    for path in Path(words.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "words":
                assert hasattr(words, node.attr), (path.name, node.attr)
                assert hasattr(words_sv, node.attr), (path.name, node.attr)


def test_numbers_are_written_as_the_language_has_them() -> None:
    assert (number(1234.5, 1), number(-0.25)) == ("1,234.5", "−0.25")
    with spoken("sv"):
        assert number(1234567.5, 1) == "1\u202f234\u202f567,5"
        assert number(-0.25) == "−0,25"
        assert between(1.5, 2.5) == "1,50 till 2,50"
        assert per_cent(0.051) == "5,1\u00a0%"
        assert plain(number(-12345.0)) == "-12 345"
    assert number(1234.5, 1) == "1,234.5"


def test_a_language_is_spoken_for_as_long_as_asked_and_no_other_is_known() -> None:
    assert language() == LANGUAGES[0] == "en"
    with spoken("sv"), spoken("en"):
        assert spoken_words.LANGUAGE == "en"
    with spoken("sv"):
        assert spoken_words.LANGUAGE == "sv"
    with pytest.raises(ValueError, match="language: 'de' given, one of en, sv needed"), spoken("de"):
        pass
    assert language() == "en"


# --- a whole report ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def swedish(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Swedish report; its figures are drawn and read one by one below."""
    folder = write_folder(tmp_path_factory.mktemp("svenska"))
    with pytest.MonkeyPatch.context() as patch:
        leave_undrawn(patch)
        write(folder, language="sv")
    return folder


def texts(path: Path) -> set[str]:
    """Pieces of text of a page that are not said to be in another language, nor code."""
    found = path.read_text(encoding="utf-8")
    found = re.sub(r"<style>.*?</style>|<pre>.*?</pre>", "", found, flags=re.DOTALL)
    found = re.sub(r'<td[^>]* lang="en">.*?</td>|<span class="sv" lang="sv">.*?</span>', "", found, flags=re.DOTALL)
    alts = re.findall(r'(?:alt|aria-label)="([^"]*)"', found)
    pieces = (re.sub(r"\s+", " ", text).strip() for text in [*re.split(r"<[^>]*>", found), *alts])
    return {text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">") for text in pieces} - {""}


def english_left(text: str) -> str:
    """The first English word of a Swedish text; empty if there is none."""
    bare = text
    for same in sorted(SAME - {""}, key=len, reverse=True):
        bare = bare.replace(same, "")
    found = ENGLISH.search(re.sub(r"\bunder\b", "", bare))
    return found.group() if found else ""


def test_no_english_is_left_on_a_swedish_page(swedish: Path, written: list[Path]) -> None:
    said, before = texts(swedish / "report.html"), texts(written[-1])
    parameters = {text for text in said if re.fullmatch(r"(needs\.\w+(, )?)+", text)}
    digits = {text for text in said if not re.search(r"[A-Za-zÅÄÖåäö]{2}", text)}
    ids = {"P01", "OWN1", words.PRINTED.format(version=__version__)}
    assert {text for text in said & before - parameters - digits - ids if text not in SAME} == set()
    assert {text: word for text in said - parameters if (word := english_left(text))} == {}
    assert len(said) > 200


def test_the_page_says_which_language_it_is_in(swedish: Path) -> None:
    page = reading(swedish / "report.html")
    assert dict(page.tags)["html"] == {"lang": "sv"}
    assert "Vad detta inte visar" in page.text


def test_a_swedish_page_has_the_numbers_of_the_tables(swedish: Path) -> None:
    page, result = reading(swedish / "report.html"), read(swedish)
    with spoken("sv"):
        change = result.change("hospital_days")
        assert f"{number(change.low, 0, sign=True)} till {number(change.high, 0, sign=True)}" in page.text
        assert f"Faktiskt undvikna{number(-change.value, 0)}" in page.text


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_no_english_is_left_in_a_swedish_figure(picture: Any, swedish: Path) -> None:
    result = read(swedish)

    def drawn() -> set[str]:
        figure = picture.drawn(result)
        figure.canvas.draw()
        return {one.get_text() for one in figure.findobj(Text) if one.get_text() and one.get_style() != "italic"}

    english = drawn()
    with spoken("sv"):
        found = drawn()
    assert {text: word for text in found if (word := english_left(text))} == {}
    letters = {text for text in found & english if re.search(r"[A-Za-zÅÄÖåäö]{3}", text)}
    assert {text for text in letters if text not in SAME} == set()
    assert not [text for text in found if re.search(r"\d\.\d|\d,\d{3}\b", text)], "numbers as in English"


def test_the_terminal_speaks_swedish(swedish: Path) -> None:
    told = io.StringIO()
    show(swedish, Console(file=told, width=200), language="sv")
    assert "Tre storheter som aldrig får blandas ihop" in told.getvalue()
    for line in told.getvalue().splitlines():
        assert english_left(line) == "", line
    assert not re.search(r"\d\.\d", told.getvalue())


def test_the_shipped_scenarios_have_swedish_titles_and_notes() -> None:
    folder = Path(__file__).parents[2] / "scenarios"
    for name in ("umea-lansdel", "vannas"):
        text = (folder / f"{name}.toml").read_text(encoding="utf-8")
        for told in re.findall(r'^(?:title|note) = "(.*)"$', text, flags=re.MULTILINE):
            assert words_sv.told(told) != told
    assert words_sv.told("Något eget") == "Något eget"
