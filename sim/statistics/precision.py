"""Replications to a stated precision (till angiven precision): the confidence-interval method with look-ahead.

Replications are added until the 95 % interval of every watched outcome is narrow enough: half its width at most a
given share of the mean. An interval can be narrow by luck while replications are few, so it has to stay so through a
look-ahead before the rule believes it (Hoad, Robinson and Davies 2010, *Journal of the Operational Research Society*
61:1632-1644). The rule is that of ``ReplicationsAlgorithm`` in sim-tools, with three differences: half the width is
held against the size of the mean, so that differences below zero are judged too; the cap counts every replication,
those of the look-ahead as well; and an outcome that is never given does not keep the others waiting.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scipy.special import chdtri

from sim.outcomes import OUTCOMES
from sim.problems import like
from sim.statistics.moments import LEVEL, Moments, half_width

if TYPE_CHECKING:
    from sim.replication.replication import Replication
    from sim.statistics.comparison import Difference

FEWEST = 3
"""Replications before an interval is looked at: two say next to nothing about a standard deviation."""
FULL_LOOK_AHEAD = 100
"""Replications beyond which the look-ahead grows in proportion (kLimit of Hoad and others)."""
WIDEST_OF_A_DIFFERENCE = 0.5
"""Relative precision above which an interval of a difference of nothing would too often be narrow enough."""
MANY = 1_000_000
"""Replications beyond which nobody waits for a precision."""
DIGITS = 10

REACHED, CAPPED, NOT_GIVEN = "reached", "cap", "not given"
"""Reasons for stopping."""


@dataclass(frozen=True)
class Target:
    """A precision, and on what.

    Attributes
    ----------
    relative
        Half the width of the 95 % interval, at most this share of the mean; above 0 and below 1, in a comparison at
        most 0.5.
    outcomes
        All of these, for everybody: their levels in a run, their paired differences in a comparison. Each interval
        is a 95 % interval by itself; that all of them hold the truth at once is less sure.
    least, most
        Replications at least (3 or more) and at most, those of the look-ahead included.
    look_ahead
        Replications through which the precision must hold; in proportion above 100 replications.

    Raises
    ------
    ValueError
        If a value cannot be used; names what there is instead.
    """

    relative: float = 0.05
    outcomes: tuple[str, ...] = ("hospital_days",)
    least: int = FEWEST
    most: int = 200
    look_ahead: int = 5

    def __post_init__(self) -> None:
        if not 0.0 < self.relative < 1.0:
            raise ValueError(f"precision: {self.relative} given, a share above 0 and below 1 needed, as 0.05 or 5%")
        if not self.outcomes:
            raise ValueError("on: no outcome given, at least one needed")
        for name in self.outcomes:
            self.check_name(name)
        if len(set(self.outcomes)) < len(self.outcomes):
            twice = next(name for name in self.outcomes if self.outcomes.count(name) > 1)
            raise ValueError(f"on: {twice!r} given twice")
        if self.least < FEWEST:
            raise ValueError(f"least: {self.least} given, at least {FEWEST} needed")
        if self.most < self.least:
            raise ValueError(f"most: {self.most} given, at least {self.least} needed (least)")
        if self.look_ahead < 0:
            raise ValueError(f"look_ahead: {self.look_ahead} given, at least 0 needed")

    def check_name(self, name: str) -> None:
        """See that there is such an outcome; a ValueError if not."""
        if name not in OUTCOMES:
            raise ValueError(f"on: {name!r} is no outcome{_nearest(name)}")

    def unit(self, name: str) -> str:
        """The unit of an outcome."""
        return OUTCOMES[name].unit

    def check(self, compared: bool) -> None:
        """See that it makes sense for what is to be run.

        Raises
        ------
        ValueError
            If it is too wide for differences. While replications are few, chance makes some interval that wide of a
            difference whose true size is 0, and stopping then would make a finding of nothing.
        """
        if compared and self.relative > WIDEST_OF_A_DIFFERENCE:
            raise ValueError(
                f"precision: {self.relative:.10g} given, at most {WIDEST_OF_A_DIFFERENCE} (50%) in a comparison: an "
                "interval so wide comes by chance even where there is no difference"
            )

    def ahead(self, replications: int) -> int:
        """How many more replications the precision must hold, as seen after so many."""
        return self.look_ahead * max(replications, FULL_LOOK_AHEAD) // FULL_LOOK_AHEAD


def _nearest(name: str) -> str:
    near = like(name, OUTCOMES, 3)
    return f"; did you mean {' or '.join(near)}?" if near else "; docs/outcomes.md lists them"


class Watch:
    """One series of values against a target, value by value.

    Attributes
    ----------
    seen
        Values so far, those that are no numbers too.
    since
        Replications at which the precision was met, and has been since; None if it is not met now. Kept once
        ``reached``.
    reached
        Whether the precision has held through a look-ahead; once so, it stays so.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._moments = Moments()
        self.seen = 0
        self.since: int | None = None
        self.reached = False

    def add(self, value: float) -> None:
        """Add the value of the next replication; nan if it has none."""
        self.seen += 1
        self._moments.add(value)
        if self.reached or self.seen < self._target.least:
            return
        if not self.relative <= self._target.relative:
            self.since = None
            return
        if self.since is None:
            self.since = self.seen
        self.reached = self.seen - self.since >= self._target.ahead(self.seen)

    @property
    def known(self) -> int:
        """Values so far that are numbers."""
        return int(self._moments.count)

    @property
    def mean(self) -> float:
        """Mean of the known values; nan without any."""
        return float(self._moments.mean)

    @property
    def half_width(self) -> float:
        """Half the width of the 95 % t interval; nan for fewer than two known values."""
        return float(half_width(self._moments.count, self._moments.variance))

    @property
    def relative(self) -> float:
        """Half the width over the size of the mean; nan where there is no interval, or the mean is 0."""
        if self.known < FEWEST or not self.mean:
            return math.nan
        return self.half_width / abs(self.mean)

    @property
    def hopeless(self) -> bool:
        """Whether the outcome was not given in the first replications, nor in a look-ahead after them."""
        return not self.known and self.seen >= self._target.least + self._target.look_ahead


class Rule:
    """When there are replications enough (stoppregel).

    Parameters
    ----------
    target
        What is asked for.
    compared
        Whether there are two arms, whose paired differences are meant; otherwise the levels of the first.

    Attributes
    ----------
    replications
        Added so far.

    Raises
    ------
    ValueError
        If the target is too wide for differences.
    """

    def __init__(self, target: Target, compared: bool) -> None:
        target.check(compared)
        self.target = target
        self.compared = compared
        self.replications = 0
        self._watches = {name: Watch(target) for name in target.outcomes}

    def add(self, replication: Replication) -> None:
        """Add the next replication, in order of their numbers.

        Raises
        ------
        ValueError
            If it is not the next.
        """
        tables = [arm.table for arm in replication.arms]
        levels = [{name: table.value(name) for name in self._watches} for table in tables[: 1 + self.compared]]
        self.add_values(replication.number, *levels)

    def add_values(self, number: int, first: Mapping[str, float], second: Mapping[str, float] | None = None) -> None:
        """Add the values of the next replication, of one arm or of the two compared; nan for those it has not.

        Raises
        ------
        ValueError
            If it is not the next.
        """
        if number != self.replications:
            raise ValueError(f"replication {number} given, {self.replications} is next")
        self.replications += 1
        for name, watch in self._watches.items():
            watch.add(first[name] if second is None else second[name] - first[name])

    @property
    def stop(self) -> bool:
        """Whether no further replication is needed."""
        return bool(self.reason)

    @property
    def reason(self) -> str:
        """Why to stop: ``reached``, ``cap`` or ``not given``; empty if not to stop."""
        watches = self._watches.values()
        if all(watch.reached or watch.hopeless for watch in watches):
            return REACHED if all(watch.reached for watch in watches) else NOT_GIVEN
        return CAPPED if self.replications >= self.target.most else ""

    def report(self) -> dict[str, Any]:
        """What was asked for and what came of it, as plain data.

        Returns
        -------
        dict
            ``of`` (difference or level), the values of the target, ``replications``, ``reason``, and for each
            outcome ``reached`` (replications at which the precision was met to stay, or None), and from all
            replications ``mean``, ``half_width`` and ``relative``; None where there is no such number.
        """
        return {
            "of": "difference" if self.compared else "level",
            "relative": self.target.relative,
            "least": self.target.least,
            "most": self.target.most,
            "look_ahead": self.target.look_ahead,
            "replications": self.replications,
            "reason": self.reason,
            "outcomes": {
                name: {
                    "unit": self.target.unit(name),
                    "reached": watch.since if watch.reached else None,
                    "mean": _rounded(watch.mean),
                    "half_width": _rounded(watch.half_width),
                    "relative": _rounded(watch.relative),
                }
                for name, watch in self._watches.items()
            },
        }


AVOIDED = "hospital_days"
"""The outcome whose difference is the days avoided."""


def replications_needed(mean: float, deviation: float, relative: float) -> int | None:
    """The fewest replications whose 95 % interval has half the width asked for.

    Parameters
    ----------
    mean, deviation
        Of a difference or level between replications, as far as they are known.
    relative
        Half the width, as a share of the mean.

    Returns
    -------
    int or None
        At least 3; None if a million is not enough (the mean is 0, or nearly), or nothing is known.
    """
    if not (math.isfinite(mean) and math.isfinite(deviation)) or not mean:
        return None

    def enough(number: int) -> bool:
        return float(half_width(number, 1.0)) * deviation <= relative * abs(mean)

    numbers = range(FEWEST, MANY + 1)
    place = bisect_left(numbers, True, key=enough)
    return numbers[place] if place < len(numbers) else None


def time_to_precision(
    differences: Iterable[Difference], seconds: float | None, ran: int, target: Target | None = None
) -> dict[str, Any] | None:
    """How long this machine takes until the days avoided are known to a precision (tid till precision).

    A guess from the replications at hand, so it has a range: the numbers that the ends of the 95 % intervals of mean
    and standard deviation would give (that of the standard deviation by chi-square), the lucky ends together and the
    unlucky ones.

    Parameters
    ----------
    differences
        Of a comparison.
    seconds, ran
        Wall time, and how many replications were run in it.
    target
        Its precision and look-ahead count; by default 5 % and 5.

    Returns
    -------
    dict or None
        ``outcome``, ``relative``, ``replications`` and ``seconds`` with the look-ahead, each with ``_low`` and
        ``_high`` (None where a million replications would not do). None where nothing can be told: if the interval of
        the difference holds 0, or a million would not do anyway.
    """
    total = next((d for d in differences if d.outcome == AVOIDED and set(d.margin) == {"all"}), None)
    if total is None or not seconds or not ran or total.replications < FEWEST or total.low <= 0.0 <= total.high:
        return None
    target = target or Target()
    count, half = total.replications, (total.high - total.low) / 2
    deviation, size = half / float(half_width(count, 1.0)), abs(total.difference)
    small, large = deviations(count, deviation)
    found: dict[str, Any] = {"outcome": AVOIDED, "relative": target.relative}
    for end, mean, spread in (("", size, deviation), ("_low", size + half, small), ("_high", size - half, large)):
        needed = replications_needed(mean, spread, target.relative)
        whole = None if needed is None else needed + target.ahead(needed)
        found |= {f"replications{end}": whole, f"seconds{end}": whole and round(seconds / ran * whole, 1)}
    return found if found["replications"] is not None else None


def deviations(count: int, deviation: float) -> tuple[float, float]:
    """The 95 % interval of a standard deviation found from so many normal values, by chi-square."""
    tail = (1 - LEVEL) / 2
    ends = (chdtri(count - 1, p) for p in (tail, 1 - tail))  # chdtri: of the upper tail
    low, high = (deviation * math.sqrt((count - 1) / float(end)) for end in ends)
    return low, high


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else float(f"{value:.{DIGITS}g}")
