"""Figures that are not looked at are not drawn: empty files stand for them, as drawing takes most of a short command.

Tests of the report (``tests/report``) draw everything. Elsewhere figures are left undrawn, unless a test draws
``with really_drawn():``. What other processes draw is drawn.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SAVING = ("drawing", "evaluations", "pilots", "plans", "stories", "sweeps", "validation", "warming")
"""Modules of the report that save figures."""
FILES = {
    "png": base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
    ),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="10pt" height="10pt" viewBox="0 0 10 10"></svg>\n',
}
_really = 0


@contextlib.contextmanager
def really_drawn() -> Iterator[None]:
    """Draw as users see it."""
    global _really
    _really += 1
    try:
        yield
    finally:
        _really -= 1


def leave_undrawn(patch: pytest.MonkeyPatch) -> None:
    """Write empty files instead of figures, in this process, until the patch is undone."""
    modules = {name: importlib.import_module(f"sim.report.{name}") for name in SAVING}
    drawing = modules["drawing"]
    draw, started = drawing.draw, drawing._started

    def saved(figure: Any, folder: Path, name: str) -> list[Path]:
        paths = [folder / f"{name}.{kind}" for kind in FILES]
        for path, content in zip(paths, FILES.values(), strict=True):
            path.write_bytes(content)
        return paths

    for module in modules.values():
        really = module.save
        patch.setattr(module, "save", lambda *what, really=really: (really if _really else saved)(*what))
    patch.setattr(
        drawing,
        "draw",
        lambda result, folder, picture: (
            draw(result, folder, picture) if _really else saved(None, folder / drawing.FIGURES, picture.name)
        ),
    )
    patch.setattr(drawing, "_started", lambda: started() if _really else None)
