"""One replication: warm-up and pre-period once, then every arm from T0 (replikering).

The arms share people, candidate needs, hidden truths and everything before T0, which is a ``Start``. An arm is
simulated, reduced to its outcomes and dropped before the next begins, so that any number of arms takes the memory of
one, beside the state at T0. What depends on who was enrolled in any arm waits by person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.model.period import Period
from sim.replication.arm import Arm, Kept, Reduced
from sim.replication.start import ArmsProgress, Staffing, Start
from sim.runs.progress import Tick
from sim.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Replication:
    """The arms of one replication, in the order asked for.

    Attributes
    ----------
    number
        From 0.
    arms
        In the order of the governances.
    daily
        Counts per day from time 0 in the first arm, shape (series, days), if they were made.
    checked
        Whether conservation was checked in every arm.
    """

    number: int
    arms: tuple[Arm, ...]
    daily: NDArray[np.int32] | None = None
    checked: bool = False


def replicate(
    scenario: Scenario,
    governances: Sequence[str],
    seed: int,
    number: int,
    engine: str = "compiled",
    *,
    keep_records: bool | Path = False,
    checks: bool = False,
    tick: Tick | None = None,
) -> Replication:
    """Run one replication of all arms.

    Parameters
    ----------
    scenario
        A checked scenario with a region and a governance ``current``.
    governances
        Arms; each starts from the same state at T0.
    seed, number
        Key of all draws.
    engine
        ``compiled`` or ``simpy``.
    keep_records
        Keep the rows of every arm: in memory, or in a folder, as Parquet.
    checks
        Check conservation at the end of every arm.
    tick
        Progress, from 0 to 1.
    """
    progress = ArmsProgress(tick, Period.of(scenario), len(governances))
    start = Start(scenario, seed, number, engine, progress=progress)
    arms = []
    for place, governance in enumerate(governances):
        keep = Kept(keep_records, number, checks, daily=not place)
        last = place == len(governances) - 1
        arms.append(start.reduced(governance, keep, progress=progress, last=last))
        progress.arm_done()
    return together(number, arms, checks)


def each_arm(
    scenario: Scenario,
    governances: Sequence[str],
    seed: int,
    number: int,
    engine: str = "compiled",
    tick: Tick | None = None,
    staffed: Sequence[Staffing] = (),
) -> Iterator[Arm]:
    """Run one replication of any number of arms, one after another, with nobody told apart by enrolment.

    The records are those of :func:`replicate`, and so are the outcomes, but for those of the enrolled and of everybody
    else, which are not given: they depend on all arms. No arm takes memory once the next is asked for.

    Parameters
    ----------
    scenario, governances, seed, number, engine, tick
        As for :func:`replicate`.
    staffed
        For each arm, what makes its scenario from T0 on of that before: levers, beds, staffing and the resource table
        may differ. All else the flows have read before T0, and must be the same.

    Yields
    ------
    Arm
        In the order of the governances, without records.
    """
    progress = ArmsProgress(tick, Period.of(scenario), len(governances))
    start = Start(scenario, seed, number, engine, progress=progress)
    for place, governance in enumerate(governances):
        staffing = staffed[place] if staffed else None
        last = place == len(governances) - 1
        arm = start.arm(governance, staffing, progress=progress, last=last)
        progress.arm_done()
        yield arm
        del arm


def together(number: int, arms: Sequence[Reduced], checked: bool = False) -> Replication:
    """With all arms known: outcomes of who was enrolled in any of them, the same people in all."""
    direct = np.logical_or.reduce([arm.enrolled for arm in arms]) if len(arms) > 1 else None
    return Replication(number, tuple(arm.arm(direct) for arm in arms), arms[0].daily, checked)
