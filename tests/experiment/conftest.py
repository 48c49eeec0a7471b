"""What tests of several files of this folder need."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.engine import Records


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full after the first bytes of the records."""

    def to_parquet(self: Records, path: str | Path) -> None:
        Path(path).write_bytes(b"PAR1")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Records, "to_parquet", to_parquet)
