"""A small region for tests of the model: two municipalities, mostly old people, a hospital of their size.

The names are those of the shipped scenario, so that its levers by municipality and team area apply; the people are
few, and two thirds of them are 65 and over, so that a short run holds many of the needs that coordination is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sim
from sim.scenario import Scenario

PEOPLE: Mapping[str, tuple[int, ...]] = {
    "Umeå": (90, 70, 190, 260, 330, 320, 290, 230, 140, 80),
    "Vännäs": (35, 25, 80, 110, 120, 115, 105, 85, 50, 30),
}
"""People by age band, 0-15 to 90 and over."""
BANDS = (
    *("age_0_15", "age_16_24", "age_25_44", "age_45_64"),
    *("age_65_69", "age_70_74", "age_75_79", "age_80_84", "age_85_89", "age_90"),
)
AREAS = (("Umeå 1", "Umeå", 0.6, 0.6), ("Umeå 2", "Umeå", 0.4, 0.7), ("Vännäs", "Vännäs", 1.0, 0.86))
"""Name, municipality, share of its people, continuity."""
CONSTANT = {
    ("phone_1177", "region"): 1.0,
    ("ambulance", "region"): 1.0,
    ("emergency_place", "region"): 4.0,
    ("emergency_doctor", "region"): 1.0,
    ("home_nurse", "Umeå"): 1.0,
    ("home_nurse", "Vännäs"): 1.0,
    ("home_help", "Umeå"): 1.5,
    ("home_help", "Vännäs"): 1.0,
    ("short_term", "Umeå"): 3.0,
    ("short_term", "Vännäs"): 1.0,
}
"""Units around the clock."""
OFFICE = {
    ("specialist", "region"): 0.7,
    ("day_unit", "region"): 0.5,
    ("centre_phone", "Umeå 1"): 0.3,
    ("centre_phone", "Umeå 2"): 0.25,
    ("centre_phone", "Vännäs"): 0.25,
    ("gp", "Umeå 1"): 1.3,
    ("gp", "Umeå 2"): 0.9,
    ("gp", "Vännäs"): 0.9,
    ("centre_nurse", "Umeå 1"): 0.6,
    ("centre_nurse", "Umeå 2"): 0.5,
    ("centre_nurse", "Vännäs"): 0.5,
    ("planner", "Umeå"): 0.4,
    ("planner", "Vännäs"): 0.2,
    ("rehabilitation", "Umeå"): 0.5,
    ("rehabilitation", "Vännäs"): 0.3,
}
"""Units in office hours."""
SCENARIO = """\
extends = "shipped:umea-lansdel"
name = "small"
title = "A small region for tests"

[region]
folder = "region"

[beds]
medicine = { value = 10, low = 10, high = 10, source = "assumption" }
surgery = { value = 8, low = 8, high = 8, source = "assumption" }
extra_medicine = { value = 3, low = 3, high = 3, source = "assumption" }
extra_surgery = { value = 2, low = 2, high = 2, source = "assumption" }

[outside.stays_per_year]
medicine = { value = 30, low = 30, high = 30, source = "assumption" }
surgery = { value = 60, low = 60, high = 60, source = "assumption" }
"""
SHORT: Mapping[str, int] = {"time.warm_up_days": 40, "time.pre_period_days": 30, "time.follow_up_days": 60}
YEAR: Mapping[str, int] = {"time.warm_up_days": 60, "time.pre_period_days": 30, "time.follow_up_days": 365}


def write_region(folder: Path) -> None:
    """Write the four tables."""
    folder.mkdir(parents=True, exist_ok=True)
    team_area = {"Umeå": ("Umeå", 25, 14, 0), "Vännäs": ("Surrounding", 40, 17, 2)}
    lines = [
        "name,population,population_65,team_need,team_area,travel_minutes,ambulance_minutes,sjukstuga_beds,source,note"
    ]
    for name, people in PEOPLE.items():
        area, travel, ambulance, beds = team_area[name]
        older = sum(people[4:])
        lines.append(f"{name},{sum(people)},{older},{older // 10},{area},{travel},{ambulance},{beds},assumption,")
    _write(folder / "municipalities.csv", lines)
    lines = ["name,municipality,population_share,continuity,source,note"]
    _write(folder / "areas.csv", lines + [f"{a},{m},{share},{known},assumption," for a, m, share, known in AREAS])
    lines = ["municipality,age_band,count,source,note"]
    for name, people in PEOPLE.items():
        lines += [f"{name},{band},{count},assumption," for band, count in zip(BANDS, people, strict=True)]
    _write(folder / "population.csv", lines)
    lines = [
        "service,place,day,evening,night,weekend_day,weekend_evening,day_start,day_end,evening_end,"
        "summer_factor,absence,low,high,source,note"
    ]
    for (service, place), n in CONSTANT.items():
        lines.append(f"{service},{place},{n},{n},{n},{n},{n},8,17,22,1,0,{n},{n},assumption,")
    for (service, place), n in OFFICE.items():
        lines.append(f"{service},{place},{n},0,0,0,0,8,16.5,21,0.8,0.04,{n},{n},assumption,")
    _write(folder / "resources.csv", lines)


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def small_scenario(folder: Path, days: Mapping[str, int] = SHORT, **changes: Any) -> Scenario:
    """The shipped scenario over the small region; `changes` by path with ``__`` for the dot."""
    write_region(folder / "region")
    (folder / "small.toml").write_text(SCENARIO, encoding="utf-8")
    values = dict(days) | {path.replace("__", "."): value for path, value in changes.items()}
    return sim.load(folder / "small.toml").with_values(values)
