"""Parameter sets of a scenario that is extended: which table, and which keys keep their own value."""

from pathlib import Path

import pytest

import sim
from sim.cli.commands import Refused
from sim.cli.ensemble import with_sets
from sim.scenario import ScenarioError
from sim.scenario.ensemble import keys_of, nearest_table, of_replication, restated, sets_of

pytestmark = pytest.mark.unit

KEYS = ("beds.medicine", "needs.preventable_share")
TABLE = f"set,{','.join(KEYS)},implausibility,checked\n1,9,0.11,2.0,run\n2,11,0.12,2.5,run\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A base with a table beside it, one scenario that restates a key, and one on top of that."""
    (tmp_path / "base.toml").write_text('name = "base"\nextends = "shipped:vannas"\n')
    (tmp_path / "base.ensemble.csv").write_text(TABLE)
    (tmp_path / "own.toml").write_text(
        'name = "own"\nextends = "base.toml"\n[beds]\nmedicine = { value = 16, source = "assumption" }\n'
    )
    (tmp_path / "top.toml").write_text('name = "top"\nextends = "own.toml"\n')
    return tmp_path


@pytest.mark.parametrize("name", ["base", "own", "top"])
def test_the_nearest_table_is_taken(folder: Path, name: str) -> None:
    table, beside = nearest_table(sim.load(folder / f"{name}.toml"))
    assert table == folder / "base.ensemble.csv"
    assert Path(beside) == folder / "base.toml"


def test_what_is_restated_keeps_its_value(folder: Path) -> None:
    scenario = sim.load(folder / "top.toml")
    assert restated(scenario, sim.load(folder / "base.toml"), KEYS) == {"beds.medicine"}
    sets = with_sets(scenario, "")
    assert sets_of(sets) == 2
    assert sets.reserved["ensemble"]["keys"] == ["needs.preventable_share"]
    assert of_replication(sets, 3).values["beds.medicine"] == 16
    assert of_replication(sets, 3).values["needs.preventable_share"] == pytest.approx(0.12)


def test_the_base_itself_takes_all_keys(folder: Path) -> None:
    sets = with_sets(sim.load(folder / "base.toml"), "")
    assert of_replication(sets, 0).values["beds.medicine"] == 9
    assert keys_of(folder / "base.ensemble.csv") == list(KEYS)


def test_a_table_that_is_not_there_is_refused(folder: Path) -> None:
    with pytest.raises(Refused, match=r"--ensemble: .*nothing\.csv: no such file"):
        with_sets(sim.load(folder / "base.toml"), str(folder / "nothing.csv"))


def test_naming_the_nearest_table_is_the_same_as_not_naming_it(folder: Path) -> None:
    scenario = sim.load(folder / "top.toml")
    named = with_sets(scenario, str(folder / "base.ensemble.csv"))
    assert named.reserved["ensemble"] == with_sets(scenario, "").reserved["ensemble"]


def test_a_table_from_elsewhere_sets_all_its_keys(folder: Path) -> None:
    (folder / "mine.csv").write_text(TABLE)
    sets = with_sets(sim.load(folder / "top.toml"), str(folder / "mine.csv"))
    assert of_replication(sets, 0).values["beds.medicine"] == 9


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (b"set,beds.medicine,beds.medicine\n1,9,10\n", "two columns given, one needed"),
        (b"\x00\x01", "not a table of text"),
    ],
)
def test_a_table_that_cannot_be_read_is_one_clear_error(folder: Path, table: bytes, says: str) -> None:
    (folder / "bad.csv").write_bytes(table)
    with pytest.raises(ScenarioError, match=rf"bad\.csv.*{says}"):
        with_sets(sim.load(folder / "base.toml"), str(folder / "bad.csv"))


def test_the_shipped_plan_takes_the_shipped_sets() -> None:
    plan, base = sim.load("shipped:plans/umea-teams"), sim.load("shipped:umea-lansdel")
    assert sets_of(with_sets(plan, "")) == sets_of(with_sets(base, "")) >= 20
