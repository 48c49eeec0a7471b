"""Commands on scenario files: check, sources, new, schema."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from sim.cli.commands import SCENARIO, argument, command, show_table


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
)
def new(given: argparse.Namespace) -> int:
    """Write a commented scenario to start from."""
    from sim.scenario.starting import write_starting

    path = write_starting(given.name, given.base, own_region=given.region)
    print(f"{path} written; next: narvard check {path}")
    return 0


@command()
def schema(given: argparse.Namespace) -> int:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.scenario.editor import json_schema
    from sim.scenario.reader import default_schema

    print(json.dumps(json_schema(default_schema()), indent=2, ensure_ascii=False))
    return 0
