"""The folder of a result (resultatmapp): deterministic files, provenance beside them.

``result.json`` and the tables hold the same bytes for the same scenario, seed and versions, whatever the number of
workers; times, machine and versions stand in ``provenance.json``. Every file is written whole or not at all.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import astuple, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sim import memory
from sim.experiment.comparison import Difference, interval, mean_of
from sim.experiment.kept import beside, records_file, write_records
from sim.experiment.replication import window_of
from sim.experiment.running import Experiment
from sim.outcomes import OUTCOMES
from sim.scenario.listing import COLUMNS as SOURCE_COLUMNS
from sim.scenario.listing import source_rows
from sim.vocabulary import DAY
from sim.world import Period

HEADLINE = (
    ("hospital_days", "Hospital days"),
    ("labelled_days", "Labelled avoidable days"),
    ("preventable_days", "Preventable in principle"),
    ("ready_days", "Days ready for discharge"),
    ("readmission_days", "Readmission days"),
    ("acs_days", "Ambulatory-care-sensitive days"),
    ("short_stay_days", "Short-stay days"),
    ("admissions_unplanned", "Unplanned admissions"),
    ("readmission_share", "Readmitted within 30 days"),
    ("emergency_visits", "Emergency visits"),
    ("short_term_days", "Short-term place days"),
    ("deaths", "Deaths"),
    ("person_years", "Person-years"),
    ("cost_region_sek", "Cost, region"),
    ("cost_municipality_sek", "Cost, municipalities"),
)
"""Outcomes at the top of a result, with their labels."""

OUTCOME_COLUMNS = (
    "governance",
    "replication",
    "outcome",
    "group",
    "segment",
    "municipality",
    "period",
    "value",
    "unit",
)
DIGITS = 10
"""Significant digits of the tables."""
VERSIONS = ("numba", "numpy", "llvmlite", "scipy", "simpy", "pandas")


def write(experiment: Experiment, folder: Path, seconds: float | None = None) -> list[Path]:
    """Write a finished experiment; returns the files.

    Parameters
    ----------
    experiment
        From ``sim.run`` or ``sim.compare``.
    folder
        Created if need be; files of the same names are replaced.
    seconds
        Wall time, for the provenance.

    Raises
    ------
    OSError
        If a file cannot be written; no file is left half-written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [put(folder / "outcomes.csv", csv_text(OUTCOME_COLUMNS, _outcome_rows(experiment)))]
    differences: list[Difference] = []
    if len(experiment.governances) == 2:
        differences = experiment.differences()
        columns = _comparison_columns(experiment.governances)
        files.append(put(folder / "comparison.csv", csv_text(columns, _comparison_rows(differences))))
    else:
        (folder / "comparison.csv").unlink(missing_ok=True)  # of an earlier result
    # File names without their folders: the table says the same wherever the scenario lies.
    rows = (astuple(replace(row, file=Path(row.file).name)) for row in source_rows(experiment.scenario))
    files.append(put(folder / "sources.csv", csv_text(SOURCE_COLUMNS, rows)))
    result = json.dumps(_result(experiment, differences), indent=2, ensure_ascii=False, sort_keys=False)
    files.append(put(folder / "result.json", result + "\n"))
    files.append(put(folder / "provenance.json", json.dumps(_provenance(experiment, seconds), indent=2) + "\n"))
    files += _records(experiment, folder)
    return files


def put(path: Path, text: str) -> Path:
    """Write a file whole, or not."""
    with beside(path) as part:
        part.write_text(text, encoding="utf-8", newline="")
    return path


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table as text: numbers with ten significant digits, nothing where a number is nan."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return "" if math.isnan(value) else f"{value:.{DIGITS}g}"


def _outcome_rows(experiment: Experiment) -> Iterable[Sequence[Any]]:
    for place, governance in enumerate(experiment.governances):
        for replication in experiment.replications:
            for row in replication.arms[place].table.rows():
                yield (governance, replication.number, *row)


def _comparison_columns(governances: Sequence[str]) -> tuple[str, ...]:
    return (
        *("outcome", "group", "segment", "municipality", "period"),
        *governances,
        *("difference", "low", "high", "relative", "unit"),
    )


def _comparison_rows(differences: Iterable[Difference]) -> Iterable[Sequence[Any]]:
    for d in differences:
        yield (d.outcome, *d.margin, d.first, d.second, d.difference, d.low, d.high, d.relative, d.unit)


def _result(experiment: Experiment, differences: Sequence[Difference]) -> dict[str, Any]:
    scenario = experiment.scenario
    window = window_of(Period.of(scenario))
    return {
        "name": scenario.name,
        "title": scenario.title,
        "seed": experiment.seed,
        "replications": len(experiment.replications),
        "governances": list(experiment.governances),
        "window_days": (window.end - window.start) // DAY,
        "people": scenario.region.people,
        "municipalities": [m.name for m in scenario.region.municipalities],
        "headline": _headline(experiment, differences),
        "digests": {name: experiment.digests(name) for name in experiment.governances},
        "notes": [scenario.note] if scenario.note else [],
        "scenario": scenario.resolved(),
    }


def _headline(experiment: Experiment, differences: Sequence[Difference]) -> list[dict[str, Any]]:
    if not differences:
        return [_single(experiment, outcome, label) for outcome, label in HEADLINE]
    total = {d.outcome: d for d in differences if set(d.margin) == {"all"}}
    first, second = experiment.governances
    return [
        {
            "outcome": outcome,
            "label": label,
            first: _number(total[outcome].first),
            second: _number(total[outcome].second),
            "difference": _number(total[outcome].difference),
            "low": _number(total[outcome].low),
            "high": _number(total[outcome].high),
            "relative": _number(total[outcome].relative),
            "unit": total[outcome].unit,
        }
        for outcome, label in HEADLINE
        if outcome in total
    ]


def _single(experiment: Experiment, outcome: str, label: str) -> dict[str, Any]:
    import numpy as np

    values = np.array([table.value(outcome) for table in experiment.tables(experiment.governances[0])])
    low, high = interval(values)
    return {
        "outcome": outcome,
        "label": label,
        "value": _number(mean_of(values)),
        "low": _number(low),
        "high": _number(high),
        "unit": OUTCOMES[outcome].unit,
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(f"{value:.{DIGITS}g}")


def _provenance(experiment: Experiment, seconds: float | None) -> dict[str, Any]:
    return {
        "narvard": version("narvard") if _installed("narvard") else "not installed",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in VERSIONS if _installed(name)},
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": None if seconds is None else round(seconds, 1),
        "workers": experiment.workers,
        "peak_memory_mb": round(memory.peak() / 1e6),
        **({"peak_memory_of_a_worker_mb": round(memory.peak_of_children() / 1e6)} if experiment.processes else {}),
    }


def _installed(name: str) -> bool:
    try:
        version(name)
    except ModuleNotFoundError:
        return False
    return True


def _records(experiment: Experiment, folder: Path) -> list[Path]:
    """Records held in memory are written now; others have been, when their arm ended."""
    files = []
    for replication in experiment.replications:
        for arm in replication.arms:
            if arm.records is not None:
                files.append(write_records(arm.records, records_file(folder, arm.governance, replication.number)))
            elif arm.file is not None:
                files.append(arm.file)
    return files
