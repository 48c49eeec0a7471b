"""What is known about a person: rules on the columns of ``w.people`` (invånaren)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import chance
from sim.flows.hours import month_number, wait_for_hour
from sim.vocabulary import (
    CONTACT_AFTER_FAILURE,
    CONTACT_KNOWN,
    CONTACT_LEVEL,
    CONTACT_NEED_TYPE,
    CONTACT_PLAN,
    CONTACT_URGENCY,
    DAY,
    HOUR,
    NEED_GENERATIONS,
    NEED_INDEXES,
    NEED_WINDOWS,
    NEVER,
    TAG_ENROLLED,
    TAG_FAILING,
    TAG_GROUP,
    TAG_HOME_NURSING,
    TAG_PALLIATIVE,
    TAG_SEGMENT,
    TAG_SPECIAL_HOUSING,
    YEAR,
    AgeBand,
    Caller,
    Chronic,
    Group,
    Place,
    Purpose,
    Segment,
)

if TYPE_CHECKING:
    from sim.model.typed import World


def alive(w: World, person: int) -> int:
    """1 between entry and death."""
    return 1 if w.people.at[person] < Place.DEAD else 0


def dying(w: World, person: int) -> int:
    """1 when the moment of death has come (or is past)."""
    return 1 if w.clock[0] >= w.people.death_at[person] else 0


def time_left(w: World, person: int, duration: int) -> int:
    """The duration, cut at the moment of death; never negative."""
    return max(0, min(duration, w.people.death_at[person] - w.clock[0]))


def at_home(w: World, person: int) -> int:
    """1 where care comes to the person: home, special housing or a short-term place."""
    return 1 if w.people.at[person] <= Place.SHORT_TERM else 0


def in_hospital(w: World, person: int) -> int:
    """1 in a bed, or at the emergency department."""
    return 1 if Place.EMERGENCY <= w.people.at[person] <= Place.SJUKSTUGA else 0


def go(w: World, person: int, place: int) -> int:
    """Move the person; the moment of leaving home or short-term place is kept, for who waits there."""
    if w.people.at[person] <= Place.SHORT_TERM:
        w.people.left_at[person] = w.clock[0]
    w.people.at[person] = place
    return place


def free(w: World, person: int) -> int:
    """1 when no acute episode and no hospital stay is open."""
    return 1 if at_home(w, person) and w.people.episode[person] == 0 else 0


def old(w: World, person: int) -> int:
    """1 at 65 and over."""
    return 1 if w.people.age_band[person] >= AgeBand.AGE_65_69 else 0


def group(w: World, person: int) -> int:
    """The most demanding LHC group that applies now."""
    if w.people.segment[person] >= Segment.FAILING:
        return int(Group.MULTI_ILL)
    if w.people.chronic[person] > Chronic.NONE:
        return int(Group.CHRONIC)
    if w.people.complicated[person] > 0:
        return int(Group.COMPLICATED)
    return int(Group.SIMPLE)


def stays_since(w: World, person: int, since: int) -> int:
    """1 while the short-term place that was moved into then is still the person's."""
    return 1 if w.people.short_term[person] and w.people.short_term_since[person] == since else 0


def home_nursing(w: World, person: int) -> int:
    """1 when enrolled in municipal home nursing (hemsjukvård): lasting by segment, or for a time after a stay."""
    if w.people.home[person] == Place.SPECIAL_HOUSING:
        return 0
    if w.people.home_nursing_until[person] > w.clock[0]:
        return 1
    share = w.population.home_nursing_share[w.people.segment[person]]
    return 1 if old(w, person) and w.people.home_nursing_rank[person] < share else 0


def special_housing(w: World, person: int) -> int:
    """1 when living in special housing (särskilt boende)."""
    return 1 if w.people.home[person] == Place.SPECIAL_HOUSING else 0


def palliative(w: World, person: int) -> int:
    """1 in a recognised palliative state: short remaining life (palliativt skede)."""
    rank = w.people.palliative_rank[person]
    if w.people.segment[person] == Segment.MOST_ILL and rank > 1.0 - w.population.palliative_false_share:
        return 1  # thought to be dying, and not
    left = w.people.death_at[person] - w.clock[0]
    recognised = w.people.palliative_rank[person] < w.population.palliative_recognised_share
    return 1 if recognised and left < w.population.palliative_days * DAY and old(w, person) else 0


def outside_team(w: World, person: int) -> int:
    """1 in special housing, unless the team takes people there too."""
    return 1 if special_housing(w, person) and not w.mobile_team.special_housing[w.people.arm[person]] else 0


def enrolment_target(w: World, person: int) -> int:
    """1 for whom the team enrols: its target group, or exactly the chosen where it goes by an evaluator's list."""
    if not w.mobile_team.by_list[w.people.arm[person]]:
        return team_target(w, person)
    return 0 if outside_team(w, person) else w.people.chosen[person]


def team_target(w: World, person: int) -> int:
    """1 in the target group of the mobile team: most ill, and half of the periodically failing (P05)."""
    if outside_team(w, person):
        return 0
    segment = w.people.segment[person]
    if segment == Segment.MOST_ILL:
        return 1
    return 1 if segment == Segment.FAILING and w.people.target_rank[person] < w.population.target_share_failing else 0


def contact_target(w: World, person: int) -> int:
    """1 in the target group of a named care contact (15 % of 65+: all multi-ill)."""
    return 1 if w.people.segment[person] >= Segment.FAILING else 0


def caller(w: World, person: int) -> int:
    """Who seeks care."""
    if special_housing(w, person):
        return int(Caller.SPECIAL_HOUSING)
    if home_nursing(w, person):
        return int(Caller.HOME_NURSING)
    if old(w, person):
        return int(Caller.OLDER)
    return int(Caller.CHILD) if w.people.age_band[person] == AgeBand.AGE_0_15 else int(Caller.ADULT)


def tag(w: World, person: int) -> int:
    """The TAG bits of a record row: who the person is now."""
    bits = group(w, person) * TAG_GROUP + w.people.segment[person] * TAG_SEGMENT
    bits += home_nursing(w, person) * TAG_HOME_NURSING + special_housing(w, person) * TAG_SPECIAL_HOUSING
    bits += (1 if w.people.enrolled[person] else 0) * TAG_ENROLLED
    bits += w.people.failing[person] * TAG_FAILING
    return bits + palliative(w, person) * TAG_PALLIATIVE


def contact_detail(w: World, person: int, need: int, level: int, urgency: int, known: int) -> int:
    """The CONTACT bits of a record row, with the tag."""
    bits = known * CONTACT_KNOWN + urgency * CONTACT_URGENCY + level * CONTACT_LEVEL
    bits += need_type(need) * CONTACT_NEED_TYPE
    bits += w.people.failed_contact[person] * CONTACT_AFTER_FAILURE + w.people.on_plan[person] * CONTACT_PLAN
    return bits + tag(w, person)


def need_type(need: int) -> int:
    """The type in the identity of a need."""
    return need // (NEED_GENERATIONS * NEED_INDEXES * NEED_WINDOWS)


def reviewed_lately(w: World, person: int) -> int:
    """1 if a planned review or proactive visit took place in the last 90 days."""
    return 1 if w.clock[0] - w.people.last_review[person] <= w.needs.review_protects_days * DAY else 0


def knows(w: World, person: int, need: int, contact: int) -> int:
    """Whether the doctor or nurse at the health centre knows the patient (behavioural continuity, T13).

    Registered people see their own doctor with ``named_doctor.known_if_registered``; others by the continuity of
    their health centre. Drawn by need and number of the contact in it.
    """
    share = min(1.0, w.areas.continuity[w.people.area[person]] * w.primary_care.continuity_factor)
    if registered(w, person):
        share = max(share, w.named_doctor.known_if_registered[w.people.arm[person]])
    return chance.bernoulli(w.run.key, person, Purpose.KNOWN, need, contact, share)


def registered(w: World, person: int) -> int:
    """1 with a registered named doctor (fast läkarkontakt, T12); the frailest first, always in special housing."""
    rank = w.people.registered_rank[person]
    if w.people.segment[person] == Segment.FAILING and not home_nursing(w, person):
        rank *= 0.5  # they come first: nobody else coordinates for them
    if special_housing(w, person):
        return 1
    arm = w.people.arm[person]
    if contact_target(w, person) and rank < w.named_doctor.share_multi_ill[arm]:
        return 1
    return 1 if rank < w.named_doctor.share[arm] else 0


def note_emergency(w: World, person: int) -> int:
    """Count an emergency or ambulance contact in the calendar month; the count so far (mångbesökare)."""
    month = month_number(w.clock[0])
    if w.people.contact_month[person] != month:
        w.people.contact_month[person] = month
        w.people.month_contacts[person] = 0
    w.people.month_contacts[person] += 1
    return w.people.month_contacts[person]


def until_morning(w: World, person: int, need: int) -> int:
    """Seconds for which somebody who is not in a hurry waits at night before seeking care; 0 by day."""
    hour = w.clock[0] % DAY // HOUR
    if 7 <= hour < 22:
        return 0
    if not chance.bernoulli(w.run.key, person, Purpose.MORNING, need, 0, w.detection.waits_for_morning_share):
        return 0
    later = int(3 * HOUR * chance.uniform(w.run.key, person, Purpose.MORNING, need, 1))
    return wait_for_hour(w.clock[0], 7) + later


def managed(w: World, person: int) -> int:
    """1 while the coordination team for frequent attenders is the person's contact."""
    return 1 if w.people.managed_until[person] > w.clock[0] else 0


def death_time(w: World, person: int) -> int:
    """When the cumulative hazard reaches the person's threshold, along the exogenous path of segments.

    One Exp(1) threshold a person; ``people.hazard_extra`` holds the jumps that acute illness has added.
    """
    left = w.people.death_threshold[person] - w.people.hazard_extra[person]
    share = 1.0 - w.population.acute_death_share
    band = w.people.age_band[person]
    time = w.people.entry[person]
    hazard = w.population.hazard[band, w.people.first_segment[person]] * share / YEAR
    for k in range(3):
        change = w.people.segment_time[person, k]
        if left <= 0.0:
            return time
        if change >= NEVER or hazard * (change - time) >= left:
            return time + int(min(left / hazard, 4.0e9))
        left -= hazard * (change - time)
        time = change
        hazard = w.population.hazard[band, w.people.segment_value[person, k]] * share / YEAR
    return time + int(min(max(left, 0.0) / hazard, 4.0e9))
