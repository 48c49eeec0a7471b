"""With nothing done, the simulated region regresses to the mean as England's registers do, and trials hold their level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import sim
from sim.evaluation.designs import Allocation
from sim.evaluation.estimators import two_groups
from sim.evaluation.region import Simulated
from sim.evaluation.selection import Start, pool
from sim.evaluation.use import Before, Use
from sim.model.period import Period
from sim.vocabulary import DAY, AgeBand

pytestmark = pytest.mark.published

VANNAS = Path(__file__).parents[2] / "scenarios" / "vannas.toml"


@dataclass
class Untouched:
    """A region in which nothing is done: what was known at T0, and what was used in the year after."""

    start: Start = field(init=False)
    before: Before = field(init=False)
    after: Use = field(init=False)

    def choose(self, start: Start, before: Before) -> Sequence[Allocation]:
        self.start, self.before = start, before
        return [Allocation(np.zeros(len(start.people), np.bool_))]


@pytest.fixture(scope="module")
def regions() -> list[Untouched]:
    world = Simulated(sim.load(VANNAS), "current", seed=3, by_list=None)
    found = []
    for number in range(3):
        one = Untouched()
        (one.after,) = world.follow(number, one.choose, 12)
        found.append(one)
    return found


def test_people_with_two_admissions_have_far_fewer_next_year(regions: list[Untouched]) -> None:
    # Roland and Abel 2012: people of 65 and over with at least two emergency admissions make 38 % of all in a year, and
    # fewer than 10 % in the next: at least -74 %, deaths included.
    counts = np.zeros(4)
    for one in regions:
        old = one.start.people.age_band >= AgeBand.AGE_65_69
        year, later = one.before.use.total("admissions"), one.after.total("admissions")
        twice = old & (year >= 2)
        counts += year[twice].sum(), later[twice].sum(), year[old].sum(), later[old].sum()
    change = counts[1] / counts[0] - 1.0
    assert -0.88 < change < -0.62
    assert 0.28 < counts[0] / counts[2] < 0.55
    assert counts[1] / counts[3] < 0.17


def test_the_living_fall_nearly_as_much(regions: list[Untouched]) -> None:
    for rule in ("admissions>=2", "admissions>=3"):
        lists = [(one, pool(rule, one.start, one.before)) for one in regions]
        before, after = (
            sum(part(one)[people].sum() for one, people in lists)
            for part in (lambda one: one.before.use.total("admissions"), lambda one: one.after.total("admissions"))
        )
        assert after / before - 1.0 < -0.5


@pytest.mark.verify
def test_a_thousand_lots_over_the_same_people_reject_at_their_level(regions: list[Untouched]) -> None:
    one = regions[0]
    people = pool("admissions>=1", one.start, one.before)
    y, years = one.after.total("admissions")[people], one.after.years()[people]
    draw = np.random.default_rng(17)
    half = np.arange(len(people)) % 2 == 0
    rejected = sum(two_groups(y, years, draw.permutation(half)).significant for _ in range(1000))
    assert stats.binomtest(rejected, 1000, 0.05).pvalue > 0.001


def test_turns_begin_at_midnight() -> None:
    scenario = sim.load(VANNAS)
    world = Simulated(scenario, "coordinated")
    _, governance = world.arms()
    allocation = Allocation(np.ones(5, np.bool_), np.array([2, 7]))
    starts = world.assignment(allocation, governance, Period.of(scenario)).starts
    assert starts is not None
    assert ((starts - Period.of(scenario).starts) / DAY).tolist() == [61, 213]
    assert world.arms()[0].governance(governance)["mobile_team.by_list"]
    assert not scenario.governance("coordinated")["mobile_team.by_list"]
