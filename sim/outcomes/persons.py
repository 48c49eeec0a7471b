"""Totals by person (per person): kept until it is known who was enrolled in any arm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PersonTotals:
    """Some totals of everybody, in tally units (seconds or counts).

    Most people have the same amount of a total: no hospital days, the whole window alive. Only those who differ
    are listed, so that an arm waits for the others with about a megabyte for 160,000 people.

    Attributes
    ----------
    names
        Of the totals.
    people
        How many persons there are.
    usual
        What most people have of each total: nothing, or the largest amount.
    person, excess
        For each total the persons with another amount, and by how much it is more.
    """

    names: tuple[str, ...]
    people: int
    usual: tuple[int, ...]
    person: tuple[npt.NDArray[np.int32], ...]
    excess: tuple[Integers, ...]

    @classmethod
    def of(cls, amounts: Mapping[str, Integers]) -> PersonTotals:
        """From whole columns, each of shape (persons,)."""
        columns = list(amounts.values())
        usual = [_usual(column) for column in columns]
        person = [np.flatnonzero(column != most) for column, most in zip(columns, usual, strict=True)]
        excess = [column[who] - most for column, most, who in zip(columns, usual, person, strict=True)]
        people = len(columns[0]) if columns else 0
        return cls(tuple(amounts), people, tuple(usual), tuple(w.astype(np.int32) for w in person), tuple(excess))

    def by(self, stratum: Integers, strata: int) -> Integers:
        """Sums by stratum of the persons; exact.

        Parameters
        ----------
        stratum
            Of each person, shape (persons,).
        strata
            How many there are.

        Returns
        -------
        array
            Shape (totals, strata).
        """
        heads = np.bincount(stratum, minlength=strata)
        table = np.array([most * heads for most in self.usual], np.int64).reshape(len(self.names), strata)
        for line, person, excess in zip(table, self.person, self.excess, strict=True):
            np.add.at(line, stratum[person], excess)
        return table


def _usual(column: Integers) -> int:
    largest = int(column.max()) if len(column) else 0
    return largest if np.count_nonzero(column == largest) > np.count_nonzero(column == 0) else 0
