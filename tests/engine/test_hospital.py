"""The two-ward hospital on both engines, forked and switched."""

from __future__ import annotations

import numpy as np
import pytest

from tests.engine.hospital import DAY, DOCTOR, MEDICINE, SURGERY, hospital

DAYS = 120
T0 = 60 * DAY
FEWER_BEDS = [(T0, SURGERY, 6), (T0 + 9 * DAY, MEDICINE, 18)]


def run(engine: str):
    simulation = hospital(engine, 11, DAYS)
    simulation.run(DAYS * DAY)
    return simulation


def switch(simulation) -> None:
    """Another way to run the hospital from T0: fewer beds in surgery, more patients."""
    simulation.set_changes(FEWER_BEDS)
    simulation.world.set("hospital.hours_between", 0.5)
    simulation.run(DAYS * DAY)


@pytest.mark.agreement
def test_both_engines_give_the_same_records_and_accumulators() -> None:
    reference, compiled = run("simpy"), run("compiled")
    assert reference.records() == compiled.records()
    assert reference.records().digest() == compiled.records().digest()
    assert reference.accumulators() == compiled.accumulators()
    assert reference.events == compiled.events
    assert reference.in_use == compiled.in_use
    assert reference.world.array("count.visits").tolist() == compiled.world.array("count.visits").tolist()
    assert len(reference.records()) > 5_000


@pytest.mark.agreement
def test_arms_forked_at_T0_equal_arms_run_from_the_start() -> None:
    base = hospital("compiled", 11, DAYS)
    base.run(T0)
    rows_before = len(base.records())
    arm = base.fork()
    switch(arm)
    assert len(base.records()) == rows_before
    assert base.now == T0
    from_start = {}
    for engine in ("simpy", "compiled"):
        from_start[engine] = hospital(engine, 11, DAYS)
        from_start[engine].run(T0)
        switch(from_start[engine])
        assert from_start[engine].records() == arm.records()
        assert from_start[engine].accumulators() == arm.accumulators()
    base.run(DAYS * DAY)
    assert base.records() == run("compiled").records()
    assert base.records() != arm.records()


def test_littles_law_holds_exactly_by_resource() -> None:
    # The queue's area is the sum of the waits of the rows, plus what the waits still open have of it.
    simulation = run("compiled")
    rows, totals = simulation.records(), simulation.accumulators()
    visits = (rows.unit == DOCTOR) & (rows.kind == 0)
    until = np.where(rows.started >= 0, rows.started, np.where(rows.ended >= 0, rows.ended, simulation.now))
    assert totals.queue_area[:, DOCTOR].sum() == (until - rows.asked)[visits].sum()
    asked, granted = totals.asked[:, DOCTOR].sum(), totals.granted[:, DOCTOR].sum()
    assert asked == visits.sum()
    assert asked - granted - totals.gave_up[:, DOCTOR].sum() == simulation.in_queue[DOCTOR]
    assert granted - totals.released[:, DOCTOR].sum() == simulation.in_use[DOCTOR]


def test_progress_is_told_and_the_keyboard_interrupts() -> None:
    simulation = hospital("compiled", 11, DAYS)
    simulation.slice_events = 1000
    told: list[int] = []

    def interrupted(now: int) -> None:
        told.append(now)
        if len(told) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulation.run(DAYS * DAY, interrupted)
    assert told == sorted(told)
    simulation.run(DAYS * DAY)
    assert simulation.records() == run("compiled").records()
