"""A page of the report as PDF, to print (rapport som PDF): A4, figures as vectors, page numbers, outline.

Made from the page itself, so that both say the same: the parts of a page are set in type by ReportLab, and the figures,
drawn by matplotlib as PDF, are laid onto their places by pypdf. Both are pure Python: neither a browser nor a library
of the system is needed. What opens at a click on the page is named only.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from pypdf import PdfReader, PdfWriter, Transformation
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    ListFlowable,
    ListItem,
    PageTemplate,
    Paragraph,
    Preformatted,
    Spacer,
    Table,
    TableStyle,
)

from sim.report.canvas import styled
from sim.report.language import words
from sim.runs.durable import beside

SIDE, TOP, FOOT = 18 * mm, 18 * mm, 20 * mm
WIDTH = A4[0] - 2 * SIDE
HEIGHT = A4[1] - TOP - FOOT
INK, PALE, LINE, WASH, BLUE = (HexColor(code) for code in ("#1a1a1a", "#5f5f5f", "#d9d9d9", "#f4f6f8", "#0072B2"))
FONTS = {
    "Body": "DejaVuSans.ttf",
    "Body-Bold": "DejaVuSans-Bold.ttf",
    "Body-Italic": "DejaVuSans-Oblique.ttf",
    "Body-BoldItalic": "DejaVuSans-BoldOblique.ttf",
    "Code": "DejaVuSansMono.ttf",
}
"""Fonts that come with matplotlib: the same letters on every machine, and those of the figures."""
INLINE = {"b": "b", "i": "i", "code": "font", "small": "font", "span": "font", "a": "", "strong": "b", "em": "i"}
"""Tags within text, and what they are for ReportLab; nothing for those that only lead somewhere."""
BLOCKS = frozenset({"p", "h1", "h2", "h3", "li", "th", "td", "caption", "figcaption", "pre", "summary", "dt", "dd"})
"""Tags whose text is set by itself."""
BOXED = frozenset({"name", "number"})
"""Kinds of paragraphs with a look of their own."""
SKIPPED = frozenset({"style", "nav", "title", "head"})
NARROW, WIDE = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"
"""ReportLab breaks lines at the first."""
SMALLEST = 4.5
"""Points: smaller type cannot be read."""


def write_pdf(page: str, figures: Mapping[str, bytes], path: Path) -> Path:
    """Set a page of the report in type (sätt rapporten som PDF), the same bytes for the same page and figures.

    Parameters
    ----------
    page
        HTML as ``sim.report.page`` and ``sim.report.html`` write it.
    figures
        PDF of one page by the id of the ``figure`` that it belongs to, from :func:`drawn`.
    path
        The file, written whole or not at all.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    sizes = {name: _size(content) for name, content in figures.items()}
    reader = _Setter(sizes)
    reader.feed(page)
    reader.close()
    content = io.BytesIO()
    document = _Document(content, reader)
    document.build(list(reader.story))
    whole = _with_figures(content.getvalue(), figures, document.places, reader)
    with beside(path) as part:
        part.write_bytes(whole)
    return path


def drawn(figure: Figure) -> bytes:
    """A figure as PDF of one page, with its letters as letters."""
    content = io.BytesIO()
    with styled(), matplotlib.rc_context({"pdf.fonttype": 42}):
        figure.savefig(content, format="pdf", metadata={"CreationDate": None, "Producer": None, "Creator": "Narvard"})
    return content.getvalue()


def _size(content: bytes) -> tuple[float, float]:
    box = PdfReader(io.BytesIO(content)).pages[0].mediabox
    return float(box.width), float(box.height)


# --- type ---------------------------------------------------------------------------------------------------------


@lru_cache
def _fonts() -> None:
    """Make the fonts known, once."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name, file in FONTS.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    pdfmetrics.registerFontFamily("Body", "Body", "Body-Bold", "Body-Italic", "Body-BoldItalic")


def _style(name: str) -> ParagraphStyle:
    """How a block is set."""
    looks: dict[str, Any] = {
        "fontName": "Body",
        "bulletFontName": "Body",
        "fontSize": 8.6,
        "leading": 12.4,
        "textColor": INK,
        "spaceAfter": 5,
    }
    looks |= {
        "h1": {"fontName": "Body-Bold", "fontSize": 16, "leading": 20, "spaceAfter": 10},
        "h2": {"fontName": "Body-Bold", "fontSize": 12, "leading": 15, "spaceBefore": 14, "spaceAfter": 6},
        "h3": {"fontName": "Body-Bold", "fontSize": 9, "leading": 12, "spaceBefore": 8, "spaceAfter": 3},
        "caption": {"textColor": PALE, "fontSize": 7.4, "leading": 10},
        "figcaption": {"fontSize": 7.6, "leading": 10.4, "spaceBefore": 3, "spaceAfter": 12},
        "summary": {"fontName": "Body-Bold", "fontSize": 8, "leading": 11},
        "pre": {"fontName": "Code", "fontSize": 6.6, "leading": 9, "textColor": INK},
        "dt": {"fontName": "Body-Bold", "spaceBefore": 4, "spaceAfter": 0},
        "dd": {"leftIndent": 10},
        "name": {"fontName": "Body-Bold", "spaceAfter": 0},
        "number": {"fontSize": 15, "leading": 19, "spaceAfter": 2},
    }.get(name, {})
    return ParagraphStyle(name, **looks)


@dataclass
class _Row:
    """A row of a table: cells with whether they are words, and whether it heads others."""

    cells: list[tuple[str, bool, int]] = field(default_factory=list)
    head: bool = False
    strong: bool = False


class _Setter(HTMLParser):
    """Reads a page and sets it: what is to be printed, in order, is in ``story``.

    Parameters
    ----------
    sizes
        Width and height of the figures in points, by name.
    """

    def __init__(self, sizes: Mapping[str, tuple[float, float]]) -> None:
        super().__init__()
        _fonts()
        self.story: list[Flowable] = []
        self.title, self.language = "", "en"
        self._sizes = sizes
        self._text = ""
        self._skipped = 0
        self._folded = 0
        self._open: list[tuple[str, str]] = []
        self._rows: list[_Row] | None = None
        self._words: set[int] = set()
        self._items: list[str] | None = None
        self._figure = ""
        self._divisions: list[str] = []
        self._boxes: list[list[Flowable]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        kind = given.get("class", "")
        self._skipped += tag in SKIPPED
        if tag == "html":
            self.language = given.get("lang", "en")
        elif tag == "details":
            if self._figure and self._text.strip():
                self._set_figure(self._text.strip())
            self._text = ""
            self._folded += 1
        elif tag == "div":
            self._begin_box(kind)
        elif tag == "figure":
            self._figure = given["id"]
        elif tag == "table":
            self._rows, self._words = [], {0}
        elif tag == "tr" and self._rows is not None:
            self._rows.append(_Row(head=kind == "head", strong=kind == "sum"))
        elif tag == "ul":
            self._items = []
        elif tag in INLINE and not self._skipped:
            self._text += _opening(tag, kind)
        if tag in BLOCKS:
            self._open.append((kind, given.get("colspan", "1")))
            self._text = ""

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self._text += escape(data.replace(NARROW, WIDE), quote=False)

    def handle_endtag(self, tag: str) -> None:
        if tag in SKIPPED:
            self._skipped -= 1
        elif tag == "details":
            self._folded -= 1
        elif tag == "div":
            self._end_box()
        elif tag in INLINE and not self._skipped:
            name = INLINE[tag]
            self._text += f"</{name}>" if name else ""
        elif tag == "table":
            self._set_table()
        elif tag == "ul":
            self._set_list()
        elif tag == "figure":
            self._figure = ""
        elif tag in BLOCKS:
            kind, span = self._open.pop()
            self._set(tag, kind, int(span))

    def _set(self, tag: str, kind: str, span: int) -> None:
        """A block that has ended."""
        text, self._text = self._text.strip(), ""
        if tag == "summary" and text and not self._figure:
            self.story.append(Paragraph(words.FOLDED.format(what=text), _style("caption")))
        if self._folded or not text:
            if tag in ("th", "td") and self._rows:
                self._rows[-1].cells.append((text, tag == "th", span))
            return
        if tag in ("th", "td") and self._rows is not None:
            if "words" in kind or "unit" in kind:
                self._words.add(sum(cells for _, _, cells in self._rows[-1].cells))
            self._rows[-1].cells.append((text, tag == "th", span))
        elif tag == "li" and self._items is not None:
            self._items.append(text)
        elif tag == "pre":
            self.story.append(Preformatted(_plain(text), _style("pre"), maxLineLength=118, newLineChars="  "))
            self.story.append(Spacer(1, 6))
        elif tag == "figcaption":
            self._set_figure(text)
        else:
            self._set_paragraph(tag, text, kind)

    def _set_paragraph(self, tag: str, text: str, kind: str) -> None:
        if tag == "h1":
            self.title = _plain(text)
        if tag in ("h2", "h3"):
            self.story.append(CondPageBreak(75 * mm if tag == "h2" else 25 * mm))
        paragraph = Paragraph(text, _style(kind if kind in BOXED else tag))
        if tag in ("h1", "h2"):
            paragraph.outline = _plain(text)
        (self.story if self._boxes is None else self._boxes[-1]).append(paragraph)

    def _begin_box(self, kind: str) -> None:
        """Something with a frame: the answer, or the three quantities side by side."""
        self._divisions.append(kind)
        if kind == "answer":
            self._boxes = [[]]
        elif kind == "quantities":
            self._boxes = []
        elif "quantities" in self._divisions and self._boxes is not None:
            self._boxes.append([])

    def _end_box(self) -> None:
        if self._divisions.pop() not in ("answer", "quantities"):
            return
        boxes, self._boxes = self._boxes or [], None
        if boxes:
            looks = TableStyle(
                [
                    ("FONTNAME", (0, 0), (-1, -1), "Body"),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("BACKGROUND", (0, 0), (-1, -1), WASH),
                    ("LINEBEFORE", (0, 0), (-1, -1), 2.5, BLUE),
                    ("LEFTPADDING", (0, 0), (-1, -1), 9),
                ]
            )
            self.story += [Table([boxes], colWidths=[WIDTH / len(boxes)] * len(boxes), style=looks), Spacer(1, 8)]

    def _set_figure(self, caption: str) -> None:
        """A place for a figure, with its caption on the same page."""
        below = Paragraph(caption, _style("figcaption"))
        if self._figure not in self._sizes:
            self.story.append(below)
            return
        wide, high = self._sizes[self._figure]
        room = HEIGHT - below.wrap(WIDTH, HEIGHT)[1] - 20
        scale = min(WIDTH / wide, room / high)
        self.story.append(KeepTogether([_Place(self._figure, wide * scale, high * scale), below]))

    def _set_list(self) -> None:
        items, self._items = self._items or [], None
        if items and not self._folded and not self._skipped:
            set_ = [ListItem(Paragraph(text, _style("li")), leftIndent=10) for text in items]
            self.story.append(
                ListFlowable(
                    set_, bulletType="bullet", bulletFontName="Body", bulletFontSize=7, leftIndent=10, start="•"
                )
            )

    def _set_table(self) -> None:
        rows, self._rows = self._rows or [], None
        if rows and not self._folded:
            self.story += [_table(rows, self._words), Spacer(1, 8)]


def _opening(tag: str, kind: str) -> str:
    if tag == "code":
        return '<font face="Code" size="7">'
    if tag == "small":
        return '<br/><font size="6" color="#5f5f5f">'
    if tag == "span":
        return '<font color="#5f5f5f">' if kind == "sv" else "<font>"
    return f"<{INLINE[tag]}>" if INLINE[tag] else ""


def _plain(text: str) -> str:
    """Text without tags."""
    return unescape(re.sub(r"<[^>]*>", "", text))


def _table(rows: list[_Row], words: set[int]) -> Table:
    """A table that goes on over pages with its head, in type as small as its width asks for."""
    columns = max(sum(span for _, _, span in row.cells) for row in rows)
    size, widths = _fitted(rows, columns, words)
    cells: list[list[Any]] = []
    looks: list[tuple[Any, ...]] = [
        ("FONTNAME", (0, 0), (-1, -1), "Body"),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.9, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 1.5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2.5),
        ("TOPPADDING", (0, 0), (-1, -1), 1.6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.8),
    ]
    for y, row in enumerate(rows):
        line: list[Any] = []
        for text, _, span in row.cells:
            x = len(line)
            bold = y == 0 or row.head or row.strong
            line += [_cell(text, size, bold=bold, left=x in words or row.head), *[""] * (span - 1)]
            if span > 1:
                looks.append(("SPAN", (x, y), (x + span - 1, y)))
        cells.append(line + [""] * (columns - len(line)))
    return Table(cells, colWidths=widths, repeatRows=1, style=TableStyle(looks), hAlign="LEFT")


def _cell(text: str, size: float, *, bold: bool, left: bool) -> Paragraph:
    looks: dict[str, Any] = {"fontName": "Body-Bold" if bold else "Body", "fontSize": size, "leading": size * 1.25}
    style = ParagraphStyle("cell", textColor=INK, bulletFontName="Body", alignment=0 if left else 2, **looks)
    return Paragraph(text, style)


def _fitted(rows: list[_Row], columns: int, words: set[int]) -> tuple[float, list[float]]:
    """Size of the type, and widths of the columns: numbers stay in one line, words take what is left."""
    for size in (7.5, 7.0, 6.5, 6.0, 5.5, 5.0, SMALLEST):
        longest, shortest = [0.0] * columns, [0.0] * columns
        for y, row in enumerate(rows):
            x = 0
            for text, _, span in row.cells:
                if span == 1:
                    wide, broken = _widths(text, size, bold=y == 0)
                    longest[x] = max(longest[x], wide)
                    shortest[x] = max(shortest[x], broken if y == 0 or x in words else wide)
                x += span
        flexible = [x for x in range(columns) if x in words or longest[x] > shortest[x]]
        if sum(shortest) <= WIDTH:
            spare = WIDTH - sum(shortest)
            wanted = {x: longest[x] - shortest[x] for x in flexible}
            share = min(1.0, spare / (sum(wanted.values()) or 1.0))
            return size, [short + share * wanted.get(x, 0.0) for x, short in enumerate(shortest)]
    share = WIDTH / sum(shortest)
    return SMALLEST, [short * share for short in shortest]


def _widths(text: str, size: float, *, bold: bool) -> tuple[float, float]:
    """Width of a text in its longest line, and in its longest word, with padding."""
    font = "Body-Bold" if bold else "Body"
    lines = [_plain(line) for line in text.replace("<br/>", "\n").split("\n")]

    def width(one: str) -> float:
        return float(pdfmetrics.stringWidth(one, font, size)) + 5

    return max(map(width, lines)), max(width(word) for line in lines for word in [*line.split(" "), ""])


# --- pages --------------------------------------------------------------------------------------------------------


class _Place(Flowable):  # type: ignore[misc]
    """Room for a figure; says where it came to stand."""

    def __init__(self, name: str, width: float, height: float) -> None:
        super().__init__()
        self.name, self.width, self.height = name, width, height

    def wrap(self, _wide: float, _high: float) -> tuple[float, float]:
        """What it takes."""
        return self.width, self.height

    def draw(self) -> None:
        """Nothing but where it is: the figure is laid on later."""
        x, y = self.canv.absolutePosition(0, 0)
        self.canv._doctemplate.places.append((self.name, self.canv.getPageNumber() - 1, x, y, self.width))


class _Document(BaseDocTemplate):  # type: ignore[misc]
    """Pages with a line at the foot: title and page number."""

    def __init__(self, content: io.BytesIO, page: _Setter) -> None:
        super().__init__(
            content,
            pagesize=A4,
            title=page.title,
            author="Narvard",
            lang=page.language,
            invariant=1,
            initialFontName="Body",
        )
        self.places: list[tuple[str, int, float, float, float]] = []
        self._title = page.title
        frame = Frame(SIDE, FOOT, WIDTH, HEIGHT, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
        self.addPageTemplates([PageTemplate("page", [frame], onPage=self._foot)])

    def _foot(self, canvas: Any, _document: Any) -> None:
        canvas.setFont("Body", 7)
        canvas.setFillColor(PALE)
        canvas.drawString(SIDE, FOOT - 9 * mm, self._title[:110])
        canvas.drawRightString(A4[0] - SIDE, FOOT - 9 * mm, str(canvas.getPageNumber()))

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - ReportLab's name
        """Headings go into the outline."""
        text = getattr(flowable, "outline", "")
        if text:
            key = f"{self.page}-{text}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(text, key, 0)


def _with_figures(
    content: bytes, figures: Mapping[str, bytes], places: list[tuple[str, int, float, float, float]], page: _Setter
) -> bytes:
    """The pages with figures laid onto their places."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    for name, number, x, y, width in places:
        drawing = PdfReader(io.BytesIO(figures[name])).pages[0]
        scale = width / float(drawing.mediabox.width)
        writer.pages[number].merge_transformed_page(drawing, Transformation().scale(scale).translate(x, y))
    for one in writer.pages:
        one.compress_content_streams()
    writer.add_metadata({"/Title": page.title, "/Creator": "Narvard"})
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()
