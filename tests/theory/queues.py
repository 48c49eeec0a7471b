"""Queues with known theory, in the process language, and replications of them on both engines."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import t

from sim import chance
from sim.buffers import Column, World
from sim.engine import Program, Resource, simulation_for
from sim.language import NEVER_GIVE_UP, Process, hold, record, release, seconds, seize, spawn

SERVICE = 10_000.0
"""Mean service in seconds: rounding to whole seconds does not matter."""
SIZES = {"simpy": (10, 8_000), "compiled": (20, 200_000)}
"""Replications and customers of each, by engine."""
GAP, LENGTH, CLASS, PATIENCE = 1, 2, 3, 4
EXPONENTIAL, LOGNORMAL = 0, 1


def arrivals(w, n: int) -> Process[None]:
    """Customers come as a Poisson process."""
    for i in range(n):
        yield hold(seconds(chance.exponential(w.run.key, i, GAP, 0, 0, w.queue.gap)))
        yield spawn(customer(w, i))


def service(w, i: int) -> int:
    """The length of a service."""
    if w.queue.form == LOGNORMAL:
        return seconds(chance.lognormal(w.run.key, i, LENGTH, 0, 0, w.queue.service / math.exp(0.5), 1.0))
    return seconds(chance.exponential(w.run.key, i, LENGTH, 0, 0, w.queue.service))


def patience(w, i: int) -> int:
    """How long a customer waits."""
    if w.queue.patience < 0.0:
        return NEVER_GIVE_UP
    if w.queue.patience == 0.0:
        return 0
    return seconds(chance.exponential(w.run.key, i, PATIENCE, 0, 0, w.queue.patience))


def customer(w, i: int) -> Process[None]:
    """Wait, be served, leave; or give up."""
    asked: int = w.clock[0]
    u: float = chance.uniform(w.run.key, i, CLASS, 0, 0)
    priority: int = 0 if u < w.queue.first_share else (1 if u < w.queue.second_share else 2)
    got: int = yield seize(0, priority, patience(w, i))
    started: int = w.clock[0]
    if got:
        yield hold(service(w, i))
        yield release(0)
    yield record(i, 0, priority, 0, asked, started, w.clock[0], got, 0)


PROGRAM = Program([arrivals])


@dataclass(frozen=True)
class Queue:
    """An M/·/c queue; times in seconds, patience negative for none."""

    servers: int
    load: float
    form: int = EXPONENTIAL
    patience: float = -1.0
    shares: tuple[float, float] = (1.0, 1.0)

    @property
    def offered(self) -> float:
        """Arrivals per service time."""
        return self.load * self.servers

    def replication(self, engine: str, seed: int, number: int, customers: int) -> Any:
        """One simulation, run until the last customer has come."""
        values = {
            "run.key": chance.stream_key(seed, number),
            "queue.gap": SERVICE / self.offered,
            "queue.service": SERVICE,
            "queue.form": self.form,
            "queue.patience": self.patience,
            "queue.first_share": self.shares[0],
            "queue.second_share": self.shares[1],
        }
        world = World.build([Column(path, value) for path, value in values.items()])
        warm_up = int(0.1 * customers * SERVICE / self.offered)
        simulation = simulation_for(engine, PROGRAM, world, [Resource("server", self.servers)], periods=(0, warm_up))
        simulation.start(arrivals, customers)
        simulation.run(10 * warm_up)
        return simulation


def after_warm_up(simulation: Any) -> tuple[npt.NDArray[Any], ...]:
    """Wait, priority and whether served, of customers who asked in the second period."""
    rows = simulation.records()
    # Those still waiting at the end would be the long waits: drop all who asked in the last tenth.
    kept = (rows.asked > simulation.now // 10) & (rows.asked < 0.9 * simulation.now)
    return (rows.started - rows.asked)[kept], rows.kind[kept], rows.outcome[kept]


def assert_within_interval(values: Sequence[float], theory: float, precision: float = 0.05) -> None:
    """Theory lies in the 99.9 % interval of the replications, and the interval is narrow enough to mean something."""
    half = float(t.ppf(0.9995, len(values) - 1)) * stdev(values) / math.sqrt(len(values))
    assert abs(mean(values) - theory) <= half, f"{mean(values)} +- {half}, theory {theory}"
    assert half <= precision * theory, f"half-width {half} of {theory}"


def replications(queue: Queue, engine: str, seed: int, measure: Callable[[Any], Sequence[float]]) -> list[list[float]]:
    """Measures by replication, transposed: one list per measure."""
    count, customers = SIZES[engine]
    measured = [measure(queue.replication(engine, seed, number, customers)) for number in range(count)]
    return [list(values) for values in zip(*measured, strict=True)]


def erlang_b(servers: int, offered: float) -> float:
    """The share lost in M/M/c/c."""
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = offered * blocked / (n + offered * blocked)
    return blocked


def erlang_c(servers: int, offered: float) -> float:
    """The share that waits in M/M/c."""
    blocked = erlang_b(servers, offered)
    return blocked / (1 - offered / servers * (1 - blocked))


def erlang_a(servers: int, offered: float, patience: float) -> tuple[float, float]:
    """Share that gives up and mean number waiting in M/M/c+M, from its birth-death chain; patience in services."""
    states = np.arange(1, 2000)
    deaths = np.minimum(states, servers) + np.maximum(states - servers, 0) / patience
    logs = np.concatenate([[0.0], np.cumsum(np.log(offered) - np.log(deaths))])
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    waiting = float((np.maximum(np.arange(2000) - servers, 0) * weights).sum())
    return waiting / patience / offered, waiting
