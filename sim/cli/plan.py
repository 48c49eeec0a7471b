"""The command that selects among ways to staff: plan."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.commands import (
    CLUSTER,
    ENGINE,
    ENSEMBLE,
    OUT,
    REPLACE,
    SCENARIO,
    WORKERS,
    Refused,
    argument,
    command,
    resumable,
    seed_number,
    show_table,
    workers_asked_for,
    writable,
)
from sim.cli.telling import TELLING, tell
from sim.texts import say

if TYPE_CHECKING:
    from sim.planning.archive import Part, PartKey
    from sim.planning.findings import Robustness
    from sim.planning.plan import Plan
    from sim.planning.planning import Planned
    from sim.runs.progress import Progress
    from sim.runs.store import RunStore
    from sim.scenario import Scenario

SHOWN = 12
"""Designs of the frontier that are shown in the terminal; all are in the table."""
FEW_PARTS = 4
"""Work of fewer parts is told in a line."""


@command(
    SCENARIO,
    argument("--method", choices=("kn", "kn++", "ocba"), help="how to select (default: of [plan], else kn)"),
    argument("--zone-days", metavar="D", type=float, help="a difference in days a year that does not matter"),
    argument("--probability", metavar="P", type=float, help="of correct selection (default: 0.95)"),
    argument("--seed", metavar="S", type=seed_number, help="seed of all draws (default: 1)"),
    ENSEMBLE,
    *TELLING,
    *(WORKERS, CLUSTER, ENGINE, OUT, REPLACE),
)
def plan(given: argparse.Namespace) -> int:
    """Select among ways to staff: what the next team, hour or bed buys, and who pays."""
    from sim.cli.ensemble import with_sets
    from sim.planning.archive import PlanIdentity, open_plan, runs_in
    from sim.planning.plan import planned
    from sim.runs.identity import SHORT
    from sim.runs.packing import Damaged
    from sim.runs.result_folder import OtherExperiment
    from sim.scenario import load

    scenario = load(given.scenario)
    words = ("method", "zone_days", "probability", "seed")
    asked = planned(scenario, {word: getattr(given, word) for word in words})
    varied = None if given.ensemble is None else with_sets(scenario, given.ensemble)
    digest = PlanIdentity.of(asked, scenario, given.engine).digest
    default = Path("results") / scenario.name / digest[:SHORT]
    try:
        with (
            writable(given.out or default) as folder,
            open_plan(folder, asked, scenario, given.engine, replace=given.replace) as archive,
        ):
            return resumable(
                lambda: run(given, asked, varied, archive),
                lambda: f"{runs_in(archive)} runs are kept in {folder}",
                folder,
            )
    except (Damaged, OtherExperiment) as error:
        raise Refused(str(error)) from error


def run(given: argparse.Namespace, asked: Plan, varied: Scenario | None, archive: RunStore[PartKey, Part]) -> int:
    """Run what is missing, select, look around, write and show."""
    import time

    from sim.planning.archive import runs_in
    from sim.planning.findings import bottlenecks
    from sim.planning.folder import Findings, write_plan
    from sim.planning.planning import marginals, run_plan

    began, there = time.monotonic(), runs_in(archive)
    if there:
        say(f"{archive.folder}: {there} runs are there already")
    for line in asked.beyond:
        say(line)
    workers = workers_asked_for(given, asked.scenario, asked.settings.rule.first)
    over = asked.within.count(False)
    told = f"{asked.scenario.name}: {len(asked.designs):,} designs of {len(asked.variables)} variables"
    say(told + (f", {over:,} over the budget" if over else ""))
    done = run_plan(asked, given.engine, archive, workers=workers, cluster=given.cluster, stage=stage, told=say)
    found = Findings(done, marginals(done), bottlenecks(done), over_ensemble(done, varied, archive))
    seconds = time.monotonic() - began
    write_plan(found, archive.folder, seconds)
    files = tell(archive.folder, given)
    show(archive.folder, given.language)
    pages = ", ".join(path.name for path in files if path.parent == archive.folder)
    print(f"{archive.folder}: plan.csv, plan.json, tables around it, figures and {pages}, in {seconds:.0f} s")
    return 0


def over_ensemble(done: Planned, varied: Scenario | None, archive: RunStore[PartKey, Part]) -> Robustness | None:
    """The selected design under every parameter set, if that is asked for."""
    if varied is None:
        return None
    from sim.planning.archive import open_plan
    from sim.planning.findings import robustness

    with open_plan(archive.folder / "ensemble", done.plan, varied, done.runs.where.engine, replace=True) as store:
        return robustness(done, varied, done.runs.where, store, stage)


@contextmanager
def stage(title: str, parts: int) -> Iterator[Progress | None]:
    """Show work in hand: a bar or lines for much of it, one line for little."""
    if parts < FEW_PARTS:
        say(title)
        with nullcontext():
            yield None
        return
    from sim.report.progress import Work

    with Work(title, parts) as work:
        yield work.tell


def show(folder: Path, language: str) -> None:
    """Print the frontier and the answer."""
    from sim.report.language import plan_words, spoken
    from sim.report.numbers import plain
    from sim.report.plan_answer import frontier_rows, sentences
    from sim.report.planned import read

    with spoken(language):
        plan = read(folder)
        print(plan_words.SHOWN_TITLE)
        short = [name.split(".", 1)[-1] if name.count(".") > 1 else name for name in plan.variables]
        rows = [[plain(cell) for cell in row] for row in frontier_rows(plan)[-SHOWN:]]
        show_table((plan_words.WAY, *short, *plan_words.SHOWN_HEADS), rows)
        for text in sentences(plan):
            print(plain(text))
