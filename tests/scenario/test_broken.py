"""Broken scenario files: each tells what is wrong, in the lines at its head.

``# expect: LINE`` lines are all that is told, in order; ``# expect among others: LINE`` are some of it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sim import cli

BROKEN = Path(__file__).parent / "broken"
FILES = sorted(path.name for path in BROKEN.glob("*.toml"))
ALL, SOME = "# expect: ", "# expect among others: "


def expected(name: str, mark: str) -> list[str]:
    lines = (BROKEN / name).read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(mark) for line in lines if line.startswith(mark)]


@pytest.mark.parametrize("name", FILES)
def test_each_broken_file_tells_all_that_is_wrong(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(BROKEN)
    assert cli.main(["check", name]) == cli.INVALID
    shown = capsys.readouterr()
    told = shown.err.splitlines()
    assert shown.out == ""
    if expected(name, SOME):
        assert set(expected(name, SOME)) <= set(told)
    else:
        assert told == expected(name, ALL)


def test_there_are_many() -> None:
    assert len(FILES) >= 30


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"title = 'a'\nname = '\xe5'\n", "line 2: not UTF-8 text"),
        (b"\x00\x01\x02", "line 1: not valid TOML: "),
        (b"a = " + b"[" * 5000, "nested too deeply"),
        (b"a" + b".a" * 2_000 + b" = 1\n", ""),
    ],
)
def test_files_that_hold_no_scenario(
    content: bytes,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.toml").write_bytes(content)
    assert cli.main(["check", "x.toml"]) == cli.INVALID
    told = capsys.readouterr().err
    assert told.startswith("x.toml")
    assert says in told


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("none.toml", "none.toml: no such file"),
        (".", ".: is a folder, a regular file needed"),
        ("none/none.toml", "none/none.toml: no such file"),
        ("shipped:none", "shipped:none: no such file; there are shipped:"),
        ("shipped:../regions", "shipped:../regions: no such file"),
        ("", ": is a folder"),
        ("a\0b", "no name of a file"),
    ],
)
def test_names_that_are_no_scenario(
    given: str,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["check", given]) == cli.INVALID
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("name", ["many-errors.toml", "duplicate-key.toml", "region-bad-number.toml"])
def test_the_command_ends_with_2_and_without_a_traceback(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sim.cli", "check", str(BROKEN / name)],
        capture_output=True,
        text=True,
        cwd=Path(cli.__file__).parent.parent,
        check=False,
    )
    assert done.returncode == cli.INVALID
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == len(expected(name, ALL))
