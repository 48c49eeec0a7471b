"""Stories of people: rows told moment by moment, places, hidden spells, and who is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.records import COLUMNS, Records
from sim.eventlog.failing import failing_spells
from sim.eventlog.lots import GROUP_OF, NOBODY, Lot, NobodyToTell, Stratum, draw, places, strata
from sim.eventlog.moments import Case, Length, moments
from sim.eventlog.stories import MARKED, Story, Stretch, Told, rows_of, stories
from sim.eventlog.stories import places as places_of
from sim.eventlog.usual import Usual, death_places, usual
from sim.model.period import Period
from sim.model.world import Setting, setting
from sim.outcomes import PeopleTable
from sim.replication.arm import people_table
from sim.scenario import Scenario
from sim.vocabulary import (
    CONTACT_AFTER_FAILURE,
    DAY,
    HOUR,
    NEED_DETECTED_BY,
    NEED_DIAGNOSIS,
    NEED_LEVEL,
    NEED_TYPE,
    TAG_FAILING,
    AgeBand,
    Detection,
    Diagnosis,
    Group,
    Kind,
    Level,
    NeedType,
    Outcome,
    Place,
    Segment,
    Ward,
)

ARISES = 3 * 4096 * 256 * 64 + 5 * 256 * 64
"""A deterioration of the fifth window."""
WORSE = (
    NeedType.DETERIORATION * NEED_TYPE
    + Level.TEAM * NEED_LEVEL
    + Diagnosis.MEDICAL * NEED_DIAGNOSIS
    + Detection.RELATIVE * NEED_DETECTED_BY
)


def rows(*given: tuple[int, Kind, int, int, int, int, Outcome, int]) -> Records:
    """Rows of person 7: need, kind, unit, asked, started, ended, outcome, detail."""
    columns = zip(*((7, *row) for row in given), strict=True)
    return Records({name: np.array(column) for name, column in zip(COLUMNS, columns, strict=True)})


def told(records: Records, horizon: int = 100 * DAY) -> list[tuple[int, str, tuple[str, ...]]]:
    return [(moment.time, moment.key, moment.tails) for moment in moments(Case(records), horizon)]


WAY = rows(
    (ARISES, Kind.NEED, -1, 100, 100 + 9 * HOUR, 15 * DAY, Outcome.ADMITTED, WORSE),
    (ARISES, Kind.PHONE_CENTRE, 1, 10 * HOUR, -1, 12 * HOUR, Outcome.GAVE_UP, 0),
    (ARISES, Kind.AMBULANCE, 2, 13 * HOUR, 14 * HOUR, 15 * HOUR, Outcome.CONVEYED, 0),
    (ARISES, Kind.EMERGENCY_VISIT, 3, 15 * HOUR, 16 * HOUR, 20 * HOUR, Outcome.ADMITTED, CONTACT_AFTER_FAILURE),
    (ARISES, Kind.STAY, -1, 18 * HOUR, -1, 20 * HOUR, Outcome.TRANSFERRED, 0),
    (ARISES, Kind.STAY, 5, 20 * HOUR, 20 * HOUR, 15 * DAY, Outcome.DISCHARGED_HOME, 0),
    (ARISES, Kind.PLANNING, 8, 10 * DAY, 11 * DAY, 11 * DAY + HOUR, Outcome.DONE, 0),
    (ARISES, Kind.HOME_HELP_START, 9, 11 * DAY + HOUR, 12 * DAY, 15 * DAY, Outcome.DONE, 0),
    (ARISES, Kind.READY, -1, 10 * DAY, 10 * DAY, 15 * DAY, Outcome.DISCHARGED_HOME, 0),
)


def test_a_way_through_hospital_is_told_in_its_order() -> None:
    assert told(WAY) == [
        (100, "worsening", ("noticed",)),
        (10 * HOUR, "phone_centre.not_made", ()),
        (14 * HOUR, "ambulance", ("conveyed",)),
        (15 * HOUR, "emergency_visit", ("after_failure", "seen", "to_ward")),
        (20 * HOUR, "admitted", ("boarded",)),
        (10 * DAY, "ready", ()),
        (11 * DAY + HOUR, "planning", ()),
        (15 * DAY, "home_help_start", ()),
        (15 * DAY, "discharged_home", ("waited_home_help",)),
    ]
    facts = {moment.key: moment.facts for moment in moments(Case(WAY), 100 * DAY)}
    assert facts["worsening"] == {
        "need": NeedType.DETERIORATION,
        "level": Level.TEAM,
        "diagnosis": Diagnosis.MEDICAL,
        "by": Detection.RELATIVE,
        "delay": Length(9 * HOUR),
    }
    assert facts["emergency_visit"] == {"wait": HOUR, "length": 5 * HOUR}
    assert facts["admitted"] == {"ward": Ward.MEDICINE, "wait": 2 * HOUR}
    assert facts["ready"]["length"] == 10 * DAY - 18 * HOUR
    assert facts["discharged_home"] == {"length": 15 * DAY - 18 * HOUR, "wait": 5 * DAY}


def test_a_call_is_told_with_what_it_leads_to() -> None:
    simple = 7 * 64
    way = rows(
        (simple, Kind.NEED, -1, 0, 0, 9 * DAY, Outcome.DONE, 0),
        (simple, Kind.PHONE_1177, 1, 0, 0, HOUR, Outcome.DONE, 0),
        (simple, Kind.PHONE_CENTRE, 2, 2 * HOUR, 3 * HOUR, 4 * HOUR, Outcome.DONE, 0),
        (simple, Kind.GP_VISIT, 3, 4 * HOUR, DAY, DAY + HOUR, Outcome.DONE, 0),
        (2 * simple, Kind.NEED, -1, 2 * DAY, 2 * DAY, 9 * DAY, Outcome.DONE, 0),
        (2 * simple, Kind.PHONE_CENTRE, 2, 2 * DAY, 2 * DAY, 3 * DAY, Outcome.DONE, 0),
    )
    assert told(way) == [
        (0, "phone_1177", ()),
        (3 * HOUR, "phone_centre", ("booked",)),
        (DAY, "gp_visit", ("treated",)),
        (2 * DAY, "phone_centre", ("advised",)),
    ]


def test_only_what_nobody_sees_is_hidden() -> None:
    assert {moment.key for moment in moments(Case(WAY), 100 * DAY) if moment.hidden} == {"worsening"}


def test_places_follow_each_other_without_a_gap() -> None:
    assert places_of(Case(WAY), False, 0, 20 * DAY) == (
        Stretch(Place.HOME, 0, 15 * HOUR),
        Stretch(Place.EMERGENCY, 15 * HOUR, 20 * HOUR),  # the wait for a bed too
        Stretch(Place.WARD, 20 * HOUR, 15 * DAY),
        Stretch(Place.HOME, 15 * DAY, 20 * DAY),
    )


def test_a_short_term_place_is_left_for_special_housing() -> None:
    way = rows(
        (ARISES, Kind.STAY, 5, 0, 0, 3 * DAY, Outcome.DISCHARGED_SHORT_TERM, 0),
        (ARISES, Kind.READY, -1, 2 * DAY, 2 * DAY, 3 * DAY, Outcome.DISCHARGED_SHORT_TERM, 0),
        (ARISES, Kind.SHORT_TERM_STAY, 9, 2 * DAY, 3 * DAY, 9 * DAY, Outcome.DISCHARGED_HOME, 0),
        (ARISES, Kind.SPECIAL_HOUSING_MOVE, -1, 9 * DAY, 9 * DAY, 9 * DAY, Outcome.DONE, 0),
        (ARISES, Kind.NEED, -1, 0, 0, 3 * DAY, Outcome.ADMITTED, WORSE),
    )
    found = places_of(Case(way), False, 0, 10 * DAY)
    assert [(one.place, one.end) for one in found] == [
        (Place.WARD, 3 * DAY),
        (Place.SHORT_TERM, 9 * DAY),
        (Place.SPECIAL_HOUSING, 10 * DAY),
    ]
    assert [key for _, key, _ in told(way)][3:] == [
        "discharged_short_term",
        "short_term_stay",
        "special_housing_move",
    ]


def test_nothing_is_told_after_death() -> None:
    way = rows(
        (ARISES, Kind.NEED, -1, 0, HOUR, 5 * HOUR, Outcome.DIED, WORSE),
        (0, Kind.GP_VISIT, 4, HOUR, -1, 3 * DAY, Outcome.GAVE_UP, 0),
        (0, Kind.DEATH, -1, 5 * HOUR, 5 * HOUR, 5 * HOUR, Outcome.DIED, int(Place.HOME)),
    )
    assert max(moment.time for moment in moments(Case(way), 100 * DAY)) == 5 * HOUR
    assert told(way)[-1] == (5 * HOUR, "death", ())


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            (ARISES, Kind.GP_VISIT, 4, 0, DAY, DAY + HOUR, Outcome.MISSED, 0),
            [(DAY, "gp_visit"), (DAY + HOUR, "too_low")],
        ),
        (
            (0, Kind.GP_HOME_VISIT, 4, 0, DAY, DAY + HOUR, Outcome.DONE, NeedType.EXACERBATION << 9),
            [(DAY, "review_at_home")],
        ),
        ((ARISES, Kind.GP_VISIT, 4, 0, -1, -1, Outcome.OPEN, 0), [(0, "gp_visit.waiting")]),
        ((ARISES, Kind.GP_VISIT, 4, 0, -1, DAY, Outcome.CANCELLED, 0), [(DAY, "gp_visit.cancelled")]),
        (
            (ARISES, Kind.HOME_TREATMENT, 4, 0, 0, DAY, Outcome.MISSED, 0),
            [(0, "home_treatment"), (DAY, "home_treatment.failed")],
        ),
        (
            (0, Kind.SHORT_TERM_STAY, 4, 0, HOUR, DAY, Outcome.DISCHARGED_HOME, 0),
            [(HOUR, "respite"), (DAY, "respite.over")],
        ),
    ],
)
def test_a_row_is_told_by_how_it_ended(
    row: tuple[int, Kind, int, int, int, int, Outcome, int], expected: list[tuple[int, str]]
) -> None:
    need = (ARISES, Kind.NEED, -1, 0, 0, 0, Outcome.PREVENTED, WORSE)
    found = [(time, key) for time, key, _ in told(rows(need, row)) if key != "prevented"]
    assert found == expected


# --- a run ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def prepared(short: Scenario) -> Setting:
    return setting(short, 3, 0)


@pytest.fixture(scope="module")
def people(prepared: Setting) -> PeopleTable:
    return people_table(prepared)


TAGGED = (Kind.NEED, Kind.PHONE_CENTRE, Kind.EMERGENCY_VISIT, Kind.GP_VISIT, Kind.HOME_NURSE_VISIT)


@pytest.mark.parametrize("governance", ["current", "coordinated"])
def test_replayed_spells_are_those_of_the_run(
    short: Scenario, prepared: Setting, records: dict[str, Records], governance: str
) -> None:
    """Every row says whether its person was failing when it was asked for."""
    rows = records[governance]
    share = float(short.governance(governance)["rehabilitation.lengthens_share"])
    courses = rows.person[(rows.kind == Kind.REHABILITATION) & (rows.need == 0) & (rows.outcome == Outcome.DONE)]
    failing = rows.person[(rows.detail & TAG_FAILING > 0) & np.isin(rows.kind, TAGGED)]
    chosen = np.unique(np.concatenate([courses, failing]))[:300]
    assert len(chosen) > 100
    seen = 0
    for person in chosen.tolist():
        own = rows_of(rows, person)
        spells = failing_spells(prepared.world, person, own, prepared.period.horizon, lambda _: share)
        for row in np.flatnonzero(np.isin(own.kind, TAGGED)).tolist():
            said = bool(own.detail[row] & TAG_FAILING)
            assert said == any(begin <= own.asked[row] < end for begin, end in spells), (person, row)
            seen += said
    assert seen > 50


def drawn(records: Records, people: PeopleTable, prepared: Setting, **options: object) -> Lot:
    given = {"number": 10, "seed": 1, **options}
    return draw(records, people, Told.of(prepared.period), **given)  # type: ignore[arg-type]


def test_each_stratum_has_its_places(records: dict[str, Records], people: PeopleTable, prepared: Setting) -> None:
    lot = drawn(records["current"], people, prepared)
    assert [lot.strata.count(own) for own in Stratum] == [2, 2, 2, 2, 1, 1]
    assert len(set(lot.people)) == 10
    found = strata(records["current"], people, Told.of(prepared.period))
    assert [Stratum(own) for own in found[list(lot.people)].tolist()] == list(lot.strata)
    assert lot == drawn(records["current"], people, prepared)
    assert lot.people != drawn(records["current"], people, prepared, seed=2).people


def test_who_is_drawn_fits_what_is_asked_for(
    records: dict[str, Records], people: PeopleTable, prepared: Setting
) -> None:
    lot = drawn(records["current"], people, prepared, groups=[Group.CHRONIC], older=True, number=20)
    assert {GROUP_OF[own] for own in lot.strata} == {Group.CHRONIC}
    assert (people.age_band[list(lot.people)] >= AgeBand.AGE_65_69).all()


def test_plain_chance_takes_no_notice_of_strata(
    records: dict[str, Records], people: PeopleTable, prepared: Setting
) -> None:
    lot = drawn(records["current"], people, prepared, stratified=False, number=600)
    found = strata(records["current"], people, Told.of(prepared.period))
    share = (found == Stratum.MOST_ILL).sum() / (found != NOBODY).sum()
    expected, spread = 600 * share, np.sqrt(600 * share * (1 - share))
    assert abs(lot.strata.count(Stratum.MOST_ILL) - expected) < 4 * spread


def test_nobody_left_is_an_error(records: dict[str, Records], people: PeopleTable, prepared: Setting) -> None:
    with pytest.raises(NobodyToTell, match="nobody with a contact"):
        drawn(records["current"], people, prepared, groups=[])


def test_places_left_over_go_to_the_most_demanding() -> None:
    sizes = {Stratum.MOST_ILL: 5, Stratum.RISK: 1, Stratum.SIMPLE: 9}
    assert places(sizes, 7) == {Stratum.MOST_ILL: 3, Stratum.RISK: 1, Stratum.SIMPLE: 3}
    assert places(sizes, 99) == sizes


@pytest.fixture(scope="module")
def found(prepared: Setting, people: PeopleTable, records: dict[str, Records]) -> dict[str, list[Story]]:
    lot = drawn(records["current"], people, prepared, number=60)
    return {name: stories(prepared, people, rows, name, lot.people) for name, rows in records.items()}


def test_stories_hold_their_time_and_their_person(found: dict[str, list[Story]], records: dict[str, Records]) -> None:
    for name, those in found.items():
        for story in those:
            times = [moment.time for moment in story.moments]
            assert times == sorted(times)
            assert all(story.told.begins <= time < story.told.ends for time in times)
            own = rows_of(records[name], story.who.number)
            made = np.isin(own.kind, MARKED) & (own.started >= story.told.begins) & (own.started < story.told.ends)
            assert sum(mark.made for mark in story.marks) == made.sum()
            ends = [one.end for one in story.places]
            assert [one.begin for one in story.places[1:]] == ends[:-1]
            assert story.places[0].begin == max(story.told.begins, story.who.entry)
            assert ends[-1] == (story.told.ends if story.died is None else story.died)


def test_two_governances_tell_the_same_before_they_differ(found: dict[str, list[Story]]) -> None:
    for one, other in zip(found["current"], found["coordinated"], strict=True):
        begins = one.told.starts
        assert one.who.number == other.who.number
        assert [m for m in one.moments if m.time < begins - 30 * DAY] == [
            m for m in other.moments if m.time < begins - 30 * DAY
        ]
        assert one.before == other.before


def test_who_enters_late_is_nowhere_before(prepared: Setting, people: PeopleTable, records: dict[str, Records]) -> None:
    late = np.flatnonzero(people.entry > Told.of(prepared.period).begins)
    person = next(int(one) for one in late if one in records["current"].person)
    (story,) = stories(prepared, people, records["current"], "current", [person])
    assert story.places[0].begin == people.entry[person] > story.told.begins
    assert (story.moments[0].key, story.moments[0].time) == ("enters", people.entry[person])


def test_somebody_was_failing_and_somebody_was_not(found: dict[str, list[Story]]) -> None:
    failing = [bool(story.failing) for story in found["current"] if story.who.segment >= Segment.FAILING]
    assert any(failing)
    assert not any(story.failing for story in found["current"] if story.who.age_band < AgeBand.AGE_65_69)


def test_the_time_told_is_no_part_of_the_warm_up(short: Scenario) -> None:
    time = Told.of(Period.of(short))
    assert (time.begins, time.starts, time.ends) == (30 * DAY, 60 * DAY, 120 * DAY)


# --- what is usual -------------------------------------------------------------------------------------------


def test_waits_of_everybody_are_counted_by_hand() -> None:
    noon, night = 12 * HOUR, 23 * HOUR
    those = rows(
        *(
            (1, Kind.GP_VISIT, 4, noon, noon + wait * HOUR, noon + 20 * HOUR, Outcome.DONE, 0)
            for wait in (1, 2, 3, 4, 5, 6, 7, 8, 9)
        ),
        (1, Kind.GP_VISIT, 4, 0, night, night + HOUR, Outcome.DONE, 0),  # waited 23 h, and came at night
        (1, Kind.GP_VISIT, 4, noon, -1, DAY, Outcome.GAVE_UP, 0),
        (1, Kind.GP_VISIT, 4, 9 * DAY, 9 * DAY, 9 * DAY, Outcome.DONE, 0),  # after the time that is told
        (1, Kind.STAY, -1, noon, -1, noon + 4 * HOUR, Outcome.TRANSFERRED, 0),
        (1, Kind.STAY, -1, noon, -1, noon + 9 * HOUR, Outcome.DIED, 0),  # got no bed
        (1, Kind.READY, -1, noon, noon, noon, Outcome.DISCHARGED_HOME, 0),  # did not wait
        (1, Kind.READY, -1, noon, noon, 2 * DAY, Outcome.DISCHARGED_HOME, 0),
        (1, Kind.PLANNING, 5, 0, DAY, 2 * DAY, Outcome.DONE, 0),
    )
    found = {one.kind: one for one in usual(those, Told(0, 0, 5 * DAY))}
    assert list(found) == [Kind.GP_VISIT, Kind.STAY, Kind.READY, Kind.PLANNING]
    assert found[Kind.GP_VISIT] == Usual(Kind.GP_VISIT, 10, 5 * HOUR, 9 * HOUR, 1 / 11, 1 / 10)
    assert found[Kind.STAY] == Usual(Kind.STAY, 1, 4 * HOUR, 4 * HOUR, 0.0, 0.0)
    assert (found[Kind.READY].number, found[Kind.READY].median) == (1, 36 * HOUR)
    assert found[Kind.PLANNING].median == 2 * DAY


def test_places_of_death_are_counted() -> None:
    died = [Place.HOME, Place.WARD, Place.SJUKSTUGA, Place.HOME, Place.HOME]
    those = rows(*((0, Kind.DEATH, -1, DAY, DAY, DAY, Outcome.DIED, int(place)) for place in died))
    assert list(death_places(those, Told(0, 0, 5 * DAY)).items()) == [(Place.HOME, 3), (Place.WARD, 2)]
    assert death_places(those, Told(0, 2 * DAY, 5 * DAY)) == {}
