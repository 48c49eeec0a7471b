"""The compiled engine: the processes, lowered and compiled, on the kernel's arrays."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sim import memory
from sim.buffers import LINE, WORD, World, in_lines
from sim.draw_limits import LIMITS
from sim.engine import arithmetic, errors
from sim.engine import kernel as k
from sim.engine.accumulators import NAMES, Accumulators, check_periods
from sim.engine.errors import EngineError, OutOfMemory, fail, where
from sim.engine.expressions import FLOAT
from sim.engine.lowering import MOST_ARGUMENTS
from sim.engine.machine import machine_for
from sim.engine.modules import CompiledModules, Modules
from sim.engine.past import Common
from sim.engine.plans import Origin, Step
from sim.engine.program import Limits, ProcessFunction, Program, Progress, check_end
from sim.engine.records import COLUMNS, Records
from sim.engine.resources import Calendar, Resource, check_resources, most_units
from sim.engine.source import SITE_LINES

SLICE_EVENTS = 1_000_000
"""Events between two looks at the keyboard and the progress."""
HEAP_AT = 2
"""The four children of an entry of the heap share a line: the second entry, two numbers on, begins one."""
ENTRIES_PER_BUCKET = 4
"""Room in the calendar for each of its buckets."""
FIRST_FRAMES, FIRST_ENTRIES, FIRST_ROWS, FIRST_HELD = 1024, 4096, 1 << 12, 256
FEW_ROWS, LINES_AHEAD = 1024, 4
"""Rows of a table that stay in the processor's cache; lines of a longer table's row that are fetched in advance."""

MESSAGES: Mapping[int, str] = {
    k.NEGATIVE_HOLD: errors.NEGATIVE_HOLD,
    k.BAD_PATIENCE: errors.BAD_PATIENCE,
    k.BAD_PRIORITY: errors.BAD_PRIORITY,
    k.UNKNOWN_RESOURCE: errors.UNKNOWN_RESOURCE,
    k.NAMED_TWICE: errors.NAMED_TWICE,
    k.NOT_HELD: errors.NOT_HELD,
    k.STILL_HELD: errors.STILL_HELD,
    k.UNKNOWN_ROW: errors.UNKNOWN_ROW,
    k.OUT_OF_RANGE: errors.OUT_OF_RANGE,
    k.ENDLESS_INSTANT: errors.ENDLESS_INSTANT,
    k.ENDLESS_COMMANDS: errors.ENDLESS_COMMANDS,
    k.ENDLESS_LOOP: errors.ENDLESS_LOOP,
    k.TOO_DEEP: errors.TOO_DEEP,
}
FLOW_MESSAGES: Mapping[int, str] = {
    arithmetic.BAD_INDEX: errors.BAD_INDEX,
    arithmetic.DIVISION: errors.DIVISION,
    arithmetic.BAD_ARGUMENT: errors.BAD_ARGUMENT,
    arithmetic.ENDLESS_LOOP: errors.ENDLESS_LOOP,
}


class CompiledSimulation:
    """One replication on the kernel; see :class:`sim.engine.program.Simulation` for the surface."""

    def __init__(
        self,
        program: Program,
        world: World,
        resources: Sequence[Resource],
        periods: Sequence[int] = (0,),
        limits: Limits | None = None,
        modules: Modules | None = None,
        slice_events: int = SLICE_EVENTS,
    ) -> None:
        check_resources(resources)
        self.program = program
        self.world = world
        self.limits = limits or Limits()
        self._declared = tuple(resources)
        self._compiled = (modules or COMPILED).compiled
        self._machine = machine_for(program, world, modules or COMPILED)
        self.slice_events = slice_events
        self._starts = check_periods(periods, len(resources))
        calendar = Calendar.of(resources)
        self._most_units = most_units(resources, calendar)
        self._state = self._first_state(calendar)
        self._rows = _first_rows(FIRST_ROWS)
        self._common = Common()
        self._over = False

    # --- the surface -----------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """Present time in whole seconds."""
        return int(self._state.scalars[k.NOW])

    @property
    def events(self) -> int:
        """Resumptions of processes so far."""
        return int(self._state.scalars[k.EVENTS])

    @property
    def in_queue(self) -> list[int]:
        """Requests waiting, by resource."""
        return [int(n) for n in self._resources[:, k.WAITING]]

    @property
    def in_use(self) -> list[int]:
        """Units taken, by resource."""
        return [int(n) for n in self._resources[:, k.USED]]

    def start(self, process: ProcessFunction, *arguments: float) -> None:
        """Start a root process at the present time."""
        number, step = self._started(process)
        names, defaults = step.parameters, step.defaults
        values = [*arguments, *(defaults[name] for name in names[len(arguments) :] if name in defaults)]
        self._check_arguments(step, values)
        ints = [int(v) for v, kind in zip(values, step.takes, strict=True) if kind != FLOAT]
        floats = [float(v) for v, kind in zip(values, step.takes, strict=True) if kind == FLOAT]
        self._start_frames(number, np.array([ints], np.int64), np.array([floats], np.float64))

    def run(self, until: int, progress: Progress | None = None) -> None:
        """Process everything before ``until``."""
        self._check_rows()
        scalars = self._state.scalars
        if scalars[k.KIND]:
            self._raise()
        until = check_end(until, self.now, self._most_units)
        self._common = Common()
        self._state = self._state._replace(ahead=self._ahead())
        scalars[k.INSTANT_FROM] = scalars[k.EVENTS]
        while self.now < until:
            code = self._machine.kernel.run(
                self._state,
                self._rows,
                self._machine.steps,
                *self.world.buffers,
                until,
                self.slice_events,
                self.limits.instant,
                self.limits.commands,
            )
            if code == k.ERROR:
                self._raise()
            elif code == k.SLICE:
                if progress:
                    progress(self.now)
            elif code != k.DONE:
                self._enlarge(code)

    def set_changes(self, changes: Sequence[tuple[int, int, int]]) -> None:
        """Replace the future capacity changes."""
        calendar = Calendar.build(changes, self._declared, self.now)
        self._most_units = max(self._most_units, most_units(self._declared, calendar))
        self._state = self._state._replace(changes=_table(calendar))
        self._state.scalars[k.CHANGE] = 0

    def records(self) -> Records:
        """Rows written so far."""
        self._check_rows()
        return Records({name: column.copy() for name, column in self._written().items()})

    def hand_over(self) -> Records:
        """Rows written so far, not copied: the simulation is over."""
        self._check_rows()
        records = Records(self._written())
        self._rows, self._common, self._over = _first_rows(0), Common(), True
        return records

    def accumulators(self) -> Accumulators:
        """Areas and counts up to the present time."""
        shape = (len(self._starts), len(self._declared), k.TOTALS)
        table = self._state.totals.reshape(shape)
        self._machine.kernel.account_all(self._state)
        return Accumulators(self._starts, *(table[:, :, i].copy() for i in range(len(NAMES))))

    def fork(self) -> CompiledSimulation:
        """An independent copy that goes on from here: state of the world, queues, frames, rows (which are shared).

        Nothing changes in the parent, so several threads may ask at a time, as long as it is not run.
        """
        self._check_rows()
        rows = self._forked_rows()
        other = copy.copy(self)
        other.world = self.world.fork()
        state, scalars = self._state, self._state.scalars
        # What is not yet used is not copied: memory that nobody has touched costs nothing.
        chunks = scalars[k.BUCKETS] + k.CHUNK * (scalars[k.CHUNKS] + 1)
        laid: dict[str, Any] = {
            "heap": in_lines(state.heap[: 2 * scalars[k.HEAP]], len(state.heap), HEAP_AT),
            "later": in_lines(state.later[:chunks], len(state.later)),
            "ints": in_lines(state.ints, len(state.ints)),
        }
        copies: dict[str, Any] = {name: array.copy() for name, array in state._asdict().items() if name not in laid}
        other._state = k.State(**laid, **copies)
        other._rows = rows  # and the same _common: a fork that has not been run has the same past
        return other

    def share(self) -> None:
        """Read the past from where forks do, so that its rows are in memory once; forks cost less from then on."""
        self._check_rows()
        self._rows = self._forked_rows()

    def _forked_rows(self) -> k.Rows:
        columns = self._common.columns(self._rows._asdict(), int(self._state.scalars[k.ROWS]))
        if columns is not None:
            return k.Rows(**columns)
        rows = self._written()
        return k.Rows(**{name: _longer(column, len(self._rows.person)) for name, column in rows.items()})

    def _written(self) -> dict[str, npt.NDArray[Any]]:
        """The columns of the records as far as they are written."""
        rows = int(self._state.scalars[k.ROWS])
        return {name: column[:rows] for name, column in self._rows._asdict().items()}

    def _check_rows(self) -> None:
        if self._over:
            raise EngineError(errors.OVER)

    # --- arrays ----------------------------------------------------------------------------------------------

    @property
    def _resources(self) -> npt.NDArray[np.int64]:
        return self._state.resources.reshape(-1, k.RESOURCE)

    def _first_state(self, calendar: Calendar) -> Any:
        machine = self._machine
        nodes_at = k.HEADER + max([0, *(process.ints for process in machine.processes)])
        width = -(-(nodes_at + k.NODE * machine.alternatives) // LINE) * LINE
        floats = max([1, *(process.floats for process in machine.processes)])
        resources = np.full((len(self._declared), k.RESOURCE), -1, np.int64)
        resources[:, : k.HEADS] = 0
        resources[:, k.CAPACITY] = [resource.capacity for resource in self._declared]
        scalars = np.zeros(k.SCALARS, np.int64)
        scalars[[k.FRAME, k.WIDTH, k.NODES, k.FLOATS]] = -1, width, nodes_at, floats
        scalars[k.CALLEES] = machine.callees.shape[1]
        scalars[[k.HELD_FREE, k.FREE, k.RING, k.HELD_LEFT]] = -1, 0, 0, 0
        scalars[[k.EDGE, k.WINDOW_END]] = 1, 1
        empty = np.zeros(0, np.int64)
        state = k.State(
            heap=empty,
            later=empty,
            ints=empty,
            floats=np.zeros(0),
            resources=resources.reshape(-1),
            totals=np.zeros(len(self._starts) * len(self._declared) * k.TOTALS, np.int64),
            periods=self._starts,
            rings=empty,
            held=empty,
            changes=_table(calendar),
            callees=machine.callees.reshape(-1),
            command=self._first_command(),
            arguments=np.zeros(MOST_ARGUMENTS),
            ahead=np.zeros(1, np.int64),
            scalars=scalars,
        )
        return more_entries(machine.kernel, more_held(more_frames(state, FIRST_FRAMES), FIRST_HELD), FIRST_ENTRIES)

    def _ahead(self) -> npt.NDArray[np.int64]:
        """Lines of a row of the world's largest group, as ``kernel.fetch_world`` wants them; none if it is small."""
        tables = self.world.tables() if self._compiled else []
        most = max([FEW_ROWS, *(table.rows for table in tables)])
        lines = [
            (table.address + WORD * LINE * line, WORD * table.stride)
            for table in tables
            if table.rows == most
            for line in range(min(LINES_AHEAD, -(-table.stride // LINE)))
        ]
        return np.array([len(lines), *(number for line in lines for number in line)], np.int64)

    def _first_command(self) -> npt.NDArray[np.int64]:
        command = np.zeros(k.ARGUMENTS + MOST_ARGUMENTS, np.int64)
        for operation, function in self._machine.kernel.QUICK_FUNCTIONS.items():
            command[k.QUICK + operation] = function.address
        return command

    def _enlarge(self, code: int) -> None:
        """Double what is full; nothing is left half done if memory runs out or somebody interrupts."""
        what, arrays = self._filled(code)
        needed = sum(array.nbytes for array in arrays)
        if says := memory.shortage(needed):
            raise OutOfMemory(f"at {self.now} s: {what}: {says}")
        try:
            self._double(code)
        except MemoryError as error:
            raise OutOfMemory(f"at {self.now} s: {what}: {memory.words(needed)} of memory not to be had") from error

    def _filled(self, code: int) -> tuple[str, Sequence[npt.NDArray[Any]]]:
        """What is full, in words, and its arrays."""
        state = self._state
        if code == k.MORE_FRAMES:
            return f"{state.scalars[k.RING]:,} processes at a time", (state.ints, state.floats, state.rings)
        if code == k.MORE_HEAP:
            return f"{len(state.heap) // 2:,} events planned", (state.heap, state.later)
        if code == k.MORE_HELD:
            return f"{len(state.held) // 2:,} units held", (state.held,)
        return f"{len(self._rows.person):,} records", self._rows

    def _double(self, code: int) -> None:
        state = self._state._replace(scalars=self._state.scalars.copy())
        if code == k.MORE_FRAMES:
            self._state = more_frames(state, 2 * int(state.scalars[k.RING]))
        elif code == k.MORE_HEAP:
            self._state = more_entries(self._machine.kernel, state, len(state.heap))
        elif code == k.MORE_HELD:
            self._state = more_held(state, len(state.held))
        elif code == k.MORE_ROWS:
            length = 2 * len(self._rows.person)
            # One after the other, so that only one is there twice; the first, at which the kernel looks, last.
            for name in reversed(list(COLUMNS)):
                self._rows = self._rows._replace(**{name: _longer(getattr(self._rows, name), length)})

    def _start_frames(self, number: int, ints: npt.NDArray[np.int64], floats: npt.NDArray[np.float64]) -> None:
        """Put frames, one per row of arguments, into the ring of starts."""
        while self._state.scalars[k.FREE] < len(ints):
            self._enlarge(k.MORE_FRAMES)
        self._machine.kernel.start_all(self._state, number, ints, floats)

    # --- starting and failing --------------------------------------------------------------------------------

    def _started(self, process: ProcessFunction) -> tuple[int, Step]:
        if process not in self._machine.numbers:
            raise EngineError(f"{process.__name__} is not a process of this program")
        number = self._machine.numbers[process]
        return number, self._machine.processes[number]

    def _check_arguments(self, step: Step, values: Sequence[Any]) -> None:
        name = step.origin.name
        if len(values) != len(step.takes):
            raise EngineError(f"{name} takes {len(step.takes)} arguments, got {len(values)}")
        for parameter, kind, value in zip(step.parameters, step.takes, values, strict=True):
            if kind != FLOAT and np.asarray(value).dtype.kind == "f":
                raise EngineError(f"{name}: {parameter} is a whole number (int), got {value!r}")

    def _raise(self) -> None:
        """Say what the kernel found, in the words of the reference engine."""
        scalars = self._state.scalars
        kind, value = int(scalars[k.KIND]), int(scalars[k.VALUE])
        if kind == k.ENDLESS_INSTANT:
            raise EngineError(f"at {self.now} s: {MESSAGES[kind].format(value=value)}")
        frame = int(scalars[k.FRAME]) * int(scalars[k.WIDTH])
        process = self._machine.processes[int(self._state.ints[frame + k.FUNCTION])]
        origin = process.origin
        if kind == k.FLOW:
            site = int(self._state.command[k.FLOW_SITE])
            origin = self._machine.origins[site // SITE_LINES]
            line = origin.first_line + site % SITE_LINES
            rule = "" if origin.name == process.origin.name else origin.name
            place = where(origin.file, line, process.origin.name, self.now, rule)
            raise EngineError(f"{place}: {self._of_flow(value)}")
        if kind in (k.STILL_HELD, k.TOO_DEEP, k.ENDLESS_LOOP):
            origin, line = self._named_as_a_whole(frame, kind)
        else:
            line = process.lines[int(self._state.command[0])]
        fail(where(origin.file, line, origin.name, self.now), MESSAGES[kind], **self._details(kind, value, frame))

    def _of_flow(self, kind: int) -> str:
        """What went wrong in the arithmetic or in a draw of a flow."""
        if kind == arithmetic.UNKNOWN_RESOURCE:
            return errors.UNKNOWN_RESOURCE.format(value=int(self._state.command[arithmetic.VALUE]))
        if kind < arithmetic.OUTSIDE:
            return FLOW_MESSAGES[kind]
        name = arithmetic.LIMIT_NAMES[kind - arithmetic.OUTSIDE]
        noted = self._state.command[arithmetic.VALUE]
        value = int(noted) if name in arithmetic.WHOLE_LIMITS else float(np.int64(noted).view(np.float64))
        return LIMITS[name].words(value)

    def _named_as_a_whole(self, frame: int, kind: int) -> tuple[Origin, int]:
        """The process whose first line stands for an error that has no other place."""
        ints = self._state.ints
        if kind == k.TOO_DEEP:
            frame = int(ints[frame + k.ROOT]) * int(self._state.scalars[k.WIDTH])
        origin = self._machine.processes[int(ints[frame + k.FUNCTION])].origin
        return origin, origin.first_line

    def _details(self, kind: int, value: int, frame: int) -> dict[str, object]:
        if kind in (k.NOT_HELD, k.NAMED_TWICE):
            return {"resource": self._declared[value].name}
        if kind == k.STILL_HELD:
            return {"resource": self._declared[self._least_held(frame)].name}
        return {"value": value, "column": list(COLUMNS)[int(self._state.scalars[k.COLUMN])]}

    def _least_held(self, frame: int) -> int:
        link, held = int(self._state.ints[frame + k.HELD]), self._state.held
        resources = []
        while link >= 0:
            resources.append(int(held[2 * link]))
            link = int(held[2 * link + 1])
        return min(resources)


COMPILED = CompiledModules()


def more_entries(kernel: Any, state: Any, room: int) -> Any:
    """Room for more entries of the calendar; those that are not in the heap wait for new buckets."""
    scalars = state.scalars
    old, buckets = int(scalars[k.BUCKETS]), room // ENTRIES_PER_BUCKET
    # One chunk more than entries: while a chunk is emptied its entries may already stand in others.
    later = in_lines(np.zeros(0, np.int64), buckets + k.CHUNK * (room + 2))
    longer = state._replace(heap=in_lines(state.heap, 2 * room, HEAP_AT), later=later)
    scalars[[k.ROOM, k.BUCKETS]] = room, buckets
    kernel.lay_out(longer, state.later, old, int(scalars[k.CHUNKS]))
    return longer


def more_frames(state: Any, frames: int) -> Any:
    """Room for more frames: the rings are laid out anew."""
    if frames > 1 << k.FRAME_BITS:
        raise EngineError(f"more than {1 << k.FRAME_BITS} processes at a time")
    scalars = state.scalars
    old, width, floats = (int(scalars[i]) for i in (k.RING, k.WIDTH, k.FLOATS))
    rings = np.zeros(3 * frames, np.int64)
    for ring, head, tail in ((0, k.RESUMED_HEAD, k.RESUMED_TAIL), (1, k.STARTS_HEAD, k.STARTS_TAIL)):
        waiting = int(scalars[tail] - scalars[head])
        at = (int(scalars[head]) + np.arange(waiting)) & (old - 1)
        rings[ring * frames : ring * frames + waiting] = state.rings[ring * old + at]
        scalars[head], scalars[tail] = 0, waiting
    free = int(scalars[k.FREE])
    rings[2 * frames : 2 * frames + free] = state.rings[2 * old : 2 * old + free]
    rings[2 * frames + free : 2 * frames + free + frames - old] = np.arange(frames - 1, old - 1, -1)
    scalars[k.FREE] += frames - old
    scalars[k.RING] = frames
    return state._replace(
        ints=in_lines(state.ints, frames * width), floats=_longer(state.floats, frames * floats), rings=rings
    )


def more_held(state: Any, links: int) -> Any:
    """Room for more units held: the new links join the free ones."""
    old, scalars = len(state.held) // 2, state.scalars
    held = _longer(state.held, 2 * links)
    held[2 * old + 1 :: 2] = np.arange(old + 1, links + 1)
    held[2 * links - 1] = scalars[k.HELD_FREE]
    scalars[k.HELD_FREE] = old
    scalars[k.HELD_LEFT] += links - old
    return state._replace(held=held)


def _first_rows(length: int) -> k.Rows:
    return k.Rows(**{name: np.zeros(length, kind) for name, kind in COLUMNS.items()})


def _longer(array: npt.NDArray[Any], length: int) -> npt.NDArray[Any]:
    longer = np.zeros(length, array.dtype)
    longer[: len(array)] = array
    return longer


def _table(calendar: Calendar) -> npt.NDArray[np.int64]:
    return np.ascontiguousarray(np.stack([calendar.times, calendar.resources, calendar.capacities], axis=1)).reshape(-1)
