"""Made people, for trying study designs in a moment (syntetiska personer).

Nothing of care is in them: everybody has a rate of admissions that differs from person to person (gamma), comes and
goes in spells, and is multiplied by a known effect where the intervention is. So the truth is known on paper, a
thousand studies take seconds, and what a design does wrong is the design's. What people use without the intervention
is drawn once; a reducing intervention removes events of it, so the twin is exact here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim import chance
from sim.evaluation.designs import Allocation
from sim.evaluation.study import Choose
from sim.evaluation.use import DAYS_A_YEAR, MONTHS, Before, Floats, Mask, Use
from sim.model.period import Period
from sim.outcomes import PeopleTable
from sim.outcomes.inputs import MONTH
from sim.runs.progress import Tick
from sim.vocabulary import YEAR, AgeBand, Chronic, Place, Segment

BEFORE = 2 * MONTHS
"""Months that are made before T0."""
DAYS_A_MONTH = DAYS_A_YEAR / MONTHS


@dataclass(frozen=True)
class Synthetic:
    """A region of made people.

    Attributes
    ----------
    people
        How many, all of them 65 and over.
    municipalities
        How many places they live in, evenly.
    rate
        Mean of admissions a year.
    shape
        Of the gamma distribution of rates between people: small is uneven.
    spell_ratio, spell_share, spell_months
        How many times as often a failing person is admitted; share of people failing at a time; mean length.
    effect
        Of the intervention on every rate: -0.2 takes away a fifth.
    deaths
        A year, for the mean person; in proportion to the rate.
    trend
        Yearly relative change of all rates.
    season
        Half the swing of rates over the year, relative; the half-year from T0 is the high one.
    places
        Standard deviation of the logarithm of rates between municipalities.
    seed
        Of everything.
    """

    people: int = 2000
    municipalities: int = 6
    rate: float = 0.5
    shape: float = 0.7
    spell_ratio: float = 3.0
    spell_share: float = 0.2
    spell_months: float = 4.0
    effect: float = 0.0
    deaths: float = 0.05
    trend: float = 0.0
    season: float = 0.0
    places: float = 0.0
    seed: int = 1

    def follow(self, number: int, choose: Choose, months: int, tick: Tick | None = None) -> Iterator[Use]:
        """Use of everybody under each allocation; see ``study.World``."""
        made = _Made.of(self, number)
        start, before = made.start(self), made.before()
        for allocation in choose(start, before):
            yield made.after(self, allocation, start, months)
        if tick is not None:
            tick(1.0)


@dataclass(frozen=True, eq=False)
class MadeStart:
    """What is so at T0, as ``sim.replication.assigned.AtStart`` has it."""

    period: Period
    people: PeopleTable
    failing: Mask
    home_nursing: Mask
    at: NDArray[np.int64]
    alive: Mask
    key: int


@dataclass(frozen=True, eq=False)
class _Made:
    """Everybody's months from -24 to 12 without the intervention.

    Attributes
    ----------
    rates
        Admissions a month, shape (persons, months).
    values
        As ``Use.values``.
    alive
        Share of each month alive.
    """

    rates: Floats
    values: Floats
    alive: Floats
    failing: Mask
    place: NDArray[np.int64]
    seed: tuple[int, int]

    @classmethod
    def of(cls, asked: Synthetic, number: int) -> _Made:
        """Draw them."""
        draw = np.random.default_rng([asked.seed, number])
        months = BEFORE + MONTHS
        place = np.arange(asked.people) % asked.municipalities
        level = np.exp(draw.normal(0.0, asked.places, asked.municipalities)) if asked.places else np.ones(len(place))
        frailty = draw.gamma(asked.shape, 1.0 / asked.shape, asked.people) * level[place]
        failing = _spells(asked, draw, months)
        ratio = np.where(failing, asked.spell_ratio, 1.0)
        ratio /= 1.0 + asked.spell_share * (asked.spell_ratio - 1.0)
        time = (np.arange(-BEFORE, MONTHS) + 0.5) / MONTHS
        swing = (1.0 + asked.trend) ** time * (1.0 + asked.season * np.sin(2.0 * np.pi * time))
        rates = frailty[:, None] * ratio * swing * asked.rate / MONTHS
        alive = _lives(asked, draw, frailty, months)
        values = _events(draw, rates * alive)
        values[4, :, 1:] = (alive[:, :-1] == 1.0) & (alive[:, 1:] < 1.0)
        return cls(rates, values, alive, failing[:, BEFORE], place, (asked.seed, number))

    def use(self, first: int, end: int) -> Use:
        """Some months."""
        span = slice(first + BEFORE, end + BEFORE)
        alive = self.alive[:, span] * DAYS_A_MONTH
        return Use(self.values[:, :, span].astype(np.float32), alive.astype(np.float32), first)

    def start(self, asked: Synthetic) -> MadeStart:
        """What is so at T0."""
        persons = np.arange(asked.people)
        draw = np.random.default_rng([*self.seed, 1])
        bands = draw.integers(AgeBand.AGE_65_69, len(AgeBand), asked.people)
        people = PeopleTable(
            np.zeros(asked.people, np.int64),
            self.place,
            bands,
            np.full(asked.people, Segment.OTHER),
            draw.integers(0, len(Chronic), asked.people),
            np.zeros(asked.people, np.bool_),
            tuple(f"Place {number + 1}" for number in range(asked.municipalities)),
        )
        alive = self.alive[:, BEFORE - 1] == 1.0
        return MadeStart(
            Period(YEAR, 2 * YEAR, 3 * YEAR),
            people,
            self.failing & alive,
            persons % 5 == 0,
            np.where(alive, int(Place.HOME), int(Place.DEAD)),
            alive,
            chance.stream_key(*self.seed),
        )

    def before(self) -> Before:
        """What the registers know: index stays to the month."""
        year = self.values[0, :, BEFORE - MONTHS : BEFORE]
        had = year.any(axis=1)
        last = MONTHS - 1 - np.argmax(year[:, ::-1] > 0, axis=1)
        admitted = np.where(had, YEAR + last * MONTH, -1)
        persons = np.arange(len(self.place))[:, None]
        until = np.where(had, last, MONTHS)[:, None] + np.arange(MONTHS)
        outside = Use(
            self.values[:, persons, until].astype(np.float32),
            (self.alive[persons, until] * DAYS_A_MONTH).astype(np.float32),
            -MONTHS,
        )
        return Before(
            self.use(-MONTHS, 0),
            outside,
            self.use(-BEFORE, -MONTHS),
            admitted,
            np.where(had, admitted + MONTH // 4, -1),
            np.zeros(len(self.place), np.bool_),
        )

    def after(self, asked: Synthetic, allocation: Allocation, start: MadeStart, months: int) -> Use:
        """The months after T0 under an allocation: events are removed, or added, where the intervention is."""
        twin = self.use(0, months)
        draw = np.random.default_rng([*self.seed, 2])
        begins = np.zeros(len(self.place), np.int64)
        if allocation.start_months is not None:
            begins = allocation.start_months[self.place]
        on = allocation.people[:, None] & (np.arange(months) >= begins[:, None])
        values = twin.values[:4].astype(np.float64)
        if asked.effect < 0:
            changed = _thinned(draw, values, 1.0 + asked.effect)
        else:
            rates = self.rates[:, BEFORE : BEFORE + months] * self.alive[:, BEFORE : BEFORE + months]
            changed = values + _events(draw, rates * asked.effect)[:4]
        found = np.concatenate([np.where(on, changed, values), twin.values[4:]])
        return replace(twin, values=found.astype(np.float32))


def _spells(asked: Synthetic, draw: np.random.Generator, months: int) -> Mask:
    """Who fails in which month: a chain with two states."""
    leave = 1.0 / asked.spell_months
    enter = leave * asked.spell_share / (1.0 - asked.spell_share)
    failing = np.zeros((asked.people, months), np.bool_)
    now = draw.random(asked.people) < asked.spell_share
    for month in range(months):
        failing[:, month] = now
        now = np.where(now, draw.random(asked.people) >= leave, draw.random(asked.people) < enter)
    return failing


def _lives(asked: Synthetic, draw: np.random.Generator, frailty: Floats, months: int) -> Floats:
    """Share of each month alive; everybody lives to the beginning of the year before T0."""
    years = draw.exponential(1.0, asked.people) / np.maximum(asked.deaths * frailty, 1e-12)
    left = (years * MONTHS)[:, None] + MONTHS - np.arange(months)
    return np.clip(left, 0.0, 1.0)


def _events(draw: np.random.Generator, rates: Floats) -> Floats:
    """All outcomes of people with these rates of admission; every admission is an emergency visit too."""
    admissions = draw.poisson(rates)
    visits = admissions + draw.poisson(rates)
    days = draw.gamma(np.maximum(admissions, 1e-12), 6.0) * (admissions > 0)
    doctor = draw.poisson(2.0 * rates)
    return np.stack([admissions, visits, days, doctor, np.zeros(rates.shape)]).astype(np.float64)


def _thinned(draw: np.random.Generator, values: Floats, kept: float) -> Floats:
    """Each event stays with a probability; days go with their admissions."""
    admissions = draw.binomial(values[0].astype(np.int64), kept).astype(np.float64)
    others = draw.binomial((values[1] - values[0]).astype(np.int64), kept)
    share = np.divide(admissions, values[0], out=np.zeros(admissions.shape), where=values[0] > 0)
    doctor = draw.binomial(values[3].astype(np.int64), kept)
    return np.stack([admissions, admissions + others, values[2] * share, doctor.astype(np.float64)])
