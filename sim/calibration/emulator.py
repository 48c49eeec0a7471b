"""Emulators (emulator): what a simulation would give at parameters where it was not run, and how sure that is.

A Gaussian process for each goal (Rasmussen and Williams 2006): a linear trend in all parameters, a smooth remainder,
and the chance of a run as white noise whose size replications have told. Leaving one run out at a time, in closed form,
shows whether an emulator is as sure as it may be; if it is not, its variance grows accordingly.
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
"""The noise may be found smaller or larger than replications told, by this factor of its variance."""
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
    sureness: float = field(default=1.0)
    explained: float = field(default=0.0)

    def predict(self, shares: Floats) -> tuple[Floats, Floats]:
        """Mean of what runs would give, and the emulator's own variance, without the chance of a run.

        Parameters
        ----------
        shares
            Parameters as shares of the way through their ranges, shape (points, parameters).
        """
        points = _centred(shares)
        cross = self._kernel(points, self._points)
        mean = cross @ self._weights * self._scale + self._middle
        solved = solve_triangular(self._factor, cross.T, lower=True, check_finite=False)
        own = self._kernel.diag(points) - self.noise / self._scale**2 - np.einsum("ij,ij->j", solved, solved)
        return mean, np.maximum(own, 0.0) * self._scale**2 * max(self.sureness, 1.0) ** 2


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
    return Emulator(fitted.kernel_, points, fitted.L_, fitted.alpha_, middle, scale, float(white), sureness, explained)


def _kernel(parameters: int, noise: float) -> Kernel:
    """Trend, remainder and noise, for values of variance 1 and parameters from -1 to 1."""
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, WhiteKernel

    lengths = np.full(parameters, 2.0) if parameters <= OWN_LENGTHS else 2.0 * np.sqrt(parameters)
    trend = ConstantKernel(1.0 / parameters, (1e-4, 1e2)) * DotProduct(1.0, "fixed")
    remainder = ConstantKernel(0.3, (1e-4, 1e2)) * RBF(lengths, (0.3, 50.0))
    return trend + remainder + WhiteKernel(noise, (noise / NOISE_FREE, noise * NOISE_FREE))


def _centred(shares: Floats) -> Floats:
    """From 0..1 to -1..1."""
    return 2.0 * shares - 1.0
