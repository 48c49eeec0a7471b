"""One figure of a result by its name (figur), for notebooks."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from matplotlib.figure import Figure

from sim.experiment.folder import write as write_result
from sim.experiment.running import Experiment
from sim.report.pictures import PICTURES
from sim.report.result import Result, read

NAMES = tuple(picture.name for picture in PICTURES)
"""Figures of the report, in its order."""


def figure(of: Experiment | Path, name: str) -> Figure:
    """Draw one figure of the report.

    Parameters
    ----------
    of
        A finished experiment, or the folder of a result.
    name
        One of ``NAMES``.

    Raises
    ------
    KeyError
        If there is no such figure.
    ValueError
        If the result does not hold what it shows, as a difference of one governance.
    OSError
        If the folder is not one of a result.
    """
    if name not in NAMES:
        raise KeyError(f"no figure {name!r}; there are {', '.join(NAMES)}")
    result, picture = _result(of), PICTURES[NAMES.index(name)]
    if not picture.possible(result):
        raise ValueError(f"figure {name}: the result does not hold what it shows")
    return picture.drawn(result)


def _result(of: Experiment | Path) -> Result:
    """As the report reads it: the figures here are those of the folder."""
    if isinstance(of, Path):
        return read(of)
    with TemporaryDirectory(prefix="narvard-") as folder:
        write_result(of, Path(folder))
        return read(Path(folder))
