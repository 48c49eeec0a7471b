"""No surprise from the machine: commands end with 0, 1 or 2, and say why, whatever they find around them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim import cli
from sim.cli import commands
from sim.cli.commands import Refused, writable
from sim.files import Unfit

pytestmark = pytest.mark.unit
ROOT = Path(cli.__file__).parents[2]
NARVARD = f"{sys.executable} -P -m sim.cli"


def shell(line: str, cwd: Path = ROOT, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    return subprocess.run(
        ["bash", "-c", line], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def test_closed_streams_are_no_obstacle():
    done = shell(f"{NARVARD} check shipped:vannas <&- >&- 2>&-; echo $?; {NARVARD} check none.toml >&-")
    assert (done.returncode, done.stdout) == (2, "0\n")
    assert done.stderr == "none.toml: no such file\n"


def test_streams_in_ascii_take_any_text():
    locale = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = shell(f"{NARVARD} check shipped:vannas", **locale)
    assert "V?nn?s" in done.stdout
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_goes_early_is_no_error():
    done = shell(f"{NARVARD} sources shipped:umea-lansdel | head -1; echo ${{PIPESTATUS[0]}}")
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_told():
    done = shell(f"{NARVARD} check shipped:vannas > /dev/full")
    assert (done.returncode, done.stderr) == (2, "narvard: No space left on device\n")


def test_a_folder_that_is_gone_and_no_room_for_temporary_files(tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    done = shell(f"rmdir {folder}; {NARVARD} check shipped:vannas", cwd=folder, TMPDIR=str(folder))
    assert done.returncode == 0
    assert "Vännäs" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("columns", ["1", "0", "-5", "²", "999999999999", "", "many"])
def test_any_width_will_do(columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert cli.main(["check", "shipped:vannas"]) == 0
    assert "Vännäs" in capsys.readouterr().out


def test_a_fault_of_its_own_is_told_in_one_line(monkeypatch, capsys):
    def broken(given):
        """Fail."""
        raise TypeError("no\nway\x1b[31m")

    broken.__module__ = "sim.cli.scenarios"
    monkeypatch.setitem(commands.COMMANDS, "schema", commands.Command(broken, ()))
    assert cli.main(["schema"]) == 1
    told = capsys.readouterr().err
    assert told.startswith(r"narvard: a fault of narvard's own: TypeError: no way\x1b[31m (test_surroundings.py, line ")
    assert len(told.splitlines()) == 1
    monkeypatch.setenv("NARVARD_TRACEBACK", "1")
    assert cli.main(["schema"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_nothing_is_written_through_links(tmp_path):
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    (out / "figures").mkdir(parents=True)
    elsewhere.mkdir()
    for link, target in ((out / "replications", elsewhere), (out / ".lock", elsewhere / "f"), (out / "figures/a", "b")):
        link.symlink_to(target)
        leads = f"is a link to .*{Path(target).name}; nothing is written where it leads"
        with pytest.raises(Unfit, match=leads), writable(out):
            pass
        link.unlink()
    os.mkfifo(out / "result.json")
    with pytest.raises(Unfit, match="is neither a file nor a folder"), writable(out):
        pass
    (out / "result.json").unlink()
    with writable(out):
        pass
    assert list(elsewhere.iterdir()) == []


RESULT = ROOT / "results" / "umea-lansdel"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"governances": ["a", "b"]}', "its files are not those of a result"),
        ("[]", "its files are not those of a result"),
        ("[" * 100_000, "nested too deeply"),
        ('{"seed": ' + "9" * 5000 + "}", "too many digits"),
        ('{"title": "\\u001b[31m"}', "a text in it holds the character \\x1b"),
        ('{"title": "\\ud800"}', "a text in it holds the character \\ud800"),
        (b"\xff", "not UTF-8"),
    ],
)
def test_hostile_results_are_refused(content, says, tmp_path, capsys):
    (tmp_path / "result.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert cli.main(["show", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert str(tmp_path) in told
    assert len(told.splitlines()) == 1
    assert "\x1b" not in told
    assert says in told


def test_a_pipe_in_place_of_a_table_is_refused(tmp_path, capsys):
    shutil.copytree(RESULT, tmp_path / "r", ignore=shutil.ignore_patterns("*.pdf", "*.svg", "*.xlsx", "report.html"))
    (tmp_path / "r" / "outcomes.csv").unlink()
    os.mkfifo(tmp_path / "r" / "outcomes.csv")
    assert cli.main(["show", str(tmp_path / "r")]) == 2
    assert "outcomes.csv: is a pipe, a regular file needed" in capsys.readouterr().err


def test_a_refusal_is_shown_as_text(monkeypatch, capsys):
    def refusing(given):
        """Refuse."""
        raise Refused("a\x1b]0;b\x07")

    refusing.__module__ = "sim.cli.scenarios"
    monkeypatch.setitem(commands.COMMANDS, "schema", commands.Command(refusing, ()))
    assert cli.main(["schema"]) == 2
    assert capsys.readouterr().err == "a\\x1b]0;b\\x07\n"
