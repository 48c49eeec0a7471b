"""Words of the figures and tables of a sweep, in English with the Swedish term of the field."""

from __future__ import annotations

from sim.report import words
from sim.report.words import Term

EFFECTS = Term("{what}: main effect of what was varied", "{swedish}, huvudeffekter")
MAP = Term("{what}: both keys together", "{swedish}, båda nycklarna tillsammans")
SCATTER = Term("{what}: point by point", "{swedish}, punkt för punkt")
RANKS = Term("{what}: rank correlation with what was varied", "{swedish}, rangkorrelation")
TORNADO = Term("{what}: what matters most", "{swedish}, vad som betyder mest")
TORNADO_ENDS = ("at the least value", "at the largest value")
TORNADO_OWN = "Line: the scenario's own values. Bars: means over the points with the value beside them."
TORNADO_MEAN = "Line: the mean of all points. Bars: means over the points with the value beside them."
DIFFERENCE = "Difference, {unit}\n({last} − {first})"
DIFFERENCE_ALONE = "difference"
EACH = "Each governance"
RANK_AXIS = "Rank correlation with the {of}"
SPEARMAN = "Spearman's"
PARTIAL = "partial: without what the other keys explain"
SCENARIO = "the value of the scenario"
RHO = "ρ = {rho}"
RHO_PARTIAL = "{rho}\npartial {partial}"
NO_RHO = "no correlation: values equal, or few"
POINTS = "{points} points."
WHISKERS = {
    "replications": "Whiskers are of each mean by itself, and not of the change from one value to the next.",
    "points and replications": "Whiskers hold the spread over points too, since these differ in other keys as well.",
    None: "No whiskers, since points of a table differ in the other keys as well, and not by chance.",
}
"""By what the intervals of main effects are over."""
OF_POINTS = "Changes between points have intervals of their own in sweep.csv."
RHO_OVER_POINTS = "The interval of ρ is over points; there is none for fewer than 8."
RANKS_OVER_POINTS = "Whiskers: 95 % interval over points; none for fewer than 8 points, or for all in one order."
FILLED_DIFFERENCE = "Difference: filled where its interval leaves out 0; hollow where it does not, or there is none."
FILLED = "Filled: the interval leaves out 0. Hollow: it does not, or there is none."
HEADS = ("point", "mean", "95 % interval", "unit")
CHANGE_HEADS = ("change from point {point}", "95 % interval")
REFERENCE = "reference"
CHANGES = "change from point {point}, {which}: paired; {count} such changes, each with an interval for itself alone"
OWN, FIRST = "the scenario's own values", "the first of the points"
NOWHERE = "No point has this outcome: nothing of its kind happened, so there is no figure of it."
MORE_POINTS = "and {count} more points in sweep.csv"
TOGETHER = (
    "{first} and {second} go together in this design (rank correlation {rho}): their effects are hard to tell apart"
)


OUTCOME = {
    **{name: term.text for name, term in words.CLASSES.items()},
    "labelled_days": "Days labelled avoidable",
    "preventable_days": "Days preventable in principle",
    "cost_region_sek": "Cost to the region",
    "cost_municipality_sek": "Cost to the municipalities",
    "cost_total_sek": "Cost to region and municipalities",
}
"""Outcomes whose label in a table would not do as a title."""
