"""A program made ready to run: lowered, compiled and loaded, or found as an earlier start has left it."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.buffers import World
from sim.engine.compiling import Task
from sim.engine.lowering import Lowered, Lowerer, module_text, needs
from sim.engine.modules import Modules
from sim.engine.plans import Columns, Origin, Plan, Step, keep_plan, kept_plan
from sim.engine.program import Program
from sim.engine.source import Source
from sim.language import seize_first


@dataclass(frozen=True)
class Machine:
    """A program made ready to run over worlds with the same columns.

    Attributes
    ----------
    numbers : mapping of process to int
        Which step is whose.
    processes : tuple of Step
    origins : mapping of int to Origin
        Processes and rules by the number that sites carry.
    steps : array or list
        Addresses of the compiled steps, or the plain functions.
    callees : array of shape (processes, most callees)
        Numbers of the processes that each one calls.
    alternatives : int
        Most resources named by a ``seize_first``.
    """

    numbers: Mapping[Callable[..., Any], int]
    processes: tuple[Step, ...]
    origins: Mapping[int, Origin]
    steps: Any
    callees: npt.NDArray[np.int64]
    alternatives: int
    kernel: Any


_machines: dict[tuple[Any, ...], Machine] = {}
_making = threading.Lock()


def machine_for(program: Program, world: World, modules: Modules) -> Machine:
    """Lower and compile a program for the columns of a world; kept for the next simulation."""
    columns = tuple((p.path, p.buffer, len(p.shape), p.slot) for p in world.places.values())
    key = (program.processes, columns, modules)
    with _making:
        if key not in _machines:
            _machines[key] = _make(program, world, columns, modules)
        return _machines[key]


def _make(program: Program, world: World, columns: Columns, modules: Modules) -> Machine:
    """From the plan of an earlier start if that still holds, else from the sources."""
    plan = kept_plan(program.processes, columns) if modules.compiled else None
    if plan is None or not modules.ready(_names(plan)):
        plan = _prepared(program, world, columns, modules)
    callees = np.zeros((len(plan.steps), max([1, *(len(step.callees) for step in plan.steps)])), np.int64)
    for number, step in enumerate(plan.steps):
        callees[number, : len(step.callees)] = step.callees
    return Machine(
        {step.function: number for number, step in enumerate(plan.steps)},
        plan.steps,
        plan.origins,
        modules.steps(_names(plan)),
        callees,
        max([1, *(step.alternatives for step in plan.steps)]),
        modules.kernel(),
    )


def _names(plan: Plan) -> list[str]:
    return [step.module for step in plan.steps]


def _prepared(program: Program, world: World, columns: Columns, modules: Modules) -> Plan:
    """Lower and compile; keep the plan."""
    lowerer = Lowerer(world, modules.name)
    lowered = lowerer.program(program.processes)
    texts = [module_text(process.source, process.imports, process.text, "process") for process in lowered]
    names = [modules.name(process.source.identity, text) for process, text in zip(lowered, texts, strict=True)]
    numbers = {process.source.function: number for number, process in enumerate(lowered)}
    plan = Plan(
        tuple(_step(process, name, numbers) for process, name in zip(lowered, names, strict=True)),
        {number: _origin(source) for number, source in lowerer.sources.items()},
    )
    if modules.compiled:  # before the compilation, during which files may be edited
        keep_plan(program.processes, columns, plan, lowerer.sources.values())
    of_processes = [
        Task(name, "step", None, needs(process.imports), process.source.title)
        for name, process in zip(names, lowered, strict=True)
    ]
    every = {**lowerer.rule_modules, **dict(zip(names, texts, strict=True))}
    modules.prepare(every, [*lowerer.tasks, *of_processes])
    return plan


def _step(process: Lowered, module: str, numbers: Mapping[Callable[..., Any], int]) -> Step:
    source = process.source
    return Step(
        source.function,
        module,
        _origin(source),
        tuple(parameter.arg for parameter in source.parameters),
        process.takes,
        process.ints,
        process.floats,
        process.lines,
        tuple(numbers[callee] for callee in process.callees),
        _alternatives(source),
    )


def _origin(source: Source) -> Origin:
    return Origin(source.file, source.name, source.first_line)


def _alternatives(source: Source) -> int:
    """Most resources that a process names in one ``seize_first``; one if it has none."""
    calls = [node for node in ast.walk(source.node) if isinstance(node, ast.Call)]
    return max([1, *(len(call.args) for call in calls if source.resolve(call.func) is seize_first)])
