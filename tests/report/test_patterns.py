"""Ways through care and places over time, as they are read and drawn."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sim.outcomes.pathways import SHAPE, End, First, Furthest
from sim.report import places, ways
from sim.report.patterns import Series
from sim.report.pictures import PICTURES
from sim.report.result import Result, read
from sim.statistics.pattern_means import BY_DAY, BY_HOUR
from tests.report.synthetic import write_folder


@pytest.fixture(scope="module")
def result(folder: Path) -> Result:
    return read(folder)


def some_ways() -> np.ndarray:
    found = np.zeros(SHAPE)
    found[First.PHONE_1177, Furthest.PRIMARY_CARE, End.AT_HOME] = 30
    found[First.AMBULANCE, Furthest.EMERGENCY, End.HOME] = 20
    found[First.AMBULANCE, Furthest.EMERGENCY, End.AT_HOME] = 5
    found[First.EMERGENCY, Furthest.EMERGENCY, End.DIED] = 2
    return found


def test_nothing_is_lost_from_stage_to_stage(result: Result) -> None:
    for found in (some_ways(), *result.flows.values()):
        sizes = ways.sizes(ways.ribbons(found))
        for stage in range(4):
            assert sum(size for (at, _), size in sizes.items() if at == stage) == pytest.approx(found.sum())
        admitted = found[:, :, list(ways.ADMITTED)].sum()
        assert sizes[3, "admitted"] == pytest.approx(admitted)
        assert sum(size for (at, _), size in sizes.items() if at == 4) == pytest.approx(admitted)


def test_ribbons_tell_the_admitted_from_the_others() -> None:
    found = {(one.source, one.target, one.colour): one.many for one in ways.ribbons(some_ways())}
    assert found["ambulance", "emergency", "admitted"] == 20
    assert found["ambulance", "emergency", "home"] == 5
    assert found["emergency", "admitted", "admitted"] == 22
    assert found["admitted", "died", "admitted"] == 2
    assert found["noticed", "phone_1177", "home"] == 30


def test_ribbons_fill_their_nodes_and_nodes_do_not_overlap(result: Result) -> None:
    for found in (some_ways(), *result.flows.values()):
        sizes = ways.sizes(ways.ribbons(found))
        scale = ways._scale(sizes)
        tops = ways._tops(sizes, scale)
        for stage in range(5):
            edges = sorted((tops[key], tops[key] - sizes[key] * scale) for key in tops if key[0] == stage)
            assert edges[0][1] >= -1e-9
            assert edges[-1][0] <= ways.HEIGHT + 1e-9
            assert all(low[0] < high[1] for low, high in pairwise(edges))


def test_the_figure_says_each_node_in_words(result: Result) -> None:
    told = "; ".join(ways.told(result))
    total = result.flows["current"].sum()
    assert f"Worsening noticed: current {total:,.0f}" in told


def test_places_over_the_year_and_the_week(result: Result) -> None:
    assert places.kinds(result) == ["ward_medicine", "ward_surgery", "emergency", "short_term"]
    assert len(result.occupancy[Series("current", "emergency", BY_DAY)]["open"]) == 365
    assert len(result.occupancy[Series("coordinated", "ward_medicine", BY_HOUR)]["waiting"]) == 168
    (line,) = [one for one in places.told(result, BY_DAY) if one.startswith("Beds, surgery, current")]
    assert "of 130.0 open, 13.0 waiting" in line


def test_a_moving_average_keeps_what_does_not_move() -> None:
    assert places._smoothed(np.full(30, 7.0)) == pytest.approx(7.0)
    assert places._smoothed(np.arange(30.0))[3:-3] == pytest.approx(np.arange(30.0)[3:-3])
    assert len(places._smoothed(np.ones(3))) == 3


def test_a_result_without_patterns_leaves_the_figures_out(tmp_path: Path) -> None:
    result = read(write_folder(tmp_path, only=("hospital_days",)))
    possible = {picture.name for picture in PICTURES if picture.possible(result)}
    assert not possible & {"pathways", "occupancy-year", "occupancy-week"}


def test_a_run_has_one_diagram(tmp_path: Path) -> None:
    result = read(write_folder(tmp_path, governances=("current",)))
    for name in ("pathways", "occupancy-year", "occupancy-week"):
        (picture,) = [one for one in PICTURES if one.name == name]
        assert picture.possible(result)
        assert len(picture.drawn(result).axes) == (1 if name == "pathways" else 8)


@pytest.mark.parametrize("name", ["flows.csv", "occupancy.csv"])
def test_a_broken_table_is_an_error_of_the_folder(tmp_path: Path, name: str) -> None:
    write_folder(tmp_path)
    (tmp_path / name).write_text("governance,first_contact,furthest_care,end,needs\na,b,c,d,e\n", encoding="utf-8")
    with pytest.raises(OSError, match="not those of a result"):
        read(tmp_path)
