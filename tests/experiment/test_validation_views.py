"""What figures of a validation show, by hand: distributions, returns, use by age, turnover and its causes."""

from __future__ import annotations

import numpy as np
import pytest

from sim.buffers import Column, World
from sim.outcomes.inputs import MONTH
from sim.validation.measures import Baseline, simulated
from sim.validation.states import AWAY, States
from sim.validation.views import VIEWS, states_of, views
from sim.vocabulary import (
    DAY,
    MINUTE,
    STAY_PLANNED,
    TAG_FAILING,
    TAG_SEGMENT,
    YEAR,
    AgeBand,
    Kind,
    Outcome,
    Place,
    Segment,
)
from tests.experiment.baselines import T0, at, base_of
from tests.outcomes.builder import Diary, people

OLD, YOUNG, CHILD = AgeBand.AGE_80_84, AgeBand.AGE_25_44, AgeBand.AGE_0_15


def world_of(segment: list[int], failing: list[int], frailty: list[float], place: list[int] | None = None) -> World:
    number = len(segment)
    return World.build(
        [
            Column("people.at", np.array(place or [Place.HOME] * number), state=True),
            Column("people.segment", np.array(segment), state=True),
            Column("people.failing", np.array(failing), state=True),
            Column("people.frailty", np.array(frailty)),
        ]
    )


def seen(base: Baseline, states: States, name: str) -> np.ndarray:
    return np.asarray(VIEWS[name](base, states))


def states_in(base: Baseline, world: World | None = None) -> States:
    """Looked at in all their times, if there is a world, which never changes."""
    states = states_of(base.people, base.warm_up_ends, base.year, base.horizon)
    for time in states.times if world is not None else []:
        states.look(world, time)
    return states


# --- distributions -----------------------------------------------------------------------------------------------


def test_times_in_the_emergency_department_by_age() -> None:
    diary = Diary()
    for n, (person, minutes) in enumerate(((0, 14), (0, 15), (1, 100), (1, 3000), (2, 50))):
        diary.add(Kind.EMERGENCY_VISIT, at(n), at(n) + 7 * MINUTE, at(n) + minutes * MINUTE, person=person)
    diary.add(Kind.EMERGENCY_VISIT, at(9), -1, at(9) + 60, Outcome.GAVE_UP)
    base = base_of(diary, people(3, age_band=[OLD, YOUNG, CHILD]))
    found = seen(base, states_in(base), "emergency_minutes")
    adults, younger, older, oldest = found
    assert oldest[[0, 1]].tolist() == [0.5, 1.0]
    assert np.isnan(older).all()
    assert younger[[5, 6, 95, 96]].tolist() == [0, 0.5, 0.5, 1.0]  # 3,000 minutes are more than a day
    assert adults[[0, 1, 6, 96]].tolist() == [0.25, 0.5, 0.75, 1.0]
    doctors = seen(base, states_in(base), "doctor_minutes")
    assert doctors[0, :2].tolist() == [0, 1]


def test_stays_by_age() -> None:
    diary = Diary().stay(at(1), at(1.5)).stay(at(10), at(13)).stay(at(40), at(110)).stay(at(5), at(7), person=1)
    diary.stay(at(-20), at(-10), person=1).stay(at(360), -1, person=1)
    base = base_of(diary, people(2, age_band=[OLD, YOUNG]))
    young, old = seen(base, states_in(base), "stays")
    assert np.flatnonzero(young).tolist() == [2]
    assert old[[0, 3, 60]] == pytest.approx([1 / 3] * 3)
    young, old = seen(base, states_in(base), "stay_figures")
    assert old == pytest.approx([73.5 / 3, 1 / 3, 1 / 3])
    assert young == pytest.approx([2, 0, 0])


def test_returns_by_day_and_until_then() -> None:
    diary = Diary()
    for person, gap in enumerate((3, 10, 400)):
        diary.stay(at(-200), at(-190), person=person).stay(at(-190 + gap), at(-189 + gap), person=person)
    base = base_of(diary, people(3))
    daily, until, weekly = (seen(base, states_in(base), name) for name in ("returns", "returned", "returned_by_week"))
    # Five discharges in that year: three first ones, and two of the returns.
    assert np.flatnonzero(daily).tolist() == [3, 10]
    assert daily[3] == pytest.approx(1 / 5)
    assert until[[2, 3, 364]] == pytest.approx([0, 1 / 5, 2 / 5])
    assert weekly[[0, 1, 2]] == pytest.approx([1 / 35, 1 / 35, 0])


def test_use_and_deaths_by_age() -> None:
    diary = Diary().add(Kind.EMERGENCY_VISIT, at(3)).add(Kind.EMERGENCY_VISIT, at(-3)).death(at(73), person=1)
    diary.stay(at(-2), at(4)).add(Kind.GP_VISIT, at(8), person=2).add(Kind.GP_VISIT, at(9), -1, at(10), Outcome.GAVE_UP)
    base = base_of(diary, people(3, age_band=[OLD, OLD, YOUNG]))
    use = seen(base, states_in(base), "use_by_age")
    assert use[:, OLD] == pytest.approx([1 / 1.2, 0, 4 / 1.2, 0])
    assert use[:, YOUNG] == pytest.approx([0, 0, 0, 1])
    assert np.isnan(use[:, CHILD]).all()
    deaths = seen(base, states_in(base), "deaths_by_age")
    assert deaths[OLD - AgeBand.AGE_65_69] == pytest.approx(1000 / 1.2)


def test_over_the_year() -> None:
    diary = Diary().stay(at(100), at(130)).ready(at(100), at(121))
    base = base_of(diary)
    daily = seen(base, states_in(base), "ready_daily")
    assert daily[90] == 0
    assert daily[110] == pytest.approx(1)
    assert 0 < daily[100] < 1
    assert seen(base, states_in(base), "crowding").shape == (2, 12)


# --- turnover ----------------------------------------------------------------------------------------------------


def test_classes_and_transitions_from_year_to_year() -> None:
    diary = Diary()
    for day in (-300, -250, -200, 20, 40):  # three, then two
        diary.stay(at(day), at(day + 2), person=0)
    diary.stay(at(-300), at(-298), person=1).death(at(-100), person=1)  # one, and dead in the same year
    diary.stay(at(-300), at(-298), person=2).stay(at(50), at(52), person=2).death(at(200), person=2)
    diary.stay(at(60), at(62), person=3).stay(at(-60), at(-50), STAY_PLANNED, person=3)  # none, then one
    for day in (-300, -250, 30):
        diary.stay(at(day), at(day + 2), person=4)  # young
    base = base_of(diary, people(6, age_band=[OLD, OLD, OLD, OLD, YOUNG, OLD], entry=[0, 0, 0, 0, 0, at(-10)]))
    states = states_in(base)
    assert seen(base, states, "class_sizes").tolist() == [0.25, 0.5, 0, 0.25]  # person 5 came later
    first, second = seen(base, states, "class_shares")
    assert first == pytest.approx([0, 2 / 5, 0, 3 / 5])
    assert second == pytest.approx([1 / 4, 1 / 4, 0, 2 / 4])
    table = seen(base, states, "transitions")
    assert table[0].tolist() == [0, 0, 1, 0, 0, 0]
    assert table[1].tolist() == [0.5, 0, 0, 0, 0, 0.5]
    assert np.isnan(table[2]).all()
    assert table[3].tolist() == [0, 0, 0, 1, 0, 0]


def test_states_are_the_middle_of_months() -> None:
    base = base_of(Diary().stay(at(1), at(2)), people(4, age_band=[OLD, OLD, OLD, YOUNG], segment=[2, 2, 0, 0]))
    states = states_of(base.people, base.warm_up_ends, base.year, base.horizon)
    assert len(states.times) == 24
    assert states.times[0] == YEAR + MONTH // 2
    world = world_of([2, 2, 0, 0], [1, 0, 0, 0], [2.0, 1.0, 1.0, 1.0])
    for time in states.times[:12]:
        states.look(world, time)
    world.people.at[0] = Place.DEAD
    for time in states.times[12:]:
        states.look(world, time)
    first, second = (states.time(window) for window in base.pair or ())
    assert states.tenth.tolist() == [5, 0, 0, -1]
    assert first[Segment.FAILING, 5, 1] == pytest.approx(12 * MONTH / YEAR)
    assert first.sum() == pytest.approx(3, rel=1e-3)
    assert second.sum() == pytest.approx(2, rel=1e-3)
    assert second[Segment.FAILING, :, 1].sum() == 0
    assert states.time(base.year, np.array([False, True, False, True])).sum() == pytest.approx(1, rel=1e-3)
    assert 2 * len(Segment) < AWAY


def frequent(chosen_spells: int = 4) -> tuple[Baseline, States]:
    """Two equally frail people of the most ill: one admitted often in year 1, in a failing spell; the other never."""
    detail = Segment.MOST_ILL * TAG_SEGMENT + TAG_FAILING
    diary = Diary()
    for n in range(chosen_spells):
        day = -300 + 20 * n
        diary.add(Kind.STAY, at(day), at(day), at(day + 2), Outcome.DISCHARGED_HOME, detail=detail, need=n % 2)
    diary.add(Kind.STAY, at(50), at(50), at(52), Outcome.DISCHARGED_HOME, detail=Segment.MOST_ILL * TAG_SEGMENT)
    base = base_of(diary, people(2, age_band=[OLD, OLD], segment=[Segment.MOST_ILL] * 2))
    states = states_of(base.people, base.warm_up_ends, base.year, base.horizon)
    states.tenth[:] = 0
    world = world_of([3, 3], [1, 0], [1.0, 1.0])
    for place, time in enumerate(states.times):
        world.people.failing[0] = place < 12
        states.look(world, time)
    states.tenth[:] = 0  # both are equally frail
    return base, states


def test_frailty_and_spells_are_told_apart() -> None:
    base, states = frequent()
    year = 12 * MONTH / YEAR
    everybody, frailty, spells, follow_on, observed = seen(base, states, "frequent_rates")
    assert everybody == pytest.approx([4 / (2 * year), 1 / (2 * year)])
    assert frailty == pytest.approx([5 / (4 * year)] * 2)  # five spells in four person-years, whoever has them
    assert spells == pytest.approx([4 / year, 1 / (3 * year)])  # all in a failing spell, and one of three years stable
    assert follow_on == pytest.approx([4 / year, 1 / (3 * year)])  # two arise there by themselves, two follow on
    assert observed == pytest.approx([4 / year, 1 / year])
    rates = seen(base, states, "spells_by_state")
    assert rates.shape == (4, 5, 2)
    assert rates[Segment.MOST_ILL, 0] == pytest.approx([1 / (3 * year), 4.0 if year >= 1 else 4 / year], rel=1e-3)
    assert np.isnan(rates[Segment.RISK]).all()


def test_origins_of_admissions() -> None:
    base, states = frequent()
    mine, others, later = seen(base, states, "frequent_origins")
    assert mine.tolist() == [0.5, 0.5, 0]
    assert np.isnan(others).all()
    assert later.tolist() == [0, 0, 1]


def test_who_comes_back_twice_or_more_by_state_at_the_first() -> None:
    detail = Segment.RISK * TAG_SEGMENT + TAG_FAILING
    diary = Diary()
    for person in range(20):
        for day in (-200, -150, -100)[: 3 if person < 5 else 2]:
            diary.stay(at(day), at(day + 2), detail, person=person)
    for person in range(20, 25):
        diary.stay(at(-200), at(-198), person=person)
    base = base_of(diary, people(25, age_band=[OLD] * 20 + [YOUNG] * 5))
    table = seen(base, states_in(base), "after_first_by_state")
    assert table[Segment.RISK, 1] == pytest.approx(5 / 20)
    assert np.isnan(table[Segment.OTHER]).all()  # too few to tell
    assert simulated(base, ("after_first", "two_more")) == pytest.approx(5 / 25)


def test_a_short_run_has_views_of_the_same_shape() -> None:
    whole, short = base_of(Diary().stay(at(1), at(2))), base_of(Diary().stay(at(1), at(2)), days=60, warm_up=YEAR + DAY)
    assert short.pair is None
    world = world_of([0], [0], [1.0])
    long, less = views(whole, states_in(whole, world)), views(short, states_in(short, world))
    assert list(long) == list(less) == list(VIEWS)
    for name in ("returns", "class_sizes", "class_shares", "transitions", "frequent_rates", "frequent_origins"):
        assert less[name].shape == long[name].shape
        assert np.isnan(less[name]).all()
    assert states_in(short).times[0] == T0 + MONTH // 2
