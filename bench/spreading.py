"""Replications side by side: one thread, two threads, a Dask cluster of two workers (``python -m bench.spreading``).

All take turns in one process, so that what the other programs of this machine do meets all alike; what is compared are
ratios within a round, of which the median is told, with the least and the most.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import sim
from bench.clock import timed
from bench.rounds import ROOT, table, tell
from sim.experiment import Replication, replicate
from sim.experiment.executors import Tick, Where, spread
from sim.scenario import Scenario

PAIR = ("current", "coordinated")
WORKERS = 2
REPLICATIONS, NOTHING = 8, 100
"""Replications of a round, and of one in which nothing is simulated."""


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.spreading", description="Replications side by side.")
    parser.add_argument("--scenario", default="shipped:vannas")
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    scenario = sim.load(given.scenario)
    with cluster() as address:
        rows = measure(scenario, given.rounds, address)
    seconds = {name: f"{median(times):.4f}" for name, times in rows.items()}
    against = {"two threads": "one thread", "cluster": "two threads"}
    ratios = {name: ratio(rows[name], rows[other], other) for name, other in against.items()}
    print(
        table(["", "seconds a replication", "ratio"], [[name, s, ratios.get(name, "")] for name, s in seconds.items()])
    )
    extra = median(a - b for a, b in zip(rows["cluster, nothing"], rows["two threads, nothing"], strict=True))
    print(f"{given.scenario}, {given.rounds} rounds; a cluster takes {1000 * extra:.1f} ms more for each replication")


def ratio(times: list[float], others: list[float], name: str) -> str:
    """Median, least and most of the ratios within a round."""
    ratios = sorted(a / b for a, b in zip(times, others, strict=True))
    return f"{median(ratios):.2f} of {name} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


def measure(scenario: Scenario, rounds: int, address: str) -> dict[str, list[float]]:
    """Seconds for each replication, by round."""
    work = partial(compared, scenario)
    nothing = partial(returned, scenario, replicate(scenario, PAIR, 1, 0))
    here, there = Where(workers=WORKERS), Where(cluster=address)
    trials: dict[str, Callable[[], float]] = {
        "one thread": partial(each, work, REPLICATIONS, Where(workers=1)),
        "two threads": partial(each, work, REPLICATIONS, here),
        "cluster": partial(each, work, REPLICATIONS, there),
        "two threads, nothing": partial(each, nothing, NOTHING, here),
        "cluster, nothing": partial(each, nothing, NOTHING, there),
    }
    for trial in trials.values():  # everybody has loaded what is needed
        trial()
    found: dict[str, list[float]] = {name: [] for name in trials}
    for turn in range(rounds):
        for name, trial in trials.items():
            found[name].append(trial())
        tell(f"round {turn + 1} of {rounds}: " + ", ".join(f"{name} {times[-1]:.4f}" for name, times in found.items()))
    return found


def each(one: Callable[[int, Tick | None], Replication], replications: int, where: Where) -> float:
    """Seconds for each replication while all are at work: after as many results as there are workers, to the last."""
    running = spread(one, range(WORKERS + replications), where)
    for _ in range(WORKERS):
        next(running)
    with timed() as span:
        for _ in running:
            pass
    return span.seconds / replications


def compared(scenario: Scenario, number: int, tick: Tick | None) -> Replication:
    """Both governances."""
    return replicate(scenario, PAIR, 1, number, tick=tick)


def returned(scenario: Scenario, done: Replication, number: int, tick: Tick | None) -> Replication:
    """Nothing is simulated; scenario and tables travel as if it were."""
    return done


@contextmanager
def cluster() -> Iterator[str]:
    """A scheduler and two workers of one thread each; gives the address."""
    with ExitStack() as leaving, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        begin = partial(_begin, leaving, Path(folder))
        begin("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        while not (file.exists() and file.read_text().endswith("}")):
            time.sleep(0.1)
        address: str = json.loads(file.read_text())["address"]
        for _ in range(WORKERS):
            begin("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
        from distributed import Client

        connect: Callable[..., Client] = Client  # it has no types
        with connect(address) as client:
            client.wait_for_workers(WORKERS)
        yield address
        leaving.close()


def _begin(leaving: ExitStack, folder: Path, *arguments: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    leaving.callback(process.wait)
    leaving.callback(process.kill)


if __name__ == "__main__":
    main()
