"""Functions of a model as syntax trees, with what their names mean."""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import os
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, NoReturn

from sim.engine.errors import LoweringError

YIELDS = (ast.Yield, ast.YieldFrom)
SITE_LINES = 1 << 12
"""A site is a number of the function times this, plus the line within the function."""


@dataclass(frozen=True, eq=False)
class Source:
    """A process or rule: its syntax tree, where it stands, and the globals its names resolve in.

    Attributes
    ----------
    meanings : dict of str to Any
        What each global name that has been looked up means.
    """

    function: Callable[..., Any]
    node: ast.FunctionDef
    file: str
    first_line: int
    meanings: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.__name__

    @cached_property
    def identity(self) -> str:
        """Module and name; stable when other functions change."""
        return f"{self.function.__module__}.{self.function.__qualname__}"

    @property
    def title(self) -> str:
        """Module and name, without the packages around them: ``primary_care.visit``."""
        return ".".join(self.identity.split(".")[-2:])

    @cached_property
    def number(self) -> int:
        """A number for sites that does not depend on other functions."""
        return zlib.crc32(self.identity.encode())

    @property
    def parameters(self) -> list[ast.arg]:
        """Parameters without the world."""
        arguments = self.node.args.args
        return arguments[1:] if self.takes_world else arguments

    @property
    def takes_world(self) -> bool:
        """Whether the world is its first parameter."""
        arguments = self.node.args.args
        return bool(arguments) and arguments[0].arg == "w"

    @property
    def defaults(self) -> dict[str, Any]:
        """Default values by parameter."""
        values = self.function.__defaults__ or ()
        names = [argument.arg for argument in self.parameters]
        return dict(zip(names[len(names) - len(values) :], values, strict=True))

    def line(self, node: ast.AST) -> int:
        """The line of a node in its file."""
        return getattr(node, "lineno", self.first_line)

    def site(self, node: ast.AST) -> int:
        """The number compiled code notes for an error at this node."""
        return self.number * SITE_LINES + min(self.line(node) - self.first_line, SITE_LINES - 1)

    def refuse(self, node: ast.AST, reason: str) -> NoReturn:
        """Say what cannot be lowered, and where."""
        shown = ast.unparse(node).splitlines()[0]
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        raise LoweringError(f"{self.file}:{self.line(node)}: {self.name}: `{shown}`: {reason}")

    def resolve(self, node: ast.expr) -> Any:
        """What a global name or ``module.name`` means, or :data:`UNKNOWN`."""
        name = _dotted(node)
        if name is None:
            return UNKNOWN
        value = self.meanings[name] = meaning(self.function.__globals__, name)
        return value


def _dotted(node: ast.expr) -> str | None:
    """``name`` or ``module.name``; None if the expression is neither."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value)
        return None if owner is None else f"{owner}.{node.attr}"
    return None


def meaning(scope: Mapping[str, Any], name: str) -> Any:
    """What ``name`` or ``module.name`` means among these globals, or :data:`UNKNOWN`."""
    first, *attributes = name.split(".")
    value = scope[first] if first in scope else BUILTINS.get(first, UNKNOWN)
    for attribute in attributes:
        value = UNKNOWN if value is UNKNOWN else getattr(value, attribute, UNKNOWN)
    return value


UNKNOWN = object()
BUILTINS = vars(builtins)


@cache
def source_of(function: Callable[..., Any]) -> Source:
    """Read the source of a function.

    Raises
    ------
    LoweringError
        If there is no source, or it is not a plain function without decorators and closures.
    """
    code = getattr(function, "__code__", None)
    if code is None:
        raise LoweringError(f"{function!r}: only plain functions can be lowered")
    file = os.path.basename(code.co_filename)
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename, function.__globals__)
    node = _functions("".join(lines)).get(code.co_firstlineno)
    if node is None or node.name != code.co_name:
        place = f"{file}:{code.co_firstlineno}: {function.__qualname__}"
        raise LoweringError(f"{place}: its source cannot be read; only plain functions in files can be lowered")
    source = Source(function, node, file, code.co_firstlineno)
    _check_form(source)
    return source


@cache
def _functions(text: str) -> dict[int, ast.FunctionDef]:
    """The functions of a file by their first lines, decorators included."""
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    return {min(node.lineno, *(d.lineno for d in node.decorator_list), node.lineno): node for node in functions}


def _check_form(source: Source) -> None:
    arguments = source.node.args
    if source.node.decorator_list:
        source.refuse(source.node.decorator_list[0], "decorators cannot be lowered")
    if source.function.__closure__:
        names = ", ".join(source.function.__code__.co_freevars)
        source.refuse(source.node, f"it refers to {names} of an enclosing function; closures cannot be lowered")
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs:
        source.refuse(source.node, "only ordinary parameters can be lowered")


def is_process(function: Any) -> bool:
    """Whether this is a generator function."""
    return inspect.isgeneratorfunction(function)


def contains(node: ast.AST, kinds: tuple[type[ast.AST], ...]) -> bool:
    """Whether a node contains one of these kinds."""
    return any(isinstance(child, kinds) for child in ast.walk(node))
