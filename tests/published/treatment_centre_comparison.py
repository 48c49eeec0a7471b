"""The treatment centre beside the package treat-sim: the reference, the statistics, the tables.

python tests/published/treatment_centre_comparison.py package    # runs the package, writes the reference
python tests/published/treatment_centre_comparison.py            # runs ours, writes the tables of the document
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

if __package__:
    from tests.published import treatment_centre as model
else:  # As a script: other distributions install a package "tests" too, so that ours may not be found.
    import treatment_centre as model

Centre, SCENARIOS, STAGES = model.Centre, model.SCENARIOS, model.STAGES

Floats = npt.NDArray[np.float64]

REFERENCE = Path(__file__).with_name("treatment_centre_package.csv")
DOCUMENT = Path(__file__).parents[2] / "docs" / "verification" / "treatment_centre.md"
BEGIN, END = "<!-- tables: begin -->\n", "<!-- tables: end -->\n"
PACKAGE_DAYS, OWN_DAYS = 2_000, 10_000
"""Replications of every scenario."""
SEED = 170
"""Of our first scenario; the others have the seeds that follow, so that scenarios are independent."""
LEVEL = 0.05
LABELS = {
    "00_arrivals": "arrivals",
    "01a_triage_wait": "triage wait",
    "01b_triage_util": "triage utilisation",
    "02a_registration_wait": "registration wait",
    "02b_registration_util": "registration utilisation",
    "03a_examination_wait": "examination wait",
    "03b_examination_util": "examination utilisation",
    "04a_treatment_wait(non_trauma)": "treatment (non-trauma) wait",
    "04b_treatment_util(non_trauma)": "treatment (non-trauma) utilisation",
    "05_total_time(non-trauma)": "total time (non-trauma)",
    "06a_trauma_wait": "stabilisation wait",
    "06b_trauma_util": "stabilisation utilisation",
    "07a_treatment_wait(trauma)": "treatment (trauma) wait",
    "07b_treatment_util(trauma)": "treatment (trauma) utilisation",
    "08_total_time(trauma)": "total time (trauma)",
    "09_throughput": "throughput",
}
"""The package's outcomes and ours."""
OUTCOMES = tuple(LABELS.values())
BASE = SCENARIOS["base"]
ALTERED = {
    "examination 16.5 min instead of 16": replace(BASE, examination=(16.5, 3.0)),
    "registration 5.1 min instead of 5": replace(BASE, registration=(5.1, 2.0)),
    "triage 3.1 min instead of 3": replace(BASE, triage=3.1),
    "62 % instead of 60 % treated": replace(BASE, share_treated=0.62),
    "13 % instead of 12 % with trauma": replace(BASE, share_trauma=0.13),
    "variance of registrations 4 instead of 2": replace(BASE, registration=(5.0, 4.0)),
}
"""Small faults that the comparison notices, see the test."""
SMALLER = {
    "stabilisation 91 min instead of 90": replace(BASE, stabilisation=91.0),
    "variance of treatments (trauma) 8 instead of 4": replace(BASE, trauma_treatment=(30.0, 8.0)),
    "shortest examination 8 min instead of 0.5": replace(BASE, shortest_examination=8.0),
}
"""Faults that it might miss."""


@dataclass(frozen=True)
class Moments:
    """What a comparison needs of independent replications of one scenario."""

    days: int
    mean: Floats
    covariance: Floats
    first: Floats

    @classmethod
    def of(cls, table: pd.DataFrame) -> Moments:
        """Of one row per replication and one column per outcome."""
        values = table[list(OUTCOMES)].to_numpy(np.float64)
        if not np.isfinite(values).all():
            raise ValueError("a day without patients of some kind has no means: leave it out knowingly or not at all")
        return cls(len(values), values.mean(axis=0), np.cov(values, rowvar=False), values[0])


def package_days(scenario: str, days: int) -> pd.DataFrame:
    """Replications of the package; every scenario has random numbers of its own."""
    from treat_sim.model import get_scenarios, single_run

    own = get_scenarios()[scenario]
    first = list(SCENARIOS).index(scenario) * 1_000_000
    rows = [single_run(own, random_no_set=first + number) for number in range(days)]
    return pd.concat(rows).rename(columns=LABELS)


def own_days(centre: Centre, seed: int, days: int, arrivals=model.arrivals_as_packaged) -> pd.DataFrame:
    """Replications of ours, on the compiled engine."""
    return pd.DataFrame(
        model.outcomes(model.day(centre, seed, number, arrivals=arrivals), centre) for number in range(days)
    )


def own_moments(days: int) -> dict[str, Moments]:
    """All scenarios of ours."""
    return {name: Moments.of(own_days(SCENARIOS[name], SEED + i, days)) for i, name in enumerate(SCENARIOS)}


def write_reference(days: int) -> None:
    """Run the package and keep means, covariances and the first replication of every scenario."""
    tables = []
    for scenario in SCENARIOS:
        print(f"{scenario}: {days} replications of the package", flush=True)
        moments = Moments.of(package_days(scenario, days))
        table = pd.DataFrame({"scenario": scenario, "days": days, "outcome": OUTCOMES})
        table["first"], table["mean"] = moments.first, moments.mean
        tables.append(pd.concat([table, pd.DataFrame(moments.covariance, columns=list(OUTCOMES))], axis=1))
    pd.concat(tables).to_csv(REFERENCE, index=False, float_format="%.12g", lineterminator="\n")


def reference() -> dict[str, Moments]:
    """What :func:`write_reference` kept."""
    table = pd.read_csv(REFERENCE)
    kept = {}
    for scenario, rows in table.groupby("scenario", sort=False):
        rows = rows.set_index("outcome").loc[list(OUTCOMES)]
        covariance = rows[list(OUTCOMES)].to_numpy()
        kept[str(scenario)] = Moments(
            int(rows["days"].iloc[0]), rows["mean"].to_numpy(), covariance, rows["first"].to_numpy()
        )
    return kept


def welch(theirs: Moments, ours: Moments) -> pd.DataFrame:
    """Differences with Welch's intervals, one row per outcome."""
    parts = np.array([np.diag(side.covariance) / side.days for side in (theirs, ours)])
    error = np.sqrt(parts.sum(axis=0))
    freedom = error**4 / (parts[0] ** 2 / (theirs.days - 1) + parts[1] ** 2 / (ours.days - 1))
    difference = ours.mean - theirs.mean
    half = stats.t.ppf(1 - LEVEL / 2, freedom) * error
    table = {"theirs": theirs.mean, "ours": ours.mean, "difference": difference}
    p = 2 * stats.t.sf(np.abs(difference) / error, freedom)
    return pd.DataFrame({**table, "lower": difference - half, "upper": difference + half, "p": p}, index=list(OUTCOMES))


def holm(p: Floats) -> Floats:
    """Holm's adjusted p-values, for any dependence of the tests."""
    order = np.argsort(p)
    adjusted = np.maximum.accumulate((len(p) - np.arange(len(p))) * p[order])
    result = np.empty(len(p))
    result[order] = np.minimum(adjusted, 1.0)
    return result


def hotelling(theirs: Moments, ours: Moments) -> tuple[float, float]:
    """Hotelling's two-sample T squared over all outcomes together, and its p-value."""
    n, k = theirs.days + ours.days, len(OUTCOMES)
    pooled = ((theirs.days - 1) * theirs.covariance + (ours.days - 1) * ours.covariance) / (n - 2)
    difference = ours.mean - theirs.mean
    squared = theirs.days * ours.days / n * float(difference @ np.linalg.solve(pooled, difference))
    return squared, float(stats.f.sf(squared * (n - k - 1) / ((n - 2) * k), k, n - k - 1))


def fisher(p: Floats) -> tuple[float, float]:
    """Fisher's statistic of independent p-values, chi-square with twice their number of degrees, and its p-value."""
    statistic = float(-2 * np.log(p).sum())
    return statistic, float(stats.chi2.sf(statistic, 2 * len(p)))


@dataclass(frozen=True)
class Comparison:
    """All scenarios: the differences one by one, adjusted, and together."""

    table: pd.DataFrame
    joint: dict[str, tuple[float, float]]

    @property
    def together(self) -> tuple[float, float]:
        """Fisher's statistic over the scenarios, and its p-value."""
        return fisher(np.array([p for _, p in self.joint.values()]))

    @property
    def smallest(self) -> float:
        """The smallest p-value after Holm's adjustment over all outcomes and scenarios."""
        return float(holm(self.table["p"].to_numpy()).min())

    @property
    def outside(self) -> pd.DataFrame:
        """Rows whose 95 % interval excludes zero."""
        return self.table[(self.table["lower"] > 0) | (self.table["upper"] < 0)]


def compare(theirs: Mapping[str, Moments], ours: Mapping[str, Moments]) -> Comparison:
    """Scenario by scenario, those of ours."""
    table = pd.concat({name: welch(theirs[name], ours[name]) for name in ours}, names=["scenario", "outcome"])
    return Comparison(table, {name: hotelling(theirs[name], ours[name]) for name in ours})


def counts_by_chance(theirs: Mapping[str, Moments]) -> npt.NDArray[np.int64]:
    """How many intervals exclude zero in 20,000 comparisons of equal models, outcomes correlated as they are."""
    random = np.random.default_rng(SEED)
    counts = np.zeros(20_000, np.int64)
    for moments in theirs.values():
        deviation = np.sqrt(np.diag(moments.covariance))
        correlation = moments.covariance / np.outer(deviation, deviation)
        z = random.standard_normal((len(counts), len(OUTCOMES))) @ np.linalg.cholesky(correlation).T
        counts += (np.abs(z) > stats.norm.ppf(1 - LEVEL / 2)).sum(axis=1)
    return counts


def shown(outcome: str, value: float) -> str:
    """A number with the digits that mean something."""
    digits = 4 if outcome.endswith("utilisation") else 2
    return f"{round(value, digits) + 0.0:.{digits}f}"


def probability(p: float) -> str:
    """A p-value."""
    if p < 1e-16:
        return "< 1e-16"
    return f"{p:.3f}" if p >= 0.001 else f"{p:.0e}"


def scenario_table(rows: pd.DataFrame) -> list[str]:
    """One scenario as Markdown; intervals that exclude zero are bold."""
    lines = ["| outcome | package | ours | difference | 95 % interval | p |", "|---|---:|---:|---:|:---:|---:|"]
    for outcome, row in rows.iterrows():
        theirs, ours, difference, lower, upper = (shown(outcome, row[name]) for name in rows.columns[:5])
        interval = f"{lower} to {upper}"
        if row["lower"] > 0 or row["upper"] < 0:
            interval = f"**{interval}**"
        lines.append(f"| {outcome} | {theirs} | {ours} | {difference} | {interval} | {probability(row['p'])} |")
    return lines


def summary(comparison: Comparison, theirs: Mapping[str, Moments], ours: Mapping[str, Moments]) -> list[str]:
    """How many intervals exclude zero, how many do by chance, and the tests of all together."""
    by_chance = counts_by_chance(theirs)
    low, high = np.quantile(by_chance, [LEVEL / 2, 1 - LEVEL / 2]).astype(int)
    outside = len(comparison.outside)
    count = len(comparison.table)
    statistic, p = comparison.together
    largest = comparison.table.loc[(comparison.table["difference"] / comparison.table["theirs"]).abs().idxmax()]
    half = (comparison.table["upper"] - comparison.table["lower"]) / 2 / comparison.table["theirs"]
    days = f"{theirs['base'].days:,} days per scenario of treat-sim {version('treat-sim')} on numpy {np.__version__}"
    return [
        f"{days}, {ours['base'].days:,} of ours.",
        "",
        "| all scenarios | |",
        "|---|---:|",
        f"| outcomes x scenarios | {len(OUTCOMES)} x {len(theirs)} = {count} |",
        f"| 95 % intervals that exclude zero | {outside} |",
        f"| expected by chance if the models are the same | {LEVEL * count:.1f} |",
        f"| range of that number in 95 % of such comparisons, outcomes correlated as they are | {low} to {high} |",
        f"| share of such comparisons with so few or fewer, so many or more "
        f"| {100 * (by_chance <= outside).mean():.1f} %, {100 * (by_chance >= outside).mean():.1f} % |",
        f"| smallest p-value, Holm-adjusted over all {count} | {probability(comparison.smallest)} |",
        f"| Fisher's statistic over the scenarios' joint tests, chi-square with {2 * len(theirs)} degrees "
        f"| {statistic:.1f}, p = {probability(p)} |",
        f"| largest difference, of the package's mean | {largest.name[1]}, {largest.name[0]}: "
        f"{100 * largest['difference'] / largest['theirs']:+.1f} % |",
        f"| half-width of an interval, of the package's mean: median and widest "
        f"| {100 * half.median():.1f} %, {100 * half.max():.1f} % |",
    ]


def noticed(theirs: Moments, days: int) -> list[str]:
    """What the comparison says of centres with a small fault."""
    lines = ["| fault | intervals of 16 that exclude zero | joint p |", "|---|---:|---:|"]
    runs = {"none": (BASE, model.arrivals_as_packaged)} | {
        name: (c, model.arrivals_as_packaged) for name, c in (ALTERED | SMALLER).items()
    }
    runs["arrivals thinned at their own time"] = (BASE, model.arrivals_by_thinning)
    for name, (centre, arrivals) in runs.items():
        comparison = compare({"base": theirs}, {"base": Moments.of(own_days(centre, SEED, days, arrivals))})
        lines.append(f"| {name} | {len(comparison.outside)} | {probability(comparison.joint['base'][1])} |")
    return lines


def by_the_clock(days: int) -> list[str]:
    """Utilisation of the base scenario by the package's definition and as the share of places' time in use."""
    packaged = own_days(BASE, SEED, days).mean()
    used, capacity = np.zeros(len(STAGES)), np.zeros(len(STAGES))
    for number in range(days):
        totals = model.day(BASE, SEED, number).accumulators
        used += totals.used_area[0]
        capacity += totals.capacity_area[0]
    lines = ["| stage | by the package's definition | by the clock |", "|---|---:|---:|"]
    for (_, name), share in zip(STAGES, used / capacity, strict=True):
        lines.append(f"| {name} | {packaged[f'{name} utilisation']:.4f} | {share:.4f} |")
    return lines


def write_document() -> None:
    """Run ours and write the tables into the document, between the marks."""
    theirs, ours = reference(), own_moments(OWN_DAYS)
    comparison = compare(theirs, ours)
    lines = ["## Result", "", *summary(comparison, theirs, ours)]
    for name in ours:
        squared, p = comparison.joint[name]
        lines += [
            "",
            f"### {name}",
            "",
            f"Joint test of the 16 outcomes: T² = {squared:.1f}, p = {probability(p)}.",
            "",
        ]
        lines += scenario_table(comparison.table.loc[name])
    lines += ["", "## What would have been noticed", "", "Base scenario, one fault at a time:", ""]
    lines += noticed(theirs["base"], OWN_DAYS)
    lines += ["", "## Utilisation by the clock", "", "Base scenario, ours:", "", *by_the_clock(OWN_DAYS), ""]
    before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    DOCUMENT.write_text(before + BEGIN + "\n".join(lines) + END + after, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["package"]:
        write_reference(PACKAGE_DAYS)
    else:
        write_document()
