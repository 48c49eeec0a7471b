"""The care flow, discovered from the log by process mining (pm4py)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pm4py
import pytest

from sim.eventlog import EventLog, write

pytestmark = pytest.mark.filterwarnings("ignore:Install the optional requirement")  # of pm4py: a faster reader

WORSENINGS = ["Deterioration", "Exacerbation"]
ADMISSIONS = {"Admission", "Direct admission", "Planned admission"}


@pytest.fixture(scope="module")
def needs(need_log: EventLog, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The log of needs, as pm4py reads it from XES."""
    return pm4py.read_xes(str(write(need_log, tmp_path_factory.mktemp("needs") / "needs.xes", "xes").path))


@pytest.fixture(scope="module")
def worsenings(needs: pd.DataFrame) -> pd.DataFrame:
    """Cases that begin with a worsening."""
    return pm4py.filter_start_activities(needs, WORSENINGS)


Graph = tuple[dict[tuple[str, str], int], dict[str, int], dict[str, int]]


@pytest.fixture(scope="module")
def care(person_log: EventLog, tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """What directly follows what in the care of persons, from a Parquet file."""
    path = write(person_log, tmp_path_factory.mktemp("care") / "care.parquet", "parquet").path
    return pm4py.discover_dfg(pm4py.format_dataframe(pd.read_parquet(path)))


def share(graph: Graph, first: str, then: set[str]) -> float:
    """Share of what follows an activity."""
    after = {b: n for (a, b), n in graph[0].items() if a == first}
    return sum(n for b, n in after.items() if b in then) / sum(after.values())


def share_before(graph: Graph, last: str, before: set[str]) -> float:
    """Share of what goes before an activity."""
    found = {a: n for (a, b), n in graph[0].items() if b == last}
    return sum(n for a, n in found.items() if a in before) / sum(found.values())


def test_admission_follows_the_emergency_visit(care: Graph) -> None:
    assert share_before(care, "Admission", {"Emergency visit"}) > 0.95
    assert share(care, "Emergency visit", {"Admission"}) > 0.25
    assert ("Admission", "Emergency visit") not in care[0]


def test_nobody_is_discharged_before_being_ready(care: Graph) -> None:
    known = {"Ready for discharge", "Discharge planning", "Home help starts", "Safe homecoming begins"}
    assert share_before(care, "Discharge home", known) > 0.95
    assert share_before(care, "Discharge to special housing", {"Ready for discharge"}) > 0.8
    assert not any((name, "Discharge home") in care[0] for name in ADMISSIONS)


def test_nothing_follows_death(care: Graph) -> None:
    assert not [pair for pair in care[0] if pair[0] == "Death"]
    assert care[2]["Death"] > 5


def test_a_call_comes_before_the_visit_it_books(care: Graph) -> None:
    called = {"Call to health centre", "Nurse visit", "Home nurse visit", "Planned review"}
    assert share_before(care, "GP visit", called) > 0.9
    assert share_before(care, "Day treatment", {"Specialist visit"}) > 0.7
    assert share_before(care, "Enrolled in mobile team", {"Proactive visit"}) > 0.9


def test_worsenings_start_where_people_seek_care_and_end_when_they_are_over(worsenings: pd.DataFrame) -> None:
    graph = pm4py.discover_dfg(worsenings)
    assert set(graph[1]) == set(WORSENINGS)
    firsts = {"Call to health centre", "Call to 1177", "Ambulance", "Emergency visit", "Home nurse visit"}
    assert share(graph, "Deterioration", firsts) > 0.7
    cases = sum(graph[1].values())
    assert cases > 200
    assert graph[2]["Need over"] / cases > 0.9


def test_the_commonest_way_through_hospital_is_found_whole(worsenings: pd.DataFrame) -> None:
    variants = sorted(pm4py.get_variants(worsenings).items(), key=lambda found: -found[1])
    hospital = next(way for way, _ in variants if "Admission" in way)
    assert hospital == (
        "Deterioration",
        "Ambulance",
        "Emergency visit",
        "Admission",
        "Ready for discharge",
        "Discharge home",
        "Need over",
    )


def test_a_discovered_net_replays_the_log(worsenings: pd.DataFrame) -> None:
    """The inductive miner on the ways that make up nine tenths of the cases, replayed on all of them."""
    common = pm4py.filter_variants_by_coverage_percentage(worsenings, 0.01)
    net, begin, end = pm4py.discover_petri_net_inductive(common)
    fits = pm4py.fitness_token_based_replay(common, net, begin, end)
    assert fits["percentage_of_fitting_traces"] == 100.0
    whole = pm4py.fitness_token_based_replay(worsenings, net, begin, end)
    assert 0.85 < whole["log_fitness"] < 1.0
    names = {transition.label for transition in net.transitions if transition.label}
    assert {"Ambulance", "Emergency visit", "Admission", "Ready for discharge", "Discharge home"} <= names


def test_how_long_a_stay_takes_can_be_read_off(care: Graph, person_log: EventLog) -> None:
    table = person_log.frame()
    stays = table[table["concept:name"].isin(["Discharge home", "Discharge to special housing"])]
    days = (stays["time:timestamp"] - stays["since"]).dt.total_seconds() / 86_400
    assert (days > 0).all()
    assert 2.0 < days.mean() < 15.0
    waits = table[table["concept:name"] == "Admission"]
    boarding = (waits["start_timestamp"] - waits["asked"]).dt.total_seconds() / 3600
    assert (boarding >= 0).all()
    assert boarding.max() > 1.0


def test_units_hand_over_as_activities_do(person_log: EventLog, tmp_path: Path) -> None:
    path = write(person_log, tmp_path / "care.csv", "csv").path
    table = pm4py.format_dataframe(pd.read_csv(path))
    network = pm4py.discover_handover_of_work_network(table[table["org:resource"].notna()])
    strongest = sorted(network.connections.items(), key=lambda found: -found[1])[:20]
    assert ("centre phone Vännäs", "gp Vännäs") in [pair for pair, _ in strongest]


def test_narvard_itself_does_without_pm4py() -> None:
    """Its licence (AGPL) would become that of whatever imports it."""
    sources = list((Path(__file__).parents[2] / "sim").rglob("*.py"))
    assert len(sources) > 100
    assert not [path.name for path in sources if "import pm4py" in path.read_text(encoding="utf-8")]
