"""The errors of scenario files: those of every file, under the name by which scenarios know them."""

from sim.problems import Problem, ScenarioError, nearest

__all__ = ["Problem", "ScenarioError", "nearest"]
