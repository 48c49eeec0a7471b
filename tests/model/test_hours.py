"""The clock of care: weekdays, office hours, rounds, months, seasons."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.flows import hours
from sim.flows.inpatient import next_planned_day
from sim.flows.rounds import next_round
from sim.vocabulary import DAY, HOUR, YEAR

pytestmark = pytest.mark.unit

MINUTE = 60
TIMES = [int(t) for t in np.random.default_rng(1).integers(0, 3 * YEAR, 400)] + [0, 8 * HOUR, 17 * HOUR, 5 * DAY]


def test_time_begins_on_a_monday() -> None:
    assert [hours.weekday(day * DAY) for day in range(8)] == [0, 1, 2, 3, 4, 5, 6, 0]


@pytest.mark.parametrize(
    ("day", "hour", "open_"), [(0, 7.99, 0), (0, 8, 1), (4, 16.99, 1), (4, 17, 0), (5, 12, 0), (6, 12, 0)]
)
def test_office_hours(day: int, hour: float, open_: int) -> None:
    assert hours.office_hours(day * DAY + round(hour * HOUR)) == open_


def test_the_wait_for_the_office_ends_when_it_opens() -> None:
    for time in TIMES:
        wait = hours.wait_for_office(time)
        assert hours.office_hours(time + wait)
        assert wait == 0 or not any(hours.office_hours(time + part) for part in range(0, wait, 10 * MINUTE))
        assert wait <= 2 * DAY + 15 * HOUR


def test_nobody_leaves_hospital_at_night() -> None:
    for time in TIMES:
        moves = time + hours.wait_for_daytime(time)
        assert 9 <= moves % DAY // HOUR < 18
        assert (moves + hours.rest_of_daytime(moves)) % DAY == 18 * HOUR


def test_planned_admissions_are_on_weekday_mornings() -> None:
    for time in TIMES:
        wait = next_planned_day(time)
        assert 0 <= wait < 4 * DAY
        assert (time + wait) % DAY == 7 * HOUR
        assert hours.weekday(time + wait) < 5


@pytest.mark.parametrize("interval", [1.0, 3.0, 7.0])
def test_rounds_are_in_office_hours_every_so_many_days(interval: float) -> None:
    world = SimpleNamespace(rounds=SimpleNamespace(interval_days=[interval]), people=SimpleNamespace(arm=[0]))
    for time in TIMES:
        at = time + next_round(world, 0, time)
        assert hours.office_hours(at)
        assert at > time
        assert at - time <= (interval + 2) * DAY + 8 * HOUR


def test_months_are_twelfths_of_a_year() -> None:
    assert [hours.month_number(month * YEAR // 12 + 1) for month in range(14)] == list(range(14))


def test_winter_is_worst_in_the_middle_of_january() -> None:
    world = SimpleNamespace(needs=SimpleNamespace(winter_peak=0.2))
    factors = [hours.season(world, day * DAY) for day in range(365)]
    assert int(np.argmax(factors)) == 15
    assert max(factors) == pytest.approx(1.2)
    assert min(factors) == pytest.approx(0.8, abs=1e-4)
    assert np.mean(factors) == pytest.approx(1.0, abs=1e-6)
