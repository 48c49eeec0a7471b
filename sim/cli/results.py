"""Commands on the folder of a result: show."""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.cli.commands import Refused, argument, command


@command(argument("folder", metavar="DIR", type=Path, help="folder of a result, or of several: then the newest"))
def show(given: argparse.Namespace) -> int:
    """Show a result again."""
    from sim import report

    report.show(result_folder(given.folder))
    return 0


def result_folder(folder: Path) -> Path:
    """The folder itself if it holds a result, else the newest result in it, as ``results/NAME`` has several."""
    from sim.experiment.archive import newest

    found = newest(folder)
    if found is None:
        raise Refused(f"{folder}: no result.json there; narvard run and narvard compare write one")
    return found
