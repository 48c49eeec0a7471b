"""Workload W on our two engines."""

from __future__ import annotations

from bench.contacts import Contacts
from bench.flows import source
from bench.workload import CLASSES, DAY, STATIONS, Workload
from sim import chance
from sim.buffers import Column, World
from sim.engine import Program, Records, Resource, Simulation, simulation_for

PROGRAM = Program([source])


def world(workload: Workload, seed: int) -> World:
    """The parameters as columns."""
    median, sigma = workload.primary
    ward_median, ward_sigma = workload.ward
    values = {
        "run.key": chance.stream_key(seed, 0),
        "arrival.gap": [DAY / rate for rate in workload.arrivals_per_day],
        "arrival.priority": list(workload.priorities),
        "share.emergency": list(workload.to_emergency),
        "share.ward": list(workload.to_ward),
        "share.discharge": list(workload.to_discharge),
        "share.returns": list(workload.to_return),
        "primary.exponential": workload.exponential_primary,
        "primary.mean": workload.primary_mean,
        "primary.median": median,
        "primary.sigma": sigma,
        "emergency.mean": workload.emergency_mean,
        "ward.median": ward_median,
        "ward.sigma": ward_sigma,
        "discharge.mean": workload.discharge_mean,
        "returns.mean": workload.return_mean,
    }
    return World.build([Column(path, value) for path, value in values.items()])  # type: ignore[arg-type]


def simulation(engine: str, workload: Workload, seed: int) -> Simulation:
    """A simulation with its sources started."""
    resources = [Resource(name, n) for name, n in zip(STATIONS, workload.capacities, strict=True)]
    started = simulation_for(engine, PROGRAM, world(workload, seed), resources)
    for group in range(CLASSES):
        started.start(source, group)
    return started


def run(engine: str, workload: Workload, seed: int) -> Records:
    """Simulate to the horizon; the rows are handed over, as ``sim.engine.run`` does."""
    started = simulation(engine, workload, seed)
    started.run(workload.days * DAY)
    return started.hand_over()


def contacts(records: Records) -> Contacts:
    """The rows, as all contestants give them."""
    times = (records.asked / DAY, records.started / DAY, records.ended / DAY)
    return Contacts(records.kind, records.unit, *times)


class Narvard:
    """One of our engines as a contestant."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.title = {"compiled": "Narvard, compiled", "simpy": "Narvard, SimPy engine"}[engine]

    def missing(self) -> str:
        """Nothing is missing."""
        return ""

    def prepare(self) -> None:
        """Compile, or import."""
        run(self.engine, Workload(days=2), 1)

    def simulate(self, workload: Workload, seed: int) -> Records:
        """Simulate to the horizon."""
        return run(self.engine, workload, seed)

    def contacts(self, result: Records) -> Contacts:
        """The rows in common form."""
        return contacts(result)
