"""Two governances at once: the whole, the parts, and on both engines."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.engine import Records
from sim.engine.compiled_engine import CompiledSimulation
from sim.model.period import Period
from sim.model.units import Unit, unit_table
from sim.replication.assigned import Assignment, AtStart, Followed, follow
from sim.replication.replication import replicate
from sim.replication.start import ArmsProgress
from sim.scenario import Scenario
from sim.vocabulary import (
    DAY,
    NEED_GENERATIONS,
    NEED_INDEXES,
    NEED_LEVEL,
    TAG_ENROLLED,
    TAG_SEGMENT,
    Kind,
    Outcome,
    Place,
    Segment,
    Service,
)
from tests.model.arms import all_off
from tests.model.small import small_scenario

Choose = Callable[[AtStart], Sequence[Assignment]]
SEED = 4
LISTED: dict[str, Any] = {
    "mobile_team.active": True,
    "mobile_team.enrols": True,
    "mobile_team.by_list": True,
    "mobile_team.doctors": [4, 2],
    "mobile_team.nurses": [8, 4],
    "mobile_team.weekends": True,
    "mobile_team.closes_hour": 20,
    "mobile_team.ramp_up_days": 1,
    "direct_contact.active": True,
}
"""A team that goes by list, with room for a few hundred."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """Two municipalities, two team areas, 60 days after T0."""
    scenario = small_scenario(tmp_path_factory.mktemp("small"))  # few have heart failure or COPD: all are monitored
    scenario = scenario.with_levers("coordinated", {"monitoring.share": 1.0, "monitoring.nurses": 4})
    scenario = scenario.with_levers("pooled", {"organisation.pooled": True}, base="coordinated")
    return scenario.with_levers("listed", LISTED, base="current")


def followed(scenario: Scenario, choose: Choose, engine: str = "compiled") -> tuple[AtStart, list[Followed]]:
    at_start, *arms = follow(scenario, SEED, 0, choose, engine)
    assert isinstance(at_start, AtStart)
    return at_start, [arm for arm in arms if isinstance(arm, Followed)]


def all_of(at_start: AtStart) -> NDArray[np.bool_]:
    return np.ones(len(at_start.people), dtype=bool)


def none_of(at_start: AtStart) -> NDArray[np.bool_]:
    return np.zeros(len(at_start.people), dtype=bool)


def every_other(at_start: AtStart) -> NDArray[np.bool_]:
    return np.arange(len(at_start.people)) % 2 == 1


def living_at(at_start: AtStart, place: int) -> NDArray[np.bool_]:
    return np.asarray(at_start.people.municipality == place)


def rows_of(records: Records, kind: Kind) -> NDArray[np.int64]:
    return np.flatnonzero(records.kind == kind)


# --- the whole ----------------------------------------------------------------------------------------------


def everybody_and_nobody(at_start: AtStart) -> list[Assignment]:
    return [
        Assignment("coordinated", all_of(at_start)),
        Assignment("coordinated", none_of(at_start)),
        Assignment("coordinated", none_of(at_start), usual="coordinated"),
        Assignment("current", every_other(at_start), starts=at_start.period.starts + np.array([0, 20 * DAY])),
    ]


@pytest.mark.agreement
@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_everybody_is_the_ordinary_arm_and_nobody_the_usual_one(small: Scenario, engine: str) -> None:
    ordinary = replicate(small, ["current", "coordinated"], SEED, 0, engine)
    current, coordinated = (arm.digest for arm in ordinary.arms)
    assert current != coordinated
    _, arms = followed(small, everybody_and_nobody, engine)
    assert [arm.records.digest() for arm in arms] == [coordinated, current, coordinated, current]


def mixtures(at_start: AtStart) -> list[Assignment]:
    starts = at_start.period.starts
    return [
        Assignment("coordinated", every_other(at_start), label="individuals"),
        Assignment("coordinated", living_at(at_start, 1), label="municipality"),
        Assignment("coordinated", all_of(at_start), starts=np.array([starts, starts + 21 * DAY]), label="stepped"),
        Assignment("listed", every_other(at_start), chosen=at_start.segment >= Segment.FAILING, label="list"),
        Assignment("pooled", every_other(at_start), usual="coordinated", label="pooled"),
    ]


@pytest.fixture(scope="module")
def mixed(small: Scenario) -> tuple[AtStart, dict[str, Followed]]:
    at_start, arms = followed(small, mixtures)
    return at_start, {arm.assignment.label: arm for arm in arms}


@pytest.mark.verify
@pytest.mark.agreement
def test_both_engines_agree_on_mixtures(small: Scenario, mixed: tuple[AtStart, dict[str, Followed]]) -> None:
    at_start, arms = mixed
    reference, others = followed(small, mixtures, "simpy")
    assert reference.records == at_start.records
    for name in ("segment", "failing", "home_nursing", "at", "alive"):
        assert np.array_equal(getattr(reference, name), getattr(at_start, name)), name
    for arm in others:
        assert arm.records.digest() == arms[arm.assignment.label].records.digest(), arm.assignment.label
        assert np.array_equal(arm.accumulators.used_area, arms[arm.assignment.label].accumulators.used_area)


# --- what is known at T0 ------------------------------------------------------------------------------------


def test_what_is_known_at_the_start_is_the_past_of_every_arm(mixed: tuple[AtStart, dict[str, Followed]]) -> None:
    at_start, arms = mixed
    before, starts = at_start.records, at_start.period.starts
    assert len(before) > 4_000
    assert before.asked.max() < starts
    assert max(before.started.max(), before.ended.max()) < starts
    assert (before.ended < 0).any()
    for arm in arms.values():
        after, rows = arm.records, len(before)
        assert np.array_equal(after.person[:rows], before.person)
        closed = before.ended >= 0
        assert np.array_equal(after.ended[:rows][closed], before.ended[closed])
        assert (after.asked[rows:] >= starts).all()
        moved = ~closed & (after.ended[:rows] >= 0)
        assert (after.ended[:rows][moved] >= starts).all()


def test_the_state_at_the_start_is_that_of_the_rows(mixed: tuple[AtStart, dict[str, Followed]]) -> None:
    at_start, _ = mixed
    records = at_start.records
    dead = np.zeros(len(at_start.people), dtype=bool)
    dead[records.person[records.kind == Kind.DEATH]] = True
    entered = np.asarray(at_start.people.entry) < at_start.period.starts
    assert np.array_equal(at_start.alive, entered & ~dead)
    assert np.array_equal(at_start.at == Place.DEAD, dead)
    stays = (records.kind == Kind.STAY) & (records.ended < 0)
    assert set(records.person[stays]) <= set(np.flatnonzero((at_start.at > Place.SHORT_TERM) & at_start.alive))
    assert not at_start.home_nursing[~at_start.alive].any()
    assert 20 < at_start.home_nursing.sum() < at_start.alive.sum() / 2
    assert 20 < at_start.failing.sum() < at_start.alive.sum() / 2
    last = {int(person): int(detail) for person, detail in zip(records.person, records.detail, strict=True)}
    tags = [(last[person] // TAG_SEGMENT % 4, int(at_start.segment[person])) for person in sorted(last) if person >= 0]
    assert np.mean([tag == now for tag, now in tags]) > 0.95


# --- the parts ----------------------------------------------------------------------------------------------


def test_only_the_assigned_are_enrolled(mixed: tuple[AtStart, dict[str, Followed]]) -> None:
    at_start, arms = mixed
    arm = arms["individuals"]
    enrolled = every_other(at_start)
    rows = rows_of(arm.records, Kind.ENROLMENT)
    assert len(rows) > 50
    assert enrolled[arm.records.person[rows]].all()
    assert arm.enrolled.sum() > 50
    assert not (arm.enrolled & ~enrolled).any()
    tagged = arm.records.person[(arm.records.detail // TAG_ENROLLED % 2 == 1) & (arm.records.person >= 0)]
    assert not set(tagged) - set(np.flatnonzero(enrolled))


def test_a_municipality_goes_over_and_the_other_does_not(mixed: tuple[AtStart, dict[str, Followed]]) -> None:
    at_start, arms = mixed
    arm = arms["municipality"]
    here = living_at(at_start, 1)
    assert arm.enrolled.sum() > 20
    assert not (arm.enrolled & ~here).any()
    visits = rows_of(arm.records, Kind.PROACTIVE_VISIT)
    assert here[arm.records.person[visits]].all()


def test_in_a_stepped_wedge_each_municipality_goes_over_at_its_start(
    small: Scenario, mixed: tuple[AtStart, dict[str, Followed]]
) -> None:
    at_start, arms = mixed
    arm, starts = arms["stepped"], mixtures(at_start)[2].starts
    assert starts is not None
    records = arm.records
    rows = rows_of(records, Kind.ENROLMENT)
    place = np.asarray(at_start.people.municipality)[records.person[rows]]
    assert [int(records.asked[rows][place == m].min()) for m in (0, 1)] == starts.tolist()
    # From the second start on, its team grows as anywhere, counted from that day: no day's places are exceeded.
    levers = small.governance("coordinated")
    for m in (0, 1):
        full = float(np.asarray(levers["mobile_team.doctors"])[m]) * (1 - float(levers["mobile_team.vacancy_share"]))
        full *= 0.5 * float(levers["mobile_team.caseload_most_ill"]) + 0.5 * float(
            levers["mobile_team.caseload_failing"]
        )
        first = records.started[rows][(place == m) & (records.started[rows] >= 0)]
        for day in (5, 20):
            since = int(starts[m]) + day * DAY
            limit = full * day / float(levers["mobile_team.ramp_up_days"])
            assert 0 < (first < since).sum() <= limit + 2


def test_nothing_new_is_done_before_a_start(mixed: tuple[AtStart, dict[str, Followed]]) -> None:
    at_start, arms = mixed
    arm, starts = arms["stepped"], mixtures(at_start)[2].starts
    assert starts is not None
    records = arm.records
    rows = np.flatnonzero(np.isin(records.kind, ONLY_NEW) & (records.person >= 0))
    place = np.asarray(at_start.people.municipality)[records.person[rows]]
    assert (records.asked[rows] >= starts[place]).all()
    late = {int(kind) for kind in records.kind[rows][place == 1]}
    assert {Kind.ENROLMENT, Kind.PROACTIVE_VISIT, Kind.ALARM} <= late


ONLY_NEW = (
    *(Kind.ENROLMENT, Kind.PROACTIVE_VISIT, Kind.TEAM_DOCTOR_VISIT, Kind.HOME_TREATMENT),
    *(Kind.HOMECOMING, Kind.ALARM, Kind.CONSULT, Kind.ROUND, Kind.PALLIATIVE_VISIT),
)
"""What nobody has under `current`."""


def test_capacity_of_a_stepped_wedge_is_that_of_each_governance_in_its_time(
    small: Scenario, mixed: tuple[AtStart, dict[str, Followed]]
) -> None:
    at_start, arms = mixed
    starts = at_start.period.starts

    def homecoming(arm: Followed, period: int) -> list[float]:
        units = [n for n, unit in enumerate(arm_units(small)) if unit.service.name == "HOMECOMING"]
        return [float(arm.accumulators.capacity_area[period, n]) / DAY for n in units]

    both = arms["stepped"].accumulators
    month = int(np.flatnonzero(both.starts == starts)[0])
    days = (both.starts[month + 1] - starts) / DAY
    posts = np.asarray(small.governance("coordinated")["homecoming.staff"])[:2] * 3.0
    assert homecoming(arms["stepped"], month) == pytest.approx([posts[0] * days, posts[1] * (days - 21)])
    assert homecoming(arms["municipality"], month) == pytest.approx([0.0, posts[1] * days])


def arm_units(scenario: Scenario) -> tuple[Unit, ...]:
    return unit_table(scenario.region)


def test_a_county_wide_team_takes_all_the_staff_and_leaves_no_team_elsewhere(
    small: Scenario, mixed: tuple[AtStart, dict[str, Followed]]
) -> None:
    _, arms = mixed
    records = arms["pooled"].records
    units = [n for n, unit in enumerate(arm_units(small)) if unit.service in (Service.TEAM_DOCTOR, Service.TEAM_NURSE)]
    there, gone = (
        [n for n in units if arm_units(small)[n].team_area == 0],
        [n for n in units if arm_units(small)[n].team_area == 1],
    )
    after = records.asked >= mixed[0].period.starts
    rows = rows_of(records, Kind.ENROLMENT)
    assert arms["pooled"].enrolled.sum() > 50
    # Everybody's, of both municipalities; who still has the local team of an area that has none now, has none.
    assert set(records.unit[rows]) <= set(there)
    assert set(np.asarray(arms["pooled"].people.municipality)[records.person[rows]]) == {0, 1}
    assert not (after & np.isin(records.unit, gone)).any()


def test_candidates_and_hidden_truths_do_not_depend_on_the_assignment(
    mixed: tuple[AtStart, dict[str, Followed]],
) -> None:
    _, arms = mixed
    needs = [needs_of(arms[name].records) for name in ("individuals", "municipality", "list")]
    for one, other in ((0, 1), (0, 2)):
        both = needs[one].keys() & needs[other].keys()
        assert len(both) > 0.95 * max(len(needs[one]), len(needs[other]))
        assert all(needs[one][key] == needs[other][key] for key in both)


def needs_of(records: Records) -> dict[tuple[int, int], tuple[int, int]]:
    """Onset and level, by person and candidate; what follows from another need or a visit comes when care lets it."""
    rows = rows_of(records, Kind.NEED)
    rows = rows[records.need[rows] % NEED_GENERATIONS == 0]
    rows = rows[records.need[rows] // NEED_GENERATIONS % NEED_INDEXES < NEED_INDEXES - 1]
    keys = zip(records.person[rows].tolist(), records.need[rows].tolist(), strict=True)
    truths = zip(records.asked[rows].tolist(), (records.detail[rows] // NEED_LEVEL % 8).tolist(), strict=True)
    return dict(zip(keys, truths, strict=True))


# --- lists --------------------------------------------------------------------------------------------------


def test_exactly_the_chosen_with_the_new_governance_are_enrolled(mixed: tuple[AtStart, dict[str, Followed]]) -> None:
    at_start, arms = mixed
    arm = arms["list"]
    wanted = every_other(at_start) & (at_start.segment >= Segment.FAILING) & at_start.alive
    housed = arm.people.special_housing | (at_start.at == Place.SPECIAL_HOUSING)
    assert arm.enrolled.sum() > 50
    assert not (arm.enrolled & (~wanted | housed)).any()
    asked = set(arm.records.person[rows_of(arm.records, Kind.ENROLMENT)])
    assert asked == set(np.flatnonzero(wanted & ~housed))


def test_a_list_takes_whom_the_team_would_not_and_waits_for_places(small: Scenario) -> None:
    def choose(at_start: AtStart) -> list[Assignment]:
        young = at_start.alive & (at_start.segment == Segment.OTHER) & (at_start.people.special_housing == 0)
        here = young & living_at(at_start, 0)
        few, many = here & (np.cumsum(here) <= 40), here & (np.cumsum(here) <= 600)
        return [Assignment("listed", all_of(at_start), chosen=chosen) for chosen in (few, many)]

    at_start, (few, many) = followed(small, choose)
    assert few.assignment.chosen is not None
    there = few.assignment.chosen & (at_start.at <= Place.SHORT_TERM)
    assert (few.enrolled[there]).mean() > 0.9
    assert not (few.enrolled & ~few.assignment.chosen).any()
    # Four doctors, half their time, a hundred people each: 200 places, and those who died leave theirs.
    records = many.records
    rows = rows_of(records, Kind.ENROLMENT)
    ends = np.where(records.ended[rows] < 0, at_start.period.horizon, records.ended[rows])
    assert many.enrolled.sum() > 150
    assert len(rows) - (ends < at_start.period.horizon).sum() <= 200


def test_who_is_in_hospital_at_the_start_is_enrolled_at_home_later(small: Scenario) -> None:
    def choose(at_start: AtStart) -> list[Assignment]:
        inside = at_start.alive & (at_start.at == Place.WARD) & (at_start.people.special_housing == 0)
        return [Assignment("listed", inside, chosen=inside)]

    at_start, (arm,) = followed(small, choose)
    assert arm.assignment.chosen is not None
    chosen = np.flatnonzero(arm.assignment.chosen)
    assert len(chosen) >= 3
    records, enrolled = arm.records, 0
    for row in rows_of(records, Kind.ENROLMENT):
        person = int(records.person[row])
        stays = (records.kind == Kind.STAY) & (records.person == person) & (records.started >= 0)
        stays &= records.started < at_start.period.starts
        left = records.ended[stays].max()
        if records.started[row] >= 0:
            enrolled += 1
            assert 0 < left <= records.started[row]
    assert enrolled > 0


def test_managed_care_by_list_takes_the_chosen_and_nobody_else(small: Scenario) -> None:
    levers = {"attender_team.active": True, "attender_team.staff": 3, "attender_team.contacts_in_month": 1}
    scenario = all_off(small).with_levers("often", levers, base="off")
    scenario = scenario.with_levers("list", {"attender_team.by_list": True}, base="often")

    def choose(at_start: AtStart) -> list[Assignment]:
        chosen = at_start.alive & (np.cumsum(at_start.alive) % 50 == 1)
        arms = [Assignment(name, all_of(at_start), chosen=chosen) for name in ("often", "list")]
        starts = at_start.period.starts + np.array([0, 10 * DAY])
        return [*arms, Assignment("list", all_of(at_start), chosen=chosen, starts=starts)]

    _, (often, listed, stepped) = followed(scenario, choose)
    assert listed.assignment.chosen is not None
    meetings = rows_of(listed.records, Kind.FREQUENT_ATTENDER)
    assert set(listed.records.person[meetings]) == set(np.flatnonzero(listed.assignment.chosen))
    others = often.records.person[rows_of(often.records, Kind.FREQUENT_ATTENDER)]
    assert set(others) - set(listed.records.person[meetings])
    assert (listed.records.outcome[meetings] == Outcome.DONE).sum() > 20
    records = stepped.records
    first = {int(records.person[row]): int(records.asked[row]) for row in meetings_of(records)[::-1]}
    starts = stepped.assignment.starts
    assert starts is not None
    waited = {person: int(starts[stepped.people.municipality[person]]) for person in first}
    assert len(set(waited.values())) == 2
    assert first == waited


def meetings_of(records: Records) -> NDArray[np.int64]:
    """Of the coordination team with people it has been asked to meet, in order; later contacts belong to a need."""
    rows = rows_of(records, Kind.FREQUENT_ATTENDER)
    return rows[records.need[rows] == 0]


# --- how it runs ---------------------------------------------------------------------------------------------


def test_one_arm_is_held_at_a_time(small: Scenario) -> None:
    def simulations() -> int:
        return sum(isinstance(thing, CompiledSimulation) for thing in gc.get_objects())

    def choose(at_start: AtStart) -> list[Assignment]:
        return [Assignment("coordinated", none_of(at_start))] * 3

    gc.collect()
    before = simulations()
    # The state at T0, which becomes the last arm; the arm that was given away is gone but for its rows.
    assert [simulations() - before for _ in follow(small, SEED, 0, choose)] == [1, 1, 1, 0]


def test_progress_never_falls_and_ends_with_the_last_arm() -> None:
    told: list[float] = []
    progress = ArmsProgress(told.append, Period(10, 40, 60), 1)
    progress(30)
    progress.expect(3)  # known at T0 only
    for arm in range(3):
        if arm == 1:
            progress(0)  # where it is run from the start again
        for now in (40, 50, 60):
            progress(now)
        progress.arm_done()
    assert told == sorted(told)
    assert told[0] == 0.5
    assert told[-1] == 1.0


# --- what is refused ----------------------------------------------------------------------------------------


def test_what_does_not_fit_is_refused_by_name(small: Scenario) -> None:
    def starting(**changes: Any) -> Choose:
        return lambda at_start: [replace(Assignment("coordinated", all_of(at_start)), **changes)]

    for changes, words in (
        ({"people": np.ones(3, bool)}, r"assignment.people: has shape \(3,\), needs"),
        ({"chosen": np.ones(3, bool)}, "assignment.chosen"),
        ({"municipalities": np.ones(6, bool)}, "assignment.municipalities"),
        ({"starts": np.array([0, 0])}, "assignment.starts: .* midnights from T0"),
        ({"starts": np.array([80, 81]) * DAY + 3600}, "assignment.starts"),
    ):
        with pytest.raises(ValueError, match=words):
            list(follow(small, SEED, 0, starting(**changes)))
    with pytest.raises(KeyError, match="no governance 'unheard of'"):
        list(follow(small, SEED, 0, starting(governance="unheard of")))
