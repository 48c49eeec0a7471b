"""Statements without commands, translated to the same statements over the flat buffers.

Both rules and the stretches of processes between two commands consist of these. Every loop counts its rounds, so
that one without end is an error and not a hang.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import count

from sim.buffers import Place
from sim.engine.arithmetic import ENDLESS_LOOP, MOST_ROUNDS
from sim.engine.expressions import BOOL, FLOAT, INT, Expressions, Imports, Library, Typed, convert, kind_of_annotation
from sim.engine.hints import construct_reason
from sim.engine.source import YIELDS, Source, contains


class Line(str):
    """A line of translated text that remembers where it comes from.

    Attributes
    ----------
    source : int
        The line of the file it was made from.
    order : int
        Which line of the function was written when; states are not written in the order of their numbers.
    """

    source: int
    order: int

    @classmethod
    def made(cls, text: str, source: int, order: int) -> Line:
        """A line with its origin."""
        line = cls(text)
        line.source, line.order = source, order
        return line


class Loop:
    """What is known of a loop being translated: the variables assigned wherever it is broken off."""

    def __init__(self) -> None:
        self.breaks: set[str] | None = None


class Statements(ABC):
    """Translates the body of one function into lines of text; rules and processes extend it."""

    def __init__(self, source: Source, library: Library) -> None:
        self.source = source
        self.library = library
        self.imports = Imports()
        self.variables: dict[str, Typed] = {}
        self.expressions = Expressions(source, library, self.variables, self.imports)
        self.lines: list[Line] = []
        self.made_from = source.first_line
        self.written = count()
        self.indent = 1
        self.loops: list[Loop] = []
        self.temporaries = 0

    # --- what control has passed -----------------------------------------------------------------------------

    @property
    def assigned(self) -> set[str] | None:
        """The variables with a value here, None where control cannot be."""
        return self.expressions.assigned

    @assigned.setter
    def assigned(self, names: set[str] | None) -> None:
        self.expressions.assigned = None if names is None else set(names)

    @property
    def reachable(self) -> bool:
        """Whether control can be here."""
        return self.assigned is not None

    # --- text ------------------------------------------------------------------------------------------------

    def emit(self, *lines: str) -> None:
        """Add lines at the present depth."""
        indent = "    " * self.indent
        self.lines.extend(Line.made(indent + line, self.made_from, next(self.written)) for line in lines)

    def guard(self) -> None:
        """Count a round of a loop; the error names the function."""
        call = f"{self.imports.arithmetic('flag')}({ENDLESS_LOOP}, _command, {self.source.site(self.source.node)})"
        self.emit("_rounds += 1", f"if _rounds > {MOST_ROUNDS}:", f"    {call}", f"    return {self.nothing}")

    nothing = "0"
    """What the function returns after an error."""

    # --- statements ------------------------------------------------------------------------------------------

    def body(self, statements: Sequence[ast.stmt]) -> None:
        """Translate statements until control cannot go on."""
        for statement in statements:
            if not self.reachable:
                return
            self.made_from = self.source.line(statement)
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        """Translate one statement."""
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            self.source.refuse(node, construct_reason(node))
        if not isinstance(node, (ast.If, ast.While, ast.For)) and contains(node, YIELDS):
            self.source.refuse(node, construct_reason(ast.Yield()))
        method(node)

    def _pass(self, node: ast.Pass) -> None:
        self.emit("pass")

    def _expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return  # a docstring
        if not isinstance(node.value, ast.Call):
            self.source.refuse(node, "has no effect")
        self.emit(self.expressions.expression(node.value).text)

    def _assign(self, node: ast.Assign) -> None:
        if len(node.targets) > 1:
            self.source.refuse(node, "one target at a time")
        target = node.targets[0]
        if isinstance(target, ast.Tuple):
            self._unpack(node, target)
        else:
            self.store(target, self.expressions.value(node.value), node)

    def _unpack(self, node: ast.Assign, target: ast.Tuple) -> None:
        """Assign several values at once: all are computed before the first is stored."""
        if not isinstance(node.value, ast.Tuple) or len(node.value.elts) != len(target.elts):
            self.source.refuse(node, "as many values as targets, written out")
        values = [self.expressions.value(value) for value in node.value.elts]
        names = []
        for value in values:
            self.temporaries += 1
            names.append(Typed(f"_t{self.temporaries}", value.kind))
            self.emit(f"{names[-1].text} = {value.text}")
        for element, name in zip(target.elts, names, strict=True):
            self.store(element, name, node)

    def _annassign(self, node: ast.AnnAssign) -> None:
        if node.value is None:
            self.source.refuse(node, "give it a value")
        self.store(node.target, self.expressions.value(node.value), node)

    def _augassign(self, node: ast.AugAssign) -> None:
        path = self.expressions.path(node.target.value) if isinstance(node.target, ast.Subscript) else None
        if path is None:
            target: ast.expr = node.target
            left = self.expressions.value(target)
            self.store(target, self.expressions.binary(node, node.op, left, node.value), node)
        else:
            assert isinstance(node.target, ast.Subscript)
            self._add_to_element(node, node.target, path)

    def _add_to_element(self, node: ast.AugAssign, target: ast.Subscript, path: str) -> None:
        """Change an element of a column; as in Python, its place is computed once, before the right side."""
        place, buffer, position = self.expressions.located(target, path)
        self.temporaries += 1
        element = f"{buffer}[_t{self.temporaries}]"
        self.emit(f"_t{self.temporaries} = {position}")
        left = Typed(element, FLOAT if place.is_float else INT)
        self.store_element(place, element, self.expressions.binary(node, node.op, left, node.value), node)

    def store(self, target: ast.expr, value: Typed, node: ast.stmt) -> None:
        """Assign a value to a variable or to an element of a state column."""
        if isinstance(target, ast.Name):
            self.store_variable(target, value, node)
        elif isinstance(target, ast.Subscript) and (path := self.expressions.path(target.value)):
            place, buffer, position = self.expressions.located(target, path)
            self.store_element(place, f"{buffer}[{position}]", value, node)
        else:
            self.source.refuse(node, self._assignable(target))

    def _assignable(self, target: ast.expr) -> str:
        """What can be assigned, for somebody who assigned something else."""
        path = ast.unparse(target)
        if path == "w.clock[0]":
            return "only the engine sets the clock"
        if self.expressions.path(target):
            return f"scalars are inputs; flows write state columns, {path}[0] = ..."
        return "only variables and elements of state columns can be assigned"

    def store_element(self, place: Place, text: str, value: Typed, node: ast.stmt) -> None:
        """Assign to an element of a state column."""
        if not place.state:
            self.source.refuse(node, f"{place.path} is an input; flows write state columns only")
        self.emit(f"{text} = {self.fitting(value, FLOAT if place.is_float else INT, place.path, node)}")

    def fitting(self, value: Typed, kind: str, name: str, node: ast.stmt) -> str:
        """The text of a value for a place of this type; a float does not fit a whole number."""
        if kind == INT and value.kind == FLOAT:
            self.source.refuse(node, f"{name} is a whole number (int) and would get a float")
        return convert(value, kind)

    def store_variable(self, target: ast.Name, value: Typed, node: ast.stmt) -> None:
        """Assign to a variable."""
        if target.id == "w":
            self.source.refuse(node, "w is the world")
        variable = self.variable(target, value, node)
        self.emit(f"{variable.text} = {self.fitting(value, variable.kind, target.id, node)}")
        self.assigned = (self.assigned or set()) | {target.id}

    @abstractmethod
    def variable(self, target: ast.Name, value: Typed, node: ast.stmt) -> Typed:
        """How a variable that is assigned is written, and its type."""

    def _if(self, node: ast.If) -> None:
        self.emit(f"if {self.expressions.condition(node.test)}:")
        before = self.assigned
        after = self._branch(node.body)
        self.assigned = before
        if node.orelse:
            self.emit("else:")
            after = merge(after, self._branch(node.orelse))
        else:
            after = merge(after, before)
        self.assigned = after

    def _branch(self, body: Sequence[ast.stmt]) -> set[str] | None:
        self.indent += 1
        self.emit("pass")
        self.body(body)
        self.indent -= 1
        return self.assigned

    def _while(self, node: ast.While) -> None:
        if node.orelse:
            self.source.refuse(node, "else after a loop cannot be lowered")
        self.emit(f"while {self.expressions.condition(node.test)}:")
        self._loop(node, node.body, forever=is_true(node.test))

    def _for(self, node: ast.For) -> None:
        bounds = self.bounds(node)
        self.temporaries += 1
        counter = f"_t{self.temporaries}"
        self.emit(f"for {counter} in range({', '.join(bounds)}):")
        before = self.assigned
        self.indent += 1
        assert isinstance(node.target, ast.Name)
        self.store_variable(node.target, Typed(counter, INT), node)
        self.indent -= 1
        inside, self.assigned = self.assigned, before
        self._loop(node, node.body, forever=False, inside=inside)

    def bounds(self, node: ast.For) -> list[str]:
        """Start, stop and step of a ``for`` over a range."""
        call = node.iter
        if (
            not (isinstance(call, ast.Call) and self.source.resolve(call.func) is range)
            or call.keywords
            or node.orelse
            or not isinstance(node.target, ast.Name)
        ):
            self.source.refuse(node, "only `for name in range(...)` without else can be lowered" + self._over(call))
        texts = [self.expressions.whole(argument, "range") for argument in call.args]
        if len(texts) == 1:
            texts.insert(0, "0")
        if len(texts) == 2:
            texts.append("1")
        if texts[2].strip("()-").isdigit() and texts[2] != "0":
            return texts
        return self.source.refuse(node, "the step of a range is a literal other than 0")

    def _over(self, iterated: ast.expr) -> str:
        """How to go through a column."""
        path = self.expressions.path(iterated)
        return f"; for i in range(len(w.{path}))" if path else ""

    def _loop(self, node: ast.stmt, body: Sequence[ast.stmt], forever: bool, inside: set[str] | None = None) -> None:
        before = self.assigned
        loop = Loop()
        self.loops.append(loop)
        self.indent += 1
        self.assigned = before if inside is None else inside
        self.guard()
        self.body(body)
        self.indent -= 1
        self.loops.pop()
        self.assigned = loop.breaks if forever else merge(before, loop.breaks)

    def _break(self, node: ast.Break) -> None:
        self.note_break()
        self.emit("break")

    def note_break(self) -> None:
        """Remember what is assigned where a loop is broken off."""
        loop = self.loops[-1]
        loop.breaks = merge(loop.breaks, self.assigned)
        self.assigned = None

    def _continue(self, node: ast.Continue) -> None:
        self.assigned = None
        self.emit("continue")


def merge(one: set[str] | None, other: set[str] | None) -> set[str] | None:
    """What is assigned where two ways meet; None is a way that is never taken."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def is_true(test: ast.expr) -> bool:
    """Whether a condition is literally true."""
    return isinstance(test, ast.Constant) and bool(test.value)


def parameter_kinds(source: Source) -> list[str]:
    """The annotated types of a process's parameters."""
    kinds = []
    for parameter in source.parameters:
        kind = kind_of_annotation(parameter.annotation)
        if kind is None:
            source.refuse(source.node, f"parameter {parameter.arg} needs the annotation int or float")
        if kind == INT and isinstance(source.defaults.get(parameter.arg), float):
            source.refuse(source.node, f"parameter {parameter.arg} is a whole number (int), its default is a float")
        kinds.append(kind)
    return kinds


class RuleStatements(Statements):
    """Translates a rule for given types of arguments; run again until the types of its variables settle."""

    def __init__(
        self, source: Source, library: Library, takes: Sequence[str], known: dict[str, str], gives: str | None
    ) -> None:
        super().__init__(source, library)
        self.takes = takes
        self.known = known
        self.gives = gives
        self.returns: list[str] = []
        names = [parameter.arg for parameter in source.parameters]
        self.parameters = dict(zip(names, takes, strict=True))
        for name, kind in {**known, **self.parameters}.items():
            self.variables[name] = Typed(f"v_{name}", kind)
        self.assigned = set(names)

    def variable(self, target: ast.Name, value: Typed, node: ast.stmt) -> Typed:
        """How a variable that is assigned is written, and its type."""
        name = target.id
        kind = INT if value.kind == BOOL else value.kind
        declared = kind_of_annotation(node.annotation) if isinstance(node, ast.AnnAssign) else None
        if name in self.parameters:
            kind = self.parameters[name]
        elif declared:
            kind = declared
        elif self.known.get(name) == FLOAT:
            kind = FLOAT
        if self.known.get(name, kind) != kind and declared:
            self.source.refuse(node, f"{name} has two types")
        self.known[name] = kind
        self.variables[name] = Typed(f"v_{name}", kind)
        return self.variables[name]

    def _return(self, node: ast.Return) -> None:
        if node.value is None:
            self.emit("return 0")
        else:
            value = self.expressions.value(node.value)
            kind = INT if value.kind == BOOL else value.kind
            self.returns.append(kind)
            self.emit(f"return {convert(value, self.gives or kind)}")
        self.assigned = None

    @property
    def nothing(self) -> str:  # type: ignore[override]
        """What the rule returns after an error, or at its end."""
        return "0.0" if self.gives == FLOAT else "0"
