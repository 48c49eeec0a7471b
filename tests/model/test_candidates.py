"""Candidates and hidden truths are the same in every arm; accepted sets differ only by a logged change of state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.buffers import World
from sim.flows.needs import (
    begin_candidates,
    diagnosis,
    next_candidate,
    offspring_delay,
    preventable,
    progression,
    required_level,
    self_limiting,
    severity,
    stay_length,
)
from sim.replication.beginning import begin, govern
from sim.scenario import Scenario
from sim.vocabulary import NEED_GENERATIONS, NEED_INDEXES, NEVER, Kind, Level, NeedType, Outcome
from tests.model.arms import ArmRun, generation_of, index_of, run_arms

pytestmark = pytest.mark.unit

ARMS = ("current", "coordinated", "without rehabilitation", "wild")
SAMPLE = 5
"""Every fifth person, and everybody who is most ill."""
ACUTE = (NeedType.EXACERBATION, NeedType.DETERIORATION)
FOUND_INDEX = NEED_INDEXES - 1
"""Index in the identity of needs that proactive visits find; no candidate has it."""
WILD: dict[str, Any] = {
    "mobile_team.doctors": 50,
    "mobile_team.nurses": 90,
    "mobile_team.special_housing": True,
    "mobile_team.treatment_failure_share": 0.9,
    "proactive_visits.found_need_share": 1.0,
    "proactive_visits.interval_most_ill_days": 3,
    "named_doctor.share": 1.0,
    "discharge_planning.early_share": 1.0,
    "homecoming.staff": 20,
    "homecoming.notice_hours": 1,
    "monitoring.share": 1.0,
    "access.gp_staff_factor": 3.0,
    "access.phone_staff_factor": 3.0,
    "organisation.pooled": True,
    "rehabilitation.home_nursing": True,
    "rehabilitation.lengthens_share": 2.0,
    "rehabilitation.staff": 9,
    "palliative_team.relief_share": 1.0,
    "digital_visit.share": 1.0,
}
"""Levers far beyond any plan."""


@pytest.fixture(scope="module")
def arms(small_year: Scenario) -> dict[str, ArmRun]:
    """The shipped governances, one of them without rehabilitation, and one beyond any plan."""
    scenario = small_year.with_levers("wild", WILD, base="coordinated")
    scenario = scenario.with_levers("without rehabilitation", {"rehabilitation.active": False}, base="coordinated")
    return run_arms(scenario, ARMS)


@pytest.fixture(scope="module")
def everybody(arms: dict[str, ArmRun]) -> dict[int, list[tuple[int, int]]]:
    """Candidates (time, need) of everybody under `current`."""
    world = arms["current"].world.fork()
    return {person: candidates(world, person) for person in range(world.run.people)}


def sample_of(world: World) -> list[int]:
    """Some of everybody and all of the most ill at first."""
    frail = np.flatnonzero(world.array("people.first_segment") == 3)
    return sorted({*range(0, world.run.people, SAMPLE), *(int(person) for person in frail)})


def candidates(world: World, person: int) -> list[tuple[int, int]]:
    """Candidates of a person from entry on, walked with the rules of the model; changes the world."""
    found = []
    for kind in NeedType:
        world.clock[0] = int(world.people.entry[person])
        time = begin_candidates(world, person, int(kind))
        while time < NEVER:
            found.append((time, int(world.people.next_need[person, kind])))
            time = next_candidate(world, person, int(kind))
    return found


def segment_at(world: World, person: int, time: int) -> int:
    """Segment on the exogenous path."""
    segment = world.people.first_segment[person]
    for k in range(3):
        if world.people.segment_time[person, k] <= time:
            segment = world.people.segment_value[person, k]
    return int(segment)


def truths(world: World, person: int, time: int, need: int) -> tuple[float, ...]:
    """The hidden truth of a need that begins at a time."""
    world.clock[0] = time
    world.people.segment[person] = segment_at(world, person, time)
    level = required_level(world, person, need)
    world.people.level[person] = Level.HOSPITAL  # what it has come to is no truth, and decides what may follow
    return (
        level,
        diagnosis(world, person, need),
        severity(world, person, need),
        progression(world, person, need, level),
        self_limiting(world, person, need, level),
        preventable(world, person, need, level),
        stay_length(world, person, need),
        offspring_delay(world, person, need, 0),
        offspring_delay(world, person, need, 1),
    )


def truths_of(world: World, person: int, when: list[tuple[int, int]]) -> Iterator[tuple[float, ...]]:
    """Truths of candidates that carry one, and of the needs that could follow from them."""
    for time, need in when:
        for generation in range(3):
            yield truths(world, person, time, need + generation)


@pytest.mark.parametrize("name", ARMS[1:])
def test_candidates_and_truths_are_identical_in_all_arms(arms: dict[str, ArmRun], name: str) -> None:
    one, other = arms["current"].world.fork(), arms[name].world.fork()
    seen = 0
    for person in sample_of(one):
        first, second = candidates(one, person), candidates(other, person)
        assert first == second
        assert list(truths_of(one, person, first)) == list(truths_of(other, person, second))
        seen += len(first)
    assert seen > 3_000


def test_truths_know_nothing_of_levers_before_anything_has_happened(small_year: Scenario) -> None:
    # The same, on worlds in which nobody has lived yet: only levers and capacity differ.
    scenario = small_year.with_levers("wild", WILD, base="coordinated")
    worlds = []
    for name in ("current", "wild"):
        begun = begin(scenario, 7, 0, "compiled")
        govern(begun.setting, begun.simulation, name)
        worlds.append(begun.simulation.world.fork())
    for person in sample_of(worlds[0]):
        lists = [candidates(world, person) for world in worlds]
        assert lists[0] == lists[1]
        assert [list(truths_of(w, person, found)) for w, found in zip(worlds, lists, strict=True)] == [
            list(truths_of(worlds[0], person, lists[0]))
        ] * 2


@pytest.mark.parametrize("name", ARMS)
def test_every_need_is_a_candidate_with_its_truth(
    arms: dict[str, ArmRun], everybody: dict[int, list[tuple[int, int]]], name: str
) -> None:
    world = arms[name].world.fork()
    needs = arms[name].table
    needs = needs[(needs.kind == Kind.NEED) & (generation_of(needs.need) == 0)]
    needs = needs[index_of(needs.need) < FOUND_INDEX]
    assert len(needs) > 5_000
    times = {(person, need): time for person, found in everybody.items() for time, need in found}
    for row in needs.itertuples():
        assert times.get((row.person, row.need)) == row.asked
    acute = needs[needs.type.isin(ACUTE)]
    for row in acute.itertuples():
        assert truths(world, row.person, row.asked, row.need)[0] == row.level


# --- accepted sets -------------------------------------------------------------------------------------------


def happened(arm: ArmRun) -> pd.DataFrame:
    """Candidates that were accepted, suppressed or not: one row each, indexed by person and need."""
    table = arm.table
    rows = table[table.kind.isin((Kind.NEED, Kind.SUPPRESSED)) & (generation_of(table.need) == 0)]
    rows = rows[index_of(rows.need) < FOUND_INDEX]
    return rows.set_index(["person", "need"])


def deaths(arm: ArmRun) -> dict[int, int]:
    """When people died."""
    rows = arm.table[arm.table.kind == Kind.DEATH]
    return dict(zip(rows.person, rows.asked, strict=True))


def rehabilitated(*arms: ArmRun) -> dict[int, int]:
    """End of the first rehabilitation in a stable spell, in any of the arms."""
    first: dict[int, int] = {}
    for arm in arms:
        rows = arm.rows(Kind.REHABILITATION)
        rows = rows[(rows.need == 0) & (rows.outcome == Outcome.DONE)]
        for person, ended in zip(rows.person, rows.ended, strict=True):
            first[person] = min(ended, first.get(person, NEVER))
    return first


@pytest.mark.parametrize("name", ARMS[1:])
def test_accepted_candidates_differ_only_by_death_and_lengthened_spells(arms: dict[str, ArmRun], name: str) -> None:
    one, other = arms["current"], arms[name]
    first, second = happened(one), happened(other)
    dead = {"first": deaths(one), "second": deaths(other)}
    lengthened = rehabilitated(one, other)
    assert bool(lengthened) == (name != "without rehabilitation")
    explained = {"death": 0, "spell": 0}
    for index in first.index.symmetric_difference(second.index):
        person = index[0]
        in_first = index in first.index
        time = int((first if in_first else second).loc[index].asked)
        if dead["second" if in_first else "first"].get(person, NEVER) <= time:
            explained["death"] += 1
        elif lengthened.get(person, NEVER) <= time:
            explained["spell"] += 1
        else:
            pytest.fail(f"person {person}, need {index[1]} at {time}: accepted in one arm only, and nothing says why")
    assert explained["death"] > 0


@pytest.mark.parametrize("name", ["current", "coordinated", "wild"])
def test_what_is_suppressed_arose_in_an_open_episode_or_stay(arms: dict[str, ArmRun], name: str) -> None:
    table = arms[name].table
    suppressed = table[table.kind == Kind.SUPPRESSED]
    assert len(suppressed) > 20
    acute = (table.kind == Kind.NEED) & (table.type.isin(ACUTE) | (generation_of(table.need) > 0))
    busy = table[acute | table.kind.isin((Kind.STAY, Kind.EMERGENCY_VISIT))]
    busy = dict(list(busy.groupby("person")))
    for row in suppressed.itertuples():
        mine = busy[row.person]
        assert ((mine.asked <= row.asked) & ((mine.ended < 0) | (mine.ended >= row.asked))).any()


@pytest.mark.parametrize("name", ["coordinated", "wild"])
def test_follow_on_needs_differ_only_where_their_parents_do(arms: dict[str, ArmRun], name: str) -> None:
    tables = {key: arms[key].table for key in ("current", name)}
    courses = {key: course_of_needs(table) for key, table in tables.items()}
    first, second = courses["current"], courses[name]
    different = [(person, need) for person, need in first.keys() ^ second.keys() if need % 64 > 0]
    different = [(person, need) for person, need in different if need // 64 % 256 < FOUND_INDEX]
    assert different
    dead = {key: deaths(arms[key]) for key in tables}
    for person, need in different:
        # The parent took another course, or the person did not live to see what would have followed.
        lacks = name if (person, need) in first else "current"
        parent = (person, need - 1)
        assert first.get(parent) != second.get(parent) or dead[lacks].get(person, NEVER) < NEVER


def course_of_needs(table: pd.DataFrame) -> dict[tuple[int, int], list[tuple[int, ...]]]:
    """What happened for each need that arose: all its rows, by person and need."""
    arose = table[table.kind.isin((Kind.NEED, Kind.SUPPRESSED))].set_index(["person", "need"]).index
    rows = table[table.set_index(["person", "need"]).index.isin(arose)]
    found: dict[tuple[int, int], list[tuple[int, ...]]] = {}
    columns = ["person", "need", "kind", "asked", "started", "ended", "outcome"]
    for person, need, *row in rows[columns].itertuples(index=False, name=None):
        found.setdefault((person, need), []).append(tuple(row))
    return found


@pytest.mark.parametrize("name", ARMS)
def test_every_contact_belongs_to_a_need_or_to_none(arms: dict[str, ArmRun], name: str) -> None:
    table = arms[name].table
    needs = table[table.kind == Kind.NEED].set_index(["person", "need"]).index
    others = table[(table.need > 0) & (table.person >= 0) & (table.kind != Kind.SUPPRESSED)]
    # Visits after false alarms, and planned returns, have identities of their own.
    own = index_of(others.need).eq(FOUND_INDEX) & (others.need // 2**26).eq(int(NeedType.EXACERBATION))
    own |= generation_of(others.need) >= NEED_GENERATIONS // 2
    assert others[~own].set_index(["person", "need"]).index.isin(needs).all()


@pytest.mark.parametrize("name", ARMS)
def test_a_need_happens_once(arms: dict[str, ArmRun], name: str) -> None:
    needs = arms[name].table[arms[name].table.kind == Kind.NEED]
    assert not needs.duplicated(["person", "need"]).any()


def test_a_found_need_belongs_to_the_visit_that_found_it(arms: dict[str, ArmRun]) -> None:
    for name in ("current", "coordinated", "wild"):
        table = arms[name].table
        found = table[(table.kind == Kind.NEED) & (index_of(table.need) == FOUND_INDEX)]
        found = found[generation_of(found.need) == 0]
        assert not found.duplicated(["person", "need"]).any()
        assert (found.level < Level.HOSPITAL).all()
        visits = table[(table.kind == Kind.PROACTIVE_VISIT) & (table.outcome == Outcome.FOUND_NEED)]
        # Eight hours later, if the person is free of other acute needs then.
        moments = set(zip(visits.person, visits.ended + 8 * 3600, strict=True))
        assert all((row.person, row.asked) in moments for row in found.itertuples())
        assert bool(len(found)) == (name != "current")
