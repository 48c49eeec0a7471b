"""Outcomes (utfall): from the records of a run to tables."""

from sim.outcomes.inputs import (
    MONTH,
    AgeClass,
    PeopleTable,
    Unit,
    Window,
)
from sim.outcomes.measuring import Measurement, measure, measure_arm, measure_persons
from sim.outcomes.names import OUTCOMES, OutcomeInfo
from sim.outcomes.table import Margin, OutcomeTable, Row

__all__ = [
    "MONTH",
    "OUTCOMES",
    "AgeClass",
    "Margin",
    "Measurement",
    "OutcomeInfo",
    "OutcomeTable",
    "PeopleTable",
    "Row",
    "Unit",
    "Window",
    "measure",
    "measure_arm",
    "measure_persons",
]
