"""Cost by payer and item (kostnad per betalare): what is paid for, at which price, who pays more and who saves.

Items are those of ``outcomes.cost`` at the prices of the scenario. Gross cost is the sum of the items that rise, gross
saving that of the items that fall, by their means; intervals are paired over replications.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.experiment.folder import put_table
from sim.model.services import HOUR_PRICES
from sim.outcomes.cost import PRICED
from sim.report.result import UNKNOWN, Estimate, Floats, Result, estimate

FILE = "costs.csv"
REGION, MUNICIPALITY = "region", "municipality"
PAYERS = (REGION, MUNICIPALITY)
GROSS_COST, GROSS_SAVING, OWN, NET = "gross_cost", "gross_saving", "own", "net"
"""Sums of a payer: of items that rise, of those that fall, of both, and with what moves between payers."""
ACCESS, READY = "access_payment_sek", "ready_payment_sek"
TRANSFERS: Mapping[str, Sequence[tuple[str, float]]] = {
    REGION: ((ACCESS, 1.0), (READY, -1.0)),
    MUNICIPALITY: ((READY, 1.0),),
}
"""What is paid beside care: for access to health centres, and by municipalities for patients who wait when ready."""
COLUMNS = (
    *("payer", "item", "first", "second", "difference", "low", "high"),
    *("price", "price_low", "price_high", "unit", "price_key", "price_source", "price_reference", "price_year"),
)


class Price(NamedTuple):
    """A price in the scenario; year as the source states it, empty if it states none."""

    key: str
    value: float
    low: str
    high: str
    source: str
    reference: str
    year: str


class Item(NamedTuple):
    """Something that is paid for, in SEK in the window.

    Attributes
    ----------
    payer
        ``region`` or ``municipality``.
    outcome
        What is counted; of a sum its name.
    price
        Of one; None for sums and transfers.
    levels
        Cost under each governance.
    change
        Second governance minus first; unknown for a run.
    """

    payer: str
    outcome: str
    price: Price | None
    levels: tuple[Estimate, ...]
    change: Estimate


def items(result: Result, payer: str) -> list[Item]:
    """What a payer pays for, in the order of the registry; without what costs nothing under any governance."""
    found = [
        _item(result, payer, outcome, price, result.prices[price])
        for outcome, price, whose in priced()
        if whose == payer and price in result.prices
    ]
    return [one for one in found if any(abs(level.value) > 0 for level in one.levels)]


def priced() -> Iterator[tuple[str, str, str]]:
    """Outcome, key of its price, payer."""
    for one in PRICED:
        yield one.outcome, one.price, MUNICIPALITY if one.municipal else REGION
    for service, price in HOUR_PRICES.items():
        yield f"capacity_hours_{service.name.lower()}", price, REGION


def _item(result: Result, payer: str, outcome: str, key: str, price: float) -> Item:
    values = [np.nan_to_num(price * series) for series in _series(result, outcome)]
    return Item(payer, outcome, price_of(result, key), *_estimates(values))


def _series(result: Result, outcome: str) -> list[Floats]:
    """Values by replication under each governance; zeros of an outcome that is not given."""
    nothing = np.zeros(result.replications)
    return [result.totals.get((name, outcome), nothing) for name in result.governances]


def _estimates(values: Sequence[Floats]) -> tuple[tuple[Estimate, ...], Estimate]:
    change = estimate(values[1] - values[0]) if len(values) == 2 else UNKNOWN
    return tuple(estimate(one) for one in values), change


def sums(result: Result, payer: str) -> list[Item]:
    """Gross cost, gross saving (of a comparison), their sum, transfers, and the net."""
    own = [_values(result, one) for one in items(result, payer)]
    nothing = [np.zeros(result.replications) for _ in result.governances]
    rising = [one for one in own if len(one) == 2 and float((one[1] - one[0]).mean()) > 0]
    falling = [one for one in own if len(one) == 2 and float((one[1] - one[0]).mean()) < 0]
    total, found = _added(own, nothing), []
    if result.compared:
        found += [_sum(payer, GROSS_COST, _added(rising, nothing)), _sum(payer, GROSS_SAVING, _added(falling, nothing))]
    found.append(_sum(payer, OWN, total))
    for outcome, sign in TRANSFERS[payer]:
        moved = [sign * np.nan_to_num(series) for series in _series(result, outcome)]
        total = _added([total, moved], nothing)
        if any(np.any(series != 0) for series in moved):
            found.append(_sum(payer, outcome, moved))
    return [*found, _sum(payer, NET, total)]


def together(result: Result, payer: str, name: str, parts: Sequence[Item]) -> Item:
    """Some items as one, under a name."""
    nothing = [np.zeros(result.replications) for _ in result.governances]
    return _sum(payer, name, _added([_values(result, one) for one in parts], nothing))


def _values(result: Result, item: Item) -> list[Floats]:
    """Cost of an item by replication."""
    assert item.price is not None
    return [np.nan_to_num(item.price.value * series) for series in _series(result, item.outcome)]


def _added(parts: Sequence[Sequence[Floats]], nothing: Sequence[Floats]) -> list[Floats]:
    return [zero + sum(part[place] for part in parts) for place, zero in enumerate(nothing)]


def _sum(payer: str, name: str, values: Sequence[Floats]) -> Item:
    return Item(payer, name, None, *_estimates(values))


def price_of(result: Result, key: str) -> Price:
    """A price with its range and source, as the table of sources has them."""
    row = next((row for row in result.sources if row["parameter"] == f"prices.{key}"), {})
    source, reference = row.get("source", ""), reference_of(row)
    return Price(
        key, result.prices[key], row.get("low", ""), row.get("high", ""), source, reference, year_of(reference)
    )


def reference_of(row: Mapping[str, str]) -> str:
    """What the source of a value is: from the scenario, else from the table of evidence."""
    from sim.scenario.evidence import shipped_evidence, source_ids

    known = (shipped_evidence().get(id_) for id_ in source_ids(row.get("source", "")))
    return row.get("reference", "") or "; ".join(one.source for one in known if one is not None)


def year_of(reference: str) -> str:
    """The year that a source states, empty if it states none."""
    found = re.search(r"\b(?:19|20)\d\d\b", reference)
    return found.group() if found else ""


def write_costs(result: Result, folder: Path) -> list[Path]:
    """Write ``costs.csv``: items and sums of each payer in SEK; nothing if the scenario states no prices.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    path = folder / FILE
    rows = [_row(one) for payer in PAYERS for one in (*items(result, payer), *sums(result, payer))]
    if not has_costs(result):
        path.unlink(missing_ok=True)  # of an earlier result
        return []
    return [put_table(path, COLUMNS, rows)]


def has_costs(result: Result) -> bool:
    """Whether there is anything to tell."""
    return all(items(result, payer) for payer in PAYERS)


def _row(one: Item) -> list[object]:
    second = one.levels[1].value if len(one.levels) == 2 else float("nan")
    told: list[object] = [one.payer, one.outcome, one.levels[0].value, second]
    told += [one.change.value, one.change.low, one.change.high]
    if one.price is None:
        return [*told, "", "", "", "SEK", "", "", "", ""]
    price = one.price
    return [*told, price.value, price.low, price.high, "SEK", price.key, price.source, price.reference, price.year]
