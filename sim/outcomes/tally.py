"""Sums over cells (who, where, when), and the rows of records that go into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.outcomes import passes
from sim.outcomes.inputs import MONTH, AgeClass, PeopleTable, Unit, Window
from sim.outcomes.persons import PersonTotals
from sim.vocabulary import TAG_GROUP, TAG_SEGMENT, Group, Kind, Outcome, Segment, Service

if TYPE_CHECKING:
    from sim.engine.records import Records

GROUPS = len(Group)
SEGMENTS = len(Segment)
STRATA = len(AgeClass) * 2

Mask = npt.NDArray[np.bool_]
Times = npt.NDArray[np.int64]

WHOLE = (Kind.STAY, Kind.READY, Kind.DEATH, Kind.SEGMENT_CHANGE, Kind.SPECIAL_HOUSING_MOVE)
"""Kinds of which the rows before and after the window matter too."""


class Rows:
    """Rows of the records, of one or a few kinds, with the cell and stratum that each counts in.

    A column is gathered from the records when it is first asked for: most are not, and rows are many.

    Parameters
    ----------
    book
        Where they stand.
    number
        Their numbers in the records.
    changed
        Columns that are to be read instead of those of the records, by name.
    """

    def __init__(
        self, book: RowBook, number: npt.NDArray[np.int32], changed: Mapping[str, npt.NDArray[Any]] | None = None
    ) -> None:
        self.book = book
        self.number = number
        self._changed = dict(changed or {})

    def __len__(self) -> int:
        return len(self.number)

    def where(self, mask: Mask | npt.NDArray[np.integer[Any]]) -> Rows:
        """Only these rows (a mask, or positions in the order wanted)."""
        return Rows(self.book, self.number[mask], {name: column[mask] for name, column in self._changed.items()})

    def with_column(self, name: str, values: npt.NDArray[Any]) -> Rows:
        """The same rows with other values in a column of the records."""
        return Rows(self.book, self.number, {**self._changed, name: values})

    def _column(self, name: str) -> npt.NDArray[Any]:
        found: npt.NDArray[Any] = (
            self._changed[name] if name in self._changed else getattr(self.book.records, name)[self.number]
        )
        return found

    @cached_property
    def person(self) -> npt.NDArray[np.int32]:
        """Person numbers."""
        return self._column("person")

    @cached_property
    def kind(self) -> npt.NDArray[np.int16]:
        """Kinds of contact."""
        return self._column("kind")

    @cached_property
    def unit(self) -> npt.NDArray[np.int16]:
        """Resource ids; -1 for none."""
        return self._column("unit")

    @cached_property
    def asked(self) -> Times:
        """When asked for, in seconds."""
        return self._column("asked")

    @cached_property
    def started(self) -> Times:
        """When begun, in seconds; -1 if not."""
        return self._column("started")

    @cached_property
    def ended(self) -> Times:
        """When over, in seconds; -1 if not."""
        return self._column("ended")

    @cached_property
    def outcome(self) -> npt.NDArray[np.int16]:
        """Codes of ``Outcome``."""
        return self._column("outcome")

    @cached_property
    def detail(self) -> npt.NDArray[np.int32]:
        """Bits of ``detail``."""
        return self._column("detail")

    @cached_property
    def cell(self) -> npt.NDArray[np.int32]:
        """Who the person was when the row was opened, and where: see ``passes``."""
        people = self.book.people
        return passes.cells_of(
            self.person, self.detail, people.municipality, len(people.municipalities), TAG_GROUP, TAG_SEGMENT
        )

    @cached_property
    def stratum(self) -> npt.NDArray[np.int64]:
        """Age class and enrolment of the person."""
        found: npt.NDArray[np.int64] = self.book.stratum[self.person]
        return found

    def bit(self, flag: int) -> Mask:
        """Whether this bit of ``detail`` is set."""
        result: Mask = (self.detail & flag) != 0
        return result

    def bits(self, lowest: int, width: int) -> npt.NDArray[np.int32]:
        """The number in ``width`` bits of ``detail`` from ``lowest`` up."""
        return self.detail // np.int32(lowest) & np.int32((1 << width) - 1)

    @cached_property
    def begun(self) -> Mask:
        """Rows whose contact began (not given up or cancelled)."""
        result: Mask = (self.started >= 0) & (self.outcome != Outcome.GAVE_UP) & (self.outcome != Outcome.CANCELLED)
        return result

    def ended_or(self, otherwise: int) -> Times:
        """End of each row; ``otherwise`` where it is still open."""
        return np.where(self.ended >= 0, self.ended, np.int64(otherwise))


class RowBook:
    """The records sorted by kind, cut to a window and, if wanted, to some persons.

    Parameters
    ----------
    records, people, units, window
        What is measured.
    direct
        Persons counted as enrolled, shape (persons,); nobody if None.
    persons
        Only these persons, shape (persons,); everybody if None.

    Raises
    ------
    ValueError
        If a row has a kind that the vocabulary does not know.
    """

    def __init__(
        self,
        records: Records,
        people: PeopleTable,
        units: Sequence[Unit],
        window: Window,
        direct: Mask | None = None,
        persons: Mask | None = None,
    ) -> None:
        self.records = records
        self.people = people
        self.window = window
        self._service = np.array([unit.service for unit in units] + [-1], np.int64)
        enrolled = np.zeros(len(people), np.int64) if direct is None else direct.astype(np.int64)
        self.stratum = people.age_class * 2 + enrolled
        self.persons = np.zeros(0, np.bool_) if persons is None else np.ascontiguousarray(persons, np.bool_)
        top = max(Kind)
        if len(records.kind) and not 0 <= int(records.kind.min()) <= int(records.kind.max()) <= top:
            raise ValueError(f"records: kinds {records.kind.min()} to {records.kind.max()} given, 1 to {top} known")
        whole = np.zeros(top + 1, np.bool_)
        whole[list(WHOLE)] = True
        self._rows, self._first = passes.select_rows(
            records.kind,
            records.person,
            records.asked,
            records.ended,
            whole,
            self.persons,
            window.start,
            window.end,
        )

    def numbers(self, kind: Kind) -> npt.NDArray[np.int32]:
        """Row numbers of a kind, in record order."""
        return self._rows[self._first[kind] : self._first[kind + 1]]

    def at(self, rows: Rows, service: Service) -> Mask:
        """Whether each row was served by a unit of this service."""
        result: Mask = self._service[rows.unit] == service  # unit -1 finds the last entry: no service
        return result

    def of(self, *kinds: Kind) -> Rows:
        """The rows of these kinds, kind after kind."""
        number = self.numbers(kinds[0]) if len(kinds) == 1 else np.concatenate([self.numbers(k) for k in kinds])
        return Rows(self, number)


ONE = np.ones(1, np.int64)
NOBODY: Times = np.zeros(0, np.int64)


class Tally:
    """Sums by cell and month, by stratum, and the cost of each person.

    Attributes
    ----------
    cross
        int64, shape (sums, groups x segments x municipalities, months).
    strata
        int64, shape (sums, age classes x 2).
    person_cost
        SEK in the window, shape (persons,), of what has a price.
    person_seconds
        Seconds in hospital in the window, shape (persons,).
    by_person
        Some of the sums by person, shape (persons,) each.
    """

    def __init__(
        self,
        sums: Sequence[str],
        people: PeopleTable,
        window: Window,
        prices: Mapping[str, float],
        by_person: Sequence[str] = (),
    ) -> None:
        self.index = {name: i for i, name in enumerate(sums)}
        self.window = window
        self.municipalities = len(people.municipalities)
        self.prices = prices
        self.cross = np.zeros((len(sums), GROUPS * SEGMENTS * self.municipalities, window.months), np.int64)
        self.strata = np.zeros((len(sums), STRATA), np.int64)
        self.person_cost = np.zeros(len(people))
        self.person_seconds = np.zeros(len(people), np.int64)
        self.by_person = {name: np.zeros(len(people), np.int64) for name in by_person}

    def moments(self, name: str, rows: Rows, time: Times, amount: Times = ONE) -> None:
        """Count rows (or add amounts) at a time; times outside the window, and -1, are left out."""
        i = self.index[name]
        passes.add_moments(
            self.cross[i],
            self.strata[i],
            self.by_person.get(name, NOBODY),
            self.person_cost,
            self.prices.get(name, 0.0),
            rows.person,
            rows.cell,
            rows.stratum,
            time,
            amount,
            self.window.start,
            self.window.end,
            MONTH,
        )

    def intervals(self, name: str, rows: Rows, begin: Times, stop: Times) -> None:
        """Add the seconds of intervals, cut to the window, to the months in which they pass."""
        i = self.index[name]
        passes.add_intervals(
            self.cross[i],
            self.strata[i],
            self.by_person.get(name, NOBODY),
            self.person_cost,
            self.prices.get(name, 0.0),
            rows.person,
            rows.cell,
            rows.stratum,
            begin,
            stop,
            self.window.start,
            self.window.end,
            MONTH,
        )

    def month(self, time: Times) -> Times:
        """Month of times within the window."""
        result: Times = (time - self.window.start) // MONTH
        return result

    def add(self, name: str, *parts: str) -> None:
        """Make a sum of other sums."""
        for part in parts:
            self.cross[self.index[name]] += self.cross[self.index[part]]
            self.strata[self.index[name]] += self.strata[self.index[part]]
            if name in self.by_person:
                self.by_person[name] += self.by_person[part]

    def persons(self, names: Sequence[str]) -> PersonTotals:
        """Some of the sums in ``by_person``, with little memory."""
        return PersonTotals.of({name: self.by_person[name] for name in names})
