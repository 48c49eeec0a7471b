"""What lowering a program has found, kept in the cache for the next start.

Reading and lowering all flows takes longer than loading their compiled code. So the next start uses what is kept, if
nothing that was looked at has changed: the text of every file, what every global name meant, the columns of the
world, and this package.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import linecache
import sys
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sim import buffers, language
from sim.code_cache import cache_directory, file_digest, get, put
from sim.engine.modules import HERE, environment
from sim.engine.program import ProcessFunction
from sim.engine.source import UNKNOWN, Source, meaning

Columns = Sequence[tuple[str, int, int, int]]
"""Path, buffer, dimensions and slot of every column of a world."""


@dataclass(frozen=True)
class Origin:
    """Where a process or rule stands: name of the file, name of the function, its first line."""

    file: str
    name: str
    first_line: int


@dataclass(frozen=True)
class Step:
    """What the engine knows of a lowered process.

    Attributes
    ----------
    function : generator function
    module : str
        Name of the module of its lowered text.
    origin : Origin
    parameters, takes : tuple of str
        Names and types of its parameters, without the world.
    ints, floats : int
        Slots of its frame.
    lines : tuple of int
        By state: the line of the command after which it goes on.
    callees : tuple of int
        Numbers of the processes it calls or spawns.
    alternatives : int
        Most resources that it names in one ``seize_first``; one if it has none.
    """

    function: ProcessFunction
    module: str
    origin: Origin
    parameters: tuple[str, ...]
    takes: tuple[str, ...]
    ints: int
    floats: int
    lines: tuple[int, ...]
    callees: tuple[int, ...]
    alternatives: int

    @property
    def defaults(self) -> dict[str, Any]:
        """Default values by parameter."""
        values = self.function.__defaults__ or ()
        return dict(zip(self.parameters[len(self.parameters) - len(values) :], values, strict=True))


@dataclass(frozen=True)
class Plan:
    """A lowered program, without its code.

    Attributes
    ----------
    steps : tuple of Step
        The processes by number.
    origins : mapping of int to Origin
        Processes and rules by the number that sites carry.
    """

    steps: tuple[Step, ...]
    origins: Mapping[int, Origin]


def keep_plan(processes: Sequence[ProcessFunction], columns: Columns, plan: Plan, sources: Iterable[Source]) -> None:
    """Keep a plan, unless a function of it cannot be found by name.

    Parameters
    ----------
    processes, columns
        What the plan was asked for.
    sources : iterable of Source
        All functions that were read.
    """
    sources = list(sources)
    functions = [source.function for source in sources]
    if any(_named(function) is None for function in functions):
        return
    meanings: dict[str, dict[str, str]] = {}
    for source in sources:
        told = meanings.setdefault(source.function.__module__, {})
        told |= {name: _told(value) for name, value in source.meanings.items()}
        name = f"{source.function.__qualname__}.__defaults__"
        told[name] = _told(source.function.__defaults__)
    compiled = [value.py_func for s in sources for value in s.meanings.values() if hasattr(value, "py_func")]
    files = {function.__code__.co_filename for function in [*functions, *compiled]}
    kept = {
        "files": {file: _text_digest(file) for file in sorted(files)},
        "meanings": meanings,
        "steps": [{**asdict(step), "function": _named(step.function)} for step in plan.steps],
        "origins": {number: asdict(origin) for number, origin in plan.origins.items()},
    }
    with contextlib.suppress(OSError):  # then the next start lowers again
        put(_path(processes, columns), json.dumps(kept).encode())


def kept_plan(processes: Sequence[ProcessFunction], columns: Columns) -> Plan | None:
    """The plan of an earlier start; None if there is none or something has changed."""
    try:
        content = get(_path(processes, columns))
        if content is None:
            return None
        kept = json.loads(content)
        return _plan(kept) if _holds(kept) else None
    except (OSError, ValueError, LookupError, TypeError):  # lost, broken, or of a module that is not imported
        return None


def _path(processes: Sequence[ProcessFunction], columns: Columns) -> Path:
    """Where the plan of this program over these columns is kept by this version of the package."""
    own = [*sorted(HERE.glob("*.py")), Path(language.__file__), Path(buffers.__file__)]
    asked = [
        [(_named(function), function.__code__.co_filename) for function in processes],
        columns,
        [file_digest(str(path)) for path in own],
        environment(),
    ]
    digest = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:20]
    return cache_directory() / f"narvard_plan_{digest}.json"


def _holds(kept: Mapping[str, Any]) -> bool:
    """Whether every file and every name is as it was."""
    for module, meanings in kept["meanings"].items():
        scope = vars(sys.modules[module])
        if any(_told(meaning(scope, name)) != told for name, told in meanings.items()):
            return False
    return all(_text_digest(file) == digest for file, digest in kept["files"].items())


def _plan(kept: Mapping[str, Any]) -> Plan:
    steps = []
    for step in kept["steps"]:
        parts = {name: tuple(part) if isinstance(part, list) else part for name, part in step.items()}
        steps.append(Step(**{**parts, "function": _function(step["function"]), "origin": Origin(**step["origin"])}))
    return Plan(tuple(steps), {int(number): Origin(**origin) for number, origin in kept["origins"].items()})


def _named(function: Callable[..., Any]) -> str | None:
    """``module:name``; None if that is not this function, as inside another function."""
    name = f"{function.__module__}:{function.__qualname__}"
    return name if function.__module__ in sys.modules and _function(name) is function else None


def _function(name: str) -> Any:
    module, _, qualified = name.partition(":")
    return meaning(vars(sys.modules[module]), qualified)


def _told(value: Any) -> str:
    """A value in words that differ where its use in a flow would differ."""
    if value is UNKNOWN:
        return "unknown"
    if isinstance(value, types.ModuleType):
        return f"module {value.__name__}"
    code = getattr(getattr(value, "py_func", value), "__code__", None)
    if code is not None:
        return f"{value.__module__}.{value.__qualname__} {code.co_filename}:{code.co_firstlineno}"
    if isinstance(value, type) or callable(value):
        return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', repr(value))}"
    return f"{type(value).__qualname__} {value!r}"


def _text_digest(file: str) -> str:
    """The hash of a file as functions are read from it."""
    linecache.checkcache(file)
    lines = linecache.getlines(file)
    if not lines:
        raise OSError(f"{file} cannot be read")
    return hashlib.sha256("".join(lines).encode()).hexdigest()
