"""Over the years: who comes back, how often, and when."""

from __future__ import annotations

import numpy as np
import pytest

from sim.outcomes import AgeClass, Window
from sim.outcomes.turnover import after_first_spell, frequent_share, history, returns_by_day
from sim.vocabulary import STAY_PLANNED, STAY_PLANNED_RETURN, YEAR, AgeBand, Outcome
from tests.outcomes.builder import DAY, UNITS, Diary, people

pytestmark = pytest.mark.unit

YEARS = [Window(n * YEAR, (n + 1) * YEAR) for n in range(4)]


def test_share_of_the_frequent_in_this_and_later_years() -> None:
    diary = Diary()
    for person, days in enumerate(([10, 60, 120, 400], [20, 410], [30, 90, 800], [40, 430, 440, 450])):
        for day in days:
            diary.stay(day * DAY, (day + 3) * DAY, person=person)
    diary.stay(200 * DAY, 203 * DAY, STAY_PLANNED, person=1)  # planned: not an emergency admission
    diary.stay(203 * DAY + 60, 204 * DAY, person=2)  # the rest of nothing: a spell of its own
    everybody = people(4, age_band=[AgeBand.AGE_70_74] * 3 + [AgeBand.AGE_25_44])
    past = history(diary.records(), everybody, UNITS)
    older = everybody.at_least(AgeClass.OLDER)
    shares = frequent_share(past, older, YEARS[0], YEARS[1:])
    assert shares[0] == pytest.approx((3 + 3) / 7)
    assert shares[1] == pytest.approx(1 / 2)
    assert shares[2] == 1
    assert np.isnan(shares[3])


def test_after_the_first_spell_of_a_year() -> None:
    diary = Diary()
    diary.stay(400 * DAY, 410 * DAY).stay(500 * DAY, 503 * DAY).stay(774 * DAY, 776 * DAY)  # two more within a year
    diary.stay(400 * DAY, 410 * DAY, person=1).stay(500 * DAY, 503 * DAY, person=1)
    diary.stay(776 * DAY, 778 * DAY, person=1)  # one of them too late
    diary.stay(400 * DAY, 410 * DAY, person=2).death(500 * DAY, person=2)
    diary.stay(400 * DAY, 410 * DAY, outcome=Outcome.DIED, person=3)  # not discharged alive
    diary.stay(300 * DAY, 310 * DAY, person=4)  # before the year
    diary.stay(400 * DAY, 410 * DAY, STAY_PLANNED, person=5)
    past = history(diary.records(), people(6), UNITS)
    found = after_first_spell(past, np.ones(6, np.bool_), YEARS[1])
    assert (found.people, found.two_more, found.died) == (3, 1, 1)
    assert found.two_more_share == pytest.approx(1 / 3)
    assert found.died_share == pytest.approx(1 / 3)


def test_returns_by_day() -> None:
    diary = Diary()
    diary.stay(10 * DAY, 20 * DAY).stay(24 * DAY + 5, 30 * DAY)  # on day 5
    diary.stay(300 * DAY, 301 * DAY)  # 270 days later
    diary.stay(10 * DAY, 20 * DAY, person=1).stay(25 * DAY, 30 * DAY, STAY_PLANNED_RETURN, person=1)
    past = history(diary.records(), people(2), UNITS)
    found = returns_by_day(past, np.ones(2, np.bool_), YEARS[0])
    assert found.discharges == 5
    assert np.flatnonzero(found.by_day).tolist() == [4, 270]
    assert found.within(1, 30) == pytest.approx(1 / 5)
    assert found.within(31, 365) == pytest.approx(1 / 5)
