"""The reference engine: the processes run as they are written, on a SimPy environment.

SimPy's calendar is ordered by (time, priority, number), and so is ours: its priorities are the ranks of the order
rule. Capacity changes have rank -1 here, which puts them before all starts of their instant.

Breakpoints and prints work in flows run by this engine.
"""

from __future__ import annotations

import dis
import math
import os
import struct
import traceback
from collections.abc import Sequence
from inspect import CO_GENERATOR, isgenerator
from operator import index
from pathlib import Path
from types import CodeType, GeneratorType
from typing import Any, TypeAlias

import numpy as np
from numba import TypingError
from simpy.core import Environment
from simpy.events import Event, Timeout

from sim import memory
from sim.buffers import World, WorldError
from sim.draw_limits import WRONG_TYPE, OutsideDraw
from sim.engine import errors
from sim.engine.accumulators import NAMES, Accumulators, check_periods
from sim.engine.errors import EngineError, OutOfMemory, fail, where
from sim.engine.program import DEPTH_LIMIT, INSTANT_LIMIT, Limits, ProcessFunction, Program, Progress, check_end
from sim.engine.records import COLUMNS, Records
from sim.engine.resources import Calendar, Resource, check_resources, most_units
from sim.engine.staffed import Staffed, Waiting
from sim.engine.watchdog import EndlessLoop, Watchdog
from sim.language import (
    AMEND,
    HOLD,
    LONGEST,
    NEVER_GIVE_UP,
    PRIORITIES,
    RECORD,
    RELEASE,
    SEIZE,
    SEIZE_FIRST,
    SPAWN,
    Command,
)

CHANGE, START, DEADLINE = -1, 0, 2
"""Ranks of entries of one instant; holds and grants have SimPy's usual priority, 1."""
SLICE_EVENTS = 50_000
FIRST_LOOK, ROUNDS = 500_000, 10
"""Events of an instant, and for each process begun, after which it is judged endless, unless limits say otherwise."""

ENGINE = str(Path(__file__).parent)
PACKAGE = str(Path(ENGINE).parent)
STANDARD = os.path.dirname(os.__file__)
RAISE = dis.opmap["RAISE_VARARGS"]
OUR_OWN = tuple(str(Path(PACKAGE) / name) for name in ("buffers.py", "chance.py", "draw_limits.py", "language.py"))
"""Files that flows call and that are not the model: an error in them is told where the flow called them."""
"""Events between two looks at progress and memory."""
LEAST_MEMORY = 256 << 20
"""A run ends when fewer bytes are free: what Python has taken it does not give back."""

ROW = struct.Struct("<iqhhqqqhi")
AMENDED = struct.Struct("<qqhi")
AMENDED_AT = struct.Struct("<iqhhq").size
ROW_TYPE = np.dtype([(name, np.dtype(kind).newbyteorder("<")) for name, kind in COLUMNS.items()])


Running: TypeAlias = "GeneratorType[Command, int | None, Any]"
"""A process that has been called; a Process seen as what it is."""


class Clockwork(Environment):
    """SimPy's environment with entries of any rank and a clock that can be set to the horizon."""

    def plan(self, rank: int, delay: int, call: Any, value: Any = None) -> None:
        """Plan an entry of the calendar."""
        event = Event(self)
        event._ok = True
        event._value = value
        event.callbacks.append(call)
        self.schedule(event, rank, delay)  # type: ignore[arg-type]

    def advance(self, now: int) -> None:
        """Set the clock; everything before has been processed."""
        self._now = now


class Activity:
    """A root process with its subprocesses, and what they hold together."""

    __slots__ = ("engine", "held", "process", "resume_later", "send")

    def __init__(self, engine: SimpySimulation, process: Running) -> None:
        self.engine = engine
        self.process = process
        self.send = process.send
        self.held: list[int] = []
        self.resume_later = self.resume

    def resume(self, event: Event) -> None:
        """Carry out the commands of the process until one of them takes time."""
        engine = self.engine
        engine.events += 1
        engine.clock[0] = engine.env._now  # type: ignore[assignment]
        sent = event._value
        try:
            for _ in engine.command_guard:
                command = self.send(sent)
                operation = command[0]
                if operation == HOLD:
                    seconds = command[1]
                    if seconds.__class__ is not int or not 0 <= seconds <= LONGEST:
                        seconds = self.duration(seconds)
                    Timeout(engine.env, seconds).callbacks.append(self.resume_later)
                    return
                if operation == SEIZE:
                    sent = self.seize(command)
                    if not sent:
                        return
                elif operation == RELEASE:
                    sent = self.release(command[1])
                elif operation == RECORD:
                    sent = self.record(command)
                elif operation == SPAWN:
                    engine.begin(self.spawned(command[1]))
                    sent = 1
                elif operation == SEIZE_FIRST:
                    sent = self.seize_first(command)
                    if sent < 0:
                        return
                elif operation == AMEND:
                    sent = self.amend(command)
            fail(self.place(), errors.ENDLESS_COMMANDS, value=engine.limits.commands)
        except StopIteration:
            if self.held:
                held = engine.resources[min(self.held)].name
                fail(self.place(), errors.STILL_HELD, resource=held)
        except EngineError:
            raise
        except Exception as error:
            raise self.explained(error) from error

    def expire(self, deadline: Event) -> None:
        """Patience has run out, unless the request was granted before."""
        waiting: Waiting = deadline._value
        if not waiting.triggered:
            waiting.leave(served_by=None)
            deadline._value = waiting.refusal
            self.resume(deadline)

    # --- commands; each returns what is sent into the process ------------------------------------------------

    def seize(self, command: Command) -> int:
        """1, or 0 if the process has to wait."""
        _, number, priority, patience = command
        if not (number.__class__ is priority.__class__ is patience.__class__ is int):
            number = self.whole(number, "seize: resource")
            priority = self.whole(priority, "seize: priority")
            patience = self.whole(patience, "seize: patience")
        resource = self.resource(number)
        if not (0 <= priority < PRIORITIES and NEVER_GIVE_UP <= patience <= LONGEST):
            self.check_waiting(priority, patience)
        if resource.used < resource.capacity:
            resource.take()
            self.held.append(number)
            return 1
        waiting = Waiting(self.engine.env, self.granted, priority, 0)
        waiting.join(resource, 1)
        if patience != NEVER_GIVE_UP:
            self.engine.env.plan(DEADLINE, patience, self.expire, waiting)
        return 0

    def seize_first(self, command: Command) -> int:
        """The position of the resource taken, or -1 if the process has to wait."""
        _, numbers, priority, patience = command
        places = [self.resource(self.whole(number, "seize_first: resource")) for number in numbers]
        priority = self.whole(priority, "seize_first: priority")
        patience = self.whole(patience, "seize_first: patience")
        for position, place in enumerate(places):
            if place in places[:position]:
                fail(self.place(), errors.NAMED_TWICE, resource=place.name)
        self.check_waiting(priority, patience)
        for position, place in enumerate(places):
            if place.used < place.capacity:
                place.take()
                self.held.append(place.number)
                return position
        waiting = Waiting(self.engine.env, self.granted, priority, -1)
        for position, place in enumerate(places):
            waiting.join(place, position)
        if patience != NEVER_GIVE_UP:
            self.engine.env.plan(DEADLINE, patience, self.expire, waiting)
        return -1

    def granted(self, waiting: Event) -> None:
        """Go on with the unit that was waited for."""
        assert isinstance(waiting, Waiting)
        assert waiting.served_by is not None
        self.held.append(waiting.served_by.number)
        self.resume(waiting)

    def release(self, number: int) -> int:
        """Give a unit back."""
        if number.__class__ is not int:
            number = self.whole(number, "release: resource")
        resource = self.resource(number)
        try:
            self.held.remove(number)
        except ValueError:
            fail(self.place(), errors.NOT_HELD, resource=resource.name)
        resource.give_back()
        return 1

    def record(self, command: Command) -> int:
        """Write a row; returns its number."""
        engine = self.engine
        try:
            engine.rows += ROW.pack(*command[1:])
        except (struct.error, OverflowError):
            self.refuse_columns("record", command[1:], list(COLUMNS))
        engine.row_count += 1
        return engine.row_count - 1

    def amend(self, command: Command) -> int:
        """Rewrite what can change of an earlier row."""
        engine = self.engine
        row = self.whole(command[1], "amend: row")
        if not 0 <= row < engine.row_count:
            fail(self.place(), errors.UNKNOWN_ROW, value=row)
        try:
            AMENDED.pack_into(engine.rows, row * ROW.size + AMENDED_AT, *command[2:])
        except (struct.error, OverflowError):
            self.refuse_columns("amend", command[2:], ["started", "ended", "outcome", "detail"])
        return 1

    # --- checks ----------------------------------------------------------------------------------------------

    def resource(self, number: int) -> Staffed:
        """The resource of this number."""
        resources = self.engine.resources
        if not 0 <= number < len(resources):
            fail(self.place(), errors.UNKNOWN_RESOURCE, value=number)
        return resources[number]

    def whole(self, value: Any, construct: str) -> int:
        """The value as an int; members of enumerations and numpy integers pass, floats do not."""
        try:
            return int(index(value))
        except TypeError:
            if isinstance(value, float):
                fail(self.place(timed=False), errors.FLOAT, construct=construct)
            fail(self.place(timed=False), errors.NO_NUMBER, construct=construct, given=type(value).__name__)

    def duration(self, value: Any) -> int:
        """Check the length of a hold."""
        seconds = self.whole(value, "hold: seconds")
        if not 0 <= seconds <= LONGEST:
            fail(self.place(), errors.NEGATIVE_HOLD, value=seconds)
        return seconds

    def check_waiting(self, priority: int, patience: int) -> None:
        """Check priority and patience."""
        if not 0 <= priority < PRIORITIES:
            fail(self.place(), errors.BAD_PRIORITY, value=priority)
        if not NEVER_GIVE_UP <= patience <= LONGEST:
            fail(self.place(), errors.BAD_PATIENCE, value=patience)

    def refuse_columns(self, construct: str, values: Sequence[Any], names: Sequence[str]) -> None:
        """Say which value of a row does not fit."""
        for name, value in zip(names, values, strict=True):
            value = self.whole(value, f"{construct}: {name}")
            limits = np.iinfo(COLUMNS[name])
            if not limits.min <= value <= limits.max:
                fail(self.place(), errors.OUT_OF_RANGE, value=value, column=name)

    def spawned(self, process: Any) -> Running:
        """Check that a process is spawned."""
        if not isgenerator(process):
            raise TypeError("spawn needs the call of a process")
        return process  # type: ignore[return-value]

    # --- messages --------------------------------------------------------------------------------------------

    def place(self, timed: bool = True) -> str:
        """Where the innermost process stands."""
        process: GeneratorType[Any, Any, Any] = self.process
        while isgenerator(process.gi_yieldfrom):
            process = process.gi_yieldfrom
        frame = process.gi_frame
        line = frame.f_lineno if frame else process.gi_code.co_firstlineno
        file = os.path.basename(process.gi_code.co_filename)
        if timed:
            return where(file, line, process.__name__, int(self.engine.env.now))
        return f"{file}:{line}: process {process.__name__}"

    def explained(self, error: Exception) -> EngineError:
        """An error raised by flow code, with its place in front."""
        now = int(self.engine.env.now)
        steps = [step for step in traceback.walk_tb(error.__traceback__) if step[0].f_code.co_filename != __file__]
        if isinstance(error, RecursionError):
            place = _place(self.process.gi_code, None, now)
        elif steps:
            frame, line = next((step for step in reversed(steps) if _of_the_model(step[0].f_code)), steps[-1])
            callers = [step[0].f_code for step in steps if step[0].f_code.co_flags & CO_GENERATOR]
            place = _place(frame.f_code, None if isinstance(error, EndlessLoop) else line, now, callers[-1:])
        else:
            place = self.place()
        own = _raised_by_the_model(error)
        return EngineError(f"{place}: {f'{type(error).__name__}: {error}' if own else _words(error)}")


def _raised_by_the_model(error: Exception) -> bool:
    """Whether a ``raise`` of the model's own code did it, and no arithmetic: such an error is told as it is."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or not _of_the_model(trace.tb_frame.f_code):
        return False
    return trace.tb_frame.f_code.co_code[trace.tb_lasti] == RAISE


def _of_the_model(code: CodeType) -> bool:
    """Whether code is a flow's or a rule's, and not that of a library or of the world it was called by."""
    file = code.co_filename
    if file.startswith(PACKAGE):
        return file not in OUR_OWN and not file.startswith(ENGINE)
    return not file.startswith(STANDARD) and "site-packages" not in file


def _place(code: CodeType, line: int | None, now: int, process: Sequence[CodeType] = ()) -> str:
    """A place in a process, or in a rule of one; its first line if no other is given."""
    by = process[0].co_name if process else code.co_name
    rule = "" if by == code.co_name else code.co_name
    return where(os.path.basename(code.co_filename), line or code.co_firstlineno, by, now, rule)


def _words(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return errors.TOO_DEEP.format(value=DEPTH_LIMIT)
    if isinstance(error, EndlessLoop):
        return errors.ENDLESS_LOOP
    if isinstance(error, (WorldError, OutsideDraw)):
        return str(error)
    if isinstance(error, TypingError):
        return WRONG_TYPE
    if isinstance(error, ZeroDivisionError):
        return errors.DIVISION
    if isinstance(error, IndexError):
        return errors.BAD_INDEX
    if isinstance(error, (OverflowError, ValueError)):
        return errors.BAD_ARGUMENT
    return f"{type(error).__name__}: {error}"


class SimpySimulation:
    """One replication on SimPy; see :class:`sim.engine.program.Simulation` for the surface."""

    def __init__(
        self,
        program: Program,
        world: World,
        resources: Sequence[Resource],
        periods: Sequence[int] = (0,),
        limits: Limits | None = None,
    ) -> None:
        check_resources(resources)
        self.program = program
        self.world = world
        self.clock = world.clock
        self.limits = limits or Limits()
        self.command_guard = range(self.limits.commands)
        self.env = Clockwork(0)
        self.events = 0
        self.slice_events = SLICE_EVENTS
        self.begun = 0
        self.rows = bytearray()
        self.row_count = 0
        self._over = False
        self._declared = tuple(resources)
        self.resources = [Staffed(self.env, i, r.name, r.capacity) for i, r in enumerate(resources)]
        world.resource_now = self._resource
        self._starts = check_periods(periods, len(resources))
        self._boundaries = [int(start) for start in self._starts[:0:-1]]
        self._boundary = self._next_boundary()
        self._most_units = 0
        self._set_calendar(Calendar.of(resources))
        self._ended = ""
        self._between_events = False

    @property
    def now(self) -> int:
        """Present time in whole seconds."""
        return int(self.env.now)

    @property
    def in_queue(self) -> list[int]:
        """Requests waiting, by resource."""
        return [resource.waiting for resource in self.resources]

    @property
    def in_use(self) -> list[int]:
        """Units taken, by resource."""
        return [resource.used for resource in self.resources]

    def _resource(self, number: int) -> Staffed:
        """A resource, as flows read it."""
        if not 0 <= number < len(self.resources):
            raise OutsideDraw(errors.UNKNOWN_RESOURCE.format(value=number))
        return self.resources[number]

    def start(self, process: ProcessFunction, *arguments: int | float) -> None:
        """Start a root process at the present time."""
        self.begin(process(self.world, *arguments))  # type: ignore[arg-type]

    def begin(self, process: Running) -> None:
        """Plan the start of a process at this instant."""
        self.begun += 1
        if self.begun % SLICE_EVENTS == 0:
            self._check_memory()
        self.env.plan(START, 0, Activity(self, process).resume)

    def run(self, until: int, progress: Progress | None = None) -> None:
        """Process everything before ``until``."""
        self._check_rows()
        if self._ended:
            raise EngineError(self._ended)
        end = check_end(until, self.now, self._most_units)
        self.clock = self.world.clock
        try:
            with Watchdog(lambda: self.events, self.limits.seconds):
                self._run(end, progress)
        except EngineError as error:
            self._ended = str(error)
            raise
        except BaseException:
            # A process into which an exception was thrown has ended; only between events nothing is lost.
            if not self._between_events:
                self._ended = errors.INTERRUPTED
            raise

    def _run(self, until: int, progress: Progress | None) -> None:
        env, queue = self.env, self.env._queue
        instant: float = -1
        limit = before = begun = 0
        report_at = self.events + self.slice_events
        while queue and (time := queue[0][0]) < until:
            if time != instant:
                instant, before = time, self.events
                limit, begun = before + min(self.limits.instant, FIRST_LOOK), self.begun
                if time >= self._boundary:
                    self._close_periods(int(time))
                if self.events >= report_at:
                    report_at = self.events + self.slice_events
                    self._between_events = True
                    self._check_memory()
                    if progress:
                        progress(int(time))
                    self._between_events = False
            elif self.events >= limit:
                limit = self._judged_endless(int(instant), before, begun)
            env.step()
        if until > self.now:
            self._close_periods(until)
            env.advance(until)
            self.clock[0] = until

    def _judged_endless(self, instant: int, before: int, begun: int) -> int:
        """An error if this instant will not end, else up to how many events it may go on.

        Processes that begin are many where a population does; that each goes on so many times is not heard of. Without
        this the usual limit would take minutes here.
        """
        most, happened = self.limits.instant, self.events - before
        if happened < most:
            allowed = FIRST_LOOK + ROUNDS * self.begun + (self.begun - begun)
            if most != INSTANT_LIMIT or happened < allowed:
                return before + min(most, max(allowed, happened + 1) if most == INSTANT_LIMIT else most)
            most = allowed
        raise EngineError(f"at {instant} s: {errors.ENDLESS_INSTANT.format(value=most)}")

    def set_changes(self, changes: Sequence[tuple[int, int, int]]) -> None:
        """Replace the future capacity changes."""
        self._set_calendar(Calendar.build(changes, self._declared, self.now))

    def records(self) -> Records:
        """Rows written so far."""
        self._check_rows()
        table = np.frombuffer(bytes(self.rows), ROW_TYPE)
        return Records({name: table[name] for name in COLUMNS})

    def hand_over(self) -> Records:
        """Rows written so far; the simulation is over."""
        records = self.records()
        self.rows, self._over = bytearray(), True
        return records

    def _check_memory(self) -> None:
        free = memory.available()
        if free is not None and free < LEAST_MEMORY:
            left = memory.words(free)
            raise OutOfMemory(
                f"at {self.now} s: {self.begun:,} processes begun, {self.row_count:,} records, {left} free"
            )

    def _check_rows(self) -> None:
        if self._over:
            raise EngineError(errors.OVER)

    def accumulators(self) -> Accumulators:
        """Areas and counts up to the present time."""
        periods, resources = len(self._starts), len(self.resources)
        table = np.zeros((periods, resources, len(NAMES)), np.int64)
        for number, resource in enumerate(self.resources):
            resource.account()
            rows = [*resource.closed_periods, resource.period()]
            table[: len(rows), number] = rows
        return Accumulators(self._starts, *(np.ascontiguousarray(table[:, :, i]) for i in range(len(NAMES))))

    # --- the calendar of capacity, and periods ---------------------------------------------------------------

    def _set_calendar(self, calendar: Calendar) -> None:
        self._most_units = max(self._most_units, most_units(self._declared, calendar))
        self._calendar = calendar
        self._next_change = 0
        self._plan_change()

    def _plan_change(self) -> None:
        if self._next_change < len(self._calendar):
            delay = int(self._calendar.times[self._next_change]) - self.now
            self.env.plan(CHANGE, delay, self._change, self._calendar)

    def _change(self, event: Event) -> None:
        calendar = self._calendar
        if event._value is not calendar:
            return  # replaced by set_changes
        while self._next_change < len(calendar) and calendar.times[self._next_change] == self.env.now:
            number = self._next_change
            self._next_change += 1
            self.resources[calendar.resources[number]].set_capacity(int(calendar.capacities[number]))
        self._plan_change()

    def _close_periods(self, time: int) -> None:
        """Close the periods that end by this time; before anything of this instant happens."""
        while self._boundary <= time:
            self.env.advance(self._boundaries.pop())
            self._boundary = self._next_boundary()
            for resource in self.resources:
                resource.close_period()

    def _next_boundary(self) -> float:
        """When the open period ends."""
        return self._boundaries[-1] if self._boundaries else math.inf
