from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from sim.scenario import Parameter, ScenarioError, Schema, load
from tests.scenario.small import BASE, SCHEMA, write_base, write_over


def problems(path: Path) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load(path, SCHEMA)
    return [str(problem).replace(str(path.parent) + "/", "") for problem in caught.value.problems]


def test_values_have_the_types_of_the_schema(tmp_path: Path) -> None:
    scenario = load(write_base(tmp_path), SCHEMA)
    values = scenario.values
    assert values["time.warm_up_days"] == 365
    assert isinstance(values["time.warm_up_days"], int)
    assert isinstance(values["ed.median_minutes"], float)
    assert values["ed.fast_track"] is False
    assert values["ed.triage"] == "retts"
    rates = values["needs.deterioration_per_year"]
    assert isinstance(rates, np.ndarray)
    assert rates.tolist() == [1, 1, 1, 3]
    assert not rates.flags.writeable
    assert scenario.time.warm_up_days == 365


def test_levers_not_mentioned_are_off(tmp_path: Path) -> None:
    scenario = load(write_base(tmp_path), SCHEMA)
    assert scenario.governances == ("current", "coordinated")
    current, coordinated = scenario.governance("current"), scenario.governance("coordinated")
    assert current["team.active"] is False
    assert np.asarray(current["team.doctors"]).tolist() == [0, 0]
    assert coordinated["team.active"] is True
    assert np.asarray(coordinated["team.doctors"]).tolist() == [4, 2]
    assert coordinated["team.visits_start"] == 8
    with pytest.raises(KeyError, match="there are: current, coordinated"):
        scenario.governance("coordinatd")


def test_bare_value_keeps_range_source_and_note(tmp_path: Path) -> None:
    scenario = load(write_over(tmp_path, "[needs]\ndeterioration_per_year.most_ill = 3.5\n"), SCHEMA)
    leaf = next(leaf for leaf in scenario.leaves() if leaf.index == ("most_ill",))
    assert (leaf.value, leaf.low, leaf.high) == (3.5, 2.0, 4.0)
    assert (leaf.source, leaf.note) == ("E09; assumption", "a note")
    assert leaf.changed
    assert (Path(leaf.file).name, leaf.line) == ("over.toml", 3)


def test_a_bare_value_beyond_its_range_needs_one_of_its_own(tmp_path: Path) -> None:
    assert problems(write_over(tmp_path, "[ed]\nmedian_minutes = 300\n")) == [
        "over.toml, line 3: ed.median_minutes: 300 given, outside its range 240 to 280; a value beyond it needs a range "
        'and a source of its own: { value = 300, low = ..., high = ..., source = "..." }'
    ]
    own = '[ed]\nmedian_minutes = { value = 300, low = 290, high = 310, source = "assumption" }\n'
    assert load(write_over(tmp_path, own), SCHEMA).values["ed.median_minutes"] == 300
    assert load(write_over(tmp_path, "[time]\nwarm_up_days = 2\n"), SCHEMA).values["time.warm_up_days"] == 2


def test_not_in_a_strict_file(tmp_path: Path) -> None:
    path = write_over(tmp_path, "strict = true\n[ed]\nmedian_minutes = 300\n")
    assert problems(path) == [
        "over.toml, line 4: ed.median_minutes: 300 given, outside its range 240 to 280",
    ]


def test_all_covers_the_members_not_stated(tmp_path: Path) -> None:
    leaves = load(write_base(tmp_path), SCHEMA).leaves()
    both = [leaf for leaf in leaves if leaf.path == "needs.deterioration_per_year"]
    assert [(leaf.index, leaf.covers) for leaf in both] == [
        (("all",), (("other",), ("risk",), ("failing",))),
        (("most_ill",), (("most_ill",),)),
    ]


def test_all_in_a_later_file_covers_everything(tmp_path: Path) -> None:
    scenario = load(write_over(tmp_path, "needs.deterioration_per_year.all = 2\n"), SCHEMA)
    assert np.asarray(scenario.values["needs.deterioration_per_year"]).tolist() == [2, 2, 2, 2]


def test_governance_inherits_through_files(tmp_path: Path) -> None:
    text = '[governance.mine]\ninherits = "coordinated"\n[governance.mine.team]\ndoctors.south = 7\n'
    scenario = load(write_over(tmp_path, text), SCHEMA)
    assert np.asarray(scenario.governance("mine")["team.doctors"]).tolist() == [4, 7]


def test_another_region_drops_members_it_lacks(tmp_path: Path) -> None:
    path = write_over(tmp_path, '[region]\nfolder = "other"\n')
    (tmp_path / "other").mkdir()
    for name in ("municipalities", "areas", "population", "resources"):
        lines = (tmp_path / "region" / f"{name}.csv").read_text().splitlines()
        kept = [line for line in lines if "Öby" not in line]
        (tmp_path / "other" / f"{name}.csv").write_text("\n".join(kept) + "\n")
    scenario = load(path, SCHEMA)
    assert np.asarray(scenario.governance("coordinated")["team.doctors"]).tolist() == [4]
    assert [leaf.index for leaf in scenario.leaves() if leaf.path == "team.doctors"] == [("north",)]


def test_every_error_at_once_in_order_of_lines(tmp_path: Path) -> None:
    text = """\
xyz = 1
[time]
warm_up_days = 1.5
warm_up_dags = 2
[needs.deterioration_per_year]
most_il = 3
risk = -1
failing = { value = 3, low = 4, high = 5, sauce = "E09" }
other = { value = 3, low = 4, high = 2, source = "E9" }
[arrivals]
by_shift.medicine.night = { value = 0.6, low = 0, high = 1 }
[ed]
median_minutes = "long"
p90_minutes = { value = inf }
fast_track = 1
triage = "rets"
[governance.coordinated.team]
doctors.north = 200
activ = true
[governance.other]
inherits = "curent"
"""
    assert problems(write_over(tmp_path, text)) == [
        "over.toml, line 2: unknown key 'xyz'",
        "over.toml, line 4: time.warm_up_days: 1.5 given, a whole number needed",
        "over.toml, line 5: time: unknown key 'warm_up_dags', did you mean 'warm_up_days'?",
        "over.toml, line 7: needs.deterioration_per_year: unknown segment 'most_il', did you mean 'most_ill'?",
        "over.toml, line 8: needs.deterioration_per_year.risk: -1 given, at least 0 needed",
        "over.toml, line 9: needs.deterioration_per_year.failing: unknown key 'sauce', did you mean 'source'?",
        "over.toml, line 10: needs.deterioration_per_year.other.source: unknown source 'E9', did you mean 'E09'?",
        "over.toml, line 10: needs.deterioration_per_year.other: low 4 given, above high 2",
        "over.toml, line 12: arrivals.by_shift.medicine: sums to 1.3 over shift, 1 needed",
        "over.toml, line 14: ed.median_minutes: 'long' given, a number needed",
        "over.toml, line 15: ed.p90_minutes: inf given, a finite number needed",
        "over.toml, line 16: ed.fast_track: 1 given, true or false needed",
        "over.toml, line 17: ed.triage: 'rets' given, one of retts, ess needed",
        "over.toml, line 19: governance.coordinated.team.doctors.north: 200 given, at most 100 allowed",
        "over.toml, line 20: governance.coordinated.team: unknown key 'activ', did you mean 'active'?",
        "over.toml, line 22: governance.other.inherits: unknown governance 'curent', did you mean 'current'?",
    ]


def test_rules_between_parameters(tmp_path: Path) -> None:
    text = "[ed]\nmedian_minutes = { value = 600, low = 500, high = 700 }\n[governance.current.team]\nvisits_end = 7\n"
    assert problems(write_over(tmp_path, text)) == [
        "over.toml, line 3: ed.median_minutes: 600, 480 given, median_minutes <= p90_minutes needed",
        "over.toml, line 5: governance.current.team.visits_start: 8, 7 given, visits_start <= visits_end needed",
        "over.toml, line 5: governance.coordinated.team.visits_start: 8, 7 given, visits_start <= visits_end needed",
    ]


def test_missing_keys(tmp_path: Path) -> None:
    lines = [line for line in BASE.splitlines() if not line.startswith(("p90", "all = { value = 1.0", "warm_up"))]
    assert problems(write_base(tmp_path, "\n".join(lines))) == [
        "base.toml, line 7: time.warm_up_days: missing",
        "base.toml, line 9: needs.deterioration_per_year.other: missing",
        "base.toml, line 9: needs.deterioration_per_year.risk: missing",
        "base.toml, line 9: needs.deterioration_per_year.failing: missing",
        "base.toml, line 16: ed.p90_minutes: missing",
    ]


def test_a_strict_file_needs_source_and_range(tmp_path: Path) -> None:
    text = BASE.replace(', low = 180, high = 730, source = "assumption"', "")
    text = text.replace('fast_track = { value = false, source = "assumption" }', "fast_track = false")
    assert problems(write_base(tmp_path, text)) == [
        "base.toml, line 8: time.warm_up_days: source missing (the file is strict)",
        "base.toml, line 8: time.warm_up_days: low missing (the file is strict)",
        "base.toml, line 8: time.warm_up_days: high missing (the file is strict)",
        "base.toml, line 21: ed.fast_track: source missing (the file is strict)",
    ]


def test_sources_by_role_and_own_sources(tmp_path: Path) -> None:
    def with_source(id_: str) -> str:
        return f'sources.R1 = "A report"\ned.median_minutes = {{ value = 250, source = "{id_}" }}\n'

    assert load(write_over(tmp_path, with_source("R1")), SCHEMA).sources == {"R1": "A report"}
    where = "over.toml, line 3: ed.median_minutes.source: "
    assert problems(write_over(tmp_path, with_source("K01"))) == [
        f"{where}source 'K01' is a check; only parameter, target, audit may be used"
    ]
    assert problems(write_over(tmp_path, with_source("assumtion"))) == [
        f"{where}unknown source 'assumtion', did you mean 'assumption'?"
    ]
    assert problems(write_over(tmp_path, 'sources.U15 = "mine"\n')) == [
        "over.toml, line 2: sources.U15: is the id of a source that ships with the model; choose another"
    ]


def test_circles_end(tmp_path: Path) -> None:
    write_base(tmp_path, 'extends = "over.toml"\n' + BASE)
    path = tmp_path / "over.toml"
    path.write_text('extends = "base.toml"\n')
    assert problems(path) == ["base.toml, line 1: extends: 'over.toml' extends this file: a circle"]
    text = '[governance.a]\ninherits = "b"\n[governance.b]\ninherits = "a"\n'
    assert problems(write_over(tmp_path, text)) == [
        "over.toml, line 3: governance.a.inherits: 'a' inherits from itself by way of 'b': a circle",
        "over.toml, line 5: governance.b.inherits: 'b' inherits from itself by way of 'a': a circle",
    ]


def test_resolved_does_not_depend_on_the_place(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    text = "[time]\nwarm_up_days = 400\n"
    first, second = load(write_over(one, text), SCHEMA), load(write_over(two, text), SCHEMA)
    assert first.resolved() == second.resolved()
    assert first.resolved()["values"]["time.warm_up_days"] == 400


def test_changed_copies(tmp_path: Path) -> None:
    scenario = load(write_base(tmp_path), SCHEMA)
    other = scenario.with_values({"ed.median_minutes": 200, "needs.deterioration_per_year": 2})
    assert other.values["ed.median_minutes"] == 200.0
    assert np.asarray(other.values["needs.deterioration_per_year"]).tolist() == [2, 2, 2, 2]
    assert scenario.values["ed.median_minutes"] == 257
    alone = scenario.with_levers("alone", {"team.doctors": [1, 3]})
    assert np.asarray(alone.governance("alone")["team.doctors"]).tolist() == [1, 3]
    assert alone.governance("alone")["team.active"] is False
    more = scenario.with_levers("more", {"team.doctors": 9}, base="coordinated")
    assert more.governance("more")["team.active"] is True
    with pytest.raises(ValueError, match="at most 100 allowed"):
        scenario.with_levers("alone", {"team.doctors": 101})
    with pytest.raises(KeyError):
        scenario.with_values({"ed.median_hours": 4})


def test_scenarios_travel_between_processes(tmp_path: Path) -> None:
    scenario = load(write_base(tmp_path), SCHEMA)
    copy = pickle.loads(pickle.dumps(scenario))
    assert copy.resolved() == scenario.resolved()
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "none.toml", SCHEMA)
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


def test_a_file_without_a_base_is_told_so_in_few_lines(tmp_path: Path) -> None:
    path = tmp_path / "alone.toml"
    path.write_text('name = "alone"\n')
    schema = Schema([Parameter(f"beds.ward_{number}") for number in range(20)])
    with pytest.raises(ScenarioError) as caught:
        load(path, schema)
    assert str(caught.value) == (
        f"{path}: beds: 20 keys missing (ward_0, ward_1, ward_2, ...); does the file need 'extends'?"
    )
