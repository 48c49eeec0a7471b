"""Inpatient care (slutenvård): boarding, bed, stay, ready, departure; unplanned and planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import chance
from sim.flows.assessment import palliative_care
from sim.flows.discharge import begin_planning, departure, help_begins, moved_in, settle, vacate
from sim.flows.hours import rest_of_daytime, wait_for_daytime, wait_for_hour
from sim.flows.needs import diagnosis, severity, stay_length
from sim.flows.person import alive, dying, free, go, old, special_housing, tag, time_left
from sim.language import Process, amend, hold, record, release, seconds, seize, seize_first, spawn
from sim.vocabulary import (
    DAY,
    HOUR,
    STAY_ACS,
    STAY_DIRECT,
    STAY_HARMED,
    STAY_LEVEL,
    STAY_OUTLYING,
    STAY_OVERCROWDED,
    STAY_PLANNED,
    STAY_PLANNED_RETURN,
    STAY_PROCEDURE,
    STAY_SJUKSTUGA,
    STAY_WARD,
    YEAR,
    Diagnosis,
    Kind,
    Level,
    Outcome,
    Place,
    Purpose,
    Segment,
    Ward,
)

if TYPE_CHECKING:
    from sim.model.typed import World

ROUND_HOUR = 10
"""Patients are found ready on the morning round (utskrivningsklar vid rond)."""


def ward_for(w: World, person: int, need: int) -> int:
    """Ward group by diagnosis."""
    return int(Ward.SURGERY) if diagnosis(w, person, need) == Diagnosis.SURGICAL else int(Ward.MEDICINE)


def unplanned_detail(w: World, person: int, need: int, ward: int) -> int:
    """The STAY bits of an unplanned stay. The level is the hidden truth at onset, before any crisis."""
    klass = diagnosis(w, person, need)
    bits = tag(w, person) + ward * STAY_WARD + w.people.first_level[person] * STAY_LEVEL
    if klass <= Diagnosis.ACS_ACUTE:
        bits += STAY_ACS
    share = w.inpatient.procedure_share[klass]
    bits += chance.bernoulli(w.run.key, person, Purpose.PROCEDURE, need, 0, share) * STAY_PROCEDURE
    if w.people.late[person]:
        bits += STAY_HARMED
    return bits


def emergency_stay(w: World, person: int, need: int, direct: int) -> Process[int]:
    """From the decision to admit until the person has left hospital or died.

    The place in the emergency department is held until a bed is found: boarding is hospital care, with a row of its
    own (no unit), transferred to the bed.
    """
    ward: int = ward_for(w, person, need)
    detail: int = unplanned_detail(w, person, need, ward) + direct * STAY_DIRECT
    decided: int = w.clock[0]
    yield from vacate(w, person)
    row: int = yield record(person, need, Kind.STAY, -1, decided, -1, -1, Outcome.OPEN, detail)
    if chance.bernoulli(w.run.key, person, Purpose.PLANNING, need, 0, early_planning_share(w, person)):
        yield spawn(begin_planning(w, person, need))
    bed: int = yield from find_bed(w, person, need, ward)
    if direct == 0:
        yield from leave_department(w, person)
    started: int = w.clock[0]
    if bed < 0:
        yield amend(row, -1, started, Outcome.DIED, detail)
        yield from help_begins(w, person, Outcome.DIED)
        return int(Outcome.DIED)
    yield amend(row, -1, started, Outcome.TRANSFERRED, detail)
    detail += bed_bits(w, bed, ward)
    row = yield record(person, need, Kind.STAY, bed, started, started, -1, Outcome.OPEN, detail)
    if w.people.at[person] < Place.DEAD:
        go(w, person, Place.SJUKSTUGA if bed_is_sjukstuga(w, bed, person) else Place.WARD)
    length: int = acute_length(w, person, need, detail)
    outcome: int = yield from in_bed(w, person, need, row, bed, detail, started, length)
    return outcome


def early_planning_share(w: World, person: int) -> float:
    """Share of the person's stays for which municipal planning starts at admission."""
    arm = w.people.arm[person]
    return w.discharge_planning.early_share[arm] if w.discharge_planning.active[arm] else 0.0


def acute_length(w: World, person: int, need: int, detail: int) -> int:
    """Seconds from bed to clinically ready: the hidden truth, and what care on the way has added."""
    length = 1.0 * stay_length(w, person, need)
    if w.people.level[person] < Level.HOSPITAL:
        length *= w.inpatient.lower_level_stay_factor
    if w.people.late[person] or w.people.overdue[person]:
        length *= 1.0 + w.inpatient.late_stay_extra
    if detail & STAY_OUTLYING or detail & STAY_OVERCROWDED:
        length *= 1.0 + w.inpatient.outlying_stay_extra
    return seconds(length)


def find_bed(w: World, person: int, need: int, ward: int) -> Process[int]:
    """Wait for a bed: own ward first, then any, at last an extra one; -1 when death comes before."""
    own: int = w.units.ward[ward]
    sjukstuga: int = w.units.sjukstuga[w.people.municipality[person]]
    got: int = 0
    if old(w, person) and ward == Ward.MEDICINE and severity(w, person, need) < w.inpatient.sjukstuga_severity:
        if w.municipalities.sjukstuga_beds[w.people.municipality[person]] > 0:
            got = yield seize(sjukstuga, 2, 0)
            if got:
                return sjukstuga
    boarding: int = seconds(w.inpatient.boarding_hours * HOUR)
    got = yield seize(own, 2, time_left(w, person, boarding))
    if got:
        return own
    other: int = w.units.ward[1 - ward]
    extra: int = w.units.extra[ward]
    first: int = yield seize_first(own, other, extra, priority=2, patience=time_left(w, person, 365 * DAY))
    if first == 0:
        return own
    if first == 1:
        return other
    return extra if first == 2 else -1


def bed_bits(w: World, bed: int, ward: int) -> int:
    """Outlying, overcrowded or sjukstuga."""
    if bed == w.units.ward[ward]:
        return 0
    if bed == w.units.ward[1 - ward]:
        return int(STAY_OUTLYING)
    return int(STAY_OVERCROWDED) if bed == w.units.extra[ward] else int(STAY_SJUKSTUGA)


def bed_is_sjukstuga(w: World, bed: int, person: int) -> int:
    """1 for a bed at the local sjukstuga."""
    return 1 if bed == w.units.sjukstuga[w.people.municipality[person]] else 0


def leave_department(w: World, person: int) -> Process[int]:
    """Give up the place in the emergency department and close the visit."""
    place: int = w.units.emergency_place[0]
    yield release(place)
    outcome: int = Outcome.DIED if dying(w, person) else Outcome.ADMITTED
    row: int = w.people.emergency_row[person]
    started: int = w.people.emergency_started[person]
    yield amend(row, started, w.clock[0], outcome, w.people.emergency_detail[person])
    return 0


def in_bed(
    w: World, person: int, need: int, row: int, bed: int, detail: int, started: int, length: int
) -> Process[int]:
    """In bed until departure or death; a relapse while waiting makes the person ill again."""
    ready_in: int = length + wait_for_hour(w.clock[0] + length, ROUND_HOUR)
    outcome: int = Outcome.RELAPSED
    moved: int = 0
    ready_at: int = 0
    today: int = 0
    relapses: int = 0
    while outcome == Outcome.RELAPSED:
        if rehabilitates(w, person, detail, moved):
            ready_at = w.clock[0] + ready_in
            yield hold(time_left(w, person, ready_in // 2 + wait_for_daytime(w.clock[0] + ready_in // 2)))
            if not dying(w, person):
                today = rest_of_daytime(w.clock[0])
                moved = yield seize(w.units.ward[Ward.MEDICINE], 3, time_left(w, person, today))
            ready_in = max(0, ready_at - w.clock[0])
            if moved:
                yield release(bed)
                yield amend(row, started, w.clock[0], Outcome.TRANSFERRED, detail)
                bed = w.units.ward[Ward.MEDICINE]
                started = w.clock[0]
                detail = detail - (detail & (STAY_OUTLYING | STAY_OVERCROWDED))
                row = yield record(person, need, Kind.STAY, bed, started, started, -1, Outcome.OPEN, detail)
            moved = 1
        yield hold(time_left(w, person, ready_in))
        if last_days(w, person):
            yield hold(time_left(w, person, YEAR))
        if dying(w, person):
            outcome = Outcome.DIED
        else:
            outcome = yield from departure(w, person, need, detail, relapses)
            if outcome == Outcome.RELAPSED:
                relapses += 1
                ready_in = relapse_length(w, person, need, relapses)
    yield release(bed)
    yield amend(row, started, w.clock[0], outcome, detail)
    settle(w, person, need, outcome)
    yield from moved_in(w, person)
    yield from help_begins(w, person, outcome)
    return outcome


def last_days(w: World, person: int) -> int:
    """1 for who is dying and stays on the ward until the end (vård i livets slutskede).

    The illness that kills does not get better before: nobody is found ready in the very last days. Those who live
    where there are nurses around the clock go home to die, and those whom a palliative team cares for at home.
    """
    if time_left(w, person, YEAR) >= w.inpatient.last_days * DAY:
        return 0
    return 0 if special_housing(w, person) or palliative_care(w, person) else 1


def rehabilitates(w: World, person: int, detail: int, moved: int) -> int:
    """1 when an old surgical patient is to move to geriatrics halfway (geriatrisk rehabilitering)."""
    if moved or (detail & STAY_PLANNED) or w.people.segment[person] < Segment.RISK:
        return 0
    return 1 if detail // STAY_WARD % 4 == Ward.SURGERY and detail & STAY_PROCEDURE else 0


def relapse_length(w: World, person: int, need: int, n: int) -> int:
    """Seconds of renewed illness after a relapse, to the next round."""
    median = w.inpatient.relapse_stay_days * DAY
    length = seconds(chance.lognormal(w.run.key, person, Purpose.STAY, need, 10 + n, median, 0.6))
    return length + wait_for_hour(w.clock[0] + length, ROUND_HOUR)


# --- planned -------------------------------------------------------------------------------------------------


def planned_stay(w: World, person: int, need: int, returning: int) -> Process[int]:
    """A planned admission: postponed when no bed is free, a higher claim each time (planerad inläggning)."""
    own: int = w.units.ward[Ward.SURGERY]
    ward: int = Ward.SURGERY
    if chance.bernoulli(w.run.key, person, Purpose.ELECTIVE, need, 5, w.planned.medical_share):
        ward = Ward.MEDICINE
        own = w.units.ward[Ward.MEDICINE]
    tries: int = 0
    got: int = 0
    while not got:
        yield hold(next_planned_day(w.clock[0]))
        if not alive(w, person):
            return int(Outcome.CANCELLED)
        if free(w, person):
            tries += 1
            got = yield seize(own, 4 if tries < 3 else 2, time_left(w, person, 6 * HOUR))
        if not alive(w, person):
            if got:
                yield release(own)
            return int(Outcome.CANCELLED)
        if not got:
            yield record(
                person,
                need,
                Kind.POSTPONED,
                own,
                w.clock[0],
                -1,
                w.clock[0],
                Outcome.CANCELLED,
                tag(w, person),
            )
            yield hold(time_left(w, person, seconds(w.planned.postponed_days * DAY)))
            if tries > 5:
                return int(Outcome.CANCELLED)
        elif not free(w, person):
            yield release(own)
            got = 0
    yield from vacate(w, person)
    go(w, person, Place.WARD)
    w.people.first_level[person] = Level.HOSPITAL
    started: int = w.clock[0]
    detail: int = tag(w, person) + STAY_PLANNED + ward * STAY_WARD + Level.HOSPITAL * STAY_LEVEL
    detail += (
        chance.bernoulli(w.run.key, person, Purpose.PROCEDURE, need, 0, w.planned.procedure_share) * STAY_PROCEDURE
    )
    detail += returning * STAY_PLANNED_RETURN
    row: int = yield record(person, need, Kind.STAY, own, started, started, -1, Outcome.OPEN, detail)
    if chance.bernoulli(w.run.key, person, Purpose.PLANNING, need, 0, early_planning_share(w, person)):
        yield spawn(begin_planning(w, person, need))
    median: float = w.planned.stay_median_older_days if old(w, person) else w.planned.stay_median_younger_days
    days: float = chance.lognormal(w.run.key, person, Purpose.STAY, need, 0, median, w.planned.stay_sigma)
    outcome: int = yield from in_bed(w, person, need, row, own, detail, started, 1 + seconds(days * DAY))
    return outcome


def next_planned_day(time: int) -> int:
    """Seconds to the next weekday morning at 7."""
    wait = wait_for_hour(time, 7)
    day = (time + wait) // DAY % 7
    if day == 5:
        return wait + 2 * DAY
    return wait + DAY if day == 6 else wait
