"""The folder of a plan (planens resultatmapp): ``plan.csv`` and what stands around it.

All files but ``provenance.json`` hold the same bytes for the same plan, seed and versions, whatever the workers and
however often it was interrupted.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.experiment.folder import provenance, put_table, write_sources
from sim.model.period import Period
from sim.planning.archive import PlanIdentity
from sim.planning.coupling import Estimate
from sim.planning.findings import Bottleneck, Payer, Robustness, payers, value_words
from sim.planning.planning import Marginal, Outlook, Planned
from sim.planning.ranking import KN, KN_UPDATED, POOLED
from sim.replication.beginning import window_of
from sim.runs.durable import put
from sim.runs.identity import versions
from sim.statistics.design import cleaned
from sim.vocabulary import DAY

RESULT, TABLE, MARGINAL, BOTTLENECKS, BUDGET, ROBUSTNESS = (
    *("plan.json", "plan.csv", "marginal.csv", "bottlenecks.csv", "budget.csv", "robustness.csv"),
)
FORMAT = 1
GUARANTEES = {
    KN: "guaranteed for normal differences",
    KN_UPDATED: "guaranteed for normal differences as the zone becomes small",
}
ALIKE = "; screening for differences that vary alike"
"""What the screening with pooled variances takes for granted beside."""
APPROXIMATE = "approximate"


@dataclass(frozen=True, eq=False)
class Findings:
    """A finished plan with what lies around it."""

    planned: Planned
    marginals: Sequence[Marginal]
    bottlenecks: Sequence[Bottleneck]
    robustness: Robustness | None = None


def write_plan(found: Findings, folder: Path, seconds: float | None = None) -> list[Path]:
    """Write a finished plan; returns the files.

    Parameters
    ----------
    found
        What is to be written.
    folder
        Created if need be; files of the same names are replaced.
    seconds
        Wall time, for the provenance.

    Raises
    ------
    OSError
        If a file cannot be written; none is left half-written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    planned = found.planned
    files = [
        put_table(folder / TABLE, plan_columns(planned), plan_rows(planned)),
        put_table(folder / MARGINAL, MARGINAL_COLUMNS, marginal_rows(found.marginals)),
        put_table(folder / BOTTLENECKS, BOTTLENECK_COLUMNS, bottleneck_rows(found.bottlenecks)),
        put_table(folder / BUDGET, BUDGET_COLUMNS, budget_rows(payers(planned))),
        write_sources(planned.plan.scenario, folder),
    ]
    if found.robustness is not None:
        files.append(put_table(folder / ROBUSTNESS, robustness_columns(found.robustness), _sets(found.robustness)))
    else:
        (folder / ROBUSTNESS).unlink(missing_ok=True)
    text = json.dumps(cleaned(result(found)), indent=1, ensure_ascii=False)
    told = json.dumps(provenance(planned.runs.where, seconds), indent=2)
    return [*files, put(folder / RESULT, text + "\n"), put(folder / "provenance.json", told + "\n")]


# --- tables ------------------------------------------------------------------------------------------------------


def plan_columns(planned: Planned) -> tuple[str, ...]:
    """Columns of ``plan.csv``."""
    return (
        "design",
        *planned.plan.names,
        *("cost_sek", "cost_region_sek", "cost_municipalities_sek", "within_budget"),
        *("avoidable_days", "avoidable_days_low", "avoidable_days_high"),
        *("days_avoided", "days_avoided_low", "days_avoided_high"),
        *("days_behind_selected", "days_behind_selected_low", "days_behind_selected_high"),
        *("hospital_days_avoided", "hospital_days_avoided_low", "hospital_days_avoided_high"),
        *("net_region_sek", "net_region_sek_low", "net_region_sek_high"),
        *("net_municipalities_sek", "net_municipalities_sek_low", "net_municipalities_sek_high"),
        *("selected", "on_frontier", "frontier_share", "probability_of_correct_selection"),
        *("replications", "left_out_after"),
    )


def plan_rows(planned: Planned) -> Iterator[tuple[Any, ...]]:
    """A row for each design, and one for a reference that is none of them."""
    rows = list(planned.outlooks)
    if planned.reference.number is None:
        rows.append(planned.reference)
    for one in rows:
        told = planned.selection.probability if one.selected else math.nan
        yield (
            "reference" if one.number is None else one.number,
            *(value_words(value) for value in one.design.values),
            *(one.cost.total, one.cost.region, one.cost.municipal, _flag(one.within)),
            *(number for estimate in _estimates(one) for number in (estimate.mean, estimate.low, estimate.high)),
            *(_flag(one.selected), _flag(one.on_frontier), one.frontier_share, told),
            *(one.avoided.replications, "" if one.left < 0 else one.left),
        )


def _estimates(one: Outlook) -> tuple[Estimate, ...]:
    return one.level, one.avoided, one.behind, one.hospital, one.net_region, one.net_municipalities


def _flag(value: bool) -> str:
    return str(bool(value)).lower()


MARGINAL_COLUMNS = (
    *("around", "variable", "unit", "value", "other", "days_avoided", "days_avoided_low", "days_avoided_high"),
    *("cost_sek", "sek_per_day", "sek_per_day_low", "sek_per_day_high", "replications"),
)


def marginal_rows(marginals: Sequence[Marginal]) -> Iterator[tuple[Any, ...]]:
    """A row for each step."""
    for one in marginals:
        yield (
            *(one.around, one.variable, one.unit, value_words(one.value), value_words(one.other)),
            *(one.days.mean, one.days.low, one.days.high, one.cost, one.sek_per_day, *one.sek_per_day_between),
            one.days.replications,
        )


BOTTLENECK_COLUMNS = (
    *("rank", "service", "utilisation", "queue_hours", "wait_hours", "relieved_share"),
    *("days_avoided", "days_avoided_low", "days_avoided_high", "cost_sek", "sek_per_day", "replications"),
)


def bottleneck_rows(found: Sequence[Bottleneck]) -> Iterator[tuple[Any, ...]]:
    """A row for each service."""
    for rank, one in enumerate(found, 1):
        yield (
            *(rank, one.service, one.utilisation.mean, one.queue_hours.mean, one.wait_hours.mean, one.relieved),
            *(one.days.mean, one.days.low, one.days.high, one.cost, one.sek_per_day, one.utilisation.replications),
        )


BUDGET_COLUMNS = ("payer", "staff_sek", "net_sek", "net_sek_low", "net_sek_high", "replications")


def budget_rows(found: Sequence[Payer]) -> Iterator[tuple[Any, ...]]:
    """A row for each payer."""
    for one in found:
        yield one.payer, one.staff, one.net.mean, one.net.low, one.net.high, one.net.replications


def robustness_columns(found: Robustness) -> tuple[str, ...]:
    """Columns of ``robustness.csv``: days avoided by each design, the selected one first."""
    return ("set", *("reference" if number is None else f"design_{number}" for number in found.designs))


def _sets(found: Robustness) -> Iterator[tuple[Any, ...]]:
    for number, row in enumerate(found.avoided.tolist()):
        yield number, *row


# --- plan.json ---------------------------------------------------------------------------------------------------


def result(found: Findings) -> dict[str, Any]:
    """What was planned and found, as plain data."""
    planned = found.planned
    plan, settings, rule = planned.plan, planned.plan.settings, planned.plan.settings.rule
    window = window_of(Period.of(plan.scenario))
    return {
        "format": FORMAT,
        "kind": "plan",
        "digest": PlanIdentity.of(plan, planned.runs.scenario, planned.runs.where.engine).digest,
        "name": plan.scenario.name,
        "title": plan.scenario.title,
        "seed": settings.seed,
        "engine": planned.runs.where.engine,
        "versions": versions(),
        "window_days": (window.end - window.start) // DAY,
        "people": plan.scenario.region.people,
        "governance": settings.governance,
        "baseline": settings.baseline,
        "objective": settings.objective,
        "budget": dict(settings.budget),
        "prices": {service.name.lower(): price for service, price in plan.costing.own_prices.items()},
        "variables": [
            {"name": v.name, "unit": v.unit, "levels": [level.value for level in v.levels], "step": v.step}
            for v in plan.variables
        ],
        "designs": len(plan.designs),
        "within_budget": sum(plan.within),
        "rule": {
            "method": rule.method,
            "zone_days": rule.zone,
            "probability": rule.probability,
            "screening": rule.screening if rule.screen else None,
            "screen": list(rule.screen),
            "first": rule.first,
            "most": rule.most,
        },
        "reference": {
            "design": planned.reference.number,
            "values": [
                {"name": name, "value": value_words(value)}
                for name, value in zip(plan.names, plan.reference.values, strict=True)
            ],
            "days_avoided": _estimate(planned.reference.avoided),
            "cost_sek": planned.reference.cost.total,
        },
        "selection": selection(planned),
        "cheapest_within_zone": cheapest(planned.cheapest, planned),
        "cheapest_surely_within_zone": cheapest(planned.cheapest_sure, planned),
        "not_priced": list(plan.unpriced),
        "robustness": None if found.robustness is None else robust(found.robustness, rule.zone),
    }


def selection(planned: Planned) -> dict[str, Any]:
    """What was selected, and how surely."""
    made, one = planned.selection, planned.selected
    return {
        "design": planned.best,
        "values": dict(zip(planned.plan.names, one.design.values, strict=True)),
        "days_avoided": _estimate(one.avoided),
        "hospital_days_avoided": _estimate(one.hospital),
        "cost_sek": one.cost.total,
        "net_region_sek": _estimate(one.net_region),
        "net_municipalities_sek": _estimate(one.net_municipalities),
        "probability": made.probability,
        "basis": basis(planned),
        "paired_probability": made.paired,
        "survivors_of_screening": len(made.survivors),
        "runs_that_counted": made.runs,
        "replications": int(made.counts[made.best]),
    }


def basis(planned: Planned) -> str:
    """On what the probability of correct selection stands."""
    rule = planned.plan.settings.rule
    if not planned.selection.guaranteed:
        return APPROXIMATE
    return GUARANTEES[rule.method] + (ALIKE if rule.screen and rule.screening == POOLED else "")


def cheapest(one: Outlook, planned: Planned) -> dict[str, Any]:
    """The design that costs least of those that avoid as much as the selected one, but for the zone.

    By its mean, or by its whole interval, so an estimate: it was not selected by a procedure.
    """
    return {
        "design": one.number,
        "values": dict(zip(planned.plan.names, one.design.values, strict=True)),
        "cost_sek": one.cost.total,
        "days_avoided": _estimate(one.avoided),
        "days_behind_selected": _estimate(one.behind),
    }


def robust(found: Robustness, zone: float) -> dict[str, Any]:
    """Shares of parameter sets, with how many there are."""
    return {
        "sets": len(found.avoided),
        "best": float(found.best.mean()),
        "within_zone": float(found.within(zone).mean()),
    }


def _estimate(one: Estimate) -> dict[str, Any]:
    return {"mean": one.mean, "low": one.low, "high": one.high, "replications": one.replications}
