"""Travel to people at home (resor till hembesök): the visit begins at the door, who visits is busy from setting out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.flows.person import time_left
from sim.language import Process, amend, hold
from sim.vocabulary import CONTACT_TRAVEL, CONTACT_TRAVEL_MOST, MINUTE, Outcome

if TYPE_CHECKING:
    from sim.model.typed import World


def set_out(w: World, person: int, row: int, detail: int, way: int) -> Process[int]:
    """Travel for ``way`` seconds, then begin the visit of this row; returns its detail, which holds the way there."""
    if way > 0:
        yield hold(time_left(w, person, way))
    bits: int = detail + travel_bits(way)
    yield amend(row, w.clock[0], -1, Outcome.OPEN, bits)
    return bits


def travel_bits(way: int) -> int:
    """The way there in the bits of a contact, in steps of two minutes (so that the hours of visits count it)."""
    steps = (way + MINUTE) // (2 * MINUTE)
    return min(CONTACT_TRAVEL_MOST, steps) * CONTACT_TRAVEL
