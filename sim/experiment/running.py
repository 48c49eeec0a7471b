"""Many replications (körning): as many as asked for, or as a precision needs; kept in an archive, if there is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiment import frames
from sim.experiment.archive import REPLICATION, Archive, Replications, open_archive
from sim.experiment.summary import Summary
from sim.model.period import CURRENT, Period
from sim.outcomes import OutcomeTable
from sim.replication.replication import Replication, replicate
from sim.runs.executors import Where, place, spread
from sim.runs.identity import Identity
from sim.runs.progress import Progress, Tick
from sim.runs.store import Memory, Store
from sim.scenario import Scenario
from sim.statistics.comparison import Difference
from sim.statistics.precision import Rule, Target
from sim.statistics.warmup import WarmUp

if TYPE_CHECKING:
    import pandas as pd

COORDINATED = "coordinated"
Kept = Store[int, Replication]
"""Where finished replications are."""


@dataclass(frozen=True, eq=False)
class Experiment:
    """Finished replications of a scenario.

    Attributes
    ----------
    scenario, governances, seed, engine
        What was run; governances in the order of the arms.
    replications
        In order of their numbers. Those of an archive are read when they are asked for, so go through them once.
    where
        Where they were run, and how many at a time.
    asked
        What was asked for: ``{"replications": n}``, or ``{"precision": {...}}``.
    precision
        Of replications to a precision, what came of it: ``precision.Rule.report``.
    ran
        How many replications were run, and not found in an archive.
    """

    scenario: Scenario
    governances: tuple[str, ...]
    seed: int
    engine: str
    replications: Sequence[Replication]
    where: Where = field(default_factory=Where)
    asked: Mapping[str, Any] = field(default_factory=dict)
    precision: Mapping[str, Any] | None = None
    ran: int = 0

    @property
    def identity(self) -> Identity:
        """All that the figures depend on, beside the number of replications."""
        return Identity(self.scenario, self.governances, self.seed, self.engine)

    @property
    def workers(self) -> int | None:
        """Replications at a time; None for as many as the cluster had threads."""
        return self.where.workers

    @property
    def processes(self) -> bool:
        """Whether the replications had processes of their own."""
        return self.where.processes

    @cached_property
    def summary(self) -> Summary:
        """Means, intervals and differences, from one look at every replication."""
        return Summary(self.replications, Period.of(self.scenario))

    def tables(self, governance: str) -> list[OutcomeTable]:
        """Outcome tables of one governance, by replication."""
        place = self.governances.index(governance)
        return [replication.arms[place].table for replication in self.replications]

    def digests(self, governance: str) -> list[str]:
        """Digests of the records of one governance, by replication."""
        return list(self.summary.digests[governance])

    def differences(self) -> list[Difference]:
        """Paired differences, second governance minus first.

        Raises
        ------
        ValueError
            If there are not two governances.
        """
        return list(self.summary.differences())

    def headline(self) -> pd.DataFrame:
        """The outcomes at the top of a result, for everybody, with 95 % intervals; a row each."""
        return frames.headline(self)

    def frame(self) -> pd.DataFrame:
        """Every outcome under every governance, for everybody and by margin: the rows of ``outcomes.csv``."""
        return frames.levels(self)

    def comparison(self) -> pd.DataFrame:
        """Both governances and their paired difference, by outcome and margin: the rows of ``comparison.csv``.

        Raises
        ------
        ValueError
            If there are not two governances.
        """
        return frames.differences(self)

    def totals(self) -> pd.DataFrame:
        """One row per replication and governance, a column for each outcome: the rows of ``replications.csv``."""
        return frames.totals(self)

    @property
    def warm_up(self) -> WarmUp:
        """The time from 0 under `current`, day by day, and whether the warm-up is long enough."""
        return self.summary.warm_up

    @property
    def violations(self) -> list[str]:
        """Conservation checks that failed, with replication and governance."""
        return list(self.summary.violations)


def run(
    scenario: Scenario,
    governance: str = CURRENT,
    replications: int = 1,
    seed: int = 1,
    engine: str = "compiled",
    *,
    archive: Path | str | Archive | None = None,
    precision: Target | None = None,
    records: bool | Path = False,
    checks: bool = False,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Experiment:
    """Run one governance (kör).

    Parameters
    ----------
    scenario
        From ``sim.load``.
    governance
        Its name; before T0 ``current`` applies.
    replications
        How many, numbered from 0.
    seed
        Any whole number; the same seed, scenario and versions give the same records.
    engine
        ``compiled`` or ``simpy`` (the reference).
    archive
        The folder of the result: every finished replication becomes a file there, and those it has are not run again.
        Without it, all stay in memory.
    precision
        Go on until this is reached, instead of running ``replications``.
    records
        Keep the rows: ``True`` in memory, or in the archive if there is one; a folder to write them there as Parquet,
        one file for each arm, as soon as the arm ends.
    checks
        Check conservation after every arm.
    workers
        Replications at a time; by default as many as there are cores and memory for (``memory.workers_for``),
        with a ``RuntimeWarning`` where memory is what there is too little of; on a cluster as many as it has threads.
    cluster
        Address of the scheduler of a Dask cluster, as ``tcp://host:8786``; without it, the workers are those of this
        machine. The results are the same.
    progress
        Told about the work as it goes: of replications that are run, not of those that are there.

    Raises
    ------
    TooLarge
        If this machine has no memory for one replication; not raised if ``workers`` or ``cluster`` is given.
    WorkerLost
        If the system ended a worker process; on a cluster, if one replication ended several workers.
    ClusterError
        If the cluster is not there, not fit for the work, or lost.
    ValueError
        If records are to be kept of what runs on a cluster.
    OtherExperiment
        If the archive holds another experiment.
    OSError
        If a file cannot be written; what was finished before stays kept.

    Warns
    -----
    RuntimeWarning
        If a file of the archive is damaged, or made by other code; its replication is run again.
    """
    asked = Identity(scenario, (governance,), seed, engine)
    keep = _Keep(Path(archive) if isinstance(archive, str) else archive, records, checks)
    return _experiment(asked, replications, precision, keep, workers, cluster, progress)


def compare(
    scenario: Scenario,
    governances: Sequence[str] = (CURRENT, COORDINATED),
    replications: int = 10,
    seed: int = 1,
    engine: str = "compiled",
    *,
    archive: Path | str | Archive | None = None,
    precision: Target | None = None,
    records: bool | Path = False,
    checks: bool = False,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> Experiment:
    """Run two governances on the same people and pair them (jämför); parameters as :func:`run`."""
    if len(governances) != 2:
        raise ValueError(f"governances: {len(governances)} given, 2 needed")
    if governances[0] == governances[1]:
        raise ValueError(f"governances: {governances[0]!r} given twice, two different ones needed")
    asked = Identity(scenario, tuple(governances), seed, engine)
    keep = _Keep(Path(archive) if isinstance(archive, str) else archive, records, checks)
    return _experiment(asked, replications, precision, keep, workers, cluster, progress)


@dataclass(frozen=True, eq=False)
class _Keep:
    """What is kept of the replications, and where."""

    archive: Path | Archive | None
    records: bool | Path
    checks: bool

    @property
    def folder(self) -> Path | None:
        """Of the archive."""
        return self.archive.folder if isinstance(self.archive, Archive) else self.archive

    @property
    def rows(self) -> bool | Path:
        """Where the records go: no memory holds those of an archive."""
        return self.folder if self.records is True and self.folder is not None else self.records

    @contextmanager
    def store(self, identity: Identity, asked: Mapping[str, Any]) -> Iterator[Kept]:
        """The archive, or memory."""
        if isinstance(self.archive, Path):
            with open_archive(self.archive, identity, asked) as archive:
                yield archive
        elif self.archive is None:
            yield Memory(REPLICATION.of)
        elif self.archive.digest != identity.digest:
            raise ValueError(f"{self.archive.folder}: open for another experiment")
        else:
            yield self.archive


def _experiment(
    identity: Identity,
    replications: int,
    precision: Target | None,
    keep: _Keep,
    workers: int | None,
    cluster: str | None,
    progress: Progress | None,
) -> Experiment:
    """As many replications as asked for, or as the precision needs."""
    if replications < 1:
        raise ValueError(f"replications: {replications} given, at least 1 needed")
    identity.check()
    wanted = range(replications if precision is None else precision.most)
    rule = None if precision is None else Rule(precision, compared=len(identity.governances) == 2)
    scenario, governances, seed, engine = identity.scenario, identity.governances, identity.seed, identity.engine
    if cluster is not None and keep.rows:
        raise ValueError("records: not from a cluster, whose workers have no memory or folder in common with this one")
    where = place(scenario, len(wanted), engine, workers, cluster)
    one = partial(_one, scenario, governances, seed, engine, keep.rows, keep.checks)
    asked = asked_for(replications, precision)
    with keep.store(identity, asked) as store:
        there = _there(store, wanted, keep)
        count, ran = _gathered(one, store, there, wanted, where, rule, progress)
        found = Replications(store, count) if isinstance(store, Archive) else tuple(map(store.get, range(count)))
    report = None if rule is None else rule.report()
    return Experiment(scenario, governances, seed, engine, found, where, asked, report, ran)


def asked_for(replications: int, precision: Target | None) -> dict[str, Any]:
    """What is asked for, as ``experiment.json`` has it."""
    return {"replications": replications} if precision is None else {"precision": asdict(precision)}


def _there(store: Kept, wanted: range, keep: _Keep) -> frozenset[int]:
    """Replications that need not be run."""
    if not isinstance(store, Archive):
        return frozenset()
    return store.finished(wanted, keep.checks, keep.rows if isinstance(keep.rows, Path) else None)


def _gathered(
    one: partial[Replication],
    store: Kept,
    there: frozenset[int],
    wanted: range,
    where: Where,
    rule: Rule | None,
    progress: Progress | None,
) -> tuple[int, int]:
    """Run what is missing, and say how many replications the result has, and how many were run.

    The rule is told of them in order of their numbers, whatever the order in which they are finished: so the result
    does not depend on the workers.
    """
    have = set(there)

    def enough() -> bool:
        while rule is not None and not rule.stop and rule.replications in have:
            rule.add(store.get(rule.replications))
        return rule is not None and rule.stop

    if not enough():
        missing = (number for number in wanted if number not in there)
        with closing(spread(one, missing, where, progress)) as finished:
            for number, replication in finished:
                store.put(replication)
                have.add(number)
                if enough():
                    break
    return len(wanted) if rule is None else rule.replications, len(have) - len(there)


def _one(
    scenario: Scenario,
    governances: tuple[str, ...],
    seed: int,
    engine: str,
    records: bool | Path,
    checks: bool,
    number: int,
    tick: Tick | None,
) -> Replication:
    return replicate(scenario, governances, seed, number, engine, keep_records=records, checks=checks, tick=tick)
