"""Commands on the folder of a result: show."""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.cli.commands import Refused, argument, command


@command(argument("folder", metavar="DIR", type=Path, help="folder of a result"))
def show(given: argparse.Namespace) -> int:
    """Show a result again."""
    from sim import report

    if not (given.folder / "result.json").is_file():
        raise Refused(f"{given.folder}: no result.json there; narvard run and narvard compare write one")
    report.show(given.folder)
    return 0
