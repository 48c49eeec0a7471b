"""Random programs in the process language, as source text: everything the language has, at colliding times."""

from __future__ import annotations

import linecache
import random
from dataclasses import dataclass, field
from typing import Any

HEAD = """
import math
from sim.language import Process, hold, seize, seize_first, release, spawn, record, amend, free, waiting

WEIGHT = 3


def h(a, b):
    z = (a * 1000003 + b * 7919 + 12345) & 0x7FFFFFFF
    z = (z ^ (z >> 15)) * 0x2C1B3C6D & 0x7FFFFFFF
    return (z ^ (z >> 12)) >> 3


def crowd(w, r):
    return 1000 * waiting(w, r) + free(w, r)


def mark(w, p, step):
    total = 0
    for i in range(p % 3 + 1):
        if i == 2:
            continue
        w.people.seen[(p + i) % 8] += step
        total += w.people.seen[(p + i) % 8]
    share = total / WEIGHT
    w.people.share[p % 8] = share + w.levers.gain
    return total if share < 1000.0 else -total
"""


@dataclass
class RandomProgram:
    """A program and the scenario it runs in."""

    seed: int
    text: str = ""
    names: list[str] = field(default_factory=list)
    capacities: list[int] = field(default_factory=list)
    changes: list[tuple[int, int, int]] = field(default_factory=list)
    later_changes: list[tuple[int, int, int]] | None = None
    roots: int = 10
    pause: int = 20
    horizon: int = 60
    gain: int = 0
    shares: list[float] | None = None

    def processes(self) -> list[Any]:
        """The process functions, made from the text."""
        name = f"random_{self.seed}.py"
        linecache.cache[name] = (len(self.text), None, self.text.splitlines(keepends=True), name)
        scope: dict[str, Any] = {"__name__": name[:-3]}
        exec(compile(self.text, name, "exec"), scope)
        return [scope[process] for process in self.names]


class Writer:
    """Writes the body of one process."""

    def __init__(self, dice: random.Random, program: RandomProgram, number: int, faults: bool) -> None:
        self.dice = dice
        self.program = program
        self.number = number
        self.faults = faults
        self.lines: list[str] = []
        self.tag = 0
        self.variables = 0

    def put(self, depth: int, *lines: str) -> None:
        self.lines.extend("    " * depth + line for line in lines)

    def row(self, depth: int, value: str) -> None:
        self.tag += 1
        unit = self.number * 100 + self.tag
        read = f"crowd(w, (p + k) % {len(self.program.capacities)})" if self.tag % 3 == 0 else "-1"
        self.put(depth, f"row = yield record(p, k, {self.number}, {unit}, w.clock[0], {read}, d, {value}, got)")

    def resource(self) -> str:
        n = len(self.program.capacities)
        return self.dice.choice([str(self.dice.randrange(n)), f"h(p, k) % {n}", f"(p + k) % {n}"])

    def duration(self) -> str:
        return f"h(p, k + {self.dice.randint(0, 9)}) % {self.dice.choice([1, 2, 3, 4])}"

    def patience(self) -> str:
        return self.dice.choice(["-1", "0", "1", "h(p, k) % 4", "2", "3", "h(p, 1) % 3 - 1"])

    def priority(self) -> str:
        return self.dice.choice(["0", "h(p, 7) % 3", "k % 2", "15", "p & 1 | 2"])

    def callee(self) -> str:
        return self.dice.choice(self.program.names)

    def block(self, depth: int, statements: int, loop: bool = False) -> None:
        kinds = [self.pause, self.use, self.use_first, self.child, self.sub, self.loop, self.leave, self.amended]
        weights = [20, 25, 15, 10, 12, 8, 5, 5]
        if depth > 3:
            kinds, weights = kinds[:2] + kinds[3:4], [3, 2, 1]
        for _ in range(statements):
            if loop and self.dice.random() < 0.15:
                self.put(depth, "if h(p, k) % 4 == 0:", f"    {self.dice.choice(['break', 'continue'])}")
            self.dice.choices(kinds, weights)[0](depth)
        if self.faults and self.dice.random() < 0.25:
            self.fault(depth)

    def pause(self, depth: int) -> None:
        self.put(depth, f"yield hold({self.duration()})")
        self.row(depth, "k % 1000")

    def use(self, depth: int) -> None:
        self.variables += 1
        unit = f"r{self.variables}"
        self.put(depth, f"{unit}: int = {self.resource()}")
        self.put(depth, f"got = yield seize({unit}, {self.priority()}, patience={self.patience()})")
        self.row(depth, "got")
        self.put(depth, "if got:")
        self.block(depth + 1, self.dice.randint(0, 2))
        self.put(depth + 1, f"yield hold({self.duration()})", f"yield release({unit})")
        self.row(depth + 1, "7")
        if self.dice.random() < 0.4:
            self.put(depth, "else:", f"    yield hold({self.dice.choice([0, 1])})")
            self.row(depth + 1, "8")

    def use_first(self, depth: int) -> None:
        n = len(self.program.capacities)
        order = self.dice.sample(range(n), self.dice.randint(1, n))
        self.variables += 1
        unit = f"r{self.variables}"
        named = ", ".join(f"({r} + p) % {n}" if self.dice.random() < 0.5 else str(r) for r in order)
        if "p" in named:
            named = ", ".join(f"({r} + p) % {n}" for r in order)
        self.put(
            depth, f"{unit}: int = yield seize_first({named}, priority={self.priority()}, patience={self.patience()})"
        )
        self.row(depth, unit)
        self.put(depth, f"if {unit} >= 0:", f"    yield hold({self.duration()})")
        where = f"({unit} * 0 + {order[0]})" if len(order) == 1 else self.pick(order, unit)
        where = f"({where} + p) % {n}" if "p" in named else where
        self.put(depth + 1, f"yield release({where})")
        self.row(depth + 1, "9")

    @staticmethod
    def pick(order: list[int], unit: str) -> str:
        text = str(order[-1])
        for position in range(len(order) - 2, -1, -1):
            text = f"({order[position]} if {unit} == {position} else {text})"
        return text

    def child(self, depth: int) -> None:
        extra = self.dice.choice(["", ", x=0.5 + k", f", x=h(p, k) / {self.dice.randint(2, 5)}"])
        call = f"{self.callee()}(w, p * 5 + {self.dice.randint(1, 4)}, d + 1{extra})"
        self.put(depth, "if d < 3:", f"    yield spawn({call})")
        self.row(depth + 1, "5")

    def sub(self, depth: int) -> None:
        call = f"{self.callee()}(w, p * 3 + {self.dice.randint(1, 2)}, d=d + {self.dice.choice([1, 2, 2])}, x=x * 1.5)"
        self.put(depth, "if d < 2:", f"    k = yield from {call}")
        self.row(depth + 1, "k % 1000")

    def loop(self, depth: int) -> None:
        self.variables += 1
        name = f"i{self.variables}"
        if self.dice.random() < 0.5:
            self.put(depth, f"for {name} in range({self.dice.choice(['2', 'p % 3', '3, 0, -1', '1, 6, 2'])}):")
            self.put(depth + 1, f"k += {name}")
        else:
            self.put(depth, f"{name}: int = 0", f"while {name} < {self.dice.randint(1, 3)}:", f"    {name} += 1")
        self.block(depth + 1, self.dice.randint(1, 2), loop=True)

    def leave(self, depth: int) -> None:
        if depth == 1:
            self.put(
                depth,
                f"if h(p, k) % 3 == 0 and x > {self.dice.random():.2f} or k in (5, 9, 11):",
                "    return k % 7 + 1",
            )
        else:
            self.put(depth, f"k = (k + mark(w, p, {self.dice.randint(1, 3)})) % 5000")
            self.put(depth, "x = x / 2 + w.people.share[k % 8] * 0.25")

    def amended(self, depth: int) -> None:
        row = self.dice.choice(["row", "max(0, row - h(p, k) % 5)", "row // 2"])
        self.put(depth, "if row >= 0:", f"    yield amend({row}, w.clock[0], w.clock[0] + 1, 3, int(x) % 100)")

    def fault(self, depth: int) -> None:
        """Something that goes wrong for some values of p and k."""
        kind = self.dice.choice(
            [
                "yield hold(-h(p, k) % 5 - 3)",
                "yield release(h(p, k) % 4)",
                "yield hold(7 // (h(p, k) % 3))",
                "k = w.people.seen[h(p, k) % 11]",
                "yield record(p, 1 << 40, 1, 40000, 0, 0, 0, 0, 0)",
                "got = yield seize(0, h(p, k) % 20)",
                "got = yield seize(h(p, k) % 5, 0, 0)",
                "got = yield seize_first(0, h(p, k) % 2)",
                "got = yield seize(0, 0, h(p, k) % 4 - 4)",
                "yield amend(row + h(p, k) % 3 * 4000 - 1, 0, 0, 0, 0)",
                "x = math.log(x - h(p, k) % 3)",
                "x = x / (k % 2)",
                "return 4",
            ]
        )
        self.put(depth, f"if h(p, k + {self.tag}) % 7 == 0:", f"    {kind}")


def random_program(seed: int, faults: bool = False) -> RandomProgram:
    """A program, its resources, capacity changes (some at time 0 and at the pause) and horizon."""
    dice = random.Random(seed)
    program = RandomProgram(seed)
    program.names = [f"f{i}" for i in range(dice.randint(2, 4))]
    n = dice.randint(1, 3)
    program.capacities = [dice.randint(0, 3) for _ in range(n)]
    program.pause = dice.randint(5, 30)
    parts = [HEAD]
    for number, name in enumerate(program.names):
        writer = Writer(dice, program, number, faults)
        writer.block(1, dice.randint(3, 6))
        writer.row(1, "w.people.seen[p % 8] % 1000")
        parts.append(f"\n\ndef {name}(w, p: int, d: int = 0, x: float = 0.25) -> Process[int]:")
        parts.append("    k: int = 0\n    got: int = 0\n    row: int = -1\n" + "\n".join(writer.lines))
        parts.append("    return h(p, 3) % 4")
    program.text = "\n".join(parts) + "\n"
    program.changes = [
        (dice.choice([0, program.pause, dice.randint(1, 40)]), dice.randrange(n), dice.randint(0, 3))
        for _ in range(dice.randint(0, 14))
    ]
    program.changes += [(50, r, 2) for r in range(n)]
    if dice.random() < 0.5:
        times = [program.pause, dice.randint(program.pause, 45)]
        program.later_changes = [(dice.choice(times), dice.randrange(n), dice.randint(0, 4)) for _ in range(6)]
        program.later_changes += [(52, r, 2) for r in range(n)]
    program.roots = dice.randint(5, 25)
    program.gain = dice.randint(0, 3)
    if dice.random() < 0.5:
        program.shares = [dice.random() for _ in range(8)]
    return program
