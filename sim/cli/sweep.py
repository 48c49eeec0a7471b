"""The command that runs a scenario at many points: sweep."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.commands import (
    ENGINE,
    SCENARIO,
    WORKERS,
    Refused,
    argument,
    command,
    counted,
    fitting_workers,
    positive,
    seed_number,
    show_table,
    writable,
)

if TYPE_CHECKING:
    from sim.experiment.sweep import Sweep
    from sim.experiment.sweep_archive import Store
    from sim.experiment.sweep_plan import Plan
    from sim.scenario import Scenario

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
    argument("--seed", metavar="S", type=seed_number, help="seed of all draws, and of the Latin hypercube (default: 1)"),
    argument("--on", nargs="+", metavar="OUTCOME", help="outcomes of the figures (default: hospital_days)"),
    *(WORKERS, ENGINE),
    argument("--out", metavar="DIR", type=Path, help="folder of the result (default: results/NAME/DIGEST)"),
    argument("--replace", action="store_true", help="in place of another experiment that is in the folder"),
)
def sweep(given: argparse.Namespace) -> int:
    """Run a scenario at many points: a grid, a Latin hypercube, or points from a table."""
    from sim.experiment.archive import OtherExperiment
    from sim.experiment.sweep_archive import SHORT, digest_of, open_sweep
    from sim.experiment.sweep_plan import planned
    from sim.scenario import load

    scenario = load(given.scenario)
    plan = planned(scenario, options(given, scenario))
    folder = given.out or Path("results") / scenario.name / digest_of(plan, given.engine)[:SHORT]
    try:
        with writable(folder), open_sweep(folder, plan, given.engine, replace=given.replace) as store:
            return run(given, plan, store, folder)
    except OtherExperiment as error:
        raise Refused(str(error)) from None


def options(given: argparse.Namespace, scenario: Scenario) -> dict[str, Any]:
    """What is given, in the words of the table ``[sweep]``."""
    from sim.experiment.sweep_plan import WORDS

    found = {word: getattr(given, word) for word in WORDS}
    if given.vary is not None:
        found["vary"] = varied(given.vary)
    return found


def varied(texts: list[str]) -> dict[str, Any]:
    """What varies, by key."""
    from sim.experiment.design import parse

    found: dict[str, Any] = {}
    for text in texts:
        name, values = parse(text)
        if name in found:
            raise Refused(f"--vary: {name}: given twice")
        found[name] = values
    return found


def run(given: argparse.Namespace, plan: Plan, store: Store, folder: Path) -> int:
    """Run what is missing, write, draw and show."""
    from sim.experiment.sweep import missing_jobs, run_plan
    from sim.experiment.sweep_folder import write_sweep
    from sim.report import sweeps
    from sim.report.progress import Work

    missing, whole = len(missing_jobs(plan, store)), plan.replications * len(plan.groups)
    if missing < whole:
        print(f"{whole - missing} of {whole} parts are there already")
    workers = given.workers or fitting_workers(plan.scenario, max(1, missing), given.engine)
    with Work(title(plan), max(1, missing)) as work:
        done = run_plan(plan, given.engine, store, workers=workers, progress=work.tell)
    write_sweep(done, folder)
    sweeps.write(folder)
    show(done)
    print(f"{folder}: sweep.csv, design.csv, sweep.json and figures, in {work.seconds:.0f} s")
    return 0


def title(plan: Plan) -> str:
    """What is run, in words."""
    points, arms = len(plan.design.points), sum(len(group.arms) for group in plan.groups)
    told = f"{plan.scenario.name}: {points} point{'s' if points != 1 else ''} ({arms} arms from {len(plan.groups)} "
    return f"{told}past{'s' if len(plan.groups) != 1 else ''}), {counted(plan.replications)}"


def show(sweep: Sweep) -> None:
    """Print the difference, or the level, of every outcome asked for, point by point."""
    from sim.report import sweep_words, words
    from sim.report.numbers import between, number, plain

    names = [name.rpartition(".")[0].rpartition(".")[2] + "." + name.rpartition(".")[2] for name in sweep.plan.design.names]
    for outcome in sweep.plan.on:
        print(f"{sweep_words.outcome(outcome)}, {sweep.governances[-1]}; {sweep_words.COMMON}")
