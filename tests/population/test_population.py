"""The table of residents: quotas, shares, steadiness, and draws that do not disturb each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.population import Population, build, exogenous_death_time
from sim.scenario.region import Region
from sim.vocabulary import DAY, NEVER, YEAR, AgeBand, Chronic, Segment

pytestmark = pytest.mark.unit

YEARS = 4
SENIOR = AgeBand.AGE_65_69
COLUMNS = tuple(f.name for f in fields(Population) if f.name not in ("hazard", "initial", "horizon"))
# P05: need of a mobile team.
TEAM_NEED = {
    "Umeå": 2311,
    "Nordmaling": 204,
    "Vännäs": 195,
    "Robertsfors": 187,
    "Vindeln": 156,
    "Bjurholm": 70,
}


def differing(one: Population, other: Population) -> set[str]:
    """Names of the columns in which two populations differ."""
    return {name for name in COLUMNS if not np.array_equal(getattr(one, name), getattr(other, name))}


def seniors(people: Population, moment: int, death: np.ndarray) -> np.ndarray:
    """Rows of people aged 65 and over who live in the region at a moment."""
    return np.flatnonzero((people.age_band >= SENIOR) & (people.entry <= moment) & (death > moment))


# --- residents -------------------------------------------------------------------------------------------


def test_residents_are_the_regions_table(region: Region, people: Population) -> None:
    first = slice(0, people.initial)
    counts = np.zeros_like(region.population)
    np.add.at(counts, (people.municipality[first], people.age_band[first]), 1)
    assert np.array_equal(counts, region.population)
    assert (people.entry[first] == 0).all()
    assert (people.entry[people.initial :] > 0).all()
    assert (np.diff(people.entry) >= 0).all()
    assert people.entry.max() < people.horizon


def test_more_people_than_there_is_memory_for_are_an_error(region: Region, values: Mapping[str, Any]) -> None:
    crowd = replace(region, population=region.population * 10**7)
    with pytest.raises(MemoryError, match=r"^1,628,990,000,000 people: 325798.0 GB of memory needed, .* free$"):
        build(crowd, values, 1, YEAR)


def test_columns_have_their_shapes_and_ranges(people: Population) -> None:
    assert {len(getattr(people, name)) for name in COLUMNS} == {len(people)}
    for name in COLUMNS:
        if name.endswith("_rank"):
            rank = getattr(people, name)
            assert rank.min() > 0, name
            assert rank.max() < 1, name
    assert (people.death_threshold > 0).all()
    assert (people.frailty > 0).all()
    start = np.array([0, 16, 25, 45, 65, 70, 75, 80, 85, 90, 105])
    assert (people.age_years >= start[people.age_band]).all()
    assert (people.age_years < start[people.age_band + 1]).all()


def test_segments_are_exact_quotas(region: Region, people: Population) -> None:
    segment, place = people.segment[: people.initial], people.municipality[: people.initial]
    for index, municipality in enumerate(region.municipalities):
        here = np.bincount(segment[place == index], minlength=4)
        wanted = municipality.population_65 * np.array([0.10, 0.10, 0.05])
        assert np.abs(here[1:] - wanted).max() < 1
    assert (people.segment[people.age_band < SENIOR] == Segment.OTHER).all()
    assert (people.segment[people.initial :] == Segment.OTHER).all()


def test_mobile_team_need_agrees_with_the_pilot(region: Region, people: Population) -> None:
    segment, place = people.segment[: people.initial], people.municipality[: people.initial]
    rank = people.target_rank[: people.initial]
    target = (segment == Segment.MOST_ILL) | ((segment == Segment.FAILING) & (rank < 0.5))
    for index, municipality in enumerate(region.municipalities):
        need = int((target & (place == index)).sum())
        assert abs(need - TEAM_NEED[municipality.name]) <= max(1, 0.02 * TEAM_NEED[municipality.name])
        assert municipality.team_need == TEAM_NEED[municipality.name]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.77, 1.0])
def test_any_share_of_the_failing_is_met_by_municipality(people: Population, share: float) -> None:
    failing = people.segment[: people.initial] == Segment.FAILING
    place = people.municipality[: people.initial][failing]
    rank = people.target_rank[: people.initial][failing]
    chosen = np.bincount(place[rank < share], minlength=6)
    assert np.abs(chosen - share * np.bincount(place)).max() <= 0.5 + 1e-9


def test_frail_segments_are_older(people: Population) -> None:
    ages = [people.age_years[: people.initial][people.segment[: people.initial] == s] for s in Segment]
    older = [ages[s].mean() for s in (Segment.RISK, Segment.FAILING, Segment.MOST_ILL)]
    assert older == sorted(older)
    assert older[0] > 74


def test_special_housing_is_an_exact_share_of_80_and_over(region: Region, people: Population) -> None:
    lives = np.flatnonzero(people.special_housing)
    aged_80 = int(region.population[:, AgeBand.AGE_80_84 :].sum())
    assert len(lives) == round(0.13 * aged_80)
    assert (people.age_band[lives] >= AgeBand.AGE_80_84).all()
    assert (people.segment[lives] >= Segment.FAILING).all()
    most_ill = int((people.segment[lives] == Segment.MOST_ILL).sum())
    assert most_ill == pytest.approx(0.6 * len(lives), abs=len(region.municipalities) / 2)
    assert (people.home_help_hours[lives] == 0).all()


def test_special_housing_fills_up_from_the_other_segment(change: Callable[..., Population]) -> None:
    people = change(special_housing_share_80=0.25, special_housing_most_ill=1.0)
    lives = people.special_housing == 1
    old = people.age_band >= AgeBand.AGE_80_84
    assert lives[old & (people.segment == Segment.MOST_ILL)].all()
    assert lives.sum() == round(0.25 * int(old[: people.initial].sum()))


def test_a_tenth_of_65_and_over_have_home_nursing(people: Population, values: Mapping[str, Any]) -> None:
    first = np.flatnonzero(people.age_band[: people.initial] >= SENIOR)
    share = values["population.home_nursing_share"][people.segment[first]]
    nursed = (people.home_nursing_rank[first] < share) & (people.special_housing[first] == 0)
    assert nursed.mean() == pytest.approx(0.10, abs=0.006)


def test_municipal_health_care_over_a_year(people: Population, values: Mapping[str, Any]) -> None:
    """Home nursing at some time in the first year, or special housing: 15.7 % of 65 and over (S07)."""
    highest = people.segment.copy()
    for when, value in zip(people.segment_time.T, people.segment_value.T, strict=True):
        highest = np.where(when < YEAR, np.maximum(highest, value), highest)
    share = values["population.home_nursing_share"][highest]
    served = (people.home_nursing_rank < share) | (people.special_housing == 1)
    present = (people.age_band >= SENIOR) & (people.entry < YEAR)
    assert (served & present).sum() / 30_978 == pytest.approx(0.157, abs=0.008)


def test_home_help_agrees_with_the_shares_of_social_services(people: Population) -> None:
    band, hours = people.age_band[: people.initial], people.home_help_hours[: people.initial]
    served = (hours > 0) | (people.special_housing[: people.initial] == 1)
    assert served[band >= SENIOR].mean() == pytest.approx(0.16, abs=0.01)  # S09
    assert 0.31 < served[band >= AgeBand.AGE_80_84].mean() < 0.38  # S11
    assert (hours[band < SENIOR] == 0).all()
    assert ((hours == 0) | (hours >= 1)).all()


def test_lasting_conditions(people: Population, values: Mapping[str, Any]) -> None:
    highest = np.maximum(people.segment, people.segment_value.max(axis=1))
    assert (people.chronic[highest > Segment.OTHER] != Chronic.NONE).all()
    band, kind = people.age_band[: people.initial], people.chronic[: people.initial]
    share = [float((kind[band == b] != Chronic.NONE).mean()) for b in AgeBand]
    assert share == pytest.approx(values["population.chronic_share"], abs=0.02)
    assert (kind == Chronic.HEART_FAILURE).mean() == pytest.approx(0.021, abs=0.003)  # D05
    assert (kind[band > 0] == Chronic.COPD).mean() == pytest.approx(0.047, abs=0.005)  # D07


def test_one_mix_of_conditions_for_all_ages(change: Callable[..., Population]) -> None:
    kind = change(chronic_mix=np.array([0.0, 0.2, 0.3, 0.5])).chronic
    shares = np.bincount(kind[kind > 0], minlength=4)[1:] / (kind > 0).sum()
    assert shares == pytest.approx([0.2, 0.3, 0.5], abs=0.03)


def test_frailty_has_mean_one_and_the_shape_of_the_segment(people: Population, values: Mapping[str, Any]) -> None:
    younger = people.age_band < SENIOR
    groups = [(people.frailty[younger], values["population.frailty_shape_younger"])]
    for segment, shape in zip(Segment, values["population.frailty_shape"], strict=True):
        groups.append((people.frailty[~younger & (people.segment == segment)], shape))
    for drawn, shape in groups:
        error = 4 / np.sqrt(shape * len(drawn))
        assert drawn.mean() == pytest.approx(1, abs=error)
        assert drawn.var() == pytest.approx(1 / shape, rel=0.25)


def test_few_have_most_of_the_habit_of_going_to_the_emergency_department(
    people: Population, values: Mapping[str, Any]
) -> None:
    shape = values["population.attendance_shape"]
    assert (
        stats.spearmanr(people.attendance[people.age_band < SENIOR], people.frailty[people.age_band < SENIOR])[0] > 0.99
    )
    assert (people.attendance >= 0).all()
    assert people.attendance.mean() == pytest.approx(1, abs=4 / np.sqrt(shape * len(people)))
    assert people.attendance.var() == pytest.approx(1 / shape, rel=0.25)
    first_percent = np.sort(people.attendance)[-len(people) // 100 :].sum() / people.attendance.sum()
    assert first_percent == pytest.approx(stats.gamma(shape + 1).sf(stats.gamma(shape).isf(0.01)), rel=0.15)


def test_areas_follow_their_shares(region: Region, people: Population) -> None:
    place = np.array([area.municipality for area in region.areas])
    assert np.array_equal(place[people.area], people.municipality)
    listed = np.bincount(people.area[people.municipality == 0], minlength=len(region.areas))[:8]
    wanted = [area.population_share for area in region.areas[:8]]
    assert listed / listed.sum() == pytest.approx(wanted, abs=0.006)


# --- paths -----------------------------------------------------------------------------------------------


def test_paths_step_between_neighbours_in_time_order(people: Population) -> None:
    before, since = people.segment.astype(int), people.entry
    for when, value in zip(people.segment_time.T, people.segment_value.T.astype(int), strict=True):
        used = when < NEVER
        assert (np.abs(value - before)[used] == 1).all()
        assert (value == before)[~used].all()
        assert (when[used] > since[used]).all()
        assert (when[used] < people.horizon).all()
        assert (before[used] != Segment.MOST_ILL).all()
        before, since = value, when
    assert (people.segment_time[people.age_band < SENIOR] == NEVER).all()


def test_segment_at_a_moment(people: Population) -> None:
    changed = int(np.flatnonzero(people.segment_time[:, 1] < NEVER)[0])
    first, second = people.segment_time[changed, :2]
    path = [int(people.segment_at(t)[changed]) for t in (first - 1, first, second - 1, second)]
    once, twice = people.segment_value[changed, :2]
    assert path == [people.segment[changed], once, once, twice]


def test_deaths_agree_with_the_age_table(region: Region, people: Population, values: Mapping[str, Any]) -> None:
    """Deaths of four years by age band lie within a 99.9 % Poisson interval of P10 on a steady stock."""
    death = exogenous_death_time(people)
    died = np.bincount(people.age_band[death < NEVER], minlength=len(AgeBand))
    expected = YEARS * values["population.mortality_per_1000"] / 1000 * region.population.sum(axis=0)
    assert (np.abs(died - expected) < 3.3 * np.sqrt(expected)).all()
    assert (death >= people.entry).all()


def test_death_time_follows_the_hazard_along_the_path(people: Population) -> None:
    """Integrating the hazard day by day gives the same day."""
    death = exogenous_death_time(people)
    changed = people.segment_time[:, 0] < NEVER
    for row in np.flatnonzero(changed & (death > people.segment_time[:, 0]) & (death < NEVER))[:20]:
        ends = np.minimum(np.append(people.segment_time[row], people.horizon), death[row])
        starts = np.concatenate(([people.entry[row]], ends[:-1]))
        segments = np.concatenate(([people.segment[row]], people.segment_value[row]))
        rates = people.hazard[people.age_band[row], segments] / YEAR
        reached = float(((ends - starts) * rates).sum())
        assert abs(reached - people.death_threshold[row]) < rates.max() * DAY


def test_stocks_stay_steady_for_four_years(region: Region, people: Population) -> None:
    death = exogenous_death_time(people)
    start = np.bincount(people.segment[seniors(people, 0, death)], minlength=4)
    for year in range(1, YEARS + 1):
        moment = year * YEAR - 1
        alive = seniors(people, moment, death)
        now = np.bincount(people.segment_at(moment)[alive], minlength=4)
        assert now.sum() == pytest.approx(region.population[:, SENIOR:].sum(), rel=0.01)
        # Three standard deviations of a Poisson count, and 2 % for paths cut after three changes.
        assert (np.abs(now - start)[1:] < 3 * np.sqrt(start[1:]) + 0.02 * start[1:]).all()
    everybody = ((people.entry <= moment) & (death > moment)).sum()
    assert everybody == pytest.approx(people.initial, rel=0.005)


def test_growth_adds_entrants_from_65(region: Region, values: Mapping[str, Any], people: Population, key: int) -> None:
    grown = build(region, {**values, "population.growth_65_per_year": 0.015}, key, people.horizon)
    alive = seniors(grown, people.horizon - 1, exogenous_death_time(grown))
    assert len(alive) == pytest.approx(30_978 * 1.015**YEARS, rel=0.006)
    younger = [int((p.age_band[p.initial :] < SENIOR).sum()) for p in (people, grown)]
    assert younger[0] == younger[1]


# --- keyed draws -----------------------------------------------------------------------------------------


def test_same_key_same_people(change: Callable[..., Population]) -> None:
    assert differing(change(), change()) == set()


def test_another_key_other_people(change: Callable[..., Population]) -> None:
    different = differing(change(key=1), change(key=2))
    assert {"segment", "frailty", "death_threshold", "entry", "spell_rank"} <= different


@pytest.mark.parametrize(
    ("changed", "columns"),
    [
        ({"relative_share": 0.8}, {"relative"}),
        ({"home_help_hours": np.array([0.1, 1.0, 3.0, 5.0])}, {"home_help_hours"}),
        ({"frailty_shape": np.array([2.0, 2.0, 3.0, 3.0])}, {"frailty"}),
        ({"attendance_shape": 0.5}, {"attendance"}),
        ({"chronic_mix": np.array([0.0, 0.3, 0.3, 0.4])}, {"chronic"}),
        ({"special_housing_most_ill": 0.4}, {"special_housing", "home_help_hours"}),
        ({"special_housing_share_80": 0.11}, {"special_housing", "home_help_hours"}),
        ({"home_nursing_share": np.zeros(4)}, set()),
        ({"target_share_failing": 0.7}, set()),
        ({"failing_to_risk_per_year": 0.09}, {"segment_time", "segment_value"}),
    ],
)
def test_a_parameter_changes_its_own_columns_only(
    change: Callable[..., Population], changed: dict[str, Any], columns: set[str]
) -> None:
    assert differing(change(), change(**changed)) == columns


def test_changing_mortality_leaves_residents_as_they_are(change: Callable[..., Population]) -> None:
    """Death rates move the calendar of entrants and the paths, and nothing else of any resident."""
    base = change()
    mortality = np.array([0.2, 0.5, 0.8, 3.5, 10.0, 17.0, 30.0, 55.0, 108.0, 240.0])
    other = change(mortality_per_1000=mortality)
    assert len(other) > len(base)
    first = slice(0, base.initial)
    for name in set(COLUMNS) - {"segment_time", "segment_value"}:
        assert np.array_equal(getattr(base, name)[first], getattr(other, name)[first]), name


def test_a_longer_horizon_only_adds(small: Region, values: Mapping[str, Any]) -> None:
    short, long = (build(small, values, 5, years * YEAR) for years in (2, 4))
    rows = len(short)
    for name in set(COLUMNS) - {"segment_time", "segment_value"}:
        assert np.array_equal(getattr(short, name), getattr(long, name)[:rows]), name
    before = np.where(long.segment_time[:rows] < short.horizon, long.segment_time[:rows], NEVER)
    assert np.array_equal(before, short.segment_time)
