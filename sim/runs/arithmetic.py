"""The last digits of a machine (räknesätt): libraries of mathematics, and generations of processors, differ there.

A replication in which one digit differs is another replication, so equal results can be asked only of machines with the
same arithmetic.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np

SCALARS = (math.exp, math.expm1, math.log, math.log1p, math.sin, math.cos, math.tan, math.atan, math.tanh)
ARRAYS = (np.exp, np.expm1, np.log, np.log1p, np.sqrt, np.tanh)
"""Functions whose last digit may depend on the system's library of mathematics, or on the processor."""


def arithmetic() -> str:
    """A digest of many values of :data:`SCALARS` and :data:`ARRAYS`, each to its last bit."""
    values = np.linspace(0.001, 0.999, 4001)
    found = [[function(value) for value in values.tolist()] for function in SCALARS]
    powers = [math.pow(value, exponent) for exponent in (0.3, 1.7, 12.5) for value in values.tolist()]
    vectors = [function(values) for function in ARRAYS]
    digest = hashlib.sha256(np.array([*found, *np.split(np.array(powers), 3), *vectors], "<f8").tobytes())
    return digest.hexdigest()[:12]
