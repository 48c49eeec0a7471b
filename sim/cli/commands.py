"""What every command is made of: how it registers, common arguments, how a folder is made and a table shown."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.files import refuse_links
from sim.scenario import Scenario
from sim.texts import for_terminal, say

Run = Callable[[argparse.Namespace], int]

INVALID = 2
"""Exit code for input that cannot be used."""
INTERRUPTED = 130
"""Exit code after an interrupt by the keyboard, as shells have it."""


@dataclass(frozen=True)
class Argument:
    """One argument of a command: what ``argparse`` takes."""

    names: tuple[str, ...]
    options: dict[str, Any]


@dataclass(frozen=True)
class Command:
    """A command and its arguments."""

    run: Run
    arguments: tuple[Argument, ...]


COMMANDS: dict[str, Command] = {}


def argument(*names: str, **options: Any) -> Argument:
    """Describe an argument, in the words of ``ArgumentParser.add_argument``."""
    return Argument(names, options)


def command(*arguments: Argument) -> Callable[[Run], Run]:
    """Register the function as a command of its own name."""

    def register(run: Run) -> Run:
        COMMANDS[run.__name__] = Command(run, arguments)
        return run

    return register


SCENARIO = argument("scenario", metavar="SCENARIO", help="a scenario file, or shipped:NAME")


def positive(text: str) -> int:
    """A whole number of at least 1, for ``argparse``."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} given, at least 1 needed")
    return number


def natural(text: str) -> int:
    """A whole number of at least 0, for ``argparse``."""
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} given, at least 0 needed")
    return number


def seed_number(text: str) -> int:
    """A whole number of 63 bits, for ``argparse``."""
    number = int(text)
    if not 0 <= number < 1 << 63:
        raise argparse.ArgumentTypeError(f"{text} given, a whole number from 0 to 2**63 - 1 needed")
    return number


REPLICATIONS = argument("--replications", metavar="N", type=positive, help="how many replications")
SEED = argument("--seed", metavar="S", type=seed_number, default=1, help="seed of all draws (default: 1)")
WORKERS = argument(
    "--workers",
    metavar="W",
    type=positive,
    help="replications at a time (default: as many as there are cores and memory for)",
)
CLUSTER = argument(
    "--cluster",
    metavar="ADDRESS",
    help="run on a Dask cluster: the address of its scheduler, as tcp://host:8786 (needs narvard[cluster])",
)
ENSEMBLE = argument(
    "--ensemble",
    metavar="FILE",
    nargs="?",
    const="",
    help="over the parameter sets of a table (default: NAME.ensemble.csv beside the scenario or what it extends)",
)
ENGINE = argument(
    "--engine",
    choices=("compiled", "simpy"),
    default="compiled",
    help="the compiled engine, or SimPy, the reference (default: compiled)",
)
OUT = argument("--out", metavar="DIR", type=Path, help="folder of the result (default: results/NAME/DIGEST)")
REPLACE = argument("--replace", action="store_true", help="take away another experiment that is in the folder")
CHECKS = argument("--checks", action="store_true", help="check conservation in every run")
RECORDS = argument("--records", action="store_true", help="keep all records, as Parquet, written when an arm ends")


class Refused(Exception):
    """Input that cannot be used, beside scenario files; the text is shown as it is."""


def known_governances(scenario: Scenario, names: Sequence[str]) -> None:
    """Refuse governances that the scenario does not have."""
    for name in ("current", *names):
        if name not in scenario.governances:
            known = ", ".join(scenario.governances) or "none"
            raise Refused(f"{scenario.path.name}: governance: {name!r} given, one of {known} needed")


@contextmanager
def writable(folder: Path) -> Iterator[Path]:
    """The folder, made before the work begins, so that nothing is lost; taken away again if nothing came of it.

    An error of the system that names no file, as that of a full disk while one is written, is about the folder.
    """
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder}: a file, a folder is needed")
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    refuse_links(folder)
    try:
        yield folder
    except OSError as error:
        if error.errno is not None and error.filename is None and not isinstance(error, BrokenPipeError):
            error.filename = str(folder)
        raise
    finally:
        if made and not any(folder.iterdir()):
            folder.rmdir()


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Where files of a result are read: what narvard would not have written is told as such.

    Raises
    ------
    Refused
        If the files are whole, and hold something else.
    """
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, AssertionError) as error:
        what = " ".join(str(error).split())[:200]
        raise Refused(f"{folder}: not as narvard writes it ({type(error).__name__}: {what})") from error


def resumable(work: Callable[[], int], there: Callable[[], str], folder: Path) -> int:
    """Do work whose finished parts are kept; after an interrupt, or on a full disk, say what is there.

    Parameters
    ----------
    work
        Does it; returns the exit code.
    there
        Says how much is finished and where it is kept.
    folder
        What an error that names no file is about.

    Raises
    ------
    Refused
        If a file could not be written or a worker was lost.
    """
    try:
        return work()
    except KeyboardInterrupt:
        say(f"interrupted: {there()}; the same command goes on")
        return INTERRUPTED
    except BrokenPipeError:  # whoever reads what we print has seen enough
        raise
    except OSError as error:
        if error.errno is None:  # of no file: a worker that was lost, say
            raise Refused(f"{error}; {there()}") from error
        told = f"{error.filename or folder}: {error.strerror}"
        raise Refused(f"{told}; {there()}; the same command goes on") from error


def fitting_workers(scenario: Scenario, replications: int, engine: str) -> int:
    """As many workers as there are cores and memory for; says so if memory is what there is too little of."""
    from sim.runs.sizing import workers_for

    workers = workers_for(scenario, replications, engine)
    if workers.why:
        say(f"{workers.why}; --workers N says otherwise")
    return workers.number


def workers_asked_for(given: argparse.Namespace, scenario: Scenario, replications: int) -> int | None:
    """What ``--workers`` says; else None for all of a cluster, or as many as this machine has memory for.

    Raises
    ------
    Refused
        If records are to be kept of what is run on a cluster.
    """
    if given.cluster is not None and getattr(given, "records", False):
        raise Refused(
            f"--records: not with --cluster {given.cluster}, whose workers have no folder in common with this machine; "
            "narvard rerun DIR --replication N --records runs one again here, with its records"
        )
    if given.workers is not None or given.cluster is not None:
        workers: int | None = given.workers
        return workers
    return fitting_workers(scenario, replications, given.engine)


def counted(replications: int) -> str:
    """The number of replications in words."""
    return f"{replications} replication{'s' if replications > 1 else ''}"


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: with lines on a terminal, as aligned plain text anywhere else."""
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(header_style="bold")
        for name in columns:
            table.add_column(name, overflow="fold")  # a name cut short helps nobody
        for row in rows:
            table.add_row(*(Text(for_terminal(cell)) for cell in row))
        Console().print(table)
        return
    rows = [[for_terminal(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [columns, *rows]) for i in range(len(columns))]
    for row in [columns, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
