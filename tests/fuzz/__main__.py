"""``python -m tests.fuzz --cases 20000 --seed 1``: damaged files through the command's own entry."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from tests.fuzz.running import Bench, Case, apart, warm

BATCH = 500
"""Cases of one process."""


def main() -> int:
    """Run the cases, then a sample of the accepted to their report; 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000, metavar="N")
    parser.add_argument("--first", type=int, default=0, metavar="K", help="number of the first case")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--sample", type=int, default=200, metavar="N", help="accepted mutants run to their report")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the mutants of what is found are kept")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="narvard-fuzz-") as folder:
        bench = Bench(Path(folder) / "seeds", given.seed)
        warm(bench)
        found = _read_all(bench, range(given.first, given.first + given.cases), given.keep)
        accepted = [case.number for case in found if case.code == 0 and not case.fault]
        faults = [case for case in found if case.fault] + _run_sample(bench, accepted, given.sample)
    return 1 if faults else 0


def _read_all(bench: Bench, numbers: range, keep: Path | None) -> list[Case]:
    began, found = time.monotonic(), []
    for first in range(numbers.start, numbers.stop, BATCH):
        for case in apart(bench.case, range(first, min(first + BATCH, numbers.stop))):
            found.append(case)
            _tell(bench, case, keep)
        rate = len(found) / (time.monotonic() - began)
        print(f"{len(found)} of {len(numbers)} cases, {rate:.1f} a second", file=sys.stderr, flush=True)
    codes = Counter(case.code for case in found)
    told = ", ".join(f"{count} ended with {code}" for code, count in sorted(codes.items(), key=str))
    print(f"{len(found)} cases in {time.monotonic() - began:.0f} s: {told}; {sum(bool(c.fault) for c in found)} faults")
    return found


def _run_sample(bench: Bench, accepted: list[int], size: int) -> list[Case]:
    """The faults of a sample of the accepted, run to their report."""
    began = time.monotonic()
    Random(bench.seed).shuffle(accepted)
    chosen: list[int] = []
    for number in accepted:
        if len(chosen) < size and bench.small(number):
            chosen.append(number)
    bench.run(chosen[0]) if chosen else None  # what is compiled and imported is there for all
    cases = list(apart(bench.run, chosen))
    for case in cases:
        _tell(bench, case, None)
    faults = [case for case in cases if case.fault]
    print(f"{len(cases)} accepted ones run to their report in {time.monotonic() - began:.0f} s: {len(faults)} faults")
    return faults


def _tell(bench: Bench, case: Case, keep: Path | None) -> None:
    if not case.fault:
        return
    print(f"case {case.number}, {case.file}: {case.fault}\n    {case.told!r}", flush=True)
    if keep is not None:
        seed, content = bench.mutant(case.number)
        keep.mkdir(parents=True, exist_ok=True)
        (keep / f"{case.number}-{Path(seed.file).name}").write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
