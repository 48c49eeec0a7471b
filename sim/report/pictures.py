"""The figures: what each needs, how it is drawn, and what somebody who cannot see it should know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from matplotlib.figure import Figure

from sim.outcomes.table import Margin
from sim.report import activity, costs, days, effects, payers, places, warming, ways
from sim.report.canvas import CLASS_COLOURS, styled
from sim.report.language import words
from sim.report.numbers import between, decimals, number, per_cent, scale
from sim.report.patterns import Series
from sim.report.result import TOTAL, Estimate, Result
from sim.statistics.pattern_means import BY_DAY, BY_HOUR


@dataclass(frozen=True)
class Picture:
    """One figure.

    Attributes
    ----------
    name
        Of its files, and key of its words.
    possible
        Whether a result holds what it shows.
    draw
        Draws it.
    tell
        Its numbers in words, for who cannot see it.
    """

    name: str
    possible: Callable[[Result], bool]
    draw: Callable[[Result], Figure]
    tell: Callable[[Result], str]

    def words(self, result: Result) -> words.FigureWords:
        """Title and caption."""
        return words.figure(self.name, result.compared)

    def drawn(self, result: Result) -> Figure:
        """The figure, in our style whatever the settings of the user."""
        with styled():
            return self.draw(result)

    def alt(self, result: Result) -> str:
        """Text in place of the figure."""
        return f"{self.words(result).title}. {self.tell(result)}".strip()


# --- what a result must hold --------------------------------------------------------------------------------


def _has_classes(result: Result) -> bool:
    return result.has(*CLASS_COLOURS)


def _has_groups(result: Result) -> bool:
    return all(result.has(*CLASS_COLOURS, margin=Margin(group=name)) for name in words.GROUPS)


def _has_quantities(result: Result) -> bool:
    return result.has("hospital_days", "labelled_days", "preventable_days")


def _has_change(result: Result) -> bool:
    return result.change("hospital_days").known


def _has_months(result: Result) -> bool:
    return any(result.has(activity.MONTHLY, margin=Margin(period=m)) for m in result.months)


def _has_items(result: Result) -> bool:
    return result.compared and payers.has_costs(result)


def _has_flows(result: Result) -> bool:
    return all(name in result.flows and result.flows[name].sum() > 0 for name in result.governances)


def _has_places(result: Result) -> bool:
    names = places.kinds(result)
    wanted = [Series(g, name, scale) for g in result.governances for name in names for scale in (BY_DAY, BY_HOUR)]
    return bool(names) and all(series in result.occupancy for series in wanted)


def _has_visits(result: Result) -> bool:
    return result.has("person_years") and bool(activity.seen_visits(result))


def _has_split(result: Result) -> bool:
    parts = [result.change(f"hospital_days{suffix}") for suffix in words.PARTS]
    return all(part.known for part in parts)


def _has_cost(result: Result) -> bool:
    return result.has("cost_region_sek", "cost_municipality_sek")


# --- in words -----------------------------------------------------------------------------------------------


def _estimate(estimate: Estimate, *, sign: bool = False) -> str:
    places = decimals(estimate.value, estimate.low, estimate.high)
    text = number(estimate.value, places, sign=sign)
    if estimate.bounded:
        text += f" ({between(estimate.low, estimate.high, places, sign=sign)})"
    return text


def _listed(parts: Iterable[str]) -> str:
    return "; ".join(part for part in parts if part) + "."


def _levels(result: Result, outcome: str, label: str, factor: float = 1.0, margin: Margin = TOTAL) -> str:
    values = [
        f"{words.governance(g).lower()} {_estimate(result.level(g, outcome, margin).times(factor))}"
        for g in result.governances
    ]
    return f"{label}: {', '.join(values)}"


def _tell_classes(result: Result) -> str:
    return _listed(_levels(result, name, term.text) for name, term in words.CLASSES.items())


def _tell_groups(result: Result) -> str:
    return _listed(
        _levels(result, "hospital_days", term.text, margin=Margin(group=name)) for name, term in words.GROUPS.items()
    )


def _tell_quantities(result: Result) -> str:
    return _listed(
        f"{words.QUANTITIES[q.key].text}: {words.DAYS_TOLD.format(days=_estimate(q.days), share=per_cent(q.share))}"
        for q in days.three_quantities(result)
    )


def _tell_forest(result: Result) -> str:
    rows, _, _ = effects.forest_rows(result)
    return _listed(
        f"{row.term.text}: {_estimate(result.change('hospital_days', row.margin), sign=True)}" for row in rows
    )


def _tell_months(result: Result) -> str:
    return _listed(
        _levels(result, activity.MONTHLY, _month(month), 1000 / 12, Margin(period=month)) for month in result.months
    )


def _month(period: str) -> str:
    """A month of the window; ``month-03`` is the third."""
    return words.MONTH.format(number=int(period.rpartition("-")[2]))


def _tell_waits(result: Result) -> str:
    told = []
    for panel, names in activity.wait_panels(result).items():
        factor = 100.0 if panel == "shares" else 1.0
        unit = words.WAIT_PANELS[panel]
        told += [_levels(result, name, f"{words.WAITS[name]} ({unit})", factor) for name in names]
    return _listed(told)


def _tell_use(result: Result) -> str:
    return _listed(
        _levels(result, f"utilisation_{name}", f"{words.SERVICES[name]} (%)", 100.0)
        for name in activity.open_services(result)
    )


def _tell_visits(result: Result) -> str:
    told = []
    for name in activity.seen_visits(result):
        rates = [
            f"{words.governance(g).lower()} {number(result.rate(g, name, 'person_years', 1000).value)}"
            for g in result.governances
        ]
        told.append(f"{words.VISITS[name]}: {', '.join(rates)}")
    return _listed(told)


def _tell_split(result: Result) -> str:
    return _listed(
        f"{term.text}: {words.HOSPITAL_DAYS_TOLD.format(days=_estimate(result.change(name), sign=True))}"
        for name, term in ((f"hospital_days{suffix}", term) for suffix, term in words.PARTS.items())
    )


def _tell_cost(result: Result) -> str:
    factor, unit = scale("SEK")
    return _listed(
        _levels(result, name, f"{term.text} ({unit})", factor)
        for name, term in words.COST_ROWS.items()
        if result.has(name)
    )


def _tell_warm_up(result: Result) -> str:
    return warming.alt(result.warm_up) if result.warm_up else ""


def _warm_up(result: Result) -> Figure:
    assert result.warm_up is not None
    return warming.welch_plot(result.warm_up)


PICTURES = (
    Picture("three-quantities", _has_quantities, days.three, _tell_quantities),
    Picture("days-by-class", _has_classes, days.by_class, _tell_classes),
    Picture("days-by-group", _has_groups, days.by_group, _tell_groups),
    Picture("difference-by-group", _has_change, effects.forest, _tell_forest),
    Picture("direct-and-spillover", _has_split, effects.direct, _tell_split),
    Picture("pathways", _has_flows, ways.pathways, lambda result: _listed(ways.told(result))),
    Picture("labelled-by-month", _has_months, activity.monthly, _tell_months),
    Picture("waits", lambda result: bool(activity.wait_panels(result)), activity.waits, _tell_waits),
    Picture("occupancy-year", _has_places, places.year, lambda result: _listed(places.told(result, BY_DAY))),
    Picture("occupancy-week", _has_places, places.week, lambda result: _listed(places.told(result, BY_HOUR))),
    Picture("visits", _has_visits, activity.visits, _tell_visits),
    Picture("utilisation", lambda result: bool(activity.open_services(result)), activity.utilisation, _tell_use),
    Picture("costs-by-item", _has_items, costs.by_item, lambda result: _listed(costs.told(result))),
    Picture("cost", _has_cost, effects.cost, _tell_cost),
    Picture("warm-up", lambda result: result.warm_up is not None, _warm_up, _tell_warm_up),
)
"""In the order of the report."""
