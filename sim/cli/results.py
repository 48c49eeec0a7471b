"""Commands on the folder of a result: show, reproduce, rerun."""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.cli import plan
from sim.cli.commands import (
    CHECKS,
    CLUSTER,
    WORKERS,
    Refused,
    argument,
    command,
    counted,
    natural,
    positive,
    reading,
    show_table,
    workers_asked_for,
    writable,
)
from sim.cli.telling import TELLING, is_plan, tell, tell_more
from sim.files import refuse_links
from sim.texts import say

SHOWN = 50
"""Rows of a table that the terminal shows."""
FOLDER = argument("folder", metavar="DIR", type=Path, help="folder of a result, or of several: then the newest")


@command(
    FOLDER,
    *TELLING,
    argument("--report", action="store_true", help="write figures and report.html again, in the language asked for"),
)
def show(given: argparse.Namespace) -> int:
    """Show a result again, and write its report, in another language too."""
    folder = result_folder(given.folder)
    if given.report or given.pdf or given.xlsx:
        refuse_links(folder)
    with reading(folder):
        return show_again(folder, given)


def show_again(folder: Path, given: argparse.Namespace) -> int:
    """Show what a folder holds, and write its report if that is asked for."""
    from sim.runs.result_folder import RESULT

    if not is_plan(folder) and not (folder / RESULT).is_file():
        return show_other(folder, given)
    if is_plan(folder):
        plan.show(folder, given.language)
    else:
        from sim import report

        report.show(folder, language=given.language)
    files = tell(folder, given) if given.report else tell_more(folder, given)
    for path in files:
        if path.parent == folder:
            print(f"written: {path}")
    return 0


def show_other(folder: Path, given: argparse.Namespace) -> int:
    """Show a sweep, an evaluation, a calibration, a baseline, pilots, or what falls by itself."""
    from sim.report import other_results, sweeps
    from sim.report.numbers import plain

    for name in ("pdf", "xlsx"):
        if getattr(given, name):
            raise Refused(f"--{name}: of a run, a comparison or a plan; {folder} holds none of these")
    for table in other_results.show(folder, language=given.language):
        print(plain(table.title))
        show_table(table.heads, [tuple(map(plain, row)) for row in table.rows[:SHOWN]])
        for line in (*_more(len(table.rows)), *table.below):
            print(plain(line))
    if not given.report:
        return 0
    own = dict(kind.page for kind in other_results.kinds_in(folder) if kind.page[0])
    for name, by in own.items():
        print(f"{folder / name}: {by} writes it")
    if not own:
        if is_sweep(folder):
            sweeps.write(folder, language=given.language)
        print(f"written: {other_results.write(folder, language=given.language)}")
    return 0


def _more(rows: int) -> list[str]:
    return [f"and {rows - SHOWN} more rows"] if rows > SHOWN else []


@command(
    FOLDER,
    argument("--replications", metavar="N", type=positive, help="only the first N (default: all that were asked for)"),
    WORKERS,
    CLUSTER,
)
def reproduce(given: argparse.Namespace) -> int:
    """Run an experiment again from its folder alone, and say equal, or what differs."""
    from sim.experiment.reproduce import wanted
    from sim.report.progress import Work
    from sim.runs.identity import NoExperiment, read_identity
    from sim.sweeps.sweep_archive import read_sweep
    from sim.sweeps.sweep_reproduce import reproduce

    folder, parts = experiment_folder(given.folder, unfinished=False), 1
    try:
        if is_sweep(folder):
            plan, stored = read_sweep(folder)
            parts = len(plan.groups)
        else:
            stored = read_identity(folder)
        number = given.replications or wanted(stored)
        given.engine = stored.identity.engine
        workers = workers_asked_for(given, stored.identity.scenario, number * parts)
        with Work(f"{folder}: {counted(number)} again", number * parts) as work:
            found = reproduce(folder, given.replications, workers=workers, cluster=given.cluster, progress=work.tell)
    except NoExperiment as error:
        raise Refused(str(error)) from error
    for words in found.versions:
        print(f"version: {words}")
    for words in found.differences:
        print(f"differs: {words}")
    verdict = "equal" if found.equal else "not equal"
    print(f"{folder}: {counted(found.replications)} run again, {verdict}: {', '.join(found.compared)}")
    return 0 if found.equal else 1


@command(
    FOLDER,
    argument("--replication", metavar="N", type=natural, required=True, help="which, from 0"),
    argument("--records", action="store_true", help="keep all its records, as Parquet"),
    argument("--out", metavar="DIR", type=Path, help="folder of the records (default: the folder of the result)"),
    CHECKS,
)
def rerun(given: argparse.Namespace) -> int:
    """Run one replication of a result again, alone, and say whether its records are the same."""
    from sim.experiment.rerun import Differs, kept_digests, rerun
    from sim.report.progress import Work
    from sim.runs.identity import NoExperiment, read_identity

    if given.out is not None and not given.records:
        raise Refused("--out: only with --records, which are what is written there")
    folder, number = experiment_folder(given.folder), given.replication
    try:
        stored = read_identity(folder)
        known = kept_digests(folder, stored, number) is not None
        with writable(given.out or folder) as out, Work(f"{folder}: replication {number} again", 1) as work:
            records = out if given.records else False
            found = rerun(folder, number, records, checks=given.checks, tick=lambda share: work.tell(number, share))
    except NoExperiment as error:
        raise Refused(str(error)) from error
    except Differs as error:
        print(f"{folder}: {error}")
        return 1
    for arm in found.arms:
        print(f"records {arm.digest} {arm.governance}" + (f", {arm.rows:,} rows in {arm.file}" if arm.file else ""))
        for violation in arm.violations:
            say(f"not conserved: {arm.governance}: {violation}")
    says = "equal to those kept" if known else "not among those kept, so there is nothing to compare with"
    print(f"{folder}: replication {number}: {says}")
    return 1 if any(arm.violations for arm in found.arms) else 0


def experiment_folder(folder: Path, *, unfinished: bool = True) -> Path:
    """As ``result_folder``, but an experiment that was interrupted may do, and a plan does not."""
    from sim.runs.identity import FILE

    found = folder if unfinished and (folder / FILE).is_file() else result_folder(folder)
    if is_plan(found):
        raise Refused(f"{found} holds a plan; the command that made it goes on with its runs")
    return found


def is_sweep(folder: Path) -> bool:
    """Whether the folder holds a sweep."""
    from sim.runs.result_folder import SWEPT

    return (folder / SWEPT[0]).is_file()


def _tables_in(folder: Path) -> Path | None:
    """The folder itself if it holds a kind of result that has tables and nothing to run again."""
    from sim.report.other_results import kinds_in

    return folder if kinds_in(folder) else None


def result_folder(folder: Path) -> Path:
    """The folder itself if it holds a result, else the newest result in it, as ``results/NAME`` has several."""
    from sim.runs.result_folder import newest

    found = newest(folder) or _tables_in(folder)
    if found is None and not folder.exists():
        raise Refused(f"{folder}: no such folder")
    if found is None and any((folder / "replications").glob("*.npz")):
        raise Refused(f"{folder}: finished replications, and no result yet; the command that began it goes on")
    if found is None:
        raise Refused(
            f"{folder}: no result there; narvard run, compare, sweep, plan, evaluate, calibrate, validate, pilots and "
            "untouched write one"
        )
    return found
