"""Narvard: a discrete-event simulation of care flows around frail people.

The names a user needs are here; they are imported on first use, so that commands which only read a scenario
start without numba's compiler.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sim.version import __version__

if TYPE_CHECKING:
    from sim.experiment.rerun import rerun as rerun
    from sim.experiment.running import Experiment as Experiment
    from sim.experiment.running import compare as compare
    from sim.experiment.running import run as run
    from sim.scenario import Leaf as Leaf
    from sim.scenario import Scenario as Scenario
    from sim.scenario import ScenarioError as ScenarioError
    from sim.scenario import load as load
    from sim.statistics.precision import Target as Target
    from sim.sweeps.sweep_reproduce import reproduce as reproduce
    from sim.sweeps.sweeping import Sweep as Sweep
    from sim.sweeps.sweeping import sweep as sweep
    from sim.validation.validation import Validation as Validation
    from sim.validation.validation import validate as validate

# Public name -> the room it comes from. Those of evaluation and planning are not imported above: the rooms below them
# take the version from here, and would thereby import from above themselves.
_ROOMS = {
    "load": "sim.scenario",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
    "Leaf": "sim.scenario",
    "Experiment": "sim.experiment.running",
    "Target": "sim.statistics.precision",
    "compare": "sim.experiment.running",
    "reproduce": "sim.sweeps.sweep_reproduce",
    "rerun": "sim.experiment.rerun",
    "run": "sim.experiment.running",
    "Evaluation": "sim.evaluation.evaluating",
    "Study": "sim.evaluation.study",
    "evaluate": "sim.evaluation.evaluating",
    "Sweep": "sim.sweeps.sweeping",
    "sweep": "sim.sweeps.sweeping",
    "Validation": "sim.validation.validation",
    "validate": "sim.validation.validation",
    "load_pilot": "sim.evaluation.pilots",
    "Pilot": "sim.evaluation.pilots",
    "try_pilot": "sim.evaluation.judging",
    "Verdict": "sim.evaluation.judging",
    "Planned": "sim.planning.planning",
    "marginals": "sim.planning.planning",
    "payers": "sim.planning.findings",
    "planned": "sim.planning.plan",
    "run_plan": "sim.planning.planning",
}

__all__ = [
    "Evaluation",
    "Experiment",
    "Leaf",
    "Pilot",
    "Planned",
    "Scenario",
    "ScenarioError",
    "Study",
    "Sweep",
    "Target",
    "Validation",
    "Verdict",
    "__version__",
    "compare",
    "evaluate",
    "load",
    "load_pilot",
    "marginals",
    "payers",
    "planned",
    "reproduce",
    "rerun",
    "run",
    "run_plan",
    "sweep",
    "try_pilot",
    "validate",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)


def __dir__() -> list[str]:
    """Public names, loaded or not."""
    return sorted(__all__)
