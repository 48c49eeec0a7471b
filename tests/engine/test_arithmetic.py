"""Lowered arithmetic gives the same bits as Python's: every operator and function of the process language."""

from __future__ import annotations

import math
from enum import IntEnum

import numpy as np
import pytest
from numba import njit

from sim.buffers import Column
from sim.language import Process, hold, seconds
from tests.engine.engines import ALL, simulate


class Ward(IntEnum):
    MEDICINE = 3
    SURGERY = 5


SHARE = 0.3
PRIMES = (2, 3, 5, 7)
N = 400
INTS, FLOATS = 24, 26


@njit
def halved(x: float) -> float:
    return x / 2


def count(w, i: int, n) -> None:
    w.out.ints[i, 23] += n


def fold(x, y=2):
    total = x
    for k in range(3, 0, -1):
        if k == 2:
            continue
        total = total * y + k / 4
    while total > 100.0:
        total -= 33.3
        if total < 50:
            break
    return total


def whole_numbers(w, i: int) -> None:
    a, b = w.data.a[i], w.data.b[i]
    c = 0
    a, c = b, a
    w.out.ints[i, 0] = c + a * 3 - b
    w.out.ints[i, 1] = c // 7 + c // -7
    w.out.ints[i, 2] = c % 7 - c % -7
    w.out.ints[i, 3] = c // b if b else -1
    w.out.ints[i, 4] = c % b if b != 0 else -1
    w.out.ints[i, 5] = (c & 0xFF) | (b ^ 5) << 3 | (c >> 2)
    w.out.ints[i, 6] = ~c + -b + +c
    w.out.ints[i, 7] = min(c, b, 10) + max(c, b) + abs(c)
    w.out.ints[i, 8] = c**2 + b**3
    w.out.ints[i, 9] = (c > b) + (c == b) + (not c) + bool(b)
    w.out.ints[i, 10] = 1 if c in (1, 2, Ward.SURGERY) else 2 if b not in (4, 5) else 3
    w.out.ints[i, 11] = c and b
    w.out.ints[i, 12] = c or b
    w.out.ints[i, 13] = -10 < c <= b < 50
    w.out.ints[i, 14] = Ward.MEDICINE * c + PRIMES[i % 4] + PRIMES[-1]
    w.out.ints[i, 15] = int(w.data.x[i]) + int(True)
    w.out.ints[i, 16] = math.floor(w.data.x[i]) + math.ceil(w.data.x[i])
    w.out.ints[i, 17] = seconds(w.data.x[i])
    w.out.ints[i, 18] = len(w.data.a) + len(w.out.ints)
    w.out.ints[i, 19] = not (c > 3 and (b > 2 or c)) or b < -20
    w.out.ints[i, 20] = int(c / 3 * 1000)
    c = 5
    c <<= 2
    c |= 1
    w.out.ints[i, 21] = c
    w.out.ints[i, 22] += c
    w.out.ints[i, 22] //= 4
    count(w, i, 3)


def floats(w, i: int) -> None:
    x, y, a = w.data.x[i], w.data.y[i], w.data.a[i]
    w.out.floats[i, 0] = x * y + x - y / 3
    w.out.floats[i, 1] = x / y if y else 0.0
    w.out.floats[i, 2] = x // 0.7 + x // -0.7
    w.out.floats[i, 3] = x % 0.7 - x % -0.7
    w.out.floats[i, 4] = x // y if y != 0 else 1
    w.out.floats[i, 5] = x % y if y != 0 else 2
    w.out.floats[i, 6] = abs(x) ** 2
    w.out.floats[i, 7] = abs(x) ** 0.5 + 2**x / 1e9
    w.out.floats[i, 8] = (abs(x) + 0.001) ** y if abs(y) < 20 else 0.0
    w.out.floats[i, 9] = math.exp(x / 10) + math.expm1(y / 10)
    w.out.floats[i, 10] = math.log(abs(x) + 1e-9) + math.log1p(abs(y))
    w.out.floats[i, 11] = math.sqrt(abs(x)) + math.fabs(y)
    w.out.floats[i, 12] = math.sin(x) + math.cos(y) * math.tan(x) + math.atan(y) + math.atan2(x, y) + math.tanh(x)
    w.out.floats[i, 13] = min(x, y, 3) + max(a, x)
    w.out.floats[i, 14] = x if x > y else a
    w.out.floats[i, 15] = (x > 0) * 0.5 + a
    w.out.floats[i, 16] = fold(x) + fold(a) + fold(a, 3) + fold(y=x, x=y)
    w.out.floats[i, 17] = halved(a) + halved(x)
    w.out.floats[i, 18] = SHARE * math.pi + math.e
    w.out.floats[i, 19] = x or y
    w.out.floats[i, 20] = -x + float(a) + w.lever.share * w.lever.on
    w.out.floats[i, 21] = 1e300 * x * 1e10
    w.out.floats[i, 22] += x
    w.out.floats[i, 22] *= 3
    w.out.floats[i, 22] -= 1
    w.out.floats[i, 22] /= 7
    w.out.floats[i, 23] = -math.inf if x < y else math.inf
    w.out.floats[i, 24] = a / 7 + a / (a * a + 1)
    w.out.floats[i, 25] = math.pow(abs(x), 3.0) if abs(x) < 1e50 else x


def compute(w) -> Process[None]:
    for i in range(w.run.n):
        yield hold(i % 3)
        whole_numbers(w, i)
        floats(w, i)


def columns() -> list[Column]:
    dice = np.random.default_rng(3)
    x = np.concatenate([dice.normal(0, 10, N - 4), [0.5, -0.5, 0.0, 2.5]])
    return [
        Column("run.n", N),
        Column("data.a", dice.integers(-40, 40, N)),
        Column("data.b", dice.integers(-5, 6, N)),
        Column("data.x", x),
        Column("data.y", np.where(dice.random(N) < 0.1, 0.0, dice.normal(0, 5, N))),
        Column("lever.share", 0.125),
        Column("lever.on", True),
        Column("out.ints", np.zeros((N, INTS), int), state=True),
        Column("out.floats", np.zeros((N, FLOATS)), state=True),
    ]


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("engine", ["plain", "compiled"])
def test_every_expression_gives_the_same_bits(engine: str) -> None:
    reference = simulate(ALL["simpy"], [compute], columns=columns()).world
    lowered = simulate(ALL[engine], [compute], columns=columns()).world
    assert lowered.array("out.ints").tolist() == reference.array("out.ints").tolist()
    ours, theirs = lowered.array("out.floats"), reference.array("out.floats")
    for column in range(FLOATS):
        assert ours[:, column].tobytes() == theirs[:, column].tobytes(), f"floats {column}"
    assert len(np.unique(reference.array("out.floats"))) > 15 * N
