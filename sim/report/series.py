"""The warm-up of a result (uppvärmning) in memory: what was found, and the series day by day."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.files import opened_table

FILE = "warmup.csv"
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class WarmUpFound:
    """A warm-up that was judged.

    Attributes
    ----------
    title
        Of the scenario.
    about
        What ``experiment.warmup.WarmUp.report`` gives.
    daily
        Mean over replications by series, shape (days,) each.
    compared
        Never: all of it is before, or under, `current`.
    """

    title: str
    about: Mapping[str, Any]
    daily: Mapping[str, Floats]
    compared: bool = False

    @property
    def replications(self) -> int:
        """Over which the series are means."""
        return int(self.about["replications"])

    @property
    def days(self) -> int:
        """Length of the series."""
        return int(self.about["days"])

    @property
    def warm_up_days(self) -> int:
        """Days of warm-up that the scenario has."""
        return int(self.about["warm_up_days"])

    @property
    def series(self) -> Sequence[Mapping[str, Any]]:
        """What was found of each series."""
        return [one for one in self.about["series"] if one["name"] in self.daily]


def read_warm_up(folder: Path, title: str, about: Mapping[str, Any] | None) -> WarmUpFound | None:
    """What a result folder says of the warm-up; None if it does not.

    Raises
    ------
    OSError, ValueError, KeyError
        If the file is there and cannot be read, or is not what narvard writes.
    """
    path = folder / FILE
    if about is None or not path.exists():
        return None
    with opened_table(path) as stream:
        names, *rows = filter(None, csv.reader(stream))
    columns = np.array(rows, np.float64).T
    return WarmUpFound(title, about, dict(zip(names[1:], columns[1:], strict=True)))
