"""One replication: warm-up and pre-period once, then every arm from T0 (replikering).

The arms share people, candidate needs, hidden truths and everything before T0. The compiled engine copies its state at
T0; SimPy cannot copy generators, so there each arm runs from the start, with the same records.

An arm is simulated, reduced to its outcomes and dropped before the next begins, so that any number of arms takes the
memory of one, beside the state at T0. What depends on who was enrolled in any arm waits by person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.engine import Accumulators, Program, Records, Resource, Simulation, simulation_for
from sim.flows.enrolment import joining, registrar
from sim.flows.frequent_attender import attender_list
from sim.flows.life import everybody
from sim.flows.outside import outside
from sim.flows.support import monitoring_begins
from sim.model.period import CURRENT, Period
from sim.model.staffing import capacity_changes
from sim.model.world import Setting, setting, switch
from sim.outcomes import Measurement, OutcomeTable, PeopleTable, Window, measure, measure_arm
from sim.outcomes import Unit as MeasuredUnit
from sim.outcomes.checks import check_conservation
from sim.outcomes.daily import daily_counts
from sim.replication.patterns import Patterns, patterns_of
from sim.runs.durable import records_file, write_records
from sim.runs.progress import Tick
from sim.scenario import Scenario
from sim.scenario.ensemble import of_replication
from sim.vocabulary import DAY, YEAR, Kind, Service, Ward

PROCESSES = (everybody, registrar, monitoring_begins, outside, joining, attender_list)
"""Root processes of the model; all others are spawned or called by them."""

ACCESS_STEPS = (0.0, 0.1, 0.2)
"""Steps of pay for access above the first (70, 80 and 90 %)."""


@dataclass(frozen=True, eq=False)
class Arm:
    """One governance in one replication.

    Attributes
    ----------
    governance
        Its name.
    table
        Outcomes in the first 365 days from T0, or to the horizon if that is earlier.
    digest
        SHA-256 of the records.
    rows, events
        Size of the run.
    violations
        Conservation checks that failed; empty if none did or none were asked for.
    records
        The rows, if kept in memory.
    file
        Where the rows are, if written.
    patterns
        Ways through care, and places over time, if they were counted.
    """

    governance: str
    table: OutcomeTable
    digest: str
    rows: int
    events: int
    violations: tuple[str, ...] = ()
    records: Records | None = None
    file: Path | None = None
    patterns: Patterns | None = None


@dataclass(frozen=True, eq=False)
class Replication:
    """The arms of one replication, in the order asked for.

    Attributes
    ----------
    number
        From 0.
    arms
        In the order of the governances.
    daily
        Counts per day from time 0 in the first arm, shape (series, days), if they were made.
    """

    number: int
    arms: tuple[Arm, ...]
    daily: NDArray[np.int32] | None = None


def replicate(
    scenario: Scenario,
    governances: Sequence[str],
    seed: int,
    number: int,
    engine: str = "compiled",
    *,
    keep_records: bool | Path = False,
    checks: bool = False,
    tick: Tick | None = None,
) -> Replication:
    """Run one replication of all arms.

    Parameters
    ----------
    scenario
        A checked scenario with a region and a governance ``current``.
    governances
        Arms; each starts from the same state at T0.
    seed, number
        Key of all draws.
    engine
        ``compiled`` or ``simpy``.
    keep_records
        Keep the rows of every arm: in memory, or in a folder, as Parquet.
    checks
        Check conservation at the end of every arm.
    tick
        Progress, from 0 to 1.
    """
    begun = partial(begin, scenario, seed, number, engine)
    progress = ArmsProgress(tick, Period.of(scenario), len(governances))
    at_switch = _at_switch(begun, len(governances), engine, progress)
    keep = _Keep(keep_records, number)
    return _compared(
        number,
        [_reduced(at_switch, name, progress, keep, checks, first=not place) for place, name in enumerate(governances)],
    )


def each_arm(
    scenario: Scenario,
    governances: Sequence[str],
    seed: int,
    number: int,
    engine: str = "compiled",
    tick: Tick | None = None,
    staffed: Sequence[Callable[[Scenario], Scenario]] = (),
) -> Iterator[Arm]:
    """Run one replication of any number of arms, one after another, with nobody told apart by enrolment.

    The records are those of :func:`replicate`, and so are the outcomes, but for those of the enrolled and of everybody
    else, which are not given: they depend on all arms. No arm takes memory once the next is asked for.

    Parameters
    ----------
    scenario, governances, seed, number, engine, tick
        As for :func:`replicate`.
    staffed
        For each arm, what makes its scenario from T0 on of that before: levers, beds, staffing and the resource table
        may differ. All else the flows have read before T0, and must be the same.

    Yields
    ------
    Arm
        In the order of the governances, without records.
    """
    progress = ArmsProgress(tick, Period.of(scenario), len(governances))
    at_switch = _at_switch(partial(begin, scenario, seed, number, engine), len(governances), engine, progress)
    for place, governance in enumerate(governances):
        started = next(at_switch)
        prepared = started.setting
        if staffed:
            prepared = replace(prepared, scenario=staffed[place](prepared.scenario))
        ended = _ended(prepared, started.simulation, governance, progress)
        del started  # as in _reduced
        progress.arm_done()
        records = ended.records
        table = outcome_table(prepared, governance, records, ended.accumulators, people_table(prepared))
        yield Arm(governance, table, records.digest(), len(records), ended.events)


@dataclass(frozen=True)
class _Keep:
    """What becomes of the rows of an arm."""

    where: bool | Path
    replication: int

    def in_memory(self, records: Records) -> Records | None:
        """A copy, which takes no more memory than it has rows."""
        return records.copy() if self.where is True else None

    def on_disk(self, records: Records, governance: str) -> Path | None:
        """The file written."""
        if isinstance(self.where, bool):
            return None
        return write_records(records, records_file(self.where, governance, self.replication))


class ArmsProgress:
    """Share of a replication that is done, over its arms; called by the engine with the simulated time.

    It never falls, also where an arm is run from the start again.
    """

    def __init__(self, tick: Tick | None, period: Period, arms: int) -> None:
        self._tick = tick
        self._period = period
        self._done = 0
        self._highest = 0.0
        self.expect(arms)

    def expect(self, arms: int) -> None:
        """So many arms are to be run from T0."""
        self._work = self._period.starts + arms * (self._period.horizon - self._period.starts)

    def __call__(self, now: int) -> None:
        """The simulated time of the arm that runs, from time 0."""
        self._highest = max(self._highest, (self._done + now) / self._work)
        if self._tick is not None:
            self._tick(self._highest)

    def arm_done(self) -> None:
        """The next arm begins where this one did."""
        self._done += self._period.horizon - self._period.starts


def _at_switch(begun: Callable[[], Started], arms: int, engine: str, progress: ArmsProgress) -> Iterator[Started]:
    """A simulation at T0 for each arm; nothing here holds on to one that has been given away."""
    again = partial(reached, begun, progress)
    yield from from_switch([again()], again, arms, engine)


def reached(begun: Callable[[], Started], progress: ArmsProgress) -> Started:
    """A simulation, run to T0."""
    started = begun()
    started.simulation.run(started.setting.period.starts, progress)
    return started


def from_switch(first: list[Started], again: Callable[[], Started], arms: int, engine: str) -> Iterator[Started]:
    """As many simulations at T0, of which one is there; the list is emptied when that one is given away.

    Compiled, the others are copies; SimPy runs each from the start.
    """
    for arm in range(arms):
        if engine != "compiled" and arm > 0:
            yield again()
        elif engine == "compiled" and arm < arms - 1:
            yield Started(first[0].setting, first[0].simulation.fork())  # type: ignore[attr-defined]
        else:
            yield first.pop()  # the last arm may use up the state at T0


@dataclass(frozen=True, eq=False)
class Started:
    """A simulation, and what it was made of."""

    setting: Setting
    simulation: Simulation


def begin(scenario: Scenario, seed: int, number: int, engine: str) -> Started:
    """A simulation with everybody's life begun, at time 0, under `current`."""
    if not isinstance(seed, int) or not 0 <= seed < 1 << 63:
        raise ValueError(f"seed: {seed} given, a whole number from 0 to 2**63 - 1 needed")
    prepared = setting(of_replication(scenario, number), seed, number)
    resources = [
        Resource(unit.name, int(changes[0, 1]), changes)
        for unit, changes in zip(prepared.units, prepared.changes, strict=True)
    ]
    simulation = simulation_for(
        engine,
        Program(PROCESSES),
        prepared.world,
        resources,
        prepared.period.horizon,
        period_starts(prepared.period),
    )
    simulation.start(registrar)
    simulation.start(monitoring_begins)
    simulation.start(attender_list)
    for ward in Ward:
        simulation.start(outside, int(ward))
    simulation.start(everybody)
    return Started(prepared, simulation)


def period_starts(period: Period) -> list[int]:
    """Starts of the accumulators' periods: time 0, the pre-period, then the months of the window, then the rest."""
    edges = window_of(period).month_edges()
    return sorted({0, period.warm_up_ends, *(edge for edge in edges if edge < period.horizon)})


def window_of(period: Period) -> Window:
    """The measured window: 365 days from T0, or to the horizon."""
    return Window(period.starts, min(period.horizon, period.starts + YEAR))


def govern(prepared: Setting, simulation: Simulation, governance: str) -> tuple[NDArray[np.int64], ...]:
    """At T0: write the levers of a governance into the world, and its capacity into the calendar.

    Returns
    -------
    tuple of arrays
        By unit, rows of time and capacity from then on.
    """
    period = prepared.period
    levers = prepared.scenario.governance(governance)
    first = period.first_day
    changes = capacity_changes(prepared.scenario, levers, prepared.units, prepared.key, first, period.days, first)
    switch(simulation.world, levers)
    simulation.set_changes(calendar(changes))  # type: ignore[arg-type]
    return changes


def calendar(changes: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Changes of all units as rows of time, unit, capacity."""
    return np.concatenate([np.insert(table, 1, number, axis=1) for number, table in enumerate(changes)])


@dataclass(frozen=True, eq=False)
class _Reduced:
    """What is left of an arm when its simulation has been dropped; ``enrolled`` of shape (persons,)."""

    governance: str
    outcomes: Measurement
    enrolled: NDArray[np.bool_]
    digest: str
    rows: int
    events: int
    violations: tuple[str, ...]
    records: Records | None
    file: Path | None
    patterns: Patterns
    daily: NDArray[np.int32] | None


@dataclass(frozen=True, eq=False)
class _Ended:
    """What measuring needs of a simulation.

    ``at`` is where everybody is at the horizon, shape (persons,); ``changes`` the capacity from T0 on, by unit.
    """

    records: Records
    accumulators: Accumulators
    events: int
    at: NDArray[np.int64]
    changes: tuple[NDArray[np.int64], ...]


def _reduced(
    at_switch: Iterator[Started], governance: str, progress: ArmsProgress, keep: _Keep, checks: bool, *, first: bool
) -> _Reduced:
    """The next simulation, from T0 to the horizon under a governance, and to outcomes."""
    started = next(at_switch)
    prepared = started.setting
    ended = _ended(prepared, started.simulation, governance, progress)
    del started  # nobody else knows it: its queues, frames and world go now
    progress.arm_done()
    records, people = ended.records, people_table(prepared)
    return _Reduced(
        governance,
        measure_arm(
            records,
            people,
            measured_units(prepared),
            ended.accumulators,
            window_of(prepared.period),
            prices_of(prepared.scenario),
            access_payment=access_payment(prepared, governance, records),
        ),
        enrolled(records, len(people)),
        records.digest(),
        len(records),
        ended.events,
        _violations(prepared, ended, people) if checks else (),
        keep.in_memory(records),
        keep.on_disk(records, governance),
        patterns_of(records, measured_units(prepared), ended.changes, window_of(prepared.period)),
        daily_counts(records, days_of_current(prepared.period, governance)) if first else None,
    )


def days_of_current(period: Period, governance: str) -> int:
    """For how many days from time 0 an arm is under `current`."""
    return (period.horizon if governance == CURRENT else period.starts) // DAY


def _ended(prepared: Setting, simulation: Simulation, governance: str, progress: ArmsProgress) -> _Ended:
    """Run an arm from T0 to the horizon."""
    period = prepared.period
    changes = govern(prepared, simulation, governance)
    simulation.run(period.horizon, progress)
    at = np.array(simulation.world.array("people.at"))
    return _Ended(simulation.hand_over(), simulation.accumulators(), simulation.events, at, changes)


def _compared(number: int, arms: Sequence[_Reduced]) -> Replication:
    """With all arms known: outcomes of who was enrolled in any of them, the same people in all."""
    direct = np.logical_or.reduce([arm.enrolled for arm in arms])
    return Replication(
        number,
        tuple(
            Arm(
                arm.governance,
                arm.outcomes.split(direct) if len(arms) > 1 else arm.outcomes.table,
                arm.digest,
                arm.rows,
                arm.events,
                arm.violations,
                arm.records,
                arm.file,
                arm.patterns,
            )
            for arm in arms
        ),
        arms[0].daily,
    )


def outcome_table(
    prepared: Setting, governance: str, records: Records, accumulators: Accumulators, people: PeopleTable
) -> OutcomeTable:
    """Outcomes of a finished run in its window, with nobody told apart by enrolment."""
    return measure(
        records,
        people,
        measured_units(prepared),
        accumulators,
        window_of(prepared.period),
        prices_of(prepared.scenario),
        access_payment=access_payment(prepared, governance, records),
    )


def prices_of(scenario: Scenario) -> dict[str, float]:
    """Prices in SEK by key, as measuring wants them."""
    prices = {path: value for path, value in scenario.values.items() if path.startswith("prices.")}
    return {path.removeprefix("prices."): float(value) for path, value in prices.items()}


def access_payment(prepared: Setting, governance: str, records: Records) -> NDArray[np.float64]:
    """What the region pays health centres for access, SEK a year by municipality (ersättning för tillgänglighet).

    A third of the full amount for each step that the share of calls answered the same day reaches.
    """
    levers = prepared.scenario.governance(governance)
    window = window_of(prepared.period)
    rows = np.flatnonzero(records.kind == Kind.PHONE_CENTRE)
    rows = rows[(records.asked[rows] >= window.start) & (records.asked[rows] < window.end)]
    calls, reached = records.unit[rows], records.started[rows] >= 0
    listed = np.bincount(prepared.population.area[: prepared.population.initial])
    paid = np.zeros(len(prepared.scenario.region.municipalities))
    for number, unit in enumerate(prepared.units):
        if unit.service == Service.CENTRE_PHONE:
            mine = calls == number
            answered = float(reached[mine].mean()) if mine.any() else 0.0
            steps = sum(answered >= float(levers["access.bonus_share"]) + step for step in ACCESS_STEPS)
            full = float(levers["access.bonus_sek"]) * int(listed[unit.area]) * window.years
            paid[unit.municipality] += full * steps / len(ACCESS_STEPS)
    return paid


def _violations(prepared: Setting, ended: _Ended, people: PeopleTable) -> tuple[str, ...]:
    units, horizon = measured_units(prepared), prepared.period.horizon
    return tuple(check_conservation(ended.records, people, units, ended.accumulators, horizon, ended.at))


def people_table(prepared: Setting) -> PeopleTable:
    """What measuring needs to know of everybody."""
    population = prepared.population
    return PeopleTable(
        population.entry,
        population.municipality.astype(np.int64),
        population.age_band.astype(np.int64),
        population.segment.astype(np.int64),
        population.chronic.astype(np.int64),
        population.special_housing.astype(bool),
        tuple(m.name for m in prepared.scenario.region.municipalities),
        population.home_help_hours,
    )


def measured_units(prepared: Setting) -> list[MeasuredUnit]:
    """Units in the order of their resource ids."""
    return [MeasuredUnit(unit.name, unit.service, unit.municipality, unit.area) for unit in prepared.units]


def enrolled(records: Records, people: int) -> NDArray[np.bool_]:
    """Who was ever enrolled in a mobile team; shape (people,)."""
    mask = np.zeros(people, dtype=bool)
    mask[records.person[(records.kind == Kind.ENROLMENT) & (records.started >= 0)]] = True
    return mask
