"""The parameters of the model: every number a scenario file may state.

Ordinary parameters come first, by the room of the model that reads them; then the levers of a governance. The path of
a parameter is also its name in the world: ``needs.winter_peak`` is ``w.needs.winter_peak`` in the flows.
"""

from __future__ import annotations

from sim.scenario.schema import Parameter, Rule, Scalar, Size, ordered

TIME = (
    Parameter(
        "time.warm_up_days",
        "days",
        0,
        3650,
        "Simulated before anything counts, under `current`.",
        integer=True,
    ),
    Parameter("time.pre_period_days", "days", 0, 3650, "Observed before the switch, under `current`.", integer=True),
    Parameter("time.follow_up_days", "days", 30, 3650, "Observed after the switch T0.", integer=True),
)


def _rate(path: str, doc: str, by: tuple[str, ...] = (), highest: float = 100.0) -> Parameter:
    return Parameter(path, "per person-year", 0.0, highest, doc, by)


def _share(path: str, doc: str, by: tuple[str, ...] = (), over: str = "") -> Parameter:
    return Parameter(path, "share", 0.0, 1.0, doc, by, sums_to_one_over=over)


def _time(path: str, doc: str, by: tuple[str, ...] = (), highest: float = 100_000.0) -> Parameter:
    unit = path.rsplit("_", 1)[-1]
    return Parameter(path, unit, 0.0, highest, doc, by)


def _factor(path: str, doc: str, by: tuple[str, ...] = (), highest: float = 100.0) -> Parameter:
    return Parameter(path, "factor", 0.0, highest, doc, by)


def _levels(path: str, doc: str, by: tuple[str, ...] = ()) -> Parameter:
    return Parameter(path, "levels", 0.0, 10.0, doc, by)


SEGMENT = ("segment",)
BAND = ("age_band",)

POPULATION = (
    _rate("population.death_rate_per_year", "Death rate by segment of people aged 65+.", SEGMENT, 5),
    Parameter("population.mortality_per_1000", "per 1000 person-years", 0, 1000, "Mortality by age (dödstal).", BAND),
    _share(
        "population.acute_death_share",
        "Share of the hazard of death that comes with acute illness at hospital level.",
    ),
    _share("population.segment_share", "Segments as shares of 65+ (quotas); `other` is the rest.", SEGMENT),
    _factor(
        "population.segment_age_weight",
        "Relative weight of an age band within a segment.",
        (*SEGMENT, *BAND),
        1e6,
    ),
    _rate("population.risk_to_failing_per_year", "From risk group to periodically failing.", (), 10),
    _rate("population.failing_to_most_ill_per_year", "From periodically failing to most ill.", (), 10),
    _rate("population.failing_to_risk_per_year", "Recovery from periodically failing.", (), 10),
    _rate("population.risk_to_other_per_year", "Recovery from risk group.", (), 10),
    _share("population.chronic_share", "Share with a lasting condition, outside the segments.", BAND),
    _share("population.chronic_mix", "Which lasting condition leads, by age.", (*BAND, "chronic"), "chronic"),
    _share(
        "population.special_housing_share_80",
        "People in special housing over people aged 80+ (särskilt boende).",
    ),
    _share("population.special_housing_most_ill", "Share of residents in special housing who are most ill."),
    _share(
        "population.relative_share",
        "Share who live with, or are supported daily by, a relative (anhörigstöd).",
    ),
    Parameter("population.home_help_hours", "hours a week", 0, 168, "Home help by segment (hemtjänst).", SEGMENT),
    Parameter("population.frailty_shape", "shape", 0.05, 100, "Gamma shape of frailty within the segment.", SEGMENT),
    Parameter("population.frailty_shape_younger", "shape", 0.05, 100, "Gamma shape of frailty below 65."),
    Parameter(
        "population.attendance_shape",
        "shape",
        0.02,
        100,
        "Gamma shape of the lasting habit of going straight to the emergency department (mångsökande).",
    ),
    _share("population.target_share_failing", "Share of periodically failing in the mobile team's target group."),
    _rate("population.growth_65_per_year", "Growth of 65+; 0 for a steady population.", (), 0.2),
    _share(
        "population.home_nursing_share",
        "Lasting home nursing by segment, of people at home (hemsjukvård).",
        SEGMENT,
    ),
    _share("population.palliative_recognised_share", "Share whose short remaining life is recognised."),
    _share("population.palliative_false_share", "Most ill who are taken to be dying and are not."),
    _time("population.palliative_days", "Remaining life that counts as palliative.", (), 720),
)

NEEDS = (
    _rate("needs.simple_per_year", "Simple needs (enkla behov).", BAND),
    _rate("needs.complicated_per_year", "Complicated needs (komplicerade behov).", BAND, 20),
    _rate("needs.exacerbation_per_year", "Exacerbations of a chronic condition.", ("chronic",), 20),
    _rate("needs.deterioration_per_year", "Acute deteriorations by segment (försämringar).", SEGMENT, 50),
    _factor("needs.acute_age_factor", "Factor by age on acute illness and injury outside the segments.", BAND),
    _share("needs.winter_peak", "Amplitude of the winter peak."),
    _share(
        "needs.level_share",
        "Required level of a deterioration if met in time (hidden).",
        ("segment", "level"),
        "level",
    ),
    _factor("needs.hospital_age_factor", "Factor by age on the hospital-only share outside the segments.", BAND, 4),
    _share("needs.exacerbation_level_share", "Required level of an exacerbation.", ("chronic", "level"), "level"),
    _share("needs.diagnosis_share", "Diagnosis class of a deterioration.", ("segment", "diagnosis"), "diagnosis"),
    _share(
        "needs.exacerbation_acs_share",
        "Exacerbations of heart failure and COPD that are ambulatory-care sensitive.",
    ),
    _time("needs.progression_median_hours", "From onset to crisis if nothing is done.", ("level",)),
    Parameter("needs.progression_sigma", "log sd", 0, 3, "Spread of the progression time."),
    _share("needs.self_limiting_share", "Share that passes by itself if nothing is done.", ("level",)),
    _share("needs.preventable_share", "Share preventable by a review in the months before."),
    _time("needs.review_protects_days", "How long a review protects.", (), 365),
    _share("needs.offspring_share", "Follow-on need in the vulnerable weeks after an acute illness.", SEGMENT),
    _share("needs.offspring_level_share", "Required level of a follow-on need.", ("level",), "level"),
    _time("needs.offspring_mean_days", "Mean time to the follow-on need.", (), 365),
    _share(
        "needs.vulnerability_of_illness",
        "Phi: share of vulnerability that belongs to the illness, not to the stay.",
    ),
    _factor("needs.failing_spell_ratio", "Rate of deterioration in a failing spell over a stable one.", (), 50),
    _time("needs.failing_spell_days", "Mean length of a failing spell.", SEGMENT, 3650),
    _time("needs.stable_spell_days", "Mean length of a stable spell.", SEGMENT, 3650),
    Parameter(
        "needs.crisis_hazard",
        "cumulative hazard",
        0,
        5,
        "Added by an acute illness at hospital level.",
        SEGMENT,
    ),
    _share("needs.late_hazard_extra", "Relative addition when it was kept at too low a level (harm channel)."),
    _time("needs.crisis_death_mean_days", "Mean time from a fatal illness to death.", (), 365),
)

DETECTION = (
    _time("detection.mean_hours", "Mean time until a worsening is noticed.", ("detection",), 1000),
    _share("detection.waits_for_morning_share", "Not in a hurry, at night: wait for the morning."),
    _factor("detection.urgent_ratio", "Time to notice what is urgent, relative.", (), 1),
)

CONTACT = (
    _share("contact.first_share", "Where a worsening is first taken (E10).", ("caller", "contact"), "contact"),
    _share("contact.wait_for_opening_share", "Share who wait for the health centre to open."),
    _time("contact.phone_1177_minutes", "Length of a call to 1177.", (), 120),
    _time("contact.phone_1177_patience_minutes", "How long a caller to 1177 waits.", (), 600),
    _share("contact.simple_1177_share", "Simple needs that begin with a call to 1177."),
    _share("contact.simple_1177_resolved_share", "Share of those that the advice settles."),
)

ASSESSMENT = (
    _levels("assessment.noise", "Standard deviation of the perceived level, unknown patient."),
    _factor("assessment.known_ratio", "r: noise for a known patient over an unknown one.", (), 1),
    _factor("assessment.phone_noise", "Noise on the phone, relative.", (), 10),
    _factor("assessment.ambulance_noise", "Noise of the ambulance crew, relative.", (), 10),
    _factor("assessment.emergency_noise", "Noise of the emergency department after work-up, relative.", (), 10),
    _factor("assessment.home_nurse_noise", "Noise of the home nurse, relative.", (), 10),
    _factor("assessment.team_doctor_noise", "Noise of the team's doctor, relative.", (), 10),
)

PRIMARY_CARE = (
    _share("primary_care.self_care_share", "Simple needs handled by self-care (egenvård)."),
    _share("primary_care.minor_emergency_share", "Simple needs taken straight to the emergency department.", BAND),
    _share("primary_care.digital_share", "Simple needs taken as digital visits under any governance."),
    _factor("primary_care.digital_older_ratio", "Ratio at 75+.", (), 2),
    _time("primary_care.digital_minutes", "Length of a digital visit.", (), 240),
    _time("primary_care.phone_minutes", "Length of a call with the health centre.", (), 240),
    _time("primary_care.nurse_minutes", "Nurse visit at the health centre.", (), 240),
    _time("primary_care.gp_minutes", "Doctor's working time per visit (läkarbesök).", (), 480),
    _time("primary_care.gp_home_minutes", "Doctor's home visit without travel.", (), 480),
    _share("primary_care.home_visit_share", "Share of acute doctor contacts made at home, with home nursing."),
    _factor("primary_care.continuity_factor", "From a centre's continuity to the chance of being known.", (), 2),
    Parameter("primary_care.service_sigma", "log sd", 0, 2, "Spread of service times."),
    _time(
        "primary_care.acute_patience_days",
        "How long somebody with a worsening waits for a doctor's time.",
        (),
        90,
    ),
    _time(
        "primary_care.simple_patience_days",
        "Mean of how long a simple need waits for a visit, beyond one day.",
        (),
        365,
    ),
    _share("primary_care.advice_share", "Answered calls settled by advice."),
    _share("primary_care.nurse_visit_share", "Answered calls that lead to a nurse visit."),
    _share(
        "primary_care.emergency_after_failure_share",
        "To the emergency department after a failed call, worsening.",
    ),
    _share("primary_care.phone_1177_after_failure_share", "To 1177 after a failed call, worsening."),
    _share(
        "primary_care.simple_emergency_after_failure_share",
        "To the emergency department after a failed call, simple.",
    ),
    _share("primary_care.simple_give_up_share", "Give up after a failed call, simple."),
    _share("primary_care.emergency_after_no_visit_share", "To the emergency department after waiting in vain."),
    _rate("primary_care.reviews_per_year", "Planned reviews by condition (årskontroller).", ("chronic",), 50),
    _rate(
        "primary_care.reviews_home_nursing_per_year",
        "Planned doctor visits at home with home nursing.",
        (),
        50,
    ),
    _share("primary_care.review_doctor_share", "Planned reviews made by a doctor."),
)

HOME_NURSING = (
    _time("home_nursing.visit_minutes", "Unplanned home-nurse visit with travel.", (), 480),
    _share("home_nursing.travel_share", "Share of the time of a home-nurse visit that passes on the way there."),
    _share("home_nursing.lost_time_share", "Working time lost to contacts and waiting (strulfaktorer)."),
)

EMERGENCY = (
    _share("emergency.immediate_share", "Hospital-level needs of the highest urgency."),
    _time("emergency.patience_hours", "How long the less urgent wait before leaving.", (), 72),
    _time("emergency.triage_minutes", "Median of registration and triage before the doctor.", (), 240),
    _time("emergency.doctor_minutes", "Doctor's time per visit.", (), 480),
    _time("emergency.work_up_minutes", "Median of tests, imaging and observation.", (), 2880),
    _factor("emergency.work_up_older_factor", "Factor at 65+.", (), 10),
    Parameter("emergency.work_up_sigma", "log sd", 0, 2, "Spread of the work-up."),
    _factor("emergency.minor_work_up_ratio", "Work-up of a simple need, relative.", (), 5),
    _levels("emergency.admission_level", "Perceived level above which a patient is admitted."),
    _levels("emergency.social_levels", "Lower limit for frail people who live alone."),
    _levels("emergency.home_alternative_levels", "Higher limit where care at home can take over."),
    _share("emergency.stabilised_share", "Team-level needs that a visit settles although nobody follows up."),
    _share("emergency.fast_track_share", "Hospital cases by ambulance that pass the department (snabbspår)."),
    _time("emergency.return_hours", "Shortest time to a crisis after being sent home.", (), 720),
)

AMBULANCE = (
    _levels("ambulance.leave_level", "Highest perceived level at which the crew leaves somebody at home (E06)."),
    _time("ambulance.scene_minutes", "Time with the patient.", (), 240),
    _time("ambulance.repeat_hours", "Shortest time to the next call after non-conveyance.", (), 720),
)

INPATIENT = (
    _time("inpatient.boarding_hours", "Wait for a bed in the own ward before any other is taken.", (), 240),
    _time("inpatient.stay_median_days", "Median stay by diagnosis class, 65+ reference.", ("diagnosis",), 100),
    Parameter("inpatient.stay_sigma", "log sd", 0, 2, "Spread of the stay."),
    _factor("inpatient.stay_segment_factor", "Factor on the stay by segment.", SEGMENT, 10),
    _factor("inpatient.stay_younger_factor", "Factor on the stay under 65.", (), 10),
    _time("inpatient.stay_longest_days", "Longest stay.", (), 730),
    _factor("inpatient.lower_level_stay_factor", "Stay of somebody who needed less than hospital.", (), 2),
    _share("inpatient.late_stay_extra", "Relative addition when it was kept at too low a level (harm channel)."),
    _share("inpatient.outlying_stay_extra", "Relative addition in another ward's bed."),
    _time("inpatient.relapse_stay_days", "Median of renewed illness after a relapse.", (), 100),
    _share(
        "inpatient.procedure_share",
        "Stays with surgery, intensive care or another procedure.",
        ("diagnosis",),
    ),
    _time("inpatient.last_days", "Before death, in which nobody is found ready and sent home to live.", (), 90),
    _share("inpatient.direct_admission_share", "Doctor's referrals admitted past the emergency department."),
    _share("inpatient.sjukstuga_severity", "Severity up to which an old medical patient can be at a sjukstuga."),
)

BEDS = (
    Parameter(
        "beds.medicine",
        "beds",
        1,
        100_000,
        "Staffed open beds, medicine and geriatrics (vårdplatser).",
        integer=True,
    ),
    Parameter("beds.surgery", "beds", 1, 100_000, "Staffed open beds, surgery and everything else.", integer=True),
    Parameter("beds.extra_medicine", "beds", 0, 10_000, "Extra beds at most (överbeläggning).", integer=True),
    Parameter("beds.extra_surgery", "beds", 0, 10_000, "Extra beds at most.", integer=True),
    _factor("beds.summer_factor", "Share of beds open in weeks 26-32.", (), 1),
)

DISCHARGE = (
    _share("discharge.support_share", "Stays after which the municipality must plan, 65+.", SEGMENT),
    _share("discharge.short_term_share", "Share of those who go to a short-term place.", SEGMENT),
    _factor("discharge.short_term_relative_ratio", "Ratio for people with a relative.", (), 2),
    _time("discharge.planning_hours", "Planner's work per discharge.", (), 240),
    _time("discharge.home_help_start_hours", "To start or increase home help.", (), 720),
    _time("discharge.leaving_hours", "From ready to departure when nothing is waited for.", (), 24),
    _time("discharge.relapse_mean_days", "Mean time to a new illness while waiting in hospital.", (), 3650),
    _time("discharge.home_nursing_days", "Home nursing for a time after a stay with municipal needs.", (), 365),
)

SHORT_TERM = (
    _time("short_term.stay_median_days", "Median stay at a short-term place (korttidsplats).", (), 365),
    _share("short_term.respite_share", "Multi-ill with relatives who have respite care (växelvård)."),
    _time("short_term.respite_interval_days", "Between the weeks away.", (), 365),
    _time("short_term.respite_days", "Length of a week away.", (), 60),
    _share("short_term.to_special_housing_share", "Share of multi-ill who move on to special housing."),
    _share(
        "short_term.housing_when_most_ill_share",
        "Share who move to special housing when they become most ill.",
    ),
)

PLANNED = (
    _share("planned.admission_share", "Complicated needs that lead to a planned stay."),
    _share("planned.day_treatment_share", "Complicated needs that lead to day treatment."),
    _share("planned.medical_share", "Planned stays in medicine."),
    _share("planned.asks_again_share", "Who got no visit at the health centre: ask again, each time."),
    _time("planned.asks_again_days", "Median time until they do.", (), 365),
    _time("planned.specialist_wait_days", "Median from the referral to the booked first visit.", (), 720),
    _time("planned.day_treatment_wait_days", "Median from the decision to the booked day treatment.", (), 720),
    _time("planned.operation_wait_days", "Median from the decision to the date of the planned stay.", (), 720),
    Parameter("planned.wait_sigma", "log sd", 0, 2, "Spread of the waits of planned care."),
    _time("planned.postponed_days", "To the new date after a postponement.", (), 365),
    _time("planned.stay_median_younger_days", "Median planned stay under 65.", (), 100),
    _time("planned.stay_median_older_days", "Median planned stay at 65+.", (), 100),
    Parameter("planned.stay_sigma", "log sd", 0, 2, "Spread of the planned stay."),
    _share("planned.procedure_share", "Planned stays with surgery or another procedure."),
    _share("planned.return_share", "Planned stays with a planned return."),
    _time("planned.return_days", "To the planned return.", (), 365),
    _share("planned.complication_share", "Unplanned need after a planned stay."),
    _share("planned.rehabilitation_share", "Treatments followed by rehabilitation."),
    _time("planned.rehabilitation_days", "Length of rehabilitation.", (), 720),
    _time("planned.follow_up_days", "To the follow-up visit.", (), 720),
    _time("planned.visit_minutes", "Specialist visit.", (), 480),
    _time("planned.day_treatment_minutes", "Day treatment.", (), 1440),
)

OUTSIDE = (
    Parameter(
        "outside.stays_per_year",
        "per year",
        0,
        1e6,
        "Stays of patients from outside the population.",
        ("ward",),
    ),
    _time("outside.stay_median_days", "Median of those stays.", ("ward",), 365),
)

STAFFING = (
    Parameter(
        "staffing.hours_per_post_per_year", "hours per year", 1, 8760, "Working hours of a full-time post of a team."
    ),
    _factor("staffing.factor", "Factor on the staffing of a service in the resource table.", ("service",), 100),
)


def _price(name: str, doc: str) -> Parameter:
    return Parameter(f"prices.{name}_sek", "SEK", 0, 1e8, doc)


PRICES = (
    _price("hospital_day", "Day in a somatic ward."),
    _price("ready_day", "Day as ready for discharge beyond the agreed mean, paid by the municipality."),
    _price("emergency_visit", "Visit to the emergency department."),
    _price("gp_visit", "Doctor visit in primary care."),
    _price("gp_home_visit", "Doctor's home visit."),
    _price("nurse_visit", "Nurse visit in primary care."),
    _price("phone_call", "Call to the health centre or 1177."),
    _price("ambulance", "Ambulance call-out."),
    _price("team_doctor_hour", "Staffed hour of a team doctor (mobilt team)."),
    _price("team_nurse_hour", "Staffed hour of a team nurse."),
    _price("palliative_hour", "Staffed hour of the palliative team."),
    _price("monitoring_hour", "Staffed hour of a monitoring nurse."),
    _price("attender_team_hour", "Staffed hour of the coordination team."),
    _price("consult_hour", "Staffed hour of specialist support."),
    _price("specialist_visit", "Specialist visit."),
    _price("day_treatment", "Day treatment."),
    _price("home_nurse_visit", "Unplanned home-nurse visit."),
    _price("short_term_day", "Day at a short-term place."),
    _price("home_help_hour", "Hour of home help."),
    _price("special_housing_day", "Day in special housing."),
    _price("homecoming_day", "Day with the safe-homecoming team."),
)


# --- levers --------------------------------------------------------------------------------------------------


def _lever(
    path: str,
    unit: str,
    default: Scalar,
    doc: str,
    by: tuple[str, ...] = (),
    highest: float = 10_000.0,
    lowest: float = 0.0,
    integer: bool = False,
) -> Parameter:
    return Parameter(path, unit, lowest, highest, doc, by, lever=True, default=default, integer=integer)


def _switch(path: str, doc: str, by: tuple[str, ...] = ()) -> Parameter:
    return Parameter(path, "flag", doc=doc, by=by, flag=True, lever=True, default=False)


LEVERS = (
    _switch("mobile_team.active", "A mobile team exists (mobilt team)."),
    _lever("mobile_team.doctors", "doctors", 0, "Full-time posts of doctors by team area.", ("team_area",)),
    _lever("mobile_team.nurses", "nurses", 0, "Full-time posts of nurses by team area.", ("team_area",)),
    _switch("mobile_team.enrols", "The team enrols people and keeps a caseload."),
    _switch("mobile_team.open_to_referral", "The team also takes referred people of its target group."),
    _switch("mobile_team.special_housing", "People in special housing belong to the target group."),
    _switch("mobile_team.by_list", "Enrols exactly the people on an evaluator's list, whatever their needs."),
    _switch("mobile_team.weekends", "Works at weekends."),
    _lever("mobile_team.opens_hour", "hour of the day", 8, "Opens at.", (), 24, integer=True),
    _lever("mobile_team.closes_hour", "hour of the day", 17, "Closes at.", (), 24, integer=True),
    _lever(
        "mobile_team.caseload_most_ill",
        "people a doctor",
        30,
        "Caseload limit, most ill (T07-T08).",
        (),
        1000,
    ),
    _lever(
        "mobile_team.caseload_failing",
        "people a doctor",
        100,
        "Caseload limit, periodically failing.",
        (),
        1000,
    ),
    _lever("mobile_team.most_ill_doctor_share", "share", 0.5, "Doctors' time kept for the most ill.", (), 1),
    _lever("mobile_team.vacancy_share", "share", 0, "Vacant posts.", (), 1),
    _lever("mobile_team.leaves_per_year", "per post and year", 0, "Members who leave the team.", (), 12),
    _lever("mobile_team.vacant_days", "days", 90, "Mean time until a post is filled again.", (), 3650),
    _lever("mobile_team.ramp_up_days", "days", 90, "From start to full strength.", (), 3650),
    _lever("mobile_team.visit_minutes", "minutes", 60, "Visit without travel.", (), 480),
    _lever("mobile_team.direct_time_share", "share", 0.37, "Direct patient work of working time (T04).", (), 1, 0.05),
    _lever(
        "mobile_team.answer_hours",
        "hours",
        24,
        "Longest wait for a visit before other ways are tried.",
        (),
        240,
    ),
    _lever("mobile_team.treatment_days", "days", 4, "Median of daily visits instead of hospital.", (), 60),
    _lever(
        "mobile_team.treatment_failure_share",
        "share",
        0.1,
        "Home treatments that fail (harm channel).",
        (),
        1,
        0.0001,
    ),
    _lever("mobile_team.direct_admission_share", "share", 0.5, "Team's referrals straight to a ward.", (), 1),
    _switch(
        "direct_contact.active",
        "Enrolled people and their nurses reach the team directly (direkta kontaktvägar).",
    ),
    _switch("direct_contact.nurse_line", "Home nurses reach the health centre's doctor past the phone queue."),
    _switch("care_plan.active", "Medical care plans may be acted on out of hours (medicinsk vårdplan)."),
    _lever("care_plan.nurse_levels", "levels", 1, "What the home nurse can do more, on the plan.", (), 3),
    _lever("care_plan.ambulance_levels", "levels", 1, "What the crew may leave at home more, on the plan.", (), 3),
    _switch("proactive_visits.active", "Planned visits to enrolled people (proaktiva insatser)."),
    _lever("proactive_visits.interval_most_ill_days", "days", 30, "Between visits, most ill.", (), 3650, 1),
    _lever(
        "proactive_visits.interval_failing_days",
        "days",
        60,
        "Between visits, periodically failing.",
        (),
        3650,
        1,
    ),
    _lever(
        "proactive_visits.found_need_share",
        "share",
        0.05,
        "Visits that find an unmet need (harm channel).",
        (),
        1,
    ),
    _lever("named_doctor.share", "share", 0, "People with a registered named doctor (fast läkarkontakt).", (), 1),
    _lever("named_doctor.share_multi_ill", "share", 0, "The same among the multi-ill (fast vårdkontakt).", (), 1),
    _lever("named_doctor.known_if_registered", "share", 0.85, "Chance to meet one's own doctor.", (), 1),
    _switch("discharge_planning.active", "Planning may start at admission (samverkan vid utskrivning, SIP)."),
    _lever("discharge_planning.early_share", "share", 0, "Share of stays planned from admission.", (), 1),
    _switch("homecoming.active", "Safe homecoming (trygg hemgång)."),
    _lever("homecoming.staff", "assistant nurses", 0, "Team by municipality.", ("municipality",)),
    _lever("homecoming.people_per_staff", "people", 3, "People at a time per assistant nurse.", (), 100),
    _lever("homecoming.longest_days", "days", 14, "Longest time with the team.", (), 365),
    _lever("homecoming.start_hours", "hours", 3, "From ready to home.", (), 240),
    _lever(
        "homecoming.notice_hours",
        "hours",
        10,
        "Mean time to notice a worsening while the team comes.",
        (),
        1000,
    ),
    _switch("homecoming.first_time", "Also people outside the multi-ill: first-time heavy users."),
    _switch("joint_workflow.active", "Joint workflow (borttagna strulfaktorer)."),
    _lever("joint_workflow.freed_share", "share", 0, "Home-nurse time returned to visits.", (), 1),
    _switch("attender_team.active", "Coordination team for frequent attenders (samordningsteam för mångbesökare)."),
    _switch("attender_team.by_list", "Takes exactly the people on an evaluator's list."),
    _lever("attender_team.staff", "nurses", 0, "Full-time posts, in office hours."),
    _lever(
        "attender_team.contacts_in_month",
        "contacts",
        4,
        "Emergency or ambulance contacts in a month; an ambulance and the visit it leads to are one.",
        (),
        100,
        1,
        True,
    ),
    _lever("attender_team.meeting_minutes", "minutes", 90, "First meeting.", (), 480),
    _lever("attender_team.contact_minutes", "minutes", 20, "Later contacts.", (), 480),
    _lever("attender_team.follows_days", "days", 365, "How long the team is the contact.", (), 3650),
    _switch("monitoring.active", "Remote monitoring (egenmonitorering)."),
    _lever("monitoring.share", "share", 0, "Share of people with heart failure or COPD.", (), 1),
    _lever("monitoring.nurses", "nurses", 0, "Full-time posts of nurses, in office hours."),
    _lever("monitoring.false_alarms_per_year", "per person-year", 2, "False alarms (harm channel).", (), 1000),
    _lever("monitoring.alarm_minutes", "minutes", 15, "Nurse's time per alarm.", (), 480),
    _lever("monitoring.alarm_visit_share", "share", 0.2, "False alarms that lead to a visit.", (), 1),
    _switch("specialist_support.active", "Specialist support for home nursing and GPs (specialiststöd)."),
    _switch("specialist_support.serves", "Team areas that it serves.", ("team_area",)),
    _lever("specialist_support.specialists", "specialists", 0, "Full-time posts, in office hours."),
    _lever("specialist_support.consult_minutes", "minutes", 20, "Length of a consult.", (), 480),
    _lever("access.phone_staff_factor", "factor", 1, "Health-centre phone staffing (tillgänglighet).", (), 100),
    _lever("access.gp_staff_factor", "factor", 1, "Doctor time at health centres.", (), 100),
    _lever(
        "access.bonus_share",
        "share",
        1,
        "First of three steps, ten points apart, of pay for access.",
        (),
        1,
    ),
    _lever("access.bonus_sek", "SEK a listed person", 0, "Pay for access a year.", (), 10_000),
    _switch("rounds.active", "Doctor's rounds at short-term places (läkarmedverkan korttid)."),
    _lever("rounds.interval_days", "days", 3, "Between rounds.", (), 60, 1),
    _lever("rounds.minutes", "minutes", 20, "Doctor's time per patient.", (), 480),
    _switch("organisation.pooled", "County-wide organisation: one team for all (länsverksamhet)."),
    _lever("organisation.hand_over_hours", "hours", 2, "Before a referral reaches a local team.", (), 240),
    _lever("organisation.pooled_hand_over_hours", "hours", 12, "The same county-wide.", (), 240),
    _lever("organisation.pooled_travel_factor", "factor", 1.3, "Travel county-wide, relative.", (), 10),
    _switch("rehabilitation.active", "Rehabilitation in stable spells (rehabilitering)."),
    _switch("rehabilitation.home_nursing", "For everybody with home nursing, not only the enrolled."),
    _lever("rehabilitation.staff", "therapists", 0, "Extra therapists by municipality.", ("municipality",)),
    _lever("rehabilitation.course_minutes", "minutes", 480, "Therapist's time per course.", (), 10_000),
    _lever(
        "rehabilitation.lengthens_share",
        "share",
        0,
        "Relative addition to the rest of the stable spell.",
        (),
        2,
    ),
    _switch("palliative_team.active", "Mobile palliative team (mobilt palliativt team)."),
    _lever("palliative_team.staff", "nurses", 0, "Full-time posts of nurses, shared around the clock."),
    _lever("palliative_team.visit_minutes", "minutes", 60, "Visit without travel.", (), 480),
    _lever("palliative_team.answer_hours", "hours", 12, "Longest wait.", (), 240),
    _lever(
        "palliative_team.relief_levels",
        "levels",
        1,
        "Higher limit for care at home in the palliative state.",
        (),
        5,
    ),
    _lever(
        "palliative_team.relief_share",
        "share",
        0.7,
        "Hospital-level needs eased at home in the palliative state.",
        (),
        1,
    ),
    _switch("digital_visit.active", "Digital visits offered for simple needs (digitala besök)."),
    _lever("digital_visit.share", "share", 0, "Share of simple needs taken so.", (), 1),
)

PARAMETERS: tuple[Parameter, ...] = (
    *TIME,
    *POPULATION,
    *NEEDS,
    *DETECTION,
    *CONTACT,
    *ASSESSMENT,
    *PRIMARY_CARE,
    *HOME_NURSING,
    *EMERGENCY,
    *AMBULANCE,
    *INPATIENT,
    *BEDS,
    *DISCHARGE,
    *SHORT_TERM,
    *PLANNED,
    *OUTSIDE,
    *STAFFING,
    *PRICES,
    *LEVERS,
)


RULES: tuple[Rule, ...] = (ordered("mobile_team.opens_hour", "mobile_team.closes_hour"),)

SIZES: tuple[Size, ...] = (
    Size("mobile_team", ("doctors", "nurses"), together=True),
    Size("homecoming", ("staff",)),
    Size("attender_team", ("staff",)),
    Size("monitoring", ("share", "nurses")),
    Size("specialist_support", ("serves", "specialists")),
    Size("rehabilitation", ("staff", "lengthens_share")),
    Size("palliative_team", ("staff",)),
    Size("joint_workflow", ("freed_share",)),
    Size("digital_visit", ("share",)),
)
