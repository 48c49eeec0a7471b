"""The urgent-care treatment centre of Nelson's exercise 13, in the process language.

Nelson, B. L. (2013). Foundations and Methods of Stochastic Simulation: A First Course. Springer, exercise 13, p. 170.
Durations, capacities, arrival rates and scenarios are those of its published implementation, the package treat-sim
3.0.0 (Harper, Monks & Heather; https://github.com/pythonhealthdatascience/stars-treat-sim), from which no code is
taken. How its outcomes are defined, and where it departs from the exercise, stands in
``docs/verification/treatment_centre.md``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from sim import chance
from sim.engine import Records, Resource, run
from sim.language import Process, amend, hold, record, release, seconds, seize, spawn

MINUTE, HOUR = 60, 3600
HORIZON = 19 * HOUR
"""From 6 in the morning, in seconds; the day ends with patients still in the centre."""
RATES = (
    *(2.36666666666667, 2.8, 8.83333333333333, 10.4333333333333, 14.8, 26.2666666666667),
    *(31.4, 18.0666666666667, 16.4666666666667, 12.0333333333333, 11.6, 28.8666666666667),
    *(18.0333333333333, 11.5, 5.3, 4.06666666666667, 2.2, 2.1),
)
"""Arrivals per hour from 6-7 to 23-24, from ``ed_arrivals.csv`` of the package; after midnight the first comes again."""


class Kind(IntEnum):
    """Rows: a stage, which is also the number of its resource, or the whole visit."""

    TRIAGE = 0
    REGISTRATION = 1
    EXAMINATION = 2
    TREATMENT = 3
    STABILISATION = 4
    TRAUMA_TREATMENT = 5
    VISIT = 6


class Purpose(IntEnum):
    """What a draw is for; a stage's length has the number of its kind."""

    TRAUMA = 6
    TREATED = 7
    CANDIDATE = 8
    ACCEPTED = 9


OPEN, DONE = -1, 0


def rate(w) -> float:
    """Arrivals per hour at this instant."""
    return w.arrivals.rates[w.clock[0] // HOUR % len(w.arrivals.rates)]


def arrivals_as_packaged(w) -> Process[None]:
    """Candidates at the busiest hour's rate, thinned by the rate at the last arrival, until one is kept."""
    patient: int = 0
    candidate: int = 0
    while True:
        kept: float = rate(w) / w.arrivals.busiest
        gap: float = 0.0
        found: int = 0
        while not found:
            gap += chance.exponential(w.run.key, 0, Purpose.CANDIDATE, 0, candidate, HOUR / w.arrivals.busiest)
            found = chance.bernoulli(w.run.key, 0, Purpose.ACCEPTED, 0, candidate, kept)
            candidate += 1
        yield hold(seconds(gap))
        yield spawn(visit(w, patient))
        patient += 1


def arrivals_by_thinning(w) -> Process[None]:
    """Candidates at the busiest hour's rate, each thinned by the rate at its own time (Lewis & Shedler 1979)."""
    patient: int = 0
    while True:
        yield hold(seconds(chance.exponential(w.run.key, patient, Purpose.CANDIDATE, 0, 0, HOUR / w.arrivals.busiest)))
        if chance.bernoulli(w.run.key, patient, Purpose.ACCEPTED, 0, 0, rate(w) / w.arrivals.busiest):
            yield spawn(visit(w, patient))
        patient += 1


def visit(w, patient: int) -> Process[None]:
    """Triage, then the trauma room and a trauma cubicle, or registration, examination and for some a cubicle."""
    arrived: int = w.clock[0]
    trauma: int = chance.bernoulli(w.run.key, patient, Purpose.TRAUMA, 0, 0, w.share.trauma)
    row: int = yield record(patient, 0, Kind.VISIT, -1, arrived, arrived, -1, OPEN, trauma)
    yield from stage(w, patient, Kind.TRIAGE, exponential(w, patient, Kind.TRIAGE, w.triage.mean))
    if trauma:
        stabilised: int = exponential(w, patient, Kind.STABILISATION, w.stabilisation.mean)
        yield from stage(w, patient, Kind.STABILISATION, stabilised)
        yield from stage(w, patient, Kind.TRAUMA_TREATMENT, trauma_treatment(w, patient))
    else:
        yield from stage(w, patient, Kind.REGISTRATION, registration(w, patient))
        yield from stage(w, patient, Kind.EXAMINATION, examination(w, patient))
        if chance.bernoulli(w.run.key, patient, Purpose.TREATED, 0, 0, w.share.treated):
            yield from stage(w, patient, Kind.TREATMENT, treatment(w, patient))
    yield amend(row, arrived, w.clock[0], DONE, trauma)


def stage(w, patient: int, place: int, length: int) -> Process[None]:
    """Wait for a place, use it. The row is written when the use begins: its end is certain then."""
    asked: int = w.clock[0]
    yield seize(place)
    started: int = w.clock[0]
    yield record(patient, 0, place, place, asked, started, started + length, DONE, 0)
    yield hold(length)
    yield release(place)


def exponential(w, patient: int, kind: int, minutes: float) -> int:
    """An exponential length with the given mean."""
    return seconds(chance.exponential(w.run.key, patient, kind, 0, 0, minutes * MINUTE))


def lognormal(w, patient: int, kind: int, median: float, sigma: float) -> int:
    """A lognormal length with the given median in minutes."""
    return seconds(chance.lognormal(w.run.key, patient, kind, 0, 0, median * MINUTE, sigma))


def registration(w, patient: int) -> int:
    """Length of a registration."""
    return lognormal(w, patient, Kind.REGISTRATION, w.registration.median, w.registration.sigma)


def treatment(w, patient: int) -> int:
    """Length of a treatment without trauma."""
    return lognormal(w, patient, Kind.TREATMENT, w.treatment.median, w.treatment.sigma)


def trauma_treatment(w, patient: int) -> int:
    """Length of a treatment after trauma."""
    return lognormal(w, patient, Kind.TRAUMA_TREATMENT, w.trauma_treatment.median, w.trauma_treatment.sigma)


def examination(w, patient: int) -> int:
    """Length of an examination: normal, and what is below the shortest is as long as that."""
    z = chance.normal(w.run.key, patient, Kind.EXAMINATION, 0, 0)
    return seconds(max(w.examination.shortest, w.examination.mean + w.examination.deviation * z) * MINUTE)


@dataclass(frozen=True)
class Centre:
    """What a scenario may change; durations in minutes, lognormal and normal ones with mean and variance."""

    triage_bays: int = 1
    clerks: int = 1
    examination_rooms: int = 3
    cubicles: int = 1
    trauma_rooms: int = 2
    trauma_cubicles: int = 1
    triage: float = 3.0
    registration: tuple[float, float] = (5.0, 2.0)
    examination: tuple[float, float] = (16.0, 3.0)
    shortest_examination: float = 0.5
    treatment: tuple[float, float] = (13.3, 2.0)
    stabilisation: float = 90.0
    trauma_treatment: tuple[float, float] = (30.0, 4.0)
    share_treated: float = 0.60
    share_trauma: float = 0.12

    def resources(self) -> list[Resource]:
        """Places by stage, in the order of :class:`Kind`."""
        return [
            Resource("triage bays", self.triage_bays),
            Resource("registration clerks", self.clerks),
            Resource("examination rooms", self.examination_rooms),
            Resource("cubicles", self.cubicles),
            Resource("trauma rooms", self.trauma_rooms),
            Resource("trauma cubicles", self.trauma_cubicles),
        ]

    def world(self) -> dict[str, Any]:
        """What the processes read."""
        mean, variance = self.examination
        return {
            "arrivals.rates": np.array(RATES),
            "arrivals.busiest": max(RATES),
            "share.trauma": self.share_trauma,
            "share.treated": self.share_treated,
            "triage.mean": self.triage,
            "stabilisation.mean": self.stabilisation,
            "examination.mean": mean,
            "examination.deviation": math.sqrt(variance),
            "examination.shortest": self.shortest_examination,
            **_lognormal("registration", *self.registration),
            **_lognormal("treatment", *self.treatment),
            **_lognormal("trauma_treatment", *self.trauma_treatment),
        }


def _lognormal(name: str, mean: float, variance: float) -> dict[str, float]:
    """Median and sigma of the lognormal with this mean and variance."""
    spread = 1.0 + variance / mean**2
    return {f"{name}.median": mean / math.sqrt(spread), f"{name}.sigma": math.sqrt(math.log(spread))}


SCENARIOS = {
    "base": Centre(),
    "triage+1": Centre(triage_bays=2),
    "exam+1": Centre(examination_rooms=4),
    "treat+1": Centre(cubicles=2),
    "swap_exam_treat": Centre(triage_bays=2, examination_rooms=2),
    "short_exam": Centre(triage_bays=2, examination_rooms=2, examination=(12.0, 3.0)),
}
"""The six scenarios, by the package's names. Its "swap" adds a triage bay, not a cubicle, for an examination room."""


def day(
    centre: Centre,
    seed: int,
    replication: int,
    engine: str = "compiled",
    arrivals: Callable[..., Process[None]] = arrivals_as_packaged,
) -> Records:
    """One day of the centre, from an empty start to 1 in the night."""
    return run([arrivals], centre.world(), centre.resources(), HORIZON, seed, engine, replication=replication)


STAGES = (
    (Kind.TRIAGE, "triage"),
    (Kind.REGISTRATION, "registration"),
    (Kind.EXAMINATION, "examination"),
    (Kind.TREATMENT, "treatment (non-trauma)"),
    (Kind.STABILISATION, "stabilisation"),
    (Kind.TRAUMA_TREATMENT, "treatment (trauma)"),
)


def outcomes(records: Records, centre: Centre) -> dict[str, float]:
    """The package's sixteen outcomes of a day, by its definitions.

    Waits are of those who began the stage before the horizon, total times of those who left before it, both means
    in minutes. A utilisation is the length of all uses begun, though they may last beyond the horizon, as a share
    of the places' time until the horizon: it may exceed 1.
    """
    visits = records.kind == Kind.VISIT
    left = visits & (records.outcome == DONE)
    total = (records.ended - records.asked) / MINUTE
    values = {"arrivals": float(visits.sum())}
    for (kind, name), resource in zip(STAGES, centre.resources(), strict=True):
        rows = records.kind == kind
        values[f"{name} wait"] = float((records.started - records.asked)[rows].mean() / MINUTE)
        used = int((records.ended - records.started)[rows].sum())
        values[f"{name} utilisation"] = used / (HORIZON * resource.capacity)
    values["total time (non-trauma)"] = float(total[left & (records.detail == 0)].mean())
    values["total time (trauma)"] = float(total[left & (records.detail == 1)].mean())
    values["throughput"] = float(left.sum())
    return values
