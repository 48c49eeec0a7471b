"""The compiled engine's event loop: calendar, queues and frames in flat arrays of 64-bit numbers.

Entries of one instant go in this order: starts (``starts`` ring), ends of holds that were planned earlier (calendar,
rank 1), what has been resumed at this instant (``resumed`` ring), patience deadlines (calendar, rank 2); then the
clock moves on and capacity changes come first. That is the order (time, rank, number) without ever sorting a ring.

``run`` can be left and entered again at any time: all its state is in the arrays. It stops when something is full,
so that Python can enlarge it, after a number of events, so that Python can show progress, and at an error.

A step returns to the loop with its command. Commands that need not wait have a second way: the step calls a quick
function through its address and goes on by itself. A quick function does just what the loop would, or nothing: when
the command has to wait, is wrong, or lacks room, it refuses, and the step returns to the loop as usual.

This file knows nothing of Python objects or the model; it is compiled once and for all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.backend import (
    address,
    call_step,
    floats_at,
    inner,
    ints16_at,
    ints32_at,
    ints_at,
    jit,
    pointer,
    prefetch,
    quick,
)

# Answers of run().
DONE, SLICE, MORE_FRAMES, MORE_HEAP, MORE_ROWS, MORE_HELD, ERROR = range(7)

# Kinds of error; the value that goes with it is in scalars[VALUE].
(
    NEGATIVE_HOLD, BAD_PATIENCE, BAD_PRIORITY, UNKNOWN_RESOURCE, NAMED_TWICE, NOT_HELD, STILL_HELD, UNKNOWN_ROW,
    OUT_OF_RANGE, ENDLESS_INSTANT, ENDLESS_COMMANDS, ENDLESS_LOOP, TOO_DEEP, FLOW,
) = range(1, 15)  # fmt: skip

# Operations: those of the language, then what only lowered code does.
HOLD, SEIZE, RELEASE, RECORD, SPAWN, SEIZE_FIRST, AMEND, CALL, RETURN = range(9)

# The command vector: next pc, operands, error of the flow with its site, addresses of the arrays and of the quick
# functions (by operation), then arguments or alternatives.
FLOW_ERROR, FLOW_SITE, CONTEXT, QUICK, ARGUMENTS = 14, 15, 16, 40, 48
FLOAT_ARGUMENTS, BUFFERS = CONTEXT + 6, CONTEXT + 17
"""Where steps and rules find the addresses of float arguments and of the world's four buffers."""

# Scalars.
(
    NOW, NUMBER, HEAP, FRAME, SENT, FREE, RESUMED_HEAD, RESUMED_TAIL, STARTS_HEAD, STARTS_TAIL, ROWS, CHANGE, EVENTS,
    PERIOD, HELD_FREE, HELD_LEFT, INSTANT_FROM, COMMANDS, CALLS, KIND, VALUE, COLUMN, WIDTH, NODES, FLOATS, RING,
    MOST_COMMANDS, RESOURCES, PERIODS, CHANGES, CALLEES, ROOM, ROW_ROOM, BUCKETS, EDGE, SHIFT, WINDOW_END, LATER, FAR,
    FAR_FIRST, FAR_LAST, CHUNK_FREE, CHUNKS, TURNED_AT, TURNED_EVENTS, SCALARS,
) = range(46)  # fmt: skip

# A frame: this header, then the int locals, then three numbers per queue it may wait in. What is wanted whenever a
# process goes on stands together: a frame of a large population is not in the processor's cache.
FUNCTION, PC, GRANTED, ROOT, PARENT, HELD, DEPTH, TICKET, PRIORITY, PLACES, FIRST, HEADER = range(12)
NEXT, PREVIOUS, PLACE, NODE = range(4)

# A resource: these, its areas and counts since they were last added to the then heads and tails of its queues
# by priority.
USED, CAPACITY, WAITING, SINCE, RUNNING = range(5)
QUEUES = 16

# Totals per period and resource, in the order of accumulators.NAMES.
QUEUE_AREA, USED_AREA, CAPACITY_AREA, ASKED, GRANTED_COUNT, GAVE_UP, RELEASED, TOTALS = range(8)

HEADS = RUNNING + TOTALS
TAILS = HEADS + QUEUES
RESOURCE = TAILS + QUEUES

FRAME_BITS = 24
"""The lowest bits of an entry's key are its frame; then comes its number."""
DEADLINE = 1 << 62
"""Added to the key of a rank-2 entry."""
LONGEST = 1 << 61
UNREACHED = (1 << 63) - 1
MOST_CALLS = 100_000_000
MOST_DEPTH = 200

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class State(NamedTuple):
    """Everything that changes during a run, and the calendar of capacity; inside the loop pointers to it."""

    heap: Ints
    later: Ints
    ints: Ints
    floats: Floats
    resources: Ints
    totals: Ints
    periods: Ints
    rings: Ints
    held: Ints
    changes: Ints
    callees: Ints
    command: Ints
    arguments: Floats
    ahead: Ints
    scalars: Ints


class Rows(NamedTuple):
    """The columns of the records, longer than what is written so far."""

    person: npt.NDArray[np.int32]
    need: Ints
    kind: npt.NDArray[np.int16]
    unit: npt.NDArray[np.int16]
    asked: Ints
    started: Ints
    ended: Ints
    outcome: npt.NDArray[np.int16]
    detail: npt.NDArray[np.int32]


@inner
def pointed(state: State) -> State:
    """Pointers instead of arrays, for an index that is not looked at twice; the lengths go into the scalars."""
    scalars = state.scalars
    scalars[RESOURCES] = state.resources.shape[0] // RESOURCE
    scalars[PERIODS] = state.periods.shape[0]
    scalars[CHANGES] = state.changes.shape[0] // 3
    return State(
        pointer(state.heap),
        pointer(state.later),
        pointer(state.ints),
        pointer(state.floats),
        pointer(state.resources),
        pointer(state.totals),
        pointer(state.periods),
        pointer(state.rings),
        pointer(state.held),
        pointer(state.changes),
        pointer(state.callees),
        pointer(state.command),
        pointer(state.arguments),
        pointer(state.ahead),
        pointer(state.scalars),
    )


@inner
def pointed_rows(rows: Rows, scalars: Ints) -> Rows:
    """Pointers instead of arrays."""
    scalars[ROW_ROOM] = rows.person.shape[0]
    return Rows(
        pointer(rows.person),
        pointer(rows.need),
        pointer(rows.kind),
        pointer(rows.unit),
        pointer(rows.asked),
        pointer(rows.started),
        pointer(rows.ended),
        pointer(rows.outcome),
        pointer(rows.detail),
    )


@inner
def remember(state: State, rows: Rows) -> None:
    """Leave the addresses of what quick functions need in the command vector."""
    context = state.command
    context[CONTEXT] = address(state.ints)
    context[CONTEXT + 1] = address(state.floats)
    context[CONTEXT + 2] = address(state.resources)
    context[CONTEXT + 3] = address(state.rings)
    context[CONTEXT + 4] = address(state.held)
    context[CONTEXT + 5] = address(state.callees)
    context[FLOAT_ARGUMENTS] = address(state.arguments)
    context[CONTEXT + 7] = address(state.scalars)
    context[CONTEXT + 8] = address(rows.person)
    context[CONTEXT + 9] = address(rows.need)
    context[CONTEXT + 10] = address(rows.kind)
    context[CONTEXT + 11] = address(rows.unit)
    context[CONTEXT + 12] = address(rows.asked)
    context[CONTEXT + 13] = address(rows.started)
    context[CONTEXT + 14] = address(rows.ended)
    context[CONTEXT + 15] = address(rows.outcome)
    context[CONTEXT + 16] = address(rows.detail)


@inner
def remember_world(command: Ints, int_input: Ints, float_input: Floats, int_state: Ints, float_state: Floats) -> None:
    """Leave the addresses of the world's buffers in the command vector, in their order."""
    command[BUFFERS] = address(int_input)
    command[BUFFERS + 1] = address(float_input)
    command[BUFFERS + 2] = address(int_state)
    command[BUFFERS + 3] = address(float_state)


@inner
def recalled(command: Ints) -> State:
    """The state a quick function works on; it has no use for the calendars, so these are left out."""
    return State(
        command,
        command,
        ints_at(command[CONTEXT]),
        floats_at(command[CONTEXT + 1]),
        ints_at(command[CONTEXT + 2]),
        command,
        command,
        ints_at(command[CONTEXT + 3]),
        ints_at(command[CONTEXT + 4]),
        command,
        ints_at(command[CONTEXT + 5]),
        command,
        floats_at(command[FLOAT_ARGUMENTS]),
        command,
        ints_at(command[CONTEXT + 7]),
    )


@inner
def recalled_rows(command: Ints) -> Rows:
    """The rows a quick function writes to."""
    return Rows(
        ints32_at(command[CONTEXT + 8]),
        ints_at(command[CONTEXT + 9]),
        ints16_at(command[CONTEXT + 10]),
        ints16_at(command[CONTEXT + 11]),
        ints_at(command[CONTEXT + 12]),
        ints_at(command[CONTEXT + 13]),
        ints_at(command[CONTEXT + 14]),
        ints16_at(command[CONTEXT + 15]),
        ints32_at(command[CONTEXT + 16]),
    )


# --- the calendar: what is due before EDGE lies in a heap, what comes later in buckets, each SHIFT bits of time wide,
# and what comes after the last bucket in one more, with what is far. A bucket goes into the heap when its time comes:
# so the heap is small, however many entries there are, and most entries are never sorted among others that are far from
# them. A bucket is a chain of chunks of three entries, a line of the processor's cache each; its head holds the first
# chunk and how many entries that has, 4 * chunk + entries, or -1, and every chunk holds the head that was before it.
#
# The heap has four children. An entry is two numbers, its time and its key, so that four lie in a line of the
# processor's cache; the key holds rank, number and frame, in this order. -------------------------------------------


@inner
def push(heap: Ints, n: int, time: int, key: int) -> None:
    """Insert an entry into a heap of n."""
    i = n
    while i > 0:
        up = (i - 1) >> 2
        if heap[2 * up] < time or (heap[2 * up] == time and heap[2 * up + 1] < key):
            break
        heap[2 * i] = heap[2 * up]
        heap[2 * i + 1] = heap[2 * up + 1]
        i = up
    heap[2 * i] = time
    heap[2 * i + 1] = key


@inner
def earlier(heap: Ints, a: int, b: int) -> int:
    """Which of two entries comes first; without a branch, because nobody could predict it."""
    later = (heap[2 * b] < heap[2 * a]) | ((heap[2 * b] == heap[2 * a]) & (heap[2 * b + 1] < heap[2 * a + 1]))
    return b if later else a


@inner
def pop(heap: Ints, n: int) -> None:
    """Take the first entry away; n entries remain.

    The gap is moved to the bottom and the last entry put there: it seldom has to rise again.
    """
    i = 0
    child = 1
    while child + 3 < n:
        least = earlier(heap, earlier(heap, child, child + 1), earlier(heap, child + 2, child + 3))
        heap[2 * i] = heap[2 * least]
        heap[2 * i + 1] = heap[2 * least + 1]
        i = least
        child = 4 * i + 1
    if child < n:
        least = child
        for other in range(child + 1, n):
            least = earlier(heap, least, other)
        heap[2 * i] = heap[2 * least]
        heap[2 * i + 1] = heap[2 * least + 1]
        i = least
    push(heap, i, heap[2 * n], heap[2 * n + 1])


CHUNK, IN_CHUNK, ENTRIES_AT = 8, 3, 2
"""Numbers of a chunk; its entries; where they begin."""
IN_BUCKET = 8
"""Events that a bucket should last for."""
FRAMES_CACHED = 4096
"""Room for so many frames stays in the processor's cache."""
CHUNKS_AHEAD = 4
"""Chunks of a bucket whose entries' frames are fetched in advance."""
CROWDED = 16 * IN_BUCKET
"""Entries of a bucket that is too wide."""
WIDEST = 30
"""Bits of time in the widest bucket."""


@inner
def chunk_at(chunk: int, scalars: Ints) -> int:
    """Where a chunk begins: the heads are before, in whole lines."""
    return scalars[BUCKETS] + CHUNK * (chunk + 1)


@inner
def plan(state: State, time: int, key: int) -> None:
    """Put an entry into the calendar; there is room for it."""
    scalars = state.scalars
    if time < scalars[EDGE]:
        push(state.heap, scalars[HEAP], time, key)
        scalars[HEAP] += 1
    else:
        scalars[LATER] += 1
        put_away(time, key, state.later, scalars)


@inner
def put_away(time: int, key: int, later: Ints, scalars: Ints) -> None:
    """Put an entry into its bucket, or with what is far."""
    bucket = scalars[BUCKETS]
    if time < scalars[WINDOW_END]:
        bucket = (time >> scalars[SHIFT]) & (scalars[BUCKETS] - 1)
    else:
        scalars[FAR] += 1
        scalars[FAR_FIRST] = min(scalars[FAR_FIRST], time)
        scalars[FAR_LAST] = max(scalars[FAR_LAST], time)
    head = later[bucket]
    if head < 0 or head & 3 == IN_CHUNK:
        chunk = new_chunk(later, scalars)
        later[chunk_at(chunk, scalars)] = head
        head = 4 * chunk
    at = chunk_at(head >> 2, scalars) + ENTRIES_AT + 2 * (head & 3)
    later[at] = time
    later[at + 1] = key
    later[bucket] = head + 1


@inner
def new_chunk(later: Ints, scalars: Ints) -> int:
    """A chunk that was given back, else one that was never used."""
    chunk = scalars[CHUNK_FREE]
    if chunk >= 0:
        scalars[CHUNK_FREE] = later[chunk_at(chunk, scalars)]
        return chunk
    scalars[CHUNKS] += 1
    return scalars[CHUNKS] - 1


@inner
def give_back(chunk: int, later: Ints, scalars: Ints) -> None:
    """Keep a chunk that is empty for the next who wants one."""
    later[chunk_at(chunk, scalars)] = scalars[CHUNK_FREE]
    scalars[CHUNK_FREE] = chunk


@inner
def width(events: int, elapsed: int) -> int:
    """Bits of time in which this pace gives a bucket its events."""
    shift = 0
    while shift < WIDEST and (events << (shift + 1)) // IN_BUCKET <= elapsed:
        shift += 1
    return shift


@inner
def refill(state: State, scalars: Ints) -> None:
    """Move what comes next into the empty heap, if there is anything."""
    later = state.later
    while scalars[HEAP] == 0 and scalars[LATER] > 0:
        if scalars[LATER] == scalars[FAR] or scalars[EDGE] >= scalars[WINDOW_END]:
            turn(later, scalars)
        empty(state, (scalars[EDGE] >> scalars[SHIFT]) & (scalars[BUCKETS] - 1), scalars)
        scalars[EDGE] += 1 << scalars[SHIFT]
        scalars[LATER] -= scalars[HEAP]
        if scalars[HEAP] > CROWDED and scalars[EVENTS] - scalars[TURNED_EVENTS] > scalars[LATER] + CROWDED:
            if width(scalars[EVENTS] - scalars[TURNED_EVENTS], scalars[NOW] - scalars[TURNED_AT]) + 2 < scalars[SHIFT]:
                gather(later, scalars)


@inner
def empty(state: State, bucket: int, scalars: Ints) -> None:
    """Move a bucket into the heap; what will soon be wanted is fetched into the processor's cache.

    First the line of a bucket's entries, a bucket later the frames of these entries, and with the entries what their
    processes will read of the world: whoever waits for memory waits for all of it at once.
    """
    later, last = state.later, scalars[BUCKETS] - 1
    head = later[bucket]
    later[bucket] = -1
    while head >= 0:
        at = chunk_at(head >> 2, scalars)
        for entry in range(head & 3):
            time, key = later[at + ENTRIES_AT + 2 * entry], later[at + ENTRIES_AT + 2 * entry + 1]
            push(state.heap, scalars[HEAP], time, key)
            scalars[HEAP] += 1
            fetch_world((key & ((1 << FRAME_BITS) - 1)) * scalars[WIDTH], state)
        before = later[at]
        give_back(head >> 2, later, scalars)
        head = before
    if scalars[RING] > FRAMES_CACHED:
        fetch_frames(later[(bucket + 1) & last], state, scalars)
    prefetch(later, chunk_at(later[(bucket + 2) & last] >> 2, scalars))


@inner
def fetch_frames(head: int, state: State, scalars: Ints) -> None:
    """Fetch the frames of a bucket's entries, at least of the last."""
    later, chunks = state.later, 0
    while head >= 0 and chunks < CHUNKS_AHEAD:
        at = chunk_at(head >> 2, scalars)
        for entry in range(head & 3):
            frame = later[at + ENTRIES_AT + 2 * entry + 1] & ((1 << FRAME_BITS) - 1)
            prefetch(state.floats, frame * scalars[FLOATS])
            for line in range(3):
                prefetch(state.ints, frame * scalars[WIDTH] + 8 * line)
        head = later[at]
        chunks += 1


@inner
def fetch_world(at: int, state: State) -> None:
    """Fetch what the process at this position will read: most processes are of the person they are first told of.

    ``ahead`` holds how many lines of a row of the world, then the address and the bytes from row to row of each.
    """
    ahead = state.ahead
    for line in range(ahead[0]):
        prefetch(ints_at(ahead[1 + 2 * line] + ahead[2 + 2 * line] * state.ints[at + HEADER]), 0)


@inner
def put_anew(head: int, later: Ints, scalars: Ints) -> None:
    """Put the entries of a bucket that has been taken out where they belong now."""
    while head >= 0:
        at = chunk_at(head >> 2, scalars)
        for entry in range(head & 3):
            put_away(later[at + ENTRIES_AT + 2 * entry], later[at + ENTRIES_AT + 2 * entry + 1], later, scalars)
        before = later[at]
        give_back(head >> 2, later, scalars)
        head = before


@inner
def gather(later: Ints, scalars: Ints) -> None:
    """Put what is in buckets to what is far: buckets of another width are wanted."""
    scalars[WINDOW_END] = scalars[EDGE]
    for bucket in range(scalars[BUCKETS]):
        head = later[bucket]
        later[bucket] = -1
        put_anew(head, later, scalars)


@inner
def turn(later: Ints, scalars: Ints) -> None:
    """Begin the buckets anew at the first entry that is far, with a width for the present pace of events."""
    events = scalars[EVENTS] - scalars[TURNED_EVENTS]
    elapsed = scalars[NOW] - scalars[TURNED_AT]
    if events < CROWDED:  # nothing is known of the pace: as if the entries there are were all there will be
        events, elapsed = scalars[FAR], scalars[FAR_LAST] - scalars[FAR_FIRST]
    shift = width(events, elapsed)
    scalars[SHIFT] = shift
    scalars[EDGE] = (scalars[FAR_FIRST] >> shift) << shift
    scalars[WINDOW_END] = scalars[EDGE] + (scalars[BUCKETS] << shift)
    scalars[TURNED_AT] = scalars[NOW]
    scalars[TURNED_EVENTS] = scalars[EVENTS]
    head = later[scalars[BUCKETS]]
    later[scalars[BUCKETS]] = -1
    none_far(scalars)
    put_anew(head, later, scalars)


@inner
def none_far(scalars: Ints) -> None:
    """Nothing is far."""
    scalars[FAR] = 0
    scalars[FAR_FIRST] = UNREACHED
    scalars[FAR_LAST] = 0


@jit
def lay_out(state: State, old: Ints, buckets: int, chunks: int) -> None:
    """Move the entries of ``old``, with so many buckets and chunks, into larger arrays: to what is far."""
    state = pointed(state)
    later, scalars = state.later, state.scalars
    later[scalars[BUCKETS]] = -1
    for bucket in range(scalars[BUCKETS]):
        later[bucket] = -1
    none_far(scalars)
    scalars[CHUNKS] = 0
    scalars[CHUNK_FREE] = -1
    scalars[WINDOW_END] = scalars[EDGE]
    for bucket in range(buckets + 1):
        head = old[bucket] if chunks > 0 else -1
        while head >= 0:
            at = buckets + CHUNK * ((head >> 2) + 1)
            for entry in range(head & 3):
                put_away(old[at + ENTRIES_AT + 2 * entry], old[at + ENTRIES_AT + 2 * entry + 1], later, scalars)
            head = old[at]


# --- resources -----------------------------------------------------------------------------------------------------


@inner
def account(r: int, now: int, resources: Ints) -> None:
    """Add a resource's areas up to now; called before anything about it changes."""
    at = r * RESOURCE
    elapsed = now - resources[at + SINCE]
    if elapsed > 0:
        resources[at + RUNNING + QUEUE_AREA] += resources[at + WAITING] * elapsed
        resources[at + RUNNING + USED_AREA] += resources[at + USED] * elapsed
        resources[at + RUNNING + CAPACITY_AREA] += resources[at + CAPACITY] * elapsed
        resources[at + SINCE] = now


@inner
def count(r: int, what: int, resources: Ints) -> None:
    """Count one request asked, granted, given up or released."""
    resources[r * RESOURCE + RUNNING + what] += 1


@inner
def add_up(now: int, resources: Ints, totals: Ints, scalars: Ints) -> None:
    """Bring all resources up to now and add what has run up to the totals of the present period."""
    for r in range(scalars[RESOURCES]):
        account(r, now, resources)
        total = (scalars[PERIOD] * scalars[RESOURCES] + r) * TOTALS
        for i in range(TOTALS):
            totals[total + i] += resources[r * RESOURCE + RUNNING + i]
            resources[r * RESOURCE + RUNNING + i] = 0


@inner
def join(node: int, r: int, priority: int, ints: Ints, resources: Ints, scalars: Ints) -> None:
    """Put a request at the end of a queue."""
    account(r, scalars[NOW], resources)
    count(r, ASKED, resources)
    tail = r * RESOURCE + TAILS + priority
    last = resources[tail]
    ints[node + PLACE] = r
    ints[node + NEXT] = -1
    ints[node + PREVIOUS] = last
    if last >= 0:
        ints[last + NEXT] = node
    else:
        resources[r * RESOURCE + HEADS + priority] = node
    resources[tail] = node
    resources[r * RESOURCE + WAITING] += 1


@inner
def leave(at: int, gave_up: bool, ints: Ints, resources: Ints, scalars: Ints) -> None:
    """Take the frame at this position out of all the queues it waits in."""
    priority = ints[at + PRIORITY]
    ints[at + TICKET] = 0
    for place in range(ints[at + PLACES]):
        node = at + scalars[NODES] + NODE * place
        r = ints[node + PLACE]
        account(r, scalars[NOW], resources)
        resources[r * RESOURCE + WAITING] -= 1
        before = ints[node + PREVIOUS]
        after = ints[node + NEXT]
        if before >= 0:
            ints[before + NEXT] = after
        else:
            resources[r * RESOURCE + HEADS + priority] = after
        if after >= 0:
            ints[after + PREVIOUS] = before
        else:
            resources[r * RESOURCE + TAILS + priority] = before
        if gave_up:
            count(r, GAVE_UP, resources)


@inner
def resume(frame: int, rings: Ints, scalars: Ints) -> None:
    """Let a frame go on at this instant, after all that was resumed before."""
    rings[scalars[RESUMED_TAIL] & (scalars[RING] - 1)] = frame
    scalars[RESUMED_TAIL] += 1


@inner
def serve(r: int, ints: Ints, resources: Ints, rings: Ints, scalars: Ints) -> None:
    """Hand free units to the heads of a queue."""
    at = r * RESOURCE
    while resources[at + WAITING] > 0 and resources[at + USED] < resources[at + CAPACITY]:
        priority = 0
        while resources[at + HEADS + priority] < 0:
            priority += 1
        node = resources[at + HEADS + priority]
        frame = node // scalars[WIDTH]
        waiting = frame * scalars[WIDTH]
        leave(waiting, False, ints, resources, scalars)
        resources[at + USED] += 1
        count(r, GRANTED_COUNT, resources)
        ints[waiting + GRANTED] = r
        ints[waiting + FIRST] += (node - waiting - scalars[NODES]) // NODE
        resume(frame, rings, scalars)


@inner
def apply_changes(changes: Ints, ints: Ints, resources: Ints, rings: Ints, scalars: Ints) -> None:
    """Carry out the capacity changes of this instant."""
    while scalars[CHANGE] < scalars[CHANGES] and changes[3 * scalars[CHANGE]] <= scalars[NOW]:
        r = changes[3 * scalars[CHANGE] + 1]
        account(r, scalars[NOW], resources)
        resources[r * RESOURCE + CAPACITY] = changes[3 * scalars[CHANGE] + 2]
        scalars[CHANGE] += 1
        serve(r, ints, resources, rings, scalars)


@inner
def close_periods(time: int, periods: Ints, resources: Ints, totals: Ints, scalars: Ints) -> None:
    """End the accumulators' periods that are over by this time."""
    while scalars[PERIOD] + 1 < scalars[PERIODS] and periods[scalars[PERIOD] + 1] <= time:
        add_up(periods[scalars[PERIOD] + 1], resources, totals, scalars)
        scalars[PERIOD] += 1


# --- what a root process holds: chains of (resource, next) ---------------------------------------------------------


@inner
def take_hold(root: int, r: int, held: Ints, scalars: Ints) -> int:
    """Note a unit held; returns the new first link of the chain."""
    link = scalars[HELD_FREE]
    scalars[HELD_FREE] = held[2 * link + 1]
    scalars[HELD_LEFT] -= 1
    held[2 * link] = r
    held[2 * link + 1] = root
    return link


@inner
def let_go(at: int, r: int, ints: Ints, held: Ints, scalars: Ints) -> bool:
    """Strike a unit from the chain of the root at this position; False if it is not held."""
    before = -1
    link = ints[at + HELD]
    while link >= 0 and held[2 * link] != r:
        before = link
        link = held[2 * link + 1]
    if link < 0:
        return False
    if before >= 0:
        held[2 * before + 1] = held[2 * link + 1]
    else:
        ints[at + HELD] = held[2 * link + 1]
    held[2 * link + 1] = scalars[HELD_FREE]
    scalars[HELD_FREE] = link
    scalars[HELD_LEFT] += 1
    return True


# --- commands: each returns what is sent into the process, WAIT if it has to wait, FAILED if the model is wrong -----

WAIT, FAILED = -2, -3


@inner
def refuse(kind: int, value: int, scalars: Ints) -> int:
    """Note an error of the model."""
    scalars[KIND] = kind
    scalars[VALUE] = value
    return FAILED


@inner
def own(at: int, r: int, ints: Ints, resources: Ints, held: Ints, scalars: Ints) -> None:
    """Take a free unit at once."""
    account(r, scalars[NOW], resources)
    count(r, ASKED, resources)
    count(r, GRANTED_COUNT, resources)
    resources[r * RESOURCE + USED] += 1
    root = ints[at + ROOT] * scalars[WIDTH]
    ints[root + HELD] = take_hold(ints[root + HELD], r, held, scalars)


@inner
def wait(
    frame: int,
    places: int,
    first: int,
    state: State,
    scalars: Ints,
) -> int:
    """Join the queues named in the command, with a deadline unless the patience has no limit."""
    command, ints = state.command, state.ints
    at = frame * scalars[WIDTH]
    scalars[NUMBER] += 1
    ints[at + TICKET] = scalars[NUMBER]
    ints[at + PRIORITY] = command[2]
    ints[at + PLACES] = places
    ints[at + FIRST] = first
    for place in range(places):
        r = command[1] if first else command[ARGUMENTS + place]
        join(at + scalars[NODES] + NODE * place, r, command[2], ints, state.resources, scalars)
    if command[3] >= 0:
        plan(state, scalars[NOW] + command[3], DEADLINE | scalars[NUMBER] << FRAME_BITS | frame)
    return WAIT


@inner
def check_waiting(command: Ints, scalars: Ints) -> int:
    """Check priority and patience."""
    if command[2] < 0 or command[2] >= QUEUES:
        return refuse(BAD_PRIORITY, command[2], scalars)
    if command[3] < -1 or command[3] > LONGEST:
        return refuse(BAD_PATIENCE, command[3], scalars)
    return 0


@inner
def seize(frame: int, state: State, scalars: Ints) -> int:
    """Take a unit, or wait for it."""
    command = state.command
    resources = state.resources
    r = command[1]
    if r < 0 or r >= scalars[RESOURCES]:
        return refuse(UNKNOWN_RESOURCE, r, scalars)
    if check_waiting(command, scalars) == FAILED:
        return FAILED
    if resources[r * RESOURCE + USED] < resources[r * RESOURCE + CAPACITY]:
        own(frame * scalars[WIDTH], r, state.ints, resources, state.held, scalars)
        return 1
    return wait(frame, 1, 1, state, scalars)


@inner
def check_alternatives(command: Ints, scalars: Ints) -> int:
    """Check that the resources named exist, once each."""
    for place in range(command[1]):
        r = command[ARGUMENTS + place]
        if r < 0 or r >= scalars[RESOURCES]:
            return refuse(UNKNOWN_RESOURCE, r, scalars)
    for place in range(command[1]):
        for earlier in range(place):
            if command[ARGUMENTS + place] == command[ARGUMENTS + earlier]:
                return refuse(NAMED_TWICE, command[ARGUMENTS + place], scalars)
    return check_waiting(command, scalars)


@inner
def seize_first(frame: int, state: State, scalars: Ints) -> int:
    """Take a unit of the first of several resources that has one free, or wait for all."""
    command = state.command
    resources = state.resources
    if check_alternatives(command, scalars) == FAILED:
        return FAILED
    for place in range(command[1]):
        r = command[ARGUMENTS + place]
        if resources[r * RESOURCE + USED] < resources[r * RESOURCE + CAPACITY]:
            own(frame * scalars[WIDTH], r, state.ints, resources, state.held, scalars)
            return place
    return wait(frame, command[1], 0, state, scalars)


@inner
def release(frame: int, state: State, scalars: Ints) -> int:
    """Give a unit back and serve the queue."""
    ints = state.ints
    resources = state.resources
    r = state.command[1]
    if r < 0 or r >= scalars[RESOURCES]:
        return refuse(UNKNOWN_RESOURCE, r, scalars)
    root = ints[frame * scalars[WIDTH] + ROOT] * scalars[WIDTH]
    if not let_go(root, r, ints, state.held, scalars):
        return refuse(NOT_HELD, r, scalars)
    account(r, scalars[NOW], resources)
    count(r, RELEASED, resources)
    resources[r * RESOURCE + USED] -= 1
    serve(r, ints, resources, state.rings, scalars)
    return 1


@inner
def fits(value: int, bits: int, column: int, scalars: Ints) -> bool:
    """Check that a value fits a column of the records."""
    if value < -(1 << (bits - 1)) or value >= (1 << (bits - 1)):
        refuse(OUT_OF_RANGE, value, scalars)
        scalars[COLUMN] = column
        return False
    return True


@inner
def record(command: Ints, rows: Rows, scalars: Ints) -> int:
    """Write a row; returns its number."""
    row = scalars[ROWS]
    if not (
        fits(command[1], 32, 0, scalars)
        and fits(command[3], 16, 2, scalars)
        and fits(command[4], 16, 3, scalars)
        and fits(command[8], 16, 7, scalars)
        and fits(command[9], 32, 8, scalars)
    ):
        return FAILED
    rows.person[row] = command[1]
    rows.need[row] = command[2]
    rows.kind[row] = command[3]
    rows.unit[row] = command[4]
    rows.asked[row] = command[5]
    rows.started[row] = command[6]
    rows.ended[row] = command[7]
    rows.outcome[row] = command[8]
    rows.detail[row] = command[9]
    scalars[ROWS] += 1
    return row


@inner
def amend(command: Ints, rows: Rows, scalars: Ints) -> int:
    """Rewrite what can change of an earlier row."""
    row = command[1]
    if row < 0 or row >= scalars[ROWS]:
        return refuse(UNKNOWN_ROW, row, scalars)
    if not (fits(command[4], 16, 7, scalars) and fits(command[5], 32, 8, scalars)):
        return FAILED
    rows.started[row] = command[2]
    rows.ended[row] = command[3]
    rows.outcome[row] = command[4]
    rows.detail[row] = command[5]
    return 1


@inner
def hold(frame: int, state: State, scalars: Ints) -> int:
    """Let time pass."""
    seconds = state.command[1]
    if seconds < 0 or seconds > LONGEST:
        return refuse(NEGATIVE_HOLD, seconds, scalars)
    if seconds == 0:
        resume(frame, state.rings, scalars)
    else:
        scalars[NUMBER] += 1
        plan(state, scalars[NOW] + seconds, scalars[NUMBER] << FRAME_BITS | frame)
    return WAIT


@inner
def new_frame(function: int, ints: Ints, rings: Ints, scalars: Ints) -> int:
    """Make the frame of a root process."""
    scalars[FREE] -= 1
    frame = rings[2 * scalars[RING] + scalars[FREE]]
    at = frame * scalars[WIDTH]
    ints[at + FUNCTION] = function
    ints[at + PC] = 0
    ints[at + PARENT] = -1
    ints[at + ROOT] = frame
    ints[at + DEPTH] = 0
    ints[at + TICKET] = 0
    ints[at + GRANTED] = -1
    ints[at + HELD] = -1
    return frame


@inner
def called_frame(caller: int, state: State, scalars: Ints) -> int:
    """Make a frame for the call in the command vector: which callee, numbers of arguments, arguments."""
    command = state.command
    ints = state.ints
    function = state.callees[ints[caller * scalars[WIDTH] + FUNCTION] * scalars[CALLEES] + command[1]]
    frame = new_frame(function, ints, state.rings, scalars)
    at = frame * scalars[WIDTH] + HEADER
    for i in range(command[2]):
        ints[at + i] = command[ARGUMENTS + i]
    for i in range(command[3]):
        state.floats[frame * scalars[FLOATS] + i] = state.arguments[i]
    return frame


@inner
def put_start(frame: int, rings: Ints, scalars: Ints) -> None:
    """Let a frame start at this instant."""
    rings[scalars[RING] + (scalars[STARTS_TAIL] & (scalars[RING] - 1))] = frame
    scalars[STARTS_TAIL] += 1


@inner
def spawn(frame: int, state: State, scalars: Ints) -> int:
    """Start another root process at this instant."""
    put_start(called_frame(frame, state, scalars), state.rings, scalars)
    return 1


@jit
def start_all(state: State, function: int, int_arguments: Ints, float_arguments: Floats) -> None:
    """Start a root process for every row of arguments; there is room for them."""
    state = pointed(state)
    scalars = state.scalars
    for row in range(int_arguments.shape[0]):
        frame = new_frame(function, state.ints, state.rings, scalars)
        for i in range(int_arguments.shape[1]):
            state.ints[frame * scalars[WIDTH] + HEADER + i] = int_arguments[row, i]
        for i in range(float_arguments.shape[1]):
            state.floats[frame * scalars[FLOATS] + i] = float_arguments[row, i]
        put_start(frame, state.rings, scalars)


@inner
def carry_out(operation: int, frame: int, state: State, rows: Rows, scalars: Ints) -> int:
    """Carry out a command of the language."""
    if operation == HOLD:
        return hold(frame, state, scalars)
    if operation == SEIZE:
        return seize(frame, state, scalars)
    if operation == RELEASE:
        return release(frame, state, scalars)
    if operation == RECORD:
        return record(state.command, rows, scalars)
    if operation == SPAWN:
        return spawn(frame, state, scalars)
    if operation == SEIZE_FIRST:
        return seize_first(frame, state, scalars)
    return amend(state.command, rows, scalars)


@inner
def call(frame: int, state: State, scalars: Ints) -> int:
    """Enter a subprocess; returns its frame, or FAILED."""
    scalars[CALLS] += 1
    if scalars[CALLS] > MOST_CALLS:
        return refuse(ENDLESS_LOOP, 0, scalars)
    if state.ints[frame * scalars[WIDTH] + DEPTH] >= MOST_DEPTH:
        return refuse(TOO_DEEP, MOST_DEPTH, scalars)
    called = called_frame(frame, state, scalars)
    at = called * scalars[WIDTH]
    state.ints[at + PARENT] = frame
    state.ints[at + ROOT] = state.ints[frame * scalars[WIDTH] + ROOT]
    state.ints[at + DEPTH] = state.ints[frame * scalars[WIDTH] + DEPTH] + 1
    return called


@inner
def end(frame: int, state: State, scalars: Ints) -> int:
    """End a process; returns the frame of its caller, or -1, or FAILED."""
    at = frame * scalars[WIDTH]
    parent = state.ints[at + PARENT]
    if parent < 0 and state.ints[at + HELD] >= 0:
        return refuse(STILL_HELD, 0, scalars)
    state.rings[2 * scalars[RING] + scalars[FREE]] = frame
    scalars[FREE] += 1
    return parent


# --- quick functions: called by steps, they give the answer of a command, or refuse ---------------------------------

REFUSED = -1


@inner
def hurdle(command: Ints, scalars: Ints) -> bool:
    """Whether a command has to go through the loop: after an error of the flow, or at the limit of commands."""
    return command[FLOW_ERROR] != 0 or scalars[COMMANDS] + 1 >= scalars[MOST_COMMANDS]


@quick
def quick_seize(command: Ints) -> int:
    """Take a unit that is free."""
    state = recalled(command)
    scalars, resources = state.scalars, state.resources
    r = command[1]
    if hurdle(command, scalars) or scalars[HELD_LEFT] < 2 or r < 0 or r >= scalars[RESOURCES]:
        return REFUSED
    if check_waiting(command, scalars) == FAILED:
        return REFUSED
    if resources[r * RESOURCE + USED] >= resources[r * RESOURCE + CAPACITY]:
        return REFUSED
    own(scalars[FRAME] * scalars[WIDTH], r, state.ints, resources, state.held, scalars)
    scalars[COMMANDS] += 1
    return 1


@quick
def quick_release(command: Ints) -> int:
    """Give a unit back."""
    state = recalled(command)
    scalars = state.scalars
    if hurdle(command, scalars) or release(scalars[FRAME], state, scalars) == FAILED:
        return REFUSED
    scalars[COMMANDS] += 1
    return 1


@quick
def quick_record(command: Ints) -> int:
    """Write a row, if there is room for two."""
    scalars = recalled(command).scalars
    if hurdle(command, scalars) or scalars[ROWS] + 2 > scalars[ROW_ROOM]:
        return REFUSED
    row = record(command, recalled_rows(command), scalars)
    if row == FAILED:
        return REFUSED
    scalars[COMMANDS] += 1
    return row


@quick
def quick_amend(command: Ints) -> int:
    """Rewrite a row."""
    scalars = recalled(command).scalars
    if hurdle(command, scalars) or amend(command, recalled_rows(command), scalars) == FAILED:
        return REFUSED
    scalars[COMMANDS] += 1
    return 1


@quick
def quick_spawn(command: Ints) -> int:
    """Start another process, if there is room for two."""
    state = recalled(command)
    scalars = state.scalars
    if hurdle(command, scalars) or scalars[FREE] < 2:
        return REFUSED
    spawn(scalars[FRAME], state, scalars)
    scalars[COMMANDS] += 1
    return 1


QUICK_FUNCTIONS = {
    SEIZE: quick_seize,
    RELEASE: quick_release,
    RECORD: quick_record,
    SPAWN: quick_spawn,
    AMEND: quick_amend,
}


# --- the loop ------------------------------------------------------------------------------------------------------


@inner
def full(scalars: Ints) -> int:
    """What has to be enlarged before the next step, DONE for nothing."""
    if scalars[FREE] < 1:
        return MORE_FRAMES
    if scalars[HEAP] + scalars[LATER] + 1 > scalars[ROOM]:
        return MORE_HEAP
    if scalars[ROWS] + 1 > scalars[ROW_ROOM]:
        return MORE_ROWS
    if scalars[HELD_LEFT] < 2:
        return MORE_HELD
    return DONE


@inner
def due(state: State, scalars: Ints) -> bool:
    """Whether this instant has more entries."""
    return (
        scalars[STARTS_HEAD] < scalars[STARTS_TAIL]
        or scalars[RESUMED_HEAD] < scalars[RESUMED_TAIL]
        or (scalars[HEAP] > 0 and state.heap[0] == scalars[NOW])
    )


@inner
def take(heap: Ints, scalars: Ints) -> int:
    """Take the first entry of the calendar away; returns its frame."""
    frame = heap[1] & ((1 << FRAME_BITS) - 1)
    scalars[HEAP] -= 1
    pop(heap, scalars[HEAP])
    return frame


@inner
def next_frame(state: State, scalars: Ints) -> int:
    """Take the first entry of this instant; returns its frame, or -1 for a deadline that no longer counts."""
    heap, ints = state.heap, state.ints
    scalars[SENT] = 1
    if scalars[STARTS_HEAD] < scalars[STARTS_TAIL]:
        frame = state.rings[scalars[RING] + (scalars[STARTS_HEAD] & (scalars[RING] - 1))]
        scalars[STARTS_HEAD] += 1
        return frame
    on_time = scalars[HEAP] > 0 and heap[0] == scalars[NOW]
    if on_time and heap[1] < DEADLINE:
        return take(heap, scalars)
    if scalars[RESUMED_HEAD] < scalars[RESUMED_TAIL]:
        frame = state.rings[scalars[RESUMED_HEAD] & (scalars[RING] - 1)]
        scalars[RESUMED_HEAD] += 1
        receive(frame, ints, state.held, scalars)
        return frame
    ticket = (heap[1] - DEADLINE) >> FRAME_BITS
    frame = take(heap, scalars)
    at = frame * scalars[WIDTH]
    if ints[at + TICKET] != ticket:
        return -1
    leave(at, True, ints, state.resources, scalars)
    scalars[SENT] = ints[at + FIRST] - 1
    return frame


@inner
def receive(frame: int, ints: Ints, held: Ints, scalars: Ints) -> None:
    """Give a resumed frame the unit that was granted to it, if it waited for one."""
    at = frame * scalars[WIDTH]
    if ints[at + GRANTED] >= 0:
        root = ints[at + ROOT] * scalars[WIDTH]
        ints[root + HELD] = take_hold(ints[root + HELD], ints[at + GRANTED], held, scalars)
        ints[at + GRANTED] = -1
        scalars[SENT] = ints[at + FIRST]


@inner
def next_time(until: int, state: State, scalars: Ints) -> int:
    """When the next entry or capacity change is due, at most ``until``."""
    time = until
    if scalars[HEAP] == 0:
        refill(state, scalars)
    if scalars[HEAP] > 0 and state.heap[0] < time:
        time = state.heap[0]
    if scalars[CHANGE] < scalars[CHANGES] and state.changes[3 * scalars[CHANGE]] < time:
        time = state.changes[3 * scalars[CHANGE]]
    return time


@inner
def advance(time: int, state: State, int_state: Ints, scalars: Ints) -> None:
    """Move the clock."""
    close_periods(time, state.periods, state.resources, state.totals, scalars)
    scalars[NOW] = time
    if time >= scalars[EDGE]:  # only with an empty calendar
        scalars[EDGE] = time + 1
        scalars[WINDOW_END] = time + 1
    scalars[INSTANT_FROM] = scalars[EVENTS]
    int_state[0] = time


@jit
def account_all(state: State) -> None:
    """Bring all areas and counts up to now."""
    state = pointed(state)
    add_up(state.scalars[NOW], state.resources, state.totals, state.scalars)


@inner
def finish(until: int, state: State, int_state: Ints, scalars: Ints) -> None:
    """Move the clock to the horizon and bring the areas up to it."""
    advance(until, state, int_state, scalars)
    add_up(until, state.resources, state.totals, scalars)


@jit
def run(
    state: State,
    rows: Rows,
    steps: Ints,
    int_input: Ints,
    float_input: Floats,
    int_state: Ints,
    float_state: Floats,
    until: int,
    most_events: int,
    most_instant: int,
    most_commands: int,
) -> int:
    """Process what lies before ``until``; returns DONE or why it stopped."""
    state = pointed(state)
    scalars = state.scalars
    command = state.command
    rows = pointed_rows(rows, scalars)
    remember(state, rows)
    remember_world(command, pointer(int_input), pointer(float_input), pointer(int_state), pointer(float_state))
    scalars[MOST_COMMANDS] = most_commands
    stop = scalars[EVENTS] + most_events
    frame = scalars[FRAME]
    sent = scalars[SENT]
    code = DONE
    apply_changes(state.changes, state.ints, state.resources, state.rings, scalars)
    while True:
        code = full(scalars)
        if code != DONE:
            break
        if frame < 0:
            if scalars[EVENTS] >= stop:
                code = SLICE
                break
            if not due(state, scalars):
                time = next_time(until, state, scalars)
                if time >= until:
                    finish(until, state, int_state, scalars)
                    break
                advance(time, state, int_state, scalars)
                apply_changes(state.changes, state.ints, state.resources, state.rings, scalars)
                continue
            if scalars[EVENTS] - scalars[INSTANT_FROM] >= most_instant:
                refuse(ENDLESS_INSTANT, most_instant, scalars)
                code = ERROR
                break
            frame = next_frame(state, scalars)
            sent = scalars[SENT]
            if frame < 0:
                continue
            scalars[EVENTS] += 1
            scalars[COMMANDS] = 0
            scalars[CALLS] = 0
        at = frame * scalars[WIDTH]
        scalars[FRAME] = frame
        operation = call_step(
            pointer(steps),
            state.ints[at + FUNCTION],
            state.ints[at + PC],
            sent,
            state.ints,
            at + HEADER,
            state.floats,
            frame * scalars[FLOATS],
            command,
        )
        state.ints[at + PC] = command[0]
        if command[FLOW_ERROR] != 0:
            refuse(FLOW, command[FLOW_ERROR], scalars)
            code = ERROR
            break
        if operation == RETURN:
            sent = command[1]
            following = end(frame, state, scalars)
        elif operation == CALL:
            sent = 1
            following = call(frame, state, scalars)
        else:
            sent = carry_out(operation, frame, state, rows, scalars)
            following = frame
            if sent == WAIT:
                following = -1
            elif sent == FAILED:
                following = FAILED
            else:
                scalars[COMMANDS] += 1
                if scalars[COMMANDS] >= most_commands:
                    following = refuse(ENDLESS_COMMANDS, most_commands, scalars)
        if following == FAILED:
            code = ERROR
            break
        frame = following
    scalars[FRAME] = frame
    scalars[SENT] = sent
    return code
