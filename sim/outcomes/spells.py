"""Hospital spells (sammanhållna vårdtillfällen) and the exclusive split of their days.

A spell is continuous hospital care: stays of a person that begin less than 24 h after the one before has
ended are joined. It runs from the admission decision (boarding counts) to leaving hospital or death; an
emergency visit alone is no spell. Time between joined stays is not hospital time. The first stay gives the
spell its main diagnosis, its hidden level, whether it is planned, and whom it counts for.

Each second of a spell has exactly one label. After clinically ready it is READY (a relapse ends readiness).
The rest of the spell is

- READMISSION: unplanned, starting less than 720 h after a live discharge from any spell, no planned return;
- ACS: else unplanned, ambulatory-care-sensitive main diagnosis;
- SHORT: else unplanned, less than 48 h in all, discharged alive, no surgery, intensive care or procedure;
- OTHER: all else, planned spells included.

A spell that is still open when the records end is labelled by what is known: it can be READY, READMISSION or
ACS, but not SHORT, since its total is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.outcomes import passes
from sim.outcomes.inputs import Window
from sim.outcomes.names import SPLIT
from sim.outcomes.tally import Mask, RowBook, Rows, Tally, Times
from sim.vocabulary import (
    DAY,
    HOUR,
    NEVER,
    STAY_ACS,
    STAY_DIRECT,
    STAY_HARMED,
    STAY_LEVEL,
    STAY_OUTLYING,
    STAY_OVERCROWDED,
    STAY_PLANNED,
    STAY_PLANNED_RETURN,
    STAY_PROCEDURE,
    STAY_SJUKSTUGA,
    Kind,
    Level,
    Outcome,
)

JOINED_WITHIN = DAY
READMITTED_WITHIN = 720 * HOUR
SHORT_STAY = 48 * HOUR
LONG_STAY = 14 * DAY
LAST_OF_LIFE = 90 * DAY

DISCHARGED = (
    Outcome.DISCHARGED_HOME,
    Outcome.DISCHARGED_SHORT_TERM,
    Outcome.DISCHARGED_SPECIAL_HOUSING,
)


class Label(IntEnum):
    """Classes of the exclusive split (uppdelning av vårddygn), in order of precedence."""

    READY = 0
    READMISSION = 1
    ACS = 2
    SHORT = 3
    OTHER = 4


@dataclass(frozen=True)
class Spells:
    """Spells in order of person and time, their stays, and the pieces into which readiness cuts the stays.

    Attributes
    ----------
    stays
        Rows of stays in order of person and time.
    spell
        Spell of each stay.
    begin, stop
        Hospital time of each stay in seconds; ``stop`` is NEVER while open.
    first, last
        First and last stay of each spell.
    person, start, end
        Of each spell; ``end`` is NEVER while open.
    seconds
        Hospital time of each spell in seconds; NEVER or more while open.
    alive
        Whether each spell has ended alive.
    planned, acs, level, procedure
        Of each spell; procedure in any of its stays.
    unplanned_return
        Neither planned nor a planned return; of each spell.
    readmission
        Unplanned and less than 720 h after a live discharge, not a planned return; of each spell.
    rest
        Label of what is not READY, of each spell.
    piece_stay, piece_begin, piece_stop, piece_label
        Disjoint pieces of the stays, each with one label.
    """

    stays: Rows
    spell: npt.NDArray[np.int32]
    begin: Times
    stop: Times
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    person: npt.NDArray[np.int32]
    start: Times
    end: Times
    seconds: Times
    alive: Mask
    planned: Mask
    acs: Mask
    level: npt.NDArray[np.int32]
    procedure: Mask
    unplanned_return: Mask
    readmission: Mask
    rest: npt.NDArray[np.int64]
    piece_stay: npt.NDArray[np.int32]
    piece_begin: Times
    piece_stop: Times
    piece_label: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first)

    @property
    def closed(self) -> Mask:
        """Spells that have ended."""
        result: Mask = self.end < NEVER
        return result

    def bed(self) -> Times:
        """When each spell gets its first bed; NEVER if it has none (yet)."""
        started = np.where(self.stays.started >= 0, self.stays.started, np.int64(NEVER))
        return np.minimum.reduceat(started, self.first) if len(self) else started

    def split(self, window: Window) -> npt.NDArray[np.int64]:
        """Seconds in the window by spell and label; shape (spells, labels)."""
        table = np.zeros((len(self), len(Label)), np.int64)
        seconds = np.minimum(self.piece_stop, window.end) - np.maximum(self.piece_begin, window.start)
        np.add.at(table, (self.spell[self.piece_stay], self.piece_label), np.maximum(seconds, 0))
        return table


def find_spells(book: RowBook) -> Spells:
    """Join the stays of the records into spells and label their time."""
    stays = book.of(Kind.STAY)
    stays = stays.where(stays.outcome != Outcome.CANCELLED)
    stays = stays.where(_by_person(stays))
    spell, begin, stop = passes.join_stays(stays.person, stays.asked, stays.ended, JOINED_WITHIN)
    first = np.flatnonzero(np.diff(spell, prepend=-1))
    last = np.append(first[1:], len(spell))[: len(first)] - 1
    heads = stays.where(first)
    start = heads.asked
    end = np.maximum.reduceat(stop, first) if len(first) else start
    length = np.where(stop < NEVER, stop - begin, np.int64(NEVER))
    seconds = np.add.reduceat(np.minimum(length, NEVER), first) if len(first) else start
    died = _any(stays.outcome == Outcome.DIED, first)
    alive = ~died & (end < NEVER)
    planned, acs = heads.bit(STAY_PLANNED), heads.bit(STAY_ACS)
    procedure = _any(stays.bit(STAY_PROCEDURE), first)
    unplanned_return = ~planned & ~heads.bit(STAY_PLANNED_RETURN)
    readmission = unplanned_return & _after_discharge(heads.person, start, end, alive)
    short = (seconds < SHORT_STAY) & alive & ~procedure
    rest = np.select(
        [planned, readmission, acs, short],
        [int(Label.OTHER), int(Label.READMISSION), int(Label.ACS), int(Label.SHORT)],
        int(Label.OTHER),
    ).astype(np.int64)
    ready = book.of(Kind.READY)
    ready = ready.where(_by_person(ready))
    piece_stay, piece_begin, piece_stop, is_ready = passes.cut_pieces(
        stays.person, begin, stop, ready.person, ready.asked, ready.ended_or(NEVER)
    )
    label = np.where(is_ready, int(Label.READY), rest[spell[piece_stay]])
    return Spells(
        stays,
        spell,
        begin,
        stop,
        first,
        last,
        heads.person,
        start,
        end,
        seconds,
        alive,
        planned,
        acs,
        heads.bits(STAY_LEVEL, 3),
        procedure,
        unplanned_return,
        readmission,
        rest,
        piece_stay,
        piece_begin,
        piece_stop,
        label,
    )


def _by_person(rows: Rows) -> npt.NDArray[np.intp]:
    """Order by person, time asked and row."""
    return np.lexsort((rows.number, rows.asked, rows.person))


def _any(flag: Mask, first: npt.NDArray[np.integer[Any]]) -> Mask:
    """Whether any stay of each spell has the flag."""
    return np.logical_or.reduceat(flag, first) if len(first) else np.zeros(0, np.bool_)


def _after_discharge(person: npt.NDArray[np.int32], start: Times, end: Times, alive: Mask) -> Mask:
    """Spells that start less than 720 h after a live discharge of the same person."""
    result = np.zeros(len(person), np.bool_)
    result[1:] = (person[1:] == person[:-1]) & alive[:-1] & (start[1:] - end[:-1] < READMITTED_WITHIN)
    return result


def tally_spells(tally: Tally, spells: Spells, deaths: Times) -> None:
    """Add days, admissions, discharges and readmissions.

    Parameters
    ----------
    tally
        Where to add.
    spells
        All spells in the records, those before the window too.
    deaths
        When each person dies, NEVER if not in the records; shape (persons,).
    """
    heads = spells.stays.where(spells.first)
    _tally_days(tally, spells, heads, deaths)
    _tally_admissions(tally, spells, heads)
    _tally_discharges(tally, spells, heads)


def _tally_days(tally: Tally, spells: Spells, heads: Rows, deaths: Times) -> None:
    """Days by label, and overlays; they count for whom the spell counts for."""
    spell = spells.spell[spells.piece_stay]
    who = heads.where(spell)
    begin, stop, label = spells.piece_begin, spells.piece_stop, spells.piece_label
    tally.intervals("hospital_days", who, begin, stop)
    window = tally.window
    seconds = np.maximum(np.minimum(stop, window.end) - np.maximum(begin, window.start), 0)
    np.add.at(tally.person_seconds, who.person, seconds)

    def part(name: str, mask: Mask, since: Times = begin, until: Times = stop) -> None:
        tally.intervals(name, who.where(mask), since[mask], until[mask])

    for number, name in enumerate(SPLIT):
        part(name, label == number)
    tally.add("labelled_days", *SPLIT[:-1])
    planned = spells.planned[spell]
    preventable = ~planned & (spells.level[spell] <= Level.TEAM)
    part("planned_days", planned)
    part("preventable_days", preventable)
    part("preventable_or_ready_days", preventable | (label == Label.READY))
    part(
        "end_of_life_days",
        np.ones(len(begin), np.bool_),
        np.maximum(begin, deaths[who.person] - LAST_OF_LIFE),
    )
    stays = spells.stays.where(spells.piece_stay)
    in_bed = np.where(stays.started >= 0, stays.started, np.int64(NEVER))
    part("boarding_days", begin < in_bed, until=np.minimum(stop, in_bed))
    part("sjukstuga_days", stays.bit(STAY_SJUKSTUGA))
    part("outlying_days", stays.bit(STAY_OUTLYING), since=np.maximum(begin, in_bed))
    part("overcrowded_days", stays.bit(STAY_OVERCROWDED), since=np.maximum(begin, in_bed))


def _tally_admissions(tally: Tally, spells: Spells, heads: Rows) -> None:
    """Spells started."""
    unplanned = ~spells.planned
    masks = {
        "admissions": np.ones(len(spells), np.bool_),
        "admissions_planned": spells.planned,
        "admissions_unplanned": unplanned,
        "admissions_direct": unplanned & heads.bit(STAY_DIRECT),
        "admissions_acs": unplanned & spells.acs,
        "admissions_preventable": unplanned & (spells.level <= Level.TEAM),
        "admissions_harmed": unplanned & heads.bit(STAY_HARMED),
        "readmissions_30d": spells.readmission,
    }
    for name, mask in masks.items():
        tally.moments(name, heads.where(mask), spells.start[mask])


def _tally_discharges(tally: Tally, spells: Spells, heads: Rows) -> None:
    """Spells ended; lengths; what followed."""
    closed = spells.closed
    end, seconds = spells.end, spells.seconds
    followed = np.zeros(len(spells), np.bool_)
    followed[:-1] = spells.readmission[1:]
    in_time = spells.alive & (end + READMITTED_WITHIN <= tally.window.end)
    masks = {
        "discharges": closed,
        "discharges_alive": spells.alive,
        "index_discharges": in_time,
        "index_discharges_readmitted": in_time & followed,
        "stays_under_48h": closed & (seconds < SHORT_STAY),
        "stays_over_14d": closed & (seconds > LONG_STAY),
    }
    for name, mask in masks.items():
        tally.moments(name, heads.where(mask), end[mask])
    ended = heads.where(closed)
    tally.moments("stay_days", ended, end[closed], seconds[closed])
    midnights = np.maximum(end[closed] // DAY - spells.start[closed] // DAY, 1)
    tally.moments("days_register", ended, end[closed], midnights)


def tally_ready(tally: Tally, book: RowBook) -> None:
    """Episodes from clinically ready to departure from hospital, by when they end."""
    ready = book.of(Kind.READY)
    ready = ready.where(np.isin(ready.outcome, DISCHARGED) & (ready.ended >= 0))
    midnights = ready.ended // DAY - ready.asked // DAY
    tally.moments("ready_episodes", ready, ready.ended)
    for name, mask in (("ready_same_day", midnights == 0), ("ready_long_episodes", midnights >= 1)):
        tally.moments(name, ready.where(mask), ready.ended[mask])
    tally.moments("ready_long_days", ready, ready.ended, midnights)
