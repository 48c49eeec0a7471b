"""The figures of record: kept in figures.json, shown in README.md."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from bench import model, peers, scale, startup
from bench.machine import facts
from bench.rounds import Measured, paragraph

HERE = Path(__file__).parent
FIGURES = HERE / "figures.json"
SECTIONS: Mapping[str, Callable[[Measured], str]] = {
    "w": peers.section,
    "model": model.section,
    "scale": scale.section,
    "startup": startup.section,
}

MARKED = ("#", "|", "!")
"""How blocks begin whose lines are left as they are."""

HEAD = """# How fast it is

Written by `make bench`; `python -m bench --quick` gives a first impression in two minutes and writes nothing, and
`python -m bench w` measures one part. Compare ratios, which were measured side by side in one run; seconds depend on
the machine."""


def keep(part: str, figures: Measured) -> None:
    """Put the figures of a part in place of earlier ones, with the machine they come from, and write the README."""
    kept = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    kept[part] = {"machine": facts(), "figures": figures}
    FIGURES.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    (HERE / "README.md").write_text(page(kept))


def page(kept: Mapping[str, Measured]) -> str:
    """The README."""
    parts = [HEAD]
    for part, section in SECTIONS.items():
        if part in kept:
            parts += [section(kept[part]["figures"]), _machine(kept[part]["machine"])]
    blocks = "\n\n".join(parts).split("\n\n")
    return "\n\n".join(block if block.startswith(MARKED) else paragraph(block) for block in blocks) + "\n"


def _machine(machine: Mapping[str, str]) -> str:
    return "Measured on: " + ", ".join(f"{name} {value}" for name, value in machine.items()) + "."
