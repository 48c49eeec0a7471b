"""Workload W on our engines and on other simulators, all in one run (jämförelse)."""

from __future__ import annotations

from functools import partial
from statistics import median

from bench.contestants import (
    CIW,
    COMPILED,
    NAMES,
    REFERENCE,
    SIMPY_FULL,
    SIMPY_FULL_STANDARD,
    SIMPY_NUMPY,
    SIMPY_STANDARD,
    C,
    contestant,
)
from bench.rounds import Measured, alternate, child, number, table, tell, undisturbed
from bench.workload import STATIONS, Workload

SEED = 1
TIMES = {COMPILED: 5, C: 5}
"""Runs within a process, of which the median counts; others run once."""
SHARE = {CIW: 0.25}
"""Share of the days that slow contestants simulate; all rates are by event."""
QUICK = 0.2
"""Share of the days in a quick run."""


def measure(rounds: int, quick: bool) -> Measured:
    """Time everybody who is installed."""
    reasons = {name: contestant(name).missing() for name in NAMES}
    for reason in filter(None, reasons.values()):
        tell(f"left out: {reason}")
    days = {name: round(Workload().days * SHARE.get(name, 1.0) * (QUICK if quick else 1.0)) for name in NAMES}
    trials = {
        name: partial(child, "bench.trial", name, days[name], SEED, TIMES.get(name, 1))
        for name in NAMES
        if not reasons[name]
    }
    found = alternate(trials, rounds)
    if len({found[name][0]["events"] for name in (COMPILED, REFERENCE, C) if name in found}) > 1:
        raise RuntimeError("those who should write the same rows do not; see python -m bench --check")
    return {
        "rounds": rounds,
        "missing": [reason for reason in reasons.values() if reason],
        "contestants": {
            name: {
                "title": contestant(name).title,
                "days": days[name],
                "events": rows[0]["events"],
                "seconds": [row["seconds"] for row in rows],
                "cpu": [row["cpu"] for row in rows],
                "memory": median(row["memory"] for row in rows),
            }
            for name, rows in found.items()
        },
    }


def rate(figures: Measured, name: str, what: str = "seconds") -> float:
    """Events a second, from the median of the rounds."""
    found = figures["contestants"][name]
    return float(found["events"] / median(found[what]))


def leanest(figures: Measured) -> str:
    """The faster of the two lean SimPy scripts, by processor time, which other programs disturb least."""
    return max((SIMPY_NUMPY, SIMPY_STANDARD), key=lambda name: rate(figures, name, "cpu"))


def ratios(figures: Measured) -> list[list[str]]:
    """What is asked, and what was measured: ratios of medians, by the clock and by processor time."""
    lean = leanest(figures)
    asked = [
        (COMPILED, SIMPY_FULL, "60"),
        (COMPILED, SIMPY_FULL_STANDARD, ""),
        (COMPILED, lean, ""),
        (COMPILED, C, "0.65"),
        (COMPILED, CIW, "300"),
        (REFERENCE, SIMPY_FULL, "0.9"),
        (REFERENCE, SIMPY_FULL_STANDARD, ""),
        (REFERENCE, lean, ""),
    ]
    rows = []
    for name, other, goal in asked:
        if other in figures["contestants"]:
            titles = " against ".join(figures["contestants"][one]["title"] for one in (name, other))
            measured = [rate(figures, name, what) / rate(figures, other, what) for what in ("seconds", "cpu")]
            rows.append([titles, goal, *map(number, measured)])
    return rows


def section(figures: Measured) -> str:
    """The section of the README."""
    rows = []
    for name, found in figures["contestants"].items():
        rates = [found["events"] / seconds / 1000 for seconds in found["seconds"]]
        rows.append(
            [
                found["title"],
                f"{found['days']:,}",
                f"{found['events']:,}",
                number(rate(figures, name) / 1000),
                f"{number(min(rates))}-{number(max(rates))}",
                number(1e6 / rate(figures, name)),
                number(rate(figures, name) / rate(figures, SIMPY_FULL)),
                number(found["memory"]),
            ]
        )
    contestants = figures["contestants"].values()
    runs = [{"seconds": s, "cpu": c} for one in contestants for s, c in zip(one["seconds"], one["cpu"], strict=True)]
    head = ["", "days", "events", "1,000 events/s", "lowest-highest", "s per million", "x SimPy", "MB"]
    missing = "".join(f"\nLeft out: {reason}.\n" for reason in figures["missing"])
    return f"""## Workload W against other simulators

{_about()}

Medians of {figures["rounds"]} alternating rounds, each run in a fresh process. Only the simulation is timed: imports,
compilation and building are not. Everybody writes a row per contact. An event is an arrival, a return, the beginning
or the end of a contact, counted from the rows, so that it means the same for all. Ciw simulates a quarter of the days;
it becomes slower with more of them.

{table(head, rows)}
{missing}
{table(["ratio of medians", "asked, at least", "measured", "by processor time"], ratios(figures))}

The opponent is the SimPy script with the same results: records that say who and which visit, and for each station
queue and use over time, and counts. It draws from NumPy's Generator, as health models in SimPy do; with the standard
library's random, which has fewer distributions and streams, it is a little faster. The lean scripts keep class,
station and times only, from which queues and use would have to be worked out afterwards. The compiled engine, our
SimPy engine and the C kernel write the same rows, number for number; the others agree within intervals of
replications, and all with theory (`python -m bench --check`). {undisturbed(runs)}

R's simmer is not here: neither Debian nor PyPI has it, so a script for it could not be tested."""


def _about() -> str:
    workload = Workload()
    loads = ", ".join(f"{name} {load:.0%}" for name, load in zip(STATIONS, workload.loads(), strict=True))
    arrivals = f"{sum(workload.arrivals_per_day):.0f} a day"
    return f"""Four classes of patients, Poisson arrivals, {arrivals}: primary care (first come first served,
lognormal), then by probability the emergency department (priority by class, exponential), then by probability a ward
(lognormal); by probability the patient keeps the bed until a discharge server is free; by probability the patient is
back after an exponential delay. Load: {loads}. Parameters are in `workload.py`."""
