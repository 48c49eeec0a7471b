"""Two engines for one model; they know nothing about care."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from sim.engine.accumulators import Accumulators
from sim.engine.announcing import on_compiling
from sim.engine.errors import EngineError, LoweringError, OutOfMemory
from sim.engine.program import Limits, Program, Simulation, simulation_for
from sim.engine.records import Records
from sim.engine.resources import Resource
from sim.engine.surface import run

__all__ = [
    "Accumulators",
    "EngineError",
    "Limits",
    "LoweringError",
    "OutOfMemory",
    "Program",
    "Records",
    "Resource",
    "Simulation",
    "on_compiling",
    "run",
    "simulation_for",
]

# Replications of a model of one's own need executors and statistics, rooms above this one, which knows none of them:
# the names stand here for users, who look for them beside `run`, and are imported when they are first used.
_ABOVE = {"Precision": "sim.experiment.own_models", "replicate": "sim.experiment.own_models"}


def __getattr__(name: str) -> Any:
    """Import a name of the rooms above when it is first used."""
    if name not in _ABOVE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ABOVE[name]), name)


def __dir__() -> list[str]:
    """Public names, loaded or not."""
    return sorted([*__all__, *_ABOVE])
