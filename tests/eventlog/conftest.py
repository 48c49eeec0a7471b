"""A small scenario with all its rows, and its logs."""

from __future__ import annotations

import os

import pytest

import sim
from sim.engine import Records
from sim.eventlog import Cases, EventLog

os.environ["PM4PY_SHOW_PROGRESS_BAR"] = "False"  # read when pm4py is imported

GOVERNANCES = ("current", "coordinated")
SHORT = """
extends = "shipped:vannas"
name = "short"
title = "A short one"

[time]
warm_up_days = { value = 30, low = 30, high = 730, source = "assumption" }
pre_period_days = { value = 30, low = 30, high = 730, source = "assumption" }
follow_up_days = { value = 60, low = 30, high = 730, source = "assumption" }
"""


@pytest.fixture(scope="session")
def short(tmp_path_factory: pytest.TempPathFactory) -> sim.Scenario:
    path = tmp_path_factory.mktemp("scenario") / "short.toml"
    path.write_text(SHORT, encoding="utf-8")
    return sim.load(path)


@pytest.fixture(scope="session")
def compared(short: sim.Scenario) -> sim.Experiment:
    return sim.compare(short, GOVERNANCES, replications=1, seed=3, records=True)


@pytest.fixture(scope="session")
def records(compared: sim.Experiment) -> dict[str, Records]:
    return {arm.governance: arm.records for arm in compared.replications[0].arms}


@pytest.fixture(scope="session")
def person_log(short: sim.Scenario, records: dict[str, Records]) -> EventLog:
    """All care of everybody, from the beginning."""
    return EventLog(short, "coordinated", 3, 0, records["coordinated"], first_day=-60)


@pytest.fixture(scope="session")
def need_log(short: sim.Scenario, records: dict[str, Records]) -> EventLog:
    return EventLog(short, "coordinated", 3, 0, records["coordinated"], Cases.NEED, first_day=-60)
