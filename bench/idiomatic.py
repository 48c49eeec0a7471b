"""Workload W as an experienced SimPy user writes it: SimPy's resources, a generator per patient, rows in a list.

Draws come from NumPy's generator or from the standard library's; the faster of the two is the opponent. This module
imports nothing of Narvard but the parameters, so that its process holds what such a script holds.
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
