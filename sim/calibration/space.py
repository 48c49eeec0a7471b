"""The parameters of a calibration (parametrar): which values of a scenario move, and between what.

A parameter of a calibration is one value of the scenario, or all members of an indexed one, which then move together,
each in its own range. Where it stands is said by a share from 0, its low, to 1, its high. The prior is even over the
shares, and half of it lies below the value that the scenario states: the share is bent by a power so that one half
gives that value, as far as a power of a third to three can.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sim.scenario import Problem, Scenario, ScenarioError
from sim.scenario.keys import LEVER_OF, Key, key_names, resolve
from sim.scenario.schema import Scalar
from sim.statistics.design import NUMERIC, rounded

Floats = NDArray[np.float64]
MOST_BENT = 3.0
EDGE = 1e-9


@dataclass(frozen=True, eq=False)
class Axis:
    """A parameter of a calibration.

    Attributes
    ----------
    name
        A dotted key, or what the members that move together have in common.
    keys
        The values that move.
    keep
        Whether it keeps its prior, because the targets cannot tell it apart from others.
    """

    name: str
    keys: tuple[Key, ...]
    keep: bool

    def values(self, share: float) -> dict[str, Scalar]:
        """The values at a share from 0 to 1, by dotted key."""
        return {key.name: at(key, share) for key in self.keys}

    @cached_property
    def base(self) -> float:
        """The share at which the scenario's own values are, or nearest to it."""
        return float(np.mean([share_of(key) ** (1.0 / bend(key)) for key in self.keys]))


def bend(key: Key) -> float:
    """The power of the share that gives the value of the scenario at one half."""
    share = min(max(share_of(key), EDGE), 1.0 - EDGE)
    return float(np.clip(np.log(share) / np.log(0.5), 1.0 / MOST_BENT, MOST_BENT))


def share_of(key: Key) -> float:
    """How much of the way from low to high the value of the scenario is."""
    low, value, high = _numbers(key)
    return min(max((value - low) / (high - low), 0.0), 1.0)


def at(key: Key, share: float) -> Scalar:
    """The value of a key at a share from 0 to 1."""
    low, _, high = _numbers(key)
    value = low + (high - low) * share ** bend(key)
    return round(value) if key.parameter.integer else min(max(rounded(value), low), high)


def _numbers(key: Key) -> tuple[float, float, float]:
    """Low, value and high; nan where one is not stated, which no axis has."""
    low, value, high = (math.nan if one is None else float(one) for one in (key.low, key.value, key.high))
    return low, value, high


@dataclass(frozen=True, eq=False)
class Space:
    """All parameters of a calibration, for a scenario; a ``matching.Space``."""

    scenario: Scenario
    axes: tuple[Axis, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the parameters."""
        return tuple(axis.name for axis in self.axes)

    @property
    def keep(self) -> NDArray[np.bool_]:
        """Which keep their prior."""
        return np.array([axis.keep for axis in self.axes], np.bool_)

    @property
    def base(self) -> Floats:
        """The scenario's own values as shares."""
        return np.array([axis.base for axis in self.axes])

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every value that moves."""
        return tuple(key for axis in self.axes for key in axis.keys)

    def values(self, point: Floats | tuple[float, ...]) -> dict[str, Scalar]:
        """Values at a point of shares, by dotted key."""
        found: dict[str, Scalar] = {}
        for axis, share in zip(self.axes, point, strict=True):
            found |= axis.values(float(share))
        return found

    def possible(self, point: Floats) -> bool:
        """Whether no rule between parameters is broken."""
        try:
            self.scenario.with_keys(self.values(point))
        except ScenarioError:
            return False
        return True


def space_of(scenario: Scenario, names: Mapping[str, list[str]]) -> Space:
    """The space that a table names.

    Parameters
    ----------
    names
        Under ``fit`` what is to be found, under ``prior`` what keeps its prior.

    Raises
    ------
    ScenarioError
        With every name that cannot be used.
    """
    problems: list[Problem] = []
    axes: list[Axis] = []
    used: dict[str, str] = {}
    for word, wanted in names.items():
        for name in wanted:
            try:
                axis = Axis(name, tuple(_keys(scenario, name)), word == "prior")
            except ScenarioError as error:
                problems += [Problem(p.file, p.line, f"calibrate.{word}: {name}", p.says) for p in error.problems]
                continue
            twice = next((key.name for key in axis.keys if key.name in used), None)
            if twice is not None:
                says = f"{twice} is in it, and in {used[twice]} too"
                problems.append(Problem(scenario.path.name, 0, f"calibrate.{word}: {name}", says))
            used |= dict.fromkeys((key.name for key in axis.keys), name)
            axes.append(axis)
    if problems:
        raise ScenarioError(problems)
    return Space(scenario, tuple(axes))


def _keys(scenario: Scenario, name: str) -> Iterator[Key]:
    """The values that a name stands for, of all its alternatives in braces."""
    keys = [key for one in expanded(name) for key in _keys_below(scenario, one)]
    rows = [(key.path, key.index[:-1]) for key in keys if key.parameter.sums_to_one_over]
    if len(set(rows)) < len(rows):
        raise _refusal(scenario, name, "members that add up to one cannot move together; name one of them")
    yield from keys


def expanded(name: str) -> list[str]:
    """The names that one with alternatives in braces stands for: ``a.{b,c}.d`` for ``a.b.d`` and ``a.c.d``."""
    parts = re.split(r"\{([^{}]*)\}", name)
    choices = [part.split(",") if n % 2 else [part] for n, part in enumerate(parts)]
    return ["".join(part.strip() for part in one) for one in product(*choices)]


def _keys_below(scenario: Scenario, name: str) -> list[Key]:
    """One value, or all members below a name whose range is not empty."""
    if name.startswith(f"{LEVER_OF}."):
        raise _refusal(scenario, name, "a lever of a governance, which is chosen and not fitted")
    if name.startswith("time."):
        raise _refusal(scenario, name, "the time axis is the same for all")
    below = [one for one in key_names(scenario) if one.startswith(f"{name}.")]
    keys = [resolve(scenario, one) for one in below or [name]]
    if keys[0].parameter.kind not in NUMERIC:
        raise _refusal(scenario, name, f"a {keys[0].parameter.kind} given, a number needed")
    ends = [(key, _numbers(key)) for key in keys]
    found = [key for key, (low, _, high) in ends if low < high]
    if not found:
        raise _refusal(scenario, name, "no range stated in the scenario, low below high needed")
    if any(key.value is None for key in found):
        raise _refusal(scenario, name, "stands for different values; leave .all out, and they move together")
    return found


def _refusal(scenario: Scenario, name: str, says: str) -> ScenarioError:
    return ScenarioError([Problem(scenario.path.name, 0, name, says)])
