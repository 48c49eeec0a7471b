"""Memory (minne) of replications: how much one needs, and how many there is memory for at a time.

An estimate errs on the safe side. Replications of Umeå länsdel (162,899 people, three years, two arms) take 790 MB one
at a time and 1.4 GB two at a time, so the second takes 610 MB; 680 MB are reckoned with. Its past was 2.6 million rows
of 46 bytes at T0, and 3.8 million at the end: 8 a year for each resident. SimPy takes less than twice as much.
"""

from __future__ import annotations

from dataclasses import dataclass

from sim.memory import available, total, words
from sim.model.period import Period
from sim.scenario import Scenario
from sim.vocabulary import YEAR
from sim.workers import processors

MB = 1 << 20
PROCESS = 350 * MB
"""What a process takes before it simulates anybody: interpreter, libraries, compiled code."""
PERSON = 3000
PERSON_YEAR = 400
"""Bytes of a replication for each resident, and for each year of a resident's records: arms at T0 and after."""
SIMPY = 2
"""How much more the reference takes: its processes and rows are Python objects."""


class TooLarge(MemoryError):
    """A replication that this machine has no memory for."""


@dataclass(frozen=True)
class Workers:
    """How many replications to run at a time.

    Attributes
    ----------
    number
        At least 1.
    why
        Why they are fewer than the cores, in a sentence; empty if they are not.
    """

    number: int
    why: str = ""


def workers_for(scenario: Scenario, replications: int, engine: str = "compiled") -> Workers:
    """As many workers as there are cores, if there is memory for so many replications at a time.

    Parameters
    ----------
    scenario, replications, engine
        What is to be run.

    Raises
    ------
    TooLarge
        If the machine could not hold one replication even with nothing else running.
    """
    wanted = max(1, min(replications, processors()))
    each, there, free = needed(scenario, engine), total(), available()
    if there is not None and PROCESS + each > there:
        years = Period.of(scenario).horizon / YEAR
        raise TooLarge(
            f"{scenario.name}: a replication of {scenario.region.people:,} people over {years:.1f} years takes about "
            f"{words(PROCESS + each)}, and this machine has {words(there)}"
        )
    if free is None:
        return Workers(wanted)
    # SimPy runs each replication in a process of its own.
    rest, one = (free, each + PROCESS) if engine == "simpy" else (free - PROCESS, each)
    number = max(1, min(wanted, rest // one))
    why = f"a replication takes about {words(one)}, and {words(free)} of memory are free"
    if rest < one:
        return Workers(1, f"{why}: this may be slow, or fail")
    if number < wanted:
        return Workers(number, f"{number} of {wanted} replications at a time: {why}")
    return Workers(number)


def needed(scenario: Scenario, engine: str = "compiled") -> int:
    """Estimated bytes of one replication, whatever the number of its arms, beside what a process takes anyway."""
    years = Period.of(scenario).horizon / YEAR
    size = int(scenario.region.people * (PERSON + PERSON_YEAR * years))
    return size * (SIMPY if engine == "simpy" else 1)
