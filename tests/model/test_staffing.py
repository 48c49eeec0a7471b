"""Capacity over time: shifts, parts of a unit, summer, absence, the growth of a team; the world's columns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from sim.model.calendar import Pattern, changes, summer
from sim.model.period import CURRENT
from sim.model.staffing import capacity_changes, filled, on_duty, team_duty, team_staff
from sim.model.world import NEW, USUAL, setting, switch
from sim.scenario import Scenario
from sim.vocabulary import DAY, HOUR, Service

pytestmark = pytest.mark.unit

KEY = 77


def unit_days(table: np.ndarray, days: int) -> np.ndarray:
    """Integral of capacity over each day, in unit-hours."""
    ends = np.append(table[1:, 0], days * DAY)
    area = np.zeros(days)
    for (start, capacity), end in zip(table, ends, strict=True):
        for day in range(int(start) // DAY, -(-int(end) // DAY)):
            area[day] += capacity * max(0, min(int(end), (day + 1) * DAY) - max(int(start), day * DAY)) / HOUR
    return area


def test_shifts_and_weekends() -> None:
    pattern = Pattern(3, 2, 1, 2, 1, day_start=8, day_end=16, evening_end=22)
    table = changes(pattern, 0, KEY, 0, 7)
    monday = table[table[:, 0] < DAY]
    assert monday.tolist() == [[0, 1], [8 * HOUR, 3], [16 * HOUR, 2], [22 * HOUR, 1]]
    area = unit_days(table, 7)
    assert area[:5] == pytest.approx(8 + 24 + 12 + 2)
    assert area[5:] == pytest.approx(8 + 16 + 6 + 2)


def test_parts_of_a_unit_are_there_for_a_part_of_the_shift() -> None:
    table = changes(Pattern(1.25, day_start=8, day_end=16), 0, KEY, 0, 5)
    assert unit_days(table, 5) == pytest.approx(10.0)
    assert table[table[:, 0] < DAY].tolist() == [[0, 0], [8 * HOUR, 2], [10 * HOUR, 1], [16 * HOUR, 0]]


def test_a_constant_does_not_change() -> None:
    assert changes(Pattern.constant(7), 0, KEY, 0, 400).tolist() == [[0, 7]]


def test_summer_reduces_staff_in_its_weeks() -> None:
    table = changes(Pattern.constant(10, summer_factor=0.5), 0, KEY, 0, 365)
    days = unit_days(table, 365) / 24
    weeks = np.arange(365) // 7 + 1
    assert (days[(weeks >= 26) & (weeks <= 32)] == 5).all()
    assert (days[(weeks < 26) | (weeks > 32)] == 10).all()
    assert summer(np.arange(365)).sum() == 49


def test_absence_takes_its_mean_and_is_the_same_in_every_arm() -> None:
    pattern = Pattern(8, day_start=8, day_end=16, absence=0.1)
    table = changes(pattern, 3, KEY, 0, 52 * 7 * 10)
    area = unit_days(table, 52 * 7 * 10)
    weekdays = np.arange(len(area)) % 7 < 5
    assert area[weekdays].mean() == pytest.approx(64 * 0.9, rel=0.01)
    assert area[weekdays].std() > 0.5
    assert np.array_equal(table, changes(pattern, 3, KEY, 0, 52 * 7 * 10))
    assert not np.array_equal(table, changes(pattern, 4, KEY, 0, 52 * 7 * 10))


def test_what_is_planned_from_the_middle_is_the_same_as_from_the_start() -> None:
    pattern = Pattern(2.3, 1.2, 0.5, 1.1, 0.4, day_start=7.5, day_end=16.5, absence=0.2, summer_factor=0.7)
    whole, later = changes(pattern, 5, KEY, 0, 300), changes(pattern, 5, KEY, 100, 300)
    assert np.array_equal(unit_days(whole, 300)[100:], unit_days(later, 300)[100:])
    tail = whole[whole[:, 0] > 100 * DAY]
    assert np.array_equal(tail, later[later[:, 0] > 100 * DAY])


def test_times_ascend_and_capacity_moves() -> None:
    table = changes(Pattern(1.7, 0.9, 0.3, 1.2, 0.2, absence=0.15, summer_factor=0.6), 6, KEY, 0, 2 * 365)
    assert (np.diff(table[:, 0]) > 0).all()
    assert (np.diff(table[:, 1]) != 0).all()
    assert (table[:, 1] >= 0).all()


def full_time(scenario: Scenario) -> Scenario:
    """Posts that are at work whenever the service is open."""
    return scenario.with_values({"staffing.hours_per_post_per_year": 8760})


# --- the world -----------------------------------------------------------------------------------------------


def after_start(scenario: Scenario, governance: str) -> Iterator[tuple[str, np.ndarray]]:
    """Names and capacity changes of all units from T0 on."""
    prepared = setting(scenario, 1, 0)
    first, last = prepared.period.first_day, prepared.period.days
    levers = scenario.governance(governance)
    table = capacity_changes(scenario, levers, prepared.units, prepared.key, first, last, first)
    return zip((unit.name for unit in prepared.units), table, strict=True)


def test_only_units_of_levers_change_capacity_at_the_switch(small: Scenario) -> None:
    different = {
        name.split(" Umeå")[0].split(" Vännäs")[0].split(" Surrounding")[0]
        for (name, before), (_, after) in zip(
            after_start(small, CURRENT), after_start(small, "coordinated"), strict=True
        )
        if not np.array_equal(before, after)
    }
    assert different == {
        *("team nurse", "team doctor", "homecoming", "consult", "monitoring", "palliative", "rehabilitation")
    }


def test_the_calendar_of_current_goes_on_unchanged_through_the_switch(small: Scenario) -> None:
    prepared = setting(small, 1, 0)
    start = prepared.period.starts
    for whole, (name, later) in zip(prepared.changes, after_start(small, CURRENT), strict=True):
        assert np.array_equal(whole[whole[:, 0] > start], later[later[:, 0] > start]), name
        assert whole[whole[:, 0] <= start][-1, 1] == later[0, 1], name


def test_the_team_grows_during_the_ramp_up_from_what_it_was(small: Scenario) -> None:
    scenario = full_time(small).with_levers(
        "coordinated",
        {
            "mobile_team.leaves_per_year": 0.0,
            "mobile_team.ramp_up_days": 40,
            "mobile_team.vacancy_share": 0.0,
            "mobile_team.weekends": True,
        },
    )
    prepared = setting(scenario, 1, 0)
    days = prepared.period.days
    start = prepared.period.first_day
    table = dict(after_start(scenario, "coordinated"))
    for name, before, full in (("team doctor Umeå", 0, 4), ("team nurse Umeå", 2, 8), ("team nurse Surrounding", 0, 4)):
        area = unit_days(table[name], days)[start:] / 12  # open from 8 to 20
        assert area[0] == pytest.approx(before, abs=0.01)
        assert area[20] == pytest.approx((before + full) / 2, abs=0.01)
        assert area[40:] == pytest.approx(full, abs=0.01)


def test_a_post_works_its_hours_however_long_the_service_is_open(small: Scenario) -> None:
    scenario = small.with_values({"staffing.hours_per_post_per_year": 1680})
    assert on_duty(scenario, 3.0, 2 * 1680) == pytest.approx(1.5)
    assert on_duty(scenario, 3.0, 840) == 3.0  # more hours than the service is open do not make more people
    unit = next(unit for unit in setting(scenario, 1, 0).units if unit.service == Service.TEAM_DOCTOR)
    base = {"mobile_team.active": True, "mobile_team.doctors": 4, "mobile_team.vacancy_share": 0.0}
    for levers, hours in (({"mobile_team.weekends": False}, 261 * 9), ({"mobile_team.weekends": True}, 365 * 9)):
        governance = scenario.with_levers("x", base | levers).governance("x")
        assert team_duty(scenario, governance, unit) == pytest.approx(4 * 1680 / hours)


def test_members_leave_and_posts_stay_vacant_for_a_while(small: Scenario) -> None:
    days = np.arange(100, 100 + 40 * 365)
    for rate, vacant in ((0.5, 90), (2.0, 30)):
        levers = {"mobile_team.leaves_per_year": rate, "mobile_team.vacant_days": vacant}
        share = filled(levers, KEY, 3, 8, days, 100)
        assert ((share >= 0) & (share <= 1)).all()
        assert share[0] > 0.8
        stay = 365 / rate
        assert share.mean() == pytest.approx(stay / (stay + vacant), abs=0.05)
        assert np.array_equal(share, filled(levers, KEY, 3, 8, days, 100))
    assert (filled({"mobile_team.leaves_per_year": 0.0}, KEY, 3, 8, days, 100) == 1).all()


def test_pooling_puts_the_staff_in_one_place(small: Scenario) -> None:
    scenario = small.with_levers(
        "pooled", {"organisation.pooled": True, "mobile_team.vacancy_share": 0.1}, base="coordinated"
    )
    levers = scenario.governance("pooled")
    assert team_staff(levers, "doctors").tolist() == [6.0, 0.0]
    units = [unit for unit in setting(scenario, 1, 0).units if unit.service == Service.TEAM_NURSE]
    assert [team_duty(full_time(scenario), levers, unit) for unit in units] == [pytest.approx(12 * 0.9), 0.0]


def test_levers_are_written_over_those_of_current_at_the_switch(small: Scenario) -> None:
    world = setting(small, 1, 0).world
    before = {path: np.array(world.array(path)) for path in small.governance(CURRENT)}
    for path, value in small.governance(CURRENT).items():
        assert all(np.array_equal(row, np.asarray(value)) for row in before[path])
    switch(world, small.governance("coordinated"))
    for path, value in small.governance("coordinated").items():
        assert all(np.array_equal(row, np.asarray(value)) for row in world.array(path))
    for arm in (USUAL, NEW):
        assert world.teams.doctors[arm, 0] == 4.0
        assert world.teams.nurses[arm, 1] == 4.0


def test_two_governances_stand_in_two_rows(small: Scenario) -> None:
    world = setting(small, 1, 0).world
    usual, new = (small.governance(name) for name in (CURRENT, "coordinated"))
    world.set("teams.arm", [NEW, USUAL])
    switch(world, usual, new)
    for path in usual:
        rows = world.array(path)
        assert np.array_equal(rows[USUAL], np.asarray(usual[path])), path
        assert np.array_equal(rows[NEW], np.asarray(new[path])), path
    assert world.teams.doctors.tolist() == [[0.0, 0.0], [4.0, 0.0]]  # the other area's own governance has no team
    assert world.teams.nurses.tolist() == [[2.0, 0.0], [8.0, 0.0]]


def test_every_parameter_of_the_flows_is_in_the_world(small: Scenario) -> None:
    world = setting(small, 1, 0).world
    outside = {"time", "prices", "beds", "staffing"}
    for path, value in small.values.items():
        if path.split(".")[0] not in outside:
            assert np.array_equal(world.array(path), np.asarray(value)), path
