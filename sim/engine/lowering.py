"""Processes and rules, lowered from their syntax trees to text that numba compiles.

A process becomes a step function: a state machine whose states are the stretches between two commands. Its
variables live in its frame, so it can be left at every command and entered again. A rule becomes a function of the
same shape as it is written.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim import language
from sim.buffers import Place, World
from sim.code_cache import file_digest
from sim.engine import errors
from sim.engine.compiling import Task
from sim.engine.errors import LoweringError
from sim.engine.expressions import (
    COMMANDS,
    FLOAT,
    INT,
    NOTHING,
    WORLD_ARGUMENTS,
    Imports,
    Library,
    Rule,
    Typed,
    compiled_name,
    convert,
    join_kinds,
    kind_of_annotation,
)
from sim.engine.kernel import ARGUMENTS, BUFFERS, CALL, FLOAT_ARGUMENTS, QUICK, RETURN
from sim.engine.source import YIELDS, Source, contains, is_process, source_of
from sim.engine.statements import Line, Loop, RuleStatements, Statements, is_true, merge, parameter_kinds

MOST_ARGUMENTS = 48
"""Whole-number arguments of a process, or alternatives of ``seize_first``."""
STEP_ARGUMENTS = "_ints, _floats, _command"
ADDRESSES = {
    "_arguments": f"floats_at(_command[{FLOAT_ARGUMENTS}])",
    "_int_input": f"ints_at(_command[{BUFFERS}])",
    "_float_input": f"floats_at(_command[{BUFFERS + 1}])",
    "_int_state": f"ints_at(_command[{BUFFERS + 2}])",
    "_float_state": f"floats_at(_command[{BUFFERS + 3}])",
}
"""Where the world is found."""
OPERANDS: Mapping[Any, tuple[str, ...]] = {
    language.hold: ("seconds",),
    language.seize: ("resource", "priority", "patience"),
    language.release: ("resource",),
    language.record: ("person", "need", "kind", "unit", "asked", "started", "ended", "outcome", "detail"),
    language.amend: ("row", "started", "ended", "outcome", "detail"),
}
OPERATIONS: Mapping[Any, int] = {
    language.hold: language.HOLD,
    language.seize: language.SEIZE,
    language.release: language.RELEASE,
    language.record: language.RECORD,
    language.amend: language.AMEND,
}
QUICK_OPERATIONS = (language.SEIZE, language.RELEASE, language.RECORD, language.SPAWN, language.AMEND)
"""Commands that need not wait, or need not always."""
ANSWERING = (language.seize, language.seize_first, language.record)
"""Commands whose yield gives a value."""


@dataclass(frozen=True)
class Lowered:
    """A lowered process.

    Attributes
    ----------
    text : str
        The body of its module, without the imports.
    callees : tuple of functions
        Processes it calls or spawns, numbered as its text does.
    lines : tuple of int
        By state: the line of the command after which it goes on.
    takes : tuple of str
        Types of its parameters.
    ints, floats : int
        Slots of its frame.
    states : tuple of tuples of Line
        The text by state, each line with the line of the source that it was made from.
    slots : mapping of str to str
        Variables by their place in the frame, as the text writes it.
    """

    source: Source
    text: str
    imports: Imports
    callees: tuple[Callable[..., Any], ...]
    lines: tuple[int, ...]
    takes: tuple[str, ...]
    ints: int
    floats: int
    states: tuple[tuple[Line, ...], ...]
    slots: Mapping[str, str]


@dataclass
class ProcessShape:
    """Which variables a process has and where in its frame they lie."""

    source: Source
    variables: dict[str, Typed] = field(default_factory=dict)
    ints: int = 0
    floats: int = 0

    def declare(self, name: str, kind: str, node: ast.AST) -> None:
        """Give a variable its slot."""
        if name in self.variables:
            if self.variables[name].kind != kind:
                self.source.refuse(node, f"{name} has two types")
            return
        if kind == FLOAT:
            self.variables[name] = Typed(f"_floats[{self.floats}]", FLOAT)
            self.floats += 1
        else:
            self.variables[name] = Typed(f"_ints[{self.ints}]", INT)
            self.ints += 1

    def declare_all(self) -> None:
        """Declare parameters, annotated variables and counters of loops."""
        node = self.source.node
        for parameter, kind in zip(self.source.parameters, parameter_kinds(self.source), strict=True):
            self.declare(parameter.arg, kind, node)
        for child in ast.walk(node):
            if isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
                declared = kind_of_annotation(child.annotation)
                if declared is None:
                    self.source.refuse(child, "variables of processes are int or float")
                self.declare(child.target.id, declared, child)
        for child in ast.walk(node):
            if isinstance(child, ast.For) and isinstance(child.target, ast.Name):
                self.declare(child.target.id, INT, child)


class SplitLoop(Loop):
    """A loop around commands: its states."""

    def __init__(self, head: int, exit: int) -> None:
        super().__init__()
        self.head = head
        self.exit = exit


class ProcessStatements(Statements):
    """Translates a process into states; a state ends at a command, a jump or the end."""

    nothing = str(RETURN)

    def __init__(self, source: Source, library: Library) -> None:
        super().__init__(source, library)
        self.shape = ProcessShape(source)
        self.shape.declare_all()
        self.variables.update(self.shape.variables)
        self.assigned = {parameter.arg for parameter in source.parameters}
        self.states: list[list[Line]] = []
        self.state_lines: list[int] = []
        self.callees: list[Callable[..., Any]] = []
        self.indent = 3
        self.returns_value = gives_value(source)

    # --- states ----------------------------------------------------------------------------------------------

    def new_state(self, node: ast.AST) -> int:
        """A new, empty state."""
        self.states.append([])
        self.state_lines.append(self.source.line(node))
        return len(self.states) - 1

    def open(self, state: int) -> None:
        """Go on writing in this state."""
        self.lines = self.states[state]

    def jump(self, state: int) -> None:
        """Go to a state."""
        self.emit(f"pc = {state}", "continue")

    def jump_unless(self, condition: str, state: int) -> None:
        """Go to a state unless the condition holds."""
        self.emit(f"if not {condition}:")
        self.indent += 1
        self.jump(state)
        self.indent -= 1

    def lower(self) -> Lowered:
        """Translate the whole process."""
        node = self.source.node
        self.open(self.new_state(node))
        self.body(node.body)
        if self.reachable:
            if self.returns_value:
                self.source.refuse(node, "returns a value in some places, but can also end without one")
            self.emit("_command[1] = 0", f"return {RETURN}")
        return Lowered(
            self.source,
            self.text(),
            self.imports,
            tuple(self.callees),
            tuple(self.state_lines),
            tuple(parameter_kinds(self.source)),
            self.shape.ints,
            self.shape.floats,
            tuple(tuple(state) for state in self.states),
            {variable.text: name for name, variable in self.shape.variables.items()},
        )

    def text(self) -> str:
        """The text of the step function."""
        lines = ["    _rounds = 0", "    while True:"]
        for state, body in enumerate(self.states):
            lines.append(f"        {'if' if state == 0 else 'elif'} pc == {state}:")
            lines.extend(body or ["            pass"])
        lines += ["        else:", f"            return {RETURN}"]
        return function_text("process", f"step(pc, sent, {STEP_ARGUMENTS})", lines)

    # --- statements ------------------------------------------------------------------------------------------

    def variable(self, target: ast.Name, value: Typed, node: ast.stmt) -> Typed:
        """How a variable that is assigned is written, and its type."""
        if target.id not in self.variables:
            self.source.refuse(node, f"give the variable its type: `{target.id}: int = ...`")
        return self.variables[target.id]

    def statement(self, node: ast.stmt) -> None:
        """Translate one statement; those with commands inside are split into states."""
        command = yielded(node)
        if command is not None:
            self.command(node, command)
        elif isinstance(node, ast.If) and contains(node, YIELDS):
            self.split_if(node)
        elif isinstance(node, ast.While) and contains(node, YIELDS):
            self.split_while(node)
        elif isinstance(node, ast.For) and contains(node, YIELDS):
            self.split_for(node)
        else:
            super().statement(node)

    def _return(self, node: ast.Return) -> None:
        if node.value is None and self.returns_value:
            self.source.refuse(node, "other places return a value")
        value = self.expressions.whole(node.value, "the result of a process") if node.value else "0"
        self.emit(f"_command[1] = {value}", f"return {RETURN}")
        self.assigned = None

    def _break(self, node: ast.Break) -> None:
        loop = self.loops[-1]
        if not isinstance(loop, SplitLoop):
            super()._break(node)
            return
        self.note_break()
        self.jump(loop.exit)

    def _continue(self, node: ast.Continue) -> None:
        loop = self.loops[-1]
        if not isinstance(loop, SplitLoop):
            super()._continue(node)
            return
        self.guard()
        self.jump(loop.head)
        self.assigned = None

    def split_if(self, node: ast.If) -> None:
        """Translate an ``if`` with commands inside."""
        join = self.new_state(node)
        other = self.new_state(node) if node.orelse else join
        self.jump_unless(self.expressions.condition(node.test), other)
        before = self.assigned
        self.body(node.body)
        after = self.assigned
        if self.reachable:
            self.jump(join)
        self.assigned = before
        if node.orelse:
            self.open(other)
            self.body(node.orelse)
            if self.reachable:
                self.jump(join)
        self.assigned = merge(after, self.assigned)
        self.open(join)

    def split_while(self, node: ast.While) -> None:
        """Translate a ``while`` with commands inside."""
        if node.orelse:
            self.source.refuse(node, "else after a loop cannot be lowered")
        loop = SplitLoop(self.new_state(node), self.new_state(node))
        self.jump(loop.head)
        self.open(loop.head)
        forever = is_true(node.test)
        if not forever:
            self.jump_unless(self.expressions.condition(node.test), loop.exit)
        self.split_body(loop, node.body, forever)

    def split_for(self, node: ast.For) -> None:
        """Translate a ``for`` over a range with commands inside; its counter and end are kept in the frame."""
        start, stop, step = self.bounds(node)
        counter, end = f"_ints[{self.shape.ints}]", f"_ints[{self.shape.ints + 1}]"
        self.shape.ints += 2
        self.emit(f"{end} = {stop}", f"{counter} = {start}")
        loop = SplitLoop(self.new_state(node), self.new_state(node))
        self.jump(loop.head)
        self.open(loop.head)
        self.jump_unless(f"({counter} {'>' if '-' in step else '<'} {end})", loop.exit)
        before = self.assigned
        assert isinstance(node.target, ast.Name)
        self.store_variable(node.target, Typed(counter, INT), node)
        self.emit(f"{counter} += {step}")
        self.split_body(loop, node.body, False, before)

    def split_body(
        self,
        loop: SplitLoop,
        body: Sequence[ast.stmt],
        forever: bool,
        before: set[str] | None = None,
    ) -> None:
        """Translate the body of a loop with commands inside."""
        before = self.assigned if before is None else before
        self.loops.append(loop)
        self.body(body)
        if self.reachable:
            self.guard()
            self.jump(loop.head)
        self.loops.pop()
        self.assigned = loop.breaks if forever else merge(before, loop.breaks)
        self.open(loop.exit)

    # --- commands --------------------------------------------------------------------------------------------

    def command(self, node: ast.stmt, command: ast.Yield | ast.YieldFrom) -> None:
        """Translate a command and what becomes of its answer."""
        after = self.new_state(command)
        call = command.value
        if not isinstance(call, ast.Call):
            self.source.refuse(node, "write `yield` with the call of a command")
        if isinstance(command, ast.YieldFrom):
            answers = self.call_process(node, call)
            operation = CALL
        else:
            operation, answers = self.call_command(node, call)
        self.emit(f"_command[0] = {after}")
        self.go_on(operation, after)
        self.open(after)
        if not isinstance(node, ast.Expr):
            if not answers:
                self.source.refuse(node, "this gives no value")
            self.take_answer(node)

    def go_on(self, operation: int, after: int) -> None:
        """Return to the loop, or stay here if the command can be carried out at once."""
        if operation in QUICK_OPERATIONS:
            self.emit(f"sent = quick_command({QUICK + operation}, _command)", "if sent >= 0:", "    _rounds = 0")
            self.indent += 1
            self.jump(after)
            self.indent -= 1
        self.emit(f"return {operation}")

    def take_answer(self, node: ast.stmt) -> None:
        """Store what was sent into the process."""
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]  # type: ignore[attr-defined]
        if not isinstance(target, ast.Name):
            self.source.refuse(node, "the answer of a command goes to a variable")
        if self.variable(target, Typed("sent", INT), node).kind == FLOAT:
            self.source.refuse(node, "the answer of a command is a whole number (int)")
        self.store_variable(target, Typed("sent", INT), node)

    def call_command(self, node: ast.stmt, call: ast.Call) -> tuple[int, bool]:
        """Write the operands; returns the operation and whether it answers."""
        command = self.source.resolve(call.func)
        if command is language.spawn:
            self.spawn(node, call)
            return language.SPAWN, False
        if command is language.seize_first:
            self.seize_first(call)
            return language.SEIZE_FIRST, True
        if command not in OPERANDS:
            self.source.refuse(node, f"only the commands of sim.language can be yielded{self.instead(command, call)}")
        names = OPERANDS[command]
        defaults = source_of(command).defaults
        arguments = self.expressions.bind(call, list(names), defaults, call.args)
        for position, name in enumerate(names, 1):
            value = self.operand(call, arguments[name], f"{command.__name__}: {name}")
            self.emit(f"_command[{position}] = {value}")
        return OPERATIONS[command], command in ANSWERING

    def operand(self, call: ast.Call, argument: Any, construct: str) -> str:
        """A whole number of a command; a float is refused in the words of the reference engine."""
        if not isinstance(argument, ast.expr):
            return self.expressions.literal(call, argument).text
        value = self.expressions.value(argument)
        if value.kind == FLOAT:
            place = f"{self.source.file}:{self.source.line(call)}: process {self.source.name}"
            raise LoweringError(f"{place}: {errors.FLOAT.format(construct=construct)}")
        return convert(value, INT)

    def seize_first(self, call: ast.Call) -> None:
        """Write the operands of ``seize_first``."""
        if any(isinstance(argument, ast.Starred) for argument in call.args):
            self.source.refuse(call, "write the resources out")
        if not 1 <= len(call.args) <= MOST_ARGUMENTS:
            self.source.refuse(call, f"takes 1 to {MOST_ARGUMENTS} resources")
        for position, argument in enumerate(call.args):
            value = self.operand(call, argument, "seize_first: resource")
            self.emit(f"_command[{ARGUMENTS + position}] = {value}")
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        unknown = set(keywords) - {"priority", "patience"}
        if unknown:
            self.source.refuse(call, "takes priority and patience by name")
        self.emit(f"_command[1] = {len(call.args)}")
        for position, (name, default) in enumerate((("priority", 0), ("patience", language.NEVER_GIVE_UP)), 2):
            value = self.operand(call, keywords.get(name, default), f"seize_first: {name}")
            self.emit(f"_command[{position}] = {value}")

    def spawn(self, node: ast.stmt, call: ast.Call) -> None:
        """Write the operands of ``spawn``."""
        if len(call.args) != 1 or call.keywords or not isinstance(call.args[0], ast.Call):
            self.source.refuse(node, "write `yield spawn(process(w, ...))`")
        self.call_process(node, call.args[0])

    def call_process(self, node: ast.stmt, call: ast.Call) -> bool:
        """Write the number and arguments of a process; returns whether it gives a value."""
        function = self.source.resolve(call.func)
        if not is_process(function):
            self.source.refuse(node, f"this is not the call of a process{self.instead(function, call)}")
        target = source_of(function)
        if not target.takes_world:
            target.refuse(target.node, "the first parameter of a process is the world, w")
        names = [parameter.arg for parameter in target.parameters]
        arguments = self.expressions.bind(call, names, target.defaults, self.expressions.without_world(call, target))
        counts = {INT: 0, FLOAT: 0}
        for name, kind in zip(names, parameter_kinds(target), strict=True):
            argument = arguments[name]
            value = self.value_of(call, argument)
            text = self.fitting(value, kind, f"parameter {name}", node)
            place = f"_arguments[{counts[FLOAT]}]" if kind == FLOAT else f"_command[{ARGUMENTS + counts[INT]}]"
            counts[kind] += 1
            self.emit(f"{place} = {text}")
        if max(counts.values()) > MOST_ARGUMENTS:
            self.source.refuse(node, f"a process takes at most {MOST_ARGUMENTS} arguments of a type")
        self.emit(f"_command[1] = {self.callee(function)}", f"_command[2] = {counts[INT]}")
        self.emit(f"_command[3] = {counts[FLOAT]}")
        return gives_value(target)

    def instead(self, function: Any, call: ast.Call) -> str:
        """What was meant by yielding something that cannot be yielded so."""
        written = ast.unparse(call)
        if any(function is command for command in COMMANDS):
            return f"; write `yield {written}`"
        if is_process(function):
            return f"; write `yield from {written}`, or `yield spawn({written})` to go on beside it"
        return f"; a rule is called without yield: `{written}`" if hasattr(function, "__code__") else ""

    def value_of(self, call: ast.Call, argument: Any) -> Typed:
        """An argument as written, or a default value."""
        if isinstance(argument, ast.expr):
            return self.expressions.value(argument)
        return self.expressions.literal(call, argument)

    def callee(self, function: Callable[..., Any]) -> int:
        """The number of a process among those this one calls."""
        if function not in self.callees:
            self.callees.append(function)
        return self.callees.index(function)


def yielded(node: ast.stmt) -> ast.Yield | ast.YieldFrom | None:
    """The yield of a statement that is a command, if it is one."""
    value = node.value if isinstance(node, (ast.Expr, ast.Assign, ast.AnnAssign)) else None
    return value if isinstance(value, YIELDS) else None


def gives_value(source: Source) -> bool:
    """Whether a process returns a value."""
    return any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(source.node))


class Lowerer:
    """Lowers the processes of a program for the columns of a world, and the rules they call.

    Parameters
    ----------
    world : World
        Only the names and types of its columns matter.
    name_module : callable
        Gives the name of the module that holds a lowered rule, from a short name and its text.
    """

    def __init__(self, world: World, name_module: Callable[[str, str], str]) -> None:
        self._columns = world.places
        self._name_module = name_module
        self._rules: dict[tuple[Any, tuple[str, ...]], Rule] = {}
        self._open: list[Source] = []
        self.rule_modules: dict[str, str] = {}
        self.rule_lines: dict[str, tuple[Source, tuple[Line, ...]]] = {}
        self.tasks: list[Task] = []
        self.sources: dict[int, Source] = {}

    @property
    def places(self) -> Mapping[str, Place]:
        """All columns of the world."""
        return self._columns

    def column(self, path: str) -> Place | None:
        """The place of a column."""
        return self._columns.get(path)

    def program(self, processes: Sequence[Callable[..., Any]]) -> list[Lowered]:
        """Lower processes and all that they call or spawn, in the order in which they are met."""
        functions = list(processes)
        lowered: list[Lowered] = []
        for function in functions:  # grows while it is read
            lowered.append(self.process(function))
            functions += [callee for callee in lowered[-1].callees if callee not in functions]
        return lowered

    def process(self, function: Callable[..., Any]) -> Lowered:
        """Lower a process."""
        if not is_process(function):
            raise LoweringError(f"{getattr(function, '__name__', function)} is not a process: it never yields")
        source = source_of(function)
        if not source.takes_world:
            source.refuse(source.node, "the first parameter of a process is the world, w")
        self.sources[source.number] = source
        return ProcessStatements(source, self).lower()

    def rule(self, caller: Source, call: ast.Call, function: Callable[..., Any], kinds: Sequence[str]) -> Rule:
        """Lower a rule for these types of arguments, or find it lowered."""
        source = source_of(function)
        self.sources[source.number] = source
        if source in self._open:
            caller.refuse(call, "rules that call each other in a circle cannot be lowered; write a loop")
        takes = tuple(
            self._accepted(caller, call, parameter, kind)
            for parameter, kind in zip(source.parameters, kinds, strict=True)
        )
        try:
            return self.rule_for(source, takes)
        except LoweringError as error:
            if source.file == caller.file:
                raise
            place = f"{caller.file}:{caller.line(call)}: {caller.name}"
            raise LoweringError(f"{error} (called from {place})") from None

    def rule_for(self, source: Source, takes: Sequence[str]) -> Rule:
        """Lower a rule for arguments of these types, the parameters' own, or find it lowered."""
        key = (source.function, tuple(takes))
        if key not in self._rules:
            self._open.append(source)
            try:
                self._rules[key] = self._lower_rule(source, key[1])
            finally:
                self._open.pop()
        return self._rules[key]

    def _accepted(self, caller: Source, call: ast.Call, parameter: ast.arg, kind: str) -> str:
        """The type a parameter takes: its annotation's, else the argument's."""
        wanted = kind_of_annotation(parameter.annotation) or kind
        if wanted == INT and kind == FLOAT:
            caller.refuse(call, f"parameter {parameter.arg} is a whole number (int) and would get a float")
        return wanted

    def _lower_rule(self, source: Source, takes: tuple[str, ...]) -> Rule:
        known: dict[str, str] = {}
        gives: str | None = None
        while True:
            before = (dict(known), gives)
            statements = RuleStatements(source, self, takes, known, gives)
            statements.body(source.node.body)
            gives = join_kinds(statements.returns) if statements.returns else None
            if (known, gives) == before:
                break
        if statements.reachable and gives:
            source.refuse(source.node, "returns a value in some places, but can also end without one")
        return self._finish_rule(source, statements, gives)

    def _finish_rule(self, source: Source, statements: RuleStatements, gives: str | None) -> Rule:
        kinds = "".join(kind[0] for kind in statements.takes)
        name = re.sub(r"\W", "_", f"{source.identity}_{kinds}")
        parameters = [f"v_{parameter.arg}" for parameter in source.parameters]
        tail = [f"    return {statements.nothing}"] if statements.reachable else []
        head = f"{name}({', '.join([*parameters, WORLD_ARGUMENTS])})"
        body = function_text("rule", head, ["    _rounds = 0", *statements.lines, *tail])
        text = module_text(source, statements.imports, body, "rule")
        module = self._name_module(name, text)
        self.rule_modules[module] = text
        self.rule_lines[name] = (source, tuple(statements.lines))
        self.tasks.append(Task(module, name, tuple(statements.takes), needs(statements.imports), source.title))
        return Rule(name, module, tuple(statements.takes), gives or NOTHING)


def needs(imports: Imports) -> frozenset[str]:
    """The modules of the rules that a function calls."""
    return frozenset(rule.module for rule in imports.rules)


def function_text(decorator: str, head: str, body: Sequence[str]) -> str:
    """The text of a function; it begins with pointers to the buffers that it uses."""
    text = "\n".join(body) + "\n"
    found = [f"    {name} = {call}" for name, call in ADDRESSES.items() if re.search(rf"\b{name}\b", text)]
    return "\n".join([f"@{decorator}", f"def {head}:", *found, text])


def module_text(source: Source, imports: Imports, body: str, decorator: str) -> str:
    """The text of a lowered function's module; what it depends on outside is named by its hash."""
    lines = [f'"""Lowered from {source.identity} in {source.file}."""', ""]
    lines.append(f"from sim.engine.backend import {decorator}, floats_at, ints_at, quick_command")
    lines += [f"from {module} import {name}" for module, name in sorted(imports.names)]
    lines += [f"from {rule.module} import {rule.name}" for rule in sorted(imports.rules, key=lambda r: r.module)]
    for function in sorted(imports.compiled, key=compiled_name):
        plain = function.py_func
        digest = file_digest(plain.__code__.co_filename)[:16]
        lines.append(f"from {plain.__module__} import {plain.__name__} as {compiled_name(function)}  # {digest}")
    return "\n".join(lines) + "\n\n\n" + body
