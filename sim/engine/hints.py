"""Why something cannot be lowered, and what to write instead."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

_IN_MODULE = "write a function of the module; it may take w"
_LOOP = "write a loop over range(...)"
_MANY = "many values are kept in a column of the world, or in a tuple of the module"
_KEPT = "what changes is kept in a state column of the world"
_CHECK = "check before the run, or record an outcome"
_YIELD = "a yield stands alone or on the right of an assignment to a variable"

_CONSTRUCTS: Mapping[str, tuple[str, str]] = {
    "Try": ("try", "ask beforehand with if"),
    "TryStar": ("try", "ask beforehand with if"),
    "With": ("with", "take with seize, give back with release"),
    "Raise": ("raise", _CHECK),
    "Assert": ("assert", _CHECK),
    "Match": ("match", "write if and elif"),
    "Global": ("global", _KEPT),
    "Nonlocal": ("nonlocal", _KEPT),
    "Delete": ("del", "variables live as long as the process"),
    "Import": ("import", "import at the top of the module"),
    "ImportFrom": ("import", "import at the top of the module"),
    "FunctionDef": ("a function inside a function", _IN_MODULE),
    "ClassDef": ("a class inside a function", _KEPT),
    "Lambda": ("lambda", _IN_MODULE),
    "ListComp": ("a list comprehension", _LOOP),
    "SetComp": ("a set comprehension", _LOOP),
    "DictComp": ("a dict comprehension", _LOOP),
    "GeneratorExp": ("a generator expression", _LOOP),
    "List": ("a list", _MANY),
    "Tuple": ("a tuple", _MANY),
    "Set": ("a set", _MANY),
    "Dict": ("a dict", _MANY),
    "Slice": ("a slice", "one element at a time, in a loop over range(...)"),
    "Starred": ("*", "write the values out"),
    "NamedExpr": (":=", "assign in a line of its own"),
    "JoinedStr": ("text", "numbers only; names are members of an IntEnum"),
    "TemplateStr": ("text", "numbers only; names are members of an IntEnum"),
    "AsyncFor": ("async", "processes yield commands"),
    "AsyncWith": ("async", "processes yield commands"),
    "AsyncFunctionDef": ("async", "processes yield commands"),
    "Await": ("await", "processes yield commands"),
    "TypeAlias": ("type", "types are int and float"),
}

_FUNCTIONS: Mapping[Any, str] = {
    print: "it works on the SimPy engine only; record what matters",
    round: "use seconds(x), or math.floor(x + 0.5)",
    pow: "write **",
    divmod: "write // and %",
    sum: _LOOP,
    any: _LOOP,
    all: _LOOP,
    enumerate: _LOOP,
    zip: _LOOP,
    sorted: "order before the run",
    reversed: "write a loop over range(...) with a negative step",
    range: "it belongs into for ... in range(...)",
    list: _MANY,
    tuple: _MANY,
    set: _MANY,
    dict: _MANY,
    str: "numbers only; names are members of an IntEnum",
    isinstance: "types are known: int and float",
    input: "what a run needs comes from the world",
    open: "what a run needs comes from the world",
}

_MATH = "of math there are floor, ceil, sqrt, exp, expm1, log, log1p, pow, fabs, sin, cos, tan, atan, atan2, tanh"


def construct_reason(node: ast.AST) -> str:
    """Why a statement or expression cannot be lowered."""
    if isinstance(node, (ast.Yield, ast.YieldFrom)):
        return _YIELD
    return _reason(type(node).__name__)


def _reason(name: str) -> str:
    word, instead = _CONSTRUCTS.get(name, (name, ""))
    return f"{word} cannot be lowered" + (f"; {instead}" if instead else "")


def value_reason(value: Any) -> str:
    """Why a value cannot be lowered."""
    instead = {
        str: "; names are members of an IntEnum",
        type(None): "; -1 can stand for nothing",
        list: "; make it a tuple, or a column of the world",
        dict: "; make it a tuple, or a column of the world",
    }
    return f"a value of type {type(value).__name__} cannot be lowered, only numbers{instead.get(type(value), '')}"


def function_reason(function: Any) -> str | None:
    """Why a function cannot be lowered; None if it may be a rule."""
    package = (getattr(function, "__module__", None) or "").partition(".")[0]
    if _is_random(function, package):
        return "draws come from sim.chance, by key"
    if package == "numpy":
        return "numpy prepares the world before the run; flows use math"
    if package == "math":
        return f"this function cannot be lowered; {_MATH}"
    for known, instead in _FUNCTIONS.items():
        if function is known:
            return f"{known.__name__} cannot be lowered; {instead}"
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        return "async cannot be lowered; processes yield commands"
    if inspect.ismethod(function):
        return f"a method cannot be lowered; {_IN_MODULE}"
    if inspect.isclass(function):
        return "a class cannot be lowered; numbers only"
    if getattr(function, "__name__", "") == "<lambda>":
        return _reason("Lambda")
    if hasattr(function, "__wrapped__") or not hasattr(function, "__code__"):
        return "this function cannot be lowered, only those written with def, without decorators"
    return None


def _is_random(function: Any, package: str) -> bool:
    owner = type(getattr(function, "__self__", None)).__module__
    return package == "random" or owner.startswith(("random", "numpy.random"))


def nearest(word: str, known: Iterable[str], before: str = "") -> str:
    """The words "; did you mean x?" if something like it is known, else nothing."""
    found = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean {before}{found[0]}?" if found else ""
