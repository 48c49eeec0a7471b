"""A hospital of two wards: the example of how a model of one's own is written.

Patients come to the emergency department, the urgent ones first; some need a bed in medicine or surgery, whichever of
their choice is free first; a bed is held while the municipality plans the way home, in office hours only.
"""

from __future__ import annotations

from sim import chance
from sim.buffers import Column, World
from sim.engine import Program, Resource, simulation_for
from sim.language import Process, amend, hold, record, release, seconds, seize, seize_first, spawn

HOUR, DAY = 3600, 86_400
DOCTOR, MEDICINE, SURGERY, PLANNER = range(4)
EMERGENCY_VISIT, STAY, PLANNING = range(3)
ARRIVAL, URGENCY, EXAMINATION, ADMISSION, LENGTH, PLAN = range(6)
OPEN, DONE, LEFT = -1, 0, 1


def day_factor(w) -> float:
    """Arrivals per hour over the day: fewer at night."""
    hour = w.clock[0] % DAY // HOUR
    return 0.4 if hour < 7 else 1.3 if hour < 18 else 0.9


def arrivals(w) -> Process[None]:
    """Patients come for as long as the simulation runs."""
    patient: int = 0
    while True:
        gap: float = w.hospital.hours_between / day_factor(w)
        yield hold(seconds(chance.exponential(w.run.key, patient, ARRIVAL, 0, 0, gap * HOUR)))
        yield spawn(visit(w, patient))
        patient += 1


def visit(w, patient: int) -> Process[None]:
    """From the door of the emergency department until home."""
    asked: int = w.clock[0]
    urgent: int = chance.bernoulli(w.run.key, patient, URGENCY, 0, 0, 0.25)
    row: int = yield record(patient, 0, EMERGENCY_VISIT, DOCTOR, asked, -1, -1, OPEN, urgent)
    got: int = yield seize(DOCTOR, priority=1 - urgent, patience=6 * HOUR)
    if not got:
        yield amend(row, -1, w.clock[0], LEFT, urgent)
        return
    started: int = w.clock[0]
    yield amend(row, started, -1, OPEN, urgent)
    yield hold(seconds(chance.lognormal(w.run.key, patient, EXAMINATION, 0, 0, 0.6 * HOUR, 0.5)))
    yield release(DOCTOR)
    yield amend(row, started, w.clock[0], DONE, urgent)
    w.count.visits[urgent] += 1
    if chance.bernoulli(w.run.key, patient, ADMISSION, 0, 0, 0.5 if urgent else 0.1):
        yield from stay(w, patient, urgent)


def stay(w, patient: int, surgical: int) -> Process[int]:
    """A bed in the patient's own ward, or in the other if it is free first."""
    asked: int = w.clock[0]
    own: int = SURGERY if surgical else MEDICINE
    other: int = MEDICINE if surgical else SURGERY
    where: int = yield seize_first(own, other)
    ward: int = own if where == 0 else other
    row: int = yield record(patient, 0, STAY, ward, asked, w.clock[0], -1, OPEN, where)
    yield hold(seconds(chance.exponential(w.run.key, patient, LENGTH, 0, 0, 3.0 * DAY)))
    if patient % 3 == 0:
        yield from planning(w, patient)
    yield release(ward)
    yield amend(row, w.clock[0], w.clock[0], DONE, where)
    return ward


def planning(w, patient: int) -> Process[None]:
    """The municipality plans the way home while the patient keeps the bed."""
    asked: int = w.clock[0]
    yield seize(PLANNER)
    started: int = w.clock[0]
    yield hold(seconds(chance.exponential(w.run.key, patient, PLAN, 0, 0, 2.0 * HOUR)))
    yield release(PLANNER)
    yield record(patient, 0, PLANNING, PLANNER, asked, started, w.clock[0], DONE, 0)


PROGRAM = Program([arrivals])


def resources(days: int) -> list[Resource]:
    """Doctors by day and night, beds, a planner in office hours."""
    doctors = [(day * DAY + hour * HOUR, n) for day in range(days) for hour, n in ((0, 1), (8, 3), (20, 2))]
    office = [(day * DAY + hour * HOUR, n) for day in range(days) if day % 7 < 5 for hour, n in ((8, 1), (17, 0))]
    return [
        Resource("doctors", 1, doctors),
        Resource("medicine beds", 14),
        Resource("surgery beds", 10),
        Resource("planner", 0, office),
    ]


def hospital(engine: str, seed: int, days: int):
    """A simulation of the hospital, ready to run."""
    world = World.build(
        [
            Column("run.key", chance.stream_key(seed, 0)),
            Column("hospital.hours_between", 0.6),
            Column("count.visits", [0, 0], state=True),
        ]
    )
    periods = [day * DAY for day in range(0, days, 7)]
    simulation = simulation_for(engine, PROGRAM, world, resources(days), periods=periods)
    simulation.start(arrivals)
    return simulation
