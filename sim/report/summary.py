"""The table that a planner understands at a glance: the same in the terminal and on the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sim.outcomes.names import OUTCOMES
from sim.outcomes.table import Margin
from sim.report.canvas import CLASS_COLOURS
from sim.report.language import words
from sim.report.numbers import between, decimals, number, per_cent, scale
from sim.report.result import TOTAL, Estimate, Result
from sim.report.words import Term

SECTIONS: dict[str, tuple[str, ...]] = {
    "days": ("hospital_days", *CLASS_COLOURS),
    "groups": (),
    "care": (
        "admissions",
        "admissions_unplanned",
        "readmissions_30d",
        "readmission_share",
        "admissions_harmed",
        "emergency_visits",
        "emergency_time_median",
    ),
    "discharge": ("ready_mean_days", "ready_same_day_share", "overcrowding_per_100"),
    "people": (
        "deaths",
        "days_alive_at_home",
        "short_term_days",
        "special_housing_days",
        "home_help_hours",
        "home_visit_hours",
    ),
    "cost": ("cost_region_sek", "cost_municipality_sek", "cost_total_sek", "ready_payment_sek"),
}
"""Outcomes by section; hospital days of each LHC group make a section of their own."""


class Line(NamedTuple):
    """One line, scaled to the unit shown.

    Attributes
    ----------
    label, unit
        What; the unit as shown.
    levels
        By governance.
    change
        Second governance minus first; unknown for a run.
    relative
        Of the first.
    """

    label: Term
    unit: str
    levels: tuple[Estimate, ...]
    change: Estimate
    relative: float

    @property
    def values(self) -> list[str]:
        """The levels as text, in one rounding."""
        places = decimals(*(level.value for level in self.levels))
        return [number(level.value, places) for level in self.levels]

    @property
    def interval(self) -> str:
        """The interval of the difference; of a run, that of the value."""
        if len(self.levels) == 1:
            return between(self.levels[0].low, self.levels[0].high, decimals(self.levels[0].value))
        return between(self.change.low, self.change.high, self._places, sign=True)

    @property
    def difference(self) -> str:
        """The difference, with its sign."""
        return number(self.change.value, self._places, sign=True)

    @property
    def share(self) -> str:
        """The relative difference, with its sign."""
        return per_cent(self.relative, sign=True)

    @property
    def verdict(self) -> str:
        """Whether chance could explain the difference."""
        if not self.change.bounded:
            return words.NONE
        if self.change.low == self.change.high == 0:
            return words.EQUAL
        if not self.change.clear:
            return words.UNCLEAR
        return words.LOWER if self.change.value < 0 else words.HIGHER

    @property
    def _places(self) -> int:
        """Decimals of the difference: as its level has, unless that would close the interval."""
        change, level = self.change, abs(self.levels[0].value)
        most = decimals(change.value, change.low, change.high)
        places = min(most, 0 if level >= 1000 else 1 if level >= 100 else 2)
        while places < most and round(change.low, places) == round(change.high, places):
            places += 1
        return places


class Section(NamedTuple):
    """Lines under a title."""

    key: str
    title: Term
    lines: tuple[Line, ...]


def sections(result: Result) -> tuple[Section, ...]:
    """All sections that hold anything."""
    found = (Section(key, words.SECTIONS[key], tuple(_lines(result, key))) for key in SECTIONS)
    return tuple(section for section in found if section.lines)


def line(result: Result, outcome: str, label: Term, margin: Margin = TOTAL) -> Line:
    """One outcome for some people."""
    unit = OUTCOMES[outcome].unit
    factor, shown = scale(unit)
    return Line(
        label,
        shown,
        tuple(result.level(name, outcome, margin).times(factor) for name in result.governances),
        result.change(outcome, margin).times(factor),
        float("nan") if unit == "share" else result.relative(outcome, margin).value,
    )


def _lines(result: Result, key: str) -> Iterator[Line]:
    if key == "groups":
        for name, term in words.GROUPS.items():
            if result.has("hospital_days", margin=Margin(group=name)):
                yield line(result, "hospital_days", term, Margin(group=name))
        return
    for outcome in SECTIONS[key]:
        if result.has(outcome):
            yield line(result, outcome, words.outcome(outcome))
