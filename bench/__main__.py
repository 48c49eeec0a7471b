"""``python -m bench``: measure, and write README.md."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping

from bench import model, peers, scale, startup
from bench.readme import SECTIONS, keep
from bench.rounds import Measured, tell

PARTS: Mapping[str, Callable[[int, bool], Measured]] = {
    "w": peers.measure,
    "model": model.measure,
    "startup": startup.measure,
    "scale": scale.measure,
}
ROUNDS, QUICK_ROUNDS = 7, 2
SLOW = ("startup",)
"""Parts that a quick run leaves out unless it is asked for them."""


def main() -> int:
    """Measure the parts asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="How fast it is.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all if none is named")
    parser.add_argument("--rounds", type=int, help=f"alternating rounds, {ROUNDS} if not given")
    parser.add_argument("--quick", action="store_true", help="small sizes, nothing is written")
    parser.add_argument("--check", action="store_true", help="only check that all contestants simulate the same")
    given = parser.parse_args()
    if unknown := [part for part in given.parts if part not in PARTS]:
        parser.error(f"{unknown[0]}: no such part; there are {', '.join(PARTS)}")
    if given.check:
        from bench.agreement import check

        return check()
    for part in given.parts or [part for part in PARTS if not (given.quick and part in SLOW)]:
        tell(f"--- {part}")
        figures = PARTS[part](given.rounds or (QUICK_ROUNDS if given.quick else ROUNDS), given.quick)
        if not given.quick:
            keep(part, figures)
        print(SECTIONS[part](figures), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
