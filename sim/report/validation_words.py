"""The words of a validation: groups of targets, figures and the page, with the Swedish term of each."""

from __future__ import annotations

from sim.report.words import Term

GROUPS = {
    "1": Term("Population and deaths", "befolkning och dödlighet"),
    "2": Term("Doctor visits in primary care", "läkarbesök i primärvård"),
    "3": Term("Emergency department", "akutbesök"),
    "4": Term("Hospital spells", "vårdtillfällen"),
    "5": Term("Time in the emergency department", "vistelsetid på akutmottagning"),
    "6": Term("Beds and ready for discharge", "vårdplatser och utskrivningsklara"),
    "7": Term("Frequent users over the years", "återkommande akut inlagda"),
    "8": Term("After the first emergency spell", "efter första akuta inläggningen"),
    "9": Term("Readmission", "återinskrivning"),
    "10": Term("Need segments and home nursing", "behovssegment och hemsjukvård"),
    "11": Term("Continuity and access", "kontinuitet och tillgänglighet"),
    "12": Term("Concentration of cost", "kostnadskoncentration"),
    "also": Term("Also", "dessutom"),
}
"""The twelve groups of targets, and what stands beside them."""

CHECKS = {
    "deaths against stock": Term("Deaths against stock", "döda mot befolkning"),
    "visits against capacity": Term("Visits against the capacity of doctors", "besök mot läkartid"),
    "beds against stays": Term("Beds against stays", "vårdplatser mot vårdtider"),
}
"""Kinds of internal checks: what their notes begin with."""

FIGURES = {
    "validation-targets": Term("All targets at a glance", "alla måltal"),
    "validation-emergency-time": Term("Time in the emergency department", "vistelsetid på akutmottagning"),
    "validation-stays": Term("Lengths of stay", "vårdtider"),
    "validation-readmission": Term("Unplanned readmission, 65 and over", "oplanerad återinskrivning, 65 år och äldre"),
    "validation-use-by-age": Term("Use and deaths by age", "vårdkonsumtion och dödlighet efter ålder"),
    "validation-turnover": Term(
        "Turnover of frequent users, 65 and over", "omsättning bland återkommande akut inlagda, 65 år och äldre"
    ),
    "validation-ready-and-crowding": Term(
        "Ready for discharge and overcrowding over the year", "utskrivningsklara och överbeläggningar över året"
    ),
}

SHORT = {
    "frequent_same_year": "This year's, of people 65+ with two or more",
    "frequent_next_year": "Next year's, of the same people",
    "after_first_two_more": "Two or more others within 365 days, adults",
    "after_first_died": "Dead within 365 days, adults",
    "readmission_week": "Of these in the first week, 65 and over",
    "home_nursing_year": "Home nursing or special housing in a year",
    "home_nursing": "Home nursing at a moment",
    "segment_most_ill": "Most ill, share of 65 and over",
    "segment_failing": "Periodically failing, share of 65 and over",
    "segment_risk": "Risk group, share of 65 and over",
    "continuity": "Frequent visitors who meet a known doctor",
    "not_conveyed": "Ambulance leaves the person at home",
    "home_visits": "Doctor visits at home, home nursing",
    "after_failure": "Emergency visits after failure in primary care",
    "emergency_admitted_adults": "Visits that end in admission, adults",
    "emergency_admitted_65": "Visits that end in admission, 65 and over",
    "emergency_median": "Median, adults (minutes)",
    "emergency_median_80": "Median, 80 and over (minutes)",
    "emergency_p90": "90th percentile, adults (minutes)",
    "emergency_doctor": "To doctor, median, adults (minutes)",
    "doctor_visits": "Per inhabitant",
    "cost_top_5": "Health-care cost of the costliest 5 % of users",
    "ready_episodes": "Episodes ready of at least one day",
    "admissions_direct": "Direct admissions past the department",
}
"""Targets in the figure of all of them, where their group has been said."""

SEGMENTS = ("Others", "Risk group", "Periodically failing", "Most ill")
BANDS = ("0-15", "16-24", "25-44", "45-64", "65-69", "70-74", "75-79", "80-84", "85-89", "90+")
AGES = ("all adults", "16-64", "65-79", "80 and over")
HEADINGS = {
    "verdict": "The verdict",
    "table": "Targets, sources and verdicts",
    "figures": "Figures",
    "checks": "Internal checks",
    "not-tested": "What is not tested",
    "again": "To do it again",
}
TITLE = "{region}: current care against Swedish statistics"
SWEDISH_TITLE = "validering av nuläget"
SIMULATED, PUBLISHED = "Simulated", "Published"
INTERVAL = "95 % interval"
OVER_SETS = "95 % of parameter sets"
TABLE_HEADS = ("target", "published", "simulated", "{interval}", "unit", "verdict", "source")
CHECK_HEADS = ("check", "expected", "simulated", "{interval}", "unit", "verdict", "how it comes about")
SETS_LINE = "Over {sets} parameter sets: intervals are where 95 % of sets lie, the chance of a run included."
SOURCES_LINE = "Published: {sources}."
LEFT_OUT = "Left out: {title}. The time axis of the scenario is too short for it."

NOT_TESTED = (
    "What frequent users take in the fifth year after (3-6 % of emergency admissions): it needs runs of six years.",
    "The rate of worsenings, the share that reaches hospital, the level that they need, and the times of progression "
    "and detection, one by one: registers show their product only. They keep their priors, and results are conditional "
    "on them; docs/calibration.md says more.",
    "Effects. No result of a pilot or trial is a target, so nothing here says that coordination works; that is what a "
    "comparison is for.",
    "Diagnoses one by one, psychiatry and obstetrics: they are in spells and beds as days, and not as flows.",
    "Satisfaction, quality of life and everything else that the model leaves out.",
    "The future: the published figures are of 2022 or near it, and most are of Sweden or of Västerbotten, scaled to "
    "the people of the region where they are numbers and not rates.",
)

STYLE = "tbody th small { display: block; color: var(--pale); } td.words { min-width: 6rem; }"
"""Beside the style of all pages."""
FACES = (
    "Whether the people in the model are believable is not a matter of figures: narvard stories {name} tells ten of "
    "them, drawn at random, for a clinician to judge."
)
