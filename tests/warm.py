"""Compile the model once before the tests: every worker would otherwise do it for itself, at the same time.

``python -m tests.warm`` runs the small region under two governances, with records, and leaves the compiled code in the
cache. It says nothing if all is there.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import sim
from tests.model.small import small_scenario

DAYS = {"time.warm_up_days": 5, "time.pre_period_days": 5, "time.follow_up_days": 30}


def main() -> int:
    """Run it."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        sim.compare(small_scenario(Path(folder), DAYS), replications=1, checks=True, workers=1)
    spent = time.monotonic() - began
    if spent > 10:
        print(f"the model was compiled for the tests, in {spent:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
