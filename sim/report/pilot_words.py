"""Words of the report on pilots (ord om piloter): plain sentences on what may and may not be concluded."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.evaluation.claims import reported
from sim.evaluation.judging import RELATIVE, Judged, Verdict
from sim.evaluation.pilots import Claim
from sim.evaluation.verdict import Range
from sim.report.numbers import MINUS, number, per_cent

TITLE = "Pilots: what was claimed, what a study would show, what is true"
OUTCOMES = {
    "admissions": "unplanned admissions",
    "emergency_visits": "emergency visits",
    "hospital_days": "hospital days",
    "doctor_visits": "doctor visits in primary care",
    "hospital_cost": "cost of hospital days and emergency visits",
    "phone": "calls answered the same day",
    "three_day": "assessments within three days",
    "known_doctor": "visits to a known doctor",
}
PARTS = {
    "regression": "Regression to the mean, ageing",
    "deaths": "Deaths and drop-out",
    "secular": "Year and season",
    "spill_over": "Spill-over",
    "mobile_team": "Mobile team",
    "direct_contact": "Direct contact",
    "care_plan": "Care plan",
    "proactive_visits": "Proactive visits",
    "named_doctor": "Named doctor",
    "discharge_planning": "Discharge planning",
    "homecoming": "Safe homecoming",
    "joint_workflow": "Joint workflow",
    "attender_team": "Coordination team",
    "monitoring": "Remote monitoring",
    "specialist_support": "Specialist support",
    "access": "Access",
    "rounds": "Doctor's rounds",
    "organisation": "County-wide organisation",
    "rehabilitation": "Rehabilitation",
    "palliative_team": "Palliative team",
    "digital_visit": "Digital visits",
}
SELECTIONS = {
    "everybody": "everybody of these ages",
    "no_home_nursing": "people without home nursing",
}
DEATHS = {
    "survivors": "only those who lived to the end are compared",
    "raw": "counts are compared as if nobody had died",
    "person_time": "use per year alive is compared",
}
HOW = (
    "Each pilot is run on simulated people: its region, its way of choosing patients, its staffing and levers. "
    "Because the same people are also simulated without the pilot, the true effect is known. It can be held "
    "against what the pilot's own kind of evaluation would have reported, and against a randomised study of the "
    "same size."
)
LIMITS = (
    "The truth here is that of the model: it is conditional on how often people deteriorate, how much of that "
    "hospital only can treat, and how soon it is noticed, which no baseline statistic tells apart (see "
    "docs/model.md). What a pilot did is rebuilt from short descriptions, and staffing, numbers of patients and "
    "most lever values are assumptions stated in its file. A verdict says what a claim can bear as evidence; it "
    "does not say that nobody was helped, and nothing here is about satisfaction, security or working conditions."
)
WIDEST = 3.0
"""The largest relative increase that an interval of studies tells as a figure."""
ENOUGH = 0.9
"""Share of the stated people from which a list is as large as stated."""
NO_CLAIM = "The document gives no figure that can be compared."
TRUTH_NOTE = (
    "Truth: 95 % interval of the simulation. Studies: mean, and where 95 % of single studies of this kind and "
    "size lie. n: people as stated or assumed; power: chance of a randomised study of n people to find the truth."
)


def part(name: str) -> str:
    """A part of a change, for people."""
    return PARTS.get(name, name.replace("_", " ").capitalize())


def outcome(name: str) -> str:
    """An outcome, for people."""
    return OUTCOMES.get(name, name.replace("_", " "))


def amount(value: float, scale: str) -> str:
    """A change on its scale."""
    if not math.isfinite(value):
        return "–"
    if scale == RELATIVE:
        return per_cent(value, sign=True)
    if scale == "share":
        return f"{number(100 * value, 1, sign=True)} points"
    return f"{number(value, 0, sign=True)} thousand SEK a year"


def span(found: Range, scale: str) -> str:
    """An interval on its scale; empty where there is none."""
    if not (math.isfinite(found.low) and math.isfinite(found.high)):
        return ""
    if scale == RELATIVE:
        low = number(100 * max(-1.0, found.low), 0, sign=True)
        beyond = "over " if found.high > WIDEST else ""
        return f"{low} to {beyond}{number(100 * min(found.high, WIDEST), 0, sign=True)} %"
    if scale == "share":
        return f"{number(100 * found.low, 1, sign=True)} to {number(100 * found.high, 1, sign=True)}"
    return f"{number(found.low, 0, sign=True)} to {number(found.high, 0, sign=True)}"


def claimed(claim: Claim | None) -> str:
    """A claim's figure."""
    if claim is None or claim.effect is None:
        return "–"
    text = amount(claim.effect, claim.scale)
    if claim.low is not None and claim.high is not None and claim.low != claim.high:
        text += f" ({span(Range(claim.effect, claim.low, claim.high), claim.scale)})"
    return text


def concluded(verdict: Verdict, name: str, claim: Claim | None) -> Iterator[str]:
    """What may and may not be concluded of one outcome."""
    judged = verdict.outcomes[name]
    what = outcome(name)
    yield _without(judged, what)
    yield _with(judged, verdict)
    yield _truth(judged, what)
    if claim is not None and claim.effect is not None and claim.scale == judged.scale:
        yield _claim(judged, claim)
    yield _power(judged, verdict)


def _without(judged: Judged, what: str) -> str:
    change = judged.unchanged
    told = (
        f"With nothing done at all, the same before-after study would show {amount(change.mean, judged.scale)} {what}"
    )
    told += f" ({span(change, judged.scale)} in 95 % of such studies)." if span(change, judged.scale) else "."
    if math.isfinite(judged.false_alarms) and judged.scale == RELATIVE:
        told += f" It would call that significant in {per_cent(judged.false_alarms)} of cases."
    return told


def _with(judged: Judged, verdict: Verdict) -> str:
    shown = amount(judged.before_after.mean, judged.scale)
    total = judged.after - judged.before
    own = sum(judged.parts[name].mean for name in (*verdict.pilot.levers, "spill_over"))
    told = f"With the pilot it would show {shown}."
    if unclear(judged.truth):
        told += " How much of that is the pilot's doing is not to be told with these replications."
    elif own < total < 0:
        told += " All of that fall and more is the pilot's doing: the rest of what happened raised it."
    elif total < 0 and own < 0:
        told += f" Of that change, {per_cent(own / total)} is the pilot's doing."
    elif total < 0:
        told += " None of that fall is the pilot's doing."
    return told


def _truth(judged: Judged, what: str) -> str:
    truth = judged.truth
    interval = span(truth, judged.scale)
    told = f"The pilot's true effect on {what} in the model is {amount(truth.mean, judged.scale)}"
    told += f" ({interval})" if interval else ""
    if unclear(truth):
        return told + ": not to be told from none with these replications."
    return told + "."


def _claim(judged: Judged, claim: Claim) -> str:
    """Where the claim lies among what could be."""
    assert claim.effect is not None
    trial = claim.source in reported() and reported()[claim.source].role == "trial"
    shown, kind = (judged.randomised, "randomised") if trial else (judged.before_after, "before-after")
    told = f"The claim, {amount(claim.effect, claim.scale)}, "
    if math.isfinite(shown.low):
        where = "within" if shown.low <= claim.effect <= shown.high else "outside"
        told += f"is {where} what {kind} studies of this pilot would show in the model"
    else:
        told += f"cannot be held against {kind} studies with these replications"
    if not math.isfinite(judged.truth.low):
        return told + ", nor against the true effect." if not math.isfinite(shown.low) else told + "."
    possible = judged.truth.low <= claim.effect <= judged.truth.high
    return told + (", and may be the true effect there." if possible else ", and is not the true effect there.")


def _power(judged: Judged, verdict: Verdict) -> str:
    n = verdict.pilot.n
    if verdict.pilot.clusters:
        size = f"{len(verdict.pilot.municipalities)} municipalities"
    else:
        size = f"{n:,} people".replace(",", " ")
    if not math.isfinite(judged.power):
        return f"The power of a randomised study of {size} cannot be told."
    found = [] if unclear(judged.truth) else [f"the true effect with a chance of {per_cent(judged.power)}"]
    if math.isfinite(judged.smallest):
        found.append(f"a fall of {number(-100 * judged.smallest, 0)} % or more with a chance of at least 80 %")
    elif judged.scale == RELATIVE:
        found.append("no fall, however large, with a chance of 80 % by the usual regression")
    if not found:
        return f"What a randomised study of {size} would find cannot be told with these replications."
    return f"A randomised study of {size} would find " + ", and ".join(found) + "."


def too_few(verdict: Verdict) -> str:
    """That the rule takes clearly fewer people than the pilot states, if so; else empty."""
    if verdict.simulated >= ENOUGH * verdict.pilot.n:
        return ""
    pilot = verdict.pilot
    return (
        f"{pilot.name}: {number(pilot.n, 0)} people stated, {number(verdict.simulated, 0)} on the list: "
        f"'{pilot.selection}' takes no more there. Power is of a study of the stated number."
    )


def unclear(truth: Range) -> bool:
    """Whether the true effect is not told from none: its interval holds 0, or there is no interval."""
    return not (truth.low > 0 or truth.high < 0)


def may(verdict: Verdict, name: str) -> tuple[str, str]:
    """What may be concluded, and what may not, in a sentence each."""
    judged = verdict.outcomes[name]
    what = outcome(name)
    truth = judged.truth
    known = math.isfinite(truth.low)
    if known and truth.high < 0:
        first = (
            f"that in the model a pilot like this lowers {what} of the people on its list, by about "
            f"{_plain(truth, judged.scale)}"
        )
    elif known and truth.low > 0:
        first = (
            f"that in the model a pilot like this raises {what} of the people on its list, by about "
            f"{_plain(truth, judged.scale)}"
        )
    else:
        bounds = span(truth, judged.scale)
        first = (
            f"that in the model an effect on {what}, if there is one, lies in the range {bounds}"
            if bounds
            else f"nothing about an effect on {what}: one replication has no interval"
        )
    natural = amount(judged.unchanged.mean, judged.scale)
    second = f"that the change from before to after is the pilot's: {natural} comes without it"
    return f"May be concluded: {first}.", f"May not be concluded: {second}."


def _plain(found: Range, scale: str) -> str:
    return amount(abs(found.mean), scale).lstrip("+" + MINUS)
