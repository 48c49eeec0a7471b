"""The world of one replication: people, parameters, levers and units as plain columns, and their capacity over time.

A parameter's path is its name in the world. Levers are columns too, of two rows: at T0 the governance of the arm is
written over `current`, and the capacity that depends on levers changes with it; before T0 every arm is the same, bit
for bit. Ordinary runs have the same governance in both rows. Where two apply at once, ``people.arm`` says which row
applies to a person, ``teams.arm`` to the mobile team of an area, and the capacity of units follows their municipality.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import capacity, chance
from sim.buffers import Column, World
from sim.capacity import Changes, Pattern
from sim.population import Population, build
from sim.scenario import Scenario
from sim.scenario.region import Region, Staffing
from sim.vocabulary import DAY, HOUR, YEAR, Purpose, Service

CURRENT = "current"
"""The governance before T0, in every arm."""

USUAL, NEW = 0, 1
"""Rows of the levers."""

NOT_IN_WORLD = ("time", "prices", "beds", "staffing")
"""Groups of parameters that the flows do not read."""

# What life asks for at every candidate stands first, eight to a line of the processor's cache, after the times of the
# next candidates; then what an open episode asks for.
STATE_INTS = (
    "segment",
    "at",
    "home",
    "failing",
    "spell_ends",
    "changes",
    "death_at",
    "episode",
    "complicated",
    "arm",
    "enrolled",
    "home_nursing_until",
    "managed_until",
    "last_review",
    "spell_number",
    "level",
    "left_at",
    "crisis_at",
    "onset_crisis_at",
    "overdue",
    "contact_counts",
    "contact_key",
    "late",
    "contacts",
    "first_level",
    "died_at",
    "help_ordered",
    "help_ready",
    "help_row",
    "help_since",
    "help_detail",
    "failed_contact",
    "on_plan",
    "consulted",
    "sent",
    "handed_over",
    "care_plan",
    "queued",
    "queued_at",
    "queue_next",
    "has_place",
    "place_area",
    "place_kind",
    "homecoming_until",
    "contact_month",
    "month_contacts",
    "chosen",
    "monitoring",
    "planning",
    "planned",
    "offer",
    "found_window",
    "respite",
    "short_term",
    "short_term_since",
    "short_term_row",
    "short_term_detail",
    "enrolment_row",
    "enrolment_started",
    "enrolment_detail",
    "emergency_row",
    "emergency_detail",
    "emergency_started",
)
INPUTS = (
    "municipality",
    "area",
    "age_band",
    "chronic",
    "special_housing",
    "segment_time",
    "relative",
    "entry",
    "segment_value",
    "home_nursing_rank",
    "target_rank",
    "palliative_rank",
    "registered_rank",
    "spell_rank",
    "frailty",
    "attendance",
    "death_threshold",
)
NEED_TYPES = 4
WEEKDAYS_A_YEAR = 261
OFFICE_HOURS_A_YEAR = 9 * WEEKDAYS_A_YEAR
"""Opening from 8 to 17 on weekdays."""
NOT_YET = 7

BY_AREA = (Service.CENTRE_PHONE, Service.CENTRE_NURSE, Service.GP)
BY_MUNICIPALITY = (
    Service.HOME_NURSE,
    Service.HOME_HELP,
    Service.PLANNER,
    Service.SHORT_TERM,
    Service.HOMECOMING,
    Service.SJUKSTUGA,
    Service.REHABILITATION,
)
BY_TEAM_AREA = (Service.TEAM_NURSE, Service.TEAM_DOCTOR)
TEAM_STAFF = ("doctors", "nurses")
ONCE = (
    Service.PHONE_1177,
    Service.AMBULANCE,
    Service.EMERGENCY_PLACE,
    Service.EMERGENCY_DOCTOR,
    Service.WARD_MEDICINE,
    Service.WARD_SURGERY,
    Service.EXTRA_MEDICINE,
    Service.EXTRA_SURGERY,
    Service.SPECIALIST,
    Service.DAY_UNIT,
    Service.CONSULT,
    Service.MONITORING,
    Service.ATTENDER_TEAM,
    Service.PALLIATIVE,
)
"""Where the units of each service are: one an area, a municipality, a team area, or one in all."""


@dataclass(frozen=True)
class Unit:
    """One resource of the model.

    Attributes
    ----------
    name
        For tables and messages, such as ``gp Vännäs``.
    service
        What it is.
    municipality, area, team_area
        Where; -1 where it does not apply.
    """

    name: str
    service: Service
    municipality: int = -1
    area: int = -1
    team_area: int = -1


@dataclass(frozen=True)
class Period:
    """The time axis in seconds: warm-up, pre-period, T0, follow-up."""

    warm_up_ends: int
    starts: int
    horizon: int

    @classmethod
    def of(cls, scenario: Scenario) -> Period:
        """From the ``[time]`` of a scenario."""
        warm_up = int(scenario.time.warm_up_days)
        starts = warm_up + int(scenario.time.pre_period_days)
        return cls(warm_up * DAY, starts * DAY, (starts + int(scenario.time.follow_up_days)) * DAY)

    @property
    def first_day(self) -> int:
        """Day of T0."""
        return self.starts // DAY

    @property
    def days(self) -> int:
        """Days until the horizon."""
        return self.horizon // DAY


@dataclass(frozen=True, eq=False)
class Setting:
    """Everything a replication needs before it runs: world, people, units and their capacity under `current`."""

    scenario: Scenario
    period: Period
    key: int
    population: Population
    units: tuple[Unit, ...]
    world: World
    changes: tuple[Changes, ...]


def setting(scenario: Scenario, seed: int, replication: int) -> Setting:
    """Build the world of one replication, under `current`.

    Parameters
    ----------
    scenario
        A checked scenario with a region.
    seed
        Any whole number of 64 bits.
    replication
        Number of the replication from 0.
    """
    period = Period.of(scenario)
    key = chance.stream_key(seed, replication)
    population = build(scenario.region, scenario.values, key, period.horizon)
    units = unit_table(scenario.region)
    levers = scenario.governance(CURRENT)
    columns = [
        *_run_columns(scenario, period, key, population),
        *_people_columns(population, key),
        *_parameter_columns(scenario, population),
        *_lever_columns(levers),
        *_place_columns(scenario.region, units),
        *_team_columns(scenario.region, levers, period.starts),
    ]
    changes = capacity_changes(scenario, levers, units, key, 0, period.days, period.first_day)
    return Setting(scenario, period, key, population, units, World.build(columns), changes)


def switch(world: World, levers: Mapping[str, Any], new: Mapping[str, Any] | None = None) -> None:
    """Write the levers of a governance into the world (at T0, between two runs); or of two, for the two rows.

    Set ``teams.arm`` before: where a team area's own governance has no team, nobody is sent to it under the other.
    """
    new = levers if new is None else new
    for path, value in levers.items():
        world.set(path, _two_rows(value, new[path]))
    there = np.where(world.array("teams.arm") == NEW, _has_team(new), _has_team(levers))
    for name in TEAM_STAFF:
        staff = np.stack([team_staff(levers, name), team_staff(new, name)])
        world.set(f"teams.{name}", staff * there if new is not levers else staff)


def _has_team(levers: Mapping[str, Any]) -> NDArray[np.bool_]:
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


# --- columns -------------------------------------------------------------------------------------------------


def _run_columns(scenario: Scenario, period: Period, key: int, population: Population) -> list[Column]:
    return [
        Column("run.key", key),
        Column("run.horizon", period.horizon),
        Column("run.coordination_starts", period.starts),
        Column("run.people", len(population.entry)),
        Column("run.team_areas", len(scenario.region.team_areas)),
    ]


def _people_columns(population: Population, key: int) -> list[Column]:
    people = len(population.entry)
    everybody = np.arange(people, dtype=np.int64)
    columns = [Column(f"people.{name}", np.asarray(getattr(population, name))) for name in INPUTS]
    columns.append(Column("people.first_segment", population.segment))
    columns.append(
        Column("people.monitoring_rank", chance.uniform_array(key, everybody, Purpose.MONITORING_RANK, 0, 0))
    )
    order = np.argsort(chance.uniform_array(key, everybody, Purpose.QUEUE, 0, 0), kind="stable")
    columns.append(Column("people.enrolment_order", order.astype(np.int64)))
    # Values of many columns, without an array for each of them.
    zeros = np.zeros((people, NEED_TYPES), dtype=np.int64)
    nowhere = np.full(people, NOT_YET)  # until their lives begin
    columns += [Column(f"people.{name}", zeros, state=True) for name in ("next_time", "next_need")]
    for name in STATE_INTS:
        columns.append(Column(f"people.{name}", nowhere if name == "at" else zeros[:, 0], state=True))
    columns.append(Column("people.hazard_extra", np.zeros(people), state=True))
    columns.append(Column("people.bound", np.zeros((people, NEED_TYPES)), state=True))
    return columns


def _parameter_columns(scenario: Scenario, population: Population) -> list[Column]:
    columns = [
        Column(path, _plain(value))
        for path, value in scenario.values.items()
        if path.split(".")[0] not in NOT_IN_WORLD and np.ndim(value) <= 2
    ]
    return [*columns, Column("population.hazard", population.hazard)]


def _lever_columns(levers: Mapping[str, Any]) -> list[Column]:
    # Arms change levers at T0: they stand with the state, so that inputs stay shared.
    return [Column(path, _two_rows(value, value), state=True) for path, value in levers.items()]


def _two_rows(usual: Any, new: Any) -> NDArray[Any]:
    """A lever under two governances, shape (2,) or (2, members)."""
    return np.stack([np.asarray(_plain(usual)), np.asarray(_plain(new))])


def _plain(value: Any) -> Any:
    """Numbers as the flows read them: a flag is 0 or 1."""
    if isinstance(value, np.ndarray):
        return value.astype(np.int64) if value.dtype == bool else value
    return int(value) if isinstance(value, bool) else value


def _place_columns(region: Region, units: Sequence[Unit]) -> list[Column]:
    team_area = [region.team_areas.index(m.team_area) for m in region.municipalities]
    columns = [
        Column("areas.continuity", np.array([a.continuity for a in region.areas])),
        Column("municipalities.team_area", np.array(team_area, dtype=np.int64)),
        Column("municipalities.travel_minutes", np.array([m.travel_minutes for m in region.municipalities])),
        Column("municipalities.ambulance_minutes", np.array([m.ambulance_minutes for m in region.municipalities])),
        Column("municipalities.sjukstuga_beds", np.array([m.sjukstuga_beds for m in region.municipalities])),
        Column("municipalities.arm", np.zeros(len(region.municipalities), dtype=np.int64), state=True),
    ]
    for service in Service:
        numbers = [number for number, unit in enumerate(units) if unit.service == service]
        columns.append(Column(f"units.{service.name.lower()}", np.array(numbers, dtype=np.int64)))
    wards = ((Service.WARD_MEDICINE, Service.WARD_SURGERY), (Service.EXTRA_MEDICINE, Service.EXTRA_SURGERY))
    for name, services in zip(("ward", "extra"), wards, strict=True):
        numbers = [next(n for n, unit in enumerate(units) if unit.service == service) for service in services]
        columns.append(Column(f"units.{name}", np.array(numbers, dtype=np.int64)))
    return columns


def _team_columns(region: Region, levers: Mapping[str, Any], starts: int) -> list[Column]:
    areas = len(region.team_areas)
    shape = (areas, 2)
    staff = {name: team_staff(levers, name) for name in TEAM_STAFF}
    return [
        *(Column(f"teams.{name}", _two_rows(posts, posts), state=True) for name, posts in staff.items()),
        Column("teams.arm", np.zeros(areas, dtype=np.int64), state=True),
        Column("teams.since", np.full(areas, starts), state=True),
        Column("teams.enrolled", np.zeros(shape, dtype=np.int64), state=True),
        Column("teams.queue_head", np.full(shape, -1, dtype=np.int64), state=True),
        Column("teams.queue_tail", np.full(shape, -1, dtype=np.int64), state=True),
    ]


# --- units and their capacity ----------------------------------------------------------------------------------


def unit_table(region: Region) -> tuple[Unit, ...]:
    """All resources of the model in the order of their numbers."""
    units = [Unit(_title(service), service) for service in ONCE]
    for service in BY_AREA:
        units += [Unit(f"{_title(service)} {a.name}", service, a.municipality, n) for n, a in enumerate(region.areas)]
    for service in BY_MUNICIPALITY:
        units += [Unit(f"{_title(service)} {m.name}", service, n) for n, m in enumerate(region.municipalities)]
    for service in BY_TEAM_AREA:
        units += [Unit(f"{_title(service)} {name}", service, team_area=n) for n, name in enumerate(region.team_areas)]
    return tuple(units)


def _title(service: Service) -> str:
    return service.name.lower().replace("_", " ")


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
        return capacity.changes(pattern, number, key, first_day, last_day, factor)

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
                parts.append(capacity.changes(pattern, number, key, first, last, factor))
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
) -> capacity.Factor | None:
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
    row = rows.get((unit.service.name.lower(), _place(scenario.region, unit)))
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


def _place(region: Region, unit: Unit) -> str:
    """Name of the unit's place in the resource table."""
    if unit.area >= 0:
        return region.areas[unit.area].name
    if unit.municipality >= 0:
        return region.municipalities[unit.municipality].name
    return "region"
