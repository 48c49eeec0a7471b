"""Alternating rounds: A, B, C, A, B, C, ..., each in a fresh process, and medians of what they measured."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
Measured = dict[str, Any]


def child(module: str, *arguments: object) -> Measured:
    """Run ``python -m module arguments`` from the project's folder; the last line it prints is JSON."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    measured: Measured = json.loads(run.stdout.splitlines()[-1])
    return measured


def alternate(trials: Mapping[str, Callable[[], Measured]], rounds: int) -> dict[str, list[Measured]]:
    """Let everybody measure once a round; what the other programs of this machine do then meets all alike."""
    found: dict[str, list[Measured]] = {name: [] for name in trials}
    for turn in range(rounds):
        for name, trial in trials.items():
            measured = trial()
            found[name].append(measured)
            times = f"{measured['seconds']:.3f} s, {measured['cpu']:.3f} s of the processor"
            tell(f"round {turn + 1} of {rounds}: {name}: {times}")
    return found


def tell(text: str) -> None:
    """Progress, on the standard error."""
    print(text, file=sys.stderr, flush=True)


def number(value: float, digits: int = 3) -> str:
    """A number for tables, with so many significant digits and a comma between thousands."""
    if value == 0:
        return "0"
    rounded = float(f"{value:.{digits}g}")
    return f"{rounded:,.{max(0, digits - 1 - math.floor(math.log10(abs(rounded))))}f}"


def paragraph(text: str) -> str:
    """A text in lines of at most 120 characters; what stands in backticks is not broken."""
    kept = re.sub(r"`[^`]*`", lambda code: code[0].replace(" ", "\0"), " ".join(text.split()))
    return textwrap.fill(kept, 120, break_long_words=False, break_on_hyphens=False).replace("\0", " ")


def undisturbed(measured: Iterable[Measured]) -> str:
    """A sentence on how much of the time the measured processes had the processor."""
    rows = list(measured)
    share = min(1.0, sum(row["cpu"] for row in rows) / sum(row["seconds"] for row in rows))
    if share >= 0.97:
        return "Nothing else ran on the machine to speak of."
    return (
        f"Other programs ran at the same time: the measured ones had the processor for {share:.0%} of the time, so "
        "ratios of processor time are nearer to the truth than those of seconds by the clock."
    )


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown, all columns but the first aligned to the right."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
