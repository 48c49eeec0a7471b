from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim import workers


def test_there_is_a_processor() -> None:
    assert workers.processors() >= 1


def test_a_worker_imports_what_this_process_does_whatever_lies_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "__init__.py").write_text("raise ImportError('somebody else')")
    monkeypatch.chdir(tmp_path)
    with workers.start_worker("import sim, sys; print(sim.__file__, *sys.argv[1:], input())", "a", "b") as worker:
        answer, _ = worker.communicate("c\n")
    assert answer.split() == [sim.__file__, "a", "b", "c"]


def test_a_worker_finds_what_is_imported_from_the_present_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own_module_of_a_test.py").write_text("NAME = 'found'")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    with workers.start_worker("import own_module_of_a_test as own; print(own.NAME)") as worker:
        answer, _ = worker.communicate()
    assert answer == "found\n"
