"""One contestant, one process: ``python -m bench.trial NAME DAYS SEED TIMES`` prints what was measured as JSON."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace

from bench.contestants import contestant
from bench.machine import peak_memory
from bench.workload import Workload


def main(name: str, days: int, seed: int, times: int) -> None:
    """Simulate workload W some times; the interpreter's garbage collection is left as it is."""
    taking_part = contestant(name)
    workload = replace(Workload(), days=days)
    taking_part.prepare()
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        result = taking_part.simulate(workload, seed)
        seconds.append(time.perf_counter() - begun)
    memory = peak_memory()
    contacts = taking_part.contacts(result)
    print(json.dumps({"seconds": seconds, "events": contacts.events, "rows": len(contacts), "memory": memory}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
