"""Records out, for other programs: records."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.cli.commands import Refused, argument, command, natural, positive
from sim.cli.results import FOLDER, experiment_folder

if TYPE_CHECKING:
    from sim.eventlog import EventLog
    from sim.runs.identity import Stored

FORMS = ("xes", "csv", "parquet")
"""As in ``sim.eventlog.FORMATS``, which is not imported to parse."""


def a_date(text: str) -> date:
    """A date as 2029-01-01, for ``argparse``."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} given, a date such as 2029-01-01 needed") from None


@command(
    FOLDER,
    argument("--to", choices=FORMS, required=True, help="what to write: XES (IEEE 1849-2016), CSV or Parquet"),
    argument("--replication", metavar="N", type=natural, default=0, help="which replication (default: 0)"),
    argument("--governance", metavar="NAME", help="which governance (default: the first of the result)"),
    argument(
        "--case",
        choices=("person", "need"),
        default="person",
        help="what a case is: all care of a person, or what follows from one need (default: person)",
    ),
    argument(
        "--days",
        nargs=2,
        type=int,
        metavar=("FIRST", "LAST"),
        help="only from day FIRST up to LAST, counted from T0 (default: from T0 to the horizon)",
    ),
    argument("--all", action="store_true", help="from the beginning of the warm-up to the horizon"),
    argument("--people", metavar="N", type=positive, help="only N people of the population, the same in every log"),
    argument("--start-date", metavar="DATE", type=a_date, help="date of second 0, a Monday (default: 2029-01-01)"),
    argument("--out", metavar="FILE", type=Path, help="the file (default: eventlog-... in DIR)"),
)
def records(given: argparse.Namespace) -> int:
    """Write the records of a replication as an event log, for process mining."""
    from sim.eventlog import write
    from sim.experiment.rerun import Differs
    from sim.experiment.rows import OtherRecords
    from sim.runs.identity import NoExperiment, read_identity

    if given.days and given.all:
        raise Refused("--days and --all: one of them at most")
    if given.out and (given.out.is_dir() or not given.out.parent.is_dir()):
        what = "a folder, a file is needed" if given.out.is_dir() else f"there is no folder {given.out.parent}"
        raise Refused(f"--out {given.out}: {what}")
    given.folder = experiment_folder(given.folder)
    try:
        log = log_of(given, read_identity(given.folder))
    except (Differs, NoExperiment, OtherRecords) as error:
        raise Refused(str(error)) from error
    path = given.out or given.folder / file_name(given, log)
    written = write(log, path, given.to)
    print(f"{written.path}: {written.events:,} events in {written.cases:,} cases, {log.name}")
    return 0


def log_of(given: argparse.Namespace, stored: Stored) -> EventLog:
    """The log asked for; what cannot be is refused before anything is run again."""
    import numpy as np

    from sim.engine.records import COLUMNS, Records
    from sim.eventlog import Cases, EventLog
    from sim.experiment.rows import records_of
    from sim.model.period import Period
    from sim.report.progress import Work
    from sim.runs.durable import records_file

    who = stored.identity
    governance = given.governance or who.governances[0]
    if governance not in who.governances:
        raise Refused(f"{given.folder}: governance: {governance!r} given, one of {', '.join(who.governances)} needed")
    options: dict[str, Any] = {"cases": Cases(given.case), "people": given.people}
    if given.days:
        options |= {"first_day": given.days[0], "last_day": given.days[1]}
    if given.all:
        options["first_day"] = -Period.of(who.scenario).first_day
    if given.start_date:
        options["monday"] = given.start_date
    nothing = Records(dict.fromkeys(COLUMNS, np.empty(0)))
    try:
        log = EventLog(who.scenario, governance, who.seed, given.replication, nothing, **options)
    except ValueError as error:
        raise Refused(f"{given.folder}: {error}") from error
    if records_file(given.folder, governance, given.replication).is_file():
        return replace(log, records=records_of(given.folder, stored, governance, given.replication))
    with Work(f"{given.folder}: replication {given.replication} again", 1) as work:
        rows = records_of(given.folder, stored, governance, given.replication, partial(work.tell, given.replication))
    return replace(log, records=rows)


def file_name(given: argparse.Namespace, log: EventLog) -> str:
    """Name of the file in the folder of the result."""
    cases = "" if given.case == "person" else f"-{given.case}s"
    return f"eventlog-{log.governance}-{log.replication:04d}{cases}.{given.to}"
