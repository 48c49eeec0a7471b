"""What ``narvard compare --ensemble`` adds: parameter sets, and what of the result is uncertain because of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.commands import Refused, show_table

if TYPE_CHECKING:
    from sim.experiment.running import Experiment
    from sim.scenario import Scenario

SHOWN = ("hospital_days", "emergency_visits", "admissions_unplanned", "cost_region_sek", "cost_municipality_sek")
"""Outcomes whose uncertainty is shown in the terminal; all are in the table."""


def with_sets(scenario: Scenario, file: str) -> Scenario:
    """The scenario with the parameter sets of a table; if none is named, of the one beside it or what it extends.

    What a scenario states otherwise than the one beside which the table stands keeps its value; a table from elsewhere
    sets all its keys.

    Raises
    ------
    Refused
        If there is no such table.
    """
    from sim.scenario import load
    from sim.scenario.ensemble import keys_of, nearest_table, restated, with_ensemble

    table, beside = nearest_table(scenario)
    if file and Path(file).resolve() != table.resolve():
        table, beside = Path(file), scenario.files[-1]
    if not table.is_file():
        raise Refused(f"--ensemble: {table}: no such file; narvard calibrate writes one")
    own = set() if beside == scenario.files[-1] else restated(scenario, load(beside), keys_of(table))
    return with_ensemble(scenario, table, own)


def show_uncertainty(done: Experiment, folder: Path) -> None:
    """Write ``uncertainty.csv`` and print its main rows."""
    from sim.calibration.uncertainty import DIFFERENCE, of_replications, write_uncertainty
    from sim.scenario.ensemble import sets_of
    from sim.validation.validation import number

    sets = sets_of(done.scenario)
    found = list(of_replications(done.replications, done.governances, sets))
    write_uncertainty(found, folder)
    rows = []
    for governance, outcome, parts in found:
        if outcome in SHOWN and governance in (DIFFERENCE, *done.governances[:1]):
            share = "" if parts.share != parts.share else f"{parts.share:.0%}"
            between = f"{number(parts.range_low)} to {number(parts.range_high)}"
            rows.append((outcome, governance, number(parts.mean), between, share))
    print(f"over {min(sets, len(done.replications))} of {sets} parameter sets:")
    show_table(("outcome", "governance", "mean", "95 % of parameter sets", "variance by parameters"), rows)
    if len(done.replications) <= sets:
        print(f"variance by parameters and by chance cannot be told apart: more than {sets} replications needed")
