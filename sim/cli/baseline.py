"""Commands on the baseline: validate."""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.cli.commands import (
    CLUSTER,
    ENGINE,
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


@command(
    SCENARIO,
    *(REPLICATIONS, SEED, WORKERS, CLUSTER, ENGINE),
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
    options = {
        "engine": given.engine,
        "workers": workers_asked_for(given, scenario, replications),
        "cluster": given.cluster,
    }
    with Work(f"{scenario.name}: baseline, {counted(replications)}", replications) as work:
        verdicts = validate(scenario, replications, given.seed, **options, progress=work.tell)
    columns = ("target", "source", "published", "simulated", "interval", "unit", "verdict")
    show_table(columns, [verdict.words() for verdict in verdicts])
    counts = {word: sum(v.verdict == word for v in verdicts) for word in ("inside", "near", "off", "reported")}
    print(", ".join(f"{number} {word}" for word, number in counts.items()))
    if given.out is not None:
        with writable(given.out) as folder:
            write_validation(verdicts, folder)
        print(f"{given.out / 'validation.csv'} written")
    return 0
