"""Pilots run on simulated people: what their evaluation would show, and what is true (pilotkörning).

A replication of a pilot is followed several times from the same T0: without it (the twin), with its levers added one
after another for the people on the list, as it was, and with half of the list drawn by lot. Its figures are kept as
plain numbers, so that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from sim import chance
from sim.evaluation import estimators
from sim.evaluation.access import shares
from sim.evaluation.draws import Draw, shuffled
from sim.evaluation.estimators import Estimate
from sim.evaluation.pilots import COMPARED, COST, EVERYBODY, NO_HOME_NURSING, Pilot
from sim.evaluation.selection import AGE_STARTS, TooFew, could_be_chosen, pool, rule_named, select
from sim.evaluation.use import MONTHS, Before, Use, before_of, use_of
from sim.evaluation.verdict import Floats, Followed, Periods, all_of, decompose, rate, read
from sim.outcomes.inputs import MONTH
from sim.replication.assigned import Assignment, AtStart, follow
from sim.replication.assigned import Followed as FollowedArm
from sim.runs.progress import Tick
from sim.scenario import Scenario

LONG_ENOUGH = 6
"""Follow-up from which the time before is as long; where it is shorter, the time before is a year."""
LEAST_RATIO = 0.02
"""Below this a ratio of municipalities is taken as this; its logarithm would run away."""
AGE = 65
"""The age of a pilot that says nothing: then the rule's own counts."""
NULL = "pilot_null"
"""A governance equal to the usual one, under which a pilot does nothing."""
Persons = NDArray[np.int64]
Mask = NDArray[np.bool_]
Numbers = dict[str, Any]


@dataclass(frozen=True)
class Figures:
    """One outcome of a pilot in one replication.

    Attributes
    ----------
    before, after
        Rates per person-year as the evaluation reads them.
    still_before, still_after
        The same of the twin: what the same before-after study reads without the pilot.
    regression, deaths, secular, spill_over, levers
        Parts of the change (:mod:`sim.evaluation.verdict`).
    twin, pilot, null
        Rates after T0 per year alive without the pilot, with it, and with one that does nothing (first replication).
    p, still_p
        p values of the before-after study with the pilot, and without.
    drawn, undrawn
        Rates after T0 of the two halves of a randomised study.
    log, still_log, drawn_log
        Logarithms of the ratios that the three studies show, with a half added to each sum.
    error, still_error, drawn_error
        Standard errors of these logarithms, as each study reckons its own; nan where it cannot.
    gap_error, still_gap_error, drawn_gap_error
        The same of the differences of rates.
    drawn_p
        p value of the randomised study.
    person_mean, person_variance
        Of a person's use after T0 without the pilot.
    others
        Use a year of everybody who is not on the list, with the pilot less without it.
    """

    before: float
    after: float
    still_before: float
    still_after: float
    regression: float
    deaths: float
    secular: float
    spill_over: float
    levers: dict[str, float]
    twin: float
    pilot: float
    null: float
    p: float
    still_p: float
    drawn: float
    undrawn: float
    log: float
    still_log: float
    drawn_log: float
    error: float
    still_error: float
    drawn_error: float
    gap_error: float
    still_gap_error: float
    drawn_gap_error: float
    drawn_p: float
    person_mean: float
    person_variance: float
    others: float


@dataclass(frozen=True)
class PilotRun:
    """One replication of a pilot.

    Attributes
    ----------
    number
        From 0.
    listed, dead
        People on the list, and those of them who died in the follow-up without the pilot.
    enrolled
        People on the list whom a mobile team enrolled.
    figures
        By outcome.
    access
        Shares of ``sim.evaluation.access`` where the pilot takes place, by name: before T0, and after it without the
        pilot and with it.
    """

    number: int
    listed: int
    dead: int
    enrolled: int
    figures: dict[str, Figures]
    access: dict[str, list[float]]

    def plain(self) -> Numbers:
        """As plain data for a file."""
        return asdict(self)

    @classmethod
    def restored(cls, data: Mapping[str, Any]) -> PilotRun:
        """From :meth:`plain`."""
        figures = {name: Figures(**given) for name, given in data["figures"].items()}
        return cls(**{**data, "figures": figures})


def lowest_age(pilot: Pilot) -> int:
    """The lowest age of people on the list of a pilot, in years."""
    if pilot.age != AGE or pilot.selection in (EVERYBODY, NO_HOME_NURSING):
        return pilot.age
    return rule_named(pilot.selection).age


def listing(pilot: Pilot, start: AtStart, before: Before, most: int | None = None) -> Persons:
    """People on the list of a pilot: as many as it had, or all there are if that is fewer.

    Raises
    ------
    TooFew
        If there are less than two.
    """
    places = start.scenario.members("municipality")
    codes = np.array([places.index(name) for name in pilot.municipalities])
    wanted = pilot.n if most is None else most
    if pilot.selection in (EVERYBODY, NO_HOME_NURSING):
        could = could_be_chosen(start, before, pilot.age, codes)
        if pilot.selection == NO_HOME_NURSING:
            could &= ~start.home_nursing
        found = shuffled(start.key, Draw.SELECT, np.flatnonzero(could))[:wanted]
    else:
        age = lowest_age(pilot)
        there = len(pool(pilot.selection, start, before, age, codes))
        wanted = min(wanted, there)
        if wanted < 2:
            raise TooFew(f"{pilot.name}: {pilot.selection!r} takes {there} people of {pilot.place}, at least 2 needed")
        found = select(pilot.selection, start, before, wanted, start.key, age, codes)
    if len(found) < 2:
        raise TooFew(f"{pilot.name}: {pilot.selection!r} takes {len(found)} people, at least 2 needed")
    return np.sort(found)


def run_once(pilot: Pilot, seed: int, number: int, tick: Tick | None = None, engine: str = "compiled") -> PilotRun:
    """Run one replication of a pilot.

    Raises
    ------
    TooFew
        If the region has hardly anybody whom it could choose.
    """
    scenario, stages = pilot.stages()
    if number == 0:
        scenario = scenario.with_levers(NULL, {}, base="current")
    plan = _Plan(pilot, stages, number)
    following = follow(scenario, seed, number, plan.choose, engine, tick)
    start = next(following)
    assert isinstance(start, AtStart)
    del start  # its records take memory that nobody needs
    arms: dict[str, _Arm] = {}
    for one in following:
        assert isinstance(one, FollowedArm)
        arms[one.assignment.label] = _Arm.of(one, plan)
    return _finished(pilot, plan, arms, number)


class _Plan:
    """Who is followed under what; made at T0."""

    def __init__(self, pilot: Pilot, stages: Sequence[str], number: int) -> None:
        self.pilot = pilot
        self.stages = tuple(stages)
        self.number = number
        self.listed: Persons = np.zeros(0, np.int64)
        self.before: Use
        self.stays: NDArray[np.int64]
        self.drawn: Mask
        self.place: NDArray[np.int64]
        self.codes: NDArray[np.int64]
        self.of_age: Persons
        self.scenario: Scenario
        self.period: Any

    @property
    def before_months(self) -> int:
        """Months of the time before."""
        return self.pilot.months if self.pilot.months >= LONG_ENOUGH else MONTHS

    def choose(self, start: AtStart) -> list[Assignment]:
        """The assignments: twin, stages, pilot, randomised, and one that does nothing."""
        before = before_of(start.records, start.people, start.period)
        self.listed = listing(self.pilot, start, before)
        self.scenario, self.period = start.scenario, start.period
        year = before.use if self.pilot.index == "inside" else before.outside
        self.before = year.of(self.listed)
        self.stays = self._stays(start.key)
        self.place = start.people.municipality[self.listed]
        places = start.scenario.members("municipality")
        self.codes = np.array([places.index(name) for name in self.pilot.municipalities])
        self.of_age = np.flatnonzero(start.people.age_band >= AGE_STARTS[lowest_age(self.pilot)])
        people = len(start.people)
        on_list = np.zeros(people, np.bool_)
        on_list[self.listed] = True
        nobody = np.zeros(people, np.bool_)
        found = [Assignment("pilot", nobody, None, label="twin")]
        last = len(self.stages) - 1
        for at, governance in enumerate(self.stages):
            if at < last or self.pilot.unit == "municipality":
                found.append(Assignment(governance, on_list, on_list, label=f"stage {at}"))
        found.append(Assignment("pilot", self._reached(start, on_list), on_list, label="pilot"))
        found.append(Assignment("pilot", self._by_lot(start, on_list), on_list, label="randomised"))
        if self.number == 0:
            found.append(Assignment(NULL, on_list, on_list, label="null"))
        return found

    def _reached(self, start: AtStart, on_list: Mask) -> Mask:
        """Whom the pilot reaches: its list, or everybody in its municipalities."""
        if self.pilot.unit == "people":
            return on_list
        reached: Mask = np.isin(start.people.municipality, self.codes)
        return reached

    def _by_lot(self, start: AtStart, on_list: Mask) -> Mask:
        """Half of the list, or everybody in half of the municipalities."""
        if not self.pilot.clusters:
            half = shuffled(start.key, Draw.ALLOCATE, self.listed)[: len(self.listed) // 2]
            mask = np.zeros(len(on_list), np.bool_)
            mask[half] = True
            self.drawn = mask[self.listed]
            return mask
        drawn = shuffled(start.key, Draw.CLUSTER, self.codes)[: len(self.codes) // 2]
        self.drawn = np.isin(self.place, drawn)
        people: Mask = np.isin(start.people.municipality, drawn)
        return people

    def _stays(self, key: int) -> NDArray[np.int64]:
        """Whole months until each leaves the study, at a constant rate."""
        if self.pilot.drop_out <= 0.0:
            return np.full(len(self.listed), MONTHS * 100)
        draws = chance.exponential_array(key, self.listed, int(Draw.DROP_OUT), 0, 0, 1.0)
        years = draws / -math.log1p(-self.pilot.drop_out)
        return np.minimum(np.floor(years * MONTHS), MONTHS * 100).astype(np.int64)

    def money(self) -> dict[str, float]:
        """Thousand SEK of what the cost is made of."""
        values = self.scenario.values
        return {
            "hospital_days": float(values["prices.hospital_day_sek"]) / 1000.0,
            "emergency_visits": float(values["prices.emergency_visit_sek"]) / 1000.0,
        }


@dataclass(frozen=True, eq=False)
class _Arm:
    """What is kept of an assignment: the list's use, and sums of everybody else's.

    Attributes
    ----------
    use
        Of the people on the list after T0.
    others
        Sum over everybody else by outcome, after T0.
    drift
        Relative change of everybody of the pilot's ages from before T0 to after it, by outcome; only of the twin.
    enrolled
        People on the list whom a team enrolled.
    access
        Shares where the pilot takes place: after T0, and before that of the twin.
    """

    use: Use
    others: dict[str, float]
    drift: dict[str, float]
    enrolled: int
    access: list[Mapping[str, float]]

    @classmethod
    def of(cls, followed: FollowedArm, plan: _Plan) -> _Arm:
        months, back = plan.pilot.months, plan.before_months
        twin = followed.assignment.label == "twin"
        first = -back if twin else 0
        use = use_of(followed.records, followed.people, plan.period, (first, months))
        after = use.between(0, months)
        mine = after.of(plan.listed)
        money = plan.money()
        others = {name: _summed(after, name, money) - _summed(mine, name, money) for name in COMPARED}
        everybody = use.of(plan.of_age) if twin else use
        drift = {name: _drift(everybody, name, plan, money) for name in COMPARED} if twin else {}
        t0, span = plan.period.starts, months * MONTH
        told = {"pilot": [(t0, t0 + span)], "twin": [(t0 - back * MONTH, t0), (t0, t0 + span)]}
        spans = told.get(followed.assignment.label, [])
        access = [shares(followed.records, followed.people, plan.period, plan.codes, *span) for span in spans]
        return cls(mine, others, drift, int(followed.enrolled[plan.listed].sum()), access)


def _outcome(use: Use, name: str, money: Mapping[str, float]) -> NDArray[np.float64]:
    """An outcome by person and month; the cost is made of days and visits."""
    if name != COST:
        return use.outcome(name)
    priced = [use.outcome(part) * price for part, price in money.items()]
    return np.asarray(sum(priced), np.float64)


def _summed(use: Use, name: str, money: Mapping[str, float]) -> float:
    if name != COST:
        return float(use.outcome(name).sum())
    return sum(float(use.outcome(part).sum()) * price for part, price in money.items())


def _drift(use: Use, name: str, plan: _Plan, money: Mapping[str, float]) -> float:
    """Relative change of the rate of everybody of some ages, who dies and who comes to be of them included."""
    before, after = use.between(-plan.before_months, 0), use.between(0, plan.pilot.months)
    rates = [_summed(part, name, money) / float(part.alive.sum(dtype=np.float64)) for part in (before, after)]
    return rates[1] / rates[0] - 1.0 if rates[0] > 0 else 0.0


def _finished(pilot: Pilot, plan: _Plan, arms: Mapping[str, _Arm], number: int) -> PilotRun:
    twin, real = arms["twin"], arms["pilot"]
    return PilotRun(
        number=number,
        listed=len(plan.listed),
        dead=int(twin.use.total("deaths").sum()),
        enrolled=real.enrolled,
        figures={name: _figures(pilot, plan, arms, name) for name in COMPARED},
        access={name: [part[name] for part in (*twin.access, *real.access)] for name in twin.access[0]},
    )


def _figures(pilot: Pilot, plan: _Plan, arms: Mapping[str, _Arm], name: str) -> Figures:
    money = plan.money()
    before = plan.before.between(-plan.before_months, 0)

    def followed(label: str) -> Followed:
        use = arms[label].use
        return Followed(
            _outcome(before, name, money),
            before.alive.astype(np.float64) / 365.0,
            _outcome(use, name, money),
            use.alive.astype(np.float64) / 365.0,
            plan.stays,
        )

    def true_rate(label: str) -> float:
        everybody = all_of(followed(label))
        return rate(everybody.after, everybody.after_years)

    stages = [f"stage {at}" if f"stage {at}" in arms else "pilot" for at in range(len(plan.stages))]
    seen = read(followed("pilot"), pilot.deaths)
    everybody = all_of(followed("twin"))
    parts = decompose(
        base=rate(everybody.before, everybody.before_years),
        twin=true_rate("twin"),
        stages=[true_rate(label) for label in stages],
        pilot=true_rate("pilot"),
        read_before=seen.rates[0],
        read_after=seen.rates[1],
        drift=arms["twin"].drift[name],
        levers=pilot.levers,
    )
    still = read(followed("twin"), pilot.deaths)
    found, nothing = (_before_after(one) for one in (seen, still))
    lot = _Lot.of(plan, followed("randomised"), pilot.deaths, name)
    return Figures(
        before=parts.before,
        after=parts.after,
        still_before=still.rates[0],
        still_after=still.rates[1],
        regression=parts.regression,
        deaths=parts.deaths,
        secular=parts.secular,
        spill_over=parts.spill_over,
        levers=dict(parts.levers),
        twin=parts.twin,
        pilot=parts.pilot,
        null=true_rate("null") if "null" in arms else math.nan,
        p=found.p,
        still_p=nothing.p,
        drawn=lot.drawn,
        undrawn=lot.undrawn,
        log=log_ratio(seen.after, seen.after_years, seen.before, seen.before_years),
        still_log=log_ratio(still.after, still.after_years, still.before, still.before_years),
        drawn_log=lot.log,
        error=log_error(found),
        still_error=log_error(nothing),
        drawn_error=lot.error,
        gap_error=_gap_error(found, estimators.Z),
        still_gap_error=_gap_error(nothing, estimators.Z),
        drawn_gap_error=lot.gap_error,
        drawn_p=lot.p,
        person_mean=float(everybody.after.mean()),
        person_variance=float(everybody.after.var(ddof=1)),
        others=(arms["pilot"].others[name] - arms["twin"].others[name]) * MONTHS / pilot.months,
    )


def _before_after(seen: Periods) -> Estimate:
    return estimators.before_after(seen.before, seen.before_years, seen.after, seen.after_years)


def log_error(found: Estimate) -> float:
    """Standard error of the logarithm of a ratio, from its interval; nan where there is none."""
    if not (math.isfinite(found.low) and math.isfinite(found.high)) or found.low <= -1.0:
        return math.nan
    return (math.log1p(found.high) - math.log1p(found.low)) / (2.0 * estimators.Z)


def _gap_error(found: Estimate, quantile: float) -> float:
    return (found.difference_high - found.difference_low) / (2.0 * quantile)


def log_ratio(upper: Floats, upper_years: Floats, lower: Floats, lower_years: Floats) -> float:
    """Logarithm of a ratio of rates, with a half added to both sums, which may be 0 (Haldane's correction)."""
    years = float(np.sum(lower_years)), float(np.sum(upper_years))
    if min(years) <= 0:
        return math.nan
    return math.log((float(np.sum(upper)) + 0.5) / years[1]) - math.log((float(np.sum(lower)) + 0.5) / years[0])


@dataclass(frozen=True)
class _Lot:
    """What a randomised study shows: people drawn by lot, or municipalities."""

    drawn: float
    undrawn: float
    log: float
    error: float
    gap_error: float
    p: float

    @classmethod
    def of(cls, plan: _Plan, followed: Followed, deaths: str, name: str) -> _Lot:
        whole = read(followed, "person_time" if deaths == "survivors" else deaths)
        if plan.pilot.clusters:
            return cls._of_places(plan, whole)
        on, off = plan.drawn, ~plan.drawn
        counts = name in ("admissions", "emergency_visits", "doctor_visits")
        found = estimators.two_groups(whole.after, whole.after_years, on, counts=counts)
        return cls(
            rate(whole.after[on], whole.after_years[on]),
            rate(whole.after[off], whole.after_years[off]),
            log_ratio(whole.after[on], whole.after_years[on], whole.after[off], whole.after_years[off]),
            log_error(found),
            _gap_error(found, estimators.Z),
            found.p,
        )

    @classmethod
    def _of_places(cls, plan: _Plan, whole: Periods) -> _Lot:
        """The change of the municipalities drawn beside that of the others."""
        places, code = np.unique(plan.place, return_inverse=True)
        sums: list[Floats] = [
            np.bincount(code, values, minlength=len(places)).astype(np.float64)
            for values in (whole.before, whole.before_years, whole.after, whole.after_years)
        ]
        treated = np.zeros(len(places), np.bool_)
        treated[code[plan.drawn]] = True
        found = estimators.cluster_means(sums[0], sums[1], sums[2], sums[3], treated)
        drawn = rate(sums[2][treated], sums[3][treated])
        ratio = max(1.0 + found.estimate, LEAST_RATIO) if math.isfinite(found.estimate) else math.nan
        quantile = float(stats.t.ppf(1.0 - estimators.LEVEL / 2.0, max(1, len(places) - 2)))
        error = (found.high - found.low) / (2.0 * quantile)  # of the ratio, and near 1 of its logarithm
        return cls(drawn, drawn / ratio, math.log(ratio), error, _gap_error(found, quantile), found.p)


def followed_rates(
    pilot: Pilot, outcome: str, seed: int, number: int, governances: Sequence[str] = ("pilot",)
) -> tuple[float, ...]:
    """Rates of an outcome of the people on a pilot's list after T0, per year alive.

    Only these are followed, from one T0, which is quicker than :func:`run_once`.

    Parameters
    ----------
    governances
        What the pilot is, of its scenario.

    Returns
    -------
    tuple of float
        Without the pilot, and with each of the governances in its place.
    """
    plan = _Plan(pilot, ("pilot",), number)

    def choose(start: AtStart) -> list[Assignment]:
        of = {one.label: one for one in plan.choose(start)}
        return [of["twin"], *(replace(of["pilot"], governance=name, label=name) for name in governances)]

    following = follow(pilot.scenario, seed, number, choose, "compiled")
    next(following)
    rates = []
    for one in following:
        assert isinstance(one, FollowedArm)
        use = use_of(one.records, one.people, plan.period, (0, pilot.months)).of(plan.listed)
        rates.append(rate(_outcome(use, outcome, plan.money()), use.alive.astype(np.float64) / 365.0))
    return tuple(rates)
