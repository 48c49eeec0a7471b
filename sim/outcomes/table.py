"""The table of outcomes: dense in memory, tidy when written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.outcomes.inputs import AgeClass
from sim.outcomes.names import OUTCOMES, TOTALS, Source
from sim.vocabulary import Group, Segment

ALL = "all"
GROUP_NAMES = tuple(group.name.lower() for group in Group)
SEGMENT_NAMES = tuple(segment.name.lower() for segment in Segment)
CROSS_COLUMNS = ("outcome", "group", "segment", "municipality", "period", "value", "unit")


class Margin(NamedTuple):
    """Where a value belongs: one of the four is a name, the others ``"all"``; or all are ``"all"``."""

    group: str = ALL
    segment: str = ALL
    municipality: str = ALL
    period: str = ALL


class Row(NamedTuple):
    """One tidy row."""

    outcome: str
    group: str
    segment: str
    municipality: str
    period: str
    value: float
    unit: str


def period_names(months: int) -> tuple[str, ...]:
    """``month-01``, ``month-02`` and so on, from the start of the window."""
    return tuple(f"month-{m:02d}" for m in range(1, months + 1))


def margins_for(municipalities: Sequence[str], months: int) -> tuple[Margin, ...]:
    """The total, then one-way margins: groups, segments, municipalities, months."""
    return (
        Margin(),
        *(Margin(group=name) for name in GROUP_NAMES),
        *(Margin(segment=name) for name in SEGMENT_NAMES),
        *(Margin(municipality=name) for name in municipalities),
        *(Margin(period=name) for name in period_names(months)),
    )


@dataclass(frozen=True)
class OutcomeTable:
    """Outcomes of one run in one window (utfall).

    Tables of the same people and window have the same shape, so paired differences are differences of
    ``values``; those of ratios should be built from their numerator and denominator, which are outcomes too.

    Attributes
    ----------
    outcomes
        Names, in the order of the registry.
    margins
        What each column is for.
    values
        In the unit of each outcome, shape (outcomes, margins); nan where an outcome is not given.
    municipalities
        Names.
    cross
        Totals by every combination, in tally units (seconds or counts); int64, shape (totals, groups,
        segments, municipalities, months). Totals are in the order of ``names.TOTALS``.
    strata
        Totals by age class and enrolment, in tally units; int64, shape (totals, age classes, 2): others,
        enrolled. Totals that are not in ``split`` are all among the others.
    split
        Names of the totals that are told apart by enrolment.
    """

    outcomes: tuple[str, ...]
    margins: tuple[Margin, ...]
    values: npt.NDArray[np.float64]
    municipalities: tuple[str, ...]
    cross: npt.NDArray[np.int64]
    strata: npt.NDArray[np.int64]
    split: tuple[str, ...] = ()

    def value(
        self,
        outcome: str,
        *,
        group: str = ALL,
        segment: str = ALL,
        municipality: str = ALL,
        period: str = ALL,
    ) -> float:
        """One value; nan where the outcome is not given.

        Raises
        ------
        KeyError
            If there is no such outcome or margin.
        """
        margin = Margin(group, segment, municipality, period)
        if outcome not in OUTCOMES:
            raise KeyError(f"no outcome {outcome!r}")
        if margin not in self.margins:
            raise KeyError(f"no margin {margin}")
        return float(self.values[self.outcomes.index(outcome), self.margins.index(margin)])

    def stratum(self, outcome: str, ages: Sequence[AgeClass] = tuple(AgeClass), direct: bool | None = None) -> float:
        """A total or ratio for some age classes, or for the enrolled (``direct``) or the others.

        Raises
        ------
        KeyError
            If the outcome is neither a total nor a ratio of totals, or is not told apart by enrolment.
        """
        info = OUTCOMES[outcome]
        if info.source is Source.RATIO:
            below = self.stratum(info.denominator, ages, direct)
            return info.factor * self.stratum(info.numerator, ages, direct) / below if below else float("nan")
        if outcome not in TOTALS:
            raise KeyError(f"{outcome} is not kept by age class and enrolment")
        if direct is not None and outcome not in self.split:
            raise KeyError(f"{outcome} is not told apart by enrolment in this table")
        who = slice(None) if direct is None else slice(int(direct), int(direct) + 1)
        table = self.strata[TOTALS.index(outcome)][list(ages), who]
        return float(table.sum()) / info.divisor

    def rows(self) -> Iterator[Row]:
        """Tidy rows: outcomes in order, margins in order; what is not given is left out."""
        for outcome, line in zip(self.outcomes, self.values, strict=True):
            unit = OUTCOMES[outcome].unit
            for margin, value in zip(self.margins, line, strict=True):
                if not np.isnan(value):
                    yield Row(outcome, *margin, float(value), unit)

    def cross_rows(self) -> Iterator[Row]:
        """Totals by every combination of group, segment, municipality and month; zeros are left out."""
        months = period_names(self.cross.shape[4])
        for place in np.argwhere(self.cross):
            t, g, s, m, p = (int(i) for i in place)
            info = OUTCOMES[TOTALS[t]]
            value = float(self.cross[t, g, s, m, p]) / info.divisor
            yield Row(
                info.name,
                GROUP_NAMES[g],
                SEGMENT_NAMES[s],
                self.municipalities[m],
                months[p],
                value,
                info.unit,
            )

    def write_cross(self, path: Path) -> None:
        """Write the full cross of totals as Parquet (columns as in ``CROSS_COLUMNS``)."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        found = np.argwhere(self.cross)
        totals, groups, segments, places, periods = (np.ascontiguousarray(c, np.int32) for c in found.T)
        divisor = np.array([OUTCOMES[name].divisor for name in TOTALS])
        value = self.cross[tuple(found.T)] / divisor[totals]

        def words(codes: npt.NDArray[np.int32], names: Sequence[str]) -> pa.DictionaryArray:
            return pa.DictionaryArray.from_arrays(codes, pa.array(names))

        columns = (
            words(totals, TOTALS),
            words(groups, GROUP_NAMES),
            words(segments, SEGMENT_NAMES),
            words(places, self.municipalities),
            words(periods, period_names(self.cross.shape[4])),
            pa.array(value),
            words(totals, [OUTCOMES[name].unit for name in TOTALS]),
        )
        pq.write_table(pa.table(dict(zip(CROSS_COLUMNS, columns, strict=True))), path)
