"""Experiments (experiment): replications of a scenario under one or several governances, compared person by person."""

from sim.experiment.archive import Damaged, OtherExperiment
from sim.experiment.assigned import Assignment, AtStart, Followed, follow
from sim.experiment.comparison import Difference, compare_tables
from sim.experiment.folder import write, write_warm_up
from sim.experiment.identity import NoExperiment
from sim.experiment.precision import Rule, Target
from sim.experiment.replication import Arm, Replication, replicate
from sim.experiment.reproduce import Reproduction
from sim.experiment.rerun import Differs
from sim.experiment.running import Experiment, compare, run
from sim.experiment.sweep_folder import write_sweep
from sim.experiment.sweeping import Sweep, sweep
from sim.experiment.validation import Validation, Verdict, validate, write_validation

__all__ = [
    "Arm",
    "Assignment",
    "AtStart",
    "Damaged",
    "Difference",
    "Differs",
    "Experiment",
    "Followed",
    "NoExperiment",
    "OtherExperiment",
    "Replication",
    "Reproduction",
    "Rule",
    "Sweep",
    "Target",
    "Validation",
    "Verdict",
    "compare",
    "compare_tables",
    "follow",
    "replicate",
    "run",
    "sweep",
    "validate",
    "write",
    "write_sweep",
    "write_validation",
    "write_warm_up",
]
