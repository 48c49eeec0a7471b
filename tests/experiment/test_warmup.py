"""The warm-up: MSER-5 and Welch's average by their definitions, and on series whose transient is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import stdtrit

import sim
from sim.outcomes.daily import SERIES
from sim.outcomes.transient import (
    COVERED,
    DRIFTS,
    LATER,
    LONGER,
    NONE,
    UNCERTAIN,
    UNSETTLED,
    VERDICTS,
    in_first_half,
    mser5,
    welch,
    without_season,
)
from sim.statistics.warmup import COLUMNS, DRIFT_LEVEL, GROUPS, WarmUp, overall

Floats = NDArray[np.float64]
YEARS = 3 * 365
DAY = np.arange(YEARS)


def noise(seed: int, days: int = YEARS, spread: float = 1.0) -> Floats:
    """A little noise that remembers the day before."""
    generator, values = np.random.default_rng(seed), np.zeros(days)
    for day in range(1, days):
        values[day] = 0.6 * values[day - 1] + generator.normal(0.0, spread)
    return values


def stationary(memory: float, count: int, seed: int, days: int = YEARS) -> Floats:
    """AR(1) series of unit variance from its steady state, shape (count, days)."""
    generator = np.random.default_rng(seed)
    values = generator.normal(size=(days, count))
    for day in range(1, days):
        values[day] = memory * values[day - 1] + math.sqrt(1 - memory**2) * values[day]
    return values.T


def points(series: Floats, warm_up_days: int = 365) -> Floats:
    """Of each series the point, season removed; infinity where it lies in the second half."""
    adjusted = without_season(series, warm_up_days)
    assert adjusted is not None
    found = [mser5(values) for values in adjusted]
    return np.array([p if p is not None and in_first_half(p, series.shape[1]) else math.inf for p in found])


def by_definition(values: Floats) -> int:
    """White's marginal standard error, batch after batch."""
    means = [float(np.mean(values[i : i + 5])) for i in range(0, len(values) - 4, 5)]
    rules = []
    for cut in range(len(means) - max(5, len(means) // 10)):
        rest = means[cut:]
        mean = sum(rest) / len(rest)
        rules.append(sum((value - mean) ** 2 for value in rest) / len(rest) ** 2)
    return 5 * rules.index(min(rules))


@pytest.mark.parametrize("seed", range(20))
def test_mser_5_is_what_its_definition_says(seed: int) -> None:
    generator = np.random.default_rng(seed)
    days = int(generator.integers(50, 900))
    values = 50 + noise(seed, days) - 30 * np.exp(-np.arange(days) / generator.uniform(1, 40))
    assert mser5(values) == by_definition(values)


def test_mser_5_finds_where_a_transient_has_died_away() -> None:
    # Filling with a time constant of 30 days: after 100 days 3.6 % are missing, less than a day's noise.
    found = [mser5(100 + noise(seed) - 100 * np.exp(-DAY / 30)) for seed in range(10)]
    assert all(point is not None and 80 <= point <= 200 for point in found)


def test_without_a_transient_little_is_cut() -> None:
    found = [mser5(100 + noise(seed)) for seed in range(10)]
    assert sorted(point if point is not None else YEARS for point in found)[5] <= 50


def test_a_transient_without_end_has_its_point_in_the_second_half() -> None:
    point = mser5(np.sqrt(DAY) + noise(1))
    assert point is not None
    assert not in_first_half(point, YEARS)


@pytest.mark.parametrize(("point", "days", "first"), [(545, 1095, True), (550, 1095, False), (50, 104, True)])
def test_the_first_half_is_one_of_batches(point: int, days: int, first: bool) -> None:
    assert in_first_half(point, days) is first


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


@pytest.mark.parametrize("skip", [0, 365, 730])
def test_a_season_is_removed_and_the_level_stays(skip: int) -> None:
    flat = without_season(season(DAY), skip)
    assert flat == pytest.approx(100 - 40 * 2 / 7, abs=1e-8)


def test_a_season_is_removed_from_many_series_as_from_each() -> None:
    series = np.stack([season(DAY) + noise(1), season(DAY) - 10 * np.exp(-DAY / 50), noise(2)])
    together = without_season(series, 365)
    assert together is not None
    for one, flat in zip(series, together, strict=True):
        assert flat == pytest.approx(without_season(one, 365), abs=1e-9)


def test_the_season_is_fitted_to_whole_years_after_the_warm_up_alone() -> None:
    start = np.where(DAY < 365, -80.0 * np.cos(2 * np.pi * DAY / 365), 0.0)
    flat = without_season(season(DAY) + start, 365)
    assert flat == pytest.approx(100 - 40 * 2 / 7 + start, abs=1e-8)
    # With 100 days of warm-up two whole years are left too, and the 265 days between are not fitted to.
    assert without_season(season(DAY) + start, 100) == pytest.approx(flat)


def test_without_a_whole_year_after_the_warm_up_there_is_no_season_to_remove() -> None:
    assert without_season(noise(1, 729), 365) is None
    assert without_season(noise(1, 730), 365) is not None
    assert without_season(noise(1, 100), 365) is None


def test_mser_5_takes_a_season_for_a_transient_unless_it_is_removed() -> None:
    start = season(DAY) + noise(2) - 100 * np.exp(-DAY / 30)
    assert 80 <= points(start[None])[0] <= 200
    # A slow start of a year hides behind a season that is larger: it takes its removal to see it.
    hidden = season(DAY) + noise(3, spread=0.2) - 12 * np.clip(1 - DAY / 300, 0, 1)
    assert 150 < points(hidden[None])[0] <= 330
    raw = mser5(hidden)
    assert raw is not None
    assert raw < 100 or not in_first_half(raw, YEARS)


def test_the_end_of_a_series_that_changes_slowly_is_not_taken_for_its_level() -> None:
    # Where only 25 days were kept at the end, 19 of 100 had their point in the second half.
    found = points(5 * stationary(0.98, 400, seed=1))
    assert np.mean(np.isinf(found)) <= 0.13


@pytest.mark.parametrize("memory", [0.9, 0.95])
@pytest.mark.parametrize("seasonal", [0.0, 0.15])
def test_stationary_series_are_seldom_called_anything_but_covered(memory: float, seasonal: float) -> None:
    # Of 400 series 98 and 93 of 100 are covered; where six harmonics and a line are fitted to one year, 26 of 100.
    series = season(DAY) * seasonal + 5 * stationary(memory, 400, seed=1)
    assert np.mean(points(series) <= 365) >= 0.9


@pytest.mark.parametrize("memory", [0.9, 0.95])
def test_a_transient_is_found_and_a_slow_one_is_not_covered(memory: float) -> None:
    around = season(DAY) + 3 * stationary(memory, 400, seed=2)
    # With a time constant of 60 days, 95 % of what is missing has come by day 180.
    quick = points(around - 60 * np.exp(-DAY / 60))
    assert np.mean((quick >= 100) & (quick <= 365)) >= 0.85
    # With one of 300 days, 30 % of it is missing still after the warm-up.
    slow = points(around - 60 * np.exp(-DAY / 300))
    assert np.mean(slow <= 365) <= 0.02


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
    assert drifting.drift_high - drifting.drift_low < 0.02
    assert drifting.drift == pytest.approx(50 / 1075, abs=0.005)
    steady = filled(365, *(1000 + 10 * noise(seed) for seed in range(8))).judged()[0]
    assert steady.drift_low < 0 < steady.drift_high


def test_the_interval_of_a_drift_is_that_of_a_ratio_of_means() -> None:
    generator = np.random.default_rng(6)
    before = generator.integers(800, 1200, 9)
    last = before * 2 + generator.integers(-50, 50, 9)
    years = [np.repeat([1000, one, two], 365) for one, two in zip(before, last, strict=True)]
    ratio = last.mean() / before.mean()
    residuals = last - ratio * before
    half = stdtrit(8, 0.5 + DRIFT_LEVEL / 2) * residuals.std(ddof=1) / 3 / before.mean()
    found = filled(365, *years).judged()[0]
    assert (found.drift, found.drift_low, found.drift_high) == pytest.approx(
        (ratio - 1, ratio - 1 - half, ratio - 1 + half)
    )


def test_intervals_of_drift_hold_for_all_series_together() -> None:
    generator, missed = np.random.default_rng(8), 0
    for _ in range(400):
        found = WarmUp(0, 365)
        for _ in range(6):
            means = 10_000 + generator.integers(-300, 300, (len(SERIES), 2))
            found.add(np.repeat(means, 365, axis=1).astype(np.int32))
        low, high = found._drifts()[1:]
        missed += bool(np.any((low > 0) | (high < 0)))
    assert 1 <= missed <= 36  # 5 % of 400 are 20; intervals that hold one by one would miss about 200


def test_without_two_years_after_the_warm_up_no_drift_is_told() -> None:
    assert math.isnan(filled(400, 10 + noise(1)).judged()[0].drift)


def test_nothing_at_all_has_no_verdict() -> None:
    found = filled(365, np.zeros(YEARS), np.full(YEARS, 0.0))
    assert {one.verdict for one in found.judged()} == {NONE}
    assert found.report()["verdict"] == NONE
    assert {one.verdict for one in filled(365, np.full(YEARS, 7.0)).judged()} == {NONE}


def growing(seed: int, count: int = 13) -> NDArray[np.int32]:
    """So many series that grow from 20 a day to 75 and never settle; the others stand still."""
    level = np.where(np.arange(len(SERIES)) < count, 0.05, 0.0)[:, None] * DAY + 20
    return np.random.default_rng(seed).poisson(level).astype(np.int32)


@pytest.mark.parametrize("replications", [1, 2, 3, 5])
@pytest.mark.parametrize("count", [1, 13])
def test_series_that_never_settle_are_never_covered(replications: int, count: int) -> None:
    found = WarmUp(365, 730)
    for seed in range(replications):
        found.add(growing(seed, count))
    verdicts = [one.verdict for one in found.judged()]
    assert set(verdicts[:count]) == {UNSETTLED}
    assert found.report()["verdict"] == UNSETTLED


def test_a_drift_too_slow_for_mser_is_no_cover() -> None:
    generator = np.random.default_rng(3)
    found = filled(365, *(10_000 + 16 * DAY / 365 + generator.normal(0, 100, YEARS) for _ in range(8)))
    judged = found.judged()[0]
    assert judged.point is not None
    assert judged.point <= 365
    assert judged.verdict == found.report()["verdict"] == DRIFTS


def test_the_jackknife_tells_how_far_the_point_moves() -> None:
    settled = [1000 + 10 * noise(seed) for seed in range(4)]
    slow = 1000 + 10 * noise(9) - 900 * np.exp(-DAY / 150)
    found = filled(365, *settled, slow).judged()[0]
    without = [filled(365, *settled[:i], *settled[i + 1 :], slow).judged()[0].point for i in range(4)]
    without.append(filled(365, *settled).judged()[0].point)
    known = [point for point in without if point is not None]
    assert (found.point_low, found.point_high) == (min(known), max(known))
    assert min(known) <= 365 < max(known)
    assert found.verdict == UNCERTAIN
    report = filled(365, *settled, slow).report()
    assert (report["verdict"], report["series"][0]["point_high"]) == (UNCERTAIN, max(known))


def test_with_one_replication_there_is_nothing_to_leave_out_and_few_are_weak() -> None:
    series = [1000 + 10 * noise(seed) for seed in range(5)]
    alone = filled(365, series[0])
    assert (alone.judged()[0].point_low, alone.judged()[0].point_high) == (None, None)
    assert [filled(365, *series[:n]).report()["weak"] for n in (1, 4, 5)] == [True, True, False]


def test_the_jackknife_of_many_replications_leaves_out_groups_of_them() -> None:
    series = [1000 + 30 * noise(seed, 730) for seed in range(GROUPS + 7)]
    found = filled(365, *series)
    left_out = found._left_out()
    assert len(left_out) == GROUPS
    for group, rest in enumerate(left_out):
        kept = [np.round(values) for i, values in enumerate(series) if i % GROUPS != group]
        assert rest[0] == pytest.approx(np.mean(kept, axis=0))


def test_the_worst_verdict_decides() -> None:
    for place, verdict in enumerate(VERDICTS):
        assert overall([*VERDICTS[:place:-1], verdict, *VERDICTS[place:]]) == verdict
    assert VERDICTS[:2] == (UNSETTLED, DRIFTS)
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
