"""Functions of a model as syntax trees, with what their names mean."""

from __future__ import annotations

import ast
import builtins
import hashlib
import inspect
import os
import textwrap
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, NoReturn

from sim.engine.errors import LoweringError

YIELDS = (ast.Yield, ast.YieldFrom)
SITE_LINES = 1 << 12
"""A site is a number of the function times this, plus the line within the function."""


@dataclass(frozen=True, eq=False)
class Source:
    """A process or rule: its syntax tree, where it stands, and the globals its names resolve in."""

    function: Callable[..., Any]
    node: ast.FunctionDef
    file: str
    first_line: int
    text: str = field(repr=False)

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.__name__

    @cached_property
    def identity(self) -> str:
        """Module and name; stable when other functions change."""
        return f"{self.function.__module__}.{self.function.__qualname__}"

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
        return self.first_line + getattr(node, "lineno", 1) - 1

    def site(self, node: ast.AST) -> int:
        """The number compiled code notes for an error at this node."""
        return self.number * SITE_LINES + min(getattr(node, "lineno", 1), SITE_LINES - 1)

    def refuse(self, node: ast.AST, reason: str) -> NoReturn:
        """Say what cannot be lowered, and where."""
        shown = ast.unparse(node).splitlines()[0]
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        raise LoweringError(f"{self.file}:{self.line(node)}: {self.name}: `{shown}`: {reason}")

    def resolve(self, node: ast.expr) -> Any:
        """What a global name or ``module.name`` means, or :data:`UNKNOWN`."""
        if isinstance(node, ast.Name):
            scope = self.function.__globals__
            if node.id in scope:
                return scope[node.id]
            return BUILTINS.get(node.id, UNKNOWN)
        if isinstance(node, ast.Attribute):
            owner = self.resolve(node.value)
            return UNKNOWN if owner is UNKNOWN else getattr(owner, node.attr, UNKNOWN)
        return UNKNOWN


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
    name = getattr(function, "__qualname__", repr(function))
    try:
        lines, first_line = inspect.getsourcelines(function)
    except (OSError, TypeError) as error:
        raise LoweringError(f"{name}: its source cannot be read ({error})") from error
    text = textwrap.dedent("".join(lines))
    tree = ast.parse(text)
    node = tree.body[0]
    file = os.path.basename(inspect.getsourcefile(function) or "?")
    if not isinstance(node, ast.FunctionDef):
        raise LoweringError(f"{file}:{first_line}: {name}: only plain functions can be lowered")
    source = Source(function, node, file, first_line, text)
    _check_form(source)
    return source


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


@cache
def file_digest(path: str) -> str:
    """The hash of a file of this package or of compiled functions that flows call."""
    with open(path, "rb") as stream:
        return hashlib.sha256(stream.read()).hexdigest()
