"""Designs on made people, whose truth is known on paper: right where theory says so, wrong where theory says so."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.evaluation.estimators import Estimate
from sim.evaluation.evaluating import Evaluation, evaluate_in, exaggeration, performance
from sim.evaluation.selection import TooFew
from sim.evaluation.study import Choose, Finding, Study, repeats, studies_of
from sim.evaluation.synthetic import Synthetic
from sim.evaluation.use import Use
from sim.runs.progress import Tick

pytestmark = pytest.mark.theory

ONE = ("admissions",)
HERE = ("Place 1", "Place 2", "Place 3")


def tried(designs: tuple[str, ...], world: Synthetic, number: int, **asked: Any) -> Evaluation:
    return evaluate_in(world, studies_of(designs, **{"outcomes": ONE, **asked}), number)


def null(found: Evaluation, design: str) -> float:
    return found.of(design, "admissions").null.value


# --- zero effect ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rule", "fall"), [("admissions>=2", -0.40), ("admissions>=3", -0.45)])
def test_with_no_effect_people_chosen_for_admissions_fall_and_their_twins_do_not(rule: str, fall: float) -> None:
    found = tried(("before_after", "did", "its", "twin"), Synthetic(people=3000), 20, select=rule)
    for design in ("before_after", "did", "its"):
        assert null(found, design) < (fall if design != "its" else -0.25)
    assert found.of("before_after", "admissions").type_one.value > 0.9
    for finding in found.findings(3, "admissions"):
        assert finding.truth == finding.truth_difference == 0.0
        assert (finding.null.estimate, finding.null.low, finding.null.high, finding.null.p) == (0.0, 0.0, 0.0, 1.0)
        assert finding.real == finding.null


def test_the_trend_before_does_not_warn_of_regression_to_the_mean() -> None:
    found = tried(("did",), Synthetic(people=3000), 25).of("did", "admissions")
    assert found.null.value < -0.5
    assert found.placebo.value < 0.3


@pytest.mark.verify
def test_a_thousand_randomised_studies_reject_at_their_level() -> None:
    found = tried(("randomised",), Synthetic(people=700), 1000, select="admissions>=1", n=150)
    rejected = sum(one.null.significant for one in found.findings(0, "admissions"))
    assert stats.binomtest(rejected, 1000, 0.05).pvalue > 0.001
    intervals = sum(one.real.low <= 0.0 <= one.real.high for one in found.findings(0, "admissions"))
    assert intervals == 1000 - rejected


# --- known effect --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chosen_for_use() -> Evaluation:
    """Selected on the year before; a fifth of everything is taken away, and rates fall 10 % a year anyway."""
    designs = ("before_after", "concurrent", "matched_waiting", "did", "randomised", "cluster", "stepped_wedge")
    world = Synthetic(people=3000, effect=-0.2, trend=-0.1, rate=1.0)
    studies = [
        Study(name, "admissions>=2", n=150, municipalities=HERE if name == "concurrent" else None, outcomes=ONE)
        for name in designs
    ]
    return evaluate_in(world, studies, 120)


@pytest.mark.verify
@pytest.mark.parametrize("design", ["concurrent", "matched_waiting", "randomised", "cluster", "stepped_wedge"])
def test_designs_with_a_fair_comparison_are_unbiased(chosen_for_use: Evaluation, design: str) -> None:
    found = chosen_for_use.of(design, "admissions")
    assert found.truth.value == pytest.approx(-0.2, abs=0.02)
    error = (found.bias_difference.high - found.bias_difference.low) / 4.0
    assert abs(found.bias_difference.value) < 4.0 * error
    assert error < 0.1
    assert found.coverage.high > 0.93


@pytest.mark.verify
@pytest.mark.parametrize("design", ["before_after", "did"])
def test_designs_that_compare_with_the_chosen_year_are_biased(chosen_for_use: Evaluation, design: str) -> None:
    found = chosen_for_use.of(design, "admissions")
    assert found.bias.high < -0.2
    assert found.coverage.value < 0.1
    assert found.exaggeration.low > 1.5


@pytest.fixture(scope="module")
def chosen_otherwise() -> Evaluation:
    """Chosen by home nursing, which has nothing to do with use here, while rates grow 15 % a year."""
    world = Synthetic(people=3000, effect=-0.2, trend=0.15, rate=1.0)
    return tried(("before_after", "did", "its"), world, 100, select="home_nursing", n=300)


@pytest.mark.verify
@pytest.mark.parametrize("design", ["did", "its"])
def test_parallel_and_straight_trends_are_taken_away(chosen_otherwise: Evaluation, design: str) -> None:
    found = chosen_otherwise.of(design, "admissions")
    assert abs(found.bias_difference.value) < 0.1
    assert found.bias_difference.low < 0.03
    assert found.bias_difference.high > -0.03


@pytest.mark.verify
def test_before_after_takes_the_trend_for_the_effect(chosen_otherwise: Evaluation) -> None:
    found = chosen_otherwise.of("before_after", "admissions")
    assert found.bias.value == pytest.approx(0.8 * 0.15, abs=0.04)


@pytest.mark.verify
def test_parallel_trends_show_in_the_placebo(chosen_otherwise: Evaluation) -> None:
    assert chosen_otherwise.of("did", "admissions").placebo.low < 0.08


# --- options ---------------------------------------------------------------------------------------------------


def test_an_index_stay_outside_the_time_before_regresses_less() -> None:
    world = Synthetic(people=3000)
    inside, outside = (
        null(tried(("before_after",), world, 20, select="admissions>=1", index=index), "before_after")
        for index in ("inside", "outside")
    )
    assert inside < -0.2
    assert outside > inside + 0.2


def test_raw_counts_take_deaths_for_an_effect_and_person_time_does_not() -> None:
    world = Synthetic(people=2000, deaths=0.5, rate=1.0)
    raw, person_time, survivors = (
        null(tried(("before_after",), world, 15, select="home_nursing", deaths=deaths), "before_after")
        for deaths in ("raw", "person_time", "survivors")
    )
    assert raw < -0.2
    assert abs(survivors) < 0.08
    assert raw < person_time - 0.1


def test_drop_out_is_lost_from_raw_counts_only() -> None:
    world = Synthetic(people=2000, deaths=0.0, rate=1.0)
    raw, person_time = (
        null(tried(("before_after",), world, 15, select="home_nursing", deaths=deaths, drop_out=0.4), "before_after")
        for deaths in ("raw", "person_time")
    )
    assert raw < -0.15
    assert abs(person_time) < 0.08


def test_half_a_year_takes_the_season_for_an_effect() -> None:
    world = Synthetic(people=2000, season=0.8, deaths=0.0, rate=1.0)
    half, whole = (
        null(tried(("before_after",), world, 15, select="home_nursing", months=months), "before_after")
        for months in (6, 12)
    )
    assert abs(whole) < 0.08
    assert half > 0.5  # the high half-year beside the low one


# --- how a study is put together -------------------------------------------------------------------------------


class Counting:
    """A world that counts what is asked of it."""

    def __init__(self, world: Synthetic) -> None:
        self.world = world
        self.begun = 0
        self.followed = 0

    def follow(self, number: int, choose: Choose, months: int, tick: Tick | None = None) -> Iterator[Use]:
        self.begun += 1
        for use in self.world.follow(number, choose, months, tick):
            self.followed += 1
            yield use


def test_designs_share_a_region_and_its_arms() -> None:
    world = Counting(Synthetic(people=1500, effect=-0.3))
    designs = ("before_after", "did", "its", "matched_eligible", "twin", "randomised")
    found = repeats(studies_of(designs, n=60, outcomes=ONE), world, 0)
    assert (world.begun, world.followed) == (1, 3)  # nobody, all of the list, half of it
    truths = {one.study.design: one.findings["admissions"].truth for one in found}
    assert truths["before_after"] == truths["did"] == truths["its"] == truths["twin"] < 0.0
    assert [one.study.design for one in found] == list(designs)
    assert [one.listed for one in found] == [60] * 6


def test_people_on_the_list_are_those_asked_for() -> None:
    study = Study("randomised", "admissions>=1", n=80, outcomes=ONE)
    (found,) = repeats([study], Synthetic(people=1500), 3)
    assert (found.treated, found.compared) == (40, 40)
    with pytest.raises(TooFew, match=r"n: 80000 given, but 'admissions>=1' takes \d+ people"):
        repeats([Study("twin", "admissions>=1", n=80_000)], Synthetic(people=500), 0)
    with pytest.raises(TooFew, match="at least 4 needed"):
        repeats([Study("cluster", "admissions>=1")], Synthetic(people=500, municipalities=3), 0)
    with pytest.raises(ValueError, match="all have the intervention"):
        repeats([Study("concurrent", "admissions>=1")], Synthetic(people=500), 0)


def test_a_study_in_which_nobody_finds_a_match_has_no_estimate() -> None:
    # Rates are so uneven that hardly anybody is admitted once: the admitted have no equals.
    study = Study("matched_eligible", "admissions>=1", outcomes=ONE)
    found = evaluate_in(Synthetic(people=300, rate=8.0, shape=0.02, spell_ratio=1.0), [study], 2)
    told = found.of("matched_eligible", "admissions")
    assert (told.repeats, told.usable, told.people) == (2, 0, 0.0)
    assert all(math.isnan(one.real.p) and math.isnan(one.truth) for one in found.findings(0, "admissions"))
    assert found.repeats[0][0].listed > 10


def test_the_truth_of_a_stepped_wedge_is_that_of_the_treated_months() -> None:
    world = Synthetic(people=4000, effect=-0.5, rate=2.0, deaths=0.0)
    (found,) = repeats([Study("stepped_wedge", "home_nursing", outcomes=ONE)], world, 0)
    assert found.findings["admissions"].truth == pytest.approx(-0.5, abs=0.03)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"design": "rct"}, "design: 'rct' given, one of before_after"),
        ({"select": "old"}, "select: 'old' given, one of admissions>=1"),
        ({"months": 9}, "months: 9 given, one of 6, 12 needed"),
        ({"index": "both"}, "index: 'both' given"),
        ({"deaths": "none"}, "deaths: 'none' given"),
        ({"select": "home_nursing", "index": "outside"}, "no stay puts people on the list of 'home_nursing'"),
        ({"n": 0}, "n: 0 given, at least 1 needed"),
        ({"drop_out": 1.0}, "drop_out: 1.0 given"),
        ({"outcomes": ("days",)}, "outcome: 'days' given"),
    ],
)
def test_what_cannot_be_studied_is_refused(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Study(**{"design": "twin", **asked})


# --- performance -------------------------------------------------------------------------------------------------


def finding(estimate: float, p: float, truth: float = -0.1, width: float = 0.2) -> Finding:
    real = Estimate(estimate, estimate - width, estimate + width, p, 2 * estimate, 0.0, 0.0)
    return Finding(real, Estimate(0.01, -0.1, 0.1, 0.03 if estimate < -0.35 else 0.5), truth, 2 * truth, 2.0)


def test_performance_by_hand() -> None:
    findings = [finding(-0.4, 0.01), finding(-0.2, 0.04), finding(0.2, 0.04), finding(-0.1, 0.6)]
    found = performance("randomised", "admissions", findings, [10, 10, 12, 12])
    assert found.people == 11
    assert found.bias.value == pytest.approx((-0.3 - 0.1 + 0.3 + 0.0) / 4)
    assert found.bias_difference.value == pytest.approx(2 * found.bias.value)
    assert found.coverage.value == 0.5
    assert found.power.value == 0.75
    assert found.type_one.value == 0.25
    assert found.exaggeration.value == pytest.approx((0.4 + 0.2 + 0.2) / 3 / 0.1)
    assert found.wrong_sign.value == pytest.approx(1 / 3)
    assert found.power.low == pytest.approx(0.194, abs=0.001)  # Clopper and Pearson, 3 of 4
    assert found.power.high == pytest.approx(0.9937, abs=0.001)


def test_significant_estimates_of_small_studies_exaggerate() -> None:
    draw = np.random.default_rng(4)
    estimate = draw.normal(-0.1, 0.1, 4000)
    found = exaggeration(estimate, np.abs(estimate) > 0.196, np.full(4000, -0.1))
    # Gelman and Carlin: power 17 % at one standard error from zero, exaggeration 2.5.
    assert found.value == pytest.approx(2.5, abs=0.1)
    assert found.low < found.value < found.high


def test_no_exaggeration_of_nothing() -> None:
    assert math.isnan(exaggeration(np.ones(9), np.ones(9, np.bool_), np.zeros(9)).value)
    assert math.isnan(exaggeration(np.ones(9), np.zeros(9, np.bool_), np.full(9, 0.1)).value)
