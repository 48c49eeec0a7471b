"""What flows read of resources: free units and requests that wait, the same in every engine."""

from __future__ import annotations

import pytest

from sim.engine import EngineError, LoweringError, Resource, arithmetic, kernel
from sim.language import Process, free, hold, record, release, seize, seize_first, spawn, waiting
from tests.engine.engines import ALL, rows, simulate

DESK, BED = 0, 1
RESOURCES = [Resource("desk", 2, [(0, 2), (50, 1), (90, 3)]), Resource("bed", 1)]


def crowded(w, r: int) -> int:
    return waiting(w, r) - free(w, r)


def visit(w, who: int) -> Process[None]:
    yield hold(who * 7)
    if waiting(w, DESK) > 2 and not free(w, DESK):
        yield record(who, 0, 0, 0, w.clock[0], free(w, DESK), waiting(w, DESK), -1, crowded(w, DESK))
        return
    yield seize(DESK, who % 3)
    yield record(who, 1, 0, 0, w.clock[0], free(w, DESK), waiting(w, DESK), free(w, BED), crowded(w, DESK))
    yield hold(20)
    got: int = yield seize_first(BED, DESK, patience=5)
    yield record(who, 2, 0, 0, w.clock[0], free(w, DESK), waiting(w, DESK), waiting(w, BED), got)
    if got == 0:
        yield hold(3)
        yield release(BED)
    elif got == 1:
        yield release(DESK)
    yield release(DESK)
    yield record(who, 3, 0, 0, w.clock[0], free(w, DESK), waiting(w, DESK), waiting(w, BED), free(w, BED))


def everybody(w) -> Process[None]:
    for who in range(40):
        yield spawn(visit(w, who))


NAMES = ("person", "need", "asked", "started", "ended", "outcome", "detail")


def test_all_engines_read_the_same() -> None:
    found = {name: rows(simulate(make, [everybody], RESOURCES), *NAMES) for name, make in ALL.items()}
    assert found["plain"] == found["simpy"]
    assert found["compiled"] == found["simpy"]
    told = found["simpy"]
    assert {row[1] for row in told} == {0, 1, 2, 3}
    assert {row[3] for row in told} >= {0, 1, 2}  # free desks
    assert max(row[4] for row in told) > 2  # waiting for one


def busy(w) -> Process[None]:
    yield seize(DESK)
    yield seize(DESK)
    yield hold(60)
    yield record(0, 0, 0, 0, 0, free(w, DESK), 0, 0, 0)
    yield release(DESK)
    yield release(DESK)


def nobody(w, r: int) -> Process[None]:
    yield hold(5)
    yield hold(free(w, r))


@pytest.mark.parametrize("engine", ALL)
def test_use_beyond_capacity_and_resources_that_are_not_there(engine: str) -> None:
    assert rows(simulate(ALL[engine], [busy], RESOURCES), "started") == [0]
    line = nobody.__code__.co_firstlineno + 2
    for r in (-1, 2):
        with pytest.raises(EngineError) as found:
            simulate(ALL[engine], [(nobody, r)], RESOURCES)
        assert (
            str(found.value)
            == f"test_reading.py:{line}: process nobody at 5 s: resource {r}: there is no such resource"
        )


def test_a_fork_reads_its_own() -> None:
    base = simulate(ALL["compiled"], [everybody], RESOURCES, until=60)
    other = base.fork()
    other.set_changes([(70, DESK, 0)])
    for simulation in (base, other):
        simulation.run(1000)
    whole = simulate(ALL["compiled"], [everybody], RESOURCES)
    assert rows(base, *NAMES) == rows(whole, *NAMES)
    assert rows(other, *NAMES) != rows(whole, *NAMES)


def alone(w) -> Process[None]:
    yield hold(free(DESK, DESK))


def test_the_world_comes_first() -> None:
    with pytest.raises(LoweringError, match=r"the world, w, is the first argument"):
        simulate(ALL["compiled"], [alone], RESOURCES)


def test_the_places_are_those_of_the_kernel() -> None:
    assert (arithmetic.RESOURCE, arithmetic.USED, arithmetic.CAPACITY) == (
        kernel.RESOURCE,
        kernel.USED,
        kernel.CAPACITY,
    )
    assert (arithmetic.WAITING, arithmetic.COUNT) == (kernel.WAITING, kernel.RESOURCES)
    assert (arithmetic.RESOURCES_AT, arithmetic.SCALARS_AT) == (kernel.CONTEXT + 2, kernel.CONTEXT + 7)
    assert (arithmetic.ERROR, arithmetic.SITE) == (kernel.FLOW_ERROR, kernel.FLOW_SITE)
    used = {kernel.QUICK + operation for operation in range(9)} | set(range(kernel.CONTEXT, kernel.BUFFERS + 4))
    assert arithmetic.VALUE not in used
