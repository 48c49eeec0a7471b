"""Acute and community stroke services after Monks et al. (2016), in the process language.

Stroke, TIA, complex-neurological and other patients come to an acute stroke unit; some go on to a rehabilitation
unit, which also admits from outside; both can hand over to early supported discharge (ESD). The demand for beds is
unfettered: who finds no bed lies elsewhere for as long and goes on as planned. A daily audit counts the patients who
need each unit, which gives the probability that all of n beds would be taken; where beds are few, the records say who
found none.

Model and parameters: Monks T, Worthington D, Allen M, Pitt M, Stein K, James MA (2016). A modelling tool for capacity
planning in acute and community stroke services. BMC Health Services Research 16:530, doi:10.1186/s12913-016-1789-4,
main text and Additional file 1. Results and differences stand in ``docs/verification/stroke.md``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np

from sim import chance
from sim.buffers import Column
from sim.engine import Records, Resource, run
from sim.language import Process, amend, hold, record, release, seconds, seize_first, spawn

DAY = 86_400
"""Seconds."""
WARM_UP_DAYS, RUN_DAYS = 3 * 365, 5 * 365
"""As in the paper."""
MOST = 80
"""More patients than ever need one unit at a time."""
AMPLE = 1000
"""Beds that never run out."""


class Unit(IntEnum):
    """The units, whose numbers are also those of their beds, and beds that both may use."""

    ACUTE = 0
    REHABILITATION = 1
    POOLED = 2


class Kind(IntEnum):
    """Kinds of patient."""

    STROKE = 0
    TIA = 1
    COMPLEX_NEUROLOGICAL = 2
    OTHER = 3


class Purpose(IntEnum):
    """What a draw is for."""

    GAP = 0
    DESTINATION = 1
    DEATH = 2
    LENGTH = 3


class Onward(IntEnum):
    """Where patients go after a unit; elsewhere is home, a care home, or death."""

    REHABILITATION = 0
    ESD = 1
    ELSEWHERE = 2


class Outcome(IntEnum):
    """Whether a stay began in a bed of the unit, or had none and was elsewhere."""

    ADMITTED = 0
    DELAYED = 1


KINDS = len(Kind)
STREAMS = 2 * KINDS
STROKE_TO_ESD, STROKE_DIED = KINDS, KINDS + 1
"""Stays of their own, beside those of the four kinds."""


def admissions(w, unit: int, kind: int) -> Process[None]:
    """Patients of one kind come to one unit from outside, at random, for as long as the simulation runs."""
    stream: int = unit * KINDS + kind
    mean: float = w.admissions.gap_days[unit, kind] * DAY
    number: int = 0
    while True:
        yield hold(seconds(chance.exponential(w.run.key, number, Purpose.GAP, stream, 0, mean)))
        yield spawn(pathway(w, number * STREAMS + stream, unit, kind))
        number += 1


def pathway(w, patient: int, unit: int, kind: int) -> Process[None]:
    """From the admission to either unit until the patient needs neither."""
    onward: int = destination(w, patient, unit, kind)
    yield from stay(w, patient, unit, kind, onward)
    if onward == Onward.REHABILITATION:
        onward = destination(w, patient, Unit.REHABILITATION, kind)
        yield from stay(w, patient, Unit.REHABILITATION, kind, onward)


def destination(w, patient: int, unit: int, kind: int) -> int:
    """Where a patient goes after a unit; known at admission, because the stay depends on it."""
    u = chance.uniform(w.run.key, patient, Purpose.DESTINATION, unit, 0)
    if u < w.transfer.rehabilitation[unit, kind]:
        return Onward.REHABILITATION
    if u < w.transfer.rehabilitation[unit, kind] + w.transfer.esd[unit, kind]:
        return Onward.ESD
    return Onward.ELSEWHERE


def length(w, patient: int, unit: int, kind: int, onward: int) -> int:
    """The length of a stay in seconds."""
    group = kind
    if kind == Kind.STROKE and onward == Onward.ESD:
        group = STROKE_TO_ESD
    elif kind == Kind.STROKE and unit == Unit.ACUTE and onward == Onward.ELSEWHERE:
        if chance.bernoulli(w.run.key, patient, Purpose.DEATH, unit, 0, w.transfer.died):
            group = STROKE_DIED
    median = w.stay.median_days[unit, group] * DAY
    return seconds(chance.lognormal(w.run.key, patient, Purpose.LENGTH, unit, 0, median, w.stay.sigma[unit, group]))


def stay(w, patient: int, unit: int, kind: int, onward: int) -> Process[None]:
    """A stay in a bed of the unit, in a pooled one, or elsewhere if none is free at this instant."""
    asked: int = w.clock[0]
    w.demand.patients[unit] += 1
    choice: int = yield seize_first(unit, Unit.POOLED, patience=0)
    bed: int = -1 if choice < 0 else (unit if choice == 0 else Unit.POOLED)
    outcome: int = Outcome.DELAYED if choice < 0 else Outcome.ADMITTED
    row: int = yield record(patient, 0, unit, bed, asked, asked, -1, outcome, kind)
    yield hold(length(w, patient, unit, kind, onward))
    w.demand.patients[unit] -= 1
    if bed >= 0:
        yield release(bed)
    yield amend(row, asked, w.clock[0], outcome, kind)


def audit(w) -> Process[None]:
    """Once a day after the warm-up, how many patients need each unit."""
    yield hold(w.run.warm_up)
    while True:
        w.audit.days[w.demand.patients[Unit.ACUTE], w.demand.patients[Unit.REHABILITATION]] += 1
        yield hold(DAY)


@dataclass(frozen=True)
class Parameters:
    """The published parameters, by kind of patient; times in days.

    Attributes
    ----------
    acute_gap, rehabilitation_gap : tuple of 4
        Mean time between admissions from outside, exponential; infinite for none.
    acute_stay, rehabilitation_stay : tuple of 6 (mean, standard deviation)
        Lognormal: stroke (no ESD), TIA, complex-neurological, other, stroke to ESD, stroke that dies.
    to_rehabilitation, to_esd : tuple of 4
        Shares of those who leave the acute unit.
    rehabilitation_to_esd : tuple of 4
        Shares of those who leave rehabilitation.
    died : float
        Share with the stay of the dying among the strokes that leave the acute unit for elsewhere. It is not
        published: home, care home and death are one row of the transfer matrix.
    """

    acute_gap: tuple[float, ...] = (1.2, 9.3, 3.6, 3.2)
    rehabilitation_gap: tuple[float, ...] = (21.8, math.inf, 31.7, 28.6)
    acute_stay: tuple[tuple[float, float], ...] = (
        *((7.4, 8.6), (1.8, 2.3), (4.0, 5.0), (3.8, 5.2)),
        *((4.6, 4.8), (7.0, 8.7)),
    )
    rehabilitation_stay: tuple[tuple[float, float], ...] = (
        *((28.4, 27.2), (18.7, 23.5), (27.6, 28.4), (16.1, 14.1)),
        *((30.3, 23.1), (28.4, 27.2)),
    )
    to_rehabilitation: tuple[float, ...] = (0.24, 0.01, 0.11, 0.05)
    to_esd: tuple[float, ...] = (0.13, 0.01, 0.05, 0.10)
    rehabilitation_to_esd: tuple[float, ...] = (0.40, 0.0, 0.09, 0.13)
    died: float = 0.0

    def with_admissions(self, factor: float) -> Parameters:
        """The same with so many times the admissions to both units."""
        return replace(
            self,
            acute_gap=tuple(gap / factor for gap in self.acute_gap),
            rehabilitation_gap=tuple(gap / factor for gap in self.rehabilitation_gap),
        )

    def without(self, excluded: Kind) -> Parameters:
        """The same without one kind of patient."""
        return replace(
            self,
            acute_gap=tuple(math.inf if kind == excluded else gap for kind, gap in enumerate(self.acute_gap)),
            rehabilitation_gap=tuple(
                math.inf if kind == excluded else gap for kind, gap in enumerate(self.rehabilitation_gap)
            ),
        )

    def world(self, warm_up: int) -> dict[str, Any]:
        """What the flow reads and writes; median and sigma of a stay follow from its mean and standard deviation."""
        means, deviations = np.moveaxis(np.array([self.acute_stay, self.rehabilitation_stay]), 2, 0)
        variance = np.log1p((deviations / means) ** 2)
        return {
            "run.warm_up": warm_up,
            "admissions.gap_days": np.array([self.acute_gap, self.rehabilitation_gap]),
            "transfer.rehabilitation": np.array([self.to_rehabilitation, [0.0] * KINDS]),
            "transfer.esd": np.array([self.to_esd, self.rehabilitation_to_esd]),
            "transfer.died": self.died,
            "stay.median_days": means * np.exp(-variance / 2),
            "stay.sigma": np.sqrt(variance),
            "demand.patients": Column("demand.patients", np.zeros(2, np.int64), state=True),
            "audit.days": Column("audit.days", np.zeros((MOST, MOST), np.int64), state=True),
        }


SCENARIOS: dict[str, Callable[[Parameters], Parameters]] = {
    "current admissions": lambda p: p,
    "5 % more admissions": lambda p: p.with_admissions(1.05),
    "no complex-neurological": lambda p: p.without(Kind.COMPLEX_NEUROLOGICAL),
    "ring-fenced acute beds": lambda p: p.without(Kind.OTHER),
}
"""The paper's scenarios by who comes; pooling asks another question of the current demand. "Other" patients lie in the
stroke units because the rest of the hospital is full: ring-fencing keeps them out."""
CURRENT, MORE, NO_NEUROLOGICAL, RING_FENCED = SCENARIOS


@dataclass(frozen=True)
class Beds:
    """Beds that only one unit uses, and beds that both use."""

    acute: int = AMPLE
    rehabilitation: int = AMPLE
    pooled: int = 0


def replication(
    parameters: Parameters,
    number: int,
    beds: Beds | None = None,
    *,
    seed: int = 2016,
    engine: str = "compiled",
    warm_up_days: int = WARM_UP_DAYS,
    days: int = RUN_DAYS,
) -> Records:
    """One replication: by default, as in the paper, five years after a warm-up of three, with ample beds.

    Returns
    -------
    Records
        One row per stay: ``kind`` the :class:`Unit` needed, ``unit`` the beds used or -1, ``outcome`` an
        :class:`Outcome`, ``detail`` the :class:`Kind` of patient. ``world.audit.days[a, r]`` counts the days after
        the warm-up on which ``a`` patients needed the acute unit and ``r`` rehabilitation.
    """
    beds = beds or Beds()
    gaps = (parameters.acute_gap, parameters.rehabilitation_gap)
    sources = [(unit, kind) for unit in (Unit.ACUTE, Unit.REHABILITATION) for kind in Kind]
    return run(
        [audit, *((admissions, int(u), int(k)) for u, k in sources if math.isfinite(gaps[u][k]))],
        parameters.world(warm_up_days * DAY),
        [
            Resource("acute beds", beds.acute),
            Resource("rehabilitation beds", beds.rehabilitation),
            Resource("pooled beds", beds.pooled),
        ],
        until=(warm_up_days + days) * DAY,
        seed=seed,
        engine=engine,
        replication=number,
    )
