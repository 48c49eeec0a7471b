"""Commands on scenario files: check, sources, new, population, schema."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from sim.cli.commands import SCENARIO, Refused, argument, command, show_table


@command(SCENARIO)
def check(given: argparse.Namespace) -> int:
    """Say whether a scenario is valid, and what it holds."""
    from sim.scenario import load
    from sim.scenario.listing import summary

    scenario = load(given.scenario)
    lines = summary(scenario)
    if "sweep" in scenario.reserved:
        from sim.sweeps.sweep_plan import check_table  # knows outcomes too, and takes longer to import

        lines.append(("sweep", check_table(scenario)))
    if "calibrate" in scenario.reserved:
        from sim.calibration.plan import check_table as check_calibration

        lines.append(("calibrate", check_calibration(scenario)))
    if "plan" in scenario.reserved:
        from sim.planning.plan import check_table as check_plan

        lines.append(("plan", check_plan(scenario)))
    if "pilot" in scenario.reserved:
        from sim.evaluation.pilots import pilot_of

        lines.append(("pilot", pilot_of(scenario).name))
    print(f"{given.scenario}: valid")
    for word, text in lines:
        print(f"  {word:<12} {text}")
    return 0


@command(SCENARIO, argument("--csv", metavar="FILE", type=Path, help="write the whole table to a file"))
def sources(given: argparse.Namespace) -> int:
    """List every parameter with value, range, unit and source."""
    from sim.scenario import load
    from sim.scenario.listing import source_rows, write_rows

    rows = source_rows(load(given.scenario))
    if given.csv is not None:
        write_rows(rows, given.csv)
        print(f"{len(rows)} values written to {given.csv}")
        return 0
    columns = ("parameter", "value", "low", "high", "unit", "source")
    show_table(columns, [tuple(getattr(row, column) for column in columns) for row in rows])
    return 0


@command(
    argument("name", metavar="NAME", help="name of the new scenario; the file is NAME.toml"),
    argument(
        "--from",
        dest="base",
        metavar="SCENARIO",
        default="shipped:vannas",
        help="the scenario it extends (default: shipped:vannas, a small one)",
    ),
    argument("--region", action="store_true", help="also copy the tables of its region, into a folder NAME"),
    argument("--xlsx", action="store_true", help="with --region: into a workbook NAME.xlsx, to be filled in"),
    argument(
        "--language",
        choices=("en", "sv"),
        help="of the workbook's headings, services and explanations: English or Swedish (default: en)",
    ),
)
def new(given: argparse.Namespace) -> int:
    """Write a commented scenario to start from."""
    from sim.scenario.starting import write_starting

    if (given.xlsx and not given.region) or (given.language and not given.xlsx):
        raise Refused("new: --xlsx goes with --region, and --language with --xlsx")
    workbook = (given.language or "en") if given.xlsx else ""
    path = write_starting(given.name, given.base, own_region=given.region, workbook=workbook)
    print(f"{path} written; next: narvard check {path}")
    return 0


@command(
    argument(
        "table", metavar="FILE", type=Path, help="people by region, year of age and sex, as statistics hand it out"
    ),
    argument("--region", metavar="FOLDER", type=Path, help="the region whose tables are to have these people"),
    argument("--out", metavar="FOLDER", type=Path, help="write the tables of all its municipalities there instead"),
    argument("--year", metavar="Y", default="", help="which year (default: the latest)"),
)
def population(given: argparse.Namespace) -> int:
    """Make population.csv, and the two totals of municipalities.csv, from an official population table."""
    from sim.scenario.population_table import of_region, of_table

    if (given.region is None) == (given.out is None):
        raise Refused("population: --region FOLDER or --out FOLDER needed, one of them")
    if given.region is not None:
        made = of_region(given.table, given.region, given.year)
    else:
        made = of_table(given.table, given.out, given.year)
    rows = []
    for name, people in made.people.items():
        before = made.before.get(name, ("", ""))
        rows.append((name, f"{people:,}", f"{made.older[name]:,}", *before))
    show_table(("municipality", f"people, {made.year}", "65 and over", "people before", "65 and over before"), rows)
    print(f"{' and '.join(str(path) for path in made.files)} written")
    if given.out is not None:
        print("all else of municipalities.csv is empty, and yours to fill in")
    return 0


@command()
def schema(given: argparse.Namespace) -> int:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.scenario.editor import json_schema
    from sim.scenario.reader import default_schema

    print(json.dumps(json_schema(default_schema()), indent=2, ensure_ascii=False))
    return 0
