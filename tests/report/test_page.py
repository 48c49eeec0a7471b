"""The page stands by itself, can be read by machines, and says what the tables say."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sim.report import words, write
from sim.report.numbers import number
from sim.report.result import read
from tests.report.synthetic import MUNICIPALITIES, write_folder

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Reader(HTMLParser):
    """Keeps what tests ask for, and refuses tags that do not nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"[ \n]+", " ", "".join(self.words))


def reading(path: Path) -> Reader:
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def page(written: list[Path]) -> Reader:
    return reading(written[-1])


def test_the_page_is_the_last_of_the_files(written: list[Path], folder: Path) -> None:
    assert written[-1] == folder / "report.html"
    assert len(written) == 2 * len(words.FIGURES) + 2  # and the costs
    assert not list(folder.rglob("*.part"))


def test_nothing_comes_from_elsewhere(written: list[Path], page: Reader) -> None:
    text = written[-1].read_text(encoding="utf-8")
    assert not re.search(r"https?:|//[a-z]|@import|url\(|<script|<link", text)
    for tag, attributes in page.tags:
        for key in ("src", "href"):
            if key in attributes:
                assert re.match("data:image/svg|#", attributes[key] or ""), (tag, attributes[key])


def test_it_can_be_read_aloud(page: Reader) -> None:
    assert dict(page.tags)["html"] == {"lang": "en"}
    images = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(images) == len(words.FIGURES)
    assert all(len(image["alt"] or "") > 20 for image in images)
    assert [tag for tag, _ in page.tags if tag == "h1"] == ["h1"]
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")


def test_every_link_leads_somewhere_and_no_name_is_used_twice(page: Reader) -> None:
    names = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(names) == len(set(names))
    links = {(attributes["href"] or "")[1:] for tag, attributes in page.tags if tag == "a"}
    assert links <= set(names)


def test_the_numbers_are_those_of_the_tables(folder: Path, page: Reader) -> None:
    result = read(folder)
    for outcome in ("hospital_days", "labelled_days", "preventable_days", "emergency_visits"):
        assert number(result.level("current", outcome).value) in page.text
    change = result.change("hospital_days")
    assert f"{number(change.low, 0, sign=True)} to {number(change.high, 0, sign=True)}" in page.text
    assert f"Truly avoided faktiskt undvikna{number(-change.value, 0)}" in page.text


def test_names_are_escaped(written: list[Path], page: Reader) -> None:
    for name in (*MUNICIPALITIES, "Synthetic & invented", "A <synthetic> source"):
        assert name in page.text
    assert "<synthetic>" not in written[-1].read_text(encoding="utf-8")


def test_assumptions_are_counted_and_listed(page: Reader) -> None:
    assert "2 of 4 stated values rest on an assumption alone (50\N{NO-BREAK SPACE}%)" in page.text
    assert "All 2 values" in page.text
    assert "Population, Umeå länsdel" in page.text  # the name of P01
    assert "needs.d" in page.text


def test_what_it_does_not_show_is_said(page: Reader) -> None:
    for part in ("not identified by any register", "Coordination can also do harm", "Out of scope", "LSS"):
        assert part in page.text
    assert "admissions came late" in page.text


def test_it_says_how_to_do_it_again(page: Reader) -> None:
    command = (
        "narvard compare synthetic.toml --governance current coordinated --replications 4 --seed 7 --out synthetic"
    )
    assert command in page.text
    assert f"coordinated 00{'ab' * 31}" in page.text


@pytest.mark.verify
def test_the_same_files_give_the_same_bytes(written: list[Path], folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("figures", "report.html"))
    for path in write(copy):
        assert path.read_bytes() == (folder / path.relative_to(copy)).read_bytes(), path.name


def test_a_figure_without_outcomes_is_left_out_and_so_is_an_older_one(tmp_path: Path) -> None:
    stale = tmp_path / "figures" / "cost.png"
    stale.parent.mkdir()
    stale.write_bytes(b"of another result")
    files = write(write_folder(tmp_path, only=("hospital_days",), governances=("current",), sources=False))
    assert [path.name for path in files] == ["report.html"]
    assert not stale.exists()
    page = reading(files[-1])
    assert "Left out, since the result holds no figures for it: cost by payer." in page.text
    assert "narvard sources synthetic.toml" in page.text
    assert "narvard run synthetic.toml --governance current" in page.text


def test_a_run_speaks_of_one_governance(tmp_path: Path) -> None:
    names = ("hospital_days", "labelled_days", "labelled_share", "preventable_days")
    files = write(write_folder(tmp_path, only=names, governances=("current",)))
    assert [path.stem for path in files] == ["three-quantities", "three-quantities", "report"]
    page = reading(files[-1])
    assert "Figure 1. Two different quantities." in page.text
    assert "compared" not in page.text.split("The question")[0]
