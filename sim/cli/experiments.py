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
    CLUSTER,
    ENGINE,
    INTERRUPTED,
    OUT,
    RECORDS,
    REPLACE,
    REPLICATIONS,
    SCENARIO,
    SEED,
    WORKERS,
    Refused,
    argument,
    command,
    counted,
    known_governances,
    workers_asked_for,
    writable,
)

if TYPE_CHECKING:
    from sim.experiment import Experiment
    from sim.experiment.archive import Archive
    from sim.experiment.identity import Identity


@command(
    SCENARIO,
    argument("--governance", metavar="NAME", default="current", help="which governance (default: current)"),
    *(REPLICATIONS, SEED, WORKERS, CLUSTER, ENGINE, OUT, REPLACE, CHECKS, RECORDS),
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
    *(REPLICATIONS, SEED, WORKERS, CLUSTER, ENGINE, OUT, REPLACE, CHECKS, RECORDS),
)
def compare(given: argparse.Namespace) -> int:
    """Run two governances on the same people and compare them."""
    if given.governance[0] == given.governance[1]:
        raise Refused(f"--governance: {given.governance[0]!r} given twice, two different ones needed")
    return experiment(given, tuple(given.governance), given.replications or 10)


def experiment(given: argparse.Namespace, governances: tuple[str, ...], replications: int) -> int:
    """Run what is not there yet, write, draw and show."""
    from sim.experiment.archive import Damaged, OtherExperiment, open_archive
    from sim.experiment.identity import SHORT, Identity
    from sim.experiment.running import asked_for
    from sim.scenario import load

    scenario = load(given.scenario)
    known_governances(scenario, governances)
    identity = Identity(scenario, governances, given.seed, given.engine)
    default = Path("results") / scenario.name / identity.digest[:SHORT]
    given.workers = workers_asked_for(given, scenario, replications)
    try:
        with (
            writable(given.out or default) as folder,
            open_archive(folder, identity, asked_for(replications, None), replace=given.replace) as archive,
        ):
            return _experiment(given, identity, replications, archive)
    except (Damaged, OtherExperiment) as error:
        raise Refused(str(error)) from error


def _experiment(given: argparse.Namespace, identity: Identity, replications: int, archive: Archive) -> int:
    """The same, in an archive; after an interrupt, or on a full disk, what is finished stays."""
    try:
        done, seconds = _run(given, identity, replications, archive)
    except KeyboardInterrupt:
        print(f"interrupted: {_kept(archive, replications)}; the same command goes on", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        told = f"{error.filename or archive.folder}: {error.strerror or error}"
        raise Refused(f"{told}; {_kept(archive, replications)}; the same command goes on") from error
    for name in identity.governances:
        print(f"records {digest_of(done.digests(name))} {name}")
    print(f"{archive.folder}: result, tables, figures and report.html, in {seconds:.0f} s, {memory_used(done)}")
    for violation in done.violations:
        print(f"not conserved: {violation}", file=sys.stderr)
    return 1 if done.violations else 0


def _kept(archive: Archive, replications: int) -> str:
    there = sum(number < replications for number in archive.numbers())
    return f"{there} of {counted(replications)} {'is' if there == 1 else 'are'} kept in {archive.folder}"


def _run(
    given: argparse.Namespace, identity: Identity, replications: int, archive: Archive
) -> tuple[Experiment, float]:
    """The experiment, its files written and shown, and the seconds it took."""
    from sim import report
    from sim.experiment import compare, run, write
    from sim.report.progress import Work

    scenario, governances = identity.scenario, identity.governances
    missing = replications - _tell_finished(given, archive, replications)
    options = {
        "replications": replications,
        "seed": given.seed,
        "engine": given.engine,
        "checks": given.checks,
        "records": archive.folder if given.records else False,
        "workers": given.workers,
        "cluster": given.cluster,
        "archive": archive,
    }
    title = f"{scenario.name}: {' and '.join(governances)}, {counted(missing)}"
    with report.assistant() as helper:
        with Work(title, max(missing, 1)) as work:
            if len(governances) == 2:
                done = compare(scenario, governances, **options, progress=work.tell)
            else:
                done = run(scenario, governances[0], **options, progress=work.tell)
        write(done, archive.folder, work.seconds)
        report.write(archive.folder, helper)
    report.show(archive.folder)
    return done, work.seconds


def _tell_finished(given: argparse.Namespace, archive: Archive, replications: int) -> int:
    """How many replications need not be run again; says so, and which files are damaged."""
    found = archive.finished(range(replications), given.checks, archive.folder if given.records else None)
    for words in found.damaged:
        print(f"{words}; it is run again", file=sys.stderr)
    if found.numbers:
        there = len(found.numbers)
        print(f"{archive.folder}: {there} of {counted(replications)} are there already", file=sys.stderr)
    return len(found.numbers)


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
