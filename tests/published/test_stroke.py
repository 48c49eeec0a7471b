"""Monks et al. (2016), acute and community stroke services: our replications against Erlang B and the paper."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import poisson, spearmanr

from tests.published.stroke import (
    DAY,
    RING_FENCED,
    SCENARIOS,
    WARM_UP_DAYS,
    Beds,
    Kind,
    Outcome,
    Parameters,
    Unit,
    replication,
)
from tests.published.stroke_published import BOTH, PUBLISHED, REPRODUCED, TABLE_3, Cell, impossible, only
from tests.published.stroke_tables import (
    BEGIN,
    DIFFERS,
    DOCUMENT,
    END,
    SAME,
    audited,
    audits,
    closed_form,
    delay,
    document,
    erlang_b,
    exact,
    offered,
    ratio,
    refused,
    verdict,
)

REPLICATIONS = 40
"""Of five years each; the document has the paper's 150."""
CONFIDENCE = 0.999
DEDICATED = [cell for cell in PUBLISHED if cell.table != "3"]
BY_QUESTION = {(cell.scenario, cell.unit): [] for cell in DEDICATED}
for cell in DEDICATED:
    BY_QUESTION[cell.scenario, cell.unit].append(cell)
MISPRINT = Cell("S2", "no complex-neurological", Unit.ACUTE, only(Unit.ACUTE, 15), 0.01, 95)
"""Fewer patients between delays than with 14 beds."""


def changed(field: str, index: int, value: object) -> Parameters:
    """Parameters with one value changed."""
    values = getattr(Parameters(), field)
    return replace(Parameters(), **{field: (*values[:index], value, *values[index + 1 :])})


def test_both_engines_record_the_same():
    runs = [
        replication(Parameters(died=0.3), 7, Beds(6, 7, 2), engine=engine, warm_up_days=60, days=300)
        for engine in ("compiled", "simpy")
    ]
    assert runs[0] == runs[1]
    assert runs[0].accumulators == runs[1].accumulators
    assert np.array_equal(runs[0].world.audit.days, runs[1].world.audit.days)
    frame = runs[0].frame(kinds=Unit, outcomes=Outcome)
    assert set(frame["outcome"]) == {"ADMITTED", "DELAYED"}
    assert set(frame["unit"].dropna()) == {"acute beds", "rehabilitation beds", "pooled beds"}
    assert (frame["unit"].isna() == (frame["outcome"] == "DELAYED")).all()
    assert set(frame["detail"]) == set(Kind)


def test_the_records_tell_the_audited_demand():
    rows = replication(Parameters(), 3)
    ended = np.where(rows.ended < 0, np.iinfo(np.int64).max, rows.ended)
    days = np.zeros_like(np.array(rows.world.audit.days))
    for time in range(WARM_UP_DAYS * DAY, rows.world.clock[0], DAY):
        present = (rows.asked <= time) & (time < ended)
        days[tuple(int((present & (rows.kind == unit)).sum()) for unit in BOTH)] += 1
    assert days.sum() == 5 * 365
    assert np.array_equal(days, rows.world.audit.days)


def test_the_demand_is_the_same_with_few_beds_and_many():
    ample, few = replication(Parameters(), 5), replication(Parameters(), 5, Beds(3, 4, 1))
    assert (few.outcome == Outcome.DELAYED).mean() > 0.2
    assert not (ample.outcome == Outcome.DELAYED).any()
    assert np.array_equal(ample.ended, few.ended)
    assert np.array_equal(ample.world.audit.days, few.world.audit.days)


def test_stays_have_the_published_means_and_deviations():
    """Delay depends on the means alone, so that a wrong deviation would be seen nowhere else."""
    runs = [replication(Parameters(), number) for number in range(10)]
    unit, kind, days = (
        np.concatenate([values(rows)[rows.asked < rows.world.clock[0] - 1000 * DAY] for rows in runs])
        for values in (lambda r: r.kind, lambda r: r.detail, lambda r: (r.ended - r.asked) / DAY)
    )
    assert days.min() > 0
    for number, stays in enumerate((Parameters().acute_stay, Parameters().rehabilitation_stay)):
        for group in (Kind.TIA, Kind.COMPLEX_NEUROLOGICAL, Kind.OTHER):
            logs = np.log(days[(unit == number) & (kind == group)])
            mean, deviation = stays[group]
            sigma = math.sqrt(math.log1p((deviation / mean) ** 2))
            margin = 3.3 * sigma / math.sqrt(len(logs))
            assert logs.mean() == pytest.approx(math.log(mean) - sigma**2 / 2, abs=margin)
            assert logs.std() == pytest.approx(sigma, abs=margin / math.sqrt(2))


def test_the_two_stays_of_a_patient_are_not_correlated():
    """As the paper assumes; the numbers in the units would not show it."""
    pairs = []
    for number in range(10):
        rows = replication(Parameters(), number)
        stays = []
        for unit in BOTH:
            chosen = (rows.detail == Kind.STROKE) & (rows.kind == unit) & (rows.ended >= 0)
            stays.append(dict(zip(rows.person[chosen], (rows.ended - rows.asked)[chosen], strict=True)))
        pairs += [(stays[0][person], stays[1][person]) for person in stays[0].keys() & stays[1].keys()]
    assert len(pairs) > 5000
    assert abs(spearmanr(*zip(*pairs, strict=True)).statistic) < 3.3 / math.sqrt(len(pairs))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_needs_are_independent_poisson_numbers(scenario):
    days = audits(SCENARIOS[scenario](Parameters()), REPLICATIONS)
    numbers = np.arange(days.shape[1])
    for axis, load in zip((2, 1), offered(SCENARIOS[scenario](Parameters())), strict=True):
        of_unit = days.sum(axis)
        mean = ratio(of_unit @ numbers, of_unit.sum(1), CONFIDENCE)
        variance = ratio(of_unit @ (numbers - load) ** 2, of_unit.sum(1), CONFIDENCE)
        assert mean.holds(load)
        assert variance.holds(load)
        assert mean.high - mean.low < 0.08 * load
    acute, rehabilitation = offered(SCENARIOS[scenario](Parameters()))
    product = np.outer(numbers - acute, numbers - rehabilitation)
    # Shifted by a constant, because a ratio is not below zero.
    covariance = ratio((days * (product + 10)).sum((1, 2)), days.sum((1, 2)), CONFIDENCE)
    assert covariance.holds(10.0)


@pytest.mark.parametrize(("scenario", "unit"), BY_QUESTION, ids=lambda value: getattr(value, "name", value))
def test_delay_from_the_audits_agrees_with_erlang_b(scenario, unit):
    load = offered(SCENARIOS[scenario](Parameters()))[unit]
    for cell in BY_QUESTION[scenario, unit]:
        ours, truth = audited(cell, REPLICATIONS, confidence=CONFIDENCE), erlang_b(int(cell.number), load)
        assert ours.holds(truth), (cell, ours, truth)
        # Delays that are rare are the less precise.
        assert ours.high - ours.low < 0.12 * math.sqrt(truth), (cell, ours)


@pytest.mark.parametrize(
    ("scenario", "unit", "beds"),
    [
        ("current admissions", Unit.ACUTE, 10),
        ("current admissions", Unit.REHABILITATION, 12),
        ("5 % more admissions", Unit.ACUTE, 14),
        ("no complex-neurological", Unit.REHABILITATION, 12),
        (RING_FENCED, Unit.ACUTE, 10),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_share_without_a_real_bed_agrees_with_erlang_b(scenario, unit, beds):
    cell = next(cell for cell in BY_QUESTION[scenario, unit] if cell.number == str(beds))
    ours, truth = refused(cell, REPLICATIONS, CONFIDENCE), exact(cell)
    assert ours.holds(truth), (ours, truth)
    assert ours.high - ours.low < 0.5 * truth


@pytest.mark.parametrize("tails", [False, True], ids=["loss formula", "tails"])
def test_pooled_delay_from_the_audits_agrees_with_the_closed_form(tails):
    for cell in PUBLISHED:
        if cell.table == "3":
            ours = audited(cell, REPLICATIONS, tails, CONFIDENCE)
            assert ours.holds(exact(cell, tails)), (cell, ours)
            assert ours.high - ours.low < 0.25 * math.sqrt(ours.value)


def test_the_loss_formula_is_erlang_b_where_beds_are_all_dedicated_or_all_pooled():
    loads = offered(Parameters())
    for beds in range(1, 30):
        for unit in BOTH:
            assert closed_form(loads, only(unit, beds), unit) == pytest.approx(erlang_b(beds, loads[unit]))
            assert closed_form(loads, Beds(0, 0, beds), unit) == pytest.approx(erlang_b(beds, sum(loads)))
            both = Beds(beds, beds + 1, 0)
            assert closed_form(loads, both, unit) == pytest.approx(erlang_b(beds + unit, loads[unit]))


def test_partial_pooling_is_that_of_the_additional_file():
    """Its example: 14 acute and 12 rehabilitation beds, two of the acute ones pooled."""
    acute, rehabilitation = (poisson(load) for load in offered(Parameters()))
    tail = rehabilitation.sf(11), rehabilitation.sf(12), rehabilitation.sf(13)
    only_acute, both = acute.sf(13) * rehabilitation.cdf(11), acute.sf(13) * tail[0]
    both += acute.pmf(13) * tail[1] + acute.pmf(12) * tail[2]
    delayed = closed_form(offered(Parameters()), Beds(12, 12, 2), Unit.ACUTE, tails=True)
    assert delayed == pytest.approx(only_acute + both)
    # Rehabilitation by its words (only rehabilitation: 14 or more and fewer than 12 acute), not its misprinted sum.
    tail = acute.sf(11), acute.sf(12), acute.sf(13)
    delayed = closed_form(offered(Parameters()), Beds(12, 12, 2), Unit.REHABILITATION, tails=True)
    both = rehabilitation.sf(13) * tail[0] + rehabilitation.pmf(13) * tail[1] + rehabilitation.pmf(12) * tail[2]
    assert delayed == pytest.approx(rehabilitation.sf(13) * acute.cdf(11) + both)


def test_published_results_lie_within_chance_and_rounding():
    differing = [cell for cell in PUBLISHED if verdict(cell, audited(cell, REPLICATIONS)) == DIFFERS]
    assert differing == [MISPRINT]
    assert [cell for cell in PUBLISHED if verdict(cell) == DIFFERS] == [MISPRINT]


def test_table_2_is_reproduced_within_chance():
    """Not only within the rounding of the inputs, but for beds that are rarely all taken."""
    cells = [cell for cell in PUBLISHED if cell.table == "2"]
    assert len(cells) == 22
    assert sum(verdict(cell, audited(cell, REPLICATIONS)) == SAME for cell in cells) >= 20


def test_the_reproduction_is_reproduced():
    """With the stays of the dying as it reads them; within chance, without the rounding of inputs."""
    dying = Parameters(died=1.0)
    days = audits(dying, REPLICATIONS)
    for (unit, beds), reproduced in REPRODUCED.items():
        tails = beds.pooled > 0 and beds.acute > 0
        ours = ratio(*delay(days, beds, unit, tails), CONFIDENCE)
        assert ours.holds(closed_form(offered(dying), beds, unit, tails))
        assert ours.low <= 1 / (reproduced - 0.5), (unit, beds)
        assert ours.high >= 1 / (reproduced + 0.5), (unit, beds)


def test_published_results_that_cannot_be_right_are_known():
    wrong = {(cell.table, cell.unit, cell.number) for cell in impossible()}
    assert wrong == {
        *(("S2", Unit.REHABILITATION, number) for number in ("12", "13", "14")),  # p(delay) halved
        ("3", Unit.ACUTE, "11 + 11 + 4"),
        (MISPRINT.table, MISPRINT.unit, MISPRINT.number),
    }


MUTANTS = {
    "gap of strokes": changed("acute_gap", 0, 1.0),
    "gap of others, digits swapped": changed("acute_gap", 3, 2.3),
    "no strokes from outside to rehabilitation": changed("rehabilitation_gap", 0, math.inf),
    "stay of others, its standard deviation": changed("acute_stay", 3, (5.2, 3.8)),
    "stay of complex-neurological patients, its median": changed("acute_stay", 2, (2.0, 5.0)),
    "stay of strokes to ESD for all": changed("acute_stay", 0, (4.6, 4.8)),
    "stay in rehabilitation, its median": changed("rehabilitation_stay", 0, (20.0, 27.2)),
    "complex-neurological stay as others": changed("rehabilitation_stay", 2, (16.1, 14.1)),
    "strokes to rehabilitation": changed("to_rehabilitation", 0, 0.30),
    "complex-neurological to rehabilitation": changed("to_rehabilitation", 2, 0.24),
    "rows of the matrix swapped": replace(
        Parameters(), to_rehabilitation=Parameters().to_esd, to_esd=Parameters().to_rehabilitation
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_wrong_parameter_would_be_seen_in_the_published_results(mutant):
    differing = {cell for cell in PUBLISHED if verdict(cell, base=mutant) == DIFFERS}
    assert len(differing - {MISPRINT}) >= 5


@pytest.mark.parametrize(
    ("field", "index", "value", "unit"),
    [
        ("to_rehabilitation", 0, 0.27, Unit.REHABILITATION),
        ("to_esd", 0, 0.40, Unit.ACUTE),
        ("acute_stay", 0, (7.9, 8.6), Unit.ACUTE),
        ("rehabilitation_stay", 0, (24.0, 27.2), Unit.REHABILITATION),
        ("rehabilitation_stay", 4, (60.0, 23.1), Unit.REHABILITATION),
        ("acute_gap", 2, 4.6, Unit.ACUTE),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_a_flow_that_did_something_else_would_be_seen(field, index, value, unit):
    """What the flow does is held to the closed form closely enough to tell this much apart."""
    mutant = changed(field, index, value)
    days = audits(mutant, REPLICATIONS)
    beds = {Unit.ACUTE: 10, Unit.REHABILITATION: 12}[unit]
    seen = ratio(*delay(days, only(unit, beds), unit), CONFIDENCE)
    assert seen.holds(erlang_b(beds, offered(mutant)[unit]))
    assert not seen.holds(erlang_b(beds, offered(Parameters())[unit]))


def fixed_columns(lines: list[str]) -> list[tuple[str, ...]]:
    """The cells of the tables that do not come from replications."""
    rows, kept = [], None
    for line in lines:
        if not line.startswith("|"):
            kept = None
            continue
        values = [value.strip() for value in line.strip("|\n").split("|")]
        kept = kept or [k for k, value in enumerate(values) if "ours" not in value]
        rows.append(tuple(values[k] for k in kept))
    return rows


def test_the_document_has_the_tables_of_the_command():
    text = DOCUMENT.read_text(encoding="utf-8")
    written = text.split(BEGIN)[1].split(END)[0].split("\n")
    assert fixed_columns(written) == fixed_columns(document(2))
    assert len(fixed_columns(written)) > len(PUBLISHED) + len(TABLE_3)
    assert "150 replications" in written[1]
