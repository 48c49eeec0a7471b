"""Every test declares its kind; most by the folder they lie in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.undrawn import leave_undrawn

KINDS = ("unit", "theory", "agreement", "published", "regression", "docs")
TESTS = Path(__file__).parent


@pytest.fixture(scope="module", autouse=True)
def undrawn(request: pytest.FixtureRequest) -> Iterator[None]:
    """Figures are drawn where the report is tested, and in modules with ``DRAWN = True``; elsewhere files stand for them."""
    with pytest.MonkeyPatch.context() as patch:
        if request.path.parent.name != "report" and not getattr(request.module, "DRAWN", False):
            leave_undrawn(patch)
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
