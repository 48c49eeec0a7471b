"""A synthetic result and its report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.report import write
from tests.report.synthetic import write_folder
from tests.sharing import made_once


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic comparison with its report; tests leave it as it is."""

    def make(place: Path) -> None:
        files = write(write_folder(place / "result"))
        (place / "files.json").write_text(json.dumps([str(path.relative_to(place / "result")) for path in files]))

    return made_once(tmp_path_factory, "synthetic", make) / "result"


@pytest.fixture(scope="session")
def written(folder: Path) -> list[Path]:
    """Files of the report of ``folder``, in the order in which they are told."""
    return [folder / name for name in json.loads((folder.parent / "files.json").read_text())]
