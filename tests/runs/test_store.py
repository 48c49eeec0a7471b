"""The store of runs, for any kind of work: what is believed, what is told and made again, and what is left."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.calibration.calibrating import RUN as CALIBRATED
from sim.calibration.calibrating import STEP
from sim.evaluation.archive import REPEATS
from sim.evaluation.pilot_folder import REACH
from sim.evaluation.pilot_folder import RUN as PILOTED
from sim.experiment.archive import REPLICATION
from sim.planning.archive import PART as PLANNED
from sim.problems import RunAgain
from sim.runs.identity import Identity
from sim.runs.packing import Arrays, Damaged
from sim.runs.result_folder import HEADS, OLDER, OtherExperiment
from sim.runs.store import Codec, Memory, RunStore, open_store
from sim.sweeps.sweep_archive import PART as SWEPT
from tests.model.small import small_scenario

DIGEST = "d" * 64


@dataclass(frozen=True)
class Throw:
    """A die, thrown some times."""

    die: int
    eyes: tuple[int, ...]


def plain(throw: Throw) -> tuple[dict[str, Any], Arrays]:
    return {"die": throw.die}, {"eyes": np.array(throw.eyes)}


def whole(key: int, about: Mapping[str, Any], arrays: Arrays, folder: Path) -> Throw:
    return Throw(about["die"], tuple(arrays["eyes"].tolist()))


def coded(job: str = "sim.replication.replication", kind: str = "throw") -> Codec[int, Throw]:
    return Codec(
        job=job,
        name=lambda key: f"{kind}-{key:02d}",
        key=lambda name: int(name.removeprefix(f"{kind}-")) if name.startswith(f"{kind}-") else None,
        of=lambda throw: throw.die,
        plain=plain,
        whole=whole,
    )


@pytest.fixture
def store(tmp_path: Path) -> RunStore[int, Throw]:
    (tmp_path / "replications").mkdir()
    found = RunStore(tmp_path, DIGEST, coded())
    for die in (3, 1, 2):
        found.put(Throw(die, (die, die + 1)))
    return found


def again(store: RunStore[int, Throw]) -> RunStore[int, Throw]:
    """As another process finds it."""
    return RunStore(store.folder, store.digest, store.codec)


def test_what_is_kept_comes_back_in_the_order_of_its_names(store: RunStore[int, Throw]) -> None:
    found = again(store)
    assert found.there() == [1, 2, 3]
    assert list(found.parts()) == [Throw(1, (1, 2)), Throw(2, (2, 3)), Throw(3, (3, 4))]
    assert found.sound([2, 7]) == {2}
    with pytest.raises(Damaged, match=r"throw-07\.npz"):
        found.get(7)


def test_memory_is_a_store_too(store: RunStore[int, Throw]) -> None:
    memory: Memory[int, Throw] = Memory(store.codec.of)
    for throw in store.parts():
        memory.put(throw)
    assert memory.sound() == store.sound() == {1, 2, 3}
    assert memory.sound([2, 7]) == {2}
    assert memory.get(2) == store.get(2)


def test_kinds_share_a_folder_and_do_not_see_each_other(store: RunStore[int, Throw]) -> None:
    other = store.also(coded(kind="toss"))
    other.put(Throw(1, (6,)))
    assert other.there() == [1]
    assert other.get(1) != store.get(1)
    assert again(store).there() == [1, 2, 3]


def test_damage_is_told_and_taken_away_once(store: RunStore[int, Throw]) -> None:
    path = store.path(2)
    path.write_bytes(path.read_bytes()[:-30])
    found = again(store)
    with pytest.warns(RunAgain, match=r"throw-02\.npz: damaged .*; it is run again$"):
        assert found.sound() == {1, 3}
    assert not path.exists()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert found.sound() == {1, 3}


def test_a_good_file_is_read_once(store: RunStore[int, Throw], monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    found, really = again(store), RunStore.get

    def noted(self: RunStore[int, Throw], key: int) -> Throw:
        read.append(key)
        return really(self, key)

    monkeypatch.setattr(RunStore, "get", noted)
    for _ in range(3):
        assert found.sound([1, 2]) == {1, 2}
    assert sorted(read) == [1, 2]


def test_a_file_under_another_name_or_of_another_experiment_is_not_believed(store: RunStore[int, Throw]) -> None:
    store.path(7).write_bytes(store.path(1).read_bytes())
    with pytest.raises(Damaged, match=r"throw-07\.npz: throw-01 is in it"):
        store.get(7)
    with pytest.raises(Damaged, match=r"of another experiment \(digest dddddddddddd, not eeeeeeeeeeee\)"):
        RunStore(store.folder, "e" * 64, store.codec).get(1)


def test_what_other_code_made_is_told_in_one_line(store: RunStore[int, Throw]) -> None:
    changed = RunStore(store.folder, DIGEST, coded(job="sim.sweeps.sweeping"))
    with pytest.warns(RunAgain, match="3 runs were made by other code of the same version; they are run again") as told:
        assert changed.sound() == set()
    assert len(told) == 1
    assert changed.there() == []


def test_a_key_and_its_name_belong_together() -> None:
    named: list[tuple[Codec[Any, Any], Any, str]] = [
        (REPLICATION, 17, "0017"),
        (SWEPT, (3, 12_345), "12345-group-00003"),
        (SWEPT, (123_456, 3), "0003-group-123456"),
        (PLANNED, (5, "0123456789ab"), "0005-part-0123456789ab"),
        (CALIBRATED, 12_345, "run-12345"),
        (STEP, 7, "step-07"),
        (REPEATS, 3, "0003"),
        (PILOTED, 3, "0003"),
        (REACH, ("emergency_visits", -0.55), "reach-emergency_visits--0.55"),
        (REACH, ("admissions", -1e-05), "reach-admissions--1e-05"),
    ]
    for codec, key, name in named:
        assert codec.name(key) == name
        assert codec.key(name) == key
        for other, _, another in named:
            if other is not codec and other not in (REPLICATION, REPEATS, PILOTED):
                assert other.key(name) is None, (name, another)


# --- the folder ------------------------------------------------------------------------------------------------------


@pytest.fixture
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return Identity(small_scenario(tmp_path_factory.mktemp("store")), ("current",), 1)


def test_what_ends_without_anything_finished_leaves_nothing(identity: Identity, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(Damaged), open_store(tmp_path, identity, {}, coded()) as store:
        store.get(1)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_what_is_finished_stays(identity: Identity, tmp_path: Path) -> None:
    with open_store(tmp_path, identity, {}, coded()) as store:
        store.put(Throw(1, (6,)))
    with open_store(tmp_path, identity, {}, coded()) as store:
        assert list(store.parts()) == [Throw(1, (6,))]
    assert not (tmp_path / ".lock").exists()


@pytest.mark.parametrize("name", [re.sub(r"\*|(\[0-9\])+", "0001", pattern) for pattern in OLDER])
def test_work_of_an_older_version_is_told_and_goes_only_if_it_is_replaced(
    identity: Identity, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir()
    path.write_text("{}")
    says = "holds finished work of an older narvard, which this one does not read; another --out, or --replace"
    with pytest.raises(OtherExperiment, match=says), open_store(tmp_path, identity, {}, coded()):
        pass
    assert path.exists()
    with open_store(tmp_path, identity, {}, coded(), replace=True):
        assert not path.exists()


@pytest.mark.parametrize("head", HEADS)
def test_a_result_of_any_kind_is_not_written_over(identity: Identity, tmp_path: Path, head: str) -> None:
    (tmp_path / head).write_text("{}")
    says = "holds a result without a readable experiment.json"
    with pytest.raises(OtherExperiment, match=says), open_store(tmp_path, identity, {}, coded()):
        pass
    assert (tmp_path / head).exists()
