"""Forks that share the rows of the past; records handed over at the end."""

from __future__ import annotations

import errno
import tempfile
from typing import Any

import numpy as np
import pytest

from sim.engine import EngineError, past
from sim.engine.compiled_engine import CompiledSimulation
from sim.engine.past import Past, shared
from sim.engine.records import COLUMNS
from sim.language import Process, amend, hold, record, spawn
from tests.engine.engines import Maker, plain, simulate

T0, END = 700, 2000
LONG = 900
"""How long a contact is open; some hundred are at T0."""


def contact(w, number: int) -> Process[None]:
    """Opens a row and closes it later: often on the other side of T0."""
    row: int = yield record(number, number * 7, 1, -1, w.clock[0], -1, -1, 0, 0)
    yield hold(1 + number % LONG)
    yield amend(row, w.clock[0], w.clock[0] + w.arm.delay, 5, number * w.arm.delay)


def contacts(w) -> Process[None]:
    for number in range(1500):
        yield spawn(contact(w, number))
        yield hold(1)


def begun(make: Maker = plain) -> Any:
    from sim.buffers import Column

    return simulate(make, [contacts, (contact, 3)], until=T0, columns=[Column("arm.delay", 1)])


def finished(simulation: Any, delay: int) -> Any:
    simulation.world.set("arm.delay", delay)
    simulation.run(END)
    return simulation


@pytest.fixture
def shares(monkeypatch: pytest.MonkeyPatch) -> list[Past]:
    """Even few rows are shared; the files made."""
    made: list[Past] = []

    class Seen(Past):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            made.append(self)

    monkeypatch.setattr(past, "LEAST_BYTES", 0)
    monkeypatch.setattr(past, "Past", Seen)
    return made


@pytest.mark.parametrize("make", [plain, pytest.param(CompiledSimulation, marks=pytest.mark.agreement)])
def test_arms_that_share_the_past_equal_arms_run_from_the_start(make: Maker, shares: list[Past]) -> None:
    base = begun(make)
    before = base.records()
    arms = {delay: finished(base.fork(), delay) for delay in (1, 2, 30)}
    assert len(shares) == 1
    assert base.records() == before
    for delay, arm in arms.items():
        assert arm.records() == finished(begun(make), delay).records(), delay
    again = finished(base.fork(), 2)
    assert again.records() == arms[2].records()
    assert len(shares) == 1
    assert finished(base, 30).records() == arms[30].records()
    # Old rows were changed by every arm, each in its own way.
    old = [arm.records().ended[: len(before)] for arm in arms.values()]
    assert all((ended != before.ended).sum() > 100 for ended in old)
    assert not np.array_equal(old[0], old[1])


def test_the_past_is_written_anew_when_time_has_passed(shares: list[Past]) -> None:
    base = begun()
    base.fork()
    base.run(T0 + 100)
    arm = finished(base.fork(), 4)
    assert len(shares) == 2
    later = begun()
    later.run(T0 + 100)
    assert arm.records() == finished(later, 4).records()


def test_more_rows_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def tight(columns: Any, rows: int) -> Past:
        return Past(columns, rows, rows + 1)

    monkeypatch.setattr(past, "shared", tight)
    assert finished(begun().fork(), 3).records() == finished(begun(), 3).records()


def test_without_a_disk_the_rows_are_copied(monkeypatch: pytest.MonkeyPatch, shares: list[Past]) -> None:
    def no_file(**_: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", no_file)
    base = begun()
    assert finished(base.fork(), 3).records() == finished(base, 3).records()
    assert not shares


def test_a_file_that_cannot_be_filled_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    really, files = tempfile.TemporaryFile, []

    def full(**options: Any) -> Any:
        file = really(**options)
        files.append(file)
        monkeypatch.setattr(file, "flush", lambda: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")), raising=False)
        return file

    monkeypatch.setattr(past, "LEAST_BYTES", 0)
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    assert shared({"a": np.arange(9)}, 5) is None
    assert [file.closed for file in files] == [True]


def test_few_rows_are_not_worth_a_file() -> None:
    columns = {"person": np.zeros(1000, np.int32), "asked": np.zeros(1000, np.int64)}
    assert shared(columns, 1000) is None
    rows = past.LEAST_BYTES // 12 + 1
    large = {"person": np.arange(rows, dtype=np.int32), "asked": np.arange(rows)}
    found = shared(large, rows)
    assert found is not None
    one, other = found.columns(), found.columns()
    one["asked"][7] = -5
    one["person"][rows + 3] = 9
    assert np.array_equal(other["asked"][:rows], large["asked"])
    assert other["person"][rows + 3] == 0
    assert other["person"].dtype == np.int32


# --- the end -------------------------------------------------------------------------------------------------


def test_records_handed_over_are_the_records_and_end_the_simulation(make: Maker) -> None:
    simulation = begun(make)
    kept, events, areas = simulation.records(), simulation.events, simulation.accumulators()
    given = simulation.hand_over()
    assert given == kept
    assert given.digest() == kept.digest()
    assert (simulation.events, simulation.now) == (events, T0)
    assert simulation.accumulators() == areas
    assert simulation.world.arm.delay == 1
    for again in (lambda: simulation.run(END), simulation.records, simulation.hand_over):
        with pytest.raises(EngineError, match="its records have been handed over"):
            again()
    assert given == kept


def test_records_are_handed_over_without_a_copy() -> None:
    simulation = begun()
    columns = simulation._rows
    given = simulation.hand_over()
    assert all(np.shares_memory(getattr(given, name), getattr(columns, name)) for name in COLUMNS)
    with pytest.raises(EngineError, match="handed over"):
        simulation.fork()
