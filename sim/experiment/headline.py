"""The outcomes at the top of a result (huvudutfall)."""

HEADLINE = (
    ("hospital_days", "Hospital days"),
    ("labelled_days", "Labelled avoidable days"),
    ("preventable_days", "Preventable in principle"),
    ("ready_days", "Days ready for discharge"),
    ("readmission_days", "Readmission days"),
    ("acs_days", "Ambulatory-care-sensitive days"),
    ("short_stay_days", "Short-stay days"),
    ("admissions_unplanned", "Unplanned admissions"),
    ("readmission_share", "Readmitted within 30 days"),
    ("emergency_visits", "Emergency visits"),
    ("short_term_days", "Short-term place days"),
    ("deaths", "Deaths"),
    ("person_years", "Person-years"),
    ("cost_region_sek", "Cost, region"),
    ("cost_municipality_sek", "Cost, municipalities"),
)
"""Outcomes and their labels, in order."""
