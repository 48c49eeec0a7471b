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


def outcome(name: str) -> str:
    """An outcome as it is called in a title."""
    return words.LABELS.get(name, name.replace("_", " ").capitalize())


def lower(name: str) -> str:
    """An outcome within a sentence."""
    text = outcome(name)
    return text[:1].lower() + text[1:]


def titles(kind: Term, name: str) -> tuple[str, str]:
    """Title of a figure in English and Swedish."""
    swedish = OUTCOMES[name].swedish
    return kind.text.format(what=outcome(name)), kind.swedish.format(swedish=swedish[:1].upper() + swedish[1:])
