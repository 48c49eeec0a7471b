"""Failing spells that nobody sees (sviktande perioder): a life's spells, replayed by the rules of the flows.

Spells have no rows: care does not see them, and they are drawn with keys of their own, whatever care does. Only
rehabilitation changes them, and that has rows.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.buffers import World
from sim.engine.records import Records
from sim.flows.life import change_segment, enter, next_spell, segment_change
from sim.language import seconds
from sim.model.world import seen
from sim.vocabulary import Kind, Outcome

Spans = tuple[tuple[int, int], ...]
"""Beginnings and ends, in seconds of the model."""


def failing_spells(
    world: World, person: int, rows: Records, until: int, lengthens: Callable[[int], float] = lambda _: 0.0
) -> Spans:
    """When a person is in a failing spell, from entry on.

    Parameters
    ----------
    world
        Of the replication, as :func:`sim.model.world.setting` makes it; its clock and the person's state are written.
    person
        Number of the person.
    rows
        All records of the person.
    until
        End of what is looked at: the horizon, or the death, in seconds.
    lengthens
        Share by which a course of rehabilitation that ends then lengthens the rest of a stable spell.
    """
    people, flows_world = world.people, seen(world)
    people.changes[person] = people.spell_number[person] = people.failing[person] = 0
    courses = _courses(rows)
    time = world.clock[0] = int(people.entry[person])
    enter(flows_world, person)
    found: list[tuple[int, int]] = []
    while time < until:
        failing, change = bool(people.failing[person]), segment_change(flows_world, person)
        over = courses.get(time, until)  # a course is asked for when the stable spell begins
        if not failing and over < min(change, people.spell_ends[person]):
            people.spell_ends[person] += seconds(lengthens(over) * (people.spell_ends[person] - over))
        turn = min(change, int(people.spell_ends[person]), until)
        if failing:
            found.append((time, turn))
        time = world.clock[0] = turn
        if people.spell_ends[person] <= time:
            next_spell(flows_world, person)
        if segment_change(flows_world, person) <= time:
            change_segment(flows_world, person)
    return _joined(found)


def _courses(rows: Records) -> dict[int, int]:
    """When courses of rehabilitation between worsenings were over, by when they were asked for."""
    which = (rows.kind == Kind.REHABILITATION) & (rows.need == 0) & (rows.outcome == Outcome.DONE)
    return dict(zip(np.asarray(rows.asked[which]).tolist(), rows.ended[which].tolist(), strict=True))


def _joined(spans: list[tuple[int, int]]) -> Spans:
    """Spans that touch are one: a change of segment may begin one failing spell in another."""
    found: list[tuple[int, int]] = []
    for begin, end in spans:
        if found and found[-1][1] == begin:
            found[-1] = (found[-1][0], end)
        elif end > begin:
            found.append((begin, end))
    return tuple(found)
