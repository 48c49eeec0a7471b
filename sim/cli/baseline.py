"""Commands on the baseline: validate."""

from __future__ import annotations

import argparse
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
    argument,
    command,
    counted,
    known_governances,
    show_table,
    workers_asked_for,
    writable,
)

if TYPE_CHECKING:
    from sim.validation.validation import Validation


@command(
    SCENARIO,
    ENSEMBLE,
    *(REPLICATIONS, SEED, WORKERS, CLUSTER, ENGINE),
    argument("--out", metavar="DIR", type=Path, help="write validation.csv, figures and validation.html there"),
)
def validate(given: argparse.Namespace) -> int:
    """Hold `current` against Swedish statistics: target, source, simulated, verdict."""
    from sim.cli.ensemble import with_sets
    from sim.report.progress import Work
    from sim.scenario import load
    from sim.scenario.ensemble import sets_of
    from sim.validation.validation import VERDICTS, validate

    scenario = load(given.scenario)
    known_governances(scenario, ())
    if given.ensemble is not None:
        scenario = with_sets(scenario, given.ensemble)
    replications = given.replications or sets_of(scenario) or 4
    options = {
        "engine": given.engine,
        "workers": workers_asked_for(given, scenario, replications),
        "cluster": given.cluster,
    }
    with nullcontext() if given.out is None else writable(given.out):
        with Work(f"{scenario.name}: baseline, {counted(replications)}", replications) as work:
            found = validate(scenario, replications, given.seed, **options, progress=work.tell)
        columns = ("target", "source", "published", "simulated", "interval", "unit", "verdict")
        show_table(columns, [verdict.words() for verdict in found.verdicts])
        counts = {word: sum(v.verdict == word for v in found.verdicts) for word in VERDICTS}
        print(", ".join(f"{number} {word}" for word, number in counts.items() if number or word in VERDICTS[:3]))
        if given.out is not None:
            _write(found, given.out)
    return 0


def _write(found: Validation, folder: Path) -> None:
    """The table, figures and the page."""
    from sim.report.validation import write
    from sim.validation.validation import write_validation

    table = write_validation(found.verdicts, folder)
    *drawings, page = write(found, folder)
    print(f"{table} written, with {len(drawings) // 2} figures and {page.name}")
