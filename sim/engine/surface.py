"""One call for a model of one's own: processes, a world, resources; records come back."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from operator import index
from typing import Any

import numpy as np

from sim import chance
from sim.buffers import Column, Values, World
from sim.draw_limits import watched
from sim.engine.program import Limits, ProcessFunction, Program, Progress, simulation_for
from sim.engine.records import Records
from sim.engine.repeats import Repeats
from sim.engine.resources import Resource
from sim.language import LONGEST

KEY = "run.key"
"""The scalar that flows hand to the draws of :mod:`sim.chance`, as ``w.run.key``."""
ENGINES = ("compiled", "simpy")
Start = ProcessFunction | tuple[Any, ...]
"""A process to start: the function, or a tuple of the function and its arguments after the world."""


def run(
    processes: Sequence[Start],
    world: World | Mapping[str, Values | Sequence[Any] | Column],
    resources: Sequence[Resource],
    until: int,
    seed: int = 1,
    engine: str = "compiled",
    *,
    replication: int = 0,
    periods: Sequence[int] = (0,),
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Records:
    """Run one replication of a model and return what it recorded.

    Parameters
    ----------
    processes : sequence of generator functions, or of tuples (function, argument, ...)
        Started once each at time 0, in this order, over the world. What they call and spawn is found by itself.
    world : mapping of path to values, or World
        What the flows read as ``w.group.name``: scalars and arrays are inputs, a ``Column(path, values,
        state=True)`` may be written. The scalar ``run.key`` is added. A World must have the column ``run.key``,
        which is set; the run works on a copy.
    resources : sequence of Resource
        Flows name them by their position.
    until : int
        The horizon in whole seconds; what lies at it is not processed.
    seed, replication : int
        Both of 63 bits; the draws follow from them and from nothing else.
    engine : {"compiled", "simpy"}
        Both give the same records, bit for bit.
    periods : sequence of int
        Starts of the accumulators' periods in seconds, the first 0; the same twice is once, as with no warm-up.
    limits : Limits, optional
        Guards against runs that never end.
    progress : callable, optional
        Called now and then with the simulated time.

    Returns
    -------
    Records
        With ``accumulators``, ``world`` (as it is at the end) and ``resources`` (their names).

    Raises
    ------
    ValueError
        For an argument that cannot be used; WorldError, which is one, for a column.
    EngineError
        For a fault of the model, in the same words in both engines; LoweringError, which is one, for what the
        compiled engine cannot express.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine: {engine!r} given, 'compiled' or 'simpy' needed")
    horizon = _whole("until", until, LONGEST)
    if limits is not None and not isinstance(limits, Limits):
        raise ValueError(f"limits: {limits!r} given, Limits(...) needed")
    key = chance.stream_key(_whole("seed", seed), _whole("replication", replication))
    own = world_of(world, key)
    starts = _starts(processes, own)
    program = Program(tuple(dict.fromkeys(function for function, _ in starts)))
    simulation = simulation_for(engine, program, own, _resources(resources), horizon, _periods(periods), limits)
    for function, arguments in starts:
        simulation.start(function, *arguments)
    with watched(Repeats()) if engine == "simpy" else nullcontext():
        simulation.run(horizon, progress)
    records = simulation.hand_over()
    records.accumulators = simulation.accumulators()
    records.world = simulation.world
    records.resources = tuple(resource.name for resource in resources)
    return records


ASYNCHRONOUS = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


def _whole(name: str, value: Any, below: int = 1 << 63) -> int:
    """A whole number, zero or more, below a limit."""
    try:
        number = index(value)
    except TypeError:
        raise ValueError(f"{name}: {value!r} given, a whole number needed") from None
    if not 0 <= number < below:
        raise ValueError(f"{name}: {number} given, 0 to 2**{below.bit_length() - 1} - 1 needed")
    return number


def world_of(world: Any, key: int = 0) -> World:
    """A world for one run alone, with the key of its draws and the clock at 0.

    Parameters
    ----------
    world : World, or mapping of path to values
        As for :func:`run`.
    key : int
        The value of ``run.key``.
    """
    if isinstance(world, World):
        if KEY not in world.places:
            raise ValueError(f"world: it has no column {KEY}; add Column({KEY!r}, 0), which the run sets")
        own = world.fork()
        own.set(KEY, key)
        own.clock[0] = 0
        return own
    if not isinstance(world, Mapping):
        raise ValueError(f"world: {type(world).__name__} given, a mapping of 'group.name' to values, or a World needed")
    if KEY in world:
        raise ValueError(f"world: {KEY} follows from seed and replication; leave it out")
    return World.build([Column(KEY, key), *(_column(path, values) for path, values in world.items())])


def _column(path: Any, values: Any) -> Column:
    if not isinstance(path, str):
        raise ValueError(f"world: {path!r} given, the path of a column, 'group.name', needed")
    if not isinstance(values, Column):
        return Column(path, values)
    if values.path != path:
        raise ValueError(f"world: the column {values.path!r} is given as {path!r}")
    return values


def _starts(processes: Any, world: World) -> list[tuple[ProcessFunction, tuple[Any, ...]]]:
    """The functions to start with their arguments, checked against their parameters."""
    if isinstance(processes, tuple) and len(processes) > 1 and not callable(processes[1]):
        raise ValueError("processes: a tuple given, a list needed: [(function, arguments)]")
    if not isinstance(processes, Sequence) or isinstance(processes, str):
        raise ValueError(f"processes: {_named(processes)} given, a list of generator functions needed")
    if not processes:
        raise ValueError("processes: none given, at least 1 needed")
    starts: list[tuple[ProcessFunction, tuple[Any, ...]]] = []
    for entry in processes:
        function, *arguments = entry if isinstance(entry, tuple) and entry else (entry,)
        if inspect.isgenerator(function):
            name = function.__name__
            raise ValueError(f"processes: {name}(...) given; name the function, {name} or ({name}, arguments), alone")
        if not inspect.isgeneratorfunction(function):
            if inspect.isfunction(function) and not function.__code__.co_flags & ASYNCHRONOUS:
                raise ValueError(f"processes: {function.__name__} has no yield: it is a rule, not a process")
            raise ValueError(f"processes: {_named(function)} given, a function that yields commands needed")
        starts.append((function, _arguments(function, arguments, world)))
    return starts


def _named(thing: Any) -> str:
    return getattr(thing, "__name__", None) or repr(thing)


def _arguments(function: ProcessFunction, arguments: Sequence[Any], world: World) -> tuple[Any, ...]:
    """The arguments as plain numbers of the types that the parameters name."""
    try:
        bound = inspect.signature(function).bind(world, *arguments)
    except TypeError as error:
        if not inspect.signature(function).parameters:
            raise ValueError(f"processes: {function.__name__}: its first parameter must be the world, w") from None
        raise ValueError(f"processes: {function.__name__}: {error}") from None
    values = []
    for name, value in list(bound.arguments.items())[1:]:
        array = np.asarray(value)
        if array.ndim or array.dtype.kind not in "biuf":
            raise ValueError(f"processes: {function.__name__}: {name}: {value!r} given, a number needed")
        annotation = function.__annotations__.get(name)
        if annotation in (int, "int") and array.dtype.kind == "f":
            raise ValueError(f"processes: {function.__name__}: {name}: {value!r} given, a whole number (int) needed")
        values.append(float(value) if annotation in (float, "float") or array.dtype.kind == "f" else int(value))
    return tuple(values)


def _resources(resources: Any) -> tuple[Resource, ...]:
    if not isinstance(resources, Sequence):
        raise ValueError(f"resources: {_named(resources)} given, a list of Resource needed")
    for resource in resources:
        if not isinstance(resource, Resource):
            raise ValueError(f"resources: {resource!r} given, Resource(name, capacity) needed")
        if not isinstance(resource.capacity, int | np.integer):
            raise ValueError(f"resources: {resource.name}: capacity {resource.capacity!r}, a whole number needed")
    return tuple(resources)


def _periods(periods: Any) -> list[int]:
    if not isinstance(periods, Sequence | np.ndarray):
        raise ValueError(f"periods: {periods!r} given, a list of times needed, the first 0")
    return list(dict.fromkeys(_whole("periods", start, LONGEST) for start in periods))  # one without length is none
