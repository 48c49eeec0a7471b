"""The treatment centre against the package treat-sim: the cheaper version of docs/verification/treatment_centre.md.

Theirs are the 2,000 days of the committed reference, ours the first 1,000 of the days in the document. Random numbers
are keyed, so the outcome is the same in every run: a test below either always passes or always fails.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest

from sim.engine import Records
from sim.engine.records import COLUMNS
from tests.published.treatment_centre import (
    DONE,
    HORIZON,
    OPEN,
    RATES,
    SCENARIOS,
    Centre,
    Kind,
    arrivals_as_packaged,
    arrivals_by_thinning,
    day,
    outcomes,
)
from tests.published.treatment_centre_comparison import (
    ALTERED,
    DOCUMENT,
    OUTCOMES,
    SEED,
    Comparison,
    Moments,
    compare,
    fisher,
    holm,
    own_days,
    own_moments,
    package_days,
    reference,
    summary,
)

pytestmark = pytest.mark.verify

DAYS = 1_000
SIGNIFICANT = 0.01


@pytest.fixture(scope="module")
def theirs() -> dict[str, Moments]:
    return reference()


@pytest.fixture(scope="module")
def ours() -> dict[str, Moments]:
    return own_moments(DAYS)


@pytest.fixture(scope="module")
def comparison(theirs: dict[str, Moments], ours: dict[str, Moments]) -> Comparison:
    return compare(theirs, ours)


def test_package_gives_the_first_days_of_the_reference(theirs: dict[str, Moments]) -> None:
    for name, moments in theirs.items():
        first = package_days(name, 1)[list(OUTCOMES)].to_numpy()[0]
        np.testing.assert_allclose(first, moments.first, rtol=1e-9, err_msg=name)


def test_scenarios_are_those_of_the_package(theirs: dict[str, Moments]) -> None:
    from treat_sim.model import get_scenarios

    assert list(get_scenarios()) == list(SCENARIOS) == list(theirs)


def test_no_outcome_of_any_scenario_differs_after_adjustment(comparison: Comparison) -> None:
    assert len(comparison.table) == 96
    assert comparison.smallest > SIGNIFICANT, comparison.table.sort_values("p").head()


def test_all_outcomes_together_do_not_differ(comparison: Comparison) -> None:
    for name, (squared, p) in comparison.joint.items():
        assert p > SIGNIFICANT / len(SCENARIOS), f"{name}: T squared {squared}"
    assert comparison.together[1] > SIGNIFICANT, comparison.joint


def test_intervals_are_narrow_enough_to_mean_something(comparison: Comparison) -> None:
    half = (comparison.table["upper"] - comparison.table["lower"]) / 2 / comparison.table["theirs"]
    assert half.median() < 0.02
    assert half.max() < 0.10


@pytest.mark.parametrize("fault", ALTERED)
def test_a_small_fault_is_noticed(fault: str, theirs: dict[str, Moments]) -> None:
    faulty = {"base": Moments.of(own_days(ALTERED[fault], SEED, DAYS))}
    found = compare({"base": theirs["base"]}, faulty)
    assert found.joint["base"][1] <= SIGNIFICANT / len(SCENARIOS)  # where the test above draws the line


def test_scenarios_are_told_apart(theirs: dict[str, Moments]) -> None:
    # Each scenario of ours against each other one of theirs.
    ours = own_moments(100)
    for name, moments in ours.items():
        for other in set(SCENARIOS) - {name}:
            assert compare({"any": theirs[other]}, {"any": moments}).joint["any"][1] < 1e-6, (name, other)


@pytest.mark.agreement
@pytest.mark.parametrize("scenario", ["base", "short_exam"])
@pytest.mark.parametrize("arrivals", [arrivals_as_packaged, arrivals_by_thinning])
def test_both_engines_give_the_same_day(scenario: str, arrivals) -> None:
    reference, compiled = (day(SCENARIOS[scenario], SEED, 0, engine, arrivals) for engine in ("simpy", "compiled"))
    assert reference == compiled
    assert reference.accumulators == compiled.accumulators
    assert outcomes(reference, SCENARIOS[scenario]) == outcomes(compiled, SCENARIOS[scenario])
    assert len(compiled) > 500


@pytest.mark.theory
def test_thinned_arrivals_have_the_rates_of_their_hours() -> None:
    counts = np.zeros((DAYS, HORIZON // 3600), np.int64)
    for number in range(DAYS):
        rows = day(SCENARIOS["base"], SEED, number, arrivals=arrivals_by_thinning)
        counts[number] = np.bincount(rows.asked[rows.kind == Kind.VISIT] // 3600, minlength=counts.shape[1])
    expected = np.array([*RATES, RATES[0]])
    z = (counts.mean(axis=0) - expected) / np.sqrt(expected / DAYS)
    # Poisson counts of 19 hours, independent: a chi-square, within its 99.9 % range on both sides.
    assert 4.9 < float((z**2).sum()) < 45.4
    assert counts.var(axis=0, ddof=1) == pytest.approx(expected, rel=0.2)


def rows_of(*rows: tuple[int, ...]) -> Records:
    return Records({name: np.array(column) for name, column in zip(COLUMNS, zip(*rows, strict=True), strict=True)})


def test_outcomes_are_defined_as_in_the_package() -> None:
    # Two places for triage; one use lasts ten minutes beyond the horizon and counts in full; one visit is open.
    late = HORIZON - 300
    stages = [(0, 0, kind, kind, 0, 60 * (kind + 1), 60 * (kind + 1) + 600, DONE, 0) for kind in list(Kind)[:6]]
    records = rows_of(
        (0, 0, Kind.VISIT, -1, 0, 0, 7200, DONE, 0),
        (1, 0, Kind.VISIT, -1, 60, 60, 3660, DONE, 1),
        (2, 0, Kind.VISIT, -1, late - 600, late - 600, -1, OPEN, 0),
        *stages,
        (2, 0, Kind.TRIAGE, Kind.TRIAGE, late - 600, late, late + 900, DONE, 0),
    )
    values = outcomes(records, Centre(triage_bays=2))
    assert set(values) == set(OUTCOMES)
    assert values["arrivals"] == 3
    assert values["throughput"] == 2
    assert values["total time (non-trauma)"] == 120
    assert values["total time (trauma)"] == 60
    assert values["triage wait"] == (1 + 10) / 2
    assert values["triage utilisation"] == (600 + 900) / (2 * HORIZON)
    assert values["treatment (trauma) wait"] == 6
    assert values["examination utilisation"] == 600 / (3 * HORIZON)


def test_holm_adjusts_step_down() -> None:
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_document_speaks_of_the_committed_reference(theirs: dict[str, Moments]) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for name, moments in theirs.items():
        arrivals = moments.mean[OUTCOMES.index("arrivals")]
        section = text.split(f"### {name}\n")[1]
        assert section.split("| arrivals | ")[1].startswith(f"{arrivals:.2f} |"), name


def test_summary_counts_what_the_table_holds(
    theirs: dict[str, Moments], ours: dict[str, Moments], comparison: Comparison
) -> None:
    outside = ((comparison.table["lower"] > 0) | (comparison.table["upper"] < 0)).sum()
    assert f"| 95 % intervals that exclude zero | {outside} |" in summary(comparison, theirs, ours)


def test_p_values_are_uniform_for_equal_models(theirs: dict[str, Moments]) -> None:
    # Days drawn from a normal distribution with the package's covariances, for both sides.
    random = np.random.default_rng(SEED)
    base = theirs["base"]
    joint, single = [], []
    for _ in range(300):
        sides = [random.multivariate_normal(base.mean, base.covariance, days) for days in (40, 90)]
        comparison = compare(*({"base": Moments.of(pd.DataFrame(side, columns=list(OUTCOMES)))} for side in sides))
        joint.append(comparison.joint["base"][1])
        single.append(comparison.table["p"].iloc[0])
    assert kstest(joint, "uniform").pvalue > SIGNIFICANT
    assert kstest(single, "uniform").pvalue > SIGNIFICANT
    assert (
        kstest([fisher(np.array(pair))[1] for pair in zip(joint[::2], joint[1::2], strict=True)], "uniform").pvalue
        > SIGNIFICANT
    )
