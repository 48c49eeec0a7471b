"""Nobody is lost, in two places, or holds anything when dead; the team's places and lists agree with its people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.replication.replication import replicate
from sim.scenario import Scenario
from sim.vocabulary import DAY, Kind, Place, Segment
from tests.model.arms import ArmRun, run_arms
from tests.model.small import SHORT

pytestmark = pytest.mark.unit

ARMS = ("current", "coordinated")
SHIPPED = Path(__file__).parents[2] / "scenarios"
MUCH_DIES: dict[str, Any] = {
    "needs.crisis_hazard": 0.6,
    "discharge.support_share": 0.9,
    "discharge.short_term_share": 0.6,
    "short_term.stay_median_days": 5,
    "short_term.respite_share": 0.7,
    "short_term.respite_interval_days": 9.0,
}
"""Many deaths after illness, and many short-term stays: the edges at which rows and places could differ."""


def assert_conserved(scenario: Scenario, seed: int, governances: tuple[str, ...] = ARMS) -> None:
    for arm in replicate(scenario, governances, seed, 0, checks=True).arms:
        assert arm.violations == (), arm.governance
        assert arm.rows > 2_000


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_large_scenario_with_few_people(small_year: Scenario, seed: int) -> None:
    assert_conserved(small_year, seed)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_toy_as_it_is_shipped(seed: int) -> None:
    assert_conserved(sim.load(SHIPPED / "vannas.toml").with_values(SHORT), seed)


@pytest.mark.parametrize("seed", range(8))
def test_many_deaths_and_short_term_stays_at_any_horizon(small: Scenario, seed: int) -> None:
    rates = np.asarray(small.values["needs.deterioration_per_year"])
    days = {"time.warm_up_days": 5 + 3 * seed, "time.follow_up_days": 41 + 7 * seed}
    scenario = small.with_values(MUCH_DIES | days | {"needs.deterioration_per_year": 2 * rates})
    levers = {"homecoming.staff": 0.4, "mobile_team.weekends": bool(seed % 2), "organisation.pooled": seed % 3 == 0}
    assert_conserved(scenario.with_levers("coordinated", levers), seed)


def test_a_demographic_run_is_conserved(small: Scenario) -> None:
    assert_conserved(small.with_values({"population.growth_65_per_year": 0.015}), 9)


# --- caseload and waiting list -------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["enough", "short of places"])
def team(request: pytest.FixtureRequest, small_year: Scenario) -> ArmRun:
    """A year with a team that has room for all, and with one that has not."""
    few = {"mobile_team.doctors": [0.6, 0.3]} if request.param == "short of places" else {}
    return run_arms(small_year.with_levers("coordinated", few), ["coordinated"], seed=11)["coordinated"]


def test_caseload_counts_are_the_people_who_have_places(team: ArmRun) -> None:
    world = team.world
    counts = np.zeros_like(world.array("teams.enrolled"))
    for person in np.flatnonzero(world.array("people.has_place")):
        counts[world.people.place_area[person], world.people.place_kind[person]] += 1
    assert np.array_equal(counts, world.array("teams.enrolled"))
    assert counts.sum() > 20


def test_the_dead_have_no_place_and_no_team(team: ArmRun) -> None:
    world = team.world
    dead = world.array("people.at") == Place.DEAD
    assert dead.sum() > 20
    assert not world.array("people.has_place")[dead].any()
    assert not world.array("people.enrolled")[dead].any()


def test_the_enrolled_have_a_place_and_an_open_row(team: ArmRun) -> None:
    world = team.world
    enrolled = world.array("people.enrolled") == 1
    assert world.array("people.has_place")[enrolled].all()
    rows = team.table[(team.table.kind == Kind.ENROLMENT) & (team.table.started >= 0) & (team.table.ended < 0)]
    assert sorted(rows.person) == list(np.flatnonzero(enrolled))


def test_the_most_ill_count_among_the_most_ill(team: ArmRun) -> None:
    world = team.world
    held = np.flatnonzero(world.array("people.has_place"))
    kind = world.array("people.place_kind")[held]
    segment = world.array("people.segment")[held]
    assert np.array_equal(kind == 0, segment == Segment.MOST_ILL)


def test_the_waiting_list_holds_exactly_who_is_queued(team: ArmRun) -> None:
    world = team.world
    waiting: list[int] = []
    for area, kind in np.ndindex(*world.array("teams.queue_head").shape):
        person, last = int(world.teams.queue_head[area, kind]), -1
        queued_at = []
        while person >= 0:
            waiting.append(person)
            queued_at.append(int(world.people.queued_at[person]))
            assert (world.people.place_area[person], world.people.place_kind[person]) == (area, kind)
            last, person = person, int(world.people.queue_next[person])
        assert last == int(world.teams.queue_tail[area, kind])
        assert queued_at == sorted(queued_at)  # first come, first served
    assert len(waiting) == len(set(waiting))
    assert sorted(waiting) == list(np.flatnonzero(world.array("people.queued")))
    assert not set(waiting) & set(np.flatnonzero(world.array("people.has_place")))


def test_caseloads_respect_their_limits_except_for_who_became_more_ill(team: ArmRun) -> None:
    levers = team.setting.scenario.governance("coordinated")
    doctors = np.array(levers["mobile_team.doctors"]) * (1 - float(levers["mobile_team.vacancy_share"]))
    share = float(levers["mobile_team.most_ill_doctor_share"])
    limits = np.column_stack(
        [
            doctors * share * float(levers["mobile_team.caseload_most_ill"]),
            doctors * (1 - share) * float(levers["mobile_team.caseload_failing"]),
        ]
    )
    counts = team.world.array("teams.enrolled")
    assert (counts[:, 1] <= np.floor(limits[:, 1] + 0.5)).all()
    changes = team.table[team.table.kind == Kind.SEGMENT_CHANGE]
    became = int((changes.detail % 4 == Segment.MOST_ILL).sum())
    assert (counts[:, 0] <= np.floor(limits[:, 0] + 0.5) + became).all()


def test_nobody_is_enrolled_twice_at_a_time(team: ArmRun) -> None:
    rows = team.table[(team.table.kind == Kind.ENROLMENT) & (team.table.started >= 0)].sort_values(
        ["person", "started"]
    )
    ended = rows.ended.where(rows.ended >= 0, team.setting.period.horizon)
    same = rows.person.eq(rows.person.shift(-1))
    assert (ended[same] <= rows.started.shift(-1)[same]).all()


def test_who_waits_for_a_place_asked_for_it_at_the_start_or_when_they_became_ill(team: ArmRun) -> None:
    rows = team.table[team.table.kind == Kind.ENROLMENT]
    changes = team.table[team.table.kind == Kind.SEGMENT_CHANGE]
    moments = set(zip(changes.person, changes.asked, strict=True))
    for row in rows.itertuples():
        assert row.asked == team.start or (row.person, row.asked) in moments
        assert row.started < 0 or row.started - team.start < 400 * DAY
