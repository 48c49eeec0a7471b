"""Texts of others, made safe for where they go (säkra texter): a spreadsheet, a terminal, XML; one function each.

HTML has ``html.escape``. A title may hold anything that TOML or JSON can state; what a terminal, a spreadsheet or an
XML reader would take for a command is changed here, and nowhere else.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What begins a formula in one spreadsheet or another, the wide forms of East Asian keyboards with them."""
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
"""Characters that steer a terminal or the direction of reading, and halves of characters; tab and line end are text."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BROKEN_LINES = re.compile(r"\s*[\n\r]\s*")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def unseen(text: str) -> str:
    """The first character that steers a terminal, as Python writes it; empty if there is none."""
    found = _UNSEEN.search(text)
    return ascii(found[0])[1:-1] if found else ""


def for_terminal(text: str) -> str:
    r"""A text whose characters that would steer a terminal are written out, as ``\x1b``."""
    return _UNSEEN.sub(lambda found: ascii(found[0])[1:-1], text)


def say(text: str) -> None:
    """Tell a line to standard error, safe and by one write: neither an interrupt nor a thread parts it from its end."""
    sys.stderr.write(f"{for_terminal(text)}\n")
    sys.stderr.flush()


def for_cell(value: Any) -> Any:
    """A value for a CSV table: a text that a spreadsheet would take for a formula gets ``'`` before it.

    Numbers stay as they are, also where they stand as text.
    """
    if not isinstance(value, str):
        return value
    if value.startswith(FORMULA) and not _NUMBER.fullmatch(value):
        return "'" + _UNSEEN.sub("", value)
    return _UNSEEN.sub("", value)


def for_cells(table: pd.DataFrame) -> pd.DataFrame:
    """A data frame for a CSV table: its texts, and the names of its columns, as ``for_cell`` gives them."""
    import pandas as pd

    words = [name for name in table.columns if not pd.api.types.is_numeric_dtype(table[name].dtype)]
    safe = table.copy(deep=False)
    for name in words:
        if not pd.api.types.is_datetime64_any_dtype(table[name].dtype):
            safe[name] = table[name].map(for_cell)
    return safe.rename(columns=for_cell)


def for_xml(text: str) -> str:
    """A text without the characters that no XML file may hold; quotes and signs are still to be escaped."""
    return _NOT_XML.sub("\ufffd", text)


def for_one_line(text: str) -> str:
    """A text for a place that holds one line, as a heading or a row of Markdown."""
    return for_terminal(_BROKEN_LINES.sub(" ", text).replace("\t", " "))


def for_markdown(text: str) -> str:
    """A text for Markdown: one line, and none of its signs mean anything."""
    return re.sub(r"([\\`*_{}\[\]<>#|!~])", r"\\\1", for_one_line(text))
