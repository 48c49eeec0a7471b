"""A model of somebody's own: one queue before some doctors."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim import chance
from sim.engine import Records, Resource, run
from sim.language import Process, hold, record, release, seconds, seize, spawn

MEAN_BETWEEN, MEAN_CARE, UNTIL = 600.0, 500.0, 200_000


def arrivals(w) -> Process[None]:
    patient: int = 0
    while True:
        yield hold(seconds(chance.exponential(w.run.key, patient, 0, 0, 0, MEAN_BETWEEN)))
        yield spawn(visit(w, patient))
        patient += 1


def visit(w, patient: int) -> Process[None]:
    asked: int = w.clock[0]
    yield seize(0)
    started: int = w.clock[0]
    yield hold(seconds(chance.exponential(w.run.key, patient, 1, 0, 0, MEAN_CARE)))
    yield release(0)
    yield record(patient, 0, 0, 0, asked, started, w.clock[0], 0, 0)


def clinic(number: int, doctors: int = 1, seed: int = 1, engine: str = "compiled", progress: Any = None) -> Records:
    doctor = [Resource("doctor", doctors)]
    return run([arrivals], {}, doctor, UNTIL, seed, engine, replication=number, progress=progress)


def measures(records: Records) -> dict[str, Any]:
    wait = records.started - records.asked
    return {"wait": wait.mean(), "seen": len(records), "first": records.asked[0]}


def by_hour(records: Records) -> dict[str, Any]:
    return measures(records) | {"asked": np.bincount(records.asked // 3600, minlength=UNTIL // 3600 + 1)}


def without_engine(number: int, shift: float = 0.0) -> dict[str, float]:
    """Any Python will do."""
    draws = np.random.default_rng(number)
    return {"level": 10.0 + shift + draws.normal(), "odd": float("nan") if number % 2 else 1.0}
