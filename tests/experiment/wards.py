"""A tiny experiment whose truth is known: a ward without limits (M/G/infinity) under two ways of caring.

Patients come as a Poisson process, each stays a time of its own, and the other way of caring shortens the stays of some
of them, always the same ones. The expected difference in days follows from the rates alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim import chance
from sim.engine import run
from sim.language import Process, hold, record, seconds, spawn

DAY = 86_400
GAP, CHOSEN, LENGTH = 1, 2, 3
UNIFORM, EXPONENTIAL = 0, 1


def arrivals(w) -> Process[None]:
    """Patients come until the doors close."""
    patient: int = 0
    while True:
        yield hold(seconds(chance.exponential(w.run.key, patient, GAP, 0, 0, w.ward.gap)))
        if w.clock[0] >= w.ward.closes:
            return
        yield spawn(stay(w, patient))
        patient += 1


def stay(w, patient: int) -> Process[None]:
    """A stay, shorter for some if that is how they are cared for."""
    started: int = w.clock[0]
    u: float = chance.uniform(w.run.key, patient, LENGTH, 0, 0)
    length: float = 2.0 * w.ward.mean * u
    if w.ward.form == EXPONENTIAL:
        length = chance.exponential(w.run.key, patient, LENGTH, 0, 0, w.ward.mean)
    if chance.bernoulli(w.run.key, patient, CHOSEN, 0, 0, w.ward.chosen):
        length = length * w.ward.factor
    yield hold(seconds(length))
    yield record(patient, 0, 1, -1, started, started, w.clock[0], 0, 0)


class Ward:
    """A ward open for a year.

    Parameters
    ----------
    patients
        Expected number in the year.
    chosen
        Share whose stays are shortened under the other way of caring.
    form
        Of the lengths of stay: ``UNIFORM`` or ``EXPONENTIAL``; the mean is 6 days.
    """

    MEAN, FACTOR = 6.0, 0.5

    def __init__(self, patients: float, chosen: float, form: int = UNIFORM) -> None:
        self.patients, self.chosen, self.form = patients, chosen, form

    @property
    def difference(self) -> float:
        """Expected days of the other way of caring, minus those of the usual one."""
        return -(1.0 - self.FACTOR) * self.chosen * self.patients * self.MEAN

    @property
    def days(self) -> float:
        """Expected days of the usual way of caring."""
        return self.patients * self.MEAN

    def run(self, number: int, factor: float, seed: int) -> float:
        """Days in one replication; ``factor`` is on the stays of the chosen."""
        world = {
            "ward.gap": 365 * DAY / self.patients,
            "ward.closes": 365 * DAY,
            "ward.mean": self.MEAN * DAY,
            "ward.form": self.form,
            "ward.chosen": self.chosen,
            "ward.factor": factor,
        }
        records = run([arrivals], world, [], 1000 * DAY, seed=seed, replication=number)
        return float((records.ended - records.started).sum()) / DAY

    def paired(self, numbers: range, seed: int = 1) -> NDArray[np.float64]:
        """Days under both ways, the same patients; shape (replications, 2)."""
        return np.array([[self.run(number, factor, seed) for factor in (1.0, self.FACTOR)] for number in numbers])
