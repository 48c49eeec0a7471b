"""The rule that stops when intervals are narrow enough, beside that of sim-tools, replication for replication."""

from __future__ import annotations

import argparse
import math
import warnings
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from sim_tools.output_analysis import ReplicationsAlgorithm

from sim.cli.commands import Refused
from sim.cli.precise import PRECISION, share, target_of
from sim.outcomes import Margin, OutcomeTable
from sim.replication.arm import Arm
from sim.replication.replication import Replication
from sim.statistics.comparison import Difference, compare_tables, interval
from sim.statistics.precision import (
    CAPPED,
    NOT_GIVEN,
    REACHED,
    Rule,
    Target,
    Watch,
    replications_needed,
    time_to_precision,
)

NAN = float("nan")
DAYS, VISITS = "hospital_days", "emergency_visits"


class Series:
    """What sim-tools takes for a model: values made beforehand, a series for each measure."""

    def __init__(self, values: dict[str, NDArray[np.float64]]) -> None:
        self.values = values

    def single_run(self, replication_number: int) -> dict[str, float]:
        return {name: float(series[replication_number]) for name, series in self.values.items()}


def replication(number: int, *arms: dict[str, float]) -> Replication:
    """A replication of which only totals are known."""
    none = np.zeros((0, 4, 4, 1, 1), np.int64), np.zeros((0, 4, 2), np.int64)
    return Replication(
        number,
        tuple(
            Arm(
                f"arm{i}",
                OutcomeTable(tuple(arm), (Margin(),), np.array(list(arm.values()))[:, None], ("Vännäs",), *none),
                "",
                0,
                0,
            )
            for i, arm in enumerate(arms)
        ),
    )


def fed(rule: Rule, values: dict[str, NDArray[np.float64]]) -> Rule:
    """A run of one arm, until the rule stops."""
    for number in range(len(next(iter(values.values())))):
        if rule.stop:
            break
        rule.add(replication(number, {name: float(series[number]) for name, series in values.items()}))
    return rule


def random_series(generator: np.random.Generator, length: int) -> NDArray[np.float64]:
    """Positive values of a random spread, even or skewed."""
    spread = generator.uniform(0.02, 0.6)
    if generator.random() < 0.5:
        return generator.normal(100.0, 100.0 * spread, length)
    return 100.0 * generator.lognormal(0.0, spread, length)


@pytest.mark.parametrize(
    "look_ahead", [pytest.param(0, marks=pytest.mark.verify), 5, pytest.param(10, marks=pytest.mark.verify)]
)
def test_the_rule_stops_where_sim_tools_does(look_ahead: int) -> None:
    generator = np.random.default_rng(17)
    stopped_at = []
    for _ in range(40):
        values = {DAYS: random_series(generator, 400), VISITS: random_series(generator, 400)}
        precision = float(generator.choice([0.03, 0.05, 0.1, 0.2]))
        rule = fed(Rule(Target(precision, (DAYS, VISITS), most=300, look_ahead=look_ahead), compared=False), values)
        theirs = ReplicationsAlgorithm(half_width_precision=precision, look_ahead=look_ahead, replication_budget=300)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that the precision was not reached
            solutions, _ = theirs.select(Series(values), [DAYS, VISITS])
        if rule.reason == CAPPED:  # their cap leaves out the look-ahead
            assert theirs.n >= rule.replications
            continue
        assert (rule.reason, rule.replications) == (REACHED, theirs.n)
        stopped_at.append(theirs.n)
        ours = {name: outcome["reached"] for name, outcome in rule.report()["outcomes"].items()}
        if theirs.n < 120:  # from 120 on they look ahead further, but correct the result by the shorter look
            assert ours == solutions
        else:
            assert all(ours[name] >= solutions[name] for name in ours)
    assert len(stopped_at) > 25
    assert min(stopped_at) < 15 + look_ahead
    assert max(stopped_at) > 150


def test_half_width_and_mean_are_those_of_the_interval() -> None:
    values = np.random.default_rng(3).gamma(2.0, 50.0, 40)
    watch = Watch(Target())
    for value in values:
        watch.add(value)
    low, high = interval(values)
    assert watch.mean == pytest.approx(values.mean(), rel=1e-13)
    assert watch.half_width == pytest.approx((high - low) / 2, rel=1e-12)
    assert watch.relative == pytest.approx((high - low) / 2 / values.mean(), rel=1e-12)


def test_precision_lost_in_the_look_ahead_does_not_count() -> None:
    watch = Watch(Target(0.1, look_ahead=3))
    for value in (100.0, 101.0, 99.0, 100.0, 180.0):  # narrow at 3 and 4, wide again at 5
        watch.add(value)
    assert (watch.since, watch.reached) == (None, False)
    narrow = [watch.relative <= 0.1]
    while not watch.reached:
        watch.add(105.0)
        narrow.append(watch.relative <= 0.1)
    assert narrow[-4:] == [True] * 4
    assert not any(narrow[:-4])
    assert watch.since == watch.seen - 3


def test_a_difference_below_zero_is_held_to_its_size() -> None:
    # sim-tools would hold a negative mean to be precise at once.
    generator = np.random.default_rng(8)
    first, second = generator.normal(1000.0, 200.0, 200), generator.normal(-50.0, 20.0, 200)
    rule = Rule(Target(0.1), compared=True)
    for number in range(200):
        if rule.stop:
            break
        before, after = float(first[number]), float(first[number] + second[number])
        rule.add(replication(number, {DAYS: before}, {DAYS: after}))
    report = rule.report()
    found = report["outcomes"][DAYS]
    n = report["replications"]
    low, high = interval(second[:n])
    assert report["of"] == "difference"
    assert report["reason"] == REACHED
    assert (high - low) / 2 <= 0.1 * abs(second[:n].mean())
    assert found["mean"] == pytest.approx(second[:n].mean(), rel=1e-9)
    assert found["half_width"] == pytest.approx((high - low) / 2, rel=1e-8)
    assert n > 10


def test_the_cap_ends_it_and_says_how_wide_the_interval_is() -> None:
    values = {DAYS: np.random.default_rng(2).normal(100.0, 50.0, 30)}
    rule = fed(Rule(Target(0.01, most=12), compared=False), values)
    report = rule.report()
    assert (report["reason"], report["replications"]) == (CAPPED, 12)
    assert report["outcomes"][DAYS]["reached"] is None
    low, high = interval(values[DAYS][:12])
    assert report["outcomes"][DAYS]["half_width"] == pytest.approx((high - low) / 2, rel=1e-9)


def test_a_cap_in_the_middle_of_the_look_ahead_is_not_a_precision_reached() -> None:
    rule = fed(Rule(Target(0.5, most=6), compared=False), {DAYS: np.array([10.0, 10.1, 9.9] * 4)})
    assert (rule.reason, rule.report()["outcomes"][DAYS]["reached"]) == (CAPPED, None)


def test_an_outcome_that_is_never_given_keeps_nobody_waiting() -> None:
    series = {DAYS: np.array([10.0, 10.1, 9.9] * 10), VISITS: np.full(30, NAN)}
    rule = fed(Rule(Target(0.1, (DAYS, VISITS)), compared=False), series)
    report = rule.report()
    assert (report["reason"], report["replications"]) == (NOT_GIVEN, 8)
    assert report["outcomes"][DAYS]["reached"] == 3
    assert report["outcomes"][VISITS]["mean"] is None


def test_nothing_is_precise_about_nothing() -> None:
    rule = fed(Rule(Target(0.5, most=20), compared=False), {DAYS: np.zeros(30)})
    assert (rule.reason, rule.replications) == (CAPPED, 20)
    assert rule.report()["outcomes"][DAYS]["relative"] is None


def test_missing_values_count_as_replications_but_not_for_the_interval() -> None:
    watch = Watch(Target(0.2, look_ahead=2))
    for value in (NAN, 10.0, NAN, 10.5, 9.5, 10.0, NAN):
        watch.add(value)
    assert (watch.seen, watch.known, watch.since, watch.reached) == (7, 4, 5, True)


@pytest.mark.parametrize(
    ("mean", "deviation", "relative"),
    [(100, 10, 0.05), (-3, 4, 0.1), (5, 0.01, 0.5), (7, 90, 0.2), (0.05, 1, 0.05), (-0.005, 1, 0.4)],
)
def test_replications_needed_are_the_fewest(mean: float, deviation: float, relative: float) -> None:
    def half(number: int) -> float:
        return float(stats.t.ppf(0.975, number - 1)) * deviation / math.sqrt(number)

    number = replications_needed(mean, deviation, relative)
    assert number is not None
    assert half(number) <= relative * abs(mean)
    assert number == 3 or half(number - 1) > relative * abs(mean)


@pytest.mark.parametrize(
    ("mean", "deviation"),
    [(0.0, 1.0), (NAN, 1.0), (1.0, NAN), (0.001, 1.0), (1e-17, 1.0), (5e-324, 1.0), (1.0, 1e308), (1e-308, 1e308)],
)
def test_no_number_is_enough_for_nothing(mean: float, deviation: float) -> None:
    assert replications_needed(mean, deviation, 0.05) is None


def differences_of(change: NDArray[np.float64]) -> list[Difference]:
    """Of hospital days that differ by so much, pair by pair."""
    before = np.linspace(100.0, 130.0, len(change))
    tables = [
        [replication(i, {DAYS: value}).arms[0].table for i, value in enumerate(v)] for v in (before, before + change)
    ]
    return list(compare_tables(*tables))


def test_time_to_precision_is_that_of_the_replications_needed() -> None:
    change = np.array([-20.0, -24.0, -19.0, -22.0, -25.0])
    differences = differences_of(change)
    found = time_to_precision(differences, seconds=10.0, ran=5)
    assert found is not None
    needed = replications_needed(change.mean(), change.std(ddof=1), 0.05)
    assert needed is not None
    assert (found["outcome"], found["relative"]) == (DAYS, 0.05)
    assert (found["replications"], found["seconds"]) == (needed + 5, 2.0 * (needed + 5))
    # The ends: the limits of the mean, and those of the standard deviation by chi-square.
    spreads = change.std(ddof=1) * np.sqrt(4 / stats.chi2.ppf([0.975, 0.025], 4))
    for end, mean, spread in zip(("_low", "_high"), interval(change), spreads, strict=True):
        of_end = replications_needed(mean, spread, 0.05)
        assert of_end is not None
        assert found["replications" + end] == of_end + Target().ahead(of_end)
        assert found["seconds" + end] == 2.0 * found["replications" + end]
    assert time_to_precision(differences, seconds=10.0, ran=0) is None
    assert time_to_precision(differences, seconds=None, ran=5) is None
    assert time_to_precision([], seconds=10.0, ran=5) is None


def test_a_difference_that_may_be_nothing_has_no_time_to_precision() -> None:
    assert time_to_precision(differences_of(np.array([-1.0, 2.0, -3.0, 1.0])), seconds=10.0, ran=4) is None
    assert time_to_precision(differences_of(np.zeros(4)), seconds=10.0, ran=4) is None


def test_a_range_of_the_time_to_precision_may_be_open() -> None:
    # The interval ends near 0, from where no number of replications would do.
    change = np.array([-1.0, -2.0, -3.0])
    change -= interval(change)[1] + 1e-4
    found = time_to_precision(differences_of(change), seconds=3.0, ran=3)
    assert found is not None
    assert found["replications_low"] < found["replications"]
    assert (found["replications_high"], found["seconds_high"]) == (None, None)


def test_the_range_of_the_time_to_precision_holds_the_number_that_is_needed() -> None:
    truth = replications_needed(-30.0, 8.0, 0.05)
    assert truth is not None
    held = missed = 0
    generator = np.random.default_rng(6)
    for _ in range(300):
        found = time_to_precision(differences_of(generator.normal(-30.0, 8.0, 10)), seconds=10.0, ran=10)
        assert found is not None
        held += found["replications_low"] <= truth + Target().ahead(truth) <= found["replications_high"]
        missed += found["replications"] != truth + Target().ahead(truth)
    assert held >= 0.95 * 300
    assert missed > 200  # a point alone would mostly be wrong


@pytest.mark.parametrize("look_ahead", [1, 5])
def test_a_wide_precision_is_refused_for_differences_only(look_ahead: int) -> None:
    wide, widest = Target(0.51, look_ahead=look_ahead), Target(0.5, look_ahead=look_ahead)
    with pytest.raises(
        ValueError, match=r"precision: 0\.51 given, at most 0\.5 \(50%\) in a comparison: an interval so"
    ):
        Rule(wide, compared=True)
    assert Rule(wide, compared=False).target is wide
    assert Rule(widest, compared=True).target is widest


def test_a_difference_of_nothing_is_seldom_precise_at_the_widest_precision() -> None:
    generator = np.random.default_rng(21)
    found = {0.5: 0, 0.9: 0}
    for _ in range(150):
        values = generator.normal(0.0, 1.0, 100)
        for relative in found:
            watch = Watch(Target(relative))
            for value in values:
                watch.add(float(value))
            found[relative] += watch.reached
    assert found[0.5] <= 2
    assert found[0.9] >= 8  # why it is refused


def test_replications_come_in_order() -> None:
    rule = Rule(Target(), compared=False)
    rule.add(replication(0, {DAYS: 1.0}))
    with pytest.raises(ValueError, match="replication 2 given, 1 is next"):
        rule.add(replication(2, {DAYS: 1.0}))


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"relative": 0.0}, "precision: 0.0 given"),
        ({"relative": 1.0}, "above 0 and below 1"),
        ({"relative": NAN}, "precision: nan given"),
        ({"outcomes": ()}, "no outcome given"),
        ({"outcomes": ("hospital_dayz",)}, "'hospital_dayz' is no outcome; did you mean hospital_days"),
        ({"outcomes": (DAYS, DAYS)}, "'hospital_days' given twice"),
        ({"least": 2}, "least: 2 given, at least 3 needed"),
        ({"least": 20, "most": 10}, "most: 10 given, at least 20 needed"),
        ({"look_ahead": -1}, "look_ahead: -1 given"),
    ],
)
def test_a_target_that_cannot_be_is_refused(values: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        replace(Target(), **values)  # type: ignore[arg-type]


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--replications", type=int)
    for one in PRECISION:
        parser.add_argument(*one.names, **one.options)
    return parser.parse_args(arguments)


@pytest.mark.parametrize(("text", "number"), [("5%", 0.05), ("0.05", 0.05), ("2.5%", 0.025), ("99 %", 0.99)])
def test_a_precision_is_a_share_or_a_percentage(text: str, number: float) -> None:
    assert math.isclose(share(text), number)


@pytest.mark.parametrize("text", ["5", "0", "100%", "-5%", "narrow", "nan", "%"])
def test_what_is_no_precision_is_told(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed(f"--precision={text}")
    assert f"{text!r} given, a share above 0 and below 1 needed, as 5% or 0.05" in capsys.readouterr().err


def test_arguments_become_a_target() -> None:
    given = parsed("--precision", "2%", "--on", DAYS, VISITS, "--least", "4", "--most", "40")
    assert target_of(given) == Target(0.02, (DAYS, VISITS), least=4, most=40)
    assert target_of(parsed("--precision", "5%")) == Target()
    assert target_of(parsed("--replications", "7")) is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--precision", "5%", "--replications", "20"], "--replications: 20 given beside --precision"),
        (["--on", DAYS], "--on: given without --precision"),
        (["--most", "9"], "--most: given without --precision"),
        (["--precision", "5%", "--on", "hospital_dayz"], "--on: 'hospital_dayz' is no outcome; did you mean"),
        (["--precision", "5%", "--least", "1"], "--least: 1 given, at least 3 needed"),
        (["--precision", "5%", "--least", "9", "--most", "5"], "--most: 5 given, at least 9 needed"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(arguments: list[str], says: str) -> None:
    with pytest.raises(Refused, match=says):
        target_of(parsed(*arguments))


def test_a_wide_precision_of_a_comparison_is_refused_before_anything_runs() -> None:
    given = parsed("--precision", "60%")
    assert target_of(given) == Target(0.6)
    with pytest.raises(Refused, match=r"--precision: 0\.6 given, at most 0\.5 \(50%\) in a comparison"):
        target_of(given, compared=True)
