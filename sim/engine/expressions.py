"""Expressions of flows, translated to expressions over the flat buffers, with their types.

Types are whole numbers, floats and truth values. Where Python would raise (an index outside a column, a division by
zero, a logarithm of nothing) the translation calls a checked function of :mod:`sim.engine.arithmetic`.
"""

from __future__ import annotations

import ast
import enum
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numba.core.dispatcher import Dispatcher

from sim import language
from sim.buffers import FLOAT_INPUT, FLOAT_STATE, INT_INPUT, INT_STATE, Place
from sim.chance import empirical_shares
from sim.draw_limits import LIMITS, OutsideDraw
from sim.engine.arithmetic import LIMIT_NAMES, OUTSIDE
from sim.engine.hints import construct_reason, function_reason, nearest, value_reason
from sim.engine.source import UNKNOWN, Source, is_process, source_of

INT, FLOAT, BOOL, NOTHING = "int", "float", "bool", "nothing"
BUFFER_NAMES = {
    INT_INPUT: "_int_input",
    FLOAT_INPUT: "_float_input",
    INT_STATE: "_int_state",
    FLOAT_STATE: "_float_state",
}
WORLD_ARGUMENTS = "_command"

_OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&",
    ast.BitOr: "|", ast.BitXor: "^",
}  # fmt: skip
_BITWISE = (ast.LShift, ast.RShift, ast.BitAnd, ast.BitOr, ast.BitXor)
_COMPARISONS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_CHECKED_MATH: Mapping[Any, str] = {
    math.log: "log", math.log1p: "log1p", math.sqrt: "sqrt", math.exp: "exp", math.expm1: "expm1",
}  # fmt: skip
_TO_INT: Mapping[Any, str] = {math.floor: "floor", math.ceil: "ceil", int: "truncate"}
_PLAIN_MATH = (math.sin, math.cos, math.tan, math.atan, math.atan2, math.tanh, math.fabs)
WORLD_USE = "the world is used as w.group.column, or handed to a rule or process"
READINGS: Mapping[Any, str] = {language.free: "free_units", language.waiting: "in_queue"}
COMMANDS = (
    language.hold, language.seize, language.seize_first, language.release, language.spawn, language.record,
    language.amend,
)  # fmt: skip


@dataclass(frozen=True)
class Typed:
    """Translated text and its type."""

    text: str
    kind: str


@dataclass(frozen=True)
class Rule:
    """A lowered rule for given types of arguments: its name, its module, the types it takes and gives."""

    name: str
    module: str
    takes: tuple[str, ...]
    gives: str


class Library(Protocol):
    """Where calls of rules find their lowered form, and columns their place."""

    def rule(self, caller: Source, call: ast.Call, function: Callable[..., Any], kinds: Sequence[str]) -> Rule:
        """The lowered rule for these types of arguments."""
        ...

    def column(self, path: str) -> Place | None:
        """The place of a column of the world."""
        ...

    @property
    def places(self) -> Mapping[str, Place]:
        """All columns of the world."""
        ...


@dataclass
class Imports:
    """What the module of a lowered function has to import."""

    names: set[tuple[str, str]] = field(default_factory=set)
    rules: set[Rule] = field(default_factory=set)
    compiled: set[Any] = field(default_factory=set)

    def arithmetic(self, name: str) -> str:
        """Use a function of the arithmetic module."""
        self.names.add(("sim.engine.arithmetic", name))
        return name


class Expressions:
    """Translates the expressions of one function.

    Parameters
    ----------
    variables : mapping of str to Typed
        Local variables: how each is written and its type.

    Attributes
    ----------
    assigned : set of str, or None
        The variables that have a value wherever control can be now; None where it cannot be.
    """

    def __init__(self, source: Source, library: Library, variables: Mapping[str, Typed], imports: Imports) -> None:
        self.source = source
        self.library = library
        self.variables = variables
        self.imports = imports
        self.assigned: set[str] | None = set()

    def expression(self, node: ast.expr) -> Typed:
        """Translate an expression that gives a value."""
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            self.source.refuse(node, construct_reason(node))
        result: Typed = method(node)
        return result

    def condition(self, node: ast.expr) -> str:
        """Translate an expression of which only the truth counts."""
        if isinstance(node, ast.BoolOp):
            word = " and " if isinstance(node.op, ast.And) else " or "
            return "(" + word.join(self.condition(value) for value in node.values) + ")"
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return f"(not {self.condition(node.operand)})"
        value = self.value(node)
        return value.text if value.kind == BOOL else f"({value.text} != 0)"

    def value(self, node: ast.expr) -> Typed:
        """Translate an expression and refuse one that gives nothing."""
        typed = self.expression(node)
        if typed.kind == NOTHING:
            self.source.refuse(node, "this rule returns nothing")
        return typed

    def whole(self, node: ast.expr, construct: str) -> str:
        """Translate an expression that has to be a whole number."""
        typed = self.value(node)
        if typed.kind == FLOAT:
            self.refuse_float(node, construct)
        return typed.text

    def refuse_float(self, node: ast.expr, construct: str) -> None:
        """Refuse a float where a whole number is needed."""
        self.source.refuse(node, f"{construct} needs a whole number (int), not a float")

    def as_kind(self, node: ast.expr, kind: str, construct: str) -> str:
        """Translate an expression for a place of the given type."""
        if kind == FLOAT:
            return convert(self.value(node), FLOAT)
        return self.whole(node, construct)

    def checked(self, function: str, node: ast.AST, *arguments: str) -> str:
        """A call of a checked arithmetic function."""
        self.imports.arithmetic(function)
        return f"{function}({', '.join(arguments)}, _command, {self.source.site(node)})"

    # --- names and literals ----------------------------------------------------------------------------------

    def _constant(self, node: ast.Constant) -> Typed:
        return self.literal(node, node.value)

    def literal(self, node: ast.expr, value: Any) -> Typed:
        """A number of the source or of a module, as a literal."""
        if isinstance(value, (bool, np.bool_)):
            return Typed(repr(bool(value)), BOOL)
        if isinstance(value, (int, np.integer)):
            if not -(1 << 63) <= value < 1 << 63:
                self.source.refuse(node, "does not fit 64 bits")
            return Typed(f"({int(value)})" if value < 0 else str(int(value)), INT)
        if isinstance(value, (float, np.floating)):
            if not math.isfinite(value):
                name = "nan" if math.isnan(value) else "inf"
                self.imports.names.add(("math", name))
                return Typed(f"(-{name})" if value < 0 else name, FLOAT)
            return Typed(f"({float(value)!r})", FLOAT)
        return self.source.refuse(node, value_reason(value))

    def _name(self, node: ast.Name) -> Typed:
        if node.id in self.variables:
            if self.assigned is not None and node.id not in self.assigned:
                self.source.refuse(node, "may be read before it has a value")
            return self.variables[node.id]
        if node.id == "w":
            self.source.refuse(node, WORLD_USE)
        return self._global(node)

    def _global(self, node: ast.expr) -> Typed:
        value = self.source.resolve(node)
        if value is UNKNOWN:
            self.source.refuse(node, "there is no such name here")
        if callable(value) and not isinstance(value, enum.Enum):
            self.source.refuse(node, "functions can only be called")
        return self.literal(node, value)

    # --- the world -------------------------------------------------------------------------------------------

    def path(self, node: ast.expr) -> str | None:
        """``group.name`` if the expression is ``w.group.name``."""
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Attribute)
            and isinstance(node.value.value, ast.Name)
            and node.value.value.id == "w"
        ):
            return f"{node.value.attr}.{node.attr}"
        return None

    def column(self, node: ast.expr, path: str) -> Place:
        """The place of a column, refused if there is none."""
        found = self.library.column(path)
        if found is None:
            self.source.refuse(node, f"the world has no such column{nearest(path, self.library.places, 'w.')}")
        return found

    def _attribute(self, node: ast.Attribute) -> Typed:
        path = self.path(node)
        if path is None:
            if ast.unparse(node) == "w.clock":
                self.source.refuse(node, "the present time is w.clock[0]")
            if ast.unparse(node).partition(".")[0] == "w":
                self.source.refuse(node, WORLD_USE)
            return self._global(node)
        place = self.column(node, path)
        if not place.scalar:
            self.source.refuse(node, "a column is used with an index")
        return Typed(f"{BUFFER_NAMES[place.buffer]}[{place.offset}]", FLOAT if place.is_float else INT)

    def _subscript(self, node: ast.Subscript) -> Typed:
        if ast.unparse(node) == "w.clock[0]":
            return Typed("_int_state[0]", INT)
        path = self.path(node.value)
        if path is None:
            return self._table(node)
        place, buffer, position = self.located(node, path)
        return Typed(f"{buffer}[{position}]", FLOAT if place.is_float else INT)

    def located(self, node: ast.Subscript, path: str) -> tuple[Place, str, str]:
        """Place of a column, its buffer, and the position in it of one element."""
        place = self.column(node.value, path)
        indices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if len(indices) != len(place.shape):
            self.source.refuse(node, f"{path} has {len(place.shape)} dimensions")
        texts = [self.whole(index, "an index") for index in indices]
        function = "position" if len(texts) == 1 else "position2"
        position = self.checked(function, node, *texts, str(place.layout), "_int_state")
        return place, BUFFER_NAMES[place.buffer], position

    def _table(self, node: ast.Subscript) -> Typed:
        """An element of a global tuple of numbers."""
        table = self.source.resolve(node.value)
        if not isinstance(table, tuple) or not table:
            self.source.refuse(node, "only columns of the world and global tuples of numbers can be indexed")
        items = [self.literal(node, item) for item in table]
        kind = join_kinds([item.kind for item in items])
        texts = [convert(item, INT if kind == BOOL else kind) for item in items]
        index = self.checked("at", node, self.whole(node.slice, "an index"), str(len(table)))
        return Typed(f"({', '.join(texts)},)[{index}]", INT if kind == BOOL else kind)

    # --- operators -------------------------------------------------------------------------------------------

    def _unaryop(self, node: ast.UnaryOp) -> Typed:
        if isinstance(node.op, ast.Not):
            return Typed(self.condition(node), BOOL)
        operand = self.value(node.operand)
        if isinstance(node.op, ast.Invert):
            return Typed(f"(~{self.whole(node.operand, '~')})", INT)
        sign = "-" if isinstance(node.op, ast.USub) else "+"
        kind = INT if operand.kind == BOOL else operand.kind
        return Typed(f"({sign}{convert(operand, kind)})", kind)

    def _binop(self, node: ast.BinOp) -> Typed:
        return self.binary(node, node.op, self.value(node.left), node.right)

    def binary(self, node: ast.AST, operator: ast.operator, left: Typed, right_node: ast.expr) -> Typed:
        """An operation of two numbers."""
        right = self.value(right_node)
        kind = join_kinds([left.kind, right.kind])
        if isinstance(operator, ast.Pow):
            return self._power(node, left, right, right_node)
        if isinstance(operator, (ast.Div, ast.FloorDiv, ast.Mod)):
            return self._division(node, operator, left, right, kind)
        if type(operator) not in _OPERATORS:
            self.source.refuse(node, "this operator cannot be lowered")
        if isinstance(operator, _BITWISE) and kind == FLOAT:
            self.source.refuse(node, "bits belong to whole numbers")
        if kind == BOOL and not isinstance(operator, (ast.BitAnd, ast.BitOr, ast.BitXor)):
            kind = INT
        if kind == INT:
            left, right = Typed(convert(left, INT), INT), Typed(convert(right, INT), INT)
        return Typed(f"({left.text} {_OPERATORS[type(operator)]} {right.text})", kind)

    def _division(self, node: ast.AST, operator: ast.operator, left: Typed, right: Typed, kind: str) -> Typed:
        signs = {ast.Div: ("/", "divide"), ast.FloorDiv: ("//", "floor_divide"), ast.Mod: ("%", "modulo")}
        sign, function = signs[type(operator)]
        kind = INT if kind == BOOL else kind
        a, b = convert(left, kind), convert(right, kind)
        gives = FLOAT if sign == "/" else kind
        if _nonzero_literal(b):
            return Typed(f"({a} {sign} {b})", gives)
        return Typed(self.checked(function, node, a, b), gives)

    def _power(self, node: ast.AST, left: Typed, right: Typed, right_node: ast.expr) -> Typed:
        if left.kind != FLOAT and right.kind != FLOAT:
            exponent = right_node.value if isinstance(right_node, ast.Constant) else None
            if not isinstance(exponent, int) or exponent < 0:
                self.source.refuse(node, "a power of whole numbers needs a literal exponent, zero or more")
            base = node.left.value if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant) else None
            if isinstance(node, ast.BinOp) and isinstance(base, int):
                return self.literal(node, base**exponent)
            return Typed(f"({convert(left, INT)} ** {exponent})", INT)
        return Typed(self.checked("power", node, convert(left, FLOAT), convert(right, FLOAT)), FLOAT)

    def _boolop(self, node: ast.BoolOp) -> Typed:
        values = [self.value(value) for value in node.values]
        kind = join_kinds([value.kind for value in values])
        if kind == BOOL:
            return Typed(self.condition(node), BOOL)
        word = " and " if isinstance(node.op, ast.And) else " or "
        return Typed("(" + word.join(convert(value, kind) for value in values) + ")", kind)

    def _ifexp(self, node: ast.IfExp) -> Typed:
        body, other = self.value(node.body), self.value(node.orelse)
        kind = join_kinds([body.kind, other.kind])
        return Typed(f"({convert(body, kind)} if {self.condition(node.test)} else {convert(other, kind)})", kind)

    def _compare(self, node: ast.Compare) -> Typed:
        if isinstance(node.ops[0], (ast.In, ast.NotIn)):
            return self._membership(node)
        text = self.value(node.left).text
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if type(operator) not in _COMPARISONS:
                self.source.refuse(node, "this comparison cannot be lowered")
            text += f" {_COMPARISONS[type(operator)]} {self.value(right).text}"
        return Typed(f"({text})", BOOL)

    def _membership(self, node: ast.Compare) -> Typed:
        items = node.comparators[0]
        if len(node.ops) > 1 or not isinstance(items, (ast.Tuple, ast.List, ast.Set)) or not items.elts:
            self.source.refuse(node, "write `x in (A, B, ...)`")
        texts = [self.whole(item, "a member") for item in items.elts]
        text = f"({self.whole(node.left, 'a member')} in ({', '.join(texts)},))"
        return Typed(text if isinstance(node.ops[0], ast.In) else f"(not {text})", BOOL)

    # --- calls -----------------------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> Typed:
        path = ast.unparse(node.func)
        function: Any = UNKNOWN if path in self.variables else self.source.resolve(node.func)
        if function is UNKNOWN:
            lambda_called = isinstance(node.func, ast.Lambda)
            self.source.refuse(node, construct_reason(node.func) if lambda_called else "there is no such function here")
        if any(function is command for command in COMMANDS):
            self.source.refuse(node, f"write `yield {function.__name__}(...)`")
        if is_process(function):
            self.source.refuse(node, "a process is called with `yield from` or `yield spawn(...)`")
        if isinstance(function, Dispatcher):
            return self._compiled(node, function)
        if hasattr(function, "compiled"):
            return self._draw(node, function)
        if function in READINGS:
            return self._reading(node, READINGS[function])
        if function in (min, max, abs, float, bool, int, len) or getattr(function, "__module__", "") == "math":
            return self._builtin(node, function)
        reason = function_reason(function)
        if reason:
            self.source.refuse(node, reason)
        return self._rule(node, function)

    def _builtin(self, node: ast.Call, function: Any) -> Typed:
        if node.keywords or not node.args:
            self.source.refuse(node, "this call cannot be lowered")
        if function is len:
            return self._extent(node)
        values = [self.value(argument) for argument in node.args]
        if function in (min, max) and len(values) > 1:
            kind = join_kinds([INT if value.kind == BOOL else value.kind for value in values])
            return Typed(f"{function.__name__}({', '.join(convert(v, kind) for v in values)})", kind)
        if function is math.pow and len(values) == 2:
            base, exponent = (convert(value, FLOAT) for value in values)
            return Typed(self.checked("power", node, base, exponent), FLOAT)
        if function in _PLAIN_MATH:
            self.imports.names.add(("math", function.__name__))
            return Typed(f"{function.__name__}({', '.join(convert(v, FLOAT) for v in values)})", FLOAT)
        if len(values) > 1:
            self.source.refuse(node, function_reason(function) or "this call cannot be lowered")
        return self._unary_builtin(node, function, values[0])

    def _unary_builtin(self, node: ast.Call, function: Any, value: Typed) -> Typed:
        if function is abs:
            kind = INT if value.kind == BOOL else value.kind
            return Typed(f"abs({convert(value, kind)})", kind)
        if function is float:
            return Typed(convert(value, FLOAT), FLOAT)
        if function is bool:
            return Typed(self.condition(node.args[0]), BOOL)
        if function in _TO_INT:
            if value.kind != FLOAT:
                return Typed(convert(value, INT), INT)
            return Typed(self.checked(_TO_INT[function], node, value.text), INT)
        if function in _CHECKED_MATH:
            return Typed(self.checked(_CHECKED_MATH[function], node, convert(value, FLOAT)), FLOAT)
        return self.source.refuse(node, function_reason(function) or "this call cannot be lowered")

    def _extent(self, node: ast.Call) -> Typed:
        path = self.path(node.args[0])
        if path is None:
            self.source.refuse(node, "only columns of the world have a length here")
        place = self.column(node.args[0], path)
        if place.scalar:
            self.source.refuse(node, "a scalar has no length")
        return Typed(f"_int_state[{place.layout + 1}]", INT)

    def _compiled(self, node: ast.Call, function: Any) -> Typed:
        """A call of a function that is compiled already: types by its annotations."""
        plain = function.py_func
        names = plain.__code__.co_varnames[: plain.__code__.co_argcount]
        annotations = plain.__annotations__
        arguments = self.bind(node, list(names), {}, node.args)
        texts = []
        for name in names:
            wanted = kind_of_annotation(annotations.get(name))
            if wanted is None:
                self.source.refuse(
                    node, f"parameter {name} of this compiled function needs the annotation int or float"
                )
            argument = arguments[name]
            assert isinstance(argument, ast.expr)
            texts.append(self.as_kind(argument, wanted, f"parameter {name}"))
        gives = kind_of_annotation(annotations.get("return"))
        if gives is None:
            self.source.refuse(node, "this compiled function needs a return annotation, int or float")
        self.imports.compiled.add(function)
        return Typed(f"{compiled_name(function)}({', '.join(texts)})", gives)

    def _reading(self, node: ast.Call, function: str) -> Typed:
        """What is read of a resource: ``free(w, BED)``."""
        if not node.args or not (isinstance(node.args[0], ast.Name) and node.args[0].id == "w"):
            self.source.refuse(node, "the world, w, is the first argument")
        (resource,) = self.bind(node, ["resource"], {}, node.args[1:]).values()
        return Typed(self.checked(function, node, self.whole(resource, "a resource")), INT)

    def _draw(self, node: ast.Call, function: Any) -> Typed:
        """A draw: the compiled function behind it, with its key and its parameters held to their limits."""
        plain = function.compiled.py_func
        names = list(function.__annotations__)[:-1]
        arguments = self.bind(node, names, {}, node.args)
        if "weights" in arguments:
            tuples = self._shares(node, arguments)
            names = names[:-2]
        else:
            tuples = []
        given: dict[str, str] = {}
        for name in names:
            kind = kind_of_annotation(plain.__annotations__[name]) or FLOAT
            text = self.as_kind(arguments[name], kind, f"parameter {name}")
            given[name] = self._within(node, function.limits.get(name, name), kind, text, given)
        self.imports.compiled.add(function.compiled)
        gives = kind_of_annotation(plain.__annotations__["return"]) or FLOAT
        return Typed(f"{compiled_name(function.compiled)}({', '.join([*given.values(), *tuples])})", gives)

    def _within(self, node: ast.Call, name: str, kind: str, text: str, before: Mapping[str, str]) -> str:
        """A parameter within its limit: a literal is looked at here, anything else when the flow runs."""
        limit = LIMITS.get(name)
        if limit is None:
            return text
        low, high = (int(end) if kind == INT else float(end) for end in (limit.low, limit.high))
        value = _number(text)
        if value is not None and not low <= value <= high:
            self.source.refuse(node, limit.words(value))
        if value is not None and not limit.above:
            return text
        least = f"max({before[limit.above]}, {low!r})" if limit.above else repr(low)
        check = "whole_within" if kind == INT else "within"
        return self.checked(check, node, text, least, repr(high), str(OUTSIDE + LIMIT_NAMES.index(name)))

    def _shares(self, node: ast.Call, arguments: Mapping[str, Any]) -> list[str]:
        """Values and cumulative shares of an empirical draw, as literals."""
        found = []
        for name in ("values", "weights"):
            value = arguments[name]
            try:
                members = ast.literal_eval(value)
            except ValueError:
                members = self.source.resolve(value)
            if not isinstance(members, tuple) or not all(isinstance(member, int | float) for member in members):
                self.source.refuse(node, f"{name}: a tuple of numbers is needed, written here or in the module")
            found.append(members)
        try:
            values, shares = empirical_shares(*found)
        except OutsideDraw as error:
            self.source.refuse(node, str(error))
        return [repr(values), repr(shares)]

    def _rule(self, node: ast.Call, function: Callable[..., Any]) -> Typed:
        target = source_of(function)
        names = [parameter.arg for parameter in target.parameters]
        arguments = self.bind(node, names, target.defaults, self.without_world(node, target))
        values = [
            self.value(argument) if isinstance(argument, ast.expr) else self.literal(node, argument)
            for argument in (arguments[name] for name in names)
        ]
        kinds = [INT if value.kind == BOOL else value.kind for value in values]
        rule = self.library.rule(self.source, node, function, kinds)
        self.imports.rules.add(rule)
        texts = [convert(value, kind) for value, kind in zip(values, rule.takes, strict=True)]
        return Typed(f"{rule.name}({', '.join([*texts, WORLD_ARGUMENTS])})", rule.gives)

    def without_world(self, node: ast.Call, target: Source) -> list[ast.expr]:
        """The positional arguments after the world, which has to come first where it is taken."""
        if not target.takes_world:
            if any(isinstance(argument, ast.Name) and argument.id == "w" for argument in node.args):
                self.source.refuse(node, f"{target.name} does not take the world: its first parameter has to be w")
            return node.args
        if not node.args or not (isinstance(node.args[0], ast.Name) and node.args[0].id == "w"):
            self.source.refuse(node, "the world, w, is the first argument")
        return node.args[1:]

    def bind(
        self, node: ast.Call, names: list[str], defaults: Mapping[str, Any], positional: list[ast.expr]
    ) -> dict[str, Any]:
        """Arguments by parameter: expressions, or default values."""
        if any(isinstance(argument, ast.Starred) for argument in positional) or any(
            keyword.arg is None for keyword in node.keywords
        ):
            self.source.refuse(node, "write the arguments out, without * and **")
        if len(positional) > len(names):
            self.source.refuse(node, f"takes {', '.join(names) or 'no arguments'}: the arguments do not fit")
        bound: dict[str, Any] = dict(zip(names, positional, strict=False))
        for keyword in node.keywords:
            if keyword.arg not in names or keyword.arg in bound:
                self.source.refuse(node, f"there is no place for the argument {keyword.arg}")
            bound[keyword.arg] = keyword.value
        for name in names:
            if name not in bound and name not in defaults:
                self.source.refuse(node, f"the argument {name} is missing")
        return {**defaults, **bound}


def convert(value: Typed, kind: str) -> str:
    """The text of a value for a place of another type."""
    if kind == value.kind:
        return value.text
    return f"float({value.text})" if kind == FLOAT else f"int({value.text})"


def join_kinds(kinds: Sequence[str]) -> str:
    """The type that holds values of all these types."""
    return next((kind for kind in (FLOAT, INT) if kind in kinds), BOOL)


def kind_of_annotation(annotation: Any) -> str | None:
    """The type an annotation stands for; truth values are stored as whole numbers."""
    if isinstance(annotation, ast.Name):
        annotation = annotation.id
    if isinstance(annotation, ast.Constant):
        annotation = annotation.value
    name = getattr(annotation, "__name__", annotation)
    return {"int": INT, "float": FLOAT, "bool": INT}.get(name) if isinstance(name, str) else None


def compiled_name(function: Any) -> str:
    """The name under which a compiled function is imported: it may share its own with another."""
    module = function.py_func.__module__.replace(".", "_")
    return f"{module}__{function.py_func.__name__}"


def _number(text: str) -> float | None:
    """The number that a text is; None if it is no literal."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, int | float) else None


def _nonzero_literal(text: str) -> bool:
    try:
        return bool(float(text.strip("()")))
    except ValueError:
        return False
