"""The engines under test: the reference, the lowered code as plain Python, and compiled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sim.buffers import Column, World
from sim.engine import Program, Resource
from sim.engine.compiled_engine import CompiledSimulation
from sim.engine.modules import PlainModules
from sim.engine.simpy_engine import SimpySimulation

PLAIN = PlainModules()


def plain(*arguments: Any, **named: Any) -> CompiledSimulation:
    return CompiledSimulation(*arguments, modules=PLAIN, **named)


Maker = Callable[..., Any]
BOTH: dict[str, Maker] = {"simpy": SimpySimulation, "plain": plain}
ALL: dict[str, Maker] = {**BOTH, "compiled": CompiledSimulation}


def simulate(
    make: Maker,
    roots: Sequence[Any],
    resources: Sequence[Resource] = (),
    until: int = 1000,
    columns: Sequence[Column] = (),
    **named: Any,
) -> Any:
    """Run root processes, given as functions or (function, arguments), to the horizon."""
    calls = [root if isinstance(root, tuple) else (root,) for root in roots]
    processes = list(dict.fromkeys(call[0] for call in calls))
    simulation = make(Program(processes), World.build(columns), resources, **named)
    for process, *arguments in calls:
        simulation.start(process, *arguments)
    simulation.run(until)
    return simulation


def rows(simulation: Any, *names: str) -> list[Any]:
    """Columns of the records as rows of plain numbers; numbers alone for one column."""
    columns = [getattr(simulation.records(), name).tolist() for name in names]
    return columns[0] if len(columns) == 1 else list(zip(*columns, strict=True))
