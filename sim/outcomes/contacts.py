"""Contacts (kontakter): visits, calls, emergency department, waits, three-day rule, continuity, needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.outcomes import names
from sim.outcomes.spells import Spells
from sim.outcomes.tally import Mask, RowBook, Rows, Tally, Times
from sim.vocabulary import (
    CONTACT_AFTER_FAILURE,
    CONTACT_KNOWN,
    CONTACT_TRAVEL,
    DAY,
    HOUR,
    MINUTE,
    NEED_TYPE,
    NEVER,
    Kind,
    NeedType,
    Outcome,
    Service,
)

THREE_DAYS = 3 * DAY
FREQUENT = 3
"""Doctor visits in the window from which a person counts as a frequent visitor (flerbesökare)."""


def tally_contacts(tally: Tally, book: RowBook) -> None:
    """Add visits, calls, emergency visits, needs and time in programmes."""
    for visit in names.VISITS:
        rows = book.of(visit.kind)
        rows = rows.where(rows.begun)
        tally.moments(visit.name, rows, rows.started)
    _tally_phone(tally, book)
    _tally_assessments(tally, book)
    _tally_emergency(tally, book)
    _tally_needs(tally, book)
    _tally_programmes(tally, book)
    _tally_special(tally, book)


def _tally_phone(tally: Tally, book: RowBook) -> None:
    """Calls by when they are made; a call still waiting when the records end counts as neither."""
    for name, kind in (("phone_1177", Kind.PHONE_1177), ("phone_centre", Kind.PHONE_CENTRE)):
        rows = book.of(kind)
        rows = rows.where(rows.begun | (rows.outcome != Outcome.OPEN))
        tally.moments(f"{name}_calls", rows, rows.asked)
        reached = rows.where(rows.begun)
        tally.moments(f"{name}_reached", reached, reached.asked)


def _tally_assessments(tally: Tally, book: RowBook) -> None:
    """Three-day rule and continuity."""
    rows = book.of(Kind.NURSE_VISIT, Kind.GP_VISIT)
    given_up = rows.outcome == Outcome.GAVE_UP
    over = np.where(rows.begun, rows.started, rows.ended)
    settled = rows.begun | given_up
    tally.moments("three_day_asked", rows.where(settled), over[settled])
    in_time = rows.begun & (rows.started - rows.asked <= THREE_DAYS)
    tally.moments("three_day_assessed", rows.where(in_time), over[in_time])
    visits = _doctor_visits(book)
    tally.moments("doctor_visits", visits, visits.started)
    known = visits.where(visits.bit(CONTACT_KNOWN))
    tally.moments("doctor_visits_known", known, known.started)
    reviews = book.of(Kind.REVIEW)
    reviews = reviews.where(reviews.begun)
    doctor = book.at(reviews, Service.GP)
    tally.moments("reviews", reviews, reviews.started)
    tally.moments("reviews_doctor", reviews.where(doctor), reviews.started[doctor])
    tally.moments("reviews_nurse", reviews.where(~doctor), reviews.started[~doctor])


def _doctor_visits(book: RowBook) -> Rows:
    """Visits to a doctor in primary care that began, reviews included."""
    visits = book.of(*names.DOCTOR_VISITS, Kind.REVIEW)
    return visits.where(visits.begun & ((visits.kind != Kind.REVIEW) | book.at(visits, Service.GP)))


def _tally_emergency(tally: Tally, book: RowBook) -> None:
    """Emergency visits by arrival."""
    rows = book.of(Kind.EMERGENCY_VISIT)
    closed = rows.outcome != Outcome.OPEN
    masks = {
        "emergency_visits": np.ones(len(rows), np.bool_),
        "emergency_closed": closed,
        "emergency_admitted": rows.outcome == Outcome.ADMITTED,
        "emergency_left": rows.outcome == Outcome.GAVE_UP,
        "emergency_under_4h": closed & (rows.ended - rows.asked < 4 * HOUR),
        "emergency_after_failure": rows.bit(CONTACT_AFTER_FAILURE),
    }
    for name, mask in masks.items():
        tally.moments(name, rows.where(mask), rows.asked[mask])


def _tally_needs(tally: Tally, book: RowBook) -> None:
    """Needs by onset and by end."""
    rows = book.of(Kind.NEED)
    kind = rows.bits(NEED_TYPE, 2)
    for number, name in enumerate(names.NEED_NAMES):
        tally.moments(name, rows.where(kind == number), rows.asked[kind == number])
    suppressed = book.of(Kind.SUPPRESSED)
    tally.moments("suppressed_needs", suppressed, suppressed.asked)
    prevented = rows.where(rows.outcome == Outcome.PREVENTED)
    tally.moments("prevented_needs", prevented, prevented.asked)
    worsenings = (kind == NeedType.EXACERBATION) | (kind == NeedType.DETERIORATION)
    ended = rows.where(worsenings & (rows.outcome != Outcome.OPEN))
    tally.moments("worsenings_ended", ended, ended.ended)
    admitted = ended.where(ended.outcome == Outcome.ADMITTED)
    tally.moments("worsenings_admitted", admitted, admitted.ended)


def _tally_programmes(tally: Tally, book: RowBook) -> None:
    """Time in programmes and at short-term places."""
    for name, kind in (
        ("home_treatment_days", Kind.HOME_TREATMENT),
        ("homecoming_days", Kind.HOMECOMING),
        ("enrolled_days", Kind.ENROLMENT),
        ("short_term_days", Kind.SHORT_TERM_STAY),
    ):
        rows = book.of(kind)
        rows = rows.where(rows.begun)
        tally.intervals(name, rows, rows.started, rows.ended_or(NEVER))
    visits = book.of(*names.HOME_VISITS)
    visits = visits.where(visits.begun & (visits.ended >= 0))
    way = 2 * MINUTE * visits.bits(CONTACT_TRAVEL, 5)
    tally.moments("home_visit_hours", visits, visits.started, visits.ended - visits.started + way)


def _tally_special(tally: Tally, book: RowBook) -> None:
    """Single outcomes of some kinds."""
    for name, kind, outcome in (
        ("false_alarms", Kind.ALARM, Outcome.FALSE_ALARM),
        ("found_needs", Kind.PROACTIVE_VISIT, Outcome.FOUND_NEED),
        ("ambulance_left_at_home", Kind.AMBULANCE, Outcome.LEFT_AT_HOME),
    ):
        rows = book.of(kind)
        rows = rows.where(rows.outcome == outcome)
        tally.moments(name, rows, rows.started)
    for name, kind in (
        ("postponed_admissions", Kind.POSTPONED),
        ("special_housing_moves", Kind.SPECIAL_HOUSING_MOVE),
    ):
        rows = book.of(kind)
        tally.moments(name, rows, rows.asked)


# --- times --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waits:
    """Times of one kind that were over within the window, shortest first, with where each counts."""

    seconds: Times
    cell: npt.NDArray[np.int32]
    month: npt.NDArray[np.int64]
    stratum: npt.NDArray[np.int64]


def measure_times(tally: Tally, book: RowBook, spells: Spells) -> dict[str, Waits]:
    """Add total and count of each time; return the single times for quantiles."""
    return {timed.name: _measure_time(tally, book, spells, timed) for timed in names.TIMES}


def _measure_time(tally: Tally, book: RowBook, spells: Spells, timed: names.Timed) -> Waits:
    """One kind of time, by the moment at which it is over."""
    rows = _timed_rows(book, spells, timed)
    over = rows.ended if timed.until_end else rows.started
    inside = (over >= max(tally.window.start, 0)) & (over < tally.window.end)
    rows, over = rows.where(inside), over[inside]
    seconds = over - rows.asked
    tally.moments(f"{timed.name}_total", rows, over, seconds)
    tally.moments(f"{timed.name}_count", rows, over)
    order = np.argsort(seconds, kind="stable")
    month = tally.month(over)
    return Waits(seconds[order], rows.cell[order], month[order], rows.stratum[order])


def _timed_rows(book: RowBook, spells: Spells, timed: names.Timed) -> Rows:
    """The rows of which a time is taken."""
    if timed.kinds == (Kind.STAY,):  # boarding may have a row of its own: a spell waits for its first bed
        bed = spells.bed()
        got = np.where(bed < NEVER, bed, np.int64(-1))
        heads = spells.stays.where(spells.first).with_column("started", got)
        return heads.where(~spells.planned & (bed < NEVER))
    rows = book.of(*timed.kinds)
    mask: Mask = (rows.ended >= 0) & (rows.outcome != Outcome.GAVE_UP) if timed.until_end else rows.begun
    if timed.kinds == (Kind.NEED,):
        mask = (rows.started >= 0) & np.isin(rows.bits(NEED_TYPE, 2), timed.needs)
    return rows.where(mask)


# --- people who visit often ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class FrequentVisitors:
    """Cells of the people with at least three doctor visits, and who of them meet a known doctor."""

    cell: npt.NDArray[np.int32]
    known: Mask


def frequent_visitors(tally: Tally, book: RowBook) -> FrequentVisitors:
    """Continuity of people who visit often; each counts where the last visit of the window counts."""
    visits = _doctor_visits(book)
    inside = (visits.started >= tally.window.start) & (visits.started < tally.window.end)
    visits = visits.where(inside)
    visits = visits.where(np.argsort(visits.started, kind="stable"))
    persons = len(book.people)
    count = np.bincount(visits.person, minlength=persons)
    known = np.bincount(visits.person[visits.bit(CONTACT_KNOWN)], minlength=persons)
    cell = np.zeros(persons, np.int32)
    cell[visits.person] = visits.cell
    often = count >= FREQUENT
    return FrequentVisitors(cell[often], 2 * known[often] > count[often])
