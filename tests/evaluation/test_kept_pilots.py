"""The pilots' result that is kept, results/pilots: of the shipped library, whole, and coming out again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.cli.ensemble import with_sets
from sim.evaluation.judging import SHOWN
from sim.evaluation.pilot_folder import ORIGIN, first_of
from sim.evaluation.piloting import run_once
from sim.evaluation.pilots import COMPARED, Pilot, library, load_pilot
from sim.evaluation.reach import asked_of
from sim.evaluation.untouched import PUBLISHED, RULES, UNTOUCHED
from sim.evaluation.verdict import PARTS
from sim.runs.identity import data_digest
from tests.docs.untouched import KEPT, PAGE, tables, within

AGAIN = "the model, a pilot or the ensemble has changed since: make pilots, and tell what moved"
SMALL = "skelleftea-mobilt-team"
"""A pilot of a small region, whose first replication is run again."""
STUDIES = ("before_after", "unchanged", "randomised", "truth")
HELD = ["pilot", "metric", "claimed", *(f"{name}{end}" for name in STUDIES for end in ("", "_low", "_high")), "n"]

LEAST = 6
"""Replications of the kept result, as `make pilots` asks for."""

pytestmark = [pytest.mark.regression, pytest.mark.verify]


@pytest.fixture(scope="module")
def pilots() -> dict[str, Pilot]:
    return {name: load_pilot(name) for name in library()}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.read_csv(KEPT / "pilots.csv", keep_default_na=True)


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    return pd.read_csv(KEPT / PUBLISHED).set_index("figure")


def test_it_is_of_the_shipped_library_over_the_ensemble(pilots: dict[str, Pilot]) -> None:
    origin = json.loads((KEPT / ORIGIN).read_text(encoding="utf-8"))["pilots"]
    assert set(origin) == set(pilots), AGAIN
    for name, pilot in pilots.items():
        shipped = with_sets(pilot.scenario, "")
        assert origin[name]["scenario"] == data_digest(shipped.counted()), (name, AGAIN)
        assert origin[name]["parameter_sets"] > 0, name
        assert origin[name]["replications"] >= LEAST, name


def test_its_first_replication_comes_out_again(pilots: dict[str, Pilot]) -> None:
    kept = json.loads((KEPT / ORIGIN).read_text(encoding="utf-8"))
    pilot = pilots[SMALL]
    again = first_of(run_once(Pilot(**{**vars(pilot), "scenario": with_sets(pilot.scenario, "")}), kept["seed"], 0))
    # Elsewhere a last digit may differ, and with it which way somebody goes: chance, not another model.
    assert again == pytest.approx(kept["pilots"][SMALL]["first"], rel=0.1), AGAIN


def test_every_pilot_has_its_rows_with_intervals(pilots: dict[str, Pilot], table: pd.DataFrame) -> None:
    assert set(HELD) <= set(table)
    assert set(table.pilot) == set(pilots)
    for name, rows in table.groupby("pilot"):
        pilot = pilots[str(name)]
        assert list(rows.metric[: len(pilot.claims)]) == [claim.metric for claim in pilot.claims]
        assert set(SHOWN) <= set(rows.outcome)
        assert (rows.n == pilot.n).all()
    of_people = table[table.outcome.isin(COMPARED)]
    for study in STUDIES:
        low, value, high = (of_people[f"{study}{end}"] for end in ("_low", "", "_high"))
        assert ((low <= value) & (value <= high)).mean() > 0.95, study  # but of what is hardly ever used
    assert (of_people["null"] == 0.0).all()


def test_levers_and_spill_over_are_the_truth(pilots: dict[str, Pilot]) -> None:
    parts = pd.read_csv(KEPT / "decomposition.csv")
    for (name, _), rows in parts.groupby(["pilot", "outcome"]):
        assert list(rows.part) == [*PARTS, *pilots[str(name)].levers]
        assert np.isfinite(rows.per_person_year).all()
    assert set(parts.pilot) == set(pilots)


def test_what_each_claim_would_take_is_answered(pilots: dict[str, Pilot]) -> None:
    answers = pd.read_csv(KEPT / "reach.csv").set_index("pilot")
    asked = {name: goal for name, pilot in pilots.items() if (goal := asked_of(pilot)) is not None}
    assert set(answers.index) == set(asked)
    for name, (outcome, goal) in asked.items():
        assert (answers.outcome[name], answers.goal[name]) == (outcome, pytest.approx(goal))
        assert (answers.best[name] <= goal) == answers.reached[name]


def test_it_has_a_figure_of_each_pilot_and_says_what_may_be_concluded(pilots: dict[str, Pilot]) -> None:
    for name in (*pilots, "pilots"):
        assert (KEPT / "figures" / f"{name}.png").stat().st_size > 10_000, name
    report = (KEPT / "report.html").read_text(encoding="utf-8")
    for name in pilots:
        section = report.split(f'<h2 id="{name}">')[1].split("</section>")[0]
        assert "May be concluded:" in section, name
        assert "May not be concluded:" in section, name


def test_where_nothing_was_done_it_falls_as_published(figures: pd.DataFrame) -> None:
    assert list(pd.read_csv(KEPT / UNTOUCHED).rule) == [rule.name for rule in RULES]
    who = "change of admissions of people of 65 and over with at least"
    for times in ("two", "three"):
        # England: at least -74 % in the first year after.
        assert figures.simulated_low[f"{who} {times}"] <= -0.737, times
        assert figures.simulated[f"{who} {times}"] <= -0.7, times
    # 25 studies: 0.63, half of them from 0.41 to 0.71.
    assert 0.4 <= figures.simulated["frequent emergency visitors, visits next year over visits this year"] <= 0.85


@pytest.mark.docs
def test_the_page_has_its_tables() -> None:
    page = Path(PAGE).read_text(encoding="utf-8")
    for name, text in tables(KEPT).items():
        assert within(page, name) == text, "python -m tests.docs.untouched"
