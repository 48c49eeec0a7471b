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
