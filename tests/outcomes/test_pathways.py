"""Ways through care: needs by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.outcomes import Window
from sim.outcomes.pathways import CONTACTS, SHAPE, End, First, Furthest, pathways_of
from sim.vocabulary import DAY, HOUR, NEED_TYPE, Kind, NeedType, Outcome
from tests.outcomes.builder import OPEN, Diary

WINDOW = Window.of_days(10, 20)
NOW = 11 * DAY


def need(
    diary: Diary,
    number: int = 1,
    noticed: int = NOW,
    ended: int = NOW + 5 * DAY,
    outcome: Outcome = Outcome.DONE,
    kind: NeedType = NeedType.DETERIORATION,
    person: int = 0,
) -> Diary:
    detail = kind * NEED_TYPE
    return diary.add(Kind.NEED, noticed - HOUR, noticed, ended, outcome, detail=detail, need=number, person=person)


def ways(diary: Diary) -> dict[tuple[str, str, str], int]:
    found = pathways_of(diary.records(), WINDOW)
    assert found.shape == SHAPE
    return {
        (First(a).name, Furthest(b).name, End(c).name): int(found[a, b, c]) for a, b, c in np.argwhere(found).tolist()
    }


def test_the_first_contact_and_the_furthest_care() -> None:
    diary = need(Diary())
    diary.add(Kind.PHONE_1177, NOW, NOW + 60, NOW + 600, need=1)
    diary.add(Kind.GP_VISIT, NOW + HOUR, NOW + DAY, NOW + DAY + HOUR, need=1)
    assert ways(diary) == {("PHONE_1177", "PRIMARY_CARE", "AT_HOME"): 1}


def test_admitted_and_discharged_to_where_the_last_stay_ends() -> None:
    diary = need(Diary(), outcome=Outcome.ADMITTED)
    diary.add(Kind.AMBULANCE, NOW, need=1, outcome=Outcome.CONVEYED)
    diary.add(Kind.EMERGENCY_VISIT, NOW + HOUR, NOW + 2 * HOUR, NOW + 5 * HOUR, Outcome.ADMITTED, need=1)
    diary.add(Kind.STAY, NOW + 5 * HOUR, -1, NOW + 6 * HOUR, Outcome.TRANSFERRED, need=1)
    diary.add(Kind.STAY, NOW + 6 * HOUR, NOW + 6 * HOUR, NOW + DAY, Outcome.TRANSFERRED, need=1)
    diary.add(Kind.STAY, NOW + DAY, NOW + DAY, NOW + 4 * DAY, Outcome.DISCHARGED_SHORT_TERM, need=1)
    assert ways(diary) == {("AMBULANCE", "EMERGENCY", "SHORT_TERM"): 1}


@pytest.mark.parametrize(
    ("outcome", "ended", "end"),
    [
        (Outcome.DISCHARGED_HOME, NOW + DAY, "HOME"),
        (Outcome.DISCHARGED_SPECIAL_HOUSING, NOW + DAY, "SPECIAL_HOUSING"),
        (Outcome.DIED, NOW + DAY, "DIED"),
        (Outcome.OPEN, OPEN, "IN_HOSPITAL"),
    ],
)
def test_where_a_stay_can_end(outcome: Outcome, ended: int, end: str) -> None:
    diary = need(Diary(), ended=ended).add(Kind.STAY, NOW, NOW, ended, outcome, need=1)
    assert ways(diary) == {("NOBODY", "NOTHING", end): 1}


def test_without_admission_somebody_may_die_or_the_need_go_on() -> None:
    diary = need(Diary(), 1, outcome=Outcome.DIED)
    need(diary, 2, ended=OPEN)
    need(diary, 3).add(Kind.TEAM_DOCTOR_VISIT, NOW, NOW + HOUR, NOW + 2 * HOUR, need=3)
    assert ways(diary) == {
        ("NOBODY", "NOTHING", "DIED_OUTSIDE"): 1,
        ("NOBODY", "NOTHING", "UNDER_WAY"): 1,
        ("TEAM", "TEAM", "AT_HOME"): 1,
    }


def test_a_visit_that_did_not_take_place_is_no_care() -> None:
    diary = need(Diary()).add(Kind.GP_VISIT, NOW, -1, NOW + DAY, Outcome.GAVE_UP, need=1)
    assert ways(diary) == {("HEALTH_CENTRE", "ADVICE", "AT_HOME"): 1}


def test_only_worsenings_noticed_in_the_window_count_and_each_by_itself() -> None:
    diary = Diary()
    for number, noticed in enumerate((10 * DAY - 1, 10 * DAY, 20 * DAY - 1, 20 * DAY)):
        need(diary, number, noticed)
    need(diary, 7, kind=NeedType.SIMPLE)
    need(diary, 8, kind=NeedType.EXACERBATION)
    need(diary, 9, outcome=Outcome.PREVENTED)
    need(diary, 8, person=5).add(Kind.AMBULANCE, NOW, need=8, person=5)
    assert ways(diary) == {("NOBODY", "NOTHING", "AT_HOME"): 3, ("AMBULANCE", "ADVICE", "AT_HOME"): 1}
    assert ways(Diary().add(Kind.AMBULANCE, NOW, need=3)) == {}


def test_every_contact_that_assesses_has_a_place() -> None:
    assert {first for first, _ in CONTACTS.values()} == set(First) - {First.NOBODY}
    assert {furthest for _, furthest in CONTACTS.values()} == set(Furthest) - {Furthest.NOTHING}
