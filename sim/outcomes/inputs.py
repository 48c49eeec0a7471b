"""What measuring needs beside records and accumulators: window, units, people."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from sim.vocabulary import DAY, YEAR, AgeBand, Service

MONTH = YEAR // 12
"""A month of the tables: a twelfth of a year of 365 days, in whole seconds (30 days and 10 hours)."""


class AgeClass(IntEnum):
    """Age classes (åldersklasser) in which some outcomes are also given."""

    CHILD = 0  # 0-15
    ADULT = 1  # 16-64
    OLDER = 2  # 65-79
    OLDEST = 3  # 80 and over


AGE_CLASS = np.array(
    [
        AgeClass.CHILD
        if band == AgeBand.AGE_0_15
        else AgeClass.ADULT
        if band < AgeBand.AGE_65_69
        else AgeClass.OLDER
        if band < AgeBand.AGE_80_84
        else AgeClass.OLDEST
        for band in AgeBand
    ],
    dtype=np.int64,
)
"""Age class of each age band; shape (age bands,)."""


@dataclass(frozen=True)
class Window:
    """The time measured (mätfönster): [start, end) in seconds of simulated time.

    Raises
    ------
    ValueError
        If the window is empty or begins before time 0.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"window: {self.start} to {self.end} given, 0 <= start < end needed")

    @classmethod
    def of_days(cls, first: int, last: int) -> Window:
        """From the beginning of one day to the beginning of another."""
        return cls(first * DAY, last * DAY)

    @property
    def months(self) -> int:
        """Number of months touched; the last may be short."""
        return -(-(self.end - self.start) // MONTH)

    @property
    def years(self) -> float:
        """Length in years of 365 days."""
        return (self.end - self.start) / YEAR

    def month_edges(self) -> list[int]:
        """Where the months begin, and the end of the window; months + 1 values, in seconds."""
        return [self.start + m * MONTH for m in range(self.months)] + [self.end]


@dataclass(frozen=True)
class Unit:
    """A unit of the model (enhet): one service at one place; its position in the list is its resource id."""

    name: str
    service: Service
    municipality: int = -1
    area: int = -1


@dataclass(frozen=True)
class PeopleTable:
    """What outcomes need to know of everybody, one entry per person; each array of shape (persons,).

    Attributes
    ----------
    entry
        When the person enters, in seconds; 0 for the first residents.
    municipality, age_band, segment, chronic
        Codes; ``segment`` is that at entry, later ones come from the records.
    special_housing
        Living in special housing (särskilt boende) at entry.
    municipalities
        Names, by code.
    home_help_hours
        Hours of home help (hemtjänst) a week while at home; none if not given.

    Raises
    ------
    ValueError
        If arrays differ in length or a municipality has no name.
    """

    entry: npt.NDArray[np.int64]
    municipality: npt.NDArray[np.int64]
    age_band: npt.NDArray[np.int64]
    segment: npt.NDArray[np.int64]
    chronic: npt.NDArray[np.int64]
    special_housing: npt.NDArray[np.bool_]
    municipalities: tuple[str, ...]
    home_help_hours: npt.NDArray[np.float64] | None = None
    age_class: npt.NDArray[np.int64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("entry", "municipality", "age_band", "segment", "chronic"):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=np.int64))
        object.__setattr__(self, "special_housing", np.ascontiguousarray(self.special_housing, dtype=np.bool_))
        if self.home_help_hours is None:
            object.__setattr__(self, "home_help_hours", np.zeros(len(self.entry)))
        for name in ("municipality", "age_band", "segment", "chronic", "special_housing", "home_help_hours"):
            if len(getattr(self, name)) != len(self.entry):
                raise ValueError(f"people.{name}: {len(getattr(self, name))} values, {len(self.entry)} needed")
        if len(self.entry) and int(self.municipality.max()) >= len(self.municipalities):
            raise ValueError(
                f"people.municipality: code {int(self.municipality.max())} has no name among {len(self.municipalities)}"
            )
        object.__setattr__(self, "age_class", AGE_CLASS[self.age_band])

    def __len__(self) -> int:
        return len(self.entry)

    def at_least(self, age: AgeClass) -> npt.NDArray[np.bool_]:
        """Which persons are of this age class or an older one."""
        return self.age_class >= int(age)
