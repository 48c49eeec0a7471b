"""What the figures of a validation need of one replication (underlag till figurer): small arrays of fixed shape.

A distribution is reduced to shares of bins at once, so that memory does not grow with people or replications. Where
the time axis does not allow a view, it is nan throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from sim.outcomes import AgeClass, PeopleTable, Window
from sim.outcomes.spells import LONG_STAY, SHORT_STAY
from sim.outcomes.tally import Mask, Rows
from sim.outcomes.turnover import first_spells, returns_by_day, unplanned_by_person
from sim.scenario.evidence import shipped_evidence
from sim.validation.measures import EXPECTED_DEATHS, Baseline, pair_of, ready_by_day
from sim.validation.states import FRAILTIES, States
from sim.vocabulary import (
    DAY,
    MINUTE,
    NEED_GENERATIONS,
    TAG_FAILING,
    TAG_SEGMENT,
    AgeBand,
    Kind,
    Outcome,
    Segment,
    Service,
)

Floats = NDArray[np.float64]

MINUTES, MINUTE_BINS = 15, 96
"""Width of a bin of time in the emergency department; a day of them, and one for more."""
DOCTOR_MINUTES, DOCTOR_BINS = 5, 72
"""The same of the time to a doctor."""
STAY_BINS = 60
"""Bins of a day, and one for more."""
RETURN_DAYS = 365
AGES = ((AgeClass.ADULT, AgeClass.OLDER, AgeClass.OLDEST), (AgeClass.ADULT,), (AgeClass.OLDER,), (AgeClass.OLDEST,))
"""Of times in the emergency department: all adults, 16-64, 65-79, 80 and over."""
USE = ("emergency_visits", "spells", "hospital_days", "doctor_visits")
"""Rows of ``use_by_age``; per person-year. Visits to a doctor are those in primary care."""
CLASSES = 4
"""People with 0, 1, 2, and 3 or more unplanned spells in a year."""
DESTINATIONS = 2 + CLASSES
"""Columns of ``transitions``: dead within the year, the classes of the next year, dead within that."""
RATES = ("everybody", "frailty", "frailty_and_spells", "with_follow_on", "observed")
"""Rows of ``frequent_rates``: unplanned spells per person-year of everybody, and of frequent users: as their frailty
would have it; as frailty and spells; as these, with the follow-on illness that they had; and as it was."""
FEWEST = 20
"""People of whom a share is told."""
ORIGINS = ("follow_on", "failing", "stable")
"""Of unplanned spells: follow-on of an earlier illness; else in a failing spell; else not."""


def states_of(people: PeopleTable, warm_up_ends: int, year: Window, horizon: int) -> States:
    """Looks at hidden states in the years that :func:`views` tells of."""
    return States(people, pair_of(warm_up_ends, year, horizon) or (year,))


def views(base: Baseline, states: States) -> dict[str, Floats]:
    """Every view of a replication, by name.

    Parameters
    ----------
    base
        The run.
    states
        Of the same run, looked at in all of its times.
    """
    return {name: np.asarray(view(base, states), np.float64) for name, view in VIEWS.items()}


# --- emergency department ----------------------------------------------------------------------------------------


def emergency_minutes(base: Baseline, states: States) -> Floats:
    """Share of visits up to the end of each bin of time in the department; shape (ages, bins + 1)."""
    rows = base.book.of(Kind.EMERGENCY_VISIT)
    rows = rows.where(rows.outcome != Outcome.GAVE_UP)
    return _by_age(base, rows, rows.ended, MINUTES, MINUTE_BINS)


def doctor_minutes(base: Baseline, states: States) -> Floats:
    """The same of the time to a doctor."""
    rows = base.book.of(Kind.EMERGENCY_VISIT)
    rows = rows.where(rows.begun)
    return _by_age(base, rows, rows.started, DOCTOR_MINUTES, DOCTOR_BINS)


def _by_age(base: Baseline, rows: Rows, over: NDArray[np.int64], width: int, bins: int) -> Floats:
    inside = (over >= base.year.start) & (over < base.year.end)
    bin_ = np.minimum((over - rows.asked)[inside] // (width * MINUTE), bins)
    age = rows.stratum[inside] // 2
    shares = [_shares(np.bincount(bin_[np.isin(age, ages)], minlength=bins + 1)) for ages in AGES]
    return np.cumsum(shares, axis=1)


# --- stays -------------------------------------------------------------------------------------------------------


def stays(base: Baseline, states: States) -> Floats:
    """Share of spells by whole days of length; shape (2, bins + 1): under 65, and from 65."""
    days = (np.minimum(seconds // DAY, STAY_BINS) for seconds in _lengths(base))
    return np.array([_shares(np.bincount(length, minlength=STAY_BINS + 1)) for length in days])


def stay_figures(base: Baseline, states: States) -> Floats:
    """Mean in days, share under 48 h, share over 14 d; shape (2, 3), rows as ``stays``."""

    def figures(seconds: NDArray[np.int64]) -> list[float]:
        if not len(seconds):
            return [np.nan] * 3
        return [seconds.mean() / DAY, (seconds < SHORT_STAY).mean(), (seconds > LONG_STAY).mean()]

    return np.array([figures(seconds) for seconds in _lengths(base)])


def _lengths(base: Baseline) -> list[NDArray[np.int64]]:
    """Seconds of the spells that ended in the year: under 65, and from 65."""
    spells = base.past.spells
    ended = (spells.end >= base.year.start) & (spells.end < base.year.end)
    old = base.of("older")[spells.person]
    return [spells.seconds[ended & ~old], spells.seconds[ended & old]]


# --- readmission -------------------------------------------------------------------------------------------------


def returns(base: Baseline, states: States) -> Floats:
    """Share of live discharges from 65 followed by an unplanned spell on each day; shape (days,)."""
    if base.pair is None:
        return np.full(RETURN_DAYS, np.nan)
    found = returns_by_day(base.past, base.of("older"), base.pair[0], RETURN_DAYS)
    return found.by_day / found.discharges if found.discharges else np.full(RETURN_DAYS, np.nan)


def returned(base: Baseline, states: States) -> Floats:
    """Share that has returned by the end of each day; shape (days,)."""
    return np.cumsum(returns(base, states))


def returned_by_week(base: Baseline, states: States) -> Floats:
    """Share that returns each day, on average over each whole week; shape (weeks,)."""
    daily = returns(base, states)
    return np.asarray(daily[: RETURN_DAYS // 7 * 7].reshape(-1, 7).mean(axis=1))


# --- by age ------------------------------------------------------------------------------------------------------


def use_by_age(base: Baseline, states: States) -> Floats:
    """Use per person-year by age band; shape (uses, age bands), rows as ``USE``."""
    book, year, spells = base.book, base.year, base.past.spells
    visits = book.of(Kind.EMERGENCY_VISIT)
    doctors = book.of(Kind.GP_VISIT, Kind.GP_HOME_VISIT, Kind.TEAM_DOCTOR_VISIT, Kind.REVIEW)
    doctors = doctors.where(doctors.begun & ((doctors.kind != Kind.REVIEW) | book.at(doctors, Service.GP)))
    begun = (spells.start >= year.start) & (spells.start < year.end)
    days = np.minimum(spells.stop, year.end) - np.maximum(spells.begin, year.start)
    counts = (
        _per_band(base, visits.person[_within(visits.asked, year)]),
        _per_band(base, spells.person[begun]),
        _per_band(base, spells.stays.person, np.maximum(days, 0) / DAY),
        _per_band(base, doctors.person[_within(doctors.started, year)]),
    )
    return np.array(counts) / _person_years(base)


def deaths_by_age(base: Baseline, states: States) -> Floats:
    """Deaths per 1,000 person-years by age band from 65; shape (bands,)."""
    died = np.flatnonzero(_within(base.past.deaths, base.year))
    rates = 1000.0 * _per_band(base, died) / _person_years(base)
    return np.asarray(rates[AgeBand.AGE_65_69 :])


def published_deaths() -> list[tuple[float, float, float]]:
    """Low, value and high of the age table (P10), by age band from 65."""
    rows = (shipped_evidence()[id_] for id_ in EXPECTED_DEATHS.values())
    return [(float(row.low), float(row.value), float(row.high)) for row in rows]


def _within(time: NDArray[np.int64], window: Window) -> Mask:
    return np.asarray((time >= window.start) & (time < window.end))


def _per_band(base: Baseline, person: NDArray[np.integer], weights: Floats | None = None) -> Floats:
    return np.bincount(base.people.age_band[person], weights, len(AgeBand)).astype(np.float64)


def _person_years(base: Baseline) -> Floats:
    """By age band; nan where nobody is."""
    years = np.array([base.person_years(base.people.age_band == band) for band in AgeBand])
    return np.where(years > 0, years, np.nan)


# --- turnover of frequent users ----------------------------------------------------------------------------------


def class_sizes(base: Baseline, states: States) -> Floats:
    """Of people of 65 and over alive when the first year begins: share in each class of it; shape (classes,)."""
    if base.pair is None:
        return np.full(CLASSES, np.nan)
    return _shares(np.bincount(_class(base, base.pair[0])[_at_start(base)], minlength=CLASSES))


def class_shares(base: Baseline, states: States) -> Floats:
    """Unplanned spells from 65 of both years, by the class of the person in the first; shape (2, classes)."""
    if base.pair is None:
        return np.full((2, CLASSES), np.nan)
    old, first = base.of("older"), _class(base, base.pair[0])
    number = [unplanned_by_person(base.past, window, len(old)) for window in base.pair]
    return np.array([_shares(np.bincount(first[old], n[old], CLASSES)) for n in number])


def transitions(base: Baseline, states: States) -> Floats:
    """From each class of the first year to what became of the people; rows add up to 1; shape (classes, 6)."""
    if base.pair is None:
        return np.full((CLASSES, DESTINATIONS), np.nan)
    first, second = base.pair
    here, deaths = _at_start(base), base.past.deaths
    to = np.where(deaths < first.end, 0, np.where(deaths < second.end, DESTINATIONS - 1, 1 + _class(base, second)))
    place = (_class(base, first) * DESTINATIONS + to)[here]
    table = np.bincount(place, minlength=CLASSES * DESTINATIONS).reshape(CLASSES, DESTINATIONS)
    return np.array([_shares(row) for row in table])


def _class(base: Baseline, window: Window) -> NDArray[np.int64]:
    return np.minimum(unplanned_by_person(base.past, window, len(base.people)), CLASSES - 1)


def _at_start(base: Baseline) -> Mask:
    assert base.pair is not None
    start = base.pair[0].start
    return base.of("older") & (base.people.entry <= start) & (base.past.deaths > start)


def spells_by_state(base: Baseline, states: States) -> Floats:
    """Unplanned spells per person-year from 65, by segment, fifth of frailty, and spell; shape (4, 5, 2).

    Over both years; nan where nobody has been for a year in all.
    """
    number, years = (table.reshape(len(Segment), 5, 2, 2).sum(axis=2) for table in _number_and_years(base, states))
    return np.where(years >= 1.0, number / np.maximum(years, 1.0), np.nan)


def frequent_rates(base: Baseline, states: States) -> Floats:
    """Unplanned spells per person-year of people with two or more in the first year; shape (``RATES``, 2 years).

    Expected rates are those of all people of the same segment, tenth of frailty and spell, for the time that frequent
    users spent there. Follow-on illness counts as it came. What is left over is the chance by which they were chosen.
    """
    table = np.full((len(RATES), 2), np.nan)
    if base.pair is None:
        return table
    number, years = _number_and_years(base, states)
    alone = _number_and_years(base, states, follow_on=False)[0]
    by_frailty = _quotient(number.sum(axis=2), years.sum(axis=2))[:, :, None]
    by_spell, without = _quotient(number, years), _quotient(alone, years)
    frequent = base.of("older") & (_class(base, base.pair[0]) >= 2)
    for place, window in enumerate(base.pair):
        everybody, mine = states.time(window).sum(), states.time(window, frequent)
        person, _, need = _admitted(base, window)
        seen, followed = frequent[person], need % NEED_GENERATIONS > 0
        alive = mine.sum()
        if alive > 0:
            expected = [float((rate * mine).sum() / alive) for rate in (by_frailty, by_spell, without)]
            expected[2] += (seen & followed).sum() / alive
            table[:, place] = (len(person) / everybody, *expected, seen.sum() / alive)
    return table


def frequent_origins(base: Baseline, states: States) -> Floats:
    """Origin of unplanned spells from 65; shape (3, ``ORIGINS``).

    Rows: of frequent users in the first year; of everybody else then; of frequent users in the next year.
    """
    if base.pair is None:
        return np.full((3, len(ORIGINS)), np.nan)
    frequent = _class(base, base.pair[0]) >= 2
    table = []
    for window, wanted in zip((*base.pair[:1], *base.pair), (True, False, True), strict=True):
        person, detail, need = _admitted(base, window)
        mine = frequent[person] == wanted
        origin = np.where(need % NEED_GENERATIONS > 0, 0, np.where(detail & TAG_FAILING, 1, 2))[mine]
        table.append(_shares(np.bincount(origin, minlength=len(ORIGINS))))
    return np.array(table)


def after_first_by_state(base: Baseline, states: States) -> Floats:
    """Share of adults with two or more further emergency spells within 365 days of the year's first, by who they were.

    Shape (segments, 2): segment and spell (stable, failing) at the first; nan where fewer than 20 were.
    """
    table = np.full((len(Segment), 2), np.nan)
    if base.pair is None:
        return table
    number, two_more, _ = first_spells(base.past, base.of("adults"), base.pair[0])
    detail = base.past.spells.stays.where(base.past.spells.first[number]).detail
    state = detail // TAG_SEGMENT % len(Segment) * 2 + ((detail & TAG_FAILING) > 0)
    people = np.bincount(state, minlength=table.size).reshape(table.shape)
    again = np.bincount(state, two_more, table.size).reshape(table.shape)
    return np.where(people >= FEWEST, again / np.maximum(people, 1), np.nan)


def _number_and_years(base: Baseline, states: States, *, follow_on: bool = True) -> tuple[Floats, Floats]:
    """Unplanned spells and person-years by segment, tenth of frailty and spell; shape (segments, tenths, 2)."""
    shape = (len(Segment), FRAILTIES, 2)
    number, years = np.zeros(shape), np.zeros(shape)
    for window in base.pair or (base.year,):
        person, detail, need = _admitted(base, window)
        segment, failing = detail // TAG_SEGMENT % len(Segment), (detail & TAG_FAILING) > 0
        place = (segment * FRAILTIES + states.tenth[person]) * 2 + failing
        counted = follow_on | (need % NEED_GENERATIONS == 0)
        number += np.bincount(place[counted], minlength=number.size).reshape(shape)
        years += states.time(window)
    return number, years


def _admitted(base: Baseline, window: Window) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Person, detail and need of the unplanned spells from 65 that start in a window."""
    spells = base.past.spells
    mine = ~spells.planned & _within(spells.start, window) & base.of("older")[spells.person]
    heads = spells.stays.where(spells.first[mine])
    need = base.book.records.need[heads.number]
    return heads.person.astype(np.int64), heads.detail.astype(np.int64), need.astype(np.int64)


# --- over the year -----------------------------------------------------------------------------------------------


def ready_daily(base: Baseline, states: States) -> Floats:
    """Patients ready for discharge at midnight, as the mean of the week around each day; shape (days,)."""
    counted = ready_by_day(base).astype(np.float64)
    weight = np.convolve(np.ones(len(counted)), np.ones(7), mode="same")
    return np.convolve(counted, np.ones(7), mode="same") / weight


def crowding(base: Baseline, states: States) -> Floats:
    """Overcrowding per 100 staffed beds, and beds occupied per staffed bed, month by month; shape (2, months)."""
    names = ("overcrowding_per_100", "occupancy")
    months = range(1, base.year.months + 1)
    return np.array([[base.table.value(name, period=f"month-{m:02d}") for m in months] for name in names])


# --- small parts -------------------------------------------------------------------------------------------------


def _shares(counts: NDArray[np.integer] | Floats) -> Floats:
    total = counts.sum()
    return counts / total if total > 0 else np.full(len(counts), np.nan)


def _quotient(number: Floats, years: Floats) -> Floats:
    """Rates; 0 where nobody has been."""
    return np.divide(number, years, out=np.zeros_like(number), where=years > 0)


View = Callable[[Baseline, States], Floats]
VIEWS: Mapping[str, View] = MappingProxyType(
    {
        view.__name__: view
        for view in (
            emergency_minutes,
            doctor_minutes,
            stays,
            stay_figures,
            returns,
            returned,
            returned_by_week,
            use_by_age,
            deaths_by_age,
            class_sizes,
            class_shares,
            transitions,
            spells_by_state,
            frequent_rates,
            frequent_origins,
            after_first_by_state,
            ready_daily,
            crowding,
        )
    }
)
"""Views by name."""
