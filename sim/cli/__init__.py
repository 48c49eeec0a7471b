"""The command ``narvard``: parse, call one function, show.

Commands stand in the modules of this room, by what they work on. A command is a function with a decorator: its name is
the command, the first line of its docstring the help, and the decorator lists its arguments. It returns the exit code,
and imports what it needs itself, so that commands which only read a scenario start at once.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sim.cli import (
    baseline,
    calibrate,
    evaluate,
    experiments,
    flows,
    pilots,
    plan,
    records,
    results,
    scenarios,
    stories,
    sweep,
    untouched,
    warmup,
)
from sim.cli.commands import COMMANDS, INVALID, Refused
from sim.scenario import ScenarioError
from sim.version import __version__

__all__ = ["COMMANDS", "INVALID", "main", "parser"]

ROOMS = (
    *(scenarios, experiments, sweep, evaluate, untouched, pilots, plan, baseline, stories, calibrate, warmup),
    *(results, records, flows),
)
"""Modules with commands, in the order in which the help shows them."""

FEW_COLLECTIONS = 50_000
"""Objects made, and not freed, between two looks for garbage; Python's own 700 cost a tenth of a start."""


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    whole = argparse.ArgumentParser(prog="narvard", description="Discrete-event simulation of care flows.")
    whole.add_argument("--version", action="version", version=f"narvard {__version__}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    order = [room.__name__ for room in ROOMS]
    for name, entry in sorted(COMMANDS.items(), key=lambda one: order.index(one[1].run.__module__)):
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
