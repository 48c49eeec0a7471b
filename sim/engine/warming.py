"""The kernel is compiled by running it: a process that does nothing, on a world without columns."""

from __future__ import annotations

from sim.buffers import World
from sim.engine.compiled_engine import CompiledSimulation
from sim.engine.modules import CompiledModules
from sim.engine.program import Program
from sim.language import Process, hold


def nothing(w) -> Process[None]:  # type: ignore[no-untyped-def]
    """Wait once."""
    yield hold(1)


def warm() -> None:
    """Compile the kernel in this process, and leave it in the cache."""
    simulation = CompiledSimulation(Program([nothing]), World.build([]), [], modules=CompiledModules(alone=True))
    simulation.start(nothing)
    simulation.run(2)
    simulation.accumulators()
