"""Kernels with one rule broken each, as changes of the kernel's text: the agreement tests have to notice all of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sim.engine.modules import PlainModules

KERNEL = Path(__file__).parents[2] / "sim" / "engine" / "kernel.py"
CHANGES = "apply_changes(state.changes, state.ints, state.resources, state.rings, scalars)"

MUTANTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    # --- the order of one instant
    "deadlines before what is resumed": (
        (
            "if scalars[RESUMED_HEAD] < scalars[RESUMED_TAIL]:\n        frame",
            "if scalars[RESUMED_HEAD] < scalars[RESUMED_TAIL] and not on_time:\n        frame",
        ),
    ),
    "starts after what is resumed": (
        (
            "if scalars[STARTS_HEAD] < scalars[STARTS_TAIL]:\n        frame",
            "if scalars[STARTS_HEAD] < scalars[STARTS_TAIL] and scalars[RESUMED_HEAD] == scalars[RESUMED_TAIL]:\n"
            "        frame",
        ),
    ),
    "what is resumed before ends of holds": (
        (
            "if on_time and heap[1] < DEADLINE:",
            "if on_time and heap[1] < DEADLINE and scalars[RESUMED_HEAD] == scalars[RESUMED_TAIL]:",
        ),
    ),
    "what is resumed last goes first": (
        (
            "    rings[scalars[RESUMED_TAIL] & (scalars[RING] - 1)] = frame\n    scalars[RESUMED_TAIL] += 1",
            "    scalars[RESUMED_HEAD] -= 1\n    rings[scalars[RESUMED_HEAD] & (scalars[RING] - 1)] = frame",
        ),
    ),
    "what is spawned last starts first": (
        (
            "    rings[scalars[RING] + (scalars[STARTS_TAIL] & (scalars[RING] - 1))] = frame\n"
            "    scalars[STARTS_TAIL] += 1",
            "    scalars[STARTS_HEAD] -= 1\n"
            "    rings[scalars[RING] + (scalars[STARTS_HEAD] & (scalars[RING] - 1))] = frame",
        ),
    ),
    "ends of holds in the order of processes, not of planning": (
        (
            "scalars[NOW] + seconds, scalars[NUMBER] << FRAME_BITS | frame)",
            "scalars[NOW] + seconds, frame)",
        ),
    ),
    "what lies at the horizon is processed": (
        (
            "if time >= until:",
            "if time >= until and (scalars[HEAP] == 0 or state.heap[0] != until):",
        ),
    ),
    # --- holds
    "hold(0) does not wait": (
        ("    if seconds == 0:\n        resume(", "    if seconds == 0:\n        return 1\n        resume("),
    ),
    "hold(0) goes before what was granted": (
        ("    if seconds == 0:\n        resume(", "    if False:\n        resume("),
    ),
    # --- queues
    "release does not serve": (
        (
            "    serve(r, ints, resources, state.rings, scalars)\n    return 1",
            "    return 1",
        ),
    ),
    "a queue is served one unit too far": (
        (
            "resources[at + WAITING] > 0 and resources[at + USED] <",
            "resources[at + WAITING] > 0 and resources[at + USED] <=",
        ),
    ),
    "priorities are ignored": (("ints[at + PRIORITY] = command[2]", "command[2] = 0\n    ints[at + PRIORITY] = 0"),),
    "the highest number goes first": (
        (
            "        priority = 0\n        while resources[at + HEADS + priority] < 0:\n            priority += 1",
            "        priority = QUEUES - 1\n        while resources[at + HEADS + priority] < 0:\n            priority -= 1",
        ),
    ),
    "last come, first served": (
        (
            "    tail = r * RESOURCE + TAILS + priority\n    last = resources[tail]\n",
            "    tail = r * RESOURCE + TAILS + priority\n    last = -1\n",
        ),
    ),
    # --- patience
    "patience 0 gives up at once": (
        (
            "    if command[3] >= 0:\n",
            "    if command[3] == 0:\n        leave(at, True, ints, state.resources, scalars)\n        return first - 1\n"
            "    if command[3] >= 0:\n",
        ),
    ),
    "patience 0 waits for ever": (("    if command[3] >= 0:\n", "    if command[3] > 0:\n"),),
    "a deadline counts though the unit was granted": (("if ints[at + TICKET] != ticket:", "if False:"),),
    "who gave up stays in the queue": (
        ("    leave(at, True, ints, state.resources, scalars)\n    scalars[SENT]", "    scalars[SENT]"),
    ),
    # --- seize_first
    "seize_first takes the last that is free": (
        (
            "for place in range(command[1]):\n        r = command[ARGUMENTS + place]\n        if resources",
            "for place in range(command[1] - 1, -1, -1):\n        r = command[ARGUMENTS + place]\n        if resources",
        ),
    ),
    "seize_first waits in one queue only": (("return wait(frame, command[1], 0,", "return wait(frame, 1, 0,"),),
    "who is served stays in the other queues": (
        ("    for place in range(ints[at + PLACES]):", "    for place in range(min(1, ints[at + PLACES])):"),
    ),
    "seize_first tells the first queue, whichever served": (
        ("        ints[waiting + FIRST] += (node - waiting - scalars[NODES]) // NODE\n", ""),
    ),
    "seize_first that gave up tells the first queue": (("scalars[SENT] = ints[at + FIRST] - 1", "scalars[SENT] = 0"),),
    # --- amend
    "amend rewrites the last row": (
        ("    rows.started[row] = command[2]\n", "    row = scalars[ROWS] - 1\n    rows.started[row] = command[2]\n"),
    ),
    "amend leaves outcome and detail": (
        ("    rows.outcome[row] = command[4]\n    rows.detail[row] = command[5]\n", ""),
    ),
    "amend waits": (
        ("    rows.detail[row] = command[5]\n    return 1", "    rows.detail[row] = command[5]\n    return AMENDED"),
        ("    if hurdle(command, scalars) or amend(command,", "    if True or amend(command,"),
        (
            "    return amend(state.command, rows, scalars)\n",
            "    return put_off(amend(state.command, rows, scalars), frame, state, scalars)\n",
        ),
        (
            "@inner\ndef carry_out(",
            "AMENDED = -9\n\n\n@inner\ndef put_off(sent, frame, state, scalars):\n    if sent != AMENDED:\n        return sent\n"
            "    resume(frame, state.rings, scalars)\n    return WAIT\n\n\n@inner\ndef carry_out(",
        ),
    ),
    # --- quick functions
    "a unit that is not free is taken on the quick way": (
        ("    if resources[r * RESOURCE + USED] >= resources[r * RESOURCE + CAPACITY]:\n        return REFUSED\n", ""),
    ),
    "the quick way refuses what it has done": (("    scalars[COMMANDS] += 1\n    return row", "    return REFUSED"),),
    # --- capacity
    "a rise of capacity does not serve": (
        ("scalars[CHANGE] += 1\n        serve(r, ints, resources, rings, scalars)", "scalars[CHANGE] += 1"),
    ),
    "a fall of capacity takes units away": (
        (
            "        scalars[CHANGE] += 1\n",
            "        resources[r * RESOURCE + USED] = min(resources[r * RESOURCE + USED], changes[3 * scalars[CHANGE] + 2])\n"
            "        scalars[CHANGE] += 1\n",
        ),
    ),
    "a fall of capacity waits until units are free": (
        (
            "= changes[3 * scalars[CHANGE] + 2]\n",
            "= max(changes[3 * scalars[CHANGE] + 2], resources[r * RESOURCE + USED])\n",
        ),
    ),
    "changes at the beginning of a run come late": ((f"code = DONE\n    {CHANGES}", "code = DONE"),),
    "changes come after all else of their instant": (
        (
            f"advance(time, state, int_state, scalars)\n                {CHANGES}",
            "advance(time, state, int_state, scalars)",
        ),
        (
            "            if not due(state, scalars):\n",
            f"            if not due(state, scalars):\n                {CHANGES}\n"
            "                if due(state, scalars):\n                    continue\n",
        ),
    ),
    "one change an instant": (
        ("    while scalars[CHANGE] < scalars[CHANGES] and", "    if scalars[CHANGE] < scalars[CHANGES] and"),
    ),
}
"""By name: (text, instead) pairs; each text stands once in the kernel."""


def mutated(name: str) -> PlainModules:
    """The kernel as plain Python with one rule broken."""
    text = KERNEL.read_text()
    for before, after in MUTANTS[name]:
        assert text.count(before) == 1, f"the kernel has changed: adapt the mutant {name!r}"
        text = text.replace(before, after)
    return PlainModules(text)
