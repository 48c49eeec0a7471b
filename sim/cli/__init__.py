"""The command ``narvard``: parse, call one function, show.

Commands stand in the modules of this room, by what they work on. A command is a function with a decorator: its name is
the command, the first line of its docstring the help, and the decorator lists its arguments. It returns the exit code,
and imports what it needs itself, so that commands which only read a scenario start at once.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

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
from sim.cli.commands import COMMANDS, INTERRUPTED, INVALID, Refused
from sim.cli.surroundings import quiet_end, settle, tell, tell_fault, to_nowhere
from sim.files import Unfit
from sim.problems import RunAgain
from sim.scenario import ScenarioError
from sim.texts import say
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


@contextmanager
def telling_warnings() -> Iterator[None]:
    """Tell kept work that is made again in a line; other warnings stay as they are."""
    with warnings.catch_warnings():
        usual = warnings.showwarning

        def told(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
            if issubclass(category, RunAgain):
                say(str(message))
            else:
                usual(message, category, *where, **more)

        warnings.showwarning = told
        yield


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        Exit code: 0; 2 if the input cannot be used, then each problem is a line on standard error; 1 after a fault of
        narvard's own; 130 after an interrupt. There is never a traceback.
    """
    settle()
    try:
        with quiet_end(), rarely_collecting(), telling_warnings():
            given = parser().parse_args(arguments)
            return COMMANDS[given.command].run(given)
    except (ScenarioError, Refused) as error:
        tell(error)
        return INVALID
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        to_nowhere(sys.stdout.fileno())
        return 0
    except MemoryError as error:
        tell(f"not enough memory: {error}" if str(error) else "not enough memory")
        return INVALID
    except OSError as error:
        tell(error if isinstance(error, Unfit) else f"{error.filename or 'narvard'}: {error.strerror or error}")
        return INVALID
    except UnicodeEncodeError as error:  # a name of a file in a locale without its letters
        letters = error.object[error.start : error.end]
        tell(f"{letters!r} cannot be written in the character set {error.encoding}; LANG=C.UTF-8 sets one that has all")
        return INVALID
    except KeyboardInterrupt:
        tell("interrupted")
        return INTERRUPTED
    except Exception as error:
        return tell_fault(error)
