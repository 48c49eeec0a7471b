"""Costs by payer: items add up to what the registry has, signs are those of who pays."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from sim.outcomes.cost import PRICED
from sim.report import costs, payers
from sim.report.payers import COLUMNS, GROSS_COST, GROSS_SAVING, NET, OWN, PAYERS, Item
from sim.report.result import Result, estimate, read
from tests.report.synthetic import SHOWN, write_folder

PRICES = {f"prices.{one.price}": 100.0 for one in PRICED}


@pytest.fixture(scope="module")
def priced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic comparison whose scenario has a price for each item, and a source for one."""
    folder = write_folder(tmp_path_factory.mktemp("priced"), only=SHOWN, effect=-0.1, noise=0.001)
    about = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    about["scenario"]["values"] = {**PRICES, "prices.team_doctor_hour_sek": 900.0, "other.key": 1}
    (folder / "result.json").write_text(json.dumps(about), encoding="utf-8")
    with (folder / "sources.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(
            ("prices.hospital_day_sek", "100", "75", "130", "SEK", "OWN2", "A list of prices 2019", "", "a.toml", "9")
        )
    return folder


@pytest.fixture(scope="module")
def result(priced: Path) -> Result:
    return read(priced)


def named(result: Result, payer: str) -> dict[str, Item]:
    return {one.outcome: one for one in (*payers.items(result, payer), *payers.sums(result, payer))}


def test_items_are_what_the_registry_prices_each_with_its_payer(result: Result) -> None:
    region, municipal = (set(named(result, payer)) for payer in PAYERS)
    assert {one.outcome for one in PRICED if one.municipal} <= municipal
    assert {one.outcome for one in PRICED if not one.municipal} <= region
    assert "capacity_hours_team_doctor" in region
    assert "capacity_hours_team_nurse" not in region  # the scenario has no price for it


def test_a_difference_is_paired_and_times_the_price(result: Result) -> None:
    days = named(result, "region")["hospital_days"]
    series = [result.totals[name, "hospital_days"] for name in result.governances]
    wanted = estimate(100.0 * (series[1] - series[0]))
    assert (days.change.value, days.change.low, days.change.high) == pytest.approx(
        (wanted.value, wanted.low, wanted.high)
    )
    assert days.levels[0].value == pytest.approx(100.0 * series[0].mean())


@pytest.mark.parametrize("payer", PAYERS)
def test_sums_add_up(result: Result, payer: str) -> None:
    found = named(result, payer)
    own = sum(one.change.value for one in payers.items(result, payer))
    assert found[OWN].change.value == pytest.approx(own)
    assert found[GROSS_COST].change.value >= 0 >= found[GROSS_SAVING].change.value
    assert found[GROSS_COST].change.value + found[GROSS_SAVING].change.value == pytest.approx(own)
    moved = sum(found[name].change.value for name, _ in payers.TRANSFERS[payer] if name in found)
    assert found[NET].change.value == pytest.approx(own + moved)


def test_what_a_municipality_pays_for_ready_patients_is_income_of_the_region(result: Result) -> None:
    region, municipal = (named(result, payer)["ready_payment_sek"] for payer in PAYERS)
    assert region.change.value == pytest.approx(-municipal.change.value)
    assert municipal.change.value < 0  # everything falls in this result


def test_a_price_stands_with_its_range_source_and_year(priced: Path, result: Result) -> None:
    price = named(result, "region")["hospital_days"].price
    assert price is not None
    assert (price.value, price.low, price.high) == (100.0, "75", "130")
    assert (price.source, price.reference, price.year) == ("OWN2", "A list of prices 2019", "2019")
    assert payers.year_of("Wimo 2016 Table 2") == "2016"
    assert payers.year_of("from general knowledge; near 12016") == ""
    (path,) = payers.write_costs(result, priced)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    assert rows[0]["price_year"] == "2019"
    assert {row["payer"] for row in rows} == set(PAYERS)


def test_small_items_stand_together_and_nothing_is_lost(result: Result) -> None:
    shown = [row for row in costs._rows(result)[0] if row.item.payer == "region" and not row.sum]
    whole = sum(one.change.value for one in payers.items(result, "region")) * 1e-6
    assert sum(row.change.value for row in shown) == pytest.approx(whole)
    assert costs.OTHER in {row.item.outcome for row in shown}


def test_it_is_said_who_saves(result: Result) -> None:
    region, municipal = costs.sentences(result)
    assert region.startswith("The region pays 0.0 SEK million more for some items")
    assert region.endswith(": a saving.")
    assert municipal.startswith("The municipalities together pay")


def test_without_prices_nothing_is_told(tmp_path: Path) -> None:
    result = read(write_folder(tmp_path / "bare", only=("hospital_days",)))
    (tmp_path / payers.FILE).write_text("of an earlier result", encoding="utf-8")
    assert not payers.has_costs(result)
    assert payers.write_costs(result, tmp_path) == []
    assert not (tmp_path / payers.FILE).exists()


def test_items_of_a_run_of_the_model_add_up_to_its_cost(tmp_path: Path) -> None:
    import sim
    from sim.experiment.folder import write
    from tests.model.small import SCENARIO, write_region
    from tests.outcomes.test_occupancy import TIMES

    write_region(tmp_path / "region")
    (tmp_path / "small.toml").write_text(SCENARIO + TIMES, encoding="utf-8")
    done = sim.compare(sim.load(tmp_path / "small.toml"), replications=2, seed=5, workers=1)
    write(done, tmp_path / "out")
    result = read(tmp_path / "out")
    for payer, gross, net in (
        ("region", "cost_region_sek", "cost_region_net_sek"),
        ("municipality", "cost_municipality_sek", "cost_municipality_net_sek"),
    ):
        found = named(result, payer)
        for name, wanted in ((OWN, gross), (NET, net)):
            change = result.change(wanted)
            values = (found[name].change.value, found[name].change.low, found[name].change.high)
            assert values == pytest.approx((change.value, change.low, change.high), rel=1e-6)
            assert found[name].levels[0].value == pytest.approx(result.level("current", wanted).value, rel=1e-6)
        assert np.isfinite(found[NET].change.low)
