"""Commands that replicate: run, compare."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.commands import (
    CHECKS,
    ENGINE,
    OUT,
    RECORDS,
    REPLICATIONS,
    SCENARIO,
    SEED,
    WORKERS,
    Refused,
    argument,
    command,
    counted,
    fitting_workers,
    known_governances,
    writable,
)

if TYPE_CHECKING:
    from sim.experiment import Experiment


@command(
    SCENARIO,
    argument("--governance", metavar="NAME", default="current", help="which governance (default: current)"),
    *(REPLICATIONS, SEED, WORKERS, ENGINE, OUT, CHECKS, RECORDS),
)
def run(given: argparse.Namespace) -> int:
    """Run one governance."""
    return experiment(given, (given.governance,), given.replications or 1)


@command(
    SCENARIO,
    argument(
        "--governance",
        nargs=2,
        metavar=("A", "B"),
        default=("current", "coordinated"),
        help="the two (default: current coordinated)",
    ),
    *(REPLICATIONS, SEED, WORKERS, ENGINE, OUT, CHECKS, RECORDS),
)
def compare(given: argparse.Namespace) -> int:
    """Run two governances on the same people and compare them."""
    if given.governance[0] == given.governance[1]:
        raise Refused(f"--governance: {given.governance[0]!r} given twice, two different ones needed")
    return experiment(given, tuple(given.governance), given.replications or 10)


def experiment(given: argparse.Namespace, governances: tuple[str, ...], replications: int) -> int:
    """Run, write, draw and show."""
    from sim import report
    from sim.experiment import compare, run, write
    from sim.report.progress import Work
    from sim.scenario import load

    scenario = load(given.scenario)
    known_governances(scenario, governances)
    title = f"{scenario.name}: {' and '.join(governances)}, {counted(replications)}"
    options = {
        "replications": replications,
        "seed": given.seed,
        "engine": given.engine,
        "checks": given.checks,
        "workers": given.workers or fitting_workers(scenario, replications, given.engine),
    }
    with writable(given.out or Path("results") / scenario.name) as folder, report.assistant() as helper:
        options["records"] = folder if given.records else False
        with Work(title, replications) as work:
            if len(governances) == 2:
                done = compare(scenario, governances, **options, progress=work.tell)
            else:
                done = run(scenario, governances[0], **options, progress=work.tell)
        write(done, folder, work.seconds)
        report.write(folder, helper)
    report.show(folder)
    for name in governances:
        print(f"records {digest_of(done.digests(name))} {name}")
    print(f"{folder}: result, tables, figures and report.html, in {work.seconds:.0f} s, {memory_used(done)}")
    for violation in done.violations:
        print(f"not conserved: {violation}", file=sys.stderr)
    return 1 if done.violations else 0


def memory_used(done: Experiment) -> str:
    """The most memory that the processes held, in words."""
    from sim import memory

    most = f"with at most {memory.words(memory.peak())} of memory"
    return f"{most}, {memory.words(memory.peak_of_children())} in a worker" if done.processes else most


def digest_of(digests: Sequence[str]) -> str:
    """One digest for the records of all replications; with one replication its own."""
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("".join(digests).encode()).hexdigest()
