"""The library of pilots: whole, with sources, and without a claim behind any value."""

from __future__ import annotations

import csv
import dataclasses
from importlib.resources import files
from pathlib import Path

import pytest

from sim.evaluation.claims import ROLES, reported
from sim.evaluation.pilots import Pilot, library, load_pilot, pilots_folder
from sim.scenario import ScenarioError, load
from sim.scenario.evidence import ASSUMPTION, USABLE, shipped_evidence, source_ids
from sim.scenario.layers import shipped_folder
from sim.scenario.region import TABLES
from sim.scenario.scaling import Place, read_places, safe, write_regions

pytestmark = pytest.mark.unit
NAMED = {
    *("umea-kommun", "umea-surrounding", "mobila-team-primar", "skelleftea-mobilt-team", "sodra-lappland-sjukstuga"),
    *("trygghet-och-halsa", "vastra-skaraborg", "sodra-alvsborg", "borgholm", "ronneby-trygg-hemgang"),
    *("umea-mangbesokare", "svu-utskrivning", "korttidscenter-ronder", "telefontillganglighet", "tredagarsregeln"),
    *("fast-lakarkontakt", "vasternorrland-organisation", "edgren-telefonstod", "evercare", "access-sjukhus-hemma"),
    "aarhus-hembesok",
}


@pytest.fixture(scope="module")
def pilots() -> dict[str, Pilot]:
    return {name: load_pilot(name) for name in library()}


def test_every_pilot_is_there(pilots: dict[str, Pilot]) -> None:
    assert set(pilots) == NAMED


def test_no_claim_is_behind_any_value_of_any_scenario() -> None:
    """The source of every value, and of every row of a region, may stand behind a parameter."""
    paths = sorted(shipped_folder().rglob("*.toml"))
    assert len(paths) > len(NAMED)
    for path in paths:
        scenario = load(path)
        sources = [leaf.source for leaf in scenario.leaves()]
        for name in TABLES:
            with (scenario.region.folder / name).open(encoding="utf-8", newline="") as file:
                sources += [row["source"] for row in csv.DictReader(file)]
        for id_ in {id_ for source in sources for id_ in source_ids(source)} - {ASSUMPTION}:
            assert id_ not in scenario.sources, (path.name, id_)
            assert shipped_evidence()[id_].role in USABLE, (path.name, id_)
            assert id_ not in reported(), (path.name, id_)


def test_a_claim_behind_a_value_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "put-in.toml"
    path.write_text(
        'extends = "shipped:pilots/umea-kommun"\n[needs]\n'
        'preventable_share = { value = 0.1, low = 0, high = 0.2, source = "pilot:umea-mobilt-samverkanssystem:1" }\n',
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError, match="is a claim; only parameter, target, audit may be used"):
        load(path)


def test_what_was_reported_has_the_role_of_the_evidence() -> None:
    assert set(ROLES).isdisjoint(USABLE)
    for id_, row in reported().items():
        assert row.role in ROLES
        assert shipped_evidence()[id_].role == row.role, id_
        assert row.says, id_
        assert row.document, id_
        assert set(row.pilot.split(";")) <= NAMED, id_


def test_claims_are_those_that_were_reported(pilots: dict[str, Pilot]) -> None:
    for name, pilot in pilots.items():
        for claim in pilot.claims:
            row = reported()[claim.source]
            assert name in row.pilot.split(";"), (name, claim.source)
            for mine, theirs in ((claim.effect, row.effect), (claim.low, row.low), (claim.high, row.high)):
                if mine is not None:
                    assert mine == float(theirs), (name, claim.metric)
            if claim.outcome:
                assert claim.outcome in row.outcome.split(";") or not row.outcome, (name, claim.metric)


def test_levers_of_a_stage_are_those_so_far(pilots: dict[str, Pilot]) -> None:
    pilot = pilots["umea-kommun"]
    scenario, names = pilot.stages()
    assert len(names) == len(pilot.levers)
    first, last = scenario.governance(names[0]), scenario.governance(names[-1])
    usual = scenario.governance("current")
    assert (first["mobile_team.doctors"] == last["mobile_team.doctors"]).all()
    assert first["care_plan.active"] == usual["care_plan.active"] != last["care_plan.active"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ('selection = "home_nursing"', "pilot.selection: missing"),
        ("n = 2311", "pilot.n: missing"),
        ('unit = "municipality"', None),
    ],
)
def test_what_is_missing_is_named(change: str, says: str | None, tmp_path: Path) -> None:
    problems = _problems("umea-kommun", change, "", tmp_path)
    assert (says is None and not problems) or any(says and says in problem for problem in problems)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('deaths = "raw"', 'deaths = "alive"', "'alive' given, one of survivors, raw, person_time needed"),
        ("months = 12", "months = 13", "13 given, 1 to 12 needed"),
        ("n = 2311", "n = 1", "1 given, at least 2 needed"),
        ('index = "inside"', 'indx = "inside"', "unknown 'indx', did you mean 'index'?"),
        ('municipalities = ["umea"]', 'municipalities = ["umeo"]', "unknown 'umeo', did you mean 'umea'?"),
        ('"named_doctor"]', '"named_docter"]', "did you mean 'named_doctor'?"),
        ('"proactive_visits", "named_doctor"]', '"proactive_visits"]', "'named_doctor' changes under governance.pilot"),
        ('outcome = "admissions"', 'outcome = "admission"', "'admission' given, one of admissions"),
        ("effect = -0.85", 'effect = "much"', "'much' given, a number needed"),
        ("effect = -0.85", "effect = -85", "-85 given, at least -1 needed"),
        ('source = "pilot:umea-mobilt-samverkanssystem:1"', "source = [1, 'a']", "[1, 'a'] given, text needed"),
        ('source = "pilot:umea-mobilt-samverkanssystem:1"', "source = { low = 1 }", "{'low': 1} given, text needed"),
        ('outcome = "admissions"', 'outcome = ["admissions"]', "['admissions'] given, text needed"),
        ('outcome = "admissions"', 'outcome = "admissions"\nscale = {}', "{} given, text needed"),
        ('source = "pilot:umea-', 'source = "pilot:ume-', "an id of claims.csv or of [sources] needed"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, says: str, tmp_path: Path) -> None:
    problems = _problems("umea-kommun", old, new, tmp_path)
    assert any(says in problem for problem in problems), problems


def _problems(name: str, old: str, new: str, folder: Path) -> list[str]:
    text = (pilots_folder() / f"{name}.toml").read_text(encoding="utf-8")
    assert old in text
    head, table = text.split("[pilot]", 1)
    base = "../umea-lansdel.toml"
    changed = head.replace(base, str(shipped_folder() / "umea-lansdel.toml")) + "[pilot]" + table.replace(old, new, 1)
    path = folder / "changed.toml"
    path.write_text(changed, encoding="utf-8")
    try:
        load_pilot(str(path))
    except ScenarioError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_an_unknown_pilot_is_named_with_the_nearest() -> None:
    with pytest.raises(ScenarioError, match="no such pilot, did you mean 'borgholm'"):
        load_pilot("borgholms")


def test_regions_are_those_that_the_list_makes(tmp_path: Path) -> None:
    """After a change of Umeå länsdel: `python -m sim.scenario.scaling scenarios/pilots/regions.csv
    scenarios/pilots/regions` makes them again."""
    folder = pilots_folder()
    places = read_places(folder / "regions.csv")
    made = write_regions(places, load("shipped:umea-lansdel"), tmp_path, "../../umea-lansdel.toml")
    assert len(made) == 7
    for path in made:
        shipped = folder / "regions" / path.name
        assert path.read_text(encoding="utf-8") == shipped.read_text(encoding="utf-8"), path.name
        for name in TABLES:
            theirs = (shipped.with_suffix("") / name).read_text(encoding="utf-8")
            assert (path.with_suffix("") / name).read_text(encoding="utf-8") == theirs, (path.name, name)


def test_small_places_have_more_units_for_each_person() -> None:
    assert safe(10.0, 1.0) == pytest.approx(10.0)
    assert safe(10.0, 0.25) == pytest.approx(10.0 * (0.8 * 0.25 + 0.2 * 0.5))
    assert safe(10.0, 0.25) / 0.25 > safe(10.0, 1.0) > safe(10.0, 4.0) / 4.0


def test_a_list_of_municipalities_with_an_error_names_it(tmp_path: Path) -> None:
    text = (pilots_folder() / "regions.csv").read_text(encoding="utf-8")
    broken = tmp_path / "broken.csv"
    broken.write_text(text.replace("74402", "many"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"line 2: population: 'many' given"):
        read_places(broken)
    strange = read_places(pilots_folder() / "regions.csv")[:1]
    with pytest.raises(ValueError, match="like 'Kiruna' given, one of Umeå"):
        write_regions([_like(strange[0])], load("shipped:umea-lansdel"), tmp_path, "x")


def _like(place: Place) -> Place:
    return dataclasses.replace(place, like="Kiruna")


def test_claims_are_a_file_of_the_package() -> None:
    assert files("sim").joinpath("data", "claims.csv").is_file()
