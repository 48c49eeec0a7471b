"""Conservation (bevarande): nobody is lost or in two places, the dead hold nothing, areas and rows agree.

Every check is an identity in whole seconds or persons; there is no tolerance. A check that fails gives one
line of text with a count and the first few examples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.model.services import BEDS, BOOKED, SINGLE_QUEUES
from sim.outcomes import passes
from sim.outcomes.inputs import PeopleTable, Unit
from sim.vocabulary import NEVER, Kind, Outcome, Place, Service

if TYPE_CHECKING:
    from sim.engine.accumulators import Accumulators
    from sim.engine.records import Records

EXAMPLES = 3
BLOCK = 1 << 18
"""Rows looked at together where all are looked at: memory stays small."""
Mask = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

HELD = (Kind.STAY, Kind.SHORT_TERM_STAY, Kind.READY, Kind.EMERGENCY_VISIT, Kind.HOMECOMING, Kind.ENROLMENT)
"""Contacts that hold a bed, a place or a team, and must be over when the person dies."""


def check_conservation(
    records: Records,
    people: PeopleTable,
    units: Sequence[Unit],
    accumulators: Accumulators,
    horizon: int,
    places: npt.NDArray[np.integer[Any]] | None = None,
) -> list[str]:
    """Check a whole run, from time 0 to its horizon.

    Parameters
    ----------
    records, people, units, accumulators
        As for ``measure``.
    horizon
        Where the run ended, in seconds.
    places
        Where everybody is at the horizon (codes of ``Place``), shape (persons,); not checked if None.

    Returns
    -------
    list of str
        One line for each identity that does not hold; empty if all hold.
    """
    run = _Run(records, people, units, accumulators, horizon)
    found = run.form()
    if not found:  # what follows reads persons and units, which must exist
        found = run.lives() + run.two_places() + run.readiness() + run.beds() + run.queues() + run.requests()
        if places is not None:
            found += run.everybody(places)
    return found


@dataclass
class _Run:
    """A run under inspection."""

    records: Records
    people: PeopleTable
    units: Sequence[Unit]
    accumulators: Accumulators
    horizon: int

    # --- parts ------------------------------------------------------------------------------------------

    @cached_property
    def death(self) -> Integers:
        """When each person dies; NEVER if not by the horizon."""
        death = np.full(len(self.people), NEVER, np.int64)
        rows = self.rows(Kind.DEATH)
        death[self.records.person[rows]] = self.records.asked[rows]
        return death

    def ended(self, rows: npt.NDArray[np.intp]) -> Integers:
        """End of rows; the horizon where they are open."""
        ended = self.records.ended[rows]
        return np.where(ended >= 0, ended, np.int64(self.horizon))

    @cached_property
    def edges(self) -> Integers:
        """Edges of the periods of the accumulators, up to the horizon."""
        starts = np.asarray(self.accumulators.starts, np.int64)
        return np.append(starts, np.int64(max(self.horizon, int(starts[-1]))))

    def rows(self, *kinds: Kind) -> npt.NDArray[np.intp]:
        """Row numbers of these kinds."""
        return np.flatnonzero(np.isin(self.records.kind, kinds))

    def units_of(self, services: Sequence[Service]) -> list[int]:
        """Resource ids of the units of these services."""
        return [i for i, unit in enumerate(self.units) if unit.service in services]

    def _rows_with(self, checks: Mapping[str, Callable[[Records], Mask]]) -> list[str]:
        """A line for each check that marks any row."""
        found: dict[str, list[npt.NDArray[np.intp]]] = {what: [] for what in checks}
        for first in range(0, len(self.records), BLOCK):
            block = self.records.part(first, first + BLOCK)
            for what, check in checks.items():
                found[what].append(first + np.flatnonzero(check(block)))
        return [
            line for what, places in found.items() if places for line in _lines(what, np.concatenate(places), "row")
        ]

    # --- checks -----------------------------------------------------------------------------------------

    def form(self) -> list[str]:
        """Persons and units exist; times are in order; a row is open exactly if its outcome is."""
        people, units, horizon = len(self.people), len(self.units), self.horizon
        return self._rows_with(
            {
                "rows of persons who do not exist": lambda r: (r.person < -1) | (r.person >= people),
                "rows of nobody": lambda r: (r.person < 0) & (r.kind != Kind.OUTSIDE_STAY),
                "rows of units that do not exist": lambda r: (r.unit < -1) | (r.unit >= units),
                "rows whose times are not in order": _disordered,
                "rows later than the horizon": lambda r: np.maximum(r.asked, np.maximum(r.started, r.ended)) > horizon,
                "rows that are open in time or in outcome but not in both": lambda r: (
                    (r.ended >= 0) == (r.outcome == Outcome.OPEN)
                ),
            }
        )

    def lives(self) -> list[str]:
        """Nothing begins before entry or after death; the dead hold nothing; nobody dies twice."""
        # Rows of nobody have the number -1, and find the last entry: no birth and no death.
        death, entry = np.append(self.death, NEVER), np.append(self.people.entry, -1)
        deaths = np.bincount(self.records.person[self.rows(Kind.DEATH)], minlength=len(self.people))
        return [
            *self._rows_with(
                {
                    "rows before entry": lambda r: r.asked < entry[r.person],
                    "rows asked for after death": lambda r: r.asked > death[r.person],
                    "rows begun after death": lambda r: r.started > death[r.person],
                    "beds, places or teams held after death": lambda r: (
                        np.isin(r.kind, HELD)
                        & ((r.ended > death[r.person]) | ((r.ended < 0) & (death[r.person] < NEVER)))
                    ),
                }
            ),
            *_lines("persons who die more than once", np.flatnonzero(deaths > 1), "person"),
        ]

    def two_places(self) -> list[str]:
        """No two stays of a person overlap, nor a stay and a short-term stay; nor two emergency visits."""
        stays = self.rows(Kind.STAY)
        stays = stays[self.records.outcome[stays] != Outcome.CANCELLED]
        short = self.rows(Kind.SHORT_TERM_STAY)
        short = short[self.records.started[short] >= 0]
        visits = self.rows(Kind.EMERGENCY_VISIT)
        asked, started = self.records.asked, self.records.started
        return [
            *self._overlaps("stays that overlap another stay", stays, asked[stays]),
            *self._overlaps(
                "stays that overlap a short-term stay",
                np.concatenate([stays, short]),
                np.concatenate([np.maximum(asked[stays], 0), started[short]]),
            ),
            *self._overlaps("emergency visits that overlap another", visits, asked[visits]),
        ]

    def _overlaps(self, what: str, rows: npt.NDArray[np.intp], begin: Integers) -> list[str]:
        person, stop = self.records.person[rows], self.ended(rows)
        order = np.lexsort((rows, begin, person))
        number, places = passes.first_overlaps(person[order], begin[order], stop[order], EXAMPLES)
        return _text(what, number, rows[order[places]], "row") if number else []

    def readiness(self) -> list[str]:
        """Ready time lies within hospital time, and ready periods of a person do not overlap."""
        ready = self.rows(Kind.READY)
        stays = self.rows(Kind.STAY)
        person = np.concatenate([self.records.person[ready], self.records.person[stays]])
        begin = np.concatenate([self.records.asked[ready], self.records.asked[stays]])
        stop = np.concatenate([self.ended(ready), self.ended(stays)])
        is_stay = np.arange(len(person)) >= len(ready)
        order = np.lexsort((~is_stay, begin, person))  # a stay before readiness that begins with it
        outside = passes.not_covered(person[order], begin[order], stop[order], is_stay[order])
        return [
            *_lines("ready periods not within hospital time", ready[order[outside]], "row"),
            *self._overlaps("ready periods that overlap", ready, self.records.asked[ready]),
        ]

    def beds(self) -> list[str]:
        """Bed-seconds by unit and period: rows against the integral of occupancy."""
        r = self.records
        rows = self.rows(Kind.STAY, Kind.OUTSIDE_STAY)
        rows = rows[(r.started[rows] >= 0) & (r.unit[rows] >= 0)]
        area = passes.used_by_period(r.unit[rows], r.started[rows], self.ended(rows), self.edges, len(self.units))
        return self._areas("bed-seconds in use", area, self.accumulators.used_area, BEDS)

    def queues(self) -> list[str]:
        """Little's law, exactly: time waited in rows against the integral of the queue."""
        r = self.records
        area = np.zeros((len(self.edges) - 1, len(self.units)), np.int64)
        for first in range(0, len(r), BLOCK):
            rows = first + np.flatnonzero(r.unit[first : first + BLOCK] >= 0)
            until = np.where(r.started[rows] >= 0, r.started[rows], self.ended(rows))
            area += passes.used_by_period(r.unit[rows], r.asked[rows], until, self.edges, len(self.units))
        return [
            *self._areas("seconds in queue", area, self.accumulators.queue_area, SINGLE_QUEUES),
            *self._areas(
                "seconds in queue, booked ones at most", area, self.accumulators.queue_area, BOOKED, least=True
            ),
        ]

    def _areas(
        self, what: str, rows: Integers, kept: Integers, services: Sequence[Service], *, least: bool = False
    ) -> list[str]:
        """Areas of units by rows and by accumulators: equal, or those of the rows at least as large."""
        found = []
        for unit in self.units_of(services):
            differs = rows[:, unit] < kept[:, unit] if least else rows[:, unit] != kept[:, unit]
            wrong = np.flatnonzero(differs)
            if len(wrong):
                period = int(wrong[0])
                found.append(
                    f"{what}, {self.units[unit].name}: {len(wrong)} of {len(kept)} periods differ; "
                    f"period {period}: {int(rows[period, unit])} by rows, "
                    f"{int(kept[period, unit])} by accumulators"
                )
        return found

    def requests(self) -> list[str]:
        """Who asked is served, gave up or waits; nobody releases what was not granted."""
        a = self.accumulators
        asked, granted, gave_up, released = (
            column.sum(axis=0) for column in (a.asked, a.granted, a.gave_up, a.released)
        )
        names = [unit.name for unit in self.units]
        found = []
        for text, wrong in (
            ("more requests granted or given up than asked", granted + gave_up > asked),
            ("more released than granted", released > granted),
        ):
            found += [f"{text}: {names[unit]}" for unit in np.flatnonzero(wrong)]
        in_use = np.zeros(len(names), np.int64)
        rows = self.rows(Kind.STAY, Kind.OUTSIDE_STAY)
        r = self.records
        rows = rows[(r.started[rows] >= 0) & (r.ended[rows] < 0) & (r.unit[rows] >= 0)]
        np.add.at(in_use, r.unit[rows], 1)
        for unit in self.units_of(BEDS):
            held = int(granted[unit] - released[unit])
            if held != in_use[unit]:
                found.append(
                    f"beds in use at the horizon, {names[unit]}: {int(in_use[unit])} by rows, {held} by accumulators"
                )
        return found

    def everybody(self, places: npt.NDArray[np.integer[Any]]) -> list[str]:
        """Everybody is somewhere, and where the records say."""
        r = self.records
        if len(places) != len(self.people):
            return [f"places of {len(places)} persons given, {len(self.people)} people"]
        unknown = (places < 0) | (places > max(Place))
        in_bed = (r.kind == Kind.STAY) & (r.started >= 0) & (r.ended < 0)
        claims = {
            Place.DEAD: self.death < NEVER,
            Place.NOT_YET: self.people.entry >= self.horizon,
            Place.EMERGENCY: self._open(r.kind == Kind.EMERGENCY_VISIT),
            Place.SHORT_TERM: self._open((r.kind == Kind.SHORT_TERM_STAY) & (r.started >= 0)),
        }
        claims[Place.SHORT_TERM] &= ~claims[Place.EMERGENCY]  # the place is kept during an emergency visit
        # Who waits for a bed is in the emergency department, or on the ward if admitted past it.
        waiting = self._open((r.kind == Kind.STAY) & (r.started < 0))
        hospital = self._open(in_bed) | (waiting & ~claims[Place.EMERGENCY])
        found = _lines("persons who are nowhere", np.flatnonzero(unknown), "person")
        for place, claim in claims.items():
            wrong = (places == place) != claim
            found += _lines(f"persons {_word(place)} by state or records but not both", np.flatnonzero(wrong), "person")
        wrong = ((places == Place.WARD) | (places == Place.SJUKSTUGA)) != hospital
        found += _lines("persons in hospital by state or records but not both", np.flatnonzero(wrong), "person")
        return found

    def _open(self, rows: Mask) -> Mask:
        """Persons with an open row among these."""
        result = np.zeros(len(self.people), np.bool_)
        result[self.records.person[rows & (self.records.ended < 0)]] = True
        return result


def _disordered(r: Records) -> Mask:
    """Rows whose times are not in order."""
    begun, over = r.started >= 0, r.ended >= 0
    order: Mask = (r.asked < 0) | (begun & (r.started < r.asked)) | (over & (r.ended < r.asked))
    return order | (begun & over & (r.ended < r.started))


def _word(place: Place) -> str:
    """A place in words."""
    return place.name.lower().replace("_", " ")


def _lines(what: str, places: npt.NDArray[np.integer[Any]], noun: str) -> list[str]:
    """One line if there is anything, else none."""
    return _text(what, len(places), places, noun) if len(places) else []


def _text(what: str, number: int, places: npt.NDArray[np.integer[Any]], noun: str) -> list[str]:
    shown = ", ".join(str(int(place)) for place in places[:EXAMPLES])
    more = ", ..." if number > EXAMPLES else ""
    return [f"{number} {what} ({noun} {shown}{more})"]
