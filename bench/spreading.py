"""Replications side by side: one thread, two threads, a Dask cluster of two workers (``python -m bench.spreading``).

All take turns in one process, so that what the other programs of this machine do meets all alike; what is compared are
ratios within a round, of which the median is told, with the least and the most.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import psutil

import sim
from bench.clock import Span
from bench.rounds import ROOT, table, tell
from sim.replication.replication import Replication, replicate
from sim.runs.executors import Where, spread
from sim.runs.progress import Tick
from sim.scenario import Scenario

PAIR = ("current", "coordinated")
WORKERS = 2
REPLICATIONS, NOTHING = 8, 100
"""Replications of a round, and of one in which nothing is simulated."""
AGAINST = {"two threads": "one thread", "cluster": "two threads"}


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.spreading", description="Replications side by side.")
    parser.add_argument("--scenario", default="shipped:vannas")
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    scenario = sim.load(given.scenario)
    with cluster() as address:
        found = measure(scenario, given.rounds, address)
    lines = [row(name, spans, found.get(AGAINST.get(name, ""))) for name, spans in found.items()]
    print(table(["", "ms by the clock", "ms of processors", "ratio by the clock", "ratio of processors"], lines))
    sent, back = len(pickle.dumps(scenario)), len(pickle.dumps(replicate(scenario, PAIR, 1, 0)))
    print(f"{given.scenario}, {given.rounds} rounds, medians for each replication; ratios to what stands above, with")
    print(f"least and most; {os.cpu_count()} processors, load {os.getloadavg()[1]:.1f}.", end=" ")
    print(f"Sent {sent / 1000:.0f} kB, returned {back / 1000:.0f} kB.")


def row(name: str, spans: list[Span], others: list[Span] | None) -> list[str]:
    """A line of the table: medians, and ratios within a round."""
    cells = [f"{1000 * median(times):.1f}" for times in ([s.seconds for s in spans], [s.cpu for s in spans])]
    if others is None:
        return [name, *cells, "", ""]
    pairs = list(zip(spans, others, strict=True))
    clock, cpu = sorted(a.seconds / b.seconds for a, b in pairs), sorted(a.cpu / b.cpu for a, b in pairs)
    return [name, *cells, *(f"{median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})" for ratios in (clock, cpu))]


def measure(scenario: Scenario, rounds: int, address: str) -> dict[str, list[Span]]:
    """What a replication takes, by round."""
    work, nothing = partial(compared, scenario), partial(returned, scenario)
    here, there = Where(workers=WORKERS), Where(cluster=address)
    trials: dict[str, Callable[[], Span]] = {
        "one thread": partial(each, work, REPLICATIONS, Where(workers=1)),
        "two threads": partial(each, work, REPLICATIONS, here),
        "cluster": partial(each, work, REPLICATIONS, there),
        "cluster, nothing": partial(each, nothing, NOTHING, there),
    }
    for trial in trials.values():  # everybody has loaded what is needed
        trial()
    found: dict[str, list[Span]] = {name: [] for name in trials}
    for turn in range(rounds):
        for name, trial in trials.items():
            found[name].append(trial())
        tell(
            f"round {turn + 1} of {rounds}: "
            + ", ".join(f"{n} {spans[-1].seconds:.4f} s" for n, spans in found.items())
        )
    return found


def each(one: Callable[[int, Tick | None], Replication], replications: int, where: Where) -> Span:
    """What a replication takes while all are at work: after as many results as there are workers, to the last."""
    with closing(spread(one, range(WORKERS + replications), where)) as running:
        for _ in range(WORKERS):
            next(running)
        begun, cpu = time.perf_counter(), of_processors()
        for _ in range(replications):
            next(running)
        return Span((time.perf_counter() - begun) / replications, (of_processors() - cpu) / replications)


def of_processors() -> float:
    """Seconds of processors that this process and those it has started have taken."""
    family = [psutil.Process(), *psutil.Process().children(recursive=True)]
    return sum(sum(process.cpu_times()[:2]) for process in family)


def compared(scenario: Scenario, number: int, tick: Tick | None) -> Replication:
    """Both governances."""
    return replicate(scenario, PAIR, 1, number, tick=tick)


def returned(scenario: Scenario, number: int, tick: Tick | None) -> Replication:
    """Nothing is simulated, but for the first time; scenario and tables travel as if it were."""
    if not _kept:
        _kept.append(compared(scenario, 0, None))
    return _kept[0]


_kept: list[Replication] = []
"""Of the worker."""


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
    from bench import spreading  # by its own name, under which the workers find it

    spreading.main()
