"""The world of one replication: named columns over four flat buffers.

Flows read ``w.people.segment[person]`` and ``w.needs.table[i, j]``, write state columns, and read scalars such as
``w.direct_contact.active``. Underneath lie four flat arrays (whole numbers and floats, inputs and state) that the
compiled engine indexes with offsets and strides from a table, so that its code does not depend on the size of the
population. Columns of a group with as many rows lie side by side, as the rows of a table: what is known of one person
fills a few lines of the processor's cache, where columns one after the other would need a line for each.
In Python the columns are memory views of the same memory: plain ``int`` and ``float`` come out.

Inputs belong to a replication and are shared by its forks; state, scalars and the clock are copied.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakSet

import numpy as np
import numpy.typing as npt

from sim import memory

Values = bool | int | float | npt.NDArray[Any]
INT_INPUT, FLOAT_INPUT, INT_STATE, FLOAT_STATE = range(4)
"""The four flat buffers."""
LAYOUT_WIDTH = 4
"""Numbers of the layout table per column: offset, first and second extent, and from row to row."""
WORD, LINE = 8, 8
"""Bytes of a number; numbers in a line of the processor's cache."""
SLOTS = 4096
"""Slots of the layout table, and of scalars in each state buffer. A column's slot follows from its name, so that
compiled code that uses one column stays valid when others are added."""


class WorldError(ValueError):
    """A column that cannot be built, found or set; the message names it."""


@dataclass(frozen=True)
class Column:
    """One column of the world, to be built.

    Parameters
    ----------
    path : str
        ``group.name``.
    values : bool, int, float or array
        A scalar, or an array of one or two dimensions; whole numbers and booleans become int64, floats float64.
    state : bool
        Whether flows may write it. Scalars are inputs.
    """

    path: str
    values: Values
    state: bool = False


@dataclass(frozen=True)
class Place:
    """Where a column lies: its buffer, dimensions, slot of the layout table, first element and length of a row."""

    path: str
    buffer: int
    shape: tuple[int, ...]
    slot: int
    offset: int
    stride: int
    state: bool

    @property
    def scalar(self) -> bool:
        """Whether it is a single number."""
        return not self.shape

    @property
    def layout(self) -> int:
        """Where the layout of the column stands in the buffer of whole-number state, behind the clock."""
        return 1 + self.slot * LAYOUT_WIDTH

    @property
    def is_float(self) -> bool:
        """Whether it holds floats."""
        return self.buffer in (FLOAT_INPUT, FLOAT_STATE)


@dataclass(frozen=True)
class Table:
    """Columns that lie side by side: address of the first number, rows, and numbers from row to row."""

    address: int
    rows: int
    stride: int


class Group:
    """The columns of one group, as attributes; scalars cannot be assigned."""

    def __setattr__(self, name: str, value: object) -> None:
        raise WorldError(f"{name}: flows write state columns, w.group.column[i] = value; scalars are inputs")

    def __getattr__(self, name: str) -> Any:
        # Reached only when the attribute does not exist.
        raise AttributeError(f"the world has no column {name!r} in this group")


class World:
    """Columns in groups over flat buffers; see the module for how flows use it.

    Attributes
    ----------
    clock : memoryview
        ``clock[0]`` is the present time in whole seconds, set by the engine.
    """

    clock: memoryview
    resource_now: Any
    """Gives a resource by its number, in a run of the reference engine; a fork has none until it is run."""

    def __init__(self, places: Mapping[str, Place], buffers: Sequence[npt.NDArray[Any]]) -> None:
        self._places = dict(places)
        self._buffers = list(buffers)
        self._sharing: WeakSet[World] = WeakSet((self,))  # all worlds over these inputs
        self._attach()

    @classmethod
    def build(cls, columns: Sequence[Column]) -> World:
        """Lay the columns out in the flat buffers.

        Raises
        ------
        WorldError
            For a path that is not ``group.name`` or stands twice, for values that are not numbers or have more
            than two dimensions, and for more numbers than there is memory for.
        """
        arrays = {column.path: _as_array(column) for column in columns}
        if len(arrays) < len(columns):
            paths = [column.path for column in columns]
            raise WorldError(f"{next(p for p in paths if paths.count(p) > 1)}: this column is given twice")
        places, sizes = _lay_out(columns, arrays)
        _check_memory(arrays, WORD * sum(sizes))
        # One spare element keeps an address of an empty column inside its buffer.
        buffers = [
            in_lines(np.zeros(0, np.float64 if b in (FLOAT_INPUT, FLOAT_STATE) else np.int64), size + 1)
            for b, size in enumerate(sizes)
        ]
        world = cls(places, buffers)
        for path, place in places.items():
            world._view(place)[...] = arrays[path]
        world._attach()
        world._write_layout()
        return world

    def __getattr__(self, name: str) -> Any:
        # Groups are instance attributes; this tells the type checker so, and names what is missing.
        raise AttributeError(f"the world has no group {name!r}")

    def set(self, path: str, values: Values) -> None:
        """Change a scalar or a whole column from outside, between two runs.

        An input column that forks share is copied first, so that no other arm sees the change.
        """
        place = self.place(path)
        array = _as_array(Column(path, values))
        if array.dtype.kind == "f" and not place.is_float:
            raise WorldError(f"{path}: holds whole numbers, got {array.dtype}")
        if array.shape not in ((), place.shape):
            raise WorldError(f"{path}: has shape {place.shape}, got {array.shape}")
        if len(self._sharing) > 1 and place.buffer in (INT_INPUT, FLOAT_INPUT):
            self._own_inputs()
        self._view(place)[...] = array
        if place.scalar:
            self._expose(place)

    def array(self, path: str) -> npt.NDArray[Any]:
        """A numpy view of a column (read-only for inputs); a scalar has shape ()."""
        place = self.place(path)
        view = self._view(place)
        view.flags.writeable = place.state
        return view

    def fork(self) -> World:
        """A world with the same inputs and its own copy of state, scalars and clock."""
        other = World(self._places, [b if i < INT_STATE else in_lines(b, len(b)) for i, b in enumerate(self._buffers)])
        self._sharing.add(other)
        other._sharing = self._sharing
        return other

    def __reduce__(self) -> tuple[Any, ...]:
        """Sent elsewhere as its columns: views of memory cannot be."""
        return _restored, (self._places, self._buffers)

    def place(self, path: str) -> Place:
        """Where a column lies; a WorldError names one that does not exist."""
        if path not in self._places:
            raise WorldError(f"{path}: the world has no such column")
        return self._places[path]

    @property
    def places(self) -> Mapping[str, Place]:
        """All columns in the order they were given."""
        return self._places

    @property
    def buffers(self) -> list[npt.NDArray[Any]]:
        """The four flat buffers, for the compiled engine."""
        return self._buffers

    def tables(self) -> list[Table]:
        """The tables in the buffers; their addresses hold until the world is forked or an input is set."""
        first: dict[tuple[int, str, int], Place] = {}
        for place in self._places.values():
            key = (place.buffer, place.path.partition(".")[0], (*place.shape, 0)[0])
            if place.shape and (key not in first or place.offset < first[key].offset):
                first[key] = place
        return [
            Table(self._buffers[buffer].ctypes.data + WORD * place.offset, rows, place.stride)
            for (buffer, _, rows), place in first.items()
        ]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def _view(self, place: Place) -> npt.NDArray[Any]:
        flat = self._buffers[place.buffer]
        if place.scalar:
            return flat[place.offset : place.offset + 1].reshape(())
        strides = (place.stride * flat.itemsize, flat.itemsize)[: len(place.shape)]
        return np.ndarray(place.shape, flat.dtype, flat, place.offset * flat.itemsize, strides)

    def _own_inputs(self) -> None:
        for b in (INT_INPUT, FLOAT_INPUT):
            self._buffers[b] = in_lines(self._buffers[b], len(self._buffers[b]))
        self._sharing.discard(self)
        self._sharing = WeakSet((self,))
        self._attach()

    def _attach(self) -> None:
        """Make the groups and the clock anew over the present buffers."""
        self.clock = memoryview(self._buffers[INT_STATE][:1])  # type: ignore[arg-type]
        for group in {path.partition(".")[0] for path in self._places}:
            self.__dict__[group] = Group()
        for place in self._places.values():
            self._expose(place)

    def _expose(self, place: Place) -> None:
        group, _, name = place.path.partition(".")
        view = self._view(place)
        value = view.item() if place.scalar else memoryview(view)  # type: ignore[arg-type]
        if isinstance(value, memoryview) and not place.state:
            value = value.toreadonly()
        self.__dict__[group].__dict__[name] = value

    def _write_layout(self) -> None:
        """Write the layout table behind the clock: offset, extents and stride of every column."""
        layout = self._buffers[INT_STATE]
        for place in self._places.values():
            rows, columns = (*place.shape, 1, 1)[:2]
            at = place.layout
            layout[at : at + LAYOUT_WIDTH] = place.offset, rows, columns, place.stride


def _as_array(column: Column) -> npt.NDArray[Any]:
    """The values, not copied if they are an array: a world may hold hundreds of megabytes."""
    array = np.asarray(column.values)
    if array.dtype.kind not in "biuf" or array.ndim > 2:
        raise WorldError(f"{column.path}: needs numbers in at most two dimensions, got {array.dtype} {array.shape}")
    return array


def _check_memory(arrays: Mapping[str, npt.NDArray[Any]], needed: int) -> None:
    if says := memory.shortage(needed):
        path = max(arrays, key=lambda path: arrays[path].size)
        raise WorldError(f"the world is too large, {path} alone has {arrays[path].size:,} numbers: {says}")


def _lay_out(columns: Sequence[Column], arrays: Mapping[str, npt.NDArray[Any]]) -> tuple[dict[str, Place], list[int]]:
    """Give every column a place; scalars lie with the state, because arms of a comparison switch them."""
    sizes = [0, 0, 1 + (LAYOUT_WIDTH + 1) * SLOTS, SLOTS]
    first_scalar = [0, 0, 1 + LAYOUT_WIDTH * SLOTS, 0]
    places: dict[str, Place] = {}
    taken: set[int] = set()
    tables: dict[tuple[int, str, int], list[Place]] = {}
    for column in columns:
        _check_path(column)
        array = arrays[column.path]
        if column.state and array.ndim == 0:
            raise WorldError(f"{column.path}: scalars are inputs; a state column has one or two dimensions")
        slot = _slot(column.path, taken)
        buffer = (INT_STATE if column.state or array.ndim == 0 else INT_INPUT) + (array.dtype.kind == "f")
        place = Place(column.path, buffer, array.shape, slot, first_scalar[buffer] + slot, 1, column.state)
        places[column.path] = place
        if not place.scalar:
            tables.setdefault((buffer, column.path.partition(".")[0], array.shape[0]), []).append(place)
    for (buffer, _, rows), table in tables.items():
        sizes[buffer] = -(-sizes[buffer] // LINE) * LINE
        stride = _row_length(sum(_width(place) for place in table))
        offset = sizes[buffer]
        for place in table:
            places[place.path] = replace(place, offset=offset, stride=stride)
            offset += _width(place)
        sizes[buffer] += rows * stride
    return places, sizes


def _width(place: Place) -> int:
    """Numbers of a column in a row of its table."""
    return place.shape[1] if len(place.shape) == 2 else 1


def _row_length(width: int) -> int:
    """Numbers from row to row: so that a row begins a line, or lines begin rows."""
    return -(-width // LINE) * LINE if width > LINE else 1 << max(0, width - 1).bit_length()


def _restored(places: Mapping[str, Place], buffers: Sequence[npt.NDArray[Any]]) -> World:
    return World(places, [in_lines(buffer, len(buffer)) for buffer in buffers])


def in_lines(array: npt.NDArray[Any], length: int, first: int = 0) -> npt.NDArray[Any]:
    """A copy of this length, with zeros behind, laid so that the number at ``first`` begins a line of the cache."""
    memory = np.zeros(length + LINE, array.dtype)
    skipped = -(memory.ctypes.data // WORD + first) % LINE
    copy = memory[skipped : skipped + length]
    copy[: len(array)] = array
    return copy


def _slot(path: str, taken: set[int]) -> int:
    """The slot that the name gives, or the next free one."""
    if len(taken) == SLOTS:
        raise WorldError(f"{path}: a world has at most {SLOTS} columns")
    slot = zlib.crc32(path.encode()) % SLOTS
    while slot in taken:
        slot = (slot + 1) % SLOTS
    taken.add(slot)
    return slot


def _check_path(column: Column) -> None:
    group, dot, name = column.path.partition(".")
    if not (dot and group.isidentifier() and name.isidentifier()):
        raise WorldError(f"{column.path}: a column is called group.name")
    if group == "clock" or group in World.__dict__ or group.startswith("_") or name.startswith("_"):
        raise WorldError(f"{column.path}: this name is taken by the world itself")
