"""Planning (planering): which of many ways to staff is best, at what cost, and how surely.

``ranking`` selects; ``variables``, ``staffing`` and ``costing`` say what a design is; ``plan`` reads the table
``[plan]``; ``running`` and ``archive`` run designs; ``planning`` and ``findings`` make the answers, ``folder`` writes
them.
"""
