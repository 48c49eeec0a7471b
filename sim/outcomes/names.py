"""Every outcome: its name, unit, definition, Swedish term and better direction. The registry is ``OUTCOMES``.

A *total* is an exact sum over cells (who, where, when). A *ratio* is made of two totals, which are outcomes
too, so that differences between arms and intervals over replications can be built from sums. A *quantile*
comes from the single rows. *Capacity* outcomes come from the accumulators of the units, *derived* ones from
people or months as wholes. ``margins`` says by what an outcome is given beside the total of everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from sim.vocabulary import DAY, HOUR, MINUTE, WEEK, YEAR, Kind, NeedType, Service


class Source(Enum):
    """What an outcome is computed from."""

    TOTAL = "total"
    RATIO = "ratio"
    QUANTILE = "quantile"
    CAPACITY = "capacity"
    DERIVED = "derived"


ALL_MARGINS = ("group", "segment", "municipality", "period")
WHERE_AND_WHEN = ("municipality", "period")


@dataclass(frozen=True)
class OutcomeInfo:
    """One outcome (utfallsmått).

    Attributes
    ----------
    name, unit, definition, swedish
        As in the tables and in ``docs/outcomes.md``.
    better
        ``"lower"``, ``"higher"`` or ``""`` where neither is better in itself.
    source
        What it is computed from.
    divisor
        Tally units (seconds, or counts) per unit shown.
    numerator, denominator, factor
        Of a ratio: ``factor * numerator / denominator``, both outcomes of this registry.
    margins
        By what it is given, beside the total.
    stratum
        Suffix that tells for whom only it is given; empty for everybody.
    """

    name: str
    unit: str
    definition: str
    swedish: str
    better: str = ""
    source: Source = Source.TOTAL
    divisor: float = 1.0
    numerator: str = ""
    denominator: str = ""
    factor: float = 1.0
    margins: tuple[str, ...] = ALL_MARGINS
    stratum: str = ""


UNITS = MappingProxyType({"minutes": float(MINUTE), "hours": float(HOUR), "days": float(DAY), "years": float(YEAR)})


def _total(name: str, unit: str, better: str, swedish: str, definition: str) -> OutcomeInfo:
    """A sum over cells; days, hours and person-years are kept in seconds."""
    divisor = float(YEAR) if unit == "person-years" else UNITS.get(unit, 1.0)
    return OutcomeInfo(name, unit, definition, swedish, better, divisor=divisor)


def _ratio(
    name: str,
    unit: str,
    better: str,
    parts: tuple[str, str],
    swedish: str,
    definition: str,
    factor: float = 1.0,
    margins: tuple[str, ...] = ALL_MARGINS,
) -> OutcomeInfo:
    """One sum over another."""
    return OutcomeInfo(name, unit, definition, swedish, better, Source.RATIO, 1.0, parts[0], parts[1], factor, margins)


# --- hospital spells ----------------------------------------------------------------------------------------

SPLIT = ("ready_days", "readmission_days", "acs_days", "short_stay_days", "other_days")
"""The exclusive split of hospital days, in the order of its classes 1 to 5."""

SPELLS = (
    _total(
        "hospital_days",
        "days",
        "lower",
        "vårddygn på sjukhus",
        "Time in hospital from the admission decision to leaving or death, sjukstuga included; exact, in "
        "the month in which it passes. By the group, segment and municipality of the person when the spell "
        "began.",
    ),
    _total(
        "ready_days",
        "days",
        "lower",
        "vårddygn som utskrivningsklar",
        "Split class 1: hospital time after clinically ready, until departure, relapse or death.",
    ),
    _total(
        "readmission_days",
        "days",
        "lower",
        "vårddygn vid oplanerad återinskrivning inom 30 dygn",
        "Split class 2: the rest of an unplanned spell that starts less than 720 h after a live discharge "
        "from any spell; planned returns excluded.",
    ),
    _total(
        "acs_days",
        "days",
        "lower",
        "vårddygn i undvikbar slutenvård",
        "Split class 3: the rest of another unplanned spell with an ambulatory-care-sensitive main diagnosis.",
    ),
    _total(
        "short_stay_days",
        "days",
        "lower",
        "vårddygn i korta oplanerade vårdtillfällen",
        "Split class 4: the rest of another unplanned spell of less than 48 h in all, discharged alive, "
        "without surgery, intensive care or procedure.",
    ),
    _total(
        "other_days",
        "days",
        "",
        "övriga vårddygn",
        "Split class 5: all other hospital time, planned spells included. A spell still open when the "
        "records end cannot be of class 4.",
    ),
    _total(
        "labelled_days",
        "days",
        "lower",
        "märkta som undvikbara vårddygn",
        "Labelled avoidable: classes 1 to 4 of the split. A label, not an effect.",
    ),
    _total(
        "preventable_days",
        "days",
        "lower",
        "i princip förebyggbara vårddygn",
        "Upper bound: all days of unplanned spells whose hidden required level is the mobile team or lower, "
        "as if contact had been instant. Ready days of hospital-level spells are not in it.",
    ),
    _total(
        "preventable_or_ready_days",
        "days",
        "lower",
        "i princip förebyggbara eller utskrivningsklara vårddygn",
        "preventable_days, and the ready days of all other spells; nothing counted twice.",
    ),
    _total(
        "planned_days",
        "days",
        "",
        "planerade vårddygn",
        "Days of planned spells (overlay).",
    ),
    _total(
        "sjukstuga_days",
        "days",
        "",
        "vårddygn på sjukstuga",
        "Days at a sjukstuga (overlay, inside the total).",
    ),
    _total(
        "boarding_days",
        "days",
        "lower",
        "väntan på vårdplats",
        "Time between an admission decision and the bed (overlay).",
    ),
    _total(
        "outlying_days",
        "days",
        "lower",
        "utlokaliserade vårddygn",
        "Days in a bed of another ward (overlay).",
    ),
    _total(
        "overcrowded_days",
        "days",
        "lower",
        "vårddygn på överbeläggningsplats",
        "Days of residents in an extra bed (overlay).",
    ),
    _total(
        "end_of_life_days",
        "days",
        "lower",
        "vårddygn under de sista 90 dygnen i livet",
        "Days within 90 days before death (overlay). Deaths after the records end are unknown.",
    ),
    _total("admissions", "spells", "lower", "vårdtillfällen", "Hospital spells started."),
    _total("admissions_planned", "spells", "", "planerade vårdtillfällen", "Planned spells started."),
    _total("admissions_unplanned", "spells", "lower", "oplanerade vårdtillfällen", "Unplanned spells started."),
    _total(
        "admissions_direct",
        "spells",
        "",
        "direktinläggningar",
        "Unplanned spells started past the emergency department.",
    ),
    _total(
        "admissions_acs",
        "spells",
        "lower",
        "undvikbar slutenvård, vårdtillfällen",
        "Unplanned spells started with an ambulatory-care-sensitive main diagnosis.",
    ),
    _total(
        "admissions_preventable",
        "spells",
        "lower",
        "i princip förebyggbara vårdtillfällen",
        "Unplanned spells started whose hidden required level is the mobile team or lower.",
    ),
    _total(
        "admissions_harmed",
        "spells",
        "lower",
        "vårdtillfällen efter för låg vårdnivå",
        "Unplanned spells started late, after care at too low a level.",
    ),
    _total(
        "readmissions_30d",
        "spells",
        "lower",
        "oplanerade återinskrivningar inom 30 dygn",
        "Unplanned spells started less than 720 h after a live discharge; planned returns excluded.",
    ),
    _total("discharges", "spells", "", "avslutade vårdtillfällen", "Spells ended, alive or dead."),
    _total("discharges_alive", "spells", "", "utskrivningar i livet", "Spells ended by a live discharge."),
    _total(
        "index_discharges",
        "spells",
        "",
        "utskrivningar med 30 dygns uppföljning",
        "Live discharges at least 720 h before the end of the window.",
    ),
    _total(
        "index_discharges_readmitted",
        "spells",
        "lower",
        "utskrivningar följda av oplanerad återinskrivning",
        "index_discharges followed by an unplanned spell within 720 h; planned returns excluded.",
    ),
    _total(
        "stay_days",
        "days",
        "",
        "vårddygn i avslutade vårdtillfällen",
        "Whole length of the spells ended in the window.",
    ),
    _total("stays_under_48h", "spells", "", "vårdtillfällen under 48 timmar", "Spells ended, of less than 48 h."),
    _total("stays_over_14d", "spells", "", "vårdtillfällen över 14 dygn", "Spells ended, of more than 14 days."),
    _total(
        "days_register",
        "register days",
        "",
        "vårddagar enligt registermått",
        "Midnights of the spells ended in the window, at least 1 each; only for comparison with registers.",
    ),
    _total(
        "ready_episodes",
        "episodes",
        "",
        "utskrivningsklara, avslutade perioder",
        "Departures from hospital of clinically ready patients.",
    ),
    _total(
        "ready_same_day",
        "episodes",
        "higher",
        "hemgång samma dag",
        "ready_episodes that ended on the calendar day on which they began.",
    ),
    _total(
        "ready_long_episodes",
        "episodes",
        "lower",
        "utskrivningsklara minst ett dygn",
        "ready_episodes with at least one midnight.",
    ),
    _total(
        "ready_long_days",
        "register days",
        "lower",
        "dagar som utskrivningsklar, avslutade perioder",
        "Midnights from clinically ready to departure, of the ready_episodes.",
    ),
)

SPELL_RATIOS = (
    _ratio(
        "labelled_share",
        "share",
        "lower",
        ("labelled_days", "hospital_days"),
        "andel märkta som undvikbara",
        "labelled_days of hospital_days.",
    ),
    _ratio(
        "preventable_share",
        "share",
        "lower",
        ("preventable_days", "hospital_days"),
        "andel i princip förebyggbara",
        "preventable_days of hospital_days.",
    ),
    _ratio(
        "readmission_share",
        "share",
        "lower",
        ("index_discharges_readmitted", "index_discharges"),
        "återinskrivna inom 30 dygn",
        "Share of live discharges followed by an unplanned spell within 720 h.",
    ),
    _ratio(
        "preventable_admission_share",
        "share",
        "lower",
        ("admissions_preventable", "admissions_unplanned"),
        "andel i princip förebyggbara oplanerade vårdtillfällen",
        "admissions_preventable of admissions_unplanned.",
    ),
    _ratio(
        "stay_mean_days",
        "days",
        "lower",
        ("stay_days", "discharges"),
        "medelvårdtid",
        "Mean length of the spells ended.",
    ),
    _ratio(
        "stay_under_48h_share",
        "share",
        "",
        ("stays_under_48h", "discharges"),
        "andel vårdtillfällen under 48 timmar",
        "Share of the spells ended of less than 48 h.",
    ),
    _ratio(
        "stay_over_14d_share",
        "share",
        "",
        ("stays_over_14d", "discharges"),
        "andel vårdtillfällen över 14 dygn",
        "Share of the spells ended of more than 14 days.",
    ),
    _ratio(
        "ready_same_day_share",
        "share",
        "higher",
        ("ready_same_day", "ready_episodes"),
        "andel som lämnar sjukhuset samma dag",
        "Share of ready patients who depart on the day they are ready.",
    ),
    _ratio(
        "ready_mean_days",
        "days",
        "lower",
        ("ready_long_days", "ready_long_episodes"),
        "medeltid som utskrivningsklar",
        "Mean midnights from ready to departure; same-day departures excluded.",
    ),
)

READY_PAYMENT = (
    OutcomeInfo(
        "payment_days",
        "register days",
        "Days of ready patients for which the municipality pays: per municipality and month of departure, "
        "the days by which the mean of episodes of at least one day exceeds 3, times their number.",
        "dagar med kommunalt betalningsansvar",
        "lower",
        Source.DERIVED,
        margins=WHERE_AND_WHEN,
    ),
    OutcomeInfo(
        "ready_payment_sek",
        "SEK",
        "payment_days at the statutory amount, from municipality to region.",
        "kommunal betalning för utskrivningsklara",
        "lower",
        Source.DERIVED,
        margins=WHERE_AND_WHEN,
    ),
)

# --- contacts -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Visit:
    """A kind of contact that is counted when it begins."""

    name: str
    kind: Kind
    swedish: str
    english: str


VISITS = (
    Visit("digital_visits", Kind.DIGITAL_VISIT, "digitala besök", "Digital visits"),
    Visit(
        "nurse_visits",
        Kind.NURSE_VISIT,
        "sköterskebesök på hälsocentral",
        "Nurse visits at the health centre",
    ),
    Visit("gp_visits", Kind.GP_VISIT, "läkarbesök på hälsocentral", "Doctor visits at the health centre"),
    Visit("gp_home_visits", Kind.GP_HOME_VISIT, "läkarhembesök", "Home visits by the health-centre doctor"),
    Visit(
        "home_nurse_visits",
        Kind.HOME_NURSE_VISIT,
        "oplanerade hemsjukvårdsbesök",
        "Unplanned home-nurse visits",
    ),
    Visit(
        "team_nurse_visits",
        Kind.TEAM_NURSE_VISIT,
        "mobila teamets sköterskebesök",
        "Mobile-team nurse visits",
    ),
    Visit("team_doctor_visits", Kind.TEAM_DOCTOR_VISIT, "mobila teamets läkarbesök", "Mobile-team doctor visits"),
    Visit(
        "home_treatments",
        Kind.HOME_TREATMENT,
        "behandling i hemmet i stället för sjukhus",
        "Treatments at home",
    ),
    Visit("proactive_visits", Kind.PROACTIVE_VISIT, "proaktiva besök", "Proactive visits"),
    Visit("consults", Kind.CONSULT, "distanskonsultationer", "Specialist consults at a distance"),
    Visit("alarms", Kind.ALARM, "larm från egenmonitorering", "Alarms of remote monitoring"),
    Visit("ambulances", Kind.AMBULANCE, "ambulansuppdrag", "Ambulance assignments"),
    Visit(
        "specialist_visits",
        Kind.SPECIALIST_VISIT,
        "besök på specialistmottagning",
        "Visits at specialist clinics",
    ),
    Visit("day_treatments", Kind.DAY_TREATMENT, "dagkirurgi och dagsjukvård", "Day surgery and day treatments"),
    Visit("rehabilitations", Kind.REHABILITATION, "rehabilitering, perioder", "Rehabilitation periods begun"),
    Visit(
        "rounds",
        Kind.ROUND,
        "läkarronder på korttid",
        "Patients seen at doctor's rounds at short-term places",
    ),
    Visit("palliative_visits", Kind.PALLIATIVE_VISIT, "palliativa hembesök", "Visits of the palliative team"),
    Visit("enrolments", Kind.ENROLMENT, "inskrivningar i mobilt team", "Enrolments in the mobile team"),
    Visit("homecoming_periods", Kind.HOMECOMING, "perioder med trygg hemgång", "Safe-homecoming periods begun"),
    Visit("home_help_starts", Kind.HOME_HELP_START, "starter av hemtjänst", "Home help started or increased"),
    Visit(
        "short_term_moves",
        Kind.SHORT_TERM_STAY,
        "inflyttningar på korttidsplats",
        "Moves to short-term places",
    ),
    Visit("frequent_attenders", Kind.FREQUENT_ATTENDER, "mångbesökare som mötts", "Frequent attenders met"),
)

HOME_VISITS = (
    Kind.GP_HOME_VISIT,
    Kind.HOME_NURSE_VISIT,
    Kind.TEAM_NURSE_VISIT,
    Kind.TEAM_DOCTOR_VISIT,
    Kind.PROACTIVE_VISIT,
    Kind.PALLIATIVE_VISIT,
)
"""Visits in the home. Their rows hold travel and visit together, or the detail holds the way there."""

DOCTOR_VISITS = (Kind.GP_VISIT, Kind.GP_HOME_VISIT, Kind.TEAM_DOCTOR_VISIT)
"""Visits to a doctor in primary care, of which continuity is measured; reviews at a doctor's unit come to
them."""

CONTACTS = (
    _total("phone_1177_calls", "calls", "", "samtal till 1177", "First calls to 1177, reached or not."),
    _total(
        "phone_1177_reached",
        "calls",
        "higher",
        "besvarade samtal till 1177",
        "Calls to 1177 that were reached.",
    ),
    _total(
        "phone_centre_calls",
        "calls",
        "",
        "samtal till hälsocentral",
        "First calls to the health centre, reached the same day or not.",
    ),
    _total(
        "phone_centre_reached",
        "calls",
        "higher",
        "samtal till hälsocentral som nås samma dag",
        "Calls to the health centre reached the same day, call-back included.",
    ),
    *(_total(v.name, "contacts", "", v.swedish, f"{v.english}, by when they begin.") for v in VISITS),
    _total(
        "reviews",
        "contacts",
        "",
        "årskontroller",
        "Planned reviews of chronic conditions, by when they begin.",
    ),
    _total("reviews_doctor", "contacts", "", "årskontroller hos läkare", "reviews by a doctor."),
    _total("reviews_nurse", "contacts", "", "årskontroller hos sköterska", "reviews by a nurse."),
    _total(
        "doctor_visits",
        "visits",
        "",
        "läkarbesök i primärvård",
        "gp_visits, gp_home_visits, team_doctor_visits and reviews_doctor.",
    ),
    _total(
        "doctor_visits_known",
        "visits",
        "higher",
        "läkarbesök hos känd läkare",
        "doctor_visits at which the doctor knew the patient.",
    ),
    _total(
        "three_day_assessed",
        "visits",
        "higher",
        "medicinska bedömningar inom tre dagar",
        "Nurse and doctor visits at the health centre that began within 3 x 24 h of being asked for.",
    ),
    _total(
        "three_day_asked",
        "visits",
        "",
        "medicinska bedömningar, begärda",
        "Nurse and doctor visits at the health centre that began or were given up; planned reviews excluded.",
    ),
    _total(
        "home_visit_hours",
        "hours",
        "",
        "tid för hembesök med resor",
        "Time of doctors and nurses for visits in the home, travel included, by when they begin.",
    ),
    _total(
        "home_treatment_days",
        "days",
        "",
        "dygn med behandling i hemmet",
        "Time under treatment at home instead of hospital.",
    ),
    _total("homecoming_days", "days", "", "dygn med trygg hemgång", "Time in safe-homecoming periods."),
    _total("enrolled_days", "days", "", "dygn som inskriven i mobilt team", "Time enrolled in the mobile team."),
    _total("false_alarms", "contacts", "lower", "falsklarm", "Alarms that proved false."),
    _total("found_needs", "contacts", "", "upptäckta behov", "Proactive visits that found an unmet need."),
    _total(
        "ambulance_left_at_home",
        "contacts",
        "",
        "ambulans: ej transporterade",
        "Ambulance assignments that left the person at home.",
    ),
    _total(
        "postponed_admissions",
        "events",
        "lower",
        "inställda planerade inläggningar",
        "Planned admissions postponed for lack of beds.",
    ),
    _total("emergency_visits", "visits", "lower", "akutbesök", "Arrivals at the emergency department."),
    _total("emergency_closed", "visits", "", "avslutade akutbesök", "emergency_visits that have ended."),
    _total(
        "emergency_admitted",
        "visits",
        "",
        "akutbesök med inläggning",
        "emergency_closed that ended in admission.",
    ),
    _total("emergency_left", "visits", "lower", "avvikna", "emergency_closed that left without being seen."),
    _total(
        "emergency_under_4h",
        "visits",
        "higher",
        "akutbesök inom fyra timmar",
        "emergency_closed of less than 4 h in all.",
    ),
    _total(
        "emergency_after_failure",
        "visits",
        "lower",
        "akutbesök efter misslyckat försök i primärvård",
        "emergency_visits after a failed attempt to reach primary care.",
    ),
)

CONTACT_RATIOS = (
    _ratio(
        "phone_share",
        "share",
        "higher",
        ("phone_centre_reached", "phone_centre_calls"),
        "telefontillgänglighet, hälsocentral",
        "Share of calls to the health centre reached the same day.",
    ),
    _ratio(
        "phone_1177_share",
        "share",
        "higher",
        ("phone_1177_reached", "phone_1177_calls"),
        "telefontillgänglighet, 1177",
        "Share of calls to 1177 reached.",
    ),
    _ratio(
        "three_day_share",
        "share",
        "higher",
        ("three_day_assessed", "three_day_asked"),
        "medicinsk bedömning inom tre dagar",
        "Share assessed by a licensed professional within 3 x 24 h.",
    ),
    _ratio(
        "continuity_share",
        "share",
        "higher",
        ("doctor_visits_known", "doctor_visits"),
        "läkarkontinuitet, andel besök",
        "Share of doctor_visits at which the doctor knew the patient.",
    ),
    _ratio(
        "emergency_admitted_share",
        "share",
        "",
        ("emergency_admitted", "emergency_closed"),
        "andel akutbesök med inläggning",
        "Share of emergency visits that end in admission.",
    ),
    _ratio(
        "emergency_under_4h_share",
        "share",
        "higher",
        ("emergency_under_4h", "emergency_closed"),
        "andel akutbesök inom fyra timmar",
        "Share of emergency visits of less than 4 h.",
    ),
    _ratio(
        "emergency_after_failure_share",
        "share",
        "lower",
        ("emergency_after_failure", "emergency_visits"),
        "andel akutbesök efter misslyckat försök i primärvård",
        "Share of emergency visits after a failed attempt to reach primary care.",
    ),
    _ratio(
        "ambulance_left_at_home_share",
        "share",
        "",
        ("ambulance_left_at_home", "ambulances"),
        "andel ej transporterade",
        "Share of ambulance assignments that left the person at home.",
    ),
)

FREQUENT_VISITORS = (
    OutcomeInfo(
        "frequent_visitors",
        "persons",
        "People with at least 3 doctor_visits in the window.",
        "flerbesökare i primärvård",
        "",
        Source.DERIVED,
        margins=("group", "segment", "municipality"),
    ),
    OutcomeInfo(
        "frequent_visitors_known",
        "persons",
        "frequent_visitors whom the doctor knew at more than half of their visits.",
        "flerbesökare med läkarkontinuitet",
        "higher",
        Source.DERIVED,
        margins=("group", "segment", "municipality"),
    ),
    _ratio(
        "continuity_indicator",
        "share",
        "higher",
        ("frequent_visitors_known", "frequent_visitors"),
        "läkarkontinuitet, nationellt mått",
        "Share of people with at least 3 doctor_visits who meet a known doctor at more than half of them.",
        margins=("group", "segment", "municipality"),
    ),
)

# --- times --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Timed:
    """A time from the record: from asked to started, or to ended, by the month in which it is over."""

    name: str
    kinds: tuple[Kind, ...]
    unit: str
    swedish: str
    english: str
    until_end: bool = False
    needs: tuple[NeedType, ...] = ()


TIMES = (
    Timed("wait_phone_1177", (Kind.PHONE_1177,), "minutes", "väntan, 1177", "from call to answer at 1177"),
    Timed(
        "wait_phone_centre",
        (Kind.PHONE_CENTRE,),
        "minutes",
        "väntan, hälsocentralens telefon",
        "from call to answer or call-back at the health centre",
    ),
    Timed("wait_nurse_visit", (Kind.NURSE_VISIT,), "hours", "väntan, sköterskebesök", "to a nurse visit"),
    Timed(
        "wait_gp_visit",
        (Kind.GP_VISIT,),
        "hours",
        "väntan, läkarbesök",
        "to a doctor visit at the health centre",
    ),
    Timed(
        "wait_gp_home_visit",
        (Kind.GP_HOME_VISIT,),
        "hours",
        "väntan, läkarhembesök",
        "to a doctor's home visit",
    ),
    Timed("wait_home_nurse", (Kind.HOME_NURSE_VISIT,), "hours", "väntan, hemsjukvård", "to a home-nurse visit"),
    Timed(
        "wait_team_nurse",
        (Kind.TEAM_NURSE_VISIT,),
        "hours",
        "väntan, teamets sköterska",
        "to the team's nurse",
    ),
    Timed(
        "wait_team_doctor",
        (Kind.TEAM_DOCTOR_VISIT,),
        "hours",
        "väntan, teamets läkare",
        "to the team's doctor",
    ),
    Timed(
        "wait_palliative",
        (Kind.PALLIATIVE_VISIT,),
        "hours",
        "väntan, palliativt team",
        "to the palliative team",
    ),
    Timed("wait_consult", (Kind.CONSULT,), "hours", "väntan, distanskonsultation", "to the answer of a consult"),
    Timed("wait_enrolment", (Kind.ENROLMENT,), "days", "väntan, inskrivning i team", "to enrolment in the team"),
    Timed(
        "wait_ambulance",
        (Kind.AMBULANCE,),
        "minutes",
        "ambulansens framkomsttid",
        "from call to ambulance arrival",
    ),
    Timed(
        "wait_emergency",
        (Kind.EMERGENCY_VISIT,),
        "minutes",
        "tid till läkare på akuten",
        "from arrival to doctor",
    ),
    Timed(
        "emergency_time",
        (Kind.EMERGENCY_VISIT,),
        "minutes",
        "total vistelsetid på akuten",
        "from arrival at the emergency department to leaving it",
        until_end=True,
    ),
    Timed(
        "wait_bed",
        (Kind.STAY,),
        "hours",
        "väntan på vårdplats",
        "from unplanned admission decision to the bed",
    ),
    Timed("wait_planning", (Kind.PLANNING,), "hours", "väntan, utskrivningsplanering", "to discharge planning"),
    Timed("wait_home_help", (Kind.HOME_HELP_START,), "hours", "väntan, hemtjänst", "to the start of home help"),
    Timed("wait_short_term", (Kind.SHORT_TERM_STAY,), "hours", "väntan, korttidsplats", "to a short-term place"),
    Timed("wait_homecoming", (Kind.HOMECOMING,), "hours", "väntan, trygg hemgång", "to safe homecoming"),
    Timed(
        "wait_specialist",
        (Kind.SPECIALIST_VISIT,),
        "days",
        "väntan, specialistbesök",
        "to a specialist visit",
    ),
    Timed("wait_day_treatment", (Kind.DAY_TREATMENT,), "days", "väntan, dagkirurgi", "to day treatment"),
    Timed("wait_rehabilitation", (Kind.REHABILITATION,), "days", "väntan, rehabilitering", "to rehabilitation"),
    Timed(
        "wait_first_contact",
        (Kind.NEED,),
        "hours",
        "tid till första kontakt",
        "from the onset of a deterioration or exacerbation to the first contact",
        needs=(NeedType.EXACERBATION, NeedType.DETERIORATION),
    ),
)


def _times(timed: Timed) -> Iterable[OutcomeInfo]:
    """Total, count, mean, median and 90th percentile of a time."""
    name, unit, what = timed.name, timed.unit, timed.english
    what = what if what.startswith("from ") else f"from asking {what}"
    yield _total(f"{name}_total", unit, "lower", f"{timed.swedish}, summa", f"Sum of times {what}.")
    yield _total(f"{name}_count", "contacts", "", f"{timed.swedish}, antal", f"Number of times {what}.")
    yield _ratio(
        f"{name}_mean",
        unit,
        "lower",
        (f"{name}_total", f"{name}_count"),
        f"{timed.swedish}, medel",
        f"Mean time {what}.",
    )
    for part, word, swedish in (
        ("median", "Median", "median"),
        ("p90", "90th percentile of the", "90:e percentil"),
    ):
        yield OutcomeInfo(
            f"{name}_{part}",
            unit,
            f"{word} time {what}.",
            f"{timed.swedish}, {swedish}",
            "lower",
            Source.QUANTILE,
            UNITS[unit],
        )


# --- needs and people ---------------------------------------------------------------------------------------

NEED_NAMES = ("needs_simple", "needs_complicated", "needs_exacerbation", "needs_deterioration")
"""Accepted needs by NeedType."""

NEEDS = (
    _total("needs_simple", "needs", "", "enkla behov", "Accepted simple needs, by onset."),
    _total("needs_complicated", "needs", "", "komplicerade behov", "Accepted complicated needs, by onset."),
    _total("needs_exacerbation", "needs", "", "exacerbationer", "Accepted exacerbations, by onset."),
    _total("needs_deterioration", "needs", "", "försämringar", "Accepted deteriorations, by onset."),
    _total(
        "suppressed_needs",
        "needs",
        "",
        "undertryckta behov",
        "Candidate needs that fell in an open episode or stay.",
    ),
    _total("prevented_needs", "needs", "higher", "förebyggda försämringar", "Needs cancelled by a review before."),
    _total(
        "worsenings_ended",
        "needs",
        "",
        "avslutade försämringar och exacerbationer",
        "Deteriorations and exacerbations that ended.",
    ),
    _total(
        "worsenings_admitted",
        "needs",
        "lower",
        "försämringar och exacerbationer med inläggning",
        "worsenings_ended from which a hospital spell came.",
    ),
    _ratio(
        "worsenings_admitted_share",
        "share",
        "lower",
        ("worsenings_admitted", "worsenings_ended"),
        "andel försämringar med inläggning",
        "Share of deteriorations and exacerbations from which a hospital spell came.",
    ),
)

PEOPLE = (
    _total(
        "person_years",
        "person-years",
        "",
        "levda personår",
        "Time alive in the region, by group, segment and month at that time.",
    ),
    _total(
        "days_alive_at_home",
        "days",
        "higher",
        "dagar i livet hemma",
        "Time alive, not in hospital, at a short-term place or in special housing.",
    ),
    _total(
        "special_housing_days",
        "days",
        "",
        "dygn i särskilt boende",
        "Time living in special housing, days in hospital included (the place is kept).",
    ),
    OutcomeInfo(
        "home_help_hours",
        "hours",
        "Hours of home help: the weekly hours of the person at the start, while at home.",
        "hemtjänsttimmar",
        divisor=60.0 * WEEK,  # kept in seconds at home x minutes a week
    ),
    _total("short_term_days", "days", "", "dygn på korttidsplats", "Time at short-term places."),
    _total(
        "special_housing_moves",
        "moves",
        "",
        "inflyttningar i särskilt boende",
        "Moves to special housing.",
    ),
    _total("deaths", "deaths", "lower", "dödsfall", "Deaths."),
    _total(
        "deaths_hospital",
        "deaths",
        "",
        "dödsfall på sjukhus",
        "Deaths on a ward, at a sjukstuga or in the emergency department.",
    ),
    _ratio(
        "death_rate",
        "per 1,000 person-years",
        "lower",
        ("deaths", "person_years"),
        "dödstal",
        "deaths per 1,000 person_years.",
        factor=1000.0,
    ),
    _ratio(
        "special_housing_share",
        "share",
        "",
        ("special_housing_days", "person_days"),
        "andel i särskilt boende",
        "special_housing_days of the time alive.",
    ),
    _ratio(
        "at_home_share",
        "share",
        "higher",
        ("days_alive_at_home", "person_days"),
        "andel av tiden i livet hemma",
        "days_alive_at_home of the time alive.",
    ),
    _total("person_days", "days", "", "levda persondygn", "person_years in days."),
)

PER_PERSON_YEAR = (
    ("hospital_days", "vårddygn"),
    ("labelled_days", "märkta som undvikbara vårddygn"),
    ("preventable_days", "i princip förebyggbara vårddygn"),
    ("ready_days", "vårddygn som utskrivningsklar"),
    ("admissions_unplanned", "oplanerade vårdtillfällen"),
    ("admissions", "vårdtillfällen"),
    ("emergency_visits", "akutbesök"),
    ("doctor_visits", "läkarbesök i primärvård"),
    ("phone_1177_calls", "samtal till 1177"),
    ("days_alive_at_home", "dagar i livet hemma"),
    ("short_term_days", "dygn på korttidsplats"),
)
"""Totals also given per person-year alive."""

# --- capacity -----------------------------------------------------------------------------------------------

SERVICE_SWEDISH: Mapping[Service, str] = MappingProxyType(
    {
        Service.PHONE_1177: "1177",
        Service.CENTRE_PHONE: "hälsocentralens telefon",
        Service.CENTRE_NURSE: "sköterska på hälsocentral",
        Service.GP: "läkare på hälsocentral",
        Service.HOME_NURSE: "hemsjukvård",
        Service.HOME_HELP: "hemtjänst, starter",
        Service.PLANNER: "utskrivningsplanering",
        Service.SHORT_TERM: "korttidsplatser",
        Service.HOMECOMING: "trygg hemgång",
        Service.TEAM_NURSE: "mobilt team, sköterska",
        Service.TEAM_DOCTOR: "mobilt team, läkare",
        Service.PLACE_MOST_ILL: "teamplatser, mest sjuka",
        Service.PLACE_FAILING: "teamplatser, periodvis sviktande",
        Service.AMBULANCE: "ambulans",
        Service.EMERGENCY_PLACE: "akutmottagning, platser",
        Service.EMERGENCY_DOCTOR: "akutmottagning, läkare",
        Service.WARD_MEDICINE: "vårdplatser medicin",
        Service.WARD_SURGERY: "vårdplatser kirurgi",
        Service.EXTRA_MEDICINE: "överbeläggningsplatser medicin",
        Service.EXTRA_SURGERY: "överbeläggningsplatser kirurgi",
        Service.SPECIALIST: "specialistmottagning",
        Service.DAY_UNIT: "dagkirurgi och dagsjukvård",
        Service.CONSULT: "distanskonsultation",
        Service.MONITORING: "egenmonitorering",
        Service.ATTENDER_TEAM: "mångbesöksteam",
        Service.PALLIATIVE: "palliativt team",
        Service.SJUKSTUGA: "sjukstuga",
        Service.REHABILITATION: "rehabilitering",
    }
)


def _capacity(name: str, unit: str, better: str, swedish: str, definition: str, divisor: float = 1.0) -> OutcomeInfo:
    """A sum over the accumulators of units."""
    return OutcomeInfo(name, unit, definition, swedish, better, Source.CAPACITY, divisor, margins=WHERE_AND_WHEN)


def _service(service: Service) -> Iterable[OutcomeInfo]:
    """Use, capacity and queue of a service."""
    name, word, swedish = (
        service.name.lower(),
        service.name.lower().replace("_", " "),
        SERVICE_SWEDISH[service],
    )
    hour = float(HOUR)
    yield _capacity(f"used_hours_{name}", "hours", "", f"{swedish}, använda", f"Unit-hours of {word} in use.", hour)
    yield _capacity(f"capacity_hours_{name}", "hours", "", f"{swedish}, öppna", f"Unit-hours of {word} open.", hour)
    yield _capacity(f"queue_hours_{name}", "hours", "lower", f"{swedish}, kö", f"Hours waited for {word}.", hour)
    yield _capacity(f"requests_{name}", "requests", "", f"{swedish}, förfrågningar", f"Requests for {word}.")
    yield _ratio(
        f"utilisation_{name}",
        "share",
        "",
        (f"used_hours_{name}", f"capacity_hours_{name}"),
        f"{swedish}, nyttjandegrad",
        f"Use of {word} per unit open; may exceed 1 while a reduced capacity drains.",
        margins=WHERE_AND_WHEN,
    )
    yield _ratio(
        f"queue_mean_{name}",
        "hours",
        "lower",
        (f"queue_hours_{name}", f"requests_{name}"),
        f"{swedish}, medelväntan",
        f"Hours waited per request for {word}, those given up included.",
        margins=WHERE_AND_WHEN,
    )


BEDS = (
    _capacity(
        "staffed_bed_days",
        "days",
        "",
        "disponibla vårdplatsdygn",
        "Staffed beds of the wards x time.",
        float(DAY),
    ),
    _capacity(
        "occupied_bed_days",
        "days",
        "",
        "belagda vårdplatsdygn",
        "Beds of the wards in use x time, extra beds and patients from outside included.",
        float(DAY),
    ),
    _capacity(
        "extra_bed_days",
        "days",
        "lower",
        "överbeläggningsdygn",
        "Extra (overcrowding) beds in use x time.",
        float(DAY),
    ),
    _capacity("staffed_bed_days_medicine", "days", "", "disponibla dygn, medicin", "Of medicine.", float(DAY)),
    _capacity("occupied_bed_days_medicine", "days", "", "belagda dygn, medicin", "Of medicine.", float(DAY)),
    _capacity("staffed_bed_days_surgery", "days", "", "disponibla dygn, kirurgi", "Of surgery.", float(DAY)),
    _capacity("occupied_bed_days_surgery", "days", "", "belagda dygn, kirurgi", "Of surgery.", float(DAY)),
    _ratio(
        "occupancy",
        "share",
        "",
        ("occupied_bed_days", "staffed_bed_days"),
        "beläggningsgrad",
        "Occupied per staffed bed, extra beds in the numerator only.",
        margins=WHERE_AND_WHEN,
    ),
    _ratio(
        "occupancy_medicine",
        "share",
        "",
        ("occupied_bed_days_medicine", "staffed_bed_days_medicine"),
        "beläggningsgrad, medicin",
        "Occupancy of medicine with geriatrics.",
        margins=WHERE_AND_WHEN,
    ),
    _ratio(
        "occupancy_surgery",
        "share",
        "",
        ("occupied_bed_days_surgery", "staffed_bed_days_surgery"),
        "beläggningsgrad, kirurgi",
        "Occupancy of surgery with everything else.",
        margins=WHERE_AND_WHEN,
    ),
    _ratio(
        "overcrowding_per_100",
        "per 100 beds",
        "lower",
        ("extra_bed_days", "staffed_bed_days"),
        "överbeläggningar per 100 disponibla vårdplatser",
        "Patients in extra beds per 100 staffed beds, time average.",
        factor=100.0,
        margins=WHERE_AND_WHEN,
    ),
    _ratio(
        "outlying_per_100",
        "per 100 beds",
        "lower",
        ("outlying_days", "staffed_bed_days"),
        "utlokaliserade per 100 disponibla vårdplatser",
        "Residents in another ward's bed per 100 staffed beds, time average.",
        factor=100.0,
        margins=("period",),
    ),
)

# --- cost and concentration ---------------------------------------------------------------------------------

COSTS = (
    OutcomeInfo(
        "cost_region_sek",
        "SEK",
        "Care paid by the region at the prices of the scenario.",
        "regionens kostnad",
        "lower",
        Source.DERIVED,
    ),
    OutcomeInfo(
        "cost_municipality_sek",
        "SEK",
        "Care paid by the municipalities at the prices of the scenario.",
        "kommunernas kostnad",
        "lower",
        Source.DERIVED,
    ),
    OutcomeInfo(
        "cost_total_sek",
        "SEK",
        "cost_region_sek and cost_municipality_sek.",
        "total kostnad",
        "lower",
        Source.DERIVED,
    ),
    OutcomeInfo(
        "staff_cost_sek",
        "SEK",
        "Staffed hours of mobile, palliative and coordination teams, monitoring and specialist support; in "
        "cost_region_sek, but not in its groups, segments and municipalities.",
        "kostnad för teamens bemanning",
        "lower",
        Source.DERIVED,
        margins=("period",),
    ),
    OutcomeInfo(
        "access_payment_sek",
        "SEK",
        "Paid by the region to health centres for calls answered the same day; not in cost_region_sek.",
        "ersättning för tillgänglighet",
        "lower",
        Source.DERIVED,
        margins=("municipality",),
    ),
    OutcomeInfo(
        "cost_region_net_sek",
        "SEK",
        "cost_region_sek and pay for access, less what municipalities pay for ready patients.",
        "regionens kostnad, netto",
        "lower",
        Source.DERIVED,
        margins=WHERE_AND_WHEN,
    ),
    OutcomeInfo(
        "cost_municipality_net_sek",
        "SEK",
        "cost_municipality_sek and what municipalities pay for ready patients.",
        "kommunernas kostnad, netto",
        "lower",
        Source.DERIVED,
        margins=WHERE_AND_WHEN,
    ),
)


def _concentration(name: str, swedish: str, definition: str) -> OutcomeInfo:
    """A share taken by the largest users, chosen afterwards."""
    return OutcomeInfo(name, "share", definition, swedish, "", Source.DERIVED, margins=())


CONCENTRATION = (
    _concentration(
        "days_top5_share",
        "vårddygn, de 5 % med flest",
        "Hospital days of the 5 % of people alive with most of them.",
    ),
    _concentration(
        "days_top3_share",
        "vårddygn, de 3 % med flest",
        "Hospital days of the 3 % of people alive with most of them.",
    ),
    _concentration("cost_top5_share", "kostnad, de 5 % dyraste", "Cost of the costliest 5 % of people alive."),
    _concentration("cost_top3_share", "kostnad, de 3 % dyraste", "Cost of the costliest 3 % of people alive."),
    _concentration(
        "cost_top5_users_share",
        "kostnad, de 5 % dyraste bland vårdtagare",
        "Cost of the costliest 5 % of people who had any cost.",
    ),
)

# --- strata: by age, and direct against spill-over ----------------------------------------------------------

BY_AGE = (
    "hospital_days",
    "labelled_days",
    "preventable_days",
    "ready_days",
    "admissions",
    "admissions_planned",
    "admissions_unplanned",
    "admissions_preventable",
    "index_discharges",
    "index_discharges_readmitted",
    "emergency_visits",
    "emergency_closed",
    "emergency_admitted",
    "phone_1177_calls",
    "days_alive_at_home",
    "deaths",
    "person_years",
)
"""Totals also given for people aged 65 and over, and 80 and over."""

BY_AGE_RATIOS = (
    "readmission_share",
    "preventable_admission_share",
    "emergency_admitted_share",
    "hospital_days_per_person_year",
    "labelled_days_per_person_year",
    "admissions_unplanned_per_person_year",
    "admissions_per_person_year",
    "emergency_visits_per_person_year",
    "phone_1177_calls_per_person_year",
)

BY_DIRECT = (
    "hospital_days",
    "labelled_days",
    "preventable_days",
    "ready_days",
    "admissions_unplanned",
    "emergency_visits",
    "days_alive_at_home",
    "deaths",
    "person_years",
)
"""Totals also given for the enrolled (direct) and for everybody else (spill-over)."""

BY_DIRECT_RATIOS = ("hospital_days_per_person_year", "labelled_days_per_person_year")

AGE_SUFFIXES = MappingProxyType(
    {
        "_65": ("people aged 65 and over", "65 år och äldre"),
        "_80": ("people aged 80 and over", "80 år och äldre"),
    }
)
DIRECT_SUFFIXES = MappingProxyType(
    {
        "_direct": ("people ever enrolled in any arm", "inskrivna"),
        "_spillover": ("people never enrolled in any arm", "ej inskrivna"),
    }
)
QUANTILES_BY_AGE = ("emergency_time_median", "emergency_time_p90", "wait_emergency_median")
"""Quantiles also given for people aged 65 and over, and 80 and over."""


def _of_stratum(info: OutcomeInfo, suffix: str, english: str, swedish: str) -> OutcomeInfo:
    """An outcome for some people only; given without margins."""
    ratio = info.source is Source.RATIO
    return OutcomeInfo(
        info.name + suffix,
        info.unit,
        f"{info.name} of {english}.",
        f"{info.swedish}, {swedish}",
        info.better,
        info.source,
        info.divisor,
        info.numerator + suffix if ratio else "",
        info.denominator + suffix if ratio else "",
        info.factor,
        (),
        suffix,
    )


def _per_person_year() -> Iterable[OutcomeInfo]:
    """Rates by time alive."""
    known = {info.name: info for info in (*SPELLS, *CONTACTS, *PEOPLE)}
    for name, swedish in PER_PERSON_YEAR:
        info = known[name]
        yield _ratio(
            f"{name}_per_person_year",
            f"{info.unit} per person-year",
            info.better,
            (name, "person_years"),
            f"{swedish} per personår",
            f"{name} per person-year alive.",
        )


def _registry() -> dict[str, OutcomeInfo]:
    """All outcomes, in the order of the tables."""
    infos: list[OutcomeInfo] = [*SPELLS, *SPELL_RATIOS, *READY_PAYMENT, *CONTACTS, *CONTACT_RATIOS]
    infos += FREQUENT_VISITORS
    for timed in TIMES:
        infos += _times(timed)
    infos += [*NEEDS, *PEOPLE, *_per_person_year(), *BEDS]
    for service in Service:
        infos += _service(service)
    infos += [*COSTS, *CONCENTRATION]
    known = {info.name: info for info in infos}
    for suffix, words in AGE_SUFFIXES.items():
        infos += [_of_stratum(known[name], suffix, *words) for name in BY_AGE + BY_AGE_RATIOS + QUANTILES_BY_AGE]
    for suffix, words in DIRECT_SUFFIXES.items():
        infos += [_of_stratum(known[name], suffix, *words) for name in BY_DIRECT + BY_DIRECT_RATIOS]
    return {info.name: info for info in infos}


OUTCOMES: Mapping[str, OutcomeInfo] = MappingProxyType(_registry())
"""Every outcome by name, in the order of the tables."""

TOTALS = tuple(name for name, info in OUTCOMES.items() if info.source is Source.TOTAL and not info.stratum)
"""The sums over cells, in the order of the tally."""
