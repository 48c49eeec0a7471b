"""The command that shows the flows as the compiled engine has them: engine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from sim.cli.commands import Refused, argument, command, show_table


@command(
    argument("--show", metavar="FLOW", help="a flow's state machine beside its source; a rule likewise"),
)
def engine(given: argparse.Namespace) -> int:
    """List the flows as the compiled engine has them, or show one; nothing is compiled."""
    from sim.engine.showing import Flows, cache_facts, versions
    from sim.model.world import setting
    from sim.replication.beginning import PROCESSES
    from sim.scenario import load

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
    print(
        f"{facts.folder}: {facts.functions} compiled functions, {facts.size / 1e6:.1f} MB, written by its owner alone"
    )
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
