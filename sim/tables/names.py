"""Names as people write them (namn): the same ones written in several ways, and different ones that look alike.

Accents composed or not, no-break spaces and capital letters make no other name. A mark does: Habo and Håbo are two
municipalities.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from sim.problems import like, nearest

_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_LETTERS = {
    **{"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "đ": "d", "ð": "d", "þ": "th"},
    **{"ł": "l", "ħ": "h", "ŧ": "t", "ŋ": "n", "ı": "i"},
}
"""Letters that are not a plain one with a mark."""
_SPELT_OUT = {"å": "aa", "ä": "ae", "ö": "oe", "ø": "oe", "ü": "ue"}
SHOWN = 12
"""Names that a refusal lists."""


def clean(text: str) -> str:
    """A name without what cannot be seen: composed accents, single plain spaces, none at the ends."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", text)).split())


def folded(text: str) -> str:
    """What two names have in common that are written the same but for capitals, accents' form and kinds of spaces."""
    return unicodedata.normalize("NFC", clean(text).casefold())


def word(text: str) -> str:
    """As ``folded``, for headings and fixed words: a hyphen, a space or an underscore between their parts."""
    return re.sub(r"[\s_-]+", "_", _DASHES.sub("-", folded(text)))


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name in plain lower-case letters, as it stands in keys: ``Umeå 1`` gives ``umea_1``; never empty."""
    letters = "".join(map(_letter, unicodedata.normalize("NFKD", clean(name).lower())))
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_") or "_".join(f"u{ord(sign):x}" for sign in clean(name))


def _letter(sign: str) -> str:
    if sign.isascii() or unicodedata.combining(sign):
        return sign if sign.isascii() else ""
    return _LETTERS.get(sign) or (f"u{ord(sign):x}" if sign.isalnum() else " ")


def keys_of(names: Sequence[str]) -> tuple[str, ...]:
    """Keys of names that stand together, all different: of Habo and Håbo ``habo`` and ``haabo``.

    A name alone has its ``plain`` one. Of several with the same, one without marks keeps it, the others are spelt out;
    what is the same even so is numbered.
    """
    keys = [plain(name) for name in names]
    often = Counter(keys)
    keys = [
        key if often[key] == 1 or folded(name).isascii() else plain("".join(_SPELT_OUT.get(s, s) for s in folded(name)))
        for name, key in zip(names, keys, strict=True)
    ]
    taken: set[str] = set()
    for place, key in enumerate(keys):
        number = 2
        while keys[place] in taken:
            keys[place] = f"{key}_{number}"
            number += 1
        taken.add(keys[place])
    return tuple(keys)


class Names:
    """Names of a kind, found however they are written.

    Parameters
    ----------
    known
        The names; of two that are written the same the first counts.
    also
        Other words for some of them.
    keys
        Their keys, which may be written in their place; none by default.
    between
        Words that may mean several names, which are refused with those.
    fixed
        Whether they are words of the model, where a space may stand for an underscore.
    """

    def __init__(
        self,
        known: Iterable[str],
        also: Mapping[str, Iterable[str]] | None = None,
        keys: Sequence[str] = (),
        between: Mapping[str, Sequence[str]] | None = None,
        *,
        fixed: bool = False,
    ) -> None:
        self.known = tuple(known)
        self._fold = word if fixed else folded
        self._keys = {key: place for place, key in reversed([*enumerate(keys)])}
        self._between = {self._fold(text): names for text, names in (between or {}).items()}
        self._places: dict[str, int] = {}
        for place, name in enumerate(self.known):
            self._places.setdefault(self._fold(name), place)
        for name, words in (also or {}).items():
            for text in words:
                self._places.setdefault(self._fold(text), self._places[self._fold(name)])

    def find(self, text: str) -> int | None:
        """The place of a name, or None if it is none of them."""
        found = self._places.get(self._fold(text))
        return self._keys.get(clean(text)) if found is None else found

    def says(self, text: str, what: str) -> str:
        """Why a name is refused: the nearest one, and those there are."""
        between = self._between.get(self._fold(text))
        if between:
            return f"unknown {what} '{text}'; it may be {' or '.join(between)}"
        listed = ", ".join(self.known[:SHOWN]) + (", ..." if len(self.known) > SHOWN else "")
        near = nearest(clean(text), self.known) or self._near(text)
        return f"unknown {what} '{text}'{near}; there are {listed}"

    def _near(self, text: str) -> str:
        """Among all words for them, if the names themselves have nothing near."""
        found = like(self._fold(text), self._places, cutoff=0.65)
        return f", did you mean '{self.known[self._places[found[0]]]}'?" if found else ""
