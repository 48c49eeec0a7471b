"""One contestant, one process: ``python -m bench.trial NAME DAYS SEED TIMES`` prints what was measured as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from statistics import median

from bench.clock import timed
from bench.contestants import contestant
from bench.machine import peak_memory
from bench.workload import Workload


def main(name: str, days: int, seed: int, times: int) -> None:
    """Simulate workload W some times; the interpreter's garbage collection is left as it is."""
    taking_part = contestant(name)
    workload = replace(Workload(), days=days)
    taking_part.prepare()
    spans = []
    for _ in range(times):
        with timed() as span:
            result = taking_part.simulate(workload, seed)
        spans.append(span)
    memory = peak_memory()
    contacts = taking_part.contacts(result)
    seconds, cpu = median(span.seconds for span in spans), median(span.cpu for span in spans)
    print(json.dumps({"seconds": seconds, "cpu": cpu, "events": contacts.events, "memory": memory}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
