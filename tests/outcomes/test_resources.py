"""Capacity from accumulators; cost; concentration."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine.accumulators import NAMES, Accumulators
from sim.outcomes import MONTH, Window, measure
from sim.outcomes.cost import PRICE_KEYS, payment_days, top_share
from sim.vocabulary import STAY_OUTLYING, YEAR, Kind
from tests.outcomes.builder import DAY, HOUR, NO_PRICES, UNITS, YEAR_ONE, Diary, people

pytestmark = pytest.mark.unit

MEDICINE, SURGERY, EXTRA_MEDICINE, EXTRA_SURGERY, NORTH, SOUTH = range(6)


def accumulators(starts: list[int], **cells: dict[tuple[int, int], int]) -> Accumulators:
    """Zero but for the cells given by (period, unit)."""
    columns = {name: np.zeros((len(starts), len(UNITS)), np.int64) for name in NAMES}
    for name, values in cells.items():
        for place, value in values.items():
            columns[name][place] = value
    return Accumulators(np.array(starts, np.int64), **columns)


def test_occupancy_overcrowding_and_outlying_per_100_staffed_beds() -> None:
    year = YEAR
    kept = accumulators(
        [0, year],
        capacity_area={
            (0, MEDICINE): 1,
            (1, MEDICINE): 60 * year,
            (1, SURGERY): 40 * year,
            (1, EXTRA_MEDICINE): 9 * year,
        },
        used_area={(1, MEDICINE): 57 * year, (1, SURGERY): 30 * year, (1, EXTRA_MEDICINE): 6 * year},
    )
    outlying = Diary().stay(YEAR_ONE.start, YEAR_ONE.end, STAY_OUTLYING)
    table = measure(outlying.records(), people(), UNITS, kept, YEAR_ONE, NO_PRICES)
    assert table.value("staffed_bed_days") == 100 * 365
    assert table.value("occupancy") == pytest.approx(0.93)
    assert table.value("occupancy_medicine") == pytest.approx(63 / 60)
    assert table.value("occupancy_surgery") == pytest.approx(0.75)
    assert table.value("overcrowding_per_100") == pytest.approx(6)
    assert table.value("outlying_per_100") == pytest.approx(1)
    assert np.isnan(table.value("occupancy", period="month-01"))  # not kept apart
    assert np.isnan(table.value("occupancy", group="simple"))


def test_use_and_queue_by_municipality_and_month() -> None:
    starts = [0, *YEAR_ONE.month_edges()]
    kept = accumulators(
        starts,
        used_area={(1, NORTH): 10 * HOUR, (2, SOUTH): 6 * HOUR, (13, SOUTH): 99 * HOUR},
        capacity_area={(1, NORTH): 20 * HOUR, (2, NORTH): 20 * HOUR, (2, SOUTH): 8 * HOUR},
        queue_area={(1, NORTH): 5 * HOUR},
        asked={(1, NORTH): 10, (2, SOUTH): 3},
    )
    table = measure(Diary().records(), people(), UNITS, kept, YEAR_ONE, NO_PRICES)
    assert table.value("utilisation_gp") == pytest.approx(16 / 48)
    assert table.value("utilisation_gp", municipality="Northby") == 0.25
    assert table.value("utilisation_gp", municipality="Southby") == 0.75
    assert table.value("utilisation_gp", period="month-01") == 0.5
    assert table.value("queue_mean_gp") == pytest.approx(5 / 13)
    assert table.value("requests_gp", municipality="Southby") == 3
    assert np.isnan(table.value("utilisation_ambulance"))  # no such unit


def test_the_last_period_may_end_with_the_run_but_a_window_must_start_with_one() -> None:
    kept = accumulators([0, YEAR], used_area={(1, NORTH): HOUR}, capacity_area={(1, NORTH): HOUR})
    table = measure(Diary().records(), people(), UNITS, kept, YEAR_ONE, NO_PRICES)
    assert table.value("utilisation_gp") == 1
    with pytest.raises(ValueError, match="no period starts at 5"):
        measure(Diary().records(), people(), UNITS, kept, Window(5, YEAR), NO_PRICES)
    with pytest.raises(ValueError, match="within a period"):
        measure(Diary().records(), people(), UNITS, kept, Window(0, MONTH), NO_PRICES)


def test_cost_by_payer() -> None:
    prices = dict.fromkeys(PRICE_KEYS, 0.0) | {
        "hospital_day_sek": 9000.0,
        "gp_visit_sek": 2000.0,
        "short_term_day_sek": 2800.0,
        "ready_day_sek": 9300.0,
    }
    start = YEAR_ONE.start
    diary = Diary().stay(start, start + 10 * DAY).ready(start + 2 * DAY, start + 10 * DAY)
    diary.add(Kind.GP_VISIT, start + 20 * DAY, person=1)
    diary.add(Kind.SHORT_TERM_STAY, start, start + 10 * DAY, start + 15 * DAY)
    table = measure(diary.records(), people(2, municipality=[0, 1]), UNITS, None, YEAR_ONE, prices)
    assert table.value("cost_region_sek") == 92_000
    assert table.value("cost_municipality_sek") == 14_000
    assert table.value("cost_total_sek") == 106_000
    assert table.value("payment_days") == 5
    assert table.value("cost_region_net_sek") == 92_000 - 46_500
    assert table.value("cost_municipality_net_sek", municipality="Northby") == 14_000 + 46_500
    assert table.value("cost_region_sek", municipality="Southby") == 2000
    assert np.isnan(table.value("cost_region_net_sek", group="simple"))
    assert table.value("cost_top5_share") == pytest.approx(0.1 * 104_000 / 106_000)


def test_missing_prices_are_all_named() -> None:
    prices = {key: 1.0 for key in PRICE_KEYS if key not in ("gp_visit_sek", "nurse_visit_sek")}
    with pytest.raises(ValueError, match="gp_visit_sek, nurse_visit_sek"):
        measure(Diary().records(), people(), UNITS, None, YEAR_ONE, prices)


def test_payment_is_by_month_and_place() -> None:
    days, episodes = np.array([[10, 2]]), np.array([[2, 3]])
    assert payment_days(days, episodes).tolist() == [[4.0, 0.0]]


def test_top_share() -> None:
    amount = np.array([0.0, 1.0, 2.0, 7.0])
    assert top_share(amount, 0.25, 4) == 0.7
    assert top_share(amount, 0.05, 20) == 0.7
    assert top_share(amount, 0.05, 30) == pytest.approx((7 + 0.5 * 2) / 10)
    assert np.isnan(top_share(np.zeros(3), 0.05, 3))
