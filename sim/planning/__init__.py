"""Planning (planering): which of many ways to staff is best, at what cost, and how surely.

``ranking`` selects; ``variables``, ``staffing`` and ``costing`` say what a design is; ``plan`` reads the table
``[plan]``; ``running`` and ``archive`` run designs; ``planning`` and ``findings`` make the answers, ``folder`` writes
them.
"""

from sim.planning.plan import Plan, planned
from sim.planning.planning import Planned, run_plan
from sim.planning.ranking import Rule, Selection, select

__all__ = ["Plan", "Planned", "Rule", "Selection", "planned", "run_plan", "select"]
