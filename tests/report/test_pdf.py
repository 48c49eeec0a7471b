"""The PDF says what the page says: words, tables, figures as vectors; on A4, with page numbers."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from pypdf import PdfReader

from sim.report import pdf, words, words_sv, write_pdf
from sim.report.language import LANGUAGES, spoken
from sim.report.numbers import number
from sim.report.pdf import HEIGHT, SIDE, WIDTH, drawn
from sim.report.pdf import write_pdf as set_page
from sim.report.pictures import PICTURES
from sim.report.result import read

A4 = (595.28, 841.89)
PAGE = """<!DOCTYPE html><html lang="en"><head><title>t</title><style>p { a: b }</style></head><body>
<h1>Title &amp; more</h1><nav>left out</nav><h2>Part</h2><p>Some <b>bold</b> <a href="#x">text</a> &lt;here&gt;</p>
<ul><li>one</li><li>two</li></ul><div class="answer"><p>the answer</p></div>
<table><caption>below</caption><thead><tr><th scope="col">name</th><th>value</th></tr></thead>
<tbody><tr class="head"><th colspan="2">head</th></tr><tr><th>row</th><td>1\u202f234<small>(5 to 6)</small></td></tr></tbody></table>
<figure id="f"><figcaption><b>Figure 1.</b> What it shows<details><summary>In numbers</summary><ul><li>hidden</li></ul>
</details></figcaption></figure><details><summary>Long table</summary><p>folded</p></details>
<pre>command --option</pre></body></html>"""


@pytest.fixture(scope="module")
def pdfs(folder: Path) -> dict[str, PdfReader]:
    """The report of a comparison in both languages; one figure stands for most, as each takes seconds."""
    made: dict[str, PdfReader] = {}
    for code in LANGUAGES:
        one: list[bytes] = []

        def some_drawn(figure: Figure, one: list[bytes] = one) -> bytes:
            if len(one) < 2:
                one.append(drawn(figure))
            return one[-1]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pdf, "drawn", some_drawn)
            made[code] = PdfReader(io.BytesIO(write_pdf(folder, language=code).read_bytes()))
    return made


@pytest.fixture(scope="module")
def whole(folder: Path) -> dict[str, PdfReader]:
    """The same with all its figures."""
    return {code: PdfReader(io.BytesIO(write_pdf(folder, language=code).read_bytes())) for code in LANGUAGES}


def text_of(reader: PdfReader) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def figure(width: float = 6.0, height: float = 3.0) -> bytes:
    one = Figure(figsize=(width, height))
    one.text(0.5, 0.5, "drawn")
    return drawn(one)


def test_a_page_is_set_in_its_order(tmp_path: Path) -> None:
    reader = PdfReader(set_page(PAGE, {"f": figure()}, tmp_path / "a.pdf"))
    text = text_of(reader)
    wanted = (
        "Title & more",
        "Part",
        "Some bold text <here>",
        "one",
        "two",
        "the answer",
        "below",
        "name value",
        "head",
    )
    places = [text.index(part) for part in (*wanted, "1 234", "(5 to 6)", "Figure 1.", "command --option")]
    assert places == sorted(places)
    assert "drawn" in text
    assert "Long table: in report.html." in text
    assert not [part for part in ("left out", "hidden", "folded", "a: b") if part in text]
    assert [one.title for one in reader.outline] == ["Title & more", "Part"]
    assert (reader.metadata or {})["/Title"] == "Title & more"


def test_the_same_page_gives_the_same_bytes(tmp_path: Path) -> None:
    found = [set_page(PAGE, {"f": figure()}, tmp_path / name).read_bytes() for name in ("a.pdf", "b.pdf")]
    assert found[0] == found[1]


def test_a_figure_that_is_too_high_is_made_smaller(tmp_path: Path) -> None:
    reader = PdfReader(set_page(PAGE, {"f": figure(4, 40)}, tmp_path / "a.pdf"))
    assert "drawn" in text_of(reader)
    assert len(reader.pages) <= 3


def test_a_long_table_goes_on_with_its_head(tmp_path: Path) -> None:
    rows = "".join(f"<tr><th>row {n}</th><td>{n}</td></tr>" for n in range(200))
    table = f"<table><thead><tr><th>the head</th><th>n</th></tr></thead><tbody>{rows}</tbody></table>"
    reader = PdfReader(set_page(f"<html><body><h1>T</h1>{table}</body></html>", {}, tmp_path / "a.pdf"))
    assert len(reader.pages) > 2
    assert all("the head" in page.extract_text() for page in reader.pages)
    assert "row 199" in text_of(reader)


@pytest.mark.verify
@pytest.mark.parametrize(("code", "table"), [("en", words), ("sv", words_sv)])
def test_the_report_has_all_its_figures_and_its_own_fonts(
    whole: dict[str, PdfReader], code: str, table: object
) -> None:
    see_pages_and_fonts(whole[code])
    text = text_of(whole[code])
    for name, told in table.FIGURES.items():  # type: ignore[attr-defined]
        assert told.title.split()[0] in text, name


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_report_is_a4_with_numbered_pages_and_its_own_fonts(pdfs: dict[str, PdfReader], code: str) -> None:
    see_pages_and_fonts(pdfs[code])


def see_pages_and_fonts(reader: PdfReader) -> None:
    for count, page in enumerate(reader.pages, 1):
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(A4, abs=0.1)
        assert re.search(rf"\b{count}\b", page.extract_text())
        for font in (page["/Resources"].get("/Font") or {}).values():
            one = font.get_object()
            inner = one["/DescendantFonts"][0].get_object() if "/DescendantFonts" in one else one
            if "/FontDescriptor" not in inner:
                assert one["/Subtype"] == "/Type3", one["/BaseFont"]  # drawn, not named
                continue
            descriptor = inner["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3", "/FontFile"} & set(descriptor), one["/BaseFont"]
    assert pytest.approx(A4[0], abs=0.1) == WIDTH + 2 * SIDE
    assert A4[1] > HEIGHT


@pytest.mark.parametrize(("code", "table"), [("en", words), ("sv", words_sv)])
def test_the_report_has_its_parts_numbers_and_figures(
    pdfs: dict[str, PdfReader], folder: Path, code: str, table: object
) -> None:
    text = text_of(pdfs[code])
    headings = {str(one.title) for one in pdfs[code].outline}
    assert set(table.HEADINGS.values()) <= headings  # type: ignore[attr-defined]
    with spoken(code):
        for picture in PICTURES[:2]:  # those drawn
            assert picture.words(read(folder)).title.split()[0] in text, picture.name
        level = number(read(folder).level("current", "hospital_days").value, 0).replace("\u202f", " ")
    assert level in text.replace("\u00a0", " ")
    assert table.FIGURE.format(number=len(table.FIGURES)) in text  # type: ignore[attr-defined]
