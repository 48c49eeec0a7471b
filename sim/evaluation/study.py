"""One study, once: laid out, followed, analysed, and held against the truth (studie).

The truth is the twin: the same people over the same months without the intervention, as common random numbers give it
to a simulation and to nobody else. It is the average effect on the treated (ATT): their use per year alive with the
intervention over that without, - 1, and the difference of the two.

The null world is the twin too: the study is laid out, people are enrolled, and nothing that is done for them changes.
Whatever a design finds there is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim import chance
from sim.evaluation import estimators
from sim.evaluation.designs import Allocation, Ask, Layout, design_named, lay_out
from sim.evaluation.draws import Draw
from sim.evaluation.estimators import NOTHING, Estimate
from sim.evaluation.selection import Start, rule_named
from sim.evaluation.use import DAYS_A_YEAR, MONTHS, OUTCOMES, Before, Floats, Mask, Use
from sim.outcomes.inputs import MONTH
from sim.runs.progress import Tick
from sim.vocabulary import DAY

INDEX = ("inside", "outside")
DEATHS = ("survivors", "raw", "person_time")
FOLLOW_UP = (6, 12)
DAYS_A_MONTH = MONTH / DAY
ALMOST = 0.01
"""Days by which a month of single precision may be short."""


@dataclass(frozen=True)
class Study:
    """A study.

    Attributes
    ----------
    design
        Name of a design (``designs.DESIGNS``).
    select
        Name of the rule by which people are chosen (``selection.SELECTIONS``).
    n
        How many are on the list; everybody whom the rule takes if None.
    months
        Follow-up, 6 or 12; what is compared before T0 is as long.
    index
        ``inside``: the index stay counts as use before, ``outside``: the time before ends where it begins
        (for rules by which a stay puts people on the list).
    deaths
        ``survivors``: only those who live and stay to the end; ``raw``: counts per person, as if nobody died or left;
        ``person_time``: per year alive and in the study.
    drop_out
        Share that leaves the study within a year, at random; their use is then not known.
    outcomes
        What is looked at.
    age
        Lowest age, in years; that of the rule if None.
    municipalities
        Where the intervention takes place; everywhere if None.

    Raises
    ------
    ValueError
        If a value cannot be used; the text names it.
    """

    design: str
    select: str = "admissions>=2"
    n: int | None = None
    months: int = 12
    index: str = "inside"
    deaths: str = "person_time"
    drop_out: float = 0.0
    outcomes: tuple[str, ...] = OUTCOMES
    age: int | None = None
    municipalities: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        design_named(self.design)
        rule_named(self.select)
        for name, value, known in (
            ("index", self.index, INDEX),
            ("deaths", self.deaths, DEATHS),
            ("months", self.months, FOLLOW_UP),
        ):
            if value not in known:
                raise ValueError(f"{name}: {value!r} given, one of {', '.join(map(str, known))} needed")
        if self.index == "outside" and not rule_named(self.select).index:
            raise ValueError(f"index: outside given, but no stay puts people on the list of {self.select!r}")
        if self.n is not None and self.n < 1:
            raise ValueError(f"n: {self.n} given, at least 1 needed")
        if not 0.0 <= self.drop_out < 1.0:
            raise ValueError(f"drop_out: {self.drop_out} given, a share from 0 to less than 1 needed")
        for name in self.outcomes:
            if name not in OUTCOMES:
                raise ValueError(f"outcome: {name!r} given, one of {', '.join(OUTCOMES)} needed")

    @property
    def ask(self) -> Ask:
        """What its design needs to know."""
        return Ask(self.select, self.n, self.months, self.age, self.municipalities)


def studies_of(designs: Sequence[str], **asked: Any) -> tuple[Study, ...]:
    """Studies that differ in nothing but their designs.

    Parameters
    ----------
    designs
        Names, each once.
    asked
        The rest of :class:`Study`.

    Raises
    ------
    ValueError
        If a value cannot be used, or a design is given twice.
    """
    for name in designs:
        if list(designs).count(name) > 1:
            raise ValueError(f"design: {name!r} given twice")
    return tuple(Study(name, **asked) for name in designs)


@dataclass(frozen=True)
class Finding:
    """What a study found of one outcome.

    Attributes
    ----------
    real, null
        With the intervention, and in the null world.
    truth, truth_difference
        Effect on the treated: relative, and per person-year. In the null world it is 0.
    base
        What the treated would have used without the intervention, per person-year.
    placebo_p
        Of difference in differences: p value of the same comparison within the time before; nan for other designs.
    """

    real: Estimate
    null: Estimate
    truth: float
    truth_difference: float
    base: float
    placebo_p: float = math.nan


@dataclass(frozen=True, eq=False)
class Repeat:
    """A study, once.

    Attributes
    ----------
    study
        What it was.
    number
        From 0.
    listed, treated, compared
        People on the list, treated and compared, of those who could be analysed before deaths and drop-out.
    balance
        Largest standardised difference between the groups at T0.
    findings
        By outcome.
    """

    study: Study
    number: int
    listed: int
    treated: int
    compared: int
    balance: float
    findings: Mapping[str, Finding]


Choose = Callable[[Start, Before], Sequence[Allocation]]


class World(Protocol):
    """Where studies take place: the simulated region, or made people."""

    def follow(self, number: int, choose: Choose, months: int, tick: Tick | None = None) -> Iterator[Use]:
        """Use of everybody in the months after T0 under each allocation that is chosen, one after another."""
        ...


def repeats(studies: Sequence[Study], world: World, number: int, tick: Tick | None = None) -> list[Repeat]:
    """Do several studies in the same region, once: each allocation is simulated once for all of them.

    Parameters
    ----------
    studies
        In the order in which they are returned.
    world
        Where they take place.
    number
        Of the repeat, from 0.
    tick
        Progress, from 0 to 1.

    Raises
    ------
    TooFew
        If the region has not as many people as a study needs.
    """
    laid = _Laid(studies)
    following = world.follow(number, laid.choose, max(study.months for study in studies), tick)
    twin = laid.parts(next(following))
    found: dict[int, Repeat] = {}
    for allocation, use in zip(laid.allocations[1:], following, strict=True):
        for place, part in laid.parts(use).items():
            data = laid.data[place]
            if data.layout.allocation is allocation:
                found[place] = _one(data, number, part, twin[place])
    return [found[place] for place in range(len(studies))]


class _Laid:
    """What is laid out at T0, and which allocations that takes; the first is nobody: the twin."""

    def __init__(self, studies: Sequence[Study]) -> None:
        self.studies = studies
        self.data: list[Data] = []
        self.allocations: list[Allocation] = []

    def choose(self, start: Start, before: Before) -> Sequence[Allocation]:
        """Lay all studies out; of the registers only what belongs to their people is kept."""
        self.allocations = [Allocation(np.zeros(len(start.people), np.bool_))]
        for study in self.studies:
            layout = lay_out(study.design, study.ask, start, before)
            known = next((a for a in self.allocations[1:] if a.same(layout.allocation)), None)
            if known is None:
                self.allocations.append(layout.allocation)
            else:
                layout = replace(layout, allocation=known)
            self.data.append(Data.of(study, layout, start, before))
        return self.allocations

    def parts(self, use: Use) -> dict[int, Use]:
        """The use of the people of each study."""
        return {
            place: use.of(data.layout.persons).between(0, data.study.months) for place, data in enumerate(self.data)
        }


def _one(data: Data, number: int, use: Use, twin: Use) -> Repeat:
    study, layout = data.study, data.layout
    treated = int(layout.treated.sum())
    findings = {name: finding(data, use, twin, name) for name in study.outcomes}
    return Repeat(study, number, layout.listed, treated, len(layout.persons) - treated, layout.balance, findings)


@dataclass(frozen=True, eq=False)
class Data:
    """What an evaluator has of a study at T0: who is in it, and what they used before.

    Attributes
    ----------
    study, layout
        What is asked, and who is in it.
    before
        Twelve months of the persons of the study.
    stays
        How many months each stays in the study.
    """

    study: Study
    layout: Layout
    before: Use
    stays: NDArray[np.int64]

    @classmethod
    def of(cls, study: Study, layout: Layout, start: Start, before: Before) -> Data:
        """From everybody's."""
        year = before.use if study.index == "inside" else before.outside
        return cls(study, layout, year.of(layout.persons), _stays(study, layout.persons, start.key))


def _stays(study: Study, persons: NDArray[np.int64], key: int) -> NDArray[np.int64]:
    """Whole months until each leaves the study, at a constant rate."""
    if study.drop_out <= 0.0:
        return np.full(len(persons), MONTHS * 100)
    years = chance.exponential_array(key, persons, int(Draw.DROP_OUT), 0, 0, 1.0) / -math.log1p(-study.drop_out)
    return np.minimum(np.floor(years * MONTHS), MONTHS * 100).astype(np.int64)


def finding(data: Data, use: Use, twin: Use, outcome: str) -> Finding:
    """What a study finds of an outcome, in both worlds, beside the truth.

    Parameters
    ----------
    data
        What is known at T0.
    use, twin
        Use of the persons of the study in the months after T0, with the intervention and without.
    outcome
        One of ``OUTCOMES``.
    """
    true = truth(data.layout, use, twin, outcome)
    design = data.study.design
    null = analysed(data, twin, outcome) if design != "twin" else _paired(data.layout, twin, twin, outcome)
    real = analysed(data, use, outcome) if design != "twin" else _paired(data.layout, use, twin, outcome)
    return Finding(real, null, *true, placebo_p(data, outcome) if design == "did" else math.nan)


def truth(layout: Layout, use: Use, twin: Use, outcome: str) -> tuple[float, float, float]:
    """Effect on the treated over the months in which they are: relative, per person-year, and the rate without it."""
    on = layout.treated[:, None] & (np.arange(use.months) >= layout.start[:, None])
    rates = []
    for part in (use, twin):
        years = float(part.alive[on].sum(dtype=np.float64)) / DAYS_A_YEAR
        rates.append(float(part.outcome(outcome)[on].sum()) / years if years > 0 else math.nan)
    relative = rates[0] / rates[1] - 1.0 if rates[1] > 0 else math.nan
    return relative, rates[0] - rates[1], rates[1]


def _paired(layout: Layout, use: Use, twin: Use, outcome: str) -> Estimate:
    """The treated beside their twins."""
    who = layout.treated
    return estimators.before_after(
        twin.total(outcome)[who], twin.years()[who], use.total(outcome)[who], use.years()[who]
    )


def analysed(data: Data, after: Use, outcome: str) -> Estimate:
    """What an evaluator would report, from the use of the persons of the study after T0.

    ``NOTHING`` where the design cannot tell: deaths, where everybody has lived through the time before.
    """
    design, layout = data.study.design, data.layout
    if outcome == "deaths" and (design not in OF_DEATHS or data.study.deaths == "survivors"):
        return NOTHING
    kept = _kept(data, after)
    if kept[layout.treated].sum() < 2 or (not layout.treated.all() and kept[~layout.treated].sum() < 2):
        return NOTHING
    return ANALYSES[design](data, after, outcome, kept)


OF_DEATHS = ("matched_waiting", "matched_eligible", "matched_other", "randomised", "cluster", "stepped_wedge")
"""Designs that compare deaths: only those that compare people after T0 with others after T0."""


def _kept(data: Data, after: Use) -> Mask:
    """Who is analysed: everybody, or those who live and stay to the end."""
    if data.study.deaths != "survivors":
        return np.ones(len(after), np.bool_)
    end = after.alive[:, -1] >= DAYS_A_MONTH - ALMOST
    kept: Mask = end & (data.stays >= after.months)
    return kept


def monthly(data: Data, part: Use, outcome: str) -> tuple[Floats, Floats]:
    """Counts and person-years by person and month, as the study reckons deaths and drop-out."""
    y, alive = part.outcome(outcome), part.alive.astype(np.float64)
    month = np.arange(part.first, part.first + part.months)
    stays = month < data.stays[:, None]
    years = alive * stays if data.study.deaths == "person_time" else np.full(alive.shape, DAYS_A_MONTH)
    return y * stays, years / DAYS_A_YEAR


def _sums(data: Data, part: Use, outcome: str) -> tuple[Floats, Floats]:
    y, years = monthly(data, part, outcome)
    return y.sum(axis=1), years.sum(axis=1)


def _periods(data: Data, after: Use, outcome: str, kept: Mask) -> tuple[Floats, Floats, Floats, Floats]:
    """Counts and person-years before and after, equally long."""
    earlier = data.before.between(-data.study.months, 0)
    before, later = _sums(data, earlier, outcome), _sums(data, after, outcome)
    return before[0][kept], before[1][kept], later[0][kept], later[1][kept]


def _before_after(data: Data, after: Use, outcome: str, kept: Mask) -> Estimate:
    return estimators.before_after(*_periods(data, after, outcome, kept))


def _changes(data: Data, after: Use, outcome: str, kept: Mask) -> Estimate:
    treated = data.layout.treated[kept]
    return estimators.difference_in_differences(*_periods(data, after, outcome, kept), treated)


def _groups(data: Data, after: Use, outcome: str, kept: Mask) -> Estimate:
    y, years = _sums(data, after, outcome)
    pairs = None if data.layout.pairs is None else data.layout.pairs[kept]
    return estimators.two_groups(
        y[kept], years[kept], data.layout.treated[kept], pairs, counts=outcome != "hospital_days"
    )


def _series(data: Data, after: Use, outcome: str, kept: Mask) -> Estimate:
    parts = [monthly(data, part, outcome) for part in (data.before, after)]
    y, years = (np.concatenate([part[k][kept].sum(axis=0) for part in parts]) for k in (0, 1))
    return estimators.interrupted(y, years, after.months)


def _cluster(data: Data, after: Use, outcome: str, kept: Mask) -> Estimate:
    places, code = np.unique(data.layout.cluster, return_inverse=True)
    sums = [
        np.bincount(code[kept], values, minlength=len(places)).astype(np.float64)
        for values in _periods(data, after, outcome, kept)
    ]
    treated = np.zeros(len(places), np.bool_)
    treated[code[data.layout.treated]] = True
    return estimators.cluster_means(sums[0], sums[1], sums[2], sums[3], treated)


def _wedge(data: Data, after: Use, outcome: str, kept: Mask) -> Estimate:
    places, code = np.unique(data.layout.cluster, return_inverse=True)
    y, years = monthly(data, after, outcome)
    sums = []
    for values in (y, years):
        table = np.zeros((len(places), after.months))
        np.add.at(table, code[kept], values[kept])
        sums.append(table)
    starts = np.zeros(len(places), np.int64)
    starts[code] = data.layout.start
    return estimators.stepped_wedge(sums[0], sums[1], starts)


Analysis = Callable[[Data, Use, str, Mask], Estimate]
ANALYSES: Mapping[str, Analysis] = {
    "before_after": _before_after,
    "concurrent": _changes,
    "matched_waiting": _groups,
    "matched_eligible": _groups,
    "matched_other": _groups,
    "did": _changes,
    "its": _series,
    "randomised": _groups,
    "cluster": _cluster,
    "stepped_wedge": _wedge,
}
"""How each design is analysed; the twin is not analysed but known."""


def placebo_p(data: Data, outcome: str) -> float:
    """Whether trends differ before T0: difference in differences of the second half of the year before, its p value."""
    if outcome == "deaths":
        return math.nan
    first, second = (_sums(data, data.before.between(*span), outcome) for span in ((-MONTHS, -6), (-6, 0)))
    found = estimators.difference_in_differences(*first, *second, data.layout.treated)
    return found.p
