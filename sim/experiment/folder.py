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
from typing import Any, TextIO

from sim import memory
from sim.experiment.archive import Replications
from sim.experiment.headline import HEADLINE
from sim.experiment.running import Experiment
from sim.experiment.summary import Level, Summary
from sim.model.period import Period
from sim.replication.beginning import window_of
from sim.runs.arithmetic import arithmetic
from sim.runs.durable import beside, put, records_file, write_records
from sim.runs.executors import Where
from sim.runs.identity import write_identity
from sim.runs.result_folder import REPLICATIONS, settle
from sim.scenario import Scenario
from sim.scenario.listing import COLUMNS as SOURCE_COLUMNS
from sim.scenario.listing import source_rows
from sim.statistics.comparison import NUMBERS, Difference
from sim.statistics.pattern_means import FLOW_COLUMNS, FLOWS, OCCUPANCY, OCCUPANCY_COLUMNS, PatternMeans
from sim.statistics.precision import time_to_precision
from sim.statistics.warmup import COLUMNS as WARM_UP_COLUMNS
from sim.texts import for_cell
from sim.vocabulary import DAY

PLACES = ("group", "segment", "municipality", "period")
OUTCOME_COLUMNS = ("governance", "outcome", *PLACES, "mean", "low", "high", "sd", "replications", "unit")
"""Columns of ``outcomes.csv``."""
TOTAL = 0
"""Place of the margin of everybody."""
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
    OtherExperiment
        If the folder has replications of another experiment.
    OSError
        If a file cannot be written; no file is left half-written.
    """
    if (folder / REPLICATIONS).exists():
        settle(folder, experiment.identity, replace=False)
    folder.mkdir(parents=True, exist_ok=True)
    files = write_identity(experiment.identity, experiment.asked, folder)
    found = experiment.summary
    levels = [level for level in found.levels() if set(level.margin) == {"all"}]
    files.append(put_table(folder / "outcomes.csv", OUTCOME_COLUMNS, _outcome_rows(found)))
    differences = experiment.differences() if len(experiment.governances) == 2 else []
    if differences:
        columns = _comparison_columns(experiment.governances)
        files.append(put_table(folder / "comparison.csv", columns, _comparison_rows(differences)))
    else:
        (folder / "comparison.csv").unlink(missing_ok=True)  # of an earlier result
    files += write_warm_up(experiment, folder)
    files += _write_patterns(found.patterns, folder)
    columns = ("replication", "governance", *found.outcomes)
    files.append(put_table(folder / "replications.csv", columns, _replication_rows(experiment)))
    files.append(write_sources(experiment.scenario, folder))
    result = json.dumps(_result(experiment, levels, differences), indent=2, ensure_ascii=False, sort_keys=False)
    files.append(put(folder / "result.json", result + "\n"))
    if experiment.ran or not (folder / "provenance.json").exists():  # else it tells of the run that found the figures
        made = {
            **provenance(experiment.where, seconds),
            "replications_run": experiment.ran,
            "time_to_precision": time_to_precision(differences, seconds, experiment.ran),
        }
        files.append(put(folder / "provenance.json", json.dumps(made, indent=2) + "\n"))
    files += _records(experiment, folder)
    return files


def write_warm_up(experiment: Experiment, folder: Path) -> list[Path]:
    """Write ``warmup.csv``: the series day by day from time 0, means over the replications; returns the file.

    Raises
    ------
    OSError
        If it cannot be written; it is never left half-written.
    """
    return [put_table(folder / "warmup.csv", WARM_UP_COLUMNS, experiment.warm_up.rows())]


def _write_patterns(patterns: PatternMeans, folder: Path) -> list[Path]:
    """Write ``flows.csv`` and ``occupancy.csv``, if replications have them; returns the files."""
    if not patterns.known:
        for name in (FLOWS, OCCUPANCY):
            (folder / name).unlink(missing_ok=True)  # of an earlier result
        return []
    return [
        put_table(folder / FLOWS, FLOW_COLUMNS, patterns.flow_rows()),
        put_table(folder / OCCUPANCY, OCCUPANCY_COLUMNS, patterns.occupancy_rows()),
    ]


def write_sources(scenario: Scenario, folder: Path) -> Path:
    """Write every value of a scenario with its source as ``sources.csv``; returns the file.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    # File names without their folders: the table says the same wherever the scenario lies.
    rows = (astuple(replace(row, file=Path(row.file).name)) for row in source_rows(scenario))
    return put_table(folder / "sources.csv", SOURCE_COLUMNS, rows)


def put_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    """Write a table whole, or not, row by row: numbers as in ``csv_text``.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with beside(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        _write_rows(stream, columns, rows)
    return path


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table as text: numbers with ten significant digits, nothing where a number is nan."""
    text = io.StringIO()
    _write_rows(text, columns, rows)
    return text.getvalue()


def _write_rows(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(map(for_cell, columns))
    writer.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: Any) -> Any:
    if not isinstance(value, float):
        return for_cell(value)
    return "" if math.isnan(value) else f"{value:.{DIGITS}g}"


def _outcome_rows(found: Summary) -> Iterable[Sequence[Any]]:
    for x in found.levels():
        yield (x.governance, x.outcome, *x.margin, x.mean, x.low, x.high, x.sd, x.replications, x.unit)


def _replication_rows(experiment: Experiment) -> Iterable[Sequence[Any]]:
    """Totals by replication and governance."""
    for replication in experiment.replications:
        for arm in replication.arms:
            yield (replication.number, arm.governance, *map(float, arm.table.values[:, TOTAL]))


def _comparison_columns(governances: Sequence[str]) -> tuple[str, ...]:
    return (
        *("outcome", *PLACES),
        *governances,
        *NUMBERS,
        "unit",
    )


def _comparison_rows(differences: Iterable[Difference]) -> Iterable[Sequence[Any]]:
    for d in differences:
        yield (d.outcome, *d.margin, *d.numbers, d.unit)


def _result(experiment: Experiment, levels: Sequence[Level], differences: Sequence[Difference]) -> dict[str, Any]:
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
        "headline": _headline(experiment, differences) if differences else _levels(levels),
        **({"precision": dict(experiment.precision)} if experiment.precision is not None else {}),
        "warm_up": experiment.warm_up.report(),
        "digests": experiment.summary.digests,
        "notes": [scenario.note] if scenario.note else [],
        "scenario": scenario.resolved(),
    }


def _headline(experiment: Experiment, differences: Sequence[Difference]) -> list[dict[str, Any]]:
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


def _levels(levels: Sequence[Level]) -> list[dict[str, Any]]:
    total = {level.outcome: level for level in levels}
    return [
        {
            "outcome": outcome,
            "label": label,
            "value": _number(total[outcome].mean),
            "low": _number(total[outcome].low),
            "high": _number(total[outcome].high),
            "unit": total[outcome].unit,
        }
        for outcome, label in HEADLINE
        if outcome in total
    ]


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(f"{value:.{DIGITS}g}")


def provenance(where: Where, seconds: float | None) -> dict[str, Any]:
    """When, where and for how long something was run, with which versions; ``seconds`` of wall time."""
    return {
        "narvard": version("narvard") if _installed("narvard") else "not installed",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in VERSIONS if _installed(name)},
        "system": platform.system(),
        "machine": platform.machine(),
        "arithmetic": arithmetic(),
        "cores": os.cpu_count(),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": None if seconds is None else round(seconds, 1),
        "workers": where.workers,
        "cluster": where.cluster is not None,
        "peak_memory_mb": round(memory.peak() / 1e6),
        **({"peak_memory_of_a_worker_mb": round(memory.peak_of_children() / 1e6)} if where.processes else {}),
    }


def _installed(name: str) -> bool:
    try:
        version(name)
    except ModuleNotFoundError:
        return False
    return True


def _records(experiment: Experiment, folder: Path) -> list[Path]:
    """Records held in memory are written now; others have been, when their arm ended."""
    if isinstance(experiment.replications, Replications):
        names = ((name, number) for number in range(len(experiment.replications)) for name in experiment.governances)
        return [path for name, number in names if (path := records_file(folder, name, number)).is_file()]
    files = []
    for replication in experiment.replications:
        for arm in replication.arms:
            if arm.records is not None:
                files.append(write_records(arm.records, records_file(folder, arm.governance, replication.number)))
            elif arm.file is not None:
                files.append(arm.file)
    return files
