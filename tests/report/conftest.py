"""A synthetic result and its report."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.report import write
from tests.report.synthetic import write_folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic comparison; tests leave it as it is."""
    return write_folder(tmp_path_factory.mktemp("synthetic"))


@pytest.fixture(scope="session")
def written(folder: Path) -> list[Path]:
    """Files of the report of ``folder``."""
    return write(folder)
