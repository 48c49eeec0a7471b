"""A result folder (resultatmapp) in memory: levels by governance, and paired differences."""

from __future__ import annotations

import csv
import errno
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from sim.files import opened_table, read_json
from sim.model.services import HOUR_PRICES
from sim.outcomes.cost import PRICED
from sim.outcomes.table import ALL, Margin
from sim.report.language import words
from sim.report.patterns import Occupancy, read_flows, read_occupancy
from sim.report.series import WarmUpFound, read_warm_up

LEVEL = 0.95
"""Coverage of the intervals."""
NAN = float("nan")
TOTAL = Margin()
NEEDED = {"replications", "window_days", "people", "seed"}
"""Of ``result.json``, beside the governances."""
RATIO_LEAST = 10
"""Fewer replications than this do not tell a ratio of variances: its interval spans a factor of 20 or more."""
BELOW = "person_years"
"""What rates are per."""
COSTED = tuple(
    dict.fromkeys(
        [
            *(one.outcome for one in PRICED),
            *(f"capacity_hours_{service.name.lower()}" for service in HOUR_PRICES),
            *("access_payment_sek", "ready_payment_sek"),
        ]
    )
)
"""Outcomes of which costs are made."""
PLACES = ["group", "segment", "municipality", "period"]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A mean over replications with its 95 % interval; nan where there is none."""

    value: float = NAN
    low: float = NAN
    high: float = NAN

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return math.isfinite(self.value)

    @property
    def bounded(self) -> bool:
        """Whether there is an interval; one replication gives none."""
        return self.known and math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.bounded and (self.low > 0 or self.high < 0)

    def times(self, factor: float) -> Estimate:
        """Multiplied; a negative factor turns the interval round."""
        low, high = self.low * factor, self.high * factor
        return Estimate(self.value * factor, *((low, high) if factor >= 0 else (high, low)))


UNKNOWN = Estimate()
Changes = Mapping[tuple[str, Margin], Estimate]


@dataclass(frozen=True, eq=False)
class Result:
    """What a run or a comparison found.

    Attributes
    ----------
    about
        ``result.json`` as it is.
    governances
        One of a run, two of a comparison: first the one compared with.
    levels
        Mean and interval by governance, outcome and margin.
    totals
        Values for everybody by governance and outcome, shape (replications,); nan where not given. Of the outcomes
        that rates are made of.
    changes
        Paired differences, second governance minus first, by outcome and margin; empty for a run.
    relatives
        Differences over the mean of the first governance, with an interval in which both vary.
    sources
        Every value of the scenario with its source, as text by column; empty if the folder has none.
    ratios
        Ratios of variances by outcome and margin: about how many times as many replications independent runs would
        need; none where fewer than 10 replications tell it.
    warm_up
        What was found of it; None if the folder does not say.
    flows
        Worsenings by their way through care, by governance, as in ``patterns.read_flows``.
    occupancy
        Places over the year and the week, as in ``patterns.read_occupancy``.
    """

    about: Mapping[str, Any]
    governances: tuple[str, ...]
    levels: Mapping[tuple[str, str, Margin], Estimate]
    totals: Mapping[tuple[str, str], Floats]
    changes: Mapping[tuple[str, Margin], Estimate]
    relatives: Mapping[tuple[str, Margin], Estimate]
    sources: tuple[Mapping[str, str], ...] = ()
    ratios: Mapping[tuple[str, Margin], Estimate] = field(default_factory=dict)
    warm_up: WarmUpFound | None = None
    flows: Mapping[str, Floats] = field(default_factory=dict)
    occupancy: Occupancy = field(default_factory=dict)

    @property
    def replications(self) -> int:
        """How many times the arms were run."""
        return int(self.about["replications"])

    @property
    def days(self) -> int:
        """Length of the window."""
        return int(self.about["window_days"])

    @property
    def people(self) -> int:
        """Residents at the start."""
        return int(self.about["people"])

    @property
    def title(self) -> str:
        """Title of the scenario."""
        return words.told(str(self.about.get("title") or self.about.get("name", "")))

    @property
    def notes(self) -> tuple[str, ...]:
        """What the scenario warns of."""
        return tuple(words.told(str(note)) for note in self.about.get("notes") or ())

    @property
    def municipalities(self) -> tuple[str, ...]:
        """Names, in the order of the scenario."""
        return tuple(self.about.get("municipalities", ()))

    @property
    def prices(self) -> Mapping[str, float]:
        """Prices of the scenario in SEK, by key without ``prices.``; none if the result does not carry its scenario."""
        values = self.about.get("scenario", {}).get("values", {})
        prices = {path: value for path, value in values.items() if path.startswith("prices.")}
        return {path.removeprefix("prices."): float(value) for path, value in prices.items()}

    @property
    def compared(self) -> bool:
        """Whether two governances were compared."""
        return len(self.governances) == 2

    @property
    def first(self) -> str:
        """The governance compared with, or the only one."""
        return self.governances[0]

    @property
    def last(self) -> str:
        """The governance compared, or the only one."""
        return self.governances[-1]

    @property
    def months(self) -> tuple[str, ...]:
        """Periods of the window, in order."""
        return tuple(sorted({margin.period for _, _, margin in self.levels} - {ALL}))

    def level(self, governance: str, outcome: str, margin: Margin = TOTAL) -> Estimate:
        """An outcome under a governance; unknown if it is not given."""
        return self.levels.get((governance, outcome, margin), UNKNOWN)

    def change(self, outcome: str, margin: Margin = TOTAL) -> Estimate:
        """Paired difference; unknown for a run."""
        return self.changes.get((outcome, margin), UNKNOWN)

    def relative(self, outcome: str, margin: Margin = TOTAL) -> Estimate:
        """Difference over the first mean; unknown where there is none."""
        return self.relatives.get((outcome, margin), UNKNOWN)

    def ratio(self, outcome: str, margin: Margin = TOTAL) -> Estimate:
        """About how many times as many replications independent runs would need; unknown where they do not say."""
        return self.ratios.get((outcome, margin), UNKNOWN)

    def rate(self, governance: str, outcome: str, below: str, factor: float) -> Estimate:
        """One outcome over another, replication by replication."""
        above, under = self.totals.get((governance, outcome)), self.totals.get((governance, below))
        if above is None or under is None:
            return UNKNOWN
        with np.errstate(divide="ignore", invalid="ignore"):
            return estimate(factor * above / under)

    def has(self, *outcomes: str, margin: Margin = TOTAL) -> bool:
        """Whether all of these outcomes are given under some governance."""
        return all(any(self.level(g, name, margin).known for g in self.governances) for name in outcomes)


def read(folder: Path) -> Result:
    """Read a result folder.

    Parameters
    ----------
    folder
        With ``result.json``, ``outcomes.csv`` and ``replications.csv``; ``comparison.csv`` if two governances were
        compared, and ``sources.csv`` if the sources of the values are to be shown.

    Raises
    ------
    OSError
        If a file cannot be read, or is not what narvard writes.
    """
    try:
        return _read(folder)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, csv.Error) as error:
        raise OSError(errno.EINVAL, words.NOT_A_RESULT, str(folder)) from error


def _read(folder: Path) -> Result:
    about = read_json(folder / "result.json")
    if not about["governances"] or not set(about) >= NEEDED:
        raise ValueError("result.json lacks what a report needs")
    governances = tuple(about["governances"])
    compared = len(governances) == 2
    changes, relatives, ratios = _comparison(folder / "comparison.csv") if compared else ({}, {}, {})
    return Result(
        about,
        governances,
        _levels(folder / "outcomes.csv"),
        _totals(folder / "replications.csv", governances),
        changes,
        relatives,
        _sources(folder / "sources.csv"),
        ratios,
        read_warm_up(folder, str(about.get("title", "")), about.get("warm_up")),
        read_flows(folder),
        read_occupancy(folder),
    )


def estimate(values: Floats) -> Estimate:
    """The mean with its 95 % t interval; of values of shape (replications,), nan or infinite where not given."""
    known = values[np.isfinite(values)]
    if not len(known):
        return UNKNOWN
    mean = float(known.mean())
    if len(known) == 1:
        return Estimate(mean)
    half = float(stdtrit(len(known) - 1, 0.5 + LEVEL / 2) * known.std(ddof=1) / math.sqrt(len(known)))
    return Estimate(mean, mean - half, mean + half)


def _levels(path: Path) -> dict[tuple[str, str, Margin], Estimate]:
    """Mean and interval by governance, outcome and margin."""
    found = {}
    for governance, outcome, *cells in _table(path, "governance", "outcome", *PLACES, "mean", "low", "high"):
        margin = Margin(*cells[: len(PLACES)])
        found[governance, outcome, margin] = Estimate(*map(_number, cells[len(PLACES) :]))
    return found


def _totals(path: Path, governances: Sequence[str]) -> dict[tuple[str, str], Floats]:
    """Values by replication of the outcomes that rates are made of."""
    head = next(_table(path), ())
    wanted = dict.fromkeys((BELOW, *words.VISITS, *COSTED))
    outcomes = [name for name in wanted if name in head]
    lines: dict[str, list[list[float]]] = {name: [] for name in governances}
    for _, governance, *cells in _table(path, "replication", "governance", *outcomes):
        lines[governance].append([_number(cell) for cell in cells])
    return {
        (governance, outcome): values
        for governance, rows in lines.items()
        for outcome, values in zip(
            outcomes, np.array(rows, np.float64).reshape(len(rows), len(outcomes)).T, strict=True
        )
    }


def _comparison(path: Path) -> tuple[Changes, Changes, Changes]:
    """Differences, relative differences and ratios of variances by outcome and margin."""
    changes, relatives, ratios = {}, {}, {}
    columns = [name + end for name in ("relative", "variance_ratio") for end in ("", "_low", "_high")]
    names = ("outcome", *PLACES, "replications", "difference", "low", "high", *columns)
    for outcome, *cells in _table(path, *names):
        margin, count = Margin(*cells[: len(PLACES)]), int(cells[len(PLACES)])
        numbers = [_number(cell) for cell in cells[len(PLACES) + 1 :]]
        changes[outcome, margin] = Estimate(*numbers[:3])
        relatives[outcome, margin] = Estimate(*numbers[3:6])
        ratios[outcome, margin] = Estimate(*numbers[6:]) if count >= RATIO_LEAST else UNKNOWN
    return changes, relatives, ratios


def _table(path: Path, *names: str) -> Iterator[tuple[str, ...]]:
    """These columns of a table, at least two, row by row; without names whole rows, the head first."""
    with opened_table(path) as stream:
        reader = csv.reader(stream)
        if not names:
            yield from map(tuple, reader)
            return
        head = next(reader, [])
        yield from map(itemgetter(*(head.index(name) for name in names)), filter(None, reader))


def _number(cell: str) -> float:
    """A number; nan where the cell is empty."""
    return float(cell) if cell else NAN


def _sources(path: Path) -> tuple[Mapping[str, str], ...]:
    """Rows of the table of sources; none if there is no such table."""
    if not path.exists():
        return ()
    with opened_table(path) as stream:
        return tuple(csv.DictReader(stream))
