"""A second process draws some of the figures; nobody can tell which."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.report import drawing, write
from sim.report.drawing import Assistant, assistant, draw_all
from sim.report.pictures import PICTURES
from sim.report.result import read
from tests.report.synthetic import write_folder


def written_by(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "figures").iterdir()}


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """The synthetic result without its report."""
    shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns("figures", "report.html"))
    return tmp_path / "copy"


def script(text: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", text]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_the_files_are_the_same_with_an_assistant(
    written: list[Path], folder: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "processors", lambda: 2)
    drawn: list[str] = []
    with assistant() as helper:
        assert helper is not None
        alone = helper.draw
        monkeypatch.setattr(helper, "draw", lambda *what: drawn.append(what[1].name) or alone(*what))
        paths = write(copy, helper)
    assert drawn  # it had its share
    assert [path.relative_to(copy) for path in paths] == [path.relative_to(folder) for path in written]
    assert written_by(copy) == written_by(folder)
    assert (copy / "report.html").read_bytes() == (folder / "report.html").read_bytes()


def test_one_processor_needs_no_assistant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "processors", lambda: 1)
    with assistant() as helper:
        assert helper is None


@pytest.mark.parametrize(
    "text",
    [
        "",  # ends at once
        "import sys\nfor line in sys.stdin: print('cannot', flush=True)",  # answers something else
        "input()",  # ends without an answer
    ],
)
def test_what_the_assistant_cannot_draw_is_drawn_here(tmp_path: Path, text: str) -> None:
    write_folder(tmp_path, only=("hospital_days", "labelled_days", "preventable_days"))
    (tmp_path / "figures").mkdir()
    result = read(tmp_path)
    pictures = [picture for picture in PICTURES if picture.possible(result)]
    assert pictures
    process = script(text)
    if not text:
        process.wait()
    draw_all(result, tmp_path, pictures, Assistant(process))
    process.kill()
    process.communicate()
    names = {f"{picture.name}.{kind}" for picture in pictures for kind in ("png", "svg")}
    assert set(written_by(tmp_path)) == names
