"""The command that does nothing for people chosen by every rule, and counts: untouched."""

from __future__ import annotations

import argparse
import math
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.commands import (
    CLUSTER,
    ENGINE,
    ENSEMBLE,
    REPLICATIONS,
    SCENARIO,
    SEED,
    WORKERS,
    Refused,
    argument,
    command,
    counted,
    known_governances,
    show_table,
    workers_asked_for,
    writable,
)

if TYPE_CHECKING:
    from sim.evaluation.untouched import Figure, Rule, Untouched
    from sim.evaluation.verdict import Range

USUAL = 10
"""Replications, unless asked otherwise."""
RULES = ("rule", "people", "counted", "before", "after", "change, %", "index stay outside, %", "counts, %")
FIGURES = ("figure", "published", "here", "source")


@command(
    SCENARIO,
    ENSEMBLE,
    *(REPLICATIONS, SEED, WORKERS, CLUSTER, ENGINE),
    argument("--out", metavar="DIR", type=Path, help="write untouched.csv and untouched-published.csv there"),
)
def untouched(given: argparse.Namespace) -> int:
    """Do nothing for people chosen by each rule, and see what falls by itself: regression to the mean."""
    from sim.cli.ensemble import with_sets
    from sim.evaluation.untouched import untouched, write_untouched
    from sim.report.progress import Work
    from sim.runs.executors import Where
    from sim.scenario import load

    scenario = load(given.scenario)
    known_governances(scenario, ())
    if given.ensemble is not None:
        scenario = with_sets(scenario, given.ensemble)
    number = given.replications or USUAL
    where = Where(given.engine, workers_asked_for(given, scenario, number), given.cluster)
    with nullcontext() if given.out is None else writable(given.out):
        with Work(f"{scenario.name}: nothing done, {counted(number)}", number) as work:
            try:
                found = untouched(scenario, number, given.seed, where, work.tell)
            except ValueError as error:
                raise Refused(str(error)) from error
        _show(found)
        if given.out is not None:
            print(f"{', '.join(str(path) for path in write_untouched(found, given.out))} written")
    return 0


def _show(found: Untouched) -> None:
    show_table(RULES, [_rule(one) for one in found.rules])
    print()
    show_table(FIGURES, [_figure(one) for one in found.figures])


def _rule(one: Rule) -> tuple[str, ...]:
    changes = (_range(change, 100, "+.0f") for change in (one.change, one.outside, one.raw))
    outcome = one.outcome.replace("_", " ")
    return (one.name, f"{one.people:.0f}", outcome, f"{one.before:.2f}", f"{one.after:.2f}", *changes)


def _figure(one: Figure) -> tuple[str, ...]:
    if one.value is not None:
        edges = "" if one.low is None or one.high is None else f" ({one.low:g} to {one.high:g})"
        published = f"{one.value:g}{edges}"
    else:
        published = "" if one.high is None else f"at most {one.high:.2g}"
    return (one.text, published, _range(one.found, 1, ".2f"), one.source)


def _range(found: Range, scale: float, places: str) -> str:
    """A figure with its interval, where there is one."""
    if not math.isfinite(found.mean):
        return ""
    text = format(scale * found.mean, places)
    if not math.isfinite(found.low):
        return text
    return f"{text} ({format(scale * found.low, places)} to {format(scale * found.high, places)})"
