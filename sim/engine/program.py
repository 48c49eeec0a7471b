"""What both engines have in common: the program, the surface of a simulation, the choice of an engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import index
from typing import Any, Protocol

from sim.buffers import World
from sim.engine.accumulators import Accumulators
from sim.engine.errors import EngineError
from sim.engine.records import Records
from sim.engine.resources import Resource
from sim.language import Process

ProcessFunction = Callable[..., Process[Any]]
Progress = Callable[[int], None]
"""Called now and then during a run with the simulated time."""

HORIZON = 1 << 38
"""Latest end of a run in seconds, 8,700 years: with 16 million waiting, areas still fit 64 bits."""
INSTANT_LIMIT = 50_000_000
"""Events at one instant before a run is judged endless."""
COMMAND_LIMIT = 10_000_000
"""Commands of a process without waiting before it is judged endless."""
DEPTH_LIMIT = 200
"""Processes nested by ``yield from``."""


@dataclass(frozen=True)
class Limits:
    """Guards against runs that never end.

    Attributes
    ----------
    instant : int
        Events at one instant.
    commands : int
        Commands of a process without waiting.
    seconds : float
        Time a process may compute between two commands on the reference engine; compiled loops count their rounds.
    """

    instant: int = INSTANT_LIMIT
    commands: int = COMMAND_LIMIT
    seconds: float = 60.0


class Program:
    """The processes of a model; rules, subprocesses and spawned processes are found through their globals.

    Parameters
    ----------
    processes : sequence of generator functions
        At least those given to ``start``.
    """

    def __init__(self, processes: Sequence[ProcessFunction]) -> None:
        self.processes = tuple(processes)


class Simulation(Protocol):
    """One replication of a program over a world; both engines have this surface and give the same answers.

    Attributes
    ----------
    slice_events : int
        Events between two calls of ``progress``, where whoever runs may stop.
    """

    slice_events: int

    @property
    def world(self) -> World:
        """The world it runs over."""
        ...

    @property
    def now(self) -> int:
        """The present time in whole seconds."""
        ...

    @property
    def events(self) -> int:
        """Resumptions of processes so far: starts, ends of holds, grants, patience that ran out."""
        ...

    @property
    def in_queue(self) -> Sequence[int]:
        """Requests waiting, by resource."""
        ...

    @property
    def in_use(self) -> Sequence[int]:
        """Units taken, by resource."""
        ...

    def start(self, process: ProcessFunction, *arguments: int | float) -> None:
        """Start a root process at the present time, in the order of the calls, after capacity changes."""
        ...

    def run(self, until: int, progress: Progress | None = None) -> None:
        """Process everything before ``until``; what lies at ``until`` waits for the next call.

        After an error of the model the simulation is over: every further call raises the same error.
        """
        ...

    def set_changes(self, changes: Sequence[tuple[int, int, int]]) -> None:
        """Replace the future capacity changes, given as (time, resource, capacity), between two runs."""
        ...

    def records(self) -> Records:
        """The rows written so far."""
        ...

    def hand_over(self) -> Records:
        """The rows written so far, without a copy of them where it can be helped; the simulation is over then.

        World, accumulators and counts remain; to run, fork or ask for records again is an ``EngineError``.
        """
        ...

    def accumulators(self) -> Accumulators:
        """Areas and counts up to the present time."""
        ...


def check_end(until: int, now: int, most_units: int) -> int:
    """The end of a run as a plain int.

    Parameters
    ----------
    most_units : int
        Largest capacity of a resource, now or later.

    Raises
    ------
    EngineError
        If it is no whole number, lies in the past, or so far ahead that times or areas would not fit 64 bits.
    """
    try:
        end = int(index(until))
    except TypeError:
        raise EngineError(f"run until {until!r}: needs a whole number (int) of seconds") from None
    if end < now:
        raise EngineError(f"run until {end} s: the present is {now} s")
    if end > HORIZON:
        raise EngineError(f"run until {end} s: at most 2**{HORIZON.bit_length() - 1} s, 8,700 years")
    if end * most_units >= 1 << 63:
        raise EngineError(f"run until {end} s: with {most_units} units of a resource unit-seconds do not fit 64 bits")
    return end


def simulation_for(
    engine: str,
    program: Program,
    world: World,
    resources: Sequence[Resource],
    horizon_hint: int = 0,
    periods: Sequence[int] = (0,),
    limits: Limits | None = None,
) -> Simulation:
    """Make a simulation on the engine named.

    Parameters
    ----------
    engine : {"compiled", "simpy"}
        The compiled engine, or the reference.
    horizon_hint : int
        When the runs will end; nothing depends on it but memory set aside beforehand.
    periods : sequence of int
        Starts of the accumulators' periods, the first 0.
    """
    # Imported here: SimPy is not needed by compiled runs, nor the compiler by SimPy's.
    limits = limits or Limits()
    if engine == "simpy":
        from sim.engine.simpy_engine import SimpySimulation

        return SimpySimulation(program, world, resources, periods, limits)
    if engine == "compiled":
        from sim.engine.compiled_engine import CompiledSimulation

        return CompiledSimulation(program, world, resources, periods, limits)
    raise ValueError(f"engine {engine!r}: compiled or simpy")
