"""How long it takes to begin: warm, cold, and after one flow was edited (start).

All is measured on a copy of the source in a temporary folder, with a cache of its own.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.clock import timed
from bench.rounds import ROOT, Measured, number, table, tell

COMMAND = ("run", "scenarios/vannas.toml", "--replications", "2")
OTHER_CACHES = ("NUMBA_CACHE_DIR", "PYTHONDONTWRITEBYTECODE")
"""Settings that would keep Python or numba from finding what they have compiled, as they do for a user."""
EDITED = ("emergency", "primary_care", "inpatient")
"""Flows that are edited one after the other."""


@dataclass(frozen=True)
class Copy:
    """A copy of the source that compiles for itself."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Copy:
        """Copy source and scenarios, without anything compiled."""
        for name in ("sim", "scenarios"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        return cls(folder)

    def start(self) -> float:
        """Seconds by the clock of a whole ``narvard run``, from an interpreter not yet started."""
        own = {"NARVARD_CACHE": str(self.folder / "cache"), "PYTHONPATH": str(self.folder)}
        others = {name: value for name, value in os.environ.items() if name not in OTHER_CACHES}
        command = [sys.executable, "-m", "sim.cli", *COMMAND, "--out", str(self.folder / "out")]
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        with timed() as span:
            subprocess.run(command, cwd=self.folder, env=others | own, check=True, capture_output=True)
        return span.seconds

    def processes(self) -> int:
        """Processes of the model: the functions of its flows that return a Process."""
        return sum(len(_processes(path)) for path in (self.folder / "sim" / "flows").glob("*.py"))

    def edit(self, flow: str, value: int) -> None:
        """Add a statement to the first process of a flow."""
        path = self.folder / "sim" / "flows" / f"{flow}.py"
        lines = path.read_text().splitlines(keepends=True)
        first = _processes(path)[0].body[0]  # the docstring
        lines.insert(first.end_lineno or first.lineno, f"    edited: int = {value}\n")
        path.write_text("".join(lines))


def _processes(path: Path) -> list[ast.FunctionDef]:
    functions = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
    return [function for function in functions if function.returns and "Process[" in ast.unparse(function.returns)]


def measure(rounds: int, quick: bool) -> Measured:
    """Time the first start, later ones, and those after an edit."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy.make(Path(folder))
        cold = copy.start()
        tell(f"cold: {cold:.1f} s")
        warm = [copy.start() for _ in range(rounds)]
        tell(f"warm: {median(warm):.2f} s")
        edited = []
        for value, flow in enumerate(EDITED[:1] if quick else EDITED):
            copy.edit(flow, value)
            edited.append(copy.start())
            tell(f"after editing {flow}: {edited[-1]:.1f} s")
        return {"cold": cold, "warm": warm, "edited": edited, "processes": copy.processes()}


def section(figures: Measured) -> str:
    """The section of the README."""
    warm, cold = median(figures["warm"]), figures["cold"]
    compiling, each = cold - warm, (cold - warm) / figures["processes"]
    rows = [
        [f"warm, median of {len(figures['warm'])}", "at most 4 s", f"{number(warm)} s"],
        ["cold: everything is compiled", "at most 90 s", f"{number(cold)} s"],
        [f"compiling, by process ({figures['processes']})", "at most 2 s", f"{number(each)} s"],
        [
            f"after editing one flow, slowest of {len(figures['edited'])}",
            "at most 10 s",
            f"{number(max(figures['edited']))} s",
        ],
    ]
    return f"""## Start-up

The whole command `narvard {" ".join(COMMAND)}`, seconds by the clock; {number(compiling)} s of the cold start are spent
compiling, on all cores.

{table(["", "asked", "measured"], rows)}"""
