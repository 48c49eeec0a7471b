"""A published call centre for urgent care, written from the documentation of the engine alone.

Model and results: T. Monks and A. Harper, *STARS: a Ciw example* (pythonhealthdatascience/stars-ciw-example, pages
"Logic" and "Using the model"). 100 calls an hour to 13 operators; 40 % of the callers are called back by one of 9 nurses.
Five replications of 1,000 minutes from an empty centre are published. The pages say that a call takes 5 to 15 minutes, most
often 7; with that 13 operators cannot serve 100 an hour (15 operators would be busy all the time, and callers wait for
an hour). The published program has 5 to 10, and its figures are those of 5 to 10, so that is what stands here.
"""

from __future__ import annotations

import math
from typing import Any

from sim import chance
from sim.engine import Records, Resource, run
from sim.language import Process, hold, record, release, seconds, seize, spawn

MINUTE = 60
UNTIL = 1_000 * MINUTE
OPERATOR, NURSE = range(2)
ARRIVAL, CALL, CALLED_BACK, CONSULTATION = range(4)

PUBLISHED = {
    "wait": (6.005499, 3.436175, 4.412817, 3.570211, 4.289557),
    "operators": (91.928794, 93.851200, 93.088917, 92.099729, 96.596610),
    "nurse_wait": (60.994290, 50.258184, 35.598748, 67.129446, 73.653389),
    "nurses": (96.793678, 97.562439, 97.699318, 95.582776, 97.551187),
}
"""Minutes, and per cent of the time; by replication."""


def triangular(u: float, low: float, mode: float, high: float) -> float:
    """By inversion."""
    if u < (mode - low) / (high - low):
        return low + math.sqrt(u * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - u) * (high - low) * (high - mode))


def calls(w) -> Process[None]:
    caller: int = 0
    while True:
        yield hold(seconds(chance.exponential(w.run.key, caller, ARRIVAL, 0, 0, 0.6 * MINUTE)))
        yield spawn(call(w, caller))
        caller += 1


def call(w, caller: int) -> Process[None]:
    asked: int = w.clock[0]
    yield seize(OPERATOR)
    started: int = w.clock[0]
    u: float = chance.uniform(w.run.key, caller, CALL, 0, 0)
    yield hold(seconds(MINUTE * triangular(u, 5.0, 7.0, 10.0)))
    yield release(OPERATOR)
    yield record(caller, 0, OPERATOR, OPERATOR, asked, started, w.clock[0], 0, 0)
    if chance.bernoulli(w.run.key, caller, CALLED_BACK, 0, 0, 0.4):
        yield from consultation(w, caller)


def consultation(w, caller: int) -> Process[None]:
    asked: int = w.clock[0]
    yield seize(NURSE)
    started: int = w.clock[0]
    yield hold(seconds(MINUTE * (10.0 + 10.0 * chance.uniform(w.run.key, caller, CONSULTATION, 0, 0))))
    yield release(NURSE)
    yield record(caller, 0, NURSE, NURSE, asked, started, w.clock[0], 0, 0)


def centre(number: int, nurses: int = 9, engine: str = "compiled", progress: Any = None) -> Records:
    staff = [Resource("operators", 13), Resource("nurses", nurses)]
    return run([calls], {}, staff, UNTIL, engine=engine, replication=number, progress=progress)


def measures(records: Records) -> dict[str, float]:
    waits = (records.started - records.asked) / MINUTE
    use = 100.0 * records.resource_frame().utilisation
    return {
        "wait": waits[records.kind == OPERATOR].mean(),
        "operators": use[OPERATOR],
        "nurse_wait": waits[records.kind == NURSE].mean(),
        "nurses": use[NURSE],
    }
