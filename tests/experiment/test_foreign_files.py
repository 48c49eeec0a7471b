"""Files in the folder of a result that are not its own stay as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.experiment.archive import open_archive
from sim.files import Unfit
from sim.runs.durable import records_file
from sim.runs.identity import Identity
from sim.runs.result_folder import remove
from tests.model.small import small_scenario


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return Identity(small_scenario(tmp_path_factory.mktemp("foreign")), ("current", "coordinated"), 1)


def test_replacing_takes_away_its_own_files_alone(identity: Identity, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    foreign = [
        elsewhere / "0000.npz",
        *(tmp_path / "out" / name for name in ("notes.txt", "region/map.csv", "figures/x")),
    ]
    with open_archive(tmp_path / "out", identity, {"replications": 1}):
        (tmp_path / "out" / "figures").mkdir()
        (tmp_path / "out" / "replications" / "0000.npz").touch()  # what ends without anything finished leaves nothing
    for path in foreign:
        path.write_text("mine")
    (tmp_path / "out" / "result.json").symlink_to(elsewhere / "0000.npz")
    remove(tmp_path / "out")
    assert {path for path in tmp_path.rglob("*") if not path.is_dir()} == set(foreign)
    assert all(path.read_text() == "mine" for path in foreign)


def test_tables_of_a_region_that_are_there_are_not_written_over(identity: Identity, tmp_path: Path) -> None:
    (tmp_path / "region").mkdir()
    (tmp_path / "region" / "areas.csv").write_text("mine")
    with pytest.raises(Unfit, match=r"areas\.csv: is not of a result"), open_archive(tmp_path, identity, {}):
        pass
    assert (tmp_path / "region" / "areas.csv").read_text() == "mine"


def test_records_lie_in_the_folder_whatever_the_governance_is_called(tmp_path: Path) -> None:
    assert records_file(tmp_path, "current", 3) == tmp_path / "records-current-0003.parquet"
    for name in ("../x", "a/b", "", ".", "-x", "x" * 100):
        with pytest.raises(ValueError, match=r"governance: '.*' given, a name of 1 to 60"):
            records_file(tmp_path, name, 0)
