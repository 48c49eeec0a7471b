"""Commands that replicate: run, compare."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.commands import (
    CHECKS,
    CLUSTER,
    ENGINE,
    ENSEMBLE,
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
    resumable,
    workers_asked_for,
    writable,
)
from sim.cli.precise import PRECISION, target_of
from sim.cli.telling import TELLING, tell
from sim.files import read_json
from sim.texts import say

if TYPE_CHECKING:
    from sim.experiment.archive import Archive
    from sim.experiment.running import Experiment
    from sim.runs.identity import Identity
    from sim.statistics.precision import Target


COMMON = (REPLICATIONS, *PRECISION, SEED, WORKERS, CLUSTER, ENGINE, OUT, REPLACE, CHECKS, RECORDS, *TELLING)
"""Arguments of both."""


@command(
    SCENARIO,
    argument("--governance", metavar="NAME", default="current", help="which governance (default: current)"),
    *COMMON,
)
def run(given: argparse.Namespace) -> int:
    """Run one governance."""
    return experiment(given, (given.governance,), 1)


@command(
    SCENARIO,
    argument(
        "--governance",
        nargs=2,
        metavar=("A", "B"),
        default=("current", "coordinated"),
        help="the two (default: current coordinated)",
    ),
    ENSEMBLE,
    *COMMON,
)
def compare(given: argparse.Namespace) -> int:
    """Run two governances on the same people and compare them."""
    if given.governance[0] == given.governance[1]:
        raise Refused(f"--governance: {given.governance[0]!r} given twice, two different ones needed")
    return experiment(given, tuple(given.governance), 10)


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be done, and with what.

    Attributes
    ----------
    identity
        The experiment.
    replications
        How many, or at most.
    target
        The precision asked for.
    options
        For ``sim.run`` and ``sim.compare``.
    """

    identity: Identity
    replications: int
    target: Target | None
    options: Mapping[str, Any]

    @property
    def number(self) -> str:
        """How many replications there are to be, in words."""
        return counted(self.replications) if self.target is None else f"at most {counted(self.replications)}"

    @property
    def title(self) -> str:
        """What is under way."""
        return f"{self.identity.scenario.name}: {' and '.join(self.identity.governances)}"

    def kept(self, archive: Archive) -> str:
        """How much of it an archive has."""
        there = sum(number < self.replications for number in archive.there())
        if not there:
            return "nothing was finished yet"
        return f"{there} of {self.number} {'is' if there == 1 else 'are'} kept in {archive.folder}"


def experiment(given: argparse.Namespace, governances: tuple[str, ...], replications: int) -> int:
    """Run what is not there yet, write, draw and show; ``replications`` if no number is asked for."""
    from sim.experiment.archive import open_archive
    from sim.experiment.running import asked_for
    from sim.runs.identity import SHORT
    from sim.runs.packing import Damaged
    from sim.runs.result_folder import OtherExperiment

    task = task_of(given, governances, replications)
    identity = task.identity
    default = Path("results") / identity.scenario.name / identity.digest[:SHORT]
    asked = asked_for(task.replications, task.target)
    try:
        with (
            writable(given.out or default) as folder,
            open_archive(folder, identity, asked, replace=given.replace) as archive,
        ):
            return _in_archive(task, archive, given)
    except (Damaged, OtherExperiment) as error:
        raise Refused(str(error)) from error


def task_of(given: argparse.Namespace, governances: tuple[str, ...], replications: int) -> Task:
    """What the arguments ask for.

    Raises
    ------
    Refused
        If they cannot be used.
    """
    from sim.cli.ensemble import with_sets
    from sim.runs.identity import Identity
    from sim.scenario import load

    scenario = load(given.scenario)
    known_governances(scenario, governances)
    if getattr(given, "ensemble", None) is not None:
        scenario = with_sets(scenario, given.ensemble)
    target = target_of(given, compared=len(governances) == 2)
    number = target.most if target is not None else given.replications or replications
    options = {
        "seed": given.seed,
        "engine": given.engine,
        "checks": given.checks,
        "workers": workers_asked_for(given, scenario, number),
        "cluster": given.cluster,
        "precision": target,
    }
    return Task(Identity(scenario, governances, given.seed, given.engine), number, target, options)


def _in_archive(task: Task, archive: Archive, given: argparse.Namespace) -> int:
    """Do it; after an interrupt, or on a full disk, what is finished stays."""
    return resumable(lambda: _shown(task, archive, given), lambda: task.kept(archive), archive.folder)


def _shown(task: Task, archive: Archive, given: argparse.Namespace) -> int:
    """Run, write and show it; 1 if anything was not conserved."""
    done, seconds = _done(task, archive, given)
    for name in task.identity.governances:
        print(f"records {digest_of(done.digests(name))} {name}")
    print(f"{archive.folder}: result, tables, figures and report.html, in {seconds:.0f} s, {memory_used(done)}")
    _tell_time_to_precision(archive.folder)
    for violation in done.violations:
        say(f"not conserved: {violation}")
    return 1 if done.violations else 0


def _tell_time_to_precision(folder: Path) -> None:
    """Say about how long it takes here to know the days avoided to a precision, as the provenance has it."""
    soon = read_json(folder / "provenance.json")["time_to_precision"]
    if soon is not None:
        print(
            f"time to precision, with these workers: about {_ranged(soon, 'seconds')} s, "
            f"{_ranged(soon, 'replications')} replications with the look-ahead, "
            f"for +-{100 * soon['relative']:.10g} % of the difference in hospital days"
        )


def _ranged(soon: Mapping[str, Any], key: str) -> str:
    """A number with its range, which may be open."""
    value, low, high = (soon[key + end] for end in ("", "_low", "_high"))
    return f"{value:.0f} ({low:.0f} {'or more' if high is None else f'to {high:.0f}'})"


def _done(task: Task, archive: Archive, given: argparse.Namespace) -> tuple[Experiment, float]:
    """The experiment, its files written and shown, and the seconds it took."""
    from sim import report
    from sim.cli.ensemble import show_uncertainty
    from sim.experiment.crate import write_crate
    from sim.experiment.folder import write
    from sim.experiment.running import compare, run
    from sim.report.progress import Work

    scenario, governances = task.identity.scenario, task.identity.governances
    there = _tell_finished(task, archive, given.records)
    options = {**task.options, "archive": archive, "records": archive.folder if given.records else False}
    with report.assistant() as helper:
        with Work(f"{task.title}, {task.number}", max(task.replications - there, 1)) as work:
            options |= {"replications": task.replications, "progress": work.tell}
            if len(governances) == 2:
                done = compare(scenario, governances, **options)
            else:
                done = run(scenario, governances[0], **options)
        write(done, archive.folder, work.seconds)
        tell(archive.folder, given, helper)
        write_crate(archive.folder)
    report.show(archive.folder, language=given.language)
    if "ensemble" in scenario.reserved:
        show_uncertainty(done, archive.folder)
    return done, work.seconds


def _tell_finished(task: Task, archive: Archive, records: bool) -> int:
    """How many replications need not be run again; says so, and which files are damaged."""
    checks = bool(task.options["checks"])
    found = archive.finished(range(task.replications), checks, archive.folder if records else None)
    there = len(found)
    if there:
        say(f"{archive.folder}: {there} of {task.number} are there already")
    return there


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
