"""What Monks et al. (2016) published of the stroke services, and what its reproduction found.

Tables 2 and 3 of the paper and, as S2 and S3, tables 2 and 3 of the supplementary results in its Additional file 1;
tables 2 and 3 of Heather A, Monks T (2025). Stroke capacity planning model: python DES RAP,
doi:10.5281/zenodo.15574906, as stored in its repository at b7d854a.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

if __package__:
    from tests.published.stroke import CURRENT, MORE, NO_NEUROLOGICAL, RING_FENCED, Beds, Unit
else:  # From the script; see there.
    from stroke import CURRENT, MORE, NO_NEUROLOGICAL, RING_FENCED, Beds, Unit

BOTH = (Unit.ACUTE, Unit.REHABILITATION)


@dataclass(frozen=True)
class Cell:
    """A published probability of delay, rounded, and the same as one in so many patients.

    ``tails`` marks what the paper computes with untruncated probabilities, P(N >= n).
    """

    table: str
    scenario: str
    unit: Unit
    beds: Beds
    probability: float
    one_in: int
    decimals: int = 2
    tails: bool = False

    @property
    def number(self) -> str:
        """The beds in words."""
        if self.table == "3":
            return f"{self.beds.acute} + {self.beds.rehabilitation} + {self.beds.pooled}"
        return str(self.beds.acute if self.unit == Unit.ACUTE else self.beds.rehabilitation)

    @property
    def rounded(self) -> tuple[float, float]:
        """The probabilities that are one in so many patients when rounded."""
        return 1 / (self.one_in + 0.5), 1 / (self.one_in - 0.5)

    @property
    def contradictory(self) -> bool:
        """Whether no probability rounds to both published forms."""
        half = 0.5 * 10.0**-self.decimals
        low, high = self.rounded
        return low > self.probability + half or high < self.probability - half


ACUTE, REHABILITATION = BOTH
Rows = tuple[str, str, Unit, Sequence[int], Sequence[float], Sequence[int]]
"""Table, scenario and unit; then beds, probabilities of delay, and one in so many patients."""
DEDICATED: tuple[Rows, ...] = (
    ("2", CURRENT, ACUTE, range(9, 15), (0.19, 0.14, 0.09, 0.06, 0.04, 0.02), (5, 7, 11, 16, 28, 50)),
    ("2", MORE, ACUTE, range(10, 15), (0.16, 0.11, 0.07, 0.05, 0.03), (6, 9, 13, 21, 34)),
    ("2", CURRENT, REHABILITATION, (10, *range(12, 17)), (0.20, 0.11, 0.08, 0.05, 0.03, 0.02), (5, 9, 13, 20, 35, 57)),
    ("2", MORE, REHABILITATION, range(12, 17), (0.13, 0.09, 0.07, 0.04, 0.02), (8, 11, 15, 25, 42)),
    # In S2 current admissions only where they are not those of Table 2.
    ("S2", CURRENT, ACUTE, (15,), (0.01,), (90,)),
    ("S2", CURRENT, REHABILITATION, (15, 16), (0.03, 0.02), (33, 50)),
    ("S2", NO_NEUROLOGICAL, ACUTE, range(10, 16), (0.09, 0.05, 0.03, 0.02, 0.01, 0.01), (11, 18, 32, 55, 100, 95)),
    ("S2", NO_NEUROLOGICAL, REHABILITATION, range(12, 17), (0.03, 0.02, 0.01, 0.01, 0.00), (17, 30, 56, 110, 214)),
    ("S3", RING_FENCED, ACUTE, range(10, 16), (0.08, 0.05, 0.03, 0.02, 0.01, 0.00), (12, 19, 32, 57, 113, 240)),
)
TABLE_3 = {
    Beds(0, 0, 22): ((0.057, 18), (0.057, 18)),
    Beds(0, 0, 26): ((0.016, 64), (0.016, 64)),
    Beds(14, 12, 0): ((0.020, 50), (0.117, 9)),
    Beds(11, 11, 4): ((0.031, 29), (0.077, 13)),
    Beds(11, 10, 5): ((0.027, 37), (0.080, 12)),
    Beds(10, 10, 6): ((0.033, 30), (0.057, 17)),
    Beds(10, 9, 7): ((0.030, 34), (0.060, 17)),
    Beds(9, 9, 8): ((0.035, 29), (0.049, 20)),
    Beds(9, 8, 9): ((0.034, 30), (0.051, 20)),
}
"""Probability of delay and one in so many patients, of acute and of rehabilitation patients, current admissions."""


def only(unit: Unit, number: int) -> Beds:
    """Beds of one unit, where the other is not looked at."""
    return Beds(acute=number) if unit == ACUTE else Beds(rehabilitation=number)


def _published() -> Iterator[Cell]:
    for name, scenario, unit, beds, *values in DEDICATED:
        for number, probability, one_in in zip(beds, *values, strict=True):
            yield Cell(name, scenario, unit, only(unit, number), probability, one_in)
    for shared, values in TABLE_3.items():
        partial = shared.pooled > 0 and shared.acute > 0
        for unit, (probability, one_in) in zip(BOTH, values, strict=True):
            yield Cell("3", CURRENT, unit, shared, probability, one_in, 3, partial)


PUBLISHED = tuple(_published())
REPRODUCED = {
    **{(ACUTE, only(ACUTE, n)): m for n, m in zip(range(9, 15), (6, 8, 12, 18, 29, 52), strict=True)},
    **{
        (REHABILITATION, only(REHABILITATION, n)): m
        for n, m in zip((10, *range(12, 17)), (5, 9, 13, 20, 34, 56), strict=True)
    },
    **{(ACUTE, beds): m for beds, m in zip(TABLE_3, (16, 64, 52, 24, 28, 25, 27, 26, 26), strict=True)},
    **{(REHABILITATION, beds): m for beds, m in zip(TABLE_3, (16, 64, 9, 12, 12, 17, 16, 20, 20), strict=True)},
}
"""One in so many patients by unit and beds, current admissions, in the reproduction."""


def impossible(cells: Sequence[Cell] = PUBLISHED) -> list[Cell]:
    """Published cells that cannot be right: two forms that contradict each other, or more beds and more delay."""
    wrong = [cell for cell in cells if cell.contradictory]
    for before, cell in itertools.pairwise(cells):
        same = (before.table, before.scenario, before.unit) == (cell.table, cell.scenario, cell.unit)
        if same and cell.table != "3" and before.one_in >= cell.one_in:
            wrong.append(cell)
    return wrong
