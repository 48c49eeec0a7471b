"""The command that fits the uncertain parameters: calibrate."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

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
    known_governances,
    positive,
    resumable,
    seed_number,
    show_table,
    workers_asked_for,
    writable,
)
from sim.texts import say

if TYPE_CHECKING:
    from sim.calibration.calibrating import CalibrationArchive
    from sim.calibration.folder import Found
    from sim.calibration.plan import Plan


@command(
    SCENARIO,
    argument("--runs", metavar="N", type=positive, help="at most so many runs (default: of [calibrate], else 180)"),
    argument("--sets", metavar="N", type=positive, help="so many parameter sets (default: of [calibrate], else 50)"),
    argument("--seed", metavar="S", type=seed_number, help="seed of points and runs (default: 1)"),
    argument(
        "--ensemble",
        metavar="FILE",
        type=Path,
        help="where the parameter sets go (default: NAME.ensemble.csv beside the scenario)",
    ),
    *(WORKERS, CLUSTER, ENGINE, OUT, REPLACE),
)
def calibrate(given: argparse.Namespace) -> int:
    """Fit uncertain parameters to Swedish statistics: an ensemble of parameter sets that agree."""
    from sim.calibration.calibrating import open_calibration
    from sim.calibration.plan import CalibrationIdentity, planned
    from sim.runs.identity import SHORT
    from sim.runs.packing import Damaged
    from sim.runs.result_folder import OtherExperiment
    from sim.scenario import load
    from sim.scenario.ensemble import table_of

    scenario = load(given.scenario)
    known_governances(scenario, ())
    plan = planned(scenario, {"runs": given.runs, "ensemble": given.sets, "seed": given.seed})
    digest = CalibrationIdentity.of(plan, given.engine).digest
    default = Path("results") / scenario.name / digest[:SHORT]
    table = given.ensemble or table_of(scenario)
    try:
        with (
            writable(given.out or default) as folder,
            open_calibration(folder, plan, given.engine, replace=given.replace) as archive,
        ):
            return kept(given, plan, archive, table)
    except (Damaged, OtherExperiment) as error:
        raise Refused(str(error)) from error


def kept(given: argparse.Namespace, plan: Plan, archive: CalibrationArchive, table: Path) -> int:
    """Calibrate in an archive; after an interrupt, or on a full disk, what is finished stays."""

    def there() -> str:
        return f"{archive.runs} of at most {plan.settings.runs} runs are kept in {archive.folder}"

    try:
        return resumable(lambda: run(given, plan, archive, table), there, archive.folder)
    except ValueError as error:
        raise Refused(f"{plan.scenario.path.name}: {error}") from error


def run(given: argparse.Namespace, plan: Plan, archive: CalibrationArchive, table: Path) -> int:
    """Run what is missing, write and show."""
    from sim.calibration.calibrating import calibrate
    from sim.calibration.folder import Found, write_calibration
    from sim.report.progress import Work
    from sim.runs.durable import put

    there = archive.runs
    if there:
        say(f"{archive.folder}: {there} runs are there already")
    workers = workers_asked_for(given, plan.scenario, plan.settings.wave)
    title = f"{plan.scenario.name}: {len(plan.space.axes)} parameters, {len(plan.targets)} targets"
    with Work(f"{title}, at most {plan.settings.runs} runs", max(1, plan.settings.runs - there)) as work:
        matched = calibrate(
            plan,
            given.engine,
            archive,
            workers=workers,
            cluster=given.cluster,
            progress=work.tell,
            told=say,
        )
    found = Found(plan, matched)
    write_calibration(found, archive.folder, given.engine)
    show(found)
    print(f"{archive.folder}: tables of parameters, targets and runs, in {work.seconds:.0f} s")
    said = found.members[2]
    if not said:
        print(f"no parameter set agrees with the targets: {table} is not written")
        return 1
    put(table, found.ensemble())
    print(f"{table}: {len(said)} parameter sets, {said.count('run')} of them by runs of their own")
    return 0 if len(said) >= plan.settings.ensemble else 1


def show(found: Found) -> None:
    """Print prior and ensemble of every value, and the targets that stand in the way."""
    from sim.validation.validation import number

    columns = ("parameter", "scenario", "prior", "ensemble", "ratio", "verdict")
    rows = []
    for one in found.parameters():
        prior, ensemble = (f"{number(float(q[0]))} to {number(float(q[2]))}" for q in (one.prior, one.ensemble))
        rows.append((one.key, number(float(one.value)), prior, ensemble, f"{one.ratio:.2f}", one.verdict))
    show_table(columns, rows)
    matched = found.matched
    missed = (matched.implausibility[matched.settings.replications :] > matched.settings.cutoff).mean(axis=0)
    worst = [place for place in missed.argsort()[::-1].tolist()[:5] if missed[place] > 0]
    told = ", ".join(f"{found.plan.targets[place].id} ({missed[place]:.0%})" for place in worst)
    print(f"stopped: {matched.stopped}; {len(matched.values)} runs, {len(matched.good)} not implausible")
    if told:
        print(f"targets missed by most runs: {told}")
