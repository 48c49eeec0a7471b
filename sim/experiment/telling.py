"""Patient stories of one replication, run now or kept in a result (berättelser ur en replikation)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.engine import Records
from sim.eventlog.lots import Lot, draw
from sim.eventlog.stories import Story, Told, stories
from sim.eventlog.usual import Usual, death_places, usual
from sim.experiment.rerun import rerun
from sim.experiment.rows import records_of
from sim.model.period import Period
from sim.model.world import setting
from sim.replication.arm import people_table
from sim.replication.replication import replicate
from sim.runs.durable import records_file
from sim.runs.identity import read_identity
from sim.runs.progress import Tick
from sim.scenario import Scenario
from sim.scenario.ensemble import of_replication
from sim.vocabulary import YEAR, Group, Place


@dataclass(frozen=True)
class Arms:
    """All rows of some governances in one replication, in the order of the governances."""

    scenario: Scenario
    seed: int
    number: int
    governances: tuple[str, ...]
    records: tuple[Records, ...]


@dataclass(frozen=True)
class Choice:
    """Who is to be told of; as for :func:`sim.eventlog.lots.draw`."""

    number: int = 10
    seed: int = 1
    older: bool = False
    groups: Collection[Group] = tuple(Group)
    stratified: bool = True


def simulated(
    scenario: Scenario,
    governances: Sequence[str],
    seed: int,
    number: int,
    engine: str = "compiled",
    tick: Tick | None = None,
) -> Arms:
    """Run one replication with all its rows; arguments as for :func:`sim.replication.replication.replicate`."""
    found = replicate(scenario, governances, seed, number, engine, keep_records=True, tick=tick)
    return Arms(scenario, seed, number, tuple(governances), tuple(_kept(arm.records) for arm in found.arms))


def archived(folder: Path, governances: Sequence[str], number: int, tick: Tick | None = None) -> Arms:
    """The rows of a result: those that were kept, or of the replication run again.

    Parameters
    ----------
    folder
        Of the result.
    governances
        Some of those that the result has.
    number
        Of the replication.
    tick
        Told which share is done, where it is run again.

    Raises
    ------
    NoExperiment
        If the folder holds none that can be read.
    Differs, OtherRecords
        If the rows are not those that the result was made of.
    """
    stored = read_identity(folder)
    who = stored.identity
    if all(records_file(folder, name, number).is_file() for name in governances):
        records = [records_of(folder, stored, name, number) for name in governances]
    else:
        arms = {arm.governance: arm for arm in rerun(folder, number, True, tick=tick).arms}
        records = [_kept(arms[name].records) for name in governances]
    return Arms(who.scenario, who.seed, number, tuple(governances), tuple(records))


def _kept(records: Records | None) -> Records:
    assert records is not None  # kept in memory
    return records


@dataclass(frozen=True)
class Common:
    """What is usual under one governance, in the whole region.

    Attributes
    ----------
    people
        Inhabitants.
    years
        Length of the followed time.
    usual
        Each kind of contact.
    deaths
        Number of deaths by place.
    """

    people: int
    years: float
    usual: Sequence[Usual]
    deaths: Mapping[Place, int]


def common(arms: Arms) -> Common:
    """What is usual under the first governance."""
    told, records = Told.of(Period.of(arms.scenario)), arms.records[0]
    years = (told.ends - told.starts) / YEAR
    return Common(arms.scenario.region.people, years, usual(records, told), death_places(records, told))


def tell(arms: Arms, choice: Choice) -> tuple[Lot, list[list[Story]]]:
    """Draw people by their rows under the first governance, and tell of each under every governance.

    Raises
    ------
    NobodyToTell
        If nobody fits.
    """
    prepared = setting(of_replication(arms.scenario, arms.number), arms.seed, arms.number)
    people, told = people_table(prepared), Told.of(prepared.period)
    lot = draw(
        arms.records[0],
        people,
        told,
        choice.number,
        choice.seed,
        older=choice.older,
        groups=choice.groups,
        stratified=choice.stratified,
    )
    by_arm = [
        stories(prepared, people, records, name, lot.people)
        for name, records in zip(arms.governances, arms.records, strict=True)
    ]
    return lot, [list(one) for one in zip(*by_arm, strict=True)]
