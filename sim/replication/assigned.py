"""Two governances at once: who gets the new one, and from when (tilldelning).

An ordinary experiment gives everybody the governance of the arm. Here an assignment says person by person who has the
new governance, and municipality by municipality where units and teams follow it, so that randomised trials, concurrent
municipalities, stepped wedges and the untreated twin run on the same simulated people: everything before T0 is shared,
and so are the needs and hidden truths of everybody after it. Capacity is shared too, by those who have it and those who
have not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine import Accumulators, Records, Simulation
from sim.flows.enrolment import joining
from sim.flows.frequent_attender import attender_list
from sim.flows.person import home_nursing
from sim.flows.support import monitoring_begins
from sim.model.period import CURRENT, Period
from sim.model.services import BY_TEAM_AREA
from sim.model.staffing import capacity_of_two
from sim.model.world import Setting, seen, switch
from sim.outcomes import PeopleTable
from sim.replication.arm import enrolled, people_table
from sim.replication.beginning import Started, calendar
from sim.replication.start import ArmsProgress, Start
from sim.runs.progress import Tick
from sim.scenario import Scenario
from sim.vocabulary import DAY, Place

JOINING = (joining, monitoring_begins, attender_list)
"""Processes started on the day on which further municipalities go over: their people join lists and monitoring."""


@dataclass(frozen=True, eq=False)
class Assignment:
    """Who gets the new governance, and from when.

    Attributes
    ----------
    governance
        What is new: the second row of the levers.
    people
        Who has it, shape (persons,), those who come later too; nobody: the untreated twin.
    chosen
        Who is on the list of a team that goes by list (``by_list``), shape (persons,); None: nobody. The list alone
        gives nobody the new governance.
    municipalities
        Where units follow the new governance, shape (municipalities,); None: where anybody has it. A team area goes
        over with the first of its municipalities, what the region has once with the first of all.
    starts
        By municipality, seconds: when its people and its units go over, from T0 on, at midnight; the horizon or later
        for never. None: all at T0.
    usual
        What everybody else has from T0.
    label
        Name of the assignment, for whoever made it.
    """

    governance: str
    people: NDArray[np.bool_]
    chosen: NDArray[np.bool_] | None = None
    municipalities: NDArray[np.bool_] | None = None
    starts: NDArray[np.int64] | None = None
    usual: str = CURRENT
    label: str = ""


@dataclass(frozen=True, eq=False)
class AtStart:
    """What is so at T0, for whoever chooses people; the same for all assignments.

    Attributes
    ----------
    scenario, seed, number, period, key
        The replication; ``key`` goes to draws of :mod:`sim.chance`.
    people
        Residents; arrays below have shape (persons,) with those who come later.
    records
        Rows up to T0; what is open then ends at -1.
    segment, failing
        Hidden: ``Segment`` now, and whether in a failing spell.
    home_nursing, at, alive
        Enrolled in home nursing, ``Place`` now, entered and not dead.
    """

    scenario: Scenario
    seed: int
    number: int
    period: Period
    key: int
    people: PeopleTable
    records: Records
    segment: NDArray[np.int64]
    failing: NDArray[np.bool_]
    home_nursing: NDArray[np.bool_]
    at: NDArray[np.int64]
    alive: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Followed:
    """What became of an assignment, from time 0 to the horizon.

    Attributes
    ----------
    assignment
        As it was given.
    records, people, accumulators, events
        Rows, residents, areas and counts by resource, size of the run.
    enrolled
        Whom a mobile team ever enrolled, shape (persons,).
    """

    assignment: Assignment
    records: Records
    people: PeopleTable
    accumulators: Accumulators
    events: int
    enrolled: NDArray[np.bool_]


def follow(
    scenario: Scenario,
    seed: int,
    number: int,
    choose: Callable[[AtStart], Sequence[Assignment]],
    engine: str = "compiled",
    tick: Tick | None = None,
) -> Iterator[AtStart | Followed]:
    """Run a replication to T0, let somebody choose people, and follow each assignment to the horizon.

    Parameters
    ----------
    scenario
        A checked scenario with a region and the governances that the assignments name.
    seed, number
        Key of all draws, as for an ordinary replication, whose records are equal up to T0.
    choose
        Makes the assignments, from what is so at T0.
    engine
        ``compiled`` copies the state at T0; ``simpy`` runs each assignment from the start, with the same records.
    tick
        Progress, from 0 to 1.

    Yields
    ------
    AtStart, then a Followed for each assignment
        In their order. None takes memory once the next is asked for, if the caller does not keep it.

    Raises
    ------
    ValueError, KeyError
        If an assignment has other shapes than the population, starts that are no midnight from T0 on, or an unknown
        governance.
    """
    progress = ArmsProgress(tick, Period.of(scenario), 1)
    start = Start(scenario, seed, number, engine, progress=progress)
    at_start = _at_start(start.state(), seed, number, engine)
    yield at_start
    assignments = tuple(choose(at_start))
    del at_start
    for assignment in assignments:
        _check(assignment, start.state().setting)
    progress.expect(max(1, len(assignments)))
    for place, assignment in enumerate(assignments):
        yield _followed(start, assignment, progress, last=place == len(assignments) - 1)


def _at_start(started: Started, seed: int, number: int, engine: str) -> AtStart:
    prepared, world = started.setting, started.simulation.world
    at = np.array(world.array("people.at"))
    alive = at < Place.DEAD
    nursing = np.zeros(len(at), dtype=bool)
    for person in np.flatnonzero(alive):
        nursing[person] = home_nursing(seen(world), int(person))
    return AtStart(
        prepared.scenario,
        seed,
        number,
        prepared.period,
        prepared.key,
        people_table(prepared),
        _rows_now(started.simulation, engine),
        np.array(world.array("people.segment")),
        (np.array(world.array("people.failing")) > 0) & alive,
        nursing,
        at,
        alive,
    )


def _rows_now(simulation: Simulation, engine: str) -> Records:
    """The rows so far, which the simulation amends no more; a copy shares its memory where it can."""
    if engine == "compiled":
        copied: Simulation = simulation.fork()  # type: ignore[attr-defined]
        return copied.hand_over()
    return simulation.records()


def _check(assignment: Assignment, prepared: Setting) -> None:
    people, places = len(prepared.population.entry), len(prepared.scenario.region.municipalities)
    wanted = {"people": people, "chosen": people, "municipalities": places, "starts": places}
    for name, length in wanted.items():
        given = getattr(assignment, name)
        if given is not None and np.shape(given) != (length,):
            raise ValueError(f"assignment.{name}: has shape {np.shape(given)}, needs ({length},)")
    starts = assignment.starts
    if starts is not None and (np.min(starts) < prepared.period.starts or np.any(np.asarray(starts) % DAY)):
        raise ValueError(
            f"assignment.starts: {list(starts)} given, midnights from T0 ({prepared.period.starts}) needed"
        )
    for name in (assignment.governance, assignment.usual):
        prepared.scenario.governance(name)


def _followed(start: Start, assignment: Assignment, progress: ArmsProgress, *, last: bool) -> Followed:
    started = start.at_switch(progress, last=last)
    prepared, simulation = started.setting, started.simulation
    del started
    plan = _Plan.of(assignment, prepared)
    period = prepared.period
    moments = plan.moments()
    for moment, until in zip(moments, [*moments[1:], period.horizon], strict=True):
        plan.govern(simulation, moment)
        simulation.run(until, progress)
    progress.arm_done()
    people = people_table(prepared)
    accumulators, events, records = simulation.accumulators(), simulation.events, simulation.hand_over()
    return Followed(assignment, records, people, accumulators, events, enrolled(records, len(people)))


@dataclass(frozen=True, eq=False)
class _Plan:
    """When whom and what goes over, in seconds; the horizon for never.

    ``people`` by person, ``municipalities``, ``team_areas`` and ``units`` by place.
    """

    assignment: Assignment
    prepared: Setting
    people: NDArray[np.int64]
    municipalities: NDArray[np.int64]
    team_areas: NDArray[np.int64]
    units: NDArray[np.int64]

    @classmethod
    def of(cls, assignment: Assignment, prepared: Setting) -> _Plan:
        """What an assignment means in this region."""
        region, never = prepared.scenario.region, prepared.period.horizon
        residents = prepared.population.municipality
        if assignment.governance == assignment.usual:  # nothing is new anywhere
            nobody = np.zeros(len(residents), dtype=bool)
            assignment = replace(assignment, people=nobody, municipalities=None)
        governed = np.asarray(assignment.people, dtype=bool)
        places = assignment.municipalities
        if places is None:
            places = np.isin(np.arange(len(region.municipalities)), residents[governed])
        starts = assignment.starts
        if starts is None:
            starts = np.full(len(region.municipalities), prepared.period.starts)
        starts = np.minimum(np.asarray(starts, dtype=np.int64), never)
        by_place = np.where(places, starts, never)
        of_area = [region.team_areas.index(m.team_area) for m in region.municipalities]
        team_areas = np.full(len(region.team_areas), never)
        np.minimum.at(team_areas, of_area, by_place)
        if prepared.scenario.governance(assignment.governance)["organisation.pooled"]:
            team_areas[0] = by_place.min()
        units = _by_unit(prepared, by_place, team_areas)
        return cls(assignment, prepared, np.where(governed, starts[residents], never), by_place, team_areas, units)

    def moments(self) -> list[int]:
        """When the simulation is stopped: T0, and each later moment at which something goes over."""
        later = np.concatenate([self.people, self.municipalities])
        period = self.prepared.period
        return sorted({period.starts, *(int(moment) for moment in np.unique(later) if moment < period.horizon)})

    def govern(self, simulation: Simulation, moment: int) -> None:
        """Write who is governed how from this moment on; capacity once, at T0, for all that is to come."""
        world, period = simulation.world, self.prepared.period
        usual, new = self._levers(self.assignment.usual), self._levers(self.assignment.governance)
        world.set("people.arm", self.people <= moment)
        world.set("municipalities.arm", self.municipalities <= moment)
        world.set("teams.arm", self.team_areas <= moment)
        world.set("teams.since", np.where(self.team_areas <= moment, self.team_areas, period.starts))
        switch(world, usual, new)
        if moment > period.starts:
            for process in JOINING:
                simulation.start(process)
            return
        if self.assignment.chosen is not None:
            world.set("people.chosen", self.assignment.chosen)
        days = [int(start) // DAY for start in self.units]
        changes = capacity_of_two(
            self.prepared.scenario,
            usual,
            new,
            self.prepared.units,
            self.prepared.key,
            period.first_day,
            period.days,
            days,
        )
        simulation.set_changes(calendar(changes))  # type: ignore[arg-type]

    def _levers(self, governance: str) -> Any:
        return self.prepared.scenario.governance(governance)


def _by_unit(prepared: Setting, by_place: NDArray[np.int64], team_areas: NDArray[np.int64]) -> NDArray[np.int64]:
    """When each unit goes over: with its municipality, its team area, or the first place of all."""
    return np.array(
        [
            team_areas[unit.team_area]
            if unit.service in BY_TEAM_AREA
            else by_place[unit.municipality]
            if unit.municipality >= 0
            else by_place.min()
            for unit in prepared.units
        ],
        dtype=np.int64,
    )
