"""Visits, calls, waits, emergency department, three-day rule, continuity, needs."""

from __future__ import annotations

import numpy as np
import pytest

from sim.outcomes import OutcomeTable, measure
from sim.vocabulary import (
    CONTACT_AFTER_FAILURE,
    CONTACT_KNOWN,
    CONTACT_TRAVEL,
    MINUTE,
    NEED_TYPE,
    AgeBand,
    Group,
    Kind,
    NeedType,
    Outcome,
    Segment,
)
from tests.outcomes.builder import DAY, HOUR, NO_PRICES, OPEN, UNITS, YEAR_ONE, Diary, people, who

pytestmark = pytest.mark.unit

T = YEAR_ONE.start + 10 * DAY
DOCTOR, OTHER_DOCTOR, NURSE = 4, 5, 6


def measured(diary: Diary, number: int = 1, **persons: object) -> OutcomeTable:
    return measure(diary.records(), people(number, **persons), UNITS, None, YEAR_ONE, NO_PRICES)  # type: ignore[arg-type]


def test_visits_count_when_they_begin_and_only_if_they_do() -> None:
    diary = Diary()
    diary.add(Kind.GP_VISIT, YEAR_ONE.start - 5, YEAR_ONE.start, YEAR_ONE.start + 900)  # first second of the window
    diary.add(Kind.GP_VISIT, YEAR_ONE.end - 5, YEAR_ONE.end, YEAR_ONE.end + 900)  # first second after it
    diary.add(Kind.GP_VISIT, T, -1, T + DAY, Outcome.GAVE_UP)
    diary.add(Kind.GP_VISIT, T, -1, T + DAY, Outcome.CANCELLED)
    diary.add(Kind.GP_VISIT, T, -1, OPEN)
    diary.add(Kind.GP_VISIT, T, T + 60, OPEN)
    assert measured(diary).value("gp_visits") == 2


def test_margins_of_a_contact_are_who_the_person_was() -> None:
    diary = Diary()
    diary.add(Kind.TEAM_NURSE_VISIT, T, detail=who(Group.MULTI_ILL, Segment.MOST_ILL), person=1)
    diary.add(Kind.TEAM_NURSE_VISIT, T, detail=who(Group.CHRONIC, Segment.RISK), person=0)
    table = measured(diary, 2, municipality=[0, 1])
    assert table.value("team_nurse_visits") == 2
    assert table.value("team_nurse_visits", group="multi_ill") == 1
    assert table.value("team_nurse_visits", group="simple") == 0
    assert table.value("team_nurse_visits", segment="risk") == 1
    assert table.value("team_nurse_visits", municipality="Southby") == 1
    assert table.value("team_nurse_visits", period="month-01") == 2


def test_phone() -> None:
    diary = Diary()
    for wait in (5, 20, 35):
        diary.add(Kind.PHONE_CENTRE, T, T + wait * MINUTE, T + HOUR)
    diary.add(Kind.PHONE_CENTRE, T, -1, T + 8 * HOUR, Outcome.GAVE_UP)
    diary.add(Kind.PHONE_CENTRE, T, -1, OPEN)  # still waiting: neither
    diary.add(Kind.PHONE_1177, T, T + 60, T + 600)
    table = measured(diary)
    assert table.value("phone_centre_calls") == 4
    assert table.value("phone_share") == 0.75
    assert table.value("phone_1177_share") == 1
    assert table.value("wait_phone_centre_mean") == 20
    assert table.value("wait_phone_centre_median") == 20
    assert table.value("wait_phone_centre_p90") == 32
    assert np.isnan(table.value("wait_consult_median"))


def test_three_day_rule() -> None:
    diary = Diary()
    diary.add(Kind.GP_VISIT, T, T + 3 * DAY, T + 4 * DAY)  # just in time
    diary.add(Kind.GP_VISIT, T, T + 3 * DAY + 1, T + 4 * DAY)
    diary.add(Kind.NURSE_VISIT, T, T + DAY, T + 2 * DAY)
    diary.add(Kind.GP_VISIT, T, -1, T + 9 * DAY, Outcome.GAVE_UP)
    diary.add(Kind.REVIEW, T, T + 30 * DAY, T + 31 * DAY, unit=DOCTOR)  # planned: not in it
    assert measured(diary).value("three_day_share") == 0.5


def test_continuity_of_visits_and_of_people() -> None:
    diary = Diary()
    for person, known in enumerate((3, 2, 1)):  # of four visits, of three, of two
        for n in range(4 - person):
            detail = (CONTACT_KNOWN if n < known else 0) + who(Group.CHRONIC)
            diary.add(Kind.GP_VISIT, T + n * DAY, detail=detail, person=person)
    diary.add(Kind.REVIEW, T + 9 * DAY, unit=DOCTOR, person=2)  # a third visit to a doctor
    diary.add(Kind.REVIEW, T + 9 * DAY, unit=NURSE, person=2)
    table = measured(diary, 3, municipality=[0, 0, 1])
    assert table.value("doctor_visits") == 10
    assert table.value("reviews_doctor") == table.value("reviews_nurse") == 1
    assert table.value("continuity_share") == 0.6
    assert table.value("frequent_visitors") == 3
    assert table.value("frequent_visitors_known") == 2  # 3 of 4 and 2 of 3, not 1 of 3
    assert table.value("continuity_indicator") == pytest.approx(2 / 3)
    assert table.value("continuity_indicator", municipality="Southby") == 0
    assert table.value("frequent_visitors", group="simple") == 1  # by the last visit
    assert np.isnan(table.value("frequent_visitors", period="month-01"))


def test_emergency_department() -> None:
    diary = Diary()
    for hours, outcome in (
        (2, Outcome.DONE),
        (4, Outcome.ADMITTED),
        (6, Outcome.DONE),
        (8, Outcome.ADMITTED),
    ):
        diary.add(Kind.EMERGENCY_VISIT, T, T + HOUR, T + hours * HOUR, outcome, person=hours // 4)
    diary.add(Kind.EMERGENCY_VISIT, T, -1, T + 3 * HOUR, Outcome.GAVE_UP, detail=CONTACT_AFTER_FAILURE)
    diary.add(Kind.EMERGENCY_VISIT, T, T + HOUR, OPEN)
    table = measured(diary, 3, age_band=[AgeBand.AGE_25_44, AgeBand.AGE_65_69, AgeBand.AGE_90])
    assert table.value("emergency_visits") == 6
    assert table.value("emergency_closed") == 5
    assert table.value("emergency_left") == 1
    assert table.value("emergency_admitted_share") == 0.4
    assert table.value("emergency_under_4h") == 2
    assert table.value("emergency_after_failure") == 1
    assert table.value("emergency_time_median") == 5 * 60
    assert table.value("emergency_time_p90") == pytest.approx(np.quantile([2, 4, 6, 8], 0.9) * 60)
    assert table.value("wait_emergency_median") == 60
    assert table.value("emergency_time_median_65") == 6 * 60
    assert table.value("emergency_time_median_80") == 8 * 60
    assert table.value("emergency_visits_65") == 3
    assert table.value("emergency_admitted_share_80") == 1
    assert table.stratum("emergency_visits", (0, 1)) == 3  # type: ignore[arg-type]


def test_needs_and_time_to_first_contact() -> None:
    diary = Diary()

    def need(kind: NeedType, first: int, outcome: Outcome, onset: int = T) -> None:
        diary.add(Kind.NEED, onset, first, onset + 2 * DAY, outcome, detail=kind * NEED_TYPE)

    need(NeedType.DETERIORATION, T + HOUR, Outcome.ADMITTED)
    need(NeedType.EXACERBATION, T + 3 * HOUR, Outcome.DONE)
    need(NeedType.DETERIORATION, -1, Outcome.PREVENTED)
    need(NeedType.SIMPLE, T + 9 * HOUR, Outcome.DONE)
    need(NeedType.DETERIORATION, YEAR_ONE.start - HOUR, Outcome.ADMITTED, YEAR_ONE.start - DAY)
    diary.add(Kind.SUPPRESSED, T)
    table = measured(diary)
    assert table.value("needs_deterioration") == 2
    assert table.value("needs_exacerbation") == 1
    assert table.value("needs_simple") == 1
    assert table.value("prevented_needs") == 1
    assert table.value("suppressed_needs") == 1
    assert table.value("worsenings_ended") == 4
    assert table.value("worsenings_admitted_share") == 0.5
    assert table.value("wait_first_contact_mean") == 2


def test_programmes_are_time_within_the_window() -> None:
    diary = Diary()
    diary.add(Kind.ENROLMENT, 0, YEAR_ONE.start - 10 * DAY, OPEN)
    diary.add(Kind.HOMECOMING, T, T, T + 14 * DAY)
    diary.add(Kind.HOMECOMING, T, -1, T, Outcome.GAVE_UP)
    diary.add(Kind.SHORT_TERM_STAY, T, YEAR_ONE.end - 3 * DAY, YEAR_ONE.end + 20 * DAY)
    diary.add(Kind.TEAM_DOCTOR_VISIT, T, T + HOUR, T + 3 * HOUR)
    diary.add(Kind.PROACTIVE_VISIT, T, T, T + HOUR, Outcome.FOUND_NEED, detail=15 * CONTACT_TRAVEL)
    table = measured(diary)
    assert table.value("enrolled_days") == 365
    assert table.value("enrolments") == 0  # before the window
    assert table.value("homecoming_days") == 14
    assert table.value("homecoming_periods") == 1
    assert table.value("short_term_days") == 3
    assert table.value("home_visit_hours") == 3.5  # the way there is in the detail
    assert table.value("found_needs") == 1


def test_unknown_kinds_are_refused() -> None:
    records = Diary().add(Kind.GP_VISIT, T).records()
    records.kind[0] = 99
    with pytest.raises(ValueError, match="kinds 99 to 99 given"):
        measure(records, people(), UNITS, None, YEAR_ONE, NO_PRICES)
