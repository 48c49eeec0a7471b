"""Rules of the team's waiting list and caseload, one at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.buffers import World
from sim.flows.assessment import team_open, team_staffed, to_hospital
from sim.flows.enrolment import (
    PLACES_FAILING,
    PLACES_MOST_ILL,
    follow_segment,
    leave_queue,
    next_in_queue,
    places,
    proactive_gap,
    queue_for_team,
)
from sim.flows.home_nursing import daily_unit
from sim.replication.beginning import begin, govern
from sim.scenario import Scenario
from sim.vocabulary import DAY, HOUR, Place, Segment, Step
from tests.model.arms import all_off
from tests.model.test_levers import TEAM

pytestmark = pytest.mark.unit


def world_under(scenario: Scenario, levers: dict[str, Any]) -> World:
    """A world at T0 in which nobody has lived yet: all at home, in their first segment."""
    begun = begin(all_off(scenario).with_levers("on", levers, base="off"), 1, 0, "compiled")
    govern(begun.setting, begun.simulation, "on")
    world = begun.simulation.world
    world.clock[0] = begun.setting.period.starts
    world.array("people.at")[:] = Place.HOME
    world.array("people.segment")[:] = world.array("people.first_segment")
    world.array("people.death_at")[:] = 1 << 60
    return world


@pytest.fixture
def world(small: Scenario) -> World:
    return world_under(small, TEAM)


def members(world: World, segment: Segment, number: int, area: int = 0) -> list[int]:
    """Some people of a segment and team area who are in the target group."""
    rank = world.array("people.target_rank") < world.population.target_share_failing
    fits = (world.array("people.segment") == segment) & (world.array("people.municipality") == area) & rank
    fits &= world.array("people.special_housing") == 0
    return [int(person) for person in np.flatnonzero(fits)[:number]]


def taken(world: World, area: int, kind: int) -> list[int]:
    """Empty a waiting list."""
    found = []
    while (person := next_in_queue(world, area, kind)) >= 0:
        found.append(person)
    return found


def test_first_come_first_served(world: World) -> None:
    people = members(world, Segment.MOST_ILL, 4)
    for person in (people[2], people[0], people[3]):
        assert queue_for_team(world, person) == 1
    assert queue_for_team(world, people[0]) == 0  # once is enough
    assert taken(world, 0, PLACES_MOST_ILL) == [people[2], people[0], people[3]]
    assert taken(world, 0, PLACES_MOST_ILL) == []


def test_each_area_and_caseload_has_its_own_list(world: World) -> None:
    ill, failing = members(world, Segment.MOST_ILL, 1)[0], members(world, Segment.FAILING, 1)[0]
    elsewhere = members(world, Segment.FAILING, 1, area=1)[0]
    for person in (ill, failing, elsewhere):
        queue_for_team(world, person)
    assert taken(world, 0, PLACES_MOST_ILL) == [ill]
    assert taken(world, 0, PLACES_FAILING) == [failing]
    assert taken(world, 1, PLACES_FAILING) == [elsewhere]


def test_one_list_when_the_county_pools_its_teams(small: Scenario) -> None:
    world = world_under(small, TEAM | {"organisation.pooled": True})
    here, there = members(world, Segment.FAILING, 1)[0], members(world, Segment.FAILING, 1, area=1)[0]
    for person in (there, here):
        queue_for_team(world, person)
    assert taken(world, 0, PLACES_FAILING) == [there, here]


@pytest.mark.parametrize("position", [0, 1, 2])
def test_anybody_can_leave_the_list(world: World, position: int) -> None:
    people = members(world, Segment.FAILING, 3)
    for person in people:
        queue_for_team(world, person)
    leaver = people.pop(position)
    assert leave_queue(world, leaver) == 1
    assert world.people.queued[leaver] == 0
    queue_for_team(world, leaver)  # and join again, at the end
    assert taken(world, 0, PLACES_FAILING) == [*people, leaver]


def test_who_becomes_most_ill_while_waiting_changes_list(world: World) -> None:
    person, other = members(world, Segment.FAILING, 2)
    queue_for_team(world, person)
    queue_for_team(world, other)
    world.people.segment[person] = Segment.MOST_ILL
    follow_segment(world, person)
    assert taken(world, 0, PLACES_FAILING) == [other]
    assert taken(world, 0, PLACES_MOST_ILL) == [person]


def test_who_leaves_the_target_group_leaves_the_list_and_may_return_at_its_end(world: World) -> None:
    person, other = members(world, Segment.FAILING, 2)
    queue_for_team(world, person)
    queue_for_team(world, other)
    world.people.segment[person] = Segment.RISK
    follow_segment(world, person)
    assert world.people.queued[person] == 0
    world.people.segment[person] = Segment.FAILING
    follow_segment(world, person)
    assert taken(world, 0, PLACES_FAILING) == [other, person]


def test_who_has_a_place_and_becomes_most_ill_counts_in_the_other_caseload(world: World) -> None:
    person = members(world, Segment.FAILING, 1)[0]
    world.people.has_place[person] = 1
    world.people.place_kind[person] = PLACES_FAILING
    world.teams.enrolled[0, PLACES_FAILING] = 1
    world.people.segment[person] = Segment.MOST_ILL
    follow_segment(world, person)
    assert [world.teams.enrolled[0, kind] for kind in (PLACES_MOST_ILL, PLACES_FAILING)] == [1, 0]
    assert world.people.queued[person] == 0  # no second place


def test_the_dead_and_the_moved_are_passed_over(world: World) -> None:
    dead, moved, last = members(world, Segment.FAILING, 3)
    for person in (dead, moved, last):
        queue_for_team(world, person)
    world.people.at[dead] = Place.DEAD
    world.people.home[moved] = Place.SPECIAL_HOUSING
    assert taken(world, 0, PLACES_FAILING) == [last]


def test_places_follow_doctors_and_the_ramp_up(small: Scenario) -> None:
    world = world_under(small, TEAM | {"mobile_team.ramp_up_days": 100, "mobile_team.vacancy_share": 0.5})
    start = world.clock[0]
    # Six doctors, half of them vacant, half of their time for each caseload: 1.5 x 30 and 1.5 x 100 at full strength.
    for days, expected in ((0, (0, 0)), (50, (23, 75)), (100, (45, 150)), (400, (45, 150))):
        world.clock[0] = start + days * DAY
        assert (places(world, 0, PLACES_MOST_ILL), places(world, 0, PLACES_FAILING)) == expected


def test_a_team_that_does_not_enrol_has_no_places(small: Scenario) -> None:
    world = world_under(small, TEAM | {"mobile_team.enrols": False})
    world.clock[0] += 400 * DAY
    assert places(world, 0, PLACES_MOST_ILL) == 0


def test_a_team_is_staffed_where_it_has_anybody(small: Scenario) -> None:
    world = world_under(small, TEAM | {"mobile_team.doctors": [0, 0], "mobile_team.nurses": [1, 0]})
    here, there = members(world, Segment.FAILING, 1)[0], members(world, Segment.FAILING, 1, area=1)[0]
    assert (team_staffed(world, here), team_staffed(world, there)) == (1, 0)
    pooled = world_under(
        small,
        TEAM | {"mobile_team.doctors": [0, 0], "mobile_team.nurses": [1, 0], "organisation.pooled": True},
    )
    assert (team_staffed(pooled, here), team_staffed(pooled, there)) == (1, 1)


def test_the_team_works_its_hours(small: Scenario) -> None:
    world = world_under(small, TEAM | {"mobile_team.weekends": False})
    monday, saturday = 0, 5 * DAY
    assert [team_open(world, 0, monday + hour * HOUR) for hour in (7, 8, 19, 20)] == [0, 1, 1, 0]
    assert team_open(world, 0, saturday + 12 * HOUR) == 0
    assert team_open(world_under(small, TEAM), 0, saturday + 12 * HOUR) == 1


def test_home_nursing_makes_the_daily_visits_when_the_team_is_off(small: Scenario) -> None:
    world = world_under(small, TEAM | {"mobile_team.weekends": False})
    person = members(world, Segment.MOST_ILL, 1)[0]
    team, nurse = world.units.team_nurse[0], world.units.home_nurse[0]
    for day, expected in ((4, team), (5, nurse), (6, nurse), (7, team)):
        world.clock[0] = day * DAY + 8 * HOUR
        assert daily_unit(world, person, team) == expected


def test_the_most_ill_are_visited_more_often(world: World) -> None:
    ill, failing = members(world, Segment.MOST_ILL, 1)[0], members(world, Segment.FAILING, 1)[0]
    gaps = {person: [proactive_gap(world, person, n) / DAY for n in range(50)] for person in (ill, failing)}
    assert np.mean(gaps[ill]) == pytest.approx(30, rel=0.1)
    assert np.mean(gaps[failing]) == pytest.approx(60, rel=0.1)
    assert min(gaps[ill]) >= 24


def test_the_frail_go_by_ambulance(world: World) -> None:
    frail = members(world, Segment.MOST_ILL, 1)[0]
    world.people.level[frail] = 1
    world.people.crisis_at[frail] = 1 << 60
    assert to_hospital(world, frail, 1) == Step.AMBULANCE
