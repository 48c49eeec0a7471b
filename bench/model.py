"""The full model: a simulated year of Umeå länsdel, and the compiled engine against SimPy's (hela modellen)."""

from __future__ import annotations

from functools import partial
from statistics import median

from bench.rounds import Measured, alternate, child, number, table, undisturbed

UMEA, VANNAS = "shipped:umea-lansdel", "shipped:vannas"
YEAR = 365
ENGINES = ("compiled", "simpy")
REGION_DAYS, REGION_ROUNDS = 30, 3
QUICK_DAYS = 60
SPENT = {"building": "people and world", "simulated": "the simulation", "outcomes": "outcomes and digest"}


def measure(rounds: int, quick: bool) -> Measured:
    """Time the year, then both engines side by side."""
    replication = partial(child, "bench.replication")
    vannas_days = QUICK_DAYS if quick else YEAR
    found: Measured = {
        "rounds": rounds,
        "whole": alternate({"whole": partial(replication, "whole", VANNAS if quick else UMEA)}, min(rounds, 3))[
            "whole"
        ],
        "vannas_days": vannas_days,
        "vannas": _both(VANNAS, vannas_days, rounds),
    }
    if not quick:
        found |= {"region_days": REGION_DAYS, "region": _both(UMEA, REGION_DAYS, min(rounds, REGION_ROUNDS))}
    return found


def _both(scenario: str, until: int, rounds: int) -> dict[str, list[Measured]]:
    """Both engines from the first day, one arm, the same records."""
    arguments = {engine: ("days", scenario, engine, 0, until) for engine in ENGINES}
    found = alternate({e: partial(child, "bench.replication", *given) for e, given in arguments.items()}, rounds)
    if len({row["digest"] for rows in found.values() for row in rows}) > 1:
        raise RuntimeError(f"{scenario}: the engines wrote different records; their times mean nothing")
    return found


def ratio(both: dict[str, list[Measured]], what: str = "seconds") -> float:
    """How many times longer SimPy took, by medians."""
    compiled, simpy = (median(row[what] for row in both[engine]) for engine in ENGINES)
    return float(simpy / compiled)


def section(figures: Measured) -> str:
    """The section of the README."""
    whole = figures["whole"]

    def middle(what: str) -> float:
        return float(median(row[what] for row in whole))

    people, years = whole[0]["people"], whole[0]["years"]
    goals = [
        ["one simulated year, one core", "at most 8 s", f"{number(middle('seconds'))} s"],
        ["peak memory of the process", "at most 1,000 MB", f"{number(middle('memory'))} MB"],
        ["outcomes, share of the run", "at most 20%", f"{median(r['outcomes'] / r['all'] for r in whole):.0%}"],
    ]
    rows, compared = [], []
    for name, until in (("vannas", "vannas_days"), ("region", "region_days")):
        if name in figures:
            both = figures[name]
            goals.append([f"compiled against SimPy, {_title(both)}", "at least 40 times", number(ratio(both))])
            compared += [row for engine in ENGINES for row in both[engine]]
            rows.append(_row(both, figures[until]))
    head = ["", "days", "events", "compiled, s", "SimPy, s", "ratio of medians", "by processor time"]
    spent = ", ".join(f"{number(middle(what))} s for {words}" for what, words in SPENT.items())
    return f"""## The full model

{people:,} people, {years:g} years, one arm (`current`), one process: {whole[0]["events"]:,} events and
{whole[0]["rows"]:,} rows; {spent} (medians of {len(whole)} runs).
The simulated year is the last one.

{table(["", "asked", "measured"], goals)}

Both engines, only the simulation, from its first day (medians of {figures["rounds"]} alternating rounds for Vännäs,
{len(figures["region"]["simpy"]) if "region" in figures else 0} for the whole region). They write the same records.
{undisturbed(compared)}

{table(head, rows)}"""


def _title(both: dict[str, list[Measured]]) -> str:
    return f"{both['simpy'][0]['people']:,} people"


def _row(both: dict[str, list[Measured]], until: int) -> list[str]:
    compiled, simpy = (median(row["seconds"] for row in both[engine]) for engine in ENGINES)
    events = f"{both['simpy'][0]['events']:,}"
    ratios = [number(ratio(both)), number(ratio(both, "cpu"))]
    return [_title(both), str(until), events, number(compiled), number(simpy), *ratios]
