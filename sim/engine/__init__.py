"""Two engines for one model; they know nothing about care."""

from __future__ import annotations

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
