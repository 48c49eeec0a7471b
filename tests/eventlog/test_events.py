"""From rows to events: what is counted by hand, and what must hold in every log."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

import sim
from sim.engine.records import COLUMNS as ROW_COLUMNS
from sim.engine.records import Records
from sim.eventlog import COLUMNS, Cases, EventLog
from sim.eventlog.activities import CONTACTS, LEFT_OUT, MOMENTS, NAMES, SPELLS
from sim.eventlog.events import events_of
from sim.outcomes.table import GROUP_NAMES
from sim.vocabulary import NEED_TYPE, STAY_PLANNED, TAG_GROUP, Group, Kind, NeedType, Outcome

ARISES = 3 * 4096 * 256 * 64 + 5 * 256 * 64
"""A deterioration of the fifth window."""


def rows(*given: tuple[int, int, Kind, int, int, int, int, Outcome, int]) -> Records:
    return Records({name: np.array(column) for name, column in zip(ROW_COLUMNS, zip(*given, strict=True), strict=True)})


def told(records: Records, needs: bool = False) -> list[tuple[str, int, int, int]]:
    """Activity, asked, start and complete of each event, in the order of a log."""
    events = events_of(records, needs)
    events = events.take(np.lexsort((events.row, events.rank, events.start, events.complete)))
    return [
        (NAMES[a], int(q), int(s), int(c))
        for a, q, s, c in zip(events.activity, events.asked, events.start, events.complete, strict=True)
    ]


def test_every_kind_of_row_has_its_place() -> None:
    places = [*CONTACTS, *MOMENTS, *SPELLS, *LEFT_OUT, Kind.STAY, Kind.NEED]
    assert sorted(places) == sorted(Kind)
    assert len(set(NAMES)) == len(NAMES)


def test_a_way_through_hospital_stands_in_its_order_though_much_happens_in_the_same_second() -> None:
    way = rows(
        (7, ARISES, Kind.NEED, -1, 100, 200, 5000, Outcome.ADMITTED, NeedType.DETERIORATION * NEED_TYPE),
        (7, ARISES, Kind.EMERGENCY_VISIT, 3, 300, 400, 900, Outcome.ADMITTED, 0),
        (7, ARISES, Kind.STAY, -1, 600, -1, 900, Outcome.TRANSFERRED, 0),
        (7, ARISES, Kind.STAY, 5, 900, 900, 2000, Outcome.TRANSFERRED, 0),
        (7, ARISES, Kind.STAY, 6, 2000, 2000, 5000, Outcome.DISCHARGED_SHORT_TERM, 0),
        (7, ARISES, Kind.READY, -1, 5000, 5000, 5000, Outcome.DISCHARGED_SHORT_TERM, 0),
        (7, ARISES, Kind.SHORT_TERM_STAY, 9, 4000, 5000, -1, Outcome.OPEN, 0),
    )
    assert told(way, needs=True) == [
        ("Deterioration", -1, 100, 100),
        ("Emergency visit", 300, 400, 900),
        ("Admission", 600, 900, 900),  # the wait for the bed
        ("Transfer to another ward", 2000, 2000, 2000),
        ("Ready for discharge", 5000, 5000, 5000),
        ("Discharge to short-term place", -1, 5000, 5000),
        ("Short-term stay begins", 4000, 5000, 5000),
        ("Need over", -1, 5000, 5000),
    ]


def test_a_discharge_knows_the_admission_before_all_transfers_and_no_beginning_knows_its_end() -> None:
    stays = rows(
        (7, ARISES, Kind.STAY, 5, 900, 900, 2000, Outcome.TRANSFERRED, 0),
        (7, ARISES, Kind.STAY, 6, 2000, 2000, 5000, Outcome.DISCHARGED_HOME, 0),
        (8, ARISES, Kind.STAY, 6, 2500, 2500, 6000, Outcome.DISCHARGED_HOME, STAY_PLANNED),
    )
    events = events_of(stays, needs=False)
    names = [NAMES[code] for code in events.activity]
    since = dict(zip(events.complete.tolist(), events.since.tolist(), strict=True))
    assert names == ["Admission", "Transfer to another ward", "Planned admission", "Discharge home", "Discharge home"]
    assert (since[5000], since[6000]) == (900, 2500)
    assert all((events.outcome >= 0) == np.char.startswith(names, "Discharge"))


def test_what_was_not_made_is_named_so_and_what_is_open_tells_how_far_it_came() -> None:
    given = rows(
        (7, ARISES, Kind.PHONE_CENTRE, 1, 10, -1, 30, Outcome.GAVE_UP, 0),
        (7, ARISES, Kind.REHABILITATION, 1, 20, -1, 40, Outcome.CANCELLED, 0),
        (7, ARISES, Kind.SPECIALIST_VISIT, 1, 50, -1, -1, Outcome.OPEN, 0),
        (7, ARISES, Kind.AMBULANCE, 1, 60, 70, -1, Outcome.OPEN, 0),
        (7, ARISES, Kind.STAY, -1, 80, -1, -1, Outcome.OPEN, 0),
        (7, ARISES, Kind.SHORT_TERM_STAY, 4, 81, -1, 90, Outcome.GAVE_UP, 0),
    )
    assert told(given) == [
        ("Call to health centre, given up", 10, 30, 30),
        ("Rehabilitation, cancelled", 20, 40, 40),
        ("Specialist visit, waiting", 50, 50, 50),
        ("Ambulance", 60, 70, 70),
        ("Admission, waiting", 80, 80, 80),
        ("Short-term stay, given up", 81, 90, 90),
    ]
    events = events_of(given, needs=False)
    assert sorted(events.transition.tolist()) == [0, 0, 1, 3, 3, 3]


def test_death_ends_everything_and_stands_in_the_case_of_whatever_was_going_on() -> None:
    later = ARISES + 256 * 64
    given = rows(
        (7, ARISES, Kind.NEED, -1, 100, 100, 300, Outcome.DONE, 0),
        (7, ARISES, Kind.HOMECOMING, 2, 200, 200, 900, Outcome.DIED, 0),
        (7, later, Kind.NEED, -1, 500, 500, 1700, Outcome.CANCELLED, 0),  # over when the clinic called in vain
        (7, later, Kind.SPECIALIST_VISIT, 2, 600, -1, 1700, Outcome.CANCELLED, 0),
        (7, 0, Kind.DEATH, -1, 900, 900, 900, Outcome.DIED, 0),
        (8, ARISES, Kind.NEED, -1, 800, 800, -1, Outcome.OPEN, 0),
    )
    events = events_of(given, needs=True)
    order = np.lexsort((events.rank, events.complete))
    by_need: dict[int, list[tuple[str, int]]] = {}
    for event in order:
        if given.person[events.row[event]] == 7:
            told_here = (NAMES[events.activity[event]], int(events.complete[event]))
            by_need.setdefault(int(events.need[event]), []).append(told_here)
    assert by_need == {
        ARISES: [("Simple need", 100), ("Safe homecoming begins", 200), ("Need over", 300), ("Death", 900)],
        later: [("Simple need", 500), ("Specialist visit, cancelled", 900), ("Death", 900)],
        -1: [("Death", 900)],
    }


def test_each_case_ends_with_the_death_of_its_own_person_whatever_the_order_of_the_rows() -> None:
    given = rows(
        (9, 0, Kind.DEATH, -1, 400, 400, 400, Outcome.DIED, 0),
        (7, ARISES, Kind.NEED, -1, 100, 100, 900, Outcome.DIED, 0),
        (9, ARISES, Kind.NEED, -1, 200, 200, 400, Outcome.DIED, 0),
        (7, 0, Kind.DEATH, -1, 900, 900, 900, Outcome.DIED, 0),
    )
    events = events_of(given, needs=True)
    ends = events.take((events.need == ARISES) & (events.activity == NAMES.index("Death")))
    assert {int(given.person[row]): int(when) for row, when in zip(ends.row, ends.complete, strict=True)} == {
        7: 900,
        9: 400,
    }


def test_need_zero_is_a_need_only_while_it_is_open_and_a_planned_return_belongs_to_its_need() -> None:
    given = rows(
        (7, 0, Kind.PHONE_CENTRE, 1, 50, 60, 70, Outcome.DONE, 0),  # before it arose
        (7, 0, Kind.NEED, -1, 100, 100, 300, Outcome.DONE, 0),
        (7, 0, Kind.PHONE_CENTRE, 1, 150, 160, 170, Outcome.DONE, 0),
        (7, 0, Kind.REVIEW, 1, 180, 190, 200, Outcome.DONE, 0),
        (7, 0, Kind.PHONE_CENTRE, 1, 400, 410, 420, Outcome.DONE, 0),
        (7, ARISES, Kind.NEED, -1, 500, 500, -1, Outcome.OPEN, 0),
        (7, ARISES + 32, Kind.STAY, 1, 600, 600, -1, Outcome.OPEN, STAY_PLANNED),
        (7, ARISES + 64, Kind.NURSE_VISIT, 1, 700, 710, 720, Outcome.DONE, 0),  # after a false alarm: nobody's need
    )
    events = events_of(given, needs=False)
    need = {int(given.asked[row]): int(need) for row, need in zip(events.row, events.need, strict=True)}
    assert need == {50: -1, 150: 0, 180: -1, 400: -1, 600: ARISES, 700: -1}


# --- a whole run -------------------------------------------------------------------------------------------------


def test_no_contact_is_lost_and_none_told_twice(person_log: EventLog, records: dict[str, Records]) -> None:
    table = person_log.frame()
    given = records["coordinated"]
    for kind, name in CONTACTS.items():
        expected = int((given.kind == kind).sum())
        assert table["concept:name"].str.fullmatch(f"{name}(, .*)?").sum() == expected, name
    beds = (given.kind == Kind.STAY) & (given.unit >= 0)
    into_bed = ["Admission", "Direct admission", "Planned admission", "Transfer to another ward"]
    assert table["concept:name"].isin(into_bed).sum() == beds.sum() > 100
    discharged = beds & np.isin(given.outcome, [9, 10, 11])
    assert table["concept:name"].str.startswith("Discharge ").sum() - table["concept:name"].str.startswith(
        "Discharge planning"
    ).sum() == int(discharged.sum())


def test_times_of_an_event_and_of_a_case_are_in_order(person_log: EventLog, need_log: EventLog) -> None:
    for log in (person_log, need_log):
        table = log.frame()
        assert list(table.columns) == list(COLUMNS)
        assert (table["start_timestamp"] <= table["time:timestamp"]).all()
        assert not (table["asked"] > table["start_timestamp"]).any()
        assert not (table["since"] > table["time:timestamp"]).any()
        case = table["case:concept:name"]
        assert (table["time:timestamp"].diff()[case == case.shift()] >= pd.Timedelta(0)).all()
        assert (case != case.shift()).sum() == case.nunique()  # each case stands together


def test_admissions_and_discharges_take_turns_and_nothing_follows_death(person_log: EventLog) -> None:
    into = {"Admission", "Direct admission", "Planned admission"}
    ends = {name for name in NAMES if name.startswith("Discharge ") and not name.startswith("Discharge planning")}
    seen = 0
    for _, names in person_log.frame().groupby("case:concept:name")["concept:name"]:
        inside = False
        for place, name in enumerate(names):
            if name in into:
                assert not inside
                inside = True
            elif name == "Transfer to another ward" or name == "Ready for discharge":
                assert inside
            elif name in ends:
                assert inside
                inside = False
                seen += 1
            elif name == "Death":
                assert place == len(names) - 1
    assert seen > 50


def test_a_case_of_a_need_begins_with_it_and_is_whole(short: sim.Scenario, need_log: EventLog) -> None:
    table = need_log.frame()
    first = table.groupby("case:concept:name", sort=False)["concept:name"].first()
    assert set(first) == {"Simple need", "Complicated need", "Exacerbation", "Deterioration"}
    part = EventLog(short, "coordinated", 3, 0, need_log.records, Cases.NEED, first_day=-10, last_day=10).frame()
    onset = table.groupby("case:concept:name")["time:timestamp"].transform("first")
    from_day, to_day = (pd.Timestamp("2029-01-01", tz="UTC") + pd.Timedelta(days=60 + day) for day in (-10, 10))
    whole = table[(onset >= from_day) & (onset < to_day)].reset_index(drop=True)
    assert len(whole) == len(part) > 1000
    assert (whole["concept:name"].astype(str) == part["concept:name"].astype(str)).all()
    assert part["time:timestamp"].max() > to_day  # what follows is told though it comes later


def test_the_window_of_persons_is_that_of_the_events(short: sim.Scenario, person_log: EventLog) -> None:
    part = EventLog(short, "coordinated", 3, 0, person_log.records, first_day=7, last_day=14).frame()
    table = person_log.frame()
    begins = pd.Timestamp("2029-03-02", tz="UTC") + pd.Timedelta(days=7)  # day 60 is T0
    inside = (table["time:timestamp"] >= begins) & (table["time:timestamp"] < begins + pd.Timedelta(days=7))
    assert len(part) == inside.sum() > 100


def test_dates_are_those_of_the_model(person_log: EventLog) -> None:
    table = person_log.frame()
    calls = table[table["concept:name"] == "Call to health centre"]
    assert (calls["start_timestamp"].dt.day_of_week < 5).all()  # closed at weekends
    assert calls["start_timestamp"].dt.hour.between(8, 16).all()
    assert table["time:timestamp"].min() >= pd.Timestamp("2029-01-01", tz="UTC")


def test_who_and_where_is_that_of_the_row(person_log: EventLog, records: dict[str, Records]) -> None:
    table = person_log.frame()
    given = records["coordinated"]
    reviews = table[table["concept:name"].str.startswith("Planned review")]
    rows_of = np.flatnonzero(given.kind == Kind.REVIEW)
    for group in Group:
        tagged = (given.detail[rows_of] // TAG_GROUP % 4 == group).sum()
        assert (reviews["group"] == GROUP_NAMES[group]).sum() == tagged
    assert set(reviews["org:role"]) == {"centre nurse", "gp"}
    assert set(table["case:municipality"].dropna()) == {"Vännäs"}
    assert table.groupby("case:concept:name")["case:age_band"].nunique().max() == 1
    enrolled = table[table["concept:name"] == "Proactive visit"]["enrolled"]
    assert 0 < enrolled.sum() < len(enrolled)  # the first visit comes before


def test_a_sample_is_the_same_in_every_governance_and_part_of_a_larger_one(
    short: sim.Scenario, records: dict[str, Records]
) -> None:
    def persons(governance: str, people: int) -> set[int]:
        log = EventLog(short, governance, 3, 0, records[governance], first_day=-60, people=people)
        return set(log.frame()["case:person"])

    few, many = persons("current", 200), persons("current", 1000)
    assert few < many
    assert 80 < len(few) <= 200
    assert len(few ^ persons("coordinated", 200)) < 20  # those with no event in one of them
    early = {person for person in many if person < 1000}
    assert 0 < len(early) < len(many) / 2  # spread over the population, not its first thousand


def test_blocks_are_only_how_it_is_done(person_log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = person_log.frame()
    monkeypatch.setattr("sim.eventlog.log.PEOPLE_AT_A_TIME", 500)
    parts = list(person_log.blocks())
    assert len(parts) > 10
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), whole)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"monday": date(2025, 1, 1)}, "2025-01-01 given, a Monday needed"),
        ({"first_day": 5, "last_day": 5}, "day 5 to 5 given, at least one day needed"),
        ({"first_day": 60}, "day 60 to 60 given"),
        ({"first_day": 70, "last_day": 80}, "day 70 to 80 given, some of day -60 to 60 needed"),
        ({"first_day": -80, "last_day": -60}, "day -80 to -60 given, some of day -60 to 60 needed"),
    ],
)
def test_a_log_that_cannot_be_is_refused(person_log: EventLog, short: sim.Scenario, given: dict, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        EventLog(short, "coordinated", 3, 0, person_log.records, **given)


def test_another_monday_moves_every_date(short: sim.Scenario, person_log: EventLog) -> None:
    moved = EventLog(short, "coordinated", 3, 0, person_log.records, first_day=-60, monday=date(2024, 1, 1)).frame()
    apart = person_log.frame()["time:timestamp"] - moved["time:timestamp"]
    assert set(apart.dt.days) == {(date(2029, 1, 1) - date(2024, 1, 1)).days}
