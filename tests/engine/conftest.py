from __future__ import annotations

import pytest

from tests.engine.engines import BOTH, Maker


@pytest.fixture(params=BOTH)
def make(request: pytest.FixtureRequest) -> Maker:
    return BOTH[request.param]
