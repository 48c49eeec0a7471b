"""The order of simultaneous events, clause by clause; both engines."""

from __future__ import annotations

from sim.buffers import Column, World
from sim.engine import Program, Resource
from sim.language import Process, amend, hold, record, release, seize, seize_first, spawn
from tests.engine.engines import Maker, rows, simulate


def note(w, who: int, what: int = 0) -> Process[None]:
    yield record(who, what, 0, 0, w.clock[0], 0, 0, 0, 0)


def use(w, who: int, r: int, length: int, priority: int = 0, patience: int = -1) -> Process[int]:
    got: int = yield seize(r, priority, patience)
    yield from note(w, who, got)
    if got:
        yield hold(length)
        yield release(r)
    return got


def late(w, who: int, wait: int, r: int, priority: int = 0, patience: int = -1) -> Process[None]:
    yield hold(wait)
    yield from use(w, who, r, 10, priority, patience)


BED = [Resource("bed", 1)]


def test_a_free_unit_is_taken_without_an_event(make: Maker) -> None:
    simulation = simulate(make, [(use, 1, 0, 5)], BED)
    assert rows(simulation, "person", "need", "asked") == [(1, 1, 0)]
    assert simulation.events == 2  # the start and the end of the hold


def test_first_come_first_served_within_a_priority(make: Maker) -> None:
    simulation = simulate(make, [(use, 1, 0, 5), (use, 2, 0, 5, 1), (use, 3, 0, 5), (use, 4, 0, 5)], BED)
    assert rows(simulation, "person", "asked") == [(1, 0), (3, 5), (4, 10), (2, 15)]


def leaver(w, who: int) -> Process[None]:
    yield seize(0)
    yield hold(5)
    yield release(0)
    got: int = yield seize(0, 0, 0)
    yield from note(w, who, got)


def test_release_serves_inside_the_command(make: Maker) -> None:
    # Who waits gets the unit before the process that released it can ask again.
    simulation = simulate(make, [(leaver, 1), (use, 2, 0, 7)], BED)
    assert rows(simulation, "person", "need", "asked") == [(2, 1, 5), (1, 0, 5)]


def test_a_unit_freed_at_the_deadline_still_goes_to_the_waiter(make: Maker) -> None:
    simulation = simulate(make, [(use, 1, 0, 5), (use, 2, 0, 5, 0, 5), (use, 3, 0, 5, 0, 5)], BED)
    assert rows(simulation, "person", "need", "asked") == [(1, 1, 0), (2, 1, 5), (3, 0, 5)]


def test_patience_zero_waits_to_the_end_of_the_instant(make: Maker) -> None:
    simulation = simulate(make, [(use, 1, 0, 0), (use, 2, 0, 3, 0, 0), (use, 3, 0, 3, 0, 0)], BED)
    assert rows(simulation, "person", "need", "asked") == [(1, 1, 0), (2, 1, 0), (3, 0, 0)]


def test_who_gave_up_is_out_of_the_queue(make: Maker) -> None:
    simulation = simulate(make, [(use, 1, 0, 9), (use, 2, 0, 1, 0, 3), (use, 3, 0, 1)], BED)
    assert rows(simulation, "person", "need", "asked") == [(1, 1, 0), (2, 0, 3), (3, 1, 9)]


def parent(w) -> Process[None]:
    yield spawn(note(w, 2))
    yield spawn(note(w, 3))
    yield from note(w, 1)
    yield hold(0)
    yield from note(w, 4)


def test_spawned_processes_start_after_the_parent_goes_on_and_before_resumptions(make: Maker) -> None:
    assert rows(simulate(make, [parent]), "person") == [1, 2, 3, 4]


def twice(w, who: int, first: int, second: int) -> Process[None]:
    yield hold(first)
    yield from note(w, who)
    yield hold(second)
    yield from note(w, who)


def test_ends_of_holds_go_in_the_order_in_which_they_were_planned(make: Maker) -> None:
    simulation = simulate(make, [(twice, 1, 4, 0), (twice, 2, 2, 2), (twice, 3, 1, 3)])
    assert rows(simulation, "person", "asked") == [(3, 1), (2, 2), (1, 4), (3, 4), (2, 4), (1, 4)]


def test_capacity_changes_come_before_everything_else_of_their_instant(make: Maker) -> None:
    # At 5 a unit appears for 1, who waits, before 2, whose hold was planned first, can ask.
    bed = [Resource("bed", 0, [(5, 1)])]
    simulation = simulate(make, [(late, 2, 5, 0, 0, 0), (use, 1, 0, 10)], bed)
    assert rows(simulation, "person", "need") == [(1, 1), (2, 0)]


def test_capacity_changes_at_time_zero_come_before_the_roots(make: Maker) -> None:
    assert rows(simulate(make, [(use, 1, 0, 5, 0, 0)], [Resource("bed", 1, [(0, 0)])]), "need") == [0]
    assert rows(simulate(make, [(use, 1, 0, 5, 0, 0)], [Resource("bed", 0, [(0, 1)])]), "need") == [1]


def test_a_fall_of_capacity_takes_nothing_from_anybody(make: Maker) -> None:
    bed = [Resource("bed", 2, [(1, 0), (8, 1)])]
    simulation = simulate(make, [(use, 1, 0, 5), (use, 2, 0, 5), (use, 3, 0, 5)], bed)
    assert rows(simulation, "person", "asked") == [(1, 0), (2, 0), (3, 8)]


def test_of_two_changes_at_one_moment_the_last_given_counts(make: Maker) -> None:
    simulation = simulate(make, [(use, 1, 0, 5), (use, 2, 0, 5)], [Resource("bed", 0, [(3, 2), (3, 1)])])
    assert rows(simulation, "person", "asked") == [(1, 3), (2, 8)]


# --- seize_first -------------------------------------------------------------------------------------------


def either(w, who: int, length: int, a: int, b: int, priority: int = 0, patience: int = -1) -> Process[None]:
    got: int = yield seize_first(a, b, priority=priority, patience=patience)
    yield from note(w, who, got)
    if got >= 0:
        yield hold(length)
        yield release(a if got == 0 else b)


WARDS = [Resource("medicine", 1), Resource("surgery", 1)]


def test_seize_first_takes_the_first_free_in_the_order_given(make: Maker) -> None:
    simulation = simulate(make, [(either, 1, 5, 1, 0), (either, 2, 5, 1, 0)], WARDS)
    assert rows(simulation, "person", "need") == [(1, 0), (2, 1)]


def test_seize_first_goes_to_whichever_queue_serves_it_and_leaves_the_others(make: Maker) -> None:
    roots = [(use, 1, 0, 9), (use, 2, 1, 5), (either, 3, 50, 0, 1), (use, 4, 0, 1), (use, 5, 1, 1)]
    simulation = simulate(make, roots, WARDS, until=20)
    assert rows(simulation, "person", "need", "asked") == [(1, 1, 0), (2, 1, 0), (3, 1, 5), (4, 1, 9)]
    assert list(simulation.in_queue) == [0, 1]


def test_seize_first_gives_up_in_all_queues(make: Maker) -> None:
    roots = [(use, 1, 0, 9), (use, 2, 1, 5), (either, 3, 50, 0, 1, 0, 4), (use, 4, 1, 1)]
    simulation = simulate(make, roots, WARDS, until=20)
    assert rows(simulation, "person", "need", "asked") == [(1, 1, 0), (2, 1, 0), (3, -1, 4), (4, 1, 5)]
    totals = simulation.accumulators()
    assert totals.asked.tolist() == [[2, 3]]
    assert totals.gave_up.tolist() == [[1, 1]]


# --- the horizon, resumed runs, switches ---------------------------------------------------------------------


def test_the_horizon_is_half_open(make: Maker) -> None:
    simulation = simulate(make, [(twice, 1, 5, 5)], until=10)
    assert rows(simulation, "asked") == [5]
    assert simulation.now == 10
    simulation.run(10)
    assert len(simulation.records()) == 1
    simulation.run(11)
    assert rows(simulation, "asked") == [5, 10]


def test_runs_in_pieces_equal_one_run(make: Maker) -> None:
    roots = [(use, i, 0, 3 + i % 4, i % 3, 20) for i in range(12)]
    whole = simulate(make, roots, [Resource("bed", 1, [(7, 2), (14, 1)])], until=40, periods=(0, 10, 14))
    pieces = simulate(make, roots, [Resource("bed", 1, [(7, 2), (14, 1)])], until=7, periods=(0, 10, 14))
    for until in (8, 14, 20, 40):
        pieces.run(until)
    assert whole.records() == pieces.records()
    assert whole.accumulators() == pieces.accumulators()
    assert whole.events == pieces.events


def test_roots_may_start_later(make: Maker) -> None:
    simulation = simulate(make, [(twice, 1, 10, 1)], until=10)
    simulation.start(twice, 2, 0, 1)
    simulation.run(20)
    assert rows(simulation, "person", "asked") == [(1, 10), (2, 10), (1, 11), (2, 11)]


def test_the_calendar_can_be_replaced_between_runs(make: Maker) -> None:
    simulation = simulate(make, [(use, 1, 0, 3), (use, 2, 0, 3)], [Resource("bed", 0, [(12, 1), (30, 0)])], until=10)
    simulation.set_changes([(10, 0, 1), (11, 0, 2)])
    simulation.start(use, 3, 0, 3, 0, 0)
    simulation.run(100)
    assert rows(simulation, "person", "need", "asked") == [(1, 1, 10), (3, 0, 10), (2, 1, 11)]


def switchable(w, who: int) -> Process[None]:
    yield hold(5)
    yield from note(w, who, w.lever.on)
    yield hold(10)
    yield from note(w, who, w.lever.on)


def test_the_world_can_be_switched_between_runs(make: Maker) -> None:
    simulation = simulate(make, [(switchable, 1)], until=10, columns=[Column("lever.on", False)])
    simulation.world.set("lever.on", 1)
    simulation.run(20)
    assert rows(simulation, "need") == [0, 1]


# --- records -------------------------------------------------------------------------------------------------


def contact(w, who: int) -> Process[None]:
    row: int = yield record(who, 1 << 40, 3, -1, w.clock[0], -1, -1, -1, 7)
    yield hold(5)
    yield amend(row, 5, w.clock[0] + 5, 2, -8)
    yield hold(100)
    yield amend(row, 0, 0, 0, 0)


def test_open_contacts_have_rows_that_are_amended(make: Maker) -> None:
    simulation = simulate(make, [(contact, 1), (contact, 2)], until=50)
    assert simulation.records().row(1) == {
        "person": 2, "need": 1 << 40, "kind": 3, "unit": -1, "asked": 0, "started": 5, "ended": 10, "outcome": 2,
        "detail": -8,
    }  # fmt: skip
    assert len(simulation.records().digest()) == 64


def test_accumulators_by_period(make: Maker) -> None:
    simulation = simulate(
        make, [(use, 1, 0, 10), (use, 2, 0, 10), (use, 3, 0, 10, 0, 3)], BED, until=30, periods=(0, 5, 12)
    )
    totals = simulation.accumulators()
    assert totals.queue_area.tolist() == [[8], [5], [0]]
    assert totals.used_area.tolist() == [[5], [7], [8]]
    assert totals.capacity_area.tolist() == [[5], [7], [18]]
    assert totals.granted.tolist() == [[1], [1], [0]]
    assert totals.gave_up.tolist() == [[1], [0], [0]]
    assert totals.released.tolist() == [[0], [1], [1]]
    assert simulation.in_use == [0]


def test_a_program_is_made_ready_once(make: Maker) -> None:
    program = Program([note])
    first, second = (make(program, World.build([]), []) for _ in range(2))
    for simulation in (first, second):
        simulation.start(note, 5)
        simulation.run(1)
    assert first.records() == second.records()
