"""An experiment as tables of pandas (tabeller): the columns are those of the files of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.experiment.headline import HEADLINE
from sim.outcomes import Margin
from sim.statistics.comparison import NUMBERS

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.running import Experiment

EVERYBODY = Margin()


def levels(experiment: Experiment) -> pd.DataFrame:
    """Each outcome under each governance, for everybody and by group, segment, municipality and month."""
    import pandas as pd

    columns = ("governance", "outcome", *Margin._fields, "mean", "low", "high", "sd", "replications", "unit")
    rows = (
        (x.governance, x.outcome, *x.margin, x.mean, x.low, x.high, x.sd, x.replications, x.unit)
        for x in experiment.summary.levels()
    )
    return pd.DataFrame.from_records(list(rows), columns=columns)


def differences(experiment: Experiment) -> pd.DataFrame:
    """Each outcome under both governances, and the paired difference; margins as in :func:`levels`."""
    import pandas as pd

    columns = ("outcome", *Margin._fields, *experiment.governances, *NUMBERS, "unit")
    rows = [(d.outcome, *d.margin, *d.numbers, d.unit) for d in experiment.differences()]
    return pd.DataFrame.from_records(rows, columns=columns)


def totals(experiment: Experiment) -> pd.DataFrame:
    """One row per replication and governance, a column for each outcome."""
    import pandas as pd

    columns = ("replication", "governance", *experiment.summary.outcomes)
    place = experiment.summary.margins.index(EVERYBODY)
    rows = (
        (replication.number, arm.governance, *arm.table.values[:, place].tolist())
        for replication in experiment.replications
        for arm in replication.arms
    )
    return pd.DataFrame.from_records(list(rows), columns=columns)


def headline(experiment: Experiment) -> pd.DataFrame:
    """The outcomes at the top of a result, for everybody; indexed by their labels."""
    whole = differences(experiment) if len(experiment.governances) == 2 else levels(experiment)
    everybody = whole[(whole[list(Margin._fields)] == "all").all(axis=1)].set_index("outcome")
    labels = {outcome: label for outcome, label in HEADLINE if outcome in everybody.index}
    table = everybody.loc[list(labels)].rename(index=labels).rename_axis(None)
    if len(experiment.governances) == 2:
        return table[[*experiment.governances, "difference", "low", "high", "relative", "unit"]]
    return table[["mean", "low", "high", "sd", "unit"]]
