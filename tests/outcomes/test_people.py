"""Time alive by group and segment, at home, in special housing; deaths."""

from __future__ import annotations

import numpy as np
import pytest

from sim.outcomes import PeopleTable, Window, measure, measure_arm
from sim.vocabulary import NEED_TYPE, YEAR, AgeBand, Kind, NeedType, Place, Segment
from tests.outcomes.builder import DAY, NO_PRICES, OPEN, UNITS, YEAR_ONE, Diary, people

pytestmark = pytest.mark.unit

S, E = YEAR_ONE.start, YEAR_ONE.end


def test_entry_and_death_bound_the_time_alive() -> None:
    diary = Diary().death(S + 100 * DAY, place=Place.WARD).death(S - DAY, person=2)
    table = measure(diary.records(), people(4, entry=[0, E - 5 * DAY, 0, E + DAY]), UNITS, None, YEAR_ONE, NO_PRICES)
    assert table.value("person_days") == 105
    assert table.value("person_years") == pytest.approx(105 / 365)
    assert table.value("deaths") == 1
    assert table.value("deaths_hospital") == 1
    assert table.value("death_rate") == pytest.approx(1000 / (105 / 365))


def test_group_and_segment_change_over_time() -> None:
    diary = Diary()
    diary.add(Kind.SEGMENT_CHANGE, S - DAY, detail=Segment.RISK)
    diary.add(Kind.SEGMENT_CHANGE, S + 100 * DAY, detail=Segment.FAILING)
    diary.add(Kind.SEGMENT_CHANGE, S + 300 * DAY, detail=Segment.MOST_ILL)
    complicated = NeedType.COMPLICATED * NEED_TYPE
    diary.add(Kind.NEED, S - 20 * DAY, -1, S + 10 * DAY, detail=complicated)
    diary.add(Kind.NEED, S + 90 * DAY, -1, S + 110 * DAY, detail=complicated)
    diary.add(Kind.NEED, S + 50 * DAY, -1, OPEN, detail=complicated, person=1)
    diary.add(Kind.NEED, S + 50 * DAY, -1, S + 80 * DAY, detail=complicated, person=2)
    table = measure(diary.records(), people(3, chronic=[0, 0, 2]), UNITS, None, YEAR_ONE, NO_PRICES)
    days = {
        group: table.value("person_days", group=group) for group in ("simple", "complicated", "chronic", "multi_ill")
    }
    assert days == {"simple": 80 + 50, "complicated": 20 + 315, "chronic": 365, "multi_ill": 265}
    segments = {name: table.value("person_days", segment=name) for name in ("other", "risk", "failing", "most_ill")}
    assert segments == {"other": 730, "risk": 100, "failing": 200, "most_ill": 65}


def test_days_at_home_exclude_hospital_short_term_and_special_housing_once() -> None:
    diary = Diary()
    diary.stay(S - 5 * DAY, S + 5 * DAY)
    diary.stay(S + 100 * DAY, S + 110 * DAY)
    diary.add(Kind.SHORT_TERM_STAY, S + 110 * DAY, S + 110 * DAY, S + 130 * DAY)
    diary.add(Kind.SPECIAL_HOUSING_MOVE, S + 300 * DAY)
    diary.stay(S + 310 * DAY, S + 320 * DAY)  # from special housing
    table = measure(
        diary.records(),
        people(2, special_housing=[False, True], home_help_hours=[7.0, 7.0]),
        UNITS,
        None,
        YEAR_ONE,
        NO_PRICES,
    )
    assert table.value("days_alive_at_home") == 300 - 5 - 10 - 20
    assert table.value("special_housing_days") == 65 + 365
    assert table.value("special_housing_moves") == 1
    assert table.value("home_help_hours") == 265  # an hour a day at home
    assert table.value("at_home_share") == pytest.approx(265 / 730)


def test_months_add_up_to_the_year_and_two_years_have_24() -> None:
    window = Window(YEAR, 3 * YEAR)
    table = measure(Diary().records(), people(2), UNITS, None, window, NO_PRICES)
    months = [table.value("person_days", period=f"month-{m:02d}") for m in range(1, 25)]
    assert sum(months) == pytest.approx(1460)
    assert max(months) == min(months)
    assert window.months == 24


def test_direct_and_spillover_make_the_total() -> None:
    diary = Diary()
    diary.stay(S, S + 5 * DAY, person=0).stay(S, S + 3 * DAY, person=1).stay(S, S + DAY, person=2)
    enrolled = people(3).entry == 1
    enrolled[1] = True
    table = measure(diary.records(), people(3), UNITS, None, YEAR_ONE, NO_PRICES, direct=enrolled)
    assert table.value("hospital_days_direct") == 3
    assert table.value("hospital_days_spillover") == 6
    assert table.value("person_years_direct") == 1
    assert table.value("hospital_days_per_person_year_spillover") == 3
    assert table.stratum("hospital_days", direct=True) == 3
    only = measure(diary.records(), people(3), UNITS, None, YEAR_ONE, NO_PRICES, persons=enrolled)
    assert only.value("hospital_days") == 3
    assert only.value("person_years") == 1
    assert "hospital_days_direct" not in {row.outcome for row in only.rows()}
    with pytest.raises(KeyError, match="not told apart by enrolment"):
        only.stratum("hospital_days", direct=True)


def test_an_arm_measured_before_enrolment_is_known_is_split_later() -> None:
    diary = Diary()
    diary.stay(S, S + 5 * DAY, person=0).stay(S, S + 3 * DAY, person=1).stay(S, S + DAY, person=2)
    diary.death(S + 90 * DAY, person=2)
    crowd = people(40, age_band=[AgeBand.AGE_80_84, AgeBand.AGE_25_44] * 20, home_help_hours=[7.0] * 40)
    arm = measure_arm(diary.records(), crowd, UNITS, None, YEAR_ONE, NO_PRICES)
    assert np.isnan(arm.table.value("hospital_days_direct"))
    assert {name: len(who) for name, who in zip(arm.persons.names, arm.persons.person, strict=True)} == {
        **dict.fromkeys(("ready_days", "emergency_visits"), 0),
        **dict.fromkeys(("labelled_days", "deaths", "person_years"), 1),
        **dict.fromkeys(("hospital_days", "preventable_days", "admissions_unplanned", "days_alive_at_home"), 3),
    }
    for enrolled in (np.arange(40) == 1, np.arange(40) < 0, np.arange(40) % 3 == 2):
        whole = measure(diary.records(), crowd, UNITS, None, YEAR_ONE, NO_PRICES, direct=enrolled)
        later = arm.split(enrolled)
        assert np.array_equal(later.values, whole.values, equal_nan=True)
        assert np.array_equal(later.cross, whole.cross)
        for name in later.split:
            assert later.stratum(name, direct=True) == whole.stratum(name, direct=True), name
            assert later.stratum(name, direct=False) == whole.stratum(name, direct=False), name


def test_ages() -> None:
    bands = [AgeBand.AGE_0_15, AgeBand.AGE_16_24, AgeBand.AGE_45_64, AgeBand.AGE_65_69, AgeBand.AGE_75_79]
    table = measure(
        Diary().records(), people(6, age_band=[*bands, AgeBand.AGE_80_84]), UNITS, None, YEAR_ONE, NO_PRICES
    )
    assert table.value("person_years_65") == 3
    assert table.value("person_years_80") == 1
    assert table.stratum("person_years", (1, 2, 3)) == 5  # type: ignore[arg-type]


def test_people_must_fit() -> None:
    ok = people(2)
    with pytest.raises(ValueError, match=r"people\.chronic: 1 values, 2 needed"):
        PeopleTable(
            ok.entry,
            ok.municipality,
            ok.age_band,
            ok.segment,
            ok.chronic[:1],
            ok.special_housing,
            ok.municipalities,
        )
    with pytest.raises(ValueError, match="code 2 has no name"):
        people(1, municipality=2)
    with pytest.raises(ValueError, match="window: 5 to 5 given"):
        Window(5, 5)
