"""Every test declares its kind; most by the folder they lie in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from sim.report import drawing

KINDS = ("unit", "theory", "agreement", "published", "regression", "docs")
TESTS = Path(__file__).parent
SKETCHED = ("calibration", "evaluation", "eventlog", "experiment", "planning")
"""Folders whose tests run commands for their tables: figures take most of the time of a command, and are looked at by
``tests/report``. A module there with ``DRAWN = True`` gets real ones."""
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6368000000820081"
    "77cd72b60000000049454e44ae426082"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>\n'


@pytest.fixture(scope="module", autouse=True)
def sketched(request: pytest.FixtureRequest) -> Iterator[None]:
    """Figures of commands that are not about figures: laid out and written as one dot."""
    folder = request.path.relative_to(TESTS).parts[0]
    if folder not in SKETCHED or getattr(request.module, "DRAWN", False):
        yield
        return

    def written(self: Figure, path: str | Path, *, format: str = "png", **_: Any) -> None:
        Path(path).write_bytes(SVG if format == "svg" else PNG)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Figure, "savefig", written)
        patch.setattr(ConstrainedLayoutEngine, "execute", lambda self, figure: {})
        patch.setattr(drawing, "_started", lambda: None)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by folder, where they are not marked themselves.

    ``tests/theory`` holds theory tests, and so on; folders named after a room of the model hold unit tests.
    """
    rooms = {path.stem for path in (TESTS.parent / "sim").iterdir()}
    unmarked = []
    for item in items:
        if any(item.get_closest_marker(kind) for kind in KINDS):
            continue
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in KINDS:
            item.add_marker(folder)
        elif folder in rooms:
            item.add_marker("unit")
        else:
            unmarked.append(item.nodeid)
    if unmarked:
        raise pytest.UsageError(f"tests without a kind ({', '.join(KINDS)}): {', '.join(unmarked)}")
