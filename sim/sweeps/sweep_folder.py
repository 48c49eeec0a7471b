"""The folder of a sweep (svepets resultatmapp): one tidy table, the design, and what the figures show.

All files but ``provenance.json`` hold the same bytes for the same scenario, points, seed and versions, whatever the
number of workers and however often the sweep was interrupted.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sim.experiment.folder import provenance, put_table
from sim.model.period import Period
from sim.outcomes import OUTCOMES
from sim.replication.beginning import window_of
from sim.runs.durable import put
from sim.runs.identity import versions
from sim.runs.result_folder import SWEPT
from sim.scenario.keys import Key
from sim.statistics.design import GRID, POINT, Design, cleaned
from sim.statistics.over_points import HIGH, strongest
from sim.sweeps.sweep_archive import digest_of
from sim.sweeps.sweeping import EFFECT_INTERVALS, Correlation, Effect, Sweep, columns, rows
from sim.vocabulary import DAY

RESULT, TABLE, DESIGN = SWEPT
FORMAT = 2
TOGETHER = (
    "{first} and {second} go together in this design (rank correlation {rho:.2f}): their effects are hard to tell apart"
)


def write_sweep(sweep: Sweep, folder: Path, seconds: float | None = None) -> list[Path]:
    """Write a finished sweep; returns the files.

    Parameters
    ----------
    sweep
        From ``sim.sweep``.
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
    design = sweep.plan.design
    numbered = ((number, *_words(point)) for number, point in enumerate(design.points))
    files = [put_table(folder / DESIGN, (POINT, *design.names), numbered)]
    files.append(put_table(folder / TABLE, columns(sweep.plan), _rows(sweep)))
    text = json.dumps(cleaned(_result(sweep)), indent=1, ensure_ascii=False)
    files.append(put(folder / RESULT, text + "\n"))
    told = json.dumps(provenance(sweep.where, seconds), indent=2)
    return [*files, put(folder / "provenance.json", told + "\n")]


def _rows(sweep: Sweep) -> Iterator[tuple[Any, ...]]:
    """Rows of the tidy table, as it is written."""
    keys = slice(1, 1 + len(sweep.plan.design.names))
    for row in rows(sweep):
        yield (row[0], *_words(row[keys]), *row[keys.stop :])


def _words(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Values as a table of points holds them: true and false in small letters."""
    return tuple(str(value).lower() if isinstance(value, bool) else value for value in values)


def _result(sweep: Sweep) -> dict[str, Any]:
    plan, scenario = sweep.plan, sweep.plan.scenario
    window = window_of(Period.of(scenario))
    return {
        "format": FORMAT,
        "kind": "sweep",
        "digest": digest_of(plan, sweep.engine),
        "name": scenario.name,
        "title": scenario.title,
        "seed": plan.seed,
        "engine": sweep.engine,
        "versions": versions(),
        "replications": plan.replications,
        "governances": list(plan.governances),
        "window_days": (window.end - window.start) // DAY,
        "people": scenario.region.people,
        "design": plan.design.kind,
        "points": len(plan.design.points),
        "pasts": len(plan.groups),
        "arms": sum(len(group.arms) for group in plan.groups),
        "keys": [_key(key) for key in plan.design.keys],
        "on": [{"outcome": name, "unit": OUTCOMES[name].unit} for name in plan.on],
        "reference": {**asdict(plan.reference), "contrasts": len(plan.design.points) - 1},
        "columns_together": _together(plan.design),
        "effect_intervals": EFFECT_INTERVALS[plan.design.kind],
        "effects": [_effect(effect) for name in plan.on for effect in sweep.effects(name)],
        "rank_correlations": [asdict(one) for name in plan.on for one in sweep.correlations(name) if _told(sweep, one)],
    }


def _key(key: Key) -> dict[str, Any]:
    return {
        "key": key.name,
        "governance": key.governance,
        "unit": key.parameter.unit,
        "kind": key.parameter.kind,
        "what": key.parameter.doc,
        "scenario": key.value,
        "low": key.low,
        "high": key.high,
    }


def _together(design: Design) -> dict[str, Any] | None:
    """The largest absolute rank correlation between columns of a design, with a note where it is high."""
    found = strongest(design) if design.kind != GRID else None  # every column of a grid meets all of every other
    if found is None:
        return None
    note = TOGETHER.format(first=found.first, second=found.second, rho=found.correlation)
    return {**asdict(found), "note": note if found.correlation > HIGH else None}


def _effect(effect: Effect) -> dict[str, Any]:
    return {"key": effect.key, "value": effect.value, "points": effect.points, **asdict(effect.cell)}


def _told(sweep: Sweep, correlation: Correlation) -> bool:
    """Whether a rank correlation is known, and more than the effects on a grid say."""
    return sweep.plan.design.kind != GRID and not math.isnan(correlation.rho)
