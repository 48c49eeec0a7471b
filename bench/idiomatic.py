"""Workload W as an experienced SimPy user writes it: SimPy's resources, a generator per patient, rows in a list.

Draws come from NumPy's generator or from the standard library's. There are two scripts: the lean one notes class,
station and times of a contact and nothing else; the full one leaves behind what the engines do, which are records that
say who and which visit, and for each station queue and use over time, and counts. This module imports nothing of
Narvard but the parameters, so that its process holds what such a script holds.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Generator
from functools import partial
from typing import Any

import numpy as np
import simpy

from bench.contacts import Contacts
from bench.workload import CLASSES, DAY, DISCHARGE, EMERGENCY, PRIMARY, WARD, Workload

Row = tuple[int, int, float, float, float]
FullRow = tuple[int, int, int, int, float, float, float, int, int]
"""Person, visit, class, station, asked, started, ended, outcome, detail."""
Draw = Callable[[], float]


class NumpyDraws:
    """Draws of NumPy's Generator."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.uniform: Draw = self.rng.random

    def exponential(self, mean: float) -> Draw:
        """Draws with this mean."""
        return partial(self.rng.exponential, mean)

    def lognormal(self, median: float, sigma: float) -> Draw:
        """Draws with this median and standard deviation of the logarithm."""
        return partial(self.rng.lognormal, math.log(median), sigma)


class StandardDraws:
    """Draws of the standard library's random."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.uniform: Draw = self.rng.random

    def exponential(self, mean: float) -> Draw:
        """Draws with this mean."""
        return partial(self.rng.expovariate, 1 / mean)

    def lognormal(self, median: float, sigma: float) -> Draw:
        """Draws with this median and standard deviation of the logarithm."""
        return partial(self.rng.lognormvariate, math.log(median), sigma)


class Hospital:
    """Stations, lengths and shares, and the rows written."""

    def __init__(self, env: simpy.Environment, workload: Workload, draws: NumpyDraws | StandardDraws) -> None:
        self.env = env
        self.workload = workload
        primary, emergency, ward, discharge = workload.capacities
        self.primary = simpy.Resource(env, primary)
        self.emergency = simpy.PriorityResource(env, emergency)
        self.ward = simpy.Resource(env, ward)
        self.discharge = simpy.Resource(env, discharge)
        self.gaps = [draws.exponential(DAY / rate) for rate in workload.arrivals_per_day]
        exponential = draws.exponential(workload.primary_mean)
        self.visit_length = exponential if workload.exponential_primary else draws.lognormal(*workload.primary)
        self.emergency_length = draws.exponential(workload.emergency_mean)
        self.ward_length = draws.lognormal(*workload.ward)
        self.discharge_length = draws.exponential(workload.discharge_mean)
        self.delay = draws.exponential(workload.return_mean)
        self.uniform = draws.uniform
        self.records: list[Row] = []


def source(env: simpy.Environment, hospital: Hospital, group: int) -> Generator[Any, Any, None]:
    """Patients of one class come as a Poisson process."""
    while True:
        yield env.timeout(hospital.gaps[group]())
        env.process(patient(env, hospital, group))


def patient(env: simpy.Environment, hospital: Hospital, group: int) -> Generator[Any, Any, None]:
    """From the first visit until nothing more is needed."""
    shares = hospital.workload
    while True:
        asked = env.now
        with hospital.primary.request() as turn:
            yield turn
            started = env.now
            yield env.timeout(hospital.visit_length())
        hospital.records.append((group, PRIMARY, asked, started, env.now))
        if hospital.uniform() >= shares.to_emergency[group]:
            return

        asked = env.now
        with hospital.emergency.request(priority=shares.priorities[group]) as turn:
            yield turn
            started = env.now
            yield env.timeout(hospital.emergency_length())
        hospital.records.append((group, EMERGENCY, asked, started, env.now))
        if hospital.uniform() >= shares.to_ward[group]:
            return

        asked = env.now
        help_home = None
        with hospital.ward.request() as bed:
            yield bed
            started = env.now
            yield env.timeout(hospital.ward_length())
            ready = env.now
            if hospital.uniform() < shares.to_discharge[group]:
                help_home = hospital.discharge.request()
                yield help_home
        left = env.now
        hospital.records.append((group, WARD, asked, started, left))
        if help_home is not None:
            yield env.timeout(hospital.discharge_length())
            hospital.discharge.release(help_home)
            hospital.records.append((group, DISCHARGE, ready, left, env.now))

        if hospital.uniform() >= shares.to_return[group]:
            return
        yield env.timeout(hospital.delay())


def run(workload: Workload, draws: NumpyDraws | StandardDraws) -> list[Row]:
    """Simulate to the horizon; times of the rows in seconds."""
    env = simpy.Environment()
    hospital = Hospital(env, workload, draws)
    for group in range(CLASSES):
        env.process(source(env, hospital, group))
    env.run(until=workload.days * DAY)
    return hospital.records


class Use:
    """Queue and use of a station over time, and counts."""

    def __init__(self) -> None:
        self.since = self.queue_area = self.used_area = 0.0
        self.asked = self.granted = self.released = 0

    def account(self, now: float, waiting: int, used: int) -> None:
        """Add up to now; called before either changes."""
        elapsed = now - self.since
        self.queue_area += waiting * elapsed
        self.used_area += used * elapsed
        self.since = now


class MonitoredResource(simpy.Resource):
    """A resource that is monitored as SimPy's documentation proposes: by what it does anyway, in a subclass."""

    def __init__(self, env: simpy.Environment, capacity: int) -> None:
        super().__init__(env, capacity)
        self.use = Use()

    def request(self, *arguments: Any, **options: Any) -> Any:
        """Ask for a unit."""
        self.use.account(self._env.now, len(self.queue), len(self.users))
        self.use.asked += 1
        return super().request(*arguments, **options)

    def _do_put(self, event: Any) -> Any:
        self.use.account(self._env.now, len(self.queue), len(self.users))
        if len(self.users) < self.capacity:
            self.use.granted += 1
        return super()._do_put(event)

    def _do_get(self, event: Any) -> Any:
        self.use.account(self._env.now, len(self.queue), len(self.users))
        self.use.released += 1
        return super()._do_get(event)


class MonitoredPriorityResource(MonitoredResource, simpy.PriorityResource):
    """The same with priorities."""


class MonitoredHospital(Hospital):
    """Stations that are monitored, and full rows."""

    def __init__(self, env: simpy.Environment, workload: Workload, draws: NumpyDraws | StandardDraws) -> None:
        super().__init__(env, workload, draws)
        primary, emergency, ward, discharge = workload.capacities
        self.primary = MonitoredResource(env, primary)
        self.emergency = MonitoredPriorityResource(env, emergency)
        self.ward = MonitoredResource(env, ward)
        self.discharge = MonitoredResource(env, discharge)
        self.rows: list[FullRow] = []

    @property
    def stations(self) -> tuple[MonitoredResource, ...]:
        """In the order of their numbers."""
        return self.primary, self.emergency, self.ward, self.discharge  # type: ignore[return-value]

    def note(
        self, person: int, visit: int, group: int, station: int, asked: float, started: float, ended: float
    ) -> None:
        """Keep a row."""
        self.rows.append((person, visit, group, station, asked, started, ended, 0, 0))


def full_source(env: simpy.Environment, hospital: MonitoredHospital, group: int) -> Generator[Any, Any, None]:
    """Patients of one class come as a Poisson process, each with a number."""
    n = 0
    while True:
        yield env.timeout(hospital.gaps[group]())
        env.process(full_patient(env, hospital, n * CLASSES + group, group))
        n += 1


def full_patient(
    env: simpy.Environment, hospital: MonitoredHospital, person: int, group: int
) -> Generator[Any, Any, None]:
    """From the first visit until nothing more is needed."""
    shares = hospital.workload
    visit = 0
    while True:
        asked = env.now
        with hospital.primary.request() as turn:
            yield turn
            started = env.now
            yield env.timeout(hospital.visit_length())
        hospital.note(person, visit, group, PRIMARY, asked, started, env.now)
        if hospital.uniform() >= shares.to_emergency[group]:
            return

        asked = env.now
        with hospital.emergency.request(priority=shares.priorities[group]) as turn:
            yield turn
            started = env.now
            yield env.timeout(hospital.emergency_length())
        hospital.note(person, visit, group, EMERGENCY, asked, started, env.now)
        if hospital.uniform() >= shares.to_ward[group]:
            return

        asked = env.now
        help_home = None
        with hospital.ward.request() as bed:
            yield bed
            started = env.now
            yield env.timeout(hospital.ward_length())
            ready = env.now
            if hospital.uniform() < shares.to_discharge[group]:
                help_home = hospital.discharge.request()
                yield help_home
        left = env.now
        hospital.note(person, visit, group, WARD, asked, started, left)
        if help_home is not None:
            yield env.timeout(hospital.discharge_length())
            hospital.discharge.release(help_home)
            hospital.note(person, visit, group, DISCHARGE, ready, left, env.now)

        if hospital.uniform() >= shares.to_return[group]:
            return
        yield env.timeout(hospital.delay())
        visit += 1


def run_full(workload: Workload, draws: NumpyDraws | StandardDraws) -> MonitoredHospital:
    """Simulate to the horizon; times of the rows in seconds."""
    env = simpy.Environment()
    hospital = MonitoredHospital(env, workload, draws)
    for group in range(CLASSES):
        env.process(full_source(env, hospital, group))
    env.run(until=workload.days * DAY)
    for station in hospital.stations:
        station.use.account(env.now, len(station.queue), len(station.users))
    return hospital


class Idiomatic:
    """SimPy as a contestant, with draws of one kind."""

    def __init__(self, title: str, draws: type[NumpyDraws] | type[StandardDraws]) -> None:
        self.title = title
        self.draws = draws

    def missing(self) -> str:
        """Nothing is missing: Narvard depends on SimPy."""
        return ""

    def prepare(self) -> None:
        """Nothing to prepare."""

    def simulate(self, workload: Workload, seed: int) -> list[Row]:
        """Simulate to the horizon."""
        return run(workload, self.draws(seed))

    def contacts(self, result: list[Row]) -> Contacts:
        """The rows in common form."""
        found = Contacts.of(result)
        return Contacts(found.group, found.station, found.asked / DAY, found.started / DAY, found.ended / DAY)


class Full(Idiomatic):
    """SimPy with the records and statistics that the engines leave behind."""

    def simulate(self, workload: Workload, seed: int) -> Any:
        """Simulate to the horizon."""
        return run_full(workload, self.draws(seed))

    def contacts(self, result: Any) -> Contacts:
        """The rows in common form."""
        return super().contacts([row[2:7] for row in result.rows])
