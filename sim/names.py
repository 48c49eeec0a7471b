"""What a name may be (namn): one rule for scenarios, governances, pilots, places and all else that people name.

Names stand in files' names, dotted keys, columns, pages and commands. So they are letters, digits and few signs, and
what they are is told in one text.
"""

from __future__ import annotations

import re
import unicodedata

from sim.texts import for_terminal

LONGEST = 60
"""Characters of a name: with all that stands around it, the name of a file holds 255 bytes."""
WORD_SIGNS = "-_"
PLACE_SIGNS = "-_ .:'’()&,"
"""Signs in the name of a place: ``S:t Olof``, ``Västra Skaraborg (norra)``."""
RESERVED = frozenset(
    ["all", "region", "con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)
"""Words that mean something else: every member, the region as a whole, and devices of Windows."""


def composed(text: str) -> str:
    """A text with its accents in the letters (NFC), so that two ways to type a name are one."""
    return unicodedata.normalize("NFC", text)


def name_problem(name: object, *, place: bool = False) -> str:
    """What is wrong with a name; empty if nothing.

    Parameters
    ----------
    name
        Of a scenario, governance, pilot, plan or set.
    place
        Whether it is of a municipality or an area, which may hold spaces and other signs.
    """
    signs = PLACE_SIGNS if place else WORD_SIGNS
    if isinstance(name, str):
        text = composed(name)
        if text.lower() in RESERVED:
            return f"{_quoted(name)} given, a word that means something else; another name needed"
        if 0 < len(text) <= LONGEST and _is_letter(text[0]) and text == text.strip():
            if all(_is_letter(sign) or sign in signs for sign in text):
                return ""
    allowed = "letters, digits, spaces and - _ . : ' ( ) & ," if place else "letters, digits, - and _"
    return f"{_quoted(name)} given, a name of 1 to {LONGEST} {allowed} needed, the first a letter or digit"


def name_from(text: str) -> str:
    """A name made of the name of a file: ``My scenario (2)`` gives ``my-scenario-2``."""
    name = re.sub(r"[^a-z0-9_-]+", "-", composed(text).lower()).strip("-_")[:LONGEST]
    return "scenario" if name_problem(name) else name


def _is_letter(sign: str) -> bool:
    """Whether it is a letter, a mark upon one, or a digit, of any language; three bytes in UTF-8 at most."""
    kind = unicodedata.category(sign)
    return (kind[0] in "LM" or kind == "Nd") and sign <= "\uffff"


def _quoted(name: object) -> str:
    if not isinstance(name, str):
        return for_terminal(str(name)[:LONGEST])
    text = for_terminal(name if len(name) <= LONGEST else f"{name[: LONGEST - 3]}...").replace("\n", "\\n")
    return f"'{text}'"
