"""Every word of figures, tables and pages, in English with the Swedish term of the field.

A report in another language is another module with the same names (``words_sv``); ``sim.report.language`` hands out
those of the language asked for. Swedish terms of outcomes come from the registry of outcomes; those here belong to
what the registry does not hold.
"""

from __future__ import annotations

from typing import NamedTuple

from sim.outcomes.daily import SERIES as DAILY_SERIES
from sim.outcomes.names import OUTCOMES
from sim.outcomes.transient import VERDICTS

LANGUAGE = "en"
THOUSANDS = ","
DECIMAL = "."
TO = "to"
NONE = "–"
NOT_A_RESULT = "its files are not those of a result"
PER_CENT = "%"
MILLION_SEK = "SEK million"
ALL = "Everybody"


class Term(NamedTuple):
    """A word and its Swedish term."""

    text: str
    swedish: str = ""


class Counted(NamedTuple):
    """What is counted: one of it, and more."""

    one: str
    many: str


UNITS = {"share": "%", "SEK": "SEK million", "register days": "days", "spells": "admissions"}

GOVERNANCES = {"current": "Current", "coordinated": "Coordinated"}


def governance(name: str) -> str:
    """A governance as it is called in text and legends."""
    return GOVERNANCES.get(name, name.replace("_", " ").capitalize())


def told(text: str) -> str:
    """Words of a scenario, its title or a note, as they are told in this language."""
    return text


GROUPS = {
    "simple": Term("Simple needs", "enkla"),
    "complicated": Term("Complicated", "komplicerade"),
    "chronic": Term("Chronic", "kroniska"),
    "multi_ill": Term("Multi-ill", "multisjuka"),
}
SEGMENTS = {
    "most_ill": Term("Most ill", "mest sjuka"),
    "failing": Term("Periodically failing", "periodvis sviktande"),
    "risk": Term("Risk group", "riskgrupper"),
    "other": Term("Others of all ages", "övriga"),
}
MARGINS = {
    "all": Term("All", "samtliga"),
    "group": Term("LHC group", "LHC-grupp"),
    "segment": Term("Need segment", "behovssegment"),
    "municipality": Term("Municipality", "kommun"),
}

CLASSES = {
    "ready_days": Term("Ready for discharge", "utskrivningsklar"),
    "readmission_days": Term("Readmission within 30 days", "återinskrivning"),
    "acs_days": Term("Ambulatory-care sensitive", "undvikbar slutenvård"),
    "short_stay_days": Term("Unplanned, under 48 h", "kort vårdtillfälle"),
    "other_days": Term("Other, planned included", "övriga"),
}
LABELLED = "labelled avoidable"

LABELS = {
    "hospital_days": "Hospital days",
    "ready_days": "1 Ready for discharge",
    "readmission_days": "2 Readmission within 30 days",
    "acs_days": "3 Ambulatory-care sensitive",
    "short_stay_days": "4 Unplanned, under 48 h",
    "other_days": "5 Other, planned included",
    "labelled_days": "Labelled avoidable (1-4)",
    "preventable_days": "Preventable in principle",
    "preventable_or_ready_days": "Preventable in principle, or ready",
    "admissions": "Admissions",
    "admissions_unplanned": "Unplanned admissions",
    "admissions_harmed": "Admitted late, after too low a level",
    "readmissions_30d": "Unplanned readmissions within 30 days",
    "readmission_share": "Discharges followed by a readmission",
    "emergency_visits": "Emergency department visits",
    "emergency_time_median": "Time in the department, median",
    "ready_mean_days": "Days ready, mean of a day or more",
    "ready_same_day_share": "Ready and gone the same day",
    "overcrowding_per_100": "Overcrowding",
    "deaths": "Deaths",
    "days_alive_at_home": "Days alive at home",
    "short_term_days": "Days at short-term places",
    "special_housing_days": "Days in special housing",
    "home_help_hours": "Hours of home help",
    "doctor_visits": "Doctor visits in primary care",
    "home_visit_hours": "Hours of home visits, travel included",
    "cost_region_sek": "Region",
    "cost_municipality_sek": "Municipalities",
    "ready_payment_sek": "Municipal payment for ready patients",
    "cost_total_sek": "Together",
}
"""Outcomes in tables."""


def outcome(name: str) -> Term:
    """An outcome as it is called in a table, with the Swedish term of the registry."""
    return Term(LABELS.get(name, name.replace("_", " ").capitalize()), OUTCOMES[name].swedish)


# --- the three quantities -----------------------------------------------------------------------------------

QUANTITIES_TITLE = "Three quantities that are never to be mixed up"
QUANTITIES_HEADS = ("", "hospital days", "95 % interval", "of all", "what it is")
QUANTITIES = {
    "labelled": Term("Labelled avoidable", "märkta som undvikbara"),
    "preventable": Term("Preventable in principle", "i princip förebyggbara"),
    "avoided": Term("Truly avoided", "faktiskt undvikna"),
}
QUANTITY_IS = {
    "labelled": "a label: {first}, days that rules of a register mark",
    "preventable": "an upper bound of what a team can take over: {first}",
    "avoided": "an effect: {first} minus {last}, same people",
}

# --- the table ----------------------------------------------------------------------------------------------

SECTIONS = {
    "days": Term("Hospital days by exclusive class", "vårddygn"),
    "groups": Term("Hospital days by LHC group", "vårddygn per LHC-grupp"),
    "care": Term("Admissions and visits", "vårdtillfällen och besök"),
    "discharge": Term("Ready for discharge, and beds", "utskrivningsklara och vårdplatser"),
    "people": Term("People and municipal care", "människor och kommunal vård och omsorg"),
    "cost": Term("Cost", "kostnad"),
}
DIFFERENCE, INTERVAL, RELATIVE, VERDICT = "difference", "95 % interval", "relative", "verdict"
UNIT, OUTCOME, PEOPLE = "unit", "outcome", "people"
UNITS_IN_LABELS = ("share", "SEK", "minutes", "per 100 beds")
"""Units that a label does not say by itself."""
LOWER, HIGHER, UNCLEAR, EQUAL = "lower", "higher", "unclear", "equal"
TABLE_NOTE = (
    "Means of {replications} in {window}; differences of shares in percentage points. Intervals: 95 %, paired "
    "over replications. "
    '"unclear": the interval holds zero, so the difference cannot be told apart from chance. Intervals are for one '
    "line at a time: of twenty lines without any true difference, one is expected to leave out zero."
)
VALUE_NOTE = "Means of {replications} in {window}, with 95 % intervals over replications."
TABLE_ONE = "Means of 1 replication in {window}. One replication gives no interval."


def replications(count: int) -> str:
    """How many replications, in words."""
    return "1 replication" if count == 1 else f"{count:,} replications".replace(",", THOUSANDS)


def window(days: int) -> str:
    """The length of the window, in words."""
    return "one year" if days == 365 else f"{days} days"


# --- what may be concluded ----------------------------------------------------------------------------------

FEWER, MORE = "fewer", "more"
FOUND = (
    "Under {last} governance people spent {number} {direction} days in hospital in {window} than under "
    "{first} (95 % interval {interval}; {relative} of {level}): a difference that "
    "chance alone does not explain, at {replications}."
)
NO_CHANGE = "Hospital days are exactly the same under {first} and {last} governance in all {replications}."
NOT_FOUND = (
    "No difference in hospital days between {first} and {last} governance can be told apart from chance at "
    "{replications} (95 % interval of the difference {interval} days in {window}). That is not the same as "
    "no difference: more replications narrow the interval."
)
ONE_REPLICATION = (
    "One replication says nothing about chance: no conclusion about {first} and {last} governance may be "
    "drawn. Run at least ten."
)
FEW_REPLICATIONS = "With only {replications} the intervals themselves are uncertain."
APART = (
    "{labelled} days were labelled avoidable under {first} governance, {preventable} were preventable in "
    "principle, and {avoided}. The first is a label, the second an upper bound; only the third is an effect."
)
AVOIDED = "{number} were truly avoided"
AVOIDED_UNCLEAR = "how many were truly avoided cannot be told apart from none"
AVOIDED_NEGATIVE = "none were truly avoided, since days rose"
BOUND = (
    "With the days that other patients wait when ready the upper bound under {first} governance is {number} "
    "days; nothing is counted twice."
)
DEATHS_UNCLEAR = "No difference in deaths can be told apart from chance ({interval})."
DEATHS_CLEAR = "Deaths were {direction} by {number} ({interval})."
DIRECTIONS = {"deaths": (LOWER, HIGHER), "cost": (LOWER, HIGHER)}
"""Less and more of something, in a sentence."""
COST_CLEAR = "Cost to {payer} was {direction} by {number} million SEK ({interval})."
COST_UNCLEAR = "No difference in cost to {payer} can be told apart from chance ({interval} million SEK)."
PAYERS = {"cost_region_sek": "the region", "cost_municipality_sek": "the municipalities"}
CONDITIONAL = (
    "Intervals show chance only, not the uncertainty of the assumptions: all of this holds if the values of "
    "the scenario do."
)
ENSEMBLE = (
    "Replications run over an ensemble of {sets} parameter sets: intervals are of the mean over it, from what is not "
    "known about parameters as well as from chance, and hold if the rest of the scenario does."
)
SINGLE = (
    "Under {first} governance people spent {level} days in hospital in {window}; {labelled} of them were "
    "labelled avoidable ({share}) and {preventable} were preventable in principle. How many can truly be "
    "avoided takes a comparison of two governances."
)

# --- figures ------------------------------------------------------------------------------------------------


class FigureWords(NamedTuple):
    """Title, Swedish title, and caption of a figure."""

    title: str
    swedish: str
    caption: str


FIGURES = {
    "days-by-class": FigureWords(
        "Hospital days by exclusive class",
        "Vårddygn på sjukhus efter uteslutande klass",
        "Every second in hospital belongs to one class: the first that applies, from left to right. The first "
        "four together are labelled avoidable; a label, not an effect.",
    ),
    "days-by-group": FigureWords(
        "Hospital days by LHC group and exclusive class",
        "Vårddygn på sjukhus efter LHC-grupp och klass",
        "By the group of the person when the stay began: the most demanding that applied. The groups describe "
        "needs, not persons; somebody can pass from one to another.",
    ),
    "three-quantities": FigureWords(
        "Labelled avoidable, preventable in principle, truly avoided",
        "Märkta som undvikbara, i princip förebyggbara, faktiskt undvikna vårddygn",
        "Three different quantities. Labelled avoidable: days that rules of a register label. Preventable in "
        "principle: days of unplanned stays for which a mobile team, or less, would have sufficed had contact "
        "been instant; known to the model only, and without the days that other patients wait when ready. "
        "Truly avoided: the paired difference in all hospital days between the two governances.",
    ),
    "difference-by-group": FigureWords(
        "Difference in hospital days, by group, segment and municipality",
        "Skillnad i vårddygn per LHC-grupp, behovssegment och kommun",
        "Second governance minus first, the same people. The right-hand panel divides each row by its mean "
        "under the first governance; its whiskers hold the chance in that mean too. Intervals are for one row at "
        "a time: of twenty rows without any true difference one is expected to miss zero. Groups and segments are "
        "those of the person when the stay began.",
    ),
    "labelled-by-month": FigureWords(
        "Days labelled avoidable, month by month",
        "Märkta som undvikbara vårddygn, månad för månad",
        "Per 1,000 inhabitants alive in the month. A month is a twelfth of 365 days; the first begins at the "
        "switch of governance. Bands are 95 % intervals. Above, those of each governance by itself: since the "
        "people are the same, they may overlap although the paired difference, below, is clear.",
    ),
    "waits": FigureWords(
        "Waits and access",
        "Väntetider och tillgänglighet",
        "Means over everybody served. The scales differ between panels. Intervals are of each governance by "
        "itself, and cut at zero and at 100 %.",
    ),
    "utilisation": FigureWords(
        "Utilisation by service",
        "Nyttjandegrad per verksamhet",
        "Share of the open capacity that is in use, over all hours that a service is open. Over 100 % means "
        "that work goes on after closing or after a reduction. Services without capacity in either governance "
        "are left out.",
    ),
    "pathways": FigureWords(
        "Ways of worsenings through care",
        "Försämringars väg genom vården",
        "Deteriorations and exacerbations noticed in the window, each counted once: whom they met first, how far care "
        "outside a ward went, whether they led to a hospital admission, and where the patient went from there. Heights "
        "are numbers of worsenings, in one scale; dark bands are those that end in an admission. In brackets the "
        "difference from the first governance. What is not over when the records end is under way.",
    ),
    "occupancy-year": FigureWords(
        "Places over the year: in use, open, waited for",
        "Beläggning över året",
        "Moving averages of seven days. Left: people at places, and open (staffed) places; patients in extra beds "
        "count as people and extra beds not as open, so that use can exceed what is open. The band holds 95 of 100 "
        "single days between replications. Right: people waiting, for a bed or a place, in the emergency department "
        "for a doctor; and patients in bed who are ready for discharge.",
    ),
    "occupancy-week": FigureWords(
        "Places over the week: in use, open, waited for",
        "Beläggning över veckan",
        "Means of all weeks of the window, hour by hour. Left: people at places, and open (staffed) places. Right: "
        "people waiting, in the emergency department for a doctor; and patients in bed who are ready for discharge.",
    ),
    "visits": FigureWords(
        "Contacts of each kind",
        "Kontakter av varje slag",
        "Per 1,000 person-years of everybody, on a logarithmic scale: each step is ten times the one before. "
        "Left of the dotted line: none.",
    ),
    "direct-and-spillover": FigureWords(
        "Total effect: enrolled in the team, and everybody else",
        "Total effekt = direkt effekt + spridningseffekt",
        "Direct: people who were enrolled in a mobile team, followed under both governances. Spill-over: "
        "everybody else, through the other levers of the governance (such as safe homecoming or discharge "
        "planning) and because access, beds and staff are used differently. The two add up to the total.",
    ),
    "costs-by-item": FigureWords(
        "Who pays and who saves: differences in cost by payer and item",
        "Vem betalar och vem sparar: skillnad i kostnad per betalare och post",
        "Items at the prices of the scenario; those that differ by less than a hundredth of the largest stand "
        "together. Gross cost is the sum of the items that rise, gross saving that of those that fall. Net holds what "
        "is paid for access and what municipalities pay the region for patients who are ready. Teams of a lever cost "
        "their staffed hours, busy or not. A hospital day less is money saved only when beds are closed or used for "
        "others.",
    ),
    "cost": FigureWords(
        "Cost by payer",
        "Kostnad per betalare",
        "At the average prices of the scenario; teams of a lever at their staffed hours. A hospital day less "
        "is money saved only when beds are closed or used for others. What municipalities pay the region for "
        "patients who wait when ready moves between the payers and is no cost of its own.",
    ),
    "warm-up": FigureWords(
        "Warm-up: from an empty model to its usual level",
        "Uppvärmning: från tom modell till vanlig nivå",
        "Days from time 0 under the current governance, from the same replications as the result. What lies before the "
        "dashed line is not measured. The dotted line is where MSER-5 would begin to measure, the band how far it "
        "moves when a replication is left out; a panel without them has nothing to judge.",
    ),
}
FIGURES_ONE = {
    "three-quantities": FigureWords(
        "Labelled avoidable, preventable in principle",
        "Märkta som undvikbara, i princip förebyggbara vårddygn",
        "Two different quantities. Labelled avoidable: days that rules of a register label. Preventable in "
        "principle: days of unplanned stays for which a mobile team, or less, would have sufficed had contact "
        "been instant; known to the model only, and without the days that other patients wait when ready. How "
        "many days can truly be avoided takes a comparison of two governances.",
    ),
    "labelled-by-month": FigureWords(
        "Days labelled avoidable, month by month",
        "Märkta som undvikbara vårddygn, månad för månad",
        "Per 1,000 inhabitants alive in the month. A month is a twelfth of 365 days. The band is the 95 % interval.",
    ),
}
"""Where a run of one governance needs other words."""


def figure(name: str, compared: bool) -> FigureWords:
    """The words of a figure, of a comparison or of a run."""
    return FIGURES[name] if compared or name not in FIGURES_ONE else FIGURES_ONE[name]


FIGURE_NOTE = "{scenario}. Mean of {replications}, {window}."
FIGURE_INTERVALS = " Whiskers: 95 % interval."
FIGURE_BANDS = " Bands: 95 % interval."
FIGURE_ONE = " One replication: no interval."
DAYS_AXIS = "Hospital days in {window}"
DIFFERENCE_AXIS = "Difference in {what}\n({last} − {first})"
DIFFERENCES = {"hospital_days": "hospital days", "cost": "cost, SEK million"}
RELATIVE_AXIS = "Relative difference, %"
FEWER_UNDER = "fewer under {last}"
MORE_UNDER = "more under {last}"
INTERVAL_HEAD = "Difference (95 % interval)"
MONTH = "month {number}"
MONTH_AXIS = "Month after the switch of governance"
CHANGE_AXIS = "Difference"
LABELLED_AXIS = "Days labelled avoidable per\n1,000 inhabitants and month"
OF_DAYS = "{share} of all hospital days"
DAYS_TOLD = "{days} days, {share}"
HOSPITAL_DAYS_TOLD = "{days} hospital days"
UTILISATION_AXIS = "In use, % of open capacity"
VISITS_AXIS = "Contacts per 1,000 person-years (logarithmic scale)"
NO_VISITS = "none"
COST_AXIS = "Cost, SEK million in {window}"

PARTS = {
    "_direct": Term("Direct: enrolled", "inskrivna"),
    "_spillover": Term("Spill-over: others", "övriga"),
    "": Term("Total", "totalt"),
}
SPLIT_OUTCOMES = {
    "hospital_days": "hospital days",
    "admissions_unplanned": "unplanned admissions",
    "emergency_visits": "emergency visits",
}

WAIT_PANELS = {
    "shares": "Share, %",
    "minutes": "Minutes, mean",
    "hours": "Hours, mean",
    "days": "Days, mean",
}
WAITS = {
    "phone_share": "Centre answers the same day",
    "three_day_share": "Assessed within three days",
    "continuity_share": "Doctor knows the patient",
    "emergency_under_4h_share": "Emergency visit under 4 h",
    "ready_same_day_share": "Leaves on the day when ready",
    "wait_emergency_mean": "Doctor in emergency department",
    "emergency_time_mean": "Whole emergency visit",
    "wait_ambulance_mean": "Ambulance arrival",
    "wait_first_contact_mean": "First contact when worse",
    "wait_gp_visit_mean": "Doctor visit",
    "wait_gp_home_visit_mean": "Doctor's home visit",
    "wait_home_nurse_mean": "Home nurse",
    "wait_team_nurse_mean": "Mobile-team nurse",
    "wait_team_doctor_mean": "Mobile-team doctor",
    "wait_bed_mean": "Bed on a ward",
    "wait_planning_mean": "Discharge planning",
    "wait_home_help_mean": "Start of home help",
    "wait_short_term_mean": "Short-term place",
    "wait_homecoming_mean": "Safe homecoming",
    "ready_mean_days": "Ready, staying a day or more",
    "wait_enrolment_mean": "Enrolment in the team",
    "wait_specialist_mean": "Specialist visit",
    "wait_day_treatment_mean": "Day treatment",
    "wait_rehabilitation_mean": "Rehabilitation",
}
SERVICES = {
    "phone_1177": "1177 phone",
    "centre_phone": "Health-centre phone",
    "centre_nurse": "Health-centre nurse",
    "gp": "Health-centre doctor",
    "home_nurse": "Home nursing, unplanned",
    "home_help": "Home help, starts",
    "planner": "Discharge planning",
    "short_term": "Short-term places",
    "homecoming": "Safe homecoming",
    "team_nurse": "Mobile-team nurse",
    "team_doctor": "Mobile-team doctor",
    "place_most_ill": "Team places, most ill",
    "place_failing": "Team places, failing",
    "ambulance": "Ambulance",
    "emergency_place": "Emergency places",
    "emergency_doctor": "Emergency doctors",
    "ward_medicine": "Beds, medicine",
    "ward_surgery": "Beds, surgery",
    "extra_medicine": "Extra beds, medicine",
    "extra_surgery": "Extra beds, surgery",
    "specialist": "Specialist clinic",
    "day_unit": "Day unit",
    "consult": "Specialist consult",
    "monitoring": "Remote monitoring",
    "attender_team": "Frequent-attender team",
    "palliative": "Palliative team",
    "sjukstuga": "Sjukstuga beds",
    "rehabilitation": "Rehabilitation",
}
VISITS = {
    "phone_centre_calls": "Calls to the health centre",
    "phone_1177_calls": "Calls to 1177",
    "digital_visits": "Digital visits",
    "consults": "Specialist consults at a distance",
    "alarms": "Monitoring alarms",
    "gp_visits": "Doctor visits",
    "reviews": "Planned reviews",
    "nurse_visits": "Nurse visits",
    "gp_home_visits": "Doctor's home visits",
    "home_nurse_visits": "Home-nurse visits, unplanned",
    "team_nurse_visits": "Mobile-team nurse visits",
    "team_doctor_visits": "Mobile-team doctor visits",
    "proactive_visits": "Proactive visits",
    "home_treatments": "Treatments at home",
    "palliative_visits": "Palliative-team visits",
    "emergency_visits": "Emergency visits",
    "ambulances": "Ambulance assignments",
    "admissions_unplanned": "Unplanned admissions",
    "specialist_visits": "Specialist visits",
    "day_treatments": "Day treatments",
    "admissions_planned": "Planned admissions",
    "rehabilitations": "Rehabilitation periods",
    "home_help_starts": "Home help started or increased",
    "homecoming_periods": "Safe-homecoming periods",
    "short_term_moves": "Moves to short-term places",
    "rounds": "Patients seen at short-term rounds",
}
COST_ITEMS = {
    "hospital_days": "Hospital days",
    "emergency_visits": "Emergency visits",
    "ambulances": "Ambulances",
    "gp_visits": "Doctor visits, health centre",
    "reviews_doctor": "Reviews by doctors",
    "rounds": "Rounds at short-term places",
    "nurse_visits": "Nurse visits, health centre",
    "reviews_nurse": "Reviews by nurses",
    "rehabilitations": "Rehabilitation",
    "phone_1177_calls": "Calls to 1177",
    "phone_centre_calls": "Calls to health centres",
    "digital_visits": "Digital visits",
    "gp_home_visits": "Doctors' home visits",
    "specialist_visits": "Specialist visits",
    "day_treatments": "Day treatment",
    "home_nurse_visits": "Home-nurse visits, unplanned",
    "short_term_days": "Days at short-term places",
    "home_help_hours": "Home help",
    "special_housing_days": "Days in special housing",
    "homecoming_days": "Safe homecoming",
    "capacity_hours_team_doctor": "Mobile team, doctors",
    "capacity_hours_team_nurse": "Mobile team, nurses",
    "capacity_hours_palliative": "Palliative team",
    "capacity_hours_monitoring": "Remote monitoring",
    "capacity_hours_attender_team": "Frequent-attender team",
    "capacity_hours_consult": "Specialist consult",
    "other": "Other items together",
    "gross_cost": "Gross cost: items that rise",
    "gross_saving": "Gross saving: items that fall",
    "own": "Sum of own items",
    "access_payment_sek": "Paid for access",
    "ready_payment_sek": "Municipal payment for ready patients",
    "net": "Net",
}
COST_PAYERS = {"region": Term("Region", "region"), "municipality": Term("Municipalities", "kommuner")}
COST_ITEM_AXIS = "Difference in cost, SEK million in {window}\n({last} − {first})"
COST_SAYS = {
    "region": (
        "The region pays {more} SEK million more for some items and {less} less for others; net {net} SEK million "
        "({interval}) in {window}: {verdict}."
    ),
    "municipality": (
        "The municipalities together pay {more} SEK million more for some items and {less} less for others; "
        "net {net} SEK million ({interval}): {verdict}."
    ),
}
COST_VERDICTS = {"lower": "a saving", "higher": "a cost", "unclear": "cannot be told apart from no change"}
COST_LEAD = (
    "Differences in SEK million in {window}, {last} minus {first}, at the prices of the scenario. The year is the one "
    "that the source of a price states, if it states one; prices are not carried forward to another year. Region and "
    "municipalities are never added up here: what municipalities pay for patients who are ready is income of the "
    "region."
)
COST_HEADS = ("item", "price, SEK", "source", "year")
COST_ROWS = {
    "cost_region_sek": Term("Region", "region"),
    "cost_municipality_sek": Term("Municipalities", "kommuner"),
    "cost_total_sek": Term("Together", "tillsammans"),
    "ready_payment_sek": Term("Paid for ready patients", "betalningsansvar"),
}

WAY_COLOURS = {"home": "without hospital admission", "admitted": "admitted to hospital"}
WAYS_UNIT = "Numbers: worsenings in {window}; in brackets, how many more than under the first governance."
WAYS = {
    "noticed": ("noticed", {"noticed": "Worsening\nnoticed"}),
    "first": (
        "first contact",
        {
            "phone_1177": "1177 phone",
            "health_centre": "Health centre",
            "home_nursing": "Home nursing",
            "team": "Mobile team",
            "other": "Other team",
            "ambulance": "Ambulance",
            "emergency": "Emergency dept.",
            "nobody": "Nobody",
        },
    ),
    "furthest": (
        "furthest care outside a ward",
        {
            "nothing": "None",
            "advice": "Advice, ambulance",
            "primary_care": "Primary care",
            "team": "Mobile team",
            "emergency": "Emergency dept.",
        },
    ),
    "admission": (
        "hospital admission",
        {
            "at_home": "Over, not admitted",
            "under_way": "Under way",
            "died_outside": "Died, not admitted",
            "admitted": "Admitted",
        },
    ),
    "end": (
        "from hospital",
        {
            "home": "Home",
            "short_term": "Short-term place",
            "special_housing": "Special housing",
            "died": "Died",
            "in_hospital": "Still in hospital",
        },
    ),
}
"""By stage of the flow diagram: its head, and its nodes."""
PLACE_KINDS = {
    "ward_medicine": Term("Beds, medicine", "vårdplatser, medicin"),
    "ward_surgery": Term("Beds, surgery", "vårdplatser, kirurgi"),
    "sjukstuga": Term("Sjukstuga beds", "sjukstugeplatser"),
    "emergency": Term("Emergency department", "akutmottagning"),
    "short_term": Term("Short-term places", "korttidsplatser"),
}
OCCUPIED = "In use: {governance}"
OPEN_PLACES = "Open places"
WAITING = "Waiting (right)"
READY_IN_BED = "Ready for discharge (right)"
OCCUPANCY_BAND = "95 of 100 single days"
PLACES_AXIS = "Places"
PEOPLE_AXIS = "People"
OCCUPANCY_MONTH = "Months from the switch"
OCCUPANCY_WEEK = "Hour of the week"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
OCCUPANCY_TOLD = "{place}, {governance}: in use {mean} on average, {least} to {most}, of {open} open, {waiting} waiting"

# --- the page -----------------------------------------------------------------------------------------------

PAGE_TITLE = "{title}: {first} and {last} governance compared"
PAGE_TITLE_ONE = "{title}: {first} governance"
FACTS = {
    "people": Counted("inhabitant", "inhabitants"),
    "municipalities": Counted("municipality", "municipalities"),
    "replications": Counted("replication", "replications"),
    "window": Counted("day after the switch", "days after the switch"),
}
SEED = "seed"
CONTENTS = "Contents"
FACTS_LINE = "{people} inhabitants, {replications}, seed {seed}."
NOTE = "Note: {note}"
HEADINGS = {
    "question": "The question",
    "answer": "The answer",
    "table": "The figures in one table",
    "figures": "Figures",
    "groups": "By group, segment and municipality",
    "costs": "Costs by payer",
    "precision": "Precision",
    "warm_up": "Warm-up",
    "assumptions": "Assumptions",
    "limits": "What this does not show",
    "scope": "Out of scope",
    "again": "Do it again",
    "terms": "Terms",
}
QUESTION = (
    "Regions (hospital, health centres) and municipalities (home nursing, home help, short-term places) share "
    "the same frail patients. {today} How many hospital days are avoidable, for whom, and through what?"
)
TODAY = (
    "Under current governance each unit does its part, and the gaps between units turn into hospital days; "
    "under coordinated governance (nära vård) shared teams, direct contact paths and plans made ahead come "
    "first."
)
TODAY_OTHER = "Here the governances “{first}” and “{last}” of the scenario are compared."
TODAY_ONE = "Here one governance of the scenario, “{first}”, is described by itself."
ESTIMAND = (
    "Both governances are run on the same simulated people with the same needs, alike up to the switch. "
    "Counted are the hospital days of everybody in {days} days from the switch, whether or not anybody was "
    "reached by a new way of working. No parameter of the model states an effect on admissions or hospital "
    "days: differences emerge from who answers, how fast, what can be done at home, and how long a patient "
    "who is ready waits."
)
ESTIMAND_ONE = (
    "Counted is everything in {days} days after one year of warm-up and one year before. No parameter of the "
    "model states an effect on admissions or hospital days: they emerge from who answers, how fast, what can "
    "be done at home, and how long a patient who is ready waits."
)
SKIPPED = "Left out, since the result holds no figures for it: {title}."
BY_GROUP_LEAD = (
    "Each line is for some people only. The number is the mean under {first} governance; beneath it the "
    "difference under {last} governance, with its 95 % interval for that line alone."
)
BY_GROUP_LEAD_ONE = "Each line is for some people only. The number is the mean under {first} governance."
BY_GROUP_HEADS = {
    "hospital_days": "Hospital days",
    "labelled_days": "Labelled avoidable",
    "preventable_days": "Preventable in principle",
    "admissions_unplanned": "Unplanned admissions",
    "emergency_visits": "Emergency visits",
    "deaths": "Deaths",
}
SOURCES_LEAD = (
    "{assumptions} of {values} stated values rest on an assumption alone ({share}); the others on the sources "
    "below. Every value has a range, and a different value may give a different answer."
)
SOURCES_MISSING = (
    "The result does not carry the sources of its values. This lists every value with its range, unit and source:"
)
SOURCES_HEADS = ("source", "what it is", "values", "used for")
ASSUMPTION_HEADS = ("value of", "value", "low", "high", "unit")
ASSUMPTION_SUMMARY = "All {count} values that rest on an assumption alone"
NO_REFERENCE = "in the scenario"
AND_MORE = "{names}, and {count} more"
LIMITS = (
    (
        "Some things cannot be known from registers.",
        "How often people deteriorate, the share of deteriorations that reaches hospital, the level of care "
        "they require, and how fast they progress and are detected are not identified by any register: only "
        "their product is seen, and it decides the answer. The result holds only as far as the values chosen "
        "for these hold. Vary them within their ranges before deciding.",
    ),
    (
        "Intervals show chance, not ignorance.",
        "The 95 % intervals come from repeating the simulation with other draws. They do not hold the "
        "uncertainty of the parameters, nor that of the model's form.",
    ),
    (
        "Coordination can also do harm, and does so here.",
        "Treatment at home can fail; a case that needs hospital but is kept at home progresses, with a longer "
        "stay and a higher risk of death; proactive visits find unmet needs; monitoring raises false alarms. "
        "How often is an assumption.{harm}",
    ),
    (
        "Nothing is said of single persons.",
        "What one person would have met under the other governance depends on how the draws of the two are "
        "coupled. Means and distributions of groups can be read; “the share who benefited” cannot.",
    ),
    (
        "A label is not an effect.",
        "Days labelled avoidable are counted by rule. Few of them vanish when care is coordinated, and days "
        "without the label may vanish too.",
    ),
    (
        "Direct and spill-over effects are described, not explained.",
        "People who are enrolled differ from others; the difference between their two futures is an effect "
        "on them, not on anybody who might be enrolled instead.",
    ),
)
HARM = (
    " Here {late} admissions came late, after care at too low a level (under {last}; {change} compared with "
    "{first}), and {alarms} alarms were false."
)
SCOPE = (
    "The model says nothing of: satisfaction, child mental health and school health, neonatal home care, "
    "dental care, support under the disability act (LSS) and the municipal system PRIMO, post-covid clinics, "
    "health checks and lifestyle programmes, record systems, education."
)
AGAIN = (
    "The same scenario, seed and versions give the same tables, byte for byte. With the scenario file in "
    "hand (shipped ones answer to shipped:NAME):"
)
DIGESTS = "The records of the first replication then have these digests:"
NOTES = "Notes of the scenario"
TERMS_LEAD = "Swedish terms in italics."
PRINTED = "Narvard {version}"
IN_NUMBERS = "In numbers"
FOLDED = "{what}: in report.html."
ALT_LONG = "The numbers stand in the text below the figure."
FIGURE = "Figure {number}."
COMMAND = "narvard {verb} {name}.toml --governance {names} --replications {count} --seed {seed} --out {name}"
SOURCES_COMMAND = "narvard sources {name}.toml"
LINKS = {
    "labelled avoidable": "labelled",
    "preventable in principle": "preventable",
    "truly avoided": "avoided",
    "days in hospital": "hospital-day",
    "hospital days": "hospital-day",
    "spill-over": "direct",
    "95 % interval": "interval",
    "replications": "replication",
    "lhc group": "groups",
    "segments": "segments",
    "coordinated governance": "coordinated",
    "ambulatory-care-sensitive": "acs",
}
"""Words that lead to their term, the longer first."""
LINK_END = "s?"
"""What may follow such a word, as a regular expression."""
STRATA = {
    "_65": Term("Aged 65 and over", "65 år och äldre"),
    "_80": Term("Aged 80 and over", "80 år och äldre"),
    "_direct": Term("Enrolled in a mobile team", "inskrivna"),
    "_spillover": Term("Never enrolled", "ej inskrivna"),
}
STRATA_HEAD = Term("Age and enrolment", "ålder och inskrivning")

TERMS = {
    "hospital-day": Term(
        "Hospital day",
        "vårddygn",
    ),
    "spell": Term("Hospital spell", "vårdtillfälle"),
    "labelled": Term("Labelled avoidable", "märkt som undvikbart"),
    "preventable": Term("Preventable in principle", "i princip förebyggbart"),
    "avoided": Term("Truly avoided", "faktiskt undviket"),
    "ready": Term("Ready for discharge", "utskrivningsklar"),
    "acs": Term("Ambulatory-care sensitive", "undvikbar slutenvård"),
    "groups": Term("LHC groups", "LHC-grupper"),
    "segments": Term("Need segments", "behovssegment"),
    "governance": Term("Governance", "styrning"),
    "coordinated": Term("Coordinated governance", "nära vård"),
    "direct": Term("Direct and spill-over", "direkt effekt och spridningseffekt"),
    "interval": Term("95 % interval", "95 % konfidensintervall"),
    "replication": Term("Replication", "replikering"),
}
MEANINGS = {
    "hospital-day": "24 hours in hospital, counted exactly: from the decision to admit, time waiting for a bed "
    "included, to leaving or death. Places in short-term or special housing are never hospital days.",
    "spell": "Continuous hospital care; transfers are joined. A visit to the emergency department alone is none.",
    "labelled": "Classes 1 to 4 of the exclusive split: ready for discharge; unplanned within 30 days of a "
    "discharge; unplanned with an ambulatory-care-sensitive diagnosis; unplanned and under 48 hours.",
    "preventable": "Days of unplanned stays whose required level of care is the mobile team or lower, as if "
    "contact had been instant. Only the model knows it: an upper bound.",
    "avoided": "Hospital days under the first governance minus those under the second, on the same people.",
    "ready": "Clinically ready to leave, but still in hospital while home help, a short-term place or planning "
    "is awaited.",
    "acs": "Conditions for which good care outside hospital can often prevent an admission.",
    "groups": "Four kinds of need: simple, complicated (curable, several units), chronic (lasting, one unit) "
    "and multi-ill (lasting, several units). They describe needs; they are not for sorting people.",
    "segments": "Of people aged 65 and over: the most ill 5 %, the periodically failing 10 %, the risk group "
    "10 %. Others: everybody else, of all ages.",
    "governance": "A named set of levers: which teams exist, who can call whom, who plans what, and when.",
    "coordinated": "Shared teams, direct contact paths and plans made ahead, across region and municipality.",
    "direct": "Direct: people enrolled in a mobile team. Spill-over: everybody else.",
    "interval": "Made so that 95 of 100 such experiments would hold the true mean in theirs, given the assumptions.",
    "replication": "One run of all arms with its own people and draws.",
}

# --- precision and warm-up ----------------------------------------------------------------------------------

SERIES = {series.name: Term(series.label, series.swedish) for series in DAILY_SERIES}

WARM_UP_VERDICTS = {name: name for name in VERDICTS}
WARM_UP_AXIS = "Day from time 0"
WARM_UP_LEGEND = (
    "Means of weeks",
    "Welch's moving average, 35 days",
    "Warm-up of the scenario",
    "MSER-5, season removed",
)
WARM_UPS = {
    "unsettled": (
        "Not settled, or too short to tell: {names}. The point from which MSER-5 would measure lies in the second half "
        "of {all_days} days."
    ),
    "drifts": (
        "Drifting from the last year but one to the last, by more than chance: {names}. The intervals hold together, "
        "for all {all} series, with 95 %."
    ),
    "longer": (
        "The time before T0 (day {starts}) is too short for {names}: MSER-5 would measure from day {last}. Make "
        "time.warm_up_days longer."
    ),
    "uncertain": "Uncertain: {names}. Leaving out {left_out} changes the verdict.",
    "pre-period": (
        "For {names} MSER-5 would measure from day {last} at the latest: after the warm-up of {days} days, but before "
        "T0 (day {starts}), from which outcomes are measured."
    ),
    "covered": (
        "The warm-up of {days} days reaches the point from which MSER-5 would measure in {count} of {all} series; the "
        "latest of these points is day {last} ({latest})."
    ),
    "no verdict": "Nothing to judge: {names}. Nothing varies, or the series is shorter than 50 days.",
}
WARM_UP_LEFT_OUT = ("one replication", "one of {groups} groups of replications")
WARM_UP_BEFORE = (
    "All points that MSER-5 finds lie before T0 (day {starts}), from which outcomes are measured; the latest is day "
    "{last} ({latest})."
)
WARM_UP_BEYOND = "Beyond T0 (day {starts}), from which outcomes are measured, MSER-5 finds its point for {names}."
WARM_UP_WEAK = "With {replications} the verdicts are weak: from so few, little is seen of what chance does to them."
WARM_UP_SEASON = (
    "The yearly season and the pattern of the week, which MSER would take for a transient, were removed first."
)
WARM_UP_RAW = "No whole year is left after the warm-up, so the season could not be removed: read the points with care."
WARM_UP_STEADY = (
    "The drift from the last year but one to the last cannot be told apart from chance in {which}; the widest "
    "interval is {interval} % ({widest}), where those of all series hold together with 95 %."
)
WARM_UP_STEADY_IN = ("any series", "the others")
WARM_UP_TABLE = "Every series"
WARM_UP_HEADS = (
    "Series under current",
    "Mean a day, after the warm-up",
    "MSER-5, day (a replication left out)",
    "With the season, day",
    "Verdict",
    "Last year against the year before, % (95 % for all series together)",
)
WARM_UP_POINT = "MSER-5 at day {days}"
DAY_TOLD = "day {day}"

PRECISION_OF = {"difference": "the difference", "level": "the mean"}
PRECISION_COUNT = "{replications}, as asked for."
PRECISION_REASONS = {
    "reached": (
        "{replications}: added until half the 95 % interval was at most {share} of {of} in {outcomes}, and stayed so "
        "through a look-ahead of {ahead} more (more above 100)."
    ),
    "cap": (
        "{replications}, the most allowed ({most}): half the 95 % interval was to be at most {share} of {of} in "
        "{outcomes}, which was not reached, or did not last through the look-ahead, in {missed}."
    ),
    "not given": (
        "{replications}: half the 95 % interval is at most {share} of {of} wherever it can be. In none of them was "
        "anything measured of {never}."
    ),
}
PRECISION_HALF = "{name}: {of} is {value} ± {half} {unit}{share}."
PRECISION_SHARE = ", that is ± {share}"
PRECISION_UNKNOWN = "{name}: no interval."
PRECISION_HEADS = (
    "Outcome",
    "Unit",
    "Value",
    "Half the 95 % interval",
    "Of the value",
    "Reached at replication",
)
PAIRING = (
    "The same people, with the same hidden needs, live under both governances, which spares replications: by the ratio "
    "of the variances, two independent groups of runs would need {ratios}."
)
PAIRING_RATIO = "about {ratio} times (95 % interval {low} to {high}) as many for {name}"
PAIRING_HEAD = "Ratio of variances: independent runs would need about so many times as many (95 % interval)"
STOPPED_BY_RULE = (
    "The rule, not a plan, found the number of replications, so the intervals hold the truth slightly less often than "
    "95 times in a hundred: 91 to 95 times where it was measured (docs/experiments.md, Coverage, measured)."
)
EACH_ALONE = "Each interval is for one outcome alone; that all of them hold the truth at once is less sure."

# --- the workbook -------------------------------------------------------------------------------------------

SHEETS = {
    "readme": ("readme", "What the sheets and columns are."),
    "headline": ("headline", "The table of the report: means for everybody, and the paired difference."),
    "outcomes": (
        "outcomes",
        "Every outcome under each governance, for everybody and by group, segment, municipality "
        "and month. Rows with all in the four columns are for everybody.",
    ),
    "comparison": (
        "comparison",
        "Every outcome under both governances, and the paired difference; rows as in outcomes.",
    ),
    "replications": ("replications", "One row per replication and governance, for everybody."),
    "costs": ("costs", "Cost by payer and item at the prices of the scenario."),
    "flows": ("flows", "Needs by their way through care, per year."),
    "occupancy": ("occupancy", "Places in use, open and queued for, day by day and hour by hour of the week."),
    "sources": ("sources", "Every value of the scenario with its range, unit and source."),
}
"""By table: the name of its sheet, and what it is."""
HEADLINE_FIRST = ("section", "outcome", "unit")
HEADLINE_COLUMNS = ("difference", "low", "high", "relative, %", "verdict")
HEADLINE_MEANINGS = (
    "Second governance minus first, mean of the paired differences; of shares in percentage points.",
    "Lower end of the 95 % interval.",
    "Upper end of the 95 % interval.",
    "Difference over the mean of the first governance.",
    "lower or higher where the interval leaves out zero, else unclear; equal if nothing differs.",
)
LABEL_COLUMN = "label"
ABOUT_RESULT = "this result"
ABOUT_COLUMNS = ("sheet", "column", "what it is")
WORKBOOK_FACTS = "{governances}; {replications}, {window}, {people} inhabitants, seed {seed}."
WORKBOOK_NOTE = (
    "Cells hold numbers with ten digits, whatever is shown. Shares are parts of 1, money is in SEK and times are in "
    "the unit of the row, but in the sheet headline, where shares are per cent and money is in millions."
)
COLUMN_GOVERNANCE = "Mean under {governance}, over the replications that have both governances."
OTHER_COLUMNS = "all others"
REPLICATIONS_COLUMNS = "Outcomes, with the names and units of the sheet outcomes."
COLUMNS = {
    "governance": "The governance: a named set of levers.",
    "outcome": "Name of the outcome in the registry (docs/outcomes.md).",
    "label": "The outcome in words.",
    "group": "LHC group; all for everybody.",
    "segment": "Need segment; all for everybody.",
    "municipality": "Municipality; all for everybody.",
    "period": "Month of the window, from the switch of governance; all for the whole window.",
    "mean": "Mean over the replications.",
    "low": "Lower end of the 95 % interval.",
    "high": "Upper end of the 95 % interval.",
    "sd": "Standard deviation between replications.",
    "replications": "Replications that have it.",
    "unit": "Unit of the numbers in the row.",
    "difference": "Second governance minus first, mean of the paired differences.",
    "relative": "Difference over the mean of the first governance, as part of 1.",
    "relative_low": "Lower end of the 95 % interval of relative.",
    "relative_high": "Upper end of the 95 % interval of relative.",
    "variance_ratio": "About how many times as many replications independent runs would need.",
    "variance_ratio_low": "Lower end of the 95 % interval of variance_ratio.",
    "variance_ratio_high": "Upper end of the 95 % interval of variance_ratio.",
    "replication": "Number of the replication, from 0.",
    "parameter": "Key of the value in the scenario.",
    "value": "The value used.",
    "source": "Id of the source in the table of evidence, or assumption.",
    "reference": "What the source is, if the scenario says so itself.",
    "note": "Remark beside the value.",
    "file": "File in which the value stands.",
    "line": "Line of that file.",
    "payer": "Who pays: region or municipality.",
    "item": "What is paid for.",
    "price": "Price in SEK of one unit, from the scenario.",
    "price_low": "Lowest price held possible.",
    "price_high": "Highest price held possible.",
    "price_key": "Key of the price in the scenario.",
    "price_source": "Source of the price.",
    "price_year": "Year of the money.",
    "stage": "Step of the way through care.",
    "from": "Where the flow comes from.",
    "to": "Where it goes.",
    "service": "Kind of unit.",
    "at": "Day of the window, or hour of the week from Monday 00.",
    "occupied": "Places in use, mean.",
    "open": "Places open (staffed), mean.",
    "waiting": "People waiting for a place, mean.",
}
"""What columns of the tables are; in every sheet the same."""
