"""The log: which cases, which window, and its table of events (händelselogg).

Second 0 of the model is midnight before a Monday 1 January, and a year has 365 days, so a run is dated from such a
Monday. The columns are those of pm4py and of XES; a log is made for some thousands of people at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim import chance
from sim.engine.records import Records
from sim.eventlog.activities import NAMES
from sim.eventlog.events import NO_NEED, Events, Ints, Transition, events_of
from sim.model.period import Period
from sim.model.units import unit_table
from sim.outcomes.table import GROUP_NAMES, SEGMENT_NAMES
from sim.population import build
from sim.scenario import Scenario
from sim.vocabulary import DAY, TAG_ENROLLED, TAG_GROUP, TAG_HOME_NURSING, TAG_SEGMENT, AgeBand, Outcome

if TYPE_CHECKING:
    import pandas as pd

MONDAY = date(2029, 1, 1)
"""A Monday 1 January before three years of 365 days, so that every date and every weekday is that of the model."""
PEOPLE_AT_A_TIME = 4096
AGE_BANDS = tuple(band.name.removeprefix("AGE_").replace("_", "-") for band in AgeBand)
AGE_NAMES = (*AGE_BANDS[:-1], AGE_BANDS[-1] + "+")


class Cases(StrEnum):
    """What a case is: all care of a person, or what follows from one need."""

    PERSON = "person"
    NEED = "need"


COLUMNS: Mapping[str, str] = {
    "case:concept:name": "the case: number of the person, in a log of needs followed by that of the need",
    "concept:name": "what happened",
    "time:timestamp": "when it was over",
    "start_timestamp": "when it began",
    "lifecycle:transition": "complete; withdraw if it was asked for and never begun; start or schedule at the horizon",
    "org:resource": "the unit",
    "org:role": "the kind of unit",
    "asked": "when it was asked for",
    "since": "for the end of what lasts: when that began; for a discharge, the admission",
    "outcome": "how it ended; missing where something begins, so that no event knows what comes",
    "group": "LHC group of the person when it was asked for",
    "segment": "need segment of the person when it was asked for",
    "enrolled": "whether the person was enrolled in a mobile team then",
    "home_nursing": "whether the person had home nursing then",
    "need": "number of the need within its person; missing where there is none",
    "case:person": "number of the person",
    "case:municipality": "where the person lives",
    "case:age_band": "age band of the person at entry",
}
"""Columns of the table, and what stands in them."""


@dataclass(frozen=True, eq=False)
class EventLog:
    """The events of one arm of one replication.

    Parameters
    ----------
    scenario, governance, seed, replication
        What was run.
    records
        All rows of the arm, from time 0.
    cases
        Whether a case is a person or a need.
    first_day, last_day
        The window, in days from T0 (negative before): events of persons, or needs that arise, from the beginning of
        the first to the beginning of the last. To the horizon if None.
    people
        Only so many persons of the population, chosen by a hash of their numbers: the same in every governance, and
        fewer are part of more. Who has no event in the window is no case. Everybody if None.
    monday
        Date of second 0.

    Raises
    ------
    ValueError
        If the window is empty or outside the run, or the date is no Monday.
    """

    scenario: Scenario
    governance: str
    seed: int
    replication: int
    records: Records
    cases: Cases = Cases.PERSON
    first_day: int = 0
    last_day: int | None = None
    people: int | None = None
    monday: date = MONDAY

    def __post_init__(self) -> None:
        if self.monday.weekday() != 0:
            raise ValueError(f"start date: {self.monday} given, a Monday needed: second 0 of the model is one")
        before, after = self._days
        last = after if self.last_day is None else self.last_day
        if self.first_day >= last:
            raise ValueError(f"window: day {self.first_day} to {last} given, at least one day needed")
        if self.first_day >= after or last <= before:
            raise ValueError(f"window: day {self.first_day} to {last} given, some of day {before} to {after} needed")

    @property
    def name(self) -> str:
        """What the log is of, in words."""
        run = f"seed {self.seed}, replication {self.replication}"
        return f"{self.scenario.name}, {self.governance}, {run}"

    def frame(self) -> pd.DataFrame:
        """The whole table: one row per event, cases in order of their persons, events in order of their times."""
        import pandas as pd

        return pd.concat(list(self.blocks()), ignore_index=True)

    def blocks(self) -> Iterator[pd.DataFrame]:
        """The table in parts of whole cases, columns as in :data:`COLUMNS`; at least one part."""
        chosen = self._chosen()
        order = chosen[np.argsort(self.records.person[chosen], kind="stable")]
        person = self.records.person[order]
        edges = np.searchsorted(person, np.arange(0, self._people + PEOPLE_AT_A_TIME, PEOPLE_AT_A_TIME))
        for first, end in pairwise(edges):
            rows = Records({name: column[order[first:end]] for name, column in self.records.columns()})
            yield self._table(rows, self._sorted(rows))

    def _chosen(self) -> Ints:
        """Rows of the people asked for; nobody from outside the population."""
        inside = self.records.person >= 0
        if self.people is not None:
            draw = chance.uniform_array(0, np.arange(self._people, dtype=np.int64), 0, 0, 0)
            sample = np.zeros(self._people, bool)
            sample[np.argsort(draw, kind="stable")[: self.people]] = True
            inside &= sample[self.records.person]
        return np.flatnonzero(inside)

    def _sorted(self, rows: Records) -> Events:
        """Events of the window in order: of two in the same second the one that began first, then by what they are."""
        by_need = self.cases is Cases.NEED
        events = events_of(rows, by_need)
        if by_need:
            events = events.take(events.need != NO_NEED)
        person = rows.person[events.row]
        case = events.need if by_need else np.zeros(len(events), np.int64)
        order = np.lexsort((events.row, events.rank, events.start, events.complete, case, person))
        events, person, case = events.take(order), person[order], case[order]
        first = np.ones(len(events), bool)
        first[1:] = (person[1:] != person[:-1]) | (case[1:] != case[:-1])
        moment = events.complete
        if by_need:  # whole cases, by when their need arose
            moment = events.start[first][np.cumsum(first) - 1]
        begins, ends = self._window
        return events.take((moment >= begins) & (moment < ends))

    @property
    def _days(self) -> tuple[int, int]:
        """The run in days from T0."""
        period = Period.of(self.scenario)
        return -period.first_day, period.days - period.first_day

    @property
    def _window(self) -> tuple[int, int]:
        """The window in seconds of the model."""
        starts = Period.of(self.scenario).starts
        last = self._days[1] if self.last_day is None else self.last_day
        return starts + self.first_day * DAY, starts + last * DAY

    @cached_property
    def _population(self) -> tuple[Ints, Ints]:
        """Municipality and age band of everybody."""
        key = chance.stream_key(self.seed, self.replication)
        people = build(self.scenario.region, self.scenario.values, key, Period.of(self.scenario).horizon)
        return people.municipality.astype(np.int64), people.age_band.astype(np.int64)

    @property
    def _people(self) -> int:
        return len(self._population[0])

    def _table(self, rows: Records, events: Events) -> pd.DataFrame:
        """Events with names instead of codes."""
        import pandas as pd

        row = events.row
        person, unit, detail = rows.person[row].astype(np.int64), rows.unit[row], rows.detail[row].astype(np.int64)
        municipality, age_band = self._population
        units = unit_table(self.scenario.region)
        services = list(dict.fromkeys(_words(unit.service.name) for unit in units))
        role = np.array([services.index(_words(unit.service.name)) for unit in units] + [-1])[unit]
        case = pd.Series(person.astype(str), dtype=str)
        if self.cases is Cases.NEED:
            case = case + "-" + pd.Series(events.need.astype(str), dtype=str)
        places = [place.name for place in self.scenario.region.municipalities]
        columns = (
            case,
            _names(events.activity, NAMES),
            self._dates(events.complete),
            self._dates(events.start),
            _names(events.transition, [transition.name.lower() for transition in Transition]),
            _names(unit, [unit.name for unit in units]),
            _names(role, services),
            self._dates(events.asked),
            self._dates(events.since),
            _names(events.outcome - int(min(Outcome)), [_words(outcome.name) for outcome in Outcome]),
            _names(detail // TAG_GROUP % len(GROUP_NAMES), GROUP_NAMES),
            _names(detail // TAG_SEGMENT % len(SEGMENT_NAMES), SEGMENT_NAMES),
            (detail & TAG_ENROLLED) > 0,
            (detail & TAG_HOME_NURSING) > 0,
            pd.arrays.IntegerArray(events.need.copy(), events.need == NO_NEED),
            person,
            _names(municipality[person], places),
            _names(age_band[person], AGE_NAMES),
        )
        return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))

    def _dates(self, seconds: Ints) -> pd.Series:
        """Seconds of the model as dates; the clock of the model stands as UTC, so that no hour is skipped."""
        import pandas as pd

        when = np.datetime64(self.monday, "s") + seconds.astype("timedelta64[s]")
        when[seconds < 0] = np.datetime64("NaT")
        return pd.Series(when).dt.tz_localize("UTC")


def _names(codes: NDArray[Any], names: Sequence[str]) -> Any:
    """Codes as categories; -1 is none."""
    import pandas as pd

    return pd.Categorical.from_codes(codes.astype(np.int64), list(names))


def _words(name: str) -> str:
    return name.lower().replace("_", " ")
