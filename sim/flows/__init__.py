"""The model: how people fall ill, seek help, are treated, wait and go home; written once, run by both engines.

One noun per file. A process is a generator function that yields commands of :mod:`sim.language`; a rule is a plain
function. Both take the world ``w`` first. Nothing here draws a number except through a key, and nothing here states
an effect on admissions or days: effects come from who answers, how fast, and what can be done there.
"""
