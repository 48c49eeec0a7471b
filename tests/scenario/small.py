"""A short list of parameters, and a small region, for tests of the reader."""

from __future__ import annotations

from pathlib import Path

from sim.scenario import Parameter, Schema, ordered

SCHEMA = Schema(
    [
        Parameter("time.warm_up_days", "days", 0, 3650, "Before observation", integer=True),
        Parameter("needs.deterioration_per_year", "per person-year", 0, 50, "Worsenings", by=("segment",)),
        Parameter("arrivals.by_shift", "share", 0, 1, "When", by=("ward", "shift"), sums_to_one_over="shift"),
        Parameter("ed.median_minutes", "minutes", 1, 1440, "Median time"),
        Parameter("ed.p90_minutes", "minutes", 1, 2880, "90th percentile"),
        Parameter("ed.fast_track", flag=True, doc="Whether there is a fast track"),
        Parameter("ed.triage", choices=("retts", "ess"), doc="Triage scale"),
        Parameter("team.doctors", "doctors", 0, 100, "Doctors", by=("team_area",), lever=True, default=0),
        Parameter("team.visits_start", "hour", 0, 24, "Opens", lever=True, default=8),
        Parameter("team.visits_end", "hour", 0, 24, "Closes", lever=True, default=16),
        Parameter("team.active", flag=True, lever=True, doc="Whether there is a team"),
    ],
    rules=[ordered("ed.median_minutes", "ed.p90_minutes"), ordered("team.visits_start", "team.visits_end")],
)

BASE = """\
name = "base"
strict = true

[region]
folder = "region"

[time]
warm_up_days = { value = 365, low = 180, high = 730, source = "assumption" }

[needs.deterioration_per_year]
all = { value = 1.0, low = 0.5, high = 2.0, source = "E09" }
most_ill = { value = 3.0, low = 2.0, high = 4.0, source = "E09; assumption", note = "a note" }

[arrivals.by_shift.all]
day = { value = 0.4, low = 0.2, high = 0.6, source = "E10" }
all = { value = 0.3, low = 0.0, high = 0.4, source = "assumption" }

[ed]
median_minutes = { value = 257, low = 240, high = 280, source = "U15" }
p90_minutes = { value = 480, low = 400, high = 540, source = "U17" }
fast_track = { value = false, source = "assumption" }
triage = { value = "retts", source = "assumption" }

[governance.current]

[governance.coordinated]
inherits = "current"

[governance.coordinated.team]
active = { value = true, source = "assumption" }
doctors.north = { value = 4, low = 1, high = 20, source = "assumption" }
doctors.south = { value = 2, low = 1, high = 20, source = "assumption" }
"""

TABLES = {
    "municipalities.csv": """\
name,population,population_65,team_need,team_area,travel_minutes,ambulance_minutes,sjukstuga_beds,source,note
Åby,1000,200,20,North,20,12,0,assumption,
Öby,500,150,15,South,40,20,2,assumption,
""",
    "areas.csv": """\
name,municipality,population_share,continuity,source,note
Åby east,Åby,0.6,0.7,T13,
Åby west,Åby,0.4,0.6,T13,
Öby,Öby,1.0,0.9,T13,
""",
    "population.csv": "municipality,age_band,count,source,note\n"
    + "".join(
        f"{place},age_{band},{count},assumption,\n"
        for place, counts in (
            ("Åby", (200, 150, 250, 200, 60, 50, 40, 25, 15, 10)),
            ("Öby", (80, 50, 120, 100, 50, 40, 30, 15, 10, 5)),
        )
        for band, count in zip(
            ("0_15", "16_24", "25_44", "45_64", "65_69", "70_74", "75_79", "80_84", "85_89", "90"),
            counts,
            strict=True,
        )
    ),
    "resources.csv": """\
service,place,day,evening,night,weekend_day,weekend_evening,day_start,day_end,evening_end,\
summer_factor,absence,low,high,source,note
gp,Åby east,4,0,0,0,0,8,17,21,0.7,0.1,3,5,T05,
ambulance,region,3,3,2,3,3,8,17,22,1,0,2,4,assumption,
team_doctor,North,1,0,0,0,0,8,17,21,0.7,0.1,0,2,assumption,
""",
}


def write_base(folder: Path, text: str = BASE, **tables: str) -> Path:
    """Write the base scenario and its region; tables by name without ``.csv`` stand in for the usual ones."""
    region = folder / "region"
    region.mkdir(exist_ok=True)
    for name, usual in TABLES.items():
        (region / name).write_text(tables.get(name.removesuffix(".csv"), usual), encoding="utf-8")
    path = folder / "base.toml"
    path.write_text(text, encoding="utf-8")
    return path


def write_over(folder: Path, text: str) -> Path:
    """Write the base, and a scenario that extends it."""
    write_base(folder)
    path = folder / "over.toml"
    path.write_text('extends = "base.toml"\n' + text, encoding="utf-8")
    return path
