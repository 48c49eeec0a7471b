"""Experiments that are interrupted, killed, or meet a full disk, as real processes; the same command goes on."""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.experiment.folder import write
from tests.model.small import SCENARIO, write_region

ROOT = Path(__file__).parents[2]
REPLICATIONS = 8
PATIENCE = 300.0
"""Seconds after which something that has not happened never will."""
TABLES = (
    "experiment.json",
    "result.json",
    "outcomes.csv",
    "comparison.csv",
    "replications.csv",
    "sources.csv",
    "warmup.csv",
    "flows.csv",
    "occupancy.csv",
)
TIMES = """
[time]
warm_up_days = { value = 5, low = 0, high = 30, source = "assumption" }
pre_period_days = { value = 5, low = 0, high = 30, source = "assumption" }
follow_up_days = { value = 30, low = 30, high = 60, source = "assumption" }
"""
DIES = """
import os, signal, sys
from sim.cli import main
from sim.runs import durable as kept

left = int(sys.argv[1])
to_disk, rename = kept._to_disk, os.replace

def step(really):
    def stepped(*arguments):
        global left
        if any("replications" in str(argument) for argument in arguments):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return really(*arguments)
    return stepped

kept._to_disk, os.replace = step(to_disk), step(rename)
sys.exit(main(sys.argv[2:]))
"""
"""A command that is killed at a given step of writing replications: before a file is flushed, renamed, or its name is."""
UNDRAWN = """
import sys
import pytest
from sim.cli import main
from tests.undrawn import leave_undrawn

leave_undrawn(pytest.MonkeyPatch())
sys.exit(main(sys.argv[1:]))
"""
"""The command, without the figures, which take most of a short run."""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty days in the small region, as a file."""
    folder = tmp_path_factory.mktemp("scenario")
    write_region(folder / "region")
    path = folder / "small.toml"
    path.write_text(SCENARIO + TIMES, encoding="utf-8")
    return path


def arguments(scenario: Path, out: Path, *more: str) -> list[str]:
    return ["compare", str(scenario), "--replications", str(REPLICATIONS), "--out", str(out), "--workers", "2", *more]


def begun(*command: str, **options: Any) -> subprocess.Popen[str]:
    """A process of its own group, as a shell starts it."""
    return subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
        cwd=ROOT,
        **options,
    )


def narvard(*command: str, **options: Any) -> subprocess.Popen[str]:
    return begun("-c", UNDRAWN, *command, **options)


def finished(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and standard error."""
    _, told = process.communicate(timeout=PATIENCE)
    return process.returncode, told


def kept(folder: Path) -> set[str]:
    return {path.name for path in (folder / "replications").glob("*.npz")}


def more_than(number: int, folder: Path) -> bool:
    return len(kept(folder)) > number


def until(process: subprocess.Popen[str], happened: Callable[[], bool]) -> None:
    """Wait for something while a process runs."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.005)


WAITS = """
import os, time
rename, done = os.replace, []

def slowly(*names):
    if "replications" in str(names[-1]):
        done.append(names)
        time.sleep(1.0 if len(done) > 2 else 0.0)
    return rename(*names)

os.replace = slowly
"""
"""Time to be interrupted in, on a busy machine too: from the third replication on, each waits before it gets its name."""


@pytest.fixture(scope="module")
def whole(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    assert finished(narvard(*arguments(scenario, folder)))[0] == 0
    return folder


def same(folder: Path, whole: Path) -> bool:
    """Whether a folder has the bytes of the undisturbed one, and nothing half-written."""
    assert same_figures(folder, whole, "report.html")
    assert {path.name for path in folder.iterdir()} == {path.name for path in whole.iterdir()}
    return not list(folder.rglob("*.part"))


def same_figures(folder: Path, whole: Path, *more: str) -> bool:
    """Whether replications and tables are the same bytes."""
    files = [*TABLES, *(f"replications/{number:04d}.npz" for number in range(REPLICATIONS)), *more]
    odd = [name for name in files if (folder / name).read_bytes() != (whole / name).read_bytes()]
    assert odd == []
    return True


def test_an_interrupt_ends_cleanly_and_the_same_command_goes_on(scenario: Path, whole: Path, tmp_path: Path) -> None:
    process = begun("-c", WAITS + UNDRAWN, *arguments(scenario, tmp_path))
    until(process, partial(more_than, 1, tmp_path))
    os.killpg(process.pid, signal.SIGINT)
    code, told = finished(process)
    there = len(kept(tmp_path))
    assert code == 130
    last = told.strip().splitlines()[-1]
    assert (
        last == f"interrupted: {there} of {REPLICATIONS} replications are kept in {tmp_path}; the same command goes on"
    )
    assert "Traceback" not in told
    assert 2 <= there < REPLICATIONS
    assert not (tmp_path / ".lock").exists()
    code, told = finished(narvard(*arguments(scenario, tmp_path)))
    assert code == 0
    assert f"{tmp_path}: {there} of {REPLICATIONS} replications are there already" in told
    assert same(tmp_path, whole)


@pytest.mark.verify
def test_kills_at_random_moments_lose_what_was_under_way_only(scenario: Path, whole: Path, tmp_path: Path) -> None:
    chance = random.Random(11)
    for _ in range(2):
        process = narvard(*arguments(scenario, tmp_path))
        before = kept(tmp_path)
        until(process, partial(more_than, len(before), tmp_path))
        time.sleep(0.05 * chance.random())
        there = kept(tmp_path)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert kept(tmp_path) >= there > before
    assert finished(narvard(*arguments(scenario, tmp_path)))[0] == 0
    assert same(tmp_path, whole)


# The three steps of the second replication that is written: its bytes are flushed, it gets its name, the name is flushed.
@pytest.mark.parametrize(
    ("step", "there"),
    [(4, 1), pytest.param(5, 1, marks=pytest.mark.verify), pytest.param(6, 2, marks=pytest.mark.verify)],
)
def test_a_kill_while_a_file_is_written(scenario: Path, whole: Path, tmp_path: Path, step: int, there: int) -> None:
    process = begun("-c", DIES, str(step), *arguments(scenario, tmp_path))
    assert finished(process)[0] == -signal.SIGKILL
    assert len(kept(tmp_path)) == there
    assert len(list(tmp_path.rglob("*.part"))) == (0 if step == 6 else 1)
    write(sim.compare(sim.load(scenario), replications=REPLICATIONS, archive=tmp_path), tmp_path)
    assert not list(tmp_path.rglob("*.part"))
    assert same_figures(tmp_path, whole)


def limited(size: int) -> Callable[[], None]:
    """No file may be longer: writing on fails, as on a full disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_disk_that_is_full_from_the_first_is_one_clear_error(scenario: Path, tmp_path: Path) -> None:
    process = narvard(*arguments(scenario, tmp_path / "out"), preexec_fn=limited(50_000))
    code, told = finished(process)
    assert code == 2
    assert told.splitlines()[-1] == f"{tmp_path / 'out' / 'experiment.json'}: File too large"
    assert "Traceback" not in told


@pytest.mark.verify
def test_a_disk_that_fills_at_the_tables_keeps_all_replications(scenario: Path, whole: Path, tmp_path: Path) -> None:
    size = 200_000
    assert (whole / "outcomes.csv").stat().st_size > size > (whole / "experiment.json").stat().st_size
    code, told = finished(narvard(*arguments(scenario, tmp_path), preexec_fn=limited(size)))
    assert code == 2
    last = told.splitlines()[-1]
    number = f"{REPLICATIONS} of {REPLICATIONS} replications are kept in {tmp_path}"
    assert last == f"{tmp_path / 'outcomes.csv'}: File too large; {number}; the same command goes on"
    assert "Traceback" not in told
    assert not (tmp_path / "outcomes.csv").exists()
    assert not list(tmp_path.rglob("*.part"))
    assert finished(narvard(*arguments(scenario, tmp_path)))[0] == 0
    assert same(tmp_path, whole)


def test_a_disk_that_fills_at_a_replication_leaves_nothing_of_it(scenario: Path, whole: Path, tmp_path: Path) -> None:
    for name in ("region", "experiment.json"):
        (shutil.copytree if (whole / name).is_dir() else shutil.copy)(whole / name, tmp_path / name)
    size = 10_000
    assert (whole / "replications" / "0000.npz").stat().st_size > size
    code, told = finished(narvard(*arguments(scenario, tmp_path), preexec_fn=limited(size)))
    assert code == 2
    path = rf"{tmp_path}/replications/000\d\.npz"
    words = rf"{path}: File too large; nothing was finished yet; the same command goes on"
    assert re.fullmatch(words, told.splitlines()[-1])
    assert not list(tmp_path.iterdir())


@pytest.mark.verify
def test_an_archive_moves_to_another_machine_half_done(scenario: Path, whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole / "replications", tmp_path / "moved" / "replications")
    for number in (1, 4):
        (tmp_path / "moved" / "replications" / f"{number:04d}.npz").unlink()
    shutil.copy(whole / "experiment.json", tmp_path / "moved")
    code, told = finished(narvard(*arguments(scenario, tmp_path / "moved")))
    assert code == 0
    assert f"{REPLICATIONS - 2} of {REPLICATIONS} replications are there already" in told
    assert same(tmp_path / "moved", whole)
