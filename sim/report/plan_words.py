"""Words of the figures, tables and page of a plan, in English with the Swedish term of the field.

Those that all reports share are in ``words``; ``plan_words_sv`` has the same names.
"""

from __future__ import annotations

from sim.report.words import FigureWords, Term

PAGE_TITLE = "{title}: which staffing to choose"
HEADINGS = {
    "frontier": "What it costs and what it gives",
    "marginal": "One more of each",
    "bottlenecks": "Bottlenecks",
    "payers": "Who pays and who saves",
    "robustness": "If the model's values are others",
    "prices": "Prices",
}
FACTS = {"designs": ("way to staff", "ways to staff"), "runs": ("run", "runs")}

# --- names --------------------------------------------------------------------------------------------------------

OBJECTIVES = {
    "labelled_days": "labelled avoidable hospital days",
    "hospital_days": "hospital days",
    "ready_days": "days in hospital when ready for discharge",
    "preventable_days": "hospital days preventable in principle",
}
"""What is to be small, within a sentence."""
LEVERS = {
    "mobile_team.doctors": "Mobile-team doctors",
    "mobile_team.nurses": "Mobile-team nurses",
    "mobile_team.opens_hour": "Mobile team opens",
    "mobile_team.closes_hour": "Mobile team closes",
    "mobile_team.weekends": "Mobile team at weekends",
    "mobile_team.caseload_most_ill": "Most ill people for each team doctor, at most",
    "mobile_team.caseload_failing": "Failing people for each team doctor, at most",
    "homecoming.staff": "Safe-homecoming staff",
    "specialist_support.specialists": "Specialists on call for consults",
    "monitoring.nurses": "Nurses of remote monitoring",
    "attender_team.staff": "Frequent-attender team, staff",
    "palliative_team.staff": "Palliative team, staff",
    "rehabilitation.staff": "Rehabilitation, staff",
    "beds.medicine": "Beds, medicine",
    "beds.surgery": "Beds, surgery",
    "beds.summer_factor": "Beds open in summer, share",
}
COLUMNS_OF_STAFFING = {
    "day": "day",
    "evening": "evening",
    "night": "night",
    "weekend_day": "weekend, day",
    "weekend_evening": "weekend, evening",
    "day_start": "day begins",
    "day_end": "day ends",
    "evening_end": "evening ends",
    "summer_factor": "open in summer, share",
    "absence": "absence, share",
}
FACTOR = "{service}, factor"
PLACES = {"surrounding": "Surrounding", "all": "everywhere", "region": "the region"}
"""Places of a key that are no municipality."""
YES, NO = "yes", "no"
HOUR_OF_DAY = "{hour}:{minute:02d}"
LEVEL = "{label}: {value}"
STEP = "{label}: {value} to {other}"
OPTIONS = {"usual": "usual"}
WHO = {"region": "Region", "all": "All together"}
BASES = {
    "guaranteed for normal differences": "guaranteed for normal differences",
    "guaranteed for normal differences as the zone becomes small": "guaranteed for normal differences as the zone "
    "becomes small",
    "guaranteed for normal differences; screening for differences that vary alike": "guaranteed for normal "
    "differences; screening for differences that vary alike",
    "guaranteed for normal differences as the zone becomes small; screening for differences that vary alike": ""
    "guaranteed for normal differences as the zone becomes small; screening for differences that vary alike",
    "approximate": "approximate",
}
METHODS = {
    "kn": "KN (Kim and Nelson 2001)",
    "kn++": "KN++ (Kim and Nelson 2006)",
    "ocba": "OCBA (Chen and others 2000)",
}

# --- question and answer ------------------------------------------------------------------------------------------

QUESTION = (
    "Which of {designs} ways to staff under {governance} governance leaves the fewest {objective}, within the budget, "
    "and what does the next team, hour or bed buy? Every way is a combination of the levels below."
)
BESIDE = (
    "Days avoided, costs and budget effects are those beside {baseline} governance, on the same simulated people with "
    "the same luck, over {window} after the switch, as amounts a year."
)
BUDGET = "Budget, SEK million a year beside the baseline: {limits}. {over} ways cost more and were not run."
BUDGET_LIMITS = {
    "region_sek": "the region at most {sek}",
    "municipalities_sek": "the municipalities at most {sek}",
    "total_sek": "all together at most {sek}",
}
NO_BUDGET = "No budget was stated."
LEVELS_HEADS = ("what may be chosen", "levels", "in the scenario", "selected", "cheapest within the zone")
LEVELS_TITLE = "What may be chosen, and what was"
ANSWER = (
    "Of {candidates} ways to staff within the budget, this leaves the fewest {objective}: {chosen}. It avoids {days} "
    "({low} to {high}) a year beside {baseline} governance, for SEK {cost} million a year in staff; with a probability "
    "of {sure} no other is more than {zone} days better."
)
SURE = "at least {share}"
ABOUT = "about {share}, which is not what was asked for,"
NET = "All care counted, the region {region} a year and the municipalities {municipalities}; all together {all}."
PAYS = {True: ("pays", "pay"), False: ("saves", "save")}
"""One, and several: whether paid or saved."""
AMOUNT = "{verb} SEK {sek} million ({low} to {high})"
UNSURE = "{verb} SEK {sek} million (from {low} to {high}, below 0 saved)"
CHEAPER = (
    "At SEK {cost} million a year this seems to stay within {zone} days of it: {chosen}; {behind} ({low} to {high}) "
    "days behind. That is an estimate, not a selection."
)
CHEAPER_SURE = (
    "At SEK {cost} million a year this stays within {zone} days of it by its whole 95 % interval: {chosen}; {behind} "
    "({low} to {high}) days behind."
)
LITTLE = (
    "By their means, {within} of the {run} ways that were run lie within {zone} days of the selected one: among them "
    "cost may decide."
)
ROBUST = (
    "Over {sets} parameter sets that agree with what is known, the selected way is the best of those that ran in "
    "{best}, and within {zone} days of the best in {within}."
)
BOXES = {
    "days": "Days avoided a year",
    "cost": "Staff, SEK million a year",
    "sure": "Probability of correct selection",
    "net": "Net, region and municipalities, SEK million a year",
}
BOX_DAYS = "{objective}; 95 % interval: {interval}"
BOX_COST = "beside the baseline; {each} SEK for each day avoided"
BOX_SURE = "{basis}; indifference zone {zone} days"
BOX_NET = "all care counted, below 0 is saved; 95 % interval: {interval}"

# --- figures ------------------------------------------------------------------------------------------------------

FIGURES = {
    "frontier": FigureWords(
        "Days avoided and what the staff costs",
        "Undvikna vårddygn och vad bemanningen kostar",
        "Each dot is a way to staff, placed by its paired difference from the selected one. On the frontier are those "
        "that no other beats: that costs no more and avoids as much.",
    ),
    "marginal": FigureWords(
        "What one more unit buys",
        "Vad en enhet till ger",
        "One unit more of one thing, all else as it was; one less where there is no more. Around the selected way, and "
        "around the reference, which has the scenario's own values.",
    ),
    "bottlenecks": FigureWords(
        "Bottlenecks, and what relieving them buys",
        "Flaskhalsar, och vad det ger att lätta på dem",
        "Services that people wait for under the selected way. Long queues are not always bottlenecks: the right panel "
        "shows whether more of the service would avoid days.",
    ),
    "budget": FigureWords(
        "Who pays and who saves",
        "Vem betalar och vem sparar",
        "Net budget effect of the selected way: all care counted at the prices below, beside the baseline.",
    ),
    "robustness": FigureWords(
        "The selected way and its rivals under every parameter set",
        "Det valda alternativet och dess rivaler med varje parameteruppsättning",
        "Each dot is one set of parameters that agrees with what is known, in one replication; so chance is in it too. "
        "To the right the same sets as differences from the selected way.",
    ),
}
LEGEND_FRONTIER = ("other ways", "the frontier", "selected", "reference")
PLACED = "Beside {baseline} governance: paired differences, {counts} of each way."
COUNTS = "{least} to {most} replications"
WHISKERS = (
    "Whiskers: 95 % interval; of the selected way beside the baseline, of the frontier and the reference beside the "
    "selected way; cut at the edge. Band: within {zone} days of the selected way."
)
STAFF_AXIS = "Staff, beside {baseline} governance, SEK million a year"
FEWER_AXIS = "Fewer {objective} a year"
MORE_FEWER_AXIS = "Fewer {objective} a year\nthan without the step"
PAIRED = "Paired differences. {filled}"
FILLED = "Whiskers: 95 % interval. Filled: the interval leaves out zero."
BESIDE_BARS = "To the right: SEK million a year for staff, and SEK for each day where days are known to differ."
AROUND = {"selected": "Around the selected way", "reference": "Around the reference"}
NO_PRICE = "no price"
EACH_DAY = "{sek}/day"
NOT_TRIED = "not tried"
RELIEF = "Relief: {share} more of the service, everywhere. {filled}"
USED_AXIS = "Hours used, % of\nhours on duty"
WAITED_AXIS = "Hours waited a year,\nthousands"
RELIEVED_AXIS = "Days avoided more a year,\nif relieved"
COUNTED = "All care counted at the prices of the scenario, beside {baseline} governance. {filled}"
BESIDE_BUDGET = "To the right: of this, staff, beds and places, used or not, SEK million a year."
NET_AXIS = "Net budget effect, SEK million a year: saved to the left, paid to the right"
SETS = "{sets} parameter sets, one replication of each. Bar: from the 10th to the 90th of 100 sets; line: the median."
DIFFERENCE_AXIS = "Days avoided more than by\nthe selected way, a year"
BAND_ZONE = "Shaded: within the indifference zone of {zone} days."
DESIGN = "Way {number}"
SELECTED, REFERENCE = "selected", "reference"

# --- tables -------------------------------------------------------------------------------------------------------

FRONTIER_LEAD = (
    "Staff cost is known from the calendar: hours on duty at their prices, used or not. Some ways ran in more "
    "replications than others, so each stands at the days of the selected one less their paired difference, whose 95 % "
    "interval is beside it; beneath those of the selected one is their own. How surely each is on the frontier is a "
    "share of draws of all means. The intervals are for one line at a time."
)
FRONTIER_TITLE = "The efficient frontier"
WAY = "way"
COST, DAYS, BEHIND, SURELY = (
    "staff, SEK million a year",
    "days avoided a year",
    "days behind the selected",
    "surely on it",
)
NET_HEADS = ("net, region, SEK million", "net, municipalities, SEK million")
REPLICATIONS = "replications"
ALL_DESIGNS = "All {count} ways to staff that were run, and the reference"
MORE_SERVICES = "{count} more services with shorter queues are in bottlenecks.csv."
OVER_BUDGET = "{count} more cost more than the budget; plan.csv has them with their costs."
MARGINAL_HEADS = ("step", "days avoided more a year", "95 % interval", "staff, SEK million a year", "SEK for each day")
MARGINAL_LEAD = (
    "Steps whose interval leaves out zero are known to matter; of the others nothing is known but the range."
)
NO_MARGINAL = "There is no unit to add."
BOTTLENECK_HEADS = (
    *("service", "hours used, %", "hours waited a year", "hours each", "days avoided more a year, if relieved"),
    *("95 % interval", "SEK million a year"),
)
NO_BOTTLENECKS = "Nobody waited for any service."
PAYER_HEADS = ("payer", "staff, SEK million a year", "net, SEK million a year", "95 % interval", "verdict")
PAYER_LEAD = (
    "Net below 0 is saved. What municipalities pay for patients who are ready for discharge is paid by them and "
    "received by the region. Beds and visits are priced by use here, teams by staffed hours."
)
VERDICTS = {"pays": "pays", "saves": "saves", "unclear": "unclear"}
ROBUST_HEADS = (
    *("way", "days avoided a year, median", "10th to 90th of 100 sets", "best in", "within the zone of the best in"),
)
NO_ROBUSTNESS = (
    "Not run: the answer holds for one set of parameter values. Add --ensemble to run the selected way and its rivals "
    "under every set that agrees with what is known."
)
PRICES_LEAD = "Prices as the scenario states them, with the year and the source that each rests on."
PRICES_HEADS = ("price", "value, SEK", "range held possible", "year", "source")
STATED_PRICES = "The plan itself states, SEK an hour: {prices}."
NOT_PRICED = "Staffed otherwise than in the baseline, but without a price, so not in the cost: {services}."
RULE = (
    "Selected with {method}; probability asked for {probability}, indifference zone {zone} days: a smaller difference "
    "does not matter. {survivors} of {candidates} ways were left after screening."
)
LIMITS = (
    (
        "Best in the model.",
        "Whether staff can be found, and whether a team of that size works as assumed, is not in it. The first year "
        "after the switch is shown, with the time that teams take to fill.",
    ),
    (
        "Intervals show chance, not ignorance.",
        "They come from other draws of the same model. How the answer moves with the parameters is shown only by a run "
        "over the ensemble (--ensemble), and the form of the model is in no interval.",
    ),
    (
        "Only the ways listed were compared.",
        "A level that is not in the plan may be better. What is selected is best of these, within the zone.",
    ),
    (
        "The objective does not weigh harm.",
        "Deaths, waits and occupancy under the selected way are not on this page: put its values into a scenario and "
        "run narvard compare.",
    ),
    (
        "Two kinds of money.",
        "Staff cost is what has to be paid; the net effect counts beds and visits that are not used at full price. "
        "A bed that stands empty is saved only when it is closed.",
    ),
    (
        "A label is not an effect.",
        "Days labelled avoidable are counted by rule; days without the label may vanish too.",
    ),
)
COMMAND = (
    "narvard plan {name}.toml --method {method} --zone-days {zone} --probability {probability}{ensemble} --seed {seed} "
    "--out {name}"
)

TERMS = {
    "zone": Term("Indifference zone", "likgiltighetszon"),
    "correct": Term("Probability of correct selection", "sannolikhet för rätt val"),
    "frontier": Term("Efficient frontier", "effektiv front"),
    "marginal": Term("Marginal value", "marginalvärde"),
    "bottleneck": Term("Bottleneck", "flaskhals"),
    "net": Term("Net budget effect", "nettoeffekt på budget"),
    "set": Term("Parameter set", "parameteruppsättning"),
}
MEANINGS = {
    "zone": "The largest difference in days a year that does not matter to whoever chooses.",
    "correct": "How surely no way within the budget beats the selected one by more than the indifference zone.",
    "frontier": "The ways that no other beats: that costs no more and avoids as many days.",
    "marginal": "Days avoided, and SEK, by one more unit of one thing.",
    "bottleneck": "A service whose shortage keeps days from being avoided.",
    "net": "What a payer pays more than under the baseline when all care is counted; below 0 is saved.",
    "set": "Values of the uncertain parameters that together agree with what is known of the region.",
}

# --- the workbook -------------------------------------------------------------------------------------------------

SHEETS = {
    "readme": ("readme", "What the sheets and columns are."),
    "answer": ("answer", "The answer in words."),
    "plan": ("designs", "Every way to staff: its levels, cost, days avoided and net budget effect."),
    "marginal": ("marginal", "One more unit of each variable."),
    "bottlenecks": ("bottlenecks", "Services that people wait for, and what relieving them buys."),
    "budget": ("budget", "Who pays and who saves."),
    "robustness": ("robustness", "Days avoided a year by the selected way, its rivals and the reference, by set."),
    "sources": ("sources", "Every value of the scenario with its range, unit and source."),
}
ANSWER_COLUMN = "answer"
WORKBOOK_FACTS = "{designs} ways to staff, {window}, {people} inhabitants, seed {seed}."
WORKBOOK_NOTE = "Days, hours and SEK are those of a year; beside the baseline unless said otherwise."
COLUMN_VARIABLE = "Level of: {label}."
COLUMN_DESIGN = "Days avoided a year by this way."
COLUMNS = {
    "design": "Number of the way to staff, from 0.",
    "cost_sek": "Staff, SEK a year more than the baseline.",
    "cost_region_sek": "Of this, the region.",
    "cost_municipalities_sek": "Of this, the municipalities.",
    "within_budget": "Whether it keeps to the budget; the others were not run.",
    "avoidable_days": "The objective under it, days a year.",
    "days_avoided": "Days of the objective fewer than the baseline, a year.",
    "days_behind_selected": "Days that it avoids less than the selected one, paired.",
    "hospital_days_avoided": "Hospital days fewer than the baseline, a year.",
    "net_region_sek": "Net budget effect of the region, SEK a year; below 0 is saved.",
    "net_municipalities_sek": "Net budget effect of the municipalities, SEK a year; below 0 is saved.",
    "selected": "Whether it was selected.",
    "on_frontier": "Whether no other costs as much or less and avoids as many days.",
    "frontier_share": "How surely the latter holds: a share of draws of all means.",
    "probability_of_correct_selection": "Of the selected one.",
    "replications": "Replications that it ran in.",
    "left_out_after": "After how many replications it was left out; empty if it was not.",
    "around": "Which way the step is taken from.",
    "variable": "What is changed.",
    "unit": "Unit of the values.",
    "value": "The value before.",
    "other": "The value after.",
    "sek_per_day": "SEK for each day avoided, where days are known to differ.",
    "rank": "By days avoided if relieved, then by hours waited.",
    "service": "Kind of unit.",
    "utilisation": "Hours used as a share of hours on duty.",
    "queue_hours": "Hours that people wait, a year.",
    "wait_hours": "Hours waited for each request.",
    "relieved_share": "By how much more of it there was, when relieved.",
    "payer": "Who pays: the region, a municipality, or all.",
    "staff_sek": "Staff, beds and places, used or not, SEK a year.",
    "net_sek": "Net budget effect, SEK a year; below 0 is saved.",
    "set": "Number of the parameter set, from 0.",
}
EITHER_END = {"_low": "Lower end of the 95 % interval of {name}.", "_high": "Upper end of the 95 % interval of {name}."}

# --- the terminal -------------------------------------------------------------------------------------------------

SHOWN_TITLE = "The efficient frontier: staff cost (SEK million a year) against days avoided a year"
SHOWN_HEADS = ("cost", "days avoided", "behind the selected", "sure")
