"""The command that puts pilots to the test: pilots."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.commands import (
    CLUSTER,
    ENSEMBLE,
    REPLACE,
    SEED,
    WORKERS,
    Refused,
    argument,
    command,
    counted,
    positive,
    resumable,
    show_table,
    writable,
)
from sim.texts import say

if TYPE_CHECKING:
    from sim.evaluation.judging import Verdict
    from sim.evaluation.piloting import PilotRun
    from sim.evaluation.pilots import Pilot
    from sim.evaluation.reach import Reach
    from sim.runs.executors import Where

REPLICATIONS = 10
"""Of each pilot, unless asked otherwise: all pilots take less than an hour on two cores."""
HEADS = ("pilot", "outcome", "claimed", "without the pilot", "before-after", "randomised", "truth", "n", "power")


@command(
    argument("pilot", metavar="PILOT", nargs="*", help="names of the library, or scenario files (default: all)"),
    argument(
        "--replications", metavar="N", type=positive, default=REPLICATIONS, help=f"of each (default: {REPLICATIONS})"
    ),
    SEED,
    WORKERS,
    CLUSTER,
    ENSEMBLE,
    argument("--no-reach", action="store_true", help="leave out what it would take to reach each claim"),
    argument("--list", action="store_true", help="name the pilots of the library and end"),
    argument(
        "--out",
        metavar="DIR",
        type=Path,
        help="folder of the result (default: results/pilots; of one pilot results/NAME, of some results/some-pilots)",
    ),
    REPLACE,
)
def pilots(given: argparse.Namespace) -> int:
    """Put pilots to the test: claimed, what a study would show, and what is true."""
    from sim.evaluation.pilots import library, load_pilot

    names = given.pilot or library()
    chosen = [load_pilot(name) for name in names]
    if given.list:
        show_table(("pilot", "title", "people", "claims"), [_listed(pilot) for pilot in chosen])
        return 0
    with writable(given.out or _own_folder(given, chosen)) as folder:

        def there() -> str:
            return f"finished replications are kept in {folder}"

        return resumable(partial(_run, given, chosen, folder), there, folder)


def _own_folder(given: argparse.Namespace, chosen: Sequence[Pilot]) -> Path:
    """Where results go if nobody says so: those of single pilots never over those of the whole library."""
    if not given.pilot:
        return Path("results") / "pilots"
    return Path("results") / (chosen[0].name if len(chosen) == 1 else "some-pilots")


def _listed(pilot: Pilot) -> tuple[str, str, str, str]:
    return pilot.name, pilot.title, str(pilot.n), str(len(pilot.claims))


def _over_sets(chosen: Sequence[Pilot], file: str | None) -> list[Pilot]:
    """The pilots, each replication with another parameter set if an ensemble is asked for."""
    from sim.cli.ensemble import with_sets

    if file is None:
        return list(chosen)
    return [replace(pilot, scenario=with_sets(pilot.scenario, file)) for pilot in chosen]


def _run(given: argparse.Namespace, chosen: Sequence[Pilot], folder: Path) -> int:
    from sim.evaluation.judging import judge
    from sim.evaluation.pilot_folder import run_pilot, write_origin
    from sim.evaluation.selection import TooFew
    from sim.report.pilot_words import too_few
    from sim.report.pilots import terminal_rows, write
    from sim.report.progress import Work
    from sim.runs.result_folder import OtherExperiment

    verdicts: list[Verdict] = []
    origin: dict[str, tuple[Pilot, Sequence[PilotRun]]] = {}
    each, over_sets = given.replications, _over_sets(chosen, given.ensemble)
    title = f"{len(chosen)} pilot{'s' if len(chosen) > 1 else ''}, {counted(each)} of each"
    try:
        with Work(title, len(chosen) * each) as work:
            for place, pilot in enumerate(over_sets):

                def tell(_: Pilot, number: int, share: float, first: int = place * each) -> None:
                    work.tell(first + number, share)

                where = _where(given, pilot, each)
                runs = run_pilot(pilot, each, given.seed, folder, where, again=given.replace, tell=tell)
                verdicts.append(judge(pilot, runs))
                origin[pilot.name] = pilot, runs
                for number in range(each):
                    work.tell(place * each + number, 1.0)
            reaches = {} if given.no_reach else _reached(given, over_sets, folder)
    except (OtherExperiment, TooFew) as error:
        raise Refused(str(error)) from error
    write(verdicts, folder, reaches)
    write_origin(folder, origin, given.seed)
    show_table(HEADS, terminal_rows(verdicts))
    for note in filter(None, map(too_few, verdicts)):
        print(note)
    for found in reaches.values():
        for reach in found:
            print(f"{reach.pilot}: {reach.told()}")
    print(f"{folder / 'report.html'}: what may and may not be concluded; tables and figures beside it")
    return 0


def _reached(given: argparse.Namespace, chosen: Sequence[Pilot], folder: Path) -> dict[str, list[Reach]]:
    """What it would take to reach each claim; says of which it is being found."""
    from sim.evaluation.pilot_folder import reached
    from sim.evaluation.reach import REPLICATIONS as EACH
    from sim.evaluation.reach import asked_of

    found: dict[str, list[Reach]] = {}
    for pilot in chosen:
        goal = asked_of(pilot)
        if goal is not None:
            say(f"{pilot.name}: what {goal[1]:+.0%} would take ...")
            found[pilot.name] = reached(pilot, given.seed, folder, _where(given, pilot, EACH))
    return found


def _where(given: argparse.Namespace, pilot: Pilot, replications: int) -> Where:
    """The workers asked for, all of a cluster, or as many as there are cores and memory for."""
    from sim.cli.commands import fitting_workers
    from sim.runs.executors import Where

    if given.workers is not None or given.cluster is not None:
        return Where("compiled", given.workers, given.cluster)
    return Where("compiled", fitting_workers(pilot.scenario, replications, "compiled"))
