"""The command that judges the warm-up: warmup."""

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
    argument("--out", metavar="DIR", type=Path, help="folder of table and figure (default: results/NAME/warmup)"),
)
def warmup(given: argparse.Namespace) -> int:
    """Judge the warm-up of a scenario: MSER-5, Welch's plot, drift."""
    from sim import report
    from sim.experiment.folder import write_warm_up
    from sim.experiment.running import run
    from sim.report.progress import Work
    from sim.scenario import load

    scenario = load(given.scenario)
    known_governances(scenario, ())
    replications = given.replications or 5
    workers = workers_asked_for(given, scenario, replications)
    with writable(given.out or Path("results") / scenario.name / "warmup") as folder:
        with Work(f"{scenario.name}: warm-up, {counted(replications)}", replications) as work:
            done = run(
                scenario,
                replications=replications,
                seed=given.seed,
                engine=given.engine,
                workers=workers,
                cluster=given.cluster,
                progress=work.tell,
            )
        files = write_warm_up(done, folder)
        columns, rows, sentences, figures = report.warm_up(folder, scenario.title, done.warm_up.report())
    show_table(columns, rows)
    print("\n".join(sentences))
    print(f"{', '.join(str(path) for path in (*files, *figures))} written")
    return 0
