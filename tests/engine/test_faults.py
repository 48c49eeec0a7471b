"""Hand-made faults and extremes: each ends in a correct result or a clear error, the same in every engine.

Never in a crash or a hang. Faults of a model that are told with their place are in test_errors.py, those of the compile
cache in test_cache.py.
"""

from __future__ import annotations

import _thread
import importlib
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import memory
from sim.buffers import Column, World, WorldError
from sim.engine import EngineError, Limits, OutOfMemory, Program, Resource, compiled_engine
from sim.engine.compiled_engine import CompiledSimulation
from sim.engine.program import HORIZON
from sim.engine.resources import MOST_UNITS
from sim.language import LONGEST, Process, amend, hold, record, release, seize, seize_first, spawn
from tests.engine.engines import ALL, BOTH, Maker, rows, simulate

MILLION = 1_000_000
SMALL = Limits(instant=2_000, commands=3_000, seconds=0.3)


def note(w, who: int, what: int = 0) -> Process[None]:
    yield record(who, 0, 0, 0, w.clock[0], -1, -1, what, 0)


def use(w, who: int, r: int, patience: int = -1, length: int = 5) -> Process[None]:
    got: int = yield seize(r, 0, patience)
    yield record(who, 0, 0, 0, w.clock[0], -1, -1, got, 0)
    if got:
        yield hold(length)
        yield release(r)


def wait_and_note(w, seconds: int) -> Process[None]:
    yield hold(seconds)
    yield from note(w, 1)


def crowd(w, people: int, length: int) -> Process[None]:
    for _ in range(people):
        yield spawn(visitor(w, length))


def visitor(w, length: int) -> Process[None]:
    yield seize(0)
    yield hold(length)
    yield release(0)


# --- crowds ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("engine", "people"), [("simpy", 20_000), ("plain", 20_000), ("compiled", MILLION)])
def test_a_long_queue_is_served_in_full(engine: str, people: int) -> None:
    # All come at once; a thousandth of them is served each second.
    places = people // 1000
    simulation = simulate(ALL[engine], [(crowd, people, 1)], [Resource("bed", places)], until=2000)
    totals = simulation.accumulators()
    assert totals.released.tolist() == totals.granted.tolist() == totals.asked.tolist() == [[people]]
    assert totals.queue_area.tolist() == [[places * sum(range(1000))]]
    assert list(simulation.in_queue) == list(simulation.in_use) == [0]


@pytest.mark.parametrize(("engine", "people"), [("simpy", 20_000), ("plain", 20_000), ("compiled", MILLION)])
def test_simultaneous_events_go_on_in_order(engine: str, people: int) -> None:
    simulation = simulate(ALL[engine], [(holders, people)], until=10)
    assert np.array_equal(simulation.records().person, np.arange(people))
    assert simulation.events == 2 * people + 1


def holders(w, people: int) -> Process[None]:
    for i in range(people):
        yield spawn(holder(w, i))


def holder(w, who: int) -> Process[None]:
    yield hold(5)
    yield record(who, 0, 0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("engine", ALL)
def test_a_resource_closed_for_ever_keeps_its_queue(engine: str) -> None:
    closed = [Resource("bed", 1, [(3, 0)])]
    roots = [(use, 1, 0), *[(opened, who) for who in range(2, 50)]]
    simulation = simulate(ALL[engine], roots, closed, until=HORIZON)
    assert list(simulation.in_queue) == [48]
    assert list(simulation.in_use) == [0]
    assert simulation.accumulators().queue_area.tolist() == [[48 * HORIZON]]
    assert rows(simulation, "ended") == [-1] * 49  # one has come and gone, the others' contacts are open


def opened(w, who: int) -> Process[None]:
    row: int = yield record(who, 0, 0, 0, w.clock[0], -1, -1, -1, 0)
    yield seize(0)
    yield amend(row, w.clock[0], w.clock[0], 0, 0)
    yield release(0)


# --- what never ends -------------------------------------------------------------------------------------------


def breeding(w) -> Process[None]:
    while True:
        yield spawn(note(w, 1))


def impatient(w) -> Process[None]:
    while True:
        yield seize(0, 0, 0)


def choosing(w) -> Process[None]:
    while True:
        yield seize_first(0, 1, patience=0)


def correcting(w) -> Process[None]:
    row: int = yield record(0, 0, 0, 0, 0, 0, 0, 0, 0)
    while True:
        yield amend(row, 0, 0, 0, 0)


def handing_on(w) -> Process[None]:
    yield seize(2)
    yield spawn(handing_on(w))
    yield hold(0)
    yield release(2)


def plunging(w) -> Process[None]:
    yield from plunging(w)


INSTANT = "more than 2000 events at one instant: some processes never let time pass"
COMMANDS = "more than 3000 commands without waiting: an endless loop"


@pytest.mark.parametrize(
    ("process", "text"),
    [
        (breeding, COMMANDS),
        (correcting, COMMANDS),
        (impatient, INSTANT),
        (choosing, INSTANT),
        (handing_on, INSTANT),
        (plunging, "process plunging at 0 s: processes call each other more than 200 deep"),
    ],
)
def test_processes_without_end_are_errors(make: Maker, process: Any, text: str) -> None:
    beds = [Resource("a", 0), Resource("b", 0), Resource("c", 1)]
    with pytest.raises(EngineError) as found:
        simulate(make, [process], beds, limits=SMALL)
    assert str(found.value).endswith(text)


def counting(w) -> Process[None]:
    x: int = 0
    for i in range(1 << 62):
        x = i & 1
    yield hold(x)


def rule_counting(w, last: int) -> int:
    x = 0
    for i in range(last):
        x = i & 1
    return x


def ruled(w) -> Process[None]:
    yield hold(rule_counting(w, 1 << 62))


def empty_call(w) -> Process[None]:
    if w.clock[0] < 0:
        yield hold(1)


def calling(w) -> Process[None]:
    while w.clock[0] == 0:
        yield from empty_call(w)


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
@pytest.mark.parametrize("process", [counting, ruled, calling])
def test_loops_without_end_are_errors(engine: str, process: Any) -> None:
    with pytest.raises(EngineError, match=r" at 0 s: a loop without end$"):
        simulate(ALL[engine], [process], limits=SMALL)


# --- after an error --------------------------------------------------------------------------------------------


def failing(w, n: int) -> Process[None]:
    yield hold(5)
    yield from note(w, 0)
    yield hold(5)
    yield hold(-n)


def ticking(w) -> Process[None]:
    while True:
        yield hold(3)
        yield from note(w, 1)


def dividing(w, n: int) -> Process[None]:
    yield hold(10)
    yield hold(5 // (n - n))


def keeping(w, n: int) -> Process[None]:
    yield seize(0)
    yield hold(10 * n)


@pytest.mark.parametrize("process", [failing, dividing, keeping])
def test_after_an_error_every_run_raises_it_again(make: Maker, process: Any) -> None:
    simulation = make(Program([process, ticking]), World.build([]), [Resource("bed", 1)])
    simulation.start(process, 1)
    simulation.start(ticking)
    with pytest.raises(EngineError, match=" at 10 s: ") as first:
        simulation.run(100)
    kept = simulation.records()
    for until in (5, 10, 200):
        with pytest.raises(EngineError) as again:
            simulation.run(until)
        assert str(again.value) == str(first.value)
    assert simulation.now == 10
    assert simulation.records() == kept
    assert [tick for tick in kept.asked.tolist() if tick != 5] == [3, 6, 9]


@pytest.mark.parametrize("engine", ["plain", "compiled"])
def test_a_fork_of_a_simulation_in_error_has_the_same_error(engine: str) -> None:
    simulation = ALL[engine](Program([failing]), World.build([]), [])
    simulation.start(failing, 1)
    with pytest.raises(EngineError) as first:
        simulation.run(100)
    with pytest.raises(EngineError) as again:
        simulation.fork().run(100)
    assert str(again.value) == str(first.value)


def test_an_endless_instant_is_not_gone_on_with(make: Maker) -> None:
    simulation = make(Program([impatient]), World.build([]), [Resource("bed", 0)], limits=SMALL)
    simulation.start(impatient)
    for _ in range(2):
        with pytest.raises(EngineError, match="more than 2000 events at one instant"):
            simulation.run(10)


# --- interrupts ------------------------------------------------------------------------------------------------


class Stop(Exception):
    """Raised by whoever watches a run."""


def busy_roots() -> list[Any]:
    return [(use, who, 0, who % 7, 3) for who in range(20)] + [ticking]


def busy(make: Maker, **named: Any) -> Any:
    simulation = make(Program([use, ticking]), World.build([]), [Resource("bed", 2, [(30, 5)])], **named)
    for process, *arguments in (root if isinstance(root, tuple) else (root,) for root in busy_roots()):
        simulation.start(process, *arguments)
    return simulation


@pytest.mark.parametrize("error", [KeyboardInterrupt, Stop])
@pytest.mark.parametrize("engine", ALL)
def test_a_run_that_is_stopped_between_events_can_go_on(
    engine: str, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.engine.simpy_engine.SLICE_EVENTS", 3)
    named: dict[str, Any] = {} if engine == "simpy" else {"slice_events": 3}
    simulation = busy(ALL[engine], **named)

    def stop(now: int) -> None:
        raise error

    stops = 0
    while simulation.now < 100:
        try:
            simulation.run(100, stop)
        except error:
            stops += 1
    whole = busy(ALL[engine])
    whole.run(100)
    assert stops > 10
    assert simulation.records() == whole.records()
    assert simulation.accumulators() == whole.accumulators()


def clockwork(w) -> Process[None]:
    while True:
        yield hold(1)
        w.count.ticks[0] += 1


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_ctrl_c_stops_a_run_of_any_length(engine: str) -> None:
    world = World.build([Column("count.ticks", [0], state=True)])
    simulation = ALL[engine](Program([clockwork]), world, [])
    simulation.start(clockwork)
    simulation.run(10)
    threading.Timer(0.05, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        simulation.run(HORIZON)
    if engine == "simpy":
        # The process in which the interrupt came is gone.
        with pytest.raises(EngineError, match="interrupted within an event and cannot go on"):
            simulation.run(HORIZON)
    else:
        assert simulation.now > 10
        simulation.run(simulation.now + 1000)
        assert world.array("count.ticks").tolist() == [simulation.now - 1]


class Scarce:
    """numpy, which fails once, at the n-th array it makes."""

    makers = ("zeros", "full", "concatenate", "arange", "append", "setdiff1d", "flatnonzero")

    def __init__(self, n: int, error: type[BaseException]) -> None:
        self.left = n
        self.error = error

    def __getattr__(self, name: str) -> Any:
        value = getattr(np, name)
        return self._making(value) if name in self.makers else value

    def _making(self, make: Callable[..., Any]) -> Callable[..., Any]:
        def made(*arguments: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                raise self.error
            return make(*arguments, **named)

        return made


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_growing_leaves_nothing_half_done(error: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    # Small to begin with, so that everything grows several times.
    for name, size in (("FIRST_FRAMES", 4), ("FIRST_ENTRIES", 16), ("FIRST_ROWS", 4), ("FIRST_HELD", 4)):
        monkeypatch.setattr(compiled_engine, name, size)
    whole = busy(BOTH["simpy"])
    whole.run(60)
    failed, n = True, 0
    while failed:
        n += 1
        simulation = busy(BOTH["plain"])
        monkeypatch.setattr(compiled_engine, "np", Scarce(n, error))
        failed = False
        while simulation.now < 60:
            try:
                simulation.run(60)
            except (KeyboardInterrupt, MemoryError):
                failed = True
        monkeypatch.setattr(compiled_engine, "np", np)
        assert simulation.records() == whole.records(), f"failed at array {n}"
        assert simulation.accumulators() == whole.accumulators()
    assert n > 20


# --- threads ---------------------------------------------------------------------------------------------------


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Results of the same work in several threads that begin together; an error in one is raised here."""
    barrier = threading.Barrier(count)
    results: list[Any] = [None] * count

    def begin(number: int) -> None:
        barrier.wait()
        try:
            results[number] = work(number)
        except BaseException as error:
            results[number] = error

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


@pytest.mark.parametrize("engine", ALL)
def test_simulations_of_one_program_run_in_threads_at_once(engine: str) -> None:
    program = Program([crowd])

    def alone(number: int) -> Any:
        simulation = ALL[engine](program, World.build([]), [Resource("bed", 1 + number)])
        simulation.start(crowd, 1000, 1 + number)
        for until in range(0, 1200, 100):
            simulation.run(until)
        return simulation.accumulators()

    one_by_one = [alone(number) for number in range(4)]
    assert at_once(4, alone) == one_by_one


LIBRARY = """
from sim.language import Process, hold, record


def double(w, x: int) -> int:
    return x * {factor}


def doubling(w, x: int) -> Process[None]:
    yield hold(double(w, x))
    yield record(w.clock[0], 0, 0, 0, 0, 0, 0, 0, 0)
"""


@pytest.mark.parametrize("same", [True, False])
def test_programs_are_compiled_in_threads_at_once(same: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Programs that nobody has compiled before: their texts differ from run to run.
    monkeypatch.syspath_prepend(str(tmp_path))
    names = ["shared"] * 3 if same else ["first", "second", "third"]
    factors = [time.time_ns()] * 3 if same else [time.time_ns() + i for i in range(3)]
    for name, factor in zip(names, factors, strict=True):
        (tmp_path / f"narvard_threads_{name}.py").write_text(LIBRARY.format(factor=factor % 1000 + 2))
    modules = [importlib.import_module(f"narvard_threads_{name}") for name in names]

    def compiled(number: int) -> list[int]:
        process = modules[number].doubling
        return rows(simulate(CompiledSimulation, [(process, 7)], until=10_000), "person")

    expected = [[7 * (factor % 1000 + 2)] for factor in factors]
    assert at_once(3, compiled) == expected
    for name in names:
        sys.modules.pop(f"narvard_threads_{name}", None)


# --- extremes --------------------------------------------------------------------------------------------------


def test_a_program_may_be_empty() -> None:
    for make in ALL.values():
        simulation = make(Program([]), World.build([]), [Resource("bed", 2, [(6, 5)])])
        simulation.run(10)
        assert (simulation.now, simulation.events, len(simulation.records())) == (10, 0, 0)
        assert simulation.accumulators().capacity_area.tolist() == [[2 * 6 + 5 * 4]]


def test_there_may_be_no_resources(make: Maker) -> None:
    simulation = simulate(make, [(wait_and_note, 5)], periods=(0, 3))
    assert rows(simulation, "asked") == [5]
    assert simulation.accumulators().asked.shape == (2, 0)
    with pytest.raises(EngineError, match="resource 0: there is no such resource"):
        simulate(make, [(use, 1, 0)])


def test_until_0_nothing_happens_yet(make: Maker) -> None:
    simulation = simulate(make, [(use, 1, 0)], [Resource("bed", 1)], until=0)
    assert (simulation.now, simulation.events, len(simulation.records())) == (0, 0, 0)
    simulation.run(1)
    assert rows(simulation, "asked") == [0]


@pytest.mark.parametrize(
    ("until", "text"),
    [
        (-1, "run until -1 s: the present is 0 s"),
        (-(1 << 70), f"run until {-(1 << 70)} s: the present is 0 s"),
        (10.0, "run until 10.0: needs a whole number (int) of seconds"),
        (HORIZON + 1, "run until 274877906945 s: at most 2**38 s, 8,700 years"),
        (1 << 62, "run until 4611686018427387904 s: at most 2**38 s, 8,700 years"),
        (1 << 80, f"run until {1 << 80} s: at most 2**38 s, 8,700 years"),
    ],
)
def test_impossible_ends_are_refused(make: Maker, until: Any, text: str) -> None:
    with pytest.raises(EngineError) as found:
        simulate(make, [(use, 1, 0)], [Resource("bed", 1)], until=until)
    assert str(found.value) == text


def test_a_run_into_the_past_is_refused_and_changes_nothing(make: Maker) -> None:
    simulation = simulate(make, [(wait_and_note, 20)], until=10)
    with pytest.raises(EngineError, match=r"^run until 9 s: the present is 10 s$"):
        simulation.run(9)
    simulation.run(10)
    simulation.run(30)
    assert rows(simulation, "asked") == [20]


def test_whole_numbers_of_numpy_are_whole_numbers(make: Maker) -> None:
    beds = [Resource("bed", np.int32(1), np.array([[5, 2]], np.uint16))]  # type: ignore[arg-type]
    simulation = simulate(make, [(use, 1, 0), (use, 2, 0)], beds, until=np.int64(100), periods=np.array([0, 9]))
    assert rows(simulation, "asked") == [0, 5]


@pytest.mark.parametrize("engine", ALL)
def test_times_near_the_end_of_64_bits_do_not_overflow(engine: str) -> None:
    # What lies beyond the horizon waits for ever; what lies just before it is processed.
    last = HORIZON - 1
    roots = [(wait_and_note, last), (wait_and_note, HORIZON), (wait_and_note, LONGEST), (use, 2, 0, LONGEST), (late, 3)]
    beds = [Resource("bed", 0, [(HORIZON - 5, 1), (LONGEST, 9)])]
    simulation = simulate(ALL[engine], roots, beds, until=HORIZON)
    assert rows(simulation, "person", "asked") == [(2, HORIZON - 5), (1, last), (3, last)]
    assert simulation.now == HORIZON
    assert simulation.accumulators().capacity_area.tolist() == [[5]]


def late(w, who: int) -> Process[None]:
    yield hold(w.clock[0] + (1 << 38) - 1)
    yield from note(w, who)
    yield hold(1 << 61)


@pytest.mark.parametrize("engine", ALL)
def test_capacity_may_be_a_milliard(engine: str) -> None:
    many = [Resource("bed", 0, [(0, MOST_UNITS), (100, 1)])]
    simulation = simulate(ALL[engine], [(use, 1, 0)], many, until=(1 << 63) // MOST_UNITS)
    assert rows(simulation, "outcome") == [1]
    rest = (1 << 63) // MOST_UNITS - 100
    assert simulation.accumulators().capacity_area.tolist() == [[100 * MOST_UNITS + rest]]
    with pytest.raises(EngineError, match="with 1000000000 units of a resource unit-seconds do not fit 64 bits"):
        simulation.run((1 << 63) // MOST_UNITS + 1)


@pytest.mark.parametrize(
    ("resource", "text"),
    [
        (Resource("bed", MOST_UNITS + 1), "bed: capacity 1000000001: at most 1000000000"),
        (Resource("bed", 1 << 70), f"bed: capacity {1 << 70}: at most 1000000000"),
        (Resource("bed", 1.0), "bed: capacity 1.0 is no whole number (int)"),  # type: ignore[arg-type]
        (
            Resource("bed", 1, [(5, MOST_UNITS + 1)]),
            "bed: the change at 5 s to 1000000001: capacity is at most 1000000000",
        ),
        (
            Resource("bed", 1, np.array([[5, 1 << 63]], np.uint64)),
            "capacity changes: 9223372036854775808 does not fit 64 bits",
        ),
        (Resource("bed", 1, [(5,)]), "capacity changes are rows of 2 whole numbers, got int64 (1, 1)"),  # type: ignore[list-item]
    ],
)
def test_impossible_capacities_are_refused(make: Maker, resource: Resource, text: str) -> None:
    with pytest.raises(EngineError) as found:
        simulate(make, [(use, 1, 0)], [resource])
    assert str(found.value) == text


@pytest.mark.parametrize("periods", [(0.0, 1.5), [[0, 1]], (), (1,), (0, 0), (0, 5, 4), (0, 1 << 70)])
def test_impossible_periods_are_refused(make: Maker, periods: Any) -> None:
    with pytest.raises(EngineError, match=r"^periods (begin at 0 and ascend|are whole numbers of seconds)"):
        simulate(make, [(use, 1, 0)], [Resource("bed", 1)], periods=periods)


@pytest.mark.parametrize("engine", ALL)
def test_thousands_of_resources_and_periods(engine: str) -> None:
    beds = [Resource(f"bed {i}", i % 3, [(50, 1)]) for i in range(5000)]
    roots = [(use, i, i) for i in range(0, 5000, 7)]
    simulation = simulate(ALL[engine], roots, beds, until=100, periods=range(0, 200, 2))
    totals = simulation.accumulators()
    assert totals.capacity_area.sum(0).tolist() == [50 * (i % 3) + 50 for i in range(5000)]
    assert totals.queue_area.sum(0).tolist() == [50 * (i % 3 == 0 and i % 7 == 0) for i in range(5000)]
    assert (totals.capacity_area[0] == [2 * (i % 3) for i in range(5000)]).all()
    assert (totals.capacity_area[50:] == 0).all()


@pytest.mark.parametrize("engine", ALL)
def test_many_periods(engine: str) -> None:
    simulation = simulate(ALL[engine], [(use, 1, 0, -1, 4000)], [Resource("bed", 1)], 5000, periods=range(5000))
    assert simulation.accumulators().used_area[:, 0].tolist() == [1] * 4000 + [0] * 1000


def asking(w, priority: int, patience: int) -> Process[None]:
    yield seize(0, priority, patience)
    yield release(0)


@pytest.mark.parametrize(
    ("priority", "patience", "text"),
    [
        (-1, 0, "priority -1: must be 0 to 15"),
        (16, 0, "priority 16: must be 0 to 15"),
        ((1 << 63) - 1, 0, "priority 9223372036854775807: must be 0 to 15"),
        (-(1 << 63), 0, "priority -9223372036854775808: must be 0 to 15"),
        (0, -(1 << 63), "patience -9223372036854775808: must be 0 s to 2**61 s, or NEVER_GIVE_UP"),
        (0, LONGEST + 1, "patience 2305843009213693953: must be 0 s to 2**61 s, or NEVER_GIVE_UP"),
    ],
)
@pytest.mark.parametrize("engine", ALL)
def test_extreme_priorities_and_patience_are_told(engine: str, priority: int, patience: int, text: str) -> None:
    with pytest.raises(EngineError) as found:
        simulate(ALL[engine], [(asking, priority, patience)], [Resource("bed", 1)])
    assert str(found.value).endswith(f"process asking at 0 s: {text}")


# --- more than there is memory for -----------------------------------------------------------------------------


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Lets the machine have so many bytes free, and ask before it takes any."""
    monkeypatch.setattr(memory, "LITTLE", 0)
    monkeypatch.setattr("sim.engine.simpy_engine.SLICE_EVENTS", 50)
    for name, size in (("FIRST_FRAMES", 4), ("FIRST_ENTRIES", 16), ("FIRST_ROWS", 4), ("FIRST_HELD", 4)):
        monkeypatch.setattr(compiled_engine, name, size)
    return lambda free: monkeypatch.setattr(memory, "available", lambda: free)


def hoarding(w) -> Process[None]:
    while True:
        yield seize(0)


def filling(w) -> Process[None]:
    while True:
        yield hold(1)
        yield from note(w, 1)


def multiplying(w) -> Process[None]:
    while True:
        yield hold(1)
        yield spawn(multiplying(w))


@pytest.mark.parametrize(
    ("process", "text"),
    [
        (breeding, r"at 0 s: \d+ processes at a time: 0 MB of memory needed, 0 MB free"),
        (multiplying, r"at \d+ s: (\d+ processes at a time|\d+ events planned): 0 MB of memory needed, 0 MB free"),
        (filling, r"at \d+ s: \d+ records: 0 MB of memory needed, 0 MB free"),
        (hoarding, r"at 0 s: \d+ units held: 0 MB of memory needed, 0 MB free"),
    ],
)
def test_what_grows_beyond_memory_is_an_error(little: Callable[[int], None], process: Any, text: str) -> None:
    simulation = BOTH["plain"](Program([process]), World.build([]), [Resource("bed", 1000)])
    simulation.start(process)
    little(2000)
    with pytest.raises(OutOfMemory, match=text) as found:
        simulation.run(HORIZON)
    assert isinstance(found.value, EngineError)
    assert isinstance(found.value, MemoryError)


def test_there_is_a_limit_of_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_engine, "FIRST_FRAMES", 4)
    monkeypatch.setattr(compiled_engine.k, "FRAME_BITS", 5)
    with pytest.raises(EngineError, match=r"^more than 32 processes at a time$"):
        simulate(BOTH["plain"], [multiplying])


def test_a_run_that_is_out_of_memory_can_go_on_when_there_is_more(little: Callable[[int], None]) -> None:
    whole = busy(BOTH["simpy"])
    whole.run(60)
    simulation = busy(BOTH["plain"])
    little(500)
    errors, free = 0, 500
    while simulation.now < 60:
        try:
            simulation.run(60)
        except OutOfMemory:
            errors += 1
            free += 100
            little(free)
    assert errors > 3
    assert simulation.records() == whole.records()
    assert simulation.accumulators() == whole.accumulators()


@pytest.mark.parametrize("process", [breeding, multiplying, filling])
def test_the_reference_stops_before_memory_is_used_up(little: Callable[[int], None], process: Any) -> None:
    simulation = BOTH["simpy"](Program([process]), World.build([]), [], limits=Limits(instant=200, commands=200))
    simulation.start(process)
    little((256 << 20) - 1)
    for _ in range(2):
        with pytest.raises(EngineError, match=r"^at \d+ s: \d+ processes begun, \d+ records, 268 MB free$"):
            simulation.run(HORIZON)


@pytest.mark.parametrize("columns", [1, 4])
def test_a_world_too_large_for_memory_is_an_error(columns: int) -> None:
    # An array of a billion numbers that takes no memory itself.
    many = np.broadcast_to(np.int64(1), (10**12,))
    with pytest.raises(WorldError) as found:
        World.build([Column("people.age", [1, 2]), *(Column(f"people.x{i}", many, state=True) for i in range(columns))])
    needed = f"{8 * columns},000.0 GB of memory needed".replace(",", "")
    assert str(found.value).startswith(
        f"the world is too large, people.x0 alone has 1,000,000,000,000 numbers: {needed}, "
    )


def test_periods_too_many_for_memory_are_an_error(make: Maker, little: Callable[[int], None]) -> None:
    world = World.build([])
    little(8 * 7 * 10 * 3 - 1)
    with pytest.raises(OutOfMemory, match="10 periods of 3 resources: 0 MB of memory needed, 0 MB free"):
        make(Program([use]), world, [Resource(f"bed {i}", 1) for i in range(3)], periods=range(10))


LIMITED = """
import resource, sys
from sim.buffers import World
from sim.engine import OutOfMemory, Program, simulation_for
from sim.language import Process, hold, record

def filling(w) -> Process[None]:
    while True:
        yield hold(1)
        yield record(w.clock[0], 0, 0, 0, w.clock[0], 0, 0, 0, 0)

simulation = simulation_for("compiled", Program([filling]), World.build([]), [])
simulation.start(filling)
simulation.run(10)
taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + (400 << 20), resource.RLIM_INFINITY))
try:
    simulation.run(1 << 38)
except OutOfMemory as error:
    print(error)
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
simulation.run(simulation.now + 10)
rows = simulation.records()
assert rows.person.tolist() == list(range(1, simulation.now)), simulation.now
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit of memory that the system keeps")
def test_memory_that_the_system_refuses_ends_in_an_error(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(LIMITED)
    done = subprocess.run(
        [sys.executable, "model.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.fullmatch(r"at \d+ s: [\d,]+ records: \d+ MB of memory not to be had\n", done.stdout)
