"""How each figure of the baseline is measured (mätning): one short function each, from one replication.

A measure gets the baseline year and the words that stand behind its name in ``sim/data/targets.csv``. It gives nan
where the time axis does not allow it: figures of a whole year need a window of one, those of two years need a year
after warm-up before it or after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from sim.outcomes import AgeClass, OutcomeTable, PeopleTable, Window
from sim.outcomes.tally import Mask, RowBook, Rows
from sim.outcomes.turnover import AfterFirst, History, after_first_spell, frequent_share, returns_by_day
from sim.scenario.evidence import shipped_evidence
from sim.validation.census import Census
from sim.vocabulary import DAY, NEVER, STAY_SJUKSTUGA, TAG_HOME_NURSING, YEAR, AgeBand, Kind, Outcome, Segment

ADULT = (AgeClass.ADULT, AgeClass.OLDER, AgeClass.OLDEST)
OLDER = (AgeClass.OLDER, AgeClass.OLDEST)
CLASSES: Mapping[str, tuple[AgeClass, ...]] = MappingProxyType(
    {
        "all": tuple(AgeClass),
        "adults": ADULT,
        "younger": (AgeClass.CHILD, AgeClass.ADULT),
        "older": OLDER,
        "oldest": (AgeClass.OLDEST,),
    }
)
"""Words for ages."""

NOT_HAD = float("nan")
FREQUENT_VISITS = 4
"""Emergency visits in a year that make a frequent visitor (mångbesökare)."""
LIST_PER_DOCTOR = 1950.0
"""Listed people per full-time doctor (T05)."""
DOCTOR_DAYS = 210.0
"""Working days of a doctor a year."""
DOCTOR_HOURS = 8.0
"""Working time of a doctor a day; T03 visits take all of it."""
EXPECTED_DEATHS: Mapping[AgeBand, str] = MappingProxyType(
    dict(zip(list(AgeBand)[AgeBand.AGE_65_69 :], ("P10a", "P10b", "P10c", "P10d", "P10e", "P10f"), strict=True))
)
"""Evidence on mortality by age band."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """One replication of `current`, ready to be measured.

    Attributes
    ----------
    table
        Outcomes of the baseline year, the 365 days from T0 (or to the horizon if that is earlier).
    health
        The same with health care only in the cost: without home help, short-term places and special housing.
    people, book, past
        Everybody ever; the rows of that year; spells and deaths of the whole run.
    census
        Counts at the edges of its months.
    warm_up_ends, year, horizon
        In seconds; the year as a window.
    """

    table: OutcomeTable
    health: OutcomeTable
    people: PeopleTable
    book: RowBook
    past: History
    census: Census
    warm_up_ends: int
    year: Window
    horizon: int

    @property
    def whole(self) -> bool:
        """Whether the baseline year is a whole one."""
        return self.year.end - self.year.start >= YEAR

    @cached_property
    def pair(self) -> tuple[Window, Window] | None:
        """A year to select people in, and the next to follow them in; None if the run is too short.

        The pre-period year and the baseline year, if the pre-period is that long; else the first two of the
        follow-up.
        """
        return pair_of(self.warm_up_ends, self.year, self.horizon)

    def of(self, ages: str) -> Mask:
        """Persons of an age; shape (persons,)."""
        return np.isin(self.people.age_class, CLASSES[ages])

    def person_years(self, who: Mask) -> float:
        """Time alive in the baseline year of these persons."""
        begin = np.maximum(self.people.entry[who], self.year.start)
        stop = np.minimum(self.past.deaths[who], self.year.end)
        return float(np.maximum(stop - begin, 0).sum()) / YEAR

    def deaths(self, who: Mask) -> int:
        """Deaths in the baseline year of these persons."""
        died = self.past.deaths[who]
        return int(((died >= self.year.start) & (died < self.year.end)).sum())


def pair_of(warm_up_ends: int, year: Window, horizon: int) -> tuple[Window, Window] | None:
    """Two years after each other within a run, as ``Baseline.pair``; times in seconds."""
    start = year.start
    if year.end - start >= YEAR and start - YEAR >= warm_up_ends:
        return Window(start - YEAR, start), year
    if horizon >= start + 2 * YEAR:
        return year, Window(start + YEAR, start + 2 * YEAR)
    return None


# --- from the table ----------------------------------------------------------------------------------------------


def outcome(base: Baseline, name: str) -> float:
    """An outcome as it stands."""
    return base.table.value(name)


def whole_year(base: Baseline, name: str) -> float:
    """An outcome that means something else in a shorter window."""
    return base.table.value(name) if base.whole else NOT_HAD


def health_cost(base: Baseline, name: str) -> float:
    """An outcome of cost, of health care only."""
    return base.health.value(name) if base.whole else NOT_HAD


def per_1000(base: Baseline, name: str) -> float:
    """A rate per 1,000."""
    return 1000.0 * base.table.value(name)


def yearly(base: Baseline, name: str) -> float:
    """A total per year."""
    return base.table.value(name) / base.year.years


def adults(base: Baseline, name: str) -> float:
    """An outcome of people from 16."""
    return base.table.stratum(name, ADULT)


def older(base: Baseline, name: str) -> float:
    """An outcome of people from 65."""
    return base.table.stratum(name, OLDER)


def share_of(base: Baseline, name: str, ages: str) -> float:
    """Part of a total that people of an age have."""
    return _ratio(base.table.stratum(name, CLASSES[ages]), base.table.value(name))


def adult_minutes(base: Baseline, name: str, share: str) -> float:
    """Quantile of a time in the emergency department, of people from 16."""
    rows = base.book.of(Kind.EMERGENCY_VISIT)
    rows = rows.where(np.isin(rows.stratum // 2, ADULT))
    if name == "emergency_time":
        rows = rows.where(rows.outcome != Outcome.GAVE_UP)
        over = rows.ended
    else:
        rows = rows.where(rows.begun)
        over = rows.started
    inside = (over >= base.year.start) & (over < base.year.end)
    seconds = (over - rows.asked)[inside]
    return float(np.quantile(seconds, float(share))) / 60.0 if len(seconds) else NOT_HAD


# --- people ------------------------------------------------------------------------------------------------------


def alive(base: Baseline, ages: str) -> float:
    """People, on average over the year."""
    return base.person_years(base.of(ages)) / base.year.years


def death_rate(base: Baseline, band: str) -> float:
    """Deaths per 1,000 person-years in an age band."""
    who = base.people.age_band == AgeBand[band.upper()]
    return _ratio(1000.0 * base.deaths(who), base.person_years(who))


def died_in_hospital(base: Baseline) -> float:
    """Share of deaths that take place in hospital."""
    return _ratio(base.table.value("deaths_hospital"), base.table.value("deaths"))


def deaths_expected(base: Baseline) -> float:
    """Deaths from 65 per death expected from the age table (P10) and the time alive."""
    expected = sum(
        base.person_years(base.people.age_band == band) * float(shipped_evidence()[id_].value) / 1000.0
        for band, id_ in EXPECTED_DEATHS.items()
    )
    return _ratio(float(base.deaths(base.of("older"))), expected)


def stock_kept(base: Baseline, ages: str) -> float:
    """People at the end of the year per one at its start."""
    who = base.of(ages)
    entry, died = base.people.entry[who], base.past.deaths[who]
    start, end = (int(((entry <= time) & (died > time)).sum()) for time in (base.year.start, base.year.end))
    return _ratio(end, start)


def segment_kept(base: Baseline, segment: str) -> float:
    """People of a need segment at the end of the year per one at its start."""
    code = Segment[segment.upper()]
    start, end = (int((_segments(base, time) == code).sum()) for time in (base.year.start, base.year.end))
    return _ratio(end, start)


def _segments(base: Baseline, time: int) -> NDArray[np.int64]:
    """Need segment of everybody at a time, -1 of who is not alive; shape (persons,)."""
    segment = base.people.segment.copy()
    changes = base.book.of(Kind.SEGMENT_CHANGE)
    changes = changes.where(changes.asked < time)
    changes = changes.where(np.argsort(changes.asked, kind="stable"))  # of several changes the last is kept
    segment[changes.person] = changes.bits(1, 2)
    return np.where((base.people.entry < time) & (base.past.deaths >= time), segment, -1)


def segment_share(base: Baseline, segment: str) -> float:
    """A need segment as share of people from 65, on average over the year."""
    return _ratio(base.table.value("person_years", segment=segment), base.table.value("person_years_65"))


def home_nursing(base: Baseline, when: str) -> float:
    """People from 65 with home nursing: at a moment, or with special housing at some time in the year."""
    if when == "moment":
        return _ratio(sum(base.census.home_nursing), sum(base.census.older))
    return _ratio(int(base.census.served.sum()), alive(base, "older")) if base.whole else NOT_HAD


def team_need(base: Baseline, municipality: str) -> float:
    """People who need a mobile team in a municipality, on average over the looks."""
    place = base.people.municipalities.index(municipality)
    return float(np.mean([look[place] for look in base.census.team_need]))


def home_visits(base: Baseline) -> float:
    """Doctor visits at home per year with home nursing, of people from 65."""
    visits = base.book.of(Kind.GP_HOME_VISIT, Kind.TEAM_DOCTOR_VISIT)
    inside = visits.begun & (visits.started >= base.year.start) & (visits.started < base.year.end)
    counted = inside & visits.bit(TAG_HOME_NURSING) & np.isin(visits.stratum // 2, OLDER)
    return _ratio(int(counted.sum()), float(np.mean(base.census.home_nursing)) * base.year.years)


# --- beds --------------------------------------------------------------------------------------------------------


def _per_day(base: Baseline, days: float) -> float:
    return days * DAY / (base.year.end - base.year.start)


def beds(base: Baseline, ages: str) -> float:
    """Beds that residents of an age hold, on average; waiting for one is not in it."""
    days = base.table.stratum("hospital_days", CLASSES[ages]) - base.table.stratum("boarding_days", CLASSES[ages])
    return _per_day(base, days)


def staffed_beds(base: Baseline) -> float:
    """Staffed beds of the wards, on average."""
    return _per_day(base, base.table.value("staffed_bed_days"))


def ready_beds(base: Baseline) -> float:
    """Register days of patients ready for discharge, a day."""
    return _per_day(base, base.table.value("ready_long_days"))


def ready_exact(base: Baseline) -> float:
    """Patients ready for discharge at a time, in exact time."""
    return _per_day(base, base.table.value("ready_days"))


# --- who comes back ----------------------------------------------------------------------------------------------


def frequent(base: Baseline, year: str) -> float:
    """Share of emergency admissions from 65 made by people with at least two in a year: in it, or in the next."""
    who = base.of("older")
    if year == "same":
        return frequent_share(base.past, who, base.year)[0] if base.whole else NOT_HAD
    return frequent_share(base.past, who, base.pair[0], base.pair[1:])[1] if base.pair else NOT_HAD


def frequent_emergency(base: Baseline, of: str) -> float:
    """Adults with at least four emergency visits in the year: their share of adults, or of all visits by adults.

    Everybody counts who was an adult at some time in the year, for the part of it that they lived.
    """
    if not base.whole:
        return NOT_HAD
    visits = base.book.of(Kind.EMERGENCY_VISIT)
    visits = visits.where((visits.asked >= base.year.start) & (visits.asked < base.year.end))
    adult = base.of("adults")
    number = np.bincount(visits.person, minlength=len(adult))
    often = adult & (number >= FREQUENT_VISITS)
    if of == "people":
        return _ratio(int(often.sum()), alive(base, "adults"))
    return _ratio(int(number[often].sum()), int(number[adult].sum()))


def _after_first(base: Baseline, ages: str, what: str) -> float:
    """What follows within 365 days of the first emergency spell of a year.

    Who is discharged after that year is followed for a few days less, to the end of the next.
    """
    if base.pair is None:
        return NOT_HAD
    found: AfterFirst = after_first_spell(base.past, base.of(ages), base.pair[0])
    return found.two_more_share if what == "two_more" else found.died_share


def after_first(base: Baseline, what: str) -> float:
    """What follows the first emergency spell of adults."""
    return _after_first(base, "adults", what)


def after_first_older(base: Baseline, what: str) -> float:
    """What follows the first emergency spell of people from 65."""
    return _after_first(base, "older", what)


def first_week(base: Baseline) -> float:
    """Share of the readmissions within 30 days that come within 7, from 65."""
    end = min(base.year.end, base.horizon - 30 * DAY)
    if end <= base.year.start:
        return NOT_HAD
    found = returns_by_day(base.past, base.of("older"), Window(base.year.start, end), 30)
    return _ratio(found.within(1, 7), found.within(1, 30))


def returns(base: Baseline, first: str, last: str) -> float:
    """Share of live discharges from 65 with the next unplanned spell on some days after it."""
    if base.pair is None:
        return NOT_HAD
    return returns_by_day(base.past, base.of("older"), base.pair[0]).within(int(first), int(last))


# --- checks of the figures against each other ----------------------------------------------------------------------


def doctor_day(base: Baseline) -> float:
    """Doctor visits per doctor and working day, if there is one doctor for 1,950 people (T05)."""
    doctor_years = alive(base, "all") / LIST_PER_DOCTOR * base.year.years
    return _ratio(base.table.value("doctor_visits"), doctor_years * DOCTOR_DAYS)


def doctor_minutes(base: Baseline) -> float:
    """Working time of health-centre doctors in use per visit, home visits with their travel and rounds included."""
    visits = sum(base.table.value(name) for name in ("gp_visits", "gp_home_visits", "reviews_doctor"))
    return _ratio(60.0 * base.table.value("used_hours_gp"), visits)


def doctor_list(base: Baseline) -> float:
    """People per full-time doctor that the open hours of health-centre doctors amount to."""
    doctors = base.table.value("capacity_hours_gp") / (DOCTOR_DAYS * DOCTOR_HOURS) / base.year.years
    return _ratio(alive(base, "all"), doctors)


def emergency_and_spells(base: Baseline) -> float:
    """Emergency visits that end in admission and direct admissions, per unplanned spell."""
    ways = base.table.value("emergency_admitted") + base.table.value("admissions_direct")
    return _ratio(ways, base.table.value("admissions_unplanned"))


def beds_and_stays(base: Baseline) -> float:
    """Discharges x mean stay, per hospital day consumed: 1 in a steady state."""
    return _ratio(base.table.value("stay_days"), base.table.value("hospital_days"))


def beds_and_wards(base: Baseline) -> float:
    """Time in ward beds by the rows of all patients, per time that the wards themselves count: 1."""
    rows = base.book.of(Kind.STAY)
    rows = rows.where(rows.begun & ~rows.bit(STAY_SJUKSTUGA))
    outside = Rows(base.book, np.flatnonzero(base.book.records.kind == Kind.OUTSIDE_STAY).astype(np.int32))
    seconds = _inside(base, rows) + _inside(base, outside.where(outside.begun))
    return _ratio(seconds / DAY, base.table.value("occupied_bed_days"))


def _inside(base: Baseline, rows: Rows) -> int:
    """Seconds of the baseline year that these rows cover together."""
    begin = np.maximum(rows.started, base.year.start)
    return int(np.maximum(np.minimum(rows.ended_or(base.year.end), base.year.end) - begin, 0).sum())


def ready_and_midnights(base: Baseline) -> float:
    """Patients ready at midnight, counted night by night, per one that episodes x mean days give."""
    return _ratio(float(ready_by_day(base).mean()), ready_beds(base))


def ready_by_day(base: Baseline) -> NDArray[np.int64]:
    """Patients ready for discharge at the midnight after each day of the year; shape (days,)."""
    rows = base.book.of(Kind.READY)
    days = (base.year.end - base.year.start) // DAY
    first, after = ((time - base.year.start) // DAY for time in (rows.asked, rows.ended_or(NEVER)))
    come = np.bincount(np.clip(first, 0, days), minlength=days + 1)
    gone = np.bincount(np.clip(after, 0, days), minlength=days + 1)
    return np.cumsum(come - gone)[:days]


def beds_per_1000(base: Baseline) -> float:
    """Staffed beds of the wards per 1,000 people."""
    return _ratio(1000.0 * staffed_beds(base), alive(base, "all"))


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0 else NOT_HAD


Measure = Callable[..., float]
MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        measure.__name__: measure
        for measure in (
            outcome,
            whole_year,
            health_cost,
            per_1000,
            yearly,
            adults,
            older,
            share_of,
            adult_minutes,
            alive,
            death_rate,
            died_in_hospital,
            deaths_expected,
            stock_kept,
            segment_share,
            home_nursing,
            team_need,
            home_visits,
            beds,
            staffed_beds,
            ready_beds,
            ready_exact,
            frequent,
            frequent_emergency,
            after_first,
            after_first_older,
            first_week,
            returns,
            segment_kept,
            doctor_day,
            doctor_minutes,
            doctor_list,
            emergency_and_spells,
            beds_and_stays,
            beds_and_wards,
            ready_and_midnights,
            beds_per_1000,
        )
    }
)
"""Measures by the name in the table of targets."""


def simulated(base: Baseline, measure: tuple[str, ...]) -> float:
    """Measure one figure.

    Parameters
    ----------
    measure
        Name in ``MEASURES``, and arguments.

    Raises
    ------
    KeyError
        If there is no such measure, outcome or age.
    """
    name, *arguments = measure
    return float(MEASURES[name](base, *arguments))
