"""Columns of the world: layout, views, scalars, forks."""

from __future__ import annotations

import numpy as np
import pytest

from sim.buffers import Column, World, WorldError


def world() -> World:
    return World.build(
        [
            Column("people.age", np.array([3, 4, 5], np.int16)),
            Column("people.at", np.zeros(3, int), state=True),
            Column("people.risk", [0.5, 1.5, 2.5]),
            Column("lever.on", True),
            Column("lever.share", 0.25),
            Column("needs.table", np.arange(6).reshape(2, 3), state=True),
            Column("empty.column", np.zeros((0, 4))),
        ]
    )


def test_plain_numbers_come_out() -> None:
    w = world()
    assert type(w.people.age[1]) is int
    assert type(w.people.risk[1]) is float
    assert w.lever.on == 1
    assert type(w.lever.on) is int
    assert w.lever.share == 0.25
    assert w.needs.table[1, 2] == 5
    assert len(w.empty.column) == 0
    assert w.clock[0] == 0


def test_state_is_written_and_inputs_are_not() -> None:
    w = world()
    w.people.at[2] += 7
    w.needs.table[0, 1] = -4
    assert w.array("people.at").tolist() == [0, 0, 7]
    assert w.array("needs.table").tolist() == [[0, -4, 2], [3, 4, 5]]
    with pytest.raises(TypeError):
        w.people.age[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        w.array("people.age")[0] = 1
    with pytest.raises(WorldError, match="scalars are inputs"):
        w.lever.on = 0
    with pytest.raises(TypeError):
        w.people.at[0] = 0.5


def test_set_changes_scalars_and_columns() -> None:
    w = world()
    w.set("lever.on", 0)
    w.set("lever.share", 1)
    w.set("people.age", [7, 8, 9])
    w.set("people.at", 2)
    assert (w.lever.on, w.lever.share) == (0, 1.0)
    assert list(w.people.age) == [7, 8, 9]
    assert list(w.people.at) == [2, 2, 2]
    assert w.array("lever.share") == 1.0


def test_forks_share_inputs_and_nothing_else() -> None:
    w = world()
    fork = w.fork()
    fork.people.at[0] = 9
    fork.set("lever.on", 0)
    fork.clock[0] = 50
    assert (w.people.at[0], w.lever.on, w.clock[0]) == (0, 1, 0)
    assert np.shares_memory(w.array("people.age"), fork.array("people.age"))
    fork.set("people.age", [0, 0, 0])
    assert list(w.people.age) == [3, 4, 5]
    w.set("people.age", [1, 1, 1])
    assert list(fork.people.age) == [0, 0, 0]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (Column("age", 1), "a column is called group.name"),
        (Column("people.first name", 1), "a column is called group.name"),
        (Column("clock.x", 1), "taken by the world itself"),
        (Column("set.x", 1), "taken by the world itself"),
        (Column("people.x", np.zeros((1, 1, 1))), "at most two dimensions"),
        (Column("people.x", np.array(["a"])), "needs numbers"),
        (Column("people.x", 1, state=True), "scalars are inputs"),
        (Column("people.age", 1), "given twice"),
    ],
)
def test_impossible_columns_are_refused(column: Column, text: str) -> None:
    with pytest.raises(WorldError, match=text):
        World.build([Column("people.age", [1]), column])


@pytest.mark.parametrize(
    ("path", "values", "text"),
    [
        ("people.height", 1, "no such column"),
        ("people.age", [1, 2], "has shape"),
        ("people.age", 0.5, "holds whole numbers"),
    ],
)
def test_impossible_changes_are_refused(path: str, values, text: str) -> None:
    with pytest.raises(WorldError, match=text):
        world().set(path, values)


def test_missing_names_are_told() -> None:
    with pytest.raises(AttributeError, match="no column 'height'"):
        _ = world().people.height
    with pytest.raises(AttributeError, match="no group 'persons'"):
        _ = world().persons


def test_tables_tell_where_rows_lie() -> None:
    columns = [
        Column("people.age", np.arange(5)),
        Column("people.area", np.arange(5) + 10),
        Column("people.at", np.arange(5) + 20, state=True),
        Column("units.size", np.arange(3) + 0.5),
        Column("run.key", 7),
    ]
    world = World.build(columns)
    tables = world.tables()
    assert sorted(table.rows for table in tables) == [3, 5, 5]
    for path, row, expected in (("people.age", 3, 3), ("people.at", 4, 24), ("units.size", 2, 2.5)):
        array = world.array(path)
        at = array.ctypes.data + row * array.strides[0]
        assert array[row] == expected
        assert any(table.address + 8 * table.stride * row == at for table in tables)


def test_tables_of_a_fork_lie_elsewhere_unless_they_are_inputs() -> None:
    world = World.build([Column("people.age", np.arange(5)), Column("people.at", np.arange(5), state=True)])
    ours, theirs = ({table.address for table in one.tables()} for one in (world, world.fork()))
    assert len(ours & theirs) == 1
