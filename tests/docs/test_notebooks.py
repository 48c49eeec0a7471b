"""The notebooks run, say what they said, and tell nothing of the machine they were run on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from nbformat import NotebookNode

from tests.docs.notebooks import FOLDER, NAMES, committed, executed

pytestmark = pytest.mark.verify

ROOT = FOLDER.parent
NUMBERS = r"[-+\u2212]?\d[\d,]*\.?\d*"


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def told(cell: NotebookNode) -> list[str]:
    """What a cell says as text; a figure only that there is one."""
    found = []
    for output in cell.outputs:
        if output.output_type == "stream":
            found.append(f"{output.name}: {output.text}")
        elif "image/png" in output.data:
            found.append("a figure")
        else:
            found.append(output.data["text/plain"])
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_new_run_gives_the_committed_outputs(name: str) -> None:
    before, after = code(committed(name)), code(executed(name))
    for cell, again in zip(before, after, strict=True):
        assert told(again) == told(cell), cell.source


@pytest.mark.parametrize("name", NAMES)
def test_outputs_are_there_and_tell_nothing_of_the_machine(name: str) -> None:
    notebook = committed(name)
    cells = code(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert sum(told(cell) == ["a figure"] for cell in cells) >= 1
    assert sum(len(re.findall(NUMBERS, text)) for cell in cells for text in told(cell)) > 50
    assert not [text for cell in cells for text in told(cell) if text.startswith("stderr")]
    assert not any("timestamp" in json.dumps(cell.metadata) for cell in notebook.cells)
    texts = [
        json.dumps({**output, "data": {**output.get("data", {}), "image/png": ""}})
        for cell in cells
        for output in cell.outputs
    ]
    assert not [text for text in texts if re.search(r"/(home|tmp|work|root|usr|Users)/|Warning|Traceback", text)]


@pytest.mark.parametrize("name", NAMES)
def test_prose_has_links_that_lead_somewhere(name: str) -> None:
    prose = "\n".join(cell.source for cell in committed(name).cells if cell.cell_type == "markdown")
    for link in re.findall(r"\]\(([^)#:]+)\)", prose):
        assert (FOLDER / link).resolve().is_relative_to(ROOT)
        assert (FOLDER / link).is_file(), link


@pytest.mark.parametrize("name", NAMES)
def test_only_public_names_are_used(name: str) -> None:
    source = "\n".join(cell.source for cell in code(committed(name)))
    assert not re.findall(r"\bsim\.\w+\._|\bsim\._|from sim\.\w+ import", source)
    import sim

    named = set(re.findall(r"\bsim\.(\w+)", source))
    assert named <= set(sim.__all__)
    assert named & {"compare", "run_plan"}
    assert named & {"load", "load_pilot"}


def test_there_are_four_of_them() -> None:
    numbered = ["01-first-run", "02-change-an-assumption", "03-a-pilot-and-regression-to-the-mean", "04-staffing"]
    assert list(NAMES) == numbered
    assert all((Path(FOLDER) / f"{name}.ipynb").stat().st_size < 400_000 for name in NAMES)
