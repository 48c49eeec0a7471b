"""The command that runs a scenario at many points: sweep."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.commands import (
    CLUSTER,
    ENGINE,
    OUT,
    REPLACE,
    SCENARIO,
    WORKERS,
    Refused,
    argument,
    command,
    counted,
    positive,
    resumable,
    seed_number,
    show_table,
    workers_asked_for,
    writable,
)
from sim.cli.telling import LANGUAGE
from sim.texts import say

if TYPE_CHECKING:
    from sim.runs.store import RunStore
    from sim.sweeps.sweep_archive import Part, PartKey
    from sim.sweeps.sweep_plan import Plan

SHOWN = 24
"""Points that are shown in the terminal; all are in the table."""


@command(
    SCENARIO,
    argument(
        "--vary",
        metavar="KEY=VALUES",
        action="append",
        help="a,b,c or low:high:n; with a Latin hypercube also low:high, or KEY alone for its own range; repeat it "
        "for more keys",
    ),
    argument("--latin-hypercube", metavar="N", type=positive, help="N points that spread evenly over every key"),
    argument("--points", metavar="FILE.csv", type=Path, help="points from a table, one column for each key"),
    argument(
        "--governance",
        nargs="+",
        metavar="NAME",
        help="one, or two to compare at every point (default: current coordinated)",
    ),
    argument("--replications", metavar="N", type=positive, help="how many at every point (default: 10)"),
    argument(
        "--seed", metavar="S", type=seed_number, help="seed of all draws, and of the Latin hypercube (default: 1)"
    ),
    argument("--on", nargs="+", metavar="OUTCOME", help="outcomes of the figures (default: hospital_days)"),
    *(WORKERS, CLUSTER, ENGINE, OUT, REPLACE, LANGUAGE),
)
def sweep(given: argparse.Namespace) -> int:
    """Run a scenario at many points: a grid, a Latin hypercube, or points from a table."""
    from sim.runs.identity import SHORT
    from sim.runs.packing import Damaged
    from sim.runs.result_folder import OtherExperiment
    from sim.scenario import load
    from sim.sweeps.sweep_archive import digest_of, open_sweep
    from sim.sweeps.sweep_plan import planned

    scenario = load(given.scenario)
    plan = planned(scenario, options(given))
    default = Path("results") / scenario.name / digest_of(plan, given.engine)[:SHORT]
    try:
        with (
            writable(given.out or default) as folder,
            open_sweep(folder, plan, given.engine, replace=given.replace) as archive,
        ):
            return kept(given, plan, archive)
    except (Damaged, OtherExperiment) as error:
        raise Refused(str(error)) from error


def options(given: argparse.Namespace) -> dict[str, Any]:
    """What is given, in the words of the table ``[sweep]``."""
    from sim.sweeps.sweep_plan import WORDS

    found = {word: getattr(given, word) for word in WORDS}
    if given.vary is not None:
        found["vary"] = varied(given.vary)
    return found


def varied(texts: list[str]) -> dict[str, Any]:
    """What varies, by key."""
    from sim.statistics.design import parse

    found: dict[str, Any] = {}
    for text in texts:
        name, values = parse(text)
        if name in found:
            raise Refused(f"--vary: {name}: given twice")
        found[name] = values
    return found


def kept(given: argparse.Namespace, plan: Plan, archive: RunStore[PartKey, Part]) -> int:
    """Run a sweep in an archive; after an interrupt, or on a full disk, what is finished stays."""
    from sim.sweeps.sweeping import finished_parts

    whole = plan.replications * len(plan.groups)

    def there() -> str:
        return f"{len(finished_parts(plan, archive))} of {whole} parts are kept in {archive.folder}"

    return resumable(lambda: run(given, plan, archive), there, archive.folder)


def run(given: argparse.Namespace, plan: Plan, archive: RunStore[PartKey, Part]) -> int:
    """Run what is missing, write, draw and show."""
    from sim.experiment.crate import write_crate
    from sim.report import sweeps
    from sim.report.progress import Work
    from sim.sweeps.sweep_folder import write_sweep
    from sim.sweeps.sweeping import finished_parts, run_plan

    for line in plan.beyond:
        say(line)
    there, whole = len(finished_parts(plan, archive)), plan.replications * len(plan.groups)
    missing = whole - there
    if there:
        say(f"{archive.folder}: {there} of {whole} parts are there already")
    workers = workers_asked_for(given, plan.scenario, max(1, missing))
    with Work(title(plan), max(1, missing)) as work:
        done = run_plan(plan, given.engine, archive, workers=workers, cluster=given.cluster, progress=work.tell)
    write_sweep(done, archive.folder, work.seconds)
    sweeps.write(archive.folder, language=given.language)
    write_crate(archive.folder)
    show(archive.folder, given.language)
    print(f"{archive.folder}: sweep.csv, design.csv, sweep.json and figures, in {work.seconds:.0f} s")
    return 0


def title(plan: Plan) -> str:
    """What is run, in words."""
    points, pasts, arms = len(plan.design.points), len(plan.groups), sum(len(group.arms) for group in plan.groups)
    told = f"{points} point{'s' * (points != 1)} as {arms} arm{'s' * (arms != 1)} from {pasts} past{'s' * (pasts != 1)}"
    return f"{plan.scenario.name}: {told}, {counted(plan.replications)}"


def show(folder: Path, language: str) -> None:
    """Print the difference, or the level, of every outcome asked for, point by point, and its change."""
    from sim.report.language import spoken, sweep_words
    from sim.report.swept import outcome, read

    with spoken(language):
        for swept in read(folder):
            of = f", {sweep_words.DIFFERENCE_ALONE}" if swept.result.compared else ""
            print(outcome(swept.outcome) + of)
            show_table(swept.heads(), swept.rows(SHOWN))
            for line in swept.below(SHOWN):
                print(line)
