"""Scenarios over the small region, made once."""

from __future__ import annotations

import pytest

from sim.scenario import Scenario
from tests.model.small import SHORT, YEAR, small_scenario


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """The shipped scenario over the small region, 130 days."""
    return small_scenario(tmp_path_factory.mktemp("small"), SHORT)


@pytest.fixture(scope="session")
def small_year(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """The same with a year of follow-up."""
    return small_scenario(tmp_path_factory.mktemp("small-year"), YEAR)
