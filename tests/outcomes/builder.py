"""Small records written by hand."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.engine.records import COLUMNS, Records
from sim.outcomes import PeopleTable, Unit, Window
from sim.outcomes.cost import PRICE_KEYS
from sim.vocabulary import (
    DAY,
    HOUR,
    TAG_GROUP,
    TAG_SEGMENT,
    AgeBand,
    Group,
    Kind,
    Outcome,
    Place,
    Segment,
    Service,
)

OPEN = -1
YEAR_ONE = Window.of_days(365, 730)
NO_PRICES = dict.fromkeys(PRICE_KEYS, 0.0)


def who(group: Group = Group.SIMPLE, segment: Segment = Segment.OTHER) -> int:
    """Tag bits."""
    return group * TAG_GROUP + segment * TAG_SEGMENT


@dataclass
class Diary:
    """Rows in the order in which they are written."""

    rows: list[dict[str, int]] = field(default_factory=list)

    def add(
        self,
        kind: Kind,
        asked: int,
        started: int | None = None,
        ended: int | None = None,
        outcome: Outcome = Outcome.DONE,
        *,
        person: int = 0,
        detail: int = 0,
        unit: int = -1,
        need: int = 0,
    ) -> Diary:
        """One row; begins and ends at once if nothing is said."""
        started = asked if started is None else started
        ended = started if ended is None else ended
        self.rows.append(
            {
                "person": person,
                "need": need,
                "kind": kind,
                "unit": unit,
                "asked": asked,
                "started": started,
                "ended": ended,
                "outcome": outcome if ended >= 0 else Outcome.OPEN,
                "detail": detail,
            }
        )
        return self

    def stay(
        self,
        asked: int,
        ended: int,
        detail: int = 0,
        outcome: Outcome = Outcome.DISCHARGED_HOME,
        *,
        person: int = 0,
        bed: int | None = None,
        unit: int = 0,
    ) -> Diary:
        """One bed, from the decision; the bed is obtained at once if nothing is said."""
        return self.add(
            Kind.STAY,
            asked,
            asked if bed is None else bed,
            ended,
            outcome,
            person=person,
            detail=detail,
            unit=unit,
        )

    def ready(
        self,
        since: int,
        until: int,
        outcome: Outcome = Outcome.DISCHARGED_HOME,
        *,
        person: int = 0,
        detail: int = 0,
    ) -> Diary:
        """Clinically ready."""
        return self.add(Kind.READY, since, since, until, outcome, person=person, detail=detail)

    def death(self, at: int, *, person: int = 0, place: Place = Place.HOME, detail: int = 0) -> Diary:
        """A death."""
        return self.add(Kind.DEATH, at, at, at, Outcome.DIED, person=person, detail=detail + place)

    def records(self) -> Records:
        """The rows as columns."""
        return Records({name: np.array([row[name] for row in self.rows], np.int64) for name in COLUMNS})


def people(
    number: int = 1,
    *,
    age_band: AgeBand | list[AgeBand] = AgeBand.AGE_80_84,
    segment: Segment | list[Segment] = Segment.OTHER,
    chronic: int | list[int] = 0,
    municipality: int | list[int] = 0,
    entry: int | list[int] = 0,
    special_housing: bool | list[bool] = False,
    home_help_hours: float | list[float] = 0.0,
) -> PeopleTable:
    """A few people in two municipalities."""

    def column(value: object, kind: type) -> np.ndarray:
        return np.broadcast_to(np.array(value, kind), (number,)).copy()

    return PeopleTable(
        column(entry, np.int64),
        column(municipality, np.int64),
        column(age_band, np.int64),
        column(segment, np.int64),
        column(chronic, np.int64),
        column(special_housing, np.bool_),
        ("Northby", "Southby"),
        column(home_help_hours, np.float64),
    )


UNITS = (
    Unit("medicine", Service.WARD_MEDICINE),
    Unit("surgery", Service.WARD_SURGERY),
    Unit("extra medicine", Service.EXTRA_MEDICINE),
    Unit("extra surgery", Service.EXTRA_SURGERY),
    Unit("doctors of Northby", Service.GP, municipality=0, area=0),
    Unit("doctors of Southby", Service.GP, municipality=1, area=1),
    Unit("nurses of Northby", Service.CENTRE_NURSE, municipality=0, area=0),
    Unit("sjukstuga of Southby", Service.SJUKSTUGA, municipality=1),
    Unit("short-term places of Northby", Service.SHORT_TERM, municipality=0),
    Unit("planners of Northby", Service.PLANNER, municipality=0),
)

__all__ = ["DAY", "HOUR", "NO_PRICES", "OPEN", "UNITS", "YEAR_ONE", "Diary", "people", "who"]
