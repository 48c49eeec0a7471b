"""Workload W on our engines and on other simulators, all in one run (jämförelse)."""

from __future__ import annotations

from functools import partial
from statistics import median

from bench.contestants import CIW, COMPILED, NAMES, REFERENCE, SIMPY_NUMPY, SIMPY_STANDARD, C, contestant
from bench.rounds import Measured, alternate, child, number, table, tell
from bench.workload import STATIONS, Workload

SEED = 1
TIMES = {COMPILED: 5, C: 5}
"""Runs within a process, of which the median counts; others run once."""
SHARE = {CIW: 0.1}
"""Share of the days that slow contestants simulate; all rates are by event."""
QUICK = 0.2
"""Share of the days in a quick run."""


def measure(rounds: int, quick: bool) -> Measured:
    """Time everybody who is installed."""
    reasons = {name: contestant(name).missing() for name in NAMES}
    for reason in filter(None, reasons.values()):
        tell(f"left out: {reason}")
    days = {name: round(Workload().days * SHARE.get(name, 1.0) * (QUICK if quick else 1.0)) for name in NAMES}
    if quick and rounds > 1:
        days[CIW] = min(days[CIW], 20)
    trials = {
        name: partial(child, "bench.trial", name, days[name], SEED, TIMES.get(name, 1))
        for name in NAMES
        if not reasons[name]
    }
    found = alternate(trials, rounds)
    return {
        "rounds": rounds,
        "missing": [reason for reason in reasons.values() if reason],
        "contestants": {
            name: {
                "title": contestant(name).title,
                "days": days[name],
                "events": rows[0]["events"],
                "rows": rows[0]["rows"],
                "rates": [row["events"] / median(row["seconds"]) for row in rows],
                "memory": median(row["memory"] for row in rows),
            }
            for name, rows in found.items()
        },
    }


def rate(figures: Measured, name: str) -> float:
    """Events a second, the median of the rounds; 0 if it did not take part."""
    if name not in figures["contestants"]:
        return 0.0
    return float(median(figures["contestants"][name]["rates"]))


def opponent(figures: Measured) -> str:
    """The faster of the two SimPy scripts."""
    return max((SIMPY_NUMPY, SIMPY_STANDARD), key=lambda name: rate(figures, name))


def ratios(figures: Measured) -> list[tuple[str, float, str, float]]:
    """What is asked, and what was measured: (words, at least, unit, ratio of the medians)."""
    compiled, simpy = rate(figures, COMPILED), rate(figures, opponent(figures))
    asked = [("compiled engine against idiomatic SimPy", 60.0, "times", compiled / simpy)]
    if rate(figures, C):
        asked.append(("compiled engine against C by hand", 0.65, "times", compiled / rate(figures, C)))
    if rate(figures, CIW):
        asked.append(("compiled engine against Ciw", 300.0, "times", compiled / rate(figures, CIW)))
    asked.append(("our SimPy engine against idiomatic SimPy", 0.9, "times", rate(figures, REFERENCE) / simpy))
    return asked


def section(figures: Measured) -> str:
    """The section of the README."""
    simpy = rate(figures, opponent(figures))
    rows = []
    for name, found in figures["contestants"].items():
        middle, low, high = rate(figures, name), min(found["rates"]), max(found["rates"])
        rows.append(
            [
                found["title"],
                f"{found['days']:,}",
                f"{found['events']:,}",
                number(middle / 1000),
                f"{number(low / 1000)}-{number(high / 1000)}",
                number(1e6 / middle),
                number(middle / simpy),
            ]
        )
    head = ["", "days", "events", "1,000 events/s", "lowest-highest", "s per million", "x SimPy"]
    goals = [[words, f"{goal:g}", number(ratio)] for words, goal, _, ratio in ratios(figures)]
    missing = "".join(f"\n{reason}.\n" for reason in figures["missing"])
    return f"""## Workload W against other simulators

{_about()}

Medians of {figures["rounds"]} alternating rounds, each run in a fresh process. Only the simulation is timed: imports,
compilation and building are not. Everybody writes a row per contact. An event is an arrival, a return, the beginning or
the end of a contact, counted from the rows, so that it means the same for all.

{table(head, rows)}
{missing}
{table(["ratio of medians", "asked, at least", "measured"], goals)}

The opponent is {figures["contestants"][opponent(figures)]["title"]}, the faster of the two. The compiled engine, our
SimPy engine and the C kernel write the same rows, number for number; the others agree within intervals of
replications, and all with theory (`python -m bench --check`). R's simmer is not here: neither Debian nor PyPI has it,
so a script for it could not be tested."""


def _about() -> str:
    workload = Workload()
    loads = ", ".join(f"{name} {load:.0%}" for name, load in zip(STATIONS, workload.loads(), strict=True))
    arrivals = f"{sum(workload.arrivals_per_day):.0f} a day"
    return f"""Four classes of patients, Poisson arrivals, {arrivals}: primary care (first come first served,
lognormal), then by probability the emergency department (priority by class, exponential), then by probability a ward
(lognormal); by probability the patient keeps the bed until a discharge server is free; by probability the patient is
back after an exponential delay. Load: {loads}. Parameters are in `workload.py`."""
