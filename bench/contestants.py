"""Who takes part in workload W; each is imported only where it runs."""

from __future__ import annotations

from typing import Any, Protocol

from bench.contacts import Contacts
from bench.workload import Workload

COMPILED, REFERENCE, C, CIW = "compiled", "reference", "c", "ciw"
SIMPY_NUMPY, SIMPY_STANDARD = "simpy", "simpy-random"
SIMPY_FULL, SIMPY_FULL_STANDARD = "simpy-full", "simpy-full-random"
NAMES = (COMPILED, C, SIMPY_FULL, SIMPY_FULL_STANDARD, SIMPY_NUMPY, SIMPY_STANDARD, REFERENCE, CIW)


class Contestant(Protocol):
    """A simulator with workload W written for it.

    Attributes
    ----------
    title : str
        Its name in tables.
    """

    title: str

    def missing(self) -> str:
        """Why it cannot take part here; empty if it can."""
        ...

    def prepare(self) -> None:
        """Import, build and compile what the simulation needs; not timed."""
        ...

    def simulate(self, workload: Workload, seed: int) -> Any:
        """Simulate to the horizon, with a row per contact in its own form; timed."""
        ...

    def contacts(self, result: Any) -> Contacts:
        """The rows of ``simulate`` in common form; not timed."""
        ...


def contestant(name: str) -> Contestant:
    """The contestant of this name."""
    if name in (COMPILED, REFERENCE):
        from bench.engines import Narvard

        return Narvard("compiled" if name == COMPILED else "simpy")
    if name == C:
        from bench.kernel import Kernel

        return Kernel()
    if name in (SIMPY_NUMPY, SIMPY_STANDARD):
        from bench.idiomatic import Idiomatic, NumpyDraws, StandardDraws

        if name == SIMPY_NUMPY:
            return Idiomatic("SimPy, lean, draws of numpy.random", NumpyDraws)
        return Idiomatic("SimPy, lean, draws of random", StandardDraws)
    if name in (SIMPY_FULL, SIMPY_FULL_STANDARD):
        from bench.idiomatic import Full, NumpyDraws, StandardDraws

        if name == SIMPY_FULL:
            return Full("SimPy, the same results, draws of numpy.random", NumpyDraws)
        return Full("SimPy, the same results, draws of random", StandardDraws)
    if name == CIW:
        from bench.network import Ciw

        return Ciw()
    raise ValueError(f"contestant {name!r}: one of {', '.join(NAMES)}")
