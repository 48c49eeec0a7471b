"""Workload W in the process language; the same functions run on both engines."""

from __future__ import annotations

from bench.workload import CLASSES, DISCHARGE, EMERGENCY, PRIMARY, WARD
from sim import chance
from sim.buffers import World
from sim.language import Process, hold, record, release, seconds, seize, spawn

GAP, VISIT, URGENT, STAY, PLAN, DELAY, TO_EMERGENCY, TO_WARD, TO_DISCHARGE, TO_RETURN = range(10)
"""What draws are for."""


def visit_length(w: World, person: int, visit: int) -> int:
    """The length of a visit to primary care."""
    if w.primary.exponential:
        return seconds(chance.exponential(w.run.key, person, VISIT, visit, 0, w.primary.mean))
    return seconds(chance.lognormal(w.run.key, person, VISIT, visit, 0, w.primary.median, w.primary.sigma))


def source(w: World, group: int) -> Process[None]:
    """Patients of one class come as a Poisson process."""
    n: int = 0
    while True:
        yield hold(seconds(chance.exponential(w.run.key, group, GAP, n, 0, w.arrival.gap[group])))
        yield spawn(patient(w, n * CLASSES + group, group))
        n += 1


def patient(w: World, person: int, group: int) -> Process[None]:
    """From the first visit until nothing more is needed."""
    visit: int = 0
    while True:
        asked: int = w.clock[0]
        yield seize(PRIMARY)
        started: int = w.clock[0]
        yield hold(visit_length(w, person, visit))
        yield release(PRIMARY)
        yield record(person, visit, group, PRIMARY, asked, started, w.clock[0], 0, 0)
        if not chance.bernoulli(w.run.key, person, TO_EMERGENCY, visit, 0, w.share.emergency[group]):
            return

        asked = w.clock[0]
        yield seize(EMERGENCY, priority=w.arrival.priority[group])
        started = w.clock[0]
        yield hold(seconds(chance.exponential(w.run.key, person, URGENT, visit, 0, w.emergency.mean)))
        yield release(EMERGENCY)
        yield record(person, visit, group, EMERGENCY, asked, started, w.clock[0], 0, 0)
        if not chance.bernoulli(w.run.key, person, TO_WARD, visit, 0, w.share.ward[group]):
            return

        asked = w.clock[0]
        yield seize(WARD)
        started = w.clock[0]
        yield hold(seconds(chance.lognormal(w.run.key, person, STAY, visit, 0, w.ward.median, w.ward.sigma)))
        ready: int = w.clock[0]
        needs_help: int = chance.bernoulli(w.run.key, person, TO_DISCHARGE, visit, 0, w.share.discharge[group])
        if needs_help:
            yield seize(DISCHARGE)
        left: int = w.clock[0]
        yield release(WARD)
        yield record(person, visit, group, WARD, asked, started, left, 0, 0)
        if needs_help:
            yield hold(seconds(chance.exponential(w.run.key, person, PLAN, visit, 0, w.discharge.mean)))
            yield release(DISCHARGE)
            yield record(person, visit, group, DISCHARGE, ready, left, w.clock[0], 0, 0)

        if not chance.bernoulli(w.run.key, person, TO_RETURN, visit, 0, w.share.returns[group]):
            return
        yield hold(seconds(chance.exponential(w.run.key, person, DELAY, visit, 0, w.returns.mean)))
        visit += 1
