"""Emulators (emulator): what a simulation would give at parameters where it was not run, and how sure that is.

A Gaussian process for each goal (Rasmussen and Williams 2006): a linear trend, a smooth remainder, and the chance of a
run as white noise whose size replications have told. Most goals hang on a few of many parameters: which these active
ones are is found first, by forward selection with Schwarz's criterion; what the others do is noise beyond chance, and
belongs to what the emulator does not know. Leaving one run out at a time, in closed form, shows whether an emulator is
as sure as it may be; if it is not, its variance grows accordingly.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, solve_triangular

if TYPE_CHECKING:
    from sklearn.gaussian_process.kernels import Kernel

Floats = NDArray[np.float64]
OWN_LENGTHS = 8
"""Up to so many parameters each has a length scale of its own; beyond, they share one."""
NOISE_FREE = 3.0
"""The noise may be found smaller than replications told, by this factor of its variance."""
MOST_NOISE = 0.5
"""The noise may be this share of the variance of the runs beyond chance: the work of parameters that are not active."""
RUNS_EACH = 4
"""Runs that an active parameter needs at least."""
LEAST_NOISE = 1e-6
"""Of the variance of the runs: below, a matrix cannot be inverted."""
LEAST_RUNS = 5


class TooFewRuns(ValueError):
    """Not enough runs to make an emulator of."""


@dataclass(frozen=True, eq=False)
class Emulator:
    """The emulator of one goal; made by :func:`emulator`.

    Attributes
    ----------
    noise
        Variance of one run, as found.
    chance
        That of it which is chance; the rest is parameters that are not active.
    active
        Places of the active parameters.
    sureness
        Root mean square of standardised errors, each run left out in turn: 1 if the emulator is as sure as it may be,
        more if it is too sure.
    explained
        Share of the variance of the runs that is not in the errors of leaving out.
    """

    _kernel: Kernel
    _points: Floats
    _factor: Floats
    _weights: Floats
    _middle: float
    _scale: float
    noise: float
    chance: float
    active: NDArray[np.intp]
    sureness: float = field(default=1.0)
    explained: float = field(default=0.0)

    def predict(self, shares: Floats) -> tuple[Floats, Floats]:
        """Mean of what runs would give, and the emulator's own variance, without the chance of a run.

        Parameters
        ----------
        shares
            Parameters as shares of the way through their ranges, shape (points, parameters).
        """
        points = _centred(shares[:, self.active])
        cross = self._kernel(points, self._points)
        mean = cross @ self._weights * self._scale + self._middle
        solved = solve_triangular(self._factor, cross.T, lower=True, check_finite=False)
        own = self._kernel.diag(points) - self.noise / self._scale**2 - np.einsum("ij,ij->j", solved, solved)
        unexplained = max(self.noise - self.chance, 0.0)
        runs, chosen = len(self._points), 2 * len(self.active) + 1
        searched = runs / max(runs - chosen, 1)  # what was chosen by looking at the runs fits them too well
        return mean, (np.maximum(own, 0.0) * self._scale**2 + unexplained) * searched * max(self.sureness, 1.0) ** 2


def emulator(shares: Floats, values: Floats, noise: float) -> Emulator:
    """Fit an emulator.

    Parameters
    ----------
    shares
        Where the runs were, shape (runs, parameters), from 0 to 1.
    values
        What they gave, shape (runs,); nan does not count.
    noise
        Variance of a run by chance, from replications.

    Raises
    ------
    TooFewRuns
        If fewer than five runs have a value.
    """
    from sklearn.exceptions import ConvergenceWarning  # takes long to import
    from sklearn.gaussian_process import GaussianProcessRegressor

    known = ~np.isnan(values)
    if known.sum() < LEAST_RUNS:
        raise TooFewRuns(f"{int(known.sum())} runs with a value, at least {LEAST_RUNS} needed")
    points, values = _centred(shares[known]), values[known]
    active = active_of(points, values)
    points = points[:, active]
    middle, scale = float(values.mean()), float(values.std()) or 1.0
    fitted = GaussianProcessRegressor(
        _kernel(points.shape[1], max(noise / scale**2, LEAST_NOISE)), alpha=0.0, optimizer="fmin_l_bfgs_b"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a length at its bound is an answer: no bend that way
        fitted.fit(points, (values - middle) / scale)
    white = fitted.kernel_.k2.noise_level * scale**2
    inverse = cho_solve((fitted.L_, True), np.eye(len(points)))
    left_out = fitted.alpha_ / np.diag(inverse)
    sureness = float(np.sqrt(np.mean(fitted.alpha_**2 / np.diag(inverse))))
    explained = 1.0 - float(np.mean(left_out**2))
    return Emulator(
        *(fitted.kernel_, points, fitted.L_, fitted.alpha_, middle, scale),
        *(float(white), noise, active, sureness, explained),
    )


def active_of(points: Floats, values: Floats) -> NDArray[np.intp]:
    """Parameters that values hang on, by place, in ascending order; at least one.

    Each comes with a line and a bend. The one that explains most is added as long as Schwarz's criterion falls.

    Parameters
    ----------
    points
        Shape (runs, parameters), from -1 to 1.
    values
        Shape (runs,).
    """
    runs, parameters = points.shape
    terms = np.stack([points, points**2], axis=2)
    basis, rest = np.full((runs, 1), runs**-0.5), values - values.mean()
    chosen: list[int] = []
    while len(chosen) < min(parameters, max(runs // RUNS_EACH, 1)):
        gains = np.zeros(parameters)
        directions: dict[int, Floats] = {}
        for place in set(range(parameters)) - set(chosen):
            new = terms[:, place, :]
            new = new - basis @ (basis.T @ new)
            directions[place] = np.linalg.qr(new)[0]
            gains[place] = float(((directions[place].T @ rest) ** 2).sum())
        best, before = int(gains.argmax()), float((rest**2).sum())
        after = before - gains[best]
        falls = before > 0 and runs * np.log(max(after, 1e-12 * before) / before) + 2 * np.log(runs) < 0
        if chosen and not falls:
            break
        chosen.append(best)
        rest = rest - directions[best] @ (directions[best].T @ rest)
        basis = np.concatenate([basis, directions[best]], axis=1)
    return np.array(sorted(chosen))


def _kernel(parameters: int, noise: float) -> Kernel:
    """Trend, remainder and noise, for values of variance 1 and parameters from -1 to 1."""
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, WhiteKernel

    lengths = np.full(parameters, 2.0) if parameters <= OWN_LENGTHS else 2.0 * np.sqrt(parameters)
    trend = ConstantKernel(1.0 / parameters, (1e-4, 1e2)) * DotProduct(1.0, "fixed")
    remainder = ConstantKernel(0.3, (1e-4, 1e2)) * RBF(lengths, (0.3, 50.0))
    return trend + remainder + WhiteKernel(noise, (noise / NOISE_FREE, noise + MOST_NOISE))


def _centred(shares: Floats) -> Floats:
    """From 0..1 to -1..1."""
    return 2.0 * shares - 1.0
