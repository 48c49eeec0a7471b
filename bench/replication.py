"""One replication of the full model in one process, timed; prints JSON.

``python -m bench.replication whole SCENARIO``: everything that ``narvard run`` does for one replication of `current`.
``python -m bench.replication days SCENARIO ENGINE FROM TO``: the simulation between two days, under `current`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import sim
from bench.clock import calls_of, timed
from bench.machine import peak_memory
from sim.engine.compiled_engine import CompiledSimulation
from sim.model.period import CURRENT
from sim.replication import beginning, replication, start
from sim.vocabulary import DAY

SEED, NUMBER = 1, 0
SMALL = "shipped:vannas"
"""Begun first, so that code is compiled and loaded before anything is timed."""


def whole(path: str) -> dict[str, Any]:
    """One arm from the beginning to its outcomes: the last year alone, the whole run, what is not simulation."""
    scenario = sim.load(path)
    beginning.begin(sim.load(SMALL), SEED, NUMBER, "compiled")
    with calls_of(start, "begin") as building, calls_of(CompiledSimulation, "run") as running, timed() as all_:
        done = replication.replicate(scenario, [CURRENT], SEED, NUMBER)
    simulated, built = sum(span.seconds for span in running), sum(span.seconds for span in building)
    days = scenario.time
    return {
        "people": scenario.region.people,
        "years": (days.warm_up_days + days.pre_period_days + days.follow_up_days) / 365,
        "events": done.arms[0].events,
        "rows": done.arms[0].rows,
        "building": built,
        "seconds": running[-1].seconds / (days.follow_up_days / 365),
        "cpu": running[-1].cpu / (days.follow_up_days / 365),
        "simulated": simulated,
        "outcomes": all_.seconds - simulated - built,
        "all": all_.seconds,
        "memory": peak_memory(),
    }


def days(path: str, engine: str, first: int, last: int) -> dict[str, Any]:
    """Simulate to one day, then to another; the second part is timed."""
    beginning.begin(sim.load(SMALL), SEED, NUMBER, engine)
    scenario = sim.load(path)
    with timed() as building:
        started = beginning.begin(scenario, SEED, NUMBER, engine)
    simulation = started.simulation
    simulation.run(first * DAY)
    events = simulation.events
    with timed() as running:
        simulation.run(last * DAY)
    memory = peak_memory()
    return {
        "people": scenario.region.people,
        "building": building.seconds,
        "events": simulation.events - events,
        "digest": simulation.records().digest(),
        "seconds": running.seconds,
        "cpu": running.cpu,
        "memory": memory,
    }


if __name__ == "__main__":
    if sys.argv[1] == "whole":
        print(json.dumps(whole(sys.argv[2])))
    else:
        print(json.dumps(days(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))))
