"""The command ``narvard``: parse, call one function, show.

A command is a function with a decorator: its name is the command, the first line of its docstring the help,
and the decorator lists its arguments. It returns the exit code, and imports what it needs itself, so that
commands which only read a scenario start at once.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import __version__
from sim.scenario import Scenario, ScenarioError

if TYPE_CHECKING:
    from sim.experiment import Experiment

Run = Callable[[argparse.Namespace], int]

INVALID = 2
"""Exit code for input that cannot be used."""
FEW_COLLECTIONS = 50_000
"""Objects made, and not freed, between two looks for garbage; Python's own 700 cost a tenth of a start."""


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


@command(SCENARIO)
def check(given: argparse.Namespace) -> int:
    """Say whether a scenario is valid, and what it holds."""
    from sim.scenario import load
    from sim.scenario.listing import summary

    scenario = load(given.scenario)
    print(f"{given.scenario}: valid")
    for word, text in summary(scenario):
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


def positive(text: str) -> int:
    """A whole number of at least 1, for ``argparse``."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} given, at least 1 needed")
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
ENGINE = argument(
    "--engine",
    choices=("compiled", "simpy"),
    default="compiled",
    help="the compiled engine, or SimPy, the reference (default: compiled)",
)
OUT = argument("--out", metavar="DIR", type=Path, help="folder of the result (default: results/NAME)")
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
    """The folder, made before the work begins, so that nothing is lost; taken away again if nothing came of it."""
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder}: a file, a folder is needed")
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        if made and not any(folder.iterdir()):
            folder.rmdir()


@command(
    SCENARIO,
    argument("--governance", metavar="NAME", default="current", help="which governance (default: current)"),
    *(REPLICATIONS, SEED, WORKERS, ENGINE, OUT, CHECKS, RECORDS),
)
def run(given: argparse.Namespace) -> int:
    """Run one governance."""
    return experiment(given, (given.governance,), given.replications or 1)


@command(
    SCENARIO,
    argument(
        "--governance",
        nargs=2,
        metavar=("A", "B"),
        default=("current", "coordinated"),
        help="the two (default: current coordinated)",
    ),
    *(REPLICATIONS, SEED, WORKERS, ENGINE, OUT, CHECKS, RECORDS),
)
def compare(given: argparse.Namespace) -> int:
    """Run two governances on the same people and compare them."""
    if given.governance[0] == given.governance[1]:
        raise Refused(f"--governance: {given.governance[0]!r} given twice, two different ones needed")
    return experiment(given, tuple(given.governance), given.replications or 10)


def experiment(given: argparse.Namespace, governances: tuple[str, ...], replications: int) -> int:
    """Run, write, draw and show."""
    from sim import report
    from sim.experiment import compare, run, write
    from sim.report.progress import Work
    from sim.scenario import load

    scenario = load(given.scenario)
    known_governances(scenario, governances)
    title = f"{scenario.name}: {' and '.join(governances)}, {counted(replications)}"
    options = {
        "replications": replications,
        "seed": given.seed,
        "engine": given.engine,
        "checks": given.checks,
        "workers": given.workers or fitting_workers(scenario, replications, given.engine),
    }
    with writable(given.out or Path("results") / scenario.name) as folder, report.assistant() as helper:
        options["records"] = folder if given.records else False
        with Work(title, replications) as work:
            if len(governances) == 2:
                done = compare(scenario, governances, **options, progress=work.tell)
            else:
                done = run(scenario, governances[0], **options, progress=work.tell)
        write(done, folder, work.seconds)
        report.write(folder, helper)
    report.show(folder)
    for name in governances:
        print(f"records {digest_of(done.digests(name))} {name}")
    print(f"{folder}: result, tables, figures and report.html, in {work.seconds:.0f} s, {memory_used(done)}")
    for violation in done.violations:
        print(f"not conserved: {violation}", file=sys.stderr)
    return 1 if done.violations else 0


def fitting_workers(scenario: Scenario, replications: int, engine: str) -> int:
    """As many workers as there are cores and memory for; says so if memory is what there is too little of."""
    from sim.experiment.memory import workers_for

    workers = workers_for(scenario, replications, engine)
    if workers.why:
        print(f"{workers.why}; --workers N says otherwise", file=sys.stderr)
    return workers.number


def memory_used(done: Experiment) -> str:
    """The most memory that the processes held, in words."""
    from sim import memory

    most = f"with at most {memory.words(memory.peak())} of memory"
    return f"{most}, {memory.words(memory.peak_of_children())} in a worker" if done.processes else most


def counted(replications: int) -> str:
    """The number of replications in words."""
    return f"{replications} replication{'s' if replications > 1 else ''}"


def digest_of(digests: Sequence[str]) -> str:
    """One digest for the records of all replications; with one replication its own."""
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("".join(digests).encode()).hexdigest()


@command(
    SCENARIO,
    *(REPLICATIONS, SEED, WORKERS, ENGINE),
    argument("--out", metavar="DIR", type=Path, help="write validation.csv there"),
)
def validate(given: argparse.Namespace) -> int:
    """Hold `current` against Swedish statistics: target, source, simulated, verdict."""
    from sim.experiment.validation import validate, write_validation
    from sim.report.progress import Work
    from sim.scenario import load

    scenario = load(given.scenario)
    known_governances(scenario, ())
    replications = given.replications or 2
    workers = given.workers or fitting_workers(scenario, replications, given.engine)
    with Work(f"{scenario.name}: baseline, {counted(replications)}", replications) as work:
        verdicts = validate(
            scenario, replications, given.seed, engine=given.engine, workers=workers, progress=work.tell
        )
    columns = ("target", "source", "published", "simulated", "interval", "unit", "verdict")
    show_table(columns, [verdict.words() for verdict in verdicts])
    counts = {word: sum(v.verdict == word for v in verdicts) for word in ("inside", "near", "off", "reported")}
    print(", ".join(f"{number} {word}" for word, number in counts.items()))
    if given.out is not None:
        with writable(given.out) as folder:
            write_validation(verdicts, folder)
        print(f"{given.out / 'validation.csv'} written")
    return 0


@command(argument("folder", metavar="DIR", type=Path, help="folder of a result"))
def show(given: argparse.Namespace) -> int:
    """Show a result again."""
    from sim import report

    if not (given.folder / "result.json").is_file():
        raise Refused(f"{given.folder}: no result.json there; narvard run and narvard compare write one")
    report.show(given.folder)
    return 0


@command(
    argument("--show", metavar="FLOW", help="a flow's state machine beside its source; a rule likewise"),
)
def engine(given: argparse.Namespace) -> int:
    """List the flows as the compiled engine has them, or show one; nothing is compiled."""
    from sim.engine.showing import Flows, cache_facts, versions
    from sim.experiment.replication import PROCESSES
    from sim.scenario import load
    from sim.world import setting

    # The flows look alike in every scenario: only names and types of the world's columns matter, not their sizes.
    flows = Flows(PROCESSES, setting(load("shipped:vannas"), seed=1, replication=0).world)
    if given.show is not None:
        try:
            lowered = flows.show(given.show)
        except ValueError as error:
            raise Refused(str(error)) from None
        show_lowered(lowered)
        return 0
    rows = [(name, place, str(states), str(waits)) for name, place, states, waits in flows.table()]
    show_table(("flow", "file", "states", "after waiting"), rows)
    facts = cache_facts()
    done, whole = flows.compiled()
    print(f"{len(rows)} flows; of the model {done} of {whole} functions are compiled")
    print(f"{facts.folder}: {facts.functions} compiled functions, {facts.size / 1e6:.1f} MB")
    print(versions())
    return 0


def show_lowered(functions: Sequence[Any]) -> None:
    """Print lowered functions: the source stands out on a terminal."""
    if not sys.stdout.isatty():
        print("\n\n".join(map(str, functions)))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for shown in functions:
        console.print(Text(shown.title, "bold"), *(Text(f"  {fact}") for fact in shown.facts), "", sep="\n")
        for row in shown.rows:
            console.print(Text(str(row), "cyan" if row.number is None else "bold"))


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: with lines on a terminal, as aligned plain text anywhere else."""
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table

        table = Table(header_style="bold")
        for name in columns:
            table.add_column(name, overflow="fold")  # a name cut short helps nobody
        for row in rows:
            table.add_row(*row)
        Console().print(table)
        return
    widths = [max(len(row[i]) for row in [columns, *rows]) for i in range(len(columns))]
    for row in [columns, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    whole = argparse.ArgumentParser(prog="narvard", description="Discrete-event simulation of care flows.")
    whole.add_argument("--version", action="version", version=f"narvard {__version__}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, entry in COMMANDS.items():
        words = (entry.run.__doc__ or "").strip().splitlines()[0]
        one = commands.add_parser(name, help=words[:1].lower() + words[1:].rstrip("."), description=words)
        for arg in entry.arguments:
            one.add_argument(*arg.names, **arg.options)
    return whole


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """Let Python look for garbage less often: among a million objects that stay, imported ones, it finds none."""
    thresholds = gc.get_threshold()
    gc.set_threshold(FEW_COLLECTIONS, *thresholds[1:])
    atexit.register(gc.freeze)  # nor at the end, when the system takes all memory back at once
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        Exit code: 0, or 2 if the input cannot be used; then each problem is a line on standard error.
    """
    given = parser().parse_args(arguments)
    try:
        with rarely_collecting():
            return COMMANDS[given.command].run(given)
    except (ScenarioError, Refused) as error:
        print(error, file=sys.stderr)
        return INVALID
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except MemoryError as error:
        print(f"not enough memory: {error}" if str(error) else "not enough memory", file=sys.stderr)
        return INVALID
    except OSError as error:
        print(f"{error.filename or 'narvard'}: {error.strerror or error}", file=sys.stderr)
        return INVALID
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
