"""Conservation: a run that adds up passes, and each way of not adding up is found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.engine.accumulators import Accumulators
from sim.outcomes.checks import check_conservation
from sim.vocabulary import STAY_SJUKSTUGA, Kind, Outcome, Place
from tests.outcomes.builder import DAY, HOUR, OPEN, UNITS, Diary, people

pytestmark = pytest.mark.unit

HORIZON = 100 * DAY
MIDDLE = 50 * DAY
DOCTOR, SJUKSTUGA, SHORT_TERM = 4, 7, 8
PERSONS = 8


def run() -> Diary:
    """A run that adds up."""
    diary = Diary()
    diary.stay(DAY, 6 * DAY, bed=DAY + HOUR, outcome=Outcome.TRANSFERRED)
    diary.stay(6 * DAY, 9 * DAY, STAY_SJUKSTUGA, unit=SJUKSTUGA, outcome=Outcome.DISCHARGED_SHORT_TERM)
    diary.ready(5 * DAY, 9 * DAY)
    diary.add(Kind.SHORT_TERM_STAY, 8 * DAY, 9 * DAY, 20 * DAY, unit=SHORT_TERM)
    diary.stay(49 * DAY, 52 * DAY, outcome=Outcome.DIED, person=1).death(52 * DAY, person=1, place=Place.WARD)
    diary.stay(99 * DAY, OPEN, person=2)
    diary.add(Kind.EMERGENCY_VISIT, 99 * DAY, 99 * DAY + HOUR, OPEN, person=3)
    diary.add(Kind.OUTSIDE_STAY, 2 * DAY, 2 * DAY, 3 * DAY, Outcome.DISCHARGED_HOME, person=-1, unit=1)
    diary.add(Kind.GP_VISIT, 40 * DAY, 60 * DAY, 60 * DAY + HOUR, unit=DOCTOR, person=4)
    diary.add(Kind.GP_VISIT, 40 * DAY, -1, 45 * DAY, Outcome.GAVE_UP, unit=DOCTOR, person=5)
    return diary


def kept(diary: Diary) -> Accumulators:
    """What the engine would have kept of ``run()``; two periods."""
    shape = (2, len(UNITS))
    used, queue, capacity, asked, granted, gave_up, released = (np.zeros(shape, np.int64) for _ in range(7))
    used[0, 0], used[1, 0] = (5 * DAY - HOUR) + DAY, 2 * DAY + DAY
    used[0, 1] = DAY
    used[0, SJUKSTUGA] = 3 * DAY
    queue[0, DOCTOR], queue[1, DOCTOR] = 10 * DAY + 5 * DAY, 10 * DAY
    asked[0] = granted[0] = [3, 1, 0, 0, 2, 0, 0, 1, 1, 0]
    granted[0, DOCTOR], gave_up[0, DOCTOR] = 1, 1
    released[0] = [2, 1, 0, 0, 1, 0, 0, 1, 1, 0]
    return Accumulators(np.array([0, MIDDLE]), queue, used, capacity, asked, granted, gave_up, released)


def places() -> np.ndarray:
    where = np.full(PERSONS, Place.HOME)
    where[1], where[2], where[3] = Place.DEAD, Place.WARD, Place.EMERGENCY
    where[7] = Place.NOT_YET
    return where


def violations(
    change: Callable[[Diary], object] = lambda _: None,
    change_kept: Callable[[Accumulators], object] = lambda _: None,
    where: np.ndarray | None = None,
) -> list[str]:
    diary = run()
    change(diary)
    accumulators = kept(diary)
    change_kept(accumulators)
    somebody = people(PERSONS, entry=[0] * 7 + [HORIZON])
    return check_conservation(
        diary.records(), somebody, UNITS, accumulators, HORIZON, places() if where is None else where
    )


def test_a_run_that_adds_up() -> None:
    assert violations() == []


BROKEN: dict[str, tuple[Callable[[Diary], object], str]] = {
    "two stays at once": (
        lambda d: d.stay(2 * DAY, 4 * DAY, unit=-1),
        "stays that overlap another stay",
    ),
    "a stay and a short-term stay": (
        lambda d: d.add(Kind.SHORT_TERM_STAY, 98 * DAY, 98 * DAY, 99 * DAY + 1, person=2),
        "stays that overlap a short-term stay",
    ),
    "care after death": (
        lambda d: d.add(Kind.NURSE_VISIT, 53 * DAY, person=1),
        "rows asked for after death",
    ),
    "a bed held by the dead": (
        lambda d: d.add(Kind.HOMECOMING, 51 * DAY, 51 * DAY, 53 * DAY, person=1),
        "beds, places or teams held after death",
    ),
    "a team held by the dead to the end": (
        lambda d: d.add(Kind.ENROLMENT, 20 * DAY, 21 * DAY, OPEN, person=1),
        "beds, places or teams held after death",
    ),
    "two deaths": (lambda d: d.death(51 * DAY, person=1), "persons who die more than once"),
    "care before entry": (lambda d: d.add(Kind.ALARM, 5 * DAY, person=7), "rows before entry"),
    "ready outside hospital": (
        lambda d: d.ready(30 * DAY, 31 * DAY),
        "ready periods not within hospital time",
    ),
    "ready twice": (lambda d: d.ready(6 * DAY, 7 * DAY), "ready periods that overlap"),
    "times out of order": (
        lambda d: d.add(Kind.GP_VISIT, 9 * DAY, 8 * DAY, 10 * DAY, person=4),
        "rows whose times are not in order",
    ),
    "later than the horizon": (
        lambda d: d.add(Kind.GP_VISIT, 99 * DAY, 99 * DAY, 101 * DAY, person=4),
        "rows later than the horizon",
    ),
    "a person who does not exist": (
        lambda d: d.add(Kind.ALARM, DAY, person=PERSONS),
        "rows of persons who do not",
    ),
    "a unit that does not exist": (
        lambda d: d.add(Kind.ALARM, DAY, unit=len(UNITS)),
        "rows of units that do not",
    ),
    "a contact of nobody": (lambda d: d.add(Kind.ALARM, DAY, person=-1), "rows of nobody"),
    "a bed that no accumulator saw": (
        lambda d: d.stay(70 * DAY, 72 * DAY, person=6),
        "bed-seconds in use, medicine: 1 of 2 periods differ; period 1: 432000 by rows, 259200 by accumulators",
    ),
    "a wait that no queue saw": (
        lambda d: d.add(Kind.GP_VISIT, 70 * DAY, 71 * DAY, 71 * DAY, unit=DOCTOR, person=6),
        "seconds in queue, doctors of Northby: 1 of 2 periods differ",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_break_is_found(name: str) -> None:
    change, text = BROKEN[name]
    found = violations(change)
    assert any(text in line for line in found), found


def test_open_in_time_but_not_in_outcome() -> None:
    def change(diary: Diary) -> None:
        diary.rows[-1]["outcome"] = Outcome.OPEN

    assert "open in time or in outcome" in violations(change)[0]


@pytest.mark.parametrize(
    ("person", "place", "text"),
    [
        (1, Place.HOME, "persons dead by state or records but not both (person 1)"),
        (0, Place.WARD, "persons in hospital by state or records but not both (person 0)"),
        (2, Place.HOME, "persons in hospital by state or records but not both (person 2)"),
        (0, Place.SHORT_TERM, "persons short term by state or records but not both (person 0)"),
        (7, Place.HOME, "persons not yet by state or records but not both (person 7)"),
        (5, 99, "persons who are nowhere (person 5)"),
    ],
)
def test_everybody_is_where_the_records_say(person: int, place: int, text: str) -> None:
    where = places()
    where[person] = place
    assert any(text in line for line in violations(where=where))


def test_requests_and_releases() -> None:
    def too_many(accumulators: Accumulators) -> None:
        accumulators.granted[1, 1] += 1

    def lost(accumulators: Accumulators) -> None:
        accumulators.released[1, 0] += 1

    assert "more requests granted or given up than asked: surgery" in violations(change_kept=too_many)
    assert "beds in use at the horizon, medicine: 1 by rows, 0 by accumulators" in violations(change_kept=lost)
