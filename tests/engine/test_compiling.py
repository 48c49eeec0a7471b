"""The first start of a model tells what it compiles, can be stopped, and keeps what it has."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.engine.announcing import Announcement, on_compiling
from tests.engine.caches import cache_with_kernel

ROOT = Path(__file__).parents[2]
RULES = 12
MODEL = (
    """
import os
import sys
from sim.engine import on_compiling, run
from sim.language import Process, hold, record
from sim.code_cache import cache_directory

def process(w, x: int) -> Process[None]:
    yield hold(CALLS)
    yield record(w.clock[0], 0, 0, 0, 0, 0, 0, 0, 0)

RULES
def tell(done, whole, name):
    print(done, whole, name, flush=True)
    if len(sys.argv) > 1 and done == int(sys.argv[1]):
        raise RuntimeError("enough")

if __name__ == "__main__":
    try:
        with on_compiling(tell):
            print(run([(process, 5)], {}, [], 10_000).person.tolist())
    except RuntimeError as error:
        print(error)
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            print("no worker is left")
""".replace("CALLS", " + ".join(f"rule{i}(w, x)" for i in range(RULES)))
).replace("RULES", "\n".join(f"def rule{i}(w, x: int) -> int:\n    return x + {i}\n" for i in range(RULES)))
ANSWER = f"[{5 * RULES + sum(range(RULES))}]"
NAMES = {"__main__.process", *(f"__main__.rule{i}" for i in range(RULES))}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A cache that holds the kernel and nothing else, and the model beside it."""
    cache = cache_with_kernel(tmp_path)
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")
    environment = {**os.environ, "NARVARD_CACHE": str(cache), "PYTHONPATH": str(ROOT)}
    environment.pop("NUMBA_CACHE_DIR", None)
    return environment


def run(folder: Path, environment: dict[str, str], *arguments: str) -> list[str]:
    command = [sys.executable, "model.py", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def functions(folder: Path) -> int:
    """How many functions are in the cache, without the kernel's."""
    names = [path.name for path in (folder / "cache").glob("narvard_*.code")]
    return sum(not name.startswith("narvard_kernel") for name in names)


def test_every_function_is_told_once_and_a_warm_start_is_quiet(tmp_path: Path, environment: dict[str, str]) -> None:
    *told, answer = [line.split() for line in run(tmp_path, environment)]
    assert answer == [ANSWER]
    assert told[0] == ["0", str(RULES + 1)]
    assert [int(line[0]) for line in told] == list(range(RULES + 2))
    assert {line[2] for line in told[1:]} == NAMES
    assert run(tmp_path, environment) == [ANSWER]


@pytest.mark.verify
def test_a_callback_can_stop_it_and_what_is_compiled_is_kept(tmp_path: Path, environment: dict[str, str]) -> None:
    told = run(tmp_path, environment, "4")
    assert told[-2:] == ["enough", "no worker is left"]
    kept = functions(tmp_path)
    assert 4 <= kept <= RULES
    again = run(tmp_path, environment)
    assert len(again) - 1 <= RULES + 2 - kept
    assert again[-1] == ANSWER


def interrupted(command: list[str], folder: Path, environment: dict[str, str], sign: str) -> tuple[int, str]:
    """Exit code and standard error of a program that is interrupted, with its workers, once it has given a sign."""
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    stream = process.stderr if sign.startswith("Compiling") else process.stdout
    assert stream is not None
    while sign not in (line := stream.readline()):
        assert line, "ended before"
    while not functions(folder):
        assert process.poll() is None
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=300)
    return process.returncode, error


def test_the_keyboard_ends_it_at_once(tmp_path: Path, environment: dict[str, str]) -> None:
    code, error = interrupted([sys.executable, "model.py"], tmp_path, environment, f"1 {RULES + 1}")
    assert code != 0
    assert error.count("Traceback") == 1  # the program's own, none of a worker
    assert error.strip().endswith("KeyboardInterrupt")
    assert 0 < functions(tmp_path) <= RULES
    assert run(tmp_path, environment)[-1] == ANSWER


@pytest.mark.verify
def test_the_command_ends_cleanly(tmp_path: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "sim.cli", "run", "shipped:vannas", "--out", str(tmp_path / "out")]
    code, error = interrupted(command, tmp_path, environment, "Compiling")
    assert code == 130
    assert error == "interrupted: nothing was finished yet; the same command goes on\n"
    assert functions(tmp_path)
    assert not (tmp_path / "out").exists()


# --- who is told --------------------------------------------------------------------------------------------------


def test_listeners_are_told_while_they_listen() -> None:
    told: list[tuple[int, int, str]] = []
    with on_compiling(lambda *given: told.append(given)):
        announcement = Announcement(["a.b", "a.c"])
        announcement.done("a.c")
    announcement.done("a.b")
    assert told == [(0, 2, ""), (1, 2, "a.c")]


@pytest.mark.parametrize(("shown", "lines"), [(True, []), (False, ["compiling 2 functions of the model, once"])])
def test_what_nobody_sees_goes_to_the_log(caplog: pytest.LogCaptureFixture, shown: bool, lines: list[str]) -> None:
    with on_compiling(lambda *given: None, shown=shown):
        Announcement(["a.b", "a.c"])
    assert [record.getMessage() for record in caplog.records] == lines
