"""Replications side by side on this machine: threads and processes that are stopped, killed, or left alone."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path

import psutil
import pytest

from sim.cli import INVALID
from sim.cli.commands import counted
from sim.runs.executors import Stopped, Where, WorkerLost, spread
from sim.runs.progress import Tick
from tests.experiment.tiny import PATIENCE, TINY, until


def square(number: int, tick: Tick | None) -> int:
    return number * number


def noted(folder: Path, number: int, tick: Tick | None) -> int:
    """Leave a file with the number of the process."""
    (folder / f"{number}").write_text(str(os.getpid()))
    return number


def for_ever(folder: Path, number: int, tick: Tick | None) -> int:
    """Work until it is stopped, and say so."""
    assert tick is not None
    noted(folder, number, tick)
    try:
        while True:
            tick(0.5)
            time.sleep(0.01)
    except Stopped:
        (folder / f"{number}.stopped").touch()
        raise


def first_quick(folder: Path, number: int, tick: Tick | None) -> int:
    return noted(folder, number, tick) if number == 0 else for_ever(folder, number, tick)


def killed(folder: Path, number: int, tick: Tick | None) -> int:
    """Number 1 is killed while 2 is under way, as the system does when memory is short."""
    if number == 0:
        return number
    if number == 2:
        return for_ever(folder, number, tick)
    until((folder / "2").exists)
    os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("where", [Where(), Where(workers=3), Where("simpy", 1), Where("simpy", 3)])
def test_every_replication_is_done_once(where: Where) -> None:
    done = list(spread(square, range(20), where))
    assert sorted(done) == [(number, number * number) for number in range(20)]


def test_no_replications_are_no_work() -> None:
    assert list(spread(square, [], Where())) == []


def test_numbers_are_taken_as_they_are_needed() -> None:
    taken: list[int] = []

    def numbers() -> object:
        for number in count():
            taken.append(number)
            yield number

    with closing(spread(square, numbers(), Where(workers=2))) as running:  # type: ignore[arg-type]
        for finished, _ in enumerate(running):
            assert len(taken) <= finished + 1 + 2 * 2 + 1  # one more is finished at the same time at most
            if finished == 50:
                break


@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_leaving_early_stops_what_is_under_way(engine: str, tmp_path: Path) -> None:
    with closing(spread(partial(first_quick, tmp_path), count(), Where(engine, 2))) as running:
        assert next(running) == (0, 0)
        until(lambda: (tmp_path / "1").exists() and (tmp_path / "2").exists())
    begun = {path.name for path in tmp_path.iterdir() if path.suffix == ""} - {"0"}
    assert begun == {path.stem for path in tmp_path.glob("*.stopped")}


def test_an_error_of_the_reader_stops_what_is_under_way(tmp_path: Path) -> None:
    def full_disk() -> None:
        with closing(spread(partial(first_quick, tmp_path), count(), Where(workers=2))) as running:
            for _ in running:
                until(lambda: (tmp_path / "1").exists() and (tmp_path / "2").exists())
                raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        full_disk()
    assert {path.stem for path in tmp_path.glob("*.stopped")} >= {"1", "2"}


def test_nothing_that_is_done_is_lost_to_an_error_of_another() -> None:
    ended: list[int] = []

    def one(number: int, tick: Tick | None) -> int:
        ended.append(number)
        if number == 2:
            raise OSError("no room")
        return number

    running = spread(one, range(8), Where(workers=4))
    done = [next(running)]
    until(lambda: len(ended) == 8)
    time.sleep(0.1)
    with pytest.raises(OSError, match="no room"):
        done.extend(running)
    assert sorted(done) == [(number, number) for number in (0, 1, 3, 4, 5, 6, 7)]


def test_processes_are_processes_and_threads_are_not(tmp_path: Path) -> None:
    list(spread(partial(noted, tmp_path), range(4), Where("simpy", 2)))
    assert str(os.getpid()) not in {path.read_text() for path in tmp_path.iterdir()}
    list(spread(partial(noted, tmp_path), range(4), Where("compiled", 2)))
    assert {path.read_text() for path in tmp_path.iterdir()} == {str(os.getpid())}


def test_progress_is_told_for_every_replication() -> None:
    told: list[tuple[int, float]] = []
    list(spread(square, range(3), Where(workers=2), lambda number, share: told.append((number, share))))
    assert sorted(told) == [(0, 1.0), (1, 1.0), (2, 1.0)]


def test_a_killed_process_is_an_error_with_its_reason(tmp_path: Path) -> None:
    running = spread(partial(killed, tmp_path), range(3), Where("simpy", 2))
    assert next(running) == (0, 0)
    with pytest.raises(WorkerLost, match="the system ended a worker process, most often for lack of memory") as lost:
        list(running)
    assert "replications 1 and 2 under way or next (2 at a time)" in str(lost.value)


def test_a_process_killed_while_nobody_looks_is_an_error_too(tmp_path: Path) -> None:
    running = spread(partial(noted, tmp_path), range(50), Where("simpy", 2))
    assert next(running)[0] in range(4)
    until(lambda: len(list(tmp_path.iterdir())) == 4)
    worker = int((tmp_path / "0").read_text())
    os.kill(worker, signal.SIGKILL)
    until(lambda: not alive(worker))
    time.sleep(0.5)  # the pool knows
    with pytest.raises(WorkerLost, match="the system ended a worker process"):
        list(running)


def test_too_few_workers_are_refused() -> None:
    with pytest.raises(ValueError, match="workers: 0 given, at least 1 needed"):
        Where(workers=0)


ORPHANS = """
import sys
from functools import partial
from pathlib import Path
from tests.experiment.test_executors import for_ever
from sim.cli import INVALID
from sim.cli.commands import counted
from sim.runs.executors import Where, spread

list(spread(partial(for_ever, Path(sys.argv[1])), range(2), Where("simpy", 2)))
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_no_process_outlives_the_one_that_began_it(end: signal.Signals, tmp_path: Path) -> None:
    script = [sys.executable, "-c", ORPHANS, str(tmp_path)]
    root = Path(__file__).parents[2]
    begun = subprocess.Popen(script, cwd=root, stderr=subprocess.PIPE, text=True, start_new_session=True)
    with begun as parent, ending(parent):
        until(lambda: (tmp_path / "0").exists() and (tmp_path / "1").exists())
        workers = [int((tmp_path / name).read_text()) for name in "01"]
        parent.send_signal(end)
        _, said = parent.communicate(timeout=PATIENCE)
    until(lambda: not any(alive(worker) for worker in workers))
    assert parent.returncode == -end
    if end == signal.SIGINT:
        assert said.count("Traceback") == 1, "only the parent was asked to stop"
        assert {path.stem for path in tmp_path.glob("*.stopped")} == {"0", "1"}


def alive(process: int) -> bool:
    """Whether a process runs; one that has ended and is not waited for by anybody does not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@contextmanager
def ending(process: subprocess.Popen[str]) -> Iterator[None]:
    """A process that does not outlive a test that fails."""
    try:
        yield
    finally:
        process.kill()


@pytest.mark.verify
def test_a_command_whose_process_is_killed_says_so_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY, encoding="utf-8")
    command = [sys.executable, "-m", "sim.cli", "run", "tiny.toml", "--engine", "simpy", "--seed", "7", "--out", "out"]
    settings = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}

    def start(replications: int) -> subprocess.Popen[str]:
        """With the error output kept."""
        asked = [*command, "--workers", "2", "--replications", str(replications)]
        return subprocess.Popen(asked, cwd=tmp_path, env=settings, stderr=subprocess.PIPE, text=True)

    with start(1000) as broken, ending(broken):
        until(lambda: list(tmp_path.glob("out/replications/*.npz")))
        children = psutil.Process(broken.pid).children()  # one of them draws
        next(child for child in children if "simpy" in child.cmdline()).kill()
        _, said = broken.communicate(timeout=PATIENCE)
    kept = [int(path.stem) for path in tmp_path.glob("out/replications/*.npz")]
    assert broken.returncode == INVALID
    assert re.search(
        r"^the system ended a worker process, most often for lack of memory, with replications? ", said, re.M
    )
    assert f"; {len(kept)} of 1000 replications " in said
    assert "Traceback" not in said
    with start(max(kept) + 1) as again, ending(again):
        _, said = again.communicate(timeout=PATIENCE)
    assert again.returncode == 0
    assert f": {len(kept)} of {counted(max(kept) + 1)} are there already" in said


def test_two_threads_work_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=PATIENCE)

    def one(number: int, tick: Tick | None) -> int:
        return both.wait()

    assert sorted(done for _, done in spread(one, range(2), Where(workers=2))) == [0, 1]
