"""Compiled code is kept, found again, and never stale."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.engine.caches import cache_with_kernel

ROOT = Path(__file__).parents[2]
MODEL = """
import sys
from sim.buffers import Column, World
from sim.engine import Program, Resource, simulation_for
from sim.language import Process, hold, record
FACTOR = 3

def rule(w, x: int) -> int:
    return x * FACTOR + w.lever.on

def other(w) -> Process[None]:
    yield hold(1)

def process(w, x: int) -> Process[None]:
    yield hold(rule(w, x))
    yield record(w.clock[0], 0, 0, 0, 0, 0, 0, 0, 0)
    yield from other(w)

if __name__ == "__main__":
    columns = [Column("lever.on", 1)] + [Column(f"more.c{i}", [0] * i) for i in range(int(sys.argv[1]))]
    simulation = simulation_for("compiled", Program([process]), World.build(columns), [])
    simulation.start(process, 5)
    simulation.run(10_000)
    print(simulation.records().person.tolist())
"""


def run(folder: Path, text: str, columns: int = 0) -> str:
    """Run the model in a process of its own; returns what it printed."""
    (folder / "model.py").write_text(text)
    environment = {**os.environ, "NARVARD_CACHE": str(folder / "cache"), "PYTHONPATH": str(ROOT)}
    environment.pop("NUMBA_CACHE_DIR", None)
    command = [sys.executable, "model.py", str(columns)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def compiled(folder: Path) -> set[str]:
    """The functions in the cache: code of rules, object files of processes."""
    return {path.name for suffix in ("code", "step") for path in (folder / "cache").glob(f"*.{suffix}")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that has been filled once."""
    folder = tmp_path_factory.mktemp("model")
    cache_with_kernel(folder)
    assert run(folder, MODEL) == "[16]"
    return folder


def test_what_has_not_changed_is_found_again(folder: Path) -> None:
    before = compiled(folder)
    assert run(folder, MODEL) == "[16]"
    # Other columns of the world, and lines moved down, change nothing that is compiled.
    assert run(folder, MODEL, columns=7) == "[16]"
    assert run(folder, "# a comment\n" + MODEL) == "[16]"
    assert compiled(folder) == before


def test_edits_of_rules_and_constants_are_seen_and_compile_only_what_depends_on_them(folder: Path) -> None:
    before = compiled(folder)
    assert run(folder, MODEL.replace("FACTOR = 3", "FACTOR = 4")) == "[21]"
    names = {re.sub(r"_[0-9a-f]{20}\..*", "", name) for name in compiled(folder) - before}
    assert names == {"narvard__main_process", "narvard__main_rule_i"}
    assert run(folder, MODEL.replace("+ w.lever.on", "- w.lever.on")) == "[14]"
    assert run(folder, MODEL) == "[16]"


def test_a_second_start_loads_machine_code_and_no_lowered_modules(folder: Path) -> None:
    loaded = 'print(sorted(name.split("_")[1] for name in sys.modules if name.startswith("narvard_")))'
    text = MODEL.replace("    print(", f"    {loaded}\n    print(")
    run(folder, text)
    assert run(folder, text).splitlines() == ["['kernel']", "[16]"]


def test_lost_machine_code_is_compiled_again(folder: Path) -> None:
    for path in (folder / "cache").glob("*.step"):
        path.unlink()
    assert run(folder, MODEL) == "[16]"
    assert len(list((folder / "cache").glob("*.step"))) == 2


def test_a_cache_that_cannot_be_made_is_no_obstacle(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.code_cache import cache_directory

    (folder / "file").write_text("")
    monkeypatch.setenv("NARVARD_CACHE", str(folder / "file" / "cache"))
    assert cache_directory().is_dir()


@pytest.mark.verify
def test_workers_fill_the_cache(tmp_path: Path) -> None:
    # Enough functions for workers to be started.
    cache_with_kernel(tmp_path)
    rules = "\n".join(f"def rule{i}(w, x: int) -> int:\n    return x + {i}\n" for i in range(8))
    calls = " + ".join(f"rule{i}(w, x)" for i in range(8))
    text = MODEL.replace("def other", f"{rules}\n\ndef other").replace("rule(w, x))", f"rule(w, x) + {calls})")
    assert run(tmp_path, text) == f"[{16 + 8 * 5 + sum(range(8))}]"
    before = compiled(tmp_path)
    assert sum("rule" in name for name in before) == 9
    assert run(tmp_path, text) == "[84]"
    assert compiled(tmp_path) == before


# --- faults of the cache ---------------------------------------------------------------------------------------


@pytest.fixture
def own(folder: Path, tmp_path: Path) -> Path:
    """A filled cache of one's own."""
    shutil.copytree(folder / "cache", tmp_path / "cache")
    assert run(tmp_path, MODEL) == "[16]"
    return tmp_path


def spoiled(content: bytes, how: str) -> bytes:
    if how == "cut short":
        return content[: len(content) // 2]
    if how == "another bit":
        middle = len(content) // 2
        return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    return b""


@pytest.mark.parametrize(
    "how", ["cut short", *(pytest.param(how, marks=pytest.mark.verify) for how in ("another bit", "empty"))]
)
def test_damaged_files_are_made_again(own: Path, how: str) -> None:
    before = {path.name: path.read_bytes() for path in (own / "cache").glob("*.*")}
    assert {path.rpartition(".")[2] for path in before} == {"code", "json", "py", "step"}
    for path in (own / "cache").glob("*.*"):
        # Compiling the kernel takes long: one kind of damage to it is enough.
        if "narvard_kernel" not in path.name or how == "another bit":
            path.write_bytes(spoiled(path.read_bytes(), how))
    assert run(own, MODEL) == "[16]"
    # What was needed is there again, and is believed.
    after = {path.name: path.read_bytes() for path in (own / "cache").glob("*.*")}
    again = {name for name in before if after[name] != spoiled(before[name], how)}
    assert {name.rpartition(".")[2] for name in again} == {"code", "json", "py", "step"}
    assert all(after[name] == before[name] for name in again if name.endswith(".py"))
    assert run(own, MODEL) == "[16]"
    assert {path.name: path.read_bytes() for path in (own / "cache").glob("*.*")} == after


UNWRITABLE = """
import logging, os, tempfile
logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(message)s")
real = tempfile.mkstemp
def mkstemp(*arguments, dir=None, **named):
    if WHERE in str(dir):
        raise OSError(ERROR, os.strerror(ERROR), str(dir))
    return real(*arguments, dir=dir, **named)
tempfile.mkstemp = mkstemp
if not WHERE:
    tempfile.mkdtemp = mkstemp
"""


def unwritable(where: str, error: int, text: str = MODEL) -> str:
    """The model where files cannot be made in certain directories."""
    faulty = UNWRITABLE.replace("WHERE", repr(where)).replace("ERROR", str(error))
    return text.replace("import sys\n", f"import sys\n{faulty}")


@pytest.mark.parametrize("error", [errno.EROFS, pytest.param(errno.ENOSPC, marks=pytest.mark.verify)])
def test_a_filled_cache_that_cannot_be_written_to_is_used(own: Path, error: int) -> None:
    before = {path.name for path in (own / "cache").glob("*")}
    assert run(own, unwritable("cache", error)) == "[16]"
    assert {path.name for path in (own / "cache").glob("*")} == before


@pytest.mark.verify
def test_what_is_missing_in_a_cache_that_cannot_be_written_to_is_compiled_for_once(own: Path) -> None:
    before = {path.name for path in (own / "cache").glob("*")}
    changed = MODEL.replace("FACTOR = 3", "FACTOR = 7")
    *told, answer = run(own, unwritable("cache", errno.ENOSPC, changed)).splitlines()
    assert [line for line in told if re.search("kept for this process only: .*No space left on device", line)]
    assert answer == "[36]"
    assert {path.name for path in (own / "cache").glob("*")} == before


def test_where_nothing_can_be_written_the_error_says_so(own: Path) -> None:
    catching = unwritable("", errno.ENOSPC, MODEL.replace("FACTOR = 3", "FACTOR = 8"))
    catching = catching.replace(
        "    simulation = ", "    from sim.engine import EngineError\n    try:\n      simulation = "
    )
    catching = catching.replace(
        "    simulation.start", "    except EngineError as error:\n      sys.exit(print(error))\n    simulation.start"
    )
    assert re.fullmatch(
        r"compiled code cannot be kept anywhere \(.*No space left on device.*\); "
        r"NARVARD_CACHE names a directory for it",
        run(own, catching),
    )


@pytest.mark.verify
def test_processes_fill_one_cache_at_once(own: Path) -> None:
    for path in (own / "cache").glob("*"):
        if "narvard_kernel" not in path.name:
            path.unlink()
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda _: run(own, MODEL), range(3))) == ["[16]"] * 3
    assert not list((own / "cache").glob("*.tmp"))
    assert run(own, MODEL) == "[16]"
