"""The tables of Monks et al. (2016): as published, from our replications, and in closed form.

The unfettered demand is a network of infinite servers with Poisson admissions: at any instant the numbers who need
the two units are independent and Poisson, whatever the form of the stays, with the offered loads as their means. The
share who find all of n beds taken is then P(N = n) / P(N <= n), the Erlang loss formula.

    python tests/published/stroke_tables.py            prints the tables
    python tests/published/stroke_tables.py --write    writes them into docs/verification/stroke.md
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.stats import poisson, t

if __package__:
    from tests.published.stroke import (
        CURRENT,
        DAY,
        MOST,
        SCENARIOS,
        WARM_UP_DAYS,
        Beds,
        Outcome,
        Parameters,
        Unit,
        replication,
    )
    from tests.published.stroke_published import BOTH, PUBLISHED, REPRODUCED, Cell, impossible
else:  # As a script: other distributions install a package "tests" too, so that ours may not be found.
    from stroke import CURRENT, DAY, MOST, SCENARIOS, WARM_UP_DAYS, Beds, Outcome, Parameters, Unit, replication
    from stroke_published import BOTH, PUBLISHED, REPRODUCED, Cell, impossible

DOCUMENT = Path(__file__).parents[2] / "docs" / "verification" / "stroke.md"
BEGIN, END = "<!-- tables: begin -->\n", "<!-- tables: end -->\n"
REPLICATIONS = 150
"""As many as in the paper."""
Floats = npt.NDArray[np.float64]

# --- closed form --------------------------------------------------------------------------------------------


def offered(parameters: Parameters) -> tuple[float, float]:
    """The offered loads of the acute unit and of rehabilitation: the mean numbers of patients who need them."""
    p = parameters
    acute_mean, rehabilitation_mean = ([mean for mean, _ in stays] for stays in (p.acute_stay, p.rehabilitation_stay))
    no_esd, _, _, _, esd, died = acute_mean
    elsewhere = 1 - p.to_rehabilitation[0] - p.to_esd[0]
    stroke = p.to_rehabilitation[0] * no_esd + p.to_esd[0] * esd + elsewhere * (p.died * died + (1 - p.died) * no_esd)
    acute = sum(mean / gap for mean, gap in zip([stroke, *acute_mean[1:4]], p.acute_gap, strict=True))
    share = p.rehabilitation_to_esd[0]
    stroke = share * rehabilitation_mean[4] + (1 - share) * rehabilitation_mean[0]
    rates = [
        transferred / gap + 1 / outside
        for transferred, gap, outside in zip(p.to_rehabilitation, p.acute_gap, p.rehabilitation_gap, strict=True)
    ]
    return acute, sum(mean * rate for mean, rate in zip([stroke, *rehabilitation_mean[1:4]], rates, strict=True))


def erlang_b(beds: int, load: float) -> float:
    """The share of patients who find all beds taken, by its recursion."""
    blocked = 1.0
    for n in range(1, beds + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def demand(loads: tuple[float, float]) -> Floats:
    """The joint distribution of the numbers who need the two units, shape (MOST, MOST)."""
    numbers = np.arange(MOST)
    return np.outer(poisson.pmf(numbers, loads[0]), poisson.pmf(numbers, loads[1]))


def delay(days: npt.NDArray[Any], beds: Beds, unit: Unit, tails: bool = False) -> tuple[Any, Any]:
    """Weights of the days with no bed for a further patient of a unit, and of the days to divide them by.

    Patients beyond the unit's own beds lie in pooled ones. By the loss formula only days count on which nobody is
    without a bed, P(N = n) / P(N <= n). With ``tails``, as Additional file 1 does for partial pooling, all days
    count, P(N >= n).

    Parameters
    ----------
    days : array of shape (..., MOST, MOST)
        Days or probabilities by the numbers who need the acute unit and rehabilitation.
    """
    acute, rehabilitation = np.indices((MOST, MOST))
    pooled = np.maximum(acute - beds.acute, 0) + np.maximum(rehabilitation - beds.rehabilitation, 0)
    own = acute >= beds.acute if unit == Unit.ACUTE else rehabilitation >= beds.rehabilitation
    if tails:
        return days[..., own & (pooled >= beds.pooled)].sum(-1), days.sum((-2, -1))
    return days[..., own & (pooled == beds.pooled)].sum(-1), days[..., pooled <= beds.pooled].sum(-1)


def closed_form(loads: tuple[float, float], beds: Beds, unit: Unit, tails: bool = False) -> float:
    """The probability of delay at given offered loads."""
    delayed, of = delay(demand(loads), beds, unit, tails)
    return float(delayed / of)


def loads_within_rounding(
    scenario: Callable[[Parameters], Parameters], base: Parameters
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The lowest and the highest offered loads that inputs as published can stand for.

    Every mean may be off by half of its last digit, every share too, all at once and to the same side; and any share
    of the strokes that go elsewhere may have the stay of the dying.
    """
    centre = np.array(offered(scenario(base)))
    spread = sum(np.abs(np.array(offered(scenario(other))) - centre) for other in _half_a_digit_more(base))
    ends = np.array([offered(scenario(replace(base, died=died))) for died in (0.0, 1.0)])
    (a, b), (c, d) = (ends.min(0) - spread).tolist(), (ends.max(0) + spread).tolist()
    return (a, b), (c, d)


def _half_a_digit_more(base: Parameters) -> Iterator[Parameters]:
    """One parameter at a time, more by half of its last published digit."""
    for name in ("acute_gap", "rehabilitation_gap", "to_rehabilitation", "to_esd", "rehabilitation_to_esd"):
        values = getattr(base, name)
        half = 0.05 if name.endswith("gap") else 0.005
        for k, value in enumerate(values):
            yield replace(base, **{name: (*values[:k], value + half, *values[k + 1 :])})
    for name in ("acute_stay", "rehabilitation_stay"):
        values = getattr(base, name)
        for k, (mean, deviation) in enumerate(values):
            yield replace(base, **{name: (*values[:k], (mean + 0.05, deviation), *values[k + 1 :])})


# --- replications -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Estimate:
    """A mean with its confidence interval."""

    value: float
    low: float
    high: float

    def holds(self, truth: float) -> bool:
        """Whether the interval contains a value."""
        return self.low <= truth <= self.high


def ratio(parts: npt.NDArray[Any], wholes: npt.NDArray[Any], confidence: float = 0.95) -> Estimate:
    """A ratio of totals over replications, with the interval of its linearisation.

    The mean of the replications' own ratios would be biased: an occupancy of weeks makes few independent days.
    """
    value = parts.sum() / wholes.sum()
    spread = (parts - value * wholes).std(ddof=1) / math.sqrt(len(parts)) / wholes.mean()
    half = float(t.ppf((1 + confidence) / 2, len(parts) - 1)) * spread
    return Estimate(float(value), max(float(value - half), 0.0), float(value + half))


@cache
def audits(parameters: Parameters, count: int) -> npt.NDArray[np.int64]:
    """Days by the numbers who need the two units, of shape (count, MOST, MOST)."""
    return np.array([np.array(replication(parameters, number).world.audit.days) for number in range(count)])


@cache
def refusals(parameters: Parameters, beds: Beds, count: int) -> npt.NDArray[np.int64]:
    """Patients who found no bed, and patients, by unit after the warm-up, of shape (count, 2, 2), with real beds."""
    found = np.zeros((count, 2, 2), np.int64)
    for number in range(count):
        rows = replication(parameters, number, beds)
        for unit in BOTH:
            asked = (rows.kind == unit) & (rows.asked >= WARM_UP_DAYS * DAY)
            found[number, unit] = (asked & (rows.outcome == Outcome.DELAYED)).sum(), asked.sum()
    return found


def audited(cell: Cell, count: int, tails: bool | None = None, confidence: float = 0.95) -> Estimate:
    """A cell from the daily audits, by the paper's own formula unless ``tails`` says which."""
    days = audits(SCENARIOS[cell.scenario](Parameters()), count)
    return ratio(*delay(days, cell.beds, cell.unit, cell.tails if tails is None else tails), confidence)


def refused(cell: Cell, count: int, confidence: float = 0.95) -> Estimate:
    """A cell as the share of patients who found no bed, with real beds."""
    found = refusals(SCENARIOS[cell.scenario](Parameters()), cell.beds, count)
    return ratio(found[:, cell.unit, 0], found[:, cell.unit, 1], confidence)


# --- comparison ---------------------------------------------------------------------------------------------

SAME, INPUTS, DIFFERS = "same", "inputs", "differs"


def verdict(cell: Cell, ours: Estimate | None = None, base: Parameters | None = None) -> str:
    """How a published cell compares with ours.

    SAME: what it is rounded from and ours differ by no more than chance (than nothing, in closed form, if no
    estimate is given). INPUTS: by no more than the rounding of the published inputs. Else DIFFERS.
    """
    base, scenario = base or Parameters(), SCENARIOS[cell.scenario]
    low, high = cell.rounded
    if ours is None:
        exact = closed_form(offered(scenario(base)), cell.beds, cell.unit, cell.tails)
        ours = Estimate(exact, exact, exact)
    # The paper's own replications are as many and as long as ours, so that their chance is as large.
    margin = (math.sqrt(2.0) - 1.0) * (ours.high - ours.low) / 2
    if ours.low - margin <= high and low <= ours.high + margin:
        return SAME
    ends = [closed_form(load, cell.beds, cell.unit, cell.tails) for load in loads_within_rounding(scenario, base)]
    return INPUTS if ends[0] <= high and low <= ends[1] else DIFFERS


# --- the document -------------------------------------------------------------------------------------------


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Lines of a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return ["| " + " | ".join(str(value) for value in line) + " |" for line in lines]


def one_in(estimate: Estimate) -> str:
    """An estimate as one in so many patients, with its interval."""
    most = f"{1 / estimate.low:.1f}" if estimate.low > 0 else "∞"
    return f"{1 / estimate.value:.1f} ({1 / estimate.high:.1f}–{most})"


def chance_of(estimate: Estimate, decimals: int = 3) -> str:
    """An estimate as a probability, with its interval."""
    return f"{estimate.value:.{decimals}f} ({estimate.low:.{decimals}f}–{estimate.high:.{decimals}f})"


def exact(cell: Cell, tails: bool | None = None, base: Parameters | None = None) -> float:
    """A cell in closed form."""
    loads = offered(SCENARIOS[cell.scenario](base or Parameters()))
    return closed_form(loads, cell.beds, cell.unit, cell.tails if tails is None else tails)


def dedicated_table(cells: Sequence[Cell], count: int) -> list[str]:
    """Beds of one unit: p(delay) from the audits, in closed form, and with real beds."""
    header = ["scenario", "unit", "beds", "paper", "ours", "Erlang B", "paper: 1 in", "ours: 1 in", "Erlang B: 1 in"]
    rows = []
    for cell in cells:
        ours, truth = audited(cell, count), exact(cell)
        published = f"{cell.probability:.{cell.decimals}f}"
        forms = [published, chance_of(ours), f"{truth:.3f}", cell.one_in, one_in(ours), f"{1 / truth:.1f}"]
        real = chance_of(refused(cell, count))
        rows.append([cell.scenario, cell.unit.name.lower(), cell.number, *forms, real, verdict(cell, ours)])
    return table([*header, "ours, real beds", "ours to paper"], rows)


def pooled_table(cells: Sequence[Cell], count: int) -> list[str]:
    """Pooling: p(delay) by the paper's formula and by the loss formula, from the audits and in closed form."""
    header = ["beds", "unit", "paper", "ours", "closed form", "paper: 1 in", "ours: 1 in", "ours to paper"]
    rows = []
    for cell in cells:
        ours = audited(cell, count)
        published = f"{cell.probability:.{cell.decimals}f}"
        forms = [published, chance_of(ours), f"{exact(cell):.3f}", cell.one_in, one_in(ours), verdict(cell, ours)]
        loss = [chance_of(audited(cell, count, False)), f"{exact(cell, False):.3f}", chance_of(refused(cell, count))]
        rows.append([cell.number, cell.unit.name.lower(), *forms, *loss])
    return table([*header, "ours, loss formula", "loss formula", "ours, real beds"], rows)


def reproduction_table(count: int) -> list[str]:
    """Current admissions, with the stays of the dying as the reproduction reads them."""
    dying = Parameters(died=1.0)
    rows = []
    for cell in PUBLISHED:
        key = (cell.unit, cell.beds)
        if cell.scenario == CURRENT and cell.table in ("2", "3") and key in REPRODUCED:
            ours = ratio(*delay(audits(dying, count), cell.beds, cell.unit, cell.tails))
            truth = exact(cell, base=dying)
            rows.append(
                [cell.number, cell.unit.name.lower(), cell.one_in, REPRODUCED[key], one_in(ours), f"{1 / truth:.1f}"]
            )
    return table(["beds", "unit", "paper: 1 in", "reproduction: 1 in", "ours: 1 in", "closed form: 1 in"], rows)


def occupancy_table(count: int) -> list[str]:
    """How many patients need each unit, in per cent of the days."""
    days = audits(Parameters(), count)
    exact_days = demand(offered(Parameters()))
    rows = []
    for number in range(23):
        row: list[object] = [number]
        for axis in (2, 1):
            numbers = days.sum(axis)
            ours = ratio(100 * numbers[:, number], numbers.sum(1))
            row += [chance_of(ours, 2), f"{100 * exact_days.sum(axis - 1)[number]:.2f}"]
        rows.append(row)
    header = [
        "patients",
        "ours, acute, %",
        "Poisson, acute, %",
        "ours, rehabilitation, %",
        "Poisson, rehabilitation, %",
    ]
    return table(header, rows)


def nearest_loads(cells: Sequence[Cell]) -> tuple[float, float]:
    """The offered loads from which published cells differ least, by squares of relative differences."""

    def misfit(loads: Floats) -> float:
        found = [closed_form((loads[0], loads[1]), cell.beds, cell.unit, cell.tails) for cell in cells]
        return sum(math.log(p * cell.one_in) ** 2 for p, cell in zip(found, cells, strict=True))

    acute, rehabilitation = minimize(misfit, offered(Parameters()), method="Nelder-Mead").x
    return float(acute), float(rehabilitation)


def summary(count: int) -> list[str]:
    """What agrees, in numbers."""
    single = [cell for cell in PUBLISHED if cell.table != "3"]
    verdicts = {cell: verdict(cell, audited(cell, count)) for cell in PUBLISHED}
    inside = sum(audited(cell, count).holds(exact(cell)) for cell in PUBLISHED)
    beds = sum(refused(cell, count).holds(exact(cell)) for cell in single)
    shares = [f"{sum(v == kind for v in verdicts.values())} {kind}" for kind in (SAME, INPUTS, DIFFERS)]
    lines = [
        f"* Published cells: {len(PUBLISHED)}; {', '.join(shares)}.",
        f"* Our 95 % intervals that contain the closed form: {inside} of {len(PUBLISHED)} from the audits; "
        f"{beds} of {len(single)} with real beds (one unit).",
    ]
    for name, cells in {
        "Table 2, current": [cell for cell in PUBLISHED if cell.table == "2" and cell.scenario == CURRENT],
        "Table 3, partial pooling": [cell for cell in PUBLISHED if cell.tails],
    }.items():
        acute, rehabilitation = nearest_loads(cells)
        lines.append(
            f"* Loads that fit the paper's {name}, best: acute {acute:.2f}, rehabilitation {rehabilitation:.2f}."
        )
    for cell in PUBLISHED:
        if verdicts[cell] == DIFFERS:
            ours = one_in(audited(cell, count))
            lines.append(f"* Differs: {_named(cell)}; ours {ours}, Erlang B {1 / exact(cell):.1f}.")
    return lines + [f"* Cannot be right as published: {_named(cell)}." for cell in impossible()]


def _named(cell: Cell) -> str:
    published = f"{cell.probability:.{cell.decimals}f}, 1 in {cell.one_in}"
    return f"Table {cell.table}, {cell.scenario}, {cell.unit.name.lower()}, {cell.number} beds: {published}"


def document(count: int) -> list[str]:
    """The generated part of docs/verification/stroke.md."""
    by_table = {name: [cell for cell in PUBLISHED if cell.table == name] for name in ("2", "3", "S2", "S3")}
    loads = [
        [name, *(f"{load:.3f}" for load in offered(scenario(Parameters())))]
        + [f"{low:.2f}–{high:.2f}" for low, high in zip(*loads_within_rounding(scenario, Parameters()), strict=True)]
        for name, scenario in SCENARIOS.items()
    ]
    spread = ["acute, within rounding", "rehabilitation, within rounding"]
    sections: dict[str, list[str]] = {
        "Agreement": summary(count),
        "Offered loads (patients)": table(["scenario", "acute", "rehabilitation", *spread], loads),
        "Table 2: current admissions and 5 % more": dedicated_table(by_table["2"], count),
        "Table 3: pooled beds, current admissions": pooled_table(by_table["3"], count),
        "Additional file, table S2: no complex-neurological patients": dedicated_table(by_table["S2"], count),
        "Additional file, table S3: ring-fenced acute beds": dedicated_table(by_table["S3"], count),
        "Figure 1: who needs a bed, current admissions": occupancy_table(count),
        "The reproduction: strokes that go elsewhere stay as the dying": reproduction_table(count),
    }
    lines = [f"{count} replications of five years after a warm-up of three; intervals of 95 %.", ""]
    for title, body in sections.items():
        lines += [f"### {title}", "", *body, ""]
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables, or write them into the document."""
    parser = argparse.ArgumentParser(description="Monks et al. (2016): paper, ours, closed form")
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--write", action="store_true", help=f"into {DOCUMENT.name}")
    options = parser.parse_args(arguments)
    text = "\n".join(document(options.replications))
    if not options.write:
        print(text)
        return
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(before + BEGIN + "\n" + text + "\n" + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
