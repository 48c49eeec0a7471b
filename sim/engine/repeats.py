"""Draws with the same key in one run of the reference engine (upprepade dragningar): told, once for each pair of lines.

Two draws with one key are one number. That may be meant, as where a rule asks again for what is settled; more often a
purpose or a number was forgotten, and what should be independent is not.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

MOST = 1_000_000
"""Draws that are remembered: later ones are held against these."""
DEPTH = 3
"""Frames from the watcher to whoever draws: the check of the key and the draw lie between."""
Place = tuple[str, int]


class DrawnTwice(UserWarning):
    """Two draws of a run have the same key; the text says which lines drew."""


class Repeats:
    """Remembers who drew with which key, and tells of a second."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[int, int, int, int], Place] = {}
        self._told: set[tuple[Place, Place]] = set()

    def __call__(self, key: int, person: int, purpose: int, need: int, n: int) -> None:
        """Take note of a draw."""
        frame = sys._getframe(DEPTH)
        here, identity = (frame.f_code.co_filename, frame.f_lineno), (person, purpose, need, n)
        before = self._drawn.get(identity)
        if before is None:
            if len(self._drawn) < MOST:
                self._drawn[identity] = here
        elif (before, here) not in self._told:
            self._told.add((before, here))
            warnings.warn(
                f"{_words(here)}: draws with person {person:d}, purpose {purpose:d}, need {need:d}, n {n:d}, as "
                f"{_words(before)} did before: both are the same number",
                DrawnTwice,
                stacklevel=DEPTH + 1,
            )


def _words(place: Place) -> str:
    return f"{Path(place[0]).name}:{place[1]}"
