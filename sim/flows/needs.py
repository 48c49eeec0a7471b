"""Needs (behov): candidates, acceptance, and the hidden truth of each.

Candidates of a person and type come from a Poisson process whose bound does not depend on governance; each is
identified by (type, 28-day calendar window, index in the window), so that an avoided event shifts nobody's later
draws. A candidate is accepted if u < rate(now) / bound. The hidden truth of a need is drawn with its identity as key:
it is the same in every arm, whatever is done about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import chance
from sim.flows.hours import season
from sim.flows.person import need_type, old
from sim.language import seconds
from sim.vocabulary import (
    DAY,
    HOUR,
    NEED_DIAGNOSIS,
    NEED_GENERATIONS,
    NEED_INDEXES,
    NEED_LEVEL,
    NEED_OFFSPRING,
    NEED_PREVENTABLE,
    NEED_TYPE,
    NEED_WINDOWS,
    NEVER,
    WINDOW,
    YEAR,
    Chronic,
    Diagnosis,
    Level,
    NeedType,
    Purpose,
    Segment,
)

if TYPE_CHECKING:
    from sim.model.typed import World


def identity(kind: int, window: int, index: int) -> int:
    """Identity of a candidate; generation 0."""
    return ((kind * NEED_WINDOWS + window) * NEED_INDEXES + index) * NEED_GENERATIONS


def is_offspring(need: int) -> int:
    """1 for a need that followed from another (generation > 0)."""
    return 1 if need % NEED_GENERATIONS > 0 else 0


# --- rates and bounds ----------------------------------------------------------------------------------------


def failing_share(w: World, segment: int) -> float:
    """Long-run share of time in a failing spell (sviktande period)."""
    failing = w.needs.failing_spell_days[segment]
    return failing / (failing + w.needs.stable_spell_days[segment])


def spell_factor(w: World, segment: int, failing: int) -> float:
    """Factor on the rate in a stable or failing spell; its long-run mean is 1."""
    if segment == Segment.OTHER:
        return 1.0
    ratio = w.needs.failing_spell_ratio
    share = failing_share(w, segment)
    return (ratio if failing else 1.0) / (1.0 - share + share * ratio)


def base_rate(w: World, person: int, kind: int, segment: int) -> float:
    """Rate a year before season and spell, for the person in this segment."""
    band = w.people.age_band[person]
    if kind == NeedType.SIMPLE:
        return w.needs.simple_per_year[band] * simple_factor(w, person)
    if kind == NeedType.COMPLICATED:
        return w.needs.complicated_per_year[band]
    if kind == NeedType.EXACERBATION:
        if segment >= Segment.FAILING:
            return 0.0  # part of the deteriorations of the multi-ill
        return w.needs.exacerbation_per_year[w.people.chronic[person]] * w.people.frailty[person]
    rate = w.needs.deterioration_per_year[segment] * w.people.frailty[person]
    if segment == Segment.OTHER:
        rate *= w.needs.acute_age_factor[band]
    return rate


def simple_factor(w: World, person: int) -> float:
    """Factor on the rate of simple needs: who has the habit of the emergency department adds needs taken there.

    Its mean over people is 1. The other simple needs are as many for everybody (mångsökande).
    """
    return 1.0 + w.primary_care.minor_emergency_share[w.people.age_band[person]] * (w.people.attendance[person] - 1.0)


def rate(w: World, person: int, kind: int, time: int) -> float:
    """Rate a year at this moment, given segment, spell and season."""
    segment = w.people.segment[person]
    value = base_rate(w, person, kind, segment)
    if kind != NeedType.COMPLICATED:
        value *= season(w, time)
    if kind == NeedType.DETERIORATION:
        value *= spell_factor(w, segment, w.people.failing[person])
    return value


def bound(w: World, person: int, kind: int) -> float:
    """Highest rate a year that the person can reach along the exogenous path of segments."""
    highest = segment_bound(w, person, kind, w.people.first_segment[person])
    for k in range(3):
        if w.people.segment_time[person, k] < NEVER:
            highest = max(highest, segment_bound(w, person, kind, w.people.segment_value[person, k]))
    return highest


def segment_bound(w: World, person: int, kind: int, segment: int) -> float:
    """Highest rate a year while in this segment."""
    value = base_rate(w, person, kind, segment) * (1.0 + w.needs.winter_peak)
    if kind == NeedType.DETERIORATION:
        value *= max(spell_factor(w, segment, 0), spell_factor(w, segment, 1))
    return value


# --- candidates ----------------------------------------------------------------------------------------------


def begin_candidates(w: World, person: int, kind: int) -> int:
    """Set the bound and find the first candidate after now; its time."""
    now = w.clock[0]
    w.people.bound[person, kind] = bound(w, person, kind)
    window = now // WINDOW
    return find_candidate(w, person, kind, window, 0, window * WINDOW, now)


def next_candidate(w: World, person: int, kind: int) -> int:
    """Move on to the candidate after the current one; its time."""
    need = w.people.next_need[person, kind]
    window = need // (NEED_INDEXES * NEED_GENERATIONS) % NEED_WINDOWS
    index = need // NEED_GENERATIONS % NEED_INDEXES + 1
    time = w.people.next_time[person, kind]
    return find_candidate(w, person, kind, window, index, time, time)


def find_candidate(w: World, person: int, kind: int, window: int, index: int, time: int, after: int) -> int:
    """First candidate later than ``after``, from this index of this window on.

    Gaps are exponential and start afresh in each window: by lack of memory that is the same Poisson process.
    """
    highest = w.people.bound[person, kind]
    at = NEVER
    need = 0
    searching = 1 if highest > 0.0 else 0
    while searching:
        need = identity(kind, window, index)
        gap = chance.exponential(w.run.key, person, Purpose.GAP, need, 0, YEAR / highest)
        time += 1 + int(min(gap, 1.0 * WINDOW))  # hardly any need: the gap itself may be beyond all numbers
        if time >= (window + 1) * WINDOW or index >= NEED_INDEXES - 1:
            window += 1
            index = 0
            time = window * WINDOW
            if time >= w.run.horizon:
                searching = 0
        elif time > after:
            at = time
            searching = 0
        else:
            index += 1
    w.people.next_time[person, kind] = at
    w.people.next_need[person, kind] = need
    return at


def accepted(w: World, person: int, kind: int, need: int) -> int:
    """Thinning: 1 if this candidate happens, given the state of the person now."""
    u = chance.uniform(w.run.key, person, Purpose.ACCEPT, need, 0)
    return 1 if u * w.people.bound[person, kind] < rate(w, person, kind, w.clock[0]) else 0


# --- hidden truths -------------------------------------------------------------------------------------------


def required_level(w: World, person: int, need: int) -> int:
    """Level that suffices if met in time (hidden)."""
    u = chance.uniform(w.run.key, person, Purpose.LEVEL, need, 0)
    if is_offspring(need):
        for level in range(Level.NURSE, Level.HOSPITAL):
            u -= w.needs.offspring_level_share[level]
            if u < 0.0:
                return level
        return int(Level.HOSPITAL)
    if need_type(need) == NeedType.EXACERBATION:
        chronic = w.people.chronic[person]
        for level in range(Level.NURSE, Level.HOSPITAL):
            u -= w.needs.exacerbation_level_share[chronic, level]
            if u < 0.0:
                return level
        return int(Level.HOSPITAL)
    segment = w.people.segment[person]
    top = w.needs.level_share[segment, Level.HOSPITAL]
    scale = 1.0
    if segment == Segment.OTHER:
        share = min(0.95, top * w.needs.hospital_age_factor[w.people.age_band[person]])
        scale = (1.0 - share) / (1.0 - top)
    for level in range(Level.NURSE, Level.HOSPITAL):
        u -= w.needs.level_share[segment, level] * scale
        if u < 0.0:
            return level
    return int(Level.HOSPITAL)


def diagnosis(w: World, person: int, need: int) -> int:
    """Diagnosis class of the need (hidden until hospital)."""
    u = chance.uniform(w.run.key, person, Purpose.DIAGNOSIS, need, 0)
    if need_type(need) == NeedType.EXACERBATION:
        chronic = w.people.chronic[person]
        sensitive = chronic == Chronic.HEART_FAILURE or chronic == Chronic.COPD
        return (
            int(Diagnosis.ACS_CHRONIC) if sensitive and u < w.needs.exacerbation_acs_share else int(Diagnosis.MEDICAL)
        )
    segment = w.people.segment[person]
    for k in range(3):
        u -= w.needs.diagnosis_share[segment, k]
        if u < 0.0:
            return k
    return int(Diagnosis.SURGICAL)


def severity(w: World, person: int, need: int) -> float:
    """Severity within the level, uniform in (0, 1); high is severe (svårighetsgrad)."""
    return chance.uniform(w.run.key, person, Purpose.SEVERITY, need, 0)


def urgency(w: World, person: int, need: int, level: int) -> int:
    """Triage urgency 0 (now) to 4 (triage): severity shows, the required level is perceived with noise."""
    s = severity(w, person, need)
    noise = w.assessment.noise * chance.normal(w.run.key, person, Purpose.TRIAGE, need, level)
    level = min(int(Level.HOSPITAL), max(int(Level.NURSE), int(level + noise + 0.5)))
    if level == Level.HOSPITAL:
        if s > 1.0 - w.emergency.immediate_share:
            return 0
        return 1 if s > 0.5 else 2
    if level == Level.TEAM:
        return 2 if s > 0.5 else 3
    return 3 if s > 0.4 or level == Level.GP else 4


def progression(w: World, person: int, need: int, level: int) -> int:
    """Seconds from onset to crisis if nothing is done (hidden)."""
    median = w.needs.progression_median_hours[level] * HOUR
    return 1 + seconds(
        chance.lognormal(w.run.key, person, Purpose.PROGRESSION, need, 0, median, w.needs.progression_sigma)
    )


def self_limiting(w: World, person: int, need: int, level: int) -> int:
    """1 if it passes by itself when nothing is done (hidden)."""
    return chance.bernoulli(w.run.key, person, Purpose.SELF_CARE, need, 0, w.needs.self_limiting_share[level])


def preventable(w: World, person: int, need: int, level: int) -> int:
    """1 if a review in the preceding months would have kept it away (hidden); never hospital-only needs."""
    if level == Level.HOSPITAL:
        return 0
    return chance.bernoulli(w.run.key, person, Purpose.PREVENTABLE, need, 0, w.needs.preventable_share)


def stay_length(w: World, person: int, need: int) -> int:
    """Seconds from bed to clinically ready, if admitted in time (hidden)."""
    klass = diagnosis(w, person, need)
    median = w.inpatient.stay_median_days[klass] * w.inpatient.stay_segment_factor[w.people.segment[person]]
    if not old(w, person):
        median *= w.inpatient.stay_younger_factor
    days = chance.lognormal(w.run.key, person, Purpose.STAY, need, 0, median, w.inpatient.stay_sigma)
    return max(4 * HOUR, seconds(min(days, w.inpatient.stay_longest_days) * DAY))


def offspring_delay(w: World, person: int, need: int, hospital: int) -> int:
    """Seconds from the end of the episode to a follow-on deterioration, or -1 for none.

    A share phi of the follow-on needs belongs to the illness, wherever it was treated; the rest only to a hospital
    stay. Keyed by the parent, so that an avoided admission deletes the hospital's share and nothing else.
    """
    segment = w.people.segment[person]
    share = w.needs.offspring_share[segment]
    if not chance.bernoulli(w.run.key, person, Purpose.OFFSPRING, need, 0, share):
        return -1
    of_illness = chance.bernoulli(
        w.run.key, person, Purpose.OFFSPRING_SOURCE, need, 0, w.needs.vulnerability_of_illness
    )
    if of_illness and w.people.level[person] < Level.TEAM:
        return -1  # a slight illness leaves nobody vulnerable; a stay in hospital may, whatever it was for
    if not of_illness and not hospital:
        return -1
    if need % NEED_GENERATIONS >= NEED_GENERATIONS - 1:
        return -1
    mean = w.needs.offspring_mean_days * DAY
    return 1 + seconds(chance.exponential(w.run.key, person, Purpose.OFFSPRING_DELAY, need, 0, mean))


def need_detail(w: World, person: int, need: int, level: int) -> int:
    """The NEED bits of a record row."""
    kind = need_type(need)
    bits = kind * NEED_TYPE + level * NEED_LEVEL + is_offspring(need) * NEED_OFFSPRING
    if kind >= NeedType.EXACERBATION or is_offspring(need):
        bits += diagnosis(w, person, need) * NEED_DIAGNOSIS
        bits += preventable(w, person, need, level) * NEED_PREVENTABLE
    return bits
