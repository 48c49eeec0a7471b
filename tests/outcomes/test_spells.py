"""Hospital spells and the exclusive split of their days, spell by spell."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from sim.outcomes import Window, measure
from sim.outcomes.names import SPLIT
from sim.outcomes.spells import Label, find_spells
from sim.outcomes.tally import RowBook
from sim.vocabulary import (
    STAY_ACS,
    STAY_LEVEL,
    STAY_OUTLYING,
    STAY_OVERCROWDED,
    STAY_PLANNED,
    STAY_PLANNED_RETURN,
    STAY_PROCEDURE,
    STAY_SJUKSTUGA,
    Level,
    Outcome,
)
from tests.outcomes.builder import DAY, HOUR, NO_PRICES, OPEN, UNITS, Diary, people

pytestmark = pytest.mark.unit

HOME = Outcome.DISCHARGED_HOME
SHORT_TERM = Outcome.DISCHARGED_SHORT_TERM
MOVED = Outcome.TRANSFERRED
DIED = Outcome.DIED
RELAPSED = Outcome.RELAPSED
CANCELLED = Outcome.CANCELLED
NO_BED_YET = -1

T = 400 * DAY
"""When most stories begin."""
H = HOUR
HOSPITAL = Level.HOSPITAL * STAY_LEVEL


@dataclass(frozen=True)
class Story:
    """One person's stays and what they must come to.

    A stay is (asked, ended, detail bits, outcome) in seconds after T, a ready period (since, until, outcome).
    The split is given for each spell, in seconds: READY, READMISSION, ACS, SHORT, OTHER."""

    name: str
    stays: tuple[tuple[int, int, int, Outcome], ...]
    split: tuple[tuple[int, int, int, int, int], ...]
    ready: tuple[tuple[int, int, Outcome], ...] = ()
    window: tuple[int, int] = (-400 * DAY, 600 * DAY)
    overlays: dict[str, int] = field(default_factory=dict)


STORIES = (
    Story("five days, nothing special", ((0, 120 * H, 0, HOME),), ((0, 0, 0, 0, 120 * H),)),
    Story("ambulatory-care sensitive", ((0, 120 * H, STAY_ACS, HOME),), ((0, 0, 120 * H, 0, 0),)),
    Story("one second less than 48 h", ((0, 48 * H - 1, 0, HOME),), ((0, 0, 0, 48 * H - 1, 0),)),
    Story("exactly 48 h is not short", ((0, 48 * H, 0, HOME),), ((0, 0, 0, 0, 48 * H),)),
    Story("short and sensitive is sensitive", ((0, 20 * H, STAY_ACS, HOME),), ((0, 0, 20 * H, 0, 0),)),
    Story("short with a procedure", ((0, 20 * H, STAY_PROCEDURE, HOME),), ((0, 0, 0, 0, 20 * H),)),
    Story(
        "short, procedure in the second ward",
        ((0, 10 * H, 0, MOVED), (10 * H, 20 * H, STAY_PROCEDURE, HOME)),
        ((0, 0, 0, 0, 20 * H),),
    ),
    Story("death in a short stay", ((0, 20 * H, 0, DIED),), ((0, 0, 0, 0, 20 * H),)),
    Story(
        "planned, short and sensitive",
        ((0, 20 * H, STAY_PLANNED | STAY_ACS, HOME),),
        ((0, 0, 0, 0, 20 * H),),
        overlays={"planned_days": 20 * H},
    ),
    Story(
        "two transfers are one spell",
        ((0, 30 * H, STAY_ACS, MOVED), (30 * H, 60 * H, 0, MOVED), (60 * H + 1, 90 * H, 0, HOME)),
        ((0, 0, 90 * H - 1, 0, 0),),
    ),
    Story(
        "the first stay gives the diagnosis",
        ((0, 30 * H, 0, MOVED), (30 * H, 60 * H, STAY_ACS, HOME)),
        ((0, 0, 0, 0, 60 * H),),
    ),
    Story(
        "short parts, long together",
        ((0, 30 * H, 0, MOVED), (30 * H, 60 * H, 0, HOME)),
        ((0, 0, 0, 0, 60 * H),),
    ),
    Story(
        "back after 23 h 59 min: the same spell",
        ((0, 60 * H, 0, HOME), (83 * H + 59 * 60, 100 * H, 0, HOME)),
        ((0, 0, 0, 0, 60 * H + 16 * H + 60),),
    ),
    Story(
        "back after 24 h: readmitted",
        ((0, 60 * H, 0, HOME), (84 * H, 100 * H, 0, HOME)),
        ((0, 0, 0, 0, 60 * H), (0, 16 * H, 0, 0, 0)),
    ),
    Story(
        "ready two days before leaving",
        ((0, 120 * H, 0, HOME),),
        ((48 * H, 0, 0, 0, 72 * H),),
        ready=((72 * H, 120 * H, HOME),),
    ),
    Story(
        "short only up to readiness, so not short",
        ((0, 60 * H, 0, SHORT_TERM),),
        ((40 * H, 0, 0, 0, 20 * H),),
        ready=((20 * H, 60 * H, SHORT_TERM),),
    ),
    Story(
        "readiness within a short stay",
        ((0, 40 * H, 0, HOME),),
        ((10 * H, 0, 0, 30 * H, 0),),
        ready=((30 * H, 40 * H, HOME),),
    ),
    Story(
        "relapse ends readiness; ready again",
        ((0, 200 * H, STAY_ACS, HOME),),
        ((20 * H + 50 * H, 0, 130 * H, 0, 0),),
        ready=((50 * H, 70 * H, RELAPSED), (150 * H, 200 * H, HOME)),
    ),
    Story(
        "death while ready",
        ((0, 100 * H, STAY_ACS, DIED),),
        ((40 * H, 0, 60 * H, 0, 0),),
        ready=((60 * H, 100 * H, DIED),),
    ),
    Story(
        "readiness straddles a transfer",
        ((0, 60 * H, 0, MOVED), (60 * H, 100 * H, STAY_SJUKSTUGA, HOME)),
        ((50 * H, 0, 0, 0, 50 * H),),
        ready=((50 * H, 100 * H, HOME),),
        overlays={"sjukstuga_days": 40 * H},
    ),
    Story(
        "planned and ready is ready",
        ((0, 100 * H, STAY_PLANNED, HOME),),
        ((10 * H, 0, 0, 0, 90 * H),),
        ready=((90 * H, 100 * H, HOME),),
        overlays={"planned_days": 100 * H},
    ),
    Story(
        "readmitted after 719:59:59",
        ((0, 60 * H, 0, HOME), (60 * H + 720 * H - 1, 60 * H + 720 * H - 1 + 72 * H, STAY_ACS, HOME)),
        ((0, 0, 0, 0, 60 * H), (0, 72 * H, 0, 0, 0)),
    ),
    Story(
        "back after 720:00:00 is no readmission",
        ((0, 60 * H, 0, HOME), (60 * H + 720 * H, 60 * H + 720 * H + 72 * H, STAY_ACS, HOME)),
        ((0, 0, 0, 0, 60 * H), (0, 0, 72 * H, 0, 0)),
    ),
    Story(
        "readmissions in a chain, each within 30 days of the last",
        (
            (0, 60 * H, 0, HOME),
            (25 * DAY, 27 * DAY, 0, HOME),
            (50 * DAY, 53 * DAY, 0, HOME),
            (75 * DAY, 80 * DAY, 0, HOME),
        ),
        ((0, 0, 0, 0, 60 * H), (0, 2 * DAY, 0, 0, 0), (0, 3 * DAY, 0, 0, 0), (0, 5 * DAY, 0, 0, 0)),
    ),
    Story(
        "planned spell as index",
        ((0, 60 * H, STAY_PLANNED, HOME), (10 * DAY, 11 * DAY, 0, HOME)),
        ((0, 0, 0, 0, 60 * H), (0, DAY, 0, 0, 0)),
        overlays={"planned_days": 60 * H},
    ),
    Story(
        "planned spell after a discharge",
        ((0, 60 * H, 0, HOME), (10 * DAY, 11 * DAY, STAY_PLANNED, HOME)),
        ((0, 0, 0, 0, 60 * H), (0, 0, 0, 0, DAY)),
        overlays={"planned_days": DAY},
    ),
    Story(
        "planned return, counted as unplanned",
        ((0, 60 * H, 0, HOME), (10 * DAY, 13 * DAY, STAY_PLANNED_RETURN, HOME)),
        ((0, 0, 0, 0, 60 * H), (0, 0, 0, 0, 3 * DAY)),
    ),
    Story(
        "planned return, sensitive",
        ((0, 60 * H, 0, HOME), (10 * DAY, 13 * DAY, STAY_PLANNED_RETURN | STAY_ACS, HOME)),
        ((0, 0, 0, 0, 60 * H), (0, 0, 3 * DAY, 0, 0)),
    ),
    Story(
        "readmitted and ready",
        ((0, 60 * H, 0, HOME), (10 * DAY, 15 * DAY, 0, HOME)),
        ((0, 0, 0, 0, 60 * H), (2 * DAY, 3 * DAY, 0, 0, 0)),
        ready=((13 * DAY, 15 * DAY, HOME),),
    ),
    Story(
        "readmission of less than 48 h",
        ((0, 60 * H, 0, HOME), (10 * DAY, 11 * DAY, 0, HOME)),
        ((0, 0, 0, 0, 60 * H), (0, DAY, 0, 0, 0)),
    ),
    Story(
        "the window starts in the spell",
        ((0, 100 * H, STAY_ACS, HOME),),
        ((30 * H, 0, 30 * H, 0, 0),),
        ready=((70 * H, 100 * H, HOME),),
        window=(40 * H, 600 * DAY),
    ),
    Story(
        "the window starts in readiness",
        ((0, 100 * H, STAY_ACS, HOME),),
        ((10 * H, 0, 0, 0, 0),),
        ready=((70 * H, 100 * H, HOME),),
        window=(90 * H, 600 * DAY),
    ),
    Story(
        "the window ends in the spell",
        ((0, 100 * H, STAY_ACS, HOME),),
        ((5 * H, 0, 70 * H, 0, 0),),
        ready=((70 * H, 100 * H, HOME),),
        window=(-400 * DAY, 75 * H),
    ),
    Story(
        "a short stay cut by the window stays short",
        ((0, 40 * H, 0, HOME),),
        ((0, 0, 0, 30 * H, 0),),
        window=(10 * H, 600 * DAY),
    ),
    Story(
        "a long stay of which little is in the window is not short",
        ((0, 100 * H, 0, HOME),),
        ((0, 0, 0, 0, 10 * H),),
        window=(90 * H, 600 * DAY),
    ),
    Story(
        "discharged before the window, readmitted in it",
        ((0, 60 * H, 0, HOME), (10 * DAY, 13 * DAY, 0, HOME)),
        ((0, 0, 0, 0, 0), (0, 3 * DAY, 0, 0, 0)),
        window=(5 * DAY, 600 * DAY),
    ),
    Story(
        "open at the end of the records: not short",
        ((0, OPEN, 0, HOME),),
        ((0, 0, 0, 0, 20 * H),),
        window=(-400 * DAY, 20 * H),
    ),
    Story(
        "open and sensitive",
        ((0, OPEN, STAY_ACS, HOME),),
        ((0, 0, 20 * H, 0, 0),),
        window=(-400 * DAY, 20 * H),
    ),
    Story(
        "open after readmission, and ready",
        ((0, 60 * H, 0, HOME), (10 * DAY, OPEN, 0, HOME)),
        ((0, 0, 0, 0, 60 * H), (DAY, 4 * DAY, 0, 0, 0)),
        ready=((14 * DAY, OPEN, HOME),),
        window=(-400 * DAY, 15 * DAY),
    ),
    Story(
        "sjukstuga alone is hospital",
        ((0, 30 * H, STAY_SJUKSTUGA, HOME),),
        ((0, 0, 0, 30 * H, 0),),
        overlays={"sjukstuga_days": 30 * H},
    ),
    Story(
        "sjukstuga discharge as index",
        ((0, 60 * H, STAY_SJUKSTUGA, HOME), (5 * DAY, 9 * DAY, 0, HOME)),
        ((0, 0, 0, 0, 60 * H), (0, 4 * DAY, 0, 0, 0)),
        overlays={"sjukstuga_days": 60 * H},
    ),
    Story(
        "outlying and overcrowded are overlays",
        ((0, 60 * H, STAY_OUTLYING | STAY_ACS, MOVED), (60 * H, 90 * H, STAY_OVERCROWDED, HOME)),
        ((0, 0, 90 * H, 0, 0),),
        overlays={"outlying_days": 60 * H, "overcrowded_days": 30 * H},
    ),
    Story(
        "cancelled before a bed: no care",
        ((0, 5 * H, 0, CANCELLED),),
        (),
    ),
    Story(
        "cancelled does not make the next a readmission",
        ((0, 5 * H, 0, CANCELLED), (10 * DAY, 13 * DAY, 0, HOME)),
        ((0, 0, 0, 0, 3 * DAY),),
    ),
    Story(
        "joined stays, the last ends in death",
        ((0, 20 * H, 0, MOVED), (20 * H, 40 * H, 0, DIED)),
        ((0, 0, 0, 0, 40 * H),),
    ),
    Story(
        "the total of a joined spell decides: 47 h in two parts with a night at home between",
        ((0, 40 * H, 0, HOME), (60 * H, 67 * H, 0, HOME)),
        ((0, 0, 0, 47 * H, 0),),
    ),
)


def diary_of(story: Story, person: int = 0) -> Diary:
    diary = Diary()
    for asked, ended, detail, outcome in story.stays:
        diary.stay(T + asked, T + ended if ended >= 0 else OPEN, detail, outcome, person=person)
    for since, until, outcome in story.ready:
        diary.ready(T + since, T + until if until >= 0 else OPEN, outcome, person=person)
    return diary


def window_of(story: Story) -> Window:
    return Window(T + story.window[0], T + story.window[1])


def test_there_are_enough_stories() -> None:
    assert len(STORIES) >= 40
    assert len({story.name for story in STORIES}) == len(STORIES)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_split_of_each_spell(story: Story) -> None:
    window = window_of(story)
    book = RowBook(diary_of(story).records(), people(), UNITS, window)
    split = find_spells(book).split(window)
    assert [tuple(line) for line in split.tolist()] == list(story.split)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_days_in_the_table(story: Story) -> None:
    table = measure(diary_of(story).records(), people(), UNITS, None, window_of(story), NO_PRICES)
    seconds = np.array(story.split, np.int64).reshape(-1, len(Label)).sum(axis=0)
    for name, expected in zip(SPLIT, seconds, strict=True):
        assert table.value(name) == expected / DAY
    assert table.value("hospital_days") == seconds.sum() / DAY
    assert table.value("labelled_days") == seconds[:4].sum() / DAY
    for name in ("planned_days", "sjukstuga_days", "outlying_days", "overcrowded_days"):
        assert table.value(name) == story.overlays.get(name, 0) / DAY


def test_stories_of_many_people_at_once_are_the_same() -> None:
    """Persons are told apart: all stories in one set of records, rows mixed."""
    rows = []
    for person, story in enumerate(STORIES):
        rows += diary_of(story, person).rows
    mixed = [rows[i] for i in np.random.default_rng(1).permutation(len(rows))]
    book = RowBook(Diary(mixed).records(), people(len(STORIES)), UNITS, Window(0, T + 600 * DAY))
    spells = find_spells(book)
    for person, story in enumerate(STORIES):
        found = spells.split(window_of(story))[spells.person == person]
        assert [tuple(line) for line in found.tolist()] == list(story.split), story.name


def test_boarding_counts_and_dying_while_boarding() -> None:
    diary = Diary()
    diary.stay(T, T + 50 * H, STAY_OUTLYING, bed=T + 8 * H)
    diary.stay(T, T + 6 * H, 0, DIED, person=1, bed=NO_BED_YET)
    diary.stay(T, T + 2 * H, 0, MOVED, person=2, bed=NO_BED_YET)  # boarding as a row of its own
    diary.stay(T + 2 * H, T + 50 * H, STAY_OUTLYING, person=2)
    diary.stay(T, T + 2 * H, STAY_PLANNED, person=3, bed=T + H)  # planned: not among the waits
    table = measure(diary.records(), people(4), UNITS, None, Window(0, T + 100 * DAY), NO_PRICES)
    assert table.value("hospital_days") == 108 * H / DAY
    assert table.value("boarding_days") == 17 * H / DAY
    assert table.value("outlying_days") == 90 * H / DAY  # only in the bed
    assert table.value("admissions") == 4
    assert table.value("wait_bed_count") == 2
    assert table.value("wait_bed_mean") == 5


def test_last_90_days_of_life() -> None:
    diary = Diary()
    diary.stay(T, T + 20 * DAY).death(T + 100 * DAY)
    diary.stay(T, T + 20 * DAY, person=1)
    table = measure(diary.records(), people(2), UNITS, None, Window(0, T + 50 * DAY), NO_PRICES)
    assert table.value("end_of_life_days") == 10


def test_preventable_in_principle_is_an_upper_bound_apart_from_readiness() -> None:
    diary = Diary()
    diary.stay(T, T + 10 * DAY, Level.TEAM * STAY_LEVEL).ready(T + 8 * DAY, T + 10 * DAY)
    diary.stay(T, T + 10 * DAY, HOSPITAL, person=1).ready(T + 7 * DAY, T + 10 * DAY, person=1)
    diary.stay(T, T + 10 * DAY, Level.GP * STAY_LEVEL | STAY_PLANNED, person=2)
    table = measure(diary.records(), people(3), UNITS, None, Window(0, T + 50 * DAY), NO_PRICES)
    assert table.value("preventable_days") == 10
    assert table.value("ready_days") == 5
    assert table.value("preventable_or_ready_days") == 13
    assert table.value("admissions_preventable") == 1


def test_days_belong_to_the_month_in_which_they_pass() -> None:
    month = 365 * DAY // 12
    start = 365 * DAY
    diary = Diary().stay(start + month - 3 * DAY, start + 2 * month + 5 * DAY)
    table = measure(diary.records(), people(), UNITS, None, Window.of_days(365, 730), NO_PRICES)
    days = [table.value("hospital_days", period=f"month-{m:02d}") for m in (1, 2, 3, 4)]
    assert days == [3, month / DAY, 5, 0]
    assert table.value("admissions", period="month-01") == 1
    assert table.value("discharges", period="month-03") == 1


def test_register_days_are_midnights_and_at_least_one() -> None:
    diary = Diary()
    diary.stay(T + 8 * H, T + 20 * H)
    diary.stay(T + 23 * H, T + 49 * H, person=1)
    table = measure(diary.records(), people(2), UNITS, None, Window(0, T + 50 * DAY), NO_PRICES)
    assert table.value("days_register") == 1 + 2
    assert table.value("stay_days") == (12 + 26) / 24
    assert table.value("stay_mean_days") == 19 / 24


def test_readmissions_are_counted_and_shared_over_index_discharges() -> None:
    start, end = 365 * DAY, 730 * DAY
    diary = Diary()
    diary.stay(start - 5 * DAY, start - DAY)  # an index before the window
    diary.stay(start + DAY, start + 3 * DAY)  # its readmission, itself an index
    diary.stay(start + 20 * DAY, start + 22 * DAY)
    diary.stay(end - 40 * DAY, end - 30 * DAY, person=1)  # followed to the end
    diary.stay(end - 10 * DAY, end - 8 * DAY, person=1)
    diary.stay(end - 40 * DAY, end - 20 * DAY, person=2)  # not followed to the end
    diary.stay(start + 100 * DAY, start + 101 * DAY, 0, DIED, person=3)
    table = measure(diary.records(), people(4), UNITS, None, Window(start, end), NO_PRICES)
    assert table.value("admissions_unplanned") == 6
    assert table.value("readmissions_30d") == 3
    assert table.value("index_discharges") == 3
    assert table.value("index_discharges_readmitted") == 2
    assert table.value("readmission_share") == pytest.approx(2 / 3)
    assert table.value("discharges") == 6
    assert table.value("discharges_alive") == 5


def test_ready_episodes_and_payment() -> None:
    start = 365 * DAY
    diary = Diary()
    waits = [(10 * H, 15 * H), (10 * H, 34 * H), (10 * H, 6 * DAY + 9 * H)]  # same day, 1 and 6 midnights
    for person, (since, until) in enumerate(waits):
        diary.stay(start, start + until, person=person).ready(start + since, start + until, person=person)
    diary.stay(start, start + 20 * DAY, person=3)
    diary.ready(start + DAY, start + 9 * DAY, RELAPSED, person=3)
    diary.ready(start + 18 * DAY, start + 20 * DAY, DIED, person=3)
    table = measure(diary.records(), people(4), UNITS, None, Window.of_days(365, 730), NO_PRICES)
    assert table.value("ready_episodes") == 3
    assert table.value("ready_same_day_share") == pytest.approx(1 / 3)
    assert table.value("ready_mean_days") == 3.5
    assert table.value("payment_days") == 1  # 7 days less 3 x 2
    assert table.value("payment_days", municipality="Northby", period="all") == 1
    assert table.value("payment_days", municipality="Southby") == 0
    assert np.isnan(table.value("payment_days", group="simple"))
    waited = (5 * H + 24 * H + (6 * DAY - H) + 8 * DAY + 2 * DAY) / DAY
    assert table.value("ready_days") == pytest.approx(waited)


def test_empty_records() -> None:
    table = measure(Diary().records(), people(2), UNITS, None, Window.of_days(365, 730), NO_PRICES)
    assert table.value("hospital_days") == 0
    assert table.value("person_years") == 2
    assert np.isnan(table.value("readmission_share"))
