"""Scenario files: from TOML layers to a validated, frozen scenario."""

from __future__ import annotations

from sim.problems import Problem, ScenarioError
from sim.scenario.reader import load
from sim.scenario.region import Area, Municipality, Region, Staffing
from sim.scenario.scenario import Leaf, Scenario
from sim.scenario.schema import Parameter, Rule, Schema, ordered

__all__ = [
    "Area",
    "Leaf",
    "Municipality",
    "Parameter",
    "Problem",
    "Region",
    "Rule",
    "Scenario",
    "ScenarioError",
    "Schema",
    "Staffing",
    "load",
    "ordered",
]
