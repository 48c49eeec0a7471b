"""Mutants through the command's own entry (körning): in a process of their own, with bounds on time and memory."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import resource
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from sim import cli
from sim.cli import experiments
from tests.fuzz.mutations import mutated
from tests.fuzz.seeds import Seed, seeds, write_all

SECONDS = 20
"""A command that takes longer hangs."""
MEMORY = 1_000_000_000
"""Bytes that a command may take beyond what the process has when it begins."""
RUN_SECONDS = 120
"""For a run to its report, of a small scenario on a busy machine."""
MOST_WORK = 400_000
"""People times days of a mutant that is run to its report."""
ODD = re.compile(r"Traceback|fault of narvard's own|not enough memory|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What no command may print, whatever it reads."""


class Hang(BaseException):
    """A command has taken too long."""


@dataclass(frozen=True)
class Case:
    """What came of one mutant.

    Attributes
    ----------
    number
        Of the case.
    file
        What was damaged.
    code
        Exit code; None if there was none.
    fault
        What must not be; empty if nothing.
    told
        Beginning of what was printed.
    """

    number: int
    file: str
    code: int | None
    fault: str
    told: str


class Bench:
    """A folder with the seeds, in which one of them at a time is damaged.

    Parameters
    ----------
    folder
        It is made.
    seed
        Of all chance.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.seed = seed
        self.seeds = seeds()
        folder.mkdir(parents=True, exist_ok=True)
        write_all(folder)

    def mutant(self, number: int) -> tuple[Seed, bytes]:
        """The seed of a case, and its file damaged."""
        chance = Random(f"{self.seed}-{number}")
        seed = chance.choice(self.seeds)
        path = self.folder / seed.file
        stem = self.folder / path.name  # the workbook of a table stands above its folder
        return seed, mutated((path if path.exists() else stem).read_bytes(), path.suffix, chance)

    @contextlib.contextmanager
    def laid(self, number: int) -> Iterator[Seed]:
        """The folder with the mutant in place of the file."""
        seed, content = self.mutant(number)
        changed = {seed.file: content, **seed.beside}
        before = {name: _content(self.folder / name) for name in changed}
        try:
            for name, new in changed.items():
                _put(self.folder / name, new)
            yield seed
        finally:
            for name, old in before.items():
                _put(self.folder / name, old)

    def case(self, number: int) -> Case:
        """One mutant, read by its command."""
        with self.laid(number) as seed, nothing_run():
            code, fault, told = outcome_of(seed.command, self.folder, SECONDS)
        return Case(number, seed.file, code, fault, told)

    def run(self, number: int) -> Case:
        """One mutant, run to its report."""
        with self.laid(number) as seed:
            shutil.rmtree(self.folder / "out", ignore_errors=True)
            command = (
                "run",
                "own.toml",
                "--governance",
                "mine",
                "--replications",
                "1",
                "--workers",
                "1",
                "--out",
                "out",
            )
            code, fault, told = outcome_of(command, self.folder, RUN_SECONDS)
            missing = not (self.folder / "out" / "report.html").is_file()
        shown = fault or (f"exit code {code}" if code else "no report" if missing else "")
        return Case(number, seed.file, code, shown, told)

    def small(self, number: int) -> bool:
        """Whether a mutant that is accepted can be run in a moment."""
        from sim.scenario import load

        with self.laid(number) as seed, contextlib.chdir(self.folder):
            if not seed.small:
                return False
            scenario = load("own.toml")
        time = scenario.time
        days = time.warm_up_days + time.pre_period_days + time.follow_up_days
        return "mine" in scenario.governances and bool(scenario.region.people * days <= MOST_WORK)


@contextlib.contextmanager
def nothing_run() -> Iterator[None]:
    """Let commands that run something end before they do: what they have read is enough."""
    whole = experiments._in_archive
    experiments._in_archive = lambda *_: 0
    try:
        yield
    finally:
        experiments._in_archive = whole


def outcome_of(command: Sequence[str], folder: Path, seconds: int) -> tuple[int | None, str, str]:
    """Exit code of a command in this process, what must not be, and the beginning of what it printed."""
    out, code, fault = io.StringIO(), None, ""
    signal.signal(signal.SIGALRM, _hang)
    signal.alarm(seconds)
    try:
        with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = cli.main(command)
    except SystemExit as end:  # of argparse
        code = end.code if isinstance(end.code, int) else 1
    except Hang:
        fault = f"took more than {seconds} s"
    except BaseException as error:
        fault = f"let out {type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
    told = out.getvalue()
    odd = ODD.search(told)
    if not fault and odd:
        fault = f"printed {odd[0]!r}: {told[max(0, odd.start() - 100) : odd.end() + 300]}"
    if not fault and code not in (0, 2):
        fault = f"exit code {code}"
    return code, fault, told[:300]


def _hang(*_: object) -> None:
    raise Hang


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _put(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)


# --- in a process of its own -----------------------------------------------------------------------------------


def apart(work: Callable[[int], Case], numbers: Sequence[int]) -> Iterator[Case]:
    """Do work for each number in a process with bounds; one that dies costs its case alone."""
    left = list(numbers)
    while left:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _work(work, left, writing)
        os.close(writing)
        with open(reading, encoding="utf-8") as lines:
            for line in lines:
                case = Case(**json.loads(line))
                left.remove(case.number)
                yield case
        _, status = os.waitpid(child, 0)
        if left and status:
            yield Case(left.pop(0), "", None, f"the process died ({status})", "")


def _work(work: Callable[[int], Case], numbers: Sequence[int], writing: int) -> None:
    """The child: it never returns."""
    code = 1
    try:
        bound_memory()
        shared_are_read_once()
        with open(writing, "w", encoding="utf-8", errors="backslashreplace") as lines:
            for number in numbers:
                lines.write(json.dumps(vars(work(number))) + "\n")
                lines.flush()
        code = 0
    finally:
        os._exit(code)


def bound_memory() -> None:
    """Let this process have so much more memory than it has now, and no more."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    bound = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def shared_are_read_once() -> None:
    """Read what is shipped, and so never damaged, once in a process: else it takes half of the time."""
    from sim.scenario import layers, reader

    read, region = layers._read, reader.read_region
    layer_of, region_of = lru_cache(None)(read), lru_cache(None)(_region_read(region))

    def layer(path: Path, name: str, extended_by: Any) -> Any:
        return layer_of(path, name, None) if name.startswith(layers.SHIPPED) else read(path, name, extended_by)

    def of_region(folder: Path, shown: str, *, own_sources: Any, strict: bool) -> Any:
        if shown.startswith(layers.SHIPPED):
            return region_of(folder, shown, strict)
        return region(folder, shown, own_sources=own_sources, strict=strict)

    layers._read, reader.read_region = layer, of_region


def _region_read(region: Callable[..., Any]) -> Callable[[Path, str, bool], Any]:
    def read(folder: Path, shown: str, strict: bool) -> Any:
        return region(folder, shown, own_sources={}, strict=strict)

    return read


def warm(bench: Bench) -> None:
    """Import what commands import, before processes are made."""
    for command in dict.fromkeys(seed.command for seed in bench.seeds):
        with nothing_run():
            outcome_of(command, bench.folder, 600)
    sys.stdout.flush()
