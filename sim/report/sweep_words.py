"""Words of the figures and tables of a sweep, in English with the Swedish term of the field."""

from __future__ import annotations

from sim.outcomes import OUTCOMES
from sim.report import words
from sim.report.words import Term

EFFECTS = Term("{what}: main effect of what was varied", "{swedish}, huvudeffekter")
MAP = Term("{what}: both keys together", "{swedish}, båda nycklarna tillsammans")
SCATTER = Term("{what}: point by point", "{swedish}, punkt för punkt")
RANKS = Term("{what}: rank correlation with what was varied", "{swedish}, rangkorrelation")
DIFFERENCE = "Difference, {unit}\n({last} − {first})"
EACH = "Each governance"
RANK_AXIS = "Spearman's rank correlation with the {of}"
SCENARIO = "the value of the scenario"
RHO = "ρ = {rho}"
RHO_INTERVAL = "ρ = {rho} ({interval})"
NO_RHO = "no correlation: all values equal"
POINTS = " {points} points."
HEADS = ("point", "mean", "95 % interval", "unit")
MORE_POINTS = "and {count} more points in sweep.csv"


OUTCOME = {
    **{name: term.text for name, term in words.CLASSES.items()},
    "labelled_days": "Days labelled avoidable",
    "preventable_days": "Days preventable in principle",
    "cost_region_sek": "Cost to the region",
    "cost_municipality_sek": "Cost to the municipalities",
    "cost_total_sek": "Cost to region and municipalities",
}
"""Outcomes whose label in a table would not do as a title."""


def outcome(name: str) -> str:
    """An outcome as it is called in a title."""
    return OUTCOME[name] if name in OUTCOME else words.LABELS.get(name, name.replace("_", " ").capitalize())


def lower(name: str) -> str:
    """An outcome within a sentence."""
    text = outcome(name)
    return text[:1].lower() + text[1:]


def titles(kind: Term, name: str) -> tuple[str, str]:
    """Title of a figure in English and Swedish."""
    swedish = OUTCOMES[name].swedish
    return kind.text.format(what=outcome(name)), kind.swedish.format(swedish=swedish[:1].upper() + swedish[1:])
