"""The warm-up: MSER-5 and Welch's average by their definitions, and on series whose transient is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

import sim
from sim.experiment.warmup import (
    COLUMNS,
    WarmUp,
    overall,
)
from sim.outcomes.daily import SERIES
from sim.outcomes.transient import COVERED, LATER, LONGER, NONE, mser5, welch, without_season

Floats = NDArray[np.float64]
YEARS = 3 * 365
DAY = np.arange(YEARS)


def noise(seed: int, days: int = YEARS, spread: float = 1.0) -> Floats:
    """A little noise that remembers the day before."""
    generator, values = np.random.default_rng(seed), np.zeros(days)
    for day in range(1, days):
        values[day] = 0.6 * values[day - 1] + generator.normal(0.0, spread)
    return values


def by_definition(values: Floats) -> int:
    """White's marginal standard error, batch after batch."""
    means = [float(np.mean(values[i : i + 5])) for i in range(0, len(values) - 4, 5)]
    rules = []
    for cut in range(len(means) - 5):
        rest = means[cut:]
        mean = sum(rest) / len(rest)
        rules.append(sum((value - mean) ** 2 for value in rest) / len(rest) ** 2)
    return 5 * rules.index(min(rules))


@pytest.mark.parametrize("seed", range(20))
def test_mser_5_is_what_its_definition_says(seed: int) -> None:
    generator = np.random.default_rng(seed)
    days = int(generator.integers(50, 400))
    values = 50 + noise(seed, days) - 30 * np.exp(-np.arange(days) / generator.uniform(1, 40))
    point = by_definition(values)
    assert mser5(values) == (point if point <= days // 5 // 2 * 5 else None)


def test_mser_5_finds_where_a_transient_has_died_away() -> None:
    # Filling with a time constant of 30 days: after 100 days 3.6 % are missing, less than a day's noise.
    found = [mser5(100 + noise(seed) - 100 * np.exp(-DAY / 30)) for seed in range(10)]
    assert all(point is not None and 80 <= point <= 200 for point in found)


def test_without_a_transient_little_is_cut() -> None:
    found = [mser5(100 + noise(seed)) for seed in range(10)]
    assert sorted(point if point is not None else YEARS for point in found)[5] <= 50


def test_a_transient_without_end_has_no_verdict() -> None:
    assert mser5(np.sqrt(DAY) + noise(1)) is None


@pytest.mark.parametrize("values", [np.zeros(400), np.full(400, 3.7), np.arange(49.0), np.zeros(0)])
def test_nothing_is_found_in_a_constant_or_a_short_series(values: Floats) -> None:
    assert mser5(values) is None


@pytest.mark.parametrize("half", [0, 1, 15])
def test_the_moving_average_is_that_of_welch(half: int) -> None:
    values = noise(5, 60)
    average = welch(values, half)
    assert len(average) == 60 - half
    for day, value in enumerate(average):
        reach = min(day, half)
        assert value == pytest.approx(values[day - reach : day + reach + 1].mean(), abs=1e-12)


def test_the_moving_average_of_a_series_shorter_than_its_window_is_empty() -> None:
    assert len(welch(noise(1, 10), 15)) == 0


def season(day: NDArray[np.int64]) -> Floats:
    """A winter peak, and empty weekends."""
    return 100 + 25 * np.cos(2 * np.pi * (day - 15) / 365) - 40.0 * (day % 7 >= 5)


def test_a_season_is_removed_and_level_and_trend_stay() -> None:
    values = season(DAY) + 3.0 * DAY / 365
    flat = without_season(values)
    assert flat is not None
    assert flat == pytest.approx(100 - 40 * 2 / 7 + 3.0 * DAY / 365, abs=1e-8)


def test_fewer_than_two_years_have_no_season_to_remove() -> None:
    assert without_season(noise(1, 729)) is None
    assert without_season(noise(1, 730)) is not None


def test_mser_5_takes_a_season_for_a_transient_unless_it_is_removed() -> None:
    values = season(DAY) + noise(2) - 100 * np.exp(-DAY / 30)
    adjusted = without_season(values)
    assert adjusted is not None
    point = mser5(adjusted)
    assert point is not None
    assert 80 <= point <= 200
    # A slow start of a year hides behind a season that is larger: it takes its removal to see it.
    hidden = season(DAY) + noise(3, spread=0.2) - 12 * np.clip(1 - DAY / 300, 0, 1)
    raw, adjusted = mser5(hidden), without_season(hidden)
    assert adjusted is not None
    point = mser5(adjusted)
    assert point is not None
    assert 150 < point <= 330
    assert raw is None or raw < 100


def series_of(values: Floats) -> NDArray[np.int32]:
    """Every series the same, in whole numbers."""
    return np.tile(np.round(values).astype(np.int32), (len(SERIES), 1))


def filled(warm_up_days: int, *replications: Floats, starts: int = 730) -> WarmUp:
    found = WarmUp(warm_up_days, starts)
    for values in replications:
        found.add(series_of(values))
    return found


def test_verdicts_hold_the_point_against_the_warm_up() -> None:
    series = [1000 + 10 * noise(seed) - 1000 * np.exp(-DAY / 30) for seed in range(3)]
    long, short, shorter = filled(365, *series), filled(60, *series), filled(60, *series, starts=70)
    assert {one.verdict for one in long.judged()} == {COVERED}
    assert {one.verdict for one in short.judged()} == {LATER}
    assert {one.verdict for one in shorter.judged()} == {LONGER}
    assert shorter.report()["verdict"] == LONGER
    assert long.season_removed
    assert long.judged()[0].mean == pytest.approx(np.mean([np.round(s) for s in series], axis=0)[365:].mean())


def test_a_drift_is_told_with_its_interval() -> None:
    level = 1000 + 50 * DAY / 365  # from a mean of 1075 in the second year to 1125 in the third
    drifting = filled(365, *(level + 10 * noise(seed) for seed in range(8))).judged()[0]
    assert drifting.drift_low < 50 / 1075 < drifting.drift_high
    assert drifting.drift_high - drifting.drift_low < 0.01
    assert drifting.drift == pytest.approx(50 / 1075, abs=0.005)
    steady = filled(365, *(1000 + 10 * noise(seed) for seed in range(8))).judged()[0]
    assert steady.drift_low < 0 < steady.drift_high


def test_without_two_years_after_the_warm_up_no_drift_is_told() -> None:
    assert math.isnan(filled(400, 10 + noise(1)).judged()[0].drift)


def test_nothing_at_all_has_no_verdict() -> None:
    found = filled(365, np.zeros(YEARS), np.full(YEARS, 0.0))
    assert {one.verdict for one in found.judged()} == {NONE}
    assert found.report()["verdict"] == NONE
    assert {one.verdict for one in filled(365, np.full(YEARS, 7.0)).judged()} == {NONE}


def test_one_series_that_is_not_covered_decides() -> None:
    assert overall([COVERED, NONE, LONGER, LATER]) == LONGER
    assert overall([LATER, COVERED]) == LATER
    assert overall([NONE, COVERED]) == COVERED
    assert overall([NONE, NONE]) == NONE


def test_replications_have_series_of_the_same_length() -> None:
    found = filled(10, np.zeros(100))
    with pytest.raises(ValueError, match=r"shape \(14, 99\) given, \(14, 100\) needed"):
        found.add(series_of(np.zeros(99)))


def test_rows_and_report_are_of_the_mean_over_replications() -> None:
    found = filled(20, np.arange(100.0), np.zeros(100))
    rows = found.rows()
    assert (len(rows), len(rows[0])) == (100, len(COLUMNS))
    assert rows[30] == (30, *[15.0] * len(SERIES))
    report = found.report()
    assert (report["replications"], report["days"], report["season_removed"]) == (2, 100, False)
    assert report["series"][0]["drift"] is None


def test_the_warm_up_of_a_scenario_is_that_of_its_runs() -> None:
    scenario = sim.load("shipped:vannas").with_values(
        {"time.warm_up_days": 20, "time.pre_period_days": 20, "time.follow_up_days": 30}
    )
    done = sim.run(scenario, replications=3, seed=4, workers=2)
    daily = [replication.daily for replication in done.replications]
    assert done.warm_up.means == pytest.approx(np.mean(daily, axis=0))
    assert (done.warm_up.days, done.warm_up.replications) == (20, 3)
    compared = sim.compare(scenario, ("coordinated", "current"), replications=1, seed=4)
    assert compared.warm_up.means.shape == (len(SERIES), 40)
    assert np.array_equal(compared.warm_up.means, done.replications[0].daily[:, :40])
