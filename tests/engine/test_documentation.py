"""The example of docs/engine.md runs, and holds."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "engine.md"


@pytest.mark.docs
def test_the_example_of_the_page_runs_on_both_engines(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    path = tmp_path / "visits.py"
    path.write_text(code)
    spec = importlib.util.spec_from_file_location("visits", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert len(module.simulate("compiled").records()) > 900
