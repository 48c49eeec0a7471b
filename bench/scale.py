"""How cost grows with the number of people: Bjurholm to ten times Umeå länsdel (skalning)."""

from __future__ import annotations

import math
import tempfile
from functools import partial
from pathlib import Path
from statistics import median

from bench import region
from bench.region import Size
from bench.rounds import Measured, alternate, child, number, table

SIZES = (
    Size("Bjurholm", only="Bjurholm"),
    Size("Vännäs", only="Vännäs"),
    Size("Umeå länsdel"),
    Size("3 x Umeå länsdel", times=3),
    Size("10 x Umeå länsdel", times=10),
)
FEW_ROUNDS = {3: 3, 10: 1}
"""Rounds of the large sizes, by their multiple."""
FIRST, LAST = 30, 120
"""Days that are timed; everybody's life begins on the first day, which is work that no later day has."""
YEAR = 365 / (LAST - FIRST)
PICTURE = Path(__file__).with_name("scale")


def measure(rounds: int, quick: bool) -> Measured:
    """Time the sizes from the smallest on, in alternating rounds; the largest once."""
    found: Measured = {}
    sizes = [size for size in SIZES if size.times == 1] if quick else SIZES
    with tempfile.TemporaryDirectory() as folder:
        trials = {
            size.title: partial(
                child, "bench.replication", "days", region.write(size, Path(folder) / str(n)), "compiled", FIRST, LAST
            )
            for n, size in enumerate(sizes)
        }
        for times in dict.fromkeys(size.times for size in sizes):
            alike = {size.title: trials[size.title] for size in sizes if size.times == times}
            found |= alternate(alike, min(rounds, FEW_ROUNDS.get(times, rounds)))
    figures = {"sizes": [_figure(title, rows) for title, rows in found.items()]}
    if not quick:
        picture(figures)
    return figures


def _figure(title: str, rows: list[Measured]) -> Measured:
    middle = {what: median(row[what] for row in rows) for what in ("seconds", "cpu", "building", "memory")}
    same = {"title": title, "rounds": len(rows), "people": rows[0]["people"], "events": rows[0]["events"]}
    return same | middle


def expected(figures: Measured) -> list[float]:
    """Processor seconds that n log n gives, drawn through the smallest size."""
    sizes = figures["sizes"]
    work = [size["people"] * math.log(size["people"]) for size in sizes]
    return [sizes[0]["cpu"] * w / work[0] for w in work]


def exponent(figures: Measured) -> float:
    """The power of the number of people with which processor time grows, by least squares on logarithms."""
    x = [math.log(size["people"]) for size in figures["sizes"]]
    y = [math.log(size["cpu"]) for size in figures["sizes"]]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    top = sum((a - mx) * (b - my) for a, b in zip(x, y, strict=True))
    return top / sum((a - mx) ** 2 for a in x)


def section(figures: Measured) -> str:
    """The section of the README."""
    rows = [
        [
            size["title"],
            f"{size['people']:,}",
            str(size["rounds"]),
            number(size["events"] * YEAR / size["people"]),
            number(size["seconds"] * YEAR),
            number(size["cpu"] * YEAR),
            number(1e6 * size["cpu"] / size["events"]),
            number(size["cpu"] / line),
            number(size["memory"]),
        ]
        for size, line in zip(figures["sizes"], expected(figures), strict=True)
    ]
    head = ["", "people", "rounds", "events a person-year", "s a year", "processor s a year", "processor µs an event"]
    return f"""## Growth with the number of people

Seconds per simulated year on one core, under `current`, from days {FIRST} to {LAST} (a year is {YEAR:.3g} times that).
Larger regions are Umeå länsdel several times over, with everything that serves the region multiplied alike; smaller
ones are one of its municipalities, with a hospital of its own. Growth is told by processor time, because the largest
is run only once: the last column but one compares with a line that grows as n log n from the smallest size; over all
sizes processor time grows as the number of people to the power {exponent(figures):.2f}.

{table([*head, "of n log n", "MB"], rows)}

![Processor seconds per simulated year against people](scale.svg)"""


def picture(figures: Measured) -> None:
    """Draw processor seconds per simulated year against people."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    people = [size["people"] for size in figures["sizes"]]
    line = [seconds * YEAR for seconds in expected(figures)]
    with mpl.rc_context({"svg.hashsalt": "bench", "svg.fonttype": "none"}):
        chart, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
        axes.loglog(people, line, "--", color="grey", label="n log n from the smallest")
        measured = [size["cpu"] * YEAR for size in figures["sizes"]]
        axes.loglog(people, measured, "o-", color="#0b5394", label="measured")
        for size, seconds in zip(figures["sizes"], measured, strict=True):
            axes.annotate(
                size["title"], (size["people"], seconds), (-8, 5), textcoords="offset points", fontsize=8, ha="right"
            )
        axes.set(
            xlabel="people", ylabel="processor seconds per simulated year", title="Growth with the number of people"
        )
        axes.set_xlim(left=min(people) / 3)
        axes.grid(True, which="major", alpha=0.3)
        axes.legend(loc="lower right")
        chart.savefig(PICTURE.with_suffix(".svg"), metadata={"Date": None})
        chart.savefig(PICTURE.with_suffix(".png"), dpi=150, metadata={"Software": None})
        plt.close(chart)
