"""Points of the non-implausible space (ej orimliga mängden), drawn evenly over it, and how large it is.

After a few waves so little is left of the space that points drawn over all of it would hardly ever fall there. So many
small flocks of points walk towards it: each keeps the least implausible quarter, fills up from these and walks about
below the level reached, until the level is the cutoff (subset simulation: Au and Beck 2001). The product of the shares
that were kept says how much of the whole the non-implausible space is. Parameters that keep their prior are the same
for a whole flock and do not move.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
FLOCK = 32
"""Points in a flock."""
KEPT = 0.25
"""Share of a flock that a level keeps."""
STEPS = 6
"""Steps of every point after a level."""
LEVELS = 16
MOVED = 3.0
"""Parameters that a step of the second kind moves, on average."""
NOISE = 0.01


@dataclass(frozen=True, eq=False)
class Narrowed:
    """One point of each flock.

    Attributes
    ----------
    points
        Shape (flocks, parameters), shares from 0 to 1.
    worst
        Their implausibility, shape (flocks,); above the cutoff where a flock did not reach it.
    volume
        Share of the whole space that is non-implausible.
    """

    points: Floats
    worst: Floats
    volume: float


def narrowed(
    worst: Callable[[Floats], Floats],
    parameters: int,
    keep: Bools,
    flocks: int,
    cutoff: float,
    rng: np.random.Generator,
) -> Narrowed:
    """Draw points that are not implausible.

    Parameters
    ----------
    worst
        Implausibility of points, shape (points, parameters) to (points,).
    parameters
        How many.
    keep
        Which of them keep their prior, shape (parameters,): a Latin hypercube over the flocks.
    flocks
        How many points are wanted.
    cutoff
        Up to which a point is not implausible.
    """
    flock = _Flocks(worst, _begin(parameters, keep, flocks, rng), ~keep, rng)
    for _ in range(LEVELS):
        below = flock.gather(cutoff)
        for step in range(STEPS):
            flock.walk(differences=step % 2 == 0)
        if below:
            break
    return flock.one_of_each(cutoff)


def latin_hypercube(points: int, parameters: int, rng: np.random.Generator) -> Floats:
    """Points that spread evenly over every parameter, shape (points, parameters)."""
    from scipy.stats import qmc  # takes long to import

    return qmc.LatinHypercube(parameters, rng=rng).random(points) if parameters else np.empty((points, 0))


def _begin(parameters: int, keep: Bools, flocks: int, rng: np.random.Generator) -> Floats:
    """Points of all flocks before the first level."""
    points = latin_hypercube(flocks * FLOCK, parameters, rng).reshape(flocks, FLOCK, parameters)
    points[:, :, keep] = latin_hypercube(flocks, int(keep.sum()), rng)[:, None, :]
    return points


class _Flocks:
    """All flocks, with the level each has reached."""

    def __init__(
        self, worst: Callable[[Floats], Floats], points: Floats, free: Bools, rng: np.random.Generator
    ) -> None:
        self._worst, self._points, self._rng = worst, points, rng
        self._free = np.flatnonzero(free)
        self._at = self._asked(points)
        self._level = np.full(len(points), np.inf)
        self._volume = np.ones(len(points))

    def _asked(self, points: Floats) -> Floats:
        return self._worst(points.reshape(-1, points.shape[-1])).reshape(points.shape[:-1])

    def gather(self, cutoff: float) -> bool:
        """Lower the level of every flock and fill it up from what is below; whether all are at the cutoff."""
        number = int(KEPT * FLOCK)
        level = np.maximum(np.sort(self._at, axis=1)[:, number - 1], cutoff)
        self._level = np.minimum(level, self._level)
        kept = self._at <= self._level[:, None]
        self._volume *= kept.mean(axis=1)
        for f, below in enumerate(kept):
            chosen = np.flatnonzero(below)
            others = self._rng.choice(chosen, FLOCK - len(chosen))
            chosen = np.concatenate([chosen, others])
            self._points[f], self._at[f] = self._points[f, chosen], self._at[f, chosen]
        return bool((self._level <= cutoff).all())

    def walk(self, differences: bool) -> None:
        """One step of every point, if it stays below the level and in the space."""
        if not len(self._free):
            return
        moved = self._points.copy()
        now = moved[:, :, self._free]
        now = self._along_differences(now) if differences else self._some(now)
        moved[:, :, self._free] = 1.0 - np.abs(1.0 - np.abs(now) % 2.0)  # reflected at the edges
        at = self._asked(moved)
        stays = at <= self._level[:, None]
        self._points[stays], self._at[stays] = moved[stays], at[stays]

    def _along_differences(self, now: Floats) -> Floats:
        """Along the difference of two others of the flock: steps have the shape of the space (ter Braak 2006)."""
        first, second = (self._rng.permuted(np.tile(np.arange(FLOCK), (len(now), 1)), axis=1) for _ in range(2))
        rows = np.arange(len(now))[:, None]
        gamma = 2.38 / np.sqrt(2.0 * now.shape[-1]) * self._rng.uniform(0.3, 1.2, now.shape[:2])[:, :, None]
        moved: Floats = (
            now + gamma * (now[rows, first] - now[rows, second]) + NOISE * self._rng.standard_normal(now.shape)
        )
        return moved

    def _some(self, now: Floats) -> Floats:
        """In a few parameters, by the spread of the flock in each."""
        spread = np.maximum(now.std(axis=1, keepdims=True), 0.02)
        chosen = self._rng.random(now.shape) < min(1.0, MOVED / now.shape[-1])
        moved: Floats = now + chosen * spread * self._rng.standard_normal(now.shape)
        return moved

    def one_of_each(self, cutoff: float) -> Narrowed:
        """A point of each flock: any that is not implausible, or the least implausible."""
        reached = self._at <= cutoff
        lot = np.where(reached, self._rng.random(self._at.shape), -self._at)
        rows, chosen = np.arange(len(lot)), lot.argmax(axis=1)
        volume = float(np.mean(np.where(self._level <= cutoff, self._volume, 0.0)))
        return Narrowed(self._points[rows, chosen], self._at[rows, chosen], volume)
