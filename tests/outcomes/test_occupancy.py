"""Places over time: intervals by hand, and a run whose areas are those of the engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.outcomes import Unit, Window
from sim.outcomes.occupancy import HOURS_A_WEEK, MEASURES, PLACES, Occupancy, hours_of_week, occupancy_of
from sim.replication.arm import Arm
from sim.replication.replication import replicate
from sim.vocabulary import DAY, HOUR, STAY_WARD, Kind, Service, Ward
from tests.model.small import SCENARIO, write_region
from tests.outcomes.builder import OPEN, Diary

NAMES = [one.name for one in PLACES]
BED, EXTRA, PLACE, SHORT = range(4)
UNITS = [
    Unit("medicine", Service.WARD_MEDICINE),
    Unit("extra", Service.EXTRA_MEDICINE),
    Unit("emergency", Service.EMERGENCY_PLACE),
    Unit("short", Service.SHORT_TERM, 0),
]
CHANGES = [
    np.array([[0, 2], [DAY + 12 * HOUR, 4]]),
    np.array([[0, 9]]),
    np.array([[0, 3]]),
    np.array([[0, 0], [2 * DAY, 5]]),
]
WINDOW = Window.of_days(1, 4)
TIMES = """
[time]
warm_up_days = { value = 10, low = 0, high = 30, source = "assumption" }
pre_period_days = { value = 10, low = 0, high = 30, source = "assumption" }
follow_up_days = { value = 40, low = 30, high = 60, source = "assumption" }
"""


def hours(found: Occupancy, places: str, measure: str) -> list[float]:
    line = found.days[NAMES.index(places), MEASURES.index(measure)]
    return list(line / HOUR)


def measured(diary: Diary) -> Occupancy:
    return occupancy_of(diary.records(), UNITS, CHANGES, WINDOW)


def test_beds_in_use_are_cut_at_days_and_at_the_window() -> None:
    diary = Diary()
    diary.add(Kind.STAY, 0, 22 * HOUR, DAY + 5 * HOUR, unit=BED)  # 5 h of day 1
    diary.add(Kind.OUTSIDE_STAY, DAY + HOUR, DAY + 20 * HOUR, 2 * DAY + 3 * HOUR, unit=EXTRA, person=-1)  # 4 h, 3 h
    diary.add(Kind.STAY, 3 * DAY, 3 * DAY + 23 * HOUR, OPEN, unit=BED)  # 1 h, and on
    diary.add(Kind.STAY, 5 * DAY, 5 * DAY, 6 * DAY, unit=BED)  # after the window
    assert hours(measured(diary), "ward_medicine", "occupied") == [9, 3, 1]
    assert hours(measured(diary), "ward_surgery", "occupied") == [0, 0, 0]


def test_extra_beds_are_used_and_not_open() -> None:
    found = measured(Diary())
    assert hours(found, "ward_medicine", "open") == [2 * 12 + 4 * 12, 4 * 24, 4 * 24]
    assert hours(found, "short_term", "open") == [0, 5 * 24, 5 * 24]


def test_who_waits_for_a_ward_has_no_unit_and_who_waits_elsewhere_has() -> None:
    diary = Diary()
    diary.add(Kind.STAY, DAY, -1, DAY + 7 * HOUR, detail=Ward.MEDICINE * STAY_WARD)
    diary.add(Kind.STAY, DAY, -1, OPEN, detail=Ward.SURGERY * STAY_WARD)
    diary.add(Kind.SHORT_TERM_STAY, DAY, 2 * DAY + HOUR, OPEN, unit=SHORT)
    diary.add(Kind.EMERGENCY_VISIT, DAY + HOUR, DAY + 3 * HOUR, DAY + 6 * HOUR, unit=PLACE)
    found = measured(diary)
    assert hours(found, "ward_medicine", "waiting") == [7, 0, 0]
    assert hours(found, "ward_surgery", "waiting") == [24, 24, 24]
    assert hours(found, "short_term", "waiting") == [24, 1, 0]
    assert hours(found, "short_term", "occupied") == [0, 23, 24]
    assert hours(found, "emergency", "waiting") == [2, 0, 0]
    assert hours(found, "emergency", "occupied") == [5, 0, 0]  # from arrival


def test_who_is_ready_stays_in_bed() -> None:
    diary = Diary().add(Kind.READY, DAY, DAY + 20 * HOUR, 2 * DAY + 2 * HOUR, detail=Ward.SURGERY * STAY_WARD)
    found = measured(diary)
    assert hours(found, "ward_surgery", "ready") == [4, 2, 0]
    assert hours(found, "ward_medicine", "ready") == [0, 0, 0]
    assert hours(found, "short_term", "ready") == [0, 0, 0]


def test_the_week_begins_on_monday_and_adds_up() -> None:
    diary = Diary().add(Kind.STAY, 0, DAY + 90 * 60, DAY + 3 * HOUR, unit=BED)  # time 0 is a Monday, so a Tuesday
    found = measured(diary)
    week = found.week[0, 0]
    assert {int(hour): int(area) for hour, area in enumerate(week) if area} == {25: HOUR // 2, 26: HOUR}
    assert (found.week.sum(axis=2) == found.days.sum(axis=2)).all()
    long = Window.of_days(2, 17)
    assert hours_of_week(long).sum() == 15 * DAY
    assert hours_of_week(long)[2 * 24] == 3 * HOUR  # three Wednesdays
    assert len(hours_of_week(WINDOW)) == HOURS_A_WEEK


def test_a_window_that_ends_within_a_day() -> None:
    window = Window(DAY, DAY + 30 * HOUR + 600)
    found = occupancy_of(Diary().add(Kind.STAY, 0, 0, OPEN, unit=BED).records(), UNITS, CHANGES, window)
    assert hours(found, "ward_medicine", "occupied") == [24, 6 + 1 / 6]
    assert hours_of_week(window).sum() == window.end - window.start


@pytest.fixture(scope="module")
def arms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Arm, ...]]:
    """Both governances on both engines."""
    folder: Path = tmp_path_factory.mktemp("small")
    write_region(folder / "region")
    (folder / "small.toml").write_text(SCENARIO + TIMES, encoding="utf-8")
    scenario = sim.load(folder / "small.toml")
    names = ("current", "coordinated")
    return {engine: replicate(scenario, names, 3, 0, engine).arms for engine in ("compiled", "simpy")}


def test_areas_are_those_of_the_accumulators(arms: dict[str, tuple[Arm, ...]]) -> None:
    for arm in arms["compiled"]:
        assert arm.patterns is not None
        areas = arm.patterns.occupancy.days.sum(axis=2) / DAY
        for ward in ("medicine", "surgery"):
            place = NAMES.index(f"ward_{ward}")
            assert areas[place, 0] == pytest.approx(arm.table.value(f"occupied_bed_days_{ward}"), rel=1e-12)
            assert areas[place, 1] == pytest.approx(arm.table.value(f"staffed_bed_days_{ward}"), rel=1e-12)
            assert areas[place, 0] > 0
        short = NAMES.index("short_term")
        assert areas[short, 1] * 24 == pytest.approx(arm.table.value("capacity_hours_short_term"), rel=1e-12)
        assert areas[:, 3].sum() == pytest.approx(arm.table.value("ready_days"), rel=0.2)  # another definition


def test_both_engines_have_the_same_patterns(arms: dict[str, tuple[Arm, ...]]) -> None:
    for one, other in zip(arms["compiled"], arms["simpy"], strict=True):
        assert one.patterns is not None
        assert other.patterns is not None
        for name, array in one.patterns.arrays.items():
            assert (array == other.patterns.arrays[name]).all(), name
            assert array.sum() > 0
