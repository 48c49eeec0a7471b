"""What the flows see of the world: made by ``python -m sim.model.type_stub``, not to be edited."""

from __future__ import annotations

from typing import Protocol


class Whole(Protocol):
    """A column of whole numbers, to be read."""

    def __getitem__(self, row: int) -> int: ...


class WholeState(Whole, Protocol):
    """A column of whole numbers that flows may write."""

    def __setitem__(self, row: int, value: int) -> None: ...


class WholeRows(Protocol):
    """Rows of whole numbers, to be read."""

    def __getitem__(self, place: tuple[int, int]) -> int: ...


class WholeRowsState(WholeRows, Protocol):
    """Rows of whole numbers that flows may write."""

    def __setitem__(self, place: tuple[int, int], value: int) -> None: ...


class Decimal(Protocol):
    """A column of floats, to be read."""

    def __getitem__(self, row: int) -> float: ...


class DecimalState(Decimal, Protocol):
    """A column of floats that flows may write."""

    def __setitem__(self, row: int, value: float) -> None: ...


class DecimalRows(Protocol):
    """Rows of floats, to be read."""

    def __getitem__(self, place: tuple[int, int]) -> float: ...


class DecimalRowsState(DecimalRows, Protocol):
    """Rows of floats that flows may write."""

    def __setitem__(self, place: tuple[int, int], value: float) -> None: ...


class Run:
    """Columns of run."""

    key: int
    """Key of the draws of this replication. (key)"""
    horizon: int
    """Where the run ends. (seconds since time 0)"""
    coordination_starts: int
    """T0, when the governance of the arm begins. (seconds since time 0)"""
    people: int
    """Everybody who ever lives here. (count)"""
    team_areas: int
    """Team areas. (count)"""


class People:
    """Columns of people."""

    municipality: Whole
    """Where the person lives (kommun). (municipality)"""
    area: Whole
    """Health-centre area (hälsocentral). (area)"""
    age_band: Whole
    """Age. (AgeBand)"""
    chronic: Whole
    """The leading lasting condition. (Chronic)"""
    special_housing: Whole
    """Lives in special housing at time 0. (0 or 1)"""
    segment_time: WholeRows
    """When the segment changes (exogenous path). (seconds since time 0)"""
    relative: Whole
    """Lives with, or is supported daily by, a relative (anhörig). (0 or 1)"""
    entry: Whole
    """When this life in the region begins. (seconds since time 0)"""
    segment_value: WholeRows
    """The segment from each change on. (Segment)"""
    home_nursing_rank: Decimal
    """Has lasting home nursing below the share that applies. (rank)"""
    target_rank: Decimal
    """In the team's target group below the share that applies. (rank)"""
    palliative_rank: Decimal
    """Recognised as dying below the share that applies. (rank)"""
    registered_rank: Decimal
    """Has a registered named doctor below the share that applies. (rank)"""
    spell_rank: Decimal
    """Begins in a failing spell below the share that applies. (rank)"""
    frailty: Decimal
    """Gamma with mean 1 within the segment (skörhet). (factor)"""
    attendance: Decimal
    """Lasting habit of the emergency department, gamma with mean 1. (factor)"""
    death_threshold: Decimal
    """Exp(1): cumulative hazard at which the person dies. (hazard)"""
    first_segment: Whole
    """Segment at entry. (Segment)"""
    monitoring_rank: Decimal
    """Monitored below the share that applies. (rank)"""
    enrolment_order: Whole
    """Everybody, in the order in which the team asks. (person)"""
    next_time: WholeRowsState
    """When the next candidate need of each type is due. (seconds since time 0)"""
    next_need: WholeRowsState
    """Its identity. (need)"""
    segment: WholeState
    """Need segment now (behovssegment). (Segment)"""
    at: WholeState
    """Where the person is. (Place)"""
    home: WholeState
    """Where the person lives: at home or in special housing. (Place)"""
    failing: WholeState
    """In a failing spell (sviktperiod). (0 or 1)"""
    spell_ends: WholeState
    """When the present spell ends. (seconds since time 0)"""
    changes: WholeState
    """Changes of segment so far. (count)"""
    death_at: WholeState
    """When the person dies, as things stand. (seconds since time 0)"""
    episode: WholeState
    """The need of the open episode plus one; 0 without one. (need + 1)"""
    complicated: WholeState
    """Open episodes of complicated needs. (count)"""
    arm: WholeState
    """Which row of the levers applies. (row)"""
    enrolled: WholeState
    """Enrolled in the mobile team (inskriven). (0 or 1)"""
    home_nursing_until: WholeState
    """Until when there is home nursing for a time after a stay. (seconds since time 0)"""
    managed_until: WholeState
    """Until when the frequent-attender team follows; -1 asked for and not yet met. (seconds since time 0)"""
    last_review: WholeState
    """When a planned review or proactive visit last took place. (seconds since time 0)"""
    spell_number: WholeState
    """Number of the present spell, key of its draws. (number)"""
    level: WholeState
    """Hidden level that the open worsening requires. (Level)"""
    left_at: WholeState
    """When home or the short-term place was left last. (seconds since time 0)"""
    crisis_at: WholeState
    """When the open worsening becomes a crisis. (seconds since time 0)"""
    onset_crisis_at: WholeState
    """The same, as it was at onset. (seconds since time 0)"""
    overdue: WholeState
    """The worsening has been a crisis before and is over its time. (0 or 1)"""
    contact_counts: WholeState
    """Contacts of the open episode by kind, four bits each. (packed counts)"""
    contact_key: WholeState
    """Kind and number of the present contact, key of its draws. (number)"""
    late: WholeState
    """Somebody was asked, and it came to hospital all the same. (0 or 1)"""
    contacts: WholeState
    """Contacts of the open episode. (count)"""
    first_level: WholeState
    """Hidden level at onset. (Level)"""
    died_at: WholeState
    """When the person died. (seconds since time 0)"""
    help_ordered: WholeState
    """Need for whose discharge home help was ordered, plus one. (need + 1)"""
    help_ready: WholeState
    """Need for whose discharge home help can begin, plus one. (need + 1)"""
    help_row: WholeState
    """Row of the home help that waits for its beginning, plus one; or none. (row + 1)"""
    help_since: WholeState
    """When the preparation of that home help began. (seconds since time 0)"""
    help_detail: WholeState
    """Detail of that row. (bits)"""
    failed_contact: WholeState
    """A contact of the open episode failed. (0 or 1)"""
    on_plan: WholeState
    """The present contact acted on a care plan. (0 or 1)"""
    consulted: WholeState
    """A specialist was consulted in the open episode. (0 or 1)"""
    sent: WholeState
    """A doctor has examined and sent the person. (0 or 1)"""
    handed_over: WholeState
    """The referral has reached the team in this episode. (0 or 1)"""
    care_plan: WholeState
    """There is a medical care plan (medicinsk vårdplan). (0 or 1)"""
    queued: WholeState
    """In the queue for a place in the team. (0 or 1)"""
    queued_at: WholeState
    """When that queue was joined. (seconds since time 0)"""
    queue_next: WholeState
    """Who comes next in it; -1 for nobody. (person)"""
    has_place: WholeState
    """Has a place in a team's caseload. (0 or 1)"""
    place_area: WholeState
    """Team area of the place or queue. (team area)"""
    place_kind: WholeState
    """Kind of the place or queue: 0 most ill, 1 periodically failing. (kind)"""
    homecoming_until: WholeState
    """Until when the safe-homecoming team comes (trygg hemgång). (seconds since time 0)"""
    contact_month: WholeState
    """Month of the last contact with an emergency department or ambulance. (month)"""
    month_contacts: WholeState
    """Such contacts in that month. (count)"""
    chosen: WholeState
    """On an evaluator's list. (0 or 1)"""
    monitoring: WholeState
    """Remote monitoring is under way (egenmonitorering). (0 or 1)"""
    planning: WholeState
    """Need for whose discharge planning goes on, plus one. (need + 1)"""
    planned: WholeState
    """Need for whose discharge planning is done, plus one. (need + 1)"""
    offer: WholeState
    """Whether a place or the homecoming team has been offered to who waits. (offer)"""
    found_window: WholeState
    """Window in which a proactive visit last found an unmet need. (28-day window)"""
    respite: WholeState
    """Goes to respite care at times (växelvård). (0 or 1)"""
    short_term: WholeState
    """Has a short-term place (korttidsplats). (0 or 1)"""
    short_term_since: WholeState
    """When it was moved into. (seconds since time 0)"""
    short_term_row: WholeState
    """Row of that stay. (row)"""
    short_term_detail: WholeState
    """Detail of that row. (bits)"""
    enrolment_row: WholeState
    """Row of the enrolment. (row)"""
    enrolment_started: WholeState
    """When the enrolment began; -1 while in the queue. (seconds since time 0)"""
    enrolment_detail: WholeState
    """Detail of that row. (bits)"""
    emergency_row: WholeState
    """Row of the visit to the emergency department under way. (row)"""
    emergency_detail: WholeState
    """Detail of that row. (bits)"""
    emergency_started: WholeState
    """When that visit began. (seconds since time 0)"""
    hazard_extra: DecimalState
    """Cumulative hazard of death that acute illness has added. (hazard)"""
    bound: DecimalRowsState
    """Rate of candidate needs by type. (per year)"""


class Areas:
    """Columns of areas."""

    continuity: Decimal
    """Share of visits with the own doctor (kontinuitet). (share)"""


class Municipalities:
    """Columns of municipalities."""

    team_area: Whole
    """Team area that it belongs to. (team area)"""
    travel_minutes: Decimal
    """Travel there and back for a visit at home. (minutes)"""
    ambulance_minutes: Decimal
    """From the call to the hospital by ambulance. (minutes)"""
    sjukstuga_beds: Whole
    """Beds of its cottage hospital (sjukstuga). (beds)"""
    arm: WholeState
    """Which row of the levers applies to its units. (row)"""


class Teams:
    """Columns of teams."""

    doctors: DecimalRows
    """Posts of doctors, by row of the levers and team area. (posts)"""
    nurses: DecimalRows
    """Posts of nurses, by row of the levers and team area. (posts)"""
    arm: WholeState
    """Which row of the levers applies to the area's team. (row)"""
    since: WholeState
    """When the team began. (seconds since time 0)"""
    enrolled: WholeRowsState
    """Places taken, by kind. (people)"""
    queue_head: WholeRowsState
    """First in the queue for a place, by kind; -1 for nobody. (person)"""
    queue_tail: WholeRowsState
    """Last in it. (person)"""


class Units:
    """Columns of units."""

    phone_1177: Whole
    """Numbers of its units."""
    centre_phone: Whole
    """Numbers of its units."""
    centre_nurse: Whole
    """Numbers of its units."""
    gp: Whole
    """Numbers of its units."""
    home_nurse: Whole
    """Numbers of its units."""
    home_help: Whole
    """Numbers of its units."""
    planner: Whole
    """Numbers of its units."""
    short_term: Whole
    """Numbers of its units."""
    homecoming: Whole
    """Numbers of its units."""
    team_nurse: Whole
    """Numbers of its units."""
    team_doctor: Whole
    """Numbers of its units."""
    place_most_ill: Whole
    """Numbers of its units."""
    place_failing: Whole
    """Numbers of its units."""
    ambulance: Whole
    """Numbers of its units."""
    emergency_place: Whole
    """Numbers of its units."""
    emergency_doctor: Whole
    """Numbers of its units."""
    ward_medicine: Whole
    """Numbers of its units."""
    ward_surgery: Whole
    """Numbers of its units."""
    extra_medicine: Whole
    """Numbers of its units."""
    extra_surgery: Whole
    """Numbers of its units."""
    specialist: Whole
    """Numbers of its units."""
    day_unit: Whole
    """Numbers of its units."""
    consult: Whole
    """Numbers of its units."""
    monitoring: Whole
    """Numbers of its units."""
    attender_team: Whole
    """Numbers of its units."""
    palliative: Whole
    """Numbers of its units."""
    sjukstuga: Whole
    """Numbers of its units."""
    rehabilitation: Whole
    """Numbers of its units."""
    ward: Whole
    """Numbers of its units."""
    extra: Whole
    """Numbers of its units."""


class Population:
    """Columns of population."""

    hazard: DecimalRows
    """Yearly death rates by age band and segment."""
    death_rate_per_year: Decimal
    """Death rate by segment of people aged 65+. (per person-year)"""
    mortality_per_1000: Decimal
    """Mortality by age (dödstal). (per 1000 person-years)"""
    acute_death_share: float
    """Share of the hazard of death that comes with acute illness at hospital level. (share)"""
    segment_share: Decimal
    """Segments as shares of 65+ (quotas); `other` is the rest. (share)"""
    segment_age_weight: DecimalRows
    """Relative weight of an age band within a segment. (factor)"""
    risk_to_failing_per_year: float
    """From risk group to periodically failing. (per person-year)"""
    failing_to_most_ill_per_year: float
    """From periodically failing to most ill. (per person-year)"""
    failing_to_risk_per_year: float
    """Recovery from periodically failing. (per person-year)"""
    risk_to_other_per_year: float
    """Recovery from risk group. (per person-year)"""
    chronic_share: Decimal
    """Share with a lasting condition, outside the segments. (share)"""
    chronic_mix: DecimalRows
    """Which lasting condition leads, by age. (share)"""
    special_housing_share_80: float
    """People in special housing over people aged 80+ (särskilt boende). (share)"""
    special_housing_most_ill: float
    """Share of residents in special housing who are most ill. (share)"""
    relative_share: float
    """Share who live with, or are supported daily by, a relative (anhörigstöd). (share)"""
    home_help_hours: Decimal
    """Home help by segment (hemtjänst). (hours a week)"""
    frailty_shape: Decimal
    """Gamma shape of frailty within the segment. (shape)"""
    frailty_shape_younger: float
    """Gamma shape of frailty below 65. (shape)"""
    attendance_shape: float
    """Gamma shape of the lasting habit of going straight to the emergency department (mångsökande). (shape)"""
    target_share_failing: float
    """Share of periodically failing in the mobile team's target group. (share)"""
    growth_65_per_year: float
    """Growth of 65+; 0 for a steady population. (per person-year)"""
    home_nursing_share: Decimal
    """Lasting home nursing by segment, of people at home (hemsjukvård). (share)"""
    palliative_recognised_share: float
    """Share whose short remaining life is recognised. (share)"""
    palliative_false_share: float
    """Most ill who are taken to be dying and are not. (share)"""
    palliative_days: float
    """Remaining life that counts as palliative. (days)"""


class Needs:
    """Columns of needs."""

    simple_per_year: Decimal
    """Simple needs (enkla behov). (per person-year)"""
    complicated_per_year: Decimal
    """Complicated needs (komplicerade behov). (per person-year)"""
    exacerbation_per_year: Decimal
    """Exacerbations of a chronic condition. (per person-year)"""
    deterioration_per_year: Decimal
    """Acute deteriorations by segment (försämringar). (per person-year)"""
    acute_age_factor: Decimal
    """Factor by age on acute illness and injury outside the segments. (factor)"""
    winter_peak: float
    """Amplitude of the winter peak. (share)"""
    level_share: DecimalRows
    """Required level of a deterioration if met in time (hidden). (share)"""
    hospital_age_factor: Decimal
    """Factor by age on the hospital-only share outside the segments. (factor)"""
    exacerbation_level_share: DecimalRows
    """Required level of an exacerbation. (share)"""
    diagnosis_share: DecimalRows
    """Diagnosis class of a deterioration. (share)"""
    exacerbation_acs_share: float
    """Exacerbations of heart failure and COPD that are ambulatory-care sensitive. (share)"""
    progression_median_hours: Decimal
    """From onset to crisis if nothing is done. (hours)"""
    progression_sigma: float
    """Spread of the progression time. (log sd)"""
    self_limiting_share: Decimal
    """Share that passes by itself if nothing is done. (share)"""
    preventable_share: float
    """Share preventable by a review in the months before. (share)"""
    review_protects_days: float
    """How long a review protects. (days)"""
    offspring_share: Decimal
    """Follow-on need in the vulnerable weeks after an acute illness. (share)"""
    offspring_level_share: Decimal
    """Required level of a follow-on need. (share)"""
    offspring_mean_days: float
    """Mean time to the follow-on need. (days)"""
    vulnerability_of_illness: float
    """Phi: share of vulnerability that belongs to the illness, not to the stay. (share)"""
    failing_spell_ratio: float
    """Rate of deterioration in a failing spell over a stable one. (factor)"""
    failing_spell_days: Decimal
    """Mean length of a failing spell. (days)"""
    stable_spell_days: Decimal
    """Mean length of a stable spell. (days)"""
    crisis_hazard: Decimal
    """Added by an acute illness at hospital level. (cumulative hazard)"""
    late_hazard_extra: float
    """Relative addition when it was kept at too low a level (harm channel). (share)"""
    crisis_death_mean_days: float
    """Mean time from a fatal illness to death. (days)"""


class Detection:
    """Columns of detection."""

    mean_hours: Decimal
    """Mean time until a worsening is noticed. (hours)"""
    waits_for_morning_share: float
    """Not in a hurry, at night: wait for the morning. (share)"""
    urgent_ratio: float
    """Time to notice what is urgent, relative. (factor)"""


class Contact:
    """Columns of contact."""

    first_share: DecimalRows
    """Where a worsening is first taken (E10). (share)"""
    wait_for_opening_share: float
    """Share who wait for the health centre to open. (share)"""
    phone_1177_minutes: float
    """Length of a call to 1177. (minutes)"""
    phone_1177_patience_minutes: float
    """How long a caller to 1177 waits. (minutes)"""
    simple_1177_share: float
    """Simple needs that begin with a call to 1177. (share)"""
    simple_1177_resolved_share: float
    """Share of those that the advice settles. (share)"""


class Assessment:
    """Columns of assessment."""

    noise: float
    """Standard deviation of the perceived level, unknown patient. (levels)"""
    known_ratio: float
    """r: noise for a known patient over an unknown one. (factor)"""
    phone_noise: float
    """Noise on the phone, relative. (factor)"""
    ambulance_noise: float
    """Noise of the ambulance crew, relative. (factor)"""
    emergency_noise: float
    """Noise of the emergency department after work-up, relative. (factor)"""
    home_nurse_noise: float
    """Noise of the home nurse, relative. (factor)"""
    team_doctor_noise: float
    """Noise of the team's doctor, relative. (factor)"""


class PrimaryCare:
    """Columns of primary_care."""

    self_care_share: float
    """Simple needs handled by self-care (egenvård). (share)"""
    minor_emergency_share: Decimal
    """Simple needs taken straight to the emergency department. (share)"""
    digital_share: float
    """Simple needs taken as digital visits under any governance. (share)"""
    digital_older_ratio: float
    """Ratio at 75+. (factor)"""
    digital_minutes: float
    """Length of a digital visit. (minutes)"""
    phone_minutes: float
    """Length of a call with the health centre. (minutes)"""
    nurse_minutes: float
    """Nurse visit at the health centre. (minutes)"""
    gp_minutes: float
    """Doctor's working time per visit (läkarbesök). (minutes)"""
    gp_home_minutes: float
    """Doctor's home visit without travel. (minutes)"""
    home_visit_share: float
    """Share of acute doctor contacts made at home, with home nursing. (share)"""
    continuity_factor: float
    """From a centre's continuity to the chance of being known. (factor)"""
    service_sigma: float
    """Spread of service times. (log sd)"""
    acute_patience_days: float
    """How long somebody with a worsening waits for a doctor's time. (days)"""
    simple_patience_days: float
    """Mean of how long a simple need waits for a visit, beyond one day. (days)"""
    advice_share: float
    """Answered calls settled by advice. (share)"""
    nurse_visit_share: float
    """Answered calls that lead to a nurse visit. (share)"""
    emergency_after_failure_share: float
    """To the emergency department after a failed call, worsening. (share)"""
    phone_1177_after_failure_share: float
    """To 1177 after a failed call, worsening. (share)"""
    simple_emergency_after_failure_share: float
    """To the emergency department after a failed call, simple. (share)"""
    simple_give_up_share: float
    """Give up after a failed call, simple. (share)"""
    emergency_after_no_visit_share: float
    """To the emergency department after waiting in vain. (share)"""
    reviews_per_year: Decimal
    """Planned reviews by condition (årskontroller). (per person-year)"""
    reviews_home_nursing_per_year: float
    """Planned doctor visits at home with home nursing. (per person-year)"""
    review_doctor_share: float
    """Planned reviews made by a doctor. (share)"""


class HomeNursing:
    """Columns of home_nursing."""

    visit_minutes: float
    """Unplanned home-nurse visit with travel. (minutes)"""
    travel_share: float
    """Share of the time of a home-nurse visit that passes on the way there. (share)"""
    lost_time_share: float
    """Working time lost to contacts and waiting (strulfaktorer). (share)"""


class Emergency:
    """Columns of emergency."""

    immediate_share: float
    """Hospital-level needs of the highest urgency. (share)"""
    patience_hours: float
    """How long the less urgent wait before leaving. (hours)"""
    triage_minutes: float
    """Median of registration and triage before the doctor. (minutes)"""
    doctor_minutes: float
    """Doctor's time per visit. (minutes)"""
    work_up_minutes: float
    """Median of tests, imaging and observation. (minutes)"""
    work_up_older_factor: float
    """Factor at 65+. (factor)"""
    work_up_sigma: float
    """Spread of the work-up. (log sd)"""
    minor_work_up_ratio: float
    """Work-up of a simple need, relative. (factor)"""
    admission_level: float
    """Perceived level above which a patient is admitted. (levels)"""
    social_levels: float
    """Lower limit for frail people who live alone. (levels)"""
    home_alternative_levels: float
    """Higher limit where care at home can take over. (levels)"""
    stabilised_share: float
    """Team-level needs that a visit settles although nobody follows up. (share)"""
    fast_track_share: float
    """Hospital cases by ambulance that pass the department (snabbspår). (share)"""
    return_hours: float
    """Shortest time to a crisis after being sent home. (hours)"""


class Ambulance:
    """Columns of ambulance."""

    leave_level: float
    """Highest perceived level at which the crew leaves somebody at home (E06). (levels)"""
    scene_minutes: float
    """Time with the patient. (minutes)"""
    repeat_hours: float
    """Shortest time to the next call after non-conveyance. (hours)"""


class Inpatient:
    """Columns of inpatient."""

    boarding_hours: float
    """Wait for a bed in the own ward before any other is taken. (hours)"""
    stay_median_days: Decimal
    """Median stay by diagnosis class, 65+ reference. (days)"""
    stay_sigma: float
    """Spread of the stay. (log sd)"""
    stay_segment_factor: Decimal
    """Factor on the stay by segment. (factor)"""
    stay_younger_factor: float
    """Factor on the stay under 65. (factor)"""
    stay_longest_days: float
    """Longest stay. (days)"""
    lower_level_stay_factor: float
    """Stay of somebody who needed less than hospital. (factor)"""
    late_stay_extra: float
    """Relative addition when it was kept at too low a level (harm channel). (share)"""
    outlying_stay_extra: float
    """Relative addition in another ward's bed. (share)"""
    relapse_stay_days: float
    """Median of renewed illness after a relapse. (days)"""
    procedure_share: Decimal
    """Stays with surgery, intensive care or another procedure. (share)"""
    last_days: float
    """Before death, in which nobody is found ready and sent home to live. (days)"""
    direct_admission_share: float
    """Doctor's referrals admitted past the emergency department. (share)"""
    sjukstuga_severity: float
    """Severity up to which an old medical patient can be at a sjukstuga. (share)"""


class Discharge:
    """Columns of discharge."""

    support_share: Decimal
    """Stays after which the municipality must plan, 65+. (share)"""
    short_term_share: Decimal
    """Share of those who go to a short-term place. (share)"""
    short_term_relative_ratio: float
    """Ratio for people with a relative. (factor)"""
    planning_hours: float
    """Planner's work per discharge. (hours)"""
    home_help_start_hours: float
    """To start or increase home help. (hours)"""
    leaving_hours: float
    """From ready to departure when nothing is waited for. (hours)"""
    relapse_mean_days: float
    """Mean time to a new illness while waiting in hospital. (days)"""
    home_nursing_days: float
    """Home nursing for a time after a stay with municipal needs. (days)"""


class ShortTerm:
    """Columns of short_term."""

    stay_median_days: float
    """Median stay at a short-term place (korttidsplats). (days)"""
    respite_share: float
    """Multi-ill with relatives who have respite care (växelvård). (share)"""
    respite_interval_days: float
    """Between the weeks away. (days)"""
    respite_days: float
    """Length of a week away. (days)"""
    to_special_housing_share: float
    """Share of multi-ill who move on to special housing. (share)"""
    housing_when_most_ill_share: float
    """Share who move to special housing when they become most ill. (share)"""


class Planned:
    """Columns of planned."""

    admission_share: float
    """Complicated needs that lead to a planned stay. (share)"""
    day_treatment_share: float
    """Complicated needs that lead to day treatment. (share)"""
    medical_share: float
    """Planned stays in medicine. (share)"""
    asks_again_share: float
    """Who got no visit at the health centre: ask again, each time. (share)"""
    asks_again_days: float
    """Median time until they do. (days)"""
    specialist_wait_days: float
    """Median from the referral to the booked first visit. (days)"""
    day_treatment_wait_days: float
    """Median from the decision to the booked day treatment. (days)"""
    operation_wait_days: float
    """Median from the decision to the date of the planned stay. (days)"""
    wait_sigma: float
    """Spread of the waits of planned care. (log sd)"""
    postponed_days: float
    """To the new date after a postponement. (days)"""
    stay_median_younger_days: float
    """Median planned stay under 65. (days)"""
    stay_median_older_days: float
    """Median planned stay at 65+. (days)"""
    stay_sigma: float
    """Spread of the planned stay. (log sd)"""
    procedure_share: float
    """Planned stays with surgery or another procedure. (share)"""
    return_share: float
    """Planned stays with a planned return. (share)"""
    return_days: float
    """To the planned return. (days)"""
    complication_share: float
    """Unplanned need after a planned stay. (share)"""
    rehabilitation_share: float
    """Treatments followed by rehabilitation. (share)"""
    rehabilitation_days: float
    """Length of rehabilitation. (days)"""
    follow_up_days: float
    """To the follow-up visit. (days)"""
    visit_minutes: float
    """Specialist visit. (minutes)"""
    day_treatment_minutes: float
    """Day treatment. (minutes)"""


class Outside:
    """Columns of outside."""

    stays_per_year: Decimal
    """Stays of patients from outside the population. (per year)"""
    stay_median_days: Decimal
    """Median of those stays. (days)"""


class MobileTeam:
    """Columns of mobile_team."""

    active: Whole
    """A mobile team exists (mobilt team). (flag)"""
    doctors: DecimalRows
    """Full-time posts of doctors by team area. (doctors)"""
    nurses: DecimalRows
    """Full-time posts of nurses by team area. (nurses)"""
    enrols: Whole
    """The team enrols people and keeps a caseload. (flag)"""
    open_to_referral: Whole
    """The team also takes referred people of its target group. (flag)"""
    special_housing: Whole
    """People in special housing belong to the target group. (flag)"""
    by_list: Whole
    """Enrols exactly the people on an evaluator's list, whatever their needs. (flag)"""
    weekends: Whole
    """Works at weekends. (flag)"""
    opens_hour: Whole
    """Opens at. (hour of the day)"""
    closes_hour: Whole
    """Closes at. (hour of the day)"""
    caseload_most_ill: Decimal
    """Caseload limit, most ill (T07-T08). (people a doctor)"""
    caseload_failing: Decimal
    """Caseload limit, periodically failing. (people a doctor)"""
    most_ill_doctor_share: Decimal
    """Doctors' time kept for the most ill. (share)"""
    vacancy_share: Decimal
    """Vacant posts. (share)"""
    leaves_per_year: Decimal
    """Members who leave the team. (per post and year)"""
    vacant_days: Decimal
    """Mean time until a post is filled again. (days)"""
    ramp_up_days: Decimal
    """From start to full strength. (days)"""
    visit_minutes: Decimal
    """Visit without travel. (minutes)"""
    direct_time_share: Decimal
    """Direct patient work of working time (T04). (share)"""
    answer_hours: Decimal
    """Longest wait for a visit before other ways are tried. (hours)"""
    treatment_days: Decimal
    """Median of daily visits instead of hospital. (days)"""
    treatment_failure_share: Decimal
    """Home treatments that fail (harm channel). (share)"""
    direct_admission_share: Decimal
    """Team's referrals straight to a ward. (share)"""


class DirectContact:
    """Columns of direct_contact."""

    active: Whole
    """Enrolled people and their nurses reach the team directly (direkta kontaktvägar). (flag)"""
    nurse_line: Whole
    """Home nurses reach the health centre's doctor past the phone queue. (flag)"""


class CarePlan:
    """Columns of care_plan."""

    active: Whole
    """Medical care plans may be acted on out of hours (medicinsk vårdplan). (flag)"""
    nurse_levels: Decimal
    """What the home nurse can do more, on the plan. (levels)"""
    ambulance_levels: Decimal
    """What the crew may leave at home more, on the plan. (levels)"""


class ProactiveVisits:
    """Columns of proactive_visits."""

    active: Whole
    """Planned visits to enrolled people (proaktiva insatser). (flag)"""
    interval_most_ill_days: Decimal
    """Between visits, most ill. (days)"""
    interval_failing_days: Decimal
    """Between visits, periodically failing. (days)"""
    found_need_share: Decimal
    """Visits that find an unmet need (harm channel). (share)"""


class NamedDoctor:
    """Columns of named_doctor."""

    share: Decimal
    """People with a registered named doctor (fast läkarkontakt). (share)"""
    share_multi_ill: Decimal
    """The same among the multi-ill (fast vårdkontakt). (share)"""
    known_if_registered: Decimal
    """Chance to meet one's own doctor. (share)"""


class DischargePlanning:
    """Columns of discharge_planning."""

    active: Whole
    """Planning may start at admission (samverkan vid utskrivning, SIP). (flag)"""
    early_share: Decimal
    """Share of stays planned from admission. (share)"""


class Homecoming:
    """Columns of homecoming."""

    active: Whole
    """Safe homecoming (trygg hemgång). (flag)"""
    staff: DecimalRows
    """Team by municipality. (assistant nurses)"""
    people_per_staff: Decimal
    """People at a time per assistant nurse. (people)"""
    longest_days: Decimal
    """Longest time with the team. (days)"""
    start_hours: Decimal
    """From ready to home. (hours)"""
    notice_hours: Decimal
    """Mean time to notice a worsening while the team comes. (hours)"""
    first_time: Whole
    """Also people outside the multi-ill: first-time heavy users. (flag)"""


class JointWorkflow:
    """Columns of joint_workflow."""

    active: Whole
    """Joint workflow (borttagna strulfaktorer). (flag)"""
    freed_share: Decimal
    """Home-nurse time returned to visits. (share)"""


class AttenderTeam:
    """Columns of attender_team."""

    active: Whole
    """Coordination team for frequent attenders (samordningsteam för mångbesökare). (flag)"""
    by_list: Whole
    """Takes exactly the people on an evaluator's list. (flag)"""
    staff: Decimal
    """Full-time posts, in office hours. (nurses)"""
    contacts_in_month: Whole
    """Emergency or ambulance contacts in a month; an ambulance and the visit it leads to are one. (contacts)"""
    meeting_minutes: Decimal
    """First meeting. (minutes)"""
    contact_minutes: Decimal
    """Later contacts. (minutes)"""
    follows_days: Decimal
    """How long the team is the contact. (days)"""


class Monitoring:
    """Columns of monitoring."""

    active: Whole
    """Remote monitoring (egenmonitorering). (flag)"""
    share: Decimal
    """Share of people with heart failure or COPD. (share)"""
    nurses: Decimal
    """Full-time posts of nurses, in office hours. (nurses)"""
    false_alarms_per_year: Decimal
    """False alarms (harm channel). (per person-year)"""
    alarm_minutes: Decimal
    """Nurse's time per alarm. (minutes)"""
    alarm_visit_share: Decimal
    """False alarms that lead to a visit. (share)"""


class SpecialistSupport:
    """Columns of specialist_support."""

    active: Whole
    """Specialist support for home nursing and GPs (specialiststöd). (flag)"""
    serves: WholeRows
    """Team areas that it serves. (flag)"""
    specialists: Decimal
    """Full-time posts, in office hours. (specialists)"""
    consult_minutes: Decimal
    """Length of a consult. (minutes)"""


class Access:
    """Columns of access."""

    phone_staff_factor: Decimal
    """Health-centre phone staffing (tillgänglighet). (factor)"""
    gp_staff_factor: Decimal
    """Doctor time at health centres. (factor)"""
    bonus_share: Decimal
    """First of three steps, ten points apart, of pay for access. (share)"""
    bonus_sek: Decimal
    """Pay for access a year. (SEK a listed person)"""


class Rounds:
    """Columns of rounds."""

    active: Whole
    """Doctor's rounds at short-term places (läkarmedverkan korttid). (flag)"""
    interval_days: Decimal
    """Between rounds. (days)"""
    minutes: Decimal
    """Doctor's time per patient. (minutes)"""


class Organisation:
    """Columns of organisation."""

    pooled: Whole
    """County-wide organisation: one team for all (länsverksamhet). (flag)"""
    hand_over_hours: Decimal
    """Before a referral reaches a local team. (hours)"""
    pooled_hand_over_hours: Decimal
    """The same county-wide. (hours)"""
    pooled_travel_factor: Decimal
    """Travel county-wide, relative. (factor)"""


class Rehabilitation:
    """Columns of rehabilitation."""

    active: Whole
    """Rehabilitation in stable spells (rehabilitering). (flag)"""
    home_nursing: Whole
    """For everybody with home nursing, not only the enrolled. (flag)"""
    staff: DecimalRows
    """Extra therapists by municipality. (therapists)"""
    course_minutes: Decimal
    """Therapist's time per course. (minutes)"""
    lengthens_share: Decimal
    """Relative addition to the rest of the stable spell. (share)"""


class PalliativeTeam:
    """Columns of palliative_team."""

    active: Whole
    """Mobile palliative team (mobilt palliativt team). (flag)"""
    staff: Decimal
    """Full-time posts of nurses, shared around the clock. (nurses)"""
    visit_minutes: Decimal
    """Visit without travel. (minutes)"""
    answer_hours: Decimal
    """Longest wait. (hours)"""
    relief_levels: Decimal
    """Higher limit for care at home in the palliative state. (levels)"""
    relief_share: Decimal
    """Hospital-level needs eased at home in the palliative state. (share)"""


class DigitalVisit:
    """Columns of digital_visit."""

    active: Whole
    """Digital visits offered for simple needs (digitala besök). (flag)"""
    share: Decimal
    """Share of simple needs taken so. (share)"""


class World:
    """Columns of the world of one replication."""

    clock: Whole
    """Now, in seconds since time 0, at index 0."""
    run: Run
    people: People
    areas: Areas
    municipalities: Municipalities
    teams: Teams
    units: Units
    population: Population
    needs: Needs
    detection: Detection
    contact: Contact
    assessment: Assessment
    primary_care: PrimaryCare
    home_nursing: HomeNursing
    emergency: Emergency
    ambulance: Ambulance
    inpatient: Inpatient
    discharge: Discharge
    short_term: ShortTerm
    planned: Planned
    outside: Outside
    mobile_team: MobileTeam
    direct_contact: DirectContact
    care_plan: CarePlan
    proactive_visits: ProactiveVisits
    named_doctor: NamedDoctor
    discharge_planning: DischargePlanning
    homecoming: Homecoming
    joint_workflow: JointWorkflow
    attender_team: AttenderTeam
    monitoring: Monitoring
    specialist_support: SpecialistSupport
    access: Access
    rounds: Rounds
    organisation: Organisation
    rehabilitation: Rehabilitation
    palliative_team: PalliativeTeam
    digital_visit: DigitalVisit
