"""Whether everybody simulates the same: equal rows, statistics within intervals of replications, theory."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from statistics import mean, variance

import numpy as np
from scipy.stats import t

from bench import theory
from bench.contacts import Statistics, statistics
from bench.contestants import CIW, COMPILED, REFERENCE, SIMPY_FULL, SIMPY_NUMPY, SIMPY_STANDARD, C, contestant
from bench.rounds import tell
from bench.workload import Workload

CONFIDENCE = 0.99999
"""Of one interval; a check looks at some 200."""
LONG = replace(Workload(), days=400, warm_up_days=120)
SHORT = replace(Workload(), days=120, warm_up_days=40, run_out_days=30)
REPLICATIONS = {COMPILED: 40, C: 10, REFERENCE: 4, SIMPY_FULL: 10, SIMPY_NUMPY: 10, SIMPY_STANDARD: 10, CIW: 6}


def replications(name: str, workload: Workload, count: int) -> list[Statistics]:
    """Statistics of independent replications; the seeds are those from 1 on."""
    taking_part = contestant(name)
    taking_part.prepare()
    found = []
    for seed in range(1, count + 1):
        result = taking_part.simulate(workload, seed)
        found.append(statistics(taking_part.contacts(result), workload))
    return found


def same_rows(first: str, second: str, workload: Workload, seed: int) -> bool:
    """Whether two contestants write the same rows in the same order."""
    both = []
    for name in (first, second):
        taking_part = contestant(name)
        taking_part.prepare()
        both.append(taking_part.contacts(taking_part.simulate(workload, seed)))
    return all(np.array_equal(getattr(both[0], column), getattr(both[1], column)) for column in vars(both[0]))


def different(first: Sequence[Statistics], second: Sequence[Statistics]) -> list[str]:
    """Statistics whose means differ by more than their interval allows (Welch)."""
    found = []
    for key in first[0]:
        a, b = [one[key] for one in first], [one[key] for one in second]
        error = math.sqrt(variance(a) / len(a) + variance(b) / len(b))
        # Degrees of freedom of the smaller sample: never too few.
        half = float(t.ppf(0.5 + CONFIDENCE / 2, min(len(a), len(b)) - 1)) * error
        if abs(mean(a) - mean(b)) > half:
            found.append(f"{' '.join(key)}: {mean(a):.5g} and {mean(b):.5g}, {half:.2g} apart at most")
    return found


def off(found: Sequence[Statistics], expected: Statistics) -> list[str]:
    """Statistics whose interval does not hold what theory expects."""
    wrong = []
    for key, value in expected.items():
        values = [one[key] for one in found]
        half = float(t.ppf(0.5 + CONFIDENCE / 2, len(values) - 1)) * math.sqrt(variance(values) / len(values))
        if abs(mean(values) - value) > half:
            wrong.append(f"{' '.join(key)}: {mean(values):.5g} +- {half:.2g}, theory {value:.5g}")
    return wrong


def check() -> int:
    """All checks of all contestants; returns how many failed."""
    present = [name for name in REPLICATIONS if not contestant(name).missing()]
    failed = 0

    def report(what: str, wrong: Iterable[str]) -> None:
        nonlocal failed
        wrong = list(wrong)
        failed += bool(wrong)
        tell(f"{'FAILED' if wrong else 'agrees'}: {what}" + "".join(f"\n    {line}" for line in wrong))

    for name in (C, REFERENCE):
        if name in present:
            equal = same_rows(COMPILED, name, Workload(days=200), 7)
            report(f"{contestant(name).title}: the rows of the compiled engine", [] if equal else ["other rows"])
    ours = replications(COMPILED, SHORT, REPLICATIONS[COMPILED])
    for name in present[1:]:
        others = replications(name, SHORT, REPLICATIONS[name])
        report(f"{contestant(name).title}: the statistics of the compiled engine", different(ours, others))
    for name in present:
        title, count = contestant(name).title, REPLICATIONS[name]
        workload = LONG if name in (COMPILED, C) else SHORT
        variant = theory.without_returns(workload)
        found = replications(name, variant, count)
        report(f"{title}: Erlang C, Cobham and the traffic equations", off(found, _expected(variant)))
        if workload is LONG:
            found = replications(name, workload, count)
            report(f"{title}: traffic equations with returns", off(found, theory.flows(workload)))
            report(f"{title}: Little's law in the ward", _little(found, workload))
    return failed


def _expected(workload: Workload) -> Statistics:
    return theory.waits(workload) | theory.flows(workload)


def _little(found: Sequence[Statistics], workload: Workload) -> list[str]:
    expected = partial(theory.ward_use, workload)
    apart: list[Statistics] = [{("use less Little's law",): one["use", "ward"] - expected(one)} for one in found]
    return off(apart, {("use less Little's law",): 0.0})
