"""Who is told of (lottning): people drawn at random, so that nobody is hand-picked.

Plain chance would give ten people with a cold. So the people who had care in the followed time are put into six strata,
by the most demanding LHC group and segment that their rows of that time have, and each stratum has the same number of
places; what is left over goes to the most demanding. Within a stratum everybody has the same chance.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sim import chance
from sim.engine.records import Records
from sim.eventlog.stories import MARKED, Told
from sim.outcomes.inputs import PeopleTable
from sim.vocabulary import TAG_GROUP, TAG_SEGMENT, AgeBand, Group, Kind, Segment

Mask = NDArray[np.bool_]


class Stratum(IntEnum):
    """Kinds of people, from the most demanding on; each belongs to one LHC group."""

    MOST_ILL = 0
    FAILING = 1
    RISK = 2
    CHRONIC = 3
    COMPLICATED = 4
    SIMPLE = 5


GROUP_OF = {
    Stratum.MOST_ILL: Group.MULTI_ILL,
    Stratum.FAILING: Group.MULTI_ILL,
    Stratum.RISK: Group.CHRONIC,
    Stratum.CHRONIC: Group.CHRONIC,
    Stratum.COMPLICATED: Group.COMPLICATED,
    Stratum.SIMPLE: Group.SIMPLE,
}
NOBODY = -1
"""Stratum of who had no care in the followed time, or is not asked for."""


class NobodyToTell(ValueError):
    """Nobody fits what is asked for; the text says what."""


@dataclass(frozen=True)
class Lot:
    """Who was drawn.

    Attributes
    ----------
    people
        Their numbers, the most demanding stratum first.
    strata
        Of each of them.
    sizes
        How many people each stratum has to draw from.
    seed
        Of the draw.
    stratified
        Whether each stratum had its places, or everybody the same chance.
    """

    people: tuple[int, ...]
    strata: tuple[Stratum, ...]
    sizes: dict[Stratum, int]
    seed: int
    stratified: bool


def strata(records: Records, people: PeopleTable, told: Told) -> NDArray[np.int64]:
    """Stratum of everybody with at least one contact in the followed time, ``NOBODY`` for others; shape (persons,)."""
    here = np.isin(records.kind, [*MARKED, Kind.STAY]) & (records.person >= 0)
    here &= (records.started >= told.starts) & (records.started < told.ends)
    person, tag = records.person[here], records.detail[here]
    group, segment = (np.full(len(people.entry), -1) for _ in range(2))
    np.maximum.at(group, person, tag // TAG_GROUP % len(Group))
    np.maximum.at(segment, person, tag // TAG_SEGMENT % len(Segment))
    found = np.full(len(group), NOBODY)
    for own in reversed(Stratum):
        found[group == GROUP_OF[own]] = own
    found[(group == Group.CHRONIC) & (segment != Segment.RISK)] = Stratum.CHRONIC
    found[(group == Group.MULTI_ILL) & (segment != Segment.MOST_ILL)] = Stratum.FAILING
    return found


def draw(
    records: Records,
    people: PeopleTable,
    told: Told,
    number: int,
    seed: int,
    *,
    older: bool = False,
    groups: Collection[Group] = tuple(Group),
    stratified: bool = True,
) -> Lot:
    """Draw people to tell of.

    Parameters
    ----------
    records
        All rows of one arm.
    people
        Everybody.
    told
        The followed time is from ``starts`` to ``ends``.
    number
        How many people; fewer if there are no more.
    seed
        Of the draw, apart from that of the simulation.
    older
        Only people aged 65 and over.
    groups
        Only people of these LHC groups.
    stratified
        Whether each stratum has the same number of places.

    Raises
    ------
    NobodyToTell
        If nobody fits.
    """
    found = strata(records, people, told)
    if older:
        found[people.age_band < AgeBand.AGE_65_69] = NOBODY
    found[~np.isin(found, [own for own in Stratum if GROUP_OF[own] in groups])] = NOBODY
    if not (found != NOBODY).any():
        raise NobodyToTell("nobody with a contact in the followed time is left to tell of")
    key = chance.stream_key(seed, 0)
    rank = chance.uniform_array(key, np.arange(len(found), dtype=np.int64), 0, 0, 0)
    order = [person for person in np.argsort(rank, kind="stable").tolist() if found[person] != NOBODY]
    sizes = {own: int((found == own).sum()) for own in Stratum if (found == own).any()}
    left = places(sizes, number) if stratified else dict.fromkeys(sizes, 0)
    chosen: list[tuple[Stratum, int, int]] = []
    for person in order if stratified else order[:number]:
        own = Stratum(int(found[person]))
        if not stratified or left[own] > 0:
            left[own] -= 1
            chosen.append((own, len(chosen), person))
    chosen.sort()
    return Lot(tuple(one[2] for one in chosen), tuple(one[0] for one in chosen), sizes, seed, stratified)


def places(sizes: dict[Stratum, int], number: int) -> dict[Stratum, int]:
    """Places of each stratum: one after another in turn, from the most demanding on, while it has people."""
    found = dict.fromkeys(sizes, 0)
    while sum(found.values()) < min(number, sum(sizes.values())):
        for own in found:
            if found[own] < sizes[own] and sum(found.values()) < number:
                found[own] += 1
    return found
