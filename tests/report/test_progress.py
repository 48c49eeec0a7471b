"""The progress in the terminal shows what is compiled, once."""

from __future__ import annotations

import sys

import pytest

from sim.engine.announcing import Announcement
from sim.report.progress import Work


def test_without_a_terminal_the_compilation_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Work("vannas", 2):
        announcement = Announcement(["life.life", "emergency.arrival"])
        announcement.done("life.life")
        announcement.done("emergency.arrival")
    assert capsys.readouterr().err == "vannas ...\n  Compiling 2 functions, once ...\n"


def test_on_a_terminal_it_has_a_bar_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with Work("vannas", 2) as work:
        assert work.bar is not None
        assert [task.description for task in work.bar.tasks] == ["vannas"]
        announcement = Announcement(["life.life", "emergency.arrival"])
        announcement.done("life.life")
        shown = work.bar.tasks[1]
        assert shown.description == "Compiling 2 functions, once: 1/2 life.life"
        assert (shown.completed, shown.total) == (1, 2)
        announcement.done("emergency.arrival")
        assert [task.description for task in work.bar.tasks] == ["vannas"]
    Announcement(["life.life"])  # nobody listens any more


def test_a_line_is_one_write_so_that_nothing_comes_before_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt between the words and their end put what it said on the same line."""
    written: list[str] = []
    monkeypatch.setattr(sys.stderr, "write", written.append)
    with Work("vannas", 1) as work:
        Announcement(["life.life"]).done("life.life")
        work.tell(0, 0.5)
    assert len(written) == 3
    assert all(text.endswith("\n") and text.count("\n") == 1 for text in written)
