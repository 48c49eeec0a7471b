"""A plan whose replications take a fraction of a second."""

from __future__ import annotations

from pathlib import Path

from sim.planning.plan import Plan, planned
from sim.scenario import Scenario, load
from tests.experiment.tiny import TINY

PLAN = """
[plan]
zone_days = 5
screen = 2
screening = "pooled"
first = 4
most = 6
around = 2

[plan.vary]
mobile_team.doctors.surrounding = [1, 2, 4]
mobile_team.closes_hour = { low = 17, high = 20, step = 3 }
"""


def scenario_of(folder: Path, text: str = PLAN, name: str = "tiny.toml") -> Scenario:
    """The tiny scenario with a plan."""
    path = folder / name
    path.write_text(TINY + text, encoding="utf-8")
    return load(path)


def plan_of(folder: Path, text: str = PLAN) -> Plan:
    """The plan of the tiny scenario."""
    return planned(scenario_of(folder, text))
