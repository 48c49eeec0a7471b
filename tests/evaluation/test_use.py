"""Use by person and month, counted anew row by row; index stays; who is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from sim import chance
from sim.engine import Records
from sim.engine.records import COLUMNS
from sim.evaluation.designs import Ask, lay_out
from sim.evaluation.selection import SELECTIONS, could_be_chosen, pool, risk, select
from sim.evaluation.synthetic import MadeStart, Synthetic, _Made
from sim.evaluation.use import OUTCOMES, Before, before_of, use_of
from sim.model.period import Period
from sim.outcomes import PeopleTable
from sim.outcomes.inputs import MONTH
from sim.vocabulary import DAY, STAY_PLANNED, YEAR, Kind, Outcome

pytestmark = pytest.mark.unit

PERIOD = Period(YEAR, 2 * YEAR, 3 * YEAR)
T0 = PERIOD.starts


def people(count: int = 3, entry: Sequence[int] | None = None) -> PeopleTable:
    zeros = np.zeros(count, np.int64)
    return PeopleTable(
        np.array(entry if entry is not None else zeros), zeros, zeros + 7, zeros, zeros, zeros > 0, ("Place",)
    )


def records(*rows: Mapping[str, int]) -> Records:
    usual = {"need": -1, "unit": -1, "started": -1, "ended": -1, "outcome": int(Outcome.DONE), "detail": 0}
    whole = [{**usual, **row} for row in rows]
    return Records({name: np.array([row[name] for row in whole], kind) for name, kind in COLUMNS.items()})


def stay(person: int, begin: float, end: float | None, **more: int) -> dict[str, int]:
    """A stay from and to days relative to T0."""
    asked = T0 + round(begin * DAY)
    ended = -1 if end is None else T0 + round(end * DAY)
    left = int(Outcome.OPEN if end is None else Outcome.DISCHARGED_HOME)
    return {
        "kind": Kind.STAY,
        "person": person,
        "asked": asked,
        "started": asked,
        "ended": ended,
        "outcome": left,
        **more,
    }


def at(kind: Kind, person: int, day: float) -> dict[str, int]:
    asked = T0 + round(day * DAY)
    return {"kind": kind, "person": person, "asked": asked, "started": asked, "ended": asked + 600}


def test_each_row_is_counted_in_its_month() -> None:
    found = use_of(
        records(
            stay(0, -400.0, -395.0),  # before all months
            stay(0, -40.0, -20.0),  # two months of days, one admission
            stay(0, -19.5, -10.0),  # a transfer: the same spell
            stay(0, 5.0, 6.0, detail=STAY_PLANNED),  # days only
            at(Kind.EMERGENCY_VISIT, 1, -1.0),
            at(Kind.EMERGENCY_VISIT, 1, 364.9),
            at(Kind.GP_VISIT, 1, 40.0),
            at(Kind.TEAM_DOCTOR_VISIT, 1, 41.0),
            at(Kind.DEATH, 1, 100.0),
            stay(2, 350.0, None),
        ),
        people(entry=[0, 0, T0 + 10 * DAY]),
        PERIOD,
    )
    assert found.values.shape == (5, 3, 24)
    assert found.first == -12
    admissions, visits, days, doctor, deaths = (found.outcome(name) for name in OUTCOMES)
    assert np.argwhere(admissions).tolist() == [[0, 10], [2, 23]]
    assert np.argwhere(visits).tolist() == [[1, 11], [1, 23]]
    month = MONTH / DAY
    assert days[0].nonzero()[0].tolist() == [10, 11, 12]
    assert days[0, 10:13] == pytest.approx([40.0 - month, month - 20.0 + 9.5, 1.0])
    assert days[2, 23] == pytest.approx(15.0)
    assert doctor[1, 13] == 2.0
    assert np.argwhere(deaths).tolist() == [[1, 15]]
    assert found.years()[0] == pytest.approx(2.0)
    assert found.alive[1].sum() == pytest.approx(465.0, abs=0.01)
    assert found.alive[2].sum() == pytest.approx(355.0, abs=0.01)


def test_parts() -> None:
    found = use_of(records(at(Kind.EMERGENCY_VISIT, 1, 70.0)), people(), PERIOD)
    part = found.between(2, 4).of(np.array([1]))
    assert part.outcome("emergency_visits").tolist() == [[1.0, 0.0]]
    with pytest.raises(ValueError, match="months -13 to 0 asked for, -12 to 12 are there"):
        found.between(-13, 0)


def test_the_index_stay_lies_outside_if_asked() -> None:
    before = before_of(
        records(
            stay(0, -500.0, -490.0),
            stay(0, -200.0, -190.0),
            stay(0, -100.0, -90.0),
            at(Kind.EMERGENCY_VISIT, 0, -101.5),
            at(Kind.EMERGENCY_VISIT, 0, -100.3),  # led to the index stay
            stay(1, -30.0, None),
            stay(2, -60.0, -50.0, detail=STAY_PLANNED),
            stay(2, 20.0, 30.0),  # after T0: nobody knows of it yet
            at(Kind.EMERGENCY_VISIT, 2, 3.0),
        ),
        people(),
        PERIOD,
    )
    assert before.use.total("admissions").tolist() == [2.0, 1.0, 0.0]
    assert before.outside.total("admissions").tolist() == [1.0, 0.0, 0.0]
    assert before.earlier is not None
    assert before.earlier.total("admissions").tolist() == [1.0, 0.0, 0.0]
    assert before.admitted.tolist() == [T0 - 100 * DAY, T0 - 30 * DAY, -1]
    assert before.discharged.tolist() == [T0 - 90 * DAY, -1, -1]
    assert before.use.total("hospital_days") == pytest.approx([20.0, 30.0, 10.0], abs=0.001)
    assert before.use.total("emergency_visits").tolist() == [2.0, 0.0, 0.0]
    assert before.outside.total("emergency_visits").tolist() == [1.0, 0.0, 0.0]


def test_a_year_before_is_needed() -> None:
    with pytest.raises(ValueError, match=r"time.warm_up_days \+ time.pre_period_days: 90 given, at least 365"):
        before_of(records(), people(), Period(60 * DAY, 90 * DAY, 200 * DAY))


# --- selection ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made() -> tuple[MadeStart, Before]:
    asked = Synthetic(people=4000, rate=1.0)
    one = _Made.of(asked, 0)
    return one.start(asked), one.before()


def test_rules_take_whom_they_name(made: tuple[MadeStart, Before]) -> None:
    start, before = made
    admissions, visits = before.use.total("admissions"), before.use.outcome("emergency_visits")
    for number in (1, 2, 3):
        assert (
            pool(f"admissions>={number}", start, before).tolist()
            == np.flatnonzero(start.alive & (admissions >= number)).tolist()
        )
    assert (visits[pool("emergency>=4", start, before)].sum(axis=1) >= 4).all()
    assert (visits[pool("frequent_month", start, before)].max(axis=1) >= 3).all()
    assert (before.discharged[pool("discharge", start, before)] >= T0 - 30 * DAY).all()
    assert start.home_nursing[pool("home_nursing", start, before)].all()
    for rule in SELECTIONS:
        assert start.alive[pool(rule, start, before)].all()


def test_a_risk_model_finds_those_who_will_be_admitted(made: tuple[MadeStart, Before]) -> None:
    start, before = made
    could = could_be_chosen(start, before, 65)
    scores = risk(start, before, could)
    top = pool("risk_top_5", start, before)
    assert len(top) == pytest.approx(0.05 * could.sum(), abs=2)
    assert scores[top].min() >= np.quantile(scores[could], 0.95)
    assert before.use.total("admissions")[top].mean() > 3 * before.use.total("admissions")[could].mean()


def test_a_clinician_sees_who_is_failing(made: tuple[MadeStart, Before]) -> None:
    start, before = made
    known = pool("clinician", start, before)
    chosen = select("clinician", start, before, 200, start.key)
    assert start.failing[chosen].mean() > 2 * start.failing[known].mean()
    assert start.failing[chosen].mean() < 1.0  # not perfectly


def test_a_list_is_a_lot_that_others_do_not_change(made: tuple[MadeStart, Before]) -> None:
    start, before = made
    few, more = (select("admissions>=1", start, before, n, start.key) for n in (50, 100))
    assert set(few) < set(more)
    other = select("admissions>=1", start, before, 50, chance.stream_key(9, 9))
    assert set(other) != set(few)


def test_only_places_and_ages_asked_for(made: tuple[MadeStart, Before]) -> None:
    start, before = made
    found = pool("admissions>=1", start, before, age=85, municipalities=np.array([2]))
    assert (start.people.municipality[found] == 2).all()
    assert (start.people.age_band[found] >= 8).all()
    with pytest.raises(ValueError, match="age: 66 given, one of 0, 16"):
        pool("admissions>=1", start, before, age=66)


def test_matched_groups_are_alike_and_unmatched_ones_are_not(made: tuple[MadeStart, Before]) -> None:
    start, before = made
    ask = Ask("admissions>=2", 150, 12)
    assert lay_out("matched_waiting", ask, start, before).balance < 0.25
    assert lay_out("did", ask, start, before).balance > 1.0
    matched = lay_out("matched_eligible", ask, start, before)
    assert matched.pairs is not None
    assert len(set(matched.persons.tolist())) == len(matched.persons)
    assert matched.allocation.people.sum() == 150  # who found no match has the intervention too


def test_a_stepped_wedge_takes_turns(made: tuple[MadeStart, Before]) -> None:
    start, before = made
    found = lay_out("stepped_wedge", Ask("admissions>=1", None, 12), start, before)
    months = found.allocation.start_months
    assert months is not None
    assert sorted(months.tolist()) == [2, 3, 5, 7, 9, 10]
    assert (found.start == months[found.cluster]).all()
