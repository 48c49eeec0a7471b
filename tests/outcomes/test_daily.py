"""Series day by day: small records by hand, and every row of a run counted the slow way."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.engine import Records
from sim.outcomes.daily import ASKED, BEGUN, HELD, OPEN, SERIES, WAITING, Series, daily_counts
from sim.replication.replication import replicate
from sim.scenario import Scenario
from sim.vocabulary import DAY, HOUR, Kind
from tests.outcomes.builder import OPEN as STILL
from tests.outcomes.builder import Diary

PLACE = {series.name: i for i, series in enumerate(SERIES)}


def counted(diary: Diary, name: str, days: int = 5) -> list[int]:
    return list(daily_counts(diary.records(), days)[PLACE[name]])


def test_who_lies_in_a_bed_at_midnight() -> None:
    diary = Diary()
    diary.stay(2 * HOUR, 50 * HOUR)  # nights after day 0 and 1
    diary.stay(DAY + HOUR, DAY + 3 * HOUR)  # no night
    diary.stay(DAY, STILL)  # still there
    diary.add(Kind.OUTSIDE_STAY, 4 * DAY + HOUR, ended=STILL, person=-1)
    diary.stay(HOUR, 30 * HOUR, bed=-1)  # waited, and got none
    assert counted(diary, "beds") == [1, 2, 1, 1, 2]


def test_who_leaves_at_midnight_was_there_just_before() -> None:
    assert counted(Diary().stay(HOUR, 2 * DAY).stay(2 * DAY, 3 * DAY), "beds") == [1, 1, 1, 0, 0]


def test_who_waits_at_midnight() -> None:
    diary = Diary()
    diary.stay(20 * HOUR, 4 * DAY, bed=30 * HOUR)
    diary.stay(20 * HOUR, 60 * HOUR, bed=-1)  # dies in the queue
    diary.stay(DAY + HOUR, STILL, bed=-1)  # waits at the end of the records
    assert counted(diary, "ward_queue") == [2, 2, 1, 1, 1]


def test_what_is_asked_for_and_begun_in_a_day() -> None:
    diary = Diary()
    for asked, started in ((HOUR, 2 * HOUR), (DAY - 1, DAY), (DAY, DAY), (3 * DAY, -1)):
        diary.add(Kind.EMERGENCY_VISIT, asked, started).add(Kind.GP_VISIT, asked, started)
    assert counted(diary, "emergency_visits") == [2, 1, 0, 1, 0]
    assert counted(diary, "gp_visits") == [1, 2, 0, 0, 0]


def test_what_comes_after_the_last_day_is_left_out() -> None:
    diary = Diary().stay(HOUR, 4 * DAY).stay(3 * DAY, 5 * DAY)
    assert counted(diary, "beds", days=2) == [1, 1]


def test_records_of_nothing_are_zeros() -> None:
    counts = daily_counts(Diary().stay(9 * DAY, STILL).records(), 3)
    assert counts.dtype == np.int32
    assert counts.shape == (len(SERIES), 3)
    assert not counts.any()


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return sim.load("shipped:vannas").with_values(
        {"time.warm_up_days": 20, "time.pre_period_days": 20, "time.follow_up_days": 30}
    )


def slowly(records: Records, series: Series, day: int) -> int:
    """What a series counts in a day, row by row."""
    midnight, found = (day + 1) * DAY, 0
    mine = np.flatnonzero(np.isin(records.kind, series.kinds))
    for asked, started, ended in zip(records.asked[mine], records.started[mine], records.ended[mine], strict=True):
        begun, over = 0 <= started < midnight, 0 <= ended < midnight
        found += {
            ASKED: asked // DAY == day,
            BEGUN: started >= 0 and started // DAY == day,
            WAITING: asked < midnight and not begun and not (over and started < 0),
            HELD: begun and not over,
            OPEN: asked < midnight and not over,
        }[series.count]
    return found


def test_a_run_counted_row_by_row(scenario: Scenario) -> None:
    done = replicate(scenario, ("current", "coordinated"), 1, 0, keep_records=True)
    records = done.arms[0].records
    assert done.daily is not None
    assert records is not None
    assert done.daily.shape == (len(SERIES), 70)
    for series, line in zip(SERIES, done.daily, strict=True):
        assert [int(line[day]) for day in (0, 17, 39, 69)] == [slowly(records, series, day) for day in (0, 17, 39, 69)]
    assert (done.daily.sum(axis=1) > 0).sum() >= len(SERIES) - 1


def test_under_another_governance_the_series_end_at_t0(scenario: Scenario) -> None:
    both = replicate(scenario, ("current", "coordinated"), 1, 0)
    only = replicate(scenario, ("coordinated",), 1, 0)
    assert both.daily is not None
    assert only.daily is not None
    assert only.daily.shape == (len(SERIES), 40)
    assert np.array_equal(only.daily, both.daily[:, :40])
