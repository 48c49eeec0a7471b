"""How much memory there is, is free, and was used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sim import memory
from sim.memory import LITTLE, shortage, words

MB, GB = 1 << 20, 10**9


def test_this_machine_tells_something_plausible() -> None:
    there, free = memory.total(), memory.available()
    assert there is not None
    assert free is not None
    assert 100 * MB < free <= there


def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int) -> Path:
    """A machine of 16 GB with so many kibibytes free; its folder of control groups."""
    (tmp_path / "meminfo").write_text(f"MemTotal: 16000000 kB\nMemFree: 5 kB\nMemAvailable:   {free} kB\n")
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "CONTAINER", tmp_path / "cgroup")
    monkeypatch.setattr(memory, "_physical", lambda: 16 * GB)
    return tmp_path / "cgroup"


def test_without_a_container_the_system_says_what_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proc(tmp_path, monkeypatch, 4_000_000)
    assert (memory.total(), memory.available()) == (16 * GB, 4_000_000 * 1024)
    (tmp_path / "meminfo").unlink()
    assert memory.available() == 8 * GB


@pytest.mark.parametrize("version", [1, 2])
def test_a_container_has_less(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: int) -> None:
    folder = proc(tmp_path, monkeypatch, 4_000_000)
    names = ("memory.max", "memory.current", "memory.stat", "inactive_file")
    if version == 1:
        folder /= "memory"
        names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "memory.stat", "total_inactive_file")
    folder.mkdir(parents=True)
    (folder / names[0]).write_text(f"{2 * GB}\n")
    (folder / names[1]).write_text(f"{GB}\n")
    (folder / names[2]).write_text(f"anon 5\n{names[3]} 300000000\nother 7\n")
    assert (memory.total(), memory.available()) == (2 * GB, 1_300_000_000)
    (folder / names[0]).write_text("max\n" if version == 2 else f"{(1 << 63) - 4096}\n")
    assert (memory.total(), memory.available()) == (16 * GB, 4_000_000 * 1024)


def test_sizes_in_words() -> None:
    assert [words(size) for size in (0, 603_400_000, 995_000_000, 12_345_678_901)] == [
        "0 MB", "603 MB", "1.0 GB", "12.3 GB",
    ]  # fmt: skip


def test_the_peak_is_of_this_process_and_rises() -> None:
    code = (
        "import numpy as np; from sim import memory; before = memory.peak();"
        "a = np.ones(1 << 24); print(before, memory.peak())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert 0.9 * (1 << 27) < after - before < 1.1 * (1 << 27)
    assert before < GB


def test_the_peak_where_only_the_usage_tells_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = memory.peak()
    monkeypatch.setattr(memory, "STATUS", tmp_path / "none")
    assert memory.peak() >= told * 0.99


def test_a_shortage_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: 2 * GB)
    assert shortage(2 * GB) == ""
    assert shortage(2 * GB + 1) == "2.0 GB of memory needed, 2.0 GB free"
    assert shortage(1 << 60) == "1152921504.6 GB of memory needed, 2.0 GB free"
    monkeypatch.setattr(memory, "available", lambda: 0)
    assert shortage(LITTLE) == ""
    monkeypatch.setattr(memory, "available", lambda: None)
    assert shortage(1 << 60) == ""
