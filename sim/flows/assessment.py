"""Assessment and referral (bedömning, remiss): what a clinician sees, and who is asked next.

A clinician perceives the required level with noise, less for a patient they know, and refers when the perceived level
exceeds what they can do. Over- and under-referral both follow from that and are stated nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim import chance
from sim.flows.hours import office_hours
from sim.flows.needs import urgency
from sim.flows.person import caller, home_nursing, palliative, special_housing, team_target
from sim.vocabulary import DAY, HOUR, Level, Outcome, Place, Purpose, Segment, Step

if TYPE_CHECKING:
    from sim.model.typed import World


CONTACT_KINDS = 16
"""In the key of a contact, the number within its kind is below this."""
SIXTEENTHS = tuple(16**k for k in range(15))
"""Room for fifteen kinds of contact, each counted to 15, in one whole number."""


def next_contact(w: World, person: int, step: int) -> int:
    """Kind of this contact and its number among those of the kind in the episode: part of the keys of its draws.

    The second visit to the emergency department is the same second visit whatever other contacts came before.
    """
    w.people.contacts[person] += 1
    count = w.people.contact_counts[person] // SIXTEENTHS[step] % 16
    if count < 15:
        w.people.contact_counts[person] += SIXTEENTHS[step]
        count += 1
    w.people.contact_key[person] = CONTACT_KINDS * step + count
    return w.people.contact_key[person]


def perceived_level(w: World, person: int, need: int, known: int, noise: float) -> float:
    """Level that the clinician perceives: the true one plus noise; sigma x ratio for a known patient."""
    sigma = w.assessment.noise * noise
    if known:
        sigma *= w.assessment.known_ratio
    n = w.people.contact_key[person]
    return w.people.level[person] + sigma * chance.normal(w.run.key, person, Purpose.PERCEIVED, need, n)


def urgency_now(w: World, person: int, need: int) -> int:
    """Triage urgency as things stand: what has become a crisis is never low."""
    level = w.people.level[person]
    value = urgency(w, person, need, level)
    return min(value, 1) if w.clock[0] >= w.people.crisis_at[person] else value


def treated(w: World, person: int, capability: int) -> int:
    """Next step after treatment at this level: over, or kept at too low a level and getting worse."""
    if w.people.level[person] <= capability:
        return int(Step.OVER)
    w.people.late[person] = 1
    return int(Step.WORSENS)


def contact_outcome(step: int) -> int:
    """Outcome of a contact, from the step it led to."""
    if step == Step.OVER:
        return int(Outcome.DONE)
    return int(Outcome.MISSED) if step == Step.WORSENS else int(Outcome.REFERRED)


def to_crisis(w: World, person: int) -> int:
    """Seconds until crisis or death, whichever is first; the patience of anybody who waits."""
    return max(0, min(w.people.crisis_at[person], w.people.death_at[person]) - w.clock[0])


def team_area(w: World, person: int) -> int:
    """Mobile-team area that serves the person; one for all when the county pools its teams."""
    if w.organisation.pooled[w.people.arm[person]]:
        return 0
    return w.municipalities.team_area[w.people.municipality[person]]


def team_works(w: World, person: int, time: int) -> int:
    """1 on the days of the week on which the mobile team works for this person."""
    return 1 if time // DAY % 7 < 5 or w.mobile_team.weekends[w.people.arm[person]] else 0


def team_open(w: World, person: int, time: int) -> int:
    """1 while the mobile team works for this person."""
    if not team_works(w, person, time):
        return 0
    arm = w.people.arm[person]
    return 1 if w.mobile_team.opens_hour[arm] <= time % DAY // HOUR < w.mobile_team.closes_hour[arm] else 0


def team_serves(w: World, person: int) -> int:
    """1 when the mobile team takes this person: enrolled, or referred where the team is open to referral."""
    if not team_staffed(w, person):
        return 0
    if w.people.enrolled[person]:
        return 1
    if w.mobile_team.open_to_referral[w.people.arm[person]]:
        return 1 if team_target(w, person) and home_nursing(w, person) else 0
    return 0


def team_staffed(w: World, person: int) -> int:
    """1 when the team of the person's area has anybody at all."""
    arm = w.people.arm[person]
    if not w.mobile_team.active[arm] or w.mobile_team.vacancy_share[arm] >= 1.0:
        return 0
    area = team_area(w, person)
    return 1 if w.teams.doctors[arm, area] + w.teams.nurses[arm, area] > 0.0 else 0


def team_doctors(w: World, person: int) -> float:
    """Doctors of the team that serves the person."""
    arm = w.people.arm[person]
    if not w.mobile_team.active[arm]:
        return 0.0
    return w.teams.doctors[arm, team_area(w, person)]


def refer(w: World, person: int, need: int, seen: float, capability: int) -> int:
    """Who is asked next by a clinician who sees a level above their own (remiss).

    A phone nurse can treat nothing and so sends a frail patient to the team's nurse, as Mobila team Primär takes
    assessments at nurse level; who has examined the patient asks a doctor.
    """
    now = w.clock[0]
    if seen <= Level.GP + 0.5 and capability < Level.GP:
        visits = team_doctors(w, person) > 0.0 or capability < Level.NURSE
        if visits and team_serves(w, person) and team_open(w, person, now):
            return int(Step.TEAM_NURSE)
        return int(Step.GP)
    if seen <= Level.TEAM + 0.5 and capability < Level.TEAM:
        if palliative_care(w, person):
            return int(Step.PALLIATIVE)
        if team_serves(w, person) and team_doctors(w, person) > 0.0 and team_open(w, person, now):
            return int(Step.TEAM_DOCTOR)
        if consult_possible(w, person) and not w.people.consulted[person]:
            return int(Step.CONSULT)
    return to_hospital(w, person, need)


def to_hospital(w: World, person: int, need: int) -> int:
    """How the person gets to hospital: ambulance for the urgent and the frail, otherwise on their own."""
    frail = w.people.segment[person] >= Segment.FAILING or home_nursing(w, person) or special_housing(w, person)
    if urgency_now(w, person, need) <= 1 or frail:
        return int(Step.AMBULANCE)
    return int(Step.EMERGENCY)


def sent_by_doctor(w: World, person: int, step: int) -> int:
    """The next step after a doctor's examination; an ambulance then takes the patient to hospital."""
    w.people.sent[person] = 1 if step == Step.AMBULANCE else 0
    return step


def palliative_care(w: World, person: int) -> int:
    """1 when the mobile palliative team takes the person now."""
    return 1 if w.palliative_team.active[w.people.arm[person]] and palliative(w, person) else 0


def consult_possible(w: World, person: int) -> int:
    """1 when home nursing or GP can call specialist support for this person (specialiststöd)."""
    arm = w.people.arm[person]
    if not w.specialist_support.active[arm] or not office_hours(w.clock[0]):
        return 0
    if not w.specialist_support.serves[arm, w.municipalities.team_area[w.people.municipality[person]]]:
        return 0
    return 1 if home_nursing(w, person) or w.people.enrolled[person] else 0


def home_alternative(w: World, person: int) -> int:
    """1 when the emergency department can hand over to care at home instead of admitting."""
    if palliative_care(w, person):
        return 1
    return 1 if team_serves(w, person) and team_doctors(w, person) > 0.0 else 0


def first_step(w: World, person: int, need: int) -> int:
    """Where a noticed worsening is first taken (första kontakt, E10), as the levers allow."""
    now = w.clock[0]
    arm = w.people.arm[person]
    if urgency_now(w, person, need) == 0:
        return int(Step.AMBULANCE)
    if w.people.at[person] == Place.SHORT_TERM and w.rounds.active[arm] and urgency_now(w, person, need) >= 2:
        return int(Step.ROUND)  # what is urgent does not wait for the round
    if palliative_care(w, person):
        return int(Step.PALLIATIVE)
    if w.direct_contact.active[arm] and w.people.enrolled[person] and team_staffed(w, person):
        if team_open(w, person, now):
            return int(Step.TEAM_NURSE)
        if w.care_plan.active[arm] and w.people.care_plan[person]:
            return int(Step.HOME_NURSE)
    if w.attender_team.active[arm] and w.people.managed_until[person] > now and office_hours(now):
        return int(Step.NAMED_CONTACT)
    return chosen_contact(w, person, need)


def chosen_contact(w: World, person: int, need: int) -> int:
    """The contact that the caller chooses; a closed health centre sends the worried to 1177, or the housing's nurse."""
    u = chance.uniform(w.run.key, person, Purpose.CHANNEL, need, 0)
    who = caller(w, person)
    step = int(Step.HOME_NURSE)
    for k in range(4):
        u -= w.contact.first_share[who, k]
        if u < 0.0 and step == Step.HOME_NURSE:
            step = k
    if step == Step.HEALTH_CENTRE and not office_hours(w.clock[0]):
        waits = chance.bernoulli(w.run.key, person, Purpose.RETRY, need, 0, w.contact.wait_for_opening_share)
        if special_housing(w, person):
            step = int(Step.HOME_NURSE)  # the staff turn to their nurse
        elif urgency_now(w, person, need) < 3 or not waits:
            step = int(Step.PHONE_1177)
    return step
