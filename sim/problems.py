"""What is wrong with what a user wrote: each problem one line, all of a file at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from sim.texts import for_one_line

LONGEST_WHERE = 200
LONGEST_SAYS = 2000
"""Characters of a key, and of what is said, that are shown."""
MOST_SHOWN = 200
"""Problems that are shown; a table may have as many as cells."""
LONGEST_LIKE = 100
"""Characters of a word that may be a name."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file: a scenario, or a table.

    Parameters
    ----------
    file
        The file, as the user would write it.
    line
        Line in the file, from 1; 0 if the whole file is meant.
    where
        Dotted key, or row of a table; may be empty.
    says
        What is given and what is needed.
    """

    file: str
    line: int
    where: str
    says: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        where = self.where if len(self.where) <= LONGEST_WHERE else f"{self.where[: LONGEST_WHERE - 3]}..."
        says = self.says if len(self.says) <= LONGEST_SAYS else f"{self.says[: LONGEST_SAYS - 3]}..."
        told = ": ".join(part for part in (place, where, says) if part)
        return for_one_line(told)  # one line, whatever the cell or key that it quotes


class ScenarioError(Exception):
    """A scenario cannot be used; holds every problem found.

    Attributes
    ----------
    problems
        In the order of files and lines; never empty.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        more = len(self.problems) - MOST_SHOWN
        lines = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        super().__init__("\n".join([*lines, *([f"... and {more} more problems"] if more > 0 else [])]))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...]]]:
        """Exceptions travel between processes by their arguments."""
        return type(self), (self.problems,)


def like(word: str, known: Iterable[str], most: int = 1, cutoff: float = 0.6) -> list[str]:
    """Known names that a word is like, the nearest first; none for a text that is no name, which would take long."""
    return difflib.get_close_matches(word, known, most, cutoff) if len(word) <= LONGEST_LIKE else []


def nearest(word: str, known: Iterable[str]) -> str:
    """The words ", did you mean 'x'?" if a known name is near, else nothing.

    A name that differs in its last word alone, which is the unit, is nearer than any other.
    """
    names = sorted(known)  # of two equally near always the same one
    stem = word.rpartition("_")[0]
    same = [name for name in names if stem and name.rpartition("_")[0] == stem]
    found = like(word, same, cutoff=0.0) or like(word, names, cutoff=0.65)
    return f", did you mean '{found[0]}'?" if found else ""


class RunAgain(RuntimeWarning):
    """Kept work that is made again, and why."""
