"""The acute episode (försämring): from first signs until it is over, step by step through whoever answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import chance
from sim.flows.assessment import first_step, to_crisis, urgency_now
from sim.flows.emergency import ambulance_step, emergency_step
from sim.flows.frequent_attender import named_contact_step
from sim.flows.home_nursing import consult_step, home_nurse_step
from sim.flows.inpatient import emergency_stay
from sim.flows.mobile_team import give_up_place, team_doctor_step, team_nurse_step
from sim.flows.needs import (
    diagnosis,
    need_detail,
    offspring_delay,
    preventable,
    progression,
    required_level,
    self_limiting,
)
from sim.flows.palliative import palliative_step
from sim.flows.person import (
    alive,
    death_time,
    dying,
    free,
    go,
    home_nursing,
    need_type,
    reviewed_lately,
    special_housing,
    tag,
    time_left,
    until_morning,
)
from sim.flows.primary_care import centre_step, gp_step, phone_1177_step
from sim.flows.rounds import round_step
from sim.flows.support import alarm, monitored
from sim.language import Process, amend, hold, record, seconds, spawn
from sim.vocabulary import (
    DAY,
    HOUR,
    NEED_DETECTED_BY,
    Detection,
    Diagnosis,
    Kind,
    Level,
    NeedType,
    Outcome,
    Place,
    Purpose,
    Step,
)

if TYPE_CHECKING:
    from sim.model.typed import World

LONGEST_EPISODE = 40
"""Contacts after which an episode is sent to hospital; a guard, hardly ever reached."""


# --- beginning and end ---------------------------------------------------------------------------------------


def begin_episode(w: World, person: int, need: int) -> int:
    """Open the episode: its hidden truth goes into the person's columns; returns the required level."""
    level = required_level(w, person, need)
    w.people.episode[person] = need + 1
    w.people.level[person] = level
    w.people.first_level[person] = level
    w.people.late[person] = 0
    w.people.contacts[person] = 0
    w.people.failed_contact[person] = 0
    w.people.on_plan[person] = 0
    w.people.consulted[person] = 0
    w.people.sent[person] = 0
    w.people.handed_over[person] = 0
    w.people.contact_counts[person] = 0
    w.people.contact_key[person] = 0
    w.people.overdue[person] = 0
    w.people.crisis_at[person] = w.clock[0] + progression(w, person, need, level)
    w.people.onset_crisis_at[person] = w.people.crisis_at[person]
    return level


def detector(w: World, person: int) -> int:
    """Who notices a worsening first, monitoring apart."""
    if home_nursing(w, person) or special_housing(w, person):
        return int(Detection.HOME_NURSE)
    return int(Detection.RELATIVE) if w.people.relative[person] else int(Detection.SELF)


def time_to_notice(w: World, person: int, need: int, who: int) -> int:
    """Seconds until they notice; shorter with help in the house after a stay.

    One draw whoever notices: what monitoring shows early, the person would have felt late.
    """
    mean = w.detection.mean_hours[who]
    if w.people.homecoming_until[person] > w.clock[0]:
        mean = min(mean, w.homecoming.notice_hours[w.people.arm[person]])
    if urgency_now(w, person, need) <= 1:
        mean *= w.detection.urgent_ratio
    return seconds(chance.exponential(w.run.key, person, Purpose.NOTICE, need, 0, mean * HOUR))


def shows_in_monitoring(w: World, person: int, need: int) -> int:
    """1 for what the measurements at home can show: worsenings of the chronic condition itself."""
    if not monitored(w, person):
        return 0
    if need_type(need) == NeedType.EXACERBATION:
        return 1
    return 1 if diagnosis(w, person, need) == Diagnosis.ACS_CHRONIC else 0


def strike(w: World, person: int, need: int) -> int:
    """Add the risk of death of an acute illness at hospital level; 1 if that moved the moment of death.

    The illness adds to the cumulative hazard wherever it is treated, and more when it was kept too long at too low a
    level (harm channel). A death so caused comes at least a day later.
    """
    jump = w.needs.crisis_hazard[w.people.segment[person]]
    if w.people.late[person] or w.people.overdue[person]:
        jump *= 1.0 + w.needs.late_hazard_extra
    w.people.hazard_extra[person] += jump
    mean = w.needs.crisis_death_mean_days * DAY
    soonest = w.clock[0] + DAY + seconds(chance.exponential(w.run.key, person, Purpose.DEATH_IN_CRISIS, need, 0, mean))
    moment = max(death_time(w, person), soonest)
    if moment < w.people.death_at[person]:
        w.people.death_at[person] = moment
        return 1
    return 0


def passing(w: World, person: int) -> Process[int]:
    """Waits for the moment of death as it stands now, and records it."""
    yield hold(time_left(w, person, w.people.death_at[person]))
    if alive(w, person) and dying(w, person):
        now: int = w.clock[0]
        yield record(person, 0, Kind.DEATH, -1, now, now, now, Outcome.DIED, tag(w, person) + w.people.at[person])
        w.people.at[person] = Place.DEAD
        w.people.died_at[person] = now
        if give_up_place(w, person):
            started: int = w.people.enrolment_started[person]
            row: int = w.people.enrolment_row[person]
            outcome: int = Outcome.DIED if started >= 0 else Outcome.GAVE_UP
            yield amend(row, started, now, outcome, w.people.enrolment_detail[person])
    return 0


# --- the episode ---------------------------------------------------------------------------------------------


def deterioration(w: World, person: int, need: int) -> Process[int]:
    """A worsening: noticed, first contact, and on until it is over (försämring)."""
    onset: int = w.clock[0]
    level: int = begin_episode(w, person, need)
    note: int = tag(w, person) + need_detail(w, person, need, level)
    note += (Detection.MONITORING if shows_in_monitoring(w, person, need) else detector(w, person)) * NEED_DETECTED_BY
    row: int = yield record(person, need, Kind.NEED, -1, onset, -1, -1, Outcome.OPEN, note)
    if reviewed_lately(w, person) and preventable(w, person, need, level):
        yield amend(row, onset, onset, Outcome.PREVENTED, note)
        w.people.episode[person] = 0
        return 0
    yield from noticing(w, person, need)
    noticed: int = w.clock[0]
    yield amend(row, noticed, -1, Outcome.OPEN, note)
    step: int = Step.WORSENS if to_crisis(w, person) == 0 else first_step(w, person, need)
    outcome: int = yield from through_care(w, person, need, step)
    yield amend(row, noticed, w.clock[0], outcome, note)
    w.people.episode[person] = 0
    yield from aftermath(w, person, need, outcome)
    return 0


def noticing(w: World, person: int, need: int) -> Process[int]:
    """Until somebody notices, or the crisis; remote monitoring may be sooner, if its nurse looks at the alarm."""
    own: int = min(time_to_notice(w, person, need, detector(w, person)), to_crisis(w, person))
    signal: int = own
    if shows_in_monitoring(w, person, need):
        signal = min(own, time_to_notice(w, person, need, Detection.MONITORING))
    yield hold(signal)
    if signal < own:
        yield from alarm(w, person, need, own - signal)
    if urgency_now(w, person, need) > 1:
        yield hold(min(until_morning(w, person, need), to_crisis(w, person)))
    return signal


def found_episode(w: World, person: int, need: int) -> Process[int]:
    """A need found by a proactive visit: it starts at the team's doctor."""
    onset: int = w.clock[0]
    level: int = begin_episode(w, person, need)
    if level > Level.TEAM:  # what a visit uncovers has not come that far
        level = Level.TEAM
        w.people.level[person] = level
        w.people.first_level[person] = level
    note: int = tag(w, person) + need_detail(w, person, need, level)
    row: int = yield record(person, need, Kind.NEED, -1, onset, onset, -1, Outcome.OPEN, note)
    outcome: int = yield from through_care(w, person, need, Step.TEAM_DOCTOR)
    yield amend(row, onset, w.clock[0], outcome, note)
    w.people.episode[person] = 0
    yield from aftermath(w, person, need, outcome)
    return 0


def through_care(w: World, person: int, need: int, step: int) -> Process[int]:
    """From contact to contact until it is over; each step says who is next."""
    outcome: int = Outcome.DONE
    while step != Step.OVER:
        if dying(w, person):
            return int(Outcome.DIED)
        if w.people.contacts[person] > LONGEST_EPISODE and step != Step.HOSPITAL:
            step = Step.EMERGENCY
        if step == Step.HEALTH_CENTRE:
            step = yield from centre_step(w, person, need)
        elif step == Step.PHONE_1177:
            step = yield from phone_1177_step(w, person, need)
        elif step == Step.HOME_NURSE:
            step = yield from home_nurse_step(w, person, need)
        elif step == Step.GP:
            step = yield from gp_step(w, person, need)
        elif step == Step.TEAM_NURSE:
            step = yield from team_nurse_step(w, person, need)
        elif step == Step.TEAM_DOCTOR:
            step = yield from team_doctor_step(w, person, need)
        elif step == Step.NAMED_CONTACT:
            step = yield from named_contact_step(w, person, need)
        elif step == Step.CONSULT:
            step = yield from consult_step(w, person, need)
        elif step == Step.ROUND:
            step = yield from round_step(w, person, need)
        elif step == Step.PALLIATIVE:
            step = yield from palliative_step(w, person, need)
            if step == Step.OVER and w.people.level[person] == Level.HOSPITAL:
                yield from struck(w, person, need)  # eased at home, and as grave as in hospital
        elif step == Step.AMBULANCE:
            step = yield from ambulance_step(w, person, need)
        elif step == Step.EMERGENCY:
            step = yield from emergency_step(w, person, need)
        elif step == Step.HOSPITAL:
            outcome = yield from hospital(w, person, need)
            step = Step.OVER
        else:
            step = yield from worsening(w, person, need)
            if step == Step.OVER:
                outcome = Outcome.GAVE_UP
    return int(Outcome.DIED) if dying(w, person) else outcome


def hospital(w: World, person: int, need: int) -> Process[int]:
    """Admitted: the illness adds its risk of death, then the stay."""
    direct: int = 0 if w.people.at[person] == Place.EMERGENCY else 1
    if w.clock[0] > w.people.onset_crisis_at[person]:
        w.people.overdue[person] = 1
    if direct:
        go(w, person, Place.WARD)  # who comes past the department waits for a bed on the ward
    if w.people.level[person] == Level.HOSPITAL:
        yield from struck(w, person, need)
    outcome: int = yield from emergency_stay(w, person, need, direct)
    return int(Outcome.DIED) if outcome == Outcome.DIED else int(Outcome.ADMITTED)


def struck(w: World, person: int, need: int) -> Process[int]:
    """An illness at hospital level takes its toll, wherever it is cared for."""
    if strike(w, person, need):
        yield spawn(passing(w, person))
    return 0


def worsening(w: World, person: int, need: int) -> Process[int]:
    """At home with something that is not taken care of: it passes by itself, or becomes a crisis."""
    yield hold(to_crisis(w, person))
    if dying(w, person):
        return int(Step.OVER)
    level: int = w.people.level[person]
    if level < Level.HOSPITAL and self_limiting(w, person, need, level):
        return int(Step.OVER)
    w.people.level[person] = Level.HOSPITAL
    if w.people.contacts[person] > 0:
        w.people.late[person] = 1  # somebody was asked, and it still came to this
    return int(Step.AMBULANCE)


def aftermath(w: World, person: int, need: int, outcome: int) -> Process[int]:
    """Vulnerable weeks after an acute illness: a follow-on need, keyed by this one (sårbar period)."""
    if not alive(w, person):
        return 0
    delay: int = offspring_delay(w, person, need, 1 if outcome == Outcome.ADMITTED else 0)
    if delay < 0:
        return 0
    yield spawn(offspring(w, person, need + 1, delay))
    return 1


def offspring(w: World, person: int, need: int, delay: int) -> Process[int]:
    """The follow-on need, when its time comes."""
    yield hold(time_left(w, person, delay))
    if not alive(w, person) or dying(w, person):
        return 0
    if not free(w, person):
        now: int = w.clock[0]
        yield record(person, need, Kind.SUPPRESSED, -1, now, now, now, Outcome.CANCELLED, tag(w, person))
        return 0
    yield from deterioration(w, person, need)
    return 0
