"""Lowered code to read: the state machine of a process beside its source, without compiling anything.

The text is that of the compiled module with names put back: variables instead of slots of the frame, ``w.group.name``
instead of places in the buffers, operations instead of their numbers.
"""

from __future__ import annotations

import ast
import difflib
import linecache
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import llvmlite.binding
import numba
import numpy as np

from sim.buffers import Place, Values, World
from sim.code_cache import cache_directory
from sim.engine.compiling import Task, compiled_already
from sim.engine.expressions import BUFFER_NAMES, WORLD_ARGUMENTS, kind_of_annotation
from sim.engine.kernel import ARGUMENTS, CALL, HOLD, RETURN, SEIZE, SEIZE_FIRST, SPAWN
from sim.engine.lowering import Lowered, Lowerer, module_text, needs
from sim.engine.modules import hashed_name
from sim.engine.source import Source, is_process, source_of
from sim.engine.statements import Line
from sim.engine.surface import world_of
from sim.language import NEVER_GIVE_UP

OPERATIONS = ("hold", "seize", "release", "record", "spawn", "seize_first", "amend", "call", "return")
WAITING = (HOLD, SEIZE, SEIZE_FIRST, CALL)
"""Operations after which a process may not go on at once."""
HOW_WAITING = {HOLD: "waits", SEIZE: "may wait", SEIZE_FIRST: "may wait", CALL: "may wait inside"}
GUARD_LINES, QUICK_LINES = 4, 5
"""Lines that count the rounds of a loop; shown as one."""


@dataclass(frozen=True)
class Row:
    """One line to show: of the source with its number, or of the lowered code with its state.

    Attributes
    ----------
    number : int, or None
        Line of the file, for lines of the source.
    state : int, or None
        The state (``pc``), for lowered lines of processes.
    """

    number: int | None
    state: int | None
    text: str

    def __str__(self) -> str:
        if self.number is not None:
            return f"{self.number:>5}  {self.text}".rstrip()
        return f"{'' if self.state is None else self.state:>12} | {self.text}"


@dataclass(frozen=True)
class Shown:
    """A process or rule, lowered.

    Attributes
    ----------
    title : str
        Name, file and line.
    facts : tuple of str
        States and which of them wait; variables and their places.
    rows : tuple of Row
        The source, and below each line what it became.
    """

    title: str
    facts: tuple[str, ...]
    rows: tuple[Row, ...]

    def __str__(self) -> str:
        return "\n".join([self.title, *(f"  {fact}" for fact in self.facts), "", *map(str, self.rows)])


def show(function: Callable[..., Any], world: World | Mapping[str, Values | Sequence[Any]]) -> str:
    """The lowered form of a process or rule of one's own, beside its source.

    Parameters
    ----------
    function : function
        A process, or a rule whose parameters have the annotations int or float.
    world : World, or mapping of path to values
        As for :func:`sim.engine.run`; only names and types of columns matter.

    Raises
    ------
    LoweringError
        For what the compiled engine cannot express.
    ValueError
        For a rule without annotations.
    """
    lowerer = Lowerer(world_of(world), hashed_name)
    if is_process(function):
        return str(_Process(lowerer, lowerer.process(function)).shown())
    source = source_of(function)
    takes = [kind_of_annotation(parameter.annotation) for parameter in source.parameters]
    if None in takes:
        raise ValueError(f"{source.name}: a rule is shown for given types; annotate its parameters with int or float")
    rule = lowerer.rule_for(source, [kind for kind in takes if kind])
    return str(_Rule(lowerer, rule.name).shown())


class Flows:
    """All processes and rules of a program, lowered for the columns of a world.

    Parameters
    ----------
    processes : sequence of generator functions
        Those that are started; the others are found.
    world : World
        Only names and types of its columns matter.
    """

    def __init__(self, processes: Sequence[Callable[..., Any]], world: World) -> None:
        self._lowerer = Lowerer(world, hashed_name)
        self.processes = tuple(self._lowerer.program(processes))

    @cached_property
    def _named(self) -> dict[str, list[_Process | _Rule]]:
        """By module and name; a rule may be lowered for several types of arguments."""
        found: dict[str, list[_Process | _Rule]] = {}
        for process in self.processes:
            found[process.source.identity] = [_Process(self._lowerer, process)]
        for name, (source, _) in self._lowerer.rule_lines.items():
            found.setdefault(source.identity, []).append(_Rule(self._lowerer, name))
        return found

    def names(self) -> Iterator[str]:
        """All processes and rules, with their modules."""
        return iter(self._named)

    def show(self, name: str) -> list[Shown]:
        """The lowered form of a process or rule; several if a rule is used with several types of arguments.

        Parameters
        ----------
        name : str
            The function, with or without its module: ``visit``, ``emergency.visit``.

        Raises
        ------
        ValueError
            For a name that does not exist, with the nearest that do, or that several functions have.
        """
        found = [identity for identity in self._named if f".{identity}".endswith(f".{name}")]
        flows = [identity for identity in found if isinstance(self._named[identity][0], _Process)]
        found = flows or found
        if not found:
            raise ValueError(f"{name}: no flow and no rule has this name{self._nearest(name)}")
        if len(found) > 1:
            raise ValueError(f"{name}: several have this name: {', '.join(sorted(map(short, found)))}")
        return [lowered.shown() for lowered in self._named[found[0]]]

    def _nearest(self, name: str) -> str:
        known = sorted(map(short, self._named))
        if "." not in name:
            known = sorted({identity.rpartition(".")[2] for identity in known})
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        return f"; did you mean {' or '.join(near)}?" if near else ""

    def table(self) -> list[tuple[str, str, int, int]]:
        """Every process: name, file and line, number of states, how many of these begin after waiting."""
        rows = []
        for process in self.processes:
            lowered = _Process(self._lowerer, process)
            place = f"{shown_path(process.source)}:{process.source.first_line}"
            rows.append((process.source.title, place, len(process.states), len(lowered.waiting)))
        return sorted(rows)

    def tasks(self) -> list[Task]:
        """What is compiled for this program."""
        tasks = list(self._lowerer.tasks)
        for process in self.processes:
            text = module_text(process.source, process.imports, process.text, "process")
            name = hashed_name(process.source.identity, text)
            tasks.append(Task(name, "step", None, needs(process.imports), process.source.title))
        return tasks

    def compiled(self) -> tuple[int, int]:
        """How many functions are in the cache, and how many there are."""
        kept = compiled_already(cache_directory())
        tasks = self.tasks()
        return sum(f"{task.module}.{task.function}" in kept for task in tasks), len(tasks)


def short(identity: str) -> str:
    """Module and function, without the packages around them."""
    return ".".join(identity.split(".")[-2:])


def shown_path(source: Source) -> str:
    """The file of a function, from the working directory if it is there."""
    path = Path(source.function.__code__.co_filename)
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


@dataclass(frozen=True)
class CacheFacts:
    """The cache of compiled code: its folder, how many functions it holds, and their size in bytes."""

    folder: Path
    functions: int
    size: int


def cache_facts() -> CacheFacts:
    """What is in the cache now."""
    folder = cache_directory()
    files = [path for path in folder.rglob("*") if path.is_file()]
    return CacheFacts(folder, len(compiled_already(folder)), sum(path.stat().st_size for path in files))


def versions() -> str:
    """What compiled code depends on besides the model."""
    processor = llvmlite.binding.get_host_cpu_name()
    return f"numba {numba.__version__}, llvmlite {llvmlite.__version__}, NumPy {np.__version__}, processor {processor}"


# --- one function -----------------------------------------------------------------------------------------------


class _Beside:
    """What processes and rules have in common: lowered lines below the lines of the source they were made from."""

    source: Source
    names: _Names

    @property
    def title(self) -> str:
        return f"{self.source.title}  {shown_path(self.source)}:{self.source.first_line}"

    def beside(self, lowered: Sequence[tuple[Line, Row]]) -> Iterator[Row]:
        """The source from its first line to its last; lowered lines follow the statement they were made from."""
        node = self.source.node
        ends = {child.lineno: _last_line(child) for child in ast.walk(node) if isinstance(child, ast.stmt)}
        ends[self.source.first_line] = self.source.first_line
        shown = self.source.first_line - 1
        for line, row in sorted(lowered, key=lambda pair: pair[0].order):
            end = ends.get(line.source, line.source)
            yield from self.source_rows(shown + 1, end)
            shown = max(shown, end)
            yield row
        yield from self.source_rows(shown + 1, node.end_lineno or shown)

    def source_rows(self, first: int, last: int) -> Iterator[Row]:
        """Lines of the file."""
        file = self.source.function.__code__.co_filename
        for number in range(first, last + 1):
            yield Row(number, None, linecache.getline(file, number).rstrip("\n"))


def _last_line(statement: ast.stmt) -> int:
    """Where a statement ends; of one with others inside, where its head ends."""
    body = getattr(statement, "body", None)
    if not body:
        return statement.end_lineno or statement.lineno
    head = getattr(statement, "test", None) or getattr(statement, "iter", None) or statement
    return getattr(head, "end_lineno", statement.lineno) if head is not statement else statement.lineno


class _Process(_Beside):
    """A process to show."""

    def __init__(self, lowerer: Lowerer, lowered: Lowered) -> None:
        self.source = lowered.source
        self.lowered = lowered
        self.names = _Names(lowerer, lowered.slots)
        self.waiting: dict[int, int] = {}
        for state in lowered.states:
            after, operation = _end(state)
            if after is not None and operation in WAITING:
                self.waiting[after] = operation

    def shown(self) -> Shown:
        """Title, facts and rows."""
        rows = [pair for number, state in enumerate(self.lowered.states) for pair in self._state(number, state)]
        return Shown(self.title, tuple(self._facts()), tuple(self.beside(rows)))

    def _facts(self) -> Iterator[str]:
        states = len(self.lowered.states)
        lines = self.lowered.lines
        yield f"process with {states} state{'s' if states > 1 else ''}; w stands for the clock and the world's buffers"
        if self.waiting:
            waits = (f"{n} (line {lines[n]}, {OPERATIONS[op]})" for n, op in sorted(self.waiting.items()))
            yield f"goes on after waiting at {', '.join(waits)}"
        if self.lowered.slots:
            slots = (f"{name} {slot.lstrip('_')}" for slot, name in self.lowered.slots.items())
            yield f"frame: {', '.join(slots)}"

    def _state(self, number: int, state: Sequence[Line]) -> Iterator[tuple[Line, Row]]:
        """The lines of a state; a command and its operands are one."""
        shallow = min((_depth(line) for line in state), default=0)
        operands: list[tuple[str, str]] = []
        for line in _readable(state):
            text = line.strip()
            if match := re.fullmatch(r"_(command|arguments)\[(\d+)\] = (.*)", text):
                operands.append((match[1][0] + match[2], self.names.read(match[3])))
                continue
            if match := re.fullmatch(r"return (\d+)", text):
                text = self._ending(int(match[1]), operands)
                operands = []
            else:
                text = self.names.read(text)
            yield line, Row(None, number, "    " * (_depth(line) - shallow) + text)

    def _ending(self, operation: int, operands: Sequence[tuple[str, str]]) -> str:
        """The command that ends a state, with its operands, and the state that follows."""
        values = dict(operands)
        if operation == RETURN:
            return f"return {values.get('c1', '')}".rstrip()
        if operation in (CALL, SPAWN):
            name = self.lowered.callees[int(values["c1"])].__name__
            given = ", ".join(["w", *_variable_operands(operands)])
            text = f"call {name}({given})" if operation == CALL else f"spawn({name}({given}))"
        elif operation == SEIZE_FIRST:
            text = f"seize_first({', '.join([*_variable_operands(operands), *_waiting(values, 'c2', 'c3')])})"
        elif operation == SEIZE:
            text = f"seize({', '.join([values['c1'], *_waiting(values, 'c2', 'c3')])})"
        else:
            given = ", ".join(value for place, value in operands if place != "c0")
            text = f"{OPERATIONS[operation]}({given})"
        how = f" ({HOW_WAITING[operation]})" if operation in HOW_WAITING else ""
        return f"{text} -> {values['c0']}{how}"


def _variable_operands(operands: Sequence[tuple[str, str]]) -> list[str]:
    """Arguments of a process, or alternatives: those that lie behind the fixed operands."""
    return [value for place, value in operands if place[0] == "a" or int(place[1:]) >= ARGUMENTS]


def _waiting(values: Mapping[str, str], priority: str, patience: str) -> Iterator[str]:
    """Priority and patience where they are not what they are if nothing is said."""
    if values[priority] != "0":
        yield f"priority={values[priority]}"
    if values[patience] != str(NEVER_GIVE_UP):
        yield f"patience={values[patience]}"


class _Rule(_Beside):
    """A rule to show, lowered for given types of arguments."""

    def __init__(self, lowerer: Lowerer, name: str) -> None:
        self.source, self.lines = lowerer.rule_lines[name]
        self.kinds = name.rpartition("_")[2]
        self.names = _Names(lowerer, {})

    def shown(self) -> Shown:
        """Title, facts and rows."""
        words = {"i": "int", "f": "float"}
        parameters = zip(self.source.parameters, self.kinds, strict=True)
        takes = ", ".join(f"{parameter.arg}: {words[kind]}" for parameter, kind in parameters)
        rows = []
        for line in _readable(self.lines):
            text = "    " * (_depth(line) - 1) + self.names.read(line.strip())
            rows.append((line, Row(None, None, text)))
        return Shown(self.title, (f"rule, lowered for ({takes}): one function, no states",), tuple(self.beside(rows)))


def _depth(line: str) -> int:
    return (len(line) - len(line.lstrip())) // 4


def _end(state: Sequence[Line]) -> tuple[int | None, int]:
    """Where a state goes on and after which operation, if it ends with a command."""
    after = None
    for line in state:
        if match := re.fullmatch(r"_command\[0\] = (\d+)", line.strip()):
            after = int(match[1])
        elif after is not None and (match := re.fullmatch(r"return (\d+)", line.strip())):
            return after, int(match[1])
    return None, RETURN


def _readable(lines: Sequence[Line]) -> Iterator[Line]:
    """Lines without what says nothing: needless passes, ends of jumps, lines of guards, the quick way of a command."""
    skipped, before = 0, ""
    for line, following in zip(lines, [*lines[1:], Line()], strict=True):
        text = line.strip()
        needless = (text == "pass" and _depth(following) == _depth(line)) or (
            text == "continue" and before.startswith("pc = ")
        )
        if text.startswith("sent = quick_command("):
            skipped = QUICK_LINES
        if not skipped and not needless:
            yield line
        skipped = GUARD_LINES - 1 if text == "_rounds += 1" else max(0, skipped - 1)
        before = text


# --- names put back ---------------------------------------------------------------------------------------------


class _Names(ast.NodeTransformer):
    """Puts names back into lowered text."""

    def __init__(self, lowerer: Lowerer, slots: Mapping[str, str]) -> None:
        self.slots = slots
        self.rules = {name: source for name, (source, _) in lowerer.rule_lines.items()}
        self.positions: dict[str, Place] = {}
        places = lowerer.places.values()
        self.columns = {place.layout: place for place in places if not place.scalar}
        self.scalars = {(BUFFER_NAMES[p.buffer], p.offset): p for p in places if p.scalar}

    def read(self, text: str) -> str:
        """One line of lowered text."""
        if re.fullmatch(r"pc = \d+", text):
            return f"go to {text.removeprefix('pc = ')}"
        if text == "_rounds += 1":
            return "count the rounds of the loop"
        if text in ("else:", "break", "continue", "pass"):
            return text
        block = text.endswith(":")
        tree = self.visit(ast.parse(f"{text} pass" if block else text))
        read = ast.unparse(tree)
        return read.splitlines()[0] if block else read

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Positions that are computed once, for a change of an element."""
        if place := self._column(node.value):
            self.positions[ast.unparse(node.targets[0])] = place
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Variables of rules."""
        return ast.Name(node.id.removeprefix("v_"))

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Slots of the frame, scalars, lengths, elements of columns."""
        text = ast.unparse(node)
        if text in self.slots:
            return ast.Name(self.slots[text])
        buffer, at = ast.unparse(node.value), node.slice
        if buffer in BUFFER_NAMES.values() and isinstance(at, ast.Constant):
            return ast.Name(self._fixed(buffer, int(ast.unparse(at))))
        if buffer in BUFFER_NAMES.values() and (place := self._column(at)):
            return ast.Name(f"w.{place.path}[{', '.join(self._indices(at))}]")
        if isinstance(at, ast.Name) and at.id in self.positions:
            return ast.Name(f"w.{self.positions[at.id].path}[{at.id}]")
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Rules with the world, checked arithmetic without the place of an error."""
        if place := self._column(node):
            return ast.Name(f"position(w.{place.path}, {', '.join(self._indices(node))})")
        arguments = [ast.unparse(argument) for argument in node.args]
        name = ast.unparse(node.func)
        if ", ".join(arguments).endswith(WORLD_ARGUMENTS):
            rule = self.rules[name]
            own = [self.visit(argument) for argument in node.args[: len(rule.parameters)]]
            return ast.Call(ast.Name(rule.name), [ast.Name("w"), *own] if rule.takes_world else own, [])
        if arguments[-2:-1] == ["_command"]:
            return ast.Call(node.func, [self.visit(argument) for argument in node.args[:-2]], [])
        return self.generic_visit(node)

    def _fixed(self, buffer: str, at: int) -> str:
        """A number at a fixed place: the clock, a scalar, the length of a column."""
        if (buffer, at) == ("_int_state", 0):
            return "w.clock[0]"
        if (buffer, at) in self.scalars:
            return f"w.{self.scalars[buffer, at].path}"
        return f"len(w.{self.columns[at - 1].path})"

    def _column(self, node: ast.AST) -> Place | None:
        """The column whose element a call of ``position`` finds."""
        if not isinstance(node, ast.Call) or ast.unparse(node.func) not in ("position", "position2"):
            return None
        layout = node.args[1 if ast.unparse(node.func) == "position" else 2]
        return self.columns[int(ast.unparse(layout))]

    def _indices(self, node: ast.AST) -> list[str]:
        assert isinstance(node, ast.Call)
        count = 1 if ast.unparse(node.func) == "position" else 2
        return [ast.unparse(self.visit(argument)) for argument in node.args[:count]]
