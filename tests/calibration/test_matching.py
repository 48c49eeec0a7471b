"""History matching on functions whose non-implausible space is known."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.calibration.emulator import TooFewRuns, emulator
from sim.calibration.goals import Goals, worst
from sim.calibration.matching import BEYOND, SETTLED, WAVE, InMemory, Job, Matched, Settings, Step, match
from sim.calibration.narrowing import narrowed

pytestmark = pytest.mark.theory

Floats = NDArray[np.float64]
NOISE = 0.03
TRUTH = np.array([0.3, 0.6, 0.5])
SETTINGS = Settings(runs=90, replications=5, wave=24, waves=3, ensemble=20, seed=4)


def function(points: Floats) -> Floats:
    """Two goals see the first two parameters, one of them bent; the third parameter moves nothing."""
    first, second = points[..., 0], points[..., 1]
    return np.stack([1.0 + first + 0.5 * second, 2.0 + second * second - first], axis=-1)


@dataclass(frozen=True)
class Box:
    keep: NDArray[np.bool_] = field(default_factory=lambda: np.array([False, False, True]))
    names: tuple[str, ...] = ("a", "b", "c")
    base: Floats = field(default_factory=lambda: np.full(3, 0.5))

    def possible(self, point: Floats) -> bool:
        return True


def goals_at(truth: Floats, width: float = 0.1) -> Goals:
    return Goals.of(("one", "two"), [(v - width, v + width) for v in function(truth).tolist()], 0.0)


def simulate(jobs: Sequence[Job]) -> Generator[tuple[int, Floats], None, None]:
    for job in reversed(jobs):  # finished in any order
        point = np.full(3, 0.5) if job.point is None else np.array(job.point)
        yield job.number, function(point) + NOISE * np.random.default_rng([8, job.number]).standard_normal(2)


def silent(text: str) -> None:
    """Told nobody."""


@pytest.fixture(scope="module")
def matched() -> Matched:
    return match(Box(), goals_at(TRUTH), simulate, SETTINGS, told=silent)


def truly_worst(points: Floats) -> Floats:
    return worst(goals_at(TRUTH).implausibility(function(points), np.full(2, NOISE**2)))


def test_what_is_left_is_the_space_that_is_not_implausible(matched: Matched) -> None:
    points = np.random.default_rng(1).random((4000, 3))
    left, truly = matched.emulated(points) <= 3.0, truly_worst(points) <= 3.0
    assert 0.01 < truly.mean() < 0.2
    assert left[truly_worst(points) <= 2.5].mean() > 0.98
    assert left[truly_worst(points) > 4.0].mean() < 0.01
    volumes = [step.volume for step in matched.steps if step.kind in (WAVE, SETTLED)]
    assert volumes[0] == 1.0
    assert volumes[-1] == pytest.approx(truly.mean(), rel=0.5)


def test_planted_truth_is_in_the_ensemble(matched: Matched) -> None:
    assert matched.emulated(TRUTH[None])[0] < 1.0
    sets = matched.points[matched.good]
    assert len(sets) >= SETTINGS.ensemble
    for axis in (0, 1):
        low, high = sets[:, axis].min(), sets[:, axis].max()
        assert low < TRUTH[axis] < high
        assert high - low < 0.8
    assert (worst(matched.implausibility)[matched.good] <= 3.0).all()
    assert (truly_worst(sets) < 3.0 + 3.0).all()


def test_a_parameter_that_keeps_its_prior_is_as_spread_as_before(matched: Matched) -> None:
    chosen = matched.points[matched.good]
    low, high = np.quantile(chosen, [0.25, 0.75], axis=0)
    assert (high - low)[2] > 0.35
    assert (high - low)[0] < 0.25


def test_chance_is_what_replications_tell(matched: Matched) -> None:
    base = matched.values[: SETTINGS.replications]
    assert matched.chance == pytest.approx(base.var(axis=0, ddof=1))
    assert not set(matched.good) & set(range(SETTINGS.replications))


def test_same_seed_same_ensemble(matched: Matched) -> None:
    again = match(Box(), goals_at(TRUTH), simulate, SETTINGS, told=silent)
    assert np.array_equal(again.points, matched.points)
    assert np.array_equal(again.good, matched.good)
    other = match(Box(), goals_at(TRUTH), simulate, replace(SETTINGS, seed=5), told=silent)
    assert not np.array_equal(other.points[:40], matched.points[:40])


class Kept(InMemory):
    def __init__(self) -> None:
        self.runs: dict[tuple[int, tuple[float, ...] | None], Floats] = {}
        self.steps: dict[int, Step] = {}

    def run(self, job: Job) -> Floats | None:
        return self.runs.get((job.number, job.point))

    def put_run(self, job: Job, values: Floats) -> None:
        self.runs[job.number, job.point] = values

    def step(self, number: int) -> Step | None:
        return self.steps.get(number)

    def put_step(self, number: int, step: Step) -> None:
        self.steps[number] = step


@pytest.mark.parametrize("after", [3, 20, 40, 50])
def test_goes_on_where_it_was_stopped(matched: Matched, after: int) -> None:
    store, count = Kept(), 0

    def stopping(jobs: Sequence[Job]) -> Generator[tuple[int, Floats], None, None]:
        nonlocal count
        for one in simulate(jobs):
            count += 1
            if count > after:
                raise KeyboardInterrupt
            yield one

    with pytest.raises(KeyboardInterrupt):
        match(Box(), goals_at(TRUTH), stopping, SETTINGS, store, silent)
    assert len(store.runs) == after
    done: list[int] = []

    def counting(jobs: Sequence[Job]) -> Generator[tuple[int, Floats], None, None]:
        done.extend(job.number for job in jobs)
        yield from simulate(jobs)

    again = match(Box(), goals_at(TRUTH), counting, SETTINGS, store, silent)
    assert np.array_equal(again.points, matched.points)
    assert np.array_equal(again.values, matched.values)
    assert again.stopped == matched.stopped
    assert len(done) == len(matched.values) - after


def test_no_parameter_set_agrees_with_goals_that_contradict_each_other() -> None:
    apart = Goals.of(("one", "two"), [(0.1, 0.2), (4.0, 4.1)], 0.0)
    told: list[str] = []
    found = match(Box(), apart, simulate, replace(SETTINGS, runs=60), told=told.append)
    assert not len(found.good)
    assert any("leave nothing" in line for line in told)
    assert sum(len(step.points) for step in found.steps if step.kind == BEYOND) == 0


def test_what_cannot_be_run_is_vouched_for_by_emulators_alone() -> None:
    found = match(Box(), goals_at(TRUTH), simulate, replace(SETTINGS, runs=53, waves=2, ensemble=40), told=silent)
    assert len(found.values) == 53
    last = found.steps[-1]
    assert last.kind == BEYOND
    assert len(last.points) == 40 - len(found.good)
    assert (last.emulated <= 3.0).all()
    assert (truly_worst(last.points) < 4.5).all()


def test_emulators_alone_vouch_for_nothing_that_runs_did_not_confirm() -> None:
    """Chance is larger than replications tell, by bad luck: what emulators say is left is missed by most runs."""

    def unlucky(jobs: Sequence[Job]) -> Generator[tuple[int, Floats], None, None]:
        for number, values in simulate(jobs):
            yield number, values if number < SETTINGS.replications else values + 5.0 * (-1.0) ** number

    told: list[str] = []
    found = match(Box(), goals_at(TRUTH), unlucky, replace(SETTINGS, runs=53), told=told.append)
    assert not [step for step in found.steps if step.kind == BEYOND]
    assert len(found.good) < SETTINGS.ensemble
    assert "emulators alone vouch for no more" in told[-1]


def test_an_emulator_finds_the_parameters_that_matter() -> None:
    rng = np.random.default_rng(5)
    points = rng.random((60, 25))
    values = 3.0 * points[:, 4] + 2.0 * (points[:, 11] - 0.5) ** 2 * 4 + 0.1 * rng.standard_normal(60)
    one = emulator(points, values, 0.01)
    assert {4, 11} <= set(one.active.tolist())
    assert len(one.active) <= 6
    fresh = rng.random((500, 25))
    mean, variance = one.predict(fresh)
    truth = 3.0 * fresh[:, 4] + 2.0 * (fresh[:, 11] - 0.5) ** 2 * 4
    assert np.sqrt(np.mean((mean - truth) ** 2)) < 0.15 * truth.std()
    assert np.sqrt(np.mean((mean - truth) ** 2 / variance)) < 2.0


def test_a_queue_that_is_overrun_does_not_hide_the_rest() -> None:
    """Beyond 0.55 of the first parameter both goals are hundreds of deviations away, as of a queue without limit."""

    def overrun(jobs: Sequence[Job]) -> Generator[tuple[int, Floats], None, None]:
        for job, (number, values) in zip(reversed(jobs), simulate(jobs), strict=True):
            first = 0.5 if job.point is None else job.point[0]
            yield number, values + 2000.0 * max(first - 0.55, 0.0)

    found = match(Box(), goals_at(TRUTH), overrun, SETTINGS, told=silent)
    assert len(found.good) >= SETTINGS.ensemble
    assert found.emulated(TRUTH[None])[0] < 2.0
    assert (found.points[found.good][:, 0] < 0.55).all()


def test_points_that_cannot_be_run_are_out() -> None:
    def failing(jobs: Sequence[Job]) -> Generator[tuple[int, Floats], None, None]:
        for job, (number, values) in zip(reversed(jobs), simulate(jobs), strict=True):
            yield number, values if job.point is None or job.point[2] < 0.7 else np.full(2, np.nan)

    told: list[str] = []
    found = match(Box(), goals_at(TRUTH), failing, SETTINGS, told=told.append)
    assert len(found.good) >= SETTINGS.ensemble
    assert (found.points[found.good][:, 2] < 0.7).all()
    assert "runs failed: the model cannot be run with their values" in told[0]


def test_waves_end_when_nothing_more_is_ruled_out() -> None:
    found = match(Box(), goals_at(TRUTH, 5.0), simulate, SETTINGS, told=silent)
    assert [step.kind for step in found.steps] == ["base", WAVE, SETTLED]
    assert found.stopped == "the space has stopped shrinking"
    assert len(found.good) == SETTINGS.wave


def test_an_emulator_is_as_sure_as_it_may_be() -> None:
    rng = np.random.default_rng(2)
    points, fresh = rng.random((60, 3)), rng.random((500, 3))
    one = emulator(points, function(points)[:, 1] + NOISE * rng.standard_normal(60), NOISE**2)
    mean, variance = one.predict(fresh)
    off = (mean - function(fresh)[:, 1]) / np.sqrt(variance)
    assert (np.abs(off) < 3.0).mean() > 0.97
    assert np.abs(mean - function(fresh)[:, 1]).max() < 0.1
    assert one.explained > 0.95


def test_an_emulator_needs_runs() -> None:
    values = np.array([1.0, np.nan, 2.0, np.nan, 3.0, 4.0])
    with pytest.raises(TooFewRuns, match="4 runs with a value"):
        emulator(np.random.default_rng(1).random((6, 2)), values, 0.1)


def test_a_small_corner_is_found_and_its_size_told() -> None:
    """A ball of radius 0.1 in a corner of five dimensions, of which one keeps its prior and does not matter."""

    def distance(points: Floats) -> Floats:
        return 10.0 * np.sqrt((points[:, :4] ** 2).sum(axis=1))

    keep = np.array([False, False, False, False, True])
    found = narrowed(distance, 5, keep, 40, 1.0, np.random.default_rng(6))
    assert (distance(found.points) <= 1.0).all()
    truly = np.pi**2 / 2 * 0.1**4 / 2**4
    assert found.volume == pytest.approx(truly, rel=0.5)
    assert sorted((found.points[:, 4] * 40).astype(int)) == list(range(40))
