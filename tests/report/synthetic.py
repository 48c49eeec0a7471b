"""Synthetic result folders: invented numbers in the form of real ones, never to be read as results."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from sim.experiment.folder import put_table
from sim.outcomes import Window
from sim.outcomes.cost import PRICE_KEYS
from sim.outcomes.daily import SERIES
from sim.outcomes.names import OUTCOMES, Source
from sim.outcomes.occupancy import Occupancy, hours_of_week
from sim.outcomes.pathways import SHAPE
from sim.outcomes.table import Margin, margins_for
from sim.replication.patterns import Patterns
from sim.report import words
from sim.report.activity import MONTHLY
from sim.report.result import COSTED, estimate
from sim.statistics.comparison import NUMBERS, Paired
from sim.statistics.pattern_means import FLOW_COLUMNS, FLOWS, OCCUPANCY, OCCUPANCY_COLUMNS, PatternMeans
from sim.statistics.warmup import COLUMNS, WarmUp
from sim.vocabulary import DAY

MUNICIPALITIES = ("Synthetic Town", "NA", "Åby <synthetic>")
"""Names that a careless reader of tables, or writer of pages, would stumble on."""
SPLIT = ("ready_days", "readmission_days", "acs_days", "short_stay_days", "other_days")
SPLIT_DAYS = (5_000.0, 6_000.0, 16_000.0, 1_500.0, 71_500.0)
SHOWN = (
    {"person_years", "preventable_or_ready_days", "labelled_share", "false_alarms", MONTHLY}
    | {*words.LABELS, *words.CLASSES, *words.WAITS, *words.VISITS, *words.COST_ROWS}
    | {f"utilisation_{name}" for name in words.SERVICES}
    | {name + suffix for name in words.SPLIT_OUTCOMES for suffix in words.PARTS}
    | {name + suffix for name in words.BY_GROUP_HEADS for suffix in words.STRATA}
    | set(COSTED)
)
"""What a report shows; other outcomes only make it slower to read."""
LEVELS = {
    "days": 20_000.0,
    "SEK": 2e8,
    "person-years": 160_000.0,
    "minutes": 40.0,
    "hours": 20.0,
    "deaths": 1_500.0,
    "share": 0.6,
}
FEW = 12.0
"""Of means and ratios whose unit is none of the above, and for whose months and places no sum is kept."""


def level(outcome: str) -> float:
    """An invented size."""
    info = OUTCOMES[outcome]
    if info.source is Source.RATIO and info.unit != "share":
        return FEW
    return LEVELS.get(info.unit, 3_000.0)


def write_folder(
    folder: Path,
    *,
    replications: int = 4,
    governances: Sequence[str] = ("current", "coordinated"),
    effect: float = -0.05,
    noise: float = 0.01,
    only: Iterable[str] = SHOWN,
    changed: Mapping[str, float] | None = None,
    sources: bool = True,
    notes: Sequence[str] = ("Synthetic: not a result.",),
) -> Path:
    """Write a synthetic result folder.

    Parameters
    ----------
    effect, noise
        Relative: of the second governance, and standard deviation between replications.
    only
        Outcomes of the registry that it holds.
    changed
        Levels of the first governance by outcome.
    """
    folder.mkdir(parents=True, exist_ok=True)
    margins = margins_for(MUNICIPALITIES, 12)
    kept = [n for n in OUTCOMES if n in set(only)]
    values = synthetic(kept, margins, len(governances), replications, effect, noise, changed or {})
    write_outcomes(folder / "outcomes.csv", kept, margins, governances, values)
    write_replications(folder / "replications.csv", kept, governances, values)
    if len(governances) == 2:
        write_comparison(folder / "comparison.csv", kept, margins, governances, values)
    about = {
        "name": "synthetic",
        "title": "Synthetic & invented",
        "seed": 7,
        "replications": replications,
        "governances": list(governances),
        "window_days": 365,
        "people": 160_000,
        "municipalities": list(MUNICIPALITIES),
        "headline": [],
        "digests": {name: [f"{i:02d}{'ab' * 31}" for i in range(replications)] for name in governances},
        "notes": list(notes),
        "scenario": {"name": "synthetic", "values": {f"prices.{key}": 100.0 for key in PRICE_KEYS}},
    }
    if only is SHOWN:
        about["warm_up"] = write_warm_up(folder / "warmup.csv")
        write_patterns(folder, governances)
    (folder / "result.json").write_text(json.dumps(about), encoding="utf-8")
    if sources:
        write_sources(folder / "sources.csv")
    return folder


def synthetic(
    outcomes: Sequence[str],
    margins: Sequence[Margin],
    governances: int,
    replications: int,
    effect: float,
    noise: float,
    changed: Mapping[str, float],
) -> np.ndarray:
    """Invented values, shape (governances, replications, outcomes, margins); margins of a kind add up."""
    chance = np.random.default_rng(7)
    share = np.array([part(margin) for margin in margins])
    shape = (governances, replications, len(outcomes), len(margins))
    values = np.empty(shape)
    for o, name in enumerate(outcomes):
        size = changed.get(name, level(name))
        summed = OUTCOMES[name].source not in (Source.RATIO, Source.QUANTILE)
        values[0, :, o] = size * (share if summed else 1.0) * (1 + noise * chance.standard_normal((replications, 1)))
        if governances > 1:
            spread = 1 + effect + noise * chance.standard_normal((replications, len(margins)))
            values[1, :, o] = values[0, :, o] * (spread if noise or effect else 1.0)
    add_split(outcomes, values, share, changed)
    return values


def part(margin: Margin) -> float:
    """Share of everything that belongs to a margin."""
    if margin.group != "all" or margin.segment != "all":
        return 0.25
    return 1 / len(MUNICIPALITIES) if margin.municipality != "all" else 1 / 12 if margin.period != "all" else 1.0


def add_split(outcomes: Sequence[str], values: np.ndarray, share: np.ndarray, changed: Mapping[str, float]) -> None:
    """Make the classes sum to hospital days, and direct and spill-over too."""
    place = {name: i for i, name in enumerate(outcomes)}
    if "hospital_days" not in place or "hospital_days" in changed or not set(SPLIT) <= set(place):
        return
    for name, days in zip(SPLIT, SPLIT_DAYS, strict=True):
        values[:, :, place[name]] *= days / level(name)
    total = sum(values[:, :, place[name]] for name in SPLIT)
    values[:, :, place["hospital_days"]] = total
    if "labelled_days" in place:
        values[:, :, place["labelled_days"]] = total - values[:, :, place["other_days"]]
    if {"hospital_days_direct", "hospital_days_spillover"} <= set(place):
        values[:, :, place["hospital_days_direct"]] = 0.2 * total
        values[:, :, place["hospital_days_spillover"]] = 0.8 * total


def given(outcome: str, margin: Margin) -> bool:
    """Whether the registry gives an outcome by this margin."""
    split = [kind for kind, name in zip(margin._fields, margin, strict=True) if name != "all"]
    return all(kind in OUTCOMES[outcome].margins for kind in split)


def write_outcomes(
    path: Path, outcomes: Sequence[str], margins: Sequence[Margin], governances: Sequence[str], values: np.ndarray
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        numbers = ("mean", "low", "high", "sd", "replications")
        table.writerow(("governance", "outcome", *Margin._fields, *numbers, "unit"))
        for g, governance in enumerate(governances):
            for o, name in enumerate(outcomes):
                for m, margin in enumerate(margins):
                    known = values[g, :, o, m][np.isfinite(values[g, :, o, m])]
                    if given(name, margin) and len(known):
                        e = estimate(known)
                        sd = known.std(ddof=1) if len(known) > 1 else np.nan
                        found = (*map(cell, (e.value, e.low, e.high, sd)), len(known))
                        table.writerow((governance, name, *margin, *found, OUTCOMES[name].unit))


def write_replications(path: Path, outcomes: Sequence[str], governances: Sequence[str], values: np.ndarray) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("replication", "governance", *outcomes))
        for r in range(values.shape[1]):
            for g, governance in enumerate(governances):
                table.writerow((r, governance, *map(cell, values[g, r, :, 0])))


def cell(value: float) -> str:
    return f"{value:.10g}" if np.isfinite(value) else ""


def write_comparison(
    path: Path, outcomes: Sequence[str], margins: Sequence[Margin], governances: Sequence[str], values: np.ndarray
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("outcome", *Margin._fields, *governances, *NUMBERS, "unit"))
        paired = Paired(values.shape[2:])
        for before, after in zip(*values, strict=True):
            paired.add(before, after)
        for d in paired.differences(outcomes, margins):
            if given(d.outcome, d.margin):
                table.writerow((d.outcome, *d.margin, *map(cell, d.numbers), d.unit))


def write_warm_up(path: Path) -> dict[str, object]:
    """Invented series that fill in about a hundred days; what is found of them."""
    chance, day = np.random.default_rng(5), np.arange(1095)
    found = WarmUp(365, 730)
    for _ in range(2):
        level = 1000 * (1 - np.exp(-day / 20)) + 100 * np.cos(2 * np.pi * day / 365)
        found.add((level + 10 * chance.standard_normal((len(SERIES), len(day)))).astype(np.int32))
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows(found.rows())
    return found.report()


def write_patterns(folder: Path, governances: Sequence[str]) -> None:
    """Invented ways through care, and places that fill and empty with the season and the week."""
    chance, window = np.random.default_rng(3), Window.of_days(730, 1095)
    means = PatternMeans(governances, window)
    for _ in range(2):
        arms: list[Patterns | None] = []
        for number in range(len(governances)):
            ways = chance.poisson(40 - 5 * number, SHAPE).astype(np.int32)
            size = np.array([160.0, 130.0, 0.0, 12.0, 60.0])[:, None, None] * np.array([0.9, 1.0, 0.1, 0.05])[:, None]
            season = 1 + 0.1 * np.cos(2 * np.pi * np.arange(365) / 365) + 0.02 * chance.standard_normal(365)
            rhythm = 1 + 0.1 * np.sin(2 * np.pi * np.arange(168) / 24)
            days = (DAY * size * season).astype(np.int64)
            arms.append(Patterns(ways, Occupancy(days, (size * rhythm * hours_of_week(window)).astype(np.int64))))
        means.add(arms)
    for name, columns, rows in (
        (FLOWS, FLOW_COLUMNS, means.flow_rows()),
        (OCCUPANCY, OCCUPANCY_COLUMNS, means.occupancy_rows()),
    ):
        put_table(folder / name, columns, rows)


def write_sources(path: Path) -> None:
    rows = (
        ("needs.a", "3", "2", "4", "per year", "assumption", "", "", "synthetic.toml", "1"),
        ("needs.b", "0.5", "0", "1", "share", "P01; assumption", "", "", "synthetic.toml", "2"),
        ("needs.c", "1", "", "", "share", "OWN1", "A <synthetic> source", "", "synthetic.toml", "3"),
        ("needs.d", "2", "1", "3", "hours", "assumption", "", "", "synthetic.toml", "4"),
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        head = ("parameter", "value", "low", "high", "unit", "source", "reference", "note", "file", "line")
        table.writerows((head, *rows))
