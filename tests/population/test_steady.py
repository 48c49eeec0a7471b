"""The deterministic part: expected stocks, fitted death rates, and flows in balance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from sim.population import Steady, steady_state
from sim.population.steady import death_rates, segment_quotas, whole_numbers
from sim.scenario.region import Region
from sim.vocabulary import AgeBand, Segment

pytestmark = pytest.mark.unit

SENIOR = AgeBand.AGE_65_69


@pytest.fixture(scope="module")
def steady(region: Region, values: Mapping[str, Any]) -> Steady:
    return steady_state(region.population, values)


def test_whole_numbers_keep_the_sum_and_stay_near() -> None:
    wanted = np.array([34.7, 69.4, 69.4, 520.5])
    assert list(whole_numbers(wanted, 694)) == [35, 69, 69, 521]


def test_quotas_are_five_ten_ten_per_cent(region: Region, steady: Steady) -> None:
    for municipality, quota in zip(region.municipalities, steady.quotas, strict=True):
        share = np.array([0.75, 0.10, 0.10, 0.05]) * municipality.population_65
        assert quota.sum() == municipality.population_65
        assert np.abs(quota - share).max() < 1


def test_the_unused_share_of_the_others_does_not_matter(region: Region) -> None:
    stated = segment_quotas(region.population, np.array([0.75, 0.10, 0.10, 0.05]))
    assert np.array_equal(stated, segment_quotas(region.population, np.array([0.0, 0.10, 0.10, 0.05])))


def test_expected_stocks_keep_ages_and_quotas(region: Region, steady: Steady) -> None:
    assert steady.stocks.sum(axis=2) == pytest.approx(region.population)
    assert steady.stocks[:, SENIOR:].sum(axis=1) == pytest.approx(steady.quotas)


def test_death_rates_meet_the_age_table_and_nearly_the_segments(steady: Steady, values: Mapping[str, Any]) -> None:
    people = steady.stocks.sum(axis=0)
    deaths = people * steady.hazard
    assert 1000 * deaths.sum(axis=1) / people.sum(axis=1) == pytest.approx(values["population.mortality_per_1000"])
    by_segment = deaths[SENIOR:].sum(axis=0) / people[SENIOR:].sum(axis=0)
    assert by_segment == pytest.approx(values["population.death_rate_per_year"], rel=0.025)
    assert (np.diff(steady.hazard[SENIOR:], axis=0) > 0).all()
    assert (np.diff(steady.hazard[SENIOR:], axis=1) > 0).all()


def test_death_rates_meet_both_margins_when_they_agree() -> None:
    people = np.zeros((len(AgeBand), len(Segment)))
    people[SENIOR:] = np.arange(24).reshape(6, 4) + 1
    truth = np.outer(np.linspace(0.5, 2, 6), [0.01, 0.06, 0.11, 0.25])
    by_age = np.zeros(len(AgeBand))
    by_age[SENIOR:] = (truth * people[SENIOR:]).sum(axis=1) / people[SENIOR:].sum(axis=1)
    by_segment = (truth * people[SENIOR:]).sum(axis=0) / people[SENIOR:].sum(axis=0)
    assert death_rates(people, by_age, by_segment)[SENIOR:] == pytest.approx(truth)


def test_every_stock_is_in_balance(steady: Steady) -> None:
    """What leaves a stock in a year enters it as well, in every municipality and age band."""
    flow = steady.change * steady.stocks[..., None]
    net = flow.sum(axis=2) - flow.sum(axis=3) - steady.stocks * steady.hazard
    net[:, :, Segment.OTHER] += steady.entries
    assert np.abs(net[:, :SENIOR]).max() < 1e-9
    # The two stated rates are round numbers, so the balance is close and not exact.
    assert np.abs(net[:, SENIOR:]).sum(axis=(0, 1)).max() < 4


def test_yearly_flows_of_the_region(steady: Steady) -> None:
    """Net of recoveries: about 910 onsets, 730 from risk to failing, 390 from failing to most ill."""
    flow = (steady.change * steady.stocks[..., None]).sum(axis=(0, 1))
    net = flow - flow.T
    assert net[Segment.OTHER, Segment.RISK] == pytest.approx(910, rel=0.05)
    assert net[Segment.RISK, Segment.FAILING] == pytest.approx(730, rel=0.05)
    assert net[Segment.FAILING, Segment.MOST_ILL] == pytest.approx(390, rel=0.05)


def test_entrants_bring_as_many_lasting_conditions_as_are_lost(steady: Steady) -> None:
    """People without one leave segment "other" only by death; entrants without one replace them."""
    other = steady.stocks[:, SENIOR:, Segment.OTHER].sum(axis=0)
    lost = (1 - steady.chronic_other[SENIOR:]) * other * steady.hazard[SENIOR:, Segment.OTHER]
    gained = (1 - steady.chronic_entrant[SENIOR:]) * steady.entries[:, SENIOR:].sum(axis=0)
    assert gained == pytest.approx(lost)


def test_an_empty_cell_is_no_trouble(region: Region, values: Mapping[str, Any]) -> None:
    counts = region.population.copy()
    counts[5, AgeBand.AGE_90] = 0
    steady = steady_state(counts, values)
    assert np.isfinite(steady.change).all()
    assert np.isfinite(steady.hazard).all()
    assert steady.entries[5, AgeBand.AGE_90] == 0


def test_a_quota_without_people_is_refused(region: Region, values: Mapping[str, Any]) -> None:
    weight = np.array(values["population.segment_age_weight"])
    weight[Segment.MOST_ILL, :] = 0
    with pytest.raises(ValueError, match=r"segment_age_weight: 0 people to draw 1146 from"):
        steady_state(region.population, {**values, "population.segment_age_weight": weight})
