"""Workload W in C: builds ``kernel.c`` with gcc and calls it."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench import engines
from bench.contacts import Contacts
from bench.machine import compiler
from bench.workload import CLASSES, DAY, STATIONS, Workload
from sim import chance
from sim.engine import Records
from sim.engine.records import COLUMNS

SOURCE = Path(__file__).with_name("kernel.c")
FLAGS = ("-O3", "-march=native", "-std=c11", "-Wall", "-Wextra", "-shared", "-fPIC")
WRONG = {-1: "out of memory", -2: "a queue is full", -3: "the rows are full"}
Columns = dict[str, npt.NDArray[Any]]


def by_class(kind: Any) -> Any:
    """C's type of an array with an element per class."""
    return kind * CLASSES


class Parameters(ctypes.Structure):
    """``Workload`` in C."""

    _fields_ = [
        ("key", ctypes.c_int64),
        ("horizon", ctypes.c_int64),
        ("capacity", ctypes.c_int64 * len(STATIONS)),
        ("priority", by_class(ctypes.c_int64)),
        *(
            (name, by_class(ctypes.c_double))
            for name in ("gap", "to_emergency", "to_ward", "to_discharge", "to_return")
        ),
        *((name, ctypes.c_double) for name in ("primary_mean", "primary_median", "primary_sigma", "emergency_mean")),
        *((name, ctypes.c_double) for name in ("ward_median", "ward_sigma", "discharge_mean", "return_mean")),
        ("exponential_primary", ctypes.c_int64),
    ]


class Rows(ctypes.Structure):
    """``Rows`` in C: an address per column, and how many rows there is room for."""

    _fields_ = [*((name, ctypes.c_void_p) for name in COLUMNS), ("room", ctypes.c_int64)]


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL:
    """The kernel, built for this process."""
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / "kernel.so"
        subprocess.run([compiler(), *FLAGS, str(SOURCE), "-o", str(built), "-lm"], check=True)
        loaded = ctypes.CDLL(str(built))
    loaded.simulate.restype = ctypes.c_int64
    return loaded


def parameters(workload: Workload, key: int) -> Parameters:
    """The parameters as C takes them."""
    doubles = by_class(ctypes.c_double)
    median, sigma = workload.primary
    ward_median, ward_sigma = workload.ward
    return Parameters(
        key=key,
        horizon=workload.days * DAY,
        capacity=(ctypes.c_int64 * len(STATIONS))(*workload.capacities),
        priority=by_class(ctypes.c_int64)(*workload.priorities),
        gap=doubles(*(DAY / rate for rate in workload.arrivals_per_day)),
        to_emergency=doubles(*workload.to_emergency),
        to_ward=doubles(*workload.to_ward),
        to_discharge=doubles(*workload.to_discharge),
        to_return=doubles(*workload.to_return),
        primary_mean=workload.primary_mean,
        primary_median=median,
        primary_sigma=sigma,
        emergency_mean=workload.emergency_mean,
        ward_median=ward_median,
        ward_sigma=ward_sigma,
        discharge_mean=workload.discharge_mean,
        return_mean=workload.return_mean,
        exponential_primary=workload.exponential_primary,
    )


def run(workload: Workload, key: int) -> tuple[Columns, list[float]]:
    """Simulate to the horizon with the key of :func:`sim.chance.stream_key`; rows, and units in use by station."""
    room = int(0.5 * workload.events()) + 100_000
    columns = {name: np.empty(room, kind) for name, kind in COLUMNS.items()}
    rows = Rows(**{name: column.ctypes.data for name, column in columns.items()}, room=room)
    in_use = (ctypes.c_double * len(STATIONS))()
    written = library().simulate(ctypes.byref(parameters(workload, key)), ctypes.byref(rows), in_use)
    if written < 0:
        raise RuntimeError(f"kernel.c: {WRONG[written]}")
    return {name: column[:written] for name, column in columns.items()}, list(in_use)


class Kernel:
    """The kernel as a contestant."""

    title = "C by hand, gcc -O3"

    def missing(self) -> str:
        """Why it cannot take part."""
        return "" if compiler() else "gcc is not installed here"

    def prepare(self) -> None:
        """Build it, and use everything once."""
        self.simulate(Workload(days=2), 1)

    def simulate(self, workload: Workload, seed: int) -> Columns:
        """Simulate to the horizon."""
        columns, _ = run(workload, chance.stream_key(seed, 0))
        return columns

    def contacts(self, result: Columns) -> Contacts:
        """The rows in common form."""
        return engines.contacts(Records(result))
