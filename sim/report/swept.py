"""A sweep in memory, read from its folder (svep): points, main effects and rank correlations of one outcome."""

from __future__ import annotations

import csv
import errno
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.files import opened_table, read_json
from sim.outcomes import OUTCOMES
from sim.report.language import sweep_words, words
from sim.report.numbers import between, decimals, number, plain, scale
from sim.report.result import UNKNOWN, Estimate, Result
from sim.report.words import Term

RESULT, TABLE = "sweep.json", "sweep.csv"
DIFFERENCE = "difference"
Value = float | str


@dataclass(frozen=True)
class Point:
    """One point: values by key, and an outcome by governance (or ``difference``), with its change."""

    values: Mapping[str, Value]
    estimates: dict[str, Estimate]
    changes: dict[str, Estimate]

    def estimate(self, governance: str) -> Estimate:
        """Under a governance, or the difference; unknown if it is not given."""
        return self.estimates.get(governance, UNKNOWN)

    def change(self, governance: str) -> Estimate:
        """Its paired change from the reference; unknown at the reference itself."""
        return self.changes.get(governance, UNKNOWN)


@dataclass(frozen=True, eq=False)
class Swept:
    """One outcome of a sweep.

    Attributes
    ----------
    result
        Scenario, governances, replications and window, for titles; without values.
    about
        ``sweep.json`` as it is.
    outcome, unit
        What is shown, in the unit of the table.
    points
        In order.
    """

    result: Result
    about: Mapping[str, Any]
    outcome: str
    unit: str
    points: Sequence[Point]

    @property
    def shown(self) -> str:
        """What the first row of panels shows: the difference, or the only governance."""
        return DIFFERENCE if self.result.compared else self.result.first

    @property
    def keys(self) -> Sequence[Mapping[str, Any]]:
        """What was varied."""
        return list(self.about["keys"])

    @property
    def effects(self) -> dict[str, list[Mapping[str, Any]]]:
        """Main effects by key."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        for effect in self.about["effects"]:
            if effect["outcome"] == self.outcome:
                found.setdefault(effect["key"], []).append(effect)
        return found

    @property
    def without_effects(self) -> list[Mapping[str, Any]]:
        """Keys with a value of their own at most points."""
        return [key for key in self.keys if key["key"] not in self.effects]

    @property
    def reference(self) -> int:
        """The point that changes are counted from."""
        return int(self.about["reference"]["point"])

    @property
    def together(self) -> str:
        """Which columns of the design go together too much; empty if none do."""
        found = self.about["columns_together"]
        if found is None or found["note"] is None:
            return ""
        rho = number(found["correlation"], 2)
        return sweep_words.TOGETHER.format(first=found["first"], second=found["second"], rho=rho)

    def rho(self, key: str, governance: str) -> Mapping[str, Any] | None:
        """The rank correlation of a key with the outcome; None where there is none."""
        wanted = {"key": key, "governance": governance, "outcome": self.outcome}
        found = (one for one in self.about["rank_correlations"] if wanted.items() <= one.items())
        return next(found, None)

    @property
    def known(self) -> bool:
        """Whether the outcome is given at any point."""
        return any(point.estimate(self.shown).known for point in self.points)

    def axis(self, difference: bool) -> str:
        """What an axis of the outcome is called, in two lines; the title says which outcome it is."""
        _, unit = scale(self.unit)
        if not difference:
            who = sweep_words.EACH if self.result.compared else words.governance(self.result.first)
            return f"{who}, {unit}"
        first, last = (words.governance(name).lower() for name in self.result.governances)
        return sweep_words.DIFFERENCE.format(unit=unit, first=first, last=last)

    def heads(self) -> tuple[str, ...]:
        """Columns of the table of points; without changes if there is only one point."""
        keys = (".".join(key["key"].split(".")[-2:]) for key in self.keys)
        change = (text.format(point=self.reference) for text in sweep_words.CHANGE_HEADS * self._changed)
        point, *level, unit = sweep_words.HEADS
        return (point, *keys, *level, *change, unit)

    def rows(self, most: int) -> list[tuple[str, ...]]:
        """Points in words, at most so many: number, values, mean and change with their intervals, unit."""
        factor, unit = scale(self.unit)
        found = []
        for number_, point in enumerate(self.points[:most]):
            e, change = (one.times(factor) for one in (point.estimate(self.shown), point.change(self.shown)))
            digits = decimals(e.value, e.low, e.high)
            told = [number(e.value, digits), between(e.low, e.high, digits)]
            if self._changed and number_ == self.reference:
                told += [sweep_words.REFERENCE, ""]
            elif self._changed:
                digits = decimals(change.value, change.low, change.high)
                told += [number(change.value, digits, sign=True), between(change.low, change.high, digits, sign=True)]
            values = (shown(value, 4) for value in point.values.values())
            found.append((str(number_), *values, *(plain(text) for text in (*told, unit))))
        return found

    def below(self, most: int) -> list[str]:
        """What is to be said below the table of points."""
        found, about = [], self.about["reference"]
        if not self.known:
            found.append(sweep_words.NOWHERE)
        if len(self.points) > most:
            found.append(sweep_words.MORE_POINTS.format(count=len(self.points) - most))
        if self._changed:
            which = sweep_words.OWN if about["own"] else sweep_words.FIRST
            told = {"point": self.reference, "which": which, "count": about["contrasts"]}
            found.append(sweep_words.CHANGES.format(**told))
        return [*found, *([self.together] if self.together else [])]

    @property
    def _changed(self) -> bool:
        """Whether there is a point besides the reference."""
        return bool(self.about["reference"]["contrasts"])


def outcome(name: str) -> str:
    """An outcome as it is called in a title."""
    return sweep_words.OUTCOME.get(name) or words.outcome(name).text


def lower(name: str) -> str:
    """An outcome within a sentence."""
    text = outcome(name)
    return text[:1].lower() + text[1:]


def titles(kind: Term, name: str) -> tuple[str, str]:
    """Title of a figure, in English with the Swedish one that stands under it."""
    swedish = OUTCOMES[name].swedish
    return kind.text.format(what=outcome(name)), kind.swedish.format(swedish=swedish[:1].upper() + swedish[1:])


def shown(value: Value, digits: int = 6) -> str:
    """A value of a key with so many digits; whole numbers with all of theirs."""
    if not isinstance(value, float):
        return value
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e9 else f"{value:.{digits}g}"


def read(folder: Path) -> list[Swept]:
    """Read the outcomes of a sweep that are to be drawn.

    Raises
    ------
    OSError
        If a file cannot be read, or is not what narvard writes.
    """
    try:
        about = read_json(folder / RESULT)
        tables = _points(folder / TABLE, about)
        result = Result(about, tuple(about["governances"]), {}, {}, {}, {})
        return [Swept(result, about, one["outcome"], one["unit"], tables[one["outcome"]]) for one in about["on"]]
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, csv.Error) as error:
        raise OSError(errno.EINVAL, words.NOT_A_RESULT, str(folder)) from error


def estimate_of(row: Mapping[str, Any], mean: str, before: str = "") -> Estimate:
    """The estimate in a row, whose mean is called so; ``before`` stands before ``low`` and ``high``."""
    names = (mean, f"{before}low", f"{before}high")
    value, low, high = (math.nan if row[name] in (None, "") else float(row[name]) for name in names)
    return Estimate(value, low, high)


def value_of(cell: Any) -> Value:
    """A value of a key: a number, or a word."""
    if isinstance(cell, bool):
        return str(cell).lower()
    try:
        return float(cell)
    except ValueError:
        return str(cell)


def _points(path: Path, about: Mapping[str, Any]) -> dict[str, list[Point]]:
    """Points of each outcome that is to be drawn."""
    names = [key["key"] for key in about["keys"]]
    found: dict[str, dict[int, Point]] = {one["outcome"]: {} for one in about["on"]}
    with opened_table(path) as stream:
        for row in csv.DictReader(stream):
            points = found.get(row["outcome"])
            if points is None:
                continue
            new = Point({name: value_of(row[name]) for name in names}, {}, {})
            point = points.setdefault(int(row["point"]), new)
            point.estimates[row["governance"]] = estimate_of(row, "mean")
            point.changes[row["governance"]] = estimate_of(row, "change", "change_")
    return {outcome: [points[n] for n in sorted(points)] for outcome, points in found.items()}
