"""What a plan answers, in sentences (planens svar): the choice, how surely, who pays, and whether it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.report.language import plan_words
from sim.report.numbers import between, number, per_cent
from sim.report.planned import MILLION, PlanResult, Row, estimate_in
from sim.report.result import NAN, Estimate

APPROXIMATE = "approximate"


def sentences(plan: PlanResult) -> list[str]:
    """The answer: first the choice in one sentence, then who pays, what else would do, and how robust it is."""
    found = [_choice(plan), _net(plan), _little(plan), _cheaper(plan), _robust(plan)]
    return [text for text in found if text]


def _choice(plan: PlanResult) -> str:
    about, made = plan.about, plan.about["selection"]
    days = of(made["days_avoided"])
    share = per_cent(made["probability"])
    sure = plan_words.ABOUT if made["basis"] == APPROXIMATE else plan_words.SURE
    return plan_words.ANSWER.format(
        candidates=number(about["within_budget"], 0),
        objective=plan.objective,
        chosen=plan.told(made["values"]),
        days=number(days.value, 0),
        low=number(days.low, 0),
        high=number(days.high, 0),
        baseline=plan.baseline,
        cost=millions(made["cost_sek"]),
        sure=sure.format(share=share),
        zone=number(plan.zone, 0),
    )


def _net(plan: PlanResult) -> str:
    payers = {row["payer"]: row for row in plan.budget}
    made = plan.about["selection"]
    return plan_words.NET.format(
        region=_pays(of(made["net_region_sek"]), several=False),
        municipalities=_pays(of(made["net_municipalities_sek"]), several=True),
        all=_pays(estimate_in(payers["all"], "net_sek"), several=True),
    )


def _pays(net: Estimate, *, several: bool) -> str:
    """Pay or save so much, with the interval; from below 0 to above where it holds both."""
    verb, low, high = plan_words.PAYS[net.value > 0][several], net.low, net.high
    if net.clear:
        low, high = sorted((abs(low), abs(high)))
    form = plan_words.AMOUNT if net.clear else plan_words.UNSURE
    return form.format(verb=verb, sek=millions(abs(net.value)), low=millions(low), high=millions(high))


def _little(plan: PlanResult) -> str:
    """How many of those that were run lie within the zone, if there are more than the selected one."""
    near = sum(float(row["days_behind_selected"]) <= plan.zone for row in plan.ways)
    if near < 2:
        return ""
    return plan_words.LITTLE.format(within=number(near, 0), run=number(len(plan.ways), 0), zone=number(plan.zone, 0))


def _cheaper(plan: PlanResult) -> str:
    """Of designs that cost less and seem as good within the zone, by mean and by whole interval, if there are any."""
    ways = (("cheapest_within_zone", plan_words.CHEAPER), ("cheapest_surely_within_zone", plan_words.CHEAPER_SURE))
    found: dict[str, str] = {}
    for name, form in ways:
        one = plan.about[name]
        if str(one["design"]) == plan.selected["design"]:
            continue
        behind = of(one["days_behind_selected"])
        found[str(one["design"])] = form.format(  # one design is told once, by the stronger
            cost=millions(one["cost_sek"]),
            chosen=plan.told(one["values"]),
            zone=number(plan.zone, 0),
            behind=number(behind.value, 0),
            low=number(behind.low, 0),
            high=number(behind.high, 0),
        )
    return " ".join(found.values())


def _robust(plan: PlanResult) -> str:
    found = plan.about["robustness"]
    if found is None:
        return ""
    best, within = per_cent(found["best"]), per_cent(found["within_zone"])
    return plan_words.ROBUST.format(sets=number(found["sets"], 0), best=best, within=within, zone=number(plan.zone, 0))


def of(given: Mapping[str, Any]) -> Estimate:
    """An estimate as ``plan.json`` has it."""
    return Estimate(*(NAN if given[name] is None else float(given[name]) for name in ("mean", "low", "high")))


def millions(sek: float) -> str:
    """SEK in millions."""
    return number(sek / MILLION, 1)


def verdict(row: Row) -> str:
    """Whether a payer pays or saves, or neither is clear."""
    net = estimate_in(row, "net_sek")
    return plan_words.VERDICTS["unclear" if not net.clear else "pays" if net.value > 0 else "saves"]


def frontier_rows(plan: PlanResult) -> list[tuple[str, ...]]:
    """The frontier for a terminal: design, levels, cost, days avoided, how many behind, how surely."""
    rows = []
    for row in plan.frontier:
        behind = estimate_in(row, "days_behind_selected")
        sure = per_cent(float(row["frontier_share"])) if row["frontier_share"] else ""
        values = (plan.value(name, row[name]) for name in plan.variables)
        days = number(float(row["days_placed"]), 0)
        told = f"{number(behind.value, 0)} ({between(behind.low, behind.high, 0)})"
        if row["selected"] == "true":
            told = plan_words.SELECTED
        rows.append((row["design"], *values, number(float(row["cost_sek"]) / MILLION, 2), days, told, sure))
    return rows
