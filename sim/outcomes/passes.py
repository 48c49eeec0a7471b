"""Compiled passes over records: selection, sums over cells, spells, pieces of stays, person-time, quantiles.

Nothing here knows what a code means: codes, shifts and limits come in as arguments, so that a change of the
vocabulary can never meet an old compiled pass. All sums are int64 (counts or seconds), hence exact and
independent of order; only the cost of a person is a float.

Shapes: ``cross[sum, cell, month]`` with ``cell = (group * segments + segment) * municipalities +
municipality``; ``strata[sum, stratum]`` with ``stratum = age class * 2 + direct``; ``by_person[person]``, of one
sum. A month is a twelfth of 365 days.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.code_cache import kept

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
AnyIntegers = npt.NDArray[np.integer]

NEVER = np.int64(1 << 60)


@kept(nogil=True)
def select_rows(
    kind: AnyIntegers,
    person: AnyIntegers,
    asked: Integers,
    ended: Integers,
    whole: npt.NDArray[np.bool_],
    chosen: npt.NDArray[np.bool_],
    start: int,
    end: int,
) -> tuple[npt.NDArray[np.int32], Integers]:
    """Row numbers by kind, in record order, and where each kind begins.

    A row is kept if it is of a person in ``chosen`` (shape (persons,), or empty for everybody) and its time
    touches [start, end), or if its kind is wanted ``whole``. Rows of nobody (person -1) are left out.
    """
    kinds = whole.shape[0]
    counts = np.zeros(kinds + 1, np.int64)
    everybody = chosen.shape[0] == 0
    keep = np.zeros(kind.shape[0], np.bool_)
    for i in range(kind.shape[0]):
        k = kind[i]
        if person[i] < 0 or not (everybody or chosen[person[i]]):
            continue
        if whole[k] or (asked[i] < end and (ended[i] < 0 or ended[i] >= start)):
            keep[i] = True
            counts[k + 1] += 1
    first = np.cumsum(counts)
    place = first[:-1].copy()
    rows = np.empty(first[-1], np.int32)
    for i in range(kind.shape[0]):
        if keep[i]:
            k = kind[i]
            rows[place[k]] = i
            place[k] += 1
    return rows, first


@kept(nogil=True)
def cells_of(
    person: AnyIntegers,
    detail: AnyIntegers,
    municipality: Integers,
    municipalities: int,
    group_bit: int,
    segment_bit: int,
) -> npt.NDArray[np.int32]:
    """Cell of each row: who the person was when the row was opened; two bits each for group and segment."""
    cells = np.empty(person.shape[0], np.int32)
    for i in range(person.shape[0]):
        group = detail[i] // group_bit & 3
        segment = detail[i] // segment_bit & 3
        cells[i] = (group * 4 + segment) * municipalities + municipality[person[i]]
    return cells


@kept(nogil=True)
def add_moments(
    cross: Integers,
    strata: Integers,
    by_person: Integers,
    person_cost: Floats,
    price: float,
    person: AnyIntegers,
    cell: AnyIntegers,
    stratum: AnyIntegers,
    time: Integers,
    amount: Integers,
    start: int,
    end: int,
    month: int,
) -> None:
    """Add amounts (shape (rows,), or (1,) for the same amount everywhere) that fall in [start, end).

    ``by_person`` has shape (persons,), or is empty if it is not wanted.
    """
    same = amount.shape[0] == 1
    by_persons = by_person.shape[0] > 0
    for i in range(time.shape[0]):
        if start <= time[i] < end:
            value = amount[0] if same else amount[i]
            cross[cell[i], (time[i] - start) // month] += value
            strata[stratum[i]] += value
            if by_persons:
                by_person[person[i]] += value
            if price != 0.0:
                person_cost[person[i]] += price * value


@kept(nogil=True)
def add_intervals(
    cross: Integers,
    strata: Integers,
    by_person: Integers,
    person_cost: Floats,
    price: float,
    person: AnyIntegers,
    cell: AnyIntegers,
    stratum: AnyIntegers,
    begin: Integers,
    stop: Integers,
    start: int,
    end: int,
    month: int,
) -> None:
    """Add the seconds of [begin, stop) that lie in [start, end), each to the month in which it passes.

    ``by_person`` has shape (persons,), or is empty if it is not wanted.
    """
    by_persons = by_person.shape[0] > 0
    for i in range(begin.shape[0]):
        a = max(begin[i], start)
        b = min(stop[i], end)
        if a >= b:
            continue
        strata[stratum[i]] += b - a
        if by_persons:
            by_person[person[i]] += b - a
        if price != 0.0:
            person_cost[person[i]] += price * (b - a)
        while a < b:
            m = (a - start) // month
            edge = min(b, start + (m + 1) * month)
            cross[cell[i], m] += edge - a
            a = edge


@kept(nogil=True)
def join_stays(
    person: AnyIntegers, asked: Integers, ended: Integers, gap: int
) -> tuple[npt.NDArray[np.int32], Integers, Integers]:
    """Join stays, sorted by person and time, into spells.

    Returns the spell of each stay, and for each stay the part of it [begin, stop) that is not already covered
    by an earlier stay of the spell. A stay that begins less than ``gap`` seconds after the spell so far
    belongs to it. Open stays (ended -1) stop at NEVER.
    """
    n = person.shape[0]
    spell = np.empty(n, np.int32)
    begin = np.empty(n, np.int64)
    stop = np.empty(n, np.int64)
    number = -1
    left = np.int64(0)
    for i in range(n):
        finish = ended[i] if ended[i] >= 0 else NEVER
        if i == 0 or person[i] != person[i - 1] or asked[i] - left >= gap:
            number += 1
            left = asked[i]
        spell[i] = number
        begin[i] = max(asked[i], left)
        stop[i] = max(finish, begin[i])
        left = max(left, finish)
    return spell, begin, stop


@kept(nogil=True)
def cut_pieces(
    person: AnyIntegers,
    begin: Integers,
    stop: Integers,
    ready_person: AnyIntegers,
    ready_begin: Integers,
    ready_stop: Integers,
) -> tuple[npt.NDArray[np.int32], Integers, Integers, npt.NDArray[np.bool_]]:
    """Cut stays at clinical readiness and relapse: pieces (stay, begin, stop, is ready).

    Stays and ready periods are both sorted by person and time. Pieces of a stay are disjoint and cover it.
    """
    room = begin.shape[0] + 2 * ready_begin.shape[0]
    stay = np.empty(room, np.int32)
    a = np.empty(room, np.int64)
    b = np.empty(room, np.int64)
    ready = np.empty(room, np.bool_)
    n = 0
    first = 0
    for i in range(begin.shape[0]):
        while first < ready_begin.shape[0] and (
            ready_person[first] < person[i] or (ready_person[first] == person[i] and ready_stop[first] <= begin[i])
        ):
            first += 1
        t = begin[i]
        j = first
        while j < ready_begin.shape[0] and ready_person[j] == person[i] and ready_begin[j] < stop[i] and t < stop[i]:
            if n + 2 >= room:
                room = 2 * room + 4
                stay, a, b, ready = (
                    _longer(stay, room),
                    _longer(a, room),
                    _longer(b, room),
                    _longer(ready, room),
                )
            if ready_begin[j] > t:
                stay[n], a[n], b[n], ready[n] = i, t, ready_begin[j], False
                t = ready_begin[j]
                n += 1
            edge = min(ready_stop[j], stop[i])
            if edge > t:
                stay[n], a[n], b[n], ready[n] = i, t, edge, True
                t = edge
                n += 1
            j += 1
        if t < stop[i]:
            if n >= room:
                room = 2 * room + 4
                stay, a, b, ready = (
                    _longer(stay, room),
                    _longer(a, room),
                    _longer(b, room),
                    _longer(ready, room),
                )
            stay[n], a[n], b[n], ready[n] = i, t, stop[i], False
            n += 1
    return stay[:n], a[:n], b[:n], ready[:n]


@kept(nogil=True)
def _longer(column, room):  # type: ignore[no-untyped-def]
    """The column with room for more."""
    grown = np.empty(room, column.dtype)
    grown[: column.shape[0]] = column
    return grown


@kept(nogil=True)
def person_time(
    cross: Integers,
    strata: Integers,
    by_person: Integers,
    person_cost: Floats,
    prices: Floats,
    entry: Integers,
    death: Integers,
    special_from: Integers,
    minutes_a_week: Integers,
    municipality: Integers,
    stratum: AnyIntegers,
    segment_at_start: Integers,
    chronic: Integers,
    group_of: Integers,
    change_first: Integers,
    change_time: Integers,
    change_to: Integers,
    complicated_first: Integers,
    complicated_begin: Integers,
    complicated_stop: Integers,
    away_first: Integers,
    away_begin: Integers,
    away_stop: Integers,
    chosen: npt.NDArray[np.bool_],
    start: int,
    end: int,
    month: int,
) -> None:
    """Time lived in [start, end) by group, segment, municipality and month.

    ``cross``, ``strata`` and ``by_person`` (shape (4, persons)) have four sums: alive; alive at home (not in hospital,
    at a short-term place or in special housing); in special housing; home help in seconds x minutes a week, while
    at home.
    ``group_of`` has shape (segment, chronic or not, complicated episode open or not). The lists of a person i
    lie in [first[i], first[i+1]), sorted by time.
    """
    municipalities = cross.shape[1] // 16
    everybody = chosen.shape[0] == 0
    for p in range(entry.shape[0]):
        if not (everybody or chosen[p]):
            continue
        t = max(entry[p], start)
        last = min(death[p], end)
        if t >= last:
            continue
        segment = segment_at_start[p]
        c, c_end = change_first[p], change_first[p + 1]
        k, k_end = complicated_first[p], complicated_first[p + 1]
        w, w_end = away_first[p], away_first[p + 1]
        ill_until = np.int64(-1)
        away_until = np.int64(-1)
        lasting = 1 if chronic[p] > 0 else 0
        while t < last:
            while c < c_end and change_time[c] <= t:
                segment = change_to[c]
                c += 1
            while k < k_end and complicated_begin[k] <= t:
                ill_until = max(ill_until, complicated_stop[k])
                k += 1
            while w < w_end and away_begin[w] <= t:
                away_until = max(away_until, away_stop[w])
                w += 1
            m = (t - start) // month
            edge = min(last, start + (m + 1) * month)
            if c < c_end:
                edge = min(edge, change_time[c])
            if k < k_end:
                edge = min(edge, complicated_begin[k])
            if ill_until > t:
                edge = min(edge, ill_until)
            if w < w_end:
                edge = min(edge, away_begin[w])
            if away_until > t:
                edge = min(edge, away_until)
            if special_from[p] > t:
                edge = min(edge, special_from[p])
            group = group_of[segment, lasting, 1 if ill_until > t else 0]
            cell = (group * 4 + segment) * municipalities + municipality[p]
            length = edge - t
            cross[0, cell, m] += length
            strata[0, stratum[p]] += length
            by_person[0, p] += length
            if special_from[p] <= t:
                cross[2, cell, m] += length
                strata[2, stratum[p]] += length
                by_person[2, p] += length
                person_cost[p] += prices[2] * length
            elif away_until <= t:
                cross[1, cell, m] += length
                strata[1, stratum[p]] += length
                by_person[1, p] += length
                if minutes_a_week[p] > 0:
                    help_given = length * minutes_a_week[p]
                    cross[3, cell, m] += help_given
                    strata[3, stratum[p]] += help_given
                    by_person[3, p] += help_given
                    person_cost[p] += prices[3] * help_given
            t = edge


@kept(nogil=True)
def bounds_of_persons(person: AnyIntegers, persons: int) -> Integers:
    """Where each person's entries begin in a list sorted by person; shape (persons + 1,)."""
    first = np.zeros(persons + 1, np.int64)
    for i in range(person.shape[0]):
        first[person[i] + 1] += 1
    return np.cumsum(first)


@kept(nogil=True)
def quantiles_by_code(code: AnyIntegers, codes: int, ordered: Integers, shares: Floats) -> Floats:
    """Quantiles of the values of each code; values sorted, codes in the same order; shape (shares, codes).

    Linear interpolation between neighbours, as ``numpy.quantile``; nan where a code has no value.
    """
    count = np.zeros(codes, np.int64)
    for i in range(code.shape[0]):
        count[code[i]] += 1
    result = np.full((shares.shape[0], codes), np.nan)
    seen = np.zeros(codes, np.int64)
    for i in range(code.shape[0]):
        g = code[i]
        for q in range(shares.shape[0]):
            rank = shares[q] * (count[g] - 1)
            low = np.int64(np.floor(rank))
            if seen[g] == low:
                result[q, g] = float(ordered[i])
            elif seen[g] == low + 1:
                result[q, g] += (rank - low) * (float(ordered[i]) - result[q, g])
        seen[g] += 1
    return result


@kept(nogil=True)
def first_overlaps(person: AnyIntegers, begin: Integers, stop: Integers, most: int) -> tuple[int, Integers]:
    """How many intervals overlap an earlier one of the same person, and where the first of them are.

    The intervals are sorted by person and begin.
    """
    found = np.empty(most, np.int64)
    n = 0
    until = np.int64(0)
    for i in range(person.shape[0]):
        if i == 0 or person[i] != person[i - 1]:
            until = np.int64(-1)
        if begin[i] < until and stop[i] > begin[i]:
            if n < most:
                found[n] = i
            n += 1
        until = max(until, stop[i])
    return n, found[: min(n, most)]


@kept(nogil=True)
def used_by_period(unit: AnyIntegers, begin: Integers, stop: Integers, edges: Integers, units: int) -> Integers:
    """Seconds of [begin, stop) by unit and period between edges; shape (periods, units)."""
    periods = edges.shape[0] - 1
    area = np.zeros((periods, units), np.int64)
    for i in range(unit.shape[0]):
        for k in range(periods):
            a = max(begin[i], edges[k])
            b = min(stop[i], edges[k + 1])
            if a < b:
                area[k, unit[i]] += b - a
    return area


@kept(nogil=True)
def not_covered(
    person: AnyIntegers, begin: Integers, stop: Integers, covers: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Which intervals are not covered by the covering intervals of the same person, up to gaps of one second.

    All are sorted by person and begin, covering ones first where they begin together.
    """
    found = np.empty(person.shape[0], np.int64)
    n = 0
    i = 0
    while i < person.shape[0]:
        last = i
        while last < person.shape[0] and person[last] == person[i]:
            last += 1
        for j in range(i, last):
            if covers[j]:
                continue
            t = np.int64(-1)  # covered from begin[j] to t
            for k in range(i, last):
                if covers[k] and begin[k] <= max(begin[j], t + 1) and stop[k] > max(begin[j], t):
                    t = stop[k]
            if t < stop[j] and stop[j] > begin[j]:
                found[n] = j
                n += 1
        i = last
    return found[:n]
