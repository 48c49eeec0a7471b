"""The archive: what is finished stays finished; what is damaged is recognised and run again."""

from __future__ import annotations

import io
import os
import shutil
import weakref
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.experiment import running
from sim.experiment.archive import Archive, Replications, open_archive
from sim.experiment.folder import write
from sim.replication.replication import Replication, replicate
from sim.runs.identity import Identity, NoExperiment, read_identity
from sim.runs.packing import Damaged
from sim.runs.result_folder import OtherExperiment, newest
from sim.scenario import Scenario
from tests.model.small import small_scenario

DAYS = {"time.warm_up_days": 5, "time.pre_period_days": 5, "time.follow_up_days": 30}
ARMS = ("current", "coordinated")
DETERMINISTIC = (
    "experiment.json",
    "result.json",
    "outcomes.csv",
    "comparison.csv",
    "replications.csv",
    "sources.csv",
    "warmup.csv",
)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """Forty days in the small region."""
    return small_scenario(tmp_path_factory.mktemp("archive"), DAYS)


@pytest.fixture(scope="module")
def identity(scenario: Scenario) -> Identity:
    return Identity(scenario, ARMS, 1)


@pytest.fixture(scope="module")
def three(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with three replications and their result; tests leave it as it is."""
    folder = tmp_path_factory.mktemp("three")
    write(sim.compare(scenario, replications=3, archive=folder), folder)
    return folder


@pytest.fixture
def copy(three: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return shutil.copytree(three, tmp_path / "copy")


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of the replications that are run, in order."""
    numbers: list[int] = []

    def noted(*arguments: Any, **options: Any) -> Replication:
        numbers.append(arguments[3])
        return replicate(*arguments, **options)

    monkeypatch.setattr(running, "replicate", noted)
    return numbers


def contents(folder: Path) -> dict[str, bytes]:
    """Everything that must be the same bytes, by name."""
    files = [folder / name for name in DETERMINISTIC] + sorted((folder / "replications").iterdir())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def file_of(folder: Path, number: int) -> Path:
    return folder / "replications" / f"{number:04d}.npz"


# --- a file --------------------------------------------------------------------------------------------------


def kept_in(folder: Path, replication: Replication) -> Archive:
    (folder / "replications").mkdir()
    archive = Archive(folder, "d" * 64)
    archive.put(replication)
    return archive


def test_a_replication_comes_back_as_it_was(scenario: Scenario, tmp_path: Path) -> None:
    before = replicate(scenario, ARMS, 1, 4, checks=True)
    archive = kept_in(tmp_path, before)
    content = archive.path(4).read_bytes()
    archive.put(before)
    assert archive.path(4).read_bytes() == content
    after = archive.get(4)
    assert after.checked
    assert after.number == 4
    assert before.daily is not None
    assert np.array_equal(after.daily, before.daily)
    for one, other in zip(before.arms, after.arms, strict=True):
        same = ("governance", "digest", "rows", "events", "violations", "records", "file")
        assert all(getattr(one, name) == getattr(other, name) for name in same)
        a, b = one.table, other.table
        assert (a.outcomes, a.margins, a.municipalities, a.split) == (b.outcomes, b.margins, b.municipalities, b.split)
        assert np.array_equal(a.values, b.values, equal_nan=True)
        assert np.array_equal(a.cross, b.cross)
        assert np.array_equal(a.strata, b.strata)
        assert one.patterns is not None
        assert other.patterns is not None
        for name, array in one.patterns.arrays.items():
            assert np.array_equal(array, other.patterns.arrays[name])


def test_a_file_is_plain_arrays_that_anybody_can_read(three: Path) -> None:
    with np.load(file_of(three, 0), allow_pickle=False) as arrays:
        names = {"about", "layout", "values", "cross", "strata", "daily", "pathways", "days", "week"}
        assert set(arrays.files) == names
        assert arrays["values"].shape[0] == len(ARMS)


def test_violations_are_kept(scenario: Scenario, tmp_path: Path) -> None:
    before = replicate(scenario, ("current",), 1, 0)
    broken = replace(before, arms=(replace(before.arms[0], violations=("person 3 is in two places",)),))
    after = kept_in(tmp_path, broken).get(0)
    assert after.arms[0].violations == ("person 3 is in two places",)
    assert not after.checked


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    """One bit of the numbers, in the middle of the longest member."""
    with zipfile.ZipFile(io.BytesIO(content)) as whole:
        longest = max(whole.infolist(), key=lambda member: member.compress_size)
    place = longest.header_offset + 60 + longest.compress_size // 2
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def without_values(content: bytes) -> bytes:
    changed = io.BytesIO()
    with np.load(io.BytesIO(content)) as arrays:
        np.savez(changed, **{name: arrays[name] for name in arrays.files if name != "values"})
    return changed.getvalue()


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (cut, "damaged"),
        (flipped, "damaged"),
        (without_values, "damaged"),
        (lambda content: b"", "damaged"),
        (lambda content: b"not an archive at all", "damaged"),
        (lambda content: bytes(len(content)), "damaged"),
    ],
)
def test_damage_is_recognised_told_and_run_again(
    scenario: Scenario, three: Path, copy: Path, ran: list[int], damage: Callable[[bytes], bytes], says: str
) -> None:
    file_of(copy, 1).write_bytes(damage(file_of(copy, 1).read_bytes()))
    with pytest.warns(RuntimeWarning, match=rf"0001\.npz: {says}.*; it is run again"):
        done = sim.compare(scenario, replications=3, archive=copy)
    assert ran == [1]
    write(done, copy)
    assert contents(copy) == contents(three)


def test_any_flipped_bit_is_recognised_or_changes_nothing(identity: Identity, copy: Path) -> None:
    path = file_of(copy, 0)
    content = path.read_bytes()
    chance = np.random.default_rng(5)
    told = 0
    with open_archive(copy, identity, {}) as archive:
        sound = archive.get(0)
        for place in chance.integers(0, len(content), 300):
            path.write_bytes(
                content[:place] + bytes([content[place] ^ (1 << int(chance.integers(8)))]) + content[place + 1 :]
            )
            try:
                found = archive.get(0)
            except Damaged:
                told += 1
                continue
            assert [arm.digest for arm in found.arms] == [arm.digest for arm in sound.arms]
            assert all(
                np.array_equal(a.table.values, b.table.values, equal_nan=True)
                for a, b in zip(found.arms, sound.arms, strict=True)
            )
    assert told > 250


def test_a_file_of_another_experiment_or_number_is_not_believed(
    scenario: Scenario, three: Path, copy: Path, ran: list[int], tmp_path: Path
) -> None:
    sim.compare(scenario, replications=1, seed=2, archive=tmp_path / "other")
    shutil.copy(file_of(tmp_path / "other", 0), file_of(copy, 0))
    shutil.copy(file_of(three, 0), file_of(copy, 1))
    ran.clear()
    with pytest.warns(RuntimeWarning) as told:
        sim.compare(scenario, replications=3, archive=copy)
    words = " ".join(str(warning.message) for warning in told)
    assert "0000.npz: of another experiment (digest" in words
    assert "0001.npz: 0000 is in it" in words
    assert sorted(ran) == [0, 1]
    assert contents(copy) == contents(three)


def test_what_other_code_made_is_run_again(
    scenario: Scenario, three: Path, copy: Path, ran: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.runs.store.code_of", lambda job: "changed")
    with pytest.warns(RuntimeWarning, match="3 runs were made by other code of the same version; they are run") as told:
        write(sim.compare(scenario, replications=3, archive=copy), copy)
    assert len(told) == 1
    assert sorted(ran) == [0, 1, 2]
    assert (copy / "result.json").read_bytes() == (three / "result.json").read_bytes()
    ran.clear()
    sim.compare(scenario, replications=3, archive=copy)
    assert ran == []


# --- going on ------------------------------------------------------------------------------------------------


def test_what_is_finished_is_not_run_again(scenario: Scenario, copy: Path, ran: list[int]) -> None:
    done = sim.compare(scenario, replications=3, archive=copy)
    assert ran == []
    assert isinstance(done.replications, Replications)
    assert [replication.number for replication in done.replications] == [0, 1, 2]


def test_what_is_missing_is_run_and_the_bytes_are_the_same(
    scenario: Scenario, three: Path, copy: Path, ran: list[int]
) -> None:
    for name in ("result.json", "outcomes.csv", "replications/0000.npz", "replications/0002.npz"):
        (copy / name).unlink()
    write(sim.compare(scenario, replications=3, archive=copy, workers=2), copy)
    assert sorted(ran) == [0, 2]
    assert contents(copy) == contents(three)


def test_more_replications_continue_and_fewer_use_the_first(
    scenario: Scenario, three: Path, copy: Path, ran: list[int], tmp_path: Path
) -> None:
    write(sim.compare(scenario, replications=5, archive=copy), copy)
    assert sorted(ran) == [3, 4]
    write(sim.compare(scenario, replications=5, archive=tmp_path / "at once"), tmp_path / "at once")
    assert contents(copy) == contents(tmp_path / "at once")
    ran.clear()
    write(sim.compare(scenario, replications=3, archive=copy), copy)
    assert ran == []
    assert {name: contents(copy)[name] for name in DETERMINISTIC} == {
        name: contents(three)[name] for name in DETERMINISTIC
    }


def test_the_archive_gives_what_memory_gives(scenario: Scenario, three: Path, tmp_path: Path) -> None:
    write(sim.compare(scenario, replications=3, workers=2), tmp_path)
    for name in DETERMINISTIC:
        assert (tmp_path / name).read_bytes() == (three / name).read_bytes(), name


def test_an_archive_is_a_sequence(scenario: Scenario, copy: Path) -> None:
    found = sim.compare(scenario, replications=3, archive=copy).replications
    assert len(found) == 3
    assert found[-1].number == 2
    assert [replication.number for replication in found[1:]] == [1, 2]
    with pytest.raises(IndexError):
        found[3]


def test_checks_that_were_not_made_are_made(scenario: Scenario, copy: Path, ran: list[int]) -> None:
    sim.compare(scenario, replications=2, archive=copy, checks=True)
    assert sorted(ran) == [0, 1]
    ran.clear()
    sim.compare(scenario, replications=3, archive=copy)
    assert ran == []  # what was checked, or need not be, is there


def test_records_that_are_not_there_are_written(scenario: Scenario, copy: Path, ran: list[int]) -> None:
    done = sim.compare(scenario, replications=2, archive=copy, records=True)
    assert sorted(ran) == [0, 1]
    names = {f"records-{name}-{number:04d}.parquet" for name in ARMS for number in (0, 1)}
    assert {path.name for path in copy.glob("*.parquet")} == names
    assert done.replications[1].arms[1].file == copy / "records-coordinated-0001.parquet"
    (copy / "records-current-0000.parquet").unlink()
    ran.clear()
    sim.compare(scenario, replications=2, archive=copy, records=True)
    assert ran == [0]


def test_what_a_killed_process_left_is_taken_away(scenario: Scenario, copy: Path) -> None:
    left = [copy / "replications" / "0007.npz.part", copy / "result.json.part", copy / "region" / "areas.csv.part"]
    for path in left:
        path.write_bytes(b"half")
    sim.compare(scenario, replications=3, archive=copy)
    assert not list(copy.rglob("*.part"))


def test_a_precision_uses_the_first_replications_whatever_is_there(
    scenario: Scenario, tmp_path: Path, ran: list[int]
) -> None:
    target = sim.Target(0.9, ("hospital_days",), most=12, look_ahead=1)
    first = sim.run(scenario, archive=tmp_path / "a", precision=target, workers=3)
    write(first, tmp_path / "a")
    count = len(first.replications)
    assert 3 <= count < 12
    sim.run(scenario, replications=count + 3, archive=tmp_path / "b")
    ran.clear()
    write(sim.run(scenario, archive=tmp_path / "b", precision=target), tmp_path / "b")
    assert ran == []
    for name in ("result.json", "outcomes.csv", "replications.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_replications_are_let_go_as_they_are_finished(
    scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = replicate(scenario, ("current",), 1, 0)
    alive: weakref.WeakSet[Replication] = weakref.WeakSet()
    most = 0

    def made(*arguments: Any, **_: Any) -> Replication:
        nonlocal most
        found = replace(one, number=arguments[3], arms=tuple(replace(arm) for arm in one.arms))
        alive.add(found)
        most = max(most, len(alive))
        return found

    monkeypatch.setattr(running, "replicate", made)
    done = sim.run(scenario, replications=200, archive=tmp_path, workers=2)
    assert len(done.replications) == 200
    assert most <= 12  # two at work, four ahead of them, those just finished
    real = Archive.get

    def got(self: Archive, number: int) -> Replication:
        nonlocal most
        found = real(self, number)
        alive.add(found)
        most = max(most, len(alive))
        return found

    monkeypatch.setattr(Archive, "get", got)
    most = 0
    alive.clear()
    write(done, tmp_path)
    assert 1 <= most <= 3


# --- whose folder it is --------------------------------------------------------------------------------------


def test_another_experiment_is_refused(scenario: Scenario, three: Path, identity: Identity) -> None:
    other = Identity(scenario, ARMS, 2)
    before = contents(three)
    with pytest.raises(OtherExperiment) as caught:
        sim.compare(scenario, replications=1, seed=2, archive=three)
    digests = f"(seed 1, not 2; digest {identity.digest[:12]}, not {other.digest[:12]})"
    assert str(caught.value) == f"{three}: holds another experiment {digests}; another --out, or --replace"
    with pytest.raises(OtherExperiment):
        write(sim.compare(scenario, replications=1, seed=2), three)
    assert contents(three) == before


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 2},
        {"engine": "simpy"},
        {"governances": ("coordinated", "current")},
    ],
)
def test_the_digest_is_of_all_that_figures_depend_on(identity: Identity, change: dict[str, Any]) -> None:
    assert replace(identity, **change).digest != identity.digest


def test_one_other_value_is_another_experiment(identity: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = identity.scenario.with_values({"time.follow_up_days": 31})
    assert replace(identity, scenario=changed).digest != identity.digest
    levers = identity.scenario.with_levers("coordinated", {"mobile_team.visit_minutes": 61})
    assert replace(identity, scenario=levers).digest != identity.digest
    monkeypatch.setattr("sim.runs.identity.__version__", "9.9")
    assert replace(identity).digest != identity.digest


def test_replacing_takes_away_what_is_its_own_and_nothing_else(scenario: Scenario, copy: Path) -> None:
    (copy / "notes.txt").write_text("mine")
    with open_archive(copy, Identity(scenario, ARMS, 2), {"replications": 1}, replace=True) as archive:
        assert archive.there() == []
        assert {path.name for path in copy.iterdir()} == {
            *("notes.txt", "experiment.json", "region", "replications", ".lock"),
        }
    assert [path.name for path in copy.iterdir()] == ["notes.txt"]  # nothing was finished: nothing is left


def test_replacing_the_same_experiment_keeps_what_is_finished(identity: Identity, copy: Path) -> None:
    with open_archive(copy, identity, {"replications": 3}, replace=True) as archive:
        assert archive.there() == [0, 1, 2]


@pytest.mark.parametrize("name", ["experiment.json", "result.json"])
def test_a_folder_whose_experiment_cannot_be_read_is_refused(identity: Identity, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{")
    with (
        pytest.raises(OtherExperiment, match=r"holds a result without a readable experiment\.json"),
        open_archive(tmp_path, identity, {}),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_is_left_by_one_killed_at_the_very_beginning_is_nobody_s(
    scenario: Scenario, three: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    (folder / "replications").mkdir(parents=True)
    (folder / "region").mkdir()
    (folder / "region" / "areas.csv.part").write_text("half")
    (folder / ".lock").touch()
    write(sim.compare(scenario, replications=3, archive=str(folder)), folder)
    assert contents(folder) == contents(three)
    assert not list(folder.rglob("*.part"))


def test_replications_without_their_experiment_are_not_overwritten(identity: Identity, copy: Path) -> None:
    (copy / "experiment.json").unlink()
    (copy / "result.json").unlink()
    with pytest.raises(OtherExperiment), open_archive(copy, identity, {}):
        pass
    assert len(list((copy / "replications").iterdir())) == 3


def test_two_processes_do_not_share_an_archive(identity: Identity, copy: Path) -> None:
    with open_archive(copy, identity, {}):
        child = os.fork()
        if child == 0:  # a lock is of a process, so only another one meets it
            try:
                with open_archive(copy, identity, {}):
                    os._exit(1)
            except OtherExperiment as error:
                os._exit(0 if "another narvard is at work there" in str(error) else 2)
            os._exit(3)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with open_archive(copy, identity, {}):  # and it is free again
        pass
    assert not (copy / ".lock").exists()


def test_a_full_disk_ends_it_and_keeps_what_is_finished(
    scenario: Scenario, three: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(copy / "replications")
    really = Path.write_bytes

    def full(self: Path, content: bytes) -> int:
        if self.name.startswith("0001"):
            really(self, content[:100])
            raise OSError(28, "No space left on device")
        return really(self, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left") as caught:
        sim.compare(scenario, replications=3, archive=copy, workers=1)
    assert caught.value.filename == str(file_of(copy, 1))
    assert {path.name for path in (copy / "replications").iterdir()} <= {"0000.npz", "0002.npz"}
    assert file_of(copy, 0).exists()
    monkeypatch.undo()
    write(sim.compare(scenario, replications=3, archive=copy), copy)
    assert contents(copy) == contents(three)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="handles have no names here")
def test_a_file_is_on_the_disk_before_it_has_its_name(
    scenario: Scenario, identity: Identity, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, rename = os.fsync, os.replace

    def synced(handle: int) -> None:
        steps.append(f"fsync {Path(os.readlink(f'/proc/self/fd/{handle}')).name}")
        fsync(handle)

    def renamed(source: Any, target: Any) -> None:
        steps.append(f"rename {Path(source).name}")
        rename(source, target)

    with open_archive(copy, identity, {}) as archive:
        monkeypatch.setattr(os, "fsync", synced)
        monkeypatch.setattr(os, "replace", renamed)
        archive.put(archive.get(0))
    assert steps == ["fsync 0000.npz.part", "rename 0000.npz.part", "fsync replications"]


# --- experiment.json -----------------------------------------------------------------------------------------


def test_an_experiment_is_restored_as_it_was(scenario: Scenario, three: Path, identity: Identity) -> None:
    stored = read_identity(three)
    assert stored.digest == stored.identity.digest == identity.digest
    assert stored.asked == {"replications": 3}
    assert stored.other_versions == []
    again = stored.identity.scenario
    assert again.resolved() == scenario.resolved()
    assert [leaf.name for leaf in again.leaves()] == [leaf.name for leaf in scenario.leaves()]
    assert {path: type(value) for path, value in again.values.items()} == {
        path: type(value) for path, value in scenario.values.items()
    }
    assert again.members("team_area") == scenario.members("team_area")


def test_nothing_of_the_machine_stands_in_it(three: Path, scenario: Scenario) -> None:
    text = (three / "experiment.json").read_text(encoding="utf-8")
    assert str(scenario.path.parent) not in text
    assert str(three) not in text


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"seed": 1', '"seed": 2', "it was changed by hand"),
        ('"time.follow_up_days": 30', '"time.follow_up_days": 31', "it was changed by hand"),
        ('"time.follow_up_days": 30', '"time.follow_on_days": 30', "another version of narvard wrote it"),
        ('"kind": "compare"', '"kind": "sweep"', "holds a sweep"),
        ('"format": 1', '"format": 99', "format 99 given, 1 needed"),
        ('"digest"', '"no digest"', "not as narvard writes it"),
        ("{", "", "cannot be read"),
    ],
)
def test_a_changed_experiment_is_refused(copy: Path, old: str, new: str, says: str) -> None:
    path = copy / "experiment.json"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(NoExperiment, match=says):
        read_identity(copy)


def test_a_changed_region_is_refused(copy: Path) -> None:
    path = copy / "region" / "areas.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("0.86", "0.87"), encoding="utf-8")
    with pytest.raises(NoExperiment, match=r"region: digest .* of the tables, .* needed"):
        read_identity(copy)
    path.unlink()
    with pytest.raises(NoExperiment, match=r"areas\.csv: no such file"):
        read_identity(copy)


def test_the_newest_result_of_a_folder(three: Path, tmp_path: Path) -> None:
    assert newest(three) == three
    assert newest(tmp_path) is None
    for place, name in enumerate(("b", "a", "c")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "result.json").write_text("{}")
        os.utime(tmp_path / name / "result.json", (place % 2, place % 2))
    assert newest(tmp_path) == tmp_path / "a"
