"""Who is on duty (bemanning): the capacity of every unit over time, from beds, levers and the resource table.

Capacity that depends on levers changes with them at T0; before it every arm is the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import chance
from sim.model import calendar
from sim.model.calendar import Changes, Factor, Pattern
from sim.model.period import CURRENT
from sim.model.services import BY_TEAM_AREA
from sim.model.units import Unit, place_of
from sim.scenario import Scenario
from sim.scenario.region import Staffing
from sim.vocabulary import DAY, HOUR, YEAR, Purpose, Service

TEAM_STAFF = ("doctors", "nurses")
WEEKDAYS_A_YEAR = 261
OFFICE_HOURS_A_YEAR = 9 * WEEKDAYS_A_YEAR
"""Opening from 8 to 17 on weekdays."""


def capacity_changes(
    scenario: Scenario,
    levers: Mapping[str, Any],
    units: Sequence[Unit],
    key: int,
    first_day: int,
    last_day: int,
    starts: int,
) -> tuple[Changes, ...]:
    """Changes of capacity of every unit from ``first_day`` to ``last_day``; ``starts`` is the day of T0."""
    before = scenario.governance(CURRENT)
    rows = staffing_rows(scenario)

    def of_unit(number: int, unit: Unit) -> Changes:
        factor = _team_factor(scenario, levers, before, unit, number, key, starts) if first_day >= starts else None
        pattern = pattern_of(scenario, levers, unit, rows)
        return calendar.changes(pattern, number, key, first_day, last_day, factor)

    return tuple(of_unit(number, unit) for number, unit in enumerate(units))


def capacity_of_two(
    scenario: Scenario,
    usual: Mapping[str, Any],
    new: Mapping[str, Any],
    units: Sequence[Unit],
    key: int,
    first_day: int,
    last_day: int,
    starts: Sequence[int],
) -> tuple[Changes, ...]:
    """Changes of capacity from T0 (``first_day``) where each unit goes over from one governance to another.

    Parameters
    ----------
    starts
        Day on which the unit goes over, by unit; ``last_day`` or later for never.
    """
    current = scenario.governance(CURRENT)
    rows = staffing_rows(scenario)

    def of_unit(number: int, unit: Unit) -> Changes:
        goes_over = min(starts[number], last_day)
        parts = []
        for levers, before, first, last in (
            (usual, current, first_day, goes_over),
            (new, current if goes_over == first_day else usual, goes_over, last_day),
        ):
            if last > first:
                factor = _team_factor(scenario, levers, before, unit, number, key, first)
                pattern = pattern_of(scenario, levers, unit, rows)
                parts.append(calendar.changes(pattern, number, key, first, last, factor))
        return np.concatenate(parts)

    return tuple(of_unit(number, unit) for number, unit in enumerate(units))


def staffing_rows(scenario: Scenario) -> dict[tuple[str, str], Staffing]:
    """Rows of the resource table by service and place."""
    return {(row.service, row.place): row for row in scenario.region.resources}


def _team_factor(
    scenario: Scenario,
    levers: Mapping[str, Any],
    before: Mapping[str, Any],
    unit: Unit,
    number: int,
    key: int,
    starts: int,
) -> Factor | None:
    """The mobile team's size by day: it grows from what it was before ``starts``, and people leave it."""
    if unit.service not in BY_TEAM_AREA or not levers["mobile_team.active"]:
        return None
    new = team_duty(scenario, levers, unit)
    if new <= 0.0:
        return None
    old = min(new, team_duty(scenario, before, unit))
    length = max(1.0, float(levers["mobile_team.ramp_up_days"]))
    posts = max(1, round(team_posts(levers, unit)))

    def factor(days: NDArray[np.int64]) -> NDArray[np.float64]:
        grown = np.clip((days - starts) / length, 0.0, 1.0)
        return np.asarray((old + (new - old) * grown) / new * filled(levers, key, number, posts, days, starts))

    return factor


def filled(
    levers: Mapping[str, Any], key: int, unit: int, posts: int, days: NDArray[np.int64], starts: int
) -> NDArray[np.float64]:
    """Share of a team's posts that are filled, by day: members leave, and posts stay empty for a while (vakanser)."""
    leaves = float(levers["mobile_team.leaves_per_year"])
    if leaves <= 0.0:
        return np.ones(len(days))
    vacant = np.zeros(len(days))
    for post in range(posts):
        day, n = float(starts), 0
        while day < days[-1] + 1:
            day += chance.exponential(key, unit, Purpose.VACANCY, post, n, YEAR / DAY / leaves)
            until = day + chance.exponential(
                key, unit, Purpose.VACANCY, post, n + 1, float(levers["mobile_team.vacant_days"])
            )
            vacant += (days >= day) & (days < until)
            day, n = until, n + 2
    return np.asarray(1.0 - vacant / posts)


def team_posts(levers: Mapping[str, Any], unit: Unit) -> float:
    """Posts of the mobile team in the unit's area; all in the first where the county pools them."""
    if not levers["mobile_team.active"]:
        return 0.0
    name = "mobile_team.doctors" if unit.service == Service.TEAM_DOCTOR else "mobile_team.nurses"
    staff = np.array(levers[name], dtype=np.float64)
    if levers["organisation.pooled"]:
        return float(staff.sum()) if unit.team_area == 0 else 0.0
    return float(staff[unit.team_area])


def team_duty(scenario: Scenario, levers: Mapping[str, Any], unit: Unit) -> float:
    """Members of the mobile team on duty while it is open: posts, less vacant ones, by their working hours."""
    days = WEEKDAYS_A_YEAR if not levers["mobile_team.weekends"] else YEAR / DAY
    open_hours = days * (float(levers["mobile_team.closes_hour"]) - float(levers["mobile_team.opens_hour"]))
    posts = team_posts(levers, unit) * (1.0 - float(levers["mobile_team.vacancy_share"]))
    return on_duty(scenario, posts, open_hours)


def on_duty(scenario: Scenario, posts: float, open_hours: float) -> float:
    """How many of a number of full-time posts are at work at a time, if the service is open these hours a year."""
    hours = float(scenario.values["staffing.hours_per_post_per_year"])
    return posts * min(1.0, hours / open_hours) if open_hours > 0.0 else 0.0


def pattern_of(
    scenario: Scenario, levers: Mapping[str, Any], unit: Unit, rows: Mapping[tuple[str, str], Staffing]
) -> Pattern:
    """Staffing pattern of a unit, from beds, levers or the resource table."""
    beds = _beds(scenario, unit)
    if beds is not None:
        return beds
    by_lever = _by_lever(scenario, levers, unit)
    if by_lever is not None:
        return by_lever
    return _from_table(scenario, levers, unit, rows)


def _beds(scenario: Scenario, unit: Unit) -> Pattern | None:
    beds = scenario.section("beds")
    number = {
        Service.WARD_MEDICINE: beds.medicine,
        Service.WARD_SURGERY: beds.surgery,
        Service.EXTRA_MEDICINE: beds.extra_medicine,
        Service.EXTRA_SURGERY: beds.extra_surgery,
    }.get(unit.service)
    if number is not None:
        extra = unit.service in (Service.EXTRA_MEDICINE, Service.EXTRA_SURGERY)
        return Pattern.constant(float(number), 1.0 if extra else float(beds.summer_factor))
    if unit.service == Service.SJUKSTUGA:
        return Pattern.constant(float(scenario.region.municipalities[unit.municipality].sjukstuga_beds))
    return None


def _by_lever(scenario: Scenario, levers: Mapping[str, Any], unit: Unit) -> Pattern | None:
    """Units that exist through a lever."""
    if unit.service in BY_TEAM_AREA:
        return _team_pattern(scenario, levers, unit)
    if unit.service == Service.HOMECOMING:
        staff = float(np.array(levers["homecoming.staff"])[unit.municipality])
        return Pattern.constant(_on(levers, "homecoming", staff * float(levers["homecoming.people_per_staff"])))
    office = {
        Service.CONSULT: ("specialist_support", "specialist_support.specialists"),
        Service.MONITORING: ("monitoring", "monitoring.nurses"),
        Service.ATTENDER_TEAM: ("attender_team", "attender_team.staff"),
    }.get(unit.service)
    if office is not None:
        posts = _on(levers, office[0], float(levers[office[1]]))
        return Pattern(on_duty(scenario, posts, OFFICE_HOURS_A_YEAR))
    if unit.service == Service.PALLIATIVE:
        posts = _on(levers, "palliative_team", float(levers["palliative_team.staff"]))
        return Pattern.constant(on_duty(scenario, posts, YEAR / HOUR))
    return None


def _on(levers: Mapping[str, Any], lever: str, units: float) -> float:
    return units if levers[f"{lever}.active"] else 0.0


def _team_pattern(scenario: Scenario, levers: Mapping[str, Any], unit: Unit) -> Pattern:
    size = team_duty(scenario, levers, unit)
    return Pattern(
        size,
        weekend_day=size if levers["mobile_team.weekends"] else 0.0,
        day_start=float(levers["mobile_team.opens_hour"]),
        day_end=float(levers["mobile_team.closes_hour"]),
        evening_end=float(levers["mobile_team.closes_hour"]),
    )


def _from_table(
    scenario: Scenario, levers: Mapping[str, Any], unit: Unit, rows: Mapping[tuple[str, str], Staffing]
) -> Pattern:
    row = rows.get((unit.service.name.lower(), place_of(scenario.region, unit)))
    if row is None:
        return Pattern.constant(0.0)
    scale = float(np.asarray(scenario.values["staffing.factor"])[unit.service])
    if unit.service == Service.CENTRE_PHONE:
        scale *= float(levers["access.phone_staff_factor"])
    if unit.service == Service.GP:
        scale *= float(levers["access.gp_staff_factor"])
    extra = 0.0
    if unit.service == Service.REHABILITATION:
        extra = _on(levers, "rehabilitation", float(np.array(levers["rehabilitation.staff"])[unit.municipality]))
    return Pattern(
        row.day * scale + extra,
        row.evening * scale,
        row.night * scale,
        row.weekend_day * scale,
        row.weekend_evening * scale,
        row.day_start,
        row.day_end,
        row.evening_end,
        row.summer_factor,
        row.absence,
    )


# --- the mobile team as a whole ---


def has_team(levers: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Whether anybody works in the mobile team, by team area."""
    if not levers["mobile_team.active"] or levers["mobile_team.vacancy_share"] >= 1.0:
        return np.zeros(np.size(levers["mobile_team.doctors"]), dtype=bool)
    return np.asarray(sum(team_staff(levers, name) for name in TEAM_STAFF) > 0.0)


def team_staff(levers: Mapping[str, Any], name: str) -> NDArray[np.float64]:
    """Doctors or nurses by team area; all in the first where the county pools them."""
    staff = np.array(levers[f"mobile_team.{name}"], dtype=np.float64)
    if levers["organisation.pooled"]:
        pooled = np.zeros_like(staff)
        pooled[0] = staff.sum()
        return pooled
    return staff
