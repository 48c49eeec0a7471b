"""Narvard: a discrete-event simulation of care flows around frail people.

The names a user needs are here; they are imported on first use, so that commands which only read a scenario
start without numba's compiler.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiment import Experiment as Experiment
    from sim.experiment import Sweep as Sweep
    from sim.experiment import Target as Target
    from sim.experiment import Validation as Validation
    from sim.experiment import compare as compare
    from sim.experiment import run as run
    from sim.experiment import sweep as sweep
    from sim.experiment import validate as validate
    from sim.experiment.reproduce import reproduce as reproduce
    from sim.experiment.rerun import rerun as rerun
    from sim.scenario import Leaf as Leaf
    from sim.scenario import Scenario as Scenario
    from sim.scenario import ScenarioError as ScenarioError
    from sim.scenario import load as load

__version__ = "0.1.0"

# Public name -> the room it comes from. Those of evaluation and planning are not imported above: the rooms below them
# take the version from here, and would thereby import from above themselves.
_ROOMS = {
    "load": "sim.scenario",
    "Scenario": "sim.scenario",
    "ScenarioError": "sim.scenario",
    "Leaf": "sim.scenario",
    "Experiment": "sim.experiment",
    "Target": "sim.experiment",
    "compare": "sim.experiment",
    "reproduce": "sim.experiment.reproduce",
    "rerun": "sim.experiment.rerun",
    "run": "sim.experiment",
    "Evaluation": "sim.evaluation.evaluating",
    "Study": "sim.evaluation.study",
    "evaluate": "sim.evaluation.evaluating",
    "Sweep": "sim.experiment",
    "sweep": "sim.experiment",
    "Validation": "sim.experiment",
    "validate": "sim.experiment",
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
